"""Compute circles with areas and overlaps that match the sizes of two or three sets, for `areas.py`. A profile is one unit of area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import acos, inf, pi, sin, sqrt
from typing import Final

import numpy as np

_ROUNDS: Final = 2000
_NEAR_ENOUGH: Final = 1e-9
_GRID: Final = 700
_APART: Final = 0.04
"""The gap between circles that don't overlap or lie inside each other, as a share of the smaller radius."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle with the size of a set as its area."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Region:
    """The region that is inside some of the circles and outside the others.

    Attributes:
        area: the area, in profiles.
        x, y: the point of the region that is farthest from all circles' edges, for the label.
        clearance: the distance of this point from the nearest edge.
    """

    area: float
    x: float
    y: float
    clearance: float


def lens_area(one: float, other: float, distance: float) -> float:
    """Return the area that two circles of radius `one` and `other` share if their centres are `distance` apart.

    >>> round(lens_area(1, 1, 0), 6), lens_area(1, 1, 2)
    (3.141593, 0.0)
    """
    if distance >= one + other:
        return 0.0
    # A distance that is so small that its products are 0 counts as 0.
    if distance <= abs(one - other) or not distance * min(one, other):
        return pi * min(one, other) ** 2
    angles = (
        2 * acos(_between((distance**2 + near**2 - far**2) / (2 * distance * near)))
        for near, far in ((one, other), (other, one))
    )
    first, second = angles
    return (one**2 * (first - sin(first)) + other**2 * (second - sin(second))) / 2


def _between(cosine: float) -> float:
    return min(max(cosine, -1.0), 1.0)


def distances(one: float, other: float, area: float) -> tuple[float, float]:
    """Return the smallest and the largest distance between the centres at which two circles share an area.

    They are equal unless the circles share nothing, or one contains the other.
    """
    apart = _APART * min(one, other)
    if area <= 0:
        return one + other + apart, inf
    if area >= pi * min(one, other) ** 2 * (1 - 1e-12):
        return 0.0, max(abs(one - other) - apart, 0.0)
    low, high = abs(one - other), one + other
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if lens_area(one, other, middle) > area else (low, middle)
    return high, high


def circles(sizes: Sequence[float], overlaps: Mapping[tuple[int, int], float]) -> tuple[Circle, ...]:
    """Return a circle for each set, placed so that each pair overlaps as closely to its sets as possible.

    Args:
        sizes: the sizes of the sets, none of them empty.
        overlaps: the size of the intersection for each pair of indices, the lower index first.
    """
    radii = [sqrt(size / pi) for size in sizes]
    limits = {(i, j): distances(radii[i], radii[j], shared) for (i, j), shared in overlaps.items()}
    # Centres are complex numbers. They start at the corners of a triangle so that no two are equal.
    centres = [0j, radii[0] + 0j, radii[0] * (0.5 + 1j)][: len(radii)] if radii else []
    for _ in range(_ROUNDS):
        worst = 0.0
        for (one, other), (low, high) in limits.items():
            way = centres[other] - centres[one]
            wanted = min(max(abs(way), low), high)
            step = (wanted - abs(way)) / 2 * (way / abs(way) if way else 1)
            centres[one] -= step
            centres[other] += step
            worst = max(worst, abs(step))
        if worst <= _NEAR_ENOUGH * max(radii, default=0.0):
            break
    return tuple(Circle(centre.real, centre.imag, radius) for centre, radius in zip(centres, radii, strict=True))


def frame(drawn: Sequence[Circle]) -> tuple[float, float, float, float]:
    """Return the bounding box of circles: left, right, bottom and top."""
    left, right = min(c.x - c.radius for c in drawn), max(c.x + c.radius for c in drawn)
    bottom, top = min(c.y - c.radius for c in drawn), max(c.y + c.radius for c in drawn)
    return left, right, bottom, top


def regions(drawn: Sequence[Circle]) -> dict[tuple[int, ...], Region]:
    """Return the region of each combination of circles that is not empty, with its area and label position."""
    if not drawn:
        return {}
    left, right, bottom, top = frame(drawn)
    steps = (np.arange(_GRID) + 0.5) / _GRID
    grid = np.meshgrid(left + (right - left) * steps, bottom + (top - bottom) * steps)
    x, y = (side.ravel() for side in grid)
    cell = (right - left) * (top - bottom) / _GRID**2
    beyond = np.array([np.hypot(x - c.x, y - c.y) - c.radius for c in drawn])
    inside, clearance = beyond <= 0, np.abs(beyond).min(axis=0)
    found = {}
    for degree in range(1, len(drawn) + 1):
        for combination in combinations(range(len(drawn)), degree):
            here = np.all(inside == [[which in combination] for which in range(len(drawn))], axis=0)
            if here.any():
                best = int(np.argmax(np.where(here, clearance, -1)))
                found[combination] = Region(here.sum() * cell, x[best], y[best], clearance[best])
    return found

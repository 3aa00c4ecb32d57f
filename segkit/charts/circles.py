"""Circles whose areas, and whose overlaps, are as large as two or three sets: plain geometry, one unit of area for one profile."""

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
"""Circles that do not overlap, or lie inside each other, keep this share of the smaller radius between their edges."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle; its area is the size of a set."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Region:
    """Where exactly some of the circles overlap.

    Attributes:
        area: of it, in profiles.
        x, y: the point farthest from all edges, where a label goes.
        clearance: how far that is.
    """

    area: float
    x: float
    y: float
    clearance: float


def lens_area(one: float, other: float, distance: float) -> float:
    """Return the area that two circles of given radii share when their centres are so far apart.

    >>> round(lens_area(1, 1, 0), 6), lens_area(1, 1, 2)
    (3.141593, 0.0)
    """
    if distance >= one + other:
        return 0.0
    if distance <= abs(one - other):
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
    """Return between which distances of their centres two circles share an area: equal but for none of it and all of it."""
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
    """Return a circle for each set, each two of them overlapping as their sets do as nearly as three such circles can.

    Args:
        sizes: of the sets, none of them empty.
        overlaps: for each two sets by position, the lower first, how much they share.
    """
    radii = [sqrt(size / pi) for size in sizes]
    limits = {(i, j): distances(radii[i], radii[j], shared) for (i, j), shared in overlaps.items()}
    # Centres are complex numbers. They begin on the corners of a triangle, lest two of them lie upon each other.
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
    """Return how far circles reach: left, right, bottom and top."""
    left, right = min(c.x - c.radius for c in drawn), max(c.x + c.radius for c in drawn)
    bottom, top = min(c.y - c.radius for c in drawn), max(c.y + c.radius for c in drawn)
    return left, right, bottom, top


def regions(drawn: Sequence[Circle]) -> dict[tuple[int, ...], Region]:
    """Return for each exact combination of circles that has an area how large it is, and where a label goes."""
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

"""Circles whose areas, and whose overlaps, are as large as two or three sets: plain geometry, one unit of area for one profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import acos, cos, hypot, inf, pi, sin, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

_ROUNDS: Final = 2000
_NEAR_ENOUGH: Final = 1e-9
_GRID: Final = 700
_CORNERS: Final = 120
_TURNS: Final = 24
_APART: Final = 0.04
"""Circles that do not overlap, or lie inside each other, keep this share of the smaller radius between their edges."""

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle; its area is the size of a set."""

    x: float
    y: float
    radius: float

    def holds(self, points: Points) -> npt.NDArray[np.bool_]:
        """Return which points, in rows of x and y, lie within; those on the edge do."""
        far: Points = np.hypot(points[:, 0] - self.x, points[:, 1] - self.y)
        return far <= self.radius * (1 + 1e-9)


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


def way_out(
    drawn: Sequence[Circle], point: tuple[float, float], *, room: float, taken: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return the nearest place outside all circles that is in a straight line from a point.

    Args:
        drawn: the circles.
        point: where the line begins.
        room: how far beyond the last edge the place is.
        taken: places that are not to be had again, nor twice the room around them.
    """
    found = []
    for turn in range(_TURNS):
        along, up = cos(2 * pi * turn / _TURNS), sin(2 * pi * turn / _TURNS)
        far = room + max((_exit(circle, point, along, up) for circle in drawn), default=0.0)
        # Between two circles the way may have left both and still be too narrow.
        while (
            min(
                (hypot(point[0] + far * along - c.x, point[1] + far * up - c.y) - c.radius for c in drawn), default=room
            )
            < 0.6 * room
        ):
            far += room / 4
        place = point[0] + far * along, point[1] + far * up
        is_taken = any(hypot(place[0] - x, place[1] - y) < 2 * room for x, y in taken)
        found.append((is_taken, round(far / room, 6), turn, place))
    return min(found)[3]


def _exit(circle: Circle, point: tuple[float, float], along: float, up: float) -> float:
    """Return how far along a line a circle is left for good; 0 where it is never met."""
    x, y = point[0] - circle.x, point[1] - circle.y
    ahead = x * along + y * up
    under = ahead**2 - (x**2 + y**2 - circle.radius**2)
    return max(sqrt(under) - ahead, 0.0) if under > 0 else 0.0


def outline(drawn: Sequence[Circle]) -> Points:
    """Return the corners of what all given circles share, in rows of x and y, around it; no rows where they share nothing."""
    turns = np.linspace(0, 2 * pi, _CORNERS, endpoint=False)
    rim = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    corners = [np.array([[c.x, c.y]]) + c.radius * rim for c in drawn]
    corners += [_crossings(one, other) for one, other in combinations(drawn, 2)]
    every = np.concatenate(corners)
    shared = every[np.all([c.holds(every) for c in drawn], axis=0)]
    if len(shared) < 3:
        return np.empty((0, 2))
    middle = shared.mean(axis=0)
    ordered: Points = shared[np.argsort(np.arctan2(shared[:, 1] - middle[1], shared[:, 0] - middle[0]), kind="stable")]
    return ordered


def _crossings(one: Circle, other: Circle) -> Points:
    """Return the two points where two edges cross, or none."""
    distance = hypot(other.x - one.x, other.y - one.y)
    if not abs(one.radius - other.radius) < distance < one.radius + other.radius:
        return np.empty((0, 2))
    along = (distance**2 + one.radius**2 - other.radius**2) / (2 * distance)
    aside = sqrt(max(one.radius**2 - along**2, 0.0))
    toward = np.array([other.x - one.x, other.y - one.y]) / distance
    across = np.array([-toward[1], toward[0]])
    foot = np.array([one.x, one.y]) + along * toward
    return np.array([foot + aside * across, foot - aside * across])

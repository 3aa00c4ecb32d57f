"""What every peer must be able to do; the sections know peers by this alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import zipcodes
from asks import Ask

TODAY = np.datetime64("2026-06-30", "us")
"""The midnight that windows are counted from."""
CENTER = (42.3576, -71.0514)
"""Where `near` measures from: the point that `zipcodes` has for 02110."""
KILOMETERS = 1.609344
EARTH_RADIUS = 6_371.0088
METRICS = ("Clicked SMS", "Subscribed to SMS Marketing", "Opened Email", "Clicked Email", "Placed Order")
"""The metrics that a peer prepares: those that any rule asks for."""

Flags = npt.NDArray[np.bool_]
Frame = TypeVar("Frame")
Events = TypeVar("Events")


class Peer(Protocol):
    """Somebody who answers the same questions from the same files."""

    name: str
    adds_floats: bool

    @classmethod
    def load(cls, folder: Path, ending: str) -> "Peer":
        """Read profiles and events of the ending "parquet" or "csv" into whatever this peer asks."""

    def forget(self) -> None:
        """Empty every cache."""

    def size(self, ask: Ask) -> int:
        """Return how many are in a segment."""

    def membership(self, asks: Sequence[Ask]) -> Any:
        """Return who is in which segment, as a table of the peer's own kind."""

    def flags(self, table: Any) -> Flags:
        """Return a table of its own as profiles by segments, in the order of the file."""

    def table(self, flags: Flags) -> Any:
        """Return profiles by segments as a table of its own."""

    def loop(self, days: range) -> list[int]:
        """Return the size of `engaged` for each window of clicks, one by one."""

    def sweep(self, days: range) -> list[int]:
        """Return the same in the best way this peer's user would think of."""

    def overlap(self, table: Any) -> list[list[int]]:
        """Return how many are in both, for each pair."""

    def intersections(self, table: Any) -> dict[str, int]:
        """Return how many are in exactly each combination, written as ones and zeros."""


class Frames(Generic[Frame, Events]):
    """A peer that keeps profiles and events as frames, and nothing that it worked out."""

    def __init__(self, profiles: Frame, events: Events) -> None:
        self.profiles, self.events = profiles, events

    def forget(self) -> None:
        """Have nothing to forget."""


def points() -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of each US postal code; those at 0,0 are missing."""
    every = ((row["zip_code"], float(row["lat"] or 0), float(row["long"] or 0)) for row in zipcodes.list_all())
    return {code: (latitude, longitude) for code, latitude, longitude in every if latitude or longitude}


def kilometers(latitudes: npt.NDArray[np.float64], longitudes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return great-circle distances from the center."""
    latitude, longitude = np.radians(CENTER[0]), np.radians(CENTER[1])
    there, across = np.radians(latitudes), np.radians(longitudes)
    half = np.sin((there - latitude) / 2) ** 2
    half += np.cos(latitude) * np.cos(there) * np.sin((across - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS * np.arcsin(np.sqrt(half))


def since(days: int) -> np.datetime64:
    """Return the midnight with which a window of so many days begins."""
    return TODAY - np.timedelta64(days, "D")


def curve(days: range, new: int, latest: npt.NDArray[np.datetime64]) -> list[int]:
    """Return sizes of `engaged` from how many are new and the latest click of each other subscriber."""
    ago = np.ceil((TODAY - latest) / np.timedelta64(1, "D")).clip(0).astype(np.int64)
    reached = np.cumsum(np.bincount(ago, minlength=days.stop))
    return [new + int(reached[day]) for day in days]

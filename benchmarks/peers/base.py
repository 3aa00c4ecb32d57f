"""Define the protocol that every peer implements. The sections use nothing else of a peer."""

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
"""The metrics that the rules use, and that peers prepare."""

Flags = npt.NDArray[np.bool_]
Frame = TypeVar("Frame")
Events = TypeVar("Events")


class Peer(Protocol):
    """Answers the same questions from the same files as every other peer."""

    name: str
    adds_floats: bool

    @classmethod
    def load(cls, folder: Path, ending: str) -> "Peer":
        """Load the files of profiles and events with the extension "parquet" or "csv"."""

    def forget(self) -> None:
        """Empty every cache."""

    def size(self, ask: Ask) -> int:
        """Return the number of profiles in a segment."""

    def membership(self, asks: Sequence[Ask]) -> Any:
        """Return which profiles are in which segments, as the peer's own kind of table."""

    def flags(self, table: Any) -> Flags:
        """Convert the peer's table to an array of profiles by segments, in the order of the file."""

    def table(self, flags: Flags) -> Any:
        """Convert an array of profiles by segments to the peer's table."""

    def loop(self, days: range) -> list[int]:
        """Return the size of `engaged` for each window of clicks, one question at a time."""

    def sweep(self, days: range) -> list[int]:
        """Return the same sizes in the best way that a user of this peer would find."""

    def overlap(self, table: Any) -> list[list[int]]:
        """Return the number of profiles in both segments of each pair."""

    def intersections(self, table: Any) -> dict[str, int]:
        """Return the number of profiles in exactly each combination of segments, by a text of ones and zeros."""


class Frames(Generic[Frame, Events]):
    """A peer that holds profiles and events as frames and caches no results."""

    def __init__(self, profiles: Frame, events: Events) -> None:
        self.profiles, self.events = profiles, events

    def forget(self) -> None:
        """Do nothing, since nothing is cached."""


def points() -> dict[str, tuple[float, float]]:
    """Return the latitude and longitude of each US postal code, without those at 0,0, which are unknown."""
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
    """Return the midnight at which a window of `days` days begins."""
    return TODAY - np.timedelta64(days, "D")


def curve(days: range, new: int, latest: npt.NDArray[np.datetime64]) -> list[int]:
    """Return the sizes of `engaged`, from the number of new subscribers and the latest click of each other subscriber."""
    ago = np.ceil((TODAY - latest) / np.timedelta64(1, "D")).clip(0).astype(np.int64)
    reached = np.cumsum(np.bincount(ago, minlength=days.stop))
    return [new + int(reached[day]) for day in days]

"""Draw a map of the profiles around a store, in miles east and north of it, without map tiles or network access."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, GREY, ORANGE
from segkit.errors import DefinitionError
from segkit.wording import counted, joined, number

Unit = Literal["miles", "kilometers"]
Numbers = npt.NDArray[np.float64]

_EARTH: Final[dict[Unit, float]] = {"miles": 6371.0088 / 1.609344, "kilometers": 6371.0088}
"""The mean radius of the earth, the same as in the distance conditions."""

_VIEW: Final = 2.0
"""How far the map extends from the store, as a multiple of the condition's radius. Some profiles may be on another continent."""

_RINGS: Final = (0.5, 1.0, 1.5)
_HEIGHT: Final = 520
_LARGEST_DOT, _SMALLEST_DOT = 34.0, 5.0
_TOWNS: Final = 5
"""The largest number of towns to name."""

_WINDS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class _Place:
    """A point with profiles: its distance east and north of the store, its great-circle distance (NaN if unknown), and counts."""

    east: float
    north: float
    distance: float
    members: int
    others: int
    town: str = ""


@dataclass(frozen=True, slots=True)
class _MapInfo:
    """The contents of the map: all points with profiles, and the radius around the store."""

    every: tuple[_Place, ...]
    radius: float
    unit: Unit

    @property
    def places(self) -> tuple[_Place, ...]:
        """The points that are drawn."""
        return tuple(place for place in self.every if place.distance <= _VIEW * self.radius)

    def is_within(self, place: _Place) -> bool:
        """Return whether a point is nearer to the store than the radius, as `sk.within` does."""
        return place.distance < self.radius


def plot_map(
    places: pd.DataFrame,
    *,
    store: tuple[float, float] | None = None,
    radius: float | None = None,
    unit: Unit | None = None,
) -> go.Figure:
    """Draw members and other profiles around a store. The area of each dot is proportional to the number of profiles there.

    The projection is equirectangular around the store, which looks right within a few hundred miles. Labels, and the test for whether a
    point is within the radius, use great-circle distances. Points farther away than twice the radius are counted below the title.

    Args:
        places: a table from `sk.places`, with a row for each point: `latitude`, `longitude` (degrees), `members`, `others` (profiles
            that are not members), and possibly `town`.
        store: the latitude and longitude of the store; None uses the store, radius and unit of the table's segment, if it has one
            distance condition.
        radius: the segment's radius, above 0, which is drawn as a ring.
        unit: the unit of the radius, "miles" (None) or "kilometers".

    Raises:
        DefinitionError: the table has the wrong columns or no store, the store is not a latitude and a longitude, the radius is not
            above 0, or the unit is unknown.

    >>> table = pd.DataFrame({"latitude": [42.4, 43.5], "longitude": [-71.1, -71.1], "members": [3, 1], "others": [0, 2]})
    >>> "3 of 4 members live within 30 miles of the store" in plot_map(table, store=(42.36, -71.06), radius=30).layout.title.text
    True
    """
    style.check_table("plot_map", places, ["latitude", "longitude", "members", "others"], "sk.places")
    known: dict[str, Any] = places.attrs.get("store", {})
    if store is None:
        if not known:
            raise DefinitionError.map_without_store()
        store, radius, unit = known["point"], radius or known["radius"], unit or known["unit"]
    unit = unit or "miles"
    if unit not in get_args(Unit):
        raise DefinitionError.unknown_choice("unit", unit, get_args(Unit))
    if radius is None:
        raise DefinitionError.map_without_store()
    if not radius > 0:
        raise DefinitionError.bad_value("radius", radius, "more than 0")
    return _map_figure(_map_info(places, _checked_store(store), float(radius), unit))


def _checked_store(store: object) -> tuple[float, float]:
    """Return latitude and longitude, unless it is anything else, such as a postal code, which only `sk.places` can look up."""
    match store:
        case (float() | int() as latitude, float() | int() as longitude) if (
            abs(latitude) <= 90 and abs(longitude) <= 180
        ):
            return float(latitude), float(longitude)
    raise DefinitionError.store_is_no_point(store)


def _map_info(table: pd.DataFrame, store: tuple[float, float], radius: float, unit: Unit) -> _MapInfo:
    latitude, longitude = (table[column].to_numpy(dtype=float) for column in ("latitude", "longitude"))
    east, north, distance = _from_store(latitude, longitude, store, _EARTH[unit])
    towns = table["town"].fillna("") if "town" in table else [""] * len(table)
    columns = (east.tolist(), north.tolist(), distance.tolist(), table["members"], table["others"], towns)
    every = (
        _Place(x, y, far, int(members), int(others), str(town))
        for x, y, far, members, others, town in zip(*columns, strict=True)
    )
    return _MapInfo(tuple(place for place in every if place.members + place.others > 0), radius, unit)


def _from_store(
    latitude: Numbers, longitude: Numbers, store: tuple[float, float], earth: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Return how far east and north of the store each point is, and its great-circle distance (haversine)."""
    origin = np.radians(store[0])
    up = np.radians(latitude) - origin
    # Take the shorter way around the globe, for stores near the date line.
    turn = (np.radians(longitude - store[1]) + np.pi) % (2 * np.pi) - np.pi
    half = np.sin(up / 2) ** 2 + np.cos(origin) * np.cos(np.radians(latitude)) * np.sin(turn / 2) ** 2
    return earth * turn * np.cos(origin), earth * up, 2 * earth * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def _heading(info: _MapInfo) -> Heading:
    members = sum(place.members for place in info.every)
    near = sum(place.members for place in info.every if info.is_within(place))
    towns = _towns(info)
    is_rule = near == members > 1
    # The segment's own rule is not a finding, but where most of them live is.
    whom = f"{members:,} members" if is_rule and towns else f"All {members:,} members"
    whom = whom if is_rule else f"{near:,} of {counted(members, 'member')}"
    within = f"within {number(info.radius)} {info.unit} of the store"
    finding = f"{whom} {'lives' if near == 1 else 'live'} {within}" if members else "There are no members to show"
    if members and towns:
        first, count = towns[0]
        finding += f", {count:,} of them in {first}"
    beyond = [place for place in info.every if place.distance > _VIEW * info.radius]
    unplaced = [place for place in info.every if np.isnan(place.distance)]
    notes = []
    if len(towns) > 1:
        notes.append(f"Then come {joined((f'{town} ({count:,})' for town, count in towns[1:]), most=_TOWNS)}.")
    if beyond:
        notes.append(f"Not drawn: {_people(beyond)} farther than {number(_VIEW * info.radius)} {info.unit} away.")
    if unplaced:
        notes.append(f"The location of {_people(unplaced)} is unknown.")
    colours = tuple((colour, words) for words, colour, people in _groups(info) if any(people))
    return Heading(finding, " ".join(notes), colours)


def _towns(info: _MapInfo) -> list[tuple[str, int]]:
    """Return the towns within the radius in which most members live, each with its members."""
    counts: Counter[str] = Counter()
    for place in info.every:
        if place.town and place.members and info.is_within(place):
            counts[place.town] += place.members
    return sorted(counts.items(), key=lambda town: (-town[1], town[0]))[:_TOWNS]


def _people(places: list[_Place]) -> str:
    members, others = sum(place.members for place in places), sum(place.others for place in places)
    counts = [counted(members, "member")] * bool(members) + [counted(others, "other profile")] * bool(others)
    return joined(counts)


def _groups(info: _MapInfo) -> list[tuple[str, str, list[int]]]:
    """Return the layers from bottom to top: the label, the colour, and the number of profiles at each point."""
    return [
        ("other profiles", GREY, [place.members + place.others if place.others else 0 for place in info.places]),
        ("members beyond", ORANGE, [0 if info.is_within(place) else place.members for place in info.places]),
        ("members within", BLUE, [place.members if info.is_within(place) else 0 for place in info.places]),
    ]


def _map_figure(info: _MapInfo) -> go.Figure:
    most = max((place.members + place.others for place in info.places), default=1)
    dots = [_dots(info, people, most, colour=colour, name=words) for words, colour, people in _groups(info)]
    span = 1.04 * _VIEW * info.radius
    # The map can be dragged and zoomed, but stays square, since points beyond its edge are not drawn.
    ground = {"range": [-span, span], "constrain": "domain", "fixedrange": False, "tickformat": ",", "automargin": True}
    rings = [info.radius * part for part in _RINGS]
    return style.figure(
        [*dots, _store()],
        _heading(info),
        height=_HEIGHT,
        margin={"b": 52},
        dragmode="pan",
        shapes=[_ring(ring, is_radius=ring == info.radius) for ring in rings],
        annotations=[_ring_words(ring, info.unit) for ring in rings],
        xaxis=style.axis(title=f"{info.unit} east of the store", **ground),
        yaxis=style.axis(title=f"{info.unit} north of the store", scaleanchor="x", **ground),
    )


def _dots(info: _MapInfo, people: list[int], most: int, *, colour: str, name: str) -> go.Scatter:
    drawn = [(place, count) for place, count in zip(info.places, people, strict=True) if count]
    # The area of a dot is proportional to the count, so its diameter is to the square root.
    sizes = [round(max(_LARGEST_DOT * (count / most) ** 0.5, _SMALLEST_DOT), 1) for _, count in drawn]
    x, y = [round(place.east, 3) for place, _ in drawn], [round(place.north, 3) for place, _ in drawn]
    look = {"size": sizes, "color": colour, "line": {"width": 0}, "opacity": 0.75}
    hovers = [_hover(place, info.unit) for place, _ in drawn]
    return go.Scatter(x=x, y=y, mode="markers", marker=look, hovertext=hovers, hoverinfo="text", name=name)


def _hover(place: _Place, unit: Unit) -> str:
    wind = _WINDS[round(np.arctan2(place.east, place.north) / (np.pi / 4)) % len(_WINDS)]
    away = f"{place.distance:,.0f} {unit} {wind}" if place.distance >= 0.5 else "at the store"
    others = counted(place.others, "other profile") if place.others else ""
    return hover(f"{counted(place.members, 'member')}, {away}", place.town, others)


def _store() -> go.Scatter:
    look = {"symbol": "star", "size": 15, "color": ORANGE, "line": {"color": "#000000", "width": 1}}
    return go.Scatter(x=[0], y=[0], mode="markers", marker=look, hovertext="the store", hoverinfo="text", name="store")


def _ring(ring: float, *, is_radius: bool) -> dict[str, Any]:
    line = {"color": GREY, "width": 2.5} if is_radius else {"color": GREY, "width": 1, "dash": "dot"}
    return {"type": "circle", "x0": -ring, "x1": ring, "y0": -ring, "y1": ring, "line": line}


def _ring_words(ring: float, unit: Unit) -> dict[str, Any]:
    return {"x": 0, "y": ring, "yanchor": "bottom", "text": f"{number(ring)} {unit}", "showarrow": False}

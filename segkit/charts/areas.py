"""Two or three segments as circles whose areas are in proportion, drawn from the table of `sk.intersections`."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.circles import Circle, Region, circles, frame, outline, regions, way_out
from segkit.charts.style import Heading
from segkit.errors import DefinitionError
from segkit.wording import are, hover, joined, percent, profiles, shortened

Key = tuple[int, ...]
"""Which segments, by position in the table, and no other."""

_HEIGHT: Final = 340
_ROOM: Final = 0.08
_LETTER, _BESIDE = 14, 28
_UNNOTICED: Final = 0.005
"""Areas wrong by less than this share of all profiles shown are called in proportion."""

_COLOURS: Final[dict[Key, str]] = {
    (0,): style.BLUE,
    (1,): style.ORANGE,
    (2,): style.GREEN,
    (0, 1): "#667A56",
    (0, 2): "#005F6B",
    (1, 2): "#7A8F20",
    (0, 1, 2): "#3D4A3A",
}
"""Opaque, since a blend with the page would be another colour on white than on black."""

_INKS: Final[dict[Key, str]] = {(1,): "#000000", (2,): "#000000", (1, 2): "#000000"}
"""Where black is read more easily than white."""


@dataclass(frozen=True, slots=True)
class _AreasInfo:
    """What is drawn.

    Attributes:
        names: of the segments.
        sizes: of the segments.
        counts: how many profiles are in exactly each combination.
        none: how many are in none.
        circles: one for each segment that has members, by its position.
        regions: the combinations that have a place where these circles overlap.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    counts: dict[Key, int]
    none: int
    circles: dict[int, Circle]
    regions: dict[Key, Region]

    @property
    def shown(self) -> int:
        """How many profiles are in any of the segments."""
        return sum(self.counts.values())

    @property
    def error(self) -> float:
        """How wrong the worst area is, as a share of all profiles shown."""
        areas = {key: region.area for key, region in self.regions.items()}
        return max(abs(areas.get(key, 0.0) - count) for key, count in self.counts.items()) / (self.shown or 1)


def plot_areas(intersections: pd.DataFrame) -> go.Figure:
    """Draw two or three segments as circles, each region labelled with its exact number of profiles.

    The areas of two circles are exact. Those of three are as near as circles come whose pairs overlap as the segments do; how near
    is said below the title, and the numbers are exact in any case.

    Args:
        intersections: as `sk.intersections` returns it: a column of True and False for each segment, then `degree` and `size`.

    Raises:
        DefinitionError: it is another table, or of one segment or more than three.

    >>> table = pd.DataFrame({"SMS": [True, True], "VIP": [False, True], "degree": [1, 2], "size": [3, 1]})
    >>> plot_areas(table).layout.title.text.split("<br>")[0]
    '<b>1 of 4 profiles in SMS or VIP is in both (25%)</b>'
    """
    style.check_table("plot_areas", intersections, ["degree", "size"], "sk.intersections")
    names = style.segment_names(intersections)
    if len(names) not in {2, 3}:
        wanted = "2 or 3 (charts.plot_upset draws any number of them)"
        raise DefinitionError.bad_value("The number of segments in plot_areas", len(names), wanted)
    info = _areas_info(intersections, names)
    return _areas_figure(info) if info.circles else style.only_words(_heading(info))


def _areas_info(table: pd.DataFrame, names: list[str]) -> _AreasInfo:
    flags = table[names].to_numpy(dtype=bool)
    found = table["size"].to_numpy(dtype=np.int64)
    places = range(len(names))
    keys = [key for degree in range(1, len(names) + 1) for key in combinations(places, degree)]
    counts = {key: int(found[np.all(flags == [place in key for place in places], axis=1)].sum()) for key in keys}
    sizes = tuple(sum(count for key, count in counts.items() if place in key) for place in places)
    drawn = [place for place in places if sizes[place]]
    shared = {
        (one, other): sum(count for key, count in counts.items() if {drawn[one], drawn[other]} <= set(key))
        for one, other in combinations(range(len(drawn)), 2)
    }
    placed = circles([sizes[place] for place in drawn], shared)
    return _AreasInfo(
        names=tuple(map(str, names)),
        sizes=sizes,
        counts=counts,
        none=int(found.sum()) - sum(counts.values()),
        circles=dict(zip(drawn, placed, strict=True)),
        regions={tuple(drawn[one] for one in key): region for key, region in regions(placed).items()},
    )


def _heading(info: _AreasInfo) -> Heading:
    colours = tuple(
        (_COLOURS[(place,)], f"{shortened(name)} ({size:,})")
        for place, (name, size) in enumerate(zip(info.names, info.sizes, strict=True))
    )
    segments = joined(info.names, by="or")
    if not info.shown:
        return Heading(f"Nobody is in {segments}", "", colours)
    whole = info.none + info.shown
    off = f", wrong by up to {percent(info.error)} of those shown; the numbers are exact"
    notes = [
        f"{info.none:,} of {profiles(whole)} {are(info.none)} in none of them.",
        f"Areas are in proportion to profiles{off if info.error >= _UNNOTICED else ''}.",
    ]
    for key, count in info.counts.items():
        if count and key not in info.regions:
            where = joined(info.names[place] for place in key)
            notes.append(f"Not to be seen in the circles: {profiles(count)} in {where} only.")
    return Heading(_finding(info, segments), " ".join(notes), colours)


def _finding(info: _AreasInfo, segments: str) -> str:
    every = info.counts[tuple(range(len(info.names)))]
    together, two = ("both", "both") if len(info.names) == 2 else ("all three", "two of them")
    if info.shown > 1 and not any(count for key, count in info.counts.items() if len(key) > 1):
        return f"None of the {profiles(info.shown)} in {segments} is in {two}"
    return (
        f"{every:,} of {profiles(info.shown)} in {segments} {are(every)} in {together} ({percent(every / info.shown)})"
    )


def _areas_figure(info: _AreasInfo) -> go.Figure:
    traces = [
        _area(outline([info.circles[place] for place in key]), key, _hover(info, key))
        for key in info.counts
        if set(key) <= set(info.circles)
    ]
    left, right, bottom, top = frame(list(info.circles.values()))
    room = _ROOM * (top - bottom)
    return style.figure(
        traces,
        _heading(info),
        height=_HEIGHT,
        shapes=[_rim(circle, place) for place, circle in info.circles.items()],
        annotations=_labels(info, (top - bottom + 2 * room) / _HEIGHT),
        xaxis=style.axis(visible=False, range=[left - room, right + room]),
        yaxis=style.axis(visible=False, range=[bottom - room, top + room], scaleanchor="x", scaleratio=1),
    )


def _area(corners: npt.NDArray[np.float64], key: Key, told: str) -> go.Scatter:
    x, y = (np.append(side, side[:1]).astype(np.float32) for side in corners.T)
    shown = {"fill": "toself", "fillcolor": _COLOURS[key], "line": {"width": 0}}
    return go.Scatter(x=x, y=y, mode="lines", **shown, hoveron="fills", text=told, hoverinfo="text")


def _rim(circle: Circle, place: int) -> dict[str, Any]:
    """Return a circle's edge in its own colour, by which it is found again where it lies upon another."""
    corners = {"x0": circle.x - circle.radius, "x1": circle.x + circle.radius}
    corners |= {"y0": circle.y - circle.radius, "y1": circle.y + circle.radius}
    return {"type": "circle", "xref": "x", "yref": "y", **corners, "line": {"color": _COLOURS[(place,)], "width": 3}}


def _hover(info: _AreasInfo, key: Key) -> str:
    others = [name for place, name in enumerate(info.names) if place not in key]
    return hover(
        profiles(info.counts[key]),
        f"in {' and '.join(info.names[place] for place in key)}",
        f"and not in {' or '.join(others)}" if others else "",
        f"{percent(info.counts[key] / info.shown)} of the {info.shown:,} shown",
    )


def _labels(info: _AreasInfo, pixel: float) -> list[dict[str, Any]]:
    """Return each region's number: within it, or beside the circles with a line to it where the region is too small.

    Args:
        info: what is drawn.
        pixel: how long one is in the circles' own unit.
    """
    labels: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []
    for key, region in info.regions.items():
        text = f"{info.counts[key]:,}"
        label: dict[str, Any] = {"x": region.x, "y": region.y, "text": f"<b>{text}</b>", "showarrow": False}
        ink: dict[str, Any] = {"size": _LETTER}
        if region.clearance >= style.width(text, size=_LETTER) / 2 * pixel:
            ink["color"] = _INKS.get(key, "#ffffff")
        else:
            taken.append(way_out(list(info.circles.values()), (region.x, region.y), room=_BESIDE * pixel, taken=taken))
            end = {"axref": "x", "ax": taken[-1][0], "ayref": "y", "ay": taken[-1][1]}
            label |= {"showarrow": True, "arrowhead": 0, "arrowwidth": 1.5, "arrowcolor": style.TEXT, **end}
        labels.append({**label, "font": ink})
    return labels

"""Two or three segments as circles whose areas are in proportion, drawn from the table of `sk.intersections`."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.circles import Circle, Region, circles, frame, regions
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, element, hover
from segkit.drawing.palette import BLUE, GREEN, GREY, ORANGE, faded
from segkit.errors import DefinitionError
from segkit.wording import are, joined, percent, profiles, shortened

Key = tuple[int, ...]
"""Which segments, by position in the table, and no other."""

_HEIGHT: Final = 340
_ROOM: Final = 0.1
_LETTER, _BESIDE = 14, 34
_UNNOTICED: Final = 0.005
"""Areas wrong by less than this share of all profiles shown are called in proportion."""

_COLOURS: Final = (BLUE, ORANGE, GREEN)
_FILL: Final = 0.35
"""How much of each colour fills its circle: so little that the page's own text is read where all three lie upon each other."""


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
    >>> "1 of 4 profiles in SMS or VIP is in both (25%)" in plot_areas(table).layout.title.text
    True
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
        (_COLOURS[place], f"{shortened(name)} ({size:,})")
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
    left, right, bottom, top = frame(list(info.circles.values()))
    room = _ROOM * (top - bottom)
    # How long a pixel is, in the circles' own unit, on a narrow page; on a wider one there is more room in every region.
    pixel = max((top - bottom + 2 * room) / _HEIGHT, (right - left + 2 * room) / style.NARROW)
    small = {key for key, region in info.regions.items() if region.clearance < _half_width(info.counts[key]) * pixel}
    middle = complex(left + right, bottom + top) / 2
    return style.figure(
        [_numbers(info, small)],
        _heading(info),
        height=_HEIGHT,
        shapes=[_shape(circle, _COLOURS[place]) for place, circle in info.circles.items()],
        annotations=[_beside(info.regions[key], info.counts[key], middle) for key in info.regions if key in small],
        xaxis=style.axis(visible=False, range=[left - room, right + room]),
        yaxis=style.axis(visible=False, range=[bottom - room, top + room], scaleanchor="x", scaleratio=1),
    )


def _half_width(count: int) -> float:
    return style.width(f"{count:,}", size=_LETTER) / 2


def _shape(circle: Circle, colour: str) -> dict[str, Any]:
    corners = {"x0": circle.x - circle.radius, "x1": circle.x + circle.radius}
    corners |= {"y0": circle.y - circle.radius, "y1": circle.y + circle.radius}
    look = {"fillcolor": faded(colour, _FILL), "line": {"color": colour, "width": 3}}
    return {"type": "circle", "xref": "x", "yref": "y", "layer": "below", **corners, **look}


def _numbers(info: _AreasInfo, small: set[Key]) -> go.Scatter:
    """Return each region's number within it, and around its place what is told when it is pointed at."""
    keys, places = list(info.regions), info.regions.values()
    texts = ["" if key in small else f"{info.counts[key]:,}" for key in keys]
    ink = {"texttemplate": style.inked(element("b", Markup("%{text}"))), "textfont": {"size": _LETTER}}
    spots = {"mode": "markers+text", "marker": {"size": 30, "opacity": 0}}
    told = {"hovertext": [_hover(info, key) for key in keys], "hoverinfo": "text"}
    return go.Scatter(
        x=[place.x for place in places], y=[place.y for place in places], text=texts, **ink, **spots, **told
    )


def _beside(region: Region, count: int, middle: complex) -> dict[str, Any]:
    """Return a number beside a region too small for it, away from the middle, with a line to it."""
    way = complex(region.x, region.y) - middle
    way = way / abs(way) if way else 1j
    line = {"showarrow": True, "arrowhead": 6, "arrowwidth": 1.5, "arrowcolor": GREY}
    place = {"x": region.x, "y": region.y, "ax": _BESIDE * way.real, "ay": -_BESIDE * way.imag}
    return {**place, **line, "text": element("b", f"{count:,}"), "font": {"size": _LETTER}}


def _hover(info: _AreasInfo, key: Key) -> str:
    others = [name for place, name in enumerate(info.names) if place not in key]
    return hover(
        profiles(info.counts[key]),
        f"in {' and '.join(info.names[place] for place in key)}",
        f"and not in {' or '.join(others)}" if others else "",
        f"{percent(info.counts[key] / info.shown)} of the {info.shown:,} shown",
    )

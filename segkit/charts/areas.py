"""Draw two or three segments as circles with proportional areas, from the table of `sk.intersections`."""

from itertools import combinations
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.circles import Circle, Region, circles, frame, regions
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, element, hover
from segkit.drawing.palette import BLUE, GREEN, GREY, ORANGE, faded
from segkit.drawing.tables import Intersections
from segkit.errors import DefinitionError
from segkit.wording import are, joined, percent, profiles, shortened

Key = tuple[int, ...]
"""A combination of segments, as their indexes. The largest segment is 0."""

_HEIGHT: Final = 340
_ROOM: Final = 0.1
_LETTER, _BESIDE, _BAR = 14, 34, 90
_UNNOTICED: Final = 0.005
"""Areas are called proportional if their error is below this share of the profiles shown."""

_COLOURS: Final = (BLUE, ORANGE, GREEN)
_FILL: Final = 0.35
"""The opacity of the circles, low enough for the page's text to be readable where all three overlap."""


def plot_areas(intersections: pd.DataFrame) -> go.Figure:
    """Draw two or three segments as circles and label each region with its number of profiles. Draw one bar if none overlap.

    With two segments, all areas are exact. With three, they are as close as circles allow, and the note below the title gives the
    largest error. The numbers are always exact.

    Args:
        intersections: a table from `sk.intersections`: a boolean column for each segment, then `degree` and `size`.

    Raises:
        DefinitionError: the table has the wrong columns, or has one segment or more than three.

    >>> table = pd.DataFrame({"SMS": [True, True], "VIP": [False, True], "degree": [1, 2], "size": [3, 1]})
    >>> "1 of 4 profiles in SMS or VIP is in both (25%)" in plot_areas(table).layout.title.text
    True
    """
    style.check_table("plot_areas", intersections, ["degree", "size"], "sk.intersections")
    names = style.segment_names(intersections)
    if len(names) not in {2, 3}:
        wanted = "2 or 3 (charts.plot_upset draws any number of them)"
        raise DefinitionError.bad_value("The number of segments in plot_areas", len(names), wanted)
    sets = Intersections.of(intersections[[*names, "degree", "size"]], most=2 ** len(names))
    if _is_disjoint(sets):
        return _bar_figure(sets)
    placed = _placed(sets)
    found = regions(placed)
    heading = _heading(sets, found)
    return _areas_figure(sets, placed, found, heading) if placed else style.only_words(heading)


def _is_disjoint(sets: Intersections) -> bool:
    """Return whether at least two segments have members and none shares any."""
    alone = [one for one in sets.shown if one.size]
    return len(alone) > 1 and all(len(one.rows) == 1 for one in alone)


def _placed(sets: Intersections) -> tuple[Circle, ...]:
    """Return a circle for each segment that has members."""
    sizes = [size for size in sets.sizes if size]
    return circles(sizes, {pair: _shared(sets, pair) for pair in combinations(range(len(sizes)), 2)})


def _shared(sets: Intersections, rows: Key) -> int:
    """Return how many profiles are in all of these segments, and possibly in others."""
    return sum(one.size for one in sets.shown if set(rows) <= set(one.rows))


def _heading(sets: Intersections, found: dict[Key, Region]) -> Heading:
    segments, colours = joined(sets.names, by="or"), _key(sets)
    if not sets.members:
        return Heading(f"Nobody is in {segments}", "", colours)
    wrong = _error(sets, found)
    off = (
        f", with an error of up to {percent(wrong)} of those shown; the numbers are exact"
        if wrong >= _UNNOTICED
        else ""
    )
    notes = [sets.note, f"Areas are in proportion to profiles{off}."]
    for one in sets.shown:
        if one.size and one.rows not in found:
            where = joined(sets.names[row] for row in one.rows)
            notes.append(f"Not visible in the circles: {profiles(one.size)} in {where} only.")
    return Heading(_finding(sets, segments), " ".join(notes), colours)


def _key(sets: Intersections) -> tuple[tuple[str, str], ...]:
    sized = zip(_COLOURS, sets.names, sets.sizes, strict=False)
    return tuple((colour, f"{shortened(name)} ({size:,})") for colour, name, size in sized)


def _error(sets: Intersections, found: dict[Key, Region]) -> float:
    """Return the largest error of an area, as a share of all profiles shown."""
    keys = {*found, *(one.rows for one in sets.shown)}
    areas = {key: found[key].area if key in found else 0.0 for key in keys}
    return max(abs(areas[key] - sets.size(key)) for key in keys) / sets.members


def _finding(sets: Intersections, segments: str) -> str:
    together = "both" if len(sets.names) == 2 else "all three"
    if sets.members > 1 and not any(one.size for one in sets.shown if len(one.rows) > 1):
        them = joined(sets.names)
        return f"Nobody is in {'both' if together == 'both' else 'two of'} {them}, which hold {profiles(sets.members)}"
    every = sets.size(tuple(range(len(sets.names))))
    pairs = [one for one in sets.shown if one.size and len(one.rows) == 2]
    if not every and len(sets.names) > 2 and pairs:
        most = max(pairs, key=lambda one: one.size)
        both = joined(sets.names[row] for row in most.rows)
        share = percent(most.size / sets.members)
        return (
            f"{most.size:,} of {profiles(sets.members)} {are(most.size)} in {both} ({share}), and nobody in all three"
        )
    share = percent(every / sets.members)
    return f"{every:,} of {profiles(sets.members)} in {segments} {are(every)} in {together} ({share})"


def _areas_figure(
    sets: Intersections, placed: tuple[Circle, ...], found: dict[Key, Region], heading: Heading
) -> go.Figure:
    left, right, bottom, top = frame(placed)
    room = _ROOM * (top - bottom)
    # The size of a pixel in the circles' unit on a narrow page. On a wider page, every region has more room.
    pixel = max((top - bottom + 2 * room) / _HEIGHT, (right - left + 2 * room) / style.NARROW)
    small = {
        key
        for key, region in found.items()
        if region.clearance < pixel * style.width(f"{sets.size(key):,}", size=_LETTER) / 2
    }
    middle = complex(left + right, bottom + top) / 2
    return style.figure(
        [_numbers(sets, found, small)],
        heading,
        height=_HEIGHT,
        shapes=[_shape(circle, colour) for circle, colour in zip(placed, _COLOURS, strict=False)],
        annotations=[_beside(region, sets.size(key), middle) for key, region in found.items() if key in small],
        xaxis=style.axis(visible=False, range=[left - room, right + room]),
        yaxis=style.axis(visible=False, range=[bottom - room, top + room], scaleanchor="x", scaleratio=1),
    )


def _bar_figure(sets: Intersections) -> go.Figure:
    """Return segments that share nobody as parts of one bar, since circles apart from each other say nothing."""
    note = f"{sets.note} Lengths are in proportion to profiles."
    heading = Heading(_finding(sets, joined(sets.names, by="or")), note, _key(sets))
    traces, notes, start = [], [], 0
    for row, (colour, name, size) in enumerate(zip(_COLOURS, sets.names, sets.sizes, strict=False)):
        text = f"{size:,} · {percent(size / sets.members)}"
        look = {"marker": {"color": faded(colour, _FILL), "line": {"color": colour, "width": 3}}}
        label = {"hovertext": [_hover(sets, (row,))], "hoverinfo": "text"}
        traces.append(go.Bar(x=[size], y=[0], base=[start], orientation="h", width=0.8, name=name, **look, **label))
        middle, start = start + size / 2, start + size
        is_inside = size / sets.members * (style.NARROW - 40) > style.width(text, size=_LETTER)
        place = {"x": middle, "y": 0, "showarrow": False} if is_inside else _above(middle, row, of=sets.members)
        notes += [{**place, "text": element("b", text), "font": {"size": _LETTER}}] * bool(size)
    return style.figure(
        traces,
        heading,
        height=_BAR,
        above=_BESIDE,
        barmode="overlay",
        annotations=notes,
        xaxis=style.axis(visible=False, range=[0, sets.members]),
        yaxis=style.axis(visible=False, range=[-0.5, 0.5]),
    )


def _above(x: float, row: int, *, of: int) -> dict[str, Any]:
    """Return the layout of a number that does not fit into its part of the bar: above that part, with a line to it."""
    line = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1.5, "arrowcolor": GREY}
    # Neighbouring numbers alternate between two heights, so that they don't overlap.
    side = "right" if x > 0.85 * of else "left" if x < 0.15 * of else "center"
    return {"x": x, "y": 0.4, "ax": 0, "ay": -14 - 16 * (row % 2), "xanchor": side, **line}


def _shape(circle: Circle, colour: str) -> dict[str, Any]:
    corners = {"x0": circle.x - circle.radius, "x1": circle.x + circle.radius}
    corners |= {"y0": circle.y - circle.radius, "y1": circle.y + circle.radius}
    look = {"fillcolor": faded(colour, _FILL), "line": {"color": colour, "width": 3}}
    return {"type": "circle", "xref": "x", "yref": "y", "layer": "below", **corners, **look}


def _numbers(sets: Intersections, found: dict[Key, Region], small: set[Key]) -> go.Scatter:
    """Return a trace with the number of each region inside it, and its hover label around that position."""
    texts = ["" if key in small else f"{sets.size(key):,}" for key in found]
    ink = {"texttemplate": style.inked(element("b", Markup("%{text}"))), "textfont": {"size": _LETTER}}
    spots = {"mode": "markers+text", "marker": {"size": 30, "opacity": 0}}
    labels = {"hovertext": [_hover(sets, key) for key in found], "hoverinfo": "text"}
    x, y = [place.x for place in found.values()], [place.y for place in found.values()]
    return go.Scatter(x=x, y=y, text=texts, **ink, **spots, **labels)


def _beside(region: Region, count: int, middle: complex) -> dict[str, Any]:
    """Return the number of a region that is too small for it, outside the region and with a line to it."""
    way = complex(region.x, region.y) - middle
    way = way / abs(way) if way else 1j
    line = {"showarrow": True, "arrowhead": 6, "arrowwidth": 1.5, "arrowcolor": GREY}
    place = {"x": region.x, "y": region.y, "ax": _BESIDE * way.real, "ay": -_BESIDE * way.imag}
    return {**place, **line, "text": element("b", f"{count:,}"), "font": {"size": _LETTER}}


def _hover(sets: Intersections, key: Key) -> str:
    others = [name for row, name in enumerate(sets.names) if row not in key]
    return hover(
        profiles(sets.size(key)),
        f"in {' and '.join(sets.names[row] for row in key)}",
        f"and not in {' or '.join(others)}" if others else "",
        f"{percent(sets.size(key) / sets.members)} of the {sets.members:,} shown",
    )

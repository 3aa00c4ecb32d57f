"""Draw an UpSet plot: how many profiles are in each combination of segments, from the table of `sk.intersections`."""

from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, hover
from segkit.drawing.palette import BLUE, FAINT, GREY, STRIPE
from segkit.drawing.tables import Intersections
from segkit.errors import DefinitionError
from segkit.wording import are, counted, joined, percent, profiles, shortened

_ROW, _HIGH_ROW, _BARS, _BETWEEN = 24, 30, 170, 10
_SIZES_END, _MATRIX_START = 0.19, 0.2

_ROOMY, _DENSEST = 12, 16
"""The largest numbers of columns for which any number, or a number with three digits, fits above its bar."""

_FEWEST: Final = 10
"""The chart has room for at least this many columns, so that a few bars don't become very wide."""

_BREAK_FROM: Final = 1.3
"""If the last bar is larger than this multiple of the largest other bar, it is drawn with a gap, so that the others aren't tiny."""


def plot_upset(intersections: pd.DataFrame, *, most: int = 20) -> go.Figure:
    """Draw how many profiles are in each combination of segments and in no other segment.

    Segments are rows, the largest first, with their sizes at the left. An empty segment keeps its row. Combinations are columns,
    the largest first. All combinations after the first `most` share the last bar. The note below the title counts the profiles in
    no segment.

    Args:
        intersections: a table from `sk.intersections`: a boolean column for each segment, at most 30, then `degree` and `size`.
        most: the number of combinations that get their own bar.

    Raises:
        DefinitionError: the table has the wrong columns or too many segments, or `most` is less than 1.

    >>> table = pd.DataFrame({"SMS": [False, True, True], "VIP": [False, False, True], "degree": [0, 1, 2], "size": [5, 3, 1]})
    >>> "3 of 4 members are in SMS alone" in plot_upset(table).layout.title.text
    True
    """
    style.check_table("plot_upset", intersections, ["degree", "size"], "sk.intersections")
    if most < 1:
        raise DefinitionError.bad_value("most", most, "1 or more")
    names = style.segment_names(intersections)
    style.check_few("plot_upset", names)
    info = Intersections.of(intersections[[*names, "degree", "size"]], most=most)
    return _upset_figure(info) if info.names else style.only_words(_heading(info))


def _heading(info: Intersections) -> Heading:
    if not info.names:
        return Heading("There is no segment to show")
    if not info.members:
        name = shortened(info.names[0])
        return Heading(f"Nobody is in {name if len(info.names) == 1 else f'any of the {len(info.names):,} segments'}")
    if len(info.names) == 1:
        finding = f"{info.members:,} of {profiles(info.profiles)} {are(info.members)} in {shortened(info.names[0])}"
        return Heading(finding)
    first = info.shown[0]
    inside = joined(info.names[row] for row in first.rows)
    exactly = f"exactly {inside}" if len(first.rows) > 1 else f"{inside} alone"
    finding = f"{first.size:,} of {counted(info.members, 'member')} {are(first.size)} in {exactly}"
    return Heading(finding, info.note)


def _row(info: Intersections) -> int:
    """Return the height of a row in pixels, which is larger if a name takes two lines."""
    return _HIGH_ROW if max(map(len, info.names), default=0) > style.NAME_LINE else _ROW


def _last_place(info: Intersections) -> float:
    """Return the position of the bar of all other combinations, a little apart from the rest."""
    return len(info.shown) + 0.4


def _is_turned(info: Intersections) -> bool:
    """Return whether the numbers above the bars must be vertical."""
    columns = len(info.shown)
    return columns > _ROOMY and info.largest > (999 if columns <= _DENSEST else 99)


def _upset_figure(info: Intersections) -> go.Figure:
    rows = len(info.names)
    matrix, bars = _row(info) * rows, _BARS if info.shown else 1
    height = matrix + _BETWEEN + bars
    places = max(len(info.shown) + 1.4 * bool(info.folded), _FEWEST)
    top = (1.45 if _is_turned(info) else 1.25) * info.largest
    hidden: dict[str, Any] = {"showticklabels": False}
    longest = 1.8 * (max(info.sizes) or 1)
    return style.figure(
        [*_segment_sizes(info), *_dots(info), _bars(info), *_last_bar(info)],
        _heading(info),
        height=height,
        barmode="overlay",
        shapes=[_stripe(row) for row in range(0, rows, 2)],
        annotations=[_last_words(info)] if info.folded else [],
        xaxis=style.axis(domain=[_MATRIX_START, 1], range=[-0.6, places - 0.4], anchor="y", **hidden),
        xaxis2=style.axis(domain=[0, _SIZES_END], range=[0, longest], anchor="y", **hidden),
        yaxis=style.name_axis(info.names, line=style.NAME_LINE, domain=[0, matrix / height], anchor="x2"),
        yaxis2=style.axis(domain=[1 - bars / height, 1], range=[0, top], anchor="x", **hidden),
    )


def _segment_sizes(info: Intersections) -> list[Any]:
    places = list(range(len(info.names)))
    hovers = [
        hover(name, counted(size, "member"), f"{percent(size / (info.profiles or 1))} of {profiles(info.profiles)}")
        for name, size in zip(info.names, info.sizes, strict=True)
    ]
    drawn = style.bars(info.sizes, places, colour=GREY, hovers=hovers, name="segment")
    labels = style.bar_labels(info.sizes, places, [f"{size:,}" for size in info.sizes], hovers=hovers)
    return [trace.update(xaxis="x2") for trace in (drawn, labels)]


def _dots(info: Intersections) -> list[Any]:
    """Return a dot for each segment and combination. The segments of a combination are blue and connected by a line."""
    grid = np.meshgrid(np.arange(len(info.shown)), np.arange(len(info.names)))
    across, down = (side.ravel().astype(np.int16) for side in grid)
    inside = [(column, row) for column, combination in enumerate(info.shown) for row in combination.rows]
    ends = [(column, each.rows[0], each.rows[-1]) for column, each in enumerate(info.shown)]
    lines_x = [place for column, _, _ in ends for place in (column, column, None)]
    lines_y = [place for _, first, last in ends for place in (first, last, None)]
    dot = {"size": 11, "line": {"width": 0}}
    pale, blue = {**dot, "color": FAINT}, {**dot, "color": BLUE}
    x, y = [column for column, _ in inside], [row for _, row in inside]
    return [
        go.Scatter(x=across, y=down, mode="markers", marker=pale, hoverinfo="skip", name="not in"),
        go.Scatter(x=lines_x, y=lines_y, mode="lines", line={"color": BLUE, "width": 3}, hoverinfo="skip"),
        go.Scatter(
            x=x, y=y, mode="markers", marker=blue, hovertemplate=style.hover_template(Markup("%{y}")), name="in"
        ),
    ]


def _bars(info: Intersections) -> go.Bar:
    hovers = [
        hover(profiles(each.size), _share(info, each.size), "in exactly:", *(info.names[row] for row in each.rows))
        for each in info.shown
    ]
    sizes = [combination.size for combination in info.shown]
    labels = [f"{size:,}" for size in sizes]
    return _upright(info).update(
        x=list(range(len(sizes))), y=sizes, text=labels, hovertext=hovers, marker_color=BLUE, name="combination"
    )


def _last_bar(info: Intersections) -> list[go.Bar]:
    """Return the bar of all other combinations, with a gap in it if it is too tall to be drawn to scale."""
    if not info.folded:
        return []
    is_cut = info.rest > _BREAK_FROM * info.largest
    cut = "the bar is cut: it would be taller" if is_cut else ""
    label = hover(profiles(info.rest), f"in {info.more}", _share(info, info.rest), cut)
    grey = _upright(info).update(x=[_last_place(info)], hovertext=[label], marker_color=GREY, name="all others")
    if not is_cut:
        return [grey.update(y=[info.rest], text=[f"{info.rest:,}"])]
    upper = go.Bar(grey).update(y=[0.14 * info.largest], base=0.9 * info.largest, text=[f"{info.rest:,}"])
    return [grey.update(y=[0.84 * info.largest]), upper]


def _share(info: Intersections, size: int) -> str:
    return f"{percent(size / info.members)} of the {counted(info.members, 'member')} of these segments"


def _upright(info: Intersections) -> go.Bar:
    # Without constraintext and textangle, plotly shrinks and rotates the labels of narrow bars individually.
    labels = {
        "texttemplate": style.inked(Markup("%{text}")),
        "textposition": "outside",
        "textangle": -90 if _is_turned(info) else 0,
        "constraintext": "none",
    }
    font = {"size": 11 if len(info.shown) > _ROOMY else 12}
    return go.Bar(
        yaxis="y2", width=0.66, marker_line_width=0, cliponaxis=False, hoverinfo="text", textfont=font, **labels
    )


def _stripe(row: int) -> dict[str, Any]:
    corners = {"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": row - 0.5, "y1": row + 0.5}
    return {"type": "rect", **corners, "fillcolor": STRIPE, "line": {"width": 0}, "layer": "below"}


def _last_words(info: Intersections) -> dict[str, Any]:
    words = f"and {info.more}"
    is_room = _row(info) * len(info.names) > style.width(words)
    look = {"text": words if is_room else "…", "textangle": -90 if is_room else 0, "showarrow": False}
    return {"x": _last_place(info), "y": (len(info.names) - 1) / 2, "xref": "x", "yref": "y", **look}

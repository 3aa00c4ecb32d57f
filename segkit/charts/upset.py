"""In exactly which segments profiles are, drawn from the table of `sk.intersections`; pairs alone are `plot_overlap`'s."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.errors import DefinitionError, counted

_ROW, _BARS, _BETWEEN = 24, 170, 10
_SIZES_END, _MATRIX_START = 0.16, 0.17
_FEWEST_PLACES: Final = 10
"""Room is left for so many columns, lest two bars become two walls."""

_BREAK_FROM: Final = 1.3
"""A rest so many times the largest bar is drawn broken, lest it flatten all others."""


@dataclass(frozen=True, slots=True)
class _Combination:
    """Profiles that are in exactly these segments, by row, and in no other."""

    rows: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class _UpsetInfo:
    """What is drawn: segments by size, the largest combinations, and one bar that holds all others; members are in any segment."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    combinations: tuple[_Combination, ...]
    folded: int
    rest: int
    members: int
    profiles: int

    @property
    def heading(self) -> Heading:
        """The largest combination, who is in none, and what was folded."""
        return Heading(_finding(self), _note(self))


def plot_upset(intersections: pd.DataFrame, *, most: int = 20) -> go.Figure:
    """Draw how many profiles are in exactly each combination of segments and in no other.

    Segments are rows, the largest first, their sizes at the left; an empty one keeps its row. Combinations are columns, the largest
    first. What is beyond `most` is folded into one last bar with its count, and who is in no segment is said below the title.

    Args:
        intersections: as `sk.intersections` returns it: a column of True and False for each segment, at most 30, then `degree`
            and `size`.
        most: how many combinations get a bar of their own.

    Raises:
        DefinitionError: it is another table, has too many segments, or `most` is less than 1.

    >>> table = pd.DataFrame({"SMS": [False, True, True], "VIP": [False, False, True], "degree": [0, 1, 2], "size": [5, 3, 1]})
    >>> plot_upset(table).layout.title.text.split("<br>")[0]
    '<b>3 of 4 members of these segments are in SMS alone</b>'
    """
    style.check_table("plot_upset", intersections, ["degree", "size"], "sk.intersections")
    if most < 1:
        raise DefinitionError.bad_value("most", most, "1 or more")
    style.check_few("plot_upset", segment_names(intersections))
    return _upset_figure(_upset_info(intersections, most))


def segment_names(intersections: pd.DataFrame) -> list[str]:
    """Return the names of the segments that a table of intersections is about."""
    return [column for column in intersections.columns if column not in {"degree", "size"}]


def _upset_info(table: pd.DataFrame, most: int) -> _UpsetInfo:
    names = segment_names(table)
    flags = table[names].to_numpy(dtype=bool).reshape(len(table), len(names))
    counts = table["size"].to_numpy(dtype=np.int64)
    sizes = counts @ flags
    order = np.argsort(-sizes, kind="stable")
    flags = flags[:, order]
    largest_first = np.argsort(-counts, kind="stable")
    combinations = [
        _Combination(tuple(np.flatnonzero(flags[row]).tolist()), int(counts[row])) for row in largest_first if flags[row].any()
    ]
    # A bar for one more combination takes no more room than a bar that says so.
    shown = combinations if len(combinations) == most + 1 else combinations[:most]
    members = sum(combination.size for combination in combinations)
    return _UpsetInfo(
        names=tuple(str(names[row]) for row in order),
        sizes=tuple(int(sizes[row]) for row in order),
        combinations=tuple(shown),
        folded=len(combinations) - len(shown),
        rest=members - sum(combination.size for combination in shown),
        members=members,
        profiles=int(counts.sum()),
    )


def _finding(info: _UpsetInfo) -> str:
    if not info.names:
        return "There is no segment to show"
    if not info.members:
        return f"Nobody is in {info.names[0] if len(info.names) == 1 else f'any of the {len(info.names):,} segments'}"
    largest = info.combinations[0]
    if len(info.names) == 1:
        return f"{largest.size:,} of {style.profiles(info.profiles)} {_are(largest.size)} in {style.shortened(info.names[0])}"
    inside = [info.names[row] for row in largest.rows]
    exactly = f"{style.joined(inside)} alone" if len(inside) == 1 else f"exactly {style.joined(inside)}"
    return f"{largest.size:,} of {counted(info.members, 'member')} of these segments {_are(largest.size)} in {exactly}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _note(info: _UpsetInfo) -> str:
    none = info.profiles - info.members
    parts = [f"{none:,} of {style.profiles(info.profiles)} {_are(none)} in none of them."] if info.names else []
    if info.folded:
        more = counted(info.folded, "more combination", "more combinations")
        parts.append(f"The last bar folds {more}: {style.profiles(info.rest)}.")
    return " ".join(parts)


def _upset_figure(info: _UpsetInfo) -> go.Figure:
    rows, columns = len(info.names), len(info.combinations)
    matrix = max(_ROW * rows, 1)
    height = matrix + _BETWEEN + _BARS
    places = max(columns + 1.4 * bool(info.folded), _FEWEST_PLACES)
    highest = max((combination.size for combination in info.combinations), default=0) or 1
    rotated = max((len(f"{combination.size:,}") for combination in info.combinations), default=0) > 4 and columns > 12
    top = 1.45 if rotated else 1.25
    return style.figure(
        [*_set_sizes(info), *_dots(info), *_bars(info, highest, rotated=rotated), *_rest(info, highest, rotated=rotated)],
        info.heading,
        height=height,
        barmode="overlay",
        shapes=_stripes(rows),
        annotations=_folded_words(info),
        xaxis=style.axis(domain=[_MATRIX_START, 1], range=[-0.6, places - 0.4], showticklabels=False, anchor="y"),
        xaxis2=style.axis(domain=[0, _SIZES_END], range=[0, 1.8 * (max(info.sizes, default=0) or 1)], showticklabels=False, anchor="y"),
        yaxis={**style.name_axis(info.names), "domain": [0, matrix / height], "anchor": "x2"},
        yaxis2=style.axis(
            domain=[1 - _BARS / height, 1], range=[0, top * highest], showgrid=False, showticklabels=False, anchor="x"
        ),
    )  # fmt: skip


def _set_sizes(info: _UpsetInfo) -> list[Any]:
    places = list(range(len(info.names)))
    hovers = [
        style.hover(name, counted(size, "member"), f"{style.percent(size / (info.profiles or 1))} of all {info.profiles:,} profiles")
        for name, size in zip(info.names, info.sizes, strict=True)
    ]
    bars = style.bars(info.sizes, places, colour=style.GREY, hovers=hovers, name="segment")
    labels = style.bar_labels(info.sizes, places, [f"{size:,}" for size in info.sizes], hovers=hovers)
    return [trace.update(xaxis="x2", yaxis="y") for trace in (bars, labels)]


def _dots(info: _UpsetInfo) -> list[Any]:
    rows, columns = len(info.names), len(info.combinations)
    across, down = (side.ravel().astype(np.int16) for side in np.meshgrid(np.arange(columns), np.arange(rows)))
    joins_x, joins_y, inside_x, inside_y = [], [], [], []
    for column, combination in enumerate(info.combinations):
        joins_x += [column, column, None]
        joins_y += [combination.rows[0], combination.rows[-1], None]
        inside_x += [column] * len(combination.rows)
        inside_y += combination.rows
    dot = {"size": 11, "line": {"width": 0}}
    return [
        go.Scatter(x=across, y=down, mode="markers", marker={**dot, "color": style.PALE_GREY}, hoverinfo="skip", name="not in"),
        go.Scatter(x=joins_x, y=joins_y, mode="lines", line={"color": style.BLUE, "width": 3}, hoverinfo="skip"),
        go.Scatter(
            x=inside_x, y=inside_y, mode="markers", marker={**dot, "color": style.BLUE}, name="in",
            hovertemplate="%{y}<extra></extra>",
        ),
    ]  # fmt: skip


def _bars(info: _UpsetInfo, highest: int, *, rotated: bool) -> list[Any]:
    hovers = [
        style.hover(
            style.profiles(combination.size),
            f"{style.percent(combination.size / info.members)} of the {info.members:,} members of these segments",
            "in exactly:",
            *(info.names[row] for row in combination.rows),
        )
        for combination in info.combinations
    ]
    sizes = [combination.size for combination in info.combinations]
    return [_upright(list(range(len(sizes))), sizes, style.BLUE, [f"{size:,}" for size in sizes], hovers, rotated=rotated)]


def _rest(info: _UpsetInfo, highest: int, *, rotated: bool) -> list[Any]:
    """Return the bar of all other combinations; with a gap in it where it is too tall to be drawn in proportion."""
    if not info.folded:
        return []
    place = len(info.combinations) + 0.4
    told = style.hover(
        style.profiles(info.rest),
        f"in {counted(info.folded, 'more combination', 'more combinations')}",
        f"{style.percent(info.rest / info.members)} of the {info.members:,} members of these segments",
        "the bar is cut: it would be taller" if info.rest > _BREAK_FROM * highest else "",
    )
    label = f"{info.rest:,}"
    if info.rest <= _BREAK_FROM * highest:
        return [_upright([place], [info.rest], style.GREY, [label], [told], rotated=rotated)]
    lower = _upright([place], [0.84 * highest], style.GREY, [""], [told], rotated=rotated)
    upper = _upright([place], [0.14 * highest], style.GREY, [label], [told], rotated=rotated)
    return [lower, upper.update(base=0.9 * highest)]


def _upright(
    places: Sequence[float], sizes: Sequence[float], colour: str, labels: Sequence[str], hovers: Sequence[str], *, rotated: bool
) -> go.Bar:
    # Without constraintext and textangle plotly shrinks and turns the labels of narrow bars one by one.
    words = {"text": labels, "textposition": "outside", "textangle": -90 if rotated else 0, "constraintext": "none"}
    return go.Bar(
        x=places, y=sizes, yaxis="y2", width=0.66, marker={"color": colour, "line": {"width": 0}}, cliponaxis=False,
        hovertext=hovers, hoverinfo="text", **words,
    )  # fmt: skip


def _stripes(rows: int) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": row - 0.5, "y1": row + 0.5,
            "fillcolor": style.FAINT, "line": {"width": 0}, "layer": "below",
        }
        for row in range(0, rows, 2)
    ]  # fmt: skip


def _folded_words(info: _UpsetInfo) -> list[dict[str, Any]]:
    if not info.folded:
        return []
    words = f"and {counted(info.folded, 'more combination', 'more combinations')}"
    upright = _ROW * len(info.names) > style.width(words)
    return [
        {
            "x": len(info.combinations) + 0.4, "y": (len(info.names) - 1) / 2, "xref": "x", "yref": "y", "showarrow": False,
            "text": words if upright else "…", "textangle": -90 if upright else 0, "font": {"color": style.TEXT},
        }
    ]  # fmt: skip

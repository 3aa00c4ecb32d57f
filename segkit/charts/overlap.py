"""Draw how much each pair of segments overlaps, from the table of `sk.overlap`. `upset.py` draws combinations of three or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import heat, style
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, one_line
from segkit.drawing.palette import GREY
from segkit.errors import DefinitionError
from segkit.wording import brief, likeness, number, percent, profiles, shortened

Show = Literal["containment", "count", "jaccard"]
Numbers = npt.NDArray[np.float64]

_BUTTONS: Final[dict[Show, str]] = {
    "containment": "share of the row",
    "count": "members in both",
    "jaccard": "likeness",
}
_NOTES: Final[dict[Show, str]] = {
    "containment": "Each cell: the share of the row's members who are also in the column's segment.",
    "count": "Each cell: how many profiles are members of both.",
    "jaccard": "Each cell: of the profiles in either of the two, the part that is in both (Jaccard); 1 is the same people.",
}
_HOVER: Final = Markup(
    "<b>%{y}</b><br>and <b>%{x}</b><br>%{customdata[0]} profiles in both"
    "<br>%{customdata[1]} of the members of the first are in the second<br>likeness (Jaccard) %{customdata[2]}"
)
_LETTER, _LINES, _LINE, _SLANTED = 6.9, 4, 16, 30
"""For column names above the chart: the width of a letter, the most lines, the height of a line in pixels, the letters of a slanted name."""

_TWO_LINES, _ONE_LINE = 34, 38
"""The smallest row height in pixels for names on two lines, and the number of letters per line in lower rows."""

_BUTTON, _BUTTON_INK = "#d5dbe1", "#1b2127"

_DENSE, _DENSEST = 13, 20
"""Above these numbers of columns, numbers are abbreviated, and are shown only under the pointer: no cell has room for 11 pixels."""

_ROOM: Final = ((10, 12, 38), (15, 11, 38), (_DENSEST, 11, 34), (style.MOST_SEGMENTS, 11, 28))
"""Up to how many segments, the font size and the row height in pixels."""

_BUTTONS_HEIGHT: Final = 36


@dataclass(frozen=True, slots=True)
class _OverlapInfo:
    """What is drawn.

    Attributes:
        names: the names of the segments.
        values: for each view, the strength of each cell's colour, 0 to 1.
        texts: for each view, the formatted number of each cell.
        labels: the parts of each cell's hover label.
        finding: the title.
    """

    names: tuple[str, ...]
    values: dict[Show, Numbers]
    texts: dict[Show, list[list[str]]]
    labels: list[list[list[str]]]
    finding: str

    def heading(self, show: Show) -> Heading:
        """Return the title, and a note on how to read a cell."""
        if len(self.names) < 2:
            return Heading(self.finding)
        dense = len(self.names) > _DENSE and show == "containment"
        more = " Point at a cell for its number." if len(self.names) > _DENSEST else " In percent." if dense else ""
        return Heading(self.finding, f"{_NOTES[show]}{more}")


def plot_overlap(overlap: pd.DataFrame, *, show: Show = "containment") -> go.Figure:
    """Draw how much each pair of segments overlaps, with buttons for containment, count and Jaccard index.

    Args:
        overlap: as returned by `sk.overlap`, a row for each ordered pair: `segment`, `other`, `size`, `other_size`, `overlap`,
            `containment` and `jaccard` (0 to 1; NaN if the base is empty). At most 30 segments.
        show: which of the three is shown first.

    Raises:
        DefinitionError: it is another table, has too many segments, or `show` is not one of the three.

    >>> table = pd.DataFrame({
    ...     "segment": ["SMS", "SMS", "VIP", "VIP"], "other": ["SMS", "VIP"] * 2, "size": [4, 4, 2, 2], "other_size": [4, 2] * 2,
    ...     "overlap": [4, 1, 1, 2], "containment": [1, 0.25, 0.5, 1], "jaccard": [1, 0.2, 0.2, 1],
    ... })
    >>> "SMS and VIP overlap most, sharing 1 of 5 profiles (20%)" in plot_overlap(table).layout.title.text
    True
    """
    columns = ["segment", "other", "size", "other_size", "overlap", "containment", "jaccard"]
    style.check_table("plot_overlap", overlap, columns, "sk.overlap")
    if show not in get_args(Show):
        raise DefinitionError.unknown_choice("show", show, get_args(Show))
    style.check_few("plot_overlap", list(overlap["segment"].unique()))
    info = _overlap_info(overlap)
    return _overlap_figure(info, show) if info.names else style.only_words(info.heading(show))


def _overlap_info(table: pd.DataFrame) -> _OverlapInfo:
    place = {name: place for place, name in enumerate(dict.fromkeys(table["segment"]))}
    names = tuple(map(str, place))
    rows, columns = ([place[name] for name in table[side]] for side in ("segment", "other"))
    squares = []
    for column in ("overlap", "containment", "jaccard"):
        square = np.full((len(names), len(names)), np.nan)
        square[rows, columns] = table[column]
        squares.append(square)
    counts, containment, jaccard = squares
    most = np.nanmax(counts[~np.eye(len(names), dtype=bool)], initial=1)
    shares = [[percent(share, digits=1) for share in row] for row in containment]
    alike = [[likeness(share) for share in row] for row in jaccard]
    cells = range(len(names))
    labels = [[[number(counts[i, j]), one_line(shares[i][j]), one_line(alike[i][j])] for j in cells] for i in cells]
    texts: dict[Show, list[list[str]]] = {
        "containment": shares,
        "count": [list(map(number, row)) for row in counts],
        "jaccard": alike,
    }
    if len(names) > _DENSE:
        texts = {
            "containment": [[text.removesuffix("%") for text in row] for row in shares],
            "count": [[brief(count, decimals=0) for count in row] for row in counts],
            "jaccard": [[text.replace("0.", ".") for text in row] for row in alike],
        }
    if len(names) > _DENSEST:
        texts = dict.fromkeys(texts, [[""] * len(names)] * len(names))
    values: dict[Show, Numbers] = {"containment": containment, "count": counts / most, "jaccard": jaccard}
    return _OverlapInfo(names, values, texts, labels, _finding(names, counts, jaccard))


def _finding(names: tuple[str, ...], counts: Numbers, jaccard: Numbers) -> str:
    if len(names) < 2:
        alone = f"{shortened(names[0])} is the only segment, so nothing overlaps" if names else ""
        return alone or "There is no segment to show"
    sizes = counts.diagonal()
    pairs = [(jaccard[i, j], i, j) for i, j in zip(*np.triu_indices(len(names), k=1), strict=True) if counts[i, j]]
    if not pairs:
        return f"No two of the {len(names):,} segments share a profile"
    # A segment inside another one is rarely interesting, so such pairs are only named if there are no others.
    partly = [pair for pair in pairs if counts[pair[1], pair[2]] < min(sizes[pair[1]], sizes[pair[2]])]
    _, row, column = max(partly or pairs, key=lambda pair: pair[0])
    inner, outer = sorted((row, column), key=lambda place: sizes[place])
    both, either = int(counts[row, column]), int(sizes[row] + sizes[column] - counts[row, column])
    one, other, within, whole = (shortened(names[place]) for place in (row, column, inner, outer))
    if partly:
        return f"{one} and {other} overlap most, sharing {both:,} of {profiles(either)} ({percent(both / either)})"
    if both == either:
        return f"{one} and {other} have the same {f'{both:,} members' if both > 1 else 'one member'}"
    return f"{within} lies wholly within {whole}: {both:,} of its {either:,} members ({percent(both / either)})"


def _overlap_figure(info: _OverlapInfo, show: Show) -> go.Figure:
    count = len(info.names)
    size, row = next((size, row) for most, size, row in _ROOM if count <= most)
    columns, above = _names_above(info.names)
    traces = [heat.hovers(info.labels, _HOVER)]
    for kind in _BUTTONS:
        others = np.where(np.eye(count, dtype=bool), 0, info.values[kind])
        traces.append(heat.cells(others, info.texts[kind], size=size, visible=kind == show))
    return style.figure(
        traces,
        info.heading(show),
        height=row * count,
        above=(_BUTTONS_HEIGHT if count > 1 else 0) + above,
        xaxis=columns,
        yaxis=style.name_axis(info.names, line=style.NAME_LINE if row >= _TWO_LINES else _ONE_LINE),
        updatemenus=[_buttons(info, show, above)] if count > 1 else [],
    )


def _names_above(names: Sequence[str]) -> tuple[dict[str, Any], int]:
    """Return the column axis, and its height. Names are horizontal if they fit on a narrow page, else slanted."""
    shown = [shortened(name) for name in names]
    beside = style.width(max(shown, key=len)[: style.NAME_LINE])
    letters = int((style.NARROW - 48 - beside) / len(names) / _LETTER)
    lines = [wrap(name, max(letters, 1)) for name in shown]
    is_level = all(len(broken) <= _LINES for broken in lines) and max(map(len, " ".join(shown).split())) <= letters
    if not is_level:
        lines = [[shortened(name, _SLANTED)] for name in names]
    columns = style.axis(
        **style.named(lines),
        side="top",
        tickangle=0 if is_level else 45,
        range=[-0.5, len(names) - 0.5],
    )
    slanted = 24 + round(0.72 * max(style.width(name) for (name, *_) in lines))
    return columns, 12 + _LINE * max(map(len, lines)) if is_level else slanted


def _buttons(info: _OverlapInfo, show: Show, above: int) -> dict[str, Any]:
    """Return the buttons, which stand above the names of the columns."""
    kinds = list(_BUTTONS)
    buttons: list[dict[str, Any]] = []
    for kind in kinds:
        # The first trace has the hover labels.
        seen = [True, *(other == kind for other in kinds)]
        update = {"title.text": info.heading(kind).title, **_labels(kind)}
        buttons.append({"label": _label(kind, show), "method": "update", "args": [{"visible": seen}, update]})
    place = {"x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "pad": {"b": 8 + above, "l": 0, "t": 0, "r": 0}}
    # Plotly draws the button under the pointer nearly white on any page, so its text must be dark. With `showactive` it would do so
    # to the active button, too; ours has bold text instead.
    look = {"bgcolor": _BUTTON, "bordercolor": GREY, "font": {"size": 12, "color": _BUTTON_INK}}
    return {"type": "buttons", "direction": "right", "buttons": buttons, "showactive": False, **place, **look}


def _label(kind: Show, shown: Show) -> str:
    return f"<b>{_BUTTONS[kind]}</b>" if kind == shown else _BUTTONS[kind]


def _labels(shown: Show) -> dict[str, str]:
    return {f"updatemenus[0].buttons[{place}].label": _label(kind, shown) for place, kind in enumerate(_BUTTONS)}

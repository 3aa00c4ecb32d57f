"""How segments overlap two by two, drawn from the table of `sk.overlap`; combinations of three and more are `plot_upset`'s."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import heat, style
from segkit.charts.style import Heading
from segkit.errors import DefinitionError

Show = Literal["containment", "count", "jaccard"]

_NOTES: Final[dict[Show, str]] = {
    "containment": "Each cell: the share of the row's members who are also in the column's segment.",
    "count": "Each cell: how many profiles are members of both.",
    "jaccard": "Each cell: of the profiles in either of the two, the share in both (Jaccard); 1 is the same people.",
}
_BUTTONS: Final[dict[Show, str]] = {"containment": "share of the row", "count": "members in both", "jaccard": "Jaccard"}
_FEW: Final = 6
"""Up to so many columns there is room for level names below them."""

_DENSE: Final = 17
"""From so many columns on, counts are written short."""


@dataclass(frozen=True, slots=True)
class _OverlapInfo:
    """What is drawn: names, and for each measure the strength of each cell (0 to 1) and its number as written."""

    names: tuple[str, ...]
    values: dict[Show, npt.NDArray[np.float64]]
    texts: dict[Show, list[list[str]]]
    exact: list[list[str]]
    finding: str


def plot_overlap(overlap: pd.DataFrame, *, show: Show = "containment") -> go.Figure:
    """Draw how much each two segments overlap, with buttons between containment, count and Jaccard.

    Args:
        overlap: as `sk.overlap` returns it, a row for each ordered pair: `segment`, `other`, `size`, `other_size`, `overlap`,
            `containment` and `jaccard` (0 to 1; NaN for a share of nothing). At most 30 segments.
        show: which of the three is seen first.

    Raises:
        DefinitionError: it is another table, has too many segments, or `show` is none of the three.

    >>> table = pd.DataFrame({
    ...     "segment": ["SMS", "SMS", "VIP", "VIP"], "other": ["SMS", "VIP"] * 2, "size": [4, 4, 2, 2], "other_size": [4, 2] * 2,
    ...     "overlap": [4, 1, 1, 2], "containment": [1, 0.25, 0.5, 1], "jaccard": [1, 0.2, 0.2, 1],
    ... })
    >>> plot_overlap(table).layout.title.text.split("<br>")[0]
    '<b>SMS and VIP overlap most: 1 of the 5 profiles in either is in both (20%)</b>'
    """
    columns = ["segment", "other", "size", "other_size", "overlap", "containment", "jaccard"]
    style.check_table("plot_overlap", overlap, columns, "sk.overlap")
    if show not in get_args(Show):
        raise DefinitionError.unknown_choice("show", show, get_args(Show))
    style.check_few("plot_overlap", list(overlap["segment"].unique()))
    return _overlap_figure(_overlap_info(overlap), show)


def _overlap_info(table: pd.DataFrame) -> _OverlapInfo:
    names = tuple(map(str, dict.fromkeys(table["segment"])))
    wide = {
        column: _square(table, column).reindex(index=list(dict.fromkeys(table["segment"])), columns=list(dict.fromkeys(table["segment"])))
        for column in ("overlap", "containment", "jaccard")
    }
    counts, containment, jaccard = (wide[column].to_numpy(dtype=float) for column in ("overlap", "containment", "jaccard"))
    apart = ~np.eye(len(names), dtype=bool)
    most = counts[apart].max(initial=0) or 1
    dense = len(names) >= _DENSE
    exact = [[style.number(count) for count in row] for row in counts]
    return _OverlapInfo(
        names=names,
        values={"containment": containment, "count": counts / most, "jaccard": jaccard},
        texts={
            "containment": [[style.percent(share, digits=1) for share in row] for row in containment],
            "count": [[style.brief(count) for count in row] for row in counts] if dense else exact,
            "jaccard": [[_likeness(share) for share in row] for row in jaccard],
        },
        exact=exact,
        finding=_finding(names, counts, jaccard),
    )


def _square(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.pivot(index="segment", columns="other", values=column)


def _likeness(share: float) -> str:
    if np.isnan(share):
        return "—"
    if share in {0, 1}:
        return f"{share:.0f}"
    return "<.01" if share < 0.01 else ">.99" if share > 0.99 else f"{share:.2f}"[1:]


def _finding(names: tuple[str, ...], counts: npt.NDArray[np.float64], jaccard: npt.NDArray[np.float64]) -> str:
    if len(names) < 2:
        return f"{style.joined(names)} is the only segment, so there is nothing to overlap with" if names else "There is no segment to show"
    known = np.triu(np.nan_to_num(jaccard), k=1)
    if not known.any():
        return f"No two of the {len(names):,} segments share a profile"
    row, column = np.unravel_index(int(known.argmax()), known.shape)
    pair = f"{style.shortened(names[row])} and {style.shortened(names[column])}"
    both = int(counts[row, column])
    either = round(both / known[row, column])
    if both == either:
        return f"{pair} have the same {both:,} members" if both > 1 else f"{pair} have the same one member"
    return f"{pair} overlap most: {both:,} of the {either:,} profiles in either {'are' if both > 1 else 'is'} in both ({style.percent(both / either)})"


def _overlap_figure(info: _OverlapInfo, show: Show) -> go.Figure:
    count = len(info.names)
    size = 12 if count <= 10 else 11 if count <= 15 else 10 if count <= 20 else 9 if count <= 24 else 8
    same = np.eye(count, dtype=bool)
    traces = [_hovers(info)]
    for kind in _BUTTONS:
        traces += heat.strips(info.values[kind], info.texts[kind], size=size, quiet=same, visible=kind == show)
    headings = {kind: Heading(info.finding, note) for kind, note in _NOTES.items()}
    tall = max(headings.values(), key=lambda heading: heading.height)
    row = 38 if count <= 15 else 34 if count <= 20 else 28
    names = [style.shortened(name, 30) for name in info.names]
    level = count <= _FEW
    below = 50 if level else 24 + round(0.72 * max(map(style.width, names), default=0))
    return style.figure(
        traces,
        headings[show],
        height=max(row * count, 20),
        above=36 + tall.height - headings[show].height,
        margin={"b": below},
        xaxis=style.axis(
            tickvals=list(range(count)), ticktext=[_broken(name) if level else style.markup(name) for name in names],
            tickangle=0 if level else -45, range=[-0.5, count - 0.5],
        ),
        yaxis=style.name_axis(info.names),
        updatemenus=[_buttons(headings, show)] if count > 1 else [],
    )  # fmt: skip


def _hovers(info: _OverlapInfo) -> Any:
    told = [
        [[info.exact[i][j], style.markup(info.texts["containment"][i][j]), style.markup(info.texts["jaccard"][i][j])] for j in range(len(info.names))]
        for i in range(len(info.names))
    ]
    template = "<b>%{y}</b><br>and <b>%{x}</b><br>%{customdata[0]} profiles are in both<br>%{customdata[1]} of the members of the first are in the second<br>Jaccard %{customdata[2]}"
    return heat.hovers(told, template)


def _buttons(headings: dict[Show, Heading], show: Show) -> dict[str, Any]:
    kinds = list(_BUTTONS)
    buttons = [
        {
            "label": _BUTTONS[kind],
            "method": "update",
            "args": [
                {"visible": [True, *(other == kind for other in kinds for _ in range(2))]},
                {"title.text": headings[kind].markup},
            ],
        }
        for kind in kinds
    ]
    return {
        "type": "buttons", "direction": "right", "buttons": buttons, "active": kinds.index(show), "showactive": True,
        "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "pad": {"b": 8, "l": 0, "t": 0, "r": 0},
        "bgcolor": style.NOTHING, "bordercolor": style.PALE_GREY, "font": {"size": 12, "color": style.TEXT},
    }  # fmt: skip


def _broken(name: str) -> str:
    """Return a name over lines short enough to stand side by side."""
    return "<br>".join(map(style.markup, wrap(name, 15)))

"""Draw how many profiles moved between segments, as a Sankey diagram, from the table of `sk.movements`."""

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover, one_line
from segkit.drawing.palette import BLUE, GREY, ORANGE, faded
from segkit.wording import are, counted, percent, profiles, shortened

_ROW: Final = 56
_NEW: Final = "not there yet"
_NONE: Final = ("none of them", _NEW)
_LETTERS: Final = 22
_GAP: Final = 0.25
"""The height of all gaps between bars, as a share of the height of all bars."""

_BAR, _STEPS = 0.025, 12
"""The width of a bar as a share of the plot's width, and the number of straight lines that draw the edge of a band."""


def plot_movements(movements: pd.DataFrame) -> go.Figure:
    """Draw how many profiles moved between segments: the states before on the left, and those after on the right.

    Args:
        movements: as returned by `sk.movements`: `before`, `after`, `profiles` and `share`.

    Raises:
        DefinitionError: it is another table, or it has more than 30 states.

    >>> table = pd.DataFrame({"before": ["VIP", "VIP"], "after": ["VIP", "none of them"], "profiles": [90, 10], "share": [0.9, 0.1]})
    >>> "10 of 100 profiles moved" in plot_movements(table).layout.title.text
    True
    """
    style.check_table("plot_movements", movements, ["before", "after", "profiles", "share"], "sk.movements")
    table = movements[movements["profiles"] > 0]
    if table.empty:
        return style.only_words(Heading("No profile is in any state"))
    before, after = ([*dict.fromkeys(map(str, table[side]))] for side in ("before", "after"))
    style.check_few("plot_movements", [*dict.fromkeys([*before, *after])])
    every = int(table["profiles"].sum())
    # Bars are as high as their profiles, with gaps between them.
    gap = _GAP * every / max(len(before), len(after))
    left, right = (_places(table, side, names, gap) for side, names in (("before", before), ("after", after)))
    traces = [*_links(table, left, right), *_bars(left, right)]
    height = max(_ROW * max(len(before), len(after)), 180)
    return style.figure(
        traces,
        _heading(table),
        height=height,
        margin={"b": 24, "l": 16 + _room(before), "r": 16 + _room(after)},
        annotations=[*_labels(left, x=-_BAR, side="right"), *_labels(right, x=1 + _BAR, side="left")],
        xaxis=style.axis(range=[-_BAR, 1 + _BAR], visible=False),
        yaxis=style.axis(visible=False, autorange="reversed"),
    )


Places = dict[str, tuple[float, float]]
"""Where the bar of each state begins and ends."""


def _places(table: pd.DataFrame, side: str, names: list[str], gap: float) -> Places:
    sizes = table.groupby(table[side].map(str))["profiles"].sum()
    found, begin = {}, 0.0
    for name in names:
        found[name] = (begin, begin + float(sizes[name]))
        begin = found[name][1] + gap
    return found


def _links(table: pd.DataFrame, left: Places, right: Places) -> list[go.Scatter]:
    """Return a band for each pair of states, from its part of the bar on the left to its part of the bar on the right."""
    begins = [{name: ends[0] for name, ends in places.items()} for places in (left, right)]
    steps = [place / _STEPS for place in range(_STEPS + 1)]
    found = []
    for row in table.to_dict("records"):
        names, count = (str(row["before"]), str(row["after"])), float(row["profiles"])
        (start, end) = (begin[name] for begin, name in zip(begins, names, strict=True))
        for begin, name in zip(begins, names, strict=True):
            begin[name] += count
        upper = [round(start + (end - start) * step * step * (3 - 2 * step), 2) for step in steps]
        colour = BLUE if names[0] == names[1] else ORANGE
        found.append(
            go.Scatter(
                x=[*steps, *reversed(steps)], y=[*upper, *(value + count for value in reversed(upper))], mode="lines", fill="toself",
                fillcolor=faded(colour, 0.5), line={"width": 0, "color": colour}, hoveron="fills", hoverinfo="text",
                name=hover(
                    f"{shortened(names[0])} → {shortened(names[1])}", counted(int(count), "profile"), f"{percent(row['share'])} of those who were there"
                ),
            )
        )  # fmt: skip
    return found


def _bars(left: Places, right: Places) -> list[go.Scatter]:
    found = []
    for x, places in ((-_BAR, left), (1.0, right)):
        for name, (begin, end) in places.items():
            colour = GREY if name in _NONE else BLUE
            corners = {"x": [x, x + _BAR, x + _BAR, x], "y": [begin, begin, end, end]}
            words = hover(shortened(name), counted(round(end - begin), "profile"))
            found.append(go.Scatter(**corners, mode="lines", fill="toself", fillcolor=faded(colour, 1), line={"width": 0, "color": colour}, hoveron="fills", hoverinfo="text", name=words))  # fmt: skip
    return found


def _labels(places: Places, *, x: float, side: str) -> list[dict[str, Any]]:
    return [
        {"x": x, "y": (begin + end) / 2, "text": one_line(shortened(name, _LETTERS)), "showarrow": False, "xanchor": side, "xshift": -6 if side == "right" else 6}
        for name, (begin, end) in places.items()
    ]  # fmt: skip


def _room(names: list[str]) -> int:
    """Return the width in pixels of the longest label."""
    return max(style.width(shortened(name, _LETTERS)) for name in names)


def _heading(table: pd.DataFrame) -> Heading:
    is_new = table["before"].map(str) == _NEW
    old = table[~is_new]
    moved = old[old["before"].map(str) != old["after"].map(str)]
    every, count, new = (int(some["profiles"].sum()) for some in (old, moved, table[is_new]))
    notes = [] if moved.empty else [_largest(moved)]
    notes += [f"{profiles(new)} {'was' if new == 1 else 'were'} not there yet."] if new else []
    if not count:
        return Heading(f"All of {profiles(every)} are where they were before", " ".join(notes))
    colours = ((BLUE, "stayed"), (ORANGE, "moved or new" if new else "moved"))
    return Heading(f"{count:,} of {profiles(every)} moved, {percent(count / every)}", " ".join(notes), colours)


def _largest(moved: pd.DataFrame) -> str:
    row = moved.sort_values("profiles", ascending=False, kind="stable").iloc[0]
    count = int(row["profiles"])
    return f"Most of them, {count:,}, {are(count)} from {shortened(row['before'])} to {shortened(row['after'])}: {percent(row['share'])} of those who were there."

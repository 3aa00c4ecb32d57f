"""Draw the profiles that entered and left a segment, with one bar for each cause, from the result of `sk.changes`."""

from datetime import datetime
from typing import Final, Protocol

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, ORANGE
from segkit.errors import DefinitionError
from segkit.wording import counted, percent, shortened

_ROW: Final = 40
_MOST: Final = 8
"""The largest number of bars for entering, and for leaving. All remaining causes share the last bar."""
_COLOURS: Final = {"entered": BLUE, "left": ORANGE}
_SIGNS: Final = {"entered": "+", "left": "-"}


class Changes(Protocol):
    """The attributes of the result of `sk.changes` that the chart uses."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each change and cause."""
        ...

    @property
    def segment(self) -> str:
        """The segment's name."""
        ...

    @property
    def start(self) -> datetime:
        """The earlier of the two moments that are compared."""
        ...

    @property
    def end(self) -> datetime:
        """The later of the two moments that are compared."""
        ...

    @property
    def before(self) -> int:
        """The size at the earlier moment."""
        ...

    @property
    def after(self) -> int:
        """The size at the later moment."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the data can't show for the past."""
        ...


def plot_changes(changes: Changes | pd.DataFrame) -> go.Figure:
    """Draw how many profiles entered and left a segment, with a bar for each cause. The bars add up to the change in size.

    Args:
        changes: the result of `sk.changes`; or its `table`, with which the title can't say the sizes before and after.

    Raises:
        DefinitionError: it is another table, or not a result of `sk.changes`.

    >>> rows = [("entered", "placed an order", "an event happened", 12), ("left", "placed an order", "time ran out", 20)]
    >>> table = pd.DataFrame(rows, columns=["change", "condition", "cause", "profiles"])
    >>> "12 profiles entered and 20 left" in plot_changes(table).layout.title.text
    True
    """
    table = changes if isinstance(changes, pd.DataFrame) else getattr(changes, "table", None)
    if table is None:
        raise DefinitionError.bad_value("The first argument of plot_changes", changes, "the result of sk.changes")
    style.check_table("plot_changes", table, ["change", "condition", "cause", "profiles"], "sk.changes")
    sums = {change: int(table.loc[table["change"] == change, "profiles"].sum()) for change in _COLOURS}
    heading = _heading(sums) if isinstance(changes, pd.DataFrame) else _heading_of_sizes(changes, sums)
    rows = [row for change in _COLOURS for row in _most(change, table)]
    if not rows:
        return style.only_words(heading)
    lengths, places = [count for *_, count in rows], list(range(len(rows)))
    labels = [f"{_SIGNS[change]}{count:,}" for change, _, count in rows]
    hovers = [_hover(*row, sums) for row in rows]
    colours = [_COLOURS[change] for change, *_ in rows]
    return style.figure(
        [
            style.bars(lengths, places, colour=colours, hovers=hovers, name="profiles"),
            style.bar_labels(lengths, places, labels, hovers=hovers),
        ],
        heading,
        height=_ROW * len(rows),
        margin={"r": style.label_room(labels)},
        xaxis=style.axis(range=[0, max(lengths)], showticklabels=False),
        yaxis=style.name_axis([name for _, name, _ in rows], letters=76, line=40),
    )


def _most(change: str, table: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return change, name and number of profiles of each bar, the longest first. The last one is the sum of all further causes."""
    rows = table[table["change"] == change].sort_values("profiles", ascending=False, kind="stable")
    names = [
        f"{shortened(condition, 50)}: {cause}" if condition else cause
        for condition, cause in zip(rows["condition"].map(str), rows["cause"].map(str), strict=True)
    ]
    counts = [int(count) for count in rows["profiles"]]
    bars = list(zip([change] * len(names), names, counts, strict=True))
    if len(bars) <= _MOST:
        return bars
    rest = counts[_MOST - 1 :]
    return [*bars[: _MOST - 1], (change, counted(len(rest), "further cause"), sum(rest))]


def _hover(change: str, name: str, count: int, sums: dict[str, int]) -> str:
    share = f"{percent(count / sums[change])} of the {sums[change]:,} that {change}" if sums[change] else ""
    return hover(name, f"{counted(count, 'profile')} {change}", share)


def _heading(sums: dict[str, int], finding: str = "", span: str = "") -> Heading:
    moved = f"{counted(sums['entered'], 'profile')} entered and {sums['left']:,} left"
    words = finding or (moved if any(sums.values()) else "Nobody entered or left")
    keys = tuple((_COLOURS[change], f"{change}: {count:,}") for change, count in sums.items() if count)
    return Heading(words, span, keys)


def _heading_of_sizes(changes: Changes, sums: dict[str, int]) -> Heading:
    before, after, name = changes.before, changes.after, shortened(changes.segment)
    if before == after:
        finding = f"{name} has {counted(after, 'member')}, as many as before"
    else:
        finding = f"{name} {'grew' if after > before else 'fell'} from {counted(before, 'member')} to {after:,}"
    span = f"{changes.start:%Y-%m-%d} to {changes.end:%Y-%m-%d}"
    sum_of_all = f"{before:,} + {sums['entered']:,} entered - {sums['left']:,} left = {after:,}"
    return _heading(sums, finding, " ".join([f"{span}: {sum_of_all}.", *changes.notes]))

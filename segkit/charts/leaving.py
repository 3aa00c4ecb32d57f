"""Draw on which days the members of a segment fall out if nothing happens, from the result of `sk.leaving`."""

from typing import Any, Final, Protocol

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, hover
from segkit.drawing.palette import ORANGE
from segkit.errors import DefinitionError
from segkit.wording import counted, percent, shortened

_HEIGHT: Final = 240
_LABELLED: Final = 15
"""The largest number of days whose bars have a label each. With more days, labels would overlap, and only the longest bar has one."""
_BAR: Final = 0.8 * 86_400_000
"""The width of a bar in milliseconds, since the axis is of time."""


class Leaving(Protocol):
    """The attributes of the result of `sk.leaving` that the chart uses."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each day on which somebody drops out."""
        ...

    @property
    def segment(self) -> str:
        """The segment's name."""
        ...

    @property
    def members(self) -> int:
        """The number of members today."""
        ...

    @property
    def within_days(self) -> int:
        """The number of days to look ahead."""
        ...


def plot_leaving(leaving: Leaving | pd.DataFrame) -> go.Figure:
    """Draw how many members drop out of a segment on each coming day if nothing happens.

    Args:
        leaving: the result of `sk.leaving`; or its `table`, with which the title can't say the segment's name.

    Raises:
        DefinitionError: it is another table, or not a result of `sk.leaving`.

    >>> table = pd.DataFrame({"day": ["2026-07-05", "2026-07-10"], "leaving": [3, 1], "remaining": [7, 6]})
    >>> "4 of 10 members fall out by 2026-07-10" in plot_leaving(table).layout.title.text
    True
    """
    table = leaving if isinstance(leaving, pd.DataFrame) else getattr(leaving, "table", None)
    if table is None:
        raise DefinitionError.bad_value("The first argument of plot_leaving", leaving, "the result of sk.leaving")
    style.check_table("plot_leaving", table, ["day", "leaving", "remaining"], "sk.leaving")
    days, gone = [_day(day) for day in table["day"]], [int(count) for count in table["leaving"]]
    remaining = [int(count) for count in table["remaining"]]
    if isinstance(leaving, pd.DataFrame):
        members = remaining[0] + gone[0] if gone else 0
        who, until = "", f"by {days[-1]}" if days else "on these days"
    else:
        members, until = leaving.members, f"within {counted(leaving.within_days, 'day')}"
        who = f"{shortened(leaving.segment)}: "
    if not gone:
        nobody = f"{who}nobody" if who else "Nobody"
        return style.only_words(Heading(f"{nobody} falls out {until} if nothing happens"))
    finding = f"{who}{sum(gone):,} of {counted(members, 'member')} fall out {until} if nothing happens"
    most = gone.index(max(gone))
    note = f"Most on {days[most]}: {max(gone):,}. No event and no change to a profile is assumed; {remaining[-1]:,} remain."
    labels = [f"{count:,}" if len(gone) <= _LABELLED or place == most else "" for place, count in enumerate(gone)]
    hovers = [
        hover(day, f"{counted(count, 'member')} fall{'s' if count == 1 else ''} out", f"{rest:,} remain, {percent(rest / members)} of {members:,}")
        for day, count, rest in zip(days, gone, remaining, strict=True)
    ]  # fmt: skip
    bars = go.Bar(
        x=days, y=gone, width=_BAR, marker={"color": ORANGE, "line": {"width": 0}}, text=labels, textposition="outside", constraintext="none",
        texttemplate=style.inked(Markup("%{text}")), cliponaxis=False, hovertext=hovers, hoverinfo="text", name="fall out",
    )  # fmt: skip
    return style.figure(
        [bars],
        Heading(finding, note),
        height=_HEIGHT,
        above=18,
        margin={"b": 40, "r": 30},
        xaxis=style.axis(type="date", tickformat="%Y-%m-%d", nticks=6),
        yaxis=style.axis(
            title="members who fall out", showgrid=True, rangemode="tozero", tickformat=",d", automargin=True
        ),
    )


def _day(day: Any) -> str:
    return f"{pd.Timestamp(day):%Y-%m-%d}"

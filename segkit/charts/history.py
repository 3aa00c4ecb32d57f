"""Draw the sizes of segments over time, from the table of `sk.history`."""

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, GREEN, GREY, ORANGE, PALE_BLUE
from segkit.errors import DefinitionError
from segkit.wording import counted, percent, shortened

_HEIGHT: Final = 300
_COLOURS: Final = (BLUE, ORANGE, GREEN, PALE_BLUE, GREY)


def plot_history(history: pd.DataFrame) -> go.Figure:
    """Draw the sizes of segments over time, a line for each segment.

    Args:
        history: as returned by `sk.history`, a row for each moment and segment: `moment`, `segment`, `size`, `share`, `base_size`; at most five segments.

    Raises:
        DefinitionError: it is another table, or it has more segments than can be told apart.

    >>> table = pd.DataFrame({"moment": pd.to_datetime(["2026-01-31", "2026-02-28"]), "segment": "VIP", "size": [400, 380], "share": 0.1, "base_size": 4000})
    >>> "VIP fell from 400 members to 380" in plot_history(table).layout.title.text
    True
    """
    style.check_table("plot_history", history, ["moment", "segment", "size", "share", "base_size"], "sk.history")
    names = list(dict.fromkeys(map(str, history["segment"])))
    if len(names) > len(_COLOURS):
        raise DefinitionError.bad_value(
            "The number of segments in plot_history", len(names), f"at most {len(_COLOURS)}"
        )
    if history.empty:
        return style.only_words(Heading("There is no moment to show"))
    lines = {name: history[history["segment"].map(str) == name].sort_values("moment") for name in names}
    traces = [_line(name, lines[name], colour) for name, colour in zip(names, _COLOURS, strict=False)]
    return style.figure(
        traces,
        _heading(lines),
        height=_HEIGHT,
        above=18,
        margin={"b": 40, "r": 30},
        xaxis=style.axis(type="date"),
        yaxis=style.axis(title="members", showgrid=True, rangemode="tozero", tickformat=",d", automargin=True),
    )


def _line(name: str, rows: pd.DataFrame, colour: str) -> go.Scatter:
    hovers = [
        hover(f"{shortened(name)}, {_day(row['moment'])}", counted(int(row["size"]), "member"), f"{percent(row['share'])} of {counted(int(row['base_size']), 'profile')}")
        for row in rows.to_dict("records")
    ]  # fmt: skip
    x = [_day(moment) for moment in rows["moment"]]
    line, dots = {"color": colour, "width": 2.5}, {"color": colour, "size": 5}
    return go.Scatter(x=x, y=rows["size"].tolist(), name=shortened(name), mode="lines+markers", line=line, marker=dots, hovertext=hovers, hoverinfo="text")  # fmt: skip


def _heading(lines: dict[str, pd.DataFrame]) -> Heading:
    first_name = next(iter(lines))
    words = [_change(name, rows) for name, rows in lines.items()]
    moments = lines[first_name]["moment"]
    others = "".join(f" {word}." for word in words[1:])
    note = f"{_day(moments.iloc[0])} to {_day(moments.iloc[-1])}, {counted(len(moments), 'moment')}. Today's definitions, applied to the past.{others}"
    colours = (
        tuple((colour, shortened(name, 24)) for name, colour in zip(lines, _COLOURS, strict=False))
        if len(lines) > 1
        else ()
    )
    return Heading(words[0], note, colours)


def _change(name: str, rows: pd.DataFrame) -> str:
    first, last = int(rows["size"].iloc[0]), int(rows["size"].iloc[-1])
    if first == last:
        return f"{shortened(name)} has {counted(last, 'member')}, as many as at first"
    return f"{shortened(name)} {'grew' if last > first else 'fell'} from {counted(first, 'member')} to {last:,}"


def _day(moment: Any) -> str:
    return f"{pd.Timestamp(moment):%Y-%m-%d}"

"""Draw how much a text added for a rule's members and for everybody else, at each setting, from the result of `sk.uplift`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, GREY, ORANGE, faded
from segkit.drawing.settings_apart import furthest_apart, none_apart
from segkit.errors import DefinitionError
from segkit.wording import number, points, shortened

_HEIGHT: Final = 320
_NEEDED: Final = [
    "members", "others", "members_uplift", "members_uplift_low", "members_uplift_high", "others_uplift", "others_uplift_low",
    "others_uplift_high", "apart_low", "apart_high",
]  # fmt: skip
_SIDES: Final = (("members", BLUE), ("others", ORANGE))


class Uplift(Protocol):
    """The attributes of the result of `sk.uplift` that the chart uses."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each setting."""
        ...


def plot_uplift(uplift: Uplift | pd.DataFrame) -> go.Figure:
    """Draw what a text added to members and to others at each setting of one parameter, with 95 % intervals.

    Args:
        uplift: the result of `sk.uplift` with one parameter that varies, or its `table`.

    Raises:
        DefinitionError: it is another table, or more than one parameter varies.

    >>> side = {"uplift": [0.05, 0.01], "uplift_low": [0.02, -0.02], "uplift_high": [0.08, 0.04]}
    >>> table = pd.DataFrame({"days": [30, 90], "members": [900, 1500], "others": [1100, 500], "apart_low": -0.1, "apart_high": 0.1})
    >>> table = table.assign(**{f"{who}_{name}": values for who in ("members", "others") for name, values in side.items()})
    >>> "at none of 2 settings" in plot_uplift(table).layout.title.text
    True
    """
    table = uplift if isinstance(uplift, pd.DataFrame) else getattr(uplift, "table", None)
    if table is None:
        raise DefinitionError.bad_value("The first argument of plot_uplift", uplift, "the result of sk.uplift")
    style.check_table("plot_uplift", table, _NEEDED, "sk.uplift")
    names = list(table.columns[: list(table.columns).index("members")])
    if len(names) != 1:
        raise DefinitionError.bad_value("The number of parameters in plot_uplift", len(names), "1")
    if table.empty:
        return style.only_words(Heading("There is no setting to show"))
    values = table[names[0]].tolist()
    is_number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    rows = table.sort_values(names[0], kind="stable").to_dict("records") if is_number else table.to_dict("records")
    x = [row[names[0]] if is_number else place for place, row in enumerate(rows)]
    title = str(names[0]).replace("_", " ")
    known = [(place, f"{title} {_value(row[names[0]])}", row) for place, row in zip(x, rows, strict=True)]
    traces = [trace for side, colour in _SIDES for trace in _side(side, colour, known)]
    zero = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 0,
        "line": {"color": GREY, "width": 1.5, "dash": "dot"},
    }
    ticks = {"tickformat": ","} if is_number else style.named([shortened(value)] for value in values)
    return style.figure(
        traces,
        Heading(_finding(rows, title, names[0]), _NOTE, tuple((colour, f"added to {side}") for side, colour in _SIDES)),
        height=_HEIGHT,
        above=18,
        margin={"b": 52, "r": 40},
        shapes=[zero],
        xaxis=style.axis(title=title, **ticks),
        yaxis=style.axis(
            title="added by the text",
            tickformat="+.0%" if table[_NEEDED[4]].max() > 0.1 else "+.1%",
            showgrid=True,
            automargin=True,
        ),
    )


_NOTE: Final = "In points of the share with the outcome. Bands are 95 % intervals, each for one setting alone: one in twenty stands out by chance."


def _finding(rows: Sequence[Mapping[Any, Any]], title: str, name: str) -> str:
    row = furthest_apart(rows)
    if row is None:
        return none_apart(len(rows))
    ends = ", ".join(
        f"{points(row[f'{side}_uplift'])} ({points(row[f'{side}_uplift_low'])} to {points(row[f'{side}_uplift_high'])}) to {side}"
        for side, _ in _SIDES
    )
    return f"At {title} {_value(row[name])} the text adds {ends}"


def _side(side: str, colour: str, settings: Sequence[tuple[Any, str, Mapping[Any, Any]]]) -> list[go.Scatter]:
    """Return the band and the line of the members or the others, over the settings that have people in both arms."""
    known = [one for one in settings if not pd.isna(one[2][f"{side}_uplift_low"])]
    places = [place for place, _, _ in known]
    values, lower, upper = ([float(row[f"{side}_uplift{end}"]) for _, _, row in known] for end in ("", "_low", "_high"))
    hovers = [
        hover(
            words,
            f"{points(value)} ({points(low)} to {points(high)}) added to {side}",
            f"{number(row[side])} of them in the test",
        )
        for (_, words, row), value, low, high in zip(known, values, lower, upper, strict=True)
    ]
    band = go.Scatter(
        x=[*places, *reversed(places)], y=[*upper, *reversed(lower)], mode="lines", fill="toself", fillcolor=faded(colour, 0.2),
        line={"width": 0, "color": colour}, hoverinfo="skip", name=f"interval of {side}",
    )  # fmt: skip
    line = go.Scatter(
        x=places, y=values, mode="lines+markers", line={"color": colour, "width": 2}, marker={"color": colour, "size": 6},
        hovertext=hovers, hoverinfo="text", name=side,
    )  # fmt: skip
    return [band, line]


def _value(value: Any) -> str:
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else shortened(value)

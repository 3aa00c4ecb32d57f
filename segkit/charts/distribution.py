"""Draw a histogram of a measure with the threshold in it, from the table of `sk.distribution`.

`widgets/histogram.py` draws the histogram in a tuner.
"""

from typing import Any, Final, Protocol

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import element, hover
from segkit.drawing.palette import BLUE, GREY, ORANGE
from segkit.drawing.tables import Bins
from segkit.errors import DefinitionError
from segkit.wording import are, number, percent, profiles

_HEIGHT: Final = 260
_BAR: Final = 0.92
_SIDES: Final = ((True, BLUE, "in"), (False, GREY, "not in"))


class Distribution(Protocol):
    """The attributes of the result of `sk.distribution` that the chart uses."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each bar."""
        ...

    @property
    def quantity(self) -> str:
        """The name of the measure with its unit."""
        ...

    @property
    def threshold(self) -> float:
        """The threshold of the condition."""
        ...

    @property
    def without(self) -> int:
        """The number of profiles that have no value."""
        ...

    @property
    def base(self) -> str:
        """Which profiles are counted."""
        ...


def plot_distribution(
    distribution: Distribution | pd.DataFrame | None,
    *,
    quantity: str | None = None,
    threshold: float | None = None,
    without: int = 0,
    base: str = "",
) -> go.Figure:
    """Draw a histogram of a measure, with the threshold as a line and its two sides in two colours.

    Args:
        distribution: the result of `sk.distribution`, which makes the other arguments unnecessary, or a table like its `table`, with a
            row for each bar: `from_value`, `to_value` (exclusive), `profiles`, `is_in` (True on the members' side). A bin with an
            infinite end is drawn as wide as the others and labelled "or more".
        quantity: the name of the measure with its unit, such as "days since the last click".
        threshold: the parameter's value; None draws no line.
        without: the number of profiles that have no value, for the note below the title.
        base: which profiles the bars count, such as "who meets every other condition".

    Raises:
        DefinitionError: the table has the wrong columns, `quantity` is missing for a table, or `distribution` is None, which
            `sk.distribution` returns for a parameter without a measure.

    >>> table = pd.DataFrame({"from_value": [0, 30], "to_value": [30, 60], "profiles": [3, 1], "is_in": [True, False]})
    >>> figure = plot_distribution(table, quantity="miles away", threshold=30)
    >>> "3 of 4 profiles are on the members' side of 30 miles away" in figure.layout.title.text
    True
    """
    if isinstance(distribution, pd.DataFrame):
        table = distribution
        if quantity is None:
            raise DefinitionError.missing("plot_distribution of a table", "the argument 'quantity'")
    elif distribution is not None and hasattr(distribution, "table"):
        table, quantity, threshold = distribution.table, distribution.quantity, distribution.threshold
        without, base = distribution.without, distribution.base
    else:
        wanted = "the result of sk.distribution, which is None if the parameter is not a threshold on a number of each profile"
        raise DefinitionError.bad_value("The first argument of plot_distribution", distribution, wanted)
    columns = ["from_value", "to_value", "profiles", "is_in"]
    style.check_table("plot_distribution", table, columns, "sk.distribution")
    bins = Bins.of(table)
    notes = [f"Counts everybody {base}."] if base else []
    if without:
        notes.append(f"{without:,} more {'profile has' if without == 1 else 'profiles have'} no such value.")
    heading = _heading(bins, quantity, threshold, " ".join(notes))
    return _figure(bins, quantity, threshold, heading) if bins.totals.any() else style.only_words(heading)


def _heading(bins: Bins, quantity: str, threshold: float | None, note: str) -> Heading:
    every, inside = int(bins.totals.sum()), int(bins.inside.sum())
    if not every:
        return Heading(f"No profile has {quantity}", note)
    finding = f"{profiles(every)} by {quantity}"
    if threshold is not None:
        # A property's name comes before its value ("Age 18"), but a measure comes after it ("90 days since the last click").
        words = [number(threshold), quantity]
        at = " ".join(words if " " in quantity else reversed(words))
        finding = f"{inside:,} of {profiles(every)} {are(inside)} on the members' side of {at}"
    colours = tuple(
        (colour, f"{words}: {count:,} ({percent(count / every)})")
        for (_, colour, words), count in zip(_SIDES, (inside, every - inside), strict=True)
    )
    return Heading(finding, note, colours)


def _figure(bins: Bins, quantity: str, threshold: float | None, heading: Heading) -> go.Figure:
    marks: dict[str, Any] = {}
    if threshold is not None:
        line = {"color": ORANGE, "width": 2.5}
        post = {"type": "line", "yref": "paper", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "line": line}
        words = {"text": element("b", number(threshold)), "yanchor": "bottom", "showarrow": False}
        marks = {"shapes": [post], "annotations": [{"x": threshold, "y": 1, "yref": "paper", **words}]}
    return style.figure(
        [_side(bins, quantity, is_in=is_in, colour=colour, words=words) for is_in, colour, words in _SIDES],
        heading,
        height=_HEIGHT,
        above=18,
        margin={"b": 52},
        barmode="stack",
        xaxis=style.axis(title=quantity, tickformat=","),
        yaxis=style.axis(title="profiles", showgrid=True, tickformat=",d", rangemode="tozero", automargin=True),
        **marks,
    )


def _side(bins: Bins, quantity: str, *, is_in: bool, colour: str, words: str) -> go.Bar:
    heights = bins.inside if is_in else bins.totals - bins.inside
    starts, ends = bins.drawn
    held = heights > 0
    hovers = [
        hover(f"{profiles(count)}, {words}", f"{quantity}: {span}")
        for count, span in zip(heights.tolist(), bins.words, strict=True)
        if count
    ]
    look = {"marker": {"color": colour, "line": {"width": 0}}, "hovertext": hovers, "hoverinfo": "text"}
    middles, widths = (starts + ends) / 2, _BAR * (ends - starts)
    return go.Bar(x=middles[held], y=heights[held], width=widths[held], name=words, **look)

"""Who lies on either side of a threshold, drawn from the table of `sk.distribution`."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.wording import are, hover, number, percent, profiles

_HEIGHT: Final = 260
_BAR: Final = 0.92
_SIDES: Final = ((True, style.BLUE, "in"), (False, style.GREY, "not in"))


@dataclass(frozen=True, slots=True)
class _Bar:
    """Profiles whose quantity is from one value up to another: where the bar is drawn, and what it is called."""

    left: float
    right: float
    profiles: int
    is_in: bool
    words: str


@dataclass(frozen=True, slots=True)
class _DistributionInfo:
    """What is drawn: the bars, what they measure, where the threshold stands, and whom they leave out."""

    bars: tuple[_Bar, ...]
    quantity: str
    threshold: float | None
    without: int
    base: str

    def side(self, *, is_in: bool) -> int:
        """Return how many profiles are on one side."""
        return sum(bar.profiles for bar in self.bars if bar.is_in == is_in)


def plot_distribution(
    distribution: pd.DataFrame, *, quantity: str, threshold: float | None = None, without: int = 0, base: str = ""
) -> go.Figure:
    """Draw how many profiles have how much of a quantity, with the threshold as a line and its two sides in two colours.

    Args:
        distribution: as the table of `sk.distribution`, a row per bar: `from_value`, `to_value` (not included), `profiles`, `is_in`
            (True on the members' side). A bar with an infinite end is drawn as wide as the others and told as "or more".
        quantity: what is measured, with its unit, such as "days since the last click".
        threshold: where the parameter stands; None draws no line.
        without: profiles that have no such quantity; they are counted below the title.
        base: whom the bars count, such as "who meets every other condition".

    Raises:
        DefinitionError: it is another table.

    >>> table = pd.DataFrame({"from_value": [0, 30], "to_value": [30, 60], "profiles": [3, 1], "is_in": [True, False]})
    >>> plot_distribution(table, quantity="miles away", threshold=30).layout.title.text.split("<br>")[0]
    "<b>3 of 4 profiles are on the members' side of 30 miles away</b>"
    """
    columns = ["from_value", "to_value", "profiles", "is_in"]
    style.check_table("plot_distribution", distribution, columns, "sk.distribution")
    info = _DistributionInfo(_bars(distribution), quantity, threshold, without, base)
    has_any = any(bar.profiles for bar in info.bars)
    return _distribution_figure(info) if has_any else style.only_words(_heading(info))


def _bars(table: pd.DataFrame) -> tuple[_Bar, ...]:
    low, high = (table[column].to_numpy(dtype=float) for column in ("from_value", "to_value"))
    is_finite = np.isfinite(low) & np.isfinite(high)
    widths = (high - low)[is_finite]
    usual = float(np.median(widths[widths > 0])) if (widths > 0).any() else 1.0
    edges = np.concatenate([low[is_finite], high[is_finite]])
    is_whole = bool(np.all(edges == np.rint(edges)))
    left = np.where(np.isneginf(low), high - usual, low)
    right = np.where(np.isposinf(high) | (high <= low), left + usual, high)
    rows = zip(low, high, left, right, table["profiles"], table["is_in"], strict=True)
    return tuple(
        _Bar(float(start), float(end), int(count), bool(is_in), _span(float(one), float(other), is_whole=is_whole))
        for one, other, start, end, count, is_in in rows
    )


def _span(low: float, high: float, *, is_whole: bool) -> str:
    if np.isneginf(low):
        return f"less than {number(high)}"
    if np.isposinf(high):
        return f"{number(low)} or more"
    if high <= low or (is_whole and high - low == 1):
        return number(low)
    return f"{number(low)} to {number(high - 1)}" if is_whole else f"{number(low)} up to {number(high)}"


def _heading(info: _DistributionInfo) -> Heading:
    inside, outside = info.side(is_in=True), info.side(is_in=False)
    every = inside + outside
    notes = [f"Counts everybody {info.base}."] if info.base else []
    if info.without:
        notes.append(f"{info.without:,} more {'profile has' if info.without == 1 else 'profiles have'} no such value.")
    if not every:
        return Heading(f"No profile has {info.quantity}", " ".join(notes))
    finding = f"{profiles(every)} by {info.quantity}"
    if info.threshold is not None:
        # A property stands before its value, "Age 18"; a measurement after it, "90 days since the last click".
        words = [number(info.threshold), info.quantity]
        at = " ".join(words if " " in info.quantity else reversed(words))
        finding = f"{inside:,} of {profiles(every)} {are(inside)} on the members' side of {at}"
    colours = tuple(
        (colour, f"{words}: {count:,} ({percent(count / every)})")
        for (_, colour, words), count in zip(_SIDES, (inside, outside), strict=True)
    )
    return Heading(finding, " ".join(notes), colours)


def _distribution_figure(info: _DistributionInfo) -> go.Figure:
    marks: dict[str, Any] = {}
    if info.threshold is not None:
        line = {"color": style.ORANGE, "width": 2.5}
        post = {
            "type": "line",
            "yref": "paper",
            "x0": info.threshold,
            "x1": info.threshold,
            "y0": 0,
            "y1": 1,
            "line": line,
        }
        words = {"text": f"<b>{number(info.threshold)}</b>", "yanchor": "bottom", "showarrow": False}
        marks = {"shapes": [post], "annotations": [{"x": info.threshold, "y": 1, "yref": "paper", **words}]}
    return style.figure(
        [_side(info, is_in=is_in, colour=colour, words=words) for is_in, colour, words in _SIDES],
        _heading(info),
        height=_HEIGHT,
        above=18,
        margin={"b": 52},
        barmode="stack",
        xaxis=style.axis(title=info.quantity, tickformat=","),
        yaxis=style.axis(title="profiles", showgrid=True, tickformat=",d", rangemode="tozero", automargin=True),
        **marks,
    )


def _side(info: _DistributionInfo, *, is_in: bool, colour: str, words: str) -> go.Bar:
    bars = [bar for bar in info.bars if bar.is_in == is_in]
    middle, width = ([(bar.left + bar.right) / 2 for bar in bars], [_BAR * (bar.right - bar.left) for bar in bars])
    told = [hover(f"{profiles(bar.profiles)}, {words}", f"{info.quantity}: {bar.words}") for bar in bars]
    look = {"marker": {"color": colour, "line": {"width": 0}}, "hovertext": told, "hoverinfo": "text"}
    return go.Bar(x=middle, y=[bar.profiles for bar in bars], width=width, name=words, **look)

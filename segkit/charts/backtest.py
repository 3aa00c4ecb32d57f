"""Draw a backtest: texts against responders reached at each setting of a rule, or each setting's response with its interval."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.charts.tried import Setting, Suggestion, Tried, tried_of
from segkit.drawing.html import element, hover
from segkit.drawing.palette import BLUE, GREEN, GREY, ORANGE, faded
from segkit.errors import DefinitionError
from segkit.wording import counted, number, percent, shortened

Show: TypeAlias = Literal["trade-off", "response"]

_HEIGHT: Final = 320
_NEEDED: Final = ["members", "response_rate", "response_rate_low", "response_rate_high", "base_rate", "lift_low", "reached", "reached_low", "reached_high"]  # fmt: skip
_NOT_BECAUSE: Final = "This does not show who comes back because of a text."
_MOST_NAMES: Final = 40


class Backtest(Protocol):
    """The attributes of the result of `sk.backtest` that the chart uses."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each setting."""
        ...

    @property
    def outcome(self) -> str:
        """The metric that counts as a response."""
        ...

    @property
    def within_days(self) -> int:
        """The number of days after a moment in which responses count."""
        ...

    @property
    def moments(self) -> Sequence[object]:
        """The moments."""
        ...


def plot_backtest(
    backtest: Backtest | pd.DataFrame,
    *,
    show: Show = "trade-off",
    current: object | Mapping[str, object] | None = None,
    suggestion: Suggestion | None = None,
) -> go.Figure:
    """Draw what the members of a rule did afterwards, at each setting.

    Args:
        backtest: the result of `sk.backtest`, or its `table`.
        show: "trade-off" draws the share of all responders that a number of texts reaches. "response" draws the share of members who
            respond at each setting, with its 95 % interval, beside the share of the base.
        current: the setting to mark, which must be in the table: a value if one parameter varies, or a mapping of all that vary.
        suggestion: the result of `sk.suggest`. Its setting and plateau are marked.

    Raises:
        DefinitionError: the table has the wrong columns, or a setting is not in it.

    >>> table = pd.DataFrame({"days": [30, 90], "members": [100.0, 300.0], "response_rate": [0.3, 0.2], "base_rate": 0.1})
    >>> table = table.assign(response_rate_low=[0.2, 0.15], response_rate_high=[0.4, 0.25], lift_low=[2.0, 1.5])
    >>> table = table.assign(reached=[0.3, 0.6], reached_low=[0.2, 0.5], reached_high=[0.4, 0.7])
    >>> "300 texts reach 60%" in plot_backtest(table, current=90).layout.title.text
    True
    """
    if show not in {"trade-off", "response"}:
        raise DefinitionError.unknown_choice("show of plot_backtest", show, ("trade-off", "response"))
    if isinstance(backtest, pd.DataFrame):
        table, did, moments = backtest, "respond", ""
    elif hasattr(backtest, "table"):
        table, moments = backtest.table, f"{counted(len(backtest.moments), 'moment')}. "
        did = f"have {shortened(backtest.outcome)} within {counted(backtest.within_days, 'day')}"
    else:
        raise DefinitionError.bad_value("The first argument of plot_backtest", backtest, "the result of sk.backtest")
    style.check_table("plot_backtest", table, _NEEDED, "sk.backtest")
    if table.empty:
        return style.only_words(Heading("There is no setting to show"))
    info = tried_of(table, current, suggestion, did)
    note = f"{moments}{_base_words(info)} {_NOT_BECAUSE}"
    return _trade_off(info, note) if show == "trade-off" else _response(info, note)


def _base_words(info: Tried) -> str:
    return f"Of the base ({shortened(info.base)}), {percent(float(info.settings[0].row['base_rate']))} {info.did}."


def _ends(row: Mapping[str, Any], name: str) -> str:
    return f"{percent(row[name])} ({percent(row[name + '_low'])} to {percent(row[name + '_high'])})"


def _is_thin(setting: Setting) -> bool:
    """Whether the data can't distinguish a setting's response from the response of the base."""
    low = setting.row["lift_low"]
    return bool(pd.isna(low) or low <= 1)


def _hover(info: Tried, setting: Setting) -> str:
    row = setting.row
    marks = [words for words, one in (("current", info.current), ("suggested", info.suggested)) if one is setting]
    marks += ["not measurably worse than the best"] if setting in info.plateau else []
    unsubscribed = row.get("unsubscribed")
    return hover(
        setting.words,
        f"{number(round(row['members']))} members per moment",
        f"{_ends(row, 'response_rate')} of them {info.did}",
        f"{_ends(row, 'reached')} of all who do are reached",
        "" if unsubscribed is None or pd.isna(unsubscribed) else f"{percent(unsubscribed)} unsubscribed",
        ", ".join(marks),
    )


def _trade_off(info: Tried, note: str) -> go.Figure:
    """Draw texts against responders reached, a dot for each setting."""
    order = sorted(info.settings, key=lambda one: one.row["members"])
    x, y = ([float(one.row[name]) for one in order] for name in ("members", "reached"))
    upper, lower = ([float(one.row[f"reached_{end}"]) for one in order] for end in ("high", "low"))
    traces = [
        _band(x, lower, upper),
        go.Scatter(
            x=x, y=y, name="settings", mode="lines+markers", hovertext=[_hover(info, one) for one in order], hoverinfo="text",
            line={"color": BLUE, "width": 2}, marker={"color": BLUE, "size": 6},
        ),
        *_marks(info, [(one, float(one.row["members"]), float(one.row["reached"])) for one in order]),
    ]  # fmt: skip
    marked = info.current or info.suggested
    if marked is not None:
        thin = ", but members don't respond measurably more than the base" if _is_thin(marked) else ""
        finding = f"At {marked.words}, {number(round(marked.row['members']))} texts reach {_ends(marked.row, 'reached')} of all who {info.did}{thin}"
    else:
        ends = [
            f"{number(round(one.row['members']))} texts at {one.words} reach {percent(one.row['reached'])}"
            for one in (order[0], order[-1])
        ]
        finding = f"{ends[0]} of all who {info.did}" + (f", and {ends[1]}" if len(order) > 1 else "")
    return style.figure(
        traces,
        Heading(finding, note, _keys(info)),
        height=_HEIGHT,
        above=18,
        margin={"b": 52, "r": 40},
        annotations=_labels(info, lambda one: (float(one.row["members"]), float(one.row["reached"]))),
        xaxis=style.axis(title="members per moment, one text each", tickformat=",d", rangemode="tozero", showgrid=True),
        yaxis=style.axis(title="of all responders", tickformat=".0%", range=[0, 1.05], showgrid=True, automargin=True),
    )


def _response(info: Tried, note: str) -> go.Figure:
    """Draw the share of members who respond at each setting, with its interval, and the base's as a line."""
    is_number = len(info.names) == 1 and all(
        isinstance(one.values[0], (int, float)) and not isinstance(one.values[0], bool) for one in info.settings
    )
    order = sorted(info.settings, key=lambda one: one.values[0]) if is_number else list(info.settings)
    place = {one.words: one.values[0] if is_number else number for number, one in enumerate(order)}
    x, y = [place[one.words] for one in order], [float(one.row["response_rate"]) for one in order]
    lower, upper = ([float(one.row[f"response_rate_{end}"]) for one in order] for end in ("low", "high"))
    rate = float(order[0].row["base_rate"])
    dots = go.Scatter(
        x=x, y=y, name="settings", mode="lines+markers" if is_number else "markers", hovertext=[_hover(info, one) for one in order],
        hoverinfo="text", line={"color": BLUE, "width": 2}, marker={"color": BLUE, "size": 7},
        **({} if is_number else {"error_y": _bars(y, lower, upper)}),
    )  # fmt: skip
    traces = [
        *([_band(x, lower, upper)] if is_number else []),
        dots,
        *_marks(info, list(zip(order, x, y, strict=True))),
    ]
    base = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": rate,
        "y1": rate,
        "line": {"color": GREY, "width": 2, "dash": "dot"},
    }
    names = {} if is_number or len(order) > _MOST_NAMES else style.named([one.words] for one in order)
    title = info.names[0].replace("_", " ") if is_number else ""
    return style.figure(
        traces,
        Heading(_response_finding(info, order), note, (*_keys(info), (GREY, f"the base: {percent(rate)}"))),
        height=_HEIGHT,
        above=18,
        margin={"b": 52, "r": 40},
        shapes=[base],
        annotations=_labels(info, lambda one: (place[one.words], float(one.row["response_rate"]))),
        xaxis=style.axis(title=title, automargin=True, **({"tickformat": ","} if is_number else names)),
        yaxis=style.axis(
            title="of members respond",
            tickformat=".0%" if max(upper) > 0.1 else ".1%",
            rangemode="tozero",
            showgrid=True,
            automargin=True,
        ),
    )


def _response_finding(info: Tried, order: Sequence[Setting]) -> str:
    marked = info.current or info.suggested
    if all(map(_is_thin, order)):
        return f"Members respond measurably more than the base at none of {counted(len(order), 'setting')}"
    if marked is not None:
        thin = ", not measurably more than the base" if _is_thin(marked) else ""
        return f"At {marked.words}, {_ends(marked.row, 'response_rate')} of members {info.did}{thin}"
    best = max(order, key=lambda one: (not pd.isna(one.row["response_rate"]), one.row["response_rate"]))
    return f"Members {info.did} most at {best.words}: {_ends(best.row, 'response_rate')}"


def _band(x: Sequence[Any], lower: Sequence[float], upper: Sequence[float]) -> go.Scatter:
    return go.Scatter(
        x=[*x, *reversed(x)], y=[*upper, *reversed(lower)], name="interval", mode="lines", fill="toself", fillcolor=faded(BLUE, 0.2),
        line={"width": 0, "color": BLUE}, hoverinfo="skip",
    )  # fmt: skip


def _bars(y: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> dict[str, Any]:
    above, below = ([abs(end - value) for end, value in zip(ends, y, strict=True)] for ends in (upper, lower))
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": BLUE, "thickness": 1.5}


def _marks(info: Tried, points: Sequence[tuple[Setting, Any, float]]) -> list[go.Scatter]:
    """Return the marks of the plateau, the suggested and the current setting, in the order in which they cover each other."""
    kinds = (
        ("plateau", GREEN, "circle", 9, [point for point in points if point[0] in info.plateau]),
        ("suggested", GREEN, "diamond", 14, [point for point in points if point[0] is info.suggested]),
        ("current", ORANGE, "circle", 11, [point for point in points if point[0] is info.current]),
    )
    return [
        go.Scatter(
            x=[x for _, x, _ in some], y=[y for _, _, y in some], name=name, mode="markers", hoverinfo="skip",
            marker={"color": colour, "size": size, "symbol": symbol, "line": {"width": 0}},
        )
        for name, colour, symbol, size, some in kinds
        if some
    ]  # fmt: skip


def _labels(info: Tried, at: Any) -> list[dict[str, Any]]:
    marked = dict.fromkeys(one.words for one in (info.current, info.suggested) if one is not None)
    by_words = {one.words: one for one in info.settings}
    return [
        {"x": at(by_words[words])[0], "y": at(by_words[words])[1], "text": element("b", words), "showarrow": False, "yanchor": "bottom", "yshift": 9}
        for words in marked
    ]  # fmt: skip


def _keys(info: Tried) -> tuple[tuple[str, str], ...]:
    keys = [(BLUE, "settings, with 95 % intervals")]
    keys += [(GREEN, "suggested ◆ and not measurably worse ●" if info.suggested else "not measurably worse than the best")] if info.plateau else []  # fmt: skip
    keys += [(ORANGE, "current")] if info.current else []
    return tuple(keys)

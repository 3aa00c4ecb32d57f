"""How every chart looks and counts: one palette, readable on white and on black, and one way to write numbers, names and titles.

Nothing here changes plotly's own settings; a figure carries all that it needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.errors import DefinitionError, counted

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
"""Of the colours that Okabe and Ito chose for every kind of colour vision: what is there, what to look at, a third thing."""

TEXT: Final = "#797979"
"""The grey of one contrast, 4.3 to 1, against white and against the #111 of dark notebooks; none does better on both."""

PALE_BLUE: Final = "rgba(0,114,178,.4)"
GREY: Final = "rgba(128,128,128,.6)"
PALE_GREY: Final = "rgba(128,128,128,.25)"
FAINT: Final = "rgba(128,128,128,.1)"
NOTHING: Final = "rgba(0,0,0,0)"

MOST_SEGMENTS: Final = 30
"""More rows than this are no longer read one by one."""

_FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_SIZE: Final = 12
_EDGE: Final = 16
_TITLE_LETTERS, _TITLE_LINE = 76, 22
_NOTE_LETTERS, _NOTE_LINE = 120, 22

_HOUSE: Final[dict[str, Any]] = {
    # A template of plotly's would be copied into every figure, 7 KB each, with colours for a white page.
    "template": "none",
    "paper_bgcolor": NOTHING,
    "plot_bgcolor": NOTHING,
    "font": {"family": _FONT, "size": _SIZE, "color": TEXT},
    "separators": ".,",
    "hovermode": "closest",
    "hoverlabel": {
        "align": "left",
        "bgcolor": "#333333",
        "bordercolor": "#333333",
        "font": {"family": _FONT, "size": _SIZE, "color": "#ffffff"},
    },
    "modebar": {
        "bgcolor": NOTHING,
        "color": GREY,
        "activecolor": BLUE,
        # The first sends the figure's numbers to plotly's servers, and is there unless it is taken away; the others do nothing here.
        "remove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    },
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a chart says in words.

    Attributes:
        finding: a sentence, the title.
        note: of what shares are taken, what was folded.
        colours: what each colour means; told here, since plotly's own legend takes a line for each in a narrow plot.
    """

    finding: str
    note: str = ""
    colours: tuple[tuple[str, str], ...] = ()

    @property
    def markup(self) -> str:
        """All of it as plotly's title."""
        small = [markup(line) for line in wrap(self.note, _NOTE_LETTERS)]
        if self.colours:
            small.append("&nbsp; ".join(f'<span style="color:{c}">■</span> {markup(text)}' for c, text in self.colours))
        title = "<br>".join(markup(line) for line in wrap(self.finding, _TITLE_LETTERS))
        return "<br>".join([f"<b>{title}</b>", *(f'<span style="font-size:13px">{line}</span>' for line in small)])

    @property
    def height(self) -> int:
        """How many pixels it takes."""
        small = len(wrap(self.note, _NOTE_LETTERS)) + bool(self.colours)
        return _TITLE_LINE * len(wrap(self.finding, _TITLE_LETTERS)) + _NOTE_LINE * small


def figure(traces: Sequence[Any], heading: Heading, *, height: int, above: int = 0, **layout: Any) -> go.Figure:
    """Return a figure in the house style, as wide as the page lets it be.

    Args:
        traces: what is drawn.
        heading: what is said above it.
        height: of the plotting area in pixels; margins come on top.
        above: pixels that the chart needs between heading and plotting area.
        **layout: the rest of the layout; `margin` is merged with ours.
    """
    top = _EDGE + heading.height + above + _EDGE
    margin = {"l": _EDGE, "r": _EDGE, "t": top, "b": _EDGE, **layout.pop("margin", {})}
    title = {
        "text": heading.markup, "font": {"size": 17, "color": TEXT}, "pad": {"l": _EDGE, "t": _EDGE},
        "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
    }  # fmt: skip
    size = {"height": height + margin["t"] + margin["b"], "margin": margin}
    return go.Figure(data=list(traces), layout={**_HOUSE, "title": title, "showlegend": False, **size, **layout})


def axis(**settings: Any) -> dict[str, Any]:
    """Return an axis without lines that no drag can move, as most charts have it; a grid, where asked for, is quiet."""
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "gridcolor": PALE_GREY}
    return {**quiet, "fixedrange": True, **settings}


def name_axis(names: Sequence[str], *, letters: int = 38, **settings: Any) -> dict[str, Any]:
    """Return a vertical axis of names from top to bottom; by position, since two names may look alike once they are cut."""
    ticks = {"tickvals": list(range(len(names))), "ticktext": [markup(shortened(name, letters)) for name in names]}
    return axis(**ticks, range=[len(names) - 0.5, -0.5], automargin=True, ticklabelstandoff=6, **settings)


def bars(
    lengths: Sequence[float], places: Sequence[float], *, colour: str | Sequence[str], hovers: Sequence[str], name: str
) -> go.Bar:
    """Return level bars, to be stacked, one at each place."""
    marker = {"color": colour, "line": {"width": 0}}
    shown = {"hovertext": hovers, "hoverinfo": "text"}
    return go.Bar(x=lengths, y=places, orientation="h", width=0.66, marker=marker, name=name, **shown)


def bar_labels(
    ends: Sequence[float], places: Sequence[float], labels: Sequence[str], *, hovers: Sequence[str]
) -> go.Scatter:
    """Return a label behind the end of each bar; the chart leaves room for them in its right margin."""
    texts = {
        "mode": "text",
        "text": [f" {label}" for label in labels],
        "textposition": "middle right",
        "cliponaxis": False,
    }
    return go.Scatter(x=ends, y=places, **texts, hovertext=hovers, hoverinfo="text")


def markup(text: object) -> str:
    """Return text so that plotly shows it as it is: no tag, no entity, no formula, on one line.

    >>> markup("<b>VIP</b> & $200 to $500")
    '&lt;b&gt;VIP&lt;/b&gt; &amp; &#36;200 to &#36;500'
    """
    return escape(" ".join(str(text).split()), quote=False).replace("$", "&#36;")


def hover(*lines: str) -> str:
    """Return lines of plain text as a hover label, the first one bold; empty lines are left out."""
    first, *others = [markup(line) for line in lines if line]
    return "<br>".join([f"<b>{first}</b>", *others])


def shortened(text: object, letters: int = 40) -> str:
    """Return text of at most so many letters, cut in its middle, since names often differ at their end.

    >>> shortened("Engaged with SMS in the last ninety days (weekly)", 25)
    'Engaged with S…s (weekly)'
    """
    flat = " ".join(str(text).split())
    if len(flat) <= letters:
        return flat
    tail = (letters - 1) * 2 // 5
    return f"{flat[: letters - 1 - tail].rstrip()}…{flat[-tail:].lstrip()}"


def joined(words: Iterable[object], *, most: int = 3) -> str:
    """Return words as they are said in a sentence, the last ones only counted.

    >>> joined(["VIP"]), joined(["VIP", "SMS"]), joined(["a", "b", "c", "d", "e"])
    ('VIP', 'VIP and SMS', 'a, b, c and 2 more')
    """
    every = [shortened(word) for word in words]
    if len(every) > most + 1:
        every = [*every[:most], f"{len(every) - most:,} more"]
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def percent(share: float, *, digits: int = 2) -> str:
    """Return a share in percent to two digits (or one), rounded neither to nothing nor to everything; a dash for no share.

    >>> [percent(share) for share in (0, 0.0001, 0.042, 0.123, 0.9999, 1, float("nan"))]
    ['0%', '<0.1%', '4.2%', '12%', '>99%', '100%', '—']
    >>> percent(0.004, digits=1), percent(0.042, digits=1)
    ('<1%', '4%')
    """
    if isnan(share):
        return "—"
    if share in {0, 1}:
        return f"{share:.0%}"
    if share > 0.99:
        return ">99%"
    fine = 1 if digits > 1 and share < 0.0995 else 0
    least = 0.01 / 10**fine
    return f"<{least:.{fine}%}" if share < least else f"{share:.{fine}%}"


def number(value: float) -> str:
    """Return a number as people write it: thousands separated, no empty decimals.

    >>> [number(value) for value in (2984, 2984.0, 0.125)]
    ['2,984', '2,984', '0.125']
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def profiles(count: int) -> str:
    """Return a number of profiles in words.

    >>> profiles(1), profiles(2984)
    ('1 profile', '2,984 profiles')
    """
    return counted(count, "profile")


def brief(value: float) -> str:
    """Return a count in at most four letters, for where there is no room for more.

    >>> [brief(value) for value in (653, 2984, 12345, 999_499, 1_234_567)]
    ['653', '3.0k', '12k', '999k', '1.2M']
    """
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.{1 if value < 9.95 * unit else 0}f}{letter}"
    return f"{value:.0f}"


def width(text: str, *, size: float = _SIZE) -> int:
    """Return about how many pixels a text takes, generously, since a figure can't measure before it is drawn."""
    return round(len(text) * size * 0.56) + 4


def check_table(chart: str, table: pd.DataFrame, columns: Iterable[str], maker: str) -> None:
    """Refuse a table that lacks a column which the chart draws.

    Raises:
        DefinitionError: with what is missing and the function that makes the table.
    """
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        wanted = f"the table of {maker} (it lacks {' and '.join(map(repr, lacking))})"
        raise DefinitionError.bad_value(f"The first argument of {chart}", list(map(str, table.columns)), wanted)


def check_few(chart: str, segments: Sequence[str]) -> None:
    """Refuse more segments than can be read.

    Raises:
        DefinitionError: with how many there are and how to choose.
    """
    if len(segments) > MOST_SEGMENTS:
        wanted = f"at most {MOST_SEGMENTS} (choose columns of the membership table first: who[[...]])"
        raise DefinitionError.bad_value(f"The number of segments in {chart}", len(segments), wanted)

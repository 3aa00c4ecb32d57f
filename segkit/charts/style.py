"""How every chart looks: one palette, readable on white and on black, one frame, one kind of axis and bar.

Nothing here changes plotly's own settings; a figure carries all that it needs. How numbers and names are written is `words`'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.shown import Figure
from segkit.errors import DefinitionError
from segkit.wording import markup, shortened

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

NARROW: Final = 600
"""How many pixels are left of a small window with a side bar; nothing may be cut off there."""

NAME_LINE: Final = 22
"""How many letters of a name stand in a line where a chart has room for two lines."""

MOST_SEGMENTS: Final = 30
"""More rows than this are no longer read one by one."""

_FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_SIZE: Final = 12
_EDGE: Final = 16
_TITLE, _TITLE_LETTERS, _TITLE_LINE = 16, 58, 22
_NOTE_LETTERS, _NOTE_LINE = 84, 22
"""Lines end where a page of `NARROW` does, since a title can't know how wide it will be shown."""

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
        # The first would send the figure to plotly's servers, and is there unless it is taken away; the others do nothing here.
        "remove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    },
    "showlegend": False,
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a chart says in words; plain text.

    Attributes:
        finding: a sentence, the title.
        note: of what shares are taken, what was folded.
        colours: colours and what they mean; told here, since plotly's own legend takes a line for each in a narrow plot.
    """

    finding: str
    note: str = ""
    colours: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """All of it as plotly's title, broken into lines, since plotly breaks none."""
        small = [markup(line) for line in balanced(self.note, _NOTE_LETTERS)]
        for keys in self._key_lines():
            told = (f'<span style="color:{colour}">■</span> {markup(words)}' for colour, words in keys)
            small.append("&nbsp; ".join(told))
        finding = "<br>".join(markup(line) for line in balanced(self.finding, _TITLE_LETTERS))
        return "<br>".join([f"<b>{finding}</b>", *(f'<span style="font-size:13px">{line}</span>' for line in small)])

    @property
    def height(self) -> int:
        """How many pixels it takes."""
        small = len(balanced(self.note, _NOTE_LETTERS)) + len(self._key_lines())
        return _TITLE_LINE * len(balanced(self.finding, _TITLE_LETTERS)) + _NOTE_LINE * small

    def _key_lines(self) -> list[list[tuple[str, str]]]:
        lines: list[list[tuple[str, str]]] = []
        room = 0
        for colour, words in self.colours:
            room -= len(words) + 4
            if room < 0:
                lines.append([])
                room = _NOTE_LETTERS - len(words)
            lines[-1].append((colour, words))
        return lines


def balanced(text: str, letters: int) -> list[str]:
    """Return text broken into as few lines as it needs, which are about as long as each other."""
    lines = wrap(text, letters)
    narrower = (wrap(text, fewer) for fewer in range(len(text) // max(len(lines), 1) + 1, letters))
    return next((broken for broken in narrower if len(broken) == len(lines)), lines)


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
        "text": heading.title, "font": {"size": _TITLE, "color": TEXT}, "pad": {"l": _EDGE, "t": _EDGE},
        "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
    }  # fmt: skip
    size = {"height": height + margin["t"] + margin["b"], "margin": margin}
    return Figure(data=list(traces), layout={**_HOUSE, "title": title, **size, **layout})


def only_words(heading: Heading) -> go.Figure:
    """Return a figure that says why there is nothing to draw."""
    return figure([], heading, height=1, xaxis=axis(visible=False), yaxis=axis(visible=False))


def axis(*, title: str = "", **settings: Any) -> dict[str, Any]:
    """Return an axis without lines that no drag can move, as most charts have it; a grid, where asked for, is quiet."""
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "gridcolor": PALE_GREY}
    titled = {"title": {"text": markup(title), "standoff": 10}} if title else {}
    return {**quiet, "fixedrange": True, **titled, **settings}


def name_axis(names: Sequence[str], *, letters: int = 38, line: int = 38, **settings: Any) -> dict[str, Any]:
    """Return a vertical axis of names from top to bottom; by position, since two names may look alike once they are cut.

    Args:
        names: from top to bottom.
        letters: how many of each are shown.
        line: from how many letters on a name takes another line, for which the chart leaves room.
        **settings: of the axis.
    """
    broken = [balanced(shortened(name, letters), line) for name in names]
    ticks: dict[str, Any] = {
        "tickvals": list(range(len(names))),
        "ticktext": ["<br>".join(map(markup, lines)) for lines in broken],
    }
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
    texts = {"text": [f" {markup(label)}" for label in labels], "textposition": "middle right", "cliponaxis": False}
    return go.Scatter(x=ends, y=places, mode="text", **texts, hovertext=hovers, hoverinfo="text")


def label_room(labels: Iterable[str]) -> int:
    """Return how many pixels the right margin needs for labels behind bars."""
    return 24 + max(map(width, labels), default=0)


def width(text: str, *, size: float = _SIZE) -> int:
    """Return about how many pixels a text takes, generously, since a figure can't measure before it is drawn."""
    return round(len(text) * size * 0.56) + 4


def segment_names(intersections: pd.DataFrame) -> list[str]:
    """Return which segments a table of intersections is about: every column but its two of counts."""
    return [column for column in intersections.columns if column not in {"degree", "size"}]


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

"""How every chart looks: one frame, one kind of axis and bar, and text in the page's own colour.

Plotly's fonts take real colours only, of which none is readable on white and on black. But it hands the style of a span in a text on to
the page, where `currentColor` is the colour of the page's own text; in a picture that is stored it is black. So each text stands in
such a span. Nothing here changes plotly's own settings; a figure carries all that it needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.shown import Figure
from segkit.drawing.html import Markup, element, lines, one_line, pieces
from segkit.drawing.palette import BLUE, FAINT, GREY, INK, NOTHING
from segkit.errors import DefinitionError
from segkit.wording import shortened

INKED: Final = Markup(f'<span style="color:{INK}">')
_LABEL: Final = "#ffffff"
_LABEL_INK: Final = Markup(f'<span style="color:{_LABEL};color:{_LABEL}">')
"""The label under the pointer is white on dark on any page. Plotly makes a fill of the first `color`; the second is what
`currentColor` stands for in names of axes that the label shows."""

NARROW: Final = 600
"""How many pixels are left of a small window with a side bar; nothing may be cut off there."""

NAME_LINE: Final = 22
"""How many letters of a name stand in a line where a chart has room for two lines."""

MOST_SEGMENTS: Final = 30
"""More rows than this are no longer read one by one."""

_FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_SIZE: Final = 12
_EDGE: Final = 16
_TITLE, _TITLE_LETTERS, _TITLE_LINE = 16, 62, 22
_NOTE_LETTERS, _NOTE_LINE = 84, 22
"""Lines end where a page of `NARROW` does, since a title can't know how wide it will be shown."""

_HOUSE: Final[dict[str, Any]] = {
    # A template of plotly's would be copied into every figure, 7 KB each, with colours for a white page.
    "template": "none",
    "paper_bgcolor": NOTHING,
    "plot_bgcolor": NOTHING,
    "font": {"family": _FONT, "size": _SIZE},
    "separators": ".,",
    "hovermode": "closest",
    "hoverlabel": {
        "align": "left",
        "bgcolor": "#333333",
        "bordercolor": "#333333",
        "font": {"family": _FONT, "size": _SIZE, "color": _LABEL},
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
    def title(self) -> Markup:
        """All of it as plotly's title, broken into lines, since plotly breaks none."""
        small = [pieces(line) for line in balanced(self.note, _NOTE_LETTERS)]
        for keys in self._key_lines():
            told = (pieces(element("span", "■", style=f"color:{colour}"), " ", words) for colour, words in keys)
            small.append(Markup("&nbsp; ".join(told)))
        finding = element("b", lines(*balanced(self.finding, _TITLE_LETTERS)))
        return inked(lines(finding, *(element("span", line, style="font-size:13px") for line in small)))

    @property
    def height(self) -> int:
        """How many pixels it takes."""
        small = len(balanced(self.note, _NOTE_LETTERS)) + len(self._key_lines())
        return _TITLE_LINE * len(balanced(self.finding, _TITLE_LETTERS)) + _NOTE_LINE * small

    def _key_lines(self) -> list[list[tuple[str, str]]]:
        lines: list[list[tuple[str, str]]] = []
        room = 0
        for colour, words in self.colours:
            room -= len(words) + 6
            if room < 0:
                lines.append([])
                room = _NOTE_LETTERS - len(words)
            lines[-1].append((colour, words))
        return lines


def inked(text: str) -> Markup:
    """Return text or markup in the colour of the page's own text."""
    return pieces(INKED, text, Markup("</span>"))


def hover_template(text: Markup) -> str:
    """Return markup with parts such as %{y} as a template of the label under the pointer."""
    return f"{_LABEL_INK}{text}</span><extra></extra>"


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
        **layout: the rest of the layout; `margin` is merged with ours, and the texts of annotations take the page's colour.
    """
    top = _EDGE + heading.height + above + _EDGE
    margin = {"l": _EDGE, "r": _EDGE, "t": top, "b": _EDGE, **layout.pop("margin", {})}
    title = {
        "text": heading.title, "font": {"size": _TITLE}, "pad": {"l": _EDGE, "t": _EDGE},
        "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
    }  # fmt: skip
    notes = [{**note, "text": inked(note["text"])} for note in layout.pop("annotations", ())]
    size = {"height": height + margin["t"] + margin["b"], "margin": margin}
    return Figure(data=list(traces), layout={**_HOUSE, "title": title, **size, "annotations": notes, **layout})


def only_words(heading: Heading) -> go.Figure:
    """Return a figure that says why there is nothing to draw."""
    return figure([], heading, height=1, xaxis=axis(visible=False), yaxis=axis(visible=False))


def axis(*, title: str = "", **settings: Any) -> dict[str, Any]:
    """Return an axis without lines that no drag can move, as most charts have it; a grid, where asked for, is quiet."""
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "gridcolor": FAINT}
    titled = {"title": {"text": inked(one_line(title)), "standoff": 10}} if title else {}
    return {**quiet, "tickprefix": INKED, "fixedrange": True, **titled, **settings}


def name_axis(names: Sequence[str], *, letters: int = 38, line: int = 38, **settings: Any) -> dict[str, Any]:
    """Return a vertical axis of names from top to bottom; by position, since two names may look alike once they are cut.

    Args:
        names: from top to bottom.
        letters: how many of each are shown.
        line: from how many letters on a name takes another line, for which the chart leaves room.
        **settings: of the axis.
    """
    ticks = named(balanced(shortened(name, letters), line) for name in names)
    return axis(**ticks, range=[len(names) - 0.5, -0.5], automargin=True, ticklabelstandoff=6, **settings)


def named(names: Iterable[Iterable[str]]) -> dict[str, Any]:
    """Return the ticks of an axis at whole numbers, with a name of one or more lines at each."""
    texts = [inked(lines(*map(one_line, name))) for name in names]
    return {"tickvals": list(range(len(texts))), "ticktext": texts}


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
    texts = {"text": [f" {label}" for label in map(one_line, labels)], "texttemplate": inked(Markup("%{text}"))}
    placed = {"textposition": "middle right", "cliponaxis": False}
    return go.Scatter(x=ends, y=places, mode="text", **texts, **placed, hovertext=hovers, hoverinfo="text")


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

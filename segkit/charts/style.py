"""Define the common style of all charts: layout, headings, axes, bars and labels, and text in the colour of the page's text.

Plotly only accepts fixed font colours, and none is readable on both white and black. But it passes the style of a span to the page,
where `currentColor` is the colour of the page's text (black in a saved picture). Every text is therefore put into such a span.
Plotly's global settings stay unchanged: each figure contains its whole style.
"""

import re
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
"""Hover labels are white on dark on any page. Plotly converts the first `color` to a fill. The second `color` is the value of
`currentColor` for axis names inside the label."""

NARROW: Final = 600
"""The width in pixels of a small window with a side bar. Nothing may be cut off at this width."""

NAME_LINE: Final = 22
"""The number of letters of a name that fit on a line if a chart has room for two lines."""

MOST_SEGMENTS: Final = 30
"""The largest number of segments in a chart, since nobody reads more rows one by one."""

_FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_SIZE: Final = 12
_EDGE: Final = 16
_TITLE, _TITLE_LETTERS, _TITLE_LINE = 16, 57, 22
_NOTE_LETTERS, _NOTE_LINE = 79, 22
"""Lines are broken to fit a page of width `NARROW`, since the final width of a title is unknown."""

_HOUSE: Final[dict[str, Any]] = {
    # Plotly's default template would be copied into every figure, and has colours for a white page.
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
        # The first button, shown by default, would send the figure to plotly's servers. The others have no function here.
        "remove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    },
    "showlegend": False,
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The title, note and legend of a chart, as plain text.

    Attributes:
        finding: the title, a sentence.
        note: the base of shares, and what is not drawn separately.
        colours: the legend, as pairs of colour and meaning. Plotly's own legend would take a line for each in a narrow plot.
    """

    finding: str
    note: str = ""
    colours: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> Markup:
        """The finding, the note and the colours as a title for plotly, with line breaks, since plotly does not wrap text."""
        small = [pieces(line) for line in self._note_lines()]
        for keys in self._key_lines():
            entries = (pieces(element("span", "■", style=f"color:{colour}"), " ", words) for colour, words in keys)
            small.append(Markup("&nbsp; ".join(entries)))
        finding = element("b", lines(*balanced(self.finding, _TITLE_LETTERS)))
        return inked(lines(finding, *(element("span", line, style="font-size:13px") for line in small)))

    @property
    def height(self) -> int:
        """The height in pixels."""
        small = len(self._note_lines()) + len(self._key_lines())
        return _TITLE_LINE * len(balanced(self.finding, _TITLE_LETTERS)) + _NOTE_LINE * small

    def _note_lines(self) -> list[str]:
        """Break the note between sentences where that takes no more lines."""
        lines: list[str] = []
        for sentence in filter(None, re.split(r"(?<=[.;]) (?=[A-Z\d])", self.note)):
            if lines and len(lines[-1]) + 1 + len(sentence) <= _NOTE_LETTERS:
                lines[-1] += f" {sentence}"
            else:
                lines.append(sentence)
        whole = balanced(self.note, _NOTE_LETTERS)
        return lines if len(lines) <= len(whole) and max(map(len, lines), default=0) <= _NOTE_LETTERS else whole

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
    """Return text or markup in the colour of the page's text."""
    return pieces(INKED, text, Markup("</span>"))


def hover_template(text: Markup) -> str:
    """Return markup with placeholders such as %{y} as a template of a hover label."""
    return f"{_LABEL_INK}{text}</span><extra></extra>"


def balanced(text: str, letters: int) -> list[str]:
    """Wrap text into as few lines as possible, of about the same length."""
    lines = wrap(text, letters)
    narrower = (wrap(text, fewer) for fewer in range(len(text) // max(len(lines), 1) + 1, letters))
    return next((broken for broken in narrower if len(broken) == len(lines)), lines)


def figure(traces: Sequence[Any], heading: Heading, *, height: int, above: int = 0, **layout: Any) -> go.Figure:
    """Return a figure in the common style, as wide as the page allows.

    Args:
        traces: the traces.
        heading: the text above the plot.
        height: the height of the plotting area in pixels, without margins.
        above: the space in pixels that the chart needs between the heading and the plotting area.
        **layout: the rest of the layout. `margin` is merged with ours, and annotations get the colour of the page's text.
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
    """Return a figure with only a heading, which explains why there is nothing to draw."""
    return figure([], heading, height=1, xaxis=axis(visible=False), yaxis=axis(visible=False))


def axis(*, title: str = "", **settings: Any) -> dict[str, Any]:
    """Return an axis without lines, which can't be dragged or zoomed. A grid, if turned on by `settings`, is faint."""
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "gridcolor": FAINT}
    titled = {"title": {"text": inked(one_line(title)), "standoff": 10}} if title else {}
    return {**quiet, "tickprefix": INKED, "fixedrange": True, **titled, **settings}


def name_axis(names: Sequence[str], *, letters: int = 38, line: int = 38, **settings: Any) -> dict[str, Any]:
    """Return a vertical axis of names from top to bottom. Ticks are by position, since two shortened names may be equal.

    Args:
        names: the names from top to bottom.
        letters: how many letters of each name are shown.
        line: how many letters fit on a line.
        **settings: further settings of the axis.
    """
    ticks = named(balanced(shortened(name, letters), line) for name in names)
    return axis(**ticks, range=[len(names) - 0.5, -0.5], automargin=True, ticklabelstandoff=6, **settings)


def named(names: Iterable[Iterable[str]]) -> dict[str, Any]:
    """Return axis ticks at the positions 0, 1 and so on, with a name of one or more lines at each."""
    texts = [inked(lines(*map(one_line, name))) for name in names]
    return {"tickvals": list(range(len(texts))), "ticktext": texts}


def bars(
    lengths: Sequence[float], places: Sequence[float], *, colour: str | Sequence[str], hovers: Sequence[str], name: str
) -> go.Bar:
    """Return horizontal bars, one at each position of the vertical axis."""
    marker = {"color": colour, "line": {"width": 0}}
    shown = {"hovertext": hovers, "hoverinfo": "text"}
    return go.Bar(x=lengths, y=places, orientation="h", width=0.66, marker=marker, name=name, **shown)


def bar_labels(
    ends: Sequence[float], places: Sequence[float], labels: Sequence[str], *, hovers: Sequence[str]
) -> go.Scatter:
    """Return a label after the end of each bar. The chart's right margin must leave space for them: see `label_room`."""
    texts = {"text": [f" {label}" for label in map(one_line, labels)], "texttemplate": inked(Markup("%{text}"))}
    placed = {"textposition": "middle right", "cliponaxis": False}
    return go.Scatter(x=ends, y=places, mode="text", **texts, **placed, hovertext=hovers, hoverinfo="text")


def label_room(labels: Iterable[str]) -> int:
    """Return the width in pixels of the right margin for labels after bars."""
    return 24 + max(map(width, labels), default=0)


def width(text: str, *, size: float = _SIZE) -> int:
    """Return a generous estimate of a text's width in pixels, since a figure can't be measured before it is drawn."""
    return round(len(text) * size * 0.56) + 4


def segment_names(intersections: pd.DataFrame) -> list[str]:
    """Return the segments of a table of intersections: all columns but `degree` and `size`."""
    return [column for column in intersections.columns if column not in {"degree", "size"}]


def check_table(chart: str, table: pd.DataFrame, columns: Iterable[str], maker: str) -> None:
    """Refuse a table that lacks a column of the chart.

    Raises:
        DefinitionError: with the missing columns and the function that makes the table.
    """
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        wanted = f"the table of {maker} (it lacks {' and '.join(map(repr, lacking))})"
        raise DefinitionError.bad_value(f"The first argument of {chart}", list(map(str, table.columns)), wanted)


def check_few(chart: str, segments: Sequence[str]) -> None:
    """Refuse more than `MOST_SEGMENTS` segments.

    Raises:
        DefinitionError: with the number of segments and how to choose some.
    """
    if len(segments) > MOST_SEGMENTS:
        wanted = f"at most {MOST_SEGMENTS} (choose columns of the membership table first: who[[...]])"
        raise DefinitionError.bad_value(f"The number of segments in {chart}", len(segments), wanted)

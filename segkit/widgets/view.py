"""Write what a tuner shows as one piece of HTML, so that numbers, text and chart always agree. The colours are those of the page's theme.

Parts that change while a threshold moves are slots: elements with a name, which the browser can update once it has their contents
for every position. This module writes the text of the slots, and `histogram.py` draws the chart.
"""

from collections.abc import Iterable
from typing import NamedTuple

from segkit.analysis.distribution import Distribution
from segkit.drawing.html import Markup, element, elements, pieces
from segkit.drawing.palette import BLUE, FAINT, VERMILION
from segkit.widgets.histogram import histogram_html
from segkit.wording import counted, percent

FONT = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45"
PALE = "opacity:.75"


class Overlap(NamedTuple):
    """The number of members of the tuned segment that are in another segment too."""

    name: str
    members: int


class TunerView(NamedTuple):
    """Everything that a tuner shows at one position of its controls."""

    english: str
    size: int
    base: str
    base_size: int
    sendable: int | None
    entered: int
    left: int
    distribution: Distribution | None
    overlaps: tuple[Overlap, ...] = ()
    notes: tuple[str, ...] = ()


def tuner_html(view: TunerView, *, live: bool = True) -> Markup:
    """Return the view. Its height changes only with the number of lines of the definition. If it is not live, the chart is an image."""
    size = element(
        "span", f"{view.size:,}", style="font-size:2rem;font-weight:600", data_slot="size", data_size=view.size
    )
    head = [size, " ", _slot("of", of_base(view.size, view.base, view.base_size))]
    if view.sendable is not None:
        head += [" · ", element("b", _slot("sendable", f"{view.sendable:,}")), " may be texted"]
    parts = [
        element("div", *head),
        element("div", "Against the start: ", _slot("change", change(view.entered, view.left)), style=PALE),
        english_html(view.english, BLUE, data_slot="english"),
    ]
    if view.distribution is not None:
        parts.append(histogram_html(view.distribution, live=live))
    parts += [_overlap(number, overlap, view.size) for number, overlap in enumerate(view.overlaps)]
    return element("div", *parts, notes_html(view.notes), class_="segkit-tuner", style=FONT)


def english_html(english: str, colour: str, **attributes: object) -> Markup:
    """Return a segment's definition in English, with a coloured line at its left."""
    style = f"{FONT};white-space:pre-wrap;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {colour}"
    return element("pre", english, style=style, **attributes)


def notes_html(notes: Iterable[str]) -> Markup:
    """Return notes about a view's numbers."""
    return elements("div", (f"Note: {note}" for note in notes), style=PALE)


def error_html(message: str) -> Markup:
    """Return an error message, for a position of the controls that makes no segment."""
    style = f"{FONT};border-left:3px solid {VERMILION};padding-left:.7rem"
    return element("div", message, class_="segkit-tuner", role="alert", style=style)


def static_html(view: TunerView, settings: Iterable[tuple[str, str]], name: str) -> Markup:
    """Return what a reader without a kernel sees: a plain table of the controls' values, then the same view."""
    rows = (element("tr", element("th", label, scope="row"), element("td", value)) for label, value in settings)
    table = element("table", element("tbody", *rows))
    return pieces(element("p", element("b", name)), table, tuner_html(view, live=False))


def of_base(size: int, base: str, base_size: int) -> str:
    """Return the text after the size: the share of a base.

    >>> of_base(1, "all profiles", 4)
    'member · 25% of 4 all profiles'
    """
    noun = "member" if size == 1 else "members"
    return f"{noun} · {percent(size / base_size)} of {base_size:,} {base}" if base_size else noun


def change(entered: int, left: int) -> str:
    """Return how many profiles entered and left, in words.

    >>> change(1, 20)
    '1 profile entered, 20 left'
    """
    if not entered and not left:
        return "the same members"
    return f"{counted(entered, 'profile')} entered, {left:,} left"


def shared(members: int, size: int) -> str:
    """Return how many members are in another segment too, and their share, in words.

    >>> shared(1, 4)
    '1 (25% of members)'
    """
    return f"{members:,} ({percent(members / size if size else 0)} of members)"


def _overlap(number: int, overlap: Overlap, size: int) -> Markup:
    part = element("rect", data_slot=f"bar {number}", width=bar_width(overlap.members, size), height=1, fill=BLUE)
    bar = element(
        "svg", element("rect", width=100, height=1, fill=FAINT), part,
        aria_hidden="true", viewBox="0 0 100 1", preserveAspectRatio="none", style="flex:0 0 10rem;height:.6rem",
    )  # fmt: skip
    name = element("span", f"also in {overlap.name}", style="flex:0 0 14rem")
    also = _slot(f"also {number}", shared(overlap.members, size))
    return element("div", name, bar, also, style="display:flex;gap:.6rem;align-items:center;margin-top:.2rem")


def bar_width(members: int, size: int) -> str:
    """Return the width of another segment's bar, in percent of the full width."""
    return f"{100 * members / size if size else 0:.1f}"


def _slot(name: str, text: str) -> Markup:
    return element("span", text, data_slot=name)

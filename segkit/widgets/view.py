"""Write a tuner's view as one piece of HTML, so that numbers, text and chart always agree. The colours come from the page's theme.

Parts that change while a threshold moves are slots: elements with a name, which the browser can update once it has their contents
for every position. This module writes the text of the slots, and `histogram.py` draws the chart.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from segkit.analysis.distribution import Distribution
from segkit.analysis.worth import DAYS, Worth
from segkit.drawing.cards import FONT
from segkit.drawing.html import Markup, element, elements, pieces
from segkit.drawing.palette import BLUE, FAINT, VERMILION
from segkit.errors import SegkitError
from segkit.sending.eligibility import SMART_SENDING_HOURS
from segkit.widgets.histogram import histogram_html
from segkit.wording import counted, percent

PALE = "opacity:.8"

REASONS = (
    "in an excluded segment",
    "not subscribed",
    "without a phone number",
    "with a number that isn't a valid mobile",
    "in a country that can't be texted",
    "with failing texts",
    f"texted in the last {SMART_SENDING_HOURS} h",
    "opted out in another profile",
    "with another member's number",
)
"""Why members can't be texted, for each of `segkit.sending.eligibility.STEPS`, as a few words that follow a number."""


class Overlap(NamedTuple):
    """The number of members of the tuned segment that are also in another segment."""

    name: str
    members: int


class Pinned(NamedTuple):
    """A pinned position compared with the current one: its size, how many joined and left, and how many who joined may be texted.

    `sendable` is None if the data has no consent.
    """

    size: int
    joined: int
    left: int
    sendable: int | None


class TunerView(NamedTuple):
    """Everything that a tuner shows at one position of its controls.

    `reasons` has the number of members that each of `REASONS` stops. `rule` says how many members qualify through the
    condition in the histogram.
    """

    english: str
    size: int
    base: str
    base_size: int
    sendable: int | None
    entered: int
    left: int
    distribution: Distribution | None
    as_of: datetime
    rule: str = ""
    reasons: tuple[int, ...] = ()
    worth: Worth | None = None
    pinned: Pinned | None = None
    overlaps: tuple[Overlap, ...] = ()
    notes: tuple[str, ...] = ()


def tuner_html(view: TunerView, *, live: bool = True) -> Markup:
    """Return the view: the numbers, and then the histogram, which is an image if the page is not live."""
    shown = Markup() if view.distribution is None else histogram_html(view.distribution, view.rule, live=live)
    facts = element("div", *_facts(view), class_="segkit-facts")
    parts = (facts, element("div", shown, class_="segkit-picture"))
    return element("div", *parts, class_="segkit-tuner", style=FONT)


def _facts(view: TunerView) -> list[Markup]:
    size = element(
        "span", f"{view.size:,}", style="font-size:2.2rem;font-weight:600", data_slot="size", data_size=view.size
    )
    parts = [element("div", size, " ", _slot("of", of_base(view.size, view.base, view.base_size)))]
    if view.sendable is not None:
        sendable = element("b", _slot("sendable", f"{view.sendable:,}"), " may be texted.", style="font-size:1.15rem")
        parts.append(element("div", sendable, " ", _slot("reasons", reasons(view.size - view.sendable, view.reasons))))
    parts.append(element("div", _slot("change", change(view.entered, view.left)), style=PALE))
    if view.pinned is not None:
        parts.append(element("div", _slot("pinned", pinned(view.size, view.pinned)), class_="segkit-pinned"))
    if view.worth is not None:
        parts.append(element("div", _slot("worth", worth(view.worth))))
    parts.append(element("div", class_="segkit-cost"))
    parts += [_overlap(number, overlap, view.size) for number, overlap in enumerate(view.overlaps)]
    parts.append(english_html(view.english, BLUE, data_slot="english"))
    parts.append(element("div", as_of_words(view.as_of), style=PALE))
    return [*parts, notes_html(view.notes)]


def english_html(english: str, colour: str, **attributes: object) -> Markup:
    """Return a segment's definition in English, with a coloured line at its left."""
    style = f"{FONT};white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {colour}"
    return element("pre", english, style=style, **attributes)


def notes_html(notes: Iterable[str]) -> Markup:
    """Return notes about a view's numbers."""
    return elements("div", (f"Note: {note}" for note in notes), style=PALE)


def error_words(error: Exception) -> str:
    """Return the message of an error, after the name of its type unless segkit raised it.

    >>> error_words(KeyError("tier"))
    "KeyError: 'tier'"
    """
    return str(error) if isinstance(error, SegkitError) else f"{type(error).__name__}: {error}"


def error_html(message: str) -> Markup:
    """Return an error message, for a position of the controls that makes no segment."""
    style = f"{FONT};border-left:3px solid {VERMILION};padding-left:.7rem"
    return element("div", message, class_="segkit-tuner", role="alert", style=style)


def static_html(view: TunerView, settings: Iterable[tuple[str, str]], name: str) -> Markup:
    """Return what a reader without a kernel sees: a plain table of the controls' values, then the same view."""
    rows = (element("tr", element("th", label, scope="row"), element("td", value)) for label, value in settings)
    table = element("table", element("tbody", *rows))
    how = element("p", "Saved picture. Run ▸ Run All Cells brings the sliders.", style=PALE)
    return pieces(how, element("p", element("b", name)), table, tuner_html(view, live=False))


def of_base(size: int, base: str, base_size: int) -> str:
    """Return the text after the size: the share of a base.

    >>> of_base(1, "all profiles", 4)
    'member · 25% of 4 all profiles'
    """
    noun = "member" if size == 1 else "members"
    return f"{noun} · {percent(size / base_size)} of {base_size:,} {base}" if base_size else noun


def reasons(stopped: int, by_step: Sequence[int]) -> str:
    """Return how many members can't be texted, and why, the most frequent reason first.

    >>> reasons(206, [0, 0, 0, 32, 0, 0, 160, 0, 14])
    "206 can't be: 160 texted in the last 24 h, 32 with a number that isn't a valid mobile, 14 with another member's number."
    """
    if not stopped:
        return ""
    named = sorted(
        ((count, words) for count, words in zip(by_step, REASONS, strict=True) if count), key=lambda one: -one[0]
    )
    return f"{stopped:,} can't be: {', '.join(f'{count:,} {words}' for count, words in named)}."


def change(entered: int, left: int) -> str:
    """Return how many profiles joined and left since the start, in words.

    >>> change(1, 20)
    'Since you began: 1 joined, 20 left.'
    """
    if not entered and not left:
        return "Since you began: the same members."
    return f"Since you began: {entered:,} joined, {left:,} left."


def pinned(size: int, one: Pinned) -> str:
    """Return the comparison of a pinned position A with the current position B.

    >>> pinned(872, Pinned(size=653, joined=219, left=0, sendable=150))
    'A 653, B 872: 219 more, 0 fewer; of the 219, 150 may be texted.'
    """
    may = "" if one.sendable is None or not one.joined else f"; of the {one.joined:,}, {one.sendable:,} may be texted"
    return f"A {one.size:,}, B {size:,}: {one.joined:,} more, {one.left:,} fewer{may}."


def worth(one: Worth) -> str:
    """Return what members ordered, in words.

    >>> worth(Worth(1204, 98512.4))
    'In the last 365 days they placed 1,204 orders worth 98,512.'
    """
    return f"In the last {DAYS} days they placed {counted(one.orders, 'order')} worth {one.revenue:,.0f}."


def as_of_words(moment: datetime) -> str:
    """Return the moment of the view, in words; only the date if it is the end of a day.

    >>> from datetime import UTC
    >>> as_of_words(datetime(2026, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)), as_of_words(datetime(2026, 6, 3, 8, 5, tzinfo=UTC))
    ('As of 30 June 2026.', 'As of 3 June 2026, 08:05 UTC.')
    """
    is_close = (moment.hour, moment.minute, moment.second) == (23, 59, 59)
    return f"As of {moment.day} {moment:%B %Y}{'' if is_close else f', {moment:%H:%M} UTC'}."


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
        aria_hidden="true", viewBox="0 0 100 1", preserveAspectRatio="none", style="flex:0 0 5rem;height:.6rem",
    )  # fmt: skip
    name = element("span", f"also in {overlap.name}", style="flex:0 0 10rem")
    also = _slot(f"also {number}", shared(overlap.members, size))
    return element(
        "div", name, bar, also, style="display:flex;flex-wrap:wrap;gap:0 .6rem;align-items:center;margin-top:.2rem"
    )


def bar_width(members: int, size: int) -> str:
    """Return the width of another segment's bar, in percent of the full width."""
    return f"{100 * members / size if size else 0:.1f}"


def _slot(name: str, text: str) -> Markup:
    return element("span", text, data_slot=name)

"""What a tuner shows, as one piece of HTML, so that number, sentence and picture never disagree; a theme's own colours throughout.

Whatever changes while a threshold moves stands in a slot, an element with a name, so that the browser can fill it by itself once
it has been told what stands there at every position. The words and the drawing of each slot are made here and nowhere else.
"""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from segkit.analysis.distribution import Distribution
from segkit.widgets.histogram import MEMBER, OTHER, histogram_html
from segkit.wording import counted

_SENTENCE = f"white-space:pre-wrap;font:inherit;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {MEMBER}"
_PALE = "opacity:.75"


class Overlap(NamedTuple):
    """How many members of the tuned segment are in another one."""

    name: str
    members: int


class TunerView(NamedTuple):
    """Everything that a tuner shows of one position of its controls."""

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


def tuner_html(view: TunerView, *, hover: bool = True) -> str:
    """Return the live view; its height only changes with the number of lines in English.

    Without `hover` bars say nothing of their own: where a page keeps the words of a picture and drops the picture, as some do that
    show notebooks, they would stand there in a heap.
    """
    parts = [
        '<div class="segkit-tuner" style="font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45">',
        f'<div><span style="font-size:2rem;font-weight:600" data-slot="size" data-size="{view.size}">{view.size:,}</span> ',
        _slot("of", of_base(view.size, view.base, view.base_size)),
    ]
    if view.sendable is not None:
        parts.append(f" · <b>{_slot('sendable', f'{view.sendable:,}')}</b> may be texted")
    parts += [
        f'</div><div style="{_PALE}">Against the start: {_slot("change", change(view.entered, view.left))}</div>',
        f'<pre style="{_SENTENCE}" data-slot="english">{escape(view.english)}</pre>',
    ]
    if view.distribution is not None:
        parts.append(histogram_html(view.distribution, hover=hover))
    parts += [_overlap(number, overlap, view.size) for number, overlap in enumerate(view.overlaps)]
    parts += [f'<div style="{_PALE}">Note: {escape(note)}</div>' for note in view.notes]
    return "".join([*parts, "</div>"])


def error_html(message: str) -> str:
    """Return what is shown where a position of the controls makes no segment."""
    return (
        '<div class="segkit-tuner" role="alert" style="font-family:var(--jp-ui-font-family,system-ui,sans-serif);'
        f'border-left:3px solid #D55E00;padding-left:.7rem">{escape(message)}</div>'
    )


def static_html(view: TunerView, settings: Iterable[tuple[str, str]], name: str) -> str:
    """Return what a reader without a kernel sees: the same view, after a plain table of where the controls stand."""
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in settings
    )
    return f"<p><b>{escape(name)}</b></p><table><tbody>{rows}</tbody></table>{tuner_html(view, hover=False)}"


def of_base(size: int, base: str, base_size: int) -> str:
    """Return what stands behind the size: of whom it is how much.

    >>> of_base(1, "all profiles", 4)
    'member · 25.0% of 4 all profiles'
    """
    noun = "member" if size == 1 else "members"
    return f"{noun} · {size / base_size:.1%} of {base_size:,} {base}" if base_size else noun


def change(entered: int, left: int) -> str:
    """Return who entered and left, in words.

    >>> change(1, 20)
    '1 profile entered, 20 left'
    """
    if not entered and not left:
        return "the same members"
    return f"{counted(entered, 'profile')} entered, {left:,} left"


def shared(members: int, size: int) -> str:
    """Return how many members are in another segment too, and their share.

    >>> shared(1, 4)
    '1 (25.0% of members)'
    """
    return f"{members:,} ({_share(members, size)} of members)"


def _overlap(number: int, overlap: Overlap, size: int) -> str:
    return (
        '<div style="display:flex;gap:.6rem;align-items:center;margin-top:.2rem">'
        f'<span style="flex:0 0 14rem">also in {escape(overlap.name)}</span>'
        '<svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none" style="flex:0 0 10rem;height:.6rem">'
        f'<rect width="100" height="1" fill="{OTHER}" fill-opacity=".35"/>'
        f'<rect data-slot="bar {number}" width="{bar_width(overlap.members, size)}" height="1" fill="{MEMBER}"/></svg>'
        f"{_slot(f'also {number}', shared(overlap.members, size))}</div>"
    )


def bar_width(members: int, size: int) -> str:
    """Return how wide the bar of another segment is, of a hundred."""
    return f"{100 * members / size if size else 0:.1f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole if whole else 0:.1%}"


def _slot(name: str, text: str) -> str:
    return f'<span data-slot="{name}">{escape(text)}</span>'

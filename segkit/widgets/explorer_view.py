"""What an overlap explorer shows, as one piece of HTML and SVG, so that picture and numbers never disagree; it counts nothing."""

from collections.abc import Sequence
from html import escape
from math import isnan
from typing import NamedTuple

import pandas as pd

from segkit.widgets.histogram import MEMBER, OTHER
from segkit.wording import counted

PICKED = "#E69F00"
"""Okabe-Ito orange, for the intersection that is looked at."""

_FONT = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45"
_WIDTH, _SIZES_END, _MATRIX_START = 730, 108, 312
_BARS_TOP, _BARS_END, _ROW, _PITCH, _LEAST_PITCH, _LETTERS = 46, 158, 22, 34, 14, 25


class Bar(NamedTuple):
    """Profiles in exactly these segments."""

    names: tuple[str, ...]
    size: int


class ExplorerView(NamedTuple):
    """Everything that an explorer shows of one position of its controls; names the largest segment first."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    bars: tuple[Bar, ...]
    folded: int
    rest: int
    none: int
    profiles: int
    picked: Bar | None
    sendable: int | None
    shares: dict[tuple[str, str], float]
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        pairs: pd.DataFrame,
        every: dict[tuple[str, ...], int],
        picked: Bar | None,
        *,
        most: int,
        sendable: int | None,
        notes: tuple[str, ...],
    ) -> "ExplorerView":
        """Return what is shown of all intersections, largest first; the picked one has a bar whatever its size."""
        own = pairs[pairs["segment"] == pairs["other"]].sort_values("size", ascending=False, kind="stable")
        sized = [Bar(names, size) for names, size in every.items() if names]
        # A bar for one more takes no more room than the bar that says so.
        cut = len(sized) if len(sized) == most + 1 else most
        bars = sized[:cut]
        if picked is not None and picked.names and picked not in bars:
            bars.append(picked)
        folded = [bar for bar in sized[cut:] if bar != picked]
        return cls(
            names=tuple(own["segment"]),
            sizes=tuple(own["size"].tolist()),
            bars=tuple(bars),
            folded=len(folded),
            rest=sum(bar.size for bar in folded),
            none=every.get((), 0),
            profiles=sum(every.values()),
            picked=picked,
            sendable=sendable,
            shares=dict(zip(zip(pairs["segment"], pairs["other"], strict=True), pairs["containment"], strict=True)),
            notes=notes,
        )


def flat(name: str) -> str:
    """Return a segment's name on one line."""
    return " ".join(name.split())


def words(names: Sequence[str]) -> str:
    """Return what being in exactly these of the chosen segments is called."""
    return f"{' ∩ '.join(map(flat, names))}, nothing else" if names else "in none of these"


def english_html(english: str) -> str:
    """Return what a picked intersection says in English, and nothing for none."""
    style = f"{_FONT};white-space:pre-wrap;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {PICKED}"
    return f'<pre style="{style}">{escape(english)}</pre>' if english else ""


def explorer_html(view: ExplorerView, *, hover: bool = True) -> str:
    """Return picture, numbers and pairs as one piece; without `hover` bars say nothing of their own, as in a tuner's view."""
    if not view.names:
        parts = ["<div>No segment is chosen.</div>"]
    else:
        parts = [_picture(view, hover=hover), _caption(view), _pairwise(view)]
    notes = [f'<div style="opacity:.75">Note: {escape(note)}</div>' for note in view.notes]
    return "".join([f'<div class="segkit-explorer" style="{_FONT}">', *parts, *notes, "</div>"])


def static_html(view: ExplorerView) -> str:
    """Return what a reader without a kernel sees: a plain table of the intersections, and the same view."""
    rest = [(counted(view.folded, "more intersection"), view.rest)] if view.folded else []
    told = [(" ∩ ".join(map(flat, bar.names)), bar.size) for bar in view.bars] + rest + [("none of these", view.none)]
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(words)}</th><td>{size:,}</td></tr>'
        for words, size in told
    )
    head = (
        '<thead><tr><th scope="col" style="text-align:left">in exactly</th><th scope="col">profiles</th></tr></thead>'
    )
    return f"<table>{head}<tbody>{rows}</tbody></table>{explorer_html(view, hover=False)}"


def _caption(view: ExplorerView) -> str:
    """Say what the picture does not draw, and how many of the picked intersection may be texted."""
    none = f"{view.none:,} of {counted(view.profiles, 'profile')} {'is' if view.none == 1 else 'are'} in none of these."
    if view.folded:
        none += f" The grey bar holds {counted(view.folded, 'more intersection')}: {counted(view.rest, 'profile')}."
    if view.picked is None:
        told = "No intersection is picked."
    else:
        told = f'<b data-size="{view.picked.size}">{escape(words(view.picked.names))}: {counted(view.picked.size, "profile")}</b>'
        told += "" if view.sendable is None else f" · <b>{view.sendable:,}</b> may be texted"
    mark = PICKED if view.picked is not None else "transparent"
    return (
        f'<div style="opacity:.75">{none}</div>'
        f'<div style="margin:.3rem 0;padding-left:.7rem;border-left:3px solid {mark}">{told}</div>'
    )


class _Scale(NamedTuple):
    """How bars are drawn: the middle of the first column, the way to the next, the size of a full bar, and how numbers stand."""

    first: float
    pitch: float
    tallest: int
    is_upright: bool


def _picture(view: ExplorerView, *, hover: bool) -> str:
    """Draw set sizes at the left, a column of dots for each intersection, and its bar above; as high as there are segments."""
    places = len(view.bars) + 1.3 * bool(view.folded)
    width = max(_WIDTH, _MATRIX_START + places * _LEAST_PITCH)
    height = _BARS_END + 8 + _ROW * len(view.names)
    pitch = min(_PITCH, (width - _MATRIX_START) / max(places, 1))
    # If one number is wider than its column all stand upright, lest they run into each other.
    letters = max(len(f"{size:,}") for size in [view.rest, *(bar.size for bar in view.bars)])
    tallest = max((bar.size for bar in view.bars), default=0) or 1
    scale = _Scale(_MATRIX_START + pitch / 2, pitch, tallest, letters * 6.2 > pitch)
    columns = [_column(view, bar, scale, place, hover=hover) for place, bar in enumerate(view.bars)]
    rest = _rest(view, scale, places - 1, width) if view.folded else ""
    largest = f"; the largest: {words(view.bars[0].names)}, {view.bars[0].size:,}" if view.bars else ""
    label = f"Exact intersections of {counted(len(view.names), 'segment')}{largest}; {view.none:,} in none"
    return (
        f'<svg viewBox="0 0 {width:.0f} {height}" style="width:100%;max-width:{width:.0f}px;display:block" role="img" '
        f'aria-label="{escape(label)}" font-size="12" fill="currentColor">{_rows(view)}{"".join(columns)}{rest}</svg>'
    )


def _rows(view: ExplorerView) -> str:
    per_member = 38 / (max(view.sizes) or 1)
    rows = []
    for number, (name, size) in enumerate(zip(view.names, view.sizes, strict=True), start=1):
        middle = _BARS_END + 8 + _ROW * (number - 0.5)
        wide = size * per_member
        stripe = (
            f'<rect width="100%" y="{middle - _ROW / 2:.0f}" height="{_ROW}" fill-opacity=".06"/>' if number % 2 else ""
        )
        shown = flat(name)
        shown = shown if len(shown) <= _LETTERS else f"{shown[: _LETTERS - 10]}…{shown[-9:]}"
        rows.append(
            f'{stripe}<rect class="size" x="{_SIZES_END - wide:.1f}" y="{middle - 6:.0f}" width="{wide:.1f}" height="12" fill="{OTHER}"/>'
            f'<text x="{_SIZES_END - wide - 4:.1f}" y="{middle + 4:.0f}" text-anchor="end">{size:,}</text>'
            f'<text x="{_SIZES_END + 8}" y="{middle + 4:.0f}">{number} {escape(shown)}</text>'
        )
    return "".join(rows)


def _column(view: ExplorerView, bar: Bar, scale: _Scale, place: int, *, hover: bool) -> str:
    """Draw an intersection: its bar, and below it a dot for each segment, those that it is in full and joined."""
    at, colour = scale.first + place * scale.pitch, PICKED if bar == view.picked else MEMBER
    middles = [_BARS_END + 8 + _ROW * (row + 0.5) for row in range(len(view.names))]
    inside = [middle for name, middle in zip(view.names, middles, strict=True) if name in bar.names]
    dots = "".join(
        f'<circle cx="{at:.1f}" cy="{middle:.0f}" r="5" '
        + (f'fill="{colour}"/>' if middle in inside else 'fill-opacity=".15"/>')
        for middle in middles
    )
    told = f"<title>{escape(words(bar.names))}: {counted(bar.size, 'profile')}</title>" if hover else ""
    line = f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{inside[0]:.0f}" y2="{inside[-1]:.0f}" stroke="{colour}" stroke-width="3"/>'
    return f'<g class="intersection">{told}{_bar(at, bar.size, scale, colour)}{line}{dots}</g>'


def _rest(view: ExplorerView, scale: _Scale, place: float, width: float) -> str:
    """Draw the folded intersections as one bar, never taller than the tallest, lest it flatten all others, and count them."""
    at, middle = scale.first + place * scale.pitch, _BARS_END + 12 + _ROW * len(view.names) / 2
    is_cut = view.rest > scale.tallest
    cut = f'<text x="{at:.1f}" y="{_BARS_END - 6}" text-anchor="middle">≈</text>' if is_cut else ""
    count = f'<text x="{width - 2:.1f}" y="{middle:.0f}" text-anchor="end">+{view.folded:,}</text>'
    return f'<g class="rest">{_bar(at, view.rest, scale, OTHER)}{cut}{count}</g>'


def _bar(at: float, size: int, scale: _Scale, colour: str) -> str:
    tall = (_BARS_END - _BARS_TOP) * min(size / scale.tallest, 1.0)
    wide, top = 0.66 * scale.pitch, _BARS_END - tall
    turned = f'transform="rotate(-90 {at:.1f} {top - 5:.1f})" dy="4"' if scale.is_upright else 'text-anchor="middle"'
    weight = ' font-weight="700"' if colour == PICKED else ""
    return (
        f'<rect x="{at - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}"/>'
        f'<text x="{at:.1f}" y="{top - 5:.1f}" font-size="11" {turned}{weight}>{size:,}</text>'
    )


def _pairwise(view: ExplorerView) -> str:
    """Write the share of each row's members that are in each column's segment; columns go by the numbers of the rows."""
    cell = "padding:.1rem .3rem;text-align:right;white-space:nowrap"
    numbers = "".join(f'<th scope="col" style="{cell}">{number}</th>' for number in range(1, len(view.names) + 1))
    rows = []
    for number, (name, size) in enumerate(zip(view.names, view.sizes, strict=True), start=1):
        shares = "".join(
            _share(view.shares[name, other], cell) if other != name else "<td></td>" for other in view.names
        )
        rows.append(
            f'<tr><th scope="row" style="{cell};text-align:left;font-weight:400">{number} {escape(flat(name))}</th>'
            f'<td style="{cell}">{size:,}</td>{shares}</tr>'
        )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:.85rem;margin:.5rem 0">'
        '<caption style="text-align:left;opacity:.75;white-space:nowrap">Of the members of each row, the share that is also in number:</caption>'
        f'<thead><tr><th></th><th scope="col" style="{cell}">members</th>{numbers}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _share(share: float, cell: str) -> str:
    if isnan(share):
        return f'<td style="{cell}">—</td>'
    rounded = "&lt;1%" if 0 < share < 0.005 else "&gt;99%" if 0.995 <= share < 1 else f"{share:.0%}"
    return f'<td style="{cell};background:rgba(0,114,178,{0.5 * share:.2f})">{rounded}</td>'

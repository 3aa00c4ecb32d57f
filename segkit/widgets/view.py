"""What a tuner shows, as one piece of HTML, so that number, sentence and picture never disagree; a theme's own colours throughout."""

from collections.abc import Iterable
from html import escape
from math import inf
from typing import NamedTuple

import pandas as pd

from segkit.analysis.distribution import Distribution
from segkit.errors import counted

MEMBER, OTHER = "#0072B2", "#9a9a9a"
"""Okabe-Ito blue and a grey, both readable on white and on black."""

WIDTH, HEIGHT, FLOOR = 560, 150, 118
_SENTENCE = f"white-space:pre-wrap;font:inherit;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {MEMBER}"


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
    tallest: int  # of the bars that have an end; the last may hold half the shop, and is cut off
    overlaps: tuple[Overlap, ...] = ()
    notes: tuple[str, ...] = ()


def tuner_html(view: TunerView, *, hover: bool = True) -> str:
    """Return the live view; its height only changes with the number of lines in English.

    Without `hover` bars say nothing of their own: where a page keeps the words of a picture and drops the picture, as some do that
    show notebooks, they would stand there in a heap.
    """
    share = f"{view.size / view.base_size:.1%} of {view.base_size:,} {escape(view.base)}" if view.base_size else ""
    sendable = "" if view.sendable is None else f" · <b>{view.sendable:,}</b> may be texted"
    noun = "member" if view.size == 1 else "members"
    parts = [
        '<div class="segkit-tuner" style="font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45">',
        f'<div><span style="font-size:2rem;font-weight:600" data-size="{view.size}">{view.size:,}</span> {noun} · {share}{sendable}</div>',
        f'<div style="opacity:.75">Against the start: {_change(view.entered, view.left)}</div>',
        f'<pre style="{_SENTENCE}">{escape(view.english)}</pre>',
    ]
    if view.distribution is not None:
        parts.append(_histogram(view.distribution, view.tallest, hover=hover))
    parts += [_overlap(overlap, view.size) for overlap in view.overlaps]
    parts += [f'<div style="opacity:.75">Note: {escape(note)}</div>' for note in view.notes]
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


def _change(entered: int, left: int) -> str:
    if not entered and not left:
        return "the same members"
    return f"{counted(entered, 'profile')} entered, {left:,} left"


def _histogram(distribution: Distribution, tallest: int, *, hover: bool) -> str:
    """Draw the quantity that the moved parameter is held against, with the threshold as a line."""
    table = distribution.table
    if table.empty:
        return f"<div>{escape(distribution.quantity)}: nobody has any</div>"
    begins, ends = table["from_value"], table["to_value"]
    is_open = ends == inf
    # The bar without an end is drawn as wide as the others.
    table = table.assign(to_value=ends.mask(is_open, begins + (ends - begins)[~is_open].min()).fillna(begins + 1))
    low, high = min(float(begins.min()), 0.0), float(table["to_value"].max())
    scale = (FLOOR - 14) / max(tallest, 1)
    high = high if is_open.any() else max(high, distribution.threshold)
    end = _open_end(table[is_open], scale) if is_open.any() else _rounded(high)
    per_unit = WIDTH / (high - low)
    bars = _bars(table, low, per_unit, scale, hover=hover)
    at = min(max((distribution.threshold - low) * per_unit, 0), WIDTH)
    inside = int(table.loc[table["is_in"], "profiles"].sum())
    without = f"; {distribution.without:,} have none" if distribution.without else ""
    anchor = "end" if at > WIDTH / 2 else "start"
    label = (
        f"{escape(distribution.quantity)}: {inside:,} of {int(table['profiles'].sum()):,} on the member side{without}"
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;max-width:{WIDTH}px" role="img" aria-label="{label}">'
        f"{bars}"
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="4" y2="{FLOOR}" stroke="#E69F00" stroke-width="2"/>'
        f'<text x="{at + (-5 if anchor == "end" else 5):.1f}" y="13" font-size="12" text-anchor="{anchor}" fill="currentColor">'
        f"{distribution.threshold:,g}</text>"
        f'<line x1="0" x2="{WIDTH}" y1="{FLOOR}" y2="{FLOOR}" stroke="currentColor" stroke-opacity=".4"/>'
        f'<text x="0" y="{FLOOR + 14}" font-size="11" fill="currentColor" fill-opacity=".75">{low:,g}</text>'
        f'<text x="{WIDTH}" y="{FLOOR + 14}" font-size="11" text-anchor="end" fill="currentColor" fill-opacity=".75">'
        f"{end}</text>"
        f'<text x="{WIDTH / 2}" y="{FLOOR + 28}" font-size="12" text-anchor="middle" fill="currentColor">{label}</text></svg>'
    )


def _open_end(bars: pd.DataFrame, scale: float) -> str:
    """Return what stands below the bar without an end: from where on it is, and how many it holds."""
    beyond = int(bars["profiles"].sum())
    is_cut = beyond * scale > FLOOR
    return f"{_rounded(bars['from_value'].iloc[0])} and more: {counted(beyond, 'profile')}{', bar cut off' if is_cut else ''}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,g}"


def _bars(table: pd.DataFrame, low: float, per_unit: float, scale: float, *, hover: bool) -> str:
    """Draw members below and the others above them, each bar as tall as its profiles and none taller than the picture."""
    whole = table.groupby("from_value")["profiles"].sum()
    tall = dict(zip(whole.index, (FLOOR / whole).clip(upper=scale), strict=True))
    stacked: dict[float, float] = {}
    bars = []
    ordered = table.sort_values("is_in", ascending=False)
    starts, ends = ordered["from_value"].to_numpy(dtype=float), ordered["to_value"].to_numpy(dtype=float)
    for start, end, profiles, is_in in zip(
        starts.tolist(), ends.tolist(), ordered["profiles"].to_list(), ordered["is_in"].to_list(), strict=True
    ):
        height = profiles * tall[start]
        above = stacked.get(start, 0.0)
        stacked[start] = above + height
        left, width = (start - low) * per_unit, max((end - start) * per_unit - 1, 1)
        colour = MEMBER if is_in else OTHER
        told = f"<title>{counted(profiles, 'profile')}, {start:g} to {end:g}</title>" if hover else ""
        bars.append(
            f'<rect x="{left:.1f}" y="{FLOOR - above - height:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}">'
            f"{told}</rect>"
        )
    return "".join(bars)


def _overlap(overlap: Overlap, size: int) -> str:
    share = overlap.members / size if size else 0.0
    return (
        '<div style="display:flex;gap:.6rem;align-items:center;margin-top:.2rem">'
        f'<span style="flex:0 0 14rem">also in {escape(overlap.name)}</span>'
        '<span aria-hidden="true" style="flex:0 0 10rem;background:rgba(128,128,128,.25);height:.6rem">'
        f'<span style="display:block;height:100%;width:{share:.1%};background:{MEMBER}"></span></span>'
        f"<span>{overlap.members:,} ({share:.1%} of members)</span></div>"
    )

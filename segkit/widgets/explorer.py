"""The overlap explorer: segments to tick, their exact intersections to pick, and who is in them; counting is `analysis.overlap`'s."""
# Over 250 lines, since the picture, which plotly has not either and a live view may not borrow, is put together here too.

import warnings
from collections.abc import Iterable, Sequence
from html import escape
from itertools import compress
from math import isnan
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
import pandas as pd

from segkit.algebra import simplify
from segkit.analysis.overlap import intersections, overlap
from segkit.audience import audience
from segkit.build import file_name
from segkit.conditions import AllOf
from segkit.data.dataset import Dataset
from segkit.data.instants import Flags
from segkit.errors import DefinitionError, SegkitWarning, counted
from segkit.explain import explain
from segkit.gate import Gate
from segkit.membership import distinct_segments, membership
from segkit.segment import Segment
from segkit.widgets.download import DownloadButton
from segkit.widgets.view import MEMBER, OTHER

PICKED = "#E69F00"
"""Okabe-Ito orange, for the intersection that is looked at."""

_LISTED = 200
"""So many intersections can be picked by hand; beyond that a list is no longer read, and names are quicker."""

_UNPICKED = ""
_FONT = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45"
_WIDTH, _SIZES_END, _MATRIX_START = 730, 108, 312
_BARS_TOP, _BARS_END, _ROW, _PITCH, _LEAST_PITCH, _LETTERS = 46, 158, 22, 34, 14, 25


class OverlapExplorer:
    """Tick segments, see their exact intersections and pairwise overlaps, pick one intersection and use it further.

    Membership and all intersections are worked out once; other ticks only add some of those together. An intersection keeps its
    names while all of them are ticked, and means: in these, and in no other ticked segment.

    Args:
        segments: each with a name of its own; all are chosen at first.
        dataset: the profiles and events.
        most: so many intersections get a bar of their own; the smallest others are folded into one, and counted.

    Raises:
        DefinitionError: something is no segment, two have one name, or `most` is less than 1.
        DataError: as `sk.membership`; what it warns of is a note in the view.

    >>> from segkit.phrases import has, is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["a", "b"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> explorer = OverlapExplorer([Segment("Aged", is_set("Age")), Segment("Adult", has("Age", at_least=18))], shop)
    >>> explorer.intersection = ["Aged"]
    >>> explorer
    OverlapExplorer: 2 of 2 segments chosen, 2 intersections; Aged, nothing else: 1 profile
    """

    def __init__(self, segments: Iterable[Segment], dataset: Dataset, *, most: int = 12) -> None:
        if most < 1:
            raise DefinitionError.bad_value("most", most, "1 or more")
        every = distinct_segments(segments)
        self._conditions = {segment.name: segment.condition for segment in every}
        self._dataset, self._most = dataset, most
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", SegkitWarning)
            who = membership(every, dataset)
        self._notes = tuple(dict.fromkeys(str(warning.message) for warning in caught))
        self._flags: dict[str, Flags] = {name: who[name].to_numpy() for name in self._conditions}
        self._pairs = overlap(who)
        # Columns are numbers here, since a segment may be named "size".
        self._every = intersections(who.set_axis(range(len(who.columns)), axis=1))
        self._gate = Gate(dataset) if dataset.has_property("sms_consent") else None
        self._intersection: tuple[str, ...] | None = None
        self._is_quiet = False
        self._ticks = {name: _tick(name) for name in self._conditions}
        self._picker = ipywidgets.Dropdown(
            description="Intersection",
            layout={"width": "100%", "max_width": "44rem"},
            style={"description_width": "6rem"},
        )
        self._options: list[tuple[str, Any]] = []
        self.view, self._english = ipywidgets.HTML(), ipywidgets.HTML()
        for tick in self._ticks.values():
            tick.observe(lambda _: self._recount(), names="value")
        self._picker.observe(lambda _: self._pick(), names="value")
        ticks = ipywidgets.Box(list(self._ticks.values()), layout={"flex_flow": "row wrap"})
        download = DownloadButton(self._file, description="Download to send")
        self.widget = ipywidgets.VBox([ticks, self.view, self._picker, self._english, download])
        self._recount()

    @property
    def chosen(self) -> list[str]:
        """The names of the segments that are looked at, in the order in which they were given; settable in any order."""
        return [name for name, tick in self._ticks.items() if tick.value]

    @chosen.setter
    def chosen(self, names: Iterable[str]) -> None:
        wanted = _known("chosen", names, self._conditions)
        self._is_quiet = True
        for name, tick in self._ticks.items():
            tick.value = name in wanted
        self._is_quiet = False
        self._recount()

    @property
    def intersection(self) -> tuple[str, ...] | None:
        """The names of the exact intersection that is looked at; () is who is in none of the chosen, None is none picked.

        Settable by names in any order, and to one that holds nobody.
        """
        return self._intersection

    @intersection.setter
    def intersection(self, names: Iterable[str] | None) -> None:
        self._intersection = None if names is None else _known("intersection", names, self.chosen)
        self._refresh()

    @property
    def members(self) -> pd.DataFrame:
        """The profiles in exactly the picked intersection, a column for each property. Holds people: take care where you show it.

        Raises:
            DefinitionError: none is picked.
        """
        return self._dataset.rows(np.flatnonzero(self._holds(self._picked)))

    @property
    def segment(self) -> Segment:
        """What says exactly the picked intersection: all of its segments and not the other chosen ones.

        Raises:
            DefinitionError: none is picked.
        """
        picked = self._picked
        parts = (self._conditions[name] if name in picked else ~self._conditions[name] for name in self.chosen)
        name = _words(picked) if picked else f"In none of {', '.join(self.chosen) or 'no segments'}"
        return Segment(name, simplify(AllOf(tuple(parts))))

    @property
    def table(self) -> pd.DataFrame:
        """How many profiles are in exactly each combination of the chosen segments, as `sk.intersections` returns it."""
        return self._table.copy()

    @property
    def pairs(self) -> pd.DataFrame:
        """How the chosen segments overlap two by two, as `sk.overlap` returns it."""
        is_chosen = self._pairs["segment"].isin(self.chosen) & self._pairs["other"].isin(self.chosen)
        return self._pairs[is_chosen].reset_index(drop=True)

    def __repr__(self) -> str:
        chosen = f"{len(self.chosen):,} of {counted(len(self._ticks), 'segment')} chosen"
        told = f"OverlapExplorer: {chosen}, {counted(len(self._sizes), 'intersection')}"
        return told if self._intersection is None else f"{told}; {self._option(self._intersection)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Show the live widget, and to a reader without a kernel the same as it stands."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        bundle["text/html"] = _static_html(self._position()) + self._english.value
        bundle["text/plain"] = repr(self)
        return bundle

    @property
    def _picked(self) -> tuple[str, ...]:
        if self._intersection is None:
            wanted = "picked first, as in explorer.intersection = explorer.chosen[:1]"
            raise DefinitionError.bad_value("The explorer's intersection", None, wanted)
        return self._intersection

    def _holds(self, picked: tuple[str, ...]) -> Flags:
        holds = np.ones(len(self._dataset), dtype=bool)
        for name in self.chosen:
            holds &= self._flags[name] if name in picked else ~self._flags[name]
        return holds

    def _recount(self) -> None:
        if self._is_quiet:
            return
        chosen = self.chosen
        self._table = _restricted(self._every, [list(self._ticks).index(name) for name in chosen]).set_axis(
            [*chosen, "degree", "size"], axis=1
        )
        bits = self._table.iloc[:, : len(chosen)].to_numpy(dtype=bool)
        sizes = self._table.iloc[:, -1].tolist()
        self._sizes = {tuple(compress(chosen, row)): size for row, size in zip(bits.tolist(), sizes, strict=True)}
        if self._intersection is not None and not set(self._intersection) <= set(chosen):
            self._intersection = None
        self._refresh()

    def _pick(self) -> None:
        if not self._is_quiet:
            self._intersection = None if self._picker.value == _UNPICKED else self._picker.value
            self._refresh()

    def _refresh(self) -> None:
        self._list()
        self.view.value = _explorer_html(self._position())
        english = "" if self._intersection is None else escape(explain(self.segment))
        style = f"{_FONT};white-space:pre-wrap;margin:.5rem 0;padding-left:.7rem;border-left:3px solid {PICKED}"
        self._english.value = f'<pre style="{style}">{english}</pre>' if english else ""

    def _list(self) -> None:
        names = list(self._sizes)[:_LISTED]
        if self._intersection is not None and self._intersection not in names:
            names.append(self._intersection)
        more = len(self._sizes) - _LISTED
        first = f"pick one of the {_LISTED:,} largest; {more:,} more by name" if more > 0 else "pick one"
        options = [(first, _UNPICKED), *((self._option(each), each) for each in names)]
        self._is_quiet = True
        with self._picker.hold_sync():
            if options != self._options:
                self._picker.options = self._options = options
            self._picker.value = _UNPICKED if self._intersection is None else self._intersection
        self._is_quiet = False

    def _option(self, names: tuple[str, ...]) -> str:
        return f"{_words(names)}: {counted(self._sizes.get(names, 0), 'profile')}"

    def _position(self) -> "_View":
        pairs, picked = self.pairs, self._intersection
        own = pairs[pairs["segment"] == pairs["other"]].sort_values("size", ascending=False, kind="stable")
        shares = zip(pairs["segment"], pairs["other"], pairs["containment"], strict=True)
        every = [_Bar(names, size) for names, size in self._sizes.items() if names]
        # A bar for one more takes no more room than the bar that says so.
        cut = len(every) if len(every) == self._most + 1 else self._most
        bars = every[:cut]
        if picked and picked not in [bar.names for bar in bars]:
            bars.append(_Bar(picked, self._sizes.get(picked, 0)))
        folded = [bar for bar in every[cut:] if bar.names != picked]
        return _View(
            names=tuple(own["segment"]),
            sizes=tuple(own["size"].tolist()),
            bars=tuple(bars),
            folded=len(folded),
            rest=sum(bar.size for bar in folded),
            none=self._sizes.get((), 0),
            profiles=len(self._dataset),
            picked=None if picked is None else _Bar(picked, self._sizes.get(picked, 0)),
            sendable=None if picked is None or self._gate is None else self._gate.sendable(self._holds(picked)),
            shares={(one, other): share for one, other, share in shares},
            notes=self._notes,
        )

    def _file(self) -> tuple[str, bytes]:
        segment = self.segment
        # An intersection of many segments has a name longer than a file's may be.
        return file_name(segment.name[:80]), audience(segment, dataset=self._dataset).to_bytes(layout="klaviyo")


class _Bar(NamedTuple):
    """Profiles in exactly these segments."""

    names: tuple[str, ...]
    size: int


class _View(NamedTuple):
    """Everything that an explorer shows of one position of its controls; names the largest segment first."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    bars: tuple[_Bar, ...]
    folded: int
    rest: int
    none: int
    profiles: int
    picked: _Bar | None
    sendable: int | None
    shares: dict[tuple[str, str], float]
    notes: tuple[str, ...]


def _known(what: str, names: Iterable[str], choices: Iterable[str]) -> tuple[str, ...]:
    """Return names in the order of the choices; one text is one name."""
    choices = list(choices)
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if name not in choices:
            raise DefinitionError.unknown_choice(what, name, choices)
    return tuple(name for name in choices if name in given)


def _restricted(every: pd.DataFrame, columns: list[int]) -> pd.DataFrame:
    """Return the intersections of some segments out of those of all, as `intersections` would: what differs in others is added up."""
    if not columns:
        return pd.DataFrame({"degree": [0], "size": [every["size"].sum()]})
    table = every.groupby(columns)["size"].sum().reset_index()
    table.insert(len(columns), "degree", table[columns].sum(axis=1))
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)


def _tick(name: str) -> Any:
    return ipywidgets.Checkbox(value=True, description=_flat(name), indent=False, layout={"width": "auto"})


def _flat(name: str) -> str:
    return " ".join(name.split())


def _words(names: Sequence[str]) -> str:
    return f"{' ∩ '.join(map(_flat, names))}, nothing else" if names else "in none of these"


def _explorer_html(view: _View, *, hover: bool = True) -> str:
    """Return picture, numbers and pairs as one piece; without `hover` bars say nothing of their own, as in a tuner's view."""
    if not view.names:
        parts = ["<div>No segment is chosen.</div>"]
    else:
        parts = [_picture(view, hover=hover), _caption(view), _pairwise(view)]
    notes = [f'<div style="opacity:.75">Note: {escape(note)}</div>' for note in view.notes]
    return "".join([f'<div class="segkit-explorer" style="{_FONT}">', *parts, *notes, "</div>"])


def _static_html(view: _View) -> str:
    """Return what a reader without a kernel sees: a plain table of the intersections, and the same view."""
    rest = [(counted(view.folded, "more intersection"), view.rest)] if view.folded else []
    told = [(" ∩ ".join(map(_flat, bar.names)), bar.size) for bar in view.bars] + rest + [("none of these", view.none)]
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(words)}</th><td>{size:,}</td></tr>'
        for words, size in told
    )
    head = (
        '<thead><tr><th scope="col" style="text-align:left">in exactly</th><th scope="col">profiles</th></tr></thead>'
    )
    return f"<table>{head}<tbody>{rows}</tbody></table>{_explorer_html(view, hover=False)}"


def _caption(view: _View) -> str:
    """Say what the picture does not draw, and how many of the picked intersection may be texted."""
    none = f"{view.none:,} of {counted(view.profiles, 'profile')} {'is' if view.none == 1 else 'are'} in none of these."
    if view.folded:
        none += f" The grey bar holds {counted(view.folded, 'more intersection')}: {counted(view.rest, 'profile')}."
    if view.picked is None:
        told = "No intersection is picked."
    else:
        told = f'<b data-size="{view.picked.size}">{escape(_words(view.picked.names))}: {counted(view.picked.size, "profile")}</b>'
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


def _picture(view: _View, *, hover: bool) -> str:
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
    largest = f"; the largest: {_words(view.bars[0].names)}, {view.bars[0].size:,}" if view.bars else ""
    label = f"Exact intersections of {counted(len(view.names), 'segment')}{largest}; {view.none:,} in none"
    return (
        f'<svg viewBox="0 0 {width:.0f} {height}" style="width:100%;max-width:{width:.0f}px;display:block" role="img" '
        f'aria-label="{escape(label)}" font-size="12" fill="currentColor">{_rows(view)}{"".join(columns)}{rest}</svg>'
    )


def _rows(view: _View) -> str:
    per_member = 38 / (max(view.sizes) or 1)
    rows = []
    for number, (name, size) in enumerate(zip(view.names, view.sizes, strict=True), start=1):
        middle = _BARS_END + 8 + _ROW * (number - 0.5)
        wide = size * per_member
        stripe = (
            f'<rect width="100%" y="{middle - _ROW / 2:.0f}" height="{_ROW}" fill-opacity=".06"/>' if number % 2 else ""
        )
        flat = _flat(name)
        shown = flat if len(flat) <= _LETTERS else f"{flat[: _LETTERS - 10]}…{flat[-9:]}"
        rows.append(
            f'{stripe}<rect class="size" x="{_SIZES_END - wide:.1f}" y="{middle - 6:.0f}" width="{wide:.1f}" height="12" fill="{OTHER}"/>'
            f'<text x="{_SIZES_END - wide - 4:.1f}" y="{middle + 4:.0f}" text-anchor="end">{size:,}</text>'
            f'<text x="{_SIZES_END + 8}" y="{middle + 4:.0f}">{number} {escape(shown)}</text>'
        )
    return "".join(rows)


def _column(view: _View, bar: _Bar, scale: _Scale, place: int, *, hover: bool) -> str:
    """Draw an intersection: its bar, and below it a dot for each segment, those that it is in full and joined."""
    at, colour = scale.first + place * scale.pitch, PICKED if bar == view.picked else MEMBER
    middles = [_BARS_END + 8 + _ROW * (row + 0.5) for row in range(len(view.names))]
    inside = [middle for name, middle in zip(view.names, middles, strict=True) if name in bar.names]
    dots = "".join(
        f'<circle cx="{at:.1f}" cy="{middle:.0f}" r="5" '
        + (f'fill="{colour}"/>' if middle in inside else 'fill-opacity=".15"/>')
        for middle in middles
    )
    told = f"<title>{escape(_words(bar.names))}: {counted(bar.size, 'profile')}</title>" if hover else ""
    line = f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{inside[0]:.0f}" y2="{inside[-1]:.0f}" stroke="{colour}" stroke-width="3"/>'
    return f'<g class="intersection">{told}{_bar(at, bar.size, scale, colour)}{line}{dots}</g>'


def _rest(view: _View, scale: _Scale, place: float, width: float) -> str:
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


def _pairwise(view: _View) -> str:
    """Write the share of each row's members that are in each column's segment; columns go by the numbers of the rows."""
    cell = "padding:.1rem .3rem;text-align:right;white-space:nowrap"
    numbers = "".join(f'<th scope="col" style="{cell}">{number}</th>' for number in range(1, len(view.names) + 1))
    rows = []
    for number, (name, size) in enumerate(zip(view.names, view.sizes, strict=True), start=1):
        shares = "".join(
            _share(view.shares[name, other], cell) if other != name else "<td></td>" for other in view.names
        )
        rows.append(
            f'<tr><th scope="row" style="{cell};text-align:left;font-weight:400">{number} {escape(_flat(name))}</th>'
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

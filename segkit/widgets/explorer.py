"""Explore how segments overlap in a notebook: tick segments, pick one of their exact intersections, and use its members.

`explorer_view.py` draws the view, and `analysis/overlap.py` counts.
"""

import warnings
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import compress
from typing import Any

import ipywidgets
import pandas as pd

from segkit.analysis.overlap import combinations, largest_first, overlap
from segkit.definition.algebra import simplify
from segkit.definition.conditions import AllOf, Condition
from segkit.definition.explain import explain
from segkit.definition.segment import Segment, distinct_segments
from segkit.drawing.frames import StyledFrame
from segkit.drawing.palette import ORANGE
from segkit.drawing.tables import Intersections
from segkit.engine.engines import Data, engine_of
from segkit.engine.membership import members
from segkit.engine.order import check_order
from segkit.errors import DefinitionError, SegkitWarning
from segkit.sending.audience import audience
from segkit.sending.eligibility import Eligibility
from segkit.sending.file_names import file_name
from segkit.widgets.closing import Closable, weakly
from segkit.widgets.download import DownloadButton
from segkit.widgets.explorer_view import ExplorerView, Picked, explorer_html, flat, static_html, words
from segkit.widgets.picture import PickView
from segkit.widgets.view import english_html
from segkit.wording import counted

_LISTED = 200
"""The largest number of intersections in the list to pick from. Others can be picked by name."""

_UNPICKED = ""


class OverlapExplorer(Closable):
    """Shows the exact intersections and pairwise overlaps of ticked segments, and lets you pick an intersection to work with.

    Membership and all intersections are computed once. Ticking other segments only adds up intersections that are already computed. An intersection has the
    profiles that are in all of its segments and in no other ticked segment. It stays picked while all its segments are ticked, and is
    picked again when they are ticked again. Profiles that were created after `as_of` are in no intersection, not even in the one without
    segments.

    Args:
        segments: segments with different names. All are ticked at first.
        dataset: the profiles and events.
        most: the largest number of intersections that get their own bar. Smaller intersections are combined into one bar.

    Raises:
        DefinitionError: an argument is not a segment, two segments have the same name, or `most` is less than 1.
        DataError: see `sk.membership`. Its warnings are notes in the view.

    >>> from segkit import Dataset, has, is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["a", "b"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> explorer = OverlapExplorer([Segment("Aged", is_set("Age")), Segment("Adult", has("Age", at_least=18))], shop)
    >>> explorer.intersection = ["Aged"]
    >>> explorer
    OverlapExplorer: 2 of 2 segments chosen, 2 intersections; Aged only: 1 profile
    """

    def __init__(self, segments: Iterable[Segment], dataset: Data, *, most: int = 12) -> None:
        check_order(segments, "OverlapExplorer(segments, shop)")
        if most < 1:
            raise DefinitionError.bad_value("most", most, "1 or more")
        every = distinct_segments(segments)
        self._conditions = {segment.name: segment.condition for segment in every}
        self._dataset, self._most = dataset, most
        self._engine, conditions = engine_of(dataset), list(self._conditions.values())
        with warnings.catch_warnings():
            # The view shows these warnings as notes.
            warnings.simplefilter("ignore", SegkitWarning)
            self._pairs = overlap(every, dataset)
        # Columns are numbers here, since a segment may be named "size".
        self._every = largest_first(range(len(every)), *combinations(conditions, self._engine))
        eligibility = Eligibility.usual(self._dataset)
        unchecked = [] if eligibility is None or eligibility.note is None else [eligibility.note]
        self._notes = tuple(dict.fromkeys([*self._engine.notes(conditions), *unchecked]))
        self._intersection: tuple[str, ...] | None = None
        self._last_picked: tuple[str, ...] | None = None
        self._is_quiet = False
        tick = partial(
            ipywidgets.Checkbox, value=True, indent=False, layout={"width": "auto", "margin": "2px 1rem 2px 2px"}
        )
        self._ticks = {name: tick(description=flat(name)) for name in self._conditions}
        self._picker = ipywidgets.Dropdown(
            description="Intersection",
            layout={"width": "100%", "max_width": "44rem"},
            style={"description_width": "6rem"},
        )
        self._options: list[tuple[str, Any]] = []
        self.view, self._english = PickView(weakly(self._press)), ipywidgets.HTML()
        for box in self._ticks.values():
            box.observe(weakly(self._recount), names="value")
        self._picker.observe(weakly(self._pick), names="value")
        ticks = ipywidgets.Box(list(self._ticks.values()), layout={"flex_flow": "row wrap"})
        download = DownloadButton(weakly(self._file), description="Download the send list")
        self._opens(ipywidgets.VBox([ticks, self._picker, self.view, self._english, download]))
        self._recount()

    @property
    def chosen(self) -> list[str]:
        """The names of the ticked segments, in the order in which the segments were given; can be set in any order."""
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
        """The names of the picked exact intersection. () means the profiles in none of the ticked segments, and None means that nothing is picked.

        It can be set to names in any order, even if no profiles are in that intersection.
        """
        return self._intersection

    @intersection.setter
    def intersection(self, names: Iterable[str] | None) -> None:
        self._intersection = self._last_picked = None if names is None else _known("intersection", names, self.chosen)
        self._refresh()

    @property
    def members(self) -> pd.DataFrame:
        """The profiles in the picked intersection, with a column for each property.

        Contains personal data: take care where you show it.

        Raises:
            DefinitionError: no intersection is picked.
        """
        with warnings.catch_warnings():
            # The view already shows these warnings.
            warnings.simplefilter("ignore", SegkitWarning)
            return members(self.segment, self._dataset)

    @property
    def segment(self) -> Segment:
        """The picked intersection as a segment: in all of its segments and in no other ticked one.

        Raises:
            DefinitionError: no intersection is picked.
        """
        picked = self._picked
        name = words(picked) if picked else f"In none of {', '.join(self.chosen) or 'no segments'}"
        return Segment(name, simplify(self._condition(picked)))

    @property
    def table(self) -> pd.DataFrame:
        """The number of profiles in each combination of ticked segments, as `sk.intersections` returns it."""
        return self._table.copy()

    @property
    def pairs(self) -> pd.DataFrame:
        """The overlap of each pair of ticked segments, as `sk.overlap` returns it."""
        is_chosen = self._pairs["segment"].isin(self.chosen) & self._pairs["other"].isin(self.chosen)
        return self._pairs[is_chosen].reset_index(drop=True)

    def __repr__(self) -> str:
        chosen = f"{len(self.chosen):,} of {counted(len(self._ticks), 'segment')} chosen"
        text = f"OverlapExplorer: {chosen}, {counted(len(self._sizes), 'intersection')}"
        return text if self._intersection is None else f"{text}; {self._option(self._intersection)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Return the live widget, and the same view as static HTML for readers without a kernel."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        bundle["text/html"] = static_html(self._view_now()) + self._english.value
        bundle["text/plain"] = repr(self)
        return bundle

    @property
    def _picked(self) -> tuple[str, ...]:
        if self._intersection is None:
            raise DefinitionError.nothing_picked()
        return self._intersection

    def _condition(self, picked: tuple[str, ...]) -> Condition:
        inside = [self._conditions[name] for name in self.chosen if name in picked]
        known = AllOf(tuple(inside)).conditions
        outside = (~_beyond(self._conditions[name], known) for name in self.chosen if name not in picked)
        return AllOf((*inside, *outside))

    def _recount(self, _change: Any = None) -> None:
        if self._is_quiet:
            return
        chosen = self.chosen
        self._table = _restricted(self._every, [list(self._ticks).index(name) for name in chosen]).set_axis(
            [*chosen, "degree", "size"], axis=1
        )
        bits = self._table.iloc[:, : len(chosen)].to_numpy(dtype=bool)
        sizes = self._table.iloc[:, -1].tolist()
        self._sizes = {tuple(compress(chosen, row)): size for row, size in zip(bits.tolist(), sizes, strict=True)}
        last = self._last_picked
        self._intersection = last if last is not None and set(last) <= set(chosen) else None
        self._refresh()

    def _pick(self, _change: Any = None) -> None:
        if not self._is_quiet:
            self.intersection = None if self._picker.value == _UNPICKED else self._picker.value

    def _press(self, rows: str) -> None:
        """Pick the combination whose bar was pressed; if it is picked already, pick none."""
        names = self._view_now().sets.names
        pressed = _known("intersection", [names[int(row)] for row in rows.split()], self.chosen)
        self.intersection = None if pressed == self._intersection else pressed

    def _refresh(self) -> None:
        self._list()
        self.view.value = explorer_html(self._view_now())
        self._english.value = "" if self._intersection is None else english_html(explain(self.segment), ORANGE)

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
        return f"{words(names)}: {counted(self._sizes.get(names, 0), 'profile')}"

    def _view_now(self) -> ExplorerView:
        sets = Intersections.of(self._table, most=self._most, picked=self._intersection)
        picked = sendable = None
        if self._intersection is not None:
            picked = Picked(self._intersection, self._sizes.get(self._intersection, 0))
            eligibility = Eligibility.usual(self._dataset)
            if eligibility is not None:
                sendable = eligibility.size(self._engine, self._condition(picked.names))
        pairs = self.pairs
        shares = dict(zip(zip(pairs["segment"], pairs["other"], strict=True), pairs["containment"], strict=True))
        return ExplorerView(sets, picked, sendable, shares, self._notes)

    def _file(self) -> tuple[str, bytes, str]:
        segment = self.segment
        with warnings.catch_warnings():
            # The view already shows these warnings.
            warnings.simplefilter("ignore", SegkitWarning)
            send = audience(segment, self._dataset)
        name = file_name(segment.name)
        return name, send.to_bytes(layout="klaviyo"), f"{name}: {counted(send.size, 'person', 'people')}."


def _known(what: str, names: Iterable[str], choices: Iterable[str]) -> tuple[str, ...]:
    """Check names and return them in the order of the choices. A single string counts as one name."""
    choices = list(choices)
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if name not in choices:
            raise DefinitionError.unknown_choice(what, name, choices)
    return tuple(name for name in choices if name in given)


def _beyond(condition: Condition, known: Sequence[Condition]) -> Condition:
    """Return the parts of a condition that are not already known to hold, so that shared conditions are described once."""
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    rest = tuple(part for part in parts if part not in known)
    return rest[0] if len(rest) == 1 else AllOf(rest)


def _restricted(every: pd.DataFrame, columns: list[int]) -> pd.DataFrame:
    """Return the table that `intersections` would give for some segments, by adding up rows of the table for all segments."""
    if not columns:
        return StyledFrame({"degree": [0], "size": [every["size"].sum()]})
    table = StyledFrame(every.groupby(columns)["size"].sum().reset_index())
    table.insert(len(columns), "degree", table[columns].sum(axis=1))
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)

"""Explain why a segment's size changed between two moments, in numbers that add up: the public function `changes`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from segkit.analysis.causes import why_flipped
from segkit.analysis.history import notes_of_cover, past_moments
from segkit.analysis.past import existing, notes_of_past
from segkit.analysis.truth import Flags, atoms_of, truth
from segkit.definition.conditions import AllOf, Atom, Condition
from segkit.definition.explain import describe
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.cards import card, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, At, Engine, Item, warn_about_answers, warn_of
from segkit.errors import DefinitionError

Shape: TypeAlias = Literal["segkit", "hightouch", "salesforce"]

SEVERAL: Final = "several conditions"
CREATED: Final = "the profile was created"


@dataclass(frozen=True, slots=True)
class Changes:
    """Who entered and left a segment between two moments, and why.

    Attributes:
        table: a row for each change and cause, most profiles first: `change` ("entered" or "left"), `condition` (the condition that
            caused it, in words), `cause` (why the condition flipped) and `profiles`.
        segment: the segment's name.
        start: the earlier moment, UTC.
        end: the later moment, UTC.
        before: the size at the earlier moment.
        after: the size at the later moment: `before + entered - left`.
        entered: the number of profiles that entered.
        left: the number of profiles that left.
        notes: sentences about facts that the data can't show for the past.
    """

    table: pd.DataFrame
    segment: str
    start: datetime
    end: datetime
    before: int
    after: int
    entered: int
    left: int
    notes: tuple[str, ...]
    _rows: tuple[tuple[str, str], ...] = field(repr=False, compare=False)
    _version: str = field(repr=False, compare=False)

    def __repr__(self) -> str:
        return f"Changes: {self._title()}"

    def _title(self) -> str:
        return f"{self.segment}: {self.before:,} + {self.entered:,} entered - {self.left:,} left = {self.after:,}"

    def _repr_html_(self) -> str:
        return card(
            self._title(),
            f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}",
            records(list(self.table.columns), self.table.to_numpy().tolist()),
            paragraphs(self.notes),
        )

    def rows(self, shape: Shape = "segkit") -> pd.DataFrame:
        """Return a row for each profile that entered or left, in a layout that dashboards on a data warehouse can read.

        Args:
            shape: "segkit" (`profile_id`, `segment`, `moment`, `change`); "hightouch" (audience snapshots: `ht_row_id`, `ht_audience_id`,
                `ht_timestamp`, `ht_event_type`); or "salesforce" (segment membership: `Id`, `Segment_Id`, `Delta_Type`, `Snapshot_Type`, `Timestamp`,
                `Version_Stamp`, which is the hash of the definition).

        Raises:
            DefinitionError: the shape is unknown.
        """
        ids, kinds = ([row[place] for row in self._rows] for place in (0, 1))
        match shape:
            case "segkit":
                return StyledFrame({"profile_id": ids, "segment": self.segment, "moment": self.end, "change": kinds})
            case "hightouch":
                events = ["enter" if kind == "entered" else "exit" for kind in kinds]
                return StyledFrame(
                    {
                        "ht_row_id": ids,
                        "ht_audience_id": self.segment,
                        "ht_timestamp": self.end,
                        "ht_event_type": events,
                    }
                )
            case "salesforce":
                deltas = ["Added" if kind == "entered" else "Removed" for kind in kinds]
                table = {
                    "Id": ids,
                    "Segment_Id": self.segment,
                    "Delta_Type": deltas,
                    "Snapshot_Type": "Delta",
                    "Timestamp": self.end,
                }
                return StyledFrame({**table, "Version_Stamp": self._version})
            case _:
                raise DefinitionError.unknown_choice("shape", shape, ("segkit", "hightouch", "salesforce"))


def changes(
    segment: Segment, dataset: Data, start: Any, end: Any = None, *, allow_todays: Collection[str] = ()
) -> Changes:
    """Return who entered and left a segment between two moments, and which condition caused it.

    A condition is the cause if its change alone, with everything else unchanged, moves the profile in or out. If no single change does
    this, or if several do, the cause is "several conditions". If a profile was created in between, that is the cause.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        start: the earlier moment, as a date (meaning the end of that day) or an instant.
        end: the later moment; None means `as_of`.
        allow_todays: computed properties that may be used although they also reflect later events. They never change between moments.

    Raises:
        DefinitionError: the argument is not a segment, or `start` is not before `end`.
        AnalysisError: the segment uses a computed property that is not in `allow_todays`.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, did
    >>> days = ["2026-06-01", "2026-06-20", "2026-05-01"]
    >>> orders = pd.DataFrame({"profile_id": ["a", "b", "b"], "metric": "Placed Order", "datetime": days})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> changes(Segment("Lately", did("Placed Order", in_last_days=14)), shop, "2026-06-10").table[["change", "cause"]].to_numpy().tolist()
    [['entered', 'an event happened'], ['left', 'time ran out']]
    """
    check_order(segment, "sk.changes(segment, shop, start, end)")
    one, engine = one_segment(segment), engine_of(dataset)
    first, last = (past_moments([moment], engine)[0] for moment in (start, engine.as_of if end is None else end))
    if first >= last:
        raise DefinitionError.bad_value("start", f"{first:%Y-%m-%d %H:%M}", f"before the end, {last:%Y-%m-%d %H:%M}")
    notes = notes_of_past([one.condition], engine, allow_todays=allow_todays)
    notes += notes_of_cover([one], [first, last], engine)
    warn_about_answers(engine, [one.condition])
    warn_of(notes)
    table, (before, after) = _table(engine, one.condition, first, last)
    sums = table.groupby("change")["profiles"].sum()
    return Changes(
        table=StyledFrame(table),
        segment=one.name,
        start=first,
        end=last,
        before=before,
        after=after,
        entered=int(sums.get("entered", 0)),
        left=int(sums.get("left", 0)),
        notes=tuple(notes),
        _rows=tuple(_rows(engine, one.condition, first, last)),
        _version=one.hash,
    )


def _table(
    engine: Engine, condition: Condition, first: datetime, last: datetime
) -> tuple[pd.DataFrame, tuple[int, int]]:
    """Return the causes with their number of profiles, and the sizes at both moments."""
    atoms, there = atoms_of([condition]), existing(engine)
    by: list[Item] = [At(atom, moment) for moment in (first, last) for atom in atoms]
    cube = engine.cube([*by, At(there, first), At(there, last)])
    counts, cells = cube[COUNT].to_numpy(), len(cube)
    flags = [cube[place].to_numpy(dtype=bool) for place in range(2 * len(atoms) + 2)]
    was, now = (dict(zip(atoms, flags[start : start + len(atoms)], strict=True)) for start in (0, len(atoms)))
    existed, exists = flags[-2:]
    before, after = truth(condition, was, cells) & existed, truth(condition, now, cells) & exists
    sole = [_turns(condition, was, now, atom, cells) for atom in atoms]
    several = np.sum(sole, axis=0) != 1 if sole else np.ones(cells, dtype=bool)
    rows: dict[tuple[str, str, str], int] = {}
    for cell in np.flatnonzero(before != after).tolist():
        change = "entered" if after[cell] else "left"
        if not existed[cell]:
            key = (change, "", CREATED)
        elif several[cell]:
            key = (change, SEVERAL, "no single condition explains it")
        else:
            atom = atoms[next(place for place, one in enumerate(sole) if one[cell])]
            key = (change, describe(atom), why_flipped(atom, became=bool(now[atom][cell])))
        rows[key] = rows.get(key, 0) + int(counts[cell])
    ordered = sorted(((*key, count) for key, count in rows.items()), key=lambda row: (row[0], -row[3]))
    table = pd.DataFrame(ordered, columns=["change", "condition", "cause", "profiles"])
    return table, (int(counts[before].sum()), int(counts[after].sum()))


def _turns(condition: Condition, was: Mapping[Any, Flags], now: Mapping[Any, Flags], atom: Atom, cells: int) -> Flags:
    """Return the cells in which the change of one atom alone moves profiles in or out."""
    turned = truth(condition, {**was, atom: now[atom]}, cells)
    return np.asarray((was[atom] != now[atom]) & (turned != truth(condition, was, cells)))


def _rows(engine: Engine, condition: Condition, first: datetime, last: datetime) -> list[tuple[str, str]]:
    """Return the id of each profile that entered or left, in order of the ids."""
    whole = AllOf((existing(engine), condition))
    was, now = (ids_of(engine.at(moment), whole) for moment in (first, last))
    return sorted([*((one, "entered") for one in now - was), *((one, "left") for one in was - now)])


def ids_of(engine: Engine, condition: Condition) -> set[str]:
    """Return the ids of the profiles that match a condition."""
    return {one for batch in engine.rows(condition, []) for one in batch.column("profile_id").to_pylist()}

"""Put each profile into one segment only, by priority and capacity: the public function `partition`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.analysis.changes import ids_of
from segkit.definition.conditions import AnyOf, Condition
from segkit.definition.segment import Segment, Segments, distinct_segments
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import EVERYBODY, warn_about_answers
from segkit.errors import DefinitionError
from segkit.wording import are, counted


@dataclass(frozen=True, slots=True)
class Partition:
    """An assignment of each profile to at most one segment.

    Attributes:
        table: a row for each segment in the order of priority: `segment`, `members`, `capacity`, `assigned`, `taken` (members whom an earlier
            segment took) and `over` (members for whom there was no room). `members = assigned + taken + over`.
        assigned: the segment of each profile that is in one, with `profile_id` as the index.
        left_over: members of some segment for whom no segment had room.
        outside: profiles that are in none of the segments.
        orders: a row for each compared order and segment: `order`, `segment`, `assigned` and `change` compared with the first order.
        segments: mutually exclusive definitions of the segments; empty if there are capacities, since no definition can express them.
    """

    table: pd.DataFrame
    assigned: pd.Series
    left_over: int
    outside: int
    orders: pd.DataFrame
    segments: tuple[Segment, ...]

    def __repr__(self) -> str:
        return f"Partition: {self._title()}"

    def _title(self) -> str:
        return (
            f"{counted(len(self.assigned), 'profile')} in {counted(len(self.table), 'segment')}, each in one; {self.left_over:,} without room, "
            f"{self.outside:,} in none"
        )

    def _repr_html_(self) -> str:
        every = len(self.assigned) + self.left_over + self.outside
        proof = f"{len(self.assigned):,} + {self.left_over:,} + {self.outside:,} = {every:,}: {counted(every, 'profile')} {are(every)} counted once each."
        rows = self.table.astype(object).where(self.table.notna(), "").values.tolist()
        orders = folded("Other orders", records(list(self.orders.columns), self.orders.to_numpy().tolist()))
        return card(self._title(), proof, records(list(self.table.columns), rows), orders, paragraphs([]))


def partition(
    segments: Segments,
    dataset: Data,
    *,
    capacity: Mapping[str, int] | None = None,
    compare: Sequence[Sequence[str]] = (),
    key: str = "",
) -> Partition:
    """Put each profile into the first of its segments that has room, so that nobody is in two.

    Args:
        segments: the segments in the order of priority, with different names.
        dataset: the profiles and events.
        capacity: the most profiles that a segment can take, by its name; segments without one take everybody. A hash of the key and the id (SHA-256)
            decides who gets the places, so the same key gives the same result; everyone else falls through to the next segment.
        compare: other orders of priority, each a list of all names, to see who gains and who loses.
        key: the key of the hash.

    Raises:
        DefinitionError: an argument is not a segment, two have the same name, a capacity names no segment or is not a
            whole number, or an order does not list every name once.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, is_set
    >>> people = {"profile_id": ["a", "b", "c", "d"], "city": ["x", "x", "x", None], "zip": ["1", None, None, "2"]}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> partition([Segment("Zip", is_set("zip")), Segment("City", is_set("city"))], shop, capacity={"City": 1})
    Partition: 3 profiles in 2 segments, each in one; 1 without room, 0 in none
    """
    check_order(segments, "sk.partition(segments, shop)")
    every, engine = distinct_segments(segments), engine_of(dataset)
    names = [one.name for one in every]
    room = _checked(capacity or {}, names)
    for order in compare:
        if sorted(order) != sorted(names):
            raise DefinitionError.bad_value("An order of compare", list(order), f"a list of all names once: {names}")
    conditions = [one.condition for one in every]
    whole, every_profile = engine.counts([AnyOf(tuple(conditions)), EVERYBODY])
    warn_about_answers(engine, conditions)
    members = {one.name: ids_of(engine, one.condition) for one in every}
    assigned = _assign(names, members, room, key)
    rows = []
    for place, name in enumerate(names):
        earlier = set().union(*(assigned[one] for one in names[:place]))
        taken = len(members[name] & earlier)
        own = len(assigned[name])
        rows.append((name, len(members[name]), room.get(name), own, taken, len(members[name]) - taken - own))
    found = {one: name for name, some in assigned.items() for one in sorted(some)}
    return Partition(
        table=StyledFrame(rows, columns=["segment", "members", "capacity", "assigned", "taken", "over"]).astype(
            {"capacity": "Int64"}
        ),
        assigned=pd.Series(found, name="segment", dtype=object).rename_axis("profile_id"),
        left_over=whole - len(found),
        outside=every_profile - whole,
        orders=_orders([names, *map(list, compare)], members, room, key),
        segments=() if room else _exclusive(every),
    )


def _checked(capacity: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    for name, count in capacity.items():
        if name not in names:
            raise DefinitionError.unknown_choice("A segment of capacity", name, names)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise DefinitionError.bad_value(f"capacity of {name}", count, "a whole number, 0 or more")
    return dict(capacity)


def _assign(
    order: Sequence[str], members: Mapping[str, set[str]], room: Mapping[str, int], key: str
) -> dict[str, set[str]]:
    """Return who is assigned to each segment."""
    used: set[str] = set()
    assigned = {}
    for name in order:
        free = members[name] - used
        if name in room and len(free) > room[name]:
            ranked = sorted(free, key=lambda one: hashlib.sha256(f"{key}\0{one}".encode()).digest())
            free = set(ranked[: room[name]])
        assigned[name] = free
        used |= free
    return assigned


def _orders(
    orders: Sequence[Sequence[str]], members: Mapping[str, set[str]], room: Mapping[str, int], key: str
) -> pd.DataFrame:
    first = {name: len(some) for name, some in _assign(orders[0], members, room, key).items()}
    rows: list[tuple[Any, ...]] = []
    for order in orders:
        assigned = _assign(order, members, room, key)
        rows += [(" > ".join(order), name, len(assigned[name]), len(assigned[name]) - first[name]) for name in order]
    return StyledFrame(rows, columns=["order", "segment", "assigned", "change"])


def _exclusive(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments, each with a condition that excludes all earlier ones."""
    found: list[Segment] = []
    before: list[Condition] = []
    for one in segments:
        condition = one.condition & ~AnyOf(tuple(before)) if before else one.condition
        found.append(Segment(one.name, condition, one.description))
        before.append(one.condition)
    return tuple(found)

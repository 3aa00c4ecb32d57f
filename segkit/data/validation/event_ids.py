"""Find duplicate events by their ids, so that each event counts once. Without a column of ids, every row counts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from segkit.data.events import EventIndex, MetricEvents
from segkit.data.properties import UNSET, Cells, PropertyColumn
from segkit.data.validation.columns import Place, Unreadable
from segkit.data.validation.doubled import Doubled, Numbers, Rows, compared, doubled, versions_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.losses import LARGE
from segkit.data.validation.same_ids import same_ids
from segkit.vocabulary import EVENT_COLUMNS

_IDS = ("eventid", "eventuuid", "uuid")
_MAY_BE_IDS = ("id",)
"""A column of this name may contain order ids instead, so it is only used if no two different events share an id."""
_MANY = 100
"""The smallest number of identical events that is noted."""


def id_column(headers: Sequence[str]) -> str | None:
    """Return the header of the column of event ids. This is never "$event_id", since shops choose its values.

    >>> id_column(["profile_id", "Event ID", "uuid"]), id_column(["profile_id", "$event_id"])
    ('Event ID', None)
    """
    folded = {re.sub(r"[\s_-]", "", header).casefold(): header for header in reversed(headers)}
    return next((folded[name] for name in (*_IDS, *_MAY_BE_IDS) if name in folded), None)


def doubled_events(
    events: Mapping[str, Cells],
    said: tuple[Numbers, Numbers, Numbers],
    names: Sequence[str],
    unreadable: Unreadable,
    issues: Issues,
) -> Rows:
    """Return the rows to leave out because another row with the same event id counts, and note them.

    Args:
        events: the table, with canonical column names.
        said: for each row, the index of its profile, the index of its metric, and its time.
        names: the name of each metric index. Names may repeat.
        unreadable: "leave out" counts the last of several different events with the same id, instead of refusing them.
        issues: where duplicates are noted, and different events with the same id are refused.
    """
    header = id_column(list(events))
    nothing = np.zeros(0, dtype=np.int64)
    if header is None:
        return nothing
    rows, ids = same_ids(events[header].loaded())
    if not len(rows):
        return nothing
    profiles, metrics, times = (column[rows] for column in said)
    same_metric = np.array([*map(list(dict.fromkeys(names)).index, names), UNSET])[metrics]
    deciding = [profiles, same_metric, times, *_amounts(events, rows)]
    others = compared(events, rows, but=(header, *EVENT_COLUMNS))
    found = doubled(rows, ids, versions=versions_of(events, rows), deciding=deciding, others=others)
    place = Place("events", header, issues, unreadable)
    if len(found.conflicts) and header.casefold() in _MAY_BE_IDS:
        place.note("ids that several events share", len(found.conflicts), resolution="each row counts as an event")
        return nothing
    _note(found, header, events[header], place)
    return found.left_out


def note_alike(index: EventIndex, issues: Issues) -> None:
    """Note identical events without ids if there are many, since a file may have been appended twice.

    A few are not noted, since a person can click twice within a second. Only events that are neighbours in time are compared, so
    some of the events that have dates without times are missed.
    """
    alike = sum(_alike(events) for events in index.metrics.values())
    if alike >= _MANY and alike > LARGE * len(index):
        issues.note(
            "events",
            "rows",
            "same profile, metric, time and amount as another event",
            alike,
            resolution="all counted, because there is no column of event ids. With a column event_id, each event counts once",
        )


def _alike(events: MetricEvents) -> int:
    # Few events share an instant, so compare the other columns only for these.
    rows = np.flatnonzero(events.times[1:] == events.times[:-1])
    columns: list[Numbers] = [events.profiles] if events.units is None else [events.profiles, events.units]
    for column in columns:
        rows = rows[column[rows + 1] == column[rows]]
    return len(rows)


def _note(found: Doubled, header: str, cells: Cells, place: Place) -> None:
    def examples(rows: Rows) -> list[Any]:
        values = cells.take(rows[:3]).values
        return values if isinstance(values, list) else values.to_pylist()

    for issue, rows, resolution in (
        ("the same event twice", found.copies, "counted once"),
        ("the same event in two versions", found.older, "only the newest version counted"),
        (
            "the same event twice, with different properties",
            found.variants,
            "counted once, with the values of the later row",
        ),
    ):
        place.note(issue, len(rows), examples=examples(rows), resolution=resolution)
    place.refuse(
        "different events with the same id",
        len(found.conflicts),
        examples=examples(found.conflicts),
        next_step=(
            f"Keep one row for each event. If {header} does not contain event ids, rename it: "
            f"columns={ {header: 'order_id'} }"
        ),
    )


def _amounts(events: Mapping[str, Cells], rows: Rows) -> Iterator[Numbers]:
    """Yield the column of amounts as codes, if there is one. The same number has the same code, however it is written."""
    if "value" in events:
        column = PropertyColumn(Cells(events["value"].take(rows).values))
        numbers = column.numbers
        same = np.unique(np.where(numbers.readable, numbers.values, np.nan), return_inverse=True)[1].ravel()
        # A value that is not a number gets a code of its own.
        apart = np.where(numbers.readable, same, len(same) + np.arange(len(same)))
        yield np.append(apart, UNSET)[column.codes]

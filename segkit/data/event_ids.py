"""Events that came more than once, known by their id, count once. Without a column of ids every row is an event of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.blocks import SIZE
from segkit.data.columns import Place, Unreadable
from segkit.data.doubled import Doubled, Numbers, Rows, compared, doubled, versions_of
from segkit.data.events import EventIndex, MetricEvents
from segkit.data.faults import Faults
from segkit.data.losses import LARGE
from segkit.data.properties import UNSET, Cells, PropertyColumn
from segkit.data.schema import EVENT_COLUMNS

Hashes = npt.NDArray[np.uint64]

_IDS = ("eventid", "eventuuid", "uuid")
_MAY_BE_IDS = ("id",)
"""A column of this name may as well hold the ids of orders, so it is believed only if no two events contradict it."""
_MANY = 100
"""How many events must be alike to be mentioned."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_WORD = 8


def id_column(headers: Sequence[str]) -> str | None:
    """Return the header under which events have ids of their own; "$event_id" is a property that shops choose.

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
    faults: Faults,
) -> Rows:
    """Return the rows of events that came before or after under the same id, each but the one that counts, and report them.

    Args:
        events: the table, under canonical names.
        said: of each row, as numbers, whose event it is, its metric and its time.
        names: what the numbers of metrics stand for; several may stand for one.
        unreadable: "leave out" lets the last of several events of one id count, where they differ.
        faults: where copies and versions are noted, and events that differ under one id are refused.
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
    place = Place("events", header, faults, unreadable)
    if len(found.conflicts) and header.casefold() in _MAY_BE_IDS:
        place.note("ids that several events have", len(found.conflicts), done="each row counts as an event of its own")
        return nothing
    _note(found, header, events[header], place)
    return found.left_out


def note_alike(index: EventIndex, faults: Faults) -> None:
    """Note events that nothing tells apart, if they are many: two clicks in a second are two, and a file joined twice is not seen.

    Looks at neighbours only, so of events that carry dates without times it sees but a part.
    """
    alike = sum(_alike(events) for events in index.metrics.values())
    if alike >= _MANY and alike > LARGE * len(index):
        faults.note(
            "events",
            "rows",
            "like another in profile, metric, time and amount",
            alike,
            done="each counted, since no column of event ids says which are one; with ids under event_id each counts once",
        )


def _alike(events: MetricEvents) -> int:
    same = (events.times[1:] == events.times[:-1]) & (events.profiles[1:] == events.profiles[:-1])
    if events.units is not None:
        same &= events.units[1:] == events.units[:-1]
    return int(np.count_nonzero(same))


def _note(found: Doubled, header: str, cells: Cells, place: Place) -> None:
    def examples(rows: Rows) -> list[Any]:
        values = cells.take(rows[:3]).values
        return values if isinstance(values, list) else values.to_pylist()

    for fault, rows, done in (
        ("the same event twice", found.copies, "counted once"),
        ("the same event in two versions", found.older, "the newest counts"),
        ("the same event twice, with other properties", found.variants, "counted once, as the later row has it"),
    ):
        place.note(fault, len(rows), examples=examples(rows), done=done)
    place.refuse(
        "different events under one id",
        len(found.conflicts),
        examples=examples(found.conflicts),
        next_step=(
            f"Keep one row for each event; or, if {header} is not an event's own id, say what it is: "
            f"columns={ {header: 'order_id'} }"
        ),
    )


def _amounts(events: Mapping[str, Cells], rows: Rows) -> Iterator[Numbers]:
    """Return the amounts of some rows, as numbers where they are written in several ways."""
    if "value" in events:
        column = PropertyColumn(Cells(events["value"].take(rows).values))
        numbers = column.numbers
        same = np.unique(np.where(numbers.readable, numbers.values, np.nan), return_inverse=True)[1].ravel()
        # What is no number is told apart by its own code.
        apart = np.where(numbers.readable, same, len(same) + np.arange(len(same)))
        yield np.append(apart, UNSET)[column.codes]


def same_ids(cells: Cells) -> tuple[Rows, Numbers]:
    """Return the rows whose id another row has, too, and a number for each of these ids; unset and empty ids are none.

    Sorting a hash of eight bytes an id takes a quarter of the room of a table of all ids. The few whose hashes are alike are then
    compared themselves.

    >>> rows, ids = same_ids(Cells(pa.chunked_array([["E1", "E2", None, "E1", None]])))
    >>> rows.tolist(), ids.tolist()
    ([0, 3], [0, 0])
    """
    if not cells.is_text:
        codes = PropertyColumn(cells).codes
        return _shared(np.arange(len(codes)), codes)
    texts = cells.values
    hashes = np.concatenate([*_hashes(texts), np.zeros(0, dtype=np.uint64)])
    hashes.sort()
    repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    del hashes
    repeated = repeated[repeated != 0]
    if not len(repeated):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found, start = [], 0
    for some in _hashes(texts):
        place = np.minimum(np.searchsorted(repeated, some), len(repeated) - 1)
        found.append(start + np.flatnonzero(repeated[place] == some))
        start += len(some)
    rows = np.concatenate(found)
    return _shared(rows, PropertyColumn(cells.take(rows)).codes)


def _shared(rows: Rows, codes: Numbers) -> tuple[Rows, Numbers]:
    """Return those rows whose code occurs more than once, and their codes."""
    counts = np.append(np.bincount(codes[codes >= 0], minlength=1), 0)
    several = counts[codes] > 1
    return rows[several], codes[several]


def _hashes(texts: Any) -> Iterator[Hashes]:
    """Return a hash of each text, a block of rows at a time; 0 for those that are unset or empty."""
    for chunk in texts.chunks:
        for start in range(0, len(chunk), SIZE):
            yield _hashed(chunk.slice(start, SIZE))


def _hashed(texts: pa.StringArray) -> Hashes:
    """Mix the bytes of each text, eight at a time, into one number."""
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begin = (offsets[:-1] - offsets[0]).astype(np.int64)
    length = np.diff(offsets).astype(np.int64)
    # Padded, so that the last text may be read by whole words, too.
    whole = np.zeros(int(offsets[-1] - offsets[0]) + _WORD, dtype=np.uint8)
    if content is not None:
        whole[:-_WORD] = np.frombuffer(content, dtype=np.uint8)[offsets[0] : offsets[-1]]
    size = int(length.max(initial=0))
    found = length.astype(np.uint64) * _ODD
    if size and length.min() == size:
        # Ids are mostly of one length: as a table of words they are read in order, in half the time.
        table = np.zeros((len(length), -(-size // _WORD) * _WORD), dtype=np.uint8)
        table[:, :size] = whole[:-_WORD].reshape(-1, size)
        for number, word in enumerate(table.view("<u8").T):
            found = _mixed(found, word << _spare_bits(size - number * _WORD))
    else:
        words: Hashes = np.ndarray((len(whole) - _WORD + 1,), dtype="<u8", buffer=whole.data, strides=(1,))
        for done in range(0, size, _WORD):
            some = np.flatnonzero(length > done)
            word = words[begin[some] + done] << _spare_bits(length[some] - done)
            found[some] = _mixed(found[some], word)
    is_text = pc.fill_null(pc.not_equal(texts, ""), fill_value=False).to_numpy(zero_copy_only=False)
    return np.where(is_text, np.maximum(found, np.uint64(1)), np.uint64(0))


def _spare_bits(rest: Any) -> Any:
    """Return how many bits of a word of eight bytes are not those of a text of which `rest` bytes are left."""
    return (_WORD * np.clip(_WORD - np.asarray(rest), 0, _WORD - 1)).astype(np.uint64)


def _mixed(hashes: Hashes, words: Hashes) -> Hashes:
    mixed = (hashes ^ words) * _ODD
    return np.asarray(mixed ^ (mixed >> np.uint64(29)))

"""Implement the engine protocol for a Dataset in memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segkit.data.coded import CodedCells
from segkit.data.instants import Flags
from segkit.data.properties import JSON_CELLS, Cells
from segkit.definition.conditions import AllOf, Condition
from segkit.definition.measures import EventCount, EventDays, EventSum
from segkit.engine.memory.bins import digit_of
from segkit.engine.memory.cells import Digit, add_up_cells, count_cells
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.memory.packed_flags import Counter, packed
from segkit.engine.protocol import (
    COUNT,
    EVERYBODY,
    At,
    Cut,
    HashGroup,
    Item,
    Names,
    Picked,
    Some,
    Squared,
    Summed,
    sum_column,
)
from segkit.errors import DataError
from segkit.vocabulary import canonical_name

BATCH = 65_536
"""Number of rows per batch, which limits the memory that `rows` needs."""


@dataclass(frozen=True)
class MemoryEngine:
    """The engine for a Dataset in memory.

    The Dataset caches answers to conditions and amounts of measures. Cells and counts are fast to compute, so they are not cached.

    Attributes:
        dataset: the profiles and events.
    """

    dataset: Dataset
    _evaluation: Evaluation = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_evaluation", Evaluation(self.dataset))

    @property
    def as_of(self) -> datetime:
        """The moment for which questions are answered, in UTC."""
        return self.dataset.as_of

    def __len__(self) -> int:
        return len(self.dataset)

    def at(self, as_of: datetime) -> "MemoryEngine":
        """Return an engine for the same data with another `as_of`. Nothing is copied."""
        return MemoryEngine(self.dataset.with_as_of(as_of))

    def names(self) -> Names:
        """Return the names that conditions can use."""
        dataset = self.dataset
        return Names(
            metrics=tuple(dataset.metric_names),
            properties=tuple(dataset.property_names),
            lists=tuple(dataset.lists),
            event_properties=tuple(dataset.events.properties),
        )

    def notes(self, conditions: Iterable[Condition]) -> list[str]:
        """Return what an analyst should know about the answers, without repetitions."""
        return list(dict.fromkeys(note for condition in conditions for note in self._evaluation.notes(condition)))

    def counts(self, conditions: Sequence[Condition], *, among: Some = EVERYBODY) -> list[int]:
        """Return how many profiles match each condition, among all profiles or only some of them: see `Engine.counts`."""
        evaluation = self._evaluation
        parts = [_parts(condition) for condition in conditions]
        distinct = set[Condition]().union(*parts)
        inside = None if among == EVERYBODY else self._matching(among)
        if len(distinct) >= len(conditions):
            every = map(evaluation.answer, conditions)
            return [int(np.count_nonzero(holds if inside is None else holds & inside)) for holds in every]
        # If segments are compared in pairs, there are fewer parts than conditions, and combining packed bits is faster than flags.
        words = {condition: packed(evaluation.answer(condition)) for condition in distinct}
        also = [] if inside is None else [packed(inside)]
        counter = Counter(len(next(iter(words.values()))))
        return [counter.count(*(words[part] for part in some), *also) for some in parts]

    def cube(self, by: Sequence[Item], *, among: Some = EVERYBODY, sums: Sequence[Summed] = ()) -> pd.DataFrame:
        """Group profiles by several items, count each group, and add up outcomes: see `Engine.cube`."""
        inside = self._matching(among)
        some = None if inside.all() else inside
        asked = [self._digit(item) for item in by]
        moving = [digit for digit in asked if isinstance(digit, Digit)]
        if sums:
            amounts = [self._amounts(item) for item in sums]
            found, counts, added = add_up_cells(moving, len(self), some, [units for units, _ in amounts])
        else:
            amounts, added = [], []
            found, counts = count_cells(moving, len(self), some)
        columns = iter(found)
        table: dict[Any, Any] = {}
        for place, digit in enumerate(asked):
            table[place] = next(columns) if isinstance(digit, Digit) else np.full(len(counts), digit)
        table[COUNT] = counts
        for place, ((_, scale), total) in enumerate(zip(amounts, added, strict=True)):
            table[sum_column(place)] = total / 10**scale
        return pd.DataFrame(table)

    def rows(self, among: Some, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the profiles that match a condition, a batch at a time: see `Engine.rows`."""
        return batches_of(self.dataset, lambda: np.flatnonzero(self._matching(among)), columns)

    def _matching(self, among: Some) -> Flags:
        return among.values if isinstance(among, Picked) else self._evaluation.answer(among)

    def _digit(self, item: Item) -> Digit | bool:
        """Return an item's values as digits, or only True or False if a condition matches every profile or none."""
        match item:
            case At(inner, moment):
                if isinstance(inner, (EventCount, EventSum, EventDays, Squared)):
                    raise TypeError(item)
                return self.at(moment)._digit(inner)  # noqa: SLF001  # its own
            case Cut():
                return digit_of(item, self._evaluation)
            case HashGroup():
                groups = self._hash_groups(item)
                return Digit(lambda block: groups[block], item.groups)
            case Picked(values) if values.dtype != np.bool_:
                return Digit(lambda block: values[block], int(values.max(initial=0)) + 1)
            case _:
                flags = self._matching(item)
                if not flags.any():
                    return False
                return True if flags.all() else Digit.of_flags(flags)

    def _amounts(self, item: Summed) -> tuple[npt.NDArray[Any], int]:
        """Return what each profile adds to a sum, in integer units, and the number of decimals of the units."""
        match item:
            case At(inner, moment):
                if isinstance(inner, Cut):
                    raise TypeError(item)
                return self.at(moment)._amounts(inner)  # noqa: SLF001  # its own
            case Squared(measure):
                units, scale = self._amounts(measure)
                # Doubles, since squares of large amounts are beyond 64 bits.
                return np.square(units.astype(np.float64)), 2 * scale
            case EventCount() | EventSum() | EventDays():
                units, scale = self._evaluation.measured(item)
                absent = self.dataset.not_there_yet
                return (units if absent is None else units * ~absent), scale
            case _:
                return self._evaluation.answer(item), 0

    def _hash_groups(self, item: HashGroup) -> npt.NDArray[np.int32]:
        """Return the group of each profile (see `HashGroup`)."""

        def groups() -> npt.NDArray[np.int32]:
            key = item.key.encode()
            texts = self.dataset.id_texts.cast(pa.binary()).to_pylist()
            digests = b"".join([md5(key + text, usedforsecurity=False).digest()[:4] for text in texts])
            return (np.frombuffer(digests, dtype=">u4") % item.groups).astype(np.int32)

        return self.dataset.cache.keep(("hash groups", item), groups)


def batches_of(
    dataset: Dataset, find: Callable[[], npt.NDArray[np.int64]], columns: Sequence[str] | None
) -> Iterator[pa.RecordBatch]:
    """Return an iterator over some profiles with some of their properties, a batch at a time: see `Engine.rows`.

    Args:
        dataset: the profiles.
        find: finds the rows of the profiles, in ascending order. It is called after the columns are known to exist.
        columns: the properties; None means all.

    Raises:
        DataError: the profiles have no such property.
    """
    names = dataset.property_names if columns is None else list(columns)
    cells = {"profile_id": dataset.ids}
    for name in names:
        held = dataset.handed_out(_known(name, dataset))
        cells[name] = held if isinstance(held, CodedCells) else held.loaded()
    found = find()
    return (_batch(found[first : first + BATCH], cells) for first in range(0, max(len(found), 1), BATCH))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts of an "all of". A condition of any other kind is returned as the only part."""
    return (condition.conditions if isinstance(condition, AllOf) else ()) or (condition,)


def _known(name: str, dataset: Dataset) -> str:
    if not dataset.has_property(name):
        raise DataError.unknown_property(name, dataset.property_names)
    return name if name in dataset.property_names else canonical_name("profiles", name)


def _batch(rows: npt.NDArray[np.int64], columns: dict[str, Cells]) -> pa.RecordBatch:
    """Return some profiles, which must be in ascending order, with given columns."""
    fields, arrays = [], []
    for name, cells in columns.items():
        arrays.append(_cells_at(cells, rows))
        is_mixed = isinstance(cells.values, list) if not isinstance(cells, CodedCells) else False
        fields.append(pa.field(name, arrays[-1].type, metadata=JSON_CELLS if is_mixed else None))
    return pa.record_batch(arrays, schema=pa.schema(fields))


def _cells_at(cells: Cells, rows: npt.NDArray[np.int64]) -> pa.Array:
    """Return the cells of some rows as one array. Codes stay codes, and values of several kinds become JSON.

    The column is sliced first, because `take` on a whole column may combine its chunks every time. For consecutive rows, the slice is
    the result.
    """
    if isinstance(cells, CodedCells):
        codes = cells.coded()
        return codes.take(pa.array(rows))
    if isinstance(cells.values, list):
        some = (cells.values[row] for row in rows)
        return pa.array([None if cell is None else json.dumps(cell, default=str) for cell in some], pa.string())
    if not len(rows):
        return _array(cells.values.slice(0, 0))
    near = cells.values.slice(rows[0], rows[-1] - rows[0] + 1)
    return _array(near if len(near) == len(rows) else near.take(pa.array(rows - rows[0])))


def _array(cells: pa.ChunkedArray) -> pa.Array:
    whole = cells.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)

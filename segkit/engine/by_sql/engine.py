"""Implement the engine protocol for a connected shop, using one statement for each question, which DuckDB or Spark runs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from sqlglot import exp

from segkit.data.instants import Flags
from segkit.definition.conditions import Condition
from segkit.definition.measures import FirstDay, LastDay
from segkit.engine.by_sql.bins import refunds_of
from segkit.engine.by_sql.statements import Brought, counts_of, cube_of, decimals_of, flags_of, members_of
from segkit.engine.connected import ConnectedShop
from segkit.engine.memory.engine import MemoryEngine, batches_of
from segkit.engine.protocol import (
    COUNT,
    EVERYBODY,
    At,
    Cut,
    HashGroup,
    Item,
    Names,
    NotOneDayError,
    Picked,
    Some,
    Summed,
    sum_column,
)
from segkit.sql.question import Question
from segkit.sql.shop import PROFILES
from segkit.sql.words import column


class _Asked(Question):
    """A question about a connected shop, with the tables that the engine adds."""

    def __init__(self, shop: ConnectedShop) -> None:
        self.files = shop.session.tables(shop.described)
        super().__init__(shop.described, self.files)
        self._session = shop.session
        self.tables_brought: dict[str, pa.Table] = {}

    def bring(self, picked: Picked) -> Brought:
        """Return a table with a value for each profile."""
        name = self._session.name()
        profiles = np.arange(len(picked.values), dtype=np.int32)
        self.tables_brought[name] = pa.table({"profile": profiles, "value": picked.values})
        return Brought(name, is_flag=picked.values.dtype == np.bool_)

    def answer(self, query: exp.Select) -> pa.Table:
        """Run a statement."""
        return self._session.table(query, self.files.used, self.tables_brought)


@dataclass(frozen=True)
class SqlEngine:
    """The engine for a connected shop.

    The engine in memory writes the notes, and loads only the distinct values of properties to do so.

    Attributes:
        shop: the connected shop.
    """

    shop: ConnectedShop

    @property
    def as_of(self) -> datetime:
        """The moment for which questions are answered, in UTC."""
        return self.shop.as_of

    def __len__(self) -> int:
        return len(self.shop)

    def at(self, as_of: datetime) -> "SqlEngine":
        """Return an engine for the same data with another `as_of`."""
        return SqlEngine(self.shop.with_as_of(as_of))

    def names(self) -> Names:
        """Return the names that conditions can use."""
        return MemoryEngine(self.shop.dataset).names()

    def notes(self, conditions: Iterable[Condition]) -> list[str]:
        """Return what an analyst should know about the answers, without repetitions."""
        return MemoryEngine(self.shop.dataset).notes(conditions)

    def counts(self, conditions: Sequence[Condition], *, among: Some = EVERYBODY) -> list[int]:
        """Return how many profiles match each condition, among all profiles or only some of them: see `Engine.counts`."""
        if not conditions:
            return []
        asked = _Asked(self.shop)
        inside = asked.bring(among) if isinstance(among, Picked) else among
        table = asked.answer(counts_of(asked, conditions, self.as_of, inside))
        return [int(one[0].as_py()) for one in table.columns]

    def cube(self, by: Sequence[Item], *, among: Some = EVERYBODY, sums: Sequence[Summed] = ()) -> pd.DataFrame:
        """Group profiles by several items, count each group, and add up outcomes: see `Engine.cube`."""
        for item in by:
            self._check_day_decides(item)
        asked = _Asked(self.shop)
        items = [asked.bring(item) if isinstance(item, Picked) else item for item in by]
        inside = asked.bring(among) if isinstance(among, Picked) else among
        table = asked.answer(cube_of(asked, items, self.as_of, inside, sums))
        cells: dict[Any, Any] = {
            place: table.column(place).to_numpy().astype(bool if _is_flag(item) else np.int64)
            for place, item in enumerate(by)
        }
        cells[COUNT] = table.column(len(by)).to_numpy().astype(np.int64)
        for place, summed in enumerate(sums):
            units, scale = table.column(len(by) + 1 + place).to_pylist(), decimals_of(summed, asked)
            cells[sum_column(place)] = np.array([int(one or 0) / 10**scale for one in units], dtype=np.float64)
        return _without_nobody(pd.DataFrame(cells))

    def rows(self, among: Some, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield some profiles, a batch at a time: see `Engine.rows`."""
        return batches_of(self.shop.dataset, lambda: self.matching(among), columns)

    def matching(self, among: Some) -> npt.NDArray[np.int64]:
        """Return the rows of the profiles that match a condition or were picked, in the order of the data."""
        if isinstance(among, Picked):
            return np.flatnonzero(among.values)
        asked = _Asked(self.shop)
        table = asked.answer(members_of(asked, among, self.as_of, [column("profile", PROFILES)]))
        return np.asarray(table.column(0).to_numpy(), dtype=np.int64)

    def flags(self, conditions: Sequence[Condition]) -> list[Flags]:
        """Return for which profiles each condition is true, in the order of the data."""
        if not conditions:
            return []
        asked = _Asked(self.shop)
        table = asked.answer(flags_of(asked, conditions, self.as_of))
        return [np.asarray(one.to_numpy(), dtype=bool) for one in table.columns]

    def _check_day_decides(self, item: Item) -> None:
        """Check that no refund reduces a sum, so that a single day decides whether a number is reached.

        Raises:
            NotOneDayError: an event reduces the sum of a `LastDay` or a `FirstDay`.
        """
        if isinstance(item, At):
            if isinstance(item.item, Cut):
                self.at(item.moment)._check_day_decides(item.item)  # noqa: SLF001  # its own
            return
        if not isinstance(item, Cut) or not isinstance(item.measure, (LastDay, FirstDay)):
            return
        asked = _Asked(self.shop)
        query = refunds_of(item.measure, asked, self.as_of)
        if query is not None and asked.answer(query).column(0)[0].as_py():
            raise NotOneDayError(item.measure)


def _is_flag(item: Item) -> bool:
    match item:
        case At(inner):
            return not isinstance(inner, Cut)
        case Cut() | HashGroup():
            return False
        case Picked(values):
            return bool(values.dtype == np.bool_)
        case _:
            return True


def _without_nobody(cube: pd.DataFrame) -> pd.DataFrame:
    """Return a cube without its empty cells."""
    return cube[cube[COUNT] > 0].reset_index(drop=True) if (cube[COUNT] == 0).any() else cube

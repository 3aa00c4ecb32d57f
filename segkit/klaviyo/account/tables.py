"""Convert saved pages to Parquet files that load like the pages themselves. `segkit.data.files.klaviyo_pages` interprets pages.

Pages are read one at a time, so a shop need not fit in memory. They are read several times: for the newest version of each profile, the
names of columns, their kinds, and the rows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet

from segkit.data.files.klaviyo_pages import events_table, profiles_table
from segkit.data.properties import JSON_CELLS
from segkit.klaviyo.account.pull_store import Walk
from segkit.klaviyo.account.resources import Newest, Once, Resource
from segkit.vocabulary import PROFILE_COLUMNS

Kind: TypeAlias = Literal["text", "whole", "number", "truth", "texts", "json"]
Columns: TypeAlias = dict[str, list[Any]]

_TYPES = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "json": pa.string(),
}
_NUMBERS = {name for name, kind in PROFILE_COLUMNS.items() if kind == "number"} | {"value"}
"""Columns that are always loaded as numbers, so whole numbers in them may be stored as doubles."""

PROFILES_AS_OF = "segkit_profiles_as_of"
"""The metadata key, in a Parquet file of profiles, for the instant when their download began (ISO 8601)."""

_EXACT = 2**53
_SIXTY_FOUR_BITS = 2**63
_RESOURCES_AT_ONCE = 1_000
_ROWS_IN_A_GROUP = 100_000


@dataclass(slots=True)
class PulledTable:
    """A table that is ready to be written: its columns, its number of rows, and the batches with the rows."""

    kinds: dict[str, Kind]
    rows: int
    _batches: "_Batches"
    _metadata: Mapping[str, str]

    def write(self, path: Path) -> None:
        """Write the table to one Parquet file, in row groups."""
        fields = [
            pa.field(name, _TYPES[kind], metadata=JSON_CELLS if kind == "json" else None)
            for name, kind in self.kinds.items()
        ]
        schema = pa.schema(fields, metadata=self._metadata)
        # With checksums, loading detects damage to the file.
        with pa.parquet.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
            for group in _grouped(self._batches.columns(), tuple(self.kinds)):
                arrays = [_array(group[name], kind) for name, kind in self.kinds.items()]
                writer.write_table(pa.table(arrays, schema=writer.schema))


@dataclass(slots=True)
class _Batches:
    """The resources of a table, in batches that all have the same columns. Each loop reads the pages again.

    Column names depend on all names in a table. Each batch therefore begins with an outline, which is a resource that has every name
    in the whole table, but no values.
    """

    resources: Iterable[Resource]
    is_events: bool
    metrics: list[dict[str, Any]]
    outline: dict[str, Any] = field(default_factory=dict)

    def columns(self) -> Iterator[Columns]:
        """Read the pages, a batch of rows at a time."""
        resources = iter(self.resources)
        while batch := list(islice(resources, _RESOURCES_AT_ONCE)):
            page = {"data": [self.outline, *batch], "included": self.metrics}
            table = events_table([page]) if self.is_events else profiles_table([page])
            yield {name: _objects(cells.values)[1:] for name, cells in table.items()}


def profiles_of(walk: Walk) -> PulledTable:
    """Return the table of the profiles in a walk, each in its newest version."""
    as_of = {PROFILES_AS_OF: walk.begun.isoformat()}
    return _prepared(_Batches(Newest(walk), is_events=False, metrics=[]), as_of)


def events_of(walks: Iterable[Walk], metrics: Iterable[dict[str, Any]]) -> PulledTable:
    """Return the table of the events in several walks. Metrics get the names on the pages, or else the names in `metrics`."""
    walks = tuple(walks)
    known = {metric["id"]: metric for metric in metrics}
    for walk in walks:
        for document in walk.documents():
            known.update({one["id"]: one for one in document.get("included") or () if one.get("type") == "metric"})
    return _prepared(_Batches(Once(walks), is_events=True, metrics=list(known.values())), {})


def _prepared(batches: _Batches, metadata: Mapping[str, str]) -> PulledTable:
    for one in batches.resources:
        batches.outline = _outlined(batches.outline, one)
    kinds: dict[str, Kind | None] = {}
    rows = 0
    if batches.outline:
        for columns in batches.columns():
            rows += len(next(iter(columns.values())))
            for name, cells in columns.items():
                kinds[name] = _kind_of_column(name, kinds.get(name), cells)
    # A column without values is text, as it is when pages are loaded.
    return PulledTable({name: kind or "text" for name, kind in kinds.items()}, rows, batches, metadata)


def _outlined(outline: dict[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    attributes = outline.get("attributes", {})
    _add_names(attributes, one.get("attributes") or {})
    # Any resource will do for the other fields, since the outline's row is dropped.
    return {**one, "attributes": attributes}


def _add_names(outline: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Add the names of a mapping and of the mappings inside it to an outline, but not what is inside a property."""
    for name, value in part.items():
        if isinstance(value, Mapping):
            within = outline.get(name) or {}
            if name in ("properties", "event_properties"):
                within.update(dict.fromkeys(value))
            else:
                _add_names(within, value)
            outline[name] = within
        else:
            outline.setdefault(name, None)


def _objects(values: pa.ChunkedArray | list[Any]) -> list[Any]:
    found: list[Any] = values if isinstance(values, list) else values.to_pylist()
    return found


def _kind_of_column(name: str, kind: Kind | None, cells: Iterable[Any]) -> Kind | None:
    """Return the kind that fits the cells of a column and all earlier cells, or None as long as all are missing."""
    for value in cells:
        if kind == "json":
            return kind
        if value is not None:
            found = _kind(value, _EXACT if name in _NUMBERS else _SIXTY_FOUR_BITS)
            kind = _joined(name, kind, found)
    return kind


def _kind(value: Any, too_large: int) -> Kind:
    match value:
        case bool():
            return "truth"
        case int():
            return "whole" if -too_large <= value < too_large else "json"
        case float():
            return "number"
        case str():
            return "text"
        case list() if all(isinstance(item, str) for item in value):
            return "texts"
        case _:
            return "json"


def _joined(name: str, one: Kind | None, other: Kind) -> Kind:
    if one is None or one == other:
        return other
    return "number" if {one, other} == {"whole", "number"} and name in _NUMBERS else "json"


def _grouped(batches: Iterable[Columns], names: Sequence[str]) -> Iterator[Columns]:
    """Join batches into row groups. A column that is missing from a batch, because no row has a value, becomes null."""
    group: Columns = {name: [] for name in names}
    size = 0
    for columns in batches:
        rows = len(next(iter(columns.values())))
        for name in names:
            group[name].extend(columns.get(name) or [None] * rows)
        size += rows
        if size >= _ROWS_IN_A_GROUP:
            yield group
            group, size = {name: [] for name in names}, 0
    if size:
        yield group


def _array(cells: list[Any], kind: Kind) -> pa.Array:
    if kind == "json":
        cells = [None if cell is None else json.dumps(cell) for cell in cells]
    return pa.array(cells, _TYPES[kind])

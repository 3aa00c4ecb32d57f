"""Write the events of a saved shop, with a file for each metric, and read each file when its metric is first used."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from threading import RLock
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from segkit.data.cache import freeze
from segkit.data.events import VALUE, EventIndex, MetricEvents, SetAmounts
from segkit.data.instants import Flags
from segkit.data.lacks import NOTHING_LACKS, Lacks
from segkit.data.properties import UNSET, Cells, codes_of
from segkit.data.saved.exact import OddKindError
from segkit.data.saved.files import ODD, SavedFiles, Writer
from segkit.data.saved.properties import Encoded, cells_of_codes, occurring, whole
from segkit.data.saved.values import write_values
from segkit.errors import DataError
from segkit.vocabulary import canonical_metric

_MANY = 100_000
_LONGEST_NAME = 150
_INSTANT = pa.timestamp("us", tz="UTC")
_COLUMNS: dict[str, type[np.int32] | type[np.int64]] = {
    "profile": np.int32,
    "instant": np.int64,
    "day": np.int32,
    "source_row": np.int32,
    "units": np.int64,
}
"""The columns for each event. Some metrics lack the last one, units."""
_ELSEWHERE = Cells([])
"""A placeholder for cells that a saved shop stores by metric."""

Described = Mapping[str, Any]


def write_events(index: EventIndex, writer: Writer) -> Described:
    """Write all events, and return their description for the manifest."""
    of_metric: dict[str, dict[str, pa.Array]] = {metric: {} for metric in index.metrics}
    names = list(index.properties)
    if index.values is not None and VALUE not in names and not _has_set_amounts(index):
        names.append(VALUE)
    properties: dict[str, Described] = {}
    for number, name in enumerate(names):
        try:
            properties[name] = _write_property(index, number, name, of_metric, writer)
        except OddKindError as error:
            raise DataError.property_not_saved(name, str(error)) from None
    taken: set[str] = set()
    return {
        "metrics": {
            metric: _write_metric(index, metric, columns, writer, taken) for metric, columns in of_metric.items()
        },
        "properties": list(index.properties),
        "columns": properties,
        "has_values": index.values is not None,
        "near_amounts": list(index.near_amounts),
        **({} if index.lacks == NOTHING_LACKS else {"lacks": index.lacks.described()}),
    }


def _has_set_amounts(index: EventIndex) -> bool:
    return any(index.set_amounts(metric) is not None for metric in index.metrics)


def _write_property(
    index: EventIndex, number: int, name: str, of_metric: Mapping[str, dict[str, pa.Array]], writer: Writer
) -> Described:
    """Write the distinct values and readings of a property, and add its codes to the columns of each metric that has it.

    If nearly every event has a different value, such as an id, the values are added instead, since codes would take more memory.
    """
    column = f"property_{number}"
    parts: dict[str, Encoded] = {}
    for metric in of_metric:
        part = Encoded.of(index.cells(metric, name))
        is_set = int(np.count_nonzero(part.codes != UNSET))
        if part.kind == "plain" and len(part.values) > max(_MANY, is_set // 2):
            for other, columns in of_metric.items():
                cells = index.cells(other, name).loaded()
                if not cells.unset().all():
                    columns[column] = cells.values
            return {"column": column, "kind": "own"}
        if is_set:
            parts[metric] = part
    if not parts:
        return {"column": column, "kind": "unset"}
    kind, values = next(iter(parts.values())).kind, pa.chunked_array([part.values for part in parts.values()])
    starts = np.cumsum([0, *(len(part.values) for part in parts.values())])
    places = np.arange(starts[-1], dtype=np.int32)
    if kind != "nested":
        encoded = values.combine_chunks().dictionary_encode()
        places, values = codes_of(encoded.indices), pa.chunked_array([encoded.dictionary])
    for (metric, part), start in zip(parts.items(), starts, strict=False):
        codes = places.take(np.maximum(part.codes, 0) + start)
        of_metric[metric][column] = pa.array(codes, mask=part.codes == UNSET)
    files = write_values(f"events-{number}", kind, whole(values), writer, day_first=index.day_first)
    return {"column": column, "kind": kind, **files}


def _write_metric(
    index: EventIndex, metric: str, properties: Mapping[str, pa.Array], writer: Writer, taken: set[str]
) -> Described:
    events = index.metric(metric)
    columns: dict[str, pa.Array] = {
        "profile": pa.array(events.profiles),
        "instant": pa.array(events.times).cast(_INSTANT),
        "day": pa.array(events.days),
        "source_row": pa.array(events.rows),
    }
    if events.units is not None:
        columns["units"] = pa.array(events.units)
    is_date, amounts = index.dates(metric), index.set_amounts(metric)
    if is_date is not None and is_date.any():
        columns["is_date"] = pa.array(is_date)
    if amounts is not None:
        columns["has_value"] = amounts.is_set
    file = f"events/metric={_folder(metric, taken)}/part-0.parquet"
    writer.write(file, {**columns, **properties}, coded=list(properties))
    return {
        "file": file,
        "events": len(events),
        "first": int(events.times[0]),
        "last": int(events.times[-1]),
        "scale": events.scale,
        "has_units": events.units is not None,
        "has_dates": "is_date" in columns,
        "value_kind": None if amounts is None else str(amounts.kind),
        "properties": list(properties),
    }


def _folder(metric: str, taken: set[str]) -> str:
    """Return a folder name for a metric that is escaped as engines do, unique when case is ignored, and not too long."""
    name = quote(metric, safe=" ")
    name = f"{name[:-1]}%2E" if name.endswith(".") else name  # which Windows would drop
    if len(name) > _LONGEST_NAME or name.casefold() in taken:
        name = f"{name[:_LONGEST_NAME].rstrip('%')}~{sha256(metric.encode()).hexdigest()[:16]}"
    taken.add(name.casefold())
    return name


class SavedEvents(EventIndex):
    """The events of a saved shop, which are read when their metric is first used."""

    def __init__(self, files: SavedFiles, described: Described, *, profiles: int, day_first: bool | None) -> None:
        super().__init__(
            _Metrics(files, described["metrics"], profiles),
            dict.fromkeys(described["properties"], _ELSEWHERE),
            _ELSEWHERE if described["has_values"] else None,
            day_first=day_first,
            near_amounts=tuple(described["near_amounts"]),
            lacks=Lacks.of(described.get("lacks")),
        )
        object.__setattr__(self, "_files", files)
        object.__setattr__(self, "_described", described)

    _files: SavedFiles
    _described: Described

    @property
    def sizes(self) -> Mapping[str, int]:
        """The number of events of each metric, from the manifest."""
        return {name: metric["events"] for name, metric in self._described["metrics"].items()}

    def has_units(self, metric: str) -> bool:
        """Whether a metric has amounts in integer units, from the manifest."""
        described = self._of(metric)
        return super().has_units(metric) if described is None else bool(described["has_units"])

    def newest(self, until: int | None = None) -> int | None:
        """Return the time of the newest event up to `until`. Only metrics with events before and after `until` are read."""
        found = []
        for name, metric in self._described["metrics"].items():
            if until is None or metric["last"] <= until:
                found.append(metric["last"])
            elif metric["first"] <= until:
                events = self.metrics[name]
                found.append(int(events.times[events.window(None, until + 1).stop - 1]))
        return max(found, default=None)

    def dates(self, metric: str) -> Flags | None:
        """Return which of a metric's events have a date without a time, or None if no event has one."""
        described = self._of(metric)
        if described is None or not described["has_dates"]:
            return None
        return np.asarray(self._column(described, "is_date").to_numpy(zero_copy_only=False))

    def set_amounts(self, metric: str) -> SetAmounts | None:
        """Return which of a metric's events have an amount, or None if the amounts are saved as cells."""
        described = self._of(metric)
        if described is None or described["value_kind"] is None:
            return None
        return SetAmounts(self._column(described, "has_value"), pa.type_for_alias(described["value_kind"]))

    def _cells(self, metric: str, name: str) -> Cells:
        described = self._of(metric)
        if name == VALUE and name not in self.properties and (amounts := self.set_amounts(metric)) is not None:
            return amounts.of(self.metric(metric))
        said = self._described["columns"].get(name)
        if described is None or said is None or said["column"] not in described["properties"]:
            return Cells(pa.chunked_array([pa.nulls(self.size(metric), pa.string())]))
        if said["kind"] == "own":
            return Cells(self._files.read(described["file"], [said["column"]]).column(0))
        column = self._column(described, said["column"])
        values = whole(self._files.read(said["file"], ["value"]).column(0))
        try:
            codes, values = occurring(codes_of(column), values)
            return cells_of_codes(said["kind"], codes, values)
        except ODD:
            raise self._files.refuse(described["file"]) from None

    def _of(self, metric: str) -> Described | None:
        found: Described | None = self._described["metrics"].get(canonical_metric(metric))
        return found

    def _column(self, described: Described, name: str) -> pa.Array:
        found = whole(self._files.read(described["file"], [name]).column(0))
        if len(found) != described["events"]:
            raise self._files.refuse(described["file"])
        return found


class _Metrics(Mapping[str, MetricEvents]):
    """The events of each metric. One thread reads them on first use, and then they are kept."""

    def __init__(self, files: SavedFiles, described: Mapping[str, Described], profiles: int) -> None:
        self._files, self._described, self._profiles = files, described, profiles
        self._lock = RLock()
        self._read: dict[str, MetricEvents] = {}

    def __getitem__(self, name: str) -> MetricEvents:
        described = self._described[name]
        found = self._read.get(name)
        if found is None:
            with self._lock:
                found = self._read.get(name)
                if found is None:
                    found = self._read[name] = self._events(described)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._described)

    def __len__(self) -> int:
        return len(self._described)

    def __contains__(self, name: object) -> bool:
        return name in self._described

    def _events(self, described: Described) -> MetricEvents:
        columns = _COLUMNS if described["has_units"] else {name: _COLUMNS[name] for name in list(_COLUMNS)[:-1]}
        profiles, times, days, rows, *units = self._files.numbers(described["file"], columns, described["events"])
        if not len(profiles) or profiles.min() < 0 or profiles.max() >= self._profiles:
            raise self._files.refuse(described["file"])
        found = MetricEvents(
            profiles=profiles,
            times=times,
            days=days,
            units=units[0] if units else None,
            scale=described["scale"],
            rows=rows,
        )
        freeze(found)
        return found

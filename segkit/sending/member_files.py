"""Write member files in one of three layouts, with their manifests. Callers such as `audience.py` decide which profiles are written."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from segkit.definition.explain import explain
from segkit.definition.segment import Segment
from segkit.engine.memory.dataset import Dataset
from segkit.errors import FileError
from segkit.files import escaped, whole_files
from segkit.sending.member_cells import Column, Rows, cells_at, column_of, importable, neutralised

Layout: TypeAlias = Literal["klaviyo", "members", "hashed"]
Sheet: TypeAlias = list[tuple[str, Column]]
"""Pairs of a header and a function that makes the texts of its column."""

PIECE = 65_536
"""Number of rows to lay out and write at a time, so that the texts of a large file are never all in memory."""
BATCH = 4_096
"""Number of rows that the CSV writer encodes at a time. This is faster than its default of 1,024."""

KLAVIYO_COLUMNS = {
    "Email": "email",
    "Phone Number": "phone_number",
    "First Name": "first_name",
    "Last Name": "last_name",
    "City": "city",
    "State / Region": "region",
    "Zip Code": "zip",
    "Country": "country",
}
"""The headers that Klaviyo's importer maps by itself. Consent is left out, as Klaviyo advises: blank would mean "never subscribed"."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a manifest: what the file is for, its segments, the data, and how many profiles each step removed."""

    purpose: str
    include: tuple[Segment, ...]
    exclude: tuple[Segment, ...]
    dataset: Dataset
    waterfall: pd.DataFrame | None


def write_layout(
    path: Path, dataset: Dataset, rows: Rows, layout: Layout, manifest: Manifest, *, replace: bool
) -> Path:
    """Write some profiles in a layout, in the order of the data, with a manifest next to the file. Both appear whole or not at all.

    Raises:
        FileError: the layout is unknown; see also `whole_files`.
    """
    sheet = _sheet_of(dataset, rows, layout)
    # For a folder such as ".", `with_name` would raise an error that is less clear than the one from `whole_files`.
    manifest_path = path.parent / f"{path.name}.manifest.json"
    with whole_files(path, manifest_path, replace=replace, people=[path], last_vouches=True) as [
        data_part,
        manifest_part,
    ]:
        with data_part.open("wb", buffering=0) as stream:
            sha256 = _write(sheet, len(rows), stream)
        headers = [header for header, _ in sheet]
        content = _manifest(manifest, file=path.name, layout=layout, rows=len(rows), columns=headers, sha256=sha256)
        manifest_part.write_bytes(escaped(json.dumps(content, indent=2, ensure_ascii=False)).encode() + b"\n")
    return path.resolve()


def layout_bytes(dataset: Dataset, rows: Rows, layout: Layout) -> bytes:
    """Return some profiles in a layout, in the order of the data, as the bytes of a CSV file.

    Raises:
        FileError: the layout is unknown.
    """
    stream = io.BytesIO()
    _write(_sheet_of(dataset, rows, layout), len(rows), stream)
    return stream.getvalue()


def _sheet_of(dataset: Dataset, rows: Rows, layout: Layout) -> Sheet:
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))
    return _LAYOUTS[layout](dataset, rows)


class _Hashed(io.RawIOBase):
    """Passes data on to a stream and computes its SHA-256. Each block is written and hashed at the same time."""

    def __init__(self, stream: BinaryIO, hashing: Executor) -> None:
        super().__init__()
        self._stream, self._hashing = stream, hashing
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        block = memoryview(data)
        hashed = self._hashing.submit(self.sha256.update, block)
        try:
            written = 0
            while written < len(block):
                # `write` may write only a part of the data.
                written += self._stream.write(block[written:])
        finally:
            # Wait, since the writer reuses this memory for the next block.
            hashed.result()
        return len(block)


def _write(sheet: Sheet, size: int, stream: BinaryIO) -> str:
    """Write a sheet as CSV, one piece of rows at a time, and return its SHA-256.

    The texts of the next piece are made while one piece is written.
    """
    schema = pa.schema([(header, pa.string()) for header, _ in sheet])
    with ThreadPoolExecutor(1) as hashing:
        sink = _Hashed(stream, hashing)
        options = pa.csv.WriteOptions(batch_size=BATCH)
        # The thread is the inner context, so that it finishes before the writer is closed, even after an error.
        with pa.csv.CSVWriter(sink, schema, write_options=options) as writer, ThreadPoolExecutor(1) as writing:
            written: Future[None] | None = None
            for first in range(0, size, PIECE):
                piece = slice(first, min(first + PIECE, size))
                table = pa.table([column(piece) for _, column in sheet], schema=schema)
                if written:
                    written.result()
                written = writing.submit(writer.write_table, table)
            if written:
                written.result()
    return sink.sha256.hexdigest()


def _members(dataset: Dataset, rows: Rows) -> Sheet:
    headers = neutralised(pa.array(["profile_id", *dataset.property_names])).to_pylist()
    columns = [dataset.ids, *(dataset.handed_out(name) for name in dataset.property_names)]
    return [(header, column_of(cells, rows)) for header, cells in zip(headers, columns, strict=True)]


def _klaviyo(dataset: Dataset, rows: Rows) -> Sheet:
    """Lay out the columns for Klaviyo's importer: email first or, if no profile has one, the phone number (help 360035428731).

    The file passes all checks of `segkit.klaviyo.import_check`.
    """
    columns = {
        header: column_of(dataset.cells(name), rows) if dataset.has_property(name) else _unset
        for header, name in KLAVIYO_COLUMNS.items()
    }
    # Check all addresses at once, since an address that an earlier row has must be left out.
    emails = importable(columns["Email"](slice(0, len(rows))))
    columns["Email"] = emails.__getitem__
    if emails.null_count == len(emails) > 0:
        del columns["Email"]
    return list(columns.items())


def _unset(piece: slice) -> pa.Array:
    return pa.nulls(piece.stop - piece.start, pa.string())


def _hashed(dataset: Dataset, rows: Rows) -> Sheet:
    """Lay out the hashes by which ad platforms match people. Each platform has its own columns, because their rules differ.

    Google hashes E.164 numbers with the plus sign, and removes dots from Gmail addresses. Meta hashes only the digits.
    """

    def numbers(piece: slice) -> list[str | None]:
        return _plain_list(dataset.phones.numbers.take(pa.array(rows[piece])))

    emails = dataset.cells("email").loaded() if dataset.has_property("email") else None

    def addresses(piece: slice) -> list[str | None]:
        if emails is None:
            return [None] * (piece.stop - piece.start)
        found = _plain_list(cells_at(emails, rows[piece]))
        return [None if email is None else str(email).strip().lower() for email in found]

    return [
        ("google_email_sha256", lambda piece: _digests(addresses(piece), _google_address)),
        ("google_phone_sha256", lambda piece: _digests(numbers(piece), str)),
        ("meta_email_sha256", lambda piece: _digests(addresses(piece), str)),
        ("meta_phone_sha256", lambda piece: _digests(numbers(piece), lambda number: number.removeprefix("+"))),
    ]


def _plain_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else list(values.to_pylist())


def _google_address(address: str) -> str:
    name, at, host = address.rpartition("@")
    return name.replace(".", "") + at + host if host in {"gmail.com", "googlemail.com"} else address


def _digests(values: list[str | None], prepare: Callable[[str], str]) -> pa.Array:
    return pa.array(
        [None if value is None else hashlib.sha256(prepare(value).encode()).hexdigest() for value in values],
        pa.string(),
    )


_LAYOUTS: dict[str, Callable[[Dataset, Rows], Sheet]] = {"klaviyo": _klaviyo, "members": _members, "hashed": _hashed}


def definition_of(value: Any) -> Any:
    """Return a segment or any part of its tree as plain JSON values. The class of each object is its `kind`.

    >>> from segkit.definition.phrases import can_receive
    >>> definition_of(can_receive("sms"))["kind"]
    'ConsentCondition'
    """
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: definition_of(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **parts}
    if isinstance(value, tuple):
        return [definition_of(part) for part in value]
    return str(value) if isinstance(value, (date, Decimal)) else value


def _manifest(
    manifest: Manifest, *, file: str, layout: str, rows: int, columns: list[str], sha256: str
) -> Mapping[str, Any]:
    dataset = manifest.dataset
    return {
        "file": file,
        "purpose": manifest.purpose,
        "layout": layout,
        "rows": rows,
        "columns": columns,
        "sha256": sha256,
        "as_of": dataset.as_of.isoformat(),
        "include": [_description(segment) for segment in manifest.include],
        "exclude": [_description(segment) for segment in manifest.exclude],
        "waterfall": None if manifest.waterfall is None else manifest.waterfall.to_dict("records"),
        "data": {"profiles": len(dataset), "events": len(dataset.events)},
        "segkit": _version(),
    }


def _description(segment: Segment) -> Mapping[str, Any]:
    return {
        "name": segment.name,
        "description": segment.description,
        "english": explain(segment).splitlines(),
        "definition": definition_of(segment.condition),
    }


def _version() -> str:
    try:
        return version("sms-segkit")
    except PackageNotFoundError:
        return "unknown"

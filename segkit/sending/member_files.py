"""Member files: the layouts, written a piece at a time, and the manifest; who is in one was decided before."""

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
"""Headers, each with its column."""

PIECE = 65_536
"""Rows laid out and written at a time, so that a million rows take the memory of one column of text and not of all."""
BATCH = 4_096
"""Rows that the writer makes bytes of at a time: its own 1,024 take a quarter longer."""

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
"""What Klaviyo's importer maps by itself. No consent column: it advises against one, and blank would mean never subscribed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a member file: what it is for, who was asked for, from what data, and what became of them."""

    purpose: str
    include: tuple[Segment, ...]
    exclude: tuple[Segment, ...]
    dataset: Dataset
    waterfall: pd.DataFrame | None


def write_layout(
    path: Path, dataset: Dataset, rows: Rows, layout: Layout, manifest: Manifest, *, replace: bool
) -> Path:
    """Write some profiles, in the order of the data, in a layout, with a manifest beside; both appear whole or not at all.

    Raises:
        FileError: an unknown layout, or as `whole_files`.
    """
    sheet = _laid_out(dataset, rows, layout)
    # Not `with_name`, which refuses a folder such as "." before `whole_files` can say what is wrong with it.
    manifest_path = path.parent / f"{path.name}.manifest.json"
    with whole_files(path, manifest_path, replace=replace, people=[path], last_vouches=True) as [
        data_part,
        manifest_part,
    ]:
        with data_part.open("wb", buffering=0) as stream:
            sha256 = _write(sheet, len(rows), stream)
        headers = [header for header, _ in sheet]
        said = _manifest(manifest, file=path.name, layout=layout, rows=len(rows), columns=headers, sha256=sha256)
        manifest_part.write_bytes(escaped(json.dumps(said, indent=2, ensure_ascii=False)).encode() + b"\n")
    return path.resolve()


def layout_bytes(dataset: Dataset, rows: Rows, layout: Layout) -> bytes:
    """Return some profiles, in the order of the data, in a layout as the bytes of a CSV.

    Raises:
        FileError: an unknown layout.
    """
    stream = io.BytesIO()
    _write(_laid_out(dataset, rows, layout), len(rows), stream)
    return stream.getvalue()


def _laid_out(dataset: Dataset, rows: Rows, layout: Layout) -> Sheet:
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))
    return _LAYOUTS[layout](dataset, rows)


class _Hashed(io.RawIOBase):
    """Passes on what is written to it, and knows its digest; each block is written and hashed at the same time."""

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
                # A file may take less than it is given.
                written += self._stream.write(block[written:])
        finally:
            # The writer fills the same memory with what comes next.
            hashed.result()
        return len(block)


def _write(sheet: Sheet, size: int, stream: BinaryIO) -> str:
    """Write a sheet as a CSV, one piece of its rows after the other, and return the digest of its bytes.

    While a piece is written, the texts of the next are made.
    """
    schema = pa.schema([(header, pa.string()) for header, _ in sheet])
    with ThreadPoolExecutor(1) as hashing:
        sink = _Hashed(stream, hashing)
        options = pa.csv.WriteOptions(batch_size=BATCH)
        # Whatever fails, the last piece is written before the writer is closed.
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
    """Lay out what Klaviyo's importer takes: email first, or, where nobody has one, the phone number (help 360035428731).

    `segkit.klaviyo.import_check` knows its rules; a file of this layout breaks none.
    """
    columns = {
        header: column_of(dataset.cells(name), rows) if dataset.has_property(name) else _unset
        for header, name in KLAVIYO_COLUMNS.items()
    }
    # All of them at once, since whether an address may stand in a row depends on all before it.
    emails = importable(columns["Email"](slice(0, len(rows))))
    columns["Email"] = emails.__getitem__
    if emails.null_count == len(emails) > 0:
        del columns["Email"]
    return list(columns.items())


def _unset(piece: slice) -> pa.Array:
    return pa.nulls(piece.stop - piece.start, pa.string())


def _hashed(dataset: Dataset, rows: Rows) -> Sheet:
    """Lay out what ad platforms match on; they differ, so each has columns of its own and one column can't serve all.

    Google hashes E.164 with its plus sign, and takes dots out of Gmail addresses; Meta hashes the digits alone.
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
    """Return a segment or any part of its tree as plain JSON values: records as objects with their kind.

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
        "include": [_said(segment) for segment in manifest.include],
        "exclude": [_said(segment) for segment in manifest.exclude],
        "waterfall": None if manifest.waterfall is None else manifest.waterfall.to_dict("records"),
        "data": {"profiles": len(dataset), "events": len(dataset.events)},
        "segkit": _version(),
    }


def _said(segment: Segment) -> Mapping[str, Any]:
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

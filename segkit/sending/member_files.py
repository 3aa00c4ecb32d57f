"""Write member files in one of three layouts, with their manifests. Callers such as `audience.py` decide which profiles are written."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from segkit.definition.explain import explain
from segkit.definition.segment import Segment
from segkit.engine.protocol import Engine, Some
from segkit.errors import FileError
from segkit.files import check_targets, escaped, whole_files
from segkit.sending.formulas import neutralised
from segkit.sending.importable_emails import importable
from segkit.sending.member_cells import Texts

Layout: TypeAlias = Literal["klaviyo", "members", "hashed"]
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
    data: Mapping[str, int]
    waterfall: pd.DataFrame | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a member file, in batches of rows.

    Attributes:
        headers: the name of each column.
        batches: the text of each column's cells, a batch of rows at a time.
    """

    headers: Sequence[str]
    batches: Iterable[Sequence[pa.Array]]


def check_files(paths: Iterable[Path], layout: Layout, *, replace: bool) -> None:
    """Refuse a layout or member files that `write_layout` would refuse, before the first of several files is written.

    Raises:
        FileError: see `write_layout`.
    """
    _check_layout(layout)
    check_targets([part for path in paths for part in (path, _manifest_path(path))], replace=replace)


def write_layout(path: Path, engine: Engine, among: Some, layout: Layout, manifest: Manifest, *, replace: bool) -> Path:
    """Write some profiles in a layout, in the order of the data, with a manifest next to the file. Both appear whole or not at all.

    Raises:
        FileError: the layout is unknown; see also `whole_files`.
    """
    sheet = _sheet_of(engine, among, layout)
    manifest_path = _manifest_path(path)
    with whole_files(path, manifest_path, replace=replace, people=[path], last_vouches=True) as [
        data_part,
        manifest_part,
    ]:
        with data_part.open("wb", buffering=0) as stream:
            rows, sha256 = _write(sheet, stream)
        file = {"file": path.name, "layout": layout, "rows": rows, "columns": list(sheet.headers), "sha256": sha256}
        content = _manifest(manifest, file, as_of=engine.as_of)
        manifest_part.write_bytes(escaped(json.dumps(content, indent=2, ensure_ascii=False)).encode() + b"\n")
    return path.resolve()


def _manifest_path(path: Path) -> Path:
    # For a folder such as ".", `with_name` would raise an error that is less clear than the one from `whole_files`.
    return path.parent / f"{path.name}.manifest.json"


def layout_bytes(engine: Engine, among: Some, layout: Layout) -> bytes:
    """Return some profiles in a layout, in the order of the data, as the bytes of a CSV file.

    Raises:
        FileError: the layout is unknown.
    """
    stream = io.BytesIO()
    _write(_sheet_of(engine, among, layout), stream)
    return stream.getvalue()


def _sheet_of(engine: Engine, among: Some, layout: Layout) -> Sheet:
    _check_layout(layout)
    return _LAYOUTS[layout](engine, among)


def _check_layout(layout: Layout) -> None:
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))


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


def _write(sheet: Sheet, stream: BinaryIO) -> tuple[int, str]:
    """Write a sheet as CSV, a batch of rows at a time, and return the number of rows and the SHA-256.

    The texts of the next batch are made while one batch is written.
    """
    schema = pa.schema([(header, pa.string()) for header in sheet.headers])
    rows = 0
    with ThreadPoolExecutor(1) as hashing:
        sink = _Hashed(stream, hashing)
        options = pa.csv.WriteOptions(batch_size=BATCH)
        # The thread is the inner context, so that it finishes before the writer is closed, even after an error.
        with pa.csv.CSVWriter(sink, schema, write_options=options) as writer, ThreadPoolExecutor(1) as writing:
            written: Future[None] | None = None
            for texts in sheet.batches:
                batch = pa.record_batch(list(texts), schema=schema)
                rows += len(batch)
                if written:
                    written.result()
                written = writing.submit(writer.write_batch, batch)
            if written:
                written.result()
    return rows, sink.sha256.hexdigest()


def _members(engine: Engine, among: Some) -> Sheet:
    batches, columns = _texts_of(engine, among, None)
    headers = neutralised(pa.array(list(columns))).to_pylist()
    return Sheet(
        headers,
        ([of.of(cells) for of, cells in zip(columns.values(), batch.columns, strict=True)] for batch in batches),
    )


def _texts_of(
    engine: Engine, among: Some, names: Sequence[str] | None
) -> tuple[Iterator[pa.RecordBatch], dict[str, Texts]]:
    """Return the rows of some profiles, and a function for each column that converts its cells to text."""

    def column(name: str) -> Iterator[pa.Array]:
        return (batch.column(name) for batch in engine.rows(among, [name]))

    batches = engine.rows(among, names)
    first = next(batches)
    return chain([first], batches), {field.name: Texts(field, partial(column, field.name)) for field in first.schema}


def _klaviyo(engine: Engine, among: Some) -> Sheet:
    """Lay out the columns for Klaviyo's importer: email first or, if no profile has an email address, the phone number (help 360035428731).

    The file passes all checks of `segkit.klaviyo.import_check`.
    """
    known = engine.names().properties
    emails = _importable_emails(engine, among) if "email" in known else None
    is_first = emails is not None and not 0 < emails.null_count == len(emails)
    columns = {header: name for header, name in KLAVIYO_COLUMNS.items() if name != "email" or is_first}
    batches, text_columns = _texts_of(
        engine, among, [name for name in columns.values() if name in known and name != "email"]
    )

    def texts() -> Iterator[list[pa.Array]]:
        begin = 0
        for batch in batches:
            unset = pa.nulls(len(batch), pa.string())
            made = {} if emails is None else {"email": emails.slice(begin, len(batch))}
            made |= {name: of.of(batch.column(name)) for name, of in text_columns.items() if name != "profile_id"}
            begin += len(batch)
            yield [made.get(name, unset) for name in columns.values()]

    return Sheet(list(columns), texts())


def _importable_emails(engine: Engine, among: Some) -> pa.Array:
    """Return the email of each profile. All are needed at once, since addresses that an earlier profile has are left out."""
    batches, columns = _texts_of(engine, among, ["email"])
    return importable(pa.concat_arrays([columns["email"].of(batch.column("email")) for batch in batches]))


def _hashed(engine: Engine, among: Some) -> Sheet:
    """Lay out the hashes by which ad platforms match people. Each platform has its own columns, because their rules differ.

    Google hashes E.164 numbers with the plus sign, and removes dots from Gmail addresses. Meta hashes only the digits.
    """
    names = [name for name in ("email", "phone_number") if name in engine.names().properties]

    def texts() -> Iterator[list[pa.Array]]:
        for batch in engine.rows(among, names):
            emails = _plain(batch, "email")
            addresses = [None if email is None else email.strip().lower() for email in emails]
            numbers = _plain(batch, "phone_number")
            yield [
                _digests(addresses, _google_address),
                _digests(numbers, str),
                _digests(addresses, str),
                _digests(numbers, lambda number: number.removeprefix("+")),
            ]

    return Sheet(
        ["google_email_sha256", "google_phone_sha256", "meta_email_sha256", "meta_phone_sha256"],
        texts(),
    )


def _plain(batch: pa.RecordBatch, name: str) -> list[str | None]:
    return batch.column(name).to_pylist() if name in batch.schema.names else [None] * len(batch)


def _google_address(address: str) -> str:
    name, at, host = address.rpartition("@")
    return name.replace(".", "") + at + host if host in {"gmail.com", "googlemail.com"} else address


def _digests(values: list[str | None], prepare: Callable[[str], str]) -> pa.Array:
    return pa.array(
        [None if value is None else hashlib.sha256(prepare(value).encode()).hexdigest() for value in values],
        pa.string(),
    )


_LAYOUTS: dict[str, Callable[[Engine, Some], Sheet]] = {"klaviyo": _klaviyo, "members": _members, "hashed": _hashed}


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


def _manifest(manifest: Manifest, file: Mapping[str, Any], *, as_of: datetime) -> Mapping[str, Any]:
    return {
        "file": file["file"],
        "purpose": manifest.purpose,
        **{name: said for name, said in file.items() if name != "file"},
        "as_of": as_of.isoformat(),
        "include": [_description(segment) for segment in manifest.include],
        "exclude": [_description(segment) for segment in manifest.exclude],
        "waterfall": None if manifest.waterfall is None else manifest.waterfall.to_dict("records"),
        "data": manifest.data,
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

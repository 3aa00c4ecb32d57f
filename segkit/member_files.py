"""Member files: the layouts, cells that no spreadsheet runs, and the manifest; who is in one was decided before."""

# Over 250 lines, since the layouts share how a cell is written and belong beside it.

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from segkit.data.columns import ADDRESS
from segkit.data.dataset import Dataset
from segkit.data.properties import Cells
from segkit.errors import FileError
from segkit.explain import explain
from segkit.files import whole_files
from segkit.segment import Segment

Layout: TypeAlias = Literal["klaviyo", "members", "hashed"]
Rows: TypeAlias = npt.NDArray[np.int64]

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

_RUN_BY_SPREADSHEETS = "^[\t\r\n]|^[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_FIRST_BYTES = pa.array([bytes([byte]) for byte in b"=+-@\xef\t\n\f\r \0"])
_PLAIN_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a member file: what it is for, who was asked for, from what data, and what became of them."""

    purpose: str
    include: tuple[Segment, ...]
    exclude: tuple[Segment, ...]
    dataset: Dataset
    waterfall: pd.DataFrame | None


def write_layout(path: Path, dataset: Dataset, rows: Rows, layout: Layout, manifest: Manifest) -> Path:
    """Write some profiles in a layout, with a manifest beside; both appear whole or not at all.

    Raises:
        FileError: an unknown layout, or the folder does not exist.
    """
    table = _laid_out(dataset, rows, layout)
    # Not `with_name`, which refuses a folder such as "." before `whole_files` can say what is wrong with it.
    manifest_path = path.parent / f"{path.name}.manifest.json"
    with whole_files(path, manifest_path) as [data_part, manifest_part]:
        pa.csv.write_csv(table, str(data_part))
        text = json.dumps(_manifest(manifest, layout, path.name, table, data_part), indent=2, ensure_ascii=False)
        manifest_part.write_bytes(text.encode() + b"\n")
    return path.resolve()


def layout_bytes(dataset: Dataset, rows: Rows, layout: Layout) -> bytes:
    """Return some profiles in a layout as the bytes of a CSV.

    Raises:
        FileError: an unknown layout.
    """
    stream = pa.BufferOutputStream()
    pa.csv.write_csv(_laid_out(dataset, rows, layout), stream)
    return bytes(stream.getvalue())


def _laid_out(dataset: Dataset, rows: Rows, layout: Layout) -> pa.Table:
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))
    return _LAYOUTS[layout](dataset, rows)


def neutralised(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before every cell that a spreadsheet would run as a formula; plain numbers, and so E.164, stay.

    The first characters that spreadsheets act on are those that OWASP lists under "CSV Injection", full-width forms included;
    blanks before them are looked through, since spreadsheets trim.

    >>> neutralised(pa.array(["=1+1", "+14155550132", "-5", "@SUM(A1)", "a=b"])).to_pylist()
    ["'=1+1", '+14155550132', '-5', "'@SUM(A1)", 'a=b']
    """
    # First bytes are five times as quick to look at as patterns, and leave few cells for these; full-width forms begin with EF.
    suspect = pc.is_in(pc.binary_slice(texts.cast(pa.binary()), 0, 1), value_set=_FIRST_BYTES)
    few = texts.filter(suspect)
    is_number = pc.match_substring_regex(few, _PLAIN_NUMBER)
    unsafe = pc.and_not(pc.match_substring_regex(few, _RUN_BY_SPREADSHEETS), is_number)
    if not pc.any(unsafe).as_py():
        return texts
    return pc.replace_with_mask(texts, suspect, pc.if_else(unsafe, pc.binary_join_element_wise("'", few, ""), few))


def texts_of(cells: Cells) -> pa.ChunkedArray:
    """Return cells as they are written: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null."""
    column = cells.values
    if isinstance(column, list):
        return _one_by_one(column)
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _instants(column)
    if pa.types.is_nested(kind):
        return _one_by_one(column.to_pylist())
    try:
        texts = column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _one_by_one(column.to_pylist())
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        return texts
    return pa.chunked_array([neutralised(chunk) for chunk in texts.chunks], pa.string())


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times as text, with a fraction of a second only where some cell of the column has one.

    Not by `strftime`, which takes twenty times as long and needs a time zone database, which Windows lacks.
    """
    utc = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))
    with contextlib.suppress(pa.ArrowInvalid):
        utc = utc.cast(pa.timestamp("s"))
    return pc.binary_join_element_wise(pc.binary_replace_slice(utc.cast(pa.string()), 10, 11, "T"), "Z", "")


def _one_by_one(cells: list[Any]) -> pa.ChunkedArray:
    texts = pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())
    # Not by its looks: -1e-07 is a number as a cell and a formula as a text.
    is_number = pa.array([isinstance(cell, (int, float, Decimal)) for cell in cells], pa.bool_())
    return pa.chunked_array([pc.if_else(is_number, texts, neutralised(texts))])


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict, tuple, np.ndarray)):
        return json.dumps(cell.tolist() if isinstance(cell, np.ndarray) else cell, ensure_ascii=False, default=str)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _members(dataset: Dataset, rows: Rows) -> pa.Table:
    columns = [
        texts_of(dataset.ids_at(rows)),
        *(texts_of(dataset.cells(name).take(rows)) for name in dataset.property_names),
    ]
    return pa.table(columns, neutralised(pa.array(["profile_id", *dataset.property_names])).to_pylist())


def _klaviyo(dataset: Dataset, rows: Rows) -> pa.Table:
    """Lay out what Klaviyo's importer takes: email first, or, where nobody has one, the phone number (help 360035428731).

    `segkit.import_check` knows its rules; a file of this layout breaks none.
    """
    columns = {
        header: texts_of(dataset.cells(name).take(rows))
        if dataset.has_property(name)
        else pa.chunked_array([pa.nulls(len(rows), pa.string())])
        for header, name in KLAVIYO_COLUMNS.items()
    }
    columns["Email"] = _importable(columns["Email"])
    if pc.all(pc.is_null(columns["Email"])).as_py():
        del columns["Email"]
    return pa.table(columns)


def _importable(emails: pa.ChunkedArray) -> pa.Array:
    """Return addresses without those for which the importer would skip the row, or make of it another profile.

    That is what is no address, what only an apostrophe keeps a spreadsheet from running, and, but for the first, what stands
    there twice. The phone number, which everybody in an audience has once, tells such a profile as well.
    """
    trimmed = pc.utf8_trim_whitespace(emails.combine_chunks())
    is_plain = pc.and_not(pc.match_substring_regex(trimmed, ADDRESS), pc.starts_with(trimmed, "'"))
    codes = pc.fill_null(pc.utf8_lower(trimmed).dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    is_first = np.zeros(len(codes), dtype=bool)
    is_first[np.unique(codes, return_index=True)[1]] = True
    return pc.if_else(pc.and_(is_plain, pa.array(is_first)), trimmed, pa.scalar(None, pa.string()))


def _hashed(dataset: Dataset, rows: Rows) -> pa.Table:
    """Lay out what ad platforms match on; they differ, so each has columns of its own and one column can't serve all.

    Google hashes E.164 with its plus sign, and takes dots out of Gmail addresses; Meta hashes the digits alone.
    """
    numbers = dataset.phones.numbers.take(pa.array(rows)).to_pylist()
    emails = dataset.cells("email").take(rows).values if dataset.has_property("email") else [None] * len(rows)
    addresses = [None if email is None else str(email).strip().lower() for email in _plain_list(emails)]
    return pa.table(
        {
            "google_email_sha256": _digests(addresses, _google_address),
            "google_phone_sha256": _digests(numbers, str),
            "meta_email_sha256": _digests(addresses, str),
            "meta_phone_sha256": _digests(numbers, lambda number: number.removeprefix("+")),
        }
    )


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


_LAYOUTS: dict[str, Callable[[Dataset, Rows], pa.Table]] = {"klaviyo": _klaviyo, "members": _members, "hashed": _hashed}


def definition_of(value: Any) -> Any:
    """Return a segment or any part of its tree as plain JSON values: records as objects with their kind.

    >>> from segkit.phrases import can_receive
    >>> definition_of(can_receive("sms"))["kind"]
    'ConsentCondition'
    """
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: definition_of(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **parts}
    if isinstance(value, tuple):
        return [definition_of(part) for part in value]
    return str(value) if isinstance(value, (date, Decimal)) else value


def _manifest(manifest: Manifest, layout: str, name: str, table: pa.Table, data: Path) -> Mapping[str, Any]:
    dataset = manifest.dataset
    return {
        "file": name,
        "purpose": manifest.purpose,
        "layout": layout,
        "rows": table.num_rows,
        "columns": table.column_names,
        "sha256": _sha256(data),
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


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _version() -> str:
    try:
        return version("sms-segkit")
    except PackageNotFoundError:
        return "unknown"

"""Member files: the layouts, cells that no spreadsheet runs, and the manifest; who is in one was decided before."""

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

_RUN_BY_SPREADSHEETS = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_PLAIN_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


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
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))
    table = _LAYOUTS[layout](dataset, rows)
    manifest_path = path.with_name(path.name + ".manifest.json")
    with whole_files(path, manifest_path) as [data_part, manifest_part]:
        pa.csv.write_csv(table, str(data_part))
        text = json.dumps(_manifest(manifest, layout, path.name, table, data_part), indent=2, ensure_ascii=False)
        manifest_part.write_bytes(text.encode() + b"\n")
    return path.resolve()


def neutralised(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Put an apostrophe before every cell that a spreadsheet would run as a formula; plain numbers, and so E.164, stay.

    The first characters that spreadsheets act on are those that OWASP lists under "CSV Injection", full-width forms included.

    >>> neutralised(pa.array(["=1+1", "+14155550132", "-5", "@SUM(A1)", "a=b"])).to_pylist()
    ["'=1+1", '+14155550132', '-5', "'@SUM(A1)", 'a=b']
    """
    runs = pc.match_substring_regex(texts, _RUN_BY_SPREADSHEETS)
    is_number = pc.match_substring_regex(texts, _PLAIN_NUMBER)
    unsafe = pc.and_(runs, pc.invert(is_number))
    return pc.if_else(unsafe, pc.binary_join_element_wise("'", texts, ""), texts)


def texts_of(cells: Cells) -> pa.ChunkedArray:
    """Return cells as they are written: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null."""
    column = cells.values
    if isinstance(column, list):
        return pa.chunked_array([pa.array([None if cell is None else _text(cell) for cell in column], pa.string())])
    kind = column.type
    if pa.types.is_timestamp(kind):
        whole = pc.cast(column, pa.timestamp("s", tz=kind.tz), safe=False)
        return pc.strftime(whole, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_nested(kind):
        cells_as_text = [None if cell is None else _text(cell) for cell in column.to_pylist()]
        return pa.chunked_array([pa.array(cells_as_text, pa.string())])
    if pa.types.is_string(kind):
        return neutralised(column)
    return column.cast(pa.string())


def _text(cell: Any) -> str:
    text = json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, (list, dict, tuple)) else str(cell)
    found: str = neutralised(pa.array([text]))[0].as_py()
    return found


def _members(dataset: Dataset, rows: Rows) -> pa.Table:
    columns = {"profile_id": texts_of(dataset.ids_at(rows))}
    columns.update({_header(name): texts_of(dataset.cells(name).take(rows)) for name in dataset.property_names})
    return pa.table(columns)


def _klaviyo(dataset: Dataset, rows: Rows) -> pa.Table:
    """Lay out what Klaviyo's importer takes: email first, or, where nobody has one, the phone number (help 360035428731)."""
    columns = {
        header: texts_of(dataset.cells(name).take(rows))
        if dataset.has_property(name)
        else pa.nulls(len(rows), pa.string())
        for header, name in KLAVIYO_COLUMNS.items()
    }
    if pc.all(pc.is_null(columns["Email"])).as_py():
        del columns["Email"]
    return pa.table(columns)


def _hashed(dataset: Dataset, rows: Rows) -> pa.Table:
    """Lay out what ad platforms match on; they differ, so each has columns of its own and one column can't serve all.

    Google hashes E.164 with its plus sign, and takes dots out of Gmail addresses; Meta hashes the digits alone.
    """
    numbers = dataset.phones.numbers.take(pa.array(rows)).to_pylist()
    emails = dataset.cells("email").take(rows).values if dataset.has_property("email") else [None] * len(rows)
    addresses = [None if email is None else str(email).strip().casefold() for email in _plain_list(emails)]
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


def _header(name: str) -> str:
    found: str = neutralised(pa.array([name]))[0].as_py()
    return found


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

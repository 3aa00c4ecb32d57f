"""Member files: the layouts, cells that no spreadsheet runs, and the manifest; who is in one was decided before."""

# Over 250 lines, since the layouts share how a cell is written and belong beside it.

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
Texts: TypeAlias = pa.Array | pa.ChunkedArray
Column: TypeAlias = Callable[[slice], Texts]
"""Makes the texts of a piece of the rows."""
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

_RUN_BY_SPREADSHEETS = "^[\t\r\n]|^[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_IS_SUSPECT = np.isin(np.arange(256), list(b"=+-@\xef\t\n\f\r \0"))
"""Of each first byte, whether a cell that begins with it may be run; full-width forms begin with EF."""
_PLAIN_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]+)?$"
_END = 2**31 - 1
"""Past the last byte of any text."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a member file: what it is for, who was asked for, from what data, and what became of them."""

    purpose: str
    include: tuple[Segment, ...]
    exclude: tuple[Segment, ...]
    dataset: Dataset
    waterfall: pd.DataFrame | None


def write_layout(path: Path, dataset: Dataset, rows: Rows, layout: Layout, manifest: Manifest) -> Path:
    """Write some profiles, in the order of the data, in a layout, with a manifest beside; both appear whole or not at all.

    Raises:
        FileError: an unknown layout, or the folder does not exist.
    """
    sheet = _laid_out(dataset, rows, layout)
    # Not `with_name`, which refuses a folder such as "." before `whole_files` can say what is wrong with it.
    manifest_path = path.parent / f"{path.name}.manifest.json"
    with whole_files(path, manifest_path) as [data_part, manifest_part]:
        _write(sheet, len(rows), str(data_part))
        headers = [header for header, _ in sheet]
        said = _manifest(manifest, file=path.name, layout=layout, rows=len(rows), columns=headers, data=data_part)
        manifest_part.write_bytes(json.dumps(said, indent=2, ensure_ascii=False).encode() + b"\n")
    return path.resolve()


def layout_bytes(dataset: Dataset, rows: Rows, layout: Layout) -> bytes:
    """Return some profiles, in the order of the data, in a layout as the bytes of a CSV.

    Raises:
        FileError: an unknown layout.
    """
    stream = pa.BufferOutputStream()
    _write(_laid_out(dataset, rows, layout), len(rows), stream)
    return bytes(stream.getvalue())


def _laid_out(dataset: Dataset, rows: Rows, layout: Layout) -> Sheet:
    if layout not in get_args(Layout):
        raise FileError.unknown_layout(layout, get_args(Layout))
    return _LAYOUTS[layout](dataset, rows)


def _write(sheet: Sheet, size: int, sink: str | pa.NativeFile) -> None:
    """Write a sheet as a CSV, one piece of its rows after the other."""
    schema = pa.schema([(header, pa.string()) for header, _ in sheet])
    with pa.csv.CSVWriter(sink, schema, write_options=pa.csv.WriteOptions(batch_size=BATCH)) as writer:
        for first in range(0, size, PIECE):
            piece = slice(first, min(first + PIECE, size))
            writer.write_table(pa.table([column(piece) for _, column in sheet], schema=schema))


def neutralised(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before every cell that a spreadsheet would run as a formula; plain numbers, and so E.164, stay.

    The first characters that spreadsheets act on are those that OWASP lists under "CSV Injection", full-width forms included;
    blanks before them are looked through, since spreadsheets trim.

    >>> neutralised(pa.array(["=1+1", "+14155550132", "-5", "@SUM(A1)", "a=b"])).to_pylist()
    ["'=1+1", '+14155550132', '-5', "'@SUM(A1)", 'a=b']
    """
    suspect = _suspects(texts)
    if not suspect.any():
        return texts
    few = texts.filter(pa.array(suspect))
    # Numbers in E.164, a whole column of suspects, are known by their digits in a sixth of the time of the patterns.
    if pc.all(pc.and_(pc.starts_with(few, "+"), pc.ascii_is_decimal(pc.binary_replace_slice(few, 0, 1, "")))).as_py():
        return texts
    is_number = pc.match_substring_regex(few, _PLAIN_NUMBER)
    unsafe = pc.and_not(pc.match_substring_regex(few, _RUN_BY_SPREADSHEETS), is_number)
    safe = pc.if_else(unsafe, pc.binary_join_element_wise("'", few, ""), few)
    return pc.replace_with_mask(texts, pa.array(suspect), safe)


def _suspects(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Return which cells may be run by their first byte, and perhaps some that are empty, which the patterns clear.

    Bytes are looked up where Arrow keeps them, which takes a twentieth of the time of patterns.
    """
    _, offsets, data = texts.buffers()
    if data is None or not data.size:
        return np.zeros(len(texts), dtype=bool)
    firsts = np.frombuffer(offsets, np.int32, count=len(texts), offset=4 * texts.offset)
    # Clipped, since an empty cell at the end begins past the last byte.
    return np.asarray(_IS_SUSPECT[np.frombuffer(data, np.uint8).take(firsts, mode="clip")])


def texts_of(cells: Cells) -> pa.ChunkedArray:
    """Return cells as they are written: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null."""
    return _manner(cells.values, lambda: cells.values)(cells.values)


def _manner(column: Any, whole: Callable[[], pa.ChunkedArray]) -> Callable[[Any], pa.ChunkedArray]:
    """Return how the cells of a column are written, a piece or all of them.

    Args:
        column: a list or an Arrow column, for its kind.
        whole: gives all that are to be written, if how each is written depends on the others.
    """
    if isinstance(column, list):
        return _one_by_one
    kind = column.type
    if pa.types.is_timestamp(kind):
        unit = "s" if _are_whole_seconds(whole()) else "us"
        return lambda column: _instants(column, unit)
    is_number = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    if pa.types.is_nested(kind) or not _has_texts(column.slice(0, 0) if is_number else whole()):
        return lambda column: _one_by_one(column.to_pylist())
    if is_number:
        return lambda column: column.cast(pa.string())
    return lambda column: pa.chunked_array(map(neutralised, column.cast(pa.string()).chunks), pa.string())


def _has_texts(column: pa.ChunkedArray) -> bool:
    """Whether Arrow can write cells as text: not all kinds, nor bytes that are no UTF-8."""
    try:
        column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _are_whole_seconds(column: pa.ChunkedArray) -> bool:
    try:
        _utc(column).cast(pa.timestamp("s"))
    except pa.ArrowInvalid:
        return False
    return True


def _utc(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.timestamp("us", tz=column.type.tz), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))


def _instants(column: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    """Return times as text, with a fraction of a second where the unit is microseconds.

    Not by `strftime`, which takes twenty times as long and needs a time zone database, which Windows lacks; and by putting "Z" in
    behind the last byte, which takes a fifth of the time of joining texts.
    """
    texts = pc.binary_replace_slice(_utc(column).cast(pa.timestamp(unit)).cast(pa.string()), 10, 11, "T")
    return pc.binary_replace_slice(texts, _END, _END, "Z")


def _one_by_one(cells: list[Any]) -> pa.ChunkedArray:
    texts = pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())
    # Not by its looks: -1e-07 is a number as a cell and a formula as a text.
    is_number = pa.array([isinstance(cell, (int, float, Decimal)) for cell in cells], pa.bool_())
    return pa.chunked_array([pc.if_else(is_number, texts, neutralised(texts))])


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict, tuple, np.ndarray)):
        return json.dumps(cell.tolist() if isinstance(cell, np.ndarray) else cell, ensure_ascii=False, default=str)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _column(cells: Cells, rows: Rows) -> Column:
    """Return how the texts of a property are made, a piece of the rows at a time."""
    text = _manner(cells.values, lambda: _at(cells, rows))
    return lambda piece: text(_at(cells, rows[piece]))


def _at(cells: Cells, rows: Rows) -> Any:
    """Return the cells of some rows, which stand in the order of the data.

    Only what lies between the first and the last is looked at, since taking from a whole column may join its chunks anew each
    time; and where nothing is left out, that is the answer.
    """
    if isinstance(cells.values, list) or not len(rows):
        return cells.take(rows).values
    near = cells.values.slice(rows[0], rows[-1] - rows[0] + 1)
    return near if len(near) == len(rows) else near.take(pa.array(rows - rows[0]))


def _members(dataset: Dataset, rows: Rows) -> Sheet:
    headers = neutralised(pa.array(["profile_id", *dataset.property_names])).to_pylist()
    columns = [_column(dataset.cells(name), rows) for name in dataset.property_names]
    return list(zip(headers, [lambda piece: texts_of(dataset.ids_at(rows[piece])), *columns], strict=True))


def _klaviyo(dataset: Dataset, rows: Rows) -> Sheet:
    """Lay out what Klaviyo's importer takes: email first, or, where nobody has one, the phone number (help 360035428731).

    `segkit.import_check` knows its rules; a file of this layout breaks none.
    """
    columns = {
        header: _column(dataset.cells(name), rows) if dataset.has_property(name) else _unset
        for header, name in KLAVIYO_COLUMNS.items()
    }
    # All of them at once, since whether an address may stand in a row depends on all before it.
    emails = _importable(columns["Email"](slice(0, len(rows))))
    columns["Email"] = emails.__getitem__
    if emails.null_count == len(emails) > 0:
        del columns["Email"]
    return list(columns.items())


def _unset(piece: slice) -> pa.Array:
    return pa.nulls(piece.stop - piece.start, pa.string())


def _importable(emails: Texts) -> pa.Array:
    """Return addresses without those for which the importer would skip the row, or make of it another profile.

    That is what is no address, what only an apostrophe keeps a spreadsheet from running, and, but for the first, what stands
    there twice. The phone number, which everybody in an audience has once, tells such a profile as well.
    """
    trimmed = pc.utf8_trim_whitespace(emails.combine_chunks() if isinstance(emails, pa.ChunkedArray) else emails)
    is_plain = pc.and_not(pc.match_substring_regex(trimmed, ADDRESS), pc.starts_with(trimmed, "'"))
    # By groups, which takes two thirds of the time of giving each address a code. Hashing them first, to look at doubles alone,
    # takes as long.
    numbered = pa.table({"address": pc.utf8_lower(trimmed), "row": pa.array(np.arange(len(trimmed)))})
    firsts = numbered.group_by("address", use_threads=False).aggregate([("row", "min")])["row_min"]
    is_first = np.zeros(len(trimmed), dtype=bool)
    is_first[firsts.to_numpy()] = True
    return pc.if_else(pc.and_(is_plain, pa.array(is_first)), trimmed, pa.scalar(None, pa.string()))


def _hashed(dataset: Dataset, rows: Rows) -> Sheet:
    """Lay out what ad platforms match on; they differ, so each has columns of its own and one column can't serve all.

    Google hashes E.164 with its plus sign, and takes dots out of Gmail addresses; Meta hashes the digits alone.
    """

    def numbers(piece: slice) -> list[str | None]:
        return _plain_list(dataset.phones.numbers.take(pa.array(rows[piece])))

    def addresses(piece: slice) -> list[str | None]:
        if not dataset.has_property("email"):
            return [None] * (piece.stop - piece.start)
        emails = _plain_list(_at(dataset.cells("email"), rows[piece]))
        return [None if email is None else str(email).strip().lower() for email in emails]

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


def _manifest(
    manifest: Manifest, *, file: str, layout: str, rows: int, columns: list[str], data: Path
) -> Mapping[str, Any]:
    dataset = manifest.dataset
    return {
        "file": file,
        "purpose": manifest.purpose,
        "layout": layout,
        "rows": rows,
        "columns": columns,
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

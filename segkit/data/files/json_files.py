"""Read JSON and JSON Lines: pages of the Klaviyo API, single resources, or plain rows.

`klaviyo_pages` converts pages to tables.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from segkit.data.files.frames import note_halves
from segkit.data.files.klaviyo_pages import events_table, newest_profiles, profiles_table
from segkit.data.files.opened import read_whole
from segkit.data.properties import cells_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.json_text import Halves, read_json
from segkit.vocabulary import REQUIRED, canonical_name

MOST_AT_ONCE = 2**30
"""The largest file, in uncompressed bytes. JSON is parsed as a whole, and the parsed values take more memory than the text."""

PAGES = {"profiles": "profile", "events": "event"}
"""The tables that pages of the Klaviyo API can contain, and the type of their resources."""


def json_tables(paths: Sequence[Path], table: str, issues: Issues) -> list[Table]:
    """Read JSON files: pages and resources into one table, and plain rows into one table per file.

    Pages share a table, since the names of the columns depend on all of them.

    Raises:
        DataError: a file is damaged, not JSON, empty, or contains neither pages nor rows.
    """
    read = {path: _documents(path, table, issues) for path in paths}
    if not any(_is_page(one, documents, table) for documents in read.values() for one in documents):
        return [_rows_table(path, documents) for path, documents in read.items()]
    pages = []
    for path, documents in read.items():
        if not all(_is_page(one, documents, table) for one in documents):
            raise DataError.unreadable_file(path, "it contains both plain rows and pages of the Klaviyo API")
        pages += documents
    if table not in PAGES:
        raise DataError.unreadable_file(
            paths[0], f"{table} can't be read from pages of the Klaviyo API, only from rows"
        )
    resources = [one for one in pages if _is_resource(one)]
    whole = [one for one in pages if not _is_resource(one)]
    if resources:
        # Single resources form one more page. Resources of other types, such as metrics, become its included resources.
        kind = PAGES[table]
        whole.append({
            "data": [one for one in resources if one["type"] == kind],
            "included": [one for one in resources if one["type"] != kind],
        })  # fmt: skip
    return [profiles_table([newest_profiles(whole, issues)]) if table == "profiles" else events_table(whole)]


def json_rows(paths: Sequence[Path], table: str, issues: Issues) -> list[Table]:
    """Read JSON files with plain rows into one table per file, also if a row looks like a resource of the Klaviyo API.

    Raises:
        DataError: a file is damaged, not JSON, or empty.
    """
    return [_rows_table(path, _documents(path, table, issues)) for path in paths]


def _documents(path: Path, table: str, issues: Issues) -> list[Any]:
    """Return the documents in a file: the whole file, the items of its list, or one document per line."""
    raw = read_whole(path, MOST_AT_ONCE)
    if not raw.strip():
        raise DataError.empty_file(path.name)
    try:
        text = raw.decode(json.detect_encoding(raw))
    except UnicodeDecodeError:
        raise DataError.unreadable_file(path, "its text is not in UTF-8") from None
    documents = _parsed(path, text)
    if "\\ud" in text or "\\uD" in text:
        halves = Halves()
        documents = [halves.without(document) for document in documents]
        note_halves(table, halves, issues, examples=[path.name])
    if any(not isinstance(document, Mapping) for document in documents):
        raise DataError.unreadable_file(path, "it contains neither pages of the Klaviyo API nor rows with column names")
    return documents


def _parsed(path: Path, text: str) -> list[Any]:
    try:
        whole = read_json(text)
    except ValueError as error:
        found = _lines(path, text)
        if found is None:
            raise DataError.unreadable_file(path, str(error)) from None
        return found
    return whole if isinstance(whole, list) else [whole]


def _lines(path: Path, text: str) -> list[Any] | None:
    """Return the documents in JSON Lines, or None if the first line is not JSON."""
    found: list[Any] = []
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        try:
            found.append(read_json(line))
        except ValueError as error:
            if not found:
                return None
            # The parser saw only this line, so it always reports line 1.
            reason = str(error).replace("it is", "is").removesuffix(", in line 1")
            joined = f"line {number:,} {reason}" if reason.startswith("is") else f"in line {number:,}, {reason}"
            raise DataError.unreadable_file(path, joined) from None
    return found


def _is_page(document: Mapping[str, Any], documents: Sequence[Any], table: str) -> bool:
    """Return whether a document is a page of Klaviyo's API or a resource.

    If a file has only one document, it also counts as a page unless it looks like a row, so that errors are about pages.
    """
    if _is_resource(document) or isinstance(document.get("data"), list):
        return True
    is_row = any(canonical_name(table, name) in REQUIRED[table] for name in document)
    return len(documents) == 1 and table in PAGES and not is_row


def _is_resource(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("type"), str) and isinstance(document.get("attributes"), Mapping)


def _rows_table(path: Path, rows: Iterable[Mapping[str, Any]]) -> Table:
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    if not names:
        raise DataError.empty_file(path.name)
    return {name: cells_of([row.get(name) for row in rows]) for name in names}

"""Find the files for each table in a shop's folder, and report files that look like a table but are not read."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from segkit.data.files.opened import member_name
from segkit.data.validation.issues import Issues
from segkit.errors import DataError
from segkit.masking import masked_text

Format: TypeAlias = Literal["csv", "parquet", "json", "arrow", "excel"]

TABLES = ("profiles", "events", "lists", "places")

COMPRESSED = (".gz", ".bz2", ".zst", ".zip")
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".feather": "arrow",
    ".arrow": "arrow",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
_SPARE = (".txt", ".xlsx", ".xlsm")
"""Extensions that are only read if the table has no other file, since notes and workbooks are often stored beside an export."""

_UNFINISHED = (".part", ".crdownload", ".partial", ".tmp", ".download")
_WORKBOOKS = (".xls", ".xlsb", ".ods", ".numbers")
_SINGULAR = {name.removesuffix("s"): name for name in TABLES}
HIDDEN = (".", "_", "~$")
"""Prefixes of files without data, which engines, editors and operating systems write."""


def format_of(path: Path) -> Format | None:
    """Return the format for a file's extension, or None if segkit does not read it."""
    return FORMATS.get(_ending(path))


def files_in(folder: Path) -> dict[str, list[Path]]:
    """Return the files, or folders of part files, for each table of a shop.

    Raises:
        DataError: the folder does not exist, has neither profiles nor events, or has a table in more than one format.
    """
    entries = _entries(folder)
    found: dict[str, list[Path]] = {}
    for table in TABLES:
        parts = [path for path in entries if _stem(path) == table and _is_readable(path)]
        plain = [path for path in parts if path.is_dir() or _ending(path) not in _SPARE]
        parts = plain or parts
        # Refuse profiles.csv beside profiles.parquet, and events-1.csv beside events-1.csv.gz.
        names = {path.name.casefold().partition(".")[0] for path in parts}
        if len({_format_within(path) for path in parts}) > 1 or len(names) < len(parts):
            raise DataError.two_kinds_of_file(table, [path.name for path in parts])
        if parts:
            found[table] = parts
    if not found.keys() & {"profiles", "events"}:
        raise DataError.no_data_in_folder(folder, [path.name for path in entries])
    return found


def parts_of(path: Path) -> list[Path]:
    """Return the part files in a folder that an engine wrote, sorted by name. For a file, return the file itself.

    Raises:
        DataError: the folder contains no file that segkit reads.
    """
    if not path.is_dir():
        return [path]
    found = sorted(_within(path))
    if not found:
        raise DataError.no_parts(path, sorted(one.name for one in path.iterdir()))
    return found


def note_passed_over(folder: Path, found: Mapping[str, Iterable[Path]], given: Iterable[Path], issues: Issues) -> None:
    """Note each file in a folder that looks like a table but is not read. `given` has the files that the user named."""
    read = {path for paths in found.values() for path in paths}
    others = {path.resolve() for path in given}
    for path in _entries(folder):
        table = _meant(path)
        if path in read or path.resolve() in others or table is None or (path.is_dir() and not any(path.iterdir())):
            continue
        beside = sorted(one.name for one in found.get(table, ()))
        issues.note(
            table,
            "(file)",
            "a folder that was not read" if path.is_dir() else "a file that was not read",
            1,
            examples=[path.name],
            resolution=f"not read: {_advice(path, table, beside)}",
        )


def _advice(path: Path, table: str, beside: list[str]) -> str:
    ending = path.suffix.casefold()
    if not path.is_file() and not path.is_dir():
        return "it is a device, a pipe or a broken link, not a regular file"
    if ending in _UNFINISHED:
        return "it looks like an unfinished download. Wait until it is complete"
    if ending in _WORKBOOKS:
        return f"save it as {table}.csv or {table}.xlsx"
    if ending != ".zip" and format_of(path) is None:
        return f"if it contains {table}, save it as {table}.csv or {table}.parquet"
    if not beside:
        return f"to read it, pass its path: sk.load(..., {table}=...)"
    return (
        f"{masked_text(beside[0])} was read instead. If this file is another part of {table}, rename it to {table}-2{masked_text(''.join(path.suffixes[-1:]))}, "
        f"or pass all files to read: sk.load(..., {table}=[...])"
    )


def _entries(folder: Path) -> list[Path]:
    """Return the entries of a folder that are not hidden."""
    if not folder.exists():
        raise DataError.no_file(folder)
    if not folder.is_dir():
        raise DataError.no_data_in_folder(folder.parent, [folder.name])
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def _is_readable(path: Path) -> bool:
    if path.is_dir():
        return any(True for _ in _within(path))
    return path.is_file() and format_of(path) is not None


def _within(folder: Path) -> Iterable[Path]:
    """Yield the part files in a folder that an engine wrote, including those in subfolders such as `year=2026`."""
    for path in folder.rglob("*"):
        steps = path.relative_to(folder).parts
        if path.is_dir() or any(step.startswith(HIDDEN) for step in steps):
            continue
        is_part = format_of(path) == "parquet" or (format_of(path) is not None and path.name.startswith("part-"))
        if is_part and all("=" in step for step in steps[:-1]):
            yield path


def _format_within(path: Path) -> Format | None:
    return format_of(next(iter(_within(path)))) if path.is_dir() else format_of(path)


def _stem(path: Path) -> str:
    return path.name.casefold().partition(".")[0].partition("-")[0]


def _ending(path: Path) -> str:
    name = path.name.casefold()
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    ending = Path(name).suffix
    # The name events.zip doesn't show the format of the file inside.
    is_archive = not ending and path.suffix.casefold() == ".zip" and path.is_file()
    return Path(member_name(path)).suffix.casefold() if is_archive else ending


def _meant(path: Path) -> str | None:
    """Return the table that a file's name mentions as a word, as in `my_events.csv` but not in `playlist.csv`."""
    name = path.name.casefold()
    words = {_SINGULAR.get(word) for word in re.split(r"[^a-z]+", name)}
    return next((table for table in TABLES if table in name or table in words), None)

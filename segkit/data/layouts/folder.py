"""Find the files of a layout's tables in a folder, and report files that are not read."""

from collections.abc import Mapping
from pathlib import Path

from segkit.data.files.folder import HIDDEN, format_of
from segkit.data.layouts.records import Layout
from segkit.data.validation.issues import Issues
from segkit.errors import DataError


def layout_files(folder: Path, layout: Layout) -> dict[str, list[Path]]:
    """Return the files, or folders of part files, of each table of a layout.

    A table's file is named like the table, in any case and with any extension that segkit reads, such as `PERSON.csv` or
    `person-2.parquet`. Shopify's are named `orders_export_1.csv`, so only the first word of a name counts there.

    Raises:
        DataError: the folder has neither profiles nor events of the layout, or a table in more than one format.
    """
    if not folder.is_dir():
        raise DataError.no_file(folder)
    by_table: dict[str, list[Path]] = {}
    for path in _entries(folder):
        name = _table_name(path, layout)
        is_table = any(one.name == name for one in layout.tables)
        if is_table and (path.is_dir() or format_of(path) is not None):
            by_table.setdefault(name, []).append(path)
    for table in layout.tables:
        if table.name in by_table and table.instead_of is not None:
            by_table.pop(table.instead_of, None)
    for name, paths in by_table.items():
        if len({format_of(path) for path in paths if path.is_file()}) > 1:
            raise DataError.two_kinds_of_file(name, [path.name for path in paths])
    if not any(layout.table(name).becomes in ("profiles", "events") for name in by_table):
        wanted = [one.name for one in layout.tables]
        raise DataError.no_table_of_layout(
            folder, layout.lacks.source, wanted, [path.name for path in _entries(folder)]
        )
    return by_table


def note_unused(folder: Path, layout: Layout, found: Mapping[str, list[Path]], issues: Issues) -> None:
    """Note each entry of a folder that was not read, and each table of the layout that the folder lacks."""
    read = {path for paths in found.values() for path in paths}
    unused = [path.name for path in _entries(folder) if path not in read]
    issues.note(
        "layout",
        "(file)",
        "files that were not read",
        len(unused),
        examples=unused,
        resolution=f"not read: segkit does not use these tables of {layout.lacks.source}",
    )
    if not layout.lacks.has_lists:
        issues.note(
            "lists",
            "(file)",
            f"{layout.lacks.source} has no members of lists",
            1,
            resolution="conditions on lists are refused, unless you pass lists=",
        )


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(HIDDEN))


def _table_name(path: Path, layout: Layout) -> str:
    name = path.name.casefold().partition(".")[0].partition("-")[0]
    return name.partition("_")[0] if layout.name == "shopify" else name

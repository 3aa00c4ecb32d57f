"""Load a folder with the tables of a connector or a shop, for `sk.load`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from tqdm.auto import tqdm

from segkit.data.files.frames import table_of
from segkit.data.files.opened import unchanged
from segkit.data.layouts.convert import shop_tables
from segkit.data.layouts.folder import layout_files, note_unused
from segkit.data.layouts.records import LAYOUTS, Layout
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.engine.memory.dataset import Dataset
from segkit.engine.sources import files_of, is_frame, read_files, read_rows
from segkit.errors import DataError


def layout_of(name: object) -> Layout | None:
    """Return a layout by its name.

    Raises:
        DataError: there is no such layout.
    """
    if name is None:
        return None
    if not isinstance(name, str) or name not in LAYOUTS:
        raise DataError.bad_argument("layout", name, f"one of {', '.join(map(repr, LAYOUTS))}")
    return LAYOUTS[name]


def load_layout(
    layout: Layout,
    home: Path | None,
    given: Mapping[str, Any],
    options: LoadOptions,
    encoding: str | None,
    *,
    progress: bool,
) -> Dataset:
    """Load a folder with the tables of a layout, and tables that the user passed by name."""
    if home is None:
        raise DataError.bad_argument("folder", None, f"the folder with the tables of {layout.lacks.source}")
    issues = Issues()
    found = layout_files(home, layout)
    by_name = {name: source for name, source in given.items() if source is not None}
    files = {name: files_of(source, name) for name, source in by_name.items() if not is_frame(source)}
    of_layout = {name: files_of(list(paths), name) for name, paths in found.items()}
    with unchanged(path for some in (files, of_layout) for parts in some.values() for path, _ in parts):
        bar = tqdm(of_layout.items(), desc="Reading", unit=" tables", disable=not progress)
        read = {name: read_rows(parts, name, encoding, issues) for name, parts in bar}
        tables = shop_tables(layout, read, options, issues)
        for name, source in by_name.items():
            own = read_files(files[name], name, encoding, issues) if name in files else [table_of(source, name, issues)]
            tables[name] = [*tables.get(name, ()), *own] if name == "events" else own
        note_unused(home, layout, found, issues)
        options = replace(
            options,
            lacks=layout.lacks,
            add_profiles_of_events=options.add_profiles_of_events or layout.adds_profiles,
        )
        shop = Dataset.from_tables(tables, options, issues)
    if layout_files(home, layout) != found:
        raise DataError.changed_while_read([home])
    read.clear()
    tables.clear()
    pa.default_memory_pool().release_unused()
    return shop

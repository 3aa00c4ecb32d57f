"""Convert frames from pandas, Polars and any library with the Arrow PyCapsule interface to tables of uninterpreted cells."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import pandas as pd
import pyarrow as pa

from segkit.data.files.missing_headers import refuse_data
from segkit.data.files.parts import doubled
from segkit.data.properties import cells_of, field_cells
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.json_text import Halves
from segkit.wording import listed


class ArrowStream(Protocol):
    """A frame or table from any library that exports its columns through Arrow, such as Polars."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the columns, as the Arrow PyCapsule interface defines."""


Frame: TypeAlias = pd.DataFrame | ArrowStream


def table_of(frame: Frame, name: str, issues: Issues) -> Table:
    """Convert a frame to a table of cells under its own headers. Each named level of a pandas index also becomes a column.

    Lone surrogates (half a character) are replaced, and noted.

    Raises:
        DataError: the value is not a frame, two columns have the same header, the headers have several levels, or a text column
            contains invalid text.
    """
    if not isinstance(frame, pd.DataFrame):
        return _from_arrow(frame, name)
    if frame.columns.nlevels > 1:
        raise DataError.several_levels(name, frame.columns[0])
    levels = [level for level in range(frame.index.nlevels) if frame.index.names[level] is not None]
    columns = [frame.index.get_level_values(level).to_series() for level in levels]
    columns += [frame.iloc[:, number] for number in range(frame.shape[1])]
    halves = Halves()
    headers = [halves.without(str(column.name)) for column in columns]
    _refuse_doubled(name, headers)
    table = {header: cells_of(column, halves) for header, column in zip(headers, columns, strict=True)}
    note_halves(name, halves, issues)
    return table


def note_halves(table: str, halves: Halves, issues: Issues, *, examples: Sequence[str] = ()) -> None:
    """Note how many texts in a table contained a lone surrogate (half a character)."""
    issues.note(
        table,
        "(file)",
        "strings with half a character",
        halves.found,
        examples=examples,
        resolution="the half was replaced by \ufffd",
    )


def _refuse_doubled(name: str, headers: Sequence[str]) -> None:
    if doubled(headers):
        refuse_data(name, headers)
        several = listed(doubled(headers))
        raise DataError.issues([f"{name}: several columns have the header {several}. Remove or rename all but one."])


def _from_arrow(frame: Any, name: str) -> Table:
    """Convert a frame from any other library through Arrow."""
    if not hasattr(frame, "__arrow_c_stream__"):
        raise DataError.not_a_source(name, frame)
    try:
        table = pa.table(frame)
        table.validate(full=True)
        names = table.column_names
    except (pa.ArrowException, TypeError, ValueError):
        raise DataError.not_a_table_of_arrow(name, type(frame).__name__) from None
    _refuse_doubled(name, names)
    columns = zip(table.schema, table.columns, strict=True)
    return {field.name: field_cells(field, column) for field, column in columns}

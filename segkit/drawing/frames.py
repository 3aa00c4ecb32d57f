"""Show tables from analyses in a notebook, with text on the left, numbers on the right, and words for True, False and NaN."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from numbers import Real
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.drawing.cards import CELL, FONT, plain_words
from segkit.drawing.html import Markup, element
from segkit.masking import masked_text, shape_of
from segkit.vocabulary import canonical_name
from segkit.wording import counted, likeness, number, percent

SHARES: Final = frozenset({"share", "containment", "members_share", "rest_share"})
"""Columns of shares from 0 to 1, which are shown in percent."""

NAMES: Final = frozenset({"email", "phone_number", "first_name", "last_name", "address1", "address2", "ip"})
"""Columns about a person. Only the first character of a cell is shown."""

CHANNELS: Final = frozenset({"email", "phone"})
"""Names of personal columns that are also common values, such as a preferred channel.

As a cell, they don't hide the rest of the row. Addresses and phone numbers are masked in every cell.
"""

REPORTS: Final = frozenset({"issue", "rule"})
"""Columns that, beside `column`, mark a table of findings about columns, such as `shop.report`."""

MOST_ROWS, FIRST_ROWS, LAST_ROWS = 60, 20, 5
"""A table with more than `MOST_ROWS` rows shows only its first and last rows."""

_AS_WIDE_AS_THE_PAGE: Final = "display:grid;grid-template-columns:minmax(0,1fr)"

MOST_COLUMNS: Final = 40
MOST_LETTERS: Final = 300


class StyledFrame(pd.DataFrame):
    """A pandas DataFrame that a notebook shows as a readable table. In all other respects it is a DataFrame.

    People's numbers and addresses are masked in this table, since notebooks are shared, but the cells still have them.
    """

    @property
    def _constructor(self) -> type["StyledFrame"]:
        return StyledFrame

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows and stores. Its plain text is also masked."""
        return {"text/html": self._repr_html_(), "text/plain": _plain(self)}

    def _repr_html_(self) -> str:
        return str(_html(self))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column or an index level as it is shown: its header, its cells, and for each cell whether it is about a person."""

    name: Hashable
    header: str
    values: list[Any]
    is_personal: list[bool]

    @property
    def words(self) -> list[str]:
        return [
            _words(self.name, value, hides=hides) for value, hides in zip(self.values, self.is_personal, strict=True)
        ]


def _plain(frame: pd.DataFrame) -> str:
    """Return the table as plain text, for programs that can't show HTML."""
    words = [[column.header, *column.words] for column in _columns(frame)]
    widths = [max(map(len, column)) for column in words]
    rows = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in zip(*words, strict=True)
    ]
    if len(frame) > MOST_ROWS:
        rows.insert(FIRST_ROWS + 1, f"… {len(frame) - FIRST_ROWS - LAST_ROWS:,} more rows …")
    return "\n".join(rows)


def _html(frame: pd.DataFrame) -> Markup:
    is_long = len(frame) > MOST_ROWS
    columns = _columns(frame)
    cells = [list(map(_cell, column.values, column.words)) for column in columns]
    rows = [element("tr", *row) for row in zip(*cells, strict=True)]
    if is_long:
        left_out = f"… {len(frame) - FIRST_ROWS - LAST_ROWS:,} more rows …"
        rows.insert(
            FIRST_ROWS, element("tr", element("td", left_out, colspan=len(columns), style=f"{CELL};text-align:left"))
        )
    heads = [
        element("th", column.header, scope="col", style=f"{CELL};text-align:{_side(column.values)}")
        for column in columns
    ]
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
        style="border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums",
    )
    notes = [f"{len(frame):,} rows"] if is_long else []
    more = len(frame.columns) - MOST_COLUMNS
    notes += [f"{counted(more, 'more column')}"] if more > 0 else []
    notes += ["No rows."] if not len(frame) else []
    if _is_masked(columns) or any(map(is_personal, frame.columns.names)):
        notes.append("Names, numbers and addresses are masked on display; the cells hold them.")
    # A page that is narrower than the table would cut it off. The grid keeps the box inside a widget from growing with the table.
    scrolled = element("div", element("div", table, style="overflow-x:auto"), style=_AS_WIDE_AS_THE_PAGE)
    return element(
        "div", scrolled, element("div", " · ".join(notes)) if notes else "", class_="segkit-card", style=FONT
    )


def _is_masked(columns: Sequence[_Column]) -> bool:
    return any(
        hides and isinstance(value, (str, list))
        for column in columns
        for value, hides in zip(column.values, column.is_personal, strict=True)
    )


def _columns(frame: pd.DataFrame) -> list[_Column]:
    """Return what is shown of each column. The index comes first, unless it only counts the rows."""
    is_counted = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    shown = pd.concat([frame.head(FIRST_ROWS), frame.tail(LAST_ROWS)]) if len(frame) > MOST_ROWS else frame
    levels = range(0 if is_counted else frame.index.nlevels)
    labels = [list(shown.index.get_level_values(level)) for level in levels]
    places = range(min(len(frame.columns), MOST_COLUMNS))
    cells = [shown.iloc[:, place].tolist() for place in places]
    # The rows of a data report name columns too, but their texts are masked already.
    is_report = "column" in frame and not REPORTS.isdisjoint(frame.columns)
    is_named = [not is_report and any(map(_names_a_column, row)) for row in _rows(cells, len(shown))]
    is_labelled = [any(map(is_personal, row)) for row in _rows(labels, len(shown))]
    hides_rows = [named or labelled for named, labelled in zip(is_named, is_labelled, strict=True)]
    hide = _hidden if any(map(is_personal, frame.columns.names)) else masked_text
    return [
        *(_column(frame.index.names[level] or "", labels[level], is_named, masked_text) for level in levels),
        *(_column(frame.columns[place], cells[place], hides_rows, hide) for place in places),
    ]


def _column(name: Hashable, values: list[Any], hides_rows: list[bool], masks: Callable[[str], str]) -> _Column:
    """Return a column in which the rows that name a personal column are hidden, except for this name itself."""
    hides_all = is_personal(name)
    hides = [hides_all or (row and not _names_a_column(value)) for value, row in zip(values, hides_rows, strict=True)]
    return _Column(name, masks(str(name)), values, hides)


def _rows(columns: list[list[Any]], count: int) -> Iterable[tuple[Any, ...]]:
    return zip(*columns, strict=True) if columns else [()] * count


def _names_a_column(value: object) -> bool:
    """Return whether a cell is the name of a personal column, as in the table that `DataFrame.melt` returns."""
    return isinstance(value, str) and value.casefold() not in CHANNELS and is_personal(value)


def is_personal(name: Hashable) -> bool:
    """Return whether the name of a column, or one level of it, is a column about a person under any spelling that segkit accepts.

    >>> [is_personal(name) for name in ("FIRST_NAME", "Phone Number", ("email", "max"), "Age", 3)]
    [True, True, True, False, False]
    """
    levels = name if isinstance(name, tuple) else (name,)
    return any(isinstance(level, str) and canonical_name("profiles", level) in NAMES for level in levels)


def _hidden(text: str) -> str:
    """Return text of which only the first character is shown, with its shape."""
    return shape_of(text[:MOST_LETTERS], r"[^@.\s]", visible=1)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def _side(values: list[Any]) -> str:
    """Return the side to which a column is aligned, which is right for numbers."""
    known = [value for value in values if not _is_missing(value)]
    return "right" if known and all(map(_is_number, known)) else "left"


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _cell(value: object, text: str) -> Markup:
    side = "right" if _is_number(value) and not _is_missing(value) else "left"
    # Blanks at the beginning of a line indent it below the line that it belongs to, also where it wraps.
    depth = len(text) - len(text.lstrip(" "))
    indent = f";padding-left:{0.6 + 0.5 * depth:g}rem" if depth else ""
    look = f"{CELL}{indent};text-align:{side};white-space:pre-wrap;max-width:36rem;overflow-wrap:break-word"
    return element("td", text.lstrip(" "), style=look)


def _words(name: Hashable, value: object, *, hides: bool = False) -> str:
    """Return a cell in words, of which only the first character is shown if `hides`.

    >>> [_words("is_true", True), _words("share", 0.131), _words("to_threshold", -20.0), _words("x", None), _words("x", "Zoe", hides=True)]
    ['yes', '13%', '20 above', '—', 'Z••']
    """
    if _is_missing(value):
        return plain_words(None)
    if isinstance(value, np.bool_):
        value = bool(value)
    if not isinstance(value, bool) and isinstance(value, Real):
        return _number(name, float(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = plain_words(value)
    text = _hidden(text) if hides else masked_text(text[:MOST_LETTERS])
    return text if len(text) < MOST_LETTERS else f"{text}…"


def _number(name: Hashable, value: float) -> str:
    if name in SHARES:
        return percent(value)
    if name == "jaccard":
        return likeness(value)
    if name == "to_threshold":
        # The value is the threshold minus the number. If it is above 0, the number is below the threshold.
        return f"{number(abs(value))} {'below' if value > 0 else 'above'}" if value else "exactly there"
    return plain_words(value)

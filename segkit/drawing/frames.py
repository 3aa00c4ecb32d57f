"""Show tables from analyses in a notebook, with text on the left, numbers on the right, and words for True, False and NaN."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from numbers import Real
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.drawing.cards import CELL, FONT, plain_words
from segkit.drawing.html import Markup, element
from segkit.masking import masked_text, shape_of
from segkit.wording import counted, likeness, number, percent

SHARES: Final = frozenset({"share", "containment"})
"""Columns of shares from 0 to 1, which are shown in percent."""

NAMES: Final = frozenset({"email", "phone_number", "first_name", "last_name", "address1", "address2", "ip"})
"""Columns about a person. Only the first character of a cell is shown."""

MOST_ROWS, FIRST_ROWS, LAST_ROWS = 60, 20, 5
"""A table with more than `MOST_ROWS` rows shows only its first and last rows."""

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


def _columns(frame: pd.DataFrame) -> list[tuple[Hashable, list[Any]]]:
    """Return the name and the shown values of each column. The index comes first, unless it only counts the rows."""
    is_counted = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    shown = pd.concat([frame.head(FIRST_ROWS), frame.tail(LAST_ROWS)]) if len(frame) > MOST_ROWS else frame
    levels = range(0 if is_counted else frame.index.nlevels)
    columns = [(frame.index.names[level] or "", list(shown.index.get_level_values(level))) for level in levels]
    columns += [(name, shown.iloc[:, place].tolist()) for place, name in enumerate(frame.columns[:MOST_COLUMNS])]
    return columns


def _plain(frame: pd.DataFrame) -> str:
    """Return the table as plain text, for programs that can't show HTML."""
    words = [[masked_text(str(name)), *(_words(name, value) for value in values)] for name, values in _columns(frame)]
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
    cells = [[_cell(name, value) for value in values] for name, values in columns]
    rows = [element("tr", *row) for row in zip(*cells, strict=True)]
    if is_long:
        left_out = f"… {len(frame) - FIRST_ROWS - LAST_ROWS:,} more rows …"
        rows.insert(
            FIRST_ROWS, element("tr", element("td", left_out, colspan=len(columns), style=f"{CELL};text-align:left"))
        )
    heads = [
        element("th", masked_text(str(name)), scope="col", style=f"{CELL};text-align:{_side(values)}")
        for name, values in columns
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
    notes += ["Names, numbers and addresses are masked on display; the cells hold them."] if _is_masked(columns) else []
    return element("div", table, element("div", " · ".join(notes)) if notes else "", class_="segkit-card", style=FONT)


def _is_masked(columns: Sequence[tuple[Hashable, list[Any]]]) -> bool:
    return any(_is_personal(name) and any(isinstance(value, str) for value in values) for name, values in columns)


def _is_personal(name: Hashable) -> bool:
    """Return whether a column is about a person, also if it is one of several levels."""
    return not NAMES.isdisjoint(name if isinstance(name, tuple) else (name,))


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def _side(values: list[Any]) -> str:
    """Return the side to which a column is aligned, which is right for numbers."""
    known = [value for value in values if not _is_missing(value)]
    return "right" if known and all(map(_is_number, known)) else "left"


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _cell(name: Hashable, value: object) -> Markup:
    side = "right" if _is_number(value) and not _is_missing(value) else "left"
    text = _words(name, value)
    # Blanks at the beginning of a line indent it below the line that it belongs to, also where it wraps.
    depth = len(text) - len(text.lstrip(" "))
    indent = f";padding-left:{0.6 + 0.5 * depth:g}rem" if depth else ""
    look = f"{CELL}{indent};text-align:{side};white-space:pre-wrap;max-width:36rem;overflow-wrap:break-word"
    return element("td", text.lstrip(" "), style=look)


def _words(name: Hashable, value: object) -> str:
    """Return a cell in words.

    >>> [_words("is_true", True), _words("share", 0.131), _words("size", 12345), _words("to_threshold", -20.0), _words("x", None)]
    ['yes', '13%', '12,345', '20 above', '—']
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
    text = shape_of(text, r"[^@.\s]", visible=1) if _is_personal(name) else masked_text(text[:MOST_LETTERS])
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

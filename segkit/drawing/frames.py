"""Show tables from analyses in a notebook, with text on the left, numbers on the right, and words for True, False and NaN."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from numbers import Real
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.drawing.cards import CELL, FONT
from segkit.drawing.html import Markup, element, pieces
from segkit.masking import masked_text, shape_of
from segkit.wording import likeness, number, percent

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

    def _repr_html_(self) -> str:
        if len(self.columns) > MOST_COLUMNS or self.columns.nlevels > 1 or self.index.nlevels > 1:
            return pd.DataFrame(self).to_html(max_rows=MOST_ROWS, max_cols=MOST_COLUMNS)
        return str(_html(self))


def _html(frame: pd.DataFrame) -> Markup:
    is_counted = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    is_long = len(frame) > MOST_ROWS
    shown = pd.concat([frame.head(FIRST_ROWS), frame.tail(LAST_ROWS)]) if is_long else frame
    columns: list[tuple[Hashable, list[Any]]] = [] if is_counted else [(frame.index.name or "", list(shown.index))]
    columns += [(name, shown.iloc[:, place].tolist()) for place, name in enumerate(frame.columns)]
    cells = [[_cell(name, value) for value in values] for name, values in columns]
    rows = [element("tr", *row) for row in zip(*cells, strict=True)]
    if is_long:
        left_out = f"… {len(frame) - len(shown):,} more rows …"
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
    notes += ["No rows."] if frame.empty else []
    notes += ["Names, numbers and addresses are masked on display; the cells hold them."] if _is_masked(columns) else []
    return element("div", table, element("div", " · ".join(notes)) if notes else "", class_="segkit-card", style=FONT)


def _is_masked(columns: Sequence[tuple[Hashable, list[Any]]]) -> bool:
    return any(name in NAMES and any(isinstance(value, str) for value in values) for name, values in columns)


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
    # Blanks at the beginning of a line indent it below the line that it belongs to.
    look = f"{CELL};text-align:{side};white-space:pre-wrap;max-width:36rem;overflow-wrap:break-word"
    return element("td", pieces(_words(name, value)), style=look)


def _words(name: Hashable, value: object) -> str:
    """Return a cell in words.

    >>> [_words("is_true", True), _words("share", 0.131), _words("size", 12345), _words("to_threshold", -20.0), _words("x", None)]
    ['yes', '13%', '12,345', '20 above', '—']
    """
    if _is_missing(value):
        return "—"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return _number(name, float(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(value)
    text = shape_of(text, r"[^@.\s]", visible=1) if name in NAMES else masked_text(text[:MOST_LETTERS])
    return text if len(text) < MOST_LETTERS else f"{text}…"


def _number(name: Hashable, value: float) -> str:
    if name in SHARES:
        return percent(value)
    if name == "jaccard":
        return likeness(value)
    if name == "to_threshold":
        # The value is the threshold minus the number. If it is above 0, the number is below the threshold.
        return f"{number(abs(value))} {'below' if value > 0 else 'above'}" if value else "exactly there"
    return number(value)

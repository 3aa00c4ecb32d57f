"""Convert known columns to their types, and note the issues in each. `segkit/vocabulary.py` lists the type of each column."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.coded import recoded, texts_of
from segkit.data.consent import CONSENTS, ConsentWords, suggested
from segkit.data.instants import Flags
from segkit.data.marked_cells import without_marks
from segkit.data.properties import UNSET, Cells, Codes, PropertyColumn, codes_of
from segkit.data.validation.issues import EXAMPLES, Issues, masked
from segkit.marks import unmarked

Unreadable: TypeAlias = Literal["raise", "leave out"]

ADDRESS = r"^[^\s@(),:;\[\]/]+@[^\s@(),:;\[\]/]+\.[^\s@(),:;\[\]/.]+$"
"""What Klaviyo's importer accepts as an email address: no blanks and none of ( ) , : ; [ / ] (Klaviyo's help 115005078807)."""
FEW = 10
"""The number of examples to collect. `Issues` decides how many to show."""
LONGEST_WORD = 20
"""The longest word that is suggested for mapping, in characters."""
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_DEGREES = {"latitude": 90, "longitude": 180}
MARKS = "spaces, apostrophes or other marks around the value"
TAKEN_OFF = "removed"
KEYS = {"profile_id", "list_id", "external_id", "email"}
"""Columns of identifiers, in which marks around the text are removed. Names, towns and other text stay as written."""


@dataclass(frozen=True, slots=True)
class Place:
    """The column being read, where to note its issues, and the options for reading it.

    Attributes:
        table: the table's name.
        column: the column's name.
        issues: where issues are noted.
        unreadable: "leave out" notes unreadable cells instead of refusing them.
        day_first: the order of dates such as 06/07/2026; None if the user did not pass it.
    """

    table: str
    column: str
    issues: Issues
    unreadable: Unreadable = "raise"
    day_first: bool | None = None

    def note(self, issue: str, found: Flags | int, *, examples: Any = (), resolution: str) -> None:
        """Note cells that were converted or left out."""
        self.issues.note(self.table, self.column, issue, _count(found), examples=examples, resolution=resolution)

    def refuse(self, issue: str, found: Flags | int, *, examples: Any = (), next_step: str) -> None:
        """Note a fatal issue, or rows left out if the user asked for that."""
        if self.unreadable == "leave out":
            self.note(issue, found, examples=examples, resolution="left out, as requested")
        else:
            self.issues.refuse(self.table, self.column, issue, _count(found), examples=examples, next_step=next_step)


def _count(found: Flags | int) -> int:
    return int(np.count_nonzero(found)) if isinstance(found, np.ndarray) else int(found)


def examples_of(cells: Cells | pa.Array, rows: Flags) -> list[str]:
    """Return the first few cells of some rows as text."""
    values = cells.values if isinstance(cells, Cells) else cells
    few = np.flatnonzero(rows)[:FEW]
    found = (values[int(row)] for row in few)
    return [str(cell.as_py() if isinstance(cell, pa.Scalar) else cell) for cell in found]


def as_text(cells: Cells, place: Place) -> pa.Array:
    """Convert a column to text, with empty text as null.

    Integers lose the ".0" that spreadsheets add, and columns in `KEYS` lose marks around the text.
    """
    cells = without_empty_text(cells)
    if not isinstance(cells.values, list) and cells.is_text:
        # Text does not go through distinct values, which would be slow.
        texts = cells.values.combine_chunks()
        return _bare(texts, place) if place.column in KEYS else texts
    column = PropertyColumn(cells)
    values = column.distinct if isinstance(column.distinct, list) else column.distinct.to_pylist()
    texts = pa.array([_text_of(value) for value in values], pa.string())
    others = np.array([not isinstance(value, str) for value in values], dtype=bool)
    place.note(
        "numbers instead of text",
        column.rows(others),
        examples=texts.filter(pa.array(others))[:3],
        resolution="converted to text",
    )
    codes = column.codes
    texts = texts.take(pa.array(codes, mask=codes < 0))
    return _bare(texts, place) if place.column in KEYS else _set(texts)


def _bare(texts: pa.Array, place: Place, codes: Codes | None = None) -> pa.Array:
    """Return texts without marks around them, with empty text as null, and note how many cells had marks."""
    bare, changed = without_marks(texts)
    if changed is not None:
        rows = changed if codes is None else np.append(changed, False).take(codes)
        place.note(MARKS, rows, examples=examples_of(texts, changed), resolution=TAKEN_OFF)
        texts = bare
    return _set(texts)


def _set(texts: pa.Array) -> pa.Array:
    """Return texts with empty text as null."""
    if not pc.any(pc.equal(texts, "")).as_py():
        return texts
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def bare_cells(cells: Cells, place: Place) -> Cells:
    """Return a column without marks around its texts, with empty text as not set. Cells of other types are unchanged."""
    if isinstance(cells.values, list):
        bare: Any = [unmarked(value) if isinstance(value, str) else value for value in cells.values]
        changed = [isinstance(value, str) and value != other for value, other in zip(cells.values, bare, strict=True)]
        marked = np.array(changed, dtype=bool)
    elif cells.is_text:
        # Go chunk by chunk, since a column of events is large.
        pieces = [without_marks(chunk) for chunk in cells.values.chunks]
        bare = pa.chunked_array([piece for piece, _ in pieces], pa.string())
        marked = np.concatenate(
            [np.zeros(len(piece), dtype=bool) if some is None else some for piece, some in pieces]
            or [np.zeros(0, bool)]
        )
    else:
        return cells
    place.note(MARKS, marked, examples=examples_of(cells, marked), resolution=TAKEN_OFF)
    return without_empty_text(replace(cells, values=bare))


def as_words(cells: Cells, place: Place) -> pa.Array:
    """Convert a column as `as_text` does, dictionary-encoded unless most of its texts occur only once."""
    return recoded(*_words(cells, place))


def _words(cells: Cells, place: Place) -> tuple[Codes, pa.Array]:
    """Return the code of each row and the distinct texts, with empty text as null."""
    if not cells.is_text:
        encoded = as_text(cells.loaded(), place).dictionary_encode()
        return codes_of(encoded.indices), encoded.dictionary
    codes, texts = texts_of(cells)
    return codes, _bare(texts, place, codes) if place.column in KEYS else _set(texts)


def text_cells(cells: Cells, place: Place) -> Cells:
    """Return a column of text unchanged (and unread if it is in a file). Convert any other column to text in memory."""
    cells = cells if cells.is_text else cells.loaded()
    if cells.is_text:
        return cells
    return Cells(pa.chunked_array([as_text(cells, place)]))


def _text_of(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_numbers(cells: Cells, place: Place) -> pa.Array:
    """Convert a column to doubles, possibly dictionary-encoded. A cell that is not a number becomes unset, and is noted."""
    cells = bare_cells(cells, place)
    column = PropertyColumn(cells)
    reading = column.numbers
    bad = column.rows(~reading.readable)
    place.note("not a number", bad, examples=examples_of(cells, bad), resolution="treated as not set")
    is_off = reading.readable & (np.abs(reading.values) > _DEGREES.get(place.column, np.inf))
    off = column.rows(is_off)
    place.note("coordinates out of range", off, examples=examples_of(cells, off), resolution="treated as not set")
    return recoded(column.codes, pa.array(reading.values, mask=~reading.readable | is_off))


def as_truths(cells: Cells, place: Place) -> pa.Array:
    """Convert a column to booleans. Any other text, such as a reason for suppression, counts as true.

    In `can_receive_sms_marketing`, other text counts as false, so that nothing is sent.
    """
    cells = bare_cells(cells, place)
    column = PropertyColumn(cells)
    is_permission = place.column == "can_receive_sms_marketing"
    is_true, readable = truths_of(column)
    values = is_true if is_permission else truthy(column)
    guessed = column.rows(~readable & (is_permission | values))
    resolution = "treated as false" if is_permission else "treated as true"
    place.note("neither true nor false", guessed, examples=examples_of(cells, guessed), resolution=resolution)
    return pa.array(column.rows(values), mask=column.codes < 0)


def truths_of(column: PropertyColumn) -> tuple[Flags, Flags]:
    """Return which distinct values mean true, and which mean either true or false, in the common spellings."""
    texts = [_text_of(value).strip().casefold() for value in _python(column.distinct)]
    is_true = np.array([text in _TRUE for text in texts], dtype=bool)
    return is_true, is_true | np.array([text in _FALSE for text in texts], dtype=bool)


def truthy(column: PropertyColumn) -> Flags:
    """Return which distinct values mean true, or are other text such as a reason."""
    is_true, readable = truths_of(column)
    texts = [str(value).strip().casefold() for value in _python(column.distinct)]
    is_something = np.array([text not in {"", "[]", "none", "nan", "()"} for text in texts], dtype=bool)
    return np.asarray(is_true | (is_something & ~readable))


def _python(values: pa.Array | list[Any]) -> list[Any]:
    return values if isinstance(values, list) else values.to_pylist()


def as_consent(cells: Cells, place: Place, words: ConsentWords) -> tuple[pa.Array, Flags]:
    """Convert a column to the three consent values, possibly dictionary-encoded, and return which rows have an unknown word.

    Unknown words become never_subscribed, so that nothing is sent.
    """
    # Issues from converting numbers or booleans to text are dropped: such values are mapped, or noted as unknown words.
    codes, texts = _words(cells, Place(place.table, place.column, Issues()))
    unset = codes == UNSET
    if unset.any():
        # Cells that are not set also need a consent value, so they get a code of their own.
        codes = np.where(unset, np.int32(len(texts)), codes)
        texts = pa.concat_arrays([texts, pa.nulls(1, pa.string())])
    found, is_unknown = words.read(texts)
    unknown = is_unknown.take(codes)
    if unknown.any():
        commonest = _commonest(codes[unknown], texts)
        resolution = "treated as never_subscribed"
        if place.column == "sms_consent":
            resolution += " in SMS segments, and as an opt-out of the number when texts are sent"
        resolution += f". Accepted words: {', '.join(CONSENTS)}. To map your words, pass {suggested(presentable(commonest) or ['yes'])}"
        place.note("unknown consent word", unknown, examples=commonest, resolution=resolution)
    return recoded(codes, found), unknown


def _commonest(codes: Codes, texts: pa.Array) -> list[str]:
    """Return the most frequent texts. Ties keep the order of the data."""
    counts = np.bincount(codes)
    order = np.argsort(-counts, kind="stable")[:EXAMPLES]
    return [str(texts[int(code)].as_py()) for code in order if counts[code]]


def presentable(words: Iterable[str]) -> list[str]:
    """Return the words that may be shown in a suggestion: short words that are not an address or a phone number."""
    return [word for word in words if len(word) <= LONGEST_WORD and masked("", word) == word]


def plain_text(cell: object) -> str:
    """Return a cell as text, as `as_text` converts it."""
    value = cell.as_py() if isinstance(cell, pa.Scalar) else cell
    return _text_of(value)


def without_empty_text(cells: Cells) -> Cells:
    """Return a column in which empty text counts as not set, as in a CSV."""
    if isinstance(cells.values, list):
        return Cells([None if value == "" else value for value in cells.values])
    if not cells.is_text or not pc.any(pc.equal(cells.values, "")).as_py():
        return cells
    return Cells(pc.if_else(pc.equal(cells.values, ""), pa.scalar(None, pa.string()), cells.values))

"""Known columns read into their one type, with every fault noted; which column is of which kind stands in the schema."""

# Over 250 lines, since the readings of all kinds of column stand side by side, each with its faults.

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
from segkit.data.validation.faults import EXAMPLES, Faults, masked
from segkit.marks import unmarked

Unreadable: TypeAlias = Literal["raise", "leave out"]

ADDRESS = r"^[^\s@(),:;\[\]/]+@[^\s@(),:;\[\]/]+\.[^\s@(),:;\[\]/.]+$"
"""What an importer takes for an email address: no blanks and none of ( ) , : ; [ / ] (Klaviyo's help 115005078807)."""
FEW = 10
"""How many examples are looked at; how many are shown is the faults' business."""
LONGEST_WORD = 20
"""Letters of a word that is offered to be mapped."""
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_DEGREES = {"latitude": 90, "longitude": 180}
MARKS = "blanks, apostrophes or other marks around it"
TAKEN_OFF = "taken off"
KEYS = {"profile_id", "list_id", "external_id", "email"}
"""Texts that somebody is known by, so that marks around them are taken off; names, towns and other texts stay as they are written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which column of which table is being read, where its faults go, and in which order its slashed dates are written, if that is said."""

    table: str
    column: str
    faults: Faults
    unreadable: Unreadable = "raise"
    day_first: bool | None = None

    def note(self, fault: str, found: Flags | int, *, examples: Any = (), done: str) -> None:
        """Note something that was mended or left out."""
        self.faults.note(self.table, self.column, fault, _count(found), examples=examples, done=done)

    def refuse(self, fault: str, found: Flags | int, *, examples: Any = (), next_step: str) -> None:
        """Note something fatal, or, if the analyst asked to leave such rows out, something left out."""
        if self.unreadable == "leave out":
            self.note(fault, found, examples=examples, done="left out, as asked")
        else:
            self.faults.refuse(self.table, self.column, fault, _count(found), examples=examples, next_step=next_step)


def _count(found: Flags | int) -> int:
    return int(np.count_nonzero(found)) if isinstance(found, np.ndarray) else int(found)


def examples_of(cells: Cells | pa.Array, rows: Flags) -> list[str]:
    """Return the first few cells of some rows as text."""
    values = cells.values if isinstance(cells, Cells) else cells
    few = np.flatnonzero(rows)[:FEW]
    found = (values[int(row)] for row in few)
    return [str(cell.as_py() if isinstance(cell, pa.Scalar) else cell) for cell in found]


def as_text(cells: Cells, place: Place) -> pa.Array:
    """Return a column as text, empty text as null; whole numbers lose the ".0" that a spreadsheet gave them, and `KEYS` marks around them."""
    cells = without_empty_text(cells)
    if not isinstance(cells.values, list) and cells.is_text:
        # As it is, since to code it and to write it out again takes fifty times as long.
        texts = cells.values.combine_chunks()
        return _bare(texts, place) if place.column in KEYS else texts
    column = PropertyColumn(cells)
    values = column.distinct if isinstance(column.distinct, list) else column.distinct.to_pylist()
    texts = pa.array([_text_of(value) for value in values], pa.string())
    others = np.array([not isinstance(value, str) for value in values], dtype=bool)
    place.note(
        "numbers instead of text", column.rows(others), examples=texts.filter(pa.array(others))[:3], done="read as text"
    )
    codes = column.codes
    texts = texts.take(pa.array(codes, mask=codes < 0))
    return _bare(texts, place) if place.column in KEYS else _set(texts)


def _bare(texts: pa.Array, place: Place, codes: Codes | None = None) -> pa.Array:
    """Return texts without marks around them, empty ones as null; how many cells had some is noted."""
    bare, changed = without_marks(texts)
    if changed is not None:
        rows = changed if codes is None else np.append(changed, False).take(codes)
        place.note(MARKS, rows, examples=examples_of(texts, changed), done=TAKEN_OFF)
        texts = bare
    return _set(texts)


def _set(texts: pa.Array) -> pa.Array:
    """Return texts, empty ones as null."""
    if not pc.any(pc.equal(texts, "")).as_py():
        return texts
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def bare_cells(cells: Cells, place: Place) -> Cells:
    """Return a column whose texts have no marks around them, and in which empty text is not set; what is no text stays."""
    if isinstance(cells.values, list):
        bare: Any = [unmarked(value) if isinstance(value, str) else value for value in cells.values]
        changed = [isinstance(value, str) and value != other for value, other in zip(cells.values, bare, strict=True)]
        marked = np.array(changed, dtype=bool)
    elif cells.is_text:
        # Chunk by chunk, since a column of events is large, and joined only once.
        pieces = [without_marks(chunk) for chunk in cells.values.chunks]
        bare = pa.chunked_array([piece for piece, _ in pieces], pa.string())
        marked = np.concatenate(
            [np.zeros(len(piece), dtype=bool) if some is None else some for piece, some in pieces]
            or [np.zeros(0, bool)]
        )
    else:
        return cells
    place.note(MARKS, marked, examples=examples_of(cells, marked), done=TAKEN_OFF)
    return without_empty_text(replace(cells, values=bare))


def as_words(cells: Cells, place: Place) -> pa.Array:
    """Return a column of text, in which few texts recur, as codes into them; read as `as_text` reads it."""
    return recoded(*_words(cells, place))


def _words(cells: Cells, place: Place) -> tuple[Codes, pa.Array]:
    """Return codes and the texts that they stand for, empty text as null."""
    if not cells.is_text:
        encoded = as_text(cells.loaded(), place).dictionary_encode()
        return codes_of(encoded.indices), encoded.dictionary
    codes, texts = texts_of(cells)
    return codes, _bare(texts, place, codes) if place.column in KEYS else _set(texts)


def text_cells(cells: Cells, place: Place) -> Cells:
    """Return a column of text as it is, unread if it lies in a file, and any other as text in memory."""
    cells = cells if cells.is_text else cells.loaded()
    if cells.is_text:
        return cells
    return Cells(pa.chunked_array([as_text(cells, place)]))


def _text_of(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_numbers(cells: Cells, place: Place) -> pa.Array:
    """Return a column as doubles, or codes into them; a cell that is no number is unset, and noted."""
    cells = bare_cells(cells, place)
    column = PropertyColumn(cells)
    reading = column.numbers
    bad = column.rows(~reading.readable)
    place.note("not a number", bad, examples=examples_of(cells, bad), done="taken as not set")
    is_off = reading.readable & (np.abs(reading.values) > _DEGREES.get(place.column, np.inf))
    off = column.rows(is_off)
    place.note("off the globe", off, examples=examples_of(cells, off), done="taken as not set")
    return recoded(column.codes, pa.array(reading.values, mask=~reading.readable | is_off))


def as_truths(cells: Cells, place: Place) -> pa.Array:
    """Return a column as true or false. Any other text, such as a reason for suppression, counts as true.

    In `can_receive_sms_marketing` it counts as false, the side that sends nothing.
    """
    cells = bare_cells(cells, place)
    column = PropertyColumn(cells)
    is_permission = place.column == "can_receive_sms_marketing"
    is_true, readable = truths_of(column)
    values = is_true if is_permission else truthy(column)
    guessed = column.rows(~readable & (is_permission | values))
    done = "taken as false" if is_permission else "taken as true"
    place.note("neither true nor false", guessed, examples=examples_of(cells, guessed), done=done)
    return pa.array(column.rows(values), mask=column.codes < 0)


def truths_of(column: PropertyColumn) -> tuple[Flags, Flags]:
    """Return which distinct values are true, and which are true or false, in any of the ways in which people write it."""
    texts = [_text_of(value).strip().casefold() for value in _python(column.distinct)]
    is_true = np.array([text in _TRUE for text in texts], dtype=bool)
    return is_true, is_true | np.array([text in _FALSE for text in texts], dtype=bool)


def truthy(column: PropertyColumn) -> Flags:
    """Return which distinct values say anything but no: true, or a text such as a reason."""
    is_true, readable = truths_of(column)
    texts = [str(value).strip().casefold() for value in _python(column.distinct)]
    is_something = np.array([text not in {"", "[]", "none", "nan", "()"} for text in texts], dtype=bool)
    return np.asarray(is_true | (is_something & ~readable))


def _python(values: pa.Array | list[Any]) -> list[Any]:
    return values if isinstance(values, list) else values.to_pylist()


def as_consent(cells: Cells, place: Place, words: ConsentWords) -> tuple[pa.Array, Flags]:
    """Return a column of consent in three words, or codes into them, and which rows hold a word that nobody knows.

    Unknown words are never_subscribed, the side that sends nothing.
    """
    # Into faults of its own, since a column of true and false or of 1 and 0 is said to be unknown words, or is given a meaning.
    codes, texts = _words(cells, Place(place.table, place.column, Faults()))
    unset = codes == UNSET
    if unset.any():
        # No word is read as a word, too.
        codes = np.where(unset, np.int32(len(texts)), codes)
        texts = pa.concat_arrays([texts, pa.nulls(1, pa.string())])
    found, is_unknown = words.read(texts)
    unknown = is_unknown.take(codes)
    if unknown.any():
        commonest = _commonest(codes[unknown], texts)
        done = "taken as never_subscribed"
        if place.column == "sms_consent":
            done += " for SMS segments, and as an opt-out of the number when texts are sent"
        done += f". Words that count: {', '.join(CONSENTS)}; map yours: {suggested(presentable(commonest) or ['yes'])}"
        place.note("unknown consent word", unknown, examples=commonest, done=done)
    return recoded(codes, found), unknown


def _commonest(codes: Codes, texts: pa.Array) -> list[str]:
    """Return the texts that most codes stand for, of equally many the one that came first."""
    counts = np.bincount(codes)
    order = np.argsort(-counts, kind="stable")[:EXAMPLES]
    return [str(texts[int(code)].as_py()) for code in order if counts[code]]


def presentable(words: Iterable[str]) -> list[str]:
    """Return those words that may stand in a suggestion: short, and nobody's address or number."""
    return [word for word in words if len(word) <= LONGEST_WORD and masked("", word) == word]


def plain_text(cell: object) -> str:
    """Return a cell as text, as a column of text would hold it."""
    value = cell.as_py() if isinstance(cell, pa.Scalar) else cell
    return _text_of(value)


def without_empty_text(cells: Cells) -> Cells:
    """Return a column in which empty text is not set, as it is in a CSV."""
    if isinstance(cells.values, list):
        return Cells([None if value == "" else value for value in cells.values])
    if not cells.is_text or not pc.any(pc.equal(cells.values, "")).as_py():
        return cells
    return Cells(pc.if_else(pc.equal(cells.values, ""), pa.scalar(None, pa.string()), cells.values))

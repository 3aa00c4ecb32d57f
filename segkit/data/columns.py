"""Known columns read into their one type, with every fault noted; which column is of which kind stands in the schema."""

# Over 250 lines, since the readings of all kinds of column stand side by side, each with its faults.

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.coded import recoded, texts_of
from segkit.data.consent import CONSENTS, ConsentWords, suggested
from segkit.data.faults import EXAMPLES, Faults, masked
from segkit.data.instants import Flags, Microseconds, from_arrow, from_text, in_calendar, microseconds
from segkit.data.properties import UNSET, Cells, Codes, PropertyColumn, codes_of

Unreadable: TypeAlias = Literal["raise", "leave out"]

_SLASHED = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*(.*)$")
ADDRESS = r"^[^\s@(),:;\[\]/]+@[^\s@(),:;\[\]/]+\.[^\s@(),:;\[\]/.]+$"
"""What an importer takes for an email address: no blanks and none of ( ) , : ; [ / ] (Klaviyo's help 115005078807)."""
FEW = 10
"""So many examples are looked at; how many are shown is the faults' business."""
LONGEST_WORD = 20
"""Letters of a word that is offered to be mapped."""
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_DEGREES = {"latitude": 90, "longitude": 180}
_NEXT_STEP = (
    "Write them as YYYY-MM-DD, or as YYYY-MM-DDTHH:MM:SSZ, and load again; "
    'unreadable="leave out" loads without them and says so in the report'
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which column of which table is being read, and where its faults go."""

    table: str
    column: str
    faults: Faults
    unreadable: Unreadable = "raise"

    def note(self, fault: str, found: Flags | int, *, examples: Any = (), done: str) -> None:
        """Note something that was mended or left out."""
        self.faults.note(self.table, self.column, fault, int(np.sum(found)), examples=examples, done=done)

    def refuse(self, fault: str, found: Flags | int, *, examples: Any = (), next_step: str) -> None:
        """Note something fatal, or, if the analyst asked to leave such rows out, something left out."""
        if self.unreadable == "leave out":
            self.note(fault, found, examples=examples, done="left out, as asked")
        else:
            self.faults.refuse(
                self.table, self.column, fault, int(np.sum(found)), examples=examples, next_step=next_step
            )


def examples_of(cells: Cells | pa.Array, rows: Flags) -> list[str]:
    """Return the first few cells of some rows as text."""
    values = cells.values if isinstance(cells, Cells) else cells
    few = np.flatnonzero(rows)[:FEW]
    found = (values[int(row)] for row in few)
    return [str(cell.as_py() if isinstance(cell, pa.Scalar) else cell) for cell in found]


def as_text(cells: Cells, place: Place) -> pa.Array:
    """Return a column as text, empty text as null; whole numbers lose the ".0" that a spreadsheet gave them."""
    cells = without_empty_text(cells)
    if not isinstance(cells.values, list) and cells.is_text:
        # As it is, since to code it and to write it out again takes fifty times as long.
        return cells.values.combine_chunks()
    column = PropertyColumn(cells)
    values = column.distinct if isinstance(column.distinct, list) else column.distinct.to_pylist()
    texts = pa.array([_text_of(value) for value in values], pa.string())
    others = np.array([not isinstance(value, str) for value in values], dtype=bool)
    place.note(
        "numbers instead of text", column.rows(others), examples=texts.filter(pa.array(others))[:3], done="read as text"
    )
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    codes = column.codes
    return texts.take(pa.array(codes, mask=codes < 0))


def as_words(cells: Cells, place: Place) -> pa.Array:
    """Return a column of text, in which few texts recur, as codes into them; read as `as_text` reads it."""
    return recoded(*_words(cells, place))


def _words(cells: Cells, place: Place) -> tuple[Codes, pa.Array]:
    """Return codes and the texts that they stand for, empty text as null."""
    if not cells.is_text:
        encoded = as_text(cells.loaded(), place).dictionary_encode()
        return codes_of(encoded.indices), encoded.dictionary
    codes, texts = texts_of(cells)
    return codes, pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


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


def as_instants(cells: Cells, place: Place) -> tuple[Microseconds, Flags]:
    """Return a column as microseconds since 1970 in UTC, and which rows have one.

    Naive times are UTC and noted. Month-first dates with slashes are read if the column itself proves the order; day-first
    dates, dates that could be either, and what is no date at all are fatal unless they are to be left out.
    """
    cells = without_empty_text(cells)
    if not isinstance(cells.values, list):
        cells = replace(cells, values=in_calendar(cells.values))
    values, readable, naive = _read_instants(cells)
    unset = cells.unset()
    bad = ~readable & ~unset
    if bad.any():
        values, readable = _read_odd(cells, values, readable, bad, place)
    place.note(
        "dates or times without a zone",
        naive & readable,
        examples=examples_of(cells, naive & readable),
        done="taken as UTC",
    )
    return values if readable.all() else np.where(readable, values, 0), readable


def _read_instants(cells: Cells) -> tuple[Microseconds, Flags, Flags]:
    values = cells.values
    if isinstance(values, list):
        column = PropertyColumn(cells)
        naive_values = [isinstance(value, datetime) and value.tzinfo is None for value in column.distinct]
        reading = column.instants
        found = np.append(reading.values, 0)[column.codes]
        return found, column.rows(reading.readable), column.rows(np.array(naive_values, dtype=bool))
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        is_set = np.asarray(pc.is_valid(values).to_numpy())
        is_naive = pa.types.is_timestamp(values.type) and values.type.tz is None
        return from_arrow(values), is_set, is_set & is_naive
    if cells.is_text:
        found_text = from_text(values.combine_chunks())
        return found_text.values, found_text.readable, found_text.naive
    nothing = np.zeros(len(cells), dtype=bool)
    return np.zeros(len(cells), dtype=np.int64), nothing, nothing.copy()


def _read_odd(
    cells: Cells, values: Microseconds, readable: Flags, bad: Flags, place: Place
) -> tuple[Microseconds, Flags]:
    """Read what is no ISO date: seconds since 1970, and month-first dates where the column proves that order."""
    rows = np.flatnonzero(bad)
    texts = [plain_text(cells.values[int(row)]) for row in rows]
    slashed = [_SLASHED.match(text) for text in texts]
    first = [int(match[1]) for match in slashed if match]
    second = [int(match[2]) for match in slashed if match]
    is_month_first = bool(first) and max(first) <= 12 < max(second)
    readers: list[tuple[str, Callable[[str], int | None]]] = [("seconds since 1970", _unix)]
    if is_month_first:
        readers.append(("dates in month/day/year order", _month_first))
    values, readable = values.copy(), readable.copy()
    for fault, read in readers:
        found = {int(row): value for row, text in zip(rows, texts, strict=True) if (value := read(text)) is not None}
        values[list(found)] = list(found.values())
        readable[list(found)] = True
        place.note(
            fault, len(found), examples=[cells.values[row] for row in list(found)[:3]], done="read as such, in UTC"
        )
    still = bad & ~readable
    is_slashed = np.zeros(len(bad), dtype=bool)
    is_slashed[rows] = [match is not None for match in slashed]
    order = "dates in day-month order" if first and max(first) > 12 else "dates that may be in day-month order"
    place.refuse(order, still & is_slashed, examples=examples_of(cells, still & is_slashed), next_step=_NEXT_STEP)
    no_date = still & ~is_slashed
    place.refuse("unreadable dates", no_date, examples=examples_of(cells, no_date), next_step=_NEXT_STEP)
    return values, readable


def _unix(text: str) -> int | None:
    """Read 9 or 10 digits as seconds since 1970 and 12 or 13 as milliseconds, as web shops write them."""
    if re.fullmatch(r"\d{9,10}(\.\d+)?", text):
        return round(float(text) * 1_000_000)
    return int(text) * 1_000 if re.fullmatch(r"\d{12,13}", text) else None


def _month_first(text: str) -> int | None:
    match = _SLASHED.match(text)
    if not match:
        return None
    month, day, year, rest = match.groups()
    try:
        return microseconds(datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02} {rest}".strip()))
    except ValueError:
        return None


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

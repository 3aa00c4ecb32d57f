"""Check a CSV against the rules of Klaviyo's importer before it is uploaded. Nothing is sent or changed.

The rules come from Klaviyo's help centre in April 2026. Each function names its source by the number of the help article, or begins
with "Chosen" if no article covers the case.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from segkit.data.date_forms import from_any_text
from segkit.data.files.missing_headers import look_like_data
from segkit.data.phone_patterns import FIXED_LINE
from segkit.data.phones import Phones, normalise
from segkit.data.places import country_codes
from segkit.data.validation.columns import ADDRESS
from segkit.data.validation.issues import covered, masked
from segkit.drawing.frames import StyledFrame
from segkit.errors import DataError
from segkit.given_paths import file_there
from segkit.vocabulary import canonical_name

Flags = npt.NDArray[np.bool_]

LARGEST = 50_000_000
"""The size limit in bytes: 50 MB in help 115005251128. The article does not define MB, so the smaller unit, a million bytes, is used."""

MAPPED = {
    "email": "email",
    "email address": "email",
    "phone number": "phone_number",
    "first name": "first_name",
    "last name": "last_name",
    "organization": "organization",
    "title": "title",
    "address": "address1",
    "address 1": "address1",
    "address 2": "address2",
    "city": "city",
    "state / region": "region",
    "region": "region",
    "country": "country",
    "zip code": "zip",
    "zip": "zip",
    "latitude": "latitude",
    "longitude": "longitude",
    "timezone": "timezone",
    "ip address": "ip",
    "source": "source",
    "sms marketing consent": "sms_consent",
    "sms marketing timestamp": "sms_timestamp",
    "sms transactional consent": "sms_transactional_consent",
    "sms transactional timestamp": "sms_transactional_timestamp",
    "email marketing consent": "email_consent",
    "email marketing consent timestamp": "email_timestamp",
}
"""Headers that Klaviyo maps to its properties automatically (help 115005251128). Case and surrounding blanks are assumed not to matter."""

CONSENTS = {
    "sms_consent": "sms_timestamp",
    "sms_transactional_consent": "sms_transactional_timestamp",
    "email_consent": "email_timestamp",
}
"""Map each consent column to the column with its timestamp."""

_SUBSCRIBE = ("subscribe", "subscribed")
_NEVER = "never subscribed"
_WORDS = (*_SUBSCRIBE, "unsubscribed", _NEVER)
"""Help 360035428731 has Subscribe, and 115005251128 has Subscribed. Both are accepted."""

_UNWANTED = ("consent", "$consent", "subscribed to sms")
_KEPT_BY_KLAVIYO = ("profile created on", "first active", "last active")
_MISNAMED_TIMES = {
    "sms marketing consent timestamp": "SMS Marketing Timestamp",
    "sms consent timestamp": "SMS Marketing Timestamp",
    "sms transactional consent timestamp": "SMS Transactional Timestamp",
}
_OWN_NAMES = {field: header.title() for header, field in reversed(MAPPED.items())}
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
"""The byte-order marks of UTF-16. All other encodings except UTF-8 are read as Latin-1, so that the rest can be checked."""
_MISPLACED_QUOTE = ("expected after '\"'", "unexpected end of data")
"""How the error messages from Python's CSV reader end for a stray quotation mark."""
_YEAR_1990 = 631_152_000
_DATA_IN_HEADER = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|\+?\d[\d\s().-]{6,}\d")

_ZONE = r"( ?(Z|[+-]\d{2}:?\d{2}))?"
_TIME = rf"([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)?{_ZONE})?"
_DATE = rf"^(\d{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){_TIME}|(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/(\d{{4}}|\d{{2}}){_TIME}|\d{{9,10}})$"
_BEFORE_1990 = rf"^((0\d|1[0-8])\d\d|19[0-8]\d)-|^\d\d?/\d\d?/((0\d|1[0-8])\d\d|19[0-8]\d)({_TIME})$"
_DAY_FIRST = (
    r"^((0?[1-9]|[12]\d|3[01])[-.](0?[1-9]|1[0-2])[-.]\d{4}|(1[3-9]|2\d|3[01])/(0?[1-9]|1[0-2])/(\d{4}|\d{2}))\b"
)
_SLASHED = r"^\d{1,2}/\d{1,2}/(\d{4}|\d{2})\b"
_CHANGED_BY_SPREADSHEET = r"^\s*'?\+?\d+([.,]\d+)?[eE]\+?\d+\s*$|^\s*'?\+?\d+\.0\s*$"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one rule: its name, the header, the rows that break it, and a name for the advice.

    If `rows` is None, the whole file breaks the rule.
    """

    rule: str
    column: str | None = None
    rows: Flags | None = None
    advice: str = ""
    is_of_column: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether the rule is broken. The header of a column can break a rule even if all its cells are empty."""
        return self.rows is None or self.is_of_column or bool(self.rows.any())


SAYS = {
    "file too large": ("the file is refused", "Split it into files of at most 50 MB."),
    "not a CSV": ("the file is refused", "Save it as a CSV, not compressed, under a name that ends in .csv."),
    "not UTF-8": ("letters with accents come out wrong", "Save it as CSV UTF-8."),
    "cells not separated by commas": ("all columns are imported as one", "Save it with commas, and check again: nothing else was checked."),
    "rows of different lengths": ("cells end up under the wrong headers, or the file is refused", "Put cells with commas, quotes or line breaks into quotes, and check again: nothing else was checked."),
    "stray quotation mark": ("rows are lost up to the next quotation mark, or the file is refused", "Close the quotation mark, or double it in a quoted cell, and check again: nothing else was checked."),
    "no header row": ("the first row is read as headers, and its profile is lost", "Put headers into the first row, and check again: nothing else was checked."),
    "no rows": ("nothing is imported", "Check that the export finished, and that it has profiles."),
    "no email and no number": ("profiles can't be distinguished, so no row is imported", "Name the columns 'Email' and 'Phone Number'."),
    "wrong first column": ("the file may be refused", "Put Email first or, if not every row has an email, Phone Number."),
    "unwanted consent column": ("it can break the import, and does not subscribe anybody", "Remove it. If consent differs between rows, put it into 'SMS Marketing Consent'."),
    "several columns for one property": ("only one of them is kept", "Remove or rename the column."),
    "no header": ("the column can't be mapped automatically", "Add a header."),
    "set by Klaviyo": ("it can't be uploaded", "Remove it."),
    "consent time under a different header": ("it becomes a custom property, and consent gets no time", "Rename the column to {}."),
    "different name for a Klaviyo property": ("it becomes a custom property", "Rename the column to {}, or map it by hand."),
    "not a Klaviyo property": ("it becomes a custom property", "Keep it if you want that property. Otherwise remove it."),
    "neither email nor number": ("the row is skipped", "Add an email or a phone number, or remove the row."),
    "not an email address": ("the row is skipped", "Correct the address. If the row has a phone number, the address may be left empty."),
    "apostrophe before an email": ("it becomes part of the address, which creates a new profile", "Remove it. If the row has a phone number, the cell may be left empty."),
    "number changed by a spreadsheet": ("the row is skipped, even if its email is valid", "Format the column as text, and fill it again."),
    "number without country": ("the number is not accepted for SMS, so consent is lost", "Write it with + and the country code, or add a column 'Country'."),
    "not a phone number": ("the row is skipped, even if its email is valid", "Correct it. If the row has an email, the number may be left empty."),
    "repeated": ("the first row is imported and this row is skipped", "Keep one row for each profile."),
    "unknown consent word": ("consent is lost", "Write Subscribe, Unsubscribed or Never subscribed."),
    "blank consent": ("it is read as Never subscribed, so it subscribes nobody", "Write Subscribe, Unsubscribed or Never subscribed."),
    "never subscribed": ("it can't be set in bulk: a profile with a different status keeps its status", "Keep it for new profiles. To withdraw consent, write Unsubscribed."),
    "consent without a number": ("consent is lost", "Add the number, or leave the row out."),
    "consent for a landline": ("consent is lost", "Find a mobile number, or leave the row out."),
    "consent time without a consent column": ("the time alone makes Klaviyo apply consent", "Add the consent column, so that only profiles that agreed are subscribed."),
    "consent time without consent": ("the consent column counts, so the time subscribes nobody", "Write Subscribe into the consent column if that is meant."),
    "consent time unreadable": ("consent may be lost", "Write times as YYYY-MM-DD HH:MM:SS, in UTC or with an offset."),
    "consent before 1990": ("raised to 1990-01-01", "Check the date."),
    "dates in day-month order": ("day and month are swapped, or the date is lost", "Write dates as YYYY-MM-DD."),
}  # fmt: skip
"""For each rule, what happens if it is broken, and what to do."""

COLUMNS = ["rule", "column", "rows", "example_row", "what_happens", "what_to_do"]


@dataclass(frozen=True)
class Sheet:
    """A file that was read as text: its headers, and a column of cells for each header."""

    headers: list[str]
    columns: list[pa.Array]

    def __len__(self) -> int:
        return len(self.columns[0])

    @cached_property
    def fields(self) -> list[str | None]:
        """The field that Klaviyo maps each header to automatically; None if there is none."""
        return [MAPPED.get(_folded(header)) for header in self.headers]

    def has(self, field: str) -> bool:
        """Return whether Klaviyo maps a column to this field automatically."""
        return field in self.fields

    def header(self, field: str) -> str:
        """Return the header of a field as it is written in the file."""
        return self.headers[self.fields.index(field)]

    def whole_column(self, rule: str, number: int, advice: str = "") -> Finding:
        """Return a finding about a column, with the rows in which it is not empty."""
        return Finding(rule, self.headers[number], _flags(pc.is_valid(self.columns[number])), advice, is_of_column=True)

    def unset(self, field: str) -> Flags:
        """Return which rows have an empty cell in a field."""
        return _flags(pc.is_null(self.cells(field)))

    def cells(self, field: str) -> pa.Array:
        """Return the cells of a field, stripped of blanks, with empty cells as null. All are null if there is no such column."""
        if not self.has(field):
            return pa.nulls(len(self), pa.string())
        return _trimmed(self.columns[self.fields.index(field)])

    @cached_property
    def countries(self) -> pa.Array:
        """The two-letter country code of each row, or null if it has no known country."""
        return country_codes(self.cells("country"))

    @cached_property
    def phones(self) -> Phones:
        """The phone numbers, each read with its row's country."""
        return normalise(self.cells("phone_number"), self.countries)


def check_import(path: str | Path) -> pd.DataFrame:
    r"""Check a CSV against the rules of Klaviyo's importer before importing it.

    The result contains no personal data: it names columns by their headers, and rows by their numbers. Anything that depends on the
    account (whether SMS is set up, a sending number for each country, earlier opt-outs) is not in the file and isn't checked.

    Returns:
        A row for each broken rule and column, or no rows if the file is fine. The columns are `rule`, `column` (the header), `rows`
        (the number of rows), `example_row` (the first such row, numbered as in a spreadsheet, where the headers are row 1),
        `what_happens` and `what_to_do`. `column` and `rows` are missing if the whole file breaks the rule.

    Raises:
        DataError: the file does not exist or is not text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "people.csv")
    ...     _ = path.write_text("Phone Number,Shoe Size\n555-0132,8\n+14155550132,9\n")
    ...     check_import(path)[["rule", "column", "rows", "example_row"]]
                         rule        column  rows  example_row
    0  not a Klaviyo property     Shoe Size     2            2
    1  number without country  Phone Number     1            2
    """
    path = file_there(path, "The file")
    found, headers = [*_too_large(path), *_not_csv(path)], list[str]()
    if path.suffix.casefold() == ".csv":
        sheet = _read(path, found)
        if sheet is not None:
            headers = sheet.headers
            found += [finding for rule in RULES for finding in rule(sheet) if finding.is_broken]
    are_data = look_like_data(headers)
    table = StyledFrame([_row(finding, are_data=are_data) for finding in found], columns=COLUMNS)
    return table.astype({"rows": "Int64", "example_row": "Int64"})


def _row(finding: Finding, *, are_data: bool) -> tuple[object, ...]:
    """Return a finding as a row of the result. The header is masked, since it is personal data if the row of headers is missing."""
    column = None if finding.column is None else finding.column.strip()
    if column is not None:
        column = covered(column) if are_data else masked("header", column)
    rows = example = None
    if finding.rows is not None:
        rows = int(finding.rows.sum())
        example = int(finding.rows.argmax()) + 2 if rows else None
    happens, advice = SAYS[finding.rule]
    return finding.rule, column, rows, example, happens, advice.format(finding.advice)


def _too_large(path: Path) -> Iterator[Finding]:
    """Help 115005251128: a file has at most 50 MB, and larger uploads must be split."""
    if path.stat().st_size > LARGEST:
        yield Finding("file too large")


def _not_csv(path: Path) -> Iterator[Finding]:
    """Help 115005078807: the file must be a CSV. This excludes compressed files."""
    if path.suffix.casefold() != ".csv":
        yield Finding("not a CSV")


def _read(path: Path, found: list[Finding]) -> Sheet | None:
    """Read a file as text, and add findings about the whole file to `found`. Return None if it can't be split into cells."""
    raw = path.read_bytes()
    found += _not_utf8(raw)
    if raw.startswith(_OTHER_ENCODINGS):
        return None
    if found and found[-1].rule == "not UTF-8":
        raw = raw.decode("latin-1").encode()
    try:
        header = next((row for row in _plain_rows(raw) if row), [])
        found += (broken := [*_wrong_separator(header), *_no_headers(header), *_stray_quotes(raw)])
        whole = None if broken else _table(raw, len(header))
        if whole is None:
            found += [] if broken else _uneven(_plain_rows(raw))
            return None
    except (csv.Error, pa.ArrowInvalid) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        if "field limit" in reason:
            reason = "it has a cell of more than 131,072 characters"
        raise DataError.unreadable_file(path, reason) from None
    return Sheet(header, [column.slice(1).combine_chunks() for column in whole.columns])


def _plain_rows(raw: bytes) -> Iterator[list[str]]:
    return csv.reader(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline=""))


def _table(raw: bytes, width: int) -> pa.Table | None:
    """Return all rows as text, or None if rows have different lengths. Headers may repeat, so they are the first row."""
    # Copy the bytes into Arrow's memory: a reader thread that still uses Python's memory when the interpreter exits would crash the
    # process.
    memory = pa.BufferOutputStream()
    memory.write(raw)
    try:
        return pa.csv.read_csv(
            pa.BufferReader(memory.getvalue()),
            read_options=pa.csv.ReadOptions(autogenerate_column_names=True),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={f"f{number}": pa.string() for number in range(width)},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if "CSV parse error" in str(error):
            return None
        raise


def _not_utf8(raw: bytes) -> Iterator[Finding]:
    """Chosen: no article on imports names an encoding. Klaviyo's own exports are UTF-8 with a byte-order mark."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        yield Finding("not UTF-8")


def _uneven(rows: Iterable[list[str]]) -> Iterator[Finding]:
    """Chosen: all rows must have as many cells as the header. No article covers other rows."""
    header, *others = (row for row in rows if row)
    yield Finding("rows of different lengths", rows=np.array([len(row) != len(header) for row in others], dtype=bool))


def _stray_quotes(raw: bytes) -> Iterator[Finding]:
    """Chosen: no article covers quotation marks that RFC 4180 does not allow. Lenient readers lose rows."""
    rows = 0
    try:
        for row in csv.reader(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline=""), strict=True):
            rows += bool(row)
    except csv.Error as error:
        if not str(error).endswith(_MISPLACED_QUOTE):
            raise
        # The faulty row comes after the rows that were read. `rows` also counts the header.
        yield Finding("stray quotation mark", rows=np.arange(rows) == rows - 1 if rows else None)


def _wrong_separator(header: list[str]) -> Iterator[Finding]:
    """Help 115005078807: with semicolons between cells, all columns are imported as one. Chosen: the same for tabs and vertical bars."""
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        yield Finding("cells not separated by commas")


def _no_headers(header: list[str]) -> Iterator[Finding]:
    """Help 115005078807: the first row has the headers."""
    if not header or any(_DATA_IN_HEADER.fullmatch(cell.strip()) for cell in header):
        yield Finding("no header row")


def _empty(sheet: Sheet) -> Iterator[Finding]:
    """Chosen: a file with headers only is a finding, since it imports nothing."""
    if not len(sheet):
        yield Finding("no rows")


def _first_column(sheet: Sheet) -> Iterator[Finding]:
    """Help 360035428731 and 115005251128: the first column is Email, Email Address or Phone Number.

    If only some rows have an email, two sentences in 360035428731 contradict each other: the number is first "otherwise", but the email
    is first "if included". Both are accepted. Only a file in which every row has an email must begin with the email.
    """
    if not sheet.has("email") and not sheet.has("phone_number"):
        yield Finding("no email and no number")
        return
    everybody = len(sheet) > 0 and sheet.cells("email").null_count == 0
    if sheet.fields[0] != "email" and (everybody or sheet.fields[0] != "phone_number"):
        yield sheet.whole_column("wrong first column", 0)


def _several_of_one(sheet: Sheet) -> Iterator[Finding]:
    """Chosen: each property comes from only one column. No article says which one counts if there are two."""
    meanings = [field or _folded(header) for field, header in zip(sheet.fields, sheet.headers, strict=True)]
    for number, meaning in enumerate(meanings):
        if meaning in meanings[:number]:
            yield sheet.whole_column("several columns for one property", number)


def _headers(sheet: Sheet) -> Iterator[Finding]:
    """Help 115005251128: a column with a header that is not a Klaviyo property becomes a custom property.

    Help 360035428731, 2026: there must be no column "Consent" or "Subscribed to SMS", although an older page asked for one. Help
    115005078807: some properties can only be set by Klaviyo.
    """
    for number, (header, field) in enumerate(zip(sheet.headers, sheet.fields, strict=True)):
        folded, own = _folded(header), _OWN_NAMES.get(canonical_name("profiles", header), "")
        if field is not None:
            continue
        if folded in _UNWANTED:
            yield sheet.whole_column("unwanted consent column", number)
        elif not folded:
            yield sheet.whole_column("no header", number)
        elif folded in _KEPT_BY_KLAVIYO:
            yield sheet.whole_column("set by Klaviyo", number)
        elif folded in _MISNAMED_TIMES:
            yield sheet.whole_column("consent time under a different header", number, repr(_MISNAMED_TIMES[folded]))
        elif own:
            yield sheet.whole_column("different name for a Klaviyo property", number, repr(own))
        else:
            yield sheet.whole_column("not a Klaviyo property", number)


def _no_identity(sheet: Sheet) -> Iterator[Finding]:
    """Help 115005078807: a row with neither email nor phone number is skipped, "Missing Unique ID"."""
    missing = sheet.unset("email") & sheet.unset("phone_number")
    yield Finding("neither email nor number", None, missing)


def _emails(sheet: Sheet) -> Iterator[Finding]:
    """Help 115005078807: an address has no blanks and none of ( ) , : ; [ / ]. Chosen: the row is skipped."""
    if sheet.has("email"):
        header, written = sheet.header("email"), sheet.columns[sheet.fields.index("email")]
        marked = _flags(pc.starts_with(written, "'"))
        # Test the cell as written: an address with blanks around it is wrong, but a cell with only blanks is empty.
        wrong = ~sheet.unset("email") & ~marked & ~_flags(pc.match_substring_regex(written, ADDRESS))
        yield Finding("not an email address", header, wrong)
        yield Finding("apostrophe before an email", header, marked)


def _numbers(sheet: Sheet) -> Iterator[Finding]:
    """Help 360035428731: a row with an invalid number is skipped, even if its email is valid. SMS needs the country.

    Help 360046055671: numbers in E.164, RFC 3966 and E.123 are accepted. An apostrophe in front and stray marks are removed. A number
    that a spreadsheet changed to 1.41556E+10 or 14155550132.0 is not accepted.
    """
    if sheet.has("phone_number"):
        header, written = sheet.header("phone_number"), sheet.cells("phone_number")
        changed = _flags(pc.match_substring_regex(written, _CHANGED_BY_SPREADSHEET))
        has_code = _flags(pc.match_substring(written, "+"))
        homeless = ~sheet.unset("phone_number") & ~changed & ~has_code & _flags(pc.is_null(sheet.countries))
        unread = ~sheet.unset("phone_number") & _flags(pc.is_null(sheet.phones.numbers))
        yield Finding("number changed by a spreadsheet", header, changed)
        yield Finding("number without country", header, homeless)
        yield Finding("not a phone number", header, unread & ~changed & ~homeless)


def _repeated(sheet: Sheet) -> Iterator[Finding]:
    """Help 115005078807: of several rows with the same email or number, only the first is imported, "Duplicate Unique ID"."""
    keys = {
        "email": pc.utf8_lower(sheet.cells("email")),
        "phone_number": pc.coalesce(sheet.phones.numbers, sheet.cells("phone_number")),
    }
    for field in filter(sheet.has, keys):
        codes = pc.fill_null(keys[field].dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
        is_first = np.zeros(len(sheet), dtype=bool)
        is_first[np.unique(codes, return_index=True)[1]] = True
        yield Finding("repeated", sheet.header(field), ~is_first & (codes >= 0))


def _consent_words(sheet: Sheet) -> Iterator[Finding]:
    """Help 360035428731: consent is Subscribe, Unsubscribed or Never subscribed. Blank means Never subscribed, which can't be set in bulk."""
    for field in filter(sheet.has, CONSENTS):
        header, words = sheet.header(field), pc.utf8_lower(sheet.cells(field))
        unknown = ~sheet.unset(field) & ~_flags(pc.is_in(words, value_set=pa.array(_WORDS)))
        yield Finding("unknown consent word", header, unknown)
        yield Finding("blank consent", header, sheet.unset(field))
        yield Finding("never subscribed", header, _flags(pc.equal(words, _NEVER)))


def _consent_without_number(sheet: Sheet) -> Iterator[Finding]:
    """Help 360035428731: SMS consent needs a phone number, and is not applied to landlines, which Klaviyo detects."""
    for field in filter(sheet.has, ("sms_consent", "sms_transactional_consent")):
        agrees = _flags(pc.is_in(pc.utf8_lower(sheet.cells(field)), value_set=pa.array(_SUBSCRIBE)))
        landline = _flags(pc.equal(sheet.phones.kinds, FIXED_LINE))
        yield Finding("consent without a number", sheet.header(field), agrees & sheet.unset("phone_number"))
        yield Finding("consent for a landline", sheet.header(field), agrees & landline)


def _consent_times(sheet: Sheet) -> Iterator[Finding]:
    """Help 360035428731, 115005251128, 115005253428, 360037101072: times of consent, and how they combine with the consent column.

    With a time column but no consent column, Klaviyo still applies consent. A date before 1990 becomes 1990-01-01. If Klaviyo knows an
    opt-out that is later than the time, the profile is not subscribed again, but a file can't show this.
    """
    for field, when in CONSENTS.items():
        if not sheet.has(when):
            continue
        header, times, is_set = sheet.header(when), sheet.cells(when), ~sheet.unset(when)
        if sheet.has(field):
            never = _flags(pc.equal(pc.utf8_lower(sheet.cells(field)), _NEVER))
            yield Finding("consent time without consent", header, is_set & (never | sheet.unset(field)))
        else:
            yield Finding("consent time without a consent column", header, is_set)
        readable = _flags(pc.match_substring_regex(times, _DATE)) & _in_calendar(times)
        yield Finding("consent time unreadable", header, is_set & ~readable & ~_day_first(times))
        yield Finding("consent before 1990", header, readable & _before_1990(times))


def _in_calendar(times: pa.Array) -> Flags:
    """Return which times have a valid date and hour, including leap years. All Unix seconds are valid."""
    return from_any_text(times).readable | _flags(pc.match_substring_regex(times, r"^\d{9,10}$"))


def _before_1990(times: pa.Array) -> Flags:
    is_number = pc.match_substring_regex(times, r"^\d{9,10}$")
    seconds = pc.cast(pc.if_else(is_number, times, pa.scalar(None, pa.string())), pa.int64())
    return _flags(pc.less(seconds, _YEAR_1990)) | _flags(pc.match_substring_regex(times, _BEFORE_1990))


def _days_first(sheet: Sheet) -> Iterator[Finding]:
    """Help 115005253428: dates are YYYY-MM-DD or MM/DD/YYYY, never DD-MM-YYYY."""
    for header, field, cells in zip(sheet.headers, sheet.fields, sheet.columns, strict=True):
        if field is None or field in CONSENTS.values():
            yield Finding("dates in day-month order", header, _day_first(_trimmed(cells)))


def _day_first(cells: pa.Array) -> Flags:
    """Return which cells are dates with the day first. If one date with slashes is, so are all dates with slashes in the column."""
    found = _flags(pc.match_substring_regex(cells, _DAY_FIRST))
    slashed = _flags(pc.match_substring_regex(cells, _SLASHED))
    return found | slashed if (found & slashed).any() else found


RULES: tuple[Callable[[Sheet], Iterator[Finding]], ...] = (
    _empty,
    _first_column,
    _several_of_one,
    _headers,
    _no_identity,
    _emails,
    _numbers,
    _repeated,
    _consent_words,
    _consent_without_number,
    _consent_times,
    _days_first,
)
"""The rules, in the order in which findings are best corrected."""


def _folded(header: str) -> str:
    return header.strip().casefold()


def _trimmed(cells: pa.Array) -> pa.Array:
    texts = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _flags(cells: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(cells, False).to_numpy(zero_copy_only=False))

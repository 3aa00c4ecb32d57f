"""Detect the header and the delimiter of a CSV from its first bytes."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segkit.data.files.missing_headers import refuse_data
from segkit.data.files.parts import doubled
from segkit.errors import DataError
from segkit.wording import listed

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Form:
    """How a CSV is laid out.

    Attributes:
        delimiter: the character that separates cells.
        header: the headers as they are written.
        start: the offset in bytes of the first row below the header.
        lines: the number of lines before that row.
        is_unusual: whether the delimiter is not the usual one for the file's extension.
    """

    delimiter: str
    header: tuple[str, ...]
    start: int
    lines: int
    is_unusual: bool

    @property
    def columns(self) -> list[str]:
        """A name for each column. A column without a header is named by a NUL character and its number, unlike any real header."""
        return [name or f"\0{number}" for number, name in enumerate(self.header, 1)]

    @property
    def mark(self) -> str:
        """The delimiter as a word."""
        return MARKS.get(self.delimiter, repr(self.delimiter))


def form_of(head: bytes, path: Path, *, is_whole: bool) -> Form:
    """Return the form of a CSV.

    Args:
        head: the first bytes of the file.
        path: the file. Its extension decides between delimiters that fit equally well.
        is_whole: whether `head` is the whole file.

    Raises:
        DataError: the file has no readable header, or no rows below it.
    """
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    text = head[start:].decode("utf-8", "surrogateescape")
    named = _named_delimiter(text)
    usual = "\t" if {".tsv", ".txt"} & {suffix.casefold() for suffix in path.suffixes} else ","
    delimiter = named or _detected_delimiter(text, usual, path, is_whole=is_whole)
    try:
        lines, header = next(_numbered(text, delimiter, skipped=int(named is not None)))
    except (StopIteration, csv.Error):
        if is_whole and not text.strip():
            raise DataError.empty_file(path.name) from None
        raise DataError.unreadable_file(path, "its header has a stray quotation mark, or is far too long") from None
    before = _first_lines(text, lines)
    if not is_whole and not before.endswith(("\n", "\r")):
        raise DataError.unreadable_file(path, "its first line is longer than a million characters")
    if is_whole and not text[len(before) :].strip("\r\n"):
        raise DataError.empty_file(path.name)
    if any("\udc80" <= letter <= "\udcff" for letter in before):
        raise DataError.not_utf8(path, "its header is not text in UTF-8")
    several = [name for name in doubled(header) if name]
    if several:
        refuse_data(path.name, header)
        raise DataError.unreadable_file(path, f"several columns have the header {listed(several)}")
    return Form(
        delimiter,
        tuple(header),
        start + len(before.encode("utf-8", "surrogateescape")),
        lines,
        named is None and delimiter != usual and len(header) > 1,
    )


def _named_delimiter(text: str) -> str | None:
    """Return the delimiter from a first line such as `sep=;`, which spreadsheets write, or None if there is no such line."""
    line = _first_lines(text, 1).rstrip("\r\n").strip('"')
    is_named = line[:4].casefold() == "sep=" and len(line) == 5 and line.isascii()
    return line[4:] if is_named else None


def _detected_delimiter(text: str, usual: str, path: Path, *, is_whole: bool) -> str:
    """Return a delimiter that splits the header. If several do, choose the one that gives all rows the same number of cells."""
    widths = {}
    for mark in MARKS:
        few = [len(row) for _, row in zip(range(_SAMPLE_ROWS), _rows(text, mark), strict=False)]
        if few and few[0] > 1:
            # If this is only the beginning of a file, the last row may be cut off.
            widths[mark] = set(few if is_whole or len(few) == 1 else few[:-1])
    if len(widths) <= 1:
        return next(iter(widths), usual)
    even = [mark for mark, found in widths.items() if len(found) == 1]
    if usual in even or not even:
        return usual if usual in widths else next(iter(widths))
    if len(even) == 1:
        return even[0]
    raise DataError.unclear_separator(path, [MARKS[mark] for mark in even])


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from (row for _, row in _numbered(text, delimiter))
    except csv.Error:
        return


def _numbered(text: str, delimiter: str, *, skipped: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its last line."""
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        stream.readline()
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    for row in reader:
        if row:
            yield reader.line_num + skipped, row


def _first_lines(text: str, number: int) -> str:
    stream = io.StringIO(text, newline="")
    return "".join(stream.readline() for _ in range(number))

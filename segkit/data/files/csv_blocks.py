"""Split a CSV into blocks of whole rows that Arrow can parse in parallel, if all its quotation marks are in valid places.

Arrow's own reader splits a file at any byte. It can lose a byte of a quoted line break between two blocks, refuses rows longer
than a block, and does not notice a stray quotation mark that makes the following rows part of one cell.
"""

import io
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BLOCK = 2**22
LONGEST_ROW = 2**26
"""The largest row, in bytes. If a row is longer, a quotation mark was never closed, or the file is not a table."""

_QUOTE, _LINE_FEED, _RETURN = 34, 10, 13
_TAIL = 2**16


class OddRows(Exception):  # noqa: N818  # not an error: it tells the caller to use the strict reader
    """A quotation mark is in an invalid place, or Arrow can't read a row."""


class Source(Protocol):
    """A stream of uncompressed UTF-8 bytes."""

    def readinto(self, room: memoryview, /) -> int | None:
        """Fill `room` with the next bytes and return their number, which is 0 at the end."""


class Recoded:
    """Converts a stream of text in another encoding to UTF-8."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding, newline="")
        self._ready = b""

    def readinto(self, room: memoryview, /) -> int:
        """Fill `room` with the next bytes and return their number, which is 0 at the end."""
        self._ready = self._ready or self._text.read(BLOCK // 4).encode()
        size = min(len(room), len(self._ready))
        room[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def whole_rows(source: Source, begun: bytes, delimiter: str) -> Iterator[tuple[pa.Buffer, bool]]:
    """Yield blocks of whole rows, each with a flag for whether it contains quotation marks.

    Blocks are allocated by Arrow, not by Python: if one of Arrow's threads still holds Python's memory when the interpreter exits,
    the process crashes.

    Args:
        source: the stream to read.
        begun: the bytes that were already read from it.
        delimiter: what separates the cells.

    Raises:
        OddRows: a quotation mark opens or closes within a cell, or is never closed, or a row is longer than `LONGEST_ROW`.
    """
    rest = np.frombuffer(begun, dtype=np.uint8)
    while True:
        # Double the buffer for a row longer than a block, so that the row isn't scanned many times.
        buffer = pa.allocate_buffer(max(BLOCK, len(rest)) + len(rest))
        block = np.frombuffer(buffer, dtype=np.uint8)
        block[: len(rest)] = rest
        filled = _fill(source, block, len(rest))
        is_last = filled < len(block)
        block = block[:filled]
        quotes = np.flatnonzero(block == _QUOTE)
        if len(quotes):
            _check(block, quotes, ord(delimiter), is_last=is_last)
        cut = filled if is_last else _end_of_rows(block, quotes)
        if cut:
            yield buffer.slice(0, cut), bool(len(quotes))
        if is_last:
            return
        rest = block[cut:].copy()
        if len(rest) > LONGEST_ROW:
            raise OddRows


def _fill(source: Source, block: npt.NDArray[np.uint8], filled: int) -> int:
    while filled < len(block):
        size = source.readinto(block[filled:].data)
        if not size:
            break
        filled += size
    return filled


def _check(block: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], mark: int, *, is_last: bool) -> None:
    """Check that quotation marks open at the start of a cell and close at its end. Two in a row are an escaped mark."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = block.take(opening - 1)
    if opening[0] == 0:
        before[0] = _LINE_FEED
    if len(closing) and closing[-1] == len(block) - 1:
        # The byte after this mark is in the next block, where the mark is checked again.
        closing = closing[:-1]
    if not _are_edges(before, mark) or not _are_edges(block.take(closing + 1), mark) or (is_last and len(quotes) % 2):
        raise OddRows


def _are_edges(letters: npt.NDArray[np.uint8], mark: int) -> bool:
    # Four comparisons are faster than a lookup table.
    return bool(((letters == mark) | (letters == _LINE_FEED) | (letters == _RETURN) | (letters == _QUOTE)).all())


def _end_of_rows(block: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64]) -> int:
    """Return the end of the last whole row in a block, or 0 if no row ends in it."""
    for start in dict.fromkeys((max(0, len(block) - _TAIL), 0)):
        tail = block[start:]
        ends = np.flatnonzero(tail == _LINE_FEED)
        if not len(ends) and not start:
            # A carriage return at the very end may be the first half of a line break.
            ends = np.flatnonzero(tail[:-1] == _RETURN)
        ends += start
        # After an even number of quotation marks, a line break is not inside quotes.
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        if len(ends):
            return int(ends[-1]) + 1
    return 0

"""A CSV as blocks of whole rows that Arrow can parse side by side, as long as every quotation mark in it is where it should be.

Arrow itself cuts a file anywhere: it loses a byte of a line break in quotes at the edge of two of its blocks, refuses rows longer
than a block, and reads past quotation marks that swallow the rows after them.
"""

import io
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BLOCK = 2**22
LONGEST_ROW = 2**26
"""Bytes of a row: one that is longer is what a quotation mark swallowed that was never closed, or no table at all."""

_QUOTE, _LINE_FEED, _RETURN = 34, 10, 13
_TAIL = 2**16


class OddRows(Exception):  # noqa: N818  # no fault, but a call for the reader that reads to the letter
    """A quotation mark stands where none should, or Arrow can't read a row."""


class Source(Protocol):
    """Plain bytes in UTF-8."""

    def readinto(self, room: memoryview, /) -> int | None:
        """Fill room with the next bytes and return how many they are, 0 at the end."""


class Recoded:
    """A stream of text in another encoding, read as UTF-8."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding, newline="")
        self._ready = b""

    def readinto(self, room: memoryview, /) -> int:
        """Fill room with the next bytes and return how many they are, 0 at the end."""
        self._ready = self._ready or self._text.read(BLOCK // 4).encode()
        size = min(len(room), len(self._ready))
        room[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def whole_rows(source: Source, begun: bytes, delimiter: str) -> Iterator[tuple[pa.Buffer, bool]]:
    """Give the rows of a source in blocks, and whether there are quotation marks in a block; `begun` was read of it already.

    Blocks are Arrow's own memory: a thread of Arrow's that still holds something of Python's when the interpreter ends takes
    the whole process down with it.

    Raises:
        OddRows: a quotation mark opens or closes within a cell, or is never closed, or a row is longer than `LONGEST_ROW`.
    """
    rest = np.frombuffer(begun, dtype=np.uint8)
    while True:
        # A row that is longer than a block is read on with twice the room, so that it isn't looked at over and over.
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
    """Check that marks open behind an edge of a cell and close before one; two side by side stand for one within a cell."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = block.take(opening - 1)
    if opening[0] == 0:
        before[0] = _LINE_FEED
    if len(closing) and closing[-1] == len(block) - 1:
        # What comes after it is in the next block, and it will be looked at again there.
        closing = closing[:-1]
    if not _are_edges(before, mark) or not _are_edges(block.take(closing + 1), mark) or (is_last and len(quotes) % 2):
        raise OddRows


def _are_edges(letters: npt.NDArray[np.uint8], mark: int) -> bool:
    # Four comparisons, since looking each letter up in a table takes longer.
    return bool(((letters == mark) | (letters == _LINE_FEED) | (letters == _RETURN) | (letters == _QUOTE)).all())


def _end_of_rows(block: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64]) -> int:
    """Return where the last whole row of a block ends, 0 if none does."""
    for start in dict.fromkeys((max(0, len(block) - _TAIL), 0)):
        tail = block[start:]
        ends = np.flatnonzero(tail == _LINE_FEED)
        if not len(ends) and not start:
            # A return at the very end may be the first half of a line end.
            ends = np.flatnonzero(tail[:-1] == _RETURN)
        ends += start
        # An even number of marks before it: it is in no quotes.
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        if len(ends):
            return int(ends[-1]) + 1
    return 0

"""Member files written a piece at a time: columns held as codes, and the digest of what reached the disk."""

# ruff: noqa: SIM300  # expected == actual, throughout

import hashlib
import io
from concurrent.futures import Executor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_cells import texts_of

from segkit.data.coded import CodedCells
from segkit.data.properties import Cells
from segkit.sending import member_files

TEXTS = ["", "=1+1", "+14155550132", "-5", " @SUM(A1)", "\tx", "bell\x07", "Zoë", "\uff1d1"]
SECONDS = [
    datetime(2026, 6, 30, 12, tzinfo=UTC),
    datetime(2026, 6, 30, 12, 0, 0, 1, tzinfo=UTC),
    datetime(1969, 1, 1, tzinfo=UTC),
]


def coded(values: pa.Array) -> CodedCells:
    """Return a column as codes."""
    return CodedCells(values.dictionary_encode())


@given(
    st.one_of(
        st.lists(st.one_of(st.none(), st.sampled_from(TEXTS)), min_size=1).map(lambda cells: pa.array(cells, pa.string())),
        st.lists(st.one_of(st.none(), st.sampled_from([-5.0, 0.1, 1e-7, 34.29])), min_size=1).map(lambda cells: pa.array(cells, pa.float64())),
        st.lists(st.one_of(st.none(), st.sampled_from(SECONDS)), min_size=1).map(lambda cells: pa.array(cells, pa.timestamp("us", tz="UTC"))),
    ),
    st.data(),
)  # fmt: skip
def test_a_column_of_codes_is_written_as_its_cells_are(values: pa.Array, data: st.DataObject):
    """Whichever rows are asked for, and a piece at a time, each has the text that it has where nothing is held as codes."""
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, len(values) - 1)))), dtype=np.int64)
    cut = data.draw(st.integers(0, len(rows)))
    expected = texts_of(Cells(pa.chunked_array([values.take(pa.array(rows))])))

    assert expected == texts_of(coded(values), [rows[:cut], rows[cut:]])


def test_times_have_a_fraction_only_where_one_that_is_written_has():
    """A fraction of a second that nobody in the file has changes no other's text, in columns held as codes as elsewhere."""
    whole, broken, _ = SECONDS
    cells = coded(pa.array([whole, whole, broken], pa.timestamp("us", tz="UTC")))

    assert ["2026-06-30T12:00:00Z"] * 2 == texts_of(cells, [[0, 1]])


class Late(Executor):
    """Does what it is given when its result is asked for, and not before."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Do nothing yet."""
        return SimpleNamespace(result=lambda: fn(*args, **kwargs))


def test_a_block_is_hashed_before_its_memory_is_used_again():
    """The writer fills the same memory again and again; the digest is of what was in it each time."""
    sink = member_files._Hashed(io.BytesIO(), Late())
    memory = bytearray(b"one")
    for text in (b"one", b"two"):
        memory[:] = text
        sink.write(memory)

    assert hashlib.sha256(b"onetwo").hexdigest() == sink.sha256.hexdigest()


class Slow(io.RawIOBase):
    """A file that takes three bytes at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.held = b""

    def writable(self) -> bool:
        """Be one to write to."""
        return True

    def write(self, data: Any) -> int:
        """Take the first three."""
        self.held += bytes(data[:3])
        return min(3, len(data))


def sheet_of(cells: list[str]) -> member_files.Sheet:
    """Return a sheet of one column, two rows at a time."""
    return member_files.Sheet(["name"], ([pa.array(cells[first : first + 2])] for first in range(0, len(cells), 2)))


def test_every_byte_is_written_and_hashed():
    """However little the disk takes at a time, the file is whole, in order, and has the digest that the manifest is given."""
    stream = Slow()

    rows, digest = member_files._write(sheet_of(list("abcde")), stream)

    assert 5 == rows

    assert b'"name"\n"a"\n"b"\n"c"\n"d"\n"e"\n' == stream.held
    assert hashlib.sha256(stream.held).hexdigest() == digest


class Full(io.RawIOBase):
    """A disk with room for the headers alone."""

    def writable(self) -> bool:
        """Be one to write to."""
        return True

    def write(self, data: Any) -> int:
        """Take the headers."""
        if bytes(data) != b'"name"\n':
            raise OSError(28, "No space left on device")
        return len(data)


def test_a_full_disk_is_told():
    """What the system refuses to write is raised, also from the last piece, and nobody takes the file for whole."""
    with pytest.raises(OSError, match="No space left"):
        member_files._write(sheet_of(["a"]), Full())

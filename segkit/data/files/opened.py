"""Open compressed and plain files for reading, and refuse damaged or suspiciously large ones.

The compression is detected from the content, not from the name. The readers of each format, such as `csv_files`, parse the bytes.
"""

import contextlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from segkit.errors import DataError
from segkit.wording import listed

DAMAGES = (pa.ArrowException, OSError, EOFError, zlib.error, zipfile.BadZipFile)
"""Exceptions raised by Arrow or by decompression when a file is damaged."""

_LOCKED = (NotImplementedError, RuntimeError)
"""Exceptions raised when a file in an archive is encrypted or has an unsupported compression."""

_MARKS = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}


LARGEST_UNPACKED, MOST_TIMES = 2**28, 250
"""A file that unpacks to at most this many bytes is always accepted. A larger file is accepted only up to this compression ratio.

No table with ids and times compresses that well.
"""


class _Bounded(io.RawIOBase):
    """Reads the unpacked bytes of a file up to a limit, since a few megabytes can unpack to terabytes."""

    def __init__(self, stream: Any, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._most = max(LARGEST_UNPACKED, MOST_TIMES * path.stat().st_size)
        self._left = self._most

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        size = self._stream.readinto(room)
        self._left -= size
        if self._left < 0:
            raise DataError.unpacks_too_large(self._path, self._most)
        return int(size)

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, or all of them. It reads in large steps, since each step calls the decompressor."""
        found = bytearray()
        while size < 0 or len(found) < size:
            room = bytearray(_AT_ONCE if size < 0 else min(_AT_ONCE, size - len(found)))
            filled = self.readinto(room)
            if not filled:
                break
            found += memoryview(room)[:filled]
        return bytes(found)


_AT_ONCE = 2**22


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a file for reading its uncompressed bytes. The first bytes show how it is compressed, not its name.

    Raises:
        DataError: the file can't be opened, is damaged, unpacks to far more than a file of its size should, or is an archive of
            several files. The error may also come while the file is read.
    """
    try:
        with contextlib.ExitStack() as stack:
            # Use Arrow's own streams and no callback: if one of Arrow's threads still holds a Python object when the interpreter
            # exits, the process crashes.
            stream = stack.enter_context(pa.OSFile(str(path)))
            first = stream.read(4)
            stream.seek(0)
            kind = next((kind for mark, kind in _MARKS.items() if first.startswith(mark)), None)
            if kind == "zip":
                archive = stack.enter_context(zipfile.ZipFile(path))
                yield _Bounded(stack.enter_context(_member(path, archive)), path)
            elif kind is not None:
                yield _Bounded(stack.enter_context(pa.CompressedInputStream(stream, kind)), path)
            else:
                yield stream
    except DataError:
        raise
    except DAMAGES as error:
        raise DataError.damaged_file(path, why(error)) from None


def read_whole(path: Path, most: int) -> bytes:
    """Return the uncompressed bytes of a file.

    Raises:
        DataError: the file has more than `most` bytes, or can't be read (see `opened`).
    """
    with opened(path) as stream:
        if path.stat().st_size > most:
            raise DataError.file_too_large(path, most)
        # Arrow allocates as many bytes as are requested, so read without a size if the file is not compressed.
        raw = bytes(stream.read() if isinstance(stream, pa.NativeFile) else stream.read(most + 1))
    if len(raw) > most:
        raise DataError.file_too_large(path, most)
    return raw


def member_name(path: Path) -> str:
    """Return the name of the only file in a zip archive.

    Raises:
        DataError: the file is not a zip archive, or contains several files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _only_member(path, archive)
    except DataError:
        raise
    except DAMAGES as error:
        raise DataError.damaged_file(path, why(error)) from None


def why(error: BaseException) -> str:
    """Return why a file can't be read, in plain words."""
    match error:
        case PermissionError():
            return "you don't have permission to read it"
        case FileNotFoundError():
            return "it is no longer there"
        case NotImplementedError():
            return "it is compressed in a way that segkit does not support"
        case RuntimeError():
            return "it is encrypted with a password"
        case _:
            return "it is damaged, was not written completely, or is not in the format that its name suggests"


@contextlib.contextmanager
def unchanged(paths: Iterable[Path]) -> Iterator[None]:
    """Refuse the data if one of the files was replaced or written to while it was read.

    This replaces any other exception, which is only a consequence of the change, such as columns of different lengths.

    Raises:
        DataError: a file has changed since the beginning of the block.
    """
    before = {path: _state(path) for path in paths}
    try:
        yield
    except Exception:
        _check(before)
        raise
    _check(before)


def _check(before: dict[Path, tuple[int, ...] | None]) -> None:
    changed = [path for path, state in before.items() if _state(path) != state]
    if changed:
        raise DataError.changed_while_read(changed) from None


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _member(path: Path, archive: zipfile.ZipFile) -> IO[bytes]:
    try:
        return archive.open(_only_member(path, archive))
    except _LOCKED as error:
        raise DataError.damaged_file(path, why(error)) from None


def _only_member(path: Path, archive: zipfile.ZipFile) -> str:
    # Archives that were made on a Mac contain a metadata file for each file.
    names = [
        one.filename for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        held = f"{len(names)} files: {listed(names)}" if names else "no file"
        raise DataError.several_in_archive(path, held)
    return names[0]

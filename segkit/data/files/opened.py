"""Files opened for reading, whatever they are compressed with and whatever they are called; what they hold is others' work."""

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
"""What reading a damaged file raises, by way of Arrow or of its compression."""

_LOCKED = (NotImplementedError, RuntimeError)
"""What opening a member of an archive raises that is locked, or compressed in another way."""

_MARKS = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}


LARGEST_UNPACKED, MOST_TIMES = 2**28, 250
"""Bytes that any compressed file may hold, and how many times its own size a larger one: no table with ids and times packs so well."""


class _Bounded(io.RawIOBase):
    """The unpacked bytes of a file, up to a bound: a few megabytes can stand for terabytes."""

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
        """Return so many bytes, or all: many at once, since the unpacking is asked for as many as are wanted."""
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
    """Open a file for reading its plain bytes; how it is compressed is told by its first bytes, whatever its name says.

    Raises:
        DataError: it can't be opened, is damaged, unpacks to far more than a file of its size should, or is an archive of several
            files; also while it is read.
    """
    try:
        with contextlib.ExitStack() as stack:
            # Arrow's own streams and no callback: a reading thread that still holds something of Python's when the interpreter
            # ends takes the whole process down with it.
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
    """Return the plain bytes of a file that are at most so many.

    Raises:
        DataError: they are more; or as `opened`.
    """
    with opened(path) as stream:
        if path.stat().st_size > most:
            raise DataError.file_too_large(path, most)
        # Arrow makes room for as many bytes as it is asked for, so it is only asked for what is there.
        raw = bytes(stream.read() if isinstance(stream, pa.NativeFile) else stream.read(most + 1))
    if len(raw) > most:
        raise DataError.file_too_large(path, most)
    return raw


def member_name(path: Path) -> str:
    """Return the name of the one file in a zip archive.

    Raises:
        DataError: it is no zip archive, or holds several files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _only_member(path, archive)
    except DataError:
        raise
    except DAMAGES as error:
        raise DataError.damaged_file(path, why(error)) from None


def why(error: BaseException) -> str:
    """Return why a file can't be read, in our own words."""
    match error:
        case PermissionError():
            return "the system does not allow it"
        case FileNotFoundError():
            return "it is no longer there"
        case NotImplementedError():
            return "it is compressed in a way that segkit does not know"
        case RuntimeError():
            return "it is locked with a password"
        case _:
            return "it is damaged, was not written to its end, or is not what its name says"


@contextlib.contextmanager
def unchanged(paths: Iterable[Path]) -> Iterator[None]:
    """Refuse what was read of files if one of them was replaced or written to meanwhile.

    Whatever else went wrong is a consequence then, such as a column that is longer than the one before.

    Raises:
        DataError: a file is another than it was at the beginning.
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
    # A Mac's archives hold a shadow of each file.
    names = [
        one.filename for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        held = f"{len(names)} files: {listed(names)}" if names else "no file"
        raise DataError.several_in_archive(path, held)
    return names[0]

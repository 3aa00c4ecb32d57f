"""Files that appear whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from segkit.errors import FileError


@contextlib.contextmanager
def whole_files(*paths: Path) -> Iterator[list[Path]]:
    """Give a temporary name for each path; all are renamed at the end, or, if anything failed, removed.

    The temporary names stand in the same folder, since only then is a rename one step. Data is on the disk before it is renamed.

    Raises:
        FileError: a folder does not exist, or a path is one.
    """
    for path in paths:
        if path.is_dir():
            raise FileError.is_folder(path)
        if not path.parent.is_dir():
            raise FileError.no_folder(path)
    parts = [path.with_name(f".{path.name}.{secrets.token_hex(4)}.part") for path in paths]
    try:
        yield parts
        for part in parts:
            with part.open("rb+") as written:
                os.fsync(written.fileno())
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write text whole or not at all, in UTF-8 and with plain line ends; return the absolute path."""
    with whole_files(path) as [part]:
        part.write_bytes(text.encode())
    return path.resolve()

"""Check paths that an analyst passes before they are opened for reading. Pipes are refused, since reading one may block forever."""

import os
from pathlib import Path
from typing import Any

from segkit.errors import DataError

_LONGEST_NAME = 250
"""No file system allows file names much longer than this many characters."""


def there(given: Any, what: str) -> Path:
    """Return the path of an existing file or folder, with `~` expanded. Follows links.

    Raises:
        DataError: the value is not a path, nothing exists there, or it is a pipe, a device or a socket.

    >>> there("no such file", "profiles")
    Traceback (most recent call last):
    segkit.errors.DataError: There is no 'no such file' in '.'. ...
    """
    if not isinstance(given, (str, os.PathLike)) or not isinstance(os.fspath(given), str):
        raise DataError.not_a_source(what, given)
    path = Path(given)
    try:
        path = path.expanduser()
        exists = path.exists()
    except (OSError, RuntimeError, ValueError):
        exists = False  # too long, not encodable, or `~` of an unknown user
    if not exists:
        if _is_no_name(path):
            raise DataError.no_such_name(str(given))
        raise DataError.no_file(path)
    if not path.is_file() and not path.is_dir():
        raise DataError.not_a_regular_file(path)
    return path


def file_there(given: Any, what: str, *, largest: int | None = None) -> Path:
    """Return the path of a regular file, or of a link to one.

    Args:
        given: the path.
        what: what the path is for, for error messages.
        largest: the largest size in bytes; None allows any size.

    Raises:
        DataError: see `there`; also if the path is a folder, or the file is larger than `largest`.
    """
    path = there(given, what)
    if path.is_dir():
        raise DataError.folder_for_file(path)
    if largest is not None and path.stat().st_size > largest:
        raise DataError.file_too_large(path, largest)
    return path


def _is_no_name(path: Path) -> bool:
    text = str(path)
    longest = max(map(len, path.parts), default=0)
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text) or longest > _LONGEST_NAME

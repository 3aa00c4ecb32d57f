"""Paths that an analyst gives to be read, checked before anything is opened: there, and no pipe that is waited for for ever."""

import os
from pathlib import Path
from typing import Any

from segkit.errors import DataError

_LONGEST_NAME = 250
"""What no system has longer names of files than."""


def there(given: Any, what: str) -> Path:
    """Return the path of a file or folder, `~` being the home folder; what a link leads to counts.

    Raises:
        DataError: it is no path, nothing is there, or it is a pipe, a device or a socket.

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
        exists = False  # too long, no text that a system takes, or the home of somebody who is unknown
    if not exists:
        if _is_no_name(path):
            raise DataError.no_such_name(str(given))
        raise DataError.no_file(path)
    if not path.is_file() and not path.is_dir():
        raise DataError.not_a_regular_file(path)
    return path


def file_there(given: Any, what: str, *, largest: int | None = None) -> Path:
    """Return the path of a regular file, or of a link to one.

    Raises:
        DataError: as `there`; or it is a folder, or larger than so many bytes.
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

"""Every error that segkit raises on purpose, built by named constructors so that its wording lives and is tested in one place.

Each message names the thing, its value, the choices and the next step. A file for each wing holds what can be wrong there.
"""

from segkit.errors.account import AccountError
from segkit.errors.base import SegkitError, SegkitWarning, deprecated, missing_extra, warn
from segkit.errors.data import DataError
from segkit.errors.definition import DefinitionError
from segkit.errors.files import FileError

__all__ = [
    "AccountError",
    "DataError",
    "DefinitionError",
    "FileError",
    "SegkitError",
    "SegkitWarning",
    "deprecated",
    "missing_extra",
    "warn",
]

# Tracebacks and pickles name them as they are imported, not by the file that their wording is in.
for _kind in (AccountError, DataError, DefinitionError, FileError, SegkitError, SegkitWarning):
    _kind.__module__ = __name__

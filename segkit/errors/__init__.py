"""Define all errors that segkit raises, with a named constructor for each message.

Each message names the thing, its value, the choices and the next step. Each kind of error has its own file.
"""

from segkit.errors.account import AccountError
from segkit.errors.analysis import AnalysisError
from segkit.errors.base import SegkitError, SegkitWarning, deprecated, missing_extra, warn
from segkit.errors.data import DataError
from segkit.errors.definition import DefinitionError
from segkit.errors.files import FileError

__all__ = [
    "AccountError",
    "AnalysisError",
    "DataError",
    "DefinitionError",
    "FileError",
    "SegkitError",
    "SegkitWarning",
    "deprecated",
    "missing_extra",
    "warn",
]

# Tracebacks and pickles then show the public name, such as `segkit.errors.DataError`.
for _kind in (AccountError, AnalysisError, DataError, DefinitionError, FileError, SegkitError, SegkitWarning):
    _kind.__module__ = __name__

"""Define the base class of all errors and warnings, and how segkit warns."""

import inspect
import re
import warnings


class SegkitError(Exception):
    """The base class of all errors that segkit raises. Very long words and numbers in a message are shortened."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_LONG_WORD.sub(_shortened, message))


_LONG_WORD = re.compile(r"\d{61,}|[^\s/\\]{301,}")
"""A number or word that is too long to read. Paths have slashes, so they stay whole."""


def _shortened(found: re.Match[str]) -> str:
    word = found.group()
    kind = "digits" if word.isdecimal() else "letters"
    return f"{word[:40]}… ({len(word):,} {kind})"


class SegkitWarning(UserWarning):
    """A warning about a result that the analyst should know before trusting it."""


def warn(message: str) -> None:
    """Issue a warning at the line that called segkit, however deep inside segkit this function is called."""
    # Python 3.12 and later have `skip_file_prefixes` for this.
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, SegkitWarning, stacklevel=level - 1 if frame is None else level)


_PACKAGE = __name__.partition(".")[0]


def missing_extra(package: str, extra: str) -> ImportError:
    """Return the error for a missing package of an extra, with the command that installs it."""
    return ImportError(f'This needs {package}, which is not installed. Run: pip install "sms-segkit[{extra}]"')

"""Define the base class of all errors and warnings, and how segkit warns."""

import inspect
import re
import warnings
from pathlib import PurePath
from types import FrameType
from typing import cast


class SegkitError(Exception):
    """The base class of all errors that segkit raises. Very long words and numbers in a message are shortened."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_LONG_WORD.sub(_shortened, message))


_LONG_WORD = re.compile(r"\d{61,}|[^\s/\\]{301,}")
"""A number or word that is too long to read. Paths have slashes, so they stay whole."""


def _shortened(found: re.Match[str]) -> str:
    word = found.group()
    kind = "digits" if word.isdecimal() else "characters"
    return f"{word[:40]}… ({len(word):,} {kind})"


class SegkitWarning(UserWarning):
    """A warning about something that the analyst should know before trusting a result."""


def warn(message: str) -> None:
    """Issue a warning at the line of the analyst's own code, however deep inside segkit this function is called."""
    _warn(message, SegkitWarning)


def deprecated(message: str) -> None:
    """Issue a deprecation warning, at the line of the analyst's own code, for a form that segkit 1.0 will remove."""
    _warn(f"{message} The old form will be removed in segkit 1.0.", DeprecationWarning)


def _warn(message: str, kind: type[Warning]) -> None:
    frame = _callers_frame()
    warnings.warn_explicit(
        message,
        kind,
        filename=frame.f_code.co_filename,
        lineno=frame.f_lineno,
        module=frame.f_globals.get("__name__", "<unknown>"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _callers_frame() -> FrameType:
    """Return the innermost frame of the analyst's own code, which is neither segkit nor a library that called it, such as pandas.

    If there is none, as in a callback of a slider, returns the innermost frame outside segkit. In Python 3.12 and later,
    `skip_file_prefixes` does part of this.
    """
    frame, outside, last = inspect.currentframe(), None, None
    while frame is not None:
        last = frame
        if frame.f_globals.get("__name__", "").partition(".")[0] != _PACKAGE:
            outside = outside or frame
            file = frame.f_code.co_filename
            if not file.startswith(_LIBRARIES) and not _INSTALLED.intersection(PurePath(file).parts):
                return frame
        frame = frame.f_back
    return cast("FrameType", outside or last)


_PACKAGE = __name__.partition(".")[0]
_LIBRARIES = (str(PurePath(inspect.__file__).parent), "<frozen ")
_INSTALLED = {"site-packages", "dist-packages"}


def missing_extra(package: str, extra: str) -> ImportError:
    """Return the error for a missing package of an extra, with the command that installs it."""
    return ImportError(f'This needs {package}. To install what is missing, run: pip install "sms-segkit[{extra}]"')

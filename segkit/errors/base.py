"""What all errors of segkit are, and the one way in which it warns."""

import inspect
import re
import warnings
from pathlib import PurePath
from types import FrameType
from typing import cast


class SegkitError(Exception):
    """Anything that segkit raises on purpose. What was given is repeated, but not hundreds of letters of it without a blank."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_LONG_WORD.sub(_shortened, message))


_LONG_WORD = re.compile(r"\d{61,}|[^\s/\\]{301,}")
"""A number or another word that is longer than anybody reads; paths have slashes."""


def _shortened(found: re.Match[str]) -> str:
    word = found.group()
    kind = "digits" if word.isdecimal() else "letters"
    return f"{word[:40]}… ({len(word):,} {kind})"


class SegkitWarning(UserWarning):
    """Something that was answered, and that the analyst should know before trusting the answer."""


def warn(message: str) -> None:
    """Warn of something at the analyst's own line, however deep it was found and whatever lies between."""
    _warn(message, SegkitWarning)


def deprecated(message: str) -> None:
    """Warn at the analyst's own line of a form that goes with segkit 1.0."""
    _warn(f"{message} The old form goes with segkit 1.0.", DeprecationWarning)


def _warn(message: str, kind: type[Warning]) -> None:
    frame = _asker()
    warnings.warn_explicit(
        message,
        kind,
        filename=frame.f_code.co_filename,
        lineno=frame.f_lineno,
        module=frame.f_globals.get("__name__", "<unknown>"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _asker() -> FrameType:
    """Return the innermost frame of an analyst's own code: not segkit's, nor of a library that called segkit, as pandas or a widget does.

    Where there is none, as behind a slider of a notebook, it is the innermost one outside segkit. From Python 3.12 on,
    `skip_file_prefixes` does a part of this.
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
    """Return the error for a package that only an extra brings, with the line that installs it."""
    return ImportError(f'This needs {package}, which is not installed. Run: pip install "sms-segkit[{extra}]"')

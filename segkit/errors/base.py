"""What all errors of segkit are, and the one way in which it warns."""

import inspect
import re
import warnings


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
    """Warn of something at the line that called segkit, however deep inside segkit it was found."""
    # From Python 3.12 on, `skip_file_prefixes` does this.
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, SegkitWarning, stacklevel=level - 1 if frame is None else level)


_PACKAGE = __name__.partition(".")[0]


def missing_extra(package: str, extra: str) -> ImportError:
    """Return the error for a package that only an extra brings, with the line that installs it."""
    return ImportError(f'This needs {package}, which is not installed. Run: pip install "sms-segkit[{extra}]"')

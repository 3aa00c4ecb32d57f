"""What holds for every input, however hostile: only segkit's own errors and warnings, in bounded time and memory, nobody shown."""

import contextlib
import re
import resource
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from people import anybody_in

import segkit
from segkit.errors import SegkitError, SegkitWarning

T = TypeVar("T")

SEGKIT = Path(segkit.__file__).parent

SECONDS = 10
"""Of processor time, so that the limit means the same on a busy machine; inputs are a few kilobytes."""

MEGABYTES = 512
"""How far one input may raise the most memory that the process ever held."""

PEOPLE = [
    "+12125550142", "2125550143", "(212) 555-0144", "+442079460999", "+491713920999", "12125550145",
    "ann@shop.example", "bea.lee@shop.example",
]  # fmt: skip
"""Numbers kept for fiction and addresses of nobody, which are put into inputs and must be in no message."""


class TooSlow(BaseException):
    """An input took more processor time than it may; no `except Exception` of the code in question catches it."""


class TooLargeError(AssertionError):
    """An input took more memory than it may."""


class ForeignWarningError(AssertionError):
    """Something other than segkit warned."""


class ShownPersonError(AssertionError):
    """A message shows a phone number or an address."""


@contextlib.contextmanager
def bounds() -> Iterator[None]:
    """End what takes too long, and refuse what took too much memory."""

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) // 1024
    if grown > MEGABYTES:
        raise TooLargeError(f"{grown} MB")


def answer(ask: Callable[[], T]) -> T | None:
    """Return an answer, or None where segkit refused to give one; whatever it says is looked through for people."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = ask()
        except SegkitError as error:
            found = None
            show_nobody(error, error)
    for one in told:
        if not issubclass(one.category, SegkitWarning):
            raise ForeignWarningError(f"{one.category.__name__}: {one.message} ({one.filename}:{one.lineno})")
        show_nobody(one.message)
    return found


def show_nobody(message: object, error: BaseException | None = None) -> None:
    """Look for people in a message, however their numbers are spelled there; an error says where it is from."""
    words = str(message)
    digits = re.sub(r"[\s().+-]", "", words)
    shown = [one for one in PEOPLE if one in words or ("@" not in one and re.sub(r"\D", "", one) in digits)]
    if shown or anybody_in(words):
        raise ShownPersonError(words[:300]) from error


def kind_of(error: BaseException) -> str:
    """Return what went wrong and where, so that inputs of one kind are told of once: the error, and segkit's innermost line."""
    frames = traceback.extract_tb((error.__cause__ or error).__traceback__)
    inside = [
        one for one in frames if SEGKIT in Path(one.filename).parents and "errors" not in Path(one.filename).parts
    ]
    if inside:
        return f"{type(error).__name__} in {Path(inside[-1].filename).relative_to(SEGKIT)}:{inside[-1].name}"
    # A check of ours is known by its line: several of one function mean different things.
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}:{frames[-1].lineno}"


def tried(check: Callable[[str, bytes], Any], name: str, content: bytes) -> BaseException | None:
    """Check one input within its bounds, and return what went wrong."""
    try:
        with bounds():
            check(name, content)
    except (Exception, TooSlow) as error:  # noqa: BLE001  # whatever it is, it is told
        return error
    return None

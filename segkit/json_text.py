"""JSON that somebody else wrote, read within limits; what it means, and what is said of a fault, is the caller's."""

import json
from collections.abc import Iterable
from typing import Any

DEEPEST = 100
"""Levels of brackets within brackets that are read. Klaviyo takes ten; what reads a value calls itself once or twice a level."""


def read_json(text: str | bytes) -> Any:
    """Return what a JSON text says.

    Raises:
        ValueError: it is no JSON, nests too deep, or has a number too long to be read; the reason, in words to show, is its text.

    >>> read_json('{"a": [1]}')
    {'a': [1]}
    >>> read_json("[" * 1000)
    Traceback (most recent call last):
    ValueError: its brackets are nested more than 100 deep
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise ValueError("its text is not in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON, or was not written to its end, in line {error.lineno:,}") from None
    except ValueError:
        raise ValueError("a number in it has thousands of digits") from None
    if _may_be_deep(text) and is_deep(found):
        raise ValueError(_TOO_DEEP)
    return found


def _may_be_deep(text: str | bytes) -> bool:
    """Whether a text has more brackets than may be nested, which is sooner told than how they are."""
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{") > DEEPEST
    return text.count("[") + text.count("{") > DEEPEST


_TOO_DEEP = f"its brackets are nested more than {DEEPEST} deep"


def is_deep(value: Any, most: int = DEEPEST) -> bool:
    """Whether lists and mappings are nested deeper than `most` levels, told a level at a time and so at any depth.

    >>> is_deep([[1]]), is_deep(json.loads("[" * 101 + "]" * 101))
    (False, True)
    """
    level = [value]
    for _ in range(most):
        level = [
            one for outer in level if isinstance(outer, _NESTS) for one in _inside(outer) if isinstance(one, _NESTS)
        ]
        if not level:
            return False
    return True


_NESTS = (list, tuple, dict)
"""No Mapping, since to ask of each cell whether it is one takes ten times as long."""


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


class Halves:
    r"""Replaces halves of characters, which are left where a text was cut within an emoji, and counts the texts that had one.

    >>> halves = Halves()
    >>> halves.without(["Ann \ud83d", "Bob"]) == ["Ann \ufffd", "Bob"], halves.found
    (True, 1)
    """

    def __init__(self) -> None:
        self.found = 0

    def without(self, value: Any) -> Any:
        """Return a value in which U+FFFD stands for each half, in names of mappings, too; it nests no deeper than `DEEPEST`."""
        # Asked of every cell of a column, and most are short text in ASCII or numbers.
        if isinstance(value, str):
            if value.isascii() or not has_half(value):
                return value
            self.found += 1
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if isinstance(value, list):
            return [self.without(item) for item in value]
        if isinstance(value, dict):
            return {self.without(name): self.without(item) for name, item in value.items()}
        return tuple(map(self.without, value)) if type(value) is tuple else value


def has_half(text: str) -> bool:
    r"""Whether a text holds half a character, which no file and no other program takes.

    >>> has_half("Ann \ud83d"), has_half("Ann 😀")
    (True, False)
    """
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False

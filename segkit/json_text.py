"""Read JSON from outside, with limits on nesting and on the length of numbers, and replace lone surrogates."""

import json
from collections.abc import Iterable
from typing import Any

DEEPEST = 100
"""The deepest nesting that is read. Klaviyo accepts ten levels. The readers are recursive, so they need a limit."""


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: the text is not JSON, is nested too deeply, or has a number that is too long. The message may be shown to users.

    >>> read_json('{"a": [1]}')
    {'a': [1]}
    >>> read_json("[" * 1000)
    Traceback (most recent call last):
    ValueError: its brackets are nested more than 100 levels deep
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise ValueError("its text is not in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON, or it is incomplete, in line {error.lineno:,}") from None
    except ValueError:
        raise ValueError("a number in it has thousands of digits") from None
    if _may_be_deep(text) and is_deep(found):
        raise ValueError(_TOO_DEEP)
    return found


def _may_be_deep(text: str | bytes) -> bool:
    """Return whether a text may be nested too deeply, because it has more brackets than levels allowed. Counting is faster than parsing."""
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{") > DEEPEST
    return text.count("[") + text.count("{") > DEEPEST


_TOO_DEEP = f"its brackets are nested more than {DEEPEST} levels deep"


def is_deep(value: Any, most: int = DEEPEST) -> bool:
    """Return whether lists and mappings are nested deeper than `most` levels. It is not recursive, so it works at any depth.

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
"""`Mapping` is left out, since an instance check against it is slow."""


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


class Halves:
    r"""Replaces lone surrogates, which are left when a string is cut inside an emoji, and counts the strings that had one.

    >>> halves = Halves()
    >>> halves.without(["Ann \ud83d", "Bob"]) == ["Ann \ufffd", "Bob"], halves.found
    (True, 1)
    """

    def __init__(self) -> None:
        self.found = 0

    def without(self, value: Any) -> Any:
        """Return a value with each lone surrogate replaced by U+FFFD, also in keys. It must not be nested deeper than `DEEPEST`."""
        # This is called for every cell of a column. Most are numbers or short ASCII strings, so check for those first.
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
    r"""Return whether a string has a lone surrogate (half a character), which can't be encoded as UTF-8.

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

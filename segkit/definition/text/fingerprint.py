"""Convert a condition to canonical text and hash it with SHA-256. Both are stable across versions and platforms."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from segkit.definition.conditions import Condition
from segkit.definition.text.write import to_data


def canonical(condition: Condition) -> str:
    """Return text that is the same only for equal conditions: ASCII JSON with sorted keys and numbers as fractions.

    >>> from segkit.definition.phrases import has
    >>> canonical(has("Age", at_least=18.5))
    '{"at least":{"number":"37/2"},"has":"Age"}'
    """
    return json.dumps(_plain(to_data(condition)), sort_keys=True, separators=(",", ":"))


def fingerprint(condition: Condition) -> str:
    """Return "sha256:" followed by the SHA-256 of the canonical text as 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(canonical(condition).encode()).hexdigest()}"


def _plain(data: Any) -> Any:
    match data:
        case {"decimal": str(written)}:
            return _number(Decimal(written))
        case dict():
            return {key: _plain(value) for key, value in data.items()}
        case list():
            return [_plain(value) for value in data]
        case bool() | str():
            return data
        case _:
            return _number(data)


def _number(value: float | Decimal) -> dict[str, str]:
    """Write a number as a fraction in lowest terms, so that 90, 90.0 and Decimal("90.00") have the same text."""
    top, bottom = value.as_integer_ratio()
    # Large numbers are written in hexadecimal, since Python limits how many decimal digits it converts.
    return {
        "number": f"{top}/{bottom}" if abs(top) < 10**18 and bottom < 10**18 else f"{top:x}/{bottom:x} (hexadecimal)"
    }

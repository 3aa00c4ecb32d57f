"""What a condition says as one canonical text, and that text's SHA-256, which stay the same over versions and platforms."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from segkit.definition.conditions import Condition
from segkit.definition.text.write import to_data


def canonical(condition: Condition) -> str:
    """Return a text that is equal exactly where conditions are equal: JSON with sorted keys, in ASCII, numbers as fractions.

    >>> from segkit.definition.phrases import has
    >>> canonical(has("Age", at_least=18.5))
    '{"at least":{"number":"37/2"},"has":"Age"}'
    """
    return json.dumps(_plain(to_data(condition)), sort_keys=True, separators=(",", ":"))


def fingerprint(condition: Condition) -> str:
    """Return "sha256:" and the SHA-256 of the canonical text, as 64 hexadecimal digits."""
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
    """Return a number as its fraction in lowest terms: 90, 90.0 and Decimal("90.00") are equal, and so are their fractions."""
    over, under = value.as_integer_ratio()
    # Hexadecimal, since Python refuses to write very long whole numbers in decimals.
    return {
        "number": f"{over}/{under}" if abs(over) < 10**18 and under < 10**18 else f"{over:x}/{under:x} (hexadecimal)"
    }

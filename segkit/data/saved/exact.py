"""Python values as JSON text that says exactly which they were, so that a cell that was saved reads as it did before."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd


class OddKindError(Exception):
    """A value is of a kind that no file of a saved shop can hold; the kind's name is the text."""


def text_of(value: Any) -> str:
    """Return a value as JSON text.

    Raises:
        OddKindError: it is of a kind that can't be saved.

    >>> text_of(["Hats", 1, Decimal("2.50")])
    '["Hats", 1, {"decimal": "2.50"}]'
    """
    return json.dumps(_said(value), ensure_ascii=False)


def value_of(text: str) -> Any:
    """Return the value that a JSON text stands for.

    >>> value_of(text_of((date(2026, 6, 30), {"Hats": True})))
    (datetime.date(2026, 6, 30), {'Hats': True})
    """
    return _meant(json.loads(text))


def _said(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int() | float() if type(value) in (int, float):
            return value
        case list():
            return list(map(_said, value))
        case tuple() if type(value) is tuple:
            return {"tuple": list(map(_said, value))}
        case dict():
            return {"dict": [[_said(name), _said(item)] for name, item in value.items()]}
        case bytes():
            return {"bytes": value.hex()}
        case pd.Timestamp():
            return {"Timestamp": value.isoformat(), "unit": value.unit}
        case pd.Timedelta():
            return {"Timedelta": value.isoformat()}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case timedelta():
            return {"timedelta": [value.days, value.seconds, value.microseconds]}
        case Decimal():
            return {"decimal": str(value)}
    raise OddKindError(type(value).__name__)


def _meant(said: Any) -> Any:
    if isinstance(said, list):
        return list(map(_meant, said))
    if not isinstance(said, dict):
        return said
    match said:
        case {"tuple": items}:
            return tuple(map(_meant, items))
        case {"dict": pairs}:
            return {_meant(name): _meant(item) for name, item in pairs}
        case {"bytes": digits}:
            return bytes.fromhex(digits)
        case {"Timestamp": text, "unit": unit}:
            return pd.Timestamp(text).as_unit(unit)
        case {"Timedelta": text}:
            return pd.Timedelta(text)
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"time": text}:
            return time.fromisoformat(text)
        case {"timedelta": [days, seconds, microseconds]}:
            return timedelta(days, seconds, microseconds)
        case {"decimal": text}:
            return Decimal(text)
    raise ValueError(said)

"""Convert Python values to JSON text and back without losing their types, for cells in saved shops."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd


class OddKindError(Exception):
    """A value has a type that can't be saved. The message is the name of the type."""


def text_of(value: Any) -> str:
    """Convert a value to JSON text.

    Raises:
        OddKindError: the value's type can't be saved.

    >>> text_of(["Hats", 1, Decimal("2.50")])
    '["Hats", 1, {"decimal": "2.50"}]'
    """
    return json.dumps(_said(value), ensure_ascii=False)


def value_of(text: str) -> Any:
    """Convert JSON text from `text_of` back to the value.

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

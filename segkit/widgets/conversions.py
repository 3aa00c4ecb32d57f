"""Convert values between the browser and a builder's arguments. A value that can't be converted raises TypeError, ValueError or ArithmeticError."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from segkit.definition.value_words import plain


def text_or_none(text: str) -> str | None:
    """Return typed text without blanks around it, or None if nothing is left."""
    return text.strip() or None


def number_or_none(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader of optional numbers: nothing is None, and text that spells no number is left to the builder."""

    def read(text: str) -> Any:
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return kind(text)
        except (ValueError, ArithmeticError):
            # Pass the text on: the builder's error says what it accepts.
            return text_or_none(text)

    return read


def as_is(value: Any) -> Any:
    """Return the value unchanged."""
    return value


def as_text(value: Any) -> str:
    """Return a value that is text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def as_truth(value: Any) -> bool:
    """Return a value that is True or False."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def as_float(value: Any) -> float:
    """Return a number as a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise TypeError
    return float(value)


def as_whole(value: Any) -> int:
    """Return a whole number as an int."""
    if as_float(value) != int(value):
        raise ValueError
    return int(value)


def as_number(value: Any) -> float:
    """Return a number as an int if it is whole, and otherwise as a float."""
    return int(value) if as_float(value).is_integer() else float(value)


def iso_of_day(value: date | None) -> str:
    """Return a day as the browser writes it, which is empty for None. A moment within a day is not a day."""
    if value is not None and not isinstance(value, date):
        raise TypeError
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise ValueError
        value = value.date()
    return "" if value is None else value.isoformat()


def day_of(text: str) -> date | None:
    """Return the day of a date field, or None if the field is empty."""
    return date.fromisoformat(text) if text else None


def joined(value: Any) -> str:
    """Return text for a text field: the coordinates of a point are separated by a comma."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def list_of(value: Any) -> list[Any]:
    """Return the items of a list, or a single value as a list."""
    is_list = isinstance(value, Iterable) and not isinstance(value, str)
    return [plain(one) for one in value] if is_list else [value]


def as_texts(value: Any) -> list[str]:
    """Return a list of text."""
    return [as_text(one) for one in list_of(value)]


def days_of(value: Any) -> tuple[date, ...]:
    """Return the days of a list."""
    return tuple(date.fromisoformat(one) for one in as_texts(value))


def iso_of_days(value: Any) -> list[str]:
    """Return a list of days as text."""
    return [iso_of_day(one) for one in list_of(value)]


def as_items(value: Any) -> tuple[str | float, ...]:
    """Return a list of text and numbers."""
    return tuple(one if isinstance(one, str) else as_number(one) for one in list_of(value))


def digits_of(value: Any) -> list[str]:
    """Return numbers as text."""
    numbers = list_of(value)
    for one in numbers:
        as_float(one)
    return list(map(str, numbers))


def number_of(text: str, other: Callable[[str], Any]) -> Any:
    """Return the number that a text spells. `other` reads those that are not whole."""
    try:
        return int(text)
    except ValueError:
        return other(text)


def text_or_point(text: str) -> str | tuple[float, float]:
    """Return the point that a text spells, or the text."""
    parts = text.split(",")
    try:
        latitude, longitude = map(float, parts)
    except ValueError:
        return text.strip()
    return latitude, longitude

"""Write the segment of a tuner as Python that runs in another notebook."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from segkit.definition.segment import Segment
from segkit.definition.value_words import plain

_OWN = "segkit.builders"


def call_of(given: Callable[..., Any] | Segment, values: Mapping[str, Any], segment: Segment) -> str:
    """Return the expression that makes the segment: the builder's call or, for a segment without a builder, the segment itself as Python.

    >>> from segkit.builders import sms_engaged
    >>> call_of(sms_engaged, {"clicked_days": 30}, sms_engaged(clicked_days=30))
    'sk.sms_engaged(clicked_days=30)'
    """
    if isinstance(given, Segment):
        text = segment.to_yaml()
        return f'sk.Segment.from_yaml("""\n{text}""")' if "\\" not in text and '"""' not in text else _quoted(text)
    name = getattr(given, "__name__", "builder")
    is_ours = str(getattr(given, "__module__", "")).startswith(_OWN)
    arguments = ", ".join(f"{word}={_builtin(value)!r}" for word, value in values.items())
    first = "[0]" if isinstance(given(**values), tuple) else ""
    return f"{'sk.' if is_ours else ''}{name}({arguments}){first}"


def cell_of(given: Callable[..., Any] | Segment, values: Mapping[str, Any], segment: Segment) -> str:
    """Return the lines of a cell that makes the segment, including its imports."""
    imports = ["import segkit as sk"]
    if not isinstance(given, Segment):
        parts = [part for value in values.values() for part in _parts(_builtin(value))]
        if any(isinstance(part, date) for part in parts):
            imports.insert(0, "import datetime")
        if any(isinstance(part, Decimal) for part in parts):
            imports.insert(0, "from decimal import Decimal")
    lines = "\n".join(imports)
    return f"{lines}\n\nsegment = {call_of(given, values, segment)}\n"


def _builtin(value: Any) -> Any:
    """Return a value of pandas or NumPy as a value whose text needs no import of theirs. In a list, do so for each item.

    >>> import pandas as pd
    >>> _builtin((pd.Timestamp("2026-01-31"), 2))
    (datetime.datetime(2026, 1, 31, 0, 0), 2)
    """
    if isinstance(value, (list, tuple)):
        return [*map(_builtin, value)] if isinstance(value, list) else (*map(_builtin, value),)
    moment = getattr(value, "to_pydatetime", None)
    return moment() if callable(moment) else plain(value)


def _parts(value: Any) -> Iterator[Any]:
    """Yield a value or, for a list, the values in it."""
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _parts(one)
    else:
        yield value


def _quoted(text: str) -> str:
    return f"sk.Segment.from_yaml({text!r})"

"""Write the segment of a tuner as Python that runs in another notebook."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from segkit.definition.segment import Segment

_OWN = "segkit.builders"


def call_of(given: Callable[..., Any] | Segment, values: Mapping[str, Any], segment: Segment) -> str:
    """Return the expression that makes the segment: the builder's call or, for a segment without a builder, its own text.

    >>> from segkit.builders import sms_engaged
    >>> call_of(sms_engaged, {"clicked_days": 30}, sms_engaged(clicked_days=30))
    'sk.sms_engaged(clicked_days=30)'
    """
    if isinstance(given, Segment):
        text = segment.to_yaml()
        return f'sk.Segment.from_yaml("""\n{text}""")' if "\\" not in text and '"""' not in text else _quoted(text)
    name = getattr(given, "__name__", "builder")
    is_ours = str(getattr(given, "__module__", "")).startswith(_OWN)
    arguments = ", ".join(f"{word}={value!r}" for word, value in values.items())
    first = "[0]" if isinstance(given(**values), tuple) else ""
    return f"{'sk.' if is_ours else ''}{name}({arguments}){first}"


def cell_of(given: Callable[..., Any] | Segment, values: Mapping[str, Any], segment: Segment) -> str:
    """Return the lines of a cell that makes the segment, including its imports."""
    imports = ["import segkit as sk"]
    if not isinstance(given, Segment):
        if any(isinstance(value, date) for value in values.values()):
            imports.insert(0, "import datetime")
        if any(isinstance(value, Decimal) for value in values.values()):
            imports.insert(0, "from decimal import Decimal")
    lines = "\n".join(imports)
    return f"{lines}\n\nsegment = {call_of(given, values, segment)}\n"


def _quoted(text: str) -> str:
    return f"sk.Segment.from_yaml({text!r})"

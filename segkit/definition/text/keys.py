"""Define the keys of a condition that is written as plain data (mappings, lists and scalars, as in YAML).

`read`, `write` and `schema` share them. `conditions` explains their meaning.
"""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from segkit.definition.conditions import ItemsComparison, ListComparison, NumberComparison, TextComparison
from segkit.masking import masked_text

Path: TypeAlias = tuple[str | int, ...]
"""The location of a value in a document: keys of mappings, and indexes of lists counted from 0."""

NUMBER_KEYS: tuple[NumberComparison, ...] = get_args(NumberComparison)
TEXT_KEYS: dict[TextComparison, str] = {
    # Plain "contains" matches a part of a text or an item of a list, as in `sk.has`; "contains text" matches only a part of a text.
    comparison: comparison.replace("contains", "contains text")
    for comparison in get_args(TextComparison)
}
ITEM_KEYS: dict[ListComparison, str] = {"contains": "contains item", "not contains": "not contains item"}
ITEMS_KEYS: tuple[ItemsComparison, ...] = get_args(ItemsComparison)
ITEM_TEXT_KEYS: dict[ListComparison, str] = {
    comparison: f"{comparison} text in item" for comparison in get_args(ListComparison)
}
LENGTH_KEYS: dict[NumberComparison, str] = {comparison: f"length {comparison}" for comparison in NUMBER_KEYS}
SOMETHING_KEY = "holds something"
TEST_KEYS = tuple(
    dict.fromkeys(
        [
            *TEXT_KEYS.values(),
            "is in",
            "not in",
            *NUMBER_KEYS,
            *ITEM_KEYS.values(),
            *ITEMS_KEYS,
            *ITEM_TEXT_KEYS.values(),
            *LENGTH_KEYS.values(),
            SOMETHING_KEY,
        ],
    )
)
"""The keys that test a property of an event."""

EITHER_KEYS: tuple[ListComparison, ...] = get_args(ListComparison)
PROPERTY_KEYS = (*TEST_KEYS, *EITHER_KEYS, "when")
"""The keys that test a property of a profile: the keys for events, and also "contains", "not contains" and "when" for dates."""


KIND_KEYS: dict[str, tuple[str, ...]] = {
    "all of": (),
    "any of": (),
    "not": (),
    "did": (*NUMBER_KEYS, "when", "where"),
    "did not": ("when", "where"),
    "did on days": (*NUMBER_KEYS, "when", "where"),
    "spent on": (*NUMBER_KEYS, "when", "where"),
    "did in order": ("completed within", "when"),
    "last event": ("when", "where"),
    "has": PROPERTY_KEYS,
    "is set": (),
    "is not set": (),
    "can receive": ("subscription", "status date", "where"),
    "cannot receive": ("subscription", "status date", "where"),
    "in list": ("joined",),
    "not in list": ("joined",),
    "in segment": (),
    "within": ("of postal code", "country", "of point"),
    "beyond": ("of postal code", "country", "of point"),
    "phone country": (),
    "not phone country": (),
    "in region": (),
    "not in region": (),
}
"""The main keys, with the other keys that each of them allows. Every condition has exactly one main key."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in a document and its location. The line is counted from 1, or None if it is not known."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        """Return the line, the path (with indexes counted from 1) and the reason."""
        path = "/".join(str(step + 1) if isinstance(step, int) else masked_text(step) for step in self.path)
        line = f"line {self.line}" if self.line else ""
        return f"{', '.join(part for part in (line, path) if part)}: {self.reason}".removeprefix(": ")

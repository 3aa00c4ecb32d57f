"""The keys of a condition's plain data, shared by its writer and its reader; what they mean is said by the tree."""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from segkit.definition.conditions import ItemsComparison, ListComparison, NumberComparison, TextComparison
from segkit.masking import masked_text

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: keys, and places in lists from 0."""

NUMBER_KEYS: tuple[NumberComparison, ...] = get_args(NumberComparison)
TEXT_KEYS: dict[TextComparison, str] = {
    # "contains" alone takes either a part of a text or an item of a list, as in the phrases.
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
"""What the property of an event is compared with."""

EITHER_KEYS: tuple[ListComparison, ...] = get_args(ListComparison)
PROPERTY_KEYS = (*TEST_KEYS, *EITHER_KEYS, "when")
"""What the property of a profile is compared with: also the pair that `contains` stands for, and dates."""


KIND_KEYS: dict[str, tuple[str, ...]] = {
    "all of": (),
    "any of": (),
    "not": (),
    "did": (*NUMBER_KEYS, "when", "where"),
    "did not": ("when", "where"),
    "did on days": (*NUMBER_KEYS, "when", "where"),
    "spent on": (*NUMBER_KEYS, "when", "where"),
    "did in order": ("completed within", "when"),
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
"""Every condition has exactly one of these keys, and what may stand beside it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document, and where; the line counts from 1, where it is known."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        """Say it on one line, places in lists counted from 1."""
        place = "/".join(str(step + 1) if isinstance(step, int) else masked_text(step) for step in self.path)
        line = f"line {self.line}" if self.line else ""
        return f"{', '.join(part for part in (line, place) if part)}: {self.reason}".removeprefix(": ")

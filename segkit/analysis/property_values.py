"""List what the properties of a shop's profiles can be compared by: medians of numbers, or shares of common values."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from segkit.analysis.choices import choices_of
from segkit.data.properties import PropertyColumn
from segkit.definition.conditions import Condition
from segkit.definition.phrases import has
from segkit.definition.tunable import ValuesOf
from segkit.engine.engines import Data, tables_of
from segkit.vocabulary import PROFILE_COLUMNS

COMMONEST = 20
"""The largest number of values of one property."""

_NOT_AMOUNTS = frozenset({"latitude", "longitude"})
"""Numbers whose median says nothing."""


class HasValue(NamedTuple):
    """A value of a property, as text, and the condition of having it."""

    property: str
    value: str
    condition: Condition


class PropertyValues(NamedTuple):
    """The properties of a shop by how they are compared.

    Attributes:
        numbers: properties with only numbers.
        values: common values of properties with text, lists or booleans.
        others: properties that are not compared, such as dates and what identifies a person.
    """

    numbers: list[str]
    values: list[HasValue]
    others: list[str]


def property_values(dataset: Data, names: Iterable[str]) -> PropertyValues:
    """Return what the named properties can be compared by.

    Known columns are read as their own kind. Other properties hold numbers or dates if all of their values can be read so.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> people = {"profile_id": ["a", "b"], "Age": [18, 40], "Plan": ["free", "free"], "email": ["a@example.com", "b@example.com"]}
    >>> found = property_values(Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30"), ["Age", "Plan", "email"])
    >>> found.numbers, [(one.property, one.value) for one in found.values], found.others
    (['Age'], [('Plan', 'free')], ['email'])
    """
    numbers, every, others = [], [], []
    for name in names:
        column = tables_of(dataset).column(name)
        kind = _kind(name, column)
        values = list(_values(name, column, dataset)) if kind in {"text", "truth"} else []
        if kind == "number":
            numbers.append(name)
        elif values:
            every += values
        else:
            others.append(name)
    return PropertyValues(numbers, every, others)


def _kind(name: str, column: PropertyColumn) -> str:
    if not len(column.distinct) or name in _NOT_AMOUNTS:
        return ""
    if name in PROFILE_COLUMNS:
        kind = PROFILE_COLUMNS[name]
        return "text" if kind == "consent" else kind
    if column.numbers.readable.all():
        return "number"
    return "instant" if column.instants.readable.all() else "text"


def _values(name: str, column: PropertyColumn, dataset: Data) -> Iterator[HasValue]:
    if not column.texts.readable.any() and not column.lists.readable.any() and column.truths.readable.any():
        yield HasValue(name, "True", has(name, equals=True))
        return
    is_list = bool(column.lists.readable.any())
    for value, _ in choices_of(ValuesOf(name), dataset)[:COMMONEST]:
        if isinstance(value, str):
            yield HasValue(name, value, has(name, contains_item=value) if is_list else has(name, equals=value))

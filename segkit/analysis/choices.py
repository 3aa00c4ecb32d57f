"""List the values that a condition could ask for, with the number of profiles or events that have each value."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from segkit.data.properties import PropertyColumn
from segkit.definition.conditions import ListTest, TextTest
from segkit.definition.tunable import ValuesOf
from segkit.engine.engines import Data
from segkit.engine.memory.near_values import Value, Values
from segkit.engine.memory.notes import had_values

Offered: TypeAlias = tuple[Value, int]
"""A value, and the number of profiles or events that have it."""

MOST = 200
"""The largest number of values to list."""


def choices_of(source: ValuesOf, dataset: Data) -> Sequence[Offered]:
    """Return the most common values of a property, most common first, or no values if the data has no such property.

    For a property with lists, the values are the items. Values that identify a person are never listed.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> people = pd.DataFrame({"profile_id": list("abc"), "Size": ["S", "M", "M"]})
    >>> choices_of(ValuesOf("Size"), Dataset.from_frames(people, as_of="2026-06-30"))
    [('M', 2), ('S', 1)]
    """
    had = _had(source, dataset)
    return [(value, had[value]) for value in Values(source.property or "", source.metric, had).nameable[:MOST]]


def _had(source: ValuesOf, dataset: Data) -> Counter[Value]:
    if source.property is None:
        return _texts(dataset.phone_countries) if dataset.has_property("phone_number") else Counter()
    if source.metric is None:
        return _texts(dataset.column(source.property)) if dataset.has_property(source.property) else Counter()
    is_there = source.metric in dataset.events.sizes and source.property in dataset.events.properties
    return _texts(dataset.event_column(source.metric, source.property)) if is_there else Counter()


def _texts(column: PropertyColumn) -> Counter[Value]:
    test = ListTest("contains", "") if column.lists.readable.any() else TextTest("equals", "")
    return had_values(column, [test])

"""Write notes about a condition: the data lacks what it needs, or it asks for a value that nobody has.

Notes depend only on the condition and the data. They are computed apart from answers, so a cached answer still has notes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from numbers import Number
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.properties import UNSET, PropertyColumn
from segkit.definition.algebra import atoms, each_metric, event_properties
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    ConsentCondition,
    DistanceCondition,
    EventTests,
    FunnelCondition,
    ItemsTest,
    LastEventCondition,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    PhoneCountryCondition,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.engine.memory.consent_history import Channel
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.lacking import lacking_amounts, lacking_column, lacking_places
from segkit.engine.memory.near_values import Value, Values, no_numbers_of
from segkit.engine.memory.value_tests import kind_of, readable, unread
from segkit.errors import DefinitionError
from segkit.masking import quoted
from segkit.wording import counted

_CHANNELS: dict[Channel, str] = {"sms": "SMS", "email": "email"}


def notes_of(condition: Condition, dataset: Dataset) -> tuple[str, ...]:
    """Return the notes about a condition, without repetitions.

    Tests for whole texts or list items, including negative tests, get a note about values that nobody has:

    - For a profile's property, if nobody has any of the values, or if one value of "all of" is missing.
    - For an event's property, or if only some of the values are missing, only about values that look like a typo: they resemble a
      value in the data that the condition does not ask for. So there is no note if nobody lives in one of several towns, or if a
      ready-made segment asks for four failure reasons but the data has only two of them.

    Tests that look for the same values of a property in different ways, as text or as an item of a list, get one note, and only if
    none of the tests finds a value. If the property has no value of the kind that the test needs, the note says that instead.
    """
    return tuple(dict.fromkeys([*_lacking_data(condition, dataset), *_unmet(condition, dataset)]))


def _lacking_data(condition: Condition, dataset: Dataset, mixed: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield notes about conditions that match nobody, or everybody, because data is missing or can't be read as the needed kind.

    Properties in `mixed` are tested for several kinds of value by alternatives, so values of another kind get no note.
    """
    match condition:
        case AllOf(conditions):
            for part in conditions:
                yield from _lacking_data(part, dataset, mixed)
        case AnyOf(conditions):
            mixed |= _mixed(conditions)
            for part in _alternatives(conditions, dataset):
                yield from _lacking_data(part, dataset, mixed)
        case Not(inner):
            yield from _lacking_data(inner, dataset, mixed)
        case MetricCondition(where=where):
            for metric in each_metric(condition.metric):
                yield from _lacking_events(metric, where, dataset)
                yield from _sentence(lacking_amounts(condition, metric, dataset))
        case LastEventCondition(metric, where):
            yield from _lacking_events(metric, where, dataset)
        case FunnelCondition(steps):
            for step in steps:
                yield from _lacking_events(step.metric, step.where, dataset)
        case PropertyCondition(name, test):
            if not _reads(name, None, test, dataset):
                yield _other_kind(name, test)
            elif name not in mixed:
                yield from _unread(name, None, test, dataset)
        case ConsentCondition(channel, where=where):
            yield from _lacking_consent(channel, dataset)
            for clause in where:
                yield from _lacking_data(clause, dataset)
        case PhoneCountryCondition():
            yield from _sentence(lacking_column("phone_number", dataset, "nobody has a phone number"))
        case RegionCondition():
            yield from _sentence(lacking_column("country", dataset, "no condition on a region matches anybody"))
        case DistanceCondition():
            yield from _sentence(lacking_places(dataset))
        case ListCondition():
            pass
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case _:
            assert_never(condition)


def _sentence(message: str | None) -> Iterator[str]:
    if message is not None:
        yield f"{message[0].upper()}{message[1:]}."


def _alternatives(conditions: tuple[Condition, ...], dataset: Dataset) -> Iterator[Condition]:
    """Leave out alternatives that test a property for a kind that it lacks, if another alternative tests for a kind that it has.

    "Is the text, or lists the item" is meant for a property that may be text or a list, so it is not a mistake.
    """
    properties = [part for part in conditions if isinstance(part, PropertyCondition)]
    reads = {part: _reads(part.property, None, part.test, dataset) for part in properties}
    answered = {part.property for part, any_value_reads in reads.items() if any_value_reads}
    for part in conditions:
        if not isinstance(part, PropertyCondition) or reads[part] or part.property not in answered:
            yield part


def _lacking_events(metric: str, where: EventTests, dataset: Dataset) -> Iterator[str]:
    if not dataset.events.size(metric):
        yield f"No event in the data has the metric {quoted(metric)}, so its count is 0 for everybody."
        return
    for clause in event_properties(where):
        if not _reads(clause.property, metric, clause.test, dataset):
            yield _other_kind(clause.property, clause.test)
        else:
            yield from _unread(clause.property, metric, clause.test, dataset)


def _mixed(conditions: tuple[Condition, ...]) -> frozenset[str]:
    """Return the properties that alternatives test for several kinds of value."""
    kinds: dict[str, set[str]] = {}
    for part in conditions:
        if isinstance(part, PropertyCondition) and not isinstance(part.test, (SetTest, SomethingTest)):
            kinds.setdefault(part.property, set()).add(kind_of(part.test))
    return frozenset(name for name, asked in kinds.items() if len(asked) > 1)


def _unread(name: str, metric: str | None, test: PropertyTest, dataset: Dataset) -> Iterator[str]:
    """Yield how many values of a property can't be read as the kind that a test needs, if others can."""
    column = None if isinstance(test, (SetTest, SomethingTest)) else _column(name, metric, dataset)
    sentence = None if column is None else unread(column, test, name)
    if sentence is not None:
        yield sentence


def _lacking_consent(channel: Channel, dataset: Dataset) -> Iterator[str]:
    if not dataset.has_property(f"{channel}_consent"):
        yield f"The profiles have no {channel}_consent, so everybody counts as never subscribed."
    if channel == "email" and not dataset.has_property("email"):
        yield "The profiles have no email, so nobody can receive email."
    then = dataset.status_then(channel)
    younger, decided = int(then.is_replayed.sum()), int(then.is_from_event.sum())
    if younger:
        yield (
            f"{counted(younger, 'profile has', 'profiles have')} {_CHANNELS[channel]} consent dated after {dataset.as_of:%Y-%m-%d %H:%M} UTC. "
            f"For {decided:,} of them, the consent events before that moment count instead. "
            f"{counted(younger - decided, 'profile without such an event counts', 'profiles without such an event count')} as never "
            "subscribed."
        )


def _other_kind(name: str, test: PropertyTest) -> str:
    kind = kind_of(test)
    return f"No value of {quoted(name)} can be read as {kind}, so no profile passes a test that needs {kind}."


def _reads(name: str, metric: str | None, test: PropertyTest, dataset: Dataset) -> bool:
    """Whether any value of a property can be read as the kind that a test needs. Also True if there are no values, so that there is no note."""
    if isinstance(test, (SetTest, SomethingTest)):
        return True
    column = _column(name, metric, dataset)
    return column is None or not len(column.distinct) or bool(readable(column, test).any())


def _column(name: str, metric: str | None, dataset: Dataset) -> PropertyColumn | None:
    """Return a property of profiles, or of a metric's events. Return None if no event has it: evaluation raises the error."""
    if metric is None:
        return dataset.column(name)
    is_there = name in dataset.events.properties or (name == "$value" and dataset.events.values is not None)
    return dataset.event_column(metric, name) if is_there else None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The whole values that a condition asks for in a property, in one or several tests.

    Attributes:
        name: the property.
        metric: the metric of the events that have the property; None for a property of profiles.
        values: the values.
    """

    name: str
    metric: str | None
    values: tuple[Value, ...]


def _unmet(condition: Condition, dataset: Dataset) -> Iterator[str]:
    """Yield notes about values that a condition asks for but nobody has."""
    tests: dict[_Wanted, tuple[PropertyTest, ...]] = {}
    asked: dict[tuple[str, str | None], frozenset[Value]] = {}
    for atom in atoms(condition):
        if isinstance(atom, PhoneCountryCondition) and dataset.has_property("phone_number"):
            yield from _no_numbers(atom, dataset)
        for name, metric, test in _tests(atom):
            if values := _values_of(test):
                wanted = _Wanted(name, metric, values)
                tests[wanted] = (*tests.get(wanted, ()), test)
                asked[name, metric] = asked.get((name, metric), frozenset()).union(values)
    for wanted, ways in tests.items():
        yield from _unmet_values(wanted, ways, asked[wanted.name, wanted.metric], dataset)


def _tests(atom: Atom) -> Iterator[tuple[str, str | None, PropertyTest]]:
    """Yield the tests of an atom, each with its property and, for a property of events, the metric."""
    match atom:
        case PropertyCondition(name, test):
            yield name, None, test
        case ConsentCondition(where=where):
            for clause in where:
                yield clause.property, None, clause.test
        case MetricCondition(metrics, where=where) | LastEventCondition(metrics, where):
            for metric in each_metric(metrics):
                for event in event_properties(where):
                    yield event.property, metric, event.test
        case FunnelCondition(steps):
            for step in steps:
                for event in event_properties(step.where):
                    yield event.property, step.metric, event.test
        case ListCondition() | DistanceCondition() | PhoneCountryCondition() | RegionCondition():
            pass
        case _:
            assert_never(atom)


def _values_of(test: PropertyTest) -> tuple[Value, ...]:
    match test:
        case TextTest("equals" | "not equals" | "contains" | "not contains", value):
            return (value,)
        case TextInTest(values):
            return values
        case ListTest(_, item):
            return (item,)
        case ItemsTest(_, items):
            return items
        case _:
            return ()


def _is_part(test: PropertyTest) -> bool:
    """Whether a test looks for part of a text, which gets no note if it is the only test."""
    return isinstance(test, TextTest) and test.comparison in {"contains", "not contains"}


def _unmet_values(
    wanted: _Wanted, ways: tuple[PropertyTest, ...], asked: frozenset[Value], dataset: Dataset
) -> Iterator[str]:
    column = _column(wanted.name, wanted.metric, dataset)
    if column is None or all(map(_is_part, ways)):
        return
    ways = tuple(test for test in ways if readable(column, test).any())
    found: set[Value] = set().union(*(_found(column, test, wanted.values) for test in ways))
    missing = [value for value in wanted.values if value not in found]
    if not ways or not missing:
        return
    had = Values(wanted.name, wanted.metric, had_values(column, ways), asked)
    needs_all = any(isinstance(test, ItemsTest) and test.comparison.endswith("all of") for test in ways)
    if wanted.metric is not None or (found and not needs_all):
        missing = had.slips(missing)
    if missing:
        yield had.sentences(missing)


def _found(column: PropertyColumn, test: PropertyTest, values: tuple[Value, ...]) -> set[Value]:
    """Return which values a profile or event has, as a test compares them."""
    if isinstance(test, (ListTest, ItemsTest)):
        wanted, found = set(values), set()
        for items in column.lists.values:
            found |= wanted.intersection(filter(_can_be_asked, items))
            if found == wanted:
                break
        return found
    texts = column.texts.values
    if _is_part(test):
        return {text for text in values if pc.any(pc.match_substring(texts, text)).as_py()}
    return set(compress(values, pc.is_in(pa.array(values, pa.string()), value_set=texts).to_pylist()))


def had_values(column: PropertyColumn, ways: Iterable[PropertyTest]) -> Counter[Value]:
    """Return the texts of a property, or the items of its lists, or both, each with the number of profiles or events that have it."""
    # The code -1 means not set and is counted first, so drop it.
    counts = np.bincount(column.codes - UNSET, minlength=len(column.distinct) + 1)[1:].tolist()
    is_list = [isinstance(test, (ListTest, ItemsTest)) for test in ways]
    had: Counter[Value] = Counter()
    if any(is_list):
        for items, count in zip(column.lists.values, counts, strict=True):
            # Count a profile once, even if its list has the item twice.
            for item in dict.fromkeys(filter(_can_be_asked, items)):
                had[item] += count
    if not all(is_list):
        texts = column.texts
        for text, count, is_text in zip(texts.values.to_pylist(), counts, texts.readable.tolist(), strict=True):
            if is_text:
                had[text] += count
    return had


def _can_be_asked(item: object) -> bool:
    """Whether an item of a list is a text or a number, not a boolean or another list."""
    return isinstance(item, (str, Number)) and not isinstance(item, bool)


def _no_numbers(condition: PhoneCountryCondition, dataset: Dataset) -> Iterator[str]:
    """Yield a note if no phone number is from any of the countries."""
    had = had_values(dataset.phone_countries, [TextInTest(condition.countries)])
    if not had.keys() & set(condition.countries):
        yield no_numbers_of(condition.countries, had)

"""What an analyst should know beside an answer: it is true of nobody because of the data, or asks for a value that nobody has.

Notes are worked out from a condition and the data, and never while an answer is, so that no kept answer loses them.
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
from segkit.definition.algebra import atoms
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    ConsentCondition,
    DistanceCondition,
    EventProperty,
    FunnelCondition,
    ItemsTest,
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
    """Return what a condition deserves to be told, each sentence once.

    A test that asks for whole texts or items that nobody has, negative forms included, is told

    - of a profile's property, where it finds none of the values that it asks for, or lacks one of "all of";
    - where it finds others, and of an event's property, only of values that look like a slip: that come near one in the data
      which the condition does not ask for itself. So nothing is said of a list of towns in one of which nobody lives, or of a
      ready-made segment that asks for four reasons of failed texts of which a shop has two.

    Tests that ask one property for the same values in several ways, "is the text" or "lists the item", are told of once, and only
    if none of the ways finds any. Where a property has no value of the kind that is asked for, that is told instead.
    """
    return tuple(dict.fromkeys([*_idle(condition, dataset), *_unmet(condition, dataset)]))


def _idle(condition: Condition, dataset: Dataset, mixed: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what is true of nobody, or of everybody, because the data has nothing of what is asked for, or can't be read so.

    Of properties that are `mixed`, since alternatives ask them for several kinds, values of other kinds are no slip.
    """
    match condition:
        case AllOf(conditions):
            for part in conditions:
                yield from _idle(part, dataset, mixed)
        case AnyOf(conditions):
            mixed |= _mixed(conditions)
            for part in _alternatives(conditions, dataset):
                yield from _idle(part, dataset, mixed)
        case Not(inner):
            yield from _idle(inner, dataset, mixed)
        case MetricCondition(metric, where=where):
            yield from _idle_events(metric, where, dataset)
            yield from _sentence(lacking_amounts(condition, dataset.events.metric(metric), dataset))
        case FunnelCondition(steps):
            for step in steps:
                yield from _idle_events(step.metric, step.where, dataset)
        case PropertyCondition(name, test):
            if not _reads(name, None, test, dataset):
                yield _other_kind(name, test)
            elif name not in mixed:
                yield from _unread(name, None, test, dataset)
        case ConsentCondition(channel, where=where):
            yield from _idle_consent(channel, dataset)
            for clause in where:
                yield from _idle(clause, dataset)
        case PhoneCountryCondition():
            yield from _sentence(lacking_column("phone_number", dataset, "nobody has a phone number of any country"))
        case RegionCondition():
            yield from _sentence(lacking_column("country", dataset, "nobody is in or out of a region"))
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
    """Leave out alternatives that ask one property for a kind it has not, if another asks for one that it has.

    "Is the text, or lists the item" is said of a property that may be either, and is no slip.
    """
    properties = [part for part in conditions if isinstance(part, PropertyCondition)]
    reads = {part: _reads(part.property, None, part.test, dataset) for part in properties}
    answered = {part.property for part, any_value_reads in reads.items() if any_value_reads}
    for part in conditions:
        if not isinstance(part, PropertyCondition) or reads[part] or part.property not in answered:
            yield part


def _idle_events(metric: str, where: tuple[EventProperty, ...], dataset: Dataset) -> Iterator[str]:
    if not len(dataset.events.metric(metric)):
        yield f"No event in the data has the metric {quoted(metric)}, so it counts as done zero times by everybody."
        return
    for clause in where:
        if not _reads(clause.property, metric, clause.test, dataset):
            yield _other_kind(clause.property, clause.test)
        else:
            yield from _unread(clause.property, metric, clause.test, dataset)


def _mixed(conditions: tuple[Condition, ...]) -> frozenset[str]:
    """Return the properties that alternatives ask for several kinds."""
    kinds: dict[str, set[str]] = {}
    for part in conditions:
        if isinstance(part, PropertyCondition) and not isinstance(part.test, (SetTest, SomethingTest)):
            kinds.setdefault(part.property, set()).add(kind_of(part.test))
    return frozenset(name for name, asked in kinds.items() if len(asked) > 1)


def _unread(name: str, metric: str | None, test: PropertyTest, dataset: Dataset) -> Iterator[str]:
    """Yield how many values of a property can't be read as the kind that a test asks for, though others can."""
    column = None if isinstance(test, (SetTest, SomethingTest)) else _column(name, metric, dataset)
    sentence = None if column is None else unread(column, test, name)
    if sentence is not None:
        yield sentence


def _idle_consent(channel: Channel, dataset: Dataset) -> Iterator[str]:
    if not dataset.has_property(f"{channel}_consent"):
        yield f"The profiles have no {channel}_consent, so everybody counts as never subscribed."
    if channel == "email" and not dataset.has_property("email"):
        yield "The profiles have no email, so nobody can receive email."
    then = dataset.status_then(channel)
    younger, told = int(then.is_replayed.sum()), int(then.is_told.sum())
    if younger:
        yield (
            f"{counted(younger, 'profile has', 'profiles have')} a status of {_CHANNELS[channel]} consent that is younger than "
            f"{dataset.as_of:%Y-%m-%d %H:%M} UTC: for {told:,} the consent events before it decide, and "
            f"{counted(younger - told, 'profile', 'profiles')} without such an event count as never subscribed."
        )


def _other_kind(name: str, test: PropertyTest) -> str:
    kind = kind_of(test)
    return f"No value of {quoted(name)} reads as {kind}, so no profile passes a test that asks for {kind}."


def _reads(name: str, metric: str | None, test: PropertyTest, dataset: Dataset) -> bool:
    """Whether any value of a property reads as the kind that a test asks for; of no values at all, nothing is to be told."""
    if isinstance(test, (SetTest, SomethingTest)):
        return True
    column = _column(name, metric, dataset)
    return column is None or not len(column.distinct) or bool(readable(column, test).any())


def _column(name: str, metric: str | None, dataset: Dataset) -> PropertyColumn | None:
    """Return a property of profiles, or of a metric's events; None where no event has it, which is told when it is looked at."""
    if metric is None:
        return dataset.column(name)
    is_there = name in dataset.events.properties or (name == "$value" and dataset.events.values is not None)
    return dataset.event_column(metric, name) if is_there else None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whole values that a condition asks a property for, in one way or several.

    Attributes:
        name: of the property.
        metric: whose events carry it; None for profiles.
        values: what is asked for.
    """

    name: str
    metric: str | None
    values: tuple[Value, ...]


def _unmet(condition: Condition, dataset: Dataset) -> Iterator[str]:
    """Yield what is asked for and is nobody's."""
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
    """Yield the tests of an atom, each with its property and the metric whose events carry it, if any."""
    match atom:
        case PropertyCondition(name, test):
            yield name, None, test
        case ConsentCondition(where=where):
            for clause in where:
                yield clause.property, None, clause.test
        case MetricCondition(metric, where=where):
            for event in where:
                yield event.property, metric, event.test
        case FunnelCondition(steps):
            for step in steps:
                for event in step.where:
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
    """Whether a test asks for part of a text, which alone is nothing that somebody must have."""
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
    had = Values(wanted.name, wanted.metric, _had(column, ways), asked)
    needs_all = any(isinstance(test, ItemsTest) and test.comparison.endswith("all of") for test in ways)
    if wanted.metric is not None or (found and not needs_all):
        missing = had.slips(missing)
    if missing:
        yield had.sentences(missing)


def _found(column: PropertyColumn, test: PropertyTest, values: tuple[Value, ...]) -> set[Value]:
    """Return which values some profile or event has, in one way of asking."""
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


def _had(column: PropertyColumn, ways: Iterable[PropertyTest]) -> Counter[Value]:
    """Return the texts of a property, or the items of its lists, or both, each with how many profiles or events have it."""
    # The code -1, not set, is counted first.
    counts = np.bincount(column.codes - UNSET, minlength=len(column.distinct) + 1)[1:].tolist()
    is_list = [isinstance(test, (ListTest, ItemsTest)) for test in ways]
    had: Counter[Value] = Counter()
    if any(is_list):
        for items, count in zip(column.lists.values, counts, strict=True):
            # Once for who lists it twice.
            for item in dict.fromkeys(filter(_can_be_asked, items)):
                had[item] += count
    if not all(is_list):
        texts = column.texts
        for text, count, is_text in zip(texts.values.to_pylist(), counts, texts.readable.tolist(), strict=True):
            if is_text:
                had[text] += count
    return had


def _can_be_asked(item: object) -> bool:
    """Whether an item of a list is a text or a number, and neither a truth nor a list of its own."""
    return isinstance(item, (str, Number)) and not isinstance(item, bool)


def _no_numbers(condition: PhoneCountryCondition, dataset: Dataset) -> Iterator[str]:
    """Yield what is to be told of phone countries of none of which any number is."""
    had = _had(dataset.phone_countries, [TextInTest(condition.countries)])
    if not had.keys() & set(condition.countries):
        yield no_numbers_of(condition.countries, had)

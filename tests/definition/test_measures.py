"""Measures: atoms that differ only in how they compare, and with which limit, share one; others never do."""

from dataclasses import fields, replace
from datetime import date
from random import Random
from typing import Any, get_args, get_type_hints

import doors
import numpy as np
import pytest
from hypothesis import given
from reference import PlainShop
from strategies import SEEDS, atom, comparison, metric_atom, mixed, place_atom, property_atom, shops

import segkit as sk
from segkit.definition import conditions as said
from segkit.definition.conditions import (
    Atom,
    DistanceCondition,
    LengthTest,
    MetricCondition,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import EventCount, LastDay, last_day_of, limit_of, measure_of
from segkit.definition.timeframes import After, InTheLast
from segkit.engine.memory.evaluation import Evaluation

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

COUNTS = range(6)
"""More than any limit of a generated count."""

SINCE_JUNE = After(date(2026, 5, 31))


def one_limit(one: Atom) -> Any:
    """Return an atom with one comparison and one limit in place of its own; None where it has none."""
    match one:
        case MetricCondition():
            return replace(one, comparison="at least", value=1)
        case PropertyCondition(_, NumberTest()):
            return replace(one, test=NumberTest("at least", 1))
        case PropertyCondition(_, LengthTest()):
            return replace(one, test=LengthTest("at least", 1))
        case DistanceCondition():
            return replace(one, is_within=True, distance=1.0)
        case _:
            return None


def crossed(one: Any, other: Any, random: Random) -> Any:
    """Return an atom some of whose fields are those of another atom, if that is of its kind."""
    if type(one) is not type(other):
        return other
    return replace(
        one, **{field.name: getattr(other, field.name) for field in fields(one) if random.choice([True, False])}
    )


def otherwise(one: Any, random: Random) -> Any:
    """Return an atom with another comparison and limit."""
    number = random.randint(0, 3)
    match one:
        case MetricCondition():
            return replace(one, comparison=comparison(random), value=number)
        case PropertyCondition(_, NumberTest() | LengthTest() as test):
            return replace(one, test=type(test)(comparison(random), number))
        case DistanceCondition():
            return replace(one, is_within=not one.is_within, distance=float(number + 1))
        case _:
            return one


@given(SEEDS)
def test_atoms_have_one_measure_where_they_differ_only_in_comparison_and_limit(seed):
    """It is so in both directions, for atoms that share some of their fields, of every kind."""
    random = mixed(seed, "pairs")
    for kind in [atom, metric_atom, property_atom, place_atom] * 8:
        one, drawn = kind(random), kind(random)
        for other in (drawn, crossed(one, drawn, random), otherwise(one, random)):
            if measure_of(one) is not None or measure_of(other) is not None:
                assert (measure_of(one) == measure_of(other)) == (one_limit(one) == one_limit(other))


@given(SEEDS)
def test_an_atom_is_its_measure_and_its_limit_and_how_it_compares(seed):
    """A limit is the number as it is written, and whoever has none has no measure either."""
    random = mixed(seed, "limits")
    for one in (atom(random) for _ in range(40)):
        assert (measure_of(one) is None) == (limit_of(one) is None) == (one_limit(one) is None)
        match one:
            case MetricCondition(value=limit) | DistanceCondition(distance=limit):
                assert limit_of(one) is limit
            case PropertyCondition(_, NumberTest(_, limit) | LengthTest(_, limit)):
                assert limit_of(one) is limit


def test_every_kind_of_atom_that_compares_a_number_has_a_measure():
    """A new kind that compares numbers needs a measure, and an example of it here."""
    compares = {
        kind
        for kind in (*get_args(Atom), *get_args(said.PropertyTest))
        if said.NumberComparison in get_type_hints(kind).values() or "distance" in get_type_hints(kind)
    }
    examples = [
        sk.did("Clicked SMS", at_least=2),
        sk.has("Age", at_least=18),
        PropertyCondition("Interests", LengthTest("at least", 2)),
        sk.within(30, "miles", of="02110"),
    ]

    assert {type(getattr(one, "test", one)) for one in examples} == compares
    assert all(measure_of(one) is not None for one in examples)


@given(SEEDS)
def test_moving_windows_have_one_last_day_where_their_counts_are_reached_alike(seed):
    """Two counts share it if what reaches the one is what reaches the other, or fails it; their own windows play no part."""
    random = mixed(seed, "last days")
    for _ in range(30):
        one, drawn = metric_atom(random), metric_atom(random)
        other = replace(crossed(one, drawn, random), measurement=one.measurement)
        assert last_day_of(one) == last_day_of(replace(one, timeframe=InTheLast(random.randint(1, 9))))
        if one.measurement != "sum" and isinstance(other.value, int):
            is_one_last_day = (one.metric, one.where, reached(one)) == (other.metric, other.where, reached(other))
            assert (last_day_of(one) is None) == (reached(one) is None)
            if last_day_of(one) is not None and last_day_of(other) is not None:
                assert (last_day_of(one) == last_day_of(other)) == is_one_last_day


def reached(one: MetricCondition) -> int | None:
    """Return the least count from which on a condition is always true, or never; None where it changes more than once."""
    holds = {
        "equals": lambda count: count == one.value,
        "not equals": lambda count: count != one.value,
        "more than": lambda count: count > one.value,
        "at least": lambda count: count >= one.value,
        "fewer than": lambda count: count < one.value,
        "at most": lambda count: count <= one.value,
    }[one.comparison]
    changes = [count for count in COUNTS if count and holds(count) != holds(count - 1)]
    return None if len(changes) > 1 else (changes or [0])[0]


def test_a_sum_that_must_be_passed_is_not_one_that_must_be_reached():
    """Of sums nobody knows the next amount, so that at least 20 and more than 20 are two measures, and each serves its opposite."""
    least, below = (last_day_of(sk.spent(**words, in_last_days=9)) for words in ({"at_least": 20}, {"fewer_than": 20}))
    more, most = (last_day_of(sk.spent(**words, in_last_days=9)) for words in ({"more_than": 20}, {"at_most": 20}))

    assert least == below != more == most
    assert last_day_of(MetricCondition("Placed Order", "sum", "equals", 0)) is None


def test_a_last_day_looks_back_over_the_timeframe_that_stands():
    """Whoever asks says which events a window could take in; what it takes in now plays no part."""
    count = sk.did("Clicked SMS", at_least=2, in_last_days=9)

    assert last_day_of(count, SINCE_JUNE) == LastDay(EventCount("Clicked SMS", SINCE_JUNE), 2)
    assert last_day_of(count) == LastDay(EventCount("Clicked SMS"), 2)


@given(shops(), SEEDS)
def test_what_is_kept_under_a_measure_is_what_would_be_worked_out_anew(shop: PlainShop, seed: bytes):
    """Atoms of one measure, and of measures that are nearly one, are asked one after another and answer as each alone does."""
    random, data = mixed(seed, "kept"), doors.by_frames(shop)
    asked: list[Atom] = []
    for kind in (metric_atom, property_atom, place_atom) * 3:
        one = kind(random)
        others = [otherwise(one, random), crossed(one, kind(random), random)]
        if isinstance(one, MetricCondition):
            others += [replace(other, timeframe=InTheLast(days)) for other in (one, others[0]) for days in (1, 7, 2)]
            gifts = (said.EventProperty("Gift", said.BooleanTest(value=True)),)
            others += [replace(one, where=where, value=value) for where in ((), gifts) for value in (3, 2, 1)]
        asked += [one, *others]
    evaluation = Evaluation(data)
    kept = [evaluation.answer(one).copy() for one in asked]
    for one, answer in zip(asked, kept, strict=True):
        data.cache.clear()
        np.testing.assert_array_equal(answer, Evaluation(data).answer(one), err_msg=repr(one))

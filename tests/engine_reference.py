"""What an engine must answer, by the slow reference, profile by profile: cells, bins, and the cuts of the measures among some conditions."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import strategies as st
from reference import PlainShop, Row, as_instant, events_of, exact, is_member, is_of, is_set, is_younger
from strategies import (
    AMOUNTS,
    AS_OFS,
    Asked,
    asked,
    metric_atom,
    written_shops,
)

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DistanceCondition,
    LengthTest,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import (
    DayMeasure,
    EventCount,
    EventDays,
    EventSum,
    FirstDay,
    LastDay,
    last_day_of,
    limit_of,
    measure_of,
)
from segkit.definition.timeframes import ALL_TIME, After, Before, BetweenDates
from segkit.engine.protocol import (
    COUNT,
    NO_BIN,
    At,
    Cut,
    Item,
    NotOneDayError,
    Squared,
    Summed,
)

EITHER = st.one_of(asked(), asked(written_shops()))
REACHED = {False: ("at least", "fewer than"), True: ("more than", "at most")}
Cells = Counter[tuple[Any, ...]]


def cells_of(cube: pd.DataFrame) -> Cells:
    """Return a cube as how many profiles are in each cell."""
    return Counter({tuple(cell): count for *cell, count in cube.to_numpy(dtype=object).tolist()})


def expected(by: Sequence[Item], among: Condition, shop: PlainShop) -> Cells:
    """Return the same by the reference, one profile after the other."""
    counted = [profile for profile in shop.profiles if is_member(among, profile, shop)]
    return Counter(tuple(answer(item, profile, shop) for item in by) for profile in counted)


def answer(item: Item, profile: Row, shop: PlainShop) -> bool | int:
    """Return what is asked of one profile, by the reference."""
    match item:
        case At(inner, moment):
            return answer(inner, profile, replace(shop, as_of=moment))
        case Cut():
            return bin_of(item, profile, shop)
        case _:
            return is_member(item, profile, shop)


def amount(item: Summed, profile: Row, shop: PlainShop) -> Fraction:
    """Return what one profile adds to a sum, by the reference."""
    match item:
        case At(inner, moment):
            return amount(inner, profile, replace(shop, as_of=moment))
        case Squared(measure):
            return amount(measure, profile, shop) ** 2
        case EventCount() | EventSum() | EventDays():
            if is_younger(profile.get("created"), shop):
                return Fraction()
            mine = [
                one for one in events_of(profile, item.timeframe, shop) if is_of(one, item.metric, item.where, shop)
            ]
            if isinstance(item, EventSum):
                return sum((exact(one["value"]) for one in mine if is_set(one["value"], shop)), Fraction())
            days = {as_instant(one["datetime"], shop).date() for one in mine}
            return Fraction(len(mine) if isinstance(item, EventCount) else len(days))
        case _:
            return Fraction(is_member(item, profile, shop))


def bin_of(cut: Cut, profile: Row, shop: PlainShop) -> int:
    """Return how many edges a profile's amount reaches, each held against it as a condition of its own."""
    reached, below = (
        [is_member(condition_of(cut, edge, comparison), profile, shop) for edge in cut.edges]
        for comparison in REACHED[cut.is_passed]
    )
    if isinstance(cut.measure, (LastDay, FirstDay)):
        whole = event_condition(cut.measure, cut.measure.of.timeframe)
        has = is_member(whole, profile, shop)
    else:
        has = any([*reached, *below])
    return sum(reached) if has and not is_younger(profile.get("created"), shop) else NO_BIN


def condition_of(cut: Cut, edge: Any, comparison: str) -> Condition:
    """Return the condition that an amount reaches an edge, or, by another comparison, that it does not."""
    measure = cut.measure
    match type(measure).__name__:
        case "EventCount" | "EventSum" | "EventDays":
            what = type(measure).__name__.removeprefix("Event").lower()
            return MetricCondition(measure.metric, what, comparison, edge, measure.timeframe, measure.where)
        case "LastDay":
            first = date(1970, 1, 1) + timedelta(days=edge + cut.is_passed)
            reached = event_condition(measure, window_from(first, measure.of.timeframe))
            return reached if comparison == REACHED[cut.is_passed][0] else Not(reached)
        case "FirstDay":
            end = date(1970, 1, 1) + timedelta(days=edge + cut.is_passed)
            reached = event_condition(measure, window_until(end, measure.of.timeframe))
            return Not(reached) if comparison == REACHED[cut.is_passed][0] else reached
        case "Distance":
            within, beyond = (DistanceCondition(is_in, edge, measure.unit, measure.of) for is_in in (True, False))
            placed = DistanceCondition(True, 1e6, measure.unit, measure.of)
            return {
                "at least": placed & ~within,
                "fewer than": within,
                "more than": beyond,
                "at most": placed & ~beyond,
            }[comparison]
        case "Number":
            return PropertyCondition(measure.property, NumberTest(comparison, edge))
        case _:
            return PropertyCondition(measure.property, LengthTest(comparison, edge))


def window_from(first: date, timeframe: Any) -> BetweenDates:
    """Return the part of a timeframe that begins with a day."""
    end = date(9998, 1, 1) if timeframe == ALL_TIME else timeframe.day - timedelta(days=1)
    return BetweenDates(first, end)


def window_until(end: date, timeframe: Any) -> Before | BetweenDates:
    """Return the part of a timeframe that ends before a day."""
    if timeframe == ALL_TIME:
        return Before(end)
    return BetweenDates(timeframe.day + timedelta(days=1), end - timedelta(days=1))


def event_condition(measure: DayMeasure, timeframe: Any) -> MetricCondition:
    """Return that a window reaches the number of a measure."""
    what = type(measure.of).__name__.removeprefix("Event").lower()
    comparison = "more than" if measure.is_passed else "at least"
    return MetricCondition(measure.of.metric, what, comparison, measure.rank, timeframe, measure.of.where)


def same_cells(cube: pd.DataFrame, by: Sequence[Item], among: Condition, shop: PlainShop) -> None:
    """Assert that a cube is that of the reference, with its columns in order and its cells ascending."""
    assert list(cube.columns) == [*range(len(by)), COUNT]
    assert cells_of(cube) == expected(by, among, shop), str(by)
    assert cube.index.equals(cube.sort_values(list(range(len(by))), kind="stable").index)


def with_days_that_decide(cut: Cut, shop: PlainShop, ask: Callable[[], None]) -> None:
    """Ask, unless a refund keeps any one day from deciding, in which case the engine must say so."""
    measure = cut.measure
    if (
        isinstance(measure, (LastDay, FirstDay))
        and type(measure.of).__name__ == "EventSum"
        and has_refund(measure, shop)
    ):
        with pytest.raises(NotOneDayError):
            ask()
    else:
        ask()


def has_refund(measure: DayMeasure, shop: PlainShop) -> bool:
    """Say whether an event of a sum takes from it."""
    mine = (event for profile in shop.profiles for event in events_of(profile, measure.of.timeframe, shop))
    counted = (event["value"] for event in mine if is_of(event, measure.of.metric, measure.of.where, shop))
    return any(is_set(value, shop) and exact(value) < 0 for value in counted)


def read(tree: Condition, holds: Mapping[Condition, Any]) -> bool:
    """Say whether a tree is true where its atoms are as told."""
    match tree:
        case AllOf(parts):
            return all(read(part, holds) for part in parts)
        case AnyOf(parts):
            return any(read(part, holds) for part in parts)
        case Not(part):
            return not read(part, holds)
        case _:
            return bool(holds[tree])


def is_measured(condition: Condition) -> bool:
    """Say whether a condition is an atom that compares a measure."""
    return not isinstance(condition, (AllOf, AnyOf, Not)) and measure_of(condition) is not None


def edges_beside(atom: Any) -> tuple[Any, ...]:
    """Return the limit of an atom among others, in order and each once."""
    others = [limit_of(atom), 0, 1, 3, 18.5, *AMOUNTS]
    if isinstance(atom, DistanceCondition):
        others = [atom.distance, 0.0, 30.0, 12_000.0]
    different = {exact(one): one for one in reversed(others)}
    return tuple(different[one] for one in sorted(different))


def compares(atom: Any, place: int, reached: int, passed: int) -> bool:
    """Say whether an atom is true of who is in these bins, by edges reached and passed; its limit is the edge at a place."""
    comparison = atom.test.comparison if isinstance(atom, PropertyCondition) else getattr(atom, "comparison", None)
    if isinstance(atom, DistanceCondition):
        comparison = "fewer than" if atom.is_within else "more than"
    has, is_reached, is_passed = reached != NO_BIN, reached > place, passed > place
    return (
        has
        and {
            "at least": is_reached,
            "fewer than": not is_reached,
            "more than": is_passed,
            "at most": not is_passed,
            "equals": is_reached and not is_passed,
            "not equals": not is_reached or is_passed,
        }[comparison]
    )


def cuts_of(asked: Asked, random: Random) -> Iterator[Cut]:
    """Yield a cut of each measure among some conditions, and of the days that decide windows of its events."""
    measured = [one for one in [*asked.conditions, metric_atom(random), metric_atom(random)] if is_measured(one)]
    for atom in measured:
        yield Cut(measure_of(atom), edges_beside(atom), is_passed=random.choice([True, False]))
        if isinstance(atom, MetricCondition):
            edge = random.choice(AS_OFS).date()
            last = last_day_of(atom, random.choice([ALL_TIME, Before(edge)]))
            first = last_day_of(atom, random.choice([ALL_TIME, After(edge)]))
            days = tuple(sorted(random.choices(DAYS, k=random.randint(0, 5))))
            if last is not None and first is not None:
                yield Cut(last, days, is_passed=random.choice([True, False]))
                yield Cut(FirstDay(first.of, first.rank, first.is_passed), days, is_passed=random.choice([True, False]))


def _day(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).days


DAYS = sorted({_day(as_of) + days for as_of in AS_OFS for days in (-15, -14, -8, -7, -2, -1, 0, 1)})

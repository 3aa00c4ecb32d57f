"""Sort profiles into the bins of a measure, as SQL."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from math import inf, nextafter
from typing import assert_never

from sqlglot import exp

from segkit.data.places import KILOMETERS
from segkit.definition.measures import (
    DayMeasure,
    Distance,
    EventCount,
    EventDays,
    EventSum,
    FirstDay,
    LastDay,
    ListLength,
    Number,
    least_whole,
)
from segkit.engine.protocol import NO_BIN, Cut
from segkit.sql.question import FARTHEST, Question
from segkit.sql.scans import count_of
from segkit.sql.words import Sql, case, column, double, every, is_always, is_null, named, whole

FARTHEST_DAY = 2**30
"""A day later than every day of the calendar."""


def bin_of(cut: Cut, question: Question, as_of: datetime) -> Sql:
    """Return the bin of a profile: the number of edges that its amount reaches, or `NO_BIN` if it has none or was not created yet.

    Raises:
        DataError: the measure names something that the data lacks.
    """
    measure = cut.measure
    match measure:
        case EventCount() | EventSum() | EventDays():
            amount, scale = question.amount(measure, as_of)
            found = _among(amount, _wholes(cut, scale, FARTHEST))
        case LastDay() | FirstDay():
            found = _bin_of_day(cut, measure, question, as_of)
        case ListLength(name):
            found = _or_none(question.of_profile(name).reading("items"), _wholes(cut, 0, FARTHEST))
        case Number(name):
            found = _or_none(question.of_profile(name).reading("number"), _doubles(cut, 1.0))
        case Distance(of, unit):
            found = _or_none(question.kilometers(of), _doubles(cut, KILOMETERS[unit]))
        case _:
            assert_never(measure)
    present = question.present(as_of)
    return found if is_always(present) else case((present, found), default=whole(NO_BIN))


def refunds_of(measure: DayMeasure, question: Question, as_of: datetime) -> exp.Select | None:
    """Return the query for the number of refunds in a sum, or None for a count. If there are refunds, no single day decides whether a number is reached."""
    of = measure.of
    if not isinstance(of, EventSum):
        return None
    scan = question.scan()
    metrics = scan.metrics(of.metric)
    if not any(metric.has_units for metric in metrics):
        return None
    selected = scan.selected(metrics, of.timeframe, of.where, as_of)
    below = exp.LT(this=scan.column("units"), expression=whole(0))
    return scan.query(count_of(every([selected, below])))


def _bin_of_day(cut: Cut, measure: DayMeasure, question: Question, as_of: datetime) -> Sql:
    of, is_last = measure.of, isinstance(measure, LastDay)
    scan = question.scan()
    metrics = scan.metrics(of.metric)
    is_sum = isinstance(of, EventSum)
    needed = least_whole(measure.rank, is_passed=measure.is_passed, scale=question.scale(of))
    if needed <= 0:
        return whole(len(cut.edges) if is_last else 0)
    if not metrics or (is_sum and not any(one.has_units for one in metrics)):
        return whole(NO_BIN)
    if needed == 1 and not is_sum:
        # The last or the first event decides, so no separate pass is needed.
        return _or_none(question.nearest_day(of, as_of, is_last=is_last), _wholes(cut, 0, FARTHEST_DAY))
    selected = scan.selected(metrics, of.timeframe, of.where, as_of)
    profile, day = scan.column("profile"), scan.column("day")
    match of:
        case EventCount():
            amount: Sql = exp.Count(this=exp.Star())
        case EventSum():
            amount = exp.Sum(this=scan.column("units"))
        case EventDays():
            amount = whole(1)
        case _:
            assert_never(of)
    days = (
        scan.query(profile.copy(), day.copy(), named(amount, "amount"))
        .where(selected, copy=False)
        .group_by(profile, day, copy=False)
    )
    order = exp.Order(expressions=[exp.Ordered(this=column("day"), desc=is_last)])
    total = exp.Window(this=exp.Sum(this=column("amount")), partition_by=[column("profile")], order=order)
    totals = exp.select("profile", "day", named(total, "total")).from_(days.subquery("days", copy=False), copy=False)
    nearest = exp.Max if is_last else exp.Min
    deciding = (
        exp.select("profile", named(nearest(this=column("day")), "day"))
        .from_(totals.subquery("totals", copy=False), copy=False)
        .where(exp.GTE(this=column("total"), expression=whole(min(needed, FARTHEST))), copy=False)
        .group_by("profile", copy=False)
    )
    found = column("day", question.apart("deciding_day", deciding))
    return _or_none(found, _wholes(cut, 0, FARTHEST_DAY))


def _wholes(cut: Cut, scale: int, farthest: int) -> list[int]:
    """Return the smallest whole numbers that reach the edges."""
    edges = (least_whole(edge, is_passed=cut.is_passed, scale=scale) for edge in cut.edges)
    return [min(max(edge, -farthest), farthest) for edge in edges]


def _doubles(cut: Cut, unit: float) -> list[float]:
    """Return the smallest doubles that reach the edges."""
    edges = [float(edge) * unit for edge in cut.edges]
    return [nextafter(edge, inf) for edge in edges] if cut.is_passed else edges


def _or_none(amount: Sql, edges: Sequence[float]) -> Sql:
    return case((is_null(amount), whole(NO_BIN)), default=_among(amount, edges))


def _among(amount: Sql, edges: Sequence[float]) -> Sql:
    """Return how many edges an amount reaches.

    Consecutive whole numbers, such as the days of a window, need only a subtraction. For other edges, use a binary search.
    """
    if not edges:
        return whole(0)
    low, high = edges[0], edges[-1]
    are_next = isinstance(low, int) and isinstance(high, int) and all(b - a == 1 for a, b in pairwise(edges))
    if are_next and isinstance(low, int) and isinstance(high, int):
        reached = exp.Sub(this=amount.copy(), expression=exp.Paren(this=whole(low - 1)))
        return case(
            (exp.LT(this=amount, expression=whole(low)), whole(0)),
            (exp.GTE(this=amount, expression=whole(high)), whole(len(edges))),
            default=reached,
        )
    return _by_halves(amount, edges, 0, len(edges))


def _by_halves(amount: Sql, edges: Sequence[float], first: int, last: int) -> Sql:
    """Return how many edges an amount reaches, if it is known to reach at least `first` and at most `last` edges."""
    if first == last:
        return whole(first)
    middle = (first + last) // 2
    edge = edges[middle]
    limit = whole(edge) if isinstance(edge, int) else double(edge)
    found = exp.If(this=exp.LT(this=amount.copy(), expression=limit), true=_by_halves(amount, edges, first, middle))
    return exp.Case(ifs=[found], default=_by_halves(amount, edges, middle + 1, last))

"""Write a funnel as SQL that chooses an event for each step and excludes events of steps that must not be taken.

If every step must be taken and each has a different metric, the SQL reads the events once per step and keeps, for each profile, the latest
event with which the funnel can begin, as the engine in memory does. Otherwise it follows the definition (`docs/decisions/0010-funnels.md`) with one join per step, which is slow
for profiles with very many events per step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from segkit.definition.conditions import FunnelCondition, FunnelStep
from segkit.sql.scans import EventScan
from segkit.sql.words import Sql, column, every, is_set, named, negation, whole
from segkit.vocabulary import canonical_metric

Scan = Callable[[], EventScan]


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that is taken, and the steps that must not be taken before it."""

    name: str
    events: exp.Select
    barred: tuple[exp.Select, ...]


def funnel_query(condition: FunnelCondition, as_of: datetime, scan: Scan) -> exp.Select | None:
    """Return a query that selects each profile that took the steps of a funnel once, or None if a required step has no events.

    Args:
        condition: the funnel.
        as_of: the moment from which timeframes are counted.
        scan: a function that makes a pass over the events for a step.
    """
    taken: list[_Step] = []
    barred: list[exp.Select] = []
    for step in condition.steps:
        events = _events_of(step, condition, as_of, scan())
        if step.is_taken:
            if events is None:
                return None
            taken.append(_Step(f"step_{len(taken) + 1}", events, tuple(barred)))
            barred = []
        elif events is not None:
            barred.append(events)
    metrics = [canonical_metric(step.metric) for step in condition.steps]
    if len(taken) == len(condition.steps) == len(set(metrics)):
        return _in_passes([step.events for step in taken], condition.completion_seconds)
    first, last = taken[0].name, taken[-1].name
    query = (
        exp.select(column("profile", first))
        .distinct(copy=False)
        .from_(taken[0].events.subquery(first, copy=False), copy=False)
    )
    for place, one in enumerate(taken[1:], 1):
        query = query.join(one.events.subquery(one.name, copy=False), on=_follows(one.name, taken[:place]), copy=False)
    limit = condition.completion_seconds
    tests: list[Sql] = [] if limit is None or len(taken) == 1 else [_is_near(first, last, limit)]
    for place, one in enumerate(taken):
        before = taken[place - 1].name if place else None
        tests += [_without(events, first, before, one.name, limit) for events in one.barred]
    tests += [_without(events, first, last, None, limit) for events in barred]
    return query.where(every(tests), copy=False) if tests else query


def _in_passes(steps: Sequence[exp.Select], limit: int | None) -> exp.Select:
    """Return the query for a funnel whose steps can't be the same event, without joining a profile's events to each other.

    For each event of a step, only the latest start of a chain that reaches it matters: of two chains, the one that began later has more
    time left. So the latest start is passed on from step to step, by the largest start up to the time of each event.
    """
    first, *others = steps
    begun = named(column("instant"), "start")
    chain = exp.select("profile", "instant", begun).from_(first.subquery("step", copy=False), copy=False)
    for events in others:
        next_events = exp.select("profile", "instant", named(_no_start(), "start"), named(whole(1), "is_next"))
        both = exp.union(
            exp.select("profile", "instant", "start", named(whole(0), "is_next")).from_(
                chain.subquery("chain", copy=False), copy=False
            ),
            next_events.from_(events.subquery("step", copy=False), copy=False),
            distinct=False,
            copy=False,
        )
        # Without a frame, a window ends with the last row of the same time, so a step may have the time of the step before.
        order = exp.Order(expressions=[exp.Ordered(this=column("instant"))])
        latest = exp.Window(this=exp.Max(this=column("start")), partition_by=[column("profile")], order=order)
        reached = exp.select("profile", "instant", "is_next", named(latest, "latest"))
        reached = reached.from_(exp.Subquery(this=both, alias=exp.to_identifier("both_steps")), copy=False)
        is_reached = every([exp.EQ(this=column("is_next"), expression=whole(1)), is_set(column("latest"))])
        chain = (
            exp.select("profile", "instant", named(column("latest"), "start"))
            .from_(reached.subquery("reached", copy=False), copy=False)
            .where(is_reached, copy=False)
        )
    found = exp.select("profile").distinct(copy=False).from_(chain.subquery("chain", copy=False), copy=False)
    if limit is None:
        return found
    interval = exp.Interval(this=exp.Literal.string(str(limit)), unit=exp.var("SECOND"))
    latest_end = exp.Add(this=column("start"), expression=interval)
    return found.where(exp.LTE(this=column("instant"), expression=latest_end), copy=False)


def _no_start() -> Sql:
    return exp.cast(exp.null(), exp.DataType.Type.TIMESTAMPTZ)


def _events_of(step: FunnelStep, condition: FunnelCondition, as_of: datetime, scan: EventScan) -> exp.Select | None:
    metrics = scan.metrics(step.metric)
    if not metrics:
        return None
    selected = scan.selected(metrics, condition.timeframe, step.where, as_of)
    return scan.query(*(scan.column(name) for name in ("profile", "instant", "source_row"))).where(selected, copy=False)


def _follows(step: str, earlier: Sequence[_Step]) -> Sql:
    """Return SQL that tests whether an event follows the earlier steps: same profile, no earlier time, and a different event."""
    same = exp.EQ(this=column("profile", step), expression=column("profile", earlier[-1].name))
    after = exp.GTE(this=column("instant", step), expression=column("instant", earlier[-1].name))
    others = [exp.NEQ(this=column("source_row", step), expression=column("source_row", one.name)) for one in earlier]
    return every([same, after, *others])


def _without(events: exp.Select, first: str, before: str | None, after: str | None, limit: int | None) -> Sql:
    """Return SQL that tests that no event of a step that must not be taken is strictly between two other events.

    At an end of the funnel, where there is only one other event, the funnel's time limit applies.
    """
    tests: list[Sql] = [exp.EQ(this=column("profile", "barred"), expression=column("profile", first))]
    if before is not None:
        tests.append(exp.GT(this=column("instant", "barred"), expression=column("instant", before)))
    if after is not None:
        tests.append(exp.LT(this=column("instant", "barred"), expression=column("instant", after)))
    if limit is not None and before is None and after is not None:
        tests.append(_is_near("barred", after, limit))
    if limit is not None and after is None and before is not None:
        tests.append(_is_near(before, "barred", limit))
    inner = (
        exp.select(whole(1)).from_(events.subquery("barred", copy=False), copy=False).where(every(tests), copy=False)
    )
    return negation(exp.Exists(this=inner))


def _is_near(one: str, other: str, seconds: int) -> Sql:
    """Return SQL that tests whether one event is at most some seconds before another event."""
    interval = exp.Interval(this=exp.Literal.string(str(seconds)), unit=exp.var("SECOND"))
    latest = exp.Add(this=column("instant", one), expression=interval)
    return exp.LTE(this=column("instant", other), expression=latest)

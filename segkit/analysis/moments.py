"""Choose the past moments at which a rule is applied. The data must cover the days before that the rule needs, and the days after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from segkit.data.instants import FIRST_PLAUSIBLE, instant_of, read_as_of
from segkit.definition.conditions import Condition
from segkit.definition.measures import EventCount, FirstDay
from segkit.definition.replay import look_back, metrics_in
from segkit.definition.timeframes import ONE_DAY, After, close_of
from segkit.engine.protocol import NO_BIN, Cut, Engine
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.wording import counted

MOST: Final = 12
"""The largest number of moments if the caller chooses none. It covers a year if there is a moment every 30 days."""

_EPOCH = date(1970, 1, 1)
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of an analysis.

    Attributes:
        used: the moments, oldest first, UTC.
        left_out: the moments that were requested but can't be used, each with the reason.
        notes: what an analyst should know about the choice.
    """

    used: tuple[datetime, ...]
    left_out: tuple[tuple[datetime, str], ...] = ()
    notes: tuple[str, ...] = ()


def last_whole_day(engine: Engine) -> date:
    """Return the last day that can be complete in the data: the day of `as_of` if it is at the day's end, or else the day before."""
    day = engine.as_of.date()
    return day if engine.as_of >= close_of(day) else day - timedelta(days=1)


def first_day(engine: Engine, metric: str) -> date | None:
    """Return the UTC day of a metric's first event, or None if it has no event. Placeholder dates such as 1970-01-01 do not count."""
    measure = FirstDay(EventCount(metric, After(instant_of(FIRST_PLAUSIBLE).date() - ONE_DAY)), 1)
    last = (engine.as_of.date() - _EPOCH).days

    def place(edges: Sequence[int]) -> int | None:
        """Return the number of edges that the earliest day reaches."""
        bins = engine.cube([Cut(measure, tuple(edges))])[0]
        known = bins[bins != NO_BIN]
        return None if known.empty else int(known.min())

    years = list(range(0, last + 1, _YEAR))
    year = place(years)
    if year is None:
        return None
    start = years[year - 1] if year else 0
    days = list(range(start, min(start + _YEAR, last) + 1))
    return _EPOCH + timedelta(days=start + max((place(days) or 1) - 1, 0))


@dataclass(frozen=True, slots=True)
class Cover:
    """What conditions need of the data.

    Attributes:
        begins: the first day of each metric that has events.
        needed: how many days of events up to a moment the conditions need, including the moment's own day.
    """

    begins: dict[str, date]
    needed: int

    @classmethod
    def of(cls, engine: Engine, conditions: Sequence[Condition], also: Iterable[str] = ()) -> "Cover":
        """Find out what conditions and further metrics need."""
        metrics = dict.fromkeys([*also, *(name for one in conditions for name in metrics_in(one))])
        begins = {metric: day for metric in metrics if (day := first_day(engine, metric)) is not None}
        return cls(begins, max((look_back(condition) for condition in conditions), default=0))

    @property
    def newest(self) -> str:
        """The metric whose events begin last. There must be one."""
        return max(self.begins, key=lambda metric: self.begins[metric])

    @property
    def first(self) -> date | None:
        """The first day at whose end the data has all events that the conditions need; None if no metric has events."""
        return self.begins[self.newest] + timedelta(days=max(self.needed - 1, 0)) if self.begins else None


def moments_of(
    engine: Engine,
    conditions: Sequence[Condition],
    *,
    outcome: str,
    within_days: int,
    every_days: int,
    chosen: Iterable[Any] | None,
) -> Moments:
    """Return the moments at which conditions can be evaluated and that have `within_days` whole days after them in the data.

    Args:
        engine: the engine, as of the end of the data.
        conditions: the rules.
        outcome: the metric that counts as a response.
        within_days: the number of whole UTC days after a moment's own day in which responses count.
        every_days: the number of days between moments if `chosen` is None.
        chosen: dates, each meaning the end of that day, or instants. None takes moments every `every_days` days, going back from the
            last complete one.

    Raises:
        DefinitionError: `within_days` or `every_days` is not a whole number above 0.
        AnalysisError: no moment is complete, or nobody has the outcome.
        DataError: a moment is neither a date nor an instant, or a metric is unknown.
    """
    check_days("within_days", within_days)
    check_days("every_days", every_days)
    cover = Cover.of(engine, conditions, also=[outcome])
    if outcome not in cover.begins:
        raise AnalysisError.nobody_did(outcome)
    needed, first = cover.needed, cover.begins[cover.newest]
    last = last_whole_day(engine) - timedelta(days=within_days)
    if chosen is not None:
        return _checked(read_moments(chosen), needed=needed, first=first, last=last, within_days=within_days)
    used, day = [], last
    while cover.first and day >= cover.first:
        used.append(close_of(day))
        day -= timedelta(days=every_days)
    if not used:
        have = (last_whole_day(engine) - first).days + 1
        raise AnalysisError.data_too_short(cover.newest, first, have, max(needed, 1), within_days)
    notes = []
    if len(used) > MOST:
        notes.append(
            f"Only the newest {MOST} moments are used. The data also has {counted(len(used) - MOST, 'earlier moment')}: to use more, pass moments=[...]."
        )
    return Moments(tuple(reversed(used[:MOST])), notes=tuple(notes))


def read_moments(chosen: Iterable[Any]) -> list[datetime]:
    """Read dates, each meaning the end of that day, and instants, oldest first and each once. A single one needs no list.

    Raises:
        DefinitionError: there are none.
        DataError: one is neither a date nor an instant.
    """
    if isinstance(chosen, (str, date)) or not isinstance(chosen, Iterable):
        chosen = [chosen]
    found = sorted({read_as_of(one) for one in chosen})
    if not found:
        raise DefinitionError.bad_value("moments", [], "at least one date or instant")
    return found


def _checked(moments: Sequence[datetime], *, needed: int, first: date, last: date, within_days: int) -> Moments:
    """Leave out moments before the data begins, and moments without complete days after them in the data."""
    used, left_out, short = [], [], 0
    for moment in moments:
        end = moment.date() + timedelta(days=within_days)
        if moment.date() > last:
            whole = last + timedelta(days=within_days)
            left_out.append(
                (moment, f"the {counted(within_days, 'day')} after it end on {end}, but the data ends on {whole}")
            )
        elif moment.date() < first:
            left_out.append((moment, f"the data begins on {first}"))
        else:
            used.append(moment)
            short += (moment.date() - first).days + 1 < needed
    if not used:
        raise AnalysisError.no_complete_moment(left_out[-1][0].date(), left_out[-1][1], first, last, within_days)
    notes = []
    if short:
        notes.append(
            f"The rule looks back {needed} days, but the data before {counted(short, 'moment')} is shorter, so some members are missing there."
        )
    return Moments(tuple(used), tuple(left_out), tuple(notes))


def check_days(name: str, days: object) -> None:
    """Refuse a number of days that is not a whole number above 0.

    Raises:
        DefinitionError: with the name of the argument.
    """
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise DefinitionError.bad_value(name, days, "a whole number of days above 0")

"""Read the arms of a test, and count the outcomes in each arm, for every analysis of a test."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.analysis.effects import Sample
from segkit.analysis.moments import check_days, first_day, last_whole_day
from segkit.analysis.outcomes import UNSUBSCRIBE
from segkit.data.instants import read_as_of
from segkit.data.phone_patterns import E164
from segkit.definition.conditions import MetricCondition
from segkit.definition.measures import EventCount, EventSum
from segkit.definition.timeframes import BetweenDates, close_of
from segkit.engine.engines import Data
from segkit.engine.protocol import At, Engine, Picked, Squared, Summed
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.masking import quoted
from segkit.wording import are, counted

CONTROL = "hold out"


class Split(Protocol):
    """The attributes of the result of `sk.split` that an analysis uses."""

    @property
    def arms(self) -> pd.Series:
        """The arm of each person, with `profile_id` as the index."""
        ...

    @property
    def shares(self) -> Mapping[str, float]:
        """The planned share of each arm."""
        ...

    @property
    def control(self) -> str | None:
        """The arm that is not texted; None if every arm is texted."""
        ...


Arms: TypeAlias = Split | pd.Series


@dataclass(frozen=True, slots=True)
class Arranged:
    """The arm of each profile, in the order of the data.

    Attributes:
        names: the arms, with the control arm first.
        codes: for each profile, 0 if it is in no arm, or else the position of its arm in `names` plus 1.
        shares: the planned share of each arm; None if it is not known.
        notes: what an analyst should know about the arms.
    """

    names: tuple[str, ...]
    codes: Picked
    shares: Mapping[str, float] | None
    notes: tuple[str, ...]

    @property
    def tested(self) -> Picked:
        """Which profiles are in an arm."""
        return Picked(self.codes.values > 0)


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which outcomes count.

    Attributes:
        days: the whole UTC days.
        end: the end of the last day.
        notes: sentences about days that are not in the data.
    """

    days: BetweenDates
    end: datetime
    notes: tuple[str, ...]

    def responders(self, outcome: str) -> Summed:
        """Return what to add up to count the people who have the outcome."""
        return At(MetricCondition(outcome, "count", "at least", 1, self.days), self.end)

    def sums(self, outcome: str) -> list[Summed]:
        """Return what to add up: responders, their events and value, the squares of both, and unsubscribes."""
        count, value = EventCount(outcome, self.days), EventSum(outcome, self.days)
        return [
            self.responders(outcome),
            At(count, self.end),
            At(Squared(count), self.end),
            At(value, self.end),
            At(Squared(value), self.end),
            At(MetricCondition(UNSUBSCRIBE, "count", "at least", 1, self.days), self.end),
        ]


def samples_of(amounts: Sequence[float]) -> dict[str, Sample]:
    """Return a sample for each figure, from the number of people and the sums in `Window.sums`."""
    people, did, events, events2, value, value2, gone = map(float, amounts)
    return {
        "did": Sample.of_share(did, people),
        "events": Sample(people, events, events2),
        "value": Sample(people, value, value2),
        "unsubscribed": Sample.of_share(gone, people),
    }


def arranged(given: Any, dataset: Data, *, control: str | None, shares: Mapping[str, float] | None = None) -> Arranged:
    """Read the arms of a test.

    Args:
        given: the result of `sk.split`, or a Series with the arm of each profile by `profile_id`, from any tool.
        dataset: the profiles and events.
        control: the name of the arm that was not texted; None uses the split's control arm, or "hold out".
        shares: the planned share of each arm, for a Series.

    Raises:
        DefinitionError: `given` is neither, or an id has two rows.
        AnalysisError: there is no control arm, there is only one arm, an arm has nobody in the data, or two arms share a phone number.
    """
    arms, planned, name = _read(given, control, shares)
    unset, arms = int(arms.isna().sum()), arms.dropna()
    codes, names, missing = _codes(arms, dataset.profile_ids, name)
    notes = []
    if unset:
        notes.append(f"{counted(unset, 'person', 'people')} {are(unset)} not counted, because their arm is missing.")
    if missing:
        notes.append(
            f"{counted(missing, 'person', 'people')} in the arms {are(missing)} not in the data, so not counted."
        )
    return Arranged(names, Picked(codes), planned, tuple(notes))


def _read(
    given: Any, control: str | None, shares: Mapping[str, float] | None
) -> tuple[pd.Series, Mapping[str, float] | None, str]:
    if hasattr(given, "arms") and hasattr(given, "shares"):
        name = control or given.control
        if name is None:
            raise AnalysisError.no_control(given.shares)
        return given.arms, given.shares, name
    if not isinstance(given, pd.Series):
        raise DefinitionError.bad_value("The arms", given, "the result of sk.split, or a Series of arms by profile_id")
    if not given.index.is_unique:
        twice = given.index[given.index.duplicated()][0]
        raise DefinitionError.bad_value("The index of the arms", str(twice), "a profile_id that occurs once")
    return given, shares, control or CONTROL


def _codes(arms: pd.Series, ids: pd.Index, control: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...], int]:
    arms = arms.map(str)
    arms.index = arms.index.map(str)
    every = sorted(arms.unique())
    if control not in every:
        raise AnalysisError.no_such_arm(control, every)
    if len(every) < 2:
        raise AnalysisError.single_arm(control)
    names = (control, *(name for name in every if name != control))
    rows = ids.get_indexer(arms.index)
    codes = np.zeros(len(ids), dtype=np.int64)
    known = rows >= 0
    codes[rows[known]] = arms[known].map({name: place + 1 for place, name in enumerate(names)}).to_numpy()
    for place, name in enumerate(names):
        if not (codes == place + 1).any():
            raise AnalysisError.arm_of_nobody(name)
    return codes, names, int((~known).sum())


def check_numbers(test: Arranged, engine: Engine) -> None:
    """Refuse arms that share phone numbers, since a person who is held out would be texted under another profile.

    Raises:
        AnalysisError: two arms share a number.
    """
    if "phone_number" not in engine.names().properties:
        return
    is_number = re.compile(E164).fullmatch
    seen: dict[str, str] = {}
    shared = 0
    for place, name in enumerate(test.names):
        for batch in engine.rows(Picked(test.codes.values == place + 1), ["phone_number"]):
            for number in batch.column("phone_number").to_pylist():
                if number is not None and is_number(number) and seen.setdefault(number, name) != name:
                    shared += 1
    if shared:
        raise AnalysisError.arms_share_numbers(shared)


def window_from(start: Any, within_days: int, engine: Engine, outcome: str) -> Window:
    """Return the whole UTC days in which outcomes count. They start on the day of `start`, and end when the data ends at the latest.

    Days before the first event of the outcome stay in the window, since nobody may have done it yet, but a note counts them.

    Raises:
        DefinitionError: `within_days` is not a whole number above 0.
        DataError: `start` is neither a date nor an instant, or the outcome is unknown.
        AnalysisError: none of the days is in the data, or the outcome's first event is later.
    """
    check_days("within_days", within_days)
    first, last = read_as_of(start).date(), last_whole_day(engine)
    wanted = first + timedelta(days=within_days - 1)
    if first > last:
        raise AnalysisError.not_started(first, last)
    end = min(wanted, last)
    notes = []
    begins = first_day(engine, outcome)
    if begins is not None and begins > end:
        raise AnalysisError.outcome_begins_later(outcome, begins, first, end)
    if begins is not None and begins > first:
        early, every = (begins - first).days, (end - first).days + 1
        notes.append(
            f"The data has no {quoted(outcome)} before {begins}, so nothing counts on {early:,} of {counted(every, 'day')}. If older events were not "
            "loaded, every figure is too low: load them, or use days that the data has."
        )
    if end < wanted:
        days = (end - first).days + 1
        notes.append(
            f"Only {days} of the {within_days} days are in the data, to {end}: the result is not final. If you look again later, use sequential=True."
        )
    return Window(BetweenDates(first, end), close_of(end), tuple(notes))


def day_before(window: Window) -> datetime:
    """Return the end of the day before a window begins, which is the moment at which a rule is evaluated."""
    return close_of(window.days.first - timedelta(days=1))

"""Find out what the data does not show about past moments, for every analysis that applies a rule to the past.

`segkit.definition.replay` finds what a condition asks about, and the engine knows which lists and statuses have dates.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from segkit.data.instants import FIRST_PLAUSIBLE, instant_of
from segkit.definition.conditions import (
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    ListCondition,
    MetricCondition,
    PropertyCondition,
    SetTest,
)
from segkit.definition.replay import Todays, channels_in, known_only_today, lists_in, refused
from segkit.definition.timeframes import ALL_TIME, Before, BetweenDates
from segkit.engine.protocol import EVERYBODY, Engine
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.wording import are, counted, listed, profiles

CREATED, SUPPRESSED = "created", "email_suppressed"
_FAR = date(2200, 1, 1)


def notes_of_past(conditions: Sequence[Condition], engine: Engine, *, allow_todays: Collection[str] = ()) -> list[str]:
    """Return a sentence for each fact that an answer about the past can't take from that time, without repetitions.

    Args:
        conditions: the conditions to evaluate in the past.
        engine: the engine, as of today.
        allow_todays: the names of computed properties for which today's value may be used.

    Raises:
        DefinitionError: `allow_todays` is not a list of names, or a condition refers to another segment by name.
        AnalysisError: a condition uses a property that is computed from later events and is not in `allow_todays`.
        DataError: a condition names a list that the data lacks.
    """
    if isinstance(allow_todays, str) or not all(isinstance(name, str) for name in allow_todays):
        raise DefinitionError.bad_value("allow_todays", allow_todays, "a list of names of properties")
    todays = tuple(dict.fromkeys(one for condition in conditions for one in known_only_today(condition)))
    if names := refused(todays, allow_todays):
        raise AnalysisError.computed_later(names)
    channels = dict.fromkeys(channel for condition in conditions for channel in channels_in(condition))
    lists = dict.fromkeys(name for condition in conditions for name in lists_in(condition))
    return [
        *_of_properties(todays),
        *(note for name in lists for note in _of_list(name, engine)),
        *(note for channel in channels for note in _of_consent(channel, engine)),
        *(_of_suppression(engine) if "email" in channels else ()),
    ]


def notes_of_creation(engine: Engine) -> list[str]:
    """Return a sentence about profiles with an unknown creation date, or no sentence if there are none."""
    undated = _undated(engine)
    if not undated:
        return []
    return [f"{profiles(undated)} {_have(undated)} no creation date, so they count from their first event on."]


def existing(engine: Engine) -> Condition:
    """Return a condition for profiles that existed at the moment of evaluation.

    A profile exists from its creation date on or, if this is not known, from its first event on. The engine leaves out profiles that
    were created later, so the condition only concerns profiles without a date.
    """
    undated = _undated(engine)
    metrics = engine.names().metrics
    if not undated or not metrics:
        return EVERYBODY
    seen = MetricCondition(metrics, "count", "at least", 1)
    return AnyOf((_has_created(), seen)) if CREATED in engine.names().properties else seen


def _undated(engine: Engine) -> int:
    """Return how many profiles have no creation date."""
    if CREATED not in engine.names().properties:
        return len(engine)
    return engine.counts([PropertyCondition(CREATED, SetTest(is_set=False))])[0]


def _has_created() -> Condition:
    return PropertyCondition(CREATED, SetTest(is_set=True))


def _of_properties(todays: Iterable[Todays]) -> Iterator[str]:
    every = list(todays)
    names = [one.name for one in every if one.fact == "property"]
    if names:
        yield (
            f"{listed(names)} {are(len(names))} known only as of today, so today's value counts at every past moment."
        )
    computed = [one.name for one in every if one.fact == "computed property"]
    if computed:
        yield (
            f"{listed(computed)} {are(len(computed))} computed from all events up to today and allowed by allow_todays, so the answer "
            "about the past uses later events."
        )
    for one in every:
        if one.fact not in {"property", "computed property"}:
            yield f"A profile's {one.name} is known only as of today, so today's {one.name} counts at every past moment."


def _of_list(name: str, engine: Engine) -> Iterator[str]:
    on_list, dated = engine.counts([ListCondition(name, joined=ALL_TIME), ListCondition(name, joined=Before(_FAR))])
    if on_list > dated:
        yield (
            f"{counted(on_list - dated, 'profile')} on the list {listed([name])} {_have(on_list - dated)} no joining date, so they count "
            "as on the list at every past moment."
        )


def _of_consent(channel: Literal["sms", "email"], engine: Engine) -> Iterator[str]:
    decided: Condition = AnyOf(
        (
            ConsentCondition(channel, can_receive=True, subscription="subscribed"),
            ConsentCondition(channel, can_receive=False, subscription="subscribed"),
            ConsentCondition(channel, can_receive=False, subscription="unsubscribed"),
        )
    )
    column = f"{channel}_consent_timestamp"
    undated = decided & ~_has_date(column, engine)
    (count,) = engine.counts([undated])
    if count:
        kind = {"sms": "SMS", "email": "email"}[channel]
        yield (
            f"{profiles(count)} {_have(count)} an {kind} consent status without a usable date ({column}), so it counts at every past "
            "moment, even before consent was given or withdrawn."
        )


def _of_suppression(engine: Engine) -> Iterator[str]:
    if SUPPRESSED not in engine.names().properties:
        return
    column = f"{SUPPRESSED}_timestamp"
    (count,) = engine.counts([PropertyCondition(SUPPRESSED, BooleanTest(value=True)) & ~_has_date(column, engine)])
    if count:
        yield (
            f"{profiles(count)} {_have(count)} a suppressed email address without a usable date ({column}), so it counts as suppressed at "
            "every past moment, even before the suppression."
        )


def _has_date(column: str, engine: Engine) -> Condition:
    """Return a condition for profiles with a date that is not a placeholder. Nobody has one if the data lacks the column."""
    if column not in engine.names().properties:
        return AnyOf(())
    return PropertyCondition(column, DateTest(BetweenDates(instant_of(FIRST_PLAUSIBLE).date(), _FAR)))


def _have(count: int) -> str:
    return "has" if count == 1 else "have"

"""Say why a condition became true or false between two moments, for `changes`. Only facts with a date in the data can change whether a condition is true."""

from collections.abc import Iterator
from itertools import product
from typing import Final, Literal, TypeAlias, assert_never

from segkit.definition.conditions import (
    Atom,
    ConsentCondition,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
)
from segkit.definition.measures import is_reached
from segkit.definition.timeframes import (
    After,
    AllTime,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    EventTimeframe,
    InPeriod,
    InTheLast,
)

Window: TypeAlias = Literal["fixed", "recent", "older"]
"""What can change the events in a timeframe: in a fixed one, only an event; in a recent one, which ends at the moment itself, an event
adds and time removes; in an older one, time adds and removes."""

EVENT, AGED, PASSED, JOINED = "an event happened", "time ran out", "time passed", "joined the list"
EITHER: Final = "an event happened, or time ran out"
GIVEN, WITHDRAWN, SUPPRESSED = "consent was given", "consent was withdrawn", "the email address was suppressed"


def why_flipped(atom: Atom, *, became: bool) -> str:
    """Return why an atom became true or false between two moments.

    If the condition does not tell which of several causes it was, all of them are named.

    >>> from segkit.definition.phrases import did, did_not
    >>> why_flipped(did_not("Placed Order", in_last_days=90), became=True)
    'time ran out'
    >>> why_flipped(did("Placed Order", after="2026-06-01"), became=True)
    'an event happened'
    """
    match atom:
        case MetricCondition():
            return _of_metric(atom, became=became)
        case FunnelCondition(steps, timeframe):
            is_absent_first = not steps[0].is_taken
            return _of_events(timeframe, became=became, is_freed_by_time=is_absent_first)
        case LastEventCondition(timeframe=timeframe):
            return _of_events(timeframe, became=became, is_freed_by_time=False)
        case ConsentCondition(status_date=None):
            return " or ".join(_of_consent(atom, became=became)) or "consent changed"
        case ConsentCondition():
            return "consent changed, or time passed"
        case ListCondition(is_member=is_member, joined=joined):
            if window_of(joined) == "older":
                return PASSED
            return JOINED if became == is_member else AGED
        case PropertyCondition() | DistanceCondition() | PhoneCountryCondition() | RegionCondition():
            return PASSED
        case _:
            assert_never(atom)


def window_of(timeframe: EventTimeframe) -> Window:
    """Return what can change the events in a timeframe.

    >>> window_of(BetweenDates(*2 * [__import__("datetime").date(2026, 6, 1)])), window_of(InTheLast(30)), window_of(AtLeastAgo(30))
    ('fixed', 'recent', 'older')
    """
    match timeframe:
        case AllTime() | Before() | After() | BetweenDates():
            return "fixed"
        case InTheLast() | BetweenAgo(nearest=0) | InPeriod(is_last=False):
            return "recent"
        case AtLeastAgo() | BetweenAgo() | InPeriod():
            return "older"
        case _:
            assert_never(timeframe)


def _of_metric(atom: MetricCondition, *, became: bool) -> str:
    match window_of(atom.timeframe):
        case "fixed":
            return EVENT
        case "older":
            return PASSED
        case "recent":
            if atom.comparison in {"equals", "not equals"} and atom.value != 0:
                # The amount may have come from below, by an event, or from above, as an event left the window.
                return EITHER
            return EVENT if became == is_reached(atom) else AGED
        case _ as window:
            assert_never(window)


def _of_events(timeframe: EventTimeframe, *, became: bool, is_freed_by_time: bool) -> str:
    """Return why the events in a timeframe began or stopped to match a funnel or a last event."""
    match window_of(timeframe):
        case "fixed":
            return EVENT if became else "another event happened"
        case "older":
            return PASSED
        case "recent":
            if became:
                # An event that must not come first is forgotten when it leaves the window.
                return EITHER if is_freed_by_time else EVENT
            return "time ran out, or another event happened"
        case _ as window:
            assert_never(window)


def _of_consent(atom: ConsentCondition, *, became: bool) -> Iterator[str]:
    """Yield each cause that makes a condition without a date true or false, from any state in which it is not."""
    states = [
        (status, is_suppressed)
        for status, is_suppressed in product(("never_subscribed", "subscribed", "unsubscribed"), (False, True))
        if atom.channel == "email" or not is_suppressed
    ]
    before = [state for state in states if _holds(atom, *state) != became]
    if any(_holds(atom, "subscribed", is_suppressed) == became for _, is_suppressed in before):
        yield GIVEN
    if any(_holds(atom, "unsubscribed", is_suppressed) == became for _, is_suppressed in before):
        yield WITHDRAWN
    if atom.channel == "email" and any(_holds(atom, status, is_suppressed=True) == became for status, _ in before):
        yield SUPPRESSED


def _holds(atom: ConsentCondition, status: str, is_suppressed: bool) -> bool:  # noqa: FBT001  # part of a state
    can = status == "subscribed" if atom.channel == "sms" else status != "unsubscribed" and not is_suppressed
    return can == atom.can_receive and atom.subscription in {"any", status}

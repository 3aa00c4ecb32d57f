"""Nobody's day of leaving looks past `as_of`, not even to the end of its day."""

from datetime import date

import pandas as pd
import pytest

import segkit as sk
from segkit.definition.conditions import MetricCondition
from segkit.definition.timeframes import InTheLast
from segkit.errors.analysis import AnalysisError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
AS_OF = "2026-06-30 10:00"
LATELY = sk.Segment("Lately", sk.did("Placed Order", in_last_days=14))


def shop(*orders: tuple[str, str], lists: pd.DataFrame | None = None, **columns: str) -> sk.Dataset:
    """Return a shop of ann and bea, as of 10:00, with some orders and with properties of bea."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"], "email": ["ann@example.com", "bea@example.com"]})
    for name, value in columns.items():
        people[name] = [None, value]
    events = pd.DataFrame([("ann", "2026-06-20"), *orders], columns=["profile_id", "datetime"])
    return sk.Dataset.from_frames(people, events.assign(metric="Placed Order"), lists=lists, as_of=AS_OF)


@pytest.mark.parametrize(
    ("who", "when", "told"),
    [
        ("ann", "2026-06-30 15:00", "1 event after it"),
        ("bea", "2026-06-30 10:00:00.000001", "1 event after it"),
        ("ann", "2026-07-02 09:00", "1 event after it"),
    ],
)
def test_an_event_later_on_the_day_of_as_of_is_refused(who: str, when: str, told: str):
    """It happened after the moment that was asked about, whether or not its profile had events before."""
    with pytest.raises(AnalysisError, match=rf"after its as_of, 2026-06-30 10:00 UTC: it has {told}"):
        sk.leaving(LATELY, shop((who, when)))


def test_events_up_to_as_of_and_beyond_the_last_day_are_no_obstacle():
    """The last 14 days and the day itself are over at the end of 5 July."""
    assert sk.leaving(LATELY, shop(("bea", "2026-06-30 10:00"))).days["ann"] == date(2026, 7, 5)
    assert sk.leaving(LATELY, shop(("bea", "2026-09-01")), within_days=9).days.to_dict() == {"ann": date(2026, 7, 5)}


@pytest.mark.parametrize(("hours", "day"), [(5, date(2026, 6, 30)), (15, date(2026, 7, 1)), (38, date(2026, 7, 1)), (39, date(2026, 7, 2))])  # fmt: skip
def test_a_window_of_hours_may_end_on_the_day_of_as_of(hours: int, day: date):
    """A window ends with an hour, and a member has left at the end of the first day without the event."""
    window = sk.Segment("It", MetricCondition("Placed Order", "count", "at least", 1, InTheLast(hours, "hour")))

    assert sk.leaving(window, shop(("bea", "2026-06-30 09:00"))).days.to_dict() == {"bea": day}


def test_nothing_leaves_on_the_day_of_as_of_if_that_day_is_over():
    """The first day is then the next one."""
    orders = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": ["2026-06-30 20:00"]})
    over = sk.Dataset.from_frames(None, orders, as_of="2026-06-30")
    window = sk.Segment("It", MetricCondition("Placed Order", "count", "at least", 1, InTheLast(5, "hour")))

    assert sk.leaving(window, over).days.to_dict() == {"a": date(2026, 7, 1)}


SMS, EMAIL = sk.Segment("SMS", sk.can_receive("sms")), sk.Segment("Email", sk.can_receive("email"))
ON_LIST = sk.Segment("On it", sk.in_list("VIP"))
LATER = "2026-06-30 15:00"


@pytest.mark.parametrize(
    ("segment", "columns", "told"),
    [
        (SMS, {"sms_consent": "UNSUBSCRIBED", "sms_consent_timestamp": LATER}, "1 change of SMS consent"),
        (SMS, {"sms_consent": "SUBSCRIBED", "sms_consent_timestamp": LATER}, "1 change of SMS consent"),
        (EMAIL, {"email_suppressed": "true", "email_suppressed_timestamp": LATER}, "1 change of email consent"),
        (LATELY, {"created": LATER}, "1 new profile"),
    ],
)
def test_later_consent_and_later_profiles_are_refused(segment: sk.Segment, columns: dict[str, str], told: str):
    """The consent that the segment asks about; earlier dates are no obstacle."""
    with pytest.raises(AnalysisError, match=told):
        sk.leaving(segment, shop(**columns))
    earlier = {name: "2026-06-30 09:00" if value == LATER else value for name, value in columns.items()}
    sk.leaving(segment, shop(**earlier))


def test_later_entries_of_the_lists_in_a_segment_are_refused():
    """Those of other lists do not matter, and neither do entries up to `as_of`."""
    entries = pd.DataFrame({"profile_id": ["ann", "bea", "ann"], "list_id": ["VIP", "VIP", "Other"], "joined": ["2026-06-01", LATER, "2026-06-02"]})  # fmt: skip

    with pytest.raises(AnalysisError, match="1 entry of the list 'VIP'"):
        sk.leaving(ON_LIST, shop(lists=entries))
    assert sk.leaving(LATELY, shop(lists=entries)).members == 1
    assert sk.leaving(ON_LIST, shop(lists=entries.assign(joined="2026-06-01"))).members == 2

"""What was agreed to at a moment: the status since its date, and before it the newest consent event."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data import shops

SAMPLE_DATA = Path(__file__).parents[3] / "sample_data"
CLOCK = datetime(2026, 7, 1, tzinfo=UTC)

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock stand at the first of July 2026."""
    monkeypatch.setattr(shops, "now", lambda: CLOCK)


def person(profile_id: str, since: str | None, word: str = "SUBSCRIBED", **known: Any) -> Row:
    """Return a profile with a status of SMS consent."""
    return {"profile_id": profile_id, "sms_consent": word, "sms_consent_timestamp": since, **known}


def said(profile_id: str, moment: str, *, yes: bool) -> Row:
    """Return an event in which consent was given or withdrawn."""
    return {
        "profile_id": profile_id,
        "metric": "Subscribed to SMS Marketing" if yes else "Unsubscribed from SMS Marketing",
        "datetime": moment,
    }


def shop_of(people: list[Row], events: list[Row], as_of: str | None = None) -> sk.Dataset:
    """Return a shop, by default as of its newest event."""
    return sk.Dataset.from_frames(pd.DataFrame(people), pd.DataFrame(events) if events else None, as_of=as_of)


def subscribed(shop: sk.Dataset) -> set[str]:
    """Return who can receive texts."""
    return set(sk.members(sk.sms_subscribers(), shop).index)


@pytest.mark.filterwarnings("ignore:.*consent dated after")
def test_before_its_date_a_status_is_what_the_newest_event_said():
    """Who came, left and came back is in, out and in again, at the very instants; nothing known before is never subscribed."""
    people = [person("ann", "2026-05-01T08:00:00Z"), person("bea", "2026-05-01T08:00:00Z")]
    events = [
        said("ann", "2026-01-01T08:00:00Z", yes=True),
        said("ann", "2026-03-01T08:00:00Z", yes=False),
        said("ann", "2026-05-01T08:00:00Z", yes=True),
    ]
    shop = shop_of(people, events)
    assert subscribed(shop) == {"ann", "bea"}
    there = {
        "2026-01-01T07:59:59Z": set(),
        "2026-01-01T08:00:00Z": {"ann"},
        "2026-02-28T23:59:59Z": {"ann"},
        "2026-03-01T08:00:00Z": set(),
        "2026-05-01T07:59:59Z": set(),
        "2026-05-01T08:00:00Z": {"ann", "bea"},
    }
    assert {moment: subscribed(shop.with_as_of(moment)) for moment in there} == there


def test_an_answer_about_the_past_says_how_many_statuses_are_younger():
    """The warning counts those whose status is younger, and those about whom no event before says anything."""
    shop = shop_of(
        [person("ann", "2026-05-01T08:00:00Z"), person("bea", "2026-05-01T08:00:00Z"), person("cat", None)],
        [said("ann", "2026-01-01T08:00:00Z", yes=True)],
        as_of="2026-02-01",
    )
    with pytest.warns(
        sk.SegkitWarning, match="2 profiles have .* For 1 of them, the consent events .* 1 profile without"
    ):
        assert subscribed(shop) == {"ann", "cat"}
    with pytest.warns(sk.SegkitWarning, match="consent dated after"):
        evidence = str(sk.why(sk.sms_subscribers(), shop, profile_id="ann")["evidence"].iloc[0])
    assert "as of 2026-02-01 it was subscribed, according to the event of 2026-01-01" in evidence


def test_a_date_after_everything_that_is_known_is_none():
    """A status dated ahead of the newest event, where as_of was left out, or of the clock stands as it is: nothing is replayed by it."""
    people = [person("ann", "2027-01-01T00:00:00Z")]
    assert subscribed(shop_of(people, [said("ann", "2026-06-01T00:00:00Z", yes=False)])) == {"ann"}
    assert subscribed(shop_of(people, [], as_of="2026-06-30")) == {"ann"}
    with pytest.warns(sk.SegkitWarning, match="consent dated after"):
        assert subscribed(shop_of([person("ann", "2026-06-30T12:00:00Z")], [], as_of="2026-06-30T11:00:00Z")) == set()


def test_a_profile_that_was_created_later_is_in_no_segment_yet():
    """Not even in the opposite of one, nor in that of everybody."""
    people = [person("ann", None, created="2026-01-01T00:00:00Z"), person("bea", None, created="2026-06-01T00:00:00Z")]
    shop = shop_of(people, [said("ann", "2026-06-30T00:00:00Z", yes=True)])
    past = shop.with_as_of("2026-05-31")
    for condition in (sk.can_receive("sms"), ~sk.is_set("created"), sk.did("Subscribed to SMS Marketing")):
        assert "bea" not in sk.members(sk.Segment("S", condition | ~condition), past).index
    assert set(sk.members(sk.Segment("S", sk.can_receive("sms") | ~sk.can_receive("sms")), shop).index) == {
        "ann",
        "bea",
    }


def test_the_sample_shop_has_the_subscribers_of_each_date():
    """What the status says today and what the events say at each date agree, and long ago nobody was there."""
    shop = sk.load(SAMPLE_DATA)
    with pytest.warns(sk.SegkitWarning, match="consent dated after"):
        counts = {date: len(subscribed(shop.with_as_of(date))) for date in ("2020-01-01", "2025-06-30", "2026-03-31")}
    assert counts == {"2020-01-01": 0, "2025-06-30": 1_842, "2026-03-31": 2_686}
    assert len(subscribed(shop)) == 2_984


@pytest.mark.filterwarnings("ignore:.*consent dated after")
@given(
    st.lists(st.tuples(st.integers(1, 28), st.booleans()), max_size=5),
    st.integers(1, 28),
    st.integers(1, 28),
    st.sampled_from([True, False]),
)
def test_a_changed_future_changes_nothing_about_the_past(
    told: list[tuple[int, bool]],
    moment: int,
    later: int,
    yes: bool,  # noqa: FBT001  # hypothesis hands it in
):
    """Whatever is said after a moment, in events or in the status with its date, who was subscribed at it stays the same."""
    events = [said("ann", f"2026-03-{day:02}T12:00:00Z", yes=word) for day, word in told]
    status = person("ann", "2026-05-01T00:00:00Z")
    then = f"2026-03-{moment:02}T12:00:00Z"
    before = subscribed(shop_of([status], events, as_of=then))
    changed = [
        *(event for event in events if event["datetime"] <= then),
        said("ann", f"2026-04-{later:02}T12:00:00Z", yes=yes),
    ]
    other = person("ann", f"2026-06-{later:02}T00:00:00Z", "UNSUBSCRIBED")
    assert subscribed(shop_of([other], changed, as_of=then)) == before

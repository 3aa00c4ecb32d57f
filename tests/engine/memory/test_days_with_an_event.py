"""Days with an event instead of events: each UTC day counts once, whatever happened on it."""

import pandas as pd
import pytest

import segkit as sk

TIMES = {
    "ann": ["2026-06-01T00:00:00Z", "2026-06-01T23:59:59Z", "2026-06-03T12:00:00Z"],
    "bea": ["2026-06-01T23:59:59Z", "2026-06-02T00:00:00Z", "2026-06-02T01:30:00+02:00", "2026-06-29T00:00:00Z"],
    "cem": [],
}


@pytest.fixture
def shop() -> sk.Dataset:
    """Return three people: one with two orders on one day, one with two within a second on two days, and one without any."""
    rows = [
        (who, "Placed Order", moment, number) for who, moments in TIMES.items() for number, moment in enumerate(moments)
    ]
    events = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "Number"])
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": list(TIMES)}), events, as_of="2026-06-30")


def members_of(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    table = sk.membership(sk.Segment("It", condition), shop)
    return table.index[table["It"]].tolist()


def test_a_day_counts_once_and_a_day_is_utc(shop):
    """Events on one UTC day are one day, those on both sides of a midnight are two; without an event there are 0 days."""
    assert members_of(sk.did_on_days("Placed Order", equals=2), shop) == ["ann"]
    assert members_of(sk.did_on_days("Placed Order", at_least=3), shop) == ["bea"]
    assert members_of(sk.did_on_days("Placed Order", fewer_than=1), shop) == ["cem"]
    assert members_of(sk.did("Placed Order", at_least=3), shop) == ["ann", "bea"]


def test_windows_and_conditions_on_the_event_hold_first(shop):
    """Only days within the window count, and only those with an event that passes the tests."""
    assert members_of(sk.did_on_days("Placed Order", at_least=2, in_last_days=28), shop) == ["bea"]
    assert members_of(sk.did_on_days("Placed Order", at_least=2, where={"Number": {"at_least": 1}}), shop) == [
        "ann",
        "bea",
    ]
    assert members_of(sk.did_on_days("Placed Order", at_least=2, where={"Number": {"at_most": 1}}), shop) == ["bea"]


def test_why_says_the_days_and_how_many_are_missing(shop):
    """The evidence is in days, not in events."""
    row = sk.why(sk.Segment("Loyal", sk.did_on_days("Placed Order", at_least=3)), shop, profile_id="ann").iloc[0]
    assert row["evidence"].startswith("2 days with an event; the newest on 2026-06-03")
    assert row["to_threshold"] == 1


def test_a_slider_over_days_is_pictured_in_days(shop):
    """The distribution of a builder's number of days is that of days with an event."""

    def loyal(*, days: int = 2) -> sk.Segment:
        return sk.Segment("Loyal", sk.did_on_days("Placed Order", at_least=days))

    found = sk.distribution(loyal, shop, parameter="days")
    assert "days with Placed Order" in found.quantity
    assert sk.sweep(loyal, shop, days=[1, 2, 3])["size"].tolist() == [2, 2, 1]


def test_a_number_of_days_is_asked_for():
    """There is no word for any day, since that is what `did` says; numbers are whole."""
    with pytest.raises(sk.DefinitionError, match=r"did_on_days.* needs one or more of: 'equals'"):
        sk.did_on_days("Placed Order", in_last_days=30)
    with pytest.raises(sk.DefinitionError, match="whole number"):
        sk.did_on_days("Placed Order", at_least=1.5)


def test_klaviyo_counts_events_and_is_offered_as_many():
    """Klaviyo has no such measurement, and nearest is the same number of events; one day or none is said exactly."""
    ids = {"metric_ids": {"Placed Order": "a"}}
    for days, events in (({"at_least": 1}, {"at_least": 1}), ({"fewer_than": 1}, {"equals": 0})):
        by_days, by_events = sk.did_on_days("Placed Order", **days), sk.did("Placed Order", **events)
        assert sk.to_klaviyo(sk.Segment("It", by_days), **ids) == sk.to_klaviyo(sk.Segment("It", by_events), **ids)
    with pytest.raises(
        sk.DefinitionError, match=r"Nearest alternative: did Placed Order at least 3 times in the last 365 days"
    ):
        sk.to_klaviyo(
            sk.Segment("Loyal", sk.did_on_days("Placed Order", at_least=3, in_last_days=365)),
            metric_ids={"Placed Order": "a"},
        )

"""Several metrics counted together: their events are one heap, whatever each is called and in however many decimals it is written."""

import pandas as pd
import pytest

import segkit as sk
from segkit.definition.conditions import MetricCondition

EVENTS = [
    ("ann", "Clicked SMS", "2026-06-01T10:00:00Z", None),
    ("ann", "Clicked Email", "2026-06-01T12:00:00Z", None),
    ("ann", "Clicked Text Message", "2026-06-03T10:00:00Z", None),
    ("bea", "Clicked Email", "2026-06-02T10:00:00Z", None),
    ("bea", "Placed Order", "2026-06-02T10:00:00Z", "20.5"),
    ("bea", "Ordered in Shop", "2026-06-04T10:00:00Z", "0.005"),
    ("ann", "Ordered in Shop", "2026-06-04T10:00:00Z", "30"),
]
CLICKED = ["Clicked SMS", "Clicked Email"]
ORDERED = ("Placed Order", "Ordered in Shop")


@pytest.fixture
def shop() -> sk.Dataset:
    """Return three people who clicked and ordered here and there, or not at all."""
    events = pd.DataFrame(EVENTS, columns=["profile_id", "metric", "datetime", "value"])
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea", "cem"]}), events, as_of="2026-06-30")


def members_of(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    table = sk.membership(sk.Segment("It", condition), shop)
    return table.index[table["It"]].tolist()


def test_events_of_all_of_them_are_counted_in_one(shop):
    """Three in all are no three of any; zero times is none of any."""
    assert members_of(sk.did(CLICKED, at_least=3), shop) == ["ann"]
    assert members_of(sk.did(CLICKED, equals=1), shop) == ["bea"]
    assert members_of(sk.did_not(CLICKED), shop) == ["cem"]
    assert members_of(sk.did("Clicked SMS", at_least=3) | sk.did("Clicked Email", at_least=3), shop) == []


def test_a_metric_under_two_of_its_names_counts_once(shop):
    """Names of one metric are one, in a list as alone, and the difference of the two is empty."""
    twice = sk.did(["Clicked SMS", "Clicked Text Message"], equals=2)
    assert members_of(twice, shop) == members_of(sk.did("Clicked SMS", equals=2), shop) == ["ann"]
    assert not sk.diff(sk.Segment("It", twice), sk.Segment("It", sk.did("Clicked SMS", equals=2)))
    assert not sk.diff(sk.Segment("It", sk.did(CLICKED)), sk.Segment("It", sk.did(CLICKED[::-1])))


def test_a_day_with_events_of_two_is_one_day(shop):
    """Days with any of the events count once."""
    assert members_of(sk.did_on_days(CLICKED, equals=2), shop) == ["ann"]


def test_amounts_add_up_exactly_over_metrics(shop):
    """Amounts are added up in the finest decimal of any of the metrics."""
    assert members_of(sk.spent(ORDERED, equals=20.505), shop) == ["bea"]
    assert members_of(sk.spent(ORDERED, more_than=20.505), shop) == ["ann"]


def test_conditions_on_the_event_hold_of_each(shop):
    """A condition holds of the events of every metric, and a funnel, which orders single events, takes one metric a step."""
    assert members_of(sk.did(ORDERED, where={"$value": {"at_most": 20.5}}), shop) == ["bea"]
    with pytest.raises(sk.DefinitionError, match="A step of did_in_order"):
        sk.did_in_order(CLICKED, "Placed Order")


def test_why_says_the_newest_of_any(shop):
    """The newest event is that of whichever metric has it."""
    found = sk.why(sk.Segment("It", sk.did(CLICKED, at_least=4)), shop, profile_id="ann").iloc[0]
    assert (found["evidence"], found["to_threshold"]) == ("3 events; the newest on 2026-06-03, 27 days ago", 1)


def test_a_metric_that_the_data_lacks_is_told(shop):
    """A name that no event has is an error though others have events."""
    with pytest.raises(sk.DataError, match="'Clicked Post'"):
        members_of(sk.did(["Clicked SMS", "Clicked Post"]), shop)


def test_names_are_one_or_more(shop):
    """One name in a list is that name; of none nothing can be counted. YAML has a list under the same key."""
    assert sk.did(["Clicked SMS"]) == sk.did(("Clicked SMS", "Clicked SMS")) == sk.did("Clicked SMS")
    with pytest.raises(sk.DefinitionError, match="The metric of did must be one or more names"):
        sk.did([])
    with pytest.raises(sk.DefinitionError, match="The metric of a condition must be one or more names"):
        MetricCondition((), "count", "at least", 1)
    segment = sk.Segment("It", sk.did(CLICKED, at_least=3))
    assert "did:\n  - Clicked SMS\n  - Clicked Email\nat least: 3\n" in segment.to_yaml()
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment
    for wrong in ("[]", "[Clicked SMS]", "[Clicked SMS, 7]"):
        with pytest.raises(sk.DefinitionError, match="line 3, did"):
            sk.Segment.from_yaml(f"segkit: 1\nname: It\ndid: {wrong}\n")


def test_klaviyo_can_say_once_of_any_and_never_of_all():
    """At least once and zero times are written as a condition for each metric; a count of several is refused."""
    ids = {"metric_ids": {"Clicked SMS": "a", "Clicked Email": "b"}}
    once, apart = sk.did(CLICKED), sk.did("Clicked SMS") | sk.did("Clicked Email")
    assert sk.to_klaviyo(sk.Segment("It", once), **ids) == sk.to_klaviyo(sk.Segment("It", apart), **ids)
    assert sk.to_klaviyo(sk.Segment("It", ~once), **ids) == sk.to_klaviyo(sk.Segment("It", ~apart), **ids)
    with pytest.raises(
        sk.DefinitionError, match="Nearest alternative: a condition for each of the 2 metrics, joined by OR"
    ):
        sk.to_klaviyo(sk.Segment("It", sk.did(CLICKED, at_least=3)), **ids)

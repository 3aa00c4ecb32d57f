"""The newest event is of a kind: it alone decides, in its timeframe, and the order of the data decides ties."""

import pandas as pd
import pytest

import segkit as sk

ORDERS = [
    ("ann", "2026-06-01T10:00:00Z", "kept"),
    ("ann", "2026-06-20T10:00:00Z", "returned"),
    ("bea", "2026-06-20T10:00:00Z", "returned"),
    ("bea", "2026-06-21T10:00:00Z", "kept"),
    ("cem", "2026-06-20T10:00:00Z", "kept"),
    ("cem", "2026-06-20T10:00:00Z", "returned"),
    ("dan", "2026-06-20T10:00:00Z", "returned"),
    ("dan", "2026-06-20T10:00:00Z", "kept"),
    ("eve", "2026-06-20T10:00:00Z", None),
]
RETURNED = {"Status": "returned"}


@pytest.fixture
def shop() -> sk.Dataset:
    """Return six people: two with orders of two moments, two with two orders of one, one without a status, and one without any."""
    events = pd.DataFrame(ORDERS, columns=["profile_id", "datetime", "Status"]).assign(metric="Placed Order")
    people = pd.DataFrame({"profile_id": ["ann", "bea", "cem", "dan", "eve", "fay"]})
    return sk.Dataset.from_frames(people, events, as_of="2026-06-30")


def members_of(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    table = sk.membership(sk.Segment("It", condition), shop)
    return table.index[table["It"]].tolist()


def test_the_newest_event_alone_decides(shop):
    """An earlier event of the kind is not enough; of two at one instant the later in the data is the newest."""
    last = sk.last_event("Placed Order", where=RETURNED)
    assert members_of(last, shop) == ["ann", "cem"]
    assert members_of(~last, shop) == ["bea", "dan", "eve", "fay"]
    assert members_of(sk.did("Placed Order") & ~last, shop) == ["bea", "dan", "eve"]


def test_the_newest_is_looked_for_within_the_timeframe(shop):
    """Before a day, the newest event is the newest of that time; events after the moment don't count."""
    assert members_of(sk.last_event("Placed Order", where={"Status": "kept"}, before="2026-06-10"), shop) == ["ann"]
    assert members_of(sk.last_event("Placed Order", where=RETURNED, in_last_days=9), shop) == []
    then = shop.with_as_of("2026-06-20")
    assert members_of(sk.last_event("Placed Order", where=RETURNED), then) == ["ann", "bea", "cem"]


def test_negative_tests_need_a_value(shop):
    """A newest event without the property passes nothing but that it is not set, as everywhere."""
    assert members_of(sk.last_event("Placed Order", where={"Status": {"not_equals": "returned"}}), shop) == [
        "bea",
        "dan",
    ]
    assert members_of(sk.last_event("Placed Order", where={"Status": {"is_set": False}}), shop) == ["eve"]


def test_why_says_when_the_newest_was(shop):
    """The evidence is the newest event in the timeframe, or that there is none."""
    segment = sk.Segment("It", sk.last_event("Placed Order", where=RETURNED))
    assert sk.why(segment, shop, profile_id="bea")["evidence"].iloc[0] == "the newest on 2026-06-21, 9 days ago"
    assert sk.why(segment, shop, profile_id="fay")["evidence"].iloc[0] == "no event in the timeframe"


def test_old_and_new_names_of_a_metric_are_one(shop):
    """Two spellings of one metric say the same."""
    one, other = (sk.last_event(name, where={"Source": "web"}) for name in ("Clicked SMS", "Clicked Text Message"))
    assert not sk.diff(sk.Segment("It", one), sk.Segment("It", other))


def test_something_must_be_asked_of_the_event():
    """Without conditions it would be that there is an event, which `did` says."""
    for where in ({}, None, "returned"):
        with pytest.raises(sk.DefinitionError, match=r"^where of last_event must be a mapping"):
            sk.last_event("Placed Order", where=where)
    for where in ("", "where: []\n"):
        with pytest.raises(sk.DefinitionError, match=r"last event needs the key 'where'"):
            sk.Segment.from_yaml(f"segkit: 1\nname: It\nlast event: Placed Order\n{where}")


def test_klaviyo_knows_no_newest_and_is_offered_any():
    """Klaviyo can ask for any event of the kind, or for none, and both refusals say so."""
    last = sk.last_event("Placed Order", where=RETURNED, in_last_days=90)
    ids = {"metric_ids": {"Placed Order": "a"}}
    with pytest.raises(
        sk.DefinitionError, match="Nearest alternative: did Placed Order at least once in the last 90 days, where"
    ):
        sk.to_klaviyo(sk.Segment("It", last), **ids)
    with pytest.raises(sk.DefinitionError, match="Nearest alternative: had no Placed Order in the last 90 days, where"):
        sk.to_klaviyo(sk.Segment("It", ~last), **ids)

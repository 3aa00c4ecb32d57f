"""The other folders of sample data hold what their notes say: CDNOW unchanged, and Klaviyo's shapes with nobody real in them."""

import csv
import gzip
import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
GIVEN = ("Consented to Receive SMS", "Subscribed to SMS Marketing")
WITHDRAWN = ("Unsubscribed from SMS", "Unsubscribed from SMS Marketing")


def pages(pattern):
    """Read JSON pages in order."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLE_DATA.glob(pattern))]


def consents(folder):
    """Replay the consent events of a folder: the newest word and instant of each profile."""
    newest = {}
    for page in pages(f"{folder}/events-*.json"):
        names = {item["id"]: item["attributes"]["name"] for item in page["included"] if item["type"] == "metric"}
        for event in page["data"]:
            name = names[event["relationships"]["metric"]["data"]["id"]]
            if name in GIVEN + WITHDRAWN:
                word = "SUBSCRIBED" if name in GIVEN else "UNSUBSCRIBED"
                newest[event["relationships"]["profile"]["data"]["id"]] = word, event["attributes"]["datetime"]
    return newest


def test_cdnow_is_whole_and_in_its_order():
    """All 69,659 purchases of 23,570 people are there to the cent, repeated and zero-dollar rows included."""
    text = gzip.decompress((SAMPLE_DATA / "cdnow" / "events.csv.gz").read_bytes()).decode("ascii")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 69_659
    assert sum(Decimal(row["value"]) for row in rows) == Decimal("2500315.63")
    assert sorted({row["profile_id"] for row in rows}) == [f"{number:05d}" for number in range(1, 23_571)]
    assert [row["profile_id"] for row in rows] == sorted(row["profile_id"] for row in rows)
    assert len(rows) - len({tuple(row.values()) for row in rows}) == 255
    assert sum(Decimal(row["value"]) == 0 for row in rows) == 80
    assert (min(row["datetime"] for row in rows), max(row["datetime"] for row in rows)) == ("1997-01-01", "1998-06-30")
    assert {row["metric"] for row in rows} == {"Placed Order"}


def test_cdnow_carries_its_licence():
    """The licence of the package that it was taken from stands beside it, with the copyright line."""
    assert "Copyright (c) 2015, Cameron Davidson-Pilon" in (SAMPLE_DATA / "cdnow" / "LICENSE.lifetimes").read_text()


@pytest.mark.parametrize("name", ["klaviyo_export/events", "klaviyo_pages/events", "klaviyo_pages/profiles"])
def test_pages_follow_one_another(name):
    """Each page links to the next by a Klaviyo address, and the last one to none."""
    found = pages(f"{name}-*.json")
    links = [page["links"] for page in found]
    assert [link["next"] for link in links] == [*(link["self"] for link in links[1:]), None]
    assert all(link["self"].startswith("https://a.klaviyo.com/api/") for link in links)


@pytest.mark.parametrize("folder", ["klaviyo_export", "klaviyo_pages"])
def test_every_event_names_a_metric_and_a_profile_of_its_page(folder):
    """What an event relates to is included on the same page, and events run from old to new with ids used once."""
    found = pages(f"{folder}/events-*.json")
    for page in found:
        included = {(item["type"], item["id"]) for item in page["included"]}
        related = [tuple(part["data"].values()) for event in page["data"] for part in event["relationships"].values()]
        assert set(related) == included
    events = [event for page in found for event in page["data"]]
    assert max(Counter(event["id"] for event in events).values()) == 1
    assert [event["attributes"]["timestamp"] for event in events] == sorted(
        event["attributes"]["timestamp"] for event in events
    )


def test_the_export_agrees_with_its_events():
    """The member export starts with a byte-order mark, and consent in it is that of the newest consent event."""
    raw = (SAMPLE_DATA / "klaviyo_export" / "profiles.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfEmail,Klaviyo ID,")
    rows = {row["Klaviyo ID"]: row for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}
    assert len(rows) == 40
    newest = consents("klaviyo_export")
    for profile_id, row in rows.items():
        word, instant = newest.get(profile_id, ("NEVER_SUBSCRIBED", ""))
        assert row["SMS Marketing Consent"] == word
        assert row["SMS Marketing Consent Timestamp"].replace(" ", "T") == instant


def test_the_pages_agree_with_their_events():
    """Subscriptions on the profile pages are those of the newest consent event, and some coordinates are text."""
    profiles = [profile for page in pages("klaviyo_pages/profiles-*.json") for profile in page["data"]]
    assert len(profiles) == 24
    newest = consents("klaviyo_pages")
    for profile in profiles:
        marketing = profile["attributes"]["subscriptions"]["sms"]["marketing"]
        assert (marketing["consent"], marketing["consent_timestamp"]) == newest.get(
            profile["id"], ("NEVER_SUBSCRIBED", None)
        )
        assert marketing["can_receive_sms_marketing"] == (marketing["consent"] == "SUBSCRIBED")
    assert {type(profile["attributes"]["location"]["latitude"]) for profile in profiles} == {str, float, type(None)}

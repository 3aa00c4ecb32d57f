"""Pages of older revisions, and tables that a connector made of resources, say what pages of today say."""

import copy
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import segkit as sk
from segkit.errors import DataError

GIVEN = "2026-01-02T00:00:00+00:00"


def person(name, *, updated="2026-06-01T00:00:00+00:00", sms="SUBSCRIBED", reason=None, **properties):
    """Return a resource of Get Profiles."""
    suppression = [] if reason is None else [{"reason": reason, "timestamp": GIVEN}]
    return {
        "type": "profile",
        "id": name,
        "attributes": {
            "email": f"{name}@example.com",
            "phone_number": "+14155550132",
            "updated": updated,
            "location": {"city": "Boston", "zip": "02110", "country": "United States"},
            "properties": properties,
            "subscriptions": {
                "sms": {"marketing": {"consent": sms, "consent_timestamp": GIVEN}},
                "email": {
                    "marketing": {"consent": "SUBSCRIBED", "consent_timestamp": GIVEN, "suppression": suppression}
                },
            },
        },
        "relationships": {"lists": {"links": {"self": "https://example.com"}}},
        "links": {"self": "https://example.com"},
    }


def order(name, who, value, metric="Placed Order"):
    """Return a resource of Get Events that names its metric, as Airbyte's detailed events do."""
    return {
        "type": "event",
        "id": name,
        "attributes": {
            "timestamp": 1_780_308_000,
            "datetime": "2026-06-01 10:00:00+00:00",
            "event_properties": {"$value": value, "Items": ["Hat"]},
        },
        "relationships": {
            "profile": {"data": {"type": "profile", "id": who}},
            "metric": {"data": {"type": "metric", "id": f"M-{metric}", "name": metric}},
        },
    }


PEOPLE = [person("ann", Age=40), person("bea", reason="HARD_BOUNCE", sms="UNSUBSCRIBED")]
ORDERS = [order("E1", "ann", 5), order("E2", "ann", 7.5), order("E3", "bea", 1)]


def written(folder, people, orders=()):
    """Write resources as pages into a folder, and return it."""
    folder.mkdir(exist_ok=True)
    (folder / "profiles.json").write_text(json.dumps({"data": people}))
    if orders:
        metrics = {
            one["relationships"]["metric"]["data"]["id"]: one["relationships"]["metric"]["data"]["name"]
            for one in orders
        }
        included = [{"type": "metric", "id": key, "attributes": {"name": name}} for key, name in metrics.items()]
        (folder / "events.json").write_text(json.dumps({"data": orders, "included": included}))
    return folder


def older(one):
    """Return a profile as revisions before that of 2024 had it."""
    found = copy.deepcopy(one)
    email = found["attributes"]["subscriptions"]["email"]["marketing"]
    email["suppressions"] = email.pop("suppression")
    for channel in found["attributes"]["subscriptions"].values():
        channel["marketing"]["timestamp"] = channel["marketing"].pop("consent_timestamp")
    return found


def test_pages_of_an_older_revision_lose_nothing(tmp_path):
    """Suppressions and the dates of consent had other names, and mean the same."""
    today = sk.load(written(tmp_path / "today", PEOPLE, ORDERS))
    before = sk.load(written(tmp_path / "before", [older(one) for one in PEOPLE], ORDERS))
    shown = [
        "email_suppressed",
        "email_bounced_timestamp",
        "sms_consent",
        "sms_consent_timestamp",
        "email_consent_timestamp",
    ]
    pd.testing.assert_frame_equal(before.profiles[shown], today.profiles[shown])
    assert before.profiles["email_suppressed"].tolist() == [False, True]


def test_of_two_names_the_present_one_counts(tmp_path):
    """Connectors hand out both; the older is heeded only where the other says nothing."""
    one = person("ann")
    sms = one["attributes"]["subscriptions"]["sms"]["marketing"]
    sms["timestamp"] = "2020-01-01T00:00:00+00:00"
    other = person("bea")
    other["attributes"]["subscriptions"]["sms"]["marketing"] |= {"consent_timestamp": None, "timestamp": GIVEN}
    shop = sk.load(written(tmp_path, [one, other]))
    assert shop.profiles["sms_consent_timestamp"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-02", "2026-01-02"]


def as_table(resources, store, **columns):
    """Return resources as a connector's table: objects as Python's own or as text."""
    rows = [{name: one[name] for name in ("id", "type", "attributes", "relationships")} for one in resources]
    if store == "objects":
        return pd.DataFrame(rows).assign(**columns)
    texts = [{name: json.dumps(cell) if isinstance(cell, dict) else cell for name, cell in row.items()} for row in rows]
    return pd.DataFrame(texts).assign(**columns)


@pytest.mark.parametrize("store", ["objects", "text", "csv", "parquet"])
def test_a_table_of_resources_is_read_like_pages(store, tmp_path):
    """Consent, suppression, place, own properties and amounts come out as they do of pages."""
    expected = sk.load(written(tmp_path / "pages", PEOPLE, ORDERS))
    extracted = {"_airbyte_raw_id": "r", "_airbyte_extracted_at": "2026-06-02T00:00:00Z"}
    if store in ("objects", "text"):
        people, orders = as_table(PEOPLE, store, **extracted), as_table(ORDERS, store, **extracted)
        shop = sk.Dataset.from_frames(people, orders)
    else:
        folder = tmp_path / "tables"
        folder.mkdir()
        for name, resources in (("profiles", PEOPLE), ("events", ORDERS)):
            if store == "csv":
                as_table(resources, "text", **extracted).to_csv(folder / f"{name}.csv", index=False)
            else:
                kept = [{key: one[key] for key in ("id", "type", "attributes", "relationships")} for one in resources]
                pq.write_table(pa.Table.from_pylist(kept), folder / f"{name}.parquet")
        shop = sk.load(folder)

    shown = ["email", "phone_number", "city", "zip", "sms_consent", "email_suppressed", "email_bounced_timestamp"]
    pd.testing.assert_frame_equal(shop.profiles[shown], expected.profiles[shown])
    rich = sk.Segment(
        "rich",
        sk.spent("Placed Order", at_least=12.5, where={"Items": {"contains_item": "Hat"}}) & sk.has("Age", equals=40),
    )
    assert sk.members(rich, shop).index.tolist() == ["ann"]
    assert shop.as_of == expected.as_of


def test_the_newest_row_of_an_appending_connector_wins():
    """By `updated`, and of rows that were updated at one moment by when they were read, whatever their order."""
    versions = [
        person("ann", updated="2026-06-03T00:00:00+00:00", sms="UNSUBSCRIBED"), person("ann", sms="SUBSCRIBED"),
        person("bea", sms="UNSUBSCRIBED"), person("bea", sms="SUBSCRIBED"),
    ]  # fmt: skip
    read = [f"2026-06-0{day}T00:00:00Z" for day in (4, 5, 7, 6)]
    shop = sk.Dataset.from_frames(as_table(versions, "text", _airbyte_extracted_at=read), as_of="2026-06-30")
    assert shop.profiles["sms_consent"].to_dict() == {"ann": "unsubscribed", "bea": "unsubscribed"}
    assert shop.report.query("column == 'profile_id'")["count"].tolist() == [2]


def test_doubled_events_of_a_connector_count_once():
    """Append mode reads an event again; the row that was read last counts."""
    rows = [order("E1", "ann", 300), order("E1", "ann", 100), order("E2", "ann", 1)]
    read = ["2026-06-03T00:00:00Z", "2026-06-02T00:00:00Z", "2026-06-02T00:00:00Z"]
    shop = sk.Dataset.from_frames(None, as_table(rows, "text", _airbyte_extracted_at=read), as_of="2026-06-30")
    assert sorted(shop.events.metric("Placed Order").units.tolist()) == [1, 300]


def test_deleted_resources_stay_out():
    """A mark beside the attributes counts as in any other table."""
    table = as_table(PEOPLE, "text", _ab_cdc_deleted_at=[None, "2026-06-01T00:00:00Z"])
    assert sk.Dataset.from_frames(table, as_of="2026-06-30").profile_ids.tolist() == ["ann"]


def test_metrics_without_names_are_refused_with_the_line_that_names_them():
    """An id says nothing to a condition; the names stand in another table of the connector's, and a column of them will do."""
    rows = copy.deepcopy(ORDERS)
    for one in rows:
        del one["relationships"]["metric"]["data"]["name"]
    table = as_table(rows, "objects")
    with pytest.raises(
        DataError, match=r"the metrics have ids \('M-Placed Order'\) but no names.*events\[\"metric\"\] = "
    ):
        sk.Dataset.from_frames(None, table, as_of="2026-06-30")
    names = {"M-Placed Order": "Placed Order"}
    table["metric"] = [names[one["metric"]["data"]["id"]] for one in table["relationships"]]
    assert len(sk.Dataset.from_frames(None, table, as_of="2026-06-30").events.metric("Placed Order")) == 3


def test_parts_of_a_resource_may_be_columns():
    """Subscriptions and properties beside plain columns, as other connectors keep them, are read as well."""
    rows = [{"id": one["id"], **one["attributes"]} for one in PEOPLE]
    shop = sk.Dataset.from_frames(pd.DataFrame(rows), as_of="2026-06-30")
    assert shop.profiles["sms_consent"].tolist() == ["subscribed", "unsubscribed"]
    assert shop.profiles["city"].tolist() == ["Boston", "Boston"]
    events = pd.DataFrame({
        "id": ["E1", "E2"], "profile_id": ["ann", "bea"], "metric": "Placed Order", "datetime": "2026-06-01T00:00:00Z",
        "event_properties": ['{"$value": 5}', '{"$value": 7}'],
    })  # fmt: skip
    assert sk.Dataset.from_frames(None, events).events.metric("Placed Order").units.tolist() == [5, 7]


def test_a_property_called_attributes_stays_one():
    """Text in a column of that name is a custom property like any other."""
    people = pd.DataFrame({"id": ["ann"], "attributes": "tall, kind", "sms_consent": "SUBSCRIBED"})
    assert sk.Dataset.from_frames(people, as_of="2026-06-30").profiles["attributes"].tolist() == ["tall, kind"]


def test_pages_of_the_retired_api_are_read(tmp_path):
    """Of v1, people with names such as $email and events that hold their person; of v2, the members of a list."""
    people = [
        {
            "object": "person",
            "id": "ann",
            "$email": "ann@example.com",
            "email": "ann@example.com",
            "$city": "Boston",
            "city": "Rome",
            "Age": 40,
        }
    ]
    happened = {
        "object": "event", "id": "E1", "uuid": "u", "event_name": "Placed Order", "statistic_id": "M1", "timestamp": 1_780_308_000,
        "event_properties": {"$value": 5, "Items": ["Hat"]}, "person": {"object": "person", "id": "ann"},
    }  # fmt: skip
    (tmp_path / "profiles.json").write_text(json.dumps({"object": "$list", "data": people}))
    (tmp_path / "events.json").write_text(json.dumps({"object": "$list", "data": [happened], "next": None}))
    shop = sk.load(tmp_path)
    first = shop.profiles.iloc[0]
    assert (first["email"], first["city"], first["properties['city']"], first["Age"]) == (
        "ann@example.com",
        "Boston",
        "Rome",
        40,
    )
    assert shop.events.metric("Placed Order").units.tolist() == [5]
    (tmp_path / "profiles.json").write_text(
        json.dumps({"records": [{"id": "ann", "email": "ann@example.com"}], "marker": 1})
    )
    assert sk.load(tmp_path).profiles["email"].tolist() == ["ann@example.com"]

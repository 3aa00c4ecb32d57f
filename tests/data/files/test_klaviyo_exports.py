"""Klaviyo's exports lose nothing on the way in: every header, cell, attribute and event property is there afterwards."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.klaviyo_pages import events_table, profiles_table
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.vocabulary import PROFILE_COLUMNS

AS_OF = "2026-06-30"

KNOWN = {
    "Email": "email", "First Name": "first_name", "Last Name": "last_name", "Organization": "organization", "Title": "title",
    "Phone Number": "phone_number", "Phone number": "phone_number", "Address": "address1", "Address 1": "address1",
    "Address 2": "address2", "City": "city", "State / Region": "region", "Region": "region", "Country": "country",
    "Zip Code": "zip", "Zip": "zip", "Latitude": "latitude", "Longitude": "longitude", "IP Address": "ip",
    "Email Marketing Consent": "email_consent", "Email Marketing Consent Timestamp": "email_consent_timestamp",
    "SMS Marketing Consent": "sms_consent", "SMS Marketing Consent Timestamp": "sms_consent_timestamp",
    "SMS Consent Timestamp": "sms_consent_timestamp", "Email Suppressions": "email_suppressed",
    "Email Suppressions Timestamp": "email_suppressed_timestamp", "Profile Created On": "created", "$timezone": "timezone",
    "Historic Customer Lifetime Value": "historic_clv", "Predicted Customer Lifetime Value": "predicted_clv",
    "Total Customer Lifetime Value": "total_clv", "Historic Number Of Orders": "historic_number_of_orders",
    "Predicted Number Of Orders": "predicted_number_of_orders", "Predicted Number of Orders": "predicted_number_of_orders",
    "Churn Risk Prediction": "churn_probability", "Average Days Between Orders": "average_days_between_orders",
    "Average Order Value": "average_order_value", "Expected Date Of Next Order": "expected_date_of_next_order",
}  # fmt: skip
"""Headers that real exports have, each with the column of the API that it is."""

CUSTOM = [
    "Source", "Consent", "First Active", "Last Active", "Date Added", "Last Open", "Last Click", "UTM Medium", "Initial Source UTM",
    "Last Source Referrer", "$consent_method", "$phone_number_region", "$source", "Shoe Size", "Shopify Tags", "Größe", "Name, full",
]  # fmt: skip
"""Headers that are properties under their own names."""

CELLS = {
    "text": "x",
    "number": "12.5",
    "instant": "2026-06-01 12:00:00+00:00",
    "truth": "true",
    "consent": "UNSUBSCRIBED",
}


def load_csv(rows: list[dict[str, str]]) -> sk.Dataset:
    """Load rows as a member export: with a byte-order mark and Windows line ends, as the product writes them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.csv"
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
        return sk.load(profiles=path, as_of=AS_OF)


def cells(shop: sk.Dataset, name: str) -> list[Any]:
    """Return a property of all profiles, None where it is unset."""
    column = shop.profiles[name].astype(object)
    return column.where(column.notna(), None).tolist()


@pytest.mark.parametrize("header", KNOWN)
@pytest.mark.parametrize(
    "change", [str, str.upper, str.lower, lambda header: f" {header} "], ids=["as it is", "upper", "lower", "blanks"]
)
def test_a_header_of_an_export_is_its_column(header: str, change: Any):
    """Whatever its capitals and the blanks around it, it lands under the API's name, with what is in it."""
    name = KNOWN[header]
    cell = CELLS[PROFILE_COLUMNS[name]] if name != "phone_number" else "+16175550123"
    shop = load_csv([{"Klaviyo ID": "01A", change(header): cell}])
    [found] = cells(shop, name)

    assert shop.property_names == [name]
    assert pd.Timestamp(cell) == found if PROFILE_COLUMNS[name] == "instant" else str(found).lower() == cell.lower()


@pytest.mark.parametrize("header", CUSTOM)
def test_any_other_header_is_a_property_of_its_own(header: str):
    """It keeps its name to the letter."""
    shop = load_csv([{"Klaviyo ID": "01A", header: "x"}])

    assert {name: cells(shop, name) for name in shop.property_names} == {header: ["x"]}


def test_all_headers_may_stand_in_one_export_in_any_order():
    """An export with every field ticked loads whole, and its order doesn't matter."""
    distinct = {name: header for header, name in KNOWN.items()}
    row = {header: CELLS[PROFILE_COLUMNS[name]] for name, header in distinct.items()} | {
        "Phone Number": "",
        "Phone number": "+16175550123",
    }
    row = (
        {header: cell for header, cell in row.items() if header != "Phone Number"}
        | dict.fromkeys(CUSTOM, "x")
        | {"Klaviyo ID": "01A"}
    )
    for one in (row, dict(reversed(row.items()))):
        shop = load_csv([one])
        assert set(shop.property_names) == {*distinct, *CUSTOM}
        assert not shop.profiles.isna().to_numpy().any()


TEXTS = st.one_of(
    st.sampled_from(["007", "Null", "NA", "nan", "None", "", "true", "1e5", "-", '"', 'the "big" one', "a,b", "two\nlines", "two\r\nlines", "Zoë", "東京", "=1+1", " ", "2026-06-30"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=8),
)  # fmt: skip
EXPORTED = ["First Name", "Last Name", "City", "Organization", "Zip Code", "Note", "Größe", "$source"]


@given(st.lists(st.lists(TEXTS, min_size=len(EXPORTED), max_size=len(EXPORTED)), min_size=1, max_size=4))
@example([["\r"] * len(EXPORTED)])
@example([["Null", "NA", "007", "", '"', ",", "\n", "é"]])
def test_every_cell_of_an_export_comes_back(rows: list[list[str]]):
    """Names, ids and notes are the text that was written, and only an empty cell is unset."""
    exported = [{"Klaviyo ID": f"0{number}"} | dict(zip(EXPORTED, row, strict=True)) for number, row in enumerate(rows)]
    shop = load_csv(exported)

    assert shop.profile_ids.tolist() == [row["Klaviyo ID"] for row in exported]
    for header in EXPORTED:
        assert cells(shop, KNOWN.get(header, header)) == [row[header] or None for row in exported]


CLASHES = {
    "the API's name": ({"City": "Oslo", "city": "custom"}, {"city": "Oslo", "properties['city']": "custom"}),
    "the API's name first": ({"city": "custom", "City": "Oslo"}, {"city": "Oslo", "properties['city']": "custom"}),
    "an older spelling": ({"Zip": "custom", "Zip Code": "0150"}, {"zip": "0150", "Zip": "custom"}),
    "other capitals": ({"Email": "ann@example.com", "EMAIL": "custom"}, {"email": "ann@example.com", "EMAIL": "custom"}),
    "another consent": (
        {"SMS Consent": "subscribed", "SMS Marketing Consent": "UNSUBSCRIBED"},
        {"sms_consent": "unsubscribed", "SMS Consent": "subscribed"},
    ),
    "three of a kind": (
        {"phone_number": "a", "Phone": "b", "Phone Number": "+16175550123"},
        {"phone_number": "+16175550123", "properties['phone_number']": "a", "Phone": "b"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASHES)
def test_a_custom_property_never_takes_the_place_of_klaviyos_own(name: str):
    """In a member export Klaviyo's own header wins; the property is kept beside it, and the report says so."""
    row, expected = CLASHES[name]
    shop = load_csv([{"Klaviyo ID": "01A"} | row])

    assert {one: cells(shop, one)[0] for one in shop.property_names} == expected
    assert shop.report["issue"].str.contains("has the same meaning").sum() == len(row) - 1


def test_a_custom_property_never_takes_the_place_of_the_id():
    """Other headers of an id beside the Klaviyo ID are properties."""
    shop = load_csv([{"$id": "x", "Klaviyo ID": "01A", "Profile ID": "y"}])

    assert shop.profile_ids.tolist() == ["01A"]
    assert (cells(shop, "$id"), cells(shop, "Profile ID")) == (["x"], ["y"])


def test_why_an_email_is_suppressed_is_kept():
    """The reason that an export writes stays beside the yes or no, and its time is that of the reason."""
    reasons = ["HARD_BOUNCE", "UNSUBSCRIBE", "USER_SUPPRESSED", ""]
    when = "2026-03-08 15:29:58+00:00"
    shop = load_csv(
        [
            {
                "Klaviyo ID": f"0{number}",
                "Email Suppressions": reason,
                "Email Suppressions Timestamp": when if reason else "",
            }
            for number, reason in enumerate(reasons)
        ]
    )

    assert cells(shop, "email_suppressed") == [True, True, True, None]
    assert cells(shop, "email_suppression") == ["HARD_BOUNCE", "UNSUBSCRIBE", "USER_SUPPRESSED", None]
    assert cells(shop, "email_bounced_timestamp") == [pd.Timestamp(when), None, None, None]
    assert cells(shop, "email_user_suppressed_timestamp") == [None, None, pd.Timestamp(when), None]


def test_what_cannot_be_kept_is_reported():
    """A consent word that nobody knows, an amount that is none: whatever is taken as another thing stands in the report."""
    shop = load_csv([{"Klaviyo ID": "01A", "SMS Marketing Consent": "PENDING", "Total Customer Lifetime Value": "n/a"}])

    assert set(shop.report["column"]) == {"sms_consent", "total_clv"}


MOMENT = "2026-06-01T12:00:00+00:00"
PROFILE = {
    "type": "profile",
    "id": "01A",
    "attributes": {
        "email": "ann@example.com", "phone_number": "+16175550123", "external_id": "shop-7", "first_name": "Ann", "last_name": "Lee",
        "organization": "Lee & Co", "locale": "en-US", "title": "Dr", "image": "https://example.com/ann.png",
        "created": "2026-01-01T00:00:00+00:00", "updated": "2026-01-02T00:00:00+00:00", "last_event_date": "2026-01-03T00:00:00+00:00",
        "joined_group_at": "2026-01-04T00:00:00+00:00",
        "location": {
            "address1": "1 Main St", "address2": "Apt 2", "city": "Boston", "country": "United States", "latitude": "42.36",
            "longitude": -71.06, "region": "MA", "zip": "02110", "timezone": "America/New_York", "ip": "203.0.113.7",
        },
        "properties": {
            "Age": 18, "Vip": True, "Interests": ["sale", 7], "Nested": {"deep": [{"er": "down"}]}, "$consent_method": "Form",
            "city": "Paris", "email": "old@example.com", "profile_id": "mine", "Region": "North", "Nothing": None, "": "nameless",
        },
        "subscriptions": {
            "email": {
                "marketing": {
                    "can_receive_email_marketing": False, "consent": "SUBSCRIBED", "consent_timestamp": "2026-02-01T00:00:00+00:00",
                    "last_updated": "2026-02-02T00:00:00+00:00", "method": "PREFERENCE_PAGE", "method_detail": "page-9",
                    "custom_method_detail": "by hand", "double_optin": True,
                    "suppression": [
                        {"reason": "HARD_BOUNCE", "timestamp": "2026-02-03T00:00:00+00:00"},
                        {"reason": "HARD_BOUNCE", "timestamp": "2026-02-05T00:00:00+02:00"},
                        {"reason": "SPAM_COMPLAINT", "timestamp": "2026-02-06T00:00:00+00:00"},
                    ],
                    "list_suppressions": [{"list_id": "L1", "reason": "UNSUBSCRIBE", "timestamp": "2026-02-07T00:00:00+00:00"}],
                },
                "open_tracking": {"consent": "OPEN"},
            },
            "sms": {
                "marketing": {
                    "can_receive_sms_marketing": True, "consent": "SUBSCRIBED", "consent_timestamp": "2026-03-01T00:00:00+00:00",
                    "method": "FORM", "method_detail": "form-5", "last_updated": "2026-03-02T00:00:00+00:00",
                },
                "transactional": {
                    "can_receive_sms_transactional": True, "consent": "UNSUBSCRIBED", "consent_timestamp": "2026-03-03T00:00:00+00:00",
                    "method": "CHECKOUT", "method_detail": "till", "last_updated": "2026-03-04T00:00:00+00:00",
                },
            },
            "mobile_push": {"marketing": {"can_receive_push_marketing": False, "consent": "NEVER_SUBSCRIBED", "consent_timestamp": None}},
            "whatsapp": {"conversational": {"can_receive": True, "consent": "TALKING", "metadata": {"by": "chat"}, "phone_number": "+16175550124"}},
        },
        "predictive_analytics": {
            "historic_clv": 93.87, "predicted_clv": 27.24, "total_clv": 121.11, "historic_number_of_orders": 2,
            "predicted_number_of_orders": 0.54, "average_days_between_orders": 189, "average_order_value": 46.94,
            "churn_probability": 0.89, "expected_date_of_next_order": "2026-11-08T00:00:00+00:00",
            "ranked_channel_affinity": ["sms", "email"],
        },
    },
}  # fmt: skip
"""A profile in which everything that Get Profiles can say is said."""


def leaves(value: Any) -> Iterator[Any]:
    """Return every plain value within lists and objects; times as instants, and texts in lower case, as consent is kept."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, np.ndarray)):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str) and value[10:11] == "T":
        yield pd.Timestamp(value)
    elif not pd.isna(value):
        yield value.lower() if isinstance(value, str) else value


def load_page(folder: Path, **tables: Any) -> sk.Dataset:
    """Load one page of each table."""
    for name, page in tables.items():
        (folder / f"{name}.json").write_text(json.dumps(page), encoding="utf-8")
    return sk.load(folder, as_of=AS_OF)


def test_every_attribute_of_get_profiles_is_kept(tmp_path: Path):
    """Each plain value of the page, however deep, is in the profile's row."""
    shop = load_page(tmp_path, profiles={"data": [PROFILE]})
    kept = [*leaves(shop.profiles.iloc[0].tolist()), 42.36]

    assert shop.profile_ids.tolist() == ["01A"]
    assert [value for value in leaves(PROFILE["attributes"]) if value not in (*kept, "42.36")] == []


def test_attributes_go_by_names_that_can_be_told(tmp_path: Path):
    """Subscriptions are named by channel and kind, and custom properties beside an attribute of their name stay apart."""
    row = load_page(tmp_path, profiles={"data": [PROFILE]}).profiles.iloc[0]
    expected = {
        "locale": "en-US", "image": "https://example.com/ann.png", "external_id": "shop-7", "ip": "203.0.113.7", "latitude": 42.36,
        "sms_consent": "subscribed", "sms_consent_method_detail": "form-5", "sms_transactional_consent": "UNSUBSCRIBED",
        "sms_transactional_method": "CHECKOUT", "can_receive_sms_transactional": True, "can_receive_email_marketing": False,
        "email_double_opt_in": True, "email_suppressed": True, "email_consent_custom_method_detail": "by hand",
        "mobile_push_marketing_consent": "NEVER_SUBSCRIBED", "whatsapp_conversational_can_receive": True,
        "email_open_tracking_consent": "OPEN", "email_bounced_timestamp": pd.Timestamp("2026-02-04T22:00:00Z"),
        "joined_group_at": "2026-01-04T00:00:00+00:00", "sms_consent_last_updated": "2026-03-02T00:00:00+00:00",
        "city": "Boston", "properties['city']": "Paris", "properties['email']": "old@example.com", "Region": "North", "region": "MA",
        "ranked_channel_affinity": ["sms", "email"], "Nested": {"deep": [{"er": "down"}]},
    }  # fmt: skip

    assert {name: row[name] for name in expected} == expected
    assert row["email_suppression"] == PROFILE["attributes"]["subscriptions"]["email"]["marketing"]["suppression"]


def test_a_custom_property_is_no_consent():
    """On pages without subscriptions a property called SMS Consent says nothing of who may be texted."""
    page = {
        "data": [
            {
                "type": "profile",
                "id": "01A",
                "attributes": {"email": "a@example.com", "properties": {"SMS Consent": "subscribed"}},
            }
        ]
    }
    shop = sk.Dataset.from_tables({"profiles": profiles_table([page])}, LoadOptions.of(as_of=AS_OF), Issues())

    assert "sms_consent" not in shop.property_names
    assert cells(shop, "properties['SMS Consent']") == ["subscribed"]
    with pytest.warns(sk.SegkitWarning, match="no sms_consent"):
        assert sk.members(sk.Segment("Reachable", sk.can_receive("sms")), shop).empty


NAMES = st.sampled_from(
    [
        "city",
        "email",
        "id",
        "Title",
        "consent",
        "sms_consent",
        "Note",
        "$id",
        "created",
        "profile_id",
        "Phone",
        "email_suppression",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(NAMES | st.text(max_size=4), VALUES, max_size=4), min_size=1, max_size=3))
def test_no_custom_property_is_lost(properties: list[dict[str, Any]]):
    """Whatever a property is called and holds, it is there under its name, or that name as Klaviyo tells it apart; "" is not set."""
    own = {"email": "ann@example.com", "location": {"city": "Oslo"}}
    page = {
        "data": [
            {"type": "profile", "id": str(number), "attributes": {**own, "properties": one}}
            for number, one in enumerate(properties)
        ]
    }
    shop = sk.Dataset.from_tables({"profiles": profiles_table([page])}, LoadOptions.of(as_of=AS_OF), Issues())

    for number, one in enumerate(properties):
        for name, value in one.items():
            apart = f"properties[{name!r}]"
            column = shop.cells(apart if apart in shop.property_names else name).values
            found = column[number] if isinstance(column, list) else column[number].as_py()
            assert found == (None if value == "" else value)
    assert (set(cells(shop, "email")), set(cells(shop, "city"))) == ({"ann@example.com"}, {"Oslo"})


METRIC = {"type": "metric", "id": "M1", "attributes": {"name": "Placed Order"}}


def event(attributes: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Return a resource of Get Events."""
    related = {
        "profile": {"data": {"type": "profile", "id": "01A"}},
        "metric": {"data": {"type": "metric", "id": "M1"}},
    }
    plain = {"timestamp": 1_780_315_200, "datetime": MOMENT, "uuid": "u-1"}
    return {
        "type": "event",
        "id": "E1",
        "attributes": {**plain, **attributes, "event_properties": properties},
        "relationships": related,
    }


EXTRA = {"line_items": [{"sku": "007", "price": 5.5}], "webhook": {"id": 7}}


def test_every_attribute_of_get_events_is_kept(tmp_path: Path):
    """The id, the uuid, the metric's id, the currency and nested extras are properties of the event, beside its own."""
    one = event({"value_currency": "USD"}, Items=["Hat"], **{"$value": 19.99, "$extra": EXTRA, "$event_id": "order-1"})
    shop = load_page(tmp_path, events={"data": [one], "included": [METRIC]})
    kept = {name: column.values[0] for name, column in shop.events.properties.items()}
    kept = {name: getattr(value, "as_py", lambda value=value: value)() for name, value in kept.items()}

    assert kept == {
        "uuid": "u-1", "event_id": "E1", "metric_id": "M1", "value_currency": "USD", "Items": ["Hat"], "$extra": EXTRA,
        "$event_id": "order-1",
    }  # fmt: skip
    events = shop.events.metric("Placed Order")
    assert (events.units.tolist(), events.scale) == ([1999], 2)
    assert events.times.tolist() == [1_780_315_200 * 1_000_000]


AMOUNTS = {
    "the legacy name": (event({}, **{"$value": 5}), 5, {}),
    "the attribute": (event({"value": 5}), 5, {}),
    "both": (event({"value": 5}, **{"$value": 6}), 5, {"$value": 6}),
    "an attribute that is null": (event({"value": None}, **{"$value": 6}), 6, {}),
    "a property of that name": (event({}, value=7), None, {"event_properties['value']": 7}),
    "a property beside the amount": (event({}, value=7, **{"$value": 5}), 5, {"event_properties['value']": 7}),
    "properties named like columns": (
        event({}, metric="x", profile_id="y", datetime="z", uuid="u"), None,
        {f"event_properties[{name!r}]": value for name, value in {"metric": "x", "profile_id": "y", "datetime": "z", "uuid": "u"}.items()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AMOUNTS)
def test_the_amount_is_told_from_properties_that_look_like_it(name: str):
    """One of `value` and `$value` is the amount, and whatever else bears such a name is kept as a property."""
    resource, amount, kept = AMOUNTS[name]
    table = events_table([{"data": [resource], "included": [METRIC]}])
    read = {column: table[column].values[0].as_py() for column in table}

    assert read["value"] == amount
    assert {column: read[column] for column in kept} == kept
    assert (read["profile_id"], read["metric"], read["datetime"], read["uuid"]) == (
        "01A",
        "Placed Order",
        MOMENT,
        "u-1",
    )


PEOPLE = [
    {"id": f"0{number}", "city": city, "country": country, "zip": code, "sms": sms, "email": email, "reason": reason, "clv": clv, "age": age, "likes": likes}
    for number, (city, country, code, sms, email, reason, clv, age, likes) in enumerate([
        ("Boston", "United States", "02110", "SUBSCRIBED", "SUBSCRIBED", None, 27.24, 18, ["sale"]),
        ("NA", "Namibia", None, "SUBSCRIBED", "NEVER_SUBSCRIBED", "HARD_BOUNCE", None, None, ["sale", "Null"]),
        ("Null", "USA", "007", "UNSUBSCRIBED", "UNSUBSCRIBED", "UNSUBSCRIBE", 10.0, 65, []),
        (None, None, None, "NEVER_SUBSCRIBED", "SUBSCRIBED", "USER_SUPPRESSED", 0.0, 17, None),
        ('Oslo, "Norway"\n', "US", "02139", "SUBSCRIBED", "SUBSCRIBED", None, 10.01, 18, ["Zoë"]),
    ])
]  # fmt: skip
SINCE = "2026-06-10T00:00:00+00:00"


def as_exported(one: dict[str, Any]) -> dict[str, str]:
    """Return a person as a row of a member export."""
    row = {
        "Email": f"p{one['id']}@example.com", "Klaviyo ID": one["id"], "Phone Number": f"+161755501{one['id']}", "City": one["city"],
        "Country": one["country"], "Zip Code": one["zip"], "SMS Marketing Consent": one["sms"], "SMS Marketing Consent Timestamp": SINCE,
        "Email Marketing Consent": one["email"], "Email Suppressions": one["reason"],
        "Email Suppressions Timestamp": SINCE if one["reason"] else None, "Predicted Customer Lifetime Value": one["clv"],
        "Age": one["age"], "Likes": None if one["likes"] is None else json.dumps(one["likes"]),
    }  # fmt: skip
    return {header: "" if cell is None else str(cell) for header, cell in row.items()}


def as_resource(one: dict[str, Any]) -> dict[str, Any]:
    """Return a person as a resource of Get Profiles."""
    suppression = [{"reason": one["reason"], "timestamp": SINCE}] if one["reason"] else []
    marketing = {"consent": one["email"], "suppression": suppression}
    attributes = {
        "email": f"p{one['id']}@example.com", "phone_number": f"+161755501{one['id']}",
        "location": {name: one[name] for name in ("city", "country", "zip")}, "predictive_analytics": {"predicted_clv": one["clv"]},
        "subscriptions": {"email": {"marketing": marketing}, "sms": {"marketing": {"consent": one["sms"], "consent_timestamp": SINCE}}},
        "properties": {"Age": one["age"], "Likes": one["likes"]},
    }  # fmt: skip
    return {"type": "profile", "id": one["id"], "attributes": attributes}


ASKED = {
    "sms": sk.can_receive("sms"), "sms lately": sk.can_receive("sms", since_in_last_days=30), "email": sk.can_receive("email"),
    "no email": sk.cannot_receive("email"), "Namibia": sk.has("city", equals="NA"), "a surname": sk.has("city", equals="Null"),
    "a line break": sk.has("city", contains="Norway"), "nowhere": sk.is_not_set("city"), "region": sk.in_region("united_states"),
    "near": sk.within(30, of="02110"), "an id": sk.has("zip", equals="007"), "cheap": sk.has("predicted_clv", at_most=10),
    "grown up": sk.has("Age", at_least=18), "likes": sk.has("Likes", contains_item="sale"), "an accent": sk.has("Likes", contains_item="Zoë"),
    "likes something": sk.is_set("Likes"), "suppressed": sk.has("email_suppressed", equals=True), "phone": sk.phone_country("US"),
    "bounced": sk.has("email_bounced_timestamp", in_last_days=60), "by hand": sk.is_set("email_user_suppressed_timestamp"),
}  # fmt: skip


def test_an_export_and_pages_of_one_shop_give_the_same_segments(tmp_path: Path):
    """Consent, suppression, places, predictions and custom properties mean the same however they were fetched."""
    segments = [sk.Segment(name, condition) for name, condition in ASKED.items()]
    exported = load_csv([as_exported(one) for one in PEOPLE])
    paged = load_page(tmp_path, profiles={"data": [as_resource(one) for one in PEOPLE]})
    members = sk.membership(segments, exported)

    pd.testing.assert_frame_equal(members, sk.membership(segments, paged))
    assert members.any().all()
    assert not members.all().drop("phone").any()

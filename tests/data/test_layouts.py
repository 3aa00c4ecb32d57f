"""Files with the tables of connectors and shops become the same shop that segkit's own tables make."""

import json
from pathlib import Path

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import DataError, SegkitWarning


def write(folder: Path, **tables: list[dict]) -> Path:
    """Write each table as a CSV file named like it. Objects become JSON."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        text = [
            {header: json.dumps(cell) if isinstance(cell, (dict, list)) else cell for header, cell in row.items()}
            for row in rows
        ]
        pd.DataFrame(text).to_csv(folder / f"{name}.csv", index=False)
    return folder


def members(segment, shop) -> set[str]:
    """Return the ids of a segment's members."""
    return set(sk.members(segment, shop).index)


def issue(shop, words: str) -> pd.Series:
    """Return the only row of the report whose issue contains some words."""
    found = shop.report[shop.report["issue"].str.contains(words, regex=False)]
    assert len(found) == 1, shop.report.to_string()
    return found.iloc[0]


def person(number: int, **columns) -> dict:
    """Return a row of Fivetran's table person."""
    return {
        "id": f"P{number}",
        "email": f"p{number}@example.com",
        "phone_number": f"+1212555010{number}",
        "subscriptions_sms_marketing_consent": "SUBSCRIBED",
        "subscriptions_sms_marketing_timestamp": "2026-01-01T00:00:00Z",
        "subscriptions_email_marketing_consent": "SUBSCRIBED",
        "updated": "2026-06-01T00:00:00Z",
        "_fivetran_synced": "2026-06-02T00:00:00Z",
        "_fivetran_deleted": "false",
        **columns,
    }


def event(number: int, who: str, metric: str = "M1", **columns) -> dict:
    """Return a row of Fivetran's table event."""
    return {
        "id": f"E{number}",
        "person_id": who,
        "metric_id": metric,
        "timestamp": "2026-06-10T12:00:00Z",
        "datetime": "2026-06-10T12:05:00Z",
        "_fivetran_synced": "2026-06-11T00:00:00Z",
        **columns,
    }


METRICS = [{"id": "M1", "name": "Placed Order"}, {"id": "M2", "name": "Clicked Text Message"}]


@pytest.fixture
def fivetran(tmp_path) -> Path:
    """Write a small shop as Fivetran does."""
    return write(
        tmp_path / "fivetran",
        person=[
            person(1, custom_shoe_size="44", custom_city="Rome", address_1="1 Elm Street"),
            person(2, predictive_analytics_total_clv="80", custom_shoe_size="39"),
            person(3, _fivetran_deleted="true"),
            person(4, subscriptions_sms_marketing_consent="UNSUBSCRIBED", updated="2026-05-01T00:00:00Z"),
            person(4, subscriptions_sms_marketing_consent="SUBSCRIBED", updated="2026-01-01T00:00:00Z"),
        ],
        event=[
            event(1, "P1", property_value="50.5", property_coupon="SPRING"),
            event(2, "P1", property_value="9.5"),
            event(2, "P1", property_value="9.5"),
            event(3, "P2", "M2"),
            event(4, "P2", "M9"),
            event(5, "P3", property_value="1"),
        ],
        metric=METRICS,
        list=[
            {"id": "L1", "list_name": "Spring", "_fivetran_deleted": "false"},
            {"id": "L2", "list_name": "Old", "_fivetran_deleted": "true"},
        ],
        list_person=[
            {"list_id": "L1", "person_id": "P1", "joined_group_at": "2026-02-01T00:00:00Z"},
            {"list_id": "L2", "person_id": "P2", "joined_group_at": "2026-02-01T00:00:00Z"},
        ],
        global_exclusion=[{"person_id": "P2", "reason": "HARD_BOUNCE", "timestamp": "2026-03-01T00:00:00Z"}],
        campaign=[{"id": "C1", "name": "June"}],
    )


def test_fivetran_profiles_have_segkits_names(fivetran):
    """Columns of Fivetran's table person become Klaviyo's fields, and custom fields lose their prefix unless it names a field."""
    shop = sk.load(fivetran, layout="fivetran")
    assert list(shop.profile_ids) == ["P1", "P2", "P4"]
    row = shop.profiles.loc["P1"]
    assert (row["shoe_size"], row["properties['city']"], row["address1"]) == ("44", "Rome", "1 Elm Street")
    assert shop.profiles.loc["P2", "total_clv"] == 80
    assert members(sk.Segment("May be emailed", sk.can_receive("email")), shop) == {"P1", "P4"}


def test_fivetran_events_have_their_metrics_names_and_amounts(fivetran):
    """Ids of metrics become names, amounts come from property_value, and an event that was appended twice counts once."""
    shop = sk.load(fivetran, layout="fivetran")
    assert members(sk.Segment("a", sk.spent(at_least=60)), shop) == {"P1"}
    assert members(sk.Segment("a", sk.spent(more_than=60)), shop) == set()
    assert members(sk.Segment("a", sk.did("Clicked SMS")), shop) == {"P2"}
    assert members(sk.Segment("a", sk.did("Placed Order", where={"coupon": "SPRING"})), shop) == {"P1"}


def test_fivetran_lists_have_their_names(fivetran):
    """Members of a list are found by its name, and entries of a deleted list are left out and counted."""
    shop = sk.load(fivetran, layout="fivetran")
    assert shop.list_names == ["Spring"]
    assert members(sk.Segment("a", sk.in_list("Spring")), shop) == {"P1"}
    assert issue(shop, "entries of lists without a name")["count"] == 1


def test_what_is_left_out_is_in_the_report(fivetran):
    """Deleted rows, older versions, events of unknown metrics and unused files are counted in the report."""
    shop = sk.load(fivetran, layout="fivetran")
    people = shop.report[shop.report["table"] == "person"]
    assert people.set_index("issue")["count"].to_dict() == {
        "rows marked as deleted": 1,
        "the same row in two versions": 1,
    }
    assert issue(shop, "events of a metric without a name")["count"] == 1
    assert "campaign.csv" in issue(shop, "files that were not read")["examples"]
    assert "40.0% of events left out" in set(shop.report["issue"])  # E4 has no metric, and the person of E5 is deleted


def test_the_newest_version_decides_also_whether_a_row_is_deleted(tmp_path):
    """Deleting a row does not bring back an older version, even if the deleted row has lost its own date."""
    old, new = {"_fivetran_synced": "2026-01-01T00:00:00Z"}, {"_fivetran_synced": "2026-05-01T00:00:00Z"}
    folder = write(
        tmp_path / "appended",
        person=[person(1), person(2, **old), person(2, **new, updated="", _fivetran_deleted="true")],
        event=[event(1, "P1", type="Placed Order")],
    )
    assert list(sk.load(folder, layout="fivetran").profile_ids) == ["P1"]


def test_names_in_any_case_and_packed_custom_fields(tmp_path):
    """A destination that writes names in capitals, and custom fields that are packed into one column, make the same shop."""
    people = [{key.upper(): cell for key, cell in person(1, custom_fields={"Shoe Size": 44}).items()}]
    events = [
        {key.upper(): cell for key, cell in row.items()}
        for row in [event(1, "P1", type="Placed Order", property_value="5", custom_property_fields={"Coupon": "A"})]
    ]
    shop = sk.load(write(tmp_path / "packed", PERSON=people, EVENT=events), layout="fivetran")
    assert members(sk.Segment("a", sk.has("Shoe Size", equals=44)), shop) == {"P1"}
    assert members(sk.Segment("a", sk.did("Placed Order", where={"Coupon": "A"})), shop) == {"P1"}
    assert members(sk.Segment("a", sk.spent(at_least=5)), shop) == {"P1"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_empty_table_is_named_in_the_report(tmp_path, form):
    """A table without rows, such as exclusions of a shop that has none, does not stop loading, and the report names it."""
    folder = write(tmp_path / "empty", person=[person(1)], event=[event(1, "P1", type="Placed Order")])
    nothing = pd.DataFrame({"person_id": pd.Series(dtype="str"), "reason": pd.Series(dtype="str")})
    getattr(nothing, f"to_{form}")(folder / f"global_exclusion.{form}", index=False)
    shop = sk.load(folder, layout="fivetran")
    assert "global_exclusion" in issue(shop, "tables without rows")["examples"]
    assert members(sk.Segment("a", sk.can_receive("email")), shop) == {"P1"}


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_typed_files(airbyte, tmp_path, form):
    """Parquet and JSON Lines, where objects are not text, make the same shop as CSV."""
    folder = tmp_path / form
    folder.mkdir()
    for path in airbyte.iterdir():
        frame = pd.read_csv(path)
        for header in ("attributes", "relationships"):
            if header in frame:
                frame[header] = frame[header].map(json.loads)
        if form == "parquet":
            frame.to_parquet(folder / f"{path.stem}.parquet")
        else:
            frame.to_json(folder / f"{path.stem}.jsonl", orient="records", lines=True)
    shop, same = sk.load(airbyte, layout="airbyte"), sk.load(folder, layout="airbyte")
    for condition in (sk.can_receive("sms"), sk.spent(at_least=7), sk.has("Shoe Size", equals=40)):
        assert members(sk.Segment("a", condition), shop) == members(sk.Segment("a", condition), same) != set()


def test_a_table_without_a_column_is_refused(tmp_path):
    """A table that lacks a column of its layout is refused by name, with the columns that it has."""
    folder = write(tmp_path / "lacking", person=[{"email": "a@example.com"}])
    with pytest.raises(DataError, match="person has no column 'id'"):
        sk.load(folder, layout="fivetran")


def test_a_folder_of_another_layout_is_refused(tmp_path, fivetran):
    """A folder without the tables of the layout is refused, with the names that it should have; so is an unknown layout."""
    with pytest.raises(DataError, match="no table of Stitch"):
        sk.load(fivetran, layout="stitch")
    with pytest.raises(DataError, match="layout must be one of 'fivetran'"):
        sk.load(fivetran, layout="fivetrain")


@pytest.fixture
def bigquery(tmp_path) -> Path:
    """Write a small shop as Google's transfer does."""
    return write(
        tmp_path / "bigquery",
        Profiles=[
            {
                "id": f"P{number}",
                "email": f"p{number}@example.com",
                "phone_number": f"+1212555010{number}",
                "sms_marketing_consent": consent,
                "sms_marketing_consent_timestamp": "2026-01-01T00:00:00Z",
                "email_marketing_consent": "SUBSCRIBED",
                "email_marketing_suppression_reason": suppressed,
                "properties": {"Shoe Size": 40 + number},
            }
            for number, consent, suppressed in [
                (1, "SUBSCRIBED", []),
                (2, "UNSUBSCRIBED", [{"reason": "HARD_BOUNCE", "timestamp": "2026-03-01T00:00:00+00:00"}]),
            ]
        ],
        Events=[
            {
                "id": "E1",
                "uuid": "u1",
                "profile_id": "P1",
                "metric_id": "M1",
                "datetime": "2026-06-10 12:00:00 UTC",
                "timestamp": 1781092800.0,
                "event_properties": {"$value": 12.5},
            }
        ],
        Metrics=METRICS,
        Lists=[{"id": "L1", "name": "Spring"}],
    )


def test_bigquery(bigquery):
    """Google's tables make profiles with consent, suppression and properties, and events with names and amounts."""
    shop = sk.load(bigquery, layout="bigquery")
    assert members(sk.Segment("a", sk.can_receive("sms")), shop) == {"P1"}
    assert members(sk.Segment("a", sk.can_receive("email")), shop) == {"P1"}
    assert members(sk.Segment("a", sk.has("Shoe Size", at_least=42)), shop) == {"P2"}
    assert members(sk.Segment("a", sk.spent(at_least=12.5)), shop) == {"P1"}
    assert "Lists.csv" in issue(shop, "files that were not read")["examples"]


def airbyte_profile(number: int, consent: str, extracted: str) -> dict:
    """Return a row of Airbyte's stream profiles."""
    sms = {"consent": consent, "consent_timestamp": "2026-01-01T00:00:00+00:00"}
    return {
        "id": f"P{number}",
        "type": "profile",
        "attributes": {
            "email": f"p{number}@example.com",
            "phone_number": f"+1212555010{number}",
            "updated": f"{extracted}+00:00",
            "location": {"city": "Boston"},
            "properties": {"Shoe Size": 40},
            "subscriptions": {"sms": {"marketing": sms}, "email": {"marketing": {"suppressions": []}}},
        },
        "_airbyte_extracted_at": f"{extracted}Z",
    }


@pytest.fixture
def airbyte(tmp_path) -> Path:
    """Write a small shop as Airbyte does."""

    def happened(number: int) -> dict:
        return {
            "id": f"E{number}",
            "type": "event",
            "attributes": {"datetime": "2026-06-10T12:00:00+00:00", "event_properties": {"$value": 7}},
            "relationships": {"profile": {"data": {"id": "P1"}}, "metric": {"data": {"id": f"M{number}"}}},
            "_airbyte_extracted_at": "2026-06-11T00:00:00Z",
        }

    return write(
        tmp_path / "airbyte",
        profiles=[
            airbyte_profile(1, "SUBSCRIBED", "2026-06-01T00:00:00"),
            airbyte_profile(1, "UNSUBSCRIBED", "2026-06-05T00:00:00"),
            airbyte_profile(2, "SUBSCRIBED", "2026-06-01T00:00:00"),
        ],
        events=[happened(1), happened(3)],
        metrics=[{"id": "M1", "attributes": {"name": "Placed Order"}}],
    )


def test_airbyte(airbyte):
    """Airbyte's objects are unpacked, metrics get their names, and the newest of appended profiles counts, and is counted."""
    shop = sk.load(airbyte, layout="airbyte")
    assert members(sk.Segment("a", sk.can_receive("sms")), shop) == {"P2"}
    assert members(sk.Segment("a", sk.spent(at_least=7)), shop) == {"P1"}
    assert issue(shop, "two versions")["count"] == 1
    assert issue(shop, "events of a metric without a name")["count"] == 1


@pytest.mark.parametrize(("layout", "source"), [("airbyte", "Airbyte"), ("bigquery", "Google's BigQuery transfer")])
def test_lists_that_a_layout_lacks_are_refused(layout, source, request):
    """A condition on a list is refused where the layout has no members of lists, also inside "not", and names the layout."""
    shop = sk.load(request.getfixturevalue(layout), layout=layout)
    for condition in (sk.in_list("Spring"), sk.not_in_list("Spring")):
        with pytest.raises(DataError, match=f"{source} does not include the members of lists"):
            sk.members(sk.Segment("a", condition), shop)


def test_lists_from_elsewhere_are_used(airbyte):
    """Lists that are passed by name make up for a layout without lists."""
    lists = pd.DataFrame({"profile_id": ["P2"], "list_id": ["Spring"]})
    shop = sk.load(airbyte, layout="airbyte", lists=lists)
    assert members(sk.Segment("a", sk.in_list("Spring")), shop) == {"P2"}


@pytest.fixture
def stitch(tmp_path) -> Path:
    """Write a small shop as Stitch does."""

    def happened(number: int, who: str) -> dict:
        return {
            "id": f"E{number}",
            "type": "event",
            "timestamp": 1781092800 + number,
            "datetime": "2026-06-10 12:00:00+00:00",
            "event_properties": {"URL": "https://example.com"},
            "profile": [{"id": who}],
            "metric": [{"id": "M2"}],
        }

    return write(
        tmp_path / "stitch",
        clicked_text_message=[happened(1, "P1"), happened(1, "P1")],
        received_sms=[happened(2, "P1"), happened(3, "P2")],
        global_exclusions=[{"id": "P3", "email": "p3@example.com", "properties": {"Shoe Size": 40}}],
    )


def test_stitch(stitch):
    """Each of Stitch's tables is a metric, under its old or its new name, and people are known from their events."""
    shop = sk.load(stitch, layout="stitch", as_of="2026-06-30")
    assert set(shop.profile_ids) == {"P1", "P2", "P3"}
    assert members(sk.Segment("a", sk.did("Clicked SMS", equals=1)), shop) == {"P1"}
    assert members(sk.Segment("a", sk.did("Received SMS")), shop) == {"P1", "P2"}
    with pytest.warns(SegkitWarning, match="No event in the data has the metric 'Sent SMS'"):
        assert members(sk.Segment("a", sk.did("Sent SMS")), shop) == set()


@pytest.mark.parametrize("condition", [sk.spent(at_least=1), sk.did_not("Placed Order", in_last_days=30)])
def test_purchases_that_stitch_lacks_are_refused(stitch, condition, tmp_path):
    """A condition on purchases is refused at Stitch, also in a saved shop, where everybody or nobody would match."""
    shop = sk.load(stitch, layout="stitch")
    for one in (shop, sk.load(shop.save(tmp_path / "saved"))):
        with pytest.raises(DataError, match="Stitch has no events of 'Placed Order'"):
            sk.members(sk.Segment("a", condition), one)


def test_purchases_from_elsewhere_are_added(stitch):
    """Events that are passed by name are added to Stitch's, so that conditions on both work."""
    orders = pd.DataFrame({"profile_id": ["P2"], "metric": "Placed Order", "datetime": "2026-06-12", "value": [20]})
    shop = sk.load(stitch, layout="stitch", events=orders)
    assert members(sk.Segment("a", sk.spent(at_least=20)), shop) == {"P2"}
    assert members(sk.Segment("a", sk.did("Received SMS")), shop) == {"P1", "P2"}


def test_a_layout_without_metrics_still_has_an_audience(stitch):
    """Eligibility says that it could not check deliveries, instead of being refused."""
    shop = sk.load(stitch, layout="stitch")
    audience = sk.audience(sk.Segment("a", sk.did("Received SMS")), shop)
    assert audience.waterfall["checked_against"].str.contains("no event of a failed text").any()


def order(name: str, email: str, **columns) -> dict:
    """Return the first line of an order in Shopify's export."""
    return {
        "Name": name,
        "Email": email,
        "Financial Status": "paid",
        "Currency": "USD",
        "Total": "30.00",
        "Created at": "2026-06-10 12:00:00 -0400",
        "Lineitem name": "Shirt",
        "Billing Name": "Ann Lee",
        **columns,
    }


@pytest.fixture
def shopify(tmp_path) -> Path:
    """Write a small shop as Shopify exports it."""
    line = dict.fromkeys(["Financial Status", "Currency", "Total", "Created at", "Billing Name"], "")
    return write(
        tmp_path / "shopify",
        customers_export=[
            {"First Name": "Ann", "Email": "Ann@example.com", "Phone": "'+12125550101", "Accepts SMS Marketing": "yes"},
            {"First Name": "Bea", "Email": "bea@example.com", "Phone": "+12125550102", "Accepts SMS Marketing": "no"},
        ],
        orders_export_1=[
            order("#1", "ann@example.com"),
            {**order("#1", "ann@example.com"), **line, "Lineitem name": "Hat"},
            order("#2", "guest@example.com", **{"Cancelled at": "2026-06-11 12:00:00 -0400"}),
        ],
    )


def test_shopify(shopify):
    """Shopify's customers and orders are matched by address; an order counts once, with all of its items."""
    shop = sk.load(shopify, layout="shopify")
    assert set(shop.profile_ids) == {"ann@example.com", "bea@example.com", "guest@example.com"}
    assert members(sk.Segment("a", sk.can_receive("sms")), shop) == {"ann@example.com"}
    assert members(sk.Segment("a", sk.spent(at_least=30)), shop) == {"ann@example.com", "guest@example.com"}
    assert members(sk.Segment("a", sk.did("Placed Order", equals=1)), shop) == {
        "ann@example.com",
        "guest@example.com",
    }
    assert members(sk.Segment("a", sk.did("Cancelled Order")), shop) == {"guest@example.com"}
    assert members(sk.Segment("a", sk.did("Placed Order", where={"Items": {"contains_item": "Hat"}})), shop) == {
        "ann@example.com"
    }
    assert "Billing Name" in issue(shop, "columns that are not used")["examples"]


def test_overlapping_exports_of_shopify(shopify):
    """An order that is in two exports counts once, as the later export has it, and is counted in the report."""
    later = [order("#1", "ann@example.com", Total="20.00"), order("#3", "bea@example.com")]
    pd.DataFrame(later).to_csv(shopify / "orders_export_2.csv", index=False)
    shop = sk.load(shopify, layout="shopify")
    assert issue(shop, "the same order twice")["count"] == 1
    assert members(sk.Segment("a", sk.spent(at_least=30)), shop) == {"bea@example.com", "guest@example.com"}
    assert members(sk.Segment("a", sk.did("Placed Order", equals=1)), shop) == set(shop.profile_ids)


def test_texts_that_shopify_lacks_are_refused(shopify):
    """A condition on texts is refused at Shopify, whose exports have no texts."""
    with pytest.raises(DataError, match="Shopify has no events of 'Clicked SMS'"):
        sk.members(sk.Segment("a", sk.did_not("Clicked SMS", in_last_days=30)), sk.load(shopify, layout="shopify"))


@pytest.mark.parametrize("layout", ["stitch", "shopify", "airbyte", "bigquery", "fivetran"])
def test_recommended_segments_name_what_a_layout_lacks(layout, request):
    """The recommended segments never fail: those that need what a layout lacks are in `not_built`."""
    shop = sk.load(request.getfixturevalue(layout), layout=layout)
    found = sk.recommended(shop)
    assert len(found.segments) + len(found.not_built) > 10

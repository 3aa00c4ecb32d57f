"""Klaviyo's own exports load unchanged, and say of people, consents and orders what an independent reading of the files says."""

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.klaviyo_pages import events_table, profiles_table, superseded
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.errors import DataError
from segkit.header_spellings import PROFILE_SPELLINGS
from segkit.vocabulary import canonical_metric, canonical_name

SAMPLE_DATA = Path(__file__).parents[3] / "sample_data"
FOLDERS = ("klaviyo_export", "klaviyo_pages", "")


@pytest.fixture(scope="module", params=FOLDERS, ids=["export", "pages", "shop"])
def folder(request):
    """Return a folder of sample data."""
    return SAMPLE_DATA / request.param


@pytest.fixture(scope="module")
def shop(folder):
    """Return the folder loaded as it is."""
    return sk.load(folder)


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


def plain_events(folder):
    """Read a folder's events with the standard library: id, metric under its current name, instant, amount."""
    if (folder / "events.csv.gz").exists():
        text = gzip.decompress((folder / "events.csv.gz").read_bytes()).decode("utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            moment = datetime.fromisoformat(row["datetime"])
            yield row["profile_id"], canonical_metric(row["metric"]), moment, Decimal(row["value"] or 0)
        return
    for path in sorted(folder.glob("events-*.json")):
        page = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        names = {one["id"]: one["attributes"]["name"] for one in page["included"] if one["type"] == "metric"}
        for event in page["data"]:
            related = event["relationships"]
            amount = event["attributes"]["event_properties"].get("$value", 0)
            moment = datetime.fromisoformat(event["attributes"]["datetime"])
            assert moment.timestamp() == event["attributes"]["timestamp"]
            yield (
                related["profile"]["data"]["id"],
                canonical_metric(names[related["metric"]["data"]["id"]]),
                moment,
                Decimal(amount),
            )


def plain_profiles(folder):
    """Read a folder's profiles with the standard library: id, SMS consent, whether suppressed for email, email, city, CLV."""
    if folder.name == "klaviyo_pages":
        for path in sorted(folder.glob("profiles-*.json")):
            for one in json.loads(path.read_text(encoding="utf-8"))["data"]:
                attributes = one["attributes"]
                marketing = attributes["subscriptions"]["email"]["marketing"]
                yield (
                    one["id"], attributes["subscriptions"]["sms"]["marketing"]["consent"].lower(), bool(marketing["suppression"]),
                    attributes["email"], attributes["location"]["city"], attributes["predictive_analytics"]["predicted_clv"],
                )  # fmt: skip
        return
    with (folder / "profiles.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if "Klaviyo ID" in row:
                suppressed, columns = bool(row["Email Suppressions"]), ("SMS Marketing Consent", "Email", "City")
                clv = row["Predicted Customer Lifetime Value"]
            else:
                suppressed, columns = row["email_suppressed"] == "true", ("sms_consent", "email", "city")
                clv = row["predicted_clv"]
            consent, email, city = (row[column] or None for column in columns)
            word = (consent or "never_subscribed").lower()
            yield (
                row.get("Klaviyo ID", row.get("profile_id")),
                word,
                suppressed,
                email,
                city,
                float(clv) if clv else None,
            )


def test_everybody_is_there(folder, shop):
    """Profiles come in the order of the files, with the email, city and predicted value that stand there."""
    plain = list(plain_profiles(folder))
    assert shop.profile_ids.tolist() == [profile_id for profile_id, *_ in plain]
    shown = shop.profiles[["email", "city", "predicted_clv"]].astype(object)
    assert shown.where(shown.notna(), None).to_numpy().tolist() == [
        list(rest) for *_, email, city, clv in plain for rest in [(email, city, clv)]
    ]


def test_consents_agree(folder, shop):
    """Who may be texted, who withdrew and who never agreed, and who can receive email, are those of the files."""
    plain = list(plain_profiles(folder))
    for word in ("subscribed", "unsubscribed", "never_subscribed"):
        assert shop.profile_ids[shop.consent("sms", word)].tolist() == [one[0] for one in plain if one[1] == word]
    assert who(sk.can_receive("sms"), shop) == {one[0] for one in plain if one[1] == "subscribed"}
    reachable = who(sk.can_receive("email"), shop)
    assert not reachable & {one[0] for one in plain if one[2] or one[3] is None}
    assert reachable | who(sk.cannot_receive("email"), shop) == set(shop.profile_ids)


def test_events_agree(folder, shop):
    """Every event is there under its metric's current name, and the moment is that of the newest."""
    plain = list(plain_events(folder))
    assert {name: len(found) for name, found in shop.events.metrics.items()} == Counter(
        metric for _, metric, *_ in plain
    )
    assert shop.as_of == max(moment for _, _, moment, _ in plain)
    assert shop.metric_names[0] == Counter(metric for _, metric, *_ in plain).most_common(1)[0][0]


def test_orders_agree(folder, shop):
    """What each profile spent is the sum of its orders, to the last digit."""
    plain = defaultdict(Decimal)
    for profile_id, metric, _, amount in plain_events(folder):
        if metric == "Placed Order":
            plain[profile_id] += amount
    orders = shop.events.metric("Placed Order")
    found = defaultdict(Decimal)
    for profile, unit in zip(orders.profiles.tolist(), orders.units.tolist(), strict=True):
        found[shop.profile_ids[profile]] += Decimal(unit).scaleb(-orders.scale)
    assert found == plain
    top = max(plain.values())
    assert who(sk.spent("Placed Order", at_least=float(top)), shop) == {
        one for one, spent in plain.items() if spent == top
    }


def test_nothing_but_known_flaws_is_reported(folder, shop):
    """The sample data holds only the flaws that its notes speak of, and none that loses a row."""
    assert not (shop.report["resolution"] == "left out").any()
    assert set(shop.report["column"]) <= {
        "phone_number",
        "email_suppressed",
        "expected_date_of_next_order",
        "latitude",
        "longitude",
        "zip",
    }


def test_the_headers_of_a_member_export_are_known():
    """Spelled-out headers become the API's names, custom properties keep theirs, and capitals and blanks don't matter."""
    shop = sk.load(SAMPLE_DATA / "klaviyo_export")
    with (SAMPLE_DATA / "klaviyo_export" / "profiles.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    first = shop.profiles.iloc[0]
    assert first["region"] == row["State / Region"]
    assert first["zip"] == row["Zip Code"] == "01801"
    assert first["total_clv"] == float(row["Total Customer Lifetime Value"])
    assert first["churn_probability"] == float(row["Churn Risk Prediction"])
    assert first["timezone"] == row["$timezone"]
    assert first["$consent_method"] == row["$consent_method"]
    assert {"Favorite Category", "Last Open", "$phone_number_region"} <= set(shop.property_names)
    assert canonical_name("profiles", " STATE / REGION ") == "region"


@pytest.mark.parametrize("header", PROFILE_SPELLINGS)
def test_every_spelling_stands_for_its_column(header):
    """Each spelled-out header that is known is read as its canonical column."""
    name = PROFILE_SPELLINGS[header]
    frame = pd.DataFrame({header: ["1"]} if name == "profile_id" else {"profile_id": ["1"], header: ["2026-01-01"]})
    shop = sk.Dataset.from_frames(frame, as_of="2026-06-30")
    assert len(shop) == 1
    # What a column of suppressions says beyond yes or no is kept as the reason.
    assert [one for one in shop.property_names if one != "email_suppression"] == (
        [] if name == "profile_id" else [name]
    )


def test_tables_of_events_lists_and_places_have_other_spellings_too():
    """Headers that other exports use for events, lists and postal points are read as the columns that they mean."""
    people = pd.DataFrame({"$id": ["ann"], "zip": ["10115"], "country": ["DE"]})
    events = pd.DataFrame(
        {"Klaviyo ID": ["ann"], "Event": ["Placed Order"], "Timestamp": ["2026-06-01T00:00:00Z"], "$value": ["5"]}
    )
    lists = pd.DataFrame({"Profile ID": ["ann"], "List Name": ["VIP"], "joined_group_at": ["2026-06-01T00:00:00Z"]})
    places = pd.DataFrame({"Country": ["DE"], "Postal Code": ["10115"], "lat": [52.5], "lng": [13.4]})
    shop = sk.Dataset.from_frames(people, events, lists=lists, places=places)
    assert who(sk.spent("Placed Order", equals=5) & sk.in_list("VIP", in_last_days=1), shop) == {"ann"}
    assert who(sk.within(1, of="10115", country="DE"), shop) == {"ann"}


def test_capitals_and_blanks_in_headers_do_not_matter():
    """A column under its own name in capitals is that column, so that no amount and no consent goes unseen."""
    people = pd.DataFrame({"Profile_ID": ["ann"], " SMS_CONSENT ": ["subscribed"]})
    events = pd.DataFrame(
        {"PROFILE_ID": ["ann"], "Metric": ["Placed Order"], "DateTime": ["2026-06-01T00:00:00Z"], "Value": [5]}
    )
    shop = sk.Dataset.from_frames(people, events)
    assert who(sk.spent("Placed Order", equals=5) & sk.can_receive("sms"), shop) == {"ann"}


def profile(profile_id="P1", **attributes):
    """Return a resource of Get Profiles."""
    return {"type": "profile", "id": profile_id, "attributes": attributes}


def event(metric="M1", profile_id="P1", moment="2026-06-01T00:00:00+00:00", **properties):
    """Return a resource of Get Events."""
    related = {
        "profile": {"data": {"type": "profile", "id": profile_id}},
        "metric": {"data": {"type": "metric", "id": metric}},
    }
    attributes = {"datetime": moment, "event_properties": properties}
    return {"type": "event", "id": "E", "attributes": attributes, "relationships": related}


METRIC = {"type": "metric", "id": "M1", "attributes": {"name": "Placed Order"}}


def load_pages(folder, profiles=(), events=()):
    """Write resources as one page of each and load them."""
    if profiles:
        (folder / "profiles.json").write_text(json.dumps({"data": list(profiles)}), encoding="utf-8")
    if events:
        page = {"data": list(events), "included": [METRIC, profile()]}
        (folder / "events.json").write_text(json.dumps(page), encoding="utf-8")
    return sk.load(folder, as_of="2026-06-30")


def test_custom_properties_keep_their_kinds_and_names(tmp_path):
    """Numbers, truths and lists stay what JSON made them, and a custom property may have the name of a spelled-out header."""
    properties = {
        "Age": 18,
        "Badge": "007",
        "Parent": True,
        "Interests": ["sale"],
        "Region": "North",
        "Title": None,
        "Date": "soon",
    }
    shop = load_pages(
        tmp_path, [profile(email="ann@example.com", title="Dr", location={"region": "MA"}, properties=properties)]
    )
    assert who(sk.has("Age", equals=18) & sk.has("Badge", equals="007") & sk.has("Parent", equals=True), shop) == {"P1"}
    assert who(sk.has("Interests", contains_item="sale") & sk.has("Region", equals="North"), shop) == {"P1"}
    assert who(sk.has("region", equals="MA") & sk.has("title", equals="Dr") & sk.is_not_set("Title"), shop) == {"P1"}
    assert set(shop.report.query("resolution.str.startswith('kept as a property')")["column"]) == {"region", "title"}


def test_event_properties_may_be_named_like_columns(tmp_path):
    """An event property called Time, Date or Event is a property, and the event's own moment and metric stand."""
    shop = load_pages(tmp_path, events=[event(Time="noon", Date="1999-01-01", Event="Launch", **{"$value": 5})])
    assert who(sk.did("Placed Order", where={"Time": "noon", "Date": "1999-01-01", "Event": "Launch"}), shop) == {"P1"}
    assert who(sk.did("Placed Order", in_last_days=60) & sk.spent("Placed Order", equals=5), shop) == {"P1"}


def test_a_known_attribute_wins_over_a_property_of_its_name():
    """Where a custom property has the very name of an attribute, the attribute is kept."""
    table = profiles_table(
        [{"data": [profile(email="ann@example.com", properties={"email": "other", "profile_id": "X"})]}]
    )
    assert table["email"].values.to_pylist() == ["ann@example.com"]
    assert table["profile_id"].values.to_pylist() == ["P1"]


def test_a_value_is_the_attribute_or_the_property():
    """The amount is `value` where the page has it, else `$value` of the event's properties, else none."""
    bare = event()
    bare["attributes"]["value"] = 7
    table = events_table([{"data": [event(**{"$value": 5}), bare, event()], "included": [METRIC]}])
    assert table["value"].values.to_pylist() == [5, 7, None]
    assert "$value" not in table


def test_an_event_may_have_only_its_unix_time():
    """Without `datetime`, the seconds of `timestamp` say when."""
    one = event()
    one["attributes"] |= {"datetime": None, "timestamp": 1_780_272_000}
    table = events_table([{"data": [one], "included": [METRIC]}])
    shop = sk.Dataset.from_tables({"events": table}, LoadOptions.of(), Issues())
    assert shop.as_of.isoformat() == "2026-06-01T00:00:00+00:00"


def test_metric_names_may_stand_on_another_page():
    """Pages share their included metrics, as when each metric is included once."""
    pages = [{"data": [event()], "included": []}, {"data": [event()], "included": [METRIC]}]
    assert events_table(pages)["metric"].values.to_pylist() == ["Placed Order"] * 2


def test_parts_that_are_left_out_or_null_are_unset(tmp_path):
    """Without the additional fields, and with nulls in their place, profiles load with what they have."""
    nulls = profile("P2", location=None, properties=None, subscriptions={"sms": None, "email": {"marketing": None}})
    shop = load_pages(tmp_path, [profile("P1", email="ann@example.com"), nulls])
    assert len(shop) == 2
    assert who(sk.is_set("email"), shop) == {"P1"}
    assert "sms_consent" not in shop.property_names


# Instants in the order of time, which as text have another order; the last two are one instant.
INSTANTS = (
    "2026-06-30T23:30:00+14:00",
    "2026-06-30T10:00:00Z",
    "2026-06-30T10:00:00.000001+00:00",
    "2026-06-30T09:00:00-05:00",
    "2026-06-30T23:00:00-05:00",
    "2026-07-01T04:00:00",
)
RANKS = {written: min(rank, 4) for rank, written in enumerate(INSTANTS)}
VERSIONS = st.lists(
    st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.sampled_from([*INSTANTS, None, "soon"])), max_size=12
)


@given(VERSIONS)
def test_the_newest_version_is_kept(versions):
    """One version of each id: the newest of those that say when they were updated, or one that doesn't if it comes after that."""
    replaced = superseded(profile(profile_id, updated=updated) for profile_id, updated in versions)
    for profile_id in {profile_id for profile_id, _ in versions}:
        own = {position: updated for position, (other, updated) in enumerate(versions) if other == profile_id}
        dated = [position for position in own if own[position] in RANKS]
        newest = max(dated, key=lambda position: (RANKS[versions[position][1]], position), default=-1)
        undated = max((position for position in own if position not in dated), default=-1)
        kept = max(newest, undated)
        assert {position for position in own if position not in replaced} == {kept}
        assert {replaced[position] for position in own if position != kept} <= {kept}


@given(VERSIONS)
def test_pages_hold_each_profile_once(tmp_path_factory, versions):
    """However many versions of a profile the files hold, the shop has the newest, and the report counts the others."""
    folder = tmp_path_factory.mktemp("versions")
    pages = [
        profile(profile_id, updated=updated, properties={"place": place})
        for place, (profile_id, updated) in enumerate(versions)
        if updated != "soon"
    ]  # fmt: skip
    if not pages:
        return
    for number, one in enumerate(pages):
        (folder / f"profiles-{number:02}.json").write_text(json.dumps({"data": [one]}), encoding="utf-8")
    shop = sk.load(folder, as_of="2026-07-31")
    replaced = superseded(pages)
    kept = [one for position, one in enumerate(pages) if position not in replaced]
    assert shop.profile_ids.tolist() == [one["id"] for one in kept]
    assert shop.profiles["place"].tolist() == [one["attributes"]["properties"]["place"] for one in kept]
    found = shop.report.query("issue == 'the same profile on two pages, in two versions'")
    assert found["count"].sum() == len(replaced)
    assert set(found["table"] + found["column"] + found["resolution"]) <= {
        "profilesprofile_idonly the newest version kept"
    }


def test_an_opt_out_on_a_later_page_counts(tmp_path):
    """Who opted out between two pages is not a recipient, though the page before has the consent."""
    yes = {"sms": {"marketing": {"consent": "SUBSCRIBED"}}}
    no = {"sms": {"marketing": {"consent": "UNSUBSCRIBED"}}}
    older = profile("P1", updated="2026-06-30T23:00:00+02:00", subscriptions=yes)
    newer = profile("P1", updated="2026-06-30T22:00:00+00:00", subscriptions=no)
    for profiles in ([older, newer], [newer, older]):
        assert not who(sk.can_receive("sms"), load_pages(tmp_path, profiles))


def test_the_same_version_twice_is_one_row_twice(tmp_path):
    """A profile that didn't change while the pages were read is reported as any row that comes twice."""
    one = profile("P1", email="ann@example.com", updated="2026-06-30T10:00:00+00:00")
    shop = load_pages(tmp_path, [one, profile("P2"), one])
    assert len(shop) == 2
    assert shop.report.query("issue == 'the same row twice'")[["count", "resolution"]].to_numpy().tolist() == [
        [1, "kept once"]
    ]


def test_profiles_without_an_id_are_no_versions_of_each_other(tmp_path):
    """Where the id is missing, nothing says that two profiles are the same: all of them are left out and counted."""
    shop = load_pages(tmp_path, [profile(None, email="a@example.com"), profile(None), profile(""), profile("P1")])
    assert shop.profile_ids.tolist() == ["P1"]
    assert shop.report.query("issue == 'rows without an id'")["count"].tolist() == [3]


SHAPELESS = {
    "no object": [1, 2],
    "no data": {"profiles": []},
    "data that is no list": {"data": {"type": "event"}},
    "an error of the API": {"errors": [{"status": 401}]},
    "another type": {"data": [{"type": "campaign", "id": "C"}]},
    "a text for a resource": {"data": ["event"]},
    "a text for attributes": {"data": [{"type": "event", "id": "E", "attributes": "x"}]},
    "a list for relationships": {"data": [event() | {"relationships": [1]}], "included": [METRIC]},
    "a metric without a name": {"data": [event()], "included": [{"type": "metric", "id": "M1"}]},
}


@pytest.mark.parametrize("name", SHAPELESS)
def test_what_is_no_page_is_an_error(name, tmp_path):
    """A file of another shape says which shape is wanted, and never ends in an error of Python's own."""
    (tmp_path / "events.json").write_text(json.dumps(SHAPELESS[name]))
    with pytest.raises(
        DataError, match=r"does not have Klaviyo's format, a list named 'data'|neither pages .* nor rows"
    ):
        sk.load(tmp_path)


def test_events_without_included_metrics_are_an_error():
    """A metric's id alone says nothing, so the message asks for the pages with the metrics included."""
    with pytest.raises(DataError, match=r"'M1' is not among the included metrics\..*include=metric"):
        events_table([{"data": [event()]}])


def test_pages_without_anybody_are_an_error(tmp_path):
    """An export with no rows is told apart from a shop without events."""
    (tmp_path / "profiles.json").write_text('{"data": []}')
    with pytest.raises(DataError, match="profiles has no rows"):
        sk.load(tmp_path)


def test_only_profiles_and_events_come_as_pages(tmp_path):
    """Lists as JSON of pages are refused, since no page of Klaviyo's holds them."""
    (tmp_path / "profiles.csv").write_text("profile_id\nann\n")
    (tmp_path / "lists.json").write_text('{"data": []}')
    with pytest.raises(DataError, match="lists can't be read from pages of the Klaviyo API, only from rows"):
        sk.load(tmp_path)

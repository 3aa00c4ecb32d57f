"""The committed shop is what `write_sample` writes, and its laws hold; what people do in it is in `test_sample_behaviours`."""

import gzip
import json
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import phonenumbers
import pytest

from segkit.sample import write_sample

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
MIDNIGHT = pd.Timestamp("2026-06-30", tz="UTC")  # start of the day of the newest event
GIVEN = ["Subscribed to SMS Marketing", "Consented to Receive SMS"]
WITHDRAWN = ["Unsubscribed from SMS Marketing", "Unsubscribed from SMS"]
FICTIONAL = re.compile(
    r"\+1\d{3}55501\d\d|\+44(207946|7700900)\d{3,4}|\+49(17139200|176040690)\d\d|\+4670174\d{4}|\+61(49157\d{4}|25550\d{4})"
)
COUNTRIES = {
    "United States": "US",
    "US": "US",
    "USA": "US",
    "Puerto Rico": "PR",
    "Canada": "CA",
    "United Kingdom": "GB",
}
COUNTRIES |= {"UK": "GB", "Germany": "DE", "Deutschland": "DE", "Sweden": "SE", "Australia": "AU"}


def read(name, **options):
    """Read a CSV of the sample as plain text, empty cells as empty text."""
    return pd.read_csv(SAMPLE_DATA / name, dtype=str, keep_default_na=False, **options)


@pytest.fixture(scope="module")
def profiles():
    """Read the profiles by their ids."""
    return read("profiles.csv").set_index("profile_id")


@pytest.fixture(scope="module")
def events():
    """Read the events, with their times and amounts."""
    table = read("events.csv.gz")
    table["time"] = pd.to_datetime(table.datetime, format="%Y-%m-%dT%H:%M:%SZ", utc=True)
    table["cents"] = [int(Decimal(value or 0) * 100) for value in table["value"]]
    return table


@pytest.fixture(scope="module")
def phones(profiles):
    """Give the numbers as written, in E.164 where valid, and their countries, each by profile."""
    written = profiles.phone_number[profiles.phone_number != ""]
    numbers, countries = {}, {}
    for profile_id, text in written.items():
        # A country the profile does not name can't complete a national number, and a guess would be one too many.
        try:
            number = phonenumbers.parse(text.removesuffix(".0"), COUNTRIES.get(profiles.country[profile_id]))
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            numbers[profile_id] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            countries[profile_id] = phonenumbers.region_code_for_number(number)
    return written, pd.Series(numbers), pd.Series(countries)


def test_the_committed_shop_is_what_write_sample_writes(tmp_path):
    """The seed gives the committed bytes; events are compared unpacked, since builds of zlib compress differently."""
    write_sample(tmp_path)
    for name in ("profiles.csv", "lists.csv", "places.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE_DATA / name).read_bytes(), name
    written, committed = (
        gzip.decompress((folder / "events.csv.gz").read_bytes()) for folder in (tmp_path, SAMPLE_DATA)
    )
    assert written == committed


def test_a_larger_shop_begins_with_the_smaller_one(tmp_path):
    """Asking for more profiles leaves the first ones and their events as they were; none at all leaves the headers."""
    rows, events = {}, {}
    for count in (0, 20, 30):
        write_sample(tmp_path / "new" / str(count), profiles=count)
        rows[count] = (tmp_path / "new" / str(count) / "profiles.csv").read_bytes().splitlines()
        header, *events[count] = gzip.decompress(
            (tmp_path / "new" / str(count) / "events.csv.gz").read_bytes()
        ).splitlines()
        assert header.startswith(b"profile_id,metric,datetime,value,")
    assert [len(rows[count]) for count in (0, 20, 30)] == [1, 21, 31]
    assert rows[30][:21] == rows[20]
    assert [row for row in events[30] if row[:9] <= b"SYN-00020"] == events[20]


def test_another_seed_gives_other_people(tmp_path):
    """The seed decides who the people are."""
    for seed in (1, 2):
        write_sample(tmp_path / str(seed), profiles=5, seed=seed)
    assert (tmp_path / "1" / "profiles.csv").read_bytes() != (tmp_path / "2" / "profiles.csv").read_bytes()


def test_every_file_ends_with_a_newline_and_all_of_them_stay_small():
    """Line ends are the same on every platform, events stay under 2.5 MB and the whole folder under 5 MB."""
    files = [path for path in SAMPLE_DATA.rglob("*") if path.is_file()]
    texts = {path: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files}
    assert [path for path, text in texts.items() if not text.endswith(b"\n") or b"\r" in text] == []
    assert (SAMPLE_DATA / "events.csv.gz").stat().st_size < 2_500_000
    assert sum(path.stat().st_size for path in files) < 5_000_000


def test_events_are_of_known_profiles_in_order_and_within_two_years(profiles, events):
    """Rows are sorted by time, no event is older than its profile, and the last day is 2026-06-30."""
    assert len(profiles) == 5_000
    assert profiles.index.is_unique
    assert 120_000 <= len(events) <= 180_000
    assert events.time.is_monotonic_increasing
    assert str(events.time.min())[:10] == "2024-07-01"
    assert events.time.max().normalize() == MIDNIGHT
    assert (events.datetime >= events.profile_id.map(profiles.created)).all()


def test_values_and_properties_stand_only_where_they_belong(events):
    """Orders bring money, refunds take it, nothing else has a value; failures and orders alone have their properties."""
    has_value = events["value"] != ""
    assert set(events.metric[has_value]) == {"Placed Order", "Refunded Order"} == set(events.metric[events.cents != 0])
    assert ((events.cents < 0) == (events.metric == "Refunded Order")).all()
    assert events["value"][has_value].str.fullmatch(r"-?\d+\.\d\d").all()
    assert set(events.metric[events["Failure Type"] != ""]) == {"Failed to Deliver SMS"}
    assert (
        set(events.metric[events["Items"] != ""]) == set(events.metric[events["Collections"] != ""]) == {"Placed Order"}
    )
    assert all(isinstance(json.loads(cell), list) for cell in set(events["Collections"]) - {""})


def test_every_order_says_its_discount(events):
    """Orders alone have a list of codes and an amount; the list is empty exactly where the amount is 0.00, else it holds one code."""
    orders = events.metric == "Placed Order"
    for column in ("Discount Codes", "Discount Amount"):
        assert ((events[column] != "") == orders).all()
    codes, amounts = events["Discount Codes"][orders].map(json.loads), events["Discount Amount"][orders]
    assert amounts.str.fullmatch(r"\d+\.\d\d").all()
    assert ((codes.map(len) == 1) == (amounts != "0.00")).all()
    assert ((codes.map(len) == 0) == (amounts == "0.00")).all()


def test_a_code_takes_off_what_it_is_named_for(events):
    """Code and amount agree: what was taken off is the code's percentage of the full price, rounded down to the cent."""
    orders = events[events.metric == "Placed Order"]
    percent = orders["Discount Codes"].str.extract(r"(\d+)\"\]$")[0].fillna("0").astype(int)
    off = (orders["Discount Amount"].astype(float) * 100).round().astype(int)
    assert (off == (orders.cents + off) * percent // 100).all()


def test_historic_value_is_what_the_orders_come_to(profiles, events):
    """Historic CLV is orders less refunds to the cent, and the three forecasts are empty for who never ordered."""
    sums = events.groupby("profile_id").cents.sum()
    ordered = profiles.index.isin(events.profile_id[events.metric == "Placed Order"])
    for column in ("predicted_clv", "historic_clv", "churn_probability"):
        assert ((profiles[column] != "") == ordered).all()
    known = profiles[ordered]
    assert [int(Decimal(value) * 100) for value in known.historic_clv] == list(sums.reindex(known.index))
    assert known.churn_probability.astype(float).between(0, 1).all()


def test_sms_consent_agrees_with_the_newest_consent_event(profiles, events):
    """State and timestamp of every profile are those of its newest consent event; who has none never subscribed."""
    newest = events[events.metric.isin(GIVEN + WITHDRAWN)].groupby("profile_id").last()
    state = newest.metric.isin(GIVEN).map({True: "SUBSCRIBED", False: "UNSUBSCRIBED"})
    assert (profiles.sms_consent[state.index] == state).all()
    assert (profiles.sms_consent_timestamp == newest.datetime.reindex(profiles.index).fillna("")).all()
    assert set(profiles.sms_consent.drop(state.index)) == {"NEVER_SUBSCRIBED", ""}


def test_consent_metrics_bear_their_old_names_before_2025_only(events):
    """The metric that was renamed has its old name in old events and its new name in new ones."""
    is_old = events.time < pd.Timestamp("2025-01-01", tz="UTC")
    assert set(events.metric[is_old]) & {GIVEN[0], WITHDRAWN[0]} == set()
    assert set(events.metric[~is_old]) & {GIVEN[1], WITHDRAWN[1]} == set()
    assert {*GIVEN, *WITHDRAWN} <= set(events.metric)


def test_nobody_is_texted_without_consent(events):
    """Each text that was sent has a consent event before it that is newer than any withdrawal."""
    consented = set()
    for profile_id, metric in zip(events.profile_id, events.metric, strict=True):
        if metric in GIVEN:
            consented.add(profile_id)
        elif metric in WITHDRAWN:
            consented.remove(profile_id)
        elif metric in {"Received SMS", "Failed to Deliver SMS"}:
            assert profile_id in consented


def test_numbers_come_from_ranges_reserved_for_fiction(phones):
    """Every phone number that exists, however written, is a fictional one, and a good many do not exist at all."""
    written, numbers, _ = phones
    assert 0.7 < len(written) / 5_000 < 0.76
    assert [number for number in numbers if not FICTIONAL.fullmatch(number)] == []
    assert 150 < len(written) - len(numbers) < 300


def test_addresses_lead_nowhere(profiles):
    """Email addresses, where given, end in a domain reserved for examples."""
    assert profiles.email.str.fullmatch(r"|[a-z0-9.]+@example\.(com|org|net)").all()


def test_the_places_table_points_at_every_postal_code_abroad(profiles):
    """Each postal code outside the US is found in places.csv, so that distances from it can be told."""
    places = read("places.csv")
    known = set(zip(places.country, places.postal_code, strict=True))
    country = profiles.country.map(COUNTRIES)
    abroad = (profiles.zip != "") & country.notna() & ~country.isin(["US", "PR"])
    assert {*zip(country[abroad], profiles.zip[abroad], strict=True)} == known
    assert len(known) == 39


def test_profiles_are_as_untidy_as_real_ones(profiles, phones):
    """Leading zeros, lost ones, points without a postal code, leap-day birthdays, and many an empty cell are there."""
    written, *_ = phones
    assert (profiles.zip == "02110").sum() > 100
    assert (profiles.zip.str.fullmatch(r"2\d{3}") & (profiles.country.str.startswith("U"))).any()
    assert ((profiles.zip == "") & (profiles.latitude != "")).sum() > 100
    assert ((profiles.zip == "") & (profiles.city == "")).sum() > 100
    assert 5 <= profiles.Birthday.str.endswith("02-29").sum() <= 50
    assert written.str.startswith("(").any()
    assert written.str.startswith("tel:").any()
    assert written.str.endswith(".0").any()
    for column in ("Gender", "Age", "Birthday", "Parent", "Interests", "Favorite Category"):
        assert 0.3 < (profiles[column] == "").mean() < 0.7, column


def test_some_numbers_are_held_by_two_profiles(profiles, phones):
    """A few dozen numbers are shared by two, and in some pairs one is subscribed and the other unsubscribed."""
    holders = phones[1].groupby(phones[1]).agg(lambda numbers: sorted(profiles.sms_consent[numbers.index]))
    shared = holders[holders.map(len) > 1]
    assert 24 <= len(shared) <= 60
    assert shared.map(len).max() == 2
    assert sum(pair == ["SUBSCRIBED", "UNSUBSCRIBED"] for pair in shared) >= 10

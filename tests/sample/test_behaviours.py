"""The synthetic shop really shows what its README promises, and each of Klaviyo's eight SMS segments has members in it."""

import math
from pathlib import Path

import pandas as pd
import phonenumbers
import pytest
import zipcodes

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
MIDNIGHT = pd.Timestamp("2026-06-30", tz="UTC")  # start of the day of the newest event
JOINED = ("Subscribed to SMS Marketing", "Consented to Receive SMS")


@pytest.fixture(scope="module")
def profiles():
    """Read the profiles by their ids."""
    return pd.read_csv(SAMPLE_DATA / "profiles.csv", dtype=str, keep_default_na=False).set_index("profile_id")


@pytest.fixture(scope="module")
def events():
    """Read the events, with their times and amounts."""
    table = pd.read_csv(SAMPLE_DATA / "events.csv.gz", dtype=str, keep_default_na=False)
    table["time"] = pd.to_datetime(table.datetime, format="%Y-%m-%dT%H:%M:%SZ", utc=True)
    table["dollars"] = pd.to_numeric(table["value"]).fillna(0)
    return table


@pytest.fixture(scope="module")
def orders(events):
    """Keep the orders among the events."""
    return events[events.metric == "Placed Order"]


@pytest.fixture(scope="module")
def subscribers(profiles):
    """Name those who may be texted."""
    return set(profiles.index[profiles.sms_consent == "SUBSCRIBED"])


@pytest.fixture(scope="module")
def spent(events):
    """Dollars of each buyer, refunds taken off, the best first."""
    sums = events.groupby("profile_id").dollars.sum()
    return sums[sums > 0].sort_values(ascending=False)


@pytest.fixture(scope="module")
def on_sale(orders):
    """Profiles with at least three orders, of which seven in ten or more had a discount code."""
    by_profile = (orders["Discount Codes"] != "[]").groupby(orders.profile_id).agg(["size", "mean"])
    return by_profile.index[(by_profile["size"] >= 3) & (by_profile["mean"] >= 0.7)]


def did(events, *metrics, days=None):
    """Name the profiles that did one of these, ever or in the last so many days."""
    chosen = events[events.metric.isin(metrics)]
    return set(
        chosen.profile_id if days is None else chosen.profile_id[chosen.time >= MIDNIGHT - pd.Timedelta(days=days)]
    )


def counts(events, metric):
    """Count one metric by profile, most first."""
    return events.profile_id[events.metric == metric].value_counts()


def test_engagement_decays_with_the_months_since_subscribing(events):
    """The share of texts clicked falls from each half year after subscribing to the next."""
    texts = events[events.metric.isin(["Received SMS", "Clicked SMS"]) & (events.Campaign != "Welcome")]
    joined = events[events.metric.isin(JOINED)].groupby("profile_id").time.min()
    half_year = (texts.time - texts.profile_id.map(joined)).dt.days // 182
    received, clicked = (half_year[texts.metric == metric].value_counts() for metric in ("Received SMS", "Clicked SMS"))
    share = (clicked / received).loc[:3]
    assert share.is_monotonic_decreasing
    assert share[3] < share[0] / 2


def test_some_prefer_texts_and_others_email(events, subscribers):
    """Hundreds click texts and never open an email; hundreds of subscribers open emails and never click a text."""
    texts, opens = counts(events, "Clicked SMS"), counts(events, "Opened Email")
    assert len(set(texts.index[texts >= 3]) - set(opens.index)) > 200
    assert len(set(opens.index[opens >= 5]) & subscribers - set(texts.index)) > 200


def test_some_mailboxes_open_by_machine(events):
    """Hundreds open ten emails or more and never click one, most of what they are sent."""
    opens = counts(events, "Opened Email")
    by_machine = set(opens.index[opens >= 10]) - did(events, "Clicked Email")
    assert len(by_machine) > 200
    recent = events[(events.time >= MIDNIGHT - pd.Timedelta(days=80)) & events.profile_id.isin(by_machine)]
    assert (recent.metric == "Opened Email").sum() > 0.7 * (recent.metric == "Received Email").sum()


def test_discount_hunters_are_no_low_spenders(spent, on_sale):
    """Those who buy mostly on sale spend more than the typical buyer, and hardly any of them is among the lowest fifth."""
    assert len(on_sale) > 100
    assert spent.reindex(on_sale).median() > 2 * spent.median()
    assert (spent.reindex(on_sale).fillna(0) < spent.quantile(0.2)).mean() < 0.1


def test_low_spenders_are_there_too(orders, spent, on_sale):
    """A hundred and more came back several times, spent little all the same, and did not wait for sales."""
    frequent = orders.profile_id.value_counts().loc[lambda sizes: sizes >= 3].index
    low = [profile_id for profile_id in frequent if spent.get(profile_id, 0) < 80]
    assert len(low) > 100
    assert len(set(low) & set(on_sale)) < 0.1 * len(low)


def test_the_best_tenth_brings_about_half_of_the_revenue(spent):
    """Revenue is as concentrated as in real shops."""
    assert 0.45 < spent.head(len(spent) // 10).sum() / spent.sum() < 0.6


def test_some_of_the_best_have_lapsed(orders):
    """Dozens spent a thousand dollars by mid 2025 and have not ordered for half a year."""
    before = orders[orders.time < MIDNIGHT - pd.Timedelta(days=365)].groupby("profile_id").dollars.sum()
    assert len(set(before.index[before > 1_000]) - did(orders, "Placed Order", days=180)) >= 40


def test_consent_is_withdrawn_and_sometimes_given_again(profiles, events):
    """Hundreds have unsubscribed, dozens have come back, and under two in a hundred texts are answered with STOP."""
    assert (profiles.sms_consent == "UNSUBSCRIBED").sum() > 200
    times = events.profile_id[events.metric.isin(JOINED)].value_counts()
    assert (profiles.sms_consent[times.index[times > 1]] == "SUBSCRIBED").sum() > 50
    assert events.metric.str.startswith("Unsubscribed").sum() < 0.02 * (events.metric == "Received SMS").sum()


def test_failures_concentrate_on_few_profiles(events):
    """One in twenty of those ever texted accounts for most failures to deliver, and each kind of failure occurs."""
    failures = counts(events, "Failed to Deliver SMS")
    texted = did(events, "Received SMS", "Failed to Deliver SMS")
    assert failures.head(len(texted) // 20).sum() > 0.6 * failures.sum()
    assert len(set(events["Failure Type"]) - {""}) == 4


def test_the_newest_campaign_reached_some_within_a_day(events, subscribers):
    """A smart-sending window of 24 hours would hold back some subscribers, but by no means all."""
    last_day = events[events.time > events.time.max() - pd.Timedelta(hours=24)]
    assert 100 < len(did(last_day, "Received SMS")) < 0.5 * len(subscribers)


def test_some_have_just_subscribed_and_clicked_nothing_yet(events, subscribers):
    """Subscribers of the last 30 days without any click are engaged by their date alone."""
    assert len((did(events, JOINED[0], days=30) & subscribers) - did(events, "Clicked SMS")) >= 40


def test_some_bought_first_in_the_store(profiles, orders):
    """Hundreds have their first order from the point of sale, and nearly all of these live in Massachusetts."""
    first = orders.groupby("profile_id").first()
    in_store = first.index[first.Source == "pos"]
    assert len(in_store) > 200
    assert (profiles.region[in_store].isin(["Massachusetts", ""])).mean() > 0.8


def test_churn_falls_with_orders_and_rises_with_waiting(profiles, orders):
    """Who ordered in the last month is less likely to be lost than who did not for a year."""
    churn = pd.to_numeric(profiles.churn_probability)
    last = orders.groupby("profile_id").time.max()
    recent, long_ago = (
        last.index[last >= MIDNIGHT - pd.Timedelta(days=30)],
        last.index[last < MIDNIGHT - pd.Timedelta(days=365)],
    )
    assert churn[recent].median() + 0.4 < churn[long_ago].median()


def _miles(latitude, longitude):
    """Measure from the store, Boston 02110, by the great circle."""
    store, here = (math.radians(42.3576), math.radians(-71.0514)), (math.radians(latitude), math.radians(longitude))
    half = math.sin((here[0] - store[0]) / 2) ** 2
    half += math.cos(store[0]) * math.cos(here[0]) * math.sin((here[1] - store[1]) / 2) ** 2
    return 2 * 6371.0088 / 1.609344 * math.asin(math.sqrt(half))


def _near(profile):
    if profile.latitude:
        return _miles(float(profile.latitude), float(profile.longitude)) < 30
    found = zipcodes.matching(profile.zip[:5]) if profile.zip[:5].isdigit() and len(profile.zip) in {5, 10} else []
    return any(_miles(float(row["lat"]), float(row["long"])) < 30 for row in found)


def _is_american(number):
    try:
        parsed = phonenumbers.parse(number.removesuffix(".0"), "US")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(parsed) == "US"


def test_each_of_the_eight_segments_has_members_and_none_has_everybody(profiles, events, orders, subscribers, on_sale):
    """With Klaviyo's default thresholds, 40 subscribers at least and 70 % at most are in each segment but the first."""
    year = orders[orders.time >= MIDNIGHT - pd.Timedelta(days=365)].groupby("profile_id").dollars.sum()
    suppressed = set(profiles.index[profiles.email_suppressed == "true"])
    segments = {
        "engaged": did(events, "Clicked SMS", days=90) | did(events, JOINED[0], days=30),
        "prefers SMS": did(events, "Clicked SMS", days=60)
        - did(events, "Opened Email", "Clicked Email", days=60)
        - suppressed,
        "VIP": set(year.index[year > 500]),
        "nearby": {profile.Index for profile in profiles.itertuples() if _near(profile)},
        "by phone country": set(profiles.index[profiles.phone_number.map(_is_american)]),
        "likely female": set(profiles.index[profiles.predicted_gender == "likely_female"]),
        "likely male": set(profiles.index[profiles.predicted_gender == "likely_male"]),
        "gender as stated": set(profiles.index[profiles.Gender == "female"]),
        "low predicted CLV": set(profiles.index[pd.to_numeric(profiles.predicted_clv) <= 10]),
        "mostly on sale": set(on_sale),
        "product launches": set(profiles.index[profiles.Interests.str.contains('"product launches"')]),
    }
    assert 2_600 <= len(subscribers) <= 3_000
    sizes = {name: len(members & subscribers) for name, members in segments.items()}
    assert {name: size for name, size in sizes.items() if not 40 <= size <= 0.7 * len(subscribers)} == {}
    assert 0.15 < len(segments["nearby"]) / len(profiles) < 0.25

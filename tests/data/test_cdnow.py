"""Real purchases, 1997 to 1998, through the same door as everything else, with the figures that papers about them give."""

import csv
import gzip
import io
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import segkit as sk

CDNOW = Path(__file__).parents[2] / "sample_data" / "cdnow"


@pytest.fixture(scope="module")
def shop():
    """Return the purchases as a Dataset, loaded from their folder."""
    return sk.load(CDNOW)


@pytest.fixture(scope="module")
def purchases():
    """Return the purchases read with the standard library: profile id, day, amount."""
    text = gzip.decompress((CDNOW / "events.csv.gz").read_bytes()).decode("ascii")
    return [(row["profile_id"], row["datetime"], Decimal(row["value"])) for row in csv.DictReader(io.StringIO(text))]


def size(condition, shop):
    """Return how many profiles a condition is true of."""
    return int(sk.membership(sk.Segment("asked", condition), shop)["asked"].sum())


def test_the_whole_log_is_there(shop):
    """69,659 purchases of 23,570 people add up to exactly $2,500,315.63."""
    orders = shop.events.metric("Placed Order")
    assert (len(shop), len(shop.events), len(orders)) == (23_570, 69_659, 69_659)
    assert (int(orders.units.sum()), orders.scale) == (250_031_563, 2)
    assert shop.as_of == datetime(1998, 6, 30, tzinfo=UTC)
    assert shop.profile_ids[[0, -1]].tolist() == ["00001", "23570"]
    assert repr(shop).startswith("Dataset: 23,570 profiles, 69,659 events of 1 metric, as of 1998-06-30 00:00:00 UTC")


def test_who_the_people_are_is_taken_from_the_events(shop):
    """Without a table of profiles the report says so, and that nobody may be texted, and members have no properties."""
    assert {"no table of profiles", "no such column"} <= set(shop.report["issue"])
    assert shop.property_names == []
    thousand = sk.members(sk.Segment("thousand", sk.spent("Placed Order", at_least=1000)), shop)
    assert thousand.shape == (len(thousand.index), 0)
    assert len(thousand) > 0
    with pytest.warns(sk.SegkitWarning, match="sms_consent"):
        assert size(sk.can_receive("sms"), shop) == 0


def test_the_ninetieth_percentile_of_1997(shop, purchases):
    """Of all 23,570 people, each with the sum of their purchases to the end of 1997, the tenth who spent most spent $193 and more.

    The percentile is the amount at rank 90% of the sorted sums, without interpolation: $192.83.
    """
    spent = defaultdict(Decimal)
    for profile_id, day, amount in purchases:
        spent[profile_id] += amount if day <= "1997-12-31" else 0
    ranked = sorted(spent.values())
    percentile = ranked[9 * len(ranked) // 10 - 1]
    assert percentile == Decimal("192.83")
    then = shop.with_as_of("1997-12-31")
    assert size(sk.spent("Placed Order", more_than=193), then) == sum(amount > 193 for amount in ranked) == 2_354
    assert size(sk.spent("Placed Order", more_than=float(percentile)), then) <= len(shop) / 10
    assert size(sk.spent("Placed Order", at_least=float(percentile)), then) >= len(shop) / 10


def test_everybody_bought_first_in_the_first_quarter(shop):
    """It is one cohort: by 25 March 1997 everybody has bought, and nobody before 1997."""
    assert size(sk.did("Placed Order", before="1997-03-26"), shop) == 23_570
    assert size(sk.did("Placed Order", before="1997-01-01"), shop) == 0
    assert size(sk.did("Placed Order", in_last_days=180), shop.with_as_of("1997-03-25")) == 23_570


@pytest.mark.parametrize("as_of", ["1997-03-25", "1997-09-30", "1998-06-30"])
def test_past_dates_count_only_what_had_happened(shop, purchases, as_of):
    """At a past date, counts, sums and windows are those of the purchases up to it."""
    past = [(profile_id, day, amount) for profile_id, day, amount in purchases if day <= as_of]
    counts, sums, last_90 = defaultdict(int), defaultdict(Decimal), set()
    opening = (datetime.fromisoformat(as_of) - datetime(1970, 1, 1)).days - 90  # noqa: DTZ001  # days only
    for profile_id, day, amount in past:
        counts[profile_id] += 1
        sums[profile_id] += amount
        if (datetime.fromisoformat(day) - datetime(1970, 1, 1)).days >= opening:  # noqa: DTZ001  # days only
            last_90.add(profile_id)
    then = shop.with_as_of(as_of)
    assert size(sk.did("Placed Order", at_least=3), then) == sum(count >= 3 for count in counts.values())
    assert size(sk.spent("Placed Order", more_than=99.99), then) == sum(
        amount > Decimal("99.99") for amount in sums.values()
    )
    assert size(sk.did("Placed Order", in_last_days=90), then) == len(last_90)


def test_purchases_of_nothing_are_purchases(shop, purchases):
    """Who only ever got goods for $0.00 has ordered and spent nothing."""
    sums, spenders = defaultdict(Decimal), {profile_id for profile_id, *_ in purchases}
    for profile_id, _, amount in purchases:
        sums[profile_id] += amount
    free = {profile_id for profile_id in spenders if sums[profile_id] == 0}
    column = sk.membership(sk.Segment("free", sk.did("Placed Order") & sk.spent("Placed Order", equals=0)), shop)[
        "free"
    ]
    assert set(column.index[column]) == free
    assert free

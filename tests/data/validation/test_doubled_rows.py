"""Two things are never added up as one: doubled events, metrics of one name, amounts of two currencies, versions of a profile."""

import json
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.properties import Cells, cells_of
from segkit.data.validation.same_ids import same_ids
from segkit.errors import DataError, SegkitWarning

PEOPLE = pd.DataFrame({"profile_id": ["ann", "bea"], "sms_consent": "SUBSCRIBED"})
IDS = ("event_id", "Event ID", "uuid", "id")


def orders(*rows, **columns):
    """Return a frame of orders, each the id of a profile, the day of June 2026 and the amount."""
    days = [f"2026-06-{day:02}T10:00:00Z" for _, day, _ in rows]
    plain = {"profile_id": [who for who, _, _ in rows], "metric": "Placed Order", "datetime": days}
    return pd.DataFrame({**plain, "value": [value for _, _, value in rows], **columns})


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


def said(shop, column):
    """Return what the report says of a column of events: issue, count, what was done."""
    rows = shop.report.query("table == 'events' and column == @column")
    return [tuple(row) for row in rows[["issue", "count", "resolution"]].to_numpy()]


def loaded(frame, store, folder, **options):
    """Return the Dataset of a frame of events that came as a frame, as two parts of CSV, or as Parquet."""
    if store == "frames":
        return sk.Dataset.from_frames(PEOPLE, frame, as_of="2026-06-30", **options)
    PEOPLE.to_csv(folder / "profiles.csv", index=False)
    if store == "parquet":
        frame.to_parquet(folder / "events.parquet")
    else:
        half = len(frame) // 2
        frame.iloc[:half].to_csv(folder / "events-1.csv", index=False)
        frame.iloc[half:].to_csv(folder / "events-2.csv", index=False)
    return sk.load(folder, as_of="2026-06-30", **options)


@pytest.mark.parametrize("store", ["frames", "csv", "parquet"])
@pytest.mark.parametrize("header", IDS)
def test_an_event_that_comes_twice_counts_once(header, store, tmp_path):
    """By its id, under any of its usual headers, in whatever the events come; the report counts the copies."""
    events = orders(
        ("ann", 1, 300), ("bea", 2, 300), ("ann", 1, 300), ("bea", 3, 300), **{header: ["E1", "E2", "E1", "E3"]}
    )
    shop = loaded(events, store, tmp_path)

    assert len(shop.events) == 3
    assert who(sk.spent("Placed Order", more_than=500), shop) == {"bea"}
    assert said(shop, header) == [("the same event twice", 1, "counted once")]


def test_one_event_may_be_written_in_two_ways():
    """An instant with another offset, an amount with another zero and a metric's old name say the same."""
    events = orders(("ann", 1, "5"), ("ann", 1, "5.00"), event_id=["E1", "E1"])
    events["datetime"] = ["2026-06-01T10:00:00Z", "2026-06-01T12:00:00+02:00"]
    events["metric"] = ["Clicked SMS", "Clicked Text Message"]
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    assert len(shop.events) == 1


def test_rows_without_an_id_are_events_of_their_own():
    """Two clicks in one second are two, and an empty id is none."""
    clicks = orders(("ann", 1, 5), ("ann", 1, 5), ("bea", 1, 5), ("bea", 1, 5))
    assert len(sk.Dataset.from_frames(PEOPLE, clicks, as_of="2026-06-30").events) == 4
    unset = clicks.assign(event_id=["", None, None, ""])
    assert len(sk.Dataset.from_frames(PEOPLE, unset, as_of="2026-06-30").events) == 4


@pytest.mark.parametrize("other", [("bea", 1, 5), ("ann", 2, 5), ("ann", 1, 6)], ids=["person", "time", "amount"])
def test_events_that_contradict_each_other_are_refused(other):
    """One id can't be of two people, times or amounts, and nothing says which of them is right."""
    events = orders(("ann", 1, 5), other, event_id=["E1", "E1"])
    with pytest.raises(
        DataError, match=r"events, event_id: different events with the same id, such as 'E1'.*columns="
    ) as error:
        sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    assert "'event_id': 'order_id'" in str(error.value)

    renamed = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30", columns={"event_id": "order_id"})
    assert len(renamed.events) == 2
    last = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30", unreadable="leave out")
    assert len(last.events) == 1
    assert last.events.metric("Placed Order").units.tolist() == [other[2]]


def test_a_plain_id_may_be_that_of_an_order():
    """Rows under one `id` that differ are lines of an order: each counts, and the report says so."""
    lines = orders(("ann", 1, 5), ("ann", 1, 6), ("bea", 1, 5), id=["1001", "1001", "1002"])
    shop = sk.Dataset.from_frames(PEOPLE, lines, as_of="2026-06-30")
    assert who(sk.spent("Placed Order", at_least=11), shop) == {"ann"}
    assert said(shop, "id") == [("ids that several events share", 1, "each row counts as an event")]


def test_the_newest_version_of_an_event_counts():
    """A connector that appends keeps older versions; when it read them decides, whatever the order of the rows."""
    read = ["2026-06-03T00:00:00Z", "2026-06-02T00:00:00Z"]
    events = orders(
        ("ann", 1, 300), ("ann", 1, 100), event_id="E1", _airbyte_extracted_at=read, _airbyte_raw_id=["r1", "r2"]
    )
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    assert who(sk.spent("Placed Order", equals=300), shop) == {"ann"}
    assert said(shop, "event_id") == [("the same event in two versions", 1, "only the newest version counted")]


def test_a_property_that_differs_makes_no_second_event():
    """The later row is the one that counts, and the report says that they differ."""
    events = orders(("ann", 1, 5), ("ann", 1, 5), event_id="E1", Source=["web", "till"])
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    assert who(sk.did("Placed Order", where={"Source": "till"}), shop) == {"ann"}
    [(issue, count, _)] = said(shop, "event_id")
    assert (issue, count) == ("the same event twice, with different properties", 1)


@given(
    st.lists(
        st.none() | st.text("abé", max_size=3) | st.sampled_from(["x" * size for size in range(7, 18)]), max_size=40
    )
)
def test_ids_that_recur_are_found(ids):
    """The rows whose id another row has are found, and two rows get one number if their ids are one."""
    rows, numbers = same_ids(cells_of([one or None for one in ids] or [None]))
    assert rows.tolist() == [row for row, one in enumerate(ids) if one and ids.count(one) > 1]
    pairs = {(ids[row], int(number)) for row, number in zip(rows, numbers, strict=True)}
    assert len(pairs) == len({one for one, _ in pairs}) == len({number for _, number in pairs})


@pytest.mark.parametrize("size", [1, 7, 8, 9, 16, 36])
def test_an_id_is_found_among_ids_of_any_length(size):
    """A block of ids of one length is read in another way than a block of several lengths, and finds the same."""
    blocks = pa.chunked_array([["x" * size, "y" * size], ["x" * size, "z" * 40, None]])
    assert same_ids(Cells(blocks))[0].tolist() == [0, 2]


def test_many_events_that_nothing_tells_apart_are_mentioned():
    """A table that was joined to itself counts twice, which only ids could tell from two events of one second."""
    clicks = orders(*[("ann", 1 + number % 28, number) for number in range(150)])
    once = sk.Dataset.from_frames(PEOPLE, clicks, as_of="2026-06-30")
    assert said(once, "rows") == []
    both = pd.concat([clicks, clicks])
    [(issue, count, _)] = said(sk.Dataset.from_frames(PEOPLE, both.sort_values("value"), as_of="2026-06-30"), "rows")
    assert (issue, count) == ("same profile, metric, time and amount as another event", 150)


def test_ids_may_be_numbers():
    """Whole numbers are compared as they are."""
    rows, numbers = same_ids(cells_of(np.array([7, 8, 7, 9])))
    assert (rows.tolist(), numbers.tolist()) == ([0, 2], [0, 0])


def page(*events, metrics):
    """Return a page of events: the id of each, its metric and its amount, all of one profile."""
    data = [
        {
            "type": "event",
            "id": name,
            "attributes": {"datetime": "2026-06-01T10:00:00+00:00", "event_properties": {"$value": value}},
            "relationships": {"profile": {"data": {"id": "ann"}}, "metric": {"data": {"id": metric}}},
        }
        for name, metric, value in events
    ]
    included = [{"type": "metric", "id": metric, "attributes": attributes} for metric, attributes in metrics.items()]
    return {"data": data, "included": included}


ORDER = {"name": "Placed Order"}


def load_pages(folder, *pages):
    """Write pages of events into a folder and return them loaded, with a profile."""
    PEOPLE.to_csv(folder / "profiles.csv", index=False)
    for number, one in enumerate(pages, 1):
        (folder / f"events-{number}.json").write_text(json.dumps(one))
    return sk.load(folder, as_of="2026-06-30")


def test_pages_that_overlap_count_an_event_once(tmp_path):
    """A page may repeat what the one before had."""
    first, second = (page(("E1", "M1", 5), (name, "M1", 7), metrics={"M1": ORDER}) for name in ("E2", "E3"))
    shop = load_pages(tmp_path, first, second)
    assert who(sk.spent("Placed Order", equals=19), shop) == {"ann"}
    assert said(shop, "event_id") == [("the same event twice", 1, "counted once")]


def test_two_metrics_of_one_name_are_named(tmp_path):
    """Klaviyo never adds them up: the report counts each and says how to ask for one, which works."""
    shop_and_api = {
        "M1": {**ORDER, "integration": {"name": "Shopify"}},
        "M2": {**ORDER, "integration": {"name": "API"}},
    }
    shop = load_pages(tmp_path, page(("E1", "M1", 5), ("E2", "M2", 6), metrics=shop_and_api))
    row = shop.report.query("column == 'metric'").iloc[0]
    assert (row["issue"], row["count"]) == ("2 metrics are named 'Placed Order'", 2)
    assert row["examples"] == "'M1 (1 event)', 'M2 (1 event)'"
    assert "where={'metric_id': 'M1'}" in row["resolution"]
    assert who(sk.spent("Placed Order", equals=5, where={"metric_id": "M1"}), shop) == {"ann"}
    assert who(sk.spent("Placed Order", equals=6, where={"metric_integration": "API"}), shop) == {"ann"}


@pytest.mark.parametrize("header", ["metric_id", "integration", "Integration Name"])
def test_two_metrics_of_one_name_in_a_table_are_named(header):
    """A column tells them apart: the metric's id, or its integration."""
    events = orders(("ann", 1, 5), ("bea", 1, 5), ("bea", 2, 5), **{header: ["one", "other", None]})
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    [(issue, count, _)] = said(shop, "metric")
    assert (issue, count) == ("2 metrics are named 'Placed Order'", 2)


def test_generations_of_a_metric_are_one(tmp_path):
    """A metric that Klaviyo renamed has two ids and two names, and nothing is to be told."""
    names = {"M1": {"name": "Clicked SMS"}, "M2": {"name": "Clicked Text Message"}}
    shop = load_pages(tmp_path, page(("E1", "M1", 0), ("E2", "M2", 0), metrics=names))
    assert len(shop.events.metric("Clicked SMS")) == 2
    assert not (shop.report["issue"].str.contains("are named")).any()


@pytest.mark.parametrize(
    "header", ["$currency", "currency", "Currency", "presentment_currency", "$currency_code", "value_currency"]
)
def test_a_sum_of_two_currencies_warns(header):
    """The warning counts the amounts of each currency; events without an amount have none."""
    events = orders(
        ("ann", 1, 5), ("ann", 2, 6), ("bea", 1, 7), ("bea", 2, 0), **{header: ["USD", "eur", "usd ", "GBP"]}
    )
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    for _ in range(2):
        with pytest.warns(
            SegkitWarning,
            match=r"'Placed Order' are in 2 currencies .*: 'USD \(2\)', 'EUR \(1\)'\..*where={'.*': 'USD'}",
        ):
            who(sk.spent("Placed Order", more_than=1), shop)


def test_many_currencies_are_not_all_listed():
    """The six commonest are, and how many more there are is said."""
    codes = ["SEK", "USD", "USD", "EUR", "GBP", "CHF", "DKK", "NOK", "PLN"]
    events = orders(*(("ann", day, 5) for day in range(1, 10)), currency=codes)
    shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
    with pytest.warns(SegkitWarning, match=r"8 currencies .*: 'USD \(2\)', 'SEK \(1\)', .* and 2 more\. Select"):
        who(sk.spent("Placed Order", more_than=1), shop)


def test_one_currency_is_nothing_to_be_told():
    """Neither is a count, or a sum of which the currency is asked for."""
    events = orders(("ann", 1, 5), ("ann", 2, 6), currency=["USD", "EUR"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shop = sk.Dataset.from_frames(PEOPLE, events, as_of="2026-06-30")
        assert who(sk.did("Placed Order", at_least=2), shop) == {"ann"}
        assert who(sk.spent("Placed Order", equals=6, where={"currency": "EUR"}), shop) == {"ann"}
        one = sk.Dataset.from_frames(PEOPLE, events.assign(currency="USD"), as_of="2026-06-30")
        assert who(sk.spent("Placed Order", equals=11), one) == {"ann"}


@pytest.mark.parametrize("header", ["updated", "_airbyte_extracted_at", "_fivetran_synced"])
def test_the_newest_version_of_a_profile_counts(header):
    """Of two rows of one profile that differ, a date decides; ids keep the order in which they came first."""
    people = pd.DataFrame({
        "profile_id": ["bea", "ann", "bea"], "sms_consent": ["UNSUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED"],
        header: ["2026-06-03T00:00:00Z", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"],
    })  # fmt: skip
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    assert shop.profile_ids.tolist() == ["bea", "ann"]
    assert shop.profiles["sms_consent"].tolist() == ["unsubscribed", "subscribed"]
    [row] = shop.report.query("issue == 'the same profile in two versions'").to_dict("records")
    assert (row["count"], row["resolution"]) == (1, "only the newest version kept")


def test_versions_of_one_moment_are_refused():
    """Where two rows differ and neither is newer, nothing is guessed."""
    people = pd.DataFrame({"profile_id": ["ann", "ann"], "Age": [1, 2], "updated": "2026-06-01T00:00:00Z"})
    with pytest.raises(DataError, match="different rows with the same id"):
        sk.Dataset.from_frames(people, as_of="2026-06-30")

"""The event index: every event that counts is under its metric's current name, in order of time, with its amount and properties."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.data.events import index_events, order_events
from segkit.data.properties import arrow_cells, cells_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.errors import DataError, SegkitWarning

START = datetime(2026, 6, 1, tzinfo=UTC)


def shop_of(*events, profiles=None, **words):
    """Return a shop of events, each (profile_id, metric, hours after the start, value, other properties)."""
    rows = [
        {"profile_id": who, "metric": what, "datetime": START + timedelta(hours=hours), "value": value} | properties
        for who, what, hours, value, properties in events
    ]
    frame = None if profiles is None else pd.DataFrame({"profile_id": profiles})
    return sk.Dataset.from_frames(frame, pd.DataFrame(rows), **words)


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


def test_old_and_new_names_are_one_metric():
    """Events under a metric's old name and under its new one count together, asked for by either."""
    shop = shop_of(
        ("ann", "Consented to Receive SMS", 0, None, {}),
        ("ann", "Subscribed to SMS Marketing", 1, None, {}),
        ("bea", "Unsubscribed from SMS", 2, None, {}),
    )
    assert set(shop.metric_names) == {"Subscribed to SMS Marketing", "Unsubscribed from SMS Marketing"}
    for name in ("Consented to Receive SMS", "Subscribed to SMS Marketing"):
        assert who(sk.did(name, equals=2), shop) == {"ann"}
    for name in ("Unsubscribed from SMS", "Unsubscribed from SMS Marketing"):
        assert who(sk.did(name), shop) == {"bea"}


def test_metrics_are_listed_by_size():
    """The names of the metrics come with the most frequent first."""
    shop = shop_of(("ann", "Rare", 0, None, {}), ("ann", "Usual", 1, None, {}), ("ann", "Usual", 2, None, {}))
    assert shop.metric_names == ["Usual", "Rare"]


def test_a_metric_that_nobody_has_is_an_error():
    """It offers the near names, also spellings that the data does not use, and lists only the metrics that the data has."""
    shop = shop_of(("ann", "Placed Order", 0, None, {}), ("ann", "Consented to Receive SMS", 0, None, {}))
    with pytest.raises(DataError, match="Did you mean 'Placed Order'") as error:
        who(sk.did("placed orders"), shop)
    assert str(error.value).endswith("The metrics in the data are: 'Placed Order', 'Subscribed to SMS Marketing'.")
    with pytest.raises(DataError, match="Did you mean 'Subscribed to Text Messaging Marketing'"):
        who(sk.did("Subscribed to Text Mesaging Marketing"), shop)


def test_a_standard_metric_may_have_happened_to_nobody():
    """A metric that every account can have is no slip of the pen: it counts zero for all, and a warning says so."""
    shop = shop_of(("ann", "Placed Order", 0, 5.0, {}))
    with pytest.warns(sk.SegkitWarning, match="'Clicked SMS'"):
        assert who(sk.did_not("Clicked SMS"), shop) == {"ann"}
    with pytest.warns(sk.SegkitWarning, match="'Refunded Order'"):
        assert who(sk.spent("Refunded Order", equals=0), shop) == {"ann"}


def test_an_event_property_must_exist_and_stays_with_its_event():
    """A condition on an event property meets the property of that very event, however the events came ordered."""
    shop = shop_of(
        ("ann", "Placed Order", 5, 1.0, {"Source": "web"}),
        ("bea", "Placed Order", 3, 2.0, {"Source": "pos"}),
        ("ann", "Clicked SMS", 4, None, {"Source": "web"}),
        ("cat", "Placed Order", 1, 3.0, {}),
        ("bea", "Placed Order", 2, 4.0, {"Source": "web"}),
    )
    web = {"Source": "web"}
    assert who(sk.did("Placed Order", where=web), shop) == {"ann", "bea"}
    assert who(sk.spent("Placed Order", equals=4, where=web), shop) == {"bea"}
    assert who(sk.spent("Placed Order", equals=2, where={"Source": "pos"}), shop) == {"bea"}
    with pytest.raises(DataError, match=r"events have no property 'source'\. Did you mean 'Source'"):
        who(sk.did("Placed Order", where={"source": "web"}), shop)


def test_events_that_are_left_out_count_for_nobody():
    """Events of unknown profiles, without a profile or without a metric move nobody's counts, sums or properties."""
    shop = shop_of(
        ("zoe", "Placed Order", 0, 100.0, {"Source": "web"}),
        ("ann", "Placed Order", 1, 5.0, {"Source": "pos"}),
        (None, "Placed Order", 2, 100.0, {"Source": "web"}),
        ("ann", None, 3, 100.0, {"Source": "web"}),
        profiles=["ann", "bea"],
    )
    assert len(shop.events) == 1
    assert shop.as_of == START + timedelta(hours=1)
    assert who(sk.spent("Placed Order", equals=5), shop) == {"ann"}
    assert who(sk.did("Placed Order", where={"Source": "pos"}), shop) == {"ann"}
    assert who(sk.did("Placed Order", where={"Source": "web"}), shop) == set()
    assert dict(shop.report.query("resolution == 'left out'")[["issue", "count"]].to_numpy()) == {
        "rows of unknown profiles": 1,
        "rows without a profile id": 1,
        "events without a metric": 1,
    }


def test_a_metric_without_amounts_sums_to_nothing():
    """Where no event of a metric carries a value, everybody's sum of it is 0, and a warning says why."""
    shop = shop_of(("ann", "Clicked SMS", 0, None, {}), ("ann", "Placed Order", 0, 5.0, {}))
    assert shop.events.metric("Clicked SMS").units is None
    with pytest.warns(SegkitWarning, match="No event of 'Clicked SMS' has an amount"):
        assert who(sk.spent("Clicked SMS", equals=0), shop) == {"ann"}


@pytest.mark.parametrize("amounts", [(19.5, 5.0), ("19.50", "5"), (19.5, "5")], ids=["numbers", "texts", "both"])
def test_the_amount_is_a_property_under_klaviyos_name(amounts):
    """$value is the amount however the table writes it, and an event without one has none."""
    shop = shop_of(
        ("ann", "Placed Order", 0, amounts[0], {}),
        ("bea", "Placed Order", 1, amounts[1], {}),
        ("cat", "Placed Order", 2, None, {}),
    )
    assert who(sk.did("Placed Order", where={"$value": {"more_than": 5}}), shop) == {"ann"}
    assert who(sk.did("Placed Order", where={"$value": {"at_most": 5}}), shop) == {"bea"}
    assert who(sk.did("Placed Order", where={"$value": {"is_set": False}}), shop) == {"cat"}


def test_a_property_that_is_called_so_is_asked_for_itself():
    """A table with both an amount and a property $value of its own keeps them apart."""
    own = cells_of([7, None])
    ordered = order_events(
        profiles=np.zeros(2, dtype=np.int32), metrics=np.zeros(2, dtype=np.int32), names=["Placed Order"], times=np.arange(2)
    )  # fmt: skip
    index = index_events(ordered, amounts=None, properties={"$value": own}, values=cells_of([5.0, 6.0]))
    assert index.column("Placed Order", "$value").value(0) == 7
    assert index.column("Placed Order", "$value").value(1) is None


def test_a_table_without_amounts_has_no_such_property():
    """Asking for $value where nothing carries one is an error that names the properties there are."""
    events = pd.DataFrame({"profile_id": ["ann"], "metric": ["Placed Order"], "datetime": [START], "Source": ["web"]})
    shop = sk.Dataset.from_frames(None, events)
    with pytest.raises(DataError, match=r"'\$value'.*'Source'"):
        who(sk.did("Placed Order", where={"$value": 5}), shop)


def test_the_index_prints_no_property():
    """What events carry, such as what people wrote, is not printed."""
    shop = shop_of(("ann", "Sent SMS", 0, None, {"Message Body": "call me at home"}))
    assert "call me" not in repr(shop.events)


def test_windows_are_half_open():
    """A window takes in its first instant and leaves out its last, an open end takes all, and a reversed one nothing."""
    events = shop_of(*[("ann", "X", hours, None, {}) for hours in (0, 1, 1, 2)]).events.metric("X")
    first, middle, last = events.times[0], events.times[1], events.times[3]
    assert events.window(None, None) == slice(0, 4)
    assert events.window(middle, last) == slice(1, 3)
    assert events.window(first, middle) == slice(0, 1)
    assert events.window(last, None) == slice(3, 4)
    assert len(events.profiles[events.window(last, first)]) == 0


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bea", "zoe"]),
        st.sampled_from(["X", "Y", "Unsubscribed from SMS", "Unsubscribed from SMS Marketing"]),
        st.integers(0, 60),
        st.none() | st.integers(0, 3).map(float),
        st.fixed_dictionaries({"Note": st.none() | st.sampled_from("ab")}),
    ),
    min_size=1,
    max_size=15,
).filter(lambda events: any(who != "zoe" for who, *_ in events))


@given(EVENTS)
def test_the_index_holds_the_events_in_order(events):
    """Per metric: each event of a known profile once, oldest first, equals in the order they came, nothing mixed up."""
    shop = shop_of(*events, profiles=["ann", "bea"])
    kept = [event for event in events if event[0] != "zoe"]
    assert len(shop.events) == len(kept)
    assert shop.as_of == START + timedelta(hours=max(hours for _, _, hours, *_ in kept))
    for name, found in shop.events.metrics.items():
        meant = [event for event in kept if event[1] in (name, name.removesuffix(" Marketing"))]
        meant.sort(key=lambda event: event[2])
        notes = shop.events.column(name, "Note")
        units = [0] * len(found) if found.units is None else found.units.tolist()
        assert [
            (shop.profile_ids[profile], time, unit / 10**found.scale, notes.value(row))
            for row, (profile, time, unit) in enumerate(zip(found.profiles, found.times, units, strict=True))
        ] == [
            (who, (START + timedelta(hours=hours)).timestamp() * 1e6, value or 0, properties["Note"])
            for who, _, hours, value, properties in meant
        ]
        assert found.days.tolist() == [time // 86_400_000_000 for time in found.times.tolist()]


STORED = {
    "cents": (pa.float64(), st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)),
    "doubles": (pa.float64(), st.floats(-1e8, 1e8, allow_nan=False)),
    "floats of 32 bits": (pa.float32(), st.floats(-1e6, 1e6, width=32)),
    "whole": (pa.int32(), st.integers(-(10**6), 10**6)),
    "large whole": (pa.int64(), st.integers(-(2**60), 2**60)),
    "decimals": (pa.decimal128(12, 3), st.decimals(-999_999, 999_999, places=3)),
}


@pytest.mark.parametrize("form", STORED)
@settings(max_examples=40)
@given(data=st.data())
def test_an_amount_is_tested_as_it_was_stored(form, data):
    """The amounts as a property are the very numbers that came in, unset where none did, in the order of time."""
    kind, amounts = STORED[form]
    values = data.draw(st.lists(st.none() | amounts, min_size=1, max_size=8))
    events = {
        "profile_id": arrow_cells(pa.chunked_array([["ann"] * len(values)])),
        "metric": arrow_cells(pa.chunked_array([["X"] * len(values)])),
        "datetime": cells_of([START - timedelta(hours=hours) for hours in range(len(values))]),
        "value": arrow_cells(pa.chunked_array([pa.array(values, kind)])),
    }
    shop = sk.Dataset.from_tables({"events": events}, LoadOptions.of(), Issues())
    column = shop.event_column("X", "$value")
    stored = pa.array(values, kind).to_pylist()[::-1]
    assert [column.value(row) for row in range(len(values))] == stored
    assert [type(column.value(row)) for row in range(len(values))] == [type(value) for value in stored]


def test_a_shop_may_have_very_many_metrics():
    """More metrics than 16 bits can number, each with its own events, and several numbers of one name among them."""
    size = 40_000
    metrics = order_events(
        profiles=np.arange(2 * size, dtype=np.int32), metrics=np.tile(np.arange(size, dtype=np.int32), 2),
        names=[f"Metric {number // 2}" for number in range(size)], times=np.arange(2 * size)[::-1].copy(),
    )  # fmt: skip
    assert len(metrics) == size // 2
    assert metrics["Metric 7"].profiles.tolist() == [size + 15, size + 14, 15, 14]


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 200_001])
def test_a_long_table_is_in_order_across_blocks(size):
    """However many blocks a table fills, each metric has its rows in order of time, equals as they came, and no others."""
    random = np.random.default_rng(7)
    profiles = random.integers(-1, 50, size, dtype=np.int32)
    metrics = random.integers(-1, 4, size).astype(np.int16)
    times = random.integers(0, 1_000, size) * 86_400_000_000
    found = order_events(profiles=profiles, metrics=metrics, names=["A", "B", "A", "C"], times=times)
    numbers = {"A": (0, 2), "B": (1,), "C": (3,)}
    assert set(found) == set(numbers)
    for name, events in found.items():
        rows = np.flatnonzero(np.isin(metrics, numbers[name]) & (profiles >= 0))
        rows = rows[np.argsort(times[rows], kind="stable")]
        assert np.array_equal(events.rows, rows)
        assert np.array_equal(events.profiles, profiles[rows])
        assert np.array_equal(events.times, times[rows])
        assert np.array_equal(events.days, times[rows] // 86_400_000_000)


def test_a_property_of_events_is_built_anew_each_time():
    """The index keeps no columns, since whoever asks keeps them within a bound."""
    shop = shop_of(("ann", "X", 0, 1.0, {"Note": "a"}))
    assert shop.events.column("X", "Note") is not shop.events.column("X", "Note")
    assert shop.event_column("X", "Note") is shop.event_column("X", "Note")


def test_what_is_left_out_of_the_sums_is_still_tested_as_it_is():
    """An endless amount adds nothing when such are left out, and as a property it is still more than any number."""
    shop = shop_of(("ann", "X", 0, float("inf"), {}), ("bea", "X", 1, 7.0, {}), unreadable="leave out")
    assert who(sk.spent("X", more_than=0), shop) == {"bea"}
    assert who(sk.did("X", where={"$value": {"more_than": 7}}), shop) == {"ann"}

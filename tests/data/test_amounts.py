"""Amounts stay exactly what was written, in every form that they come in, and again where membership adds them up."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.amounts import read_amounts
from segkit.errors import DataError


def values(amounts):
    """Return amounts as exact decimals."""
    return [Decimal(int(unit)) / 10**amounts.scale for unit in amounts.units]


def by_row(amounts):
    """Return the units of each row of a column."""
    return amounts.of(np.arange(len(amounts.unreadable), dtype=np.int32))


def shop_of(amounts, profile_ids=None, **words):
    """Return a shop in which each amount is one order."""
    who = profile_ids or ["ann"] * len(amounts)
    events = pd.DataFrame(
        {"profile_id": who, "metric": "Placed Order", "datetime": "2026-06-01T00:00:00Z", "value": amounts}
    )
    return sk.Dataset.from_frames(None, events, **words)


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


@pytest.mark.parametrize(("text", "meant"), [
    ("19.99", "19.99"), ("5", "5"), ("5.", "5"), (".5", "0.5"), ("+5", "5"), ("-0.5", "-0.5"), ("-0", "0"), ("007.10", "7.1"),
    ("1e3", "1000"), ("1.5E-2", "0.015"), ("2E+0", "2"), ("0.001", "0.001"), ("123456789012345.678", "123456789012345.678"),
    ("0.000000001", "0.000000001"), ("9223372036854775807", "9223372036854775807"), ("0e99", "0"),
])  # fmt: skip
def test_text_is_read_as_written(text, meant):
    """A plain number, signed or not, with a point or an exponent, is exactly the decimal that it says."""
    amounts = read_amounts(pa.array([text]))
    assert values(amounts) == [Decimal(meant)]
    assert not amounts.unreadable.any()
    assert amounts.rounded == 0


@pytest.mark.parametrize("text", [
    "$5", "5 EUR", "€5", "1,234.50", "1.234,50", "12,5", "1 234", "1_000", " 5", "5 ", "(5)", "free", "nan", "inf", "-Infinity",
    "0x10", "--5", "5-", ".", "", "1e", "1/2",
])  # fmt: skip
def test_what_is_no_plain_number_is_unreadable(text):
    """Currency signs, thousands marks, decimal commas and words are told apart from numbers, and never guessed at."""
    amounts = read_amounts(pa.array([text, "1.50"]))
    assert amounts.unreadable.tolist() == [True, False]
    assert values(amounts) == [0, Decimal("1.5")]


FORMS = {
    "text": pa.array(["19.99", "0.1", "-5.25", None, "1000"]),
    "doubles": pa.array([19.99, 0.1, -5.25, None, 1000.0]),
    "floats": pa.array([19.99, 0.1, -5.25, None, 1000.0], pa.float32()),
    "decimals": pa.array([Decimal("19.99"), Decimal("0.10"), Decimal("-5.25"), None, Decimal(1000)]),
    "decimals of thirty digits": pa.array(
        [Decimal("19.99"), Decimal("0.1"), Decimal("-5.25"), None, Decimal(1000)], pa.decimal128(30, 12)
    ),
    "decimals of sixty digits": pa.array(
        [Decimal("19.99"), Decimal("0.1"), Decimal("-5.25"), None, Decimal(1000)], pa.decimal256(60, 4)
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_units(form):
    """The same amounts as text, floats or decimals are the same whole numbers at the finest decimal in use."""
    amounts = read_amounts(FORMS[form])
    assert (by_row(amounts).tolist(), amounts.scale) == ([1999, 10, -525, 0, 100_000], 2)
    assert not amounts.unreadable.any()
    assert amounts.rounded == 0


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64(), pa.uint16(), pa.uint64()])
def test_whole_numbers_need_no_decimals(kind):
    """Columns of whole numbers have scale 0."""
    amounts = read_amounts(pa.array([5, None, 100], kind))
    assert (by_row(amounts).tolist(), amounts.scale) == ([5, 0, 100], 0)


def test_three_decimals_stay_exact_beside_two():
    """One amount in a currency of three decimals makes the whole column count in thousandths, and nobody's sum drifts."""
    assert values(read_amounts(pa.array(["33.335", "0.10", "0.20"]))) == [
        Decimal("33.335"),
        Decimal("0.1"),
        Decimal("0.2"),
    ]
    shop = shop_of([33.335, 33.335, 0.1, 0.2], ["ann", "ann", "bea", "bea"])
    assert who(sk.spent("Placed Order", equals=66.67), shop) == {"ann"}
    assert who(sk.spent("Placed Order", equals=0.3), shop) == {"bea"}


@pytest.mark.parametrize("column", [
    pa.array(["0.1234567894", "1.0000000005", "2"]), pa.array([0.1234567894, 1.0000000005, 2.0]),
])  # fmt: skip
def test_more_than_nine_decimals_are_rounded_and_counted(column):
    """What no currency has is rounded to nine decimals, and how many amounts that changed is known."""
    amounts = read_amounts(column)
    assert amounts.rounded == 2
    assert values(amounts)[0] == Decimal("0.123456789")
    assert amounts.scale <= 9


def test_noughts_behind_the_ninth_decimal_are_not_rounding():
    """An amount that ends in noughts is as exact as without them, and nothing is reported."""
    assert read_amounts(pa.array(["1.5000000000", "2"])).rounded == 0
    assert read_amounts(pa.array([Decimal("1.5000000000")])).rounded == 0


def test_rounding_is_reported():
    """The report says how many amounts had more than nine decimals."""
    shop = shop_of(["0.12345678951", "1"])
    assert shop.report.query("issue == 'more than nine decimals'")[["count", "resolution"]].to_numpy().tolist() == [
        [1, "rounded to nine"]
    ]


@pytest.mark.parametrize("column", [
    pa.array(["9223372036854775808"]), pa.array(["1e19", "1"]), pa.array(["1e999999999"]), pa.array(["9" * 60]),
    pa.array(["12345678901234567890.1234567890"]), pa.array(["9223372036854775807", "0.1"]), pa.array([1e300, 0.5]),
    pa.array([1e19]), pa.array([2**63], pa.uint64()), pa.array([Decimal("1e30")]),
])  # fmt: skip
def test_what_does_not_fit_is_an_error_and_never_wraps_around(column):
    """An amount that 64 bits can't hold at the column's finest decimal is refused, in any form."""
    with pytest.raises(OverflowError):
        read_amounts(column)
    with pytest.raises(DataError, match="too large, or have too many decimals"):
        shop_of(column.to_pylist())


def test_sums_that_would_not_fit_are_an_error():
    """Amounts that fit one by one and not together are refused before any sum can wrap around."""
    with pytest.raises(DataError, match="too large, or have too many decimals"):
        shop_of([2**61] * 3)


def test_refunds_lower_a_sum():
    """Negative amounts are taken off, to below nothing if need be."""
    shop = shop_of([50.0, -50.0, 19.99, -20.0], ["ann", "ann", "bea", "bea"])
    assert who(sk.spent("Placed Order", equals=0), shop) == {"ann"}
    assert who(sk.spent("Placed Order", fewer_than=0), shop) == {"bea"}
    assert who(sk.spent("Placed Order", equals=-0.01), shop) == {"bea"}


def test_an_order_without_an_amount_adds_nothing():
    """An unset amount counts as an order of 0."""
    shop = shop_of([None, 5.0], ["ann", "bea"])
    assert who(sk.did("Placed Order"), shop) == {"ann", "bea"}
    assert who(sk.spent("Placed Order", at_most=0), shop) == {"ann"}


def test_numpy_and_arrow_columns_of_pandas_are_amounts_too():
    """Nullable, Arrow-backed and plain columns of a frame all sum the same."""
    for kind in ("float64", "float32", "Float64", "double[pyarrow]", "object"):
        shop = shop_of(pd.Series([19.99, 0.01], dtype=kind))
        assert who(sk.spent("Placed Order", equals=20), shop) == {"ann"}
    for kind in ("int64", "Int64", "uint8", "int16[pyarrow]"):
        shop = shop_of(pd.Series([19, 1], dtype=kind))
        assert who(sk.spent("Placed Order", equals=20), shop) == {"ann"}


CENTS = st.decimals(-(10**13), 10**13, places=2)
FINER = st.decimals(-(10**9), 10**9, places=3) | st.decimals(-10, 10, places=5)


@given(st.lists(CENTS | FINER, min_size=1, max_size=20))
def test_a_double_means_its_shortest_decimal(written):
    """Amounts that were stored as doubles come back as the decimals that they print as, whatever stands beside them."""
    amounts = read_amounts(pa.array(np.array([float(amount) for amount in written])))
    assert values(amounts) == written


@given(st.lists(st.decimals(-(10**4), 10**4, places=2), min_size=1, max_size=20))
def test_a_float_of_32_bits_means_its_shortest_decimal(written):
    """Six digits survive in 32 bits, and the noise behind them is not taken for money."""
    kept = [amount for amount in written if len(amount.normalize().as_tuple().digits) <= 6]
    assert values(read_amounts(pa.array(np.array(kept, dtype=np.float32)))) == kept


@given(
    st.lists(
        st.decimals(-(10**8), 10**8, allow_nan=False, allow_infinity=False).map(lambda amount: round(amount, 9)),
        max_size=20,
    )
)
def test_text_and_decimals_agree_with_plain_arithmetic(written):
    """Any amounts of up to nine decimals are read exactly, at a scale that one of them needs."""
    for column in (pa.array(list(map(str, written)), pa.string()), pa.array(written, pa.decimal128(38, 9))):
        amounts = read_amounts(column)
        assert values(amounts) == written
        assert amounts.rounded == 0
        assert amounts.scale == 0 or any(unit % 10 for unit in amounts.units.tolist())


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bea", "cat"]),
        st.decimals(-(10**14), 10**14, places=3) | st.decimals(-100, 100, places=2) | st.integers(-5, 5).map(Decimal),
    ),
    min_size=1,
    max_size=12,
)


@given(ORDERS, st.sampled_from(["text", "decimals"]))
def test_a_threshold_sees_the_exact_sum(orders, form):
    """Sums equal those of plain decimals to the last digit, also past 2**53 units, where a double would drift."""
    plain = defaultdict(Decimal)
    for profile_id, amount in orders:
        plain[profile_id] += amount
    amounts = [str(amount) if form == "text" else amount for _, amount in orders]
    shop = shop_of(amounts, [profile_id for profile_id, _ in orders])
    for total in set(plain.values()):
        below, above = int(total.to_integral_value("ROUND_FLOOR")), int(total.to_integral_value("ROUND_CEILING"))
        for word, holds in COMPARISONS.items():
            for threshold in (below, above):
                expected = {profile_id for profile_id, spent in plain.items() if holds(spent, threshold)}
                assert who(sk.spent("Placed Order", **{word: threshold}), shop) == expected


COMPARISONS = {
    "at_least": lambda spent, threshold: spent >= threshold,
    "more_than": lambda spent, threshold: spent > threshold,
    "at_most": lambda spent, threshold: spent <= threshold,
    "fewer_than": lambda spent, threshold: spent < threshold,
    "equals": lambda spent, threshold: spent == threshold,
    "not_equals": lambda spent, threshold: spent != threshold,
}


def test_a_cent_tells_past_what_a_double_holds():
    """One unit more or less is seen in a sum of 2**53 units and beyond."""
    shop = shop_of(["90071992547409.92", "0.01", "90071992547409.92"], ["ann", "ann", "bea"])
    assert who(sk.spent("Placed Order", more_than=90_071_992_547_409), shop) == {"ann", "bea"}
    assert who(sk.spent("Placed Order", more_than=90_071_992_547_409.92), shop) == {"ann"}


@given(st.lists(st.none() | st.integers(-10_000, 10_000).map(lambda cents: cents / 100), max_size=20), st.booleans())
def test_cells_that_are_not_set_change_no_amount(amounts, is_text):
    """Amounts among cells without one are read as they are without those, and those are 0."""
    kind = pa.string() if is_text else pa.float64()
    column = pa.array(amounts, pa.float64()).cast(kind)
    found, alone = read_amounts(column), read_amounts(column.drop_null())
    assert found.scale == alone.scale
    units = iter(alone.units.tolist())
    meant = [0 if amount is None else next(units) for amount in amounts]
    assert by_row(found) is None if not any(meant) else by_row(found).tolist() == meant
    assert not found.unreadable.any()


@given(
    st.lists(st.none() | st.sampled_from(["0", "5", "-0.25", "no"]), min_size=1, max_size=12),
    st.lists(st.integers(1, 11), max_size=3),
    st.data(),
)
def test_amounts_of_some_rows_are_those_of_their_cells(cells, cuts, data):
    """Rows in any order, of a column in any pieces, have their cells' units and 0 where there is none."""
    column = pa.array(cells, pa.string())
    ends = [0, *sorted(min(cut, len(cells)) for cut in cuts), len(cells)]
    pieces = [column[start:end] for start, end in pairwise(ends)]
    amounts = read_amounts(pa.chunked_array(pieces))
    assert amounts.unreadable.tolist() == [cell == "no" for cell in cells]
    rows = data.draw(st.lists(st.integers(0, len(cells) - 1), max_size=12))
    meant = [0 if cells[row] in (None, "no") else Decimal(cells[row]) for row in rows]
    units = amounts.of(np.array(rows, dtype=np.int32))
    assert ([0] * len(rows) if units is None else units.tolist()) == [unit * 10**amounts.scale for unit in meant]
    assert (units is None) == (not any(meant))


@pytest.mark.parametrize("place", [0, 65_535, 65_536, 99_999, 199_999])
def test_the_finest_decimals_of_a_long_column_may_stand_anywhere(place):
    """One amount with more decimals gives all of a long column its scale, wherever it is."""
    column = np.full(200_000, 1.5)
    column[place] = 0.125
    amounts = read_amounts(pa.array(column))
    assert amounts.scale == 3
    assert np.flatnonzero(amounts.units != 1_500).tolist() == [place]
    assert amounts.units[place] == 125

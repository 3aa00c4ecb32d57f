"""A property's values read as each kind: a text as any that it spells, any other cell as what it is and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.data.instants import microseconds
from segkit.data.properties import Cells, PropertyColumn, arrow_cells, cells_of, spread

KINDS = ("numbers", "texts", "truths", "lists", "instants")


def written(*texts):
    """Return the column of a CSV that holds these texts."""
    return PropertyColumn(arrow_cells(pa.chunked_array([pa.array(texts, pa.string())])))


def typed(*values):
    """Return the column of a frame that holds these values."""
    return PropertyColumn(cells_of(pd.Series(values, dtype=object)))


def readings(column, row=0):
    """Return everything that one row's value can be read as, by kind."""
    code = column.codes[row]
    found = {}
    for kind in KINDS:
        reading = getattr(column, kind)
        if reading.readable[code]:
            value = reading.values[int(code)]
            found[kind] = value.as_py() if isinstance(value, pa.Scalar) else value
    return found


DAY = microseconds(datetime(2026, 6, 30, tzinfo=UTC))

SPELLED = {
    "18": {"numbers": 18.0, "texts": "18"},
    "007": {"numbers": 7.0, "texts": "007"},
    "-1.5e3": {"numbers": -1500.0, "texts": "-1.5e3"},
    "+.5": {"numbers": 0.5, "texts": "+.5"},
    "5.": {"numbers": 5.0, "texts": "5."},
    "1e999": {"texts": "1e999", "numbers": float("inf")},
    "true": {"truths": True, "texts": "true"},
    "FALSE": {"truths": False, "texts": "FALSE"},
    "1": {"numbers": 1.0, "texts": "1"},
    "yes": {"texts": "yes"},
    "nan": {"texts": "nan"},
    "1,5": {"texts": "1,5"},
    "1_000": {"texts": "1_000"},
    " 18": {"texts": " 18"},
    "2026-06-30": {"instants": DAY, "texts": "2026-06-30"},
    "2026-06-30T02:00:00+02:00": {"instants": DAY, "texts": "2026-06-30T02:00:00+02:00"},
    "30/06/2026": {"texts": "30/06/2026"},
    '["sale", "new"]': {"lists": ("sale", "new")},
    "[1, true, null]": {"lists": (1, True, None)},
    "[]": {"lists": ()},
    "[not a list": {"texts": "[not a list"},
    '{"a": 1}': {"texts": '{"a": 1}'},
}


@pytest.mark.parametrize("text", SPELLED)
def test_a_cell_of_a_csv_is_every_kind_that_it_spells(text):
    """The text is read as a number, truth, list or instant where it spells one, and stays text unless it is a list."""
    assert readings(written(text)) == SPELLED[text]


def test_how_a_cell_is_read_does_not_depend_on_its_neighbours():
    """In one column, every cell has the readings that it has alone."""
    column = written(*SPELLED)
    assert [readings(column, row) for row in range(len(SPELLED))] == list(SPELLED.values())


TYPED = {
    "a whole number": (18, {"numbers": 18.0}),
    "a number": (18.5, {"numbers": 18.5}),
    "a decimal": (Decimal("18.5"), {"numbers": 18.5}),
    "a truth": (True, {"truths": True}),
    "a text": ("18", {"texts": "18", "numbers": 18.0}),
    "a word": ("True", {"texts": "True", "truths": True}),
    "a text like a list": ('["sale"]', {"lists": ("sale",)}),
    "bytes": (b"Oslo", {"texts": "Oslo"}),
    "a period": (pd.Period("2026-06-30", freq="D"), {"instants": DAY}),
    "an interval": (pd.Interval(0, 1), {"texts": "(0, 1]"}),
    "a complex number": (1j, {"texts": "1j"}),
    "an id of another kind": (UUID(int=1), {"texts": "00000000-0000-0000-0000-000000000001"}),
    "half an emoji": ("Ann \ud83d", {"texts": "Ann \ufffd"}),
    "a number beyond all doubles": (10**400, {"numbers": float("inf")}),
    "an ISO date as JSON has it": ("2026-06-30", {"texts": "2026-06-30", "instants": DAY}),
    "a datetime": (datetime(2026, 6, 30, tzinfo=UTC), {"instants": DAY}),
    "a naive datetime": (datetime(2026, 6, 30), {"instants": DAY}),  # noqa: DTZ001  # naive on purpose
    "a Timestamp": (pd.Timestamp("2026-06-30", tz="UTC"), {"instants": DAY}),
    "a date": (date(2026, 6, 30), {"instants": DAY}),
    "a list": (["sale", 1], {"lists": ("sale", 1)}),
    "a list of one kind": (["sale"], {"lists": ("sale",)}),
    "a tuple": (("sale", 1), {"lists": ("sale", 1)}),
    "an array": (np.array(["sale"], dtype=object), {"lists": ("sale",)}),
    "an empty list": ([], {"lists": ()}),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_cell_is_what_it_is(name):
    """A text is what it spells, a number is no truth and no text, and what nothing reads is the text that a CSV would hold."""
    value, meant = TYPED[name]
    assert readings(typed(value, None)) == meant


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_cell_is_what_it_is_among_others(name):
    """A column of several kinds gives each cell the readings that it has in a column of its own kind."""
    value, meant = TYPED[name]
    column = typed("a text", {"a": 1}, value, 3, None)
    assert readings(column, 2) == meant
    assert readings(column, 0) == {"texts": "a text"}
    assert readings(column, 1) == {}


UNSET = {
    "None": None,
    "NaN": float("nan"),
    "numpy's NaN": np.float64("nan"),
    "pandas' NA": pd.NA,
    "pandas' NaT": pd.NaT,
    "empty text": "",
    "a decimal that is none": Decimal("NaN"),
    "a decimal that signals": Decimal("sNaN"),
    "numpy's NaT": np.datetime64("NaT", "us"),
}


@pytest.mark.parametrize("name", UNSET)
@pytest.mark.parametrize("beside", ["a text", 1.5, True, [1, "a"], datetime(2026, 6, 30, tzinfo=UTC)])
def test_what_pandas_takes_for_missing_is_not_set(name, beside):
    """None, NaN, NA, NaT and empty text are all no value, beside values of any kind and beside several kinds."""
    for column in (typed(UNSET[name], beside), typed(UNSET[name], beside, "another", 3)):
        assert column.codes.tolist()[:2] == [-1, 0]
        assert column.value(0) is None


def test_a_value_may_look_like_nothing():
    """False, 0, an empty list and a blank are values; only an unset cell is none."""
    for value in (False, 0, 0.0, [], " "):
        assert typed(value).codes.tolist() == [0]


def test_equal_values_of_several_kinds_are_kept_apart():
    """True is not 1, and 1 is not "1", though Python and spreadsheets take them for one another."""
    column = typed(True, 1, "1", 1.0, True)
    assert column.codes.tolist()[0] == column.codes.tolist()[4]
    assert [readings(column, row) for row in range(3)] == [
        {"truths": True},
        {"numbers": 1.0},
        {"texts": "1", "numbers": 1.0},
    ]
    lists = typed([True], [1], ["1"], "x")
    assert len(set(lists.codes.tolist())) == 4


@pytest.mark.parametrize("column", [
    pa.array([18, None, 19]), pa.array([18.0, None, 19.0], pa.float32()), pa.array([18, None, 19], pa.uint8()),
    pa.array([Decimal(18), None, Decimal(19)]), pa.array([18.0, float("nan"), 19.0]),
])  # fmt: skip
def test_arrow_numbers_of_any_width(column):
    """Whole numbers, floats and decimals of Parquet are numbers, and null and NaN are unset."""
    found = PropertyColumn(arrow_cells(pa.chunked_array([column])))
    assert found.codes.tolist() == [0, -1, 1]
    assert found.numbers.values.tolist() == [18.0, 19.0]
    assert not found.texts.readable.any()


@pytest.mark.parametrize("column", [
    pa.array([["a"], None, []]), pa.array([["a"], None, []], pa.large_list(pa.string())),
])  # fmt: skip
def test_arrow_lists(column):
    """Lists of Parquet are lists, an empty one included."""
    found = PropertyColumn(arrow_cells(pa.chunked_array([column])))
    assert found.codes.tolist() == [0, -1, 1]
    assert found.lists.values == [("a",), ()]


@pytest.mark.parametrize("column", [
    pa.array(["a", None, "b"]).dictionary_encode(), pa.array(["a", None, "b"], pa.large_string()),
    pa.array(["a", None, "b"]).cast(pa.dictionary(pa.int8(), pa.large_string())),
])  # fmt: skip
def test_arrow_text_of_any_storage(column):
    """Large strings and dictionaries are plain text."""
    found = PropertyColumn(arrow_cells(pa.chunked_array([column])))
    assert found.texts.values.to_pylist() == ["a", "b"]
    assert found.codes.tolist() == [0, -1, 1]


CELLS = st.lists(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["a", "b", "1"])
    | st.lists(st.integers(0, 1), max_size=2),
    max_size=12,
)


@given(CELLS)
def test_codes_point_at_the_values(values):
    """A row's code leads back to its value, unset rows have none, and no value is listed twice."""
    column = PropertyColumn(Cells(values))
    assert [column.value(row) for row in range(len(values))] == values
    assert [type(column.value(row)) for row in range(len(values))] == list(map(type, values))
    keys = [(type(value), str(value)) for value in column.distinct]
    assert len(keys) == len(set(keys))


@given(CELLS, st.data())
def test_an_answer_for_each_value_is_spread_over_its_rows(values, data):
    """Rows answer as their value does, and rows that are not set answer False."""
    column = PropertyColumn(Cells(values))
    size = len(column.distinct)
    passing = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=bool)
    rows = column.rows(passing).tolist()
    assert rows == [bool(code != -1 and passing[code]) for code in column.codes]


@given(CELLS, st.data())
def test_taken_rows_keep_their_values(values, data):
    """Taking rows, in any order and more than once, takes their values, typed or not."""
    rows = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=8) if values else st.just([]))
    taken = Cells(values).take(np.array(rows, dtype=np.int64))
    assert taken.values == [values[row] for row in rows]
    texts = [None if value is None else str(value) for value in values]
    cells = arrow_cells(pa.chunked_array([pa.array(texts, pa.string())])).take(np.array(rows, dtype=np.int64))
    assert cells.values.to_pylist() == [texts[row] for row in rows]
    assert len(cells) == len(rows)


def test_cells_show_in_pandas_as_they_are():
    """What a frame brought in is what a frame shows, lists and mixed values included."""
    for values in (["a", None], [1.5, None], [True, "x"], [["a"], None]):
        shown = cells_of(pd.Series(values, dtype=object)).to_pandas().tolist()
        assert [None if not isinstance(value, list) and pd.isna(value) else value for value in shown] == values


def test_decimals_are_the_numbers_they_print_as():
    """A decimal reads as the double nearest to it, and not as that one's neighbour."""
    column = PropertyColumn(cells_of([Decimal("0.3"), Decimal("19.99"), Decimal("1.25")]))

    assert column.numbers.values.tolist() == [0.3, 19.99, 1.25]


def test_cells_that_arrow_has_no_kind_for_are_kept():
    """Sets are lists, and infinite decimals and bytes that are no text stay what they are; none is an error of Arrow's or Python's own."""
    sets = PropertyColumn(cells_of([{"b", "a"}, None]))
    odd = PropertyColumn(cells_of([Decimal("Infinity"), Decimal("1e50"), b"\xff", [pd.NA, np.array([1])]]))

    assert sets.lists.values == [("a", "b")]
    assert odd.numbers.readable.tolist() == [True, True, False, False]
    assert odd.lists.values[3] == (None, [1])


PERIODS = pd.PeriodIndex(["2026-06", None, "2020-01"], freq="M")
INTERVALS = pd.arrays.IntervalArray.from_tuples([(0, 1), None, (1, 2)])
COLUMNS = {
    "periods": (PERIODS, "instants", [microseconds(datetime(2026, 6, 1, tzinfo=UTC)), microseconds(datetime(2020, 1, 1, tzinfo=UTC))]),
    "categories of periods": (
        pd.Categorical(PERIODS), "instants",
        [microseconds(datetime(2026, 6, 1, tzinfo=UTC)), microseconds(datetime(2020, 1, 1, tzinfo=UTC))],
    ),
    "intervals": (INTERVALS, "texts", ["(0.0, 1.0]", "(1.0, 2.0]"]),
    "nullable numbers": (pd.array([18, None, 3], dtype="Int64"), "numbers", [18.0, 3.0]),
    "nullable truths": (pd.array([True, None, False], dtype="boolean"), "truths", [True, False]),
    "nullable texts": (pd.array(["a", "", "b"], dtype="string"), "texts", ["a", "b"]),
    "sparse numbers": (pd.arrays.SparseArray([1.0, np.nan, 2.0]), "numbers", [1.0, 2.0]),
    "long doubles": (np.array([1, np.nan, 2], dtype=np.longdouble), "numbers", [1.0, 2.0]),
    "complex numbers": (np.array([1j, np.nan, 2]), "texts", ["1j", "(2+0j)"]),
    "bytes": ([b"a", None, b"b"], "texts", ["a", "b"]),
    "categories of numbers": (pd.Categorical([18, None, 3]), "numbers", [18.0, 3.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_every_kind_that_pandas_has_are_read(name):
    """A column of three rows whose second is missing has two values of its kind, and the same once it was shown and read again."""
    column, kind, meant = COLUMNS[name]
    cells = cells_of(pd.Series(column))
    for found in (PropertyColumn(cells), PropertyColumn(cells_of(cells.to_pandas()))):
        reading = getattr(found, kind)
        assert found.codes.tolist() == [0, -1, 1]
        assert list(reading.values.to_pylist() if isinstance(reading.values, pa.Array) else reading.values) == meant


@pytest.mark.parametrize("column", [PERIODS, INTERVALS], ids=["periods", "intervals"])
def test_columns_that_only_pandas_knows_come_back_from_parquet(column, tmp_path):
    """Periods and intervals are stored in Parquet under names of pandas' own, and mean there what they mean in a frame."""
    frame = pd.DataFrame({"x": column})
    frame.to_parquet(tmp_path / "x.parquet")
    stored, given_ = (
        PropertyColumn(cells)
        for cells in (arrow_cells(pq.read_table(tmp_path / "x.parquet")["x"]), cells_of(frame["x"]))
    )

    assert stored.instants.values.tolist() == given_.instants.values.tolist()
    assert stored.texts.values == given_.texts.values


def test_a_column_counts_the_bytes_that_it_has_worked_out():
    """A column that was not asked takes nothing, each new kind of reading takes more, and asking again takes none."""
    column = written(*["18", "7.5", "Oslo", "[1, 2]", None] * 100)
    sizes = [column.nbytes]
    for name in ("codes", "numbers", "lists", "instants", "truths", "somethings"):
        getattr(column, name)
        sizes.append(column.nbytes)
    assert sizes[0] < 200  # what empty objects take differs by Python
    assert sizes[1] >= 500 * 4
    assert sizes == sorted(set(sizes))
    column.numbers  # noqa: B018  # asked again, on purpose
    assert column.nbytes == sizes[-1]


def test_text_read_as_text_takes_no_second_room():
    """The distinct values of a typed text column are its texts, and are counted once."""
    column = typed(*[f"a text of some length, the {number}th" for number in range(50)] * 2)
    column.codes  # noqa: B018  # works out the distinct values
    before = column.nbytes
    assert column.texts.values is column.distinct
    assert column.nbytes - before < column.distinct.nbytes


@pytest.mark.parametrize("values", [[["a", "b"], ["c"]], [{"a": 1}, {"b": [1, 2]}], [1, "one", True]])
def test_objects_take_bytes_too(values):
    """Lists, dictionaries and mixed values are counted, at the least by the codes that stand for them."""
    column = PropertyColumn(cells_of(pd.Series(values, dtype=object)))
    assert column.codes.nbytes < column.nbytes < 10_000


def test_an_interrupted_first_look_can_be_repeated(monkeypatch):
    """Whoever stops a cell while a column is coded can ask it again."""
    column = PropertyColumn(Cells(pa.chunked_array([["a", "b", "a"]])))
    distinct = Cells.distinct

    def interrupted(_: Cells) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Cells, "distinct", interrupted)
    with pytest.raises(KeyboardInterrupt):
        column.codes  # noqa: B018
    monkeypatch.setattr(Cells, "distinct", distinct)
    assert column.codes.tolist() == [0, 1, 0]


@given(
    st.sampled_from([(np.float64, np.nan), (np.bool_, False), (np.int8, -1), (np.int32, -1)]),
    st.integers(0, 5),
    st.lists(st.integers(-1, 4)),
    st.integers(0, 3),
)
def test_each_code_has_its_value(kind: tuple[type, Any], size: int, codes: list[int], first: int):
    """Of any kind and wherever codes were cut, -1 has what stands for nothing, and no code reads beyond the values."""
    dtype, unset = kind
    values = np.arange(1, size + 1).astype(dtype)
    rows = np.array(codes, dtype=np.int32)[first:]
    expected = [values[code] if 0 <= code < size else unset for code in rows]

    found = spread(values, rows, unset=unset)

    assert dtype == found.dtype
    np.testing.assert_array_equal(np.array(expected, dtype=dtype), found)

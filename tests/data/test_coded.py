"""Known columns held as codes into few distinct values: nobody sees the difference, and they say no more than the cells did."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.coded import CodedCells, recoded
from segkit.data.properties import UNSET, PropertyColumn

WORDS = st.sampled_from([None, "", "Oslo", "Bergen", "SUBSCRIBED", "unsubscribed"])
WORDS_READ = {
    None: "never_subscribed",
    "": "never_subscribed",
    "Oslo": "never_subscribed",
    "Bergen": "never_subscribed",
}
WORDS_READ |= {"SUBSCRIBED": "subscribed", "unsubscribed": "unsubscribed"}


def shop_of(**columns):
    """Return a shop of these profiles, whose ids are their rows."""
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"profile_id": [str(row) for row in range(size)], **columns})
    return sk.Dataset.from_frames(frame, as_of="2026-06-30")


def first_seen(values):
    """Return the distinct values that are set, in the order in which they first occur."""
    return list(dict.fromkeys(value for value in values if value is not None))


@given(st.lists(WORDS, min_size=1, max_size=30))
def test_words_come_back_as_they_would_without_codes(words):
    """However often a text recurs, cells, frames and rows hold it as plain text, and empty text is not set."""
    expected = [word or None for word in words]
    shop = shop_of(city=pd.Series(words, dtype=object))
    assert shop.cells("City").values.type == pa.string()
    assert shop.cells("City").values.to_pylist() == expected
    frame = pa.array(expected, pa.string()).to_pandas().rename_axis("profile_id").rename("city")
    pd.testing.assert_series_equal(shop.profiles["city"], frame.set_axis(shop.profile_ids))
    assert shop.is_set("City").tolist() == [word is not None for word in expected]


@given(st.lists(WORDS, min_size=1, max_size=30), st.sampled_from(["city", "sms_consent"]))
def test_the_distinct_values_of_a_column_all_occur(words, name):
    """A word that a column was written with but holds no longer is none of its values, and no value stands there twice."""
    read = [word or None for word in words] if name == "city" else [WORDS_READ[word] for word in words]
    column = shop_of(**{name: pd.Series(words, dtype=object)}).column(name)
    assert sorted(column.distinct.to_pylist()) == sorted(first_seen(read))
    assert [column.value(row) for row in range(len(words))] == read


@pytest.mark.filterwarnings("ignore:Nobody has sms_consent")
@given(st.lists(WORDS, min_size=1, max_size=30), st.sampled_from(["subscribed", "unsubscribed", "never_subscribed"]))
def test_consent_is_that_of_each_word_alone(words, wanted):
    """Who has a consent word is who was written with one that means it, and the same is told when it is asked as a property."""
    shop = shop_of(sms_consent=pd.Series(words, dtype=object))
    expected = [WORDS_READ[word] == wanted for word in words]
    assert shop.consent("sms", wanted).tolist() == expected
    who = sk.membership(sk.Segment("asked", sk.has("sms_consent", equals=wanted)), shop)
    assert who["asked"].tolist() == expected


@pytest.mark.parametrize("repeats", [1, 100])
def test_words_of_several_files_are_one_column(tmp_path, repeats):
    """Files that list their words in different orders, one with a word that no row has, make one column of those that occur."""
    parts = [["Oslo", "Bergen", None], ["Bergen", "", "Tromsø"]]
    dictionaries = [["Hamar", "Bergen", "Oslo"], ["Tromsø", "Bergen", ""]]
    for number, (words, listed) in enumerate(zip(parts, dictionaries, strict=True)):
        codes = pa.array([None if word is None else listed.index(word) for word in words] * repeats, pa.int32())
        city = pa.DictionaryArray.from_arrays(codes, pa.array(listed))
        ids = [f"{number}-{row}" for row in range(len(codes))]
        pq.write_table(pa.table({"profile_id": ids, "city": city}), tmp_path / f"profiles-{number}.parquet")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    expected = ["Oslo", "Bergen", None] * repeats + ["Bergen", None, "Tromsø"] * repeats
    assert shop.cells("city").values.to_pylist() == expected
    assert shop.column("city").distinct.to_pylist() == ["Oslo", "Bergen", "Tromsø"]
    assert shop.is_set("city").tolist() == [word is not None for word in expected]


NUMBERS = st.sampled_from([None, float("nan"), 9.5, -0.0, 0.0, 7.0, 1e300, float("inf")])


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_numbers_come_back_as_they_would_without_codes(numbers):
    """A number is the same to the last bit and the sign of nought, whether it recurs or not, and NaN is not set."""
    expected = [None if number is None or number != number else number for number in numbers]  # noqa: PLR0124
    shop = shop_of(predicted_clv=pd.Series(numbers, dtype="float64"))
    found = shop.cells("predicted_clv").values
    assert found.type == pa.float64()
    assert list(map(repr, found.to_pylist())) == list(map(repr, expected))
    assert shop.is_set("predicted_clv").tolist() == [number is not None for number in expected]


@given(
    st.lists(st.sampled_from([None, "a", "b"]), min_size=1, max_size=6),
    st.lists(st.integers(-1, 5), min_size=1, max_size=30),
)
def test_what_values_became_is_what_each_row_became(values, codes):
    """Rows hold what their value became, once it is written out, and codes are only taken where values recur."""
    codes = np.array([code % (len(values) + 1) - 1 for code in codes], dtype=np.int32)
    found = recoded(codes, pa.array(values, pa.string()))
    assert found.to_pylist() == [None if code == UNSET else values[code] for code in codes]
    assert pa.types.is_dictionary(found.type) == (2 * len(values) <= len(codes))


def test_coded_cells_are_taken_and_tested_as_any_others():
    """Rows of coded cells come written out, in the order asked for, and the codes are those of a property as they are."""
    codes = pa.array(["a", "b", None, "a"]).dictionary_encode()
    cells = CodedCells(codes)
    assert (len(cells), cells.is_text) == (4, True)
    assert cells.take(np.array([3, 2, 1])).values.to_pylist() == ["a", None, "b"]
    assert cells.loaded().values.to_pylist() == ["a", "b", None, "a"]
    assert cells.to_pandas().dtype == pa.array(["a"]).to_pandas().dtype
    assert cells.coded() is codes
    assert PropertyColumn(cells).codes.tolist() == [0, 1, UNSET, 0]

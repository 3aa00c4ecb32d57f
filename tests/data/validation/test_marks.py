"""Blanks, characters without width and a spreadsheet's marks are no part of an id, a name, an amount, a number or a truth."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.marked_cells import without_marks
from segkit.errors import DataError
from segkit.marks import unmarked

BLANKS = st.text(st.sampled_from(" \t\u00a0\u2009\u3000\u200b\u200c\u200d\u2060\ufeff"), max_size=3)
WORDS = st.text(st.sampled_from("abz019-.éß東👩"), min_size=1, max_size=4)
MARK = "spaces, apostrophes or other marks around the value"


@st.composite
def marked(draw, word):
    """Return a word as a page or a spreadsheet may have left it."""
    inner = draw(st.sampled_from([word, f"'{word}", f'="{word}"']))
    return f"{draw(BLANKS)}{inner}{draw(BLANKS)}"


def report_of(shop, column):
    """Return the issues of a column, each with its count and what was done."""
    rows = shop.report[shop.report["column"] == column]
    return {
        issue: (count, done)
        for issue, count, done in zip(rows["issue"], rows["count"], rows["resolution"], strict=True)
    }


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


@given(
    st.lists(WORDS.flatmap(lambda word: st.tuples(st.just(word), marked(word))) | st.none(), min_size=1, max_size=8),
    st.integers(0, 2),
)
def test_a_column_loses_marks_as_each_cell_does(drawn, start):
    """All cells at once come out as one by one, wherever the column begins in memory, and nothing but marks is lost."""
    cells = pa.array([None] * start + [None if one is None else one[1] for one in drawn], pa.string()).slice(start)
    bare, changed = without_marks(cells)
    assert bare.to_pylist() == [None if one is None else one[0] for one in drawn]
    were = [one is not None and one[0] != one[1] for one in drawn]
    assert ([False] * len(drawn) if changed is None else changed.tolist()) == were


@given(WORDS.flatmap(marked))
def test_taking_marks_off_twice_changes_nothing(text):
    """What is bare stays as it is."""
    assert unmarked(unmarked(text)) == unmarked(text)


def test_joiners_inside_emoji_and_scripts_stay():
    """There they are a part of what is written; beside ASCII they came along by mistake."""
    assert unmarked("👩\u200d👧 mothers") == "👩\u200d👧 mothers"
    assert unmarked("ab\u200dc\u200c") == "abc"


IDS = [" ann", "ann\u00a0", "\ufeffann", "a\u200bnn", "'ann", '="ann"', "\tann "]


@pytest.mark.parametrize("written", IDS)
def test_ids_that_differ_by_marks_are_one_person(written, tmp_path):
    """In any table, from a frame, a CSV or Parquet, marked or bare, and the report counts what was taken off."""
    bare = pd.DataFrame({"profile_id": ["ann", "bea"]})
    odd = pd.DataFrame({"profile_id": [written, "bea"]})
    for ids, others in ((bare, odd), (odd, bare), (odd, odd), (None, odd)):
        events = others.assign(metric="Placed Order", datetime="2026-06-01T00:00:00Z")
        lists = others.assign(list_id="VIP")
        for save in (None, "to_csv", "to_parquet"):
            tables = {"profiles": ids, "events": events, "lists": lists}
            if save is not None:
                paths = {name: tmp_path / f"{name}.{save[3:]}" for name in tables}
                _ = [
                    getattr(table, save)(paths[name], index=False)
                    for name, table in tables.items()
                    if table is not None
                ]
                tables = {name: None if tables[name] is None else path for name, path in paths.items()}
            shop = sk.load(**tables, as_of="2026-06-30")
            assert shop.profile_ids.tolist() == ["ann", "bea"]
            assert who(sk.did("Placed Order", at_least=1), shop) == who(sk.in_list("VIP"), shop) == {"ann", "bea"}
            # In a CSV a byte-order mark is the reader's, which takes it off wherever it stands.
            if save != "to_csv" or "\ufeff" not in written:
                assert report_of(shop, "profile_id")[MARK] == (1, "removed")


def test_two_rows_of_one_id_but_for_marks_are_one_profile():
    """Alike in all else they are kept once; else they are refused as two rows of one id are."""
    people = pd.DataFrame({"profile_id": ["ann", "ann ", "bea"], "Age": [18, 18, 20]})
    assert sk.Dataset.from_frames(people, as_of="2026-06-30").profile_ids.tolist() == ["ann", "bea"]
    with pytest.raises(DataError, match="different rows with the same id"):
        sk.Dataset.from_frames(people.assign(Age=[18, 19, 20]), as_of="2026-06-30")


@pytest.mark.parametrize("written", [" VIP", "V\u200bIP", "'VIP", '="VIP"', "VIP\u00a0"])
def test_names_of_lists_and_metrics_are_one_name(written):
    """In the data and in the condition, custom metrics and Klaviyo's own."""
    people = pd.DataFrame({"profile_id": ["ann"]})
    events = pd.DataFrame(
        {
            "profile_id": ["ann"] * 3,
            "metric": ["VIP", written, written.replace("\u200b", "").replace("VIP", "placed order")],
            "datetime": "2026-06-01T00:00:00Z",
        }
    )
    lists = pd.DataFrame({"profile_id": ["ann"], "list_id": [written]})
    shop = sk.Dataset.from_frames(people, events, lists=lists, as_of="2026-06-30")
    assert who(sk.did("VIP", equals=2), shop) == who(sk.did(written, equals=2), shop) == {"ann"}
    assert who(sk.did("Placed Order", equals=1), shop) == {"ann"}
    assert who(sk.in_list("VIP"), shop) == who(sk.in_list(written), shop) == {"ann"}
    assert report_of(shop, "list_id")[MARK] == (1, "removed")
    assert report_of(shop, "metric")["metrics in a different spelling"][0] == 2


@pytest.mark.parametrize("written", [" 12.50", "12.50\u00a0", "'12.50", '="12.50"', "\ufeff12.50", "12\u200b.50"])
@pytest.mark.parametrize("save", [None, "to_csv"])
def test_amounts_and_known_numbers_are_numbers(written, save, tmp_path):
    """The sum is exact and the degree is a degree, and each column says once how many it forgave."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"], "predicted_clv": [written, "3"]})
    events = pd.DataFrame(
        {
            "profile_id": ["ann"] * 3,
            "metric": "Placed Order",
            "datetime": "2026-06-01T00:00:00Z",
            "value": [written, written, "1"],
        }
    )
    if save:
        people.to_csv(tmp_path / "profiles.csv", index=False)
        events.to_csv(tmp_path / "events.csv", index=False)
    shop = sk.load(tmp_path, as_of="2026-06-30") if save else sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    assert who(sk.spent("Placed Order", at_least=26), shop) == {"ann"}
    assert who(sk.has("predicted_clv", equals=12.5), shop) == {"ann"}
    assert (report_of(shop, "value")[MARK][0], report_of(shop, "predicted_clv")[MARK][0]) == (2, 1)


@pytest.mark.parametrize("written", [" yes", "'TRUE", '="1"', "y\u200b", "t\u00a0"])
def test_known_truths_are_truths(written):
    """A suppressed address can't receive email, however that was written."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"], "email": "x@example.com", "email_suppressed": [written, "no"]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    assert shop.profiles["email_suppressed"].tolist() == [True, False]
    assert report_of(shop, "email_suppressed") == {MARK: (1, "removed")}


def test_blank_amounts_and_numbers_are_not_set():
    """A cell of nothing but marks holds nothing."""
    people = pd.DataFrame({"profile_id": ["ann"], "latitude": ["\u00a0"], "email": ["'"], "email_suppressed": [" "]})
    events = pd.DataFrame({"profile_id": ["ann"], "metric": "X", "datetime": "2026-06-01T00:00:00Z", "value": [" "]})
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    assert who(sk.is_set("latitude") | sk.is_set("email") | sk.is_set("email_suppressed"), shop) == set()
    assert shop.event_column("X", "$value").codes.tolist() == [-1]


def test_custom_properties_and_free_texts_stay_as_written():
    """Only what something is found by is forgiven: a property is Klaviyo's to the letter, and a town may begin with an apostrophe."""
    people = pd.DataFrame({"profile_id": ["ann"], "city": ["'s-Hertogenbosch"], "Size": [" 8 "]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    assert shop.profiles.loc["ann"].tolist() == ["'s-Hertogenbosch", " 8 "]
    assert MARK not in set(shop.report["issue"])

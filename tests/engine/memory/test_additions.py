"""Columns and people that an analyst picked come back as conditions, as if the shop had been loaded with them."""

from dataclasses import replace

import doors
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LIST_NAMES, Asked, asked
from test_laws import answers

import segkit as sk
from segkit.errors import DataError

PEOPLE = pd.DataFrame({
    "profile_id": ["ann", "bea", "cat"],
    "country": ["US", "DE", None],
    "sms_consent": ["subscribed", "unsubscribed", None],
    "City": ["Boston", "Berlin", None],
    "Score": [1, 2, None],
    "zip": ["02110", "10115", None],
})  # fmt: skip
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")

OWN = [
    "city", "zip", "latitude", "longitude", "sms_consent_method", "email_double_opt_in", "email_bounced_timestamp", "created",
    "predicted_clv", "Town", "Age", "Score", "Parent", "Interests", "Birthday", "Anything",
]  # fmt: skip
"""Columns of generated shops that can be added, those of a meaning of their own among them."""


def framed(**columns):
    """Return a frame of the three people with some columns, the ids as index."""
    return pd.DataFrame(columns, index=pd.Index(["ann", "bea", "cat"], name="profile_id"))


def who(condition, shop):
    """Return who meets a condition."""
    return sk.members(sk.Segment("asked", condition), shop).index.tolist()


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@given(asked(), st.sets(st.sampled_from(OWN), min_size=1), st.randoms(use_true_random=False))
def test_added_columns_answer_like_loaded_ones(asked: Asked, names: set[str], random):
    """A shop with columns added, or replaced, answers every condition like one that was loaded with them, whatever it was asked before."""
    loaded = doors.by_frames(asked.shop)
    others = [
        {name: row.get(name) for name in names} for row in random.sample(asked.shop.profiles, len(asked.shop.profiles))
    ]
    swapped = replace(
        asked.shop, profiles=[row | other for row, other in zip(asked.shop.profiles, others, strict=True)]
    )
    shop = doors.by_frames(swapped)
    before = answers(asked.conditions, shop)
    columns = pd.DataFrame(asked.shop.profiles)[["profile_id", *names]]

    assert answers(asked.conditions, shop.with_properties(columns)) == answers(asked.conditions, loaded)
    assert answers(asked.conditions, shop) == before


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@given(asked(), st.sampled_from(LIST_NAMES))
def test_an_added_list_answers_like_a_loaded_one(asked: Asked, name: str):
    """A shop with a list added, or replaced, answers like one that was loaded with it undated, and stays as it was itself."""
    undated = [row | {"joined": None} if row["list_id"] == name else row for row in asked.shop.lists]
    loaded = doors.by_frames(replace(asked.shop, lists=undated))
    shop = doors.by_frames(asked.shop)
    before = answers(asked.conditions, shop)
    ids = [row["profile_id"] for row in asked.shop.lists if row["list_id"] == name]

    assert answers(asked.conditions, shop.with_list(name, ids)) == answers(asked.conditions, loaded)
    assert answers(asked.conditions, shop) == before


def test_what_is_not_in_the_frame_is_not_set():
    """Profiles that the frame lacks have no such property, also where they had one before; whole numbers stay whole."""
    shop = SHOP.with_properties(framed(Score=[7, 8, 9]).iloc[[1]])
    assert who(sk.is_set("Score"), shop) == ["bea"]
    assert who(sk.has("Score", equals=8), shop) == ["bea"]
    assert who(sk.is_set("Score"), SHOP) == ["ann", "bea"]
    assert shop.profiles["Score"].tolist()[1] == 8


def test_the_ids_may_be_the_index_or_a_column_under_any_known_header():
    """The index, a column, Klaviyo's own header, a Series with a name and a frame of another library all say whose the rows are."""
    frame = framed(Score=[5, 6, 7])
    ways = [
        frame,
        frame.reset_index(),
        frame.reset_index().rename(columns={"profile_id": "Klaviyo ID"}),
        frame["Score"],
        frame.reset_index().convert_dtypes(dtype_backend="pyarrow"),
    ]
    assert all(who(sk.has("Score", at_least=6), SHOP.with_properties(way)) == ["bea", "cat"] for way in ways)


def test_a_known_column_obeys_its_rules():
    """What is off the globe is treated as not set, and a replaced postal code is read, placed and reported anew."""
    shop = SHOP.with_properties(framed(latitude=[42.36, 100.0, None], longitude=[-71.06, 13.4, None]))
    assert who(sk.is_set("latitude"), shop) == ["ann"]
    assert "coordinates out of range" in set(shop.report["issue"])
    odd = SHOP.with_properties(framed(zip=["2110", "10115", "02139"]))
    found = odd.report.query("column == 'zip'").set_index("issue")["count"].to_dict()
    assert found == {
        "US postal codes in a different form": 1,
        "profiles that had a property with this name": 2,
        "postal codes without a country": 1,
    }
    assert who(sk.within(5, "miles", of="02110"), odd) == ["ann"]


def test_what_the_report_said_of_a_replaced_column_goes():
    """The report speaks of the columns that are there, so a replaced one takes its issues along."""
    shop = SHOP.with_properties(framed(predicted_clv=["a", "2", "3"]))
    assert shop.report.query("column == 'predicted_clv'")["issue"].tolist() == ["not a number"]
    again = shop.with_properties(framed(predicted_clv=[1.0, 2.0, 3.0]))
    told = again.report.query("column == 'predicted_clv'")
    assert told[["issue", "count"]].to_numpy().tolist() == [["profiles that had a property with this name", 2]]
    assert shop.report.query("column == 'predicted_clv'")["issue"].tolist() == ["not a number"]


def test_unknown_ids_are_counted_and_left_out():
    """The report counts ids that no profile has; a frame or a list of nothing else is refused with ids of the shop."""
    frame = pd.DataFrame({"profile_id": ["ann", "zoe", "yan", None], "Score": [1, 2, 3, 4]})
    for shop in (SHOP.with_properties(frame), SHOP.with_list("L", frame["profile_id"])):
        told = shop.report.query("table in ['with_properties', 'with_list']")[["issue", "count"]].to_numpy().tolist()
        assert ["rows of unknown profiles", 2] in told
        assert ["rows without a profile id", 1] in told
    with pytest.raises(DataError, match=r"no id belongs to a profile.*'zoe'.*such as 'ann'"):
        SHOP.with_properties(frame.iloc[1:3])
    with pytest.raises(DataError, match=r"no id belongs to a profile.*'zoe'.*such as 'ann'"):
        SHOP.with_list("L", ["zoe"])


@pytest.mark.parametrize("name", [
    "sms_consent", "SMS Consent", "phone_number", "Phone Number", "country", "sms_consent_timestamp", "can_receive_sms_marketing",
    "email_consent", "email_consent_timestamp", "email_suppressed", "email_suppressed_timestamp",
])  # fmt: skip
def test_what_decides_who_is_sent_to_is_refused(name):
    """Consent, numbers and countries are read together when a shop is loaded, so the error says to load with them."""
    with pytest.raises(
        DataError, match=rf"can't set '.*'.*sk\.load\(\.\.\., profiles=frame\).*{name.split()[0].lower()}.*\(mine\)"
    ) as error:
        SHOP.with_properties(framed(**{name: ["US", "DE", "US"]}))
    assert "nothing was loaded" not in str(error.value)


def test_a_shop_of_an_export_keeps_its_further_columns_of_a_meaning():
    """A further column that eligibility heeds can't be replaced either, under the very header that the shop has it."""
    shop = sk.Dataset.from_frames(PEOPLE.assign(**{"SMS Consent": "subscribed"}), as_of="2026-06-30")
    assert "SMS Consent" in shop.property_names
    with pytest.raises(DataError, match="can't set 'SMS Consent'"):
        shop.with_properties(framed(**{"SMS Consent": ["subscribed"] * 3}))


@pytest.mark.parametrize(("frame", "said"), [
    (framed(Score=[1, 2, 3]).reset_index(drop=True), "neither a column nor the index is named 'profile_id'"),
    (framed(), "without columns besides profile_id"),
    (framed(Score=[1, 2, 3]).iloc[:0], "without rows"),
    (pd.concat([framed(Score=[1, 2, 3])] * 2), r"ids with more than one row \(3 times\)"),
    (framed(Score=[1, 2, 3])["Score"].rename(None), "Series without a name"),
    (["ann"], "with_properties can't be a list"),
])  # fmt: skip
def test_a_frame_that_says_nothing_certain_is_refused(frame, said):
    """Without ids, columns or rows there is nothing to add, and two rows of one id contradict each other."""
    with pytest.raises(DataError, match=said):
        SHOP.with_properties(frame)


def test_a_list_is_of_whatever_holds_ids():
    """A list, a set, a generator, an Index, a Series and a frame of members name the same people, each once."""
    members = sk.members(sk.Segment("set", sk.is_set("Score")), SHOP)
    ways = [
        ["ann", "bea"],
        {"ann", "bea"},
        (one for one in ("ann", "bea", "ann")),
        members.index,
        members.index.to_series(),
        members,
    ]
    assert all(who(sk.in_list(" Picked"), SHOP.with_list("Picked ", way)) == ["ann", "bea"] for way in ways)
    assert who(sk.in_list("Picked", in_last_days=10), SHOP.with_list("Picked", ["ann"])) == []
    assert SHOP.with_list("Picked", ["ann", "ann"]).report["count"].tolist()[-1] == 1


@pytest.mark.parametrize(("name", "ids", "said"), [
    ("Picked", "ann", "ids must be a list of profile ids"),
    ("Picked", 7, "ids must be a list of profile ids"),
    ("Picked", [], "no id"),
    (" ", ["ann"], "name must be the name of a list"),
    (7, ["ann"], "name must be the name of a list"),
    ("Picked", framed(picked=[True, False, True])["picked"], r"series\.index\[series\]"),
    ("Picked", framed(Score=[1, 2, 3]).reset_index(drop=True), "neither a column nor the index is named 'profile_id'"),
])  # fmt: skip
def test_what_names_no_people_is_refused(name, ids, said):
    """One text, a column of True and False, a frame without ids and no ids at all are slips, told as such."""
    with pytest.raises(DataError, match=said):
        SHOP.with_list(name, ids)


def test_a_list_of_that_name_is_replaced_and_told():
    """A cell of a notebook that is run again replaces its own list, and the report counts who was on it."""
    shop = SHOP.with_list("Picked", ["ann", "bea"]).with_list("Picked", ["cat"])
    assert who(sk.in_list("Picked"), shop) == ["cat"]
    assert shop.report.iloc[-1][["table", "column", "count"]].tolist() == ["with_list", "Picked", 2]

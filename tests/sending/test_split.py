"""Splits: exact numbers in every stratum, the same again with the same key, and no phone number in two arms."""

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.errors import DataError, DefinitionError, FileError
from segkit.errors.analysis import AnalysisError
from segkit.sending.arm_sizes import arm_counts

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
ARMS = {"text": 0.9, "hold out": 0.1}
EVERYBODY = sk.Segment("Everybody", sk.is_set("city"))


def shop_of(people: range, **columns: object) -> sk.Dataset:
    """Return people of three cities with numbers for fiction, of which each hundred share one number."""
    table = pd.DataFrame(
        {
            "profile_id": [f"p{place}" for place in people],
            "city": [["Boston", "Oslo", "Bonn"][place % 3] for place in people],
            "phone_number": [f"+1617555{100 + place % 100:04}" for place in people],
            "sms_consent": "subscribed",
        }
    )
    return sk.Dataset.from_frames(table.assign(**columns), as_of="2026-06-30")


def without_phones(people: range) -> sk.Dataset:
    """Return the same people without numbers."""
    return shop_of(people, phone_number=None)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.lists(st.integers(1, 9), min_size=2, max_size=4))
def test_counts_are_exact_over_all_and_within_one_in_each_stratum(sizes: list[int], weights: list[int]):
    """Whatever the strata and shares: totals are the rounded shares of everybody, and nobody is left over."""
    shares = {f"arm {place}": Fraction(weight, sum(weights)) for place, weight in enumerate(weights)}
    rows = arm_counts(sizes, shares)

    for size, row in zip(sizes, rows, strict=True):
        assert sum(row) == size
        assert all(abs(count - share * size) <= 1 for count, share in zip(row, shares.values(), strict=True))
        assert min(row) >= 0
    for total, share in zip(map(sum, zip(*rows, strict=True)), shares.values(), strict=True):
        assert abs(total - share * sum(sizes)) < 1


def test_a_tenth_of_1003_is_100():
    """By rank, not by chance; and each city has its tenth."""
    found = sk.split(EVERYBODY, without_phones(range(1_003)), ARMS, key="spring", by=["city"])

    assert found.table["people"].tolist() == [903, 100]
    held = found.strata[found.strata["arm"] == "hold out"]
    assert held["city"].tolist() == ["Bonn", "Boston", "Oslo"]
    assert sorted(held["people"]) == [33, 33, 34]
    assert repr(found) == "Split 'spring': text 903, hold out 100"
    assert "not texted" in found._repr_html_()


def test_the_same_key_gives_the_same_arms_and_another_key_others():
    """Whatever the order of the data."""
    people = without_phones(range(500))
    one, again, other = (sk.split(EVERYBODY, people, ARMS, key=key).arms for key in ("spring", "spring", "summer"))

    assert one.equals(again)
    assert 20 < (one != other).sum() < 100


def test_few_change_arms_as_people_come_and_go():
    """Only who is next to the cut: at most as many as came or went."""
    before = sk.split(EVERYBODY, without_phones(range(1_000)), ARMS, key="spring").arms
    after = sk.split(EVERYBODY, without_phones(range(20, 1_060)), ARMS, key="spring").arms
    stayed = before.index.intersection(after.index)

    assert (before[stayed] != after[stayed]).sum() <= 10


def test_no_number_is_in_two_arms():
    """A thousand profiles of a hundred numbers are a hundred people."""
    shop = shop_of(range(1_000))
    found = sk.split(EVERYBODY, shop, {"text": 0.5, "hold out": 0.5}, key="spring", by=["city"])
    arms = found.arms.groupby(shop.profiles["phone_number"]).nunique()

    assert found.table["people"].tolist() == [50, 50]
    assert found.table["profiles"].sum() == 1_000
    assert set(arms) == {1}


@pytest.mark.parametrize("name", ["rank", "unit", "arm", "people", "profile_id ", "stratum 0", "phone"])
def test_a_property_defines_strata_whatever_its_name(name: str):
    """The name of a column that the computation or its result also has makes no difference."""
    people = pd.DataFrame({"profile_id": [f"p{place}" for place in range(40)], name: ["a", "b"] * 20})
    shop = sk.Dataset.from_frames(people.assign(city=people[name]), as_of="2026-06-30")
    arms = {"text": 0.5, "hold out": 0.5}
    (own,) = [one for one in shop.property_names if one != "city"]
    found, plain = (sk.split(EVERYBODY, shop, arms, key="spring", by=by) for by in ([own], ["city"]))

    assert found.arms.equals(plain.arms)
    assert found.strata.to_numpy().tolist() == plain.strata.to_numpy().tolist()
    assert found.strata.columns.is_unique
    assert found.strata.columns[0] == (f"{name} (property)" if name in ("arm", "people") else own)


def test_a_property_that_is_repeated_counts_once():
    """Strata by the city twice are strata by the city."""
    shop = without_phones(range(90))
    twice, once = (sk.split(EVERYBODY, shop, ARMS, key="spring", by=by) for by in (["city", "city"], ["city"]))

    assert twice.strata.equals(once.strata)
    assert twice.arms.equals(once.arms)


def test_cells_that_are_no_number_do_not_join_people():
    """Who has "n/a" or half a number is split by the id; numbers in two spellings are one."""
    shop = shop_of(
        range(40), phone_number=["n/a", "555-01"] * 10 + ["(617) 555-0132", "+1 617 555 0132"] * 10, country="US"
    )
    found = sk.split(EVERYBODY, shop, {"text": 0.5, "hold out": 0.5}, key="spring")

    assert found.table["people"].sum() == 21
    assert len(set(found.arms.iloc[20:])) == 1


def test_arms_are_as_good_as_random():
    """Over many keys, each person is held out about as often as the share says, and pairs are independent."""
    shop = without_phones(range(60))
    held = Counter(name for key in range(400) for name, arm in sk.split(EVERYBODY, shop, {"text": 0.75, "hold out": 0.25}, key=str(key)).arms.items() if arm == "hold out")  # fmt: skip

    assert sum(held.values()) == 400 * 15
    assert 60 <= min(held.values()) <= max(held.values()) <= 140


def test_files_of_an_audience(tmp_path: Path):
    """Each arm's file holds its recipients; the log of the held out says that it is not to be sent to."""
    shop = shop_of(range(100))
    send = sk.audience(EVERYBODY, shop)
    found = sk.split(send, shop, ARMS, key="spring")
    paths = found.write(tmp_path / "arms")
    text, held = (pd.read_csv(paths[arm], dtype=str) for arm in ("text", "hold out"))
    manifests = [json.loads(Path(f"{paths[arm]}.manifest.json").read_text()) for arm in ("text", "hold out")]

    assert (len(text), len(held)) == tuple(found.table["people"])
    assert set(held["profile_id"]) == set(found.arms.index[found.arms == "hold out"])
    assert not set(text["Phone Number"]) & set(held["phone_number"])
    assert "held out, not to be sent to" in json.dumps(manifests[1])
    assert "not to be sent to" not in json.dumps(manifests[0])
    with pytest.raises(FileError, match="exists"):
        found.write(tmp_path / "arms")


def test_an_audience_is_split_in_its_own_shop_alone(tmp_path: Path):
    """A shop with other rows is refused, even with the same people in another order, since somebody else would be texted."""
    shop, newer = shop_of(range(100)), shop_of(range(1, 101))
    send = sk.audience(EVERYBODY, shop)
    arms = {"text": 0.5, "hold out": 0.5}
    turned = sk.Dataset.from_frames(shop.profiles.reset_index().iloc[::-1], as_of="2026-06-30")

    for other in (newer, turned, shop.with_as_of("2026-06-29")):
        with pytest.raises(DefinitionError, match="made with a different shop"):
            sk.split(send, other, arms, key="spring")
    found = sk.split(send, shop, arms, key="spring")
    texted = pd.read_csv(found.write(tmp_path)["text"], dtype=str)["Phone Number"]
    assert set(texted) == set(shop.profiles.loc[found.arms.index[found.arms == "text"], "phone_number"])


def test_the_arm_that_is_held_out_must_be_an_arm():
    """A name that no arm has, the default included, would let the arm that was meant be texted."""
    shop = without_phones(range(40))
    arms = {"text": 0.5, "holdout": 0.5}

    with pytest.raises(DefinitionError, match=r"'hold out'.*Did you mean 'holdout'.*control=None"):
        sk.split(EVERYBODY, shop, arms, key="spring")
    with pytest.raises(DefinitionError, match="'held back'"):
        sk.split(EVERYBODY, shop, arms, key="spring", control="held back")
    assert "'holdout' is not texted" in sk.split(EVERYBODY, shop, arms, key="spring", control="holdout")._repr_html_()


def test_a_split_without_a_hold_out_texts_every_arm(tmp_path: Path):
    """Every file is to be sent to, and no arm is the one to compare with until it is named."""
    shop = shop_of(range(100))
    arms = sk.split(sk.audience(EVERYBODY, shop), shop, {"short": 0.5, "long": 0.5}, key="spring", control=None)
    purposes = [
        json.loads(Path(f"{path}.manifest.json").read_text())["purpose"] for path in arms.write(tmp_path).values()
    ]

    assert [purpose.rpartition(": ")[2] for purpose in purposes] == ["to be sent to"] * 2
    assert "Every arm is texted" in arms._repr_html_()
    for question in (
        lambda: sk.measure(arms, shop, start="2026-06-01", within_days=14),
        lambda: sk.detectable(arms, shop),
    ):
        with pytest.raises(AnalysisError, match=r"control=None.*'short', 'long'"):
            question()


def test_each_arm_has_its_own_file(tmp_path: Path):
    """Arms whose names differ only in signs get a number, and every recipient is in one file."""
    shop = shop_of(range(100))
    found = sk.split(
        sk.audience(EVERYBODY, shop), shop, {"a/b": 0.4, "hold out": 0.2, "a:b": 0.3, "hold-out": 0.1}, key="k"
    )
    paths = found.write(tmp_path)
    written = {arm: len(pd.read_csv(path)) for arm, path in paths.items()}

    assert [path.name for path in paths.values()] == ["k-a-b.csv", "k-hold-out.csv", "k-a-b-2.csv", "k-hold-out-2.csv"]
    assert written == dict(zip(found.table["arm"], found.table["people"], strict=True))


@pytest.mark.parametrize("name", ["spring-text.csv", "spring-hold-out.csv.manifest.json"])
def test_no_file_is_written_if_one_of_them_exists(tmp_path: Path, name: str):
    """Neither for the arms before it, nor with a layout that does not exist."""
    shop = shop_of(range(100))
    found = sk.split(sk.audience(EVERYBODY, shop), shop, {"later": 0.3, "hold out": 0.2, "text": 0.5}, key="spring")
    (tmp_path / name).write_text("mine")

    with pytest.raises(FileError, match="exists"):
        found.write(tmp_path)
    with pytest.raises(FileError, match="klavio"):
        found.write(tmp_path, layout="klavio", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        ({"text": 1.0}, "two or more arms"),
        (["text"], "two or more arms"),
        ({"text": 0.9, "hold out": 0.2}, "sum of the arms' shares must be 1"),
        ({"text": 1.0, "hold out": 0.0}, "above 0 and below 1"),
        ({"text": "most", "hold out": 0.1}, "a number above 0 and below 1"),
    ],
)
def test_arms_that_make_no_sense_are_refused(arms: object, message: str):
    """With what they must be."""
    with pytest.raises(DefinitionError, match=message):
        sk.split(EVERYBODY, without_phones(range(9)), arms, key="spring")


def test_what_can_not_be_split_is_refused(tmp_path: Path):
    """An arm of nobody, a property that nobody has, a key that is none, and a file of people whom nobody checked."""
    shop = without_phones(range(4))
    with pytest.raises(AnalysisError, match="'hold out' of the split 'spring' would be empty"):
        sk.split(EVERYBODY, shop, {"text": 0.95, "hold out": 0.05}, key="spring")
    with pytest.raises(DataError, match="Town"):
        sk.split(EVERYBODY, shop, ARMS, key="spring", by=["Town"])
    with pytest.raises(DefinitionError, match="key must be"):
        sk.split(EVERYBODY, shop, ARMS, key="")
    for by in ("city", None, [5]):
        with pytest.raises(DefinitionError, match="by must be"):
            sk.split(EVERYBODY, shop, ARMS, key="spring", by=by)
    with pytest.raises(FileError, match="nobody was checked"):
        sk.split(EVERYBODY, shop, {"text": 0.5, "hold out": 0.5}, key="spring").write(tmp_path)

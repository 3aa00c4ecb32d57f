"""One of several numbers: held against numbers and never against texts, in profiles, in events, in YAML and in Klaviyo's words."""

import pandas as pd
import pytest

import segkit as sk

SIZES = {"ann": 38, "bea": 38.0, "cem": "38", "dan": 41, "eve": None, "fay": "large"}


@pytest.fixture
def shop() -> sk.Dataset:
    """Return six people with a size of different kinds, each of whom bought something of that size."""
    people = pd.DataFrame({"profile_id": list(SIZES), "Size": pd.Series(SIZES.values(), dtype=object)})
    bought = people.assign(metric="Placed Order", datetime="2026-06-01")
    return sk.Dataset.from_frames(people, bought, as_of="2026-06-30")


def members_of(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    table = sk.membership(sk.Segment("It", condition), shop)
    return table.index[table["It"]].tolist()


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_it_holds_where_one_of_the_equalities_holds(shop):
    """It takes in whom the numbers take in one by one; who has no number is on neither side."""
    each = sk.has("Size", equals=38) | sk.has("Size", equals=40)
    assert members_of(sk.has("Size", is_in=[38, 40]), shop) == members_of(each, shop) == ["ann", "bea", "cem"]
    assert members_of(sk.has("Size", not_in=[38, 40]), shop) == ["dan"]
    assert members_of(sk.did("Placed Order", where={"Size": [38, 41]}), shop) == ["ann", "bea", "cem", "dan"]


def test_the_text_has_numbers_without_quotes():
    """In YAML the kind of the values decides, as everywhere; both kinds in one list are refused with the line."""
    segment = sk.Segment("It", sk.has("Size", is_in=[38, 39.5]))
    assert segment.to_yaml().endswith("is in:\n  - 38\n  - 39.5\n") or "is in: [38, 39.5]" in segment.to_yaml()
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment
    assert segment.hash != sk.Segment("It", sk.has("Size", is_in=["38", "39.5"])).hash
    for wrong in ("[38, large]", "[true]", "[2026-01-01]"):
        with pytest.raises(sk.DefinitionError, match="line 4, is in"):
            sk.Segment.from_yaml(f"segkit: 1\nname: It\nhas: Size\nis in: {wrong}\n")


def test_klaviyo_is_given_a_condition_for_each_number():
    """For a property Klaviyo is asked for each number; an event's filters know no OR, so that is refused with what is nearest."""
    one, several = (
        sk.to_klaviyo(sk.Segment("It", condition))
        for condition in (sk.has("Size", equals=38) | sk.has("Size", equals=39), sk.has("Size", is_in=[38, 39]))
    )
    assert one == several
    assert sk.to_klaviyo(sk.Segment("It", sk.has("Size", not_in=[38, 39]))) == sk.to_klaviyo(
        sk.Segment("It", sk.has("Size", not_equals=38) & sk.has("Size", not_equals=39))
    )
    with pytest.raises(
        sk.DefinitionError, match="Nearest alternative: a condition for each of the 2 numbers, joined by OR"
    ):
        sk.to_klaviyo(
            sk.Segment("It", sk.did("Placed Order", where={"Size": [38, 39]})), metric_ids={"Placed Order": "a"}
        )

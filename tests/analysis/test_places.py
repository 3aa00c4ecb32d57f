"""Points hold the people who live there: members and others, each counted once, those without a point among them."""

import pandas as pd
from charts.reading import finding, note

import segkit as sk
from segkit.analysis.places import places
from segkit.charts import plot_map

PEOPLE = pd.DataFrame(
    {
        "profile_id": list("abcdef"),
        "latitude": [42.4, 42.4, 42.4, 40.0, None, None],
        "longitude": [-71.1, -71.1, -71.1, -75.0, None, None],
        "Age": [40, 30, 7, 50, 60, 8],
        "Parent": [True, False, True, True, False, False],
    }
)
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
GROWN_UP = sk.Segment("Grown up", sk.has("Age", at_least=18))


def test_everybody_is_at_one_point_or_at_none():
    """Members are all members, both together are all profiles, and a row without a point holds those who can't be placed."""
    table = places(GROWN_UP, SHOP)

    assert table["members"].tolist() == [1, 2, 1]
    assert table["others"].tolist() == [0, 1, 1]
    assert table["latitude"].isna().tolist() == [False, False, True]
    assert table[["members", "others"]].to_numpy().sum() == len(SHOP)


def test_others_are_only_those_looked_at():
    """Whoever is not among them is left out, unless a member."""
    table = places(GROWN_UP, SHOP, among=sk.Segment("Parents", sk.has("Parent", equals=True)))

    assert table["members"].sum() == 4
    assert table["others"].tolist() == [0, 1, 0]


def test_the_map_takes_the_table_as_it_is():
    """Nothing need be done between the table and its picture, which says who can't be placed."""
    drawn = plot_map(places(GROWN_UP, SHOP), store=(42.36, -71.06), radius=30)

    assert finding(drawn) == "2 of 4 members live within 30 miles of the store"
    assert "The location of 1 member and 1 other profile is unknown." in note(drawn)

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


NEAR = sk.Segment("Near", sk.within(30, "miles", of="02110"))


def test_the_table_knows_the_store_of_its_segment():
    """Where the segment has one distance condition, the map needs only the table; with two, the store must be said."""
    table = places(NEAR, SHOP)
    store = table.attrs["store"]

    assert (store["of"], store["radius"], store["unit"]) == ("02110", 30, "miles")
    assert plot_map(table).to_json() == plot_map(table, store=store["point"], radius=30).to_json()
    assert "store" not in places(sk.Segment("Both", sk.within(5, "miles", of="02110") | NEAR.condition), SHOP).attrs
    assert "store" not in places(GROWN_UP, SHOP).attrs


def test_each_point_has_its_most_common_town():
    """The town is the commonest one at the point, the first of the alphabet where two are as common, and none where nobody has one."""
    towns = ["Boston", "Newton", "Boston", None, "Nowhere", "Nowhere"]
    table = places(GROWN_UP, sk.Dataset.from_frames(PEOPLE.assign(city=towns), as_of="2026-06-30"))

    assert table["town"].tolist()[1] == "Boston"
    assert table["town"].isna().tolist() == [True, False, True]
    assert "town" not in places(GROWN_UP, SHOP)


def test_an_address_in_the_column_of_towns_is_masked():
    """Whatever stands in the column, the map never shows a number or an address."""
    people = PEOPLE.assign(city="ann@mail.example")
    table = places(GROWN_UP, sk.Dataset.from_frames(people, as_of="2026-06-30"))

    assert set(table["town"].dropna()) == {"a••@••••.•••••••"}

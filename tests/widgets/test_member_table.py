"""The table of members: what a search finds, that everybody found can be had, and that nobody is shown."""

import gc
import weakref

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import DefinitionError
from segkit.widgets import MemberTable

PEOPLE = pd.DataFrame(
    {
        "profile_id": ["id-1", "id-2", "id-3"],
        "first_name": ["Zoe", "Bo", None],
        "email": ["quill.zoe@mail.example", None, None],
        "phone_number": ["+12125550142", None, None],
        "city": ["Boston", "Oslo", "boston"],
        "Age": [17, 18, 40],
        "sms_consent": ["subscribed"] * 3,
    }
)
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
EVERYBODY = sk.Segment("Everybody", sk.is_set("Age"))


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("", ["id-1", "id-2", "id-3"]),
        ("BOSTON", ["id-1", "id-3"]),
        (" zoe ", ["id-1"]),
        ("5550142", ["id-1"]),
        ("18", ["id-2"]),
        ("id-3", ["id-3"]),
        (".*", []),
        ("subscribed", ["id-1", "id-2", "id-3"]),
    ],
)
def test_a_search_finds_text_in_any_case_in_every_column(search: str, ids: list[str]):
    """It looks in ids and all columns, also where they are masked or not shown; a pattern is text."""
    table = MemberTable(EVERYBODY, SHOP)
    table.search = search
    assert table.found.index.tolist() == ids
    assert repr(table) == f"MemberTable: {len(ids)} of 3 members of Everybody found"


def test_nobody_is_shown_and_all_are_found():
    """The view, its stored picture and the text mask names, addresses and numbers, also a number that was searched; `found` has them."""
    table = MemberTable(EVERYBODY, SHOP)
    for search in ("", "Zoe", "+12125550142"):
        table.search = search
        shown = table._repr_mimebundle_()
        for text in (table.view.value, shown["text/html"], shown["text/plain"]):
            assert "quill" not in text
            assert "5550142" not in text
            assert "Zoe" not in text.replace("“Zoe”", "")
    assert table.found.loc["id-1", "phone_number"] == "+12125550142"


def test_only_so_many_rows_are_drawn_and_the_rest_is_counted():
    """The table stays small, and says how many members it leaves out."""
    table = MemberTable(EVERYBODY, SHOP, rows=2)
    assert table.view.value.count("<tr>") == 3
    assert "1 more is not shown" in table.view.value
    table.search = "oslo"
    assert "more is not shown" not in table.view.value


def test_columns_can_be_chosen():
    """Only these are shown, though all are searched; a name that is none is refused with the near ones."""
    table = MemberTable(EVERYBODY, SHOP, columns=["Age"])
    assert table.found.columns.tolist() == ["Age"]
    table.search = "boston"
    assert table.found.index.tolist() == ["id-1", "id-3"]
    assert table.found.columns.tolist() == ["Age"]
    assert "Also found in columns that are not shown: city (2)." in table.view.value
    with pytest.raises(DefinitionError, match="Did you mean 'Age'"):
        MemberTable(EVERYBODY, SHOP, columns=["age"])
    with pytest.raises(DefinitionError, match="from 1 to 60"):
        MemberTable(EVERYBODY, SHOP, rows=0)


def test_a_property_that_is_not_shown_is_searched_and_named():
    """Of twelve properties nine are shown; the others are counted, and the one that has the text is named."""
    people = pd.DataFrame(
        {"profile_id": ["a", "b"], **{f"p{place}": [1, 2] for place in range(11)}, "Tier": ["gold", None]}
    )
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    table = MemberTable(sk.Segment("All", sk.is_set("p0")), shop)
    assert "Tier" not in table.found
    assert "3 more columns are searched but not shown" in table.view.value

    table.search = "gold"
    assert table.found.index.tolist() == ["a"]
    assert "Also found in columns that are not shown: Tier (1)." in table.view.value
    table.search = "silver"
    assert table.found.empty
    assert "3 more columns are searched but not shown" in table.view.value
    assert (
        "not shown" not in MemberTable(sk.Segment("All", sk.is_set("p0")), shop, columns=list(shop.profiles)).view.value
    )


def test_lists_and_cells_of_several_types_are_searched_too():
    """Whatever a cell holds is looked for as it is written."""
    people = pd.DataFrame(
        {"profile_id": list("ab"), "Age": [1, 2], "Interests": [["shoes"], None], "Mixed": [3.5, "x"]}
    )
    table = MemberTable(EVERYBODY, sk.Dataset.from_frames(people, as_of="2026-06-30"))
    for search, ids in (("shoes", ["a"]), ("3.5", ["a"]), ("x", ["b"])):
        table.search = search
        assert table.found.index.tolist() == ids


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("ΝΊΚΟΣ", "νίκος"),
        ("Νίκος", "ΝΊΚΟΣ"),
        ("Νίκος", "νίκοσ"),
        ("İpek", "İpek"),
        ("Weiß", "WEIẞ"),
        ("ÅSA", "åsa"),
        ("Zoë", "ZOË"),
    ],
)
def test_letters_of_other_alphabets_are_found_in_any_case(name: str, search: str):
    """A Greek sigma at the end of a word, capitals with marks and the dotted I are found by their other case."""
    shop = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["a", "b", "c"], "first_name": [name, "Bo", None], "Age": [1, 2, 3]}),
        as_of="2026-06-30",
    )
    table = MemberTable(EVERYBODY, shop)
    table.search = search

    assert table.found.index.tolist() == ["a"]


def test_each_search_has_its_own_answer():
    """A search, another one and the first again give each its own members, and none gives all."""
    table = MemberTable(EVERYBODY, SHOP)
    found = []
    for search in ("zoe", "oslo", "zoe", "", "oslo"):
        table.search = search
        found.append(table.found.index.tolist())

    assert found == [["id-1"], ["id-2"], ["id-1"], ["id-1", "id-2", "id-3"], ["id-2"]]


def test_a_table_that_nobody_shows_frees_its_memory():
    """Nothing keeps a table alive that was made and left."""
    table = MemberTable(EVERYBODY, SHOP)
    gone = weakref.ref(table)
    del table
    gc.collect()
    assert gone() is None


def test_a_name_cannot_add_markup():
    """The name of the segment and the searched text are text."""
    table = MemberTable(sk.Segment("<b>x</b>", sk.is_set("Age")), SHOP)
    table.search = "<script>"
    assert "<script" not in table.view.value
    assert "<b>x" not in table.view.value

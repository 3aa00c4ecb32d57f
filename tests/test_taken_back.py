"""What segkit hands out it takes back: frames of profiles go in again and mean the same, and text means the same from every door."""

import tempfile
from dataclasses import replace
from pathlib import Path

import doors
import pandas as pd
import pytest
from hypothesis import given
from reference import PlainShop
from strategies import Asked, asked, shops, written_shops

import segkit as sk
from segkit.definition.conditions import Condition

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

Answers = list[set[str]]


def answers(asked_for: list[Condition], dataset: sk.Dataset) -> Answers:
    """Return the members of each condition."""
    table = sk.membership([sk.Segment(str(place), condition) for place, condition in enumerate(asked_for)], dataset)
    return [set(table.index[table[name]]) for name in table]


def again(shop: PlainShop, profiles: pd.DataFrame) -> sk.Dataset:
    """Return a shop whose profiles come in as a frame, and everything else as before."""
    rows = {"events": shop.events, "lists": shop.lists, "places": shop.places}
    tables = {name: pd.DataFrame(some) for name, some in rows.items() if some}
    return sk.Dataset.from_frames(profiles, as_of=shop.as_of, **tables)


@given(asked())
def test_profiles_from_a_frame_are_taken_back(asked: Asked):
    """Every condition has the same members after the profiles of a shop were handed out and came in again."""
    shop = doors.by_frames(asked.shop)

    assert answers(asked.conditions, shop) == answers(asked.conditions, again(asked.shop, shop.profiles))


@given(asked(written_shops()))
def test_profiles_from_csv_are_taken_back(asked: Asked):
    """The same holds where every cell came from a CSV, also by way of Parquet, and beside the files that are still there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop = doors.by_csv(asked.shop, folder)
        expected = answers(asked.conditions, shop)
        shop.profiles.to_parquet(folder / "again.parquet")
        found = [
            sk.load(folder, as_of=shop.as_of, profiles=profiles)
            for profiles in (shop.profiles, shop.profiles.assign(own=1), folder / "again.parquet")
        ]

        assert [expected] * 3 == [answers(asked.conditions, one) for one in found]


@given(asked(written_shops()))
def test_text_is_read_alike_from_every_door(asked: Asked):
    """A table of texts means the same as a CSV, as a frame whose empty cells are empty texts, and as Parquet."""
    with tempfile.TemporaryDirectory() as name:
        csv, parquet = Path(name, "csv"), Path(name, "parquet")
        csv.mkdir()
        parquet.mkdir()
        expected = answers(asked.conditions, doors.by_csv(asked.shop, csv))

        assert expected == answers(asked.conditions, doors.by_frames(asked.shop))
        assert expected == answers(asked.conditions, doors.by_parquet(asked.shop, parquet))


@given(shops())
def test_members_are_taken_back(shop: PlainShop):
    """The members of a segment are a table of profiles themselves: loaded, everybody in it is in the segment."""
    known = sk.Segment("Known", sk.is_set("Town") | sk.has("Age", at_least=18) | sk.has("Interests", contains="Hats"))
    found = sk.members(known, doors.by_frames(shop))
    taken_back = (
        sk.membership(known, again(replace(shop, events=[], lists=[]), found.assign(mine="x"))) if len(found) else None
    )

    assert taken_back is None or taken_back["Known"].all()


PEOPLE = pd.DataFrame(
    {
        "profile_id": ["a", "b", "c"],
        "sms_consent": ["SUBSCRIBED", "unsubscribed", None],
        "phone_number": ["+1 (212) 555-0142", None, "+12"],
        "city": ["Boston", None, "Oslo"],
        "City": ["boston", "x", "oslo"],
        "Age": ["18", "17", ""],
        "Parent": ["true", "false", "yes"],
        "Alerts": ['["sale alerts"]', "sale alerts", "[]"],
        "Joined": pd.PeriodIndex(["2026-06", "2020-01", None], freq="M"),
    }
)


def test_a_table_keeps_its_index_and_its_names():
    """Profiles, members and the table of an audience have the index profile_id, and go in again column for column."""
    shop = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
    subscribed = sk.sms_subscribers()
    send = sk.audience(subscribed, shop)
    for frame in (shop.profiles, sk.members(subscribed, shop), send.profiles):
        again = sk.Dataset.from_frames(frame, as_of="2026-06-30")
        assert frame.index.name == "profile_id"
        pd.testing.assert_frame_equal(frame, again.profiles)


def test_a_column_of_ones_own_stands_beside_the_others():
    """A column that is added to the profiles is a property like any other, and leaves the others as they were."""
    shop = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
    people = shop.profiles
    people["Favourite"] = ["Mon", None, ""]
    own = sk.Dataset.from_frames(people, as_of="2026-06-30")
    asked_for = [sk.has("Age", at_least=18), sk.has("Parent", equals=True), sk.has("Alerts", contains="sale alerts")]

    assert [{"a"}, {"a"}, {"a", "b"}] == answers(asked_for, shop) == answers(asked_for, own)
    assert [{"a"}] == answers([sk.is_set("Favourite")], own)

"""Segments over time: sizes and members as membership has them at each moment, changes that add up, causes that are the true ones."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import doors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Asked, asked

import segkit as sk
from segkit.analysis.truth import atoms_of
from segkit.errors import DataError, DefinitionError, SegkitWarning
from segkit.errors.analysis import AnalysisError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
START, END = "2026-03-31", "2026-06-15"


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(Path(__file__).parents[2] / "sample_data")


def members(segment: sk.Segment, shop: sk.Dataset, moment: object) -> set[str]:
    """Return the members per moment."""
    column = sk.membership(segment, shop.with_as_of(moment))[segment.name]
    return set(column.index[column])


def test_sizes_are_those_of_membership_at_each_moment(shop: sk.Dataset):
    """Each with its share of the profiles that existed."""
    segments = [sk.sms_engaged(), sk.sms_vip(spent=400)]
    table = sk.history(segments, shop, every_days=60)

    assert table["moment"].iloc[-1] == shop.as_of
    assert table["moment"].is_monotonic_increasing
    for row in table[-6:].to_dict("records"):
        (segment,) = [one for one in segments if one.name == row["segment"]]
        assert row["size"] == len(members(segment, shop, row["moment"]))
        assert row["base_size"] == (shop.profiles["created"] <= row["moment"]).sum()
        assert row["share"] == row["size"] / row["base_size"]


def test_moments_may_be_chosen_and_are_not_beyond_the_data(shop: sk.Dataset):
    """In any order, each once."""
    found = sk.history(sk.sms_engaged(), shop, moments=["2026-06-30", "2026-01-31", "2026-01-31"])

    assert [str(one)[:10] for one in found["moment"]] == ["2026-01-31", "2026-06-30"]
    with pytest.raises(DefinitionError, match="not after the data's as_of, 2026-06-30"):
        sk.history(sk.sms_engaged(), shop, moments=["2026-07-01"])
    with pytest.raises(DefinitionError, match="at least one date"):
        sk.history(sk.sms_engaged(), shop, moments=[])
    with pytest.raises(DataError, match="soon"):
        sk.history(sk.sms_engaged(), shop, moments="soon")
    with pytest.raises(AnalysisError, match="predicted_clv"):
        sk.history(sk.sms_budget_shoppers(), shop)
    with pytest.warns(SegkitWarning, match="'Gender' is known only as of today"):
        sk.history(sk.sms_gender(gender="female"), shop, every_days=90)


@pytest.mark.parametrize("segment", [sk.sms_engaged(), sk.lapsed_customers(), sk.prefers_sms(), sk.sms_vip(spent=300)])
def test_a_change_in_size_adds_up(shop: sk.Dataset, segment: sk.Segment):
    """Before, entered, left and after are those of membership, and causes add up to them."""
    found = sk.changes(segment, shop, START, END)
    was, now = (members(segment, shop, moment) for moment in (START, END))

    assert (found.before, found.after) == (len(was), len(now))
    assert (found.entered, found.left) == (len(now - was), len(was - now))
    assert found.before + found.entered - found.left == found.after
    assert found.table.groupby("change")["profiles"].sum().to_dict() == {"entered": found.entered, "left": found.left}
    rows = found.rows()
    assert {change: set(some["profile_id"]) for change, some in rows.groupby("change")} == {
        "entered": now - was,
        "left": was - now,
    }
    assert (
        f"{found.before:,} + {found.entered:,} entered - {found.left:,} left = {found.after:,}" in found._repr_html_()
    )


@given(asked(), st.integers(1, 30))
def test_changes_add_up_for_any_segment(question: Asked, back: int):
    """Whatever the tree: the causes of entering and leaving add up to the difference of sizes."""
    shop = doors.by_any(question.shop)
    start = shop.as_of - timedelta(days=back)
    for condition in question.conditions[:6]:
        segment = sk.Segment("It", condition)
        try:
            found = sk.changes(segment, shop, start, allow_todays=["predicted_clv"])
        except DataError:
            continue
        assert found.before + found.entered - found.left == found.after
        assert Counter(found.rows()["change"]) == +Counter({"entered": found.entered, "left": found.left})


def test_the_cause_is_the_condition_that_alone_turns_the_verdict(shop: sk.Dataset):
    """Recomputed for each profile by asking every condition at both moments."""
    segment = sk.sms_engaged()
    found = sk.changes(segment, shop, START, END)
    atoms = atoms_of([segment.condition])
    asked = [[members(sk.Segment("It", atom), shop, moment) for atom in atoms] for moment in (START, END)]
    was, now = (members(segment, shop, moment) for moment in (START, END))
    before = {*shop.profiles.index[shop.profiles["created"] <= pd.Timestamp(START, tz="UTC") + pd.Timedelta(days=1)]}
    causes: Counter[str] = Counter()
    for profile in was ^ now:
        then, later = ([profile in some for some in moment] for moment in asked)
        alone = [place for place in range(len(atoms)) if then[place] != later[place] and _verdict(segment, atoms, [*then[:place], later[place], *then[place + 1 :]]) != (profile in was)]  # fmt: skip
        causes["created" if profile not in before else str(alone[0]) if len(alone) == 1 else "several"] += 1

    table = found.table.groupby("condition")["profiles"].sum()
    assert table.get("several conditions", 0) == causes["several"]
    assert table.get("", 0) == causes["created"]
    assert sorted(table.drop(["several conditions", ""], errors="ignore")) == sorted(
        count for name, count in causes.items() if name.isdigit()
    )


def _verdict(segment: sk.Segment, atoms: list, holds: list[bool]) -> bool:
    known = dict(zip(atoms, holds, strict=True))

    def read(condition: sk.Condition) -> bool:
        if isinstance(condition, sk.AllOf):
            return all(map(read, condition.conditions))
        if isinstance(condition, sk.AnyOf):
            return any(map(read, condition.conditions))
        return not read(condition.condition) if isinstance(condition, sk.Not) else known[condition]

    return read(segment.condition)


def small_shop() -> sk.Dataset:
    """Return a shop in which every cause occurs once."""
    people = pd.DataFrame(
        {
            "profile_id": ["ages", "buys", "new", "opts in", "opts out", "both", "stays"],
            "created": ["2026-01-01"] * 2 + ["2026-06-20"] + ["2026-01-01"] * 4,
            "sms_consent": ["subscribed"] * 4 + ["unsubscribed", "subscribed", "subscribed"],
            "sms_consent_timestamp": ["2026-01-01"] * 3 + ["2026-06-15", "2026-06-15", "2026-06-15", "2026-01-01"],
        }
    )
    rows = [("ages", "2026-05-10"), ("buys", "2026-06-15"), ("new", "2026-06-20"), ("opts in", "2026-06-01"), ("opts out", "2026-06-01"), ("both", "2026-06-15"), ("stays", "2026-06-05")]  # fmt: skip
    orders = pd.DataFrame(rows, columns=["profile_id", "datetime"]).assign(metric="Placed Order")
    given = pd.DataFrame(
        {"profile_id": ["opts out"], "datetime": ["2026-01-01"], "metric": "Subscribed to SMS Marketing"}
    )
    return sk.Dataset.from_frames(people, pd.concat([orders, given]), as_of="2026-06-30")


def test_causes_are_told_in_words():
    """Time, an event, consent either way, several at once, and a profile that was created in between."""
    segment = sk.Segment("Buyers", sk.can_receive("sms") & sk.did("Placed Order", in_last_days=30))
    found = sk.changes(segment, small_shop(), "2026-06-08")

    assert {(row["change"], row["cause"]): row["profiles"] for row in found.table.to_dict("records")} == {
        ("entered", "an event happened"): 1,
        ("entered", "consent was given"): 1,
        ("entered", "no single condition explains it"): 1,
        ("entered", "the profile was created"): 1,
        ("left", "time ran out"): 1,
        ("left", "consent was withdrawn"): 1,
    }
    assert "did Placed Order" in " ".join(found.table["condition"])


def test_rows_have_the_published_shapes():
    """Of audience snapshots and of segment membership, with the definition's version."""
    segment = sk.Segment("Buyers", sk.can_receive("sms") & sk.did("Placed Order", in_last_days=30))
    found = sk.changes(segment, small_shop(), "2026-06-08")
    one, other = found.rows("hightouch"), found.rows("salesforce")

    assert list(one.columns) == ["ht_row_id", "ht_audience_id", "ht_timestamp", "ht_event_type"]
    assert dict(zip(one["ht_row_id"], one["ht_event_type"], strict=True))["ages"] == "exit"
    assert list(other.columns) == ["Id", "Segment_Id", "Delta_Type", "Snapshot_Type", "Timestamp", "Version_Stamp"]
    assert set(other["Delta_Type"]) == {"Added", "Removed"}
    assert set(other["Version_Stamp"]) == {segment.hash}
    with pytest.raises(DefinitionError, match="'hightouch', 'salesforce'"):
        found.rows("braze")


def test_changes_need_two_moments_in_order(shop: sk.Dataset):
    """The other way round is refused."""
    with pytest.raises(DefinitionError, match="before the end"):
        sk.changes(sk.sms_engaged(), shop, END, START)
    with pytest.raises(DefinitionError, match="before the end"):
        sk.movements(sk.sms_engaged(), shop, END, START)


def test_movements_are_those_of_membership(shop: sk.Dataset):
    """Each profile is in the first of its segments at either moment, and everybody who exists at the end counts once."""
    segments = [*sk.engagement_tracks(schedule="weekly")]
    found = sk.movements(segments, shop, START, END)
    states = []
    for moment in (START, END):
        then = shop.with_as_of(moment)
        who = sk.membership(segments, then)
        first = who.idxmax(axis=1).where(who.any(axis=1), "none of them")
        states.append(first.where(shop.profiles["created"] <= then.as_of, "not there yet"))
    exists = states[1] != "not there yet"
    wanted = Counter(zip(states[0][exists], states[1][exists], strict=True))

    assert {(row["before"], row["after"]): row["profiles"] for row in found.to_dict("records")} == wanted
    assert found["profiles"].sum() == exists.sum()
    np.testing.assert_allclose(found.groupby("before")["share"].sum(), 1)
    with pytest.raises(DefinitionError, match="none of them"):
        sk.movements(sk.Segment("none of them", sk.can_receive("sms")), shop, START)


def test_members_leave_on_the_day_on_which_membership_loses_them(shop: sk.Dataset):
    """Asked of membership at the close of each coming day."""
    segment = sk.sms_engaged(clicked_days=60)
    found = sk.leaving(segment, shop, within_days=40)
    inside, wanted = members(segment, shop, shop.as_of), {}
    for ahead in range(1, 41):
        day = shop.as_of.date() + timedelta(days=ahead)
        stay = members(segment, shop, day)
        wanted |= dict.fromkeys(inside - stay, day)
        inside &= stay

    assert found.days.to_dict() == wanted
    assert found.table["leaving"].sum() == len(wanted)
    assert found.table["remaining"].iloc[-1] == found.members - len(wanted) == len(inside)
    assert "drop out within 40 days if nothing happens" in found._repr_html_()


def test_nobody_leaves_a_segment_without_windows(shop: sk.Dataset):
    """The table is empty, and says so."""
    found = sk.leaving(sk.Segment("Buyers", sk.did("Placed Order")), shop, within_days=5)

    assert (len(found.table), len(found.days)) == (0, 0)
    assert "0 of" in repr(found)


def test_leaving_is_asked_at_the_end_of_the_data(shop: sk.Dataset):
    """From an earlier moment, something did happen."""
    with pytest.raises(AnalysisError, match=r"after its as_of, 2026-03-31"):
        sk.leaving(sk.sms_engaged(), shop.with_as_of(date(2026, 3, 31)))
    with pytest.raises(DefinitionError, match="within_days"):
        sk.leaving(sk.sms_engaged(), shop, within_days=0)

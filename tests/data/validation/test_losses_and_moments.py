"""A large loss stands above everything else, with what to do; no date ahead of the clock or placeholder chooses the moment."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.command.build import build
from segkit.command.cli import main
from segkit.data.validation.losses import Loss
from segkit.errors import DataError

DAY = "2026-06-01T00:00:00Z"


def shop_of(known, unknown, *, others=0, **options):
    """Return a shop of so many events of a known profile and of unknown ones, and of so many profiles without events."""
    people = pd.DataFrame(
        {"profile_id": ["ann", *(f"p{number}" for number in range(others))], "sms_consent": "SUBSCRIBED", "Age": 40}
    )
    ids = ["ann"] * known + [f"x{number}" for number in range(unknown)]
    events = pd.DataFrame({"profile_id": ids, "metric": "Placed Order", "datetime": DAY, "value": 5})
    return sk.Dataset.from_frames(people, events, as_of="2026-06-30", **options)


@given(st.integers(1, 60), st.integers(0, 6))
def test_more_than_a_twentieth_is_an_alarm(known, unknown):
    """At a twentieth it is a row of the report, above it an alarm that is the first row and stands in what a shop prints."""
    shop = shop_of(known, unknown)
    is_large = 20 * unknown > known + unknown
    assert bool(shop.alarms) == is_large
    assert ("LEFT OUT" in repr(shop)) == is_large
    first = [*shop.report["issue"], ""][0]
    assert first.endswith("of events left out") == is_large
    if is_large:
        assert f"({unknown} of {known + unknown})" in shop.alarms[0]
        assert "add_profiles_of_events=True" in shop.report["resolution"].iloc[0]


def test_shares_are_never_rounded_to_all():
    """A whole is said only of the whole."""
    assert Loss("events", 99_999, 100_000).share == "99.9% of events left out"
    assert Loss("profiles", 3, 3).share == "100.0% of profiles left out"


def test_copies_and_deleted_rows_are_no_loss():
    """What is left out since it counts already, or is gone, is neither lost nor part of the whole."""
    events = pd.DataFrame({
        "profile_id": ["ann"] * 4 + ["who"], "metric": "Placed Order", "datetime": DAY, "event_id": ["1", "1", "1", "2", "3"],
        "_fivetran_deleted": [False, False, False, False, True],
    })  # fmt: skip
    people = pd.DataFrame({"profile_id": ["ann", "ann", "bea"], "sms_consent": "SUBSCRIBED"})
    assert sk.Dataset.from_frames(people, events, as_of="2026-06-30").alarms == []


def test_what_else_is_lost_counts():
    """Profiles without an id, and events without a metric or a date that can be read."""
    people = pd.DataFrame({"profile_id": ["ann", None], "sms_consent": "SUBSCRIBED"})
    events = pd.DataFrame(
        {"profile_id": "ann", "metric": ["Placed Order", None, "Placed Order"], "datetime": [DAY, DAY, "soon"]}
    )
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30", unreadable="leave out")
    assert shop.alarms == [
        "50.0% of profiles left out (1 of 2). The other rows of the report give the reasons.",
        "66.7% of events left out (2 of 3). The other rows of the report give the reasons.",
    ]


def test_profiles_that_only_events_have_are_added_if_asked():
    """They have no properties, their events count, and the report says how many there are."""
    shop = shop_of(3, 2, add_profiles_of_events=True)
    assert shop.profile_ids.tolist() == ["ann", "x0", "x1"]
    assert len(shop.events) == 5
    assert shop.profiles["Age"].tolist()[0] == 40
    assert (
        shop.profiles[["Age", "sms_consent"]].iloc[1:].isna().all(axis=None)
        or shop.consent("sms", "subscribed").sum() == 1
    )
    assert shop.alarms == []
    [row] = shop.report.query("issue == 'profiles that occur only in events'").to_dict("records")
    assert (row["count"], row["resolution"]) == (2, "added without properties, as requested")


def test_nothing_is_added_where_no_id_matches():
    """Then the two tables have different ids, and each person would be two."""
    with pytest.raises(DataError, match="no id belongs to a profile"):
        shop_of(0, 2, add_profiles_of_events=True)


def test_an_alarm_stands_at_the_top_of_a_build(tmp_path, capsys):
    """Of what the command prints, and among the notes of the report; the option that it names makes it go away."""
    shop = shop_of(3, 2)
    built = build(shop, tmp_path / "one")
    assert built.notes[0] == shop.alarms[0]
    assert "40.0% of events left out (2 of 5)" in (tmp_path / "one" / "report.html").read_text(encoding="utf-8")

    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "profiles.csv").write_text("profile_id,sms_consent\nann,SUBSCRIBED\n")
    (folder / "events.csv").write_text(
        "profile_id,metric,datetime,value\n" + "".join(f"{one},Placed Order,{DAY},5\n" for one in ("ann", "x", "y"))
    )
    assert main(["build", str(folder), "--out", str(tmp_path / "two")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Alarm: 66.7% of events left out (2 of 3).")
    assert printed.count("66.7% of events left out (2 of 3)") == 1
    assert main(["build", str(folder), "--out", str(tmp_path / "two"), "--add-profiles-of-events"]) == 0
    assert "Alarm" not in capsys.readouterr().out


def dated(*moments, **profile):
    """Return a shop of one profile with an event at each of these moments, looked at from where the data says."""
    people = pd.DataFrame({"profile_id": ["ann"], "sms_consent": "SUBSCRIBED", **profile})
    events = pd.DataFrame({"profile_id": "ann", "metric": "Placed Order", "datetime": list(moments)})
    return sk.Dataset.from_frames(people, events if moments else None)


AHEAD = ("9999-12-31T00:00:00Z", "3026-06-30T00:00:00Z", (datetime.now(UTC) + timedelta(days=200)).isoformat())
BEFORE = ("0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "1969-12-31T00:00:00Z")


@pytest.mark.parametrize("odd", [*AHEAD, *BEFORE])
def test_no_odd_date_chooses_the_moment(odd):
    """Neither of an event nor of a profile: the newest that has happened does, and without one it is now."""
    assert dated(DAY, odd).as_of == datetime(2026, 6, 1, tzinfo=UTC)
    assert dated(created=[odd], updated=DAY).as_of == datetime(2026, 6, 1, tzinfo=UTC)
    assert dated(odd, updated=DAY).as_of == datetime(2026, 6, 1, tzinfo=UTC)
    begun = datetime.now(UTC)
    assert begun <= dated(odd).as_of <= datetime.now(UTC)
    assert begun <= dated(created=[odd]).as_of <= datetime.now(UTC)


@pytest.mark.parametrize("odd", ["9999-12-31T00:00:00Z", "3026-06-30T00:00:00Z", "1970-01-01T00:00:00Z", *BEFORE])
def test_placeholders_are_counted(odd):
    """In events, in dates of profiles and in those of lists; other dates are not."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"], "sms_consent": "SUBSCRIBED", "created": [odd, DAY]})
    events = pd.DataFrame({"profile_id": "ann", "metric": "Placed Order", "datetime": [odd, DAY, odd]})
    lists = pd.DataFrame({"profile_id": ["ann", "bea"], "list_id": "VIP", "joined": [odd, None]})
    report = sk.Dataset.from_frames(people, events, lists=lists).report
    found = report[report["issue"].str.startswith("placeholders")]
    assert found[["table", "column", "count"]].to_numpy().tolist() == [
        ["profiles", "created", 1], ["events", "datetime", 2], ["lists", "joined", 1],
    ]  # fmt: skip
    assert set(found["examples"]) == {f"'{odd[:10]}'"}


def test_odd_events_never_count_ahead():
    """An event of the year 3026 is in no window that ends now, and the report counts it."""
    shop = dated(DAY, "3026-06-30T00:00:00Z")
    assert sk.membership(sk.Segment("one", sk.did("Placed Order", equals=1)), shop)["one"].tolist() == [True]
    [row] = shop.report.query("issue == 'events in the future'").to_dict("records")
    assert row["count"] == 1

"""One instant is one instant however it is written; what could be two is an error that names the argument which tells them apart."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.date_forms import from_any_text
from segkit.data.instants import dates_among, instant_of
from segkit.errors import DataError

LATER = "2030-01-01"
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2029, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def shop_of(times, **options):
    """Return a shop of one profile for each time, with an event at it."""
    ids = [str(number) for number in range(len(times))]
    events = pd.DataFrame({"profile_id": ids, "metric": "X", "datetime": pd.Series(times, dtype=object)})
    return sk.Dataset.from_frames(None, events, as_of=LATER, **options)


def loaded(*times, **options):
    """Return the instants that known cells are read as, in the order of time."""
    return [instant_of(int(value)) for value in shop_of(times, **options).events.metric("X").times]


def in_property(*texts, **options):
    """Return the instants that cells of a property are read as when a date is asked for; None where they are none."""
    found = from_any_text(pa.array(texts, pa.string()), **options)
    return [
        instant_of(int(value)) if is_readable else None
        for value, is_readable in zip(found.values, found.readable, strict=True)
    ]


def issues(shop):
    """Return the issues of a report, each with its count."""
    return dict(zip(shop.report["issue"], shop.report["count"], strict=True))


def spellings(moment, offset):
    """Return ways to write a moment of whole seconds that mean this instant and no other."""
    there, seconds = moment.astimezone(offset), int(moment.timestamp())
    return [
        moment.isoformat(),
        f"{there:%Y-%m-%d %H:%M:%S %z}",
        f"{there:%Y-%m-%dT%H:%M:%S} {there:%z}",
        f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        f"{moment:%Y-%m-%d %H:%M:%S.000}  Z",
        f"{moment:%Y-%m-%d %I:%M:%S %p}",
        f"{moment:%Y-%m-%d %I:%M:%S}\u202f{moment:%p} UTC",
        f"{there:%Y%m%dT%H%M%S%z}",
        f"{moment:%Y%m%dT%H%M%SZ}",
        f"\u00a0{moment:%Y-%m-%d %H:%M:%S}\u200b",
        f"'{moment:%Y-%m-%dT%H:%M:%S}",
        f'="{moment:%Y-%m-%d %H:%M:%S}"',
        f"\ufeff{moment:%Y-%m-%dT%H:%M:%SZ}",
        *[str(seconds * 1_000**power) for power in range(4)],
        f"{seconds}.0",
    ]


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=0)), OFFSETS)
def test_one_instant_in_every_spelling(moment, offset):
    """Blanks before an offset, UTC and Z, a 12-hour clock, no dashes, a count since 1970, marks: all are the instant itself."""
    every = spellings(moment, offset)
    assert loaded(*every) == [moment] * len(every)
    assert in_property(*every) == [moment] * len(every)


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=0)), OFFSETS, st.booleans())
def test_one_instant_in_both_orders(moment, offset, day_first):
    """Who says which comes first has every slashed date read so, with years of two or four digits and clocks of 12 or 24 hours."""
    there, form = moment.astimezone(offset), "%d/%m" if day_first else "%m/%d"
    order = (moment.day, moment.month) if day_first else (moment.month, moment.day)
    every = [
        f"{moment:{form}/%Y %H:%M:%S}",
        f"{moment:{form}/%y %H:%M:%S}",
        f"{moment:{form}/%Y, %I:%M:%S %p}",
        f"{there:{form}/%Y %H:%M:%S %z}",
        f"{order[0]}/{order[1]}/{moment:%Y %H:%M:%S}",
        f"{order[0]}.{order[1]}.{moment:%Y %H:%M:%S}",
    ]
    assert loaded(*every, day_first=day_first) == [moment] * len(every)
    assert in_property(*every, day_first=day_first) == [moment] * len(every)


@given(st.lists(st.tuples(MOMENTS, OFFSETS), min_size=1, max_size=4), st.randoms())
def test_how_a_spelling_is_read_does_not_depend_on_its_neighbours(drawn, random):
    """A column of many spellings gives each the very answer that it has on its own."""
    texts = [random.choice([*spellings(*one), "soon", "2023-02-29", "13/06/2024", "6/13/2024"]) for one in drawn]
    assert in_property(*texts) == [in_property(text)[0] for text in texts]


NO_DATES = [
    "2023-02-29", "2026-02-30 10:00:00 UTC", "02/29/2023", "13/45/2024", "20260631", "20261301", "20260630T250000Z", "06/13/2026 25:00",
    "06/13/2026 13:05 PM", "2026-06-30 0:05 AM", "2026063012", "202606301230", "20260630123000", "447700900123", "4155550132", "99999999999999",
    "631151999", "4133980800", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-06-30 -0400", "2026-06-30 10:00 EST",
    "2026-06-30 10:00 +25:00", "soon", "1.5", "-1780272000", "1_780_272_000",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_never_guessed(text):
    """Days that no calendar has, digits that could be anything, and instants beyond the calendar are refused, and no test passes them."""
    with pytest.raises(DataError, match=r"events, datetime: (unreadable dates|dates that)"):
        shop_of(["2026-06-01T00:00:00Z", text])
    assert in_property(text) == [None]
    left = shop_of(["2026-06-01T00:00:00Z", text], unreadable="leave out")
    assert len(left.events) == 1


@pytest.mark.parametrize("text", ["06/07/2026", "6/7/2026 3:04 PM", "06/07/26", "06.07.2026", "06-07-2026 12:00"])
def test_an_ambiguous_order_is_one_error_that_names_the_argument(text):
    """The error says what to pass, and each value of it reads the date in its own way."""
    with pytest.raises(DataError, match=r"day_first=True .* day_first=False .*--day-first, --month-first") as error:
        shop_of([text, text])
    assert str(error.value).count("\n") == 1
    assert loaded(text, day_first=True)[0].date() == date(2026, 7, 6)
    assert loaded(text, day_first=False)[0].date() == date(2026, 6, 7)


def test_a_date_that_does_not_fit_the_order_that_was_named_is_refused():
    """What was said of the column wins over what the column shows."""
    with pytest.raises(DataError, match=r"dates that are not possible in month/day/year order, such as '13/06/2026'"):
        shop_of(["13/06/2026", "01/02/2026"], day_first=False)
    with pytest.raises(DataError, match="day_first must be True, False or None, but it is 'yes'"):
        shop_of(["13/06/2026"], day_first="yes")


def test_the_report_says_which_forms_were_read():
    """Each form is one row with a count, in the words of an analyst."""
    times = [
        "06/13/2026 10:00 PM",
        "06/14/26",
        "2026-06-01 10:00:00 -0400",
        "20260602",
        "1780272000",
        1780272000000000,
        " 2026-06-03 ",
    ]
    assert (
        issues(shop_of(times)).items()
        >= {
            "dates in month/day/year order": 2,
            "two-digit years": 1,
            "dates or times that are nearly ISO 8601": 2,
            "seconds since 1970": 1,
            "microseconds since 1970": 1,
            "spaces, apostrophes or other marks around the value": 1,
        }.items()
    )


def test_a_blank_date_is_no_date():
    """A cell of blanks or of a lone apostrophe is as empty as an empty one."""
    with pytest.raises(DataError, match=r"events without a date \(3 times\)"):
        shop_of(["2026-06-01T00:00:00Z", " ", "'", "\u00a0\u200b"])


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31", "9999-12-31T23:59:59.9999999Z"])
def test_placeholders_are_reported(text):
    """Dates that stand for none in other systems are read as written, and counted."""
    shop = shop_of(["2026-06-01T00:00:00Z", text])
    assert issues(shop)["dates in the year 1 or at the end of 9999, which many systems write for a missing date"] == 1


@pytest.mark.parametrize(
    "given", ["1969-12-31", "2201-01-01", "0001-01-01", "9999-12-31", datetime(3026, 6, 30, tzinfo=UTC), date.min]
)
def test_nobody_looks_from_beyond_1970_to_2200(given):
    """A moment that stands for none is refused with the reason."""
    people = pd.DataFrame({"profile_id": ["ann"]})
    with pytest.raises(DataError, match="is not between 1970 and 2200"):
        sk.Dataset.from_frames(people, as_of=given)


def test_an_unknown_time_zone_is_an_error_of_ours(tmp_path):
    """A zone that no database has is named with its column; in a file it changes nothing, since the instants are those of UTC."""
    times = pa.array([0, 1], pa.timestamp("us", "Mars/Base"))
    for column in ("created", "Landed"):
        table = pa.table({"profile_id": ["a", "b"], column: times})
        with pytest.raises(DataError, match=f"column '{column}' are in the time zone 'Mars/Base'.*America/New_York"):
            sk.load(profiles=table, as_of=LATER)
        pq.write_table(table, tmp_path / "profiles.parquet")
        shop = sk.load(tmp_path, as_of=LATER)
        assert shop.profiles[column].dt.year.tolist() == [1970, 1970]


@pytest.mark.parametrize(
    "text",
    ["2026-06-30", " 06/30/2026", "6/30/26", "20260630", "'2026-06-30", '="06/30/2026"', "\u00a02026-06-30\u200b"],
)
def test_a_date_without_a_time_is_known_as_one_in_every_form(text):
    """That the day is all that is known matters to opt-outs of that day."""
    assert dates_among(pa.chunked_array([[text, "2026-06-30T10:00:00Z", None]])).tolist() == [True, False, False]
    assert dates_among([text, "2026-06-30 10:00 AM", 1780272000]).tolist() == [True, False, False]


def test_whole_numbers_may_be_dates_without_a_time():
    """A key of a warehouse's calendar is a date, and a count of seconds is a moment."""
    assert dates_among(pa.chunked_array([[20260630, 1780272000]])).tolist() == [True, False]
    assert loaded(20260630) == [datetime(2026, 6, 30, tzinfo=UTC)]


def test_the_command_line_takes_the_order(tmp_path):
    """--day-first and --month-first are the argument, and exclude each other."""
    from segkit.command.cli import _parser  # noqa: PLC0415

    parse = _parser().parse_args
    assert [
        parse(["build", "shop", "--out", "x", *more]).day_first for more in ([], ["--day-first"], ["--month-first"])
    ] == [None, True, False]
    with pytest.raises(SystemExit):
        parse(["build", "shop", "--out", "x", "--day-first", "--month-first"])


def test_typed_numbers_count_since_1970_in_properties():
    """A number that is asked for a date is what its digits say, in whole numbers, in floats, and among values of several kinds."""
    seconds = 1_780_272_000
    for column in ([seconds, None], [float(seconds), np.nan], [seconds * 1_000, "x"], [seconds, True]):
        people = pd.DataFrame(
            {
                "profile_id": ["a", "b"],
                "Joined": pd.Series(column, dtype=object if "x" in column or True in column else None),
            }
        )
        shop = sk.Dataset.from_frames(people, as_of=LATER)
        assert [instant_of(int(value)) for value in shop.column("Joined").instants.values[:1]] == [
            datetime(2026, 6, 1, tzinfo=UTC)
        ]

"""Windows of the calendar: whole weeks, months and years, and months counted back to the same day."""

from datetime import date, timedelta

import pandas as pd
import pytest

import segkit as sk
from segkit.definition.timeframes import BetweenAgo, InPeriod, InTheLast, InTheNext, bounds, close_of, midnight


def days_of(timeframe, today: str) -> tuple[str, str]:
    """Return the first day of a timeframe, and the last, as of the close of a day."""
    start, end = bounds(timeframe, close_of(date.fromisoformat(today)))
    return str(start.date()), str((end - timedelta(microseconds=1)).date())


@pytest.mark.parametrize(
    ("today", "first"),
    [
        ("2026-05-31", "2026-02-28"),
        ("2024-05-31", "2024-02-29"),
        ("2026-05-30", "2026-02-28"),
        ("2026-05-28", "2026-02-28"),
        ("2026-03-31", "2025-12-31"),
        ("2026-01-15", "2025-10-15"),
    ],
)
def test_months_count_back_to_the_same_day_or_the_last_of_a_shorter_month(today, first):
    """In the last 3 months begins on the day of the same number; from the 28th to the 31st of May on the last of February."""
    assert days_of(InTheLast(3, "month"), today) == (first, today)


def test_months_go_over_years_both_ways():
    """A year back is twelve months, whatever February holds, and months to come count alike."""
    assert days_of(InTheLast(12, "month"), "2024-02-29") == ("2023-02-28", "2024-02-29")
    assert days_of(InTheNext(1, "month"), "2025-12-31")[1] == "2026-01-31"
    assert days_of(BetweenAgo(1, 2, "month"), "2026-03-31") == ("2026-01-31", "2026-02-28")


@pytest.mark.parametrize(
    ("period", "today", "this", "last"),
    [
        ("week", "2026-06-30", ("2026-06-29", "2026-07-05"), ("2026-06-22", "2026-06-28")),
        ("week", "2026-06-28", ("2026-06-22", "2026-06-28"), ("2026-06-15", "2026-06-21")),
        ("week", "2026-01-01", ("2025-12-29", "2026-01-04"), ("2025-12-22", "2025-12-28")),
        ("month", "2024-03-31", ("2024-03-01", "2024-03-31"), ("2024-02-01", "2024-02-29")),
        ("month", "2026-01-01", ("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
        ("year", "2024-02-29", ("2024-01-01", "2024-12-31"), ("2023-01-01", "2023-12-31")),
    ],
)
def test_periods_are_those_of_the_calendar(period, today, this, last):
    """Weeks begin on Monday; this period holds its days to come, and the last is the whole one before."""
    assert days_of(InPeriod(period), today) == this
    assert days_of(InPeriod(period, is_last=True), today) == last


def test_this_period_and_the_last_meet():
    """What is in this period is not in the last, and no instant lies between."""
    for day in range(800):
        as_of = midnight(date(2023, 12, 1)) + timedelta(days=day, hours=5)
        for period in ("week", "month", "year"):
            assert bounds(InPeriod(period, is_last=True), as_of)[1] == bounds(InPeriod(period), as_of)[0]


def test_events_to_come_never_count_in_this_month_and_dates_to_come_do():
    """An event after the moment has not happened, whatever month it is in; a date that a profile carries may lie ahead."""
    people = pd.DataFrame({"profile_id": ["ann"], "Renewal": ["2026-06-30"]})
    clicks = pd.DataFrame({"profile_id": ["ann"], "metric": "Clicked SMS", "datetime": "2026-06-30T12:00:00Z"})
    shop = sk.Dataset.from_frames(people, clicks, as_of="2026-06-15")
    segments = [
        sk.Segment("Clicked", sk.did("Clicked SMS", in_this="month")),
        sk.Segment("Renews", sk.has("Renewal", in_this="month")),
    ]
    assert sk.sizes(segments, shop)["size"].to_dict() == {"Clicked": 0, "Renews": 1}


def test_the_keywords_are_those_of_every_date():
    """Events, dates of properties, of consent and of joining a list take the same windows."""
    last_month, quarter = InPeriod("month", is_last=True), InTheLast(3, "month")
    assert sk.did("Clicked SMS", in_last="month").timeframe == last_month
    assert sk.has("Birthday", in_last="month").test.timeframe == last_month
    assert sk.can_receive("sms", since_in_last="month").status_date == last_month
    assert sk.in_list("VIP upload", in_last="month").joined == last_month
    assert sk.can_receive("sms", since_in_last_months=3).status_date == quarter


@pytest.mark.parametrize("words", [{"in_this": "day"}, {"in_last": "weeks"}, {"in_this": 1}, {"in_last": ["week"]}])
def test_a_period_is_one_of_three(words):
    """The error offers the three periods."""
    with pytest.raises(sk.DefinitionError, match="'week', 'month', 'year'"):
        sk.did("Clicked SMS", **words)


@pytest.mark.parametrize(
    "words", [{"in_last_months": 1_201}, {"between_months_ago": (1, 36_525)}, {"in_last_months": 0}]
)
def test_months_go_back_a_century_at_most(words):
    """More is a slip of the hand, and far more leaves the calendar."""
    with pytest.raises(sk.DefinitionError, match="1,200"):
        sk.did("Clicked SMS", **words)


def test_a_calendar_window_and_a_window_of_days_do_not_read_alike():
    """Words for the last seven days are not those for the last whole week, in English and in YAML."""
    days, whole = sk.did("Clicked SMS", in_last_weeks=1), sk.did("Clicked SMS", in_last="week")
    assert sk.explain(days).endswith("in the last week")
    assert sk.explain(whole).endswith("in the last calendar week")
    assert "when: in the last calendar week" in sk.Segment("It", whole).to_yaml()


@pytest.mark.parametrize(
    ("condition", "nearest"),
    [
        (sk.did("Clicked SMS", in_last_months=3), "in the last 91 days"),
        (sk.has("Birthday", at_least_months_ago=1), "at least 30 days ago"),
        (sk.in_list("VIP upload", between_months_ago=(1, 2)), "between 30 and 61 days ago"),
        (sk.can_receive("sms", since_in_last="month"), r"between=\('2026-06-01', '2026-06-30'\)"),
        (sk.did_in_order("Clicked SMS", "Placed Order", in_this="year"), "fixed dates"),
    ],
)
def test_klaviyo_has_neither_and_is_offered_days(condition, nearest):
    """Klaviyo's target refuses months and periods of the calendar, each with the days that are nearest."""
    with pytest.raises(sk.DefinitionError, match=f"Nearest alternative: .*{nearest}"):
        sk.to_klaviyo(
            sk.Segment("It", condition),
            metric_ids={"Clicked SMS": "a", "Placed Order": "b"},
            list_ids={"VIP upload": "c"},
        )

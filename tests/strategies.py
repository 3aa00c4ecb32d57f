"""Generates shops and conditions that meet at their edges; what must hold of them is said by the laws.

Days, amounts and words are few, so that events fall exactly on the edges of timeframes and sums exactly on thresholds. Every
shop has the same columns and lists, so any condition can be asked of any shop.
"""

# Over 250 lines, since shops and the conditions asked of them draw on the same few words.

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, get_args

import doors
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from reference import PlainShop, Row

from segkit import conditions as said
from segkit import timeframes as time
from segkit.conditions import Condition, MetricCondition

TICK = timedelta(microseconds=1)

AS_OFS = [
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2025, 3, 1, tzinfo=UTC) - TICK,
    datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 1, 6, 30, 0, 1, tzinfo=UTC),
]
"""Noon of a leap day, a midnight, two closes of a day, and a moment early in a year."""

DAYS = [0, 1, 2, 3, 7, 14, 21, 366]
HOURS = [1, 2, 24, 48]
DATES = sorted({(as_of + timedelta(days=days)).date() for as_of in AS_OFS for days in (-366, -7, -1, 0, 1)})

METRICS = ["Clicked SMS", "Placed Order", "Subscribed to SMS Marketing", "Consented to Receive SMS"]
AMOUNTS = [Decimal(amount) for amount in ("19.99", "-19.99", "0", "0.1", "0.2", "33.335", "100")]
LIST_NAMES = ["VIP upload", "Newsletter"]
TEXTS = ["Boston", "boston", "Bo", "ston", "NA", "18", "true", "2024-02-29", "Zoë", "a,b", 'x"y', "=1"]
NUMBERS: list[said.Number] = [18, 18.5, 0, -3, 0.1, Decimal("0.3"), 65, 1e6]
ITEMS: list[Any] = ["Hats", "hats", "Hat", 1, 2.5, "1"]
PATTERNS = ["Bo.*", "(?i)boston", "[0-9]+", "B|Boston", "(Bo)?ston", ".", "Zo.", r"\d{2}", ".*"]
POINTS = [(42.36, -71.06), (52.52, 13.4), (0.0, 1.0), (90.0, 0.0), (-42.36, 108.94)]
PLACES = [
    {"country": "GB", "postal_code": "SW1W", "latitude": 51.49, "longitude": -0.15},
    {"country": "DE", "postal_code": "10115", "latitude": 52.53, "longitude": 13.38},
]
COUNTRY_NAMES = ["United States", "USA", "us", "Canada", "UK", "Germany", "DEU", "Sweden", "Switzerland", "Atlantis"]
PHONES = ["+16175550123", "+14165550123", "+17875550123", "+442079460123", "+491713920001", "+447700900123", "+12"]

KINDS = ["Town", "Age", "Score", "Parent", "Interests", "Birthday", "odd"]
"""Properties of one kind each, of which a shop mixes up to three in one column."""

CELLS = [
    "18", "018", "18.0", "1.8e1", "+18", "-3", ".1", "0.", "0.30", "1,000", " 18", "0x12", "1_8", "1e", "nan", "inf", "\u0661\u0668",
    "true", "TRUE", "False", "yes", "NA", "Null", "None", "Boston", "boston", " ", "-",
    "2024-02-29", "2023-02-29", "2024-02-29T12:00:00Z", "2024-02-29 12:00:00.000001", "2024-03-01T01:00+01:00",
    "2025-03-01T23:59:59.999999Z", "2024-13-01", "20240229", "29/02/2024", "2024-02-291", "2024-02-29T25:00", "2024-02-29T",
    '["Hats", "1"]', '[1, 2.5, true, null, ["Hats"], {"Hats": 1}]', "[]", "[true]", '["Hats"', "{}", '"Hats"', "null", "[1.0]",
]  # fmt: skip
"""Cells of a CSV file that read as a number, truth, date or list, and others that only look like one."""


def moment(random: Random, as_of: datetime) -> datetime:
    """Return an instant on an edge of some timeframe, or a microsecond beside it."""
    midnight = as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [midnight - timedelta(days=days) for days in (-8, -2, -1, *DAYS, *(days + 1 for days in DAYS))]
    edges += [as_of - timedelta(hours=hours) for hours in (-48, -24, -1, 0, *HOURS)]
    edges += [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DATES]
    return random.choice(edges) + random.choice([0, 0, -1, 1]) * TICK


def date_of_any_kind(random: Random, as_of: datetime) -> Any:
    """Return a date as frames carry them: an instant with or without a zone, a day, or text."""
    instant = moment(random, as_of)
    forms = [
        instant,
        instant.replace(tzinfo=None),
        instant.astimezone(timezone(timedelta(hours=14))),
        instant.isoformat(),
        instant.date(),
        instant.date().isoformat(),
    ]
    return random.choice([*forms, date(2000, 2, 29), date(1931, 3, 1), date(1900, 1, 1), "2023-02-29", "soon"])


def profile(random: Random, as_of: datetime, kinds: list[str]) -> Row:
    """Return a profile without an id, as frames carry it, whose property `Anything` is of one of the kinds."""

    def maybe(values: Iterable[Any]) -> Any:
        return random.choice([*values, None])

    known = {
        "email": maybe(["ann@example.com", "bea@example.com"]),
        "phone_number": maybe(PHONES),
        "city": maybe(TEXTS),
        "country": maybe(COUNTRY_NAMES),
        "zip": maybe(["02110", "02139", "96201", "SW1W", "10115", "99999"]),
        "latitude": maybe([0.0, 42.36, 52.52, -42.36, 90.0]),
        "longitude": maybe([0.0, -71.06, 13.4, 108.94, 180.0]),
        "sms_consent": maybe(get_args(said.Subscription)[1:]),
        "sms_consent_timestamp": maybe([moment(random, as_of)] * 4),
        "email_consent": maybe(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"]),
        "email_consent_timestamp": maybe([moment(random, as_of)] * 4),
        "email_suppressed": maybe([True, False]),
        "created": maybe([moment(random, as_of)] * 4),
        "predicted_clv": maybe([0.1, 0.3, 18.0, 65.0]),
        "Town": maybe(["", *TEXTS]),
        "Age": maybe([18, 17, 65, 0, -3]),
        "Score": maybe([18.0, 18.5, 0.1, 0.30000000000000004, 0.3, 1e6]),
        "Parent": maybe([True, False]),
        "Interests": maybe([random.choices([*ITEMS, True, None], k=random.randint(0, 3))] * 4),
        "Birthday": maybe([date_of_any_kind(random, as_of)] * 4),
    }
    odd = random.choice(["18", "true", '["Hats"]', "NA", float("nan")])
    return known | {"Anything": (known | {"odd": odd})[random.choice(kinds)]}


def event(random: Random, as_of: datetime) -> Row:
    """Return an event without a profile; refunds and such without a value are among them."""
    return {
        "metric": random.choice(METRICS),
        "datetime": moment(random, as_of),
        "value": random.choice([*map(float, AMOUNTS), None]),
        "Source": random.choice(["Boston", "boston", "18", None]),
        "Items": random.choice([1, 2, 18.5, None]),
        "Collections": random.choice([random.choices(ITEMS, k=random.randint(0, 2)), None]),
        "Gift": random.choice([True, False, None]),
    }


@st.composite
def shops(draw: st.DrawFn) -> PlainShop:
    """Return a shop of two to seven profiles, with typed cells.

    Rows are drawn whole, by number, since drawing cell by cell takes fifty times as long; a failure still drops rows.
    """
    as_of = draw(st.sampled_from(AS_OFS))
    numbers = st.integers(0, 9_999)
    profile_ids = [f"p{place}" for place in range(draw(st.integers(2, 7)))]
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    event_numbers = draw(st.lists(st.tuples(st.sampled_from(profile_ids), numbers), min_size=4, max_size=20))
    # Every list has a row, since a list that no row names is unknown.
    on_lists = [*LIST_NAMES, *draw(st.lists(st.sampled_from(LIST_NAMES), max_size=6))]
    return PlainShop(
        [{"profile_id": one} | profile(Random(draw(numbers)), as_of, kinds) for one in profile_ids],
        [{"profile_id": one} | event(Random(number), as_of) for one, number in event_numbers],
        as_of,
        [_membership(Random(draw(numbers)), name, profile_ids, as_of) for name in on_lists],
        PLACES,
    )


@st.composite
def written_shops(draw: st.DrawFn) -> PlainShop:
    """Return a shop as CSV files hold it: every cell a text, those of properties often of another kind than asked for."""
    shop = draw(shops())
    random = Random(draw(st.integers(0, 9_999)))
    own = ("Town", "Age", "Parent", "Interests", "Birthday", "Anything")
    return replace(
        shop,
        profiles=[_written(row) | {name: random.choice(["", *CELLS]) for name in own} for row in shop.profiles],
        events=[
            _written(row) | {name: random.choice(["", *CELLS]) for name in ("Source", "Items")} for row in shop.events
        ],
        lists=[_written(row) for row in shop.lists],
        is_text=True,
    )


def _membership(random: Random, list_name: str, profile_ids: list[str], as_of: datetime) -> Row:
    joined = random.choice([moment(random, as_of), moment(random, as_of), None])
    return {"profile_id": random.choice(profile_ids), "list_id": list_name, "joined": joined}


def _written(row: Row) -> Row:
    return {name: doors.as_cell(value) for name, value in row.items()}


def evenly(*choices: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Draw from each of the choices equally often; `one_of` would spread them by how finely they are divided."""
    return st.sampled_from(choices).flatmap(lambda choice: choice)


def event_timeframes() -> SearchStrategy[time.EventTimeframe]:
    """Return the timeframes of events."""
    return evenly(st.just(time.ALL_TIME), windows(), windows())


def windows() -> SearchStrategy[Any]:
    """Return the timeframes that are one unbroken stretch, of the days and hours that shops have events at."""
    hours = st.sampled_from(HOURS)
    days = st.sampled_from(DAYS[1:])
    return evenly(
        st.builds(time.InTheLast, days),
        st.builds(time.AtLeastAgo, days),
        st.tuples(st.sampled_from(DAYS), days).map(sorted).map(lambda ends: time.BetweenAgo(*ends)),
        st.builds(time.InTheLast, hours, st.just("hour")),
        st.builds(time.AtLeastAgo, hours, st.just("hour")),
        st.tuples(st.sampled_from([0, *HOURS]), hours).map(sorted).map(lambda ends: time.BetweenAgo(*ends, "hour")),
        st.builds(time.InTheLast, st.sampled_from([1, 2, 3]), st.just("week")),
        st.builds(time.AtLeastAgo, st.sampled_from([1, 2, 3]), st.just("week")),
        st.just(time.BetweenAgo(1, 2, "week")),
        st.builds(time.Before, st.sampled_from(DATES)),
        st.builds(time.After, st.sampled_from(DATES)),
        st.tuples(st.sampled_from(DATES), st.sampled_from(DATES))
        .map(sorted)
        .map(lambda ends: time.BetweenDates(*ends)),
    )


def date_timeframes() -> SearchStrategy[time.DateTimeframe]:
    """Return the timeframes of dates that profiles carry: also those to come, and those of every year."""
    days = st.sampled_from([1, 2, 7, 365, 366])
    return evenly(
        windows(),
        windows(),
        windows(),
        st.builds(time.InTheNext, days),
        st.builds(time.InTheNext, st.sampled_from([1, 24, 48]), st.just("hour")),
        st.just(time.InTheNext(1, "week")),
        st.just(time.AnniversaryToday()),
        st.builds(time.AnniversaryInTheNext, days),
        st.builds(time.AnniversaryInTheLast, days),
        st.just(time.AnniversaryThisMonth()),
        st.builds(time.InMonth, st.sampled_from([1, 2, 3, 12])),
    )


def comparisons() -> SearchStrategy[said.NumberComparison]:
    """Return the ways in which numbers compare."""
    return st.sampled_from(get_args(said.NumberComparison))


def texts() -> SearchStrategy[said.TextTest | said.TextInTest]:
    """Return tests of texts, patterns among them."""
    plain = [way for way in get_args(said.TextComparison) if not way.endswith("matches")]
    return evenly(
        st.builds(said.TextTest, st.sampled_from(plain), st.sampled_from(TEXTS)),
        st.builds(said.TextTest, st.sampled_from(["matches", "not matches"]), st.sampled_from(PATTERNS)),
        st.builds(said.TextInTest, st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(tuple), st.booleans()),
    )


def lists() -> SearchStrategy[said.ListTest | said.LengthTest]:
    """Return tests of lists."""
    return evenly(
        st.builds(said.ListTest, st.sampled_from(get_args(said.ListComparison)), st.sampled_from(ITEMS)),
        st.builds(said.LengthTest, comparisons(), st.integers(0, 3)),
    )


def tests_of_properties() -> SearchStrategy[tuple[str, said.PropertyTest]]:
    """Return a profile's property and a test, mostly of the property's kind and now and then of another."""
    numbers = st.builds(said.NumberTest, comparisons(), st.sampled_from(NUMBERS))
    truths = st.builds(said.BooleanTest, st.booleans())
    dates = st.builds(said.DateTest, date_timeframes())
    are_set = st.builds(said.SetTest, st.booleans())
    of_any_kind = evenly(texts(), numbers, truths, dates, lists(), are_set)
    custom: dict[str, SearchStrategy[Any]] = {
        "Town": texts(), "Age": numbers, "Score": numbers, "Parent": truths, "Interests": lists(), "Birthday": dates,
        "Anything": of_any_kind,
    }  # fmt: skip
    known = {"city": texts(), "created": dates, "predicted_clv": numbers}
    orderly = [st.tuples(st.just(name), tests) for name, tests in (custom | known).items()]
    return evenly(*orderly, *[st.tuples(st.sampled_from(list(custom)), of_any_kind)] * 5)


def event_properties() -> SearchStrategy[said.EventProperty]:
    """Return conditions on properties of an event."""
    numbers = st.builds(said.NumberTest, comparisons(), st.sampled_from([1, 2, 18, 18.5]))
    are_set = st.builds(said.SetTest, st.booleans())
    named: dict[str, SearchStrategy[Any]] = {
        "Source": texts(), "Items": numbers, "Collections": lists(), "Gift": st.builds(said.BooleanTest, st.booleans()),
    }  # fmt: skip
    of_any_kind = evenly(are_set, *named.values())
    orderly = [st.builds(said.EventProperty, st.just(name), tests) for name, tests in named.items()]
    return evenly(*orderly, *[st.builds(said.EventProperty, st.sampled_from(list(named)), of_any_kind)] * 2)


def counts(
    comparison: SearchStrategy[said.NumberComparison] | None = None,
    timeframe: SearchStrategy[time.EventTimeframe] | None = None,
) -> SearchStrategy[MetricCondition]:
    """Return counts, held against as many events as a profile may have."""
    return _metrics("count", st.integers(0, 3), comparison, timeframe)


def sums(
    comparison: SearchStrategy[said.NumberComparison] | None = None,
    timeframe: SearchStrategy[time.EventTimeframe] | None = None,
) -> SearchStrategy[MetricCondition]:
    """Return sums, held against what one or two amounts come to, as a decimal or a float."""
    exact = [Decimal(0), *AMOUNTS, *(one + other for one in AMOUNTS for other in AMOUNTS), Decimal("0.001")]
    return _metrics("sum", st.sampled_from([*exact, *map(float, exact)]), comparison, timeframe)


def metric_conditions(
    comparison: SearchStrategy[said.NumberComparison] | None = None,
    timeframe: SearchStrategy[time.EventTimeframe] | None = None,
) -> SearchStrategy[MetricCondition]:
    """Return counts and sums."""
    return evenly(counts(comparison, timeframe), sums(comparison, timeframe))


def _metrics(
    measurement: said.Measurement, value: Any, comparison: Any, timeframe: Any
) -> SearchStrategy[MetricCondition]:
    return st.builds(
        MetricCondition,
        st.sampled_from(METRICS),
        st.just(measurement),
        comparisons() if comparison is None else comparison,
        value,
        event_timeframes() if timeframe is None else timeframe,
        evenly(st.just(()), st.lists(event_properties(), min_size=1, max_size=2).map(tuple)),
    )


def consents() -> SearchStrategy[said.ConsentCondition]:
    """Return conditions on consent that the phrases can say."""
    said_so = [
        *[("sms", True, "subscribed")],
        *[("sms", False, subscription) for subscription in ("any", "unsubscribed", "never_subscribed")],
        *[("email", True, subscription) for subscription in ("any", "subscribed", "never_subscribed")],
        *[("email", False, subscription) for subscription in get_args(said.Subscription)],
    ]
    return st.builds(
        lambda words, since: said.ConsentCondition(*words, since),
        st.sampled_from(said_so),
        evenly(st.none(), date_timeframes()),
    )


def places() -> SearchStrategy[Condition]:
    """Return conditions on where a profile lives or its phone belongs."""
    of = [said.PostalCode("02110", "US"), said.PostalCode("SW1W", "GB"), *(said.Point(*point) for point in POINTS)]
    countries = st.lists(st.sampled_from(["US", "CA", "GB", "DE", "PR"]), min_size=1, max_size=2, unique=True)
    return evenly(
        st.builds(
            said.DistanceCondition,
            st.booleans(),
            st.sampled_from([1.0, 30.0, 500.5, 12_000.0]),
            st.sampled_from(get_args(said.DistanceUnit)),
            st.sampled_from(of),
        ),
        st.builds(said.PhoneCountryCondition, countries.map(tuple), st.booleans()),
        st.builds(said.RegionCondition, st.sampled_from(get_args(said.Region)), st.booleans()),
    )


@cache
def atoms() -> SearchStrategy[Condition]:
    """Return every kind of atom, counts and properties more often."""
    on_list = st.builds(said.ListCondition, st.sampled_from(LIST_NAMES), joined=event_timeframes())
    off_list = st.builds(said.ListCondition, st.sampled_from(LIST_NAMES), st.just(False))
    of_property = tests_of_properties().map(lambda named: said.PropertyCondition(*named))
    on_lists = evenly(on_list, on_list, off_list)
    return evenly(*[metric_conditions(), of_property] * 3, consents(), on_lists, places())


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> Condition:
    """Return whole conditions, so many brackets deep, empty combinations included."""
    kind = draw(st.sampled_from([None, said.AllOf, said.AnyOf, said.Not])) if depth else None
    if kind is None:
        return draw(atoms())
    if kind is said.Not:
        return said.Not(draw(trees(depth - 1)))
    size = draw(st.sampled_from([2, 3, 1, 2, 3, 0]))
    return kind(tuple(draw(trees(depth - 1)) for _ in range(size)))

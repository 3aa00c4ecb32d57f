"""Generates shops and conditions that meet at their edges; what must hold of them is said by the laws.

Days, amounts and words are few, so that events fall exactly on the edges of timeframes and sums exactly on thresholds. Every
shop has the same columns and lists, so any condition can be asked of any shop.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import starmap
from random import Random
from typing import Any, NamedTuple, get_args

import doors
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from reference import PlainShop, Row

from segkit.definition import conditions as said
from segkit.definition import timeframes as time
from segkit.definition.conditions import Condition, MetricCondition

TICK = timedelta(microseconds=1)

AS_OFS = [
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2025, 3, 1, tzinfo=UTC) - TICK,
    datetime(2025, 12, 31, 6, 30, 0, 1, tzinfo=UTC),
]
"""Noon of a leap day, the midnight after it, the close of a day, and a moment early on the last day of a year."""

DAYS = [1, 2, 7, 14]
HOURS = [1, 24]
DATES = sorted({(as_of + timedelta(days=days)).date() for as_of in AS_OFS for days in (-1, 0, 1)})

METRICS = ["Clicked SMS", "Placed Order", "Subscribed to SMS Marketing", "Consented to Receive SMS"]
EVENT_METRICS = [
    *METRICS, "clicked text message ", "Unsubscribed from Text Messaging Marketing", "Unsubscribed from SMS",
    "Subscribed to Email Marketing", "Unsubscribed from Email Marketing",
]  # fmt: skip
"""What events are called, under all generations of names; conditions ask for fewer, so that they meet more events."""
COMPLETIONS = [None, 1, 3_600, 86_400, 7 * 86_400]
METHODS = ["form", "preference_page", "checkout"]
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
COUNTRY_NAMES = [
    "United States",
    "USA",
    "us",
    "Canada",
    "UK",
    "Germany",
    "DEU",
    "Sweden",
    "Switzerland",
    "Atlantis",
    "Kosovo",
    "Cote d'Ivoire",
    " us\u00a0",
]
PHONES = ["+16175550123", "+14165550123", "+17875550123", "+442079460123", "+491713920001", "+447700900123", "+12"]

KINDS = ["Town", "Age", "Score", "Parent", "Interests", "Birthday", "odd"]
"""Properties of one kind each, of which a shop mixes up to three in one column."""

CELLS = [
    "18", "018", "18.0", "1.8e1", "+18", "-3", ".1", "0.", "0.30", "1,000", " 18", "0x12", "1_8", "1e", "nan", "inf", "\u0661\u0668",
    "true", "TRUE", "False", "yes", "NA", "Null", "None", "Boston", "boston", " ", "-",
    "2024-02-29", "2023-02-29", "2024-02-29T12:00:00Z", "2024-02-29 12:00:00.000001", "2024-03-01T01:00+01:00",
    "2025-03-01T23:59:59.999999Z", "2024-13-01", "20240229", "29/02/2024", "2024-02-291", "2024-02-29T25:00", "2024-02-29T",
    "2024-02-29T12", "2024-02-29 14:00:00+0200", "2024-02-29T23:59:59.999999999Z",
    "2024-02-29 12:00:00 +0200", "2024-02-29 12:00 UTC", "2024-02-29T12:00 Z", "2/29/2024 3:04 PM", "02/29/24", "02/29/2023", "13/06/2024",
    "20240229T120000Z", "1709208000", "1709208000.5", "1709208000000", "1709208000000000", "2024022912", "202402291200", "'2024-02-29",
    '="2024-02-29"', "\u00a02024-02-29\u200b", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    '["Hats", "1"]', '[1, 2.5, true, null, ["Hats"], {"Hats": 1}]', "[]", "[true]", '["Hats"', "{}", "{ }", '"Hats"', "null", "[1.0]",
    "0.00", " 0.0 ", "-0", "+0.01", "0e9", "[null]", '[""]', '[" ", null]', "[0]", "[false]", "[[]]", "[{}]", " false ",
]  # fmt: skip
"""Cells of a CSV file that read as a number, truth, date or list, and others that only look like one."""


def moment(random: Random, as_of: datetime) -> datetime:
    """Return an instant on an edge of some timeframe, or a microsecond beside it."""
    midnight = as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [midnight - timedelta(days=days + late) for days in (-14, -7, -1, 0, *DAYS) for late in (0, -1)]
    edges += [as_of - timedelta(hours=hours) for hours in (-24, -1, 0, *HOURS)]
    edges += [midnight + timedelta(days=days) for days in (-1, 0, 1, 2)]
    edges += [edge + timedelta(days=late) for edge in calendar_edges(midnight) for late in (0, 0, 1)]
    return random.choice(edges) + random.choice([0, 0, -1, 1]) * TICK


def calendar_edges(midnight: datetime) -> list[datetime]:
    """Return where weeks, months and years of the calendar begin near a midnight, and the same day of months nearby."""
    month, year = midnight.replace(day=1), midnight.replace(month=1, day=1)
    before = [(month - timedelta(days=days)).replace(day=1) for days in (1, 32)]
    same_day = [one.replace(day=min(midnight.day, 28 if one.month == 2 else 30)) for one in (*before, month)]
    monday = midnight - timedelta(days=midnight.weekday())
    weeks = [monday + timedelta(days=days) for days in (-7, 0, 7)]
    return [month, year, year.replace(year=year.year - 1), year.replace(year=year.year + 1), *before, *same_day, *weeks]


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
    forms += [
        f"{instant:%m/%d/%Y %H:%M:%S.%f}",
        f"{instant.month}/{instant.day}/{instant:%y}, {instant:%I:%M %p}",
        f" {instant:%Y-%m-%d %H:%M:%S.%f} UTC",
        f"{instant:%Y%m%dT%H%M%S.%fZ}",
        (instant - datetime(1970, 1, 1, tzinfo=UTC)) // TICK,
        int(instant.timestamp()),
        str(int(instant.timestamp())),
    ]
    odd = ["2023-02-29", "02/29/2023", "13/06/2024", "2024022912", "202402291200", 18, "soon"]
    return random.choice([*forms, date(2000, 2, 29), date(1931, 3, 1), date(1900, 1, 1), *odd])


def profile(random: Random, as_of: datetime, kinds: list[str]) -> Row:
    """Return a profile without an id, as frames carry it, whose property `Anything` is of one of the kinds."""

    def maybe(values: Iterable[Any]) -> Any:
        return random.choice([*values, None])

    known = {
        "email": maybe(["ann@example.com", "bea@example.com"]),
        "phone_number": maybe(PHONES),
        "city": maybe(TEXTS),
        "country": maybe(COUNTRY_NAMES),
        "zip": maybe(
            ["02110", "02139", "96201", "SW1W", "10115", "99999", "2110.0", "'02110", "021101234", "02139 1234"]
        ),
        "latitude": maybe([0.0, 42.36, 52.52, -42.36, 90.0]),
        "longitude": maybe([0.0, -71.06, 13.4, 108.94, 180.0]),
        "sms_consent": maybe(get_args(said.Subscription)[1:]),
        "sms_consent_timestamp": maybe([moment(random, as_of)] * 4),
        "email_consent": maybe(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"]),
        "email_consent_timestamp": maybe([moment(random, as_of)] * 4),
        "email_suppressed": maybe([True, False]),
        "sms_consent_method": maybe(METHODS),
        "email_consent_method": maybe(METHODS),
        "email_double_opt_in": maybe([True, False]),
        "email_bounced_timestamp": maybe([moment(random, as_of)] * 4),
        "created": maybe([moment(random, as_of)] * 4),
        "predicted_clv": maybe([0.1, 0.3, 18.0, 65.0]),
        "Town": maybe(["", *TEXTS]),
        "Age": maybe([18, 17, 65, 0, -3]),
        "Score": maybe([18.0, 18.5, 0.1, 0.30000000000000004, 0.3, 1e6]),
        "Parent": maybe([True, False]),
        "Interests": maybe([random.choices([*ITEMS, True, None], k=random.randint(0, 3))] * 4),
        "Birthday": maybe([date_of_any_kind(random, as_of)] * 4),
    }
    odd = random.choice(["18", "true", '["Hats"]', "NA", float("nan"), "0.00", "[]", "False", " ", "[null]"])
    return known | {"Anything": (known | {"odd": odd})[random.choice(kinds)]}


def event(random: Random, as_of: datetime, profile_ids: list[str]) -> Row:
    """Return an event of one of the profiles; refunds and such without a value are among them."""
    return {
        "profile_id": random.choice(profile_ids),
        "metric": random.choice(EVENT_METRICS),
        "datetime": moment(random, as_of),
        "value": random.choice([*map(float, AMOUNTS), None]),
        "Source": random.choice(["Boston", "boston", "18", None]),
        "Items": random.choice([1, 2, 18.5, None]),
        "Collections": random.choice([random.choices(ITEMS, k=random.randint(0, 2)), None]),
        "Gift": random.choice([True, False, None]),
    }


def membership(random: Random, list_name: str, as_of: datetime, profile_ids: list[str]) -> Row:
    """Return a row of a list, now and then without a date."""
    joined = random.choice([moment(random, as_of), moment(random, as_of), None])
    return {"profile_id": random.choice(profile_ids), "list_id": list_name, "joined": joined}


def mixed(seed: bytes, beside: object) -> Random:
    """Return what a seed stands for beside something."""
    return Random(seed + repr(beside).encode())


SEEDS = st.binary(min_size=8, max_size=8)
"""Rows and atoms are drawn whole, each from a seed: drawing cell by cell takes fifty times as long, and a failure still drops rows.

Hypothesis likes to use a seed again, and in small examples nothing but zeros, so a seed is mixed with what it stands beside.
"""


@st.composite
def shops(draw: st.DrawFn) -> PlainShop:
    """Return a shop of three to eight profiles, with typed cells."""
    as_of = draw(st.sampled_from(AS_OFS))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    profile_ids = [f"p{place}" for place in range(draw(st.integers(3, 8)))]
    event_seeds = draw(st.lists(SEEDS, min_size=8, max_size=24))
    # Every list has a row, since a list that no row names is unknown.
    on_lists = [*LIST_NAMES, *draw(st.lists(st.sampled_from(LIST_NAMES), max_size=6))]
    return PlainShop(
        [{"profile_id": one} | profile(mixed(draw(SEEDS), one), as_of, kinds) for one in profile_ids],
        [event(mixed(seed, place), as_of, profile_ids) for place, seed in enumerate(event_seeds)],
        as_of,
        [membership(mixed(draw(SEEDS), place), name, as_of, profile_ids) for place, name in enumerate(on_lists)],
        PLACES,
    )


@st.composite
def written_shops(draw: st.DrawFn) -> PlainShop:
    """Return a shop as CSV files hold it: every cell a text, those of properties often of another kind than asked for."""
    shop = draw(shops())
    random = mixed(draw(SEEDS), shop)
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


class Asked(NamedTuple):
    """A shop, and the conditions that are asked of it."""

    shop: PlainShop
    conditions: list[Condition]


@st.composite
def asked(draw: st.DrawFn, of: SearchStrategy[PlainShop] | None = None) -> Asked:
    """Return a shop with a few trees and many atoms at once, since a shop takes longer to make than to ask."""
    shop = draw(shops() if of is None else of)
    random = mixed(draw(SEEDS), shop)
    return Asked(shop, [*draw(st.lists(trees(), max_size=8)), *(atom(random) for _ in range(60))])


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> Condition:
    """Return whole conditions, so many brackets deep, empty combinations included."""
    kind = draw(st.sampled_from([None, said.AllOf, said.AnyOf, said.Not])) if depth else None
    if kind is None:
        return atom(mixed(draw(SEEDS), depth))
    if kind is said.Not:
        return said.Not(draw(trees(depth - 1)))
    size = draw(st.sampled_from([2, 3, 1, 2, 3, 0]))
    return kind(tuple(draw(trees(depth - 1)) for _ in range(size)))


def atom(random: Random) -> Condition:
    """Return an atom, a count, sum or property more often."""
    kinds = [metric_atom, property_atom, metric_atom, property_atom, consent_atom, list_atom, place_atom, funnel_atom]
    return random.choice([*kinds, last_event_atom])(random)


def event_timeframe(random: Random) -> time.EventTimeframe:
    """Return a timeframe of events."""
    return random.choice([time.ALL_TIME, window(random), window(random)])


def window(random: Random) -> Any:
    """Return a timeframe that is one unbroken stretch, of the days and hours that shops have events at."""
    units = [("day", DAYS), ("day", DAYS), ("day", DAYS), ("hour", HOURS), ("week", [1, 2]), ("month", [1, 2, 12])]
    unit, lengths = random.choice(units)
    quantity = random.choice(lengths)
    nearest, farthest = sorted([random.choice([0, *lengths]), quantity])
    first, last = sorted(random.choices(DATES, k=2))
    relative = [
        time.InTheLast(quantity, unit),
        time.AtLeastAgo(quantity, unit),
        time.BetweenAgo(nearest, farthest, unit),
    ]
    period = time.InPeriod(random.choice(get_args(time.Period)), random.choice([True, False]))
    fixed = [time.Before(first), time.After(first), time.BetweenDates(first, last)]
    return random.choice([*relative * 2, period, *fixed])


def date_timeframe(random: Random) -> time.DateTimeframe:
    """Return a timeframe of dates that profiles carry: also those to come, and those of every year."""
    days = random.choice([*DAYS, 365, 366])
    to_come = [
        time.InTheNext(days),
        time.InTheNext(random.choice([1, 12]), "month"),
        time.InTheNext(random.choice(HOURS), "hour"),
        time.InTheNext(1, "week"),
    ]
    yearly = [
        time.AnniversaryToday(),
        time.AnniversaryInTheNext(days),
        time.AnniversaryInTheLast(days),
        time.AnniversaryThisMonth(),
        time.InMonth(random.choice([1, 2, 3, 12])),
    ]
    return random.choice([window(random), random.choice(to_come), random.choice(yearly)])


def comparison(random: Random) -> said.NumberComparison:
    """Return a way in which numbers compare."""
    return random.choice(get_args(said.NumberComparison))


def text_test(random: Random) -> said.TextTest | said.TextInTest:
    """Return a test of texts, now and then by a pattern."""
    way = random.choice([*get_args(said.TextComparison), "in", "in"])
    if way == "in":
        return said.TextInTest(tuple(random.sample(TEXTS, k=random.randint(1, 3))), random.choice([True, False]))
    return said.TextTest(way, random.choice(PATTERNS if way.endswith("matches") else TEXTS))


def number_test(random: Random) -> said.NumberTest | said.NumberInTest:
    """Return a test of numbers."""
    if random.random() < 0.2:
        return said.NumberInTest(tuple(random.sample(NUMBERS, k=random.randint(1, 3))), random.choice([True, False]))
    return said.NumberTest(comparison(random), random.choice(NUMBERS))


def truth_test(random: Random) -> said.BooleanTest:
    """Return a test of true or false."""
    return said.BooleanTest(random.choice([True, False]))


def date_test(random: Random) -> said.DateTest:
    """Return a test of dates."""
    return said.DateTest(date_timeframe(random))


def list_test(random: Random) -> said.ListTest | said.ItemsTest | said.ItemTextTest | said.LengthTest:
    """Return a test of lists."""
    holds = said.ListTest(random.choice(get_args(said.ListComparison)), random.choice(ITEMS))
    several = random.sample(ITEMS, k=random.randint(1, 3))
    return random.choice(
        [
            holds,
            holds,
            said.ItemsTest(random.choice(get_args(said.ItemsComparison)), tuple(several)),
            said.ItemTextTest(random.choice(get_args(said.ListComparison)), random.choice(["Hat", "at", "hats", "1"])),
            said.LengthTest(comparison(random), random.randint(0, 3)),
        ]
    )


def set_test(random: Random) -> said.SetTest:
    """Return a test of whether anything is written."""
    return said.SetTest(random.choice([True, False]))


def something_test(random: Random) -> said.SomethingTest:
    """Return a test of whether what is written is more than nothing."""
    return said.SomethingTest(random.choice([True, False]))


EVENT_TESTS = [text_test, number_test, truth_test, list_test, set_test, something_test]
CUSTOM = {
    "Town": text_test, "Age": number_test, "Score": number_test, "Parent": truth_test, "Interests": list_test,
    "Birthday": date_test,
}  # fmt: skip
KNOWN = {"city": text_test, "created": date_test, "predicted_clv": number_test}
OF_EVENTS = {
    "Source": text_test,
    "Items": number_test,
    "Collections": list_test,
    "Gift": truth_test,
    "$value": number_test,
}


def property_atom(random: Random) -> said.PropertyCondition:
    """Return a test of a profile's property, as often of its own kind as of any other."""
    if random.choice([True, False]):
        name, test = random.choice([*CUSTOM.items(), *KNOWN.items()])
    else:
        name, test = random.choice([*CUSTOM, *["Anything"] * 4]), random.choice([*EVENT_TESTS, date_test])
    return said.PropertyCondition(name, test(random))


def event_clause(random: Random) -> said.EventProperty | said.EventAlternatives:
    """Return a test of an event's property, or now and then alternatives."""
    if random.random() < 0.8:
        return event_property(random)
    several = [
        tuple(event_property(random) for _ in range(random.choice([1, 1, 2]))) for _ in range(random.choice([2, 2, 3]))
    ]
    return said.EventAlternatives(tuple(several))


def event_property(random: Random) -> said.EventProperty:
    """Return a test of an event's property, mostly of its own kind."""
    name, test = random.choice(list(OF_EVENTS.items()))
    return said.EventProperty(name, random.choice([test, test, random.choice(EVENT_TESTS)])(random))


def metric_atom(random: Random) -> MetricCondition:
    """Return a count or a sum, held against what few events with few amounts come to."""
    one, other = random.choices([*AMOUNTS, Decimal(0)], k=2)
    where = tuple(event_clause(random) for _ in range(random.choice([0, 0, 1, 2])))
    metric, way, timeframe = random.choice(METRICS), comparison(random), event_timeframe(random)
    if random.random() < 0.2:
        metric = tuple(random.sample(METRICS, k=random.randint(2, 3)))
    if random.choice([True, False]):
        return MetricCondition(metric, random.choice(["count", "days"]), way, random.randint(0, 3), timeframe, where)
    value = random.choice([one, one + other, float(one), float(one + other), Decimal("0.001")])
    return MetricCondition(metric, "sum", way, value, timeframe, where)


def last_event_atom(random: Random) -> said.LastEventCondition:
    """Return a condition on the newest event."""
    where = tuple(event_clause(random) for _ in range(random.choice([1, 1, 2])))
    return said.LastEventCondition(random.choice(METRICS), where, event_timeframe(random))


def funnel_atom(random: Random) -> said.FunnelCondition:
    """Return two to five steps of few metrics, mostly without tests and over all time, so that some profile took them."""
    steps = [
        said.FunnelStep(
            random.choice(METRICS),
            tuple(event_clause(random) for _ in range(random.choice([0, 0, 0, 1]))),
            random.choice([True, True, False]),
        )
        for _ in range(random.choice([2, 2, 2, 3, 3, 4, 5]))
    ]
    if not any(step.is_taken for step in steps):
        steps[0] = replace(steps[0], is_taken=True)
    timeframe = random.choice([time.ALL_TIME, event_timeframe(random)])
    return said.FunnelCondition(tuple(steps), timeframe, random.choice(COMPLETIONS))


def consent_atom(random: Random) -> said.ConsentCondition:
    """Return a condition on consent that the phrases can say."""
    words: tuple[Any, ...] = random.choice(
        [
            ("sms", True, "subscribed"),
            *[("sms", False, subscription) for subscription in ("any", "unsubscribed", "never_subscribed")],
            *[("email", True, subscription) for subscription in ("any", "subscribed", "never_subscribed")],
            *[("email", False, subscription) for subscription in get_args(said.Subscription)],
        ]
    )
    where = random.choice([(), (consent_clause(random, words[0]),)])
    return said.ConsentCondition(*words, random.choice([None, date_timeframe(random)]), where)


def consent_clause(random: Random, channel: str) -> said.PropertyCondition:
    """Return a test of one of the columns that say how a profile came to its consent, or why it lost it."""
    method = said.PropertyCondition(f"{channel}_consent_method", said.TextTest("equals", random.choice(METHODS)))
    if channel == "sms":
        return method
    opted_in = said.PropertyCondition("email_double_opt_in", truth_test(random))
    bounced = said.PropertyCondition("email_bounced_timestamp", date_test(random))
    return random.choice([method, opted_in, bounced])


def list_atom(random: Random) -> said.ListCondition:
    """Return a condition on being on a list."""
    name, is_member = random.choice(LIST_NAMES), random.choice([True, True, False])
    return said.ListCondition(name, is_member, event_timeframe(random) if is_member else time.ALL_TIME)


def place_atom(random: Random) -> Condition:
    """Return a condition on where a profile lives or its phone belongs."""
    of = random.choice([said.PostalCode("02110", "US"), said.PostalCode("SW1W", "GB"), *starmap(said.Point, POINTS)])
    unit = random.choice(get_args(said.DistanceUnit))
    is_in = random.choice([True, False])
    countries = random.sample(["US", "CA", "GB", "DE", "PR"], k=2)
    return random.choice(
        [
            said.DistanceCondition(is_in, random.choice([1.0, 30.0, 500.5, 12_000.0]), unit, of),
            said.PhoneCountryCondition(tuple(countries), is_in),
            said.RegionCondition(random.choice(get_args(said.Region)), is_in),
        ]
    )


def _written(row: Row) -> Row:
    return {name: doors.as_cell(value) for name, value in row.items()}


COMPARISONS: list[said.NumberComparison] = ["equals", "not equals", "more than", "at least", "fewer than", "at most"]
Moved = Callable[[int], Condition]


def moved_atom(random: Random) -> Moved:
    """Return an atom whose number, or one end of whose window, moves with a step."""
    metric = random.choice([*METRICS, (METRICS[1], METRICS[2])])
    counted = MetricCondition(metric, "count", random.choice(COMPARISONS), random.randint(0, 2))
    summed = replace(counted, measurement="sum", value=random.choice(AMOUNTS))
    bought = random.choice([counted, summed, replace(counted, measurement="days")])
    day = date(2024, 2, 20)
    windows: list[Callable[[int], time.EventTimeframe]] = [
        time.InTheLast,
        lambda step: time.InTheLast(step, "hour"),
        lambda step: time.InTheLast(step, "month"),
        lambda step: time.BetweenAgo(step, 14, "month"),
        time.AtLeastAgo,
        lambda step: time.BetweenAgo(step, 14),
        lambda step: time.BetweenAgo(0, step),
        lambda step: time.After(day + timedelta(days=step)),
        lambda step: time.Before(day + timedelta(days=step)),
        lambda step: time.BetweenDates(day, day + timedelta(days=step)),
    ]
    window = random.choice(windows)
    tested, near = said.NumberTest(random.choice(COMPARISONS), random.choice(NUMBERS)), random.choice([True, False])
    name = random.choice(["Score", "Age", "Anything"])
    return random.choice(
        [
            lambda step: replace(bought, timeframe=window(step)),
            lambda step: replace(bought, timeframe=window(step)),
            lambda step: replace(bought, value=bought.value + step, timeframe=window(7)),
            lambda step: said.PropertyCondition(name, replace(tested, value=tested.value + step)),
            lambda step: said.DistanceCondition(near, 10.0 ** (step / 3), "miles", said.PostalCode("02110", "US")),
        ]
    )


def moved_tree(random: Random, depth: int = 2) -> Moved:
    """Return a condition some of whose atoms move, and others stand still."""
    kind = random.choice([None, said.AllOf, said.AllOf, said.AnyOf, said.Not]) if depth else None
    if kind is None:
        still = atom(random)
        return random.choice([moved_atom(random), moved_atom(random), lambda _: still])
    if kind is said.Not:
        inner = moved_tree(random, depth - 1)
        return lambda step: said.Not(inner(step))
    parts = [moved_tree(random, depth - 1) for _ in range(random.randint(1, 3))]
    return lambda step: kind(tuple(part(step) for part in parts))

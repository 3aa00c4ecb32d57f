"""Provide phrases: the functions with which analysts build conditions, such as `did` and `has`. They check their arguments."""

# This keeps annotations as text, so that `help` shows type aliases by name instead of listing every kind of condition.
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, Unpack, get_args

from segkit.definition.conditions import (
    KINDS,
    AllOf,
    AnyOf,
    Channel,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    DistanceUnit,
    EventAlternatives,
    EventProperty,
    EventTest,
    EventTests,
    FunnelCondition,
    FunnelStep,
    LastEventCondition,
    ListCondition,
    Measurement,
    MetricCondition,
    Metrics,
    Number,
    NumberComparison,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    Region,
    RegionCondition,
    SegmentCondition,
    SetTest,
    Subscription,
    TextTest,
)
from segkit.definition.countries import country_of
from segkit.definition.timeframe_words import (
    DATE_WORDS,
    EVENT_WORDS,
    SINCE_WORDS,
    DateWords,
    EventWords,
    SinceWords,
    date_timeframe,
    event_timeframe,
    one_of,
    pair,
    status_timeframe,
    whole,
)
from segkit.definition.timeframes import LONGEST
from segkit.definition.value_words import (
    COMPARISONS,
    VALUE_WORDS,
    EqualityWords,
    ValueWords,
    boolean,
    check_words,
    chosen,
    name_of,
    number,
    plain,
    value_tests,
)
from segkit.errors import DefinitionError
from segkit.masking import quoted

R = TypeVar("R")


Where: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""A mapping of conditions that one event must all meet, or a list of such mappings, of which it must meet one."""


class MetricWords(EqualityWords, EventWords, total=False):
    """Keyword arguments of `did`, `did_on_days` and `spent`: comparisons, one timeframe, and conditions on the event."""

    where: Where


class DidNotWords(EventWords, total=False):
    """Keyword arguments of `did_not`: one timeframe, and conditions on the event."""

    where: Where


class FunnelWords(EventWords, total=False):
    """Keyword arguments of `did_in_order`: the maximum time from the first step to the last, and one timeframe."""

    within_hours: int
    within_days: int


class HasWords(ValueWords, DateWords, total=False):
    """Keyword arguments of `has`: values to compare with, or one timeframe of a date."""


def did(metric: str | Iterable[str], **words: Unpack[MetricWords]) -> Condition:
    """Match profiles by how often they did something, or at least once if no comparison is given.

    Args:
        metric: the kind of event, such as "Clicked SMS", or several kinds to count together, such as
            `["Clicked SMS", "Clicked Email"]`.
        **words: comparisons, one timeframe, and `where`.
            Comparisons: `at_least`, `at_most`, `more_than`, `fewer_than`, `equals`, `not_equals`, with whole numbers. Several are
            joined by AND.
            Timeframe: `in_last_days`, `at_least_days_ago`, `between_days_ago=(91, 150)` (also with hours, weeks and months);
            `in_this` and `in_last` (the current or the previous calendar "week", "month" or "year"); `before`, `after`,
            `between=(day, day)`. Without a timeframe, all time counts.
            `where`: tests of event properties that the same event must all pass, such as
            `where={"Source": "web", "Items": {"at_least": 2}, "Coupon": {"is_set": True}}`. In a list, such mappings are
            alternatives: `where=[{"Brand": "A"}, {"Category": "Sale"}]`.

    Days are UTC days, counted back from the day of `as_of`, which is day 0. `in_last_days=30` includes day 0 to day 30, and
    `at_least_days_ago=30` includes day 31 and all days before it. `between_days_ago=(60, 120)` includes day 60 and day 120, so it
    continues where `in_last_days=59` stops. `before` and `after` exclude their day, and `between` includes both of its days. Hours
    are counted back from the moment of `as_of`. A window of months starts on the same day of the month, or on the last day of a
    shorter month: `in_last_months=3` as of May 31 starts on February 28 or 29. Calendar weeks start on Monday, UTC. A profile without
    any such event has a count of 0, so `fewer_than=3` matches it.

    Raises:
        DefinitionError: an unknown keyword, a value of the wrong type, or a reversed window.

    >>> did("Clicked SMS", at_least=2, in_last_days=90).comparison
    'at least'
    """
    return _metric("did", metric, **words)


def did_not(metric: str | Iterable[str], **words: Unpack[DidNotWords]) -> Condition:
    """Match profiles that did something zero times in a timeframe. Accepts the timeframes and `where` of `did`.

    >>> did_not("Opened Email", in_last_days=60).value
    0
    """
    return _metric("did_not", metric, **words)


def spent(metric: str | Iterable[str] = "Placed Order", **words: Unpack[MetricWords]) -> Condition:
    """Match profiles by the sum of the values of a metric's events. Accepts the keywords of `did`.

    Amounts are compared exactly, at the highest decimal precision in the data. A profile without such an event spent 0.

    Raises:
        DefinitionError: no comparison is given, or for the reasons listed at `did`.

    >>> spent("Placed Order", more_than=200, in_last_days=365).measurement
    'sum'
    """
    return _metric("spent", metric, **words)


def did_on_days(metric: str | Iterable[str], **words: Unpack[MetricWords]) -> Condition:
    """Match profiles by the number of different days on which they did something. Accepts the keywords of `did`.

    Two orders on one day count as one day. Days are UTC days. A window of hours can cover part of a day, and an event in that part
    counts as one day. A profile without any such event has 0 days.

    Raises:
        DefinitionError: no comparison is given, or for the reasons listed at `did`.

    >>> did_on_days("Placed Order", at_least=3, in_last_days=365).measurement
    'days'
    """
    return _metric("did_on_days", metric, **words)


def last_event(metric: str, *, where: Where, **words: Unpack[EventWords]) -> LastEventCondition:
    """Match profiles by their most recent event of a metric, for example profiles that returned their last order.

    Args:
        metric: the kind of event, such as "Placed Order".
        where: conditions on that event, as in `did`.
        **words: one timeframe of `did` to search for the most recent event. The default is all time.

    If several events have the same timestamp, the last one in the data counts as the most recent. Profiles without any event
    don't match, so `~last_event(...)` includes them. To exclude them, write `sk.did(metric) & ~sk.last_event(metric, where=...)`.

    Raises:
        DefinitionError: `where` is empty, or for the reasons listed at `did`.

    >>> last_event("Placed Order", where={"Status": "returned"}, in_last_days=90).timeframe
    InTheLast(quantity=90, unit='day')
    """
    check_words("last_event", words, EVENT_WORDS)
    tests = _where("last_event", where)
    if not tests:
        wanted = 'a mapping with at least one property, such as {"Status": "returned"}'
        raise DefinitionError.bad_value("where of last_event", where, wanted)
    return LastEventCondition(name_of(metric), tests, event_timeframe("last_event", words))


def did_in_order(*steps: str | FunnelStep, **words: Unpack[FunnelWords]) -> Condition:
    """Match profiles that took steps in this order. Each step is a separate event, at or after the event of the previous step.

    Args:
        *steps: two to five steps in order: names of metrics, `step(...)` or `no_step(...)`.
        **words: optionally, the maximum time from the first step to the last, as `within_hours` or `within_days` (a day is 24 hours),
            and one timeframe of `did` that contains all steps.

    The step of a `no_step` must not be taken between its neighbours. If it is the first or the last step, it must not be taken within
    the maximum time from its only neighbour. Klaviyo calls this an event funnel (help article 42691974773147). For all rules, see
    `docs/decisions/0010-funnels.md`.

    Raises:
        DefinitionError: fewer than two steps, more than five, only `no_step` steps, or for the reasons listed at `did`.

    >>> did_in_order("Clicked SMS", "Placed Order", within_hours=48, in_last_days=30).completion_seconds
    172800
    """
    check_words("did_in_order", words, EVENT_WORDS | _SPANS.keys())
    funnel_steps = tuple(map(_step, steps))
    return FunnelCondition(funnel_steps, event_timeframe("did_in_order", words), _span("did_in_order", words))


def step(metric: str, *, where: Where | None = None) -> FunnelStep:
    """Define a step of `did_in_order`: an event of a metric, with conditions on it as in `did`.

    >>> step("Placed Order", where={"Source": "web"}).where[0].property
    'Source'
    """
    return FunnelStep(name_of(metric), _where("step", where or {}))


def no_step(metric: str, *, where: Where | None = None) -> FunnelStep:
    """Define a step of `did_in_order` that must not be taken at this position.

    >>> did_in_order("Placed Order", no_step("Refunded Order"), in_last_days=30).steps[1].is_taken
    False
    """
    return FunnelStep(name_of(metric), _where("no_step", where or {}), is_taken=False)


def has(property: str, **words: Unpack[HasWords]) -> Condition:  # noqa: A002  # the field's own word
    """Match profiles by a property. A property that is not set matches only `holds_something=False`.

    Args:
        property: a known column, such as "city" or "predicted_clv", or the name of a custom property.
        **words: tests of the property. Several are joined by AND.
            Text (case-sensitive): `equals`, `not_equals`, `is_in`, `not_in`, `starts_with`, `ends_with`, `contains_text`,
            `matches` (an RE2 pattern for the whole value), each with its `not_` form.
            Numbers: `equals`, `not_equals`, `is_in`, `not_in`, `at_least`, `at_most`, `more_than`, `fewer_than`.
            True or false: `equals=True`.
            Lists: `contains_item` (a whole item), `contains_any_of` and `contains_all_of` (of several whole items),
            `contains_text_in_item`, each with its `not_` form; `length_at_least`, `length_at_most`, `length_more_than`,
            `length_fewer_than`, `length_equals`.
            Text or lists: `contains` and `not_contains` test part of a text, or a whole item of a list.
            Any type: `holds_something=True` matches a number above 0, true, a list with an item that is not blank, and text that is
            not blank. `holds_something=False` matches everything else: 0 and negative numbers, false, `[]`, blank text, and
            properties that are not set. Text that spells a number, a boolean or a JSON list counts as that value.
            Dates: the timeframes of `did`, `in_next_days`, `anniversary_today=True`, `anniversary_in_next_days`,
            `anniversary_in_last_days`, `anniversary_this_month=True`, `in_month`.

    The type of the argument decides the test: `equals=18` compares numbers, `equals="18"` compares text. A property value that can't
    be read as that type does not match.

    Raises:
        DefinitionError: an unknown keyword, a value of the wrong type, a reversed window, or no keyword at all.

    >>> has("Age", at_least=18).test
    NumberTest(comparison='at least', value=18)
    """
    check_words("has", words, _PROPERTY_WORDS)
    conditions = [_any(PropertyCondition(name_of(property), test) for test in tests) for tests in value_tests(words)]
    timeframe = date_timeframe("has", words)
    if timeframe is not None:
        conditions.append(PropertyCondition(name_of(property), DateTest(timeframe)))
    if not conditions:
        raise DefinitionError.missing_word(f"has({quoted(property)})", sorted(_PROPERTY_WORDS))
    return _all(conditions)


def is_set(property: str) -> Condition:  # noqa: A002
    """Match profiles for which a property has any value.

    >>> is_set("city").test
    SetTest(is_set=True)
    """
    return PropertyCondition(name_of(property), SetTest(is_set=True))


def is_not_set(property: str) -> Condition:  # noqa: A002
    """Match profiles for which a property has no value. Of the tests in `has`, only `holds_something=False` matches them.

    >>> is_not_set("city").test
    SetTest(is_set=False)
    """
    return PropertyCondition(name_of(property), SetTest(is_set=False))


def can_receive(
    channel: Channel,
    *,
    subscription: Subscription | None = None,
    method: str | None = None,
    **words: Unpack[SinceWords],
) -> Condition:
    """Match profiles that can receive marketing on a channel.

    For "sms", they must be subscribed. For "email", they must have an address, must not be suppressed and must not have
    unsubscribed. As in Klaviyo, this includes profiles that never subscribed to email, unless `subscription="subscribed"`.

    Args:
        channel: "sms" or "email".
        subscription: narrows "email" to "subscribed" or "never_subscribed".
        method: how the profile gave its consent, in the terms of Klaviyo's segments: "form", "checkout", "inbound_message",
            "preference_page", "manual_add", "manual_import", "sftp", "integration" ... It is converted to lower case and compared
            with the column `sms_consent_method` or `email_consent_method`, which is in lower case when loaded from Klaviyo's API.
        **words: one timeframe for the date of the status: a timeframe keyword of `did` with the prefix "since_", such as
            `since_at_least_days_ago=30`.

    >>> can_receive("sms")
    ConsentCondition(channel='sms', can_receive=True, subscription='subscribed', status_date=None, where=())
    """
    return _consent("can_receive", channel, subscription, method, **words)


def cannot_receive(
    channel: Channel,
    *,
    subscription: Subscription | None = None,
    method: str | None = None,
    **words: Unpack[SinceWords],
) -> Condition:
    """Match profiles that cannot receive marketing on a channel. Accepts the arguments of `can_receive`.

    `method` can also be a way of losing consent: "manual_remove", "bulk_remove", "carrier_deactivation", "message_blocked" ...
    Klaviyo's segment definitions have these methods. Its documentation does not say whether its profiles have them.

    >>> cannot_receive("sms", subscription="unsubscribed").can_receive
    False
    """
    return _consent("cannot_receive", channel, subscription, method, **words)


def within(
    distance: float, unit: DistanceUnit = "miles", *, of: str | tuple[float, float], country: str = "US"
) -> DistanceCondition:
    """Match profiles that live less than a distance from a postal code or a point. Profiles without a known location don't match.

    The distance is measured along a great circle and is exclusive, as in Klaviyo. `of` is a postal code in `country` (two letters)
    or (latitude, longitude) in degrees. A postal code is located at a single point, so a radius under about 10 miles is not reliable.

    Raises:
        DefinitionError: the distance is not above 0, the unit or country is unknown, the postal code is not text, or the point is
            not on the globe.

    >>> within(30, "miles", of="02110").of
    PostalCode(postal_code='02110', country='US')
    """
    return _distance("within", distance, unit, of, country, is_within=True)


def beyond(
    distance: float, unit: DistanceUnit = "miles", *, of: str | tuple[float, float], country: str = "US"
) -> DistanceCondition:
    """Match profiles that live more than a distance from a postal code or a point. Profiles without a known location don't match.

    >>> beyond(100, "kilometers", of=(52.5, 13.4)).is_within
    False
    """
    return _distance("beyond", distance, unit, of, country, is_within=False)


def phone_country(*countries: str) -> PhoneCountryCondition:
    """Match profiles with a phone number from one of these countries (two-letter codes). The address is not used.

    Raises:
        DefinitionError: no country is given, or a country is unknown.

    >>> phone_country("US", "CA").countries
    ('US', 'CA')
    """
    return PhoneCountryCondition(_countries("phone_country", countries))


def not_phone_country(*countries: str) -> PhoneCountryCondition:
    """Match profiles with a valid phone number from any country except these (two-letter codes).

    >>> not_phone_country("us").countries
    ('US',)
    """
    return PhoneCountryCondition(_countries("not_phone_country", countries), is_in=False)


def in_region(region: Region) -> RegionCondition:
    """Match profiles whose country is in "european_union" (which excludes the United Kingdom) or "united_states".

    >>> in_region("european_union").is_in
    True
    """
    return RegionCondition(chosen("in_region", region, get_args(Region)))


def not_in_region(region: Region) -> RegionCondition:
    """Match profiles whose country is known and outside a region. Neither this nor `in_region` matches an unknown country.

    >>> not_in_region("united_states").is_in
    False
    """
    return RegionCondition(chosen("not_in_region", region, get_args(Region)), is_in=False)


def in_list(name: str, **words: Unpack[EventWords]) -> ListCondition:
    """Match profiles on a list. With a timeframe of `did`, match only profiles that joined the list in that timeframe.

    >>> in_list("VIP upload", in_last_days=30).is_member
    True
    """
    check_words("in_list", words, EVENT_WORDS)
    return ListCondition(name_of(name), joined=event_timeframe("in_list", words))


def not_in_list(name: str) -> ListCondition:
    """Match profiles that are not on a list.

    >>> not_in_list("VIP upload").is_member
    False
    """
    return ListCondition(name_of(name), is_member=False)


def in_segment(name: str) -> SegmentCondition:
    """Match profiles in another segment, given its name. When that segment changes, so does this one.

    The name is looked up, exactly as written, among the segments that are passed together: in `sk.membership([vip, engaged], shop)`,
    in the folder of `segkit build --segments`, or among the segments that an audience includes and excludes. For functions that take
    one segment, `sk.resolve_segments` replaces the name with that segment's condition. The opposite is `~in_segment("VIP")`.

    >>> in_segment("VIP").segment_name
    'VIP'
    """
    return SegmentCondition(name_of(name))


_PLAIN = frozenset({bool, int, float, str, type(None)})


def _cached(build: Callable[..., R]) -> Callable[..., R]:
    """Cache the conditions that a function builds, since moving a slider rebuilds a segment in which only one condition changes.

    Only calls with plain arguments are cached. Other arguments can be equal but build different conditions, such as the decimals 2
    and 2.0, or the tuples (1, 5) and (True, 5).
    """
    cached = functools.lru_cache(maxsize=2048, typed=True)(build)

    @functools.wraps(build)
    def phrase(*args: Any, **words: Any) -> R:
        is_plain = _PLAIN.issuperset(map(type, args)) and _PLAIN.issuperset(map(type, words.values()))
        return (cached if is_plain else build)(*args, **words)

    return phrase


_PROPERTY_WORDS = VALUE_WORDS | DATE_WORDS
_WINDOW_WORDS = EVENT_WORDS | {"where"}
_METRIC_WORDS = frozenset(COMPARISONS) | _WINDOW_WORDS
_DEFAULT_COMPARISONS: dict[str, list[tuple[NumberComparison, Number]]] = {
    "did": [("at least", 1)],
    "did_not": [("equals", 0)],
}
"""The default comparisons of phrases."""
_MEASUREMENTS: dict[str, Measurement] = {"did": "count", "did_not": "count", "did_on_days": "days", "spent": "sum"}


@_cached
def _metric(phrase: str, metric: str | Iterable[str], /, **words: Any) -> Condition:
    check_words(phrase, words, _WINDOW_WORDS if phrase == "did_not" else _METRIC_WORDS)
    measurement = _MEASUREMENTS[phrase]
    compared: list[tuple[NumberComparison, Number]] = [
        (COMPARISONS[word], number(word, value) if measurement == "sum" else whole(word, value, least=0))
        for word, value in words.items()
        if word in COMPARISONS
    ]
    compared = compared or _DEFAULT_COMPARISONS.get(phrase, [])
    if not compared:
        raise DefinitionError.missing_word(f"{phrase}({quoted(metric)})", COMPARISONS)
    timeframe = event_timeframe(phrase, words)
    where = _where(phrase, words["where"]) if "where" in words else ()
    names = _metrics(phrase, metric)
    return _all(
        [MetricCondition(names, measurement, comparison, value, timeframe, where) for comparison, value in compared]
    )


def _metrics(phrase: str, metric: object) -> Metrics:
    """Return the name of one metric, or the names of several without duplicates."""
    if isinstance(metric, str) or not isinstance(metric, Iterable):
        return name_of(metric)
    names = tuple(dict.fromkeys(map(name_of, metric)))
    if not names:
        raise DefinitionError.bad_value(f"The metric of {phrase}", metric, "one or more names")
    return names[0] if len(names) == 1 else names


_SPANS = {"within_hours": 3_600, "within_days": 86_400}


def _span(phrase: str, words: Mapping[str, Any]) -> int | None:
    keyword = one_of(phrase, words, _SPANS)
    if keyword is None:
        return None
    seconds = _SPANS[keyword]
    return seconds * whole(keyword, words[keyword], least=1, most=LONGEST * _SPANS["within_days"] // seconds)


def _step(value: object) -> FunnelStep:
    if isinstance(value, FunnelStep):
        return value
    if not isinstance(value, str):
        raise DefinitionError.bad_value(
            "A step of did_in_order", value, "a metric's name, sk.step(...) or sk.no_step(...)"
        )
    return step(value)


def _where(phrase: str, where: object) -> EventTests:
    if isinstance(where, Mapping):
        return _all_of_event(phrase, where)
    if not isinstance(where, (list, tuple)) or not where or not all(where):
        wanted = 'a mapping such as {"Source": "web"}, or a list of one or more mappings, none of them empty'
        raise DefinitionError.bad_value(f"where of {phrase}", where, wanted)
    alternatives = tuple(dict.fromkeys(_all_of_event(phrase, one) for one in where))
    return alternatives[0] if len(alternatives) == 1 else (EventAlternatives(alternatives),)


def _all_of_event(phrase: str, where: object) -> tuple[EventProperty, ...]:
    if not isinstance(where, Mapping):
        raise DefinitionError.bad_value(f"where of {phrase}", where, 'a mapping such as {"Source": "web"}')
    properties: list[EventProperty] = []
    for name, value in where.items():
        words: Mapping[str, Any]
        if isinstance(value, KINDS):
            raise DefinitionError.condition_in_where(name)
        if isinstance(value, Mapping):
            words = value
        else:
            words = {"is_in": value} if isinstance(value, (list, tuple, set, frozenset)) else {"equals": value}
        place = f"where[{quoted(name)}] of {phrase}"
        check_words(place, words, (VALUE_WORDS | {"is_set"}) - {"contains", "not_contains"})
        if "is_set" in words:
            properties.append(EventProperty(name_of(name), SetTest(is_set=boolean("is_set", words["is_set"]))))
        properties.extend(EventProperty(name_of(name), _event_test(place, tests[0])) for tests in value_tests(words))
        if not words:
            raise DefinitionError.missing_word(place, VALUE_WORDS)
    return tuple(properties)


def _event_test(place: str, test: PropertyTest) -> EventTest:
    if isinstance(test, DateTest):
        raise DefinitionError.bad_value(
            place, test.timeframe, "text, a number, True, False or a list (only properties of profiles can be dates)"
        )
    return test


@_cached
def _consent(
    phrase: str, channel: Channel, subscription: Subscription | None, method: str | None, /, **words: Any
) -> ConsentCondition:
    check_words(phrase, words, _CONSENT_WORDS)
    can = phrase == "can_receive"
    chosen(f"The channel of {phrase}", channel, _CHANNELS)
    if subscription is None:
        subscription = "subscribed" if can and channel == "sms" else "any"
    chosen(f"The subscription of {phrase}({quoted(channel)})", subscription, _SUBSCRIPTIONS[channel, can])
    where: tuple[PropertyCondition, ...] = ()
    if method is not None:
        where = (PropertyCondition(f"{channel}_consent_method", TextTest("equals", name_of(method).strip().lower())),)
    return ConsentCondition(channel, can, subscription, status_timeframe(phrase, words), where)


_CONSENT_WORDS = SINCE_WORDS | {"subscription", "method"}
_CHANNELS: tuple[Channel, ...] = get_args(Channel)
_SUBSCRIPTIONS: dict[tuple[str, bool], tuple[Subscription, ...]] = {
    ("sms", True): ("subscribed",),
    ("sms", False): ("any", "unsubscribed", "never_subscribed"),
    ("email", True): ("any", "subscribed", "never_subscribed"),
    ("email", False): ("any", "subscribed", "unsubscribed", "never_subscribed"),
}


_UNITS: tuple[DistanceUnit, ...] = get_args(DistanceUnit)


def _distance(
    phrase: str, distance: float, unit: DistanceUnit, of: object, country: str, *, is_within: bool
) -> DistanceCondition:
    radius = float(number(f"The distance of {phrase}", distance))
    if radius <= 0:
        raise DefinitionError.bad_value(f"The distance of {phrase}", distance, "above 0")
    chosen(f"The unit of {phrase}", unit, _UNITS)
    if isinstance(of, str):
        place: PostalCode | Point = PostalCode(name_of(of).strip(), _countries(phrase, (country,))[0])
    else:
        if not isinstance(of, (tuple, list)):
            raise DefinitionError.bad_value("of", of, _place_words(of, country))
        latitude, longitude = (float(number("of", end)) for end in pair("of", of))
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise DefinitionError.bad_value("of", of, "(latitude, longitude) within 90 and 180 degrees")
        place = Point(latitude, longitude)
    return DistanceCondition(is_within, radius, unit, place)


def _place_words(of: object, country: str) -> str:
    """Describe how to write a place. If `of` is a number, show it as a postal code with the leading zeros restored."""
    of = plain(of)
    code = of if isinstance(of, int) and not isinstance(of, bool) and of >= 0 else 10001
    digits = 5 if str(country).upper() == "US" else 1
    return f'a postal code as text in quotes, such as of="{code:0{digits}}", or (latitude, longitude)'


def _countries(phrase: str, countries: tuple[str, ...]) -> tuple[str, ...]:
    if not countries:
        raise DefinitionError.missing(phrase, "a country's two letters, such as 'US'")
    return tuple(dict.fromkeys(country_of(f"The country of {phrase}", country) for country in countries))


def _all(conditions: Iterable[Condition]) -> Condition:
    every = tuple(conditions)
    return every[0] if len(every) == 1 else AllOf(every)


def _any(conditions: Iterable[Condition]) -> Condition:
    every = tuple(conditions)
    return every[0] if len(every) == 1 else AnyOf(every)

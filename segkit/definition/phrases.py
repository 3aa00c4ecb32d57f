"""The words an analyst types: short functions from plain arguments to conditions, checked as they are written."""

# Over 250 lines, since every phrase of the language is worth finding in one file.

# Annotations stay as they are written, so that `help` shows their names instead of every kind of condition.
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
"""Conditions on an event that all hold of it, or several such, any of which holds."""


class MetricWords(EqualityWords, EventWords, total=False):
    """What `did` and `spent` can be told: comparisons, one timeframe, and conditions on the event."""

    where: Where


class DidNotWords(EventWords, total=False):
    """What `did_not` can be told: one timeframe, and conditions on the event."""

    where: Where


class FunnelWords(EventWords, total=False):
    """What `did_in_order` can be told: how far apart first and last step may lie, and one timeframe."""

    within_hours: int
    within_days: int


class HasWords(ValueWords, DateWords, total=False):
    """What `has` can be told: values to be compared with, or one timeframe of a date."""


def did(metric: str | Iterable[str], **words: Unpack[MetricWords]) -> Condition:
    """Say how often a profile did something; at least once if no comparison is given.

    Args:
        metric: the kind of event, such as "Clicked SMS"; or several, such as `["Clicked SMS", "Clicked Email"]`, whose events are
            counted together.
        **words: `at_least`, `at_most`, `more_than`, `fewer_than`, `equals`, `not_equals` (whole numbers; several are joined
            by AND); one timeframe: `in_last_days`, `at_least_days_ago`, `between_days_ago=(91, 150)` (also with hours, weeks and
            months), `in_this` and `in_last` (the calendar's own "week", "month" or "year", the present or the one before),
            `before`, `after`, `between=(day, day)`, none for all time; and `where`, event property conditions that
            all hold of the same event: `where={"Source": "web", "Items": {"at_least": 2}, "Coupon": {"is_set": True}}`. Several of
            them in a list are alternatives, any of which holds of it: `where=[{"Brand": "A"}, {"Category": "Sale"}]`.

    Days are UTC days counted from the midnight that opens the `as_of` day. `between_days_ago` takes in both of its days, so that
    `between_days_ago=(60, 120)` begins where `in_last_days=59` ends. Months count back to the same day of the month, or to the
    last of a month that has no such day: `in_last_months=3` as of May 31 begins on February 28 or 29. Calendar weeks begin on
    Monday, UTC. A profile without any such event counts 0, so `fewer_than=3` takes it in.

    Raises:
        DefinitionError: an unknown word, a value of the wrong kind, or a reversed window.

    >>> did("Clicked SMS", at_least=2, in_last_days=90).comparison
    'at least'
    """
    return _metric("did", metric, **words)


def did_not(metric: str | Iterable[str], **words: Unpack[DidNotWords]) -> Condition:
    """Say that a profile did something zero times in a timeframe; takes the same timeframes and `where` as `did`.

    >>> did_not("Opened Email", in_last_days=60).value
    0
    """
    return _metric("did_not", metric, **words)


def spent(metric: str | Iterable[str] = "Placed Order", **words: Unpack[MetricWords]) -> Condition:
    """Say how much the values of a metric's events add up to; takes the same words as `did`.

    Amounts are compared exactly, in the finest decimal that the data uses. A profile without such an event spent 0.

    Raises:
        DefinitionError: no comparison is given, or as for `did`.

    >>> spent("Placed Order", more_than=200, in_last_days=365).measurement
    'sum'
    """
    return _metric("spent", metric, **words)


def did_on_days(metric: str | Iterable[str], **words: Unpack[MetricWords]) -> Condition:
    """Say on how many different days a profile did something, however often on each; takes the same words as `did`.

    Two orders on one day are one day. Days are UTC days. In a window of hours the days that it touches count, its parts of a day
    too. A profile without any such event did it on 0 days.

    Raises:
        DefinitionError: no comparison is given, or as for `did`.

    >>> did_on_days("Placed Order", at_least=3, in_last_days=365).measurement
    'days'
    """
    return _metric("did_on_days", metric, **words)


def last_event(metric: str, *, where: Where, **words: Unpack[EventWords]) -> LastEventCondition:
    """Say what the newest event of a metric is like, such as that the last order was returned; without any event it is false.

    Args:
        metric: the kind of event, such as "Placed Order".
        where: conditions on that event, as in `did`.
        **words: one timeframe of `did`, in which the newest event is looked for; none for all time.

    Of several events at one instant the one that comes last in the data is the newest. `~last_event(...)` takes in those without
    any event; those whose newest is of another kind: `sk.did(metric) & ~sk.last_event(metric, where=...)`.

    Raises:
        DefinitionError: `where` says nothing, or as for `did`.

    >>> last_event("Placed Order", where={"Status": "returned"}, in_last_days=90).timeframe
    InTheLast(quantity=90, unit='day')
    """
    check_words("last_event", words, EVENT_WORDS)
    tests = _where("last_event", where)
    if not tests:
        raise DefinitionError.bad_value("where of last_event", where, 'a mapping such as {"Status": "returned"}')
    return LastEventCondition(name_of(metric), tests, event_timeframe("last_event", words))


def did_in_order(*steps: str | FunnelStep, **words: Unpack[FunnelWords]) -> Condition:
    """Say that a profile took steps in this order, each an event of its own and none before the one for the step before it.

    Args:
        *steps: two to five, in order: names of metrics, or `step(...)` and `no_step(...)`.
        **words: the most time from the first step to the last, `within_hours` or `within_days` (spans of 24 hours), none for
            no limit; and one timeframe of `did`, in which all steps lie, none for all time.

    A step with `no_step` must not be taken between its neighbours; at either end of the funnel, not within the span from its
    one neighbour. These are the event funnels of help article 42691974773147; `docs/decisions/0010-funnels.md` has every edge.

    Raises:
        DefinitionError: fewer than two steps or more than five, none of them taken, or as for `did`.

    >>> did_in_order("Clicked SMS", "Placed Order", within_hours=48, in_last_days=30).completion_seconds
    172800
    """
    check_words("did_in_order", words, EVENT_WORDS | _SPANS.keys())
    taken = tuple(_step(given) for given in steps)
    return FunnelCondition(taken, event_timeframe("did_in_order", words), _span("did_in_order", words))


def step(metric: str, *, where: Where | None = None) -> FunnelStep:
    """Say one step of `did_in_order`: an event of a metric, and conditions on it as in `did`.

    >>> step("Placed Order", where={"Source": "web"}).where[0].property
    'Source'
    """
    return FunnelStep(name_of(metric), _where("step", where or {}))


def no_step(metric: str, *, where: Where | None = None) -> FunnelStep:
    """Say a step of `did_in_order` that must not be taken at its place.

    >>> did_in_order("Placed Order", no_step("Refunded Order"), in_last_days=30).steps[1].is_taken
    False
    """
    return FunnelStep(name_of(metric), _where("no_step", where or {}), is_taken=False)


def has(property: str, **words: Unpack[HasWords]) -> Condition:  # noqa: A002  # the field's own word
    """Say what a property of the profile is; one that is not set matches nothing but `holds_something=False`.

    Args:
        property: a known column, such as "city" or "predicted_clv", or a custom property under its own name.
        **words: several are joined by AND.
            Text (case-sensitive): `equals`, `not_equals`, `is_in`, `not_in`, `starts_with`, `ends_with`, `contains_text`,
            `matches` (RE2, the whole value), each with its `not_` form.
            Numbers: `equals`, `not_equals`, `is_in`, `not_in`, `at_least`, `at_most`, `more_than`, `fewer_than`.
            True or false: `equals=True`.
            Lists: `contains_item` (a whole item), `contains_any_of` and `contains_all_of` (of several whole items),
            `contains_text_in_item`, each with its `not_` form; `length_at_least` and its kin.
            `contains` and `not_contains` take either: a whole item of a list, or part of a text.
            Whatever the kind: `holds_something=True`, a number above 0, true, or a list or text with something in it, and
            `holds_something=False` for all the rest, not set included: 0 and numbers below it, false, `[]`, blank text. Text
            that is written as a number, a truth or a JSON list counts as what it stands for.
            Dates: the timeframes of `did`, `in_next_days`, `anniversary_today=True`, `anniversary_in_next_days`,
            `anniversary_in_last_days`, `anniversary_this_month=True`, `in_month`.

    The kind of the value decides the test: `equals=18` asks for a number, `equals="18"` for a text. A value that does not read
    as that kind matches nothing.

    Raises:
        DefinitionError: an unknown word, a value of the wrong kind, a reversed window, or no word at all.

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
    """Say that a property of the profile has any value.

    >>> is_set("city").test
    SetTest(is_set=True)
    """
    return PropertyCondition(name_of(property), SetTest(is_set=True))


def is_not_set(property: str) -> Condition:  # noqa: A002
    """Say that a property of the profile has no value: the only way in for those who have none, but for `holds_something=False`.

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
    """Say that a profile can receive marketing on a channel.

    For "sms" that is: subscribed. For "email" it is: has an address, is not suppressed and has not unsubscribed; people who
    never subscribed are in it, as in Klaviyo, unless `subscription="subscribed"`.

    Args:
        channel: "sms" or "email".
        subscription: narrows "email" to "subscribed" or "never_subscribed".
        method: the one way in which the profile came to its consent: "form", "checkout", "inbound_message", "preference_page",
            "manual_add", "manual_import", "sftp", "integration" ... in the words of Klaviyo's segments. It is held, in lower
            case, against `sms_consent_method` or `email_consent_method`, which pages of Klaviyo's API are read into in lower case.
        **words: one timeframe of the status date, each word of `did` with "since_" before it: `since_at_least_days_ago=30`.

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
    """Say that a profile cannot receive marketing on a channel; takes the same words as `can_receive`.

    Ways of losing consent are methods, too: "manual_remove", "bulk_remove", "carrier_deactivation", "message_blocked" ... Klaviyo's
    definitions know them; whether its profiles carry them is not documented.

    >>> cannot_receive("sms", subscription="unsubscribed").can_receive
    False
    """
    return _consent("cannot_receive", channel, subscription, method, **words)


def within(
    distance: float, unit: DistanceUnit = "miles", *, of: str | tuple[float, float], country: str = "US"
) -> DistanceCondition:
    """Say that a profile lives nearer than a distance to a postal code or a point; who can't be placed is not in.

    Great-circle distance with Klaviyo's "less than". `of` is a postal code of `country` (two letters) or (latitude, longitude)
    in degrees. A postal code stands for one point, so a radius under about 10 miles promises more than the data has.

    Raises:
        DefinitionError: a distance that is not above 0, an unknown unit or country, a postal code that is no text, or a point off
            the globe.

    >>> within(30, "miles", of="02110").of
    PostalCode(postal_code='02110', country='US')
    """
    return _distance("within", distance, unit, of, country, is_within=True)


def beyond(
    distance: float, unit: DistanceUnit = "miles", *, of: str | tuple[float, float], country: str = "US"
) -> DistanceCondition:
    """Say that a profile lives farther than a distance from a postal code or a point; who can't be placed is not in either.

    >>> beyond(100, "kilometers", of=(52.5, 13.4)).is_within
    False
    """
    return _distance("beyond", distance, unit, of, country, is_within=False)


def phone_country(*countries: str) -> PhoneCountryCondition:
    """Say that the phone number belongs to one of these countries (two letters), read from the number, never the address.

    Raises:
        DefinitionError: no country is given, or one that ISO 3166 does not have.

    >>> phone_country("US", "CA").countries
    ('US', 'CA')
    """
    return PhoneCountryCondition(_countries("phone_country", countries))


def not_phone_country(*countries: str) -> PhoneCountryCondition:
    """Say that the phone number is valid and belongs to a country that is none of these.

    >>> not_phone_country("us").countries
    ('US',)
    """
    return PhoneCountryCondition(_countries("not_phone_country", countries), is_in=False)


def in_region(region: Region) -> RegionCondition:
    """Say that the profile's country lies in "european_union" (without the United Kingdom) or is "united_states".

    >>> in_region("european_union").is_in
    True
    """
    return RegionCondition(chosen("in_region", region, get_args(Region)))


def not_in_region(region: Region) -> RegionCondition:
    """Say that the profile's country is known and lies outside a region; an unknown country is on neither side.

    >>> not_in_region("united_states").is_in
    False
    """
    return RegionCondition(chosen("not_in_region", region, get_args(Region)), is_in=False)


def in_list(name: str, **words: Unpack[EventWords]) -> ListCondition:
    """Say that a profile is on a list, joined in a timeframe of `did` if one is given.

    >>> in_list("VIP upload", in_last_days=30).is_member
    True
    """
    check_words("in_list", words, EVENT_WORDS)
    return ListCondition(name_of(name), joined=event_timeframe("in_list", words))


def not_in_list(name: str) -> ListCondition:
    """Say that a profile is not on a list.

    >>> not_in_list("VIP upload").is_member
    False
    """
    return ListCondition(name_of(name), is_member=False)


def in_segment(name: str) -> SegmentCondition:
    """Say that a profile is in another segment, given by its name, so that this one follows when the other is changed.

    The other is looked up by its exact name among the segments that are asked for together, as in `sk.membership([vip, engaged], shop)`, a
    folder that `segkit build --segments` reads, or those that an audience includes and excludes. `sk.resolve_segments` puts its
    condition in place of the name, for whatever takes one segment. Its opposite is `~in_segment("VIP")`.

    >>> in_segment("VIP").segment_name
    'VIP'
    """
    return SegmentCondition(name_of(name))


_PLAIN = frozenset({bool, int, float, str, type(None)})


def _kept(read: Callable[..., R]) -> Callable[..., R]:
    """Keep what a phrase was last read into, since a slider says all but one of a segment's phrases again at every position.

    A kept phrase takes a quarter of reading it, and a segment with one new phrase among its kept ones two thirds. Only for plain
    words: of others, such as the decimals 2 and 2.0 or the pairs (1, 5) and (True, 5), equal ones are not always read alike.
    """
    kept = functools.lru_cache(maxsize=2048, typed=True)(read)

    @functools.wraps(read)
    def phrase(*given: Any, **words: Any) -> R:
        is_plain = _PLAIN.issuperset(map(type, given)) and _PLAIN.issuperset(map(type, words.values()))
        return (kept if is_plain else read)(*given, **words)

    return phrase


_PROPERTY_WORDS = VALUE_WORDS | DATE_WORDS
_WINDOW_WORDS = EVENT_WORDS | {"where"}
_METRIC_WORDS = frozenset(COMPARISONS) | _WINDOW_WORDS
_UNCOMPARED: dict[str, list[tuple[NumberComparison, Number]]] = {"did": [("at least", 1)], "did_not": [("equals", 0)]}
"""What a phrase says that is told no comparison."""
_MEASUREMENTS: dict[str, Measurement] = {"did": "count", "did_not": "count", "did_on_days": "days", "spent": "sum"}


@_kept
def _metric(phrase: str, metric: str | Iterable[str], /, **words: Any) -> Condition:
    check_words(phrase, words, _WINDOW_WORDS if phrase == "did_not" else _METRIC_WORDS)
    measurement = _MEASUREMENTS[phrase]
    compared: list[tuple[NumberComparison, Number]] = [
        (COMPARISONS[word], number(word, value) if measurement == "sum" else whole(word, value, least=0))
        for word, value in words.items()
        if word in COMPARISONS
    ]
    compared = compared or _UNCOMPARED.get(phrase, [])
    if not compared:
        raise DefinitionError.missing_word(f"{phrase}({quoted(metric)})", COMPARISONS)
    timeframe = event_timeframe(phrase, words)
    where = _where(phrase, words["where"]) if "where" in words else ()
    names = _metrics(phrase, metric)
    return _all(
        [MetricCondition(names, measurement, comparison, value, timeframe, where) for comparison, value in compared]
    )


def _metrics(phrase: str, given: object) -> Metrics:
    """Return the name of a metric, or of several, each once."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return name_of(given)
    names = tuple(dict.fromkeys(map(name_of, given)))
    if not names:
        raise DefinitionError.bad_value(f"The metrics of {phrase}", given, "one or more names")
    return names[0] if len(names) == 1 else names


_SPANS = {"within_hours": 3_600, "within_days": 86_400}


def _span(phrase: str, words: Mapping[str, Any]) -> int | None:
    given = one_of(phrase, words, _SPANS)
    if given is None:
        return None
    seconds = _SPANS[given]
    return seconds * whole(given, words[given], least=1, most=LONGEST * _SPANS["within_days"] // seconds)


def _step(given: object) -> FunnelStep:
    if isinstance(given, FunnelStep):
        return given
    if not isinstance(given, str):
        raise DefinitionError.bad_value(
            "A step of did_in_order", given, "a metric's name, sk.step(...) or sk.no_step(...)"
        )
    return step(given)


def _where(phrase: str, given: object) -> EventTests:
    if isinstance(given, Mapping):
        return _all_of_event(phrase, given)
    if not isinstance(given, (list, tuple)) or not given or not all(given):
        wanted = 'a mapping such as {"Source": "web"}, or a list of such, any of which holds'
        raise DefinitionError.bad_value(f"where of {phrase}", given, wanted)
    alternatives = tuple(dict.fromkeys(_all_of_event(phrase, one) for one in given))
    return alternatives[0] if len(alternatives) == 1 else (EventAlternatives(alternatives),)


def _all_of_event(phrase: str, given: object) -> tuple[EventProperty, ...]:
    if not isinstance(given, Mapping):
        raise DefinitionError.bad_value(f"where of {phrase}", given, 'a mapping such as {"Source": "web"}')
    found: list[EventProperty] = []
    for name, value in given.items():
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
            found.append(EventProperty(name_of(name), SetTest(is_set=boolean("is_set", words["is_set"]))))
        found.extend(EventProperty(name_of(name), _event_test(place, tests[0])) for tests in value_tests(words))
        if not words:
            raise DefinitionError.missing_word(place, VALUE_WORDS)
    return tuple(found)


def _event_test(place: str, test: PropertyTest) -> EventTest:
    if isinstance(test, DateTest):
        raise DefinitionError.bad_value(
            place, test.timeframe, "a text, number, truth or list; dates belong to profiles"
        )
    return test


@_kept
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
    """Say how a place is written; to a bare number, how it is as a postal code, with the zeros that numbers lose."""
    of = plain(of)
    code = of if isinstance(of, int) and not isinstance(of, bool) and of >= 0 else 10001
    digits = 5 if str(country).upper() == "US" else 1
    return f'a postal code as text in quotes, such as of="{code:0{digits}}", or (latitude, longitude)'


def _countries(phrase: str, given: tuple[str, ...]) -> tuple[str, ...]:
    if not given:
        raise DefinitionError.missing_word(phrase, ["a country of two letters, such as 'US'"])
    return tuple(dict.fromkeys(country_of(f"The country of {phrase}", country) for country in given))


def _all(conditions: Iterable[Condition]) -> Condition:
    every = tuple(conditions)
    return every[0] if len(every) == 1 else AllOf(every)


def _any(conditions: Iterable[Condition]) -> Condition:
    every = tuple(conditions)
    return every[0] if len(every) == 1 else AnyOf(every)

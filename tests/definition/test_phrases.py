"""What each phrase builds and what it refuses; what the conditions mean stands with membership."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventProperty,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    RegionCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.phrases import did_in_order, no_step, step
from segkit.definition.timeframes import (
    ALL_TIME,
    After,
    AnniversaryInTheLast,
    AnniversaryInTheNext,
    AnniversaryThisMonth,
    AnniversaryToday,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    InMonth,
    InTheLast,
    InTheNext,
)
from segkit.errors import DefinitionError

JUNE_1, JUNE_30 = date(2026, 6, 1), date(2026, 6, 30)

EVENT_TIMEFRAMES: dict[str, tuple[Any, Any]] = {
    "in_last_hours": (24, InTheLast(24, "hour")),
    "in_last_days": (90, InTheLast(90, "day")),
    "in_last_weeks": (2, InTheLast(2, "week")),
    "at_least_hours_ago": (24, AtLeastAgo(24, "hour")),
    "at_least_days_ago": (30, AtLeastAgo(30, "day")),
    "at_least_weeks_ago": (4, AtLeastAgo(4, "week")),
    "between_hours_ago": ((1, 24), BetweenAgo(1, 24, "hour")),
    "between_days_ago": ((91, 150), BetweenAgo(91, 150, "day")),
    "between_weeks_ago": ((0, 2), BetweenAgo(0, 2, "week")),
    "before": ("2026-06-30", Before(JUNE_30)),
    "after": (JUNE_30, After(JUNE_30)),
    "between": (("2026-06-01", JUNE_30), BetweenDates(JUNE_1, JUNE_30)),
}
DATE_TIMEFRAMES: dict[str, tuple[Any, Any]] = {
    **EVENT_TIMEFRAMES,
    "in_next_hours": (24, InTheNext(24, "hour")),
    "in_next_days": (7, InTheNext(7, "day")),
    "in_next_weeks": (1, InTheNext(1, "week")),
    "anniversary_today": (True, AnniversaryToday()),
    "anniversary_in_next_days": (7, AnniversaryInTheNext(7)),
    "anniversary_in_last_days": (7, AnniversaryInTheLast(7)),
    "anniversary_this_month": (True, AnniversaryThisMonth()),
    "in_month": (12, InMonth(12)),
}
COMPARISONS = {
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "fewer_than": "fewer than",
    "equals": "equals",
    "not_equals": "not equals",
}
VALUES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "equals a text": ({"equals": "female"}, (TextTest("equals", "female"),)),
    "equals a number": ({"equals": 18}, (NumberTest("equals", 18),)),
    "equals digits as text": ({"equals": "18"}, (TextTest("equals", "18"),)),
    "equals a truth": ({"equals": True}, (BooleanTest(True),)),
    "equals a day": ({"equals": JUNE_30}, (DateTest(BetweenDates(JUNE_30, JUNE_30)),)),
    "not equals a text": ({"not_equals": "female"}, (TextTest("not equals", "female"),)),
    "not equals a number": ({"not_equals": 18.5}, (NumberTest("not equals", 18.5),)),
    "not equals a truth": ({"not_equals": True}, (BooleanTest(False),)),
    "is in numbers": ({"is_in": (size for size in (38, np.int64(39), 38.0))}, (NumberInTest((38, 39)),)),
    "not in numbers": ({"not_in": {40.5}}, (NumberInTest((40.5,), negated=True),)),
    "is in": ({"is_in": ["Boston", "Salem", "Boston"]}, (TextInTest(("Boston", "Salem")),)),
    "not in": ({"not_in": ("Boston",)}, (TextInTest(("Boston",), negated=True),)),
    "starts with": ({"starts_with": "B"}, (TextTest("starts with", "B"),)),
    "not starts with": ({"not_starts_with": "B"}, (TextTest("not starts with", "B"),)),
    "ends with": ({"ends_with": "n"}, (TextTest("ends with", "n"),)),
    "not ends with": ({"not_ends_with": "n"}, (TextTest("not ends with", "n"),)),
    "contains text": ({"contains_text": "ost"}, (TextTest("contains", "ost"),)),
    "not contains text": ({"not_contains_text": "ost"}, (TextTest("not contains", "ost"),)),
    "matches": ({"matches": "B.*"}, (TextTest("matches", "B.*"),)),
    "not matches": ({"not_matches": "B.*"}, (TextTest("not matches", "B.*"),)),
    "contains item": ({"contains_item": "sales"}, (ListTest("contains", "sales"),)),
    "not contains item": ({"not_contains_item": 3}, (ListTest("not contains", 3),)),
    "contains any of": ({"contains_any_of": ["sales", 3, "sales"]}, (ItemsTest("contains any of", ("sales", 3)),)),
    "contains all of": ({"contains_all_of": ("3", 3)}, (ItemsTest("contains all of", ("3", 3)),)),
    "not contains any of": ({"not_contains_any_of": ["sales"]}, (ItemsTest("not contains any of", ("sales",)),)),
    "not contains all of": ({"not_contains_all_of": {"sales"}}, (ItemsTest("not contains all of", ("sales",)),)),
    "contains text in item": ({"contains_text_in_item": "sal"}, (ItemTextTest("contains", "sal"),)),
    "not contains text in item": ({"not_contains_text_in_item": "sal"}, (ItemTextTest("not contains", "sal"),)),
    "length": ({"length_at_least": 2}, (LengthTest("at least", 2),)),
    "something": ({"holds_something": True}, (SomethingTest(True),)),
    "nothing": ({"holds_something": False}, (SomethingTest(False),)),
    "several": ({"at_least": 18, "at_most": 30}, (NumberTest("at least", 18), NumberTest("at most", 30))),
    "a value and a timeframe": ({"equals": "x", "in_month": 6}, (TextTest("equals", "x"), DateTest(InMonth(6)))),
}


def condition_of(phrase: Any, *arguments: Any, **words: Any) -> Any:
    """Return what a phrase builds, past the type checker, which would refuse words that are built at run time."""
    return phrase(*arguments, **words)


def test_did_means_at_least_once_over_all_time():
    """Without a word, somebody did something at least once, ever."""
    assert MetricCondition("Clicked SMS", "count", "at least", 1, ALL_TIME) == sk.did("Clicked SMS")


@pytest.mark.parametrize(("word", "comparison"), COMPARISONS.items())
def test_did_and_spent_take_every_comparison(word: str, comparison: Any):
    """The same six words compare counts and sums."""
    assert MetricCondition("A", "count", comparison, 3) == condition_of(sk.did, "A", **{word: 3})
    assert MetricCondition("A", "sum", comparison, 19.5) == condition_of(sk.spent, "A", **{word: 19.5})


def test_several_comparisons_are_joined_by_and():
    """At least 2 and at most 5 times is two conditions of one timeframe that must both hold."""
    two = MetricCondition("A", "count", "at least", 2, InTheLast(30))
    five = MetricCondition("A", "count", "at most", 5, InTheLast(30))

    assert AllOf((two, five)) == sk.did("A", at_least=2, at_most=5, in_last_days=30)


def test_did_not_means_zero_times():
    """Not having done something in a timeframe is a count of 0 in it."""
    assert MetricCondition("Opened Email", "count", "equals", 0, InTheLast(60)) == sk.did_not(
        "Opened Email", in_last_days=60
    )


def test_spent_is_on_orders_unless_said_otherwise():
    """Spending is the sum of Placed Order, and keeps a decimal exact."""
    assert MetricCondition("Placed Order", "sum", "more than", Decimal("19.99")) == sk.spent(more_than=Decimal("19.99"))


@pytest.mark.parametrize(("word", "value", "timeframe"), [(word, *pair) for word, pair in EVENT_TIMEFRAMES.items()])
def test_phrases_about_events_take_every_timeframe_of_events(word: str, value: Any, timeframe: Any):
    """did, did_not, spent, did_in_order and in_list look at the same timeframes in the same words."""
    assert timeframe == condition_of(sk.did, "A", **{word: value}).timeframe
    assert timeframe == condition_of(sk.did_not, "A", **{word: value}).timeframe
    assert timeframe == condition_of(did_in_order, "A", "B", **{word: value}).timeframe
    assert timeframe == condition_of(sk.spent, "A", more_than=1, **{word: value}).timeframe
    assert ListCondition("L", joined=timeframe) == condition_of(sk.in_list, "L", **{word: value})


@pytest.mark.parametrize(("word", "value", "timeframe"), [(word, *pair) for word, pair in DATE_TIMEFRAMES.items()])
def test_has_takes_every_timeframe_of_dates(word: str, value: Any, timeframe: Any):
    """A date that a profile carries may also lie ahead, or come round every year."""
    assert PropertyCondition("Birthday", DateTest(timeframe)) == condition_of(sk.has, "Birthday", **{word: value})


@pytest.mark.parametrize(("word", "value", "timeframe"), [(word, *pair) for word, pair in EVENT_TIMEFRAMES.items()])
def test_consent_takes_timeframes_of_its_status_date_after_since(word: str, value: Any, timeframe: Any):
    """Every timeframe of an event is one of a consent's date, with since_ before it."""
    assert ConsentCondition("sms", True, "subscribed", timeframe) == condition_of(
        sk.can_receive, "sms", **{f"since_{word}": value}
    )


@pytest.mark.parametrize("word", sorted(set(DATE_TIMEFRAMES) - set(EVENT_TIMEFRAMES)))
def test_events_lie_in_the_past(word: str):
    """Klaviyo knows no timeframe ahead, and none of every year, for what somebody did."""
    with pytest.raises(DefinitionError, match=f"did has no argument '{word}'"):
        condition_of(sk.did, "Clicked SMS", **{word: DATE_TIMEFRAMES[word][0]})


@pytest.mark.parametrize(("words", "tests"), VALUES.values(), ids=VALUES)
def test_has_holds_a_property_against_values(words: dict[str, Any], tests: tuple[Any, ...]):
    """The word and the kind of the value decide the test, and several words must all hold."""
    conditions = tuple(PropertyCondition("P", test) for test in tests)

    assert (conditions[0] if len(conditions) == 1 else AllOf(conditions)) == condition_of(sk.has, "P", **words)


def test_contains_reads_a_text_or_a_list():
    """The plain word means part of a text or a whole item, and its negative means either too."""
    text, item = (PropertyCondition("I", kind("contains", "sales")) for kind in (TextTest, ListTest))
    no_text, no_item = (PropertyCondition("I", kind("not contains", "sales")) for kind in (TextTest, ListTest))

    assert AnyOf((text, item)) == sk.has("I", contains="sales")
    assert AnyOf((no_text, no_item)) == sk.has("I", not_contains="sales")


def test_set_and_not_set():
    """Having any value and having none are conditions of their own."""
    assert PropertyCondition("city", SetTest(True)) == sk.is_set("city")
    assert PropertyCondition("city", SetTest(False)) == sk.is_not_set("city")


def test_where_holds_of_the_same_event():
    """A plain value is equality, several are any of them, a mapping is in the words of `has`, and all are clauses of one atom."""
    where = {"Source": "web", "Brand": ["A", "B"], "Items": {"at_least": 2, "at_most": 9}, "Gift": {"is_set": False}}
    where["Coupons"] = {"holds_something": True}
    condition = sk.did("Placed Order", where=where)

    assert (
        EventProperty("Source", TextTest("equals", "web")),
        EventProperty("Brand", TextInTest(("A", "B"))),
        EventProperty("Items", NumberTest("at least", 2)),
        EventProperty("Items", NumberTest("at most", 9)),
        EventProperty("Gift", SetTest(False)),
        EventProperty("Coupons", SomethingTest(True)),
    ) == condition.where  # type: ignore[union-attr]


def test_steps_are_metrics_or_steps_with_conditions():
    """A metric's name is a step that is taken; `step` and `no_step` say the conditions on its event as `did` does."""
    web = EventProperty("Source", TextTest("equals", "web"))
    steps = (FunnelStep("A"), FunnelStep("B", (web,)), FunnelStep("C", is_taken=False), FunnelStep("A", (web,), False))

    assert FunnelCondition(steps) == did_in_order(
        "A", step("B", where={"Source": "web"}), no_step("C"), no_step("A", where={"Source": "web"})
    )


def test_the_span_of_steps_is_in_hours_or_days():
    """A day is 24 hours of it, since it begins with the first step and not at a midnight."""
    assert FunnelCondition((FunnelStep("A"), FunnelStep("B")), InTheLast(30), 172_800) == did_in_order(
        "A", "B", within_hours=48, in_last_days=30
    )
    assert did_in_order("A", "B", within_days=2) == did_in_order("A", "B", within_hours=48)
    assert did_in_order("A", "B") == FunnelCondition((FunnelStep("A"), FunnelStep("B")), completion_seconds=None)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_method_is_a_test_of_the_consents_own_column(channel: Any):
    """The way somebody came to consent is asked of that channel, in lower case as Klaviyo's definitions write it."""
    clause = PropertyCondition(f"{channel}_consent_method", TextTest("equals", "preference_page"))

    assert (clause,) == sk.can_receive(channel, method="preference_page").where  # type: ignore[union-attr]
    assert (clause,) == sk.cannot_receive(channel, method=" PREFERENCE_PAGE ").where  # type: ignore[union-attr]
    assert not sk.can_receive(channel).where  # type: ignore[union-attr]


def test_sms_is_received_by_subscribers_alone():
    """Who can receive SMS is subscribed; who cannot is anybody else."""
    assert ConsentCondition("sms", True, "subscribed") == sk.can_receive("sms")
    assert ConsentCondition("sms", False, "any") == sk.cannot_receive("sms")
    assert ConsentCondition("sms", False, "unsubscribed") == sk.cannot_receive("sms", subscription="unsubscribed")


def test_email_is_received_also_by_the_never_subscribed_unless_narrowed():
    """As in Klaviyo, can receive email is any subscription, and can be narrowed."""
    assert ConsentCondition("email", True, "any") == sk.can_receive("email")
    assert ConsentCondition("email", True, "subscribed") == sk.can_receive("email", subscription="subscribed")


def test_places():
    """A distance is from a postal code of a country or from a point, and the country is written in capitals."""
    assert DistanceCondition(True, 30.0, "miles", PostalCode("02110", "US")) == sk.within(30, of="02110")
    assert DistanceCondition(True, 5.0, "kilometers", PostalCode("SW1W", "GB")) == sk.within(
        5, "kilometers", of=" SW1W ", country="gb"
    )
    assert DistanceCondition(False, 0.5, "miles", Point(90.0, -180.0)) == sk.beyond(0.5, of=(90, -180))


def test_countries_and_regions():
    """A phone's country is said in two letters in any case, each once; the two regions have their opposites."""
    assert PhoneCountryCondition(("US", "CA")) == sk.phone_country("us", "CA", "US")
    assert PhoneCountryCondition(("US",), is_in=False) == sk.not_phone_country("US")
    assert RegionCondition("european_union") == sk.in_region("european_union")
    assert RegionCondition("united_states", is_in=False) == sk.not_in_region("united_states")


def test_lists():
    """Being on a list can be dated, not being on it can't."""
    assert ListCondition("VIP upload") == sk.in_list("VIP upload")
    assert ListCondition("VIP upload", is_member=False) == sk.not_in_list("VIP upload")


NUMPY: list[tuple[Condition, Condition]] = [
    (sk.did("A", at_least=2), sk.did("A", at_least=np.int64(2))),
    (sk.did("A", in_last_days=30), sk.did("A", in_last_days=np.int32(30))),
    (sk.spent(more_than=19.5), sk.spent(more_than=np.float64(19.5))),
    (sk.has("Age", equals=18), sk.has("Age", equals=np.int8(18))),
    (sk.has("Parent", equals=True), sk.has("Parent", equals=np.bool_(True))),
    (sk.has("B", before=JUNE_30), sk.has("B", before=pd.Timestamp("2026-06-30"))),
    (sk.has("B", before=JUNE_30), sk.has("B", before=datetime(2026, 6, 30, tzinfo=UTC))),
    (sk.spent(more_than=200), sk.spent(more_than=200.0)),
]


@pytest.mark.parametrize(("plain", "given"), NUMPY, ids=repr)
def test_numbers_of_numpy_and_pandas_leave_no_trace(plain: Condition, given: Condition):
    """A value that came out of a table builds the same tree, printed the same."""
    assert plain == given
    assert repr(plain) == repr(given)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "an unknown word": (lambda: condition_of(sk.did, "A", in_last_day=9), "did has no argument 'in_last_day'. Did you mean 'in_last_days'"),
    "an unknown word of did_not": (lambda: condition_of(sk.did_not, "A", at_least=2), "did_not has no argument 'at_least'"),
    "an unknown word of has": (lambda: condition_of(sk.has, "A", at_leats=2), "has has no argument 'at_leats'. Did you mean 'at_least'"),
    "since_ without since_": (lambda: condition_of(sk.can_receive, "sms", in_last_days=2), "Did you mean 'since_in_last_days'"),
    "no comparison": (lambda: sk.spent("A"), "spent('A') needs one or more of: 'equals', 'not_equals', 'at_least'"),
    "no word": (lambda: sk.has("Age"), "has('Age') needs one or more of"),
    "two timeframes": (lambda: sk.did("A", in_last_days=3, before="2026-01-01"), "accepts only one of: 'before', 'in_last_days'"),
    "a reversed window": (lambda: sk.did("A", between_days_ago=(150, 91)), "Write between_days_ago=(91, 150)"),
    "reversed dates": (lambda: sk.did("A", between=("2026-06-30", "2026-06-01")), "is the wrong way round"),
    "half a window": (lambda: condition_of(sk.did, "A", between_days_ago=90), "two values in brackets"),
    "a window of no days": (lambda: sk.did("A", in_last_days=0), "in_last_days must be a whole number from 1 to 36,525, but it is 0"),
    "a window of 1.5 days": (lambda: condition_of(sk.did, "A", in_last_days=1.5), "but it is 1.5"),
    "a window of True days": (lambda: sk.did("A", in_last_days=True), "but it is True"),
    "a window past the calendar": (lambda: sk.did("A", in_last_weeks=36_525), "from 1 to 5,217"),
    "a count of 1.5": (lambda: sk.did("A", at_least=1.5), "at_least must be a whole number, 0 or more"),
    "a negative count": (lambda: sk.did("A", at_least=-1), "at_least must be a whole number, 0 or more"),
    "an amount as text": (lambda: condition_of(sk.spent, more_than="200"), "more_than must be a finite number, but it is '200'"),
    "an infinite amount": (lambda: sk.spent(more_than=float("inf")), "must be a finite number"),
    "an amount of NaN": (lambda: sk.spent(more_than=Decimal("NaN")), "must be a finite number"),
    "nothing to equal": (lambda: condition_of(sk.has, "A", equals=None), "must be a finite number, but it is None"),
    "an empty text": (lambda: sk.has("A", starts_with=""), "starts_with must be text that is not empty"),
    "one text for several": (lambda: sk.has("A", is_in="Boston"), "is_in must be a list of one or more values"),
    "numbers and texts": (lambda: sk.has("A", is_in=[38, "39"]), "either only text, such as ['Boston', 'Salem'], or only numbers"),
    "truths among numbers": (lambda: sk.has("A", is_in=[38, True]), "a finite number"),
    "none of several": (lambda: sk.has("A", is_in=[]), "is_in must be a list of one or more values"),
    "one item for several": (lambda: sk.has("A", contains_any_of="Hats"), "contains_any_of must be a list of one or more items, such as ['Hats', 'Caps']"),
    "no item of several": (lambda: sk.has("A", contains_all_of=[]), "contains_all_of must be a list of one or more items"),
    "an item that is none": (lambda: condition_of(sk.has, "A", not_contains_any_of=["Hats", None]), "must be a finite number, but it is None"),
    "an empty item": (lambda: sk.has("A", contains_any_of=["Hats", ""]), "contains_any_of must be text that is not empty"),
    "a number in an item": (lambda: condition_of(sk.has, "A", contains_text_in_item=1), "contains_text_in_item must be text that is not empty"),
    "not equals a day": (lambda: condition_of(sk.has, "A", not_equals=JUNE_30), "write ~sk.has(..., equals=day)"),
    "a day with an hour": (lambda: sk.did("A", before="2026-06-30T12:00"), "before must be a day from 1900 to 2200"),
    "a day that is none": (lambda: sk.did("A", before="2026-02-30"), "before must be a day"),
    "a day in another order": (lambda: sk.did("A", before="30.06.2026"), "before must be a day"),
    "no day at all": (lambda: sk.did("A", before=pd.NaT), "before must be a day"),
    "a word that is not True": (lambda: sk.has("B", anniversary_today=False), "must be True (otherwise leave the keyword out)"),
    "a thirteenth month": (lambda: sk.has("B", in_month=13), "in_month must be a whole number from 1 to 12"),
    "something that is no truth": (lambda: condition_of(sk.has, "A", holds_something="yes"), "holds_something must be True or False, but it is 'yes'"),
    "something of an event that is no truth": (lambda: sk.did("A", where={"B": {"holds_something": 1}}), "holds_something must be True or False, but it is 1"),
    "an event's date": (lambda: sk.did("A", where={"Due": JUNE_30}), "only properties of profiles can be dates"),
    "where that is no mapping": (lambda: condition_of(sk.did, "A", where="web"), 'a mapping such as {"Source": "web"}'),
    "an unknown word of where": (lambda: sk.did("A", where={"Source": {"contains": "w"}}), "Did you mean 'contains_text' or 'contains_item'"),
    "an empty where": (lambda: sk.did("A", where={"Source": {}}), "where['Source'] of did needs one or more of"),
    "a blank metric": (lambda: sk.did(" "), "A name must be text that is not blank"),
    "a metric that is no text": (lambda: condition_of(sk.did, 3), "A name must be text that is not blank, but it is 3"),
    "an unknown channel": (lambda: condition_of(sk.can_receive, "push"), "The channel of can_receive can't be 'push'. The choices are: 'sms', 'email'"),
    "SMS to anybody": (lambda: sk.can_receive("sms", subscription="any"), "The choices are: 'subscribed'"),
    "no email to a receiver": (lambda: sk.can_receive("email", subscription="unsubscribed"), "The choices are: 'any', 'subscribed', 'never_subscribed'"),
    "a blank method": (lambda: sk.can_receive("sms", method=" "), "A name must be text that is not blank"),
    "an unknown word beside a method": (lambda: condition_of(sk.can_receive, "sms", methd="form"), "Did you mean 'method'"),
    "one step": (lambda: did_in_order("A"), "A funnel needs 2 to 5 steps"),
    "no step taken": (lambda: did_in_order(no_step("A"), no_step("B")), "0 steps that profiles take and 2 steps"),
    "a condition for a step": (lambda: condition_of(did_in_order, sk.did("A"), "B"), "a metric's name, sk.step(...) or sk.no_step(...)"),
    "a blank step": (lambda: did_in_order("A", " "), "A name must be text that is not blank"),
    "two spans": (lambda: did_in_order("A", "B", within_hours=1, within_days=1), "accepts only one of: 'within_days', 'within_hours'"),
    "no span": (lambda: did_in_order("A", "B", within_hours=0), "within_hours must be a whole number from 1 to 876,600"),
    "a span past the calendar": (lambda: did_in_order("A", "B", within_days=36_526), "from 1 to 36,525"),
    "an unknown word of did_in_order": (lambda: condition_of(did_in_order, "A", "B", within_hour=1), "Did you mean 'within_hours'"),
    "where of a step that is no mapping": (lambda: condition_of(step, "A", where="web"), 'where of step must be a mapping such as {"Source": "web"}'),
    "no distance": (lambda: sk.within(0, of="02110"), "The distance of within must be above 0, but it is 0"),
    "an unknown unit": (lambda: condition_of(sk.within, 3, "mile", of="02110"), "Did you mean 'miles'"),
    "a point off the globe": (lambda: sk.within(3, of=(91, 0)), "(latitude, longitude) within 90 and 180 degrees"),
    "a postal code without quotes": (lambda: condition_of(sk.within, 25, "miles", of=10001), 'a postal code as text in quotes, such as of="10001"'),
    "a postal code that lost its zero": (lambda: condition_of(sk.sms_nearby, of=np.int64(2110)), 'such as of="02110"'),
    "a postal code of another country": (lambda: condition_of(sk.within, 25, of=1067, country="DE"), 'such as of="1067"'),
    "no place": (lambda: condition_of(sk.within, 25, of=None), "a postal code as text in quotes"),
    "a country that is none": (lambda: sk.within(3, of="1", country="ZZ"), "The country of within can't be 'ZZ'"),
    "a point of one number": (lambda: condition_of(sk.within, 3, of=(91,)), "two values in brackets"),
    "a country in three letters": (lambda: sk.phone_country("USA"), "a country's two letters (ISO 3166), such as 'US', but it is 'USA'"),
    "the United Kingdom's own letters": (lambda: sk.phone_country("UK"), "'GB'"),
    "no country": (sk.phone_country, "phone_country needs a country's two letters"),
    "an unknown region": (lambda: condition_of(sk.in_region, "EU"), "The choices are: 'european_union', 'united_states'"),
}  # fmt: skip


@pytest.mark.parametrize(("say", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_as_it_is_written(say: Callable[[], Any], sentence: str):
    """A slip is an error that names the word, its value and what would be right, before any data is asked."""
    with pytest.raises(DefinitionError) as refusal:
        say()

    assert sentence in str(refusal.value)


def test_what_was_said_before_changes_no_phrase():
    """A phrase is read by what it says itself, though a word that equals another's was read before it."""
    for amount in (Decimal("2.0"), 2, Decimal(2), 2.0, np.int64(2)):
        read = sk.spent(more_than=amount).value
        assert str(read) == str(amount if isinstance(amount, Decimal) else 2)
    assert sk.did("A", at_least=1, in_last_days=2) == sk.did("A", in_last_days=np.int64(2), at_least=1)
    assert sk.did("A", between_days_ago=(1, 5)).timeframe == BetweenAgo(1, 5)
    refused = [
        {"at_least": True, "in_last_days": 2},
        {"at_least": 1.0, "in_last_days": 2},
        {"at_least": 1, "in_last_days": 2.0},
        {"between_days_ago": (True, 5)},
        {"between_days_ago": (1.0, 5)},
    ]
    for words in refused:
        with pytest.raises(DefinitionError):
            sk.did("A", **words)
    for unhashable in ([], {}):
        with pytest.raises(DefinitionError):
            sk.did(unhashable)
        with pytest.raises(DefinitionError):
            sk.can_receive(unhashable)

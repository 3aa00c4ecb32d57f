"""Convert conditions to plain data: mappings and lists of text, numbers and booleans, which any file format can store."""

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Any, assert_never

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListComparison,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    Number,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.text.keys import ITEM_KEYS, ITEM_TEXT_KEYS, LENGTH_KEYS, SOMETHING_KEY, TEXT_KEYS
from segkit.definition.text.timeframe_text import timeframe_text
from segkit.definition.timeframes import ALL_TIME, AllTime, EventTimeframe
from segkit.errors import DefinitionError

Data = dict[str, Any]

EXACT_IN_FLOATS = 2**53
"""Below this, floats represent every whole number exactly, so whole floats can be written as integers."""


def to_data(condition: Condition) -> Data:
    """Convert a condition to plain data: one key for its kind, and other keys for its details.

    Only equal conditions have equal data: a decimal that is not equal to any float becomes `{"decimal": "19.99"}`. Other numbers stay
    numbers. Timeframes become text such as "in the last 90 days".

    >>> from segkit.definition.phrases import did
    >>> to_data(did("Clicked SMS", in_last_days=90))
    {'did': 'Clicked SMS', 'at least': 1, 'when': 'in the last 90 days'}
    """
    match condition:
        case AllOf(conditions):
            return {"all of": [to_data(part) for part in conditions]}
        case AnyOf(conditions):
            return _either(condition) or {"any of": [to_data(part) for part in conditions]}
        case Not(inner):
            return {"not": to_data(inner)}
        case MetricCondition():
            return _metric(condition)
        case FunnelCondition(steps, timeframe, seconds):
            completed = {} if seconds is None else {"completed within": _span(seconds)}
            return {"did in order": [_step(step) for step in steps], **completed, **_when(timeframe)}
        case LastEventCondition(metric, where, timeframe):
            return {"last event": metric, **_when(timeframe), **_where(where)}
        case PropertyCondition(name, test):
            return _property(name, test)
        case ConsentCondition():
            return _consent(condition)
        case ListCondition(name, is_member, joined):
            when = {} if isinstance(joined, AllTime) else {"joined": timeframe_text(joined)}
            return {"in list" if is_member else "not in list": name, **when}
        case DistanceCondition(is_within, distance, unit, of):
            return {"within" if is_within else "beyond": f"{_number(distance)} {unit}", **_place(of)}
        case PhoneCountryCondition(countries, is_in):
            return {"phone country" if is_in else "not phone country": list(countries)}
        case RegionCondition(region, is_in):
            return {"in region" if is_in else "not in region": region}
        case SegmentCondition(name):
            return {"in segment": name}
        case _:
            assert_never(condition)


def either(name: str, comparison: ListComparison, value: str) -> AnyOf:
    """Return the condition that `has(..., contains=...)` builds, which matches part of a text or a whole item of a list."""
    return AnyOf(
        (PropertyCondition(name, TextTest(comparison, value)), PropertyCondition(name, ListTest(comparison, value)))
    )


def _either(condition: AnyOf) -> Data | None:
    match condition.conditions:
        case (PropertyCondition(name, TextTest("contains" | "not contains" as comparison, value)), _) if (
            value and condition == either(name, comparison, value)
        ):
            return {"has": name, comparison: value}
    return None


def _metric(condition: MetricCondition) -> Data:
    beside = {**_when(condition.timeframe), **_where(condition.where)}
    compared = {condition.comparison: _number(condition.value), **beside}
    metric = condition.metric if isinstance(condition.metric, str) else list(condition.metric)
    match condition.measurement:
        case "count":
            is_never = (condition.comparison, condition.value) == ("equals", 0)
            return {"did not": metric, **beside} if is_never else {"did": metric, **compared}
        case "sum":
            return {"spent on": metric, **compared}
        case "days":
            return {"did on days": metric, **compared}
        case _:
            assert_never(condition.measurement)


def _step(step: FunnelStep) -> Data:
    return {"did" if step.is_taken else "did not": step.metric, **_where(step.where)}


def _span(seconds: int) -> str:
    """Write seconds in the largest unit that divides them evenly."""
    for unit, length in SECONDS.items():
        if seconds % length == 0 and seconds:
            return f"{seconds // length} {unit}{'' if seconds == length else 's'}"
    return f"{seconds} seconds"


SECONDS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def _when(timeframe: EventTimeframe) -> Data:
    return {} if timeframe == ALL_TIME else {"when": timeframe_text(timeframe)}


def _where(tests: Iterable[EventProperty | EventAlternatives | PropertyCondition]) -> Data:
    written = [_clause(clause) for clause in tests]
    return {"where": written} if written else {}


def _clause(clause: EventProperty | EventAlternatives | PropertyCondition) -> Data:
    if isinstance(clause, EventAlternatives):
        return {"any of": [_alternative(one) for one in clause.alternatives]}
    return _property(clause.property, clause.test)


def _alternative(tests: tuple[EventProperty, ...]) -> Data:
    return _clause(tests[0]) if len(tests) == 1 else {"all of": [_clause(one) for one in tests]}


def _property(name: str, test: PropertyTest) -> Data:
    match test:
        case TextTest(comparison, text):
            return {"has": name, TEXT_KEYS[comparison]: text}
        case TextInTest(values, negated):
            return {"has": name, "not in" if negated else "is in": list(values)}
        case NumberInTest(numbers, negated):
            return {"has": name, "not in" if negated else "is in": [_number(number) for number in numbers]}
        case NumberTest(comparison, number):
            return {"has": name, comparison: _number(number)}
        case BooleanTest(truth):
            return {"has": name, "equals": truth}
        case DateTest(timeframe):
            return {"has": name, "when": timeframe_text(timeframe)}
        case ListTest(comparison, item):
            return {"has": name, ITEM_KEYS[comparison]: _item(item)}
        case ItemsTest(comparison, items):
            return {"has": name, comparison: [_item(item) for item in items]}
        case ItemTextTest(comparison, text):
            return {"has": name, ITEM_TEXT_KEYS[comparison]: text}
        case LengthTest(comparison, length):
            return {"has": name, LENGTH_KEYS[comparison]: length}
        case SetTest(is_set):
            return {"is set" if is_set else "is not set": name}
        case SomethingTest(holds):
            return {"has": name, SOMETHING_KEY: holds}
        case _:
            assert_never(test)


def _item(item: str | float) -> Any:
    return item if isinstance(item, str) else _number(item)


def _consent(condition: ConsentCondition) -> Data:
    data: Data = {"can receive" if condition.can_receive else "cannot receive": condition.channel}
    if condition.subscription != usual_subscription(condition.channel, can_receive=condition.can_receive):
        data["subscription"] = condition.subscription
    if condition.status_date is not None:
        data["status date"] = timeframe_text(condition.status_date)
    return {**data, **_where(condition.where)}


def usual_subscription(channel: str, *, can_receive: bool) -> str:
    """Return the default subscription, as in `sk.can_receive`: a profile that can receive SMS is subscribed."""
    return "subscribed" if can_receive and channel == "sms" else "any"


def _place(of: PostalCode | Point) -> Data:
    if isinstance(of, PostalCode):
        return {"of postal code": of.postal_code, "country": of.country}
    return {"of point": [_number(of.latitude), _number(of.longitude)]}


def _number(value: Number) -> Any:
    """Convert a number to plain data, so that equal numbers have equal data."""
    if not isfinite(value):
        raise DefinitionError.bad_value("A number in a condition", value, "finite")
    if isinstance(value, int) or (value == int(value) and (isinstance(value, Decimal) or abs(value) < EXACT_IN_FLOATS)):
        return int(value)
    if isinstance(value, float) or value == float(value):
        return float(value)
    return {"decimal": f"{value:f}".rstrip("0")}

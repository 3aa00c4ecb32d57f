"""Convert Klaviyo's conditions to segkit's, with one function for each type. A condition that segkit lacks is refused, not approximated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DateTest,
    DistanceCondition,
    DistanceUnit,
    ListCondition,
    PhoneCountryCondition,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    Region,
    RegionCondition,
    TextTest,
)
from segkit.definition.countries import TWO_LETTERS, country_of
from segkit.definition.timeframes import ALL_TIME
from segkit.definition.value_words import boolean
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.gaps import Gaps
from segkit.klaviyo.definitions.names import NamesOfIds
from segkit.klaviyo.definitions.parts import Filter, parts, text, texts, word
from segkit.klaviyo.definitions.read_consent import consent_condition
from segkit.klaviyo.definitions.read_dates import date_timeframe, event_timeframe
from segkit.klaviyo.definitions.read_events import funnel_condition, metric_condition
from segkit.klaviyo.definitions.read_filters import number_filter, value_filter
from segkit.klaviyo.definitions.words import (
    AFFINITY_CHANNELS,
    AFFINITY_MEASUREMENTS,
    AFFINITY_RANKS,
    GENDERS,
    NEXT_ORDER,
    NEXT_ORDER_DIMENSION,
    PREDICTED_GENDER,
    PREDICTED_NUMBERS,
    column_of,
)
from segkit.masking import quoted


@dataclass(frozen=True, slots=True)
class Account:
    """Facts that a document lacks: the names of ids, and the columns with channel affinity."""

    names: NamesOfIds
    channel_affinity: Mapping[str, str]


def read_definition(definition: Filter, account: Account, gaps: Gaps, place: str) -> Condition | None:
    """Read all groups of a definition. Return None if segkit can't express all conditions.

    Args:
        definition: the mapping with `condition_groups`.
        account: names and columns that only the account knows.
        gaps: the collection of conditions that segkit can't express.
        place: the beginning of each gap's position, such as the segment's name.
    """
    before = len(gaps.lines)
    groups = definition.get("condition_groups")
    with gaps.at(place.removesuffix(", ")):
        _check_list("condition_groups", groups)
    read = [
        _group(group, account, gaps, f"{place}condition group {number}")
        for number, group in enumerate(groups if isinstance(groups, list) else (), start=1)
    ]
    return None if len(gaps.lines) > before else _joined(AllOf, read)


def _group(group: object, account: Account, gaps: Gaps, place: str) -> Condition:
    conditions: object = None
    with gaps.at(place):
        conditions = parts("A condition group", group, ("conditions",)).get("conditions")
        _check_list("conditions", conditions)
    found: list[Condition] = []
    for number, condition in enumerate(conditions if isinstance(conditions, list) else (), start=1):
        with gaps.at(f"{place}, condition {number}"):
            found.append(_condition(condition, account))
    return _joined(AnyOf, found)


def _check_list(what: str, value: object) -> None:
    if not isinstance(value, list) or not value:
        raise DefinitionError.bad_value(what, "null" if value is None else value, "a list that is not empty")


def _joined(kind: type[AllOf] | type[AnyOf], conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else kind(tuple(conditions))


def _condition(value: object, account: Account) -> Condition:
    if not isinstance(value, Mapping):
        raise DefinitionError.bad_value("A condition", value, "an object with its type")
    kind = word("The type of a condition", value.get("type"), (*_READERS, *_BEYOND))
    if kind in _BEYOND:
        raise DefinitionError.beyond_segkit(*_BEYOND[kind])
    return _READERS[kind](value, account)


def _property(value: Filter, _: Account) -> Condition:
    given = parts("A condition on a property", value, ("property", "field", "filter"))
    spelled = text("The property of a condition", given.get("property", given.get("field")))
    column = column_of(spelled)
    if column is None:
        wanted = "a property that Klaviyo knows, such as email or location['city'], or properties['NAME']"
        raise DefinitionError.bad_value("The property of a condition", spelled, wanted)
    test = given.get("filter")
    operator = test.get("operator") if isinstance(test, Mapping) else None
    if operator in ("phone-country-code-in", "phone-country-code-not-in"):
        if column != "phone_number":
            raise DefinitionError.bad_value(f"The property of {quoted(operator)}", spelled, "phone_number")
        filter_parts = parts("A phone country filter", test, ("operator", "value"))
        countries = texts(f"The value of {quoted(operator)}", filter_parts.get("value"))
        what = f"A country of {quoted(operator)}"
        return PhoneCountryCondition(tuple(_two_letters(what, one) for one in countries), operator.endswith("code-in"))
    return PropertyCondition(column, value_filter(test))


def _group_membership(value: Filter, account: Account) -> Condition:
    given = parts("A condition on a list", value, ("is_member", "group_ids", "timeframe_filter"))
    is_member = boolean("is_member", given.get("is_member"))
    keys = texts("group_ids", given.get("group_ids"))
    if len(keys) > 1:
        why = "Klaviyo accepts only one list, and does not document whether several lists mean any or all of them"
        raise DefinitionError.beyond_segkit(f"A condition on {len(keys)} lists", why)
    joined = event_timeframe(given["timeframe_filter"]) if "timeframe_filter" in given else ALL_TIME
    if not is_member and joined != ALL_TIME:
        raise DefinitionError.beyond_segkit("A timeframe for not being on a list", "Klaviyo does not document it")
    return ListCondition(account.names.of("list", keys[0]), is_member, joined)


def _distance(value: Filter, _: Account) -> Condition:
    given = parts("A condition on distance", value, ("country_code", "postal_code", "unit", "filter"))
    what = "The country_code of a distance"
    country = _two_letters(what, text(what, given.get("country_code")))
    postal_code = text("The postal_code of a distance", given.get("postal_code"))
    unit = word("The unit of a distance", given.get("unit"), get_args(DistanceUnit))
    test = number_filter(given.get("filter"))
    word("The comparison of a distance", test.comparison, ("fewer than", "more than"))
    if test.value <= 0:
        raise DefinitionError.bad_value("The value of a distance", test.value, "above 0")
    return DistanceCondition(test.comparison == "fewer than", float(test.value), unit, PostalCode(postal_code, country))


def _two_letters(what: str, country: str) -> str:
    folded = country.strip().upper()
    return TWO_LETTERS[folded] if folded in TWO_LETTERS else country_of(what, folded)


def _region(value: Filter, _: Account) -> Condition:
    given = parts("A condition on a region", value, ("in_region", "region", "region_id"))
    region = word("The region", given.get("region", given.get("region_id")), get_args(Region))
    return RegionCondition(region, boolean("in_region", given.get("in_region")))


def _prediction(value: Filter, account: Account) -> Condition:
    known = ("dimension", "filter", "measurement", "predicted_channel")
    given = parts("A condition on a prediction", value, known)
    dimensions = (*PREDICTED_NUMBERS, PREDICTED_GENDER, NEXT_ORDER_DIMENSION, NEXT_ORDER, "channel_affinity")
    dimension = word("The dimension of a prediction", given.get("dimension"), dimensions)
    if dimension == "channel_affinity":
        return _affinity(given, account.channel_affinity)
    if dimension in PREDICTED_NUMBERS:
        return PropertyCondition(dimension, number_filter(given.get("filter")))
    if dimension == PREDICTED_GENDER:
        return PropertyCondition(dimension, _word("A predicted gender", given.get("filter"), GENDERS))
    return PropertyCondition(NEXT_ORDER, DateTest(date_timeframe(given.get("filter"))))


def _affinity(given: Filter, columns: Mapping[str, str]) -> Condition:
    channel = word("The predicted_channel", given.get("predicted_channel"), AFFINITY_CHANNELS)
    measurement = word("The measurement of an affinity", given.get("measurement"), AFFINITY_MEASUREMENTS)
    test: PropertyTest
    if measurement == "rank":
        test = _word("A rank of an affinity", given.get("filter"), AFFINITY_RANKS)
    else:
        test = number_filter(given.get("filter"))
        word("The comparison of a priority", test.comparison, ("equals",))
    column = columns.get(f"{channel}_{measurement}", columns.get(channel))
    if column is None:
        why = f"its column is unknown. Pass the column with channel_affinity={{'{channel}_{measurement}': COLUMN}}"
        raise DefinitionError.beyond_segkit(f"The {measurement} of {channel} in channel affinity", why)
    return PropertyCondition(column, test)


def _word(what: str, value: object, choices: tuple[str, ...]) -> TextTest:
    test = value_filter(value)
    if not isinstance(test, TextTest) or test.comparison not in ("equals", "not equals"):
        operator = cast(Filter, value).get("operator")
        where = f"The operator of {what[0].lower()}{what[1:]}"
        raise DefinitionError.unknown_choice(where, operator, ("equals", "not-equals"))
    word(what, test.value, choices)
    return test


_READERS: dict[str, Callable[[Filter, Account], Condition]] = {
    "profile-metric": lambda value, account: metric_condition(value, account.names),
    "profile-metric-funnel": lambda value, account: funnel_condition(value, account.names),
    "profile-property": _property,
    "profile-attribute": _property,
    "profile-marketing-consent": lambda value, _: consent_condition(value),
    "profile-group-membership": _group_membership,
    "profile-postal-code-distance": _distance,
    "profile-region": _region,
    "profile-predictive-analytics": _prediction,
}
_BEYOND = {
    "profile-has-custom-object": ("A condition on custom objects", "segkit has only profiles, events and lists"),
    "profile-permissions": ("A permission for WhatsApp", "segkit has only the channels sms and email"),
}

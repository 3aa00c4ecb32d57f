"""Write segments as documents of Klaviyo's Segments API. One error reports everything in a segment that Klaviyo can't express."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from segkit.definition.algebra import Literal, atoms
from segkit.definition.conditions import (
    Atom,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    NumberTest,
    PhoneCountryCondition,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    TextTest,
)
from segkit.definition.countries import THREE_LETTERS
from segkit.definition.explain import describe
from segkit.definition.segment import Segment, one_segment
from segkit.definition.timeframes import ALL_TIME
from segkit.errors import DefinitionError
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions.gaps import Gaps
from segkit.klaviyo.definitions.names import IdsOfNames
from segkit.klaviyo.definitions.negations import bounded_groups, without_not
from segkit.klaviyo.definitions.words import (
    AFFINITY_RANKS,
    GENDERS,
    NEXT_ORDER,
    NEXT_ORDER_DIMENSION,
    PREDICTED_GENDER,
    PREDICTED_NUMBERS,
    PREDICTIONS,
    property_of,
)
from segkit.klaviyo.definitions.write_consent import consent_document
from segkit.klaviyo.definitions.write_events import funnel_document, metric_document
from segkit.klaviyo.definitions.write_filters import (
    Document,
    date_filter,
    number_filter,
    profile_filter,
    text_filter,
)
from segkit.masking import quoted
from segkit.vocabulary import canonical_name


@dataclass(frozen=True, slots=True)
class _Account:
    ids: IdsOfNames
    affinities: Mapping[str, str]


def to_klaviyo(
    segment: Segment,
    *,
    metric_ids: Mapping[str, str] | None = None,
    list_ids: Mapping[str, str] | None = None,
    names: AccountNames | None = None,
    channel_affinity: Mapping[str, str] | None = None,
    is_starred: bool = False,
) -> Document:
    """Write a segment as the request that creates it in Klaviyo.

    Args:
        segment: any segment. Its description is left out, since Klaviyo has no field for it.
        metric_ids: maps metric names to ids, and overrides `names`.
        list_ids: maps list names to ids, and overrides `names`.
        names: the account's names, from a file or its pages.
        channel_affinity: the columns with predictions of channel affinity, as for `from_klaviyo`.
        is_starred: whether to star the segment, which keeps it active for a year without use instead of 45 days.

    Returns:
        {"data": {"type": "segment", "attributes": {"name", "definition"}}}, made of plain JSON values.

    Raises:
        DefinitionError: Klaviyo can't express the segment. The error lists all reasons, each with the nearest alternative.

    Source: Segments API, revision 2026-07-15. `segkit.klaviyo.definitions` lists the equivalences.

    >>> from segkit.definition.phrases import can_receive
    >>> request = to_klaviyo(Segment("SMS", can_receive("sms")))
    >>> request["data"]["attributes"]["definition"]["condition_groups"][0]["conditions"][0]["type"]
    'profile-marketing-consent'
    """
    segment = one_segment(segment)
    account = _Account(IdsOfNames(names, {"metric": metric_ids, "list": list_ids}), channel_affinity or {})
    attributes: Document = {"name": segment.name}
    if is_starred:
        attributes["is_starred"] = True
    attributes["definition"] = _definition(segment.condition, account, segment.name)
    return {"data": {"type": "segment", "attributes": attributes}}


def klaviyo_definition(
    condition: Condition,
    *,
    metric_ids: Mapping[str, str] | None = None,
    list_ids: Mapping[str, str] | None = None,
    names: AccountNames | None = None,
    channel_affinity: Mapping[str, str] | None = None,
) -> Document:
    """Write a condition as the definition of a segment: {"condition_groups": [...]}. For arguments and errors, see `to_klaviyo`.

    >>> from segkit.definition.phrases import in_region
    >>> klaviyo_definition(in_region("european_union"))["condition_groups"][0]["conditions"]
    [{'type': 'profile-region', 'in_region': True, 'region': 'european_union'}]
    """
    account = _Account(IdsOfNames(names, {"metric": metric_ids, "list": list_ids}), channel_affinity or {})
    return _definition(condition, account, "This condition")


def _definition(condition: Condition, account: _Account, name: str) -> Document:
    gaps = Gaps()
    supported = without_not(condition, gaps)
    documents: dict[Literal, Document] = {}
    # Write the atoms before the groups, so that their gaps are reported even if there are too many groups.
    for atom in atoms(supported):
        with gaps.at(describe(atom)):
            documents[atom] = _condition(atom, account)
    first: dict[str, Literal] = {}
    alike = {atom: first.setdefault(json.dumps(document), atom) for atom, document in documents.items()}
    groups: tuple[tuple[Literal, ...], ...] = ()
    with gaps.at("the whole segment"):
        groups = bounded_groups(supported, alike)
    if gaps.lines:
        raise DefinitionError.klaviyo_unsaid(name, gaps.lines)
    return {"condition_groups": [{"conditions": [documents[literal] for literal in group]} for group in groups]}


def _condition(literal: Atom, account: _Account) -> Document:
    match literal:
        case MetricCondition():
            return metric_document(literal, account.ids)
        case FunnelCondition():
            return funnel_document(literal, account.ids)
        case LastEventCondition(metric, where, timeframe):
            nearest = describe(MetricCondition(metric, "count", "at least", 1, timeframe, where))
            raise DefinitionError.beyond_klaviyo(
                "condition on the newest event alone", f"{nearest}, whether or not it is the newest event"
            )
        case PropertyCondition():
            return _property(literal, account)
        case ConsentCondition():
            return consent_document(literal)
        case ListCondition():
            return _list_membership(literal, account)
        case DistanceCondition():
            return _distance(literal)
        case PhoneCountryCondition(countries, is_in):
            operator = "phone-country-code-in" if is_in else "phone-country-code-not-in"
            return _of_property("phone_number", text_filter(operator, list(countries)))
        case RegionCondition(region, is_in):
            return {"type": "profile-region", "in_region": is_in, "region": region}
        case _:
            assert_never(literal)


def _list_membership(atom: ListCondition, account: _Account) -> Document:
    found: Document = {"type": "profile-group-membership", "is_member": atom.is_member}
    found["group_ids"] = [account.ids.of("list", atom.list_name)]
    if atom.joined == ALL_TIME:
        return found
    if not atom.is_member:
        raise DefinitionError.beyond_klaviyo(
            "timeframe for not being on a list", "not being on the list, without a timeframe"
        )
    return found | {"timeframe_filter": date_filter(atom.joined)}


def _property(atom: PropertyCondition, account: _Account) -> Document:
    column = canonical_name("profiles", atom.property)
    spellings = {name: key for key, name in account.affinities.items()}
    if atom.property in spellings:
        return _affinity(spellings[atom.property], atom.test)
    if column in PREDICTIONS:
        return _prediction(column, atom.test)
    spelled = property_of(atom.property)
    if spelled is None:
        nearest = "can_receive(...) or cannot_receive(...) with a subscription, date or method"
        raise DefinitionError.beyond_klaviyo(f"property for the column {quoted(atom.property)}", nearest)
    return _of_property(spelled, profile_filter(atom.test))


def _of_property(spelled: str, found: Document) -> Document:
    return {"type": "profile-property", "property": spelled, "filter": found}


def _prediction(column: str, test: PropertyTest) -> Document:
    match test:
        case NumberTest() if column in PREDICTED_NUMBERS:
            dimension = column
        case TextTest("equals" | "not equals", value) if column == PREDICTED_GENDER and value in GENDERS:
            dimension = column
        case DateTest() if column == NEXT_ORDER:
            dimension = NEXT_ORDER_DIMENSION
        case _:
            nearest = {PREDICTED_GENDER: f"equals or not equals {', '.join(GENDERS)}", NEXT_ORDER: "a timeframe"}
            raise DefinitionError.beyond_klaviyo(
                f"test of this kind for {column}", nearest.get(column, "a comparison with a number")
            )
    return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": profile_filter(test)}


def _affinity(key: str, test: PropertyTest) -> Document:
    channel, _, named = key.partition("_")
    match test:
        case TextTest("equals" | "not equals", value) if value in AFFINITY_RANKS and named in ("", "rank"):
            measurement = "rank"
        case NumberTest("equals", value) if value == int(value) and named in ("", "priority"):
            measurement = "priority"
        case _:
            nearest = (
                f"a rank that equals or does not equal {', '.join(AFFINITY_RANKS)}, or a priority that equals a number"
            )
            raise DefinitionError.beyond_klaviyo("test of this kind for channel affinity", nearest)
    return {
        "type": "profile-predictive-analytics",
        "dimension": "channel_affinity",
        "measurement": measurement,
        "predicted_channel": channel,
        "filter": profile_filter(test),
    }


def _distance(atom: DistanceCondition) -> Document:
    if not isinstance(atom.of, PostalCode):
        raise DefinitionError.beyond_klaviyo("distance from a point", "the distance from the postal code at that point")
    if atom.of.country not in THREE_LETTERS:
        raise DefinitionError.beyond_klaviyo(
            f"country {quoted(atom.of.country)}", "a country in ISO 3166, such as 'US'"
        )
    return {
        "type": "profile-postal-code-distance",
        "country_code": THREE_LETTERS[atom.of.country],
        "postal_code": atom.of.postal_code,
        "unit": atom.unit,
        "filter": number_filter("fewer than" if atom.is_within else "more than", atom.distance),
    }

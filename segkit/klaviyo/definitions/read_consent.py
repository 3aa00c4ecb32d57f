"""Convert Klaviyo's consent condition to segkit's: the state, its date, and filters such as the consent method."""

from typing import cast, get_args

from segkit.definition.conditions import (
    BooleanTest,
    Channel,
    ConsentCondition,
    DateTest,
    PropertyCondition,
    PropertyTest,
    SetTest,
    Subscription,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import DateTimeframe
from segkit.definition.value_words import boolean
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.parts import Filter, parts, word
from segkit.klaviyo.definitions.read_dates import date_timeframe
from segkit.klaviyo.definitions.read_filters import value_filter
from segkit.klaviyo.definitions.words import CELLS, CUSTOM_SOURCE, METHODS, SUPPRESSION_DATES, TRUTHS, Cell
from segkit.masking import quoted


def consent_condition(value: Filter) -> ConsentCondition:
    """Read a condition on whether a profile can receive marketing.

    Klaviyo's guide writes "any" for profiles that can receive SMS, which is read as "subscribed".

    Raises:
        DefinitionError: segkit does not have the channel, subscription or filter.
    """
    given = parts("A condition on consent", value, ("consent",))
    consent = parts("The consent", given.get("consent"), ("channel", "can_receive_marketing", "consent_status"))
    if consent.get("channel") == "push":
        raise DefinitionError.beyond_segkit("Consent to push messages", "segkit has only the channels sms and email")
    channel: Channel = word("The channel of a consent", consent.get("channel"), get_args(Channel))
    can = boolean("can_receive_marketing", consent.get("can_receive_marketing"))
    status = parts("The consent_status", consent.get("consent_status"), ("subscription", "filters"))
    choices: tuple[Subscription, ...] = ("any", *CELLS[channel, can])
    subscription = word(f"The subscription of {channel}", status.get("subscription"), choices)
    if (channel, can) == ("sms", True):
        subscription = "subscribed"
    date, where = _narrowed((channel, can, subscription), status.get("filters"))
    return ConsentCondition(channel, can, subscription, date, where)


def _narrowed(cell: Cell, filters: object) -> tuple[DateTimeframe | None, tuple[PropertyCondition, ...]]:
    """Return the timeframe of the state's date, and the other filters as conditions. A second date becomes a condition on its column."""
    if filters is None:
        return None, ()
    if not isinstance(filters, list):
        raise DefinitionError.bad_value("The field filters of a consent", filters, "a list of filters")
    found = [condition for one in filters for condition in _conditions(cell, one)]
    if sum(isinstance(one, dict) and one.get("field") == "method" for one in filters) > 1:
        raise DefinitionError.beyond_segkit(
            "Two methods for one consent", "Klaviyo does not document whether one or both must hold"
        )
    dates = [one for one in found if one.property == f"{cell[0]}_consent_timestamp"]
    if not dates:
        return None, tuple(found)
    found.remove(dates[0])
    return cast(DateTest, dates[0].test).timeframe, tuple(found)


def _conditions(cell: Cell, value: object) -> list[PropertyCondition]:
    given = parts("A consent filter", value, ("field", "filter", "method"))
    name = given.get("field")
    name = "is_double_opt_in" if name == "is_double_optin" else name
    fields = _fields(cell)
    column = fields[word("The field of a consent filter", name, tuple(fields))]
    if name == "method":
        return _method(cell, column, given)
    if name == "status_date":
        return [PropertyCondition(column, DateTest(date_timeframe(given.get("filter"))))]
    return [PropertyCondition(column, _of_kind(str(name), value_filter(given.get("filter"))))]


def _fields(cell: Cell) -> dict[str, str]:
    """Map the fields that can narrow a state of consent to their columns."""
    fields = dict(TRUTHS.get(cell, {}))
    if cell in METHODS:
        fields |= {"status_date": f"{cell[0]}_consent_timestamp", "method": f"{cell[0]}_consent_method"}
    if cell[:2] == ("email", False):
        fields |= SUPPRESSION_DATES
    if cell == ("email", True, "subscribed"):
        fields["custom_source"] = CUSTOM_SOURCE
    return fields


def _of_kind(name: str, test: PropertyTest) -> PropertyTest:
    match test:
        case BooleanTest() if name.startswith("is_"):
            return test
        case TextTest("equals") if name == "custom_source":
            return test
        case DateTest() | SetTest(True) if name in SUPPRESSION_DATES:
            return test
        case _:
            raise DefinitionError.beyond_segkit(
                f"The filter of {quoted(name)}", "Klaviyo documents a different type of filter for this field"
            )


def _method(cell: Cell, column: str, given: Filter) -> list[PropertyCondition]:
    """Return conditions for the consent method and, if the filter has one, its detail: the form, person, key or page."""
    method = word("The method of a consent", given.get("method"), tuple(METHODS[cell]))
    found = [PropertyCondition(column, TextTest("equals", method))]
    if given.get("filter") is None:
        return found
    detail = value_filter(given["filter"])
    is_some = isinstance(detail, TextInTest) and not detail.negated
    if not is_some and not (isinstance(detail, TextTest) and detail.comparison == "equals"):
        raise DefinitionError.beyond_segkit(
            f"The filter of the method {quoted(method)}", "only the operators equals and in are supported"
        )
    return [*found, PropertyCondition(f"{column}_detail", detail)]

"""Map Klaviyo's spellings to segkit's. Readers and writers share these tables, so that they can't differ.

Source: the published schema of the Segments API (github.com/klaviyo/openapi, openapi/stable/categories/segments.json, revision
2026-07-15).
"""

from typing import TypeAlias

from segkit.definition.conditions import (
    Channel,
    ConsentCondition,
    ItemsComparison,
    ListComparison,
    NumberComparison,
    Subscription,
    TextComparison,
)
from segkit.vocabulary import PROFILE_COLUMNS, canonical_name

TEXTS: dict[str, TextComparison] = {
    "equals": "equals",
    "not-equals": "not equals",
    "contains": "contains",
    "not-contains": "not contains",
    "starts-with": "starts with",
    "not-starts-with": "not starts with",
    "ends-with": "ends with",
    "not-ends-with": "not ends with",
    "regex": "matches",
    "nregex": "not matches",
}
NUMBERS: dict[str, NumberComparison] = {
    "equals": "equals",
    "not-equals": "not equals",
    "greater-than": "more than",
    "greater-than-or-equal": "at least",
    "less-than": "fewer than",
    "less-than-or-equal": "at most",
}
LENGTHS: dict[str, NumberComparison] = {
    f"length-{operator}": comparison for operator, comparison in NUMBERS.items() if operator != "not-equals"
}
ITEMS: dict[str, ListComparison] = {"contains": "contains", "not-contains": "not contains"}
ITEM_TEXTS: dict[str, ListComparison] = {"contains-substring": "contains", "not-contains-substring": "not contains"}
SEVERAL_ITEMS: dict[str, ItemsComparison] = {
    "contains-any": "contains any of",
    "contains-all": "contains all of",
    "not-contains-any": "not contains any of",
    "not-contains-all": "not contains all of",
}
ANY_OF_ONE: dict[str, ListComparison] = {"contains-any": "contains", "not-contains-any": "not contains"}
"""Operators that mean "contains" if they have a single item. Filters for events have no other operator for this."""
TEXT_OPERATORS = {comparison: operator for operator, comparison in TEXTS.items()}
NUMBER_OPERATORS = {comparison: operator for operator, comparison in NUMBERS.items()}
LENGTH_OPERATORS = {comparison: operator for operator, comparison in LENGTHS.items()}
ITEM_OPERATORS = {comparison: operator for operator, comparison in ITEMS.items()}
ITEM_TEXT_OPERATORS = {comparison: operator for operator, comparison in ITEM_TEXTS.items()}
SEVERAL_ITEMS_OPERATORS = {comparison: operator for operator, comparison in SEVERAL_ITEMS.items()}
EVENT_ITEM_OPERATORS = {comparison: operator for operator, comparison in ANY_OF_ONE.items()}

EVENT_FILTER_LIMIT = 10
"""The largest number of filters in one condition on events (help article 115005062847)."""

PREDICTED_NUMBERS = (
    "average_days_between_orders",
    "average_order_value",
    "churn_probability",
    "historic_clv",
    "historic_number_of_orders",
    "predicted_clv",
    "predicted_number_of_orders",
    "total_clv",
)
PREDICTED_GENDER = "predicted_gender"
GENDERS = ("likely_female", "likely_male", "uncertain")
NEXT_ORDER_DIMENSION = "expected_date_of_next_purchase"
NEXT_ORDER = "expected_date_of_next_order"
"""The name of this dimension in the profile API, and therefore in the data."""
AFFINITY_CHANNELS = ("email", "push", "sms", "whatsapp")
AFFINITY_MEASUREMENTS = ("priority", "rank")
AFFINITY_RANKS = ("high", "medium", "low")
PREDICTIONS = frozenset({*PREDICTED_NUMBERS, PREDICTED_GENDER, NEXT_ORDER})

_PLAIN = (
    "email", "phone_number", "external_id", "first_name", "last_name", "organization", "title", "locale", "created",
    "updated", "last_event_date",
)  # fmt: skip
_LOCATION = (
    "address1", "address2", "city", "region", "country", "zip", "latitude", "longitude", "timezone", "ip",
)  # fmt: skip
WELL_KNOWN = {name: name for name in _PLAIN} | {name: f"location['{name}']" for name in _LOCATION}
"""Maps segkit's columns to Klaviyo's own properties, which are the profile and location attributes in its API."""

_CUSTOM = "properties['", "']"


def column_of(spelled: str) -> str | None:
    """Return the column for a property in a document, or None if the property is neither well known nor custom.

    A custom property with the same name as a segkit column keeps Klaviyo's full spelling, so that the two stay different.

    >>> column_of("location['city']"), column_of("properties['Shoe size']"), column_of("properties['City']"), column_of("odd")
    ('city', 'Shoe size', "properties['City']", None)
    """
    spelled = spelled.replace('["', "['").replace('"]', "']") if spelled.endswith('"]') else spelled
    if spelled.startswith(_CUSTOM[0]) and spelled.endswith(_CUSTOM[1]):
        name = spelled[len(_CUSTOM[0]) : -len(_CUSTOM[1])]
        return spelled if not name.strip() or canonical_name("profiles", name) in PROFILE_COLUMNS else name
    by_spelling = {klaviyo: column for column, klaviyo in WELL_KNOWN.items()}
    bare = canonical_name("profiles", spelled)
    return by_spelling.get(spelled, bare if bare in _PLAIN else None)


def property_of(column: str) -> str | None:
    """Return Klaviyo's spelling of a column, or None for segkit columns without a corresponding Klaviyo property.

    >>> property_of("City"), property_of("Shoe size"), property_of("sms_consent")
    ("location['city']", "properties['Shoe size']", None)
    """
    if column.startswith(_CUSTOM[0]) and column.endswith(_CUSTOM[1]):
        return column
    known = canonical_name("profiles", column)
    return WELL_KNOWN.get(known) if known in PROFILE_COLUMNS else _CUSTOM[0] + column + _CUSTOM[1]


COMPLETION_WINDOWS = {
    "HOURS_1": 3_600,
    "DAYS_1": 86_400,
    "DAYS_3": 3 * 86_400,
    "DAYS_5": 5 * 86_400,
    "WEEKS_1": 7 * 86_400,
    "DAYS_30": 30 * 86_400,
    "DAYS_90": 90 * 86_400,
    "DAYS_180": 180 * 86_400,
    "YEARS_1": 365 * 86_400,
}
"""The longest time from the first to the last step of a funnel, in seconds. A year is 365 days."""

Cell: TypeAlias = tuple[Channel, bool, Subscription]

CELLS: dict[tuple[Channel, bool], tuple[Subscription, ...]] = {
    ("sms", True): ("subscribed",),
    ("sms", False): ("unsubscribed", "never_subscribed"),
    ("email", True): ("subscribed", "never_subscribed"),
    ("email", False): ("unsubscribed", "never_subscribed", "subscribed"),
}
"""The consent states for each channel. A profile is in exactly one of them. "any" means all states on a line."""

SUPPRESSION_DATES = {
    "bounce_date": "email_bounced_timestamp",
    "invalid_email_date": "email_invalid_timestamp",
    "manual_suppression_date": "email_user_suppressed_timestamp",
}
"""Maps the filters that narrow "cannot receive email" to their columns."""

TRUTHS: dict[Cell, dict[str, str]] = {
    ("email", True, "subscribed"): {"is_double_opt_in": "email_double_opt_in"},
    ("sms", True, "subscribed"): {"is_rcs_capable": "sms_rcs_capable"},
}
CUSTOM_SOURCE = "email_consent_custom_method_detail"

_DETAILED = ("form", "manual_import", "manual_add", "integration")
METHODS: dict[Cell, dict[str, str | None]] = {
    ("sms", True, "subscribed"): dict.fromkeys(_DETAILED, "in")
    | dict.fromkeys(("checkout", "inbound_message", "preference_page", "sftp")),
    ("sms", False, "unsubscribed"): dict.fromkeys(_DETAILED, "in")
    | dict.fromkeys(
        (
            "manual_remove", "bulk_remove", "checkout", "inbound_message", "preference_page", "sftp",
            "carrier_deactivation", "provided_landline", "message_blocked", "provided_no_age", "failed_age_gate",
        )
    ),
    ("email", True, "subscribed"): dict.fromkeys((*_DETAILED, "api"), "in")
    | {"preference_page": "equals"}
    | dict.fromkeys(("inbound_message", "back_in_stock", "sftp")),
    ("email", False, "unsubscribed"): {"api": "in", "integration": "in"}
    | dict.fromkeys(
        (
            "inbound_message", "preference_page", "manual_remove", "spam_complaint", "mailbox_provider",
            "one_click_unsubscribe", "manual_import", "sftp", "data_warehouse_import", "profile_modification",
        )
    ),
}  # fmt: skip
"""The methods of giving and withdrawing consent, with the operator that narrows each to forms, people, keys or a page (or None)."""

INTEGRATIONS: dict[Cell, str] = {
    ("sms", True, "subscribed"): "shopify",
    ("sms", False, "unsubscribed"): "shopify",
    ("email", True, "subscribed"): "shopify",
    ("email", False, "unsubscribed"): "constant_contact",
}
"""The value that the method "integration" requires for its detail. It allows no other."""


def cell_of(consent: ConsentCondition) -> Cell:
    """Return the state that a consent condition selects. For profiles that can receive SMS, "any" means "subscribed"."""
    is_subscribed = consent.channel == "sms" and consent.can_receive and consent.subscription == "any"
    return consent.channel, consent.can_receive, "subscribed" if is_subscribed else consent.subscription

"""Define the names and kinds of columns, and the names of metrics.

`header_spellings.py` lists the other headers under which a column is accepted. `segkit.data` reads and validates the cells.
"""

from typing import Literal, TypeAlias

from segkit.header_spellings import SPELLINGS
from segkit.marks import unmarked

Kind: TypeAlias = Literal["text", "number", "instant", "truth", "consent"]

PROFILE_COLUMNS: dict[str, Kind] = {
    "profile_id": "text",
    "email": "text",
    "phone_number": "text",
    "external_id": "text",
    "first_name": "text",
    "last_name": "text",
    "organization": "text",
    "title": "text",
    "locale": "text",
    "address1": "text",
    "address2": "text",
    "city": "text",
    "region": "text",
    "country": "text",
    "zip": "text",
    "latitude": "number",
    "longitude": "number",
    "timezone": "text",
    "ip": "text",
    "created": "instant",
    "updated": "instant",
    "last_event_date": "instant",
    "sms_consent": "consent",
    "sms_consent_timestamp": "instant",
    "sms_consent_method": "text",
    "sms_consent_method_detail": "text",
    "sms_rcs_capable": "truth",
    "can_receive_sms_marketing": "truth",
    "email_consent": "consent",
    "email_consent_timestamp": "instant",
    "email_consent_method": "text",
    "email_consent_method_detail": "text",
    "email_double_opt_in": "truth",
    "email_suppressed": "truth",
    "email_suppressed_timestamp": "instant",
    "email_bounced_timestamp": "instant",
    "email_invalid_timestamp": "instant",
    "email_user_suppressed_timestamp": "instant",
    "historic_clv": "number",
    "predicted_clv": "number",
    "total_clv": "number",
    "historic_number_of_orders": "number",
    "predicted_number_of_orders": "number",
    "average_days_between_orders": "number",
    "average_order_value": "number",
    "churn_probability": "number",
    "expected_date_of_next_order": "instant",
    "predicted_gender": "text",
}
"""The columns of profiles that segkit knows, by their names in Klaviyo's API. Every other column is a custom property."""

SUPPRESSIONS = {
    "HARD_BOUNCE": "email_bounced_timestamp",
    "INVALID_EMAIL": "email_invalid_timestamp",
    "USER_SUPPRESSED": "email_user_suppressed_timestamp",
}
"""The reasons for which Klaviyo suppresses an address, as conditions name them, each with the column of its date."""

EVENT_COLUMNS = ("profile_id", "metric", "datetime", "value")
LIST_COLUMNS = ("profile_id", "list_id", "joined")
PLACE_COLUMNS = ("country", "postal_code", "latitude", "longitude")

REQUIRED = {
    "profiles": ("profile_id",),
    "events": ("profile_id", "metric", "datetime"),
    "lists": ("profile_id", "list_id"),
    "places": PLACE_COLUMNS,
}

METRIC_NAMES = {
    "Received SMS": ("Received Text Message",),
    "Clicked SMS": ("Clicked Text Message",),
    "Sent SMS": ("Sent Text Message",),
    "Failed to Deliver SMS": ("Failed to Deliver Text Message",),
    "Subscribed to SMS Marketing": ("Consented to Receive SMS", "Subscribed to Text Messaging Marketing"),
    "Unsubscribed from SMS Marketing": ("Unsubscribed from SMS", "Unsubscribed from Text Messaging Marketing"),
    "Received Automated Response SMS": ("Received Automated Response Text Message",),
    "Failed to Deliver Automated Response SMS": ("Failed to Deliver Automated Response Text Message",),
    "Subscribed to SMS transactional": ("Subscribed to Text Messaging Transactional",),
    "Unsubscribed from SMS transactional": ("Unsubscribed from Text Messaging Transactional",),
}
"""Metrics that Klaviyo renamed: the name that segkit shows, with all older and newer names of the same metric.

The newest names are from July 2026 (Singer's tap-klaviyo 1.2.0). Accounts use different names, and one account's events may have
several names for the same metric.
"""

CONSENT_METRICS = {
    "sms": ("Subscribed to SMS Marketing", "Unsubscribed from SMS Marketing"),
    "email": ("Subscribed to Email Marketing", "Unsubscribed from Email Marketing"),
}
"""For each channel, the metrics that record consent and its withdrawal."""

STANDARD_METRICS = frozenset(
    {
        *METRIC_NAMES,
        "Relayed Text Message",
        "Opened Text",
        "Received Email",
        "Opened Email",
        "Clicked Email",
        "Bounced Email",
        "Dropped Email",
        "Marked Email as Spam",
        "Subscribed to Email Marketing",
        "Unsubscribed from Email Marketing",
        "Subscribed to List",
        "Unsubscribed from List",
        "Updated Email Preferences",
        "Placed Order",
        "Ordered Product",
        "Started Checkout",
        "Viewed Product",
        "Added to Cart",
        "Fulfilled Order",
        "Cancelled Order",
        "Refunded Order",
        "Active on Site",
    }
)
"""Metrics that every Klaviyo account can have. If the data has no events of one, it happened zero times and isn't a misspelling."""


def _folded(name: str) -> str:
    return " ".join(unmarked(name).split()).casefold()


_CANONICAL_METRICS = {
    _folded(spelling): name for name in STANDARD_METRICS for spelling in (name, *METRIC_NAMES.get(name, ()))
}


def canonical_metric(name: str) -> str:
    """Return the canonical name of a metric.

    Klaviyo's own metrics are found by any of their names, ignoring case. Other names are only stripped of surrounding blanks and
    marks, since custom metrics are case-sensitive in Klaviyo.

    >>> canonical_metric("Clicked Text Message"), canonical_metric("consented to receive sms "), canonical_metric(" Bid ")
    ('Clicked SMS', 'Subscribed to SMS Marketing', 'Bid')
    """
    return _CANONICAL_METRICS.get(_folded(name)) or unmarked(name)


def metric_spellings(metric: str) -> tuple[str, ...]:
    """Return all names of a metric, the canonical one first.

    >>> metric_spellings("Clicked Text Message")
    ('Clicked SMS', 'Clicked Text Message')
    """
    name = canonical_metric(metric)
    return (name, *METRIC_NAMES.get(name, ()))


def canonical_name(table: str, header: str) -> str:
    """Return the canonical name of a header in "profiles", "events", "lists" or "places", and unknown headers unchanged.

    Case and surrounding blanks don't matter. For example, amounts under "Value" are not treated as a custom property.

    >>> canonical_name("profiles", "State / Region"), canonical_name("profiles", "Shoe Size")
    ('region', 'Shoe Size')
    """
    known: tuple[str, ...] = tuple(PROFILE_COLUMNS) if table == "profiles" else REQUIRED[table] + ("value", "joined")
    folded = unmarked(header).casefold()
    return folded if folded in known else SPELLINGS[table].get(folded, header)

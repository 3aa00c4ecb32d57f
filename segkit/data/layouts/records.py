"""Record the tables of each layout: their names, what they become, and the columns that segkit calls by another name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from segkit.data.lacks import Lacks
from segkit.vocabulary import EVENT_COLUMNS, PROFILE_COLUMNS, canonical_name

Part: TypeAlias = Literal["profiles", "events", "lists"]


@dataclass(frozen=True, slots=True)
class LayoutTable:
    """A table of a layout.

    Attributes:
        name: the table's name, which is also its file's name, in lower case.
        becomes: the table of a shop that its rows belong to; None if other tables only look names up in it.
        columns: segkit's name for each header that differs, by the header in lower case.
        needs: headers that the table must have, in lower case.
        key: the headers that identify a row, of which the newest version counts.
        prefix: how the headers of custom fields begin if each has a column of its own.
        instead_of: another table with the same rows, which is not read if this one is there.
        metric: the metric of all events in the table, if each metric has a table of its own.
    """

    name: str
    becomes: Part | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    key: tuple[str, ...] = ("id",)
    prefix: str = ""
    instead_of: str | None = None
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a layout.

    Attributes:
        name: the name as it is passed to `sk.load`.
        lacks: who writes the layout, and what it never contains.
        tables: the tables that segkit uses.
        adds_profiles: whether people of whom only events are known become profiles, since the layout has no table of all profiles.
    """

    name: str
    lacks: Lacks
    tables: tuple[LayoutTable, ...]
    adds_profiles: bool = False

    def table(self, name: str) -> LayoutTable:
        """Return a table by its name."""
        return next(one for one in self.tables if one.name == name)


def custom_name(table: LayoutTable, name: str, taken: Collection[str]) -> str:
    """Return the name of a custom field, which is a longer one if a column of segkit has its name.

    >>> custom_name(FIVETRAN.table("person"), "city", ()), custom_name(FIVETRAN.table("person"), "shoe_size", ())
    ("properties['city']", 'shoe_size')
    """
    if table.becomes == "profiles":
        is_taken = canonical_name("profiles", name) in PROFILE_COLUMNS
        return f"properties[{name!r}]" if is_taken or name in taken else name
    is_taken = canonical_name("events", name) in EVENT_COLUMNS or name in ("event_id", "uuid")
    return f"event_properties[{name!r}]" if is_taken or name in taken else name


_PREDICTIONS = (
    "historic_clv",
    "predicted_clv",
    "total_clv",
    "churn_probability",
    "average_order_value",
    "average_days_between_orders",
    "historic_number_of_orders",
    "predicted_number_of_orders",
    "expected_date_of_next_order",
)
_FLAT_PREDICTIONS = {f"predictive_analytics_{name}": name for name in _PREDICTIONS}


def _consent(channel: str, before: str) -> dict[str, str]:
    """Return segkit's names for the columns of a channel's consent, whose headers begin with `before`."""
    return {
        f"{before}consent": f"{channel}_consent",
        f"{before}method": f"{channel}_consent_method",
        f"{before}method_detail": f"{channel}_consent_method_detail",
        f"{before}last_updated": f"{channel}_consent_last_updated",
    }


FIVETRAN = Layout(
    "fivetran",
    Lacks("Fivetran"),
    (
        LayoutTable(
            "person",
            "profiles",
            columns={
                "address_1": "address1",
                "address_2": "address2",
                **_consent("sms", "subscriptions_sms_marketing_"),
                "subscriptions_sms_marketing_timestamp": "sms_consent_timestamp",
                "subscriptions_sms_marketing_can_receive_sms_marketing": "can_receive_sms_marketing",
                **_consent("email", "subscriptions_email_marketing_"),
                "subscriptions_email_marketing_timestamp": "email_consent_timestamp",
                "subscriptions_email_marketing_double_optin": "email_double_opt_in",
                **_FLAT_PREDICTIONS,
                "custom_fields": "properties",
            },
            needs=("id",),
            prefix="custom_",
        ),
        LayoutTable(
            "event",
            "events",
            columns={
                "person_id": "profile_id",
                "type": "metric",
                "timestamp": "datetime",
                "datetime": "recorded",
                "property_value": "value",
                "propertyvalue": "value",
                "custom_property_fields": "event_properties",
            },
            needs=("id", "person_id", "timestamp"),
            prefix="property_",
        ),
        LayoutTable("metric", needs=("id", "name")),
        LayoutTable(
            "list_person",
            "lists",
            columns={"person_id": "profile_id", "joined_group_at": "joined"},
            needs=("list_id", "person_id"),
            key=("list_id", "person_id"),
        ),
        LayoutTable("list", needs=("id", "list_name")),
        LayoutTable("global_exclusion", needs=("person_id",), key=("person_id",)),
    ),
)

BIGQUERY = Layout(
    "bigquery",
    Lacks("Google's BigQuery transfer", has_lists=False),
    (
        LayoutTable(
            "profiles",
            "profiles",
            columns={
                **_consent("sms", "sms_marketing_"),
                "sms_marketing_consent_timestamp": "sms_consent_timestamp",
                "sms_marketing_can_receive_sms_marketing": "can_receive_sms_marketing",
                **_consent("email", "email_marketing_"),
                "email_marketing_consent_timestamp": "email_consent_timestamp",
                "email_marketing_double_optin": "email_double_opt_in",
                **_FLAT_PREDICTIONS,
            },
            needs=("id",),
        ),
        LayoutTable("events", "events", needs=("id", "profile_id", "metric_id", "datetime")),
        LayoutTable("metrics", needs=("id", "name")),
    ),
)

AIRBYTE = Layout(
    "airbyte",
    Lacks("Airbyte", has_lists=False),
    (
        LayoutTable("profiles", "profiles", needs=("id", "attributes")),
        LayoutTable("events_detailed", "events", needs=("id", "attributes", "relationships"), instead_of="events"),
        LayoutTable("events", "events", needs=("id", "attributes", "relationships")),
        LayoutTable("metrics", needs=("id", "attributes")),
    ),
)

_TEXTS = {
    "clicked_text_message": "Clicked SMS",
    "received_text_message": "Received SMS",
    "sent_text_message": "Sent SMS",
    "failed_to_deliver_text_message": "Failed to Deliver SMS",
    "failed_to_deliver_automated_response_text_message": "Failed to Deliver Automated Response SMS",
    "received_automated_response_text_message": "Received Automated Response SMS",
    "subscribed_to_text_message": "Subscribed to SMS Marketing",
    "unsubscribed_from_text_message": "Unsubscribed from SMS Marketing",
    "subscribed_to_text_message_transactional": "Subscribed to SMS transactional",
    "unsubscribed_from_text_message_transactional": "Unsubscribed from SMS transactional",
    "clicked_sms": "Clicked SMS",
    "received_sms": "Received SMS",
    "sent_sms": "Sent SMS",
    "failed_to_deliver": "Failed to Deliver SMS",
    "failed_to_deliver_automated_response": "Failed to Deliver Automated Response SMS",
    "received_automated_response": "Received Automated Response SMS",
    "subscribed_to_sms": "Subscribed to SMS Marketing",
    "unsubscribed_from_sms": "Unsubscribed from SMS Marketing",
}
"""The tables of Stitch about texts and their metrics: since tap-klaviyo 1.2.0 first, then the older ones."""
_EMAILS = {
    "receive": "Received Email",
    "click": "Clicked Email",
    "open": "Opened Email",
    "bounce": "Bounced Email",
    "unsubscribe": "Unsubscribed from Email Marketing",
    "mark_as_spam": "Marked Email as Spam",
    "unsub_list": "Unsubscribed from List",
    "subscribed_to_email": "Subscribed to Email Marketing",
    "subscribe_list": "Subscribed to List",
    "update_email_preferences": "Updated Email Preferences",
    "dropped_email": "Dropped Email",
}
_STITCH_METRICS = _TEXTS | _EMAILS

STITCH = Layout(
    "stitch",
    Lacks("Stitch", has_lists=False, metrics=frozenset(_STITCH_METRICS.values())),
    (
        *(
            LayoutTable(name, "events", needs=("id", "timestamp", "profile"), metric=metric)
            for name, metric in _STITCH_METRICS.items()
        ),
        LayoutTable("global_exclusions", "profiles", needs=("id",)),
    ),
    adds_profiles=True,
)

SHOPIFY = Layout(
    "shopify",
    Lacks(
        "Shopify",
        has_lists=False,
        metrics=frozenset({"Placed Order", "Cancelled Order", "Fulfilled Order"}),
    ),
    (
        LayoutTable("customers", "profiles", needs=("email",), key=()),
        LayoutTable("orders", "events", needs=("name", "email", "created at", "total"), key=()),
    ),
    adds_profiles=True,
)

LAYOUTS = {one.name: one for one in (FIVETRAN, BIGQUERY, AIRBYTE, STITCH, SHOPIFY)}
"""The layouts by the name that is passed to `sk.load`."""

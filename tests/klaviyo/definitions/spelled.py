"""Klaviyo's spelling of each part of a segment definition, and the schema that they are held against; what they mean is not said here."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]

METRICS = {
    "Vc4tXr": "Clicked SMS",
    "Rd7mQe": "Received SMS",
    "Sb2kWn": "Subscribed to SMS Marketing",
    "Fx9pLa": "Failed to Deliver SMS",
    "Po3gHt": "Placed Order",
    "Op5eUy": "Opened Email",
    "Ck6sJz": "Clicked Email",
    "Vp8iBd": "Viewed Product",
}
"""Metric ids of a made-up account, and their names."""

LISTS = {"Wm4nKx": "VIP upload", "Nl7rTq": "Newsletter"}
"""List ids of the same account, and their names."""

METRIC_IDS = {name: id_ for id_, name in METRICS.items()}
LIST_IDS = {name: id_ for id_, name in LISTS.items()}

AFFINITY = {"sms_priority": "sms_priority", "email_rank": "email_rank"}
"""The columns in which a made-up shop keeps channel affinity."""


def definition(*groups: list[Json]) -> Json:
    """Return a definition: groups that are ANDed, of conditions that are ORed."""
    return {"condition_groups": [{"conditions": list(group)} for group in groups]}


def request(name: str, *groups: list[Json]) -> Json:
    """Return the body of a create request."""
    return {"data": {"type": "segment", "attributes": {"name": name, "definition": definition(*groups)}}}


def number(operator: str, value: float) -> Json:
    """Return a numeric filter."""
    return {"type": "numeric", "operator": operator, "value": value}


def text(operator: str, value: Any) -> Json:
    """Return a filter of text, or of several texts."""
    return {"type": "string", "operator": operator, "value": value}


def items(operator: str, value: Any) -> Json:
    """Return a filter of a list."""
    return {"type": "list", "operator": operator, "value": value}


def truth(value: Any) -> Json:
    """Return a filter of true or false."""
    return {"type": "boolean", "operator": "equals", "value": value}


def existence(operator: str) -> Json:
    """Return a filter of whether anything is written."""
    return {"type": "existence", "operator": operator}


def dates(operator: str, **fields: Any) -> Json:
    """Return a date filter."""
    return {"type": "date", "operator": operator, **fields}


def midnight(day: str) -> str:
    """Return the first instant of a day as the API writes it."""
    return f"{day}T00:00:00+00:00"


def metric(
    metric_id: str,
    count: Json,
    timeframe: Json,
    *,
    measurement: str = "count",
    filters: list[Json] | None = None,
) -> Json:
    """Return a condition on the events of a metric."""
    return {
        "type": "profile-metric",
        "metric_id": metric_id,
        "measurement": measurement,
        "measurement_filter": count,
        "timeframe_filter": timeframe,
        "metric_filters": filters,
    }


def event_property(name: str, test: Json) -> Json:
    """Return a filter of one property of an event."""
    return {"property": name, "filter": test}


def property_(name: str, test: Json) -> Json:
    """Return a condition on a profile's property."""
    return {"type": "profile-property", "property": name, "filter": test}


def consent(channel: str, can: bool, subscription: str, *filters: Json, **other: Any) -> Json:  # noqa: FBT001
    """Return a condition on consent, without the key of the filters if there are none."""
    status: Json = {"subscription": subscription, **({"filters": list(filters)} if filters else {}), **other}
    said = {"channel": channel, "can_receive_marketing": can, "consent_status": status}
    return {"type": "profile-marketing-consent", "consent": said}


def method(name: str, test: Json | None = None) -> Json:
    """Return a filter of how somebody came to a status."""
    return {"field": "method", "method": name, **({} if test is None else {"filter": test})}


def on_list(list_id: str, timeframe: Json | None = None) -> Json:
    """Return the condition of being on a list, without the key of the timeframe if there is none."""
    joined = {} if timeframe is None else {"timeframe_filter": timeframe}
    return {"type": "profile-group-membership", "is_member": True, "group_ids": [list_id], **joined}


def off_list(list_id: str) -> Json:
    """Return the condition of not being on a list."""
    return {"type": "profile-group-membership", "is_member": False, "group_ids": [list_id]}


def distance(operator: str, value: float, unit: str = "miles", code: str = "02110", country: str = "USA") -> Json:
    """Return a condition on the distance from a postal code."""
    return {
        "type": "profile-postal-code-distance",
        "country_code": country,
        "postal_code": code,
        "unit": unit,
        "filter": number(operator, value),
    }


def region(name: str, *, inside: bool) -> Json:
    """Return a condition on the region somebody lives in."""
    return {"type": "profile-region", "in_region": inside, "region": name}


def predicted(dimension: str, test: Json) -> Json:
    """Return a condition on what Klaviyo predicts."""
    return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": test}


def affinity(channel: str, measurement: str, test: Json) -> Json:
    """Return a condition on how well a channel is predicted to work."""
    return {
        "type": "profile-predictive-analytics",
        "dimension": "channel_affinity",
        "measurement": measurement,
        "predicted_channel": channel,
        "filter": test,
    }


def funnel(timeframe: Json, window: str | None, *steps: Json) -> Json:
    """Return a condition on steps in an order."""
    return {
        "type": "profile-metric-funnel",
        "timeframe_filter": timeframe,
        "completion_window_seconds": window,
        "steps": list(steps),
    }


def step(metric_id: str, *, taken: bool = True, filters: list[Json] | None = None) -> Json:
    """Return a step of a funnel."""
    return {"metric_exists": taken, "metric_id": metric_id, "metric_filters": filters}


ONCE = number("greater-than", 0)
NEVER = number("equals", 0)
EVER = dates("alltime")
LAST_30 = dates("in-the-last", unit="day", quantity=30)
SMS = consent("sms", True, "subscribed")

SCHEMA = json.loads(Path(__file__).with_name("klaviyo_definition.schema.json").read_text(encoding="utf-8"))
DEFINITIONS = Draft202012Validator(SCHEMA)
REQUESTS = Draft202012Validator({**SCHEMA, "$ref": "#/$defs/create_request"})

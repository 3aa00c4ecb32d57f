"""The schema that every written document is held against: it takes Klaviyo's shapes, each as exactly one, and nothing beside them."""

from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from klaviyo.definitions.documents import BEYOND_US, DRIFTS, SHAPES, UNKNOWN, Drift, Refusal, Shape
from klaviyo.definitions.spelled import (
    DEFINITIONS,
    LAST_30,
    ONCE,
    REQUESTS,
    SCHEMA,
    SMS,
    Json,
    affinity,
    consent,
    dates,
    definition,
    distance,
    event_property,
    existence,
    funnel,
    items,
    method,
    metric,
    number,
    off_list,
    on_list,
    predicted,
    property_,
    region,
    request,
    step,
    text,
    truth,
)


def named(row: Any) -> str:
    """Return the name of a row, for pytest's report."""
    return row.name


def schemas_in(part: Any) -> list[Json]:
    """Return every object that the schema describes."""
    if isinstance(part, list):
        return [found for one in part for found in schemas_in(one)]
    if not isinstance(part, dict):
        return []
    own = [part] if part.get("type") == "object" else []
    return own + [found for one in part.values() for found in schemas_in(one)]


def test_the_schema_is_one_itself():
    """The file is a schema of the draft that it names."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_object_is_closed():
    """No object takes a key that is not named, so a misspelt key never passes as an extra one."""
    described = schemas_in(SCHEMA)

    assert len(described) > 50
    assert [one for one in described if one["additionalProperties"] is not False] == []


def test_it_names_its_source():
    """The document and the revision that it was read from stand in it."""
    assert "openapi/stable/categories/segments.json" in SCHEMA["$comment"]
    assert "revision 2026-07-15" in SCHEMA["$comment"]


@pytest.mark.parametrize("shape", SHAPES, ids=named)
def test_it_takes_every_shape(shape: Shape):
    """Every condition that segkit can say passes."""
    DEFINITIONS.validate(definition([shape.document]))


@pytest.mark.parametrize("refusal", BEYOND_US, ids=named)
def test_it_takes_what_only_klaviyo_can_say(refusal: Refusal):
    """Conditions that segkit cannot say pass all the same: the schema is Klaviyo's, not ours."""
    DEFINITIONS.validate(definition([refusal.document]))


@pytest.mark.parametrize("refusal", UNKNOWN, ids=named)
def test_it_refuses_what_nobody_published(refusal: Refusal):
    """Conditions that stand in no published document fail."""
    assert not DEFINITIONS.is_valid(definition([refusal.document]))


@pytest.mark.parametrize("drift", DRIFTS, ids=named)
def test_it_takes_the_right_spelling_of_a_drifted_one(drift: Drift):
    """What a drifted spelling stands for passes."""
    DEFINITIONS.validate(definition([drift.document]))


class Edit(NamedTuple):
    """A document that passes, and what is written at a place in it so that it fails; `GONE` takes the key out."""

    name: str
    document: Json
    place: str
    value: Any


GONE = object()
STATUS = "consent.consent_status"
FILTER = "consent.consent_status.filters.0"
CLICKED = metric("Vc4tXr", ONCE, LAST_30)
ORDERED = metric("Po3gHt", ONCE, LAST_30, filters=[event_property("Items", items("contains-any", ["Hat"]))])
IN_ORDER = funnel(LAST_30, "DAYS_1", step("Vp8iBd"), step("Po3gHt"))
NEARBY = distance("less-than", 30)
BY_DATE = consent("sms", True, "subscribed", {"field": "status_date", "filter": LAST_30})
BY_FORM = consent("sms", True, "subscribed", method("form"))
BY_RCS = consent("sms", True, "subscribed", {"field": "is_rcs_capable", "filter": truth(value=True)})
BOUNCED = {"field": "bounce_date", "filter": LAST_30}
FEMALE = predicted("predicted_gender", text("equals", "likely_female"))

EDITS = [
    Edit("a misspelt type", SMS, "type", "profile-marketing-consents"),
    Edit("a misspelt operator", CLICKED, "measurement_filter.operator", "gt"),
    Edit("an extra key", SMS, "note", "ours"),
    Edit("an extra key far inside", CLICKED, "timeframe_filter.note", "ours"),
    Edit("a condition without its count", CLICKED, "measurement_filter", GONE),
    Edit("a number as text", CLICKED, "timeframe_filter.quantity", "30"),
    Edit("a month", CLICKED, "timeframe_filter.unit", "month"),
    Edit("a calendar month for events", CLICKED, "timeframe_filter", dates("calendar-month", value=5)),
    Edit("a day without its hours", CLICKED, "timeframe_filter", dates("before", date="2026-02-01")),
    Edit("a date of an event's property", ORDERED, "metric_filters.0.filter", LAST_30),
    Edit("the profile's word for one item", ORDERED, "metric_filters.0.filter", items("contains", "Hat")),
    Edit("eleven filters of an event", ORDERED, "metric_filters", ORDERED["metric_filters"] * 11),
    Edit("SMS any that can receive", SMS, f"{STATUS}.subscription", "any"),
    Edit("SMS unsubscribed that can receive", SMS, f"{STATUS}.subscription", "unsubscribed"),
    Edit("all time for a status date", BY_DATE, f"{FILTER}.filter", dates("alltime")),
    Edit("a way in that is a way out", BY_FORM, f"{FILTER}.method", "bulk_remove"),
    Edit("double opt-in to SMS", BY_RCS, f"{FILTER}.field", "is_double_opt_in"),
    Edit(
        "filters of two families",
        consent("email", False, "unsubscribed", BOUNCED),
        f"{STATUS}.filters",
        [BOUNCED, method("sftp")],
    ),
    Edit(
        "suppressed though subscribed, without filters",
        consent("email", False, "subscribed", BOUNCED),
        f"{STATUS}.filters",
        GONE,
    ),
    Edit("all time for a date property", property_("created", LAST_30), "filter", dates("alltime")),
    Edit("a thirteenth month", property_("created", LAST_30), "filter", dates("calendar-month", value=13)),
    Edit(
        "the event's word for one item", property_("email", items("contains", "b")), "filter.operator", "contains-any"
    ),
    Edit(
        "the event's word for a text in an item",
        property_("email", items("contains", "b")),
        "filter.operator",
        "contains-substring",
    ),
    Edit("several items as one text", ORDERED, "metric_filters.0.filter.value", "Hat"),
    Edit("a length that is not", property_("email", items("length-equals", 1)), "filter.operator", "length-not-equals"),
    Edit("the old beta's word", property_("email", text("equals", "b")), "field", "email"),
    Edit("all time for a list", on_list("Wm4nKx", LAST_30), "timeframe_filter", dates("alltime")),
    Edit("two lists", on_list("Wm4nKx"), "group_ids", ["Wm4nKx", "Nl7rTq"]),
    Edit("the date of a list that somebody is not on", off_list("Wm4nKx"), "timeframe_filter", LAST_30),
    Edit("a distance of at most", NEARBY, "filter.operator", "less-than-or-equal"),
    Edit("no distance", NEARBY, "filter.value", 0),
    Edit("a country of two letters", NEARBY, "country_code", "US"),
    Edit("the guide's word for a region", region("united_states", inside=True), "region_id", "united_states"),
    Edit("a prediction that is not set", FEMALE, "filter", existence("not-set")),
    Edit("another predicted gender", FEMALE, "filter.value", "female"),
    Edit("a rank as a number", affinity("sms", "rank", text("equals", "high")), "filter", number("equals", 1)),
    Edit("all time for a funnel", IN_ORDER, "timeframe_filter", dates("alltime")),
    Edit("a window in seconds", IN_ORDER, "completion_window_seconds", 86_400),
    Edit("six steps", IN_ORDER, "steps", IN_ORDER["steps"] * 3),
]


def edited(document: Json, place: str, value: Any) -> Json:
    """Return a copy of a document with a value at a place."""
    copied = deepcopy(document)
    *path, last = place.split(".")
    part: Any = copied
    for key in path:
        part = part[int(key) if key.isdigit() else key]
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return copied


@pytest.mark.parametrize("edit", EDITS, ids=named)
def test_it_refuses_a_wrong_edit(edit: Edit):
    """One wrong word in a document that passes makes it fail."""
    DEFINITIONS.validate(definition([edit.document]))

    assert not DEFINITIONS.is_valid(definition([edited(edit.document, edit.place, edit.value)]))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"condition_groups": []},
        {"condition_groups": [{"conditions": []}]},
        {"condition_groups": [[SMS]]},
        {"condition_groups": [{"conditions": [SMS], "operator": "or"}]},
        {"condition_group": [{"conditions": [SMS]}]},
    ],
)
def test_it_refuses_another_envelope(wrong: Json):
    """Groups hold conditions, neither is empty, and nothing else stands beside them."""
    assert not DEFINITIONS.is_valid(wrong)


def test_a_request_has_a_name_and_no_more_than_a_star():
    """The body of a create request is a named definition, which may be starred."""
    right = request("SMS subscribers", [SMS])
    starred = deepcopy(right)
    starred["data"]["attributes"]["is_starred"] = True
    nameless, described, listed = deepcopy(right), deepcopy(right), deepcopy(right)
    del nameless["data"]["attributes"]["name"]
    described["data"]["attributes"]["description"] = "Ours."
    listed["data"]["type"] = "list"

    assert [REQUESTS.is_valid(body) for body in (right, starred, nameless, described, listed)] == [
        True, True, False, False, False,
    ]  # fmt: skip

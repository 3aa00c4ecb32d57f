"""Reading Klaviyo's documents: whatever they come wrapped in, all that can't be said is told at once, and nothing is guessed."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    EventProperty,
    ItemsTest,
    ItemTextTest,
    PropertyCondition,
    TextTest,
)
from segkit.definition.segment import Segment
from segkit.errors import DefinitionError
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions import from_klaviyo, klaviyo_definition, segments_from_klaviyo
from segkit.klaviyo.definitions.words import WELL_KNOWN, column_of, property_of

EU = {"type": "profile-region", "in_region": True, "region": "european_union"}
IN_EU = sk.in_region("european_union")
EVER = {"type": "date", "operator": "alltime"}
NAMES = AccountNames({"Click1": "Clicked SMS", "Order1": "Placed Order"}, {"Vip001": "VIP upload"})


def definition(*groups):
    """Return a definition of groups of conditions."""
    return {"condition_groups": [{"conditions": list(group)} for group in groups]}


def metric(operator, value, filters=None, key="Click1", measurement="count"):
    """Return a condition on events of all time."""
    return {
        "type": "profile-metric",
        "metric_id": key,
        "measurement": measurement,
        "measurement_filter": {"type": "numeric", "operator": operator, "value": value},
        "timeframe_filter": EVER,
        "metric_filters": filters,
    }


def of_property(spelled, **of_filter):
    """Return a condition on a profile's property."""
    return {"type": "profile-property", "property": spelled, "filter": of_filter}


def consent(channel, subscription, filters):
    """Return a condition on consent: who can receive SMS, or can't receive email."""
    status = {"subscription": subscription, "filters": filters}
    said = {"channel": channel, "can_receive_marketing": channel == "sms", "consent_status": status}
    return {"type": "profile-marketing-consent", "consent": said}


STEPS = tuple({"metric_exists": True, "metric_id": key, "metric_filters": None} for key in ("Click1", "Order1"))


def funnel(steps=STEPS, **parts):
    """Return a funnel of the last nine days."""
    timeframe = {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 9}
    found = {"type": "profile-metric-funnel", "timeframe_filter": timeframe, "steps": steps and list(steps)}
    return found | parts


def lists(operator, value):
    """Return filters of the items of an event."""
    return [{"property": "Items", "filter": {"type": "list", "operator": operator, "value": value}}]


def read(*conditions, **words):
    """Return what one group of conditions says."""
    return from_klaviyo(definition(conditions), names=NAMES, **words).condition


def refusal(document, **words):
    """Return the message with which a document is refused."""
    with pytest.raises(DefinitionError) as error:
        from_klaviyo(document, **({"names": NAMES} | words))
    return str(error.value)


ATTRIBUTES = {
    "name": "In the EU",
    "definition": definition([EU]),
    "is_active": True,
    "created": "2026-01-05T08:00:00+00:00",
}
RESOURCE = {"type": "segment", "id": "Seg001", "attributes": ATTRIBUTES, "links": {"self": "https://example.com"}}
WRAPPINGS = {
    "a create request": {"data": {"type": "segment", "attributes": ATTRIBUTES}},
    "a response": {"data": RESOURCE, "links": {}},
    "an item of a page": RESOURCE,
    "a page of one": {"data": [RESOURCE], "links": {"next": None}},
    "pages of one": [{"data": [RESOURCE]}],
    "attributes alone": ATTRIBUTES,
    "a definition beside its name": {"name": "In the EU", **definition([EU])},
    "a segment in a segment": {"segment": ATTRIBUTES},
}


@pytest.mark.parametrize("payload", WRAPPINGS.values(), ids=WRAPPINGS)
def test_a_definition_is_found_in_whatever_it_comes_wrapped_in(payload):
    """Requests, responses, items, pages and JSON text of them give the same segment, named as the document names it."""
    wanted = Segment("In the EU", IN_EU)
    assert from_klaviyo(payload) == wanted
    assert from_klaviyo(json.dumps(payload)) == wanted
    assert from_klaviyo(json.dumps(payload).encode()) == wanted
    assert segments_from_klaviyo(payload) == [wanted]


def test_a_name_is_given_by_the_caller_the_document_or_nobody():
    """What the caller says wins, and a bare definition has a name too."""
    assert from_klaviyo(RESOURCE, name="Europe").name == "Europe"
    assert from_klaviyo(definition([EU])).name == "From Klaviyo"


def test_groups_are_all_of_any_of_without_needless_brackets():
    """AND joins groups, OR the conditions inside, and one alone stands alone."""
    us = EU | {"region": "united_states"}
    in_us = sk.in_region("united_states")
    assert from_klaviyo(definition([EU])).condition == IN_EU
    assert from_klaviyo(definition([EU, us])).condition == AnyOf((IN_EU, in_us))
    assert from_klaviyo(definition([EU], [us])).condition == AllOf((IN_EU, in_us))
    assert from_klaviyo(definition([EU, us], [EU])).condition == AllOf((AnyOf((IN_EU, in_us)), IN_EU))


@pytest.mark.parametrize(("payload", "said"), [
    ("{", "not JSON"),
    (None, "it contains null instead"),
    (7, "it contains 7 instead"),
    ({}, "it is an empty object"),
    ({"data": []}, "the page is empty"),
    ({"data": {"attributes": {"name": "Old", "definition": None}}}, "condition_groups must be a list"),
    ({"data": {"attributes": 5}}, "it contains 5 instead"),
    ({"id": "Seg001", "type": "segment"}, "it contains id, type, but not condition_groups"),
])  # fmt: skip
def test_what_holds_no_definition_is_refused(payload, said):
    """The message says what stands where a definition belongs."""
    assert said in refusal(payload)


def test_one_segment_is_not_picked_from_several():
    """A page of two is refused by name where one is asked for, and read where several are."""
    page = {"data": [RESOURCE, {"attributes": ATTRIBUTES | {"name": "EU again"}}]}
    assert "'In the EU', 'EU again'" in refusal(page)
    assert [segment.name for segment in segments_from_klaviyo(page)] == ["In the EU", "EU again"]
    assert segments_from_klaviyo({"data": []}) == []


def test_all_segments_of_a_page_are_refused_at_once_with_their_names():
    """Each gap has the segment, the group and the condition before it, and the good conditions none."""
    push = {"type": "profile-permissions", "channel": "whatsapp_marketing"}
    page = {
        "data": [
            RESOURCE,
            {"attributes": {"name": "Bad", "definition": definition([EU], [EU, push])}},
            definition([push]),
        ]
    }
    with pytest.raises(DefinitionError) as error:
        segments_from_klaviyo(page)
    places = [line.split(": ")[0] for line in str(error.value).splitlines()[1:]]
    assert places == [
        "  - segment 2 ('Bad'), condition group 2, condition 2",
        "  - segment 3 ('From Klaviyo'), condition group 1, condition 1",
    ]


def test_ids_without_names_are_all_listed_beside_other_gaps():
    """Every unnamed metric and list is told, also in a condition that has another fault, and so is that fault."""
    bad = metric("betwixt", 1, key="Lost01")
    membership = {"type": "profile-group-membership", "is_member": True, "group_ids": ["Lost02"]}
    said = refusal(definition([bad], [membership, metric("equals", 0)]))
    assert "condition group 1, condition 1: The name of the metric with the id 'Lost01' is unknown" in said
    assert "condition group 1, condition 1: The operator of a numeric filter can't be 'betwixt'" in said
    assert "condition group 2, condition 1: The name of the list with the id 'Lost02' is unknown" in said
    assert "3 parts" in said


def test_names_given_for_the_call_win():
    """A table of the call stands before that of the account."""
    assert read(metric("equals", 0), metric_names={"Click1": "Opened Email"}) == sk.did_not("Opened Email")


def test_one_name_of_two_ids_is_refused_until_told_apart():
    """Reading both as one metric would add their events up, so the ids are named, and own names settle it."""
    names = AccountNames({"Click1": "Placed Order", "Order1": "Placed Order"})
    document = definition([metric("greater-than", 0)])
    assert "More than one metric is named 'Placed Order': 'Click1', 'Order1'" in refusal(document, names=names)
    told = from_klaviyo(document, names=names, metric_names={"Order1": "Placed Order (till)"})
    assert told.condition == sk.did("Placed Order")


@pytest.mark.parametrize(("operator", "value", "says"), [
    ("greater-than", 0, sk.did("Clicked SMS")),
    ("greater-than-or-equal", 1, sk.did("Clicked SMS")),
    ("equals", 0, sk.did_not("Clicked SMS")),
    ("less-than", 1, sk.did("Clicked SMS", fewer_than=1)),
    ("greater-than", 1, sk.did("Clicked SMS", more_than=1)),
    ("greater-than", 2.0, sk.did("Clicked SMS", more_than=2)),
])  # fmt: skip
def test_at_least_once_has_one_spelling(operator, value, says):
    """A count greater than 0 is "at least 1", as `did` says it; other counts stay as they are written."""
    assert read(metric(operator, value)) == says


def test_a_sum_greater_than_nothing_is_not_at_least_one():
    """Half a euro is more than nothing and less than one."""
    assert read(metric("greater-than", 0, measurement="sum")) == sk.spent("Clicked SMS", more_than=0)


SEVERAL = [
    ("contains-any", "contains any of"),
    ("contains-all", "contains all of"),
    ("not-contains-any", "not contains any of"),
    ("not-contains-all", "not contains all of"),
]


@pytest.mark.parametrize("count", [("greater-than", 0), ("equals", 0), ("greater-than-or-equal", 2)])
@pytest.mark.parametrize(("operator", "comparison"), SEVERAL)
def test_several_items_of_an_events_list_are_one_clause(count, operator, comparison):
    """Whatever is counted, the items are asked of one event, each item once."""
    said = read(metric(*count, lists(operator, ["Hats", "Caps", "Hats"])))
    assert said.where == (EventProperty("Items", ItemsTest(comparison, ("Hats", "Caps"))),)


@pytest.mark.parametrize(("operator", "comparison"), SEVERAL)
def test_lists_of_profiles_take_several_items_too(operator, comparison):
    """What the product offers for lists of profiles is read, though the description types it for events only."""
    said = of_property("properties['Likes']", type="list", operator=operator, value=["Hats", "Caps"])
    assert read(said) == PropertyCondition("Likes", ItemsTest(comparison, ("Hats", "Caps")))


@pytest.mark.parametrize(("operator", "comparison"), [
    ("contains-substring", "contains"), ("not-contains-substring", "not contains"),
])  # fmt: skip
def test_lists_of_profiles_take_a_text_in_an_item_too(operator, comparison):
    """The same holds of a text in an item, which can be read and not be written."""
    said = of_property("properties['Likes']", type="list", operator=operator, value="Hat")
    assert read(said) == PropertyCondition("Likes", ItemTextTest(comparison, "Hat"))


REFUSED = {
    "a part that nothing reads": (EU | {"except": "IE"}, "A field of a condition on a region can't be 'except'"),
    "a misspelt type": (EU | {"type": "profile-regoin"}, "Did you mean 'profile-region'"),
    "no type": ({"in_region": True}, "The type of a condition can't be 'null'"),
    "no condition at all": (5, "A condition must be an object"),
    "an unknown property": (of_property("shoe", type="existence", operator="is-set"), "properties['NAME']"),
    "a phone filter elsewhere": (
        of_property("email", type="string", operator="phone-country-code-in", value=["US"]),
        "must be phone_number",
    ),
    "an empty choice": (of_property("email", type="string", operator="in", value=[]), "one or more strings"),
    "a number as text": (of_property("email", type="numeric", operator="equals", value="7"), "a finite number"),
    "truth as a number": (of_property("email", type="boolean", operator="equals", value=1), "True or False"),
    "an empty range": (
        of_property("created", type="date", operator="between-static", start="2026-02-02", end="2026-02-01"),
        "no earlier than 2026-02-02",
    ),
    "midnight elsewhere": (
        of_property("created", type="date", operator="after", date="2026-02-01T00:00:00-05:00"),
        "whole days",
    ),
    "a day out of reach": (of_property("created", type="date", operator="after", date="0001-01-01"), "1900 to 2200"),
    "a century and a day": (
        of_property("created", type="date", operator="in-the-last", unit="day", quantity=36_526),
        "from 1 to 36,525",
    ),
    "an anniversary in hours": (
        of_property("created", type="date", operator="anniversary-next", unit="hour", quantity=24),
        "in days",
    ),
    "a thirteenth month": (of_property("created", type="date", operator="calendar-month", value=13), "from 1 to 12"),
    "a date for all time": (of_property("created", **EVER), "Use is-set instead"),
    "two lists": (
        {"type": "profile-group-membership", "is_member": True, "group_ids": ["Vip001", "B"]},
        "A condition on 2 lists",
    ),
    "a distance of nothing": (
        {
            "type": "profile-postal-code-distance", "country_code": "USA", "postal_code": "02110", "unit": "miles",
            "filter": {"type": "numeric", "operator": "less-than", "value": 0},
        },
        "above 0",
    ),
    "two methods": (
        consent("sms", "subscribed", [{"field": "method", "method": "sftp"}, {"field": "method", "method": "form"}]),
        "Two methods for one consent",
    ),
    "a date of an event": (
        metric("equals", 0, [{"property": "Due", "filter": {"type": "date", "operator": "anniversary"}}]),
        "Copy the date to the profile",
    ),
    "a gender by its beginning": (
        {
            "type": "profile-predictive-analytics", "dimension": "predicted_gender",
            "filter": {"type": "string", "operator": "starts-with", "value": "likely"},
        },
        "'equals', 'not-equals'",
    ),
    "a priority of about one": (
        {
            "type": "profile-predictive-analytics", "dimension": "channel_affinity", "measurement": "priority",
            "predicted_channel": "sms", "filter": {"type": "numeric", "operator": "less-than", "value": 2},
        },
        "The comparison of a priority can't be 'fewer than'",
    ),
    "a day that is none": (of_property("created", type="date", operator="after", date="30.06.2026"), "'2026-06-30'"),
    "a filter that is none": (of_property("email") | {"filter": "is-set"}, "A filter must be an object"),
    "not on a list since": (
        {
            "type": "profile-group-membership", "is_member": False, "group_ids": ["Vip001"],
            "timeframe_filter": {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 9},
        },
        "A timeframe for not being on a list",
    ),
    "filters of a consent that are none": (consent("sms", "subscribed", "form"), "must be a list of filters"),
    "a bounce by number": (
        consent("email", "any", [{"field": "bounce_date", "filter": {"type": "numeric", "operator": "equals", "value": 1}}]),
        "The filter of 'bounce_date' can't be read",
    ),
    "forms by their beginning": (
        consent("sms", "subscribed", [
            {"field": "method", "method": "form", "filter": {"type": "string", "operator": "contains", "value": "F"}},
        ]),
        "only the operators equals and in are supported",
    ),
    "a filter of another state": (
        consent("sms", "subscribed", [
            {"field": "is_double_opt_in", "filter": {"type": "boolean", "operator": "equals", "value": True}},
        ]),
        "can't be 'is_double_opt_in'",
    ),
    "events filtered by a word": (metric("equals", 0, "Hats"), "metric_filters must be a list of filters"),
    "no item of several": (metric("equals", 3, lists("contains-any", [])), "one or more strings"),
    "one item for several": (metric("equals", 3, lists("contains-all", "Hats")), "one or more strings"),
    "several texts in an item": (metric("equals", 3, lists("contains-substring", ["Hats"])), "must be text"),
    "no steps": (funnel(steps=None), "The field steps of a funnel must be a list of steps"),
    "a window of a fortnight": (funnel(completion_window_seconds="DAYS_14"), "can't be 'DAYS_14'"),
    "a list among words": (
        {
            "type": "profile-predictive-analytics", "dimension": "predicted_gender",
            "filter": {"type": "list", "operator": "contains-any", "value": ["likely_male", "uncertain"]},
        },
        "can't be 'contains-any'. The choices are: 'equals', 'not-equals'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_unknown_is_refused_and_never_guessed(condition, said):
    """A condition is refused with its place and what would be right there."""
    message = refusal(definition([EU], [EU, condition]))
    assert "condition group 2, condition 2: " in message
    assert said in message


@pytest.mark.parametrize(("groups", "said"), [
    ([], "condition_groups must be a list that is not empty"),
    ([{"conditions": []}], "condition group 1: conditions must be a list that is not empty"),
    ([{"conditions": [EU]}, "x"], "condition group 2: A condition group must be an object"),
])  # fmt: skip
def test_groups_without_conditions_are_refused(groups, said):
    """No document says whether an empty group is everybody or nobody."""
    assert said in refusal({"condition_groups": groups})


def test_a_column_of_affinity_is_named_by_channel_or_by_measurement():
    """One column for a channel, or one for each of its two measurements."""
    rank = {
        "type": "profile-predictive-analytics", "dimension": "channel_affinity", "measurement": "rank",
        "predicted_channel": "sms", "filter": {"type": "string", "operator": "equals", "value": "high"},
    }  # fmt: skip
    high = PropertyCondition("Affinity", TextTest("equals", "high"))
    assert read(rank, channel_affinity={"sms": "Affinity"}) == high
    assert read(rank, channel_affinity={"sms_rank": "Affinity", "sms": "Other"}) == high
    assert "channel_affinity={'sms_rank': COLUMN}" in refusal(definition([rank]))


def test_filters_of_a_consent_keep_their_order():
    """What narrows a consent is read in the order it stands in, and written so again."""
    filters = [
        {"field": "method", "method": "form", "filter": {"type": "string", "operator": "in", "value": ["Form01"]}},
        {"field": "is_rcs_capable", "filter": {"type": "boolean", "operator": "equals", "value": True}},
    ]
    document = definition([consent("sms", "subscribed", filters)])
    columns = [clause.property for clause in from_klaviyo(document).condition.where]
    assert columns == ["sms_consent_method", "sms_consent_method_detail", "sms_rcs_capable"]
    assert klaviyo_definition(from_klaviyo(document).condition) == document


def test_a_second_status_date_is_kept():
    """Two dates of one state both hold: one as the date, the other as a test of the column."""
    late, early = (
        {"type": "date", "operator": operator, "unit": "day", "quantity": 30}
        for operator in ("at-least", "in-the-last")
    )
    said = read(consent("sms", "subscribed", [{"field": "status_date", "filter": one} for one in (late, early)]))
    assert said.status_date == sk.can_receive("sms", since_at_least_days_ago=30).status_date
    assert said.where == (sk.has("sms_consent_timestamp", in_last_days=30),)


def test_a_window_may_be_told_in_seconds():
    """The part is named for seconds, whatever words the description has for it."""
    assert read(funnel(completion_window_seconds=3_600)) == read(funnel(completion_window_seconds="HOURS_1"))
    assert read(funnel()).completion_seconds is None


@pytest.mark.parametrize(
    ("written", "country"), [("US", "US"), ("us", "US"), ("USA", "US"), ("XK", "XK"), ("AC", "AC"), ("TA", "TA")]
)
def test_a_phone_country_is_read_in_either_length(written, country):
    """Two letters or three, and the three places that have numbers and no entry in the standard."""
    numbers = of_property("phone_number", type="string", operator="phone-country-code-in", value=[written])
    assert read(numbers) == sk.phone_country(country)


@pytest.mark.parametrize(("written", "near"), [("ZZ", "'ZA', 'ZM', 'ZW'"), ("UK", "'GB'"), ("EN", "'GB'")])
def test_a_phone_country_that_is_none_is_refused(written, near):
    """The letters are named, and what they may have meant."""
    numbers = of_property("phone_number", type="string", operator="phone-country-code-in", value=[written])
    with pytest.raises(DefinitionError, match="which is not an ISO 3166 country code") as refusal:
        read(numbers)
    assert repr(written) in str(refusal.value)
    assert near in str(refusal.value)


@pytest.mark.parametrize("column", [*WELL_KNOWN, "Shoe size", "It's", "$source", "properties['City']"])
def test_a_property_keeps_its_column(column):
    """Every column that has a property in Klaviyo is read from it again."""
    assert column_of(property_of(column)) == column


def test_quotes_of_either_kind_hold_a_name():
    """Double quotes are read like single ones."""
    assert column_of('properties["Shoe size"]') == "Shoe size"
    assert column_of('location["city"]') == "city"


EVERYTHING = definition(
    [EU, metric("greater-than", 0, lists("contains-any", ["Hats"]))],
    [of_property("created", type="date", operator="between", start=9, end=3, unit="day")],
    [of_property("phone_number", type="string", operator="phone-country-code-in", value=["US"])],
    [consent("email", "any", [{"field": "bounce_date", "filter": {"type": "existence", "operator": "is-set"}}])],
    [funnel()],
)  # fmt: skip
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 10**6), st.floats(), st.text(max_size=3), st.just([]), st.just({}),
    st.just([None]), st.just({"type": "date"}), st.sampled_from(["date", "list", "in", "between", "hour", "2026-02-30"]),
)  # fmt: skip


def places(value, path=()):
    """Yield the path of every part of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


@given(st.sampled_from(list(places(EVERYTHING))), JUNK)
def test_whatever_stands_in_a_document_it_is_read_or_refused(path, junk):
    """A part replaced by anything else gives a segment or a definition error, and no other failure."""
    document = copy.deepcopy(EVERYTHING)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = junk
    outcome = None
    try:
        outcome = from_klaviyo(document, names=NAMES)
    except DefinitionError as error:
        outcome = error
    assert isinstance(outcome, Segment) or str(outcome).endswith(".")

"""Writing for Klaviyo: what has no shape there is told all at once with what is nearest, and what is rewritten says the same."""

import json
import math
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import segkit as sk
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    ConsentCondition,
    DistanceCondition,
    EventProperty,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    NumberTest,
    PostalCode,
    PropertyCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.phrases import did_in_order
from segkit.definition.segment import Segment
from segkit.definition.timeframes import AtLeastAgo, Before, InTheLast
from segkit.errors import DefinitionError
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions import from_klaviyo, klaviyo_definition, to_klaviyo
from segkit.klaviyo.definitions.words import CELLS, METHODS
from segkit.klaviyo.definitions.write_filters import number, profile_filter

NAMES = AccountNames({"Click1": "Clicked SMS", "Order1": "Placed Order"}, {"Vip001": "VIP upload"})
SMS = sk.can_receive("sms")
NEAR = sk.within(30, "miles", of="02110")


def written(condition, **words):
    """Return the groups of a written condition."""
    return [
        group["conditions"] for group in klaviyo_definition(condition, **({"names": NAMES} | words))["condition_groups"]
    ]


def read(document):
    """Return what a written document says."""
    return from_klaviyo(document, names=NAMES).condition


def gaps(condition, **words):
    """Return the gaps that a condition is refused with, one a line."""
    with pytest.raises(DefinitionError) as error:
        to_klaviyo(Segment("Asked", condition), **({"names": NAMES} | words))
    head, *lines = str(error.value).splitlines()
    assert head.startswith("'Asked' can't be written as a Klaviyo definition")
    return lines


def clause(test):
    """Return clicks with a test of one property."""
    return MetricCondition("Clicked SMS", "count", "at least", 1, where=(EventProperty("Items", test),))


def test_a_segment_is_written_as_the_request_that_creates_it():
    """The request names the segment, stars it if asked, and holds nothing but what JSON has."""
    request = to_klaviyo(Segment("EU", sk.in_region("european_union"), "A description"))
    attributes = {
        "name": "EU",
        "definition": klaviyo_definition(sk.in_region("european_union")),
    }
    assert request == {"data": {"type": "segment", "attributes": attributes}}
    assert json.loads(json.dumps(request)) == request
    assert to_klaviyo(Segment("EU", SMS), is_starred=True)["data"]["attributes"]["is_starred"] is True


SAME: dict[str, tuple] = {
    "once": (sk.did("Clicked SMS"), sk.did("Clicked SMS", more_than=0)),
    "not zero times": (~sk.did_not("Clicked SMS"), sk.did("Clicked SMS")),
    "not once": (~sk.did("Clicked SMS"), sk.did_not("Clicked SMS")),
    "at most never": (sk.did("Clicked SMS", at_most=0), sk.did_not("Clicked SMS")),
    "not so often": (~sk.did("Clicked SMS", at_least=3), sk.did("Clicked SMS", fewer_than=3)),
    "not so much": (~sk.spent("Placed Order", more_than=9), sk.spent("Placed Order", at_most=9)),
    "not set": (~sk.is_set("city"), sk.is_not_set("city")),
    "not on a list": (~sk.in_list("VIP upload"), sk.not_in_list("VIP upload")),
    "not another text": (~sk.has("city", equals="Boston"), sk.has("city", not_equals="Boston") | sk.is_not_set("city")),
    "nor part of it": (
        ~sk.has("city", not_contains_text="B"),
        sk.has("city", contains_text="B") | sk.is_not_set("city"),
    ),
    "none of several": (~sk.has("city", is_in=["A", "B"]), sk.has("city", not_in=["A", "B"]) | sk.is_not_set("city")),
    "not grown up": (~sk.has("Age", at_least=18), sk.has("Age", fewer_than=18) | sk.is_not_set("Age")),
    "not a parent": (~sk.has("Parent", equals=True), sk.has("Parent", equals=False) | sk.is_not_set("Parent")),
    "no such item": (
        ~sk.has("Likes", contains_item="Hats"),
        sk.has("Likes", not_contains_item="Hats") | sk.is_not_set("Likes"),
    ),
    "any of several items": (
        sk.has("Likes", contains_any_of=["Hats", 7]),
        sk.has("Likes", contains_item="Hats") | sk.has("Likes", contains_item=7),
    ),
    "all of several items": (
        sk.has("Likes", contains_all_of=["Hats", 7]),
        sk.has("Likes", contains_item="Hats") & sk.has("Likes", contains_item=7),
    ),
    "without any of several items": (
        sk.has("Likes", not_contains_any_of=["Hats", 7]),
        sk.has("Likes", not_contains_item="Hats") & sk.has("Likes", not_contains_item=7),
    ),
    "without all of several items": (
        sk.has("Likes", not_contains_all_of=["Hats", 7]),
        sk.has("Likes", not_contains_item="Hats") | sk.has("Likes", not_contains_item=7),
    ),
    "not any of several items": (
        ~sk.has("Likes", contains_any_of=["Hats", 7]),
        sk.has("Likes", not_contains_any_of=["Hats", 7]) | sk.is_not_set("Likes"),
    ),
    "another length": (
        ~sk.has("Likes", length_equals=2),
        sk.has("Likes", length_fewer_than=2) | sk.has("Likes", length_more_than=2) | sk.is_not_set("Likes"),
    ),
    "not before": (
        ~sk.has("Joined", before="2026-03-01"),
        sk.has("Joined", after="2026-02-28") | sk.is_not_set("Joined"),
    ),
    "not after": (
        ~sk.has("Joined", after="2026-02-28"),
        sk.has("Joined", before="2026-03-01") | sk.is_not_set("Joined"),
    ),
    "not between": (
        ~sk.has("Joined", between=("2026-02-01", "2026-02-28")),
        sk.has("Joined", before="2026-02-01") | sk.has("Joined", after="2026-02-28") | sk.is_not_set("Joined"),
    ),
    "both parts of contains": (
        ~sk.has("Likes", contains="Hats"),
        (sk.has("Likes", not_contains_text="Hats") | sk.is_not_set("Likes"))
        & (sk.has("Likes", not_contains_item="Hats") | sk.is_not_set("Likes")),
    ),
    "one gender of two": (
        sk.has("predicted_gender", is_in=["likely_male", "uncertain"]),
        sk.has("predicted_gender", equals="likely_male") | sk.has("predicted_gender", equals="uncertain"),
    ),
    "neither gender": (
        sk.has("predicted_gender", not_in=["likely_male", "uncertain"]),
        sk.has("predicted_gender", not_equals="likely_male") & sk.has("predicted_gender", not_equals="uncertain"),
    ),
    "SMS in other words": (ConsentCondition("sms", True), SMS),
    "not unsubscribed": (
        ~sk.cannot_receive("sms", subscription="unsubscribed"),
        sk.cannot_receive("sms", subscription="never_subscribed") | SMS,
    ),
    "not subscribed to email": (
        ~sk.can_receive("email", subscription="subscribed"),
        sk.can_receive("email", subscription="never_subscribed") | sk.cannot_receive("email"),
    ),
    "an or of ands": ((SMS & NEAR) | sk.is_set("city"), (SMS | sk.is_set("city")) & (NEAR | sk.is_set("city"))),
    "an old name": (sk.did("Consented to Receive SMS"), sk.did("Subscribed to SMS Marketing")),
    "a header's name": (sk.is_set("City"), sk.is_set("city")),
}


@pytest.mark.parametrize(("condition", "same"), SAME.values(), ids=SAME)
def test_what_has_other_words_is_written_in_them(condition, same):
    """Both are written as the same document, in which no "not" is left."""
    names = replace(NAMES, metrics={**NAMES.metrics, "Sub001": "Subscribed to SMS Marketing"})
    assert written(condition, names=names) == written(same, names=names)


def test_a_month_has_eleven_others():
    """Not in June is in any other month, or without a date."""
    [group] = written(~sk.has("Birthday", in_month=6))
    months = [one["filter"].get("value") for one in group]
    assert months == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, None]


BEYOND: dict[str, tuple] = {
    "a point": (sk.within(30, of=(42.36, -71.06)), "distance from a point", "postal code at that point"),
    "a country that is none": (DistanceCondition(True, 3, "miles", PostalCode("1", "XX")), "country 'XX'", "'US'"),
    "not near": (~NEAR, "opposite", "live more than 30 miles"),
    "not from": (~sk.phone_country("US"), "opposite", "valid phone number that is not from US, joined by OR"),
    "not in": (~sk.in_region("united_states"), "opposite", 'outside the United States, joined by OR with "country is not set"'),
    "not lately": (~sk.has("Joined", in_last_days=9), "future days", 'at least 9 days ago, joined by OR with "is not set"'),
    "not long ago": (~sk.has("Joined", at_least_days_ago=9), "future days", "in the last 9 days, joined by OR"),
    "not about then": (~sk.has("Joined", between_days_ago=(3, 9)), "future days", "before and after it"),
    "no prediction": (~sk.has("predicted_clv", at_most=9), "not set", "predicted_clv that is more than 9"),
    "not since": (~sk.can_receive("sms", since_in_last_days=9), "opposite", "this state and the opposite date or method"),
    "not joined then": (~sk.in_list("VIP upload", in_last_days=9), "opposite", "not on the list 'VIP upload'"),
    "no such order": (~did_in_order("Clicked SMS", "Placed Order", in_last_days=9), "opposite", "that the campaign excludes"),
    "everybody": (AllOf(()), "everybody", "created is set"),
    "nobody": (AnyOf(()), "nobody", "no segment at all"),
    "a metric nobody has": (sk.did("Clicked Smss"), "metric named 'Clicked Smss' is unknown", "Did you mean 'Clicked SMS'"),
    "a list nobody has": (sk.in_list("Other"), "id of the list named 'Other' is unknown", "list_ids={'Other': ID}"),
    "a column of ours": (sk.is_set("sms_consent"), "column 'sms_consent'", "can_receive(...)"),
    "a prediction that is set": (sk.is_set("predicted_clv"), "test of this kind for predicted_clv", "a comparison with a number"),
    "a gender of one's own": (sk.has("predicted_gender", equals="female"), "test of this kind for predicted_gender", "likely_female"),
    "part of a number": (sk.has("Likes", contains_item=2.5), "list item 2.5", "the text '2.5'"),
    "numbers in events": (clause(ListTest("contains", 2)), "number in a list", "the text '2'"),
    "a number of several in events": (clause(ItemsTest("contains all of", ("a", 2))), "number in a list", "the text '2'"),
    "a text in an item": (sk.has("Likes", contains_text_in_item="Hat"), "text inside a list item", "the whole item 'Hat'"),
    "no text in an item": (~sk.has("Likes", contains_text_in_item="Hat"), "text inside a list item", "the whole item 'Hat'"),
    "several predictions": (sk.has("predicted_gender", contains_any_of=["a", "b"]), "test of this kind for predicted_gender", "likely_female"),
    "another length in events": (clause(LengthTest("not equals", 2)), "length that does not equal", "fewer than 2 items, more than 2"),
    "something in events": (clause(SomethingTest(True)), "holds something", '"is set". Klaviyo does not document whether an empty list or 0'),
    "nothing in events": (clause(SomethingTest(False)), "holds nothing", '"is not set". Klaviyo'),
    "something": (sk.has("Likes", holds_something=True), "holds something", "does not document whether an empty list or 0"),
    "not something": (~sk.has("Likes", holds_something=True), "holds nothing", '"is not set". Klaviyo'),
    "something predicted": (sk.has("predicted_clv", holds_something=True), "test of this kind for predicted_clv", "a comparison with a number"),
    "something of consent": (
        replace(SMS, where=(sk.has("sms_consent_method", holds_something=True),)), "sms_consent_method", "inbound_message",
    ),
    "eleven filters": (
        MetricCondition("Clicked SMS", "count", "at least", 1, where=(EventProperty("A", SetTest(True)),) * 11),
        "condition on events with 11 filters",
        "the 10 filters that matter most",
    ),
    "too many conditions": (
        AnyOf(tuple(sk.is_set(f"a{number}") & sk.is_set(f"b{number}") for number in range(9))),
        "4,608 conditions, but at most 100 are allowed",
        "Split the segment",
    ),
    "a funnel for ever": (
        FunnelCondition((FunnelStep("Clicked SMS"), FunnelStep("Placed Order"))),
        "funnel with this kind of timeframe",
        "in the last 365 days",
    ),
    "a funnel of two hours": (
        FunnelCondition((FunnelStep("Clicked SMS"), FunnelStep("Placed Order")), InTheLast(9), 7_200),
        "completion window of 7,200 seconds",
        "HOURS_1, 3,600 seconds",
    ),
    "no longer there since": (
        ListCondition("VIP upload", is_member=False, joined=InTheLast(9)),
        "not being on a list",
        "without a timeframe",
    ),
    "nobody's state": (ConsentCondition("sms", True, "unsubscribed"), "'unsubscribed' for profiles that can", "'subscribed'"),
    "a date of any state": (ConsentCondition("sms", False, "any", Before(date(2026, 6, 30))), "(any)", "date or method"),
    "an unknown method": (sk.can_receive("sms", method="magic"), "sms_consent_method", "inbound_message"),
    "a method of any state": (sk.cannot_receive("sms", method="form"), "sms_consent_method", "no test of the method"),
    "an integration without a name": (sk.can_receive("sms", method="integration"), "without its name", "'shopify'"),
    "a foreign integration": (
        replace(sk.can_receive("sms", method="integration"), where=(
            sk.has("sms_consent_method", equals="integration"),
            sk.has("sms_consent_method_detail", is_in=["wix"]),
        )),
        "integration 'wix'",
        "'shopify'",
    ),
    "a detail of sftp": (
        replace(SMS, where=(
            sk.has("sms_consent_method", equals="sftp"), sk.has("sms_consent_method_detail", equals="x"),
        )),
        "detail of the method 'sftp'",
        "the method without a detail",
    ),
    "two methods": (
        replace(SMS, where=(sk.has("sms_consent_method", equals="sftp"), sk.has("sms_consent_method", equals="form"))),
        "second test of a method",
        "only the first test",
    ),
    "suppressed and dated": (
        ConsentCondition("email", False, "unsubscribed", AtLeastAgo(9), (sk.is_set("email_bounced_timestamp"),)),
        "both suppression and status",
        "joined by AND",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "gap", "nearest"), BEYOND.values(), ids=BEYOND)
def test_what_klaviyo_cannot_say_is_told_with_what_is_nearest(condition, gap, nearest):
    """One gap, its reason, and the nearest thing that can be said, whatever stands beside it."""
    [line] = gaps(condition)
    assert gap in line
    assert nearest in line


def test_klaviyo_takes_a_hundred_conditions():
    """A hundred are written, one more is refused, and those that say nothing don't count."""
    hundred = AnyOf(tuple(sk.is_set(f"a{number}") for number in range(100)))
    assert [len(group) for group in written(hundred)] == [100]
    assert "101 conditions, but at most 100 are allowed" in gaps(hundred | SMS)[0]
    assert written((hundred | SMS) & SMS) == written(SMS)
    assert written((SMS & NEAR) | (NEAR & SMS)) == [*written(SMS), *written(NEAR)]


def test_all_gaps_are_told_at_once():
    """Each atom that can't be said is told once, with what it says in English; what can be said is not."""
    lines = gaps(SMS & (~NEAR | sk.did("Opened Email")) & (~NEAR | sk.is_set("sms_consent")))
    assert [line.split(": ")[0] for line in lines] == [
        "  - not (live less than 30 miles from postal code 02110, US)",
        "  - did Opened Email at least once over all time",
        "  - have sms_consent that is set",
    ]


def test_one_name_of_two_ids_is_told_apart_by_the_caller():
    """Two integrations each bring an order; which is meant is not guessed."""
    names = AccountNames({"Shop01": "Placed Order", "Till01": "Placed Order"})
    [line] = gaps(sk.did("Placed Order"), names=names)
    assert "More than one metric is named 'Placed Order': 'Shop01', 'Till01'" in line
    [[order]] = written(sk.did("Placed Order"), names=names, metric_ids={"Placed Order": "Till01"})
    assert order["metric_id"] == "Till01"


def test_affinity_is_written_from_its_columns():
    """A column of rank or priority is no custom property; other tests of it are refused."""
    words = {"channel_affinity": {"sms_rank": "Rank", "email": "Mail"}}
    [[rank]] = written(sk.has("Rank", not_equals="low"), **words)
    assert (rank["measurement"], rank["predicted_channel"], rank["filter"]["value"]) == ("rank", "sms", "low")
    [[priority]] = written(sk.has("Mail", equals=1), **words)
    assert (priority["measurement"], priority["predicted_channel"]) == ("priority", "email")
    for test in (TextTest("equals", "top"), TextTest("contains", "low"), NumberTest("at most", 2)):
        assert "test of this kind for channel affinity" in gaps(PropertyCondition("Mail", test), **words)[0]
    assert "test of this kind for channel affinity" in gaps(sk.has("Rank", equals=1), **words)[0]
    assert from_klaviyo(klaviyo_definition(sk.has("Rank", equals="low"), **words), **words).condition == sk.has(
        "Rank", equals="low"
    )


@pytest.mark.parametrize(("given", "expected"), [
    (3, 3), (3.0, 3), (Decimal(3), 3), (Decimal("3.00"), 3), (19.99, 19.99), (Decimal("19.99"), 19.99), (-0.5, -0.5),
    (Decimal("0.1"), 0.1), (10**18 + 1, 10**18 + 1),
])  # fmt: skip
def test_numbers_don_t_drift(given, expected):
    """A number is written so that its decimals read as they did, whole ones as integers."""
    assert (number(given), type(number(given))) == (expected, type(expected))


def test_a_choice_among_nothing_is_no_filter():
    """No document says whether an empty list of texts matches everybody or nobody."""
    with pytest.raises(DefinitionError, match="test for an empty list of values"):
        profile_filter(TextInTest(()))


def test_numbers_are_finite():
    """JSON has no infinity."""
    with pytest.raises(DefinitionError, match="a finite number"):
        number(math.inf)


EVERY_METHOD = [
    (cell, method, operator, column)
    for cell, methods in METHODS.items()
    for method, operator in methods.items()
    for column in [f"{cell[0]}_consent_method"]
]


@pytest.mark.parametrize(("cell", "method", "operator", "column"), EVERY_METHOD)
def test_every_way_into_or_out_of_a_consent_goes_both_ways(cell, method, operator, column):
    """With its detail where it may have one, and by itself where it must not."""
    name = {"integration": "constant_contact" if cell == ("email", False, "unsubscribed") else "shopify"}.get(
        method, "x"
    )
    details = {
        None: [()],
        "in": [(), (sk.has(f"{column}_detail", is_in=[name]),)],
        "equals": [(), (sk.has(f"{column}_detail", equals=name),)],
    }
    for detail in details[operator][1:] if method == "integration" else details[operator]:
        condition = ConsentCondition(*cell, where=(sk.has(column, equals=method), *detail))
        assert read(klaviyo_definition(condition)) == condition


@pytest.mark.parametrize("cell", [(*who, state) for who, states in CELLS.items() for state in states])
def test_the_opposite_of_a_state_is_every_other_state(cell):
    """Written and read again, not in one state is in any of the others, and not that again is the state itself."""
    said = read(klaviyo_definition(~ConsentCondition(*cell)))
    others = said.conditions if isinstance(said, AnyOf) else (said,)
    held = {
        (other.channel, other.can_receive, state)
        for other in others
        for state in (CELLS[other.channel, other.can_receive] if other.subscription == "any" else (other.subscription,))
    }
    every = {
        (channel, can, state) for (channel, can), states in CELLS.items() if channel == cell[0] for state in states
    }
    assert held == every - {cell}

"""Golden documents that read like the segments they mirror: each is said in segkit's words, and each is written byte for byte.

The first fourteen are Klaviyo's published segments ("Recommended SMS segments reference", help article 360047879512; the tracks
360044556071; the two error segments 9821790118171 and 6155416998555), and `every_shape` holds one of each kind of condition.
A changed spelling is accepted by writing what `to_klaviyo` returns into the file, and reading it; `explained.txt` likewise.
"""

import json
from datetime import date
from pathlib import Path

import pytest
from klaviyo.definitions.documents import SHAPES
from klaviyo.definitions.spelled import LIST_IDS, LISTS, METRIC_IDS, METRICS, REQUESTS, Json
from openapi_client.models.segment_create_query import SegmentCreateQuery

import segkit as sk
from segkit.definition.algebra import atoms
from segkit.definition.conditions import AnyOf, Condition, ConsentCondition, PropertyCondition, TextInTest, TextTest
from segkit.definition.phrases import can_receive, cannot_receive, did, did_in_order, did_not, has, no_step, spent, step
from segkit.definition.timeframes import Before
from segkit.klaviyo.definitions import from_klaviyo, to_klaviyo

GOLDEN = Path(__file__).parents[2] / "golden" / "klaviyo"

TRACK_A, TRACK_B, TRACK_C = sk.engagement_tracks(schedule="weekly")
DEVICE = ["Device unreachable", "Device disconnected"]


def failed(reason: str, at_least: int, **words: int) -> Condition:
    """Say that texts failed for a reason so many times."""
    return did("Failed to Deliver SMS", at_least=at_least, where={"Failure Type": reason}, **words)


LONG_TERM_ERRORS = sk.Segment(
    "Long-term SMS errors",
    can_receive("sms")
    & did_not("Received SMS", in_last_weeks=26)
    & AnyOf(
        (
            *(failed(reason, 5, in_last_weeks=26) for reason in DEVICE),
            failed("Invalid mobile number", 1),
            failed("Unknown error", 5),
        )
    ),
)

IN_ORDER = did_in_order(
    "Viewed Product",
    step("Clicked SMS", where={"Campaign Name": {"starts_with": "Spring"}}),
    no_step("Placed Order"),
    within_days=3,
    in_last_days=30,
)

BY_ONE_FORM = ConsentCondition(
    "sms",
    can_receive=True,
    subscription="subscribed",
    status_date=Before(date(2026, 2, 1)),
    where=(
        PropertyCondition("sms_consent_method", TextTest("equals", "form")),
        PropertyCondition("sms_consent_method_detail", TextInTest(("XYabc1",))),
    ),
)

VIEWED = {
    "Brand": ["Acme", "Bolt"],
    "Price": {"more_than": 20},
    "On Sale": True,
    "Sizes": {"contains_item": "M"},
    "Coupon": {"is_set": False},
    "Collections": {"contains_all_of": ["Sale", "New"], "not_contains_text_in_item": "Kids"},
    "$value": {"at_most": 500},
}

EVERY_SHAPE = sk.Segment(
    "Every shape",
    (
        BY_ONE_FORM
        | cannot_receive("sms", subscription="unsubscribed")
        | cannot_receive("email")
        | can_receive("email", subscription="never_subscribed")
    )
    & (
        spent("Placed Order", not_equals=19.99, between=(date(2025, 11, 1), date(2025, 12, 31)))
        | did("Viewed Product", fewer_than=3, in_last_hours=48, where=VIEWED)
    )
    & (sk.in_list("VIP upload", at_least_weeks_ago=2) | sk.not_in_list("Newsletter"))
    & (
        sk.beyond(12.5, "kilometers", of="SW1W", country="GB")
        | sk.not_in_region("european_union")
        | sk.in_region("united_states")
    )
    & (
        sk.not_phone_country("GB")
        | has("email", ends_with="@example.com")
        | has("city", not_in=["Boston", "Salem"])
        | has("created", after=date(2026, 2, 1))
    )
    & (
        has("Age", at_least=18)
        | has("Parent", equals=False)
        | has("Birthday", anniversary_in_next_days=14)
        | has("Interests", not_contains_item="restocks")
        | has("Interests", length_more_than=2)
        | sk.is_set("Nickname")
        | has("Postcode", matches="[A-Z]{2}.*")
    )
    & (
        has("churn_probability", fewer_than=0.5)
        | has("predicted_gender", not_equals="uncertain")
        | has("expected_date_of_next_order", in_next_weeks=2)
    )
    & IN_ORDER,
)

SEGMENTS = {
    "sms_subscribers": sk.sms_subscribers(),
    "sms_engaged": sk.sms_engaged(),
    "prefers_sms": sk.prefers_sms(),
    "sms_vip": sk.sms_vip(),
    "sms_nearby": sk.sms_nearby(),
    "sms_country": sk.sms_country(countries=["US", "CA"]),
    "sms_gender": sk.sms_gender(approach="either"),
    "sms_budget_shoppers": sk.sms_budget_shoppers(),
    "sms_preference": sk.sms_preference(),
    "track_a": TRACK_A,
    "track_b": TRACK_B,
    "track_c": TRACK_C,
    "sms_delivery_errors": sk.sms_delivery_errors(),
    "long_term_errors": LONG_TERM_ERRORS,
    "every_shape": EVERY_SHAPE,
}
"""The golden documents in segkit's own words."""

every_golden = pytest.mark.parametrize("name", SEGMENTS)


def golden(name: str) -> str:
    """Return the text of a golden document."""
    return (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


def told() -> str:
    """Return what `explained.txt` should hold: each document as it was read, in English."""
    read = (from_klaviyo(golden(name), metric_names=METRICS, list_names=LISTS) for name in SEGMENTS)
    return "\n\n".join(map(sk.explain, read)) + "\n"


def conditions_of(document: Json) -> list[Json]:
    """Return the conditions of a create request, of all groups."""
    groups = document["data"]["attributes"]["definition"]["condition_groups"]
    return [condition for group in groups for condition in group["conditions"]]


def test_every_golden_file_is_said():
    """No document lies in the folder without its segment, and no segment is without its document."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == SEGMENTS.keys()


@every_golden
def test_it_reads_as_said(name: str):
    """A golden document is the segment that segkit's own words say."""
    read = from_klaviyo(json.loads(golden(name)), metric_names=METRICS, list_names=LISTS)

    assert (read.name, read.condition) == (SEGMENTS[name].name, SEGMENTS[name].condition)


@every_golden
def test_it_is_written_byte_for_byte(name: str):
    """What segkit writes is the golden document, down to the order of its keys."""
    written = to_klaviyo(SEGMENTS[name], metric_ids=METRIC_IDS, list_ids=LIST_IDS)

    assert json.dumps(written, indent=2, ensure_ascii=False) + "\n" == golden(name)


@every_golden
def test_it_passes_the_schema(name: str):
    """A golden document is what the published description of the API allows."""
    REQUESTS.validate(json.loads(golden(name)))


@every_golden
def test_it_goes_unharmed_through_the_official_client(name: str):
    """The client's own request model takes the document and gives it back; it adds a star that is off, and nothing else."""
    document = json.loads(golden(name))
    starred = json.loads(golden(name))
    starred["data"]["attributes"]["is_starred"] = False

    assert SegmentCreateQuery.from_dict(document).to_dict() == starred


def test_the_english_is_as_it_was_accepted():
    """Every document that was read explains itself in the words that were read and accepted."""
    assert (GOLDEN / "explained.txt").read_text(encoding="utf-8") == told()


def test_every_shape_holds_every_type():
    """The document of every shape has each type of condition that segkit can say, and each kind of filter."""
    found = conditions_of(json.loads(golden("every_shape")))

    assert {one["type"] for one in found} == {shape.document["type"] for shape in SHAPES}
    assert {type(atom) for atom in atoms(EVERY_SHAPE.condition)} == {type(shape.says) for shape in SHAPES}

"""The definitions, names and members beside the Klaviyo pages are those that this page says in segkit's words, byte for byte.

A change is accepted by writing what `pages()` returns into the files, and reading it.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from klaviyo.definitions.spelled import DEFINITIONS
from openapi_client.models.get_segment_list_response_collection_compound_document import (
    GetSegmentListResponseCollectionCompoundDocument as SegmentsPage,
)
from openapi_client.models.get_segment_member_response_collection import (
    GetSegmentMemberResponseCollection as MembersPage,
)
from reference import PlainShop, members

import segkit as sk

FOLDER = Path(__file__).parents[2] / "sample_data" / "klaviyo_pages"
API = "https://a.klaviyo.com/api"
LISTS = {"LstNws": "Newsletter", "LstVip": "VIP upload"}
SWEEP = datetime(2026, 6, 29, 23, 59, 59, tzinfo=UTC)
"""When Klaviyo last acted on the passing of time alone; its members are a day old in that."""
SECOND = timedelta(seconds=1)

TEXTABLE = sk.can_receive("sms")
ENGAGED = sk.Segment(
    "Engaged by text",
    TEXTABLE
    & (
        sk.did("Subscribed to SMS Marketing", at_least=1, in_last_weeks=28)
        | sk.did("Clicked SMS", at_least=1, in_last_weeks=28)
    ),
)
SEGMENTS = {
    "SynEng": ENGAGED,
    "SynBes": sk.Segment("Best customers", TEXTABLE & sk.has("predicted_clv", at_least=20)),
    "SynSto": sk.Segment(
        "Store evening", TEXTABLE & sk.has("Interests", contains_item="store events") & sk.phone_country("US")
    ),
    "SynQui": sk.Segment(
        "Bought, and gone quiet", TEXTABLE & sk.did("Placed Order") & sk.did_not("Clicked SMS", in_last_days=90)
    ),
}


def read(name):
    """Return a page of the folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


EVENTS = read("events-1.json")
METRICS = {one["id"]: one["attributes"]["name"] for one in EVENTS["included"] if one["type"] == "metric"}
NAMES = sk.AccountNames(metrics=METRICS, lists=LISTS)


def plain_shop(as_of):
    """Return what the engaged segment asks about, in the plain rows of the reference."""
    profiles = [one for name in ("profiles-1.json", "profiles-2.json") for one in read(name)["data"]]
    return PlainShop(
        [
            {"profile_id": one["id"], "sms_consent": one["attributes"]["subscriptions"]["sms"]["marketing"]["consent"]}
            for one in profiles
        ],
        [
            {
                "profile_id": one["relationships"]["profile"]["data"]["id"],
                "metric": METRICS[one["relationships"]["metric"]["data"]["id"]],
                "datetime": one["attributes"]["datetime"],
            }
            for one in EVENTS["data"]
        ],
        as_of,
    )


def is_engaged(member, moment):
    """Whether somebody is in the engaged segment at a moment, by the plain reference."""
    return member in members(ENGAGED.condition, plain_shop(moment))


def joined():
    """Return when each of Klaviyo's members last joined, and their id, first come first; people join by an event."""
    found = []
    for member in members(ENGAGED.condition, plain_shop(SWEEP)):
        mine = (event["datetime"] for event in plain_shop(SWEEP).events if event["profile_id"] == member)
        moments = [moment for moment in map(datetime.fromisoformat, mine) if moment <= SWEEP]
        found.append(
            (max(one for one in moments if is_engaged(member, one) > is_engaged(member, one - SECOND)), member)
        )
    return [(moment.isoformat(), member) for moment, member in sorted(found)]


def resource(segment_id, segment):
    """Return a segment as Get Segments shows it."""
    address = f"{API}/segments/{segment_id}"
    definition = sk.to_klaviyo(segment, names=NAMES)["data"]["attributes"]["definition"]
    state = {"created": "2025-01-14T09:30:00+00:00", "updated": "2025-01-14T09:30:00+00:00"}
    state |= {"is_active": True, "is_processing": False, "is_starred": segment is ENGAGED}
    related = {
        kind: {"links": {"self": f"{address}/relationships/{kind}/", "related": f"{address}/{kind}/"}}
        for kind in ("profiles", "tags", "flow-triggers")
    }
    attributes = {"name": segment.name, "definition": definition, **state}
    own = {"type": "segment", "id": segment_id, "attributes": attributes}
    return {**own, "relationships": related, "links": {"self": f"{address}/"}}


def page(resources, asked):
    """Return the only page of an answer, laid out as the other pages are."""
    links = {"self": f"{API}/{asked}", "next": None, "prev": None}
    return json.dumps({"data": resources, "links": links}, indent=1, ensure_ascii=False) + "\n"


def pages():
    """Return the text of each file."""
    there = [
        {
            "type": "profile",
            "id": member,
            "attributes": {"joined_group_at": moment},
            "links": {"self": f"{API}/profiles/{member}/"},
        }
        for moment, member in joined()
    ]
    asked = "segments/SynEng/profiles/?fields%5Bprofile%5D=joined_group_at&page%5Bsize%5D=100&sort=joined_group_at"
    return {
        "names.json": NAMES.as_text(),
        "segments.json": page([resource(*one) for one in SEGMENTS.items()], "segments/?page%5Bsize%5D=10"),
        "segment_members.json": page(there, asked),
    }


@pytest.fixture(scope="module")
def shop():
    """Return the pages as a shop."""
    return sk.load(FOLDER)


@pytest.mark.parametrize("name", ["names.json", "segments.json", "segment_members.json"])
def test_the_files_are_what_is_said_here(name):
    """Names, definitions and members are written from the event pages and the segments above, to the last byte."""
    assert (FOLDER / "account" / name).read_bytes() == pages()[name].encode()


def test_the_pages_have_klaviyos_shape():
    """The official client's models take both pages without loss of a resource, and each definition meets the published schema."""
    segments, there = read("account/segments.json"), read("account/segment_members.json")
    for one in segments["data"]:
        DEFINITIONS.validate(one["attributes"]["definition"])
    assert [one.id for one in SegmentsPage.from_dict(segments).data] == list(SEGMENTS)
    moments = [one.attributes.joined_group_at.isoformat() for one in MembersPage.from_dict(there).data]
    assert moments == [one["attributes"]["joined_group_at"] for one in there["data"]]


def test_the_definitions_say_the_segments(shop):
    """Read back with the names, each says what it said, and some but not all who may be texted are in it."""
    names = sk.AccountNames.from_file(FOLDER / "account" / "names.json")
    read_back = sk.segments_from_klaviyo(read("account/segments.json"), names=names)
    assert [bool(sk.diff(*pair)) for pair in zip(SEGMENTS.values(), read_back, strict=True)] == [False] * len(SEGMENTS)
    assert [one.name for one in read_back] == [one.name for one in SEGMENTS.values()]
    sizes = sk.membership(read_back, shop).sum()
    assert ((sizes > 0) & (sizes < len(sk.members(sk.sms_subscribers(), shop)))).all()


def test_the_members_differ_by_the_daily_sweep_alone(shop):
    """One person is still in there whose 28 weeks ended at midnight; before it, everybody was in both."""
    there = [one["id"] for one in read("account/segment_members.json")["data"]]
    now = sk.compare_members(ENGAGED, shop, there)
    then = sk.compare_members(ENGAGED, shop.with_as_of(SWEEP), there, pulled_at=SWEEP)
    assert (now.both, now.only_here, now.only_there) == (len(there) - 1, 0, 1)
    assert {name: count for name, count in now.explained.items() if count} == {"the daily sweep": 1}
    assert (then.both, then.only_here, then.only_there) == (len(there), 0, 0)

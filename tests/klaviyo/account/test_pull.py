"""An account pulled through the real client is the account, however it came: in small pages, twice over, or after a break."""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from klaviyo.account.server import KEY, MOMENT, SAMPLE_PAGES, Fault, Server, resource, sample_content

import segkit as sk
from segkit.errors import AccountError, DataError, DefinitionError, FileError
from segkit.klaviyo.account import tables
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pacing import Clock
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.pull_store import PullStore
from segkit.klaviyo.account_names import AccountNames

TESTS = Path(__file__).parents[2]

CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from klaviyo.account.server import KEY, MOMENT
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pacing import Clock
from segkit.klaviyo.account.pull import pull
clock = Clock(utc_now=lambda: MOMENT)
pull(sys.argv[2], segments=True, account=Account(key=KEY, host=sys.argv[3], clock=clock))
"""


@pytest.fixture
def server():
    """Return the shipped pages as an account, five resources to a page."""
    content, included = sample_content()
    with Server(content, included=included) as running:
        yield running


def account(server, key=KEY, moment=MOMENT):
    """Return a server as an account whose waits take no time, asked at one moment."""
    return Account(key=key, host=server.url, clock=Clock(wait=lambda _seconds: None, utc_now=lambda: moment))


def facts(shop):
    """Return everything that a shop knows, each value with its kind: of profiles, and of the events of each metric in order."""
    ids = list(shop.profile_ids)
    profiles = {
        name: [repr(shop.column(name).value(row)) for row in range(len(ids))] for name in sorted(shop.property_names)
    }
    events = {}
    for metric, found in shop.events.metrics.items():
        columns = [shop.events.column(metric, name) for name in sorted(shop.events.properties)]
        amounts = [None] * len(found) if found.units is None else found.units / 10**found.scale
        events[metric] = [
            (ids[profile], moment, amount, [repr(column.value(row)) for column in columns])
            for row, (profile, moment, amount) in enumerate(
                zip(found.profiles.tolist(), found.times.tolist(), amounts, strict=True)
            )
        ]
    return ids, profiles, sorted(shop.events.properties), events


def loaded_from_pages(server, folder):
    """Return the shop as its raw pages load, saved as they came."""
    folder.mkdir()
    for table in ("profiles", "events"):
        document = {"data": server.content[f"/api/{table}"], "included": server.content["/api/metrics"]}
        (folder / f"{table}.json").write_text(json.dumps(document), encoding="utf-8")
    return sk.load(folder)


def files_in(folder):
    """Return the bytes of every file of a folder, unpacked."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths}


def test_a_pulled_account_is_the_shop_of_its_pages(server, tmp_path):
    """What is pulled loads unchanged, and knows what the shipped pages know: every profile, event, property and kind."""
    pulled = pull(tmp_path / "shop", account=account(server))
    shop = sk.load(pulled.folder)
    assert facts(shop) == facts(loaded_from_pages(server, tmp_path / "pages"))
    shipped = sk.load(SAMPLE_PAGES)
    assert set(shop.profile_ids) == set(shipped.profile_ids)
    assert len(shop.events) == len(shipped.events)
    assert pulled.rows == {
        "profiles.parquet": 24,
        "events.parquet": 61,
        "lists.parquet": 15,
        "segment_members.parquet": 0,
    }
    assert {path.name for path in pulled.folder.iterdir()} == {path.name for path in pulled.files}
    assert {path.name for path in pulled.files} == {"profiles.parquet", "events.parquet", "lists.parquet", "names.json"}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.just("2026-01-31"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip
PROPERTIES = st.dictionaries(
    st.sampled_from(
        ["Age", "Interests", "city", "Email", "predicted_clv", "value", "Value", "$value", "metric", "Ünï"]
    ),
    JSON_VALUES,
    max_size=4,
)


@settings(max_examples=25)
@given(people=st.lists(PROPERTIES, min_size=1, max_size=7), happened=st.lists(PROPERTIES, min_size=1, max_size=7))
def test_properties_of_any_kind_survive(tmp_path_factory, people, happened):
    """Kinds that differ from row to row, lists, lists in lists, nulls, and names like our own come out as they went in."""
    folder = tmp_path_factory.mktemp("any")
    for properties in happened:
        properties["$value"] = 19.99 if len(properties) % 2 else 20
    metric = resource("metric", "MetAaa", name="Consented to Receive SMS")
    content = {
        "/api/metrics": [metric],
        "/api/profiles": [resource("profile", f"P{n}", email=None, properties=one) for n, one in enumerate(people)],
        "/api/events": [
            resource("event", f"E{n}", datetime=f"2026-01-0{n + 1}T00:00:00+00:00", event_properties=one)
            | {"relationships": {
                "metric": {"data": {"type": "metric", "id": "MetAaa"}}, "profile": {"data": {"type": "profile", "id": "P0"}},
            }}
            for n, one in enumerate(happened)
        ],
        "/api/lists": [],
    }  # fmt: skip
    with Server(content, page_size=2) as server:
        pull(folder / "shop", account=account(server))
        shop = sk.load(folder / "shop")
        assert facts(shop) == facts(loaded_from_pages(server, folder / "pages"))
        assert "Subscribed to SMS Marketing" in shop.metric_names


def test_batches_change_nothing(server, tmp_path, monkeypatch):
    """Rows are the same however few are read and written at once."""
    whole = sk.load(pull(tmp_path / "whole", account=account(server)).folder)
    monkeypatch.setattr(tables, "_RESOURCES_AT_ONCE", 3)
    monkeypatch.setattr(tables, "_ROWS_IN_A_GROUP", 7)
    assert facts(sk.load(pull(tmp_path / "parts", account=account(server)).folder)) == facts(whole)


def test_lists_and_names(server, tmp_path):
    """Who is on a list since when is there under the list's name; lists whose ids differ by a capital are two lists."""
    server.content["/api/lists"].append(resource("list", "LstBbb", name="Newsletter"))
    server.content["/api/lists/LstBbb/profiles"] = server.content["/api/lists/LstAaa/profiles"][:1]
    shop = sk.load(pull(tmp_path, account=account(server)).folder)
    for name, size in (("Newsletter (LstAaa)", 13), ("VIP upload", 2), ("Newsletter (LstBbb)", 1)):
        assert len(sk.members(sk.Segment("listed", sk.in_list(name)), shop)) == size
    lists = pd.read_parquet(tmp_path / "lists.parquet")
    members = {one["id"]: one["attributes"]["joined_group_at"] for one in server.content["/api/lists/LstAaa/profiles"]}
    assert dict(zip(lists["profile_id"], lists["joined"], strict=True)).items() >= members.items() - {None}
    names = AccountNames.from_file(tmp_path / "names.json")
    assert names.lists["Lstaaa"] == "VIP upload"
    assert names.metrics == {one["id"]: one["attributes"]["name"] for one in server.content["/api/metrics"]}


def test_segments_and_their_members(server, tmp_path):
    """Definitions come as the account holds them, and members of a segment by its name or id, with the day they joined."""
    pull(tmp_path, segments=True, members_of=["Segment 3"], lists=False, account=account(server))
    assert (
        json.loads((tmp_path / "segments.json").read_text(encoding="utf-8"))["data"] == server.content["/api/segments"]
    )
    members = pd.read_parquet(tmp_path / "segment_members.parquet")
    there = server.content["/api/segments/Seg003/profiles"]
    assert members["profile_id"].tolist() == [one["id"] for one in there]
    assert members["joined"].tolist() == [one["attributes"]["joined_group_at"] for one in there]
    assert set(members["segment"]) == {"Segment 3"}
    assert not (tmp_path / "lists.parquet").exists()
    with pytest.raises(AccountError, match=r"no segment named 'segment 3'\. Did you mean 'Segment 3'"):
        pull(tmp_path / "other", members_of="segment 3", account=account(server))
    assert len(server.asked("/api/events")) == 13  # of the first pull: a wrong name is found before the long downloads


@pytest.mark.parametrize("asked", ["Consented to Receive SMS", "Subscribed to SMS Marketing"])
def test_events_of_some_metrics(server, tmp_path, asked):
    """A metric is found by its old name and by its new one, under which the account may have it, too; no others are asked for."""
    shop = sk.load(pull(tmp_path, metrics=[asked, "Placed Order"], account=account(server)).folder)
    assert set(shop.metric_names) == {"Subscribed to SMS Marketing", "Placed Order"}
    filters = {request.query["filter"] for request in server.asked("/api/events")}
    assert 'equals(metric_id,"OrdPla")' in filters
    whole = sk.load(SAMPLE_PAGES)
    for metric in shop.metric_names:
        assert len(shop.events.metrics[metric]) == len(whole.events.metrics[metric])


def test_events_of_a_metric_of_an_id(server, tmp_path):
    """An id means one metric, whatever others are called."""
    pull(tmp_path, metrics="SmsOld", account=account(server))
    assert {request.query["filter"] for request in server.asked("/api/events")} == {'equals(metric_id,"SmsOld")'}


def test_events_since_a_day(server, tmp_path):
    """Events before the beginning of the day in UTC are not asked for; what is no day is refused before anything is."""
    pull(tmp_path, since="2026-01-01", account=account(server))
    assert {request.query["filter"] for request in server.asked("/api/events")} == {
        "greater-or-equal(datetime,2026-01-01T00:00:00Z)"
    }
    assert pd.to_datetime(pd.read_parquet(tmp_path / "events.parquet")["datetime"]).min() >= pd.Timestamp(
        "2026-01-01", tz="UTC"
    )
    with pytest.raises(DefinitionError, match="since"):
        pull(tmp_path, since="1 January", account=account(server))
    with pytest.raises(AccountError, match="Did you mean 'Placed Order'"):
        pull(tmp_path / "other", metrics=["Placed Ordr"], account=account(server))


def test_what_comes_twice_is_kept_once(server, tmp_path):
    """Where pages overlap because the account changed while they were read, nobody is doubled and nobody lost."""
    content = server.content["/api/profiles"]
    newcomer = resource("profile", "00NEW", email="new@example.com")

    def arrive(request):
        if request.path == "/api/profiles" and "page[cursor]" in request.query and newcomer not in content:
            content.insert(0, newcomer)

    server.before = arrive
    pull(tmp_path, account=account(server))
    ids = pd.read_parquet(tmp_path / "profiles.parquet")["profile_id"].tolist()
    assert ids == [one["id"] for one in content[1:]]


def version(profile_id, updated, consent, **properties):
    """Return a version of a profile that was updated at a moment, with its SMS consent then."""
    subscriptions = {"sms": {"marketing": {"consent": consent}}}
    return resource("profile", profile_id, updated=updated, subscriptions=subscriptions, properties=properties)


OVERLAPS = [
    # the one that opted out while the pages were read comes later, and then earlier in the order of the pages
    (["2026-06-30T10:00:00+00:00", "2026-06-30T11:00:00+00:00"], 1),
    (["2026-06-30T11:00:00+00:00", "2026-06-30T10:00:00+00:00"], 0),
    # as text "2026-06-30T23" would be the older one
    (["2026-06-30T23:00:00-05:00", "2026-07-01T01:00:00+00:00"], 0),
    (["2026-07-01T01:00:00+00:00", "2026-06-30T23:00:00-05:00"], 1),
    # where one doesn't say when, the later page counts
    (["2026-06-30T10:00:00+00:00", None], 1),
]


@pytest.mark.parametrize(("updated", "kept"), OVERLAPS)
def test_of_a_profile_on_two_pages_the_newest_version_counts(server, tmp_path, updated, kept):
    """Who opted out while the pages were read is nobody's recipient, wherever the two versions stand; a load of the pages agrees."""
    consents = ["SUBSCRIBED", "SUBSCRIBED"]
    consents[kept] = "UNSUBSCRIBED"
    first, last = (version("TWICE", moment, consent) for moment, consent in zip(updated, consents, strict=True))
    server.content["/api/profiles"] = [first, *server.content["/api/profiles"], last]
    shop = sk.load(pull(tmp_path / "shop", account=account(server)).folder)
    assert len(shop) == 25
    assert shop.profiles.loc["TWICE", "sms_consent"] == "unsubscribed"
    assert facts(shop) == facts(loaded_from_pages(server, tmp_path / "pages"))


def test_a_version_that_is_not_kept_leaves_no_trace(server, tmp_path):
    """A property that only the older version had is none of the shop's, and gives its column no kind."""
    old = version("TWICE", "2026-06-29T00:00:00+00:00", "SUBSCRIBED", Size="L", Gone=True)
    new = version("TWICE", "2026-06-30T00:00:00+00:00", "SUBSCRIBED", Size=42)
    server.content["/api/profiles"] = [old, *server.content["/api/profiles"], new]
    shop = sk.load(pull(tmp_path, account=account(server)).folder)
    assert "Gone" not in shop.property_names
    assert shop.profiles.loc["TWICE", "Size"] == 42


def test_lists_and_members_on_two_pages(server, tmp_path):
    """Of a list that was renamed the new name counts, and of somebody who joined again the later day."""
    lists = server.content["/api/lists"]
    lists[0]["attributes"]["updated"] = "2026-06-01T00:00:00+00:00"
    others = [resource("list", f"Lst{n}", name=f"List {n}") for n in range(5)]
    renamed = resource("list", "LstAaa", name="News", updated="2026-06-30T00:00:00+00:00")
    server.content["/api/lists"] = [*lists, *others, renamed]
    server.content |= {f"/api/lists/Lst{n}/profiles": [] for n in range(5)}
    members = server.content["/api/lists/LstAaa/profiles"]
    again = resource("profile", members[0]["id"], joined_group_at="2026-06-30T12:00:00+00:00")
    members.append(again)
    pull(tmp_path, account=account(server))
    assert AccountNames.from_file(tmp_path / "names.json").lists["LstAaa"] == "News"
    found = pd.read_parquet(tmp_path / "lists.parquet").query("list_id == 'News'").set_index("profile_id")["joined"]
    assert len(found) == 13
    assert found[again["id"]] == "2026-06-30T12:00:00+00:00"


@pytest.mark.parametrize("path", ["/api/profiles", "/api/events", "/api/lists/LstAaa/profiles", "/api/segments"])
def test_a_break_costs_nothing(server, tmp_path, path):
    """After a refusal in the middle, the same call asks only for what is missing, and leaves what an unbroken pull leaves."""
    whole = pull(tmp_path / "whole", segments=True, account=account(server))
    server.requests.clear()

    def revoke(request):
        if request.path == path and request.query.get("page[cursor]"):
            server.fail(path, Fault(403))
            server.before = lambda _request: None

    server.before = revoke
    with pytest.raises(AccountError, match="403"):
        pull(tmp_path / "broken", segments=True, account=account(server))
    assert [entry.name for entry in (tmp_path / "broken").iterdir()] == [".pull"]
    resumed = pull(tmp_path / "broken", segments=True, account=account(server))
    assert [file.read_bytes() for file in resumed.files] == [file.read_bytes() for file in whole.files]
    times = Counter((request.path, request.query.get("page[cursor]")) for request in server.requests)
    assert {key for key, count in times.items() if count > 1} <= {("/api/metrics", None), (path, "NQ==")}


@pytest.mark.parametrize("last", [1, 9, 24])
def test_a_killed_process_loses_nothing(server, tmp_path, last):
    """A pull killed without warning goes on where it was: the same files, and no page asked for more than twice."""
    whole = pull(tmp_path / "whole", segments=True, account=account(server))
    server.requests.clear()
    words = [sys.executable, "-c", CHILD, str(TESTS), str(tmp_path / "killed"), server.url]
    with subprocess.Popen(words, cwd=TESTS.parent, stderr=subprocess.PIPE) as child:
        server.before = lambda _request: child.kill() if len(server.requests) >= last else None
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said) != (0, b"")
    assert len(server.requests) == last
    server.before = lambda _request: None
    resumed = pull(tmp_path / "killed", segments=True, account=account(server))
    assert [file.read_bytes() for file in resumed.files] == [file.read_bytes() for file in whole.files]
    assert max(Counter((request.path, request.query.get("page[cursor]")) for request in server.requests).values()) <= 2
    assert not (tmp_path / "killed" / ".pull").exists()


PAGE = {"data": [{"type": "profile", "id": "P1", "attributes": {}}], "links": {"next": None}}


@pytest.mark.parametrize(("page", "said"), [
    ({"data": None}, "no list named 'data'"),
    ({"data": {"type": "profile", "id": "P1"}}, "no list named 'data'"),
    (PAGE | {"data": [*PAGE["data"], {"type": "event", "id": "E1"}]}, "item 2 of its data is not of type profile"),
    (PAGE | {"data": [{"type": "profile", "attributes": {}}]}, "item 1 of its data has no id"),
    (PAGE | {"data": ["P1"]}, "item 1 of its data is not of type profile"),
    (PAGE | {"data": [{"type": "profile", "id": "P1", "attributes": {"properties": ["a"]}}]}, "names and values"),
    (PAGE | {"links": {"next": "https://a.klaviyo.com/api/profiles/"}}, "no cursor"),
    (PAGE | {"links": {"next": 5}}, "no cursor"),
    (PAGE | {"links": ["next"]}, "no cursor"),
    (PAGE | {"links": {"next": "https://a.klaviyo.com/api/profiles/?page%5Bcursor%5D=NQ%3D%3D"}}, "back to an earlier page"),
])  # fmt: skip
def test_a_malformed_page_is_named_and_nothing_is_lost(server, tmp_path, page, said):
    """The error names the request and the number of the page; the pages before it stay, and a whole one is asked for again."""

    def spoil(request):
        if request.path == "/api/profiles" and request.query.get("page[cursor]") == "NQ==":
            server.fail("/api/profiles", Fault(200, json.dumps(page).encode()))
            server.before = lambda _request: None

    server.before = spoil
    with pytest.raises(AccountError, match=re.escape("Get Profiles, page 2: ")) as caught:
        pull(tmp_path, account=account(server))
    assert said in str(caught.value)
    pull(tmp_path, account=account(server))
    assert len(pd.read_parquet(tmp_path / "profiles.parquet")) == 24
    cursors = [request.query.get("page[cursor]") for request in server.asked("/api/profiles")]
    assert Counter(cursors) == {None: 1, "NQ==": 2, "MTA=": 1, "MTU=": 1, "MjA=": 1}


def test_an_event_without_its_profile_is_a_malformed_page(server, tmp_path):
    """What could not be told apart later is refused when it comes."""
    server.content["/api/events"][7] = resource("event", "E7", datetime="2026-01-01T00:00:00+00:00")
    with pytest.raises(AccountError, match=r"Get Events, page 2: item 3 of its data lacks a metric or a profile"):
        pull(tmp_path, account=account(server))


def test_faults_that_pass_leave_no_trace(server, tmp_path):
    """With every kind of passing fault on the way, the files are those of a smooth pull."""
    whole = pull(tmp_path / "whole", account=account(server))
    for path in ("/api/events", "/api/profiles", "/api/lists/LstAaa/profiles", "/api/metrics"):
        server.fail(path, Fault(429, headers={"Retry-After": "7"}), Fault(503), Fault(200, b'{"data": [{', cut_after=6), Fault(0, cut_after=0))  # fmt: skip
    rough = pull(tmp_path / "rough", account=account(server))
    assert [file.read_bytes() for file in rough.files] == [file.read_bytes() for file in whole.files]


def test_a_bit_that_flips_in_a_pulled_file_is_noticed(server, tmp_path):
    """The tables have checksums, so that a load refuses a file that has changed since, rather than text somebody who said no."""
    pulled = pull(tmp_path, account=account(server))
    for path in (path for path in pulled.files if path.name in ("profiles.parquet", "events.parquet")):
        whole = path.read_bytes()
        column = pq.ParquetFile(path).metadata.row_group(0).column(0)
        raw = bytearray(whole)
        start = column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset
        raw[start + column.total_compressed_size - 1] ^= 1
        path.write_bytes(raw)
        with pytest.raises(DataError, match=rf"'{path.name}' can't be read: it is damaged"):
            sk.load(tmp_path)
        path.write_bytes(whole)
    assert len(sk.load(tmp_path)) == pulled.rows["profiles.parquet"]


def test_the_key_is_in_no_file(server, tmp_path):
    """Neither what is kept on the way nor what is left at the end holds the key."""
    server.content["/api/lists/Lstaaa/profiles"].append("broken")
    with pytest.raises(AccountError) as caught:
        pull(tmp_path, account=account(server))
    on_the_way = files_in(tmp_path)
    assert len(on_the_way) > 20
    del server.content["/api/lists/Lstaaa/profiles"][-1]
    pull(tmp_path, account=account(server))
    everything = [*on_the_way.values(), *files_in(tmp_path).values(), str(caught.value).encode()]
    assert not any(KEY.encode() in text for text in everything)


def broken_off(server, folder, **words):
    """Leave an unfinished pull in a folder."""
    server.fail("/api/lists/Lstaaa/profiles", Fault(403))
    with pytest.raises(AccountError, match="403"):
        pull(folder, account=account(server), **words)


DAY = timedelta(days=1)


def opt_out_everybody(server):
    """Let everybody withdraw their consent to SMS."""
    for one in server.content["/api/profiles"]:
        one["attributes"]["subscriptions"]["sms"]["marketing"]["consent"] = "UNSUBSCRIBED"


@pytest.mark.parametrize("path", ["/api/profiles", "/api/lists/Lstaaa/profiles"])
@pytest.mark.parametrize("later", [DAY + timedelta(seconds=31), 30 * DAY, -timedelta(minutes=1)])
def test_profiles_older_than_a_day_are_fetched_again(server, tmp_path, path, later):
    """Who opted out since a pull broke off more than a day ago is opted out in the resumed one; no event is asked for again."""

    def revoke(request):
        if request.path == path and (path != "/api/profiles" or "page[cursor]" in request.query):
            server.fail(path, Fault(403))
            server.before = lambda _request: None

    server.before = revoke
    with pytest.raises(AccountError, match="403"):
        pull(tmp_path, account=account(server))
    opt_out_everybody(server)
    server.requests.clear()
    resumed = pull(tmp_path, account=account(server, moment=MOMENT + later))
    shop = sk.load(resumed.folder)
    assert not shop.consent("sms", "subscribed").any()
    assert len(shop) == 24
    assert len(server.asked("/api/profiles")) == 5
    assert server.asked("/api/events") == []
    assert resumed.profiles_as_of == (MOMENT + later).replace(microsecond=0)
    assert "on 2026-07-01 at 08:12 UTC, more than a day ago, so all profiles were downloaded again" in resumed.notes[0]


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1), DAY])
def test_profiles_of_the_last_day_are_kept(server, tmp_path, later):
    """Within a day a resumed pull asks for no profile twice, and its consent dates from when the first call began."""
    broken_off(server, tmp_path)
    server.requests.clear()
    resumed = pull(tmp_path, account=account(server, moment=MOMENT + later))
    assert server.asked("/api/profiles") == []
    assert resumed.profiles_as_of == MOMENT
    assert resumed.notes == ()


@pytest.mark.parametrize("note", [None, "", "yesterday", "2026-07-01T08:12:30"])
def test_profiles_of_unknown_age_are_fetched_again(server, tmp_path, note):
    """Pages without a readable instant of when they were begun, as an earlier version kept them, count as old."""
    broken_off(server, tmp_path)
    begun = tmp_path / ".pull" / "profiles" / "begun"
    begun.unlink() if note is None else begun.write_text(note)
    opt_out_everybody(server)
    resumed = pull(tmp_path, account=account(server))
    assert not sk.load(resumed.folder).consent("sms", "subscribed").any()
    assert resumed.notes == (
        "The unfinished pull did not record when it began to download its profiles, so all profiles were downloaded again.",
    )


@pytest.mark.parametrize(("later", "is_again"), [(DAY, False), (DAY + timedelta(seconds=31), True), (30 * DAY, True)])
def test_members_older_than_a_day_are_fetched_again(server, tmp_path, later, is_again):
    """Who was put on a list since is on it, as it may be one of those who are not to be texted."""
    lists = sorted(path for path in server.content if path.startswith("/api/lists/") and path.endswith("/profiles"))
    assert len(lists) > 1
    server.fail(lists[-1], Fault(403))
    with pytest.raises(AccountError, match="403"):
        pull(tmp_path, account=account(server))
    assert len(server.asked(lists[0])) > 0
    newcomer = resource("profile", "01NEWCOMER", joined_group_at="2026-07-01T09:00:00+00:00")
    server.content[lists[0]].append(newcomer)
    resumed = pull(tmp_path, account=account(server, moment=MOMENT + later))
    rows = pd.read_parquet(tmp_path / "lists.parquet")
    again = "on 2026-07-01 at 08:12 UTC, more than a day ago, so all members of lists were downloaded again."

    assert ("01NEWCOMER" in set(rows["profile_id"])) == is_again
    assert sum(again in note for note in resumed.notes) == is_again


def test_a_break_while_old_profiles_are_dropped(server, tmp_path):
    """Pages that a break has left of those being dropped have no note any more, so they are not believed."""
    broken_off(server, tmp_path)
    folder = tmp_path / ".pull" / "profiles"
    (folder / "begun").unlink()
    next(iter(sorted(folder.glob("page-*")))).unlink()
    assert pull(tmp_path, account=account(server)).rows["profiles.parquet"] == 24


def test_the_files_say_from_when_their_consent_dates(server, tmp_path):
    """The moment when the profiles began to be fetched is handed back and stands in their file, in UTC."""
    pulled = pull(tmp_path, account=account(server, moment=MOMENT.astimezone().replace(microsecond=5)))
    assert pulled.profiles_as_of == MOMENT
    written = pq.read_schema(tmp_path / "profiles.parquet").metadata[b"segkit_profiles_as_of"].decode()
    assert written == "2026-07-01T08:12:30+00:00"
    assert datetime.fromisoformat(written) == MOMENT


def test_an_unfinished_pull_is_gone_on_with_only_as_itself(server, tmp_path):
    """Another question, or another account's key, does not mix with the pages that are there; restart drops them."""
    broken_off(server, tmp_path, since="2026-01-01")
    with pytest.raises(AccountError, match=r"since='2026-01-01T00:00:00Z', but this pull has .*since=None"):
        pull(tmp_path, account=account(server))
    other = {"/api/metrics": [resource("metric", "Others", name="Placed Order")]}
    with Server(other) as elsewhere, pytest.raises(AccountError, match="from another account"):
        pull(tmp_path, since="2026-01-01", account=account(elsewhere))
    pull(tmp_path, restart=True, account=account(server))
    assert len(pd.read_parquet(tmp_path / "events.parquet")) == 61


def test_a_place_that_is_no_longer_known_says_so(server, tmp_path):
    """If the account refuses the cursor where a pull stopped, the error says to start again, and restart does."""
    server.fail("/api/profiles", Fault(200, json.dumps({"data": [], "links": {"next": f"{server.url}/?page%5Bcursor%5D=b2xk"}}).encode()), Fault(403))  # fmt: skip
    with pytest.raises(AccountError, match="403"):
        pull(tmp_path, account=account(server))
    server.fail("/api/profiles", Fault(400))
    with pytest.raises(AccountError, match=r"can't continue where it stopped.*\(400\).*--restart"):
        pull(tmp_path, account=account(server))
    assert pull(tmp_path, restart=True, account=account(server)).rows["profiles.parquet"] == 24


def test_two_pulls_into_one_folder(server, tmp_path):
    """While one runs, another is turned away; a lock whose owner is gone holds nobody up."""
    with PullStore(tmp_path).locked(), pytest.raises(AccountError, match="is running"):
        pull(tmp_path, account=account(server))
    assert pull(tmp_path, account=account(server)).rows["profiles.parquet"] == 24


def test_a_damaged_page_is_named(server, tmp_path):
    """A kept page that a disk has spoiled is an error with the way out."""
    broken_off(server, tmp_path)
    page = next((tmp_path / ".pull" / "profiles").glob("page-*"))
    page.write_bytes(page.read_bytes()[:-9])
    with pytest.raises(AccountError, match=r"page-\d+-\d+\.json\.gz' is damaged.*--restart"):
        pull(tmp_path, account=account(server))


@pytest.mark.parametrize("name", ["events.csv", "profiles.parquet", "Lists-2.csv.gz", "names.txt"])
def test_a_folder_of_something_else(server, tmp_path, name):
    """Tables that no pull made are neither overwritten nor read together with those of the pull; other files don't matter."""
    (tmp_path / name).write_text("mine")
    if name == "names.txt":
        pull(tmp_path, account=account(server))
        return
    with pytest.raises(AccountError, match=name):
        pull(tmp_path, account=account(server))
    assert (tmp_path / name).read_text() == "mine"
    assert server.requests == []


def test_a_second_pull_replaces_the_first(server, tmp_path):
    """Pulled again, a folder holds what the account has now, and no table of before that it has no more."""
    pull(tmp_path, segments=True, account=account(server))
    server.content["/api/profiles"].pop()
    server.content["/api/events"].clear()
    again = pull(tmp_path, lists=False, account=account(server))
    assert again.rows == {"profiles.parquet": 23, "events.parquet": 0, "lists.parquet": 0, "segment_members.parquet": 0}
    assert {path.name for path in tmp_path.iterdir()} == {"profiles.parquet", "names.json"}


def test_a_file_is_no_folder(server, tmp_path):
    """A name that a file has is refused before anything is asked."""
    (tmp_path / "shop").touch()
    with pytest.raises(FileError, match="Choose another folder"):
        pull(tmp_path / "shop", account=account(server))
    assert server.requests == []


def test_pages_without_a_plan_are_not_believed(server, tmp_path, monkeypatch):
    """A pull that was killed as it tidied up leaves pages of then, and the next one fetches everything again."""

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("segkit.klaviyo.account.pull_store.shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            pull(tmp_path, account=account(server))
    before = len(server.content["/api/events"])
    server.content["/api/events"].append({**server.content["/api/events"][-1], "id": "one more"})
    assert pull(tmp_path, account=account(server)).rows["events.parquet"] == before + 1


def test_a_damaged_plan_is_refused(tmp_path):
    """With the way out."""
    (tmp_path / ".pull").mkdir()
    (tmp_path / ".pull" / "plan.json").write_text('{"since": ', encoding="utf-8")
    with PullStore(tmp_path).locked() as _, pytest.raises(AccountError, match="restart=True"):
        PullStore(tmp_path).begin({"since": None}, restart=False)

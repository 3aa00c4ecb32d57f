"""Accounts whose answers are cut within an emoji, of another shape, or under ids as long as a page: a pull ends, and what it kept stays."""

import json
from pathlib import Path

import pandas as pd
import pytest
from klaviyo.account.server import KEY, MOMENT, Fault, Server, resource, sample_content

import segkit as sk
from segkit.errors import AccountError
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pacing import Clock
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.pull_store import FOLDER, PullStore
from segkit.klaviyo.account.push import push

HALF, WHOLE = "Ann \ud83d", "Ann \ufffd"


@pytest.fixture
def server():
    """Return the shipped pages as an account."""
    content, included = sample_content()
    with Server(content, included=included) as running:
        yield running


def account(server):
    """Return a server as an account whose waits take no time."""
    return Account(key=KEY, host=server.url, clock=Clock(wait=lambda _seconds: None, utc_now=lambda: MOMENT))


def cut(server):
    """Cut texts of an account within an emoji: of a profile, an event, a list, a segment and a metric; return how many."""
    profile = server.content["/api/profiles"][7]["attributes"]
    profile["first_name"], profile["properties"] = HALF, {HALF: [HALF, "😀"]}
    server.content["/api/events"][9]["attributes"]["event_properties"]["Note"] = HALF
    server.content["/api/lists"][0]["attributes"]["name"] = HALF
    server.content["/api/segments"][0]["attributes"]["name"] = HALF
    return 6


def test_half_an_emoji_ends_no_pull(server, tmp_path):
    """Each half is replaced in every file, the pull says how many there were, and the shop loads."""
    texts = cut(server)
    pulled = pull(tmp_path, segments=True, account=account(server))
    assert [note for note in pulled.notes if "half a character" in note] == [
        f"{texts} strings contained half a character, such as half an emoji, which was replaced by \ufffd."
    ]
    shop = sk.load(tmp_path)
    assert WHOLE in {shop.column("first_name").value(row) for row in range(len(shop.profile_ids))}
    assert [WHOLE, "😀"] in [shop.column(WHOLE).value(row) for row in range(len(shop.profile_ids))]
    assert WHOLE in sk.AccountNames.from_file(tmp_path / "names.json").lists.values()
    assert not (tmp_path / FOLDER).exists()


def test_pages_kept_with_half_an_emoji_are_read_again(server, tmp_path):
    """A pull that broke off, even of a version that could not end, goes on with the pages that it kept."""
    texts = cut(server)
    server.fail("/api/profiles", *[Fault(500)] * 20)
    with pytest.raises(AccountError):
        pull(tmp_path, account=account(server))
    assert list(Path(tmp_path, FOLDER).rglob("page-*"))
    server.faults.clear()
    events = len(server.asked("/api/events"))
    pulled = pull(tmp_path, account=account(server))
    assert len(server.asked("/api/events")) == events
    assert any(f"{texts - 1} strings contained half a character" in note for note in pulled.notes)


@pytest.mark.parametrize("included", ["x", 5, [5], [{"type": "metric"}], [{"type": "metric", "id": ["m"]}], {"a": 1}])
def test_a_page_that_includes_something_else_is_malformed(included, server, tmp_path):
    """It is told with the name of the request and its number, and not kept."""
    page = {"data": [], "included": included, "links": {}}
    server.fail("/api/events", *[Fault(200, json.dumps(page).encode())] * 20)
    with pytest.raises(AccountError, match=r"Get Events, page 1: it includes something"):
        pull(tmp_path, account=account(server))


@pytest.mark.parametrize("levels", [150, 5_000])
def test_a_page_nested_without_bottom_ends_in_our_error(levels, server, tmp_path):
    """Brackets without end in an answer are no document, or a malformed page."""
    body = b'{"data": [], "x": ' + b"[" * levels + b"]" * levels + b"}"
    server.fail("/api/profiles", *[Fault(200, body)] * 20)
    with pytest.raises(AccountError, match=r"more than 100 levels deep|not a JSON document"):
        pull(tmp_path, account=account(server))


def test_a_list_of_a_long_id(server, tmp_path):
    """Ids longer than a name of a file may be are kept apart, too."""
    for letter in "ab":
        long = resource("list", letter * 200, name=f"Long {letter}")
        server.content["/api/lists"].append(long)
        server.content[f"/api/lists/{letter * 200}/profiles"] = [
            {"type": "profile", "id": f"P{letter}", "attributes": {}}
        ]
    pull(tmp_path, account=account(server))
    rows = pd.read_parquet(tmp_path / "lists.parquet").set_index("list_id")["profile_id"]
    assert (rows["Long a"], rows["Long b"]) == ("Pa", "Pb")


def test_a_short_id_keeps_its_folder(tmp_path):
    """A pull that an earlier version began goes on."""
    walk = PullStore(tmp_path).walk("list", "Y6nRLr")
    assert walk._folder.name == "list-59366e524c72"


def test_a_segment_without_attributes_is_another_one(server):
    """A push that looks for a name passes over a segment that has none."""
    nameless = {"data": [{"type": "segment", "id": "SegNull", "attributes": None}], "links": {}}
    server.fail("/api/segments", Fault(200, json.dumps(nameless).encode()))
    segment = sk.Segment("New one", sk.can_receive("sms"))
    assert push(segment, account=account(server), dry_run=True).changes[0].action == "create"

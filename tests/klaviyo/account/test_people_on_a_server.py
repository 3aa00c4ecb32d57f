"""What an account says, and what is called there after somebody, is repeated by no error, log line or printed answer."""

import json

import pytest
from klaviyo.account.server import KEY, MOMENT, Fault, Server, resource, sample_content
from people import ADDRESSES, NUMBERS, PEOPLE, shown_of

import segkit as sk
from segkit.errors import AccountError, SegkitError
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pacing import Clock
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.push import push
from segkit.klaviyo.account_names import AccountNames

VIP = sk.Segment("VIP", sk.can_receive("sms"))


def account_of(server):
    """Return a server as an account whose waits take no time."""
    return Account(key=KEY, host=server.url, clock=Clock(wait=lambda _seconds: None, utc_now=lambda: MOMENT))


@pytest.fixture
def server():
    """Return the shipped pages as an account."""
    content, included = sample_content()
    with Server(content, included=included) as running:
        yield running


@pytest.mark.parametrize("person", PEOPLE)
def test_the_servers_own_words_are_covered(person, server, tmp_path):
    """A refusal that names somebody is repeated without the person, by a push, by a pull, and by one that goes on."""
    detail = f"Profile {person} can't be changed ({person})."
    refusal = Fault(400, json.dumps({"errors": [{"detail": detail}, {"title": person}]}).encode())
    for path, action in (
        ("/api/segments", lambda: push(VIP, account=account_of(server), names=AccountNames())),
        ("/api/metrics", lambda: pull(tmp_path, account=account_of(server))),
    ):
        server.fail(path, refusal)
        with pytest.raises(AccountError, match="Klaviyo says: Profile") as raised:
            action()
        assert shown_of(person, str(raised.value)) is None, raised.value
        assert raised.value.__cause__ is None


@pytest.mark.parametrize("person", [*NUMBERS[::4], *ADDRESSES[:3]])
def test_names_of_an_account_are_covered(person, server, tmp_path, capsys):
    """Metrics, lists and segments of an account that are called after somebody, as an analyst hears of them."""
    server.content["/api/lists"] += [resource("list", "LstPpp", name=person), resource("list", "LstQqq", name=person)]
    server.content["/api/metrics"].append(resource("metric", "MetPpp", name=person))
    server.content["/api/segments"] += [
        resource("segment", key, name=person, definition=None) for key in ("SegPpp", "SegQqq")
    ]
    for list_id in ("LstPpp", "LstQqq"):
        server.content[f"/api/lists/{list_id}/profiles"] = []
    said = []
    for action in (
        lambda: pull(tmp_path / "missing", metrics=[person + "x"], account=account_of(server)),
        lambda: pull(tmp_path / "members", members_of=[f"no {person}"], account=account_of(server)),
        lambda: push(sk.Segment(person, VIP.condition), account=account_of(server)),
        lambda: push(sk.Segment("x", sk.in_list(person)), account=account_of(server)),
        lambda: push(sk.Segment("x", sk.in_list(f"no {person}")), account=account_of(server)),
        lambda: push(VIP, update=person, account=account_of(server)),
    ):
        with pytest.raises(SegkitError) as raised:
            action()
        said.append(str(raised.value))
    pulled = pull(tmp_path / "all", metrics=[person], account=account_of(server), progress=True)
    server.content["/api/segments"] = []
    sent = push(sk.Segment(person, VIP.condition), account=account_of(server))
    again = push(sk.Segment(person, VIP.condition), account=account_of(server))
    said += [str(sent), str(again), *pulled.notes, *capsys.readouterr()]
    assert "Members of" in said[-1]
    for text in said:
        assert shown_of(person, text) is None, text

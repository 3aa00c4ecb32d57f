"""One request of the real client against a server on loopback: waits, repeats, refusals, and a key that nobody sees."""

import json
import logging

import pytest
from klaviyo.account.server import KEY, Fault, Server, resource, too_many

from segkit.errors import AccountError
from segkit.klaviyo.account.client import ATTEMPTS, HOST, Account
from segkit.klaviyo.account.endpoints import CREATE_SEGMENT, EVENTS, METRICS, PROFILES, UPDATE_SEGMENT, Limits
from segkit.klaviyo.account.pacing import Clock, Pacer


class FakeTime:
    """A time that only passes by being waited for."""

    def __init__(self):
        self.moment, self.waits = 0.0, []

    def clock(self):
        """Return a clock that tells this time."""
        return Clock(lambda: self.moment, self.wait)

    def wait(self, seconds):
        """Let time pass at once."""
        self.waits.append(seconds)
        self.moment += seconds


@pytest.fixture
def time():
    """Return a time of the test's making."""
    return FakeTime()


@pytest.fixture
def server():
    """Return a server with two metrics and no segment."""
    metrics = [resource("metric", "MetAaa", name="Placed Order"), resource("metric", "MetBbb", name="Clicked SMS")]
    with Server({"/api/metrics": metrics, "/api/segments": []}) as running:
        yield running


@pytest.fixture
def account(server, time):
    """Return the server as an account."""
    return Account(key=KEY, host=server.url, clock=time.clock())


def new_segment(name):
    """Return a request for a segment of everybody."""
    return {"data": {"type": "segment", "attributes": {"name": name, "definition": {"condition_groups": []}}}}


def test_a_request_carries_the_key_and_the_revision_and_brings_the_document(server, account):
    """The official client signs the request and names the revision that it was made for."""
    document = account.ask(METRICS)
    assert [one["id"] for one in document["data"]] == ["MetAaa", "MetBbb"]
    [request] = server.requests
    assert request.headers["authorization"] == f"Klaviyo-API-Key {KEY}"
    assert request.headers["revision"] >= "2026-07-15"
    assert request.headers["user-agent"].startswith("klaviyo-api-python/")


def test_an_endpoint_asks_for_the_largest_page_in_an_order_that_stays(server, account):
    """What always goes with an endpoint goes with it, and an argument is added."""
    server.content |= {"/api/profiles": [], "/api/events": []}
    account.ask(PROFILES, page_cursor="MA==")
    account.ask(EVENTS)
    assert server.asked("/api/profiles")[0].query == {
        "page[size]": "100", "sort": "id", "page[cursor]": "MA==",
        "additional-fields[profile]": "subscriptions,predictive_analytics",
    }  # fmt: skip
    assert server.asked("/api/events")[0].query == {"page[size]": "1000", "sort": "datetime", "include": "metric"}


@pytest.mark.parametrize("said", [3, 27])
def test_the_wait_is_the_one_that_the_server_names(server, account, time, said):
    """After 429 with Retry-After the request is made again once that time has passed, and not before."""
    server.fail("/api/metrics", too_many(said), too_many(said))
    assert account.ask(METRICS)["data"]
    assert len(server.requests) == 3
    assert time.waits == [said + 1, said + 1]


@pytest.mark.parametrize("fault", [
    too_many(), Fault(500), Fault(502, b"<html>"), Fault(503), Fault(504), Fault(524), Fault(200, b'{"data": ['),
    Fault(200, b'{"data": []}', cut_after=5), Fault(0, cut_after=0),
], ids=["429", "500", "502", "503", "504", "524", "cut JSON", "broken mid-body", "dropped"])  # fmt: skip
def test_what_passes_is_asked_again_after_longer_and_longer_waits(server, account, time, fault):
    """A fault of the server or the connection is no end: the third request is answered after waits of 1 and 2 seconds."""
    server.fail("/api/metrics", fault, fault)
    assert len(account.ask(METRICS)["data"]) == 2
    assert time.waits == [1, 2]


@pytest.mark.parametrize(("fault", "said"), [
    (too_many(), ["Get Metrics", "429", "later"]),
    (Fault(503), ["Get Metrics", "503"]),
    (Fault(200, b"<html>"), ["Get Metrics", "not a JSON document", "proxy"]),
    (Fault(0, cut_after=0), ["Get Metrics", "connection failed", "ProtocolError"]),
])  # fmt: skip
def test_patience_has_an_end(server, account, time, fault, said):
    """After a fixed number of attempts the error says what stood in the way; no wait is longer than a minute."""
    server.fail("/api/metrics", *[fault] * ATTEMPTS)
    with pytest.raises(AccountError) as caught:
        account.ask(METRICS)
    assert all(part in str(caught.value) for part in said)
    assert len(server.requests) == ATTEMPTS
    assert max(time.waits) == 60
    assert len(time.waits) == ATTEMPTS - 1


def test_a_day_is_not_waited_for(server, account, time):
    """A wait of hours, as after a day's quota, is handed to the analyst with its length."""
    server.fail("/api/metrics", too_many(80_000))
    with pytest.raises(AccountError, match="80,001 seconds"):
        account.ask(METRICS)
    assert time.waits == []


@pytest.mark.parametrize(("status", "said"), [
    (400, ["(400)", "Klaviyo says: made to fail."]),
    (401, ["does not accept the key", "(401)"]),
    (403, ["'metrics:read'", "(403)"]),
    (404, ["(404)"]),
])  # fmt: skip
def test_a_refusal_is_final(server, account, time, status, said):
    """What will not change by asking again is not asked again, and the error says why and what to do."""
    server.fail("/api/metrics", Fault(status))
    with pytest.raises(AccountError) as caught:
        account.ask(METRICS)
    assert all(part in str(caught.value) for part in [*said, "Get Metrics"])
    assert len(server.requests) == 1
    assert time.waits == []


def test_a_segment_is_not_created_twice(server, account):
    """A creation whose answer got lost may have worked, so it is not made again; one that was turned away is."""
    query = new_segment("VIP")
    server.fail("/api/segments", Fault(503))
    with pytest.raises(AccountError, match="503"):
        account.ask(CREATE_SEGMENT, segment_create_query=query)
    assert server.content["/api/segments"] == []
    server.fail("/api/segments", too_many(1))
    made = account.ask(CREATE_SEGMENT, segment_create_query=query)
    assert [one["id"] for one in server.content["/api/segments"]] == [made["data"]["id"]]


def test_a_segment_is_updated_however_often(server, account):
    """An update does the same when made twice, so a lost answer is no end."""
    server.content["/api/segments"].append(resource("segment", "SegAaa", name="Old"))
    server.fail("/api/segments/SegAaa", Fault(502))
    query = {"data": {"type": "segment", "id": "SegAaa", "attributes": {"name": "New"}}}
    account.ask(UPDATE_SEGMENT, id="SegAaa", segment_partial_update_query=query)
    assert server.content["/api/segments"][0]["attributes"]["name"] == "New"


@pytest.mark.parametrize("limits", [Limits(1, 15), Limits(10, 150), Limits(3, 5)])
def test_no_window_holds_more_requests_than_the_limit(time, limits):
    """Whichever second or minute one looks at, no more requests pass in it than are allowed, and none waits for nothing."""
    pacer = Pacer(limits, time.clock())
    passed = []
    for _ in range(400):
        pacer.pause()
        passed.append(time.moment)
    for most, seconds in ((limits.in_a_second, 1), (limits.in_a_minute, 60)):
        spans = [later - earlier for earlier, later in zip(passed, passed[most:], strict=False)]
        assert min(spans) >= seconds - 1e-9
    assert passed[-1] <= 400 / limits.in_a_minute * 60


def test_requests_keep_the_pace_of_their_endpoint(server, account, time):
    """The sixteenth creation of a minute waits until the minute is over."""
    for number in range(16):
        account.ask(CREATE_SEGMENT, segment_create_query=new_segment(f"Segment {number}"))
    assert time.moment == pytest.approx(60)
    assert time.waits[:14] == pytest.approx([1] * 14)


def test_the_key_is_shown_nowhere(server, time, caplog, capsys):
    """Neither the object, nor an error and what led to it, nor a log has the key, even if the server sends it back."""
    caplog.set_level(logging.DEBUG)
    account = Account(key=f" {KEY}\n", host=server.url, clock=time.clock())
    body = json.dumps({"errors": [{"detail": f"the key {KEY} is odd"}]}).encode()
    for fault in (Fault(400, body), Fault(401, body), Fault(403, body), *[Fault(503, body)] * ATTEMPTS):
        server.fail("/api/metrics", fault)
    for _ in range(4):
        with pytest.raises(AccountError) as caught:
            account.ask(METRICS)
        assert KEY not in str(caught.value)
        assert caught.value.__context__ is None
    written = capsys.readouterr()
    assert KEY not in f"{account!r}{account}{caplog.text}{written.out}{written.err}"


def test_a_key_comes_from_the_environment(server, monkeypatch):
    """Without one, the error names the variable; a key that can't be one is never sent, nor shown."""
    monkeypatch.setenv("KLAVIYO_API_KEY", KEY)
    assert Account(host=server.url).ask(METRICS)["data"]
    monkeypatch.setenv("KLAVIYO_API_KEY", " ")
    with pytest.raises(AccountError, match="KLAVIYO_API_KEY"):
        Account(host=server.url)
    for odd in ("pk_two\nlines", "pk_ü", "pk two"):
        with pytest.raises(AccountError) as caught:
            Account(key=odd)
        assert odd not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["http://example.com", "ftp://127.0.0.1", "a.klaviyo.com"])
def test_a_key_is_not_sent_in_the_clear(host):
    """Only Klaviyo's host, others over https, and this machine may get a key."""
    with pytest.raises(AccountError, match="unencrypted"):
        Account(key=KEY, host=host)
    assert HOST in repr(Account(key=KEY))


def test_without_the_client_the_extra_is_named(monkeypatch):
    """A missing package comes with the line that installs it."""
    monkeypatch.setitem(__import__("sys").modules, "klaviyo_api", None)
    with pytest.raises(ImportError, match=r"sms-segkit\[klaviyo\]"):
        Account(key=KEY)

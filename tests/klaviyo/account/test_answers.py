"""Answers of a server that means no good: they end by a deadline, a size, or a cursor that was followed before."""

import contextlib
import gzip
import json
import socket
import threading
import time
import zlib
from collections import Counter
from types import SimpleNamespace

import pytest
from klaviyo.account.server import KEY, Fault, Server, resource

from segkit.errors import AccountError
from segkit.klaviyo.account import answers
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.endpoints import METRICS, PROFILES
from segkit.klaviyo.account.pacing import Clock
from segkit.klaviyo.account.pages import pages
from segkit.klaviyo.account.pull import pull

DOCUMENT = json.dumps({"data": [resource("metric", "MetAaa", name="Placed Order")]}).encode()
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@contextlib.contextmanager
def answering(*pieces, pause=0.0):
    """Run a server that answers every request with pieces of bytes, the last of them for ever; give its account and its requests."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                asked.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection):
        with contextlib.suppress(OSError), connection:
            connection.recv(65_536)
            for piece in pieces[:-1]:
                connection.sendall(piece)
            while pieces[-1]:
                connection.sendall(pieces[-1])
                time.sleep(pause)

    threading.Thread(target=serve, daemon=True).start()
    port = listening.getsockname()[1]
    with listening:
        yield Account(key=KEY, host=f"http://127.0.0.1:{port}", clock=Clock(wait=lambda _seconds: None)), asked


def whole(*headers, body):
    """Return an answer that says how long it is."""
    return OK + b"".join(header + b"\r\n" for header in headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


DRIPPED = {
    "a body of a length": (OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "a body without a length": (OK + b"\r\n", b"x"),
    "a body in chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "the length of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "a body that is packed": (OK + b"Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n", b"\x1f"),
    "a header": (OK + b"X-", b"x"),
    "a status": (b"HTTP/1.1 ", b" "),
    "promises of an answer": (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("pieces", DRIPPED.values(), ids=DRIPPED)
def test_an_answer_that_comes_byte_by_byte_ends_at_its_deadline(pieces, monkeypatch):
    """Whichever part of it drips: it is given up in one error, and not asked for again."""
    monkeypatch.setattr(answers, "LONGEST_ANSWER", 0.3)
    with answering(*pieces, pause=0.01) as (account, asked):
        with pytest.raises(AccountError, match=r"Get Metrics: the response was not complete after .* gave up"):
            account.ask(METRICS)

        assert len(asked) == 1


def test_the_deadline_is_of_each_answer(monkeypatch):
    """Good answers over one connection may together take longer than one of them may."""
    moments = [0.0]
    monkeypatch.setattr(answers, "time", SimpleNamespace(monotonic=lambda: moments[-1]))
    with Server({"/api/metrics": []}) as server:
        account = Account(key=KEY, host=server.url, clock=Clock(wait=lambda _seconds: None))
        for _ in range(5):
            assert account.ask(METRICS)["data"] == []
            moments.append(moments[-1] + answers.LONGEST_ANSWER * 0.9)

        assert len(server.requests) == 5


ENDLESS = {
    "a body without a length": (OK + b"\r\n", b"x" * 65_536),
    "a body in chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
    "the length of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
    "promises of an answer": (b"HTTP/1.1 100 Continue\r\n\r\n" * 2, b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
    "what comes after the last chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 10_000),
}


@pytest.mark.parametrize("pieces", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_without_end_is_given_up_at_the_limit(pieces, monkeypatch):
    """Whichever part of it has no end, by this limit or by a smaller one of the libraries beneath."""
    monkeypatch.setattr(answers, "LARGEST_ANSWER", 2**21)
    with answering(*pieces) as (account, asked):
        with pytest.raises(
            AccountError,
            match=r"Get Metrics: .*(larger than .* stopped reading|before the response from Klaviyo was complete)",
        ) as caught:
            account.ask(METRICS)

        assert len(asked) == (1 if "larger" in str(caught.value) else 8)


def packed(data, form):
    """Return bytes as gzip or as deflate."""
    return gzip.compress(data) if form == "gzip" else zlib.compress(data)


@pytest.mark.parametrize("form", ["gzip", "deflate"])
def test_a_packed_answer_may_not_be_larger_than_a_plain_one(form, monkeypatch):
    """What is small on the way and large when it is unpacked is given up before it is unpacked to its end."""
    monkeypatch.setattr(answers, "LARGEST_ANSWER", 2**20)
    bomb = packed(b" " * 2**27, form)
    assert len(bomb) < 2**20
    with answering(whole(b"Content-Encoding: " + form.encode(), body=bomb), b"") as (account, asked):
        with pytest.raises(AccountError, match="larger than"):
            account.ask(METRICS)

        assert len(asked) == 1


@pytest.mark.parametrize("form", ["gzip", "deflate", "identity"])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_good_answer_arrives_however_it_is_sent(form, chunked):
    """Plain or packed, in chunks or at once."""
    body = DOCUMENT if form == "identity" else packed(DOCUMENT, form)
    encoding = b"Content-Encoding: " + form.encode()
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 7]), body[at : at + 7]) for at in range(0, len(body), 7))
    sent = OK + encoding + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    with answering(sent if chunked else whole(encoding, body=body), b"") as (account, _):
        assert account.ask(METRICS) == json.loads(DOCUMENT)


@pytest.mark.parametrize(
    ("encoding", "body"), [(b"gzip", b"no gzip"), (b"gzip", gzip.compress(DOCUMENT)[:30]), (b"br", b"\x8b\x02\x80")]
)
def test_a_packed_answer_that_is_damaged_is_no_answer(encoding, body):
    """It is asked for again, as often as any other that fails, and then told in our own words."""
    with answering(whole(b"Content-Encoding: " + encoding, body=body), b"") as (account, asked):
        with pytest.raises(AccountError, match=r"before the response from Klaviyo was complete|not a JSON document"):
            account.ask(METRICS)

        assert len(asked) == 8


def circle(server, length):
    """Let every page of profiles lead to the next of a number of pages, and the last to the first of them; count the requests."""
    counted = Counter()

    def answer(request):
        if request.path == "/api/profiles":
            at = int(request.query.get("page[cursor]", "-1"))
            counted[at] += 1
            following = f"{server.url}/api/profiles/?page%5Bcursor%5D={(at + 1) % length}"
            page = {"data": [resource("profile", f"P{at}")], "links": {"next": following}}
            server.fail("/api/profiles", Fault(200, json.dumps(page).encode()))

    server.before = answer
    return counted


@pytest.mark.parametrize("length", [1, 2, 3, 50])
def test_cursors_that_circle_end_at_once(length):
    """The page that leads back to an earlier one is refused, so none is asked for twice."""
    with Server({"/api/profiles": []}) as server:
        counted = circle(server, length)
        account = Account(key=KEY, host=server.url, clock=Clock(wait=lambda _seconds: None))
        with pytest.raises(AccountError, match=rf"Get Profiles, page {length + 1}: .* leads back to an earlier page"):
            list(pages(account, PROFILES))

    assert counted == dict.fromkeys(range(-1, length), 1)


def test_a_pull_that_is_resumed_does_not_circle_either(tmp_path):
    """Each attempt ends, with the pages before the circle closes kept."""
    with Server({f"/api/{name}": [] for name in ("metrics", "lists", "events", "profiles")}) as server:
        counted = circle(server, 3)
        account = Account(key=KEY, host=server.url, clock=Clock(wait=lambda _seconds: None))
        for _ in range(3):
            with pytest.raises(AccountError, match="leads back to an earlier page"):
                pull(tmp_path, account=account)

    assert max(counted.values()) <= 3

"""Segments go up to a server on loopback: what is sent, what is left alone, what is shown, and what stops it all."""

import json

import pytest
from klaviyo.account.server import KEY, Fault, Server, resource
from klaviyo.account.test_client import FakeTime

import segkit as sk
from segkit.command.cli import main
from segkit.errors import AccountError, DefinitionError
from segkit.klaviyo.account import client
from segkit.klaviyo.account.client import KEY_VARIABLE, Account
from segkit.klaviyo.account.push import MOST_A_DAY, push
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions import to_klaviyo

NAMES = AccountNames(metrics={"MetAaa": "Placed Order", "MetBbb": "Clicked SMS"}, lists={"LstAaa": "VIP upload"})
SMS = sk.can_receive("sms")
CLICKED = sk.Segment("Clicked", SMS & sk.did("Clicked SMS", in_last_days=90))
CLICKED_LATELY = sk.Segment("Clicked", SMS & sk.did("Clicked SMS", in_last_days=60))
BUYERS = sk.Segment("Buyers", SMS & (sk.did("Placed Order", at_least=3) | sk.in_list("VIP upload")))
OSLO = sk.Segment("Oslo", SMS & sk.has("city", equals="Oslo"))


@pytest.fixture
def time():
    """Return a time of the test's making."""
    return FakeTime()


@pytest.fixture
def server():
    """Return a server with two metrics, a list and no segment."""
    content = {
        "/api/metrics": [resource("metric", key, name=name) for key, name in NAMES.metrics.items()],
        "/api/lists": [resource("list", key, name=name) for key, name in NAMES.lists.items()],
        "/api/segments": [],
    }
    with Server(content, page_size=2) as running:
        yield running


@pytest.fixture
def account(server, time):
    """Return the server as an account."""
    return Account(key=KEY, host=server.url, clock=time.clock())


def there(server, segment, segment_id, **more):
    """Put a segment into the account."""
    attributes = to_klaviyo(segment, names=NAMES)["data"]["attributes"] | more
    server.content["/api/segments"].append(resource("segment", segment_id, **attributes))


def sent(server):
    """Return every request that could change something."""
    return [request for request in server.requests if request.method != "GET"]


def test_what_is_not_there_is_created(server, account):
    """The request is Klaviyo's own document, with the ids that the account has for metrics and lists."""
    pushed = push([CLICKED, BUYERS], account=account)

    assert [(request.method, request.path) for request in sent(server)] == [("POST", "/api/segments")] * 2
    for request, segment in zip(sent(server), [CLICKED, BUYERS], strict=True):
        attributes = to_klaviyo(segment, names=NAMES)["data"]["attributes"] | {"is_starred": False}
        assert request.document == {"data": {"type": "segment", "attributes": attributes}}
    assert str(pushed) == "Created 'Clicked' (id New001).\nCreated 'Buyers' (id New002)."


def test_what_says_something_else_is_updated(server, account):
    """Name and definition are replaced, and nothing is said of what else the segment has there."""
    there(server, CLICKED, "SegAaa", is_starred=True, is_active=True)
    pushed = push(CLICKED_LATELY, account=account)

    [request] = sent(server)
    definition = to_klaviyo(CLICKED_LATELY, names=NAMES)["data"]["attributes"]["definition"]
    assert (request.method, request.path) == ("PATCH", "/api/segments/SegAaa")
    assert request.document == {
        "data": {"type": "segment", "id": "SegAaa", "attributes": {"name": "Clicked", "definition": definition}}
    }
    assert str(pushed) == "Updated 'Clicked' (id SegAaa)."


def test_pushing_twice_sends_nothing_the_second_time(server, account):
    """What the account already says is left alone, and told so."""
    push([CLICKED, BUYERS], account=account)
    server.requests.clear()
    pushed = push([CLICKED, BUYERS], account=account)

    assert sent(server) == []
    assert [change.action for change in pushed.changes] == ["leave", "leave"]
    assert "'Clicked' (id New001) already has this definition, so nothing needs to be sent." in str(pushed)


def test_the_order_of_conditions_says_nothing(server, account):
    """A definition that Klaviyo holds in another order, or another spelling, is no other definition."""
    there(server, BUYERS, "SegAaa")
    [found] = server.content["/api/segments"]
    groups = found["attributes"]["definition"]["condition_groups"]
    found["attributes"]["definition"] = {
        "condition_groups": [{"conditions": group["conditions"][::-1]} for group in groups[::-1]]
    }

    assert push(BUYERS, account=account).changes[0].action == "leave"


def test_the_spelling_of_a_number_says_nothing(server, account):
    """Klaviyo may give 200 back as 200.0, and that is the same amount."""
    spenders = sk.Segment("Spenders", sk.spent("Placed Order", more_than=200, in_last_days=365))
    there(server, spenders, "SegAaa")
    [[condition]] = (group["conditions"] for group in server.content["/api/segments"][0]["attributes"]["definition"]["condition_groups"])  # fmt: skip
    condition["measurement_filter"]["value"] = 200.0

    assert push(spenders, account=account).changes[0].action == "leave"


def test_a_definition_that_segkit_can_not_read_is_replaced(server, account):
    """What is there under the name is no obstacle, whatever it says."""
    there(server, CLICKED, "SegAaa", definition={"condition_groups": [{"conditions": [{"type": "from-the-future"}]}]})

    assert push(CLICKED, account=account).changes[0].action == "update"


@pytest.mark.parametrize("update", [None, "SegAaa"])
def test_a_dry_run_shows_exactly_what_would_be_sent(server, account, update):
    """Method, path, revision and body are those of the request that follows, the key is not shown, and nothing is sent."""
    there(server, CLICKED, "SegAaa")
    segments = [CLICKED_LATELY] if update else [CLICKED_LATELY, OSLO]
    shown = str(push(segments, account=account, update=update, dry_run=True))
    assert sent(server) == []
    push(segments, account=account, update=update)

    *parts, last = shown.split("\n\n")
    assert last == "Nothing was sent."
    assert KEY not in shown
    for part, request in zip(parts, sent(server), strict=True):
        line, revision, body = part.split("\n", 2)
        assert line == f"{request.method} {request.path}"
        assert revision == f"revision: {request.headers['revision']}"
        assert json.loads(body) == request.document


def test_without_a_key_a_dry_run_asks_nobody(monkeypatch):
    """With the ids at hand the request can be shown on a machine that knows no account, and says what it can't know."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    shown = str(push(CLICKED, names=NAMES, dry_run=True))

    assert shown.startswith("POST /api/segments\nrevision: ")
    assert shown.endswith("An existing segment with the same name would be updated.")
    with pytest.raises(AccountError, match=KEY_VARIABLE):
        push(CLICKED, names=NAMES)
    with pytest.raises(AccountError, match=KEY_VARIABLE):
        push(CLICKED, dry_run=True)


def test_given_names_are_not_asked_for(server, account):
    """A table of ids from a file stands in for the account's."""
    push(CLICKED, names=NAMES, account=account)

    assert {request.path for request in server.requests} == {"/api/segments"}


def test_all_that_can_not_be_said_is_told_before_anything_is_sent(server, account):
    """Each segment's gaps stand in one error, and the segments that could be sent are not."""
    lost = sk.Segment("Lost", sk.did("Danced") & sk.in_list("Nowhere"))
    near = sk.Segment("Near", sk.within(5, "miles", of=(42.36, -71.06)))
    with pytest.raises(DefinitionError, match="Nothing was sent, because 2 segments can't be") as raised:
        push([CLICKED, lost, near], account=account)

    assert all(word in str(raised.value) for word in ("'Lost'", "'Danced'", "'Nowhere'", "'Near'"))
    assert sent(server) == []


def test_of_several_segments_of_a_name_the_analyst_says_which(server, account):
    """Nothing is guessed: the ids are named, and one of them can be given."""
    there(server, CLICKED, "SegAaa")
    there(server, OSLO, "SegBbb")
    there(server, CLICKED, "SegCcc")
    with pytest.raises(AccountError, match=r"several segments named 'Clicked'.*'SegAaa', 'SegCcc'"):
        push([OSLO, CLICKED_LATELY], account=account)
    assert sent(server) == []

    push(CLICKED_LATELY, account=account, update="SegCcc")
    assert [request.path for request in sent(server)] == ["/api/segments/SegCcc"]


def test_an_update_by_id_renames(server, account):
    """The segment of the id is the one, whatever it was called."""
    there(server, OSLO, "SegAaa")
    push(CLICKED, account=account, update="SegAaa")

    assert [one["attributes"]["name"] for one in server.content["/api/segments"]] == ["Clicked"]


def test_an_unknown_id_is_refused(server, account):
    """An id that the account does not have creates nothing."""
    with pytest.raises(AccountError, match="no segment with the id 'SegZzz'"):
        push(CLICKED, account=account, update="SegZzz")
    assert sent(server) == []


def test_one_id_is_for_one_segment(account):
    """Several segments can't all become one."""
    with pytest.raises(DefinitionError, match="but 2 segments were passed"):
        push([CLICKED, OSLO], account=account, update="SegAaa")


@pytest.mark.parametrize("name", ["VIP", 'The "VIP"', "Anna's", "back\\slash", "a, b), equals(c", "Größe & %"])
def test_only_the_exact_name_is_the_same_segment(server, account, name):
    """Names that only look alike are other segments, and any name is found again, on a later page too."""
    segment = sk.Segment(name, OSLO.condition)
    for number, other in enumerate([name.swapcase(), f"{name} ", f"a{name}"]):
        there(server, sk.Segment(other, CLICKED.condition), f"Seg{number}")
    push(segment, account=account)

    assert [request.method for request in sent(server)] == ["POST"]
    assert [change.action for change in push(segment, account=account).changes] == ["leave"]


def test_a_refusal_on_the_way_tells_what_is_done_and_what_is_not(server, account):
    """Sending stops at the first refusal, and the same again sends only the rest."""
    there(server, CLICKED, "SegAaa")
    answers = []

    def refuse_the_second(request):
        answers.append(request)
        if request.method == "POST" and request.document["data"]["attributes"]["name"] == "Oslo":
            server.fail("/api/segments", Fault(400))

    server.before = refuse_the_second
    last = sk.Segment("Last", SMS)
    with pytest.raises(AccountError, match=r"made to fail.*Done: 'Buyers'\. Not done: 'Oslo', 'Last'\."):
        push([CLICKED, BUYERS, OSLO, last], account=account)

    server.before = lambda _: None
    server.requests.clear()
    push([CLICKED, BUYERS, OSLO, last], account=account)
    assert [request.document["data"]["attributes"]["name"] for request in sent(server)] == ["Oslo", "Last"]


def test_a_creation_whose_answer_is_lost_is_not_made_twice(server, account):
    """It may have worked, so it is not repeated blindly: the same again finds the segment by its name."""

    def create_and_break(request):
        if request.method == "POST":
            server.answer(request)
            server.fail("/api/segments", Fault(0, cut_after=0))

    server.before = create_and_break
    with pytest.raises(AccountError, match=r"Done: nothing\. Not done: 'Clicked'\. Run the same push again"):
        push(CLICKED, account=account)
    server.before = lambda _: None

    assert push(CLICKED, account=account).changes[0].action == "leave"
    assert len(server.content["/api/segments"]) == 1


def test_changes_keep_to_the_published_pace(server, account, time):
    """No second has two new segments, and no minute has more than fifteen."""
    moments = []
    server.before = lambda request: moments.append(time.moment) if request.method == "POST" else None
    push([sk.Segment(f"Segment {number}", SMS) for number in range(17)], account=account)

    assert len(moments) == 17
    for requests, seconds in ((1, 1), (15, 60)):
        spans = [later - earlier for earlier, later in zip(moments, moments[requests:], strict=False)]
        assert min(spans) >= seconds


def test_more_than_a_day_takes_is_refused_before_it_begins(server, account):
    """Better to be told at once than at the hundred and first."""
    many = [sk.Segment(f"Segment {number}", SMS) for number in range(MOST_A_DAY + 1)]
    with pytest.raises(AccountError, match="101 requests of one kind, but Klaviyo allows only 100 a day"):
        push(many, account=account)

    assert sent(server) == []


def test_the_command_shows_and_then_pushes(server, monkeypatch, capsys, tmp_path):
    """`segkit push` takes files and folders, a dry run prints the request, and the real run what it did."""
    monkeypatch.setattr(client, "HOST", server.url)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    (tmp_path / "clicked.yaml").write_text(CLICKED.to_yaml(), encoding="utf-8")

    assert main(["push", str(tmp_path), "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("POST /api/segments\nrevision: ")
    assert main(["push", str(tmp_path / "clicked.yaml")]) == 0
    assert capsys.readouterr().out == "Created 'Clicked' (id New001).\n"
    assert len(sent(server)) == 1


def test_the_command_tells_what_is_wrong(server, monkeypatch, capsys, tmp_path):
    """A segment that can't be said ends with exit code 2 and a message, without the key."""
    monkeypatch.setattr(client, "HOST", server.url)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    (tmp_path / "lost.yaml").write_text(sk.Segment("Lost", sk.did("Danced")).to_yaml(), encoding="utf-8")
    NAMES.to_file(tmp_path / "names.json")

    assert main(["push", str(tmp_path / "lost.yaml"), "--names", str(tmp_path / "names.json")]) == 2
    told = capsys.readouterr().err
    assert "'Danced'" in told
    assert KEY not in told
    assert sent(server) == []

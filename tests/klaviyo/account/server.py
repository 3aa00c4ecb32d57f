"""A loopback server that speaks as much of Klaviyo's JSON:API as the live tests need, with faults on demand.

Paging, cursors, filters and errors are as Klaviyo's reference documents them, revision 2026-07-15. It holds no real people.
"""

import base64
import json
import re
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

KEY = "pk_synthetic_0123456789abcdef"
MOMENT = datetime(2026, 7, 1, 8, 12, 30, tzinfo=UTC)
SAMPLE_PAGES = Path(__file__).parents[3] / "sample_data" / "klaviyo_pages"
LARGEST_PAGES = {
    r"/api/profiles": 100, r"/api/events": 1_000, r"/api/lists": 10, r"/api/segments": 10,
    r"/api/lists/[^/]+/profiles": 100, r"/api/segments/[^/]+/profiles": 100,
}  # fmt: skip


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    document: object = None


@dataclass
class Fault:
    """What is answered instead of a page: a status with a body, or a connection that breaks after so many bytes."""

    status: int = 200
    body: bytes = b'{"errors": [{"detail": "made to fail"}]}'
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None


def too_many(retry_after=None):
    """Return the answer to a request that came too fast."""
    return Fault(429, headers={} if retry_after is None else {"Retry-After": str(retry_after)})


def resource(kind, resource_id, **attributes):
    """Return a resource of JSON:API."""
    return {"type": kind, "id": resource_id, "attributes": attributes}


class Server:
    """A server on a free port of this machine, to be used in a `with`.

    Attributes:
        content: path to the resources that are there, in order.
        included: path to resources that come with every page.
        page_size: resources on a page, however many are asked for.
        requests: everything that was asked, in order.
        faults: path to what is answered instead, one by one.
    """

    def __init__(self, content, *, included=None, page_size=5, key=KEY):
        self.content, self.included, self.page_size, self.key = content, included or {}, page_size, key
        self.requests, self.faults = [], defaultdict(deque)
        self.before = lambda _request: None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def fail(self, path, *faults):
        """Answer the next requests to a path with faults, one each."""
        self.faults[path].extend(faults)

    def asked(self, path):
        """Return the requests to a path."""
        return [request for request in self.requests if request.path == path]

    def answer(self, request):
        """Return the status and document that answer a request."""
        if request.headers.get("authorization") != f"Klaviyo-API-Key {self.key}":
            return _refusal(401, "Missing or invalid private key.")
        if request.method == "POST":
            return self._create(request)
        if request.method == "PATCH":
            return self._update(request)
        if request.path in self.content:
            return self._page(request)
        parent, _, resource_id = request.path.rpartition("/")
        found = [one for one in self.content.get(parent, []) if one["id"] == resource_id]
        return (200, {"data": found[0]}) if found else _refusal(404, "There is nothing at this address.")

    def _page(self, request):
        largest = next((most for path, most in LARGEST_PAGES.items() if re.fullmatch(path, request.path)), None)
        if int(request.query.get("page[size]", 0)) > (largest or 0):
            return _refusal(400, "Page size is larger than allowed.")
        found = [one for one in self.content[request.path] if _passes(one, request.query.get("filter", ""))]
        begin = int(base64.b64decode(request.query["page[cursor]"])) if "page[cursor]" in request.query else 0
        end = begin + self.page_size
        address = f"{self.url}{request.path}/?page%5Bcursor%5D={base64.b64encode(str(end).encode()).decode()}"
        links = {"self": f"{self.url}{request.path}/", "next": address if end < len(found) else None, "prev": None}
        document = {"data": found[begin:end], "links": links}
        if request.path in self.included and "include" in request.query:
            document["included"] = self.included[request.path]
        return 200, document

    def _create(self, request):
        made = dict(request.document["data"], id=f"New{len(self.content[request.path]) + 1:03}")
        self.content[request.path].append(made)
        return 201, {"data": made}

    def _update(self, request):
        parent, _, resource_id = request.path.rpartition("/")
        for one in self.content.get(parent, []):
            if one["id"] == resource_id:
                one["attributes"] = one["attributes"] | request.document["data"]["attributes"]
                return 200, {"data": one}
        return _refusal(404, "There is nothing at this address.")


def _refusal(status, detail):
    return status, {"errors": [{"id": "0", "code": "error", "title": "Refused", "detail": detail}]}


def _passes(one, written):
    """Return whether a resource passes a filter: an id, a name in any case, a metric's id, and the earliest time."""
    key = re.fullmatch(r'equals\(id,"([^"]*)"\)', written)
    name = re.fullmatch(r'any\(name,\["([^"]*)"\]\)', written)
    if key or name:
        # Whether capitals matter is not documented, so more may come than was asked for.
        return one["id"] == key[1] if key else one["attributes"]["name"].casefold() == name[1].casefold()
    metric = re.search(r'equals\(metric_id,"([^"]+)"\)', written)
    since = re.search(r"greater-or-equal\(datetime,([^)]+)\)", written)
    if metric and one["relationships"]["metric"]["data"]["id"] != metric[1]:
        return False
    if since:
        return datetime.fromisoformat(one["attributes"]["datetime"]) >= datetime.fromisoformat(since[1])
    return True


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to confirm its headers

        def do_GET(self):
            self._serve()

        def do_POST(self):
            self._serve()

        def do_PATCH(self):
            self._serve()

        def _serve(self):
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.casefold(): text for name, text in self.headers.items()}
            query = dict(parse_qsl(address.query))
            path = address.path.rstrip("/")
            request = Request(self.command, path, query, headers, json.loads(body) if body else None)
            server.requests.append(request)
            server.before(request)
            waiting = server.faults[path]
            if waiting:
                self._send(waiting.popleft())
                return
            status, document = server.answer(request)
            self._send(Fault(status, json.dumps(document).encode()))

        def _send(self, fault):
            if fault.cut_after is not None and fault.status == 0:
                self.close_connection = True
                return
            self.send_response(fault.status)
            self.send_header("Content-Type", "application/vnd.api+json")
            self.send_header("Content-Length", str(len(fault.body)))
            for name, text in fault.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(fault.body if fault.cut_after is None else fault.body[: fault.cut_after])
            if fault.cut_after is not None:
                self.close_connection = True

        def log_message(self, *_):
            """Say nothing."""

    return Handler


def sample_content():
    """Return the shipped pages as a server's content, with lists and segments, and what comes with events."""
    pages = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLE_PAGES.glob("*.json"))]
    profiles = [one for page in pages for one in page["data"] if one["type"] == "profile"]
    events = [one for page in pages for one in page["data"] if one["type"] == "event"]
    metrics = [one for page in pages for one in page.get("included", ()) if one["type"] == "metric"]
    members = [resource("profile", one["id"], joined_group_at=one["attributes"]["created"]) for one in profiles]
    condition = {"type": "profile-property", "property": "location['country']", "filter": {"type": "existence", "operator": "is-set"}}  # fmt: skip
    definition = {"condition_groups": [{"conditions": [condition]}]}
    content = {
        "/api/metrics": metrics,
        "/api/events": events,
        "/api/profiles": profiles,
        "/api/lists": [resource("list", "LstAaa", name="Newsletter"), resource("list", "Lstaaa", name="VIP upload")],
        "/api/lists/LstAaa/profiles": members[:13],
        "/api/lists/Lstaaa/profiles": members[3:5],
        "/api/segments": [
            resource("segment", f"Seg{number:03}", name=f"Segment {number}", definition=definition)
            for number in range(7)
        ],
        "/api/segments/Seg003/profiles": members[6:17],
    }
    return content, {"/api/events": metrics}

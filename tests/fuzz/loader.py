"""The loader: a file of one table beside small ones of the others, loaded strictly and leniently, and then asked of."""

import gzip
import io
import json
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fuzz.held import PEOPLE, answer, show_nobody

import segkit as sk
from segkit.vocabulary import EVENT_COLUMNS, LIST_COLUMNS, PLACE_COLUMNS, PROFILE_COLUMNS

_ENDINGS = ("csv", "json", "jsonl", "csv.gz", "parquet")

TABLES = {"profiles": tuple(PROFILE_COLUMNS), "events": EVENT_COLUMNS, "lists": LIST_COLUMNS, "places": PLACE_COLUMNS}

FORMATS = [f"{table}.{ending}" for table in TABLES for ending in _ENDINGS]

_CELLS: list[Any] = [
    "p1", "p2", "p1", "", " ", "'p1", '="p1"', "NULL", "nan", "SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED", "stop", "ja", "true", "FALSE", "0",
    "-1", "1e400", "1e-400", "18.5", "1,000.50", "$5", "9" * 40, "0x12", "2026-06-30", "2026-06-30T12:00:00Z", "2026-06-30 10:00:00 -0400",
    "06/07/2026", "31/12/2025", "1782820800", "1782820800000", "9999-12-31T23:59:59-14:00", "0001-01-01", "2026-02-30", "20260630T120000Z",
    "2026-06-30T12:00:00.123456789+05:30", "US", "Deutschland", "Atlantis", "02110", "10115", "91", "-181", "[]", '["Hats", 1]', "[" * 300, "{}",
    "\ud83d", "\0", "\ufeff", "\u200b", "\u2028", "=1+1", "@x", "Placed Order", "received sms ", "Unsubscribed from SMS Marketing", "VIP upload",
    '"', "a\nb", "a,b", "x" * 300, *PEOPLE,
]  # fmt: skip
_VALUES: list[Any] = [
    *_CELLS, None, True, False, 0, 1, -1, 10**18, 10**40, 1e308, 0.1, float("nan"), float("inf"), [], {}, ["Hats", None], {"a": {"b": [1]}}, [[[]]],
    5.5, "é" * 9,
]  # fmt: skip
_TYPES = [
    pa.string(), pa.large_string(), pa.int8(), pa.int64(), pa.uint64(), pa.float32(), pa.float64(), pa.bool_(), pa.date32(), pa.date64(), pa.timestamp("s"),
    pa.timestamp("ns", "UTC"), pa.timestamp("us", "America/New_York"), pa.timestamp("ms", "+05:30"), pa.decimal128(20, 2), pa.binary(), pa.null(),
    pa.list_(pa.string()), pa.list_(pa.int64()), pa.dictionary(pa.int8(), pa.string()), pa.struct([("a", pa.int64())]), pa.time64("us"),
    pa.duration("s"), pa.map_(pa.string(), pa.string()),
]  # fmt: skip
_INSTANT = datetime(2026, 6, 30, 12, tzinfo=UTC)
_BESIDE = {
    "profiles": pd.DataFrame(
        {"profile_id": ["p1", "p2"], "phone_number": [PEOPLE[0], None], "sms_consent": ["SUBSCRIBED"] * 2}
    ),
    "events": pd.DataFrame({"profile_id": ["p1"], "metric": ["Placed Order"], "datetime": [_INSTANT], "value": [1.5]}),
}
_LENIENT = {"unreadable": "leave out", "default_country": "US", "add_profiles_of_events": True, "as_of": "2026-06-30"}

_PROFILE = {
    "type": "profile",
    "id": "p1",
    "attributes": {
        "email": PEOPLE[6],
        "phone_number": PEOPLE[0],
        "updated": "2026-06-29T12:00:00Z",
        "location": {"country": "US", "zip": "02110", "latitude": 42.36, "longitude": -71.06},
        "properties": {"Age": 18, "Interests": ["Hats", "Shoes"], "$consent": ["sms"]},
        "subscriptions": {
            "sms": {
                "marketing": {
                    "consent": "SUBSCRIBED",
                    "can_receive_sms_marketing": True,
                    "consent_timestamp": "2026-01-01T00:00:00Z",
                }
            },
            "email": {
                "marketing": {
                    "consent": "NEVER_SUBSCRIBED",
                    "suppression": [{"reason": "HARD_BOUNCE", "timestamp": "2026-01-01T00:00:00Z"}],
                }
            },
        },
        "predictive_analytics": {"predicted_clv": 12.5},
    },
}
_EVENT = {
    "type": "event",
    "id": "e1",
    "attributes": {
        "timestamp": 1782820800,
        "event_properties": {"$value": 12.5, "Items": ["Hat"]},
        "datetime": "2026-06-30T12:00:00+00:00",
    },
    "relationships": {
        "profile": {"data": {"type": "profile", "id": "p1"}},
        "metric": {"data": {"type": "metric", "id": "m1"}},
    },
}
_METRIC = {"type": "metric", "id": "m1", "attributes": {"name": "Placed Order", "integration": {"name": "Shopify"}}}
_PAGES = {
    "profiles": {"data": [_PROFILE, {**_PROFILE, "id": "p2"}], "links": {"next": None}},
    "events": {"data": [_EVENT], "included": [_METRIC, _PROFILE], "links": {"next": None}},
}


def _plain(table: str) -> list[dict[str, Any]]:
    rows = {
        "profiles": {
            "profile_id": "p1",
            "phone_number": PEOPLE[2],
            "country": "US",
            "sms_consent": "SUBSCRIBED",
            "Age": "18",
        },
        "events": {
            "profile_id": "p1",
            "metric": "Placed Order",
            "datetime": "2026-06-30T12:00:00Z",
            "value": "12.50",
            "Items": '["Hat"]',
        },
        "lists": {"profile_id": "p1", "list_id": "VIP upload", "joined": "2026-06-30"},
        "places": {"country": "DE", "postal_code": "10115", "latitude": "52.5", "longitude": "13.4"},
    }
    return [rows[table], {**rows[table], "profile_id": "p2"}]


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    return pd.DataFrame(rows).to_csv(index=False).encode("utf-8", "surrogatepass")


def _seeds() -> list[tuple[str, bytes]]:
    made: list[tuple[str, bytes]] = []
    for table in TABLES:
        rows = _plain(table)
        made.append((f"{table}.csv", _csv(rows)))
        made.append((f"{table}.csv.gz", gzip.compress(_csv(rows), mtime=0)))
        made.append((f"{table}.json", json.dumps(_PAGES.get(table, rows)).encode()))
        made.append((f"{table}.jsonl", "\n".join(map(json.dumps, rows)).encode()))
        made.append((f"{table}.parquet", _parquet(rows)))
    return made


SEEDS = _seeds()


def file_of(data: Any) -> tuple[str, bytes]:
    """Make a small file of a table: known and unknown headers, cells that mean something somewhere, a few bytes changed after."""
    table = data.PickValueInList(["profiles", "profiles", "events", "events", "lists", "places"])
    ending = data.PickValueInList([*_ENDINGS, "csv", "json"])
    if ending == "parquet":
        content = _typed_parquet(data, table)
    elif ending in ("json", "jsonl") and table in _PAGES and data.ConsumeBool():
        content = _page(data, table, ending)
    else:
        rows = _rows(data, table, _VALUES if ending.startswith("json") else _CELLS)
        if ending.startswith("json"):
            content = ("\n".join(map(json.dumps, rows)) if ending == "jsonl" else json.dumps(rows)).encode()
        else:
            content = _text(data, rows)
    content = _mangled(data, content)
    if ending == "csv.gz":
        content = _mangled(data, gzip.compress(content, 1, mtime=0))
    return f"{table}.{ending}", content


def _rows(data: Any, table: str, cells: list[Any]) -> list[dict[str, Any]]:
    rows = _plain(table)
    headers = list(rows[0])
    for _ in range(data.ConsumeIntInRange(0, 4)):
        known = data.PickValueInList(list(TABLES[table]))
        headers.append(
            data.PickValueInList(
                [
                    known,
                    known,
                    known.replace("_", " ").title(),
                    f" {known}",
                    "Age",
                    "$event_id",
                    "_fivetran_deleted",
                    *PEOPLE[:2],
                ]
            )
            if data.ConsumeIntInRange(0, 7)
            else data.ConsumeUnicodeNoSurrogates(8)
        )
    made = []
    for number in range(data.ConsumeIntInRange(0, 4)):
        usual = rows[number % 2]
        made.append({
            header: data.PickValueInList(cells) if header not in usual or data.ConsumeIntInRange(0, 2) == 0 else usual[header]
            for header in headers
        })  # fmt: skip
    return made or rows


def _text(data: Any, rows: list[dict[str, Any]]) -> bytes:
    separator, end = data.PickValueInList([",", ",", ";", "\t", "|"]), data.PickValueInList(["\n", "\n", "\r\n", "\r"])
    encoding = data.PickValueInList(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"])
    quote = data.PickValueInList(["always", "never", "needed"])

    def cell(value: Any) -> str:
        text = str(value)
        needs = quote == "always" or (quote == "needed" and any(mark in text for mark in (separator, '"', "\n")))
        return '"' + text.replace('"', '""') + '"' if needs else text

    lines = [separator.join(map(cell, line)) for line in [list(rows[0]), *(row.values() for row in rows)]]
    if data.ConsumeIntInRange(0, 5) == 0:
        lines.insert(data.ConsumeIntInRange(0, len(lines)), data.ConsumeUnicodeNoSurrogates(12))
    return end.join(lines).encode(encoding, "replace")


def _page(data: Any, table: str, ending: str) -> bytes:
    page = json.loads(json.dumps(_PAGES[table]))
    for _ in range(data.ConsumeIntInRange(0, 4)):
        places = list(_places(page))
        home, key = data.PickValueInList(places)
        match data.ConsumeIntInRange(0, 4):
            case 0 if isinstance(home, list) or len(home) > 1:
                del home[key]
            case 1 if isinstance(home, list):
                home.append(home[key])
            case 2 if isinstance(home, dict):
                name = data.PickValueInList(
                    [
                        "id",
                        "type",
                        "Age",
                        "sms_consent",
                        "timestamp",
                        "name",
                        "data",
                        "properties",
                        "",
                        PEOPLE[0],
                        "\ud83d",
                    ]
                )
                home[name] = home.pop(key)
            case _:
                home[key] = json.loads(json.dumps(data.PickValueInList(_VALUES)))
    if ending == "jsonl" and isinstance(page.get("data"), list):
        return "\n".join(map(json.dumps, page["data"])).encode()
    return json.dumps(page).encode()


def _places(value: Any) -> Any:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def _typed_parquet(data: Any, table: str) -> bytes:
    """Make a table whose columns have any types of Arrow's, and hold what such a column can."""
    columns: dict[str, Any] = {}
    for header, usual in _plain(table)[0].items():
        columns[header] = pa.array([usual, "p2" if header == "profile_id" else usual])
    for _ in range(data.ConsumeIntInRange(0, 3)):
        header = data.PickValueInList([*TABLES[table], "Age", "$event_id"])
        type_ = data.PickValueInList(_TYPES)
        pool = [
            *_CELLS,
            None,
            0,
            1,
            -1,
            2**62,
            0.5,
            float("nan"),
            True,
            b"\xff",
            date(2026, 6, 30),
            _INSTANT,
            Decimal("1.50"),
            [],
            ["Hats"],
            [1],
            {"a": 1},
        ]
        cells = []
        for _ in range(2):
            value = data.PickValueInList(pool)
            try:
                pa.array([value], type_)
            except (pa.ArrowException, OverflowError, TypeError, ValueError, AttributeError):
                value = None
            cells.append(value)
        columns[header] = pa.array(cells, type_)
    sink = io.BytesIO()
    try:
        pq.write_table(pa.table(columns), sink, compression=data.PickValueInList(["none", "snappy", "zstd"]))
    except (pa.ArrowException, ValueError):
        return _parquet(_plain(table))
    return sink.getvalue()


def _mangled(data: Any, content: bytes) -> bytes:
    if data.ConsumeIntInRange(0, 3) or not content:
        return content
    changed = bytearray(content)
    for _ in range(data.ConsumeIntInRange(1, 4)):
        changed[data.ConsumeIntInRange(0, len(changed) - 1)] = data.ConsumeIntInRange(0, 255)
    return bytes(changed[: data.ConsumeIntInRange(0, len(changed))] if data.ConsumeIntInRange(0, 5) == 0 else changed)


def check(kind: str, content: bytes) -> None:
    """Load a file of a kind such as "profiles.csv.gz", then ask the shop."""
    table, _, _ = kind.partition(".")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        path.write_bytes(content)
        beside = {name: frame for name, frame in _BESIDE.items() if name != table}
        shop = answer(lambda: sk.load(**beside, **{table: path}))
        if shop is None:
            shop = answer(lambda: sk.load(**beside, **{table: path}, **_LENIENT))
        if shop is not None:
            _ask(shop)


def _ask(shop: sk.Dataset) -> None:
    show_nobody(shop.report.to_string(max_colwidth=None))
    show_nobody(shop)
    everybody = sk.Segment("Everybody", sk.can_receive("sms") | ~sk.can_receive("sms"))
    metrics = [sk.Segment(f"metric {place}", sk.did(metric)) for place, metric in enumerate(shop.metric_names[:3])]
    answer(lambda: sk.membership([sk.Segment("Email", sk.can_receive("email")), *metrics], shop))
    # A property without a name is kept and handed out, and no condition can ask for it.
    for name in filter(str.strip, shop.property_names[-4:]):
        tests = ({"equals": "18"}, {"at_least": 18}, {"in_last_days": 30}, {"contains": "Hats"}, {"equals": True})
        asked = [sk.Segment(str(test), sk.has(name, **test)) for test in tests]
        answer(lambda asked=asked: sk.membership(asked, shop))
    answer(lambda: sk.members(everybody, shop))
    audience = answer(lambda: sk.audience(everybody, shop))
    if audience is not None:
        show_nobody(audience)
        for layout in ("klaviyo", "members", "hashed"):
            answer(lambda layout=layout: audience.to_bytes(layout=layout).decode("utf-8"))

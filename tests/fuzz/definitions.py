"""The readers of definitions, YAML and Klaviyo's, and of the names that these leave to the account: what is read can be explained, asked of a shop, written, and is read back equal."""

import copy
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import doors
import yaml
from conftest import TINY_SHOP
from fuzz.held import PEOPLE, answer
from klaviyo.definitions.documents import BEYOND_US, DRIFTS, REPHRASED, SHAPES, UNKNOWN
from klaviyo.definitions.spelled import AFFINITY, LIST_IDS, LISTS, METRIC_IDS, METRICS, definition, request

import segkit as sk
from segkit.definition.text.keys import KIND_KEYS, NUMBER_KEYS, PROPERTY_KEYS
from segkit.definition.text.timeframe_text import DATE_FORMS

FORMATS = ["yaml", "json", "names.json"]

_DOCUMENTS = [shape.document for shape in (*SHAPES, *REPHRASED, *BEYOND_US, *UNKNOWN)]
_DOCUMENTS += [drift.drifted for drift in DRIFTS]
_HOSTILE = [
    None, True, False, 0, -1, 1, 1e308, -0.0, 10**40, float("nan"), float("inf"), "", " ", "0", "x" * 300, "\ud83d", "\0", "\u2028", "NULL",
    [], {}, [[]], {"": ""}, [None], "2026-02-30T00:00:00Z", "9999-12-31", "P1D", 366, 2**63, "=1+1", "(", "a{1000}", *PEOPLE,
]  # fmt: skip
_WORDS = [
    "sms", "email", "Placed Order", "Clicked SMS", "city", "Age", "VIP upload", "Newsletter", "US", "European Union", "european_union",
    "any", "subscribed", "30 miles", "1.5 kilometers", "7 days", "1 hour", "in the last 30 days", *DATE_FORMS, *PEOPLE,
]  # fmt: skip
_NAMES = [
    {
        "data": [
            {
                "type": "metric",
                "id": "Vc4tXr",
                "attributes": {"name": "Clicked SMS", "integration": {"name": "Klaviyo"}},
            }
        ]
    },
    {"data": {"type": "list", "id": "Wm4nKx", "attributes": {"name": "VIP upload"}}, "links": {"next": None}},
    {"metrics": {"Vc4tXr": "Clicked SMS"}, "lists": {"Wm4nKx": "VIP upload"}},
]
_SHOP = doors.by_frames(TINY_SHOP)

SEEDS = [("yaml", sk.Segment(shape.name, shape.says, "Why").to_yaml().encode()) for shape in SHAPES]
SEEDS += [("json", json.dumps(definition([one])).encode()) for one in _DOCUMENTS[::4]]
SEEDS += [("names.json", json.dumps(names).encode()) for names in (*_NAMES, _NAMES)]


def file_of(data: Any) -> tuple[str, bytes]:
    """Make YAML of the keys that conditions have, or a document of Klaviyo's with a few parts changed."""
    if data.ConsumeBool():
        made = {
            "segkit": 1,
            "name": data.PickValueInList(["VIP", "a: b", "'", "\u2028", "1", *PEOPLE]),
            **_condition(data, 4),
        }
        if data.ConsumeIntInRange(0, 3) == 0:
            made = _edited(data, made)
        flow = data.PickValueInList([None, True, False])
        text = yaml.safe_dump(made, sort_keys=False, allow_unicode=data.ConsumeBool(), default_flow_style=flow)
        return "yaml", text.encode("utf-8", "surrogatepass")
    if data.ConsumeIntInRange(0, 9) == 0:
        return "names.json", json.dumps(_edited(data, copy.deepcopy(data.PickValueInList([*_NAMES, _NAMES])))).encode()
    groups = [
        [copy.deepcopy(data.PickValueInList(_DOCUMENTS)) for _ in range(data.ConsumeIntInRange(1, 3))]
        for _ in range(data.ConsumeIntInRange(1, 3))
    ]
    made = request("asked", *groups) if data.ConsumeBool() else definition(*groups)
    return "json", json.dumps(_edited(data, made)).encode()


def _condition(data: Any, depth: int) -> dict[str, Any]:
    kind = data.PickValueInList(list(KIND_KEYS))
    if kind in ("all of", "any of"):
        return {kind: [_condition(data, depth - 1) for _ in range(data.ConsumeIntInRange(0, 3))] if depth else []}
    if kind == "not":
        return {kind: _condition(data, depth - 1) if depth else None}
    made: dict[str, Any] = {kind: _value(data)}
    if kind == "did in order":
        made[kind] = [
            {data.PickValueInList(["did", "did not"]): _value(data), **_where(data)}
            for _ in range(data.ConsumeIntInRange(0, 3))
        ]
    if kind in ("within", "beyond"):
        made |= data.PickValueInList([{"of postal code": "02110", "country": "US"}, {"of point": [42.36, -71.06]}])
    if kind == "has":
        made[data.PickValueInList(list(PROPERTY_KEYS))] = _value(data)
    if kind in ("did", "spent on") and data.ConsumeBool():
        made[data.PickValueInList(list(NUMBER_KEYS))] = _value(data)
    if "when" in KIND_KEYS[kind] and kind != "has" and data.ConsumeBool():
        made["when"] = data.PickValueInList(list(DATE_FORMS))
    if "where" in KIND_KEYS[kind]:
        made |= _where(data)
    if KIND_KEYS[kind] and data.ConsumeIntInRange(0, 3) == 0:
        made[data.PickValueInList(list(KIND_KEYS[kind]))] = _value(data)
    return made


def _where(data: Any) -> dict[str, Any]:
    if data.ConsumeIntInRange(0, 2):
        return {}
    tests = [
        {"has": _value(data), data.PickValueInList(list(PROPERTY_KEYS)): _value(data)}
        for _ in range(data.ConsumeIntInRange(0, 2))
    ]
    return {"where": [*tests, {"is set": "Source"}]}


def _value(data: Any) -> Any:
    match data.ConsumeIntInRange(0, 9):
        case 0:
            return data.PickValueInList(_HOSTILE[:-9])
        case 1:
            return data.ConsumeInt(4)
        case 2:
            return data.ConsumeFloat()
        case 3:
            return data.ConsumeUnicode(12)
        case 4:
            return [_value(data) for _ in range(data.ConsumeIntInRange(0, 3))]
        case 5:
            return {"decimal": data.PickValueInList(["0.1", "1e400", "NaN", "-0", "1" * 60, "0." + "3" * 60])}
        case 6:
            return date.fromordinal(data.ConsumeIntInRange(1, 3_652_059))
        case _:
            return data.PickValueInList(_WORDS)


def _edited(data: Any, made: Any) -> Any:
    """Change a few parts of a document, wherever they are: another value, gone, doubled, renamed or wrapped."""
    for _ in range(data.ConsumeIntInRange(0, 3)):
        places = list(_places(made))
        if not places:
            return made
        home, key = data.PickValueInList(places)
        match data.ConsumeIntInRange(0, 5):
            case 0 | 1:
                home[key] = data.PickValueInList(_HOSTILE)
            case 2:
                del home[key]
            case 3 if isinstance(home, list):
                home.append(copy.deepcopy(home[key]))
            case 4 if isinstance(home, dict):
                home[data.PickValueInList([*_WORDS, "type", "operator", "value"])] = home.pop(key)
            case 5:
                home[key] = [home[key]]
            case _:
                home[key] = data.ConsumeUnicode(12)
    return made


def _places(value: Any) -> Any:
    """Yield the container and the key of everything within a document."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def check(kind: str, content: bytes) -> None:
    """Read a definition, and take it everywhere that a definition goes; or names, and write and read them again."""
    if kind == "names.json":
        _check_names(content)
        return
    try:
        text = content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    segment = answer(lambda: sk.Segment.from_yaml(text)) if kind == "yaml" else answer(lambda: _from_klaviyo(text))
    if segment is None:
        return
    assert answer(lambda: str(sk.explain(segment))), "it can't be explained"
    written = answer(segment.to_yaml)
    assert written is not None, "it can't be written"
    back = sk.Segment.from_yaml(written)
    assert back == segment, "it is read back as another"
    assert back.hash == segment.hash, "it has another hash"
    assert not sk.diff(segment, back), "it differs from itself"
    answer(lambda: sk.members(segment, _SHOP))
    document = answer(lambda: _to_klaviyo(segment))
    if document is not None:
        assert _to_klaviyo(_from_klaviyo(json.dumps(document))) == document, (
            "Klaviyo's document is read back as another"
        )


def _check_names(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.json"
        path.write_bytes(content)
        names = answer(lambda: sk.AccountNames.from_file(path))
        if names is not None:
            written = names.to_file(path, replace=True)
            assert sk.AccountNames.from_file(written) == names, "names are read back as others"


def _from_klaviyo(payload: Any) -> sk.Segment:
    return sk.from_klaviyo(payload, metric_names=METRICS, list_names=LISTS, channel_affinity=AFFINITY)


def _to_klaviyo(segment: sk.Segment) -> Any:
    return sk.to_klaviyo(segment, metric_ids=METRIC_IDS, list_ids=LIST_IDS)

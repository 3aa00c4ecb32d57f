"""Generate the JSON Schema of segment files, which editors use to check and complete YAML.

`python -m segkit.definition.text.schema` writes `segkit/segment.schema.json`. A test checks that the file is up to date.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from segkit.definition.conditions import (
    Channel,
    DistanceUnit,
    ItemsComparison,
    Region,
    Subscription,
)
from segkit.definition.text.keys import (
    EITHER_KEYS,
    ITEM_KEYS,
    ITEM_TEXT_KEYS,
    KIND_KEYS,
    LENGTH_KEYS,
    NUMBER_KEYS,
    PROPERTY_KEYS,
    SOMETHING_KEY,
    TEST_KEYS,
    TEXT_KEYS,
)
from segkit.definition.text.timeframe_text import DATE_FORMS, DATE_PATTERNS, EVENT_FORMS, EVENT_PATTERNS
from segkit.definition.text.write import SECONDS

Schema = dict[str, Any]

FILE = Path(__file__).parents[2] / "segment.schema.json"

_NAME: Schema = {"type": "string", "pattern": r"\S"}
_TEXT: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _array(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _one_of(keys: Iterable[str]) -> list[Schema]:
    return [{"required": [key]} for key in keys]


_METRICS, _NUMBER, _ITEM = _ref("metrics"), _ref("number"), {"anyOf": [_TEXT, _ref("number")]}
_WHERE = _array(_ref("test-of-an-event"))
_CONDITIONS = _array(_ref("nested-condition"))
_POINT: Schema = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": -90, "maximum": 90},
        {"type": "number", "minimum": -180, "maximum": 180},
    ],
    "minItems": 2,
    "maxItems": 2,
}
_KINDS: Mapping[str, tuple[Schema, str]] = {
    "all of": (_CONDITIONS, "Profiles that match all of these conditions; everybody if the list is empty."),
    "any of": (_CONDITIONS, "Profiles that match at least one of these conditions; nobody if the list is empty."),
    "not": (
        _ref("nested-condition"),
        "Profiles that do not match this condition, including those with unset properties.",
    ),
    "did": (_METRICS, "Profiles by how often they did something; at least once if there is no comparison."),
    "did not": (_METRICS, "Profiles that did something zero times."),
    "did on days": (_METRICS, "Profiles by the number of different UTC days on which they did something."),
    "spent on": (_METRICS, "Profiles by the sum of the values of a metric's events."),
    "did in order": (_array(_ref("step"), minItems=2, maxItems=5), "Profiles that took these steps in this order."),
    "last event": (_NAME, "Profiles whose most recent event of a metric passes these tests."),
    "has": (_NAME, "Profiles with a property that passes one test."),
    "is set": (_NAME, "Profiles for which a property has a value."),
    "is not set": (_NAME, "Profiles for which a property has no value."),
    "can receive": ({"enum": [*get_args(Channel)]}, "Profiles that can receive marketing on a channel."),
    "cannot receive": ({"enum": [*get_args(Channel)]}, "Profiles that cannot receive marketing on a channel."),
    "in list": (_NAME, "Profiles on a list, optionally only those that joined it in a timeframe."),
    "not in list": (_NAME, "Profiles that are not on a list."),
    "within": (
        {"type": "string", "pattern": rf"^[0-9.eE+-]+ ({'|'.join(get_args(DistanceUnit))})$"},
        "Profiles that live nearer than this distance.",
    ),
    "beyond": (
        {"type": "string", "pattern": rf"^[0-9.eE+-]+ ({'|'.join(get_args(DistanceUnit))})$"},
        "Profiles that live farther away than this distance.",
    ),
    "phone country": (_array(_ref("country"), minItems=1), "Profiles with a phone number from one of these countries."),
    "not phone country": (
        _array(_ref("country"), minItems=1),
        "Profiles with a valid phone number from any other country.",
    ),
    "in region": ({"enum": [*get_args(Region)]}, "Profiles whose country is in a region."),
    "in segment": (_NAME, "Profiles in another segment, which is loaded together with this one."),
    "not in region": ({"enum": [*get_args(Region)]}, "Profiles whose country is known and outside a region."),
}
"""For each kind of condition, the schema of its main key's value, and a description."""

_BESIDE: Mapping[str, Schema] = {
    "when": _ref("when-of-events"),
    "where": _WHERE,
    "completed within": {
        "type": "string",
        "pattern": rf"^[0-9]{{1,9}} ({'|'.join(reversed(SECONDS))})s?$",
        "examples": ["48 hours"],
    },
    "subscription": {"enum": [*get_args(Subscription)]},
    "status date": _ref("when-of-a-date"),
    "joined": _ref("when-of-events"),
    "of postal code": _NAME,
    "country": _ref("country"),
    "of point": _POINT,
}


def segment_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a segment as `Segment.to_yaml` writes it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A segkit segment",
        "description": "The definition of a segment. Put text that looks like a number, a date, true or false in quotes.",
        "type": "object",
        "required": ["segkit", "name"],
        "properties": {
            "segkit": {"const": 1, "description": "The version of this format."},
            "name": _NAME,
            "description": {"type": "string"},
        },
        "$ref": "#/$defs/condition",
        "unevaluatedProperties": False,
        "$defs": {
            "condition": {"oneOf": [_kind(kind, beside) for kind, beside in KIND_KEYS.items()]},
            "nested-condition": {**_ref("condition"), "unevaluatedProperties": False},
            "step": {"oneOf": [_closed(kind, {"where": _WHERE}) for kind in ("did", "did not")]},
            "test-of-an-event": {"oneOf": [_ref("test-of-an-event-property"), _ALTERNATIVES]},
            "test-of-an-event-property": {"oneOf": _tests(TEST_KEYS)},
            "test-of-a-consent-column": {"oneOf": _tests((*TEST_KEYS, "when"))},
            "number": {"anyOf": [{"type": "number"}, _DECIMAL]},
            "items": _array(_ITEM, minItems=1),
            "metrics": {"anyOf": [_NAME, _array(_NAME, minItems=2)]},
            "choices": {"type": "array", "minItems": 1, "anyOf": [{"items": _TEXT}, {"items": _NUMBER}]},
            "country": {"type": "string", "pattern": "^[A-Z]{2}$", "not": {"const": "UK"}},
            "when-of-events": _timeframe(EVENT_PATTERNS, EVENT_FORMS),
            "when-of-a-date": _timeframe(DATE_PATTERNS, DATE_FORMS),
        },
    }


_DECIMAL: Schema = {
    "type": "object",
    "required": ["decimal"],
    "properties": {"decimal": {"type": "string", "pattern": "^-?[0-9]{1,100}([.][0-9]{1,100})?$"}},
    "additionalProperties": False,
}


def _only(key: str, value: Schema) -> Schema:
    return {"type": "object", "required": [key], "properties": {key: value}, "additionalProperties": False}


_ALTERNATIVES = _only(
    "any of",
    _array(
        {
            "oneOf": [
                _ref("test-of-an-event-property"),
                _only("all of", _array(_ref("test-of-an-event-property"))),
            ]
        },
        minItems=1,
    ),
)
"""Alternative tests of one event, of which any may pass."""


def _kind(kind: str, beside: Iterable[str]) -> Schema:
    """Return the schema of one kind of condition, with the keys that are allowed beside its main key."""
    value, meaning = _KINDS[kind]
    match kind:
        case "has":
            tests = {key: _test(key) for key in PROPERTY_KEYS}
            return _described(kind, meaning, {kind: value, **tests}, oneOf=_one_of(PROPERTY_KEYS))
        case "last event":
            where = _array(_ref("test-of-an-event"), minItems=1)
            schema = _described(kind, meaning, {kind: value, **_beside(kind, beside), "where": where})
            return schema | {"required": [kind, "where"]}
        case "within" | "beyond":
            places = [{"required": ["of postal code", "country"]}, {"required": ["of point"]}]
            return _described(kind, meaning, {kind: value, **_beside(kind, beside)}, oneOf=places)
        case "spent on" | "did on days":
            return _described(kind, meaning, {kind: value, **_beside(kind, beside)}, oneOf=_one_of(NUMBER_KEYS))
        case "did":
            none = {"not": {"anyOf": _one_of(NUMBER_KEYS)}}
            return _described(
                kind, meaning, {kind: value, **_beside(kind, beside)}, oneOf=[*_one_of(NUMBER_KEYS), none]
            )
        case _:
            return _described(kind, meaning, {kind: value, **_beside(kind, beside)})


def _beside(kind: str, keys: Iterable[str]) -> Schema:
    tests: Schema = (
        {"where": _array(_ref("test-of-a-consent-column"))} if kind in {"can receive", "cannot receive"} else {}
    )
    numbers: Schema = dict.fromkeys(NUMBER_KEYS, _NUMBER if kind == "spent on" else _COUNT)
    return {key: {**_BESIDE, **numbers, **tests}[key] for key in keys}


def _described(kind: str, meaning: str, properties: Schema, **rest: Any) -> Schema:
    return {
        "title": kind.capitalize(),
        "description": meaning,
        "type": "object",
        "required": [kind],
        "properties": properties,
        **rest,
    }


def _closed(kind: str, properties: Schema, **rest: Any) -> Schema:
    return {
        "type": "object",
        "required": [kind],
        "properties": {kind: _NAME, **properties},
        "additionalProperties": False,
        **rest,
    }


def _tests(keys: Iterable[str]) -> list[Schema]:
    """Return the schemas for tests of one property: a comparison with one of the keys, or whether the property is set."""
    keys = tuple(keys)
    compared = _closed("has", {key: _test(key) for key in keys}, oneOf=_one_of(keys))
    return [compared, _closed("is set", {}), _closed("is not set", {})]


def _test(key: str) -> Schema:
    """Return the schema of the value that a test compares with."""
    if key in {"equals", "not equals"}:
        return {"anyOf": [{"type": ["string", "boolean"]}, _NUMBER]}
    if key in {"is in", "not in"}:
        return _ref("choices")
    if key in NUMBER_KEYS:
        return _NUMBER
    if key in LENGTH_KEYS.values():
        return _COUNT
    if key in ITEM_KEYS.values():
        return _ITEM
    if key in get_args(ItemsComparison):
        return _ref("items")
    if key == SOMETHING_KEY:
        return {"type": "boolean"}
    if key == "when":
        return _ref("when-of-a-date")
    assert key in {*TEXT_KEYS.values(), *ITEM_TEXT_KEYS.values(), *EITHER_KEYS}, key
    return _TEXT


def _timeframe(patterns: Iterable[str], forms: Iterable[str]) -> Schema:
    digits = "|".join(pattern.replace(r"\d", "[0-9]") for pattern in patterns)
    return {"type": "string", "pattern": f"^({digits})$", "examples": [*forms]}


if __name__ == "__main__":
    FILE.write_text(json.dumps(segment_schema(), indent=2) + "\n", encoding="utf-8")

"""Generate the JSON Schema of a segment's text, which editors check and complete YAML files with.

`segkit/segment.schema.json` is written by `python -m segkit.definition.text.schema`; a test compares the two.
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


_NUMBER, _ITEM = _ref("number"), {"anyOf": [_TEXT, _ref("number")]}
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
    "all of": (_CONDITIONS, "All of these hold; an empty list includes everybody."),
    "any of": (_CONDITIONS, "At least one of these holds; an empty list includes nobody."),
    "not": (_ref("nested-condition"), "Everybody for whom this does not hold, unset properties included."),
    "did": (_NAME, "How often somebody did something; at least once if there is no comparison."),
    "did not": (_NAME, "Did something zero times."),
    "did on days": (_NAME, "On how many different UTC days somebody did something."),
    "spent on": (_NAME, "The sum of the values of a metric's events."),
    "did in order": (_array(_ref("step"), minItems=2, maxItems=5), "Took these steps in this order."),
    "has": (_NAME, "A property of the profile passes one test."),
    "is set": (_NAME, "A property of the profile has a value."),
    "is not set": (_NAME, "A property of the profile has no value."),
    "can receive": ({"enum": [*get_args(Channel)]}, "Can receive marketing on a channel."),
    "cannot receive": ({"enum": [*get_args(Channel)]}, "Cannot receive marketing on a channel."),
    "in list": (_NAME, "Is on a list, joined in a timeframe."),
    "not in list": (_NAME, "Is not on a list."),
    "within": (
        {"type": "string", "pattern": rf"^[0-9.eE+-]+ ({'|'.join(get_args(DistanceUnit))})$"},
        "Lives within this distance.",
    ),
    "beyond": (
        {"type": "string", "pattern": rf"^[0-9.eE+-]+ ({'|'.join(get_args(DistanceUnit))})$"},
        "Lives farther away than this.",
    ),
    "phone country": (_array(_ref("country"), minItems=1), "The phone number is from one of these countries."),
    "not phone country": (
        _array(_ref("country"), minItems=1),
        "The phone number is valid and from none of these countries.",
    ),
    "in region": ({"enum": [*get_args(Region)]}, "Lives in a region."),
    "in segment": (_NAME, "Is in another segment of the same set."),
    "not in region": ({"enum": [*get_args(Region)]}, "Lives in a known country outside a region."),
}
"""The value of each kind's own key, and what the kind means."""

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
        "description": "Who is in a segment, as text. Text that looks like a number, a date, true or false stands in quotes.",
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
            "test-of-an-event": {"oneOf": _tests(TEST_KEYS)},
            "test-of-a-consent-column": {"oneOf": _tests((*TEST_KEYS, "when"))},
            "number": {"anyOf": [{"type": "number"}, _DECIMAL]},
            "items": _array(_ITEM, minItems=1),
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


def _kind(kind: str, beside: Iterable[str]) -> Schema:
    """Return the schema of one kind of condition, with what may be given beside its own key."""
    value, meaning = _KINDS[kind]
    match kind:
        case "has":
            tests = {key: _test(key) for key in PROPERTY_KEYS}
            return _described(kind, meaning, {kind: value, **tests}, oneOf=_one_of(PROPERTY_KEYS))
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
    """Return the tests of one property: a comparison by one of the keys, or whether it is set."""
    keys = tuple(keys)
    compared = _closed("has", {key: _test(key) for key in keys}, oneOf=_one_of(keys))
    return [compared, _closed("is set", {}), _closed("is not set", {})]


def _test(key: str) -> Schema:
    """Return the schema of what a test compares with."""
    if key in {"equals", "not equals"}:
        return {"anyOf": [{"type": ["string", "boolean"]}, _NUMBER]}
    if key in {"is in", "not in"}:
        return _array(_TEXT, minItems=1)
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

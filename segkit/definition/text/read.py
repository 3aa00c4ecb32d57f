"""Read conditions from plain data with the same checks as `phrases`, and collect all faults with their locations."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast, get_args

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Channel,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    EventTest,
    EventTests,
    FunnelCondition,
    FunnelStep,
    LastEventCondition,
    LengthTest,
    ListCondition,
    Measurement,
    MetricCondition,
    Not,
    NumberComparison,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    Region,
    RegionCondition,
    SegmentCondition,
    SetTest,
    Subscription,
)
from segkit.definition.text.keys import (
    EITHER_KEYS,
    ITEM_KEYS,
    ITEMS_KEYS,
    KIND_KEYS,
    LENGTH_KEYS,
    NUMBER_KEYS,
    PROPERTY_KEYS,
    SOMETHING_KEY,
    TEST_KEYS,
    Fault,
    Path,
)
from segkit.definition.text.timeframe_text import read_date_timeframe, read_event_timeframe
from segkit.definition.text.values import (
    count,
    countries,
    country,
    exact,
    item,
    length_of,
    listed_items,
    name,
    names,
    one_among,
    point,
    seconds_of,
    some_text,
    text,
    texts,
)
from segkit.definition.text.write import either, usual_subscription
from segkit.definition.timeframes import ALL_TIME
from segkit.definition.value_words import value_tests
from segkit.errors import DefinitionError

UNREADABLE: Condition = AllOf(())
"""Placeholder for a condition that could not be read, so that the rest can still be checked for faults."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A mapping in the document, its path, and the list that faults are added to."""

    data: dict[str, Any]
    path: Path
    faults: list[Fault]

    def fault(self, error: DefinitionError, *steps: str | int) -> None:
        self.faults.append(Fault((*self.path, *steps), str(error)))

    def take(self, key: str, read: Callable[[str, Any], Any], default: Any = None) -> Any:
        """Read the value of a key. Return the default if the key is missing or its value is invalid."""
        if key in self.data:
            try:
                return read(key, self.data[key])
            except DefinitionError as error:
                self.fault(error, key)
        return default

    def one_of(self, what: str, keys: Iterable[str], *, needed: bool) -> str | None:
        """Return the key that is present, or None if there is none. Add a fault for several keys, or if a needed key is missing."""
        known = tuple(keys)
        present = [key for key in self.data if key in known]
        if len(present) > 1 or (needed and not present):
            self.fault(DefinitionError.not_one_key(what, present, known))
            return None
        return present[0] if present else None


def read_condition(data: object, faults: list[Fault], *, path: Path = (), beside: Iterable[str] = ()) -> Condition:
    """Read a condition from plain data as written by `to_data`, and add everything that is wrong to `faults`.

    Args:
        data: mappings, lists, text, numbers and booleans.
        faults: the list that faults are added to. If any were added, don't use the returned condition.
        path: the path of the data in its document.
        beside: keys of the mapping to ignore, since they are not part of the condition.

    >>> read_condition({"has": "Age", "at least": 18}, []) == PropertyCondition("Age", value_tests({"at_least": 18})[0][0])
    True
    >>> faults = []
    >>> _ = read_condition({"all of": [{"has": "Age", "at leats": 18}]}, faults)
    >>> [fault.path for fault in faults]
    [('all of', 0, 'at leats')]
    """
    if not isinstance(data, dict):
        faults.append(Fault(path, str(DefinitionError.not_a_mapping(data))))
        return UNREADABLE
    part = _Part({key: value for key, value in data.items() if key not in set(beside)}, path, faults)
    kind = part.one_of("A condition", KIND_KEYS, needed=not part.data.keys() - _EVERY_KEY)
    if kind is None:
        _unknown_keys(part, _EVERY_KEY, offer=KIND_KEYS)
        return UNREADABLE
    _unknown_keys(part, [kind, *KIND_KEYS[kind]])
    return _READERS[kind](part, kind)


_EVERY_KEY = frozenset(key for keys in (KIND_KEYS, *KIND_KEYS.values()) for key in keys)


def _unknown_keys(part: _Part, known: Collection[str], *, offer: Iterable[str] | None = None) -> None:
    for key in part.data:
        if key not in known:
            part.fault(DefinitionError.unknown_key(key, known if offer is None else offer), key)


def _group(part: _Part, kind: str) -> Condition:
    parts = part.take(kind, listed_items, [])
    read = tuple(read_condition(one, part.faults, path=(*part.path, kind, index)) for index, one in enumerate(parts))
    return AllOf(read) if kind == "all of" else AnyOf(read)


def _not(part: _Part, kind: str) -> Condition:
    return Not(read_condition(part.data[kind], part.faults, path=(*part.path, kind)))


def _metric(part: _Part, kind: str) -> Condition:
    metric = part.take(kind, names, "?")
    needed = kind in ("spent on", "did on days") and not part.data.keys() - {kind, *KIND_KEYS[kind]}
    comparison = cast(NumberComparison | None, part.one_of(f"A condition with {kind}", NUMBER_KEYS, needed=needed))
    value: Any = 1
    if kind == "did not":
        comparison, value = "equals", 0
    elif comparison is not None:
        value = part.take(comparison, exact if kind == "spent on" else count, 0)
    measurement = _MEASUREMENTS[kind]
    timeframe = part.take("when", read_event_timeframe, ALL_TIME)
    return MetricCondition(metric, measurement, comparison or "at least", value, timeframe, _event_tests(part))


_MEASUREMENTS: dict[str, Measurement] = {"did": "count", "did not": "count", "did on days": "days", "spent on": "sum"}


def _funnel(part: _Part, kind: str) -> Condition:
    steps = tuple(
        _step(one, part.faults, (*part.path, kind, index))
        for index, one in enumerate(part.take(kind, listed_items, []))
    )
    seconds = part.take("completed within", seconds_of)
    timeframe = part.take("when", read_event_timeframe, ALL_TIME)
    try:
        return FunnelCondition(steps, timeframe, seconds)
    except DefinitionError as error:
        part.fault(error, kind)
        return UNREADABLE


def _step(data: object, faults: list[Fault], path: Path) -> FunnelStep:
    if not isinstance(data, dict):
        faults.append(Fault(path, str(DefinitionError.not_a_mapping(data))))
        return FunnelStep("?")
    part = _Part(data, path, faults)
    _unknown_keys(part, ["did", "did not", "where"])
    kind = part.one_of("A step", ["did", "did not"], needed=True) or "did"
    return FunnelStep(part.take(kind, name, "?"), _event_tests(part), is_taken=kind == "did")


def _last_event(part: _Part, kind: str) -> Condition:
    if not part.data.get("where", True) or "where" not in part.data:
        part.fault(DefinitionError.missing(kind, "the key 'where'"))
    timeframe = part.take("when", read_event_timeframe, ALL_TIME)
    return LastEventCondition(part.take(kind, name, "?"), _event_tests(part), timeframe)


_OF_PROPERTIES = ("has", "is set", "is not set")


def _event_tests(part: _Part) -> EventTests:
    """Read the tests under `where`, each of which tests a property or lists alternatives."""
    tests: list[EventProperty | EventAlternatives] = []
    for clause in _clauses(part, "where"):
        if "any of" not in clause.data:
            tests += _event_properties([clause])
            continue
        _unknown_keys(clause, ("any of",))
        inner = _clauses(clause, "any of")
        if not inner:
            clause.fault(
                DefinitionError.bad_value("any of", clause.data["any of"], "a list of one or more tests"), "any of"
            )
        tests.append(EventAlternatives(tuple(map(_alternative, inner))))
    return tuple(tests)


def _alternative(clause: _Part) -> tuple[EventProperty, ...]:
    if "all of" not in clause.data:
        return _event_properties([clause])
    _unknown_keys(clause, ("all of",))
    return _event_properties(_clauses(clause, "all of"))


def _event_properties(clauses: Iterable[_Part]) -> tuple[EventProperty, ...]:
    return tuple(EventProperty(one.property, cast(EventTest, one.test)) for one in _property_tests(clauses, TEST_KEYS))


def _clauses(part: _Part, key: str) -> list[_Part]:
    """Return the mappings in a list, and report anything else as a fault."""
    clauses = []
    for index, data in enumerate(part.take(key, listed_items, [])):
        clause = _Part(data if isinstance(data, dict) else {}, (*part.path, key, index), part.faults)
        if isinstance(data, dict):
            clauses.append(clause)
        else:
            clause.fault(DefinitionError.not_a_mapping(data))
    return clauses


def _property_tests(clauses: Iterable[_Part], tests: Iterable[str]) -> tuple[PropertyCondition, ...]:
    """Read tests of properties, as conditions on properties."""
    conditions = []
    for clause in clauses:
        kind = clause.one_of("A test of a property", _OF_PROPERTIES, needed=True)
        if kind is None:
            continue
        _unknown_keys(clause, (kind, *tests) if kind == "has" else (kind,))
        condition = _has(clause, kind, tests) if kind == "has" else _set(clause, kind)
        if isinstance(condition, PropertyCondition):
            conditions.append(condition)
    return tuple(conditions)


def _set(part: _Part, kind: str) -> PropertyCondition:
    return PropertyCondition(part.take(kind, name, "?"), SetTest(kind == "is set"))


def _has(part: _Part, kind: str, tests: Iterable[str] = PROPERTY_KEYS) -> Condition:
    of = part.take(kind, name, "?")
    # An unknown key is already reported as a fault, so don't report a missing test as well.
    key = part.one_of("A test of a property's value", tests, needed=not part.data.keys() - {kind, *tests})
    if key is None:
        return UNREADABLE
    if key in EITHER_KEYS:
        return either(of, key, part.take(key, some_text, "?"))
    test = part.take(key, _test)
    return UNREADABLE if test is None else PropertyCondition(of, test)


def _test(key: str, value: Any) -> PropertyTest:
    """Read a test from its key and value, as `sk.has` reads it from a keyword."""
    if key == "when":
        return DateTest(read_date_timeframe(key, value))
    for comparison, length_key in LENGTH_KEYS.items():
        if key == length_key:
            return LengthTest(comparison, count(key, value))
    if key in {"is in", "not in"}:
        several = listed_items(key, value)
        is_numbers = bool(several) and all(isinstance(one, (int, float, dict)) for one in several)
        value = [exact(key, one) for one in several] if is_numbers else texts(key, value)
    elif key in ITEMS_KEYS:
        value = [item(key, one) for one in listed_items(key, value)]
    elif key in {*ITEM_KEYS.values(), *NUMBER_KEYS}:
        value = item(key, value)
    elif key != SOMETHING_KEY:
        text(key, value)
    return value_tests({key.replace(" ", "_"): value})[0][0]


def _consent(part: _Part, kind: str) -> Condition:
    can = kind == "can receive"
    channel = part.take(kind, one_among(get_args(Channel)), "sms")
    usual = usual_subscription(channel, can_receive=can)
    subscription = part.take("subscription", one_among(get_args(Subscription)), usual)
    where = _property_tests(_clauses(part, "where"), [key for key in PROPERTY_KEYS if key not in EITHER_KEYS])
    return ConsentCondition(channel, can, subscription, part.take("status date", read_date_timeframe), where)


def _list(part: _Part, kind: str) -> Condition:
    joined = part.take("joined", read_event_timeframe, ALL_TIME)
    return ListCondition(part.take(kind, name, "?"), kind == "in list", joined)


def _segment(part: _Part, kind: str) -> Condition:
    return SegmentCondition(part.take(kind, name, "?"))


def _distance(part: _Part, kind: str) -> Condition:
    distance, unit = part.take(kind, length_of, (1.0, "miles"))
    place: PostalCode | Point | None = None
    key = part.one_of(kind, ["of postal code", "of point"], needed=True)
    if key == "of point":
        place = part.take(key, point)
    elif key:
        of_country = part.take("country", country, "US")
        if "country" not in part.data:
            part.fault(DefinitionError.missing(key, "the key 'country'"))
        place = PostalCode(part.take(key, name, "?"), of_country)
    return DistanceCondition(kind == "within", distance, unit, place or PostalCode("?", "US"))


def _phone(part: _Part, kind: str) -> Condition:
    return PhoneCountryCondition(part.take(kind, countries, ()), kind == "phone country")


def _region(part: _Part, kind: str) -> Condition:
    return RegionCondition(part.take(kind, one_among(get_args(Region)), "european_union"), kind == "in region")


_READERS: dict[str, Callable[[_Part, str], Condition]] = {
    **dict.fromkeys(["all of", "any of"], _group),
    "not": _not,
    **dict.fromkeys(_MEASUREMENTS, _metric),
    "did in order": _funnel,
    "last event": _last_event,
    "has": _has,
    **dict.fromkeys(["is set", "is not set"], _set),
    **dict.fromkeys(["can receive", "cannot receive"], _consent),
    **dict.fromkeys(["in list", "not in list"], _list),
    "in segment": _segment,
    **dict.fromkeys(["within", "beyond"], _distance),
    **dict.fromkeys(["phone country", "not phone country"], _phone),
    **dict.fromkeys(["in region", "not in region"], _region),
}

"""Find how many profiles each condition of a segment excludes or admits, and who fails exactly one: `clauses` and `near_misses`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import Any, Final

import pandas as pd

from segkit.analysis.truth import Flags, atoms_of, truth
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    DistanceCondition,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
    SegmentCondition,
)
from segkit.definition.explain import describe
from segkit.definition.segment import Segment, one_segment
from segkit.definition.timeframes import LONGEST, InTheLast
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, warn_about_answers

FACTORS: Final = (1.1, 1.25, 1.5, 2.0)
"""How far a limit is relaxed, step by step, to find who is near it."""


def clauses(segment: Segment, dataset: Data) -> pd.DataFrame:
    """Return how many profiles each condition of a segment excludes or admits.

    One row per part of the outermost "all of"; a part that is an "any of" also gets a row per alternative.

    Args:
        segment: the segment.
        dataset: the profiles and events.

    Returns:
        A row for each condition: `condition` in words, `alone` (how many profiles match it by itself), `size` (of the segment), `without` (the size
        without this condition) and `difference` (`without - size`). The difference is at least 0 for a part of "all of", which excludes that many, and at
        most 0 for an alternative of "any of", which alone admits that many.

    Raises:
        DefinitionError: the argument is not a segment, or it refers to another segment by name.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["a", "b", "c"], "city": ["x", "x", None], "zip": ["1", None, None]}), as_of="2026-06-30")
    >>> clauses(Segment("Placed", is_set("city") & is_set("zip")), shop)[["condition", "without", "difference"]].to_numpy().tolist()
    [['have city that is set', 1, 0], ['have zip that is set', 2, 1]]
    """
    check_order(segment, "sk.clauses(segment, shop)")
    condition, engine = one_segment(segment).condition, engine_of(dataset)
    parts = parts_of_all(condition)
    asked = [(part, parts[:place] + parts[place + 1 :]) for place, part in enumerate(parts)]
    for place, part in enumerate(parts):
        if isinstance(part, AnyOf):
            for number, inner in enumerate(part.conditions):
                others = AnyOf(part.conditions[:number] + part.conditions[number + 1 :])
                asked.append((inner, (*parts[:place], others, *parts[place + 1 :])))
    atoms = atoms_of([condition])
    cube = engine.cube(atoms)
    counts = cube[COUNT].to_numpy()
    holds = {atom: cube[place].to_numpy(dtype=bool) for place, atom in enumerate(atoms)}
    warn_about_answers(engine, [condition])

    def size(of: Condition) -> int:
        return int(counts[truth(of, holds, len(counts))].sum())

    whole = size(condition)
    rows = [(in_words(part), size(part), whole, size(AllOf(rest))) for part, rest in asked]
    table = StyledFrame(rows, columns=["condition", "alone", "size", "without"])
    return table.assign(difference=table["without"] - table["size"])


def near_misses(segment: Segment, dataset: Data) -> pd.DataFrame:
    """Return who fails exactly one condition of a segment, nearest first.

    Limits are relaxed in steps of 10 %, 25 %, 50 % and 100 % of their value, but counts of events one at a time. Each profile counts at
    the first step that admits it.

    Args:
        segment: the segment.
        dataset: the profiles and events.

    Returns:
        A row for each step of each condition of the outermost "all of": `condition`, `instead` (the relaxed condition that admits these profiles, in words; empty
        for those whom no step admits), `profiles`, and `failing` (how many fail only this condition). Conditions that nobody fails on
        their own have no row.

    Raises:
        DefinitionError: the argument is not a segment, or it refers to another segment by name.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, can_receive, did
    >>> orders = pd.DataFrame({"profile_id": ["a", "b", "c"], "metric": "Placed Order", "datetime": ["2026-06-20", "2026-05-30", "2025-01-01"]})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> near_misses(Segment("Lately", did("Placed Order", in_last_days=30)), shop)[["instead", "profiles"]].to_numpy().tolist()
    [['did Placed Order at least once in the last 33 days', 1], ['', 1]]
    """
    check_order(segment, "sk.near_misses(segment, shop)")
    condition, engine = one_segment(segment).condition, engine_of(dataset)
    parts = parts_of_all(condition)
    atoms = atoms_of([condition])
    steps: dict[Condition, list[Atom]] = {
        part: list(_relaxed(part)) for part in parts if not isinstance(part, (AllOf, AnyOf, Not, SegmentCondition))
    }
    extra = list(dict.fromkeys(step for some in steps.values() for step in some if step not in atoms))
    warn_about_answers(engine, [condition])
    rows: list[tuple[str, str, int, int]] = []
    cube = engine.cube([*atoms, *extra])
    counts = cube[COUNT].to_numpy()
    holds = {item: cube[place].to_numpy(dtype=bool) for place, item in enumerate([*atoms, *extra])}
    for place, part in enumerate(parts):
        others = AllOf(parts[:place] + parts[place + 1 :])
        failing = truth(others, holds, len(counts)) & ~truth(part, holds, len(counts))
        rows += _steps(part, steps.get(part, []), holds, counts, failing)
    return StyledFrame(rows, columns=["condition", "instead", "profiles", "failing"])


def _steps(
    part: Condition, steps: Sequence[Atom], holds: Mapping[Any, Flags], counts: Any, failing: Flags
) -> Iterator[tuple[str, str, int, int]]:
    """Yield a row for each step that admits somebody, and one for the rest."""
    words, whole, left = in_words(part), int(counts[failing].sum()), failing
    for step in steps:
        admitted = int(counts[left & holds[step]].sum())
        if admitted:
            yield words, describe(step), admitted, whole
        left = left & ~holds[step]
    rest = int(counts[left].sum())
    if rest:
        yield words, "", rest, whole


def _relaxed(atom: Any) -> Iterator[Atom]:
    """Yield an atom with wider limits, nearest first. Yield nothing if it does not compare a number."""
    match atom:
        case MetricCondition(comparison="at least" | "more than", timeframe=InTheLast(quantity) as window):
            for factor in FACTORS:
                wider = max(floor(quantity * factor + 0.5), quantity + 1)
                if wider <= LONGEST:
                    yield replace(atom, timeframe=replace(window, quantity=wider))
            yield from _fewer(atom)
        case MetricCondition(comparison="at least" | "more than"):
            yield from _fewer(atom)
        case DistanceCondition(is_within=True, distance=distance):
            for factor in FACTORS:
                yield replace(atom, distance=distance * factor)
        case PropertyCondition(name, NumberTest(comparison, value)) if value > 0:
            for factor in FACTORS:
                if comparison in {"at least", "more than"}:
                    yield PropertyCondition(name, NumberTest(comparison, float(value) / factor))
                elif comparison in {"at most", "fewer than"}:
                    yield PropertyCondition(name, NumberTest(comparison, float(value) * factor))
        case _:
            return


def _fewer(atom: MetricCondition) -> Iterator[Atom]:
    """Yield a condition with lower limits: counts one at a time, sums by the factors."""
    if atom.measurement == "sum":
        for factor in FACTORS:
            yield replace(atom, value=round(float(atom.value) / factor, 2))
    else:
        # "More than 0" and "at least 1" both mean one event, and everybody passes below that.
        lowest = 0 if atom.comparison == "more than" else 1
        for fewer in range(int(atom.value) - 1, lowest - 1, -1):
            yield replace(atom, value=fewer)


def parts_of_all(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts of the outermost "all of"; a condition of any other kind is returned as the only part."""
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def in_words(condition: Condition) -> str:
    """Return a condition in English, on one line.

    >>> from segkit.definition.phrases import is_set
    >>> in_words(~(is_set("city") | is_set("zip")))
    'not (have city that is set or have zip that is set)'
    """
    match condition:
        case AllOf(conditions):
            return _joined(" and ", conditions) or "everybody"
        case AnyOf(conditions):
            return _joined(" or ", conditions) or "nobody"
        case Not(inner):
            return f"not ({in_words(inner)})"
        case _:
            return describe(condition)


def _joined(word: str, conditions: Sequence[Condition]) -> str:
    parts = [f"({in_words(one)})" if isinstance(one, (AllOf, AnyOf)) else in_words(one) for one in conditions]
    return word.join(parts)

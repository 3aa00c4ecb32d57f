"""Compute a tuner's view at every position of a slider, so that the browser can answer moves without the kernel.

`answers` alone decides which sliders the browser can answer. At each move, `answer` in `live.js` shows the position if the browser has the
answer. Otherwise the page shows the kernel's view when it arrives, since the kernel works out every move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.analysis.distribution import Bars, bars_of
from segkit.analysis.worth import SUMS, Worth
from segkit.definition.conditions import AllOf, Condition, Not
from segkit.definition.explain import explain
from segkit.definition.segment import Segment
from segkit.engine.protocol import Engine, Picked
from segkit.engine.thresholds.curve import Curve, curve_of
from segkit.engine.thresholds.quantity import quantity_of
from segkit.engine.thresholds.threshold import Threshold, part_at
from segkit.errors import SegkitError
from segkit.sending.eligibility import OWN_NUMBER, Eligibility
from segkit.widgets import histogram, view
from segkit.widgets.histogram import Frame
from segkit.widgets.settings import Settings

Counts = npt.NDArray[np.int64]

MOST_POSITIONS = 2_000
"""The kernel answers sliders with more positions, because sending all of them to the browser would take longer than a move."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What a tuner compares its segment with: other segments, and eligibility checks.

    Attributes:
        base: the name of the segment whose size is the base of all shares.
        base_size: the number of profiles in it.
        start: the condition of the tuned segment at the start.
        others: the conditions of the segments to compare with the tuned segment.
        eligibility: the eligibility checks; None if the data has no consent.
        pinned: the condition of the pinned position; None if none is pinned.
        has_worth: whether the data has orders with values.
    """

    base: str
    base_size: int
    start: Condition
    others: tuple[Condition, ...]
    eligibility: Eligibility | None
    pinned: Condition | None = None
    has_worth: bool = False


def answers(
    engine: Engine,
    settings: Settings,
    name: str,
    *,
    controls: Sequence[Any],
    values: Mapping[str, Any],
    shop: Shop,
) -> dict[str, Any] | None:
    """Return one slider's positions and the contents of each slot at each of them, or None if the kernel must answer its moves.

    The kernel answers a control that is not a slider, a slider with more than `MOST_POSITIONS` positions or only one, controls that the
    view does not show since their values can't be read or make no segment, a position at which the builder raises an error, a quantity
    that no profile has, and a threshold without a curve (`curve_of` says when).

    Args:
        engine: the engine to query.
        settings: the parameters and their controls.
        name: the parameter that the slider moves.
        controls: the browser's values of all controls.
        values: the values of all parameters that the view shows.
        shop: the segments and eligibility to compare with.

    Returns:
        `low`, `step` and `count` of the slider's positions, and `slots`: for each slot its contents at every position, lowest first.
    """
    control = settings.controls[name]
    positions = control.positions
    if control.span is None or not 1 < len(positions) <= MOST_POSITIONS or not _is_shown(settings, controls, values):
        return None
    low, _, step = control.span
    try:
        threshold = Threshold.of(settings.builder, [{name: position} for position in positions], values)
    except Exception:  # noqa: BLE001  # an analyst's own builder may raise any error at a value that nobody chose
        return None
    quantity = quantity_of(threshold, control.parameter)
    bars = None if quantity is None else bars_of(quantity, engine)
    if bars is None or not bars.totals.any():
        return None
    inside = bars.inside_at(engine, threshold)
    numbers = None if inside is None else slots(engine, threshold, shop)
    if inside is None or numbers is None:
        return None
    rules = _rules(engine, threshold, bars, numbers.sizes)
    if rules is None:
        return None
    moving = next(one for one in threshold.moving or () if one.place == bars.quantity.moving.place)
    thresholds = [bars.quantity.threshold_of(atom) for atom in moving.atoms]
    every = numbers.slots + picture_slots(bars, inside, thresholds, rules)
    return {"low": low, "step": step, "count": len(positions), "slots": every}


def _is_shown(settings: Settings, controls: Sequence[Any], values: Mapping[str, Any]) -> bool:
    """Return whether the view shows the controls' position, and not an earlier one that made a segment."""
    try:
        return settings.read(controls) == values
    except SegkitError:
        return False


def _rules(engine: Engine, threshold: Threshold, bars: Bars, sizes: Counts) -> list[str] | None:
    """Return, for each position, text with the number of members who qualify through the tuned condition; None if the kernel has to answer."""
    quantity = bars.quantity
    if quantity.is_required:
        return [histogram.rule_words(size, size, is_required=True) for size in sizes.tolist()]
    place = quantity.moving.place

    def by_rule(*, position: int) -> Segment:
        whole = threshold.segments[position].condition
        rule = part_at(whole, place)
        return Segment("by the rule", AllOf((whole, Not(rule) if quantity.is_negated else rule)))

    places = [{"position": place} for place in range(len(threshold.positions))]
    curve = curve_of(Threshold.of(by_rule, places, {}), engine)
    if curve is None:
        return None
    pairs = zip(curve.sizes().tolist(), sizes.tolist(), strict=True)
    return [histogram.rule_words(members, size, is_required=False) for members, size in pairs]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The number of members at each position, and the slots with the numbers and the definition."""

    sizes: Counts
    slots: list[dict[str, Any]]


def slots(engine: Engine, threshold: Threshold, shop: Shop) -> Numbers | None:
    """Return the numbers and the definition in English at each position; None if the kernel has to answer each move."""
    steps = None if shop.eligibility is None else Picked(shop.eligibility.first_steps)
    pinned = [] if shop.pinned is None else [shop.pinned]
    asked = [shop.start, *shop.others, *pinned, *([] if steps is None else [steps])]
    curve = curve_of(threshold, engine, also=asked, sums=SUMS if shop.has_worth else ())
    if curve is None:
        return None
    (start,) = engine.counts([shop.start])
    sizes, kept = curve.sizes(), curve.sizes(shop.start)
    found = [
        _texts("size", [f"{size:,}" for size in sizes.tolist()]),
        _texts("size", [str(size) for size in sizes.tolist()], attribute="data-size"),
        _texts("of", [view.of_base(size, shop.base, shop.base_size) for size in sizes.tolist()]),
        _texts("change", list(map(view.change, (sizes - kept).tolist(), (start - kept).tolist()))),
        _texts("english", [explain(segment) for segment in threshold.segments]),
    ]
    if shop.eligibility is not None and steps is not None:
        found += _eligible(engine, threshold, curve, shop.eligibility, steps)
    if shop.has_worth:
        pairs = zip(*(one.tolist() for one in curve.totals()), strict=True)
        found.append(_texts("worth", [view.worth(Worth.of(*pair)) for pair in pairs]))
    if shop.pinned is not None:
        found.append(_texts("pinned", _compared_with_pinned(engine, threshold, curve, shop, steps)))
    for number, other in enumerate(shop.others):
        members = curve.sizes(other).tolist()
        found.append(_texts(f"also {number}", list(map(view.shared, members, sizes.tolist()))))
        found.append(_texts(f"bar {number}", list(map(view.bar_width, members, sizes.tolist())), attribute="width"))
    return Numbers(sizes, found)


def _eligible(
    engine: Engine, threshold: Threshold, curve: Curve, eligibility: Eligibility, steps: Picked
) -> list[dict[str, Any]]:
    """Return the slots with the number who may be texted, and the reasons why the others may not."""
    at_step = [curve.sizes_in(curve.cells[steps] == step) for step in range(OWN_NUMBER + 1)]
    every, distinct = _of_shared_numbers(engine, threshold, eligibility)
    sendable = at_step[OWN_NUMBER] - every + distinct
    at_step[OWN_NUMBER - 1] = at_step[OWN_NUMBER - 1] + every - distinct
    by_position = np.stack(at_step[:OWN_NUMBER], axis=1)
    stopped = (curve.sizes() - sendable).tolist()
    return [
        _texts("sendable", [f"{size:,}" for size in sendable.tolist()]),
        _texts("reasons", list(map(view.reasons, stopped, by_position.tolist()))),
    ]


def _compared_with_pinned(
    engine: Engine, threshold: Threshold, curve: Curve, shop: Shop, steps: Picked | None
) -> list[str]:
    """Return the comparison with the pinned position at each position, in words."""
    assert shop.pinned is not None
    (before,) = engine.counts([shop.pinned])
    sizes, kept = curve.sizes(), curve.sizes(shop.pinned)
    new = ~curve.cells[shop.pinned]
    sendable: list[int | None] = [None] * len(sizes)
    if shop.eligibility is not None and steps is not None:
        own = curve.sizes_in((curve.cells[steps] == OWN_NUMBER) & new)
        every, distinct = _of_shared_numbers(engine, threshold, shop.eligibility, among=~shop.pinned)
        sendable = (own - every + distinct).tolist()
    return [
        view.pinned(size, view.Pinned(before, size - both, before - both, may))
        for size, both, may in zip(sizes.tolist(), kept.tolist(), sendable, strict=True)
    ]


def _of_shared_numbers(
    engine: Engine, threshold: Threshold, eligibility: Eligibility, among: Condition | None = None
) -> tuple[Counts, Counts]:
    """Return how many members share their phone number and may be texted at each position, and how many numbers they have."""
    numbers = Picked(eligibility.shared_numbers)
    shared = Picked(numbers.values > 0)
    also = [numbers] if among is None else [numbers, among]
    curve = curve_of(threshold, engine, also=also, among=shared) if shared.values.any() else None
    if curve is None:
        nothing = np.zeros(len(threshold.positions), dtype=np.int64)
        return nothing, nothing
    if among is None:
        return curve.sizes(), curve.distinct(numbers)
    return curve.sizes(among), curve.distinct(numbers, curve.cells[among])


def picture_slots(
    bars: Bars, inside: Counts, thresholds: Sequence[float], rules: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the slots of the histogram at each position: the bars on the member side, and the position of the line.

    Args:
        bars: the quantity, counted in bars.
        inside: number of profiles in each bar on the member side, a row for each position.
        thresholds: the threshold at each position, in the unit of the chart.
        rules: text with the number of members who qualify through the tuned condition, at each position.
    """
    distribution = bars.distribution()
    frame, _ = histogram.frame_of(distribution)
    inside = inside[:, bars.totals > 0]
    title = histogram.title_of(distribution)
    labels = [histogram.at_words(frame, at, row) for at, row in zip(thresholds, inside, strict=True)]
    return [
        _bar_pieces("bars", frame, inside),
        _texts("line", [histogram.line_at(frame, at) for at in thresholds], attribute="transform"),
        _texts("threshold", labels),
        _texts("threshold", [histogram.anchor_at(frame, at) for at in thresholds], attribute="text-anchor"),
        _texts("threshold", [histogram.words_at(frame, at) for at in thresholds], attribute="transform"),
        _texts("rule", rules),
        _texts("picture", [histogram.picture_words(title, rule) for rule in rules], attribute="aria-label"),
    ]


def _texts(slot: str, texts: Sequence[str], *, attribute: str | None = None) -> dict[str, Any]:
    """Return the text of a slot at each position, with the common prefix and suffix of all texts only once."""
    prefix = _common(texts)
    suffix = _common([text[len(prefix) :][::-1] for text in texts])[::-1]
    middles = [text[len(prefix) : len(text) - len(suffix)] for text in texts]
    return {"slot": slot, "attribute": attribute, "prefix": prefix, "suffix": suffix, "middles": middles}


def _common(texts: Sequence[str]) -> str:
    """Return the common prefix of all texts, which is that of the first and the last in sorted order."""
    first, last = min(texts), max(texts)
    return first[
        : next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    ]


def _bar_pieces(slot: str, frame: Frame, inside: Counts) -> dict[str, Any]:
    """Return the bars on the member side: the path of each whole bar, and for each position the bars that the threshold cuts."""
    whole = frame.path(frame.totals)
    rows = []
    for row in inside:
        is_whole = row == frame.totals
        cut = (row > 0) & ~is_whole
        drawn = frame.path(np.where(cut, row, 0)) if cut.any() else []
        rows.append([_runs(np.flatnonzero(is_whole)), "".join(drawn)])
    return {"slot": slot, "attribute": "d", "pieces": whole, "rows": rows}


def _runs(numbers: npt.NDArray[np.int64]) -> list[int]:
    """Return runs of consecutive numbers as a flat list of pairs: the first number, and the last plus 1.

    >>> _runs(np.array([0, 1, 2, 7]))
    [0, 3, 7, 8]
    """
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts, lasts = numbers[[0, *(breaks + 1)]], numbers[[*breaks, -1]]
    return [int(edge) for pair in zip(firsts, lasts + 1, strict=True) for edge in pair]

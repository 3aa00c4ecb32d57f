"""What stands in each slot of a tuner's view at every position of one threshold, so that the browser answers without the kernel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.analysis.distribution import Bars, bars_of
from segkit.data.instants import Flags
from segkit.definition.algebra import atoms
from segkit.definition.explain import explain
from segkit.definition.parameters import made_by
from segkit.definition.segment import Segment
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.thresholds.curve import Curve, curve_of, segments_at
from segkit.engine.thresholds.quantity import quantity_of
from segkit.errors import SegkitError
from segkit.sending.eligibility import Eligibility
from segkit.widgets import histogram, view
from segkit.widgets.histogram import Frame

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shop:
    """What the counts of a tuner are taken against.

    Attributes:
        base: the name of the segment that shares are of.
        base_size: how many are in it.
        start: who was in the tuned segment at first.
        others: who is in each segment that it is compared with.
        eligibility: who may be texted; None where the data has no consent.
    """

    base: str
    base_size: int
    start: Flags
    others: tuple[Flags, ...]
    eligibility: Eligibility | None


def answers(
    evaluation: Evaluation,
    builder: Callable[..., Segment],
    *,
    parameter: str,
    positions: Sequence[Any],
    values: Mapping[str, Any],
    shop: Shop,
) -> list[dict[str, Any]] | None:
    """Return what stands in each slot at each position of one parameter, the others standing at `values`.

    None where a position makes no segment, where nobody has the quantity that moves, or where profiles may come and go more than
    once: there the kernel is asked each time.
    """
    try:
        segments = segments_at(builder, values, parameter, positions)
    except SegkitError:
        return None
    curve = curve_of([segment.condition for segment in segments], evaluation)
    quantity = quantity_of(evaluation, builder, parameter=parameter, values=values)
    if curve is None or quantity is None:
        return None
    here = list(atoms(made_by(builder, values).condition)).index(quantity.atom)
    moving = [list(atoms(segment.condition))[here] for segment in segments]
    side = curve_of(moving, evaluation)
    bars = bars_of(quantity, evaluation)
    if side is None or not bars.totals.any():
        return None
    stands = [quantity.stands(atom) for atom in moving]
    picture = picture_slots(bars, side.turned() if quantity.is_negated else side, stands)
    return slots([explain(segment) for segment in segments], curve, shop) + picture


def slots(english: Sequence[str], curve: Curve, shop: Shop) -> list[dict[str, Any]]:
    """Return the numbers and the sentence at each position."""
    sizes = curve.counts(np.ones(len(shop.start), dtype=bool)).tolist()
    kept = curve.counts(shop.start)
    entered, left = (np.array(sizes) - kept).tolist(), (int(shop.start.sum()) - kept).tolist()
    found = [
        _texts("size", [f"{size:,}" for size in sizes]),
        _texts("size", [str(size) for size in sizes], attribute="data-size"),
        _texts("of", [view.of_base(size, shop.base, shop.base_size) for size in sizes]),
        _texts("change", list(map(view.change, entered, left))),
        _texts("english", english),
    ]
    if shop.eligibility is not None:
        sendable = curve.distinct(shop.eligibility.numbers, shop.eligibility.passes).tolist()
        found.append(_texts("sendable", [f"{size:,}" for size in sendable]))
    for number, flags in enumerate(shop.others):
        members = curve.counts(flags).tolist()
        found.append(_texts(f"also {number}", list(map(view.shared, members, sizes))))
        found.append(_texts(f"bar {number}", list(map(view.bar_width, members, sizes)), attribute="width"))
    return found


def picture_slots(bars: Bars, curve: Curve, thresholds: Sequence[float]) -> list[dict[str, Any]]:
    """Return the histogram at each position: which bars are on the member side, and where the line stands.

    Args:
        bars: the quantity, cut into bars.
        curve: who is on the member side of the atom alone.
        thresholds: where the atom stands at each position, in the quantity's unit.
    """
    distribution = bars.distribution(np.zeros(len(bars.has), dtype=bool))
    frame, _ = histogram.frame_of(distribution)
    inside = _inside(bars, curve)[:, bars.totals > 0]
    total = int(frame.totals.sum())
    labels = [histogram.label_of(distribution, count, total) for count in inside.sum(axis=1).tolist()]
    return [
        _pieces("bars", frame, inside),
        _texts("line", [histogram.line_at(frame, at) for at in thresholds], attribute="transform"),
        _texts("threshold", [f"{at:,g}" for at in thresholds]),
        _texts("threshold", [histogram.anchor_at(frame, at) for at in thresholds], attribute="text-anchor"),
        _texts("threshold", [histogram.words_at(frame, at) for at in thresholds], attribute="transform"),
        _texts("label", labels),
        _texts("picture", labels, attribute="aria-label"),
    ]


def _inside(bars: Bars, curve: Curve) -> Counts:
    """Return how many profiles of each bar are on the member side: a row per position, a column per bar."""
    count = len(bars.edges) - 1
    passed = np.bincount(curve.edges[bars.has] * count + bars.bar, minlength=(curve.positions + 1) * count)
    running = np.cumsum(passed.reshape(-1, count), axis=0)[: curve.positions]
    return running if curve.direction == "enters" else bars.totals - running


def _texts(slot: str, texts: Sequence[str], *, attribute: str | None = None) -> dict[str, Any]:
    """Return what a slot says at each position; what all have in common is said once."""
    prefix = _common(texts)
    suffix = _common([text[len(prefix) :][::-1] for text in texts])[::-1]
    middles = [text[len(prefix) : len(text) - len(suffix)] for text in texts]
    return {"slot": slot, "attribute": attribute, "prefix": prefix, "suffix": suffix, "middles": middles}


def _common(texts: Sequence[str]) -> str:
    """Return what all texts begin with: what the first and the last in order begin with."""
    first, last = min(texts), max(texts)
    return first[
        : next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    ]


def _pieces(slot: str, frame: Frame, inside: Counts) -> dict[str, Any]:
    """Return a drawing that is made of bars: those that are whole are sent once, those that a threshold cuts at each position."""
    whole = frame.path(frame.totals)
    rows = []
    for row in inside:
        is_whole = row == frame.totals
        cut = (row > 0) & ~is_whole
        drawn = frame.path(np.where(cut, row, 0)) if cut.any() else []
        rows.append([_runs(np.flatnonzero(is_whole)), "".join(drawn)])
    return {"slot": slot, "attribute": "d", "pieces": whole, "rows": rows}


def _runs(numbers: npt.NDArray[np.int64]) -> list[int]:
    """Return runs of numbers as pairs of a first and one past the last, in one list.

    >>> _runs(np.array([0, 1, 2, 7]))
    [0, 3, 7, 8]
    """
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts, lasts = numbers[[0, *(breaks + 1)]], numbers[[*breaks, -1]]
    return [int(edge) for pair in zip(firsts, lasts + 1, strict=True) for edge in pair]

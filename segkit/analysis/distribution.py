"""Count the profiles on either side of a threshold, as a histogram of the quantity that the threshold applies to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.data.instants import DAY, microseconds
from segkit.definition.measures import LastDay
from segkit.definition.parameters import made_by
from segkit.definition.segment import Segment
from segkit.drawing.cards import card, folded, records
from segkit.drawing.frames import StyledFrame
from segkit.drawing.tables import Bins
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, NO_BIN, Cut, Engine, NotOneDayError, warn_about_answers
from segkit.engine.thresholds.curve import side_of
from segkit.engine.thresholds.quantity import Quantity, quantity_of
from segkit.engine.thresholds.threshold import Threshold, next_position
from segkit.wording import are, counted, number, profiles

Counts: TypeAlias = npt.NDArray[np.int64]

BINS = 60
"""Number of bars within the parameter's range: enough to see the distribution, but few enough to point at a single bar."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of the quantity that a parameter sets a threshold for.

    Attributes:
        table: a row for each bar and side of the threshold: `from_value`, `to_value` (exclusive, and infinite in the bar for values
            beyond the parameter's range), `profiles`, `is_in` (True for profiles that the condition includes).
        quantity: the name of the quantity.
        threshold: the current threshold, in the quantity's unit (days for a parameter in weeks).
        without: number of profiles that have no value, because they have no such event or the property is not set.
        base: which profiles are counted, in words.
        end: the end of the parameter's range, in the quantity's unit.
        unit_days: the number of days in the parameter's unit, such as 7 for a window in weeks. The table and the threshold are in days.
    """

    table: pd.DataFrame
    quantity: str
    threshold: float
    without: int
    base: str
    end: float = 0.0
    unit_days: int = 1

    def _repr_html_(self) -> str:
        bins = Bins.of(self.table)
        inside, every = int(bins.inside.sum()), int(bins.totals.sum())
        rows = zip(bins.words, bins.inside.tolist(), (bins.totals - bins.inside).tolist(), strict=True)
        return card(
            f"{inside:,} of {profiles(every)} {are(inside)} in at {number(self.threshold)}, by {self.quantity}",
            f"Counts everybody {self.base}; {profiles(self.without)} without such a value.",
            folded(counted(len(bins.words), "bin"), records([self.quantity, "in", "not in"], rows)),
        )


def distribution(
    builder: Callable[..., Segment], dataset: Data, *, parameter: str, **values: Any
) -> Distribution | None:
    """Return the distribution of the quantity that one parameter of a builder sets a threshold for, with the current threshold.

    segkit finds the quantity by changing the parameter and looking for the condition that changes with it. It may be the days since
    the last event, a count, a sum, a distance, a numeric property or the length of a list. Only profiles that match all other
    conditions of the outermost "all of" are counted. Values beyond the parameter's range are in the last bar.

    Args:
        builder: a function that takes keyword arguments and returns a segment. It may be your own.
        dataset: the profiles and events.
        parameter: the parameter's name.
        **values: values of the builder's parameters. Other parameters keep their defaults.

    Returns:
        The distribution, or None if the parameter sets no threshold for such a quantity, for example if it is a country, a topic or a
        window of hours or months.

    Raises:
        DefinitionError: the builder has no such parameter.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset
    >>> from segkit.builders import sms_budget_shoppers
    >>> people = {"profile_id": ["a", "b"], "predicted_clv": [4.0, 40.0], "sms_consent": ["subscribed"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> distribution(sms_budget_shoppers, shop, parameter="clv").table.query("profiles > 0")["is_in"].tolist()
    [True, False]
    """
    check_order(builder, "sk.distribution(builder, shop, parameter=...)")
    engine = engine_of(dataset)
    found = distribution_at(engine, builder, parameter=parameter, values=values)
    if found is not None:
        warn_about_answers(engine, [made_by(builder, values).condition])
    return found


def distribution_at(
    engine: Engine, builder: Callable[..., Segment], *, parameter: str, values: Mapping[str, Any]
) -> Distribution | None:
    """Return the same as `distribution`, without warnings."""
    quantity = quantity_at(builder, parameter=parameter, values=values)
    bars = None if quantity is None else bars_of(quantity, engine)
    return None if bars is None else bars.distribution()


def quantity_at(builder: Callable[..., Segment], *, parameter: str, values: Mapping[str, Any]) -> Quantity | None:
    """Return the quantity that one parameter sets a threshold for. Parameters that are not in `values` keep their defaults.

    Return None if the builder does not accept the next value of the parameter, nor the value before the current one.

    Raises:
        DefinitionError: the builder has no such parameter, or does not accept the current values.
    """
    known, here, there = next_position(builder, parameter, values)
    if there is None:
        return None
    for other in (there, here - (there - here)):
        try:
            threshold = Threshold.of(builder, [{parameter: here}, {parameter: other}], values)
        except Exception:  # noqa: BLE001  # an analyst's own builder may raise any error at a value that nobody chose
            # The window from 20 to 20 days ago has no next near end. If the current values are at fault, this raises their error.
            made_by(builder, {**values, parameter: here})
        else:
            return quantity_of(threshold, known)
    return None


@dataclass(frozen=True, slots=True)
class Bars:
    """The number of profiles in each bar of a quantity, in all and on the members' side of the threshold.

    Attributes:
        quantity: the quantity.
        cut: the bars as bins of the measure.
        edges: where each bar begins, in the unit of the chart, followed by infinity.
        inside: number of profiles in each bar on the members' side of the threshold, for the current value of the parameter.
        totals: number of profiles in each bar.
        without: number of profiles that have no value.
    """

    quantity: Quantity
    cut: Cut
    edges: npt.NDArray[np.float64]
    inside: Counts
    totals: Counts
    without: int

    def distribution(self) -> Distribution:
        """Return the distribution for the current value of the parameter."""
        profiles, count = np.concatenate([self.inside, self.totals - self.inside]), len(self.totals)
        shown = np.flatnonzero(profiles)
        table = StyledFrame(
            {
                "from_value": self.edges[:-1][shown % count],
                "to_value": self.edges[1:][shown % count],
                "profiles": profiles[shown],
                "is_in": shown < count,
            }
        )
        return Distribution(
            table=table,
            quantity=self.quantity.words,
            threshold=self.quantity.threshold_of(self.quantity.moving.atoms[0]),
            without=self.without,
            base="who meets every other condition",
            end=self.quantity.end,
            unit_days=self.quantity.unit_days,
        )

    def inside_at(self, engine: Engine, threshold: Threshold) -> Counts | None:
        """Return how many profiles in each bar are on the members' side, as a row for each position of a threshold.

        Return None if the bins don't determine the answer at some position.
        """
        moving = next((one for one in threshold.moving or () if one.place == self.quantity.moving.place), None)
        side = None if moving is None else side_of(moving, engine, also=[self.cut], among=self.quantity.counted)
        if side is None:
            return None
        found = _in_order(side.by_bin(self.cut), self.quantity)
        return self.totals - found if self.quantity.is_negated else found


def bars_of(quantity: Quantity, engine: Engine) -> Bars | None:
    """Count a quantity in bars of equal width, from 0 or below. Values beyond the parameter's range are in the last bar.

    Return None for a moving window if no single event decides who is in it.
    """
    try:
        edges = _bar_edges(quantity, 0.0)
        cut = _cut(quantity, edges, engine)
        if quantity.may_be_negative:
            totals, inside = _counted(quantity, replace(cut, edges=(0, *cut.edges)), engine)
            if totals[0]:
                edges = _bar_edges(quantity, _low(quantity, engine))
                cut = _cut(quantity, edges, engine)
                totals, inside = _counted(quantity, cut, engine)
            else:
                totals, inside = totals[1:], inside[1:]
        else:
            totals, inside = _counted(quantity, cut, engine)
    except NotOneDayError:
        return None
    (others,) = engine.counts([quantity.others])
    return Bars(quantity, cut, edges, inside=inside, totals=totals, without=others - int(totals.sum()))


def _counted(quantity: Quantity, cut: Cut, engine: Engine) -> tuple[Counts, Counts]:
    """Return the number of profiles in each bar, and how many of them are on the members' side."""
    cube = engine.cube([cut, quantity.moving.atoms[0]], among=quantity.counted)
    bins, counts = cube[0].to_numpy(), cube[COUNT].to_numpy()
    has, is_in = bins != NO_BIN, cube[1].to_numpy() ^ quantity.is_negated
    totals, inside = (
        np.bincount(bins[some], weights=counts[some], minlength=len(cut.edges) + 1).astype(np.int64)
        for some in (has, has & is_in)
    )
    return _in_order(totals, quantity), _in_order(inside, quantity)


def _low(quantity: Quantity, engine: Engine) -> float:
    """Return the lowest bar edge: minus a power of ten, at or below every amount. Some amounts must be below 0."""
    decades = Cut(quantity.measure, tuple(-(10**power) for power in range(18, -1, -1)))
    bins = engine.cube([decades], among=quantity.counted)[0]
    return float(decades.edges[max(int(bins[bins != NO_BIN].min()) - 1, 0)])


def _bar_edges(quantity: Quantity, low: float) -> npt.NDArray[np.float64]:
    width = max((quantity.end - low) / BINS, 1.0 if quantity.is_whole else 0.0) or 1.0
    width = float(np.ceil(width)) if quantity.is_whole else width
    count = max(int(np.ceil((quantity.end - low) / width)), 1) + 1
    edges = low + width * np.arange(count + 1, dtype=np.float64)
    edges[-1] = np.inf
    return edges


def _cut(quantity: Quantity, edges: npt.NDArray[np.float64], engine: Engine) -> Cut:
    """Return the bars as bins of the measure. Days since an event are counted back from `as_of`, so their order is reversed."""
    inner = edges[1:-1].tolist()
    if isinstance(quantity.measure, LastDay):
        today = microseconds(engine.as_of) // DAY
        return Cut(quantity.measure, tuple(today - int(back) + 1 for back in reversed(inner)))
    return Cut(quantity.measure, tuple(inner))


def _in_order(by_bin: Counts, quantity: Quantity) -> Counts:
    """Return counts by bin in the order of the bars."""
    return by_bin[..., ::-1] if isinstance(quantity.measure, LastDay) else by_bin

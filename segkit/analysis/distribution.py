"""Who lies on either side of a threshold: the quantity that a parameter is compared with, counted over its values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.data.instants import Flags
from segkit.definition.parameters import made_by
from segkit.definition.segment import Segment
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.thresholds.quantity import Quantity, quantity_of

BINS = 60
"""How many bars are drawn at most: fine enough to see where people are, coarse enough to point at one."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many profiles have how much of the quantity that a parameter is compared with.

    Attributes:
        table: a row per bar: `from_value`, `to_value` (not included; infinite in the bar that holds whatever is beyond the parameter's
            range), `profiles`, `is_in` (True where the bar is on the side of the threshold that the condition takes in).
        quantity: what is counted, in words.
        threshold: where the condition stands, in the quantity's own unit; a parameter in weeks or months is days here.
        without: profiles that have no such quantity, because they never did it or it is not set.
        base: of whom, in words.
        end: how far the parameter's range reaches, in the quantity's own unit.
    """

    table: pd.DataFrame
    quantity: str
    threshold: float
    without: int
    base: str
    end: float = 0.0


def distribution(
    builder: Callable[..., Segment], dataset: Dataset, *, parameter: str, **values: Any
) -> Distribution | None:
    """Return the distribution of what one parameter of a builder is compared with, with where it stands now.

    What that is, is found by moving the parameter and looking for the condition that moves with it: days since the last event, a
    count, a sum, a distance or a number that profiles carry. Counted over those who meet every other condition of the outermost
    "all of"; the far end beyond the parameter's range falls into the last bar.

    Args:
        builder: a function from keyword arguments to a segment; an analyst's own too.
        dataset: the profiles and events.
        parameter: the parameter's name.
        **values: where the builder's parameters stand; those not named are at their defaults.

    Returns:
        The distribution, or None where the parameter moves no such number, as a country, a topic or a window of hours does.

    Raises:
        DefinitionError: the builder has no such parameter.
        DataError: as `sk.membership`.

    >>> from segkit.builders import sms_budget_shoppers
    >>> people = {"profile_id": ["a", "b"], "predicted_clv": [4.0, 40.0], "sms_consent": ["subscribed"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> distribution(sms_budget_shoppers, shop, parameter="clv").table.query("profiles > 0")["is_in"].tolist()
    [True, False]
    """
    evaluation = Evaluation(dataset)
    found = distribution_in(evaluation, builder, parameter=parameter, values=values)
    if found is not None:
        evaluation.tell([made_by(builder, values).condition])
    return found


def distribution_in(
    evaluation: Evaluation, builder: Callable[..., Segment], *, parameter: str, values: Mapping[str, Any]
) -> Distribution | None:
    """Do what `distribution` does within an evaluation, which keeps what a moving threshold does not touch; nothing is told."""
    quantity = quantity_of(evaluation, builder, parameter=parameter, values=values)
    if quantity is None:
        return None
    is_in = evaluation.answer(quantity.atom) ^ quantity.is_negated
    return bars_of(quantity, evaluation).distribution(is_in)


@dataclass(frozen=True, slots=True)
class Bars:
    """A quantity cut into bars; which of them are on the member side is for a threshold to say.

    Attributes:
        quantity: what is counted.
        has: which profiles are counted: those who have the quantity and meet every other condition.
        edges: where the bars begin, and, after the last one, infinity.
        bar: the number of each counted profile's bar.
        totals: how many profiles each bar counts.
    """

    quantity: Quantity
    has: Flags
    edges: npt.NDArray[np.float64]
    bar: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int64]

    def distribution(self, is_in: Flags) -> Distribution:
        """Return the distribution with these profiles on the member side."""
        count = len(self.edges) - 1
        inside = np.bincount(self.bar[is_in[self.has]], minlength=count)
        profiles = np.concatenate([inside, self.totals - inside])
        shown = np.flatnonzero(profiles)
        table = pd.DataFrame(
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
            threshold=self.quantity.threshold,
            without=int(np.count_nonzero(self.quantity.others_hold & ~self.has)),
            base="who meets every other condition",
            end=self.quantity.end,
        )


def bars_of(quantity: Quantity, evaluation: Evaluation) -> Bars:
    """Cut into bars of one width that begin at 0 or below; what is beyond the parameter's range falls into the last.

    The cut stands still while the parameter moves, and so it is kept.
    """
    return Bars(quantity, *evaluation.keep("bars", quantity.still, lambda: _cut(quantity)))


def _cut(quantity: Quantity) -> tuple[Flags, npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which profiles are counted, the edges of the bars, each counted profile's bar, and how many each bar counts."""
    has = quantity.others_hold & ~np.isnan(quantity.numbers)
    numbers = quantity.numbers[has]
    low = min(0.0, float(numbers.min(initial=0.0)))
    whole = bool(np.all(numbers == np.rint(numbers)))
    width = max((quantity.end - low) / BINS, 1.0 if whole else 0.0) or 1.0
    width = float(np.ceil(width)) if whole else width
    count = max(int(np.ceil((quantity.end - low) / width)), 1) + 1
    edges = low + width * np.arange(count + 1, dtype=np.float64)
    edges[-1] = np.inf
    bar = np.clip(((numbers - low) // width).astype(np.int64), 0, count - 1)
    return has, edges, bar, np.bincount(bar, minlength=count)

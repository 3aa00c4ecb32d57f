"""Compute the smallest effect that a hold-out can show, in percent and in money: the public function `detectable`."""

from collections.abc import Sized
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, inf, isfinite, nan, sqrt
from typing import Any

from segkit.analysis import effects
from segkit.analysis.arms import Split, arranged, window_from
from segkit.analysis.measure import count_arms
from segkit.analysis.moments import last_whole_day
from segkit.drawing.cards import card, paragraphs
from segkit.engine.engines import Data, engine_of
from segkit.engine.protocol import warn_of
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.vocabulary import canonical_metric
from segkit.wording import counted, number, percent

LARGEST = 0.75
"""The largest relative effect that is realistic. In a public randomised email test, the largest effect in any group was 72 % more visits."""


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect that a hold-out can show, two-sided at 5 % with a power of 80 %.

    Attributes:
        people: the number of people in all arms.
        held_out: the share that is not texted.
        base_rate: the share who have the outcome without a text.
        difference: the smallest difference in shares that can be found.
        relative: the same difference relative to the base rate: 0.87 means 87 % more.
        value_per_response: the mean value for people who have the outcome; NaN if it is not known.
        break_even: the smallest relative effect at which a text pays for itself; NaN without a margin and a cost.
        gain_per_text: the earnings per text after its cost, at the smallest effect; NaN without a margin and a cost.
        cost_of_holding_out: the loss from not texting the people held out, at the smallest effect; NaN without a margin and a cost.
        weeks: the number of weeks of outcomes that it takes to find an `expected` effect; NaN without `expected`.
        is_worth_it: whether the smallest effect is realistic, which means at most 75 % more.
        verdict: the finding in a sentence.
        notes: sentences about what an analyst should know before trusting the figures that were taken from the data.
    """

    people: int
    held_out: float
    base_rate: float
    difference: float
    relative: float
    value_per_response: float
    break_even: float
    gain_per_text: float
    cost_of_holding_out: float
    weeks: float
    is_worth_it: bool
    verdict: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Detectable: {self.verdict}"

    def _repr_html_(self) -> str:
        lines = [
            f"{number(self.people)} people, {percent(self.held_out)} held out; {percent(self.base_rate)} have the outcome without a text."
        ]
        if isfinite(self.gain_per_text):
            lines.append(
                f"At that effect a text earns {number(round(self.gain_per_text, 4))} after its cost, and holding out costs "
                f"{number(round(self.cost_of_holding_out))}. A text pays for itself at +{percent(self.break_even)} or more."
            )
        if isfinite(self.weeks):
            lines.append(f"The expected effect takes {counted(ceil(self.weeks), 'week')} to be found.")
        return card(self.verdict, "Two-sided at 5 %, with a power of 80 %.", paragraphs([*lines, *self.notes]))


def detectable(
    split_or_people: Split | int,
    dataset: Data | None = None,
    *,
    outcome: str = "Placed Order",
    within_days: int = 14,
    held_out: float | None = None,
    base_rate: float | None = None,
    value_per_response: float | None = None,
    margin: float | None = None,
    cost_per_text: float | None = None,
    expected: float | None = None,
) -> Detectable:
    """Compute the smallest effect that a hold-out can show, before the send: the minimum detectable effect.

    The difference is 2.8016 * sqrt(p (1 - p)) * sqrt(1 / (N h) + 1 / (N (1 - h))), with the base rate p, N people and the held-out share h (see
    `segkit.analysis.effects.detectable_difference`).

    Args:
        split_or_people: the result of `sk.split`, or a number of people, which needs `held_out` and `base_rate`.
        dataset: the profiles and events. The base rate of a split's people is taken from its latest days.
        outcome: a metric.
        within_days: the number of days in which the outcome will be counted.
        held_out: the share that is not texted, above 0 and below 1.
        base_rate: the share of people who have the outcome in these days without a text; None takes it from the data.
        value_per_response: the mean value for people who have the outcome; None takes it from the data.
        margin: the share of the value that is left after paying for the goods.
        cost_per_text: the cost of a text.
        expected: the relative effect that you expect, such as 0.1, to compute how long it takes to find it. The outcome is assumed to
            grow in proportion to time.

    Raises:
        DefinitionError: an argument has the wrong form, or is missing.
        AnalysisError: the base rate is 0 or 1, or the split has no arm that is not texted.

    Warns:
        SegkitWarning: the data does not have all of the days, or not all of the split's people.

    >>> detectable(20_000, held_out=0.1, base_rate=0.005726)
    Detectable: Not worth it: only an effect of +87% or more would be found, but hardly any text adds that much
    >>> round(detectable(400_000, held_out=0.05, base_rate=0.005726).relative, 2)
    0.27
    """
    people, share, rate, value, notes = _known(
        split_or_people, dataset, outcome, within_days, held_out=held_out, base_rate=base_rate
    )
    value = value if value_per_response is None else _positive("value_per_response", value_per_response)
    if not 0 < rate < 1:
        raise AnalysisError.rate_at_an_end(outcome, rate)
    warn_of(notes)
    difference = effects.detectable_difference(sqrt(rate * (1 - rate)), people, share)
    relative = difference / rate
    earned = nan if margin is None else _positive("margin", margin, most=1) * value
    cost = nan if cost_per_text is None else _positive("cost_per_text", cost_per_text)
    break_even = cost / (earned * rate) if earned > 0 else nan
    gain = earned * difference - cost
    weeks = nan
    if expected is not None:
        weeks = within_days / 7 * (relative / _positive("expected", expected)) ** 2 if expected else inf
    is_worth_it = relative <= LARGEST
    return Detectable(
        people=people,
        held_out=share,
        base_rate=rate,
        difference=difference,
        relative=relative,
        value_per_response=value,
        break_even=break_even,
        gain_per_text=gain,
        cost_of_holding_out=gain * people * share,
        weeks=weeks,
        is_worth_it=is_worth_it,
        verdict=_verdict(relative, break_even, is_worth_it=is_worth_it),
        notes=notes,
    )


def _verdict(relative: float, break_even: float, *, is_worth_it: bool) -> str:
    pays = f", and a text pays for itself at +{percent(break_even)} or more" if isfinite(break_even) else ""
    if is_worth_it:
        return f"An effect of {relative:+.0%} or more is found four times in five{pays}"
    return f"Not worth it: only an effect of {relative:+.0%} or more would be found, but hardly any text adds that much{pays}"


def _known(
    given: Any, dataset: Data | None, outcome: str, within_days: int, *, held_out: float | None, base_rate: float | None
) -> tuple[int, float, float, float, tuple[str, ...]]:
    """Return the number of people, the held-out share, the base rate, the mean value for people who have the outcome, and notes."""
    if isinstance(given, int) and not isinstance(given, bool):
        if held_out is None or base_rate is None:
            raise DefinitionError.missing_word("sk.detectable of a number of people", ["held_out", "base_rate"])
        if given < 1 or not 0 < held_out < 1:
            raise DefinitionError.bad_value("held_out", held_out, "above 0 and below 1, of one person or more")
        return given, held_out, base_rate, nan, ()
    if not hasattr(given, "arms") or not hasattr(given, "shares"):
        raise DefinitionError.bad_value(
            "The first argument of sk.detectable", given, "the result of sk.split, or a number of people"
        )
    if dataset is None and base_rate is None:
        raise DefinitionError.missing_word("sk.detectable of a split", ["base_rate", "the shop as second argument"])
    if given.control is None:
        raise AnalysisError.no_control(given.shares)
    if given.control not in given.shares:
        raise AnalysisError.no_such_arm(given.control, list(given.shares))
    people, share = _size(given.arms), float((given.arms == given.control).mean())
    if dataset is None:
        return people, share, float(base_rate or 0), nan, ()
    engine = engine_of(dataset)
    start = last_whole_day(engine) - timedelta(days=within_days - 1)
    test, outcome = arranged(given, dataset, control=None), canonical_metric(outcome)
    window = window_from(start, within_days, engine, outcome)
    every = count_arms(test, window, outcome, engine)
    did, value = (sum(arm[name].total for arm in every) for name in ("did", "value"))
    found = did / sum(arm["did"].people for arm in every)
    rate = found if base_rate is None else base_rate
    return people, share, rate, value / did if did else nan, (*test.notes, *window.notes)


def _size(arms: Sized) -> int:
    return len(arms)


def _positive(name: str, value: Any, *, most: float = inf) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise DefinitionError.bad_value(name, value, "a number from 0 to 1" if most == 1 else "a number, 0 or more")
    return float(value)

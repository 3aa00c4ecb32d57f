"""Measure what a text added, by comparing people who were texted with people who were held out: the public function `measure`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segkit.analysis import effects
from segkit.analysis.arms import Arms, Arranged, Window, arranged, check_numbers, samples_of, window_from
from segkit.analysis.effects import Interval, Sample
from segkit.analysis.outcomes import UNSUBSCRIBE
from segkit.drawing.cards import card, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, Engine, sum_column, warn_of
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.vocabulary import canonical_metric
from segkit.wording import counted, number, percent, points

UNLIKELY = 0.001
"""The p-value below which the sizes of the arms are considered not to be as planned (Fabijan and others, KDD 2019)."""

CALL = 'sk.measure(split, shop, outcome="Placed Order", start="2026-05-01", within_days=14)'
FEWEST = 10
"""The smallest number of responders in an arm for which the interval of a figure is reliable."""

_PAIRS = {"did": "shares", "events": "means", "value": "means", "unsubscribed": "shares"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """The outcomes of the arms of a test.

    Attributes:
        table: a row for each figure and arm. See `sk.measure`.
        outcome: the metric that was measured.
        control: the arm that was not texted.
        first: the first UTC day that counts.
        last: the last UTC day that counts.
        ratio_chance: the probability that chance alone makes arms differ this much or more from the planned shares; NaN if the shares are not known.
        is_sequential: whether the relative intervals remain valid however often you look.
        notes: sentences about what an analyst should know before trusting the figures.
    """

    table: pd.DataFrame
    outcome: str
    control: str
    first: date
    last: date
    ratio_chance: float
    is_sequential: bool
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Measurement: {self.finding}"

    @property
    def finding(self) -> str:
        """A sentence with the finding for the first treated arm, its interval and its base."""
        row = self.table[(self.table["figure"] == "did") & (self.table["arm"] != self.control)].iloc[0]
        low, high = row["difference_low"], row["difference_high"]
        words = f"{points(row['difference'])} ({points(low)} to {points(high)}) against {percent(row['control_average'])} of {self.control!r}"
        what = f"{self.outcome} within {counted((self.last - self.first).days + 1, 'day')}"
        if np.isnan(low) or low <= 0 <= high:
            return f"Not known whether {row['arm']!r} adds to {what}: {words}"
        return f"{row['arm']!r} {'adds to' if row['difference'] > 0 else 'takes from'} {what}: {words}"

    def _repr_html_(self) -> str:
        rows = [
            (
                row["figure"], row["arm"], int(row["people"]), _average(row["figure"], row["average"]),
                "" if row["arm"] == self.control else _change(row), "" if row["arm"] == self.control else _relative(row),
            )
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        names = ["figure", "arm", "people", "average", "difference", "relative"]
        kind = "sequential" if self.is_sequential else "95 %"
        return card(
            self.finding,
            f"{self.first} to {self.last}, UTC. All of the outcome, whatever led to it. In brackets: 95 % intervals; relative ones are {kind}.",
            records(names, rows),
            paragraphs(self.notes),
        )


def measure(
    split_or_arms: Arms,
    dataset: Data,
    *,
    outcome: str = "Placed Order",
    start: Any,
    within_days: int,
    control: str | None = None,
    shares: Mapping[str, float] | None = None,
    sequential: bool = False,
    tuning: float = effects.TUNING,
) -> Measurement:
    """Measure what texting added, by comparing each arm with the control arm. All outcomes count, not only attributed ones.

    Args:
        split_or_arms: the result of `sk.split`, or a Series with the arm of each profile by `profile_id`, from any tool.
        dataset: the profiles and events.
        outcome: a metric.
        start: the day of the text, as a date or an instant. Outcomes count from the beginning of this UTC day on, in every arm.
        within_days: the number of whole UTC days that count, including the day of the text.
        control: the arm that was not texted; None uses the split's control arm, or "hold out".
        shares: the planned share of each arm, for a Series. The sizes of the arms are checked against it.
        sequential: whether to widen the relative intervals so that you may look at the measurement daily and stop early.
        tuning: the number of people at which sequential intervals are narrowest.

    Returns:
        The result. Its `table` has a row for each figure and arm, with the control arm first:

        - `figure`: "did" (has the outcome at least once), "events" (their number), "value" (the sum of their amounts), or "unsubscribed"
          (withdrew SMS consent, a guardrail metric). "value" and "unsubscribed" are left out if the data has no such events.
        - `arm`, `people`, `total`, `average` (a share or a mean per person) and `control_average`.
        - `difference`, `difference_low` and `difference_high`, with Newcombe's 95 % interval for shares and Welch's for means.
        - `relative` (0.1 means 10 % more), `relative_low` and `relative_high`, with a 95 % interval on a logarithmic scale, or a
          sequential interval. These and the differences are NaN for the control arm.

    Raises:
        DefinitionError: an argument has the wrong form.
        AnalysisError: an arm has nobody, arms share phone numbers, there is no control arm, the test starts after the data ends or
            ends before the first event of the outcome, or nobody in any arm has the outcome.
        DataError: a metric is unknown, or `start` is neither a date nor an instant.

    Warns:
        SegkitWarning: the arms do not have the planned sizes, or the days are not all in the data.

    >>> from segkit import Dataset
    >>> rows = [(f"p{n}", "Placed Order", "2026-06-01", 10.0) for n in range(100) if n % 4 == 0 or n % 2 and n < 50]
    >>> orders = pd.DataFrame([*rows, *((f"p{n}", "Active on Site", "2026-05-01", None) for n in range(100))])
    >>> shop = Dataset.from_frames(None, orders.set_axis(["profile_id", "metric", "datetime", "value"], axis=1), as_of="2026-06-30")
    >>> arms = pd.Series({f"p{n}": "text" if n % 2 else "hold out" for n in range(100)})
    >>> measure(arms, shop, start="2026-06-01", within_days=14).table["average"].round(2).tolist()
    [0.5, 0.5, 0.5, 0.5, 5.0, 5.0]
    """
    check_order(split_or_arms, CALL)
    if not isinstance(outcome, str) or not outcome.strip():
        raise DefinitionError.bad_value("outcome", outcome, "the name of a metric, such as 'Placed Order'")
    engine, outcome = engine_of(dataset), canonical_metric(outcome)
    test = arranged(split_or_arms, dataset, control=control, shares=shares)
    check_numbers(test, engine)
    window = window_from(start, within_days, engine, outcome)
    found = count_arms(test, window, outcome, engine)
    if not any(arm["did"].total for arm in found):
        raise AnalysisError.nobody_in_the_test(
            outcome, int(sum(arm["did"].people for arm in found)), window.days.first, window.days.last
        )
    figures = [name for name in _PAIRS if _is_there(name, found, engine)]
    chance = _ratio_chance(test, found)
    notes = [*test.notes, *window.notes, *_notes(test, found, chance)]
    warn_of(notes)
    if test.shares is None:
        notes.append("Whether the arms have the planned sizes is not checked: pass shares={...}.")
    rows = [row for figure in figures for row in _rows(figure, test, found, tuning if sequential else None)]
    return Measurement(
        table=StyledFrame(rows),
        outcome=outcome,
        control=test.names[0],
        first=window.days.first,
        last=window.days.last,
        ratio_chance=chance,
        is_sequential=sequential,
        notes=tuple(notes),
    )


def count_arms(test: Arranged, window: Window, outcome: str, engine: Engine) -> list[dict[str, Sample]]:
    """Return the outcomes of each arm, with a sample for each figure, and the control arm first."""
    sums = window.sums(outcome)
    cube = engine.cube([test.codes], among=test.tested, sums=sums)
    columns = [COUNT, *map(sum_column, range(len(sums)))]
    return [samples_of(amounts) for amounts in cube[columns].to_numpy(dtype=float).tolist()]


def _is_there(figure: str, samples: Sequence[Mapping[str, Sample]], engine: Engine) -> bool:
    if figure == "value":
        return any(arm[figure].squares for arm in samples)
    return figure != "unsubscribed" or UNSUBSCRIBE in engine.names().metrics


def _ratio_chance(test: Arranged, samples: Sequence[Mapping[str, Sample]]) -> float:
    if test.shares is None:
        return float("nan")
    unknown = [name for name in test.names if name not in test.shares]
    if unknown:
        raise DefinitionError.unknown_choice("An arm of shares", unknown[0], list(test.shares))
    counts = [arm["did"].people for arm in samples]
    return effects.chance_of_ratio(counts, [float(test.shares[name]) for name in test.names])


def _notes(test: Arranged, samples: Sequence[Mapping[str, Sample]], chance: float) -> Iterator[str]:
    if chance < UNLIKELY:
        found = ", ".join(f"{name!r} {arm['did'].people:,.0f}" for name, arm in zip(test.names, samples, strict=True))
        yield (
            f"The arms do not have the planned sizes ({found}): by chance, this happens with a probability of {chance:.1g}. "
            "Do not trust the comparison before you know the cause."
        )
    for name, arm in zip(test.names, samples, strict=True):
        if arm["did"].total < FEWEST:
            yield f"Only {counted(int(arm['did'].total), 'person', 'people')} in the arm {name!r} did it: too few for a reliable interval."


def _rows(
    figure: str, test: Arranged, samples: Sequence[Mapping[str, Sample]], tuning: float | None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a figure, with the control arm first."""
    base = samples[0][figure]
    nothing: Interval = (float("nan"), float("nan"))
    for place, (name, arm) in enumerate(zip(test.names, samples, strict=True)):
        sample = arm[figure]
        difference, (low, high) = float("nan"), nothing
        ratio, (ratio_low, ratio_high) = float("nan"), nothing
        if place:
            compare = effects.difference_of_shares if _PAIRS[figure] == "shares" else effects.difference_of_means
            difference, (low, high) = compare(sample, base)
            ratio, (ratio_low, ratio_high) = (
                effects.relative(sample, base) if tuning is None else effects.sequential(sample, base, tuning=tuning)
            )
        yield {
            "figure": figure, "arm": name, "people": int(sample.people), "total": sample.total, "average": sample.mean,
            "control_average": base.mean, "difference": difference, "difference_low": low, "difference_high": high,
            "relative": ratio, "relative_low": ratio_low, "relative_high": ratio_high,
        }  # fmt: skip


def _average(figure: str, value: float) -> str:
    return percent(value) if _PAIRS[figure] == "shares" else number(round(value, 4))


def _change(row: Mapping[Any, Any]) -> str:
    words = points if _PAIRS[row["figure"]] == "shares" else _plain
    return f"{words(row['difference'])} ({words(row['difference_low'])} to {words(row['difference_high'])})"


def _plain(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:+.3g}"


def _relative(row: Mapping[Any, Any]) -> str:
    low, value, high = (row[f"relative{end}"] for end in ("_low", "", "_high"))
    return "—" if np.isnan(value) else f"{value:+.0%} ({'—' if np.isnan(low) else f'{low:+.0%} to {high:+.0%}'})"

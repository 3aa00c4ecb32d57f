"""Replay a threshold over a finished hold-out, to see what the text added for members and for others: the public function `uplift`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.analysis import effects
from segkit.analysis.arms import Arms, Arranged, Window, arranged, check_numbers, day_before, window_from
from segkit.analysis.effects import Sample
from segkit.analysis.past import notes_of_past
from segkit.analysis.settings import Grid
from segkit.definition.segment import Segment
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.drawing.settings_apart import furthest_apart, none_apart
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, Engine, Summed, sum_column, warn_about_answers, warn_of
from segkit.engine.thresholds.curve import conditions_to_note, curve_of
from segkit.engine.thresholds.threshold import Threshold
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.vocabulary import canonical_metric
from segkit.wording import counted, points

CALL = "sk.uplift(split, shop, builder, start=..., within_days=14, parameter=[...])"


@dataclass(frozen=True, slots=True)
class Uplift:
    """How much a text added for a rule's members and for everybody else in a test, at each setting.

    Attributes:
        table: a row for each setting. See `sk.uplift`.
        settings: the names of the columns that identify a setting.
        outcome: the metric.
        treated: the arm that was texted.
        control: the arm that was not texted.
        notes: sentences about what an analyst should know before trusting the figures.
    """

    table: pd.DataFrame
    settings: tuple[str, ...]
    outcome: str
    treated: str
    control: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Uplift: {self.finding}"

    @property
    def finding(self) -> str:
        """A sentence on whether any setting separates people whom the text influences from people whom it doesn't."""
        rows = self.table.to_dict("records")
        row = furthest_apart(rows)
        if row is None:
            return none_apart(len(rows))
        words = " and ".join(f"{name.replace('_', ' ')} {row[name]}" for name in self.settings)
        return f"At {words} the text adds {points(row['members_uplift'])} to members and {points(row['others_uplift'])} to others"

    def _repr_html_(self) -> str:
        rows = [
            (*(str(row[name]) for name in self.settings), int(row["members"]), _ends(row, "members_uplift"), _ends(row, "others_uplift"), _ends(row, "apart"))
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        names = [*self.settings, "members", "added to members", "added to others", "apart"]
        return card(
            self.finding,
            f"{self.treated!r} against {self.control!r}, share with {self.outcome}. In brackets: 95 % intervals, each for one setting alone.",
            folded(counted(len(rows), "setting"), records(names, rows)),
            paragraphs(self.notes),
        )


def uplift(
    split_or_arms: Arms,
    dataset: Data,
    builder: Callable[..., Segment],
    *,
    outcome: str = "Placed Order",
    start: Any,
    within_days: int,
    treated: str | None = None,
    control: str | None = None,
    allow_todays: Sequence[str] = (),
    **settings: Any,
) -> Uplift:
    """Replay a threshold over a finished test, to see what the text added for members and for others at each setting.

    Members are the people whom the rule selects at the end of the day before `start`. Since arms were assigned at random, they are
    comparable among members and among others too. The rule must not have been used to assign the arms, except as a stratum.

    Args:
        split_or_arms: the result of `sk.split`, or a Series with the arm of each profile by `profile_id`.
        dataset: the profiles and events.
        builder: a function that takes keyword arguments and returns a segment.
        outcome: a metric.
        start: the day of the text, as a date or an instant.
        within_days: the number of whole UTC days that count, including the day of the text.
        treated: the arm that was texted; None if there is only one arm besides the control arm.
        control: the arm that was not texted; None uses the split's control arm, or "hold out".
        allow_todays: computed properties that may be used although they also reflect later events.
        **settings: for each parameter, the values to try, as a list, range or array, or one fixed value.

    Returns:
        The result. Its `table` has a row for each setting, with NaN where an arm has nobody:

        - The parameters that vary.
        - `members` and `others`: the number of people in both arms together. Both groups also have these columns, prefixed with the group's name:
          `_rate` and `_control_rate` (the shares with the outcome in the two arms), and `_uplift`, `_uplift_low` and `_uplift_high`
          (their difference, with Newcombe's 95 % interval).
        - `apart`, `apart_low` and `apart_high`: how much more the text adds for members than for others.

        Each interval is for a single setting: of twenty settings, one is expected to stand out by chance.

    Raises:
        DefinitionError: an argument has the wrong form, or nothing varies.
        AnalysisError: see `sk.measure`; also if the rule uses a computed property that is not allowed.
        DataError: see `sk.membership`.
    """
    check_order(split_or_arms, CALL)
    grid = Grid.of(builder, settings)
    if not grid.varying:
        raise DefinitionError.missing_word("sk.uplift", ["parameter=[...]"])
    if not isinstance(outcome, str) or not outcome.strip():
        raise DefinitionError.bad_value("outcome", outcome, "the name of a metric, such as 'Placed Order'")
    engine, outcome = engine_of(dataset), canonical_metric(outcome)
    test = arranged(split_or_arms, dataset, control=control)
    check_numbers(test, engine)
    window, place = window_from(start, within_days, engine, outcome), _treated(test, treated)
    thresholds = list(grid.thresholds())
    conditions = [condition for threshold in thresholds for condition in threshold.conditions]
    notes = [*test.notes, *window.notes, *notes_of_past(conditions, engine, allow_todays=allow_todays)]
    warn_about_answers(engine, [one for threshold in thresholds for one in conditions_to_note(threshold, engine)])
    warn_of(notes)
    table = _table(grid, thresholds, test, window, engine.at(day_before(window)), outcome=outcome, treated=place)
    return Uplift(StyledFrame(table), tuple(grid.varying), outcome, test.names[place], test.names[0], tuple(notes))


def _treated(test: Arranged, treated: str | None) -> int:
    """Return the position of the treated arm among the names."""
    if treated is None:
        if len(test.names) > 2:
            raise DefinitionError.missing_word(
                "sk.uplift of several arms", [f"treated={name!r}" for name in test.names[1:]]
            )
        return 1
    if treated not in test.names[1:]:
        raise AnalysisError.no_such_arm(treated, test.names[1:])
    return test.names.index(treated)


def _table(
    grid: Grid,
    thresholds: Sequence[Threshold],
    test: Arranged,
    window: Window,
    engine: Engine,
    *,
    outcome: str,
    treated: int,
) -> pd.DataFrame:
    sums = [window.responders(outcome)]
    every = _of_arms(engine, test, sums)
    if not every[:, 1].any():
        raise AnalysisError.nobody_in_the_test(outcome, int(every[:, 0].sum()), window.days.first, window.days.last)
    members = np.concatenate([_of_threshold(engine, one, test, sums) for one in thresholds])
    rows = [_row(own, every - own, treated) for own in members]
    return pd.concat([grid.table(), pd.DataFrame(rows)], axis=1)


def _of_threshold(engine: Engine, threshold: Threshold, test: Arranged, sums: Sequence[Summed]) -> Any:
    """Return the members' amounts. The axes are settings, arms and quantities."""
    curve = curve_of(threshold, engine, also=[test.codes], among=test.tested, sums=sums)
    if curve is not None:
        amounts = curve.by_code(test.codes, len(test.names) + 1)[:, :, 1:]
        return np.moveaxis(amounts, 0, 2)
    return np.stack([_of_arms(engine, test, sums, condition) for condition in threshold.conditions])


def _of_arms(engine: Engine, test: Arranged, sums: Sequence[Summed], condition: Any = None) -> Any:
    """Return the amounts of each arm, for people who match a condition. The axes are arms and quantities."""
    by = [test.codes] if condition is None else [test.codes, condition]
    cube = engine.cube(by, among=test.tested, sums=sums)
    if condition is not None:
        cube = cube[cube[1].astype(bool)]
    found = np.zeros((len(test.names), 1 + len(sums)))
    found[cube[0].to_numpy(dtype=np.int64) - 1] = cube[[COUNT, *map(sum_column, range(len(sums)))]].to_numpy(
        dtype=float
    )
    return found


def _row(members: Any, others: Any, treated: int) -> dict[str, float]:
    row: dict[str, float] = {
        "members": float(members[[0, treated], 0].sum()),
        "others": float(others[[0, treated], 0].sum()),
    }
    found = {
        name: dict(_of_side(name, amounts, treated)) for name, amounts in (("members", members), ("others", others))
    }
    for side in found.values():
        row |= side
    return row | dict(_apart(found))


def _of_side(name: str, amounts: Any, treated: int) -> Iterator[tuple[str, float]]:
    """Yield the figures of the members or the others."""
    did, control = (_did(amounts[place]) for place in (treated, 0))
    difference, (low, high) = effects.difference_of_shares(did, control)
    yield f"{name}_rate", did.mean
    yield f"{name}_control_rate", control.mean
    yield f"{name}_uplift", difference
    yield f"{name}_uplift_low", low
    yield f"{name}_uplift_high", high


def _did(amounts: Any) -> Sample:
    people, did = amounts.tolist()
    return Sample.of_share(did, people)


def _apart(found: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float]]:
    """Yield how much more the text adds for members than for others, with the interval for two independent differences (Zou and Donner, 2008)."""
    one, low, high = (found["members"][f"members_uplift{end}"] for end in ("", "_low", "_high"))
    other, other_low, other_high = (found["others"][f"others_uplift{end}"] for end in ("", "_low", "_high"))
    apart = one - other
    yield "apart", apart
    yield "apart_low", apart - float(np.hypot(one - low, other_high - other))
    yield "apart_high", apart + float(np.hypot(high - one, other - other_low))


def _ends(row: Mapping[Any, Any], name: str) -> str:
    return f"{points(row[name])} ({points(row[name + '_low'])} to {points(row[name + '_high'])})"

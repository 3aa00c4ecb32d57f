"""Choose a setting for a goal on a backtest's earlier moments, and judge it on the later moments: the public function `suggest`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.analysis.backtest import NOT_BECAUSE, Backtest
from segkit.analysis.figures import pooled
from segkit.analysis.goals import Budget, Goal, Profit, Reach, goal_words
from segkit.analysis.intervals import STUDENT, Numbers, divided, left_out, standard_error
from segkit.analysis.outcomes import MEMBERS, RESPONDERS, UNSUBSCRIBED, VALUE, Followed
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.wording import counted, number, percent

MOST_FLAT = 0.5
"""The largest share of settings on the plateau at which one is suggested. With more, a single number would suggest false precision."""

UNKNOWN = "Unknown: on the earlier moments, too few people responded to tell the settings apart"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A setting that was chosen for a goal, and how it did later.

    Attributes:
        setting: the value of each parameter; None if the curve is flat, or if too few people responded for an interval of `behind`.
        plateau: every setting that is not measurably worse than the best setting, and the best setting itself.
        table: a row for each setting. On the earlier moments, it has the setting's values, `meets_goal` (whether it keeps to the goal's
            limit), `achieved` (the share of responders reached, or the profit per send), `behind` (how much less it achieves than the
            best setting), `behind_low` and `behind_high` (the 95 % interval of `behind`), and `in_plateau`. `later`, `later_low` and
            `later_high` are the same as `achieved` on the later moments, with its 95 % interval.
        later: the figures of the best setting on the later moments, as in `Backtest.table`.
        goal: the goal in words, with all its assumptions.
        chosen_on: the earlier moments.
        judged_on: the later moments.
        verdict: the finding in a sentence.
    """

    setting: dict[str, Any] | None
    plateau: pd.DataFrame
    table: pd.DataFrame
    later: pd.DataFrame
    goal: str
    chosen_on: tuple[datetime, ...]
    judged_on: tuple[datetime, ...]
    verdict: str

    def __repr__(self) -> str:
        return f"Suggestion: {self.verdict}"

    def _repr_html_(self) -> str:
        names = list(self.plateau.columns)
        rows = [[_word(value) for value in row] for row in self.plateau.to_numpy().tolist()]
        spans = [
            f"{some[0]:%Y-%m-%d} to {some[-1]:%Y-%m-%d} ({len(some)})" for some in (self.chosen_on, self.judged_on)
        ]
        return card(
            self.verdict,
            f"For {self.goal}. Chosen on the moments {spans[0]}, judged on {spans[1]}.",
            paragraphs([NOT_BECAUSE]),
            folded(f"{counted(len(rows), 'setting')} not measurably worse than the best", records(names, rows)),
        )


def suggest(backtest: Backtest, goal: Goal) -> Suggestion:
    """Suggest a setting of a backtest for a goal.

    The setting is chosen on the earlier half of the moments and judged on the later half. Earlier moments are left out if the days
    after them reach into the later half. The plateau is every setting that is not measurably worse than the best: the 95 %
    interval of the gap contains 0, comparing both settings on the same profiles. If more than half of all settings are on the
    plateau, none is suggested.

    Args:
        backtest: the result of `sk.backtest` with at least two settings and two moments.
        goal: `sk.budget(...)`, `sk.reach(...)` or `sk.profit(...)`.

    Raises:
        DefinitionError: an argument has the wrong type.
        AnalysisError: there are too few settings or moments, no setting keeps to the goal's limit, or the data lacks what the goal
            needs: amounts for `profit`, unsubscribes for `reach`.

    >>> from segkit import Dataset, Segment, backtest, budget, did
    >>> def bought(*, days=30): return Segment("Bought", did("Placed Order", in_last_days=days))
    >>> rows = [(f"p{n}", "Placed Order", f"2026-0{m}-{d}") for n in range(9) for m in range(1, 7) for d in (10, 25) if n % m == 0]
    >>> shop = Dataset.from_frames(None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"]), as_of="2026-06-30")
    >>> found = suggest(backtest(bought, shop, days=[5, 20, 40], moments=["2026-02-28", "2026-03-31", "2026-04-30"]), budget(texts=1))
    Traceback (most recent call last):
    segkit.errors.AnalysisError: No setting meets the goal, ...
    """
    if not isinstance(backtest, Backtest):
        raise DefinitionError.bad_value("The first argument of sk.suggest", backtest, "the result of sk.backtest")
    if not isinstance(goal, (Budget, Reach, Profit)):
        raise DefinitionError.bad_value("The goal", goal, "sk.budget(...), sk.reach(...) or sk.profit(...)")
    _check(backtest, goal)
    early, late = _halves(backtest)
    first, second = (_Score.of(backtest._followed.of(some), goal) for some in (early, late))  # noqa: SLF001  # its own
    meets = first.is_allowed
    if not meets.any():
        raise AnalysisError.no_setting_for_goal(goal_words(goal), _nearest(backtest, first, goal))
    best = int(np.argmax(np.where(meets, first.achieved, -np.inf)))
    table = _table(backtest, first, second, best)
    return _suggestion(backtest, goal, table, best=best, moments=(early, late))


@dataclass(frozen=True, slots=True)
class _Score:
    """How well each setting meets a goal.

    Attributes:
        achieved: the share of responders reached, or the profit per send.
        without: the same figures, leaving out one group of profiles at a time, on the last axis.
        limited: the quantity that the goal limits, which is texts per send or the share of unsubscribes; 0 if it limits nothing, and NaN
            if the setting has no members.
        is_allowed: whether each setting keeps to the limit and has members.
    """

    achieved: Numbers
    without: Numbers
    limited: Numbers
    is_allowed: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, found: Followed, goal: Goal) -> "_Score":
        """Score the settings on all moments in the outcomes."""
        moments = found.base.shape[1]
        members, base = found.members.sum(axis=2), found.base.sum(axis=1)
        texts = members[MEMBERS].sum(axis=-1) / moments
        has_members = texts > 0
        if isinstance(goal, Profit):
            each = (goal.incremental * goal.margin * members[VALUE] - goal.cost_per_text * members[MEMBERS]) / moments
            return cls(each.sum(axis=-1), left_out(each), np.where(has_members, 0.0, np.nan), has_members)
        achieved = divided(members[RESPONDERS].sum(axis=-1), base[RESPONDERS].sum())
        without = divided(left_out(members[RESPONDERS]), left_out(base[RESPONDERS])[None])
        if isinstance(goal, Budget):
            return cls(achieved, without, np.where(has_members, texts, np.nan), has_members & (texts <= goal.texts))
        left = divided(members[UNSUBSCRIBED].sum(axis=-1), members[MEMBERS].sum(axis=-1))
        return cls(achieved, without, left, has_members & (left <= goal.unsubscribes_at_most))

    @property
    def half(self) -> Numbers:
        """Half the width of the 95 % interval around `achieved`."""
        return STUDENT * standard_error(self.without)

    def behind(self, best: int) -> tuple[Numbers, Numbers]:
        """Return how much less each setting achieves than the best setting, and half the width of the interval of this difference."""
        return self.achieved[best] - self.achieved, STUDENT * standard_error(self.without[best] - self.without)


def _check(backtest: Backtest, goal: Goal) -> None:
    if len(backtest.table) < 2:
        raise AnalysisError.too_few_settings(len(backtest.table))
    if isinstance(goal, Profit) and "value_per_member" not in backtest.table:
        raise AnalysisError.outcome_without_amounts(backtest.outcome)
    if isinstance(goal, Reach) and not backtest._has_unsubscribes:  # noqa: SLF001  # its own
        raise AnalysisError.no_unsubscribes()


def _halves(backtest: Backtest) -> tuple[slice, slice]:
    """Return the earlier moments and the later ones, leaving out earlier moments whose outcomes overlap the later ones."""
    every = backtest.moments
    middle = (len(every) + 1) // 2
    if middle == len(every):
        raise AnalysisError.too_few_moments(len(every))
    length = timedelta(days=backtest.within_days)
    stop = sum(moment + length <= every[middle] for moment in every[:middle])
    if not stop:
        raise AnalysisError.too_few_moments(len(every))
    return slice(0, stop), slice(middle, len(every))


def _table(backtest: Backtest, first: _Score, second: _Score, best: int) -> pd.DataFrame:
    behind, half = first.behind(best)
    return backtest.table[list(backtest.settings)].assign(
        meets_goal=first.is_allowed,
        achieved=first.achieved,
        behind=behind,
        behind_low=behind - half,
        behind_high=behind + half,
        in_plateau=first.is_allowed & ~(behind - half > 0),  # With an unknown interval, no setting is measurably worse.
        later=second.achieved,
        later_low=second.achieved - second.half,
        later_high=second.achieved + second.half,
    )


def _suggestion(
    backtest: Backtest, goal: Goal, table: pd.DataFrame, *, best: int, moments: tuple[slice, slice]
) -> Suggestion:
    early, late = moments
    names = list(backtest.settings)
    plateau = table.loc[table["in_plateau"], names]
    is_known = bool(table["behind_low"].notna().iloc[best])
    is_flat = len(plateau) > MOST_FLAT * len(table)
    has_value = "value_per_member" in backtest.table
    followed, has_unsubscribes = backtest._followed.of(late), backtest._has_unsubscribes  # noqa: SLF001  # its own
    figures = pooled(followed, has_value=has_value, has_unsubscribes=has_unsubscribes)
    later = pd.concat([table[names], figures], axis=1).iloc[[best]]
    setting = dict(zip(names, table[names].iloc[best].tolist(), strict=True))
    verdict = _flat(plateau, goal) if is_flat else _verdict(setting, table.iloc[best], later.iloc[0], goal)
    return Suggestion(
        setting=setting if is_known and not is_flat else None,
        plateau=StyledFrame(plateau.reset_index(drop=True)),
        table=StyledFrame(table),
        later=StyledFrame(later.reset_index(drop=True)),
        goal=goal_words(goal),
        chosen_on=backtest.moments[early],
        judged_on=backtest.moments[late],
        verdict=verdict if is_known else UNKNOWN,
    )


def _flat(plateau: pd.DataFrame, goal: Goal) -> str:
    least, most = (", ".join(_word(value) for value in plateau.iloc[place]) for place in (0, -1))
    names = " and ".join(str(name).replace("_", " ") for name in plateau.columns)
    what = "profit" if isinstance(goal, Profit) else "reach"
    return f"Flat: any {names} from {least} to {most} does equally well, within the margin of error of its {what}"


def _verdict(setting: Mapping[str, Any], row: Any, later: Any, goal: Goal) -> str:
    words = " and ".join(f"{str(name).replace('_', ' ')} {_word(value)}" for name, value in setting.items())
    achieved, low, high = row["later"], row["later_low"], row["later_high"]
    if isinstance(goal, Profit):
        return f"{words}: at later moments, a profit of {number(round(achieved))} ({number(round(low))} to {number(round(high))}) per send"
    kept = ""
    if isinstance(goal, Budget):
        kept = f" with {number(round(later['members']))} texts"
    elif isinstance(goal, Reach):
        kept = f" while {percent(later['unsubscribed'])} unsubscribed"
    is_known, ends = not np.isnan(low), f"{percent(max(low, 0))} to {percent(min(high, 1))}"
    span = ends if is_known else "too few responders for an interval"
    return f"{words}: at later moments, {percent(achieved)} ({span}) of all responders were reached{kept}"


def _nearest(backtest: Backtest, score: _Score, goal: Goal) -> str:
    """Return the setting that comes nearest to the goal's limit, in words."""
    if np.isnan(score.limited).all():
        return "no setting has members at the earlier moments"
    place = int(np.nanargmin(score.limited))
    values = backtest.table[list(backtest.settings)].iloc[place].to_dict()
    words = " and ".join(f"{str(name).replace('_', ' ')} {_word(value)}" for name, value in values.items())
    if isinstance(goal, Budget):
        return f"the smallest is {words}, with {number(round(float(score.limited[place])))} texts"
    return f"the lowest share is that of {words}, {percent(float(score.limited[place]))}"


def _word(value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else str(value)

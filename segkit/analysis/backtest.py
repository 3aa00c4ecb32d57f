"""Apply a rule at past moments, and for each setting, count what its members did next: the public function `backtest`."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from segkit.analysis.figures import HIGH, LOW, at_each_moment, pooled
from segkit.analysis.moments import Moments, moments_of
from segkit.analysis.outcomes import MEMBERS, RESPONDERS, UNSUBSCRIBE, VALUE, Followed, followed
from segkit.analysis.past import existing, notes_of_creation, notes_of_past
from segkit.analysis.settings import Grid, grid_of
from segkit.definition.conditions import AllOf
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Engine, warn_about_answers, warn_of
from segkit.engine.thresholds.curve import conditions_to_note
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.vocabulary import canonical_metric
from segkit.wording import counted, number, percent

CALL = "sk.backtest(builder, shop, parameter=[...])"
NOT_BECAUSE = (
    "This is what members did afterwards, not what they did because of a text: most would have come back without one. What a text "
    "adds needs a hold-out."
)
EVERYBODY_THEN = "all profiles that existed"


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the members selected by a rule at past moments did afterwards, for each of its settings.

    "Comes back" does not mean "comes back because of the text", which `sk.measure` measures.

    Attributes:
        table: a row for each setting, pooled over the moments. See `sk.backtest`.
        by_moment: the same figures for each moment, without intervals. They show how much the figures change over time.
        settings: the names of the columns that identify a setting.
        outcome: the metric that counts as a response.
        within_days: the number of whole UTC days in which responses count, starting the day after the moment.
        moments: the moments, oldest first, UTC.
        left_out: a row for each moment that could not be used: `moment` and `reason`.
        base: the name of the base.
        notes: sentences about what the figures can't take into account.
    """

    table: pd.DataFrame
    by_moment: pd.DataFrame
    settings: tuple[str, ...]
    outcome: str
    within_days: int
    moments: tuple[datetime, ...]
    left_out: pd.DataFrame
    base: str
    notes: tuple[str, ...]
    _followed: Followed = field(repr=False, compare=False)
    _has_unsubscribes: bool = field(repr=False, compare=False)

    def __repr__(self) -> str:
        return f"Backtest: {self._title()}"

    def _title(self) -> str:
        rate, people = self.table["base_rate"].iloc[0], self.by_moment.groupby("moment")["base_size"].first().mean()
        return (
            f"{counted(len(self.table), 'setting')} at {counted(len(self.moments), 'moment')}: of the base ({self.base}, "
            f"{people:,.0f} per moment), {percent(rate)} have {self.outcome} within {counted(self.within_days, 'day')}"
        )

    def _repr_html_(self) -> str:
        shown = [("response_rate", "respond"), ("reached", "of all responders"), ("unsubscribed", "unsubscribe")]
        shown = [(name, words) for name, words in shown if self.table[name].notna().any()]
        rows = [
            (
                *(_value(row[name]) for name in self.settings),
                round(row["members"]),
                *(_share(row, name) for name, _ in shown),
                f"{number(round(row['lift'], 2))} ({_span(row, 'lift')})",
            )
            for row in self.table.to_dict("records")
        ]
        names = [*(name.replace("_", " ") for name in self.settings), "members", *(words for _, words in shown), "lift"]
        span = f"{self.moments[0]:%Y-%m-%d} to {self.moments[-1]:%Y-%m-%d}"
        gone = [(f"{moment:%Y-%m-%d}", reason) for moment, reason in self.left_out.to_numpy().tolist()]
        return card(
            self._title(),
            f"Moments: {span}. In brackets: 95 % intervals.",
            records(names, rows),
            paragraphs([NOT_BECAUSE, *self.notes]),
            folded(f"{counted(len(gone), 'moment')} left out", records(["moment", "reason"], gone)),
        )


def backtest(
    builder_or_segment: Callable[..., Segment] | Segment,
    dataset: Data,
    *,
    outcome: str = "Placed Order",
    within_days: int = 30,
    every_days: int = 30,
    moments: Iterable[Any] | None = None,
    base: Segment | None = None,
    allow_todays: Collection[str] = (),
    **settings: Any,
) -> Backtest:
    """Apply a rule at past moments, and for each of its settings, count what its members did in the following days.

    For each moment, the members are the profiles that the rule would have selected then: nothing that happened later is used. `notes`
    names the facts that the data can't show for the past. Outcomes are counted over whole UTC days, starting the day after the moment.

    Args:
        builder_or_segment: a function (segkit's or your own) that takes keyword arguments and returns a segment; or a segment, treated as
            a single setting.
        dataset: the profiles and events.
        outcome: a metric. A member responds if it has at least one such event in the days after the moment.
        within_days: the number of whole days in which outcomes are counted.
        every_days: the number of days between moments. They are counted back from the last moment whose follow-up days are all in the
            data, and there are at most 12.
        moments: dates, each meaning the end of that day, or instants, instead of `every_days`. A moment whose follow-up days are
            not all in the data is left out and named in `left_out`.
        base: the segment whose members are the base of all shares, as of each moment. Members outside it are not counted. None means all profiles that
            existed.
        allow_todays: computed properties, such as "churn_probability", that may be used although they also reflect later events.
        **settings: for each parameter, the values to try, as a list, range or array, or one fixed value.

    Returns:
        The result. Its `table` has a row for each setting, and the last parameter varies fastest. The columns are the parameters that
        vary (or `segment`), then these figures, pooled over the moments, each with the ends of its 95 % interval as `_low` and `_high`,
        then `base`:

        - `members`: the mean number of members per moment, and `share`: their share of the base.
        - `response_rate` (precision): the share of members who respond, and `base_rate`: the share of the base who respond.
        - `lift`: `response_rate / base_rate`.
        - `reached` (recall): the share of the base's responders who are members.
        - `events_per_member` and, if the outcome has amounts, `value_per_member`, in the unit of the amounts.
        - `unsubscribed`: the share of members who withdrew SMS consent in these days; NaN if the data has no such events.

        Shares are from 0 to 1, and NaN if there are no members. A profile counts once for each moment at which it is a member. The intervals
        come from a delete-a-group jackknife over 100 hashed groups of profiles (see `segkit.analysis.intervals`). They show how much a
        figure depends on the particular profiles, but not how much it changes over time: see `by_moment`.

    Raises:
        DefinitionError: the builder has no such parameter, or an argument has the wrong form.
        AnalysisError: no moment has all its follow-up days in the data, nobody or everybody in the base responds, or the rule uses a property that is computed
            from later events and is not in `allow_todays`.
        DataError: see `sk.membership`; also if a moment is neither a date nor an instant.

    Warns:
        SegkitWarning: the data lacks something about the past that the rule uses.

    >>> from segkit import Dataset, did
    >>> rows = [(who, "Placed Order", f"2026-{month}-10") for who, months in {"ann": "345", "bea": "3"}.items() for month in months]
    >>> orders = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"])
    >>> orders["datetime"] = orders["datetime"].str.replace("2026-", "2026-0")
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-05-31")
    >>> found = backtest(Segment("Bought lately", did("Placed Order", in_last_days=30)), shop, moments=["2026-04-30"])
    >>> found.table[["members", "response_rate", "base_rate", "reached"]].to_numpy().tolist()
    [[1.0, 1.0, 0.5, 1.0]]
    """
    check_order(builder_or_segment, CALL)
    engine, grid = engine_of(dataset), grid_of(builder_or_segment, settings, CALL)
    if not isinstance(outcome, str) or not outcome.strip():
        raise DefinitionError.bad_value("outcome", outcome, "the name of a metric, such as 'Placed Order'")
    outcome = canonical_metric(outcome)
    thresholds = list(grid.thresholds())
    conditions = [condition for threshold in thresholds for condition in threshold.conditions]
    if not conditions:
        raise DefinitionError.bad_value("settings", settings, "at least one value for each parameter")
    of_base = [] if base is None else [one_segment(base).condition]
    inside = AllOf((existing(engine), *of_base))
    notes = notes_of_past([*conditions, *of_base], engine, allow_todays=allow_todays)
    when = moments_of(
        engine, [*conditions, *of_base], outcome=outcome, within_days=within_days, every_days=every_days, chosen=moments
    )
    found = followed(engine, thresholds, when.used, base=inside, outcome=outcome, within_days=within_days)
    warn_about_answers(
        engine, [*(one for threshold in thresholds for one in conditions_to_note(threshold, engine)), *of_base]
    )
    name = EVERYBODY_THEN if base is None else base.name
    _check(found, outcome=outcome, base=name, within_days=within_days)
    return _backtest(found, grid, when, engine, outcome=outcome, within_days=within_days, base=name, notes=notes)


def _check(found: Followed, *, outcome: str, base: str, within_days: int) -> None:
    """Refuse a base in which nobody or everybody responds, since all settings would look the same."""
    people, responders = (int(found.base[kind].sum()) for kind in (MEMBERS, RESPONDERS))
    if not people:
        raise AnalysisError.empty_base(base)
    if not responders:
        raise AnalysisError.no_responders(outcome, base, people, within_days)
    if responders == people:
        raise AnalysisError.all_responders(outcome, base, within_days)


def _backtest(
    found: Followed,
    grid: Grid,
    when: Moments,
    engine: Engine,
    *,
    outcome: str,
    within_days: int,
    base: str,
    notes: list[str],
) -> Backtest:
    has_unsubscribes = UNSUBSCRIBE in engine.names().metrics
    has = {"has_value": bool(found.base[VALUE].any()), "has_unsubscribes": has_unsubscribes}
    settings = grid.table() if grid.varying else pd.DataFrame({"segment": [next(grid.thresholds()).segments[0].name]})
    table = pd.concat([settings, pooled(found, **has)], axis=1).assign(base=base)
    by_moment = _by_moment(found, settings, when, **has)
    told = [*when.notes, *notes]
    told += [f"{counted(len(when.left_out), 'moment')} could not be used: see left_out."] if when.left_out else []
    warn_of(told)
    told += notes_of_creation(engine)
    if not has_unsubscribes:
        told.append(f"The data has no events {UNSUBSCRIBE!r}, so nothing is known about unsubscribes.")
    return Backtest(
        table=StyledFrame(table),
        by_moment=StyledFrame(by_moment),
        settings=tuple(settings.columns),
        outcome=outcome,
        within_days=within_days,
        moments=when.used,
        left_out=StyledFrame(list(when.left_out), columns=["moment", "reason"]),
        base=base,
        notes=tuple(told),
        _followed=found,
        _has_unsubscribes=has_unsubscribes,
    )


def _by_moment(found: Followed, settings: pd.DataFrame, when: Moments, **has: bool) -> pd.DataFrame:
    """Return a row for each moment and setting: `moment`, the setting, the size of the base, and the figures."""
    rows = pd.concat([settings] * len(when.used), ignore_index=True)
    moments = pd.Series([moment for moment in when.used for _ in range(len(settings))], name="moment")
    sizes = found.base[MEMBERS].sum(axis=-1).astype(int).repeat(len(settings))
    return pd.concat([moments, rows, pd.Series(sizes, name="base_size"), at_each_moment(found, **has)], axis=1)


def _value(value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else str(value)


def _share(row: dict[Any, Any], name: str) -> str:
    return f"{percent(row[name])} ({percent(row[name + LOW])} to {percent(row[name + HIGH])})"


def _span(row: dict[Any, Any], name: str) -> str:
    return f"{number(round(row[name + LOW], 2))} to {number(round(row[name + HIGH], 2))}"

"""Find the day on which each member drops out of a segment if nothing happens: the public function `leaving`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from segkit.analysis.changes import ids_of
from segkit.analysis.moments import check_days
from segkit.definition.conditions import Channel, Condition, ConsentCondition, ListCondition
from segkit.definition.measures import EventCount
from segkit.definition.replay import channels_in, lists_in
from segkit.definition.segment import Segment, one_segment
from segkit.definition.timeframes import BetweenDates, close_of
from segkit.drawing.cards import card, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, EVERYBODY, At, Engine, sum_column, warn_about_answers
from segkit.errors.analysis import AnalysisError
from segkit.masking import quoted
from segkit.wording import counted


@dataclass(frozen=True, slots=True)
class Leaving:
    """When the members of a segment drop out if nothing happens: no event, and no change to a profile.

    Attributes:
        table: a row for each day on which somebody drops out: `day` (the first UTC day at the end of which they are no longer members),
            `leaving`, and `remaining` (the rest of today's members).
        days: the day for each member who drops out, with `profile_id` as the index.
        segment: the segment's name.
        members: the number of members today.
        within_days: the number of days to look ahead.
    """

    table: pd.DataFrame
    days: pd.Series
    segment: str
    members: int
    within_days: int

    def __repr__(self) -> str:
        return f"Leaving: {self._title()}"

    def _title(self) -> str:
        gone = int(self.table["leaving"].sum())
        return f"{self.segment}: {gone:,} of {counted(self.members, 'member')} drop out within {counted(self.within_days, 'day')} if nothing happens"

    def _repr_html_(self) -> str:
        rows = [(str(day), int(gone), int(left)) for day, gone, left in self.table.to_numpy().tolist()]
        more = [f"and {counted(len(rows) - 14, 'more day')}"] if len(rows) > 15 else []
        shown = rows[:14] if more else rows
        return card(self._title(), "", records(list(self.table.columns), shown), paragraphs(more))


def leaving(segment: Segment, dataset: Data, *, within_days: int = 90) -> Leaving:
    """Return the day on which each member drops out of a segment if nothing happens, which is the last chance to text them.

    The segment is evaluated at the end of each coming day, with today's events: windows move on, and nothing else changes.

    Args:
        segment: the segment.
        dataset: the profiles and events. Its `as_of` must be the end of the data: with later events, consent, list entries or profiles, it
            would not be true that nothing happens.
        within_days: the number of days to look ahead.

    Raises:
        DefinitionError: the argument is not a segment, or `within_days` is not a whole number above 0.
        AnalysisError: the data goes on after its `as_of`.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, did
    >>> orders = pd.DataFrame({"profile_id": ["a", "b"], "metric": "Placed Order", "datetime": ["2026-06-20", "2026-06-25"]})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> leaving(Segment("Lately", did("Placed Order", in_last_days=14)), shop).days.astype(str).to_dict()
    {'a': '2026-07-05', 'b': '2026-07-10'}
    """
    check_order(segment, "sk.leaving(segment, shop)")
    check_days("within_days", within_days)
    one, engine = one_segment(segment), engine_of(dataset)
    _check_that_nothing_comes(engine, one.condition, within_days)
    warn_about_answers(engine, [one.condition])
    inside = ids_of(engine, one.condition)
    members, today = len(inside), engine.as_of.date()
    found: dict[str, date] = {}
    rows = []
    # If the day of `as_of` is not over, somebody may drop out before its end.
    for ahead in range(int(engine.as_of >= close_of(today)), within_days + 1):
        day = today + timedelta(days=ahead)
        # Ask for the ids only on days on which somebody falls out.
        if len(inside) and _staying(engine, one, day) != len(inside):
            stay = ids_of(engine.at(close_of(day)), one.condition)
            gone = inside - stay
            inside &= stay
            if gone:
                found |= dict.fromkeys(sorted(gone), day)
                rows.append((day, len(gone), len(inside)))
    days = pd.Series(found, name="day", dtype=object).rename_axis("profile_id")
    table = StyledFrame(rows, columns=["day", "leaving", "remaining"])
    return Leaving(table, days, one.name, members, within_days)


def _staying(engine: Engine, segment: Segment, day: date) -> int:
    """Return how many of today's members are still members at the end of a coming day."""
    cube = engine.cube([At(segment.condition, close_of(day))], among=segment.condition)
    return int(cube.loc[cube[0].astype(bool), COUNT].sum())


def _check_that_nothing_comes(engine: Engine, condition: Condition, within_days: int) -> None:
    """Refuse data that has more to say at the end of the last day than at `as_of`."""
    today = engine.as_of.date()
    days = BetweenDates(today, today + timedelta(days=within_days))
    then = engine.at(close_of(days.last))
    found = [
        (_events_to_come(then, engine.as_of, days), "event", "events"),
        (then.counts([EVERYBODY])[0] - engine.counts([EVERYBODY])[0], "new profile", "new profiles"),
    ]
    for channel in channels_in(condition):
        kind = {"sms": "SMS", "email": "email"}[channel]
        count = _flipped(engine, then.as_of, _consents(engine, channel, days))
        found.append((count, f"change of {kind} consent", f"changes of {kind} consent"))
    for name in lists_in(condition):
        count = _flipped(engine, then.as_of, [ListCondition(name), ListCondition(name, joined=days)])
        found.append((count, f"entry of the list {quoted(name)}", f"entries of the list {quoted(name)}"))
    if come := [counted(*one) for one in found if one[0]]:
        raise AnalysisError.more_to_come(engine.as_of, come)


def _events_to_come(then: Engine, as_of: datetime, days: BetweenDates) -> int:
    """Return how many events on some days are after `as_of`."""
    metrics = then.names().metrics
    if not metrics:
        return 0
    events = EventCount(metrics, days)
    sums = then.cube([EVERYBODY], sums=[events, At(events, as_of)])
    return int(sums[sum_column(0)].sum() - sums[sum_column(1)].sum())


def _flipped(engine: Engine, later: datetime, conditions: Sequence[Condition]) -> int:
    """Return how many of today's profiles match one of the conditions at only one of two moments, `as_of` and a later one."""
    cube = engine.cube([*conditions, *(At(one, later) for one in conditions)])
    half = len(conditions)
    now, then = (cube[list(range(start, start + half))].to_numpy(dtype=bool) for start in (0, half))
    return int(cube.loc[(now != then).any(axis=1), COUNT].sum())


def _consents(engine: Engine, channel: Channel, days: BetweenDates) -> list[Condition]:
    """Return conditions without moving windows. At least one flips if a profile's consent, or the date of it, changes on some days."""
    can = ConsentCondition(channel, can_receive=True)
    if f"{channel}_consent_timestamp" not in engine.names().properties:
        return [can]
    return [can, *(ConsentCondition(channel, can_receive, status_date=days) for can_receive in (True, False))]

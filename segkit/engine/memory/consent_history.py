"""What profiles agreed to on a channel as of any moment: the status with its date, and the consent events around it.

A status says what holds since its date. Looked at from before that date, the newest consent event before the moment says what held
then. Which word counts when a text is sent is decided by `segkit.sending.eligibility`, which is stricter than a segment.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segkit.data.consent import NEVER, SUBSCRIBED, UNSUBSCRIBED, Status
from segkit.data.events import MetricEvents
from segkit.data.instants import FIRST_PLAUSIBLE, Flags, Microseconds, ends_of
from segkit.data.validation.faults import Faults

Channel: TypeAlias = Literal["sms", "email"]

NEVER_YET, FOR_EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""When something happened that never did, and when something was withdrawn whose date nobody knows: it always counts."""


@dataclass(frozen=True, slots=True)
class StatusThen:
    """What profiles had agreed to at a moment.

    Attributes:
        status: the code of each profile's status.
        dates: since when, in microseconds; `NEVER_YET` where that is not known.
        is_replayed: whose status is younger than the moment, so that consent events decided.
        is_told: of those, about whom an event before the moment says something.
    """

    status: Status
    dates: Microseconds
    is_replayed: Flags
    is_told: Flags


@dataclass(frozen=True, slots=True)
class ConsentHistory:
    """Everything in the data that says what profiles agreed to on one channel.

    Attributes:
        status: the code of each profile's status as the data has it.
        dates: since when, in microseconds; `NEVER_YET` where that is not known, is a placeholder such as 1970-01-01, or lies after
            everything else in the data.
        is_date: which of them are dates without a time.
        given: the events in which consent was given.
        withdrawn: those in which it was withdrawn.
        withdrawn_ends: when each of them was, a date without a time as the end of its day.
        newest: the last of the dates.
    """

    status: Status
    dates: Microseconds
    is_date: Flags
    given: MetricEvents
    withdrawn: MetricEvents
    withdrawn_ends: Microseconds
    newest: int

    @classmethod
    def of(
        cls,
        status: Status,
        *,
        dates: Microseconds,
        is_date: Flags,
        given: MetricEvents,
        withdrawn: MetricEvents,
        withdrawn_ends: Microseconds,
        known_until: int,
    ) -> "ConsentHistory":
        """Put together what the data says; a date after `known_until` is none, nor is a placeholder."""
        newest = int(dates.max(initial=NEVER_YET))
        if newest > known_until or dates.min(initial=FIRST_PLAUSIBLE) < FIRST_PLAUSIBLE:
            dates = np.where((dates >= FIRST_PLAUSIBLE) & (dates <= known_until), dates, NEVER_YET)
            newest = int(dates.max(initial=NEVER_YET))
        return cls(status, dates, is_date, given, withdrawn, withdrawn_ends, newest)

    @property
    def date_ends(self) -> Microseconds:
        """The dates for an opt-out: one without a time lasts to the end of its day, and an unknown one for ever."""
        return np.where(self.dates == NEVER_YET, FOR_EVER, ends_of(self.dates, self.is_date))

    @property
    def held(self) -> tuple[Status, Microseconds, Flags]:
        """What it holds beside the events, which are the data's own."""
        return self.status, self.dates, self.is_date

    def note_disagreements(self, faults: Faults) -> None:
        """Report where the status says one thing and a newer event another."""
        given, withdrawn = self.newest_given(FOR_EVER), self.newest_opt_out(FOR_EVER)
        is_subscribed = self.status == SUBSCRIBED
        opted_out = is_subscribed & (withdrawn > NEVER_YET) & (withdrawn >= np.maximum(given, self.dates))
        came_back = ~is_subscribed & (given > withdrawn) & (given > self.dates)
        faults.note(
            "profiles",
            "sms_consent",
            "subscribed, and a newer event withdrew consent",
            int(opted_out.sum()),
            done="members of SMS segments, as in Klaviyo, and not texted",
        )
        faults.note(
            "profiles",
            "sms_consent",
            "not subscribed, and a newer event gave consent",
            int(came_back.sum()),
            done="not subscribed: the status counts",
        )

    def then(self, moment: int) -> StatusThen:
        """Return what profiles had agreed to at a moment, in microseconds."""
        if self.newest <= moment:
            nobody = np.zeros(len(self.status), dtype=bool)
            return StatusThen(self.status, self.dates, nobody, nobody)
        is_replayed = self.dates > moment
        given, withdrawn = self.newest_given(moment), self._newest(self.withdrawn, self.withdrawn_ends, moment)
        is_told = is_replayed & ((given > NEVER_YET) | (withdrawn > NEVER_YET))
        said = np.where(withdrawn >= given, np.int8(UNSUBSCRIBED), np.int8(SUBSCRIBED))
        status = np.where(is_replayed, np.where(is_told, said, np.int8(NEVER)), self.status)
        dates = np.where(is_replayed, np.maximum(given, withdrawn), self.dates)
        return StatusThen(status.astype(np.int8), dates, is_replayed, is_told)

    def newest_given(self, until: int) -> Microseconds:
        """Return when each profile last gave consent in an event, up to a moment."""
        return self._newest(self.given, self.given.times, until)

    def newest_opt_out(self, until: int) -> Microseconds:
        """Return when each profile last withdrew it in an event up to a moment, as eligibility reads it.

        A date without a time lasts to the end of its day, and one that is a placeholder, such as 1970-01-01, for ever.
        """
        ends = np.where(self.withdrawn.times < FIRST_PLAUSIBLE, FOR_EVER, self.withdrawn_ends)
        return self._newest(self.withdrawn, ends, until)

    def _newest(self, events: MetricEvents, ends: Microseconds, until: int) -> Microseconds:
        found = np.full(len(self.status), NEVER_YET, dtype=np.int64)
        count = known(events, until)
        np.maximum.at(found, events.profiles[:count], ends[:count])
        return found


def known(events: MetricEvents, until: int) -> int:
    """Return how many events there are up to a moment, in microseconds."""
    return events.window(None, until + 1).stop if until < FOR_EVER else len(events)

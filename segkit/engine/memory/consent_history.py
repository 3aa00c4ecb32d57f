"""Work out each profile's consent to a channel at any moment, from its status and from consent events.

A status applies from its date on. At an earlier moment, the newest consent event before that moment decides. This is the consent that
segments use. `segkit.sending.eligibility` decides by stricter rules who may be texted.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segkit.data.consent import NEVER, SUBSCRIBED, UNSUBSCRIBED, Status
from segkit.data.events import MetricEvents
from segkit.data.instants import FIRST_PLAUSIBLE, Flags, Microseconds, ends_of
from segkit.data.validation.issues import Issues

Channel: TypeAlias = Literal["sms", "email"]

NEVER_YET, FOR_EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""Sentinel instants: for an event that never happened, and for an opt-out without a known date, which always counts."""


@dataclass(frozen=True, slots=True)
class StatusThen:
    """Each profile's consent as of a moment.

    Attributes:
        status: the code of each profile's status.
        dates: when the status began, in microseconds, or `NEVER_YET` if that is not known.
        is_replayed: whether the status in the data has a date after the moment, so consent events decided instead.
        is_from_event: whether a consent event before the moment decided the replayed status.
    """

    status: Status
    dates: Microseconds
    is_replayed: Flags
    is_from_event: Flags


@dataclass(frozen=True, slots=True)
class ConsentHistory:
    """Everything in the data about each profile's consent to one channel.

    Attributes:
        status: the code of each profile's status in the data.
        dates: when the status began, in microseconds. It is `NEVER_YET` if the date is not known, is a placeholder such as
            1970-01-01, or is later than everything else in the data.
        is_date: which of `dates` have no time of day.
        given: the events that gave consent.
        withdrawn: the events that withdrew consent.
        withdrawn_ends: the time of each event in `withdrawn`, or the end of the day if it has no time of day.
        newest: the latest of `dates`.
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
        """Make a ConsentHistory, and ignore dates of statuses that are after `known_until` or are placeholders."""
        newest = int(dates.max(initial=NEVER_YET))
        if newest > known_until or dates.min(initial=FIRST_PLAUSIBLE) < FIRST_PLAUSIBLE:
            dates = np.where((dates >= FIRST_PLAUSIBLE) & (dates <= known_until), dates, NEVER_YET)
            newest = int(dates.max(initial=NEVER_YET))
        return cls(status, dates, is_date, given, withdrawn, withdrawn_ends, newest)

    @property
    def date_ends(self) -> Microseconds:
        """The dates of statuses as they count for opt-outs: the end of the day if they have no time, `FOR_EVER` if unknown."""
        return np.where(self.dates == NEVER_YET, FOR_EVER, ends_of(self.dates, self.is_date))

    @property
    def held(self) -> tuple[Status, Microseconds, Flags]:
        """The arrays that this object owns. The events belong to the Dataset."""
        return self.status, self.dates, self.is_date

    def note_disagreements(self, issues: Issues) -> None:
        """Report profiles whose status contradicts a newer event."""
        given, withdrawn = self.newest_given(FOR_EVER), self.newest_opt_out(FOR_EVER)
        is_subscribed = self.status == SUBSCRIBED
        opted_out = is_subscribed & (withdrawn > NEVER_YET) & (withdrawn >= np.maximum(given, self.dates))
        came_back = ~is_subscribed & (given > withdrawn) & (given > self.dates)
        issues.note(
            "profiles",
            "sms_consent",
            "subscribed, but a newer event withdrew consent",
            int(opted_out.sum()),
            resolution="kept in SMS segments, as in Klaviyo, but not texted",
        )
        issues.note(
            "profiles",
            "sms_consent",
            "not subscribed, but a newer event gave consent",
            int(came_back.sum()),
            resolution="not subscribed: the status counts",
        )

    def then(self, moment: int) -> StatusThen:
        """Return each profile's consent as of a moment, in microseconds since 1970."""
        if self.newest <= moment:
            nobody = np.zeros(len(self.status), dtype=bool)
            return StatusThen(self.status, self.dates, nobody, nobody)
        is_replayed = self.dates > moment
        given, withdrawn = self.newest_given(moment), self._newest(self.withdrawn, self.withdrawn_ends, moment)
        is_from_event = is_replayed & ((given > NEVER_YET) | (withdrawn > NEVER_YET))
        said = np.where(withdrawn >= given, np.int8(UNSUBSCRIBED), np.int8(SUBSCRIBED))
        status = np.where(is_replayed, np.where(is_from_event, said, np.int8(NEVER)), self.status)
        dates = np.where(is_replayed, np.maximum(given, withdrawn), self.dates)
        return StatusThen(status.astype(np.int8), dates, is_replayed, is_from_event)

    def newest_given(self, until: int) -> Microseconds:
        """Return the time of each profile's latest event that gave consent, up to a moment."""
        return self._newest(self.given, self.given.times, until)

    def newest_opt_out(self, until: int) -> Microseconds:
        """Return the time of each profile's latest opt-out event up to a moment, as `segkit.sending.eligibility` needs it.

        A date without a time of day counts as the end of its day, and a placeholder such as 1970-01-01 as `FOR_EVER`.
        """
        ends = np.where(self.withdrawn.times < FIRST_PLAUSIBLE, FOR_EVER, self.withdrawn_ends)
        return self._newest(self.withdrawn, ends, until)

    def _newest(self, events: MetricEvents, ends: Microseconds, until: int) -> Microseconds:
        found = np.full(len(self.status), NEVER_YET, dtype=np.int64)
        count = known(events, until)
        np.maximum.at(found, events.profiles[:count], ends[:count])
        return found


def known(events: MetricEvents, until: int) -> int:
    """Return the number of events up to a moment, given in microseconds."""
    return events.window(None, until + 1).stop if until < FOR_EVER else len(events)

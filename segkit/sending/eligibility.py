"""Check which profiles may be texted, whatever their segments, and record what data each check used.

`audience.py` applies the result to segments, `opt_outs.py` finds the opt-outs, and `shared_numbers.py` chooses the recipient when
several profiles share a number.
"""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.builders import sms_delivery_errors
from segkit.coverage import Coverage
from segkit.data.consent import NOT_SAID
from segkit.data.instants import FIRST_PLAUSIBLE, Flags, instant_of, microseconds
from segkit.data.phones import TEXTABLE_KINDS
from segkit.data.properties import UNSET
from segkit.definition.algebra import without_consent
from segkit.definition.conditions import AnyOf, Condition
from segkit.definition.phrases import phone_country
from segkit.definition.segment import Segment, distinct_segments, one_segment
from segkit.definition.timeframe_words import whole
from segkit.engine.engines import Data, engine_of, flags_of, tables_of
from segkit.engine.memory.consent_history import FOR_EVER
from segkit.engine.protocol import COUNT, Engine, Picked, warn_about_answers
from segkit.errors import DefinitionError, SegkitWarning, warn
from segkit.masking import quoted
from segkit.sending.opt_outs import VERDICT, Codes, Numbers, OptOuts
from segkit.sending.shared_numbers import not_first, numbered
from segkit.wording import counted

TEXTABLE_COUNTRIES = frozenset("US CA GB IE DE NL FR BE AT ES CH DK SE NO FI IT PT AU NZ".split())  # noqa: SIM905
"""The countries that Klaviyo sends SMS to (help article 4402914866843). US means the 50 states, not the territories."""

SMART_SENDING_HOURS = 24
"""Klaviyo skips profiles that received a text in the last 24 hours (help article 115002779311).

`_just_texted` counts them back from `as_of` or from the newest event, whichever is earlier.
"""

RECEIVED, FAILED = "Received SMS", "Failed to Deliver SMS"

SENDABLE = "sendable"
STEPS: tuple[tuple[str, str], ...] = (
    ("excluded", "in an excluded segment, or shares a number with a member of one"),
    ("not subscribed", "not subscribed to SMS, or opted out later"),
    ("no phone", "no phone number"),
    ("invalid number", "the phone number is not valid, or is not a mobile number"),
    ("country not served", "the number is from a country that can't be texted"),
    ("fails", "texts to the number are known to fail"),
    ("just texted", "the number was texted within the smart-sending window"),
    ("unsubscribed elsewhere", "another profile with the same number opted out"),
    ("same number", "another profile with the same number is the recipient"),
)

OWN_NUMBER = len(STEPS)
"""The verdict on a profile that may be texted and shares its number with no other profile that may be texted."""

Counts: TypeAlias = npt.NDArray[np.int64]
Verdicts: TypeAlias = npt.NDArray[np.integer[Any]]


class Eligibility:
    """Work out once who may be texted. Many audiences, or one audience behind a slider, can reuse the result.

    Args:
        dataset: the profiles and events.
        exclude: segments whose members must not be texted. Other profiles with a member's phone number are not texted either.
        countries: the countries that texts may go to, as two-letter codes.
        smart_sending_hours: leave out profiles that received a text within this many hours before `as_of` or before the newest
            event, whichever is earlier; 0 leaves out nobody.
        failing: the segment of profiles whose texts are known to fail; None means `sms_delivery_errors()`.
        looking_back: ignore everything after `as_of`, as an analysis of the past must. By default everything in the data is used,
            since a text that is sent now must respect all of it.

    Attributes:
        coverage: for each of `STEPS`, the data that it used and what was missing.

    Raises:
        DefinitionError: an argument is not a segment, or a country is not a two-letter code.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: a check could not be made in full, because the data lacks its metric, column or dates.
    """

    def __init__(
        self,
        data: Data,
        *,
        exclude: Iterable[Segment] = (),
        countries: Iterable[str] = TEXTABLE_COUNTRIES,
        smart_sending_hours: int = SMART_SENDING_HOURS,
        failing: Segment | None = None,
        looking_back: bool = False,
    ) -> None:
        if not isinstance(countries, Iterable):
            raise DefinitionError.bad_value("countries", countries, "a list of two-letter codes, such as ['US', 'CA']")
        dataset = tables_of(data)
        served = phone_country(*([countries] if isinstance(countries, str) else countries)).countries
        hours = whole("smart_sending_hours", smart_sending_hours, least=0)
        until = microseconds(dataset.as_of) if looking_back else FOR_EVER
        excluded = tuple(distinct_segments(exclude))
        failing = None if failing is None else one_segment(failing)
        settings = (excluded, served, hours, failing)
        # The Dataset caches the verdicts, since every audience and every tuner needs the same ones.
        self.coverage, self._verdicts = dataset.cache.keep(
            ("eligibility", settings, until, dataset.as_of, dataset.known_until),
            lambda: _check_all(_Checks(data, until), settings),
        )
        asked = (*excluded, *([] if failing is None else [failing]))
        warn_about_answers(engine_of(data), [segment.condition for segment in asked])
        if note := self.note:
            warn(note)

    @classmethod
    def usual(cls, data: Data) -> "Eligibility | None":
        """Return the eligibility with all defaults, which the Dataset caches, or None if the data has no SMS consent.

        It never warns: `note` says what could not be checked.
        """
        dataset = tables_of(data)
        if not dataset.has_property("sms_consent"):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SegkitWarning)
            return dataset.cache.keep(("usual eligibility", dataset.as_of), lambda: cls(data))

    @property
    def held(self) -> tuple[Any, ...]:
        """The objects that the Dataset's cache measures to know the size of this object."""
        return self._verdicts, self.coverage

    @property
    def note(self) -> str | None:
        """A sentence about the checks that could not be made in full; None if there are none."""
        lacking = [
            f"{name} ({', '.join(coverage.missing)})"
            for (name, _), coverage in zip(STEPS, self.coverage, strict=True)
            if coverage.missing
        ]
        if not lacking:
            return None
        return f"Some eligibility checks could not be made in full, because data is missing: {'; '.join(lacking)}."

    @property
    def passes(self) -> Flags:
        """Flags of the profiles that pass all steps except "same number", which depends on who is included."""
        return np.asarray(self._verdicts >= OWN_NUMBER)

    @property
    def has_own_number(self) -> Flags:
        """Flags of the profiles that pass and share their number with no other profile that passes."""
        return np.asarray(self._verdicts == OWN_NUMBER)

    @property
    def first_steps(self) -> Counts:
        """For each profile, the index of the step that stops it, or `OWN_NUMBER` if it passes all steps except "same number"."""
        return np.minimum(self._verdicts, OWN_NUMBER).astype(np.int64)

    @property
    def shared_numbers(self) -> Codes:
        """For each profile that shares its phone number with others that pass, the index of that number, from 1; 0 for all others."""
        return np.maximum(self._verdicts, OWN_NUMBER) - OWN_NUMBER

    def waterfall(self, engine: Engine, among: Condition) -> tuple[Counts, int]:
        """Return how many of the included profiles each of `STEPS` stops, and the number of recipients. Each number counts once.

        A phone number that several profiles share has its own cell in the cube, because it counts once for all of them.

        Args:
            engine: the engine for the Dataset that was checked.
            among: which profiles are included.
        """
        cube = engine.cube([Picked(self._verdicts)], among=among)
        verdicts, counts = cube[0].to_numpy(), cube[COUNT].to_numpy()
        is_own, is_shared = verdicts == OWN_NUMBER, verdicts > OWN_NUMBER
        stopped = np.zeros(len(STEPS), dtype=np.int64)
        stopped[verdicts[verdicts < OWN_NUMBER]] = counts[verdicts < OWN_NUMBER]
        sharing = int(np.count_nonzero(is_shared))
        stopped[-1] += counts[is_shared].sum() - sharing
        return stopped, int(counts[is_own].sum()) + sharing

    def size(self, engine: Engine, among: Condition) -> int:
        """Return the number of recipients, as `waterfall` does, but without counting the steps.

        Only profiles that share a number need a cube. The others are simply counted.
        """
        (own,) = engine.counts([among], among=Picked(self._verdicts == OWN_NUMBER))
        is_shared = self._verdicts > OWN_NUMBER
        if not is_shared.any():
            return own
        cube = engine.cube([Picked(self._verdicts), among], among=Picked(is_shared))
        return own + int(np.count_nonzero(cube[1]))

    def first_stops(self, included: Flags) -> npt.NDArray[np.int8]:
        """Return, for each profile, the index of the step that stops it, `len(STEPS)` if none does, or -1 if it is not included.

        If several profiles share a number, the first in the data is the recipient (`shared_numbers.not_first`).
        """
        step = np.where(included, np.minimum(self._verdicts, OWN_NUMBER), -1).astype(np.int8)
        sharing = np.flatnonzero(included & (self._verdicts > OWN_NUMBER))
        step[sharing[not_first(self._verdicts[sharing])]] = len(STEPS) - 1
        return step


def _check_all(
    checks: "_Checks", settings: tuple[tuple[Segment, ...], tuple[str, ...], int, Segment | None]
) -> tuple[tuple[Coverage, ...], Verdicts]:
    """Return the coverage of each of `STEPS`, and the verdict on each profile."""
    made = checks.stops(*settings)
    stop = np.full(len(made[0][0]), OWN_NUMBER, dtype=np.int32)
    for number, (stops, _) in reversed(list(enumerate(made))):
        stop[stops] = number
    return tuple(coverage for _, coverage in made), _verdicts(stop, checks.numbers.codes)


def _verdicts(stop: Verdicts, numbers: Codes) -> Verdicts:
    """Return, for each profile, the index of the first step that stops it, or a verdict that depends on its phone number.

    The verdict is `OWN_NUMBER` for a profile that passes and shares its number with no other profile that passes. Each number that
    several passing profiles share has a verdict of its own, above `OWN_NUMBER`.
    """
    passing = np.flatnonzero(stop == OWN_NUMBER)
    places, shared = numbered(numbers[passing])
    found = stop.copy()
    found[passing[places]] = OWN_NUMBER + 1 + shared
    return found.astype(np.int16) if found.max(initial=0) <= np.iinfo(np.int16).max else found


class _Checks:
    """Makes the checks on one Dataset. Each check returns flags of the profiles that it stops, and what data it used."""

    def __init__(self, data: Data, until: int) -> None:
        self._data, self._dataset = data, tables_of(data)
        self._until = until
        self.numbers = Numbers.of(self._dataset)

    def stops(
        self, exclude: tuple[Segment, ...], countries: tuple[str, ...], hours: int, failing: Segment | None
    ) -> list[tuple[Flags, Coverage]]:
        """Return the result of each step, in the order of `STEPS`. "Same number" stops nobody here: it depends on who is included."""
        opt_outs = OptOuts.of(self._dataset, self.numbers, self._until)
        opted_out = int(opt_outs.opted_out.sum())
        return [
            self._excluded(exclude),
            self._not_subscribed(opt_outs),
            *self._phones(countries),
            self._fails(failing),
            self._just_texted(hours),
            (opt_outs.number_opted_out, Coverage(f"{counted(opted_out, 'profile')} that opted out")),
            (self._nobody, Coverage(f"{counted(self.numbers.count, 'different number')}")),
        ]

    @property
    def _nobody(self) -> Flags:
        return np.zeros(len(self._dataset), dtype=bool)

    def _is_set(self, name: str) -> Flags:
        """Return the profiles for which a property is set, or none if there is no such column."""
        return self._dataset.is_set(name) if self._dataset.has_property(name) else self._nobody

    def _excluded(self, segments: tuple[Segment, ...]) -> tuple[Flags, Coverage]:
        """Return the profiles that are excluded at `as_of` or, unless `looking_back` is True, by the newest data.

        A profile that was created after `as_of` is in no segment at `as_of`, but its number may be excluded by the newest data.
        """
        if not segments:
            return self._nobody, Coverage("no segment is excluded")
        members = any_of(self._data, segments)
        if self._until == FOR_EVER:
            last, absent = self._last, self._dataset.not_there_yet
            if last is not None and last > microseconds(self._dataset.as_of):
                members = members | any_of(self._data.with_as_of(instant_of(last)), segments)
            if absent is not None:
                later = self._data.with_as_of(self._dataset.known_until)
                members = members | (absent & any_of(later, segments))
        words = f"{counted(int(members.sum()), 'member')} of {counted(len(segments), 'excluded segment')}"
        return self.numbers.shared(members), Coverage(words)

    def _not_subscribed(self, opt_outs: OptOuts) -> tuple[Flags, Coverage]:
        dataset = self._dataset
        missing = []
        if not dataset.has_property("sms_consent"):
            missing.append("no sms_consent: nobody counts as subscribed")
        elif not self._is_set("sms_consent_timestamp").any():
            missing.append("no date of consent: any opt-out counts as newer than the consent")
        if not opt_outs.withdrawals:
            missing.append("no opt-out event: opt-outs that are newer than the profiles could not be found")
        further = int((dataset.sms.further != NOT_SAID).sum())
        words = [
            f"the status of {counted(len(dataset), 'profile')}",
            f"{VERDICT} of {counted(int(dataset.is_set(VERDICT).sum()), 'profile')}"
            if dataset.has_property(VERDICT)
            else "",
            f"other consent columns for {counted(further, 'profile')}" if further else "",
            counted(opt_outs.events, "consent event"),
        ]
        return opt_outs.not_subscribed | opt_outs.opted_out, Coverage(", ".join(filter(None, words)), tuple(missing))

    def _phones(self, countries: tuple[str, ...]) -> Iterator[tuple[Flags, Coverage]]:
        dataset = self._dataset
        phones = dataset.phones
        written = self._is_set("phone_number")
        valid = len(dataset) - phones.numbers.null_count
        known = counted(len(phones.countries.unique().drop_null()), "country", "countries")
        yield (
            ~written,
            Coverage(counted(int(written.sum()), "phone number"), () if written.any() else ("no phone_number",)),
        )
        mobile = pc.is_in(phones.kinds, value_set=pa.array(TEXTABLE_KINDS))
        yield ~_flags(mobile), Coverage(f"{counted(int(written.sum()), 'phone number')}, {valid:,} of them valid")
        served = pc.is_in(phones.countries, value_set=pa.array(countries, pa.string()))
        yield (
            ~_flags(served),
            Coverage(
                f"{counted(valid, 'valid number')} from {known}; texts go to {counted(len(countries), 'country', 'countries')}"
            ),
        )

    def _fails(self, failing: Segment | None) -> tuple[Flags, Coverage]:
        """Return the profiles whose texts are known to fail, or none if `failing` is None and the data has no failure events."""
        if failing is not None:
            return self._known_to_fail(failing), Coverage(f"the segment {quoted(failing.name)}")
        events = self._dataset.events.recorded(FAILED)
        if not len(events):
            return self._nobody, Coverage("", ("no event of a failed text: this step could find nobody",))
        known = events.profiles[events.window(None, self._after_last)]
        words = f"{counted(len(known), 'delivery failure')} of {counted(len(np.unique(known)), 'profile')}"
        if not self._has_failure_types:
            missing = "no event property 'Failure Type': nothing says which numbers fail for good"
            return self._nobody, Coverage(words, (missing,))
        segment = Segment("Known to fail", without_consent(sms_delivery_errors().condition))
        return self._known_to_fail(segment), Coverage(words)

    @property
    def _has_failure_types(self) -> bool:
        dataset = self._dataset
        named = "Failure Type" in dataset.events.properties
        return named and bool(np.any(dataset.event_column(FAILED, "Failure Type").codes != UNSET))

    def _known_to_fail(self, segment: Segment) -> Flags:
        """Return the profiles in the segment at `as_of` or at the newest event, and all profiles that share a number with them."""
        found = flags_of(self._data, segment.condition)
        newest = self._newest
        if newest is not None and newest != microseconds(self._dataset.as_of):
            later = self._data.with_as_of(instant_of(newest))
            found = found | flags_of(later, segment.condition)
        return self.numbers.shared(found)

    def _just_texted(self, hours: int) -> tuple[Flags, Coverage]:
        """Return the profiles that were texted in the window, which begins `hours` before `as_of` or the newest event.

        The earlier of the two counts, because an `as_of` without a time means the end of that day. That may be in the future, where
        last evening's text would look old.
        """
        events = self._dataset.events.recorded(RECEIVED)
        if not hours:
            return self._nobody, Coverage("not requested: smart_sending_hours=0")
        if not len(events):
            return self._nobody, Coverage("", ("no event of a received text: this step could find nobody",))
        moment = microseconds(self._dataset.as_of)
        newest = self._newest
        begin = (moment if newest is None else min(moment, newest)) - hours * 3_600_000_000
        known = events.window(None, self._after_last)
        recent = self._dataset.events.ends(RECEIVED)[known] >= begin
        texted = self._nobody
        texted[events.profiles[known][recent]] = True
        words = f"{counted(known.stop, 'received text')}, of which those since {_minute(begin)} count"
        if known.stop:
            words += f"; the newest is from {_minute(int(events.times[known.stop - 1]))}"
        return self.numbers.shared(texted), Coverage(words)

    @property
    def _newest(self) -> int | None:
        """The time of the newest event up to `until`, ignoring future events and placeholder dates; None if there is no event."""
        newest = self._dataset.events.newest(min(self._until, microseconds(self._dataset.known_until)))
        return None if newest is None or newest < FIRST_PLAUSIBLE else newest

    @property
    def _last(self) -> int | None:
        """The time of the newest event or list entry, since lists may be newer than events. Entries after loading are ignored."""
        clock = microseconds(self._dataset.loaded)
        dated = [entries.joined[entries.has_date] for entries in self._dataset.lists.values()]
        joined = [int(dates[dates <= clock].max()) for dates in dated if (dates <= clock).any()]
        return max([*joined, *([] if self._newest is None else [self._newest])], default=None)

    @property
    def _after_last(self) -> int | None:
        return None if self._until == FOR_EVER else self._until + 1


def any_of(data: Data, segments: Iterable[Segment]) -> Flags:
    """Return the profiles that are in at least one of some segments."""
    return flags_of(data, AnyOf(tuple(segment.condition for segment in segments)))


def _minute(moment: int) -> str:
    return f"{instant_of(moment):%Y-%m-%d %H:%M} UTC"


def _flags(values: Any) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))

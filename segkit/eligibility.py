"""What stops a text to each profile, step by step, whatever segment it is in; who is asked for is the audience's business."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.algebra import without_consent
from segkit.builders import sms_delivery_errors
from segkit.data.dataset import Dataset
from segkit.data.instants import Flags
from segkit.data.properties import UNSET
from segkit.errors import DataError
from segkit.membership import Evaluation, distinct_segments
from segkit.phrases import did, phone_country
from segkit.segment import Segment
from segkit.timeframe_words import whole

Codes: TypeAlias = npt.NDArray[np.int32]

NO_NUMBER = 0
"""The code of who has no phone number."""
FIRST_INSTANT, LAST_INSTANT = np.iinfo(np.int64).min, np.iinfo(np.int64).max

TEXTABLE_COUNTRIES = frozenset("US CA GB IE DE NL FR BE AT ES CH DK SE NO FI IT PT AU NZ".split())  # noqa: SIM905
"""Where Klaviyo sends SMS (help article 4402914866843): of the United States the 50 states only, not its territories."""

SMART_SENDING_HOURS = 24
"""Klaviyo skips who was texted within so many hours (help article 115002779311)."""

SENDABLE = "sendable"
STEPS: tuple[tuple[str, str], ...] = (
    ("excluded", "in an excluded segment"),
    ("not subscribed", "not subscribed to SMS"),
    ("no phone", "no phone number"),
    ("invalid number", "the phone number is not valid, or is no mobile"),
    ("country not served", "the number is of a country that can't be texted"),
    ("fails", "texts to the number are known to fail"),
    ("just texted", "the number was texted within the smart-sending window"),
    ("unsubscribed elsewhere", "another profile with the same number unsubscribed"),
    ("same number", "another profile with the same number is sent to"),
)


class Gate:
    """Work out once what stops a text to each profile, so that many audiences, or one under a slider, can be asked at once.

    Args:
        dataset: the profiles and events.
        exclude: segments whose members are not to be texted.
        countries: two letters each of where texts can go to.
        smart_sending_hours: who received a text within so many hours is left out; 0 leaves nobody out.
        failing: who is known to fail; None is `sms_delivery_errors()`.

    Raises:
        DefinitionError: something is no segment, or a country is not two letters.
        DataError: as `sk.membership`.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        exclude: Iterable[Segment] = (),
        countries: Iterable[str] = TEXTABLE_COUNTRIES,
        smart_sending_hours: int = SMART_SENDING_HOURS,
        failing: Segment | None = None,
    ) -> None:
        served = phone_country(*([countries] if isinstance(countries, str) else countries)).countries
        hours = whole("smart_sending_hours", smart_sending_hours, least=0)
        stops = _stops(Evaluation(dataset), distinct_segments(exclude), served, hours, failing)
        self._stop = np.full(len(dataset), len(STEPS), dtype=np.int8)
        for number in reversed(range(len(stops))):
            self._stop[stops[number]] = number
        self._numbers = _number_codes(dataset)

    @property
    def passes(self) -> Flags:
        """Which profiles nothing stops, but for a number that another profile has too."""
        return np.asarray(self._stop == len(STEPS))

    @property
    def numbers(self) -> Codes:
        """A code for each profile's phone number, the same for the same number; it means nothing where a profile does not pass."""
        return self._numbers

    def first_stops(self, included: Flags) -> npt.NDArray[np.int8]:
        """Return for each profile the number of the step that stops it, the number of steps if none does, -1 if not included.

        Of several profiles with one number, the first in the data is not stopped.
        """
        step = np.where(included, self._stop, -1).astype(np.int8)
        left = np.flatnonzero(step == len(STEPS))
        numbers = self._numbers[left]
        first = np.zeros(_room(self._numbers), dtype=np.int64)
        # From the last to the first, since what is written into a place last stays there.
        first[numbers[::-1]] = left[::-1]
        step[left[first[numbers] != left]] = len(STEPS) - 1
        return step

    def sendable(self, included: Flags) -> int:
        """Return how many of the included profiles would be sent to: each number once."""
        taken = np.zeros(_room(self._numbers), dtype=bool)
        taken[self._numbers[included & self.passes]] = True
        return int(np.count_nonzero(taken))


def _stops(
    evaluation: Evaluation, exclude: list[Segment], countries: tuple[str, ...], hours: int, failing: Segment | None
) -> list[Flags]:
    """Return for each step but the last which profiles it stops; the last, a doubled number, depends on who is included."""
    dataset = evaluation.dataset
    phones = dataset.phones
    written = dataset.is_set("phone_number") if dataset.has_property("phone_number") else _nobody(dataset)
    mobile = _flags(pc.is_in(phones.kinds, value_set=pa.array(["mobile", "fixed line or mobile"])))
    served = _flags(pc.is_in(phones.countries, value_set=pa.array(countries, pa.string())))
    texts_are_known = "Received SMS" in dataset.events.metrics
    just_texted = did("Received SMS", in_last_hours=hours) if hours and texts_are_known else None
    return [
        any_of(evaluation, exclude),
        ~dataset.consent("sms", "subscribed"),
        ~written,
        ~mobile,
        ~served,
        _with_number_of(dataset, _fails(evaluation, failing)),
        _with_number_of(dataset, evaluation.holds(just_texted)) if just_texted is not None else _nobody(dataset),
        _unsubscribed_elsewhere(dataset),
    ]


def _fails(evaluation: Evaluation, failing: Segment | None) -> Flags:
    """Return who is known to fail; unless it is said by what, data that records no failures knows of none."""
    if failing is not None:
        return evaluation.holds(distinct_segments(failing)[0].condition)
    if "Failed to Deliver SMS" not in evaluation.dataset.events.metrics:
        return _nobody(evaluation.dataset)
    if "Failure Type" not in evaluation.dataset.events.properties:
        raise DataError.failures_without_type()
    return evaluation.holds(without_consent(sms_delivery_errors().condition))


def _with_number_of(dataset: Dataset, flags: Flags) -> Flags:
    """Return who is flagged, or has the number of somebody who is: a text goes to a number, whoever it was meant for."""
    codes = _number_codes(dataset)
    flagged = np.zeros(_room(codes), dtype=bool)
    flagged[codes[flags]] = True
    flagged[NO_NUMBER] = False
    return np.asarray(flags | flagged[codes])


def _number_codes(dataset: Dataset) -> Codes:
    """Return a code for each profile's phone number, 0 for none.

    They are kept in the Dataset: three steps ask for them, which take ten times as long to make as to use.
    """
    return dataset.cache.keep(("codes of phone numbers",), lambda: _encoded(dataset.phones.numbers))


def _encoded(numbers: pa.Array) -> Codes:
    codes = pc.add(pc.dictionary_encode(numbers).indices, pa.scalar(1, pa.int32()))
    return np.asarray(pc.fill_null(codes, NO_NUMBER).to_numpy())


def _room(codes: Codes) -> int:
    """Return how many places a table by code needs."""
    return int(codes.max(initial=NO_NUMBER)) + 1


def _unsubscribed_elsewhere(dataset: Dataset) -> Flags:
    """Return whose number unsubscribed on another profile, not before it was subscribed here.

    Consent belongs to the number (Klaviyo help article 360037101072). If either date is unknown, the withdrawal stands.
    """
    codes = _number_codes(dataset)
    withdrawn = np.flatnonzero(dataset.consent("sms", "unsubscribed") & (codes != NO_NUMBER))
    is_withdrawn = np.zeros(_room(codes), dtype=bool)
    is_withdrawn[codes[withdrawn]] = True
    affected = np.flatnonzero(is_withdrawn[codes])
    latest = np.full(_room(codes), FIRST_INSTANT)
    known, dates = _consent_dates(dataset, withdrawn)
    np.maximum.at(latest, codes[withdrawn], np.where(known, dates, LAST_INSTANT))
    known, dates = _consent_dates(dataset, affected)
    found = _nobody(dataset)
    found[affected] = ~known | (dates <= latest[codes[affected]])
    return found


def _consent_dates(dataset: Dataset, rows: npt.NDArray[np.int64]) -> tuple[Flags, npt.NDArray[np.int64]]:
    """Return of some profiles whether the date of their SMS consent is known, and the dates."""
    if not len(rows) or not dataset.has_property("sms_consent_timestamp"):
        return np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=np.int64)
    column = dataset.column("sms_consent_timestamp")
    codes = column.codes[rows]
    # The code of what is not set points at the appended date.
    return codes != UNSET, np.append(column.instants.values, 0)[codes]


def any_of(evaluation: Evaluation, segments: Iterable[Segment]) -> Flags:
    """Return who is in any of some segments."""
    found = _nobody(evaluation.dataset)
    for segment in segments:
        found = found | evaluation.holds(segment.condition)
    return found


def _nobody(dataset: Dataset) -> Flags:
    return np.zeros(len(dataset), dtype=bool)


def _flags(values: Any) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))

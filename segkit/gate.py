"""What stops a text to each profile, step by step, whatever segment it is in; who is asked for is the audience's business."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.algebra import without_consent
from segkit.builders import sms_delivery_errors
from segkit.data.dataset import Dataset
from segkit.data.instants import Flags
from segkit.errors import DataError
from segkit.membership import Evaluation, distinct_segments
from segkit.phrases import did, phone_country
from segkit.segment import Segment
from segkit.timeframe_words import whole

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
        # Null numbers were stopped before, so that their code is never asked for.
        codes = pc.fill_null(pc.dictionary_encode(dataset.phones.numbers).indices, 0)
        self._numbers: npt.NDArray[np.int64] = codes.to_numpy(zero_copy_only=False)

    @property
    def passes(self) -> Flags:
        """Which profiles nothing stops, but for a number that another profile has too."""
        return np.asarray(self._stop == len(STEPS))

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """A code for each profile's phone number, the same for the same number; it means nothing where a profile does not pass."""
        return self._numbers

    def first_stops(self, included: Flags) -> npt.NDArray[np.int8]:
        """Return for each profile the number of the step that stops it, the number of steps if none does, -1 if not included.

        Of several profiles with one number, the first in the data is not stopped.
        """
        step = np.where(included, self._stop, -1).astype(np.int8)
        left = np.flatnonzero(step == len(STEPS))
        _, first = np.unique(self._numbers[left], return_index=True)
        doubled = np.ones(len(left), dtype=bool)
        doubled[first] = False
        step[left[doubled]] = len(STEPS) - 1
        return step

    def sendable(self, included: Flags) -> int:
        """Return how many of the included profiles would be sent to: each number once."""
        numbers = self._numbers[included & self.passes]
        taken = np.zeros(int(self._numbers.max(initial=0)) + 1, dtype=bool)
        taken[numbers] = True
        return int(np.count_nonzero(taken))


def _stops(
    evaluation: Evaluation, exclude: list[Segment], countries: tuple[str, ...], hours: int, failing: Segment | None
) -> list[Flags]:
    """Return for each step but the last which profiles it stops; the last, a doubled number, depends on who is included."""
    dataset = evaluation.dataset
    phones = dataset.phones
    written = dataset.column("phone_number").codes >= 0 if dataset.has_property("phone_number") else _nobody(dataset)
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
    codes = pc.fill_null(pc.dictionary_encode(dataset.phones.numbers).indices, -1).to_numpy(zero_copy_only=False)
    numbers = np.zeros(int(codes.max(initial=-1)) + 2, dtype=bool)
    numbers[codes[flags & (codes >= 0)]] = True
    return np.asarray(flags | numbers[codes])


def _unsubscribed_elsewhere(dataset: Dataset) -> Flags:
    """Return whose number unsubscribed on another profile, not before it was subscribed here.

    Consent belongs to the number (Klaviyo help article 360037101072). If either date is unknown, the withdrawal stands.
    """
    numbers = pc.dictionary_encode(dataset.phones.numbers)
    codes = pc.fill_null(numbers.indices, -1).to_numpy(zero_copy_only=False)
    dates = np.full(len(dataset), np.iinfo(np.int64).min)
    known = _nobody(dataset)
    if dataset.has_property("sms_consent_timestamp"):
        column = dataset.column("sms_consent_timestamp")
        known = column.codes >= 0
        dates = np.where(known, np.append(column.instants.values, 0)[column.codes], dates)
    withdrawn = dataset.consent("sms", "unsubscribed") & (codes >= 0)
    latest = np.full(len(numbers.dictionary) + 1, np.iinfo(np.int64).min)
    np.maximum.at(latest, codes[withdrawn], np.where(known, dates, np.iinfo(np.int64).max)[withdrawn])
    has_withdrawal = np.zeros(len(latest), dtype=bool)
    has_withdrawal[codes[withdrawn]] = True
    return np.asarray(has_withdrawal[codes] & (codes >= 0) & (~known | (dates <= latest[codes])))


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

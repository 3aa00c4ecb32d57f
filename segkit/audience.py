"""Who would really be texted, and why the rest would not: the one gate between a segment and a file that is sent to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.builders import sms_delivery_errors
from segkit.data.dataset import Dataset
from segkit.data.instants import Flags
from segkit.errors import DefinitionError
from segkit.member_files import Layout, Manifest, write_layout
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
    ("just texted", "texted within the smart-sending window"),
    ("unsubscribed elsewhere", "another profile with the same number unsubscribed"),
    ("same number", "another profile with the same number is sent to"),
)


class SmsAudience:
    """Work out who may be texted of some segments, and who may not and why.

    There is no way round the checks: they are made here, from the Dataset, and everything else is read off their outcome.

    Args:
        include: segments whose members are to be texted; somebody in several is texted once.
        exclude: segments whose members are not.
        dataset: the profiles and events.
        countries: two letters each of where texts can go to.
        smart_sending_hours: who received a text within so many hours is left out; 0 leaves nobody out.
        failing: who is known to fail; None is `sms_delivery_errors()`.

    Raises:
        DefinitionError: something is no segment, nothing is included, or a country is not two letters.
        DataError: as `sk.membership`.
    """

    def __init__(
        self,
        include: Segment | Iterable[Segment],
        exclude: Segment | Iterable[Segment] = (),
        *,
        dataset: Dataset,
        countries: Iterable[str] = TEXTABLE_COUNTRIES,
        smart_sending_hours: int = SMART_SENDING_HOURS,
        failing: Segment | None = None,
    ) -> None:
        self._include = distinct_segments(include)
        self._exclude = distinct_segments(exclude)
        if not self._include:
            raise DefinitionError.missing_word("audience", ["include"])
        self._dataset = dataset
        hours = whole("smart_sending_hours", smart_sending_hours, least=0)
        evaluation = Evaluation(dataset)
        served = phone_country(*([countries] if isinstance(countries, str) else countries)).countries
        stops = _stops(evaluation, self._exclude, served, hours, failing)
        included = _any_of(evaluation, self._include)
        self._step = _first_stop(included, stops, dataset)

    @property
    def size(self) -> int:
        """How many profiles are sent to."""
        return int(np.count_nonzero(self._step == len(STEPS)))

    @property
    def as_of(self) -> datetime:
        """The moment the data was looked at from, UTC."""
        return self._dataset.as_of

    @property
    def profiles(self) -> pd.DataFrame:
        """The profiles that are sent to: index `profile_id`, a column for each property."""
        return self._dataset.rows(self._rows)

    @property
    def _rows(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self._step == len(STEPS))

    @property
    def reasons(self) -> pd.Series:
        """For each included profile "sendable", or the one reason why it is not sent to; index `profile_id`."""
        names = np.array([name for name, _ in STEPS] + [SENDABLE], dtype=object)
        rows = np.flatnonzero(self._step >= 0)
        return pd.Series(names[self._step[rows]], index=self._dataset.profile_ids[rows], name="reason")

    @property
    def waterfall(self) -> pd.DataFrame:
        """From the included members to who is sent to: a row for each step, which add up exactly.

        Columns: `step`, `meaning`, `removed` (profiles that stop here, each at the first step that stops it), `remaining`.
        """
        counts = np.bincount(self._step[self._step >= 0], minlength=len(STEPS) + 1)
        included = int(counts.sum())
        removed = counts[:-1]
        rows = [("included", "in an included segment", 0, included)]
        rows += [
            (name, meaning, int(gone), included - int(removed[: number + 1].sum()))
            for number, ((name, meaning), gone) in enumerate(zip(STEPS, removed, strict=True))
        ]
        rows.append((SENDABLE, "sent to", 0, self.size))
        return pd.DataFrame(rows, columns=["step", "meaning", "removed", "remaining"])

    def write_csv(self, path: str | Path, *, layout: Layout = "klaviyo") -> Path:
        """Write the profiles that are sent to, and a manifest beside the file; never half of either.

        Args:
            path: the file; its folder must exist. The manifest is named like it, with ".manifest.json" added.
            layout: "klaviyo" (its importer takes it), "members" (every column) or "hashed" (SHA-256 for ad platforms).

        Returns:
            The path of the file, absolute.

        Raises:
            FileError: an unknown layout, or the folder does not exist.
        """
        manifest = Manifest(
            purpose="to be sent to: only SMS subscribers with a number that can be texted, each number once",
            include=tuple(self._include),
            exclude=tuple(self._exclude),
            dataset=self._dataset,
            waterfall=self.waterfall,
        )
        return write_layout(Path(path), self._dataset, self._rows, layout, manifest)

    def __repr__(self) -> str:
        included = int(np.count_nonzero(self._step >= 0))
        return f"SmsAudience: {self.size:,} of {included:,} included profiles are sent to, as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC"


def audience(
    include: Segment | Iterable[Segment],
    exclude: Segment | Iterable[Segment] = (),
    *,
    dataset: Dataset,
    countries: Iterable[str] = TEXTABLE_COUNTRIES,
    smart_sending_hours: int = SMART_SENDING_HOURS,
    failing: Segment | None = None,
) -> SmsAudience:
    """Work out who may be texted of some segments, and who may not and why; the arguments are those of `SmsAudience`.

    >>> from segkit.phrases import can_receive
    >>> people = {"profile_id": ["ann", "bea"], "phone_number": ["+14155550132", None], "sms_consent": ["SUBSCRIBED"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> audience(Segment("All", can_receive("sms")), dataset=shop).reasons.to_dict()
    {'ann': 'sendable', 'bea': 'no phone'}
    """
    return SmsAudience(
        include,
        exclude,
        dataset=dataset,
        countries=countries,
        smart_sending_hours=smart_sending_hours,
        failing=failing,
    )


def write_members(segment: Segment, dataset: Dataset, path: str | Path) -> Path:
    """Write every member of a segment with all columns, textable or not, and a manifest beside the file.

    For looking and counting, not for sending: what may be sent to comes out of `audience`.

    Returns:
        The path of the file, absolute.

    Raises:
        FileError: the folder does not exist.
        DefinitionError, DataError: as `sk.membership`.
    """
    evaluation = Evaluation(dataset)
    rows = np.flatnonzero(evaluation.holds(distinct_segments(segment)[0].condition))
    manifest = Manifest(
        purpose="every member, textable or not: not to be sent to as it is",
        include=(segment,),
        exclude=(),
        dataset=dataset,
        waterfall=None,
    )
    return write_layout(Path(path), dataset, rows, "members", manifest)


def _stops(
    evaluation: Evaluation, exclude: Sequence[Segment], countries: tuple[str, ...], hours: int, failing: Segment | None
) -> list[Flags]:
    """Return for each step but the last two which profiles it stops."""
    dataset = evaluation.dataset
    phones = dataset.phones
    written = dataset.column("phone_number").codes >= 0 if dataset.has_property("phone_number") else _nobody(dataset)
    mobile = _flags(pc.is_in(phones.kinds, value_set=pa.array(["mobile", "fixed line or mobile"])))
    served = _flags(pc.is_in(phones.countries, value_set=pa.array(countries, pa.string())))
    texts_are_known = "Received SMS" in dataset.events.metrics
    just_texted = did("Received SMS", in_last_hours=hours) if hours and texts_are_known else None
    return [
        _any_of(evaluation, exclude),
        ~dataset.consent("sms", "subscribed"),
        ~written,
        ~mobile,
        ~served,
        _fails(evaluation, failing),
        evaluation.holds(just_texted) if just_texted is not None else _nobody(dataset),
    ]


def _fails(evaluation: Evaluation, failing: Segment | None) -> Flags:
    """Return who is known to fail; unless it is said by what, data that records no failures knows of none."""
    if failing is not None:
        return evaluation.holds(distinct_segments(failing)[0].condition)
    if "Failed to Deliver SMS" not in evaluation.dataset.events.metrics:
        return _nobody(evaluation.dataset)
    return evaluation.holds(sms_delivery_errors().condition)


def _first_stop(included: Flags, stops: list[Flags], dataset: Dataset) -> npt.NDArray[np.int8]:
    """Return for each profile the number of the step that stops it, the number of steps if none does, -1 if not included."""
    step = np.where(included, len(STEPS), -1).astype(np.int8)
    for number, stopped in enumerate(stops):
        step[stopped & (step == len(STEPS))] = number
    elsewhere = len(stops)
    step[_unsubscribed_elsewhere(dataset) & (step == len(STEPS))] = elsewhere
    left = np.flatnonzero(step == len(STEPS))
    numbers = pc.dictionary_encode(dataset.phones.numbers).indices.to_numpy(zero_copy_only=False)
    _, first = np.unique(numbers[left], return_index=True)
    doubled = np.ones(len(left), dtype=bool)
    doubled[first] = False
    step[left[doubled]] = elsewhere + 1
    return step


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


def _any_of(evaluation: Evaluation, segments: Iterable[Segment]) -> Flags:
    found = _nobody(evaluation.dataset)
    for segment in segments:
        found = found | evaluation.holds(segment.condition)
    return found


def _nobody(dataset: Dataset) -> Flags:
    return np.zeros(len(dataset), dtype=bool)


def _flags(values: Any) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))

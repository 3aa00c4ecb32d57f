"""Compare the members of a segment in segkit and in Klaviyo, as counts and as a table of differences.

The members in Klaviyo come from `segkit pull` or from an export. `agreement_rules.py` explains the differences.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from segkit.analysis.agreement_rules import EXPLANATIONS, UNKNOWN, Case
from segkit.data.instants import instant_of, read_as_of
from segkit.data.validation.options import AsOf
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.cards import card, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.connected import in_memory
from segkit.engine.membership import membership
from segkit.engine.memory.dataset import Dataset
from segkit.engine.order import check_order
from segkit.errors import DataError, DefinitionError
from segkit.vocabulary import canonical_name

Theirs: TypeAlias = pd.DataFrame | Iterable[object]

_NO_DATE = np.datetime64("NaT", "us")


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far segkit and Klaviyo agree about the members of a segment. Printing it shows counts, but never a person.

    Attributes:
        segment: the segment's name.
        as_of: the moment at which segkit evaluated the segment, UTC.
        pulled_at: the moment at which the members were read from Klaviyo, UTC.
        both: number of profiles that are members in both.
        only_here: number of profiles that are members in segkit only.
        only_there: number of ids that are members in Klaviyo only, including unknown ids.
        explained: the number of differences for each of the six explanations, including zeros.
        differences: a row for each difference, with `profile_id` as the index and the columns `here` and `there` (True or False) and
            `explanation`. Profiles in the data come first, then unknown ids. It has ids of people, so take care where you show it.
    """

    segment: str
    as_of: datetime
    pulled_at: datetime
    both: int
    only_here: int
    only_there: int
    explained: Mapping[str, int]
    differences: pd.DataFrame

    def __str__(self) -> str:
        counts = f"{self.both:,} in both, {self.only_here:,} only here, {self.only_there:,} only there"
        lines = [f"{name}: {count:,} ({EXPLANATIONS[name]})" for name, count in self.explained.items() if count]
        return "\n  ".join([f"{self.segment}, as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC: {counts}", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the counts as HTML, without `differences`, which contains ids of people."""
        rows = [
            ("in both", self.both, ""),
            ("only here", self.only_here, ""),
            ("only there", self.only_there, ""),
            *((name, count, EXPLANATIONS[name]) for name, count in self.explained.items() if count),
        ]
        return card(
            f"{self.segment}: members in segkit and in Klaviyo",
            f"segkit as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC, Klaviyo as of {self.pulled_at:%Y-%m-%d %H:%M:%S} UTC",
            records(["", "profiles", "meaning"], rows),
        )


def compare_members(segment: Segment, dataset: Dataset, theirs: Theirs, *, pulled_at: AsOf = None) -> Agreement:
    """Compare segkit's members of a segment with the members in Klaviyo, and explain each difference.

    A difference gets the first explanation that fits:

    - "not among the profiles": no profile in the data has the id.
    - "joined after the pull": the profile joined after `as_of`, according to its `joined` date or because it matches the segment at
      `pulled_at`.
    - "left since": the profile matches the segment at `as_of`, but not at `pulled_at`.
    - "the daily sweep": segkit agreed with Klaviyo at some moment in the 24 hours before `pulled_at`, and since then only the passing
      of time has changed segkit's answer, not an event, a list entry or a change of consent. Klaviyo reacts to those at once, but
      updates segments for the passing of time only once in 24 hours ("How segments update", help article 115005233488). segkit tries
      the last instant before midnight and, if the segment counts hours or tests dates, each full hour before `pulled_at`.
    - "status date against event": the answers agree if segkit uses the Subscribed event in place of the date of each subscription,
      or the date in place of each such event. Klaviyo stores both, and its engagement tracks use one in track A and the other in B.
      Its documentation does not say when they differ (help article 360044556071 and the Segments API). Imports, and consent given
      elsewhere, leave a date without an event.
    - "unexplained": none of these.

    Args:
        segment: the segment, defined as in Klaviyo.
        dataset: the profiles and events.
        theirs: the members in Klaviyo: profile ids, or a frame with `profile_id` as index or column. A column `joined` (Klaviyo's
            `joined_group_at`) is used as evidence, except for cells that can't be read as a date. An id that occurs twice counts
            once. If a column `segment` names several segments, as `segkit pull --members-of` writes it, only rows with this
            segment's name count.
        pulled_at: when the members were read from Klaviyo, not before the Dataset's `as_of`. None means `as_of`, or the newest event
            if that is later. Read like `as_of`: a bare date means the end of that day.

    Returns:
        The counts, and the table of differences as `.differences`.

    Raises:
        DefinitionError: `theirs` contains no ids, or contains several segments but not this one, or `pulled_at` is before `as_of`.
        DataError: the frame has no `profile_id`; see also `sk.membership`.

    >>> from segkit.definition.phrases import has
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> compare_members(Segment("Adults", has("Age", at_least=18)), shop, ["bea", "cat"])
    Adults, as of 2026-06-30 23:59:59 UTC: 1 in both, 0 only here, 1 only there
      not among the profiles: 1 (nobody here has the id)
    """
    check_order(segment, "sk.compare_members(segment, shop, theirs)")
    in_memory(dataset)
    joined = _their_members(theirs, one_segment(segment).name)
    known = dataset.profile_ids
    here = membership(segment, dataset)[segment.name].to_numpy()
    case = Case(
        segment.condition, dataset, _moment(dataset, pulled_at), here, there=np.asarray(known.isin(joined.index))
    )
    differs = np.flatnonzero(case.differs)
    explanations = case.explanations(joined.reindex(known).to_numpy())[differs]
    unknown = joined.index[~joined.index.isin(known)]
    differences = StyledFrame(
        {
            "here": np.append(here[differs], np.zeros(len(unknown), dtype=bool)),
            "there": np.append(case.there[differs], np.ones(len(unknown), dtype=bool)),
            "explanation": [*explanations, *[UNKNOWN] * len(unknown)],
        },
        index=pd.Index([*known[differs], *unknown], name="profile_id", dtype="str"),
    )
    return Agreement(
        segment=segment.name,
        as_of=dataset.as_of,
        pulled_at=case.pulled_at,
        both=int((here & case.there).sum()),
        only_here=int(differences["here"].sum()),
        only_there=int(differences["there"].sum()),
        explained={name: int((differences["explanation"] == name).sum()) for name in EXPLANATIONS},
        differences=differences,
    )


def _moment(dataset: Dataset, pulled_at: AsOf) -> datetime:
    if pulled_at is None:
        newest = dataset.events.newest()
        return dataset.as_of if newest is None else max(dataset.as_of, instant_of(newest))
    moment = read_as_of(pulled_at)
    if moment < dataset.as_of:
        wanted = f"no earlier than as_of, {dataset.as_of.isoformat()} (or compare dataset.with_as_of(pulled_at))"
        raise DefinitionError.bad_value("pulled_at", pulled_at, wanted)
    return moment


def _their_members(theirs: Theirs, segment: str) -> "pd.Series[Any]":
    """Return when each member in Klaviyo joined, by id, with NaT if this is unknown."""
    if isinstance(theirs, str | bytes | Mapping) or not isinstance(theirs, Iterable):
        raise DefinitionError.bad_value("theirs", theirs, "a list of profile ids, or a table with a column profile_id")
    dates: Any = _NO_DATE
    ids: Iterable[object] = theirs
    if isinstance(theirs, pd.DataFrame):
        frame = theirs.reset_index() if theirs.index.name is not None else theirs
        by_name = {canonical_name("lists", canonical_name("profiles", str(name))): name for name in frame.columns[::-1]}
        if "profile_id" not in by_name:
            raise DataError.unknown_property("profile_id", map(str, frame.columns), of="members given as theirs")
        frame = _of_segment(frame, segment)
        ids = frame[by_name["profile_id"]]
        if "joined" in by_name:
            dates = pd.to_datetime(frame[by_name["joined"]], utc=True, errors="coerce", format="ISO8601")
            dates = dates.dt.tz_localize(None).dt.as_unit("us").to_numpy()
    names = [_id_of(one) for one in ids]
    joined = pd.Series(np.broadcast_to(dates, len(names)), index=pd.Index(names, dtype="str"))
    return joined.groupby(level=0, sort=False).max()


def _of_segment(frame: pd.DataFrame, segment: str) -> pd.DataFrame:
    """Return the rows of one segment. If the table has only one segment, return all rows, whatever its name is."""
    names = frame["segment"].unique() if "segment" in frame.columns else ()
    if len(names) <= 1:
        return frame
    if segment not in names:
        raise DefinitionError.unknown_choice("The segment in theirs", segment, names)
    return frame[frame["segment"] == segment]


def _id_of(value: Any) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        raise DefinitionError.bad_value("Each id in theirs", value, "a profile id")
    return str(value)

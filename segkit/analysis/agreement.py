"""How far segkit's answer and the members that Klaviyo shows agree, in counts and a table; why they differ is for the rules to say.

The members come from elsewhere, `segkit pull` or an export; who is in the segment here is `membership`'s to say.
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
from segkit.engine.membership import membership
from segkit.engine.memory.dataset import Dataset
from segkit.engine.order import check_order
from segkit.errors import DataError, DefinitionError
from segkit.vocabulary import canonical_name

Theirs: TypeAlias = pd.DataFrame | Iterable[object]

_NO_DATE = np.datetime64("NaT", "us")


@dataclass(frozen=True, eq=False)
class Agreement:
    """Count how far two answers about one segment agree. Prints counts and never a person.

    Attributes:
        segment: its name.
        as_of: the moment of segkit's answer, UTC.
        pulled_at: the moment of theirs, UTC.
        both: profiles that are in by both answers.
        only_here: profiles that are in by segkit's answer only.
        only_there: ids that are in by theirs only, unknown ones included.
        explained: how many differences each of the six explanations has, zeros included.
        differences: a row for each difference, index `profile_id`: `here` and `there` (True or False) and `explanation`; first
            the profiles in their order, then unknown ids. Holds people's ids: take care where you show it.
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
        """Return the counts as HTML: `differences` holds people and is not in it."""
        rows = [
            ("in both", self.both, ""),
            ("only here", self.only_here, ""),
            ("only there", self.only_there, ""),
            *((name, count, EXPLANATIONS[name]) for name, count in self.explained.items() if count),
        ]
        return card(
            f"{self.segment}: our answer and theirs",
            f"as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC, theirs of {self.pulled_at:%Y-%m-%d %H:%M:%S} UTC",
            records(["", "profiles", "meaning"], rows),
        )


def compare_members(segment: Segment, dataset: Dataset, theirs: Theirs, *, pulled_at: AsOf = None) -> Agreement:
    """Hold segkit's answer against the members that Klaviyo shows, and say of each difference what explains it.

    A difference gets the first explanation that fits:

    - "not among the profiles": the id is of nobody in the data.
    - "joined after the pull": they joined after `as_of`, by their own date or since the segment holds of them at `pulled_at`.
    - "left since": the segment holds at `as_of`, and no longer at `pulled_at`.
    - "the daily sweep": at some moment of the 24 hours before `pulled_at` the segment said what Klaviyo says, and time alone has
      changed that: no event, list entry or change of consent since then plays a part. Klaviyo acts on those at once, and on
      the passing of time once in 24 hours, both ways ("How segments update", help article 115005233488). The last instant
      before midnight is looked at, and each full hour where the segment counts hours or tests dates.
    - "status date against event": they agree if each subscribed date is read as the Subscribed event, or each such event as
      the date. Klaviyo keeps the two apart, its own engagement tracks use one each, and when they differ is not documented
      (help article 360044556071 and the Segments API; imports and consent given elsewhere leave a date without an event).
    - "unexplained": none of these.

    Args:
        segment: the segment, as it is in Klaviyo.
        dataset: the profiles and events.
        theirs: profile ids, or a frame with `profile_id` as index or column; if it has `joined` (Klaviyo's `joined_group_at`),
            that counts as evidence, and what can't be read as a date doesn't. An id given twice counts once. Of several segments
            in a column `segment`, as `segkit pull --members-of` writes it, the rows under this segment's name count.
        pulled_at: when their members were read, not before the Dataset's `as_of`; None is `as_of`, or the newest event if that is
            later. Read like `as_of`: a bare date means its close.

    Returns:
        The counts, and the table of differences as `.differences`.

    Raises:
        DefinitionError: `theirs` is no ids, or is of several segments and this is none of them, or `pulled_at` lies before `as_of`.
        DataError: a frame has no `profile_id`, or as `sk.membership`.

    >>> from segkit.definition.phrases import has
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> compare_members(Segment("Adults", has("Age", at_least=18)), shop, ["bea", "cat"])
    Adults, as of 2026-06-30 23:59:59 UTC: 1 in both, 0 only here, 1 only there
      not among the profiles: 1 (nobody here has the id)
    """
    check_order(segment, "sk.compare_members(segment, shop, theirs)")
    joined = _their_members(theirs, one_segment(segment).name)
    known = dataset.profile_ids
    here = membership(segment, dataset)[segment.name].to_numpy()
    case = Case(
        segment.condition, dataset, _moment(dataset, pulled_at), here, there=np.asarray(known.isin(joined.index))
    )
    differs = np.flatnonzero(case.differs)
    explanations = case.explanations(joined.reindex(known).to_numpy())[differs]
    unknown = joined.index[~joined.index.isin(known)]
    differences = pd.DataFrame(
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
        wanted = f"no earlier than as_of, {dataset.as_of.isoformat()} (look from then: dataset.with_as_of(pulled_at))"
        raise DefinitionError.bad_value("pulled_at", pulled_at, wanted)
    return moment


def _their_members(theirs: Theirs, segment: str) -> "pd.Series[Any]":
    """Return when each of their members joined, by id; NaT where that is unknown."""
    if isinstance(theirs, str | bytes | Mapping) or not isinstance(theirs, Iterable):
        raise DefinitionError.bad_value("theirs", theirs, "several profile ids, or a table with profile_id")
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
    """Return the rows of one segment where a table holds several; a table of one is its own, whatever it is called there."""
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

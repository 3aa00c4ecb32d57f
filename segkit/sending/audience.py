"""Work out which members of segments may be texted, and why the others may not, and write the recipients to a file.

`eligibility.py` has the checks, `shared_numbers.py` chooses the recipient when several profiles share a number, and
`member_files.py` writes the file.
"""

# This keeps annotations as they are written, so that `help` shows short names.
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.definition.conditions import AnyOf
from segkit.definition.references import resolved
from segkit.definition.segment import Segment, listed_segments, one_segment
from segkit.drawing.cards import card, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of, tables_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Picked, warn_about_answers
from segkit.errors import DefinitionError, FileError
from segkit.sending.eligibility import SENDABLE, SMART_SENDING_HOURS, STEPS, TEXTABLE_COUNTRIES, Eligibility, any_of
from segkit.sending.member_files import Layout, Manifest, layout_bytes, write_layout
from segkit.sending.old_forms import also_by_keyword
from segkit.wording import counted


class SmsAudience:
    """Work out which members of some segments may be texted, and why the others may not.

    Every result uses the eligibility checks, which can't be skipped.

    Args:
        include: the segments to text. A profile in several of them is texted once.
        dataset: the profiles and events.
        exclude: segments whose members must not be texted. Other profiles with a member's phone number are not texted either.
        countries: the countries that texts may go to, as two-letter codes.
        smart_sending_hours: leave out profiles that received a text within this many hours before `as_of` or before the newest
            event, whichever is earlier; 0 leaves out nobody.
        failing: the segment of profiles whose texts are known to fail; None means `sms_delivery_errors()`.
        looking_back: ignore everything after `as_of`, to study a past send. No file can be written in this case. By default the
            checks use everything in the data, including opt-outs, texts and failures after `as_of`.

    Raises:
        DefinitionError: an argument is not a segment, `include` is empty, or a country is not a two-letter code.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: a check could not be made in full, because the data lacks its metric, column or dates.
    """

    def __init__(
        self,
        include: Segment | Iterable[Segment],
        dataset: Data,
        *,
        exclude: Segment | Iterable[Segment] = (),
        countries: Iterable[str] = TEXTABLE_COUNTRIES,
        smart_sending_hours: int = SMART_SENDING_HOURS,
        failing: Segment | None = None,
        looking_back: bool = False,
    ) -> None:
        check_order(include, "sk.audience(include, shop, exclude=...)")
        includes, excludes = listed_segments(include), listed_segments(exclude)
        # An included segment may refer to an excluded one by name, and vice versa.
        self._include = resolved(includes, beside=excludes)
        self._exclude = resolved(excludes, beside=includes)
        if not self._include:
            raise DefinitionError.missing("sk.audience", "at least one segment in include")
        self._dataset = dataset
        self._looking_back = looking_back
        self._eligibility = Eligibility(
            dataset,
            exclude=self._exclude,
            countries=countries,
            smart_sending_hours=smart_sending_hours,
            failing=failing,
            looking_back=looking_back,
        )
        self._engine, conditions = engine_of(dataset), [segment.condition for segment in self._include]
        self._included = conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))
        # Count now, so that a name that the data lacks raises an error here rather than when a result is read.
        (self._included_size,) = self._engine.counts([self._included])
        warn_about_answers(self._engine, conditions)

    @property
    def size(self) -> int:
        """The number of recipients."""
        return self._size

    @property
    def as_of(self) -> datetime:
        """The Dataset's `as_of`, in UTC."""
        return self._dataset.as_of

    @property
    def coverage_note(self) -> str | None:
        """A sentence about the checks that could not be made in full because data is missing; None if there are none."""
        return self._eligibility.note

    @property
    def profiles(self) -> pd.DataFrame:
        """The recipients, with a column for each property and `profile_id` as the index."""
        return tables_of(self._dataset).rows(np.flatnonzero(self._recipients.values))

    @cached_property
    def _size(self) -> int:
        return self._eligibility.size(self._engine, self._included)

    @cached_property
    def _step(self) -> npt.NDArray[np.int8]:
        """For each profile, the index of the step that stops it, `len(STEPS)` if none does, or -1 if it is not included."""
        return self._eligibility.first_stops(any_of(self._dataset, self._include))

    @property
    def _recipients(self) -> Picked:
        return Picked(self._step == len(STEPS))

    @property
    def reasons(self) -> pd.Series:
        """For each included profile "sendable", or the reason why it can't be texted, with `profile_id` as the index."""
        names = np.array([name for name, _ in STEPS] + [SENDABLE], dtype=object)
        rows = np.flatnonzero(self._step >= 0)
        return pd.Series(names[self._step[rows]], index=self._dataset.profile_ids[rows], name="reason")

    @property
    def waterfall(self) -> pd.DataFrame:
        """How many profiles each step removes, from the included members down to the recipients. The rows add up exactly.

        Columns: `step`, `meaning`, `removed` (each profile counts at the first step that stops it), `remaining`, `checked_against`
        (the data that the step used, and what was missing).
        """
        included = self._included_size
        removed, sent_to = self._eligibility.waterfall(self._engine, self._included)
        rows = [("included", "in an included segment", 0, included, counted(len(self._dataset), "profile"))]
        rows += [
            (name, meaning, int(gone), included - int(removed[: number + 1].sum()), str(coverage))
            for number, ((name, meaning), gone, coverage) in enumerate(
                zip(STEPS, removed, self._eligibility.coverage, strict=True)
            )
        ]
        rows.append((SENDABLE, "may be texted", 0, sent_to, ""))
        return StyledFrame(rows, columns=["step", "meaning", "removed", "remaining", "checked_against"])

    def write_csv(self, path: str | Path, *, layout: Layout = "klaviyo", replace: bool = False) -> Path:
        """Write the recipients to a CSV file, with a manifest next to it. Neither file is ever half written.

        Only its owner can read a new file. If a file is replaced, the new file gets its mode. If the path is a link, its target is
        replaced. A file without a manifest is left over from an interrupted write.

        Args:
            path: the file. Its folder must exist. The name of the manifest is this name plus ".manifest.json".
            layout: "klaviyo" (for Klaviyo's importer), "members" (every column) or "hashed" (SHA-256 for ad platforms).
            replace: replace the file and the manifest if they exist.

        Returns:
            The absolute path of the file.

        Raises:
            FileError: the layout is unknown, the folder does not exist, the file or its manifest exists and `replace` is False, one
                of them is a pipe or a device or has an invalid name, the system refuses to write, the audience looks back, or this
                is a page of `segkit app`, which never writes files on its host.
        """
        purpose = "for sending: only SMS subscribers with a number that can be texted, each number once"
        return self.write_part(path, self._recipients, layout=layout, purpose=purpose, replace=replace)

    def write_part(self, path: str | Path, part: Picked, *, layout: Layout, purpose: str, replace: bool) -> Path:
        """Write a part of the recipients, such as an arm of a split, in the same way as `write_csv` writes all of them.

        Args:
            path: the file.
            part: the profiles; those that are not recipients are left out.
            layout: the layout.
            purpose: what the file is for, written to its manifest.
            replace: replace the file and the manifest if they exist.

        Raises:
            FileError: see `write_csv`.
        """
        self._check_that_it_may_be_sent()
        manifest = Manifest(
            purpose=purpose,
            include=tuple(self._include),
            exclude=tuple(self._exclude),
            data=_size_of(self._dataset),
            waterfall=self.waterfall,
        )
        among = Picked(part.values & self._recipients.values)
        return write_layout(Path(path), self._engine, among, layout, manifest, replace=replace)

    def to_bytes(self, *, layout: Layout = "klaviyo") -> bytes:
        """Return the bytes that `write_csv` would write, for a download.

        Raises:
            FileError: the layout is unknown, or the audience looks back.
        """
        self._check_that_it_may_be_sent()
        return layout_bytes(self._engine, self._recipients, layout)

    def _check_that_it_may_be_sent(self) -> None:
        if self._looking_back:
            raise FileError.not_to_be_sent(self.as_of)

    def __repr__(self) -> str:
        return f"SmsAudience: {self.size:,} of {self._included_size:,} included profiles may be texted, as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC"

    def _repr_html_(self) -> str:
        steps = self.waterfall
        rows = zip(
            steps["meaning"],
            steps["removed"].tolist(),
            steps["remaining"].tolist(),
            steps["checked_against"],
            strict=True,
        )
        file = (
            f'The file: .write_csv("send.csv") writes {counted(self.size, "row")}, with a manifest beside it.'
            if not self._looking_back
            else "This audience looks back: it uses only what was known then, so no file can be written."
        )
        return card(
            f"{self.size:,} of {counted(self._included_size, 'included profile')} may be texted",
            f"as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC",
            records(["step", "removed", "remaining", "checked against"], rows),
            paragraphs([note for note in [self.coverage_note] if note] + [file]),
        )


@also_by_keyword
def audience(
    include: Segment | Iterable[Segment],
    dataset: Data,
    *,
    exclude: Segment | Iterable[Segment] = (),
    countries: Iterable[str] = TEXTABLE_COUNTRIES,
    smart_sending_hours: int = SMART_SENDING_HOURS,
    failing: Segment | None = None,
    looking_back: bool = False,
) -> SmsAudience:
    """Work out which members of some segments may be texted, and why the others may not. `SmsAudience` documents the arguments.

    >>> from segkit.definition.phrases import can_receive
    >>> people = {"profile_id": ["ann", "bea"], "phone_number": ["+14155550132", None], "sms_consent": ["SUBSCRIBED"] * 2}
    >>> from segkit.engine.memory.dataset import Dataset
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> audience(Segment("All", can_receive("sms")), shop).reasons.to_dict()
    {'ann': 'sendable', 'bea': 'no phone'}
    """
    return SmsAudience(
        include,
        dataset,
        exclude=exclude,
        countries=countries,
        smart_sending_hours=smart_sending_hours,
        failing=failing,
        looking_back=looking_back,
    )


def write_members(segment: Segment, dataset: Data, path: str | Path, *, replace: bool = False) -> Path:
    """Write all members of a segment with all columns, including members who can't be texted, with a manifest next to the file.

    Use the file to look and count, not to send: `audience` works out who may be texted. An existing file or manifest is replaced
    only with `replace=True`. File modes and links are handled as in `SmsAudience.write_csv`.

    Returns:
        The absolute path of the file.

    Raises:
        FileError: see `SmsAudience.write_csv`.
        DefinitionError, DataError: see `sk.membership`.
    """
    check_order(segment, "sk.write_members(segment, shop, path)")
    segment = one_segment(segment)
    engine = engine_of(dataset)
    warn_about_answers(engine, [segment.condition])
    manifest = Manifest(
        purpose="for analysis, not for sending: every member, whether they may be texted or not",
        include=(segment,),
        exclude=(),
        data=_size_of(dataset),
        waterfall=None,
    )
    return write_layout(Path(path), engine, segment.condition, "members", manifest, replace=replace)


def _size_of(dataset: Data) -> dict[str, int]:
    return {"profiles": len(dataset), "events": len(tables_of(dataset).events)}

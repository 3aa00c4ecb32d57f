"""Build all segments that a shop's data supports: write member files, manifests, tables and an HTML report."""

# This keeps annotations as they are written, so that `help` shows short names.
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit.analysis.overlap import overlap
from segkit.analysis.recommended import Place, Recommended, recommended
from segkit.analysis.sizes import sizes
from segkit.command.build_list import BuildList
from segkit.command.report import html_report
from segkit.command.report_segments import SegmentPage
from segkit.definition.algebra import without_consent
from segkit.definition.conditions import AllOf
from segkit.definition.explain import explain
from segkit.definition.segment import Segment, distinct_segments
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.engine.connected import in_memory
from segkit.engine.membership import membership
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DefinitionError, FileError
from segkit.files import make_folder, write_text
from segkit.masking import quoted
from segkit.sending.audience import SmsAudience, audience, write_members
from segkit.sending.file_names import file_names
from segkit.sending.formulas import neutralised
from segkit.wording import counted

NO_CONSENT = (
    "The data has no SMS consent, so nobody may be texted and no file for sending is written. The member files contain the profiles "
    "that match each segment before consent, for analysis only. If a column contains the consent, the data report shows how to load it."
)


NOBODY_SUBSCRIBED = (
    "Nobody in the data is subscribed to SMS, so nobody may be texted. If that is wrong, the data report shows which words in "
    "sms_consent are unknown, and how to map them."
)


@dataclass(frozen=True, slots=True)
class Build:
    """The result of a build.

    Attributes:
        sizes: a row for each segment: `size`, `share`, `base`, `base_size`, `before_consent` (members without the SMS consent
            condition) and `sendable` (members who may be texted).
        not_built: a row for each recommended segment that the data does not support: `segment`, `reason`.
        files: every file that was written, starting with the report.
        notes: what the analyst should know before using the files.
        lead: how many profiles would match, as the report's headline if nobody is subscribed, or else empty text.
    """

    sizes: pd.DataFrame
    not_built: pd.DataFrame
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    lead: str = ""

    def __repr__(self) -> str:
        """Return how much was built, and where."""
        built = f"{counted(len(self.sizes), 'segment')}, {counted(len(self.files), 'file')}"
        return f"Build: {built} in {quoted(self.files[0].parent)}"

    def _repr_html_(self) -> str:
        title, _, said = repr(self).partition(": ")
        names = [name for name in ("size", "before_consent", "sendable") if name in self.sizes]
        rows = zip(map(str, self.sizes.index), *(self.sizes[name].tolist() for name in names), strict=True)
        missing = records(["segment", "reason"], self.not_built.to_numpy().tolist())
        return card(
            title,
            said,
            paragraphs(self.notes),
            records(["segment", *(name.replace("_", " ") for name in names)], rows),
            folded(f"Not built: {counted(len(self.not_built), 'segment')}", missing),
        )


def build(
    dataset: Dataset,
    out: str | Path,
    *,
    title: str = "Segments",
    near: Place | None = None,
    country: str = "US",
    segments: Iterable[Segment] | None = None,
    progress: Callable[[Iterable[Segment]], Iterable[Segment]] = iter,
) -> Build:
    """Write member files, manifests, tables and a report for segments, by default all recommended ones that the data supports.

    Writes report.html, sizes.csv and overlap.csv to `out`, all members of each segment to the folder members/, and the members who
    may be texted to the folder send/, in the layout of Klaviyo's importer. Each member file has a manifest beside it. Files with
    the same names are replaced one by one, each atomically. Member files from an earlier build that this build does not write are
    removed, and a note lists them. The file .segkit-build.json lists what a build wrote, so your own files are never removed, not
    even in send/.

    Args:
        dataset: the profiles and events.
        out: the folder to write into. It is created if it does not exist.
        title: the report's title.
        near: the store for segments by distance, as a postal code or (latitude, longitude); None means the most common postal code.
        country: the two-letter country of the postal code.
        segments: the segments to build instead of the recommended ones, such as `sk.load_segments("segments/")`. `near` and
            `country` are then ignored.
        progress: a function such as `tqdm` that wraps the iteration over the segments.

    Raises:
        FileError: `out` is a file or can't be created, or this is a page of `segkit app`, which writes nothing on its host.
        DataError: the location of `near` is unknown, or one of `segments` needs something that the data lacks.
        DefinitionError: two of `segments` have the same name.

    >>> import tempfile
    >>> orders = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5]})
    >>> with tempfile.TemporaryDirectory() as out:
    ...     build(Dataset.from_frames(None, orders), out).sizes[["size", "before_consent"]].loc["SMS VIP"].tolist()
    [0, 0]
    """
    if isinstance(out, Dataset):
        raise DefinitionError.bad_value(
            "The first argument of sk.build", dataset, "the shop, as in sk.build(shop, folder)"
        )
    in_memory(dataset)
    plan = recommended(dataset, near=near, country=country) if segments is None else _chosen(segments)
    sends = dataset.has_property("sms_consent")
    rules = [_before_consent(segment) for segment in plan.segments]
    written = plan.segments if sends else rules
    who = membership(written, dataset)
    table = sizes(who)
    table["before_consent"] = membership(rules, dataset).sum().to_numpy()
    # The eligibility checks run only once, since the Dataset caches their results.
    audiences = {segment.name: audience(segment, dataset) for segment in written} if sends else {}
    table["sendable"] = [audiences[name].size if sends else 0 for name in table.index]
    # Everything that can fail is computed above, so bad input leaves neither an empty folder nor a mixture of two builds.
    folder = _folder(Path(out), ["members", "send"] if sends else ["members"])
    names = file_names(segment.name for segment in written)
    kept = BuildList(folder)
    kept.begin(f"{part}/{name}" for part in (("members", "send") if sends else ("members",)) for name in names.values())
    pages, files = [], []
    for segment in progress(written):
        page, paths = _segment_files(segment, names[segment.name], dataset, folder, audiences.get(segment.name))
        pages.append(page)
        files += paths
    notes = list(dict.fromkeys(send.coverage_note for send in audiences.values() if send.coverage_note))
    notes += kept.finish()
    if not sends:
        table = table.assign(size=0, share=0.0)
    pairs = overlap(who)
    lead = None
    if not np.any(dataset.consent("sms", "subscribed")):
        notes.insert(0, NOBODY_SUBSCRIBED if sends else NO_CONSENT)
        lead = _lead(plan.segments, table["before_consent"], has_consent=sends)
    notes[:0] = dataset.alarms
    report = html_report(
        title=title,
        subtitle="",
        facts=_facts(dataset),
        issues=dataset.report,
        sizes=table,
        overlap=pairs,
        pages=pages,
        not_built=plan.not_built,
        notes=notes,
        lead=lead,
    )
    files = [
        write_text(folder / "report.html", report, replace=True),
        write_text(folder / "sizes.csv", _csv(table.reset_index()), replace=True),
        write_text(folder / "overlap.csv", _csv(pairs), replace=True),
        *files,
    ]
    return Build(table, plan.not_built, tuple(files), tuple(notes), "".join(lead or ()))


def _chosen(segments: Iterable[Segment]) -> Recommended:
    return Recommended(tuple(distinct_segments(segments)), pd.DataFrame(columns=["segment", "reason"]))


def _segment_files(
    segment: Segment, name: str, dataset: Dataset, folder: Path, send: SmsAudience | None
) -> tuple[SegmentPage, list[Path]]:
    paths = [write_members(segment, dataset, folder / "members" / name, replace=True)]
    label = "members without the consent condition" if send is None else "all members, also those who can't be texted"
    links = [(label, f"members/{name}")]
    if send is not None:
        paths.insert(0, send.write_csv(folder / "send" / name, layout="klaviyo", replace=True))
        links.insert(0, ("members who may be texted", f"send/{name}"))
    waterfall = None if send is None else send.waterfall
    page = SegmentPage(segment.name, segment.description, explain(segment), waterfall, tuple(links))
    return page, paths


def _lead(segments: Iterable[Segment], before: pd.Series, *, has_consent: bool) -> tuple[str, str, str] | None:
    """Return a headline about how many profiles would match a segment, as text, the segment's name and more text.

    It picks the first segment that has members and a condition besides consent, since recommended segments are ordered by use.
    Return None if there is no such segment.
    """
    names = [segment.name for segment in segments if without_consent(segment.condition) != AllOf(())] or list(
        before.index
    )
    if not names:
        return None
    name = next((name for name in names if before[name]), names[0])
    matches = counted(int(before[name]), "profile matches", "profiles match")
    why = ", since nobody in the data is subscribed to SMS" if has_consent else " until SMS consent is in the data"
    return f"{matches} ", name, f"; nobody may be texted{why}"


def _before_consent(segment: Segment) -> Segment:
    return Segment(segment.name, without_consent(segment.condition), segment.description)


def _folder(out: Path, parts: Iterable[str]) -> Path:
    places = [out / part for part in parts]
    for place in (out, *places):
        make_folder(place)
    if len({place.resolve() for place in places}) < len(places):
        raise FileError.one_folder_for_two(out, [place.name for place in places])
    return out


def _facts(dataset: Dataset) -> dict[str, str]:
    facts = {"profiles": f"{len(dataset):,}", "events": f"{len(dataset.events):,}"}
    if dataset.has_property("sms_consent"):
        facts["SMS subscribers"] = f"{int(np.count_nonzero(dataset.consent('sms', 'subscribed'))):,}"
    return {
        **facts,
        "as of": f"{dataset.as_of:%Y-%m-%d %H:%M} UTC",
        "data report": counted(len(dataset.report), "issue"),
    }


def _csv(table: pd.DataFrame) -> str:
    texts = {str(name): cells for name, cells in table.items() if not pd.api.types.is_numeric_dtype(cells)}
    safe = {name: neutralised(pa.array(cells, pa.string())).to_pylist() for name, cells in texts.items()}
    text: str = table.assign(**safe).to_csv(index=False, lineterminator="\n")
    return text

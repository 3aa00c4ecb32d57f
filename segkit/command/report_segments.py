"""Write the parts of the report about single segments: their definitions, files and waterfalls. `report.py` has the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pandas as pd

from segkit.drawing.html import Markup, element, if_any, pieces, table
from segkit.drawing.tables import Size, Step, Waterfall
from segkit.wording import counted

UP: Final = Markup('<a class="up" href="#top" title="To the top of the page">↑</a>')

_REASONS: Final = 2
"""The number of reasons in the line that unfolds a waterfall."""


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """The section of the report about one segment.

    Attributes:
        name: the name in the tables of sizes and overlap.
        description: why the segment matters.
        english: the text of `sk.explain`, a line for each condition.
        waterfall: a table like `SmsAudience.waterfall`: columns `step`, `meaning`, `removed`, `remaining`, and possibly
            `checked_against`. The first row is "included", the last "sendable". None if the data has no SMS consent.
        files: a label and a file name for each link. The names are relative to the report and have forward slashes.
    """

    name: str
    description: str
    english: str
    waterfall: pd.DataFrame | None
    files: tuple[tuple[str, str], ...]


def segment_sections(pages: Sequence[SegmentPage], rows: Mapping[str, Size], same: Mapping[str, list[str]]) -> Markup:
    """Return a section for each segment. `rows` has the sizes by name, and `same` the names of segments with the same members."""
    anchors = {page.name: f"segment-{number}" for number, page in enumerate(pages)}
    sections = [
        _segment(page, rows.get(page.name), anchors, same.get(page.name, []), is_open=len(pages) == 1) for page in pages
    ]
    if not sections:
        return Markup()
    is_unknown = all(page.waterfall is None for page in pages)
    unknown = "The data has no SMS consent, so it is not known who may be texted." if is_unknown else ""
    return pieces(if_any("p", unknown), *sections)


def _segment(
    page: SegmentPage, row: Size | None, anchors: Mapping[str, str], same: Sequence[str], *, is_open: bool
) -> Markup:
    numbers = [counted(row.size, "member"), row.base_share] if row else []
    numbers += [f"{row.sendable:,} may be texted"] if row and row.sendable is not None else []
    english = page.english.removeprefix(f"{page.name}: ")
    lines = [
        element("p", line.strip(), style=f"--depth:{(len(line) - len(line.lstrip())) // 2}")
        for line in (english[:1].upper() + english[1:]).splitlines()
    ]
    links = [element("li", f"{label}: ", element("a", name, href=f"./{quote(name)}")) for label, name in page.files]
    others = [element("a", name, href=f"#{anchors[name]}") if name in anchors else pieces(name) for name in same]
    also = pieces("The same members as ", Markup(" and ".join(others)), ".") if others else ""
    told = (
        if_any("p", page.description),
        if_any("p", also),
        if_any("div", *lines, class_="english"),
        if_any("ul", *links, class_="files"),
    )
    return element(
        "section",
        element("h3", page.name, " ", UP),
        if_any("p", " · ".join(numbers), class_="quiet"),
        *told,
        _waterfall(page.waterfall, is_open=is_open),
        class_="segment",
        id=anchors[page.name],
    )


def _waterfall(waterfall: pd.DataFrame | None, *, is_open: bool) -> Markup:
    """Return the waterfall from the included members to those who may be texted, folded below its main reasons.

    Steps that stop nobody share a line.
    """
    if waterfall is None:
        return Markup()
    steps = Waterfall.of(waterfall)
    if not steps.included:
        return element("p", "Nobody is included, so nobody can be texted.", class_="quiet")
    drawn = _steps(steps)
    gone = steps.included - steps.sendable
    if not gone:
        return element("details", element("summary", "All of them may be texted"), drawn, **_opened(is_open=is_open))
    main = sorted(steps.stops, key=lambda step: -step.removed)[:_REASONS]
    reasons = "; ".join(f"{step.meaning} ({step.removed:,})" for step in main)
    more = len(steps.stops) - len(main)
    summary = f"{gone:,} can't be texted: {reasons}" + (f"; {counted(more, 'more reason')}" if more else "")
    return element("details", element("summary", summary), drawn, **_opened(is_open=is_open))


def _opened(*, is_open: bool) -> dict[str, str]:
    return {"open": ""} if is_open else {}


def _steps(steps: Waterfall) -> Markup:
    most = max((step.removed for step in steps.stops), default=0)

    def line(step: Step, kind: str) -> Markup:
        kept = "members" if step.removed else kind
        bar = bar_cell(steps.included, (kept, 0, step.remaining), (kind, step.remaining, step.removed))
        gone = element("td", step.removal)
        return element("tr", element("th", step.meaning, scope="row"), bar, gone, element("td", f"{step.remaining:,}"))

    rows = [
        line(Step("included", 0, steps.included), "members"),
        *(line(step, "most" if step.removed == most else "removed") for step in steps.stops),
        line(Step("may be texted", 0, steps.sendable), "texted"),
    ]
    nobody, lacking = ", ".join(steps.nobody), ", ".join(steps.unchecked)
    return pieces(
        table(["step", "", "stopped", "left"], rows, class_="waterfall"),
        if_any("p", f"Stopped nobody: {nobody}." if nobody else "", class_="quiet"),
        if_any("p", f"Not fully checked, see above: {lacking}." if lacking else "", class_="quiet"),
    )


def checks(pages: Sequence[SegmentPage]) -> Markup:
    """Return what each step of the waterfalls was checked against. It is listed once, since it is the same for all segments."""
    first = next((page.waterfall for page in pages if page.waterfall is not None), None)
    if first is None or "checked_against" not in first:
        return Markup()
    steps = first.loc[first["checked_against"] != "", ["step", "meaning", "checked_against"]].iloc[1:]
    return listing(steps.rename(columns={"checked_against": "checked against"}))


def bar_cell(scale: int, *parts: tuple[str, int, int]) -> Markup:
    """Return a bar with parts (class, start, length) in profiles. `scale` is the number of profiles at full width."""
    drawn = [
        element("i", class_=kind, style=f"left:{100 * start / scale:.2f}%;width:{100 * length / scale:.2f}%")
        for kind, start, length in parts
        if length
    ]
    return element("td", element("span", *drawn, class_="bar", aria_hidden="true"))


def listing(listed: pd.DataFrame) -> Markup:
    """Return a table unchanged, with its first column as row headers, or empty markup if it has no rows."""
    if listed.empty:
        return Markup()
    rows = []
    for first, *others in listed.itertuples(index=False, name=None):
        cells = [element("td", f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in others]
        rows.append(element("tr", element("th", str(first), scope="row"), *cells))
    plain = table([str(column) for column in listed.columns], rows, class_="plain")
    return element("div", plain, class_="wide")

"""Render the HTML report about a shop's segments from finished tables. `build.py` computes the tables and writes the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import pandas as pd

from segkit.drawing import palette
from segkit.drawing.html import Markup, element, elements, if_any, pieces, table
from segkit.drawing.tables import Size, Step, Waterfall, sizes_of
from segkit.wording import counted, likeness, percent

FEW: Final = 8
"""Up to this number of segments, the column names of the heat map are horizontal."""

HEAD: Final = Markup("""<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
""")
"""The policy and the empty icon keep the page from loading anything from the network, whatever text it shows."""

SWITCH: Final = Markup("""<input type="radio" name="by" id="by-share" checked><label for="by-share">share of the row</label>
<input type="radio" name="by" id="by-count"><label for="by-count">members in both</label>
<input type="radio" name="by" id="by-jaccard"><label for="by-jaccard">Jaccard</label>
""")

_COLOURS: Final = {
    "main": palette.BLUE,
    "pale": palette.PALE_BLUE,
    "faint": palette.FAINT,
    "loss": palette.GREY,
    "notable": palette.ORANGE,
    "strongest": f"{palette.STRONGEST:.0%}",
}
"""The names of the palette's colours in the style sheet."""


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """The section of the report about one segment.

    Attributes:
        name: the name in the tables of sizes and overlap.
        description: why the segment matters.
        english: the text of `sk.explain`, a line for each condition.
        waterfall: as `SmsAudience.waterfall`: columns `step`, `meaning`, `removed`, `remaining`, and possibly `checked_against`.
            The first row is "included", the last "sendable". None if the data has no SMS consent.
        files: a label and a file name for each link. The names are relative to the report and have forward slashes.
    """

    name: str
    description: str
    english: str
    waterfall: pd.DataFrame | None
    files: tuple[tuple[str, str], ...]


def html_report(
    *,
    title: str,
    subtitle: str,
    facts: Mapping[str, str],
    faults: pd.DataFrame,
    sizes: pd.DataFrame,
    overlap: pd.DataFrame,
    pages: Sequence[SegmentPage],
    not_built: pd.DataFrame,
    notes: Sequence[str] = (),
    lead: tuple[str, str, str] | None = None,
) -> str:
    """Return an HTML page that needs neither network nor scripts, and is light or dark like the reader's system.

    Args:
        title: the title of the page, such as the shop's name.
        subtitle: a line below the headline.
        facts: short labels and values, such as "as of" and the date with its time zone; shown unchanged.
        faults: as `Dataset.report`: columns `table`, `column`, `fault`, `count`, `examples`, `done`; shown unchanged.
        sizes: as returned by `sk.sizes`, possibly with `sendable` and `before_consent` (members without the SMS consent condition).
        overlap: as returned by `sk.overlap`.
        pages: a section for each segment, to which the table of sizes links.
        not_built: columns `segment`, `reason`.
        notes: what to know before trusting the numbers; shown above them.
        lead: the headline as text, a segment's name and text; None makes one about the largest segment.

    Returns:
        The page as text, to be saved as UTF-8. The same input gives the same text.

    >>> sizes = pd.DataFrame({"size": [2], "share": [0.4], "base": "all profiles", "base_size": 5}, index=["VIP"])
    >>> nothing = pd.DataFrame()
    >>> page = html_report(
    ...     title="Shop", subtitle="", facts={}, faults=nothing, sizes=sizes, overlap=nothing, pages=[], not_built=nothing
    ... )
    >>> "<h1><bdi>VIP</bdi> has 2 members, 40% of all profiles</h1>" in page
    True
    """
    rows = sizes_of(sizes)
    body = [
        _header(title, subtitle, facts, rows, len(not_built), lead=lead),
        if_any("div", elements("p", notes), class_="notes"),
        _sizes(rows, [page.name for page in pages]),
        _overlap(overlap),
        _segments(pages, {row.name: row for row in rows}),
        _checks(pages),
        _listing("Not built, and why", not_built),
        _listing("Faults of the data, and what was done", faults, otherwise="No fault was found in the data."),
        element("footer", "One file without scripts. It loads nothing from the network.", class_="quiet"),
    ]
    colours = "".join(f"--{name}:{colour};" for name, colour in _COLOURS.items())
    sheet = files("segkit.command").joinpath("report.css").read_text(encoding="utf-8")
    style = element("style", Markup(f":root {{{colours}}}\n{sheet}"))
    head = element("head", HEAD, element("title", title), style)
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang='en')}\n"


def _known(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _bar(scale: int, *parts: tuple[str, int, int]) -> Markup:
    """Return a bar with parts (class, start, length; in profiles). `scale` is the number of profiles of the full width."""
    drawn = [
        element("i", class_=kind, style=f"left:{100 * start / scale:.2f}%;width:{100 * length / scale:.2f}%")
        for kind, start, length in parts
        if length
    ]
    return element("td", element("span", *drawn, class_="bar", aria_hidden="true"))


def _header(
    title: str,
    subtitle: str,
    facts: Mapping[str, str],
    rows: list[Size],
    not_built: int,
    *,
    lead: tuple[str, str, str] | None,
) -> Markup:
    empty = sum(row.size == 0 for row in rows)
    more = [f"{counted(empty, 'segment has', 'segments have')} no members."] if empty and empty < len(rows) else []
    more += [f"{counted(not_built, 'segment', 'segments')} could not be built."] if not_built else []
    listed = [element("div", element("dt", label), element("dd", value)) for label, value in facts.items()]
    return element(
        "header",
        element("p", title, class_="title"),
        element("h1", *(_finding(rows) if lead is None else (lead[0], element("bdi", lead[1]), lead[2]))),
        if_any("p", " ".join(more)),
        if_any("p", subtitle, class_="quiet"),
        if_any("dl", *listed, class_="facts"),
    )


def _finding(rows: list[Size]) -> tuple[str, ...]:
    """Return the headline: the largest segment, and how many of its members may be texted."""
    largest = max(rows, key=lambda row: row.size, default=None)
    if largest is None:
        return ("No segment was built",)
    if not largest.size:
        return (f"{counted(len(rows), 'segment')}, and nobody is in any of them",)
    name = element("bdi", largest.name)
    among = f", the largest of {len(rows):,} segments," if len(rows) > 1 else ""
    members = counted(largest.size, "member")
    if largest.sendable is None:
        return (name, f"{among} has {members}, {largest.base_share}")
    return (f"{largest.sendable:,} of {members} of ", name, f"{among} may be texted")


def _sizes(rows: list[Size], pages: list[str]) -> Markup:
    if not rows:
        return Markup()
    scale = max(1, *(max(row.size, row.before_consent or 0) for row in rows))
    columns = ["members", f"of {' or '.join(dict.fromkeys(row.base for row in rows))}"]
    legend = {"texted": "member"}
    if has_sendable := any(row.sendable is not None for row in rows):
        columns.append("may be texted")
        legend = {"texted": "may be texted", "members": "member, but may not be texted"}
    if has_unconsented := any(row.before_consent is not None for row in rows):
        columns.append("before consent")
        legend["unconsented"] = "would be a member, but for SMS consent"

    def line(row: Size) -> Markup:
        name = element("a", row.name, href=f"#segment-{pages.index(row.name)}") if row.name in pages else row.name
        strong = row.size if row.sendable is None else row.sendable
        bar = _bar(scale, ("unconsented", 0, row.before_consent or 0), ("members", 0, row.size), ("texted", 0, strong))
        numbers = [f"{row.size:,}", percent(row.share)]
        numbers += [_known(row.sendable)] * has_sendable + [_known(row.before_consent)] * has_unconsented
        told = [element("td", text, data_label=column) for text, column in zip(numbers, columns, strict=True)]
        return element("tr", element("th", name, scope="row"), bar, *told)

    swatches = [element("span", element("i", class_=kind), words) for kind, words in legend.items()]
    return element(
        "section",
        element("h2", "Sizes"),
        element("p", *swatches, class_="legend quiet"),
        table(["segment", "", *columns], [line(row) for row in rows], class_="sizes"),
    )


def _overlap(overlap: pd.DataFrame) -> Markup:
    names = list(dict.fromkeys(overlap["segment"])) if len(overlap) else []
    if len(names) < 2:
        return Markup()
    columns = (overlap[column].tolist() for column in ("segment", "other", "overlap", "containment", "jaccard"))
    pairs = {(segment, other): numbers for segment, other, *numbers in zip(*columns, strict=True)}
    most = max(both for (segment, other), (both, *_) in pairs.items() if segment != other)

    def line(segment: str) -> Markup:
        cells = [_overlap_cell(*pairs[segment, other], most=most, is_self=segment == other) for other in names]
        return element("tr", element("th", segment, scope="row"), *cells)

    heads = ["", *(element("span", name) for name in names)]
    kind = "heat few" if len(names) <= FEW else "heat"
    heat = table(heads, [line(name) for name in names], class_=kind)
    wide = element("div", heat, class_="wide", role="region", aria_label="Overlap of segments", tabindex="0")
    meanings = {
        "share": "Of the members of the row's segment, how many are also in the column's.",
        "count": "Profiles that are members of both.",
        "jaccard": "Of the profiles in either of the two, the share that is in both: 1 is the same people.",
    }
    meaning = [element("span", text, class_=kind) for kind, text in meanings.items()]
    words = element("p", *meaning, class_="quiet")
    return element("section", element("h2", "Overlap"), element("fieldset", SWITCH, words, wide))


def _overlap_cell(both: int, containment: float, jaccard: float, *, most: int, is_self: bool) -> Markup:
    numbers = {"share": percent(containment, digits=1), "count": f"{both:,}", "jaccard": likeness(jaccard)}
    inside = [element("span", text, class_=kind) for kind, text in numbers.items()]
    if is_self:
        return element("td", *inside, class_="self")
    if not both:
        return element("td", *inside, class_="none")
    return element("td", *inside, style=f"--share:{containment:.2f};--count:{both / most:.2f};--jaccard:{jaccard:.2f}")


def _segments(pages: Sequence[SegmentPage], rows: Mapping[str, Size]) -> Markup:
    sections = [_segment(page, rows.get(page.name), f"segment-{number}") for number, page in enumerate(pages)]
    if not sections:
        return Markup()
    is_unknown = all(page.waterfall is None for page in pages)
    unknown = "The data has no SMS consent, so it is not known who may be texted." if is_unknown else ""
    return element("section", element("h2", "Segment by segment"), if_any("p", unknown), *sections)


def _segment(page: SegmentPage, row: Size | None, anchor: str) -> Markup:
    numbers = [counted(row.size, "member"), row.base_share] if row else []
    numbers += [f"{row.sendable:,} may be texted"] if row and row.sendable is not None else []
    english = page.english.removeprefix(f"{page.name}: ")
    lines = [
        element("p", line.strip(), style=f"--depth:{(len(line) - len(line.lstrip())) // 2}")
        for line in (english[:1].upper() + english[1:]).splitlines()
    ]
    links = [element("li", f"{label}: ", element("a", name, href=f"./{quote(name)}")) for label, name in page.files]
    told = (
        if_any("p", page.description),
        if_any("div", *lines, class_="english"),
        if_any("ul", *links, class_="files"),
    )
    return element(
        "section",
        element("h3", page.name),
        if_any("p", " · ".join(numbers), class_="quiet"),
        element("div", element("div", *told), if_any("div", _waterfall(page.waterfall)), class_="columns"),
        class_="segment",
        id=anchor,
    )


def _waterfall(waterfall: pd.DataFrame | None) -> Markup:
    """Return the waterfall from the included members to those who may be texted. Steps that stop nobody share a line."""
    if waterfall is None:
        return Markup()
    steps = Waterfall.of(waterfall)
    if not steps.included:
        return element("p", "Nobody is included, so nobody can be texted.", class_="quiet")
    most = max((step.removed for step in steps.stops), default=0)

    def line(step: Step, kind: str) -> Markup:
        kept = "members" if step.removed else kind
        bar = _bar(steps.included, (kept, 0, step.remaining), (kind, step.remaining, step.removed))
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
        if_any("p", f"No profile was stopped by: {nobody}." if nobody else "", class_="quiet"),
        if_any("p", f"Not fully checked, see above: {lacking}." if lacking else "", class_="quiet"),
    )


def _checks(pages: Sequence[SegmentPage]) -> Markup:
    """Return what each step of the waterfalls was checked against, only once since it is the same for all segments."""
    first = next((page.waterfall for page in pages if page.waterfall is not None), None)
    if first is None or "checked_against" not in first:
        return Markup()
    steps = first.loc[first["checked_against"] != "", ["step", "meaning", "checked_against"]].iloc[1:]
    return _listing(
        "What was checked before anybody may be texted", steps.rename(columns={"checked_against": "checked against"})
    )


def _listing(title: str, listed: pd.DataFrame, *, otherwise: str = "") -> Markup:
    """Return a table unchanged, with its first column as row headers; if it has no rows, the text `otherwise` or nothing."""
    if listed.empty:
        return element("section", element("h2", title), element("p", otherwise)) if otherwise else Markup()
    rows = []
    for first, *others in listed.itertuples(index=False, name=None):
        cells = [element("td", f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in others]
        rows.append(element("tr", element("th", str(first), scope="row"), *cells))
    plain = table([str(column) for column in listed.columns], rows, class_="plain")
    return element("section", element("h2", title), element("div", plain, class_="wide"))

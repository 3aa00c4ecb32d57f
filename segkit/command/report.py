"""One self-contained HTML page about a shop's segments, from finished tables; it sees no data or conditions and writes no file."""
# Longer than the rest of the house, since a page is one thing to read from top to bottom.

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from math import isnan
from typing import Any
from urllib.parse import quote

import pandas as pd

from segkit.coverage import unchecked
from segkit.wording import counted

FEW = 8
"""Up to how many segments there is room to write the heat-map's column names level."""

BLOCKS = frozenset("dl div header section table thead tbody tr h1 h2 h3 p li ul fieldset footer".split())  # noqa: SIM905
"""Elements that end their line, so that two reports can be compared line by line."""

HEAD = """<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
"""
"""The policy keeps the page from asking the network for anything, whatever text it shows; so does the empty icon."""

SWITCH = """<input type="radio" name="by" id="by-share" checked><label for="by-share">share of the row</label>
<input type="radio" name="by" id="by-count"><label for="by-count">members in both</label>
<input type="radio" name="by" id="by-jaccard"><label for="by-jaccard">Jaccard</label>
"""


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """What the report says about one segment.

    Attributes:
        name: as in the tables of sizes and overlap.
        description: why it matters.
        english: the text of `sk.explain`, a line for each condition.
        waterfall: as `SmsAudience.waterfall`: columns `step`, `meaning`, `removed`, `remaining`, and `checked_against` where that is
            known; the first row "included", the last "sendable". None where the data has no SMS consent.
        files: a label and a file's name for each link, relative to the report, folders with forward slashes.
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
    """Return a page of HTML that needs neither network nor script, light or dark as the reader's system is.

    Args:
        title: of the page, such as the shop's name.
        subtitle: a line beneath the finding.
        facts: short labels and values, such as "as of" and the moment with its time zone; shown as given.
        faults: as `Dataset.report`: columns `table`, `column`, `fault`, `count`, `examples`, `done`; shown as given.
        sizes: as `sk.sizes` returns it; with `sendable` and `before_consent` (whom all but SMS consent lets in) where known.
        overlap: as `sk.overlap` returns it.
        pages: what is said about each segment; the table of sizes links to it.
        not_built: columns `segment`, `reason`.
        notes: what to know before trusting the numbers; shown above them.
        lead: the headline, in three parts of which the middle one is a segment's name; None says it of the largest segment.

    Returns:
        The page as text, to be written as UTF-8. The same input gives the same text.

    >>> sizes = pd.DataFrame({"size": [2], "share": [0.4], "base": "all profiles", "base_size": 5}, index=["VIP"])
    >>> nothing = pd.DataFrame()
    >>> page = html_report(
    ...     title="Shop", subtitle="", facts={}, faults=nothing, sizes=sizes, overlap=nothing, pages=[], not_built=nothing
    ... )
    >>> "<h1><bdi>VIP</bdi> has 2 members, 40.0% of all profiles</h1>" in page
    True
    """
    rows = _rows(sizes)
    body = [
        _header(title, subtitle, facts, rows, len(not_built), lead=lead),
        _if_any("div", _elements("p", notes), class_="notes"),
        _sizes(rows, [page.name for page in pages]),
        _overlap(overlap),
        _segments(pages, {row.name: row for row in rows}),
        _checks(pages),
        _listing("Not built, and why", not_built),
        _listing("Faults of the data, and what was done", faults, otherwise="No fault was found in the data."),
        _element("footer", "One file without scripts: it asks no network for anything.", class_="quiet"),
    ]
    style = files("segkit.command").joinpath("report.css").read_text(encoding="utf-8")
    head = _element("head", _Html(HEAD), _element("title", title), _element("style", _Html(style)))
    return f"<!DOCTYPE html>\n{_element('html', head, _element('body', *body), lang='en')}\n"


class _Html(str):
    """Markup that is finished; every other text is escaped on its way into an element."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table of sizes; None is what the table doesn't say."""

    name: str
    size: int
    share: float
    base: str
    sendable: int | None
    before_consent: int | None

    @property
    def base_share(self) -> str:
        return f"{_percent(self.share)} of {self.base}"


def _element(tag: str, *inside: str, **attributes: str) -> _Html:
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    text = "".join(part if isinstance(part, _Html) else escape(part) for part in inside)
    return _Html(f"<{tag}{written}>{text}</{tag}" + (">\n" if tag in BLOCKS else ">"))


def _elements(tag: str, texts: Iterable[str], **attributes: str) -> _Html:
    return _Html("".join(_element(tag, text, **attributes) for text in texts))


def _if_any(tag: str, *inside: str, **attributes: str) -> _Html:
    """Return an element, or nothing if nothing is inside."""
    return _element(tag, *inside, **attributes) if any(inside) else _Html()


def _table(kind: str, columns: Iterable[str], rows: Iterable[_Html]) -> _Html:
    heads = [_element("th", column, scope="col") if column else _element("td") for column in columns]
    return _element("table", _element("thead", _element("tr", *heads)), _element("tbody", *rows), class_=kind)


def _number(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"


def _percent(share: float, digits: int = 1) -> str:
    """Return a share in percent that is rounded neither to nothing nor to everything; a dash for a share of nothing.

    >>> [_percent(share) for share in (0, 0.0001, 0.123, 0.9999, 1, float("nan"))]
    ['0%', '<0.1%', '12.3%', '>99.9%', '100%', '—']
    """
    if isnan(share) or share in {0, 1}:
        return "—" if isnan(share) else f"{share:.0%}"
    least = 10**-digits
    if 100 * share < least or 100 * share > 100 - least:
        return f"<{least:.{digits}f}%" if share < 0.5 else f">{100 - least:.{digits}f}%"
    return f"{share:.{digits}%}"


def _bar(scale: int, *parts: tuple[str, int, int]) -> _Html:
    """Return a bar of parts (class, start, length, in profiles) where the scale is what fills the whole width."""
    drawn = [
        _element("i", class_=kind, style=f"left:{100 * start / scale:.2f}%;width:{100 * length / scale:.2f}%")
        for kind, start, length in parts
        if length
    ]
    return _element("td", _element("span", *drawn, class_="bar", aria_hidden="true"))


def _rows(sizes: pd.DataFrame) -> list[_Row]:
    def known(value: Any) -> int | None:
        return None if pd.isna(value) else int(value)

    rows = zip(sizes.index, sizes.to_dict("records"), strict=True)
    return [
        _Row(
            str(name), int(row["size"]), float(row["share"]), str(row["base"]),
            known(row.get("sendable")), known(row.get("before_consent")),
        )
        for name, row in rows
    ]  # fmt: skip


def _header(
    title: str,
    subtitle: str,
    facts: Mapping[str, str],
    rows: list[_Row],
    not_built: int,
    *,
    lead: tuple[str, str, str] | None,
) -> _Html:
    empty = sum(row.size == 0 for row in rows)
    more = [f"{counted(empty, 'segment has', 'segments have')} no members."] if empty and empty < len(rows) else []
    more += [f"{counted(not_built, 'segment', 'segments')} could not be built."] if not_built else []
    listed = [_element("div", _element("dt", label), _element("dd", value)) for label, value in facts.items()]
    return _element(
        "header",
        _element("p", title, class_="title"),
        _element("h1", *(_finding(rows) if lead is None else (lead[0], _element("bdi", lead[1]), lead[2]))),
        _if_any("p", " ".join(more)),
        _if_any("p", subtitle, class_="quiet"),
        _if_any("dl", *listed, class_="facts"),
    )


def _finding(rows: list[_Row]) -> tuple[str, ...]:
    """Return what a reader should take away: the largest segment, and how many of its members may be texted."""
    largest = max(rows, key=lambda row: row.size, default=None)
    if largest is None:
        return ("No segment was built",)
    if not largest.size:
        return (f"{counted(len(rows), 'segment')}, and nobody is in any of them",)
    name = _element("bdi", largest.name)
    among = f", the largest of {len(rows):,} segments," if len(rows) > 1 else ""
    members = counted(largest.size, "member")
    if largest.sendable is None:
        return (name, f"{among} has {members}, {largest.base_share}")
    return (f"{largest.sendable:,} of {members} of ", name, f"{among} may be texted")


def _sizes(rows: list[_Row], pages: list[str]) -> _Html:
    if not rows:
        return _Html()
    scale = max(1, *(max(row.size, row.before_consent or 0) for row in rows))
    columns = ["members", f"of {' or '.join(dict.fromkeys(row.base for row in rows))}"]
    legend = {"texted": "member"}
    if has_sendable := any(row.sendable is not None for row in rows):
        columns.append("may be texted")
        legend = {"texted": "may be texted", "members": "member, but may not be texted"}
    if has_unconsented := any(row.before_consent is not None for row in rows):
        columns.append("before consent")
        legend["unconsented"] = "would be a member, but for SMS consent"

    def line(row: _Row) -> _Html:
        name = _element("a", row.name, href=f"#segment-{pages.index(row.name)}") if row.name in pages else row.name
        strong = row.size if row.sendable is None else row.sendable
        bar = _bar(scale, ("unconsented", 0, row.before_consent or 0), ("members", 0, row.size), ("texted", 0, strong))
        numbers = [_number(row.size), _percent(row.share)]
        numbers += [_number(row.sendable)] * has_sendable + [_number(row.before_consent)] * has_unconsented
        told = [_element("td", text, data_label=column) for text, column in zip(numbers, columns, strict=True)]
        return _element("tr", _element("th", name, scope="row"), bar, *told)

    swatches = [_element("span", _element("i", class_=kind), words) for kind, words in legend.items()]
    return _element(
        "section",
        _element("h2", "Sizes"),
        _element("p", *swatches, class_="legend quiet"),
        _table("sizes", ["segment", "", *columns], [line(row) for row in rows]),
    )


def _overlap(table: pd.DataFrame) -> _Html:
    names = list(dict.fromkeys(table["segment"])) if len(table) else []
    if len(names) < 2:
        return _Html()
    columns = (table[column].tolist() for column in ("segment", "other", "overlap", "containment", "jaccard"))
    pairs = {(segment, other): numbers for segment, other, *numbers in zip(*columns, strict=True)}
    most = max(both for (segment, other), (both, *_) in pairs.items() if segment != other)

    def line(segment: str) -> _Html:
        cells = [_overlap_cell(*pairs[segment, other], most=most, is_self=segment == other) for other in names]
        return _element("tr", _element("th", segment, scope="row"), *cells)

    kind = "heat few" if len(names) <= FEW else "heat"
    heads = ["", *(_element("span", name) for name in names)]
    heat = _table(kind, heads, [line(name) for name in names])
    wide = _element("div", heat, class_="wide", role="region", aria_label="Overlap of segments", tabindex="0")
    meanings = {
        "share": "Of the members of the row's segment, how many are also in the column's.",
        "count": "Profiles that are members of both.",
        "jaccard": "Of the profiles in either of the two, the share that is in both: 1 is the same people.",
    }
    meaning = [_element("span", text, class_=kind) for kind, text in meanings.items()]
    words = _element("p", *meaning, class_="quiet")
    return _element("section", _element("h2", "Overlap"), _element("fieldset", _Html(SWITCH), words, wide))


def _overlap_cell(both: int, containment: float, jaccard: float, *, most: int, is_self: bool) -> _Html:
    likeness = "—" if isnan(jaccard) else "0" if not both else f"{jaccard:.2f}" if jaccard >= 0.01 else "<0.01"
    numbers = {"share": _percent(containment, 0), "count": _number(both), "jaccard": likeness}
    inside = [_element("span", text, class_=kind) for kind, text in numbers.items()]
    if is_self:
        return _element("td", *inside, class_="self")
    if not both:
        return _element("td", *inside, class_="none")
    return _element("td", *inside, style=f"--share:{containment:.2f};--count:{both / most:.2f};--jaccard:{jaccard:.2f}")


def _segments(pages: Sequence[SegmentPage], rows: Mapping[str, _Row]) -> _Html:
    sections = [_segment(page, rows.get(page.name), f"segment-{number}") for number, page in enumerate(pages)]
    if not sections:
        return _Html()
    is_unknown = all(page.waterfall is None for page in pages)
    unknown = "The data has no SMS consent, so nothing says who may be texted." if is_unknown else ""
    return _element("section", _element("h2", "Segment by segment"), _if_any("p", unknown), *sections)


def _segment(page: SegmentPage, row: _Row | None, anchor: str) -> _Html:
    numbers = [counted(row.size, "member"), row.base_share] if row else []
    numbers += [f"{row.sendable:,} may be texted"] if row and row.sendable is not None else []
    english = page.english.removeprefix(f"{page.name}: ")
    lines = [
        _element("p", line.strip(), style=f"--depth:{(len(line) - len(line.lstrip())) // 2}")
        for line in (english[:1].upper() + english[1:]).splitlines()
    ]
    links = [_element("li", f"{label}: ", _element("a", name, href=f"./{quote(name)}")) for label, name in page.files]
    told = (
        _if_any("p", page.description),
        _if_any("div", *lines, class_="english"),
        _if_any("ul", *links, class_="files"),
    )
    return _element(
        "section",
        _element("h3", page.name),
        _if_any("p", " · ".join(numbers), class_="quiet"),
        _element("div", _element("div", *told), _if_any("div", _waterfall(page.waterfall)), class_="columns"),
        class_="segment",
        id=anchor,
    )


def _waterfall(table: pd.DataFrame | None) -> _Html:
    """Return the way from the included members to who may be texted; steps that stop nobody share one line."""
    if table is None:
        return _Html()
    columns = (table[column].tolist() for column in ("step", "meaning", "removed", "remaining"))
    (_, _, _, included), *stops, (_, _, _, sendable) = zip(*columns, strict=True)
    if not included:
        return _element("p", "Nobody is included, so nobody can be texted.", class_="quiet")
    most = max((removed for _, _, removed, _ in stops), default=0)

    def line(words: str, kind: str, removed: int, remaining: int) -> _Html:
        bar = _bar(included, ("members" if removed else kind, 0, remaining), (kind, remaining, removed))
        gone = _element("td", f"−{removed:,}" if removed else "")  # noqa: RUF001  # a minus sign, as wide as the digits
        return _element("tr", _element("th", words, scope="row"), bar, gone, _element("td", f"{remaining:,}"))

    removals = [
        line(meaning, "most" if removed == most else "removed", removed, remaining)
        for _, meaning, removed, remaining in stops
        if removed
    ]
    rows = [line("included", "members", 0, included), *removals, line("may be texted", "texted", 0, sendable)]
    lacking = unchecked(table)
    nobody = ", ".join(step for step, _, removed, _ in stops if not removed and step not in lacking)
    return _Html(
        _table("waterfall", ["step", "", "stopped", "left"], rows)
        + _if_any("p", f"No one stopped at: {nobody}." if nobody else "", class_="quiet")
        + _if_any("p", f"Not fully checked, see above: {', '.join(lacking)}." if lacking else "", class_="quiet")
    )


def _checks(pages: Sequence[SegmentPage]) -> _Html:
    """Return what each step of the waterfalls was checked against, once, since it is the same for all segments."""
    table = next((page.waterfall for page in pages if page.waterfall is not None), None)
    if table is None or "checked_against" not in table:
        return _Html()
    steps = table.loc[table["checked_against"] != "", ["step", "meaning", "checked_against"]].iloc[1:]
    return _listing(
        "What was checked before anybody may be texted", steps.rename(columns={"checked_against": "checked against"})
    )


def _listing(title: str, table: pd.DataFrame, *, otherwise: str = "") -> _Html:
    """Return a table as it is, its first column naming the row; a sentence, or nothing at all, if it has no rows."""
    if table.empty:
        return _element("section", _element("h2", title), _element("p", otherwise)) if otherwise else _Html()
    rows = []
    for first, *others in table.itertuples(index=False, name=None):
        cells = [_element("td", f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in others]
        rows.append(_element("tr", _element("th", str(first), scope="row"), *cells))
    listed = _element("div", _table("plain", [str(column) for column in table.columns], rows), class_="wide")
    return _element("section", _element("h2", title), listed)

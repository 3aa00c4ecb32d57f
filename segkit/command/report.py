"""Render the HTML report about a shop's segments from finished tables. `build.py` computes the tables and writes the file."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

import pandas as pd

from segkit.command.report_segments import UP, SegmentPage, bar_cell, checks, listing, segment_sections
from segkit.drawing import palette
from segkit.drawing.html import Markup, element, elements, if_any, pieces, table
from segkit.drawing.tables import Size, sizes_of
from segkit.wording import counted, likeness, percent

FEW: Final = 8
"""The largest number of segments for which the column names of the heat map are horizontal."""

HEAD: Final = Markup("""<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
""")
"""The policy and the empty icon keep the page from loading anything from the network, whatever text it shows."""

SWITCH: Final = Markup("""<input type="radio" name="by" id="by-share" checked><label for="by-share">share of the row</label>
<input type="radio" name="by" id="by-count"><label for="by-count">members in both</label>
<input type="radio" name="by" id="by-jaccard"><label for="by-jaccard">likeness</label>
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


def html_report(
    *,
    title: str,
    subtitle: str,
    facts: Mapping[str, str],
    issues: pd.DataFrame,
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
        facts: short labels and values, such as "as of" and the date with its time zone, shown unchanged.
        issues: a table like `Dataset.report`: columns `table`, `column`, `issue`, `count`, `examples`, `resolution`, shown unchanged.
        sizes: as returned by `sk.sizes`, possibly with `sendable` and `before_consent` (members without the SMS consent condition).
        overlap: as returned by `sk.overlap`.
        pages: a section for each segment. The table of sizes links to it.
        not_built: columns `segment`, `reason`.
        notes: what to know before trusting the numbers, shown above them.
        lead: the headline as text, a segment's name and more text; None makes a headline about the largest segment.

    Returns:
        The page as text, to be saved as UTF-8. The same input gives the same text.

    >>> sizes = pd.DataFrame({"size": [2], "share": [0.4], "base": "all profiles", "base_size": 5}, index=["VIP"])
    >>> nothing = pd.DataFrame()
    >>> page = html_report(
    ...     title="Shop", subtitle="", facts={}, issues=nothing, sizes=sizes, overlap=nothing, pages=[], not_built=nothing
    ... )
    >>> "<h1><bdi>VIP</bdi> has 2 members, 40% of all profiles</h1>" in page
    True
    """
    rows, same = sizes_of(sizes), _same(overlap)
    sections = [
        _section("Sizes", _sizes(rows, [page.name for page in pages], same)),
        _section("Overlap", _overlap(overlap)),
        _section("Segment by segment", segment_sections(pages, {row.name: row for row in rows}, same)),
        _section("What was checked before anybody may be texted", checks(pages)),
        _section("Not built, and why", listing(not_built)),
        _section(
            "Data issues and their resolutions", listing(issues) or element("p", "No issue was found in the data.")
        ),
    ]
    body = [
        _header(title, subtitle, facts, rows, len(not_built), lead=lead),
        if_any("div", elements("p", notes), class_="notes"),
        _contents([name for name, drawn in sections if drawn]),
        *(drawn for _, drawn in sections),
        element("footer", "One file without scripts. It loads nothing from the network.", class_="quiet"),
    ]
    colours = "".join(f"--{name}:{colour};" for name, colour in _COLOURS.items())
    sheet = files("segkit.command").joinpath("report.css").read_text(encoding="utf-8")
    style = element("style", Markup(f":root {{{colours}}}\n{sheet}"))
    head = element("head", HEAD, element("title", title), style)
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body, id='top'), lang='en')}\n"


def _section(title: str, *inside: Markup) -> tuple[str, Markup]:
    """Return a section with its title, which the contents link to, or empty markup if there is nothing in it."""
    drawn = element("section", element("h2", title, " ", UP), *inside, id=_anchor(title)) if any(inside) else Markup()
    return title, drawn


def _anchor(title: str) -> str:
    return title.partition(",")[0].lower().replace(" ", "-")


def _contents(titles: Sequence[str]) -> Markup:
    links = [element("a", title, href=f"#{_anchor(title)}") for title in titles]
    return element("nav", *links, class_="contents", aria_label="Contents")


def _same(overlap: pd.DataFrame) -> dict[str, list[str]]:
    """Return for each segment with members the others that have exactly the same ones."""
    found: dict[str, list[str]] = {}
    if len(overlap):
        alike = overlap[(overlap["jaccard"] == 1) & (overlap["segment"] != overlap["other"])]
        for segment, other in zip(alike["segment"], alike["other"], strict=True):
            found.setdefault(str(segment), []).append(str(other))
    return found


def _known(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


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
    """Return the headline, which names the largest segment and how many of its members may be texted."""
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
    people = counted(largest.sendable, "person", "people")
    return (f"{people} may be texted, of the {members} of ", name)


def _sizes(rows: list[Size], pages: list[str], same: Mapping[str, list[str]]) -> Markup:
    if not rows:
        return Markup()
    scale = max(1, *(max(row.size, row.before_consent or 0) for row in rows))
    columns = ["members", f"of {' or '.join(dict.fromkeys(row.base for row in rows))}"]
    legend = {"texted": "member"}
    if has_sendable := any(row.sendable is not None for row in rows):
        columns.append("may be texted")
        legend = {"texted": "may be texted", "members": "member who can't be texted"}
    if has_unconsented := any(row.before_consent is not None for row in rows):
        columns.append("before consent")
        legend["unconsented"] = "would be a member, but for SMS consent"

    def line(row: Size) -> Markup:
        name = element("a", row.name, href=f"#segment-{pages.index(row.name)}") if row.name in pages else row.name
        others = f"same as {' and '.join(same[row.name])}" if row.name in same else ""
        strong = row.size if row.sendable is None else row.sendable
        bar = bar_cell(
            scale, ("unconsented", 0, row.before_consent or 0), ("members", 0, row.size), ("texted", 0, strong)
        )
        numbers = [f"{row.size:,}", percent(row.share)]
        numbers += [_known(row.sendable)] * has_sendable + [_known(row.before_consent)] * has_unconsented
        told = [element("td", text, data_label=column) for text, column in zip(numbers, columns, strict=True)]
        alike = if_any("span", others, class_="quiet")
        return element("tr", element("th", name, alike, scope="row"), bar, *told)

    swatches = [element("span", element("i", class_=kind), words) for kind, words in legend.items()]
    return pieces(
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
        "jaccard": "Of the profiles in either of the two, the part that is in both (Jaccard): 1 is the same people.",
    }
    meaning = [element("span", text, class_=kind) for kind, text in meanings.items()]
    words = element("p", *meaning, class_="quiet")
    return element("fieldset", SWITCH, words, wide)


def _overlap_cell(both: int, containment: float, jaccard: float, *, most: int, is_self: bool) -> Markup:
    numbers = {"share": percent(containment, digits=1), "count": f"{both:,}", "jaccard": likeness(jaccard)}
    inside = [element("span", text, class_=kind) for kind, text in numbers.items()]
    if is_self:
        return element("td", *inside, class_="self")
    if not both:
        return element("td", *inside, class_="none")
    return element("td", *inside, style=f"--share:{containment:.2f};--count:{both / most:.2f};--jaccard:{jaccard:.2f}")

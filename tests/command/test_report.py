"""What the report of a shop's segments shows, read back from its HTML; how it looks is for eyes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from contrast import READABLE, contrast

import segkit as sk
from segkit.command.report import html_report
from segkit.command.report_segments import SegmentPage
from segkit.drawing import palette

VOID = {"meta", "link", "input"}
HOSTILE = """<script>alert(1)</script></style></title>"onmouseover='x' &amp; <img src=http://example.com/x>"""


@dataclass
class Element:
    """An element of the page: its tag, attributes and what is inside, texts and elements in order."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Any] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """Yield every element beneath, in the order of the page."""
        for part in self.inside:
            if isinstance(part, Element):
                yield part
                yield from part.walk()

    def all(self, tag: str, kind: str | None = None) -> list["Element"]:
        """Return the elements of a tag, of a class if one is given."""
        return [e for e in self.walk() if e.tag == tag and (kind is None or kind in e.classes)]

    @property
    def classes(self) -> list[str]:
        """Its classes, in order."""
        return (self.attributes.get("class") or "").split()

    @property
    def text(self) -> str:
        """All text within, in order."""
        return "".join(part.text if isinstance(part, Element) else part for part in self.inside)

    @property
    def cells(self) -> list[str]:
        """The text of each element directly within, such as the cells of a row."""
        return [part.text for part in self.inside if isinstance(part, Element)]

    @property
    def style(self) -> dict[str, float]:
        """The numbers of the element's own style, by property."""
        written = self.attributes.get("style") or ""
        return {name: float(number) for name, number in re.findall(r"([\w-]+):([\d.]+)", written)}


class _Reader(HTMLParser):
    """Read a page strictly: every element that opens closes, and in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(page: str) -> Element:
    """Return the page as a tree."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1
    return reader.open[0]


def overlap_of(names: list[str], both: list[list[int]]) -> pd.DataFrame:
    """Return the table that `sk.overlap` would, from how many are in each two segments."""
    rows = []
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            size, other_size, shared = both[i][i], both[j][j], both[i][j]
            either = size + other_size - shared
            shares = (shared / size if size else float("nan"), shared / either if either else float("nan"))
            rows.append((one, other, size, other_size, shared, *shares))
    return pd.DataFrame(rows, columns=["segment", "other", "size", "other_size", "overlap", "containment", "jaccard"])


NAMES = ["Subscribers", "VIP", "Nobody"]
SIZES = pd.DataFrame(
    {"size": [4_000, 1_000, 0], "share": [0.4, 0.1, 0.0], "base": "all profiles", "base_size": 10_000, "sendable": [3_000, 1, 0]},
    index=pd.Index(NAMES, name="segment"),
)  # fmt: skip
OVERLAP = overlap_of(NAMES, [[4_000, 999, 0], [999, 1_000, 0], [0, 0, 0]])
STEPS = [
    ("included", "in an included segment", 0, 4_000),
    ("excluded", "in an excluded segment", 0, 4_000),
    ("no phone", "no phone number", 100, 3_900),
    ("just texted", "texted within the smart-sending window", 900, 3_000),
    ("same number", "another profile with the same number is the recipient", 0, 3_000),
    ("sendable", "sent to", 0, 3_000),
]
WATERFALL = pd.DataFrame(STEPS, columns=["step", "meaning", "removed", "remaining"])
NO_ONE = WATERFALL.assign(removed=0, remaining=0)
SUBSCRIBERS = SegmentPage(
    "Subscribers",
    "Everybody who may be texted.",
    "Subscribers: profiles that\n  can receive SMS marketing\n  and any of:\n    have Age at least 18\n    or have City set",
    WATERFALL,
    (("to send to", "send/subscribers 1.csv"),),
)
PAGES = [
    SUBSCRIBERS,
    SegmentPage("VIP", "The best.", "VIP: profiles that\n  spent more than 200", WATERFALL, ()),
    SegmentPage("Nobody", "", "Nobody: nobody", NO_ONE, ()),
]
ISSUES = pd.DataFrame(
    [("profiles", "phone_number", "not in E.164", 1_503, "'(415) •••-••••'", "converted to E.164")],
    columns=["table", "column", "issue", "count", "examples", "resolution"],
)
NOTHING = pd.DataFrame()


def report(**changes: Any) -> str:
    """Return the report of a small shop, with changes."""
    given = {
        "title": "Sample shop",
        "subtitle": "All segments",
        "facts": {"profiles": "10,000", "as of": "2026-06-30 23:44 UTC"},
        "issues": ISSUES,
        "sizes": SIZES,
        "overlap": OVERLAP,
        "pages": PAGES,
        "not_built": pd.DataFrame({"segment": ["Nearby"], "reason": ["No postal code 99999."]}),
        "notes": ("No value of 'Age' reads as a number.",),
    }
    return html_report(**given | changes)


def sizes_rows(page: Element) -> dict[str, Element]:
    """Return the rows of the table of sizes by segment."""
    (table,) = page.all("table", "sizes")
    return {row.cells[0]: row for row in table.all("tbody")[0].all("tr")}


def bars(row: Element) -> dict[str, dict[str, float]]:
    """Return where each part of a row's bar starts and how wide it is, in percent, by class."""
    return {part.classes[0]: part.style for part in row.all("i")}


def test_every_segment_stands_in_the_table_with_its_numbers():
    """A segment's members, share and who may be texted are printed, thousands apart."""
    rows = sizes_rows(read(report()))
    assert {name: row.cells[2:] for name, row in rows.items()} == {
        "Subscribers": ["4,000", "40%", "3,000"],
        "VIP": ["1,000", "10%", "1"],
        "Nobody": ["0", "0%", "0"],
    }


def test_bars_are_as_long_as_their_numbers():
    """On one scale for all segments, width is in proportion to profiles, and the longest bar fills the width."""
    rows = sizes_rows(read(report()))
    assert bars(rows["Subscribers"])["members"] == {"left": 0, "width": 100}
    assert bars(rows["Subscribers"])["texted"] == {"left": 0, "width": 75}
    assert bars(rows["VIP"])["members"]["width"] == 25
    assert bars(rows["VIP"])["texted"]["width"] == pytest.approx(100 / 4_000, abs=0.005)


def test_an_empty_segment_is_visible():
    """Nobody in a segment is a finding: its row says 0, its bar has no parts, and the top of the page counts it."""
    page = read(report())
    assert bars(sizes_rows(page)["Nobody"]) == {}
    assert "1 segment has no members." in page.all("header")[0].text
    assert "Nobody is included" in page.all("section", "segment")[2].text


def test_who_would_be_a_member_but_for_consent_is_the_outermost_part():
    """Where it is known, the bar shows the size before consent is asked for, and it sets the scale."""
    rows = sizes_rows(read(report(sizes=SIZES.assign(before_consent=[8_000, 1_000, 5]))))
    assert bars(rows["Subscribers"])["unconsented"]["width"] == 100
    assert bars(rows["Subscribers"])["members"]["width"] == 50
    assert rows["Nobody"].cells[-1] == "5"


def test_without_consent_there_is_one_part_and_no_column_of_who_may_be_texted():
    """Data without SMS consent says so once, and no number pretends otherwise."""
    pages = [replace(page, waterfall=None) for page in PAGES]
    page = read(report(sizes=SIZES.drop(columns="sendable"), pages=pages))
    assert "may be texted" not in page.all("table", "sizes")[0].text
    assert not page.all("table", "waterfall")
    assert page.text.count("no SMS consent") == 1
    assert bars(sizes_rows(page)["VIP"])["texted"]["width"] == 25


@pytest.mark.parametrize(
    ("sizes", "finding"),
    [
        (SIZES, "3,000 people may be texted, of the 4,000 members of Subscribers"),
        (SIZES.drop(columns="sendable"), "Subscribers, the largest of 3 segments, has 4,000 members, 40% of all profiles"),
        (SIZES.loc[["VIP"]], "1 person may be texted, of the 1,000 members of VIP"),
        (SIZES.loc[["Nobody"]], "1 segment, and nobody is in any of them"),
        (SIZES.iloc[:0], "No segment was built"),
    ],
)  # fmt: skip
def test_the_headline_says_the_finding(sizes: pd.DataFrame, finding: str):
    """The heading is a sentence about the numbers, whatever there is of them."""
    assert [heading.text for heading in read(report(sizes=sizes)).all("h1")] == [finding]


def test_a_lead_takes_the_place_of_the_finding():
    """Where nobody may be texted, the page leads with who would match, its segment's name as isolated as ever."""
    heading = ("1,053 profiles match ", "<VIP>", "; nobody may be texted until SMS consent is in the data")
    page = report(lead=heading)
    assert [found.text for found in read(page).all("h1")] == ["".join(heading)]
    assert "<bdi>&lt;VIP&gt;</bdi>" in page


def test_the_waterfall_adds_up_as_printed():
    """Printed numbers go from included to who may be texted, each step taking what it says."""
    for section in read(report()).all("section", "segment")[:2]:
        rows = section.all("table", "waterfall")[0].all("tbody")[0].all("tr")
        printed = [(int(gone.replace("−", "-").replace(",", "") or 0), int(left.replace(",", ""))) for *_, gone, left in (row.cells for row in rows)]  # fmt: skip  # noqa: RUF001
        lefts = [left for _, left in printed]
        assert all(before + gone == left for before, (gone, left) in zip(lefts, printed[1:], strict=False))
        assert (lefts[0], lefts[-1]) == (4_000, 3_000)


def test_the_waterfalls_bars_are_a_staircase():
    """What a step takes starts where what it leaves ends, and together they are what the step before left."""
    (table, *_) = read(report()).all("table", "waterfall")
    first, phone, texted, last = (bars(row) for row in table.all("tbody")[0].all("tr"))
    assert first["members"]["width"] == 100
    assert phone == {"members": {"left": 0, "width": 97.5}, "removed": {"left": 97.5, "width": 2.5}}
    assert texted == {"members": {"left": 0, "width": 75}, "most": {"left": 75, "width": 22.5}}
    assert last == {"texted": {"left": 0, "width": 75}}


def test_steps_that_stopped_no_one_share_one_line():
    """The table has only the steps that matter; the others are named, so that no one wonders whether they were checked."""
    section = read(report()).all("section", "segment")[0]
    words = [row.cells[0] for row in section.all("table", "waterfall")[0].all("tbody")[0].all("tr")]
    assert words == ["included", "no phone number", "texted within the smart-sending window", "may be texted"]
    assert "Stopped nobody: excluded, same number." in section.text


def test_a_segments_section_says_it_in_english_and_why_and_where_the_files_are():
    """Conditions keep their lines and depth, the name isn't said twice, and links lead to the files beside the page."""
    section = read(report()).all("section", "segment")[0]
    lines = section.all("div", "english")[0].all("p")
    assert [line.text for line in lines][:2] == ["Profiles that", "can receive SMS marketing"]
    assert [line.style["--depth"] for line in lines] == [0, 1, 1, 2, 2]
    assert "Everybody who may be texted." in section.text
    assert "4,000 members · 40% of all profiles · 3,000 may be texted" in section.text
    assert [(link.text, link.attributes["href"]) for link in section.all("ul", "files")[0].all("a")] == [
        ("send/subscribers 1.csv", "./send/subscribers%201.csv")
    ]


def test_the_table_of_sizes_links_to_the_sections():
    """Every link within the page has where it leads to."""
    page = read(report())
    links = {link.text: link.attributes["href"] for link in page.all("table", "sizes")[0].all("a")}
    sections = {
        e.all("h3")[0].text.removesuffix(" ↑"): f"#{e.attributes['id']}" for e in page.all("section", "segment")
    }
    assert links == sections
    assert list(links) == NAMES


def test_the_contents_lead_to_every_section_and_back():
    """Each section that is there is in the contents, in order, and has a way up; one without content is in neither."""
    page = read(report())
    (contents,) = page.all("nav", "contents")
    links = {link.text: link.attributes["href"] for link in contents.all("a")}
    sections = [part for part in page.all("section") if part.all("h2")]
    assert links == {part.all("h2")[0].text.removesuffix(" ↑"): f"#{part.attributes['id']}" for part in sections}
    assert list(links) == [
        "Sizes",
        "Overlap",
        "Segment by segment",
        "Not built, and why",
        "Data issues and their resolutions",
    ]
    assert {up.attributes["href"] for up in page.all("a", "up")} == {"#top"}
    assert page.all("body")[0].attributes["id"] == "top"
    assert "Overlap" not in read(report(overlap=NOTHING)).all("nav")[0].text


def test_segments_of_the_same_members_say_so():
    """Two segments with exactly the same members name each other, in the table and in their sections; empty ones are not the same."""
    names = ["Subscribers", "VIP", "Nobody", "Nothing"]
    overlap = overlap_of(names, [[1_000, 1_000, 0, 0], [1_000, 1_000, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    page = read(report(overlap=overlap))
    assert [row.cells[0] for row in page.all("table", "sizes")[0].all("tbody")[0].all("tr")] == [
        "Subscriberssame as VIP",
        "VIPsame as Subscribers",
        "Nobody",
    ]
    vip = page.all("section", "segment")[1]
    assert "The same members as Subscribers." in vip.text
    assert "#segment-0" in [link.attributes["href"] for link in vip.all("a")]
    assert "same" not in page.all("section", "segment")[2].text


def test_a_waterfall_is_folded_below_its_main_reasons():
    """The line that unfolds it says how many can't be texted and why; with only one segment it is open."""
    (details,) = read(report()).all("section", "segment")[0].all("details")
    assert details.all("summary")[0].text == (
        "1,000 can't be texted: texted within the smart-sending window (900); no phone number (100)"
    )
    assert "open" not in details.attributes
    (alone,) = read(report(pages=[SUBSCRIBERS])).all("details")
    assert "open" in alone.attributes
    everybody = WATERFALL.assign(removed=0, remaining=4_000)
    (whole,) = read(report(pages=[replace(SUBSCRIBERS, waterfall=everybody)])).all("summary")
    assert whole.text == "All of them may be texted"


def test_overlap_is_told_in_three_ways():
    """Each cell holds the share of the row, the members in both and Jaccard; the segment with itself is set apart."""
    rows = read(report()).all("table", "heat")[0].all("tbody")[0].all("tr")
    told = {row.cells[0]: [[way.text for way in cell.all("span")] for cell in row.all("td")] for row in rows}
    assert told["VIP"] == [[">99%", "999", "0.25"], ["100%", "1,000", "1"], ["0%", "0", "0"]]
    assert told["Nobody"][0] == ["—", "0", "0"]
    assert [["self" in cell.classes for cell in row.all("td")].index(True) for row in rows] == [0, 1, 2]


def test_overlap_is_coloured_by_its_number():
    """Shares colour as they are, counts as a part of the largest count between two different segments."""
    rows = read(report()).all("table", "heat")[0].all("tbody")[0].all("tr")
    assert rows[0].all("td")[1].style == {"--share": 0.25, "--count": 1.0, "--jaccard": 0.25}
    assert rows[0].all("td")[2].style == {}


def test_the_ways_to_tell_overlap_are_switched_without_script():
    """Three radio inputs of one name, one of them checked, stand before the table that the style sheet switches by them."""
    (fieldset,) = read(report()).all("fieldset")
    parts = [part for part in fieldset.inside if isinstance(part, Element)]
    inputs = [part.attributes for part in parts if part.tag == "input"]
    assert [which["id"] for which in inputs] == ["by-share", "by-count", "by-jaccard"]
    assert len({which["name"] for which in inputs}) == 1
    assert [which["id"] for which in inputs if "checked" in which] == ["by-share"]
    assert parts[-1].classes == ["wide"]
    assert [part.attributes["for"] for part in parts if part.tag == "label"] == [which["id"] for which in inputs]


def test_one_segment_has_nothing_to_overlap_with():
    """A table of one cell says nothing, so it is left out."""
    assert not read(report(overlap=overlap_of(["VIP"], [[5]]))).all("table", "heat")
    assert not read(report(overlap=NOTHING)).all("table", "heat")


def test_what_was_not_built_and_the_faults_and_the_notes_are_told():
    """Whatever should make a reader careful is on the page with its reason."""
    page = read(report())
    not_built, issues = page.all("table", "plain")
    assert [row.cells for row in not_built.all("tr")] == [["segment", "reason"], ["Nearby", "No postal code 99999."]]
    assert issues.all("tr")[1].cells[2:4] == ["not in E.164", "1,503"]
    assert "1 segment could not be built." in page.all("header")[0].text
    assert "No value of 'Age' reads as a number." in page.all("div", "notes")[0].text


def test_a_clean_run_says_so():
    """Data without issues is said to have none; headings without content are left out."""
    page = read(report(issues=ISSUES.iloc[:0], not_built=NOTHING, notes=()))
    assert "No issue was found in the data." in page.text
    assert "Not built" not in page.text
    assert not page.all("div", "notes")


def test_hostile_text_stays_text():
    """Names, descriptions, reasons and file names can't add, close or change an element; they are read back as written."""
    names = {"VIP": HOSTILE}
    page = replace(
        PAGES[1],
        name=HOSTILE,
        description=HOSTILE,
        english=f"{HOSTILE}: {HOSTILE}\n  {HOSTILE}",
        files=((HOSTILE, HOSTILE),),
    )
    hostile = read(
        report(
            title=HOSTILE, subtitle=HOSTILE, facts={"profiles": HOSTILE, HOSTILE: "5"}, notes=(HOSTILE,),
            sizes=SIZES.rename(index=names).assign(base=HOSTILE), overlap=OVERLAP.replace(names),
            pages=[PAGES[0], page, PAGES[2]], issues=ISSUES.assign(examples=HOSTILE, resolution=HOSTILE),
            not_built=pd.DataFrame({"segment": [HOSTILE], "reason": [HOSTILE]}),
        )
    )  # fmt: skip
    plain = read(report(pages=[PAGES[0], replace(PAGES[1], files=(("to send to", "vip.csv"),)), PAGES[2]]))
    assert [(e.tag, sorted(e.attributes)) for e in hostile.walk()] == [
        (e.tag, sorted(e.attributes)) for e in plain.walk()
    ]
    assert HOSTILE in sizes_rows(hostile)
    assert [heading.text for heading in hostile.all("h3")][1] == f"{HOSTILE} ↑"
    assert hostile.all("title")[0].text == HOSTILE


@pytest.mark.parametrize(
    "name", ["javascript:alert(1)", "//example.com/x", "http://example.com/x", "a b&c#d?e%.csv", HOSTILE]
)
def test_a_link_to_a_file_can_lead_nowhere_else(name: str):
    """Whatever a file is called, its link is relative to the page."""
    page = read(report(pages=[replace(SUBSCRIBERS, files=(("file", name),))]))
    (href,) = [link.attributes["href"] for link in page.all("ul", "files")[0].all("a")]
    assert re.fullmatch(r"\./[\w./%~-]+", href)


def test_the_page_asks_no_network():
    """There is no script and nothing to fetch, and the page's own policy forbids both."""
    text = report()
    page = read(text)
    assert not page.all("script")
    assert not re.search(r"https?:|url\(|@import|\bsrc=|<script", text, re.IGNORECASE)
    assert all(re.match(r"#|\./|data:,", e.attributes["href"] or "") for e in page.walk() if "href" in e.attributes)
    policy = next(e.attributes["content"] for e in page.all("meta") if "http-equiv" in e.attributes)
    assert policy.startswith("default-src 'none'")


def test_both_themes_have_their_colours():
    """The page follows the reader's light or dark system, in Okabe-Ito blue with orange for what to look at."""
    style = read(report()).all("style")[0].text
    light, dark = style.split("prefers-color-scheme: dark")
    assert {"#0072B2", "#E69F00", "#ffffff"} <= set(re.findall(r"#\w{6}", light))
    assert {"#56B4E9", "#14181c"} <= set(re.findall(r"#\w{6}", dark))
    used = set(re.findall(r"var\((--\w+)\)", style)) - {"--depth"}
    assert used <= set(re.findall(r"(--\w+):", style))


def test_tables_can_be_heard():
    """Every heading cell says what it heads, and bars are silent beside the numbers they draw."""
    page = read(report())
    assert all(e.attributes.get("scope") in {"col", "row"} for e in page.all("th"))
    assert page.all("span", "bar")
    assert all(e.attributes.get("aria-hidden") == "true" for e in page.all("span", "bar"))


def test_the_same_tables_give_the_same_page():
    """The page is a function of its arguments, which it leaves as they were."""
    before = [table.copy() for table in (SIZES, OVERLAP, ISSUES, WATERFALL)]
    assert report() == report()
    for table, copy in zip((SIZES, OVERLAP, ISSUES, WATERFALL), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_twenty_segments_stay_small():
    """Twenty segments with long names take less than 250 KB."""
    names = [f"Segment number {number} with rather a long name" for number in range(20)]
    sizes = pd.concat([SIZES.iloc[:1]] * 20).set_axis(names)
    overlap = overlap_of(names, [[4_000 if i == j else 999 for i in range(20)] for j in range(20)])
    pages = [replace(SUBSCRIBERS, name=name, english=SUBSCRIBERS.english * 5) for name in names]
    page = report(sizes=sizes, overlap=overlap, pages=pages)
    assert len(page.encode()) < 250_000
    assert len(read(page).all("section", "segment")) == 20


def test_it_takes_the_tables_that_segkit_makes(tiny_shop: sk.Dataset):
    """Sizes, overlap, waterfall, explanation and issue report go in as they come out."""
    segments = [
        sk.Segment("Textable", sk.can_receive("sms"), "May be texted."),
        sk.Segment("Ordered", sk.did("Placed Order")),
        sk.Segment("Rich", sk.spent("Placed Order", more_than=1_000_000)),
    ]
    who = sk.membership(segments, tiny_shop)
    sends = {segment.name: sk.audience([segment], tiny_shop) for segment in segments}
    pages = [SegmentPage(s.name, s.description, sk.explain(s), sends[s.name].waterfall, ()) for s in segments]
    sizes = sk.sizes(who).assign(sendable=[send.size for send in sends.values()])
    page = read(report(sizes=sizes, overlap=sk.overlap(who), pages=pages, issues=tiny_shop.report))
    printed = {name: row.cells[2] for name, row in sizes_rows(page).items()}
    assert printed == {name: f"{size:,}" for name, size in sizes["size"].items()}
    lefts = [table.all("tr")[-1].cells[-1] for table in page.all("table", "waterfall")]
    assert lefts == [f"{send.size:,}" for name, send in sends.items() if sizes.loc[name, "size"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_the_page_is_read_in_both_themes(theme: str):
    """Text and links on the ground and on panels, and numbers on the strongest cell, have a contrast of 4.5 to 1 and more."""
    style = read(report()).all("style")[0].text
    themes = re.split(r"prefers-color-scheme: dark\)", style)
    named = dict(re.findall(r"--([\w-]+): ?([^;}]+)", themes[0])) | (
        dict(re.findall(r"--([\w-]+): ?([^;}]+)", themes[1].split("* {")[0])) if theme == "dark" else {}
    )
    cell = palette.faded(named["main"], float(named["strongest"].strip("%")) / 100)
    assert contrast(named["text"], named["ground"], cell) >= READABLE
    for ink in ("text", "quiet", "link"):
        assert all(contrast(named[ink], named[ground]) >= READABLE for ground in ("ground", "panel"))

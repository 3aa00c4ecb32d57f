"""The tuner's view: one piece of HTML whose words, numbers and picture agree, in a theme's own colours."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import unquote

import pandas as pd
import pytest

from segkit.analysis.distribution import Distribution
from segkit.drawing.palette import BLUE, GREY
from segkit.widgets.histogram import FLOOR, LEFT, WIDTH
from segkit.widgets.view import Overlap, TunerView, error_html, static_html, tuner_html

BARS = pd.DataFrame(
    {
        "from_value": [0.0, 10.0, 20.0, 10.0],
        "to_value": [10.0, 20.0, 30.0, 20.0],
        "profiles": [4, 3, 5, 1],
        "is_in": [True, True, False, False],
    }
)


def view(**changes) -> TunerView:
    """Return a view of one position, with changes."""
    shown = Distribution(
        BARS, "days since the last Clicked SMS", 12.0, without=2, base="who meets every other condition"
    )
    whole = TunerView(
        "SMS engaged: profiles that\n  click", 7, "SMS subscribers", 20, 6, 3, 1, shown,
        as_of=datetime(2026, 6, 30, 8, 5, tzinfo=UTC), rule="5 of the 7 members meet this rule",
        reasons=(0, 0, 0, 0, 0, 0, 1, 0, 0),
    )  # fmt: skip
    return whole._replace(**changes)


def picture(html: str) -> ET.Element:
    """Return the drawing within a view."""
    return ET.fromstring(re.search(r'<svg[^>]*role="img".*?</svg>', html, re.DOTALL)[0])


def left_open(html: str) -> list[str]:
    """Return the elements that a piece of HTML opens and does not close, in order."""
    reader = HTMLParser()
    elements: list[str] = []
    reader.handle_startendtag = lambda *_: None
    reader.handle_starttag = lambda tag, _: elements.append(tag)
    reader.handle_endtag = lambda tag: elements.pop() if elements[-1:] == [tag] else elements.append(f"/{tag}")
    reader.feed(html)
    return elements


def test_number_share_change_and_texts_stand_in_one_piece():
    """Size, share of a named base, who may be texted, and who entered and left are words of the same HTML."""
    words = re.sub(r"<[^>]+>", "", tuner_html(view()))

    assert "7 members · 35% of 20 SMS subscribers" in words
    assert "6 may be texted. 1 can't be: 1 texted in the last 24 h." in words
    assert "Since you began: 3 joined, 1 left." in words
    assert "As of 30 June 2026, 08:05 UTC." in words
    assert "SMS engaged: profiles that\n  click" in words


def bars(drawing: ET.Element, colour: str) -> list[tuple[float, float, float]]:
    """Return left edge, height and width of the bars of a colour."""
    paths = [path.attrib["d"] for path in drawing.findall("path") if path.attrib["fill"] == colour]
    found = re.findall(rf"M([\d.]+) {FLOOR}v-([\d.]+)h([\d.]+)V{FLOOR}z", "".join(paths))
    return [(float(left), float(height), float(width)) for left, height, width in found]


def test_heights_of_bars_are_profiles():
    """Grey bars are as tall as all profiles of their place; those of the member side stand before them, in the same scale."""
    drawing = picture(tuner_html(view()))
    every, members = bars(drawing, GREY), bars(drawing, BLUE)
    each = every[0][1] / 4

    assert [round(height / each, 2) for _, height, _ in every] == [4, 4, 5]
    assert [round(height / each, 2) for _, height, _ in members] == [4, 3]
    assert [left for left, _, _ in members] == [left for left, _, _ in every][:2]
    assert max(height for _, height, _ in every) <= FLOOR


def line(drawing: ET.Element) -> float:
    """Return where the threshold's line stands, from the left."""
    return float(re.fullmatch(r"translate\(([\d.]+) 0\)", drawing.find("g").attrib["transform"])[1])


def test_threshold_is_a_line_in_the_scale_of_the_bars():
    """A threshold of 12 out of 30 stands at two fifths of the width, with its number beside it."""
    drawing = picture(tuner_html(view()))

    assert line(drawing) == LEFT + (WIDTH - LEFT) * 12 / 30
    assert drawing.find("g/text").text == "12 · latest 54%"


def test_both_scales_have_round_ticks():
    """A title, profiles at the left, a line for each, and the quantity below, each tick where its value stands."""
    drawing = picture(tuner_html(view()))
    ticks = {text.text: text.attrib for text in drawing.findall("text") if "data-slot" not in text.attrib}
    each = bars(drawing, GREY)[0][1] / 4

    assert "Days since the last Clicked SMS" in ticks
    assert [ticks[name]["text-anchor"] for name in ("0", "4", "10", "30")] == ["middle", "end", "middle", "middle"]
    assert float(ticks["4"]["y"]) - 4 == pytest.approx(FLOOR - 4 * each, abs=0.1)
    assert float(ticks["10"]["x"]) == pytest.approx(LEFT + (WIDTH - LEFT) / 3, abs=0.1)
    few = view(distribution=Distribution(BARS[:1].assign(profiles=1), "clicks", 12.0, 0, "all"))
    assert "0.5" not in [text.text for text in picture(tuner_html(few)).findall("text")]


def test_picture_is_told_to_who_does_not_see_it():
    """Its label says what it shows, and how many of the members come in by the rule that it is about."""
    told = picture(tuner_html(view())).attrib

    assert told["role"] == "img"
    assert told["aria-label"] == "Days since the last Clicked SMS: 5 of the 7 members meet this rule"


def test_a_threshold_beyond_the_bars_stays_in_the_picture():
    """It stands at the edge, with its own number."""
    shown = view().distribution
    for at, edge in ((500.0, float(WIDTH)), (-3.0, float(LEFT))):
        moved = Distribution(BARS, shown.quantity, at, 0, shown.base)
        assert line(picture(tuner_html(view(distribution=moved)))) == edge


def test_the_bar_without_an_end_is_as_wide_as_the_others():
    """What is beyond the range is drawn as one more bar, and its tick says where it begins."""
    shown = view().distribution
    open_ended = BARS.assign(to_value=BARS["to_value"].replace(30.0, float("inf")), profiles=[6, 3, 5, 1])
    drawing = picture(tuner_html(view(distribution=Distribution(open_ended, shown.quantity, 12.0, 2, shown.base))))

    assert len({width for _, _, width in bars(drawing, GREY)}) == 1
    assert "30" in [text.text for text in picture(tuner_html(view())).findall("text")]
    only = open_ended.iloc[[2]]
    assert "nan" not in tuner_html(view(distribution=Distribution(only, shown.quantity, 12.0, 2, shown.base)))


@pytest.mark.parametrize(
    ("profiles", "is_open", "said"),
    [([4, 3, 5_000, 1], True, "20 and more: 5,000"), ([9_000, 3, 5, 1], False, "9,000")],
)
def test_a_tall_bar_is_cut_off_and_says_so(profiles: list[int], is_open: bool, said: str):  # noqa: FBT001
    """Half the shop in one bar does not flatten everybody else: the bar ends above the others, and its number is told."""
    shown = view().distribution
    heavy = BARS.assign(profiles=profiles)
    if is_open:
        heavy["to_value"] = heavy["to_value"].replace(30.0, float("inf"))
    drawing = picture(tuner_html(view(distribution=Distribution(heavy, shown.quantity, 12.0, 2, shown.base))))
    heights = sorted(height for _, height, _ in bars(drawing, GREY))

    assert said in [text.text for text in drawing.findall("text")]
    assert heights[-1] > heights[-2] >= heights[-1] / 4


def test_a_window_in_weeks_is_drawn_in_weeks():
    """The title, the ticks and the line are in the slider's own unit, while the bars lie where their days do."""
    weeks = pd.DataFrame(
        {"from_value": [0.0, 70.0], "to_value": [70.0, 140.0], "profiles": [4, 3], "is_in": [True, False]}
    )
    shown = Distribution(weeks, "days since the last Clicked SMS", 70.0, 0, "all", end=140.0, unit_days=7)
    drawing = picture(tuner_html(view(distribution=shown)))
    words = [text.text for text in drawing.iter("text")]

    assert {"Weeks since the last Clicked SMS", "10", "20", "10 · latest 57%"} <= set(words)
    assert line(drawing) == LEFT + (WIDTH - LEFT) / 2


def test_text_takes_the_colour_of_the_theme():
    """No text has a colour of its own, so that it is readable on white and on black."""
    html = tuner_html(view(overlaps=(Overlap("VIP", 3),), notes=("no such metric",)))

    assert {text.attrib["fill"] for text in picture(html).findall("text")} == {"currentColor"}
    assert "color:inherit" in html
    assert "background:#fff" not in html


def test_an_empty_segment_and_an_empty_base_are_said():
    """Nobody is a number like any other, and a share of nothing is left out instead of being divided by zero."""
    none = (0,) * 9
    empty = view(size=0, base_size=0, sendable=0, entered=0, left=0, overlaps=(Overlap("VIP", 0),), reasons=none)
    words = re.sub(r"<[^>]+>", "", tuner_html(empty))

    assert "0 members" in words
    assert "nan" not in words
    assert "the same members" in words
    assert "can't be" not in words
    assert "0 (0% of members)" in words


def test_a_quantity_that_nobody_has_is_said_in_place_of_a_picture():
    """Without bars there is a sentence and no drawing."""
    nobody = Distribution(BARS[:0], "miles away", 30.0, 9, "who meets every other condition")

    assert "Miles away: nobody has any" in tuner_html(view(distribution=nobody))
    assert "<svg" not in tuner_html(view(distribution=None))


def test_static_view_has_the_settings_and_an_image():
    """How to get the sliders and a plain table of the settings come first, and the picture is an image.

    A page would drop a drawing, and leave its words in a heap.
    """
    html = static_html(view(), [("clicked days", "90")], "SMS engaged")

    assert html.index("Run All Cells") < html.index("<table>") < html.index("<img")
    assert '<th scope="row">clicked days</th><td>90</td>' in html
    source, told = re.search(r'<img src="data:image/svg\+xml,([^"]*)" alt="([^"]*)"', html).groups()
    drawn = ET.fromstring(unquote(source))
    assert told == picture(tuner_html(view())).attrib["aria-label"]
    assert len(drawn) == len(picture(tuner_html(view())))
    assert {"background:#fff", "color:#1b2127"} <= set(drawn.attrib["style"].split(";"))
    assert "<svg" not in html


def test_markup_is_whole_and_hostile_text_is_escaped():
    """Names, English, quantities, settings and errors are text wherever they stand, and every element is closed."""
    bad = "</pre><script>alert('1')</script>\"&"
    shown = Distribution(BARS, bad, 12.0, 1, bad)
    pieces = [
        tuner_html(view(english=bad, base=bad, distribution=shown, overlaps=(Overlap(bad, 3),), notes=(bad,))),
        static_html(view(), [(bad, bad)], bad),
        error_html(bad),
    ]

    for html in pieces:
        assert not left_open(html)
        assert "<script" not in html

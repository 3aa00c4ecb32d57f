"""The report of a build, opened in a real browser."""

from pathlib import Path

import pytest

import segkit as sk

pytestmark = pytest.mark.filterwarnings("default")

SAMPLES = Path(__file__).parents[2] / "sample_data"


def test_the_report_opens_without_network_and_switches_its_overlap(page, tmp_path):
    """The page shows every segment, asks nothing of the outside, and its heat map switches to counts without a script."""
    built = sk.build(sk.load(SAMPLES / "klaviyo_export"), tmp_path)
    page.goto(built.files[0].as_uri())
    before = page.locator("table:visible").all_inner_texts()
    page.get_by_label("members in both").check()
    after = page.locator("table:visible").all_inner_texts()

    assert all(page.get_by_text(name).count() for name in built.sizes.index)
    assert before != after
    assert [url for url in page.outside if not url.startswith("file:")] == []


def test_waterfalls_are_folded_on_screen_and_printed_whole(page, tmp_path):
    """On the page each opens with a click; on paper, where nobody can click, all of them are open."""
    built = sk.build(sk.load(SAMPLES / "klaviyo_export"), tmp_path)
    page.goto(built.files[0].as_uri())
    shown = """() => [...document.querySelectorAll('.waterfall')].filter(
        (table) => table.checkVisibility({contentVisibilityAuto: true}) && table.getBoundingClientRect().height > 20).length"""
    every = page.locator(".waterfall").count()

    assert every > 3
    assert page.evaluate(shown) == 0
    page.locator("summary").first.click()
    assert page.evaluate(shown) == 1
    page.emulate_media(media="print")
    assert page.evaluate(shown) == every

"""The documentation as a reader opens it: from the folder, without a server or a network, on a phone too."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"

pytestmark = pytest.mark.filterwarnings("default")  # a browser's driver warns about matters that are not ours


@pytest.fixture(scope="module")
def site():
    """The site, built anew from the pages as they are."""
    pytest.importorskip(
        "zensical", reason="comes with the extra docs; CI has it, since it builds the documentation first"
    )
    built = subprocess.run(
        [sys.executable, ROOT / "docs" / "make" / "build_site.py"], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return SITE


@pytest.fixture
def reader(page):
    """A page that keeps the errors of its scripts, and what it asks of anything but the folder."""
    page.errors, page.asked = [], []
    page.on("pageerror", lambda error: page.errors.append(error))  # noqa: PLW0108  # playwright marks what it is given
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:", "about:")) else page.asked.append(asked.url),
    )
    return page


def test_the_search_finds_a_page_without_a_server(reader, site):
    """What is typed stays in the field, and the page about it is among the first results, which open it."""
    reader.goto((site / "start.html").as_uri())
    reader.wait_for_timeout(500)
    reader.keyboard.press("Control+k")
    field = reader.get_by_role("combobox", name="Search")
    field.wait_for()
    field.press_sequentially("counts of nothing", delay=60)
    assert field.input_value() == "counts of nothing"
    results = reader.locator(f"#{field.get_attribute('aria-controls')}")
    results.get_by_text("Counts of nothing").first.click(timeout=20_000)
    reader.wait_for_url("**/concepts/counts-of-nothing.html*")

    assert reader.errors == []
    assert reader.asked == []


def test_no_page_is_wider_than_a_phone_or_asks_outside(reader, site):
    """Every page fits: wide tables and code are moved sideways inside it."""
    reader.set_viewport_size({"width": 390, "height": 850})
    reader.emulate_media(color_scheme="dark")
    pages = sorted(site.rglob("*.html"))
    wide = []
    for path in pages:
        reader.goto(path.as_uri())
        if reader.evaluate("document.documentElement.scrollWidth") > reader.viewport_size["width"]:
            wide.append(path.relative_to(site).as_posix())

    assert len(pages) > 60
    assert wide == []
    assert reader.errors == []
    assert reader.asked == []

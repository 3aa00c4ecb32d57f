"""The notebooks as pages for colleagues who don't write code: Voilà, driven by a real browser."""

import csv

import nbformat
import pytest

FAILED = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))
LAST = "included profiles may be texted"
"""The title of the last picture of a notebook's page."""

OWN = """
import tempfile
from pathlib import Path
import segkit as sk

shop = sk.load("../sample_data")
everybody, send = sk.sms_subscribers(), sk.audience(sk.sms_subscribers(), shop)
for write in (
    lambda: send.write_csv("send.csv"),
    lambda: sk.write_members(everybody, shop, Path(tempfile.gettempdir()) / "members.csv"),
    lambda: sk.build(shop, "build", segments=[everybody]),
    lambda: sk.write_sample("sample"),
):
    try:
        write()
    except OSError as error:
        print("REFUSED", error)
print("DONE")
"""
"""A cell of an analyst's own notebook, which writes wherever it can, without the tag."""

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def app(serve):
    """The app on the notebooks."""
    return serve("app")


def standing(folder):
    """Return every file and folder that the app's kernels could have written: in their own folder, the shop's, and for passing use.

    Voilà itself keeps the addresses of its kernels in a passing folder.
    """
    places = [folder / "notebooks", folder / "sample_data", folder / "app_tmp"]
    paths = {path for place in places for path in place.rglob("*")}
    return {
        path: path.stat().st_mtime_ns for path in paths if not any(part.startswith("voila_") for part in path.parts)
    }


def test_the_first_page_lists_the_pages_and_follows_the_system(browser, app):
    """Titles and a line each, in the system's theme; a page that is opened has the same theme, its title, and a way back."""
    for scheme, theme in (("light", "true"), ("dark", "false")):
        page = browser.new_page(color_scheme=scheme)
        page.goto(f"{app}/")
        assert page.locator("a.page").count() >= 13
        assert page.locator("a.page").first.inner_text().startswith("Quickstart\n")
        page.get_by_text("SMS engaged: who").click()
        page.wait_for_selector(".segkit-live [data-size]", timeout=120_000)
        assert page.locator("body").get_attribute("data-jp-theme-light") == theme
        assert page.title() == "SMS engaged: who still takes an interest"
        assert page.locator(".segkit-live").bounding_box()["width"] <= 900
        page.get_by_text("All pages").click()
        page.wait_for_selector("a.page")
        page.close()


@pytest.mark.parametrize("name", ["01_quickstart", "03_sms_engaged"])
def test_a_page_writes_nothing_and_offers_nothing_that_would(page, app, workplace, name):
    """The page has no path to type and no cell that writes, shows no error, and leaves no file behind on its host."""
    before = standing(workplace)
    page.goto(f"{app}/voila/render/{name}.ipynb", timeout=120_000)
    page.wait_for_selector(".segkit-tuner [data-size]", timeout=120_000)
    page.get_by_text(LAST).last.wait_for(timeout=120_000)
    with page.expect_download():
        page.get_by_role("button", name="Download the send list").first.click()

    assert page.get_by_role("button", name="Copy as Python").count() == 1
    assert page.get_by_role("button", name="Write the send list").count() == 0
    assert page.get_by_role("button", name="Save the segment").count() == 0
    assert page.locator(".segkit-with-box").count() == 0
    assert page.get_by_role("heading", name="Write the file").count() == 0
    assert page.get_by_role("heading", name="The file").count() == 0
    assert page.locator(FAILED).count() == 0
    assert page.get_by_text("There was an error").count() == 0
    assert standing(workplace) == before


def test_a_notebook_of_one_s_own_writes_nothing_either(page, app, workplace):
    """Whatever a cell without the tag asks to write is refused, and the page can say why."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(OWN)])
    notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, workplace / "notebooks" / "own.ipynb")
    before = standing(workplace)
    page.goto(f"{app}/voila/render/own.ipynb", timeout=120_000)
    page.get_by_text("DONE").wait_for(timeout=120_000)
    said = page.locator("body").inner_text()

    assert (
        said.count("REFUSED This page is served by segkit app, which never writes files on the computer that runs it.")
        == 4
    )
    assert standing(workplace) == before


def test_a_colleague_moves_a_slider_and_takes_the_file(page, app, tmp_path):
    """The page shows the tuner without code, the slider changes it and the charts below, the file comes, and nobody outside is asked."""
    page.goto(f"{app}/voila/render/03_sms_engaged.ipynb", timeout=120_000)
    page.wait_for_selector(".segkit-tuner [data-size]", timeout=120_000)
    slider = page.locator(".segkit-slider").first
    start = page.locator("[data-size]").last.get_attribute("data-size")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        f"() => [...document.querySelectorAll('[data-size]')].some(e => e.dataset.size !== '{start}')"
    )
    now = int(page.locator(".segkit-told [data-size]").get_attribute("data-size"))
    # The charts below have followed: each tells the tuner's own number.
    followed = page.locator(".js-plotly-plot .gtitle").filter(has_text=f"{now:,} member")
    followed.nth(1).wait_for(timeout=60_000)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the send list").first.click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert 0 < len(rows) < int(start)
    assert page.locator(".jp-InputArea-editor:visible").count() == 0
    assert page.outside == []

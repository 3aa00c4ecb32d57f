"""The notebooks as pages for colleagues who don't write code: Voilà, driven by a real browser."""

import csv

import pytest

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def app(serve):
    """The app on the notebooks."""
    return serve("app")


def test_a_colleague_moves_a_slider_and_takes_the_file(page, app, tmp_path):
    """The page shows the tuner without code, the slider changes it, the file comes, and nobody outside is asked."""
    page.goto(f"{app}/voila/render/03_sms_engaged.ipynb", timeout=120_000)
    page.wait_for_selector(".segkit-tuner [data-size]", timeout=120_000)
    slider = page.locator(".noUi-handle").first
    start = page.locator("[data-size]").last.get_attribute("data-size")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        f"() => [...document.querySelectorAll('[data-size]')].some(e => e.dataset.size !== '{start}')"
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download to send").click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert 0 < len(rows) < int(start)
    assert page.locator(".jp-InputArea-editor:visible").count() == 0
    assert page.outside == []

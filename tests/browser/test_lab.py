"""What an analyst does in JupyterLab, done in a real one: open, run all, move a slider, see the number change, take the file."""

import csv
import re

import pytest

pytestmark = pytest.mark.filterwarnings("default")  # a browser's driver warns about matters that are not ours


@pytest.fixture(scope="module")
def lab(serve):
    """A JupyterLab on the notebooks."""
    return serve("lab", "--allow-root", "--ServerApp.token=", "--expose-app-in-browser")


def open_and_run(page, lab, notebook):
    """Open a notebook, in a workspace of its own so that no other comes back beside it, and run all of its cells."""
    page.goto(f"{lab}/lab/workspaces/{notebook.partition('_')[0]}/tree/{notebook}")
    page.wait_for_selector(".jp-Notebook", timeout=90_000)
    page.wait_for_function(
        """(notebook) => {
            const shown = window.jupyterapp?.shell.currentWidget;
            return shown?.context?.path === notebook && shown.sessionContext?.session?.kernel?.status === 'idle';
        }""",
        arg=notebook,
        timeout=90_000,
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")


def size_of(page):
    """Read the number of members off the live view."""
    return int(page.locator("[data-size]").last.get_attribute("data-size"))


def test_a_slider_moves_the_number_and_the_file_is_handed_over(page, lab, tmp_path):
    """Keys and mouse on the slider change the count and the sentence, and the download holds who may be texted now."""
    open_and_run(page, lab, "03_sms_engaged.ipynb")
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    slider.scroll_into_view_if_needed(timeout=60_000)
    page.wait_for_selector(".segkit-live .segkit-tuner [data-size]", timeout=60_000)
    start = size_of(page)

    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        f"() => [...document.querySelectorAll('[data-size]')].some(e => e.dataset.size !== '{start}')"
    )
    by_keyboard = size_of(page)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + box["height"] / 2, steps=12)
    page.mouse.up()
    page.wait_for_timeout(1_000)
    by_mouse = size_of(page)
    sendable = int(
        re.search(r"([\d,]+)\s*may be texted", page.locator(".segkit-live .segkit-tuner").last.inner_text())[1].replace(
            ",", ""
        )
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download to send").click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert by_keyboard < start
    assert by_mouse > by_keyboard
    assert len(rows) == sendable
    assert page.outside == []


def test_a_picked_intersection_is_counted_and_handed_over(page, lab, tmp_path):
    """Another choice in the explorer's list changes the count and what is handed over, and a cleared tick takes a row away."""
    open_and_run(page, lab, "11_overlap_and_audience.ipynb")
    view = page.locator(".widget-html .segkit-explorer")
    view.scroll_into_view_if_needed(timeout=60_000)
    picker = page.locator(".widget-dropdown select", has=page.locator("option", has_text="nothing else"))
    start = explored(view)

    largest = picker.locator("option", has_text="nothing else").first.inner_text()
    picker.select_option(label=largest)
    page.wait_for_function(f"() => document.querySelector('.segkit-explorer [data-size]').dataset.size !== '{start}'")
    picked = explored(view)
    sendable = int(re.search(r"([\d,]+)\s*may be texted", view.inner_text())[1].replace(",", ""))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download to send").first.click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    page.get_by_label("Prefers SMS").uncheck()
    page.wait_for_function("() => document.querySelectorAll('.segkit-explorer rect.size').length === 4")

    assert f"{picked:,}" in largest
    assert picked > start
    assert len(rows) == sendable
    assert page.outside == []


def explored(view):
    """Read the number of profiles in the picked intersection off the explorer."""
    return int(view.locator("[data-size]").get_attribute("data-size"))


def test_charts_are_read_in_the_light_theme_and_in_the_dark_one(page, lab):
    """The text of every chart has the colour of the page's own text, and follows when the theme is changed."""
    open_and_run(page, lab, "02_sms_subscribers.ipynb")
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .gtitle').length === 2", timeout=60_000)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        page.wait_for_function(f"() => document.body.dataset.jpThemeName === '{theme}'")
        inks = page.evaluate(
            """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((chart) =>
                [...chart.querySelectorAll('text tspan, text')]
                    .filter((text) => text.childElementCount === 0 && text.textContent.trim() && text.textContent !== '■')
                    .map((text) => [getComputedStyle(text).fill, getComputedStyle(chart).color]))"""
        )
        assert len(inks) > 20
        assert all(ink == own for ink, own in inks)
        assert inks[0][0].startswith("rgba(0, 0, 0" if "Light" in theme else "rgba(255, 255, 255")

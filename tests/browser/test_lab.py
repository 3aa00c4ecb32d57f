"""What an analyst does in JupyterLab, done in a real one: open, run all, move a slider, see the number change, take the file."""

import csv
import re

import nbformat
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
    slider = page.locator(".jp-OutputArea .segkit-slider").first
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
    drag(page, slider, 0.9)
    page.wait_for_timeout(1_000)
    by_mouse = size_of(page)
    sendable = int(
        re.search(r"([\d,]+)\s*may be texted", page.locator(".segkit-live .segkit-tuner").last.inner_text())[1].replace(
            ",", ""
        )
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the send list").click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert by_keyboard < start
    assert by_mouse > by_keyboard
    assert len(rows) == sendable
    said = page.locator(".segkit-said").last
    assert re.fullmatch(rf"sms-engaged\.csv: {len(rows):,} people\. Downloaded at \d\d:\d\d\.", said.inner_text())
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => [...document.querySelectorAll('.segkit-said')].at(-1).textContent === ''")
    assert page.outside == []


def drag(page, slider, to):
    """Drag a slider's handle with the mouse to a part of the track's width."""
    box = slider.bounding_box()
    low, high, at = (float(slider.evaluate(f"one => one.{name}")) for name in ("min", "max", "value"))
    knob = 16
    start = box["x"] + knob / 2 + (box["width"] - knob) * (at - low) / (high - low)
    y = box["y"] + box["height"] / 2
    page.mouse.move(start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, y, steps=12)
    page.mouse.up()


OWN = """
import segkit as sk
from segkit import widgets

shop = sk.load("../sample_data")
bought = sk.spent("Placed Order", more_than=500, in_last_days=365) | sk.did("Placed Order", at_least=6)
mine = sk.Segment("Mine", sk.can_receive("sms") & bought & sk.has("Gender", equals="female"))
tuner = widgets.Tuner(mine, shop)
tuner
"""
"""A cell of an analyst's own, with a tuner of a segment from phrases."""


def test_a_segment_of_one_s_own_is_typed_pinned_undone_copied_and_saved(page, lab, workplace):
    """Each thing that a person presses does what it says, and says what it did."""
    write_notebook(workplace / "notebooks" / "own_tuner.ipynb", [OWN])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_and_run(page, lab, "own_tuner.ipynb")
    view = page.locator(".segkit-live")
    said = view.locator(".segkit-said")
    view.locator("[data-slot=size]").wait_for(timeout=60_000)
    page.wait_for_timeout(2_500)
    start = size_of(page)

    spent = view.get_by_role("spinbutton", name="Spent more than … in orders")
    type_into(page, spent, "99999")
    assert "is the most here." in view.locator(".segkit-most").first.inner_text()
    type_into(page, spent, "300")
    page.wait_for_function(f"() => Number(document.querySelector('[data-size]').dataset.size) > {start}")
    typed = size_of(page)

    view.get_by_role("button", name="Pin as A").click()
    view.get_by_text(f"A {typed:,}, B {typed:,}: 0 more, 0 fewer").wait_for()
    view.get_by_text("male (837)", exact=True).click()
    view.locator(".segkit-pinned").get_by_text(f"A {typed:,}, B ").wait_for()
    page.wait_for_function(f"() => Number(document.querySelector('[data-size]').dataset.size) !== {typed}")
    males = size_of(page)
    pinned = view.locator(".segkit-pinned").inner_text()
    assert re.fullmatch(
        rf"A {typed:,}, B {males:,}: {males:,} more, {typed:,} fewer; of the {males:,}, \d+ may be texted\.", pinned
    )

    view.get_by_role("button", name="Undo").click()
    page.wait_for_function(f"() => Number(document.querySelector('[data-size]').dataset.size) === {typed}")
    assert view.get_by_role("radio", name="female (1,311)").is_checked()

    view.get_by_role("button", name="Copy as YAML").click()
    view.get_by_label("Text to copy").wait_for()
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert "more than: 300" in text
    assert view.get_by_label("Text to copy").input_value() == text
    view.get_by_role("button", name="Copy as Python").click()
    said.get_by_text("Copied. It runs in a cell of its own").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()").startswith("import segkit as sk")

    view.get_by_role("button", name="Save the segment").click()
    said.get_by_text("mine.yaml").wait_for()
    assert (workplace / "notebooks" / "segments" / "mine.yaml").read_text(encoding="utf-8") == text
    view.get_by_label("Price of a text").fill("0.02")
    sendable = int(view.locator("[data-slot=sendable]").inner_text().replace(",", ""))
    view.get_by_text(f"Texting them costs {sendable * 0.02:,.2f} at 0.02 a text.").wait_for()
    view.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"() => Number(document.querySelector('[data-size]').dataset.size) === {start}")
    assert page.outside == []


def type_into(page, box, text):
    """Type over what stands in a box, and press Enter."""
    box.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_page_answers_a_drag_itself(page, lab, workplace):
    """A move is on the page, with what the members ordered, before the kernel can have heard of it."""
    write_notebook(workplace / "notebooks" / "own_tuner.ipynb", [OWN])
    open_and_run(page, lab, "own_tuner.ipynb")
    slider = page.locator(".segkit-slider").first
    slider.wait_for(timeout=60_000)
    page.wait_for_timeout(3_500)
    seen = slider.evaluate(
        """(slider) => {
            const shown = (slot) => document.querySelector(`.segkit-told [data-slot=${slot}]`).textContent;
            const before = [shown('size'), shown('worth'), shown('reasons')];
            slider.value = 1000;
            slider.dispatchEvent(new Event('input'));
            return [before, [shown('size'), shown('worth'), shown('reasons')]];
        }"""
    )
    assert int(seen[1][0]) < int(seen[0][0])
    assert all(one != other for one, other in zip(*seen, strict=True))


CITIES = """
import segkit as sk
from segkit import widgets

shop = sk.load("../sample_data")
where = sk.has("City", is_in=["Boston", "Salem, MA"]) & sk.did("Clicked SMS", in_last_days=90)
tuner = widgets.Tuner(sk.Segment("Where", where), shop)
tuner
"""
"""A cell with a tuner of a list, one of whose items has a comma."""


def test_a_list_is_typed_ticked_and_suggested(page, lab, workplace):
    """An item with a comma stays one item in its box and beside ticks, and values beyond the ticks are counted and suggested."""
    write_notebook(workplace / "notebooks" / "cities_tuner.ipynb", [CITIES])
    open_and_run(page, lab, "cities_tuner.ipynb")
    view = page.locator(".segkit-live")
    box = view.locator(".segkit-several-control .segkit-text")
    box.wait_for(timeout=60_000)
    assert box.input_value() == 'Boston, "Salem, MA"'
    boston, chicago = (view.get_by_role("checkbox", name=re.compile(f"^{name}")) for name in ("Boston", "Chicago"))
    assert (boston.is_checked(), chicago.is_checked()) == (True, False)

    type_into(page, box, 'Boston, "Salem, MA", Chicago')
    view.get_by_text("City that is “Boston”, “Salem, MA” or “Chicago”").wait_for()
    assert chicago.is_checked()
    boston.uncheck()
    assert box.input_value() == '"Salem, MA", Chicago'

    more = int(re.fullmatch(r"(\d+) more: type in the box to find them", view.locator(".segkit-more").inner_text())[1])
    suggested = box.evaluate("(box) => [...box.list.options].map((one) => one.value)")
    assert view.get_by_role("checkbox").count() + more == len(suggested)
    box.click()
    page.keyboard.press("End")
    page.keyboard.type(", Po")
    suggested = box.evaluate("(box) => [...box.list.options].map((one) => one.value)")
    assert '"Salem, MA", Chicago, Portland' in suggested


def test_a_tuner_that_is_shown_twice_downloads_once_and_shows_a_pin_everywhere(page, lab, workplace):
    """The view with the pressed button hands over the file and says so; a pin from a cell reaches both views, moved or not."""
    write_notebook(workplace / "notebooks" / "twice_tuner.ipynb", [OWN, "tuner", "tuner.pin()"])
    open_and_run(page, lab, "twice_tuner.ipynb")
    first, second = (page.locator(".segkit-live").nth(number) for number in range(2))
    second.locator(".segkit-pinned").wait_for(timeout=60_000)
    files = []

    def keep(file):
        files.append(file)

    page.on("download", keep)
    first.get_by_role("button", name="Download the send list").click()
    first.locator(".segkit-said").get_by_text("Downloaded at").wait_for()
    page.wait_for_timeout(1_500)
    assert len(files) == 1
    assert second.locator(".segkit-said").inner_text() == ""

    type_into(page, first.get_by_role("spinbutton", name="Spent more than … in orders"), "300")
    page.wait_for_timeout(4_000)
    page.evaluate(
        """() => {
            window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2;
            window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    size = size_of(page)
    for view in (first, second):
        view.locator(".segkit-pinned").get_by_text(f"A {size:,}, B {size:,}: 0 more, 0 fewer").wait_for()


def write_notebook(path, cells):
    """Write a notebook of code cells."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(made, path)


def test_a_picked_intersection_is_counted_and_handed_over(page, lab, tmp_path):
    """The explorer's list and a press on a bar pick what is counted and handed over, and a cleared tick takes a row away."""
    open_and_run(page, lab, "11_overlap_and_audience.ipynb")
    view = page.locator(".segkit-picture-view .segkit-explorer")
    view.scroll_into_view_if_needed(timeout=60_000)
    picker = page.locator(".widget-dropdown select", has=page.locator("option", has_text=" only: "))
    start = explored(view)

    largest = picker.locator("option", has_text=" only: ").first.inner_text()
    picker.select_option(label=largest)
    page.wait_for_function(f"() => document.querySelector('.segkit-explorer [data-size]').dataset.size !== '{start}'")
    picked = explored(view)
    sendable = int(re.search(r"([\d,]+)\s*may be texted", view.inner_text())[1].replace(",", ""))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the send list").first.click()
    waiting.value.save_as(tmp_path / "send.csv")
    with (tmp_path / "send.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    bar = view.locator("[data-pick]").nth(2)
    told = bar.get_attribute("aria-label")
    bar.click()
    size = int(told.split()[-2].replace(",", ""))
    page.wait_for_function(f"() => document.querySelector('.segkit-explorer [data-size]').dataset.size === '{size}'")
    assert picker.locator("option:checked").inner_text().replace("\xa0", " ").endswith(f": {size:,} profiles")
    page.get_by_role("checkbox", name="Prefers SMS").uncheck()
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

"""Every chart drawn by a real browser on a light page and on a dark one, narrow and wide: its texts are read, and none is cut off."""

import re
from pathlib import Path

import plotly
import pytest
from charts.test_every_chart import CHARTS
from contrast import PAGES

pytestmark = pytest.mark.filterwarnings("default")

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

TEXTS = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((chart) => {
    const width = chart.getBoundingClientRect().width;
    const walker = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const { textContent, parentElement } = walker.currentNode;
        if (!textContent.trim() || !parentElement.closest('text')) continue;
        const { left, right } = parentElement.getBoundingClientRect();
        const { fill, fontSize } = getComputedStyle(parentElement);
        const isButton = Boolean(parentElement.closest('.updatemenu-button'));
        found.push([chart.id, textContent, fill, parseFloat(fontSize), isButton, left >= -1 && right <= width + 1]);
    }
    return found;
})"""


@pytest.fixture(scope="module")
def figures():
    """A figure of each chart, as JSON; names that only try to break out are another test's."""
    return {
        name: plot(table, **settings).to_json() for name, (plot, table, settings) in CHARTS.items() if "30" not in name
    }


def draw(page, figures, folder, ground, ink):
    """Open a page with figures on a ground, whose own text is of a colour."""
    charts = "".join(f"<div id='{name}'></div>" for name in figures)
    calls = "".join(f"draw({name!r}, {figure});" for name, figure in figures.items())
    (folder / "charts.html").write_text(
        f"<!doctype html><meta charset=utf-8><body style='margin:0;background:{ground};color:{ink}'>{charts}"
        f"<script src='{PLOTLY.as_uri()}'></script>"
        f"<script>const draw = (id, one) => Plotly.newPlot(id, one.data, one.layout); {calls}</script>",
        encoding="utf-8",
    )
    page.goto((folder / "charts.html").as_uri())
    page.wait_for_function(f"() => document.querySelectorAll('.main-svg .gtitle').length >= {len(figures)}")


@pytest.mark.parametrize("width", [600, 1100])
@pytest.mark.parametrize("theme", ["JupyterLab light", "JupyterLab dark"])
def test_every_text_is_read_and_none_is_cut_off(page, figures, tmp_path, theme, width):
    """Each text has the page's own colour but the squares of a key and the buttons, 11 pixels or more, and lies within its chart."""
    ground, ink = PAGES[theme]
    page.set_viewport_size({"width": width, "height": 900})
    draw(page, figures, tmp_path, ground, ink)
    own = page.evaluate("() => getComputedStyle(document.body).color")
    texts = page.evaluate(TEXTS)

    assert len(texts) > 300
    assert [text for text in texts if text[2] != own and not text[4] and text[1] != "■"] == []
    assert [text for text in texts if text[3] < 11] == []
    assert [text for text in texts if not text[5]] == []
    assert [url for url in page.outside if not re.match("file:", url)] == []


def test_names_are_read_in_the_label_under_the_pointer(page, figures, tmp_path):
    """Names of an axis have the page's ink below the chart and the label's own within it, also after a button was pressed."""
    ground, ink = PAGES["JupyterLab light"]
    draw(page, {"overlap": figures["overlap"]}, tmp_path, ground, ink)
    page.locator(".updatemenu-button", has_text="members in both").click()
    cells = page.locator(".heatmaplayer").first.bounding_box()
    page.mouse.move(cells["x"] + cells["width"] / 2 + 4, cells["y"] + cells["height"] / 2 + 4, steps=3)
    page.wait_for_selector(".hoverlayer .hovertext text")
    told = page.evaluate(
        """() => [...document.querySelectorAll('.hoverlayer .hovertext tspan')]
            .filter((text) => text.childElementCount === 0 && text.textContent.trim())
            .map((text) => [text.textContent, getComputedStyle(text).fill])"""
    )

    assert page.locator(".updatemenu-button tspan[style*=bold]").all_text_contents() == ["members in both"]
    assert any("profiles in both" in text for text, _ in told)
    assert {fill for _, fill in told} == {"rgb(255, 255, 255)"}

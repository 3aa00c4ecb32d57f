"""That every text of every chart is read on a light page and on a dark one, and what is drawn is seen on both."""

from itertools import combinations

import plotly.graph_objects as go
import pytest
from charts.test_every_chart import CHARTS
from contrast import PAGES, READABLE, contrast

from segkit.charts import areas, overlap, style
from segkit.drawing import palette

HOVERED_BUTTON = "#F4FAFF"
"""What plotly paints the button under the pointer, on any page."""


def seen(figure: go.Figure) -> list[str]:
    """Return every text that stands on the page by itself: no label under the pointer and no button."""
    found = [figure.layout.title.text, *(one.text for one in figure.layout.annotations)]
    for drawn in (figure.layout[name] for name in figure.layout.to_plotly_json() if "axis" in name):
        if drawn.visible is not False:
            found += [drawn.title.text or "", *(drawn.ticktext or [drawn.tickprefix])]
    for trace in figure.data:
        found += [trace.texttemplate or str(trace.text)] if trace.type != "heatmap" and trace.text is not None else []
        if trace.type == "heatmap":
            found += [trace.texttemplate or "", trace.colorbar.tickprefix or ""]
    return [text for text in found if text]


@pytest.mark.parametrize("name", CHARTS)
def test_every_text_has_the_colour_of_the_page(name: str):
    """Titles, names, ticks, numbers and words beside them all begin with the page's own ink."""
    plot, table, settings = CHARTS[name]
    assert [text for text in seen(plot(table, **settings)) if not text.startswith(style.INKED)] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_ink_of_a_page_is_read_on_every_colour_that_stands_beneath_text(page: str):
    """On the strongest cell of a heat map, and on one circle, two and three."""
    ground, ink = PAGES[page]
    fills = [palette.faded(colour, areas._FILL) for colour in areas._COLOURS]
    beneath = [(), (palette.faded(palette.BLUE, palette.STRONGEST),), (palette.STRIPE,)]
    beneath += [some for degree in (1, 2, 3) for some in combinations(fills, degree)]
    assert {some: contrast(ink, ground, *some) for some in beneath if contrast(ink, ground, *some) < READABLE} == {}


def test_what_brings_its_own_ground_is_read_on_it():
    """Labels under the pointer, and buttons, the one under the pointer included."""
    label = style.figure([], style.Heading("Nobody"), height=10).layout.hoverlabel
    assert contrast(label.font.color, label.bgcolor) >= READABLE
    assert contrast(overlap._BUTTON_INK, overlap._BUTTON) >= READABLE
    assert contrast(overlap._BUTTON_INK, HOVERED_BUTTON) >= READABLE


@pytest.mark.parametrize("page", PAGES)
def test_what_is_drawn_is_seen_on_every_page(page: str):
    """Bars and lines stand out from the ground, and what may be texted from what may not."""
    ground, _ = PAGES[page]
    assert all(contrast(colour, ground) >= 3 for colour in (palette.BLUE, palette.GREEN))
    assert all(contrast(colour, ground) >= 2 for colour in (palette.ORANGE, palette.PALE_BLUE, palette.GREY))
    assert contrast(palette.BLUE, palette.PALE_BLUE) >= 2

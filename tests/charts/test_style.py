"""What every chart shares: a frame that suits any page, titles that are read as written, and a palette that is seen."""

import importlib
import re
import sys
from html import unescape

import pandas as pd
import plotly.io
import pytest
from charts.reading import AWKWARD, read
from hypothesis import given
from hypothesis import strategies as st

from segkit import wording
from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import element, hover, one_line
from segkit.drawing.palette import BLUE
from segkit.errors import DefinitionError


def test_a_figure_suits_any_page_and_asks_no_network():
    """Nothing is painted behind it, no template of plotly's is copied into it, and the button that uploads it is gone."""
    figure = style.figure([], Heading("Nothing"), height=10)
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert "sendChartToCloud" in figure.layout.modebar.remove
    assert len(figure.layout.template.to_plotly_json()) <= 1
    assert len(figure.to_json()) < 1_500


def test_nothing_of_plotly_is_changed():
    """After drawing, plotly's own template and renderer are what they are without us."""
    before = plotly.io.templates.default, plotly.io.renderers.default
    style.figure([], Heading("Nothing"), height=10)
    assert (plotly.io.templates.default, plotly.io.renderers.default) == before
    assert plotly.io.templates.default == "plotly"


def test_without_plotly_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    """Asking for charts where plotly is missing names the package and the line that brings it."""
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.delitem(sys.modules, "segkit.charts")
    with pytest.raises(
        ImportError,
        match=re.escape('needs plotly. To install what is missing, run: pip install "sms-segkit[notebooks]"'),
    ):
        importlib.import_module("segkit.charts")


def test_a_heading_is_broken_into_lines_that_fit():
    """Sentence, note and colours are broken between words, none is lost, and the height counts every line."""
    heading = Heading("finding " * 30, "note " * 60, tuple((BLUE, f"colour number {i} of many") for i in range(9)))
    lines = heading.title.split("<br>")
    seen = [read(line) for line in lines]
    assert max(len(line) for line in seen if "finding" in line) <= 58
    assert max(map(len, seen)) <= 90
    assert sum(line.count("finding") for line in seen) == 30
    assert sum(line.count("note") for line in seen) == 60
    assert sum(line.count("■") for line in seen) == 9
    assert heading.height == 22 * len(lines)


def test_a_heading_of_one_sentence_has_no_empty_line():
    """Where nothing is noted, nothing takes room."""
    assert Heading("Nobody").title == style.inked(element("b", "Nobody"))
    assert Heading("Nobody").height == 22


@given(st.text())
def test_markup_is_read_as_it_was_written(text: str):
    """Whatever a name holds, plotly's tags, entities, formulas and templates leave it as it is, but for white space."""
    marked = one_line(text)
    assert unescape(marked).split() == unescape(" ".join(text.split())).split() or "&" in text
    assert not re.search(r"[<>$\n{]", marked)


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_survive(name: str):
    """Names with tags, formulas and templates come back whole."""
    assert read(one_line(name)) == " ".join(name.split())


@given(st.text(), st.integers(5, 60))
def test_a_shortened_name_keeps_its_ends(text: str, letters: int):
    """A name is cut only where it is too long, to the length asked for, in its middle."""
    flat = " ".join(text.split())
    short = wording.shortened(text, letters)
    assert len(short) <= letters
    if len(flat) <= letters:
        assert short == flat
    else:
        head, tail = short.split("…", 1) if flat.count("…") == 0 else (short[:1], short[-1:])
        assert flat.startswith(head)
        assert flat.endswith(tail)


@given(st.floats(0, 1), st.integers(1, 2))
def test_a_share_is_rounded_neither_to_nothing_nor_to_everything(share: float, digits: int):
    """Only nobody is 0% and only everybody is 100%; any other share is written near its value, or says that it is beyond."""
    text = wording.percent(share, digits=digits)
    assert (text == "0%") == (share == 0)
    assert (text == "100%") == (share == 1)
    shown = float(text.strip("<>%")) / 100
    if text[0] == "<":
        assert share < shown
    elif text[0] == ">":
        assert share > shown
    else:
        assert share == pytest.approx(shown, abs=0.0051 if digits == 1 or share >= 0.0995 else 0.00051)


@given(st.integers(0, 10**12))
def test_a_brief_count_is_short_and_near(count: int):
    """A count takes at most four letters and is within a twentieth of itself."""
    text = wording.brief(count)
    unit = {"k": 1e3, "M": 1e6, "G": 1e9}.get(text[-1], 1)
    assert len(text) <= (5 if count >= 999.5e9 else 4)
    assert float(text.rstrip("kMG")) * unit == pytest.approx(count, rel=0.05)


def test_a_hover_label_leaves_out_what_is_empty():
    """Only lines that say something are shown, the first in bold, long ones broken."""
    assert hover("VIP", "", "2 members") == "<b>VIP</b><br>2 members"
    assert max(map(len, hover("word " * 100).split("<br>"))) < 80


def test_a_wrong_table_is_named_with_where_the_right_one_comes_from():
    """The error says which argument, what it lacks, and which function makes it."""
    with pytest.raises(DefinitionError, match=r"first argument of plot_x must be the table of sk\.x \(it lacks 'b'\)"):
        style.check_table("plot_x", pd.DataFrame({"a": []}), ["a", "b"], "sk.x")

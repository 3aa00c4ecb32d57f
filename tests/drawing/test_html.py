"""The one rule by which text becomes markup, for pages and for plotly."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.drawing.html import Markup, element, escaped, hover, if_any, lines, pieces, table

HOSTILE = ["<img src=x onerror=alert(1)>", '" onclick="alert(1)', "'&amp;", "$200 to $500", "%{x} {y}", "</b><br>"]


def parsed(markup: str) -> list[tuple[str, object]]:
    """Return what a page makes of markup: elements with their attributes, and texts."""
    reader, found = HTMLParser(), []
    reader.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    reader.handle_data = lambda data: found.append(("text", data))
    reader.feed(markup)
    reader.close()
    return found


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_text_is_read_as_it_is_written(text: str):
    """No tag, entity, attribute, formula or template is made of it, within an element or in an attribute."""
    written = element("b", text, title=text)
    assert parsed(written) == [("b", {"title": text}), *([("text", text)] if text else [])]
    assert not re.search(r'[<>"${]', escaped(text))
    assert unescape(escaped(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_puts_texts_together_escapes_them(text: str):
    """Pieces, lines, labels under a pointer, elements and heads of tables let in no markup but what is markup already."""
    shown = unescape(escaped(text))
    for markup in (pieces(text), lines(text), element("b", text), if_any("b", text), table([text], []), hover(text)):
        assert isinstance(markup, Markup)
        assert "".join(str(part) for kind, part in parsed(markup) if kind == "text").strip() == shown
        assert {kind for kind, _ in parsed(markup)} <= {"text", "b", "table", "thead", "tbody", "tr", "th"}


def test_markup_is_escaped_once():
    """What is finished stays as it is, however often it is put into something else."""
    inner = element("b", "R&D")
    assert escaped(inner) is inner
    assert element("p", pieces("by ", inner)) == "<p>by <b>R&amp;D</b></p>\n"


def test_joined_markup_is_text_again():
    """Only these functions make markup: what is done to it as to any text must be escaped again."""
    assert type(element("b", "x") + "<i>") is str
    assert escaped(element("b", "x") + "<i>") == "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;"


def test_an_element_of_nothing_is_left_out():
    """Where nothing is inside, no element is."""
    assert if_any("p", "") == ""
    assert if_any("p", "x") == "<p>x</p>\n"

"""Build HTML markup for pages and for plotly. All text is escaped unless it is already `Markup`."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Final
from urllib.parse import quote

_BLOCKS: Final = frozenset("dl div header section table thead tbody tr h1 h2 h3 p li ul fieldset footer".split())  # noqa: SIM905
"""Elements after which a line break is written, so that two pages can be compared line by line."""

_ESCAPES: Final = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&#34;", "$": "&#36;", "{": "&#123;"})
"""The escapes for characters that have a meaning in HTML, or in plotly: $ (a formula) and %{ (a template)."""

_HOVER_LETTERS = 70


class Markup(str):
    """Text that is already markup and must not be escaped again."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Escape text, but return markup unchanged.

    >>> escaped("<b>VIP</b> & $200, 10%{x}")
    '&lt;b&gt;VIP&lt;/b&gt; &amp; &#36;200, 10%&#123;x}'
    """
    return text if isinstance(text, Markup) else Markup(text.translate(_ESCAPES))


def one_line(text: object) -> Markup:
    r"""Escape text, and replace each run of white space with a single blank.

    >>> one_line(" VIP\n & friends ")
    'VIP &amp; friends'
    """
    return escaped(" ".join(str(text).split()))


def pieces(*parts: str) -> Markup:
    """Concatenate texts and markup."""
    return Markup("".join(map(escaped, parts)))


def lines(*parts: str) -> Markup:
    """Join texts and markup with line breaks."""
    return Markup("<br>".join(map(escaped, parts)))


def element(tag: str, *inside: str, **attributes: object) -> Markup:
    r"""Return an element.

    Args:
        tag: the name of the element.
        *inside: its content, as text or markup.
        **attributes: its attributes, such as `class_` for class and `stroke_width` for stroke-width. Floats are rounded to a tenth.

    >>> element("p", "VIP & ", element("b", "3"), class_="quiet", data_slot="size")
    '<p class="quiet" data-slot="size">VIP &amp; <b>3</b></p>\n'
    """
    named = {name.rstrip("_").replace("_", "-"): _value(value) for name, value in attributes.items()}
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    return Markup(f"<{tag}{written}>{pieces(*inside)}</{tag}>" + "\n" * (tag in _BLOCKS))


def _value(value: object) -> Markup:
    return escaped(f"{round(value, 1):g}" if isinstance(value, float) else str(value))


def elements(tag: str, texts: Iterable[str], **attributes: object) -> Markup:
    """Return an element for each text."""
    return pieces(*(element(tag, text, **attributes) for text in texts))


def if_any(tag: str, *inside: str, **attributes: object) -> Markup:
    """Return an element, or empty markup if it would have no content."""
    return element(tag, *inside, **attributes) if any(inside) else Markup()


def picture(
    *inside: str, width: int, height: int, label: str, style: str, live: bool = True, **attributes: object
) -> Markup:
    """Return an SVG picture in the colours of its page, or, if `live` is False, an image that is dark on white on any page.

    Sites that show saved notebooks remove inline SVG except for its text, but they keep images with their alternative text.
    """
    drawn = {"viewBox": f"0 0 {width} {height}", "width": width, "height": height}
    if live:
        return element("svg", *inside, **drawn, role="img", aria_label=label, style=style, **attributes)
    look = {
        "xmlns": "http://www.w3.org/2000/svg",
        "style": "background:#fff;color:#1b2127;font-family:system-ui,sans-serif",
    }
    source = quote(element("svg", *inside, **drawn, **look, **attributes), safe=" =:/;,()")
    return Markup(f'<img src="data:image/svg+xml,{source}" alt="{escaped(label)}" style="{escaped(style)}"/>')


def table(columns: Iterable[str], rows: Iterable[Markup], **attributes: object) -> Markup:
    """Return a table with a header row. A column without a name gets an empty header cell."""
    heads = (element("th", column, scope="col") if column else element("td") for column in columns)
    return element("table", element("thead", element("tr", *heads)), element("tbody", *rows), **attributes)


def hover(*texts: str) -> Markup:
    """Return a plotly hover label from lines of plain text. The first line is bold, empty lines are dropped, long lines are wrapped.

    >>> hover("VIP & friends", "", "171 members")
    '<b>VIP &amp; friends</b><br>171 members'
    """
    first, *others = (lines(*wrap(text, _HOVER_LETTERS)) for text in texts if text)
    return lines(element("b", first), *others)

"""How text becomes markup, for pages and for plotly alike: every text is escaped on its way in, unless it is markup already."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Final
from urllib.parse import quote

_BLOCKS: Final = frozenset("dl div header section table thead tbody tr h1 h2 h3 p li ul fieldset footer".split())  # noqa: SIM905
"""Elements that end their line, so that two pages can be compared line by line."""

_ESCAPES: Final = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&#34;", "$": "&#36;", "{": "&#123;"})
"""What begins or ends a tag, an entity or an attribute, a formula (as plotly reads $) or a template (as it reads %{)."""

_HOVER_LETTERS = 70


class Markup(str):
    """Markup that is finished; every other text is escaped on its way into it."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Return text as markup that shows it as it is; markup stays.

    >>> escaped("<b>VIP</b> & $200, 10%{x}")
    '&lt;b&gt;VIP&lt;/b&gt; &amp; &#36;200, 10%&#123;x}'
    """
    return text if isinstance(text, Markup) else Markup(text.translate(_ESCAPES))


def one_line(text: object) -> Markup:
    r"""Return text as markup, on one line.

    >>> one_line(" VIP\n & friends ")
    'VIP &amp; friends'
    """
    return escaped(" ".join(str(text).split()))


def pieces(*parts: str) -> Markup:
    """Return texts and markup as one piece of markup."""
    return Markup("".join(map(escaped, parts)))


def lines(*parts: str) -> Markup:
    """Return texts and markup as lines below each other."""
    return Markup("<br>".join(map(escaped, parts)))


def element(tag: str, *inside: str, **attributes: object) -> Markup:
    r"""Return an element.

    Args:
        tag: its name.
        *inside: texts and markup.
        **attributes: `class_` for a class and `stroke_width` for stroke-width; numbers are rounded to a tenth.

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
    """Return an element, or nothing if nothing is inside."""
    return element(tag, *inside, **attributes) if any(inside) else Markup()


def picture(
    *inside: str, width: int, height: int, label: str, style: str, live: bool = True, **attributes: object
) -> Markup:
    """Return an SVG picture, in the colours of its page; or, if it is not live, as an image, which is dark on white on any page.

    Pages that show stored notebooks drop drawings and keep their words in a heap; they keep images, and words in place of them.
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
    """Return a table with a head; a column without a name has an empty cell there."""
    heads = (element("th", column, scope="col") if column else element("td") for column in columns)
    return element("table", element("thead", element("tr", *heads)), element("tbody", *rows), **attributes)


def hover(*told: str) -> Markup:
    """Return lines of plain text as plotly's label under a pointer, the first one bold; empty ones are left out and long ones broken.

    >>> hover("VIP & friends", "", "171 members")
    '<b>VIP &amp; friends</b><br>171 members'
    """
    first, *others = (lines(*wrap(text, _HOVER_LETTERS)) for text in told if text)
    return lines(element("b", first), *others)

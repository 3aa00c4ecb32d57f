"""Build the HTML that displays records such as `Build` in a notebook, in the colour of the page's text."""

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Final

from segkit.drawing.html import Markup, element, elements, if_any
from segkit.drawing.palette import FAINT
from segkit.wording import number

FONT: Final = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;line-height:1.45"
CELL: Final = f"color:inherit;padding:.15rem .6rem;border-bottom:1px solid {FAINT};vertical-align:top"


def card(title: str, subtitle: str, *parts: Markup) -> str:
    """Return the HTML of a record.

    Args:
        title: the first line, bold.
        subtitle: the second line; empty for none.
        *parts: tables, lists and paragraphs below.

    >>> card("VIP & friends", "", bulleted("subscribed"))
    '<div class="segkit-card" style="...;color:inherit;..."><div><b>VIP &amp; friends</b></div>...<li>subscribed</li>...</div>...'
    """
    head = element("div", element("b", title))
    return str(element("div", head, if_any("div", subtitle), *parts, class_="segkit-card", style=FONT))


def records(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a table with text aligned to the left and numbers to the right. `plain_words` has the words for each cell."""

    def cell(value: object) -> Markup:
        side = "right" if not isinstance(value, bool) and isinstance(value, Real) else "left"
        return element("td", plain_words(value), style=f"{CELL};text-align:{side}")

    lines = [list(row) for row in rows]
    heads = [element("th", name, scope="col", style=f"{CELL};text-align:left") for name in columns]
    head = element("thead", element("tr", *heads))
    body = element("tbody", *(element("tr", *map(cell, row)) for row in lines))
    return element("table", head, body, style="border-collapse:collapse;margin:.5rem 0") if lines else Markup()


def plain_words(value: object) -> str:
    """Return a cell in words: "yes" or "no" for a truth, a dash for None and NaN, and thousands separators in a number.

    >>> [plain_words(value) for value in (True, 1.0, 12345, 0.5, float("nan"), None, ["a"])]
    ['yes', '1', '12,345', '0.5', '—', '—', "['a']"]
    """
    if value is None:
        return "—"
    if value is True or value is False:
        return "yes" if value else "no"
    return number(float(value)) if isinstance(value, Real) else str(value)


def folded(summary: str, *parts: Markup) -> Markup:
    """Return parts that are hidden until the reader clicks on the summary, or empty markup if there are no parts."""
    return element("details", element("summary", summary), *parts) if any(parts) else Markup()


def beside(*parts: Markup) -> Markup:
    """Return parts side by side if the page has room, or else one below the other. Parts without content are left out."""
    drawn = [element("div", part) for part in parts if part]
    return (
        element("div", *drawn, style="display:flex;flex-wrap:wrap;gap:0 2.5rem;align-items:flex-start")
        if drawn
        else Markup()
    )


def paragraphs(texts: Iterable[str]) -> Markup:
    """Return each text as a paragraph."""
    return Markup("".join(elements("div", texts)))


def bulleted(text: str) -> Markup:
    r"""Convert lines of text to a list. Lines that are indented by two more blanks become a list nested under the line above.

    >>> bulleted("all of:\n  one\n  two").replace("\n", "")
    '<ul style="..."><li>all of:<ul style="..."><li>one</li><li>two</li></ul></li></ul>'
    """
    rows = [((len(line) - len(line.lstrip())) // 2, line.strip()) for line in text.splitlines()]
    return _listed(rows) if rows else Markup()


def _listed(rows: Sequence[tuple[int, str]]) -> Markup:
    depth, items, place = rows[0][0], [], 0
    while place < len(rows):
        end = next((later for later in range(place + 1, len(rows)) if rows[later][0] <= depth), len(rows))
        inner = _listed(rows[place + 1 : end]) if end > place + 1 else Markup()
        items.append(element("li", rows[place][1], inner))
        place = end
    return element("ul", *items, style="margin:.2rem 0;padding-left:1.2rem")

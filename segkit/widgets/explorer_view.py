"""Write an overlap explorer's view as one piece of HTML and SVG, so that chart and numbers always agree."""

from collections.abc import Sequence
from typing import NamedTuple

from segkit.drawing.cards import FONT
from segkit.drawing.html import Markup, element, elements, picture, pieces, table
from segkit.drawing.palette import BLUE, GREY, INK, ORANGE, STRONGEST, faded
from segkit.drawing.tables import Intersection, Intersections
from segkit.widgets.view import PALE, notes_html
from segkit.wording import counted, percent, profiles, shortened

_WIDTH, _SIZES_END, _MATRIX_START = 640, 96, 290
_BARS_TOP, _BARS_END, _ROW, _PITCH, _LEAST_PITCH, _LETTERS = 46, 158, 22, 34, 14, 25
_FAINT = ".15"


class Picked(NamedTuple):
    """The picked intersection: the names of its segments, and its number of profiles."""

    names: tuple[str, ...]
    size: int


class ExplorerView(NamedTuple):
    """Everything that an explorer shows at one position of its controls.

    `shares` has, for each pair of names, the share of the first segment's members that are in the second segment.
    """

    sets: Intersections
    picked: Picked | None
    sendable: int | None
    shares: dict[tuple[str, str], float]
    notes: tuple[str, ...]

    def is_picked(self, one: Intersection) -> bool:
        """Return whether an intersection is picked."""
        return self.picked is not None and {self.sets.names[row] for row in one.rows} == set(self.picked.names)

    def names(self, one: Intersection) -> list[str]:
        """Return the names of an intersection's segments."""
        return [self.sets.names[row] for row in one.rows]


def flat(name: str) -> str:
    """Return a segment's name on one line."""
    return " ".join(name.split())


def words(names: Sequence[str]) -> str:
    """Return the name of the intersection of these segments and no others."""
    return f"{together(names)} only" if names else "in none of these"


def together(names: Sequence[str]) -> str:
    """Join the names of segments as in a sentence.

    >>> together(["VIP", "Engaged", "Near"])
    'VIP, Engaged and Near'
    """
    *others, last = map(flat, names)
    return f"{', '.join(others)} and {last}" if others else last


def explorer_html(view: ExplorerView, *, live: bool = True) -> Markup:
    """Return chart, numbers and pairs as one piece. If it is not live, the chart is an image."""
    if view.sets.names:
        parts = [_picture(view, live=live), _caption(view), _pairwise(view)]
    else:
        parts = [element("div", "No segment is chosen.")]
    return element("div", *parts, notes_html(view.notes), class_="segkit-explorer", style=FONT)


def static_html(view: ExplorerView) -> Markup:
    """Return the view for readers without a kernel: a plain table of the intersections, then the same view."""
    sets = view.sets
    rest = [(sets.more, sets.rest)] if sets.folded else []
    named = [(together(view.names(one)), one.size) for one in sets.shown]
    named += [*rest, ("none of these", sets.profiles - sets.members)]
    rows = [
        element("tr", element("th", name, scope="row", style="text-align:left"), element("td", f"{size:,}"))
        for name, size in named
    ]
    return pieces(table(["in exactly", "profiles"], rows), explorer_html(view, live=False))


def _caption(view: ExplorerView) -> Markup:
    """Return the text below the chart: what it does not draw, and the picked intersection with how many may be texted."""
    note = element("div", view.sets.note, style=PALE)
    edge = "margin:.3rem 0;padding-left:.7rem;border-left:3px solid "
    if view.picked is None:
        return pieces(note, element("div", "Click a bar to pick a combination.", style=f"{edge}transparent"))
    size = f"{words(view.picked.names)}: {profiles(view.picked.size)}"
    texts: list[str] = [element("b", size, data_size=view.picked.size)]
    if view.sendable is not None:
        texts += [" · ", element("b", f"{view.sendable:,}"), " may be texted"]
    return pieces(note, element("div", *texts, style=f"{edge}{ORANGE}"))


class _Scale(NamedTuple):
    """How bars are drawn.

    Attributes:
        first: the middle of the first column.
        pitch: the distance between columns.
        tallest: the number of profiles of a bar with full height.
        is_upright: whether numbers are drawn upright.
    """

    first: float
    pitch: float
    tallest: int
    is_upright: bool

    def at(self, place: float) -> float:
        """Return the middle of a column."""
        return self.first + place * self.pitch


def _picture(view: ExplorerView, *, live: bool) -> Markup:
    """Draw the sizes of segments at the left, and for each intersection a column of dots with a bar above it.

    The chart is not scaled down, so that its text stays readable; on a narrow page it can be scrolled.
    """
    sets = view.sets
    places = len(sets.shown) + 1.3 * bool(sets.folded)
    width = round(max(_WIDTH, _MATRIX_START + places * _LEAST_PITCH))
    height = _BARS_END + 8 + _ROW * len(sets.names)
    pitch = min(_PITCH, (width - _MATRIX_START) / max(places, 1))
    # If a number is wider than its column, draw all numbers upright, so that they do not overlap.
    letters = max(len(f"{size:,}") for size in [sets.rest, *(one.size for one in sets.shown)])
    scale = _Scale(_MATRIX_START + pitch / 2, pitch, sets.largest, letters * 6.2 > pitch)
    columns = [_column(view, one, scale, place) for place, one in enumerate(sets.shown)]
    rest = [_rest(sets, scale, places - 1, width)] if sets.folded else []
    largest = f"; the largest: {words(view.names(sets.shown[0]))}, {sets.shown[0].size:,}" if sets.shown else ""
    drawn = picture(
        _rows(sets), *columns, *rest,
        width=width, height=height, style="display:block", live=live, font_size=12, fill=INK,
        label=f"Exact intersections of {counted(len(sets.names), 'segment')}{largest}. {sets.note}",
    )  # fmt: skip
    return element("div", drawn, style="overflow-x:auto")


def _middle(row: float) -> float:
    """Return the vertical position of the middle of a row."""
    return _BARS_END + 8 + _ROW * (row + 0.5)


def _rows(sets: Intersections) -> Markup:
    per_member = 38 / (max(sets.sizes) or 1)
    rows = []
    for row, (name, size) in enumerate(zip(sets.names, sets.sizes, strict=True)):
        middle, wide = _middle(row), size * per_member
        stripe = element("rect", width="100%", y=middle - _ROW / 2, height=_ROW, fill_opacity=".06")
        rows += [
            stripe if row % 2 == 0 else Markup(),
            element("rect", class_="size", x=_SIZES_END - wide, y=middle - 6, width=wide, height=12, fill=GREY),
            element("text", f"{size:,}", x=_SIZES_END - wide - 4, y=middle + 4, text_anchor="end"),
            element("text", shortened(name, _LETTERS), x=_SIZES_END + 8, y=middle + 4),
        ]
    return pieces(*rows)


def _column(view: ExplorerView, one: Intersection, scale: _Scale, place: int) -> Markup:
    """Draw an intersection: its bar, and below it a dot for each segment; dots of its own segments are coloured and connected."""
    at, colour = scale.at(place), ORANGE if view.is_picked(one) else BLUE
    ends = {"x1": at, "x2": at, "y1": _middle(one.rows[0]), "y2": _middle(one.rows[-1])}
    dots = [
        element(
            "circle", cx=at, cy=_middle(row), r=5, **({"fill": colour} if row in one.rows else {"fill_opacity": _FAINT})
        )
        for row in range(len(view.sets.names))
    ]
    return element(
        "g",
        element("title", f"{words(view.names(one))}: {profiles(one.size)}"),
        _bar(at, one.size, scale, colour),
        element("line", **ends, stroke=colour, stroke_width=3),
        *dots,
        # Its full height can be pressed, not only the bar, which may be a pixel tall.
        element("rect", x=at - scale.pitch / 2, y=_BARS_TOP, width=scale.pitch, height=_full(view), fill_opacity="0"),
        class_="intersection",
        data_pick=" ".join(map(str, one.rows)),
        aria_label=f"{words(view.names(one))}: {profiles(one.size)}",
    )


def _full(view: ExplorerView) -> float:
    """Return the height of a column: its bar at full height, and its dots."""
    return _middle(len(view.sets.names) - 0.5) - _BARS_TOP


def _rest(sets: Intersections, scale: _Scale, place: float, width: int) -> Markup:
    """Draw the smaller intersections as one bar, at most as tall as the tallest other bar, and label it with how many are combined."""
    at = scale.at(place)
    cut = element("text", "≈", x=at, y=_BARS_END - 6, text_anchor="middle")
    count = element("text", f"+{sets.folded:,}", x=width - 2, y=_middle(len(sets.names) / 2), text_anchor="end")
    bar = _bar(at, sets.rest, scale, GREY)
    return element("g", bar, *[cut] * (sets.rest > scale.tallest), count, class_="rest")


def _bar(at: float, size: int, scale: _Scale, colour: str) -> Markup:
    tall = (_BARS_END - _BARS_TOP) * min(size / scale.tallest, 1.0)
    wide, top = 0.66 * scale.pitch, _BARS_END - tall
    turned = {"transform": f"rotate(-90 {at:.1f} {top - 5:.1f})", "dy": 4}
    placed = {"x": at, "y": top - 5, "font_size": 11, **(turned if scale.is_upright else {"text_anchor": "middle"})}
    return pieces(
        element("rect", x=at - wide / 2, y=top, width=wide, height=tall, fill=colour),
        element("text", f"{size:,}", **placed, font_weight=700 if colour == ORANGE else 400),
    )


def _pairwise(view: ExplorerView) -> Markup:
    """Return a table with the share of each row's members that are in each column's segment."""
    cell = "padding:.1rem .3rem;text-align:right;white-space:nowrap"
    names = view.sets.names
    narrow = "padding:.1rem .3rem;text-align:right;vertical-align:bottom;font-weight:400;max-width:6.5rem"
    heads = elements("th", ["members", *(shortened(name, _LETTERS) for name in names)], scope="col", style=narrow)
    rows = []
    for name, size in zip(names, view.sets.sizes, strict=True):
        head = element("th", flat(name), scope="row", style=f"{cell};text-align:left;font-weight:400")
        shares = (_share(view.shares[name, other], cell) if other != name else element("td") for other in names)
        rows.append(element("tr", head, element("td", f"{size:,}", style=cell), *shares))
    caption = "Of the members of each row, the share that is also in each column:"
    written = element(
        "table",
        element("caption", caption, style=f"text-align:left;white-space:nowrap;{PALE}"),
        element("thead", element("tr", element("th"), heads)),
        element("tbody", *rows),
        style="border-collapse:collapse;font-size:.85rem;margin:.5rem 0",
    )
    return element("div", written, style="overflow-x:auto")


def _share(share: float, cell: str) -> Markup:
    coloured = f";background:{faded(BLUE, round(STRONGEST * share, 2))}" if share > 0 else ""
    return element("td", percent(share, digits=1), style=f"{cell}{coloured}")

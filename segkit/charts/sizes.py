"""How large segments are, drawn from the table of `sk.sizes`; who is in them is not known here."""

from dataclasses import dataclass
from math import isnan

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, FAINT, PALE_BLUE
from segkit.drawing.tables import Size, sizes_of
from segkit.wording import counted, percent, shortened

_ROW = 27


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of every bar: what it means, its colour and its length in profiles for each segment."""

    words: str
    colour: str
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _SizesInfo:
    """What is drawn: the segments in the table's order, the label at the end of each bar, and its parts, inner first."""

    rows: tuple[Size, ...]
    labels: tuple[str, ...]
    parts: tuple[_Part, ...]
    heading: Heading


def plot_sizes(sizes: pd.DataFrame) -> go.Figure:
    """Draw how many members each segment has, a bar for each, in the order of the table; an empty segment keeps its row.

    Args:
        sizes: as `sk.sizes` returns it: index segment; `size`, `share` (0 to 1), `base`, `base_size`. Where the columns
            `sendable` (may be texted) and `before_consent` (let in by all but SMS consent) exist, bars are drawn in these parts.

    Raises:
        DefinitionError: it is another table.

    >>> row = {"size": 653, "share": 653 / 2984, "base": "SMS subscribers", "base_size": 2984}
    >>> "SMS engaged is 22% of SMS subscribers" in plot_sizes(pd.DataFrame([row], index=["SMS engaged"])).layout.title.text
    True
    """
    style.check_table("plot_sizes", sizes, ["size", "share", "base", "base_size"], "sk.sizes")
    info = _sizes_info(sizes)
    return _sizes_figure(info) if info.rows else style.only_words(info.heading)


def _sizes_info(sizes: pd.DataFrame) -> _SizesInfo:
    rows = tuple(sizes_of(sizes))
    bases = list(dict.fromkeys((row.base, row.base_size) for row in rows))
    labels = tuple(
        f"{row.size:,} · {percent(row.share)}" + (f" of {shortened(row.base, 25)}" if len(bases) > 1 else "")
        for row in rows
    )
    parts = _parts(rows)
    colours = tuple((part.colour, part.words) for part in parts) if len(parts) > 1 else ()
    # It is no news that the base is all of itself.
    others = [row for row in rows if row.name != row.base] or list(rows)
    largest = max(others, key=lambda row: row.size, default=None)
    heading = Heading(_finding(others, largest), _note(rows, largest, bases), colours)
    return _SizesInfo(rows, labels, parts, heading)


def _parts(rows: tuple[Size, ...]) -> tuple[_Part, ...]:
    sendable = tuple(row.size if row.sendable is None else row.sendable for row in rows)
    if all(row.sendable is None for row in rows):
        parts = [_Part("member", BLUE, sendable)]
    else:
        rest = tuple(row.size - inner for row, inner in zip(rows, sendable, strict=True))
        parts = [
            _Part("may be texted", BLUE, sendable),
            _Part("member, may not be texted", PALE_BLUE, rest),
        ]
    if any(row.before_consent is not None for row in rows):
        beyond = tuple(max((row.before_consent or 0) - row.size, 0) for row in rows)
        parts.append(_Part("would be a member, but for SMS consent", FAINT, beyond))
    return tuple(parts)


def _finding(others: list[Size], largest: Size | None) -> str:
    if largest is None:
        return "There is no segment to show"
    name, base = shortened(largest.name), shortened(largest.base)
    if not largest.size:
        return f"Nobody is in {name if len(others) == 1 else f'any of the {len(others):,} segments'}"
    among = f", the largest of {len(others):,}," if len(others) > 1 else ""
    if isnan(largest.share):
        return f"{name}{among} has {counted(largest.size, 'member')}"
    if largest.size == round(largest.share * largest.base_size):
        return f"{name}{among} is {percent(largest.share)} of {base}"
    # Some members are not in the base.
    return f"{percent(largest.share)} of {base} are in {name}{among}".rstrip(",")


def _note(rows: tuple[Size, ...], largest: Size | None, bases: list[tuple[str, int]]) -> str:
    has_members = largest is not None and largest.size > 0
    parts = []
    if largest is not None and has_members and largest.sendable is not None:
        parts.append(f"{largest.sendable:,} of its {counted(largest.size, 'member')} may be texted.")
    if len(bases) == 1:
        parts.append(f"Shares are of {shortened(bases[0][0])} ({bases[0][1]:,}).")
    empty = sum(not row.size for row in rows)
    if empty and has_members:
        parts.append(f"{counted(empty, 'segment has', 'segments have')} no members.")
    return " ".join(parts)


def _sizes_figure(info: _SizesInfo) -> go.Figure:
    hovers = [_hover(row) for row in info.rows]
    places = list(range(len(info.rows)))
    ends = [sum(lengths) for lengths in zip(*(part.lengths for part in info.parts), strict=True)]
    drawn = [
        style.bars(part.lengths, places, colour=part.colour, hovers=hovers, name=part.words) for part in info.parts
    ]
    return style.figure(
        [*drawn, style.bar_labels(ends, places, info.labels, hovers=hovers)],
        info.heading,
        height=_ROW * len(places),
        margin={"r": style.label_room(info.labels)},
        barmode="stack",
        xaxis=style.axis(range=[0, max(ends) or 1], showticklabels=False),
        yaxis=style.name_axis([row.name for row in info.rows]),
    )


def _hover(row: Size) -> str:
    return hover(
        row.name,
        counted(row.size, "member"),
        f"{row.base_share} ({row.base_size:,})",
        "" if row.sendable is None else f"{row.sendable:,} may be texted",
        "" if row.before_consent is None else f"{row.before_consent:,} before SMS consent",
    )

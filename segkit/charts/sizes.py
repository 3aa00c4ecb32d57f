"""How large segments are, drawn from the table of `sk.sizes`; who is in them is not known here."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.errors import counted

_ROW = 27


@dataclass(frozen=True, slots=True)
class _Row:
    """One segment; None is what the table doesn't say."""

    name: str
    size: int
    share: float
    base: str
    base_size: int
    sendable: int | None
    before_consent: int | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of every bar: what it means, its colour and its length in profiles for each segment."""

    words: str
    colour: str
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _SizesInfo:
    """What is drawn: the segments in the table's order, the label at the end of each bar, and its parts, inner first."""

    rows: tuple[_Row, ...]
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

    >>> table = pd.DataFrame({"size": [653], "share": [0.22], "base": "SMS subscribers", "base_size": 2984}, index=["SMS engaged"])
    >>> plot_sizes(table).layout.title.text.split("<br>")[0]
    '<b>SMS engaged is 22% of SMS subscribers</b>'
    """
    style.check_table("plot_sizes", sizes, ["size", "share", "base", "base_size"], "sk.sizes")
    return _sizes_figure(_sizes_info(sizes))


def _sizes_info(sizes: pd.DataFrame) -> _SizesInfo:
    def known(value: Any) -> int | None:
        return None if pd.isna(value) else int(value)

    rows = tuple(
        _Row(
            str(name), int(row["size"]), float(row["share"]), str(row["base"]), int(row["base_size"]),
            known(row.get("sendable")), known(row.get("before_consent")),
        )
        for name, row in zip(sizes.index, sizes.to_dict("records"), strict=True)
    )  # fmt: skip
    bases = list(dict.fromkeys((row.base, row.base_size) for row in rows))
    labels = tuple(
        f"{row.size:,} · {style.percent(row.share)}" + (f" of {style.shortened(row.base)}" if len(bases) > 1 else "")
        for row in rows
    )
    largest = _largest(rows)
    parts = _parts(rows)
    colours = tuple((part.colour, part.words) for part in parts) if len(parts) > 1 else ()
    return _SizesInfo(rows, labels, parts, Heading(_finding(rows, largest), _note(rows, largest, bases), colours))


def _largest(rows: tuple[_Row, ...]) -> _Row | None:
    """Return the largest segment but the base itself, of which it is no news that it is all of itself."""
    others = [row for row in rows if row.name != row.base] or list(rows)
    largest = max(others, key=lambda row: row.size, default=None)
    return largest if largest is not None and largest.size else None


def _finding(rows: tuple[_Row, ...], largest: _Row | None) -> str:
    if not rows:
        return "There is no segment to show"
    if largest is None:
        return f"Nobody is in {rows[0].name if len(rows) == 1 else f'any of the {len(rows):,} segments'}"
    name = style.shortened(largest.name)
    others = [row for row in rows if row.name != row.base]
    of = f"the other {len(others):,}" if len(others) < len(rows) else f"{len(rows):,}"
    among = f", the largest of {of} segments," if len(others) > 1 else ""
    share, base = style.percent(largest.share), style.shortened(largest.base)
    if pd.isna(largest.share):
        return f"{name}{among} has {counted(largest.size, 'member')}"
    if largest.size == round(largest.share * largest.base_size):
        return f"{name}{among} is {share} of {base}"
    return f"{share} of {base} are in {name}{among}".rstrip(",")


def _note(rows: tuple[_Row, ...], largest: _Row | None, bases: list[tuple[str, int]]) -> str:
    parts = []
    if largest is not None and largest.sendable is not None:
        parts.append(f"{largest.sendable:,} of its {counted(largest.size, 'member')} may be texted.")
    if len(bases) == 1:
        parts.append(f"Shares are of {style.shortened(bases[0][0])} ({bases[0][1]:,}).")
    empty = sum(not row.size for row in rows)
    if empty and largest is not None:
        parts.append(f"{counted(empty, 'segment has', 'segments have')} no members.")
    return " ".join(parts)


def _parts(rows: tuple[_Row, ...]) -> tuple[_Part, ...]:
    sendable = tuple(row.size if row.sendable is None else row.sendable for row in rows)
    if all(row.sendable is None for row in rows):
        parts = [_Part("member", style.BLUE, sendable)]
    else:
        others = tuple(row.size - inner for row, inner in zip(rows, sendable, strict=True))
        parts = [
            _Part("may be texted", style.BLUE, sendable),
            _Part("member, may not be texted", style.PALE_BLUE, others),
        ]
    if any(row.before_consent is not None for row in rows):
        beyond = tuple(max((row.before_consent or 0) - row.size, 0) for row in rows)
        parts.append(_Part("would be a member, but for SMS consent", style.PALE_GREY, beyond))
    return tuple(parts)


def _sizes_figure(info: _SizesInfo) -> go.Figure:
    hovers = [_hover(row) for row in info.rows]
    places = list(range(len(info.rows)))
    ends = [sum(lengths) for lengths in zip(*(part.lengths for part in info.parts), strict=True)]
    traces = [
        style.bars(part.lengths, places, colour=part.colour, hovers=hovers, name=part.words) for part in info.parts
    ]
    return style.figure(
        [*traces, style.bar_labels(ends, places, info.labels, hovers=hovers)],
        info.heading,
        height=max(_ROW * len(places), 10),
        margin={"r": 24 + max(map(style.width, info.labels), default=0)},
        barmode="stack",
        xaxis=style.axis(range=[0, max(ends, default=0) or 1], showticklabels=False),
        yaxis=style.name_axis([row.name for row in info.rows]),
    )


def _hover(row: _Row) -> str:
    return style.hover(
        row.name,
        counted(row.size, "member"),
        f"{style.percent(row.share)} of {row.base} ({row.base_size:,})",
        "" if row.sendable is None else f"{row.sendable:,} may be texted",
        "" if row.before_consent is None else f"{row.before_consent:,} before SMS consent",
    )

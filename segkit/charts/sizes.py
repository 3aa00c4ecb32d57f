"""Draw the sizes of segments as bars, from the table of `sk.sizes`."""

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

_LARGE, _MANY = 0.2, 4
"""The smallest share of the base at which a segment is called large, and the smallest number of segments at which the title counts large ones."""


def plot_sizes(sizes: pd.DataFrame) -> go.Figure:
    """Draw a bar for the number of members of each segment, in the order of the table. An empty segment keeps its row.

    Args:
        sizes: a table from `sk.sizes`, with segments as the index and the columns `size`, `share` (0 to 1), `base` and `base_size`. If
            it also has `sendable` (may be texted) or `before_consent` (members without the SMS consent condition), bars show these.

    Raises:
        DefinitionError: the table has the wrong columns.

    >>> row = {"size": 653, "share": 653 / 2984, "base": "SMS subscribers", "base_size": 2984}
    >>> "SMS engaged is 22% of SMS subscribers" in plot_sizes(pd.DataFrame([row], index=["SMS engaged"])).layout.title.text
    True
    """
    style.check_table("plot_sizes", sizes, ["size", "share", "base", "base_size"], "sk.sizes")
    rows = sizes_of(sizes)
    parts = _parts(rows)
    heading = _heading(rows, tuple((colour, words) for words, colour, _ in parts) if len(parts) > 1 else ())
    return _sizes_figure(rows, parts, heading) if rows else style.only_words(heading)


def _parts(rows: list[Size]) -> list[tuple[str, str, list[int]]]:
    """Return the parts of the bars, the innermost first: the label, the colour, and the length in profiles for each segment."""
    sendable = [row.size if row.sendable is None else row.sendable for row in rows]
    parts = [("member", BLUE, sendable)]
    if any(row.sendable is not None for row in rows):
        rest = [row.size - inner for row, inner in zip(rows, sendable, strict=True)]
        parts = [("may be texted", BLUE, sendable), ("member who can't be texted", PALE_BLUE, rest)]
    if any(row.before_consent is not None for row in rows):
        beyond = [max((row.before_consent or 0) - row.size, 0) for row in rows]
        parts.append(("would be a member, but for SMS consent", FAINT, beyond))
    return parts


def _heading(rows: list[Size], colours: tuple[tuple[str, str], ...]) -> Heading:
    # Skip segments that are the base, since they are always 100% of it.
    others = [row for row in rows if row.name != row.base] or rows
    largest = max(others, key=lambda row: row.size, default=None)
    return Heading(_finding(others, largest), _note(rows, largest), colours)


def _bases(rows: list[Size]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((row.base, row.base_size) for row in rows))


def _finding(others: list[Size], largest: Size | None) -> str:
    if largest is None:
        return "There is no segment to show"
    name, base = shortened(largest.name), shortened(largest.base)
    if not largest.size:
        return f"Nobody is in {name if len(others) == 1 else f'any of the {len(others):,} segments'}"
    among = f"the largest of {len(others):,}" if len(others) > 1 else ""
    if isnan(largest.share):
        return f"{name} has {counted(largest.size, 'member')}{', ' * bool(among)}{among}"
    large = sum(row.share >= _LARGE for row in others)
    if len(others) >= _MANY and len({row.base for row in others}) == 1 and 0 < large < len(others):
        hold = "holds" if large == 1 else "hold"
        first = "" if large == 1 else f", most of all {name} ({percent(largest.share)})"
        which = f"Only {name}" if large == 1 else f"{large:,} of {len(others):,} segments"
        return f"{which} {hold} {_LARGE:.0%} or more of {base}{first}"
    if largest.size == round(largest.share * largest.base_size):
        return f"{name} is {among}{', ' * bool(among)}{percent(largest.share)} of {base}"
    # Some members are not in the base.
    return f"{percent(largest.share)} of {base} are in {name}{', ' * bool(among)}{among}"


def _note(rows: list[Size], largest: Size | None) -> str:
    bases = _bases(rows)
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


def _sizes_figure(rows: list[Size], parts: list[tuple[str, str, list[int]]], heading: Heading) -> go.Figure:
    hovers = [_hover(row) for row in rows]
    has_one_base = len(_bases(rows)) == 1
    labels = [_label(row, "" if has_one_base else f" of {shortened(row.base, 25)}") for row in rows]
    places = list(range(len(rows)))
    ends = [sum(lengths) for lengths in zip(*(lengths for _, _, lengths in parts), strict=True)]
    drawn = [style.bars(lengths, places, colour=colour, hovers=hovers, name=words) for words, colour, lengths in parts]
    return style.figure(
        [*drawn, style.bar_labels(ends, places, labels, hovers=hovers)],
        heading,
        height=_ROW * len(places),
        margin={"r": style.label_room(labels)},
        barmode="stack",
        xaxis=style.axis(range=[0, max(ends) or 1], showticklabels=False),
        yaxis=style.name_axis([row.name for row in rows]),
    )


def _label(row: Size, base: str) -> str:
    members = f"{row.size:,}" if row.sendable is None else f"{row.sendable:,} of {row.size:,}"
    return f"{members} · {percent(row.share)}{base}"


def _hover(row: Size) -> str:
    return hover(
        row.name,
        counted(row.size, "member"),
        f"{row.base_share} ({row.base_size:,})",
        "" if row.sendable is None else f"{row.sendable:,} may be texted",
        "" if row.before_consent is None else f"{row.before_consent:,} before SMS consent",
    )

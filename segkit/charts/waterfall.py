"""From the included members to who may be texted, drawn from an audience's waterfall; who that is, is not known here."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.coverage import unchecked
from segkit.wording import counted, hover, percent

_ROW = 36


@dataclass(frozen=True, slots=True)
class _Step:
    """One row: what it means, how many profiles stop there, and how many are left after it."""

    meaning: str
    removed: int
    remaining: int


@dataclass(frozen=True, slots=True)
class _WaterfallInfo:
    """What is drawn, from top to bottom: who is included, the steps that stopped somebody, who may be texted."""

    rows: tuple[_Step, ...]
    heading: Heading


def plot_waterfall(waterfall: pd.DataFrame) -> go.Figure:
    """Draw how many included profiles are left after each step up to those who may be texted.

    Steps that stopped nobody, or could not be checked, are named below the title. The step that stops most is set apart by its colour.

    Args:
        waterfall: as `SmsAudience.waterfall`: `step`, `meaning`, `removed`, `remaining`; first who is included, last who is
            sent to. Steps that could not be checked are known only where it has `checked_against`, too.

    Raises:
        DefinitionError: it is another table.

    >>> rows = [("included", "", 0, 10), ("no phone", "no phone number", 4, 6), ("sendable", "sent to", 0, 6)]
    >>> table = pd.DataFrame(rows, columns=["step", "meaning", "removed", "remaining"])
    >>> plot_waterfall(table).layout.title.text.split("<br>")[0]
    '<b>6 of 10 included profiles may be texted (60%)</b>'
    """
    columns = ["step", "meaning", "removed", "remaining"]
    style.check_table("plot_waterfall", waterfall, columns, "sk.audience(...).waterfall")
    info = _waterfall_info(waterfall)
    return _waterfall_figure(info) if info.rows else style.only_words(info.heading)


def _waterfall_info(waterfall: pd.DataFrame) -> _WaterfallInfo:
    columns = [waterfall[column].tolist() for column in ("meaning", "removed", "remaining")]
    steps = [_Step(str(meaning), int(gone), int(left)) for meaning, gone, left in zip(*columns, strict=True)]
    if len(steps) < 2 or not steps[0].remaining:
        return _WaterfallInfo((), Heading("Nobody is included, so nobody may be texted"))
    included, sendable = steps[0].remaining, steps[-1].remaining
    stops = [step for step in steps[1:-1] if step.removed]
    between = zip(waterfall["step"].tolist()[1:-1], columns[1][1:-1], strict=True)
    removed = {str(step): int(gone) for step, gone in between}
    lacking = unchecked(waterfall)
    nobody = [step for step, gone in removed.items() if not gone and step not in lacking]
    notes = []
    if stops:
        most = max(removed, key=lambda step: removed[step])
        notes.append(f"Stopped most: {most} ({removed[most]:,}).")
    if nobody:
        notes.append(f"Stopped nobody: {', '.join(nobody)}.")
    if lacking:
        notes.append(f"Not fully checked, since the data lacks something: {', '.join(lacking)}.")
    finding = f"{sendable:,} of {counted(included, 'included profile')} may be texted ({percent(sendable / included)})"
    rows = (_Step("included", 0, included), *stops, _Step("may be texted", 0, sendable))
    return _WaterfallInfo(rows, Heading(finding, " ".join(notes)))


def _waterfall_figure(info: _WaterfallInfo) -> go.Figure:
    left, gone = [row.remaining for row in info.rows], [row.removed for row in info.rows]
    ends = [row.remaining + row.removed for row in info.rows]
    # A minus sign is as wide as the digits.
    labels = [f"−{row.removed:,}" if row.removed else f"{row.remaining:,}" for row in info.rows]  # noqa: RUF001
    hovers = [_hover(row, info.rows[0].remaining) for row in info.rows]
    places = list(range(len(info.rows)))
    kept = [style.PALE_BLUE] * (len(places) - 1) + [style.BLUE]
    lost = [style.ORANGE if removed == max(gone) else style.GREY for removed in gone]
    traces = [
        style.bars(left, places, colour=kept, hovers=hovers, name="left"),
        style.bars(gone, places, colour=lost, hovers=hovers, name="stopped"),
        style.bar_labels(ends, places, labels, hovers=hovers),
    ]
    return style.figure(
        traces,
        info.heading,
        height=_ROW * len(places),
        margin={"r": style.label_room(labels)},
        barmode="stack",
        xaxis=style.axis(range=[0, max(ends)], showticklabels=False),
        yaxis=style.name_axis([row.meaning for row in info.rows], letters=64, line=34),
    )


def _hover(row: _Step, included: int) -> str:
    return hover(
        row.meaning,
        f"{row.removed:,} stopped here" if row.removed else "",
        f"{row.remaining:,} left, {percent(row.remaining / included)} of {included:,} included",
    )

"""Draw an audience's waterfall: how many profiles each eligibility check removes, from the members to those who may be texted."""

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading
from segkit.drawing.html import hover
from segkit.drawing.palette import BLUE, GREY, ORANGE, PALE_BLUE
from segkit.drawing.tables import Step, Waterfall
from segkit.wording import counted, percent

_ROW = 36


def plot_waterfall(waterfall: pd.DataFrame) -> go.Figure:
    """Draw how many profiles are left after each step, from the included profiles to those who may be texted.

    Steps that stopped nobody, or could not be checked, are named below the title. The step that stops the most is drawn in a different colour.

    Args:
        waterfall: a table like `SmsAudience.waterfall`, with columns `step`, `meaning`, `removed`, `remaining`. The first row is
            "included", the last "sendable". Steps that could not be checked are only named if it also has `checked_against`.

    Raises:
        DefinitionError: the table has the wrong columns.

    >>> rows = [("included", "", 0, 10), ("no phone", "no phone number", 4, 6), ("sendable", "sent to", 0, 6)]
    >>> table = pd.DataFrame(rows, columns=["step", "meaning", "removed", "remaining"])
    >>> "6 of 10 included profiles may be texted (60%)" in plot_waterfall(table).layout.title.text
    True
    """
    columns = ["step", "meaning", "removed", "remaining"]
    style.check_table("plot_waterfall", waterfall, columns, "sk.audience(...).waterfall")
    steps = Waterfall.of(waterfall)
    return _waterfall_figure(steps) if steps.included else style.only_words(_heading(steps))


def _heading(steps: Waterfall) -> Heading:
    if not steps.included:
        return Heading("Nobody is included, so nobody may be texted")
    notes = []
    if steps.nobody:
        notes.append(f"Stopped nobody: {', '.join(steps.nobody)}.")
    if steps.unchecked:
        notes.append(f"Not fully checked, since the data lacks something: {', '.join(steps.unchecked)}.")
    share = percent(steps.sendable / steps.included)
    finding = f"{steps.sendable:,} of {counted(steps.included, 'included profile')} may be texted ({share})"
    colours = [(PALE_BLUE, "left")]
    if steps.most is not None:
        colours += [(GREY, "stopped")] if len(steps.stops) > 1 else []
        colours += [(ORANGE, f"stopped most: {steps.most[0]} ({steps.most[1]:,})")]
    return Heading(finding, " ".join(notes), (*colours, (BLUE, "may be texted")))


def _waterfall_figure(steps: Waterfall) -> go.Figure:
    rows = [Step("included", 0, steps.included), *steps.stops, Step("may be texted", 0, steps.sendable)]
    left, gone = [row.remaining for row in rows], [row.removed for row in rows]
    ends = [row.remaining + row.removed for row in rows]
    labels = [f"{row.removal} → {row.remaining:,}" if row.removed else f"{row.remaining:,}" for row in rows]
    hovers = [_hover(row, steps.included) for row in rows]
    places = list(range(len(rows)))
    kept = [PALE_BLUE] * (len(places) - 1) + [BLUE]
    lost = [ORANGE if removed == max(gone) else GREY for removed in gone]
    traces = [
        style.bars(left, places, colour=kept, hovers=hovers, name="left"),
        style.bars(gone, places, colour=lost, hovers=hovers, name="stopped"),
        style.bar_labels(ends, places, labels, hovers=hovers),
    ]
    return style.figure(
        traces,
        _heading(steps),
        height=_ROW * len(places),
        margin={"r": style.label_room(labels)},
        barmode="stack",
        xaxis=style.axis(range=[0, max(ends)], showticklabels=False),
        yaxis=style.name_axis([row.meaning for row in rows], letters=64, line=34),
    )


def _hover(row: Step, included: int) -> str:
    return hover(
        row.meaning,
        f"{counted(row.removed, 'profile')} stopped here" if row.removed else "",
        f"{row.remaining:,} left, {percent(row.remaining / included)} of {included:,} included",
    )

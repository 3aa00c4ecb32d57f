"""From the included members to who may be texted, drawn from an audience's waterfall; why a step stops somebody is not known here."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from segkit.charts import style
from segkit.charts.style import Heading

_ROW = 32


@dataclass(frozen=True, slots=True)
class _Step:
    """One row: what it is called and means, how many profiles stop there, and how many are left after it."""

    name: str
    meaning: str
    removed: int
    remaining: int


@dataclass(frozen=True, slots=True)
class _WaterfallInfo:
    """What is drawn: the first row, the steps that stopped somebody, and the last row."""

    included: int
    stops: tuple[_Step, ...]
    sendable: int
    heading: Heading


def plot_waterfall(waterfall: pd.DataFrame) -> go.Figure:
    """Draw how many included profiles are left after each step up to those who may be texted.

    Steps that stopped nobody are named below the title. The step that stops most is set apart by its colour.

    Args:
        waterfall: as `SmsAudience.waterfall`: `step`, `meaning`, `removed`, `remaining`; the first row included, the last sendable.

    Raises:
        DefinitionError: it is another table.

    >>> rows = [("included", "", 0, 10), ("no phone", "no phone number", 4, 6), ("sendable", "sent to", 0, 6)]
    >>> table = pd.DataFrame(rows, columns=["step", "meaning", "removed", "remaining"])
    >>> plot_waterfall(table).layout.title.text.split("<br>")[0]
    '<b>6 of 10 included profiles may be texted (60%)</b>'
    """
    style.check_table(
        "plot_waterfall", waterfall, ["step", "meaning", "removed", "remaining"], "sk.audience(...).waterfall"
    )
    return _waterfall_figure(_waterfall_info(waterfall))


def _waterfall_info(waterfall: pd.DataFrame) -> _WaterfallInfo:
    columns = (waterfall[column].tolist() for column in ("step", "meaning", "removed", "remaining"))
    steps = [
        _Step(str(step), str(meaning), int(gone), int(left)) for step, meaning, gone, left in zip(*columns, strict=True)
    ]
    included, sendable = (steps[0].remaining, steps[-1].remaining) if steps else (0, 0)
    between = steps[1:-1]
    stops = tuple(step for step in between if step.removed)
    nobody = [step.name for step in between if not step.removed]
    most = max(stops, key=lambda step: step.removed, default=None)
    notes = [f"Most others are stopped by: {most.meaning} ({most.removed:,})."] if most else []
    notes += [f"Nobody is stopped by: {', '.join(nobody)}."] if nobody and included else []
    return _WaterfallInfo(included, stops, sendable, Heading(_finding(included, stops, sendable), " ".join(notes)))


def _finding(included: int, stops: tuple[_Step, ...], sendable: int) -> str:
    if not included:
        return "Nobody is included, so nobody may be texted"
    if not stops:
        return (
            f"All {included:,} included profiles may be texted"
            if included > 1
            else "The one included profile may be texted"
        )
    return f"{sendable:,} of {included:,} included profiles may be texted ({style.percent(sendable / included)})"


def _waterfall_figure(info: _WaterfallInfo) -> go.Figure:
    names = ["included", *(step.meaning for step in info.stops), "may be texted"]
    left = [info.included, *(step.remaining for step in info.stops), info.sendable]
    gone = [0, *(step.removed for step in info.stops), 0]
    most = max(gone)
    colours = [style.ORANGE if removed == most else style.GREY for removed in gone]
    kept = [style.PALE_BLUE] * (len(names) - 1) + [style.BLUE]
    # A minus sign is as wide as the digits.
    labels = [f"−{removed:,}" if removed else f"{count:,}" for removed, count in zip(gone, left, strict=True)]  # noqa: RUF001
    hovers = [_hover("included", 0, info.included, info)]
    hovers += [_hover(step.meaning, step.removed, step.remaining, info) for step in info.stops]
    hovers += [_hover("may be texted", 0, info.sendable, info)]
    places = list(range(len(names)))
    ends = [count + removed for count, removed in zip(left, gone, strict=True)]
    traces = [
        style.bars(left, places, colour=kept, hovers=hovers, name="left"),
        style.bars(gone, places, colour=colours, hovers=hovers, name="stopped"),
        style.bar_labels(ends, places, labels, hovers=hovers),
    ]
    return style.figure(
        traces,
        info.heading,
        height=_ROW * len(places),
        margin={"r": 24 + max(map(style.width, labels))},
        barmode="stack",
        xaxis=style.axis(range=[0, info.included or 1], showticklabels=False),
        yaxis=style.name_axis(names, letters=50),
    )


def _hover(name: str, removed: int, remaining: int, info: _WaterfallInfo) -> str:
    share = style.percent(remaining / info.included) if info.included else "—"
    return style.hover(
        name,
        f"{removed:,} stopped here" if removed else "",
        f"{remaining:,} left, {share} of {info.included:,} included",
    )

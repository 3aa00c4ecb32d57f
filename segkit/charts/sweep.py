"""Draw how a segment's size depends on one or two parameters, as a line, bars or a heat map, from the table of `sk.sweep`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts import heat, style
from segkit.charts.style import Heading
from segkit.drawing.html import Markup, element, hover, lines, one_line, pieces
from segkit.drawing.palette import BLUE, GREEN, ORANGE
from segkit.errors import DefinitionError
from segkit.wording import counted, number, percent, shortened

_NO_PARAMETERS: Final = frozenset({"size", "share", "base", "base_size", "sendable"})
_HEIGHT, _TILES_HEIGHT, _ROW = 300, 380, 38
_DOTS: Final = 40
"""The largest number of settings that are drawn with a dot for each."""

_FLAT: Final = 0.25
"""If the smallest size is less than this share below the largest, the parameter hardly matters."""

_MOST_COLUMNS, _MOST_ROWS = 14, 20
"""The largest heat map with numbers in its cells."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A row of the table: the values of the parameters and the resulting counts. Counts that the table lacks are None."""

    values: tuple[Any, ...]
    size: int
    share: float | None
    base: str
    sendable: int | None


@dataclass(frozen=True, slots=True)
class _SweepInfo:
    """The contents of the chart: the parameters' names, which of them are numbers, all settings in order, and the current setting."""

    parameters: tuple[str, ...]
    is_number: tuple[bool, ...]
    settings: tuple[_Setting, ...]
    current: _Setting | None

    def values(self, place: int) -> list[Any]:
        """Return the values of one parameter, in order."""
        return list(dict.fromkeys(setting.values[place] for setting in self.settings))


def plot_sweep(sweep: pd.DataFrame, *, current: object | Mapping[str, object] | None = None) -> go.Figure:
    """Draw how many members a segment has at each setting of one parameter (a line or bars) or of two (a heat map).

    Args:
        sweep: a table from `sk.sweep`, with a row for each setting: a column for each parameter, then `size`, `share` and `base`. With
            `sendable` and one parameter, the members who may be texted are also drawn.
        current: the setting to mark, which must be in the table: a value if there is one parameter, or a mapping such as
            {"clicked_days": 90, "subscribed_days": 30}. Hover labels of other settings show the change from it.

    Raises:
        DefinitionError: the table has the wrong columns, no parameter or more than two, or the current setting is not in it.

    >>> table = pd.DataFrame({"days": [30, 90], "size": [400, 653]})
    >>> "653 members at days 90" in plot_sweep(table, current=90).layout.title.text
    True
    """
    style.check_table("plot_sweep", sweep, ["size"], "sk.sweep")
    names = [column for column in sweep.columns if column not in _NO_PARAMETERS]
    if len(names) not in {1, 2}:
        raise DefinitionError.bad_value("The number of parameters in plot_sweep", len(names), "1 or 2")
    info = _sweep_info(sweep, names, current)
    if not info.settings:
        return style.only_words(Heading("There is no setting to show"))
    if len(names) == 2:
        return _heat_figure(info)
    return _line_figure(info) if info.is_number[0] else _bar_figure(info)


def _sweep_info(table: pd.DataFrame, names: list[str], current: object | Mapping[str, object] | None) -> _SweepInfo:
    types = (table[name].dtype for name in names)
    is_number = tuple(pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one) for one in types)
    numbers = [name for name, is_one in zip(names, is_number, strict=True) if is_one]
    settings = tuple(
        _Setting(
            tuple(row[name] for name in names),
            int(row["size"]),
            float(row["share"]) if "share" in row and not pd.isna(row["share"]) else None,
            str(row.get("base", "")),
            int(row["sendable"]) if "sendable" in row else None,
        )
        for row in (table.sort_values(numbers, kind="stable") if numbers else table).to_dict("records")
    )
    parameters = tuple(str(name).replace("_", " ") for name in names)
    return _SweepInfo(parameters, is_number, settings, _current(settings, names, current))


def _current(settings: tuple[_Setting, ...], names: list[str], current: object) -> _Setting | None:
    if current is None:
        return None
    wanted: tuple[object, ...] = (current,)
    if isinstance(current, Mapping):
        for name in current:
            if name not in names:
                raise DefinitionError.unknown_choice("A parameter of current", name, names)
        wanted = tuple(current.get(name) for name in names)
    found = next((setting for setting in settings if setting.values == wanted), None)
    if found is None:
        choices = [setting.values if len(names) > 1 else setting.values[0] for setting in settings]
        raise DefinitionError.unknown_choice("current", wanted if len(wanted) > 1 else wanted[0], choices)
    return found


def _heading(info: _SweepInfo, *colours: tuple[str, str]) -> Heading:
    least, most = (choose(info.settings, key=lambda setting: setting.size) for choose in (min, max))
    span = f"from {counted(least.size, 'member')} at {_at(info, least)} to {most.size:,} at {_at(info, most)}"
    if info.current is not None:
        is_flat = least.size > (1 - _FLAT) * most.size and any(info.is_number)
        span += ", so moving this hardly matters" if is_flat and least.size < most.size else ""
        span = "moving this changes nothing" if least.size == most.size and len(info.settings) > 1 else span
        share = info.current.share
        of = "" if share is None else f"That is {percent(share)} of {shortened(info.current.base)}. "
        finding = f"{counted(info.current.size, 'member')} at {_at(info, info.current)}"
        return Heading(finding, f"{of}{span[0].upper()}{span[1:]}.", colours)
    if least.size == most.size:
        moving = " or ".join(info.parameters)
        return Heading(
            f"Moving {moving} changes nothing: {counted(least.size, 'member')} at every setting", "", colours
        )
    if least.size > (1 - _FLAT) * most.size and any(info.is_number):
        moving = " or ".join(info.parameters)
        return Heading(f"Moving {moving} hardly matters: {least.size:,} to {counted(most.size, 'member')}", "", colours)
    return Heading(f"The segment {'grows' if any(info.is_number) else 'goes'} {span}", "", colours)


def _at(info: _SweepInfo, setting: _Setting) -> str:
    return " and ".join(f"{name} {_value(value)}" for name, value in zip(info.parameters, setting.values, strict=True))


def _value(value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else shortened(value)


def _hover(info: _SweepInfo, setting: _Setting) -> str:
    change = ""
    if info.current is not None and setting is not info.current:
        more = setting.size - info.current.size
        part = f" ({more / info.current.size:+.1%})" if info.current.size else ""
        change = f"{more:+,}{part} against {_at(info, info.current)}"
    return hover(
        _at(info, setting),
        counted(setting.size, "member"),
        "" if setting.share is None else f"{percent(setting.share)} of {setting.base}",
        "" if setting.sendable is None else f"{setting.sendable:,} may be texted",
        change,
    )


def _line_figure(info: _SweepInfo) -> go.Figure:
    x = [setting.values[0] for setting in info.settings]
    labels = {"hovertext": [_hover(info, setting) for setting in info.settings], "hoverinfo": "text"}
    curves = [("members", BLUE, [setting.size for setting in info.settings])]
    if any(setting.sendable is not None for setting in info.settings):
        curves.append(("of them may be texted", GREEN, [setting.sendable or 0 for setting in info.settings]))
    traces = [
        go.Scatter(
            x=x, y=sizes, name=name, mode="lines+markers" if len(x) <= _DOTS else "lines", **labels,
            line={"color": colour, "width": 2.5, "shape": "hv"}, marker={"color": colour, "size": 6},
        )
        for name, colour, sizes in curves
    ]  # fmt: skip
    shapes, notes = [], []
    if info.current is not None:
        place, size = info.current.values[0], info.current.size
        post = {"color": ORANGE, "width": 2, "dash": "dot"}
        shapes = [{"type": "line", "yref": "paper", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": post}]
        words = {"text": element("b", f"{_value(place)}: {size:,}"), "showarrow": False, "yanchor": "bottom"}
        notes = [{"x": place, "y": 1, "yref": "paper", **words}]
        dot = {"color": ORANGE, "size": 10, "line": {"width": 0}}
        traces.append(go.Scatter(x=[place], y=[size], mode="markers", marker=dot, hoverinfo="skip", name="current"))
    keys = [(colour, name) for name, colour, _ in curves] if len(curves) > 1 else []
    return style.figure(
        traces,
        _heading(info, *keys),
        height=_HEIGHT,
        above=18,
        margin={"b": 52, "r": 40},
        shapes=shapes,
        annotations=notes,
        xaxis=style.axis(title=info.parameters[0], tickformat=","),
        yaxis=style.axis(title="members", showgrid=True, rangemode="tozero", tickformat=",d", automargin=True),
    )


def _bar_figure(info: _SweepInfo) -> go.Figure:
    places = list(range(len(info.settings)))
    hovers = [_hover(info, setting) for setting in info.settings]
    sizes = [setting.size for setting in info.settings]
    shares = ["" if setting.share is None else f" · {percent(setting.share)}" for setting in info.settings]
    labels = [f"{size:,}{share}" for size, share in zip(sizes, shares, strict=True)]
    colours = [ORANGE if setting is info.current else BLUE for setting in info.settings]
    return style.figure(
        [
            style.bars(sizes, places, colour=colours, hovers=hovers, name="members"),
            style.bar_labels(sizes, places, labels, hovers=hovers),
        ],
        _heading(info),
        height=30 * len(places),
        margin={"r": style.label_room(labels)},
        xaxis=style.axis(range=[0, max(sizes) or 1], showticklabels=False),
        yaxis=style.name_axis([_value(setting.values[0]) for setting in info.settings], title=info.parameters[0]),
    )


def _heat_figure(info: _SweepInfo) -> go.Figure:
    columns, rows = info.values(0), info.values(1)
    if info.is_number[1]:
        # Larger numbers are higher up, as on any numeric axis.
        rows = sorted(rows, reverse=True)
    place = {setting: (rows.index(setting.values[1]), columns.index(setting.values[0])) for setting in info.settings}
    is_written = len(columns) <= _MOST_COLUMNS and len(rows) <= _MOST_ROWS
    draw = _written_cells if is_written else _plain_cells
    shapes = []
    if info.current is not None:
        row, column = place[info.current]
        corners = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        shapes = [{"type": "rect", **corners, "line": {"color": ORANGE, "width": 2.5}}]
    names = [[_value(value) for value in values] for values in (columns, rows)]
    axes = []
    for which, words in enumerate(names):
        ticks = style.named([word] for word in words) if is_written else {"type": "category", "nticks": _MOST_COLUMNS}
        axes.append(style.axis(title=info.parameters[which], automargin=True, **ticks))
    return style.figure(
        draw(info, place, (len(rows), len(columns)), names),
        _heading(info),
        height=_ROW * len(rows) if is_written else _TILES_HEIGHT,
        margin={"b": 52},
        shapes=shapes,
        xaxis={**axes[0], "range": [-0.5, len(columns) - 0.5]},
        yaxis={**axes[1], "range": [len(rows) - 0.5, -0.5]},
    )


def _written_cells(
    info: _SweepInfo, place: dict[_Setting, tuple[int, int]], shape: tuple[int, int], _: list[list[str]]
) -> list[Any]:
    """Return the traces of cells with numbers in them."""
    sizes = np.full(shape, np.nan)
    labels = [[[""] for _ in range(shape[1])] for _ in range(shape[0])]
    for setting, (row, column) in place.items():
        sizes[row, column] = setting.size
        labels[row][column] = [_hover(info, setting)]
    low, high = np.nanmin(sizes), np.nanmax(sizes)
    # The smallest value gets some colour, to distinguish it from settings that are not in the table.
    values = (sizes - low) / (high - low) if high > low else np.ones(shape)
    values = np.where(np.isnan(sizes), np.nan, np.maximum(values, 0.004))
    texts = [[number(size) if not np.isnan(size) else "" for size in row] for row in sizes]
    return [heat.hovers(labels, Markup("%{customdata[0]}")), heat.cells(values, texts, size=12)]


def _plain_cells(
    info: _SweepInfo, place: dict[_Setting, tuple[int, int]], shape: tuple[int, int], names: list[list[str]]
) -> list[Any]:
    """Return the trace of cells without numbers. The browser builds the hover labels from a template, to keep the figure small."""
    sizes, data = np.full(shape, np.nan), np.full((*shape, 2), np.nan)
    for setting, where in place.items():
        sizes[where] = setting.size
        data[where] = (setting.share or 0, setting.size - (info.current.size if info.current else 0))
    x, y, z = map(Markup, ("%{x}", "%{y}", "%{z:,d}"))
    parts = [element("b", info.parameters[0], " ", x, " and ", info.parameters[1], " ", y), pieces(z, " members")]
    if info.settings[0].share is not None:
        parts.append(pieces(Markup("%{customdata[0]:.1%}"), f" of {info.settings[0].base}"))
    if info.current is not None:
        parts.append(pieces(Markup("%{customdata[1]:+,d}"), f" against {_at(info, info.current)}"))
    columns, rows = (list(map(one_line, words)) for words in names)
    return [heat.tiles(sizes, x=columns, y=rows, data=data, template=lines(*parts))]

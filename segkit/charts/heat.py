"""Build the heat map traces of other charts.

The strongest blue is pale enough for the page's text to be readable on it, in a light and a dark theme.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from segkit.charts.style import INKED, hover_template, inked
from segkit.drawing.html import Markup, one_line
from segkit.drawing.palette import BLUE, NOTHING, STRONGEST, faded

_STEPS: Final = 255
_COLOURS: Final = [[0, NOTHING], [1 / _STEPS, faded(BLUE, 0.1)], [1, faded(BLUE, STRONGEST)]]


def cells(
    values: npt.NDArray[np.float64], texts: Sequence[Sequence[str]], *, size: int, visible: bool = True
) -> go.Heatmap:
    """Return coloured cells with numbers in them. Their hover labels are a separate trace: see `hovers`.

    Cells are at integer positions, with columns from left to right and rows from top to bottom (for a reversed axis).

    Args:
        values: rows by columns, from 0 to 1. 0 and NaN have no colour.
        texts: the formatted numbers.
        size: the font size in pixels.
        visible: whether the trace is visible at first.
    """
    coloured = {"zmin": 0, "zmax": _STEPS, "colorscale": _COLOURS, "showscale": False, "xgap": 2, "ygap": 2}
    written = {"text": [list(map(one_line, row)) for row in texts], "texttemplate": inked(Markup("%{text}"))}
    return go.Heatmap(
        z=strength(values), **coloured, **written, textfont={"size": size}, hoverinfo="skip", visible=visible
    )


def strength(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return the strength of the colour, 0 to 255, for values from 0 to 1. Only 0 and NaN get strength 0.

    >>> strength(np.array([0, 1e-9, 0.5, 1, np.nan])).tolist()
    [0, 1, 128, 255, 0]
    """
    known = np.nan_to_num(values)
    return np.where(known > 0, np.clip(np.rint(known * _STEPS), 1, _STEPS), 0).astype(np.uint8)


def hovers(labels: Sequence[Sequence[Sequence[str]]], template: Markup) -> go.Heatmap:
    """Return an invisible trace with the hover labels of the cells.

    Args:
        labels: rows by columns by pieces of markup, which the template names %{customdata[0]} and so on.
        template: plotly's `hovertemplate`.
    """
    unseen = {"colorscale": [[0, NOTHING], [1, NOTHING]], "showscale": False}
    nothing = np.zeros((len(labels), len(labels[0])), dtype=np.uint8)
    return go.Heatmap(z=nothing, **unseen, customdata=labels, hovertemplate=hover_template(template))


def tiles(
    values: npt.NDArray[np.float64],
    *,
    x: Sequence[str],
    y: Sequence[str],
    data: npt.NDArray[np.float64],
    template: Markup,
) -> go.Heatmap:
    """Return coloured cells without numbers and with a colour scale, for heat maps with many cells.

    Args:
        values: rows by columns. NaN has no colour.
        x: the names of the columns, for a category axis.
        y: the names of the rows.
        data: rows by columns by numbers, which the template names %{customdata[0]} and so on.
        template: plotly's `hovertemplate`; %{z} is the value.
    """
    scale = {"thickness": 12, "outlinewidth": 0, "tickformat": ",d", "len": 1, "ticks": "", "tickprefix": INKED}
    hovered = {"customdata": data.astype(np.float32), "hovertemplate": hover_template(template), "hoverongaps": False}
    colours = [[0, faded(BLUE, 0.1)], [1, faded(BLUE, STRONGEST)]]
    return go.Heatmap(z=values.astype(np.float32), x=x, y=y, colorscale=colours, colorbar=scale, **hovered)

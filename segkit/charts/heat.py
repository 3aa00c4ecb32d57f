"""Tables of numbers in colour, for charts that compare one thing with another.

A number upon the colour would need dark ink on a white page and light ink on a black one; beside it, one grey serves both.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from segkit.charts import style
from segkit.wording import markup

_STRONGEST: Final = 255
_COLOURS: Final = [[0, "rgba(0,114,178,0)"], [1 / _STRONGEST, "rgba(0,114,178,.1)"], [1, style.BLUE]]
_STRIP_TOP, _STRIP_BOTTOM, _NUMBER = 0.01, 0.4, -0.2


def strips(
    values: npt.NDArray[np.float64],
    texts: Sequence[Sequence[str]],
    *,
    size: int,
    quiet: npt.NDArray[np.bool_] | None = None,
    visible: bool = True,
) -> list[Any]:
    """Return two traces: a strip of colour in the lower half of each cell, and a number in the upper half.

    Cells stand at whole numbers, columns from left to right, rows from top to bottom of a reversed axis.

    Args:
        values: rows by columns, 0 to 1; 0 and NaN have no colour.
        texts: the numbers, as they are written.
        size: of their letters, in pixels.
        quiet: cells without colour whose number steps back.
        visible: whether they are seen at first.
    """
    rows, columns = values.shape
    quiet = np.zeros(values.shape, dtype=bool) if quiet is None else quiet
    # Three bands for each row of cells, of which only the middle one has a colour.
    bands = np.zeros((3 * rows, columns), dtype=np.uint8)
    bands[1::3] = np.where(quiet, 0, strength(values))
    places = np.arange(rows)
    edges = np.sort(np.concatenate([places - 0.5, places + _STRIP_TOP, places + _STRIP_BOTTOM, [rows - 0.5]]))
    coloured = {"zmin": 0, "zmax": _STRONGEST, "colorscale": _COLOURS, "showscale": False, "xgap": 3}
    across, down = np.meshgrid(np.arange(columns, dtype=np.int16), places)
    ink = np.where(quiet, style.GREY, style.TEXT).ravel().tolist() if quiet.any() else style.TEXT
    font = {"size": size, "color": ink}
    written = {"text": [markup(text) for row in texts for text in row], "textfont": font}
    shared = {"hoverinfo": "skip", "visible": visible}
    return [
        go.Heatmap(z=bands, y=edges, **coloured, **shared),
        go.Scatter(x=across.ravel(), y=(down.ravel() + _NUMBER).astype(np.float32), mode="text", **written, **shared),
    ]


def strength(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return how strong a colour is, 0 to 255, for values from 0 to 1: nothing only where there is nothing.

    >>> strength(np.array([0, 1e-9, 0.5, 1, np.nan])).tolist()
    [0, 1, 128, 255, 0]
    """
    known = np.nan_to_num(values)
    return np.where(known > 0, np.clip(np.rint(known * _STRONGEST), 1, _STRONGEST), 0).astype(np.uint8)


def hovers(told: Sequence[Sequence[Sequence[str]]], template: str) -> Any:
    """Return a trace that is not seen and carries what each cell says when it is pointed at.

    Args:
        told: rows by columns by texts, finished markup; the template names them %{customdata[0]} and so on.
        template: as plotly's `hovertemplate`.
    """
    unseen = {"colorscale": [[0, style.NOTHING], [1, style.NOTHING]], "showscale": False}
    nothing = np.zeros((len(told), len(told[0])), dtype=np.uint8)
    return go.Heatmap(z=nothing, **unseen, customdata=told, hovertemplate=f"{template}<extra></extra>")


def tiles(
    values: npt.NDArray[np.float64], *, x: Sequence[str], y: Sequence[str], told: npt.NDArray[np.float64], template: str
) -> Any:
    """Return a trace of whole cells in colour beside a scale, for more cells than numbers fit into.

    Args:
        values: rows by columns; NaN has no colour.
        x: names of the columns, for an axis of categories.
        y: names of the rows.
        told: rows by columns by numbers, which the template names %{customdata[0]} and so on.
        template: as plotly's `hovertemplate`; %{z} is the value.
    """
    scale = {"thickness": 12, "outlinewidth": 0, "tickformat": ",d", "len": 1, "ticks": ""}
    colours = [[0, "rgba(0,114,178,.08)"], [1, style.BLUE]]
    hovered = {
        "customdata": told.astype(np.float32),
        "hovertemplate": f"{template}<extra></extra>",
        "hoverongaps": False,
    }
    return go.Heatmap(z=values.astype(np.float32), x=x, y=y, colorscale=colours, colorbar=scale, **hovered)

"""Draw plotly figures from finished tables, such as the result of `sk.sizes`. Each figure has its own file.

The first argument of every function is a table, and every function returns a plotly figure. Text has the colour of the page's text,
and figures never use the network.
"""

from importlib.util import find_spec

from segkit.errors import missing_extra

if find_spec("plotly") is None:
    raise missing_extra("plotly", "notebooks")

from segkit.charts.areas import plot_areas
from segkit.charts.backtest import plot_backtest
from segkit.charts.changes import plot_changes
from segkit.charts.distribution import plot_distribution
from segkit.charts.history import plot_history
from segkit.charts.leaving import plot_leaving
from segkit.charts.map import plot_map
from segkit.charts.movements import plot_movements
from segkit.charts.overlap import plot_overlap
from segkit.charts.sizes import plot_sizes
from segkit.charts.sweep import plot_sweep
from segkit.charts.uplift import plot_uplift
from segkit.charts.upset import plot_upset
from segkit.charts.waterfall import plot_waterfall

__all__ = [
    "plot_areas",
    "plot_backtest",
    "plot_changes",
    "plot_distribution",
    "plot_history",
    "plot_leaving",
    "plot_map",
    "plot_movements",
    "plot_overlap",
    "plot_sizes",
    "plot_sweep",
    "plot_uplift",
    "plot_upset",
    "plot_waterfall",
]

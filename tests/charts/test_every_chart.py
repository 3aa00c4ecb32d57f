"""Laws that hold for every chart: its palette, its size, its texts, and that it is a function of its table."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from charts.reading import AWKWARD, colours, finding, texts

import segkit as sk
from segkit import charts
from segkit.charts import overlap
from segkit.drawing import palette
from segkit.errors import DefinitionError

FULL = {palette.BLUE, palette.ORANGE, palette.GREEN, palette.PALE_BLUE, palette.GREY}
FADED = {palette.faded(full, 1).rpartition(",")[0] for full in FULL}
OTHERS = {palette.FAINT, palette.STRIPE, palette.NOTHING, palette.INK, "#333333", "#ffffff", "#000000"}
"""Labels under the pointer are white on dark on any page, and a store's star has a black edge."""

BUTTONS = {overlap._BUTTON, overlap._BUTTON_INK}


def who(count: int) -> pd.DataFrame:
    """Return a membership table of so many segments, awkward names first, one of them empty."""
    names = [*AWKWARD, *(f"Segment number {place} of rather a long name (weekly)" for place in range(30))][:count]
    random = np.random.default_rng(7)
    flags = random.random((3_000, count)) < random.random(count) ** 2
    return pd.DataFrame(flags, columns=names).assign(**({"Nobody": False} if "Nobody" in names else {}))


def sizes(count: int) -> pd.DataFrame:
    """Return sizes with everything that can be known of them."""
    table = sk.sizes(who(count))
    return table.assign(sendable=table["size"] // 2, before_consent=table["size"] * 2)


def waterfall() -> pd.DataFrame:
    """Return a waterfall with steps that stop somebody and steps that do not."""
    rows = [
        ("in", "included", 0, 90),
        *((name, name, 10 * place, 90) for place, name in enumerate(AWKWARD)),
        ("out", "", 0, 5),
    ]
    return pd.DataFrame(rows, columns=["step", "meaning", "removed", "remaining"])


def sweep(*parameters: str) -> pd.DataFrame:
    """Return a sweep over some parameters of five settings each."""
    grid = pd.MultiIndex.from_product([range(10, 60, 10)] * len(parameters), names=parameters).to_frame(index=False)
    return grid.assign(size=grid.sum(axis=1) * 30, share=0.1, base=AWKWARD[0], sendable=1_000)


def distribution() -> pd.DataFrame:
    """Return a distribution whose last bar is open."""
    edges = [0.0, 10.0, 20.0, 30.0, np.inf]
    sides = [True, True, False, False]
    return pd.DataFrame({"from_value": edges[:-1], "to_value": edges[1:], "profiles": [5, 4_000, 2, 1], "is_in": sides})


def places() -> pd.DataFrame:
    """Return people north, east, far away, and nowhere."""
    points = [(42.5, -71.0, 2_000, 1), (42.36, -70.0, 3, 0), (35.0, -100.0, 1, 9), (np.nan, np.nan, 1, 1)]
    return pd.DataFrame(points, columns=["latitude", "longitude", "members", "others"])


def backtest(*parameters: str) -> pd.DataFrame:
    """Return a backtest over some parameters, of which the last setting has nobody."""
    grid = pd.MultiIndex.from_product([range(10, 60, 10)] * len(parameters), names=parameters).to_frame(index=False)
    rate = np.linspace(0.3, 0.1, len(grid))
    rate[-1] = np.nan
    figures = {"share": 0.1, "response_rate": rate, "lift": rate / 0.1, "reached": np.linspace(0.2, 0.9, len(grid))}
    ends = {
        f"{name}{end}": value * factor
        for name, value in figures.items()
        for end, factor in (("_low", 0.9), ("_high", 1.1))
    }
    return grid.assign(
        members=np.arange(len(grid)) * 100.0, base_rate=0.1, unsubscribed=np.nan, **figures, **ends, base=AWKWARD[0]
    )


def history() -> pd.DataFrame:
    """Return sizes of three segments over ten weeks."""
    moments = pd.date_range("2026-01-07", periods=10, freq="7D", tz="UTC")
    rows = [
        (moment, name, 100 * place + week, 0.1, 1_000)
        for place, name in enumerate(AWKWARD[:3])
        for week, moment in enumerate(moments)
    ]
    return pd.DataFrame(rows, columns=["moment", "segment", "size", "share", "base_size"])


def movements() -> pd.DataFrame:
    """Return movements between all pairs of seven states."""
    names = [*AWKWARD, "not there yet"]
    rows = [(one, other, 10 * place + 3, 0.1) for one in names for place, other in enumerate(names[:-1])]
    return pd.DataFrame(rows, columns=["before", "after", "profiles", "share"])


def changes() -> pd.DataFrame:
    """Return entries and departures with more causes than there are bars."""
    rows = [(change, name, cause, 10 * place + 3) for change in ("entered", "left") for place, name in enumerate(AWKWARD) for cause in ("time ran out", AWKWARD[0])]  # fmt: skip
    return pd.DataFrame(rows, columns=["change", "condition", "cause", "profiles"])


def leaving(count: int = 20) -> pd.DataFrame:
    """Return days on which members drop out."""
    days = [day.date() for day in pd.date_range("2026-07-01", periods=count, freq="2D")]
    return pd.DataFrame(
        {"day": days, "leaving": range(1, count + 1), "remaining": 500 - np.cumsum(range(1, count + 1))}
    )


def uplift() -> pd.DataFrame:
    """Return what a text added at five settings, of which the last has no others."""
    grid = pd.DataFrame({"days": range(10, 60, 10), "members": range(100, 600, 100), "others": range(400, -100, -100)})
    ends = {"": 0.0, "_low": -0.03, "_high": 0.04}
    values = {
        f"{side}_uplift{end}": np.linspace(level, 0, 5) + more
        for side, level in (("members", 0.1), ("others", -0.05))
        for end, more in ends.items()
    }
    grid = grid.assign(**values, apart_low=0.01, apart_high=0.2)
    grid.loc[4, [name for name in values if name.startswith("others")]] = np.nan
    return grid


CHARTS: dict[str, tuple[Callable[..., go.Figure], pd.DataFrame, dict[str, object]]] = {
    "sizes": (charts.plot_sizes, sizes(20), {}),
    "sizes of a segment": (charts.plot_sizes, sk.sizes(who(20), base=AWKWARD[0]), {}),
    "overlap": (charts.plot_overlap, sk.overlap(who(20)), {}),
    "overlap of 30": (charts.plot_overlap, sk.overlap(who(30)), {"show": "count"}),
    "upset": (charts.plot_upset, sk.intersections(who(20)), {}),
    "upset of 30": (charts.plot_upset, sk.intersections(who(30)), {}),
    "areas of 2": (charts.plot_areas, sk.intersections(who(2)), {}),
    "areas of 3": (charts.plot_areas, sk.intersections(who(3)), {}),
    "areas apart": (
        charts.plot_areas,
        sk.intersections(pd.DataFrame({AWKWARD[0]: [True] * 9 + [False], AWKWARD[1]: [False] * 9 + [True]})),
        {},
    ),
    "waterfall": (charts.plot_waterfall, waterfall(), {}),
    "sweep": (charts.plot_sweep, sweep("days"), {"current": 30}),
    "sweep of choices": (charts.plot_sweep, sweep("days").assign(days=AWKWARD[:5]), {"current": AWKWARD[1]}),
    "sweep of two": (charts.plot_sweep, sweep("days", "clicks"), {"current": {"days": 30, "clicks": 10}}),
    "distribution": (
        charts.plot_distribution,
        distribution(),
        {"quantity": AWKWARD[0], "threshold": 20, "base": AWKWARD[1]},
    ),
    "backtest": (charts.plot_backtest, backtest("days"), {"current": 30}),
    "backtest, response": (charts.plot_backtest, backtest("days"), {"show": "response", "current": 30}),
    "backtest of two": (charts.plot_backtest, backtest("days", "clicks"), {"show": "response"}),
    "backtest of choices": (charts.plot_backtest, backtest("days").assign(days=AWKWARD[:5]), {"show": "response"}),
    "history": (charts.plot_history, history(), {}),
    "movements": (charts.plot_movements, movements(), {}),
    "changes": (charts.plot_changes, changes(), {}),
    "leaving": (charts.plot_leaving, leaving(), {}),
    "uplift": (charts.plot_uplift, uplift(), {}),
    "map": (charts.plot_map, places(), {"store": (42.36, -71.06), "radius": 30}),
}


@pytest.fixture(params=CHARTS)
def figure(request: pytest.FixtureRequest) -> go.Figure:
    """Each chart in turn."""
    plot, table, settings = CHARTS[request.param]
    return plot(table, **settings)


def test_every_colour_is_of_the_palette(figure: go.Figure):
    """No chart brings a colour of its own; heat and circles are those of the palette, more or less of them."""
    own = {colour for colour in colours(figure) if colour.rpartition(",")[0] not in FADED}
    assert own <= FULL | OTHERS | BUTTONS


def test_no_text_says_nan(figure: go.Figure):
    """What can't be counted is a dash or is left out."""
    assert not [text for text in texts(figure) if re.search(r"\b(nan|NaN|None|inf|<NA>)\b", text)]


def test_names_stay_text(figure: go.Figure):
    """No name, unit or base can add a tag, a formula or a template; only our own tags are there."""
    for text in texts(figure):
        tags = set(re.findall(r"<(?:/)?(\w+)", text))
        assert tags <= {"b", "br", "span", "extra"}
        assert "$" not in text
        assert set(re.findall(r"%\{(\w+)", text)) <= {"x", "y", "z", "text", "customdata"}


def test_a_chart_says_its_finding(figure: go.Figure):
    """The title is a sentence with a number in it, in bold, and begins with a capital or a number."""
    sentence = finding(figure)
    assert re.search(r"\d", sentence)
    assert len(sentence.split()) >= 5


def test_a_chart_is_small(figure: go.Figure, request: pytest.FixtureRequest):
    """A figure of 20 segments takes at most 60 KB of JSON; more segments take more."""
    most = 120_000 if "of 30" in request.node.name else 60_000
    assert len(figure.to_json().encode()) <= most


def test_a_chart_has_a_fixed_height_and_no_width(figure: go.Figure):
    """It is as wide as the page lets it be, and no higher than it must be."""
    assert figure.layout.width is None
    assert 100 < figure.layout.height < 1_500


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_function_of_its_table(name: str):
    """The same table gives the same figure, and is left as it was."""
    plot, table, settings = CHARTS[name]
    before = table.copy(deep=True)
    assert plot(table, **settings).to_json() == plot(table, **settings).to_json()
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", [name for name in CHARTS if "areas" not in name])
def test_an_empty_table_is_said_to_be_empty(name: str):
    """Where there is nothing to draw there is a sentence, and no error."""
    plot, table, settings = CHARTS[name]
    empty = table.iloc[:0]
    if "upset" in name:
        empty = empty[["degree", "size"]]
    figure = plot(empty, **{key: value for key, value in settings.items() if key != "current"})
    assert re.search(r"[Nn]o(body| |$)", figure.layout.title.text)


@pytest.mark.parametrize("name", CHARTS)
def test_another_table_is_refused(name: str):
    """A table without the columns of its analysis is refused, with the columns that it lacks."""
    plot, _, settings = CHARTS[name]
    with pytest.raises(DefinitionError, match=f"first argument of {plot.__name__} must be the table of .*it lacks"):
        plot(pd.DataFrame({"colour": ["red"]}), **settings)


@pytest.mark.parametrize("plot", [charts.plot_overlap, charts.plot_upset])
def test_more_segments_than_can_be_read_are_refused(plot: Callable[..., go.Figure]):
    """Beyond 30 segments the error says how many there are and how to choose."""
    table = who(31)
    made = sk.overlap(table) if plot is charts.plot_overlap else sk.intersections(table)
    with pytest.raises(DefinitionError, match=r"at most 30 \(choose columns .*it is 31"):
        plot(made)


def test_the_public_names_are_the_charts():
    """Whatever `charts` offers draws a table."""
    assert set(charts.__all__) == {plot.__name__ for plot, _, _ in CHARTS.values()}
    assert all(callable(getattr(charts, name)) for name in charts.__all__)

"""Draw charts that follow a tuner. They show its current settings, and are drawn again when its controls have stopped moving."""

import json
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from segkit.analysis.places import places
from segkit.analysis.sweep import sweep
from segkit.definition.segment import Segment
from segkit.drawing.html import element
from segkit.engine.engines import tables_of
from segkit.errors import DefinitionError, SegkitWarning
from segkit.sending.audience import audience
from segkit.widgets.closing import Closable, weakly
from segkit.widgets.view import error_words

if TYPE_CHECKING:
    from segkit.widgets.settings import Settings
    from segkit.widgets.tuner import Tuner

PLOTLY = "application/vnd.plotly.v1+json"

MOST_POSITIONS, MOST_CELLS = 40, 7
"""The largest number of settings in a sweep of one parameter, and for each parameter in a sweep of two."""

Drawn = tuple[Any, Any]
"""A figure, with the table or audience that it shows."""


class Following(Closable):
    """A chart that is drawn again whenever its tuner's controls have stopped moving, in the lab and in `segkit app`.

    If nothing can be drawn at the tuner's position, the page shows the error instead of the chart, and `figure` and `result` raise it, so
    that nobody reads an earlier position's answer.

    Args:
        tuner: the tuner.
        draw: a function that returns the figure at the tuner's position, and the table or audience that it shows.
    """

    def __init__(self, tuner: "Tuner", draw: Callable[["Tuner"], Drawn]) -> None:
        self._tuner, self._draw = tuner, draw
        self._shown: tuple[Segment, dict[str, Any]] | None = None
        self._error: Exception | None = None
        self._output = ipywidgets.Output()
        self._figure, self._result = self._drawn()
        self._opens(ipywidgets.VBox([self._output]))
        self._show()
        tuner.follow(weakly(self._follow))

    @property
    def figure(self) -> Any:
        """The plotly figure at the tuner's position.

        Raises:
            Exception: the controls do not form a valid segment, or drawing failed. It is the error that the page shows.
        """
        self._follow_or_raise()
        return self._figure

    @property
    def result(self) -> Any:
        """The table of the sweep or map, or the audience, that the figure shows.

        Raises:
            Exception: as `figure`.
        """
        self._follow_or_raise()
        return self._result

    def __repr__(self) -> str:
        return f"A chart that follows the tuner of {self._tuner.segment.name}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Return the live widget, and the figure for readers without a kernel."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        self._follow()
        return {**bundle, **self._page}

    def _drawn(self) -> Drawn:
        with warnings.catch_warnings():
            # The tuner's view shows these warnings as notes.
            warnings.simplefilter("ignore", SegkitWarning)
            now = self._now
            drawn = self._draw(self._tuner)
        self._shown = now
        return drawn

    @property
    def _now(self) -> tuple[Segment, dict[str, Any]]:
        if self._tuner.error is not None:
            # The tuner's segment is then that of an earlier position.
            raise self._tuner.error
        return self._tuner.segment, self._tuner.value

    def _follow(self) -> None:
        try:
            if self._shown == self._now:
                return
            self._figure, self._result = self._drawn()
        except Exception as error:  # noqa: BLE001  # the analyst's own function may raise any error
            self._shown, self._error = None, error
        else:
            self._error = None
        self._show()

    def _follow_or_raise(self) -> None:
        self._follow()
        if self._error is not None:
            raise self._error

    @property
    def _page(self) -> dict[str, Any]:
        """What the page shows: the figure, or the error."""
        if self._error is not None:
            return {"text/html": element("div", error_words(self._error), role="alert"), "text/plain": repr(self)}
        return {PLOTLY: json.loads(self._figure.to_json()), "text/plain": repr(self)}

    def _show(self) -> None:
        self._output.outputs = ({"output_type": "display_data", "data": self._page, "metadata": {}},)


def following_sweep(tuner: "Tuner", settings: "Settings", names: Sequence[str]) -> Following:
    """Return a chart of the sizes along one or two of a tuner's sliders. All other parameters have the tuner's values.

    Raises:
        DefinitionError: the tuner has no slider with one of the names, there are more than two names, or the tuner uses no slider.
    """
    from segkit.charts import plot_sweep  # noqa: PLC0415  # plotly takes long to import, and the tuner does not need it

    sliders = [name for name, control in settings.controls.items() if control.span is not None]
    for name in names:
        if name not in sliders:
            raise DefinitionError.unknown_choice("A slider to sweep over", name, sliders)
    if len(names) > 2:
        raise DefinitionError.bad_value("sweep", tuple(names), "one or two names of sliders")
    used = [spec["name"] for spec in tuner.view.controls if spec["used"] and spec["name"] in sliders]
    if not names and not used:
        raise DefinitionError.not_movable(tuner.segment.name)
    chosen = list(names or used[:1])

    def draw(tuner: "Tuner") -> Drawn:
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in tuner.value.items()}
        most = MOST_POSITIONS if len(chosen) == 1 else MOST_CELLS
        swept = {name: _spread(settings.controls[name].positions, values[name], most) for name in chosen}
        table = sweep(settings.builder, tuner.dataset, base=tuner.base, **{**values, **swept})
        current = {name: values[name] for name in chosen}
        return plot_sweep(table, current=current if len(chosen) > 1 else values[chosen[0]]), table

    return Following(tuner, draw)


def following_audience(tuner: "Tuner", include: Iterable[Segment], exclude: Iterable[Segment]) -> Following:
    """Return a chart of how many members of the tuned segment and other included segments may be texted, and why others can't be."""
    from segkit.charts import plot_waterfall  # noqa: PLC0415

    others, excluded = list(include), list(exclude)

    def draw(tuner: "Tuner") -> Drawn:
        send = audience([tuner.segment, *others], tuner.dataset, exclude=excluded)
        return plot_waterfall(send.waterfall), send

    return Following(tuner, draw)


def following_map(tuner: "Tuner", among: Segment | None) -> Following:
    """Return a map of the members around the store in the tuned segment's distance condition.

    Raises:
        DefinitionError: the segment has no distance condition, or several.
    """
    from segkit.charts import plot_map  # noqa: PLC0415

    def draw(tuner: "Tuner") -> Drawn:
        table = places(tuner.segment, tables_of(tuner.dataset), among=among)
        return plot_map(table), table

    return Following(tuner, draw)


def _spread(positions: Sequence[Any], value: Any, most: int) -> list[Any]:
    """Return about `most` evenly spaced positions of a slider, including the first, the last and the current position.

    >>> _spread(range(1, 101), 34, 4)
    [1, 34, 67, 100]
    """
    count = min(most, len(positions))
    places = [round(place * (len(positions) - 1) / max(count - 1, 1)) for place in range(count)]
    chosen = {positions[place] for place in places}
    if value not in chosen:
        # Drop the nearest position, so that the columns of a heat map stay about evenly spaced.
        inner = sorted(chosen)[1:-1]
        if len(inner) > 2:
            chosen.discard(min(inner, key=lambda one: abs(one - value)))
        chosen.add(value)
    return sorted(chosen)

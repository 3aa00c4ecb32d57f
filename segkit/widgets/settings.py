"""Hold a tuner's parameters, each with its control, its starting value, its range from the shop's data, and the words around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from segkit.analysis.choices import Offered, choices_of
from segkit.analysis.ranges import slider_range
from segkit.analysis.starting import starting_point
from segkit.definition.parameters import KnownBuilder, Parameter, parameters
from segkit.definition.segment import Segment
from segkit.definition.tuning import Moved, builder_of, moved_by
from segkit.engine.engines import Data, engine_of
from segkit.errors import DefinitionError
from segkit.widgets.controls import control_for
from segkit.widgets.sentences import helps_of, sentence_of


class Settings:
    """The parameters of a builder, or the numbers, dates and choices of a segment.

    Attributes:
        given: the function or the segment that was passed.
        builder: the builder, with the ranges of the sliders.
        start: the starting value of each parameter.
        controls: the control of each parameter.
    """

    def __init__(self, given: Callable[..., Segment] | Segment, dataset: Data, start: Mapping[str, Any]) -> None:
        self.given = given
        function = builder_of(given) if isinstance(given, Segment) else given
        known = parameters(function)
        self.start = starting_point(function, dataset, start)
        self._helps = {} if isinstance(given, Segment) else helps_of(given)
        # Call the builder before making controls, since its errors about starting values are clearer than those of the controls.
        function(**self.start)
        moves = {one.name: moved_by(function, one, self.start) for one in known}
        ranged = tuple(_ranged(function, one, self.start, moves[one.name], dataset) for one in known)
        self.builder = KnownBuilder(function, getattr(function, "__name__", "builder"), ranged)
        self.controls = {
            one.name: control_for(one, self.start[one.name], _offered(moves[one.name], dataset)) for one in ranged
        }
        for name, control in self.controls.items():
            choices = next((place.choices for place in moves[name].places if place.choices), None)
            if isinstance(given, Segment) and choices is not None and control.kind == "choice":
                control.options = list(choices)

    def read(self, shown: Sequence[Any]) -> dict[str, Any]:
        """Convert what the browser shows to values of the parameters.

        Raises:
            DefinitionError: a value can't be read.
        """
        return {name: control.read(one) for (name, control), one in zip(self.controls.items(), shown, strict=True)}

    def shown(self, values: Mapping[str, Any]) -> list[Any]:
        """Convert values of all parameters to what the browser shows, and widen the ranges of sliders to include them.

        Raises:
            DefinitionError: a control does not accept its value. Then no range is widened.
        """
        spans = {name: control.span for name, control in self.controls.items()}
        try:
            return [control.shown(values[name]) for name, control in self.controls.items()]
        except DefinitionError:
            for name, span in spans.items():
                self.controls[name].span = span
            raise

    def specs(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Describe each control for the browser: its appearance, its sentence, its help, and whether the segment uses it."""
        found = []
        for name, control in self.controls.items():
            moved = moved_by(self.builder, control.parameter, values)
            sentence = sentence_of(control.parameter, moved)
            found.append(
                {
                    **control.spec(),
                    "before": sentence.before,
                    "after": sentence.after,
                    "label": sentence.name,
                    "help": self._helps.get(name, ""),
                    "used": moved.is_used,
                }
            )
        return found


def _ranged(
    builder: Callable[..., Any], parameter: Parameter, values: Mapping[str, Any], moved: Moved, dataset: Data
) -> Parameter:
    least = next((place.least for place in moved.places), None)
    return replace(parameter, range=slider_range(engine_of(dataset), builder, parameter, values, least=least))


def _offered(moved: Moved, dataset: Data) -> Sequence[Offered]:
    """Return the values in the data that a parameter could have: of the property that it is compared with, or names of properties."""
    if moved.is_property:
        return [(name, int(dataset.is_set(name).sum())) for name in engine_of(dataset).names().properties]
    source = next((place.source for place in moved.places if place.source is not None), None)
    return [] if source is None else choices_of(source, dataset)

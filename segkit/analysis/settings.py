"""Read the builder settings that an analysis tries, and make segments for them with as few thresholds as possible."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from segkit.definition.parameters import parameters
from segkit.definition.segment import Segment, one_segment
from segkit.engine.thresholds.threshold import Threshold
from segkit.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Grid:
    """All settings of a builder's parameters that an analysis tries.

    Attributes:
        builder: the builder.
        varying: the values of each parameter that varies, in order. It is empty for a single setting.
        fixed: the values of the other named parameters.
    """

    builder: Callable[..., Segment]
    varying: Mapping[str, list[Any]]
    fixed: Mapping[str, Any]

    @classmethod
    def of(cls, builder: Callable[..., Segment], settings: Mapping[str, Any]) -> "Grid":
        """Read the settings: for each parameter, one value or several.

        Raises:
            DefinitionError: the builder has no such parameter, or a parameter has no values.
        """
        known = [parameter.name for parameter in parameters(builder)]
        for name in settings:
            if name not in known:
                raise DefinitionError.unknown_word(getattr(builder, "__name__", "the builder"), name, known)
        varying = {name: list(values) for name, values in settings.items() if _is_several(values)}
        return cls(builder, varying, {name: value for name, value in settings.items() if name not in varying})

    @classmethod
    def of_segment(cls, segment: Segment) -> "Grid":
        """Return a grid with a segment as its only setting."""
        return cls(lambda: segment, {}, {})

    def thresholds(self) -> Iterator[Threshold]:
        """Yield thresholds that together have all settings as their positions, in the order of `table`."""
        if not self.varying:
            yield Threshold.of(self.builder, [{}], self.fixed)
            return
        *outer, last = self.varying
        for values in product(*(self.varying[name] for name in outer)):
            fixed = {**self.fixed, **dict(zip(outer, values, strict=True))}
            yield Threshold.of(self.builder, [{last: value} for value in self.varying[last]], fixed)

    def table(self) -> pd.DataFrame:
        """Return a row for each setting, with a column for each parameter that varies. The last parameter varies fastest."""
        return pd.DataFrame(list(product(*self.varying.values())), columns=list(self.varying))


def grid_of(rule: Callable[..., Segment] | Segment, settings: Mapping[str, Any], call: str) -> Grid:
    """Return the grid of a builder, or of a segment, which has a single setting.

    Raises:
        DefinitionError: see `Grid.of`; also if a segment is passed with settings, or `rule` is neither.
    """
    if callable(rule):
        return Grid.of(rule, settings)
    segment = one_segment(rule)
    if settings:
        raise DefinitionError.settings_of_segment(segment.name, settings, call)
    return Grid.of_segment(segment)


def _is_several(values: object) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, (str, tuple))

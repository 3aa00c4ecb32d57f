"""Evaluate a condition in the cells of a cube from the cells in which its atoms are true."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.definition.algebra import atoms
from segkit.definition.conditions import AllOf, AnyOf, Condition, Not, SegmentCondition
from segkit.errors import DefinitionError

Flags: TypeAlias = npt.NDArray[np.bool_]


def atoms_of(conditions: Sequence[Condition]) -> list[Any]:
    """Return the atoms of several conditions in order, each once."""
    return list(dict.fromkeys(atom for condition in conditions for atom in atoms(condition)))


def truth(condition: Condition, holds: Mapping[Any, Flags], cells: int) -> Flags:
    """Return the cells in which a condition is true.

    Args:
        condition: the condition.
        holds: the cells in which each of its atoms is true.
        cells: the number of cells.

    >>> from segkit.definition.phrases import is_set
    >>> one, other = is_set("city"), is_set("zip")
    >>> truth(one & ~other, {one: np.array([True, True]), other: np.array([True, False])}, 2).tolist()
    [False, True]
    """
    match condition:
        case AllOf(conditions):
            return reduce(np.logical_and, (truth(one, holds, cells) for one in conditions), np.ones(cells, dtype=bool))
        case AnyOf(conditions):
            return reduce(np.logical_or, (truth(one, holds, cells) for one in conditions), np.zeros(cells, dtype=bool))
        case Not(inner):
            return ~truth(inner, holds, cells)
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case _:
            return holds[condition]

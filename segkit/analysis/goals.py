"""Define the goals for which `suggest` can choose a threshold: a budget of texts, reach with few unsubscribes, or profit."""

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from segkit.errors import DefinitionError
from segkit.wording import number, percent


@dataclass(frozen=True, slots=True)
class Budget:
    """Reach as many responders as possible with a limited number of texts per send. Make it with `sk.budget`."""

    texts: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Reach as many responders as possible while few members unsubscribe. Make it with `sk.reach`."""

    unsubscribes_at_most: float


@dataclass(frozen=True, slots=True)
class Profit:
    """Earn as much as possible. Make it with `sk.profit`."""

    margin: float
    cost_per_text: float
    incremental: float


Goal: TypeAlias = Budget | Reach | Profit


def budget(*, texts: int) -> Budget:
    """Return the goal to reach as many responders as possible with at most this many texts per send, one per member.

    Args:
        texts: the largest number of texts, above 0.

    Raises:
        DefinitionError: `texts` is not a whole number above 0.

    >>> budget(texts=2_000)
    Budget(texts=2000)
    """
    if isinstance(texts, bool) or not isinstance(texts, int) or texts < 1:
        raise DefinitionError.bad_value("texts of a budget", texts, "a whole number above 0")
    return Budget(texts)


def reach(*, unsubscribes_at_most: float) -> Reach:
    """Return the goal to reach as many responders as possible while at most a given share of members unsubscribes afterwards.

    Args:
        unsubscribes_at_most: the share, from 0 to 1, such as 0.02.

    Raises:
        DefinitionError: `unsubscribes_at_most` is not a number from 0 to 1.

    >>> reach(unsubscribes_at_most=0.02)
    Reach(unsubscribes_at_most=0.02)
    """
    return Reach(_checked("unsubscribes_at_most", unsubscribes_at_most, most=1))


def profit(*, margin: float, cost_per_text: float, incremental: float) -> Profit:
    """Return the goal to earn as much as possible: `incremental * margin * value - cost_per_text * members`.

    Args:
        margin: the share of the outcome's value that is left after paying for the goods, from 0 to 1.
        cost_per_text: the cost of texting one member, in the unit of the outcome's value.
        incremental: the share of the outcomes that the text causes, from 0 to 1. It has no default, since a backtest can't show it: most
            members come back without a text. Measure it with a hold-out, `sk.measure`, or state your assumption.

    Raises:
        DefinitionError: a number is out of range.

    >>> profit(margin=0.4, cost_per_text=0.02, incremental=0.1)
    Profit(margin=0.4, cost_per_text=0.02, incremental=0.1)
    """
    return Profit(
        _checked("margin", margin, most=1),
        _checked("cost_per_text", cost_per_text, most=None),
        _checked("incremental", incremental, most=1),
    )


def goal_words(goal: Goal) -> str:
    """Return a goal in words, with all its assumptions.

    >>> goal_words(budget(texts=2_000))
    'as many responders as possible with at most 2,000 texts per send'
    """
    match goal:
        case Budget(texts):
            return f"as many responders as possible with at most {number(texts)} texts per send"
        case Reach(share):
            return f"as many responders as possible while at most {percent(share)} of the members unsubscribe"
        case Profit(margin, cost, incremental):
            return (
                f"the highest profit, assuming a margin of {percent(margin)}, {number(cost)} for a text, and that a text causes "
                f"{percent(incremental)} of what follows"
            )


def _checked(name: str, value: Any, *, most: float | None) -> float:
    wanted = "a number from 0 to 1" if most is not None else "a number, 0 or more"
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not isfinite(value):
        raise DefinitionError.bad_value(name, value, wanted)
    found = float(value)
    if found < 0 or (most is not None and found > most):
        raise DefinitionError.bad_value(name, value, wanted)
    return found

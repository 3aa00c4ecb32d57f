"""Define the questions for every peer: segments, sliders that move one value of a segment, and sets of many segments."""

from dataclasses import dataclass, field
from typing import Any

AS_OF = "2026-06-30"
"""The moment of evaluation is the end of this day (UTC). Windows are counted from the midnight at which the day began."""


@dataclass(frozen=True)
class Ask:
    """A segment: the name of its rule, which every peer implements as a method, and the rule's values."""

    rule: str
    values: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.rule} {', '.join(f'{name}={value}' for name, value in self.values)}"


@dataclass(frozen=True)
class Drag:
    """A slider: one value of a rule moves from its start over all positions; the other values stay fixed."""

    name: str
    rule: str
    moving: str
    start: int
    positions: range
    fixed: dict[str, Any] = field(default_factory=dict)
    has_money: bool = False

    def at(self, position: int) -> Ask:
        """Return the segment at a position."""
        return Ask(self.rule, tuple({**self.fixed, self.moving: position}.items()))

    def first(self) -> Ask:
        """Return the segment at the slider's start."""
        return self.at(self.start)

    def later(self, count: int, number: int = 0) -> list[Ask]:
        """Return `count` different segments, evenly spaced over the range; each round begins at another position."""
        free = [position for position in self.positions if position != self.start]
        step = len(free) / count
        shift = step * (number * 0.382 % 1)
        return [self.at(free[int(place * step + shift)]) for place in range(min(count, len(free)))]


DRAGS = (
    Drag("engaged: days", "engaged", "clicked_days", 90, range(7, 366), {"subscribed_days": 30}),
    Drag("engaged: clicks", "clicked", "clicks", 1, range(1, 21), {"clicked_days": 365}),
    Drag("prefers SMS: email days", "prefers", "email_days", 60, range(7, 366), {"clicks": 1, "clicked_days": 60}),
    Drag("VIP: spent", "spender", "spent", 200, range(0, 1_000, 5), {"days": 365}, has_money=True),
    Drag("VIP: days of spending", "spender", "days", 365, range(30, 731), {"spent": 200}, has_money=True),
    Drag("VIP: orders", "frequent", "orders", 3, range(21), {"days": 365}),
    Drag("VIP: days of ordering", "frequent", "days", 365, range(30, 731), {"orders": 3}),
    Drag("lapsed: quiet days", "lapsed", "quiet_days", 120, range(30, 365), {"orders": 1, "lost_days": 395}),
    Drag("budget: predicted CLV", "budget", "clv", 10, range(1, 101)),
    Drag("near: radius", "near", "radius", 30, range(1, 501)),
)
"""Sliders of every kind: windows, counts, sums, absence, a property, distance. They start at the builders' defaults."""

HUNDRED = tuple(ask for drag in DRAGS for ask in drag.later(10))
TWENTY = HUNDRED[::5]
EIGHT = tuple({drag.rule: drag.first() for drag in reversed(DRAGS)}.values())
"""One segment of each of the eight rules, with the builder's defaults."""

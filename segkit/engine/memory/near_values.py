"""A value that nobody has, put into words: which values come near, what the data has instead, and never a person."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

from segkit.data.validation.faults import is_personal, masked
from segkit.masking import masked_text, quoted
from segkit.vocabulary import canonical_name
from segkit.wording import counted

Value: TypeAlias = str | int | float

SHOWN = 5
"""How many values are named at most."""

FEW = 50
"""Of a property with more values only near ones are named: the commonest of a thousand towns help nobody."""

COMPARED = 20
"""How many values are compared with others letter by letter: nobody types more by hand, and it takes a millisecond each."""

LOOKED_AT = 2_000
"""How many of the commonest values are looked at letter by letter."""

LONGEST = 40


@dataclass(frozen=True)
class Values:
    """The values that a property has, each with how many profiles or events have it.

    Attributes:
        name: of the property.
        metric: whose events carry it; None for profiles.
        had: the values.
        asked: what a condition asks for, found or not.
    """

    name: str
    metric: str | None
    had: Counter[Value]
    asked: frozenset[Value] = field(default=frozenset())

    def slips(self, values: list[Value]) -> list[Value]:
        """Return which values look like slips: they come near one, and that one is not asked for itself."""
        near = self.near(values)
        return [value for value in values if near[value] and near[value][0] not in self.asked]

    def near(self, values: list[Value]) -> dict[Value, list[Value]]:
        """Return for each value those that come near, nearest first: the same but for case and blanks, or else similar."""
        found = {value: self._by_folded.get(_folded(value), []) for value in values}
        if len(values) <= COMPARED:
            for value in values:
                if not found[value]:
                    alike = get_close_matches(_folded(value), self._commonest_folded, n=3, cutoff=0.6)
                    found[value] = [one for folded in alike for one in self._by_folded[folded]]
        return found

    def sentences(self, unmet: list[Value]) -> str:
        """Return what is to be told of values that nobody has."""
        who = "Nobody has" if self.metric is None else f"No {quoted(self.metric)} event has"
        parts = [f"{who} {masked_text(self.name)} {_joined(unmet, self._shown, 'or')}."]
        near = dict.fromkeys(one for alike in self.near(unmet).values() for one in alike)
        if near:
            parts.append(f"Did you mean {' or '.join(map(self._counted, list(near)[:SHOWN]))}?")
        if len(self.had) > FEW and not self._is_personal:
            parts.append(f"The data has {len(self.had):,} values of {masked_text(self.name)}.")
        elif self._nameable:
            parts.append(f"The data has {_joined(self._nameable, self._counted, 'and', of=len(self.had))}.")
        return " ".join(parts)

    @cached_property
    def _is_personal(self) -> bool:
        """Whether the property says who somebody is: by its name, or since hardly two profiles have the same."""
        is_identity = len(self.had) > FEW and 2 * len(self.had) > self.had.total()
        return is_identity or is_personal(self._canonical, "")

    @property
    def _canonical(self) -> str:
        return canonical_name("profiles", self.name)

    @cached_property
    def _nameable(self) -> list[Value]:
        """The values that may be named, commonest first."""
        if self._is_personal:
            return []
        kept = (value for value in self.had if not is_personal(self._canonical, str(value)))
        return sorted(kept, key=lambda value: (-self.had[value], str(value)))

    @cached_property
    def _by_folded(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for value in self._nameable:
            found.setdefault(_folded(value), []).append(value)
        return found

    @cached_property
    def _commonest_folded(self) -> list[str]:
        return list(self._by_folded)[:LOOKED_AT]

    def _counted(self, value: Value) -> str:
        number = self.had[value]
        return f"{self._shown(value)} ({f'{number:,}' if self.metric is None else counted(number, 'event')})"

    def _shown(self, value: Value) -> str:
        if not isinstance(value, str):
            return quoted(value)
        text = masked(self._canonical, value)
        return repr(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def no_numbers_of(countries: Iterable[str], had: Counter[Value]) -> str:
    """Return what is to be told of countries of which no phone number is.

    >>> no_numbers_of(["SE"], Counter({"US": 1_311, "CA": 52}))
    "No phone number in the data is of 'SE'. The data has numbers of 'US' (1,311), 'CA' (52)."
    """
    told = f"No phone number in the data is of {_joined(list(countries), repr, 'or')}."
    if not had:
        return f"{told} The data has no valid phone number."
    there = _joined([country for country, _ in had.most_common()], lambda one: f"{quoted(one)} ({had[one]:,})", "and")
    return f"{told} The data has numbers of {there}."


def _folded(value: Value) -> str:
    return " ".join(str(value).split()).casefold()


def _joined(values: list[Value], show: Callable[[Value], str], word: str, *, of: int | None = None) -> str:
    """Return values in words, and how many are left out of them, or of `of`; all are named where one word joins them."""
    shown = list(map(show, values[:SHOWN]))
    left_out = (len(values) if of is None else of) - len(shown)
    if left_out:
        return f"{', '.join(shown)} {word} {left_out:,} more"
    return f" {word} ".join(shown) if word == "or" else ", ".join(shown)

"""Write sentences about values that nobody has, for `notes.py`: similar values, and the values in the data.

Values that identify a person are never named.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

from segkit.data.validation.issues import is_personal, masked
from segkit.masking import masked_text, quoted
from segkit.vocabulary import canonical_name
from segkit.wording import counted

Value: TypeAlias = str | int | float

SHOWN = 5
"""Maximum number of values that are named."""

FEW = 50
"""If a property has more values than this, only similar values are named: naming the most common of a thousand towns helps nobody."""

COMPARED = 20
"""The largest number of values in a condition that are compared letter by letter, which is slow. Nobody types more by hand."""

LOOKED_AT = 2_000
"""The number of most common values that are compared letter by letter."""

LONGEST = 40
"""Maximum number of characters of a value that are shown."""


@dataclass(frozen=True)
class Values:
    """The values of a property in the data.

    Attributes:
        name: the property.
        metric: the metric of the events that have the property; None for a property of profiles.
        had: the values, each with the number of profiles or events that have it.
        asked: all values that a condition asks for, whether the data has them or not.
    """

    name: str
    metric: str | None
    had: Counter[Value]
    asked: frozenset[Value] = field(default=frozenset())

    def slips(self, values: list[Value]) -> list[Value]:
        """Return which values look like typos: a similar value is in the data, but the condition does not ask for it."""
        near = self.near(values)
        return [value for value in values if near[value] and near[value][0] not in self.asked]

    def near(self, values: list[Value]) -> dict[Value, list[Value]]:
        """Return, for each value, similar values, most similar first: those that differ only in case and blanks, or else in a few letters."""
        found = {value: self._by_folded.get(_folded(value), []) for value in values}
        if len(values) <= COMPARED:
            for value in values:
                if not found[value]:
                    alike = get_close_matches(_folded(value), self._commonest_folded, n=3, cutoff=0.6)
                    found[value] = [one for folded in alike for one in self._by_folded[folded]]
        return found

    def sentences(self, unmet: list[Value]) -> str:
        """Return the sentences of a note about values that nobody has."""
        who = "Nobody has" if self.metric is None else f"No {quoted(self.metric)} event has"
        parts = [f"{who} {masked_text(self.name)} {_joined(unmet, self._shown, 'or')}."]
        near = dict.fromkeys(one for alike in self.near(unmet).values() for one in alike)
        if near:
            parts.append(f"Did you mean {' or '.join(map(self._counted, list(near)[:SHOWN]))}?")
        if len(self.had) > FEW and not self._is_personal:
            parts.append(f"The data has {len(self.had):,} different values of {masked_text(self.name)}.")
        elif self.nameable:
            parts.append(
                f"The values in the data are {_joined(self.nameable, self._counted, 'and', of=len(self.had))}."
            )
        return " ".join(parts)

    @cached_property
    def _is_personal(self) -> bool:
        """Whether the property identifies a person, by its name or because nearly every profile has a different value."""
        is_identity = len(self.had) > FEW and 2 * len(self.had) > self.had.total()
        return is_identity or is_personal(self._canonical, "")

    @property
    def _canonical(self) -> str:
        return canonical_name("profiles", self.name)

    @cached_property
    def nameable(self) -> list[Value]:
        """The values that may be named, most common first."""
        if self._is_personal:
            return []
        kept = (value for value in self.had if not is_personal(self._canonical, str(value)))
        return sorted(kept, key=lambda value: (-self.had[value], str(value)))

    @cached_property
    def _by_folded(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for value in self.nameable:
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
    """Return a note about countries without a phone number.

    >>> no_numbers_of(["SE"], Counter({"US": 1_311, "CA": 52}))
    "No phone number in the data is from 'SE'. The numbers in the data are from 'US' (1,311), 'CA' (52)."
    """
    sentence = f"No phone number in the data is from {_joined(list(countries), repr, 'or')}."
    if not had:
        return f"{sentence} The data has no valid phone number."
    there = _joined([country for country, _ in had.most_common()], lambda one: f"{quoted(one)} ({had[one]:,})", "and")
    return f"{sentence} The numbers in the data are from {there}."


def _folded(value: Value) -> str:
    return " ".join(str(value).split()).casefold()


def _joined(values: list[Value], show: Callable[[Value], str], word: str, *, of: int | None = None) -> str:
    """Return values joined by commas or "or", and how many more there are, counted from `of` if it is given."""
    shown = list(map(show, values[:SHOWN]))
    left_out = (len(values) if of is None else of) - len(shown)
    if left_out:
        return f"{', '.join(shown)} {word} {left_out:,} more"
    return f" {word} ".join(shown) if word == "or" else ", ".join(shown)

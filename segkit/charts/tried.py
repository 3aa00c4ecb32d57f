"""Read a table with a row for each setting of a rule, and find the settings that a chart marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from segkit.errors import DefinitionError
from segkit.wording import number, shortened


class Suggestion(Protocol):
    """The attributes of the result of `sk.suggest` that the chart uses."""

    @property
    def setting(self) -> Mapping[str, Any] | None:
        """The suggested setting, or None if there is none."""
        ...

    @property
    def plateau(self) -> pd.DataFrame:
        """The settings that do as well as the best setting."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table.

    Attributes:
        values: the value of each parameter.
        row: the figures, by column.
        words: the setting in words, such as "days 90".
    """

    values: tuple[Any, ...]
    row: Mapping[Any, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Tried:
    """The contents of the chart.

    Attributes:
        names: the parameters.
        settings: the settings, in the order of the table.
        current: the setting to mark.
        suggested: the suggested setting.
        plateau: the settings that do as well as the best setting.
        did: the words for what responders did.
        base: the name of the base.
    """

    names: tuple[str, ...]
    settings: tuple[Setting, ...]
    current: Setting | None
    suggested: Setting | None
    plateau: tuple[Setting, ...]
    did: str
    base: str


def tried_of(table: pd.DataFrame, current: object, suggestion: Suggestion | None, did: str) -> Tried:
    """Read a table. The columns before `members` are the parameters.

    Raises:
        DefinitionError: a setting is not in the table.
    """
    names = tuple(map(str, table.columns[: list(table.columns).index("members")]))
    rows = table.to_dict("records")
    settings = tuple(Setting(values := tuple(row[name] for name in names), row, _words(names, values)) for row in rows)
    suggested = (
        None if suggestion is None or suggestion.setting is None else _found(settings, names, suggestion.setting)
    )
    plateau = (
        ()
        if suggestion is None
        else tuple(_found(settings, names, row) for row in suggestion.plateau.to_dict("records"))
    )
    base = str(rows[0].get("base", "the base"))
    return Tried(
        names, settings, None if current is None else _found(settings, names, current), suggested, plateau, did, base
    )


def _found(settings: Sequence[Setting], names: Sequence[str], wanted: object) -> Setting:
    values = tuple(wanted.get(name) for name in names) if isinstance(wanted, Mapping) else (wanted,)
    for setting in settings:
        if setting.values == values:
            return setting
    raise DefinitionError.unknown_choice(
        "A setting", values[0] if len(values) == 1 else values, [one.words for one in settings]
    )


def _words(names: Sequence[str], values: Sequence[Any]) -> str:
    if names == ("segment",):
        return shortened(values[0])
    return " and ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in zip(names, values, strict=True))


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return shortened(", ".join(map(str, value)))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else shortened(value)

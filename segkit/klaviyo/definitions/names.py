"""Look up the names and ids of metrics and lists. A missing or ambiguous name or id is reported, never guessed."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from segkit.errors import DefinitionError
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions.gaps import Gaps
from segkit.vocabulary import canonical_metric

Kind: TypeAlias = Literal["metric", "list"]


class NamesOfIds:
    """Looks up names by id. An id without a name is recorded as a gap and used as the name, so that reading can continue."""

    def __init__(self, names: AccountNames | None, given: Mapping[Kind, Mapping[str, str] | None], gaps: Gaps) -> None:
        self._names = {kind: {**_table(names, kind), **(given[kind] or {})} for kind in given}
        self._gaps = gaps

    def of(self, kind: Kind, key: str) -> str:
        """Return the name of an id. Record a gap if it has no name, or if several ids have the same name."""
        table = self._names[kind]
        if key not in table:
            self._gaps.note(DefinitionError.unnamed_id(kind, key))
            return key
        name = table[key]
        sharing = [other for other, same in table.items() if same == name]
        if len(sharing) > 1:
            self._gaps.note(DefinitionError.one_name_of_several(kind, name, sharing, "names"))
        return name


class IdsOfNames:
    """Looks up ids by name. Ids that the caller passes override the ids in the account's table."""

    def __init__(self, names: AccountNames | None, given: Mapping[Kind, Mapping[str, str] | None]) -> None:
        self._ids: dict[Kind, dict[str, list[str]]] = {}
        for kind, ids in given.items():
            by_name: dict[str, list[str]] = {}
            for key, name in _table(names, kind).items():
                by_name.setdefault(name, []).append(key)
            self._ids[kind] = by_name | {name: [key] for name, key in (ids or {}).items()}

    def of(self, kind: Kind, name: str) -> str:
        """Return the only id with a name. A metric is also found by the other names that Klaviyo gave it.

        Raises:
            DefinitionError: no id has the name, or several have it.
        """
        table = self._ids[kind]
        ids = table.get(name) or (_of_same_metric(name, table) if kind == "metric" else [])
        if not ids:
            raise DefinitionError.no_id(kind, name, table)
        if len(ids) > 1:
            raise DefinitionError.one_name_of_several(kind, name, ids, "ids")
        return ids[0]


def _of_same_metric(name: str, ids: Mapping[str, list[str]]) -> list[str]:
    metric = canonical_metric(name)
    return [key for spelling, keys in ids.items() if canonical_metric(spelling) == metric for key in keys]


def _table(names: AccountNames | None, kind: Kind) -> Mapping[str, str]:
    return {} if names is None else names.metrics if kind == "metric" else names.lists

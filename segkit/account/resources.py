"""The resources of an account by id and name; where they come from is others' work."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from segkit.account.pull_store import Walk
from segkit.data.schema import canonical_metric
from segkit.errors import AccountError

Resource: TypeAlias = dict[str, Any]


def once(*walks: Walk) -> Iterator[Resource]:
    """Read the resources of walks, each id once: pages may overlap where the account changed while they were read."""
    seen: set[str] = set()
    for walk in walks:
        for document in walk.documents():
            for one in document["data"]:
                if one["id"] not in seen:
                    seen.add(one["id"])
                    yield one


def name_of(one: Mapping[str, Any]) -> str:
    """Return the name of a resource; its id if it has none.

    >>> name_of({"type": "list", "id": "Y6nRLr", "attributes": {"name": "Newsletter"}})
    'Newsletter'
    """
    return str((one.get("attributes") or {}).get("name") or one["id"])


def labels(resources: Sequence[Resource]) -> dict[str, str]:
    """Return ids to names, with the id behind a name that several have.

    >>> news = {"name": "News"}
    >>> labels([{"id": "A", "attributes": news}, {"id": "B", "attributes": news}, {"id": "C", "attributes": {"name": "VIP"}}])
    {'A': 'News (A)', 'B': 'News (B)', 'C': 'VIP'}
    """
    names = Counter(map(name_of, resources))
    return {
        one["id"]: name_of(one) if names[name_of(one)] == 1 else f"{name_of(one)} ({one['id']})" for one in resources
    }


def named(resources: Sequence[Resource], wanted: Iterable[str], kind: str) -> list[Resource]:
    """Return the resources of the names or ids given, each once: several may share a name, and a renamed metric has two.

    Raises:
        AccountError: no resource has a name that is given.
    """
    found: dict[str, Resource] = {}
    for name in wanted:
        same = {one["id"]: one for one in resources if name == one["id"] or _is_called(one, name)}
        if not same:
            raise AccountError.unknown_name(kind, name, map(name_of, resources))
        found |= same
    return list(found.values())


def _is_called(one: Resource, name: str) -> bool:
    if one["type"] == "metric":
        return canonical_metric(name_of(one)) == canonical_metric(name)
    return name_of(one) == name

"""The resources of an account by id and name; where they come from is others' work."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from segkit.data.files.klaviyo_pages import superseded
from segkit.errors import AccountError
from segkit.klaviyo.account.pull_store import Walk
from segkit.vocabulary import canonical_metric

Resource: TypeAlias = dict[str, Any]


class Newest:
    """The resources of a walk, each id once, in its newest version (see `superseded`); the pages are read anew for each loop.

    Pages may overlap where the account changed while they were read: of a profile, the version from after the opt-out counts; of
    a list, its new name. Members of a list carry no `updated`, so the later page counts, with the later `joined`.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._replaced = superseded(_every(walk))

    def __iter__(self) -> Iterator[Resource]:
        for position, one in enumerate(_every(self._walk)):
            if position not in self._replaced:
                yield one


class Once:
    """The resources of walks, each id once, as it came first; the pages are read anew for each loop.

    For events: what happened does not change, so one version is as good as another, and finding the newest would cost one more
    reading of the largest table.
    """

    def __init__(self, walks: Iterable[Walk]) -> None:
        self._walks = tuple(walks)

    def __iter__(self) -> Iterator[Resource]:
        seen: set[str] = set()
        for walk in self._walks:
            for one in _every(walk):
                if one["id"] not in seen:
                    seen.add(one["id"])
                    yield one


def _every(walk: Walk) -> Iterator[Resource]:
    return (one for document in walk.documents() for one in document["data"])


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

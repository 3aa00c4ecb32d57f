"""Find an account's resources by id and name, and drop duplicates from overlapping pages. `pull_store` reads the pages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from segkit.data.files.klaviyo_pages import superseded
from segkit.errors import AccountError
from segkit.klaviyo.account.pull_store import Walk
from segkit.vocabulary import canonical_metric

Resource: TypeAlias = dict[str, Any]


class Newest:
    """The resources on the pages of a `Walk`, without older versions (see `superseded`). Each loop reads the pages again.

    Pages may overlap if the account changed while they were read. A profile that opted out in the meantime must count as opted out,
    and a renamed list must have its new name. Members of a list have no `updated`, so the later page wins, with the later `joined`.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._replaced = superseded(_every(walk))

    def __iter__(self) -> Iterator[Resource]:
        for position, one in enumerate(_every(self._walk)):
            if position not in self._replaced:
                yield one


class Once:
    """The resources on the pages of several `Walk` objects, without repetitions. Each loop reads the pages again.

    This is used for events, which never change, so all versions are equal. To find the newest version, the largest table would have to be read again.
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
    """Return the name of a resource, or its id if it has no name.

    >>> name_of({"type": "list", "id": "Y6nRLr", "attributes": {"name": "Newsletter"}})
    'Newsletter'
    """
    return str((one.get("attributes") or {}).get("name") or one["id"])


def labels(resources: Sequence[Resource]) -> dict[str, str]:
    """Map ids to names, followed by the id in brackets if several resources have the same name.

    >>> news = {"name": "News"}
    >>> labels([{"id": "A", "attributes": news}, {"id": "B", "attributes": news}, {"id": "C", "attributes": {"name": "VIP"}}])
    {'A': 'News (A)', 'B': 'News (B)', 'C': 'VIP'}
    """
    names = Counter(map(name_of, resources))
    return {
        one["id"]: name_of(one) if names[name_of(one)] == 1 else f"{name_of(one)} ({one['id']})" for one in resources
    }


def named(resources: Sequence[Resource], wanted: Iterable[str], kind: str) -> list[Resource]:
    """Return the resources with these names or ids, without duplicates.

    Several resources may share a name. A metric that Klaviyo renamed is found by its old and its new name.

    Raises:
        AccountError: no resource has one of the names or ids.
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

"""Look up the names of an account's metrics and lists by id.

Klaviyo's documents contain only ids, so the names come from the account.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from segkit.errors import DataError
from segkit.files import escaped, write_text
from segkit.given_paths import file_there
from segkit.json_text import Halves, read_json
from segkit.wording import counted

LARGEST = 2**26
"""The largest file of names that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class AccountNames:
    """Map the ids of an account's metrics and lists to their names.

    Args:
        metrics: maps metric ids to names. Two ids may share a name, since each integration creates its own "Placed Order".
        lists: maps list ids to names.

    >>> AccountNames(metrics={"UWxqMk": "Clicked SMS"}).metrics["UWxqMk"]
    'Clicked SMS'
    """

    metrics: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show how many names there are. They are not shown themselves, since a list may be named after a person."""
        return f"AccountNames: {counted(len(self.metrics), 'metric')}, {counted(len(self.lists), 'list')}"

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a file that `to_file` wrote, or a file with unmodified pages from Get Metrics and Get Lists.

        Raises:
            DataError: the file does not exist, is not JSON, or contains no names of metrics or lists.
        """
        path = file_there(path, "The file of names", largest=LARGEST)
        try:
            content = read_json(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise DataError.unreadable_file(path, "its text is not in UTF-8") from None
        except OSError as error:
            raise DataError.unreadable_file(path, error.strerror or type(error).__name__) from None
        except ValueError as error:
            raise DataError.unreadable_file(path, str(error)) from None
        content = Halves().without(content)
        if isinstance(content, Mapping) and "data" not in content:
            tables = {kind: content.get(kind) or {} for kind in ("metrics", "lists")}
            if not any(tables.values()) or not all(map(_is_names, tables.values())):
                raise DataError.no_names(path.name)
            return cls(**{kind: dict(table) for kind, table in tables.items()})
        return cls._read(content if isinstance(content, list) else [content], path.name)

    @classmethod
    def from_pages(cls, pages: Iterable[Any]) -> Self:
        """Read pages from Get Metrics and Get Lists, in any order. Resources of other types are ignored.

        Raises:
            DataError: a page does not have Klaviyo's format, or no page names a metric or a list.

        >>> page = {"data": [{"type": "list", "id": "Y6nRLr", "attributes": {"name": "VIP upload"}}]}
        >>> AccountNames.from_pages([page]).lists
        {'Y6nRLr': 'VIP upload'}
        """
        if not isinstance(pages, Iterable) or isinstance(pages, (str, bytes)):
            raise DataError.no_names("the value of `pages`")
        return cls._read(pages, "the pages")

    @classmethod
    def _read(cls, pages: Iterable[Any], what: str) -> Self:
        found: dict[str, dict[str, str]] = {"metric": {}, "list": {}}
        for page in map(Halves().without, pages):
            resources = page.get("data") if isinstance(page, Mapping) else None
            for resource in resources if isinstance(resources, list) else [resources]:
                kind, key, name = _named(resource, what)
                if kind in found:
                    found[kind][key] = name
        if not any(found.values()):
            raise DataError.no_names(what)
        return cls(found["metric"], found["list"])

    def as_text(self) -> str:
        """Return the names as JSON, sorted by id, so that two pulls from an unchanged account give the same text."""
        names = {"metrics": dict(sorted(self.metrics.items())), "lists": dict(sorted(self.lists.items()))}
        return escaped(json.dumps(names, indent=2, ensure_ascii=False)) + "\n"

    def to_file(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write the names as JSON and return the absolute path. A failed write leaves no partial file.

        Raises:
            FileError: the folder does not exist, the file exists and `replace` is False, the system refuses to write, or this is a
                page of `segkit app`, which writes nothing on its host.
        """
        return write_text(Path(path), self.as_text(), replace=replace)


def _is_names(table: object) -> bool:
    return isinstance(table, Mapping) and all(isinstance(name, str) for name in table.values())


def _named(resource: Any, what: str) -> tuple[str, str, str]:
    """Return a resource's type, id and name. Only metrics and lists need a name."""
    attributes = resource.get("attributes") if isinstance(resource, Mapping) else None
    name = attributes.get("name") if isinstance(attributes, Mapping) else None
    kind = resource.get("type") if isinstance(resource, Mapping) else None
    if not isinstance(kind, str) or (kind in ("metric", "list") and not isinstance(name, str)):
        raise DataError.no_names(what)
    return kind, str(resource.get("id")), str(name)

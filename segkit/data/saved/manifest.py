"""What a saved shop says of itself: its version, what it was when it was saved, and the size and digest of each of its files.

It is written last and read first. Nothing of a shop is used before the manifest has been held against the folder.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from segkit.errors import DataError
from segkit.json_text import read_json

NAME = "segkit-shop.json"
TABLES = "saved-tables"
"""The folder of the files beside it. No table that is loaded as it came has this name, so a half-copied shop is known by it."""

FORMAT = 1
"""The version of what the files hold. Another one is never read: the shop is saved again from where it came."""

_ABOUT = (
    "A shop saved by segkit. It holds people: their addresses, phone numbers and what they did. Keep it as you keep the data it came from. "
    "sk.load(folder) opens it. Change nothing in it; save it again instead."
)
_LARGEST = 2**28


@dataclass(frozen=True, slots=True)
class Manifest:
    """A saved shop's files and what else there is to know of it.

    Attributes:
        files: the size in bytes and the SHA-256 of each file, by its path within the folder.
        shop: what the shop was when it was saved.
    """

    files: Mapping[str, tuple[int, str]]
    shop: Mapping[str, Any]

    def text(self) -> str:
        """Return it as it is written."""
        said = {
            "about": _ABOUT,
            "format": FORMAT,
            "segkit": _version(),
            "files": {path: {"bytes": size, "sha256": digest} for path, (size, digest) in self.files.items()},
            "shop": dict(self.shop),
        }
        return json.dumps({**said, "sha256": _digest(said)}, indent=1)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the manifest of a saved shop and hold it against the folder: each file is there, with its size, and no other.

        Raises:
            DataError: the shop was saved by another version, or is not whole.
        """
        path = folder / NAME
        try:
            if path.stat().st_size > _LARGEST:
                raise DataError.saved_shop_damaged(path, "it is far larger than what segkit writes")
            said = read_json(path.read_bytes())
            digest, written = said.pop("sha256"), said["format"]
        except OSError:
            raise DataError.saved_shop_damaged(path, "it is missing or can't be opened") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DataError.saved_shop_damaged(path, "it is not what segkit wrote") from None
        if written != FORMAT:
            raise DataError.saved_by_another_version(folder, said.get("segkit"), written)
        if digest != _digest(said):
            raise DataError.saved_shop_damaged(path, "it was changed since it was written")
        try:
            found = cls({name: (one["bytes"], one["sha256"]) for name, one in said["files"].items()}, said["shop"])
        except (KeyError, TypeError, AttributeError):
            raise DataError.saved_shop_damaged(path, "it is not what segkit wrote") from None
        found.check(folder)
        return found

    def check(self, folder: Path) -> None:
        """Check that a folder holds these files in their sizes, and no others; what is hidden is the system's.

        Raises:
            DataError: it does not.
        """
        there = {name: path for name, path in files_within(folder) if name != NAME}
        for name, (size, _) in self.files.items():
            if name not in there:
                raise DataError.saved_shop_damaged(folder / name, "it is missing")
            if (found := there[name].stat().st_size) != size:
                raise DataError.saved_shop_damaged(
                    folder / name, f"it has {found:,} bytes and had {size:,} when it was written"
                )
        for name, path in there.items():
            if name not in self.files:
                raise DataError.not_of_the_saved_shop(path)


def is_saved(folder: Path) -> bool:
    """Whether a folder holds a saved shop, or part of one.

    Raises:
        DataError: it is part of one, or may not be looked into.
    """
    try:
        has_manifest, has_tables = (folder / NAME).exists(), (folder / TABLES).is_dir()
        is_inside = folder.name == TABLES and (folder.parent / NAME).exists()
    except PermissionError:
        raise DataError.folder_not_entered(folder) from None
    if has_manifest:
        return True
    if has_tables:
        raise DataError.saved_shop_damaged(folder / NAME, "it is missing")
    if is_inside:
        raise DataError.inside_a_saved_shop(folder.parent)
    return False


def files_within(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the path within a folder, and the path, of each file in it; what is hidden is passed over."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(place) / name
                yield path.relative_to(folder).as_posix(), path


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _version() -> str:
    try:
        return version("segkit")
    except PackageNotFoundError:
        return "unknown"

"""Write, read and check the manifest of a saved shop: its format version, its settings, and the size and digest of each file.

The manifest is written last and read first. No file in a shop is used before the manifest has been compared with the folder.
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
"""The folder with the files. No table that can be loaded has this name, so the folder shows that a copied shop lacks its manifest."""

FORMAT = 2
"""The version of the file format. Shops in other versions are never read: they must be saved again from their source."""

_ABOUT = (
    "This folder is a shop saved by segkit. It contains personal data: addresses, phone numbers and what people did. Protect it like the data "
    "that it was made from. Open it with sk.load(folder). Don't change its files; save the shop again instead."
)
_LARGEST = 2**28


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a saved shop.

    Attributes:
        files: the size in bytes and the SHA-256 digest of each file, by its relative path.
        shop: the settings, report and structure of the shop.
    """

    files: Mapping[str, tuple[int, str]]
    shop: Mapping[str, Any]

    def text(self) -> str:
        """Return the text of the file."""
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
        """Read the manifest of a saved shop, and check that the folder contains the listed files with their sizes, and no others.

        Raises:
            DataError: the shop was saved in another format, or is incomplete or damaged.
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
            raise DataError.saved_shop_damaged(path, "segkit did not write its content") from None
        if written != FORMAT:
            raise DataError.saved_by_another_version(folder, said.get("segkit"), written)
        if digest != _digest(said):
            raise DataError.saved_shop_damaged(path, "it was changed since it was written")
        try:
            found = cls({name: (one["bytes"], one["sha256"]) for name, one in said["files"].items()}, said["shop"])
        except (KeyError, TypeError, AttributeError):
            raise DataError.saved_shop_damaged(path, "segkit did not write its content") from None
        found.check(folder)
        return found

    def check(self, folder: Path) -> None:
        """Check that a folder contains the listed files with their sizes, and no others. Hidden files are ignored.

        Raises:
            DataError: a file is missing, has a wrong size, or is not listed.
        """
        there = {name: path for name, path in files_within(folder) if name != NAME}
        for name, (size, _) in self.files.items():
            if name not in there:
                raise DataError.saved_shop_damaged(folder / name, "it is missing")
            if (found := there[name].stat().st_size) != size:
                raise DataError.saved_shop_damaged(
                    folder / name, f"it has {found:,} bytes but had {size:,} when it was written"
                )
        for name, path in there.items():
            if name not in self.files:
                raise DataError.not_of_the_saved_shop(path)


def _exists(path: Path) -> bool:
    """Return whether a path exists. Raise PermissionError if its folder can't be entered; `Path.exists` returns False from Python 3.14 on."""
    try:
        path.stat()
    except PermissionError:
        raise
    except (OSError, ValueError):
        return False
    return True


def is_saved(folder: Path) -> bool:
    """Return whether a folder contains a saved shop.

    Raises:
        DataError: the folder contains only part of a saved shop, is inside one, or can't be read.
    """
    try:
        has_manifest, has_tables = _exists(folder / NAME), _exists(folder / TABLES) and (folder / TABLES).is_dir()
        is_inside = folder.name == TABLES and _exists(folder.parent / NAME)
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
    """Yield the relative path and the path of each file in a folder and its subfolders, except hidden files."""
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

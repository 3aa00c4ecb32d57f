"""Keep a list of the member files that a build wrote, so that the next build removes outdated ones but no other files."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType

from segkit.files import write_text
from segkit.wording import listed

LIST = ".segkit-build.json"
"""The name of the list's file in the folder of a build."""

_NAME = re.compile(r"(send|members)/[^/\\\0]+\.csv")


class BuildList:
    """The member files that builds wrote into a folder, by their relative names, such as "send/vip.csv".

    The list has the digest of each file's manifest, which has the digest of the file, so changed files are detected. The digest is
    None until the build is finished. Files are listed before they are written, so the list is complete even if a build is aborted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed = _read(folder / LIST)
        self._planned: list[str] = []

    def begin(self, names: Iterable[str]) -> None:
        """Add the files that are about to be written to the list.

        Raises:
            FileError: the list can't be written.
        """
        self._planned = list(names)
        self._write({**(self._listed or {}), **dict.fromkeys(self._planned)})

    def finish(self) -> list[str]:
        """Remove files of earlier builds that this build did not write, so that nobody uses them to send, and return notes about it.

        A file that was changed after the build wrote it is kept.

        Raises:
            FileError: the list can't be written.
        """
        written = {(self._folder / name).resolve() for name in self._planned}
        left = {
            name: digest
            for name, digest in (self._listed or {}).items()
            if (path := self._folder / name).exists() and path.resolve() not in written
        }
        removed = [name for name, digest in left.items() if _is_removed(self._folder / name, digest)]
        stays = {name: digest for name, digest in left.items() if name not in removed}
        self._write(stays | {name: _digest(_manifest(self._folder / name)) for name in self._planned})
        return [
            *_note("Removed files that only an earlier build wrote", removed),
            *_note(
                "Kept files of an earlier build that have changed since then or could not be removed. Make sure "
                "that nobody sends to them",
                list(stays),
            ),
            *_note(
                "Kept member files that were in the folder before its first build. Make sure that nobody uses them for a send",
                [] if self._listed is not None else self._others(written),
            ),
        ]

    def _others(self, written: set[Path]) -> list[str]:
        """Return the member files in the folder that are on no list, such as files from a segkit version without lists."""
        found = [path for part in ("send", "members") for path in sorted((self._folder / part).glob("*.csv"))]
        return [
            f"{path.parent.name}/{path.name}"
            for path in found
            if _manifest(path).exists() and path.resolve() not in written
        ]

    def _write(self, files: Mapping[str, str | None]) -> None:
        write_text(self._folder / LIST, json.dumps({"files": files}, indent=1, sort_keys=True) + "\n", replace=True)


def _read(path: Path) -> dict[str, str | None] | None:
    """Return the listed files with their digests, or None if there is no valid list."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        # Ignore other entries, so that nothing outside these folders is ever removed.
        return {
            name: digest
            for name, digest in files.items()
            if _NAME.fullmatch(name) and isinstance(digest, (str, NoneType))
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _is_removed(path: Path, digest: str | None) -> bool:
    """Remove a file and its manifest unless they were changed, and return whether they were removed."""
    manifest = _manifest(path)
    try:
        is_ours = digest in (None, _digest(manifest))
        if is_ours and json.loads(manifest.read_text(encoding="utf-8"))["sha256"] == _digest(path):
            # The build wrote the target of a link, but the link itself is the user's.
            manifest.resolve().unlink()
            path.resolve().unlink()
            return True
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return False


def _manifest(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _note(what: str, names: list[str]) -> list[str]:
    return [f"{what}: {listed(names)}."] if names else []

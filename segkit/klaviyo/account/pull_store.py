"""Save the state of an unfinished pull on disk: its plan, its pages, and when the download of each result began.

Each page contains the link to the next page, so the last page shows where to continue. `resources` and `tables` read the contents.
"""

import contextlib
import gzip
import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segkit.errors import AccountError, FileError
from segkit.files import make_folder, take_lock, whole_files, write_text
from segkit.json_text import Halves
from segkit.masking import quoted

FOLDER = ".pull"

_LONGEST_ID = 60

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Used when the start of a download was not recorded, as in earlier versions of segkit, since file times can't be trusted."""


class Walk:
    """The saved pages of one result. Each page has its own file, named by its page number and number of resources.

    Attributes:
        size: the number of saved pages.
        resources: the number of resources on these pages.
    """

    def __init__(self, folder: Path, halves: dict[Path, int] | None = None) -> None:
        self._folder = folder
        self._halves = {} if halves is None else halves
        self.size = len(self._paths())
        self.resources = sum(int(path.name.partition(".")[0].split("-")[2]) for path in self._paths())

    @property
    def begun(self) -> datetime:
        """When the first page was requested, in UTC and to the second, or `LONG_AGO` if this was not recorded."""
        try:
            found = datetime.fromisoformat(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return LONG_AGO
        return found if found.tzinfo else LONG_AGO

    def begin(self, moment: datetime) -> None:
        """Record when the first page is requested."""
        make_folder(self._folder)
        write_text(self._note, moment.astimezone(UTC).isoformat(timespec="seconds"), replace=True)

    def forget(self) -> None:
        """Delete all pages.

        The recorded start is deleted first, so after an interruption the remaining pages count as too old.
        """
        self._note.unlink(missing_ok=True)
        shutil.rmtree(self._folder)
        self.size = self.resources = 0

    @property
    def _note(self) -> Path:
        return self._folder / "begun"

    def keep(self, document: Mapping[str, Any]) -> None:
        """Save the next page. A failed write leaves no partial file."""
        make_folder(self._folder)
        resources = len(document["data"])
        path = self._folder / f"page-{self.size + 1:07}-{resources}.json.gz"
        # Compress fast rather than well: these files are deleted at the end of the pull.
        compressed = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), compresslevel=1)
        with whole_files(path, replace=True, people=[path]) as [part]:
            part.write_bytes(compressed)
        self.size += 1
        self.resources += resources

    def last(self) -> dict[str, Any] | None:
        """Return the last page, or None if there is none yet."""
        paths = self._paths()
        return self._document(paths[-1]) if paths else None

    def documents(self) -> Iterator[dict[str, Any]]:
        """Read the pages one by one, in order.

        Raises:
            AccountError: a page is damaged.
        """
        for path in self._paths():
            yield self._document(path)

    def _document(self, path: Path) -> dict[str, Any]:
        text = _read(path)
        try:
            document: dict[str, Any] = json.loads(text)
        except (ValueError, RecursionError):
            raise AccountError.damaged_page(path) from None
        if _HALF.search(text):
            halves = Halves()
            document = halves.without(document)
            self._halves[path] = halves.found
        return document

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("page-*.json.gz"))


class PullStore:
    """The unfinished pull in a folder, for one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._target = folder
        self._folder = folder / FOLDER
        self._halves: dict[Path, int] = {}

    @property
    def halves(self) -> int:
        """The number of strings with a lone surrogate on the pages read so far. Reading a page replaces each by U+FFFD."""
        return sum(self._halves.values())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder against other processes inside a `with` block. The lock is released even if the process is killed.

        Raises:
            AccountError: another process is pulling into this folder.
            FileError: the system refuses to read or write the folder, now or inside the block.
        """
        make_folder(self._folder)
        try:
            with (self._folder / "lock").open("ab") as lock:
                if not take_lock(lock.fileno()):
                    raise AccountError.already_running(self._target)
                yield
                if not self._plan.exists():
                    # Windows can't remove the open lock file, so it may stay behind, empty and harmless.
                    shutil.rmtree(self._folder, ignore_errors=True)
        except FileError:
            raise
        except OSError as error:
            raise FileError.not_written(self._folder, error.strerror or type(error).__name__) from None

    @property
    def _plan(self) -> Path:
        return self._folder / "plan.json"

    def begin(self, plan: Mapping[str, Any], *, restart: bool) -> bool:
        """Save the plan of the pull. Return whether there is an unfinished pull with the same plan to resume.

        Raises:
            AccountError: there is an unfinished pull with another plan.
        """
        if restart:
            self.clear()
        written = json.dumps(plan, indent=1, sort_keys=True)
        if not self._plan.exists():
            # Pages without a plan remain if a pull is killed while it deletes them. It is unknown what they contain.
            self.clear()
            write_text(self._plan, written, replace=True)
            return False
        try:
            unfinished = self._plan.read_text(encoding="utf-8")
            unfinished_plan = json.loads(unfinished)
        except ValueError:
            raise AccountError.damaged_page(self._plan) from None
        if unfinished != written:
            raise AccountError.other_pull(self._target, _as_arguments(unfinished_plan), _as_arguments(plan))
        return True

    def walk(self, name: str, resource_id: str | None = None) -> Walk:
        """Return the saved pages of one result, or of one list or segment if `resource_id` is its id."""
        # An id from outside is not safe as a file name, and some systems ignore case in file names, so the id is encoded.
        # An id that is longer than Klaviyo's ids is hashed, since the file name would be too long.
        folder = self._folder / (name if resource_id is None else f"{name}-{_as_name(resource_id)}")
        return Walk(folder, self._halves)

    def clear(self) -> None:
        """Delete the state of the pull. The plan is deleted first, so that a half-deleted pull is never resumed."""
        self._plan.unlink(missing_ok=True)
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)


def _as_name(resource_id: str) -> str:
    raw = resource_id.encode("utf-8", "surrogatepass")
    return raw.hex() if len(raw) <= _LONGEST_ID else hashlib.sha256(raw).hexdigest()


def _as_arguments(plan: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={quoted(value)}" for name, value in sorted(plan.items()))


def _read(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        raise AccountError.damaged_page(path) from None


_HALF = re.compile(rb"\\ud[89ab]..(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f]")
"""Matches a lone surrogate in JSON that is pure ASCII, as `Walk.keep` writes it."""

"""What an unfinished pull keeps on disk: what was asked for, each page whole, and since when; what the pages say is others' work.

A page holds the link to the next one, so the pages are all there is to know about how far a pull came.
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
"""When pages were begun that don't say so, as an earlier segkit kept them; the time of a file can't be trusted."""


class Walk:
    """The pages of one answer that are kept so far, each in a file of its own, named by its place and number of resources.

    Attributes:
        size: pages kept.
        resources: resources on them.
    """

    def __init__(self, folder: Path, halves: dict[Path, int] | None = None) -> None:
        self._folder = folder
        self._halves = {} if halves is None else halves
        self.size = len(self._paths())
        self.resources = sum(int(path.name.partition(".")[0].split("-")[2]) for path in self._paths())

    @property
    def begun(self) -> datetime:
        """When the first page was asked for, in UTC and to the second; `LONG_AGO` if that was not noted."""
        try:
            found = datetime.fromisoformat(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return LONG_AGO
        return found if found.tzinfo else LONG_AGO

    def begin(self, moment: datetime) -> None:
        """Note when the first page is asked for."""
        make_folder(self._folder)
        write_text(self._note, moment.astimezone(UTC).isoformat(timespec="seconds"), replace=True)

    def forget(self) -> None:
        """Drop all pages: first the note of when they were begun, so that no break leaves some of them believed."""
        self._note.unlink(missing_ok=True)
        shutil.rmtree(self._folder)
        self.size = self.resources = 0

    @property
    def _note(self) -> Path:
        return self._folder / "begun"

    def keep(self, document: Mapping[str, Any]) -> None:
        """Write the next page whole or not at all."""
        make_folder(self._folder)
        resources = len(document["data"])
        path = self._folder / f"page-{self.size + 1:07}-{resources}.json.gz"
        # Quick rather than small, since these files live as long as the pull.
        packed = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), compresslevel=1)
        with whole_files(path, replace=True, people=[path]) as [part]:
            part.write_bytes(packed)
        self.size += 1
        self.resources += resources

    def last(self) -> dict[str, Any] | None:
        """Return the last page; None if there is none yet."""
        paths = self._paths()
        return self._document(paths[-1]) if paths else None

    def documents(self) -> Iterator[dict[str, Any]]:
        """Read the pages one by one, in order.

        Raises:
            AccountError: one of them can't be read back.
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
    """The unfinished pull of a folder, for one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._target = folder
        self._folder = folder / FOLDER
        self._halves: dict[Path, int] = {}

    @property
    def halves(self) -> int:
        """How many texts on the pages read so far had half a character, which is replaced whenever a page is read."""
        return sum(self._halves.values())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out for as long as this one lives, however it ends.

        Raises:
            AccountError: another process is pulling into this folder.
            FileError: the system refuses to read or write there, then or later.
        """
        make_folder(self._folder)
        try:
            with (self._folder / "lock").open("ab") as lock:
                if not take_lock(lock.fileno()):
                    raise AccountError.already_running(self._target)
                yield
                if not self._plan.exists():
                    # Where an open file can't be removed, the empty lock stays; it is in nobody's way.
                    shutil.rmtree(self._folder, ignore_errors=True)
        except FileError:
            raise
        except OSError as error:
            raise FileError.not_written(self._folder, error.strerror or type(error).__name__) from None

    @property
    def _plan(self) -> Path:
        return self._folder / "plan.json"

    def begin(self, plan: Mapping[str, Any], *, restart: bool) -> bool:
        """Note what is asked for; return whether an unfinished pull of the same is there to go on with.

        Raises:
            AccountError: an unfinished pull of something else is there.
        """
        if restart:
            self.clear()
        written = json.dumps(plan, indent=1, sort_keys=True)
        if not self._plan.exists():
            # Pages without a plan are what a pull left that was killed as it tidied up: nobody knows what they answer.
            self.clear()
            write_text(self._plan, written, replace=True)
            return False
        try:
            unfinished = self._plan.read_text(encoding="utf-8")
            asked = json.loads(unfinished)
        except ValueError:
            raise AccountError.damaged_page(self._plan) from None
        if unfinished != written:
            raise AccountError.other_pull(self._target, _words(asked), _words(plan))
        return True

    def walk(self, name: str, resource_id: str | None = None) -> Walk:
        """Return the pages of one answer, of a resource's own if it has an id."""
        # Ids come from outside and differ by capitals, which a file name may neither trust nor tell apart.
        # A longer id than Klaviyo's would make a longer name than systems take.
        folder = self._folder / (name if resource_id is None else f"{name}-{_as_name(resource_id)}")
        return Walk(folder, self._halves)

    def clear(self) -> None:
        """Forget the pull: what was asked for first, so that no break leaves it believed without its pages."""
        self._plan.unlink(missing_ok=True)
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)


def _as_name(resource_id: str) -> str:
    raw = resource_id.encode("utf-8", "surrogatepass")
    return raw.hex() if len(raw) <= _LONGEST_ID else hashlib.sha256(raw).hexdigest()


def _words(plan: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={quoted(value)}" for name, value in sorted(plan.items()))


def _read(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        raise AccountError.damaged_page(path) from None


_HALF = re.compile(rb"\\ud[89ab]..(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f]")
"""The first or second half of a character without the other, as JSON is written here, in nothing but ASCII."""

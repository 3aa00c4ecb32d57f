"""Write the files of a finished pull, either all of them or none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from segkit.engine.load import TABLES
from segkit.errors import AccountError, FileError
from segkit.files import escaped, make_folder, whole_files
from segkit.klaviyo.account.pull_store import Walk
from segkit.klaviyo.account.resources import Newest, Resource, labels, name_of
from segkit.klaviyo.account.tables import events_of, profiles_of
from segkit.klaviyo.account_names import AccountNames
from segkit.masking import quoted
from segkit.wording import counted

PROFILES_FILE, EVENTS_FILE, LISTS_FILE = "profiles.parquet", "events.parquet", "lists.parquet"
MEMBERS_FILE, SEGMENTS_FILE, NAMES_FILE = "segment_members.parquet", "segments.json", "names.json"
EVERY_FILE = (PROFILES_FILE, EVENTS_FILE, LISTS_FILE, MEMBERS_FILE, SEGMENTS_FILE, NAMES_FILE)


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a finished pull.

    Attributes:
        folder: the folder, for `sk.load`.
        files: the files that were written.
        rows: the number of rows in each table, by file name, including tables without rows, which have no file.
        profiles_as_of: when the download of the profiles began, in UTC. Their consent is from this time or later, so an opt-out
            after it may be missing.
        notes: sentences about anything unusual, such as profiles that were downloaded again.
    """

    folder: Path
    files: tuple[Path, ...]
    rows: Mapping[str, int]
    profiles_as_of: datetime
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show the folder and the numbers of rows and files."""
        return f"Pulled: {counted(sum(self.rows.values()), 'row')} in {counted(len(self.files), 'file')}, into {quoted(self.folder)}"


def check_folder(folder: Path) -> None:
    """Create a folder, or refuse a folder with other tables, which `sk.load` would read together with the pull's tables.

    Raises:
        AccountError: the folder contains tables that were not written by a pull.
        FileError: the folder can't be created, or this is a page of `segkit app`, which writes nothing on its host.
    """
    make_folder(folder)
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise FileError.not_written(folder, error.strerror or type(error).__name__) from None
    # Every pull writes the file with names, so without it the tables are not from a pull.
    ours = set(EVERY_FILE) if NAMES_FILE in names else set()
    others = sorted(name for name in names - ours if _is_table(name) or name in EVERY_FILE)
    if others:
        raise AccountError.folder_in_use(folder, others)


def _is_table(name: str) -> bool:
    """Return whether `sk.load` would read a file as a table that a pull also writes."""
    return name.casefold().partition(".")[0].partition("-")[0] in set(TABLES) - {"places"}


def write_files(
    folder: Path,
    *,
    metrics: Sequence[Resource],
    events: Sequence[Walk],
    profiles: Walk,
    lists: Sequence[Resource],
    list_members: Mapping[str, Walk],
    segments: Sequence[Resource] | None,
    segment_members: Mapping[str, Walk],
    notes: Sequence[str],
) -> Pulled:
    """Write the files of a pull, either all of them or none. A table without rows gets no file, and its old file is removed.

    Raises:
        FileError: the system refuses to write.
    """
    of_profiles, of_events = profiles_of(profiles), events_of(events, metrics)
    of_lists, of_segments = _members(list_members, "list_id"), _members(segment_members, "segment")
    rows = {
        PROFILES_FILE: of_profiles.rows,
        EVENTS_FILE: of_events.rows,
        LISTS_FILE: of_lists.num_rows,
        MEMBERS_FILE: of_segments.num_rows,
    }
    names = AccountNames(metrics={one["id"]: name_of(one) for one in metrics}, lists=labels(lists))
    writers: dict[str, Callable[[Path], None]] = {
        PROFILES_FILE: of_profiles.write,
        EVENTS_FILE: of_events.write,
        LISTS_FILE: lambda path: pa.parquet.write_table(of_lists, path, write_page_checksum=True),
        MEMBERS_FILE: lambda path: pa.parquet.write_table(of_segments, path, write_page_checksum=True),
        NAMES_FILE: lambda path: _write(path, names.as_text()),
    }
    if segments is not None:
        writers[SEGMENTS_FILE] = lambda path: _write(
            path, escaped(json.dumps({"data": segments}, ensure_ascii=False, indent=1))
        )
    writers = {name: write for name, write in writers.items() if rows.get(name, 1)}
    files = tuple(folder / name for name in writers)
    # Existing files are from an earlier pull, since `check_folder` refuses all others.
    people = [folder / name for name, size in rows.items() if size]
    with whole_files(*files, replace=True, people=people) as parts:
        for part, write in zip(parts, writers.values(), strict=True):
            write(part)
    for name in set(EVERY_FILE) - set(writers):
        (folder / name).unlink(missing_ok=True)
    return Pulled(folder, files, rows, profiles.begun, tuple(notes))


def _members(walks: Mapping[str, Walk], group: str) -> pa.Table:
    """Return the members of each list or segment and when they joined, as text columns."""
    rows = [(one, name) for name, walk in walks.items() for one in Newest(walk)]
    columns = {
        "profile_id": [one["id"] for one, _ in rows],
        group: [name for _, name in rows],
        "joined": [(one.get("attributes") or {}).get("joined_group_at") for one, _ in rows],
    }
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))

"""Files appear whole or not at all, two beside each other too, and what went wrong is said in a sentence."""

# ruff: noqa: SIM300  # expected == actual, throughout

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.csv
import pytest

import segkit as sk
from segkit.definition.conditions import AllOf
from segkit.errors import FileError
from segkit.files import whole_files, write_text

EVERYBODY = sk.Segment("Everybody", AllOf(()))
PEOPLE = pd.DataFrame({"profile_id": ["ann", "bea"], "phone_number": ["+16175550123", "+16175550124"]})
NOBODY = 65_534
"""The user of Unix who owns nothing."""
FULL = OSError(errno.ENOSPC, "No space left on device")


def write(folder: Path) -> Path:
    """Write a member file and its manifest into a folder, over those that are there."""
    shop = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
    return sk.write_members(EVERYBODY, shop, folder / "m.csv", replace=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Return everything that stands in a folder, hidden files included."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fail_in_the_writer(patch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the CSV writer break off after some bytes."""

    def half(sink: Any, *_: Any, **__: Any) -> None:
        sink.write(b"profile_id\nan")
        raise error

    patch.setattr(pyarrow.csv, "CSVWriter", half)


def fail_in_the_manifest(patch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the manifest fail when the file beside it is already written."""

    def never(*_: Any, **__: Any) -> str:
        raise error

    patch.setattr("segkit.sending.member_files.json.dumps", never)


def fail_in_the_sync(patch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the disk refuse what was written."""

    def never(_: int) -> None:
        raise error

    patch.setattr(os, "fsync", never)


def fail_in_a_rename_of(ending: str) -> Callable[[pytest.MonkeyPatch, BaseException], None]:
    """Let the rename to a path of some ending fail, as where another program holds the file open."""

    def fail(patch: pytest.MonkeyPatch, error: BaseException) -> None:
        rename = Path.replace

        def guarded(self: Path, target: Path) -> Path:
            if str(target).endswith(ending) and self.suffix == ".part":
                raise error
            return rename(self, target)

        patch.setattr(Path, "replace", guarded)

    return fail


FAILURES = {
    "the writer": fail_in_the_writer,
    "the manifest": fail_in_the_manifest,
    "the sync": fail_in_the_sync,
    "the rename of the file": fail_in_a_rename_of("m.csv"),
    "the rename of the manifest": fail_in_a_rename_of(".manifest.json"),
}
ERRORS = [FULL, PermissionError(errno.EACCES, "Permission denied"), ValueError("no such thing"), KeyboardInterrupt()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("links", [True, False], ids=["with links", "without links"])
def test_whatever_fails_a_folder_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Any, error: BaseException, *, links: bool
):
    """Wherever writing breaks off, no half file, no temporary file, and no changed or missing old file is left."""
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder in (empty, full):
        folder.mkdir()
    (full / "m.csv").write_text("old", encoding="utf-8")
    (full / "m.csv.manifest.json").write_text("old too", encoding="utf-8")
    before = contents(full)
    with monkeypatch.context() as patch:
        fail(patch, error)
        if not links:
            patch.setattr(os, "link", refuse_to_link)
        for folder in (empty, full):
            with pytest.raises(FileError if isinstance(error, OSError) else type(error)):
                write(folder)

    assert {} == contents(empty)
    assert before == contents(full)


def refuse_to_link(*_: Any, **__: Any) -> None:
    """Behave as a file system without links."""
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


def test_where_nothing_fails_both_files_are_there_and_nothing_else(tmp_path: Path):
    """Also the second time, over the files of the first."""
    write(tmp_path)
    (tmp_path / "m.csv").write_text("old", encoding="utf-8")
    write(tmp_path)

    assert {"m.csv", "m.csv.manifest.json"} == set(contents(tmp_path))
    assert contents(tmp_path)["m.csv"].startswith(b'"profile_id"')


def test_the_system_s_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A full disk reads as a full disk, with the file's name and what to check."""
    fail_in_the_writer(monkeypatch, FULL)
    with pytest.raises(
        FileError, match=r"m\.csv' can't be written: No space left on device\. Nothing was changed"
    ) as failure:
        write(tmp_path)

    assert failure.value.__cause__ is None, (
        "the system's own words may name the file, which may be called after somebody"
    )


@contextlib.contextmanager
def somebody_without_rights(folder: Path) -> Iterator[None]:
    """Be somebody who may read a folder and not write to it; Unix lets its administrator write anywhere."""
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.seteuid(NOBODY)
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="rights to folders are others on Windows")
def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path):
    """The error names the file and the reason."""
    write(tmp_path)  # what is imported on first use may lie where only the administrator reads
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            somebody_without_rights(folder),
            pytest.raises(FileError, match=r"m\.csv' can't be written: .*Permission denied"),
        ):
            write(folder)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path):
    """The error says to create it first, and nothing is created."""
    with pytest.raises(FileError, match=r"the folder '.*nowhere' does not exist\. Create the folder first"):
        write(tmp_path / "nowhere")

    assert {} == contents(tmp_path)


@pytest.mark.parametrize("name", ["m.csv", "m.csv.manifest.json"])
def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path, name: str):
    """The error offers the name of a file, whichever of the two names is taken."""
    (tmp_path / name).mkdir()
    with pytest.raises(FileError, match=r"is a folder\. Pass the name of a file, such as '.*vip\.csv'"):
        write(tmp_path)

    assert [name] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("path", [".", "..", ""])
def test_a_path_without_a_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str):
    """The current folder is a folder too."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="is a folder"):
        sk.write_members(EVERYBODY, sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30"), path)

    assert {} == contents(tmp_path)


def test_text_is_written_whole_in_utf8_with_plain_line_ends(tmp_path: Path):
    """The same bytes on every system, and the absolute path is returned."""
    path = write_text(tmp_path / "note.txt", "Zoë\nand more\n", replace=False)

    assert (tmp_path / "note.txt").resolve() == path
    assert "Zoë\nand more\n".encode() == path.read_bytes()


def test_many_files_are_renamed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """If the last of three can't be put in place, the first is put back and the new second is taken away."""
    paths = [tmp_path / name for name in ("a", "b", "c")]
    paths[0].write_text("old", encoding="utf-8")
    fail_in_a_rename_of("c")(monkeypatch, FULL)

    def write_all() -> None:
        with whole_files(*paths, replace=True) as parts:
            for part in parts:
                part.write_text("new", encoding="utf-8")

    with pytest.raises(FileError):
        write_all()

    assert {"a": b"old"} == contents(tmp_path)


def test_a_file_may_be_written_over_itself_by_what_was_read_from_it(tmp_path: Path):
    """The old file stays readable until the new one is whole."""
    write_text(tmp_path / "note.txt", "one\n", replace=False)
    with whole_files(tmp_path / "note.txt", replace=True) as [part]:
        part.write_text((tmp_path / "note.txt").read_text(encoding="utf-8") * 2, encoding="utf-8")

    assert "one\none\n" == (tmp_path / "note.txt").read_text(encoding="utf-8")


def test_an_interrupt_when_all_is_in_place_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Between the last rename and the return, the new file is there and the old one gone, so nothing is put back."""
    target = write_text(tmp_path / "a.txt", "old", replace=True)
    rename = Path.replace

    def interrupted(self: Path, other: Path) -> Path:
        rename(self, other)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(target, "new", replace=True)
    assert contents(tmp_path) == {"a.txt": b"new"}

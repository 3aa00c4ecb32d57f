"""Every public function that writes: it replaces another's file only on purpose, and in the app it writes nothing at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

import segkit as sk
from segkit.command.cli import main
from segkit.definition.conditions import AllOf
from segkit.errors import FileError
from segkit.klaviyo import account
from segkit.widgets import Tuner

PEOPLE = pd.DataFrame(
    {"profile_id": ["ann", "bea"], "phone_number": ["+16175550123", "+16175550124"], "sms_consent": "SUBSCRIBED"}
)
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
NAMES = sk.AccountNames({"Order1": "Placed Order"}, {})


def rule(*, hours: int = 1) -> sk.Segment:
    """Return a segment of everybody, from a builder as an analyst may write one."""
    return sk.Segment(f"Everybody for {hours} h", AllOf(()))


WRITERS: dict[str, tuple[Callable[..., Any], set[str]]] = {
    "SmsAudience.write_csv": (
        lambda folder, **how: sk.audience(rule(), SHOP).write_csv(folder / "a.csv", **how),
        {"a.csv", "a.csv.manifest.json"},
    ),
    "write_members": (
        lambda folder, **how: sk.write_members(rule(), SHOP, folder / "m.csv", **how),
        {"m.csv", "m.csv.manifest.json"},
    ),
    "Tuner.write_csv": (
        lambda folder, **how: Tuner(rule, SHOP).write_csv(folder / "t.csv", **how),
        {"t.csv", "t.csv.manifest.json"},
    ),
    "Tuner.write_members": (
        lambda folder, **how: Tuner(rule, SHOP).write_members(folder / "t.csv", **how),
        {"t.csv", "t.csv.manifest.json"},
    ),
    "AccountNames.to_file": (lambda folder, **how: NAMES.to_file(folder / "names.json", **how), {"names.json"}),
    "write_sample": (
        lambda folder, **how: sk.write_sample(folder, profiles=2, **how),
        {"profiles.csv", "events.csv.gz", "lists.csv", "places.csv"},
    ),
}
"""Each with the names of its files; all take `replace`."""
FILES = [(writer, name) for writer, (_, names) in WRITERS.items() for name in sorted(names)]

FOLDER_WRITERS: dict[str, Callable[[Path], Any]] = {
    "build": lambda folder: sk.build(SHOP, folder),
    "pull": lambda folder: account.pull(folder, account=Mock()),
    **{name: write for name, (write, _) in WRITERS.items()},
    **{
        f"{name}, replacing": lambda folder, write=write: write(folder, replace=True)
        for name, (write, _) in WRITERS.items()
    },
}


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return all that stands in a folder, hidden files and empty folders included."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize("writer", WRITERS)
def test_where_nothing_is_the_files_appear(writer: str, tmp_path: Path):
    """The first time, nobody need say `replace`."""
    write, names = WRITERS[writer]
    write(tmp_path)

    assert set(contents(tmp_path)) == names


@pytest.mark.parametrize(("writer", "name"), FILES)
def test_an_existing_file_stays_as_it_is(writer: str, name: str, tmp_path: Path):
    """Whichever of the files is there, nothing is written; the error names the file, the choice and what else to do."""
    (tmp_path / name).write_bytes(b"somebody's own")
    with pytest.raises(FileError) as failure:
        WRITERS[writer][0](tmp_path)

    assert contents(tmp_path) == {name: b"somebody's own"}
    assert f"{name}' already exists" in str(failure.value)
    assert "replace=True" in str(failure.value)
    assert "another name" in str(failure.value)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_is_replaced_on_purpose(writer: str, tmp_path: Path):
    """With `replace=True` the files are those of a first time."""
    write, names = WRITERS[writer]
    for folder in ("first", "again"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "first")
    for name in names:
        (tmp_path / "again" / name).write_bytes(b"old")
    write(tmp_path / "again", replace=True)

    assert contents(tmp_path / "again") == contents(tmp_path / "first")


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some make links")
def test_a_link_that_leads_nowhere_stays_as_it_is(tmp_path: Path):
    """It is somebody's own as well, though no file is there to be lost."""
    (tmp_path / "m.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match="already exists"):
        WRITERS["write_members"][0](tmp_path)

    assert (tmp_path / "m.csv").is_symlink()


@pytest.mark.parametrize("folder", ["there", "not there"])
@pytest.mark.parametrize("writer", FOLDER_WRITERS)
def test_the_app_writes_nothing(writer: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No file and no folder appears, none changes, and the error says where to write instead."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_bytes(b"somebody's own")
    before = contents(tmp_path)
    monkeypatch.setenv("SEGKIT_APP", "1")
    with pytest.raises(FileError, match="served by segkit app, which never writes files on"):
        FOLDER_WRITERS[writer](tmp_path / folder)

    assert contents(tmp_path) == before


def test_a_command_within_the_app_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A page that starts `segkit sample` or `segkit build` gets the same answer, and an exit code."""
    monkeypatch.setenv("SEGKIT_APP", "1")
    sample_data = str(Path(__file__).parents[1] / "sample_data" / "klaviyo_export")
    for words in (["sample", str(tmp_path / "new")], ["build", sample_data, "--out", str(tmp_path / "out")]):
        assert main(words) == 2
        assert "which never writes files on" in capsys.readouterr().err

    assert not contents(tmp_path)


def test_in_the_app_a_download_still_comes(monkeypatch: pytest.MonkeyPatch):
    """The bytes for the visitor's browser are made as ever."""
    monkeypatch.setenv("SEGKIT_APP", "1")

    assert sk.audience(rule(), SHOP).to_bytes().count(b"\n") == 3


def test_a_build_replaces_its_own_files(tmp_path: Path):
    """Building twice into a folder is what an analyst does each week, and leaves what the second build wrote."""
    first = sk.build(SHOP, tmp_path, title="First")
    second = sk.build(SHOP, tmp_path, title="Second")

    assert first.files == second.files
    assert "Second" in second.files[0].read_text(encoding="utf-8")

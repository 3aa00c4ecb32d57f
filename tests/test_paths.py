"""Where files may be written to: through links, into no pipe or device, with which rights; and what of a path is refused."""

import os
import socket
import stat
import tempfile
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
from segkit.files import whole_files, write_text
from segkit.klaviyo import account
from segkit.widgets import Tuner

PEOPLE = pd.DataFrame(
    {"profile_id": ["ann", "bea"], "phone_number": ["+16175550123", "+16175550124"], "sms_consent": "SUBSCRIBED"}
)
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
NOBODY = 65_534
"""The user of Unix who owns nothing."""
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="links, pipes and modes are others on Windows")


def everybody() -> sk.Segment:
    """Return a segment of everybody."""
    return sk.Segment("Everybody", AllOf(()))


def names(folder: Path) -> list[str]:
    """Return the names of all that stands in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


TO_FILE: dict[str, Callable[[Path], Any]] = {
    "SmsAudience.write_csv": lambda path: sk.audience(everybody(), SHOP).write_csv(path, replace=True),
    "write_members": lambda path: sk.write_members(everybody(), SHOP, path, replace=True),
    "Tuner.write_csv": lambda path: Tuner(everybody, SHOP).write_csv(path, replace=True),
    "AccountNames.to_file": lambda path: sk.AccountNames({"M": "Placed Order"}, {}).to_file(path, replace=True),
}
TO_FOLDER: dict[str, Callable[[Path], Any]] = {
    "build": lambda path: sk.build(SHOP, path),
    "write_sample": lambda path: sk.write_sample(path, profiles=1),
    "pull": lambda path: account.pull(path, account=Mock()),
}
BAD_NAMES = {
    "long": "x" * 300,
    "with NUL": "vip\0.csv",
    "with half a character": "vip\ud83d.csv",
    "with an escape": "vip\x1b[31m.csv",
}


@pytest.mark.parametrize("bad", BAD_NAMES)
@pytest.mark.parametrize("writer", TO_FILE | TO_FOLDER)
def test_a_name_that_no_file_can_have_is_refused(writer: str, bad: str, tmp_path: Path):
    """The error names the last part of the path and what to do, and nothing is written; for a folder above it as well."""
    write, name = (TO_FILE | TO_FOLDER)[writer], BAD_NAMES[bad]
    with pytest.raises(
        FileError, match=r"can't be written: its name.* (is too long|contains characters).*Choose another"
    ):
        write(tmp_path / name)
    if bad != "with an escape":
        with pytest.raises(FileError):
            write(tmp_path / name / "vip.csv")

    assert names(tmp_path) == []


@pytest.mark.parametrize("writer", TO_FILE | TO_FOLDER)
def test_below_a_file_nothing_can_be_written(writer: str, tmp_path: Path):
    """The error says that it is a file."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match=r"file.*can't be used as a folder: it, or one of its parents, is a file"):
        (TO_FILE | TO_FOLDER)[writer](tmp_path / "file" / "vip")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc")
@pytest.mark.parametrize("writer", TO_FILE | TO_FOLDER)
def test_where_the_system_makes_no_files_the_error_says_so(writer: str):
    """Below /proc, where even the administrator may not write."""
    with pytest.raises(FileError, match=r"vip.*can't be written"):
        (TO_FILE | TO_FOLDER)[writer](Path("/proc/self/vip"))


@ON_UNIX
@pytest.mark.parametrize("writer", TO_FILE | TO_FOLDER)
def test_links_in_a_circle_are_refused(writer: str, tmp_path: Path):
    """They lead to no file."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(FileError):
        (TO_FILE | TO_FOLDER)[writer](tmp_path / "a")
    with pytest.raises(FileError):
        (TO_FILE | TO_FOLDER)[writer](tmp_path / "a" / "vip.csv")

    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("words", [["sample"], ["build", "SHOP", "--out"], ["pull"]])
def test_a_command_says_it_in_a_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Exit code 2 and no traceback, for a name that is too long, one with half a character, and a file in the way."""
    monkeypatch.setenv("KLAVIYO_API_KEY", "pk_synthetic_0123456789abcdef")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "profiles.csv").write_text(
        "profile_id,phone_number,sms_consent\na,+16175550123,SUBSCRIBED\n", encoding="utf-8"
    )
    (tmp_path / "events.csv").write_text("profile_id,metric,datetime\na,Clicked SMS,2026-06-01\n", encoding="utf-8")
    words = [str(tmp_path) if word == "SHOP" else word for word in words]
    for name in ("x" * 300, "vip\ud83d", "file", "file/vip"):
        assert main([*words, str(tmp_path / name)]) == 2
        assert capsys.readouterr().err.startswith("segkit: ")


def make_pipe(path: Path) -> None:
    """Make a pipe, which nobody reads."""
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    """Make a socket, which nobody listens to."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


def make_device(path: Path) -> None:
    """Make a device that is none of the system's own: another name of the one that takes everything."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only the administrator makes devices")


@ON_UNIX
@pytest.mark.parametrize("through", ["itself", "a link"])
@pytest.mark.parametrize("make", [make_pipe, make_socket, make_device])
@pytest.mark.parametrize("writer", TO_FILE)
def test_what_is_no_file_is_never_replaced(
    writer: str, make: Callable[[Path], None], through: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A pipe, a socket or a device is refused before anything is written, and nobody waits for a reader of it."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "it")
    before = (tmp_path / "it").lstat()
    given = tmp_path / "it"
    if through == "a link":
        given = tmp_path / "link"
        given.symlink_to("it")
    with pytest.raises(FileError, match=r"is a pipe, a device or a socket, which can't be replaced"):
        TO_FILE[writer](given)

    assert (tmp_path / "it").lstat() == before
    assert {"it", "link"} >= set(names(tmp_path))


@ON_UNIX
@pytest.mark.parametrize("name", ["m.csv", "m.csv.manifest.json"])
def test_a_pipe_in_the_place_of_one_of_two_files_stops_both(name: str, tmp_path: Path):
    """Whichever it is."""
    os.mkfifo(tmp_path / name)
    with pytest.raises(FileError, match="is a pipe"):
        TO_FILE["write_members"](tmp_path / "m.csv")

    assert names(tmp_path) == [name]


@ON_UNIX
@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("writer", TO_FILE)
def test_a_link_stays_and_its_file_is_replaced(writer: str, tmp_path: Path, *, is_there: bool):
    """Also through several links, and where the file is not there yet; the hidden parts stand beside the file."""
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "file.csv"
    if is_there:
        real.write_text("old", encoding="utf-8")
    (tmp_path / "first").symlink_to(tmp_path / "second.csv")
    (tmp_path / "second.csv").symlink_to("real/file.csv")
    TO_FILE[writer](tmp_path / "first")

    assert (tmp_path / "first").is_symlink()
    assert (tmp_path / "second.csv").is_symlink()
    assert real.stat().st_size > len("old")
    assert names(tmp_path / "real") == ["file.csv"]


@ON_UNIX
def test_a_failure_brings_back_what_a_link_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The old file is there again, with its mode, and the link too."""
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "m.csv").symlink_to("real")
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name.endswith(".json"):
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(FileError):
        TO_FILE["write_members"](tmp_path / "m.csv")

    assert names(tmp_path) == ["m.csv", "real"]
    assert (tmp_path / "m.csv").read_text(encoding="utf-8") == "old"
    assert mode_of(tmp_path / "real") == 0o640


def mode_of(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@ON_UNIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o660, 0o400])
def test_a_file_that_is_replaced_keeps_its_mode(mode: int, tmp_path: Path):
    """Be it wider or narrower than that of a new one; of the manifest likewise."""
    for name in ("m.csv", "m.csv.manifest.json", "real"):
        (tmp_path / name).write_text("old", encoding="utf-8")
        (tmp_path / name).chmod(mode)
    (tmp_path / "link.csv").symlink_to("real")
    TO_FILE["write_members"](tmp_path / "m.csv")
    TO_FILE["write_members"](tmp_path / "link.csv")

    assert [mode_of(tmp_path / name) for name in ("m.csv", "m.csv.manifest.json", "real")] == [mode] * 3


@ON_UNIX
def test_a_new_file_with_people_in_it_is_its_owner_s_alone(tmp_path: Path):
    """Manifests, tables of numbers and the report show nobody, so they are as the system makes files."""
    old = os.umask(0o022)
    try:
        sk.build(SHOP, tmp_path, segments=[sk.sms_subscribers()])
        names = sk.AccountNames({"M": "Placed Order"}, {}).to_file(tmp_path / "names.json")
    finally:
        os.umask(old)
    people = sorted([*tmp_path.glob("members/*.csv"), *tmp_path.glob("send/*.csv")])

    assert len(people) == 2
    assert {mode_of(path) for path in people} == {0o600}
    assert {mode_of(path) for path in tmp_path.rglob("*.*") if path not in people} == {0o644}
    assert mode_of(names) == 0o644


@ON_UNIX
def test_a_folder_may_be_one_to_write_into_and_not_to_look_into():
    """As a letter box, into which others put what they can't see."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        box = Path(name) / "box"
        box.mkdir()
        Path(name).chmod(0o755)
        box.chmod(0o333)
        try:
            if is_root:
                os.seteuid(NOBODY)
            write_text(box / "letter", "x", replace=False)
        finally:
            if is_root:
                os.seteuid(0)
            box.chmod(0o755)

        assert names(box) == ["letter"]


@ON_UNIX
def test_files_in_several_folders_are_renamed_together(tmp_path: Path):
    """Where links lead to two folders, and the last can't be replaced, the first is as it was."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.csv").symlink_to(tmp_path / name / "file")
    with whole_files(tmp_path / "one.csv", tmp_path / "two.csv", replace=True) as parts:
        for part in parts:
            part.write_text("new", encoding="utf-8")
            assert part.parent.parent.name in {"one", "two"}

    assert [(tmp_path / name / "file").read_text(encoding="utf-8") for name in ("one", "two")] == ["new", "new"]
    assert names(tmp_path / "one") == names(tmp_path / "two") == ["file"]

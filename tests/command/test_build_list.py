"""What a build removes: what an earlier one listed and left as it was, and nothing else; and what it calls its files."""

import csv
import json
import os
from pathlib import Path

import pandas as pd
import pytest

import segkit as sk
from segkit.command.build import Build
from segkit.command.build_list import LIST
from segkit.definition.conditions import AllOf
from segkit.errors import FileError
from segkit.sending.file_names import file_name, file_names

SHOP = sk.Dataset.from_frames(
    pd.DataFrame(
        {"profile_id": ["ann", "bea"], "phone_number": ["+16175550123", "+16175550124"], "sms_consent": "SUBSCRIBED"}
    ),
    as_of="2026-06-30",
)
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows lets only some make links")
OLD, NEW = (sk.Segment(name, AllOf(())) for name in ("Old", "New"))
OLD_FILES = {f"{part}/old.csv{ending}" for part in ("send", "members") for ending in ("", ".manifest.json")}
REMOVED = "Removed files that only an earlier build wrote: 'members/old.csv', 'send/old.csv'."


def build(folder: Path, *segments: sk.Segment) -> Build:
    """Build segments of everybody."""
    return sk.build(SHOP, folder, segments=segments)


def member_files(folder: Path) -> set[str]:
    """Return the names of all that stands in the two folders of member files."""
    return {f"{part}/{path.name}" for part in ("send", "members") for path in (folder / part).iterdir()}


def test_an_old_list_goes_and_is_told(tmp_path: Path):
    """In the notes and in the report; the third time there is nothing to tell."""
    first = build(tmp_path, OLD)
    second = build(tmp_path, NEW)

    assert not any("Removed" in note for note in first.notes)
    assert REMOVED in second.notes
    assert "Removed files that only an earlier build wrote" in second.files[0].read_text(encoding="utf-8")
    assert not OLD_FILES & member_files(tmp_path)
    assert build(tmp_path, NEW).notes == first.notes


def test_an_audience_s_own_file_stays(tmp_path: Path):
    """With its manifest, under a name that no build has written; and Build names only files that are there."""
    build(tmp_path, OLD)
    sk.audience(OLD, SHOP).write_csv(tmp_path / "send" / "mine.csv")
    second = build(tmp_path, NEW)

    assert {"send/mine.csv", "send/mine.csv.manifest.json"} <= member_files(tmp_path)
    assert all(path.exists() for path in second.files)


def test_what_replaced_a_listed_file_stays_and_is_told(tmp_path: Path):
    """An audience of another moment's, or a file that was edited, is somebody's own by now."""
    build(tmp_path, OLD)
    own = sk.audience([OLD, NEW], SHOP)
    own.write_csv(tmp_path / "send" / "old.csv", replace=True)
    (tmp_path / "members" / "old.csv").write_text("mine\n", encoding="utf-8")
    second = build(tmp_path, NEW)

    assert member_files(tmp_path) >= OLD_FILES
    told = [
        note for note in second.notes if "'members/old.csv', 'send/old.csv'" in note and "nobody sends to them" in note
    ]
    assert told
    # And so it is told by the next one, for as long as it is there.
    assert told[0] in build(tmp_path, NEW).notes


@ON_UNIX
def test_folders_may_be_links(tmp_path: Path):
    """What is written through them stays, what only an earlier build wrote through them goes, and their own files stay."""
    out = tmp_path / "out"
    out.mkdir()
    for part in ("send", "members"):
        (tmp_path / f"real {part}").mkdir()
        (tmp_path / f"real {part}" / "mine.csv").write_text("mine\n", encoding="utf-8")
        (out / part).symlink_to(tmp_path / f"real {part}")
    build(out, OLD, NEW)
    second = build(out, NEW)

    assert REMOVED in second.notes
    assert all(path.exists() for path in second.files)
    assert member_files(out) == {
        f"{part}/{name}" for part in ("send", "members") for name in ("mine.csv", "new.csv", "new.csv.manifest.json")
    }


@ON_UNIX
def test_two_folders_that_are_one_are_refused(tmp_path: Path):
    """Else every member of a segment would stand where those who may be texted are looked for."""
    (tmp_path / "send").mkdir()
    (tmp_path / "members").symlink_to("send")
    with pytest.raises(FileError, match=r"The links 'members', 'send' in .* lead to the same folder"):
        build(tmp_path, NEW)

    assert not list((tmp_path / "send").iterdir())


@ON_UNIX
def test_of_a_file_that_is_a_link_what_was_written_goes_and_the_link_stays(tmp_path: Path):
    """The build wrote what the link leads to, and somebody else made the link."""
    build(tmp_path, OLD)
    shared = tmp_path / "shared.csv"
    (tmp_path / "send" / "old.csv").rename(shared)
    (tmp_path / "send" / "old.csv").symlink_to(shared)
    build(tmp_path, OLD)
    build(tmp_path, NEW)

    assert not shared.exists()
    assert (tmp_path / "send" / "old.csv").is_symlink()


@ON_UNIX
def test_what_a_link_makes_the_same_file_stays(tmp_path: Path):
    """An old name that leads to a file of this build is no old list."""
    build(tmp_path, OLD, NEW)
    for name in OLD_FILES:
        (tmp_path / name).unlink()
        (tmp_path / name).symlink_to(Path(name.replace("old.csv", "new.csv")).name)
    second = build(tmp_path, NEW)

    assert all(path.exists() for path in second.files)


def test_a_build_that_broke_off_has_listed_what_it_wrote(tmp_path: Path):
    """So the next one removes its lists as well, and those of the build before it."""
    build(tmp_path, OLD)

    def breaking_off(segments):
        yield next(iter(segments))
        raise KeyboardInterrupt

    half = [sk.Segment(name, AllOf(())) for name in ("Half", "Never")]
    with pytest.raises(KeyboardInterrupt):
        sk.build(SHOP, tmp_path, segments=half, progress=breaking_off)
    assert {"send/half.csv", "send/old.csv"} <= member_files(tmp_path)
    build(tmp_path, NEW)

    assert {name for name in member_files(tmp_path) if name.endswith(".csv")} == {"send/new.csv", "members/new.csv"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "5",
        '{"files": 5}',
        '{"files": ["send/old.csv"]}',
        '{"files": {"send/old.csv": 5}}',
        '{"files": {"a": {}}}',
    ],
)
def test_a_list_that_no_build_wrote_removes_nothing(text: str, tmp_path: Path):
    """It is written anew."""
    build(tmp_path, OLD)
    (tmp_path / LIST).write_text(text, encoding="utf-8")
    build(tmp_path, NEW)

    assert member_files(tmp_path) >= OLD_FILES
    assert set(json.loads((tmp_path / LIST).read_text(encoding="utf-8"))["files"]) == {
        "send/new.csv",
        "members/new.csv",
    }


@pytest.mark.parametrize(
    "name", ["../mine.csv", "send/../../mine.csv", "/mine.csv", "mine.csv", "send/../mine.csv", "send\\..\\mine.csv"]
)
def test_nothing_outside_the_two_folders_is_removed(name: str, tmp_path: Path):
    """Whatever the list names, and though a manifest fits."""
    out = tmp_path / "out"
    build(out, OLD)
    for folder in (tmp_path, out):
        sk.write_members(OLD, SHOP, folder / "mine.csv")
    (out / LIST).write_text(json.dumps({"files": {name: None}}), encoding="utf-8")
    build(out, NEW)

    assert (tmp_path / "mine.csv").exists()
    assert (out / "mine.csv").exists()


def test_lists_from_before_there_was_a_list_are_told(tmp_path: Path):
    """An earlier segkit kept none, so its lists stay, and a note names them once."""
    build(tmp_path, OLD)
    (tmp_path / LIST).unlink()
    notes = [note for note in build(tmp_path, NEW).notes if "before its first build" in note]

    assert len(notes) == 1
    assert "'send/old.csv', 'members/old.csv'" in notes[0]
    assert not any("before its first build" in note for note in build(tmp_path, NEW).notes)


DEVICES = ["CON", "PRN", "AUX", "NUL", *(f"{kind}{number}" for kind in ("COM", "LPT") for number in range(1, 10))]


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_of_windows_is_no_file_name(device: str):
    """In any case, with dots and blanks around it; digits tell it apart, and an ending makes another name of it."""
    names = {
        file_name(written) for written in (device, device.lower(), f"{device}. ", f" {device.title()}...", f"{device} ")
    }

    assert not any(name.partition(".")[0].upper() in DEVICES for name in names)
    assert all(name.startswith(f"{device.lower()}-") and len(name) == len(f"{device}-01234567.csv") for name in names)
    assert file_name(f"{device}.csv") == f"{device.lower()}-csv.csv"
    assert file_names([device])[device] in names


FORMULAS = ['=HYPERLINK("http://mail.example","x")', "@SUM(A1)", "+1+1", " -2+3", "\t=1", "\uff1d1", "a\x1b[31mb"]


def test_no_table_of_a_build_holds_a_formula(tmp_path: Path):
    """A segment of any name is text in sizes.csv and overlap.csv, and no control character is in any file."""
    build(tmp_path, *(sk.Segment(name, AllOf(()), description=name) for name in FORMULAS))
    texts = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.*") if path.is_file()}
    cells = {
        cell
        for name in ("sizes.csv", "overlap.csv")
        for row in csv.reader(texts[tmp_path / name].splitlines(keepends=True))
        for cell in row
    }

    assert {f"'{name}" for name in FORMULAS[:-1]} | {"a [31mb"} <= cells
    assert not any(cell.lstrip()[:1] in tuple("=+@\uff1d") for cell in cells)
    assert not any("\x1b" in text for text in texts.values())


def test_a_folder_before_the_shop_is_told_with_the_right_call():
    """All of the shop is built, so it stands first; the other way round the error shows how."""
    with pytest.raises(sk.DefinitionError, match=r"must be the shop, as in sk\.build\(shop, folder\)"):
        sk.build("out", SHOP)  # type: ignore[arg-type]

"""Writers that are killed or meet: what they leave fits together, and the next writer removes what is nobody's any more."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from killed_writer import fault, write

from segkit.errors import FileError
from segkit.files import whole_files, write_text

SCRIPT = Path(__file__).with_name("killed_writer.py")
NAMES = ["m.csv", "m.csv.manifest.json"]


def names(folder: Path) -> list[str]:
    """Return the names of all that stands in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


def run(*words: str) -> dict[str, Any]:
    """Run the writer of these tests as a process of its own, and return what it found."""
    done = subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_a_writer_killed_at_any_step_leaves_what_fits(tmp_path: Path):
    """At each of its steps: never half a file or another's manifest, and after the next write nothing of it is left."""
    found = run("every step", str(tmp_path))

    assert found["faults"] == []
    assert found["kills"] > 20
    assert found["without manifest"] > 0  # so it was killed between the two renames as well


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_a_folder_whose_writer_is_killed_is_the_old_or_the_new(tmp_path: Path):
    """At each of its steps: whole, or put back whole by whoever writes beside it next; and nothing else is left."""
    found = run("every step of a folder", str(tmp_path))

    assert found["faults"] == []
    assert found["kills"] > 15
    assert found["away"] > 0  # so it was killed between the two renames as well


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_of_two_writers_of_one_file_either_may_be_killed_at_any_moment(tmp_path: Path):
    """Whenever one is killed and the other stopped, the file is whole and the manifest is its own; and nothing stays."""
    found = run("any moment", str(tmp_path), "60")

    assert found == {"kills": 62, "faults": [], "left": NAMES}


def test_writers_replace_files_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Between the renames of one, the other waits: file and manifest are of the same writer at every rename."""
    between, may_go_on = threading.Event(), threading.Event()
    rename = Path.replace

    def slow(self: Path, target: Path) -> Path:
        if target.name == NAMES[1] and threading.current_thread() is first:
            between.set()
            assert may_go_on.wait(10)
        found = rename(self, target)
        if target.name == NAMES[1]:
            faults.append(fault(tmp_path))
        return found

    faults: list[str] = []
    monkeypatch.setattr(Path, "replace", slow)
    first = threading.Thread(target=write, args=(tmp_path / "m.csv", "first, the end\n"))
    second = threading.Thread(target=write, args=(tmp_path / "m.csv", "second, the end\n"))
    first.start()
    assert between.wait(10)
    second.start()
    second.join(0.2)
    assert second.is_alive()
    may_go_on.set()
    first.join()
    second.join()

    assert faults == ["", ""]
    assert (tmp_path / "m.csv").read_text(encoding="utf-8") == "second, the end\n"


def test_a_writer_that_does_not_come_to_its_end_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """After a while the other says so, and has changed nothing."""
    monkeypatch.setattr("segkit.files.LONGEST_WAIT", 0.05)
    rename = Path.replace

    def with_another(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", rename)
        with pytest.raises(
            FileError, match=r"another program is still replacing files in this folder. Nothing was changed"
        ):
            write(tmp_path / "other.csv", "x")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", with_another)
    write(tmp_path / "m.csv", "the end\n")

    assert names(tmp_path) == NAMES


def test_of_two_that_may_replace_nothing_the_second_is_refused(tmp_path: Path):
    """Also where neither found a file when it began."""

    def write_while_another_does() -> None:
        with whole_files(tmp_path / "a", replace=False) as [part]:
            part.write_text("second", encoding="utf-8")
            write_text(tmp_path / "a", "first", replace=False)

    with pytest.raises(FileError, match="already exists"):
        write_while_another_does()

    assert (tmp_path / "a").read_text(encoding="utf-8") == "first"
    assert names(tmp_path) == ["a"]


def test_the_parts_of_a_living_writer_stay(tmp_path: Path):
    """However many others write beside it meanwhile."""
    with whole_files(tmp_path / "slow", replace=False) as [part]:
        part.write_text("slow", encoding="utf-8")
        for number in range(3):
            write(tmp_path / f"{number}.csv", "quick")
        assert part.read_text(encoding="utf-8") == "slow"

    assert (tmp_path / "slow").read_text(encoding="utf-8") == "slow"


def test_what_is_somebody_s_own_stays(tmp_path: Path):
    """A file or folder that looks nearly like a leftover, one inside a leftover, and what a link leads to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "0.part").write_text("mine", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    mine = [
        ".segkit-0123456789abcde/0.part",
        ".segkit-notes/0.part",
        ".segkit-0123456789abcdef/mine.csv",
        ".m.csv.1234abcd.part",
    ]
    for name in mine:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", encoding="utf-8")
    (folder / ".segkit-0123456789abcdef" / "0.part").write_text("a leftover", encoding="utf-8")
    (folder / ".segkit-00000000000000ff").write_text("mine", encoding="utf-8")
    if os.name != "nt":
        (folder / ".segkit-00000000000000aa").symlink_to(outside)
    write(folder / "m.csv", "the end\n")

    assert all((folder / name).read_text(encoding="utf-8") == "mine" for name in [*mine, ".segkit-00000000000000ff"])
    assert (outside / "0.part").exists()
    assert not (folder / ".segkit-0123456789abcdef" / "0.part").exists()


@pytest.mark.skipif(os.name == "nt", reason="rights to files are others on Windows")
def test_nobody_else_reads_the_parts(tmp_path: Path):
    """Also of a file that shows nobody, and whatever the mode of what it replaces."""
    with whole_files(tmp_path / "a", replace=False) as [part]:
        part.write_text("", encoding="utf-8")
        assert part.parent.stat().st_mode & 0o777 == 0o700

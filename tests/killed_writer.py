"""Run by tests as a process of its own: write a file and its manifest, and be killed at a given step of it, or keep writing.

Every step that Python asks of the system for a file is one at which the process may be killed, as `sys.addaudithook` tells them.
Each round is a child of this process, so that segkit is imported once.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from functools import partial
from itertools import count
from pathlib import Path

from segkit.files import whole_files, whole_folder

SYSTEM = {
    "open", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.scandir", "os.listdir", "fcntl.flock",
    "shutil.copyfile",
}  # fmt: skip


def names(folder: Path) -> list[str]:
    """Return the names of all that stands in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, text: str) -> None:
    """Write a file and a manifest that holds its digest, as member files are written."""
    manifest = path.with_name(path.name + ".manifest.json")
    with whole_files(path, manifest, replace=True, people=[path], last_vouches=True) as [data_part, manifest_part]:
        data_part.write_text(text, encoding="utf-8")
        said = {"sha256": hashlib.sha256(text.encode()).hexdigest()}
        manifest_part.write_text(json.dumps(said), encoding="utf-8")


def fault(folder: Path) -> str:
    """Return what is wrong with a file and its manifest, or nothing."""
    path = folder / "m.csv"
    manifest = path.with_name("m.csv.manifest.json")
    if not path.exists():
        return "there is a manifest without a file" if manifest.exists() else ""
    text = path.read_text(encoding="utf-8")
    if not text.endswith("the end\n"):
        return "the file is half"
    if not manifest.exists():
        return ""
    digest = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
    return "" if digest == hashlib.sha256(text.encode()).hexdigest() else "the manifest is another file's"


def born(work) -> int:
    """Start a child that does some work and ends; return its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def killed_at(step: int, writes):
    """Return work that writes and is killed before a step of it."""

    def work() -> None:
        steps = count(1)

        def hook(event: str, _arguments: object) -> None:
            if event in SYSTEM and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        writes()

    return work


def at_every_step(folder: Path) -> dict[str, object]:
    """Be killed at every step of writing over older files, one after the other, and write once more after each."""
    faults, without, step, status = [], 0, 0, 0
    while step == 0 or os.WIFSIGNALED(status):
        step += 1
        write(folder / "m.csv", f"{step}, before, the end\n")
        writes = partial(write, folder / "m.csv", f"{step}, killed, the end\n")
        _, status = os.waitpid(born(killed_at(step, writes)), 0)
        if fault(folder):
            faults.append(f"step {step}: {fault(folder)}")
        without += not (folder / "m.csv.manifest.json").exists()
        write(folder / "m.csv", f"{step}, after, the end\n")
        if names(folder) != ["m.csv", "m.csv.manifest.json"]:
            faults.append(f"step {step}: {names(folder)} are left")
    return {"kills": step - 1, "faults": faults, "without manifest": without}


def write_folder(path: Path, text: str) -> None:
    """Write a folder of two files that say the same, in place of one that is there."""
    with whole_folder(path, replaceable=lambda _: None) as place:
        (place / "within").mkdir()
        for part in (place / "a", place / "within" / "b"):
            part.write_text(text, encoding="utf-8")


def said_by(path: Path) -> list[str]:
    """Return what the files of a folder say."""
    return [part.read_text(encoding="utf-8") for part in sorted(path.rglob("*")) if part.is_file()]


def folder_at_every_step(folder: Path) -> dict[str, object]:
    """Be killed at every step of replacing a folder, and write something else beside it after each."""
    faults, away, step, status = [], 0, 0, 0
    target = folder / "shop"
    while step == 0 or os.WIFSIGNALED(status):
        step += 1
        write_folder(target, "old")
        _, status = os.waitpid(born(killed_at(step, partial(write_folder, target, "new"))), 0)
        away += not target.exists()
        if target.exists() and said_by(target) not in (["old"] * 2, ["new"] * 2):
            faults.append(f"step {step}: the folder says {said_by(target)}")
        write(folder / "m.csv", "beside, the end\n")
        if said_by(target) not in (["old"] * 2, ["new"] * 2):
            faults.append(f"step {step}: afterwards the folder says {said_by(target)}")
        if names(folder) != ["m.csv", "m.csv.manifest.json", "shop"]:
            faults.append(f"step {step}: {names(folder)} are left")
    return {"kills": step - 1, "faults": faults, "away": away}


def at_any_moment(folder: Path, kills: int) -> dict[str, object]:
    """Let two writers write the same file all the time, kill one or the other, and look at it after each kill."""
    draw = random.Random(11)

    def writer(name: int):
        def work() -> None:
            for number in count():
                write(folder / "m.csv", f"{name} {number} " * (1 + number % 50 * 40) + "the end\n")

        return work

    faults, writers = [], [born(writer(0)), born(writer(1))]
    for kill in range(kills):
        time.sleep(draw.random() / 50)
        victim = writers.pop(draw.randrange(2))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        # Stopped, so that what the killed one left is seen and not what the other makes of it.
        os.kill(writers[0], signal.SIGSTOP)
        if fault(folder):
            faults.append(f"kill {kill + 1}: {fault(folder)}")
        os.kill(writers[0], signal.SIGCONT)
        writers.append(born(writer(kill + 2)))
    for one in writers:
        os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)
    write(folder / "m.csv", "the end\n")
    return {"kills": kills + 2, "faults": faults, "left": names(folder)}


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    match sys.argv[1]:
        case "every step":
            found = at_every_step(folder)
        case "every step of a folder":
            found = folder_at_every_step(folder)
        case _:
            found = at_any_moment(folder, int(sys.argv[3]))
    print(json.dumps(found))  # noqa: T201  # that is how the test reads it

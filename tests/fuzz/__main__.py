"""Try inputs on segkit's readers, guided by the lines that they reach: python3 start.py fuzz [SECONDS] [TARGET ...].

Each target runs in a process of its own, which is begun anew if it ends early. Inputs that reached something new stay in
.fuzz/TARGET/corpus/ and are gone on from; the smallest input of each kind of fault stays in .fuzz/TARGET/found/.
"""

import hashlib
import importlib
import json
import pkgutil
import random
import re
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
HOME = TESTS.parent / ".fuzz"

SHARES = {"loader": 5, "phones": 2, "definitions": 3}
"""The targets, and how the time is shared out."""

LONGEST = {"loader": 2_000, "phones": 400, "definitions": 1_500}
"""Bytes of an input; long ones are slow and reach nothing that short ones don't."""

NOT_READERS = ("account", "charts", "cli", "jupyter", "report", "widgets")
"""What of segkit no input of these targets reaches."""


def main(words: list[str]) -> int:
    """Run targets one after the other, tell what was found, and return 1 if anything was."""
    seconds = float(words[0]) if words else 60
    chosen = words[1:] or list(SHARES)
    for target in chosen:
        inputs = run(target, seconds * SHARES[target] / sum(SHARES[one] for one in chosen))
        print(f"{target}: {inputs:,} inputs", flush=True)
    found = [path for target in chosen for path in sorted((HOME / target / "found").glob("*"))]
    for path in found:
        print(path.relative_to(HOME.parent))
        if path.suffix == ".about":
            print(f"  {json.loads(path.read_text(encoding='utf-8'))['kind']}")
    return bool(found)


def run(target: str, seconds: float) -> int:
    """Run a target for some seconds, however often its process ends, and return how many inputs it tried."""
    home = HOME / target
    for part in ("corpus", "seeds", "found"):
        (home / part).mkdir(parents=True, exist_ok=True)
    end, inputs = time.monotonic() + seconds, 0
    while (left := int(end - time.monotonic())) > 0:
        with (home / "log").open("wb") as log:
            command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz", "--one", target, str(left)]
            subprocess.run(command, cwd=TESTS.parent, check=False, stdout=log, stderr=log)
        said = (home / "log").read_text(encoding="utf-8", errors="replace")
        tried = [
            int(number) for number in re.findall(r"^(?:stat::number_of_executed_units: |#)(\d+)", said, re.MULTILINE)
        ]
        if not tried:
            sys.exit(f"{target} did not begin:\n{said[-2_000:]}")
        inputs += max(tried)
    return inputs


def fuzz(target: str, seconds: str) -> None:
    """Fuzz one target in this process, which libFuzzer ends."""
    import atheris  # noqa: PLC0415  # the extra `fuzz`, which replaying inputs does without

    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(include=["segkit"]):
        for name in pkgutil.iter_modules(importlib.import_module("segkit").__path__):
            if name.name not in NOT_READERS:
                top = importlib.import_module(f"segkit.{name.name}")
                for module in pkgutil.walk_packages(getattr(top, "__path__", ()), f"{top.__name__}."):
                    importlib.import_module(module.name)
    held, reader = (importlib.import_module(f"fuzz.{name}") for name in ("held", target))
    home = HOME / target
    # The first byte says of which kind the rest is, or that a file is to be made from it.
    seeds = [bytes([reader.FORMATS.index(kind)]) + content for kind, content in reader.SEEDS]
    seeds += [b"\xff" + random.Random(number).randbytes(LONGEST[target]) for number in range(16)]
    for seed in seeds:
        (home / "seeds" / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = "\n".join(f'"{json.dumps(word)[1:-1]}"' for word in held.PEOPLE)
    (home / "words").write_text(words, encoding="utf-8")

    def one(raw: bytes) -> None:
        if raw[:1] and raw[0] < len(reader.FORMATS):
            kind, content = reader.FORMATS[raw[0]], raw[1:]
        else:
            kind, content = reader.file_of(atheris.FuzzedDataProvider(raw[1:]))
        error = held.tried(reader.check, kind, content)
        if error is not None:
            keep(home / "found", held.kind_of(error), error, kind, content)

    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST[target] + 1}", "-timeout=120", "-rss_limit_mb=4096"]
    options += [
        f"-dict={home / 'words'}",
        f"-artifact_prefix={home / 'found'}/ended-the-process-",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(home / "corpus"), str(home / "seeds")], one)
    atheris.Fuzz()


def keep(folder: Path, what: str, error: BaseException, kind: str, content: bytes) -> None:
    """Keep the smallest input of each kind of fault, and beside it what went wrong and how often."""
    stem = hashlib.sha256(what.encode()).hexdigest()[:8]
    about = folder / f"{stem}.about"
    before: dict[str, Any] = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {"times": 0}
    after = {**before, "kind": what, "times": before["times"] + 1}
    if "size" not in before or len(content) < before["size"]:
        for old in folder.glob(f"{stem}.*"):
            old.unlink()
        (folder / f"{stem}.{kind}").write_bytes(content)
        after |= {"size": len(content), "traceback": "".join(traceback.format_exception(error))[-4_000:]}
    about.write_text(json.dumps(after, indent=1), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        fuzz(*sys.argv[2:])
    sys.exit(main(sys.argv[1:]))

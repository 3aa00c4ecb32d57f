"""Time segkit, pandas, Polars and DuckDB with the same questions on one generated shop, and compare all answers.

    python benchmarks/suite.py                                        a million profiles, twenty events each
    python benchmarks/suite.py --profiles 100000 --only moves,sets    a smaller shop, some sections
    python benchmarks/suite.py --profiles 5000000 --rounds 2          segkit and Polars alone, one after the other
    python benchmarks/suite.py --write README.md                      and also replaces the tables in this file

Needs the extra "benchmarks". Peers take turns in one process, so that a busy machine slows all of them alike. With more than two
million profiles, each peer runs in its own process. Exits with 1 if an answer differs from segkit's.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import peers
import results
import table
from bench import Bench
from generate import write_shop
from timing import Measurement, disagreements

LARGE = 2_000_000
"""With more profiles than this, the peers do not all fit into memory together."""


def main() -> None:
    """Run the sections, store the results, print which answers differ, and write the tables if `--write` is given."""
    given = _arguments()
    words = given.peers.split(",") if given.peers else peers.available()
    is_large = given.profiles > LARGE
    if is_large and not given.peers:
        words = [word for word in words if word in {"segkit", "polars"}]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(given.shop or temporary)
        if not (folder / "events.parquet").exists():
            print(f"a shop of {given.profiles:,} profiles is made", flush=True)
            write_shop(folder, profiles=given.profiles, events_each=given.events_each)
        if is_large and len(words) > 1:
            parts = [[one for word in words for one in _in_own_process(word, given, folder)]]
        else:
            bench = Bench(folder, given.profiles, words, given.rounds)
            parts = (_section(name, bench) for name in given.only.split(","))
        differing = _store(parts, given)
    if given.write:
        table.write(Path(given.results), Path(given.write))
    if any("float sums" not in line for line in differing):
        sys.exit(1)


def _store(parts: Iterable[list[Measurement]], given: argparse.Namespace) -> list[str]:
    """Store each part as soon as it is measured, and return which answers differ."""
    measured, differing = [], []
    for part in parts:
        measured += part
        if not given.raw:
            lines = disagreements(part)
            results.keep(Path(given.results), given.profiles, given.events_each, part, lines)
            print(f"  {len(lines)} answers differ", *lines, sep="\n    ", flush=True)
            differing += lines
    if given.raw:
        Path(given.raw).write_text(json.dumps([one.as_dict() for one in measured]), encoding="utf-8")
    return differing


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--events-each", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(results.SECTIONS), help="sections, parted by commas")
    parser.add_argument("--peers", default="", help=f"of {','.join(peers.HOMES)}; all that are installed")
    parser.add_argument(
        "--shop", default="", help="a folder to make the shop in, or to find it in, instead of a passing one"
    )
    parser.add_argument("--results", default=str(results.FOLDER), help="where results are kept as JSON")
    parser.add_argument("--write", default="", help="a Markdown file whose tables are replaced")
    parser.add_argument("--raw", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _section(name: str, bench: Bench) -> list[Measurement]:
    print(name, flush=True)
    begun = time.perf_counter()
    found = list(importlib.import_module(f"sections.{name}").measure(bench))
    print(f"  {time.perf_counter() - begun:.0f} s", flush=True)
    return found


def _in_own_process(word: str, given: argparse.Namespace, folder: Path) -> list[Measurement]:
    """Run the suite for one peer in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        raw = Path(temporary) / "raw.json"
        same = {name: getattr(given, name) for name in ("profiles", "rounds", "only")}
        words = [part for name, value in same.items() for part in (f"--{name}", str(value))]
        command = [sys.executable, __file__, *words, "--peers", word, "--shop", str(folder), "--raw", str(raw)]
        subprocess.run(command, check=True, env=os.environ)
        found: list[dict[str, Any]] = json.loads(raw.read_text(encoding="utf-8"))
        return [Measurement(**one) for one in found]


if __name__ == "__main__":
    main()

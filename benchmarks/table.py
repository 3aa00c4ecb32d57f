"""Write results as Markdown: a compact table and a table by shop size for docs/performance.md, and all results for benchmarks/RESULTS.md.

python benchmarks/table.py docs/performance.md     make the tables again from stored results
"""

import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

import results
from results import SECTIONS, Results
from timing import Measurement

BEGIN, END = "<!-- benchmarks: made by benchmarks/suite.py -->", "<!-- benchmarks: end -->"
PEERS = ("pandas as written", "pandas prepared", "numpy by hand", "Polars", "DuckDB", "phonenumbers")
KINDS = ("later", "first", "next", "once")
SHOWN = 1_000_000
"""The number of profiles of the shop in the compact table. Without results for it, the largest shop is used."""
GROWING = (
    ("moves", "engaged: days"),
    ("moves", "prefers SMS: email days"),
    ("moves", "VIP: spent"),
    ("moves", "VIP: days of spending"),
    ("moves", "near: radius"),
    ("sets", "membership of 8 segments"),
    ("sets", "overlap of 20, two by two"),
    ("sets", "exact intersections of 20"),
    ("files", "load parquet"),
    ("files", "write members"),
    ("saved", "open a saved shop"),
)


def write(folder: Path, path: Path) -> None:
    """Replace the text between the markers of a file, and write RESULTS.md next to the folder of the results."""
    every = sorted((results.read(one) for one in folder.glob("*.json")), key=lambda one: one.profiles)
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{path.name} has no lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{short(every)}\n{END}{after}", encoding="utf-8")
    (folder.parent / "RESULTS.md").write_text(long(every), encoding="utf-8")


def short(every: list[Results]) -> str:
    """Return the compact table, with an introduction, and the table by shop size."""
    shown = next((one for one in every if one.profiles == SHOWN), every[-1])
    return f"{_introduction(shown)}\n\n{_compact(shown)}\n\n{_growth(every)}\n"


def long(every: list[Results]) -> str:
    """Return all measurements of all shops."""
    parts = ["# Benchmarks: every figure", "Made by `python benchmarks/suite.py`, which describes the method.\n"]
    for one in every:
        parts += [f"## {one.profiles:,} profiles, {one.events:,} events", _machine(one), "", _full(one), ""]
        parts += [f"- {line}" for line in one.differing] or ["All answers agree with segkit's."]
        parts.append("")
    return "\n".join(parts)


def _introduction(shown: Results) -> str:
    return (
        f"{shown.profiles:,} profiles and {shown.events:,} events, {_machine(shown)}. The first column shows segkit's times in "
        "milliseconds, as median (quartiles). The other columns show how many times longer each peer takes, in **bold** where the "
        "peer is faster. Three figures are, in this order: a later move of a slider that is dragged over positions without returning "
        "to any; its first move, with all caches emptied (for segkit, this includes results that the peers keep from loading, such as "
        "distances); and one of the two moves after the first, during which segkit computes what later moves use. All peers take "
        f"turns in one run, and their answers are compared with segkit's: {_agreement(shown)}"
    )


def _agreement(shown: Results) -> str:
    floats = [line for line in shown.differing if "float sums" in line]
    others = len(shown.differing) - len(floats)
    words = f"{others} differ." if others else "all are equal."
    if floats:
        words += f" ({len(floats)} sums of floats in pandas as written put profiles on the wrong side of a threshold.)"
    return words


def _machine(one: Results) -> str:
    machine = one.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items() if number)
    return (
        f"on {machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}, {versions}, {one.date}"
    )


def _compact(shown: Results) -> str:
    found = _by_task(shown.measurements)
    peers = [peer for peer in PEERS[:-1] if any(peer in group for group in found.values())]
    lines = [f"| | segkit, ms | {' | '.join(peers)} |", f"| --- | --: |{' --: |' * len(peers)}"]
    for section, task in dict.fromkeys((section, task) for section, task, _ in found if section != "memory"):
        kinds = [found[section, task, kind] for kind in KINDS if (section, task, kind) in found]
        if "segkit" in kinds[0]:
            cells = [_side_by_side(kinds, peer) for peer in peers]
            spreads = " / ".join(_spread(group["segkit"]) for group in kinds)
            lines.append(f"| {task} | {spreads} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _growth(every: list[Results]) -> str:
    header = " | ".join(f"{one.profiles:,} profiles, {one.events:,} events" for one in every)
    lines = [f"| segkit, ms | {header} |", f"| --- |{' --: |' * len(every)}"]
    found = [_by_task(one.measurements) for one in every]
    for section, task in GROWING:
        for kind in KINDS:
            groups = [one.get((section, task, kind), {}).get("segkit") for one in found]
            if any(groups):
                name = task if kind == "once" else f"{task}, {kind}"
                lines.append(f"| {name} | {' | '.join(_milliseconds(one.median) if one else '' for one in groups)} |")
    steps = dict.fromkeys(one.task for size in every for one in size.measurements if one.section == "memory")
    for step in steps:
        groups = [one.get(("memory", step, "once"), {}).get("segkit") for one in found]
        peaks = [f"{statistics.median(one.peak_mib):,.0f} MiB" if one and one.peak_mib else "" for one in groups]
        lines.append(f"| most memory: {step} | {' | '.join(peaks)} |")
    return "\n".join(lines)


def _full(one: Results) -> str:
    lines = [
        "| task | kind | peer | median ms | quartiles | least | most | runs | times segkit | MiB |",
        "| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for (_, task, kind), group in _by_task(one.measurements).items():
        for peer, measured in group.items():
            low, high = (_milliseconds(seconds) for seconds in measured.quartiles)
            cells = [
                task,
                kind,
                peer,
                _milliseconds(measured.median),
                f"{low} to {high}",
                _milliseconds(min(measured.seconds)),
                _milliseconds(max(measured.seconds)),
                str(len(measured.seconds)),
                _fold(measured, group.get("segkit")) if peer != "segkit" else "",
                f"{statistics.median(measured.peak_mib):,.0f}" if measured.peak_mib else "",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _by_task(measurements: Iterable[Measurement]) -> dict[tuple[str, str, str], dict[str, Measurement]]:
    """Return the measurements for each task by peer, in the order of the sections."""
    found: dict[tuple[str, str, str], dict[str, Measurement]] = {}
    for one in sorted(measurements, key=lambda one: SECTIONS.index(one.section)):
        found.setdefault(one.key, {})[one.peer] = one
    return found


def _side_by_side(kinds: list[dict[str, Measurement]], peer: str) -> str:
    """Return how many times longer than segkit a peer takes for each kind of move."""
    # "pandas as written" calls phonenumbers, one number at a time.
    names = (peer, "phonenumbers") if peer == "pandas as written" else (peer,)
    found = [next((group[name] for name in names if name in group), None) for group in kinds]
    folds = [_fold(one, group["segkit"]) or "-" for one, group in zip(found, kinds, strict=True)]
    return " / ".join(folds) if any(found) else ""


def _spread(one: Measurement) -> str:
    low, high = (_milliseconds(seconds) for seconds in one.quartiles)
    return f"{_milliseconds(one.median)} ({low} to {high})"


def _fold(one: Measurement | None, segkit: Measurement | None) -> str:
    if one is None or segkit is None:
        return ""
    ratio = one.median / segkit.median
    if ratio < 1:
        return f"**x{ratio:.2f}**"
    return f"x{ratio:,.0f}" if ratio >= 10 else f"x{ratio:.1f}"


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    return (
        f"{milliseconds:,.0f}"
        if milliseconds >= 10
        else f"{milliseconds:.2g}"
        if milliseconds < 1
        else f"{milliseconds:.1f}"
    )


if __name__ == "__main__":
    write(results.FOLDER, Path(sys.argv[1]))

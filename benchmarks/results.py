"""Store results as JSON, one file per size of shop, with the machine and the versions. `table.py` makes tables from them."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from timing import Measurement

SECTIONS = ("moves", "sweeps", "sets", "phones", "files", "saved", "connected", "backtests", "memory")
FOLDER = Path(__file__).parent / "results"
DISTRIBUTIONS = ("numpy", "pandas", "pyarrow", "polars", "duckdb", "phonenumbers")


@dataclass(frozen=True)
class Results:
    """The measurements of one shop, with the machine and the date."""

    profiles: int
    events: int
    date: str
    machine: dict[str, Any]
    differing: list[str]
    measurements: list[Measurement]


def keep(folder: Path, profiles: int, events_each: int, measured: Iterable[Measurement], differing: list[str]) -> Path:
    """Write results. Stored results of other sections are kept if they come from this machine and these versions."""
    path = folder / f"{profiles}.json"
    every, machine = list(measured), machine_here()
    again = {one.section for one in every}
    before = read(path) if path.exists() else None
    if before and before.machine == machine:
        every = [one for one in before.measurements if one.section not in again] + every
        differing = [line for line in before.differing if line.partition(",")[0] not in again] + differing
    kept = {
        "profiles": profiles,
        "events": profiles * events_each,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine,
        "differing": differing,
        "measurements": [one.as_dict() | {"answers": {}} for one in every],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> Results:
    """Read stored results."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Results(**{**kept, "measurements": [Measurement(**one) for one in kept["measurements"]]})


def machine_here() -> dict[str, Any]:
    """Return what the times depend on: processor, cores, memory, system, Python and the versions of all peers."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": _memory(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        names = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        if names:
            return names[0].partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30))
    except (AttributeError, ValueError):
        return None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

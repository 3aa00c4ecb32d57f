"""Run one step of one peer in a new process, to measure its peak memory alone. Prints a line of JSON; the suite runs this.

    python benchmarks/fresh.py segkit "load parquet" SHOP_FOLDER

The seconds are those of the step alone. The peak is that of the whole process, including what the step needs to have loaded.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asks import AS_OF, DRAGS, EIGHT
from timing import timed

SAVED = "saved"
"""The name of the folder of the saved shop, next to the files that it was loaded from."""

Step = Callable[[str, Path], tuple[float, dict[str, Any]]]


def run(word: str, step: str, folder: Path) -> dict[str, Any]:
    """Run a step in a new process and return its seconds, its peak memory in MiB and its answers."""
    command = [sys.executable, str(Path(__file__).resolve()), word, step, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{word}, {step}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _load(word: str, folder: Path, ending: str) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415  # each step imports only what it needs, since its memory is measured

    kind = peers.peer(word)
    seconds, peer = timed(lambda: kind.load(folder, ending))
    return seconds, {str(ask): peer.size(ask) for ask in EIGHT[::3]}


def _imported(_: str, __: Path) -> tuple[float, dict[str, Any]]:
    begun = time.perf_counter()
    from segkit import load, membership  # noqa: F401, PLC0415  # names are imported on first use

    return time.perf_counter() - begun, {}


def _first_move(word: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    peer = peers.peer(word).load(folder, "parquet")
    seconds, size = timed(lambda: peer.size(DRAGS[0].first()))
    return seconds, {str(DRAGS[0].first()): size}


def _every_slider(word: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    peer = peers.peer(word).load(folder, "parquet")
    asks = [ask for drag in DRAGS for ask in drag.later(16)]
    seconds, sizes = timed(lambda: [peer.size(ask) for ask in asks])
    return seconds, {str(ask): size for ask, size in zip(asks, sizes, strict=True)}


def _save(_: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    shop = peers.peer("segkit").load(folder, "parquet").shop
    return timed(lambda: shop.save(folder / SAVED))[0], {"profiles": len(shop)}


def _open(_: str, folder: Path) -> tuple[float, dict[str, Any]]:
    from segkit import load  # noqa: PLC0415

    seconds, shop = timed(lambda: load(folder / SAVED))
    return seconds, {"profiles": len(shop)}


def _first_of_loaded(_: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    return _first_sizes(peers.peer("segkit").load(folder, "parquet"))


def _first_of_saved(_: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    import segkit as sk  # noqa: PLC0415

    return _first_sizes(peers.peer("segkit")(sk.load(folder / SAVED)))


def _first_sizes(peer: Any) -> tuple[float, dict[str, Any]]:
    seconds, sizes = timed(lambda: [peer.size(ask) for ask in EIGHT])
    return seconds, {str(ask): size for ask, size in zip(EIGHT, sizes, strict=True)}


def _audience(_: str, folder: Path) -> tuple[float, dict[str, Any]]:
    import peers  # noqa: PLC0415

    import segkit as sk  # noqa: PLC0415

    shop = peers.peer("segkit").load(folder, "parquet").shop
    seconds, send = timed(lambda: sk.audience([sk.sms_engaged()], shop))
    return seconds, {"size": len(send.profiles)}


def _write_segkit(path: Path, folder: Path) -> float:
    import segkit as sk  # noqa: PLC0415

    shop = sk.load(profiles=folder / "profiles.parquet", as_of=AS_OF)
    everybody = sk.Segment("Everybody", sk.is_set("email"))
    return timed(lambda: sk.write_members(everybody, shop, path))[0]


def _write_pandas(path: Path, folder: Path) -> float:
    import csv  # noqa: PLC0415

    import pandas as pd  # noqa: PLC0415

    profiles = _as_shown(pd.read_parquet(folder / "profiles.parquet"))
    # Quote text and write times as ISO 8601, as in segkit's file.
    how = {"index": False, "quoting": csv.QUOTE_ALL, "lineterminator": "\n", "date_format": "%Y-%m-%dT%H:%M:%SZ"}
    return timed(lambda: profiles.to_csv(path, **how))[0]


def _write_polars(path: Path, folder: Path) -> float:
    import polars as pl  # noqa: PLC0415

    profiles = pl.read_parquet(folder / "profiles.parquet")
    consent = [pl.col(name).str.to_lowercase() for name in ("sms_consent", "email_consent")]
    profiles = profiles.with_columns(*consent)
    return timed(lambda: profiles.write_csv(path, quote_style="always", datetime_format="%Y-%m-%dT%H:%M:%SZ"))[0]


def _write_duckdb(path: Path, folder: Path) -> float:
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        "create table profiles as select * replace (lower(sms_consent) as sms_consent, lower(email_consent) as email_consent) "
        f"from '{folder / 'profiles.parquet'}'"
    )
    how = "(header, force_quote *, timestampformat '%Y-%m-%dT%H:%M:%SZ')"
    return timed(lambda: connection.execute(f"copy profiles to '{path}' {how}").fetchall())[0]


def _as_shown(profiles: Any) -> Any:
    """Return consent values as segkit's file has them."""
    return profiles.assign(**{name: profiles[name].str.lower() for name in ("sms_consent", "email_consent")})


WRITERS = {"segkit": _write_segkit, "pandas": _write_pandas, "polars": _write_polars, "duckdb": _write_duckdb}


def _write(word: str, folder: Path) -> tuple[float, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "members.csv"
        seconds = WRITERS[word](path, folder)
        with path.open("rb") as stream:
            return seconds, {"bytes": hashlib.file_digest(stream, "sha256").hexdigest()[:16]}


STEPS: dict[str, Step] = {
    "import": _imported,
    "load parquet": lambda word, folder: _load(word, folder, "parquet"),
    "load csv": lambda word, folder: _load(word, folder, "csv"),
    "first move": _first_move,
    "16 moves of every slider": _every_slider,
    "audience": _audience,
    "save a shop": _save,
    "open a saved shop": _open,
    "8 segments first, of a loaded shop": _first_of_loaded,
    "8 segments first, of a saved shop": _first_of_saved,
    "write members": _write,
}


def _peak() -> float:
    """Return the peak memory of this process in MiB; 0 if the system does not report it (Windows)."""
    status = Path("/proc/self/status")
    # Preferred to getrusage, where a child process starts with its parent's peak.
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


if __name__ == "__main__":
    seconds, answers = STEPS[sys.argv[2]](sys.argv[1], Path(sys.argv[3]))
    print(json.dumps({"seconds": seconds, "peak_mib": _peak(), "answers": answers}))

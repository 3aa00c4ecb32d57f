"""Time questions about a saved shop whose events stay in their files: a connected shop beside SQL and Polars written by hand."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import fresh
import polars as pl
from asks import EIGHT, TWENTY
from bench import Bench
from peers.base import CENTER, EARTH_RADIUS, METRICS, kilometers
from peers.duckdb_peer import DuckDB
from peers.polars_peer import Polars
from peers.segkit_peer import named
from timing import Record, timed

import segkit as sk
from segkit.data.saved.manifest import TABLES

WINDOWS = range(7, 366)
"""The positions of the slider whose curve is asked for."""


def measure(bench: Bench) -> Record:
    """Save the shop if it was not, and let each way answer in turn. Nothing that one round has read helps another way."""
    record = Record("connected")
    if "segkit" not in bench.words:
        return record
    saved = bench.folder / fresh.SAVED
    if not saved.exists():
        fresh.run("segkit", "save a shop", bench.folder)
    ways = {"segkit": Connected, "DuckDB": Sql, "Polars": Frames}
    for number in range(bench.rounds):
        for peer, way in ways.items():
            gc.collect()
            opened = way(saved)
            for task, ask in opened.tasks.items():
                seconds, answers = timed(ask)
                record.add(f"{task}, from files", "first" if number == 0 else "later", peer, seconds, answers)
            opened.close()
    return record


class Connected:
    """segkit with a connected shop."""

    def __init__(self, saved: Path) -> None:
        shop = self._shop = sk.connect(saved)
        eight, twenty = named(EIGHT), named(TWENTY)
        self.tasks: dict[str, Callable[[], dict[str, Any]]] = {
            "sizes of 8 segments": lambda: {"sizes": sk.sizes(eight, shop)["size"].tolist()},
            "a slider's whole curve": lambda: {
                "sizes": sk.sweep(sk.sms_engaged, shop, clicked_days=WINDOWS)["size"].tolist()
            },
            "overlap of 20": lambda: {"sizes": sk.overlap(twenty, shop)["overlap"].to_numpy().reshape(20, 20).tolist()},
        }

    def close(self) -> None:
        """Close the connection."""
        self._shop.close()


class _ByHand(ABC):
    """What a peer of the suite answers, from the files of the saved shop."""

    def __init__(self, saved: Path) -> None:
        with sk.connect(saved) as shop:
            described = shop.described
        clv = described.property("predicted_clv")
        self.folder = saved / TABLES
        self.clv, self.clv_file = clv.column, self.folder / described.files[clv.values]
        self.email = described.property("email").column
        self.files = {metric: self.folder / described.metrics[metric].file for metric in METRICS}
        self.tasks: dict[str, Callable[[], dict[str, Any]]] = {
            "sizes of 8 segments": lambda: {"sizes": [self.peer().size(ask) for ask in EIGHT]},
            "a slider's whole curve": lambda: {"sizes": self.peer().sweep(WINDOWS)},
            "overlap of 20": self._overlap,
        }

    @abstractmethod
    def peer(self) -> Any:
        """Return the peer, which reads files when it is asked."""

    def close(self) -> None:  # noqa: B027  # frames have nothing to close
        """Close nothing."""

    def _overlap(self) -> dict[str, Any]:
        peer = self.peer()
        return {"sizes": peer.overlap(peer.table(peer.flags(peer.membership(TWENTY))))}


class Sql(_ByHand):
    """Queries written by hand, one for each segment, over views of the files."""

    def __init__(self, saved: Path) -> None:
        super().__init__(saved)
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        for metric, file in self.files.items():
            cents = ", units as cents" if metric == "Placed Order" else ""
            self._connection.execute(
                f"create view {metric.casefold().replace(' ', '_')} as "
                f"select profile, instant::timestamp as time{cents} from read_parquet('{file}', hive_partitioning = false)"
            )
        here, there = (f"radians({degrees})" for degrees in CENTER)
        half = f"sin((radians(latitude) - {here}) / 2) ** 2 + cos({here}) * cos(radians(latitude)) * sin((radians(longitude) - {there}) / 2) ** 2"
        self._connection.execute(
            f"create view profiles as select profile, sms_status = 'subscribed' as sms, number as clv, "
            f"{self.email} is not null and email_status <> 'unsubscribed' as email, "
            f"2 * {EARTH_RADIUS} * asin(sqrt(least(1, {half}))) as kilometers "
            f"from '{self.folder / 'profiles.parquet'}' as written left join '{self.clv_file}' as clv on clv.code = written.{self.clv}"
        )

    def peer(self) -> DuckDB:
        """Return the peer."""
        return DuckDB(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Frames(_ByHand):
    """Polars, which reads a metric when a question first needs it."""

    def peer(self) -> Polars:
        """Return a peer that has read the profiles, and reads each metric once."""
        written = pl.read_parquet(self.folder / "profiles.parquet")
        values = pl.read_parquet(self.clv_file, columns=["code", "number"])
        written = written.join(values, left_on=self.clv, right_on="code", how="left", maintain_order="left")
        degrees = (written[name].to_numpy() for name in ("latitude", "longitude"))
        profiles = written.select(
            "profile",
            (pl.col("sms_status") == "subscribed").alias("sms"),
            (pl.col(self.email).is_not_null() & (pl.col("email_status") != "unsubscribed")).alias("email"),
            pl.col("number").alias("clv"),
            pl.Series("kilometers", kilometers(*degrees)),
        )
        return Polars(profiles, _Metrics(self.files))


class _Metrics(dict[str, pl.DataFrame]):
    """The events of each metric, which are read when they are first asked for."""

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__()
        self._files = files

    def __missing__(self, metric: str) -> pl.DataFrame:
        columns = ["profile", "instant", *(["units"] if metric == "Placed Order" else [])]
        read = pl.read_parquet(self._files[metric], columns=columns, hive_partitioning=False)
        read = read.rename({"instant": "time"} | ({"units": "cents"} if "units" in columns else {}))
        self[metric] = read.with_columns(pl.col("time").dt.replace_time_zone(None)).set_sorted("time")
        return self[metric]

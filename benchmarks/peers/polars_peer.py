"""Answer with Polars, prepared like the other peers: a frame per metric, sorted by time, ids as integers, amounts in cents."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import numpy as np
import polars as pl
from asks import Ask

from peers.base import KILOMETERS, METRICS, Flags, Frames, curve, kilometers, points, since

Members = tuple[pl.Expr, list[pl.LazyFrame], list[pl.LazyFrame]]
"""An expression that profiles must match, the frames that they must be in, and the frames that they must not be in."""
INSTANT = pl.Datetime("us", "UTC")


class Polars(Frames[pl.DataFrame, dict[str, pl.DataFrame]]):
    """Runs lazy queries over sorted frames; a window is a slice found by binary search."""

    name = "Polars"
    adds_floats = False

    @classmethod
    def load(cls, folder: Path, ending: str) -> "Polars":
        """Scan the files, number the profiles, and collect the events of one metric at a time."""
        scan = pl.scan_parquet if ending == "parquet" else _scan_csv
        written = scan(folder / f"profiles.{ending}").collect()
        places = [(code, *point) for code, point in points().items()]
        homes = written.select("zip").join(
            pl.DataFrame(places, schema=["zip", "latitude", "longitude"], orient="row"),
            on="zip",
            how="left",
            maintain_order="left",
        )
        far = kilometers(homes["latitude"].to_numpy(), homes["longitude"].to_numpy())
        profiles = written.select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias("profile"),
            (pl.col("sms_consent") == "SUBSCRIBED").alias("sms"),
            (pl.col("email").is_not_null() & (pl.col("email_consent") != "UNSUBSCRIBED")).alias("email"),
            pl.col("predicted_clv").alias("clv"),
            pl.Series("kilometers", far),
        )
        numbers = written.lazy().select("profile_id", pl.int_range(pl.len(), dtype=pl.Int32).alias("profile"))
        events = scan(folder / f"events.{ending}")
        if ending == "csv":
            # CSV is parsed once for all metrics. Parquet is scanned once per metric, which needs less memory.
            events = events.collect().lazy()
        return cls(profiles, {metric: _of_metric(events, metric, numbers) for metric in METRICS})

    def _recent(self, metric: str, days: int, until: int | None = None) -> pl.LazyFrame:
        events = self.events[metric]
        start = events["time"].search_sorted(since(days))
        stop = events.height if until is None else events["time"].search_sorted(since(until))
        return events.lazy().slice(start, max(stop - start, 0))

    def _did(self, metric: str, days: int, *, at_least: int = 1, until: int | None = None) -> pl.LazyFrame:
        recent = self._recent(metric, days, until).select("profile")
        if at_least == 1:
            return recent
        return recent.group_by("profile").len().filter(pl.col("len") >= at_least).select("profile")

    def engaged(self, clicked_days: int, subscribed_days: int) -> Members:
        """Clicked or subscribed lately."""
        is_new = self._did("Subscribed to SMS Marketing", subscribed_days)
        return pl.col("sms"), [pl.concat([is_new, self._did("Clicked SMS", clicked_days)])], []

    def clicked(self, clicks: int, clicked_days: int) -> Members:
        """Clicked so often."""
        return pl.col("sms"), [self._did("Clicked SMS", clicked_days, at_least=clicks)], []

    def prefers(self, clicks: int, clicked_days: int, email_days: int) -> Members:
        """Clicked texts and no email."""
        clicked = self._did("Clicked SMS", clicked_days, at_least=clicks)
        reads_email = [self._did("Clicked Email", email_days), self._did("Opened Email", email_days)]
        return pl.col("sms") & pl.col("email"), [clicked], reads_email

    def spender(self, spent: int, days: int) -> Members:
        """Spent more."""
        sums = self._recent("Placed Order", days).group_by("profile").agg(pl.col("cents").sum())
        return pl.col("sms"), [sums.filter(pl.col("cents") > spent * 100).select("profile")], []

    def frequent(self, orders: int, days: int) -> Members:
        """Ordered more often."""
        return pl.col("sms"), [self._did("Placed Order", days, at_least=orders + 1)], []

    def lapsed(self, orders: int, quiet_days: int, lost_days: int) -> Members:
        """Ordered once and not since."""
        before = self._did("Placed Order", lost_days, at_least=orders, until=quiet_days)
        return pl.col("sms"), [before], [self._did("Placed Order", quiet_days)]

    def budget(self, clv: int) -> Members:
        """Return who has a low predicted CLV."""
        return pl.col("sms") & (pl.col("clv") <= clv), [], []

    def near(self, radius: int) -> Members:
        """Live near."""
        return pl.col("sms") & (pl.col("kilometers") < radius * KILOMETERS), [], []

    def _members(self, ask: Ask) -> pl.LazyFrame:
        is_so, must, must_not = getattr(self, ask.rule)(**dict(ask.values))
        left = self.profiles.lazy().filter(is_so)
        for how, frames in (("semi", must), ("anti", must_not)):
            for frame in frames:
                left = left.join(frame, on="profile", how=how)
        return left

    def size(self, ask: Ask) -> int:
        """Count the members."""
        return int(self._members(ask).select(pl.len()).collect().item())

    def membership(self, asks: Sequence[Ask]) -> pl.DataFrame:
        """Collect the members of all segments in one go, and mark them."""
        found = pl.collect_all([self._members(ask).select("profile") for ask in asks])
        columns = {}
        for ask, members in zip(asks, found, strict=True):
            flags = np.zeros(self.profiles.height, dtype=bool)
            flags[members["profile"].to_numpy()] = True
            columns[str(ask)] = flags
        return pl.DataFrame(columns)

    def flags(self, table: pl.DataFrame) -> Flags:
        """Return the table's values."""
        return table.to_numpy()

    def table(self, flags: Flags) -> pl.DataFrame:
        """Return a frame."""
        return pl.DataFrame({f"s{number}": flags[:, number].copy() for number in range(flags.shape[1])})

    def loop(self, days: range) -> list[int]:
        """Ask for one window after the other."""
        values = [("subscribed_days", 30)]
        return [self.size(Ask("engaged", (*values, ("clicked_days", day)))) for day in days]

    def sweep(self, days: range) -> list[int]:
        """Look at the latest click of each profile once, and count upwards."""
        subscribers = self.profiles.lazy().filter("sms").select("profile")
        is_new = self._did("Subscribed to SMS Marketing", 30)
        latest = self.events["Clicked SMS"].lazy().group_by("profile").agg(pl.col("time").last())
        new = subscribers.join(is_new, on="profile", how="semi").select(pl.len())
        others = subscribers.join(is_new, on="profile", how="anti").join(latest, on="profile").select("time")
        counted, times = pl.collect_all([new, others])
        return curve(days, int(counted.item()), times["time"].to_numpy())

    def overlap(self, table: pl.DataFrame) -> list[list[int]]:
        """Count every pair in one query."""
        names = table.columns
        pairs = [(one, other) for one in range(len(names)) for other in range(one, len(names))]
        sizes = table.select((pl.col(names[a]) & pl.col(names[b])).sum().alias(f"{a} {b}") for a, b in pairs).row(0)
        found = [[0] * len(names) for _ in names]
        for (one, other), size in zip(pairs, sizes, strict=True):
            found[one][other] = found[other][one] = size
        return found

    def intersections(self, table: pl.DataFrame) -> dict[str, int]:
        """Group by the code of a row, each flag one bit."""
        width = table.width
        bits = (pl.col(name).cast(pl.Int64) * (1 << (width - 1 - number)) for number, name in enumerate(table.columns))
        codes = table.lazy().select(reduce(lambda one, other: one + other, bits).alias("code"))
        return {f"{code:0{width}b}": size for code, size in codes.group_by("code").len().collect().iter_rows()}


def _of_metric(events: pl.LazyFrame, metric: str, numbers: pl.LazyFrame) -> pl.DataFrame:
    columns = [pl.col("profile"), pl.col("datetime").dt.replace_time_zone(None).alias("time")]
    if metric == "Placed Order":
        columns.append((pl.col("value") * 100).round().cast(pl.Int64).alias("cents"))
    of_metric = events.filter(pl.col("metric") == metric).join(numbers, on="profile_id", how="inner")
    return of_metric.select(columns).sort("time").collect(engine="streaming")


def _scan_csv(path: Path) -> pl.LazyFrame:
    types = {"zip": pl.String, "phone_number": pl.String, "datetime": INSTANT, "sms_consent_timestamp": INSTANT}
    columns = pl.scan_csv(path).collect_schema().names()
    return pl.scan_csv(path, schema_overrides={name: kind for name, kind in types.items() if name in columns})

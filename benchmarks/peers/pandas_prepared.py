"""Answer with pandas, prepared for the questions: a frame per metric, sorted by time, ids as integers, amounts in cents."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from peers.base import KILOMETERS, METRICS, curve, kilometers, points, since
from peers.pandas_frames import PandasFrames


class PandasPrepared(PandasFrames[dict[str, pd.DataFrame]]):
    """What a user would write after finding the usual pandas code too slow."""

    name = "pandas prepared"
    adds_floats = False

    @classmethod
    def load(cls, folder: Path, ending: str) -> "PandasPrepared":
        """Read with Arrow, number the profiles, and split the events by metric."""
        read = pq.read_table if ending == "parquet" else _read_csv
        profiles = read(folder / f"profiles.{ending}").to_pandas()
        places = pd.DataFrame.from_dict(points(), orient="index", columns=["latitude", "longitude"])
        homes = profiles[["zip"]].merge(places, left_on="zip", right_index=True, how="left")
        ready = pd.DataFrame(
            {
                "sms": profiles["sms_consent"] == "SUBSCRIBED",
                "email": profiles["email"].notna() & (profiles["email_consent"] != "UNSUBSCRIBED"),
                "clv": profiles["predicted_clv"],
                "kilometers": kilometers(homes["latitude"].to_numpy(), homes["longitude"].to_numpy()),
            }
        )
        ids = pd.Index(profiles["profile_id"])
        events = read(folder / f"events.{ending}").to_pandas()
        parts = {}
        for metric in METRICS:
            part = events[events["metric"] == metric]
            frame = pd.DataFrame(
                {
                    "profile": ids.get_indexer(part["profile_id"]).astype(np.int32),
                    "time": part["datetime"].dt.tz_convert(None).to_numpy(),
                }
            )
            if metric == "Placed Order":
                frame["cents"] = (part["value"] * 100).round().astype("int64").to_numpy()
            parts[metric] = frame.sort_values("time", ignore_index=True)
        return cls(ready, parts)

    def _recent(self, metric: str, days: int, until: int | None = None) -> pd.DataFrame:
        events = self.events[metric]
        start = events["time"].searchsorted(since(days))
        return events.iloc[start : None if until is None else events["time"].searchsorted(since(until))]

    def _did(self, metric: str, days: int, *, at_least: int = 1, until: int | None = None) -> "pd.Series[bool]":
        profiles = self._recent(metric, days, until)["profile"]
        if at_least == 1:
            return self._is_one_of(profiles)
        counts = profiles.groupby(profiles, sort=False).size()
        return self._is_one_of(counts.index[counts >= at_least])

    def _is_one_of(self, profiles: "pd.Series[int] | pd.Index[int]") -> "pd.Series[bool]":
        return pd.Series(self.profiles.index.isin(profiles))

    def engaged(self, clicked_days: int, subscribed_days: int) -> "pd.Series[bool]":
        """Clicked or subscribed lately."""
        is_new = self._did("Subscribed to SMS Marketing", subscribed_days)
        return self.profiles["sms"] & (is_new | self._did("Clicked SMS", clicked_days))

    def clicked(self, clicks: int, clicked_days: int) -> "pd.Series[bool]":
        """Clicked so often."""
        return self.profiles["sms"] & self._did("Clicked SMS", clicked_days, at_least=clicks)

    def prefers(self, clicks: int, clicked_days: int, email_days: int) -> "pd.Series[bool]":
        """Clicked texts and no email."""
        reads_email = self._did("Clicked Email", email_days) | self._did("Opened Email", email_days)
        clicked = self._did("Clicked SMS", clicked_days, at_least=clicks)
        return self.profiles["sms"] & self.profiles["email"] & clicked & ~reads_email

    def spender(self, spent: int, days: int) -> "pd.Series[bool]":
        """Spent more."""
        sums = self._recent("Placed Order", days).groupby("profile", sort=False)["cents"].sum()
        return self.profiles["sms"] & self._is_one_of(sums.index[sums > spent * 100])

    def frequent(self, orders: int, days: int) -> "pd.Series[bool]":
        """Ordered more often."""
        return self.profiles["sms"] & self._did("Placed Order", days, at_least=orders + 1)

    def lapsed(self, orders: int, quiet_days: int, lost_days: int) -> "pd.Series[bool]":
        """Ordered once and not since."""
        before = self._did("Placed Order", lost_days, at_least=orders, until=quiet_days)
        return self.profiles["sms"] & before & ~self._did("Placed Order", quiet_days)

    def budget(self, clv: int) -> "pd.Series[bool]":
        """Return who has a low predicted CLV."""
        return self.profiles["sms"] & (self.profiles["clv"] <= clv)

    def near(self, radius: int) -> "pd.Series[bool]":
        """Live near."""
        return self.profiles["sms"] & (self.profiles["kilometers"] < radius * KILOMETERS)

    def sweep(self, days: range) -> list[int]:
        """Look at the latest click of each profile once, and count upwards."""
        is_new = self._did("Subscribed to SMS Marketing", 30)
        latest = self.events["Clicked SMS"].drop_duplicates("profile", keep="last").set_index("profile")["time"]
        others = latest[(self.profiles["sms"] & ~is_new).to_numpy()[latest.index]]
        return curve(days, int((self.profiles["sms"] & is_new).sum()), others.to_numpy())

    def overlap(self, table: pd.DataFrame) -> list[list[int]]:
        """Multiply the table by itself; floats of 32 bits count exactly to 16 million and are the quickest to multiply."""
        return [[int(size) for size in row] for row in _products(table).tolist()]

    def intersections(self, table: pd.DataFrame) -> dict[str, int]:
        """Count the codes of rows, each flag one bit."""
        bits = 1 << np.arange(len(table.columns), dtype=np.int64)[::-1]
        codes = pd.Series(np.zeros(len(table), dtype=np.int64))
        for column, bit in zip(table, bits, strict=True):
            codes += table[column] * bit
        return {f"{code:0{len(bits)}b}": int(size) for code, size in codes.value_counts().items()}


def _products(table: pd.DataFrame) -> pd.DataFrame:
    """Multiply a table's columns with each other, in blocks, so that no sum leaves what a float of 32 bits counts exactly."""
    every = np.zeros((len(table.columns),) * 2)
    for first in range(0, len(table), 65_536):
        block = table.iloc[first : first + 65_536].to_numpy(dtype=np.float32)
        every += block.T @ block
    return every


def _read_csv(path: Path) -> pa.Table:
    types = {"zip": pa.string(), "phone_number": pa.string()}
    types |= {name: pa.timestamp("us", tz="UTC") for name in ("datetime", "sms_consent_timestamp")}
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))

"""Answer with pandas as people usually write it: one frame of events, ids as text, a filter and a groupby per condition."""

from pathlib import Path

import pandas as pd

from peers.base import KILOMETERS, kilometers, points, since
from peers.pandas_frames import PandasFrames

INSTANTS = {"profiles": ["sms_consent_timestamp"], "events": ["datetime"]}


class PandasAsWritten(PandasFrames[pd.DataFrame]):
    """Prepares and caches nothing, and adds amounts as floats."""

    name = "pandas as written"
    adds_floats = True

    @classmethod
    def load(cls, folder: Path, ending: str) -> "PandasAsWritten":
        """Read both files completely."""
        profiles, events = (_read(folder / f"{name}.{ending}", instants) for name, instants in INSTANTS.items())
        places = pd.DataFrame.from_dict(points(), orient="index", columns=["latitude", "longitude"])
        return cls(profiles.merge(places, left_on="zip", right_index=True, how="left"), events)

    def _recent(self, metric: str, days: int, until: int | None = None) -> pd.DataFrame:
        events = self.events
        rows = (events["metric"] == metric) & (events["datetime"] >= pd.Timestamp(since(days), tz="UTC"))
        if until is not None:
            rows &= events["datetime"] < pd.Timestamp(since(until), tz="UTC")
        return events[rows]

    def _did(self, metric: str, days: int, *, at_least: int = 1, until: int | None = None) -> "pd.Series[bool]":
        counts = self._recent(metric, days, until).groupby("profile_id").size()
        return self.profiles["profile_id"].isin(counts[counts >= at_least].index)

    def _sms(self) -> "pd.Series[bool]":
        return self.profiles["sms_consent"] == "SUBSCRIBED"

    def engaged(self, clicked_days: int, subscribed_days: int) -> "pd.Series[bool]":
        """Clicked or subscribed lately."""
        is_new = self._did("Subscribed to SMS Marketing", subscribed_days)
        return self._sms() & (is_new | self._did("Clicked SMS", clicked_days))

    def clicked(self, clicks: int, clicked_days: int) -> "pd.Series[bool]":
        """Clicked so often."""
        return self._sms() & self._did("Clicked SMS", clicked_days, at_least=clicks)

    def prefers(self, clicks: int, clicked_days: int, email_days: int) -> "pd.Series[bool]":
        """Clicked texts and no email."""
        by_email = self.profiles["email"].notna() & (self.profiles["email_consent"] != "UNSUBSCRIBED")
        reads_email = self._did("Clicked Email", email_days) | self._did("Opened Email", email_days)
        return self._sms() & by_email & self._did("Clicked SMS", clicked_days, at_least=clicks) & ~reads_email

    def spender(self, spent: int, days: int) -> "pd.Series[bool]":
        """Spent more."""
        sums = self._recent("Placed Order", days).groupby("profile_id")["value"].sum()
        # Profiles without orders are left out: they spent 0, which is not more than any position of the slider.
        return self._sms() & self.profiles["profile_id"].isin(sums[sums > spent].index)

    def frequent(self, orders: int, days: int) -> "pd.Series[bool]":
        """Ordered more often."""
        return self._sms() & self._did("Placed Order", days, at_least=orders + 1)

    def lapsed(self, orders: int, quiet_days: int, lost_days: int) -> "pd.Series[bool]":
        """Ordered once and not since."""
        before = self._did("Placed Order", lost_days, at_least=orders, until=quiet_days)
        return self._sms() & before & ~self._did("Placed Order", quiet_days)

    def budget(self, clv: int) -> "pd.Series[bool]":
        """Return who has a low predicted CLV."""
        return self._sms() & (self.profiles["predicted_clv"] <= clv)

    def near(self, radius: int) -> "pd.Series[bool]":
        """Live near."""
        far = kilometers(self.profiles["latitude"].to_numpy(), self.profiles["longitude"].to_numpy())
        return self._sms() & (far < radius * KILOMETERS)

    def sweep(self, days: range) -> list[int]:
        """Ask for one window after the other, too."""
        return self.loop(days)

    def overlap(self, table: pd.DataFrame) -> list[list[int]]:
        """Combine two columns at a time."""
        return [[int((table[one] & table[other]).sum()) for other in table] for one in table]

    def intersections(self, table: pd.DataFrame) -> dict[str, int]:
        """Count distinct rows."""
        counts = table.value_counts()
        return {"".join("01"[flag] for flag in row): int(size) for row, size in counts.items()}


def _read(path: Path, instants: list[str]) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    # Postal codes and phone numbers are read as text, to keep leading zeros and plus signs.
    return pd.read_csv(path, dtype={"zip": str, "phone_number": str}, parse_dates=instants)

"""Answer with numpy from the same frames: count a window's events per profile. The fastest peer that caches nothing."""

import numpy as np
import pandas as pd

from peers.pandas_prepared import PandasPrepared


class NumpyByHand(PandasPrepared):
    """What an expert in numpy would write: profiles are numbered, so they are marked and counted by position."""

    name = "numpy by hand"

    def _did(self, metric: str, days: int, *, at_least: int = 1, until: int | None = None) -> "pd.Series[bool]":
        profiles = self._recent(metric, days, until)["profile"].to_numpy()
        if at_least > 1:
            return pd.Series(np.bincount(profiles, minlength=len(self.profiles)) >= at_least)
        flags = np.zeros(len(self.profiles), dtype=bool)
        flags[profiles] = True
        return pd.Series(flags)

    def spender(self, spent: int, days: int) -> "pd.Series[bool]":
        """Spent more; whole cents in floats are exact far beyond what anybody spends."""
        orders = self._recent("Placed Order", days)
        sums = np.bincount(
            orders["profile"].to_numpy(), weights=orders["cents"].to_numpy(), minlength=len(self.profiles)
        )
        return self.profiles["sms"] & (sums > spent * 100)

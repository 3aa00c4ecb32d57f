"""Share between the pandas peers what they answer in the same way: sizes, tables, and one window at a time."""

from collections.abc import Sequence

import pandas as pd
from asks import Ask

from peers.base import Events, Flags, Frames


class PandasFrames(Frames[pd.DataFrame, Events]):
    """A peer whose rules are methods that return a Series of true and false."""

    def size(self, ask: Ask) -> int:
        """Count the members."""
        return int(getattr(self, ask.rule)(**dict(ask.values)).sum())

    def membership(self, asks: Sequence[Ask]) -> pd.DataFrame:
        """Put a column for each segment side by side."""
        return pd.DataFrame({str(ask): getattr(self, ask.rule)(**dict(ask.values)) for ask in asks})

    def flags(self, table: pd.DataFrame) -> Flags:
        """Return the table's values."""
        return table.to_numpy(dtype=bool)

    def table(self, flags: Flags) -> pd.DataFrame:
        """Return a frame."""
        return pd.DataFrame({f"s{number}": flags[:, number].copy() for number in range(flags.shape[1])})

    def loop(self, days: range) -> list[int]:
        """Ask for one window after the other."""
        return [self.size(Ask("engaged", (("clicked_days", day), ("subscribed_days", 30)))) for day in days]

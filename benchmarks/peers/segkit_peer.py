"""Answer with segkit's public functions, as a notebook does. A slider's moves are a loop over `sk.membership`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from asks import AS_OF, Ask

import segkit as sk
from peers.base import Flags


def clicked(*, clicks: int, clicked_days: int) -> sk.Segment:
    """Build a segment by the number of clicks alone, which none of segkit's builders does. An analyst can write this in a line."""
    return sk.Segment(
        "SMS clicks", sk.can_receive("sms") & sk.did("Clicked SMS", at_least=clicks, in_last_days=clicked_days)
    )


BUILDERS: dict[str, tuple[Callable[..., sk.Segment], dict[str, Any]]] = {
    "engaged": (sk.sms_engaged, {}),
    "clicked": (clicked, {}),
    "prefers": (sk.prefers_sms, {}),
    "spender": (sk.sms_vip, {"approach": "big spender"}),
    "frequent": (sk.sms_vip, {"approach": "frequent"}),
    "lapsed": (sk.lapsed_customers, {}),
    "budget": (sk.sms_budget_shoppers, {}),
    "near": (sk.sms_nearby, {"of": "02110"}),
}


def segment(ask: Ask) -> sk.Segment:
    """Return what is asked for as a segment."""
    builder, fixed = BUILDERS[ask.rule]
    return builder(**fixed, **dict(ask.values))


def named(asks: Sequence[Ask]) -> list[sk.Segment]:
    """Return segments with a name each."""
    return [sk.Segment(str(ask), segment(ask).condition) for ask in asks]


class Segkit:
    """The peer that the others are compared with."""

    name = "segkit"
    adds_floats = False

    def __init__(self, shop: sk.Dataset) -> None:
        self.shop = shop

    @classmethod
    def load(cls, folder: Path, ending: str) -> "Segkit":
        """Load the shop."""
        files = {name: folder / f"{name}.{ending}" for name in ("profiles", "events")}
        return cls(sk.load(**files, as_of=AS_OF))

    def forget(self) -> None:
        """Empty the Dataset's cache."""
        self.shop.cache.clear()

    def size(self, ask: Ask) -> int:
        """Count the members of one segment."""
        return int(np.count_nonzero(sk.membership(segment(ask), self.shop).to_numpy()))

    def membership(self, asks: Sequence[Ask]) -> pd.DataFrame:
        """Work out a membership table."""
        return sk.membership(named(asks), self.shop)

    def flags(self, table: pd.DataFrame) -> Flags:
        """Return the table's values."""
        return table.to_numpy()

    def table(self, flags: Flags) -> pd.DataFrame:
        """Return a membership table, a column on its own for each segment as `sk.membership` makes it."""
        return pd.DataFrame({f"s{number}": flags[:, number].copy() for number in range(flags.shape[1])})

    def loop(self, days: range) -> list[int]:
        """Sweep; segkit has no slower way."""
        return self.sweep(days)

    def sweep(self, days: range) -> list[int]:
        """Sweep the window of clicks."""
        return sk.sweep(sk.sms_engaged, self.shop, clicked_days=days)["size"].tolist()

    def overlap(self, table: pd.DataFrame) -> list[list[int]]:
        """Return the sizes of all pairs."""
        width = len(table.columns)
        return sk.overlap(table)["overlap"].to_numpy().reshape(width, width).tolist()

    def intersections(self, table: pd.DataFrame) -> dict[str, int]:
        """Return the sizes of all combinations."""
        found = sk.intersections(table)
        bits = found[table.columns].to_numpy().astype(np.uint8) + ord("0")
        width = bits.shape[1]
        texts = np.ascontiguousarray(bits).view(f"S{width}").ravel().astype(str)
        return dict(zip(texts.tolist(), found["size"].tolist(), strict=True))

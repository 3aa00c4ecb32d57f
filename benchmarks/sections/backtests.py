"""Time a backtest of 30 settings at 12 past moments: what members did in the next 30 days, with segkit and with prepared pandas.

segkit also finds the interval of each figure, which the hand-written pandas does not.
"""

import gc
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
from asks import AS_OF
from bench import Bench
from peers.pandas_prepared import PandasPrepared
from peers.segkit_peer import Segkit
from timing import Record, timed

import segkit as sk

DAYS = range(5, 155, 5)
WITHIN = 30
MOMENTS = [pd.Timestamp(AS_OF).date() - timedelta(days=30 * back) for back in range(12, 0, -1)]
"""The last days of the past, oldest first. The 30 days after each of them are in the data."""
TASK = "backtest of 30 settings at 12 moments"
Counts = list[list[list[int]]]


def clicked(*, days: int) -> sk.Segment:
    """Build a segment of everybody who clicked a text lately."""
    return sk.Segment("Clicked lately", sk.did("Clicked SMS", in_last_days=days))


def measure(bench: Bench) -> Record:
    """Count members and responders of every setting at every moment, in wall time and in processor time of all threads."""
    record = Record("backtests")
    for number in range(bench.rounds):
        for peer in bench.peers.values():
            match peer:
                case Segkit():
                    work = lambda peer=peer: _segkit(peer)  # noqa: E731
                case PandasPrepared():
                    work = lambda peer=peer: _pandas(peer)  # noqa: E731
                case _:
                    continue
            gc.collect()
            peer.forget()
            for kind in ("first", "later") if number == 0 or peer.name == "segkit" else ("first",):
                _add(record, kind, peer.name, work)
    return record


def _add(record: Record, kind: str, name: str, work: Callable[[], Counts]) -> None:
    begun = time.process_time()
    seconds, counts = timed(work)
    busy = time.process_time() - begun
    record.add(TASK, kind, name, seconds, {"members and responders": counts})
    record.add(f"{TASK}, processor time", kind, name, busy, {"members and responders": counts})


def _segkit(peer: Segkit) -> Counts:
    """Return members and responders of each setting for each moment."""
    past = sk.backtest(clicked, peer.shop, moments=MOMENTS, within_days=WITHIN, days=DAYS)
    table = past.by_moment.sort_values(["moment", "days"])
    responders = (table["members"] * table["response_rate"].fillna(0)).round()
    pairs = np.stack([table["members"], responders], axis=1).astype(int)
    return pairs.reshape(len(MOMENTS), len(DAYS), 2).tolist()


def _pandas(peer: PandasPrepared) -> Counts:
    """Count the latest clicks before each moment by age, and the same of those who ordered afterwards."""
    return [_at(peer, moment) for moment in MOMENTS]


def _at(peer: PandasPrepared, moment: date) -> list[list[int]]:
    clicks, orders = peer.events["Clicked SMS"], peer.events["Placed Order"]
    close = pd.Timestamp(moment) + pd.Timedelta(days=1)
    start = close - pd.Timedelta(days=max(DAYS) + 1)
    recent = clicks.iloc[clicks["time"].searchsorted(start) : clicks["time"].searchsorted(close)]
    latest = recent.drop_duplicates("profile", keep="last")
    ages = (pd.Timestamp(moment) - latest["time"].dt.normalize()).dt.days
    end = close + pd.Timedelta(days=WITHIN)
    after = orders["profile"].iloc[orders["time"].searchsorted(close) : orders["time"].searchsorted(end)]
    counts = (
        np.bincount(ages[keep], minlength=max(DAYS) + 1).cumsum() for keep in (ages >= 0, latest["profile"].isin(after))
    )
    return np.stack([count[list(DAYS)] for count in counts], axis=1).tolist()

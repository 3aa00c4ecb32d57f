"""Compute the figures of a backtest from the outcomes at each moment, pooled over moments, each with a 95 % interval."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from segkit.analysis import intervals
from segkit.analysis.intervals import Numbers, divided, left_out
from segkit.analysis.outcomes import EVENTS, MEMBERS, RESPONDERS, UNSUBSCRIBED, VALUE, Followed

LOW, HIGH = "_low", "_high"
"""The suffixes of the columns with the ends of a figure's interval."""

FIGURES: Final = (
    "members", "share", "response_rate", "base_rate", "lift", "reached", "events_per_member", "value_per_member", "unsubscribed",
)  # fmt: skip
"""The figures of a backtest, in the order of its columns."""


def pooled(found: Followed, *, has_value: bool, has_unsubscribes: bool) -> pd.DataFrame:
    """Return the figures of each setting over all moments, each with the ends of its interval.

    Args:
        found: the outcomes.
        has_value: whether the outcome has amounts. If not, there is no `value_per_member`.
        has_unsubscribes: whether the data has unsubscribe events. If not, `unsubscribed` is NaN.
    """
    moments = found.base.shape[1]
    members, base = found.members.sum(axis=2), np.broadcast_to(found.base.sum(axis=1)[:, None], _shape(found))
    columns: dict[str, Numbers] = {}
    for name, figure, (low, high) in _figures(members, base, moments):
        if name == "value_per_member" and not has_value:
            continue
        if name == "unsubscribed" and not has_unsubscribes:
            figure = low = high = np.full(len(figure), np.nan)  # noqa: PLW2901
        columns |= {name: figure, f"{name}{LOW}": low, f"{name}{HIGH}": high}
    return pd.DataFrame(columns)


def _shape(found: Followed) -> tuple[int, int, int]:
    """Return the shape of amounts summed over moments: what is counted, settings, groups."""
    kinds, settings, _, groups = found.members.shape
    return kinds, settings, groups


def _figures(members: Numbers, base: Numbers, moments: int) -> Iterator[tuple[str, Numbers, tuple[Numbers, Numbers]]]:
    """Yield each figure's name, its value for each setting and the ends of its interval."""
    every, did = members[MEMBERS], members[RESPONDERS]
    of_base, base_did = base[MEMBERS], base[RESPONDERS]
    people = divided(every.sum(axis=-1), np.asarray(float(moments)))
    base_people = divided(of_base.sum(axis=-1), np.asarray(float(moments)))
    yield "members", people, intervals.of_total(every / moments)
    yield "share", _ratio(every, of_base), intervals.of_share(every, of_base, base_people)
    rate_ends = intervals.of_share(did, every, people)
    yield "response_rate", _ratio(did, every), rate_ends
    yield "base_rate", _ratio(base_did, of_base), intervals.of_share(base_did, of_base, base_people)
    yield "lift", *_lift(every, did, of_base, base_did, rate_ends)
    yield (
        "reached",
        _ratio(did, base_did),
        intervals.of_share(did, base_did, divided(base_did.sum(axis=-1), np.asarray(float(moments)))),
    )
    yield "events_per_member", _ratio(members[EVENTS], every), intervals.of_mean(members[EVENTS], every)
    yield "value_per_member", _ratio(members[VALUE], every), intervals.of_mean(members[VALUE], every)
    yield "unsubscribed", _ratio(members[UNSUBSCRIBED], every), intervals.of_share(members[UNSUBSCRIBED], every, people)


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    return divided(part.sum(axis=-1), whole.sum(axis=-1))


def _lift(
    every: Numbers, did: Numbers, of_base: Numbers, base_did: Numbers, rate_ends: tuple[Numbers, Numbers]
) -> tuple[Numbers, tuple[Numbers, Numbers]]:
    """Return the lift and its interval. If no member responded, use the interval of the response rate, divided by the base rate."""
    base_rate = _ratio(base_did, of_base)
    lift = divided(_ratio(did, every), base_rate)
    without = divided(divided(left_out(did), left_out(every)), divided(left_out(base_did), left_out(of_base)))
    low, high = intervals.of_ratio(lift, without)
    unknown = np.isnan(low)
    return lift, (
        np.where(unknown, divided(rate_ends[0], base_rate), low),
        np.where(unknown, divided(rate_ends[1], base_rate), high),
    )


def at_each_moment(found: Followed, *, has_value: bool, has_unsubscribes: bool) -> pd.DataFrame:
    """Return the figures of each setting at each moment, without intervals. Rows are sorted by moment, then setting."""
    members, base = found.members.sum(axis=-1), found.base.sum(axis=-1)[:, None]
    rate, base_rate = divided(members[RESPONDERS], members[MEMBERS]), divided(base[RESPONDERS], base[MEMBERS])
    columns = {
        "members": members[MEMBERS],
        "share": divided(members[MEMBERS], base[MEMBERS]),
        "response_rate": rate,
        "base_rate": np.broadcast_to(base_rate, rate.shape),
        "lift": divided(rate, np.broadcast_to(base_rate, rate.shape)),
        "reached": divided(members[RESPONDERS], np.broadcast_to(base[RESPONDERS], rate.shape)),
        "events_per_member": divided(members[EVENTS], members[MEMBERS]),
        "value_per_member": divided(members[VALUE], members[MEMBERS]),
        "unsubscribed": divided(members[UNSUBSCRIBED], members[MEMBERS]),
    }
    if not has_value:
        del columns["value_per_member"]
    if not has_unsubscribes:
        columns["unsubscribed"] = np.full(rate.shape, np.nan)
    frame = pd.DataFrame({name: figure.T.reshape(-1) for name, figure in columns.items()})
    return frame.astype({"members": np.int64})

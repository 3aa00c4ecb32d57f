"""Compute 95 % intervals by leaving out one group of profiles at a time (the delete-a-group jackknife).

A hash of their ids puts profiles into `GROUPS` random groups. Leaving out one group at a time shows how much a figure depends on who
happens to be in the data. All moments of a profile are in the same group, since they are not independent.

With G groups, the variance of a figure t is (G - 1) / G * sum over groups of (t without the group - their mean) ** 2 (Kott, "The
delete-a-group jackknife", Journal of Official Statistics 17, 2001; Shao and Tu, "The Jackknife and Bootstrap", 1995). An interval
takes Student's t with G - 1 degrees of freedom.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

GROUPS: Final = 100
"""Number of groups: enough for a stable variance, but few enough to count all of them for every setting."""

STUDENT: Final = 1.984217
"""The 97.5 % quantile of Student's t with `GROUPS` - 1 degrees of freedom."""


def left_out(amounts: Numbers) -> Numbers:
    """Return the total without each group. The last axis of `amounts` is the groups."""
    return np.asarray(amounts.sum(axis=-1, keepdims=True) - amounts)


def standard_error(without: Numbers) -> Numbers:
    """Return the standard error of a figure from its values without each group, on the last axis.

    >>> float(standard_error(np.array([1.0, 3.0])))
    1.0
    """
    groups = without.shape[-1]
    spread = without - without.mean(axis=-1, keepdims=True)
    return np.asarray(np.sqrt((groups - 1) / groups * np.square(spread).sum(axis=-1)))


def divided(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Return a ratio, with NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def of_total(amounts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the interval of a total. The last axis of `amounts` is the groups."""
    total, half = amounts.sum(axis=-1), STUDENT * standard_error(left_out(amounts))
    return total - half, total + half


def of_share(part: Numbers, whole: Numbers, people: Numbers) -> tuple[Numbers, Numbers]:
    """Return Wilson's interval for a share, with the number of independent people that would have the jackknife's variance.

    Wilson's interval stays between 0 and 1 and is wider on the side of the middle, which matters for the small shares of
    unsubscribes (Wilson, JASA 22, 1927; with an effective number of people: Dean and Pagano, Journal of Survey Statistics and
    Methodology 3, 2015).

    Args:
        part: the number of people in `whole` who count. The last axis is the groups.
        whole: the number of people to which the share refers, in the same shape.
        people: the number of different people in `whole`. This is the effective number if nobody or everybody counts, since the
            jackknife shows no variance in this case.
    """
    share = divided(part.sum(axis=-1), whole.sum(axis=-1))
    variance = np.square(standard_error(divided(left_out(part), left_out(whole))))
    effective = np.where(variance > 0, divided(share * (1 - share), variance), people)
    effective = np.where(np.isfinite(effective), np.minimum(effective, whole.sum(axis=-1)), people)
    return wilson(share, effective)


def wilson(share: Numbers, people: Numbers, quantile: float = STUDENT) -> tuple[Numbers, Numbers]:
    """Return Wilson's interval for a share that was observed among a number of people, with the 97.5 % quantile of a distribution.

    >>> [[round(float(end), 4) for end in wilson(np.array(share), np.array(50.0))] for share in (0.0, 0.3)]
    [[0.0, 0.073], [0.1899, 0.4393]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = quantile**2 / people
        middle = (share + spread / 2) / (1 + spread)
        half = quantile * np.sqrt(share * (1 - share) / people + spread / (4 * people)) / (1 + spread)
    # At the ends, the formula gives 0 or 1 only up to rounding.
    return np.where(share == 0, 0.0, middle - half), np.where(share == 1, 1.0, middle + half)


def of_mean(part: Numbers, whole: Numbers) -> tuple[Numbers, Numbers]:
    """Return the interval of a mean, such as value per member. The last axis is the groups."""
    mean = divided(part.sum(axis=-1), whole.sum(axis=-1))
    half = STUDENT * standard_error(divided(left_out(part), left_out(whole)))
    return mean - half, mean + half


def of_ratio(ratio: Numbers, without: Numbers) -> tuple[Numbers, Numbers]:
    """Return the interval of a positive ratio, such as a lift, on a scale of logarithms.

    Args:
        ratio: the ratio.
        without: the ratio without each group, on the last axis.

    Returns:
        The ends, with NaN where the ratio is 0 with or without a group, since 0 has no logarithm.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = STUDENT * standard_error(np.log(without))
        low, high = np.log(ratio) - half, np.log(ratio) + half
    usable = np.isfinite(low) & np.isfinite(high)
    return np.where(usable, np.exp(low), np.nan), np.where(usable, np.exp(high), np.nan)

"""Compare two arms of a test by differences and ratios of shares and means, each with a 95 % interval."""

from dataclasses import dataclass
from math import erfc, exp, gamma, inf, isnan, log, nan, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from segkit.analysis import intervals

ALPHA: Final = 0.05
Z: Final = NormalDist().inv_cdf(1 - ALPHA / 2)
TUNING: Final = 5_000.0
"""The number of people at which a sequential interval is narrowest, as in GrowthBook's default."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """The outcomes of one arm, which are enough to compute every interval.

    Attributes:
        people: the number of people.
        total: the sum of their amounts or, for a share, the number of people who count.
        squares: the sum of the squares of their amounts or, for a share, the same as `total`.
    """

    people: float
    total: float
    squares: float

    @classmethod
    def of_share(cls, count: float, people: float) -> "Sample":
        """Return the sample of a share."""
        return cls(people, count, count)

    @property
    def mean(self) -> float:
        """The mean amount; NaN without people."""
        return self.total / self.people if self.people else nan

    @property
    def variance(self) -> float:
        """The variance of the amounts, with n - 1 in the denominator; NaN for fewer than two people."""
        if self.people < 2:
            return nan
        return max(self.squares - self.total**2 / self.people, 0.0) / (self.people - 1)


def wilson(count: float, people: float) -> Interval:
    """Return Wilson's score interval for a share (Wilson, JASA 22, 1927).

    >>> [round(end, 4) for end in wilson(0, 50)]
    [0.0, 0.0713]
    """
    if not people:
        return nan, nan
    low, high = intervals.wilson(np.array(count / people), np.array(people), Z)
    return float(low), float(high)


def difference_of_shares(treated: Sample, control: Sample) -> tuple[float, Interval]:
    """Return the difference between two shares, and its interval by Newcombe's method 10 (Statistics in Medicine 17, 1998).

    >>> difference, ends = difference_of_shares(Sample.of_share(56, 70), Sample.of_share(48, 80))
    >>> round(difference, 4), [round(end, 4) for end in ends]
    (0.2, [0.0524, 0.3339])
    """
    one, other = treated.mean, control.mean
    (low, high), (other_low, other_high) = (wilson(arm.total, arm.people) for arm in (treated, control))
    difference = one - other
    below = sqrt((one - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return difference, (difference - below, difference + above)


def difference_of_means(treated: Sample, control: Sample) -> tuple[float, Interval]:
    """Return the difference between two means, and Welch's interval (Biometrika 34, 1947)."""
    parts = [arm.variance / arm.people if arm.people else nan for arm in (treated, control)]
    difference, variance = treated.mean - control.mean, sum(parts)
    if isnan(variance) or variance == 0:
        return difference, (nan, nan)
    freedom = variance**2 / sum(part**2 / (arm.people - 1) for part, arm in zip(parts, (treated, control), strict=True))
    half = student(freedom) * sqrt(variance)
    return difference, (difference - half, difference + half)


def relative(treated: Sample, control: Sample) -> tuple[float, Interval]:
    """Return the relative difference between the treated arm's mean and the control arm's, and its interval on a logarithmic scale.

    The variance of the logarithm of a mean is variance / (n * mean ** 2) (delta method). For shares, this is Katz's interval
    (Biometrics 34, 1978). The result is NaN if a mean is not above 0, since it has no logarithm.
    """
    one, other = treated.mean, control.mean
    if not (one > 0 and other > 0):
        return (one / other - 1 if other else nan), (nan, nan)
    parts = [arm.variance / (arm.people * arm.mean**2) for arm in (treated, control)]
    half = Z * sqrt(sum(parts))
    ratio = one / other
    return ratio - 1, (ratio * exp(-half) - 1, ratio * exp(half) - 1)


def sequential(treated: Sample, control: Sample, *, tuning: float = TUNING) -> tuple[float, Interval]:
    """Return the relative lift and an interval that holds at every look, so you may look daily and stop early.

    This is the asymptotic confidence sequence of Waudby-Smith and others (2021), as GrowthBook computes it: with n people,
    rho ** 2 = (-2 ln a + ln(1 - 2 ln a)) / tuning, and half the width is s sqrt(2 (n rho ** 2 + 1) ln(sqrt(n rho ** 2 + 1) / a)) / (n rho),
    where s ** 2 / n is the variance of the relative lift by the delta method.

    Args:
        treated: the treated arm.
        control: the control arm.
        tuning: the number of people at which the interval is narrowest.

    >>> lift, ends = sequential(Sample.of_share(2422, 3461), Sample.of_share(1396, 3000))
    >>> round(lift, 5), [round(end, 5) for end in ends]
    (0.50386, [0.40098, 0.60675])
    """
    one, other = treated.mean, control.mean
    if not other or isnan(one):
        return nan, (nan, nan)
    spreads = [_population_variance(arm) / arm.people for arm in (treated, control)]
    variance = spreads[0] / other**2 + spreads[1] * one**2 / other**4
    people = treated.people + control.people
    rho2 = (-2 * log(ALPHA) + log(1 - 2 * log(ALPHA))) / tuning
    grown = people * rho2 + 1
    half = sqrt(variance * people) * sqrt(2 * grown * log(sqrt(grown) / ALPHA)) / (people * sqrt(rho2))
    lift = one / other - 1
    return lift, (lift - half, lift + half)


def _population_variance(arm: Sample) -> float:
    """Return the variance that GrowthBook uses: p (1 - p) of a share, and with n - 1 in the denominator of a mean."""
    return arm.mean * (1 - arm.mean) if arm.squares == arm.total else arm.variance


def student(freedom: float) -> float:
    """Return the 97.5 % quantile of Student's t by the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5).

    Its error is below .001 with 6 or more degrees of freedom.

    >>> round(student(10), 3), round(student(99), 4)
    (2.228, 1.9842)
    """
    z, v = Z, max(freedom, 1.0)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v ** (place + 1) for place, term in enumerate(terms))


def chance_of_ratio(counts: list[float], shares: list[float]) -> float:
    """Return the probability of arms that are at least so far from the planned shares by chance: Pearson's chi-square test.

    If it is very small, below .001, the arms are not as planned, and the comparison can't be trusted (Fabijan and others, "Diagnosing
    sample ratio mismatch", KDD 2019).

    >>> round(chance_of_ratio([821.0, 979.0], [0.5, 0.5]), 5)
    0.0002
    """
    every, whole = sum(counts), sum(shares)
    planned = [every * share / whole for share in shares]
    if any(not wanted for wanted in planned):
        return nan
    return _chi_square_tail(
        sum((found - wanted) ** 2 / wanted for found, wanted in zip(counts, planned, strict=True)), len(counts) - 1
    )


def _chi_square_tail(value: float, freedom: int) -> float:
    """Return the probability that a chi-square variable exceeds a value (Abramowitz and Stegun 26.4.4 and 26.4.5)."""
    half = value / 2
    if half > 700:
        return 0.0
    if freedom % 2:
        tail = erfc(sqrt(half))
        return tail + float(
            sum(exp(-half) * half ** (place + 0.5) / gamma(place + 1.5) for place in range(freedom // 2))
        )
    return float(sum(exp(-half) * half**place / gamma(place + 1) for place in range(freedom // 2)))


def detectable_difference(sd: float, people: float, held_out: float, *, power: float = 0.8) -> float:
    """Return the smallest difference between means that a test finds with a given power, two-sided at 5 %.

    The formula is (z for alpha/2 + z for power) * sd * sqrt(1 / (N h) + 1 / (N (1 - h))). For 80 %, the two z add up to 2.8016.

    Args:
        sd: the standard deviation of the amounts.
        people: the number of people in both arms.
        held_out: the share of the control arm, above 0 and below 1.
        power: the probability of finding such a difference.

    >>> rate = 0.005726
    >>> round(detectable_difference((rate * (1 - rate)) ** 0.5, 20_000, 0.1) / rate, 2)
    0.87
    """
    if not people:
        return inf
    reach = Z + NormalDist().inv_cdf(power)
    return reach * sd * sqrt(1 / (people * held_out) + 1 / (people * (1 - held_out)))

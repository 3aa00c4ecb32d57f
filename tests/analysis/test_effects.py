"""Comparisons of two arms: published figures are reproduced, and seeded simulations show that 95 % of intervals hold the truth."""

from math import isnan, nan, sqrt

import numpy as np
import pytest

from segkit.analysis import effects
from segkit.analysis.effects import Sample

RUNS = 3_000
ERROR = 3 * sqrt(0.95 * 0.05 / RUNS)
"""Three standard errors of a share of .95 over the runs."""


def covered(ends: list[tuple[float, float]], truth: float) -> float:
    """Return the share of intervals that hold the truth."""
    return float(np.mean([low <= truth <= high for low, high in ends]))


def of_amounts(amounts: np.ndarray) -> Sample:
    """Return the sample of some amounts."""
    return Sample(len(amounts), float(amounts.sum()), float(np.square(amounts).sum()))


def test_the_two_published_sequential_intervals():
    """GrowthBook's own tests: shares at its default tuning, and sums with their squares at 1,000."""
    shares = effects.sequential(Sample.of_share(2_422, 3_461), Sample.of_share(1_396, 3_000), tuning=5_000)
    means = effects.sequential(Sample(3_461, 2_422.7, 134_698.29), Sample(3_000, 1_396.87, 52_377.9767), tuning=1_000)

    assert [round(number, 5) for number in (shares[0], *shares[1])] == [0.50386, 0.40098, 0.60675]
    assert [round(number, 5) for number in (means[0], *means[1])] == [0.50336, -0.55844, 1.56516]


@pytest.mark.parametrize(
    ("people", "held_out", "bought", "spent"),
    [
        (5_000, 0.1, 1.74, 2.34), (5_000, 0.5, 1.04, 1.41), (20_000, 0.1, 0.87, 1.17), (20_000, 0.5, 0.52, 0.70),
        (50_000, 0.1, 0.55, 0.74), (50_000, 0.5, 0.33, 0.44), (100_000, 0.1, 0.39, 0.52), (100_000, 0.5, 0.23, 0.31),
        (400_000, 0.05, 0.27, 0.36),
    ],
)  # fmt: skip
def test_published_detectable_differences(people: int, held_out: float, bought: float, spent: float):
    """Relative to the control arm of a public e-mail test: a share of .005726, and spending of mean .6528 with a deviation of 11.5882."""
    rate, mean, sd = 0.005726, 0.6528, 11.5882

    assert round(effects.detectable_difference(sqrt(rate * (1 - rate)), people, held_out) / rate, 2) == bought
    assert round(effects.detectable_difference(sd, people, held_out) / mean, 2) == pytest.approx(spent, abs=0.011)


def test_newcombes_own_examples():
    """The first and the sixth of the paper's Table II, by method 10."""
    for treated, control, ends in (((56, 70), (48, 80), (0.0524, 0.3339)), ((10, 10), (0, 20), (0.6791, 1.0))):
        found = effects.difference_of_shares(Sample.of_share(*treated), Sample.of_share(*control))[1]
        assert [round(end, 4) for end in found] == list(ends)


def test_intervals_of_shares_are_covered():
    """Differences and ratios of shares as they are in a test: a few per cent, with a small hold-out."""
    random = np.random.default_rng(1)
    treated, control = random.binomial(4_500, 0.05, RUNS), random.binomial(500, 0.04, RUNS)
    arms = [
        (Sample.of_share(one, 4_500), Sample.of_share(other, 500)) for one, other in zip(treated, control, strict=True)
    ]

    assert abs(covered([effects.difference_of_shares(*pair)[1] for pair in arms], 0.01) - 0.95) < ERROR
    assert abs(covered([effects.relative(*pair)[1] for pair in arms], 0.25) - 0.95) < ERROR + 0.01


def test_intervals_of_means_are_covered():
    """Amounts of which most are 0 and the others are skewed, as orders are."""
    random = np.random.default_rng(2)
    arms = [
        tuple(
            of_amounts((random.random(size) < rate) * random.lognormal(3, 0.8, size))
            for size, rate in ((2_000, 0.12), (1_000, 0.1))
        )
        for _ in range(RUNS)
    ]
    truth = 0.02 * float(np.exp(3 + 0.8**2 / 2))

    assert abs(covered([effects.difference_of_means(*pair)[1] for pair in arms], truth) - 0.95) < ERROR + 0.005
    assert abs(covered([effects.relative(*pair)[1] for pair in arms], 0.2) - 0.95) < ERROR + 0.01


def test_a_sequential_interval_holds_at_every_look_and_a_plain_one_does_not():
    """Of tests without an effect that are looked at 20 times, 5 % or fewer ever exclude 0; a plain interval does so far more often."""
    random, looks = np.random.default_rng(3), np.arange(1, 21) * 250
    ever = {"sequential": 0, "plain": 0}
    for _ in range(400):
        arms = [np.cumsum(random.binomial(250, 0.1, 20)) for _ in range(2)]
        pairs = [tuple(Sample.of_share(int(arm[look]), int(looks[look])) for arm in arms) for look in range(20)]
        for name, interval in (("sequential", effects.sequential), ("plain", effects.relative)):
            ever[name] += any(not low <= 0 <= high for low, high in (interval(*pair)[1] for pair in pairs))

    assert ever["sequential"] / 400 <= 0.05
    assert ever["plain"] / 400 > 0.15


def test_arms_of_the_wrong_size_are_noticed_and_others_are_not():
    """The check fires for 821 of 1,800 planned half and half, and for about 1 in 1,000 of proper splits at the limit of .001."""
    random = np.random.default_rng(4)
    chances = [
        effects.chance_of_ratio([float(one), 10_000.0 - one], [0.9, 0.1]) for one in random.binomial(10_000, 0.9, 5_000)
    ]

    assert effects.chance_of_ratio([821, 979], [0.5, 0.5]) < 0.001
    assert effects.chance_of_ratio([82, 18], [0.9, 0.1]) < 0.01
    assert effects.chance_of_ratio([100.0, 100.0, 101.0], [1, 1, 1]) > 0.99
    assert np.mean(np.array(chances) < 0.05) == pytest.approx(0.05, abs=0.01)
    assert np.mean(np.array(chances) < 0.001) < 0.004
    assert effects.chance_of_ratio([9_000.0, 10.0, 10.0, 980.0], [1, 1, 1, 1]) == 0


@pytest.mark.parametrize(("freedom", "quantile"), [(6, 2.447), (10, 2.228), (30, 2.042), (120, 1.980), (1e9, 1.960)])
def test_quantiles_of_student(freedom: float, quantile: float):
    """As tables have them."""
    assert round(effects.student(freedom), 3) == pytest.approx(quantile, abs=0.0011)


def test_nothing_is_made_up_without_people_or_without_a_base():
    """An arm of nobody, or a control arm that never did it, has no ratio."""
    nobody, some, none = Sample(0, 0, 0), Sample.of_share(5, 50), Sample.of_share(0, 50)

    assert all(isnan(end) for end in effects.difference_of_shares(some, nobody)[1])
    assert all(isnan(end) for end in effects.difference_of_means(some, nobody)[1])
    assert all(isnan(end) for end in effects.relative(some, none)[1])
    assert isnan(effects.sequential(some, none)[0])
    assert effects.difference_of_shares(some, none)[1][0] > 0
    assert isnan(effects.chance_of_ratio([1.0, 2.0], [1.0, 0.0]))
    assert effects.difference_of_means(Sample(5, 5, 5), Sample(5, 5, 5))[1] == pytest.approx((nan, nan), nan_ok=True)

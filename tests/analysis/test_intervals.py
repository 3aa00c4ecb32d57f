"""Intervals: seeded simulations show that 95 % of them hold the truth, and where the data says nothing they say so."""

import numpy as np
import pytest

from segkit.analysis import intervals
from segkit.analysis.intervals import GROUPS

RUNS, PEOPLE, MOMENTS = 600, 2_000, 4
BAND = (0.925, 0.975)
"""Three standard errors of a share of .95 over the runs, .0089 each."""


def grouped(amounts: np.ndarray) -> np.ndarray:
    """Return amounts of people, on the last axis, added up by group."""
    return amounts.reshape(*amounts.shape[:-1], GROUPS, -1).sum(axis=-1)


def covered(ends: tuple[np.ndarray, np.ndarray], truth: float) -> float:
    """Return the share of intervals that hold the truth."""
    return float(np.mean((ends[0] <= truth) & (truth <= ends[1])))


@pytest.fixture(scope="module")
def lives() -> dict[str, np.ndarray]:
    """Return people who differ, each at several moments: whether they are members and respond, and what they spend."""
    random = np.random.default_rng(26)
    liking = random.beta(0.5, 4.5, (RUNS, PEOPLE))
    is_member = random.random((RUNS, MOMENTS, PEOPLE)) < 2 * liking[:, None]
    did = random.random((RUNS, MOMENTS, PEOPLE)) < liking[:, None]
    spent = did * random.lognormal(3, 1, (RUNS, MOMENTS, PEOPLE))
    return {
        "members": grouped(is_member.sum(axis=1)),
        "responders": grouped((is_member & did).sum(axis=1)),
        "base_responders": grouped(did.sum(axis=1)),
        "base": grouped(np.full((RUNS, PEOPLE), MOMENTS)),
        "value": grouped((is_member * spent).sum(axis=1)),
    }


@pytest.fixture(scope="module")
def truth() -> dict[str, float]:
    """Return the true figures, from five million people."""
    random = np.random.default_rng(27)
    liking = random.beta(0.5, 4.5, 5_000_000)
    is_member = np.minimum(2 * liking, 1)
    response = float((is_member * liking).sum() / is_member.sum())
    mean = float(np.exp(3 + 0.5))
    reached = float((is_member * liking).sum() / liking.sum())
    return {"rate": response, "reached": reached, "lift": response / float(liking.mean()), "value": response * mean}


def test_shares_are_covered(lives: dict[str, np.ndarray], truth: dict[str, float]):
    """Although the same people are counted at several moments, which a plain interval would take for more people."""
    people = lives["members"].sum(axis=-1) / MOMENTS
    rate = intervals.of_share(lives["responders"], lives["members"], people)
    reached = intervals.of_share(lives["responders"], lives["base_responders"], people)
    plain = intervals.wilson(
        lives["responders"].sum(axis=-1) / lives["members"].sum(axis=-1), lives["members"].sum(axis=-1)
    )

    assert BAND[0] <= covered(rate, truth["rate"]) <= BAND[1]
    assert BAND[0] <= covered(reached, truth["reached"]) <= BAND[1]
    assert covered(plain, truth["rate"]) < BAND[0]


def test_lifts_and_means_are_covered(lives: dict[str, np.ndarray], truth: dict[str, float]):
    """A lift on the scale of logarithms, a mean of skewed amounts on its own."""
    without = {name: intervals.left_out(amounts.astype(float)) for name, amounts in lives.items()}
    rates = without["responders"] / without["members"]
    base_rates = without["base_responders"] / without["base"]
    lift = (lives["responders"].sum(axis=-1) / lives["members"].sum(axis=-1)) / (
        lives["base_responders"].sum(axis=-1) / lives["base"].sum(axis=-1)
    )

    assert BAND[0] <= covered(intervals.of_ratio(lift, rates / base_rates), truth["lift"]) <= BAND[1]
    assert 0.9 <= covered(intervals.of_mean(lives["value"], lives["members"]), truth["value"]) <= BAND[1]


def test_rare_shares_are_covered():
    """Also where most samples of 2,000 people have a handful of cases, as with unsubscribes, and some have none."""
    random = np.random.default_rng(28)
    did = grouped(random.random((2_000, PEOPLE)) < 0.002)
    whole = np.full(did.shape, PEOPLE / GROUPS)
    found = covered(intervals.of_share(did, whole, np.full(2_000, float(PEOPLE))), 0.002)

    assert (did.sum(axis=-1) == 0).any()
    assert 0.93 <= found <= 0.99


def test_nobody_and_everybody_leave_room():
    """None of 50 people does not mean that nobody ever will."""
    whole, people = np.full((1, GROUPS), 0.5), np.array([50.0])
    none = intervals.of_share(np.zeros((1, GROUPS)), whole, people)
    every = intervals.of_share(whole, whole, people)

    assert (none[0][0], round(float(none[1][0]), 3)) == (0, 0.073)
    assert (round(float(every[0][0]), 3), every[1][0]) == (0.927, 1)


def test_nothing_is_made_up_without_people():
    """A share, a mean or a ratio of nobody is not a number, and neither are its ends."""
    nobody = np.zeros((1, GROUPS))

    for ends in (
        intervals.of_share(nobody, nobody, np.zeros(1)),
        intervals.of_mean(nobody, nobody),
        intervals.of_ratio(np.array([np.nan]), nobody / np.ones(GROUPS)),
    ):
        assert np.isnan(ends).all()

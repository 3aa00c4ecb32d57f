"""Curves: at every position of a threshold, those are in of whom the condition is true there."""

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.thresholds import curve

SUMS = [0, 0, 3, 7.5, 7.5, 40, 90, 1_000]


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return eight people, of whom each bought once, so many days ago and for so much, or not at all."""
    people = list("abcdefgh")
    profiles = pd.DataFrame({"profile_id": people, "Score": [None, -4, 3, 7.5, 7.5, 40, 90, "many"]})
    bought = pd.DataFrame({"profile_id": people, "metric": "Placed Order", "value": SUMS}).iloc[1:]
    bought["datetime"] = pd.Timestamp("2026-06-30", tz="UTC") - pd.to_timedelta([0, 1, 2, 2, 40, 90, 700], unit="D")
    return sk.Dataset.from_frames(profiles, bought, as_of="2026-06-30")


POSITIONS = {
    "one after another": range(1, 95),
    "with gaps": [1, 2, 3, 40, 41, 90, 800],
    "one of them twice": [2, 2, 3, 3, 40],
    "one": [3],
    "far beyond": [1, 30_000],
    "more than 16 bits count": range(1, 36_000),
}


@pytest.mark.filterwarnings("ignore:.*can't be read as a number")  # one of the scores is a word
@pytest.mark.parametrize("positions", POSITIONS.values(), ids=POSITIONS)
@pytest.mark.parametrize(
    "said",
    [
        lambda position: sk.did("Placed Order", in_last_days=position),
        lambda position: sk.did_not("Placed Order", in_last_days=position) | sk.has("Score", at_least=50),
        lambda position: sk.spent(more_than=position),
        lambda position: sk.spent(at_most=position) & sk.is_set("Score"),
        lambda position: sk.has("Score", fewer_than=position),
        lambda position: ~sk.has("Score", at_least=position),
    ],
    ids=["enters", "leaves or stands", "leaves", "enters and stands", "a number enters", "a number is not"],
)
def test_a_curve_counts_those_who_are_in(shop: sk.Dataset, monkeypatch: pytest.MonkeyPatch, said, positions):
    """However the positions lie, and whatever is worked out at a time, sizes are those of the conditions one by one."""
    monkeypatch.setattr(curve, "BLOCK", 3)
    conditions = [said(position) for position in positions]
    evaluation = Evaluation(shop)
    found = curve.curve_of(conditions, evaluation)

    some = np.arange(len(shop)) % 2 == 0
    for number in {0, 1, 2, len(positions) // 2, len(positions) - 1} & set(range(len(positions))):
        holds = Evaluation(shop).holds(conditions[number])
        assert found.counts()[number] == holds.sum()
        assert found.counts(some)[number] == (holds & some).sum()
        assert ((found.edges <= number) == (found.direction == "enters")).tolist() == holds.tolist()


def test_a_window_that_becomes_all_time_has_no_curve(shop: sk.Dataset):
    """Conditions that differ in the kind of their window are no positions of one threshold."""
    conditions = [sk.did("Placed Order", in_last_days=3), sk.did("Placed Order")]
    assert curve.curve_of(conditions, Evaluation(shop)) is None

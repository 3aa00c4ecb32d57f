"""Curves: at every position of a threshold, those are in of whom the condition is true there."""

from collections.abc import Callable
from datetime import date

import doors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, members
from strategies import SEEDS, atom, mixed, moved_tree, shops

import segkit as sk
from segkit.definition.conditions import Condition
from segkit.definition.measures import Number
from segkit.engine.engines import engine_of
from segkit.engine.protocol import Cut, Picked
from segkit.engine.thresholds.curve import Curve, NoCurveError, Spans, curve_of
from segkit.engine.thresholds.threshold import Threshold

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

SUMS = [0, 0, 3, 7.5, 7.5, 40, 90, 1_000]


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return eight people, of whom each bought once, so many days ago and for so much, or not at all."""
    people = list("abcdefgh")
    profiles = pd.DataFrame({"profile_id": people, "Score": [None, -4, 3, 7.5, 7.5, 40, 90, "many"]})
    bought = pd.DataFrame({"profile_id": people, "metric": "Placed Order", "value": SUMS}).iloc[1:]
    bought["datetime"] = pd.Timestamp("2026-06-30", tz="UTC") - pd.to_timedelta([0, 1, 2, 2, 40, 90, 700], unit="D")
    return sk.Dataset.from_frames(profiles, bought, as_of="2026-06-30")


def threshold_of(said: Callable[..., Condition], positions) -> Threshold:
    """Return the threshold of a condition that is said at each position."""

    def builder(*, position: float) -> sk.Segment:
        return sk.Segment("Said", said(position))

    return Threshold.of(builder, [{"position": position} for position in positions], {})


def curve(said: Callable[..., Condition], positions, shop: sk.Dataset, **asked) -> Curve | None:
    """Return the curve of a condition that is said at each position."""
    return curve_of(threshold_of(said, positions), engine_of(shop), **asked)


POSITIONS = {
    "one after another": range(1, 95),
    "with gaps": [1, 2, 3, 40, 41, 90, 800],
    "backwards": [800, 90, 41, 40, 3, 2, 1],
    "one of them twice": [2, 2, 3, 3, 40],
    "one": [3],
    "far beyond": [1, 30_000],
    "more than 16 bits count": range(1, 36_000),
}


@pytest.mark.parametrize("positions", POSITIONS.values(), ids=POSITIONS)
@pytest.mark.parametrize(
    "said",
    [
        lambda position: sk.did("Placed Order", in_last_days=position),
        lambda position: sk.did_not("Placed Order", in_last_days=position) | sk.has("Score", at_least=50),
        lambda position: sk.did("Placed Order", between_days_ago=(0, position)),
        lambda position: sk.spent(more_than=position),
        lambda position: sk.spent(at_most=position) & sk.is_set("Score"),
        lambda position: sk.spent(equals=position),
        lambda position: sk.has("Score", fewer_than=position),
        lambda position: ~sk.has("Score", at_least=position),
        lambda position: sk.did("Placed Order", in_last_days=position) & sk.spent(more_than=position),
    ],
    ids=["enters", "leaves", "a far end", "a sum", "stands", "equals", "a number", "is not", "comes and goes"],
)
def test_a_curve_counts_those_who_are_in(shop: sk.Dataset, said, positions):
    """However the positions lie, sizes are those of the conditions one by one, of all and of some."""
    some = Picked(np.arange(len(shop)) % 2 == 0)
    found = curve(said, positions, shop, also=[some])

    for number in {0, 1, 2, len(positions) // 2, len(positions) - 1} & set(range(len(positions))):
        holds = sk.membership(sk.Segment("Said", said(positions[number])), shop)["Said"].to_numpy()
        assert found.sizes()[number] == holds.sum()
        assert found.sizes(some)[number] == (holds & some.values).sum()


def test_bins_and_codes_are_counted_of_those_who_are_in(shop: sk.Dataset):
    """A row for each position says how many of those who are in fall into each bin, and how many different codes they have."""
    scores, codes = Cut(Number("Score"), (0, 7.5)), Picked(np.array([0, 0, 1, 1, 2, 2, 3, 3]))
    positions = range(1, 95)
    found = curve(lambda days: sk.did("Placed Order", in_last_days=days), positions, shop, also=[scores, codes])

    for number, days in enumerate(positions):
        holds = sk.membership(sk.Segment("Said", sk.did("Placed Order", in_last_days=days)), shop)["Said"].to_numpy()
        numbers = pd.to_numeric(shop.profiles["Score"], errors="coerce").to_numpy()[holds]
        expected = [(numbers < 0).sum(), ((numbers >= 0) & (numbers < 7.5)).sum(), (numbers >= 7.5).sum()]
        assert found.by_bin(scores)[number].tolist() == expected
        assert found.distinct(codes)[number] == len(set(codes.values[holds]))


@pytest.mark.parametrize(
    ("said", "positions"),
    [
        (lambda near: sk.did("Placed Order", between_days_ago=(near, near + 30)), (10, 20, 30)),
        (lambda days: sk.did("Placed Order", in_last_days=days) | sk.spent(more_than=2 * days), (3, 25, 50)),
        (lambda days: sk.did("Placed Order", in_last_days=days), (20, 10, 30)),
        (lambda number: sk.did("Placed Order", not_equals=number), (1, 2)),
        (lambda days: sk.did("Placed Order", in_last_days=days) if days > 2 else sk.did("Placed Order"), (1, 3)),
        (lambda number: sk.is_set("Score") & sk.spent(at_least=number) if number else sk.is_set("Score"), (0, 1)),
        (lambda name: sk.has("Score", equals=str(name)), (1, 2)),
    ],
    ids=["slides", "a gap", "to and fro", "not equals", "another window", "another shape", "a text"],
)
def test_where_bins_do_not_say_it_there_is_no_curve(shop: sk.Dataset, said, positions):
    """Where a profile may come and go more than once, or nothing is compared, each position is asked for by itself."""
    assert curve(said, positions, shop) is None


def test_a_sum_with_refunds_in_a_moving_window_has_no_curve():
    """It may pass a number, fall back and pass it again."""
    orders = pd.DataFrame({"profile_id": "ann", "metric": "Placed Order", "datetime": "2026-06-01", "value": [9, -3]})
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"]}), orders)
    assert curve(lambda days: sk.spent(at_least=5, in_last_days=days), (1, 2), shop) is None


def test_edges_of_thresholds_are_exact():
    """Amounts that stand exactly on a position are in for "at least" and "at most", and out for "more than" and "fewer than"."""
    amounts = ["0.10", "0.20", "0.30", "0.30", "0.31"]
    orders = pd.DataFrame(
        {"profile_id": list("abcde"), "metric": "Placed Order", "datetime": "2026-06-01", "value": amounts}
    )
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": list("abcdef")}), orders)
    sizes = {
        word: curve(lambda at, word=word: sk.spent("Placed Order", **{word: at}), (0, 0.1, 0.2, 0.3, 0.4), shop).sizes()
        for word in ("at_least", "more_than", "at_most", "fewer_than")
    }

    assert sizes["at_least"].tolist() == [6, 5, 4, 3, 0]
    assert sizes["more_than"].tolist() == [5, 4, 3, 1, 0]
    assert (sizes["at_most"] == 6 - sizes["more_than"]).all()
    assert (sizes["fewer_than"] == 6 - sizes["at_least"]).all()


@settings(max_examples=max(200, settings().max_examples))
@given(shops(), SEEDS, st.lists(st.integers(1, 13), min_size=1, max_size=7))
def test_curves_of_generated_trees_are_those_of_the_reference(shop: PlainShop, seed: bytes, steps: list[int]):
    """Wherever there is a curve, it counts at each position those whom the slow reference finds there, and those in another segment."""
    random = mixed(seed, shop)
    tree, other = moved_tree(random), atom(random)
    found = curve(tree, steps, doors.by_frames(shop), also=[other])
    if found is None:
        return
    others = members(other, shop)

    assert found.sizes().tolist() == [len(members(tree(step), shop)) for step in steps]
    assert found.sizes(other).tolist() == [len(members(tree(step), shop) & others) for step in steps]


SPANS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=6, max_size=6)


@given(SPANS, SPANS)
def test_spans_join_as_sets_of_positions_do(one, other):
    """Both, either and not are those of the sets of positions, and refused only where these are no span."""
    first, second = (Spans(*map(np.array, zip(*pairs, strict=True)), 4) for pairs in (one, other))
    plain = [[set(range(*pair)) for pair in pairs] for pairs in (one, other)]
    every = set(range(4))

    def sets(spans: Spans) -> list[set[int]]:
        return [set(range(*pair)) for pair in zip(spans.first.tolist(), spans.stop.tolist(), strict=True)]

    def is_span(positions: set[int]) -> bool:
        return not positions or positions == set(range(min(positions), max(positions) + 1))

    def same(join: Callable[[], Spans], expected: list[set[int]]) -> None:
        if all(map(is_span, expected)):
            assert sets(join()) == expected
        else:
            with pytest.raises(NoCurveError):
                join()

    same(lambda: first.both(second), [a & b for a, b in zip(*plain, strict=True)])
    same(lambda: first.either(second), [a | b for a, b in zip(*plain, strict=True)])
    same(first.negated, [every - a for a in plain[0]])


def test_the_day_after_is_a_position_of_dates(shop: sk.Dataset):
    """Windows that begin at dates are one threshold as well."""
    days = [date(2026, 1, 1), date(2026, 6, 28), date(2026, 6, 29)]
    assert curve(lambda day: sk.did("Placed Order", after=day), days, shop).sizes().tolist() == [6, 2, 1]

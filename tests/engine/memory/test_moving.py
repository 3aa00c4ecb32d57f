"""A segment whose thresholds move is answered by numbers that are kept, and as the slow reference answers each position by itself."""

from dataclasses import replace
from datetime import timedelta

import doors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, members
from strategies import SEEDS, mixed, moved_tree, shops

import segkit as sk
from segkit.data.cache import LIMIT, Cache
from segkit.engine.memory.comparison import Comparison
from segkit.engine.memory.evaluation import Evaluation

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

often = settings(max_examples=max(200, settings().max_examples))


@often
@given(shops(), SEEDS, st.lists(st.integers(1, 13), min_size=4, max_size=7))
def test_a_moving_segment_is_answered_as_at_rest(shop: PlainShop, seed: bytes, steps: list[int]):
    """At every position of its thresholds the members are those whom the reference finds, whatever was asked before."""
    tree = moved_tree(mixed(seed, shop))
    dataset = doors.by_frames(shop)
    evaluation = Evaluation(dataset)
    found = [set(dataset.profile_ids[evaluation.holds(tree(step))]) for step in steps]

    assert found == [members(tree(step), shop) for step in steps]


@settings(max_examples=max(30, settings().max_examples // 3))
@given(shops(), SEEDS, st.lists(st.integers(1, 13), min_size=3, max_size=6), st.sampled_from([0, 4_000, LIMIT]))
def test_a_loop_over_thresholds_is_answered_as_by_fresh_data(
    shop: PlainShop, seed: bytes, steps: list[int], limit: int
):
    """Whatever segments and moments are asked for in between, and however little is kept, each answer is that of the first question."""
    random = mixed(seed, shop)
    trees = [moved_tree(random) for _ in range(3)]
    now = doors.by_frames(shop)
    now.cache.limit = limit
    then = now.with_as_of(now.as_of - timedelta(days=9))
    for step in steps:
        segments = [sk.Segment(f"s{number}", tree(step)) for number, tree in enumerate(trees)]
        for data in (now, then):
            apart = [sk.membership(segment, replace(data, cache=Cache())) for segment in segments]
            pd.testing.assert_frame_equal(sk.membership(segments, data), pd.concat(apart, axis=1))
            assert data.cache.size <= limit


FEW = [3.0, 19.99, 20.0, np.nan, -3.0]
WHOLE = st.lists(st.sampled_from([-32_768, -4, -1, 0, 1, 2, 3, 4, 32_767]), min_size=9, max_size=9).map(
    lambda few: np.array(few, dtype=np.int16)
)
FLOATS = st.lists(st.sampled_from(FEW), min_size=9, max_size=9).map(np.array)
FLAGS = st.lists(st.booleans(), min_size=9, max_size=9).map(np.array)


@given(
    st.one_of(st.tuples(WHOLE, WHOLE), st.tuples(FLOATS, FLOATS)),
    FLAGS,
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_comparisons_join_as_their_answers_do(pair, flags, choices):
    """What is joined or turned is true where its parts say so, NaN, ends of the range and limits apart included."""
    (values, others), (is_least, is_all, is_turned) = pair, choices
    one = Comparison(values, 2, is_least=is_least)
    other = Comparison(others, 3 if others.dtype.kind == "i" else 2, is_least=is_least)
    one, other = (one.negated(), other.negated()) if is_turned else (one, other)
    both = np.logical_and if is_all else np.logical_or

    assert one.negated().flags().tolist() == (~one.flags()).tolist()
    assert one.joined_with_flags(flags, is_all=is_all).flags().tolist() == both(one.flags(), flags).tolist()
    assert one.moves_with(other)
    assert one.joined(other, is_all=is_all).flags().tolist() == both(one.flags(), other.flags()).tolist()
    for step in (-1, 1):
        moved = [Comparison(each.values, each.limit + step, is_least=each.is_least) for each in (one, other)]
        whole = one.joined(other, is_all=is_all)
        found = Comparison(whole.values, whole.limit + step, is_least=whole.is_least).flags()
        assert found.tolist() == both(moved[0].flags(), moved[1].flags()).tolist()


def test_a_limit_beyond_narrow_numbers_is_not_answered_by_them():
    """Numbers cut to 16 bits say nothing of a limit that lies beyond them."""
    near, far = (Comparison(np.array([10, 50_000]), limit, is_least=True) for limit in (20, 40_000))

    assert near.kind is np.int16
    assert near.narrow(near.kind).flags().tolist() == [False, True]
    assert far.kind is np.int32
    assert far.narrow(far.kind).flags().tolist() == [False, True]


def test_a_slider_keeps_numbers_and_no_answer_from_its_second_position_on():
    """A window inside a segment of several conditions, and a second one that moves with it, are held against the days that decide."""
    profiles = pd.DataFrame({"profile_id": ["ann", "bea"], "sms_consent": "subscribed"})
    clicked = pd.DataFrame({"profile_id": ["ann"], "metric": ["Clicked SMS"], "datetime": ["2026-06-01"]})
    shop = sk.Dataset.from_frames(profiles, clicked, as_of="2026-06-30")
    sizes, answers = [], []
    for days in (7, 14, 28, 29, 30):
        sizes.append(int(sk.membership(sk.sms_engaged(clicked_days=days), shop).sum().iloc[0]))
        answers.append(shop.cache.contents["what"].tolist().count("answer"))

    assert sizes == [0, 0, 0, 1, 1]
    assert len(set(answers)) == 1
    assert "deciding days" in shop.cache.contents["what"].tolist()

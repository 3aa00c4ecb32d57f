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

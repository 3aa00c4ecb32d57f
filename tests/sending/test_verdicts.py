"""Who may be texted is counted off cells as it is counted one by one, numbers that several profiles share included."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import AnyOf, Condition
from segkit.engine.engines import engine_of
from segkit.engine.protocol import EVERYBODY
from segkit.sending.eligibility import OWN_NUMBER, STEPS, Eligibility

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

NUMBERS = ["+14155550132", "+14155550133", "+14155550134", "+12", None]
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS),
        st.sampled_from(["SUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED", None]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)
AMONG = [EVERYBODY, AnyOf(()), *(sk.has("Age", at_least=age) for age in (1, 2, 3)), sk.has("Age", equals=1)]


def shop_of(people: list[tuple[str | None, str | None, int]]) -> sk.Dataset:
    """Return a shop of people, each a number, a consent and an age; the last column keeps its kind where all are unset."""
    numbers, consents, ages = zip(*people, strict=True)
    columns = {"phone_number": numbers, "sms_consent": consents, "Age": ages}
    ids = [f"p{place}" for place in range(len(people))]
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": ids, **columns}), as_of="2026-06-30")


@given(PEOPLE, st.sampled_from(AMONG), st.sampled_from([None, 3]))
def test_steps_counted_off_a_cube_are_those_counted_one_by_one(
    people: list[tuple[str | None, str | None, int]], among: Condition, excluded: int | None
):
    """Each step stops as many as the walk from profile to profile says, and as many are sent to, whoever is included."""
    shop = shop_of(people)
    exclude = () if excluded is None else [sk.Segment("Out", sk.has("Age", equals=excluded))]
    eligibility = Eligibility(shop, exclude=exclude)
    included = sk.membership(sk.Segment("In", among), shop)["In"].to_numpy()
    walked = eligibility.first_stops(included)

    stopped, sendable = eligibility.waterfall(engine_of(shop), among)
    assert stopped.tolist() == [int(np.count_nonzero(walked == step)) for step in range(len(STEPS))]
    assert sendable == eligibility.size(engine_of(shop), among) == np.count_nonzero(walked == OWN_NUMBER)


@given(PEOPLE)
def test_nobody_s_number_is_texted_twice(people: list[tuple[str | None, str | None, int]]):
    """Of those who pass, each number is texted once, at the first who has it in the data."""
    shop = shop_of(people)
    step = Eligibility(shop).first_stops(np.ones(len(shop), dtype=bool))
    passing = [number for number, consent, _ in people if number in NUMBERS[:3] and consent == "SUBSCRIBED"]
    opted_out = {number for number, consent, _ in people if consent == "UNSUBSCRIBED"}

    texted = [people[row][0] for row in np.flatnonzero(step == OWN_NUMBER)]
    assert texted == [number for number in dict.fromkeys(passing) if number not in opted_out]

"""Suggestions: the best setting of the earlier moments is found, judged on moments it has not seen, and not given where it would be chance."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.backtest import Backtest
from segkit.errors import DefinitionError
from segkit.errors.analysis import AnalysisError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
CDNOW = Path(__file__).parents[2] / "sample_data" / "cdnow"


def bought(*, days: int = 30) -> sk.Segment:
    """Return everybody who bought in the last days."""
    return sk.Segment("Bought lately", sk.did("Placed Order", in_last_days=days))


def big(*, orders: int = 1) -> sk.Segment:
    """Return everybody with so many orders ever."""
    return sk.Segment("Orders", sk.did("Placed Order", at_least=orders))


@pytest.fixture(scope="module")
def windows() -> Backtest:
    """Return CDNOW looked at from twelve months, for windows of half a year."""
    return sk.backtest(bought, sk.load(CDNOW, as_of="1998-06-30"), days=range(10, 181, 10))


def shop_of(response: Callable[[int, np.random.Generator], bool], *, unsubscribes: float = 0.0) -> sk.Dataset:
    """Return 3,000 people with 1 to 6 early orders, who order again each month as `response` says for the number of orders."""
    random, rows = np.random.default_rng(6), []
    start = date(2025, 1, 1)
    for person in range(3_000):
        orders = 1 + person % 6
        rows += [(f"p{person}", "Placed Order", start + timedelta(days=place), 10.0) for place in range(orders)]
        for month in range(3, 9):
            day = start + timedelta(days=30 * month + 5)
            if response(orders, random):
                rows.append((f"p{person}", "Started Checkout", day, 10.0))
            if random.random() < unsubscribes / orders:
                rows.append((f"p{person}", "Unsubscribed from SMS Marketing", day, None))
    rows.append(("last", "Placed Order", start + timedelta(days=300), 10.0))
    return sk.Dataset.from_frames(
        None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "value"]), as_of="2025-10-28"
    )


def followed(shop: sk.Dataset) -> Backtest:
    """Return the shop looked at from six moments, each just before a month's events."""
    moments = [date(2025, 1, 1) + timedelta(days=30 * month) for month in range(3, 9)]
    return sk.backtest(big, shop, orders=range(1, 7), outcome="Started Checkout", within_days=20, moments=moments)


def test_a_budget_takes_the_widest_setting_that_it_pays_for(windows: Backtest):
    """Since a wider window reaches more responders; what it achieved later is told with its texts."""
    found = sk.suggest(windows, sk.budget(texts=3_500))
    row = found.table[found.table["days"] == 60].iloc[0]

    assert found.setting == {"days": 60}
    assert found.plateau["days"].tolist() == [60]
    assert row["meets_goal"]
    assert row["behind"] == 0
    assert not found.table.loc[found.table["days"] > 60, "meets_goal"].any()
    assert "of all responders were reached with" in found.verdict
    assert found.goal == "as many responders as possible with at most 3,500 texts per send"


def test_the_choice_sees_only_the_earlier_moments(windows: Backtest):
    """Without those whose days afterwards reach into the later ones; the later figures are those of the later moments alone."""
    found = sk.suggest(windows, sk.budget(texts=3_500))
    length = timedelta(days=30)

    assert (found.chosen_on, found.judged_on) == (windows.moments[:6], windows.moments[6:])
    assert max(found.chosen_on) + length <= min(found.judged_on)
    later = sk.backtest(bought, sk.load(CDNOW, as_of="1998-06-30"), days=[60], moments=found.judged_on).table
    pd.testing.assert_frame_equal(found.later, later.drop(columns="base"))

    longer = sk.backtest(bought, sk.load(CDNOW, as_of="1998-06-30"), days=[30, 60], within_days=60)
    overlapping = sk.suggest(longer, sk.budget(texts=10_000))
    assert max(overlapping.chosen_on) + 2 * length <= min(overlapping.judged_on)


def test_a_profit_weighs_the_value_against_the_texts():
    """People with four and more orders buy, others hardly do, so the best setting is four; nobody else comes near."""
    shop = shop_of(lambda orders, random: random.random() < (0.3 if orders >= 4 else 0.005))
    found = sk.suggest(followed(shop), sk.profit(margin=0.5, cost_per_text=0.5, incremental=1.0))

    assert found.setting == {"orders": 4}
    assert found.plateau["orders"].tolist() == [4]
    each = 0.3 * 0.5 * 10 - 0.5
    assert found.table["later_low"][3] < 1_500 * each < found.table["later_high"][3]
    assert "a text causes 100% of what follows" in found.goal


def test_what_a_text_causes_decides_and_has_no_default():
    """If a text causes a hundredth of what follows, texting fewer is better; and nobody may leave it out."""
    shop = shop_of(lambda orders, random: random.random() < (0.3 if orders >= 4 else 0.005))
    found = sk.suggest(followed(shop), sk.profit(margin=0.5, cost_per_text=0.5, incremental=0.01))

    assert found.setting == {"orders": 6}
    assert (found.table["later"] < 0).all()
    with pytest.raises(TypeError, match="incremental"):
        sk.profit(margin=0.5, cost_per_text=0.5)


def test_a_flat_curve_gives_a_range_and_no_number():
    """Everybody buys alike, so a profit per text of zero tells no setting from another."""
    shop = shop_of(lambda _, random: random.random() < 0.2)
    found = sk.suggest(followed(shop), sk.profit(margin=0.5, cost_per_text=1.0, incremental=1.0))

    assert found.setting is None
    assert found.verdict.startswith("Flat: any orders from 1 to 6 does equally well")
    assert len(found.plateau) == 6


def test_a_reach_keeps_to_its_limit_of_unsubscribes():
    """People with few orders unsubscribe more, so a limit leaves the settings of those with many."""
    shop = shop_of(lambda _, random: random.random() < 0.2, unsubscribes=0.12)
    seen = followed(shop)
    found = sk.suggest(seen, sk.reach(unsubscribes_at_most=0.026))
    early = seen.by_moment[seen.by_moment["moment"].isin(found.chosen_on)]
    gone = (early["unsubscribed"] * early["members"]).groupby(early["orders"]).sum()
    allowed = gone / early["members"].groupby(early["orders"]).sum() <= 0.026

    assert found.table["meets_goal"].tolist() == allowed.tolist()
    assert 0 < allowed.sum() < 6
    assert found.setting == {"orders": allowed.idxmax()}
    assert "unsubscribed" in found.verdict
    with pytest.raises(AnalysisError, match="the lowest share is that of orders 6"):
        sk.suggest(followed(shop), sk.reach(unsubscribes_at_most=0.001))


def test_it_is_shown_with_its_moments(windows: Backtest):
    """The card has the verdict, the goal, both spans of moments and the plateau."""
    found = sk.suggest(windows, sk.budget(texts=3_500))
    html = found._repr_html_()

    assert found.verdict in html
    assert "1 setting not measurably worse than the best" in html
    assert repr(found) == f"Suggestion: {found.verdict}"


def test_what_can_not_be_chosen_is_refused(windows: Backtest):
    """With what would do."""
    shop = sk.load(CDNOW, as_of="1998-06-30")
    with pytest.raises(AnalysisError, match="the smallest is days 10, with"):
        sk.suggest(windows, sk.budget(texts=10))
    with pytest.raises(AnalysisError, match="'Unsubscribed from SMS Marketing'"):
        sk.suggest(windows, sk.reach(unsubscribes_at_most=0.1))
    with pytest.raises(AnalysisError, match="There is 1 setting"):
        sk.suggest(sk.backtest(bought, shop, days=[30]), sk.budget(texts=10))
    with pytest.raises(AnalysisError, match="has only 1 moment"):
        sk.suggest(sk.backtest(bought, shop, days=[30, 60], moments=["1998-01-31"]), sk.budget(texts=10))
    with pytest.raises(AnalysisError, match="'Viewed Product' have no amounts"):
        sk.suggest(sk.backtest(bought, _views(), days=[30, 60], within_days=7, outcome="Viewed Product"), sk.profit(margin=1, cost_per_text=0, incremental=1))  # fmt: skip
    with pytest.raises(DefinitionError, match=r"the result of sk\.backtest"):
        sk.suggest(windows.table, sk.budget(texts=10))
    with pytest.raises(DefinitionError, match=r"sk.budget\(...\), sk.reach\(...\) or sk.profit\(...\)"):
        sk.suggest(windows, 2_000)


MONTHS = ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def few(*responses: tuple[str, str], unsubscribed: str = "2026-06-02") -> sk.Dataset:
    """Return thirty people who bought in January, some later orders, and one who unsubscribed."""
    rows = [(f"p{n}", "Placed Order", f"2026-01-{1 + n % 28:02}") for n in range(30)]
    rows += [(who, "Placed Order", day) for who, day in responses]
    rows.append(("p1", "Unsubscribed from SMS Marketing", unsubscribed))
    return sk.Dataset.from_frames(
        None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"]), as_of="2026-06-30"
    )


def test_nothing_is_known_if_a_single_person_responded_on_the_earlier_moments():
    """There is no interval then: no setting is measurably worse than the best, which is on the plateau itself."""
    shop = few(*(("p1", f"2026-0{month}-05") for month in (3, 4, 5, 6)))
    found = sk.suggest(sk.backtest(bought, shop, days=[30, 60, 90, 120], moments=MONTHS), sk.budget(texts=100))

    assert found.setting is None
    assert found.verdict.startswith("Unknown: on the earlier moments, too few people responded")
    assert found.table["in_plateau"].all()
    assert found.table["behind_low"].isna().all()


def test_the_verdict_says_that_the_later_moments_have_too_few_responders_for_an_interval():
    """Many responded on the earlier moments, and a single person on the later ones."""
    early = [(f"p{n}", day) for n in range(15) for day in ("2026-03-05", "2026-04-05")]
    shop = few(*early, ("p1", "2026-05-05"), ("p1", "2026-06-05"))
    found = sk.suggest(sk.backtest(bought, shop, days=[1, 2, 100], moments=MONTHS), sk.budget(texts=100))

    assert found.setting == {"days": 100}
    assert "(too few responders for an interval) of all responders were reached" in found.verdict


@pytest.mark.parametrize(
    "goal",
    [sk.reach(unsubscribes_at_most=0.1), sk.budget(texts=100), sk.profit(margin=1, cost_per_text=1, incremental=1)],
)
def test_settings_without_members_are_said_to_have_none(goal: object):
    """The events that the goal needs are in the data, and are not said to be missing."""
    rows = [("p1", "Placed Order", f"2026-0{month}-05", 5.0) for month in (3, 4, 5, 6)]
    rows += [(f"p{n}", "Unsubscribed from SMS Marketing", "2026-02-02", None) for n in range(9)]
    shop = sk.Dataset.from_frames(
        None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "value"]), as_of="2026-06-30"
    )
    tried = sk.backtest(big, shop, orders=[1_000, 2_000], moments=MONTHS)

    with pytest.raises(AnalysisError, match="no setting has members at the earlier moments"):
        sk.suggest(tried, goal)


def _views() -> sk.Dataset:
    rows = [(f"p{person}", metric, date(2026, 1, 1) + timedelta(days=7 * week + person)) for person in range(3) for week in range(20) for metric in ("Placed Order", "Viewed Product") if person != week % 3]  # fmt: skip
    return sk.Dataset.from_frames(
        None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"]), as_of="2026-05-20"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: sk.budget(texts=0),
        lambda: sk.budget(texts=1.5),
        lambda: sk.reach(unsubscribes_at_most=2),
        lambda: sk.profit(margin=40, cost_per_text=0.02, incremental=0.1),
        lambda: sk.profit(margin=0.4, cost_per_text=-1, incremental=0.1),
        lambda: sk.profit(margin=0.4, cost_per_text=0.02, incremental=float("nan")),
        lambda: sk.profit(margin="0.4", cost_per_text=0.02, incremental=True),
    ],
)
def test_goals_out_of_range_are_refused(make: Callable[[], object]):
    """A margin is a share, not a percentage."""
    with pytest.raises(DefinitionError, match="must be"):
        make()

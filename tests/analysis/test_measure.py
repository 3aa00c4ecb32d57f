"""Tests with a hold-out: figures as counted by hand, intervals that hold the truth, and warnings where a test can't be trusted."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.analysis import effects
from segkit.analysis.effects import Sample
from segkit.errors import DataError, DefinitionError, SegkitWarning
from segkit.errors.analysis import AnalysisError

START = date(2026, 6, 1)
SHARES = {"text": 0.8, "hold out": 0.2}


def trial_of(rate: Callable[[str, int], float], *, size: int = 5_000, seed: int = 1) -> tuple[sk.Dataset, pd.Series]:
    """Return people with 1 to 5 early orders, four fifths of them texted, who order as `rate` says for arm and number of orders."""
    random = np.random.default_rng(seed)
    arms = {f"p{place}": "hold out" if place % 5 == 0 else "text" for place in range(size)}
    rows = []
    for place, (name, arm) in enumerate(arms.items()):
        orders = 1 + place // 5 % 5
        rows += [(name, "Placed Order", START - timedelta(days=9 + order), 20.0) for order in range(orders)]
        if random.random() < rate(arm, orders):
            rows.append((name, "Placed Order", START + timedelta(days=int(random.integers(14))), 10.0 + place % 7))
        if random.random() < (0.02 if arm == "text" else 0.005):
            rows.append((name, "Unsubscribed from SMS Marketing", START + timedelta(days=1), None))
    events = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "value"])
    return sk.Dataset.from_frames(None, events, as_of="2026-06-30"), pd.Series(arms)


@pytest.fixture(scope="module")
def trial() -> tuple[sk.Dataset, pd.Series]:
    """Return a test in which the text adds five points."""
    return trial_of(lambda arm, _: 0.15 if arm == "text" else 0.10)


def test_the_figures_are_those_of_the_events(trial: tuple[sk.Dataset, pd.Series]):
    """Counted by pandas: who did it, how often, for how much, and who unsubscribed, in each arm, control first."""
    shop, arms = trial
    found = sk.measure(arms, shop, start=START, within_days=14, shares=SHARES)
    rows = [(name, metric, stamp, value) for metric in ("Placed Order", "Unsubscribed from SMS Marketing") for name, stamp, value in _events(shop, metric)]  # fmt: skip
    events = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "value"])
    events = events[(events["datetime"] >= "2026-06-01") & (events["datetime"] < "2026-06-15")]
    events["arm"] = events["profile_id"].map(arms)
    orders, gone = (
        events[events["metric"] == metric] for metric in ("Placed Order", "Unsubscribed from SMS Marketing")
    )

    assert found.table["figure"].tolist() == ["did"] * 2 + ["events"] * 2 + ["value"] * 2 + ["unsubscribed"] * 2
    for row in found.table.to_dict("records"):
        mine = orders[orders["arm"] == row["arm"]]
        wanted = {"did": mine["profile_id"].nunique(), "events": len(mine), "value": mine["value"].sum(), "unsubscribed": (gone["arm"] == row["arm"]).sum()}  # fmt: skip
        assert row["people"] == (arms == row["arm"]).sum()
        assert row["total"] == pytest.approx(wanted[row["figure"]])
        assert row["average"] == pytest.approx(row["total"] / row["people"])
    assert found.table["arm"].tolist() == ["hold out", "text"] * 4


def _events(shop: sk.Dataset, metric: str) -> list[tuple[str, pd.Timestamp, float]]:
    events = shop.events.metric(metric)
    units = np.zeros(len(events)) if events.units is None else events.units / 10**events.scale
    return list(zip(shop.profile_ids[events.profiles], pd.to_datetime(events.times, unit="us"), units, strict=True))


def test_the_comparisons_are_those_of_the_formulas(trial: tuple[sk.Dataset, pd.Series]):
    """Newcombe's for shares, Welch's for means, with variances from the amounts of every person."""
    shop, arms = trial
    table = sk.measure(arms, shop, start=START, within_days=14, shares=SHARES).table.set_index(["figure", "arm"])
    did = [
        Sample.of_share(table.loc[("did", arm), "total"], table.loc[("did", arm), "people"])
        for arm in ("text", "hold out")
    ]
    spent = pd.Series(0.0, index=arms.index)
    window = pd.Timestamp("2026-06-01"), pd.Timestamp("2026-06-15")
    for name, stamp, value in _events(shop, "Placed Order"):
        spent[name] += value if window[0] <= stamp < window[1] else 0
    variances = [spent[arms == arm].var() / (arms == arm).sum() for arm in ("text", "hold out")]
    row = table.loc[("value", "text")]

    assert (
        tuple(table.loc[("did", "text"), ["difference_low", "difference_high"]])
        == effects.difference_of_shares(*did)[1]
    )
    assert row["difference_high"] - row["difference"] == pytest.approx(1.9605 * np.sqrt(sum(variances)), rel=1e-3)
    assert np.isnan(table.loc[("did", "hold out"), "difference"])


def test_the_finding_has_its_interval_and_its_base(trial: tuple[sk.Dataset, pd.Series]):
    """An effect is told as such only if its interval does not contain 0."""
    shop, arms = trial
    found = sk.measure(arms, shop, start=START, within_days=14, shares=SHARES)
    nothing = sk.measure(*reversed(trial_of(lambda *_: 0.1)), start=START, within_days=14, shares=SHARES)

    assert found.finding.startswith("'text' adds to Placed Order within 14 days: +")
    assert "of 'hold out'" in found.finding
    assert nothing.finding.startswith("Not known whether 'text' adds to Placed Order")
    assert "All of the outcome, whatever led to it" in found._repr_html_()
    assert found.ratio_chance > 0.9


def test_a_sequential_measurement_is_wider(trial: tuple[sk.Dataset, pd.Series]):
    """It holds at every look, which costs width; the differences stay as they are."""
    shop, arms = trial
    plain, every_day = (
        sk.measure(arms, shop, start=START, within_days=14, shares=SHARES, sequential=flag).table.iloc[1]
        for flag in (False, True)
    )

    assert every_day["relative"] == pytest.approx(plain["relative"])
    assert every_day["relative_low"] < plain["relative_low"]
    assert every_day["difference_low"] == plain["difference_low"]


def test_a_split_is_measured_as_it_is():
    """Its control arm and shares come with it."""
    shop, _ = trial_of(lambda *_: 0.1, size=2_000)
    everybody = sk.Segment("Buyers", sk.did("Placed Order"))
    arms = sk.split(everybody, shop, {"text": 0.7, "later": 0.2, "hold out": 0.1}, key="spring")
    found = sk.measure(arms, shop, start=START, within_days=14)

    assert found.control == "hold out"
    assert found.ratio_chance == pytest.approx(1)
    assert set(found.table["arm"]) == {"text", "later", "hold out"}


def test_arms_of_the_wrong_size_are_warned_of(trial: tuple[sk.Dataset, pd.Series]):
    """Somebody left the held-out arm for another reason than chance."""
    shop, arms = trial
    lost = arms[(arms == "text") | (np.arange(len(arms)) % 4 > 0)]

    with pytest.warns(SegkitWarning, match="not have the planned sizes .'hold out' 750, 'text' 4,000"):
        found = sk.measure(lost, shop, start=START, within_days=14, shares=SHARES)
    assert found.ratio_chance < 0.001
    unchecked = sk.measure(lost, shop, start=START, within_days=14)
    assert unchecked.notes[-1].startswith("Whether the arms have the planned sizes is not checked")


def test_a_test_that_is_not_over_and_people_who_are_gone_are_named(trial: tuple[sk.Dataset, pd.Series]):
    """Counts what there is, and says that it is not final."""
    shop, arms = trial
    with pytest.warns(SegkitWarning) as told:
        found = sk.measure(
            pd.concat([arms, pd.Series({"gone": "text"})]), shop, start=START, within_days=60, shares=SHARES
        )

    words = [str(one.message) for one in told]
    assert any("Only 30 of the 60 days are in the data, to 2026-06-30" in one for one in words)
    assert any("1 person in the arms is not in the data" in one for one in words)
    assert str(found.last) == "2026-06-30"


def test_days_before_the_first_outcome_are_counted(trial: tuple[sk.Dataset, pd.Series]):
    """In measurements and in uplifts: orders begin on 2026-05-19 here, and a window of 60 days begins 42 days before."""
    shop, arms = trial
    for ask in (
        lambda start: sk.measure(arms, shop, start=start, within_days=60, shares=SHARES),
        lambda start: sk.uplift(arms, shop, orders_of, start=start, within_days=60, orders=[1, 2]),
    ):
        with pytest.warns(
            SegkitWarning, match="no 'Placed Order' before 2026-05-19, so nothing counts on 42 of 60 days"
        ):
            found = ask("2026-04-07")
        assert "every figure is too low" in found.notes[0]
        with pytest.raises(
            AnalysisError,
            match="first 'Placed Order' in the data is on 2026-05-19, but responses are counted only from 2026-01-01",
        ):
            ask("2026-01-01")
    assert not any("before" in note for note in sk.measure(arms, shop, start="2026-05-19", within_days=30).notes)


def test_a_base_rate_from_too_few_days_is_named(trial: tuple[sk.Dataset, pd.Series]):
    """The notes of the split's people and of the days are those of `detectable`, too, in its card and as warnings."""
    shop, _ = trial
    everybody = sk.Segment("Buyers", sk.did("Placed Order"))
    arms = sk.split(everybody, shop, SHARES, key="spring")
    later = sk.Dataset.from_frames(None, pd.DataFrame({"profile_id": [f"p{place}" for place in range(0, 4_000, 3)], "metric": "Placed Order", "datetime": "2026-06-28"}), as_of="2026-06-30")  # fmt: skip

    with pytest.warns(SegkitWarning) as told:
        found = sk.detectable(arms, later, within_days=60, base_rate=0.1)
    assert [str(one.message) for one in told] == list(found.notes)
    assert found.notes[0].startswith("3,666 people in the arms are not in the data")
    assert "so nothing counts on 57 of 60 days" in found.notes[1]
    assert "57 of 60 days" in found._repr_html_()
    assert not sk.detectable(arms, shop, within_days=30).notes


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_people_without_an_arm_are_named(trial: tuple[sk.Dataset, pd.Series], missing: object):
    """Whatever the missing value is, in measurements and in uplifts, and the figures are those of the others."""
    shop, arms = trial
    some = arms.where(np.arange(len(arms)) >= 1_000, missing)
    for ask in (
        lambda given: sk.measure(given, shop, start=START, within_days=14, shares=SHARES),
        lambda given: sk.uplift(given, shop, orders_of, start=START, within_days=14, orders=[1, 2]),
    ):
        with pytest.warns(SegkitWarning, match="1,000 people are not counted, because their arm is missing"):
            found = ask(some)
        assert found.notes[0] == "1,000 people are not counted, because their arm is missing."
        assert found.table.equals(ask(arms.iloc[1_000:]).table)


def test_few_responders_are_named():
    """Too few for a reliable interval."""
    shop, arms = trial_of(lambda *_: 0.02, size=500)

    with pytest.warns(SegkitWarning) as told:
        sk.measure(arms, shop, start=START, within_days=14, shares=SHARES)
    assert all("did it: too few for a reliable interval" in str(one.message) for one in told)
    assert len(told) == 2


def test_tests_that_can_not_be_measured_are_refused(trial: tuple[sk.Dataset, pd.Series]):
    """Each with what would do."""
    shop, arms = trial
    ask = {"start": START, "within_days": 14}
    for wrong, message in (
        (arms.replace("hold out", "holdout"), "There is no arm named 'hold out'. Did you mean 'holdout'"),
        (arms[arms == "hold out"], "Everybody is in the arm 'hold out'"),
        (pd.Series({"p0": "hold out", "x": "text"}), "Nobody in the arm 'text' is in the data"),
    ):
        with pytest.raises(AnalysisError, match=message):
            sk.measure(wrong, shop, **ask)
    with pytest.raises(AnalysisError, match="starts on 2026-07-05, but the data ends on 2026-06-30"):
        sk.measure(arms, shop, start="2026-07-05", within_days=14)
    with pytest.raises(AnalysisError, match="Nobody among 5,000 people"):
        sk.measure(arms, shop, start="2026-06-20", within_days=5)
    with pytest.raises(DefinitionError, match="Series of arms by profile_id"):
        sk.measure({"p0": "text"}, shop, **ask)
    with pytest.raises(DefinitionError, match="occurs once"):
        sk.measure(pd.concat([arms, arms[:1]]), shop, **ask)
    with pytest.raises(DefinitionError, match="An arm of shares can't be 'text'"):
        sk.measure(arms, shop, shares={"hold out": 0.2, "txt": 0.8}, **ask)
    with pytest.raises(DataError, match="Placed Ordr"):
        sk.measure(arms, shop, outcome="Placed Ordr", **ask)


def test_arms_that_share_numbers_are_refused():
    """Somebody who was held out was texted under another profile."""
    people = pd.DataFrame({"profile_id": [*"abc"], "phone_number": ["+16175550132", "+16175550132", "+16175550133"]})
    events = pd.DataFrame({"profile_id": [*"abc"], "metric": "Placed Order", "datetime": "2026-06-02"})
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30")

    with pytest.raises(AnalysisError, match="share 1 phone number"):
        sk.measure(pd.Series({"a": "text", "b": "hold out", "c": "text"}), shop, start=START, within_days=14)


def test_cells_that_are_no_number_are_not_shared():
    """Two people with "n/a" are not one."""
    people = pd.DataFrame({"profile_id": [*"abc"], "phone_number": ["n/a", "n/a", None]})
    events = pd.DataFrame({"profile_id": [*"abc"], "metric": "Placed Order", "datetime": "2026-06-01"})
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    arms = pd.Series({"a": "text", "b": "hold out", "c": "text"})

    with pytest.warns(SegkitWarning, match="too few for a reliable interval"):
        assert len(sk.measure(arms, shop, start=START, within_days=14).table) == 4


def test_what_a_hold_out_can_show_is_priced():
    """From the split's own people: the base rate, the value of a response, what a text must add, and what holding out costs."""
    shop, _ = trial_of(lambda *_: 0.1, size=5_000)
    arms = sk.split(sk.Segment("Buyers", sk.did("Placed Order")), shop, SHARES, key="spring")
    found = sk.detectable(arms, shop, within_days=30, margin=0.5, cost_per_text=0.05, expected=0.2)
    rate = found.base_rate

    assert 0.08 < rate < 0.12
    assert found.relative == pytest.approx(
        2.8016 * np.sqrt(rate * (1 - rate)) * np.sqrt(1 / 1_000 + 1 / 4_000) / rate, rel=1e-4
    )
    assert found.break_even == pytest.approx(0.05 / (0.5 * found.value_per_response * rate))
    assert found.gain_per_text == pytest.approx(0.5 * found.value_per_response * found.difference - 0.05)
    assert found.cost_of_holding_out == pytest.approx(found.gain_per_text * 1_000)
    assert found.weeks == pytest.approx(30 / 7 * (found.relative / 0.2) ** 2)
    assert found.is_worth_it
    assert "a text pays for itself at" in found._repr_html_()


def test_a_hold_out_that_shows_nothing_is_called_that():
    """20,000 people with 10 % held out see only a near doubling; 400,000 with 5 % see 27 %."""
    small, large = (
        sk.detectable(20_000, held_out=0.1, base_rate=0.005726),
        sk.detectable(400_000, held_out=0.05, base_rate=0.005726),
    )

    assert (round(small.relative, 2), small.is_worth_it) == (0.87, False)
    assert small.verdict.startswith("Not worth it: only an effect of +87% or more would be found")
    assert (round(large.relative, 2), large.is_worth_it) == (0.27, True)


def test_questions_of_detectable_without_an_answer_are_refused(trial: tuple[sk.Dataset, pd.Series]):
    """With what is missing."""
    shop, _ = trial
    arms = sk.split(sk.Segment("Buyers", sk.did("Placed Order")), shop, SHARES, key="spring")
    with pytest.raises(DefinitionError, match="held_out"):
        sk.detectable(20_000)
    with pytest.raises(DefinitionError, match="above 0 and below 1"):
        sk.detectable(20_000, held_out=1.0, base_rate=0.1)
    with pytest.raises(DefinitionError, match="base_rate"):
        sk.detectable(arms)
    with pytest.raises(AnalysisError, match="base rate of 'Placed Order' is 0"):
        sk.detectable(arms, base_rate=0.0)
    with pytest.raises(DefinitionError, match=r"the result of sk\.split, or a number"):
        sk.detectable("spring")
    with pytest.raises(DefinitionError, match="margin"):
        sk.detectable(arms, base_rate=0.1, margin=2.0)


def orders_of(*, orders: int = 1) -> sk.Segment:
    """Return everybody with so many orders ever."""
    return sk.Segment("Orders", sk.did("Placed Order", at_least=orders))


def test_a_threshold_is_replayed_over_a_test():
    """The text moves people with four and five orders alone: members and others are counted by hand at each setting."""
    shop, arms = trial_of(lambda arm, orders: 0.1 + 0.2 * (arm == "text" and orders >= 4))
    found = sk.uplift(arms, shop, orders_of, start=START, within_days=14, orders=range(1, 6))
    before = {name: 1 + place // 5 % 5 for place, name in enumerate(arms.index)}
    did = {
        name
        for name, stamp, _ in _events(shop, "Placed Order")
        if pd.Timestamp("2026-06-01") <= stamp < pd.Timestamp("2026-06-15")
    }

    for row in found.table.to_dict("records"):
        for side, is_in in (("members", True), ("others", False)):
            for arm, name in (("text", f"{side}_rate"), ("hold out", f"{side}_control_rate")):
                people = [one for one in arms.index[arms == arm] if (before[one] >= row["orders"]) == is_in]
                assert row[name] == pytest.approx(
                    len(did.intersection(people)) / len(people) if people else np.nan, nan_ok=True
                )
    apart = found.table.set_index("orders")["apart"]
    assert apart.idxmax() == 4
    assert found.table.loc[found.table["orders"] == 4, "apart_low"].item() > 0
    assert found.finding.startswith("At orders 4 the text adds")
    assert "5 settings" in found._repr_html_()


def test_the_rule_is_asked_before_the_text():
    """What people bought in the test does not make them members, in whatever way settings are asked."""
    shop, arms = trial_of(lambda *_: 0.5, size=500)

    def lately(*, metric: str = "Placed Order", days: int = 5) -> sk.Segment:
        return sk.Segment("Lately", sk.did(metric, in_last_days=days))

    by_days = sk.uplift(arms, shop, lately, start=START, within_days=14, days=[5, 300]).table
    by_metric = sk.uplift(arms, shop, lately, start=START, within_days=14, days=300, metric=["Placed Order", "Unsubscribed from SMS Marketing"]).table  # fmt: skip
    assert by_days["members"].tolist() == [0, 500]
    assert by_metric["members"].tolist() == [500, 0]
    assert by_metric["members_uplift"][0] == by_days["members_uplift"][1]


def test_no_setting_stands_out_where_the_text_moves_all_alike():
    """The finding says so, and nothing is picked out of the noise."""
    shop, arms = trial_of(lambda arm, _: 0.15 if arm == "text" else 0.1, seed=3)
    found = sk.uplift(arms, shop, orders_of, start=START, within_days=14, orders=range(1, 6))

    assert found.finding == "What the text adds to members and to others differs measurably at none of 5 settings"


def test_uplifts_without_an_answer_are_refused(trial: tuple[sk.Dataset, pd.Series]):
    """Nothing varies, an arm is not there or not clear, or nobody did it."""
    shop, arms = trial
    three = arms.where(np.arange(len(arms)) % 2 > 0, "later").where(arms == "text", arms)
    ask = {"start": START, "within_days": 14}
    with pytest.raises(DefinitionError, match="parameter="):
        sk.uplift(arms, shop, orders_of, **ask)
    with pytest.raises(DefinitionError, match="treated='later'"):
        sk.uplift(three, shop, orders_of, orders=[1, 2], **ask)
    with pytest.raises(AnalysisError, match="There is no arm named 'sms'"):
        sk.uplift(three, shop, orders_of, orders=[1, 2], treated="sms", **ask)
    with pytest.raises(AnalysisError, match="Nobody among 5,000 people"):
        sk.uplift(arms, shop, orders_of, orders=[1, 2], start="2026-06-20", within_days=3)
    assert sk.uplift(three, shop, orders_of, orders=[1, 2], treated="later", **ask).treated == "later"


def test_differences_between_members_and_others_are_covered():
    """Of 2,000 tests in which the text moves all alike, about 95 % of the intervals of `apart` hold 0."""
    random = np.random.default_rng(9)
    held = 0
    for _ in range(2_000):
        sides = [[random.binomial(size, rate) for size, rate in ((800, 0.12), (200, 0.1))] for _ in range(2)]
        found = [
            effects.difference_of_shares(Sample.of_share(one, 800), Sample.of_share(other, 200)) for one, other in sides
        ]
        (first, (low, high)), (second, (other_low, other_high)) = found
        apart = first - second
        held += (
            apart - np.hypot(first - low, other_high - second)
            <= 0
            <= apart + np.hypot(high - first, second - other_low)
        )

    assert held / 2_000 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 2_000))

"""Backtests: members as the rule would have picked them then, outcomes as counted one by one, and figures that others published."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.backtest import NOT_BECAUSE, backtest
from segkit.errors import DataError, DefinitionError, SegkitWarning
from segkit.errors.analysis import AnalysisError

SAMPLE = Path(__file__).parents[2] / "sample_data"
pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


def bought(*, days: Annotated[int, sk.Range(7, 365)] = 30) -> sk.Segment:
    """Return everybody who bought in the last days."""
    return sk.Segment("Bought lately", sk.did("Placed Order", in_last_days=days))


@pytest.fixture(scope="module")
def cdnow() -> sk.Dataset:
    """Return CDNOW's purchases, to the end of their last day."""
    return sk.load(SAMPLE / "cdnow", as_of="1998-06-30")


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(SAMPLE)


@pytest.fixture(scope="module")
def orders(shop: sk.Dataset) -> pd.DataFrame:
    """Return the sample shop's orders and opt-outs, read by pandas."""
    events = pd.read_csv(
        SAMPLE / "events.csv.gz", dtype={"profile_id": str}, usecols=["profile_id", "metric", "datetime", "value"]
    )
    return events.assign(datetime=pd.to_datetime(events["datetime"], utc=True))


def test_cdnow_next_month(cdnow: sk.Dataset):
    """At the close of 30 September 1997, 30 days ahead, everybody who ever bought: members, response rate, reached, lift."""
    found = backtest(bought, cdnow, moments=["1997-09-30"], days=[29, 59, 89, 119, 179])
    table = found.table.round({"response_rate": 3, "reached": 3, "lift": 2, "base_rate": 3})

    assert table[["members", "response_rate", "reached", "lift"]].to_numpy().tolist() == [
        [1_739, 0.300, 0.288, 3.91],
        [2_924, 0.263, 0.426, 3.44],
        [4_195, 0.233, 0.541, 3.04],
        [5_302, 0.212, 0.623, 2.77],
        [7_249, 0.182, 0.730, 2.37],
    ]
    assert set(table["base_rate"]) == {0.077}
    assert found.by_moment["base_size"].tolist() == [23_570] * 5


def test_cdnow_next_nine_months(cdnow: sk.Dataset):
    """The 273 days to the end of June 1998, in which 29.9 % buy again; here the published windows do not count today."""
    found = backtest(bought, cdnow, moments=["1997-09-30"], within_days=273, days=[30, 60, 90, 120, 180]).table

    assert round(found["base_rate"][0], 3) == 0.299
    assert found[["response_rate", "reached"]].round(3).to_numpy().tolist() == [
        [0.770, 0.194],
        [0.738, 0.312],
        [0.703, 0.421],
        [0.670, 0.507],
        [0.604, 0.623],
    ]


def test_accuracy_would_praise_saying_nobody(cdnow: sk.Dataset):
    """Saying that nobody returns is right for .923 of CDNOW's people in the next month, so it is no figure of the table."""
    found = backtest(bought, cdnow, moments=["1997-09-30"], days=[29]).table

    assert round(1 - found["base_rate"][0], 3) == 0.923
    assert "accuracy" not in found.columns


@pytest.mark.parametrize(
    ("builder", "settings"),
    [
        (sk.sms_engaged, {"clicked_days": [30, 90], "subscribed_days": [7, 30]}),
        (sk.sms_country, {"countries": [["US"], ["CA", "GB"]]}),
        (sk.sms_vip, {"spent": [100, 400], "orders": 2}),
    ],
)
def test_figures_are_those_of_counting_one_by_one(shop: sk.Dataset, orders: pd.DataFrame, builder, settings: dict):
    """Whether bins decide the members or each setting is asked alone, at every moment and pooled."""
    moments = ["2025-11-30", "2026-02-28"]
    base = sk.Segment("Texted", sk.can_receive("sms"))
    found = backtest(builder, shop, moments=moments, base=base, outcome="Placed Order", within_days=45, **settings)
    varying = list(found.settings)
    totals: dict[tuple, list] = {}
    for row in found.by_moment.to_dict("records"):
        values = {name: row[name] for name in varying}
        fixed = {name: value for name, value in settings.items() if name not in varying}
        then = shop.with_as_of(row["moment"])
        who = sk.membership([builder(**fixed, **values), base], then).to_numpy()
        members, inside = shop.profile_ids[who.all(axis=1)], shop.profile_ids[who[:, 1]]
        start = row["moment"].normalize() + pd.Timedelta(days=1)
        after = orders[(orders["datetime"] >= start) & (orders["datetime"] < start + pd.Timedelta(days=45))]
        bought = after[after["metric"] == "Placed Order"]
        left = after[after["metric"].isin(["Unsubscribed from SMS Marketing", "Unsubscribed from SMS"])]
        mine = bought[bought["profile_id"].isin(members)]
        did = mine["profile_id"].nunique()
        base_did = bought.loc[bought["profile_id"].isin(inside), "profile_id"].nunique()
        gone = left.loc[left["profile_id"].isin(members), "profile_id"].nunique()
        counts = [len(members), did, len(inside), base_did, len(mine), mine["value"].sum(), gone]
        totals.setdefault(tuple(map(str, values.values())), []).append(counts)

        assert (row["members"], row["base_size"]) == (len(members), len(inside))
        np.testing.assert_allclose(
            [row[name] for name in ("response_rate", "base_rate", "reached", "events_per_member", "value_per_member", "unsubscribed")],
            [did / len(members), base_did / len(inside), did / base_did, len(mine) / len(members), mine["value"].sum() / len(members), gone / len(members)],
        )  # fmt: skip
    for row in found.table.to_dict("records"):
        members, did, inside, base_did, events, value, gone = np.sum(
            totals[tuple(str(row[one]) for one in varying)], axis=0
        )
        np.testing.assert_allclose(
            [row[name] for name in ("members", "share", "response_rate", "lift", "reached", "events_per_member", "value_per_member", "unsubscribed")],
            [members / 2, members / inside, did / members, did / members / (base_did / inside), did / base_did, events / members, value / members, gone / members],
        )  # fmt: skip


def test_every_figure_lies_in_its_interval(shop: sk.Dataset):
    """And every interval is wider than nothing."""
    table = backtest(sk.sms_engaged, shop, clicked_days=[30, 90, 180]).table
    figures = [name for name in table.columns if f"{name}_low" in table.columns]

    assert figures == ["members", "share", "response_rate", "base_rate", "lift", "reached", "events_per_member", "value_per_member", "unsubscribed"]  # fmt: skip
    for name in figures:
        assert (table[f"{name}_low"] < table[name]).all(), name
        assert (table[name] < table[f"{name}_high"]).all(), name


def test_moments_go_back_from_the_last_complete_one(shop: sk.Dataset):
    """A year of them; the data ends within its last day, which does not count. The rule and the outcome find all their days in the data."""
    found = backtest(bought, shop, days=[90])

    assert str(found.moments[-1])[:10] == "2026-05-30"
    assert {(later - earlier).days for earlier, later in zip(found.moments, found.moments[1:], strict=False)} == {30}
    assert len(found.moments) == 12
    assert "The data also has" in found.notes[0]


def test_moments_that_are_not_complete_are_left_out_and_named(cdnow: sk.Dataset):
    """With the reason; one before the data, and one whose days afterwards are still to come."""
    found = backtest(bought, cdnow, moments=["1998-06-15", "1996-01-01", "1998-03-31", "1998-03-31"], days=[30])

    assert [str(moment)[:10] for moment in found.moments] == ["1998-03-31"]
    assert [str(moment)[:10] for moment in found.left_out["moment"]] == ["1996-01-01", "1998-06-15"]
    assert found.left_out["reason"].tolist() == [
        "the data begins on 1997-01-01",
        "the 30 days after it end on 1998-07-15, but the data ends on 1998-06-30",
    ]
    assert "2 moments left out" in found._repr_html_()


def test_a_rule_that_looks_back_further_than_the_data_is_named(cdnow: sk.Dataset):
    """Chosen moments are used all the same; without a choice they would not be."""
    found = backtest(bought, cdnow, moments=["1997-03-31"], days=[179])

    assert "looks back 180 days, but the data before 1 moment is shorter" in found.notes[0]


def test_members_are_those_of_the_moment():
    """A profile that was created later is nobody yet, and days begin and end at midnight UTC."""
    people = pd.DataFrame({"profile_id": [*"abcd"], "created": ["2026-01-01"] * 3 + ["2026-04-01"]})
    times = [("a", "03-31T23:59:59"), ("a", "05-01T00:00:00"), ("b", "03-01T00:00:00"), ("b", "04-01T00:00:00"), ("c", "02-28T23:59:59"), ("c", "04-30T23:59:59"), ("d", "04-02T00:00:00")]  # fmt: skip
    orders = pd.DataFrame([(who, f"2026-{time}Z", "Placed Order") for who, time in times], columns=["profile_id", "datetime", "metric"])  # fmt: skip
    shop = sk.Dataset.from_frames(people, orders, as_of="2026-05-31")
    found = backtest(bought, shop, moments=["2026-03-31"], days=[30]).by_moment

    assert found[["members", "base_size", "response_rate", "base_rate"]].to_numpy().tolist() == [[2, 3, 0.5, 2 / 3]]


def test_a_segment_is_a_rule_with_one_setting(cdnow: sk.Dataset):
    """It has the figures of the builder's setting, under its name."""
    alone = backtest(bought(days=29), cdnow, moments=["1997-09-30"]).table
    swept = backtest(bought, cdnow, moments=["1997-09-30"], days=[29]).table

    assert alone["segment"].tolist() == ["Bought lately"]
    pd.testing.assert_frame_equal(alone.drop(columns="segment"), swept.drop(columns="days"))
    with pytest.raises(DefinitionError, match="'days' can't be set: 'Bought lately' is a segment"):
        backtest(bought(days=29), cdnow, days=[29])


def test_a_backtest_shows_what_it_does_not_know(shop: sk.Dataset):
    """The card has the finding with its base, intervals, and the sentence that coming back is not coming back because of a text."""
    found = backtest(sk.sms_gender, shop, gender=["female", "male"], base=sk.sms_subscribers())

    assert repr(found).startswith("Backtest: 2 settings at 12 moments: of the base (SMS subscribers, ")
    html = found._repr_html_()
    assert NOT_BECAUSE in html
    assert "'Gender' is known only as of today" in html.replace("&#x27;", "'").replace("&#39;", "'")
    assert found.table["unsubscribed"].notna().all()


def test_what_bends_the_answer_is_warned_of(shop: sk.Dataset):
    """A property of today decides who would have been picked then."""
    with pytest.warns(SegkitWarning, match="'Gender' is known only as of today"):
        backtest(sk.sms_gender, shop, gender=["female"])


def test_every_setting_that_matches_nobody_is_named_alike_by_all_who_try_settings():
    """By sweeps, backtests and uplifts, also for settings after the first; and settings that differ in a number are named once."""
    rows = [
        (f"p{place}", "Placed Order", f"2026-0{month}-10") for month in range(1, 7) for place in range(0, 40, month)
    ]
    people = pd.DataFrame(
        {"profile_id": [f"p{place}" for place in range(40)], "created": "2026-01-01", "city": "Boston"}
    )
    events = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"])
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    arms = pd.Series(["text", "hold out"] * 20, index=people["profile_id"])
    today = {"allow_todays": ["city"]}

    def lived(*, city: str = "Boston", days: int = 90) -> sk.Segment:
        return sk.Segment("Lived", sk.has("city", equals=city) & sk.did("Placed Order", in_last_days=days))

    def notes_of(ask: Callable[..., object], **settings: object) -> list[str]:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            ask(**settings)
        return [str(one.message) for one in told if str(one.message).startswith("Nobody has city")]

    asks = [
        lambda **settings: sk.sweep(lived, shop, **settings),
        lambda **settings: sk.backtest(lived, shop, moments=["2026-04-30"], **today, **settings),
        lambda **settings: sk.uplift(arms, shop, lived, start="2026-06-01", within_days=14, **today, **settings),
    ]
    wrong, numbers, both = [
        [notes_of(ask, **settings) for ask in asks]
        for settings in (
            {"city": ["Boston", "boston", "Bostn"]},
            {"city": "boston", "days": [30, 60, 90]},
            {"city": ["Boston", "Bostn"], "days": [30, 60]},
        )
    ]
    assert [[note.split("'")[1] for note in notes] for notes in wrong] == [["boston", "Bostn"]] * 3
    assert [len(notes) for notes in (*numbers, *both)] == [1] * 6


def test_a_metric_without_amounts_has_no_value(shop: sk.Dataset):
    """Clicks have no amounts, so no value is made up of them."""
    table = backtest(sk.sms_engaged, shop, outcome="Clicked Text Message", clicked_days=[30]).table

    assert "value_per_member" not in table.columns
    assert table["response_rate"].between(0, 1).all()


def test_questions_without_an_answer_are_refused(shop: sk.Dataset, cdnow: sk.Dataset):
    """Each with what would do."""
    with pytest.raises(
        AnalysisError,
        match="looks back 601 days, and the outcome is counted in the 30 days after that, which needs 631",
    ):
        backtest(bought, cdnow, days=[30, 600])
    with pytest.raises(AnalysisError, match="Moments with 30 days of data afterwards: from 1997-01-01 to 1998-05-31"):
        backtest(bought, cdnow, moments=["1998-06-30"], days=[30])
    with pytest.raises(AnalysisError, match="No profile has an event 'Cancelled Order'"):
        backtest(bought, cdnow, outcome="Cancelled Order", days=[30])
    with pytest.raises(AnalysisError, match=r"The base \(Nobody\) has no profiles"):
        backtest(bought, cdnow, base=sk.Segment("Nobody", sk.did_not("Placed Order", before="2030-01-01")), days=[30])
    with pytest.raises(AnalysisError, match="allow_todays"):
        backtest(sk.sms_budget_shoppers, shop, clv=[10, 20])
    with pytest.raises(DataError, match="'Placed Ordr'"):
        backtest(bought, cdnow, outcome="Placed Ordr", days=[30])
    assert len(backtest(sk.sms_budget_shoppers, shop, clv=[10, 20], allow_todays=["predicted_clv"]).table) == 2


def test_a_base_of_which_nobody_or_everybody_responds_is_refused():
    """No setting could be told from another."""
    orders = pd.DataFrame({"profile_id": ["ann", "bea"] * 2, "metric": "Placed Order", "datetime": ["2026-03-01"] * 2 + ["2026-05-01"] * 2})  # fmt: skip
    shop = sk.Dataset.from_frames(None, orders, as_of="2026-05-31")

    with pytest.raises(AnalysisError, match="Everybody in the base"):
        backtest(bought, shop, moments=["2026-04-30"], days=[90])
    with pytest.raises(
        AnalysisError,
        match="has 2 profiles, counted at each moment, but none of them has 'Placed Order' within 10 days",
    ):
        backtest(bought, shop, moments=["2026-03-31"], days=[90], within_days=10)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"within_days": 0}, "within_days must be a whole number"),
        ({"every_days": 1.5}, "every_days must be a whole number"),
        ({"outcome": ["Placed Order"]}, "outcome must be the name of a metric"),
        ({"moments": []}, "moments must be at least one date"),
        ({"moments": ["soon"]}, "soon"),
        ({"weeks": [1]}, "has no argument 'weeks'"),
        ({"days": []}, "settings must be at least one value"),
        ({"base": "VIP"}, "Expected a segment"),
    ],
)
def test_wrong_arguments_are_named(cdnow: sk.Dataset, wrong: dict, message: str):
    """With what they must be."""
    with pytest.raises((DefinitionError, DataError), match=message):
        backtest(bought, cdnow, **({"days": [30]} | wrong))

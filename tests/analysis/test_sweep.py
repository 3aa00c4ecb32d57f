"""Sweeps: every setting's size is the size that membership gives for that setting alone."""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.sweep import sweep


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(Path(__file__).parents[2] / "sample_data")


def size(segment: sk.Segment, shop: sk.Dataset) -> int:
    """Return a segment's size by membership."""
    return int(sk.membership(segment, shop).to_numpy().sum())


@pytest.mark.parametrize(
    ("builder", "settings"),
    [
        (sk.sms_engaged, {"clicked_days": range(7, 200, 31)}),
        (sk.sms_vip, {"spent": [0, 99.99, 500, 5_000], "orders": np.arange(1, 8, 3)}),
        (sk.sms_nearby, {"radius": [1, 30, 400], "unit": ["miles", "kilometers"], "of": "02110"}),
        (sk.sms_country, {"countries": [["US"], ["CA", "GB"]]}),
        (sk.prefers_sms, {"count_opens": [True, False], "email_days": 200}),
    ],
)
def test_sizes_are_those_of_membership_one_by_one(shop: sk.Dataset, builder, settings: dict):
    """Each row's parameters, given to the builder, make a segment of the row's size; its share is of all profiles."""
    table = sweep(builder, shop, **settings)
    varying = [name for name in settings if name in table.columns]
    fixed = {name: value for name, value in settings.items() if name not in varying}

    assert list(table.columns) == [*varying, "size", "share", "base"]
    for row in table.to_dict("records"):
        assert row["size"] == size(builder(**fixed, **{name: row[name] for name in varying}), shop)
        assert row["share"] == row["size"] / len(shop)
        assert row["base"] == "all profiles"


def test_rows_are_every_combination_the_last_parameter_fastest(shop: sk.Dataset):
    """Two parameters make a grid, in the order of the values as given."""
    table = sweep(sk.sms_engaged, shop, clicked_days=[90, 30], subscribed_days=[7, 14])

    assert table[["clicked_days", "subscribed_days"]].to_numpy().tolist() == [[90, 7], [90, 14], [30, 7], [30, 14]]


def test_a_longer_window_never_loses_anybody(shop: sk.Dataset):
    """The size of an "in the last days" rule does not fall as the days rise."""
    assert sweep(sk.sms_engaged, shop, clicked_days=range(1, 400, 7))["size"].is_monotonic_increasing


def test_share_counts_members_in_the_base(shop: sk.Dataset):
    """A share is of the base, and members outside it do not count."""
    subscribers = sk.sms_subscribers()

    def clicked(*, days: Annotated[int, sk.Range(7, 365)] = 90) -> sk.Segment:
        return sk.Segment("Clicked", sk.did("Clicked SMS", in_last_days=days))

    table = sweep(clicked, shop, base=subscribers, days=[30, 365])
    both = [size(sk.Segment("both", clicked(days=days).condition & subscribers.condition), shop) for days in (30, 365)]

    assert table["size"].tolist() == [size(clicked(days=days), shop) for days in (30, 365)]
    assert table["share"].tolist() == [number / size(subscribers, shop) for number in both]
    assert set(table["base"]) == {"SMS subscribers"}


def test_share_of_an_empty_base_is_not_a_number():
    """Nothing is divided by zero, and no share is made up."""
    people = pd.DataFrame({"profile_id": ["ann"], "predicted_clv": [3.0], "sms_consent": ["subscribed"]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    nobody = sk.Segment("Nobody", sk.cannot_receive("sms"))

    assert sweep(sk.sms_budget_shoppers, shop, base=nobody, clv=[1, 5])["share"].isna().all()


def test_what_can_not_be_swept_is_refused(shop: sk.Dataset):
    """An unknown parameter, and a sweep in which nothing varies, are errors that name the parameters."""
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        sweep(sk.sms_engaged, shop, click_days=[1, 2])
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        sweep(sk.sms_engaged, shop, clicked_days=30)

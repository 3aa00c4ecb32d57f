"""What looks at the past or at a test answers from files as from memory, and no answer about the past changes with the future there either."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from duckdb_shops import connected
from hypothesis import given
from hypothesis import strategies as st
from past import members_then, replayable, with_another_future, with_dates
from reference import PlainShop
from strategies import SEEDS, mixed, shops

import segkit as sk
from segkit.analysis.moments import first_day
from segkit.definition.conditions import AllOf
from segkit.engine.engines import engine_of

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
START = "2026-03-31"


@pytest.fixture(scope="module")
def loaded() -> sk.Dataset:
    """Return the sample shop in memory."""
    return sk.load(Path(__file__).parents[3] / "sample_data")


@pytest.fixture(scope="module")
def shop(loaded: sk.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Return a connection to the sample shop, saved."""
    with sk.connect(loaded.save(tmp_path_factory.mktemp("saved") / "shop")) as found:
        yield found


@pytest.mark.parametrize(
    ("builder", "settings"),
    [
        (sk.sms_engaged, {"clicked_days": [30, 90], "subscribed_days": [7, 30]}),
        (sk.sms_vip, {"spent": [100, 400]}),
        (sk.sms_country, {"countries": [["US"], ["CA"]]}),
    ],
)
def test_backtests_are_the_same(shop: object, loaded: sk.Dataset, builder, settings: dict):
    """Figures, intervals and moments."""
    one, other = (
        sk.backtest(builder, data, base=sk.sms_subscribers(), moments=["2025-11-30", "2026-02-28"], **settings)
        for data in (shop, loaded)
    )

    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.by_moment, other.by_moment)
    assert one.notes == other.notes


def test_default_moments_are_the_same(shop: object, loaded: sk.Dataset):
    """They follow from the first events."""
    one, other = (sk.backtest(sk.sms_engaged, data, clicked_days=[30]) for data in (shop, loaded))

    assert one.moments == other.moments


def test_a_placeholder_date_is_no_first_day_in_files_either(tmp_path: Path):
    """A profile's real first event counts, not its placeholder."""
    orders = pd.DataFrame(
        {"profile_id": ["a", "a"], "metric": "Placed Order", "datetime": ["1970-01-01", "2026-05-01"]}
    )
    loaded = sk.Dataset.from_frames(None, orders, as_of="2026-06-30")
    with sk.connect(loaded.save(tmp_path / "shop")) as shop:
        assert first_day(engine_of(shop), "Placed Order") == date(2026, 5, 1)


def test_history_is_the_same(shop: object, loaded: sk.Dataset):
    """Sizes, changes with causes, movements, and days of leaving."""
    segments = [sk.sms_engaged(), sk.lapsed_customers()]
    histories = [sk.history(segments, data, every_days=60) for data in (shop, loaded)]
    changes = [sk.changes(segments[0], data, START) for data in (shop, loaded)]
    moves = [sk.movements(segments, data, START) for data in (shop, loaded)]
    going = [sk.leaving(segments[0], data, within_days=5) for data in (shop, loaded)]

    pd.testing.assert_frame_equal(*histories)
    pd.testing.assert_frame_equal(changes[0].table, changes[1].table)
    pd.testing.assert_frame_equal(changes[0].rows(), changes[1].rows())
    pd.testing.assert_frame_equal(*moves)
    assert going[0].days.to_dict() == going[1].days.to_dict()


def test_tests_are_measured_the_same(shop: object, loaded: sk.Dataset):
    """Arms, what they did, and what the text added at each setting."""
    arms = [
        sk.split(sk.sms_subscribers(), data, {"text": 0.8, "hold out": 0.2}, key="k", by=["predicted_gender"])
        for data in (shop, loaded)
    ]
    ask = {"start": "2026-05-01", "within_days": 30}
    measured = [sk.measure(arms[1], data, **ask).table for data in (shop, loaded)]
    moved = [sk.uplift(arms[1], data, sk.sms_engaged, clicked_days=[30, 90], **ask).table for data in (shop, loaded)]

    assert arms[0].arms.equals(arms[1].arms)
    pd.testing.assert_frame_equal(*measured)
    pd.testing.assert_frame_equal(*moved)


def test_several_segments_are_told_apart_the_same(shop: object, loaded: sk.Dataset):
    """Partition, similar segments, conditions and near misses."""
    segments = [sk.sms_vip(spent=300), sk.sms_engaged(), sk.lapsed_customers()]
    for ask in (lambda data: sk.partition(segments, data, capacity={"SMS VIP": 50}).table, lambda data: sk.similar(segments, data), lambda data: sk.clauses(segments[1], data), lambda data: sk.near_misses(segments[1], data)):  # fmt: skip
        pd.testing.assert_frame_equal(ask(shop), ask(loaded))


@given(shops(), SEEDS, st.integers(0, 40))
def test_no_answer_about_the_past_changes_with_the_future(shop: PlainShop, seed: bytes, back: int):
    """Whatever happens after a moment, the members of a rule at that moment stay the same."""
    random, shop = mixed(seed, shop), with_dates(shop)
    moment = shop.as_of - timedelta(days=back)
    with connected(shop) as one, connected(with_another_future(shop, moment, random)) as other:
        for condition in (AllOf(()), *(replayable(random) for _ in range(5))):
            assert members_then(condition, one, moment) == members_then(condition, other, moment)

"""The widgets take a connected shop as they take a loaded one."""

import pytest
from needs_duckdb import MISSING

import segkit as sk
from segkit.widgets import OverlapExplorer, Tuner

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason="DuckDB is not here"),
    pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning"),
]


@pytest.fixture
def connected_shop(tiny_shop, tmp_path):
    """Return the tiny shop, connected."""
    with sk.connect(tiny_shop.save(tmp_path / "shop")) as shop:
        yield shop


@pytest.mark.parametrize("builder", [sk.sms_engaged, sk.sms_vip], ids=lambda one: one.__name__)
def test_a_tuner_shows_the_same(builder, connected_shop, tiny_shop):
    """Its first view, its segment and its members are those of the loaded shop, and it moves."""
    found, wanted = (Tuner(builder, shop) for shop in (connected_shop, tiny_shop))
    assert found.segment == wanted.segment
    assert found.members.equals(wanted.members)
    assert found.view.value == wanted.view.value


def test_an_explorer_shows_the_same(connected_shop, tiny_shop):
    """So does an explorer of overlaps."""
    segments = [sk.sms_vip(), sk.sms_engaged(), sk.sms_subscribers()]
    found, wanted = (OverlapExplorer(segments, shop) for shop in (connected_shop, tiny_shop))
    assert repr(found) == repr(wanted)
    for one in (found, wanted):
        one.intersection = one.chosen[:1]
    assert found.members.equals(wanted.members)

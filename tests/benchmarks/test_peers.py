"""Every peer of the benchmarks answers as segkit does, whatever it is asked and whichever files it read."""

import numpy as np
import peers
import pytest
from asks import DRAGS, EIGHT, HUNDRED

OTHERS = [word for word in peers.available() if word != "segkit"]


@pytest.fixture(scope="module")
def segkit(shop_folder):
    """Return segkit with the shop loaded."""
    return peers.peer("segkit").load(shop_folder, "parquet")


@pytest.fixture(scope="module", params=OTHERS)
def other(request, shop_folder):
    """Return a peer with the shop loaded."""
    return peers.peer(request.param).load(shop_folder, "parquet")


@pytest.mark.parametrize("drag", DRAGS, ids=lambda drag: drag.name)
def test_peers_agree_along_a_slider(segkit, other, drag):
    """A peer's size is segkit's at positions along every slider, and the slider moves it."""
    asks = [drag.first(), *drag.later(6)]
    sizes = [segkit.size(ask) for ask in asks]

    assert [other.size(ask) for ask in asks] == sizes
    assert len(set(sizes)) > 1


def test_peers_agree_on_every_window(segkit, other):
    """A peer's sizes of all windows are segkit's, asked one by one and in its best way."""
    days = range(1, 61)
    sizes = segkit.sweep(days)

    assert other.sweep(days) == sizes
    assert other.loop(days[::20]) == sizes[::20]
    assert len(set(sizes)) > 10


def test_peers_agree_on_who_is_in(segkit, other):
    """A peer's membership table is segkit's, profile by profile."""
    for asks in (EIGHT, HUNDRED[::9]):
        expected = segkit.flags(segkit.membership(asks))

        assert np.array_equal(other.flags(other.membership(asks)), expected)
        assert expected.any(axis=0).mean() > 0.5


def test_peers_agree_on_overlap(segkit, other):
    """A peer counts pairs and exact intersections as segkit does, segments without a member included."""
    flags = segkit.flags(segkit.membership(EIGHT))
    flags = np.column_stack([flags, np.zeros(len(flags), dtype=bool)])

    assert other.overlap(other.table(flags)) == segkit.overlap(segkit.table(flags))
    assert other.intersections(other.table(flags)) == segkit.intersections(segkit.table(flags))


@pytest.mark.parametrize("word", peers.available())
def test_csv_and_parquet_are_one_shop(shop_folder, segkit, word):
    """A peer that read the shop as CSV answers as segkit does that read it as Parquet."""
    from_csv = peers.peer(word).load(shop_folder, "csv")

    assert [from_csv.size(ask) for ask in EIGHT] == [segkit.size(ask) for ask in EIGHT]

"""Events stay in their files: what a question needs of them is read by DuckDB, and not into memory."""

import pytest
from duckdb_shops import connected

import segkit as sk
from segkit.data.saved import events as saved_events

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

SEGMENTS = [sk.sms_vip(), sk.sms_engaged(), sk.prefers_sms(), sk.former_vip()]
OF_CONSENT = {"Subscribed to SMS Marketing", "Unsubscribed from SMS Marketing"}


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """Return the files of events that are read into memory from now on."""
    found: list[str] = []
    plain = saved_events._Metrics._events

    def heard(self, described):
        found.append(described["file"])
        return plain(self, described)

    monkeypatch.setattr(saved_events._Metrics, "_events", heard)
    return found


def test_questions_read_no_events_but_those_of_consent(tiny_shop, read):
    """Sizes, overlaps, members and curves, with their notes, leave the events in the files; notes on consent count its events."""
    web = sk.Segment("Web", sk.did("Placed Order", where={"Source": "web"}) & sk.spent("Placed Order", at_least=1))
    with connected(tiny_shop) as shop:
        read.clear()
        sk.sizes([*SEGMENTS, web], shop)
        sk.overlap([*SEGMENTS, web], shop)
        sk.intersections(SEGMENTS, shop)
        sk.membership(SEGMENTS, shop)
        sk.members(web, shop)
        sk.sweep(sk.sms_vip, shop, spent=[0, 50, 100])
        sk.sweep(sk.sms_engaged, shop, clicked_days=range(1, 90))
        sk.distribution(sk.sms_vip, shop, parameter="spent")
    assert all(any(f"metric={name}/" in file for name in OF_CONSENT) for file in read), read


def test_the_size_of_a_metric_is_known_without_its_events(tiny_shop, read):
    """The manifest knows how many events a metric has, and whether they have amounts."""
    with connected(tiny_shop) as shop:
        read.clear()
        events = shop.dataset.events
        assert (events.size("Placed Order"), events.has_units("Placed Order"), events.has_units("Clicked SMS")) == (
            tiny_shop.events.size("Placed Order"), True, tiny_shop.events.has_units("Clicked SMS"),
        )  # fmt: skip
        assert (events.size("Refunded Order"), events.has_units("Refunded Order")) == (0, False)
    assert read == []

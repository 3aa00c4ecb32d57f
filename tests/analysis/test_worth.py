"""Worth: what members ordered in the last year, to the cent."""

import pandas as pd

import segkit as sk
from segkit.analysis.worth import Worth, has_worth, worth_of
from segkit.engine.engines import engine_of

ORDERS = pd.DataFrame(
    {
        "profile_id": list("aaabc"),
        "metric": "Placed Order",
        "datetime": ["2026-06-30", "2025-06-30", "2025-06-29", "2026-01-01", "2026-01-01"],
        "value": ["0.10", "0.20", "1000", "7.33", "-2.00"],
    }
)


def test_orders_of_members_in_the_window_count():
    """An order on the first day of the window counts, one on the day before does not, and a refund is taken off."""
    shop = engine_of(sk.Dataset.from_frames(None, ORDERS, as_of="2026-06-30"))
    bought = sk.did("Placed Order", at_least=2)

    assert worth_of(bought, shop) == Worth(2, 0.3)
    assert worth_of(~bought, shop) == Worth(2, 5.33)
    assert has_worth(shop)


def test_without_orders_or_without_amounts_nothing_is_said():
    """A shop that only clicks, or whose orders have no values, has no such line."""
    for events in (ORDERS.assign(metric="Clicked SMS"), ORDERS.drop(columns="value")):
        assert not has_worth(engine_of(sk.Dataset.from_frames(None, events, as_of="2026-06-30")))

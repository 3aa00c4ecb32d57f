"""A metric of blanks and marks alone is none, as an empty one is."""

import pandas as pd
import pytest

import segkit as sk


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u200b", "'", None], ids=repr)
@pytest.mark.parametrize("order", [1, -1])
def test_an_event_whose_metric_is_blank_is_left_out_and_reported(blank, order):
    """It is no event of a metric that nobody could ask for, wherever it stands among the events."""
    metrics = [blank, "Placed Order", "Viewed Product"][::order]
    events = pd.DataFrame(
        {"profile_id": ["p1", "p2", "p3"][::order], "metric": metrics, "datetime": "2026-06-30T12:00:00Z"}
    )

    shop = sk.Dataset.from_frames(None, events)

    assert sorted(shop.metric_names) == ["Placed Order", "Viewed Product"]
    assert shop.report.set_index("issue")["count"]["events without a metric"] == 1
    bought, viewed = (sk.Segment(metric, sk.did(metric)) for metric in ("Placed Order", "Viewed Product"))
    table = sk.membership([bought, viewed], shop)
    assert (list(table.index[table["Placed Order"]]), list(table.index[table["Viewed Product"]])) == (["p2"], ["p3"])

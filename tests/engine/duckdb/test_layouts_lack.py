"""A connected shop knows what the layout of its files never contains."""

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import DataError


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (sk.did_not("Placed Order", in_last_days=30), "Stitch has no events of 'Placed Order'"),
        (sk.spent(at_least=1), "Stitch has no events of 'Placed Order'"),
        (sk.not_in_list("VIP"), "Stitch does not include the members of lists"),
    ],
)
def test_what_a_layout_lacks_is_refused(condition, words, tmp_path):
    """Purchases and lists are refused on a shop that was loaded from Stitch's tables, and texts are found."""
    rows = {"id": ["E1"], "timestamp": [1781092800], "profile": ['[{"id": "P1"}]']}
    folder = tmp_path / "stitch"
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "received_text_message.csv", index=False)
    shop = sk.connect(sk.load(folder, layout="stitch").save(tmp_path / "saved"))
    assert sk.sizes([sk.Segment("Texted", sk.did("Received SMS"))], shop)["size"].tolist() == [1]
    with pytest.raises(DataError, match=words):
        sk.sizes([sk.Segment("Asks", condition)], shop)

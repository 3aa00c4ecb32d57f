"""One metric under all of its names: what Klaviyo renamed is the same in data, conditions, files, pushes and comparisons."""

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.analysis.recommended import recommended
from segkit.vocabulary import METRIC_NAMES, STANDARD_METRICS, canonical_metric, metric_spellings

SAMPLE_DATA = Path(__file__).parents[1] / "sample_data"

ALL_NAMES = [(name, spelling) for name in METRIC_NAMES for spelling in metric_spellings(name)]
NEWEST = {spelling: spellings[-1] for spellings in map(metric_spellings, METRIC_NAMES) for spelling in spellings}


def shop_of(*metrics: str) -> sk.Dataset:
    """Return a shop in which one person did each metric once, a day apart."""
    events = [
        {"profile_id": "ann", "metric": metric, "datetime": f"2026-06-{day:02}T00:00:00Z", "value": 5}
        for day, metric in enumerate(metrics, start=1)
    ]
    return sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["ann", "bea"]}), pd.DataFrame(events), as_of="2026-06-30"
    )


def members(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    return sk.members(sk.Segment("asked", condition), shop).index.tolist()


@pytest.mark.parametrize(("name", "spelling"), ALL_NAMES)
def test_every_generation_of_a_name_counts_as_one_metric(name: str, spelling: str):
    """Events under one name are found by each other, and add up with events under the others."""
    shop = shop_of(spelling, *metric_spellings(name))
    for asked in metric_spellings(name):
        assert members(sk.did(asked, equals=1 + len(metric_spellings(name))), shop) == ["ann"]
    assert shop.metric_names == [name]


@given(st.sampled_from(sorted(STANDARD_METRICS)), st.data())
def test_a_standard_name_is_found_in_any_case_and_with_blanks(name: str, data: st.DataObject):
    """Capitals and blanks, also those without width, make no other metric of one that Klaviyo brings."""
    blank = data.draw(st.sampled_from(["", " ", "\u00a0", "\u200b", "\ufeff", " \t"]))
    cased = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))(name)
    written = f"{blank}{cased.replace(' ', data.draw(st.sampled_from([' ', '  ', chr(0xA0)])))}{blank}"
    assert canonical_metric(written) == canonical_metric(name)
    assert members(sk.did(name), shop_of(written)) == ["ann"]


def test_a_custom_name_only_loses_its_blanks():
    """Klaviyo tells custom metrics apart by capitals, so segkit does; blanks around one are a slip, which is reported."""
    shop = shop_of("Wish List", "Wish List ", "wish list")
    assert members(sk.did(" Wish List", equals=2), shop) == ["ann"]
    assert shop.metric_names == ["Wish List", "wish list"]
    row = shop.report.set_index("issue").loc["metrics in a different spelling"]
    assert (row["count"], row["resolution"]) == (1, "counted as 'Wish List'")


def test_a_difference_of_names_alone_is_none():
    """Two definitions that name one metric differently say the same."""
    before, after = (sk.Segment("S", sk.did(name, in_last_days=9)) for name in ("Clicked SMS", "Clicked Text Message"))
    assert not sk.diff(before, after)
    assert sk.Segment.from_yaml(after.to_yaml()) == after
    assert "did Clicked Text Message" in sk.explain(after)


def test_klaviyo_gets_the_id_that_the_account_has():
    """A segment under old names is written with the metric of the account, whatever it is called there; two of them are refused."""
    names = sk.AccountNames(metrics={"New": "Clicked Text Message"})
    document = sk.to_klaviyo(sk.Segment("S", sk.did("Clicked SMS")), names=names)
    assert "'metric_id': 'New'" in str(document)
    both = sk.AccountNames(metrics={"New": "Clicked Text Message", "Old": "Clicked SMS"})
    assert "'metric_id': 'Old'" in str(sk.to_klaviyo(sk.Segment("S", sk.did("Clicked SMS")), names=both))
    with pytest.raises(sk.SegkitError, match="More than one metric"):
        sk.to_klaviyo(sk.Segment("S", sk.did("clicked sms")), names=both)


def test_the_sample_shop_is_the_same_under_the_newest_names(tmp_path: Path):
    """With every metric renamed as in July 2026, all segments keep their members and the same 2,365 may be texted."""
    events = pd.read_csv(SAMPLE_DATA / "events.csv.gz", dtype=str, keep_default_na=False)
    events["metric"] = events["metric"].map(lambda name: NEWEST.get(name, name))
    with gzip.open(tmp_path / "events.csv.gz", "wt", compresslevel=1) as stream:
        events.to_csv(stream, index=False)
    before, after = sk.load(SAMPLE_DATA), sk.load(SAMPLE_DATA, events=tmp_path / "events.csv.gz")
    segments = recommended(before).segments
    assert segments == recommended(after).segments
    assert sk.membership(segments, before).equals(sk.membership(segments, after))
    sizes = [sk.audience(sk.sms_subscribers(), shop).size for shop in (before, after)]
    assert sizes == [2_365, 2_365]

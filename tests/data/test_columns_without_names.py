"""A column whose header is blanks and marks alone is left out and reported, since no condition could ask for it."""

import json

import pandas as pd
import pytest

import segkit as sk

BLANKS = pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u200b", "'"], ids=repr)


@BLANKS
def test_in_a_frame_of_profiles_or_events(blank):
    """Each table reports its own."""
    profiles = pd.DataFrame({"profile_id": ["p1"], blank: ["x"], "Age": ["18"]})
    events = pd.DataFrame({"profile_id": ["p1"], "metric": ["Bid"], "datetime": ["2026-06-30T12:00:00Z"], blank: ["x"]})

    shop = sk.Dataset.from_frames(profiles, events)

    assert shop.property_names == ["Age"]
    found = shop.report[shop.report["fault"] == "columns without a name"]
    assert list(zip(found["table"], found["count"], strict=True)) == [("profiles", 1), ("events", 1)]
    assert sk.members(sk.Segment("Adults", sk.has("Age", at_least=18)), shop).index.to_list() == ["p1"]


@BLANKS
def test_in_a_page_of_profiles(blank, tmp_path):
    """A custom property without a name is one, too."""
    profile = {"type": "profile", "id": "p1", "attributes": {"properties": {blank: "x", "Age": 18}}}
    (tmp_path / "profiles.json").write_text(json.dumps({"data": [profile]}), encoding="utf-8")

    shop = sk.load(tmp_path, as_of="2026-06-30")

    assert "Age" in shop.property_names
    assert blank not in shop.property_names
    assert "columns without a name" in set(shop.report["fault"])

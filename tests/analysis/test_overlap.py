"""Overlaps and intersections are those that sets give, for any number of segments."""

# ruff: noqa: SIM300  # expected == actual, throughout

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.analysis.overlap import intersections, overlap
from segkit.errors import DefinitionError

PROFILES = [f"p{number}" for number in range(12)]


def table_of(segments: list[set[int]]) -> pd.DataFrame:
    """Return the membership table of segments given as sets of rows."""
    flags = np.array([[row in members for members in segments] for row in range(len(PROFILES))], dtype=bool)
    columns = [f"segment {number}" for number in range(len(segments))]
    return pd.DataFrame(
        flags.reshape(len(PROFILES), len(segments)), index=pd.Index(PROFILES, name="profile_id"), columns=columns
    )


def member_sets(most: int = 6) -> st.SearchStrategy[list[set[int]]]:
    """Return the members of a few segments."""
    return st.lists(st.sets(st.integers(0, len(PROFILES) - 1)), max_size=most)


def share(part: int, whole: int) -> float:
    """Return a share, which is NaN of nothing."""
    return part / whole if whole else np.nan


@given(member_sets())
def test_overlap_is_that_of_sets(segments: list[set[int]]):
    """Each ordered pair has the profiles in both, the share of the one in the other, and the share of either in both."""
    table = overlap(table_of(segments))
    pairs = [(one, other) for one in range(len(segments)) for other in range(len(segments))]

    assert [(f"segment {one}", f"segment {other}") for one, other in pairs] == list(
        zip(table["segment"], table["other"], strict=True)
    )
    both = [len(segments[one] & segments[other]) for one, other in pairs]
    either = [len(segments[one] | segments[other]) for one, other in pairs]
    sizes = [len(segments[one]) for one, _ in pairs]
    assert sizes == table["size"].tolist()
    assert [len(segments[other]) for _, other in pairs] == table["other_size"].tolist()
    assert both == table["overlap"].tolist()
    np.testing.assert_array_equal([share(*one) for one in zip(both, sizes, strict=True)], table["containment"])
    np.testing.assert_array_equal([share(*one) for one in zip(both, either, strict=True)], table["jaccard"])


@given(member_sets())
def test_intersections_share_out_the_profiles(segments: list[set[int]]):
    """Every profile is in exactly one combination, the one in none of the segments included, and no empty one is listed."""
    table = intersections(table_of(segments))
    expected = Counter(tuple(row in members for members in segments) for row in range(len(PROFILES)))
    flags = table.drop(columns=["degree", "size"]).to_numpy(dtype=bool)

    assert expected == Counter(
        {tuple(combination.tolist()): size for combination, size in zip(flags, table["size"], strict=True)}
    )
    assert len(PROFILES) == table["size"].sum()
    assert flags.sum(axis=1).tolist() == table["degree"].tolist()


@given(member_sets())
def test_intersections_stand_largest_first(segments: list[set[int]]):
    """The largest combination comes first, and of two alike the one of fewer segments; the order is the same every time."""
    table = intersections(table_of(segments))
    keys = [(-size, degree) for size, degree in zip(table["size"], table["degree"], strict=True)]

    assert sorted(keys) == keys
    pd.testing.assert_frame_equal(table, intersections(table_of(segments)))


@given(member_sets())
def test_overlap_adds_up_from_intersections(segments: list[set[int]]):
    """Two segments overlap in all the exact combinations that hold both."""
    who = table_of(segments)
    exact = intersections(who)
    for row in overlap(who).itertuples():
        assert row.overlap == exact.loc[exact[row.segment] & exact[row.other], "size"].sum()


def test_an_empty_segment_stays_visible():
    """It overlaps with nothing, and a share of it is not 0 but unknown."""
    table = overlap(table_of([{1, 2}, set()])).set_index(["segment", "other"])

    assert 0 == table.loc[("segment 1", "segment 0"), "overlap"]
    assert np.isnan(table.loc[("segment 1", "segment 0"), "containment"])
    assert 0.0 == table.loc[("segment 0", "segment 1"), "containment"]
    assert np.isnan(table.loc[("segment 1", "segment 1"), "jaccard"])


def test_no_segments():
    """Nothing overlaps, and everybody is in the combination of none."""
    assert 0 == len(overlap(table_of([])))
    assert [(0, len(PROFILES))] == list(
        intersections(table_of([]))[["degree", "size"]].itertuples(index=False, name=None)
    )


def test_thirty_segments():
    """Many segments are counted as exactly as few: 30 nested ones have 900 pairs and 12 combinations."""
    segments = [set(range(number % 13)) for number in range(30)]
    who = table_of(segments)

    assert 900 == len(overlap(who))
    assert [len(one & other) for one in segments for other in segments] == overlap(who)["overlap"].tolist()
    assert 12 == len(intersections(who))
    assert len(PROFILES) == intersections(who)["size"].sum()


@pytest.mark.parametrize("count", [31, 32, 33, 63, 64, 65, 130])
@pytest.mark.parametrize("profiles", [1, 63, 64, 65, 200])
def test_any_number_of_segments_and_profiles(count: int, profiles: int):
    """Wherever bits fill a word or begin the next one, pairs and combinations are those of counting flags one by one."""
    random = np.random.default_rng(count * 1_000 + profiles)
    # Few distinct rows, so that combinations occur more than once, told apart by single segments at either end.
    rows = (random.random((7, count)) < 0.5)[random.integers(0, 7, profiles)]
    rows[: profiles // 2, 0] = rows[profiles // 4 :, -1][: profiles // 2]
    who = pd.DataFrame(rows, columns=[f"segment {number}" for number in range(count)])
    exact = intersections(who)
    flags = exact.drop(columns=["degree", "size"]).to_numpy(dtype=bool)
    expected = Counter(map(tuple, rows.tolist()))
    order = sorted(expected, key=lambda combination: (-expected[combination], sum(combination), combination))

    assert (rows.T.astype(int) @ rows).ravel().tolist() == overlap(who)["overlap"].tolist()
    assert [(*combination, sum(combination), expected[combination]) for combination in order] == [
        (*combination, *numbers)
        for combination, numbers in zip(flags.tolist(), exact[["degree", "size"]].to_numpy().tolist(), strict=True)
    ]


def test_published_tracks_overlap_in_the_table():
    """Klaviyo's tracks A and B share the person who clicked 10 and 100 days ago; exclusive tracks share nobody."""
    people = pd.DataFrame(
        {"profile_id": ["ann"], "sms_consent": "subscribed", "sms_consent_timestamp": ["2025-01-01T00:00:00Z"]}
    )
    clicks = pd.DataFrame(
        [
            {"profile_id": "ann", "metric": metric, "datetime": f"{day}T12:00:00Z"}
            for metric, day in (
                ("Clicked SMS", "2026-06-20"),
                ("Clicked SMS", "2026-03-22"),
                ("Subscribed to SMS Marketing", "2025-01-01"),
            )
        ]
    )
    shop = sk.Dataset.from_frames(people, clicks, as_of="2026-06-30")
    both = [
        overlap(sk.membership(sk.engagement_tracks(exclusive=exclusive)[:2], shop))["overlap"].tolist()
        for exclusive in (False, True)
    ]

    assert [[1, 1, 1, 1], [1, 0, 0, 0]] == both


def test_a_segment_that_would_hide_a_column_is_refused():
    """A segment named as a column of the table is said to be so, instead of being lost."""
    who = pd.DataFrame({"size": [True, False]})

    with pytest.raises(DefinitionError, match="'size' would hide the column"):
        sk.intersections(who)

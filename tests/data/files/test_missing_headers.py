"""A file without headers holds people where headers belong: it is refused for that reason, and no message repeats them."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.missing_headers import look_like_data
from segkit.data.validation.issues import masked
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DataError
from segkit.header_spellings import PROFILE_SPELLINGS
from segkit.vocabulary import EVENT_COLUMNS

PERSON = ["1234567", "ann.lee@example.com", "+12125550142", "Ann", "12 Elm Street", "2026-06-30"]


@pytest.mark.parametrize("row", [PERSON, [*PERSON[:2], *PERSON[1:]], ["(212) 555-0142", "06/30/2026", "Lee"]])
def test_a_file_without_headers_is_refused_and_shows_nobody(tmp_path: Path, row: list[str]):
    """The reason is that there are no headers, whether or not cells of the row are alike, and every cell is covered."""
    other = ",".join("x" for _ in row)
    (tmp_path / "profiles.csv").write_text(f"{','.join(row)}\n{other}\n", encoding="utf-8")
    with pytest.raises(
        DataError, match="has no header row: more than a third of the first row looks like data"
    ) as refusal:
        sk.load(tmp_path, as_of="2026-06-30")

    assert not [cell for cell in row if cell in str(refusal.value)]


@pytest.mark.parametrize("columns", [{"x": "profile_id"}, None])
def test_a_frame_without_headers_is_refused_alike(columns: dict[str, str] | None):
    """A frame of `read_csv` that took the first row for headers is refused before anything else is said of its headers."""
    frame = pd.DataFrame([PERSON], columns=PERSON)
    with pytest.raises(DataError, match="profiles has no header row") as refusal:
        Dataset.from_frames(frame, as_of="2026-06-30", columns=columns)

    assert not [cell for cell in PERSON if cell in str(refusal.value)]


def test_headers_are_shown_as_they_are():
    """A header is nobody's name, so a message that speaks of two headers has both in full."""
    frame = pd.DataFrame({"profile_id": ["a"], "Email": "a@example.com", "Email Address": "a@example.com"})
    with pytest.raises(DataError, match="'Email' and 'Email Address' are two columns with this meaning"):
        Dataset.from_frames(frame, as_of="2026-06-30")


def test_columns_named_by_dates_or_renamed_are_no_people():
    """A table with its id, or one whose headers were given names, is read whatever its other headers look like."""
    months = {f"2026-0{month}-01": [1] for month in range(1, 7)}
    for frame, columns in (
        (pd.DataFrame({"profile_id": ["a"]} | months), None),
        (pd.DataFrame({"20260101": ["a"]} | months), {"20260101": "profile_id"}),
    ):
        shop = Dataset.from_frames(frame, as_of="2026-06-30", columns=columns)
        assert {*months} <= {*shop.property_names}


def test_headers_may_be_numbers():
    """Headers of a frame that are whole numbers are named as such in `columns=`."""
    shop = Dataset.from_frames(pd.DataFrame([["a", 18]]), as_of="2026-06-30", columns={0: "profile_id", 1: "Age"})

    assert shop.property_names == ["Age"]


def test_known_headers_do_not_look_like_cells():
    """Nothing that Klaviyo or segkit calls a column looks like an address, a number or a date."""
    assert not [header for header in (*PROFILE_SPELLINGS, *EVENT_COLUMNS) if look_like_data([header])]


def test_a_named_index_is_a_column_and_several_levels_of_headers_are_refused():
    """Each named level of an index is a column, an index that is a column as well is two of one name, and headers have one level."""
    frame = pd.DataFrame({"profile_id": ["a", "b"], "Shop": ["x", "y"], "Age": [1, 2]})
    shop = Dataset.from_frames(frame.set_index(["profile_id", "Shop"]), as_of="2026-06-30")
    assert (shop.profile_ids.tolist(), shop.property_names) == (["a", "b"], ["Shop", "Age"])

    with pytest.raises(DataError, match="several columns have the header 'profile_id'"):
        Dataset.from_frames(frame.set_index("profile_id", drop=False), as_of="2026-06-30")
    with pytest.raises(DataError, match="headers have several levels"):
        Dataset.from_frames(pd.concat({"a": frame}, axis=1), as_of="2026-06-30")


@given(
    st.from_regex(r"[3-9][0-9]{6,14}", fullmatch=True)
    | st.from_regex(r"\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}", fullmatch=True)
)
def test_a_long_number_is_covered_wherever_it_stands(number: str):
    """A number that could be somebody's phone keeps its first digits, as an id, a date or beside a word."""
    for column in ("profile_id", "datetime", "Note"):
        assert number not in masked(column, number)
        assert number not in masked(column, f"call {number} now")


@pytest.mark.parametrize(
    "moment", ["2026-06-01 12:00:00", "20260601", "20260601120000", "1780272000000", "202606301230", "42.3601234"]
)
def test_a_moment_is_not_covered(moment: str):
    """Dates and milliseconds since 1970 are nobody's number; seconds may be one, 0161 496 0142 of which a spreadsheet took the 0."""
    assert masked("datetime", moment) == moment

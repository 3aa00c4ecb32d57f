"""The hour 24 is refused alike on every Python; newer ones read it as the midnight after, so a day would be a day later there."""

import pandas as pd
import pytest
from klaviyo.definitions.spelled import dates, definition, property_

import segkit as sk
from segkit.data.instants import read_as_of
from segkit.definition.timeframes import iso_moment


@pytest.mark.parametrize(
    "text", ["2026-06-30T24:00:00Z", "2026-06-30 24:00", "20260630T240000", "2026-W27T24:00", "2026-06-30x24"]
)
def test_it_is_no_hour(text):
    """However the rest of the text is spelled."""
    with pytest.raises(ValueError, match="24"):
        iso_moment(text)


@pytest.mark.parametrize(
    "text", ["2026-06-24", "2026-W24", "2026-W24-2", "2026-06-24T00:00:24+00:24", "20260624T00:24"]
)
def test_24_is_a_day_a_week_and_a_minute(text):
    """Only the hour is refused."""
    assert iso_moment(text).year == 2026


def test_it_is_refused_wherever_a_moment_is_read():
    """In what is asked for, in Klaviyo's documents, as the moment of a load, and in cells, where it is reported as unreadable."""
    late = "2026-06-30T24:00:00Z"
    with pytest.raises(sk.DefinitionError, match="24:00"):
        sk.did("Placed Order", before=late)
    with pytest.raises(sk.DefinitionError, match="24:00"):
        sk.from_klaviyo(definition([property_("created", dates("before", date=late))]))
    with pytest.raises(sk.DataError, match="24:00"):
        read_as_of(late)
    with pytest.raises(sk.DataError, match="24:00"):
        sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["p1"], "created": [late]}), as_of="2026-06-30")

"""The last digits by which a number is known that can't be read: each number of a cell, however it is spelled."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.data.phone_endings import FEWEST, MOST, PhoneEndings, endings_in, keys_of, last_digits

SPELLINGS = [
    "{0}{1}{2}", "{0}-{1}-{2}", "({0}) {1}-{2}", "{0}.{1}.{2}", "1{0}{1}{2}", "1 ({0}) {1} {2}", "001{0}{1}{2}", "+01 {0}{1}{2}",
    "+1+1 {0} {1} {2}", "+1 {0}-{1}-{2} (mobile)", "call {0} {1} {2}", "{0}{1}{2}.0", "'{0}{1}{2}", "tel:+1-{0}-{1}-{2}",
    "+1 {0}-{1}-{2} ext. 12", "{0}/{1}{2}",
]  # fmt: skip


@given(st.integers(201, 989), st.integers(100, 199), st.sampled_from(SPELLINGS))
def test_a_number_ends_alike_in_every_spelling(area: int, line: int, spelling: str):
    """Marks, prefixes, remarks and what a spreadsheet adds don't hide the ten digits of an American number."""
    written = spelling.format(area, "555", f"0{line}")
    assert f"{area}5550{line}" in endings_in(written)
    wide = written.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert endings_in(wide) == endings_in(written)


@pytest.mark.parametrize("between", [" / ", ", ", ";", " ", " or ", "|", "\n", " und ", "+"])
def test_every_number_of_a_cell_counts(between: str):
    """Two numbers in one cell are two endings, whatever parts them."""
    assert {"2125550142", "6175550143"} <= set(endings_in(f"2125550142{between}6175550143"))
    assert {"2125550142", "6175550143"} <= set(endings_in(f"212-555-0142{between}617-555-0143"))


def test_fewer_than_seven_digits_are_no_number():
    """A remark, an extension or a number cut short tells nobody's number."""
    assert [endings_in(cell) for cell in ("", "n/a", "555-01", "ext. 12", "unknown 2026")] == [[]] * 5
    assert endings_in("555-0142") == ["5550142"]


@given(st.integers(FEWEST, MOST))
def test_a_number_has_the_key_of_its_ending_by_any_length(length: int):
    """What is written with seven to ten digits is found among numbers in E.164 by as many of their last digits."""
    digits = last_digits(pa.array(["+12125550142"]))
    found = PhoneEndings.of(pa.array(["2125550142"[-length:]]), np.arange(1))
    assert found.endings.tolist() == keys_of(digits, length).tolist()
    assert found.lengths.tolist() == [length]

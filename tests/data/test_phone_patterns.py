"""Whole columns of clean numbers: patterns answer exactly what `phonenumbers` answers cell by cell, and answer nearly all."""

from string import ascii_letters

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from phone_reference import EVERY_REGION, as_phonenumbers_reads, mutated, rows
from phonenumbers import PhoneMetadata, PhoneNumberDesc, PhoneNumberFormat

from segkit.data.phone_patterns import E164, FEWEST, _kinds, read_clean
from segkit.data.phones import KINDS, normalise


def test_a_clean_column_is_read_as_phonenumbers_reads_each_cell():
    """Number, country, kind, problem and mending agree for 20,000 generated numbers around those of every region."""
    cells = [cell for region in EVERY_REGION for cell in mutated(region, 100, 20260630)]
    expected = [as_phonenumbers_reads(cell) for cell in cells]

    column = normalise(pa.array(cells))

    assert len(cells) > 20_000
    assert expected == rows(column)


def test_patterns_decide_nearly_all_clean_cells():
    """The agreement is that of the patterns: they decide nine in ten of such cells, with every country and kind there is."""
    cells = pa.array(sorted({cell for region in EVERY_REGION for cell in mutated(region, 100, 20260630)}))
    clean = cells.filter(pc.match_substring_regex(cells, E164))

    decided = read_clean(clean).decided
    verdicts = read_clean(clean, fewest=1)

    assert len(clean) > 0.98 * len(cells)
    assert decided.mean() > 0.9
    assert {as_phonenumbers_reads(cell)[1] for cell in clean.to_pylist()} == set(verdicts.countries[verdicts.decided])
    assert {*KINDS, None} == set(verdicts.kinds[verdicts.decided])
    assert {"no area code", "too short", "too long", "not a valid number", None} == set(
        verdicts.problems[verdicts.decided]
    )


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))
def test_numbers_of_no_country_belong_to_the_world(code):
    """International toll-free, satellite and the like have the country "001", as in phonenumbers, read alone or by pattern."""
    example = phonenumbers.example_number_for_non_geo_entity(code)
    cell = phonenumbers.format_number(example, PhoneNumberFormat.E164)

    verdicts = read_clean(pa.array([cell]), fewest=1)

    assert [as_phonenumbers_reads(cell)] == rows(normalise(pa.array([cell])))
    assert as_phonenumbers_reads(cell)[1:3] == ("001", *verdicts.kinds) == (*verdicts.countries, *verdicts.kinds)


def test_few_numbers_are_not_worth_patterns():
    """Below the threshold of one calling code nothing is compiled, and the answer is the same."""
    cells = [f"+1415555{digits:04d}" for digits in range(100, 100 + FEWEST)]

    assert read_clean(pa.array(cells)).decided.all()
    assert not read_clean(pa.array(cells[1:])).decided.any()
    assert rows(normalise(pa.array(cells)))[1:] == rows(normalise(pa.array(cells[1:])))


def test_every_rule_of_the_metadata_counts():
    """Lengths, the general description and "one pattern for both" are kept to, even if today's metadata would not miss them."""
    metadata = PhoneMetadata(
        id="Erewhon",
        general_desc=PhoneNumberDesc(national_number_pattern=r"[2-9]\d+", possible_length=(4, 5, 6)),
        fixed_line=PhoneNumberDesc(national_number_pattern=r"2\d+", possible_length=(5,)),
        mobile=PhoneNumberDesc(national_number_pattern=r"[123]\d+", possible_length=(4, 5)),
        pager=PhoneNumberDesc(national_number_pattern=r"29\d+"),
        voip=PhoneNumberDesc(national_number_pattern=r"2\d+", possible_length=(-1,)),
        register=False,
    )
    one_pattern = PhoneMetadata(
        id="Erewhon",
        general_desc=metadata.general_desc,
        fixed_line=metadata.fixed_line,
        mobile=PhoneNumberDesc(national_number_pattern=r"2\d+", possible_length=(4, 5)),
        register=False,
    )
    numbers = ["20000", "2000", "3000", "200000", "1000", "2900", "2900000"]
    lettered = pa.array([ascii_letters[len(number)] + number for number in numbers])

    kinds, kinds_by_one_pattern = _kinds(lettered, metadata), _kinds(lettered, one_pattern)

    assert kinds.tolist() == ["fixed line or mobile", "mobile", "mobile", None, None, "other", None]
    assert kinds_by_one_pattern.tolist() == ["fixed line or mobile", *[None] * 6]

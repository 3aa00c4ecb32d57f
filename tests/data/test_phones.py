"""Phone numbers as written: what each spelling means, and what any column keeps to; clean columns have their own tests."""

import re
import subprocess
import sys

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phone_reference import EVERY_REGION, as_phonenumbers_reads, mutated, rows
from phonenumbers import PhoneNumberFormat

from segkit.data import phones
from segkit.data.phones import KINDS, PROBLEMS, normalise
from segkit.errors import DataError

US, CA, GB, EITHER = "+14155550132", "+14165550132", "+442079460123", "fixed line or mobile"


def read(cell: str | None, country: str | None = None) -> tuple:
    """Read one cell as a column of one."""
    return rows(normalise(pa.array([cell], pa.string()), pa.array([country], pa.string())))[0]


READ = {
    "E.164": ("+14155550132", None, US, "US", EITHER),
    "Canada shares +1": ("+14165550132", "US", CA, "CA", EITHER),
    "Puerto Rico too": ("+17875550132", "US", "+17875550132", "PR", EITHER),
    "its own country wins": ("+442079460123", "US", GB, "GB", "fixed line"),
    "national": ("(415) 555-0132", "US", US, "US", EITHER),
    "national prefix": ("020 7946 0123", "GB", GB, "GB", "fixed line"),
    "prefix in brackets": ("+44 (0)20 7946 0123", None, GB, "GB", "fixed line"),
    "prefix after plus": ("+4402079460123", None, GB, "GB", "fixed line"),
    "dialled from the US": ("011 44 20 7946 0123", "US", GB, "GB", "fixed line"),
    "Australian mobile": ("0491 570 006", "AU", "+61491570006", "AU", "mobile"),
    "German mobile": ("0171/3920012", "DE", "+491713920012", "DE", "mobile"),
    "no plus, country": ("14155550132", "US", US, "US", EITHER),
    "no plus, no country": ("14155550132", None, US, "US", EITHER),
    "no plus, British": ("442079460123", None, GB, "GB", "fixed line"),
    "UK is no ISO country": ("14155550132", "UK", US, "US", EITHER),
    "float": ("14155550132.0", None, US, "US", EITHER),
    "national float": ("4155550132.0", "US", US, "US", EITHER),
    "exponent": ("1.4155550132E10", None, US, "US", EITHER),
    "decimal comma": ("1,4155550132e+10", None, US, "US", EITHER),
    "exponent hides a zero": ("1.415555013E10", None, "+14155550130", "US", EITHER),
    "apostrophe": ("'+14155550132", None, US, "US", EITHER),
    "blanks": (" +14155550132\t", None, US, "US", EITHER),
    "tel URI": ("tel:+1-415-555-0132", None, US, "US", EITHER),
    "extension": ("+1 415 555 0132 ext 5", None, US, "US", EITHER),
    "full width": ("\uff0b\uff11\uff14\uff11\uff155550132", None, US, "US", EITHER),
}

NOT_READ = {
    "null": (None, "US", None),
    "empty": ("", "US", None),
    "blank": (" \t", "US", None),
    "only an apostrophe": ("'", "US", None),
    "words": ("n/a", "US", "no digits"),
    "whose?": ("(415) 555-0132", None, "no country code and no country"),
    "bare with brackets": ("1 (415) 555-0132", None, "no country code and no country"),
    "ten bare digits": ("4155550132", None, "no country code and no country"),
    "dialled from nowhere": ("00442079460123", None, "no country code and no country"),
    "bare and not valid": ("99955501320", None, "no country code and no country"),
    "no such country code": ("+99955501320", "US", "unknown country code"),
    "nor without a country": ("+999 555 01320", None, "unknown country code"),
    "exponent without its digits": ("1.41556E+10", "US", "digits lost in scientific notation"),
    "exponent that parses": ("3.02313E10", "DE", "digits lost in scientific notation"),
    "local": ("555-0132", "US", "no area code"),
    "cut off": ("+1 415 555", None, "too short"),
    "one digit": ("5", "US", "not a valid number"),
    "too many digits": ("+1415555013255", None, "too long"),
    "British range for films": ("+447700900123", None, "not a valid number"),
}


@pytest.mark.parametrize(("cell", "country", "number", "region", "kind"), READ.values(), ids=READ)
def test_a_number_is_read_however_it_is_written(cell, country, number, region, kind):
    """Each spelling has one number, country and kind, and was mended unless it was E.164 to the letter."""
    assert (number, region, kind, None, number != cell) == read(cell, country)


@pytest.mark.parametrize(("cell", "country", "problem"), NOT_READ.values(), ids=NOT_READ)
def test_what_is_no_number_has_one_reason(cell, country, problem):
    """Each has its reason in plain words; where nothing was written there is nothing to give a reason for."""
    assert (None, None, None, problem, False) == read(cell, country)


def test_ten_digits_are_not_taken_for_a_foreign_number():
    """A US number without its 1 stays unread where no country is given, though a plus makes a valid one elsewhere of many."""
    cells = [f"{area}5550132" for area in range(200, 1000)]
    elsewhere = normalise(pa.array([f"+{cell}" for cell in cells]))

    column = normalise(pa.array(cells))

    assert len(cells) - elsewhere.numbers.null_count > 40
    assert column.problems.to_pylist() == ["no country code and no country"] * len(cells)


@pytest.mark.parametrize(
    "style", [PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966]
)
def test_any_spelling_is_read_as_phonenumbers_reads_it(style):
    """National, international and tel: spellings of generated numbers agree with the plain library, given the country."""
    cells, countries = [], []
    for region in EVERY_REGION:
        for clean in mutated(region, 5, 11):
            cells.append(phonenumbers.format_number(phonenumbers.parse(clean), style))
            countries.append(region)

    column = normalise(pa.array(cells), pa.array(countries))

    for cell, country, answer in zip(cells, countries, rows(column), strict=True):
        assert as_phonenumbers_reads(cell, country) == answer


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.none(),
                st.text(max_size=20),
                st.text(alphabet="+0123456789 ().-'eEx,", max_size=18),
                st.from_regex(r"\+?1415555013[0-9](\.0)?", fullmatch=True),
            ),
            st.sampled_from([None, "US", "GB", "DE", "XX", ""]),
        ),
        max_size=8,
    )
)
@settings(deadline=None, max_examples=60)
def test_whatever_is_written_gets_a_number_or_a_reason(pairs):
    """Any text at all is read without an error into exactly one of a number or a known reason, nothing written into neither."""
    cells, countries = (pa.array([pair[place] for pair in pairs], pa.string()) for place in range(2))

    for (cell, country), answer in zip(pairs, rows(normalise(cells, countries)), strict=True):
        number, region, kind, problem, mended = answer
        assert (number is None) == (region is None) == (kind is None)
        assert number is None or (problem is None and kind in KINDS and re.fullmatch(r"\+[1-9][0-9]+", number))
        assert problem is None or (number is None and problem in PROBLEMS)
        assert mended == (number is not None and number != cell)
        assert answer == read(cell, country)


def test_numbers_once_read_are_left_alone():
    """Reading the numbers of a column again gives them back unmended, with the same countries and kinds."""
    cells = [cell for region in EVERY_REGION for cell in mutated(region, 10, 5)]
    once = normalise(pa.array(cells))

    again = normalise(once.numbers)

    assert once.numbers == again.numbers
    assert once.countries == again.countries
    assert once.kinds == again.kinds
    assert not any(again.mended.to_pylist())


def test_each_distinct_cell_and_country_is_read_once(monkeypatch):
    """A long column of few distinct cells costs no more readings than there are pairs of cell and country."""
    seen = []
    parse = phones._parse
    monkeypatch.setattr(phones, "_parse", lambda text, region: seen.append((text, region)) or parse(text, region))
    cells, countries = ["(415) 555-0132", "020 7946 0123"] * 1_000, ["US", "GB", "GB", "US"] * 500

    column = normalise(pa.array(cells), pa.array(countries))

    assert len(seen) == 4
    assert rows(column)[:4] * 500 == rows(column)
    assert column.numbers.to_pylist()[:4] == [US, GB, None, None]


@pytest.mark.parametrize(
    "column",
    [
        pa.chunked_array([["+14155550132"], [], [None, "+442079460123"]], pa.string()),
        pa.array(["+14155550132", None, "+442079460123"], pa.large_string()),
        pa.array(["+14155550132", None, "+442079460123"]).dictionary_encode(),
        pa.array(["skipped", "+14155550132", None, "+442079460123"]).slice(1),
    ],
    ids=["chunked", "large", "dictionary", "slice"],
)
def test_every_layout_of_text_is_read_alike(column):
    """Chunks, large strings, dictionaries and slices hold the same cells, and an array of plain text comes back."""
    assert normalise(column).numbers == pa.array([US, None, GB])


def test_an_empty_column_is_empty():
    """No cells give no numbers, in arrays of the same types."""
    column = normalise(pa.array([], pa.string()), pa.chunked_array([], pa.string()))

    assert rows(column) == []
    assert [column.numbers.type, column.problems.type, column.mended.type] == [pa.string(), pa.string(), pa.bool_()]


def test_countries_of_another_length_are_refused():
    """A column of countries that does not line up with the numbers is a fault, not something to guess about."""
    with pytest.raises(DataError, match=r"The number of countries must be the number of phone numbers, 3, but it is 2"):
        normalise(pa.array(["1", "2", "3"]), pa.array(["US", "US"]))


def test_slow_parts_of_phonenumbers_are_never_imported():
    """Places and carriers of numbers take seconds to import and are left alone."""
    check = (
        "import sys, segkit.data.phones; print({'phonenumbers.geocoder', 'phonenumbers.carrier'} & set(sys.modules))"
    )

    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "set()"

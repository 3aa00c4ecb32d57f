"""A country is two letters that ISO 3166 has, or that have phone numbers of their own; anything else is refused before data is asked."""

from collections.abc import Callable
from string import ascii_uppercase

import phonenumbers
import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.countries import COUNTRIES, TWO_LETTERS, country_of
from segkit.errors import DefinitionError


def test_countries_are_those_of_the_standard_and_those_of_phone_numbers():
    """Our table of three letters and two is ISO 3166-1, whole; with the three places that have numbers alone it is every country."""
    assert {country.alpha_3: country.alpha_2 for country in pycountry.countries} == TWO_LETTERS
    assert {country.alpha_2 for country in pycountry.countries} | set(phonenumbers.SUPPORTED_REGIONS) == COUNTRIES


@given(st.text(ascii_uppercase, min_size=2, max_size=2))
def test_two_letters_are_a_country_or_refused(letters: str):
    """Two letters in any case are a country or an error that names them and those with the same first letter."""
    if letters in COUNTRIES:
        assert country_of("It", letters.lower()) == letters
    else:
        with pytest.raises(DefinitionError) as refusal:
            country_of("It", letters)
        near = [country for country in COUNTRIES if country[0] == letters[0]]
        assert f"It can't be {letters!r}" in str(refusal.value)
        assert all(repr(country) in str(refusal.value) for country in near)


@given(st.text(max_size=3))
def test_no_other_text_is_a_country(text: str):
    """Letters that only look like others, digits and blanks are none."""
    if not (text.isascii() and text.upper() in COUNTRIES):
        with pytest.raises(DefinitionError):
            country_of("It", text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("UK", "GB"), ("uk", "GB"), ("EN", "GB"), ("JA", "JP"), ("USA", "US"), ("deu", "DE"), (" us", "US")],
)
def test_what_was_meant_is_offered(written: str, meant: str):
    """Usual slips: a name's letters, a language's, three letters, a blank."""
    with pytest.raises(DefinitionError, match=f"Did you mean '{meant}'"):
        country_of("It", written)


PATHS: dict[str, Callable[[str], object]] = {
    "phone_country": sk.phone_country,
    "not_phone_country": sk.not_phone_country,
    "within": lambda letters: sk.within(3, of="1", country=letters),
    "beyond": lambda letters: sk.beyond(3, of="1", country=letters),
    "sms_country": lambda letters: sk.sms_country(countries=[letters]),
    "sms_nearby": lambda letters: sk.sms_nearby(country=letters),
    "yaml of a phone": lambda letters: sk.Segment.from_yaml(f'segkit: 1\nname: It\nphone country: ["{letters}"]\n'),
    "yaml of a place": lambda letters: sk.Segment.from_yaml(
        f'segkit: 1\nname: It\nwithin: 3 miles\nof postal code: "1"\ncountry: "{letters}"\n'
    ),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("letters", ["ZZ", "EN"])
def test_every_way_to_say_a_country_refuses_what_is_none(path: str, letters: str):
    """A segment of a country that is not there would be a silent nobody."""
    with pytest.raises(DefinitionError, match=f"can't be '{letters}', which is not an ISO 3166 country code"):
        PATHS[path](letters)


UNIT_PATHS: dict[str, Callable[[str], object]] = {
    "within": lambda unit: sk.within(3, unit, of="02110"),  # type: ignore[arg-type]  # that is the point
    "beyond": lambda unit: sk.beyond(3, unit, of="02110"),  # type: ignore[arg-type]
    "sms_nearby": lambda unit: sk.sms_nearby(unit=unit),  # type: ignore[arg-type]
    "yaml": lambda unit: sk.Segment.from_yaml(f"segkit: 1\nname: It\nwithin: 3 {unit}\nof point: [1, 2]\n"),
}


@pytest.mark.parametrize("path", UNIT_PATHS)
@pytest.mark.parametrize(
    ("unit", "near"),
    [
        ("mile", "'miles'"),
        ("mi", "'miles'"),
        ("Miles", "'miles'"),
        ("km", "'kilometers'"),
        ("meters", None),
        ("feet", None),
    ],
)
def test_every_way_to_say_a_unit_refuses_what_is_none(path: str, unit: str, near: str | None):
    """Near choices go by what a unit means: "meters" looks like "kilometers", and is a thousand times less."""
    with pytest.raises(DefinitionError) as refusal:
        UNIT_PATHS[path](unit)
    said = str(refusal.value)

    assert repr(unit) in said
    assert "'miles', 'kilometers'" in said
    assert (f"Did you mean {near}?" in said) if near else ("Did you mean" not in said)

"""Phone numbers read one by one by the plain `phonenumbers`, and cells made up to be read; reading columns is what these test.

The cells are made while a test runs, around the examples that `phonenumbers` has of each region, and never stored.
"""

import random

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from segkit.data.phones import Phones

EVERY_REGION = sorted(phonenumbers.SUPPORTED_REGIONS)


def as_phonenumbers_reads(cell: str, country: str | None = None) -> tuple:
    """Return what the plain library says of one cell; the problem only where it could be parsed."""
    number = phonenumbers.parse(cell, country)
    if not phonenumbers.is_valid_number(number):
        problem = {
            ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "no area code",
            ValidationResult.TOO_SHORT: "too short",
            ValidationResult.TOO_LONG: "too long",
        }.get(phonenumbers.is_possible_number_with_reason(number), "not a valid number")
        return None, None, None, problem, False
    kind = {
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.FIXED_LINE: "fixed line",
        PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed line or mobile",
    }.get(phonenumbers.number_type(number), "other")
    text = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return text, phonenumbers.region_code_for_number(number), kind, None, text != cell


def mutated(region: str, size: int, seed: int) -> list[str]:
    """Make clean international numbers near the valid ones of a region: digits changed, dropped, added, a prefix in front."""
    dice = random.Random(f"{seed} {region}")
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in PhoneNumberType.values()]
    nationals = [phonenumbers.national_significant_number(number) for number in examples if number is not None]
    made = []
    for _ in range(size):
        digits = list(dice.choice(nationals))
        for _ in range(dice.choice([0, 1, 2, 4, 7])):
            digits[dice.randrange(len(digits))] = dice.choice("0123456789")
        match dice.randrange(20):
            case 0:
                digits.pop(dice.randrange(len(digits)))
            case 1:
                digits.insert(dice.randrange(len(digits)), dice.choice("0123456789"))
            case 2:
                digits.insert(0, dice.choice("0018"))
        made.append(f"+{phonenumbers.country_code_for_region(region)}{''.join(digits)}")
    return made


def rows(column: Phones) -> list[tuple]:
    """Return number, country, kind, problem and mended of every cell."""
    arrays = (column.numbers, column.countries, column.kinds, column.problems, column.mended)
    return list(zip(*(array.to_pylist() for array in arrays), strict=True))

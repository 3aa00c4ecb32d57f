"""Convert phone numbers to E.164, with the country and kind of each number, or the reason why it is not valid.

The results are the same as from `phonenumbers`, after removing marks that spreadsheets leave on a number. `phone_patterns.py` reads
clean numbers a column at a time, with the same results. `TEXTABLE_KINDS` are the kinds of numbers that can receive texts.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumber,
    PhoneNumberType,
    ValidationResult,
    is_possible_number_with_reason,
    national_significant_number,
    number_type,
    parse,
    region_code_for_number,
)

from segkit.data.phone_patterns import (
    E164,
    FIXED_LINE,
    FIXED_LINE_OR_MOBILE,
    MOBILE,
    NO_AREA_CODE,
    NOT_VALID,
    OTHER,
    TOO_LONG,
    TOO_SHORT,
    read_clean,
)
from segkit.errors import DataError

NO_DIGITS: Final = "no digits"
DIGITS_LOST: Final = "digits lost in scientific notation"
NO_COUNTRY: Final = "no country code and no country"
UNKNOWN_COUNTRY_CODE: Final = "unknown country code"

LOST: Final = (NO_DIGITS, DIGITS_LOST)
"""Problems that leave no digits by which a number could be recognized."""

KINDS: Final = (MOBILE, FIXED_LINE, FIXED_LINE_OR_MOBILE, OTHER)
TEXTABLE_KINDS: Final = (MOBILE, FIXED_LINE_OR_MOBILE)
"""The kinds of numbers that can receive texts. In some countries, such as the US, the two kinds can't be told apart."""

PROBLEMS: Final = (
    NO_DIGITS,
    DIGITS_LOST,
    NO_COUNTRY,
    UNKNOWN_COUNTRY_CODE,
    NO_AREA_CODE,
    TOO_SHORT,
    TOO_LONG,
    NOT_VALID,
)

# What spreadsheets do to a number: write it as a float, or in scientific notation.
_FLOAT: Final = re.compile(r"(\+?[0-9]+)\.0")
_EXPONENT: Final = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")
_FIRST_OF_A_NUMBER: Final = re.compile(r"[+\uFF0B\d]")

# Require at least 11 digits: many US numbers with ten digits, without the leading 1, are also valid numbers in another country.
_BARE_WITH_CALLING_CODE: Final = r"^[1-9][0-9]{10,14}$"

# Spreadsheets show at most six digits with an exponent, and single precision has eight. With nine digits, only zeros are missing.
_DIGITS_THAT_LOST_NONE: Final = 9

_KIND_BY_TYPE: Final = {
    PhoneNumberType.MOBILE: MOBILE,
    PhoneNumberType.FIXED_LINE: FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: FIXED_LINE_OR_MOBILE,
}
_PROBLEM_BY_LENGTH: Final = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NO_AREA_CODE,
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
}
_PROBLEM_BY_ERROR: Final = {
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}


@dataclass(frozen=True, slots=True, repr=False)
class Phones:
    """A parsed column of phone numbers: five Arrow arrays with an entry for each cell.

    Attributes:
        numbers: E.164 text if valid, else null. Extensions are dropped, since E.164 has none.
        countries: ISO 3166 alpha-2 if valid, else null. The country comes from the number itself, so +1 can be US, CA, PR and others.
            Numbers without a country, such as +800, have "001", as in `phonenumbers`.
        kinds: one of `KINDS` if valid, else null. In the US and Canada, mobile and fixed-line numbers look the same.
        problems: one of `PROBLEMS` if the cell is neither empty nor a valid number, else null.
        mended: True if a valid number was written differently from `numbers`; never null.
    """

    numbers: pa.StringArray
    countries: pa.StringArray
    kinds: pa.StringArray
    problems: pa.StringArray
    mended: pa.BooleanArray

    def __repr__(self) -> str:
        valid = len(self.numbers) - self.numbers.null_count
        return f"Phones: {valid:,} valid numbers of {len(self.numbers):,} cells"


def normalise(
    written: pa.StringArray | pa.ChunkedArray, countries: pa.StringArray | pa.ChunkedArray | None = None
) -> Phones:
    """Parse phone numbers.

    The result for each cell is the same as from `phonenumbers` (`parse` with the country, `is_valid_number`,
    `region_code_for_number`, `number_type`), after removing marks that spreadsheets leave: blanks around the number, a leading
    apostrophe, a trailing ".0", an exponent. An exponent is only expanded if no digits were lost ("1.4155550132E10", but never
    "1.41556E+10").

    Digits without a plus and without a country are read as an international number if there are at least 11 of them and they are
    valid with a plus in front. With fewer digits, or with brackets and dashes, this would be a guess.

    Each distinct pair of cell and country is parsed once.

    Args:
        written: the cells as text. Null, empty text and blanks give neither a number nor a problem.
        countries: the country of each number, ISO 3166 alpha-2 in capitals, for numbers without a country code. Null, or a country
            that `phonenumbers` does not know, means none.

    Raises:
        DataError: there are not as many countries as cells.

    >>> phones = normalise(pa.array(["(415) 555-0132", "14155550132.0", "+442079460123", "555-0132", "n/a", None]),
    ...                    pa.array(["US", None, "US", "US", "US", "US"]))
    >>> phones.numbers.to_pylist()
    ['+14155550132', '+14155550132', '+442079460123', None, None, None]
    >>> phones.countries.to_pylist()
    ['US', 'US', 'GB', None, None, None]
    >>> phones.problems.to_pylist()
    [None, None, None, 'no area code', 'no digits', None]
    >>> phones.mended.to_pylist()
    [True, True, False, False, False, False]
    """
    if countries is None:
        countries = pa.nulls(len(written), pa.string())
    if len(countries) != len(written):
        raise DataError.bad_argument(
            "The number of countries", len(countries), f"the number of phone numbers, {len(written):,}"
        )
    cells, cell_of_row = _encoded(written)
    regions, region_of_row = _encoded(countries)
    step = max(1, len(regions))
    pairs = pa.array(cell_of_row * step + region_of_row).dictionary_encode()
    cell, region = np.divmod(pairs.dictionary.to_numpy(), step)

    texts = _tidied(cells).take(pa.array(cell))
    known = pa.array([name if name in SUPPORTED_REGIONS else None for name in regions.to_pylist()], pa.string())
    numbers, *words = _read(texts, known.take(pa.array(region)))
    mended = pc.fill_null(pc.not_equal(numbers, cells.take(pa.array(cell))), False)
    return Phones(*(column.take(pairs.indices) for column in (numbers, *words, mended)))


def _encoded(column: pa.StringArray | pa.ChunkedArray) -> tuple[pa.StringArray, npt.NDArray[np.int64]]:
    """Return the distinct texts of a column, with "" for null, and the position of each row's text among them."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = pc.fill_null(whole.cast(pa.string()), "").dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype(np.int64)


def _tidied(cells: pa.StringArray) -> pa.StringArray:
    """Remove the marks that spreadsheets leave."""
    marked = pc.invert(pc.match_substring_regex(cells, E164))
    return pc.replace_with_mask(cells, marked, pa.array(map(_tidy, cells.filter(marked).to_pylist()), pa.string()))


def _tidy(cell: str) -> str:
    text = cell.strip().removeprefix("'").strip()
    if floating := _FLOAT.fullmatch(text):
        return floating[1]
    if exponential := _EXPONENT.fullmatch(text):
        digits = exponential[1] + (exponential[2] or "")
        zeros = int(exponential[3]) - len(digits) + 1
        if zeros == 0 or (zeros > 0 and len(digits) >= _DIGITS_THAT_LOST_NONE):
            return digits + "0" * zeros
    return text


def _read(texts: pa.StringArray, regions: pa.StringArray) -> list[pa.StringArray]:
    """Return numbers, countries, kinds and problems of distinct tidied texts."""
    bare = pc.and_(pc.is_null(regions), pc.match_substring_regex(texts, _BARE_WITH_CALLING_CODE))
    texts = pc.if_else(bare, pc.binary_join_element_wise("+", texts, ""), texts)
    numbers = texts.to_numpy(zero_copy_only=False)
    countries, kinds, problems = (np.full(len(texts), None, dtype=np.object_) for _ in range(3))

    def read_at_once(where: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Read the clean numbers at some positions, and return the positions of the others."""
        some = pa.array(numbers[where], pa.string())
        clean = pc.match_substring_regex(some, E164).to_numpy(zero_copy_only=False)
        verdicts = read_clean(some.filter(pa.array(clean)))
        found = where[clean]
        countries[found], kinds[found], problems[found] = verdicts.countries, verdicts.kinds, verdicts.problems
        return np.concatenate([where[~clean], found[~verdicts.decided]])

    names = regions.to_pylist()
    parsed: dict[int, PhoneNumber] = {}
    # Sort by country, so that neighbours share the patterns in the cache of `re`.
    for row in sorted(read_at_once(np.arange(len(texts))), key=lambda row: (names[row] or "", numbers[row])):
        countries[row] = kinds[row] = None
        number, problems[row] = _parse(numbers[row], names[row])
        numbers[row] = None
        if number is not None:
            parsed[row], numbers[row] = number, _spelled(number)
    # Classify all parsed numbers at once where possible, which is faster than one by one.
    for row in read_at_once(np.array(list(parsed), dtype=np.intp)):
        countries[row], kinds[row], problems[row] = _judge(parsed[row])
    numbers[~kinds.astype(np.bool_)] = None
    problems[bare.to_numpy(zero_copy_only=False) & problems.astype(np.bool_)] = NO_COUNTRY
    return [pa.array(words, pa.string()) for words in (numbers, countries, kinds, problems)]


def _parse(text: str, region: str | None) -> tuple[PhoneNumber | None, str | None]:
    """Return the number that `phonenumbers` parses, or the problem. Empty text has neither."""
    if not text:
        return None, None
    if _EXPONENT.fullmatch(text):
        return None, DIGITS_LOST
    try:
        return parse(text, region), None
    except NumberParseException as error:
        return None, _why_not_parsed(text, region, error)


def _spelled(number: PhoneNumber) -> str:
    """Return a number in E.164. This is a faster version of `format_number`."""
    return f"+{number.country_code}{national_significant_number(number)}"


def _judge(number: PhoneNumber) -> tuple[str | None, str | None, str | None]:
    """Return country, kind and problem as `phonenumbers` defines them."""
    # One call is enough: number_type returns UNKNOWN if, and only if, is_valid_number is False.
    if (kind := number_type(number)) == PhoneNumberType.UNKNOWN:
        return None, None, _PROBLEM_BY_LENGTH.get(is_possible_number_with_reason(number), NOT_VALID)
    return region_code_for_number(number), _KIND_BY_TYPE.get(kind, OTHER), None


def _why_not_parsed(text: str, region: str | None, error: NumberParseException) -> str:
    first = _FIRST_OF_A_NUMBER.search(text)
    if first is None:
        return NO_DIGITS
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return NO_COUNTRY if region is None and first[0].isdigit() else UNKNOWN_COUNTRY_CODE
    return _PROBLEM_BY_ERROR.get(error.error_type, NOT_VALID)

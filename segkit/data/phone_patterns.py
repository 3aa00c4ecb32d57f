"""Validate and classify clean E.164 numbers a column at a time. `phones.py` parses numbers in any other format.

The rules come from `phonenumbers`: its metadata is compiled to patterns for Arrow's RE2, so the rules and the patterns change with the
version of `phonenumbers`. The results match those of `phonenumbers`, because:

- A clean number contains its calling code, so the country in which it was written doesn't matter.
- The digits after the calling code are the national number, unless they begin with a national prefix (+44 0...). Those few numbers,
  and numbers with an unknown calling code, are left undecided.
- The metadata defines a pattern and the possible lengths of each kind of number. RE2 can't test both at once, so each national
  number is prefixed with its length as a letter: `[k](?:...)` means "ten digits, and this pattern".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import ascii_letters
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

Words: TypeAlias = npt.NDArray[np.object_]
Flags: TypeAlias = npt.NDArray[np.bool_]

E164: Final = r"^\+[1-9][0-9]{6,14}$"
"""Matches a clean number. ITU-T E.164 allows at most 15 digits, and numbers with fewer than 7 digits are rare."""

FEWEST: Final = 64
"""If at least this many numbers share a calling code, compiling its patterns is faster than parsing each number."""

MOBILE: Final = "mobile"
FIXED_LINE: Final = "fixed line"
FIXED_LINE_OR_MOBILE: Final = "fixed line or mobile"
OTHER: Final = "other"

NO_AREA_CODE: Final = "no area code"
TOO_SHORT: Final = "too short"
TOO_LONG: Final = "too long"
NOT_VALID: Final = "not a valid number"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The results of the patterns, with an entry for each number. Ignore the other fields where `decided` is False."""

    decided: Flags
    countries: Words
    kinds: Words
    problems: Words


def read_clean(numbers: pa.StringArray, *, fewest: int = FEWEST) -> Verdicts:
    """Return the country, kind and problem of numbers that all match `E164`.

    A valid number has a country and a kind but no problem, and an invalid number has only a problem. Numbers stay undecided if their
    calling code has fewer numbers than `fewest` or is unknown, or if they begin with a national prefix.

    >>> verdicts = read_clean(pa.array(["+14155550132", "+1415555013"]), fewest=1)
    >>> verdicts.countries.tolist(), verdicts.kinds.tolist(), verdicts.problems.tolist()
    (['US', None], ['fixed line or mobile', None], [None, 'too short'])
    """
    decided = np.zeros(len(numbers), dtype=np.bool_)
    verdicts = Verdicts(decided, _no_words(len(numbers)), _no_words(len(numbers)), _no_words(len(numbers)))
    codes = _calling_codes()[pc.utf8_slice_codeunits(numbers, 1, 4).cast(pa.int16()).to_numpy()]
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order], prepend=-1, append=-1))
    for start, stop in pairwise(edges):
        where = order[start:stop]
        code = int(codes[where[0]])
        if code and len(where) >= fewest:
            _read_calling_code(code, numbers.take(pa.array(where)), where, verdicts)
    return verdicts


def length_problem(metadata: PhoneMetadata, length: int) -> str:
    """Return the problem of an invalid national number with `length` digits.

    The result is the same as from `phonenumbers.is_possible_number_with_reason`, in words.
    """
    description = metadata.general_desc
    if description is None:
        return NOT_VALID
    if length in description.possible_length_local_only:
        return NO_AREA_CODE
    if length < description.possible_length[0]:
        return TOO_SHORT
    return TOO_LONG if length > description.possible_length[-1] else NOT_VALID


def _no_words(size: int) -> Words:
    return np.full(size, None, dtype=np.object_)


@cache
def _calling_codes() -> npt.NDArray[np.int16]:
    """Return a lookup table from the three leading digits of a number to its calling code, or 0 if there is none."""
    by_digits = np.zeros(1000, dtype=np.int16)
    for code in COUNTRY_CODE_TO_REGION_CODE:
        width = 10 ** (3 - len(str(code)))
        by_digits[code * width : (code + 1) * width] = code
    return by_digits


def _read_calling_code(code: int, numbers: pa.StringArray, where: npt.NDArray[np.intp], verdicts: Verdicts) -> None:
    """Write the verdicts on numbers with one calling code to the positions `where`."""
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    main = PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
    if main is None:
        return
    before = 1 + len(str(code))
    lengths = pc.binary_length(numbers).to_numpy() - before
    letters = pa.array(list(ascii_letters)).take(pa.array(lengths))
    nationals = pc.binary_join_element_wise(letters, pc.utf8_slice_codeunits(numbers, before), "")

    countries, kinds = _countries_and_kinds(code, nationals)
    problems = np.array([length_problem(main, length) for length in range(lengths.max() + 1)], dtype=np.object_)[
        lengths
    ]
    problems[kinds.astype(np.bool_)] = None
    verdicts.countries[where] = countries
    verdicts.kinds[where] = kinds
    verdicts.problems[where] = problems
    verdicts.decided[where] = ~_begin_with_prefix(nationals, main)


def _begin_with_prefix(nationals: pa.StringArray, metadata: PhoneMetadata) -> Flags:
    """Find numbers from which `phonenumbers` might strip or replace leading digits.

    Compare the number before and after, since Argentina's pattern can match an empty prefix, which changes nothing.
    """
    prefix = metadata.national_prefix_for_parsing
    if not prefix:
        return np.zeros(len(nationals), dtype=np.bool_)
    stripped = pc.replace_substring_regex(nationals, f"^(.)(?:{prefix})", r"\1", max_replacements=1)
    return _flags(pc.not_equal(stripped, nationals))


def _countries_and_kinds(code: int, nationals: pa.StringArray) -> tuple[Words, Words]:
    """Assign each number to the first matching region, as `region_code_for_number` does, and return countries and kinds.

    If several regions share a calling code, a region with leading digits matches all numbers that begin with them, whatever their
    kind. Any other region matches the numbers for which it has a kind.
    """
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    countries, kinds = _no_words(len(nationals)), _no_words(len(nationals))
    where = np.arange(len(nationals))
    for region in regions:
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if metadata is None:
            continue
        if metadata.leading_digits is None or len(regions) == 1:
            found = _kinds(nationals, metadata)
            claimed = found.astype(np.bool_)
        else:
            claimed = _matches(nationals, f"^.(?:{metadata.leading_digits})")
            found = _no_words(len(nationals))
            found[claimed] = _kinds(nationals.filter(pa.array(claimed)), metadata)
        if claimed.any():
            known = found.astype(np.bool_)
            countries[where[known]] = region
            kinds[where] = found
            nationals, where = nationals.filter(pa.array(~claimed)), where[~claimed]
    return countries, kinds


def _kinds(nationals: pa.StringArray, metadata: PhoneMetadata) -> Words:
    """Return the kind of each number in one region, or None if it has none. Kinds are tested in the order of `number_type`."""
    kinds = _no_words(len(nationals))
    if not len(nationals):
        return kinds
    special = (
        metadata.premium_rate,
        metadata.toll_free,
        metadata.shared_cost,
        metadata.voip,
        metadata.personal_number,
        metadata.pager,
        metadata.uan,
        metadata.voicemail,
    )
    fixed = _matches(nationals, _pattern([metadata.fixed_line]))
    same = metadata.same_mobile_and_fixed_line_pattern
    mobile = fixed if same else _matches(nationals, _pattern([metadata.mobile]))
    kinds[mobile] = MOBILE
    kinds[fixed] = FIXED_LINE
    kinds[fixed & mobile] = FIXED_LINE_OR_MOBILE
    kinds[_matches(nationals, _pattern(special))] = OTHER
    kinds[~_matches(nationals, _pattern([metadata.general_desc]))] = None
    return kinds


def _pattern(descriptions: Iterable[PhoneNumberDesc | None]) -> str:
    """Return a pattern for national numbers, prefixed with their length letter, that fit any of the descriptions."""
    fitting = []
    for description in descriptions:
        if description is not None and description.national_number_pattern:
            # In the metadata, a length of -1 means that a region has no such numbers.
            letters = "".join(ascii_letters[length] for length in description.possible_length if length >= 0)
            if letters or not description.possible_length:
                fitting.append(f"{f'[{letters}]' if letters else '.'}(?:{description.national_number_pattern})")
    return f"^(?:{'|'.join(fitting)})$" if fitting else ""


def _matches(texts: pa.StringArray, pattern: str) -> Flags:
    """Return which texts match a pattern. An empty pattern matches none."""
    if not pattern:
        return np.zeros(len(texts), dtype=np.bool_)
    return _flags(pc.match_substring_regex(texts, pattern))


def _flags(flags: pa.BooleanArray) -> Flags:
    array: Flags = flags.to_numpy(zero_copy_only=False)
    return array

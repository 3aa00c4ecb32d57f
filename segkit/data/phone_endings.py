"""Extract the last digits of every number in a cell, so that opt-outs also match numbers that `phones.py` can't parse."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags

FEWEST = 7
"""The fewest digits that identify a number: a local number without its area code. Fewer digits would match other people."""

MOST = 10
"""The digits of a full number in most countries. Digits before these are a country code or a dialling prefix."""

_PLACES = 10**MOST
_REMARK = r"[0-9].*\p{L}"
_EXPONENT = r"^[^\p{L}]*[0-9][eE][^\p{L}]*$"
"""Matches a number in scientific notation, as spreadsheets write it. Its letter "e" is not a remark."""

_LONGEST_NUMBER = 15
"""The largest number of digits in E.164."""

_RUNS = re.compile(r"(\d+)([^\d]*)")
_WITHIN_A_NUMBER = re.compile(r"[\s().\-\u2010-\u2015]*")

Endings = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PhoneEndings:
    """The endings of numbers, as parallel arrays. A row occurs once for each number in it.

    Attributes:
        rows: the row of each number's profile.
        endings: the last digits of each number, encoded by `keys_of`.
    """

    rows: npt.NDArray[np.int64]
    endings: Endings

    @classmethod
    def of(cls, cells: pa.Array, rows: npt.NDArray[np.int64]) -> "PhoneEndings":
        """Extract the endings of all numbers in some rows of a column of text.

        >>> PhoneEndings.of(pa.array(["212-555-0142 / 212-555-0143", None, "(home)"]), np.arange(3)).rows.tolist()
        [0, 0]
        """
        texts = cells.take(pa.array(rows)).dictionary_encode()
        known = [[_key(ending) for ending in endings_in(text)] for text in texts.dictionary.to_pylist()]
        codes = pc.fill_null(texts.indices, -1).to_numpy(zero_copy_only=False)
        pairs = [(row, ending) for row, code in zip(rows, codes, strict=True) if code >= 0 for ending in known[code]]
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return cls(found[:, 0], found[:, 1])

    @property
    def lengths(self) -> Endings:
        """The number of digits of each ending."""
        return np.asarray(self.endings // _PLACES)

    @property
    def digits(self) -> Endings:
        """The digits of each ending as an integer."""
        return np.asarray(self.endings % _PLACES)

    def joined(self, other: "PhoneEndings") -> "PhoneEndings":
        """Concatenate these endings and others."""
        return PhoneEndings(np.concatenate([self.rows, other.rows]), np.concatenate([self.endings, other.endings]))


NONE = PhoneEndings(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def endings_in(text: str) -> list[str]:
    """Return the last ten digits of each number in a text, or all digits if it has fewer.

    Leading zeros are dropped, including those after a country code ("+33 06 ..."). If a text is ambiguous, all interpretations are
    returned: ten digits, a blank and more digits are read both as one number and as two. Fewer than seven digits before a separator,
    such as an area code and a slash, belong to the digits that follow.

    >>> endings_in("+1 212-555-0142 (mobile)"), endings_in("2125550142 2125550143"), endings_in("555-0142"), endings_in("555-01")
    (['2125550142'], ['2125550142', '2125550143'], ['5550142'], [])
    """
    # Convert digits of any script to ASCII. "(0)" is only dialled within a country.
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text).replace("(0)", "")
    numbers: list[str] = []
    before = digits = ""
    for run, between in _RUNS.findall(plain):
        digits += run
        if "+" in between or not _WITHIN_A_NUMBER.fullmatch(between) or (before and len(digits) >= MOST):
            numbers += [before + digits] * (len(before + digits) <= _LONGEST_NUMBER) + [digits]
            before, digits = "", digits if len(digits) < FEWEST and not before else ""
        elif len(digits) >= MOST:
            numbers.append(digits)
            before, digits = digits, ""
    numbers += [before + digits] * (len(before + digits) <= _LONGEST_NUMBER) + [digits]
    found = (number.lstrip("0")[-MOST:].lstrip("0") for number in numbers)
    return list(dict.fromkeys(number for number in found if len(number) >= FEWEST))


def _key(ending: str) -> int:
    return int(len(ending) * _PLACES + int(ending))


def last_digits(numbers: pa.Array) -> Endings:
    """Return the last ten digits of numbers in E.164 as integers.

    >>> last_digits(pa.array(["+12125550142"])).tolist()
    [2125550142]
    """
    digits = pc.utf8_slice_codeunits(pc.utf8_ltrim(numbers, "+"), -MOST)
    return np.asarray(pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False))


def keys_of(digits: Endings, length: int) -> Endings:
    """Return a key for the last `length` digits of each number: the length followed by the digits.

    Args:
        digits: the last ten digits of each number, as integers.
        length: the number of digits of the ending.

    >>> keys_of(np.array([2125550142]), 7).tolist()
    [70005550142]
    """
    return np.asarray(length * _PLACES + digits % 10**length)


def may_hold_others(cells: pa.Array, numbers: pa.Array) -> Flags:
    """Return which cells may contain more numbers than the one that was parsed.

    These are long cells, and cells with a remark after the digits, since `phonenumbers` converts letters to digits as on a keypad.
    """
    is_long = pc.greater(pc.utf8_length(cells), pc.add(pc.utf8_length(numbers), FEWEST))
    has_letters = pc.and_not(pc.match_substring_regex(cells, _REMARK), pc.match_substring_regex(cells, _EXPONENT))
    has_remark = pc.and_(pc.is_valid(numbers), has_letters)
    return np.asarray(pc.fill_null(pc.or_(is_long, has_remark), fill_value=False).to_numpy(zero_copy_only=False))

"""The last digits of every number in a cell, by which a number that can't be read is still recognised; reading is `phones`'."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags

FEWEST = 7
"""How many last digits tell a number at least: a local number without its area code. Fewer would stop strangers."""

MOST = 10
"""How many digits a whole number has in most countries: those in front are a country code or a prefix for dialling."""

_PLACES = 10**MOST
_REMARK = r"[0-9].*\p{L}"
_EXPONENT = r"^[^\p{L}]*[0-9][eE][^\p{L}]*$"
"""A number as a spreadsheet writes it, whose letter is no remark."""

_LONGEST_NUMBER = 15
"""E.164 has no more digits."""

_RUNS = re.compile(r"(\d+)([^\d]*)")
_WITHIN_A_NUMBER = re.compile(r"[\s().\-\u2010-\u2015]*")

Endings = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PhoneEndings:
    """Endings of numbers that stand in some rows: parallel arrays, a row as often as it has numbers.

    Attributes:
        rows: the row of the profile of each.
        endings: its last digits, as `keys_of` makes them comparable.
    """

    rows: npt.NDArray[np.int64]
    endings: Endings

    @classmethod
    def of(cls, cells: pa.Array, rows: npt.NDArray[np.int64]) -> "PhoneEndings":
        """Read the endings of all numbers in some rows of a column of text.

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
        """How many digits each ending has."""
        return np.asarray(self.endings // _PLACES)

    @property
    def digits(self) -> Endings:
        """The digits of each ending as a whole number."""
        return np.asarray(self.endings % _PLACES)

    def joined(self, other: "PhoneEndings") -> "PhoneEndings":
        """Return these endings and others."""
        return PhoneEndings(np.concatenate([self.rows, other.rows]), np.concatenate([self.endings, other.endings]))


NONE = PhoneEndings(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def endings_in(text: str) -> list[str]:
    """Return the last ten digits of each number in a text, or all of them where it has fewer; it is read generously.

    Zeros in front are left out, since they stand in for a country code, also behind one ("+33 06 ..."). What goes on after ten digits and a blank is taken both for
    one number and for two. Fewer than seven digits before a mark that parts numbers, such as an area code and a slash, belong to what
    follows.

    >>> endings_in("+1 212-555-0142 (mobile)"), endings_in("2125550142 2125550143"), endings_in("555-0142"), endings_in("555-01")
    (['2125550142'], ['2125550142', '2125550143'], ['5550142'], [])
    """
    # Any script's digits are made those of ASCII; "(0)" is dialled within a country only.
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
    """Return the last ten digits of numbers in E.164 as whole numbers.

    >>> last_digits(pa.array(["+12125550142"])).tolist()
    [2125550142]
    """
    digits = pc.utf8_slice_codeunits(pc.utf8_ltrim(numbers, "+"), -MOST)
    return np.asarray(pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False))


def keys_of(digits: Endings, length: int) -> Endings:
    """Return the key of an ending of `length` digits for numbers of which the last ten are given.

    >>> keys_of(np.array([2125550142]), 7).tolist()
    [70005550142]
    """
    return np.asarray(length * _PLACES + digits % 10**length)


def may_hold_others(cells: pa.Array, numbers: pa.Array) -> Flags:
    """Return which cells may hold another number than the one that was read from them.

    Long ones do, and those with a remark behind the digits, whose letters were taken for those of a telephone's keys.
    """
    is_long = pc.greater(pc.utf8_length(cells), pc.add(pc.utf8_length(numbers), FEWEST))
    has_letters = pc.and_not(pc.match_substring_regex(cells, _REMARK), pc.match_substring_regex(cells, _EXPONENT))
    has_remark = pc.and_(pc.is_valid(numbers), has_letters)
    return np.asarray(pc.fill_null(pc.or_(is_long, has_remark), fill_value=False).to_numpy(zero_copy_only=False))

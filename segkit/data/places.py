"""Locate profiles: recognize country names, convert postal codes to coordinates, and compute great-circle distances."""

import gc
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pycountry
import zipcodes

from segkit.data.properties import UNSET, Codes, codes_of, spread
from segkit.errors import DataError
from segkit.marks import unmarked

Degrees = npt.NDArray[np.float64]
Column: TypeAlias = pa.Array | pa.ChunkedArray

EARTH_RADIUS = 6_371.0088
"""The mean radius of the earth in kilometers, according to the IUGG."""
KILOMETERS = {"miles": 1.609344, "kilometers": 1.0}

EUROPEAN_UNION = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
)
"""The 27 member states. Klaviyo's region does not include the United Kingdom either."""
REGIONS = {"european_union": EUROPEAN_UNION, "united_states": frozenset({"US"})}

_OTHER_CODES = {"UK": "GB", "XK": "XK", "XKX": "XK", "AC": "AC", "TA": "TA"}
"""Codes that are not in ISO 3166. Kosovo, Ascension and Tristan da Cunha have calling codes but no ISO code."""
_OTHER_NAMES = {
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "america": "US",
    "holland": "NL",
    "nederland": "NL",
    "deutschland": "DE",
    "osterreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "espana": "ES",
    "italia": "IT",
    "sverige": "SE",
    "norge": "NO",
    "danmark": "DK",
    "suomi": "FI",
    "belgique": "BE",
    "belgie": "BE",
    "eire": "IE",
    "republic of ireland": "IE",
    "polska": "PL",
    "brasil": "BR",
    "russia": "RU",
    "turkey": "TR",
    "ivory coast": "CI",
    "kosovo": "XK",
    "republic of kosovo": "XK",
    "uae": "AE",
    "bosnia": "BA",
    "aland": "AX",
    "ascension": "AC",
    "ascension island": "AC",
    "tristan da cunha": "TA",
    "brunei": "BN",
    "cape verde": "CV",
    "micronesia": "FM",
    "macedonia": "MK",
    "palestine": "PS",
    "palestinian territories": "PS",
    "palestinian territory": "PS",
    "saint helena": "SH",
    "swaziland": "SZ",
    "vatican": "VA",
    "vatican city": "VA",
    "vatican city state": "VA",
    "macau": "MO",
    "burma": "MM",
    "east timor": "TL",
    "dr congo": "CD",
    "drc": "CD",
    "congo kinshasa": "CD",
    "congo brazzaville": "CG",
    "hong kong sar": "HK",
    "hong kong sar china": "HK",
    "macao sar": "MO",
    "macao sar china": "MO",
    "bonaire": "BQ",
    "caribbean netherlands": "BQ",
    "korea": "KR",
}
"""Names that are not in pycountry, case-folded: older names, short names, and some names in the country's language.

Together with pycountry they cover every English name that `phonenumbers` uses.
"""


@cache
def country_code(written: str) -> str | None:
    """Return the two-letter code for any common name or code of a country, ignoring case, accents and marks, or None if unknown.

    >>> country_code("Germany"), country_code("U.S.A."), country_code("Cote d'Ivoire"), country_code("Narnia")
    ('DE', 'US', 'CI', None)
    """
    folded = _folded(written)
    return _OTHER_CODES.get(folded.upper()) or _OTHER_NAMES.get(folded) or _iso_names().get(folded)


def _folded(written: str) -> str:
    """Normalize a name: lower case, no accents or marks, "saint" for "st", and without "and" and "the"."""
    decomposed = unicodedata.normalize("NFKD", unmarked(written).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = re.findall(r"\w+", re.sub(r"[.'\u2018\u2019`]", "", bare).replace("\u00f8", "o").replace("\u0131", "i"))
    telling = ["saint" if word == "st" else word for word in words if word not in {"and", "the"}]
    # "AND" alone is the code of Andorra.
    return " ".join(telling or words)


@cache
def _iso_names() -> dict[str, str]:
    """Map each normalized name and code in ISO 3166 to the two-letter code, including reordered names ("Republic of Korea")."""
    found: dict[str, str] = {}
    for country in pycountry.countries:
        codes = [country.alpha_2, country.alpha_3, country.numeric]
        names = [name for kind in ("common_name", "name", "official_name") if (name := getattr(country, kind, None))]
        turned = [" ".join(reversed(name.split(", ", 1))) for name in names if ", " in name]
        short = [re.sub(r"\(.*?\)", "", name) for name in names if "(" in name]
        for spelling in filter(None, map(_folded, (*codes, *names, *turned, *short))):
            found.setdefault(spelling, country.alpha_2)
    return found


def country_codes(written: Column) -> pa.Array:
    """Return the two-letter code of each country, or null if it is not set or unknown."""
    return coded_countries(_coded(written)).dictionary_decode()


def coded_countries(written: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the two-letter code of each country, dictionary-encoded, with null if it is not set or unknown."""
    letters = pa.array([country_code(name) for name in written.dictionary.to_pylist()], pa.string()).dictionary_encode()
    if len(letters.dictionary) == len(letters):
        # All names are different countries, so the indices don't change.
        return pa.DictionaryArray.from_arrays(written.indices, letters.dictionary, safe=False)
    return pa.DictionaryArray.from_arrays(letters.indices.take(written.indices), letters.dictionary)


@cache
def _us_points() -> dict[str, tuple[float, float]]:
    """Return the coordinates of US postal codes. The source has codes at 0,0, which are not real and are left out."""
    was_enabled = gc.isenabled()
    # The source makes 42,000 dictionaries, which would start the garbage collector many times, and there is no garbage.
    gc.disable()
    try:
        # Without a filter these are all rows, as of `list_all`, which would keep them and make each later collection slower.
        rows = zipcodes.filter_by()  # type: ignore[no-untyped-call]
        every = ((row["zip_code"], float(row["lat"] or 0), float(row["long"] or 0)) for row in rows)
        return {code: (latitude, longitude) for code, latitude, longitude in every if latitude or longitude}
    finally:
        if was_enabled:
            gc.enable()


_NO_CODE = 10**5
"""The index that stands for all codes that are not five digits."""


@cache
def _us_table() -> Degrees:
    """Return US latitudes and longitudes as an array, indexed by the code as an integer, with NaN for unknown codes."""
    table = np.full((2, _NO_CODE + 1), np.nan)
    points = _us_points()
    table[:, list(map(int, points))] = np.array(list(points.values())).T
    return table


def _plain_us_points(postal_codes: pa.Array) -> Degrees:
    """Return the latitudes and longitudes of codes that are written as five digits, with NaN for all other and unknown codes.

    Codes are looked up as integers, which is faster than text.
    """
    numbers = np.full(len(postal_codes), _NO_CODE, dtype=np.int32)
    is_five = pc.equal(pc.binary_length(postal_codes), 5).to_numpy(zero_copy_only=False)
    if is_five.any():
        _, edges, data = postal_codes.buffers()
        letters = np.frombuffer(data, np.uint8)
        starts = np.frombuffer(edges, np.int32, count=len(postal_codes), offset=4 * postal_codes.offset)[is_five]
        found, are_digits = np.zeros(len(starts), dtype=np.int32), np.ones(len(starts), dtype=bool)
        for place in range(5):
            digits = letters.take(starts + place) - np.uint8(ord("0"))
            found = 10 * found + digits
            are_digits &= digits < 10
        numbers[is_five] = np.where(are_digits, found, _NO_CODE)
    return _us_table().take(numbers, axis=1)


_US_CODE = re.compile(r"(\d{1,5})(?: ?[-\u2010-\u2015] ?\d{4}| \d{4}|\.0*)?|(\d{7,9})(?:\.0*)?", re.ASCII)


def postal_key(postal_code: str, country: str) -> str:
    """Normalize a postal code for lookups: five digits for US codes, capitals without blanks for others.

    This repairs what spreadsheets do to US codes: a missing leading zero, a trailing ".0", a leading apostrophe, or all nine digits
    of a ZIP+4 code without a dash.

    >>> [postal_key(code, "US") for code in ("02110-1234", "2110", "2110.0", "'02110", "021101234", "02110 1234")]
    ['02110', '02110', '02110', '02110', '02110', '02110']
    >>> postal_key("sw1w 0ny", "GB")
    'SW1W0NY'
    """
    bare = unmarked(postal_code)
    if country != "US":
        return "".join(bare.split()).upper()
    found = _US_CODE.fullmatch(bare)
    if found is None:
        return bare
    return found[1].zfill(5) if found[1] else found[2].zfill(9)[:5]


def odd_us_codes(postal_codes: pa.Array) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which distinct codes are US codes only after normalization, and which are not US codes at all."""
    plain = pc.fill_null(pc.match_substring_regex(postal_codes, r"^\d{5}(-\d{4})?$"), fill_value=True)
    odd = ~np.asarray(plain.to_numpy(zero_copy_only=False))
    keys = [postal_key(code, "US") for code in postal_codes.filter(pa.array(odd)).to_pylist()]
    none = odd.copy()
    none[odd] = [re.fullmatch(r"\d{5}", key, re.ASCII) is None for key in keys]
    return odd & ~none, none


@dataclass(frozen=True)
class PostalPoints:
    """The coordinates of US postal codes, and of the postal codes in the user's table of places."""

    brought: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def point(self, postal_code: str, country: str) -> tuple[float, float] | None:
        """Return (latitude, longitude) in degrees, or None. UK codes are also looked up by their outward half."""
        key = postal_key(postal_code, country)
        found = self.brought.get((country, key))
        if found is None and country == "GB":
            halves = unmarked(postal_code).split()
            outward = halves[0] if len(halves) > 1 else key[:-3]
            found = self.brought.get((country, outward.upper()))
        if found is None and country == "US":
            found = _us_points().get(key)
        return found

    def required(self, postal_code: str, country: str) -> tuple[float, float]:
        """Return the coordinates of a postal code that must be known.

        Raises:
            DataError: the code is unknown.
        """
        found = self.point(postal_code, country)
        if found is None:
            known = _us_points() if country == "US" else [code for other, code in self.brought if other == country]
            raise DataError.unknown_postal_code(postal_code, country, known)
        return found

    def placed(self, postal_codes: Column, countries: Column) -> "Placed":
        """Locate profiles by their postal code and country. Each distinct pair of code and country is looked up once."""
        codes, country_column = _coded(postal_codes), _coded(countries)
        every = country_column.dictionary.to_pylist()
        known = [country for country in every if country == "US" or country in self._countries]
        pairs = codes_of(codes.indices)
        if len(known) != 1 or len(every) > 1 or country_column.null_count:
            country_numbers = [known.index(country) if country in known else UNSET for country in every]
            country_of_row = spread(
                np.array(country_numbers, dtype=np.int32), codes_of(country_column.indices), unset=UNSET
            )
            pairs = np.where(country_of_row == UNSET, np.int32(UNSET), pairs)
        code_of, country_of = np.arange(len(codes.dictionary)), np.zeros(len(codes.dictionary), dtype=np.int64)
        if len(known) > 1:
            # With a single known country, the codes are already the distinct pairs. Otherwise the pairs must be found.
            numbers = pa.array(pairs.astype(np.int64) * len(known) + country_of_row, mask=pairs == UNSET)
            distinct = numbers.dictionary_encode()
            pairs = codes_of(distinct.indices)
            code_of, country_of = np.divmod(distinct.dictionary.to_numpy(), len(known))
        points = np.full((2, len(code_of) + 1), np.nan)
        for number, country in enumerate(known):
            its = np.flatnonzero(country_of == number)
            points[:, its] = self._points(codes.dictionary.take(pa.array(code_of[its])), country)
        return Placed(pairs, points[0], points[1])

    def _points(self, postal_codes: pa.Array, country: str) -> Degrees:
        """Return the latitudes and longitudes of distinct postal codes, with NaN for unknown codes."""
        found = np.full((2, len(postal_codes)), np.nan)
        others = np.arange(len(postal_codes))
        if country == "US" and country not in self._countries:
            found = _plain_us_points(postal_codes)
            others = np.flatnonzero(np.isnan(found[0]))
        for other, postal_code in zip(others, postal_codes.take(pa.array(others)).to_pylist(), strict=True):
            found[:, other] = self.point(postal_code, country) or (np.nan, np.nan)
        return found

    @cached_property
    def _countries(self) -> frozenset[str]:
        return frozenset(country for country, _ in self.brought)


@dataclass(frozen=True, slots=True)
class Placed:
    """The locations of profiles, as indices into distinct points, so that distances are computed once for each point.

    Attributes:
        codes: the index of each profile's point. -1, the index of the last point, means unknown.
        latitudes: the latitudes of the points, in degrees. The last one is NaN.
        longitudes: the longitudes of the points, in degrees. The last one is NaN.
    """

    codes: Codes
    latitudes: Degrees
    longitudes: Degrees

    @classmethod
    def nowhere(cls, size: int) -> Self:
        """Return the locations of `size` profiles without a known location."""
        return cls(np.full(size, UNSET, dtype=np.int32), np.array([np.nan]), np.array([np.nan]))

    def moved(self, latitudes: Degrees, longitudes: Degrees) -> Self:
        """Return new locations, using the profiles' own coordinates where both are known and they are not 0,0."""
        has_own = np.isfinite(latitudes) & np.isfinite(longitudes) & ((latitudes != 0) | (longitudes != 0))
        own = latitudes[has_own], longitudes[has_own]
        codes = np.where(self.codes == UNSET, UNSET, self.codes + len(own[0])).astype(np.int32)
        codes[has_own] = np.arange(len(own[0]))
        return type(self)(codes, np.append(own[0], self.latitudes), np.append(own[1], self.longitudes))

    @property
    def points(self) -> tuple[Degrees, Degrees]:
        """Each profile's latitude and longitude in degrees; NaN if unknown."""
        return self._spread(self.latitudes), self._spread(self.longitudes)

    def kilometers(self, of: tuple[float, float]) -> Degrees:
        """Return each profile's distance from a point, or NaN if its location is unknown."""
        return self._spread(distances(self.latitudes, self.longitudes, of=of))

    def _spread(self, values: Degrees) -> Degrees:
        return spread(values[:-1], self.codes, unset=np.nan)


def _coded(column: Column) -> pa.DictionaryArray:
    """Dictionary-encode a column of text."""
    if pa.types.is_dictionary(column.type):
        return column
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string()).dictionary_encode()


def distances(latitudes: Degrees, longitudes: Degrees, of: tuple[float, float]) -> Degrees:
    """Return great-circle distances in kilometers by the haversine formula, with NaN for unknown points.

    >>> distances(np.array([42.36]), np.array([-71.06]), of=(40.71, -74.01)).round().tolist()
    [306.0]
    """
    latitude, longitude = np.radians(of[0]), np.radians(of[1])
    there, across = np.radians(latitudes), np.radians(longitudes)
    half = (
        np.sin((there - latitude) / 2) ** 2 + np.cos(latitude) * np.cos(there) * np.sin((across - longitude) / 2) ** 2
    )
    # For points on opposite sides of the globe, rounding can make the sum slightly larger than 1.
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))

"""Where profiles live: countries by any usual name, postal codes as points, and great-circle distance."""

# Over 250 lines, since countries, postal codes and distances are one answer to where a profile lives.

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
"""Kilometers: the mean radius of the IUGG."""
KILOMETERS = {"miles": 1.609344, "kilometers": 1.0}

EUROPEAN_UNION = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
)
"""The 27 members; Klaviyo's region leaves the United Kingdom out as well."""
REGIONS = {"european_union": EUROPEAN_UNION, "united_states": frozenset({"US"})}

_OTHER_CODES = {"UK": "GB", "XK": "XK", "XKX": "XK", "AC": "AC", "TA": "TA"}
"""Codes beside those of ISO 3166: Kosovo, Ascension and Tristan da Cunha have phone numbers of their own, but no entry there."""
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
"""Names that nobody's list of ISO names has, folded: older ones, short ones, and some countries in their own language.

With those of pycountry they are every English name that `phonenumbers` uses.
"""


@cache
def country_code(written: str) -> str | None:
    """Return the two letters of a country by any usual name or code, with or without accents and marks; None if nobody knows it.

    >>> country_code("Germany"), country_code("U.S.A."), country_code("Cote d'Ivoire"), country_code("Narnia")
    ('DE', 'US', 'CI', None)
    """
    folded = _folded(written)
    return _OTHER_CODES.get(folded.upper()) or _OTHER_NAMES.get(folded) or _iso_names().get(folded)


def _folded(written: str) -> str:
    """Return a name in small letters, without accents and marks, and with the same few words for the same."""
    decomposed = unicodedata.normalize("NFKD", unmarked(written).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = re.findall(r"\w+", re.sub(r"[.'\u2018\u2019`]", "", bare).replace("\u00f8", "o").replace("\u0131", "i"))
    telling = ["saint" if word == "st" else word for word in words if word not in {"and", "the"}]
    # AND alone is Andorra.
    return " ".join(telling or words)


@cache
def _iso_names() -> dict[str, str]:
    """Return the two letters of each name and code of ISO 3166, "Korea, Republic of" also as "Republic of Korea", folded."""
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
    """Return the two letters of each country as written; null where unset or unknown."""
    return coded_countries(_coded(written)).dictionary_decode()


def coded_countries(written: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the two letters of each country as codes into those that occur; null where unset or unknown."""
    letters = pa.array([country_code(name) for name in written.dictionary.to_pylist()], pa.string()).dictionary_encode()
    if len(letters.dictionary) == len(letters):
        # Each name is another country, so that the codes stay what they are.
        return pa.DictionaryArray.from_arrays(written.indices, letters.dictionary, safe=False)
    return pa.DictionaryArray.from_arrays(letters.indices.take(written.indices), letters.dictionary)


@cache
def _us_points() -> dict[str, tuple[float, float]]:
    """Return the points of US postal codes; 872 rows at 0,0 in the source are missing and not in the Gulf of Guinea."""
    every = ((row["zip_code"], float(row["lat"] or 0), float(row["long"] or 0)) for row in zipcodes.list_all())  # type: ignore[no-untyped-call]
    return {code: (latitude, longitude) for code, latitude, longitude in every if latitude or longitude}


_NO_CODE = 10**5
"""What has more than five digits."""


@cache
def _us_table() -> Degrees:
    """Return the same as latitudes and longitudes by number; NaN where a number is no code."""
    table = np.full((2, _NO_CODE + 1), np.nan)
    for code, point in _us_points().items():
        table[:, int(code)] = point
    return table


def _plain_us_points(postal_codes: pa.Array) -> Degrees:
    """Return the latitudes and longitudes of codes that are written as five digits; NaN for others, and for those without a point.

    By their numbers, which takes half the time of looking for texts.
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
    """Return a postal code as tables are asked for it: US codes have five digits, others no blanks and capital letters.

    What a spreadsheet makes of a US code is forgiven: a leading zero taken for nothing, a point and a zero behind it, an apostrophe
    before it, and the nine digits of a full code in one.

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
    """Return which distinct codes are those of the US only once they are forgiven, and which are none at all."""
    plain = pc.fill_null(pc.match_substring_regex(postal_codes, r"^\d{5}(-\d{4})?$"), fill_value=True)
    odd = ~np.asarray(plain.to_numpy(zero_copy_only=False))
    keys = [postal_key(code, "US") for code in postal_codes.filter(pa.array(odd)).to_pylist()]
    none = odd.copy()
    none[odd] = [re.fullmatch(r"\d{5}", key, re.ASCII) is None for key in keys]
    return odd & ~none, none


@dataclass(frozen=True)
class PostalPoints:
    """The points that postal codes stand for: those of the US, and those of a table that the analyst brought."""

    brought: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def point(self, postal_code: str, country: str) -> tuple[float, float] | None:
        """Return (latitude, longitude) in degrees, or None; a UK code is known by its outward half too."""
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
        """Return the point that a distance is measured from.

        Raises:
            DataError: no table places it.
        """
        found = self.point(postal_code, country)
        if found is None:
            known = _us_points() if country == "US" else [code for land, code in self.brought if land == country]
            raise DataError.unknown_postal_code(postal_code, country, known)
        return found

    def placed(self, postal_codes: Column, countries: Column) -> "Placed":
        """Place profiles by their postal code and country.

        Each distinct pair of code and country is looked up once, and no row of a million becomes a Python object.
        """
        codes, lands = _coded(postal_codes), _coded(countries)
        every = lands.dictionary.to_pylist()
        known = [country for country in every if country == "US" or country in self._countries]
        pairs = codes_of(codes.indices)
        if len(known) != 1 or len(every) > 1 or lands.null_count:
            land_numbers = [known.index(country) if country in known else UNSET for country in every]
            land_of_row = spread(np.array(land_numbers, dtype=np.int32), codes_of(lands.indices), unset=UNSET)
            pairs = np.where(land_of_row == UNSET, np.int32(UNSET), pairs)
        code_of, land_of = np.arange(len(codes.dictionary)), np.zeros(len(codes.dictionary), dtype=np.int64)
        if len(known) > 1:
            # Of one country a pair is a code; finding the distinct pairs of several takes as long as all the rest.
            numbers = pa.array(pairs.astype(np.int64) * len(known) + land_of_row, mask=pairs == UNSET)
            distinct = numbers.dictionary_encode()
            pairs = codes_of(distinct.indices)
            code_of, land_of = np.divmod(distinct.dictionary.to_numpy(), len(known))
        points = np.full((2, len(code_of) + 1), np.nan)
        for number, country in enumerate(known):
            its = np.flatnonzero(land_of == number)
            points[:, its] = self._points(codes.dictionary.take(pa.array(code_of[its])), country)
        return Placed(pairs, points[0], points[1])

    def _points(self, postal_codes: pa.Array, country: str) -> Degrees:
        """Return the latitudes and longitudes of distinct postal codes; NaN where no table places one."""
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
    """Where profiles live, as codes into points, since many share one: a distance of a million profiles is one of each point.

    Attributes:
        codes: for each profile which point is its own; -1, the last, is nowhere.
        latitudes: of the points, in degrees; the last is NaN.
        longitudes: the same.
    """

    codes: Codes
    latitudes: Degrees
    longitudes: Degrees

    @classmethod
    def nowhere(cls, size: int) -> Self:
        """Return `size` profiles of which nothing is known."""
        return cls(np.full(size, UNSET, dtype=np.int32), np.array([np.nan]), np.array([np.nan]))

    def moved(self, latitudes: Degrees, longitudes: Degrees) -> Self:
        """Return the same profiles with those that have a point of their own there: both degrees known, and not 0,0."""
        has_own = np.isfinite(latitudes) & np.isfinite(longitudes) & ((latitudes != 0) | (longitudes != 0))
        own = latitudes[has_own], longitudes[has_own]
        codes = np.where(self.codes == UNSET, UNSET, self.codes + len(own[0])).astype(np.int32)
        codes[has_own] = np.arange(len(own[0]))
        return type(self)(codes, np.append(own[0], self.latitudes), np.append(own[1], self.longitudes))

    @property
    def points(self) -> tuple[Degrees, Degrees]:
        """Each profile's latitude and longitude in degrees; NaN where unknown."""
        return self._spread(self.latitudes), self._spread(self.longitudes)

    def kilometers(self, of: tuple[float, float]) -> Degrees:
        """Return each profile's distance from a point; NaN where it can't be placed."""
        return self._spread(distances(self.latitudes, self.longitudes, of=of))

    def _spread(self, values: Degrees) -> Degrees:
        return spread(values[:-1], self.codes, unset=np.nan)


def _coded(column: Column) -> pa.DictionaryArray:
    """Return a column of text as codes into its distinct texts; null where it is unset."""
    if pa.types.is_dictionary(column.type):
        return column
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string()).dictionary_encode()


def distances(latitudes: Degrees, longitudes: Degrees, of: tuple[float, float]) -> Degrees:
    """Return great-circle distances in kilometers by the haversine formula; NaN where a point is unknown.

    >>> distances(np.array([42.36]), np.array([-71.06]), of=(40.71, -74.01)).round().tolist()
    [306.0]
    """
    latitude, longitude = np.radians(of[0]), np.radians(of[1])
    there, across = np.radians(latitudes), np.radians(longitudes)
    half = (
        np.sin((there - latitude) / 2) ** 2 + np.cos(latitude) * np.cos(there) * np.sin((across - longitude) / 2) ** 2
    )
    # Rounding can carry the sum a hair above 1 for points on opposite sides of the globe.
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))

"""Where profiles live: countries by any usual name, postal codes as points, and great-circle distance."""

from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pycountry
import zipcodes

from segkit.errors import DataError

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

_USUAL_NAMES = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "america": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "nederland": "NL",
    "deutschland": "DE",
    "österreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "españa": "ES",
    "italia": "IT",
    "sverige": "SE",
    "norge": "NO",
    "danmark": "DK",
    "suomi": "FI",
    "belgique": "BE",
    "belgië": "BE",
    "éire": "IE",
    "republic of ireland": "IE",
    "polska": "PL",
    "brasil": "BR",
    "méxico": "MX",
    "russia": "RU",
    "turkey": "TR",
    "ivory coast": "CI",
    "south korea": "KR",
}


@cache
def country_code(written: str) -> str | None:
    """Return the two letters of a country by any usual name or code; None if nobody knows it.

    >>> country_code("Germany"), country_code("U.S.A."), country_code("UK"), country_code("Narnia")
    ('DE', 'US', 'GB', None)
    """
    folded = " ".join(written.replace(".", "").split()).casefold()
    if folded in _USUAL_NAMES:
        return _USUAL_NAMES[folded]
    try:
        return str(pycountry.countries.lookup(folded).alpha_2)
    except LookupError:
        return None


def country_codes(written: Column) -> pa.Array:
    """Return the two letters of each country as written; null where unset or unknown."""
    names, name_of_row = _encoded(written)
    codes = pa.array([country_code(name) for name in names], pa.string())
    return codes.take(pa.array(name_of_row, mask=name_of_row < 0))


@cache
def _us_points() -> dict[str, tuple[float, float]]:
    """Return the points of US postal codes; 872 rows at 0,0 in the source are missing and not in the Gulf of Guinea."""
    every = ((row["zip_code"], float(row["lat"] or 0), float(row["long"] or 0)) for row in zipcodes.list_all())  # type: ignore[no-untyped-call]
    return {code: (latitude, longitude) for code, latitude, longitude in every if latitude or longitude}


def postal_key(postal_code: str, country: str) -> str:
    """Return a postal code as tables are asked for it: US codes have five digits, others no blanks and capital letters.

    A spreadsheet that took the leading zero of a US code for nothing is forgiven: 2110 is 02110.

    >>> postal_key("02110-1234", "US"), postal_key("2110", "US"), postal_key("sw1w 0ny", "GB")
    ('02110', '02110', 'SW1W0NY')
    """
    if country == "US":
        first = postal_code.strip().partition("-")[0]
        return first.zfill(5) if first.isdigit() else first
    return "".join(postal_code.split()).upper()


@dataclass(frozen=True)
class PostalPoints:
    """The points that postal codes stand for: those of the US, and those of a table that the analyst brought."""

    brought: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def point(self, postal_code: str, country: str) -> tuple[float, float] | None:
        """Return (latitude, longitude) in degrees, or None; a UK code is known by its outward half too."""
        key = postal_key(postal_code, country)
        found = self.brought.get((country, key))
        if found is None and country == "GB":
            outward = postal_code.strip().split()[0] if " " in postal_code.strip() else key[:-3]
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

    def points(self, postal_codes: Column, countries: Column) -> tuple[Degrees, Degrees]:
        """Return latitudes and longitudes in degrees; NaN where a profile can't be placed.

        Each distinct pair of code and country is looked up once, and no row of a million becomes a Python object.
        """
        codes, code_of_row = _encoded(postal_codes)
        lands, land_of_row = _encoded(countries)
        is_written = (code_of_row >= 0) & (land_of_row >= 0)
        pairs = pa.array(code_of_row[is_written] * len(lands) + land_of_row[is_written]).dictionary_encode()
        distinct = (divmod(pair, len(lands)) for pair in pairs.dictionary.to_pylist())
        known = [self.point(codes[code], lands[land]) or (np.nan, np.nan) for code, land in distinct]
        found = np.full((2, len(is_written)), np.nan)
        found[:, is_written] = np.array(known, dtype=np.float64).reshape(-1, 2).T[:, pairs.indices.to_numpy()]
        return found[0], found[1]


def _encoded(column: Column) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct texts of a column, and for each row which of them it holds; -1 where it is unset."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.cast(pa.string()).dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), codes.astype(np.int64)


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

"""Where profiles live: countries by any usual name, postal codes as points, and distances like a plain calculation's."""

import gc
import unicodedata
from math import asin, cos, isnan, radians, sin, sqrt

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pycountry
import pytest
import zipcodes
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.geodata.locale import LOCALE_DATA

import segkit as sk
from segkit.data.places import (
    EUROPEAN_UNION,
    PostalPoints,
    _us_points,
    country_code,
    country_codes,
    distances,
    postal_key,
)
from segkit.errors import DataError

BOSTON = (42.3576, -71.0514)


def plain_distance(here, there):
    """Return kilometers between two points by the haversine formula, one point at a time."""
    (south, west), (north, east) = ((radians(degrees) for degrees in point) for point in (here, there))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(min(1.0, half)))


def shop_of(profiles, **tables):
    """Return a shop of these profiles, whose ids are their rows."""
    frame = pd.DataFrame(profiles)
    frame["profile_id"] = [str(number) for number in range(len(frame))]
    places = {name: pd.DataFrame(table) for name, table in tables.items()}
    return sk.Dataset.from_frames(frame, as_of="2026-06-30", **places)


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return "".join(column.index[column])


COUNTRIES = {
    "US": ["US", "us", " US ", "USA", "U.S.", "U.S.A.", "United States", "united states of america", "America"],
    "GB": ["GB", "UK", "U.K.", "United Kingdom", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"],
    "DE": ["DE", "DEU", "Germany", "GERMANY", "Deutschland"],
    "NA": ["NA", "Namibia"],
    "NO": ["NO", "Norway", "Norge"],
    "NL": ["Netherlands", "The Netherlands", "Holland"],
    "CZ": ["Czechia", "Czech Republic"],
    "KR": ["South Korea", "KR"],
    "AT": ["Österreich", "Austria"],
    "CI": ["Ivory Coast", "Côte d'Ivoire"],
    "VN": ["Vietnam", "Viet  Nam"],
    "PR": ["Puerto Rico", "PR"],
    "TR": ["Turkey", "Türkiye"],
    "RU": ["Russia", "Russian Federation"],
    "XK": ["XK", "xk", "Kosovo", "Republic of Kosovo"],
    "AC": ["AC", "Ascension Island"],
    "TA": ["TA", "Tristan da Cunha"],
    "SZ": ["Swaziland", "Eswatini"],
    "VA": ["Vatican", "Vatican City", "Holy See"],
    "BS": ["Bahamas", "The Bahamas", "Bahamas, The"],
    "LC": ["St. Lucia", "Saint Lucia", "ST LUCIA"],
    "CW": ["Curaçao", "Curacao"],
    "VI": ["U.S. Virgin Islands", "Virgin Islands, U.S."],
    "BA": ["Bosnia & Herzegovina", "Bosnia and Herzegovina"],
    "IR": ["Iran, Islamic Republic of", "Islamic Republic of Iran", "'Iran", "Iran\u00a0", '="Iran"'],
}


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_country_goes_by_any_usual_name(code):
    """Codes of two and three letters, names in English, and the usual other names all mean the same two letters."""
    assert {written: country_code(written) for written in COUNTRIES[code]} == dict.fromkeys(COUNTRIES[code], code)


@pytest.mark.parametrize("written", ["Narnia", "Europe", "", "-", "??", "Massachusetts", "United", "N/A"])
def test_a_country_that_nobody_knows_is_none(written):
    """What is no country is not taken for one that looks like it."""
    assert country_code(written) is None


def test_every_member_of_the_union_is_known_by_name():
    """The 27 names of the members, in English, are the region, and the United Kingdom is not."""
    names = [
        "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Denmark", "Estonia", "Finland", "France", "Germany",
        "Greece", "Hungary", "Ireland", "Italy", "Latvia", "Lithuania", "Luxembourg", "Malta", "Netherlands", "Poland",
        "Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden",
    ]  # fmt: skip
    assert {country_code(name) for name in names} == EUROPEAN_UNION
    shop = shop_of({"country": [*names, "United Kingdom", "Narnia", None]})
    assert len(sk.members(sk.Segment("in", sk.in_region("european_union")), shop)) == 27
    assert sk.members(sk.Segment("out", sk.not_in_region("european_union")), shop)["country"].tolist() == [
        "United Kingdom"
    ]


def test_countries_keep_their_rows():
    """A column of names becomes a column of codes, null where unset or unknown."""
    written = ["Germany", None, "Narnia", "DE"]
    for column in (pa.array(written), pa.chunked_array([written[:2], written[2:]])):
        assert country_codes(column).to_pylist() == ["DE", None, None, "DE"]


def test_us_postal_codes_forgive_what_spreadsheets_do():
    """A lost nought in front and the four digits behind the dash change nothing, however the column is stored."""
    stored = [["02110", "2110", "02110-1234", "2110-1234", " 02110 "], [2110, 2110], [2110.0, 2110.0]]
    for postal_codes in stored:
        shop = shop_of({"zip": postal_codes, "country": "US"})
        assert len(sk.members(sk.Segment("near", sk.within(1, of="02110")), shop)) == len(postal_codes)
    assert postal_key("601", "US") == "00601"


def test_a_postal_code_means_nothing_without_its_country():
    """Who has no known country can't be placed by a postal code, though the code looks American."""
    shop = shop_of({"zip": ["02110", "02110", None], "country": [None, "Germany", "US"]})
    assert who(sk.within(5, of="02110"), shop) == ""
    assert who(sk.beyond(5, of="02110"), shop) == ""


def test_points_at_nought_nought_are_missing():
    """Military codes, which the source puts at 0,0, place nobody, neither as a profile's nor as the one measured from."""
    at_nought = [row["zip_code"] for row in zipcodes.list_all() if float(row["lat"]) == float(row["long"]) == 0]
    assert "96201" in at_nought
    latitudes, longitudes = PostalPoints().placed(pa.array(at_nought), pa.array(["US"] * len(at_nought))).points
    assert np.isnan(latitudes).all()
    assert np.isnan(longitudes).all()
    shop = shop_of({"zip": ["96201"], "country": ["US"]})
    assert who(sk.within(20_000, of=BOSTON), shop) == who(sk.beyond(0.1, of=BOSTON), shop) == ""
    with pytest.raises(DataError, match="The location of the postal code '96201' in 'US' is unknown"):
        who(sk.within(5, of="96201"), shop)


def test_us_points_are_those_of_the_source():
    """Every other US code stands where the source puts it."""
    rows = [row for row in zipcodes.list_all() if float(row["lat"]) or float(row["long"])][::97]
    columns = pa.array([row["zip_code"] for row in rows]), pa.array(["US"] * len(rows))
    latitudes, longitudes = PostalPoints().placed(*columns).points
    assert latitudes.tolist() == [float(row["lat"]) for row in rows]
    assert longitudes.tolist() == [float(row["long"]) for row in rows]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_reading_the_us_points_leaves_the_garbage_collector_as_it_was(is_enabled):
    """The points are read without it, and afterwards it is on or off as before."""
    before = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        points = _us_points.__wrapped__()
        assert gc.isenabled() == is_enabled
        assert points == _us_points()
    finally:
        (gc.enable if before else gc.disable)()


PLACED = {("US", "02110"): (42.4, -71.1), ("CA", "M5V3L9"): (43.6, -79.4), ("GB", "SW1W"): (51.5, -0.2)}
CODES = st.sampled_from(
    [
        None,
        "",
        " ",
        "02110",
        "2110-1234",
        "m5v 3l9",
        "SW1W 0NY",
        "sw1w0ny",
        "nowhere",
        "0211:",
        "0210:",
        "/9999",
        "\u00e9021",
        "00000",
    ]
)


ABROAD = {pair: point for pair, point in PLACED.items() if "US" not in pair}


@given(
    st.lists(st.tuples(CODES, st.sampled_from([None, "US", "CA", "GB"])), max_size=12)
    | st.lists(st.tuples(CODES, st.sampled_from([None, "US"])), max_size=12),
    st.sampled_from([PLACED, ABROAD, {}]),
)
def test_a_column_of_codes_is_placed_as_each_alone(cells, brought):
    """However often a code stands there, in one chunk or several, its row has the point that one alone would be given.

    So it is whatever table was brought, and whether profiles live in one country or in many.
    """
    points = PostalPoints(brought)
    postal_codes, countries = ([cell[which] for cell in cells] for which in (0, 1))
    expected = [(np.nan, np.nan) if None in cell else points.point(*cell) or (np.nan, np.nan) for cell in cells]
    half = len(cells) // 2
    chunks = [pa.chunked_array([texts[:half], texts[half:]], pa.string()) for texts in (postal_codes, countries)]
    for columns in ([pa.array(postal_codes, pa.string()), pa.array(countries, pa.string())], chunks):
        np.testing.assert_array_equal(
            np.transpose(points.placed(*columns).points).reshape(-1, 2), np.reshape(expected, (-1, 2))
        )


LONDON = {
    "country": ["United Kingdom", "uk"],
    "postal_code": ["SW1W", "e1"],
    "latitude": [51.49, 51.52],
    "longitude": [-0.15, -0.06],
}


@pytest.mark.parametrize("postal_code", ["SW1W", "SW1W 0NY", "sw1w0ny", " SW1W  0NY ", "E1", "e1 6an", "E16AN"])
def test_a_british_code_is_known_by_its_outward_half(postal_code):
    """A table of outward codes places full codes, with or without the blank and in any case."""
    shop = shop_of({"zip": [postal_code], "country": ["GB"]}, places=LONDON)
    assert who(sk.within(10, "kilometers", of=(51.5, -0.1)), shop) == "0"


def test_an_own_table_places_other_countries():
    """Codes of other countries are known from the table that was brought, by country, blanks and case aside."""
    places = {"country": ["Canada", "DE", "SE"], "postal_code": ["M5V 3L9", "10115", "111 20"]}
    places |= {"latitude": [43.64, 52.53, 59.33], "longitude": [-79.39, 13.38, 18.06]}
    shop = shop_of(
        {"zip": ["m5v3l9", "10115", "11120", "10115"], "country": ["CA", "Germany", "Sweden", "US"]}, places=places
    )
    assert who(sk.within(1, of="M5V 3L9", country="CA"), shop) == "0"
    assert who(sk.within(1, of="10115", country="DE"), shop) == "1"
    assert who(sk.within(1, of=(59.33, 18.06)), shop) == "2"


def test_an_own_table_wins_over_the_source():
    """A point that the analyst brought replaces the one that comes with segkit."""
    places = {"country": ["US"], "postal_code": [2110], "latitude": [0.5], "longitude": [0.5]}
    shop = shop_of({"zip": ["02110"], "country": ["US"]}, places=places)
    assert who(sk.within(1, of=(0.5, 0.5)), shop) == "0"


def test_rows_of_an_own_table_that_place_nothing_are_reported():
    """A row without a known country, a code or a point is left out and counted, and 0,0 is no point in a table either."""
    places = {"country": ["DE", "Narnia", "DE", "DE", "DE"], "postal_code": ["10115", "1", None, "2", "3"]}
    places |= {"latitude": ["52.53", "1", "1", "north", "0"], "longitude": ["13.38", "1", "1", "1", "0.0"]}
    shop = shop_of({"zip": ["10115"], "country": ["DE"]}, places=places)
    found = shop.report.query("table == 'places' and column == 'postal_code'")
    assert found[["count", "resolution"]].to_numpy().tolist() == [[4, "left out"]]
    assert who(sk.within(1, of="10115", country="DE"), shop) == "0"


def test_a_code_has_one_point():
    """Of several points of one code the first counts, and how many others there were is reported."""
    places = {
        "country": "DE",
        "postal_code": ["10115", "10115", "10115"],
        "latitude": [52.5, 52.5, 1.0],
        "longitude": [13.4, 13.4, 1.0],
    }
    shop = shop_of({"zip": ["10115"], "country": ["DE"]}, places=places)
    assert who(sk.within(1, of=(52.5, 13.4)), shop) == "0"
    assert shop.report.query("issue == 'rows with different coordinates for the same code'")["count"].tolist() == [1]


def test_a_place_that_no_table_has_is_an_error_with_a_way_out():
    """A condition's own postal code must be known: the message offers near codes, or says how to bring a table."""
    shop = shop_of({"zip": ["02110"], "country": ["US"]}, places=LONDON)
    with pytest.raises(DataError, match=r"'0211O' in 'US' is unknown. Did you mean") as near:
        who(sk.within(5, of="0211O"), shop)
    assert "of=(42.36, -71.06)" in str(near.value)
    with pytest.raises(DataError, match=r"no postal codes for 'FR'.*places\.csv"):
        who(sk.within(5, of="75001", country="FR"), shop)


def test_own_coordinates_win_over_the_postal_code():
    """A profile's own point is where it lives; its code only counts without one, or with half of one, or with 0,0."""
    nan = float("nan")
    shop = shop_of({
        "latitude": [42.3576, 52.5, nan, 42.0, 0.0, 0.0, float("inf")],
        "longitude": [-71.0514, 13.4, nan, nan, 0.0, -71.0514, 1.0],
        "zip": ["10001", "02110", "02110", "02110", "02110", "02110", "02110"],
        "country": "US",
    })  # fmt: skip
    assert who(sk.within(5, of=BOSTON), shop) == "02346"


def test_own_coordinates_at_nought_nought_are_missing():
    """Without a postal code, 0,0 is nowhere: neither within nor beyond anything. On the equator or at Greenwich is somewhere."""
    shop = shop_of({"latitude": [0.0, 0.0, 51.48], "longitude": [0.0, 9.45, 0.0]})
    assert who(sk.within(20_100, "kilometers", of=(1.0, 1.0)), shop) == "12"
    assert who(sk.beyond(1, "kilometers", of=(1.0, 1.0)), shop) == "12"


def test_coordinates_may_be_text():
    """Coordinates that come as text are read, and one that is none leaves the profile unplaced, which is reported."""
    shop = shop_of({"latitude": ["42.3576", "north", None], "longitude": ["-71.0514", "1", "1"]})
    assert who(sk.within(1, of=BOSTON), shop) == "0"
    assert shop.report.query("column == 'latitude' and issue == 'not a number'")["count"].tolist() == [1]


@pytest.mark.parametrize(("here", "there", "kilometers"), [
    ((40.7128, -74.0060), (51.5074, -0.1278), 5570.2), ((42.36, -71.06), (42.36, -71.06), 0), ((90, 0), (-90, 0), 20015.1),
    ((0, 179.5), (0, -179.5), 111.2),
])  # fmt: skip
def test_known_distances(here, there, kilometers):
    """New York to London, pole to pole and across the date line come out as in an atlas."""
    assert distances(np.array([float(here[0])]), np.array([float(here[1])]), of=there)[0] == pytest.approx(
        kilometers, abs=0.6
    )


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(POINTS, min_size=1, max_size=10), POINTS)
def test_distances_are_those_of_a_plain_calculation(points, of):
    """For any points, the column agrees with one plain haversine each, to a metre."""
    latitudes, longitudes = np.array(points, dtype=np.float64).T
    found = distances(latitudes, longitudes, of=of)
    assert found.tolist() == pytest.approx([plain_distance(point, of) for point in points], abs=0.001)


@given(POINTS)
def test_the_farthest_point_is_half_the_globe_away(point):
    """Opposite points are a number and no error, however they round."""
    opposite = -point[0], point[1] - 180 if point[1] > 0 else point[1] + 180
    found = float(distances(np.array([opposite[0]]), np.array([opposite[1]]), of=point)[0])
    assert found == pytest.approx(20015.115, abs=0.5)


@given(st.lists(st.tuples(CODES, st.none() | POINTS), min_size=1, max_size=12), POINTS)
def test_profiles_of_one_point_are_as_far_as_each_alone(profiles, of):
    """A distance that is worked out once for all who share a point is that of each profile's own latitude and longitude."""
    own = np.array([point or (np.nan, np.nan) for _, point in profiles])
    shop = shop_of({
        "zip": [code for code, _ in profiles], "country": "US", "latitude": own[:, 0], "longitude": own[:, 1]
    })  # fmt: skip
    latitudes, longitudes = shop.points
    for latitude, longitude, (code, point) in zip(latitudes, longitudes, profiles, strict=True):
        postal = None if code is None else shop.postal_points.point(code, "US")
        expected = point if point and point != (0, 0) else postal or (np.nan, np.nan)
        np.testing.assert_array_equal((latitude, longitude), expected)
    np.testing.assert_array_equal(shop.kilometers(of), distances(latitudes, longitudes, of=of))


def test_who_has_no_point_has_no_distance():
    """An unknown point is at no distance from anywhere."""
    assert isnan(distances(np.array([np.nan]), np.array([1.0]), of=(0, 0))[0])


def test_a_distance_itself_is_neither_within_nor_beyond():
    """Within is nearer and beyond is farther: who is exactly so far away is in neither, and a mile is 1.609344 km."""
    exact = plain_distance((42.0, -71.0), BOSTON)
    shop = shop_of({"latitude": [42.0], "longitude": [-71.0]})
    found = float(distances(np.array([42.0]), np.array([-71.0]), of=BOSTON)[0])
    assert found == pytest.approx(exact, abs=1e-6)
    assert who(sk.within(found, "kilometers", of=BOSTON), shop) == ""
    assert who(sk.beyond(found, "kilometers", of=BOSTON), shop) == ""
    assert who(sk.within(exact / 1.609344 + 0.001, of=BOSTON), shop) == "0"
    assert who(sk.beyond(exact / 1.609344 - 0.001, of=BOSTON), shop) == "0"


def spellings_of_countries():
    """Yield every English name and code of `phonenumbers` and pycountry with its country, as long as that is one today."""
    for country in pycountry.countries:
        for kind in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            if hasattr(country, kind):
                yield getattr(country, kind), country.alpha_2
    for region in phonenumbers.SUPPORTED_REGIONS:
        yield region, region
        names = LOCALE_DATA.get(region, {})
        name = names.get("en")
        while name is not None and name.startswith("*"):
            name = names[name[1:]]
        if name is not None:
            yield name, region


def test_every_english_name_of_the_libraries_is_known():
    """What phonenumbers and pycountry call a country is that country, in capitals and without accents as well."""
    for name, code in spellings_of_countries():
        bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
        assert {country_code(name), country_code(bare), country_code(name.upper())} == {code}, name


def test_a_number_of_kosovo_is_read_with_its_country():
    """A country that ISO 3166 lacks is one for phone numbers."""
    shop = shop_of({"country": ["Kosovo", "XK", "Narnia"], "phone_number": "043 201 234"})
    assert shop.phones.numbers.to_pylist() == ["+38343201234", "+38343201234", None]


def test_unknown_countries_are_counted():
    """The report names the column, how often and a few of them, and what they are no help for."""
    shop = shop_of({"country": ["Narnia", "US", None, "Narnia", "Mordor"]})
    row = shop.report[shop.report["issue"] == "unknown country"].iloc[0]
    assert (row["table"], row["column"], row["count"], row["examples"]) == (
        "profiles",
        "country",
        3,
        "'Narnia', 'Mordor'",
    )
    assert row["resolution"] == "kept as written; not in any region, and not used for phone numbers and postal codes"


FORGIVEN = [
    "2110",
    "2110.0",
    "'02110",
    "021101234",
    "02110 1234",
    "02110-1234",
    " 02110\u00a0",
    '="02110"',
    "2110-1234",
    "21101234.0",
]


@pytest.mark.parametrize("written", FORGIVEN)
def test_what_a_spreadsheet_makes_of_a_us_code_is_forgiven(written):
    """A zero in front that was lost, a float, marks, and the four digits behind: all are the one code, in a report if they had to be guessed."""
    shop = shop_of({"zip": [written, "94105"], "country": "US"})
    assert who(sk.within(10, "miles", of="02110"), shop) == "0"
    odd = shop.report[shop.report["column"] == "zip"]
    assert odd["count"].tolist() == ([] if written == "02110-1234" else [1])
    assert shop.profiles["zip"].tolist() == [written, "94105"]


@pytest.mark.parametrize("written", ["SW1W 0NY", "123456", "02110-12", "-", "2.11E+03", "0211O"])
def test_what_is_no_us_code_is_counted(written):
    """It is at no place, and the report says how many are not."""
    shop = shop_of({"zip": [written, "94105"], "country": "US"})
    assert dict(zip(shop.report["issue"], shop.report["count"], strict=True))["not a US postal code"] == 1
    assert who(sk.within(10_000, "miles", of="02110"), shop) == "1"

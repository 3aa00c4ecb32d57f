"""Define where the synthetic people live, with coordinates to two decimals. `phones` and `people` generate numbers and names."""

from dataclasses import dataclass

_ZONES = {
    "ET": ("America/New_York", -5),
    "CT": ("America/Chicago", -6),
    "MT": ("America/Denver", -7),
    "AZ": ("America/Phoenix", -7),
    "PT": ("America/Los_Angeles", -8),
    "AK": ("America/Anchorage", -9),
    "HI": ("Pacific/Honolulu", -10),
    "PR": ("America/Puerto_Rico", -4),
    "HX": ("America/Halifax", -4),
    "TO": ("America/Toronto", -5),
    "WG": ("America/Winnipeg", -6),
    "ED": ("America/Edmonton", -7),
    "VC": ("America/Vancouver", -8),
    "LO": ("Europe/London", 0),
    "BE": ("Europe/Berlin", 1),
    "ST": ("Europe/Stockholm", 1),
    "SY": ("Australia/Sydney", 10),
    "BR": ("Australia/Brisbane", 10),
    "ME": ("Australia/Melbourne", 10),
    "HO": ("Australia/Hobart", 10),
    "PE": ("Australia/Perth", 8),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A postal code with its location. `country` is a two-letter code (ISO 3166). `utc_offset` is in hours, for standard time."""

    country: str
    zip: str
    latitude: float
    longitude: float
    timezone: str
    utc_offset: int
    area_codes: tuple[str, ...]
    city: str
    region: str

    @property
    def near_store(self) -> bool:
        """Whether the shop's only store, in Boston 02110, is within driving distance."""
        return self.country == "US" and abs(self.latitude - 42.36) < 0.5 and abs(self.longitude + 71.05) < 0.6


# Columns: weight; country; postal code; latitude; longitude; zone; area codes; city; region.
# All places in eastern Massachusetts share ten area codes: people keep their numbers when they move, and an area code has only a
# hundred numbers reserved for fiction.
_EAST = "617 857 781 339 508 774 978 351 413 401"
_TABLE = f"""
190; US; 02110; 42.36; -71.05; ET; {_EAST}; Boston; Massachusetts
60; US; 02108; 42.36; -71.07; ET; {_EAST}; Boston; Massachusetts
70; US; 02116; 42.35; -71.08; ET; {_EAST}; Boston; Massachusetts
60; US; 02118; 42.34; -71.07; ET; {_EAST}; Boston; Massachusetts
50; US; 02127; 42.33; -71.04; ET; {_EAST}; Boston; Massachusetts
40; US; 02130; 42.31; -71.11; ET; {_EAST}; Jamaica Plain; Massachusetts
40; US; 02134; 42.35; -71.13; ET; {_EAST}; Allston; Massachusetts
80; US; 02139; 42.36; -71.10; ET; {_EAST}; Cambridge; Massachusetts
70; US; 02143; 42.38; -71.10; ET; {_EAST}; Somerville; Massachusetts
40; US; 02446; 42.34; -71.12; ET; {_EAST}; Brookline; Massachusetts
40; US; 02472; 42.37; -71.18; ET; {_EAST}; Watertown; Massachusetts
40; US; 02169; 42.25; -71.00; ET; {_EAST}; Quincy; Massachusetts
40; US; 02148; 42.43; -71.06; ET; {_EAST}; Malden; Massachusetts
30; US; 02420; 42.46; -71.22; ET; {_EAST}; Lexington; Massachusetts
30; US; 01801; 42.48; -71.16; ET; {_EAST}; Woburn; Massachusetts
30; US; 01902; 42.47; -70.94; ET; {_EAST}; Lynn; Massachusetts
30; US; 01970; 42.52; -70.90; ET; {_EAST}; Salem; Massachusetts
30; US; 01701; 42.30; -71.43; ET; {_EAST}; Framingham; Massachusetts
30; US; 01742; 42.46; -71.37; ET; {_EAST}; Concord; Massachusetts
30; US; 01852; 42.63; -71.30; ET; {_EAST}; Lowell; Massachusetts
30; US; 01844; 42.73; -71.18; ET; {_EAST}; Methuen; Massachusetts
30; US; 02301; 42.08; -71.04; ET; {_EAST}; Brockton; Massachusetts
30; US; 02050; 42.11; -70.70; ET; {_EAST}; Marshfield; Massachusetts
20; US; 02360; 41.91; -70.64; ET; {_EAST}; Plymouth; Massachusetts
20; US; 01608; 42.26; -71.80; ET; {_EAST}; Worcester; Massachusetts
20; US; 01103; 42.10; -72.59; ET; 413; Springfield; Massachusetts
40; US; 02903; 41.82; -71.42; ET; 401; Providence; Rhode Island
30; US; 03060; 42.76; -71.47; ET; 603; Nashua; New Hampshire
30; US; 04101; 43.66; -70.26; ET; 207; Portland; Maine
30; US; 06103; 41.77; -72.68; ET; 860 959; Hartford; Connecticut
30; US; 05401; 44.48; -73.22; ET; 802; Burlington; Vermont
170; US; 10001; 40.75; -74.00; ET; 212 332 646 917; New York; New York
160; US; 11201; 40.69; -73.99; ET; 347 718 929; Brooklyn; New York
60; US; 07102; 40.73; -74.18; ET; 862 973; Newark; New Jersey
90; US; 19103; 39.95; -75.17; ET; 215 267 445; Philadelphia; Pennsylvania
90; US; 20009; 38.92; -77.04; ET; 202 771; Washington; District of Columbia
60; US; 28202; 35.23; -80.84; ET; 704 980; Charlotte; North Carolina
90; US; 30303; 33.75; -84.39; ET; 404 470 678; Atlanta; Georgia
90; US; 33130; 25.77; -80.21; ET; 305 786; Miami; Florida
60; US; 43215; 39.97; -83.00; ET; 380 614; Columbus; Ohio
130; US; 60614; 41.92; -87.65; CT; 312 773 872; Chicago; Illinois
60; US; 55401; 44.98; -93.27; CT; 612; Minneapolis; Minnesota
60; US; 37203; 36.15; -86.79; CT; 615 629; Nashville; Tennessee
60; US; 70130; 29.93; -90.07; CT; 504; New Orleans; Louisiana
90; US; 75201; 32.79; -96.80; CT; 214 469 972; Dallas; Texas
90; US; 77002; 29.76; -95.36; CT; 281 713 832; Houston; Texas
90; US; 78701; 30.27; -97.74; CT; 512 737; Austin; Texas
80; US; 80202; 39.75; -104.99; MT; 303 720; Denver; Colorado
60; US; 85004; 33.46; -112.07; AZ; 602; Phoenix; Arizona
160; US; 90012; 34.06; -118.24; PT; 213 323; Los Angeles; California
90; US; 94110; 37.75; -122.42; PT; 415 628; San Francisco; California
60; US; 97209; 45.53; -122.69; PT; 503 971; Portland; Oregon
80; US; 98101; 47.61; -122.34; PT; 206; Seattle; Washington
20; US; 96813; 21.32; -157.85; HI; 808; Honolulu; Hawaii
20; US; 99501; 61.22; -149.87; AK; 907; Anchorage; Alaska
6; US; 09012; 0; 0; BE; 202; APO; Armed Forces Europe
6; US; 96349; 0; 0; PT; 808; FPO; Armed Forces Pacific
60; PR; 00901; 18.47; -66.10; PR; 787; San Juan; Puerto Rico
150; CA; M5V 3L9; 43.64; -79.39; TO; 416 647; Toronto; Ontario
60; CA; K1A 0A9; 45.42; -75.70; TO; 613; Ottawa; Ontario
90; CA; H2Y 1C6; 45.50; -73.56; TO; 514; Montréal; Quebec
30; CA; G1R 4S9; 46.81; -71.21; TO; 418; Québec; Quebec
105; CA; V6C 0C3; 49.29; -123.11; VC; 604 778; Vancouver; British Columbia
30; CA; V8V 1X4; 48.42; -123.37; VC; 250; Victoria; British Columbia
60; CA; T2P 2M5; 51.05; -114.06; ED; 403; Calgary; Alberta
45; CA; T5J 2R7; 53.55; -113.49; ED; 780; Edmonton; Alberta
30; CA; R3B 1B9; 49.90; -97.14; WG; 204; Winnipeg; Manitoba
45; CA; B3J 3A5; 44.65; -63.57; HX; 902; Halifax; Nova Scotia
60; GB; SW1W; 51.49; -0.15; LO; ; London; England
50; GB; E1; 51.52; -0.06; LO; ; London; England
40; GB; N1; 51.54; -0.10; LO; ; London; England
30; GB; BS1; 51.45; -2.59; LO; ; Bristol; England
40; GB; M1; 53.48; -2.23; LO; ; Manchester; England
30; GB; B1; 52.48; -1.91; LO; ; Birmingham; England
20; GB; LS1; 53.80; -1.55; LO; ; Leeds; England
30; GB; EH1; 55.95; -3.19; LO; ; Edinburgh; Scotland
20; GB; G1; 55.86; -4.25; LO; ; Glasgow; Scotland
20; GB; CF10; 51.48; -3.18; LO; ; Cardiff; Wales
57; DE; 10115; 52.53; 13.38; BE; ; Berlin; Berlin
23; DE; 10999; 52.50; 13.42; BE; ; Berlin; Berlin
35; DE; 20095; 53.55; 10.00; BE; ; Hamburg; Hamburg
35; DE; 80331; 48.14; 11.57; BE; ; München; Bayern
23; DE; 50667; 50.94; 6.96; BE; ; Köln; Nordrhein-Westfalen
23; DE; 60311; 50.11; 8.68; BE; ; Frankfurt am Main; Hessen
12; DE; 01067; 51.06; 13.72; BE; ; Dresden; Sachsen
12; DE; 70173; 48.78; 9.18; BE; ; Stuttgart; Baden-Württemberg
42; SE; 111 20; 59.33; 18.06; ST; ; Stockholm; Stockholms län
21; SE; 411 03; 57.71; 11.97; ST; ; Göteborg; Västra Götalands län
14; SE; 211 22; 55.61; 13.00; ST; ; Malmö; Skåne län
7; SE; 753 10; 59.86; 17.64; ST; ; Uppsala; Uppsala län
7; SE; 903 26; 63.83; 20.26; ST; ; Umeå; Västerbottens län
30; AU; 2000; -33.87; 151.21; SY; ; Sydney; New South Wales
30; AU; 3000; -37.81; 144.96; ME; ; Melbourne; Victoria
15; AU; 4000; -27.47; 153.03; BR; ; Brisbane; Queensland
10; AU; 6000; -31.95; 115.86; PE; ; Perth; Western Australia
10; AU; 7000; -42.88; 147.33; HO; ; Hobart; Tasmania
10; AU; 2600; -35.31; 149.13; SY; ; Canberra; Australian Capital Territory
"""


def _read(line: str) -> tuple[int, Place]:
    weight, country, postal_code, latitude, longitude, zone, area_codes, city, region = line.split("; ")
    timezone, utc_offset = _ZONES[zone]
    point = float(latitude), float(longitude)
    return int(weight), Place(
        country, postal_code, *point, timezone, utc_offset, tuple(area_codes.split()), city, region
    )


PLACES: tuple[tuple[int, Place], ...] = tuple(_read(line) for line in _TABLE.strip().splitlines())

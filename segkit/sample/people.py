"""Generate the synthetic people: names, places, properties and habits. `events` and `orders` generate their actions."""

import json
from dataclasses import dataclass

from segkit.sample.draw import CLOSE, DAY, DAYS, Draw, date_of, timestamp
from segkit.sample.phones import Phone, PhoneBook, rewrite
from segkit.sample.places import PLACES, Place

CATEGORIES = ("Dresses", "Knitwear", "Outerwear", "Shoes", "Accessories", "Home", "Kids")
_INTERESTS = ("product launches", "sale alerts", "restocks", "store events", "style tips")

_FEMALE = {
    "": "Olivia Emma Amelia Sophia Mia Ava Isabella Chloé Grace Hannah Zoë Lucy Priya Mei Aaliyah María Elena Nora Ruth",
    "DE": "Anna Lena Jana Käthe Greta Heike Ute Sabine",
    "SE": "Åsa Elsa Maja Ingrid Linnéa Karin Ebba",
}
_MALE = {
    "": "Liam Noah Oliver James Lucas Henry Theo Jack Daniel Mateo José Omar Wei Arjun Samuel David Peter George Ivan",
    "DE": "Jürgen Lukas Felix Jonas Bernd Uwe Björn Stefan",
    "SE": "Erik Lars Nils Göran Axel Oskar Sven",
}
_NEUTRAL = "Alex Sam Robin Jordan Taylor Charlie Kim Jamie @maya"
_LAST = {
    "": "Smith Johnson Brown Garcia Miller Davis Martinez Lopez Wilson Anderson Thomas Moore Jackson Lee Perez White Harris "
    "Clark Lewis Young Walker Hall Allen Nguyen Wright Scott Torres Hill Green Adams Baker Rivera Campbell Carter O'Brien "
    "Silva Kim Patel Chen Ahmed Cohen Okafor Murphy Kelly Null Novak Rossi Dubois Tremblay Singh",
    "DE": "Müller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Schäfer Koch Richter Klein Wolf Schröder Groß Vogel",
    "SE": "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Öberg Lindström Åkesson Sjögren",
}
_PLAIN = str.maketrans(
    {"ä": "a", "å": "a", "ö": "o", "ü": "u", "é": "e", "ë": "e", "í": "i", "ß": "ss", "'": "", "@": ""}
)

# Weighted spellings of each country, as in real exports.
_COUNTRY_NAMES = {
    "US": ((58, "United States"), (20, "US"), (16, "USA"), (6, "")),
    "PR": ((6, "United States"), (3, "Puerto Rico"), (1, "")),
    "CA": ((19, "Canada"), (1, "")),
    "GB": ((12, "United Kingdom"), (7, "UK"), (1, "")),
    "DE": ((6, "Germany"), (4, "Deutschland")),
    "SE": ((1, "Sweden"),),
    "AU": ((19, "Australia"), (1, "")),
}


@dataclass(frozen=True, slots=True)
class Buying:
    """A buying habit: orders per month, price range of an item in dollars, items per order, probability of a discount code."""

    name: str
    monthly: float
    cheapest: int
    dearest: int
    most_items: int
    discounted: float


_BUYING = (
    (340, Buying("browser", 0, 0, 0, 0, 0)),
    (200, Buying("one order", 0.02, 15, 60, 2, 0.20)),
    (180, Buying("occasional", 0.15, 20, 60, 3, 0.12)),
    (115, Buying("regular", 0.45, 25, 70, 3, 0.10)),
    (70, Buying("thrifty", 0.28, 4, 11, 2, 0.02)),
    (55, Buying("discount hunter", 0.55, 28, 70, 4, 0.95)),
    (22, Buying("vip", 1.0, 40, 110, 4, 0.06)),
    (18, Buying("former vip", 1.4, 40, 110, 4, 0.06)),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading habit: the probabilities of clicking a text, opening an email, and clicking an opened email."""

    name: str
    clicks_text: float
    opens_email: float
    clicks_email: float


_READING = (
    (16, Reading("prefers SMS", 0.45, 0.01, 0.0)),
    (22, Reading("prefers email", 0.015, 0.45, 0.30)),
    (26, Reading("reads both", 0.25, 0.30, 0.20)),
    (36, Reading("quiet", 0.05, 0.08, 0.10)),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic profile. `card` has its columns as text, and the other fields control its behaviour. Times are in seconds."""

    number: int
    card: dict[str, str]
    place: Place
    phone: Phone | None
    buying: Buying
    reading: Reading
    category: str
    created: int
    active_until: int  # after this, the person buys nothing and hardly reads anything
    first_in_store: bool
    joins_sms: int  # CLOSE means never
    impatience: float  # probability of answering a text with STOP
    trouble: str  # why texts fail to arrive; empty if they arrive
    joins_email: int
    leaves_email: int
    suppressed: bool
    machine_opens: bool


def draw_person(number: int, draw: Draw, phone_book: PhoneBook, previous: Person | None) -> Person:
    """Generate one person. A few live with the `previous` person and have the same surname, home and phone number."""
    shared = previous if previous and previous.phone and draw.chance(0.011) else None
    place = shared.place if shared else draw.weighted(PLACES)
    buying = draw.weighted(_BUYING)
    created, active_until = _lifetime(buying, place, draw)
    home = _home(place, draw)
    phone = _phone(place, shared, phone_book, draw, has_country=bool(home["country"]))
    joins_email, leaves_email, suppressed = _email_consent(created, draw)
    has_email = phone is None or not draw.chance(0.05)
    category = draw.pick(CATEGORIES)
    card = home | _identity(number, place, shared.card["last_name"] if shared else "", draw)
    card |= _properties(buying, category, draw)
    card |= {"profile_id": f"SYN-{number:05d}", "created": timestamp(created)}
    card |= {"phone_number": phone.written if phone else "", "email": card["email"] if has_email else ""}
    return Person(
        number=number,
        card=card,
        place=place,
        phone=phone,
        buying=buying,
        reading=draw.weighted(_READING),
        category=category,
        created=created,
        active_until=active_until,
        first_in_store=buying.monthly > 0 and draw.chance(0.45 if place.near_store else 0.02),
        joins_sms=_joins_sms(created, phone, draw),
        impatience=0.2 if shared and draw.chance(0.5) else 0.005,
        trouble=_trouble(phone, draw),
        joins_email=joins_email if has_email else CLOSE,
        leaves_email=leaves_email,
        suppressed=has_email and suppressed,
        machine_opens=draw.chance(0.15),
    )


def _phone(
    place: Place, shared: Person | None, phone_book: PhoneBook, draw: Draw, *, has_country: bool
) -> Phone | None:
    if shared and shared.phone:
        return rewrite(shared.phone, draw, has_country=has_country)
    return phone_book.new(place, draw, has_country=has_country) if draw.chance(0.73) else None


def _lifetime(buying: Buying, place: Place, draw: Draw) -> tuple[int, int]:
    """Return when a profile is created and until when it is active. A former VIP began early and stopped long ago."""
    if buying.name == "former vip":
        return draw.waking_second(draw.whole(1, 150), place.utc_offset), draw.whole(330, 530) * DAY
    opening_crowd = draw.chance(0.22)
    created = max(draw.waking_second(draw.whole(0, 60 if opening_crowd else DAYS - 2), place.utc_offset), 0)
    stays = buying.name == "vip" or draw.chance(0.55)
    return created, CLOSE if stays else created + draw.whole(30, 600) * DAY


def _email_consent(created: int, draw: Draw) -> tuple[int, int, bool]:
    """Return when email consent begins and ends (CLOSE means never), and whether the address is suppressed."""
    joins = created if draw.chance(0.7) else CLOSE
    leaves = joins + draw.whole(5, 500) * DAY if joins < CLOSE and draw.chance(0.16) else CLOSE
    return joins, min(leaves, CLOSE), leaves < CLOSE or draw.chance(0.03)


def _joins_sms(created: int, phone: Phone | None, draw: Draw) -> int:
    # A few people without a number are subscribed: they gave consent and later deleted the number.
    if not draw.chance(0.93 if phone else 0.008):
        return CLOSE
    joins = created + (draw.whole(5, 600) if draw.chance(0.75) else draw.whole(1, 300) * DAY)
    return min(joins, CLOSE)


def _trouble(phone: Phone | None, draw: Draw) -> str:
    if phone and phone.kind in {"landline", "unreadable"}:
        return "Invalid mobile number"
    if draw.chance(0.025):
        return draw.pick(("Device unreachable", "Device unreachable", "Device disconnected", "Unknown error"))
    return ""


def _identity(number: int, place: Place, last_name: str, draw: Draw) -> dict[str, str]:
    """Generate names, an address at a reserved domain, gender, age and birthday. Many of the cells are empty."""
    language = place.country if place.country in _LAST else ""
    group = draw.weighted(((58, "female"), (34, "male"), (8, "uncertain")))
    names = {"female": _FEMALE.get(language, ""), "male": _MALE.get(language, ""), "uncertain": _NEUTRAL}[group]
    first = draw.pick(names.split())
    last = last_name or draw.pick(_LAST[language].split())
    plain = f"{first}.{last}{number}".lower().translate(_PLAIN)
    domain = draw.weighted(((7, "example.com"), (2, "example.org"), (1, "example.net")))
    stated = draw.pick(("female", "male")) if group == "uncertain" else group
    year = draw.whole(1948, 2010)
    birthday = f"{year - year % 4}-02-29" if draw.chance(0.012) else f"{year}{date_of(draw.whole(0, 364))[4:]}"
    # The age on the shop's last day, 30 June 2026.
    age = 2026 - int(birthday[:4]) - (birthday[5:] > "06-30")
    guess = "uncertain" if group == "uncertain" or draw.chance(0.05) else f"likely_{group}"
    named = not draw.chance(0.04)
    return {
        "email": f"{plain}@{domain}",
        "first_name": first if named else "",
        "last_name": last if named or last_name else "",
        "predicted_gender": guess if named and not draw.chance(0.06) else "",
        "Gender": ("nonbinary" if draw.chance(0.03) else stated) if draw.chance(0.45) else "",
        "Age": str(age) if draw.chance(0.4) else "",
        "Birthday": birthday if draw.chance(0.35) else "",
    }


def _home(place: Place, draw: Draw) -> dict[str, str]:
    """Generate the address. Most have a postal code, some also coordinates, some only coordinates, and some nothing."""
    known = draw.weighted(((68, "zip"), (22, "both"), (4, "point"), (6, "nothing")))
    country = draw.weighted(_COUNTRY_NAMES[place.country])
    home = dict.fromkeys(("city", "region", "country", "zip", "latitude", "longitude", "timezone"), "")
    if known == "nothing":
        return home | {"country": country if draw.chance(0.3) else ""}
    home |= {"city": place.city, "region": place.region, "country": country, "timezone": place.timezone}
    if known != "point":
        home["zip"] = _zip(place, draw)
    if known != "zip" and place.latitude != 0:
        home["latitude"] = f"{place.latitude + draw.whole(-300, 300) / 10_000:.4f}"
        home["longitude"] = f"{place.longitude + draw.whole(-300, 300) / 10_000:.4f}"
    return home


def _zip(place: Place, draw: Draw) -> str:
    if place.country != "US" or draw.chance(0.93):
        return place.zip
    # A ZIP+4 code, a code that does not exist, or a code that lost its leading zero in a spreadsheet.
    return draw.pick((f"{place.zip}-{draw.whole(1000, 9999)}", "00000", place.zip.lstrip("0")))


def _properties(buying: Buying, category: str, draw: Draw) -> dict[str, str]:
    likes = [
        topic
        for topic in _INTERESTS
        if draw.chance(0.75 if topic == "sale alerts" and buying.name == "discount hunter" else 0.35)
    ]
    return {
        "Parent": draw.weighted(((50, ""), (18, "true"), (32, "false"))),
        "Interests": json.dumps(likes, separators=(",", ":")) if likes and draw.chance(0.6) else "",
        "Favorite Category": category if draw.chance(0.4) else "",
    }

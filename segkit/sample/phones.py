"""Generate phone numbers for the synthetic people, from ranges that regulators reserve for fiction."""

from dataclasses import dataclass, field

from segkit.sample.draw import Draw
from segkit.sample.places import Place

# The Australian regulator reserves individual numbers, not a range.
_AUSTRALIAN_MOBILES = (
    "570006 570156 570157 570158 570159 570110 570313 570737 571266 571491 571804 572549 572665 572983 573770 "
    "573087 574118 574632 575254 575789 576398 576801 577426 577644 578957 578148 578888 579212 579760 579455"
)
_PER_AREA_CODE = 100


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as written in the profile, and its kind."""

    number: str  # the number in E.164
    written: str  # the same number, as a person or a spreadsheet wrote it
    kind: str  # "mobile", "landline", "territory" (never texted) or "unreadable" (`written` is not a valid number)


@dataclass(slots=True)
class PhoneBook:
    """Assigns fictional numbers. When all numbers in a range have been used, the range starts over, and people share numbers."""

    _taken: dict[str, int] = field(default_factory=dict)

    def new(self, place: Place, draw: Draw, *, has_country: bool) -> Phone:
        """Return a number for a person at this place, usually in E.164, but sometimes in a format that people or spreadsheets use.

        Only a profile with a country may have a number in national form. Without a country, (604) 555-0132 could be read as a
        Malaysian number, which may belong to a real person.
        """
        number, kind = self._number(place, draw)
        if draw.chance(0.012):
            return Phone(number, _spoilt(number, draw), "unreadable")
        return Phone(number, _as_people_write(number, draw, has_country=has_country), kind)

    def _take(self, name: str, size: int) -> int:
        count = self._taken.get(name, 0)
        self._taken[name] = count + 1
        # A stride that is coprime to the size visits every number once, out of order.
        return count * 37 % size

    def _number(self, place: Place, draw: Draw) -> tuple[str, str]:
        match place.country:
            case "US" | "CA" | "PR":
                free = [code for code in place.area_codes if self._taken.get(code, 0) < _PER_AREA_CODE]
                code = draw.pick(free or place.area_codes)
                kind = "territory" if place.country == "PR" else "mobile"
                return f"+1{code}5550{100 + self._take(code, _PER_AREA_CODE)}", kind
            case "GB":
                if draw.chance(0.35):
                    return f"+442079460{self._take('London', 1_000):03d}", "landline"
                return f"+447700900{self._take('GB', 1_000):03d}", "mobile"
            case "DE":
                taken = self._take("DE", 200)
                return (f"+4917139200{taken:02d}" if taken < 100 else f"+49176040690{taken - 100:02d}"), "mobile"
            case "SE":
                return f"+46701740{605 + self._take('SE', 95)}", "mobile"
            case _:
                mobiles = _AUSTRALIAN_MOBILES.split()
                if self._taken.get("AU", 0) < len(mobiles):
                    return f"+61491{mobiles[self._take('AU', len(mobiles))]}", "mobile"
                return f"+6125550{self._take('Sydney', 10_000):04d}", "landline"


def rewrite(phone: Phone, draw: Draw, *, has_country: bool) -> Phone:
    """Return the same number, possibly written differently, for a second profile."""
    is_unreadable = phone.kind == "unreadable"
    written = phone.written if is_unreadable else _as_people_write(phone.number, draw, has_country=has_country)
    return Phone(phone.number, written, phone.kind)


def _as_people_write(number: str, draw: Draw, *, has_country: bool) -> str:
    if draw.chance(0.86):
        return number
    if number.startswith("+1"):
        area, exchange, line = number[2:5], number[5:8], number[8:]
        full = [f"+1 {area} {exchange} {line}", f"tel:+1-{area}-{exchange}-{line}", f"1{area}{exchange}{line}.0"]
        national = [f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}"]
    else:
        # Don't write a spreadsheet float here: German numbers vary in length, so 491713920012 could be read as a national number.
        full = [f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}", f"tel:{number}"]
        national = [f"0{number[3:]}", f"0{number[3:6]} {number[6:]}"]
    return draw.pick(full + national if has_country else full)


def _spoilt(number: str, draw: Draw) -> str:
    # Don't write the whole local number. Fictional numbers share a hundred endings, so the opt-out of one local number would stop
    # thousands of profiles, which can't happen with real numbers.
    short = f"{number[6:8]}-{number[8:]}" if number.startswith("+1") else number[:6]
    return draw.pick((number[:-1], short, "n/a", "unknown", "0000000000"))

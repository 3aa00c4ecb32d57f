"""Small shops in which every rule of `docs/who-may-be-texted.md` is likely to matter, and so are its borders.

Each is made from its seed alone. What a cell was made to mean is kept beside it (`Person.numbers`), so that a test knows
whose number is written there without reading it. Phone numbers are from ranges reserved for fiction.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

Row = dict[str, Any]

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
FAR = datetime(3026, 6, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NUMBERS = {
    "+16175550123": "US",
    "+12125550123": "US",
    "+16175550124": "US",
    "+13125550187": "US",
    "+16465550124": "US",
    "+14165550123": "CA",
    "+16045550187": "CA",
    "+17875550123": "PR",
    "+491713920001": "DE",
    "+491713920002": "DE",
    "+33639980123": "FR",
    "+493023125001": "DE",
    "+442079460123": "GB",
    "+447700900123": "GB",
}
"""Numbers for fiction and their countries; those of North America share their last seven digits with others."""
LANDLINES = {"+493023125001", "+442079460123"}
TEXTED = [
    number for number, country in NUMBERS.items() if country in ("US", "CA", "DE", "FR") and number not in LANDLINES
]
NOT_TEXTED = [number for number in NUMBERS if number not in TEXTED]
NOT_VALID = "+447700900123"
"""A number for fiction that no phone book of the world knows, so that it can't be read even with its country code."""
CODES = {"US": "1", "CA": "1", "PR": "1", "DE": "49", "GB": "44", "FR": "33"}
NAMES = {
    "US": ["US", "United States"],
    "CA": ["CA", "Canada"],
    "PR": ["PR"],
    "DE": ["DE", "Germany"],
    "GB": ["GB"],
    "FR": ["FR", "France"],
}
FULL_WIDTH = str.maketrans("+0123456789", "＋０１２３４５６７８９")  # noqa: RUF001  # how Japanese keyboards write digits

YES = ["SUBSCRIBED", "subscribed", "Subscribed"]
NO = ["UNSUBSCRIBED", "unsubscribed", "Unsubscribed"]
NOT_YET = ["NEVER_SUBSCRIBED", "never_subscribed", "Never Subscribed"]
UNKNOWN = ["STOP", "ja", "OPTED_OUT", "opt-out", "revoked"]
BLANK = ["", None]

CONSENTED = ["Consented to Receive SMS", "Subscribed to SMS Marketing", "Subscribed to Text Messaging Marketing"]
OPTED_OUT = ["Unsubscribed from SMS", "Unsubscribed from SMS Marketing", "Unsubscribed from Text Messaging Marketing"]
RECEIVED = ["Received SMS", "Received Text Message"]
FAILED = ["Failed to Deliver SMS", "Failed to Deliver Text Message"]
OTHER = ["Clicked SMS", "Clicked Text Message", "Placed Order", "Unsubscribed from Email Marketing", "Sent SMS"]
FAILURES = ["Device unreachable", "Device disconnected", "Invalid mobile number", "Unknown error", "Other"]

COLUMNS = {
    "sms_consent_timestamp": 0.9,
    "SMS Marketing Consent": 0.25,
    "SMS Consent": 0.15,
    "can_receive_sms_marketing": 0.3,
    "Phone Number": 0.25,
    "created": 0.4,
}
"""Columns that a shop may have, and how likely it has them."""


@dataclass(frozen=True)
class Person:
    """A profile's row, and what its cells were made to mean.

    Attributes:
        row: what the shop's data holds.
        number: the number in E.164 that a text would go to; None if what is written can't be read.
        numbers: every number of `NUMBERS` that its cells must be taken for.
    """

    row: Row
    number: str | None
    numbers: frozenset[str]

    @property
    def name(self) -> str:
        """Return the id."""
        return self.row["profile_id"]


@dataclass(frozen=True)
class Shop:
    """A generated shop, and the arguments that an audience of it is asked with.

    Attributes:
        people: the profiles.
        events: the rows of the events.
        as_of: as it is handed to segkit.
        moment: the instant that it means.
        newest: the newest event that is not in the far future; `moment` if there is none.
        is_text: whether the shop is loaded from CSV files.
        hours: of smart sending.
        countries: where texts can go to; None leaves the argument out.
        excludes: whether the audience excludes those left out.
    """

    people: list[Person]
    events: list[Row]
    as_of: str | date | datetime | None
    moment: datetime
    newest: datetime
    is_text: bool
    hours: int
    countries: frozenset[str] | None
    excludes: bool

    @property
    def profiles(self) -> list[Row]:
        """Return the rows of the profiles."""
        return [person.row for person in self.people]


def generated_shop(seed: int) -> Shop:
    """Make the shop of a seed."""
    return _Maker(random.Random(f"who may be texted {seed}")).shop()


def begin(cell: date | datetime) -> datetime:
    """Return the instant at which a date begins."""
    return cell if isinstance(cell, datetime) else datetime.combine(cell, time(), UTC)


class _Maker:
    """Rolls the dice for one shop; the order of the methods is that of the work."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.is_text = dice.random() < 0.35
        self.numbers = dice.sample(TEXTED, dice.choice([2, 3, 4, 6])) + dice.sample(NOT_TEXTED, dice.choice([0, 0, 1]))
        self.style = dice.choice(["instant", "instant", "date", "left out"])
        self.dates = dice.sample([NOON - 9 * DAY, NOON - 3 * DAY, NOON - DAY, NOON - 400 * DAY, NOON - HOUR], 2)
        self.dates += dice.sample([NOON, NOON + 2 * HOUR, NOON + 3 * DAY], 1)
        self.columns = [name for name, chance in COLUMNS.items() if dice.random() < chance]
        self.truths = dice.choice([[True, False], ["true", "false"], ["TRUE", "no"]])
        self.events: list[Row] = []

    def shop(self) -> Shop:
        self.people = [self.person(f"p{place}") for place in range(self.dice.randint(2, 12))]
        self.add_consent()
        self.add_others()
        as_of, moment = self.as_of()
        self.add_failures(moment)
        hours = self.dice.choice([24, 24, 24, 1, 48, 0])
        self.add_texts(moment, hours or 24)
        self.dice.shuffle(self.events)
        return Shop(
            people=self.people,
            events=self.events,
            as_of=as_of,
            moment=moment,
            newest=self.newest(moment),
            is_text=self.is_text,
            hours=hours,
            countries=self.dice.choice([None, None, None, frozenset(["US"]), frozenset(["US", "PR", "DE"])]),
            excludes=self.dice.random() < 0.6,
        )

    # Profiles.

    def person(self, name: str) -> Person:
        is_clean = self.dice.random() < 0.7
        cell, country, number, numbers = self.phone(is_clean=is_clean)
        row = {
            "profile_id": name,
            "email": f"{name}@example.com",
            "phone_number": cell,
            "country": country,
            "sms_consent": self.dice.choice(YES) if is_clean else self.word(),
            "Group": "in" if self.dice.random() < 0.85 else "out",
            "Left out": "yes" if self.dice.random() < 0.08 else "no",
            "Points": self.dice.randint(0, 100),
        }
        for column in self.columns:
            match column:
                case "sms_consent_timestamp":
                    row[column] = self.dice.choice([NOON - 20 * DAY, None]) if is_clean else self.consent_date()
                case "can_receive_sms_marketing":
                    row[column] = self.dice.choice(
                        [self.truths[0], None] if is_clean else [*self.truths, None, None, None, ""]
                    )
                case "created":
                    row[column] = None if is_clean else self.created()
                case "Phone Number":
                    row[column], further = (None, set()) if self.dice.random() < 0.6 else self.further_phone()
                    numbers = numbers | further
                case _:
                    row[column] = self.dice.choice([None, None, "Subscribed"]) if is_clean else self.further_word()
        return Person(row, number, frozenset(numbers))

    def word(self) -> str | None:
        words = self.dice.choices([YES, NO, NOT_YET, UNKNOWN, BLANK], [58, 16, 9, 9, 8])[0]
        return self.dice.choice(words)

    def further_word(self) -> str | None:
        words = self.dice.choices([YES, NO, NOT_YET, UNKNOWN, BLANK], [40, 10, 6, 8, 36])[0]
        return self.dice.choice(words)

    def consent_date(self) -> date | datetime | None:
        near = self.dice.choice(self.dates)
        return self.dice.choice([near, near, near + TICK, near - TICK, near.date(), NOON - 20 * DAY, FAR, None, EPOCH])

    def created(self) -> datetime | None:
        return self.dice.choice([None, NOON - 100 * DAY, NOON - TICK, NOON, NOON + TICK, NOON + HOUR, NOON + DAY, FAR])

    # Numbers.

    def phone(self, *, is_clean: bool) -> tuple[Any, str | None, str | None, set[str]]:
        """Return a cell, the country beside it, the number that it is read as, and all that it must be taken for."""
        number = self.dice.choice(self.numbers)
        home, code = NUMBERS[number], CODES[NUMBERS[number]]
        digits, national = number[1:], number[1 + len(code) :]
        local = national if code == "1" else f"0{national}"
        is_american = code == "1"
        at_home = self.dice.choice(NAMES[home])
        anywhere = self.dice.choice([at_home, None, "US", "DE"])
        sure = None if number == NOT_VALID else number
        spelling = self.dice.choice(
            ["plain", "marks", "apostrophe", "national", "full width"] if is_clean else SPELLINGS
        )
        match spelling:
            case "plain":
                return number, anywhere, sure, {number}
            case "marks":
                return f" +{code} ({national[:3]}) {national[3:6]}-{national[6:]}", anywhere, sure, {number}
            case "apostrophe":
                return f"'{number}", anywhere, sure, {number}
            case "full width":
                return number.translate(FULL_WIDTH), anywhere, sure, {number}
            case "national":
                return self.dice.choice([local, f"{local[:3]} {local[3:]}"]), at_home, sure, {number}
            case "no country":
                cell = self.dice.choice([local, f"({local[:3]}) {local[3:6]}-{local[6:]}", f"{code} {national}"])
                return cell, None, None, ending_in(national)
            case "float":
                cell = f"{digits}.0" if self.is_text else float(digits)
                return cell, self.dice.choice([at_home, None]) if is_american else None, sure, {number}
            case "exponent":
                cell = f"{digits[0]}.{digits[1:]}E+{len(digits) - 1}"
                return cell, self.dice.choice([at_home, None]) if is_american else None, sure, {number}
            case "remark":
                cell = self.dice.choice([number, local]) + self.dice.choice(
                    [" (mobile)", " Ann", " - work", " [home phone]"]
                )
                return cell, self.dice.choice([at_home, None]), None, ending_in(national)
            case "trunk zero" if not is_american:
                return f"+{code} 0{national[:3]} {national[3:]} (work)", anywhere, None, ending_in(national)
            case "two":
                other = self.dice.choice(self.numbers)
                between = self.dice.choice([" / ", "/", ", ", "; ", " or ", " & ", " | "])
                first = self.dice.choice([number, local])
                return (
                    f"{first}{between}{other}",
                    self.dice.choice([at_home, None]),
                    None,
                    {*ending_in(national), other},
                )
            case "two, one read" if is_american:
                other = self.dice.choice([one for one in NUMBERS if CODES[NUMBERS[one]] == "1"])
                return f"{local}{self.dice.choice([',,', '/x'])}{other[2:]}", at_home, number, {number, other}
            case "seven" if is_american:
                cell = f"{national[3:6]}-{national[6:]}"
                return cell, self.dice.choice(["US", "CA", None]), None, ending_in(national[3:])
            case "two zeros":
                if self.dice.random() < 0.5:
                    return f"00{digits}", "DE", sure, {number}
                return f"00{digits}", self.dice.choice(["US", None]), None, ending_in(digits[-10:])
            case "foreign":
                # What comes of it is for `phonenumbers` to say.
                return local, self.dice.choice(["GB", "DE"] if is_american else ["US"]), None, set()
            case _:
                return self.dice.choice(["", None, "", None, "n/a", "+12", "0"]), anywhere, None, set()

    def further_phone(self) -> tuple[str, set[str]]:
        """Return a cell of another column of numbers, and all that it must be taken for."""
        number = self.dice.choice(self.numbers)
        national = number[1 + len(CODES[NUMBERS[number]]) :]
        return self.dice.choice([(number, {number}), (f"{number} (work)", ending_in(national))])

    # Events.

    def add(self, person: Person, metric: str, moment: date | datetime, failure: str | None = None) -> None:
        odd = self.dice.random()
        spelled = (
            f" {metric} "
            if odd < 0.06
            else metric.lower()
            if odd < 0.12
            else f"{metric.upper()} "
            if odd < 0.16
            else metric
        )
        self.events.append(
            {"profile_id": person.name, "metric": spelled, "datetime": moment, "value": None, "Failure Type": failure}
        )

    def add_consent(self) -> None:
        for _ in range(self.dice.choice([0, 0, 1, 2, 3, 6])):
            near = self.dice.choice(self.dates)
            moment = self.dice.choice([near, near, near + TICK, near - TICK, NOON, NOON + TICK])
            person, bare = self.dice.choice(self.people), moment.date() if self.dice.random() < 0.15 else moment
            if self.dice.random() < 0.5:
                self.add(person, self.dice.choice(CONSENTED), bare)
            else:
                odd = self.dice.random()
                self.add(person, self.dice.choice(OPTED_OUT), FAR if odd < 0.04 else EPOCH if odd < 0.08 else bare)

    def add_others(self) -> None:
        if self.style == "left out" or self.dice.random() < 0.75:
            last = [NOON, NOON, NOON - HOUR, NOON - 3 * DAY, NOON + 2 * HOUR, NOON + 9 * DAY, NOON + TICK, NOON - TICK]
            self.add(self.dice.choice(self.people), self.dice.choice(OTHER), self.dice.choice(last))
        if self.dice.random() < 0.05:
            self.add(self.dice.choice(self.people), self.dice.choice(OTHER), FAR)

    def as_of(self) -> tuple[str | date | datetime | None, datetime]:
        day = NOON.date()
        match self.style:
            case "instant":
                return self.dice.choice([NOON, NOON.isoformat()]), NOON
            case "date":
                return self.dice.choice([day, day.isoformat()]), begin(day) + DAY - TICK
            case _:
                return None, self.newest(NOON)

    def newest(self, default: datetime) -> datetime:
        return max(
            (begin(event["datetime"]) for event in self.events if begin(event["datetime"]) < FAR), default=default
        )

    def add_failures(self, moment: datetime) -> None:
        newest = self.newest(moment)
        # Nobody fails before being created, of whom a segment and the data would say different things.
        there = [one for one in self.people if not newest < (one.row.get("created") or NOON - 900 * DAY) < FAR]
        borders = [begin(now.date()) - 30 * DAY for now in (moment, newest)]
        times = [
            *borders,
            *(border - TICK for border in borders),
            NOON - 200 * DAY,
            NOON - 2 * DAY,
            NOON + HOUR,
            newest,
        ]
        for _ in range(self.dice.choice([0, 0, 0, 1, 2, 3]) if there else 0):
            person, kind = self.dice.choice(there), self.dice.choice(FAILURES)
            for _ in range(self.dice.choice({"Unknown error": [4, 5, 5], "Other": [6]}.get(kind, [1, 1, 2]))):
                self.add(person, self.dice.choice(FAILED), min(self.dice.choice(times), newest), kind)

    def add_texts(self, moment: datetime, hours: int) -> None:
        newest = self.newest(moment)
        border = min(moment, newest) - hours * HOUR
        times = [
            border,
            border,
            border - TICK,
            border - TICK,
            border + TICK,
            border - DAY,
            newest,
            moment - hours * HOUR,
        ]
        for _ in range(self.dice.choice([0, 0, 0, 1, 2, 4])):
            received = min(self.dice.choice(times), newest)
            if self.dice.random() < 0.05 and self.style != "left out":
                received = NOON + DAY
            bare = received.date() if self.dice.random() < 0.1 else received
            self.add(self.dice.choice(self.people), self.dice.choice(RECEIVED), bare)


SPELLINGS = [
    *(
        "plain",
        "marks",
        "apostrophe",
        "full width",
        "national",
        "no country",
        "no country",
        "float",
        "exponent",
        "remark",
    ),
    *("remark", "trunk zero", "two", "two", "two, one read", "seven", "seven", "two zeros", "foreign", "nothing"),
    "nothing",
]
"""The ways in which a number is written; one that does not fit its country leaves nothing or junk."""


def ending_in(digits: str) -> set[str]:
    """Return the numbers that end in some digits."""
    return {number for number in NUMBERS if number.endswith(digits)}

"""Who may be texted, read slowly and plainly from `docs/who-may-be-texted.md`: one profile at a time, and nothing of segkit.

The page is the rule, and this is one reading of it that knows no other code: a disagreement means that segkit or this
reading is wrong, or that the page leaves it open. Numbers are read by `phonenumbers` itself, one cell at a time.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import product
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

Row = dict[str, Any]

CLOCK = datetime.now(UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
FIRST = datetime(1970, 1, 2, tzinfo=UTC)
"""A date before it is a placeholder for none."""
NEVER = datetime.min.replace(tzinfo=UTC)
"""The date of a consent that has none: older than any opt-out."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)
"""The date of an opt-out that has none: not older than any consent."""

CONSENT_COLUMNS = ("SMS Marketing Consent", "SMS Consent")
"""Columns of the same meaning as `sms_consent`."""
PHONE_COLUMNS = ("Phone Number", "Phone")
"""Columns of the same meaning as `phone_number`."""
CONSENTED = {"consented to receive sms", "subscribed to sms marketing", "subscribed to text messaging marketing"}
OPTED_OUT = {"unsubscribed from sms", "unsubscribed from sms marketing", "unsubscribed from text messaging marketing"}
RECEIVED = {"received sms", "received text message"}
FAILED = {"failed to deliver sms", "failed to deliver text message"}
"""The metrics in small letters, under the names of every generation."""
KNOWN_WORDS = {"subscribed": "subscribed", "unsubscribed": "unsubscribed", "never subscribed": "never subscribed"}
COUNTRIES = {
    "US": {"us", "usa", "united states"},
    "CA": {"ca", "canada"},
    "GB": {"gb", "united kingdom"},
    "DE": {"de", "germany"},
    "PR": {"pr", "puerto rico"},
    "FR": {"fr", "france"},
}
TEXTABLE = frozenset(
    ["US", "CA", "GB", "DE", "AU", "NZ", "IT", "IE", "PT", "BE", "NO", "SE", "ES", "FI", "NL", "FR", "AT"]
)
TEXTABLE |= {"DK", "CH"}
MAYBE_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN}


@dataclass(frozen=True)
class Numbers:
    """The numbers that a profile is taken for: those that could be read, and how those end that could not."""

    read: frozenset[str]
    endings: frozenset[str]

    def meet(self, others: "Numbers") -> bool:
        """Say whether there is a number that both are taken for."""
        return bool(self.read & others.read) or any(
            one.endswith(other) or other.endswith(one)
            for one, other in [
                *product(self.read, others.endings),
                *product(others.read, self.endings),
                *product(self.endings, others.endings),
            ]
        )


@dataclass(frozen=True)
class Oracle:
    """A shop's plain rows and the arguments of an audience.

    Attributes:
        profiles: the rows in the order of the data, each a dictionary with the headers of the data.
        events: the same, each with `profile_id`, `metric`, `datetime`, and for a failure "Failure Type".
        as_of: an instant, a bare date (also as text), or None if it was left out.
        countries: where texts can go to.
        hours: of smart sending.
        looking_back: whether only what was known at `as_of` counts.
    """

    profiles: list[Row]
    events: list[Row]
    as_of: str | date | datetime | None
    countries: Collection[str] = TEXTABLE
    hours: int = 24
    looking_back: bool = False

    def reasons(self, include: Collection[str], exclude: Collection[str] = ()) -> dict[str, str]:
        """Return "sendable" or the first step that stops it, for each profile that is there yet and in an included segment.

        Args:
            include: the ids of which the included segments are true.
            exclude: the ids of which the excluded segments are true.
        """
        excluded = [
            row
            for row in self.profiles
            if row["profile_id"] in exclude and (not self.looking_back or self.is_there(row, self.moment))
        ]
        included = [row for row in self.profiles if row["profile_id"] in include and self.is_there(row, self.moment)]
        found: dict[str, str] = {}
        taken: set[str] = set()
        for row in included:
            reason = self.reason(row, excluded, taken)
            found[row["profile_id"]] = reason
            if reason == "sendable":
                taken.add(number_of(row))
        return found

    def reason(self, row: Row, excluded: list[Row], taken: set[str]) -> str:
        """Return the first step that applies to a profile, in the order of the page."""
        number = number_of(row)
        if row in excluded or shares(row, excluded):
            return "excluded"
        if self.is_not_subscribed(row):
            return "not subscribed"
        if not is_written(row.get("phone_number")):
            return "no phone"
        if number is None or kind_of(number) not in MAYBE_MOBILE:
            return "invalid number"
        if country_of(number) not in self.countries:
            return "country not served"
        if shares(row, [other for other in self.profiles if self.fails(other)]):
            return "fails"
        if shares(row, [other for other in self.profiles if self.was_just_texted(other)]):
            return "just texted"
        others = [other for other in self.profiles if other is not row and self.has_opted_out(other)]
        if shares(row, [other for other in others if self.opt_out(other) >= self.consent(row)]):
            return "unsubscribed elsewhere"
        return "same number" if number in taken else "sendable"

    # What is known, and when.

    @cached_property
    def moment(self) -> datetime:
        """Return the moment that is looked from; a bare date is the close of that day."""
        if self.as_of is None:
            return max(instant(event["datetime"]) for event in self.events if instant(event["datetime"]) <= CLOCK)
        return close(self.as_of)

    @cached_property
    def everything(self) -> datetime:
        """Return the moment that ends everything that is known."""
        return self.moment if self.as_of is None else CLOCK

    @cached_property
    def newest(self) -> datetime:
        """Return the moment of the newest event that counts and is not ahead of the clock; without events the one looked from."""
        times = [instant(event["datetime"]) for event in self.known_events]
        return max((moment for moment in times if moment <= CLOCK), default=self.moment)

    @cached_property
    def known_events(self) -> list[Row]:
        """Return the events that count: all in the data, or, looking back, those until then."""
        return [event for event in self.events if not self.looking_back or instant(event["datetime"]) <= self.moment]

    def is_there(self, row: Row, moment: datetime) -> bool:
        """Say whether a profile was created by a moment; a date after everything that is known is no date."""
        created = instant(row.get("created"))
        return created is None or created <= moment or created > self.everything

    def dates(self, row: Row, metrics: Collection[str]) -> list[Any]:
        """Return the dates of a profile's events of some metrics, as they are written."""
        return [
            event["datetime"]
            for event in self.known_events
            if event["profile_id"] == row["profile_id"] and event["metric"].strip().casefold() in metrics
        ]

    def times(self, row: Row, metrics: Collection[str]) -> list[datetime]:
        """Return the moments at which these dates begin."""
        return [instant(written) for written in self.dates(row, metrics)]

    # The latest word of a profile.

    def is_replayed(self, row: Row) -> bool:
        """Say whether the moment lies before the date of the status; a date after everything that is known is no date."""
        dated = instant(row.get("sms_consent_timestamp"))
        return dated is not None and self.moment < dated <= self.everything

    def status(self, row: Row) -> str:
        """Return a profile's status as of the moment: as written, or, before its date, by the newest consent event until then."""
        if not self.is_replayed(row):
            return word(row.get("sms_consent"))
        told = [(moment, "subscribed") for moment in self.times(row, CONSENTED) if moment <= self.moment]
        # Of two at one instant the one that withdraws comes last in the alphabet.
        told += [(moment, "unsubscribed") for moment in self.times(row, OPTED_OUT) if moment <= self.moment]
        return max(told)[1] if told else "never subscribed"

    def known_status(self, row: Row) -> str:
        """Return the status that the latest word is made of: the one that is written, which a look back may not know yet."""
        return self.status(row) if self.looking_back else word(row.get("sms_consent"))

    def known_date(self, row: Row) -> Any:
        """Return the date of that status; of one that was replayed its event is the date."""
        return None if self.looking_back and self.is_replayed(row) else row.get("sms_consent_timestamp")

    def is_not_subscribed(self, row: Row) -> bool:
        """Say whether the second step stops a profile."""
        # Whoever's consent is blank by now is in no file, also where it was given as of the moment.
        if self.status(row) != "subscribed" or self.known_status(row) != "subscribed" or is_refused(row):
            return True
        return any(said not in (None, "subscribed") for said in further_words(row)) or self.has_opted_out(row)

    def consent(self, row: Row) -> datetime:
        """Return the date of a profile's newest consent, `NEVER` if it has none or no date that is known."""
        dates = self.times(row, CONSENTED)
        dated = instant(self.known_date(row))
        if self.known_status(row) == "subscribed" and dated is not None:
            dates.append(dated)
        return max((moment for moment in dates if moment <= self.everything), default=NEVER)

    def opt_out(self, row: Row) -> datetime | None:
        """Return the date of a profile's newest opt-out, `FOR_EVER` if that is not known, None if it has none."""
        dates = [close(written) for written in self.dates(row, OPTED_OUT)]
        status = self.known_status(row)
        if status in ("unsubscribed", "unknown") and not (self.looking_back and self.is_replayed(row)):
            dated = self.known_date(row)
            dates.append(close(dated) if is_written(dated) else FOR_EVER)
        if any(said in ("unsubscribed", "unknown") for said in further_words(row)):
            dates.append(FOR_EVER)
        if status == "subscribed" and is_refused(row):
            dates.append(FOR_EVER)
        if self.looking_back and not self.is_there(row, self.moment):
            # Of a profile that was created later only what carries a date was known.
            dates = [moment for moment in dates if moment < self.moment + DAY]
        if not dates:
            return None
        if min(dates) < FIRST:
            return FOR_EVER
        # The close of a day may lie after everything that is known though the day does not; no known consent is between them.
        return FOR_EVER if max(dates) > self.everything else max(dates)

    def has_opted_out(self, row: Row) -> bool:
        """Say whether a profile's latest word is an opt-out."""
        opt_out = self.opt_out(row)
        return opt_out is not None and (opt_out >= self.consent(row) or self.known_status(row) != "subscribed")

    # Failures and texts.

    def was_just_texted(self, row: Row) -> bool:
        """Say whether a profile received a text since the window began."""
        begin = min(self.moment, self.newest) - timedelta(hours=self.hours)
        return self.hours > 0 and any(close(written) >= begin for written in self.dates(row, RECEIVED))

    def fails(self, row: Row) -> bool:
        """Say whether texts to a profile are known to fail, looked at from the moment or from the newest event."""
        return any(self.is_there(row, now) and self.fails_at(row, now) for now in (self.moment, self.newest))

    def fails_at(self, row: Row, now: datetime) -> bool:
        """Say whether `sms_delivery_errors()` without its consent is true of a profile."""
        month = datetime.combine(now.date(), time(), UTC) - timedelta(days=30)
        failures = [
            (event.get("Failure Type"), instant(event["datetime"]))
            for event in self.known_events
            if event["profile_id"] == row["profile_id"]
            and event["metric"].strip().casefold() in FAILED
            and instant(event["datetime"]) <= now
        ]
        kinds = [kind for kind, _ in failures]
        for device in ("Device unreachable", "Device disconnected"):
            if kinds.count(device) >= 2 or any(kind == device and moment >= month for kind, moment in failures):
                return True
        return "Invalid mobile number" in kinds or kinds.count("Unknown error") >= 5


# What is written in a cell.


def is_written(cell: Any) -> bool:
    """Say whether anything is written."""
    return cell is not None and cell != ""


def word(cell: Any) -> str:
    """Return what a consent word says: one of three, blank as never subscribed, or "unknown"."""
    if not is_written(cell):
        return "never subscribed"
    return KNOWN_WORDS.get(cell.strip().casefold().replace("_", " "), "unknown")


def further_words(row: Row) -> list[str | None]:
    """Return what the other columns of consent say; a blank says nothing."""
    return [word(row[column]) if is_written(row[column]) else None for column in CONSENT_COLUMNS if column in row]


def is_refused(row: Row) -> bool:
    """Say whether `can_receive_sms_marketing` is set and not true."""
    cell = row.get("can_receive_sms_marketing")
    return is_written(cell) and str(cell).strip().casefold() != "true"


def has_time(cell: Any) -> bool:
    """Say whether a date is written with a time of day."""
    return isinstance(cell, datetime) or (isinstance(cell, str) and len(cell) > len("2026-06-30"))


def instant(cell: Any) -> datetime | None:
    """Return the moment that a date begins, UTC; None if nothing is written."""
    if not is_written(cell):
        return None
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime.combine(cell, time())
    moment = datetime.fromisoformat(cell) if isinstance(cell, str) else cell
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def close(cell: Any) -> datetime:
    """Return the moment that a date ends: of one without a time the last of its day."""
    return instant(cell) if has_time(cell) else instant(cell) + DAY - TICK


# Numbers.


def shares(row: Row, others: list[Row]) -> bool:
    """Say whether a profile has a number of one of the others, in whatever column and spelling of either."""
    return any(numbers_of(row).meet(numbers_of(other)) for other in others)


def number_of(row: Row) -> str | None:
    """Return the number of a profile in E.164, None if what is written can't be read."""
    return read(plain(row.get("phone_number")), country_code(row.get("country")))


def numbers_of(row: Row) -> Numbers:
    """Return the numbers that a profile is taken for, of every column of that meaning."""
    country = country_code(row.get("country"))
    numbers, endings = set(), set()
    for column in ("phone_number", *PHONE_COLUMNS):
        cell = plain(row.get(column))
        number = read(cell, country)
        if number is not None:
            numbers.add(number)
        # What stands beside a number that could be read counts as well, and is no number where it has too few digits.
        endings |= {
            end for part in parts(cell) if number is None or read(part, country) != number for end in ending(part)
        }
    return Numbers(frozenset(numbers), frozenset(endings))


def plain(cell: Any) -> str:
    """Return a cell in plain digits, without a spreadsheet's marks: the apostrophe in front, ".0", an exponent that lost no digit."""
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip().removeprefix("'").strip()
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    exponent = re.fullmatch(r"\d\.(\d+)[eE]\+?(\d+)", text)
    if exponent and len(exponent[1]) == int(exponent[2]):
        return str(int(Decimal(text)))
    return text


def parts(cell: str) -> list[str]:
    """Return the numbers that stand in a cell: what is no digit, blank or mark of a number parts them, and a plus begins one."""
    return [part for part in re.split(r"[^\d\s().+-]+|(?=\+)|\n", cell) if part.strip()]


def ending(part: str) -> Iterator[str]:
    """Yield the last ten digits of what can't be read, or all where it has fewer, but at least seven; no zeros in front."""
    digits = re.sub(r"\D", "", part).lstrip("0")[-10:].lstrip("0")
    if len(digits) >= 7:
        yield digits


def country_code(cell: Any) -> str | None:
    """Return the two letters of a country by one of its names; None if there is none that is known."""
    if not is_written(cell):
        return None
    return next((code for code, names in COUNTRIES.items() if cell.strip().casefold() in names), None)


@cache
def read(text: str, country: str | None) -> str | None:
    """Return the valid number that a text is read as, in E.164; bare digits without a country are tried with a plus."""
    if country is None and re.fullmatch(r"\d{11,}", text):
        text = f"+{text}"
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def kind_of(number: str) -> int:
    """Return the kind of line of a number in E.164."""
    return phonenumbers.number_type(phonenumbers.parse(number))


def country_of(number: str) -> str | None:
    """Return the country of a number in E.164."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number))

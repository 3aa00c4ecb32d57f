"""Write the seeded synthetic shop that notebooks and tests live on; who its people are and what they do is left to `sample_*`."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from segkit.files import make_folder, whole_files
from segkit.sample.draw import CLOSE, DAY, Draw, day_of, timestamp
from segkit.sample.events import Event, messages, subscribed
from segkit.sample.orders import forecast, orders_and_visits
from segkit.sample.people import Person, draw_person
from segkit.sample.phones import PhoneBook
from segkit.sample.places import PLACES

_FILES = ("profiles.csv", "events.csv.gz", "lists.csv", "places.csv")
_PROFILE_COLUMNS = (
    "profile_id",
    "email",
    "phone_number",
    "first_name",
    "last_name",
    "city",
    "region",
    "country",
    "zip",
    "latitude",
    "longitude",
    "timezone",
    "created",
    "sms_consent",
    "sms_consent_timestamp",
    "email_consent",
    "email_consent_timestamp",
    "email_suppressed",
    "predicted_clv",
    "historic_clv",
    "churn_probability",
    "predicted_gender",
    "Gender",
    "Age",
    "Birthday",
    "Parent",
    "Interests",
    "Favorite Category",
)
_EVENT_COLUMNS = (
    "profile_id",
    "metric",
    "datetime",
    "value",
    "Discount Codes",
    "Discount Amount",
    "Source",
    "Items",
    "Collections",
    "Failure Type",
    "Campaign",
)
_VIP_UPLOAD = day_of(2025, 11, 15) * DAY + 54_000
_VIP_CENTS = 60_000


def write_sample(folder: str | Path, *, profiles: int = 5_000, seed: int = 2026, replace: bool = False) -> None:
    """Write a synthetic shop of two years, 2024-07-01 to 2026-06-30, into a folder that is made if need be.

    Four files, UTF-8, newline-terminated, replaced if there only with `replace=True`: `profiles.csv` (a row a profile), `events.csv.gz` (a row
    an event, oldest first), `lists.csv` (who was put on a list, and when) and `places.csv` (points of the postal codes
    outside the US). Every cell is text, empty where unset; times are ISO instants in UTC, money is dollars with cents,
    `Interests`, `Discount Codes` and `Collections` hold JSON lists. `sample_data/README.md` says what each column means.

    The same `profiles` and `seed` give the same bytes on every platform and Python version; only the compression of
    `events.csv.gz` may differ, since it is zlib's. More profiles leave the first ones as they were. Nobody here exists:
    names are shuffled, addresses end in example.com, .org or .net, and phone numbers come from ranges reserved for
    fiction (about 3,600 at the default size; far beyond it the ranges run out and people share numbers).
    No profiles at all still gives files with their headers; a folder that can't be written raises `FileError`, and so
    does a page of `segkit app`, which writes nothing on its host.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_sample(folder, profiles=2)
    ...     with (Path(folder) / "profiles.csv").open(encoding="utf-8") as file:
    ...         [row["profile_id"] for row in csv.DictReader(file)]
    ['SYN-00001', 'SYN-00002']
    """
    target = Path(folder)
    make_folder(target)
    with whole_files(*(target / name for name in _FILES), replace=replace) as parts:
        for part, data in zip(parts, _tables(_live(profiles, seed)), strict=True):
            part.write_bytes(data)


def _tables(lives: list[tuple[Person, list[Event]]]) -> Iterator[bytes]:
    """Give what each of the files holds, in their order."""
    rows = [
        (event.second, person.number, position, _event_row(person, event))
        for person, events in lives
        for position, event in enumerate(events)
    ]
    yield _csv(_PROFILE_COLUMNS, (_profile_row(*life) for life in lives))
    yield _gzip(_csv(_EVENT_COLUMNS, (row for *_, row in sorted(rows))))
    yield _csv(("profile_id", "list_id", "joined"), (row for life in lives for row in _list_rows(*life)))
    yield _csv(("country", "postal_code", "latitude", "longitude"), _place_rows())


def _live(profiles: int, seed: int) -> list[tuple[Person, list[Event]]]:
    """Draw every person and their events, each from a stream of their own, so that one life never changes another."""
    phone_book = PhoneBook()
    lives: list[tuple[Person, list[Event]]] = []
    previous: Person | None = None
    for number in range(1, profiles + 1):
        draw = Draw(seed * 1_000_003 + number)
        previous = draw_person(number, draw, phone_book, previous)
        sent = messages(previous, draw)
        lives.append((previous, sent + orders_and_visits(previous, sent, draw)))
    return lives


def _csv(header: Iterable[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _gzip(data: bytes) -> bytes:
    packed = io.BytesIO()
    # Without a file name and a time in its header, so that it depends on the content alone.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(data)
    return packed.getvalue()


def _money(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:.2f}"


def _event_row(person: Person, event: Event) -> tuple[str, ...]:
    _, metric, cents, *properties = event
    return person.card["profile_id"], metric, timestamp(event.second), _money(cents), *properties


def _profile_row(person: Person, events: list[Event]) -> list[str]:
    expected = forecast(events)
    card = person.card | _sms_consent(person, events) | _email_consent(person)
    if expected:
        card["predicted_clv"] = _money(expected.predicted_cents)
        card["historic_clv"] = _money(expected.historic_cents)
        card["churn_probability"] = f"{expected.churn:.2f}"
    return [card.get(column, "") for column in _PROFILE_COLUMNS]


def _sms_consent(person: Person, events: list[Event]) -> dict[str, str]:
    """Read the consent of a profile off its newest consent event, as the platform does."""
    changes = sorted((event.second, event.metric) for event in events if subscribed(event.metric) is not None)
    if changes:
        second, metric = changes[-1]
        word = "SUBSCRIBED" if subscribed(metric) else "UNSUBSCRIBED"
        return {"sms_consent": word, "sms_consent_timestamp": timestamp(second)}
    return {"sms_consent": "NEVER_SUBSCRIBED" if person.phone or person.number % 2 else ""}


def _email_consent(person: Person) -> dict[str, str]:
    suppressed = {"email_suppressed": "true" if person.suppressed else "false"}
    if person.joins_email >= CLOSE:
        return suppressed | {"email_consent": "NEVER_SUBSCRIBED" if person.card["email"] else ""}
    if person.leaves_email < CLOSE:
        return suppressed | {"email_consent": "UNSUBSCRIBED", "email_consent_timestamp": timestamp(person.leaves_email)}
    return suppressed | {"email_consent": "SUBSCRIBED", "email_consent_timestamp": timestamp(person.joins_email)}


def _list_rows(person: Person, events: list[Event]) -> list[tuple[str, str, str]]:
    """Put people on the newsletter, on the in-store list, and on a list of big spenders uploaded once and never since."""
    number = person.card["profile_id"]
    rows = []
    spent = sum(event.cents or 0 for event in events if event.second < _VIP_UPLOAD)
    if person.joins_email < CLOSE <= person.leaves_email:
        rows.append((number, "Newsletter", timestamp(person.joins_email)))
    if person.first_in_store:
        rows.append((number, "In-store sign-up", timestamp(person.created)))
    if spent >= _VIP_CENTS:
        rows.append((number, "VIP upload", timestamp(_VIP_UPLOAD)))
    return rows


def _place_rows() -> list[tuple[str, str, str, str]]:
    """List the points of postal codes that no US table holds."""
    abroad = [place for _, place in PLACES if place.country not in {"US", "PR"}]
    return [(place.country, place.zip, f"{place.latitude:.2f}", f"{place.longitude:.2f}") for place in abroad]

"""Write the synthetic shop that notebooks and tests use. The other modules of this folder generate its people and their events."""

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
    """Write two years of a synthetic shop, 2024-07-01 to 2026-06-30, to a folder, which is created if it does not exist.

    Writes four files: `profiles.csv` (a row per profile), `events.csv.gz` (a row per event, oldest first), `lists.csv` (members of
    lists, and when they joined) and `places.csv` (coordinates of the postal codes outside the US). They are in UTF-8 and end with a
    newline. Existing files are only replaced with `replace=True`. Cells without a value are empty. Times are ISO instants in UTC, and
    money is in dollars with cents. `Interests`, `Discount Codes` and `Collections` contain JSON lists. `sample_data/README.md`
    explains each column.

    The same `profiles` and `seed` give the same bytes on every platform and Python version, except that the compression of
    `events.csv.gz` depends on the version of zlib. A larger number of profiles does not change the first ones. All people are
    invented: names are random, addresses end in example.com, .org or .net, and phone numbers come from ranges reserved for fiction.
    The default size uses about 3,600 numbers. For far more people, the ranges run out and people share numbers. With zero profiles,
    the files have headers only.

    Raises:
        FileError: the folder can't be written, a file exists and `replace` is False, or this is a page of `segkit app`, which writes
            nothing on its host.

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
    """Yield the content of each file, in the order of `_FILES`."""
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
    """Generate each person and their events from a separate random stream, so that no person depends on the others' events."""
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
    # Leave the file name and time out of the header, so that the result depends only on the content.
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
    """Return the SMS consent of a profile, which comes from its newest consent event, as in Klaviyo."""
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
    """Return the lists a person is on: the newsletter, the in-store list, and a list of big spenders that was uploaded once."""
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
    """Return the coordinates of postal codes outside the US."""
    abroad = [place for _, place in PLACES if place.country not in {"US", "PR"}]
    return [(place.country, place.zip, f"{place.latitude:.2f}", f"{place.longitude:.2f}") for place in abroad]

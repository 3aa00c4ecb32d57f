"""Find headers that look like a missing known column, and suggest a mapping. Nothing is mapped without the user's argument.

`segkit/header_spellings.py` lists the headers that are accepted.
"""

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow.compute as pc

from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.columns import ADDRESS
from segkit.data.validation.issues import Issues
from segkit.header_spellings import SPELLINGS
from segkit.masking import masked_text, quoted

_SAMPLE_CELLS = 1_000
"""The number of cells to examine to find out what a column contains."""

_WHOSE = "customer client contact person subscriber profile member user shopper buyer recipient billing shipping default primary home mailing"
_WHEN = "date time datetime timestamp at on ts utc"
_NEAR: dict[str, dict[str, tuple[str, str]]] = {
    "events": {
        "profile_id": ("id key email mail " + _WHOSE, "number no e address external klaviyo"),
        "metric": ("metric event action activity type", "name"),
        "datetime": (_WHEN + " when day", "event order occurred created placed happened purchase transaction"),
        "value": (
            "value amount amounts amt total totals subtotal revenue sales spend spent paid price prices cost gmv monetary",
            "order event line purchase transaction net gross sub grand property customer usd eur gbp cad aud",
        ),
    },
    "profiles": {
        "profile_id": ("id key", "number no external " + _WHOSE),
        "email": ("email mail", "e address adress addr " + _WHOSE),
        "phone_number": (
            "phone telephone tel mobile cell cellphone cellular handy msisdn sms",
            "number num no nr e164 1 " + _WHOSE,
        ),
        "country": ("country nation", "code name iso iso2 address " + _WHOSE),
        "zip": ("zip zipcode postcode postal plz", "code post address " + _WHOSE),
        "latitude": ("lat latitude", "geo " + _WHOSE),
        "longitude": ("lon lng long longitude", "geo " + _WHOSE),
        "sms_consent_timestamp": (
            _WHEN,
            "sms text marketing consent opt in opted optin subscribed subscription updated",
        ),
        "email_consent_timestamp": (
            _WHEN,
            "email marketing consent opt in opted optin subscribed subscription updated",
        ),
        "created": (
            _WHEN,
            "created creation signed sign up signup registered registration joined profile customer account",
        ),
    },
    "lists": {
        "profile_id": ("id key email mail " + _WHOSE, "number no e address external klaviyo"),
        "list_id": ("list group segment audience name", "id title"),
        "joined": (_WHEN + " since joined added", "list subscribed created joining"),
    },
    "places": {
        "country": ("country nation", "code name iso iso2"),
        "postal_code": ("zip zipcode postcode postal plz code", "post"),
        "latitude": ("lat latitude y", "geo"),
        "longitude": ("lon lng long longitude x", "geo"),
    },
}
"""For each column, the words that a similar header may contain. It must contain at least one word from the first group."""

_NEEDED = {"sms_consent_timestamp": {"sms", "text"}, "email_consent_timestamp": {"email"}}
"""A date column must have one of these words in its header to look like the date of consent."""

_BARE = {"created"}
"""A header looks like these columns only if it also has one of the further words, such as "date"."""

_DONE = {
    "value": "no event has an amount, so every sum is 0",
    "email": "nobody can receive email",
    "phone_number": "nobody has a number, so nobody may be texted",
    "country": "nobody's country is known",
    "zip": "nobody is located by postal code",
    "latitude": "nobody is located by their own coordinates",
    "longitude": "nobody is located by their own coordinates",
    "joined": "nobody's date of joining a list is known",
    "sms_consent_timestamp": "nobody's date of SMS consent is known",
    "email_consent_timestamp": "nobody's date of email consent is known",
    "created": "nobody's date of creation is known",
}


def looks_like(table: str, header: str) -> str | None:
    """Return the known column of a table that a header looks like, or None.

    >>> looks_like("events", "Order Total"), looks_like("profiles", "mobilePhone"), looks_like("profiles", "Shoe Size")
    ('value', 'phone_number', None)
    """
    return next((name for name in _NEAR.get(table, {}) if _is_near(table, name, header)), None)


def near_headers(table: str, name: str, headers: Iterable[str]) -> list[str]:
    """Return the headers that look like a known column of a table."""
    return [header for header in headers if _is_near(table, name, header)]


def note_near_columns(table: str, cells: Mapping[str, Cells], issues: Issues) -> None:
    """Note each missing column for which another column has a similar header and fitting values."""
    known = {*_NEAR[table], *SPELLINGS[table].values()}
    others = [header for header in cells if header not in known]
    for name in _NEAR[table]:
        if name in cells or name not in _DONE:
            continue
        found = [header for header in near_headers(table, name, others) if fits(name, cells[header])]
        if found:
            # Don't pass examples, since they would be masked like a person's cells. The suggestion names the header.
            issues.note(table, name, "no such column", 1, resolution=f"{_DONE[name]}. {suggestion(found[0], name)}")


def suggestion(header: str, name: str) -> str:
    """Return the suggestion to read a header as a known column.

    >>> print(suggestion("amount", "value"))
    'amount' looks like value: pass columns={"amount": "value"}
    """
    return f'{quoted(header)} looks like {name}: pass columns={{"{masked_text(header)}": "{name}"}}'


def fits(name: str, cells: Cells) -> bool:
    """Return whether a column's values fit a known column: most amounts and degrees must be numbers, and most emails addresses."""
    few = cells.take(np.arange(min(len(cells), _SAMPLE_CELLS)))
    column = PropertyColumn(few)
    size = len(column.distinct)
    match name:
        case "value" | "latitude" | "longitude":
            return 2 * int(column.numbers.readable.sum()) > size
        case "email":
            return 2 * (pc.sum(pc.match_substring_regex(column.texts.values, ADDRESS)).as_py() or 0) > size
        case "phone_number":
            texts = [str(value) for value in _values(column)]
            return 2 * sum(6 < sum(letter.isdigit() for letter in text) < 16 for text in texts) > size
    return size > 0


def _values(column: PropertyColumn) -> list[object]:
    found = column.distinct
    return list(found) if isinstance(found, list) else list(found.to_pylist())


def _is_near(table: str, name: str, header: str) -> bool:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    words = set(re.sub(r"[\W_]+", " ", apart).casefold().split())
    core, beside = (set(part.split()) for part in _NEAR[table][name])
    if name in _BARE and not words & beside:
        return False
    if name in _NEEDED and not words & _NEEDED[name]:
        return False
    return bool(words & core) and words <= core | beside

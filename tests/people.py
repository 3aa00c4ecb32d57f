"""People who are nobody, of ranges kept for fiction, as they get into every corner of an export; and how to find them in a text."""
# ruff: noqa: RUF001  # their letters and digits are of many keyboards

import re
import unicodedata
from collections.abc import Iterator

NUMBERS = (
    "+12125550142",
    "+1 (212) 555-0142",
    "(212) 555 0142",
    "212.555.0142",
    "2125550142",
    "12125550142.0",
    "1.2125550142e10",
    "555-0142",
    "+44 7700 900142",
    "07700 900142",
    "7700900142",
    "(0161) 496 0142",
    "1614960142",
    "0171 3920 0142",
    "1713920014",
    "0491/570/142",
    "0049 30 23125 142",
    "٢١٢٥٥٥٠١٤٢",
    "２１２－５５５－０１４２",
    "\u202a+1\u00a0212\u2011555\u20110142\u202c",
)
ADDRESSES = (
    "quill.zoe@mail.example",
    "o'quill+zoe@mail.example",
    '"quill zoe"@mail.example',
    "Quıll.Zoë@möil.example",
    "quill_zoe/{x}@mail.example",
    "Zoe <quill@mail.example>",
    "quill.zoe%40mail.example",
    "quill.zoe ＠ mail.example",
)
_ANYBODY = re.compile(
    r"[\w.+-]+@(?:[\w-]+\.)*example(?:\.com|\.org)?\b"
    r"|\d{3}\)?\W?555\W?01\d\d(?!\d)|7700 ?900 ?\d{3}|20 ?7946 ?0\d{3}|161 ?496 ?0\d{3}|171 ?392 ?00\d\d|30 ?23125 ?\d{3}|491 ?570 ?\d{3}",
    re.ASCII,
)
"""An address, or a number of the ranges that the suite takes its people from, as it is usually written."""

PEOPLE = (*NUMBERS, *ADDRESSES)


def anybody_in(text: str) -> str | None:
    """Return the first number or address of the suite's people that stands in a text, or None.

    >>> anybody_in("rows of +12125550142"), anybody_in("rows of +121••••••••")
    ('2125550142', None)
    """
    found = _ANYBODY.search(text)
    return found and found.group()


def digits_of(text: str) -> str:
    """Return the digits of a text, of any script, as ASCII."""
    return "".join(str(unicodedata.digit(letter)) for letter in text if unicodedata.digit(letter, None) is not None)


def shown_of(person: str, text: str) -> str | None:
    """Return what of a person's number or address stands in a text: more of it than a mask leaves, or None.

    >>> shown_of("+12125550142", "such as '(212) 555-0142'"), shown_of("quill.zoe@mail.example", "such as 'q••••@••••.•••••••'")
    ('5550142', None)
    """
    if person in ADDRESSES:
        return next(re.finditer(r"qu[iı]ll", text, re.IGNORECASE), [None])[0]
    end = digits_of(re.sub(r"(\.0|e10)$", "", person))[-7:]
    return end if any(end in digits for digits in _runs(text)) else None


def _runs(text: str) -> Iterator[str]:
    """Yield the digits that stand together, whatever marks are between them; letters part them."""
    for run in re.split(r"[^\W\d_]{2,}", unicodedata.normalize("NFKC", text)):
        yield digits_of(run)

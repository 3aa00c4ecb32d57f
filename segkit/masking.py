"""Mask phone numbers and email addresses in values that appear in messages. segkit's own counts and dates need no masking.

docs/decisions/0020-people-in-messages.md explains what is masked, and why.
"""

import re
from datetime import date
from pathlib import PurePath

LEAST_NUMBER = 1_000_000
"""The smallest number with seven digits. Shorter numbers are not considered phone numbers."""

_DIGIT = r"[\d²³¹⁰⁴-⁹₀-₉①-⑨⓪]"
_NUMBER = re.compile(rf"\+?{_DIGIT}(?:[\W_]{{0,4}}{_DIGIT}){{6,}}(?:[eE][+-]?\d+)?|\+(?:[\W_]{{0,3}}[\dA-Z]){{8,}}")
"""Matches seven or more digits in any script, with a few marks between them, or a number written in letters."""

_ADDRESS = re.compile(
    r'(?:"(?:[^"\\]|\\.){1,64}"|(?<!\S)\S*?)\s{0,2}(?:[@＠﹫]|%40|&#64;|[(\[{]\s?at\s?[)\]}])\s{0,2}\S*',  # noqa: RUF001  # as some keyboards write it
    re.IGNORECASE,
)
"""Matches a word with an @ in it, up to the next blank. A quoted part before the @ may contain blanks."""

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?: ?[+-][01]\d:?[0-5]\d)?"
_FULL_DATE = (
    rf"\d{{4,5}}-\d\d-\d\d|{_YEAR}/{_MONTH}/{_DAY}|{_YEAR}\.{_MONTH}\.{_DAY}"
    rf"|{_DAY}-{_DAY}-{_YEAR}|{_DAY}/{_DAY}/{_YEAR}|{_DAY}\.{_DAY}\.{_YEAR}"
)
_YEARS = rf"{_YEAR} ?[-\u2013/] ?{_YEAR}"
_BARE_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_BARE_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d"
_MILLISECONDS = r"1\d{12}"
_DEGREES = r"\d{1,2}\.\d{4,}|\d{1,2}\.\d+, -?\d{1,3}\.\d+"
_SHORT_DATE = rf"{_DAY}([-/.]){_DAY}\1\d\d"
_MOMENT = re.compile(rf"(?<!\d)(?<!\d[-/.:])(?:{_FULL_DATE}|{_YEARS}|{_CLOCK})(?![-/.:]?\d)", re.ASCII)
"""Matches a date, a time, or a range of years, which stays visible while numbers next to it are masked."""

_NOT_PERSONAL = re.compile(
    # An Egyptian number has twelve digits and begins with 2010, 2011, 2012 or 2015.
    rf"{_BARE_DAY}(?:{_BARE_CLOCK}[0-5]\d)?|(?!201[0125]){_BARE_DAY}{_BARE_CLOCK}|{_MILLISECONDS}|{_DEGREES}"
    rf"|(?:{_BARE_DAY}|{_SHORT_DATE}) {_CLOCK}",
    re.ASCII,
)
"""Matches digits that, alone, are not a phone number. Seconds since 1970 are not included: current ones look like 0171 and 0161 numbers."""


def masked_text(text: str) -> str:
    """Return text with phone numbers and addresses masked. Their first characters and shape stay, so that people can find them.

    Runs in linear time.

    >>> masked_text("+12125550142 or ann@mail.example"), masked_text("2026-06-30 12:00:00")
    ('+121•••••••• or a••@••••.•••••••', '2026-06-30 12:00:00')
    """
    return _NUMBER.sub(_mask_number, _ADDRESS.sub(_mask_address, text))


def quoted(value: object) -> str:
    """Return the `repr` of a value for an error or a warning, with phone numbers and addresses masked.

    A value that Python can't write out, such as a number with thousands of digits, is shown as its type.

    >>> quoted("VIP"), quoted("ann@mail.example"), quoted(12125550142), quoted((42.36, -71.0589012))
    ("'VIP'", "'a••@••••.•••••••'", '121••••••••', '(42.36, -71.0589012)')
    """
    try:
        return _quoted(value)
    except (ValueError, RecursionError):
        return (
            "a number of thousands of digits"
            if isinstance(value, int)
            else f"a {type(value).__name__} too large to be shown"
        )


def _quoted(value: object) -> str:
    match value:
        case str():
            return repr(masked_text(value))
        case PurePath():
            return repr(masked_path(value))
        case date():
            return repr(value)
        case bool():
            return repr(value)
        case int() | float():
            # The decimals of a coordinate or a share are not a phone number.
            return masked_text(repr(value)) if abs(value) >= LEAST_NUMBER else repr(value)
        case tuple() | list() if type(value) in {tuple, list}:
            inside = ", ".join(map(_quoted, value))
            if isinstance(value, list):
                return f"[{inside}]"
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        case _:
            return masked_text(repr(value))


def masked_path(path: PurePath | str) -> str:
    """Return a path as text, with each of its parts masked separately.

    >>> masked_path("exports/+12125550142/ann@mail.example.csv")
    'exports/+121••••••••/a••@••••.•••••••.•••'
    """
    return "".join(masked_text(part) for part in re.split(r"([/\\])", str(path)))


def _mask_address(found: re.Match[str]) -> str:
    return shape_of(found.group(), r"[^@.+\s]", visible=1)


def _mask_number(found: re.Match[str]) -> str:
    text = found.group()
    if _NOT_PERSONAL.fullmatch(text):
        return text
    parts = _MOMENT.split(text)
    if len(re.findall(_DIGIT, "".join(parts))) < 7 and len(parts) > 1:
        return text
    kept = [*_MOMENT.findall(text), ""]
    return "".join(
        shape_of(part, rf"{_DIGIT}|[A-Z]", visible=3) + moment for part, moment in zip(parts, kept, strict=True)
    )


def shape_of(text: str, pattern: str, *, visible: int) -> str:
    """Return text in which all matches of a pattern are masked except the first `visible` ones."""
    seen = 0

    def mask(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return match.group() if seen <= visible else "•"

    return re.sub(pattern, mask, text)

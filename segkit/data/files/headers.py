"""Headers that are none: the first row of a file without headers is a person, and no error repeats it."""

import re
from collections.abc import Collection

from segkit import vocabulary as schema
from segkit.data.validation.faults import covered
from segkit.errors import DataError
from segkit.masking import masked_text

_DATA = re.compile(
    r"\s*("
    r"[^@\s]+@[^@\s]+"  # an address
    r"|\+?[\d\s().-]{7,}"  # a phone number, a date, long digits
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"  # a date, with a time
    r"|\d+\s+\S+\s+\S.*"  # a house with its street
    r")\s*"
)


def look_like_data(headers: Collection[str]) -> bool:
    """Whether more than a third of headers look like cells: addresses, phone numbers, dates, long digits.

    >>> look_like_data(["id1", "+12125550142", "ann@example.com"]), look_like_data(["profile_id", "2026-06", "Address 2"])
    (True, False)
    """
    return 3 * sum(map(_is_cell, headers)) > len(headers)


def _is_cell(header: str) -> bool:
    return _DATA.fullmatch(header) is not None or masked_text(header) != header


def refuse_data(where: str, headers: Collection[str]) -> None:
    """Refuse headers that look like cells, since their row is a person.

    Raises:
        DataError: they do; what they hold is covered.
    """
    if look_like_data(headers):
        raise DataError.no_headers(where, map(covered, headers))


def check_headers(table: str, headers: Collection[str], renames: Collection[str]) -> None:
    """Refuse a table none of whose required columns is there, or renamed, and whose headers look like cells.

    Raises:
        DataError: they do; what they hold is covered.
    """
    known = {schema.canonical_name(table, header) for header in headers}
    if not known & {*schema.REQUIRED[table]} and not {*headers} & {*renames}:
        refuse_data(table, headers)

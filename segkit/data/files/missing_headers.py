"""Detect files without a header row. Their first row describes a person, so errors must not repeat it.

`segkit/header_spellings.py` lists the headers that are accepted.
"""

import re
from collections.abc import Collection

from segkit import vocabulary as schema
from segkit.data.validation.issues import covered
from segkit.errors import DataError
from segkit.masking import masked_text

_DATA = re.compile(
    r"\s*("
    r"[^@\s]+@[^@\s]+"  # an email address
    r"|\+?[\d\s().-]{7,}"  # a phone number, a date or a long number
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"  # a date, possibly with a time
    r"|\d+\s+\S+\s+\S.*"  # a street address
    r")\s*"
)


def look_like_data(headers: Collection[str]) -> bool:
    """Return whether more than a third of the headers look like cells: addresses, phone numbers, dates, long numbers.

    >>> look_like_data(["id1", "+12125550142", "ann@example.com"]), look_like_data(["profile_id", "2026-06", "Address 2"])
    (True, False)
    """
    return 3 * sum(map(_is_cell, headers)) > len(headers)


def _is_cell(header: str) -> bool:
    return _DATA.fullmatch(header) is not None or masked_text(header) != header


def refuse_data(where: str, headers: Collection[str]) -> None:
    """Refuse headers that look like a person's data.

    Raises:
        DataError: the headers look like cells. The message masks them.
    """
    if look_like_data(headers):
        raise DataError.no_headers(where, map(covered, headers))


def check_headers(table: str, headers: Collection[str], renames: Collection[str]) -> None:
    """Refuse a table with headers that look like cells, if it has no required column and no renamed column.

    Raises:
        DataError: the headers look like cells. The message masks them.
    """
    known = {schema.canonical_name(table, header) for header in headers}
    if not known & {*schema.REQUIRED[table]} and not {*headers} & {*renames}:
        refuse_data(table, headers)

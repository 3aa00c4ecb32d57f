"""Choose file names, such as those of segments, that are valid on every operating system."""

import hashlib
import re
from collections.abc import Iterable
from itertools import count

LONGEST_NAME = 80
"""The largest number of characters. Every system accepts about 250, including the manifest's suffix."""

DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
"""Names that Windows reserves for devices, with any extension."""


def file_name(name: str) -> str:
    """Return a file name for a name, such as a segment's, made of lower-case letters, digits and dashes.

    If no characters are left, or the name is too long or reserved by Windows, the first digits of the name's SHA-256 are added.

    >>> file_name("Track A (every other week)")
    'track-a-every-other-week.csv'
    """
    kept = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    if kept and len(kept) <= LONGEST_NAME and not DEVICE.fullmatch(kept):
        return f"{kept}.csv"
    return f"{kept[:LONGEST_NAME].strip('-') or 'segment'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.csv"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a different file name for each of several names, such as those of segments. Duplicates get a number.

    >>> file_names(["VIP!", "vip"])
    {'VIP!': 'vip.csv', 'vip': 'vip-2.csv'}
    """
    found: dict[str, str] = {}
    for one in names:
        wanted = file_name(one)
        free = (wanted if number == 1 else f"{wanted.removesuffix('.csv')}-{number}.csv" for number in count(1))
        found[one] = next(name for name in free if name not in found.values())
    return found

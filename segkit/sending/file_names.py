"""Choose a file name for each segment that is valid on every operating system."""

import hashlib
import re
from collections.abc import Iterable
from itertools import count

from segkit.definition.segment import Segment

LONGEST_NAME = 80
"""The largest number of characters. Every system accepts about 250, including the manifest's suffix."""

DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
"""Names that Windows reserves for devices, with any extension."""


def file_name(segment_name: str) -> str:
    """Return a file name for a segment, made of lower-case letters, digits and dashes.

    If no characters are left, or the name is too long or reserved by Windows, the first digits of the name's SHA-256 are added.

    >>> file_name("Track A (every other week)")
    'track-a-every-other-week.csv'
    """
    kept = re.sub(r"[^a-z0-9]+", "-", segment_name.casefold()).strip("-")
    if kept and len(kept) <= LONGEST_NAME and not DEVICE.fullmatch(kept):
        return f"{kept}.csv"
    return f"{kept[:LONGEST_NAME].strip('-') or 'segment'}-{hashlib.sha256(segment_name.encode()).hexdigest()[:8]}.csv"


def file_names(segments: Iterable[Segment]) -> dict[str, str]:
    """Return a different file name for each segment, by segment name. Duplicates get a number.

    >>> from segkit.definition.phrases import is_set
    >>> file_names([Segment("VIP!", is_set("a")), Segment("vip", is_set("b"))])
    {'VIP!': 'vip.csv', 'vip': 'vip-2.csv'}
    """
    found: dict[str, str] = {}
    for segment in segments:
        wanted = file_name(segment.name)
        free = (wanted if number == 1 else f"{wanted.removesuffix('.csv')}-{number}.csv" for number in count(1))
        found[segment.name] = next(name for name in free if name not in found.values())
    return found

"""What the file of a segment is called, on every system."""

import hashlib
import re
from collections.abc import Iterable
from itertools import count

from segkit.definition.segment import Segment

LONGEST_NAME = 80
"""Letters of a file name; all systems take some 250, with the manifest's ending."""

DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
"""Names that Windows keeps for devices, whatever their ending."""


def file_name(segment_name: str) -> str:
    """Return a file name for a segment: small letters, digits and dashes, which every system takes.

    A name that keeps nothing of itself so, is very long, or is one of the devices of Windows, is told apart by a few digits of
    its SHA-256.

    >>> file_name("Track A (every other week)")
    'track-a-every-other-week.csv'
    """
    kept = re.sub(r"[^a-z0-9]+", "-", segment_name.casefold()).strip("-")
    if kept and len(kept) <= LONGEST_NAME and not DEVICE.fullmatch(kept):
        return f"{kept}.csv"
    return f"{kept[:LONGEST_NAME].strip('-') or 'segment'}-{hashlib.sha256(segment_name.encode()).hexdigest()[:8]}.csv"


def file_names(segments: Iterable[Segment]) -> dict[str, str]:
    """Return a file name for each segment's name, no two alike: a number tells apart those that would be.

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

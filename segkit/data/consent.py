"""What a profile agreed to, per channel, in three words; whether that lets it receive marketing is the condition's business."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.data.phone_endings import PhoneEndings

Consent: TypeAlias = Literal["subscribed", "unsubscribed", "never_subscribed"]
Status: TypeAlias = npt.NDArray[np.int8]

STATUSES: tuple[Consent, ...] = ("never_subscribed", "subscribed", "unsubscribed")
"""What a profile may have agreed to; a word's place is its code."""
NEVER, SUBSCRIBED, UNSUBSCRIBED = range(3)
NOT_SAID = -1
"""The code of a column that says nothing of a profile."""

_STRICTEST_FIRST = (UNSUBSCRIBED, NEVER, SUBSCRIBED)

_WORDS: dict[str, Consent] = {
    "subscribed": "subscribed",
    "subscribe": "subscribed",
    "unsubscribed": "unsubscribed",
    "unsubscribe": "unsubscribed",
    "never subscribed": "never_subscribed",
    "never": "never_subscribed",
}


@dataclass(frozen=True, slots=True)
class SmsRecords:
    """What the profiles say of texts beside their status: eligibility heeds it, and segments, which keep Klaviyo's meaning, do not.

    Attributes:
        is_date: whose status carries a date without a time.
        further: what the other columns of this meaning say of each profile, the strictest word of several; an unknown word counts
            as an opt-out, and `NOT_SAID` is where they say nothing.
        endings: the last digits of numbers that can't be read, and of those that stand beside the one that is.
    """

    is_date: Flags
    further: Status
    endings: PhoneEndings


def codes_of_words(words: pa.Array) -> Status:
    """Return the code of each word of `STATUSES`, which may be codes into words already; `NOT_SAID` where there is none.

    >>> codes_of_words(pa.array(["subscribed", None])).tolist()
    [1, -1]
    """
    if pa.types.is_dictionary(words.type):
        # The code -1, not set, points at the appended one.
        rows = pc.fill_null(words.indices, NOT_SAID).to_numpy(zero_copy_only=False)
        return np.asarray(np.append(codes_of_words(words.dictionary), np.int8(NOT_SAID)).take(rows))
    codes = pc.fill_null(pc.index_in(words, value_set=pa.array(STATUSES)), NOT_SAID)
    return np.asarray(codes.to_numpy(zero_copy_only=False).astype(np.int8))


def strictest(columns: Iterable[Status], size: int) -> Status:
    """Return the strictest word that any of several columns says of each profile: withdrawn, then never given, then given.

    >>> strictest([np.array([SUBSCRIBED, NOT_SAID]), np.array([NEVER, NOT_SAID])], 2).tolist()
    [0, -1]
    """
    every = list(columns)
    found = np.full(size, NOT_SAID, dtype=np.int8)
    for code in reversed(_STRICTEST_FIRST):
        for column in every:
            found[column == code] = code
    return found


def read_consent(written: pa.Array) -> tuple[pa.Array, Flags]:
    """Read consent words in any case, with blanks or underscores; unset and unknown words are "never_subscribed".

    A phone number alone is no consent, so nothing but the word itself makes a profile subscribed.

    Returns:
        What each word means, and whether it was unknown.

    >>> read_consent(pa.array(["SUBSCRIBED", "Never Subscribed", None, "yes"]))[0].to_pylist()
    ['subscribed', 'never_subscribed', 'never_subscribed', 'never_subscribed']
    """
    words = written.to_pylist()
    known = [None if word is None else _WORDS.get(word.strip().casefold().replace("_", " ")) for word in words]
    is_unknown = [word is not None and found is None for word, found in zip(words, known, strict=True)]
    return pa.array([found or "never_subscribed" for found in known], pa.string()), np.array(is_unknown, dtype=bool)

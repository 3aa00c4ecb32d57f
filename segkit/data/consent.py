"""What a profile agreed to, per channel, in three words; whether that lets it receive marketing is the condition's business."""

from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from segkit.data.instants import Flags

Consent: TypeAlias = Literal["subscribed", "unsubscribed", "never_subscribed"]

_WORDS: dict[str, Consent] = {
    "subscribed": "subscribed",
    "subscribe": "subscribed",
    "unsubscribed": "unsubscribed",
    "unsubscribe": "unsubscribed",
    "never subscribed": "never_subscribed",
    "never": "never_subscribed",
}


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

"""What a profile agreed to, per channel, in three words; whether that lets it receive marketing is the condition's business."""

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Consent: TypeAlias = Literal["subscribed", "unsubscribed", "never_subscribed"]

_WORDS: dict[str, Consent] = {
    "subscribed": "subscribed",
    "subscribe": "subscribed",
    "unsubscribed": "unsubscribed",
    "unsubscribe": "unsubscribed",
    "never subscribed": "never_subscribed",
    "never": "never_subscribed",
}


def read_consent(written: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Read consent words in any case, with blanks or underscores; unset and unknown words are "never_subscribed".

    A phone number alone is no consent, so nothing but the word itself makes a profile subscribed.

    Returns:
        The consent of each profile, and whether its word was unknown.

    >>> read_consent(pa.array(["SUBSCRIBED", "Never Subscribed", None, "yes"]))[0].to_pylist()
    ['subscribed', 'never_subscribed', 'never_subscribed', 'never_subscribed']
    """
    encoded = written.dictionary_encode()
    words = [_WORDS.get(word.strip().casefold().replace("_", " ")) for word in encoded.dictionary.to_pylist()]
    known = pa.array(words, pa.string()).take(encoded.indices)
    is_unknown = pc.and_(pc.is_valid(written), pc.is_null(known))
    return pc.fill_null(known, "never_subscribed"), is_unknown

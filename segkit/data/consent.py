"""Read consent values, map them to Klaviyo's three values, and suggest a mapping for unknown words.

The consent conditions and `segkit.sending.eligibility` decide which profiles may receive marketing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal, Self, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.data.properties import codes_of, spread
from segkit.errors import DataError
from segkit.masking import quoted
from segkit.wording import listed

Consent: TypeAlias = Literal["subscribed", "unsubscribed", "never_subscribed"]
Status: TypeAlias = npt.NDArray[np.int8]


CONSENTS: tuple[Consent, ...] = get_args(Consent)
"""The three consent values, in the order in which reports and errors list them. A value's code is its index."""
SUBSCRIBED, UNSUBSCRIBED, NEVER = range(3)
NOT_SAID = -1
"""The code for a profile without a value in a column."""
_STRICTEST_FIRST = (UNSUBSCRIBED, NEVER, SUBSCRIBED)

_WORDS: dict[str, Consent] = {
    "subscribed": "subscribed",
    "subscribe": "subscribed",
    "unsubscribed": "unsubscribed",
    "unsubscribe": "unsubscribed",
    "never subscribed": "never_subscribed",
    "never": "never_subscribed",
}

_YES = frozenset({"yes", "y", "true", "t", "1", "optin", "opt in", "opted in", "accepted", "agreed", "granted"})
_NO = frozenset({"no", "n", "false", "f", "0", "optout", "opt out", "opted out", "declined", "revoked", "stop"})
"""What a shop probably means by other words. They are only used for suggestions in the report and never subscribe a profile."""


def codes_of_words(words: pa.Array) -> Status:
    """Return the code of each consent value, or `NOT_SAID` for null. The values may be dictionary-encoded.

    >>> codes_of_words(pa.array(["subscribed", None])).tolist()
    [0, -1]
    """
    if pa.types.is_dictionary(words.type):
        return spread(codes_of_words(words.dictionary), codes_of(words.indices), unset=NOT_SAID)
    codes = pc.fill_null(pc.index_in(words, value_set=pa.array(CONSENTS)), NOT_SAID)
    return np.asarray(codes.to_numpy(zero_copy_only=False).astype(np.int8))


def strictest(columns: Iterable[Status], size: int) -> Status:
    """Return the strictest value of several columns for each profile: unsubscribed, then never_subscribed, then subscribed.

    >>> strictest([np.array([SUBSCRIBED, NOT_SAID]), np.array([NEVER, NOT_SAID])], 2).tolist() == [NEVER, NOT_SAID]
    True
    """
    every = list(columns)
    found = np.full(size, NOT_SAID, dtype=np.int8)
    for code in reversed(_STRICTEST_FIRST):
        for column in every:
            found[column == code] = code
    return found


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The words that are accepted as consent: known words, and words that the user mapped, which take precedence.

    Attributes:
        own: the user's words, case-folded, and their meanings.
        unseen: the user's words, as they were passed, that no cell has contained so far.
    """

    own: Mapping[str, Consent] = field(default_factory=dict)
    unseen: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[Any, Any] | None) -> Self:
        """Check the words that the user mapped.

        Raises:
            DataError: a word is blank, has two meanings, or has a meaning that is not one of the three.

        >>> ConsentWords.of({"Yes": "subscribed", False: "unsubscribed"}).own
        {'yes': 'subscribed', 'false': 'unsubscribed'}
        """
        if given is None:
            return cls()
        if not isinstance(given, Mapping):
            raise DataError.bad_argument(
                "consent", given, "a mapping from your words to their meanings, such as {'yes': 'subscribed'}"
            )
        own: dict[str, Consent] = {}
        problems = []
        for word, meaning in given.items():
            folded = _folded(_text_of(word))
            if not folded:
                problems.append(f"{quoted(word)} can't be a word in a cell. Pass text, a number, True or False.")
            elif meaning not in CONSENTS:
                problems.append(f"{quoted(word)} can't mean {quoted(meaning)}. The choices are: {listed(CONSENTS)}.")
            elif own.setdefault(folded, meaning) != meaning:
                problems.append(
                    f"{quoted(word)} is mapped to both {quoted(own[folded])} and {quoted(meaning)}, because capitals, underscores and spaces "
                    f"around a word don't matter. Choose one of: {listed(CONSENTS)}."
                )
        if problems:
            raise DataError.bad_consent(problems)
        return cls(own, {_folded(_text_of(word)): word for word in given})

    def knows(self, word: str) -> bool:
        """Return whether a word is accepted."""
        return _folded(word) in self.own or _folded(word) in _WORDS

    def read(self, written: pa.Array) -> tuple[pa.Array, Flags]:
        """Read consent words in any case, with blanks or underscores. Missing and unknown words become "never_subscribed".

        A phone number alone is not consent, so only an accepted word makes a profile subscribed.

        Returns:
            The meaning of each word, and whether it was unknown. A blank cell counts as not set, not as unknown.

        >>> ConsentWords().read(pa.array(["SUBSCRIBED", "Never Subscribed", None, "yes"]))[0].to_pylist()
        ['subscribed', 'never_subscribed', 'never_subscribed', 'never_subscribed']
        """
        words = [_folded(word or "") for word in written.to_pylist()]
        for word in words:
            self.unseen.pop(word, None)
        is_unknown = [bool(word) and not self.knows(word) for word in words]
        found = [self.own.get(word) or _WORDS.get(word, "never_subscribed") for word in words]
        return pa.array(found, pa.string()), np.array(is_unknown, dtype=bool)


def suggested(words: Iterable[str]) -> str:
    """Return the `consent` argument that maps words. The meaning of an ambiguous word is left open as "...".

    >>> suggested(["yes", "Opted-out", "pending"])
    "consent={'yes': 'subscribed', 'Opted-out': 'unsubscribed', 'pending': '...'}"
    """
    return f"consent={ {word: _likely(word) for word in words} }"


def _likely(word: str) -> str:
    plain = re.sub(r"[\W_]+", " ", word.casefold()).strip()
    return "subscribed" if plain in _YES else "unsubscribed" if plain in _NO else "..."


def _folded(word: str) -> str:
    return word.strip().casefold().replace("_", " ")


def _text_of(word: object) -> str:
    """Return text, a number or a boolean in the form in which a cell is read, or empty text for any other type."""
    if isinstance(word, float):
        return "" if not isfinite(word) else str(int(word)) if word.is_integer() else str(word)
    return str(word) if isinstance(word, (str, int, np.bool_, np.integer)) else ""

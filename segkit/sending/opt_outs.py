"""Find the profiles and phone numbers that opted out of texts. This is stricter than `can_receive` in a segment, which follows Klaviyo.

In doubt, an opt-out counts but a consent does not. An opt-out counts wherever it is recorded: in the status, in another consent column,
in Klaviyo's own column `can_receive_sms_marketing` or in an event, under any spelling of the number. Only a later consent cancels it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.consent import NEVER, SUBSCRIBED, UNSUBSCRIBED
from segkit.data.instants import Flags, Microseconds, microseconds
from segkit.data.phone_endings import PhoneEndings, keys_of, last_digits
from segkit.engine.memory.consent_history import FOR_EVER, NEVER_YET, known
from segkit.engine.memory.dataset import Dataset

VERDICT = "can_receive_sms_marketing"
"""Klaviyo's own column for whether a profile may be texted. A "no" counts, but a "yes" adds nothing to the status."""

NO_NUMBER = 0
"""The code of profiles without a phone number."""

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Numbers:
    """The phone numbers of profiles: the number to text, further numbers, and numbers with only their last digits known.

    Attributes:
        codes: the code of each profile's number, equal for equal numbers, or `NO_NUMBER` if it has none.
        digits: the last digits of the number for each code.
        rows: the row of the profile for each further number.
        further: the code of each further number.
        unread: the last digits of numbers that can't be parsed, or that share a cell with a number that can.
    """

    codes: Codes
    digits: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    further: Codes
    unread: PhoneEndings

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return the numbers in a Dataset. The Dataset caches them, since several checks use them."""
        more, rows = dataset.sms.further_numbers, dataset.sms.further_rows
        every = dataset.cache.keep(
            ("codes of phone numbers",), lambda: _coded(pa.concat_arrays([dataset.phones.numbers, more]))
        )
        codes, digits = every
        return cls(codes[: len(dataset)], digits, rows, codes[len(dataset) :], dataset.sms.endings)

    @property
    def count(self) -> int:
        """The number of different phone numbers."""
        return len(self.digits) - 1

    def latest(self, moments: Microseconds) -> Microseconds:
        """Return, for each profile, the latest moment among all profiles that share its number, or `NEVER_YET` if there is none.

        A number that can't be parsed matches every number with the same last digits.
        """
        by_code = np.full(len(self.digits), NEVER_YET)
        np.maximum.at(by_code, self.codes, moments)
        np.maximum.at(by_code, self.further, moments[self.rows])
        by_code[NO_NUMBER] = NEVER_YET
        found: Microseconds = np.maximum(moments, by_code[self.codes])
        np.maximum.at(found, self.rows, by_code[self.further])
        for length in np.unique(self.unread.lengths).tolist():
            self._add_by_ending(length, moments, by_code, found)
        return found

    def _add_by_ending(self, length: int, moments: Microseconds, by_code: Microseconds, found: Microseconds) -> None:
        """Copy moments in both directions between numbers of which only the last `length` digits are known and all numbers ending in them.

        Updates `found` in place.
        """
        is_hub, is_longer = self.unread.lengths == length, self.unread.lengths > length
        hubs, rows = self.unread.rows[is_hub], self.unread.rows[is_longer]
        known, places = np.unique(self.unread.endings[is_hub], return_inverse=True)
        of_code = _positions(keys_of(self.digits, length), known)
        of_code[NO_NUMBER] = len(known)
        of_longer = _positions(keys_of(self.unread.digits[is_longer], length), known)
        under = np.full(len(known) + 1, NEVER_YET)
        np.maximum.at(under, places, moments[hubs])
        # Use a separate array, so that two parsed numbers with the same ending don't share moments with each other.
        over = under.copy()
        np.maximum.at(over, of_code, by_code)
        np.maximum.at(over, of_longer, moments[rows])
        under[len(known)] = over[len(known)] = NEVER_YET
        np.maximum(found, under[of_code[self.codes]], out=found)
        np.maximum.at(found, self.rows, under[of_code[self.further]])
        np.maximum.at(found, rows, under[of_longer])
        np.maximum.at(found, hubs, over[places])

    def shared(self, flags: Flags) -> Flags:
        """Return the profiles that are flagged or share a number with a flagged one, since a text goes to a number, not a profile."""
        return np.asarray(self.latest(np.where(flags, np.int64(0), NEVER_YET)) > NEVER_YET)


def _positions(keys: npt.NDArray[np.int64], known: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the index of each key in the sorted array `known`, or `len(known)` if it is not in the array."""
    found = np.searchsorted(known, keys)
    return np.where(np.append(known, -1)[found] == keys, found, len(known))


def _coded(numbers: pa.Array) -> tuple[Codes, npt.NDArray[np.int64]]:
    encoded = pc.dictionary_encode(numbers)
    codes = pc.fill_null(pc.add(encoded.indices, pa.scalar(1, pa.int32())), NO_NUMBER).to_numpy()
    return np.asarray(codes), np.append(np.int64(0), last_digits(encoded.dictionary))


@dataclass(frozen=True)
class OptOuts:
    """Flags of the profiles that opted out of texts, or that share a phone number with a profile that did.

    Attributes:
        not_subscribed: profiles without a status that allows texts.
        opted_out: profiles whose own last decision is an opt-out, whatever their status is.
        number_opted_out: profiles with the number of a profile that opted out, unless they gave consent later.
        events: number of consent events in the data.
        withdrawals: number of these events that are opt-outs.
    """

    not_subscribed: Flags
    opted_out: Flags
    number_opted_out: Flags
    events: int
    withdrawals: int

    @classmethod
    def of(cls, dataset: Dataset, numbers: Numbers, until: int) -> Self:
        """Find the last decision, consent or opt-out, for every profile and number.

        A consent without a date counts as older than any opt-out. An opt-out without a date counts as newer than any consent.

        Args:
            dataset: the profiles and events.
            numbers: the phone numbers of the profiles.
            until: ignore everything after this moment, in microseconds. `FOR_EVER` uses everything in the data.
        """
        history, further, then = dataset.consent_history("sms"), dataset.sms.further, dataset.status_then("sms")
        knows_all = until == FOR_EVER
        refused = _refused(dataset)
        status, dates = (history.status, history.dates) if knows_all else (then.status, then.dates)
        is_subscribed = status == SUBSCRIBED
        dated = np.where(is_subscribed & (dates <= until), dates, NEVER_YET)
        consent = np.maximum(dated, history.newest_given(min(until, microseconds(dataset.known_until))))
        is_opt_out = ((history.status == UNSUBSCRIBED) | dataset.unknown_sms_words) & (history.dates <= until)
        opt_out = np.maximum(np.where(is_opt_out, history.date_ends, NEVER_YET), history.newest_opt_out(until))
        absent = None if knows_all else dataset.not_there_yet
        undated = (further == UNSUBSCRIBED) | (refused & is_subscribed)
        undated[dataset.sms.undated_opt_outs] = True
        opt_out[undated if absent is None else undated & ~absent] = FOR_EVER
        # A consent after the opt-out cancels it, but only if the status is "subscribed" as well.
        opted_out = (opt_out > NEVER_YET) & ((opt_out >= consent) | ~is_subscribed)
        of_number = numbers.latest(np.where(opted_out, opt_out, NEVER_YET))
        withdrawals = known(history.withdrawn, until)
        return cls(
            # Texts must be allowed by the status at the moment and by `status`, which is the current one if everything is used.
            not_subscribed=(then.status != SUBSCRIBED) | ~is_subscribed | refused | (further == NEVER),
            opted_out=opted_out,
            number_opted_out=(of_number > NEVER_YET) & (of_number >= consent),
            events=known(history.given, until) + withdrawals,
            withdrawals=withdrawals,
        )


def _refused(dataset: Dataset) -> Flags:
    """Return the profiles for which Klaviyo's own column has a value other than "yes"."""
    if not dataset.has_property(VERDICT):
        return np.zeros(len(dataset), dtype=bool)
    column = dataset.column(VERDICT)
    says_yes = column.rows(column.truths.readable & column.truths.values)
    return dataset.is_set(VERDICT) & ~says_yes

"""The latest word of each profile and of each number about texts; a segment's `can_receive` is Klaviyo's, and this is stricter.

An opt-out is read generously and a consent strictly. It counts wherever it stands: in the status, in another column of this meaning, in
Klaviyo's own verdict or among the events, under any spelling of the number; and it stops whoever did not give consent after it.
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
"""Klaviyo's own column of whether a profile may be texted: a no of it counts, and a yes adds nothing to the status."""

NO_NUMBER = 0
"""The code of who has no phone number."""

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Numbers:
    """The phone numbers of profiles: the one that is texted, others that were read, and those known by their last digits alone.

    Attributes:
        codes: a code for each profile's number, the same for the same number; `NO_NUMBER` where there is none.
        digits: the last digits of each code's number.
        rows: the rows that have further numbers.
        further: the codes of these.
        unread: the last digits of numbers that can't be read, or stand beside the one that is.
    """

    codes: Codes
    digits: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    further: Codes
    unread: PhoneEndings

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return the numbers of a Dataset, which keeps them: several checks ask for them."""
        more, rows = dataset.sms.further_numbers, dataset.sms.further_rows
        every = dataset.cache.keep(
            ("codes of phone numbers",), lambda: _coded(pa.concat_arrays([dataset.phones.numbers, more]))
        )
        codes, digits = every
        return cls(codes[: len(dataset)], digits, rows, codes[len(dataset) :], dataset.sms.endings)

    @property
    def count(self) -> int:
        """How many different numbers there are."""
        return len(self.digits) - 1

    def latest(self, moments: Microseconds) -> Microseconds:
        """Return for each profile the latest moment of any profile with one of its numbers; `NEVER_YET` where there is none.

        A number that can't be read is taken for every number that ends as it does.
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
        """Add the moments of numbers of which the last `length` digits are known to those that end so, and the other way round."""
        is_hub, is_longer = self.unread.lengths == length, self.unread.lengths > length
        hubs, rows = self.unread.rows[is_hub], self.unread.rows[is_longer]
        known, places = np.unique(self.unread.endings[is_hub], return_inverse=True)
        of_code = _places(keys_of(self.digits, length), known)
        of_code[NO_NUMBER] = len(known)
        of_longer = _places(keys_of(self.unread.digits[is_longer], length), known)
        under = np.full(len(known) + 1, NEVER_YET)
        np.maximum.at(under, places, moments[hubs])
        # Kept apart, so that two numbers that are read stay two, however alike they end.
        over = under.copy()
        np.maximum.at(over, of_code, by_code)
        np.maximum.at(over, of_longer, moments[rows])
        under[len(known)] = over[len(known)] = NEVER_YET
        np.maximum(found, under[of_code[self.codes]], out=found)
        np.maximum.at(found, self.rows, under[of_code[self.further]])
        np.maximum.at(found, rows, under[of_longer])
        np.maximum.at(found, hubs, over[places])

    def shared(self, flags: Flags) -> Flags:
        """Return who is flagged, or has a number of somebody who is: a text goes to a number, whoever it was meant for."""
        return np.asarray(self.latest(np.where(flags, np.int64(0), NEVER_YET)) > NEVER_YET)


def _places(keys: npt.NDArray[np.int64], known: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where each key stands among those that are known, and past their end where it does not."""
    found = np.searchsorted(known, keys)
    return np.where(np.append(known, -1)[found] == keys, found, len(known))


def _coded(numbers: pa.Array) -> tuple[Codes, npt.NDArray[np.int64]]:
    encoded = pc.dictionary_encode(numbers)
    codes = pc.fill_null(pc.add(encoded.indices, pa.scalar(1, pa.int32())), NO_NUMBER).to_numpy()
    return np.asarray(codes), np.append(np.int64(0), last_digits(encoded.dictionary))


@dataclass(frozen=True)
class OptOuts:
    """Who opted out of texts, and who has a number that did.

    Attributes:
        not_subscribed: who has no status that lets a text be sent.
        opted_out: whose own latest word is an opt-out, whatever the status says.
        number_opted_out: whose number belongs to a profile that opted out, not before it was subscribed here.
        events: how many consent events were looked at.
        withdrawals: how many of them were opt-outs.
    """

    not_subscribed: Flags
    opted_out: Flags
    number_opted_out: Flags
    events: int
    withdrawals: int

    @classmethod
    def of(cls, dataset: Dataset, numbers: Numbers, until: int) -> Self:
        """Work out the latest word of every profile and number.

        A consent without a date is older than any opt-out, and an opt-out without a date newer than any consent.

        Args:
            dataset: the profiles and events.
            numbers: their numbers.
            until: what happened after this moment, in microseconds, is not known; `FOR_EVER` knows everything in the data.
        """
        history, further, then = dataset.consent_history("sms"), dataset.sms.further, dataset.status_then("sms")
        knows_all = until == FOR_EVER
        refused = _refused(dataset)
        status, dates = (history.status, history.dates) if knows_all else (then.status, then.dates)
        says_subscribed = status == SUBSCRIBED
        dated = np.where(says_subscribed & (dates <= until), dates, NEVER_YET)
        consent = np.maximum(dated, history.newest_given(min(until, microseconds(dataset.known_until))))
        status_says_no = ((history.status == UNSUBSCRIBED) | dataset.unknown_sms_words) & (history.dates <= until)
        opt_out = np.maximum(np.where(status_says_no, history.date_ends, NEVER_YET), history.newest_opt_out(until))
        absent = None if knows_all else dataset.not_there_yet
        undated = (further == UNSUBSCRIBED) | (refused & says_subscribed)
        undated[dataset.sms.undated_opt_outs] = True
        opt_out[undated if absent is None else undated & ~absent] = FOR_EVER
        # Who came back is not held to what was said before; but only a status lets a text be sent.
        stands = (opt_out > NEVER_YET) & ((opt_out >= consent) | ~says_subscribed)
        of_number = numbers.latest(np.where(stands, opt_out, NEVER_YET))
        withdrawals = known(history.withdrawn, until)
        return cls(
            # By the status as of the moment, and, where everything is known, by the one that the data has as well.
            not_subscribed=(then.status != SUBSCRIBED) | ~says_subscribed | refused | (further == NEVER),
            opted_out=stands,
            number_opted_out=(of_number > NEVER_YET) & (of_number >= consent),
            events=known(history.given, until) + withdrawals,
            withdrawals=withdrawals,
        )


def _refused(dataset: Dataset) -> Flags:
    """Return about whom Klaviyo's own verdict is there and says anything but yes."""
    if not dataset.has_property(VERDICT):
        return np.zeros(len(dataset), dtype=bool)
    column = dataset.column(VERDICT)
    says_yes = column.rows(column.truths.readable & column.truths.values)
    return dataset.is_set(VERDICT) & ~says_yes

"""Note dates that mean "unknown" or "forever" in many systems. The dates stay unchanged."""

import numpy as np

from segkit.data.instants import FIRST_PLAUSIBLE, LAST_PLAUSIBLE, Flags, Microseconds, instant_of
from segkit.data.validation.columns import Place


def note_placeholders(times: Microseconds, is_set: Flags, place: Place) -> None:
    """Note how many dates are before 2 January 1970 or after 2199, such as 0001-01-01, 1900-01-01, 1970-01-01 and 9999-12-31."""
    if not len(times):
        return
    if times.min() >= FIRST_PLAUSIBLE and times.max() < LAST_PLAUSIBLE:
        return
    odd = ((times < FIRST_PLAUSIBLE) | (times >= LAST_PLAUSIBLE)) & is_set
    values = np.unique(times[odd])
    few = [*values[:2].tolist(), *values[2:][-1:].tolist()]
    place.note(
        "placeholders instead of dates, before 1970-01-02 or after 2199",
        odd,
        examples=[f"{instant_of(value):%Y-%m-%d}".rjust(10, "0") for value in few],
        resolution="kept as dates, but not used to choose as_of",
    )

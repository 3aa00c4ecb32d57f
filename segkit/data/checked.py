"""Define the validated tables. `data/validation` returns them, engines evaluate conditions on them, and saved shops store them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segkit.data.events import EventIndex
from segkit.data.instants import Flags
from segkit.data.phones import Phones
from segkit.data.places import PostalPoints
from segkit.data.properties import Cells, Codes
from segkit.data.validation.losses import Loss
from segkit.data.validation.sms_records import SmsRecords
from segkit.wording import counted


@dataclass(frozen=True, slots=True, repr=False)
class ListEntries:
    """The profiles on a list.

    Attributes:
        profiles: the rows of the profiles.
        joined: when each profile joined, in microseconds since 1970.
        has_date: whether the date in `joined` is known.
    """

    profiles: Codes
    joined: npt.NDArray[np.int64]
    has_date: Flags

    def __repr__(self) -> str:
        return f"ListEntries: {counted(len(self.profiles), 'profile')}"


@dataclass(frozen=True, slots=True)
class Checked:
    """All validated tables.

    Attributes:
        ids: the ids of the profiles, without duplicates.
        profiles: the properties by name. Known columns are converted to their type. Only `PropertyColumn` interprets distinct
            values as numbers, texts, booleans, instants or lists. A saved shop also stores these readings.
        unknown_sms_words: a mask of the profiles with an unknown word as their SMS consent.
        sms: further data about texts, such as second phone numbers.
        phones: the number of each profile in E.164 with its country and kind, or the reason why it is not valid.
        events: the events by metric, oldest first, with their profiles, times, days, amounts in integer units and original rows.
        lists: the profiles on each list.
        postal_points: the coordinates of postal codes.
        losses: the tables that lost many rows.
    """

    ids: pa.Array
    profiles: dict[str, Cells]
    unknown_sms_words: Flags
    sms: SmsRecords
    phones: Phones
    events: EventIndex
    lists: Mapping[str, ListEntries]
    postal_points: PostalPoints
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class CheckedShop:
    """Validated tables, and everything else that is known after loading. `Dataset` documents the fields."""

    tables: Checked
    report: pd.DataFrame
    as_of: datetime
    known_until: datetime
    loaded: datetime
    default_country: str | None
    day_first: bool | None

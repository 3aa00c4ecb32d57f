"""Checked tables: what validation ends in, what every engine starts from, and what a saved shop holds."""

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
    """Who is on one list: rows of profiles, and when they joined in microseconds, where that is known."""

    profiles: Codes
    joined: npt.NDArray[np.int64]
    has_date: Flags

    def __repr__(self) -> str:
        return f"ListEntries: {counted(len(self.profiles), 'profile')}"


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that passed validation.

    Attributes:
        ids: of the profiles, each once.
        profiles: their properties by name, the known ones each in its one type. Distinct values are read as a number, a text, a truth,
            an instant and a list by `PropertyColumn` alone, and a saved shop holds these readings beside them.
        unknown_sms_words: which profiles have a word of SMS consent that nobody knows.
        sms: what the profiles say of texts beside their status.
        phones: each profile's number in E.164 with its country and kind, or the reason why there is none.
        events: by metric, oldest first: whose, when, on which day, how much in whole units, and the row that each came from.
        lists: who is on each list.
        postal_points: the points that postal codes stand for.
        losses: the tables of which many rows were left out.
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
    """Checked tables, and what else was found out as they were loaded; what each means stands at `Dataset`."""

    tables: Checked
    report: pd.DataFrame
    as_of: datetime
    known_until: datetime
    loaded: datetime
    default_country: str | None
    day_first: bool | None

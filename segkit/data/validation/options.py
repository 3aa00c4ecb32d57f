"""Check the arguments of `sk.load` and `Dataset.from_frames` that control how tables are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, Self

from segkit.data.consent import ConsentWords
from segkit.data.instants import read_as_of
from segkit.data.lacks import NOTHING_LACKS, Lacks
from segkit.data.validation.columns import Unreadable
from segkit.errors import DataError

AsOf = str | date | datetime | None


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The arguments of `sk.load` and `Dataset.from_frames` that control how tables are read. `sk.load` documents them.

    `lacks` is what the layout of the tables never contains.
    """

    as_of: datetime | None
    columns: Mapping[str, str]
    consent: ConsentWords
    default_country: str | None
    unreadable: Unreadable
    day_first: bool | None
    add_profiles_of_events: bool
    lacks: Lacks = NOTHING_LACKS

    @classmethod
    def of(
        cls,
        *,
        as_of: AsOf = None,
        columns: Mapping[str, str] | None = None,
        consent: Mapping[Any, str] | None = None,
        default_country: str | None = None,
        unreadable: Unreadable = "raise",
        day_first: bool | None = None,
        add_profiles_of_events: bool = False,
    ) -> Self:
        """Check the arguments.

        Raises:
            DataError: an argument has an invalid value.

        >>> LoadOptions.of(as_of="2026-06-30", columns={"customer": "profile_id"}).as_of.isoformat()
        '2026-06-30T23:59:59.999999+00:00'
        """
        moment = None if as_of is None else read_as_of(as_of)
        if not isinstance(default_country, (str, NoneType)):
            raise DataError.bad_argument("default_country", default_country, "a country's two letters, such as 'US'")
        if not isinstance(unreadable, str) or unreadable not in ("raise", "leave out"):
            raise DataError.bad_argument("unreadable", unreadable, "'raise' or 'leave out'")
        if day_first not in (None, True, False):
            raise DataError.bad_argument("day_first", day_first, "True, False or None")
        return cls(
            moment,
            _headers(columns),
            ConsentWords.of(consent),
            default_country,
            unreadable,
            day_first,
            add_profiles_of_events,
        )


def _headers(columns: Any) -> dict[str, str]:
    """Return the renamed headers as text, since a frame's headers are also converted to text."""
    if columns is None:
        return {}
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns.values()):
        raise DataError.bad_argument(
            "columns",
            columns,
            "a mapping from your headers to segkit's names (text), such as {'customer': 'profile_id'}",
        )
    return {str(header): name for header, name in columns.items()}

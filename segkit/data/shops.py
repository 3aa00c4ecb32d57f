"""Convert loaded tables to a validated shop: rename and check each table, and determine `as_of`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.checked import Checked, CheckedShop
from segkit.data.events import EventIndex
from segkit.data.files.missing_headers import check_headers
from segkit.data.files.resource_tables import unfolded
from segkit.data.files.stored import joined_tables
from segkit.data.instants import instant_of, microseconds, now, plausible_moment
from segkit.data.places import country_code
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.tables import Table, check, named
from segkit.errors import DataError
from segkit.vocabulary import PROFILE_COLUMNS
from segkit.wording import listed, nearest

FORECASTS = {"expected_date_of_next_order"}
"""Columns with dates in the future, which don't show when the data was exported."""


def check_shop(tables: Mapping[str, Table | Sequence[Table]], options: LoadOptions, issues: Issues) -> CheckedShop:
    """Validate tables, each of which may consist of parts with different headers.

    Args:
        tables: the tables by name, with at least "profiles" or "events".
        options: the arguments of loading, such as the order of dates.
        issues: the issues found while files were read. New issues are added.

    Raises:
        DataError: some issues would silently change results. The error lists all of them.
    """
    renames = options.columns
    if not tables.keys() & {"profiles", "events"}:
        raise DataError.nothing_given()
    parts = {name: [table] if isinstance(table, Mapping) else list(table) for name, table in tables.items()}
    for name, several in parts.items():
        if not any(len(cells) for table in several for cells in table.values()):
            raise DataError.empty_file(name)
    parts = {name: [unfolded(name, one, issues) for one in several] for name, several in parts.items()}
    for name, several in parts.items():
        for one in several:
            check_headers(name, one, renames)
    known = list(dict.fromkeys(header for several in parts.values() for table in several for header in table))
    for header in renames:
        issues.refuse(
            "columns",
            header,
            f"no table has this header.{nearest(header, known)} The headers are: {listed(known, most=40)}",
            int(header not in known),
            next_step="Check the spelling",
        )
    by_name = {name: _named(name, several, renames, issues) for name, several in parts.items()}
    checked = check(
        profiles=by_name.get("profiles"),
        events=by_name.get("events"),
        lists=by_name.get("lists"),
        places=by_name.get("places"),
        options=options,
        issues=issues,
    )
    clock = now()
    moment = options.as_of or _newest(checked, clock)
    moment = plausible_moment(moment, f"{moment.date()}, the newest date in the data")
    _note_late_events(checked.events, moment, clock, issues)
    return CheckedShop(
        tables=checked,
        report=issues.report(),
        as_of=moment,
        known_until=moment if options.as_of is None else clock,
        loaded=clock,
        default_country=None if options.default_country is None else country_code(options.default_country),
        day_first=options.day_first,
    )


def _named(name: str, parts: Sequence[Table], columns: Mapping[str, str], issues: Issues) -> Table:
    """Rename the columns of a table's parts and join them. An issue that several parts share is noted once."""
    found = Issues()
    named_parts = [named(name, part, columns, found) for part in parts]
    issues.found += dict.fromkeys(found.found)
    return joined_tables(named_parts)


def _note_late_events(events: EventIndex, moment: datetime, clock: datetime, issues: Issues) -> None:
    """Note events after `as_of`, and separately those in the future."""

    def count_after(instant: datetime) -> int:
        return sum(len(some) - some.window(None, microseconds(instant) + 1).stop for some in events.metrics.values())

    ahead = count_after(max(moment, clock))
    late = count_after(moment) - ahead
    issues.note(
        "events", "datetime", f"events after as_of ({moment:%Y-%m-%d %H:%M} UTC)", late, resolution="never counted"
    )
    issues.note(
        "events", "datetime", "events in the future", ahead, resolution="never counted, and not used to choose as_of"
    )


def _newest(checked: Checked, clock: datetime) -> datetime:
    """Return the time of the newest event or, without events, the newest date in the profiles.

    Dates in the future and placeholders are ignored. If there are no other dates, return the current time.
    """
    until = microseconds(clock)
    newest = checked.events.newest(until)
    if newest is not None and newest >= 0:
        return instant_of(newest)
    dated = [
        cells.values
        for name, cells in checked.profiles.items()
        if PROFILE_COLUMNS.get(name) == "instant" and name not in FORECASTS and not isinstance(cells.values, list)
    ]
    whole = [column.cast(pa.int64()) for column in dated]
    past = [column.filter(pc.and_(pc.less_equal(column, until), pc.greater_equal(column, 0))) for column in whole]
    found = [value for column in past if (value := pc.max(column).as_py()) is not None]
    if found:
        return instant_of(max(found))
    if newest is None and not len(checked.events) and not any(column.null_count < len(column) for column in whole):
        raise DataError.no_as_of()
    return clock

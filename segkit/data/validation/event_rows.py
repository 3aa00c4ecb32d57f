"""Validate the events: look up profiles, read metrics, times and amounts, leave out invalid rows, and build the index."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit import vocabulary as schema
from segkit.data.amounts import Amounts, read_amounts
from segkit.data.events import EventIndex, MetricNumbers, SetAmounts, index_events, order_events
from segkit.data.instants import Flags, Microseconds, dates_among
from segkit.data.properties import UNSET, Cells, Codes, codes_of
from segkit.data.validation.columns import Place, as_text, bare_cells, examples_of, text_cells
from segkit.data.validation.consent_columns import note_opt_out_metrics
from segkit.data.validation.date_columns import as_instants, blank
from segkit.data.validation.event_ids import doubled_events, id_column, note_alike
from segkit.data.validation.issues import Issues
from segkit.data.validation.lookup import rows_of
from segkit.data.validation.losses import Loss
from segkit.data.validation.near_columns import fits, near_headers
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.placeholders import note_placeholders
from segkit.data.validation.same_names import note_same_names
from segkit.errors import DataError
from segkit.wording import listed

OPT_OUT = schema.CONSENT_METRICS["sms"][1]


def checked_events(
    events: Mapping[str, Cells], ids: pa.Array, options: LoadOptions, issues: Issues
) -> tuple[EventIndex, Loss, Codes]:
    """Return the event index, how many events were left out, and the rows of profiles with an opt-out at an unknown date.

    Metrics and times are read in a second thread while ids are looked up. Their issues are noted after the issues in ids.
    """
    issues_beside = Issues()
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(_metrics_and_times, events, options, issues_beside)
        profiles = rows_of(events["profile_id"], ids, "events", issues)
        metrics, names, times, has_time, is_date = reading.result()
    issues.found += issues_beside.found
    note_same_names(events, metrics, names, issues)
    if (header := id_column(list(events))) is not None:
        events = {**events, header: events[header].loaded()}  # read only once, for the comparison and as a property
    again = doubled_events(events, (profiles, metrics, times), names, options.unreadable, issues)
    note_opt_out_metrics(names, metrics, issues)
    undated = np.union1d(
        _undated_opt_outs(profiles, metrics, names, has_time, issues),
        _lost_opt_outs((profiles, metrics, times), names, again, issues),
    )
    unknown = int(np.count_nonzero(profiles < 0))
    counts = (profiles >= 0) & (metrics >= 0) & has_time
    counts[again] = True  # copies don't count as left out
    loss = Loss("events", len(counts) - int(np.count_nonzero(counts)), len(counts) - len(again), unknown)
    counts[again] = False
    if not counts.all():
        profiles = np.where(counts, profiles, UNSET).astype(np.int32)
    del reading, counts  # the future keeps its result alive
    pa.default_memory_pool().release_unused()
    ordered = order_events(profiles=profiles, metrics=metrics, names=names, times=times)
    del profiles, metrics, times, has_time  # free memory, since the sorted events are enough
    amounts, values = None, None
    if "value" in events:
        amounts, values = _amounts(
            events["value"].loaded(), Place("events", "value", issues, options.unreadable, options.day_first)
        )
    properties = {name: cells.loaded() for name, cells in events.items() if name not in schema.EVENT_COLUMNS}
    near = tuple(name for name in near_headers("events", "value", properties) if fits("value", properties[name]))
    index = index_events(
        ordered, amounts=amounts, properties=properties, values=values, is_date=is_date, near_amounts=near
    )
    if header is None:
        note_alike(index, issues)
    return replace(index, day_first=options.day_first, lacks=options.lacks), loss, undated


def _undated_opt_outs(
    profiles: Codes, metrics: MetricNumbers, names: list[str], has_time: Flags, issues: Issues
) -> Codes:
    """Return the rows of profiles with an opt-out from texts without a readable date.

    Such an opt-out is left out as an event, but eligibility still counts it.
    """
    if has_time.all():
        return np.zeros(0, dtype=np.int32)
    is_opt_out = np.array([*(name == OPT_OUT for name in names), False])[metrics]
    found = is_opt_out & ~has_time & (profiles >= 0)
    Place("events", "datetime", issues).note(
        "opt-outs from texts without a readable date",
        found,
        resolution="left out as events; these profiles and their numbers are never texted, since their consent may be older",
    )
    return np.unique(profiles[found])


def _lost_opt_outs(
    said: tuple[Codes, MetricNumbers, Microseconds], names: list[str], again: npt.NDArray[np.int64], issues: Issues
) -> Codes:
    """Return the rows of profiles with an opt-out from texts that was left out because another event has the same id.

    Opt-outs that another event of the same profile repeats at the same time are ignored.
    """
    profiles, metrics, times = said
    if not len(again):
        return np.zeros(0, dtype=np.int32)
    is_opt_out = np.array([*(name == OPT_OUT for name in names), False])[metrics]
    left = again[is_opt_out[again] & (profiles[again] >= 0)]
    is_opt_out[again] = False
    kept = set(zip(profiles[is_opt_out].tolist(), times[is_opt_out].tolist(), strict=True)) if len(left) else set()
    lost = [row for row in left.tolist() if (int(profiles[row]), int(times[row])) not in kept]
    issues.note(
        "events",
        "event_id",
        "opt-outs from texts left out because another event has the same id",
        len(lost),
        resolution="left out as events; these profiles and their numbers are never texted, since it is unknown which event is right",
    )
    return np.unique(profiles[lost])


def _metrics_and_times(
    events: Mapping[str, Cells], options: LoadOptions, issues: Issues
) -> tuple[MetricNumbers, list[str], Microseconds, Flags, Flags | None]:
    """Read metrics and times of events.

    Returns:
        Each event's metric index, the metric names, each event's time, a mask of the events that have a time, and a mask of the
        events that have a date without a time (None if there are none).
    """
    metrics, names = _metrics(events["metric"], Place("events", "metric", issues))
    dates = events["datetime"].loaded()
    times, has_time = _times(dates, Place("events", "datetime", issues, options.unreadable, options.day_first))
    is_date = dates_among(dates.values)
    return metrics, names, times, has_time, is_date


def _times(dates: Cells, place: Place) -> tuple[Microseconds, Flags]:
    """Return the time of each event, and a mask of the events that have one."""
    times, has_time = as_instants(dates, place)
    note_placeholders(times, has_time, place)
    if not has_time.all():
        place.refuse(
            "events without a date",
            blank(dates, ~has_time),
            next_step='Add the dates, or load with unreadable="leave out"',
        )
    return times, has_time


def _metrics(cells: Cells, place: Place) -> tuple[MetricNumbers, list[str]]:
    """Return the metric index of each event (-1 for none) and the canonical metric names by index."""
    cells = text_cells(cells, place)
    metrics = np.full(len(cells), UNSET, dtype=np.int32)
    known: dict[str | None, int] = {None: UNSET}
    written: list[str] = []
    start = 0
    for piece in cells.encoded():
        distinct = piece.dictionary.to_pylist()
        if not known.keys() >= set(distinct):
            # Use only names that occur, in the order of their first event. The file's own dictionary may differ.
            occurring = [distinct[code] for code in piece.indices.unique().drop_null().to_pylist()]
            new = [name for name in dict.fromkeys(occurring) if name not in known]
            # Names that contain only blanks or marks are not metrics.
            named = [name for name in new if schema.canonical_metric(name)]
            known |= dict.fromkeys(new, UNSET) | {name: number for number, name in enumerate(named, len(written))}
            written += named
        numbers = np.array([*(known.get(name, UNSET) for name in distinct), UNSET], dtype=np.int32)
        metrics[start : start + len(piece)] = numbers.take(codes_of(piece.indices))
        start += len(piece)
    place.note("events without a metric", metrics < 0, resolution="left out")
    names = [schema.canonical_metric(name) for name in written]
    odd = {number: name for number, name in enumerate(written) if name not in schema.metric_spellings(name)}
    if odd:
        place.note(
            "metrics in a different spelling",
            np.isin(metrics, list(odd)),
            examples=list(odd.values()),
            resolution=f"counted as {listed(dict.fromkeys(names[number] for number in odd), most=5)}",
        )
    return metrics.astype(np.int16) if len(names) < np.iinfo(np.int16).max else metrics, names


def _amounts(cells: Cells, place: Place) -> tuple[Amounts, Cells | SetAmounts]:
    """Return the exact amounts for sums, and the same amounts as an event property."""
    cells = bare_cells(cells, place)
    column = cells.values
    if isinstance(column, list):
        column = pa.chunked_array([as_text(cells, Place(place.table, place.column, Issues()))])
    try:
        amounts = read_amounts(column)
    except OverflowError:
        raise DataError.amounts_too_large(place.column) from None
    place.note("more than nine decimals", amounts.rounded, resolution="rounded to nine")
    place.refuse(
        "not a number",
        amounts.unreadable,
        examples=examples_of(cells, amounts.unreadable),
        next_step='Write plain numbers such as 1234.50, without currency symbols or thousands separators, or load with unreadable="leave out"',
    )
    if amounts.are_doubles and (column.type == pa.float64() or pa.types.is_integer(column.type)):
        return amounts, SetAmounts(column.is_valid().combine_chunks(), column.type)
    return amounts, Cells(column)

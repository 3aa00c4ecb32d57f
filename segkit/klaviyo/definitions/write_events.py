"""Conditions on events in Klaviyo's shape: counts and sums of a metric, and steps in an order."""

from dataclasses import replace
from typing import assert_never

from segkit.definition.conditions import EventProperty, FunnelCondition, MetricCondition
from segkit.definition.explain import describe
from segkit.definition.timeframes import AtLeastAgo, BetweenAgo, BetweenDates, InPeriod, InTheLast
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.names import IdsOfNames
from segkit.klaviyo.definitions.words import COMPLETION_WINDOWS, EVENT_FILTER_LIMIT
from segkit.klaviyo.definitions.write_filters import Document, date_filter, event_filter, number_filter


def metric_document(atom: MetricCondition, ids: IdsOfNames) -> Document:
    """Return how often, or for how much, something was done; at least once is "greater than 0", as the product saves it.

    Raises:
        DefinitionError: the metric has no id, or a clause no filter.
    """
    match atom.measurement:
        case "count":
            is_once = (atom.comparison, atom.value) == ("at least", 1)
        case "sum":
            is_once = False
        case "days":
            nearest = f"{describe(replace(atom, measurement='count'))}, however many events fall on one day"
            raise DefinitionError.beyond_klaviyo("count of different days with an event", nearest)
        case _:
            assert_never(atom.measurement)
    return {
        "type": "profile-metric",
        "metric_id": ids.of("metric", atom.metric),
        "measurement": atom.measurement,
        "measurement_filter": number_filter(*(("more than", 0) if is_once else (atom.comparison, atom.value))),
        "timeframe_filter": date_filter(atom.timeframe),
        "metric_filters": _event_filters(atom.where),
    }


def funnel_document(atom: FunnelCondition, ids: IdsOfNames) -> Document:
    """Return steps in an order.

    Raises:
        DefinitionError: as for a metric, or a timeframe or completion window that Klaviyo does not have.
    """
    if not isinstance(atom.timeframe, (InTheLast, AtLeastAgo, BetweenAgo, BetweenDates, InPeriod)):
        raise DefinitionError.beyond_klaviyo("funnel without two ends in time", "in the last 365 days")
    windows = {seconds: word for word, seconds in COMPLETION_WINDOWS.items()}
    window = atom.completion_seconds
    if window is not None and window not in windows:
        nearest = min(windows, key=lambda seconds: abs(seconds - window))
        raise DefinitionError.beyond_klaviyo(
            f"funnel of {window:,} seconds", f"{windows[nearest]}, {nearest:,} seconds"
        )
    steps = [
        {
            "metric_exists": step.is_taken,
            "metric_id": ids.of("metric", step.metric),
            "metric_filters": _event_filters(step.where),
        }
        for step in atom.steps
    ]
    found: Document = {"type": "profile-metric-funnel", "timeframe_filter": date_filter(atom.timeframe)}
    return found | {"completion_window_seconds": None if window is None else windows[window], "steps": steps}


def _event_filters(where: tuple[EventProperty, ...]) -> list[Document] | None:
    if len(where) > EVENT_FILTER_LIMIT:
        nearest = f"the {EVENT_FILTER_LIMIT} that matter most"
        raise DefinitionError.beyond_klaviyo(f"event with {len(where)} filters", nearest)
    return [{"property": clause.property, "filter": event_filter(clause.test)} for clause in where] or None

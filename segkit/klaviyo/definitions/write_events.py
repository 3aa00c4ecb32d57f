"""Convert conditions on events to Klaviyo's JSON: counts and sums of a metric's events, and funnels."""

from dataclasses import replace
from typing import assert_never

from segkit.definition.conditions import EventAlternatives, EventTests, FunnelCondition, MetricCondition
from segkit.definition.explain import describe
from segkit.definition.timeframes import AtLeastAgo, BetweenAgo, BetweenDates, InPeriod, InTheLast
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.names import IdsOfNames
from segkit.klaviyo.definitions.words import COMPLETION_WINDOWS, EVENT_FILTER_LIMIT
from segkit.klaviyo.definitions.write_filters import Document, date_filter, event_filter, number_filter


def metric_document(atom: MetricCondition, ids: IdsOfNames) -> Document:
    """Return the document of a condition on a count or sum. A count of at least 1 becomes "greater than 0", as Klaviyo saves it.

    Raises:
        DefinitionError: the metric has no id, or Klaviyo lacks a filter for an event property.
    """
    if not isinstance(atom.metric, str):
        nearest = f"a condition for each of the {len(atom.metric)} metrics, joined by OR. Each of these conditions counts one metric alone"
        raise DefinitionError.beyond_klaviyo("condition that counts several metrics together", nearest)
    match atom.measurement:
        case "count":
            is_once = (atom.comparison, atom.value) == ("at least", 1)
        case "sum":
            is_once = False
        case "days":
            nearest = f"{describe(replace(atom, measurement='count'))}, which counts every event on the same day"
            raise DefinitionError.beyond_klaviyo("condition that counts the days with an event", nearest)
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
    """Return the document of a funnel.

    Raises:
        DefinitionError: a metric has no id, or Klaviyo lacks a filter, the timeframe or the completion window.
    """
    if not isinstance(atom.timeframe, (InTheLast, AtLeastAgo, BetweenAgo, BetweenDates, InPeriod)):
        raise DefinitionError.beyond_klaviyo("funnel with this kind of timeframe", "in the last 365 days")
    windows = {seconds: word for word, seconds in COMPLETION_WINDOWS.items()}
    window = atom.completion_seconds
    if window is not None and window not in windows:
        nearest = min(windows, key=lambda seconds: abs(seconds - window))
        raise DefinitionError.beyond_klaviyo(
            f"completion window of {window:,} seconds", f"{windows[nearest]}, {nearest:,} seconds"
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


def _event_filters(where: EventTests) -> list[Document] | None:
    if len(where) > EVENT_FILTER_LIMIT:
        nearest = f"the {EVENT_FILTER_LIMIT} filters that matter most"
        raise DefinitionError.beyond_klaviyo(f"condition on events with {len(where)} filters", nearest)
    filters: list[Document] = []
    for clause in where:
        if isinstance(clause, EventAlternatives):
            nearest = f"a condition for each of the {len(clause.alternatives)} alternatives, joined by OR. Each of these conditions counts one alternative alone"
            raise DefinitionError.beyond_klaviyo("choice between filters of an event", nearest)
        filters.append({"property": clause.property, "filter": event_filter(clause.test)})
    return filters or None

"""Convert Klaviyo's conditions on events to segkit's: counts and sums of a metric, and funnels."""

from typing import cast

from segkit.definition.conditions import (
    Condition,
    DateTest,
    EventProperty,
    FunnelCondition,
    FunnelStep,
    Measurement,
    MetricCondition,
)
from segkit.definition.timeframe_words import whole
from segkit.definition.value_words import boolean
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.names import NamesOfIds
from segkit.klaviyo.definitions.parts import Filter, parts, text, word
from segkit.klaviyo.definitions.read_dates import event_timeframe
from segkit.klaviyo.definitions.read_filters import number_filter, value_filter
from segkit.klaviyo.definitions.words import COMPLETION_WINDOWS
from segkit.masking import quoted


def metric_condition(value: Filter, names: NamesOfIds) -> Condition:
    """Read a condition on a count or sum of events.

    A count "greater than 0" becomes "at least 1", as in `did`.

    Raises:
        DefinitionError: a field is missing or unknown, or segkit can't express the condition.
    """
    known = ("metric_id", "measurement", "measurement_filter", "timeframe_filter", "metric_filters")
    given = parts("A condition on a metric", value, known)
    metric = names.of("metric", text("The metric_id", given.get("metric_id")))
    measurement = cast(Measurement, word("The measurement", given.get("measurement"), ("count", "sum")))
    test = number_filter(given.get("measurement_filter"))
    comparison, threshold = test.comparison, test.value
    if measurement == "count" and (comparison, threshold) == ("more than", 0):
        comparison, threshold = "at least", 1
    timeframe = event_timeframe(given.get("timeframe_filter"))
    where = _where(given.get("metric_filters"))
    return MetricCondition(metric, measurement, comparison, threshold, timeframe, where)


def funnel_condition(value: Filter, names: NamesOfIds) -> Condition:
    """Read a funnel: steps that were taken, or not taken, in order.

    Raises:
        DefinitionError: a field is missing or unknown, or segkit can't express the condition.
    """
    given = parts("A funnel", value, ("timeframe_filter", "completion_window_seconds", "steps"))
    steps = given.get("steps")
    if not isinstance(steps, list):
        raise DefinitionError.bad_value("The field steps of a funnel", steps or "null", "a list of steps")
    timeframe = event_timeframe(given.get("timeframe_filter"))
    window = given.get("completion_window_seconds")
    if isinstance(window, str):
        window = COMPLETION_WINDOWS[word("The completion window of a funnel", window, tuple(COMPLETION_WINDOWS))]
    elif window is not None:
        window = whole("The completion window of a funnel", window, least=1)
    return FunnelCondition(tuple(_step(step, names) for step in steps), timeframe, window)


def _step(value: object, names: NamesOfIds) -> FunnelStep:
    given = parts("A step of a funnel", value, ("metric_exists", "metric_id", "metric_filters"))
    metric = names.of("metric", text("The metric_id of a step", given.get("metric_id")))
    return FunnelStep(metric, _where(given.get("metric_filters")), boolean("metric_exists", given.get("metric_exists")))


def _where(value: object) -> tuple[EventProperty, ...]:
    """Return the conditions on properties of the events."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DefinitionError.bad_value("metric_filters", value, "a list of filters")
    return tuple(map(_clause, value))


def _clause(value: object) -> EventProperty:
    given = parts("An event filter", value, ("property", "filter"))
    name = text("The property of an event filter", given.get("property"))
    test = value_filter(given.get("filter"))
    if isinstance(test, DateTest):
        why = "Klaviyo does not document date filters for events. Copy the date to the profile"
        raise DefinitionError.beyond_segkit(f"A date filter on the event property {quoted(name)}", why)
    return EventProperty(name, test)

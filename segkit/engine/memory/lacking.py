"""Say what the data lacks for a condition, such as amounts, a single currency or locations, for `notes.py`."""

import re
from typing import assert_never

import numpy as np

from segkit.data.events import VALUE
from segkit.data.properties import PropertyColumn
from segkit.data.validation.near_columns import near_headers, suggestion
from segkit.definition.conditions import EventProperty, MetricCondition
from segkit.engine.memory.dataset import Dataset
from segkit.masking import masked_text, quoted
from segkit.wording import counted, listed

_CURRENCIES = ("currency", "currencycode", "valuecurrency", "ordercurrency", "shopcurrency", "presentmentcurrency")


def lacking_amounts(condition: MetricCondition, metric: str, dataset: Dataset) -> str | None:
    """Say why a sum has no meaning: no event has an amount, or amounts are in several currencies. Otherwise return None."""
    match condition.measurement:
        case "count" | "days":
            return None
        case "sum":
            return _lacking_for_a_sum(condition, metric, dataset) if dataset.events.size(metric) else None
        case _:
            assert_never(condition.measurement)


def _lacking_for_a_sum(condition: MetricCondition, metric: str, dataset: Dataset) -> str | None:
    if not dataset.events.has_units(metric):
        return dataset.cache.keep(("lacking amounts", metric), lambda: _without_amounts(metric, dataset))
    currency = _currency_column(dataset)
    named = (clause.property for clause in condition.where if isinstance(clause, EventProperty))
    if currency is None or any(name in currency for name in named):
        return None
    return dataset.cache.keep(("currencies", metric), lambda: _currencies(metric, currency, dataset))


def _without_amounts(metric: str, dataset: Dataset) -> str | None:
    if dataset.events.values is not None and np.any(dataset.event_column(metric, VALUE).codes >= 0):
        return None  # amounts of 0 are amounts
    near = dataset.events.near_amounts
    hint = f". {suggestion(near[0], 'value')}" if near else ""
    return f"no event of {quoted(metric)} has an amount, so the sum is 0 for everybody{hint}"


def _currency_column(dataset: Dataset) -> list[str] | None:
    """Return the properties of events that hold a currency, in the order of `_CURRENCIES`, or None if there are none."""
    folded = {name: re.sub(r"[\W_]", "", name).casefold() for name in dataset.events.properties}
    found = [name for name in folded if folded[name] in _CURRENCIES]
    return sorted(found, key=lambda name: _CURRENCIES.index(folded[name])) or None


def _currencies(metric: str, names: list[str], dataset: Dataset) -> str | None:
    """Say how many amounts are in each currency, if there are several currencies."""
    units = dataset.events.metric(metric).units
    has_amount = np.asarray(units != 0)
    for name in names:
        column = dataset.event_column(metric, name)
        counts = np.bincount(column.codes[has_amount & (column.codes >= 0)], minlength=len(column.distinct))
        found: dict[str, int] = {}
        for code in np.flatnonzero(counts):
            word = _word(column, int(code))
            if word:
                found[word] = found.get(word, 0) + int(counts[code])
        if len(found) > 1:
            words = sorted(found, key=lambda word: -found[word])
            shares = listed((f"{masked_text(word)} ({found[word]:,})" for word in words), most=6)
            return (
                f"the amounts of {quoted(metric)} are in {counted(len(found), 'currency', 'currencies')} and are added up without "
                f"conversion: {shares}. Select one currency with where={ {masked_text(name): masked_text(words[0])} }"
            )
        if found:
            return None
    return None


def _word(column: PropertyColumn, code: int) -> str:
    value = column.distinct[code]
    return str(value.as_py() if hasattr(value, "as_py") else value).strip().upper()


def lacking_places(dataset: Dataset) -> str | None:
    """Say that the profiles have no locations, or return None if they have some."""
    has_point = dataset.has_property("latitude") and dataset.has_property("longitude")
    if has_point or (dataset.has_property("zip") and not dataset.is_anywhere_unknown):
        return None
    if not dataset.has_property("zip"):
        return "the profiles have neither zip nor latitude and longitude, so nobody is within or beyond any distance"
    return (
        "the profiles have postal codes but no country, so nobody is within or beyond any distance. Load them with a default country, "
        'such as default_country="US"'
    )


def lacking_column(name: str, dataset: Dataset, so: str) -> str | None:
    """Say that the profiles lack a column and what follows (`so`), or return None if they have the column."""
    if dataset.has_property(name):
        return None
    near = near_headers("profiles", name, dataset.property_names)
    hint = f". {suggestion(near[0], name)}" if near else ""
    return f"the profiles have no {name}, so {so}{hint}"

"""Show a shop's contents as a card in a notebook: its metrics, properties and lists, and the data report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.data.files.missing_headers import look_like_data
from segkit.data.instants import instant_of
from segkit.data.properties import UNSET, PropertyColumn
from segkit.data.validation.issues import PERSONAL_COLUMNS, covered, is_personal, masked
from segkit.drawing.cards import beside, card, folded, paragraphs, records
from segkit.masking import masked_text
from segkit.wording import counted, number, percent, shortened

if TYPE_CHECKING:
    from segkit.engine.memory.dataset import Dataset

Counts: TypeAlias = npt.NDArray[np.int64]

SHOWN = 3
"""The number of values of a property that are named."""

FEW = 50
"""If a property has more values than this, and most of them occur in only one profile, it is assumed to identify people."""

LETTERS = 24


def shop_card(shop: Dataset) -> str:
    """Return the card. It names nobody, since everything that may identify a person is masked.

    Events after `as_of` are also counted, which the days in the table show.
    """
    title, _, summary = repr(shop).partition(": ")
    report = records(list(shop.report.columns), shop.report.to_numpy().tolist())
    properties = records(["property", "set", "", "values"], _properties(shop))
    lists = records(
        ["list", "profiles"],
        ((masked_text(name), len(set(entries.profiles.tolist()))) for name, entries in shop.lists.items()),
    )
    return card(
        title,
        summary,
        paragraphs(shop.alarms),
        beside(records(["metric", "events", "first day", "last day"], _metrics(shop)), properties, lists),
        folded(f"Data report: {counted(len(shop.report), 'issue')}", report),
    )


def _metrics(shop: Dataset) -> list[tuple[str, int, str, str]]:
    rows = []
    for name in shop.metric_names:
        times = shop.events.metrics[name].times
        if len(times):
            first, last = (f"{instant_of(int(times[end])):%Y-%m-%d}" for end in (0, -1))
            rows.append((masked_text(name), len(times), first, last))
    return rows


def _properties(shop: Dataset) -> list[tuple[str, int, str, str]]:
    """Return, for each property, its name, the number and share of profiles for which it is set, and a summary of its values."""
    rows = []
    # If the headers look like cells, as in a file without headers, every header is masked.
    named = covered if look_like_data(shop.property_names) else masked_text
    for name in shop.property_names:
        there = int(np.count_nonzero(shop.is_set(name)))
        rows.append((named(name), there, percent(there / max(len(shop), 1)), _values(shop, name)))
    return rows


def _values(shop: Dataset, name: str) -> str:
    """Describe the values of a property: the most common ones, or their range. They are masked if they may identify a person."""
    is_there = shop.is_set(name)
    if not is_there.any():
        return ""
    if name in PERSONAL_COLUMNS:
        return f"such as {_short(masked(name, str(shop.column(name).value(int(np.argmax(is_there))))))}"
    column = shop.column(name)
    counts = np.bincount(column.codes - UNSET, minlength=len(column.distinct) + 1)[1:]
    span = "" if name == "zip" else _span(column)
    if span:
        return span
    if len(counts) > FEW and (name == "zip" or 2 * len(counts) > counts.sum()):
        return f"{len(counts):,} different values"
    had = _held(column, counts)
    named = [(text, count) for text, count in had.most_common(FEW) if not is_personal("", text)][:SHOWN]
    more = len(had) - len(named)
    return ", ".join([*(f"{_short(text)} ({count:,})" for text, count in named), *[f"{more:,} more"] * (more > 0)])


def _held(column: PropertyColumn, counts: Counts) -> Counter[str]:
    """Count the profiles that have each value, or each item if the values are lists."""
    had: Counter[str] = Counter()
    lists, values = column.lists, column.distinct
    written = values if isinstance(values, list) else values.to_pylist()
    for place, (value, count) in enumerate(zip(written, counts.tolist(), strict=True)):
        items = lists.values[place] if lists.readable[place] else [value]
        for item in dict.fromkeys(str(one).lower() if isinstance(one, bool) else str(one) for one in items):
            had[item] += count
    return had


def _span(column: PropertyColumn) -> str:
    """Return the smallest and the largest value if all are numbers or dates, or "" if there are few values or other values."""
    if len(column.distinct) <= SHOWN:
        return ""
    numbers = column.numbers
    if numbers.readable.all():
        return f"{number(float(numbers.values.min()))} to {number(float(numbers.values.max()))}"
    instants = column.instants
    if instants.readable.all():
        first, last = (instant_of(int(end)) for end in (instants.values.min(), instants.values.max()))
        return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return ""


def _short(text: str) -> str:
    return shortened(text, LETTERS)

"""Python text of a tuned segment: the cell that is copied makes the same segment wherever it is pasted."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.widgets import Tuner
from segkit.widgets.python_text import cell_of


def born(*, days: Any) -> sk.Segment:
    """Return a segment of the first day of several, or of the only day."""
    first = days[0] if isinstance(days, (list, tuple)) else days
    return sk.Segment("Born", sk.has("Birthday", equals=first))


def spent(*, amounts: Any) -> sk.Segment:
    """Return a segment of the first of several amounts, or of the only amount."""
    first = amounts[0] if isinstance(amounts, (list, tuple)) else amounts
    return sk.Segment("Spent", sk.spent("Placed Order", more_than=first))


@pytest.mark.parametrize(
    ("builder", "values"),
    [
        (born, {"days": pd.Timestamp("2026-01-31")}),
        (born, {"days": np.datetime64("2026-01-31")}),
        (born, {"days": [date(2026, 1, 31), date(2026, 2, 28)]}),
        (born, {"days": (pd.Timestamp("2026-01-31"),)}),
        (spent, {"amounts": np.float64(19.5)}),
        (spent, {"amounts": [np.int64(19), Decimal("19.95")]}),
        (spent, {"amounts": ((Decimal("19.95")),)}),
    ],
)
def test_a_cell_runs_whatever_its_values_are(builder: Callable[..., sk.Segment], values: dict[str, Any]):
    """Dates, decimals and numbers of pandas and NumPy, in a list too, need no name that the cell does not import."""
    expected = builder(**{name: getattr(value, "item", lambda value=value: value)() for name, value in values.items()})
    cell = cell_of(builder, values, expected)
    names: dict[str, Any] = {builder.__name__: builder}
    exec(cell, names)

    assert names["segment"] == expected


def test_a_timestamp_as_a_default_is_a_date(sample_shop: sk.Dataset):
    """A default of pandas has a date control, and the copied cell makes the tuned segment."""

    def since(*, day: Any = pd.Timestamp("2026-01-31")) -> sk.Segment:  # noqa: B008
        return sk.Segment("Since", sk.did("Placed Order", after=day))

    tuner = Tuner(since, sample_shop)
    assert (tuner.view.controls[0]["kind"], tuner.view.values) == ("date", ["2026-01-31"])
    assert 'role="alert"' not in tuner.view.value

    tuner.view.values = ["2026-02-28"]
    names: dict[str, Any] = {"since": since}
    exec(tuner.to_python(), names)
    assert names["segment"] == tuner.segment == since(day=date(2026, 2, 28))


def test_a_moment_within_a_day_has_no_date_control(sample_shop: sk.Dataset):
    """A control that would drop the time is refused with the value, instead of tuning another segment."""

    def since(*, day: Any = pd.Timestamp("2026-01-31 12:00")) -> sk.Segment:  # noqa: B008
        return sk.Segment("Since", sk.did("Placed Order", after=day.date()))

    with pytest.raises(sk.DefinitionError, match=r"day must be a date, but it is .*12:00"):
        Tuner(since, sample_shop)

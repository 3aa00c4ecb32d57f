"""A window of no days at all, which no phrase takes: refused with its place, and never a segment that can't be kept as text."""

import pytest
from klaviyo.definitions.spelled import dates, definition, property_

import segkit as sk
from segkit.definition.timeframes import BetweenAgo


@pytest.mark.parametrize("operator", ["in-the-last", "at-least", "in-the-next", "anniversary-last", "anniversary-next"])
def test_a_window_of_no_days_is_refused(operator):
    """The reason says from how many."""
    with pytest.raises(sk.DefinitionError, match=r"condition group 1, condition 1: .*from 1 to 36,525, but it is 0"):
        sk.from_klaviyo(definition([property_("created", dates(operator, unit="day", quantity=0))]))


def test_a_window_between_may_begin_today():
    """Between 0 and 30 days ago is a window like any other, and is kept as text."""
    segment = sk.from_klaviyo(definition([property_("created", dates("between", start=0, end=30, unit="day"))]))

    assert segment.condition.test.timeframe == BetweenAgo(0, 30)
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment

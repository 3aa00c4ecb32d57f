"""Whatever segkit warns of, it points at the line of the analyst's own code that asked."""

import inspect
import re
import warnings
from collections.abc import Callable

import ipywidgets
import pandas as pd
import pytest

import segkit as sk
from segkit import charts, errors, widgets

SHOP = sk.Dataset.from_frames(
    pd.DataFrame(
        {"profile_id": list("abc"), "Age": [1, 2, 3], "sms_consent": "SUBSCRIBED", "phone_number": "+12125550142"}
    ),
    as_of="2026-06-30",
)


def aged(*, years: str = "two") -> sk.Segment:
    """Whose age is a word, which nobody's is."""
    return sk.Segment("Aged", sk.has("Age", equals=years))


AGED = aged()
GAPS = pd.DataFrame({"Aged": [True, None, False]})


def moved() -> None:
    """Ask as a widget does that moves: the widget's own code lies between."""
    slider = ipywidgets.IntSlider()
    slider.observe(lambda _: sk.members(AGED, SHOP), names="value")
    slider.value = 3


ASKS: dict[str, Callable[[], object]] = {
    "a segment": lambda: sk.membership(AGED, SHOP),
    "a builder": lambda: sk.sweep(aged, SHOP, years=["two", "three"]),
    "a builder's own segment": lambda: sk.sizes(aged(years="three"), SHOP),
    "a table that pandas hands over": lambda: GAPS.pipe(sk.sizes),
    "a table in a map": lambda: list(map(sk.sizes, [GAPS])),
    "an audience": lambda: sk.audience(AGED, SHOP),
    "a chart": lambda: charts.plot_overlap(sk.overlap(AGED, SHOP)),
    "a widget's segment": lambda: sk.members(widgets.Tuner(aged, SHOP).segment, SHOP),
}


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_warning_points_at_the_line_that_asked(ask: Callable[[], object]):
    """Whatever lies between, segkit's own frames and those of libraries, the file and the line are the analyst's."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ask()

    lines = {(one.filename, one.lineno) for one in told if issubclass(one.category, sk.SegkitWarning)}
    assert lines == {(__file__, inspect.getsourcelines(ask)[1])}


def test_a_warning_behind_a_widget_points_at_the_code_that_answers_it():
    """A function that a widget calls is the analyst's own, and the widget's code that calls it is not."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        moved()

    assert {one.filename for one in told} == {__file__}


def test_a_form_that_goes_is_told_at_the_line_that_uses_it():
    """The note says when it goes."""
    with pytest.warns(
        DeprecationWarning, match=re.escape("Write this. The old form will be removed in segkit 1.0.")
    ) as told:
        errors.deprecated("Write this.")

    assert told[0].filename == __file__


def test_each_line_is_told_once():
    """Python's own filter knows which line was told, so that a loop does not say the same again and again."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            sk.members(AGED, SHOP)

    assert len(told) == 1

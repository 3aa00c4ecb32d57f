"""Controls: each kind of parameter has the widget that its kind is moved by, and its value goes in and comes out unharmed."""

import json
import warnings
from datetime import date
from decimal import Decimal
from random import Random
from typing import Annotated

import doors
import numpy as np
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop

import segkit as sk
from segkit.definition.conditions import Condition
from segkit.definition.parameters import Choice, Parameter, Range, parameters
from segkit.widgets import Tuner
from segkit.widgets.controls import Control, control_for
from segkit.widgets.settings import Settings


def every_kind(
    *,
    days: Annotated[int, Range(7, 365, unit="days")] = 90,
    spent: Annotated[float, Range(0, 5_000, step=5)] = 200,
    ratio: Annotated[float, Range(0, 1, step=0.05)] = 0.5,
    unit: Annotated[str, Choice("miles", "kilometers")] = "miles",
    schedule: Annotated[str, Choice("a", "b", "c", "d", "e")] = "a",
    exclusive: bool = False,
    since: date = date(2026, 1, 31),
    topic: str = "restocks",
    countries: tuple[str, ...] = ("US", "CA"),
    of: str | tuple[float, float] = "02110",
    orders: int = 3,
    factor: float = 1.5,
) -> None:
    """Stand for a builder with a parameter of each kind."""


KINDS = {
    "days": "slider",
    "spent": "slider",
    "ratio": "slider",
    "unit": "choice",
    "schedule": "choice",
    "exclusive": "truth",
    "since": "date",
    "topic": "text",
    "countries": "several",
    "of": "text",
    "orders": "number",
    "factor": "number",
}


def control(name: str, start: object = None) -> Control:
    """Return the control of one of the parameters above, at its default or at a start."""
    parameter = next(one for one in parameters(every_kind) if one.name == name)
    return control_for(parameter, parameter.default if start is None else start)


@pytest.mark.parametrize("name", KINDS)
def test_kind_of_parameter_decides_the_control(name: str):
    """Ranges slide, choices are chosen, truth is ticked, dates are picked, the rest is typed."""
    assert control(name).kind == KINDS[name]


def test_every_builder_has_a_control_for_each_of_its_parameters():
    """No parameter of a ready-made segment is left without a control, and each stands at its default."""
    for name in (
        name for name in sk.__all__ if name.startswith("sms_") or name in {"prefers_sms", "engagement_tracks"}
    ):
        for parameter in parameters(getattr(sk, name)):
            start = "Gender" if parameter.is_required else parameter.default
            expected = list(start) if isinstance(start, tuple) else start
            found = control_for(parameter, start)
            assert found.read(found.shown(start)) == expected


def test_slider_has_the_range_and_the_step():
    """A slider runs over the range of its parameter by its step."""
    assert control("spent").span == (0, 5_000, 5)


def test_range_grows_to_hold_a_start_and_a_move():
    """A range is no law: a start or a move beyond it widens the slider instead of being clipped."""
    far = control("days", start=400)
    assert far.span == (7, 400, 1)

    assert [far.shown(1_000), far.shown(3)] == [1_000, 3]
    assert far.span == (3, 1_000, 1)


@given(st.floats(min_value=0, max_value=5_000, allow_nan=False))
def test_amounts_come_out_as_they_went_in(amount: float):
    """A slider of amounts gives back the very number, and a whole one without decimals, as it would be typed."""
    slider = control("spent")
    read = slider.read(slider.shown(amount))

    assert read == amount
    assert isinstance(read, int) == amount.is_integer()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unit", "kilometers"),
        ("schedule", "e"),
        ("exclusive", True),
        ("since", date(2024, 2, 29)),
        ("topic", "product launches, and more"),
        ("countries", ["DE", "SE", "GB"]),
        ("of", "SW1W"),
        ("of", (42.36, -71.06)),
        ("orders", 7),
        ("factor", 0.25),
    ],
)
def test_values_come_out_as_they_went_in(name: str, value: object):
    """Choices, truth, dates, text, several texts and points are read back as the builder takes them."""
    moved = control(name)

    assert moved.read(moved.shown(value)) == value


LISTS = [
    ("Boston, MA", 'x"y', " a ", "1"),
    (38, 39.5, 10**30),
    (Decimal("0.12345678901234567890"), 1),
    ("Hats, caps", 3, "3"),
    (date(2026, 1, 31), date(2026, 2, 28)),
]


@pytest.mark.parametrize("values", LISTS)
def test_items_of_a_list_come_out_as_they_went_in(values: tuple):
    """Commas, quotes and blanks in text, numbers beside text, every digit and dates go through the browser's JSON unharmed."""
    typed = control_for(Parameter("items", tuple, values), values)

    assert (typed.kind, type(typed.shown(values))) == ("several", list)
    read = tuple(typed.read(json.loads(json.dumps(typed.shown(values)))))
    assert [(type(one), one) for one in read] == [(type(one), one) for one in values]


@pytest.mark.parametrize(
    ("start", "typed", "wanted"), [((18, 20), ["18", "x"], "numbers"), ((date(2026, 1, 31),), ["soon"], "dates")]
)
def test_an_item_that_can_not_be_read_is_refused_in_words(start: tuple, typed: list, wanted: str):
    """The error names the parameter, what was typed, and what the list takes."""
    with pytest.raises(sk.DefinitionError, match=f"ages must be {wanted} .*, but it is '{', '.join(typed)}'"):
        control_for(Parameter("ages", tuple, start), start).read(typed)


@pytest.fixture(scope="module")
def generated_shop() -> sk.Dataset:
    """Return a shop of which any generated condition can be asked."""
    as_of, people = strategies.AS_OFS[0], [f"p{number}" for number in range(8)]
    rows = PlainShop(
        [{"profile_id": one} | strategies.profile(Random(one), as_of, ["Town", "Age"]) for one in people],
        [strategies.event(Random(number), as_of, people) for number in range(60)],
        as_of,
        [strategies.membership(Random(name), name, as_of, people) for name in strategies.LIST_NAMES],
        strategies.PLACES,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SegkitWarning)
        return doors.by_frames(rows)


@pytest.mark.filterwarnings("ignore::segkit.SegkitWarning")
@settings(max_examples=100, deadline=None)
@given(condition=strategies.trees())
def test_any_segment_opens_as_it_is(generated_shop: sk.Dataset, condition: Condition):
    """A tuner of any generated segment begins with that segment, although all of its values go through the browser's JSON."""
    segment = sk.Segment("Any", condition)
    tuner = Tuner(segment, generated_shop)
    opened = Settings(segment, generated_shop, {})
    values = opened.read(json.loads(json.dumps(opened.shown(opened.start))))

    assert tuner.segment == opened.builder(**values) == segment
    assert 'role="alert"' not in tuner.view.value


def test_a_point_is_typed_with_a_comma():
    """Two numbers are a point; anything else is text, as a postal code is."""
    assert control("of").read("42.36, -71.06") == (42.36, -71.06)
    assert control("of").read(" 02110 ") == "02110"


def test_text_is_not_taken_for_a_point_where_none_is_wanted():
    """A topic that reads like two numbers stays text."""
    assert control("topic").read("1, 2") == "1, 2"


@pytest.mark.parametrize(
    ("name", "value"), [("unit", "feet"), ("days", "many"), ("days", 12.5), ("since", "soon"), ("spent", None)]
)
def test_a_value_that_fits_no_control_is_refused_in_words(name: str, value: object):
    """The error names the parameter, and the range stays as it was."""
    moved = control(name)
    before = moved.span

    with pytest.raises(sk.DefinitionError, match=name):
        moved.shown(value)
    assert moved.span == before


OPTIONAL = {
    "a number": (int | None, "text", 30),
    "an amount": (float | None, "text", 19.5),
    "an exact amount": (Decimal | None, "text", Decimal("19.95")),
    "a text": (str | None, "text", "30"),
    "a truth": (bool | None, "choice", True),
    "a date": (date | None, "date", date(2026, 6, 30)),
    "a choice": (Annotated[str, Choice("a", "b")] | None, "choice", "b"),
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_is_optional_can_stand_at_nothing(name: str):
    """A parameter that starts at None has a control that is empty, moves to a value of its kind, and back to None."""
    hint, kind, value = OPTIONAL[name]

    def builder(*, one=None):
        return one

    builder.__annotations__["one"] = hint
    (parameter,) = parameters(builder)
    moved = control_for(parameter, None)
    assert moved.kind == kind

    read = moved.read(moved.shown(value))
    assert (type(read), read) == (type(value), value)
    assert moved.read(moved.shown(None)) is None


def test_what_can_not_be_read_in_an_optional_field_is_left_to_the_builder():
    """A word where a number belongs comes to the builder as it is, whose error says what it wants."""
    assert control_for(Parameter("days", int, None, is_optional=True), None).read(" soon ") == "soon"


def test_exact_amounts_slide_and_stay_exact():
    """A Decimal has a slider whose every position is the Decimal that it prints as."""
    slider = control_for(Parameter("spent", Decimal, Decimal("0.5"), range=Range(0, 1, step=0.05)), Decimal("0.5"))

    assert slider.kind == "slider"
    assert slider.read(slider.shown(Decimal("0.15"))) == Decimal("0.15")
    assert slider.positions[:3] == [Decimal(0), Decimal("0.05"), Decimal("0.1")]


@pytest.mark.parametrize("start", [np.int64(90), np.int8(90), np.array(90)])
def test_a_number_of_numpy_is_moved_to(start: object):
    """A slider takes numbers that were worked out by numpy as it takes Python's."""
    slider = control("days")
    read = slider.read(slider.shown(start))

    assert (type(read), read) == (int, 90)


def test_a_start_that_is_no_choice_is_refused():
    """The error names the choices."""
    with pytest.raises(sk.DefinitionError, match=r"unit can't be 'mile'\. Did you mean 'miles'"):
        control("unit", start="mile")


def test_a_text_is_chosen_among_few_values_and_typed_where_there_are_many():
    """Up to fifty values are a list; a property with more has a field with suggestions, and a value that nobody has is marked."""
    parameter = Parameter("topic", str, "restocks")
    few = control_for(parameter, "Restocks", [("restocks", 1_085), ("sales", 12)])
    many = control_for(parameter, "restocks", [(f"value {number}", number) for number in range(200)])

    assert (few.kind, [words for words, _ in few.options]) == (
        "choice", ["restocks (1,085)", "sales (12)", "Restocks (nobody)"],
    )  # fmt: skip
    assert many.kind == "text"
    assert len(many.options) == 200

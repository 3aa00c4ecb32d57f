"""How a builder's parameters are read from its signature, and that every shipped builder has sliders that work."""

# ruff: noqa: SIM300  # expected == actual, throughout

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import numpy as np
import pytest

import segkit as sk
from segkit import builders
from segkit.definition.parameters import Choice, Parameter, Range, StartsAt, builder, parameters
from segkit.errors import DefinitionError

BUILDERS = {name: getattr(builders, name) for name in builders.__all__}
NEEDED: dict[str, dict[str, Any]] = {"sms_property": {"property": "Parent", "value": True}}

QUIET = StartsAt("Placed Order", "count", quantile=0.9, days=365)


def lapsed(
    *,
    quiet_days: Annotated[int, Range(7, 365, unit="days"), QUIET] = 90,
    approach: Annotated[Literal["orders", "visits"], Choice("orders", "visits")] = "orders",
    metric: str = "Placed Order",
    floor: float,
) -> sk.Segment:
    """Say who has been quiet: a builder as an analyst writes it, without a decorator."""
    return sk.Segment(f"Lapsed ({approach})", sk.did_not(metric, in_last_days=quiet_days) & sk.spent(more_than=floor))


CHECKED = builder(lapsed)


@pytest.mark.parametrize("function", [lapsed, CHECKED], ids=["plain", "decorated"])
def test_parameters_are_read_from_the_signature(function: Callable[..., sk.Segment]):
    """Names, order, types, defaults and what the annotation adds, for an analyst's function with or without the decorator."""
    expected = (
        Parameter("quiet_days", int, 90, range=Range(7, 365, unit="days"), starts_at=QUIET),
        Parameter("approach", Literal["orders", "visits"], "orders", choice=Choice("orders", "visits")),
        Parameter("metric", str, "Placed Order"),
        Parameter("floor", float, inspect.Parameter.empty),
    )

    assert expected == parameters(function)
    assert [False, False, False, True] == [parameter.is_required for parameter in parameters(function)]


def test_a_decorated_builder_keeps_its_name_help_and_signature():
    """Tab completion and help() show the builder itself."""
    assert ("lapsed", lapsed.__doc__) == (CHECKED.__name__, CHECKED.__doc__)
    assert inspect.signature(lapsed) == inspect.signature(CHECKED)


def test_arguments_without_an_annotation_are_parameters_too():
    """A quick function of a notebook needs no types."""

    def quick(days=30):
        return days

    assert (Parameter("days", Any, 30),) == parameters(quick)


OPTIONAL = {
    "a type or none": int | None,
    "as it was written before": Optional[int],  # noqa: UP045
    "annotated outside": Annotated[int | None, Range(7, 365)],
    "annotated inside": Annotated[int, Range(7, 365)] | None,
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_parameter_may_be_none(name: str):
    """Its type is what it is otherwise, and what is annotated stays, on either side of the None."""

    def quiet(*, days=None):
        return days

    quiet.__annotations__["days"] = OPTIONAL[name]
    (found,) = parameters(quiet)

    assert (int, None, True) == (found.kind, found.default, found.is_optional)
    assert ("annotated" in name) == (found.range == Range(7, 365))


def test_numbers_that_were_worked_out_are_pythons_own():
    """A default or a range of numpy's is one of Python's, and one that is no number is refused."""

    def quiet(*, days: Annotated[int, Range(np.int64(8), Decimal(366))] = np.int64(90)):
        return days

    (found,) = parameters(quiet)

    assert [int, int, float] == [type(found.default), type(found.range.low), type(found.range.high)]
    with pytest.raises(DefinitionError, match="low of a Range must be a finite number"):
        Range(Decimal("sNaN"), 2)


UNREADABLE: dict[str, tuple[Any, str]] = {
    "any number of arguments": (lambda *days: days, r"the argument '\*days' can't be passed by keyword"),
    "any keywords": (lambda **days: days, r"the argument '\*\*days' can't be passed by keyword"),
    "positional only": (lambda days, /: days, "the argument 'days' can't be passed by keyword"),
    "no function": (3, "got a value of type int"),
    "a segment": (sk.Segment("VIP", sk.spent(more_than=5)), "but got the segment 'VIP'"),
    "a condition": (sk.spent(more_than=5), "got a value of type MetricCondition"),
    "a phrase": (sk.did, "sk.did makes a condition, but a builder makes a segment"),
    "no signature": (dict, "can't be used as a builder"),
}


@pytest.mark.parametrize(("function", "sentence"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_function_that_is_no_builder_is_refused_with_an_example(function: Any, sentence: str):
    """The error says what is in the way and shows a builder."""
    with pytest.raises(DefinitionError, match=sentence) as refusal:
        parameters(function)

    assert "Annotated[int, Range(7, 365)] = 90" in str(refusal.value)


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "a slip of the pen": (
        lambda: CHECKED(floor=1, quite_days=3),
        "lapsed has no argument 'quite_days'. Did you mean 'quiet_days'",
    ),
    "a value by position": (lambda: CHECKED(90, floor=1), "lapsed takes only keyword arguments, but got 90 without a name"),
    "a value that is no choice": (
        lambda: CHECKED(floor=1, approach="order"),
        "approach of lapsed can't be 'order'. Did you mean 'orders'? The choices are: 'orders', 'visits'",
    ),
    "nothing for a required parameter": (lambda: CHECKED(quiet_days=3), "lapsed needs 'floor'"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_decorated_builder_answers_mistakes_with_help(call: Callable[[], Any], sentence: str):
    """A mistyped argument is named, with the near spelling and the choices."""
    with pytest.raises(DefinitionError) as refusal:
        call()

    assert sentence in str(refusal.value)


def test_a_range_is_a_slider_and_no_law():
    """A builder takes values outside the range that its slider moves in."""
    assert "Lapsed (orders)" == CHECKED(quiet_days=1_000, floor=1).name


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Range(365, 7), "is the wrong way round"),
        (lambda: Range(7, 365, step=0), "The step of a Range must be above 0, but it is 0"),
        (lambda: Choice(), "Choice needs at least one value"),  # noqa: PLW0108
    ],
)
def test_a_slider_that_cannot_move_is_refused(make: Callable[[], Any], sentence: str):
    """A range runs forwards in steps, and a choice offers something."""
    with pytest.raises(DefinitionError, match=sentence):
        make()


@pytest.mark.parametrize("extra", [Range(7, 365, 0.5, "days"), Choice("a", 1, True), QUIET], ids=repr)
def test_what_stands_in_an_annotation_prints_as_its_code(extra: object):
    """A signature shown in help() reads as it was written."""
    names = {"Range": Range, "Choice": Choice, "StartsAt": StartsAt}

    assert extra == eval(repr(extra), names)


def segments_of(made: Any) -> tuple[sk.Segment, ...]:
    """Return what a builder made as a tuple, since the tracks are three."""
    return made if isinstance(made, tuple) else (made,)


def settings() -> list[tuple[str, dict[str, Any]]]:
    """Return every builder with its defaults, with each end of each slider, and with each choice."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, make in BUILDERS.items():
        found.append((name, NEEDED.get(name, {})))
        for parameter in parameters(make):
            ends = (parameter.range.low, parameter.range.high) if parameter.range else ()
            choices = parameter.choice.values if parameter.choice else ()
            found += [(name, {**NEEDED.get(name, {}), parameter.name: value}) for value in (*ends, *choices)]
    return found


@pytest.mark.parametrize(("name", "arguments"), settings(), ids=str)
def test_every_setting_of_every_builder_says_something_to_subscribers(name: str, arguments: dict[str, Any]):
    """At either end of each slider a builder makes named and described segments, and all of them ask for SMS consent first."""
    for segment in segments_of(BUILDERS[name](**arguments)):
        first = segment.condition.conditions[0] if isinstance(segment.condition, sk.AllOf) else segment.condition

        assert segment.name.strip()
        assert segment.description.endswith(".")
        assert ("sms", True, "subscribed") == (first.channel, first.can_receive, first.subscription)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", BUILDERS)
def test_every_builder_is_public_and_tells_what_its_sliders_are(name: str):
    """Builders are reached as sk.NAME; a default lies in its range and among its choices; numbers are in some unit."""
    assert BUILDERS[name] is getattr(sk, name)
    for parameter in parameters(BUILDERS[name]):
        if parameter.range is not None:
            assert parameter.range.low <= parameter.default <= parameter.range.high
            assert parameter.range.unit
        if parameter.choice is not None:
            assert parameter.default in parameter.choice.values


@pytest.mark.parametrize("name", BUILDERS)
def test_every_parameter_is_explained(name: str):
    """help() of a builder has a line for each of its parameters."""
    lines = (inspect.getdoc(BUILDERS[name]) or "").splitlines()

    assert not [
        parameter.name
        for parameter in parameters(BUILDERS[name])
        if not any(line.strip().startswith(f"{parameter.name}:") for line in lines)
    ]


def test_thresholds_in_money_start_from_the_shop():
    """What much spending is differs by shop, so the VIP thresholds start at a high quantile of a year, not at a number of ours."""
    starts = {parameter.name: parameter.starts_at for parameter in parameters(sk.sms_vip) if parameter.starts_at}

    assert {
        "spent": StartsAt("Placed Order", "sum", 0.9, 365),
        "orders": StartsAt("Placed Order", "count", 0.9, 365),
    } == starts

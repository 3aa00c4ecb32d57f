"""Segments joined by `&`, `|` and `~`: what they say, and what the new segment is called."""

from collections.abc import Callable
from typing import Any

import pytest

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf, Condition

ADULT = sk.has("Age", at_least=18)
TEXTS = sk.can_receive("sms")
EITHER = sk.did("Clicked SMS") | sk.did("Opened Email")
A, B, C = (sk.Segment(name, sk.has(name, equals="yes")) for name in "ABC")

JOINED: dict[str, tuple[sk.Segment, Condition]] = {
    "A and B": (A & B, A.condition & B.condition),
    "A or B": (A | B, A.condition | B.condition),
    "not A": (~A, ~A.condition),
    "A and B and C": (A & B & C, AllOf((A.condition, B.condition, C.condition))),
    "A or B or C": (A | B | C, AnyOf((A.condition, B.condition, C.condition))),
    "(A or B) and C": ((A | B) & C, (A.condition | B.condition) & C.condition),
    "A or (B and C)": (A | B & C, A.condition | (B.condition & C.condition)),
    "not (A or B)": (~(A | B), ~(A.condition | B.condition)),
    "not A and B": (~A & B, ~A.condition & B.condition),
    "not (not A)": (~~A, A.condition),
    "A and have Age that is at least 18": (A & ADULT, A.condition & ADULT),
    "have Age that is at least 18 and A": (ADULT & A, ADULT & A.condition),
    "A or can receive SMS marketing (subscribed)": (A | TEXTS, A.condition | TEXTS),
    "can receive SMS marketing (subscribed) or A": (TEXTS | A, TEXTS | A.condition),
    "A and (did Clicked SMS at least once over all time or did Opened Email at least once over all time)": (
        A & EITHER,
        A.condition & EITHER,
    ),
}


@pytest.mark.parametrize("name", JOINED)
def test_a_joined_segment_says_both_and_is_called_so(name: str):
    """The condition is that of the parts, and the name reads as they were joined, with brackets where it could be read otherwise."""
    segment, condition = JOINED[name]

    assert isinstance(segment, sk.Segment)
    assert (segment.name, segment.condition) == (name, condition)
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment


def test_a_long_condition_does_not_make_an_endless_name():
    """Of a bare condition that takes lines to say, the name has the beginning and the end."""
    every = sk.Segment("All", AllOf(())) & AllOf(
        tuple(sk.has(f"Property {number}", equals="yes") for number in range(30))
    )

    assert len(every.name) < 130
    assert "…" in every.name


@pytest.mark.parametrize("other", [5, "VIP", None, True, [A]], ids=repr)
@pytest.mark.parametrize("join", [lambda one, other: one & other, lambda one, other: one | other], ids="&|")
def test_only_segments_and_conditions_are_joined(join: Callable[[Any, Any], Any], other: Any):
    """Anything else is named in the error, on either side."""
    for sides in ((A, other), (other, A)):
        with pytest.raises(
            sk.DefinitionError,
            match=f"with a segment needs a condition, but got .*, which is of type {type(other).__name__}",
        ):
            join(*sides)


@pytest.mark.parametrize(
    "ask", [lambda: A and B, lambda: A or B, lambda: not A, lambda: bool(A)], ids=["and", "or", "not", "bool"]
)
def test_a_segment_is_neither_true_nor_false(ask: Callable[[], object]):
    """`vip and engaged` would silently be one of the two, so it is refused, and the right spelling is shown."""
    with pytest.raises(sk.DefinitionError, match="Write `vip & engaged` for the members of both"):
        ask()


def test_an_error_names_a_segment_and_does_not_print_its_tree():
    """A segment where a condition belongs goes by its name; another long value by its beginning."""
    with pytest.raises(sk.DefinitionError, match="Not needs a condition, but got 'SMS VIP', which is of type Segment"):
        sk.Not(sk.sms_vip())  # type: ignore[arg-type]
    with pytest.raises(sk.DefinitionError) as refusal:
        sk.Segment("A", [sk.sms_vip()] * 30)  # type: ignore[arg-type]
    assert len(str(refusal.value)) < 500

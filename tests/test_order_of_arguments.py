"""What is asked comes first, and the shop second, in every function; the other way round is told with the right call."""

import inspect
from collections.abc import Callable

import pandas as pd
import pytest

import segkit as sk
from segkit import widgets

SHOP = sk.Dataset.from_frames(
    pd.DataFrame(
        {"profile_id": list("abc"), "Age": [1, 2, 3], "sms_consent": "SUBSCRIBED", "phone_number": "+12125550142"}
    ),
    as_of="2026-06-30",
)
TWO = sk.Segment("Two", sk.has("Age", at_least=2))

SWAPPED: dict[str, Callable[[], object]] = {
    "sk.membership(segments, shop)": lambda: sk.membership(SHOP, [TWO]),
    "sk.members(segment, shop)": lambda: sk.members(SHOP, TWO),
    "sk.sizes(segments, shop)": lambda: sk.sizes(SHOP, TWO),
    "sk.describe(segment, shop)": lambda: sk.describe(SHOP, TWO),
    "sk.overlap(segments, shop)": lambda: sk.overlap(SHOP, [TWO]),
    "sk.intersections(segments, shop)": lambda: sk.intersections(SHOP, [TWO]),
    "sk.why(segment, shop, profile_id=...)": lambda: sk.why(SHOP, TWO, profile_id="a"),
    "sk.places(segment, shop)": lambda: sk.places(SHOP, TWO),
    "sk.sweep(builder, shop, parameter=[...])": lambda: sk.sweep(SHOP, sk.sms_engaged, clicked_days=[7]),
    "sk.distribution(builder, shop, parameter=...)": lambda: sk.distribution(SHOP, sk.sms_engaged, parameter="days"),
    "sk.starting_values(builder, shop)": lambda: sk.starting_values(SHOP, sk.sms_vip),
    "sk.compare_members(segment, shop, theirs)": lambda: sk.compare_members(SHOP, TWO, ["a"]),
    "sk.audience(include, shop, exclude=...)": lambda: sk.audience(SHOP, TWO),
    "sk.write_members(segment, shop, path)": lambda: sk.write_members(SHOP, TWO, "two.csv"),
    "Tuner(builder, shop)": lambda: widgets.Tuner(SHOP, sk.sms_engaged),
    "sk.top(condition, shop, share=0.1)": lambda: sk.top(SHOP, TWO.condition, share=0.1),
    "MemberTable(segment, shop)": lambda: widgets.MemberTable(SHOP, TWO),
    "OverlapExplorer(segments, shop)": lambda: widgets.OverlapExplorer(SHOP, [TWO]),
}


@pytest.mark.parametrize("call", SWAPPED)
def test_swapped_arguments_are_told_with_the_right_call(call: str):
    """The error says that the shop comes second, and shows the call that was meant."""
    with pytest.raises(sk.DefinitionError) as refusal:
        SWAPPED[call]()

    assert str(refusal.value) == f"The shop must be the second argument, not the first. Write {call}."


@pytest.mark.parametrize(
    "function", [*(getattr(sk, name) for name in sk.__all__), widgets.Tuner, widgets.OverlapExplorer]
)
def test_data_is_always_the_second_argument(function: Callable[..., object]):
    """Whatever takes a shop beside something that is asked of it takes it second, by position."""
    names = list(inspect.signature(function).parameters) if callable(function) else []
    # These two are asked of the shop alone.
    if "dataset" in names and function not in {sk.recommended, sk.build}:
        assert names.index("dataset") == 1

"""Whatever is given where a shop, a segment, a builder or a moment belongs, the error is one of segkit's own."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit import widgets

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

PEOPLE = pd.DataFrame(
    {"profile_id": list("abc"), "sms_consent": "SUBSCRIBED", "phone_number": "+12125550142", "Age": [1, 2, 3]}
)
ORDERS = pd.DataFrame(
    {"profile_id": list("ab"), "metric": "Placed Order", "datetime": "2026-06-01T00:00:00Z", "value": [1, 2]}
)
SHOP = sk.Dataset.from_frames(PEOPLE, ORDERS, as_of="2026-06-30")
SEGMENT = sk.Segment("Two", sk.has("Age", at_least=2))


def recent(*, days: int = 30) -> sk.Segment:
    """Who ordered lately."""
    return sk.Segment("Recent", sk.did("Placed Order", in_last_days=days))


CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "from_frames": (
        sk.Dataset.from_frames,
        {
            "profiles": PEOPLE,
            "as_of": "2026-06-30",
            "columns": None,
            "consent": None,
            "default_country": None,
            "unreadable": "raise",
        },
    ),
    "load": (
        sk.load,
        {"profiles": PEOPLE, "as_of": "2026-06-30", "columns": None, "consent": None, "default_country": None},
    ),
    "with_as_of": (SHOP.with_as_of, {"as_of": "2026-06-30"}),
    "membership": (sk.membership, {"segments": SEGMENT, "dataset": SHOP}),
    "members": (sk.members, {"segment": SEGMENT, "dataset": SHOP}),
    "why": (sk.why, {"segment": SEGMENT, "dataset": SHOP, "profile_id": "a"}),
    "sizes": (sk.sizes, {"who": sk.membership(SEGMENT, SHOP), "base": None}),
    "sizes asked": (sk.sizes, {"who": SEGMENT, "dataset": SHOP, "base": None}),
    "overlap": (sk.overlap, {"who": SEGMENT, "dataset": SHOP}),
    "intersections": (sk.intersections, {"who": SEGMENT, "dataset": SHOP}),
    "sweep": (sk.sweep, {"builder": recent, "dataset": SHOP, "base": None, "days": [1, 2]}),
    "distribution": (sk.distribution, {"builder": recent, "dataset": SHOP, "parameter": "days", "days": 3}),
    "starting_values": (sk.starting_values, {"builder": recent, "dataset": SHOP}),
    "recommended": (sk.recommended, {"dataset": SHOP}),
    "places": (sk.places, {"segment": SEGMENT, "dataset": SHOP, "among": None}),
    "audience": (
        lambda include, dataset, **words: sk.audience(include, dataset, **words),  # noqa: PLW0108  # its old form takes it by name
        {
            "include": SEGMENT,
            "dataset": SHOP,
            "exclude": (),
            "countries": ["US"],
            "smart_sending_hours": 24,
            "failing": None,
        },
    ),
    "Tuner": (widgets.Tuner, {"builder": recent, "dataset": SHOP, "compare": (), "base": None, "days": 30}),
    "explain": (sk.explain, {"definition": SEGMENT}),
    "to_klaviyo": (sk.to_klaviyo, {"segment": SEGMENT}),
    "Range": (sk.Range, {"low": 1, "high": 2, "step": 1}),
}
WRONG: dict[str, Any] = {
    "a number": 5, "a word": "x", "nothing": None, "no list": [], "no mapping": {}, "a list of numbers": [5], "an object": object(),
    "a decimal that signals": Decimal("sNaN"), "NaN": float("nan"), "NA": pd.NA, "bytes": b"x", "a pair": (1, 2), "a mapping": {1: 2},
    "a frame": PEOPLE, "an array": np.array([1, 2]), "a truth": True, "a segment": SEGMENT, "a shop": SHOP,
    "a condition": sk.did("Placed Order"), "a set": set(), "a function": lambda: 1, "a type": int,
}  # fmt: skip
ARGUMENTS = [
    (call, name)
    for call, (_, given) in CALLS.items()
    for name in given
    if name != "profiles"  # what a table may be is loading's
]


@pytest.mark.parametrize(("call", "name"), ARGUMENTS, ids=[f"{call} {name}" for call, name in ARGUMENTS])
def test_nothing_else_than_an_error_of_ours_comes_of_a_wrong_argument(call: str, name: str):
    """Each argument takes what it is given, or refuses it in segkit's own words, and never with an error of Python's or pandas'."""
    function, given = CALLS[call]
    function(**given)
    foreign = {}
    for kind, value in WRONG.items():
        try:
            function(**{**given, name: value})
        except sk.SegkitError:
            pass
        except Exception as error:  # noqa: BLE001  # whatever it is, it is not ours
            foreign[kind] = repr(error)

    assert not foreign


RETURNED: dict[str, tuple[Any, str]] = {
    "a condition": (
        sk.did("Placed Order"),
        "returned a value of type MetricCondition, which is not a segment. Return a segment",
    ),
    "nothing": (None, "returned nothing. Is its `return` missing?"),
    "a list": (
        [SEGMENT],
        "returned a value of type list, which is not a segment. Write a builder that returns one segment of the list",
    ),
}


@pytest.mark.parametrize("name", RETURNED)
def test_a_builder_that_makes_no_segment_is_told_so(name: str):
    """Tuner, sweep and distribution name the builder, what it returned, and what to return."""
    made, sentence = RETURNED[name]

    def mine(*, days: int = 30) -> Any:
        return made if days else days

    for ask in (
        lambda: widgets.Tuner(mine, SHOP),
        lambda: sk.sweep(mine, SHOP, days=[7, 30]),
        lambda: sk.distribution(mine, SHOP, parameter="days"),
    ):
        with pytest.raises(sk.DefinitionError) as refusal:
            ask()
        assert f"The builder 'mine' {sentence}" in str(refusal.value)


def test_a_warning_points_at_the_line_that_asked():
    """However deep it is found, a warning names the file and the line of whoever called segkit."""

    def aged(years: str) -> sk.Segment:
        return sk.Segment("Lonely", sk.has("Age", equals=years))

    lonely = aged("two")
    asks = [
        lambda: sk.membership(lonely, SHOP),
        lambda: sk.members(lonely, SHOP),
        lambda: sk.audience(SEGMENT, SHOP),
        lambda: sk.why(lonely, SHOP, profile_id="a"),
        lambda: sk.sweep(aged, SHOP, years=["two", "three"]),
    ]
    for ask in asks:
        with pytest.warns(sk.SegkitWarning) as told:
            ask()
        lines = {(warning.filename, warning.lineno) for warning in told}
        assert lines == {(__file__, inspect.getsourcelines(ask)[1])}

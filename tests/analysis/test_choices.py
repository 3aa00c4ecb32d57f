"""Choices: the values that the data has, with their counts, and nothing that identifies a person."""

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.choices import choices_of
from segkit.definition.tunable import ValuesOf


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return a hundred people with a size, interests, an email and a note that is different for each, and some orders."""
    people = [f"p{number}" for number in range(100)]
    profiles = pd.DataFrame(
        {
            "profile_id": people,
            "Size": ["S"] * 60 + ["M"] * 30 + [None] * 10,
            "Interests": ['["Hats", "Caps"]'] * 20 + ['["Hats"]'] * 80,
            "email": [f"{name}@example.org" for name in people],
            "Note": [f"called {name}" for name in people],
            "phone_number": ["+16175550123"] * 3 + ["+14165550123"] * 2 + [None] * 95,
        }
    )
    orders = pd.DataFrame(
        {"profile_id": people[:3], "metric": "Placed Order", "datetime": "2026-06-01", "Brand": ["A", "A", "B"]}
    )
    return sk.Dataset.from_frames(profiles, orders, as_of="2026-06-30")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (ValuesOf("Size"), [("S", 60), ("M", 30)]),
        (ValuesOf("Interests"), [("Hats", 100), ("Caps", 20)]),
        (ValuesOf("Brand", "Placed Order"), [("A", 2), ("B", 1)]),
        (ValuesOf(None), [("US", 3), ("CA", 2)]),
        (ValuesOf("email"), []),
        (ValuesOf("Note"), []),
        (ValuesOf("No such property"), []),
        (ValuesOf("Brand", "No such metric"), []),
    ],
)
def test_values_are_listed_with_their_counts(shop: sk.Dataset, source: ValuesOf, expected: list):
    """Texts, items of lists, properties of events and countries are counted; what names a person is not listed."""
    assert list(choices_of(source, shop)) == expected

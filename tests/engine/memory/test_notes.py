"""What is said beside an answer: a value that nobody has is told with near values and their counts, once, and without a person."""

import warnings
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import Condition
from segkit.engine.engines import engine_of
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.protocol import MOST_WARNINGS
from segkit.errors import SegkitWarning
from segkit.widgets.browser_answers import Shop, answers
from segkit.widgets.settings import Settings


def shop_of(events: list[dict[str, Any]] | None = None, **properties: list[Any]) -> sk.Dataset:
    """Return profiles p0, p1 ... with these properties, and events."""
    size = len(next(iter(properties.values()))) if properties else 1
    profiles = pd.DataFrame({"profile_id": [f"p{number}" for number in range(size)]} | properties)
    return sk.Dataset.from_frames(profiles, None if events is None else pd.DataFrame(events), as_of="2026-06-30")


def notes(condition: Condition, shop: sk.Dataset) -> tuple[str, ...]:
    """Return the notes of a condition."""
    return Evaluation(shop).notes(condition)


def told(condition: Condition, shop: sk.Dataset) -> list[str]:
    """Return the warnings of asking who is in, each time that it is asked."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sk.membership(sk.Segment("asked", condition), shop)
    return [str(warning.message) for warning in caught]


GENDERS = ["female"] * 1_311 + ["male"] * 837 + ["nonbinary"] * 52 + ["agender", "fluid", "other"]
PEOPLE = shop_of(Gender=GENDERS)
TOPICS = shop_of(Interests=[["sale alerts", "restocks"], ["sale alerts", "sale alerts"], [], None])


def test_a_value_that_nobody_has_is_told_with_near_values_and_counts():
    """The sentence names the value, what may have been meant, and what the data has, commonest first, thousands marked."""
    (note,) = notes(sk.has("Gender", equals="Female"), PEOPLE)
    assert note == (
        "Nobody has Gender 'Female'. Did you mean 'female' (1,311)? The values in the data are 'female' (1,311), 'male' (837), "
        "'nonbinary' (52), 'agender' (1), 'fluid' (1) and 1 more."
    )


@pytest.mark.parametrize(
    "condition",
    [
        sk.has("Gender", equals="Femal"),
        sk.has("Gender", not_equals="Femal"),
        ~sk.has("Gender", equals="Femal"),
        sk.has("Gender", is_in=["Femal"]),
        sk.has("Gender", not_in=["Femal"]),
        sk.has("Gender", contains="Femal"),
        sk.has("Gender", not_contains="Femal"),
        sk.sms_gender(gender="Femal").condition,
        sk.sms_property(property="Gender", value="Femal").condition,
        sk.sms_property(property="Gender", value=["Femal"]).condition,
        sk.sms_preference(property="Gender", topic="Femal").condition,
        sk.did("Placed Order") | (sk.is_set("Gender") & sk.has("Gender", equals="Femal")),
    ],
)
def test_every_way_of_asking_for_a_whole_text_is_told(condition: Condition):
    """Is, is not, is one of, and a builder's own way are told once, wherever they stand in a segment."""
    about = [note for note in notes(condition, PEOPLE) if "Femal'" in note]
    assert len(about) == 1
    assert about[0].startswith("Nobody has Gender 'Femal'. Did you mean 'female' (1,311)")


@pytest.mark.parametrize(
    "condition",
    [
        sk.has("Interests", contains_item="Sale Alerts"),
        sk.has("Interests", not_contains_item="Sale Alerts"),
        sk.has("Interests", contains_any_of=["Sale Alerts"]),
        sk.has("Interests", not_contains_any_of=["Sale Alerts"]),
        sk.has("Interests", contains_all_of=["Sale Alerts", "restocks"]),
        sk.has("Interests", not_contains_all_of=["Sale Alerts", "restocks"]),
        sk.has("Interests", contains="Sale Alerts"),
        sk.has("Interests", not_contains="Sale Alerts"),
        sk.sms_preference(topic="Sale Alerts").condition,
    ],
)
def test_every_way_of_asking_for_a_whole_item_is_told(condition: Condition):
    """Items are counted by the profiles that list them, and one of "all of" that is missing is told though others are there."""
    about = [note for note in notes(condition, TOPICS) if "Interests" in note]
    assert about == [
        "Nobody has Interests 'Sale Alerts'. Did you mean 'sale alerts' (2)? The values in the data are 'sale alerts' (2), 'restocks' (1)."
    ]


@pytest.mark.parametrize(
    "condition",
    [
        sk.has("Gender", contains_text="Femal"),
        sk.has("Gender", starts_with="Femal"),
        sk.has("Gender", not_ends_with="Femal"),
        sk.has("Gender", matches="Femal"),
        sk.has("Gender", contains="fem"),
        sk.has("Gender", equals="female"),
        sk.is_set("Gender"),
    ],
)
def test_parts_and_patterns_are_never_told(condition: Condition):
    """Part of a text is nothing that anybody must have, and `contains` finds parts."""
    assert notes(condition, PEOPLE) == ()


MIXED = shop_of(Interests=["restocks", ["sale alerts"], None])


@pytest.mark.parametrize("topic", ["restocks", "sale alerts"])
def test_a_value_that_one_way_of_asking_finds_is_not_told(topic: str):
    """Whoever asks for a text or an item is content with either."""
    condition = sk.has("Interests", equals=topic) | sk.has("Interests", contains_item=topic)
    assert notes(condition, MIXED) == ()


def test_a_value_that_no_way_of_asking_finds_is_told_once_of_texts_and_items():
    """What is near may be a text or an item."""
    condition = sk.has("Interests", equals="Restock") | sk.has("Interests", contains_item="Restock")
    assert notes(condition, MIXED) == (
        "Nobody has Interests 'Restock'. Did you mean 'restocks' (1)? The values in the data are 'restocks' (1), 'sale alerts' (1).",
    )


def test_another_kind_is_told_instead_of_the_value():
    """Where nothing reads as a text, that is the one note; and a property that is empty deserves none."""
    ages = shop_of(Age=[18, 20], Empty=[None, None])

    assert notes(sk.has("Age", equals="18"), ages) == (
        "No value of 'Age' can be read as text, so no profile passes a test that needs text.",
    )
    assert notes(sk.has("Empty", equals="18"), ages) == ()


CITIES = shop_of(city=["Boston"] * 3 + ["Salem"] * 2 + ["Lynn"])


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        (["Boston", "Salem"], None),
        (["Boston", "Worcester"], None),
        (["Boston", "Salm"], "Nobody has city 'Salm'. Did you mean 'Salem' (2)? The values in the data are"),
        (["Salem", "SALEM", "salem "], None),
        (["Worcester", "Quincy"], "Nobody has city 'Worcester' or 'Quincy'. The values in the data are 'Boston' (3), "),
        (["Bostn", "Salm"], "Nobody has city 'Bostn' or 'Salm'. Did you mean 'Boston' (3) or 'Salem' (2)? The values"),
    ],
)
def test_of_several_values_slips_are_told_and_a_town_without_people_is_not(asked: list[str], about: str | None):
    """With one of them found, only a value near one that is not asked for itself is told; with none found, all are."""
    found = notes(sk.has("city", is_in=asked), CITIES)
    assert found == () if about is None else (len(found) == 1 and found[0].startswith(about))


def test_numbers_in_lists_are_told_too():
    """A text is no number: the near value is the number that looks like it."""
    shop = shop_of(Sizes=[[36, 38], [36]])

    assert notes(sk.has("Sizes", contains_item=36), shop) == ()
    assert notes(sk.has("Sizes", contains_item="36"), shop) == (
        "Nobody has Sizes '36'. Did you mean 36 (2)? The values in the data are 36 (2), 38 (1).",
    )


def failure(reason: str | None) -> dict[str, Any]:
    """Return a text that failed for a reason."""
    return {"profile_id": "p0", "metric": "Failed to Deliver SMS", "datetime": "2026-06-29", "Failure Type": reason}


FAILURES = shop_of(
    [failure("Device unreachable")] * 2 + [failure("Landline"), failure(None)], sms_consent=["subscribed"]
)


def test_a_slip_in_an_event_property_is_told_with_counts_of_events():
    """Where the data has a near value, the sentence says which, and that events are counted."""
    failed = sk.did("Failed to Deliver SMS", where={"Failure Type": "Device unreachabel"})
    in_order = sk.did_in_order("Received SMS", sk.step("Failed to Deliver SMS", where={"Failure Type": "landline"}))

    (note,) = notes(failed, FAILURES)
    assert note == (
        "No 'Failed to Deliver SMS' event has Failure Type 'Device unreachabel'. Did you mean 'Device unreachable' (2 events)? "
        "The values in the data are 'Device unreachable' (2 events), 'Landline' (1 event)."
    )
    assert "Did you mean 'Landline' (1 event)?" in notes(in_order, FAILURES)[1]


def test_a_ready_made_segment_is_not_told_of_values_that_a_shop_has_none_of():
    """Of four fixed reasons a shop may have one: nothing comes near the others but what is asked for anyway."""
    assert notes(sk.sms_delivery_errors().condition, FAILURES) == ()
    assert notes(sk.did("Failed to Deliver SMS", where={"Failure Type": "Nonsense"}), FAILURES) == ()


def test_events_that_are_not_there_are_told_and_their_values_are_not():
    """A metric without events has no values to come near to."""
    asked = sk.did("Clicked SMS", where={"Failure Type": "landline"})
    assert [note.split(",")[0] for note in notes(asked, FAILURES)] == [
        "No event in the data has the metric 'Clicked SMS'"
    ]


def test_of_many_values_only_near_ones_and_their_number_are_named():
    """A thousand towns help nobody."""
    shop = shop_of(town=[f"{one}{two}borough" for one in "ABCDEFGH" for two in "aeioulnr"] * 3)

    assert notes(sk.has("town", equals="aaborough"), shop) == (
        "Nobody has town 'aaborough'. Did you mean 'Aaborough' (3)? The data has 64 different values of town.",
    )
    assert notes(sk.has("town", equals="xyz"), shop) == (
        "Nobody has town 'xyz'. The data has 64 different values of town.",
    )


SECRETS = ["ann.lee@example.com", "+14155550132", "(415) 555-0133", "4155550134", "192.0.2.17"]


@pytest.mark.parametrize(
    "column", ["email", "phone_number", "first_name", "last_name", "address1", "address2", "ip", "external_id", "Email"]
)
def test_what_says_who_somebody_is_is_never_named(column: str):
    """Of such a column a note says that nobody has the value, covered like any other of its cells, and nothing else."""
    shop = shop_of(**{column: ["Ann Lee", "Bea Ray"], "Other": ["a", "b"]})
    (note,) = notes(sk.has(column, equals="Ann Le"), shop)

    assert note.startswith("Nobody has ")
    assert note.count("'") == 2
    assert "Bea" not in note


def test_addresses_and_numbers_are_never_named_wherever_they_stand():
    """A property that is named for none may hold them, and so may the value that is asked for."""
    shop = shop_of(Contact=[*SECRETS, "shop"], sms_consent=["subscribed"] * 6)
    (note,) = notes(sk.has("Contact", equals="ann.le@example.com"), shop)

    assert note.endswith("The values in the data are 'shop' (1) and 5 more.")
    assert not [secret for secret in [*SECRETS, "ann.le@"] if secret in note]


def test_values_that_hardly_two_profiles_share_are_never_named():
    """A property of sixty people with sixty values is a name or a number, whatever it is called."""
    shop = shop_of(Nickname=[f"nick {one}{two}" for one in "abcdefgh" for two in "abcdefgh"])
    assert notes(sk.has("Nickname", equals="Nick AA"), shop) == ("Nobody has Nickname 'Nick AA'.",)


def test_long_values_are_cut():
    """A page of text is no help in a sentence."""
    (note,) = notes(sk.has("Note", equals="b" * 90), shop_of(Note=["a" * 90]))
    assert note == f"Nobody has Note '{'b' * 39}…'. The values in the data are '{'a' * 39}…' (1)."


NUMBERS = shop_of(phone_number=["+16175550123", "+16175550124", "+14165550123", None], sms_consent=["subscribed"] * 4)


@pytest.mark.parametrize(
    "condition", [sk.phone_country("SE"), sk.not_phone_country("SE", "NO"), ~sk.phone_country("SE")]
)
def test_a_country_of_no_phone_number_is_told(condition: Condition):
    """The countries that the data has are named with how many numbers each has."""
    (note,) = notes(condition, NUMBERS)
    assert note.startswith("No phone number in the data is from 'SE'")
    assert note.endswith("The numbers in the data are from 'US' (2), 'CA' (1).")


def test_one_country_of_several_is_enough():
    """A list of countries where a shop sends to is no slip because nobody lives in one of them."""
    assert notes(sk.phone_country("US", "SE"), NUMBERS) == ()
    assert notes(sk.phone_country("US"), shop_of(phone_number=["n/a"])) == (
        "No phone number in the data is from 'US'. The data has no valid phone number.",
    )


VALUES = st.lists(st.sampled_from(["a", "A", "b", " a", "ab", None, ("a",), ("b", "A"), ()]), min_size=1, max_size=6)


@given(VALUES, st.lists(st.sampled_from(["a", "A", "b", "zz"]), min_size=1, max_size=3, unique=True))
def test_a_note_is_there_exactly_where_nobody_has_any_of_the_values(cells: list[Any], asked: list[str]):
    """Read slowly, cell by cell, a text or an item equals one of the values, or there is a note that names them all."""
    values = [list(cell) if isinstance(cell, tuple) else cell for cell in cells]
    condition = sk.has("It", is_in=asked) | sk.has("It", contains_any_of=asked)
    had = [one for value in values for one in (value if isinstance(value, list) else [value])]
    about = [note for note in notes(condition, shop_of(It=values)) if note.startswith("Nobody has")]
    is_empty = all(value is None for value in values)

    if any(one in had for one in asked):
        assert all(repr(one) not in note.split(".")[0] for one in asked if one in had for note in about)
    else:
        assert is_empty or [all(repr(one) in note.split(".")[0] for one in asked) for note in about] == [True]


def test_a_note_is_a_warning_each_time_that_somebody_asks():
    """What is kept from one question to the next, a window's counts too, loses no warning."""
    failed = sk.did("Failed to Deliver SMS", in_last_days=30, where={"Failure Type": "landline"})
    shop = shop_of([failure("Landline")])

    first, again = told(failed, shop), told(failed, shop)
    assert len(first) == 1
    assert first == again


def test_an_evaluation_warns_once_and_has_its_notes_for_ever():
    """Who asks the same evaluation again asks for the notes, which move with the segment and not with its thresholds."""
    evaluation = Evaluation(PEOPLE)
    slip, right = sk.has("Gender", equals="Female"), sk.has("Gender", equals="female")
    with pytest.warns(SegkitWarning, match="Nobody has Gender 'Female'"):
        evaluation.holds(slip)
    evaluation.holds(slip)
    evaluation.holds(slip | sk.is_set("Gender"))

    assert evaluation.notes(slip) == evaluation.notes(slip) != ()
    assert evaluation.notes(right) == ()


def test_asking_for_members_tells_nothing_where_the_evaluation_is_told_so():
    """`answer` and `part` are for those who show the notes in another place."""
    evaluation = Evaluation(PEOPLE)
    slip = sk.has("Gender", equals="Female")

    assert not evaluation.answer(slip).any()
    assert not evaluation.part(slip).any()


def test_a_sweep_over_many_values_warns_of_a_few():
    """Two hundred topics that nobody asked for are not two hundred warnings, and every size is there."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = sk.sweep(sk.sms_property, PEOPLE_WHO_CONSENT, property="Gender", value=[f"x{n}" for n in range(200)])

    assert table["size"].tolist() == [0] * 200
    assert len(caught) == MOST_WARNINGS + 1
    assert str(caught[-1].message) == "There are 180 more notes like these."


PEOPLE_WHO_CONSENT = shop_of(Gender=["female", "male"], sms_consent=["subscribed"] * 2, Age=[18, 20])


def quiet(*, age: int = 18, gender: str = "Female") -> sk.Segment:
    """Ask for a gender that nobody has, and for a number."""
    return sk.Segment("Quiet", sk.has("Gender", equals=gender) | sk.has("Age", at_least=age))


def test_a_curve_is_told_of_once_and_a_browsers_answers_not_at_all():
    """Along a threshold the note is one, however many positions there are."""
    with pytest.warns(SegkitWarning) as caught:
        table = sk.sweep(quiet, PEOPLE_WHO_CONSENT, age=range(300))
    shop = Shop("all profiles", 2, start=quiet().condition, others=(), eligibility=None)
    values, engine = {"age": 18, "gender": "Female"}, engine_of(PEOPLE_WHO_CONSENT)
    settings = Settings(quiet, PEOPLE_WHO_CONSENT, values)
    found = answers(engine, settings, "age", controls=settings.shown(values), values=values, shop=shop)

    assert len(caught) == 1
    assert table["size"].tolist()[17:22] == [2, 2, 1, 1, 0]
    assert found is not None

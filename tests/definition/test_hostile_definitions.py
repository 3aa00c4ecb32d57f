"""Definitions from whoever wrote them: nested without end, cut within an emoji, or with numbers as long as a page.

Whatever comes in, a definition is read as what it says or refused in segkit's own words, and soon.
"""

import json
import sys
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import DEEPEST, AllOf, AnyOf, Not
from segkit.json_text import Halves, has_half, is_deep, read_json

HALF = "Ann \ud83d"
VERY_DEEP = [150, 1_500, 100_000]


def nested(kind, levels):
    """Return a condition within so many groups of one kind, each but for `Not` beside another condition."""
    condition = sk.can_receive("sms")
    for level in range(levels):
        if kind == "not":
            condition = Not(condition)
        else:
            condition = (AllOf if level % 2 else AnyOf)((condition, sk.did("Placed Order")))
    return condition


def below(calls, work):
    """Do work with so many calls around it, as a notebook and a test have them."""
    return work() if not calls else below(calls - 1, work)


@pytest.fixture(scope="module")
def shop():
    """Return a shop of one subscriber."""
    people = pd.DataFrame({"profile_id": ["a"], "phone_number": ["+12125550142"], "sms_consent": ["SUBSCRIBED"]})
    events = pd.DataFrame({"profile_id": ["a"], "metric": ["Placed Order"], "datetime": ["2026-06-01T00:00:00Z"]})
    return sk.Dataset.from_frames(people, events, as_of="2026-06-30")


@pytest.mark.parametrize("kind", ["not", "group"])
def test_the_deepest_definition_can_do_everything(kind, shop):
    """What is just not too deep is evaluated, explained, written, read, hashed and compared, also from deep within other calls."""

    def everything():
        segment = sk.Segment("Deep", nested(kind, DEEPEST))
        assert sk.membership(segment, shop).shape == (1, 1)
        assert sk.explain(segment)
        assert sk.Segment.from_yaml(segment.to_yaml()) == segment
        assert segment.hash.startswith("sha256:")
        assert not sk.diff(segment, segment)
        assert repr(segment)

    below(300, everything)


@pytest.mark.parametrize("kind", ["not", "group"])
@pytest.mark.parametrize("levels", [DEEPEST + 2, 300, 5_000])
def test_a_deeper_definition_is_refused_when_it_is_built(kind, levels):
    """Hundreds of brackets are told when the segment is made, and not by a crash when somebody is looked up."""
    with pytest.raises(sk.DefinitionError, match="nested too deep"):
        sk.Segment("Deep", nested(kind, levels))
    with pytest.raises(sk.DefinitionError, match="nested too deep"):
        sk.explain(nested(kind, levels))


def test_explaining_takes_no_time_that_doubles_with_each_level():
    """Each group is put into words once, however deep it is."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        sk.explain(nested("group", 40))
    finally:
        sys.setprofile(None)
    assert calls < 20_000


@pytest.mark.parametrize("levels", VERY_DEEP)
@pytest.mark.parametrize("opening", ["[", "{", "{a: ", "- ", "[[", "? ", "{not: ", "[{"])
def test_yaml_of_brackets_is_refused(opening, levels):
    """Brackets without end are refused before the parser, which takes the square of the time, gets to them."""
    with pytest.raises(sk.DefinitionError, match=r"nested too deep|at most|not valid YAML"):
        sk.Segment.from_yaml("segkit: 1\nname: x\nall of: " + opening * levels)


def test_yaml_of_steps_is_refused():
    """So is a text that goes one step further in with each line."""
    with pytest.raises(sk.DefinitionError, match="nested too deep"):
        sk.Segment.from_yaml("\n".join(" " * depth + "a:" for depth in range(300)))


def test_yaml_that_is_longer_than_any_segment_is_refused():
    """A large file that is no segment is not gone through."""
    with pytest.raises(sk.DefinitionError, match=r"has 600,0\d\d characters"):
        sk.Segment.from_yaml("name: '" + "a" * 600_000 + "'")


def test_brackets_in_quotes_are_text():
    """A pattern may hold as many brackets as it likes."""
    segment = sk.Segment("Odd", sk.has("Note", equals="[{" * 200))
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment


DEEP_DOCUMENTS = {
    "open brackets": lambda levels: "[" * levels,
    "brackets": lambda levels: "[" * levels + "]" * levels,
    "mappings": lambda levels: '{"data":' * levels + "1" + "}" * levels,
    "lists": lambda levels: wrapped([], levels),
    "objects": lambda levels: wrapped({}, levels),
    "a deep value": lambda levels: {"condition_groups": [{"conditions": [{"type": wrapped([], levels)}]}]},
}


def wrapped(value, levels):
    """Return a value within so many lists or mappings."""
    for _ in range(levels):
        value = [value] if isinstance(value, list) else {"data": value}
    return value


@pytest.mark.parametrize("levels", [150, 1_500, 20_000])
@pytest.mark.parametrize("name", DEEP_DOCUMENTS)
@pytest.mark.parametrize("read", [sk.from_klaviyo, sk.segments_from_klaviyo])
def test_a_bottomless_document_is_refused(read, name, levels):
    """Klaviyo's documents, as text or as objects, end in our error at any depth."""
    with pytest.raises(sk.DefinitionError, match=r"more than 100 levels deep|not JSON"):
        read(DEEP_DOCUMENTS[name](levels))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 3_000 + "1" + "}" * 3_000, "[" * 101 + "]" * 101])
def test_a_bottomless_file_of_names_is_refused(text, tmp_path):
    """So does the file of an account's names."""
    (tmp_path / "names.json").write_text(text)
    with pytest.raises(sk.DataError, match="more than 100 levels deep"):
        sk.AccountNames.from_file(tmp_path / "names.json")


HALVES = {
    "the name of a segment": lambda: sk.Segment(HALF, sk.can_receive("sms")),
    "its description": lambda: sk.Segment("x", sk.can_receive("sms"), HALF),
    "a property": lambda: sk.has(HALF, equals="x"),
    "a metric": lambda: sk.did(HALF),
    "a list": lambda: sk.in_list(HALF),
    "a value": lambda: sk.has("x", equals=HALF),
    "another value": lambda: sk.has("x", not_equals=HALF),
    "a part of a value": lambda: sk.has("x", contains=HALF),
    "an item": lambda: sk.has("x", contains_item=HALF),
    "values": lambda: sk.has("x", is_in=["a", HALF]),
    "a name in YAML": lambda: sk.Segment.from_yaml('segkit: 1\nname: "Ann \\ud83d"\ncan receive: sms'),
    "a value in YAML": lambda: sk.Segment.from_yaml('segkit: 1\nname: x\nhas: x\nequals: "\\ud83d"'),
    "a text of YAML": lambda: sk.Segment.from_yaml(f"segkit: 1\nname: {HALF}\ncan receive: sms"),
    "a document": lambda: sk.from_klaviyo({"name": HALF, "condition_groups": []}),
    "a document as text": lambda: sk.from_klaviyo(json.dumps({"name": HALF, "condition_groups": []})),
}


@pytest.mark.parametrize("name", HALVES)
def test_half_an_emoji_is_refused_in_a_definition(name):
    """No file and no engine takes it, and no data has it, so it is refused where it is written."""
    with pytest.raises(sk.DefinitionError, match="half a character"):
        HALVES[name]()


ENDLESS = {
    "400 digits": 10**400, "5,000 digits": 10**5_000, "5,000 digits below 0": -(10**5_000),
    "a decimal": Decimal("1e999999"), "a fine decimal": Decimal("1e-999999"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("make", [
    lambda value: sk.has("x", more_than=value), lambda value: sk.spent(at_least=value), lambda value: sk.did("X", at_least=value),
    lambda value: sk.did("X", in_last_days=value), lambda value: sk.has("x", length_at_least=value),
])  # fmt: skip
def test_numbers_beyond_all_numbers_are_refused(make, name):
    """A threshold is one that can be compared and written; the error doesn't repeat it for pages."""
    with pytest.raises(sk.DefinitionError) as caught:
        make(ENDLESS[name])
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("text", [
    "did: X\nat least: " + "9" * 5_000, "did: X\nwhen: in the last " + "9" * 5_000 + " days", "can receive: " + "s" * 50_000,
    "has: x\nequals: {decimal: '" + "9" * 5_000 + "'}", "within: " + "9" * 5_000 + " miles\nof point: [1, 2]", "x" * 900 + ": 5",
])  # fmt: skip
def test_an_error_does_not_repeat_thousands_of_letters(text):
    """What was given is shown by its beginning and its length."""
    with pytest.raises(sk.DefinitionError) as caught:
        sk.Segment.from_yaml("segkit: 1\nname: x\n" + text)
    assert len(str(caught.value)) < 2_500


@pytest.mark.parametrize("distance", ["1_0", "٣", "\uff11\uff10", "0x10", "nan", "inf", "9" * 400, "-1", "0", "1e999"])
def test_a_distance_is_written_in_plain_digits(distance):
    """Neither underscores nor the digits of other scripts are numbers, though Python takes them for some."""
    with pytest.raises(sk.DefinitionError, match="distance above 0"):
        sk.Segment.from_yaml(f"segkit: 1\nname: x\nwithin: {distance} miles\nof point: [42.3, -71.1]")


def test_a_segment_text_is_text():
    """What is no text is refused by name, and so is a description that is none."""
    for given_text in (5, None, b"segkit: 1", ["segkit: 1"]):
        with pytest.raises(sk.DefinitionError, match="must be text"):
            sk.Segment.from_yaml(given_text)
    with pytest.raises(sk.DefinitionError, match="description must be text"):
        sk.Segment("x", sk.can_receive("sms"), 5)


LETTERS = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_read_can_be_written(value):
    """A value without halves goes into a file; without any, it is as it was; and none is replaced twice."""
    halves = Halves()
    whole = halves.without(value)
    json.dumps(whole, ensure_ascii=False).encode()
    assert (halves.found == 0) == (not has_half(json.dumps(value, ensure_ascii=False)))
    assert halves.found or whole == value
    assert Halves().without(whole) == whole


@given(VALUES)
def test_json_reads_back(value):
    """What JSON says is read as Python reads it, as long as it is no deeper than allowed."""
    assert not is_deep(value)
    assert read_json(json.dumps(value)) == value


@given(st.text(st.sampled_from('[]{}",:0123456789truefalsn \\ud8x\n'), max_size=40) | st.binary(max_size=40))
def test_any_text_is_json_or_a_value_error(text):
    """Nothing but a ValueError in our words comes of any text."""
    try:
        read_json(text)
    except ValueError as error:
        assert "Expecting" not in str(error)  # noqa: PT017  # most texts are no JSON, and some are


@given(LETTERS | st.text(st.sampled_from("[]{}:-?&*!|>'\"#%@` \nabc019,"), max_size=60))
def test_any_text_is_a_segment_or_our_error(text):
    """Nothing but our error comes of any text of YAML."""
    for written in (text, f"segkit: 1\nname: {text}\ncan receive: sms", f"segkit: 1\nname: x\nhas: x\nequals: {text}"):
        try:
            sk.Segment.from_yaml(written)
        except sk.DefinitionError:
            continue

"""Segments as text: every tree reads back as itself, the hash goes by what is said, and what could be misread is refused."""

# ruff: noqa: SIM300  # expected == actual, throughout

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import trees

import segkit as sk
from segkit.definition import conditions as said
from segkit.definition import timeframes as time
from segkit.definition.conditions import AllOf, AnyOf, Condition, Not, PropertyCondition
from segkit.definition.text import KIND_KEYS, PROPERTY_KEYS, read_condition, to_data
from segkit.definition.text.schema import segment_schema
from segkit.definition.text.timeframe_text import DATE_FORMS, EVENT_FORMS, read_date_timeframe, timeframe_text
from segkit.definition.text.yaml_text import bare, read_yaml, write_yaml

GOLDEN = Path(__file__).parents[2] / "golden" / "segments"
SCHEMA = json.loads(Path(sk.__file__).with_name("segment.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

NASTY = [
    "no", "No", "NO", "y", "on", "true", "TRUE", "null", "~", "", "007", "0x1F", "0o7", "1_000", "1e3", "1.5e+3", "-.5", ".5",
    "+16175550123", "12:30", "2026-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "<<", "=", "- a", "a: b", "a #b", "# a", "'", '"',
    "[a]", "{a: b}", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "?", "---", "...", " a", "a ", "\ta", "a\tb", "a\n", "\na",
    "a\n\nb\n", "a\n b\n", "a \nb", "a\r\nb", "a\x85b", "a\u2028b", "\ufeffa", "\u202eabc", "Zoë", "北京", "🎉", "\x00", "\x7f",
    "\U0010ffff", "a" * 300, "word " * 60, "_1", "1__0", ".inf", ".nan", "1.", "0", "-0", "9" * 120,
]  # fmt: skip
"""Texts that some reader of YAML takes for something else, or that lose a letter on the way if written carelessly."""

ANYBODY = AllOf(())


def segment_of(condition: Condition) -> sk.Segment:
    """Return the condition under a name."""
    return sk.Segment("It", condition)


def read_back(segment: sk.Segment) -> sk.Segment:
    """Return what a segment's text says."""
    return sk.Segment.from_yaml(segment.to_yaml())


def faults_of(text: str) -> str:
    """Return the message that a text is refused with."""
    with pytest.raises(sk.DefinitionError) as caught:
        sk.Segment.from_yaml(text)
    return str(caught.value)


@given(trees())
def test_every_tree_reads_back_as_itself(condition):
    """Whatever a segment says, its text says the same, and so does the text of that."""
    segment = segment_of(condition)
    back = read_back(segment)

    assert segment == back
    assert segment.to_yaml() == back.to_yaml()


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text(text):
    """Nothing that looks like a number, a truth, a date or YAML's own signs is taken for it, wherever it stands."""
    conditions = [PropertyCondition("Note", said.TextTest("equals", text))]
    if text.strip():
        conditions += [
            PropertyCondition(text, said.TextInTest(("a", text))),
            PropertyCondition("Tags", said.ListTest("contains", text)),
            PropertyCondition("Tags", said.ItemsTest("contains any of", ("a", text, 7))),
            PropertyCondition("Tags", said.ItemTextTest("not contains", text)),
            sk.did(text, where={text: text}),
            sk.in_list(text),
            said.DistanceCondition(True, 30.0, "miles", said.PostalCode(text, "NO")),
        ]
    segment = sk.Segment(text if text.strip() else "It", AllOf(tuple(conditions)), text)

    assert segment == read_back(segment)
    assert segment.to_yaml().encode("utf-8")


@given(st.text(), st.text().filter(str.strip), st.lists(st.text(min_size=1), min_size=1, max_size=3, unique=True))
def test_any_text_stays_as_it_is(description, name, values):
    """Names, descriptions and values of any letters come back to the letter."""
    segment = sk.Segment(name, PropertyCondition(name, said.TextInTest(tuple(values))), description)
    assert segment == read_back(segment)


@given(st.text(alphabet="yn0123456789eExobtrufalsYNO.:_+-~", min_size=1, max_size=8))
def test_what_is_written_bare_is_text_to_other_readers_too(text):
    """A text that segkit leaves without quotes is text to PyYAML as well, which reads YAML 1.1."""
    assert yaml.safe_load(write_yaml({"name": text})) == {"name": text}


@given(st.text(alphabet="0123456789eE.+-_:xo", min_size=1, max_size=8))
def test_a_bare_number_is_the_same_number_to_other_readers(text):
    """A bare word that segkit reads as a number is the same number to PyYAML, which reads YAML 1.1."""
    try:
        value = bare(text)
    except sk.DefinitionError:
        return
    if isinstance(value, (int, float)):
        other = yaml.safe_load(text)
        assert (value, type(value)) == (other, type(other))


@pytest.mark.parametrize("value", [
    0, -3, 18, 2**53 + 1, 10**30, 0.1, 18.5, -0.0, 1e-7, 1e22, 1.7976931348623157e308, 5e-324, 90.0, Decimal("19.99"),
    Decimal("0.1"), Decimal("-19.990"), Decimal("1E+2"), Decimal("100.00"), Decimal("0.5"), Decimal("90071992547409930.1"),
    Decimal(2**53 + 1),
])  # fmt: skip
def test_numbers_keep_their_value_to_the_last_digit(value):
    """Whole numbers, floats and decimals come back equal, in sums and in properties."""
    for condition in (
        said.MetricCondition("Placed Order", "sum", "more than", value),
        PropertyCondition("Score", said.NumberTest("not equals", value)),
    ):
        assert read_back(segment_of(condition)).condition == condition


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+400")])
def test_numbers_without_a_text_are_refused_when_written(value):
    """A number that no phrase takes can be in a tree built by hand, and is refused rather than written wrongly."""
    with pytest.raises(sk.DefinitionError, match="finite"):
        segment_of(said.MetricCondition("Placed Order", "sum", "more than", value)).to_yaml()


@pytest.mark.parametrize("condition", [
    PropertyCondition("City", said.TextInTest(("a", "a"))),
    PropertyCondition("City", said.TextTest("contains", "")),
    PropertyCondition(" ", said.SetTest(is_set=True)),
    said.MetricCondition("Clicked SMS", "count", "at least", -1),
    said.MetricCondition("Clicked SMS", "count", "at least", 1, time.InTheLast(0)),
    said.MetricCondition("Clicked SMS", "count", "at least", 1, time.BetweenAgo(9, 3)),
    said.DistanceCondition(True, 0.0, "miles", said.PostalCode("02110", "US")),
    said.PhoneCountryCondition(()),
    PropertyCondition("Tags", said.ItemsTest("contains all of", ("a", "a"))),
    PropertyCondition("Tags", said.ItemTextTest("contains", "")),
])  # fmt: skip
def test_nothing_is_written_that_would_not_read_back(condition):
    """A tree built by hand around what no phrase takes is refused with its name, and no text is made of it."""
    with pytest.raises(sk.DefinitionError, match=r"'It' can't be written as text"):
        segment_of(condition).to_yaml()


def test_bottomless_nesting_is_refused_when_it_gets_a_name():
    """A tree that no reader would get to the bottom of is refused in words."""
    condition = sk.is_set("City")
    for _ in range(2_000):
        condition = Not(condition)
    with pytest.raises(sk.DefinitionError, match="nested too deep"):
        segment_of(condition)


def unlike_pairs():
    """Return pairs of trees that are alike but not equal."""
    return [
        (sk.has("A", contains_any_of=["a", "b"]), sk.has("A", contains_all_of=["a", "b"])),
        (sk.has("A", contains_any_of=["a"]), sk.has("A", contains_item="a")),
        (sk.has("A", contains_text_in_item="a"), sk.has("A", contains_text="a")),
        (sk.has("A", holds_something=True), sk.has("A", equals=True)),
        (sk.has("A", holds_something=True), sk.has("A", holds_something=False)),
        (sk.has("A", holds_something=False), sk.is_not_set("A")),
        (sk.has("Age", equals=18), sk.has("Age", equals="18")),
        (PropertyCondition("A", said.ListTest("contains", 1)), PropertyCondition("A", said.ListTest("contains", "1"))),
        (sk.spent(more_than=0.1), sk.spent(more_than=Decimal("0.1"))),
        (sk.did("Clicked SMS", in_last_days=7), sk.did("Clicked SMS", in_last_weeks=1)),
        (sk.is_set("a") & sk.is_set("b"), sk.is_set("b") & sk.is_set("a")),
        (AllOf((sk.is_set("a"),)), sk.is_set("a")),
        (AllOf(()), AnyOf(())),
        (Not(Not(sk.is_set("a"))), sk.is_set("a")),
        (sk.can_receive("sms"), said.ConsentCondition("sms", True)),
    ]


@pytest.mark.parametrize(("one", "other"), unlike_pairs())
def test_unlike_conditions_have_unlike_hashes(one, other):
    """What the tree tells apart the hash tells apart."""
    assert one != other
    assert segment_of(one).hash != segment_of(other).hash


@given(trees(), trees())
def test_hashes_are_equal_exactly_where_conditions_are(one, other):
    """Two segments have one hash if, and only if, they say the same tree; reading back changes neither."""
    assert (one == other) == (segment_of(one).hash == segment_of(other).hash)
    assert segment_of(one).hash == read_back(segment_of(one)).hash


@pytest.mark.parametrize(
    ("one", "other"), [(90, 90.0), (90, Decimal("90.00")), (0.5, Decimal("0.50")), (10**22, 1e22), (0, -0.0)]
)
def test_the_spelling_of_a_number_changes_no_hash(one, other):
    """Equal numbers are one number, however they are spelled or stored."""
    assert segment_of(sk.spent(more_than=one)).hash == segment_of(sk.spent(more_than=other)).hash


def test_name_description_and_layout_change_no_hash():
    """The hash goes by what is said: not by the name, the description, the order of keys, comments or quotes."""
    segment = sk.sms_engaged()
    text = """
        # ours
        {name: "Other", segkit: 1, all of: [{"can receive": sms}, {any of: [
          {at least: 1.0, when: in the last 30 days, did: Subscribed to SMS Marketing},
          {did: 'Clicked SMS', when: in the last 90 days}]}]}
    """

    assert segment.hash == sk.Segment.from_yaml(text).hash


@pytest.mark.parametrize(("segment", "expected"), [
    (sk.sms_subscribers(), "sha256:706ebdd37943d31e6e071482cb1b491a73a90cff052149463d3b48dca60c2735"),
    (sk.sms_engaged(), "sha256:b74151127268bd5976094d94d453adaf0d6867e58dc045a276b0f547e3400a75"),
    (segment_of(sk.spent(more_than=Decimal("19.99")) | sk.has("Stadt", equals="Köln")), "sha256:07b93537bad2f3d4542cc8804a03d3e5c4e74f290fb5c398170a08109f8b3b7b"),
])  # fmt: skip
def test_hashes_never_change(segment, expected):
    """A hash that was written down somewhere stays true over versions of segkit and Python, and over platforms."""
    assert segment.hash == expected


def test_the_hash_is_the_same_in_every_process():
    """Nothing of it hangs on Python's own hashing, which differs from process to process."""
    code = "import segkit as sk; print(sk.sms_engaged().hash)"
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == sk.sms_engaged().hash


def goldens() -> dict[str, sk.Segment]:
    """Return the segments that stand in the golden files."""
    said_once = sk.Segment(
        "Every kind of condition",
        AnyOf(
            (
                sk.did("Placed Order", at_least=2, between=("2025-11-27", "2025-12-24"), where={"Source": "web", "Items": 2}),
                sk.did_not("Opened Email", at_least_days_ago=30),
                sk.spent(more_than=Decimal("19.99"), between_days_ago=(91, 150)),
                said.FunnelCondition(
                    (
                        said.FunnelStep("Clicked SMS"),
                        said.FunnelStep("Unsubscribed from SMS Marketing", is_taken=False),
                        said.FunnelStep("Placed Order", (said.EventProperty("Gift", said.BooleanTest(value=True)),)),
                    ),
                    time.InTheLast(30),
                    172_800,
                ),
                sk.has("Interests", contains="sale alerts") & sk.has("Tags", contains_item=7) & sk.has("Tags", length_at_least=1),
                sk.has("Tags", not_contains_any_of=["yes", 7]) & sk.has("Tags", contains_text_in_item="7"),
                sk.has("zip", is_in=["02110", "02139"]) & ~sk.has("Answer", equals="no"),
                sk.has("Birthday", in_month=6) & sk.is_not_set("City"),
                sk.has("Coupons", holds_something=True) & sk.did_not("Placed Order", where={"Coupons": {"holds_something": False}}),
                said.ConsentCondition(
                    "email", False, "unsubscribed", time.Before(date(2026, 1, 1)),
                    (PropertyCondition("email_consent_method", said.TextTest("equals", "form")),),
                ),
                sk.in_list("VIP upload", in_last_days=30),
                sk.within(30, "miles", of="02110") & sk.beyond(7.5, "kilometers", of=(42.36, -71.06)),
                sk.phone_country("US", "NO") & sk.not_in_region("european_union"),
            )
        ),
        "One of each, to be looked at.\n\nA description may have paragraphs.\n",
    )  # fmt: skip
    loyal = sk.Segment(
        "Loyal",
        sk.in_segment("SMS subscribers")
        & ~sk.in_segment("Staff")
        & sk.did_on_days("Placed Order", at_least=3, in_last_months=12)
        & sk.did(["Clicked SMS", "Clicked Email"], at_least=3, in_last="month")
        & sk.did("Placed Order", at_least=2, where=[{"Brand": "A"}, {"Category": "Sale", "Size": [38, 39.5]}])
        & ~sk.last_event("Placed Order", where={"Status": "returned"}, in_this="year")
        & sk.has("Size", not_in=[36, 37])
        & sk.can_receive("sms", since_between_months_ago=(1, 6)),
    )
    return {
        "loyal.yaml": loyal,
        "sms-engaged.yaml": sk.sms_engaged(),
        "prefers-sms.yaml": sk.prefers_sms(),
        "sms-vip.yaml": sk.sms_vip(spent=200, orders=3, approach="blended"),
        "every-kind.yaml": said_once,
    }


@pytest.mark.parametrize(("file", "segment"), goldens().items())
def test_the_text_reads_as_it_was_agreed(file, segment):
    """The golden files are what a reviewer reads; a changed form is accepted by writing `to_yaml()` there, and reading it."""
    assert (GOLDEN / file).read_text(encoding="utf-8") == segment.to_yaml()
    assert segment == sk.Segment.from_yaml((GOLDEN / file).read_text(encoding="utf-8"))


def test_the_schema_is_the_generated_one():
    """The file for editors is what `python -m segkit.definition.text.schema` writes, and a schema."""
    assert segment_schema() == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


@given(trees())
def test_every_tree_passes_the_schema(condition):
    """What segkit writes, an editor with the schema calls right, by itself and within a whole segment."""
    VALIDATOR.validate(yaml.safe_load(segment_of(condition).to_yaml()))


@pytest.mark.parametrize("form", EVENT_FORMS)
def test_the_schema_knows_every_timeframe_of_events(form):
    """Each form that an error offers is right to the schema and to the reader."""
    text = f"segkit: 1\nname: It\ndid: Clicked SMS\nwhen: {form}\n"
    VALIDATOR.validate(yaml.safe_load(text))
    assert timeframe_text(sk.Segment.from_yaml(text).condition.timeframe) == form


@pytest.mark.parametrize("form", DATE_FORMS)
def test_the_schema_knows_every_timeframe_of_dates(form):
    """Each form of a date is right to the schema and reads back to itself."""
    VALIDATOR.validate({"segkit": 1, "name": "It", "has": "Birthday", "when": form})
    assert timeframe_text(read_date_timeframe("when", form)) == form


WRONG = {
    "no condition": ("", ["exactly one of", "'all of'"]),
    "two conditions": ("has: Age\nat least: 1\ndid: Clicked SMS", ["exactly one of", "this one has 'has', 'did'"]),
    "an unknown kind": ("did_not: Clicked SMS", ["'did_not'", "Did you mean 'did not'"]),
    "an unknown key": ("did: Clicked SMS\nat leats: 1", ["line 4, at leats", "Did you mean 'at least'"]),
    "a key of another kind": ("did not: Clicked SMS\nat least: 1", ["There is no key 'at least' here"]),
    "two comparisons": ("did: Clicked SMS\nat least: 1\nat most: 2", ["exactly one of", 'under the key "all of:"']),
    "no comparison of days": ("did on days: Placed Order", ["A condition with did on days must have exactly one of"]),
    "a period of the calendar": ("did: Clicked SMS\nwhen: in the last calendar day", ["in the last calendar month"]),
    "no comparison of a sum": ("spent on: Placed Order", ["A condition with spent on must have exactly one of"]),
    "no test": ("has: Age", ["A test of a property's value must have exactly one of"]),
    "a bare number as text": ("has: 7\nequals: a", ["line 3, has", 'has: "7"']),
    "a bare truth as text": ("did: true", ["true or false", 'did: "true"']),
    "a bare date as text": ("has: A\nequals: 2026-01-01", ["a date", 'equals: "2026-01-01"']),
    "nothing as text": ("has: A\nstarts with:", ["starts with", "it is empty"]),
    "the country NO": ("phone country: [NO]", ["'NO'", "without quotes"]),
    "a code with a zero": ("within: 30 miles\nof postal code: 02110\ncountry: US", ["'02110'", "quotes"]),
    "a code without a country": ('within: 30 miles\nof postal code: "02110"', ["of postal code needs", "'country'"]),
    "a distance without a unit": ("within: 30\nof point: [1, 2]", ["within", '"30"']),
    "a point off the globe": ("within: 3 miles\nof point: [91, 2]", ["of point", "within 90 and 180"]),
    "a word as a number": ('has: Age\nat least: "18"', ["at least", "a finite number", "'18'"]),
    "half a click": ("did: Clicked SMS\nat least: 1.5", ["whole number", "1.5"]),
    "an endless number": ("has: Age\nat least: .inf", ["'.inf'"]),
    "an unknown channel": ("can receive: smss", ["'smss'", "Did you mean 'sms'"]),
    "a timeframe of no form": ("did: Clicked SMS\nwhen: last 90 days", ["Did you mean 'in the last 90 days'"]),
    "a timeframe that runs backwards": ("did: Clicked SMS\nwhen: between 9 and 3 days ago", ["when can't be"]),
    "a timeframe of dates": (
        "did: Clicked SMS\nwhen: in the next 7 days",
        ["'in the next 7 days'", "a timeframe such as"],
    ),
    "a day that is none": ("did: Clicked SMS\nwhen: before 2026-02-30", ["2026-02-30"]),
    "a century and more": ("did: Clicked SMS\nwhen: in the last 99999 days", ["36,525"]),
    "one text for several": ("has: City\nis in: Boston", ["is in", "a list"]),
    "one item for several": ("has: Tags\ncontains any of: a", ["contains any of", "a list"]),
    "no item of several": ("has: Tags\ncontains all of: []", ["contains all of", "one or more items"]),
    "an item that is nothing": ("has: Tags\ncontains all of:\n  - a\n  -", ["contains all of", "it is empty"]),
    "a truth for an item": ("has: Tags\nnot contains any of: [true]", ["not contains any of", "a finite number"]),
    "a bare number in an item": ("has: Tags\ncontains text in item: 7", ['contains text in item: "7"']),
    "a word for a truth": ("has: Coupons\nholds something: a lot", ["line 4, holds something", "True or False"]),
    "something beside is set": ("is set: Coupons\nholds something: true", ["There is no key"]),
    "a funnel of one step": ("did in order:\n  - did: Clicked SMS", ["did in order"]),
    "a step of another kind": ("did in order:\n  - did: A\n  - has: B", ["did in order/2/has"]),
    "a date of an event": ("did: A\nwhere:\n  - has: B\n    when: on 2026-01-01", ["where/1/when"]),
    "a test of no kind": (
        "did: A\nwhere:\n  - property: B\n    equals: b",
        ["line 5, where/1: A test of a property must have"],
    ),
    "two kinds in a test": ("did: A\nwhere:\n  - has: B\n    is set: B", ["where/1", "this one has 'has', 'is set'"]),
    "a test beside is set": ("did: A\nwhere:\n  - is set: B\n    equals: b", ["line 6, where/1/equals"]),
    "a list in place of a mapping": ("not: [a]", ["not:", "a key, a colon and a value"]),
    "an unknown decimal": ("spent on: A\nat least: {decimal: 1e9}", ["at least"]),
}


@pytest.mark.parametrize(("given", "parts"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_said_with_its_line(given, parts):
    """Each slip is refused with the line it stands on, what is wrong and what would be right."""
    message = faults_of(f"segkit: 1\nname: It\n{given}\n")
    assert "line " in message
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize("name", sorted(set(WRONG) - {
    # To readers of YAML 1.2 these are text, or days that only a calendar knows to be none.
    "the country NO", "a timeframe that runs backwards", "a day that is none", "a century and more",
    "a bare date as text", "a code with a zero",
}))  # fmt: skip
def test_the_schema_refuses_the_same(name):
    """An editor with the schema underlines what the reader refuses."""
    data = read_yaml(f"segkit: 1\nname: It\n{WRONG[name][0]}\n").data
    assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize(("text", "parts"), [
    ("", ["line 1", "The text is empty"]),
    ("# only this\n", ["The text is empty"]),
    ("- a", ["a key, a colon and a value"]),
    ("a: [", ["not valid YAML", "line 1"]),
    ("a: b: c", ["not valid YAML", "line 1"]),
    ("a\x00", ["not valid YAML"]),
    ("segkit: 1\n---\nname: It", ["not valid YAML", "single document"]),
    ("segkit: 2\nname: It\nall of: []", ["line 1, segkit", "reads only the format segkit: 1"]),
    ("segkit: true\nname: It\nall of: []", ["segkit"]),
    ("name: It\nall of: []", ["segkit: 1"]),
    ("segkit: 1\nall of: []", ["name needs text"]),
    ("segkit: 1\nname: 7\nall of: []", ["line 2, name", 'name: "7"']),
    ('segkit: 1\nname: " "\nall of: []', ["line 2, name", "not blank"]),
    ("segkit: 1\nname: It\ndescription: 7\nall of: []", ["line 3, description"]),
    ("segkit: 1\nname: It\nname: That\nall of: []", ["line 3, name", "twice"]),
    ("segkit: 1\nname: It\nall of: &a []", ["line 3", "'&a'"]),
    ("segkit: 1\nname: It\nall of:\n  - *a", ["'*a'", "line 4"]),
    ("segkit: 1\nname: !!python/name:os.system It\nall of: []", ["line 2", "python/name:os.system"]),
    ("segkit: 1\nname: !!str It\nall of: []", ["line 2", "tag"]),
    ("segkit: 1\nname: It\nnot: " + "{not: " * 2000 + "{all of: []}" + "}" * 2000, ["nested too deep"]),
], ids=range(20))  # fmt: skip
def test_what_is_no_segment_at_all_is_said_so(text, parts):
    """Broken YAML, other documents, anchors, tags and bottomless nesting end in words, never in a crash or in a bomb."""
    message = faults_of(text)
    assert [part for part in parts if part not in message] == []


def test_all_faults_are_told_at_once_in_the_order_of_the_lines():
    """One reading finds every fault: of the words, of the keys and of the values, however deep."""
    message = faults_of(
        "segkit: 1\nname: no\nall of:\n  - did: Clicked SMS\n    at least: -1\n    when: soon\n  - any of:\n      - can receive: fax\n"
    )
    assert "4 mistakes" in message
    assert [int(line.split("line ")[1].split(",")[0]) for line in message.splitlines()[1:]] == [2, 5, 6, 8]
    assert "all of/2/any of/1/can receive" in message


ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.sampled_from(["sms", "30 miles"])
)
KEYS = st.sampled_from([*KIND_KEYS, *PROPERTY_KEYS, "where", "joined", "of point", "decimal"])


@given(
    st.recursive(ODD, lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=3), max_leaves=8)
)
def test_any_data_reads_or_is_refused(data):
    """Whatever data is handed in, it becomes a condition that is written and read again, or faults; nothing else is raised."""
    faults = []
    condition = read_condition(data, faults)
    if faults:
        assert all(fault.reason.endswith(".") for fault in faults)
    else:
        assert read_condition(to_data(condition), faults) == condition
        assert faults == []


def test_a_misspelt_test_is_one_fault():
    """Who mistypes a comparison is told of the slip, and not also that a comparison is missing."""
    message = faults_of("segkit: 1\nname: It\nall of:\n  - {has: Age, at leats: 1}\n  - {spent on: A, mroe than: 1}\n")
    assert "2 mistakes" in message
    assert [part for part in ("Did you mean 'at least'", "Did you mean 'more than'") if part not in message] == []


def test_the_pair_of_contains_is_one_line():
    """What `has(..., contains=...)` says in one word is one condition in the text too, and only that pair is."""
    pair = sk.has("Interests", contains="sale")
    beside = AnyOf((*pair.conditions, sk.is_set("City")))

    assert to_data(pair) == {"has": "Interests", "contains": "sale"}
    assert list(to_data(beside)) == ["any of"]
    assert len(to_data(beside)["any of"]) == 3
    assert beside == read_back(segment_of(beside)).condition


def test_yaml_is_imported_when_it_is_needed():
    """`import segkit` does not wait for the YAML reader."""
    code = "import sys, segkit.definition.segment; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_changed_threshold_is_a_changed_line():
    """In a pull request a new number shows as one line, and nothing around it moves."""
    before, after = sk.sms_engaged().to_yaml().splitlines(), sk.sms_engaged(clicked_days=60).to_yaml().splitlines()
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert [("        when: in the last 90 days", "        when: in the last 60 days")] == changed


def test_a_renamed_segment_has_its_own_text_and_the_same_hash():
    """A name is part of the text, and no part of what is said."""
    one = sk.sms_subscribers()
    other = replace(one, name="Everybody")
    assert one.to_yaml() != other.to_yaml()
    assert one.hash == other.hash

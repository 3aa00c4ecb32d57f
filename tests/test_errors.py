"""Every error that is raised on purpose names the thing, its value, the choices and the next step, in whole sentences."""

import inspect
import re
from pathlib import Path

import pytest

from segkit import errors
from segkit.errors import (
    DataError,
    DefinitionError,
    FileError,
    SegkitError,
    SegkitWarning,
    counted,
    listed,
    missing_extra,
    nearest,
)


def builder():
    """Stand for a function that is no builder."""


FOLDER = Path("shop")

DEFINITION = {
    "condition_as_truth": ((), ["condition", "`and`", "Write `a & b`", "`~a`", "brackets"]),
    "not_a_condition": ((5, "AllOf"), ["AllOf", "5", "int", "sk.did(...)", "segment.condition"]),
    "not_a_segment": (("VIP",), ["'VIP'", "str", 'sk.Segment("VIP", condition)']),
    "nameless_segment": ((" ",), ["name", "' '", "not blank", "sk.Segment("]),
    "one_name_twice": (("VIP",), ["'VIP'", "one column for each name", "another name"]),
    "unknown_word": (
        ("did", "at_leats", ["at_most", "at_least"]),
        ["did", "'at_leats'", "Did you mean 'at_least'", "'at_most'"],
    ),
    "missing_word": (("spent", ["at_least", "at_most"]), ["spent", "at least one of", "'at_least', 'at_most'"]),
    "words_clash": (
        ("did", ["before", "after"]),
        ["did", "one of 'before', 'after' at a time", "Join two conditions with &"],
    ),
    "bad_value": (("at_least", -1, "a whole number of at least 0"), ["at_least", "-1", "a whole number of at least 0"]),
    "unknown_choice": (
        ("channel", "smss", ["sms", "email"]),
        ["channel", "'smss'", "Did you mean 'sms'", "'sms', 'email'"],
    ),
    "reversed_window": (
        ("between_days_ago", 9, 3),
        ["between_days_ago=(9, 3)", "runs backwards", "Write between_days_ago=(3, 9)"],
    ),
    "bad_pattern": (("(?=a)", "invalid perl operator"), ["'(?=a)'", "invalid perl operator", "RE2", "whole value"]),
    "too_many_conditions": ((5000, 1000), ["5,000", "1,000", "split the segment"]),
    "reserved_name": (("size", "intersections"), ["'size'", "intersections", "another name", "segment.condition"]),
    "no_signature": ((builder, "it has no defaults"), ["'builder'", "it has no defaults", "def lapsed(*, days"]),
}
DATA = {
    "faults": (
        (["profiles, x: a. Do b.", "events, y: c. Do d."],),
        ["2 faults", "nothing was loaded", "- profiles, x: a. Do b."],
    ),
    "no_file": ((FOLDER / "profile.csv",), ["profile.csv", "Check the spelling and the working directory"]),
    "no_data_in_folder": (
        (FOLDER, ["a.txt"]),
        ["'shop'", "profiles.*", "events.*", "'a.txt'", "given one by one", "sk.load("],
    ),
    "two_kinds_of_file": (
        ("events", ["events.csv", "events.parquet"]),
        ["events", "'events.csv', 'events.parquet'", "Remove one"],
    ),
    "nothing_given": ((), ["Nothing to load", 'sk.load("sample_data")', "profiles="]),
    "unknown_format": ((FOLDER / "p.xlsx",), ["'p.xlsx'", ".csv.gz", ".parquet", "from_frames"]),
    "unreadable_file": ((FOLDER / "p.csv", "it ends early"), ["'p.csv'", "it ends early", "export it once more"]),
    "empty_file": (("p.csv",), ["p.csv", "no rows", "Check that the export finished"]),
    "no_as_of": ((), ["no event", "which moment", 'as_of="2026-06-30"']),
    "bad_as_of": (("soon",), ["as_of", "'soon'", "'2026-06-30'", "UTC"]),
    "unknown_metric": (
        ("Placed order", ["Placed Order"]),
        ["'Placed order'", "Did you mean 'Placed Order'", "The data has"],
    ),
    "unknown_property": (("age", ["Age", "city"]), ["'age'", "Did you mean 'Age'", "case-sensitive", "'Age', 'city'"]),
    "unknown_list": (("vip", ["VIP"]), ["'vip'", "Did you mean 'VIP'", "The lists are"]),
    "unknown_profile": (("Ann", "ann"), ["'Ann'", "case-sensitive", "'ann'"]),
    "unknown_postal_code": (
        ("02111", "US", ["02110"]),
        ["'02111' of 'US'", "Did you mean '02110'", "of=(42.36, -71.06)"],
    ),
    "failures_without_type": ((), ["'Failure Type'", "failing=segment"]),
    "amounts_too_large": (("Placed Order",), ["'Placed Order'", "64 bits", "slipped column"]),
}
FILE = {
    "unknown_layout": (
        ("klavio", ["klaviyo", "members"]),
        ["'klavio'", "Did you mean 'klaviyo'", "'klaviyo', 'members'"],
    ),
    "no_folder": ((FOLDER / "vip.csv",), ["vip.csv", "'shop'", "does not exist", "Create it first"]),
    "not_a_folder": ((FOLDER / "vip",), ["vip", "is a file", "Give the name of a folder"]),
    "not_written": (
        (FOLDER / "vip.csv", "no room"),
        ["vip.csv", "no room", "Nothing was changed", "Check that there is room"],
    ),
    "is_folder": ((FOLDER,), ["'shop' is a folder", "vip.csv"]),
}
EVERY = [
    (kind, name, *case)
    for kind, cases in ((DefinitionError, DEFINITION), (DataError, DATA), (FileError, FILE))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("kind", "name", "given", "said"), EVERY, ids=[name for _, name, *_ in EVERY])
def test_a_message_says_what_why_and_what_next(kind, name, given, said):
    """The message names the thing and its value, offers the choices that there are, and ends with what to do."""
    error = getattr(kind, name)(*given)
    assert type(error) is kind
    missing = [part for part in said if part not in str(error)]
    assert not missing


@pytest.mark.parametrize(("kind", "name", "given", "said"), EVERY, ids=[name for _, name, *_ in EVERY])
def test_a_message_is_made_of_sentences(kind, name, given, said):
    """It begins with a capital or a name, ends with a full stop, and has no doubled stops or blanks."""
    text = str(getattr(kind, name)(*given))
    assert re.match(r"[A-Z'a-z_]", text)
    assert text.endswith(".")
    assert not re.search(r"\.\. |[?!]\.|\.\.$| {2}(?!- )|None", text)


@pytest.mark.parametrize("kind", [DefinitionError, DataError, FileError])
def test_every_constructor_is_in_a_table(kind):
    """No error is without a test of its wording."""
    constructors = {name for name, member in vars(kind).items() if isinstance(member, classmethod)}
    assert constructors == set({DefinitionError: DEFINITION, DataError: DATA, FileError: FILE}[kind])


def test_every_kind_of_error_is_known():
    """There are three kinds, each also one of Python's own, so that old handlers catch them."""
    kinds = {found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, SegkitError)}
    assert kinds == {SegkitError, DefinitionError, DataError, FileError}
    assert issubclass(DefinitionError, ValueError)
    assert issubclass(DataError, ValueError)
    assert issubclass(FileError, OSError)
    assert issubclass(SegkitWarning, UserWarning)


def test_one_fault_is_one():
    """A single fault is said in the singular."""
    assert str(DataError.faults(["events, value: x. Do y."])).startswith("The data has a fault that would")


def test_without_choices_nothing_is_offered():
    """Where there is nothing near, or nothing at all, the message offers nothing and says what to bring."""
    assert "Did you mean" not in str(DataError.unknown_metric("Xyz", ["Placed Order"]))
    assert "The properties are: none" in str(DataError.unknown_property("age", []))
    assert "has no lists" in str(DataError.unknown_list("VIP", []))
    assert "places.csv" in str(DataError.unknown_postal_code("75001", "FR", []))
    assert "It holds: nothing" in str(DataError.no_data_in_folder(FOLDER, []))
    assert "Did you mean" not in str(DefinitionError.unknown_choice("channel", 5, ["sms"]))
    assert "Did you mean" not in str(FileError.unknown_layout(None, ["members"]))


def test_a_missing_file_is_looked_for_beside(tmp_path):
    """What stands beside a missing file is listed, nearest first."""
    for name in ("profiles.csv", "events.csv"):
        (tmp_path / name).touch()
    message = str(DataError.no_file(tmp_path / "profile.csv"))
    assert "Did you mean 'profiles.csv'? It holds: 'events.csv', 'profiles.csv'." in message


@pytest.mark.parametrize(("names", "most", "said"), [
    ([], 3, ""), (["a"], 3, "'a'"), (["a", "b"], 2, "'a', 'b'"), (["a", "b", "c"], 2, "'a', 'b' and 1 more"),
    (range(3_000), 1, "0 and 2,999 more"),
])  # fmt: skip
def test_long_lists_are_cut(names, most, said):
    """Names are listed up to a number, and the rest is counted."""
    assert listed(names, most=most) == said


@pytest.mark.parametrize(("name", "known", "said"), [
    ("clicked sms", ["Clicked SMS", "Opened Email"], " Did you mean 'Clicked SMS'?"),
    ("VIP", ["VIP", "vip"], " Did you mean"),
    ("zzz", ["Clicked SMS"], ""),
    ("x", [], ""),
])  # fmt: skip
def test_near_spellings_are_offered_whatever_their_case(name, known, said):
    """A slip in case or in a letter finds the name that was meant."""
    assert nearest(name, known).startswith(said)
    assert bool(nearest(name, known)) == bool(said)


@pytest.mark.parametrize(("number", "words", "said"), [
    (0, ("event",), "0 events"), (1, ("event",), "1 event"), (1234, ("event",), "1,234 events"),
    (1, ("row has", "rows have"), "1 row has"), (2, ("row has", "rows have"), "2 rows have"),
])  # fmt: skip
def test_counted(number, words, said):
    """One is singular, everything else is plural, and thousands are marked."""
    assert counted(number, *words) == said


def test_a_missing_package_comes_with_the_line_that_installs_it():
    """An optional package that is not there is an ImportError with the command to run."""
    error = missing_extra("sqlglot", "sql")
    assert isinstance(error, ImportError)
    assert str(error).endswith('Run: pip install "sms-segkit[sql]"')

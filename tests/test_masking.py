"""What is covered in a text, whatever its spelling, and what never is."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import NUMBERS, PEOPLE, digits_of, shown_of

import segkit
from segkit.data.validation.issues import Issues, is_personal, masked, shown
from segkit.masking import masked_path, masked_text, quoted
from segkit.vocabulary import PROFILE_COLUMNS

NOBODY = (
    "2026-06-30", "2026-06-30 12:00:00.123456 +02:00", "2026-06-30T12:00:00Z", "06/30/2026 10:00", "06/30/26 10:00", "30.06.2026",
    "20260630", "20260630120000", "202606301230", "14645-06-30 15:06:40", "9999-12-31", "2026-02-31", "2024-2025", "10:00-18:30",
    "1782820800000", "42.3601234", "42.36, -71.06", "SYN-00001", "123456", "12 345 6", "VIP 2026", "1 of 3", "1234.50 USD", "e-mail", "C# and C++",
)  # fmt: skip
"""What looks a little like a number of a person and is none: dates, times, degrees, short numbers."""


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_is_covered_wherever_one_stands(person):
    """Alone, in a sentence, in quotes, in JSON, beside a date, twice, and in every column; covering twice changes nothing."""
    for text in (
        person, f"call {person} now", f"'{person}'", f'{{"a": "{person}", "b": [1]}}', f"2026-06-30 {person}", f"{person} 2026-06-30",
        f"{person}, {person}", f"<a href='tel:{person}'>", f"\t{person}\n", f"id {person}: 12:00:00",
    ):  # fmt: skip
        assert shown_of(person, masked_text(text)) is None, masked_text(text)
        assert masked_text(masked_text(text)) == masked_text(text)
        assert is_personal("Note", text)
        for column in (*PROFILE_COLUMNS, "Note", ""):
            assert shown_of(person, masked(column, text)) is None
        assert (
            shown_of(
                person, quoted(text) + quoted([text]) + quoted((1, text)) + quoted({text: 1}) + shown("Note", [text])
            )
            is None
        )


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_nobodys_number_stays(text):
    """A report whose dates, degrees and short numbers were covered would help nobody."""
    assert masked_text(text) == text
    assert masked_text(f"from {text} on") == f"from {text} on"
    assert quoted(text) == repr(text)


@given(
    st.integers(min_value=10**6, max_value=10**15),
    st.lists(st.sampled_from(["", " ", "-", ".", "(", ") ", "/", "\u00a0", "_"]), min_size=16),
)
def test_seven_digits_are_covered_however_they_are_parted(number, marks):
    """Of a number of seven digits or more, three are shown, unless it is written as a date is."""
    text = "".join(digit + mark for digit, mark in zip(str(number), marks, strict=False)).rstrip("-./( ")
    assert masked_text(text) == text or len(digits_of(masked_text(text))) == 3
    if not any(year in text for year in ("19", "20")) and not str(number).startswith("1") and text[2:3] != ".":
        assert masked_text(text) != text


def test_numbers_are_covered_as_texts_are_and_amounts_and_dates_stay():
    """A number of a person may be an int or a float; a threshold, a place on the globe and a date are shown."""
    assert [quoted(value) for value in (12125550142, 12125550142.0, -12125550142)] == [
        "121••••••••",
        "121••••••••.•",
        "-121••••••••",
    ]
    for value in (
        True,
        None,
        3,
        999_999,
        0.1234567,
        (42.3601234, -71.0589012),
        [90, 30],
        date(2026, 6, 30),
        datetime(2026, 6, 30, 12, tzinfo=UTC),
    ):
        assert quoted(value) == repr(value)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        '"',
        '\\"',
        "1 ",
        "a@",
        "+",
        " ",
        "2026-06-30 ",
        "1e",
        "(at",
        "+A",
        "12:00 ",
        "@",
        "\u0661",
        "1.",
        "%4",
        "&#6",
    ],
)
def test_a_very_long_cell_is_no_matter(piece):
    """The time is in proportion to the text: of the worst kinds, where a square of it would take days."""
    masked_text(piece * (300_000 // len(piece)))
    masked("email", piece * (300_000 // len(piece)))


def test_a_cell_of_a_million_letters_is_an_example():
    """What is shown of it is short."""
    issues = Issues()
    issues.note("profiles", "Note", "too long", 1, examples=["x" * 10**6, "5" * 10**6], resolution="kept")
    assert issues.found[0].examples == f"'{'x' * 39}…', '555{'•' * 36}…'"


def test_a_path_is_covered_part_by_part():
    """The folders around a file that is called after somebody can still be read."""
    path = f"exports/{NUMBERS[0]}/ann@mail.example.csv"
    assert masked_path(Path(path)) == "exports/+121••••••••/a••@••••.•••••••.•••"
    assert masked_path("C:\\exports\\2026-06-30.csv") == "C:\\exports\\2026-06-30.csv"


def test_no_error_writes_a_value_as_it_is():
    """Where the wording of errors stands, every value goes through `quoted`: none is written by `!r`, but a path that is masked."""
    files = sorted(Path(segkit.__file__).with_name("errors").glob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    every = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    plain = [node for node in every if node.conversion == ord("r")]
    assert len(every) > 100
    assert [ast.unparse(node.value) for node in plain] == ["str(Path(masked_path(path.parent), path.name))"]

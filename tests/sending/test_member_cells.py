"""Cells of member files: that no spreadsheet runs one, how each kind is written, and which addresses an importer takes."""

# ruff: noqa: SIM300  # expected == actual, throughout

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from written_cells import texts_of

from segkit.data.properties import Cells, cells_of
from segkit.sending.formulas import neutralised
from segkit.sending.importable_emails import BLOCK, importable

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tplain", "\rplain", "\nplain", "\t1", "\r1", "=", "+", "-", "@",
    '=HYPERLINK("http://example.com","x")', "-2+3+cmd|' /C calc'!A0", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201",
    " =1+1", "  @SUM(A1)", "+1 617 555 0123", "+1.", "-.5", "--5", "+1e5", "-1\n", "-5=-5",
]  # fmt: skip
HARMLESS = [
    "Boston", "a=b", "1-2", "007", "5", "-5", "+5", "-5.25", "+14155550132", " 5", " -5", "'=1+1", "", "ann@example.com",
    "Zoë", "a,b", 'x"y', "line\nline", "tab\tinside", "[-1]", "NULL", "\ufeff",
]  # fmt: skip


def runs(cell: str) -> bool:
    """Say whether a spreadsheet might run a cell: worked out here by other means than in the library."""
    if re.fullmatch(r" *[+-]?[0-9]+(\.[0-9]+)?", cell):
        return False
    return cell[:1] in tuple("\t\r\n") or cell.lstrip(" \t\r\n\f\0")[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str):
    """The apostrophe makes it text, and nothing of the cell is lost."""
    assert [f"'{cell}"] == neutralised(pa.array([cell])).to_pylist()


@pytest.mark.parametrize("cell", HARMLESS)
def test_other_cells_stay_as_they_are(cell: str):
    """Plain numbers, E.164 among them, and ordinary text are written as they are."""
    assert [cell] == neutralised(pa.array([cell])).to_pylist()


@given(st.text(st.sampled_from("=+-@\t\r\n \x00\uff1d\uff0b\uff0d\uff20'059.ae\""), max_size=5) | st.text(max_size=4))
@example("")
def test_no_written_cell_runs(cell: str):
    """Whatever a cell holds, what is written is itself or itself behind an apostrophe, and never runs."""
    [written] = neutralised(pa.array([cell])).to_pylist()
    plain = without_controls(cell)

    assert written == (f"'{plain}" if runs(plain) else plain)
    assert not runs(written)


def without_controls(cell: str) -> str:
    """Return a cell with blanks for control characters, told by what Unicode calls them and not by their codes."""
    kept = "\t\n\r"
    return "".join(" " if unicodedata.category(one) == "Cc" and one not in kept else one for one in cell)


@pytest.mark.parametrize("control", [chr(code) for code in [*range(32), *range(127, 160)] if chr(code) not in "\t\n\r"])
@pytest.mark.parametrize("cell", ["{}", "a{}b", "{}=1+1", "Zoë{}", "{}5"])
def test_control_characters_never_leave(cell: str, control: str):
    """Each is a blank, at every place of a cell and beside cells of any kind; so a formula behind one is seen as well."""
    cells = [None, "", "©\u00a0Ä", cell.format(control), "line\nline"]
    blank = cell.format(" ")

    assert [None, "", "©\u00a0Ä", f"'{blank}" if "=" in cell else blank, "line\nline"] == neutralised(
        pa.array(cells)
    ).to_pylist()


def test_unset_cells_stay_unset():
    """Nothing is put before nothing."""
    assert [None, "'=1", None] == neutralised(pa.array([None, "=1", None])).to_pylist()


WRITTEN: dict[str, tuple[list[Any], list[str | None]]] = {
    "whole numbers": ([1, -2], ["1", "-2"]),
    "numbers": ([1.5, None, 10.0, 0.1], ["1.5", None, "10", "0.1"]),
    "truths": ([True, False, None], ["true", "false", None]),
    "truths among texts": ([True, "x", 1], ["true", "x", "1"]),
    "texts": (["007", "NA", None], ["007", "NA", None]),
    "lists": ([["a", 'b"c'], [], None], ['["a", "b\\"c"]', "[]", None]),
    "lists among texts": ([["ä"], "x", (1, 2.5)], ['["ä"]', "x", "[1, 2.5]"]),
    "records": ([{"a": 1}, None], ['{"a": 1}', None]),
    "days": ([date(2026, 6, 30), None], ["2026-06-30", None]),
    "times in UTC": ([datetime(2026, 6, 30, 12, tzinfo=UTC), None], ["2026-06-30T12:00:00Z", None]),
    "times elsewhere": (
        [datetime(2026, 6, 30, 12, tzinfo=timezone(timedelta(hours=14)))] * 2,
        ["2026-06-29T22:00:00Z"] * 2,
    ),
    "times without a zone": ([datetime(2026, 6, 30, 12)], ["2026-06-30T12:00:00Z"]),  # noqa: DTZ001  # that is the case
    "times finer than a second": (
        [datetime(2026, 6, 30, 12, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)],
        ["2026-06-30T12:00:00.000000Z", "1969-12-31T23:59:59.999999Z"],
    ),
    "nothing at all": ([None, None], [None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "texts"), WRITTEN.values(), ids=WRITTEN)
def test_cells_of_every_kind_are_written_in_full(cells: list[Any], texts: list[str | None]):
    """Numbers keep their digits, times are the instant in UTC, lists are JSON, and an unset cell is empty."""
    assert texts == texts_of(cells_of(cells))


def test_cells_in_many_chunks_are_written_in_order():
    """Columns that came in chunks of any size, empty ones included, read as the one column that they are."""
    cells = ["a", None, "", "=b", "+1", "c", ""]
    for cuts in ([0, 0, 3, 7], [0, 1, 2, 3, 4, 5, 6, 7], [0, 7, 7]):
        chunks = [cells[first:last] for first, last in pairwise(cuts)]
        column = Cells(pa.chunked_array(chunks, pa.string()))

        assert ["a", None, "", "'=b", "+1", "c", ""] == texts_of(column)


@given(st.lists(st.one_of(st.none(), st.sampled_from(["", *FORMULAS, *HARMLESS]))), st.integers(0, 5))
def test_cells_are_made_safe_each_on_its_own(cells: list[str | None], first: int):
    """Whatever stands beside it, and wherever an array was cut, a cell is written as it is alone."""
    expected = [None if cell is None else f"'{cell}" if cell in FORMULAS else cell for cell in cells[first:]]

    assert expected == neutralised(pa.array(cells, pa.string())[first:]).to_pylist()


@given(
    st.lists(st.sampled_from(["+14155550132", "+442079460123", "+1", "", None, "+", "1", "+1+1", "+1/2", "+1:", "+1e5", "5+"])),
    st.integers(0, 3),
)  # fmt: skip
@example(["+14155550132", "+"], 0)
@example(["+14155550132", "+1+1"], 0)
@example(["+14155550132", None, "+", ""], 0)
def test_one_cell_among_numbers_is_still_looked_at(cells: list[str | None], first: int):
    """A column of phone numbers is passed as a whole only where each of them is a plus and digits."""
    expected = [f"'{cell}" if cell is not None and runs(cell) else cell for cell in cells[first:]]

    assert expected == neutralised(pa.array(cells, pa.string())[first:]).to_pylist()


def taken(emails: list[str | None]) -> list[str | None]:
    """Return which addresses an importer takes, told one by one and by other means than in the library."""
    seen: set[str] = set()
    found: list[str | None] = []
    for email in emails:
        address = (email or "").strip()
        name, _, host = address.partition("@")
        labels = host.rpartition(".")
        is_address = bool(name and labels[0] and labels[2]) and not re.search(r"[ \t\n\f\r(),:;\[\]/]", address)
        is_fine = is_address and "@" not in host and not address.startswith("'") and address.lower() not in seen
        found.append(address if is_fine else None)
        if is_fine:
            seen.add(address.lower())
    return found


ADDRESSES = [
    "ann@example.com", "ANN@example.com", "bea.lee+sms@mail.example.co.uk", "a@b.co", "A@B.CO", "o'brien@example.com", "x_%-@example.org",
    " ann@example.com ", "\u2003bea@example.com", "Zoë@example.com", "ZOË@EXAMPLE.COM", "zoë@müller.example", "a\x00b@example.com", "a\x00c@example.com",
    "cat-0123456789-0123456789-0123456789@example.com", "cat-0123456789-0123456789-0123456788@example.com",
    "", None, "ann", "ann@example", "ann@example.", "ann@.com", "@example.com", "ann@@example.com", "ann@b@example.com", "ann@example..com",
    "ann lee@example.com", "ann@exa(mple.com", "mailto:ann@example.com", "'ann@example.com", "'+ann@example.com",
    "ann@example.com\nbea@example.com", "ann@example.com\n", "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(ADDRESSES) | st.text(max_size=3)), st.integers(0, 3), st.integers(0, 2 * BLOCK))
@example(["Zoë@example.com"], 0, 0)
def test_addresses_are_taken_each_by_the_rule(emails: list[str | None], first: int, plain: int):
    """Whatever stands beside it, in a block of plain addresses or not, and wherever an array was cut."""
    emails = [f"p{number}@example.com" for number in range(plain)] + emails
    emails += [None if email is None else email.swapcase() for email in emails[::3]]

    assert taken(emails[first:]) == importable(pa.array(emails, pa.string())[first:]).to_pylist()


@pytest.mark.parametrize("email", ADDRESSES, ids=repr)
def test_one_odd_address_in_a_block_is_told_apart(email: str | None):
    """Blocks are matched as one text, and no cell of a block hides behind the others, nor makes one of two."""
    plain = [f"p{number}@example.com" for number in range(3 * BLOCK)]
    for row in (0, BLOCK - 1, BLOCK, 3 * BLOCK - 1):
        emails = [*plain[:row], email, *plain[row + 1 :]]

        assert taken(emails) == importable(pa.array(emails, pa.string())).to_pylist()


@pytest.mark.parametrize("emails", [[], [None], [None, None], [""], ["ann"]], ids=repr)
def test_nobody_may_have_an_address(emails: list[str | None]):
    """Nothing at all, nothing set, and nothing that is an address are columns as well."""
    assert [None] * len(emails) == importable(pa.array(emails, pa.string())).to_pylist()


def test_long_addresses_that_begin_alike_are_not_the_same():
    """What tells two apart may stand behind all that their keys are made of."""
    emails = [f"{'very-' * 10}{number}@example.com" for number in (1, 2, 1, 3)]

    assert [emails[0], emails[1], None, emails[3]] == importable(pa.array(emails)).to_pylist()

"""The phone cleaner against `phonenumbers` itself: a file with a country, a tab and a cell in each line."""

import re
from typing import Any

import pyarrow as pa
from fuzz.held import PEOPLE, answer
from phone_reference import EVERY_REGION, as_phonenumbers_reads, mutated, rows
from phonenumbers import NumberParseException

from segkit.data.phones import KINDS, PROBLEMS, normalise

FORMATS = ["tsv"]

SEEDS = [
    ("tsv", b"\t+12125550142\nUS\t(212) 555-0144\nGB\t020 7946 0999"),
    ("tsv", b"US\t12125550145.0\n\t1.2125550145E10\nDE\t'0171/3920999"),
]

_MARKS = ("", "", "", " ", "'", "\u00a0", "tel:", "+", "\uff0b", "00", "011", "=", "(0)", "\u200b")
_ENDS = ("", "", "", ".0", ".00", " ext 5", "x12", " ", "E10", "e+10", ";ext=7", "\u202c", "\n", "\u0660")
_BREAKS = ("", "", "", "-", " ", ".", "/", "(", ")", "\u2011", "~", "\u00ad", "a", "\uff11")


def file_of(data: Any) -> tuple[str, bytes]:
    """Make up to a dozen cells: numbers near the valid ones of a region, with marks around and within them, or any text."""
    lines = []
    for _ in range(data.ConsumeIntInRange(1, 12)):
        region = data.PickValueInList(EVERY_REGION)
        country = data.PickValueInList([region, region, "", "US", "GB", "XX", "us", "001"])
        if data.ConsumeIntInRange(0, 7) == 0:
            cell = data.ConsumeUnicodeNoSurrogates(24)
        elif data.ConsumeIntInRange(0, 15) == 0:
            cell = data.PickValueInList(PEOPLE)
        else:
            cell = mutated(region, 1, data.ConsumeIntInRange(0, 2**16))[0]
        if data.ConsumeBool():
            cell = cell.removeprefix("+")
        if data.ConsumeBool():
            place = data.ConsumeIntInRange(0, len(cell))
            cell = cell[:place] + data.PickValueInList(list(_BREAKS)) + cell[place:]
            cell = data.PickValueInList(list(_MARKS)) + cell + data.PickValueInList(list(_ENDS))
        lines.append(f"{country}\t{cell}")
    return "tsv", "\n".join(line.replace("\n", "\v") for line in lines).encode("utf-8", "replace")


def check(_: str, content: bytes) -> None:
    """Read all cells as one column, and each as `phonenumbers` does."""
    pairs = [line.partition("\t")[::2] for line in content.decode("utf-8", "replace").split("\n")]
    countries, cells = zip(*pairs, strict=True)
    column = answer(lambda: normalise(pa.array(cells, pa.string()), pa.array(countries, pa.string())))
    assert column is not None, "a column of text is refused"
    for (country, cell), (number, region, kind, problem, mended) in zip(pairs, rows(column), strict=True):
        assert (number is None) == (region is None) == (kind is None), cell
        assert number is None or (problem is None and kind in KINDS), cell
        assert problem is None or problem in PROBLEMS, cell
        assert mended == (number is not None and number != cell), cell
        expected = _expected(_without_marks(cell), country if country in EVERY_REGION else None)
        assert (number, region, kind) == expected, (cell, country, number, expected)


def _without_marks(cell: str) -> str:
    """Take off the marks of spreadsheets that `normalise` documents: blanks, an apostrophe, ".0", an exponent that lost nothing."""
    text = cell.strip().removeprefix("'").strip()
    if found := re.fullmatch(r"(\+?[0-9]+)\.0", text):
        return found[1]
    if found := re.fullmatch(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})", text):
        digits = found[1] + (found[2] or "")
        zeros = int(found[3]) + 1 - len(digits)
        whole = zeros == 0 or (zeros > 0 and len(digits) >= 9)
        return digits + "0" * zeros if whole else ""
    return text


def _expected(text: str, country: str | None) -> tuple[str | None, str | None, str | None]:
    if country is None and re.fullmatch(r"[1-9][0-9]{10,14}", text):
        text = f"+{text}"
    try:
        return as_phonenumbers_reads(text, country)[:3]
    except NumberParseException:
        return None, None, None

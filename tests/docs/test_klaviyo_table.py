"""The tables of equivalences and gaps say what the converter does."""

import re
from pathlib import Path

import pytest

import segkit as sk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "klaviyo" / "index.md").read_text(encoding="utf-8")
NAMES = sk.AccountNames.from_file(ROOT / "sample_data" / "klaviyo_pages" / "account" / "names.json")


def phrases(heading):
    """The conditions in the table beneath a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        code.replace("\\|", "|")
        for row in re.findall(r"^\|.*$", part, re.MULTILINE)
        for code in re.findall(r"`(~?sk\.[^`]*\(.*?\))`", row)
    ]


def segment(phrase):
    """The segment of a condition as the page writes it."""
    return sk.Segment("It", eval(phrase, {"sk": sk}))


@pytest.mark.parametrize("phrase", phrases("The same in both"))
def test_what_is_the_same_goes_there_and_back(phrase):
    """It is written for Klaviyo, and read back as the same condition."""
    there = sk.to_klaviyo(segment(phrase), names=NAMES)
    assert sk.from_klaviyo(there, names=NAMES).condition == segment(phrase).condition


@pytest.mark.parametrize("phrase", phrases("The same members, written differently"))
def test_what_is_written_differently_is_written(phrase):
    """It is accepted, and comes back in other words."""
    there = sk.to_klaviyo(segment(phrase), names=NAMES)
    assert sk.from_klaviyo(there, names=NAMES).condition != segment(phrase).condition


@pytest.mark.parametrize("phrase", phrases("Only in segkit"))
def test_what_is_a_gap_is_refused_with_the_nearest(phrase):
    """It is never written as something else."""
    with pytest.raises(sk.DefinitionError, match="Nearest alternative: "):
        sk.to_klaviyo(segment(phrase), names=NAMES)


def test_each_table_has_its_rows():
    """The tables are found."""
    counts = [
        len(phrases(heading))
        for heading in ("The same in both", "The same members, written differently", "Only in segkit")
    ]
    assert all(count >= least for count, least in zip(counts, (26, 4, 11), strict=True))

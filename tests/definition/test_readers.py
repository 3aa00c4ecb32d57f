"""The lists of files that must learn a new kind of condition, or a new measurement."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "segkit"
CONDITIONS = PACKAGE / "definition" / "conditions.py"


def listed_after(name: str) -> set[str]:
    """Return the files that the docstring of an alias lists."""
    text = CONDITIONS.read_text(encoding="utf-8")
    docstring = text[text.index(f"\n{name}: TypeAlias") :].split('"""')[1]
    return set(re.findall(r"[\w/]+\.(?:pyi?|md)", docstring))


@pytest.mark.parametrize(("alias", "one"), [("Atom", "RegionCondition"), ("Measurement", "EventDays")])
def test_every_reader_of_one_kind_is_listed(alias: str, one: str):
    """Each file of the package that names one of the kinds stands in the list, so that whoever adds a kind can trust it."""
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path != CONDITIONS and one in path.read_text(encoding="utf-8")
    }

    assert len(naming) > 5
    assert naming <= listed_after(alias)


@pytest.mark.parametrize("alias", ["Atom", "Measurement"])
def test_every_listed_file_exists(alias: str):
    """A file that was moved or renamed is not listed any more."""
    roots = [PACKAGE, PACKAGE.parent]
    assert [name for name in listed_after(alias) if not any((root / name).is_file() for root in roots)] == []

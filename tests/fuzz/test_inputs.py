"""Inputs that were found by trying, each small and once refused wrongly, are tried again: see docs/fuzzing.md."""

import importlib
from pathlib import Path

import pytest
from fuzz.held import PEOPLE, TooSlow, answer, bounds

from segkit.errors import DataError, warn

INPUTS = sorted(path for path in (Path(__file__).parent / "inputs").glob("*/*") if path.is_file())

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(path: Path):
    """Every kept input is answered, or refused in segkit's own words, and nobody is shown; so is every input fuzzing begins with."""
    reader = importlib.import_module(f"fuzz.{path.parent.name}")
    with bounds():
        reader.check(path.name.partition(".")[2], path.read_bytes())


@pytest.mark.parametrize("target", ["loader", "phones", "definitions"])
def test_what_fuzzing_begins_with_is_in_order(target: str):
    """About twenty of a target's own seeds hold, so that what it finds is found in others."""
    reader = importlib.import_module(f"fuzz.{target}")
    for kind, content in reader.SEEDS[:: max(1, len(reader.SEEDS) // 20)]:
        assert kind in reader.FORMATS
        reader.check(kind, content)


def _refuse() -> None:
    raise DataError(f"'{PEOPLE[2]}' is no id")


def _warn() -> None:
    warn(f"1 row of {PEOPLE[-1]} is left out")


def _fail() -> None:
    raise KeyError("x")


@pytest.mark.shows_people
@pytest.mark.parametrize("fault", [_refuse, _warn, _fail])
def test_a_fault_is_told(fault):
    """A person in an error, one in a warning, and an error that is not segkit's are no answers."""
    with pytest.raises((AssertionError, KeyError)):
        answer(fault)


def _never_end() -> None:
    while True:
        try:
            sum(range(1_000))
        except Exception:  # noqa: BLE001  # as the code that is tried might
            continue


def test_what_never_ends_is_ended(monkeypatch):
    """An input that takes longer than it may is stopped, also in code that catches every error."""
    monkeypatch.setattr("fuzz.held.SECONDS", 0.05)
    with pytest.raises(TooSlow), bounds():
        _never_end()

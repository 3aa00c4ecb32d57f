"""Gives widgets a shop to stand on: the sample shop, loaded once."""

from pathlib import Path

import pytest

import segkit as sk


@pytest.fixture(scope="session")
def sample_shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(Path(__file__).parents[2] / "sample_data")

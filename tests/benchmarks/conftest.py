"""The benchmarks are scripts in a folder of their own, which is put where Python looks."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory):
    """Return a folder with a generated shop of 300 profiles, as Parquet and as CSV."""
    from bench import Bench  # noqa: PLC0415  # found only now that the folder is on the path
    from generate import write_shop  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, profiles=300)
    Bench(folder, 300, [], 1).write_csv()
    return folder

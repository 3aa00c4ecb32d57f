"""Profiles are counted by cells as one would count them one by one, however many cells there could be."""

from collections import Counter

import numpy as np
import pytest

from segkit.engine.memory import cells
from segkit.engine.memory.cells import Digit, count_cells

SIZES = {
    "nothing is asked": [],
    "a small table": [3, 2, 5],
    "a table that is counted at once": [200, 200],
    "more cells than a table has places": [40_000, 2, 70_000],
    "more cells than one number can name": [2] * 70 + [1_000],
    "one digit that is wide": [2**61, 2],
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("share", [1.0, 0.5], ids=["all", "some"])
@pytest.mark.parametrize("profiles", [0, 1, 20_000])
def test_cells_are_counted_as_one_by_one(
    sizes: list[int], share: float, profiles: int, monkeypatch: pytest.MonkeyPatch
):
    """The cells that occur, in ascending order, with how many of the profiles that are counted each of them holds."""
    monkeypatch.setattr(cells, "BLOCK", 7_000)
    random = np.random.default_rng(len(sizes))
    kinds = random.integers(0, 50, profiles)
    columns = [random.integers(0, size, 50)[kinds] for size in sizes]
    among = None if share == 1.0 else random.random(profiles) < share
    digits = [
        Digit(lambda block, column=column: column[block], size, least=-1)
        for column, size in zip(columns, sizes, strict=True)
    ]
    found, counts = count_cells(digits, profiles, among)

    rows = np.arange(profiles) if among is None else np.flatnonzero(among)
    wanted = Counter(tuple(int(column[row]) - 1 for column in columns) for row in rows)
    got = list(zip(*(one.tolist() for one in found), strict=True)) if sizes else [()] * len(counts)
    assert got == sorted(wanted)
    assert dict(zip(got, counts.tolist(), strict=True)) == wanted

"""A property holds something or nothing, whatever its kind and through whichever door it came; builders that ask so are tested with theirs."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import doors
import pytest
from reference import PlainShop, members

import segkit as sk

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
SOMETHING, NOTHING = (sk.has("x", holds_something=holds) for holds in (True, False))

KINDS: dict[str, tuple[list[Any], list[Any]]] = {
    "whole numbers": ([1, 10**15], [0, -5]),
    "numbers": ([0.01, 5.0], [0.0, -0.0, -4.99, None]),
    "decimals": ([Decimal("0.01")], [Decimal("0.00"), Decimal("-4.99"), None]),
    "truths": ([True], [False, None]),
    "codes": (["SUMMER20", "true love", "false friend", "f", "no", "null", "nan", "Zoë"], ["", " ", "\t\n", None]),
    "numbers as text": (["0.01", "+5", " 1 ", "1e-3", "0.00 EUR", "0,00", "0x0"], ["0", "0.00", "-5", " 0.0 ", "+0", "0e9"]),
    "truths as text": (["true", "TRUE", " True "], ["false", "False", "FALSE", " false\n"]),
    "lists as text": (['["A"]', ' ["A"]', '["", "A"]', "[0]", "[false]", '["A"', "[A]"], ["[]", " [ ] ", "[null]", '[""]', '[" ", []]']),
    "mappings as text": (['{"a": 1}', "{a}"], ["{}", " { } "]),
    "lists of texts": ([["A"], ["", "B"], ["0.00"]], [[], [""], [None], [" ", None], None]),
    "lists of numbers": ([[5.0], [0.0], [None, 0.0]], [[], [None], None]),
    "dates": ([date(2026, 6, 30)], [None]),
}  # fmt: skip

MIXED = ([5, "SUMMER20", ["A"], True, {"code": "A"}, [{"code": "A"}]], [0, "", [], False, {}, [{}], None, "[]", -1])


def shop_of(cells: list[Any], *, is_text: bool = False) -> PlainShop:
    """Return a shop in which each profile has one of the cells, and one order that has it too."""
    held = [doors.as_cell(cell) if is_text else cell for cell in cells]
    profiles = [{"profile_id": f"p{place}", "x": cell} for place, cell in enumerate(held)]
    order = {
        "metric": "Placed Order",
        "datetime": NOON.isoformat() if is_text else NOON,
        "value": "5" if is_text else 5.0,
    }
    return PlainShop(profiles, [profile | order for profile in profiles], NOON, is_text=is_text)


def ids(condition: Any, dataset: sk.Dataset) -> list[str]:
    """Return who is in, warnings being errors."""
    return list(sk.members(sk.Segment("asked", condition), dataset).index)


def check(cells: tuple[list[Any], list[Any]], dataset: sk.Dataset, shop: PlainShop) -> None:
    """Hold the answers of profiles and of events against what is expected, and the reference against it too."""
    everybody = [profile["profile_id"] for profile in shop.profiles]
    some, none = everybody[: len(cells[0])], everybody[len(cells[0]) :]
    for condition, expected in ((SOMETHING, some), (NOTHING, none)):
        assert expected == ids(condition, dataset)
        assert expected == sorted(members(condition, shop), key=everybody.index)
    for holds, expected in ((True, some), (False, none)):
        assert expected == ids(sk.did("Placed Order", where={"x": {"holds_something": holds}}), dataset)


@pytest.mark.parametrize("cells", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("door", [lambda shop, _: doors.by_frames(shop), doors.by_parquet], ids=["frames", "Parquet"])
def test_a_typed_cell_holds_something(cells: Any, door: Callable[[PlainShop, Path], sk.Dataset], tmp_path: Path):
    """A number above 0, true, text and lists that are not blank are something; text stands for what it spells, also when typed."""
    shop = shop_of([*cells[0], *cells[1]])
    check(cells, door(shop, tmp_path), shop)


@pytest.mark.parametrize("cells", KINDS.values(), ids=KINDS)
def test_a_cell_of_a_csv_holds_what_it_spells(cells: Any, tmp_path: Path):
    """The same values written as text give the same answer."""
    shop = shop_of([*cells[0], *cells[1]], is_text=True)
    check(cells, doors.by_csv(shop, tmp_path), shop)


def test_cells_of_several_kinds_in_one_column_each_keep_their_own():
    """Numbers, texts, lists, truths and mappings side by side are each something or nothing as they are alone."""
    shop = shop_of([*MIXED[0], *MIXED[1]])
    check(MIXED, doors.by_frames(shop), shop)


def test_nothing_is_the_complement_of_something(tmp_path: Path):
    """Not set is nothing, so `~` and the opposite word say the same of everybody."""
    cells = [cell for kind in (*KINDS.values(), MIXED) for half in kind for cell in half]
    for dataset in (doors.by_frames(shop_of(cells)), doors.by_csv(shop_of(cells, is_text=True), tmp_path)):
        assert ids(NOTHING, dataset) == ids(~SOMETHING, dataset)
        assert len(cells) == len(ids(SOMETHING, dataset)) + len(ids(NOTHING, dataset))


def test_no_value_is_of_the_wrong_kind():
    """Every value is something or nothing, so nobody is warned that a column is of another kind."""
    dataset = doors.by_frames(shop_of([0, 0, None]))

    assert ids(SOMETHING, dataset) == []
    assert ids(NOTHING, dataset) == ["p0", "p1", "p2"]


def test_why_tells_the_value():
    """The evidence for something or nothing is the value itself."""
    dataset = doors.by_frames(shop_of([[], ["A"]]))
    told = [sk.why(sk.Segment("Coupon", SOMETHING), dataset, profile_id=profile) for profile in ("p0", "p1")]

    assert [table["evidence"].tolist()[-1] for table in told] == ["x is []", "x is ['A']"]
    assert [table["condition"].tolist()[-1].strip() for table in told] == ["Coupon: have x that holds something"] * 2

"""Takes the plain rows of a shop through each door of the library: frames, CSV files, Parquet files; what they mean is not its work."""

import csv
import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from reference import PlainShop, Row

import segkit as sk


def by_frames(shop: PlainShop, store: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> sk.Dataset:
    """Return the shop as a Dataset made from frames; `store` may keep the columns of profiles and events in another way."""
    tables = {name: pd.DataFrame(rows) for name, rows in _tables(shop).items()}
    if store is not None:
        tables |= {name: store(tables[name]) for name in ("profiles", "events")}
    profiles, events = tables.pop("profiles"), tables.pop("events", None)
    return sk.Dataset.from_frames(profiles, events, as_of=shop.as_of, **tables)


def by_any(shop: PlainShop) -> sk.Dataset:
    """Return the shop as a Dataset: through CSV files that are gone at once if its cells are text, else through frames."""
    if not shop.is_text:
        return by_frames(shop)
    with tempfile.TemporaryDirectory() as folder:
        return by_csv(shop, Path(folder))


def by_csv(shop: PlainShop, folder: Path) -> sk.Dataset:
    """Write the shop into a folder as CSV files and return it loaded from there."""
    for table, rows in _tables(shop).items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({name: as_cell(value) for name, value in row.items()} for row in rows)
    return sk.load(folder, as_of=shop.as_of)


def by_parquet(shop: PlainShop, folder: Path) -> sk.Dataset:
    """Write the shop into a folder as Parquet files and return it loaded from there."""
    for table, rows in _tables(shop).items():
        pd.DataFrame(rows).to_parquet(folder / f"{table}.parquet", index=False)
    return sk.load(folder, as_of=shop.as_of)


def as_cell(value: Any) -> str:
    """Return a value as the text that a CSV file holds of it.

    >>> as_cell(True), as_cell(None), as_cell(["sale alerts"])
    ('true', '', '["sale alerts"]')
    """
    match value:
        case None:
            return ""
        case bool() | list():
            return json.dumps(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _tables(shop: PlainShop) -> dict[str, list[Row]]:
    every = {"profiles": shop.profiles, "events": shop.events, "lists": shop.lists, "places": shop.places}
    return {table: rows for table, rows in every.items() if rows}

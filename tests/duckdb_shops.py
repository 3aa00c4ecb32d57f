"""Connects to the plain rows of a shop as DuckDB reads them, in a session of one time zone or another."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import doors
from reference import PlainShop

import segkit as sk
from segkit.engine.connected import ConnectedShop, connect

ZONES = ["UTC", "Asia/Tokyo"]
"""A session's own zone must not matter."""


@contextmanager
def connected(shop: PlainShop | sk.Dataset, zone: str = "UTC") -> Iterator[ConnectedShop]:
    """Save a shop, connect to it, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = shop if isinstance(shop, sk.Dataset) else doors.by_any(shop)
        with connect(dataset.save(Path(folder, "shop"))) as found:
            found.session.run(f"SET TimeZone = '{zone}'")
            yield found

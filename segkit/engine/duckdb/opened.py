"""Open a connection to a saved shop, and describe its tables for SQL."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segkit.data.instants import instant_of
from segkit.data.places import PostalPoints
from segkit.data.saved.files import SavedFiles
from segkit.engine.duckdb.session import Session
from segkit.sql.shop import PROFILES, SqlShop
from segkit.sql.tables import FolderTables
from segkit.sql.words import column

SINCE = ("sms_since", "email_since")
"""The columns with the dates of consent statuses."""


def open_session(
    folder: Path, files: SavedFiles, said: Mapping[str, Any], postal_points: PostalPoints
) -> tuple[SqlShop, Session]:
    """Return the description of a saved shop's tables, and a connection that reads them.

    Args:
        folder: the folder of the shop.
        files: its files.
        said: the description of the shop in its manifest.
        postal_points: the coordinates of postal codes.

    Raises:
        DataError: a file was changed or is damaged.
    """
    described, session = SqlShop.of(said, postal_points), Session(folder, files)
    return replace(described, latest=_latest(described, session)), session


def _latest(described: SqlShop, session: Session) -> dict[str, datetime | None]:
    """Return the newest dates of consent statuses and profiles, which decide what a statement must read."""
    tables = FolderTables(session.folder, described)
    query = exp.select(*(exp.Max(this=column(name)) for name in SINCE)).from_(tables.table(PROFILES))
    found = dict(zip(SINCE, _instants(session.table(query, tables.used)), strict=True))
    if described.has_property("created"):
        of = described.property("created")
        if of.kind != "unset":
            newest = exp.select(exp.Max(this=column("instant"))).from_(tables.table(of.values))
            [found["created"]] = _instants(session.table(newest, tables.used))
    return found


def _instants(row: pa.Table) -> list[datetime | None]:
    # Read integers, since instants would be in the time zone of the session.
    values = [one.cast(pa.int64())[0].as_py() for one in row.columns]
    return [None if value is None else instant_of(value) for value in values]

"""A shop saved into a folder of its own, whole or not at all, and opened from there; what can be asked of it is the Dataset's."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from segkit.data.checked import CheckedShop
from segkit.data.saved.files import ODD, SavedFiles, Writer
from segkit.data.saved.manifest import NAME, TABLES, Manifest, files_within
from segkit.data.saved.tables import open_checked, write_checked
from segkit.errors import DataError, FileError, SegkitError
from segkit.files import whole_folder

_NOBODYS = {".DS_Store"}
"""What systems put into folders by themselves, so that it is no loss."""


def save_shop(shop: CheckedShop, derived: Mapping[str, pa.Array], folder: Path) -> Path:
    """Write a shop into a folder, in place of a saved shop that is there, and return the absolute path.

    Args:
        shop: what is saved.
        derived: what else an engine needs to know of each profile, by name.
        folder: it is made, and those above it.

    Raises:
        FileError: the folder holds anything else, the system refuses to write, or this is a page of `segkit app`.
        DataError: a property holds what can't be saved.
    """
    with whole_folder(folder, replaceable=_check_replaceable) as place:
        writer = Writer(place)
        said: dict[str, Any] = {
            "as_of": shop.as_of.isoformat(),
            "known_until": shop.known_until.isoformat(),
            "loaded": shop.loaded.isoformat(),
            "default_country": shop.default_country,
            "day_first": shop.day_first,
            "report": {"columns": shop.report.columns.tolist(), "rows": shop.report.to_numpy().tolist()},
            "checked": write_checked(shop.tables, derived, writer, day_first=shop.day_first),
        }
        path = place / NAME
        path.write_text(Manifest(writer.files, said).text(), encoding="utf-8")
        path.chmod(0o600)
    return folder.resolve()


def open_shop(folder: Path) -> CheckedShop:
    """Open a saved shop: its people are read at once, its events and properties when they are asked for.

    Raises:
        DataError: it was saved by another version, or is not whole.
    """
    manifest = Manifest.read(folder)
    try:
        return _opened(SavedFiles(folder.resolve(), manifest.files), manifest.shop)
    except SegkitError:
        raise
    except ODD:
        raise DataError.saved_shop_damaged(folder / NAME, "what it says can't be") from None


def _opened(files: SavedFiles, said: Mapping[str, Any]) -> CheckedShop:
    return CheckedShop(
        tables=open_checked(files, said["checked"], day_first=said["day_first"]),
        report=pd.DataFrame(said["report"]["rows"], columns=said["report"]["columns"]),
        as_of=datetime.fromisoformat(said["as_of"]),
        known_until=datetime.fromisoformat(said["known_until"]),
        loaded=datetime.fromisoformat(said["loaded"]),
        default_country=said["default_country"],
        day_first=said["day_first"],
    )


def _check_replaceable(folder: Path) -> None:
    """Check that a folder holds a saved shop, or part of one, and nothing else.

    Raises:
        FileError: it holds something else, which would be lost.
    """
    others = [path.name for path in folder.iterdir() if path.name not in {NAME, TABLES, *_NOBODYS}]
    # Not looked through where it is something else, which may be large.
    within = () if others else files_within(folder)
    others += [name for name, _ in within if name != NAME and not name.endswith(".parquet")]
    if others:
        raise FileError.holds_more_than_a_shop(folder, others)

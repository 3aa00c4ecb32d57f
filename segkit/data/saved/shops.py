"""Save a shop to a folder atomically, and open it again, for `Dataset.save` and `sk.load`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from segkit.data.checked import CheckedShop
from segkit.data.saved.files import ODD, SavedFiles, Writer
from segkit.data.saved.manifest import NAME, TABLES, Manifest, files_within
from segkit.data.saved.tables import open_checked, write_checked
from segkit.drawing.frames import StyledFrame
from segkit.errors import DataError, FileError, SegkitError
from segkit.files import whole_folder

_NOBODYS = {".DS_Store"}
"""Files that operating systems create in folders, and that may be deleted."""


def save_shop(shop: CheckedShop, derived: Mapping[str, pa.Array], folder: Path) -> Path:
    """Write a shop to a folder, replacing a saved shop there, and return the absolute path.

    Args:
        shop: the shop.
        derived: columns that engines need in addition to the tables, by name.
        folder: the folder. It and its parents are created if they do not exist.

    Raises:
        FileError: the folder contains other files or can't be written to, or this is a page of `segkit app`.
        DataError: a property has values that can't be saved.
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
    """Open a saved shop. Ids and phone numbers are read immediately, events and properties on first use.

    Raises:
        DataError: the shop was saved in another format, or is incomplete or damaged.
    """
    manifest = Manifest.read(folder)
    with checked_content(folder):
        return opened(SavedFiles(folder.resolve(), manifest.files), manifest.shop)


@contextmanager
def checked_content(folder: Path) -> Iterator[None]:
    """Raise a segkit error if a saved shop has content that `save` never writes, although its digests are right.

    Raises:
        DataError: the content is impossible.
    """
    try:
        yield
    except SegkitError:
        raise
    except ODD:
        raise DataError.saved_shop_damaged(folder / NAME, "its content is not valid") from None


def opened(files: SavedFiles, said: Mapping[str, Any]) -> CheckedShop:
    """Return the shop that is described in a manifest. Use `checked_content` around it."""
    return CheckedShop(
        tables=open_checked(files, said["checked"], day_first=said["day_first"]),
        report=StyledFrame(said["report"]["rows"], columns=said["report"]["columns"]),
        as_of=datetime.fromisoformat(said["as_of"]),
        known_until=datetime.fromisoformat(said["known_until"]),
        loaded=datetime.fromisoformat(said["loaded"]),
        default_country=said["default_country"],
        day_first=said["day_first"],
    )


def _check_replaceable(folder: Path) -> None:
    """Check that a folder contains only a saved shop, or part of one.

    Raises:
        FileError: the folder contains other files, which would be lost.
    """
    others = [path.name for path in folder.iterdir() if path.name not in {NAME, TABLES, *_NOBODYS}]
    # Subfolders are only searched if nothing else was found, since another folder may be large.
    within = () if others else files_within(folder)
    others += [name for name, _ in within if name != NAME and not name.endswith(".parquet")]
    if others:
        raise FileError.holds_more_than_a_shop(folder, others)

"""Write validated tables to the files of a saved shop, and open them again.

Ids, phone numbers and lists are read when a shop is opened. Properties and events are read on first use.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.checked import Checked, ListEntries
from segkit.data.instants import Flags
from segkit.data.phone_endings import PhoneEndings
from segkit.data.phones import Phones
from segkit.data.places import PostalPoints
from segkit.data.properties import Cells, Codes, Reading, codes_of
from segkit.data.saved.events import SavedEvents, write_events
from segkit.data.saved.exact import OddKindError
from segkit.data.saved.files import ODD, SavedFiles, Writer
from segkit.data.saved.properties import Encoded, SavedCells, cells_of_codes, reading, whole
from segkit.data.saved.values import write_values
from segkit.data.validation.losses import Loss
from segkit.data.validation.sms_records import SmsRecords
from segkit.errors import DataError

PEOPLE, PROFILES, LISTS, PLACES = "people.parquet", "profiles.parquet", "lists.parquet", "places.parquet"
ENDINGS, NUMBERS, OPT_OUTS = "phone-endings.parquet", "further-numbers.parquet", "undated-opt-outs.parquet"

_INSTANT = pa.timestamp("us", tz="UTC")
_PHONES = {
    "e164": "numbers",
    "phone_country": "countries",
    "phone_kind": "kinds",
    "phone_problem": "problems",
    "phone_mended": "mended",
}
"""The columns of the file with phone numbers, and the attributes of `Phones` that they contain."""

Described = Mapping[str, Any]


def write_checked(
    checked: Checked, derived: Mapping[str, pa.Array], writer: Writer, *, day_first: bool | None
) -> Described:
    """Write validated tables, and return their description for the manifest.

    Args:
        checked: the tables.
        derived: further columns about the profiles that engines need, such as country, coordinates and consent.
        writer: the writer of the files.
        day_first: the order of dates such as 06/07/2026.

    Raises:
        DataError: a property has values that can't be saved.
    """
    _write_people(checked, writer)
    described = {
        "profiles": len(checked.ids),
        "properties": _write_profiles(checked, derived, writer, day_first=day_first),
        "events": write_events(checked.events, writer),
        "lists": _write_lists(checked.lists, writer),
        "losses": [asdict(loss) for loss in checked.losses],
    }
    brought = checked.postal_points.brought
    places = [(country, code, *point) for (country, code), point in brought.items()]
    kinds = (pa.string(), pa.string(), pa.float64(), pa.float64())
    columns = [pa.array([row[number] for row in places], kind) for number, kind in enumerate(kinds)]
    writer.write(PLACES, dict(zip(("country", "postal_code", "latitude", "longitude"), columns, strict=True)))
    return described


def open_checked(files: SavedFiles, described: Described, *, day_first: bool | None) -> Checked:
    """Open the validated tables of a saved shop.

    Raises:
        DataError: a file was changed or is damaged.
        ValueError: a file has impossible content. This may also raise any other exception in `ODD`.
    """
    size = described["profiles"]
    people = files.read(PEOPLE)
    if len(people) != size:
        raise files.refuse(PEOPLE)
    text = {name: whole(people.column(name)) for name in ("profile_id", *_PHONES)}
    flags = {name: _flags(people, name) for name in ("unknown_sms_word", "sms_date_is_day")}
    endings, numbers = files.read(ENDINGS), files.read(NUMBERS)
    sms = SmsRecords(
        is_date=flags["sms_date_is_day"],
        further=people.column("sms_further").to_numpy(),
        endings=PhoneEndings(_rows(endings, size), endings.column("ending").to_numpy()),
        further_rows=_rows(numbers, size),
        further_numbers=whole(numbers.column("number")),
        undated_opt_outs=_rows(files.read(OPT_OUTS), size),
    )
    return Checked(
        ids=text["profile_id"],
        profiles={one["name"]: _saved_cells(files, one, size) for one in described["properties"]},
        unknown_sms_words=flags["unknown_sms_word"],
        sms=sms,
        phones=Phones(**{name: text[column] for column, name in _PHONES.items()}),
        events=SavedEvents(files, described["events"], profiles=size, day_first=day_first),
        lists=_lists(files, described["lists"], size),
        postal_points=_places(files),
        losses=tuple(Loss(**loss) for loss in described["losses"]),
    )


def _write_people(checked: Checked, writer: Writer) -> None:
    """Write the files that are read when the shop is opened."""
    sms, phones = checked.sms, checked.phones
    columns = {
        "profile": pa.array(np.arange(len(checked.ids), dtype=np.int32)),
        "profile_id": checked.ids,
        **{column: getattr(phones, name) for column, name in _PHONES.items()},
        "unknown_sms_word": pa.array(checked.unknown_sms_words),
        "sms_date_is_day": pa.array(sms.is_date),
        "sms_further": pa.array(sms.further),
    }
    writer.write(PEOPLE, columns, coded=["phone_country", "phone_kind", "phone_problem"])
    writer.write(ENDINGS, {"profile": pa.array(sms.endings.rows), "ending": pa.array(sms.endings.endings)})
    writer.write(NUMBERS, {"profile": pa.array(sms.further_rows), "number": sms.further_numbers})
    writer.write(OPT_OUTS, {"profile": pa.array(sms.undated_opt_outs)})


def _write_profiles(
    checked: Checked, derived: Mapping[str, pa.Array], writer: Writer, *, day_first: bool | None
) -> list[Described]:
    """Write the distinct values and readings of each property, and a table with the codes of all properties and `derived`."""
    columns = {"profile": pa.array(np.arange(len(checked.ids), dtype=np.int32)), **derived}
    described: list[Described] = []
    for number, (name, cells) in enumerate(checked.profiles.items()):
        column = f"property_{number}"
        try:
            encoded = Encoded.of(cells)
            files = write_values(f"profiles-{number}", encoded.kind, encoded.values, writer, day_first=day_first)
        except OddKindError as error:
            raise DataError.property_not_saved(name, str(error)) from None
        columns[column] = encoded.column()
        described.append({"name": name, "column": column, "kind": encoded.kind, **files})
    writer.write(PROFILES, columns, coded=[one["column"] for one in described])
    return described


def _saved_cells(files: SavedFiles, described: Described, size: int) -> SavedCells:
    """Return a property of all profiles, without reading it yet."""

    def codes() -> Codes:
        found = codes_of(files.read(PROFILES, [described["column"]]).column(0))
        if len(found) != size:
            raise files.refuse(PROFILES)
        return found

    def cells(codes: Codes) -> Cells:
        values = whole(files.read(described["file"], ["value"]).column(0))
        try:
            return cells_of_codes(described["kind"], codes, values)
        except ODD:
            raise files.refuse(described["file"]) from None

    def read(name: str) -> Reading[Any]:
        return reading(files.read(described["file"], [name]).column(0))

    # In the other forms there may be several codes for values that are equal in conditions, such as 1.0 and 1.00.
    return SavedCells(size, codes, cells, read if described["kind"] == "plain" else None)


def _write_lists(lists: Mapping[str, ListEntries], writer: Writer) -> list[Described]:
    entries = list(lists.values())
    sizes = [len(one.profiles) for one in entries]
    codes = np.repeat(np.arange(len(entries), dtype=np.int32), sizes)
    joined = np.concatenate([np.zeros(0, dtype=np.int64), *(one.joined for one in entries)])
    has_date = np.concatenate([np.zeros(0, dtype=bool), *(one.has_date for one in entries)])
    columns = {
        "list": pa.array(list(lists), pa.string()).take(pa.array(codes)),
        "profile": pa.array(np.concatenate([np.zeros(0, dtype=np.int32), *(one.profiles for one in entries)])),
        "joined": pa.array(joined, mask=~has_date).cast(_INSTANT),
    }
    writer.write(LISTS, columns, coded=["list"])
    return [{"name": name, "entries": size} for name, size in zip(lists, sizes, strict=True)]


def _lists(files: SavedFiles, described: list[Described], size: int) -> dict[str, ListEntries]:
    table = files.read(LISTS)
    profiles, joined = _rows(table, size), table.column("joined").cast(pa.int64())
    has_date = np.asarray(joined.is_valid().to_numpy())
    times = np.asarray(pc.fill_null(joined, 0).to_numpy())
    ends = np.cumsum([0, *(one["entries"] for one in described)])
    if ends[-1] != len(table):
        raise files.refuse(LISTS)
    parts = zip(described, map(slice, ends[:-1], ends[1:]), strict=True)
    return {one["name"]: ListEntries(profiles[part], times[part], has_date[part]) for one, part in parts}


def _places(files: SavedFiles) -> PostalPoints:
    countries, codes, *points = (column.to_pylist() for column in files.read(PLACES).columns)
    return PostalPoints(dict(zip(zip(countries, codes, strict=True), zip(*points, strict=True), strict=True)))


def _rows(table: pa.Table, size: int) -> npt.NDArray[Any]:
    """Return the rows of profiles in a table.

    Raises:
        ValueError: a row is out of range.
    """
    found = table.column("profile").to_numpy()
    if len(found) and not 0 <= found.min() <= found.max() < size:
        raise ValueError(found.dtype)
    return np.asarray(found)


def _flags(table: pa.Table, name: str) -> Flags:
    return np.asarray(table.column(name).to_numpy(), dtype=bool)

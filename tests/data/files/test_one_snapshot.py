"""A load sees its files as they were at one moment, or refuses them; damage that a checksum can show is shown."""

import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import segkit as sk
from segkit.engine import load as loading
from segkit.errors import DataError


def write(folder, size=3, consent="subscribed"):
    """Write a shop of so many profiles with an event each, whole and by renaming, as other programs do."""
    profiles = pd.DataFrame({"profile_id": [f"p{number}" for number in range(size)], "sms_consent": consent})
    events = profiles[["profile_id"]].assign(metric="X", datetime=pd.Timestamp("2026-06-01", tz="UTC"))
    for name, frame in {"profiles": profiles, "events": events}.items():
        frame.to_parquet(folder / "new", index=False)
        (folder / "new").replace(folder / f"{name}.parquet")


def rewritten(folder):
    """Write over a file without another taking its place."""
    with (folder / "profiles.parquet").open("r+b") as file:
        file.write(b"PAR1")
    os.utime(folder / "profiles.parquet", ns=(0, 0))


MEANWHILE = {
    "replaced by as many rows": lambda folder: write(folder, consent="unsubscribed"),
    "replaced by more rows": lambda folder: write(folder, size=9),
    "written over": rewritten,
    "removed": lambda folder: (folder / "events.parquet").unlink(),
    "joined by another table": lambda folder: (folder / "lists.csv").write_text("profile_id,list_id\np0,VIP\n"),
}


@pytest.mark.parametrize("name", MEANWHILE)
@pytest.mark.parametrize("after", ["profiles", "events"])
def test_files_that_change_under_a_load_are_refused(name, after, tmp_path, monkeypatch):
    """Whatever happens to the files between the reading of one column and the next, two states are never mixed."""
    write(tmp_path)
    read = loading.read_files

    def read_and_change(files, table, *rest):
        found = read(files, table, *rest)
        if table == after:
            MEANWHILE[name](tmp_path)
        return found

    monkeypatch.setattr(loading, "read_files", read_and_change)
    with pytest.raises(
        DataError, match=r"changed while segkit was reading the data, so nothing was loaded.*Load again"
    ):
        sk.load(tmp_path)


def test_files_that_stay_are_read_again_and_again(tmp_path):
    """Reading changes nothing, so a second load succeeds."""
    write(tmp_path)
    assert len(sk.load(tmp_path)) == len(sk.load(tmp_path)) == 3


@pytest.mark.parametrize("column", ["profile_id", "metric", "value"])
def test_one_flipped_bit_is_refused_where_there_are_checksums(column, tmp_path):
    """A bit that flipped within a column is an error that names the file, and no other value."""
    table = pa.table({
        "profile_id": [f"p{number}" for number in range(100)],
        "metric": ["X", "Y"] * 50,
        "datetime": [pd.Timestamp("2026-06-01", tz="UTC")] * 100,
        "value": [float(number) for number in range(100)],
    })  # fmt: skip
    path = tmp_path / "events.parquet"
    pq.write_table(table, path, compression="none", use_dictionary=False, write_page_checksum=True)
    raw = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(table.column_names.index(column))
    raw[chunk.data_page_offset + chunk.total_compressed_size - 3] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DataError, match=r"'events\.parquet' can't be read: it is damaged"):
        sk.load(events=path)


def test_no_word_of_arrows_reaches_a_person(tmp_path):
    """A file cut anywhere is an error in our own words."""
    write(tmp_path)
    whole = Path(tmp_path, "profiles.parquet").read_bytes()
    for size in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "profiles.parquet").write_bytes(whole[:size])
        with pytest.raises(
            DataError, match=r"'profiles\.parquet' can't be read: it is damaged, was not written completely"
        ):
            sk.load(tmp_path)

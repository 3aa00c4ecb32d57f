"""Ids of one length are found wherever they are, and nothing else is."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.data import id_table
from segkit.data.files.stored import stored_table
from segkit.data.id_table import IdTable

SOME = st.text("aé\0", min_size=1, max_size=9)


def places_of(texts, ids):
    """Return where each text stands among ids, -1 for nowhere."""
    return [ids.index(text) if text in ids else -1 for text in texts]


@given(
    st.lists(SOME, min_size=1, max_size=60), st.lists(st.none() | st.just("") | SOME, max_size=60), st.integers(0, 3)
)
def test_what_is_found_is_the_id_itself(ids, others, skipped):
    """Texts that are among the ids are found, and others, unset and longer or shorter ones, are not; also in a slice."""
    ids = [one for one in ids if len(one.encode()) == len(ids[0].encode())]
    texts = pa.array([*others, *ids], pa.string()).slice(skipped)
    found = IdTable.of(pa.array(ids, pa.string())).find(texts)
    assert found.tolist() == places_of(texts.to_pylist(), ids)


@pytest.mark.parametrize("size", [1, 7, 8, 9, 26, 64])
def test_ids_differ_by_any_byte(size):
    """An id that differs in its first or in its last byte only is another one."""
    ids = ["a" * size, "b" + "a" * (size - 1), "a" * (size - 1) + "c"]
    texts = [*ids, "d" + "a" * (size - 1), "a" * (size - 1) + "d", "a" * (size + 1)]
    found = IdTable.of(pa.array(ids)).find(pa.array(texts))
    assert found.tolist() == places_of(texts, ids)


def test_ids_that_share_their_places_are_found(monkeypatch):
    """Ids whose place is taken have another one, and what is looked for there and isn't any of them is not found."""
    monkeypatch.setattr(id_table, "_places", lambda words, _count: np.full(len(words), 1, dtype=np.int64))
    ids = [f"{number:04}" for number in range(40)]
    texts = [*reversed(ids), "0040", "9999"]
    assert IdTable.of(pa.array(ids)).find(pa.array(texts)).tolist() == places_of(texts, ids)


def test_the_search_ends(monkeypatch):
    """Where places are taken one after the other, what is none of the ids is not looked for behind the last of them."""
    monkeypatch.setattr(id_table, "_places", lambda words, count: words[:, 0].astype(np.int64) % count)
    table = IdTable.of(pa.array([f"{chr(number)}\0" for number in range(1, 121)]))
    looked_at, is_other = [], IdTable._is_other
    monkeypatch.setattr(IdTable, "_is_other", lambda *given: looked_at.append(1) or is_other(*given))
    assert table.find(pa.array(["\x01\x02", "\x78\0"])).tolist() == [-1, 119]
    assert len(looked_at) < len(table.words)


def test_ids_that_crowd_are_left_to_arrow(monkeypatch):
    """Ids that were made to have one place would take hours, so no table is made of them."""
    monkeypatch.setattr(id_table, "_places", lambda words, _count: np.zeros(len(words), dtype=np.int64))
    assert IdTable.of(pa.array([f"{number:04}" for number in range(100)])) is None


@pytest.mark.parametrize("ids", [[], ["a", None], ["a", "bb"], [""], ["x" * 65]])
def test_other_ids_are_left_to_arrow(ids):
    """No table is made of ids of several lengths, of none, of unset and of long ones."""
    assert IdTable.of(pa.array(ids, pa.string())) is None


@pytest.mark.parametrize("ids", [["ann", "bea", "cyd"], ["ann", "bea", "cydney"]])
def test_a_file_is_looked_up_in_either_way(ids, tmp_path):
    """Whether ids have one length or several, the cells of a file are found alike."""
    texts = ["bea", None, "", "cyd", "cydney", "ann", "eve"] * 30_000
    pq.write_table(pa.table({"profile_id": texts}), tmp_path / "events.parquet", row_group_size=50_000)
    cells = stored_table(tmp_path / "events.parquet")["profile_id"]
    assert cells.index_in(pa.array(ids)).tolist() == places_of(texts[:7], ids) * 30_000

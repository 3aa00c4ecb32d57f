"""The suite runs, notices a wrong answer, and writes its tables where they belong and nowhere else."""

import shutil
import sys

import fresh
import generate
import peers
import pyarrow.parquet as pq
import pytest
import results
import suite
import table
from asks import DRAGS, EIGHT, HUNDRED
from bench import Bench
from sections import backtests, moves, phones, saved, sets, sweeps
from timing import Measurement, Record, disagreements


@pytest.mark.parametrize("section", [moves, sweeps, sets, phones, backtests], ids=lambda section: section.__name__)
def test_a_section_measures_and_all_agree(shop_folder, section, monkeypatch):
    """A section gives every task times of segkit and of a peer, and no answer differs."""
    monkeypatch.setattr(moves, "LATER", 3)
    monkeypatch.setattr(moves, "DRAGS", DRAGS[::3])
    monkeypatch.setattr(sets, "PAIRS", (8,))
    monkeypatch.setattr(sets, "HUNDRED", HUNDRED[::5])
    measured = list(section.measure(Bench(shop_folder, 300, peers.available(), rounds=1)))
    tasks = {one.key for one in measured}

    assert disagreements(measured) == []
    assert all(one.answers and all(seconds > 0 for seconds in one.seconds) for one in measured)
    assert all(len({one.peer for one in measured if one.key == key}) > 1 for key in tasks)
    assert all("segkit" in {one.peer for one in measured if one.key == key} for key in tasks)


def test_a_large_shop_goes_to_one_peer_after_the_other(shop_folder, tmp_path, monkeypatch):
    """Above a size each peer has a process of its own, and the answers are compared all the same."""
    pytest.importorskip("polars")
    given = {"--profiles": "300", "--rounds": "1", "--only": "moves", "--shop": shop_folder, "--results": tmp_path}
    monkeypatch.setattr(suite, "LARGE", 299)
    monkeypatch.setattr(sys, "argv", ["suite.py", *(str(word) for pair in given.items() for word in pair)])
    suite.main()
    kept = results.read(tmp_path / "300.json")

    assert {one.peer for one in kept.measurements} == {"segkit", "Polars"}
    assert kept.differing == []


@pytest.mark.parametrize("word", [word for word in fresh.WRITERS if word != "segkit" and word in peers.available()])
def test_writers_write_the_same_bytes(shop_folder, tmp_path, word):
    """A peer's file of members is segkit's, byte for byte."""
    for writer in ("segkit", word):
        fresh.WRITERS[writer](tmp_path / f"{writer}.csv", shop_folder)

    assert (tmp_path / f"{word}.csv").read_bytes() == (tmp_path / "segkit.csv").read_bytes()


def test_a_fresh_process_tells_its_time_and_its_peak(shop_folder):
    """A step in a process of its own reports seconds, memory and answers."""
    done = fresh.run("segkit", "first move", shop_folder)

    assert done["seconds"] > 0
    assert done["peak_mib"] >= 0
    assert len(done["answers"]) == 1


def test_a_saved_shop_is_timed_and_answers_as_it_was_loaded(shop_folder):
    """Each step around a saved shop has its time, and what it answers is what the loaded shop does."""
    measured = {one.task: one for one in saved.measure(Bench(shop_folder, 300, ["segkit"], rounds=1))}

    assert set(measured) == set(saved.STEPS)
    loaded, opened = (measured[f"8 segments first, of a {kind} shop"].answers for kind in ("loaded", "saved"))
    assert loaded == opened


def test_a_wrong_answer_is_noticed():
    """An answer that differs from segkit's is a line, and one of float sums says that it is."""
    record = Record("moves")
    record.add("spent", "later", "segkit", 0.1, {"at 5": 7})
    record.add("spent", "later", "Polars", 0.1, {"at 5": 8})
    record.add("spent", "later", "pandas as written", 0.1, {"at 5": 6}, is_exact=False)

    assert disagreements(record) == [
        "moves, spent, at 5: Polars 8, segkit 7",
        "moves, spent, at 5: pandas as written 6, segkit 7 (float sums)",
    ]


def test_a_peer_that_contradicts_itself_is_stopped():
    """The same question answered otherwise in a later round is an error."""
    record = Record("moves")
    record.add("spent", "later", "Polars", 0.1, {"at 5": 8})

    with pytest.raises(ValueError, match="Polars answers spent, at 5 with 7 after 8"):
        record.add("spent", "later", "Polars", 0.1, {"at 5": 7})


@pytest.mark.parametrize("drag", DRAGS, ids=lambda drag: drag.name)
def test_a_drag_never_comes_back(drag):
    """The positions of a drag are all different, inside its range, and none is where it opened."""
    for number in range(5):
        asks = drag.later(16, number)

        assert len(set(asks)) == 16
        assert drag.first() not in asks
        assert {dict(ask.values)[drag.moving] for ask in asks} <= set(drag.positions)


def test_sets_of_segments_hold_what_they_say():
    """The eight have a rule each, and the hundred are a hundred."""
    assert len({ask.rule for ask in EIGHT}) == len(EIGHT) == 8
    assert len(set(HUNDRED)) == 100


def test_a_seed_is_a_shop(tmp_path, monkeypatch):
    """The same seed gives the same shop and another seed another, in order of time however large the pieces are."""
    monkeypatch.setattr(generate, "PIECE", 1_000)
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        generate.write_shop(tmp_path / name, profiles=200, seed=seed)
    one, same, other = (pq.read_table(tmp_path / name / "events.parquet") for name in ("one", "same", "other"))
    times = one["datetime"].to_pylist()

    assert one.equals(same)
    assert not one.equals(other)
    assert len(times) == 4_000
    assert times == sorted(times)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with results of a small shop and of a large one."""
    for profiles, seconds in ((1_000, 0.001), (1_000_000, 0.01)):
        measured = [
            Measurement("moves", "engaged: days", "later", "segkit", [seconds, seconds * 2, seconds * 3]),
            Measurement("moves", "engaged: days", "later", "Polars", [seconds * 30]),
            Measurement("moves", "engaged: days", "later", "DuckDB", [seconds]),
            Measurement("memory", "load parquet", "once", "segkit", [1.0], peak_mib=[512]),
        ]
        results.keep(tmp_path / "results", profiles, 20, measured, [])
    return tmp_path / "results"


def test_tables_stand_between_the_markers(folder, tmp_path):
    """Only what is between the markers changes; a peer that is quicker is bold; growth and memory stand beside each other."""
    path = tmp_path / "performance.md"
    path.write_text(f"before\n{table.BEGIN}\nOutdated\n{table.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        table.write(folder, path)
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"before\n{table.BEGIN}\n")
    assert text.endswith(f"{table.END}\nafter\n")
    assert "Outdated" not in text
    assert text.count("| engaged: days | 20 (15 to 25) | x15 | **x0.50** |") == 1
    assert "| engaged: days, later | 2.0 | 20 |" in text
    assert "| most memory: load parquet | 512 MiB | 512 MiB |" in text
    assert "| engaged: days | later | DuckDB |" in (tmp_path / "RESULTS.md").read_text(encoding="utf-8")


def test_the_published_tables_are_those_of_the_stored_results(tmp_path):
    """docs/performance.md shows what was measured, to the letter."""
    page = results.FOLDER.parents[1] / "docs" / "performance.md"
    copy = tmp_path / "here" / "performance.md"
    copy.parent.mkdir()
    copy.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(results.FOLDER, tmp_path / "results")
    table.write(tmp_path / "results", copy)

    assert copy.read_text(encoding="utf-8") == page.read_text(encoding="utf-8")


def test_sections_that_are_not_run_again_stay(folder):
    """Results of another section are kept, those of the same section are replaced."""
    again = [Measurement("memory", "load parquet", "once", "segkit", [1.0], peak_mib=[256])]
    path = results.keep(folder, 1_000, 20, again, [])
    kept = results.read(path).measurements

    assert [one.peak_mib for one in kept if one.section == "memory"] == [[256]]
    assert len([one for one in kept if one.section == "moves"]) == 3

"""The same data gives the same bytes, whatever the machine's zone, language, hash seed and number of cores, on any console."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SURROUNDINGS = {
    "plain": {},
    "another zone and hash seed": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    "a language with other capitals and commas": {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "2",
    },
    "no language, an old console": {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONHASHSEED": "3",
    },
    "one thread, a Windows console": {"OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1", "PYTHONIOENCODING": "cp1252"},
    "no asserts and docstrings": {"PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "cp437", "TZ": "America/St_Johns"},
}

PEOPLE = """profile_id,phone_number,sms_consent,email,city,country,Price
a,+12125550142,SUBSCRIBED,ann@mail.example,İstanbul,US,1.5
b,+12125550143,UNSUBSCRIBED,bob@mail.example,Çeşme,US,"1,5"
c,+12125550144,SUBSCRIBED,cem@mail.example,北京 🎉,US,20
"""
EVENTS = """profile_id,metric,datetime,value
a,Placed Order,2026-06-30T23:30:00-05:00,19.99
b,Clicked SMS,2026-06-29T00:10:00+14:00,
c,Placed Order,2026-06-01,5
c,Received SMS,2026-06-28T12:00:00Z,
"""
SEGMENTS = {
    "orders": "segkit: 1\nname: 'Orders of İzmir 🎉'\ndid: Placed Order\nwhen: in the last 7 days\n",
    "cities": "segkit: 1\nname: Cities\nhas: city\nis in: [Çeşme, 北京 🎉]\n",
}


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """Return what a build wrote, said and returned in each of the surroundings."""
    home = tmp_path_factory.mktemp("surroundings")
    for folder, files in {"shop": {"profiles.csv": PEOPLE, "events.csv": EVENTS}, "segments": SEGMENTS}.items():
        (home / folder).mkdir()
        for name, text in files.items():
            path = home / folder / (name if "." in name else f"{name}.yaml")
            path.write_text(text, encoding="utf-8")
    return {name: built(home, place, number) for number, (name, place) in enumerate(SURROUNDINGS.items())}


def built(home, place, number):
    """Build in one surrounding, into a folder of its own, and return what came of it."""
    out = home / str(number) / "build"
    out.parent.mkdir()
    # Windows lacks some of its own variables' replacements, so that only what is to differ is changed.
    inherited = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LANG", "TZ"}}
    command = [sys.executable, "-m", "segkit.command.cli", "build", str(home / "shop"), "--out", str(out), "--segments"]
    ran = subprocess.run(
        [*command, str(home / "segments")],
        env=inherited | place,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return ran, files


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_build_ends_well_anywhere(name, builds):
    """A console that lacks letters shows their codes, and the command does its work."""
    ran, files = builds[name]
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    assert b"Wrote" in ran.stdout
    assert files


@pytest.mark.parametrize("name", [name for name in SURROUNDINGS if name != "plain"])
def test_a_build_is_the_same_anywhere(name, builds):
    """Every file has the same name and the same bytes as in a plain surrounding."""
    expected, found = builds["plain"][1], builds[name][1]
    assert sorted(found) == sorted(expected)
    assert [path for path in expected if found[path] != expected[path]] == []

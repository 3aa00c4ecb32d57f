"""`python3 start.py` says what it installs before it does, hands each word to the right program, and knows when nothing is to do."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAB = ["-m", "segkit.command.cli", "lab", "notebooks/01_quickstart.ipynb"]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """The module start.py, whose environment is a passing folder and whose commands are kept and not run."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ran = []

    def run(*command):
        module.ran.append([str(part) for part in command[1:]])
        if "venv" in command:
            python = Path(module.PYTHON)
            python.parent.mkdir(parents=True)
            python.touch()
        return 0

    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "run", run)
    return module


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], LAB),
        (["--no-browser"], [*LAB, "--no-browser"]),
        (["--port", "8911", "--no-browser"], [*LAB, "--port", "8911", "--no-browser"]),
        (["lab", "--port", "8911"], ["-m", "segkit.command.cli", "lab", "--port", "8911"]),
        (["build", "shop", "--out", "o"], ["-m", "segkit.command.cli", "build", "shop", "--out", "o"]),
        (["test", "-x"], ["-m", "pytest", "-x"]),
        (["docs"], ["docs/make/build_site.py"]),
        (["fuzz", "60"], ["-m", "tests.fuzz", "60"]),
    ],
)
def test_words_reach_their_program(start, words, expected):
    """Options alone go to JupyterLab on the quickstart, and a command goes where it belongs, with its own words."""
    assert start.main(words) == 0
    assert start.ran[-1] == expected


def test_what_is_installed_is_said_first_and_once(start, capsys):
    """The first run says what it installs, how long that takes and how large it is; the second says nothing."""
    start.main([])
    first = capsys.readouterr().out
    installs = len(start.ran)
    start.main([])

    assert re.match(r"Installing segkit and JupyterLab: about a minute and 0\.8 GB, once, in .*\.venv", first)
    assert [command[1] for command in start.ran] == ["venv", "pip", LAB[1], LAB[1]]
    assert len(start.ran) == installs + 1
    assert capsys.readouterr().out == ""


def test_a_changed_project_is_updated(start, capsys):
    """What an older pyproject.toml asked for is installed again, and called an update."""
    start.main([])
    (start.VENV / "installed-notebooks-klaviyo").write_text("older", encoding="utf-8")
    capsys.readouterr()
    start.main([])

    assert capsys.readouterr().out.startswith("Updating segkit and JupyterLab")
    assert start.ran[-2][1] == "pip"


def test_help_lists_the_commands_and_installs_nothing(start, capsys):
    """--help names each command that start.py has of its own."""
    start.main(["--help"])
    told = capsys.readouterr().out

    assert start.ran == []
    assert all(f"start.py {word}" in told for word in ("build", "test", "check", "docs", "fuzz"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_waits_for_the_program(tmp_path):
    """An interrupt is the program's to answer: start.py ends when it has, with its exit code."""
    program = tmp_path / "program.py"
    program.write_text(
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.6), sys.exit(7)))\n"
        "print('ready', flush=True)\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import start; sys.exit(start.run(sys.executable, {str(program)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)

        assert process.wait(timeout=20) == 7

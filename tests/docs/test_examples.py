"""Every Python example of the documentation and the README runs, and shows what stands below it; every command can be parsed."""

import re
import shlex
from pathlib import Path

import pytest
from examples import examples, written

from segkit.command.cli import _app, _lab, _parser

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")] if path.exists()
)
WITH_PYTHON = [path for path in PAGES if "```python\n" in path.read_text(encoding="utf-8")]


def name_of(path):
    """The place of a page in the project."""
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def folder(tmp_path):
    """An empty folder beside which the sample data lies."""
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data", target_is_directory=True)
    return tmp_path


@pytest.mark.parametrize("path", WITH_PYTHON, ids=name_of)
def test_examples_run_and_show_what_stands_below_them(path, folder):
    """The blocks of a page run in order; a block of text below one is what it shows, to the letter."""
    found = examples(path.read_text(encoding="utf-8"), folder)

    assert found
    for example in found:
        assert example.shown in (None, example.output or "shows nothing"), (
            f"if the new output is right, run: python docs/make/examples.py {name_of(path)}"
        )


def commands():
    """The names of all commands, as the parser has them."""
    (choices,) = [action.choices for action in _parser()._actions if isinstance(action.choices, dict)]
    return list(choices)


def command_lines(text):
    """The words of each line in a block of a shell that begins with `segkit` or hands a command to it through start.py."""
    # Blocks in other languages are matched too, since their ends would be taken for beginnings.
    blocks = re.findall(r"^ *```([^\n]*)\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    shown = "\n".join(block for language, block in blocks if language in {"", "sh", "console"})
    through_start = rf"python3 start\.py(?= (?:{'|'.join(commands())})\b)"
    found = re.findall(rf"^ *(?:\$ )?(?:segkit|{through_start}) (.*)$", shown, re.MULTILINE)
    # What follows is for the shell: a pipe, another command or a file.
    return [shlex.split(re.split(r" (?:\||&&|\d?>)", line)[0], comments=True) for line in found]


def check_command(words):
    """Fail if the command is unknown, or has an option or argument that it doesn't know; lab and app hand theirs on to Jupyter."""
    given, unknown = _parser().parse_known_args(words)
    assert not unknown or given.run in {_lab, _app}, f"{' '.join(words)}: {unknown}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_commands_can_be_parsed(path):
    """Each line that begins with `segkit`, or hands words to it through start.py, has arguments that the command knows."""
    for words in command_lines(path.read_text(encoding="utf-8")):
        check_command(words)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_found_and_an_unknown_option_in_it_is_noticed(command):
    """A wrong option fails on a page, whichever command it is for, except where Jupyter has options of its own."""
    page = f"```sh\nsegkit {command} --no-such-option\npython3 start.py {command} --no-such-option\n```\n"
    lines = command_lines(page)

    assert lines == [[command, "--no-such-option"]] * 2
    required = {
        "build": ["a", "--out", "b"],
        "compare": ["a", "b", "--shop", "c"],
        "preset": ["a", "--dialect", "duckdb"],
        "save": ["a", "--out", "b"],
    }
    needed = required.get(command, ["a"])
    if command in {"lab", "app"}:
        check_command([*lines[0], *needed])
    else:
        check_command([command, *needed])
        with pytest.raises(AssertionError, match="no-such-option"):
            check_command([command, *needed, "--no-such-option"])


def test_a_page_with_a_command_that_does_not_exist_fails():
    """A line that begins with `segkit` is a command, also if the parser doesn't know it."""
    (words,) = command_lines("```sh\nsegkit biuld my_shop >log.txt\n```\n")
    with pytest.raises(SystemExit):
        check_command(words)


def test_python_is_always_fenced_as_such():
    """No block names Python in another way, which the test above would pass over."""
    for path in PAGES:
        assert not re.search(
            r"^ *```(py|python3|ipython|pycon|python .*)$", path.read_text(encoding="utf-8"), re.MULTILINE
        )


def test_a_wrong_output_is_noticed_and_written_anew(folder):
    """What an example shows is compared with the text below it, and replaces it on request."""
    page = "# One\n\n```python\nx = 2\nx + 1\n```\n\n```text\n4\n```\n"
    (example,) = examples(page, folder)

    assert (example.shown, example.output) == ("4\n", "3\n")
    assert written(page, folder) == page.replace("4", "3")

"""Every Python example of the documentation and the README runs, and shows what stands below it; every command can be parsed."""

import re
import shlex
from pathlib import Path

import pytest
from examples import examples, written

from segkit.command.cli import _parser

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


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_commands_can_be_parsed(path):
    """Each line that begins with `segkit`, or hands words to it through start.py, has arguments that the command knows."""
    text = path.read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"^ *```(?:sh|console)?\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL))
    lines = re.findall(
        r"^ *(?:segkit|python3 start\.py) ((?:build|pull|push|sample|lab|app)\b.*)$", shown, re.MULTILINE
    )

    for line in lines:
        _parser().parse_known_args(shlex.split(line, comments=True))


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

"""Run the Python of a page, and compare what it shows with the block of text below it.

    python docs/make/examples.py                   write what the examples of all pages show into them
    python docs/make/examples.py docs/start.md     of these pages

The blocks of a page run one after the other, from a folder beside `sample_data`. As in a notebook, the last expression of a block is shown.
"""

import ast
import contextlib
import io
import re
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]

_PYTHON = re.compile(
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```\n"
    r"(?:\n*(?P=indent)```text\n(?P<shown>.*?)^(?P=indent)```\n)?",
    re.MULTILINE | re.DOTALL,
)
"""A block of Python, and a block of text that follows it, if there is one."""


@dataclass(frozen=True)
class Example:
    """A block of Python of a page.

    Attributes:
        code: the Python.
        shown: the text in the page below it; None if there is none.
        output: what the Python shows.
    """

    code: str
    shown: str | None
    output: str


def examples(text: str, folder: Path) -> list[Example]:
    """Run the Python of a page in a folder, and return its blocks."""
    variables: dict[str, object] = {"__name__": "__main__"}
    return [
        Example(found["code"], _bare(found, "shown"), _output(_bare(found, "code") or "", variables, folder))
        for found in _PYTHON.finditer(text)
    ]


def written(text: str, folder: Path) -> str:
    """Return a page with what its examples show in the blocks of text that it has."""
    outputs: Iterator[Example] = iter(examples(text, folder))

    def block(found: re.Match[str]) -> str:
        one = next(outputs)
        if one.shown is None:
            return found[0]
        first, last = (place - found.start() for place in found.span("shown"))
        shown = textwrap.indent(one.output, found["indent"], lambda line: line != "\n")
        return found[0][:first] + shown + found[0][last:]

    return _PYTHON.sub(block, text)


def _bare(found: re.Match[str], group: str) -> str | None:
    """Return a part of a block without the indent of its fences."""
    return None if found[group] is None else re.sub(rf"^{found['indent']}", "", found[group], flags=re.MULTILINE)


def _output(code: str, variables: dict[str, object], folder: Path) -> str:
    """Run a block and return what it prints, followed by the value of its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(tree, "<example>", "exec"), variables)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<example>", "eval"), variables)
            with pd.option_context("display.width", 120, "display.max_columns", 20, "display.max_colwidth", 60):
                print(repr(value) if value is not None else "", end="")
    text = "\n".join(line.rstrip() for line in printed.getvalue().splitlines())
    return text.strip("\n") + "\n" if text.strip() else ""


def main(paths: list[str]) -> None:
    """Write what the examples of pages show into them."""
    for path in map(Path, paths or sorted((ROOT / "docs").rglob("*.md"))):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "sample_data").symlink_to(ROOT / "sample_data", target_is_directory=True)
            text = path.read_text(encoding="utf-8")
            path.write_text(written(text, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

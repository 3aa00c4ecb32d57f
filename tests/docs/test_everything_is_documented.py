"""What the package offers stands on a page: every public name, builder, command and option, and nothing that there isn't."""

import argparse
import importlib
import re
from pathlib import Path

import build_site
import command_page
import pytest
import reference_pages

import segkit as sk
from segkit.command.cli import _parser
from segkit.definition.conditions import KINDS

ROOT = Path(__file__).parents[2]
WRITTEN = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")
}
NOTEBOOKS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb")}
PROSE = "\n".join(text for place, text in (WRITTEN | NOTEBOOKS).items() if not place.startswith("docs/decisions/"))
"""What people read: pages and notebooks. The reference lists every name by itself, so it would prove nothing."""

COMMANDS = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)).choices


@pytest.mark.parametrize("name", [name for name in sk.__all__ if name not in reference_pages.MODULES])
def test_every_public_name_is_used_or_explained(name):
    """It stands on a page or in a notebook, so that somebody finds out what it is for; write a line where people look for it."""
    assert re.search(rf"\bsk\.{name}\b|`{name}`", PROSE), f"no page names sk.{name}: say in docs/ what it is for"


@pytest.mark.parametrize("module", reference_pages.MODULES)
def test_every_name_of_a_public_module_is_used_or_explained(module):
    """Charts, widgets and account functions stand on a page or in a notebook, too."""
    names = importlib.import_module(reference_pages.MODULES[module][0]).__all__
    unnamed = [name for name in names if not re.search(rf"\b{module}\.{name}\b|`{name}`", PROSE)]

    assert names
    assert unnamed == [], "no page names them: say in docs/ what they are for"


def test_the_reference_has_every_public_name_once():
    """Each name has an entry in its group, under the name that people type, and leads to an object with a docstring."""
    pages = reference_pages.pages(ROOT / "segkit" / "__init__.pyi")
    entries = dict(re.findall(r'^::: (\S+)\n.*\n +heading: "(\S+)"', "\n".join(pages.values()), re.MULTILINE))
    expected = {f"sk.{name}" for name in sk.__all__ if name not in reference_pages.MODULES}
    expected |= {
        f"{module}.{name}"
        for module, (home, _) in reference_pages.MODULES.items()
        for name in importlib.import_module(home).__all__
    }

    assert sorted(entries.values()) == sorted(expected)
    for home in entries:
        module, _, name = home.rpartition(".")
        assert name == "Condition" or getattr(importlib.import_module(module), name).__doc__, home


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_on_the_page_of_the_command_line(command):
    """With its help, from the command's own parser; each command is also on a written page, in a line to copy."""
    page = command_page.page()
    part = page.partition(f"\n## segkit {command}\n")[2].partition("\n## ")[0]
    options = [
        option
        for action in COMMANDS[command]._actions
        for option in action.option_strings
        if option not in {"-h", "--help"}
    ]

    assert part
    assert [option for option in options if f"`{option}" not in part] == []
    assert f"segkit {command} " in PROSE


def test_every_option_of_a_build_is_explained():
    """An option that changes an answer is shown where people ask for what it does."""
    options = [option for action in COMMANDS["build"]._actions for option in action.option_strings]
    assert [option for option in options if option not in {"-h", "--help"} and option not in PROSE] == []


def test_phrases_at_a_glance_are_conditions():
    """Every phrase in the table of conditions builds a condition."""
    rows = re.findall(r"^\| .*`sk\..*$", WRITTEN["docs/concepts/conditions.md"], flags=re.MULTILINE)
    phrases = [phrase.replace("\\|", "|") for row in rows for phrase in re.findall(r"`(sk\..*?)`", row)]

    assert len(phrases) > 20
    assert all(isinstance(eval(phrase, {"sk": sk}), KINDS) for phrase in phrases)


def test_every_builder_is_on_a_page():
    """No ready-made segment exists that the page of all of them does not list."""
    assert [name for name in sk.builders.__all__ if f"`{name}`" not in WRITTEN["docs/segments/index.md"]] == []


def test_every_page_is_made(tmp_path):
    """All notebooks, names, commands, decisions and changes have their page, and each page has one heading above all others."""
    made = {place: text for place, text in build_site.made_pages().items() if place.endswith(".md")}
    notebooks = [place for place in made if place.startswith(("segments/", "walkthroughs/"))]
    decisions = [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")]

    assert len(notebooks) == len(NOTEBOOKS)
    assert all(f"]({name})" in made["decisions/index.md"] for name in decisions)
    for place, text in {**made, **WRITTEN}.items():
        bare = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert len(re.findall(r"^# ", bare, re.MULTILINE)) == 1, place


def test_pages_ask_nothing_of_the_outside():
    """No page, style or setting names a picture, a font or a script of another host."""
    files = [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".md", ".css", ".yml", ".js"}]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"!\[[^\]]*\]\(https?:|(src|url)\s*[=(]\s*[\"']?https?:|@import", text), path.name

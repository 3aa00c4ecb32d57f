"""Make the page about the command line from the parser of the command itself."""

import argparse
import re

from segkit.command.cli import _parser

HEAD = """# Command line

`segkit` stands for `.venv/bin/segkit` or, from the project's folder, `python3 start.py`. A command ends with exit code 0, or with 2 and a
sentence that says what to do; `compare` ends with 1 if a definition changed. [How-to: my data](../how-to/data.md) shows them at work.
"""


def page() -> str:
    """Return the page: for each command its use, what it does and its options."""
    parser = _parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    return (
        "\n\n".join([HEAD.strip(), *(_part(name, one, helps[name]) for name, one in commands.choices.items())]) + "\n"
    )


def _part(name: str, parser: argparse.ArgumentParser, what: str) -> str:
    lines = [f"## segkit {name}", "", f"{what[0].upper()}{what[1:]}.", "", "| argument | meaning |", "| --- | --- |"]
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        lines.append(f"| {_written(action)} | {_cell(action.help or '')} |")
    if parser.epilog:
        lines += ["", _cell(parser.epilog)]
    return "\n".join(lines)


def _written(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    if not action.option_strings:
        return f"`{(action.metavar or action.dest).upper()}`"
    word = ", ".join(action.option_strings)
    many = " ..." if action.nargs == "+" else ""
    return f"`{word}`" if action.nargs == 0 else f"`{word} {value}{many}`"


def _cell(text: str) -> str:
    return re.sub(r"(--[\w-]+(?:[\w.]*=[\w.,-]*\w)?)", r"`\1`", text.replace("|", "\\|")).replace("%%", "%")

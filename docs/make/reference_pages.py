"""Make the pages of the reference: one for each group of the public names, in the order of `__all__`."""

import ast
import re
from pathlib import Path

MODULES = {
    "charts": ("segkit.charts", "Charts of finished tables. Import them with `from segkit import charts`."),
    "widgets": ("segkit.widgets", "What moves in a notebook. Import them with `from segkit import widgets`."),
    "account": ("segkit.klaviyo.account", "A Klaviyo account. Import it with `from segkit import account`."),
}
"""The public modules, where each really is, and what it is for."""


def groups(stub: str) -> dict[str, list[str]]:
    """Return the public names by the comment above them in `__all__`."""
    listed = stub.partition("__all__ = [")[2].partition("]")[0]
    found: dict[str, list[str]] = {}
    group = ""
    for line in listed.splitlines():
        if comment := re.match(r"\s*# (.+)", line):
            group = comment[1]
            found[group] = []
        elif name := re.match(r'\s*"(\w+)"', line):
            found[group].append(name[1])
    return found


def homes(stub: str) -> dict[str, str]:
    """Return for each public name the full name under which it is defined."""
    return {
        name.name: f"{node.module}.{name.name}"
        for node in ast.parse(stub).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def pages(stub: Path) -> dict[str, str]:
    """Return the pages of the reference by their place in the site."""
    text = stub.read_text(encoding="utf-8")
    where = homes(text)
    made: dict[str, str] = {}
    index = ["# Reference\n\nAll public names, in groups. Data is the second argument wherever it is one.\n"]
    for group, names in groups(text).items():
        if group == "modules":
            continue
        title = group[0].upper() + group[1:]
        place = f"reference/{_slug(group)}.md"
        parts = [f"# {title}", *(_entry(f"sk.{name}", where[name]) for name in names)]
        made[place] = "\n\n".join(parts) + "\n"
        index.append(_row(title, place, [(f"sk.{name}", where[name]) for name in names]))
    for name, (module, what) in MODULES.items():
        place = f"reference/{name}.md"
        members = _public(stub.parent.joinpath(*module.split(".")[1:], "__init__.py"))
        entries = [(f"{name}.{member}", f"{module}.{member}") for member in members]
        made[place] = "\n\n".join([f"# {name.capitalize()}", what, *(_entry(*entry) for entry in entries)]) + "\n"
        index.append(_row(name.capitalize(), place, entries))
    index.append(
        "**[Command line](command-line.md)**\n\n`segkit` and `python3 start.py`: each command with its options.\n"
    )
    return {"reference/index.md": "\n".join(index), **made}


def _entry(name: str, home: str) -> str:
    return f'::: {home}\n    options:\n      heading: "{name}"\n      toc_label: "{name}"\n      heading_level: 2'


def _row(title: str, place: str, entries: list[tuple[str, str]]) -> str:
    page = place.removeprefix("reference/")
    links = ", ".join(f"[`{name}`]({page}#{home})" for name, home in entries)
    return f"**[{title}]({page})**\n\n{links}\n"


def _slug(group: str) -> str:
    return re.sub(r"[^a-z]+", "-", group.casefold().replace("'s", "s")).strip("-")


def _public(init: Path) -> list[str]:
    """Return the names in `__all__` of a module, without importing it."""
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []

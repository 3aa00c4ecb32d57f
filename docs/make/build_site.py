"""Build the documentation: python docs/make/build_site.py, or python3 start.py docs, which installs what that needs.

Pages that are written stand in docs/; this adds those that are made from the project: notebooks, public names, commands, decisions and
changes. All pages are put into build/pages, Zensical builds build/site from them and refuses a broken link, and llms.txt is added.
"""

import os
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import yaml

import command_page
import notebook_pages
import reference_pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"


def main() -> int:
    """Build the site and return the exit code: 0 unless a link leads nowhere or a page would fetch something from outside."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(DOCS, PAGES, ignore=shutil.ignore_patterns("make", "__pycache__", "ruff.toml"))
    for path in PAGES.rglob("*.md"):
        path.write_text(for_the_site(path.read_text(encoding="utf-8")), encoding="utf-8")
    for place, content in made_pages().items():
        path = PAGES / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    settings = completed(yaml.safe_load((DOCS / "make" / "site.yml").read_text(encoding="utf-8")), PAGES)
    config = ROOT / "build" / "mkdocs.yml"
    config.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")
    code = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(config)],
        cwd=ROOT / "build",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    ).returncode
    if code == 0:
        keep_inside(SITE)
        if asking := asks_outside(SITE):
            print(f"These pages would fetch something from outside: {', '.join(asking)}", file=sys.stderr)
            return 1
        write_lists(settings, PAGES, SITE)
        print(f"Open the documentation: {(SITE / 'index.html').as_uri()}")
    return code


def for_the_site(text: str) -> str:
    r"""Return a page with what Zensical needs, and other readers of Markdown don't know.

    What examples show gets a style of its own. A bar in code in a table, which is escaped for other readers, is written for Zensical.

    >>> for_the_site("```text\n3\n```\n| `a \\| b` |\n")
    '```{ .text .segkit-shown }\n3\n```\n| <code>a &#124; b</code> |\n'
    """
    text = re.sub(r"^( *)```text$", r"\1```{ .text .segkit-shown }", text, flags=re.MULTILINE)
    return re.sub(
        r"`([^`\n]*\\\|[^`\n]*)`", lambda found: "<code>" + escape(found[1]).replace("\\|", "&#124;") + "</code>", text
    )


def made_pages() -> dict[str, str | bytes]:
    """Return pages and pictures that are made from the project, by their place among the pages."""
    return {
        **notebook_pages.pages(ROOT / "notebooks"),
        **reference_pages.pages(ROOT / "segkit" / "__init__.pyi"),
        "reference/command-line.md": command_page.page(),
        "changes.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("# Changelog", "# Changes", 1),
        "decisions/index.md": decisions(DOCS / "decisions"),
    }


def completed(settings: dict[str, Any], pages: Path) -> dict[str, Any]:
    """Return the settings with their folders, and with the pages of a folder in place of each word that begins with @."""
    # Zensical takes paths beneath the folder of its settings only.
    settings = {**settings, "docs_dir": pages.name, "site_dir": SITE.name, "nav": filled(settings["nav"], pages)}
    python = next(one["mkdocstrings"] for one in settings["plugins"] if "mkdocstrings" in one)["handlers"]["python"]
    python["paths"] = [str(ROOT)]
    python["options"]["extensions"] = [str(DOCS / "make" / "doctests.py")]
    return settings


def filled(nav: list[Any], pages: Path) -> list[Any]:
    """Return a part of the navigation with the pages of a folder, ordered by its index, in place of each word that begins with @."""
    found: list[Any] = []
    for entry in nav:
        if isinstance(entry, dict):
            found.append({name: filled(part, pages) for name, part in entry.items()})
        elif entry.startswith("@"):
            found += [f"{entry[1:]}/{name}" for name in by_index(pages / entry[1:])]
        else:
            found.append(entry)
    return found


def by_index(folder: Path) -> list[str]:
    """Return the names of a folder's pages: its index, those that it links to, in its order, then all others by name."""
    names = sorted(path.name for path in folder.glob("*.md"))
    index = (folder / "index.md").read_text(encoding="utf-8") if "index.md" in names else ""
    linked = [name for name in dict.fromkeys(re.findall(r"\]\(([\w-]+\.md)[)#]", index)) if name in names]
    first = [*(["index.md"] if index else []), *linked]
    return [*first, *(name for name in names if name not in first)]


def keep_inside(site: Path) -> None:
    """Replace the script that pages would fetch from outside by one of our own that does the same."""
    ours = f"<script>{(DOCS / 'make' / 'file_worker.js').read_text(encoding='utf-8')}</script>"
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'<script src="https://[^"]*"[^>]*></script>', lambda _: ours, text), encoding="utf-8")


def asks_outside(site: Path) -> list[str]:
    """Return the pages and style sheets that would fetch a script, a style, a font or a picture from another host."""
    asks = re.compile(
        r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?(?:https?:)?//|<link[^>]*\shref=["']?(?:https?:)?//|url\(["']?https?:"""
    )
    files = (path for path in site.rglob("*") if path.suffix in {".html", ".css"})
    return [path.relative_to(site).as_posix() for path in files if asks.search(path.read_text(encoding="utf-8"))]


def write_lists(settings: dict[str, Any], pages: Path, site: Path) -> None:
    """Write llms.txt, a list of all pages, and llms-full.txt, their text, for programs that read documentation.

    The pages of the reference have no text of their own: their names are in the list, and their docstrings in the package.
    """
    lines = [f"# {settings['site_name']}", "", f"> {settings['site_description'].strip()}", ""]
    full = []
    for section, places in sections(settings["nav"]):
        lines += [f"## {section}", ""]
        for place in places:
            text = (pages / place).read_text(encoding="utf-8")
            lines.append(f"- [{title(text)}]({place.removesuffix('.md')}.html): {first_sentence(text)}")
            full.append(re.sub(r'^<div class="segkit-output">.*\n', "", text, flags=re.MULTILINE).strip())
        lines.append("")
    (site / "llms.txt").write_text("\n".join(lines), encoding="utf-8")
    (site / "llms-full.txt").write_text("\n\n\n".join(full) + "\n", encoding="utf-8")


def sections(nav: list[Any], name: str = "Start") -> list[tuple[str, list[str]]]:
    """Return the parts of the navigation, each with its pages."""
    found = [(name, [entry for entry in nav if isinstance(entry, str)])]
    for entry in nav:
        if isinstance(entry, dict):
            for inner, part in entry.items():
                found += sections(part, inner)
    return [(title_, places) for title_, places in found if places]


def title(text: str) -> str:
    """Return the first heading of a page."""
    found = re.search(r"^# (.+?)(?: \{.*\})?$", text, flags=re.MULTILINE)
    return found[1].replace("`", "") if found else ""


def first_sentence(text: str) -> str:
    """Return the first sentence of a page's prose, without its links."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", f"\n{text}".partition("\n# ")[2].partition("\n")[2]))
    prose = next((part for part in paragraphs if re.match(r"[A-Z`*\[]", part)), "")
    words = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(prose.split())).replace("*", "")
    return re.split(r"(?<=[.:?!]) (?=[A-Z`])", words)[0]


def decisions(folder: Path) -> str:
    """Return the list of all decisions."""
    rows = [
        f"| {path.name[:4]} | [{title(path.read_text(encoding='utf-8'))}]({path.name}) |"
        for path in sorted(folder.glob("0*.md"))
    ]
    head = (
        "# Decisions\n\nEach note gives the reasons for a choice that was close: what else was considered, what was measured, and "
        "what the choice costs.\n\n| number | decision |\n| --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())

"""Prepare notebooks for `segkit app`: the list of pages that it opens with, and what a page leaves out.

The app writes nothing on its host, so cells that write files are removed, and so are notes for those who write code.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from segkit.wording import shortened

NOT_IN_APP = "not-in-app"
"""The tag of cells to remove, which authors of notebooks set in JupyterLab's Property Inspector."""

PAGES = "segkitPages"
"""The key of a page's configuration under which the template of the first page finds the list."""

_SHORT, _LETTERS = 60, 180
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)
_LEAD = re.compile(r"^\*\*[^*]+\*\*\s*")
_LOADED = re.compile(r"\.load\(\s*[\"']([^\"']+)[\"']")
_AS_OF = re.compile(r"As of (\d{1,2} \w+ \d{4}(?:, \d\d:\d\d UTC)?)\.")


@dataclass(frozen=True, slots=True)
class Page:
    """A notebook in the list of pages.

    Attributes:
        path: its path below the folder that is served.
        title: its heading.
        line: the first sentence of its text, or the first few if they are short.
        shop: the name of the folder of the shop that it loads; empty if it loads none by name.
        as_of: the moment that its stored numbers refer to; empty if it stores none.
    """

    path: str
    title: str
    line: str
    shop: str
    as_of: str


def leave_out(_request: Any, *, notebook: Any, **_: Any) -> None:
    """Remove the tagged cells from a notebook before Voilà renders and runs it, and give its page the heading as its title.

    nbconvert's own removal by tag does not work here: Voilà applies it when it renders cells but not when it runs them. With
    progressive rendering the removed cell would still run, and all later outputs would appear one cell too early.
    """
    notebook.cells = [cell for cell in notebook.cells if NOT_IN_APP not in cell.metadata.get("tags", ())]
    title = _title(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    if title:
        notebook.metadata["title"] = title


def add_pages(page_config: dict[str, Any], *, notebook_path: str, folder: Path, **_: Any) -> dict[str, Any]:
    """Add the list of pages to the configuration of the first page, or of a folder's; a notebook's page gets none.

    Args:
        page_config: the configuration, which is changed.
        notebook_path: the path below the folder that is served; empty for the folder itself.
        folder: the folder that is served.
    """
    shown = folder / (notebook_path or "").strip("/")
    if shown.is_dir():
        notebooks = sorted(path for path in shown.glob("*.ipynb") if not path.name.startswith("."))
        page_config[PAGES] = [asdict(page_of(path, folder)) for path in notebooks]
    return page_config


def page_of(path: Path, folder: Path) -> Page:
    """Return what the list of pages says about a notebook. A file that can't be read is listed by its name."""
    name = re.sub(r"^\d+[_ -]*", "", path.stem).replace("_", " ")
    below = path.relative_to(folder).as_posix()
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        stored = json.dumps([cell.get("outputs", []) for cell in cells])
    except (OSError, ValueError, KeyError, TypeError):
        return Page(below, name, "", "", "")
    loaded, as_of = _LOADED.search(code), _AS_OF.search(stored)
    return Page(
        below,
        _title(texts) or name,
        _line(texts),
        Path(loaded[1]).name if loaded else "",
        as_of[1] if as_of else "",
    )


def _title(texts: Any) -> str:
    found = next((heading for text in texts if (heading := _HEADING.search(text))), None)
    return _plain(found[1]) if found else ""


def _line(texts: list[str]) -> str:
    """Return the first sentences below the first heading, without a bold lead such as "Why it matters."."""
    paragraphs = [one.strip() for text in texts for one in text.split("\n\n")]
    first = next((one for one in paragraphs if one and not one.startswith("#")), "")
    line = ""
    for sentence in re.split(r"(?<=[.!?])\s", _plain(_LEAD.sub("", first))):
        if line and (len(line) > _SHORT or len(line) + len(sentence) > _LETTERS):
            break
        line = f"{line} {sentence}".strip()
    return shortened(line, _LETTERS)


def _plain(markdown: str) -> str:
    """Return text without the marks of Markdown."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("*", "").replace("`", "").strip()

"""Turn notebooks with their stored outputs into pages."""

import json
import re
from base64 import b64decode
from html import escape
from pathlib import Path
from typing import Any

_RULE = re.compile(r"^## The rules?$", re.MULTILINE)
"""The heading that notebooks about a type of segment have, and others don't."""

_TRY = (
    '!!! tip "Move it yourself"\n    This page is `notebooks/{name}`. `python3 start.py lab notebooks/{name}` opens it in JupyterLab, '
    "where everything can be moved and changed."
)


def pages(folder: Path) -> dict[str, str | bytes]:
    """Return a page for each notebook and its pictures, by their place: in segments/ if about a type of segment, else in walkthroughs/."""
    notebooks = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.ipynb"))}
    places = {name: _place(name, notebook) for name, notebook in notebooks.items()}
    made: dict[str, str | bytes] = {}
    for name, notebook in notebooks.items():
        made |= _page(name, notebook, places)
    return made


def _place(name: str, notebook: dict[str, Any]) -> str:
    words = "\n".join(_text(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    stem = name.removesuffix(".ipynb").replace("_", "-")
    return f"{'segments' if _RULE.search(words) else 'walkthroughs'}/{stem}.md"


def _page(name: str, notebook: dict[str, Any], places: dict[str, str]) -> dict[str, str | bytes]:
    place = places[name]
    parts: list[str] = []
    pictures: dict[str, str | bytes] = {}
    for cell in notebook["cells"]:
        source = _text(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(_linked(source, places))
        elif cell["cell_type"] == "code":
            parts.append(f"```python\n{source}\n```")
            for output in cell["outputs"]:
                shown, picture = _shown(output, f"{place.removesuffix('.md')}-{len(pictures) + 1}.png")
                parts.append(shown)
                pictures |= picture
    head, _, rest = parts[0].partition("\n")
    heading, _, what = head.removeprefix("# ").partition(": ")
    front = f"---\ntitle: {json.dumps(heading, ensure_ascii=False)}\n---\n\n" if what else ""
    lead = f"*{what[0].upper()}{what[1:]}.*" if what else ""
    text = "\n\n".join(
        part for part in (f"# {heading}", lead, rest.strip(), _TRY.format(name=name), *parts[1:]) if part
    )
    return {place: f"{front}{text}\n", **pictures}


def _linked(text: str, places: dict[str, str]) -> str:
    """Let links to notebooks lead to their pages."""
    return re.sub(
        r"\]\((?:\./)?([\w.-]+\.ipynb)(#[^)]*)?\)", lambda found: f"](../{places[found[1]]}{found[2] or ''})", text
    )


def _shown(output: dict[str, Any], picture: str) -> tuple[str, dict[str, str | bytes]]:
    """Return an output in the richest form that needs no script, and the picture that it shows, if it is one."""
    if output["output_type"] == "stream":
        return _html(f"<pre>{escape(_text(output['text']))}</pre>"), {}
    data = output["data"]
    if "image/png" in data:
        name = picture.rpartition("/")[2]
        return f"![{_headline(data)}]({name})", {picture: b64decode(_text(data["image/png"]))}
    return _html(
        _text(data["text/html"]) if "text/html" in data else f"<pre>{escape(_text(data['text/plain']))}</pre>"
    ), {}


def _html(text: str) -> str:
    """Return HTML on one line, so that Markdown leaves it alone; line breaks inside <pre> stay what they are."""
    kept = re.sub(r"<pre.*?</pre>", lambda found: found[0].replace("\n", "&#10;"), text, flags=re.DOTALL)
    return '<div class="segkit-output">' + kept.replace("\n", " ") + "</div>"


def _headline(data: dict[str, Any]) -> str:
    """Return a figure's headline, for those who can't see it."""
    words = data.get("application/vnd.plotly.v1+json", {}).get("layout", {}).get("title", {}).get("text", "")
    return " ".join(re.sub(r"<.*?>", " ", words).split()).replace("[", "(").replace("]", ")")


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)

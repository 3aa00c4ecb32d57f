"""Read a figure back as a person would: its sentence, every text on it, every colour in it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

AWKWARD = ["<b>Bold</b> & <script>alert(1)</script>", "$200 to $500", "%{x} {y}", "Nobody", "2024", " spaced \n out "]
"""Names that a careless chart would run, typeset, fill in, drop or take for a number."""

_TEXT_KEYS = ("text", "hovertext", "ticktext", "customdata", "hovertemplate", "label", "title.text")
_COLOUR_KEYS = re.compile(r"colou?rs?$|colorscale$|bgcolor$|_color$", re.IGNORECASE)


def finding(figure: go.Figure) -> str:
    """Return the title's sentence as it is read."""
    bold = re.search(r"<b>(.*?)</b>", figure.layout.title.text)
    assert bold is not None
    return read(bold[1])


def note(figure: go.Figure) -> str:
    """Return what stands below the title as it is read, colours included."""
    return read(re.sub(r"<b>.*?</b>(<br>)?", "", figure.layout.title.text, count=1))


def read(markup: str) -> str:
    """Return markup as plotly shows it, on one line."""
    return unescape(re.sub(r"<(b|/b|/span|span style=\"[^\"]*\")>", "", markup.replace("<br>", " "))).replace(
        "\xa0", " "
    )


def walk(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a figure's JSON with the nearest key above it."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from walk(inner, name)
    elif isinstance(node, list):
        for inner in node:
            yield from walk(inner, key)
    else:
        yield key, node


def texts(figure: go.Figure) -> list[str]:
    """Return every text that a figure can show."""
    return [leaf for key, leaf in walk(json.loads(figure.to_json())) if key in _TEXT_KEYS and isinstance(leaf, str)]


def colours(figure: go.Figure) -> set[str]:
    """Return every colour in a figure, those in its title included."""
    spec = json.loads(figure.to_json())
    plain = {leaf for key, leaf in walk(spec) if _COLOUR_KEYS.search(key) and isinstance(leaf, str)}
    return plain | set(re.findall(r'color:([^"]+)"', figure.layout.title.text))


def trace(figure: go.Figure, name: str) -> Any:
    """Return the one trace of a name."""
    (found,) = [one for one in figure.data if one.name == name]
    return found


def plain(figure: go.Figure) -> list[dict[str, Any]]:
    """Return the traces as plain lists."""
    return [{key: _listed(value) for key, value in one.to_plotly_json().items()} for one in figure.data]


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def membership(columns: dict[str, str]) -> pd.DataFrame:
    """Return a membership table from a string of 0 and 1 for each segment."""
    return pd.DataFrame({name: [flag == "1" for flag in flags] for name, flags in columns.items()})

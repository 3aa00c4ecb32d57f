"""How pages are made from notebooks, docstrings and settings, and what is refused after the build."""

import doctest
import json

import build_site
import notebook_pages
import pytest
import yaml

PNG = "iVBORw0KGgo="


def code(source, *outputs):
    """A cell of code with its outputs."""
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def shown(**data):
    """An output that is displayed."""
    return {"output_type": "display_data", "data": {name.replace("_", "/"): value for name, value in data.items()}}


@pytest.fixture
def folder(tmp_path):
    """A notebook about a type of segment, and one about something else that links to it."""
    cells = [
        {"cell_type": "markdown", "source": "# VIP: the best customers\n\nWhy it matters."},
        {"cell_type": "markdown", "source": ["## The rule\n", "\n", "Spent much."]},
        code("print(1)", {"output_type": "stream", "name": "stdout", "text": "a < b\n\n1\n"}),
        code("plot()", shown(image_png=PNG, text_plain="Figure")),
        code("table", shown(text_html="<table>\n<tr><td>1</td></tr></table>", text_plain="1")),
    ]
    (tmp_path / "02_vip.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    other = [{"cell_type": "markdown", "source": "# Tour\n\nSee [VIP](02_vip.ipynb#the-rule)."}]
    (tmp_path / "01_tour.ipynb").write_text(json.dumps({"cells": other}), encoding="utf-8")
    return tmp_path


def test_a_notebook_becomes_a_page_of_its_kind(folder):
    """What has a rule is a type of segment, anything else a walkthrough; links between notebooks lead to their pages."""
    made = notebook_pages.pages(folder)

    assert sorted(made) == ["segments/02-vip-1.png", "segments/02-vip.md", "walkthroughs/01-tour.md"]
    assert "[VIP](../segments/02-vip.md#the-rule)" in made["walkthroughs/01-tour.md"]
    assert "python3 start.py lab notebooks/01_tour.ipynb" in made["walkthroughs/01-tour.md"]


def test_a_page_shows_what_the_notebook_shows(folder):
    """The heading is short and its second half the lead; outputs stand below their cell, each on one line of HTML or as a picture."""
    made = notebook_pages.pages(folder)
    page = made["segments/02-vip.md"]

    assert page.startswith('---\ntitle: "VIP"\n---\n\n# VIP\n\n*The best customers.*\n\nWhy it matters.\n')
    assert '```python\nprint(1)\n```\n\n<div class="segkit-output"><pre>a &lt; b&#10;&#10;1&#10;</pre></div>\n' in page
    assert '<div class="segkit-output"><table> <tr><td>1</td></tr></table></div>\n' in page
    assert "![](02-vip-1.png)" in page
    assert made["segments/02-vip-1.png"].startswith(b"\x89PNG")


def test_the_navigation_follows_the_index_of_a_folder(tmp_path):
    """A word with @ becomes the pages of a folder: the index, those that it links to, in its order, then all others by name."""
    (tmp_path / "how-to").mkdir()
    for name in ("a", "b", "c", "d"):
        (tmp_path / "how-to" / f"{name}.md").touch()
    index = "# How to\n\nSee [there](../else.md), [d](d.md#part), [gone](gone.md), [b](b.md), and [d](d.md) again.\n"
    (tmp_path / "how-to" / "index.md").write_text(index, encoding="utf-8")
    (part,) = build_site.filled([{"How to": ["@how-to", "last.md"]}], tmp_path)

    assert part["How to"] == [*(f"how-to/{name}.md" for name in ("index", "d", "b", "a", "c")), "last.md"]


def test_every_page_is_in_the_navigation():
    """No written page is forgotten: it is named in the settings, or lies in a folder that is."""
    settings = yaml.safe_load((build_site.DOCS / "make" / "site.yml").read_text(encoding="utf-8"))
    places = [place for _, part in build_site.sections(settings["nav"]) for place in part]
    written = [path.relative_to(build_site.DOCS).as_posix() for path in build_site.DOCS.rglob("*.md")]

    assert [one for one in written if one not in places and f"@{one.rpartition('/')[0]}" not in places] == []


def test_the_list_for_programs_has_a_line_for_each_page(tmp_path):
    """llms.txt names each page with its first sentence, without links and emphasis; llms-full.txt has their text without outputs."""
    (tmp_path / "one.md").write_text(
        '---\ntitle: x\n---\n\n# One `x`\n\n![a](b.png)\n\nSee *this* [page](two.md). More.\n\n<div class="segkit-output">3</div>\n',
        encoding="utf-8",
    )
    settings = {"site_name": "segkit", "site_description": "Segments.", "nav": ["one.md"]}
    build_site.write_lists(settings, tmp_path, tmp_path)

    assert "- [One x](one.html): See this page." in (tmp_path / "llms.txt").read_text(encoding="utf-8")
    assert "segkit-output" not in (tmp_path / "llms-full.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://x.test/a.js"></script>',
        '<link rel="stylesheet" href="//x.test/a.css">',
        '<img alt="" src="http://x.test/a.png">',
        "<style>@font-face { src: url(https://x.test/a.woff2) }</style>",
    ],
)
def test_a_page_that_asks_outside_is_found(tmp_path, text):
    """Whatever a page would fetch from another host is noticed after the build; a link that people follow is none of it."""
    (tmp_path / "good.html").write_text('<a href="https://x.test">there</a><img src="a.png">', encoding="utf-8")
    (tmp_path / "bad.html").write_text(text, encoding="utf-8")

    assert build_site.asks_outside(tmp_path) == ["bad.html"]


def test_a_script_from_outside_is_replaced_by_ours(tmp_path):
    """The one script that the builder would fetch becomes the one that lies beside it."""
    (tmp_path / "a.html").write_text(
        '<script src="https://x.test/shim" type="text/javascript"></script>', encoding="utf-8"
    )
    build_site.keep_inside(tmp_path)

    assert build_site.asks_outside(tmp_path) == []
    assert "window.Worker" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_examples_in_the_scripts_hold():
    """The doctests of what makes the pages."""
    pytest.importorskip("griffe", reason="comes with the extra docs")
    import doctests  # noqa: PLC0415  # needs griffe

    for module in (build_site, doctests):
        assert doctest.testmod(module).failed == 0

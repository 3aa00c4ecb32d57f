"""What the app makes of notebooks: a list with titles, and pages without the tagged cells."""

from pathlib import Path

import nbformat
import pytest

from segkit.command.jupyter.pages import NOT_IN_APP, PAGES, Page, add_pages, leave_out, page_of

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
WRITES = (
    "write_csv(",
    "write_members(",
    "sk.build(",
    "to_file(",
    "write_sample(",
    "tempfile",
    ".write_text(",
    "mkdir(",
)


def test_tagged_cells_go_and_others_stay():
    """Whatever their kind and other tags; a notebook without the tag is untouched."""
    cells = [
        nbformat.v4.new_markdown_cell("stays"),
        nbformat.v4.new_code_cell("goes", metadata={"tags": ["of my own", NOT_IN_APP]}),
        nbformat.v4.new_code_cell("stays too", metadata={"tags": ["of my own"]}),
        nbformat.v4.new_markdown_cell("goes too", metadata={"tags": [NOT_IN_APP]}),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    for _ in range(2):
        leave_out(None, notebook=notebook, cwd=".")
        assert [cell.source for cell in notebook.cells] == ["stays", "stays too"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_the_app_runs_of_a_notebook_writes_nothing(path):
    """Cells that write are tagged, and stand at the end, so that no cell that is left needs what they made."""
    notebook = nbformat.read(path, as_version=4)
    every = list(notebook.cells)
    leave_out(None, notebook=notebook, cwd=".")

    kept, code = ([cell for cell in cells if cell.cell_type == "code"] for cells in (notebook.cells, every))
    assert kept == code[: len(kept)]
    assert not [
        cell for cell in notebook.cells if cell.cell_type == "code" and any(word in cell.source for word in WRITES)
    ]


WHY = "# SMS engaged: *who*\n\n**Why it matters.** Interest fades. The people in whom it hasn't are the [safest](x) audience. Third."


def written(path, *cells) -> Path:
    """Write a notebook and return its path."""
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def test_a_page_is_listed_with_its_heading_and_what_it_is_about(tmp_path):
    """The list has the heading, the first sentences without the lead and marks, the shop's folder, and the moment of stored numbers."""
    code = nbformat.v4.new_code_cell('shop = sk.load("../my_shop")')
    code.outputs = [nbformat.v4.new_output("display_data", {"text/html": "<div>As of 30 June 2026, 23:43 UTC.</div>"})]
    path = written(tmp_path / "03_engaged.ipynb", nbformat.v4.new_markdown_cell(WHY), code)

    assert page_of(path, tmp_path) == Page(
        "03_engaged.ipynb",
        "SMS engaged: who",
        "Interest fades. The people in whom it hasn't are the safest audience.",
        "my_shop",
        "30 June 2026, 23:43 UTC",
    )


def test_what_can_not_be_read_is_listed_by_its_name(tmp_path):
    """A notebook without a heading, and a file that is none, stand in the list all the same."""
    empty = written(tmp_path / "07_my_notes.ipynb")
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")

    assert page_of(empty, tmp_path) == Page("07_my_notes.ipynb", "my notes", "", "", "")
    assert page_of(tmp_path / "broken.ipynb", tmp_path).title == "broken"


def test_folders_have_a_list_and_notebooks_have_none(tmp_path):
    """The first page and a folder's page list their own notebooks; a notebook's page stays as it is."""
    (tmp_path / "more").mkdir()
    written(tmp_path / "a.ipynb")
    written(tmp_path / "more" / "b.ipynb")

    assert [page["path"] for page in add_pages({}, notebook_path="", folder=tmp_path)[PAGES]] == ["a.ipynb"]
    assert [page["path"] for page in add_pages({}, notebook_path="more", folder=tmp_path)[PAGES]] == ["more/b.ipynb"]
    assert PAGES not in add_pages({}, notebook_path="a.ipynb", folder=tmp_path)


def test_a_page_has_its_heading_as_title():
    """The heading is what the tab of the page says, and a notebook without one keeps its own title."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(WHY)])
    leave_out(None, notebook=notebook, cwd=".")
    assert notebook.metadata["title"] == "SMS engaged: who"

    untitled = nbformat.v4.new_notebook()
    leave_out(None, notebook=untitled, cwd=".")
    assert "title" not in untitled.metadata

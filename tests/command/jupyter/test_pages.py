"""What the app leaves out of a notebook: the tagged cells, before the notebook is drawn and run."""

from pathlib import Path

import nbformat
import pytest

from segkit.command.jupyter.pages import NOT_IN_APP, leave_out

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

    assert notebook.cells == every[: len(notebook.cells)]
    assert not [
        cell for cell in notebook.cells if cell.cell_type == "code" and any(word in cell.source for word in WRITES)
    ]

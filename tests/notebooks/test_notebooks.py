"""Every notebook runs from top to bottom, and what is stored of it is small, whole and shows nobody."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

pytestmark = pytest.mark.filterwarnings("default")  # a kernel and its client warn about matters that are not ours


def refresh():
    """Return the script that stores the notebooks' outputs."""
    spec = importlib.util.spec_from_file_location("refresh", FOLDER / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_notebooks():
    """The folder is found, so that the tests below test something."""
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(path):
    """Every cell runs in a fresh kernel, the stored outputs are as many as a fresh run gives, and tags are kept."""
    fresh = refresh().executed(path)
    stored = nbformat.read(path, as_version=4)

    assert [len(cell.get("outputs", ())) for cell in fresh.cells] == [
        len(cell.get("outputs", ())) for cell in stored.cells
    ]
    assert [cell.metadata for cell in fresh.cells] == [cell.metadata for cell in stored.cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_notebook_is_fit_to_be_read(path):
    """It is executed and small, holds no widget state and no error, names its kernel, and shows no address or phone number."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = nbformat.v4.writes(nbformat.v4.new_notebook(cells=notebook.cells))

    assert outputs
    assert len(text.encode()) < 200_000
    assert "widgets" not in notebook.metadata
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert not [output for output in outputs if refresh().LIVE in output.get("data", {})]
    assert not re.search(r"[\w.]+@[\w-]+\.\w+", shown)
    assert not re.search(r"\+\d{8,15}", shown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_figures_are_seen_without_scripts(path):
    """Beside the data of each figure stands a PNG, and beside each widget's live view its static one."""
    notebook = nbformat.read(path, as_version=4)
    data = [output["data"] for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]
    figures = [bundle for bundle in data if refresh().PLOTLY in bundle]
    widgets = [bundle for bundle in data if bundle.get("text/plain", "").startswith(("Tuner: ", "OverlapExplorer: "))]

    assert figures
    assert widgets
    assert all(bundle["image/png"].startswith("iVBOR") for bundle in figures)
    assert all("<table>" in bundle["text/html"] for bundle in widgets)

"""How a figure appears in a Jupyter kernel: what the page gets, what is imported for it, and when plotly decides."""

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FIGURE = "from segkit.charts import style\nfigure = style.figure([], style.Heading('Nobody'), height=10)\nfigure"
IMPORTED = "import sys\nprint('jsonschema' in sys.modules)"
THEIRS = "import plotly.graph_objects as go\ngo.Figure(figure)"
CHOICE = "import plotly.io\nplotly.io.renderers.default = 'json'\nfigure"

pytestmark = pytest.mark.filterwarnings("default")  # a kernel and its client warn about matters that are not ours

MIME = "application/vnd.plotly.v1+json"


def outputs(*cells: str) -> list[Any]:
    """Run cells in a kernel of their own, and return what they print and show, in order."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [output.get("data") or output["text"] for cell in notebook.cells for output in cell.outputs]


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    """What a kernel shows: our figure, whether it imported much, plotly's own figure, and ours after a choice."""
    ours, imported, theirs, chosen = outputs(FIGURE, IMPORTED, THEIRS, CHOICE)
    return {"ours": ours, "imported": imported, "theirs": theirs, "chosen": chosen}


def test_a_page_gets_what_plotly_would_give_it(cells: dict[str, Any]):
    """A kernel's page gets one bundle, whose data and layout are plotly's own."""
    ours, theirs = cells["ours"], cells["theirs"]
    assert list(ours) == list(theirs) == [MIME]
    assert ours[MIME].keys() >= {"data", "layout"}
    assert {**theirs[MIME], **ours[MIME]} == theirs[MIME]


def test_to_show_a_figure_imports_nothing_that_checks_notebooks(cells: dict[str, Any]):
    """What plotly imports before its first figure, and takes seconds to, is not imported for ours."""
    assert cells["imported"].strip() == "False"


def test_a_renderer_that_was_chosen_is_kept_to(cells: dict[str, Any]):
    """Once code has told plotly how to show figures, ours are shown that way."""
    assert list(cells["chosen"]) == ["application/json"]


def test_a_renderer_that_a_variable_names_is_kept_to(monkeypatch: pytest.MonkeyPatch):
    """Where plotly's variable says how to show figures, ours are shown that way."""
    monkeypatch.setenv("PLOTLY_RENDERER", "json")
    (shown,) = outputs(FIGURE)
    assert list(shown) == ["application/json"]

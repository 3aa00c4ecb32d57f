"""Run every notebook from top to bottom and store its small outputs, so that a reader without a kernel sees results.

    python notebooks/refresh.py            all notebooks
    python notebooks/refresh.py 01         those whose names begin so

No widget state is stored, since it is what makes repositories swell, and no times of execution, since they only make noise.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def executed(path: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a fresh run in its own folder; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    NotebookClient(
        notebook, timeout=300, store_widget_state=False, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02}"
        cell.metadata = {}
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return notebook


def main(beginning: str = "") -> None:
    """Execute and store the notebooks whose names begin so."""
    for path in sorted(HERE.glob(f"{beginning}*.ipynb")):
        print(path.name, flush=True)
        nbformat.write(executed(path), path)


if __name__ == "__main__":
    main(*sys.argv[1:])

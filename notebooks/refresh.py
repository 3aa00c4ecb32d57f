"""Run every notebook from top to bottom and store its small outputs, so that a reader without a kernel sees results.

    python notebooks/refresh.py            all notebooks
    python notebooks/refresh.py 01         those whose names begin so

No widget state is stored, since it is what makes repositories swell, and no times of execution, since they only make noise.
Beside each figure's data stands a PNG of it, which is what a page without scripts shows; only here are kaleido, with a Chromium,
and pillow needed: pip install -e ".[pictures]".
"""

import re
import sys
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from plotly.graph_objects import Figure

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
PLOTLY = "application/vnd.plotly.v1+json"
LIVE = "application/vnd.jupyter.widget-view+json"
PICTURE_WIDTH = 880
"""As wide as a notebook's page, so that titles have room."""
COLOURS = 64


def executed(path: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a fresh run in its own folder; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    NotebookClient(
        notebook,
        timeout=300,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02}"
        # Tags stay: they say which cells the app leaves out.
        cell.metadata = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
        for output in cell.get("outputs", ()):
            # A live view without its state is an error box to some readers; the static one stands beside it.
            output.get("data", {}).pop(LIVE, None)
            if output.get("name") == "stderr":
                output["text"] = _without_places(output["text"])
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return notebook


def _without_places(text: str) -> str:
    """Return warnings without the file and line that they come from, which are those of one machine."""
    return re.sub(r"^\S.*?: (\w*Warning: .*)\n  .*$", r"\1", text, flags=re.MULTILINE)


def add_pictures(notebook: nbformat.NotebookNode) -> None:
    """Put a PNG beside the data of each figure, of few colours, which leaves a fifth of the bytes."""
    import kaleido  # noqa: PLC0415  # whoever only runs the notebooks does without
    from PIL import Image  # noqa: PLC0415

    kaleido.start_sync_server(silence_warnings=True)  # one browser for all pictures
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        drawn = output.get("data", {}).get(PLOTLY)
        if drawn is not None:
            # On white, since text is black here, and a reader's page may be dark.
            figure = Figure(drawn["data"], {**drawn["layout"], "paper_bgcolor": "#ffffff"})
            picture = kaleido.calc_fig_sync(figure, opts={"format": "png", "width": PICTURE_WIDTH})
            small = BytesIO()
            Image.open(BytesIO(picture)).quantize(COLOURS).save(small, "PNG", optimize=True)
            output["data"]["image/png"] = b64encode(small.getvalue()).decode()


def main(beginning: str = "") -> None:
    """Execute and store the notebooks whose names begin so."""
    for path in sorted(HERE.glob(f"{beginning}*.ipynb")):
        print(path.name, flush=True)
        notebook = executed(path)
        add_pictures(notebook)
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main(*sys.argv[1:])

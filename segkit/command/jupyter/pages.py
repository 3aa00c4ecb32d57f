"""Remove the notebook cells that write files when `segkit app` shows a notebook, since the app writes nothing on its host."""

from typing import Any

NOT_IN_APP = "not-in-app"
"""The tag of cells to remove, which authors of notebooks set in JupyterLab's Property Inspector."""


def leave_out(_request: Any, *, notebook: Any, **_: Any) -> None:
    """Remove the tagged cells from a notebook before Voilà renders and runs it.

    nbconvert's own removal by tag does not work here: Voilà applies it when it renders cells but not when it runs them. With
    progressive rendering the removed cell would still run, and all later outputs would appear one cell too early.
    """
    notebook.cells = [cell for cell in notebook.cells if NOT_IN_APP not in cell.metadata.get("tags", ())]

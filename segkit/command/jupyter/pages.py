"""Which cells of a notebook the app leaves out of its page: those that write files, since the app writes nothing on its host."""

from typing import Any

NOT_IN_APP = "not-in-app"
"""The tag of such a cell, which any notebook's author can give: in JupyterLab, under Property Inspector."""


def leave_out(_request: Any, *, notebook: Any, **_: Any) -> None:
    """Take the tagged cells out of a notebook before Voilà draws and runs it.

    nbconvert's own removal by tag won't do: Voilà asks it when it draws and not when it runs, so that with progressive rendering the
    cell runs all the same, and every output after it lands one cell too early.
    """
    notebook.cells = [cell for cell in notebook.cells if NOT_IN_APP not in cell.metadata.get("tags", ())]

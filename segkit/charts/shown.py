"""How a figure appears in a notebook: handed to the page at once, unless plotly was told, or would choose, another way."""

import json
import os
import sys
from typing import Any, Final

import plotly.graph_objects as go

_MIME: Final = "application/vnd.plotly.v1+json"

_CHOICES: Final = (
    "PLOTLY_RENDERER",
    "AZURE_NOTEBOOKS_HOST",
    "COCALC_PROJECT_ID",
    "COLAB_NOTEBOOK_ID",
    "DATABRICKS_RUNTIME_VERSION",
    "KAGGLE_KERNEL_RUN_TYPE",
)
"""Variables that tell plotly how figures are shown, or that are set where pages can't draw the type above."""


class Figure(go.Figure):  # type: ignore[misc]  # plotly ships no types
    """A plotly figure that a Jupyter kernel shows without plotly's renderers; the page gets the same.

    Before its first figure plotly imports all its renderers, with them nbformat and jsonschema, and jsonschema compiles 38 grammars
    of web addresses where JupyterLab is installed: 2.9 s of processor time, as long as the rest of a notebook takes, for 0.01 s here.
    """

    def _ipython_display_(self) -> None:
        # Only IPython calls this, so it is there.
        from IPython import get_ipython  # noqa: PLC0415
        from IPython.display import display  # noqa: PLC0415

        if _is_left_to_plotly(get_ipython()):
            super()._ipython_display_()
        else:
            display({_MIME: json.loads(self.to_json())}, raw=True)  # type: ignore[no-untyped-call]


def _is_left_to_plotly(shell: Any) -> bool:
    """Return whether plotly decides: outside a Jupyter kernel, by its variables, or where its renderers are loaded and may be set."""
    in_kernel = type(shell).__module__.startswith("ipykernel.")
    is_chosen = "plotly.io._renderers" in sys.modules or any(name in os.environ for name in _CHOICES)
    return is_chosen or not in_kernel

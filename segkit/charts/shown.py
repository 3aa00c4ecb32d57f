"""Display figures in a notebook directly, unless a plotly renderer is configured or plotly would choose a special one."""

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
"""Environment variables that configure plotly's renderer, or that identify hosts that can't display `_MIME`."""


class Figure(go.Figure):  # type: ignore[misc]  # plotly ships no types
    """A plotly figure that a Jupyter kernel displays without importing plotly's renderers. The output is the same.

    Before its first figure, plotly imports all its renderers with nbformat and jsonschema, which takes seconds.
    """

    def _ipython_display_(self) -> None:
        # Only IPython calls this method, so it is installed.
        from IPython import get_ipython  # noqa: PLC0415
        from IPython.display import display  # noqa: PLC0415

        if _is_left_to_plotly(get_ipython()):
            super()._ipython_display_()
        else:
            display({_MIME: json.loads(self.to_json())}, raw=True)  # type: ignore[no-untyped-call]


def _is_left_to_plotly(shell: Any) -> bool:
    """Return whether to let plotly display the figure.

    That is the case outside a Jupyter kernel, if one of `_CHOICES` is set, or if the renderers are loaded and may be configured.
    """
    in_kernel = type(shell).__module__.startswith("ipykernel.")
    is_chosen = "plotly.io._renderers" in sys.modules or any(name in os.environ for name in _CHOICES)
    return is_chosen or not in_kernel

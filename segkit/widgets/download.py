"""A button that hands the browser a file built on the click: nothing of it is stored in a notebook or in a widget's state."""

import pathlib
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets


class DownloadButton(anywidget.AnyWidget):
    """Build a file when the button is clicked, and let the browser save it.

    Works in JupyterLab and in Voilà, without a second server and without a link that outlives the click.

    Args:
        build: returns the file's name and bytes; what it raises is shown beside the button.
        description: the button's text.
    """

    _esm = pathlib.Path(__file__).with_name("download.js")
    description = traitlets.Unicode("Download").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)

    def __init__(self, build: Callable[[], tuple[str, bytes]], *, description: str = "Download") -> None:
        super().__init__(description=description)
        self._build = build
        self.on_msg(self._clicked)

    def _clicked(self, _widget: Any, _content: Any, _buffers: Any) -> None:
        try:
            name, data = self._build()
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs beside the button and not in a log
            self.message = str(error)
            return
        self.message = ""
        self.send({"name": name}, buffers=[data])

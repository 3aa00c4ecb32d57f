"""Offer a file for download with a button. The file is built when the button is clicked, and is not stored in the notebook or the widget's state."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from segkit.widgets.scripts import script


class DownloadButton(anywidget.AnyWidget):
    """A button that builds a file when it is clicked, and lets the browser save it.

    It works in JupyterLab and in Voilà, without a second server and without a link that stays valid after the click.

    Args:
        build: a function that returns the file's name, its bytes and a message about it. If it raises an error, the error's message is
            shown instead.
        description: the button's text.
    """

    _esm = script("saving.js", "download.js")
    description = traitlets.Unicode("Download").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)

    def __init__(self, build: Callable[[], tuple[str, bytes, str]], *, description: str = "Download") -> None:
        super().__init__(description=description)
        self._build = build
        self.on_msg(self._clicked)

    def _clicked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        try:
            name, data, said = self._build()
        except Exception as error:  # noqa: BLE001  # every error is shown beside the button, not in a log
            self.message = str(error)
            return
        self.message = ""
        # Every view of the button receives the answer, but only the view that was clicked saves the file.
        self.send({"name": name, "said": said, "view": content.get("view")}, buffers=[data])

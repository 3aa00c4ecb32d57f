"""Show a picture with parts that can be picked with the mouse or the keyboard."""

import pathlib
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets


class PickView(anywidget.AnyWidget):
    """Shows HTML, and calls a function with the attribute `data-pick` of an element when it is pressed.

    Args:
        picked: the function to call.
    """

    _esm = pathlib.Path(__file__).with_name("picture.js")
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(self, picked: Callable[[str], None]) -> None:
        super().__init__()
        self._picked = picked
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if "pick" in content:
            self._picked(str(content["pick"]))

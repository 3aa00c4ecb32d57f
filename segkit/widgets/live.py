"""Draw a tuner's controls, results and buttons in the browser, and answer moves there if the kernel has sent the answers.

`browser_answers.py` decides which sliders the browser can answer, and computes the answers.
"""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from segkit.widgets.scripts import script


class LiveView(anywidget.AnyWidget):
    """Shows controls and HTML. While a control moves, the browser updates the slots in the HTML if it has the answers.

    Each page that shows the view asks for a control's answers while no control is being moved. Answers are valid until another
    control moves. They are sent as messages and are not stored in the notebook.

    Args:
        controls: the description of each control.
        values: the values of the controls.
        buttons: the name of each button and its text.
        answers: a function that takes the index of a control and returns its answers, or None if only the kernel can answer.
        pressed: a function that takes a button's name and the text typed beside it, and returns a message for the page with its data.
        rested: a function that is called when no control has moved for a while.
    """

    _esm = script("saving.js", "live.js")
    _css = pathlib.Path(__file__).with_name("live.css")
    value = traitlets.Unicode("").tag(sync=True)
    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    values: Any = traitlets.List().tag(sync=True)
    buttons = traitlets.List(traitlets.Dict()).tag(sync=True)
    price = traitlets.Float(None, allow_none=True).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        controls: Sequence[dict[str, Any]],
        values: Sequence[Any],
        buttons: Sequence[dict[str, str]],
        *,
        answers: Callable[[int], dict[str, Any] | None],
        pressed: Callable[[str, str], tuple[Mapping[str, Any], list[bytes]]],
        rested: Callable[[], None],
    ) -> None:
        super().__init__(controls=list(controls), values=list(values), buttons=list(buttons))
        self._answers, self._pressed, self._rested = answers, pressed, rested
        self.on_msg(self._heard)

    def forget(self) -> None:
        """Make every page show the current value, and ask for all answers again."""
        self.send({"forget": True})

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        # The message has the newest values, even if earlier moves have not arrived yet.
        self.values = content.get("values", self.values)
        match content:
            case {"control": number}:
                self.send({"control": number, "stand": list(self.values), "answers": self._answers(int(number))})
            case {"press": name, "text": text}:
                said, data = self._pressed(name, text)
                # Every view of the widget hears the answer, but only the view with the pressed button acts on it.
                self.send({"pressed": name, "view": content.get("view"), **said}, buffers=data)
            case {"rest": _}:
                self._rested()
            case _:
                return

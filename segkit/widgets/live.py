"""Show the live part of a tuner, and update it in the browser while a slider moves, if the kernel has sent the answers.

`browser_answers.py` decides which sliders the browser can answer, and works the answers out.
"""

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import ipywidgets
import traitlets


class LiveView(anywidget.AnyWidget):
    """Shows HTML, and updates its slots in the browser while a control moves for which the browser has the answers.

    Each page that shows the view asks for a control's answers while no control is being moved. Answers are valid until another
    control moves. They are sent as messages and are not stored in the notebook.

    Args:
        controls: the widgets that change what is shown.
        answers: takes the index of a control and returns its answers, or None if only the kernel can answer.
    """

    _esm = pathlib.Path(__file__).with_name("live.js")
    value = traitlets.Unicode("").tag(sync=True)
    controls = traitlets.List(trait=traitlets.Instance(ipywidgets.Widget)).tag(
        sync=True, **ipywidgets.widget_serialization
    )

    def __init__(self, controls: Sequence[ipywidgets.Widget], answers: Callable[[int], dict[str, Any] | None]) -> None:
        super().__init__(controls=list(controls))
        self._answers = answers
        self.on_msg(self._asked)

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        number = int(content["control"])
        stand = [_stand(control) for control in self.controls]
        self.send({"control": number, "stand": stand, "answers": self._answers(number)})


def _stand(control: ipywidgets.Widget) -> Any:
    """Return the value of a control as the browser has it; for a choice, its index."""
    return control.index if hasattr(control, "index") else control.value

"""The live part of a tuner: what the kernel last said, or, while one slider moves whose answers have come, the answer at once."""

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import ipywidgets
import traitlets


class LiveView(anywidget.AnyWidget):
    """Show a piece of HTML, and fill its slots in the browser where a control's answers are known.

    Each page that shows it asks for the answers of controls when the hand rests; they are valid as long as all other controls stand
    where they stood. They are sent as messages and kept by no notebook.

    Args:
        controls: the widgets that move what is shown.
        answers: returns the answers for the control of a number, or None where only the kernel can answer.
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
    """Return where a control stands, as the browser knows it: a choice by its number."""
    return control.index if hasattr(control, "index") else control.value

"""Perform the actions of a tuner's buttons: download, copy, save, pin, undo and reset."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.definition.difference import diff
from segkit.definition.segment import Segment
from segkit.definition.text.segment_files import load_segments
from segkit.errors import FileError, SegkitError
from segkit.files import in_app, refuse_in_app
from segkit.masking import masked_path
from segkit.sending.audience import audience
from segkit.sending.file_names import file_name
from segkit.wording import counted

if TYPE_CHECKING:
    from segkit.widgets.tuner import Tuner

Said = tuple[Mapping[str, Any], list[bytes]]
"""A message for the page, and the bytes of a file."""

SEGMENTS = "segments"
"""The folder in which definitions are saved."""


def buttons(*, is_movable: bool) -> list[dict[str, str]]:
    """Return the buttons of a tuner: name, text, help and, for a button with a box to type into, its placeholder and label.

    A tuner without anything to move has no button that undoes moves or compares them.

    `segkit app` never writes files on its host, so its pages offer no button that would.
    """
    both = [
        {"name": "download", "text": "Download the send list", "help": "The members who may be texted, for Klaviyo"},
        {"name": "pin", "text": "Pin as A", "help": "Compare later moves with this position; press again to unpin it"},
        {"name": "undo", "text": "Undo", "help": "Undo the last move"},
        {"name": "reset", "text": "Reset", "help": "Go back to where the tuner started"},
        {"name": "python", "text": "Copy as Python", "help": "The cell that makes this segment"},
        {"name": "yaml", "text": "Copy as YAML", "help": "The segment as text for a file"},
    ]
    writing = [
        {"name": "save", "text": "Save the segment", "help": "Write it as YAML into a folder of segments",
         "box": "folder", "start": SEGMENTS, "label": "Folder of segments"},
        {"name": "write", "text": "Write the send list", "help": "Write the members who may be texted to a file",
         "box": "a path, such as vip.csv", "label": "Path of the send list"},
    ]  # fmt: skip
    every = both if in_app() else both + writing
    return every if is_movable else [one for one in every if one["name"] not in {"pin", "undo", "reset"}]


def press(tuner: "Tuner", name: str, text: str) -> Said:
    """Perform a button's action, and return the message for the page, which may be an error message."""
    try:
        return _DONE[name](tuner, text.strip())
    except (SegkitError, OSError) as error:
        return {"said": str(error), "wrong": True}, []


def saved_path(segment: Segment, folder: str | Path) -> Path:
    """Return the path of a segment's file in a folder of segments."""
    return Path(folder) / file_name(segment.name).replace(".csv", ".yaml")


def _download(tuner: "Tuner", _text: str) -> Said:
    send = audience(tuner.segment, tuner.dataset)
    name = file_name(tuner.segment.name)
    return {"said": f"{name}: {counted(send.size, 'person', 'people')}.", "file": name}, [
        send.to_bytes(layout="klaviyo")
    ]


def _write(tuner: "Tuner", text: str) -> Said:
    refuse_in_app()
    if Path(text).suffix.casefold() != ".csv":
        raise FileError.not_csv(text)
    path = tuner.write_csv(text)
    return {"said": f"Wrote {masked_path(path)}, with its manifest beside it."}, []


def _save(tuner: "Tuner", text: str) -> Said:
    # In the app even the question whether a file exists is refused.
    refuse_in_app()
    path = saved_path(tuner.segment, text or SEGMENTS)
    if not path.is_file():
        return {"said": f"Saved {masked_path(tuner.save(text or SEGMENTS))}."}, []
    (known,) = load_segments(path)
    change = diff(known, tuner.segment)
    if known == tuner.segment:
        return {"said": f"{masked_path(path)} holds this segment already."}, []
    if tuner.asked_to_replace == (path, tuner.segment):
        return {"said": f"Replaced {masked_path(tuner.save(text or SEGMENTS, replace=True))}."}, []
    tuner.asked_to_replace = path, tuner.segment
    what = "; ".join(str(one).splitlines()[0] for one in change.changes) or "its description differs"
    return {"said": f"{masked_path(path)} exists. Press again to replace it: {what}."}, []


def _python(tuner: "Tuner", _text: str) -> Said:
    return {"said": "Copied. It runs in a cell of its own:", "copy": tuner.to_python()}, []


def _yaml(tuner: "Tuner", _text: str) -> Said:
    return {"said": "Copied. Paste it into a file in a folder of segments:", "copy": tuner.segment.to_yaml()}, []


def _pin(tuner: "Tuner", _text: str) -> Said:
    tuner.pin()
    return {"said": "Pinned as A: move a control to compare." if tuner.pinned is not None else "Nothing is pinned."}, []


def _undo(tuner: "Tuner", _text: str) -> Said:
    return {"said": "" if tuner.undo() else "There is nothing to undo."}, []


def _reset(tuner: "Tuner", _text: str) -> Said:
    tuner.reset()
    return {"said": ""}, []


_DONE = {
    "download": _download,
    "write": _write,
    "save": _save,
    "python": _python,
    "yaml": _yaml,
    "pin": _pin,
    "undo": _undo,
    "reset": _reset,
}

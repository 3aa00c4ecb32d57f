"""Read the scripts of widgets. A browser loads a widget's script as one module, so files that widgets share are joined with it."""

import pathlib


def script(*names: str) -> str:
    """Return the text of one or more script files of this package, joined in order."""
    return "".join(pathlib.Path(__file__).with_name(name).read_text(encoding="utf-8") for name in names)

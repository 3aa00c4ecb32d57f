"""Split the words after `segkit lab` and `segkit app` into the folder or notebook to open and the options for JupyterLab or Voilà."""

from collections.abc import Collection, Sequence
from pathlib import Path

from segkit.errors import DataError

NOTEBOOKS = "notebooks"
"""The folder to open by default."""

HELP = ("help-all", "version")
"""Options without a value that all Jupyter programs accept."""


def folder_and_options(command: str, words: Sequence[str], flags: Collection[str]) -> tuple[str, list[str]]:
    """Return the folder or notebook to open, and all other words unchanged.

    A word after an option belongs to the option, as in `--port 8911`, unless the option is one of the flags, which take no value,
    or already has its value, as in `--port=8911`.

    Args:
        command: the command, "lab" or "app", for messages.
        words: the words after the command.
        flags: the options that take no value, without their dashes, such as "no-browser".

    Raises:
        DataError: there is no such folder or notebook, or there is more than one.

    >>> folder_and_options("lab", ["--no-browser", ".", "--port", "8911"], {"no-browser"})
    ('.', ['--no-browser', '--port', '8911'])
    """
    folders: list[str] = []
    options: list[str] = []
    takes_value = False
    for word in words:
        is_option = word.startswith("-")
        (options if is_option or takes_value else folders).append(word)
        takes_value = is_option and "=" not in word and word.lstrip("-") not in flags
    if len(folders) > 1:
        raise DataError.one_folder_at_a_time(command, folders)
    folder = folders[0] if folders else NOTEBOOKS
    if not Path(folder).exists():
        raise DataError.no_notebook(command, Path(folder), _near(Path(folder)))
    return folder, options


def _near(path: Path) -> list[Path]:
    """Return the notebooks in the folder of a missing path, or else the notebooks in the default folder."""
    places = (path, path.parent, Path(NOTEBOOKS), Path())
    return next((found for place in places if (found := sorted(place.glob("*.ipynb")))), [])

"""Define the errors of writing files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_text, quoted
from segkit.wording import listed, nearest

_LONGEST_SHOWN = 60
"""How many letters of a file name an error shows."""


class FileError(SegkitError, OSError):
    """A file can't be written."""

    @classmethod
    def unknown_layout(cls, layout: object, choices: Iterable[str]) -> Self:
        """There is no file layout with this name."""
        choices = list(choices)
        near = nearest(layout, choices) if isinstance(layout, str) else ""
        return cls(f"There is no file layout {quoted(layout)}.{near} The layouts are: {listed(choices)}.")

    @classmethod
    def not_to_be_sent(cls, moment: object) -> Self:
        """A file can't be written for an audience that looks back."""
        return cls(
            f"This audience was made with looking_back, so it uses only what was known at {moment:%Y-%m-%d %H:%M} UTC and must not be texted. "
            "To send, leave looking_back out: sk.audience(segment, shop) uses everything in the data."
        )

    @classmethod
    def no_folder(cls, path: Path) -> Self:
        """The folder to write into does not exist."""
        return cls(
            f"{quoted(path)} can't be written: the folder {quoted(path.parent)} does not exist. Create the folder first."
        )

    @classmethod
    def not_a_folder(cls, path: Path) -> Self:
        """A file is at a path where a folder should be created."""
        return cls(
            f"{quoted(path)} can't be used as a folder: it, or one of its parents, is a file. Choose another folder."
        )

    @classmethod
    def is_folder(cls, path: Path) -> Self:
        """A folder is at a path where a file should be written."""
        return cls(f"{quoted(path)} is a folder. Pass the name of a file, such as {quoted(path / 'vip.csv')}.")

    @classmethod
    def not_a_file(cls, path: Path) -> Self:
        """A pipe, a device or a socket is at a path where a file should be written."""
        return cls(
            f"{quoted(path)} is a pipe, a device or a socket, which can't be replaced by a file. Pass the name of a file, such as "
            "'vip.csv'."
        )

    @classmethod
    def bad_name(cls, path: Path, why: str) -> Self:
        """The system does not allow a file with this name."""
        shown = path.name if len(path.name) <= _LONGEST_SHOWN else f"{path.name[:_LONGEST_SHOWN]}..."
        return cls(
            f"{quoted(shown)} can't be written: its name, or the name of one of its parent folders, {why}. Choose another name, such as "
            "'vip.csv'."
        )

    @classmethod
    def busy(cls, folder: Path) -> Self:
        """Another program has locked a folder."""
        return cls(
            f"{quoted(folder)} can't be written to: another program is still replacing files in this folder. Nothing was changed. "
            "Try again, or write to another folder."
        )

    @classmethod
    def one_folder_for_two(cls, folder: Path, names: Iterable[str]) -> Self:
        """Links make two folders of a build the same folder, so the files of one would replace the files of the other."""
        return cls(
            f"The links {listed(names)} in {quoted(folder)} lead to the same folder, so files that may be sent would be mixed with files that may not. "
            "Remove the links, or build into another folder."
        )

    @classmethod
    def holds_more_than_a_shop(cls, folder: Path, names: Iterable[str]) -> Self:
        """A shop can't be saved into a folder with other files."""
        return cls(
            f"{quoted(folder)} can't become a saved shop: it contains other files, {listed(names, most=5)}, which would be lost. Choose a "
            "new folder, an empty folder or a folder that contains only a saved shop."
        )

    @classmethod
    def exists(cls, path: Path) -> Self:
        """A file already exists, and `replace` is False."""
        return cls(
            f"{quoted(path)} already exists and was not changed. Choose another name or folder. In Python, you can also pass "
            "replace=True."
        )

    @classmethod
    def not_csv(cls, path: str) -> Self:
        """A member file must have a name that spreadsheets and importers accept as a CSV."""
        return cls(f"{quoted(path)} does not end in .csv. Pass the name of a CSV file, such as 'vip.csv'.")

    @classmethod
    def in_app(cls) -> Self:
        """A page of `segkit app` can't write on its host."""
        return cls(
            "This page is served by segkit app, which never writes files on the computer that runs it. Use the download button, or run the notebook in "
            "JupyterLab: segkit lab."
        )

    @classmethod
    def not_written(cls, path: Path, reason: str) -> Self:
        """The system refused to write: no permission, a full disk, or a file that another program has open."""
        return cls(
            f"{quoted(path)} can't be written: {masked_text(reason)}. Nothing was changed. Check that there is enough disk space, that you "
            "have permission to write to the folder, and that no other program has the file open."
        )

    @classmethod
    def split_not_checked(cls) -> Self:
        """A split of a segment can't be written for sending, because nobody was checked."""
        return cls(
            "This split was made from a segment, so nobody was checked for consent and a valid number, and no file is written. Split an audience: "
            'sk.split(sk.audience(segment, shop), shop, {"text": 0.9, "hold out": 0.1}, key="spring").'
        )

"""What can be wrong with a file that is to be written."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_text, quoted
from segkit.wording import listed, nearest

_LONGEST_SHOWN = 60
"""Letters of a file name that an error repeats."""


class FileError(SegkitError, OSError):
    """A file can't be written as asked."""

    @classmethod
    def unknown_layout(cls, layout: object, choices: Iterable[str]) -> Self:
        """A layout that does not exist was asked for."""
        choices = list(choices)
        near = nearest(layout, choices) if isinstance(layout, str) else ""
        return cls(f"There is no file layout {quoted(layout)}.{near} The layouts are: {listed(choices)}.")

    @classmethod
    def not_to_be_sent(cls, moment: object) -> Self:
        """A file to be sent was asked of an audience that looks back."""
        return cls(
            f"This audience looks back: it knows only what was known at {moment:%Y-%m-%d %H:%M} UTC, so nothing may be sent to it. "
            "Leave looking_back out: sk.audience(segment, shop) knows everything in the data."
        )

    @classmethod
    def no_folder(cls, path: Path) -> Self:
        """The folder to write into does not exist."""
        return cls(
            f"{quoted(path)} can't be written: the folder {quoted(path.parent)} does not exist. Create it first."
        )

    @classmethod
    def not_a_folder(cls, path: Path) -> Self:
        """A folder is to be made where a file stands."""
        return cls(
            f"{quoted(path)} can't be written into: it, or a folder above it, is a file. Give the name of a folder."
        )

    @classmethod
    def is_folder(cls, path: Path) -> Self:
        """A file is to be written where a folder stands."""
        return cls(f"{quoted(path)} is a folder. Give the name of a file, such as {quoted(path / 'vip.csv')}.")

    @classmethod
    def not_a_file(cls, path: Path) -> Self:
        """A pipe, a device or a socket stands where a file is to be written."""
        return cls(
            f"{quoted(path)} is a pipe, a device or a socket, which can't be replaced by a file. Give the name of a file, such as "
            "'vip.csv'."
        )

    @classmethod
    def bad_name(cls, path: Path, why: str) -> Self:
        """A path that the system can't have."""
        shown = path.name if len(path.name) <= _LONGEST_SHOWN else f"{path.name[:_LONGEST_SHOWN]}..."
        return cls(
            f"{quoted(shown)} can't be written: its name, or that of a folder above it, is {why}. Give another, such as 'vip.csv'."
        )

    @classmethod
    def busy(cls, folder: Path) -> Self:
        """Another writer does not come to its end."""
        return cls(
            f"{quoted(folder)} can't be written into: another program is replacing files there and does not come to its end. Nothing "
            "was changed. Run the same again, or write into another folder."
        )

    @classmethod
    def one_folder_for_two(cls, folder: Path, names: Iterable[str]) -> Self:
        """Two folders of a build are one by way of a link, so that the files of one would replace those of the other."""
        return cls(
            f"In {quoted(folder)}, {listed(names)} lead to the same folder, so lists that may be sent to would be mixed with others. "
            "Remove the links, or build into another folder."
        )

    @classmethod
    def holds_more_than_a_shop(cls, folder: Path, names: Iterable[str]) -> Self:
        """A shop is to be saved into a folder that holds something else."""
        return cls(
            f"{quoted(folder)} can't become a saved shop: it holds something else, {listed(names, most=5)}, which would be lost. Give a new "
            "folder, an empty one, or one that holds nothing but a saved shop."
        )

    @classmethod
    def exists(cls, path: Path) -> Self:
        """A file is there already, and nobody said that it may be replaced."""
        return cls(
            f"{quoted(path)} already exists and was not changed. Choose another name or folder, or, in Python, pass replace=True to "
            "replace it."
        )

    @classmethod
    def not_csv(cls, path: str) -> Self:
        """A member file is to be written under a name that no spreadsheet or importer takes for a CSV."""
        return cls(f"{quoted(path)} does not end in .csv. Give the name of a CSV file, such as 'vip.csv'.")

    @classmethod
    def in_app(cls) -> Self:
        """A page of `segkit app` asks to write on its host."""
        return cls(
            "This page is served by segkit app, which writes nothing on its host. Use the download button, or run the notebook in "
            "JupyterLab: segkit lab."
        )

    @classmethod
    def not_written(cls, path: Path, reason: str) -> Self:
        """The system refused to write: no permission, a full disk, a file that another program holds open."""
        return cls(
            f"{quoted(path)} can't be written: {masked_text(reason)}. Nothing was changed. Check that there is room, that the folder may be "
            "written to, and that no other program has the file open."
        )

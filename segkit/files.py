"""Files that appear whole or not at all, replace another only on purpose, and never appear on the host of the app."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from segkit.errors import FileError

APP = "SEGKIT_APP"
"""The environment variable that `segkit app` sets; its kernels, and whatever they start, have it too."""


def in_app() -> bool:
    """Say whether this process serves a page of `segkit app`, whose visitors may look and download but write nothing."""
    return bool(os.environ.get(APP))


def refuse_in_app() -> None:
    """Refuse to write on the host of the app; for what makes a folder before `whole_files` is asked.

    Raises:
        FileError: this process serves a page of `segkit app`.
    """
    if in_app():
        raise FileError.in_app()


@contextlib.contextmanager
def whole_files(*paths: Path, replace: bool) -> Iterator[list[Path]]:
    """Give a temporary name for each path; all are renamed at the end, or, if anything failed, none is.

    The temporary names stand in the same folder, since only then is a rename one step. Data is on the disk before it is renamed.
    What stood at a path before stays or comes back where the others can't be replaced too.

    Raises:
        FileError: a folder does not exist, a path is one, a file exists and is not to be replaced, the system refuses to write, or
            this process serves a page of `segkit app`.
    """
    refuse_in_app()
    for path in paths:
        if path.is_dir():
            raise FileError.is_folder(path)
        if not path.parent.is_dir():
            raise FileError.no_folder(path)
        # A link that leads nowhere would be replaced as well.
        if not replace and os.path.lexists(path):
            raise FileError.exists(path)
    parts = [_beside(path, "part") for path in paths]
    olds = [_beside(path, "old") for path in paths]
    try:
        yield parts
        for part in parts:
            with part.open("rb+") as written:
                os.fsync(written.fileno())
        _put_in_place(parts, paths, olds)
    except FileError:
        raise
    except OSError as error:
        raise FileError.not_written(paths[0], error.strerror or type(error).__name__) from None
    finally:
        for left in (*parts, *olds):
            # Tidying up must not hide why it was needed.
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, replace: bool) -> Path:
    """Write text whole or not at all, in UTF-8 and with plain line ends; return the absolute path.

    Raises:
        FileError: as `whole_files`.
    """
    with whole_files(path, replace=replace) as [part]:
        part.write_bytes(text.encode())
    return path.resolve()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.{ending}")


def _put_in_place(parts: Sequence[Path], paths: Sequence[Path], olds: Sequence[Path]) -> None:
    """Rename every part; if one can't be, put back what stood where the ones before it went."""
    # The last has nothing after it that could fail, so it alone needs no way back.
    for path, old in zip(paths[:-1], olds, strict=False):
        if path.exists():
            _second_name(path, old)
    placed = 0
    try:
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
            placed += 1
    except BaseException:
        for path, old in zip(paths[:placed], olds, strict=False):
            if old.exists():
                old.replace(path)
            else:
                path.unlink()
        raise


def _second_name(path: Path, other: Path) -> None:
    """Give a file a second name: a link costs nothing, and where the file system has none, a copy does."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)

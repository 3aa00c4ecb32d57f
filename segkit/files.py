"""Write files atomically, replace existing files only on request, and refuse to write on the host of `segkit app`."""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from segkit.errors import FileError

APP = "SEGKIT_APP"
"""The environment variable that `segkit app` sets. Its kernels and their child processes inherit it."""

LONGEST_WAIT = 30.0
"""The longest wait, in seconds, while another writer renames files in the same folder. Renaming normally takes milliseconds."""

_WORKPLACE = re.compile(r"\.segkit-[0-9a-f]{16}")
_IN_A_WORKPLACE = re.compile(r"[0-9]+\.(part|old|name)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters except tabs and line ends."""
_CONTROL_OR_END = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\ud800-\udfff]")
_LOCK = ".segkit-lock"
"""The lock file on Windows, which can't lock a folder."""
_HELD_BY_ANOTHER = {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


def in_app() -> bool:
    """Return whether this process serves a page of `segkit app`. Its visitors may view and download, but not write on the host."""
    return bool(os.environ.get(APP))


def refuse_in_app() -> None:
    """Refuse to write on the host of the app. Callers that create a folder call it before `whole_files`.

    Raises:
        FileError: this process serves a page of `segkit app`.
    """
    if in_app():
        raise FileError.in_app()


def make_folder(path: Path) -> None:
    """Create a folder and its parents if they do not exist.

    Raises:
        FileError: the folder can't be created, or this process serves a page of `segkit app`.
    """
    refuse_in_app()
    try:
        for missing in takewhile(lambda folder: not folder.exists(), (path, *path.parents)):
            _check_name(missing)
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error


@contextlib.contextmanager
def whole_files(
    *paths: Path, replace: bool, people: Container[Path] = (), last_vouches: bool = False
) -> Iterator[list[Path]]:
    """Yield a temporary path for each path. At the end of the `with` block, rename all of them, or none if anything failed.

    The temporary files are in a hidden folder in the same directory, since a rename is only atomic within a file system. If a writer
    is killed, the next writer in that directory removes its hidden folder. Data is flushed to disk before the rename. If a rename
    fails, the old files are restored.

    If a path is a link, its target is replaced. A new file gets the mode of the file that it replaces. If the file system has locks,
    concurrent writers rename one after the other.

    Args:
        paths: the files.
        replace: whether to replace files that exist.
        people: the paths of files with personal data; only their owner can read new files.
        last_vouches: whether the last file describes the contents of the others. If so, it is removed before they are replaced and
            written after them. If it exists, it therefore always describes them correctly, even if the process was killed.

    Raises:
        FileError: a folder does not exist; a path is a folder, a pipe or a device; a file exists and `replace` is False; the system
            refuses to write; or this process serves a page of `segkit app`.
    """
    refuse_in_app()
    targets = [_target(path, replace=replace) for path in paths]
    folders = sorted({target.parent for target in targets})
    for folder in folders:
        _remove_leftovers(folder)
    try:
        with contextlib.ExitStack() as stack:
            places = {folder: stack.enter_context(_workplace(folder)) for folder in folders}
            parts = [places[target.parent] / f"{number}.part" for number, target in enumerate(targets)]
            yield parts
            for part in parts:
                with part.open("rb+") as written:
                    os.fsync(written.fileno())
            for folder in folders:
                if stack.enter_context(_locked(folder, patience=LONGEST_WAIT)) is False:
                    raise FileError.busy(folder)
            for path, target in zip(paths, targets, strict=True):
                # Check again, since another writer may have been faster.
                if not replace and os.path.lexists(target):
                    raise FileError.exists(path)
            for path, part, target in zip(paths, parts, targets, strict=True):
                _set_mode(part, target, shows_people=path in people)
            _put_in_place(parts, targets, last_vouches=last_vouches)
    except FileError:
        raise
    except OSError as error:
        raise FileError.not_written(paths[0], error.strerror or type(error).__name__) from None


@contextlib.contextmanager
def whole_folder(path: Path, *, replaceable: Callable[[Path], None]) -> Iterator[Path]:
    """Yield a temporary folder that replaces `path` at the end of the `with` block, or is removed if anything failed.

    Only its owner can ever read the folder. An existing folder is removed at the end, or restored after a failure. If the process
    is killed in between, the next writer in the same directory restores it.

    Args:
        path: the folder. Its parents are created if they do not exist.
        replaceable: a function that raises an error if an existing folder must not be replaced.

    Raises:
        FileError: there is a file at the path, the system refuses to write, or this process serves a page of `segkit app`.
    """
    try:
        target = Path(os.path.realpath(path))
        _check_name(target)
        make_folder(target.parent)
        _remove_leftovers(target.parent)
        _check_folder(target, replaceable)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None
    try:
        with _workplace(target.parent) as place:
            part = place / "0.part"
            part.mkdir(mode=0o700)
            (place / "0.name").write_text(target.name, encoding="utf-8")
            yield part
            for found, _, names in os.walk(part):
                for name in names:
                    with (Path(found) / name).open("rb+") as written:
                        os.fsync(written.fileno())
            with _locked(target.parent, patience=LONGEST_WAIT) as lock:
                if lock is False:
                    raise FileError.busy(target.parent)
                # Check again, since another writer may have been faster.
                _check_folder(target, replaceable)
                if target.exists():
                    target.rename(place / "0.old")
                part.rename(target)
    except FileError:
        raise
    except OSError as error:
        raise FileError.not_written(path, error.strerror or type(error).__name__) from None


def _check_folder(target: Path, replaceable: Callable[[Path], None]) -> None:
    if target.exists():
        if not target.is_dir():
            raise FileError.not_a_folder(target)
        replaceable(target)


def check_targets(paths: Iterable[Path], *, replace: bool) -> None:
    """Refuse paths that `whole_files` would refuse, before anything is written.

    Raises:
        FileError: see `whole_files`.
    """
    refuse_in_app()
    for path in paths:
        _target(path, replace=replace)


def write_text(path: Path, text: str, *, replace: bool) -> Path:
    r"""Write text atomically in UTF-8 and return the absolute path. Line ends stay \n, and control characters become blanks.

    Raises:
        FileError: see `whole_files`.
    """
    with whole_files(path, replace=replace) as [part]:
        part.write_bytes(_CONTROL.sub(" ", text).encode())
    return path.resolve()


def escaped(json_text: str) -> str:
    r"""Escape characters that JSON allows but that are unsafe in terminals or can't be encoded: control characters and lone surrogates.

    >>> print(escaped('{"name": "VIP\x9b"}'))
    {"name": "VIP\u009b"}
    """
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def take_lock(fileno: int) -> bool | None:
    """Take the system's lock on an open file or folder. The system releases it when the process ends, even if it is killed.

    Returns:
        True if the lock was taken, False if another process has it, None if there are no locks, as on some network drives.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # each system has only one of these two modules

            msvcrt.locking(fileno, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD_BY_ANOTHER else None
    return True


def _target(path: Path, *, replace: bool) -> Path:
    """Return the file to write, with links resolved. Refuse paths that are not files or can't be files."""
    try:
        _check_name(path)
        target = Path(os.path.realpath(path))
        kind = _kind(target)
        if kind is not None and stat.S_ISDIR(kind):
            raise FileError.is_folder(path)
        if kind is not None and not stat.S_ISREG(kind):
            raise FileError.not_a_file(path)
        if kind is None and _kind(target.parent) is None:
            raise FileError.no_folder(target if path.is_symlink() else path)
        # A broken link also counts as an existing file.
        if not replace and os.path.lexists(path):
            raise FileError.exists(path)
    except FileError:
        raise
    except NotADirectoryError as error:
        raise FileError.not_a_folder(path.parent) from error
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error
    return target


def _check_name(path: Path) -> None:
    """Refuse control characters in names, which file systems may allow but terminals would execute.

    Raises:
        ValueError: the name has a control character.
    """
    if _CONTROL_OR_END.search(path.name):
        raise ValueError


def _kind(path: Path) -> int | None:
    """Return the mode of the file or folder at a path, or None if there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _refusal(path: Path, error: OSError | ValueError) -> FileError:
    """Return the error for a path that the system or Python refuses."""
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return FileError.not_a_folder(path)
    if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
        return FileError.not_written(path, error.strerror or type(error).__name__)
    return FileError.bad_name(
        path, "is too long" if isinstance(error, OSError) else "contains characters that no name can contain"
    )


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Create a hidden folder for one writer's temporary files, readable only by its owner, and remove it at the end."""
    place = None
    with contextlib.ExitStack() as stack:
        try:
            while place is None:
                place = _locked_workplace(folder, stack)
            yield place
        finally:
            if place is not None:
                _empty(place)
    if place is not None:
        _remove(place)


def _locked_workplace(folder: Path, stack: contextlib.ExitStack) -> Path | None:
    """Create a hidden folder and lock it. Return None if another writer removed it as a leftover before it was locked."""
    place = folder / f".segkit-{secrets.token_hex(8)}"
    place.mkdir(mode=0o700)
    try:
        is_lost = stack.enter_context(_locked(place)) is False
    except FileNotFoundError:
        return None
    return None if is_lost or not place.exists() else place


def _remove_leftovers(folder: Path) -> None:
    """Remove the hidden folders that killed writers left, which are the unlocked ones. Ignore errors."""
    with contextlib.suppress(OSError):
        for place in [Path(entry.path) for entry in os.scandir(folder) if _is_workplace(entry)]:
            with contextlib.suppress(OSError):
                with _locked(place) as is_leftover:
                    if is_leftover:
                        _empty(place)
                if is_leftover:
                    _remove(place)


def _is_workplace(entry: "os.DirEntry[str]") -> bool:
    return _WORKPLACE.fullmatch(entry.name) is not None and entry.is_dir(follow_symlinks=False)


def _empty(place: Path) -> None:
    """Remove the temporary files in a locked hidden folder, and the folder itself if the system allows it."""
    with contextlib.suppress(OSError):
        _put_back(place)
        for path in list(place.iterdir()):
            if _IN_A_WORKPLACE.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    _remove(place)


def _put_back(place: Path) -> None:
    """Restore a folder that was moved aside for a new one, if the new one did not replace it."""
    name, old = place / "0.name", place / "0.old"
    if name.exists() and old.is_dir():
        target = place.parent / name.read_text(encoding="utf-8")
        # In a folder that everybody can write to, somebody else may have made the hidden folder.
        if target.parent == place.parent and not os.path.lexists(target):
            old.rename(target)


def _remove(place: Path) -> None:
    """Remove an empty hidden folder. Windows allows this only after its lock is released."""
    with contextlib.suppress(OSError):
        place.rmdir()


@contextlib.contextmanager
def _locked(folder: Path, *, patience: float = 0.0) -> Iterator[bool | None]:
    """Lock a folder, waiting up to `patience` seconds for another process, and yield the result of `take_lock`."""
    try:
        if sys.platform == "win32":
            fileno = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)
        else:
            fileno = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError:
        # A folder may be writable but not readable.
        yield None
        return
    try:
        end = time.monotonic() + patience
        while (lock := take_lock(fileno)) is False and time.monotonic() < end:
            time.sleep(0.01)
        yield lock
    finally:
        os.close(fileno)
        if sys.platform == "win32":
            # This fails while another process has the file open, so the last one removes it.
            with contextlib.suppress(OSError):
                (folder / _LOCK).unlink()


def _set_mode(part: Path, target: Path, *, shows_people: bool) -> None:
    """Give a temporary file the mode and group of the file that it replaces, and make new personal data readable only by its owner."""
    try:
        old = target.stat()
    except FileNotFoundError:
        mode = 0o600 if shows_people else None
    else:
        mode = stat.S_IMODE(old.st_mode)
        if sys.platform != "win32" and part.stat().st_gid != old.st_gid:
            with contextlib.suppress(PermissionError):
                os.chown(part, -1, old.st_gid)
    if mode is not None:
        # Some file systems, such as those on memory sticks, have no modes.
        with contextlib.suppress(PermissionError):
            part.chmod(mode)


def _put_in_place(parts: Sequence[Path], targets: Sequence[Path], *, last_vouches: bool) -> None:
    """Rename every temporary file to its target. If a rename fails, restore the files that were already replaced."""
    olds = [part.with_suffix(".old") for part in parts]
    # Nothing can fail after the last rename, so the last file needs no backup, unless `last_vouches` removes it first.
    backups = len(parts) if last_vouches else len(parts) - 1
    for target, old in zip(targets[:backups], olds, strict=False):
        if target.exists():
            _second_name(target, old)
    try:
        if last_vouches:
            targets[-1].unlink(missing_ok=True)
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    except BaseException:
        if not parts[-1].exists():
            # The interrupt came after all renames, so there is nothing to restore.
            raise
        for part, target, old in zip(parts, targets, olds, strict=True):
            if old.exists():
                old.replace(target)
            elif not part.exists():
                target.unlink()
        raise


def _second_name(path: Path, other: Path) -> None:
    """Give a file a second name: a hard link, or a copy if the file system has no links."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)

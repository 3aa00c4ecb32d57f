"""Files that appear whole or not at all, replace another only on purpose, and never appear on the host of the app."""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Container, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from segkit.errors import FileError

APP = "SEGKIT_APP"
"""The environment variable that `segkit app` sets; its kernels, and whatever they start, have it too."""

LONGEST_WAIT = 30.0
"""Seconds to wait for another writer that is renaming files in the same folder, which takes milliseconds."""

_WORKPLACE = re.compile(r"\.segkit-[0-9a-f]{16}")
_IN_A_WORKPLACE = re.compile(r"[0-9]+\.(part|old|name)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but for tabs and the ends of lines."""
_CONTROL_OR_END = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\ud800-\udfff]")
_LOCK = ".segkit-lock"
"""The file that is locked on Windows, which can't lock a folder."""
_HELD_BY_ANOTHER = {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


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


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        FileError: it can't be made, or this process serves a page of `segkit app`.
    """
    refuse_in_app()
    try:
        for made in takewhile(lambda folder: not folder.exists(), (path, *path.parents)):
            _check_name(made)
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error


@contextlib.contextmanager
def whole_files(
    *paths: Path, replace: bool, people: Container[Path] = (), last_vouches: bool = False
) -> Iterator[list[Path]]:
    """Give a temporary name for each path; all are renamed at the end, or, if anything failed, none is.

    Until then they stand in a hidden folder beside the files, since only within a file system is a rename one step. A writer that
    is killed leaves that folder behind, and the next one that writes there removes it. Data is on the disk before it is renamed.
    What stood at a path before stays or comes back where the others can't be replaced too.

    A link stays, and the file that it leads to is replaced. A file that is replaced keeps its mode. Two writers rename one after the
    other where the file system has locks.

    Args:
        paths: the files.
        replace: replace those that exist.
        people: the paths whose files show people; a new one can be read by its owner alone.
        last_vouches: the last file says what the others hold. It is removed before they are replaced and comes after them, so that
            it fits them whenever it is there, even if the process is killed.

    Raises:
        FileError: a folder does not exist, a path is a folder, a pipe or a device, a file exists and is not to be replaced, the
            system refuses to write, or this process serves a page of `segkit app`.
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
                # Once more, since another writer may have come first.
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
    """Give a temporary folder that takes the place of `path` at the end, or, if anything failed, is removed.

    Nobody but its owner can look into it, then or later. A folder that stood there before is removed, or comes back; of one that was
    being replaced when its writer was killed, by the next that writes beside it.

    Args:
        path: the folder; those above it are made.
        replaceable: raises if a folder that is there already must stay.

    Raises:
        FileError: a file stands there, the system refuses to write, or this process serves a page of `segkit app`.
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
                # Once more, since another writer may have come first.
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


def write_text(path: Path, text: str, *, replace: bool) -> Path:
    """Write text whole or not at all, in UTF-8, with plain line ends, and with a blank for a control character; return the absolute path.

    Raises:
        FileError: as `whole_files`.
    """
    with whole_files(path, replace=replace) as [part]:
        part.write_bytes(_CONTROL.sub(" ", text).encode())
    return path.resolve()


def escaped(json_text: str) -> str:
    r"""Escape what JSON allows as it is and a terminal or an encoder doesn't: control characters and halves of characters.

    >>> print(escaped('{"name": "VIP\x9b"}'))
    {"name": "VIP\u009b"}
    """
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def take_lock(fileno: int) -> bool | None:
    """Take the system's lock on an open file or folder, which it gives back when the process ends, even if it is killed.

    Returns:
        False if another has it, None where there are no locks, as on some network drives.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # each system has one of the two

            msvcrt.locking(fileno, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD_BY_ANOTHER else None
    return True


def _target(path: Path, *, replace: bool) -> Path:
    """Return the file that is to be written, where links lead to; refuse what is no file, and what can't be one."""
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
        # A link that leads nowhere is somebody's own as well.
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
    """Refuse control characters, which a system may allow and a terminal would obey.

    Raises:
        ValueError: there is one.
    """
    if _CONTROL_OR_END.search(path.name):
        raise ValueError


def _kind(path: Path) -> int | None:
    """Return what the system has at a path, as its mode; None if nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _refusal(path: Path, error: OSError | ValueError) -> FileError:
    """Return the error for a path that the system, or Python on the way to it, refuses."""
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return FileError.not_a_folder(path)
    if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
        return FileError.not_written(path, error.strerror or type(error).__name__)
    return FileError.bad_name(path, "too long" if isinstance(error, OSError) else "of characters that no name can have")


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Make a hidden folder for the parts of one writer, which nobody else can read, and remove it at the end."""
    place = None
    with contextlib.ExitStack() as stack:
        try:
            while place is None:
                place = _claimed(folder, stack)
            yield place
        finally:
            if place is not None:
                _empty(place)
    if place is not None:
        _remove(place)


def _claimed(folder: Path, stack: contextlib.ExitStack) -> Path | None:
    """Make a hidden folder and lock it; None if another writer took it for a leftover in between."""
    place = folder / f".segkit-{secrets.token_hex(8)}"
    place.mkdir(mode=0o700)
    try:
        is_lost = stack.enter_context(_locked(place)) is False
    except FileNotFoundError:
        return None
    return None if is_lost or not place.exists() else place


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed writers left: the hidden folders that nobody has locked. Tidying up is no reason to fail."""
    with contextlib.suppress(OSError):
        for place in [Path(entry.path) for entry in os.scandir(folder) if _is_workplace(entry)]:
            with contextlib.suppress(OSError):
                with _locked(place) as is_gone:
                    if is_gone:
                        _empty(place)
                if is_gone:
                    _remove(place)


def _is_workplace(entry: "os.DirEntry[str]") -> bool:
    return _WORKPLACE.fullmatch(entry.name) is not None and entry.is_dir(follow_symlinks=False)


def _empty(place: Path) -> None:
    """Remove the parts in a hidden folder, while it is locked, and itself if the system lets it."""
    with contextlib.suppress(OSError):
        _put_back(place)
        for path in list(place.iterdir()):
            if _IN_A_WORKPLACE.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    _remove(place)


def _put_back(place: Path) -> None:
    """Put back a folder that was moved out of the way of another, which did not take its place."""
    name, old = place / "0.name", place / "0.old"
    if name.exists() and old.is_dir():
        target = place.parent / name.read_text(encoding="utf-8")
        # Somebody else may have made the hidden folder, in a folder that all write to.
        if target.parent == place.parent and not os.path.lexists(target):
            old.rename(target)


def _remove(place: Path) -> None:
    """Remove an empty hidden folder; Windows lets it be removed only when its lock is given back."""
    with contextlib.suppress(OSError):
        place.rmdir()


@contextlib.contextmanager
def _locked(folder: Path, *, patience: float = 0.0) -> Iterator[bool | None]:
    """Lock a folder, waiting some seconds for another; give what `take_lock` returns."""
    try:
        if sys.platform == "win32":
            fileno = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)
        else:
            fileno = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError:
        # A folder may be one to write into and not to look into.
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
            # Which fails for as long as another has it open, so that the last one removes it.
            with contextlib.suppress(OSError):
                (folder / _LOCK).unlink()


def _set_mode(part: Path, target: Path, *, shows_people: bool) -> None:
    """Give a part the mode and group of the file that it replaces; if there is none and it shows people, its owner's alone."""
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
        # Where a file system has no modes, as on a memory stick, there are none to keep.
        with contextlib.suppress(PermissionError):
            part.chmod(mode)


def _put_in_place(parts: Sequence[Path], targets: Sequence[Path], *, last_vouches: bool) -> None:
    """Rename every part; if one can't be, put back what stood where the ones before it went."""
    olds = [part.with_suffix(".old") for part in parts]
    # The last has nothing after it that could fail, so it alone needs no way back, unless it goes first.
    kept = len(parts) if last_vouches else len(parts) - 1
    for target, old in zip(targets[:kept], olds, strict=False):
        if target.exists():
            _second_name(target, old)
    try:
        if last_vouches:
            targets[-1].unlink(missing_ok=True)
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    except BaseException:
        if not parts[-1].exists():
            # Interrupted when all were in place: there is nothing to put back, and the last has no way back.
            raise
        for part, target, old in zip(parts, targets, olds, strict=True):
            if old.exists():
                old.replace(target)
            elif not part.exists():
                target.unlink()
        raise


def _second_name(path: Path, other: Path) -> None:
    """Give a file a second name: a link costs nothing, and where the file system has none, a copy does."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)

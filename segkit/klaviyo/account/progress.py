"""How far a long download came: a bar where somebody watches, a line of plain text for each part where nobody does."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from tqdm.auto import tqdm

from segkit.wording import counted


@contextlib.contextmanager
def counting(what: str, unit: str, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many more have come, and show their number on the standard error stream.

    Args:
        what: the heading of the bar or line.
        unit: one of what is counted, such as "profile".
        shown: False shows nothing.
    """
    total = 0

    def advance(more: int) -> None:
        nonlocal total
        total += more
        bar.update(more)

    is_watched = shown and (sys.stderr.isatty() or _is_notebook())
    with tqdm(desc=what, unit=f" {unit}s", disable=not is_watched) as bar:
        yield advance
    if shown and not is_watched:
        sys.stderr.write(f"{what}: {counted(total, unit)}\n")


def _is_notebook() -> bool:
    """Whether this runs in a notebook's kernel; a program that has merely imported one is none."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None

"""Show the progress of a download: a bar in a terminal or notebook, or else a line of text after each part."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from tqdm.auto import tqdm

from segkit.wording import counted


@contextlib.contextmanager
def counting(what: str, unit: str, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of new items, and show the total on standard error.

    Args:
        what: the heading of the bar or line.
        unit: the singular of what is counted, such as "profile".
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
    """Return whether this runs in a notebook's kernel. Merely having imported IPython does not count."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None

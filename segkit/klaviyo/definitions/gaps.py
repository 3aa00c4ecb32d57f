"""Collects everything that can't cross between Klaviyo and segkit, each with its place, so that all is told at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from segkit.errors import DefinitionError
from segkit.masking import masked_text


class Gaps:
    """What can't be read or written so far, in the order found; each line once."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}
        self._place = ""

    @property
    def lines(self) -> list[str]:
        """The gaps, each with its place before it."""
        return list(self._lines)

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Note whatever is refused inside as a gap of this place, and go on after it."""
        before, self._place = self._place, masked_text(place)
        try:
            yield
        except DefinitionError as error:
            self.note(error)
        finally:
            self._place = before

    def note(self, error: DefinitionError) -> None:
        """Note a gap of the present place without leaving it."""
        self._lines[f"{self._place}: {error}" if self._place else str(error)] = None

"""Collect all conditions that can't be translated between Klaviyo and segkit, so that one error reports them together."""

from collections.abc import Iterator
from contextlib import contextmanager

from segkit.errors import DefinitionError
from segkit.masking import masked_text


class Gaps:
    """The conditions that couldn't be read or written so far, in order and without duplicates."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}
        self._place = ""

    @property
    def lines(self) -> list[str]:
        """The gaps, each preceded by its position."""
        return list(self._lines)

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Record any `DefinitionError` raised inside the `with` block as a gap at `place`, and continue after the block."""
        before, self._place = self._place, masked_text(place)
        try:
            yield
        except DefinitionError as error:
            self.note(error)
        finally:
            self._place = before

    def note(self, error: DefinitionError) -> None:
        """Record a gap at the current place, without leaving the `at` block."""
        self._lines[f"{self._place}: {error}" if self._place else str(error)] = None

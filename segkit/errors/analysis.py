"""Define the errors of analysis: questions that the data can't answer, or not without looking ahead."""

from collections.abc import Iterable
from typing import Self

from segkit.errors.base import SegkitError
from segkit.wording import listed


class AnalysisError(SegkitError, ValueError):
    """A question can't be answered from this data."""

    @classmethod
    def computed_later(cls, names: Iterable[str]) -> Self:
        """A rule that is looked at from past moments uses a property that is computed from later events."""
        every = list(names)
        return cls(
            f"{listed(every)} can't be used for a past moment: the data has only today's value, which is computed from what happened "
            f"after that moment, so the answer would have seen the future. Leave the condition out, or accept that with "
            f"allow_todays={every!r}."
        )

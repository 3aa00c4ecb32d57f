"""Describe the data that an eligibility check used, and the data that was missing for it."""

from dataclasses import dataclass

import pandas as pd

NOT_CHECKED = "not checked: "
"""How a coverage text begins if data was missing."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The data that a check used.

    Attributes:
        words: a description, in English, of the data that was used.
        missing: descriptions of the data that the check needs but lacks; empty if nothing is missing.
    """

    words: str
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the missing data and the data that was used, as text."""
        parts = [f"{NOT_CHECKED}{', '.join(self.missing)}"] * bool(self.missing) + [self.words] * bool(self.words)
        return "; ".join(parts)


def unchecked(waterfall: pd.DataFrame) -> list[str]:
    """Return the steps in a waterfall for which data was missing, or [] if it has no column `checked_against`.

    >>> told = [str(Coverage("1 phone number")), str(Coverage("", ("no event of a failed text",)))]
    >>> unchecked(pd.DataFrame({"step": ["no phone", "fails"], "checked_against": told}))
    ['fails']
    """
    if "checked_against" not in waterfall:
        return []
    return waterfall.loc[waterfall["checked_against"].str.startswith(NOT_CHECKED), "step"].tolist()

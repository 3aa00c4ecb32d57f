"""What a check of eligibility was checked against, and what it lacked: in words, and as read back from a waterfall."""

from dataclasses import dataclass

import pandas as pd

NOT_CHECKED = "not checked: "
"""How the coverage of a step begins that lacks something."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a check was checked against.

    Attributes:
        words: what the data holds for it, in English.
        missing: what it would have needed and the data lacks; nothing if all is there.
    """

    words: str
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say both, what is missing first."""
        parts = [f"{NOT_CHECKED}{', '.join(self.missing)}"] * bool(self.missing) + [self.words] * bool(self.words)
        return "; ".join(parts)


def unchecked(waterfall: pd.DataFrame) -> list[str]:
    """Return the steps of a waterfall for which the data lacks something; none where it has no column `checked_against`.

    >>> told = [str(Coverage("1 phone number")), str(Coverage("", ("no event of a failed text",)))]
    >>> unchecked(pd.DataFrame({"step": ["no phone", "fails"], "checked_against": told}))
    ['fails']
    """
    if "checked_against" not in waterfall:
        return []
    return waterfall.loc[waterfall["checked_against"].str.startswith(NOT_CHECKED), "step"].tolist()

"""Report how many rows of a table were left out. A small loss is a row in the report, and a large loss an alarm at the top."""

from collections.abc import Iterable
from dataclasses import dataclass

from segkit.data.validation.issues import Issue, Issues

LARGE = 0.05
"""The share of events or profiles above which a loss is an alarm."""

ADD_PROFILES = (
    "Load all profiles, or add the missing ones without properties: add_profiles_of_events=True, "
    "or segkit build --add-profiles-of-events"
)
_READ_ON = "The other rows of the report give the reasons"


@dataclass(frozen=True, slots=True)
class Loss:
    """How many rows of a table were left out.

    Copies of a row, and rows that a connector marked as deleted, count neither as left out nor as rows.

    Attributes:
        table: the table's name.
        left_out: the number of rows left out.
        rows: the number of all rows.
        unknown_profiles: the number of rows left out because their profile is missing.
    """

    table: str
    left_out: int
    rows: int
    unknown_profiles: int = 0

    @property
    def is_large(self) -> bool:
        """Whether the loss is an alarm."""
        return self.left_out > LARGE * self.rows

    @property
    def share(self) -> str:
        """The share in words.

        >>> Loss("events", 74_031, 155_848).share
        '47.5% of events left out'
        """
        return (
            f"{min(self.left_out / self.rows, 0.999 if self.left_out < self.rows else 1):.1%} of {self.table} left out"
        )

    @property
    def next_step(self) -> str:
        """What the user can do about it."""
        return ADD_PROFILES if 2 * self.unknown_profiles > self.left_out else _READ_ON

    @property
    def sentence(self) -> str:
        """The alarm as text."""
        return f"{self.share} ({self.left_out:,} of {self.rows:,}). {self.next_step}."


def put_first(losses: Iterable[Loss], issues: Issues) -> None:
    """Insert a row for each loss at the top of the report."""
    issues.found[:0] = [
        Issue(loss.table, "rows", loss.share, loss.left_out, "", f"{loss.next_step}. The table has {loss.rows:,} rows")
        for loss in losses
    ]

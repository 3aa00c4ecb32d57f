"""While data is loaded, collect the data issues and the resolution of each, for the data report."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from segkit.drawing.frames import StyledFrame
from segkit.errors import DataError
from segkit.masking import masked_text, shape_of

COLUMNS = ["table", "column", "issue", "count", "examples", "resolution"]
"""The columns of the data report."""

EXAMPLES = 3
"""How many examples of each issue are shown."""

LONGEST = 200
"""How many characters of a cell are used for an example, since masking a long cell, such as a page of HTML, would be slow."""

PERSONAL_COLUMNS = frozenset(
    {"profile_id", "external_id", "email", "phone_number", "first_name", "last_name", "address1", "address2", "ip"}
)
"""Columns whose cells identify a person."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A data issue in a column: how often it occurs, a few examples, and its resolution or, if it is fatal, what to do."""

    table: str
    column: str
    issue: str
    count: int
    examples: str
    resolution: str
    is_fatal: bool = False

    def sentence(self) -> str:
        """Return the issue as a line of an error message."""
        times = f" ({self.count:,} times)" if self.count > 1 else ""
        examples = f", such as {self.examples}" if self.examples else ""
        return f"{self.table}, {self.column}: {self.issue}{times}{examples}. {self.resolution}."


@dataclass(slots=True)
class Issues:
    """Collect the issues of all tables, so that loading reports them together."""

    found: list[Issue] = field(default_factory=list)

    def note(
        self, table: str, column: str, issue: str, count: int, *, examples: Iterable[object] = (), resolution: str
    ) -> None:
        """Record cells that were converted or left out; nothing if `count` is 0."""
        if count:
            self.found.append(Issue(table, masked_text(column), issue, count, shown(column, examples), resolution))

    def refuse(
        self, table: str, column: str, issue: str, count: int, *, examples: Iterable[object] = (), next_step: str
    ) -> None:
        """Record a fatal issue, which would silently change results; nothing if `count` is 0."""
        if count:
            self.found.append(
                Issue(table, masked_text(column), issue, count, shown(column, examples), next_step, is_fatal=True)
            )

    def raise_if_fatal(self) -> None:
        """Raise an error that lists all fatal issues so far.

        Raises:
            DataError: there is a fatal issue.
        """
        fatal = [issue.sentence() for issue in self.found if issue.is_fatal]
        if fatal:
            raise DataError.issues(fatal)

    def report(self) -> pd.DataFrame:
        """Return a row for each issue, with the columns `COLUMNS`."""
        rows = [[getattr(issue, column) for column in COLUMNS] for issue in self.found]
        return StyledFrame(rows, columns=COLUMNS)


def shown(column: str, examples: Iterable[object]) -> str:
    """Return a few examples as text. Phone numbers and addresses are masked.

    >>> shown("phone_number", ["(415) 555-0132"]), shown("profile_id", ["ann.lee@example.com"])
    ("'(415) •••-••••'", "'a••.•••@•••••••.•••'")
    """
    few = list(dict.fromkeys(str(example) for example in examples if example is not None))[:EXAMPLES]
    few = list(dict.fromkeys(masked(column, example) for example in few))
    return ", ".join(repr(example if len(example) <= 40 else example[:39] + "…") for example in few)


def is_personal(column: str, value: str) -> bool:
    """Return whether a cell may identify a person, by its column or since it looks like an address or a phone number.

    >>> is_personal("email", ""), is_personal("Contact", "(415) 555-0132"), is_personal("city", "Boston")
    (True, True, False)
    """
    value = value[:LONGEST]
    return column in PERSONAL_COLUMNS or masked_text(value) != value


def masked(column: str, example: str) -> str:
    """Mask the personal parts of a cell, but keep its shape and enough characters to find it.

    >>> masked("first_name", "Ann"), masked("profile_id", "SYN-00001")
    ('A••', 'SYN-00001')
    """
    example = example[:LONGEST]
    if column == "phone_number":
        return shape_of(shape_of(example, r"\d", visible=3), r"[^\W\d_]", visible=1)
    if column in {"email", "first_name", "last_name", "address1", "address2"}:
        return shape_of(example, r"[^@.\s]", visible=1)
    return masked_text(example)


def covered(header: str) -> str:
    """Mask a header that is a person's cell, except for its first character.

    >>> covered("12 Elm Street")
    '1• ••• ••••••'
    """
    return shape_of(header[:LONGEST], r"[^\W_]", visible=1)

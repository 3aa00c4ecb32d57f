"""What was wrong with the data and what was done about it, gathered while it is read and reported once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from segkit.errors import DataError
from segkit.masking import masked_text, shape_of

EXAMPLES = 3
"""How many examples are shown of each fault."""

LONGEST = 200
"""Letters of a cell that are looked at: an example is short, and to look for people takes long in a page of HTML."""

PERSONAL_COLUMNS = frozenset(
    {"profile_id", "external_id", "email", "phone_number", "first_name", "last_name", "address1", "address2", "ip"}
)
"""Columns whose cells say who somebody is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one column: how often, a few examples, and what was done, or, if it is fatal, what to do."""

    table: str
    column: str
    fault: str
    count: int
    examples: str
    done: str
    is_fatal: bool = False

    def sentence(self) -> str:
        """Return the fault as one line of an error."""
        times = f" ({self.count:,} times)" if self.count > 1 else ""
        examples = f", such as {self.examples}" if self.examples else ""
        return f"{self.table}, {self.column}: {self.fault}{times}{examples}. {self.done}."


@dataclass(slots=True)
class Faults:
    """Collect faults while tables are read, so that one load reports them all."""

    found: list[Fault] = field(default_factory=list)

    def note(
        self, table: str, column: str, fault: str, count: int, *, examples: Iterable[object] = (), done: str
    ) -> None:
        """Record something that was mended or left out; nothing if it never happened."""
        if count:
            self.found.append(Fault(table, masked_text(column), fault, count, shown(column, examples), done))

    def refuse(
        self, table: str, column: str, fault: str, count: int, *, examples: Iterable[object] = (), next_step: str
    ) -> None:
        """Record something that would change an answer silently; nothing if it never happened."""
        if count:
            self.found.append(
                Fault(table, masked_text(column), fault, count, shown(column, examples), next_step, is_fatal=True)
            )

    def raise_if_fatal(self) -> None:
        """Raise one error that lists every fatal fault so far.

        Raises:
            DataError: there is one.
        """
        fatal = [fault.sentence() for fault in self.found if fault.is_fatal]
        if fatal:
            raise DataError.faults(fatal)

    def report(self) -> pd.DataFrame:
        """Return a row for each fault: table, column, fault, count, examples, done."""
        columns = ["table", "column", "fault", "count", "examples", "done"]
        rows = [[getattr(fault, column) for column in columns] for fault in self.found]
        return pd.DataFrame(rows, columns=columns)


def shown(column: str, examples: Iterable[object]) -> str:
    """Return a few examples as text; phone numbers and addresses show their shape and not the person.

    >>> shown("phone_number", ["(415) 555-0132"]), shown("profile_id", ["ann.lee@example.com"])
    ("'(415) •••-••••'", "'a••.•••@•••••••.•••'")
    """
    few = list(dict.fromkeys(str(example) for example in examples if example is not None))[:EXAMPLES]
    few = list(dict.fromkeys(masked(column, example) for example in few))
    return ", ".join(repr(example if len(example) <= 40 else example[:39] + "…") for example in few)


def is_personal(column: str, value: str) -> bool:
    """Whether a cell may say who somebody is: by its column, or since it looks like an address or a phone number.

    >>> is_personal("email", ""), is_personal("Contact", "(415) 555-0132"), is_personal("city", "Boston")
    (True, True, False)
    """
    value = value[:LONGEST]
    return column in PERSONAL_COLUMNS or masked_text(value) != value


def masked(column: str, example: str) -> str:
    """Return a cell with what is personal in it covered: its shape stays, and enough to find it by.

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
    """Return a header that is a cell with all but its beginning covered.

    >>> covered("12 Elm Street")
    '1• ••• ••••••'
    """
    return shape_of(header[:LONGEST], r"[^\W_]", visible=1)

"""Browse a segment's members in a notebook, in a table that can be searched and that masks names, numbers and addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.cards import paragraphs
from segkit.drawing.frames import MOST_ROWS, NAMES
from segkit.drawing.html import Markup, element, pieces
from segkit.engine.membership import members
from segkit.engine.memory.dataset import Dataset
from segkit.engine.order import check_order
from segkit.errors import DefinitionError
from segkit.masking import masked_text
from segkit.vocabulary import PROFILE_COLUMNS
from segkit.widgets.closing import Closable, weakly
from segkit.wording import are, counted, joined

FIRST = ("first_name", "last_name", "email", "phone_number", "city", "country")
"""The columns to show first, if the profiles have them. The shop's own properties come after them."""

COLUMNS = 9
"""The largest number of columns if none are chosen."""


class MemberTable(Closable):
    """Shows the members of a segment in a table that can be searched. People are masked on display, but `found` contains them unmasked.

    A search looks for text, ignoring case, in the id and in all columns, including those that are masked or not shown. For example, "zoe"
    finds Zoe, and shows "Z••". A line below the table names the columns that have the text but are not shown.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        columns: the properties to show; None shows name, email address, phone number and place, and the first of the shop's own properties.
        rows: the number of members to show at once, from 1 to 60.

    Raises:
        DefinitionError: the profiles have no such column, or `rows` is out of range.
        DataError: see `sk.membership`.

    >>> from segkit import has
    >>> people = {"profile_id": ["a", "b"], "first_name": ["Zoe", "Bo"], "Age": [18, 40]}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> table = MemberTable(Segment("Adults", has("Age", at_least=18)), shop)
    >>> table.search = "zo"
    >>> table
    MemberTable: 1 of 2 members of Adults found
    """

    def __init__(
        self, segment: Segment, dataset: Dataset, *, columns: Sequence[str] | None = None, rows: int = 20
    ) -> None:
        check_order(segment, "MemberTable(segment, shop)")
        self._name = one_segment(segment).name
        self._members = every = members(segment, dataset)
        if isinstance(rows, bool) or not isinstance(rows, int) or not 1 <= rows <= MOST_ROWS:
            raise DefinitionError.bad_value("rows", rows, f"a whole number from 1 to {MOST_ROWS}")
        unknown = [name for name in columns or () if name not in every.columns]
        if unknown:
            raise DefinitionError.unknown_choice("A column of the member table", unknown[0], list(every.columns))
        self._shown = list(columns) if columns is not None else _usual(every)
        self._rows = rows
        self._columns: dict[str, _Searched] | None = None
        self._last: tuple[str, Flags, dict[str, int]] | None = None
        self._field = ipywidgets.Text(
            description="Search", placeholder="a name, a town, a value", layout={"width": "100%", "max_width": "30rem"}
        )
        self.view = ipywidgets.HTML()
        self._field.observe(weakly(self._refresh), names="value")
        self._opens(ipywidgets.VBox([self._field, self.view]))
        self._refresh()

    @property
    def search(self) -> str:
        """The text to look for. Empty text shows the first members."""
        return str(self._field.value)

    @search.setter
    def search(self, text: str) -> None:
        self._field.value = text

    @property
    def found(self) -> pd.DataFrame:
        """The members found, with the shown columns and `profile_id` as the index. This is personal data."""
        found: pd.DataFrame = self._members.loc[self._search()[0], self._shown]
        return found

    def _search(self) -> tuple[Flags, dict[str, int]]:
        """Return which members are found, and how many of them have the text in each column that is not shown."""
        wanted = " ".join(self.search.split())
        if self._last is None or self._last[0] != wanted:
            self._last = wanted, *self._searched(wanted)
        return self._last[1], self._last[2]

    def _searched(self, wanted: str) -> tuple[Flags, dict[str, int]]:
        if not wanted:
            return np.ones(len(self._members), dtype=bool), {}
        if self._columns is None:
            index = _Searched.of(self._members.index)
            self._columns = {"": index, **{str(name): _Searched.of(self._members[name]) for name in self._members}}
        is_found = np.zeros(len(self._members), dtype=bool)
        hidden: dict[str, int] = {}
        for name, column in self._columns.items():
            holds = column.holds(wanted)
            is_found |= holds
            count = int(np.count_nonzero(holds))
            if count and name and name not in self._shown:
                hidden[name] = count
        return is_found, hidden

    def __repr__(self) -> str:
        return f"MemberTable: {np.count_nonzero(self._search()[0]):,} of {counted(len(self._members), 'member')} of {masked_text(self._name)} found"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Return the live widget, and the same view as static HTML for readers without a kernel."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        return {**bundle, "text/html": self._html(), "text/plain": repr(self)}

    def _refresh(self, _: Any = None) -> None:
        self.view.value = self._html()

    def _html(self) -> str:
        is_found, hidden = self._search()
        found = np.flatnonzero(is_found)
        shown = self._members.iloc[found[: self._rows]][self._shown]
        count = counted(len(self._members), "member")
        wanted = masked_text(" ".join(self.search.split()))
        head = (
            f"{count} of {self._name}" if not wanted else f"{len(found):,} of {count} of {self._name} have “{wanted}”"
        )
        more = len(found) - len(shown)
        rest = [f"{more:,} more {are(more)} not shown."] if more else []
        rest += [_hidden_words(hidden, len(self._members.columns) - len(self._shown))]
        table = Markup(shown._repr_html_()) if len(shown) else Markup()  # type: ignore[operator]  # a frame that shows itself
        return str(pieces(element("div", element("b", masked_text(head))), table, paragraphs(filter(None, rest))))


@dataclass(frozen=True, slots=True)
class _Searched:
    """A column's distinct cells as text in lower case, and the place of each member's cell among them; -1 for a missing cell."""

    texts: pa.Array
    places: npt.NDArray[np.int32]

    @classmethod
    def of(cls, column: pd.Series | pd.Index) -> Self:
        coded = pc.utf8_lower(_texts(column)).dictionary_encode()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.combine_chunks()
        return cls(
            coded.dictionary, coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        )

    def holds(self, wanted: str) -> Flags:
        """Return for each member whether the cell has the text, ignoring case."""
        # Only other alphabets have letters with several lower cases, such as the two of the Greek sigma.
        text = pc.utf8_lower(pa.scalar(wanted)).as_py()
        held = pc.match_substring(self.texts, text, ignore_case=not wanted.isascii())
        is_held = np.append(held.to_numpy(zero_copy_only=False), False)  # the last one for missing cells
        return is_held[self.places] if is_held.any() else np.zeros(len(self.places), dtype=bool)


def _texts(column: pd.Series | pd.Index) -> pa.Array:
    """Return the cells as text; null for missing ones."""
    try:
        array = pa.array(column, from_pandas=True)
        return array if pa.types.is_string(array.type) else array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        # Cells of several types, or lists.
        return pa.array([None if one is None else str(one) for one in column], pa.string())


def _hidden_words(found: dict[str, int], columns: int) -> str:
    """Return a line about the columns that are searched but not shown, with those in which the text was found."""
    if found:
        names = joined((f"{masked_text(name)} ({count:,})" for name, count in found.items()), most=6)
        return f"Also found in columns that are not shown: {names}. Choose what is shown with columns=[...]."
    if columns:
        return f"{counted(columns, 'more column')} {are(columns)} searched but not shown. Choose what is shown with columns=[...]."
    return ""


def _usual(members: pd.DataFrame) -> list[str]:
    """Return the columns about who and where a person is, and then the shop's own properties."""
    first = [name for name in FIRST if name in members]
    own = [str(name) for name in members if name not in PROFILE_COLUMNS and name not in NAMES]
    return [*first, *own][:COLUMNS]

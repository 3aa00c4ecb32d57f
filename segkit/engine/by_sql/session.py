"""Define what the engine needs from a connection to a database."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from segkit.sql.shop import SqlShop
from segkit.sql.tables import FolderTables


class Session(Protocol):
    """A connection that reads the tables of one saved shop. Threads may share it."""

    def tables(self, shop: SqlShop) -> FolderTables:
        """Return the location of the shop's tables, for one statement.

        Raises:
            DataError: tables of the user replace the folder's, but don't fit the shop.
        """
        ...

    def name(self) -> str:
        """Return a new name for a table that the engine adds."""
        ...

    def table(self, query: exp.Expr, files: Sequence[str], brought: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a statement, and return all its rows.

        Args:
            query: the statement.
            files: the files of the saved shop that the statement reads.
            brought: further tables that the statement reads, by name.

        Raises:
            DataError: the connection is closed, a file was changed or is missing, or the database fails.
        """
        ...

    def close(self) -> None:
        """Close the connection. Further questions are refused."""
        ...

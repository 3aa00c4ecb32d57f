"""Connect to a saved shop: DuckDB or Spark answers questions about it from its files, and its events are not loaded."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

import pandas as pd

from segkit.data.saved.files import SavedFiles
from segkit.data.saved.manifest import Manifest, is_saved
from segkit.data.saved.shops import checked_content, opened
from segkit.data.validation.options import AsOf
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DataError, DefinitionError, missing_extra
from segkit.given_paths import there

if TYPE_CHECKING:  # DuckDB, Spark and sqlglot are extras
    from pyspark.sql import DataFrame, SparkSession

    from segkit.engine.by_sql.session import Session
    from segkit.sql.shop import SqlShop

FOR_ANALYSTS = (
    "as_of", "report", "alarms", "profile_ids", "property_names", "metric_names", "list_names", "folder", "with_as_of", "close",
)  # fmt: skip
"""The attributes that tab completion offers for a connected shop."""


class ConnectedShop:
    """A saved shop as of one moment, whose files DuckDB or Spark queries. Make it with `sk.connect`.

    Events stay in the files, and each question reads only the events that it needs. The profiles' ids and phone numbers are in memory.
    Use it as a context manager, or close it, to release the connection.

    Attributes:
        folder: the folder of the saved shop.
        dataset: the same shop as a Dataset, which reads events when it needs them, for notes and for the columns of members.
        described: the description of its tables for SQL.
        session: the connection.
    """

    def __init__(self, folder: Path, dataset: Dataset, described: "SqlShop", session: "Session") -> None:
        self.folder, self.dataset, self.described, self.session = folder, dataset, described, session

    @property
    def as_of(self) -> datetime:
        """The moment for which questions are answered, in UTC. Events after it never count."""
        return self.dataset.as_of

    def __len__(self) -> int:
        return self.described.size

    def __dir__(self) -> list[str]:
        return list(FOR_ANALYSTS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self.dataset).replace("Dataset:", "ConnectedShop:", 1)

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse the attributes that only a Dataset has, and say how to get one."""
        if not name.startswith("_") and (name in Dataset.__dataclass_fields__ or hasattr(Dataset, name)):
            raise NotLoadedError.needs_loading(f"shop.{name}", self.folder)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def report(self) -> pd.DataFrame:
        """A row for each data issue that was found when the source was loaded, with its resolution."""
        return self.dataset.report

    @property
    def alarms(self) -> list[str]:
        """A sentence for each table that lost more than 5 % of its rows."""
        return self.dataset.alarms

    @property
    def profile_ids(self) -> pd.Index:
        """The ids of all profiles as text, in the order of the data."""
        return self.dataset.profile_ids

    @property
    def property_names(self) -> list[str]:
        """The names of all profile properties, in the order of the data."""
        return self.dataset.property_names

    @property
    def metric_names(self) -> list[str]:
        """The canonical names of all metrics with events, most events first."""
        return self.dataset.metric_names

    @property
    def list_names(self) -> list[str]:
        """The names of all lists, in the order of the data."""
        return self.dataset.list_names

    def with_as_of(self, as_of: str | date | datetime) -> Self:
        """Return the same shop with a different `as_of`, with the same connection."""
        return type(self)(self.folder, self.dataset.with_as_of(as_of), self.described, self.session)

    def close(self) -> None:
        """Close the connection. From then on, questions about this shop are refused, including those for another moment."""
        self.session.close()


class NotLoadedError(DataError, AttributeError):
    """A connected shop lacks something that a Dataset has. It is also an AttributeError, so that `hasattr` returns False."""


def connect(
    folder: str | Path,
    *,
    as_of: AsOf = None,
    spark: "SparkSession | None" = None,
    tables: "Mapping[str, DataFrame | str] | None" = None,
) -> ConnectedShop:
    """Connect to a folder that `Dataset.save` wrote, so that DuckDB or Spark answers questions about it without loading its events.

    Sizes, overlaps, memberships, curves, distributions, audiences and their files, the analyses of the past and the widgets accept a
    connected shop instead of a Dataset, and their answers are the same. Each question is one statement that reads only the metrics,
    columns and days that it needs. Audiences also read all events of consent, received texts and failures into memory. All other
    functions, such as `sk.why`, need the whole shop in memory, and say so: `sk.load(folder)` loads it.

    With a Spark session, Spark runs the statements and returns only their results. The session is yours: it may have any time zone, and
    closing the shop drops only the shop's own temporary views. On a cluster, its workers must see the folder under the same path,
    unless `tables` has every table that is needed. The folder must be on this machine in any case, since ids, names and settings come
    from it. Regular expressions that Java may read differently than RE2 are refused.

    Needs the extra duckdb: pip install "sms-segkit[duckdb]", or with `spark` the extra spark: pip install "sms-segkit[spark]", and Java 17.

    Args:
        folder: the folder of the saved shop.
        as_of: an instant (naive means UTC), or a date, which means the end of that day. None means the moment that was saved.
        spark: the Spark session that runs the statements, of Spark 4. None means DuckDB.
        tables: tables of the session that have the content of the folder's tables, by the names that `sk.to_sql` uses, such as "events" (with
            a column `metric`) or "profiles": DataFrames, or names of tables. Spark reads all other tables from the folder.

    Raises:
        DataError: the folder is not a saved shop, was saved by another version, or is incomplete or damaged; a given table has an unknown
            name, lacks columns, or has other types or another number of rows; or the Spark session is lost.
        DefinitionError: `spark` is not a Spark session, or `tables` is given without one.
        ImportError: DuckDB, PySpark or sqlglot is not installed.

    >>> connect("no such folder")
    Traceback (most recent call last):
    segkit.errors.DataError: There is no 'no such folder' in '.'. ...
    """
    home = there(folder, "folder")
    if not home.is_dir() or not is_saved(home):
        raise DataError.not_a_saved_shop(home)
    if tables is not None and spark is None:
        raise DefinitionError.tables_without_spark()
    try:
        from segkit.engine.by_sql.opened import described_by, session_of  # noqa: PLC0415  # an extra

        open_session = session_of(spark, tables or {})
    except ModuleNotFoundError as error:
        if error.name not in ("duckdb", "pyspark", "py4j", "sqlglot"):
            raise
        raise missing_extra(error.name, "duckdb" if spark is None else "spark") from None
    home = home.resolve()
    manifest = Manifest.read(home)
    files = SavedFiles(home, manifest.files)
    with checked_content(home):
        dataset = Dataset.of_checked(opened(files, manifest.shop))
        session = open_session(home, files)
        try:
            described = described_by(manifest.shop, dataset.postal_points, session)
        except BaseException:
            session.close()
            raise
        found = ConnectedShop(home, dataset, described, session)
    return found if as_of is None else found.with_as_of(as_of)


def in_memory(data: object) -> Dataset:
    """Return data that is a Dataset.

    Raises:
        DataError: the data is a connected shop, which must be loaded first.
        DefinitionError: the data is something else.
    """
    if isinstance(data, ConnectedShop):
        raise DataError.needs_loading("This", data.folder)
    if not isinstance(data, Dataset):
        raise DefinitionError.not_a_dataset(data)
    return data

"""Answer with DuckDB, prepared like the other peers: a table per metric, sorted by time, ids as integers, amounts in cents."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from asks import Ask

from peers.base import KILOMETERS, METRICS, Flags, curve, kilometers, points, since


class DuckDB:
    """A database in memory, queried in SQL. DuckDB stores the minimum and maximum time of each block, which makes windows faster."""

    name = "DuckDB"
    adds_floats = False

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    @classmethod
    def load(cls, folder: Path, ending: str) -> "DuckDB":
        """Read the files, number the profiles, and make a table for each metric."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        profiles, events = (f"'{folder / name}.{ending}'" for name in ("profiles", "events"))
        if ending == "csv":
            texts = {"zip": "VARCHAR", "phone_number": "VARCHAR", "sms_consent_timestamp": "TIMESTAMPTZ"}
            profiles = f"read_csv({profiles}, types = {texts})"
            events = f"read_csv({events}, types = {{'datetime': 'TIMESTAMPTZ', 'value': 'DOUBLE'}})"
        connection.execute(
            f"create temp table written as select (row_number() over () - 1)::int as profile, * from {profiles}"
        )
        connection.register("homes", _homes(connection))
        connection.execute(
            "create table profiles as select profile, sms_consent = 'SUBSCRIBED' as sms, "
            "email is not null and email_consent <> 'UNSUBSCRIBED' as email, predicted_clv as clv, kilometers "
            "from written join homes using (profile) order by profile"
        )
        if ending == "csv":
            # CSV is parsed once for all metrics. Parquet is scanned once per metric, which needs less memory.
            connection.execute(f"create temp table happened as from {events}")
            events = "happened"
        for metric in METRICS:
            cents = ", round(value * 100)::bigint as cents" if metric == "Placed Order" else ""
            connection.execute(
                f"create table {_table(metric)} as select profile, datetime::timestamp as time{cents} from {events} "
                f"join written using (profile_id) where metric = '{metric}' order by time"
            )
        connection.unregister("homes")
        connection.execute("drop table written")
        connection.execute("drop table if exists happened")
        return cls(connection)

    def forget(self) -> None:
        """Do nothing, since nothing is cached."""

    def engaged(self, clicked_days: int, subscribed_days: int) -> str:
        """Clicked or subscribed lately."""
        is_new = _did("Subscribed to SMS Marketing", subscribed_days)
        return f"sms and ({is_new} or {_did('Clicked SMS', clicked_days)})"

    def clicked(self, clicks: int, clicked_days: int) -> str:
        """Clicked so often."""
        return f"sms and {_did('Clicked SMS', clicked_days, at_least=clicks)}"

    def prefers(self, clicks: int, clicked_days: int, email_days: int) -> str:
        """Clicked texts and no email."""
        clicked = _did("Clicked SMS", clicked_days, at_least=clicks)
        reads_email = [_did(metric, email_days) for metric in ("Clicked Email", "Opened Email")]
        return f"sms and email and {clicked} and not {reads_email[0]} and not {reads_email[1]}"

    def spender(self, spent: int, days: int) -> str:
        """Spent more."""
        return f"sms and {_did('Placed Order', days, having=f'sum(cents) > {spent * 100}')}"

    def frequent(self, orders: int, days: int) -> str:
        """Ordered more often."""
        return f"sms and {_did('Placed Order', days, at_least=orders + 1)}"

    def lapsed(self, orders: int, quiet_days: int, lost_days: int) -> str:
        """Ordered once and not since."""
        before = _did("Placed Order", lost_days, at_least=orders, until=quiet_days)
        return f"sms and {before} and not {_did('Placed Order', quiet_days)}"

    def budget(self, clv: int) -> str:
        """Return who has a low predicted CLV."""
        return f"sms and clv <= {clv}"

    def near(self, radius: int) -> str:
        """Live near."""
        return f"sms and kilometers < {radius * KILOMETERS!r}::double"

    def _says(self, ask: Ask) -> str:
        return getattr(self, ask.rule)(**dict(ask.values))

    def size(self, ask: Ask) -> int:
        """Count the members."""
        return int(self.connection.execute(f"select count(*) from profiles where {self._says(ask)}").fetchall()[0][0])

    def membership(self, asks: Sequence[Ask]) -> dict[str, np.ndarray]:
        """Ask for the members of each segment, and mark them: one query for all takes more memory and more time."""
        columns = {}
        for ask in asks:
            found = self.connection.execute(f"select profile from profiles where {self._says(ask)}").fetchnumpy()
            flags = np.zeros(self._count(), dtype=bool)
            flags[found["profile"]] = True
            columns[str(ask)] = flags
        return columns

    def _count(self) -> int:
        return int(self.connection.execute("select count(*) from profiles").fetchall()[0][0])

    def flags(self, table: dict[str, np.ndarray]) -> Flags:
        """Return the columns side by side."""
        return np.column_stack(list(table.values()))

    def table(self, flags: Flags) -> list[str]:
        """Make a table, and return the names of its columns."""
        names = [f"s{number}" for number in range(flags.shape[1])]
        self.connection.register("given", pa.table({name: flags[:, number] for number, name in enumerate(names)}))
        self.connection.execute("create or replace table who as select * from given")
        self.connection.unregister("given")
        return names

    def loop(self, days: range) -> list[int]:
        """Ask for one window after the other."""
        values = [("subscribed_days", 30)]
        return [self.size(Ask("engaged", (*values, ("clicked_days", day)))) for day in days]

    def sweep(self, days: range) -> list[int]:
        """Look at the latest click of each profile once, and count upwards."""
        is_new = _did("Subscribed to SMS Marketing", 30)
        new = self.connection.execute(f"select count(*) from profiles where sms and {is_new}").fetchall()[0][0]
        latest = self.connection.execute(
            f"select max(time) as time from clicked_sms join profiles using (profile) where sms and not {is_new} group by profile"
        ).fetchnumpy()["time"]
        return curve(days, new, latest)

    def overlap(self, table: list[str]) -> list[list[int]]:
        """Count, of each segment's members, those in every other; all pairs in one query are planned for minutes."""
        counts = ", ".join(f"count_if({other})" for other in table)
        queries = (f"select {counts} from who where {one}" for one in table)
        # Of nobody at all, count_if makes no number.
        return [[size or 0 for size in self.connection.execute(query).fetchall()[0]] for query in queries]

    def intersections(self, table: list[str]) -> dict[str, int]:
        """Group by the code of a row, each flag one bit."""
        width = len(table)
        code = " + ".join(f"{name}::bigint * {1 << (width - 1 - number)}" for number, name in enumerate(table))
        found = self.connection.execute(f"select {code} as code, count(*) from who group by code").fetchall()
        return {f"{code:0{width}b}": size for code, size in found}


def _homes(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return how far each profile lives from the center, worked out by numpy, so that no digit differs among peers."""
    places = [(code, *point) for code, point in points().items()]
    table = pa.table(dict(zip(("zip", "latitude", "longitude"), zip(*places, strict=True), strict=True)))
    connection.register("places", table)
    homes = connection.execute(
        "select profile, latitude, longitude from written left join places using (zip)"
    ).fetchnumpy()
    connection.unregister("places")
    degrees = (np.ma.filled(homes[name], np.nan) for name in ("latitude", "longitude"))
    return pa.table({"profile": homes["profile"], "kilometers": kilometers(*degrees)})


def _table(metric: str) -> str:
    return metric.casefold().replace(" ", "_")


def _did(metric: str, days: int, *, at_least: int = 1, until: int | None = None, having: str = "") -> str:
    end = "" if until is None else f" and time < timestamp '{since(until)}'"
    having = having or (f"count(*) >= {at_least}" if at_least > 1 else "")
    grouped = f" group by profile having {having}" if having else ""
    return f"profile in (select profile from {_table(metric)} where time >= timestamp '{since(days)}'{end}{grouped})"

"""Choose the setting that the headline of `sk.uplift` and its chart describe."""

from collections.abc import Mapping, Sequence
from typing import Any

from segkit.wording import counted


def furthest_apart(rows: Sequence[Mapping[Any, Any]]) -> Mapping[Any, Any] | None:
    """Return the setting at which a text's effects on members and on others differ most, among those at which they surely differ.

    Args:
        rows: the rows of the table of `sk.uplift`.

    Returns:
        The row, or None if each interval of the difference contains 0.

    >>> row = {"members_uplift": 0.05, "others_uplift": 0.01, "apart_low": 0.01, "apart_high": 0.07}
    >>> furthest_apart([{**row, "days": 30}, {**row, "days": 60, "members_uplift": 0.06}, {**row, "days": 90, "apart_low": -0.01}])["days"]
    60
    """
    apart = [row for row in rows if row["apart_low"] > 0 or row["apart_high"] < 0]
    return max(apart, key=lambda row: abs(row["members_uplift"] - row["others_uplift"]), default=None)


def none_apart(settings: int) -> str:
    """Return the headline for an uplift in which members and others differ at no setting."""
    return f"What the text adds to members and to others differs measurably at none of {counted(settings, 'setting')}"

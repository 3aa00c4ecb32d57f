"""Check a membership table before counting, since analysts may have joined it, filled it or made it by hand."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.errors import DefinitionError, warn
from segkit.wording import counted, listed


def checked(who: Any, function: str) -> pd.DataFrame:
    """Return a membership table in which every cell is True or False. Missing cells become False.

    Args:
        who: a membership table, as `sk.membership` returns it, or one that was joined or read from a file.
        function: the name of the calling function, for errors.

    Raises:
        DefinitionError: `who` is not a table, two columns have the same name, or a cell is not True, False, 1 or 0.

    Warns:
        SegkitWarning: cells are missing.
    """
    if not isinstance(who, pd.DataFrame):
        raise DefinitionError.not_a_membership_table(function, who)
    if not who.columns.is_unique:
        raise DefinitionError.one_name_twice(str(who.columns[who.columns.duplicated()][0]))
    if all(kind == np.bool_ for kind in who.dtypes):
        return who
    missing = who.isna()
    flags = {name: _flags(name, who[name], missing[name].to_numpy()) for name in who.columns}
    lacking = [name for name in who.columns if missing[name].any()]
    if lacking:
        cells = counted(int(missing.to_numpy().sum()), "missing cell")
        warn(
            f"The membership table has {cells} in {listed(lacking)}: a profile with a missing cell is not counted as a member."
        )
    return pd.DataFrame(flags, index=who.index, columns=who.columns)


def _flags(name: object, column: pd.Series, missing: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    there = column[~missing]
    is_flag = there.map(lambda cell: isinstance(cell, (bool, np.bool_, int, float, np.number)) and cell in (0, 1))
    if not is_flag.all():
        raise DefinitionError.not_flags(name, there[~is_flag.astype(bool)].iloc[0])
    found = np.zeros(len(column), dtype=bool)
    found[~missing] = there.to_numpy(dtype=bool)
    return found

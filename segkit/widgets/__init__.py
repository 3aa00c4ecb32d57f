"""Show segments as interactive widgets in notebooks: `Tuner`, `OverlapExplorer` and `MemberTable`."""

from importlib.util import find_spec

from segkit.errors import missing_extra

if find_spec("anywidget") is None or find_spec("ipywidgets") is None:
    raise missing_extra("ipywidgets and anywidget", "notebooks")

# After the check, so that the error says what to install.
from segkit.widgets.explorer import OverlapExplorer
from segkit.widgets.member_table import MemberTable
from segkit.widgets.tuner import Tuner

__all__ = ["MemberTable", "OverlapExplorer", "Tuner"]

"""What had another name before, found where it is now; all but `segkit.account`, which is public, goes with 1.0.

Modules from before the wings, and records that stood at the top level.
"""

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast

PUBLIC = "segkit.account"
_WINGS = {
    "klaviyo.account": "account",
    "klaviyo": "import_check",
    "definition.text": "plain_data segment_files",
    "definition": "algebra conditions countries difference explain parameters phrases segment timeframe_words timeframes value_words",
    "engine": "membership",
    "engine.memory": "funnels lacking near_values notes recency value_tests",
    "sending": "audience eligibility member_cells member_files opt_outs",
    "command": "build cli jupyter report",
}
_WHOLE = {"account", "plain_data"}
"""Folders that are a wing of their own now."""


def _homes() -> dict[str, str]:
    every = ((wing, name) for wing, names in _WINGS.items() for name in names.split())
    return {f"segkit.{name}": f"segkit.{wing}" + ("" if name in _WHOLE else f".{name}") for wing, name in every}


HOMES = _homes()
"""Each old name with the new one; what lies in a folder goes with it."""

RECORDS = {
    "Agreement": "segkit.analysis.agreement",
    "Build": "segkit.command.build",
    "Difference": "segkit.definition.difference",
    "Distribution": "segkit.analysis.distribution",
    "FunnelStep": "segkit.definition.conditions",
    "Parameter": "segkit.definition.parameters",
    "Recommended": "segkit.analysis.recommended",
}
"""Records that functions hand back and nobody makes by hand, each with its module."""


class Moved:
    """Finds a module by its old name, and warns of it at the line that imports it.

    A finder and a loader by what it does: importing the classes of both would take as long as all of segkit's front.
    """

    def __init__(self) -> None:
        self._specs: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module of an old name is loaded; None for any other."""
        del path, target  # a name says it all
        old = fullname
        while old not in HOMES and old.count(".") > 1:
            old = old.rpartition(".")[0]
        if old not in HOMES:
            return None
        return ModuleSpec(fullname, cast("Any", self), origin=HOMES[old] + fullname.removeprefix(old))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module as it is known under its new name."""
        home = str(spec.origin)
        if not spec.name.startswith(PUBLIC):
            warnings.warn(
                f"{spec.name} is {home} now; the old name goes with segkit 1.0.", DeprecationWarning, stacklevel=2
            )
        found = importlib.import_module(home)
        self._specs[spec.name] = found.__spec__
        return found

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it was, for Python has written the old name into it."""
        spec = module.__spec__
        module.__spec__ = None if spec is None else self._specs.pop(spec.name)


def install() -> None:
    """Let old names be found, before Python looks into folders for them."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.insert(0, cast("Any", Moved()))

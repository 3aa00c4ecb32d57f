"""Keep the old names of moved modules and records importable. They will be removed in 1.0, except for `segkit.account`, which is public."""

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
"""Old packages that were moved whole."""


def _homes() -> dict[str, str]:
    every = ((wing, name) for wing, names in _WINGS.items() for name in names.split())
    return {f"segkit.{name}": f"segkit.{wing}" + ("" if name in _WHOLE else f".{name}") for wing, name in every}


HOMES = _homes()
"""Maps each old name to the new name. The modules in a package move with it."""

RECORDS = {
    "Agreement": "segkit.analysis.agreement",
    "Build": "segkit.command.build",
    "Difference": "segkit.definition.difference",
    "Distribution": "segkit.analysis.distribution",
    "FunnelStep": "segkit.definition.conditions",
    "Parameter": "segkit.definition.parameters",
    "Recommended": "segkit.analysis.recommended",
}
"""Records that functions return and nobody creates by hand, each with its module."""


class Moved:
    """Finds modules by their old names, and issues a `DeprecationWarning` at the importing line.

    Implements the finder and loader protocols without inheriting from `importlib.abc`, which is slow to import.
    """

    def __init__(self) -> None:
        self._specs: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module with an old name, or None for any other name."""
        del path, target  # the name is enough
        old = fullname
        while old not in HOMES and old.count(".") > 1:
            old = old.rpartition(".")[0]
        if old not in HOMES:
            return None
        return ModuleSpec(fullname, cast("Any", self), origin=HOMES[old] + fullname.removeprefix(old))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module with the new name."""
        home = str(spec.origin)
        if not spec.name.startswith(PUBLIC):
            warnings.warn(
                f"{spec.name} has moved to {home}; the old name will be removed in segkit 1.0.",
                DeprecationWarning,
                stacklevel=2,
            )
        found = importlib.import_module(home)
        self._specs[spec.name] = found.__spec__
        return found

    def exec_module(self, module: ModuleType) -> None:
        """Restore the module's spec, which Python has replaced with the spec for the old name."""
        spec = module.__spec__
        module.__spec__ = None if spec is None else self._specs.pop(spec.name)


def install() -> None:
    """Install the finder of old names before Python's own finders."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.insert(0, cast("Any", Moved()))

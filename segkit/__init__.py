"""segkit: SMS segments for the analyst who decides who gets a text message.

It loads a shop's data, defines segments, shows their members and why some can't be texted, and writes member files.

Public names are imported on first use. `__init__.pyi` lists the module of each name, for type checkers and for the lookup here.
"""

import ast
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from segkit.moved import RECORDS, install

_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
_MODULES = {"account": "segkit.klaviyo.account", "charts": "segkit.charts", "widgets": "segkit.widgets"}
_HOMES = {
    name.name: str(node.module)
    for node in _STUB
    if isinstance(node, ast.ImportFrom)
    for name in node.names
    if name.name not in _MODULES
}
__all__ = [
    name
    for node in _STUB
    if isinstance(node, ast.Assign)
    for name in ast.literal_eval(node.value)
    if name not in _MODULES  # `import *` would import these modules, and plotly with them
]


class _Package(ModuleType):
    """The type of this package. Importing a moved module by its old name must not replace the public function of the same name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
install()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        found = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = found
        return found
    if name in RECORDS:
        importlib.import_module("segkit.errors").deprecated(
            f"segkit.{name} is {RECORDS[name]}.{name}: import it from there."
        )
        return getattr(importlib.import_module(RECORDS[name]), name)
    module = _MODULES.get(name, f"{__name__}.{name}")
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]

"""segkit: SMS segments for the analyst who decides who gets a text message.

Load a shop, define a segment, see its members and why some of them can't be texted, and write the file.

Public names are imported on first use. `__init__.pyi` lists the module of each name, for type checkers and for the lookup here.
"""

import ast
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from segkit.moved import install

__all__ = [
    # a shop
    "load",
    "Dataset",
    "write_sample",
    # the definition of a segment
    "Segment",
    "did",
    "did_not",
    "did_on_days",
    "did_in_order",
    "step",
    "no_step",
    "FunnelStep",
    "spent",
    "has",
    "is_set",
    "is_not_set",
    "can_receive",
    "cannot_receive",
    "within",
    "beyond",
    "phone_country",
    "not_phone_country",
    "in_region",
    "not_in_region",
    "in_list",
    "not_in_list",
    "in_segment",
    "AllOf",
    "AnyOf",
    "Not",
    "Condition",
    "explain",
    "load_segments",
    "resolve_segments",
    "diff",
    "Difference",
    # definitions in Klaviyo
    "from_klaviyo",
    "segments_from_klaviyo",
    "to_klaviyo",
    "AccountNames",
    "compare_members",
    "Agreement",
    # ready-made segments
    "sms_subscribers",
    "sms_engaged",
    "prefers_sms",
    "sms_vip",
    "sms_nearby",
    "sms_country",
    "sms_gender",
    "sms_property",
    "sms_budget_shoppers",
    "sms_preference",
    "engagement_tracks",
    "sms_delivery_errors",
    "lapsed_customers",
    "former_vip",
    "recommended",
    "Recommended",
    "starting_values",
    # writing builders
    "builder",
    "Range",
    "Choice",
    "StartsAt",
    "Parameter",
    "parameters",
    # the members of a segment
    "membership",
    "members",
    "sizes",
    "overlap",
    "intersections",
    "why",
    "sweep",
    "distribution",
    "Distribution",
    "places",
    # audiences and files to send
    "audience",
    "SmsAudience",
    "write_members",
    "check_import",
    "build",
    "Build",
    # errors and warnings
    "SegkitError",
    "DefinitionError",
    "DataError",
    "FileError",
    "AccountError",
    "SegkitWarning",
]

_MODULES = {"account": "segkit.klaviyo.account", "charts": "segkit.charts", "widgets": "segkit.widgets"}

_HOMES = {
    name.name: str(node.module)
    for node in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for name in node.names
    if name.name not in _MODULES
}


class _Package(ModuleType):
    """The type of this package. Importing a moved module by its old name must not replace a public function with the module."""

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
    module = _MODULES.get(name, f"{__name__}.{name}")
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]

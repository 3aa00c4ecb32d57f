"""segkit: SMS segments for the analyst who decides who gets a text message.

Load a shop, say a segment, see who is in it and why the rest can't be texted, and write the file. Nothing is imported before it is
used: where each name comes from stands in `__init__.pyi`, which type checkers read, and is looked up here when it is asked for.
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
    # what a segment says
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
    # what it says to Klaviyo
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
    # builders of one's own
    "builder",
    "Range",
    "Choice",
    "StartsAt",
    "Parameter",
    "parameters",
    # who is in it
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
    # who is sent to
    "audience",
    "SmsAudience",
    "write_members",
    "check_import",
    "build",
    "Build",
    # what can go wrong
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
    """Keeps modules of old names out of the place of public names: Python hangs each module that is imported on its package."""

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

"""Accept the order of arguments from before the shop became the second argument. This will be removed in segkit 1.0."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from segkit.errors import deprecated

P = ParamSpec("P")
R = TypeVar("R")


def also_by_keyword(function: Callable[P, R]) -> Callable[P, R]:
    """Let `audience(include, exclude, dataset=shop)` work as before, with a deprecation warning at the caller's line."""

    @functools.wraps(function)
    def called(*args: P.args, **keywords: P.kwargs) -> R:
        if "dataset" not in keywords or len(args) > 2:
            return function(*args, **keywords)
        deprecated("sk.audience takes the shop second: write sk.audience(include, shop, exclude=...).")
        moved = dict(zip(("include", "exclude"), args, strict=False))
        return cast("Callable[..., R]", function)(**moved, **keywords)

    return called

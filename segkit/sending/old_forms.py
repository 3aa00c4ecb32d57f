"""Forms of calls as they were before the shop came second everywhere; they go with segkit 1.0."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from segkit.errors import deprecated

P = ParamSpec("P")
R = TypeVar("R")


def also_by_keyword(function: Callable[P, R]) -> Callable[P, R]:
    """Let `audience(include, exclude, dataset=shop)` mean what it meant, with a note at the line that says so."""

    @functools.wraps(function)
    def called(*args: P.args, **words: P.kwargs) -> R:
        if "dataset" not in words or len(args) > 2:
            return function(*args, **words)
        deprecated("sk.audience takes the shop second: write sk.audience(include, shop, exclude=...).")
        given = dict(zip(("include", "exclude"), args, strict=False))
        return cast("Callable[..., R]", function)(**given, **words)

    return called

"""Show the doctests of docstrings as code: Markdown would take their ">>>" for quotations."""

import re
from typing import Any

import griffe

_DOCTEST = re.compile(r"^( *)>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)


class Doctests(griffe.Extension):
    """Put fences around the doctests in each docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of a function, class or module that has one."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    r"""Return a docstring with fences around its doctests, and without their directives.

    >>> fenced("Add.\n\n>>> 1 + 1  # doctest: +SKIP\n2")
    'Add.\n\n```pycon\n>>> 1 + 1\n2\n```'
    """
    bare = re.sub(r" *# doctest: .*", "", text)
    return _DOCTEST.sub(lambda found: f"{found[1]}```pycon\n{found[0]}\n{found[1]}```", bare)

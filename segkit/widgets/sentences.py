"""Write the sentence around each control, such as "Clicked SMS in the last [90] days", and its help from the builder's docstring."""

import inspect
import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from segkit.definition.parameters import Parameter
from segkit.definition.tunable import Tunable
from segkit.definition.tuning import Moved
from segkit.widgets.controls import label

_ARGUMENT = re.compile(r"^ {4}(\w+): ", re.MULTILINE)


class Sentence(NamedTuple):
    """The words before and after a control's value."""

    before: str
    after: str

    @property
    def name(self) -> str:
        """The control's name for a screen reader."""
        return f"{self.before} … {self.after}".strip() if self.after else self.before


def sentence_of(parameter: Parameter, moved: Moved) -> Sentence:
    """Return the sentence for a control, which comes from the conditions that it changes or else from the parameter's name.

    >>> from segkit.builders import sms_engaged, sms_vip
    >>> from segkit.definition.parameters import parameters
    >>> from segkit.definition.tuning import moved_by
    >>> def sentences(builder, **values):
    ...     return [" … ".join(sentence_of(one, moved_by(builder, one, values))) for one in parameters(builder)]
    >>> sentences(sms_engaged, clicked_days=90, subscribed_days=30)
    ['Clicked SMS in the last … days', 'Subscribed to SMS Marketing in the last … days']
    >>> sentences(sms_vip, approach="blended", spent=500, orders=7, days=365)
    ['approach … ', 'Spent more than … in orders', 'Placed Order more than … times', 'Spent in orders and Placed Order in the last … days']
    """
    if not moved.places:
        unit = "" if parameter.range is None or "`" in parameter.range.unit else parameter.range.unit
        return Sentence(label(parameter), unit)
    return Sentence(_merged(moved.places), moved.places[0].after)


def _merged(places: Sequence[Tunable]) -> str:
    """Return one text for the words before the value in several conditions.

    The words that all of them end with, or begin with, are written once.
    """
    every = list(dict.fromkeys(place.before for place in places))
    if len(every) == 1:
        return every[0]
    shortest = min(every, key=len)
    if all(one.endswith(shortest) for one in every):
        return shortest
    words = [one.split(" ") for one in every]
    end = _same_at_start([one[::-1] for one in words])
    begin = 0 if end else _same_at_start(words)
    middles = [" ".join(one[begin : len(one) - end]) for one in words]
    first, *others = middles
    if len(others) > 2:
        others = [f"{len(others)} more"]
    joined = f" {'and' if end else 'or'} ".join(
        [first, *(one.replace("No ", "no ", 1) if one.startswith("No ") else one for one in others)]
    )
    return " ".join(filter(None, [*words[0][:begin], joined, *words[0][len(words[0]) - end :]]))


def _same_at_start(every: Sequence[Sequence[str]]) -> int:
    """Return with how many equal words all of several lists of words begin."""
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*every, strict=False)))


def helps_of(builder: Callable[..., Any]) -> dict[str, str]:
    """Return what a builder's docstring says about each of its arguments.

    >>> from segkit.builders import sms_engaged
    >>> helps_of(sms_engaged)["subscribed_days"]
    'Includes people who subscribed to SMS in the last subscribed_days days.'
    """
    text = inspect.getdoc(builder) or ""
    _, found, rest = text.partition("Args:\n")
    if not found:
        return {}
    # The section ends at the next line that is not indented.
    section = re.split(r"^\S", rest, maxsplit=1, flags=re.MULTILINE)[0]
    parts = _ARGUMENT.split(section)[1:]
    texts = (" ".join(part.replace("`", "").split()) for part in parts[1::2])
    return {name: words[:1].upper() + words[1:] for name, words in zip(parts[::2], texts, strict=True)}

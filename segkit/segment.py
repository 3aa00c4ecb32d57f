"""A segment: a condition with a name; who is in it changes with the data and is worked out elsewhere."""

from dataclasses import dataclass

from segkit.conditions import KINDS, Condition
from segkit.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Segment:
    """Name a condition, and say in a sentence what it is for.

    Raises:
        DefinitionError: the name is blank, or the condition is none.

    >>> from segkit.phrases import can_receive
    >>> Segment("SMS subscribers", can_receive("sms")).name
    'SMS subscribers'
    """

    name: str
    condition: Condition
    description: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise DefinitionError.nameless_segment(self.name)
        if not isinstance(self.condition, KINDS):
            raise DefinitionError.not_a_condition(self.condition, f"Segment {self.name!r}")

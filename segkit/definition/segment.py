"""Define `Segment`, a condition with a name, and convert it to and from YAML. `segkit.engine.membership` evaluates it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias

from segkit.definition.conditions import KINDS, Condition, Named, is_too_deep
from segkit.definition.references import resolved
from segkit.drawing.cards import bulleted, card
from segkit.drawing.html import element
from segkit.errors import DefinitionError
from segkit.json_text import has_half
from segkit.masking import quoted
from segkit.wording import shortened

if TYPE_CHECKING:
    from segkit.definition.text import Fault, ReadText

# To keep importing segkit fast, `segkit.definition.text` is imported where it is used.

FORM = 1
"""The version of the YAML format, written at the top of each file. It changes only if old files would be misread."""

_OWN_KEYS = ("segkit", "name", "description")


@dataclass(frozen=True, slots=True)
class Segment(Named):
    """Give a condition a name and, optionally, a description.

    `&` and `|` combine a segment with another segment or a condition, and `~` negates it. The new segment's name is made from the
    names of its parts. A condition without a name contributes its explanation in English.

    Raises:
        DefinitionError: the name is blank, the name or description has a lone surrogate, or `condition` is not a condition or nests
            groups more than 50 deep.

    >>> from segkit.definition.phrases import can_receive
    >>> Segment("SMS subscribers", can_receive("sms")).name
    'SMS subscribers'
    >>> from segkit.builders import sms_engaged, sms_vip
    >>> (sms_vip() & sms_engaged()).name, (~sms_vip()).name
    ('SMS VIP and SMS engaged', 'not SMS VIP')
    """

    name: str
    condition: "Condition"
    description: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise DefinitionError.nameless_segment(self.name)
        if not isinstance(self.condition, KINDS):
            raise DefinitionError.not_a_condition(self.condition, f"Segment {quoted(self.name)}")
        if not isinstance(self.description, str):
            raise DefinitionError.bad_value("A segment's description", self.description, "text")
        if has_half(self.name) or has_half(self.description):
            raise DefinitionError.half_a_character("A segment's name and description", self.name)
        if is_too_deep(self.condition):
            raise DefinitionError.nested_too_deep()

    def __and__(self, other: "Segment | Condition") -> "Segment":
        condition = _condition_of(other, "&")
        return Segment(_joined("and", _name_of(self), _name_of(other)), self.condition & condition)

    def __or__(self, other: "Segment | Condition") -> "Segment":
        condition = _condition_of(other, "|")
        return Segment(_joined("or", _name_of(self), _name_of(other)), self.condition | condition)

    # `condition & segment` comes here: conditions return NotImplemented for segments.
    def __rand__(self, other: Condition) -> "Segment":
        condition = _condition_of(other, "&")
        return Segment(_joined("and", _name_of(other), _name_of(self)), condition & self.condition)

    def __ror__(self, other: Condition) -> "Segment":
        condition = _condition_of(other, "|")
        return Segment(_joined("or", _name_of(other), _name_of(self)), condition | self.condition)

    def __invert__(self) -> "Segment":
        is_one_word = not self.name.startswith("not ") and not {"and", "or"}.intersection(self.name.split())
        return Segment(f"not {self.name}" if is_one_word else f"not ({self.name})", ~self.condition)

    def __bool__(self) -> NoReturn:
        raise DefinitionError.segment_as_truth()

    def _repr_html_(self) -> str:
        from segkit.definition.explain import explain  # noqa: PLC0415  # `explain` imports this module

        return card(self.name, self.description, element("div", "Profiles that"), bulleted(explain(self.condition)))

    @property
    def hash(self) -> str:
        """Return a hash of the condition, "sha256:...". The segment's name does not affect it.

        Equal conditions have equal hashes on all platforms and versions, however the YAML is formatted. 90 and 90.0 are equal, but
        the order of conditions affects the hash. To compare segments regardless of order, use `diff`.

        Raises:
            DefinitionError: the condition was built without phrases and contains a number that is not finite.

        >>> from segkit.definition.phrases import can_receive
        >>> Segment("SMS subscribers", can_receive("sms")).hash[:19]
        'sha256:706ebdd37943'
        """
        from segkit.definition import text as plain_data  # noqa: PLC0415

        return plain_data.fingerprint(self.condition)

    def to_yaml(self) -> str:
        """Write the segment as YAML that is easy to review in git: keys in a fixed order, quotes only where needed.

        `from_yaml` always reads back an equal segment. The JSON Schema for editors is `segment.schema.json` in the `segkit` package.

        Raises:
            DefinitionError: the condition was built without phrases and contains a value that no phrase accepts.

        >>> from segkit.definition.phrases import can_receive, did
        >>> vip = Segment("VIP", can_receive("sms") & did("Placed Order", at_least=3, in_last_days=365))
        >>> print(vip.to_yaml(), end="")
        segkit: 1
        name: VIP
        all of:
          - can receive: sms
          - did: Placed Order
            at least: 3
            when: in the last 365 days
        """
        from segkit.definition import text as plain_data  # noqa: PLC0415

        described = {"description": self.description} if self.description else {}
        written = plain_data.write_yaml(
            {"segkit": FORM, "name": self.name, **described, **plain_data.to_data(self.condition)}
        )
        # Never return YAML that reads back as a different segment, however the tree was built.
        back, faults = read_segment(written)
        if back != self:
            reason = str(faults[0]) if faults else "some values change when they are written and read."
            raise DefinitionError.not_as_text(self.name, reason)
        return written

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read a segment from YAML, written by `to_yaml` or by hand.

        Text that looks like a number, a date, true or false must be quoted. Values that YAML versions read differently, such as
        `no`, `007` and `1e3`, must always be quoted. Duplicate or unknown keys, anchors and tags are faults.

        Raises:
            DefinitionError: the text has faults. The message lists all of them, each with its line and path.

        >>> Segment.from_yaml("{segkit: 1, name: Adults, has: Age, at least: 18}").condition.test
        NumberTest(comparison='at least', value=18)
        """
        segment, faults = read_segment(text)
        if segment is None:
            raise DefinitionError.unreadable_text(map(str, faults))
        return cls(segment.name, segment.condition, segment.description)


def _condition_of(operand: object, operator: str) -> Condition:
    if isinstance(operand, Segment):
        return operand.condition
    if not isinstance(operand, KINDS):
        raise DefinitionError.not_a_condition(operand, f"{operator} with a segment")
    return operand  # type: ignore[return-value]  # `KINDS` are all conditions


def _name_of(operand: Segment | Condition) -> str:
    """Return a segment's name, or a condition's explanation on one line."""
    if isinstance(operand, Segment):
        return operand.name
    from segkit.definition.explain import explain  # noqa: PLC0415  # `explain` imports this module

    return shortened(explain(operand), _MAX_CHARACTERS)


_MAX_CHARACTERS = 120
"""The largest number of characters of a condition's explanation in a name."""


def _joined(word: str, *names: str) -> str:
    """Join names with "and" or "or". Names that contain the other word are put in parentheses."""
    other = {"and": " or ", "or": " and "}[word]
    return f" {word} ".join(f"({name})" if other in name else name for name in names)


def read_segment(text: str) -> "tuple[Segment | None, list[Fault]]":
    """Read a segment from YAML. If the text has faults, return None and all faults in line order."""
    from segkit.definition import text as plain_data  # noqa: PLC0415

    if not isinstance(text, str):
        raise DefinitionError.bad_value("A segment's text", text, "text in YAML format")
    result = plain_data.read_yaml(text)
    faults = result.faults
    segment = None if result.data is None else _segment(result)
    faults = [plain_data.Fault(fault.path, fault.reason, fault.line or result.line_of(fault.path)) for fault in faults]
    return (None if faults else segment), sorted(faults, key=lambda fault: fault.line or 0)


def _segment(result: "ReadText") -> Segment | None:
    from segkit.definition import text as plain_data  # noqa: PLC0415

    faults = result.faults
    condition = plain_data.read_condition(result.data, faults, beside=_OWN_KEYS)
    if not isinstance(result.data, dict):
        return None
    own: dict[str, Any] = {key: result.data.get(key) for key in _OWN_KEYS}
    if isinstance(own["segkit"], bool) or own["segkit"] != FORM:
        faults.append(plain_data.Fault(("segkit",), str(DefinitionError.unknown_form(own["segkit"], FORM))))
    name, description = own["name"], result.data.get("description", "")
    for key, value in (("name", name), ("description", description)):
        if not isinstance(value, str):
            faults.append(plain_data.Fault((key,), str(DefinitionError.unquoted(key, value))))
    if isinstance(name, str) and not name.strip():
        faults.append(plain_data.Fault(("name",), str(DefinitionError.nameless_segment(name))))
    try:
        return None if faults else Segment(name, condition, description)
    except DefinitionError as error:
        faults.append(plain_data.Fault((), str(error)))
        return None


Segments: TypeAlias = Segment | Iterable[Segment]


def resolve_segments(segments: Segments) -> list[Segment]:
    """Replace each `sk.in_segment("VIP")` with the condition of the segment "VIP".

    Functions that take several segments, such as `sk.membership`, do this themselves. Before you use one that takes a single
    segment, such as `sk.to_klaviyo`, `sk.why` or `Segment.hash`, resolve it with this function.

    Args:
        segments: the segments, including those that others refer to, such as `sk.load_segments("segments/")`.

    Returns:
        The segments in the same order. Those that refer to no other segment are unchanged.

    Raises:
        DefinitionError: a segment that another segment refers to is missing, references form a cycle, a value is not a segment, two
            segments have the same name, or a resolved condition is nested too deeply or is too long.

    >>> from segkit.definition.phrases import can_receive, did, in_segment
    >>> vip = Segment("VIP", did("Placed Order", at_least=3))
    >>> resolve_segments([vip, Segment("VIP by text", in_segment("VIP") & can_receive("sms"))])[1].condition == (
    ...     did("Placed Order", at_least=3) & can_receive("sms")
    ... )
    True
    """
    return distinct_segments(segments)


def distinct_segments(segments: Segments) -> list[Segment]:
    """Return segments with different names as a list, with references to other segments resolved.

    Raises:
        DefinitionError: see `resolve_segments`.
    """
    return resolved(listed_segments(segments))


def listed_segments(segments: Segments) -> list[Segment]:
    """Return segments with different names as a list, without resolving references.

    Raises:
        DefinitionError: a value is not a segment, or two segments have the same name.
    """
    values: Any = segments
    if isinstance(segments, (Segment, str, *KINDS)) or not isinstance(segments, Iterable):
        values = [segments]
    every: list[Segment] = []
    for segment in values:
        if not isinstance(segment, Segment):
            raise DefinitionError.not_a_segment(segment)
        if any(segment.name == other.name for other in every):
            raise DefinitionError.one_name_twice(segment.name)
        every.append(segment)
    return every


def one_segment(segment: object) -> Segment:
    """Check that a value is a segment that does not refer to another segment, and return it.

    Raises:
        DefinitionError: it is not a segment, or its condition refers to another segment.
    """
    if not isinstance(segment, Segment):
        raise DefinitionError.not_a_segment(segment)
    return resolved([segment])[0]

"""A segment: a condition with a name; who is in it changes with the data and is worked out elsewhere."""

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

# The text form is imported where it is used: it is a third of what importing a definition costs, and few sessions need it.

FORM = 1
"""The version of the text form, which a file begins with; a new one only where old files would be misread."""

_OWN_KEYS = ("segkit", "name", "description")


@dataclass(frozen=True, slots=True)
class Segment(Named):
    """Name a condition, and say in a sentence what it is for.

    `&`, `|` and `~` make a new segment with a joined name, beside another segment or a bare condition, which goes by its English.

    Raises:
        DefinitionError: the name is blank or holds half a character, or the condition is none or has over 50 groups within groups.

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

    # A condition leaves what stands behind it to the segment there.
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
        from segkit.definition.explain import explain  # noqa: PLC0415  # which itself explains segments

        return card(self.name, self.description, element("div", "Profiles that"), bulleted(explain(self.condition)))

    @property
    def hash(self) -> str:
        """Return "sha256:..." of what the condition says, whatever the segment is called.

        Equal conditions have equal hashes, 90 and 90.0 alike, over platforms, versions and ways to lay out the YAML. The order of
        conditions counts; `diff` is what knows that it does not matter.

        Raises:
            DefinitionError: the condition was built by hand around a number that is not finite.

        >>> from segkit.definition.phrases import can_receive
        >>> Segment("SMS subscribers", can_receive("sms")).hash[:19]
        'sha256:706ebdd37943'
        """
        from segkit.definition import text as plain_data  # noqa: PLC0415

        return plain_data.fingerprint(self.condition)

    def to_yaml(self) -> str:
        """Write the segment as YAML to be kept in git: one condition a paragraph, quotes only where they are needed.

        What `from_yaml` reads back is equal to this segment, always. `segment.schema.json` beside this module describes the form
        for editors.

        Raises:
            DefinitionError: the condition was built by hand around something that no phrase takes.

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
        # The guard of every file in git: never a text that says something else, however the tree was built.
        back, faults = read_segment(written)
        if back != self:
            reason = str(faults[0]) if faults else "something is lost on the way."
            raise DefinitionError.not_as_text(self.name, reason)
        return written

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read a segment from YAML as `to_yaml` writes it, or as a person does.

        Text that looks like a number, a date, true or false must be quoted; `no`, `007`, `1e3` and such, which YAML's versions read
        differently, must be quoted always. Doubled and unknown keys, anchors and tags are faults.

        Raises:
            DefinitionError: all faults at once, each with its line and the path to it.

        >>> Segment.from_yaml("{segkit: 1, name: Adults, has: Age, at least: 18}").condition.test
        NumberTest(comparison='at least', value=18)
        """
        segment, faults = read_segment(text)
        if segment is None:
            raise DefinitionError.unreadable_text(map(str, faults))
        return cls(segment.name, segment.condition, segment.description)


def _condition_of(joined: object, sign: str) -> Condition:
    if isinstance(joined, Segment):
        return joined.condition
    if not isinstance(joined, KINDS):
        raise DefinitionError.not_a_condition(joined, f"{sign} beside a segment")
    return joined  # type: ignore[return-value]  # `KINDS` are all conditions


def _name_of(joined: Segment | Condition) -> str:
    """Return what a part of a joined name says: a segment's name, or a condition in English, on one line."""
    if isinstance(joined, Segment):
        return joined.name
    from segkit.definition.explain import explain  # noqa: PLC0415  # which itself explains segments

    return shortened(explain(joined), _LETTERS)


_LETTERS = 120
"""How much of a bare condition's English goes into a name."""


def _joined(word: str, *names: str) -> str:
    """Join names by a word; those that the other word joins are in brackets."""
    other = {"and": " or ", "or": " and "}[word]
    return f" {word} ".join(f"({name})" if other in name else name for name in names)


def read_segment(text: str) -> "tuple[Segment | None, list[Fault]]":
    """Read a segment from YAML; None and every fault, in the order of the lines, where there are any."""
    from segkit.definition import text as plain_data  # noqa: PLC0415

    if not isinstance(text, str):
        raise DefinitionError.bad_value("A segment's text", text, "text in YAML")
    found = plain_data.read_yaml(text)
    faults = found.faults
    segment = None if found.data is None else _segment(found)
    faults = [plain_data.Fault(fault.path, fault.reason, fault.line or found.line_of(fault.path)) for fault in faults]
    return (None if faults else segment), sorted(faults, key=lambda fault: fault.line or 0)


def _segment(found: "ReadText") -> Segment | None:
    from segkit.definition import text as plain_data  # noqa: PLC0415

    faults = found.faults
    condition = plain_data.read_condition(found.data, faults, beside=_OWN_KEYS)
    if not isinstance(found.data, dict):
        return None
    own: dict[str, Any] = {key: found.data.get(key) for key in _OWN_KEYS}
    if isinstance(own["segkit"], bool) or own["segkit"] != FORM:
        faults.append(plain_data.Fault(("segkit",), str(DefinitionError.unknown_form(own["segkit"], FORM))))
    name, description = own["name"], found.data.get("description", "")
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
    """Replace `sk.in_segment("VIP")` by the condition of the segment "VIP", in every segment that names another.

    `sk.membership` and whatever else takes several segments does so by itself. What takes one segment, such as `sk.to_klaviyo`,
    `sk.why` or `Segment.hash`, can be given one of the segments that this returns.

    Args:
        segments: the segments, those that are named among them, such as `sk.load_segments("segments/")`.

    Returns:
        The same segments in their order; those that name no other are as they were.

    Raises:
        DefinitionError: a segment that is named is not among them, segments name each other in a circle, something is no segment, two
            have one name, or a condition becomes too deep or too long.

    >>> from segkit.definition.phrases import can_receive, did, in_segment
    >>> vip = Segment("VIP", did("Placed Order", at_least=3))
    >>> resolve_segments([vip, Segment("VIP by text", in_segment("VIP") & can_receive("sms"))])[1].condition == (
    ...     did("Placed Order", at_least=3) & can_receive("sms")
    ... )
    True
    """
    return distinct_segments(segments)


def distinct_segments(segments: Segments) -> list[Segment]:
    """Return segments as a list, each with a name of its own, and with the conditions of segments that are named by others.

    Raises:
        DefinitionError: as `resolve_segments`.
    """
    return resolved(listed_segments(segments))


def listed_segments(segments: Segments) -> list[Segment]:
    """Return segments as a list, each with a name of its own and as it was given.

    Raises:
        DefinitionError: something is no segment, or two segments have one name.
    """
    given: Any = segments
    if isinstance(segments, (Segment, str, *KINDS)) or not isinstance(segments, Iterable):
        given = [segments]
    every: list[Segment] = []
    for segment in given:
        if not isinstance(segment, Segment):
            raise DefinitionError.not_a_segment(segment)
        if any(segment.name == other.name for other in every):
            raise DefinitionError.one_name_twice(segment.name)
        every.append(segment)
    return every


def one_segment(segment: object) -> Segment:
    """Return what must be a segment that names no other.

    Raises:
        DefinitionError: it is none, or its condition names a segment, which nobody passed.
    """
    if not isinstance(segment, Segment):
        raise DefinitionError.not_a_segment(segment)
    return resolved([segment])[0]

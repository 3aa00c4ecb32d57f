"""Convert plain data to and from YAML. Accept only what all YAML versions read the same way, and record line numbers."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from segkit.definition.conditions import DEEPEST as GROUPS
from segkit.definition.text.keys import Fault, Path
from segkit.errors import DefinitionError
from segkit.json_text import has_half

if TYPE_CHECKING:
    import yaml

WIDTH = 100
"""The line width at which long texts are wrapped, so that changing a word changes one line in a diff."""

LONGEST = 2**19
"""The maximum length of a YAML text in characters, enough for a list of all US postal codes."""

DEEPEST = 2 * GROUPS + 10
"""The maximum nesting of mappings and lists: a mapping and a list for each group, and a few more for the condition inside."""

_BOOLEANS = {"true": True, "false": False}
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,308})")
_FRACTION = re.compile(r"[-+]?[0-9]{1,100}\.[0-9]{1,100}([eE][-+][0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NULL = re.compile("~|null|Null|NULL|")
_AMBIGUOUS = re.compile(
    # Some YAML readers read these as text, others as booleans, numbers in another base, base-60 numbers or timestamps. The pattern
    # also matches booleans and numbers in a spelling that `write_yaml` does not use.
    r"(?i:yes|no|on|off|y|n|true|false)"
    r"|[-+]?\.(?i:inf|nan)"
    r"|[-+]?0[box_]?[0-9a-fA-F_]+|[-+]?[0-9][0-9_,]*_[0-9_,.]*|[-+]?[0-9]+(:[0-9]{1,2})+(\.[0-9]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"
    r"|[-+]?[0-9]*\.?[0-9]*[eE][-+]?[0-9]+|[-+]?[0-9]+\.?|[-+]?\.[0-9]+"
    r"|=|<<"
)


@dataclass(slots=True)
class ReadText:
    """The contents of a YAML text.

    Attributes:
        data: mappings, lists, text, numbers, booleans, dates that were not quoted, and None.
        faults: the errors in the text, with line numbers. If there are any, don't use `data`.
        lines: the line, counted from 1, on which the value at each path starts.
    """

    data: Any = None
    faults: list[Fault] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """Return the line of the value at a path or, if the text has no such value, of its nearest parent."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)


def read_yaml(text: str) -> ReadText:
    r"""Read one YAML document. Duplicate keys, anchors, tags and unquoted values that YAML versions read differently are faults.

    >>> read_yaml("has: Age\nat least: 18").data
    {'has': 'Age', 'at least': 18}
    >>> [fault.line for fault in read_yaml("has: Answer\nequals: no").faults]
    [2]
    """
    import yaml  # noqa: PLC0415  # `import segkit` stays fast

    result = ReadText()
    if len(text) > LONGEST or has_half(text):
        error = (
            DefinitionError.text_too_long(len(text), LONGEST) if len(text) > LONGEST else DefinitionError.half_in_text()
        )
        result.faults.append(Fault((), str(error)))
        return result
    if _brackets(text) > DEEPEST:
        result.faults.append(Fault((), str(DefinitionError.nested_too_deep())))
        return result
    try:
        if _is_plain(text, result):
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is None:
                result.faults.append(Fault((), str(DefinitionError.empty_text()), 1))
            else:
                result.data = _value(node, (), result)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = " ".join(part for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part)
        result.faults.append(
            Fault(
                (),
                str(DefinitionError.not_yaml(reason or str(error).splitlines()[0])),
                None if mark is None else mark.line + 1,
            )
        )
    return result


def _brackets(text: str) -> int:
    """Return how deeply brackets are nested outside quotes. This is checked first, since the parser is slow on deep nesting."""
    depth = deepest = 0
    for sign in _SIGNS.findall(_QUOTED.sub("", text)):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


_SIGNS = re.compile(r"[\[{\]}]")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


def _is_plain(text: str, result: ReadText) -> bool:
    """Check for anchors, aliases, tags and deep nesting before the data is built, since a few aliases can expand to gigabytes."""
    import yaml  # noqa: PLC0415

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            # Stop here: the parser reads only as far as needed, and parsing the rest would be slow.
            line = None if event.start_mark is None else event.start_mark.line + 1
            result.faults.append(Fault((), str(DefinitionError.nested_too_deep()), line))
            return False
        for sign, name in (("&", getattr(event, "anchor", None)), ("!", getattr(event, "tag", None))):
            if name:
                shown = f"*{name}" if isinstance(event, yaml.AliasEvent) else f"{sign}{name}".replace("!!", "!")
                mark = event.start_mark
                result.faults.append(
                    Fault((), str(DefinitionError.not_plain(shown)), None if mark is None else mark.line + 1)
                )
    return not result.faults


def _value(node: "yaml.Node", path: Path, result: ReadText) -> Any:
    import yaml  # noqa: PLC0415

    line = _line(node)
    result.lines.setdefault(path, line)
    match node:
        case yaml.MappingNode():
            return _mapping(node, path, result)
        case yaml.SequenceNode():
            return [_value(item, (*path, index), result) for index, item in enumerate(node.value)]
        case yaml.ScalarNode(style=None):
            try:
                return bare(node.value)
            except DefinitionError as error:
                result.faults.append(Fault(path, str(error), line))
        case _:
            pass
    # Continue after a fault, so that the rest is checked as well.
    return node.value


def _line(node: "yaml.Node") -> int:
    return int(node.start_mark.line) + 1


def _mapping(node: "yaml.MappingNode", path: Path, result: ReadText) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), _line(key_node)
        if key in data:
            result.faults.append(Fault((*path, key), str(DefinitionError.key_twice(key)), line))
        result.lines[*path, key] = line
        data[key] = _value(value_node, (*path, key), result)
    return data


def bare(word: str) -> Any:
    """Convert an unquoted YAML scalar to text, a number, a boolean, a date or None.

    Raises:
        DefinitionError: YAML 1.1 and 1.2 read it differently, or it is a number or boolean in an unusual spelling.

    >>> bare("18"), bare("1.5"), bare("true"), bare("Boston"), bare("2026-01-01")
    (18, 1.5, True, 'Boston', datetime.date(2026, 1, 1))
    """
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _NUMBER.fullmatch(word):
        return int(word)
    if _FRACTION.fullmatch(word):
        return float(word)
    if _DAY.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise DefinitionError.two_readings(word) from None
    if _NULL.fullmatch(word):
        return None
    if _AMBIGUOUS.fullmatch(word):
        raise DefinitionError.two_readings(word)
    return word


def write_yaml(data: dict[str, Any]) -> str:
    """Write plain data as YAML that is easy to read: keys in their order, text quoted only where necessary.

    >>> print(write_yaml({"has": "zip", "is in": ["02110", "Boston"]}), end="")
    has: zip
    is in:
      - '02110'
      - Boston
    """
    import yaml  # noqa: PLC0415

    return yaml.dump(data, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=WIDTH)


@cache
def _dumper() -> type["yaml.SafeDumper"]:
    import yaml  # noqa: PLC0415

    class Dumper(yaml.SafeDumper):
        """Indents lists under their key, and writes no aliases."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
            super().increase_indent(flow, indentless=False)

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))

    def represent_mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.MappingNode:
        return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style="decimal" in data)

    def represent_list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
        is_point = bool(data) and all(isinstance(one, (int, float)) for one in data)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=is_point or not data)

    Dumper.add_representer(str, represent)
    Dumper.add_representer(dict, represent_mapping)
    Dumper.add_representer(list, represent_list)
    return Dumper


def _style(text: str) -> str | None:
    """Return the YAML style for text: quotes for ambiguous text and unusual characters, a block for paragraphs, otherwise plain."""
    if re.search(r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]", text):
        return '"'
    if "\n" in text:
        is_paragraphs = re.fullmatch(r"(\S([^\n]*[^\n ])?\n+)*\S([^\n]*[^\n ])?\n?", text)
        return "|" if is_paragraphs else '"'
    try:
        return None if bare(text) == text else "'"
    except DefinitionError:
        return "'"

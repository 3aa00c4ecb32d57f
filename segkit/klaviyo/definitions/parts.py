"""The parts of a document from Klaviyo, taken apart with care: what is missing, misspelt or of another kind is refused."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from segkit.definition.value_words import chosen
from segkit.errors import DefinitionError

Filter: TypeAlias = Mapping[str, Any]


def parts(what: str, value: object, known: Iterable[str], *, of: str = "") -> Filter:
    """Return a mapping's parts that are not null, refusing one that nothing here reads: it might narrow the condition.

    Raises:
        DefinitionError: the value is no mapping, or has a part of another name.
    """
    if not isinstance(value, Mapping):
        raise DefinitionError.bad_value(what, value, f"an object with {of or 'its parts'}")
    given = {str(name): part for name, part in value.items() if part is not None}
    for name in given:
        chosen(f"A part of {what[0].lower()}{what[1:]}", name, ("type", *known))
    return given


def word(what: str, value: object, choices: Iterable[str]) -> Any:
    """Return a word that is among the choices; a part that is left out is none of them."""
    return chosen(what, "null" if value is None else value, tuple(choices))


def text(what: str, value: object) -> str:
    """Return a text; null and numbers are none."""
    if not isinstance(value, str):
        raise DefinitionError.bad_value(what, "null" if value is None else value, "text")
    return value


def some_text(what: str, value: object) -> str:
    """Return a text that is not empty: whatever holds, begins or ends with nothing is every text, and phrases refuse it, too."""
    found = text(what, value)
    if not found:
        raise DefinitionError.bad_value(what, found, "text that is not empty")
    return found


def texts(what: str, value: object) -> tuple[str, ...]:
    """Return several texts, each once; an empty list compares with nothing, and no document says what that means."""
    if not isinstance(value, list) or not value:
        raise DefinitionError.bad_value(what, "null" if value is None else value, "a list of one or more texts")
    return tuple(dict.fromkeys(some_text(f"An item of {what[0].lower()}{what[1:]}", one) for one in value))

"""Read the fields of Klaviyo documents, and refuse fields that are missing, unknown or of the wrong type."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from segkit.definition.value_words import chosen
from segkit.errors import DefinitionError

Filter: TypeAlias = Mapping[str, Any]


def parts(what: str, value: object, known: Iterable[str], *, of: str = "") -> Filter:
    """Return the fields of a mapping that are not null.

    Raises:
        DefinitionError: the value is not a mapping, or has an unknown field, which might narrow the condition.
    """
    if not isinstance(value, Mapping):
        raise DefinitionError.bad_value(what, value, f"an object with {of}" if of else "an object")
    given = {str(name): part for name, part in value.items() if part is not None}
    for name in given:
        chosen(f"A field of {what[0].lower()}{what[1:]}", name, ("type", *known))
    return given


def word(what: str, value: object, choices: Iterable[str]) -> Any:
    """Return a value that is one of the choices. Refuse any other value, or a missing value."""
    return chosen(what, "null" if value is None else value, tuple(choices))


def text(what: str, value: object) -> str:
    """Return text. Refuse null, numbers and anything else."""
    if not isinstance(value, str):
        raise DefinitionError.bad_value(what, "null" if value is None else value, "text")
    return value


def some_text(what: str, value: object) -> str:
    """Return text that is not empty. Every text contains the empty text, so phrases also refuse it."""
    found = text(what, value)
    if not found:
        raise DefinitionError.bad_value(what, found, "text that is not empty")
    return found


def texts(what: str, value: object) -> tuple[str, ...]:
    """Return the texts in a list, without duplicates. Klaviyo does not document an empty list, so it is refused."""
    if not isinstance(value, list) or not value:
        raise DefinitionError.bad_value(what, "null" if value is None else value, "a list of one or more strings")
    return tuple(dict.fromkeys(some_text(f"An item of {what[0].lower()}{what[1:]}", one) for one in value))

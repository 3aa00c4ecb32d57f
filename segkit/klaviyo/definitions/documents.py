"""Read segments from Klaviyo documents, wherever in a document the definitions are.

One error reports everything that segkit can't express.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from segkit.definition.segment import Segment
from segkit.errors import DefinitionError
from segkit.json_text import DEEPEST, Halves, is_deep, read_json
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions.gaps import Gaps
from segkit.klaviyo.definitions.names import NamesOfIds
from segkit.klaviyo.definitions.read import Account, read_definition
from segkit.masking import masked_text, quoted

UNNAMED = "From Klaviyo"
"""The name of a segment if neither the document nor the caller has one."""

_WRAPPER_KEYS = ("data", "attributes", "segment", "definition", "results")


def from_klaviyo(
    payload: object,
    *,
    metric_names: Mapping[str, str] | None = None,
    list_names: Mapping[str, str] | None = None,
    names: AccountNames | None = None,
    channel_affinity: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Segment:
    """Read one segment from a document of Klaviyo's Segments API.

    Args:
        payload: a mapping or JSON text with one definition: a definition with `condition_groups`, a create request, a response, an
            item from a list page, a page with one item, or the response to a definition's URL with `.json` added.
        metric_names: maps metric ids to names, and overrides `names`.
        list_names: maps list ids to names, and overrides `names`.
        names: the account's names, from a file or its pages.
        channel_affinity: the columns with predictions of channel affinity, by keys such as "sms_rank" and "sms_priority".
        name: the name of the segment; None uses the name in the document or, if it has none, "From Klaviyo".

    Returns:
        The segment: AND of groups, each an OR of its conditions, without needless nesting. "Greater than 0" for a count becomes "at
        least 1". Other fields of the document (starred, active, counts, dates) are ignored.

    Raises:
        DefinitionError: the payload has no definition or several, or it has conditions that segkit can't express. The error lists
            all of these conditions, each with its position and the reason.

    Source: Segments API, revision 2026-07-15. The older spellings in Klaviyo's guide are also accepted.

    >>> clicked = {
    ...     "type": "profile-metric", "metric_id": "UWxqMk", "measurement": "count",
    ...     "measurement_filter": {"type": "numeric", "operator": "greater-than", "value": 0},
    ...     "timeframe_filter": {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 90},
    ... }
    >>> definition = {"condition_groups": [{"conditions": [clicked]}]}
    >>> from_klaviyo(definition, metric_names={"UWxqMk": "Clicked SMS"}, name="Clickers").condition.timeframe
    InTheLast(quantity=90, unit='day')
    """
    found = list(_definitions(_checked(payload)))
    if not found:
        raise DefinitionError.no_klaviyo_definition("the page is empty")
    if len(found) > 1:
        raise DefinitionError.several_klaviyo_definitions(own or UNNAMED for own, _ in found)
    given = [(name or found[0][0], found[0][1])]
    return _segments(given, metric_names, list_names, names, channel_affinity)[0]


def segments_from_klaviyo(
    page: object,
    *,
    metric_names: Mapping[str, str] | None = None,
    list_names: Mapping[str, str] | None = None,
    names: AccountNames | None = None,
    channel_affinity: Mapping[str, str] | None = None,
) -> list[Segment]:
    """Read every segment on a list page, or on several pages in a list. `from_klaviyo` documents the other arguments.

    A page without segments is valid, since an account may have none.

    Raises:
        DefinitionError: a page is not a list of definitions, or it has conditions that segkit can't express. The error lists these
            conditions for all segments.

    >>> groups = [{"conditions": [{"type": "profile-region", "in_region": True, "region": "european_union"}]}]
    >>> item = {"type": "segment", "attributes": {"name": "EU", "definition": {"condition_groups": groups}}}
    >>> [segment.name for segment in segments_from_klaviyo({"data": [item]})]
    ['EU']
    """
    return _segments(list(_definitions(_checked(page))), metric_names, list_names, names, channel_affinity)


def _segments(
    found: list[tuple[str | None, Mapping[str, Any]]],
    metric_names: Mapping[str, str] | None,
    list_names: Mapping[str, str] | None,
    names: AccountNames | None,
    channel_affinity: Mapping[str, str] | None,
) -> list[Segment]:
    gaps = Gaps()
    account = Account(NamesOfIds(names, {"metric": metric_names, "list": list_names}, gaps), channel_affinity or {})
    segments = []
    for number, (name, definition) in enumerate(found, start=1):
        place = f"segment {number} ({quoted(name or UNNAMED)}), " if len(found) > 1 else ""
        condition = read_definition(definition, account, gaps, place)
        if condition is not None:
            segments.append(Segment(name or UNNAMED, condition))
    if gaps.lines:
        raise DefinitionError.klaviyo_unread(gaps.lines)
    return segments


def _definitions(payload: object, name: str | None = None) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Yield each definition inside a payload, with the name of the nearest enclosing object."""
    if isinstance(payload, (str, bytes)):
        try:
            payload = read_json(payload)
        except ValueError as error:
            raise DefinitionError.no_klaviyo_definition(str(error)) from None
        payload = _checked(payload)
    if isinstance(payload, list):
        for one in payload:
            yield from _definitions(one, name)
    elif isinstance(payload, Mapping):
        own = payload.get("name")
        yield from _inside(payload, own if isinstance(own, str) and own.strip() else name)
    else:
        found = "null" if payload is None else quoted(payload)
        raise DefinitionError.no_klaviyo_definition(f"it contains {found} instead")


def _checked(payload: object) -> object:
    """Return the payload unchanged, or refuse it if it is nested too deeply or has a lone surrogate."""
    if is_deep(payload):
        raise DefinitionError.no_klaviyo_definition(f"it is nested more than {DEEPEST} levels deep")
    halves = Halves()
    halves.without(payload)
    if halves.found:
        raise DefinitionError.no_klaviyo_definition("it contains half a character, such as half an emoji")
    return payload


def _inside(payload: Mapping[Any, Any], name: str | None) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    if "condition_groups" in payload:
        yield name, payload
        return
    wrapper = next((key for key in _WRAPPER_KEYS if key in payload), None)
    if wrapper is None:
        keys = ", ".join(masked_text(str(key)) for key in payload)
        what = f"it contains {keys}, but not condition_groups" if keys else "it is an empty object"
        raise DefinitionError.no_klaviyo_definition(what)
    if wrapper == "definition" and payload[wrapper] is None:
        # Klaviyo may omit the definition. If so, report a gap for this segment, and read the other segments on the page.
        yield name, {}
    else:
        yield from _definitions(payload[wrapper], name)

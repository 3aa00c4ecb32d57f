"""Fetch all pages of a result by their cursors, and check the format of each page. `pull_store` saves them.

Pages and their links have the format of JSON:API, as Klaviyo documents it in revision 2026-07-15.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from segkit.errors import AccountError
from segkit.json_text import DEEPEST, is_deep
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.endpoints import Endpoint

_PARTS = ("properties", "event_properties", "location", "subscriptions", "predictive_analytics")


def pages(
    account: Account, endpoint: Endpoint, *, after: Mapping[str, Any] | None = None, number: int = 1, **arguments: Any
) -> Iterator[dict[str, Any]]:
    """Fetch and check every page of a result, one by one.

    Args:
        account: the account.
        endpoint: the endpoint to call.
        after: the last page from an earlier call, to continue after it; None begins with the first page.
        number: the number of the next page, for error messages.
        arguments: further arguments to send with the request.

    Raises:
        AccountError: a request fails, or a page does not have the documented format.
    """
    cursor = None
    if after is not None:
        cursor = next_cursor(after)
        if cursor is None:
            return
    used = {cursor}
    while True:
        document = account.ask(endpoint, **arguments, **({"page_cursor": cursor} if cursor else {}))
        fault = _page_fault(endpoint, document, used)
        if fault:
            raise AccountError.broken_page(endpoint.title, number, fault)
        yield document
        cursor, number = next_cursor(document), number + 1
        if cursor is None:
            return
        used.add(cursor)


def next_cursor(document: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page, or None on the last page.

    >>> next_cursor({"links": {"next": "https://a.klaviyo.com/api/lists/?page%5Bcursor%5D=bmV4dA%3D%3D"}})
    'bmV4dA=='
    """
    address = (document.get("links") or {}).get("next")
    return parse_qs(urlsplit(address).query)["page[cursor]"][0] if address else None


def _page_fault(endpoint: Endpoint, document: Mapping[str, Any], used: Container[str | None]) -> str:
    """Return what is wrong with a page, or "". A link to a cursor that was already used would cause an endless loop."""
    if is_deep(document):
        return f"it has lists or mappings that are nested more than {DEEPEST} levels deep"
    included = document.get("included") or []
    if not isinstance(included, list) or not all(map(_is_resource, included)):
        return "it includes something that is not a resource with an id"
    data = document.get("data")
    if not isinstance(data, list):
        return "it has no list named 'data'"
    for place, one in enumerate(data, start=1):
        fault = _resource_fault(one, endpoint.resource)
        if fault:
            return f"item {place:,} of its data {fault}"
    links = document.get("links") or {}
    try:
        following = next_cursor({"links": links})
    except (AttributeError, TypeError, KeyError, ValueError):
        return "its link to the next page has no cursor"
    return "its link to the next page leads back to an earlier page" if following and following in used else ""


def _is_resource(one: Any) -> bool:
    return (
        isinstance(one, Mapping) and isinstance(one.get("id"), str) and isinstance(one.get("attributes") or {}, Mapping)
    )


def _resource_fault(one: Any, kind: str) -> str:
    if not isinstance(one, Mapping) or one.get("type") != kind:
        return f"is not of type {kind}"
    if not isinstance(one.get("id"), str):
        return "has no id"
    attributes = one.get("attributes") or {}
    if not isinstance(attributes, Mapping) or any(not _holds_names(attributes.get(part)) for part in _PARTS):
        return "has attributes that are not pairs of names and values"
    if kind == "event" and not (_has_related(one, "metric") and _has_related(one, "profile")):
        return "lacks a metric or a profile"
    return ""


def _holds_names(part: Any) -> bool:
    return part is None or isinstance(part, Mapping)


def _has_related(one: Mapping[str, Any], name: str) -> bool:
    try:
        return isinstance(one["relationships"][name]["data"]["id"], str)
    except (KeyError, TypeError):
        return False

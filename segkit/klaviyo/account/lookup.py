"""Look up names of metrics and lists, and segments by name or id, in a live account. Nothing is stored."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.endpoints import LISTS, METRICS, SEGMENTS
from segkit.klaviyo.account.pages import pages
from segkit.klaviyo.account_names import AccountNames

Resource: TypeAlias = Mapping[str, Any]


def account_names(account: Account) -> AccountNames:
    """Read the names of an account's metrics and lists.

    Raises:
        AccountError: a request fails, or a response does not have the documented format.
    """
    return AccountNames.from_pages([page for endpoint in (METRICS, LISTS) for page in pages(account, endpoint)])


def segment_of_id(account: Account, segment_id: str) -> Resource | None:
    """Return the segment with this id, or None if the account has none.

    Raises:
        AccountError: a request fails, or a response does not have the documented format.
    """
    found = _segments(account, f'equals(id,"{segment_id}")' if _is_plain(segment_id) else None)
    return next((one for one in found if one["id"] == segment_id), None)


def segments_named(account: Account, name: str) -> list[Resource]:
    """Return the segments with exactly this name.

    Raises:
        AccountError: a request fails, or a response does not have the documented format.
    """
    found = _segments(account, f'any(name,["{name}"])' if _is_plain(name) else None)
    # Klaviyo does not document whether the filter is case-sensitive, so compare again.
    return [one for one in found if (one.get("attributes") or {}).get("name") == name]


def _is_plain(text: str) -> bool:
    """Return whether text can be used in a filter. Klaviyo does not document how to escape quotes and backslashes."""
    return not set(text) & set("\"'\\")


def _segments(account: Account, condition: str | None) -> list[Resource]:
    """Return the segments that match a filter, or all segments if it is None."""
    arguments: dict[str, Any] = {} if condition is None else {"filter": condition}
    return [one for page in pages(account, SEGMENTS, **arguments) for one in page["data"]]

"""What an account already has, read and not kept: the names of its metrics and lists, and the segments of a name or id."""

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
        AccountError: the account gives no answer, or not one of the documented shape.
    """
    return AccountNames.from_pages([page for endpoint in (METRICS, LISTS) for page in pages(account, endpoint)])


def segment_of_id(account: Account, segment_id: str) -> Resource | None:
    """Return the segment of an id, or None if the account has none.

    Raises:
        AccountError: the account gives no answer, or not one of the documented shape.
    """
    found = _segments(account, f'equals(id,"{segment_id}")' if _is_plain(segment_id) else None)
    return next((one for one in found if one["id"] == segment_id), None)


def segments_named(account: Account, name: str) -> list[Resource]:
    """Return the segments of exactly this name.

    Raises:
        AccountError: the account gives no answer, or not one of the documented shape.
    """
    found = _segments(account, f'any(name,["{name}"])' if _is_plain(name) else None)
    # Compared once more, since whether the filter tells capitals apart is not documented.
    return [one for one in found if (one.get("attributes") or {}).get("name") == name]


def _is_plain(text: str) -> bool:
    """Whether a text can stand in a filter; how a quote inside is written is not documented, so that all are read then."""
    return not set(text) & set("\"'\\")


def _segments(account: Account, asked: str | None) -> list[Resource]:
    words: dict[str, Any] = {} if asked is None else {"filter": asked}
    return [one for page in pages(account, SEGMENTS, **words) for one in page["data"]]

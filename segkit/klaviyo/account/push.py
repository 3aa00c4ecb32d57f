"""Create or update segments in a live Klaviyo account, or show the requests without sending them.

`definitions` translates segments, and `client` sends requests. Segments are matched by name. A missing segment is created, a segment with
a different definition is updated, and an equal segment is left alone, so pushing again sends nothing.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from segkit.definition.segment import Segment, Segments, distinct_segments
from segkit.errors import AccountError, DefinitionError, missing_extra
from segkit.klaviyo.account.client import KEY_VARIABLE, Account
from segkit.klaviyo.account.endpoints import CREATE_SEGMENT, UPDATE_SEGMENT
from segkit.klaviyo.account.lookup import Resource, account_names, segment_of_id, segments_named
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions import from_klaviyo, to_klaviyo
from segkit.masking import quoted

Action: TypeAlias = Literal["create", "update", "leave"]

MOST_A_DAY = 100
"""Klaviyo lets an account create this many segments in a day, and update as many (OpenAPI document, revision 2026-07-15)."""

_PAST_TENSE = {"create": "Created", "update": "Updated"}


@dataclass(frozen=True, slots=True)
class Change:
    """The request that brings one segment of the account up to date.

    Attributes:
        segment: the name of the segment.
        action: "create", "update", or "leave" if the account's segment already has this definition.
        body: the JSON document of the request. For "leave", it is the document of an update.
        segment_id: the id of the segment in the account; None if there is none yet, or if the account was not asked.

    >>> Change("VIP", "update", {}, "SegAaa").request
    'PATCH /api/segments/SegAaa'
    """

    segment: str
    action: Action
    body: Mapping[str, Any]
    segment_id: str | None = None

    @property
    def request(self) -> str:
        """The method and path of the request."""
        return "POST /api/segments" if self.action == "create" else f"PATCH /api/segments/{self.segment_id}"


@dataclass(frozen=True, slots=True)
class Push:
    """The changes that were made in the account or, after a dry run, the changes that would be made.

    It prints as a line for each change or, after a dry run, as the requests.

    Attributes:
        changes: one change for each segment, in the order of the segments.
        is_sent: False after a dry run.
        was_asked: whether the account was asked which of the segments it has.
    """

    changes: tuple[Change, ...]
    is_sent: bool
    was_asked: bool = True

    def __str__(self) -> str:
        parts = [self._described(change) for change in self.changes]
        if self.is_sent:
            return "\n".join(parts)
        unasked = (
            f" {KEY_VARIABLE} is not set, so segkit did not check which segments the account has. An existing segment with the same name "
            "would be updated."
        )
        return "\n\n".join([*parts, "Nothing was sent." + ("" if self.was_asked else unasked)])

    def _described(self, change: Change) -> str:
        if change.action == "leave":
            return f"{quoted(change.segment)} (id {change.segment_id}) already has this definition, so nothing needs to be sent."
        if self.is_sent:
            return f"{_PAST_TENSE[change.action]} {quoted(change.segment)} (id {change.segment_id})."
        return f"{change.request}\nrevision: {_revision()}\n{json.dumps(change.body, indent=2, ensure_ascii=False)}"


def push(
    segments: Segments,
    *,
    names: AccountNames | None = None,
    update: str | None = None,
    dry_run: bool = False,
    account: Account | None = None,
) -> Push:
    """Create or update segments in a Klaviyo account, so that their definitions there match.

    All segments are translated before anything is sent. An update replaces the name and definition of a segment, but nothing else.
    Nothing is ever deleted. Requests stay within Klaviyo's rate limits, one a second and 15 a minute.

    Args:
        segments: one segment or several with different names.
        names: the account's metrics and lists; None reads them from the account.
        update: the id of the segment to update, whatever its name in the account. This works for only one segment. None finds each
            segment by its exact name.
        dry_run: only show the requests. Names and segments are still read from the account, unless `names` is passed and there is no key.
        account: the account; None uses the key in KLAVIYO_API_KEY.

    Returns:
        The changes or, for a dry run, the changes that would be made.

    Raises:
        DefinitionError: Klaviyo can't express something in the segments (one error lists all such conditions, and nothing is sent),
            two segments have the same name, or `update` is passed with several segments.
        AccountError: the account has several segments with one of the names, it has none with the id, there are more changes than
            Klaviyo allows in a day, or the account refuses a request. In the last case, the error lists what was done before.
        ImportError: the official client is not installed.
    """
    every = distinct_segments(segments)
    if update is not None and len(every) != 1:
        raise DefinitionError.update_of_several(len(every))
    if account is None and not (dry_run and names is not None and not os.environ.get(KEY_VARIABLE)):
        account = Account()
    known = account_names(account) if names is None and account is not None else names or AccountNames()
    bodies = _translated(every, known)
    changes = [
        _change(segment, body, None if account is None else _found(account, segment, update), known, update)
        for segment, body in zip(every, bodies, strict=True)
    ]
    if dry_run or account is None:
        return Push(tuple(changes), is_sent=False, was_asked=account is not None)
    return Push(tuple(_sent(account, changes)), is_sent=True)


def _translated(segments: Iterable[Segment], names: AccountNames) -> list[dict[str, Any]]:
    bodies, gaps = [], []
    for segment in segments:
        try:
            bodies.append(to_klaviyo(segment, names=names))
        except DefinitionError as error:
            gaps.append(str(error))
    if gaps:
        raise DefinitionError.not_pushed(gaps)
    return bodies


def _found(account: Account, segment: Segment, update: str | None) -> Resource | None:
    """Return the account's segment that corresponds to this segment, or None if there is none."""
    if update is not None:
        found = segment_of_id(account, update)
        if found is None:
            raise AccountError.no_such_segment(update)
        return found
    same = segments_named(account, segment.name)
    if len(same) > 1:
        raise AccountError.several_of_a_name(segment.name, [str(one["id"]) for one in same])
    return same[0] if same else None


def _change(
    segment: Segment, body: dict[str, Any], found: Resource | None, names: AccountNames, update: str | None
) -> Change:
    attributes = {name: body["data"]["attributes"][name] for name in ("name", "definition")}
    if found is None and update is None:
        # The official client always sends this field, so show it.
        created = {"data": {"type": "segment", "attributes": {**attributes, "is_starred": False}}}
        return Change(segment.name, "create", created)
    segment_id = str(found["id"]) if found is not None else update
    changed = {"data": {"type": "segment", "id": segment_id, "attributes": attributes}}
    is_same = found is not None and _rewritten(found, names) == (segment.name, _groups(attributes["definition"]))
    return Change(segment.name, "leave" if is_same else "update", changed, segment_id)


Groups: TypeAlias = frozenset[frozenset[str]]


def _rewritten(found: Resource, names: AccountNames) -> tuple[str, Groups] | None:
    """Return the name and definition of an account's segment as segkit would write them, or None if segkit can't read them."""
    try:
        theirs = to_klaviyo(from_klaviyo({"data": found}, names=names), names=names)["data"]["attributes"]
    except DefinitionError:
        return None
    return theirs["name"], _groups(theirs["definition"])


def _groups(definition: Mapping[str, Any]) -> Groups:
    """Return the conditions of a definition as sets, since their order has no meaning."""
    return frozenset(
        frozenset(json.dumps(condition, sort_keys=True) for condition in group["conditions"])
        for group in definition["condition_groups"]
    )


def _sent(account: Account, changes: list[Change]) -> list[Change]:
    needed = [change for change in changes if change.action != "leave"]
    for action in ("create", "update"):
        if (count := sum(change.action == action for change in needed)) > MOST_A_DAY:
            raise AccountError.too_many_changes(count, MOST_A_DAY)
    done: list[Change] = []
    for change in changes:
        try:
            done.append(_send(account, change))
        except AccountError as error:
            left = [other.segment for other in needed if other.segment not in {one.segment for one in done}]
            sent = [one.segment for one in done if one.action != "leave"]
            raise AccountError.push_stopped(str(error), sent, left) from error
    return done


def _send(account: Account, change: Change) -> Change:
    if change.action == "leave":
        return change
    if change.action == "update":
        account.ask(UPDATE_SEGMENT, id=change.segment_id, segment_partial_update_query=change.body)
        return change
    answer = account.ask(CREATE_SEGMENT, segment_create_query=change.body)
    created = answer.get("data")
    return replace(change, segment_id=str(created.get("id")) if isinstance(created, dict) else None)


def _revision() -> str:
    """Return the revision of the API that the official client uses."""
    try:
        from klaviyo_api import KlaviyoAPI  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        raise missing_extra("klaviyo-api", "klaviyo") from None
    return str(KlaviyoAPI._REVISION)  # noqa: SLF001  # not public before a client is created

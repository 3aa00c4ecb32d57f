"""Download a live Klaviyo account into a folder that `sk.load` reads. This module decides which requests to send, and in which order.

`pages` fetches pages, `pull_store` stores them, and `pull_files` converts them to the final files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from segkit.errors import AccountError, DefinitionError
from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.endpoints import (
    EVENTS,
    LIST_MEMBERS,
    LISTS,
    METRICS,
    PROFILES,
    SEGMENT_MEMBERS,
    SEGMENTS,
    Endpoint,
)
from segkit.klaviyo.account.pages import pages
from segkit.klaviyo.account.progress import counting
from segkit.klaviyo.account.pull_files import Pulled, check_folder, write_files
from segkit.klaviyo.account.pull_store import LONG_AGO, PullStore, Walk
from segkit.klaviyo.account.resources import Newest, Resource, labels, name_of, named
from segkit.masking import masked_text
from segkit.wording import counted

OLDEST_PEOPLE = timedelta(days=1)
"""A resumed pull downloads profiles and members again if their download began longer ago than this. Since then, profiles may have
opted out, or may have been added to a list that must not be texted."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The arguments that a pull was started with. An unfinished pull is only resumed with the same plan."""

    metrics: tuple[str, ...] | None
    since: str | None
    lists: bool
    segments: bool
    members_of: tuple[str, ...]

    def arguments(self) -> dict[str, Any]:
        """Return the plan as keyword arguments of `pull`."""
        return {
            "metrics": None if self.metrics is None else list(self.metrics),
            "since": self.since,
            "lists": self.lists,
            "segments": self.segments,
            "members_of": list(self.members_of),
        }


def pull(
    folder: str | Path,
    *,
    metrics: str | Sequence[str] | None = None,
    since: str | date | None = None,
    lists: bool = True,
    segments: bool = False,
    members_of: str | Sequence[str] = (),
    restart: bool = False,
    progress: bool = False,
    account: Account | None = None,
) -> Pulled:
    """Download a Klaviyo account into a folder that `sk.load` reads. An unfinished pull into the same folder is resumed.

    Writes profiles.parquet (with subscriptions and predictions), events.parquet, lists.parquet (profile_id, list_id, joined) and
    names.json (the names of metrics and lists by id). On request it also writes segments.json (definitions of segments) and
    segment_members.parquet (profile_id, segment, joined). Dates stay as Klaviyo writes them. The tables refer to a list or segment
    by its name, or by its name and id if several have the same name.

    Every page is saved in the folder, under .pull, until the final files are written. Either all files are written or none. If a
    pull was interrupted, the same call continues with the first missing page. Profiles and members of lists and segments are
    downloaded again if their download began more than a day ago or at an unknown time, and `Pulled.notes` says so. Requests stay
    within Klaviyo's rate limits, so a million profiles take over an hour.

    Consent is as old as the profiles. `Pulled.profiles_as_of` is the time when their download began, which profiles.parquet has in
    its metadata as "segkit_profiles_as_of". If a profile changes during the download, it may be on two pages. In this case, the
    version with the newest `updated` is kept.

    Args:
        folder: the folder to write to. It is created if it does not exist. Files from an earlier pull are replaced.
        metrics: names (old or new) or ids of metrics. Only their events are downloaded; None downloads all events.
        since: download only events from this instant on, or from the beginning of this day in UTC; None downloads all events.
        lists: also download the members of each list.
        segments: also download the definitions of the segments.
        members_of: names or ids of segments. Their current members in Klaviyo are downloaded.
        restart: discard an unfinished pull and begin again.
        progress: show the progress.
        account: the account; None uses the key in the environment.

    Raises:
        AccountError: there is no key, a request fails, or the folder contains other tables or another unfinished pull.
        FileError: the folder can't be written.
        ImportError: the official client is not installed.

    >>> import segkit as sk
    >>> pulled = pull("shop", metrics=["Placed Order"])  # doctest: +SKIP
    >>> shop = sk.load(pulled.folder)                    # doctest: +SKIP
    """
    target = Path(folder)
    wanted = None if metrics is None else _names(metrics)
    plan = _Plan(wanted, _moment(since), lists, segments, _names(members_of))
    account = account or Account()
    check_folder(target)
    store = PullStore(target)
    with store.locked():
        is_resumed = store.begin(plan.arguments(), restart=restart)
        download = _Download(account, store, target, progress=progress)
        if is_resumed:
            download.check_account()
        pulled = download.run(plan)
        if store.halves:
            cut = f"{counted(store.halves, 'string')} contained half a character, such as half an emoji, which was replaced by \ufffd."
            pulled = replace(pulled, notes=(*pulled.notes, cut))
        store.clear()
    return pulled


class _Download:
    """A running pull."""

    def __init__(self, account: Account, store: PullStore, target: Path, *, progress: bool) -> None:
        self._account = account
        self._store = store
        self._target = target
        self._progress = progress
        self._notes: dict[str, str] = {}

    def check_account(self) -> None:
        """Refuse to resume a pull from another account. Each metric id belongs to one account.

        Raises:
            AccountError: the account has none of the metrics that were saved.
        """
        saved = next(self._store.walk("metrics").documents(), None)
        if saved and saved["data"]:
            current = {one["id"] for one in next(pages(self._account, METRICS))["data"]}
            if current.isdisjoint(one["id"] for one in saved["data"]):
                raise AccountError.other_account(self._target)

    def run(self, plan: _Plan) -> Pulled:
        """Download what is missing, and write the files."""
        # First fetch metrics, lists and segments, so that a misspelt name fails at once rather than after hours.
        metrics = list(Newest(self._fetch(METRICS, "metrics", "Metrics")))
        lists = list(Newest(self._fetch(LISTS, "lists", "Lists")))
        segments = self._segments(plan)
        member_segments = named(segments, plan.members_of, "segment")
        events = self._events(plan, metrics)
        # Fetch profiles after events, so that the profile of every event is included.
        self._forget_old(self._store.walk("profiles"), "profiles")
        profiles = self._fetch(PROFILES, "profiles", "Profiles")
        return write_files(
            self._target,
            metrics=metrics,
            events=events,
            profiles=profiles,
            lists=lists,
            list_members=self._members(LIST_MEMBERS, "list", lists) if plan.lists else {},
            segments=segments if plan.segments else None,
            segment_members=self._members(SEGMENT_MEMBERS, "segment", member_segments),
            notes=list(self._notes.values()),
        )

    def _forget_old(self, walk: Walk, what: str) -> None:
        """Drop pages saved by an earlier call if they may be out of date, and note it once for each kind."""
        begun = walk.begun
        # If the start is in the future, the clock was set back, so the age is unknown.
        if not walk.size or timedelta(0) <= self._account.clock.utc_now() - begun <= OLDEST_PEOPLE:
            return
        reason = (
            f"did not record when it began to download its {what}"
            if begun == LONG_AGO
            else f"began to download its {what} on {begun:%Y-%m-%d at %H:%M} UTC, more than a day ago"
        )
        self._notes.setdefault(what, f"The unfinished pull {reason}, so all {what} were downloaded again.")
        walk.forget()

    def _segments(self, plan: _Plan) -> list[Resource]:
        is_wanted = plan.segments or plan.members_of
        return list(Newest(self._fetch(SEGMENTS, "segments", "Segments"))) if is_wanted else []

    def _events(self, plan: _Plan, metrics: list[Resource]) -> list[Walk]:
        since = [] if plan.since is None else [f"greater-or-equal(datetime,{plan.since})"]
        if plan.metrics is None:
            return [self._fetch(EVENTS, "events", "Events", **_filter(since))]
        return [
            self._fetch(
                EVENTS, "events", name_of(one), one["id"], **_filter([f'equals(metric_id,"{one["id"]}")', *since])
            )
            for one in named(metrics, plan.metrics, "metric")
        ]

    def _members(self, endpoint: Endpoint, kind: str, groups: Sequence[Resource]) -> dict[str, Walk]:
        """Fetch the members of each list or segment, by its label."""
        for group_id in labels(groups):
            self._forget_old(self._store.walk(kind, group_id), f"members of {kind}s")
        return {
            name: self._fetch(endpoint, kind, f"Members of {name}", group_id, id=group_id)
            for group_id, name in labels(groups).items()
        }

    def _fetch(
        self, endpoint: Endpoint, kind: str, heading: str, resource_id: str | None = None, **arguments: Any
    ) -> Walk:
        """Fetch and save, in order, every page of a result that is not saved yet."""
        walk = self._store.walk(kind, resource_id)
        last, kept = walk.last(), walk.size
        if not kept:
            walk.begin(self._account.clock.utc_now())
        with counting(masked_text(heading), endpoint.resource, shown=self._progress) as advance:
            advance(walk.resources)
            try:
                for document in pages(self._account, endpoint, after=last, number=kept + 1, **arguments):
                    walk.keep(document)
                    advance(len(document["data"]))
            except AccountError as error:
                if kept and walk.size == kept and error.is_refusal:
                    raise AccountError.stale_cursor(self._target, str(error)) from None
                raise
        return walk


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _moment(since: str | date | None) -> str | None:
    """Return a day or instant in the API's format."""
    if since is None:
        return None
    try:
        found = datetime.fromisoformat(since if isinstance(since, str) else since.isoformat())
    except ValueError:
        raise DefinitionError.bad_value("since", since, "a date such as '2026-01-31', or an instant") from None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _filter(conditions: Sequence[str]) -> dict[str, str]:
    return {"filter": ",".join(conditions)} if conditions else {}

"""A live account to a folder that loads as a shop: what is asked for, in which order, and which files it becomes.

Requests, pages, and their columns are others' work.
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
"""Profiles and members whose download began longer ago are downloaded again when a pull is resumed: somebody may have opted out
since, or been put on a list of those who are not to be texted."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked of an account; two pulls of one plan are one pull."""

    metrics: tuple[str, ...] | None
    since: str | None
    lists: bool
    segments: bool
    members_of: tuple[str, ...]

    def words(self) -> dict[str, Any]:
        """Return the plan as the keyword arguments that make it."""
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
    """Download a Klaviyo account into a folder that `sk.load` reads, and go on where an earlier pull into it broke off.

    Writes profiles.parquet (with subscriptions and predictions), events.parquet, lists.parquet (profile_id, list_id, joined) and
    names.json (ids to names of metrics and lists); on demand segments.json (their definitions) and segment_members.parquet
    (profile_id, segment, joined). Dates stay as Klaviyo writes them. A list or segment goes by its name, or
    by its name and id if another has the same.

    Every page is kept in the folder, under .pull, until the files are written at the end, all of them or none. After a break, the
    same call goes on with the first page that is missing. Only profiles and members of lists and segments whose download began more
    than a day ago, or at an unknown time, are downloaded again, and `Pulled.notes` says so. Requests keep within Klaviyo's limits: a million profiles take over an
    hour.

    Consent is as old as the profiles. `Pulled.profiles_as_of` says when their download began, and profiles.parquet keeps it in
    its metadata as "segkit_profiles_as_of". Of a profile on two pages, as when it changes meanwhile, the version with the newest
    `updated` is kept.

    Args:
        folder: is made if it is not there; files of an earlier pull in it are replaced.
        metrics: names (old or new) or ids of metrics whose events are wanted; None is all.
        since: events from this day on (its beginning in UTC) or instant; None is all.
        lists: download who is on each list, too.
        segments: download the definitions of the segments, too.
        members_of: names or ids of segments whose members are wanted as Klaviyo sees them now.
        restart: forget an unfinished pull and begin again.
        progress: show how far it came.
        account: another account than that of the key in the environment.

    Raises:
        AccountError: there is no key, the account refuses or fails, or the folder holds something else.
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
        is_resumed = store.begin(plan.words(), restart=restart)
        download = _Download(account, store, target, progress=progress)
        if is_resumed:
            download.check_account()
        pulled = download.run(plan)
        if store.halves:
            cut = f"{counted(store.halves, 'text')} held half a character, cut within an emoji: \ufffd stands for it."
            pulled = replace(pulled, notes=(*pulled.notes, cut))
        store.clear()
    return pulled


class _Download:
    """One pull under way."""

    def __init__(self, account: Account, store: PullStore, target: Path, *, progress: bool) -> None:
        self._account = account
        self._store = store
        self._target = target
        self._progress = progress
        self._notes: dict[str, str] = {}

    def check_account(self) -> None:
        """Refuse to go on with another account's key: ids of metrics belong to one account.

        Raises:
            AccountError: no metric that is kept is among those of the account.
        """
        kept = next(self._store.walk("metrics").documents(), None)
        if kept and kept["data"]:
            there = {one["id"] for one in next(pages(self._account, METRICS))["data"]}
            if there.isdisjoint(one["id"] for one in kept["data"]):
                raise AccountError.other_account(self._target)

    def run(self, plan: _Plan) -> Pulled:
        """Bring what is missing, and write the files."""
        # First what names are looked up in, so that a slip of the pen does not come out after hours.
        metrics = list(Newest(self._fetch(METRICS, "metrics", "Metrics")))
        lists = list(Newest(self._fetch(LISTS, "lists", "Lists")))
        segments = self._segments(plan)
        member_segments = named(segments, plan.members_of, "segment")
        events = self._events(plan, metrics)
        # After the events, so that the profile of each is among them.
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
        """Drop pages that an earlier call kept if what they say may be out of date, and note it, of each kind once."""
        begun = walk.begun
        # A beginning in the future means that the clock was set back, so it says nothing about the age.
        if not walk.size or timedelta(0) <= self._account.clock.utc_now() - begun <= OLDEST_PEOPLE:
            return
        reason = (
            f"did not note when it began to download its {what}"
            if begun == LONG_AGO
            else f"began to download its {what} on {begun:%Y-%m-%d at %H:%M} UTC, not within the last day"
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
        """Return who is in each group, under the name that it goes by."""
        for group_id in labels(groups):
            self._forget_old(self._store.walk(kind, group_id), f"members of {kind}s")
        return {
            name: self._fetch(endpoint, kind, f"Members of {name}", group_id, id=group_id)
            for group_id, name in labels(groups).items()
        }

    def _fetch(
        self, endpoint: Endpoint, kind: str, heading: str, resource_id: str | None = None, **arguments: Any
    ) -> Walk:
        """Bring every page of an answer that is not kept yet, whole and in order."""
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
    """Return an instant as the API writes it."""
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

"""Hold a shop's validated profiles, events and lists in memory. `evaluation.py` evaluates conditions on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.cache import Cache, freeze
from segkit.data.checked import Checked, CheckedShop, ListEntries
from segkit.data.coded import CodedCells
from segkit.data.consent import CONSENTS, NEVER, NOT_SAID, Consent, codes_of_words
from segkit.data.events import EventIndex
from segkit.data.files.frames import Frame, table_of
from segkit.data.instants import Flags, Microseconds, microseconds, read_as_of
from segkit.data.phones import Phones
from segkit.data.places import REGIONS, Degrees, Placed, PostalPoints, coded_countries
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.saved.shops import open_shop, save_shop
from segkit.data.shops import check_shop
from segkit.data.validation.columns import Unreadable
from segkit.data.validation.issues import Issues, masked
from segkit.data.validation.losses import Loss
from segkit.data.validation.options import AsOf, LoadOptions
from segkit.data.validation.sms_records import SmsRecords
from segkit.data.validation.tables import Table
from segkit.drawing.frames import StyledFrame
from segkit.engine.memory.additions import PLACING, checked_list, checked_properties
from segkit.engine.memory.consent_history import NEVER_YET, Channel, ConsentHistory, StatusThen
from segkit.engine.memory.shop_card import shop_card
from segkit.errors import DataError
from segkit.marks import unmarked
from segkit.masking import masked_text
from segkit.vocabulary import CONSENT_METRICS, canonical_metric, canonical_name
from segkit.wording import counted

WITHOUT_COUNTRY = "postal codes without a country"

FOR_ANALYSTS = (
    "as_of", "report", "alarms", "profiles", "profile_ids", "property_names", "metric_names", "list_names", "default_country",
    "from_frames", "with_as_of", "with_properties", "with_list", "save",
)  # fmt: skip
"""The attributes that tab completion offers for a shop."""


@dataclass(frozen=True, repr=False, eq=False)
class Dataset:
    """A shop's profiles, events and lists, seen from one moment. Make it with `sk.load` or `Dataset.from_frames`.

    Attributes:
        as_of: the moment for which questions are answered, in UTC. Events after it never count.
        report: a row for each data issue that was found, with its resolution.
        phones: each profile's phone number in E.164 with its country and kind, or the reason why there is none.
        events: the event index.
        lists: the entries of each list.
        postal_points: the points of postal codes.
        known_until: dates after this moment are ignored as wrong. If `as_of` is earlier, answers use the consent and the profiles of
            that time.
        loaded: when the data was loaded, by the system's clock.
        sms: SMS columns other than the consent status, used only for eligibility.
        unknown_sms_words: which profiles have an unknown SMS consent value. Their `sms_consent` is "never_subscribed".
        losses: the tables that lost more than 5 % of their rows, which are shown prominently.
        default_country: the two-letter country for postal codes of profiles without a country; None leaves these without a location.
        cache: computed results, up to a memory limit.

    `dir(shop)` lists the attributes for analysts. The others are for engines and may change. Printing a shop shows counts and dates,
    but never a person, since notebooks are shared. Shops are compared by identity, so a shop can be a dictionary key.
    """

    as_of: datetime
    report: pd.DataFrame
    phones: Phones
    events: EventIndex
    lists: Mapping[str, ListEntries]
    postal_points: PostalPoints
    known_until: datetime
    loaded: datetime
    sms: SmsRecords
    unknown_sms_words: Flags
    losses: tuple[Loss, ...]
    default_country: str | None
    _ids: pa.Array
    _table: Table
    _day_first: bool | None = None
    cache: Cache = field(default_factory=Cache)

    @classmethod
    def from_frames(
        cls,
        profiles: Frame | None,
        events: Frame | None = None,
        *,
        as_of: AsOf = None,
        lists: Frame | None = None,
        places: Frame | None = None,
        columns: Mapping[str, str] | None = None,
        consent: Mapping[Any, str] | None = None,
        default_country: str | None = None,
        unreadable: Unreadable = "raise",
        add_profiles_of_events: bool = False,
        day_first: bool | None = None,
    ) -> Self:
        """Build a Dataset from frames. Their columns keep their types, and the frames are not changed.

        A frame is a pandas or Polars frame, an Arrow table, or any object that exports its columns to Arrow. Text is read as in CSV:
        empty text means not set, and "18" is a number for a condition that needs a number. A pandas period counts as its first moment.
        Frames that segkit returns, such as `Dataset.profiles` with a column of your own, can be loaded again with the same meaning.

        Args:
            profiles: one row for each profile, with `profile_id`. Known columns have the same names as in the Klaviyo API, and other
                columns are custom properties. None takes the profiles from the events.
            events: `profile_id`, `metric`, `datetime` and, optionally, `value` and event properties.
            as_of: an instant (naive means UTC), or a date, which means the end of that day. None means the newest event that is not
                in the future.
            lists: `profile_id`, `list_id` and, if known, `joined`.
            places: `country`, `postal_code`, `latitude`, `longitude` of postal codes outside the US.
            columns: maps your headers to segkit's names, such as {"customer": "profile_id"}.
            consent: maps your consent values to "subscribed", "unsubscribed" or "never_subscribed", such as {"yes": "subscribed"}.
                It applies to SMS and email, and takes precedence over known values.
            default_country: the country of phone numbers without a country code, and of postal codes, if the profile has no country.
            unreadable: "leave out" leaves out dates and amounts that can't be read, and reports them.
            add_profiles_of_events: whether to add a profile without properties for each id that only events have. If False, such
                events are left out.
            day_first: True reads 06/07/2026 as 6 July and False as 7 June, also in properties. None reads such dates month first, as
                Klaviyo does, but in known columns only if the column itself proves this order.

        Raises:
            DataError: the data has issues that would change an answer silently. The error lists them all.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> shop
        Dataset: 2 profiles, no events, as of 2026-06-30 23:59:59 UTC, 1 data issue (see .report)
        """
        options = LoadOptions.of(
            as_of=as_of,
            columns=columns,
            consent=consent,
            default_country=default_country,
            unreadable=unreadable,
            day_first=day_first,
            add_profiles_of_events=add_profiles_of_events,
        )
        frames = {"profiles": profiles, "events": events, "lists": lists, "places": places}
        issues = Issues()
        tables: dict[str, Table] = {
            name: table_of(frame, name, issues) for name, frame in frames.items() if frame is not None
        }
        return cls.from_tables(tables, options, issues)

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, Table | Sequence[Table]],
        options: LoadOptions,
        issues: Issues,
    ) -> Self:
        """Validate tables and build a Dataset, for `from_frames` and `sk.load`.

        Args:
            tables: the tables as they were read. A table may have several parts, each with its own headers.
            options: the arguments of `sk.load`.
            issues: the issues that were found while files were read.

        Raises:
            DataError: the data has issues that would change an answer silently. The error lists them all.
        """
        checked = check_shop(tables, options, issues)
        shop = cls.of_checked(checked)
        shop._consent_history("sms").note_disagreements(issues)  # noqa: SLF001  # not cached, since most shops never need it
        shop.note_unplaced(issues)
        return replace(shop, report=issues.report())

    @classmethod
    def of_checked(cls, shop: CheckedShop) -> Self:
        """Build a Dataset from checked tables, which come from validation or from a saved shop."""
        checked = shop.tables
        # Make the arrays read-only, so that a caller who gets one of them can't change the data.
        freeze((checked.events.metrics, checked.events.is_date, checked.lists, checked.unknown_sms_words, checked.sms))
        return cls(
            as_of=shop.as_of,
            report=shop.report,
            phones=checked.phones,
            events=checked.events,
            lists=checked.lists,
            postal_points=checked.postal_points,
            known_until=shop.known_until,
            loaded=shop.loaded,
            sms=checked.sms,
            unknown_sms_words=checked.unknown_sms_words,
            losses=checked.losses,
            default_country=shop.default_country,
            _ids=checked.ids,
            _table=checked.profiles,
            _day_first=shop.day_first,
        )

    def __len__(self) -> int:
        return len(self._ids)

    def __dir__(self) -> list[str]:
        return list(FOR_ANALYSTS)

    def __repr__(self) -> str:
        happened = f"{counted(len(self.events), 'event')} of {counted(len(self.events.metrics), 'metric')}"
        events = happened if len(self.events) else "no events"
        issues = f", {counted(len(self.report), 'data issue')} (see .report)" if len(self.report) else ""
        profiles = counted(len(self), "profile")
        lost = "".join(f"{loss.share.upper()}, " for loss in self.losses)
        return f"Dataset: {lost}{profiles}, {events}, as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC{issues}"

    def _repr_html_(self) -> str:
        """Return the text of `repr` as HTML, with all metrics, properties and lists, and the report. It names nobody."""
        return shop_card(self)

    @property
    def alarms(self) -> list[str]:
        """A sentence for each table that lost more than 5 % of its rows, with the share and what to do about it."""
        return [loss.sentence for loss in self.losses]

    def with_as_of(self, as_of: str | date | datetime) -> Self:
        """Return the same data with a different `as_of`. Nothing is read or copied.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"]}), as_of="2026-06-30")
        >>> shop.with_as_of("2026-03-31").as_of.isoformat()
        '2026-03-31T23:59:59.999999+00:00'
        """
        return replace(self, as_of=read_as_of(as_of))

    def with_properties(self, frame: Frame | pd.Series) -> Self:
        """Return a copy of the shop with additional columns as properties of its profiles, validated as in `sk.load`.

        The shop itself does not change. A column replaces a property of the same name, and the report says so. The report also counts
        ids that no profile has. The property is not set for profiles that are not in the frame. Columns that decide who may be contacted,
        such as `sms_consent` or `country`, are not accepted, since they are read together with phone numbers: load the profiles with
        these columns instead.

        Args:
            frame: a frame with `profile_id` as its index or as a column. Every other column becomes a property. A named Series counts
                as one column.

        Raises:
            DataError: there is no `profile_id`, an id has two rows, no profile has one of the ids, or a column is not accepted.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> scored = shop.with_properties(pd.DataFrame({"score": [7]}, index=pd.Index(["bea"], name="profile_id")))
        >>> scored.property_names, shop.property_names
        (['score'], [])
        """
        issues = Issues()
        found = checked_properties(frame, self._table, self._ids, day_first=self._day_first, issues=issues)
        # Use a new cache, since the old one has results for replaced columns.
        shop = replace(self, _table={**self._table, **found}, cache=Cache(self.cache.limit))
        if found.keys() & PLACING:
            shop.note_unplaced(issues)
        return replace(shop, report=self._report_with(issues, replaced=found))

    def with_list(self, name: str, ids: Iterable[Any]) -> Self:
        """Return a copy of the shop with an additional list of profiles, which `sk.in_list(name)` finds.

        The shop itself does not change. The entries have no join date, so a condition on that date matches none of them. The list
        replaces a list of the same name, and the report says so. The report also counts ids that no profile has.

        Args:
            name: the name of the list.
            ids: the ids of profiles, as any iterable, an Index, a Series, or a frame with `profile_id`, such as `sk.members` returns.

        Raises:
            DataError: there are no ids, or no profile has any of them.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> sorted(shop.with_list("Picked", ["bea"]).lists)
        ['Picked']
        """
        issues = Issues()
        name, entries = checked_list(name, ids, self._ids, issues)
        freeze(entries)
        if name in self.lists:
            resolution = "replaced by the new list"
            issues.note(
                "with_list",
                name,
                "entries of a list with this name",
                len(self.lists[name].profiles),
                resolution=resolution,
            )
        lists = {**self.lists, name: entries}
        return replace(self, lists=lists, cache=Cache(self.cache.limit), report=self._report_with(issues))

    def save(self, folder: str | Path) -> Path:
        """Write the shop to a folder that `sk.load(folder)` opens without validating it again. The folder is written whole or not at all.

        It contains personal data: addresses, phone numbers, and what each person did. Only the owner of the files can read them. Protect
        them like the original data, and keep them out of repositories and emails.

        An existing saved shop is replaced. `as_of`, the report and the alarms are also saved. Another version of segkit may refuse to open
        the folder, so keep the original data.

        Args:
            folder: the folder. It and its parents are created if they do not exist.

        Returns:
            The absolute path of the folder.

        Raises:
            FileError: the folder contains files that are not part of a saved shop, or it can't be written.
            DataError: a property contains Python objects that can't be written.
        """
        checked = Checked(
            ids=self._ids,
            profiles=self._table,
            unknown_sms_words=self.unknown_sms_words,
            sms=self.sms,
            phones=self.phones,
            events=self.events,
            lists=self.lists,
            postal_points=self.postal_points,
            losses=self.losses,
        )
        shop = CheckedShop(
            tables=checked,
            report=self.report,
            as_of=self.as_of,
            known_until=self.known_until,
            loaded=self.loaded,
            default_country=self.default_country,
            day_first=self._day_first,
        )
        return save_shop(shop, self._derived(), Path(folder).expanduser())

    @classmethod
    def opened(cls, folder: Path, *, as_of: AsOf = None) -> Self:
        """Open a saved shop, for `sk.load`.

        Raises:
            DataError: the shop was saved by another version of segkit, or the folder is not complete.
        """
        shop = cls.of_checked(open_shop(folder))
        return shop if as_of is None else shop.with_as_of(as_of)

    def _derived(self) -> dict[str, pa.Array]:
        """Return what engines need to know about each profile besides its properties: its country, location and consent."""
        latitudes, longitudes = (pa.array(degrees, from_pandas=True) for degrees in self.points)
        found = {"country": self.countries, "latitude": latitudes, "longitude": longitudes}
        for channel in ("sms", "email"):
            history = self.consent_history(channel)
            words = pa.array(CONSENTS).take(pa.array(history.status))
            since = pa.array(history.dates, mask=history.dates == NEVER_YET).cast(pa.timestamp("us", tz="UTC"))
            found |= {f"{channel}_status": words, f"{channel}_since": since}
        return found

    def _report_with(self, issues: Issues, *, replaced: Iterable[str] = ()) -> pd.DataFrame:
        """Return the report with added issues, and without the issues of replaced columns."""
        names, old = set(replaced), self.report
        is_gone = (old["table"] == "profiles") & old["column"].isin(map(masked_text, names))
        if names & PLACING:
            is_gone |= old["issue"] == WITHOUT_COUNTRY
        rows = [*old[~is_gone].to_numpy().tolist(), *issues.report().to_numpy().tolist()]
        return StyledFrame(rows, columns=old.columns)

    @property
    def profile_ids(self) -> pd.Index:
        """The ids of all profiles as text, in the order of the data."""
        cached = self.cache.keep(("profile ids",), lambda: pd.Index(self._ids.to_pandas(), name="profile_id"))
        # Return a view, since a caller can rename the index of a table in place.
        found: pd.Index = cached.view()
        return found

    @property
    def property_names(self) -> list[str]:
        """The names of all profile properties, in the order of the data."""
        return list(self._table)

    @property
    def metric_names(self) -> list[str]:
        """The canonical names of all metrics with events, most events first. "Clicked Text Message" is called "Clicked SMS"."""
        sizes = self.events.sizes
        return sorted(sizes, key=lambda name: -sizes[name])

    @property
    def list_names(self) -> list[str]:
        """The names of all lists, in the order of the data."""
        return list(self.lists)

    @property
    def profiles(self) -> pd.DataFrame:
        """All profiles, with a column for each property and `profile_id` as the index. It is personal data: take care where you show it."""
        return self.rows(np.arange(len(self)))

    def rows(self, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Return the profiles in some rows as a frame, with a column for each property and `profile_id` as the index."""
        frame = {name: self.handed_out(name).take(rows).to_pandas() for name in self._table}
        return StyledFrame(frame).set_axis(self.profile_ids[rows], axis=0).rename_axis("profile_id")

    def handed_out(self, name: str) -> Cells:
        """Return a property as it appears in tables and files, where unknown SMS consent values are "unknown".

        When it is loaded again, "unknown" counts as an opt-out for the phone number, and as "never_subscribed" for segments.
        """
        held = self._table[name]
        if name != "sms_consent" or not self.unknown_sms_words.any():
            return held
        return Cells(pc.if_else(pa.chunked_array([self.unknown_sms_words]), pa.scalar("unknown"), _arrow(held)))

    def cells(self, name: str) -> Cells:
        """Return the cells of a property of all profiles, which may be stored as codes.

        The spelling in Klaviyo's exports also works, so "City" finds `city`.

        Raises:
            DataError: the profiles have no such property.
        """
        resolved = self._resolved(name)
        if resolved not in self._table:
            raise DataError.unknown_property(name, self._table)
        return self._table[resolved]

    def _resolved(self, name: str) -> str:
        return name if name in self._table else canonical_name("profiles", name)

    @property
    def ids(self) -> Cells:
        """The ids of all profiles as cells."""
        return Cells(pa.chunked_array([self._ids]))

    @property
    def id_texts(self) -> pa.Array:
        """The ids of all profiles as an Arrow array of text."""
        return self._ids

    @property
    def first_events(self) -> Microseconds:
        """The time of each profile's first event of any metric, in microseconds, or the largest integer if it has none."""

        def first() -> Microseconds:
            found = np.full(len(self), np.iinfo(np.int64).max)
            for name in self.events.metrics:
                events = self.events.metrics[name]
                own = np.full(len(self), np.iinfo(np.int64).max)
                # Go backwards: the last of several assignments to a profile is kept, and events are in order of time.
                own[events.profiles[::-1]] = events.times[::-1]
                np.minimum(found, own, out=found)
            return found

        return self.cache.keep(("first events",), first)

    def row_of(self, profile_id: str) -> int:
        """Return the row of a profile.

        Raises:
            DataError: no profile has this id.
        """
        row = pc.index(self._ids, pa.scalar(str(profile_id))).as_py()
        if row < 0:
            raise DataError.unknown_profile(profile_id, masked("profile_id", self._ids[0].as_py()))
        return int(row)

    def has_property(self, name: str) -> bool:
        """Whether the profiles have a property of this name."""
        return self._resolved(name) in self._table

    def column(self, name: str) -> PropertyColumn:
        """Return a property of all profiles in the form that tests need.

        Raises:
            DataError: the profiles have no such property.
        """
        return self.cache.keep(
            ("property", self._resolved(name)), lambda: PropertyColumn(self.cells(name), day_first=self._day_first)
        )

    def is_set(self, name: str) -> Flags:
        """Return for which profiles a property is set.

        Raises:
            DataError: the profiles have no such property.
        """
        return self.cache.keep(("is set", self._resolved(name)), lambda: ~self.cells(name).unset())

    def event_column(self, metric: str, name: str) -> PropertyColumn:
        """Return a property of a metric's events, in their order and in the form that tests need. "$value" is the amount.

        Raises:
            DataError: no event has this property.
        """

        def column() -> PropertyColumn:
            found = self.events.column(metric, name)
            # Convert to codes now, since nothing else uses the cells, and they need more memory than their codes.
            found.codes  # noqa: B018
            return found

        return self.cache.keep(("property of events", canonical_metric(metric), name), column)

    def list_entries(self, name: str) -> ListEntries:
        """Return the entries of a list.

        Raises:
            DataError: there is no such list, or the layout of the data never contains the members of lists.
        """
        found = self.lists.get(unmarked(name))
        if found is None:
            self.events.lacks.check_list(name)
            raise DataError.unknown_list(name, self.lists)
        return found

    def consent(self, channel: Channel, word: Consent) -> Flags:
        """Return which profiles have a consent status for a channel at `as_of`. Without the column, all are "never_subscribed".

        A status with a date after `as_of` does not count: the newest consent event before `as_of` decides. Without such an event, or
        if the profile was not created yet, the status is "never_subscribed".
        """
        return np.asarray(self.status_then(channel).status == CONSENTS.index(word))

    def status_then(self, channel: Channel) -> StatusThen:
        """Return each profile's consent to a channel at `as_of`, and its date."""
        moment = microseconds(self.as_of)
        return self.cache.keep(("status", channel, moment), lambda: self.consent_history(channel).then(moment))

    def consent_history(self, channel: Channel) -> ConsentHistory:
        """Return everything in the data about consent to a channel."""
        return self.cache.keep(("consent history", channel), lambda: self._consent_history(channel))

    def _consent_history(self, channel: Channel) -> ConsentHistory:
        status = np.full(len(self), NEVER, dtype=np.int8)
        if self.has_property(f"{channel}_consent"):
            # An empty cell means "never_subscribed", as an unknown value does.
            status = codes_of_words(self._table[f"{channel}_consent"].coded())
            if status.min(initial=NEVER) == NOT_SAID:
                status = np.where(status == NOT_SAID, np.int8(NEVER), status)
        given, withdrawn = CONSENT_METRICS[channel]
        return ConsentHistory.of(
            status,
            dates=self._dates(f"{channel}_consent_timestamp"),
            is_date=self.sms.is_date if channel == "sms" else np.zeros(len(self), dtype=bool),
            given=self.events.recorded(given),
            withdrawn=self.events.recorded(withdrawn),
            withdrawn_ends=self.events.ends(withdrawn),
            known_until=microseconds(self.known_until),
        )

    def _dates(self, name: str) -> Microseconds:
        """Return a date of each profile in microseconds, or `NEVER_YET` if it is not set."""
        if not self.has_property(name):
            return np.full(len(self), NEVER_YET)
        values = _arrow(self.cells(name).loaded()).cast(pa.int64())
        return np.asarray((pc.fill_null(values, NEVER_YET) if values.null_count else values).to_numpy())

    @property
    def not_there_yet(self) -> Flags | None:
        """Which profiles were created after `as_of`; None if there are none, or if the data has no creation dates."""
        if self.as_of >= self.known_until or not self.has_property("created"):
            return None
        moment = microseconds(self.as_of)
        found = self.cache.keep(("not there yet", moment, self.known_until), lambda: self.is_later("created"))
        return found if found.any() else None

    def is_later(self, name: str) -> Flags:
        """Return for which profiles the date in a known column is after `as_of`. Dates after `known_until` do not count."""
        if self.as_of >= self.known_until:
            return np.zeros(len(self), dtype=bool)
        dates = self._dates(name)
        return np.asarray((dates > microseconds(self.as_of)) & (dates <= microseconds(self.known_until)))

    @property
    def countries(self) -> pa.Array:
        """The two-letter code of each profile's country; null if it is not set or unknown."""
        return self.cache.keep(("countries",), lambda: self._countries().dictionary_decode())

    def _countries(self) -> pa.DictionaryArray:
        """Return `countries` as dictionary codes, which are faster to compute than text."""
        return self.cache.keep(("codes of countries",), self._coded_countries)

    def _coded_countries(self) -> pa.DictionaryArray:
        if not self.has_property("country"):
            return pa.nulls(len(self), pa.string()).dictionary_encode()
        return coded_countries(self._table["country"].coded())

    def _postal_countries(self) -> pa.Array:
        """Return the country in which each profile's postal code is looked up."""
        countries = self._countries()
        if self.default_country is None:
            return countries
        known = countries.dictionary_decode()
        default = pa.scalar(self.default_country, pa.string())
        return pc.if_else(pa.array(self._without_country), default, known).dictionary_encode()

    @property
    def _without_country(self) -> Flags:
        """Which profiles have no country. An unknown country counts as a country here."""
        return ~self.is_set("country") if self.has_property("country") else np.ones(len(self), dtype=bool)

    @property
    def is_anywhere_unknown(self) -> bool:
        """Whether no profile has a country, which is needed to look up its postal code."""
        return self.default_country is None and not self.has_property("country")

    def note_unplaced(self, issues: Issues) -> None:
        """Report postal codes without a country, except for profiles with latitude and longitude."""
        if not self.has_property("zip"):
            return
        found = self.is_set("zip") & self._without_country
        if self.has_property("latitude") and self.has_property("longitude"):
            found = found & ~(self.is_set("latitude") & self.is_set("longitude"))
        resolution = f"looked up in {self.default_country}, the default_country"
        if self.default_country is None:
            resolution = 'left without a location, so no distance condition matches them; load with a country, such as default_country="US"'
        issues.note("profiles", "zip", WITHOUT_COUNTRY, int(found.sum()), resolution=resolution)

    def in_region(self, region: str) -> Flags:
        """Return which profiles live in a region."""
        countries = PropertyColumn(CodedCells(self._countries()))
        members = pc.is_in(countries.distinct, value_set=pa.array(sorted(REGIONS[region])))
        return countries.rows(members.to_numpy(zero_copy_only=False))

    @property
    def phone_countries(self) -> PropertyColumn:
        """The country of each profile's phone number, as codes; not set if there is no valid number."""
        countries = pa.chunked_array([self.phones.countries])
        return self.cache.keep(("phone countries",), lambda: PropertyColumn(Cells(countries)))

    @property
    def points(self) -> tuple[Degrees, Degrees]:
        """Latitude and longitude of each profile in degrees, from the profile or its postal code; NaN if unknown."""
        return self.cache.keep(("points",), lambda: self._placed.points)

    def kilometers(self, of: tuple[float, float]) -> Degrees:
        """Return each profile's distance in kilometers from a (latitude, longitude) in degrees, or NaN if it is unknown."""
        return self._placed.kilometers(of)

    @property
    def _placed(self) -> Placed:
        return self.cache.keep(("places of profiles",), self._place)

    def _place(self) -> Placed:
        if "zip" in self._table:
            placed = self.postal_points.placed(self._table["zip"].coded(), self._postal_countries())
        else:
            placed = Placed.nowhere(len(self))
        if not {"latitude", "longitude"} <= self._table.keys():
            return placed
        return placed.moved(_floats(self._table["latitude"]), _floats(self._table["longitude"]))


def _arrow(cells: Cells) -> pa.ChunkedArray:
    """Return the cells of a known column, which has a single Arrow type after validation."""
    if isinstance(cells.values, list):
        raise TypeError(type(cells.values))
    return cells.values


def _floats(cells: Cells) -> Degrees:
    return np.asarray(pc.fill_null(_arrow(cells).cast(pa.float64()), np.nan).to_numpy())

"""A Dataset: checked profiles, events and lists as of a moment, laid out for counting; who is in a segment is asked elsewhere."""

# Over 250 lines, since a Dataset answers many small questions, each in a few lines and each explained.

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
from segkit.data.instants import Flags, Microseconds, instant_of, microseconds, read_as_of
from segkit.data.phones import Phones
from segkit.data.places import REGIONS, Degrees, Placed, PostalPoints, coded_countries
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.saved.shops import open_shop, save_shop
from segkit.data.shops import check_shop
from segkit.data.validation.columns import Unreadable
from segkit.data.validation.faults import Faults, masked
from segkit.data.validation.losses import Loss
from segkit.data.validation.options import AsOf, LoadOptions
from segkit.data.validation.sms_records import SmsRecords
from segkit.data.validation.tables import Table
from segkit.drawing.cards import card, folded, paragraphs, records
from segkit.engine.memory.additions import PLACING, checked_list, checked_properties
from segkit.engine.memory.consent_history import NEVER_YET, Channel, ConsentHistory, StatusThen
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
"""What completion offers of a shop."""


@dataclass(frozen=True, repr=False, eq=False)
class Dataset:
    """Hold a shop's profiles, events and lists as of a moment. Made by `sk.load` or `Dataset.from_frames`, never by hand.

    Attributes:
        as_of: the moment the data is looked at from, UTC. Events after it never count.
        report: one row for each fault that was found, and what was done about it.
        phones: each profile's number in E.164 with its country and kind, or the reason why there is none.
        events: the event index.
        lists: who is on each list.
        postal_points: the points that postal codes stand for.
        known_until: the moment up to which the data is believed: what carries a later date has none. Looked at from before it, the
            past has its own consent and profiles.
        loaded: what the clock showed when the data was loaded.
        sms: what the profiles say of texts beside their status, which only eligibility heeds.
        unknown_sms_words: which profiles have a word of SMS consent that nobody knows; `sms_consent` is "never_subscribed" there.
        losses: the tables of which so many rows were left out that it stands above everything else.
        default_country: the two letters of the country of a postal code whose profile has none; None places such a code nowhere.
        cache: what was worked out from the data and may be asked for again, within a bound of memory.

    `dir(shop)` lists what analysts need; the rest is how engines read a shop, and may change. Prints counts and dates and never a person,
    since notebooks are shared. Equal to itself alone, so that it can be a key.
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
        """Build a Dataset from frames, whose columns keep their types; the frames are not changed.

        A frame is one of pandas, of Polars, a table of Arrow, or whatever else hands out its columns by Arrow. Text is read as in a
        CSV: empty text is not set, and "18" is a number to a condition that asks for one. A period is its first moment. What segkit
        hands out, such as `Dataset.profiles` with a column of your own, goes in again and means the same.

        Args:
            profiles: one row each, with `profile_id`; known columns carry the Klaviyo API's names, others are custom
                properties. None takes the profiles from the events.
            events: `profile_id`, `metric`, `datetime`, and, if there are any, `value` and event properties.
            as_of: an instant (naive is UTC) or a date, which means the close of that day; None is the newest event that is not
                ahead of the clock.
            lists: `profile_id`, `list_id`, and, if known, `joined`.
            places: `country`, `postal_code`, `latitude`, `longitude` of postal codes outside the US.
            columns: your headers to segkit's names, such as {"customer": "profile_id"}.
            consent: your words of consent to "subscribed", "unsubscribed" or "never_subscribed", such as {"yes": "subscribed"};
                they hold for SMS and email, and win over the known words.
            default_country: where a phone number without a country code, or a postal code, belongs if its profile has no country.
            unreadable: "leave out" loads without dates and amounts that can't be read, and reports them.
            add_profiles_of_events: add a profile without properties for each id that only events have, which are left out otherwise.
            day_first: True reads 06/07/2026 as 6 July and False as 7 June, in properties, too. None reads such dates month first, as
                Klaviyo does, but those of known columns only where the column itself proves that order.

        Raises:
            DataError: with every fault at once that would change an answer silently.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> shop
        Dataset: 2 profiles, no events, as of 2026-06-30 23:59:59 UTC, 1 kind of fault (see .report)
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
        faults = Faults()
        tables: dict[str, Table] = {
            name: table_of(frame, name, faults) for name, frame in frames.items() if frame is not None
        }
        return cls.from_tables(tables, options, faults)

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, Table | Sequence[Table]],
        options: LoadOptions,
        faults: Faults,
    ) -> Self:
        """Check tables as they came and build a Dataset; `from_frames` and `sk.load` both end here.

        A table may come in parts, each under headers of its own. `faults` is what was found while files were read.

        Raises:
            DataError: with every fault at once that would change an answer silently.
        """
        checked = check_shop(tables, options, faults)
        shop = cls.of_checked(checked)
        shop._consent_history("sms").note_disagreements(faults)  # noqa: SLF001  # not kept, since most shops are never asked for it
        shop.note_unplaced(faults)
        return replace(shop, report=faults.report())

    @classmethod
    def of_checked(cls, shop: CheckedShop) -> Self:
        """Build a Dataset from checked tables, whether they come from validation or from a saved shop."""
        checked = shop.tables
        # Whoever is handed one of these arrays can't change the data by it.
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
        faults = f", {counted(len(self.report), 'kind')} of fault (see .report)" if len(self.report) else ""
        profiles = counted(len(self), "profile")
        lost = "".join(f"{loss.share.upper()}, " for loss in self.losses)
        return f"Dataset: {lost}{profiles}, {events}, as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC{faults}"

    def _repr_html_(self) -> str:
        """Return the same and more as HTML: each metric with its first and last day, and the report, which names nobody."""
        metrics = [
            (masked_text(name), len(times), *(f"{instant_of(int(times[end])):%Y-%m-%d}" for end in (0, -1)))
            for name, times in ((name, self.events.metrics[name].times) for name in self.metric_names)
            if len(times)
        ]
        report = records(list(self.report.columns), self.report.to_numpy().tolist())
        title, _, said = repr(self).partition(": ")
        return card(
            title,
            said,
            paragraphs(self.alarms),
            records(["metric", "events", "first day", "last day"], metrics),
            folded(f"Report: {counted(len(self.report), 'kind')} of fault", report),
        )

    @property
    def alarms(self) -> list[str]:
        """A sentence for each table of which more than 5 % was left out: how much, and what to do."""
        return [loss.sentence for loss in self.losses]

    def with_as_of(self, as_of: str | date | datetime) -> Self:
        """Return the same data looked at from another moment; nothing is read or copied again.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"]}), as_of="2026-06-30")
        >>> shop.with_as_of("2026-03-31").as_of.isoformat()
        '2026-03-31T23:59:59.999999+00:00'
        """
        return replace(self, as_of=read_as_of(as_of))

    def with_properties(self, frame: Frame | pd.Series) -> Self:
        """Return the same shop with columns of your own as properties of its profiles, checked as loading checks them.

        The shop itself stays as it is. A name that is there already is replaced, and the report says so; so does it count ids that no
        profile has. Profiles that the frame does not have are not set. What says who may be written to, such as `sms_consent` or
        `country`, can't be set so, since it was read together with phone numbers: load the profiles with it instead.

        Args:
            frame: its index, or a column, is called `profile_id`; each other column becomes a property. A Series with a name is one.

        Raises:
            DataError: no column says whose the rows are, an id has two rows, none is that of a profile, or a column can't be set so.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> scored = shop.with_properties(pd.DataFrame({"score": [7]}, index=pd.Index(["bea"], name="profile_id")))
        >>> scored.property_names, shop.property_names
        (['score'], [])
        """
        faults = Faults()
        found = checked_properties(frame, self._table, self._ids, day_first=self._day_first, faults=faults)
        # A cache of its own, so that nothing that was worked out from another column of this name answers for it.
        shop = replace(self, _table={**self._table, **found}, cache=Cache(self.cache.limit))
        if found.keys() & PLACING:
            shop.note_unplaced(faults)
        return replace(shop, report=self._report_with(faults, replaced=found))

    def with_list(self, name: str, ids: Iterable[Any]) -> Self:
        """Return the same shop with a list of people that you picked, so that `sk.in_list(name)` finds them.

        The shop itself stays as it is. Nobody knows when they joined, so a condition that asks for it finds none of them. A list of
        that name is replaced, and the report says so; so does it count ids that no profile has.

        Args:
            name: of the list.
            ids: of profiles: any iterable, an Index, a Series, or a frame with `profile_id`, such as that of `sk.members`.

        Raises:
            DataError: there are no ids, or none is that of a profile.

        >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), as_of="2026-06-30")
        >>> sorted(shop.with_list("Picked", ["bea"]).lists)
        ['Picked']
        """
        faults = Faults()
        name, entries = checked_list(name, ids, self._ids, faults)
        freeze(entries)
        if name in self.lists:
            done = "replaced by the new list"
            faults.note("with_list", name, "entries of a list of this name", len(self.lists[name].profiles), done=done)
        lists = {**self.lists, name: entries}
        return replace(self, lists=lists, cache=Cache(self.cache.limit), report=self._report_with(faults))

    def save(self, folder: str | Path) -> Path:
        """Write the shop into a folder, whole or not at all, from which `sk.load(folder)` opens it without reading and checking anew.

        It holds people as the data itself does: addresses, phone numbers, and what each person did. Its files can be read by their
        owner alone; keep them as you keep the data they come from, and out of repositories and mails.

        A saved shop that is there already is replaced. The moment that the data is looked at from, its report and its alarms are saved,
        too. Another version of segkit may refuse it, so keep what it came from.

        Args:
            folder: it and those above it are made.

        Returns:
            The absolute path of the folder.

        Raises:
            FileError: the folder holds anything but a saved shop, or the system refuses to write.
            DataError: a property holds Python objects of a kind that can't be written.
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
        """Open a saved shop; `sk.load` ends here where a folder holds one.

        Raises:
            DataError: it was saved by another version, or is not whole.
        """
        shop = cls.of_checked(open_shop(folder))
        return shop if as_of is None else shop.with_as_of(as_of)

    def _derived(self) -> dict[str, pa.Array]:
        """Return what an engine needs to know of each profile beside its properties: its country, its point, its consent."""
        latitudes, longitudes = (pa.array(degrees, from_pandas=True) for degrees in self.points)
        found = {"country": self.countries, "latitude": latitudes, "longitude": longitudes}
        for channel in ("sms", "email"):
            history = self.consent_history(channel)
            words = pa.array(CONSENTS).take(pa.array(history.status))
            since = pa.array(history.dates, mask=history.dates == NEVER_YET).cast(pa.timestamp("us", tz="UTC"))
            found |= {f"{channel}_status": words, f"{channel}_since": since}
        return found

    def _report_with(self, faults: Faults, *, replaced: Iterable[str] = ()) -> pd.DataFrame:
        """Return the report with more faults, and without what it says of columns that are no longer there."""
        names, old = set(replaced), self.report
        is_gone = (old["table"] == "profiles") & old["column"].isin(map(masked_text, names))
        if names & PLACING:
            is_gone |= old["fault"] == WITHOUT_COUNTRY
        rows = [*old[~is_gone].to_numpy().tolist(), *faults.report().to_numpy().tolist()]
        return pd.DataFrame(rows, columns=old.columns)

    @property
    def profile_ids(self) -> pd.Index:
        """The ids of all profiles as text, in the order they came."""
        kept = self.cache.keep(("profile ids",), lambda: pd.Index(self._ids.to_pandas(), name="profile_id"))
        # A view, since a table's index can be given another name in place.
        found: pd.Index = kept.view()
        return found

    @property
    def property_names(self) -> list[str]:
        """The names of all profile properties, in the order they came."""
        return list(self._table)

    @property
    def metric_names(self) -> list[str]:
        """The names of all metrics with events, most events first; renamed ones go by one name, "Clicked Text Message" as "Clicked SMS"."""
        sizes = self.events.sizes
        return sorted(sizes, key=lambda name: -sizes[name])

    @property
    def list_names(self) -> list[str]:
        """The names of all lists, in the order they came."""
        return list(self.lists)

    @property
    def profiles(self) -> pd.DataFrame:
        """All profiles: index `profile_id`, a column for each property. Holds people: take care where you show it."""
        return self.rows(np.arange(len(self)))

    def rows(self, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Return some profiles as a frame, index `profile_id`, a column for each property."""
        frame = {name: self.handed_out(name).take(rows).to_pandas() for name in self._table}
        return pd.DataFrame(frame).set_axis(self.profile_ids[rows], axis=0).rename_axis("profile_id")

    def handed_out(self, name: str) -> Cells:
        """Return a property as tables and files hold it: a word of SMS consent that nobody knows is "unknown".

        So it counts as an opt-out of the number again if it is loaded again, and as "never_subscribed" for segments.
        """
        held = self._table[name]
        if name != "sms_consent" or not self.unknown_sms_words.any():
            return held
        return Cells(pc.if_else(pa.chunked_array([self.unknown_sms_words]), pa.scalar("unknown"), _arrow(held)))

    def cells(self, name: str) -> Cells:
        """Return a property of all profiles as its cells, which may be held as codes; "City", as Klaviyo's exports spell it, finds `city`.

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
        """Return a property of all profiles, ready to be tested.

        Raises:
            DataError: the profiles have no such property.
        """
        return self.cache.keep(
            ("property", self._resolved(name)), lambda: PropertyColumn(self.cells(name), day_first=self._day_first)
        )

    def is_set(self, name: str) -> Flags:
        """Return which profiles have a property, without a look at what it is.

        Raises:
            DataError: the profiles have no such property.
        """
        return self.cache.keep(("is set", self._resolved(name)), lambda: ~self.cells(name).unset())

    def event_column(self, metric: str, name: str) -> PropertyColumn:
        """Return one property of a metric's events, in their order, ready to be tested; "$value" is the amount.

        Raises:
            DataError: no event has this property.
        """

        def column() -> PropertyColumn:
            found = self.events.column(metric, name)
            # Coded at once, since its cells are nobody else's and take more room than their codes.
            found.codes  # noqa: B018
            return found

        return self.cache.keep(("property of events", canonical_metric(metric), name), column)

    def list_entries(self, name: str) -> ListEntries:
        """Return who is on a list.

        Raises:
            DataError: there is no such list.
        """
        found = self.lists.get(unmarked(name))
        if found is None:
            raise DataError.unknown_list(name, self.lists)
        return found

    def consent(self, channel: Channel, word: Consent) -> Flags:
        """Return which profiles have a status on a channel, as of the Dataset's moment; without the column, all are never_subscribed.

        A status that is younger than the moment did not hold yet: the newest consent event before it decides, and where there is
        none, or no profile yet, nobody was subscribed.
        """
        return np.asarray(self.status_then(channel).status == CONSENTS.index(word))

    def status_then(self, channel: Channel) -> StatusThen:
        """Return what profiles had agreed to on a channel as of the Dataset's moment, and since when."""
        moment = microseconds(self.as_of)
        return self.cache.keep(("status", channel, moment), lambda: self.consent_history(channel).then(moment))

    def consent_history(self, channel: Channel) -> ConsentHistory:
        """Return everything that the data says of consent on a channel."""
        return self.cache.keep(("consent history", channel), lambda: self._consent_history(channel))

    def _consent_history(self, channel: Channel) -> ConsentHistory:
        status = np.full(len(self), NEVER, dtype=np.int8)
        if self.has_property(f"{channel}_consent"):
            # A cell that is not set is never_subscribed, as an unknown word is.
            status = codes_of_words(self._table[f"{channel}_consent"].coded())
            if status.min(initial=NEVER) == NOT_SAID:
                status = np.where(status == NOT_SAID, np.int8(NEVER), status)
        given, withdrawn = CONSENT_METRICS[channel]
        return ConsentHistory.of(
            status,
            dates=self._dates(f"{channel}_consent_timestamp"),
            is_date=self.sms.is_date if channel == "sms" else np.zeros(len(self), dtype=bool),
            given=self.events.metric(given),
            withdrawn=self.events.metric(withdrawn),
            withdrawn_ends=self.events.ends(withdrawn),
            known_until=microseconds(self.known_until),
        )

    def _dates(self, name: str) -> Microseconds:
        """Return a date of each profile in microseconds; `NEVER_YET` where it is not set."""
        if not self.has_property(name):
            return np.full(len(self), NEVER_YET)
        values = _arrow(self.cells(name).loaded()).cast(pa.int64())
        return np.asarray((pc.fill_null(values, NEVER_YET) if values.null_count else values).to_numpy())

    @property
    def not_there_yet(self) -> Flags | None:
        """Which profiles were created after the Dataset's moment; None where none was, or nothing says so."""
        if self.as_of >= self.known_until or not self.has_property("created"):
            return None
        moment = microseconds(self.as_of)
        found = self.cache.keep(("not there yet", moment, self.known_until), lambda: self.is_later("created"))
        return found if found.any() else None

    def is_later(self, name: str) -> Flags:
        """Return which profiles carry a date, under the name of a known column, that lies after the Dataset's moment."""
        if self.as_of >= self.known_until:
            return np.zeros(len(self), dtype=bool)
        dates = self._dates(name)
        return np.asarray((dates > microseconds(self.as_of)) & (dates <= microseconds(self.known_until)))

    @property
    def countries(self) -> pa.Array:
        """The two letters of each profile's country; null where it has none or nobody knows it."""
        return self.cache.keep(("countries",), lambda: self._countries().dictionary_decode())

    def _countries(self) -> pa.DictionaryArray:
        """Return the same as codes, a quarter of the work where nobody wants them written out."""
        return self.cache.keep(("codes of countries",), self._coded_countries)

    def _coded_countries(self) -> pa.DictionaryArray:
        if not self.has_property("country"):
            return pa.nulls(len(self), pa.string()).dictionary_encode()
        return coded_countries(self._table["country"].coded())

    def _postal_countries(self) -> pa.Array:
        """Return the country that the postal code of each profile is looked up in."""
        countries = self._countries()
        if self.default_country is None:
            return countries
        known = countries.dictionary_decode()
        default = pa.scalar(self.default_country, pa.string())
        return pc.if_else(pa.array(self._without_country), default, known).dictionary_encode()

    @property
    def _without_country(self) -> Flags:
        """Which profiles don't say their country; one that nobody knows is said."""
        return ~self.is_set("country") if self.has_property("country") else np.ones(len(self), dtype=bool)

    @property
    def is_anywhere_unknown(self) -> bool:
        """Whether nothing says in which country a postal code is to be looked up."""
        return self.default_country is None and not self.has_property("country")

    def note_unplaced(self, faults: Faults) -> None:
        """Report postal codes without a country, unless their profile has a point of its own."""
        if not self.has_property("zip"):
            return
        found = self.is_set("zip") & self._without_country
        if self.has_property("latitude") and self.has_property("longitude"):
            found = found & ~(self.is_set("latitude") & self.is_set("longitude"))
        done = f"looked up in {self.default_country}, the default_country"
        if self.default_country is None:
            done = 'placed nowhere, so no distance holds them; say where they are, such as default_country="US"'
        faults.note("profiles", "zip", WITHOUT_COUNTRY, int(found.sum()), done=done)

    def in_region(self, region: str) -> Flags:
        """Return which profiles live in a region."""
        countries = PropertyColumn(CodedCells(self._countries()))
        members = pc.is_in(countries.distinct, value_set=pa.array(sorted(REGIONS[region])))
        return countries.rows(members.to_numpy(zero_copy_only=False))

    @property
    def phone_countries(self) -> PropertyColumn:
        """The country of each profile's phone number, as codes; not set where there is no valid number."""
        countries = pa.chunked_array([self.phones.countries])
        return self.cache.keep(("phone countries",), lambda: PropertyColumn(Cells(countries)))

    @property
    def points(self) -> tuple[Degrees, Degrees]:
        """Where profiles live: latitudes and longitudes in degrees, their own or their postal code's; NaN where unknown."""
        return self.cache.keep(("points",), lambda: self._placed.points)

    def kilometers(self, of: tuple[float, float]) -> Degrees:
        """Return how far from a point, latitude and longitude in degrees, profiles live; NaN where unknown."""
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
    """Return a known column, which validation has made one Arrow type."""
    if isinstance(cells.values, list):
        raise TypeError(type(cells.values))
    return cells.values


def _floats(cells: Cells) -> Degrees:
    return np.asarray(pc.fill_null(_arrow(cells).cast(pa.float64()), np.nan).to_numpy())

"""Convert the condition tree to SQL that finds the matching profiles from their own row, their events, lists and consent."""

from datetime import datetime
from math import cos, pi
from typing import assert_never

from sqlglot import exp

from segkit.data.consent import CONSENTS, NEVER, SUBSCRIBED, UNSUBSCRIBED
from segkit.data.places import EARTH_RADIUS, KILOMETERS, REGIONS
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Channel,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    Not,
    Number,
    NumberComparison,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    RegionCondition,
    SegmentCondition,
)
from segkit.definition.measures import EventCount, EventDays, EventMeasure, EventSum, least_whole, measure_in
from segkit.definition.timeframes import ALL_TIME, DateTimeframe, Recurrence, bounds
from segkit.errors import DefinitionError
from segkit.sql.funnels import funnel_query
from segkit.sql.scans import EventScan, Facts, Joins, ListScan, any_of, count_of
from segkit.sql.shop import PEOPLE, PROFILES, SqlShop
from segkit.sql.tables import Tables
from segkit.sql.values import COMPARED, Values, test_of
from segkit.sql.windows import stretches
from segkit.sql.words import (
    Sql,
    between,
    case,
    column,
    double,
    either,
    every,
    flag,
    instant,
    is_in,
    is_null,
    is_set,
    named,
    negation,
    or_zero,
    text,
    untrue,
    whole,
)
from segkit.vocabulary import CONSENT_METRICS

FARTHEST = 2**62
"""A number larger than every count and every sum."""


class Question:
    """One statement about the profiles: the conditions as SQL, and everything that must be joined to answer them.

    A condition becomes an expression that is TRUE for the profiles that match, and FALSE or NULL for the others. Events are read
    once, however many conditions use them. Only a funnel, a last event, and the day on which a number is reached each need another
    pass.

    Attributes:
        decimals: the numbers of decimals of the sums that were asked for.
    """

    def __init__(self, shop: SqlShop, tables: Tables) -> None:
        self.shop, self.tables = shop, tables
        self._own = Joins(PROFILES, tables)
        self._scans: list[EventScan] = []
        self._events, self._event_facts = self.scan(), Facts("event_facts")
        self._lists, self._list_facts = ListScan(tables), Facts("list_facts")
        self._apart: dict[str, tuple[str, exp.Select]] = {}
        self._brought: list[str] = []
        self._asks_people = False
        self.decimals: set[int] = set()

    def holds(self, condition: Condition, as_of: datetime) -> Sql:
        """Return SQL that tests whether a profile matches a condition. It does not exclude profiles created later: see `present`.

        Raises:
            DataError: the condition names a metric, property, list or postal code that the data lacks.
        """
        match condition:
            case AllOf(conditions):
                return every([self.holds(part, as_of) for part in conditions])
            case AnyOf(conditions):
                return either([self.holds(part, as_of) for part in conditions])
            case Not(inner):
                return untrue(self.holds(inner, as_of))
            case MetricCondition():
                amount, scale = self.amount(measure_in(condition, condition.timeframe), as_of)
                return compared_units(amount, condition.comparison, condition.value, scale)
            case FunnelCondition():
                return self._funnel(condition, as_of)
            case LastEventCondition():
                return self._last_event(condition, as_of)
            case PropertyCondition(name, test):
                return test_of(self.of_profile(name), test, as_of)
            case ConsentCondition():
                return self._consents(condition, as_of)
            case ListCondition(name, is_member, joined):
                entry = self._lists.selected(self.shop.list_name(name), joined, as_of)
                found = or_zero(self._list_facts.column("is_on", any_of(entry)))
                return exp.EQ(this=found, expression=whole(int(is_member)))
            case PhoneCountryCondition(countries, is_in_them):
                listed = is_in(self.person("phone_country"), map(text, countries))
                return listed if is_in_them else negation(listed)
            case RegionCondition(region, is_inside):
                listed = is_in(column("country", PROFILES), map(text, sorted(REGIONS[region])))
                return listed if is_inside else negation(listed)
            case DistanceCondition(is_within, distance, unit, of):
                limit = double(distance * KILOMETERS[unit])
                compared = exp.LT if is_within else exp.GT
                return compared(this=self.kilometers(of), expression=limit)
            case SegmentCondition(name):
                raise DefinitionError.unresolved_segment(name)
            case _:
                assert_never(condition)

    def present(self, as_of: datetime) -> Sql:
        """Return SQL that tests whether a profile was created by a moment, or TRUE if all were."""
        if not self.shop.has_property("created") or not self.shop.may_be_later("created", as_of):
            return exp.true()
        return untrue(self._is_later("created", as_of))

    def of_profile(self, name: str) -> Values:
        """Return the values of a property of profiles."""
        return self._own.values(self.shop.property(name))

    def person(self, name: str) -> Sql:
        """Return a column of the table of people, such as profile_id."""
        self._asks_people = True
        return column(name, PEOPLE)

    def brought(self, name: str) -> Sql:
        """Return the values in a table that the engine adds to the statement, with the columns `profile` and `value`."""
        self._brought.append(name)
        return column("value", name)

    def codes(self, name: str) -> Sql:
        """Return the column of codes of a property of profiles."""
        return column(self.shop.property(name).column, PROFILES)

    def amount(self, measure: EventMeasure, as_of: datetime) -> tuple[Sql, int]:
        """Return the count or sum of a profile's events, in integer units (cents for two decimals), and the number of decimals."""
        metrics, scale = self._events.metrics(measure.metric), self.scale(measure)
        if not metrics or (isinstance(measure, EventSum) and not any(one.has_units for one in metrics)):
            return whole(0), scale
        selected = self._events.selected(metrics, measure.timeframe, measure.where, as_of)
        match measure:
            case EventCount():
                fact = self._event_facts.column("events", count_of(selected))
            case EventSum():
                self.decimals.add(scale)
                units = case((selected, self._events.column("units")))
                fact = self._event_facts.column("units", exp.Sum(this=units))
            case EventDays():
                days = exp.Distinct(expressions=[case((selected, self._events.column("day")))])
                fact = self._event_facts.column("days", exp.Count(this=days))
            case _:
                assert_never(measure)
        return or_zero(fact), scale

    def nearest_day(self, measure: EventMeasure, as_of: datetime, *, is_last: bool) -> Sql:
        """Return the day of the last or first event that a measure counts for a profile; NULL if there is none. The metric must have events."""
        selected = self._events.selected(self._events.metrics(measure.metric), measure.timeframe, measure.where, as_of)
        day = case((selected, self._events.column("day")))
        nearest = exp.Max(this=day) if is_last else exp.Min(this=day)
        return self._event_facts.column("last_day" if is_last else "first_day", nearest)

    def scale(self, measure: EventMeasure) -> int:
        """Return the number of decimals of a measure's integer units."""
        if not isinstance(measure, EventSum):
            return 0
        return max((one.scale for one in self._events.metrics(measure.metric) if one.has_units), default=0)

    def scan(self) -> EventScan:
        """Return a new pass over the events, for results that the common pass can't compute."""
        found = EventScan(self.shop, self.tables)
        self._scans.append(found)
        return found

    def apart(self, kind: str, query: exp.Select) -> str:
        """Join a query that has at most one row per profile, unless it is already joined, and return the name of its table."""
        key = query.sql()
        self._apart.setdefault(key, (f"{kind}_{len(self._apart) + 1}", query))
        return self._apart[key][0]

    def kilometers(self, place: PostalCode | Point) -> Sql:
        """Return a profile's distance from a place, by the same haversine formula as in `segkit.data.places.distances`."""
        if isinstance(place, PostalCode):
            latitude, longitude = self.shop.postal_points.required(place.postal_code, place.country)
        else:
            latitude, longitude = place.latitude, place.longitude
        here, across = (_radians(column(name, PROFILES)) for name in ("latitude", "longitude"))
        there = latitude * (pi / 180)
        half = exp.Add(
            this=_squared_sine(here, there),
            expression=_product(
                double(cos(there)), exp.func("COS", here), _squared_sine(across, longitude * (pi / 180))
            ),
        )
        # For points on opposite sides of the globe, rounding can make the sum slightly larger than 1.
        clipped = case((exp.GT(this=half, expression=double(1.0)), double(1.0)), default=half)
        return _product(double(2 * EARTH_RADIUS), exp.func("ASIN", exp.func("SQRT", clipped)))

    @property
    def named_columns(self) -> dict[str, str]:
        """The properties whose columns of codes are read, with the name of their table of values as the key."""
        every_one: list[Joins | EventScan] = [self._own, *self._scans]
        return {table: name for one in every_one for table, name in one.named.items()}

    def query(self, *columns: Sql) -> exp.Select:
        """Return the query with a row for each profile. The columns must come from this question."""
        found = exp.select(*columns).from_(self.tables.table(PROFILES), copy=False)
        if self._asks_people:
            found = found.join(self.tables.table(PEOPLE), on=_same_profile(PEOPLE), copy=False)
        found = self._own.added(found)
        for name, facts, scan, of in (
            ("event_facts", self._event_facts, self._events.query, "events"),
            ("list_facts", self._list_facts, self._lists.query, None),
        ):
            if not facts.is_empty:
                found = found.with_(name, as_=facts.query(scan, column("profile", of)), copy=False)
                found = found.join(name, on=_same_profile(name), join_type="left", copy=False)
        for name, query in self._apart.values():
            found = found.with_(name, as_=query, copy=False).join(
                name, on=_same_profile(name), join_type="left", copy=False
            )
        for name in dict.fromkeys(self._brought):
            found = found.join(name, on=_same_profile(name), join_type="left", copy=False)
        return found

    def _funnel(self, condition: FunnelCondition, as_of: datetime) -> Sql:
        query = funnel_query(condition, as_of, self.scan)
        return exp.false() if query is None else is_set(column("profile", self.apart("funnel", query)))

    def _last_event(self, condition: LastEventCondition, as_of: datetime) -> Sql:
        scan = self.scan()
        metrics = scan.metrics(condition.metric)
        if not metrics:
            return exp.false()
        selected = scan.selected(metrics, condition.timeframe, (), as_of)
        newest = [exp.Ordered(this=scan.column(name), desc=True) for name in ("instant", "source_row")]
        place = exp.Window(
            this=exp.RowNumber(), partition_by=[scan.column("profile")], order=exp.Order(expressions=newest)
        )
        passes = flag(scan.passing(metrics, condition.where, as_of))
        columns = [scan.column("profile"), named(passes, "passes"), named(place, "place")]
        events = scan.query(*columns).where(selected, copy=False).subquery("events", copy=False)
        last = (
            exp.select("profile", "passes")
            .from_(events, copy=False)
            .where(exp.EQ(this=column("place"), expression=whole(1)), copy=False)
        )
        return exp.EQ(this=or_zero(column("passes", self.apart("last_event", last))), expression=whole(1))

    def _consents(self, condition: ConsentCondition, as_of: datetime) -> Sql:
        status = self._status(condition.channel, as_of)
        is_sms = condition.channel == "sms"
        can = _is_word(status, SUBSCRIBED) if is_sms else self._can_receive_email(status, as_of)
        parts = [can if condition.can_receive else untrue(can)]
        is_said = is_sms and condition.can_receive and condition.subscription == CONSENTS[SUBSCRIBED]
        if condition.subscription != "any" and not is_said:
            parts.append(exp.EQ(this=status.copy(), expression=text(condition.subscription)))
        if condition.status_date is not None:
            parts.append(self._dated(condition.channel, condition.status_date, as_of))
        parts += [self.holds(clause, as_of) for clause in condition.where]
        return every(parts)

    def _status(self, channel: Channel, as_of: datetime) -> Sql:
        """Return the consent to a channel as of a moment. Before the date of a status, the newest consent event decides."""
        status = column(f"{channel}_status", PROFILES)
        if not self.shop.may_be_later(f"{channel}_since", as_of):
            return status
        given, withdrawn = self._newest_consent(channel, as_of)
        said_no = either(
            [exp.GTE(this=withdrawn.copy(), expression=given.copy()), every([is_set(withdrawn), is_null(given)])]
        )
        return case(
            (untrue(self._is_replayed(channel, as_of)), status),
            (said_no, text(CONSENTS[UNSUBSCRIBED])),
            (is_set(given), text(CONSENTS[SUBSCRIBED])),
            default=text(CONSENTS[NEVER]),
        )

    def _is_replayed(self, channel: Channel, as_of: datetime) -> Sql:
        return exp.GT(this=column(f"{channel}_since", PROFILES), expression=instant(as_of))

    def _newest_consent(self, channel: Channel, as_of: datetime) -> tuple[Sql, Sql]:
        """Return when a profile last gave and last withdrew consent, by its events up to a moment."""
        given, withdrawn = (self._events.metrics(name) for name in CONSENT_METRICS[channel])
        found: list[Sql] = []
        for metrics, is_opt_out in ((given, False), (withdrawn, True)):
            if not metrics:
                found.append(exp.cast(exp.null(), "TIMESTAMPTZ"))
                continue
            selected = self._events.selected(metrics, ALL_TIME, (), as_of)
            when = self._events.column("instant")
            if is_opt_out and metrics[0].has_dates:
                # A date without a time counts until the end of its day.
                rest = exp.Interval(this=text("86399999999"), unit=exp.var("MICROSECOND"))
                when = case((self._events.column("is_date"), exp.Add(this=when.copy(), expression=rest)), default=when)
            found.append(self._event_facts.column("newest", exp.Max(this=case((selected, when)))))
        return found[0], found[1]

    def _dated(self, channel: Channel, timeframe: DateTimeframe, as_of: datetime) -> Sql:
        """Return SQL that tests whether the date of a consent status is in a timeframe. If a consent event decided the status, its date counts."""
        found = test_of(self.of_profile(f"{channel}_consent_timestamp"), DateTest(timeframe), as_of)
        if not self.shop.may_be_later(f"{channel}_since", as_of):
            return found
        replayed = self._is_replayed(channel, as_of)
        dates = [self._is_in(one, channel, timeframe, as_of) for one in self._newest_consent(channel, as_of)]
        given, withdrawn = self._newest_consent(channel, as_of)
        is_opt_out_newer = either([exp.GT(this=withdrawn.copy(), expression=given.copy()), is_null(given)])
        of_event = either([every([is_opt_out_newer, dates[1]]), every([untrue(is_opt_out_newer), dates[0]])])
        return either([every([replayed, of_event]), every([untrue(replayed), found])])

    def _is_in(self, moment: Sql, channel: Channel, timeframe: DateTimeframe, as_of: datetime) -> Sql:
        """Return SQL that tests whether the instant of a consent event is in a timeframe.

        A timeframe that recurs every year becomes periods of days in the years with such events. The month of an instant would depend
        on the engine's time zone.
        """
        if not isinstance(timeframe, Recurrence):
            return every(between(moment, *bounds(timeframe, as_of)))
        metrics = (self.shop.recorded(name) for name in CONSENT_METRICS[channel])
        first = min((metric.first.year for metric in metrics if metric is not None), default=as_of.year)
        return either(
            every(between(moment, *ends)) for ends in stretches(timeframe, as_of, range(first, as_of.year + 1))
        )

    def _can_receive_email(self, status: Sql, as_of: datetime) -> Sql:
        if not self.shop.has_property("email"):
            return exp.false()
        parts = [self.of_profile("email").is_set, exp.NEQ(this=status.copy(), expression=text(CONSENTS[UNSUBSCRIBED]))]
        if self.shop.has_property("email_suppressed"):
            suppressed = test_of(self.of_profile("email_suppressed"), BooleanTest(value=True), as_of)
            later = self._is_later("email_suppressed_timestamp", as_of)
            parts.append(untrue(every([suppressed, untrue(later)])))
        return every(parts)

    def _is_later(self, name: str, as_of: datetime) -> Sql:
        """Return SQL that tests whether a profile's date is after a moment. Dates after `known_until` do not count."""
        if as_of >= self.shop.known_until or not self.shop.has_property(name):
            return exp.false()
        date = self.of_profile(name).reading("instant")
        return every(
            [
                exp.GT(this=date.copy(), expression=instant(as_of)),
                exp.LTE(this=date.copy(), expression=instant(self.shop.known_until)),
            ]
        )


def compared_units(amount: Sql, comparison: NumberComparison, value: Number, scale: int) -> Sql:
    """Compare a count, or a sum in integer units, with a limit. A float limit is taken as the decimal number that Python prints for it.

    >>> compared_units(column("units"), "more than", 19.995, 2).sql(), compared_units(column("units"), "equals", 19.995, 2).sql()
    ('units >= 2000', 'FALSE')
    """
    reached, passed = (least_whole(value, is_passed=is_passed, scale=scale) for is_passed in (False, True))
    match comparison:
        case "at least" | "fewer than":
            limit = reached
        case "more than" | "at most":
            limit = passed
        case "equals" | "not equals":
            if reached == passed:
                return exp.convert(comparison == "not equals")
            return COMPARED[comparison](this=amount, expression=whole(reached))
        case _:
            assert_never(comparison)
    is_least = comparison in ("at least", "more than")
    clipped = whole(min(max(limit, -FARTHEST), FARTHEST))
    return exp.GTE(this=amount, expression=clipped) if is_least else exp.LT(this=amount, expression=clipped)


def _is_word(status: Sql, code: int) -> Sql:
    return exp.EQ(this=status.copy(), expression=text(CONSENTS[code]))


def _same_profile(table: str) -> Sql:
    return exp.EQ(this=column("profile", table), expression=column("profile", PROFILES))


def _radians(degrees: Sql) -> Sql:
    return exp.Paren(this=exp.Mul(this=degrees, expression=double(pi / 180)))


def _product(*factors: Sql) -> Sql:
    first, *others = factors
    found = first
    for other in others:
        found = exp.Mul(this=found, expression=other)
    return found


def _squared_sine(angle: Sql, of: float) -> Sql:
    half = exp.Div(
        this=exp.Paren(this=exp.Sub(this=angle.copy(), expression=exp.Paren(this=double(of)))),
        expression=double(2.0),
        typed=True,
    )
    sine = exp.func("SIN", half)
    return exp.Paren(this=exp.Mul(this=sine, expression=sine.copy()))

"""Every shape of a Klaviyo condition beside what segkit says for it, those that drift in spelling, and those that are refused.

The facts are those of the API's published document at revision 2026-07-15 and of the help pages; the shapes are ours. Ids are
made up and stand for names in `spelled`. How documents are read and written is for `segkit.klaviyo.definitions`.
"""

from datetime import date
from typing import Any, NamedTuple

from klaviyo.definitions.spelled import (
    EVER,
    LAST_30,
    NEVER,
    ONCE,
    SMS,
    Json,
    affinity,
    consent,
    dates,
    distance,
    event_property,
    existence,
    funnel,
    items,
    method,
    metric,
    midnight,
    number,
    off_list,
    on_list,
    predicted,
    property_,
    region,
    step,
    text,
    truth,
)

from segkit.definition.conditions import (
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventProperty,
    EventTest,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    NumberTest,
    PhoneCountryCondition,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SetTest,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import (
    ALL_TIME,
    After,
    AnniversaryInTheLast,
    AnniversaryInTheNext,
    AnniversaryThisMonth,
    AnniversaryToday,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    InMonth,
    InTheLast,
    InTheNext,
)


class Shape(NamedTuple):
    """A condition as Klaviyo spells it, and as segkit says it."""

    name: str
    document: Json
    says: Condition


class Drift(NamedTuple):
    """A condition in a spelling that is read but never written, and the same in the schema's."""

    name: str
    drifted: Json
    document: Json


class Refusal(NamedTuple):
    """A condition that segkit cannot say, and words of the reason it gives."""

    name: str
    document: Json
    reason: str


_WINDOWS = [
    ("in the last days", LAST_30, InTheLast(30)),
    ("in the last hours", dates("in-the-last", unit="hour", quantity=12), InTheLast(12, "hour")),
    ("in the last weeks", dates("in-the-last", unit="week", quantity=26), InTheLast(26, "week")),
    ("at least days ago", dates("at-least", unit="day", quantity=30), AtLeastAgo(30)),
    ("between days ago", dates("between", start=91, end=150, unit="day"), BetweenAgo(91, 150)),
    ("between weeks ago", dates("between", start=1, end=2, unit="week"), BetweenAgo(1, 2, "week")),
    ("before a day", dates("before", date=midnight("2026-02-01")), Before(date(2026, 2, 1))),
    ("after a day", dates("after", date=midnight("2026-02-01")), After(date(2026, 2, 1))),
    (
        "between two days",
        dates("between-static", start=midnight("2025-11-01"), end=midnight("2025-12-31")),
        BetweenDates(date(2025, 11, 1), date(2025, 12, 31)),
    ),
]
"""The timeframes that hold for events, joining a list, and dates alike."""

_DATES = [
    *_WINDOWS,
    ("in the next days", dates("in-the-next", unit="day", quantity=14), InTheNext(14)),
    ("today's day of any year", dates("anniversary"), AnniversaryToday()),
    ("next days of any year", dates("anniversary-next", unit="day", quantity=7), AnniversaryInTheNext(7)),
    ("last days of any year", dates("anniversary-last", unit="day", quantity=7), AnniversaryInTheLast(7)),
    ("this month of any year", dates("anniversary-month"), AnniversaryThisMonth()),
    ("a month of any year", dates("calendar-month", value=12), InMonth(12)),
]
"""The timeframes of a date that a profile carries."""

_NUMBERS = [
    ("equals", "equals"),
    ("not-equals", "not equals"),
    ("greater-than", "more than"),
    ("greater-than-or-equal", "at least"),
    ("less-than", "fewer than"),
    ("less-than-or-equal", "at most"),
]
"""How numbers compare, in Klaviyo's words and segkit's."""

_LENGTHS = [(theirs, ours) for theirs, ours in _NUMBERS if theirs != "not-equals"]

_TEXTS = [
    ("equals", "equals"),
    ("not-equals", "not equals"),
    ("contains", "contains"),
    ("not-contains", "not contains"),
    ("starts-with", "starts with"),
    ("not-starts-with", "not starts with"),
    ("ends-with", "ends with"),
    ("not-ends-with", "not ends with"),
    ("regex", "matches"),
    ("nregex", "not matches"),
]
"""How texts compare, in Klaviyo's words and segkit's."""

_SEVERAL: list[tuple[str, Any]] = [
    ("contains-any", "contains any of"),
    ("contains-all", "contains all of"),
    ("not-contains-any", "not contains any of"),
    ("not-contains-all", "not contains all of"),
]
"""What is asked of several items of a list, in Klaviyo's words and segkit's."""

_SHARED_TESTS: list[tuple[str, Json, EventTest]] = [
    *((theirs, text(theirs, "Boston"), TextTest(ours, "Boston")) for theirs, ours in _TEXTS),
    ("in", text("in", ["web", "pos"]), TextInTest(("web", "pos"))),
    ("not in", text("not-in", ["web", "pos"]), TextInTest(("web", "pos"), negated=True)),
    *((f"number {theirs}", number(theirs, 2.5), NumberTest(ours, 2.5)) for theirs, ours in _NUMBERS),
    ("true", truth(value=True), BooleanTest(value=True)),
    ("false", truth(value=False), BooleanTest(value=False)),
    ("set", existence("is-set"), SetTest(is_set=True)),
    ("not set", existence("not-set"), SetTest(is_set=False)),
    *((f"length {theirs}", items(f"length-{theirs}", 3), LengthTest(ours, 3)) for theirs, ours in _LENGTHS),
]
"""Tests that hold of profile and event properties alike."""

_PROFILE_TESTS: list[tuple[str, Json, PropertyTest]] = [
    *_SHARED_TESTS,
    *((f"date {name}", said, DateTest(timeframe)) for name, said, timeframe in _DATES),
    ("list contains", items("contains", "launches"), ListTest("contains", "launches")),
    ("list contains a number", items("contains", 42), ListTest("contains", 42)),
    ("list not contains", items("not-contains", "launches"), ListTest("not contains", "launches")),
]

_EVENT_TESTS: list[tuple[str, Json, EventTest]] = [
    *_SHARED_TESTS,
    ("list contains", items("contains-any", ["Hats"]), ListTest("contains", "Hats")),
    ("list not contains", items("not-contains-any", ["Hats"]), ListTest("not contains", "Hats")),
    *(
        (f"list {theirs}", items(theirs, ["Hat", "Shoe"]), ItemsTest(ours, ("Hat", "Shoe")))
        for theirs, ours in _SEVERAL
    ),
    ("list contains all of one", items("contains-all", ["Hat"]), ItemsTest("contains all of", ("Hat",))),
    ("text in an item", items("contains-substring", "Hat"), ItemTextTest("contains", "Hat")),
    ("no text in an item", items("not-contains-substring", "Hat"), ItemTextTest("not contains", "Hat")),
]


def _clicked(comparison: Any, value: Any, timeframe: Any = ALL_TIME) -> MetricCondition:
    return MetricCondition("Clicked SMS", "count", comparison, value, timeframe)


def _ordered(test: EventTest) -> MetricCondition:
    where = (EventProperty("Source Name", test),)
    return MetricCondition("Placed Order", "count", "at least", 1, ALL_TIME, where)


EVENTS = [
    Shape("at least once", metric("Vc4tXr", ONCE, EVER), _clicked("at least", 1)),
    Shape("zero times", metric("Vc4tXr", NEVER, EVER), _clicked("equals", 0)),
    *(
        Shape(f"count {theirs}", metric("Vc4tXr", number(theirs, 3), EVER), _clicked(ours, 3))
        for theirs, ours in _NUMBERS
    ),
    *(
        Shape(
            f"sum {theirs}",
            metric("Po3gHt", number(theirs, 199.99), EVER, measurement="sum"),
            MetricCondition("Placed Order", "sum", ours, 199.99),
        )
        for theirs, ours in _NUMBERS
    ),
    *(
        Shape(f"events {name}", metric("Vc4tXr", ONCE, said), _clicked("at least", 1, timeframe))
        for name, said, timeframe in _WINDOWS
    ),
    *(
        Shape(
            f"events where {name}",
            metric("Po3gHt", ONCE, EVER, filters=[event_property("Source Name", said)]),
            _ordered(test),
        )
        for name, said, test in _EVENT_TESTS
    ),
    Shape(
        "either of two items, so many times",
        metric("Po3gHt", number("less-than", 3), LAST_30, filters=[event_property("Items", items("contains-any", ["Hat", "Shoe"]))]),
        MetricCondition(
            "Placed Order", "count", "fewer than", 3, InTheLast(30),
            (EventProperty("Items", ItemsTest("contains any of", ("Hat", "Shoe"))),),
        ),
    ),
    Shape(
        "events where the value is so much",
        metric("Po3gHt", ONCE, EVER, filters=[event_property("$value", number("greater-than", 50))]),
        MetricCondition(
            "Placed Order", "count", "at least", 1, ALL_TIME, (EventProperty("$value", NumberTest("more than", 50)),)
        ),
    ),
    Shape(
        "events where two hold",
        metric(
            "Po3gHt",
            number("greater-than-or-equal", 2),
            LAST_30,
            filters=[event_property("Items", items("contains-any", ["Hat"])), event_property("Gift", truth(value=True))],
        ),
        MetricCondition(
            "Placed Order", "count", "at least", 2, InTheLast(30),
            (EventProperty("Items", ListTest("contains", "Hat")), EventProperty("Gift", BooleanTest(value=True))),
        ),
    ),
]  # fmt: skip

KNOWN_PROPERTIES = {
    "email": "email",
    "phone_number": "phone_number",
    "first_name": "first_name",
    "last_name": "last_name",
    "location['city']": "city",
    "location['country']": "country",
    "location['region']": "region",
    "location['zip']": "zip",
    "properties['Favorite Color']": "Favorite Color",
}
"""How Klaviyo writes a property's name, and segkit."""

PROPERTIES = [
    *(
        Shape(f"property {name}", property_("properties['Anything']", said), PropertyCondition("Anything", test))
        for name, said, test in _PROFILE_TESTS
    ),
    *(
        Shape(
            f"property {theirs}", property_(theirs, existence("is-set")), PropertyCondition(ours, SetTest(is_set=True))
        )
        for theirs, ours in KNOWN_PROPERTIES.items()
    ),
    Shape("profile created", property_("created", LAST_30), PropertyCondition("created", DateTest(InTheLast(30)))),
    Shape(
        "phone country in",
        property_("phone_number", text("phone-country-code-in", ["US", "CA"])),
        PhoneCountryCondition(("US", "CA")),
    ),
    Shape(
        "phone country not in",
        property_("phone_number", text("phone-country-code-not-in", ["GB"])),
        PhoneCountryCondition(("GB",), is_in=False),
    ),
]

_STATUS_DATE = {"field": "status_date", "filter": dates("at-least", unit="day", quantity=30)}


def _by(channel: str, way: str, detail: PropertyTest | None = None) -> tuple[PropertyCondition, ...]:
    test = PropertyCondition(f"{channel}_consent_method", TextTest("equals", way))
    details = () if detail is None else (PropertyCondition(f"{channel}_consent_method_detail", detail),)
    return (test, *details)


_SMS_IN = ["form", "manual_import", "manual_add", "checkout", "inbound_message", "preference_page", "sftp"]
_SMS_OUT = [
    *_SMS_IN, "manual_remove", "bulk_remove", "carrier_deactivation", "provided_landline", "message_blocked",
    "provided_no_age", "failed_age_gate",
]  # fmt: skip
_EMAIL_IN = [
    "form", "manual_import", "manual_add", "preference_page", "api", "inbound_message", "back_in_stock", "sftp",
]  # fmt: skip
_EMAIL_OUT = [
    "api", "inbound_message", "preference_page", "manual_remove", "manual_import", "spam_complaint", "mailbox_provider",
    "one_click_unsubscribe", "sftp", "data_warehouse_import", "profile_modification",
]  # fmt: skip
_SUPPRESSIONS = {
    "bounce_date": "email_bounced_timestamp",
    "manual_suppression_date": "email_user_suppressed_timestamp",
    "invalid_email_date": "email_invalid_timestamp",
}

CONSENT = [
    *(
        Shape(
            f"{'can' if can else 'cannot'} receive {channel}, {subscription}",
            consent(channel, can, subscription, **other),
            ConsentCondition(channel, can, subscription),
        )
        for channel, can, subscription, other in [
            ("sms", True, "subscribed", {}),
            ("sms", False, "any", {}),
            ("sms", False, "unsubscribed", {}),
            ("sms", False, "never_subscribed", {}),
            ("email", True, "any", {}),
            ("email", True, "subscribed", {}),
            ("email", True, "never_subscribed", {}),
            ("email", False, "any", {}),
            ("email", False, "unsubscribed", {}),
            # The published document demands the filters of these two.
            ("email", False, "subscribed", {"filters": []}),
            ("email", False, "never_subscribed", {"filters": []}),
        ]
    ),
    *(
        Shape(
            f"subscribed to SMS {name}",
            consent("sms", True, "subscribed", {"field": "status_date", "filter": said}),
            ConsentCondition("sms", True, "subscribed", timeframe),
        )
        for name, said, timeframe in _DATES
    ),
    *(
        Shape(
            f"{channel} {subscription} by {way}",
            consent(channel, can, subscription, method(way)),
            ConsentCondition(channel, can, subscription, where=_by(channel, way)),
        )
        for channel, can, subscription, ways in [
            ("sms", True, "subscribed", _SMS_IN),
            ("sms", False, "unsubscribed", _SMS_OUT),
            ("email", True, "subscribed", _EMAIL_IN),
            ("email", False, "unsubscribed", _EMAIL_OUT),
        ]
        for way in ways
    ),
    Shape(
        "subscribed to SMS by one of two forms",
        consent("sms", True, "subscribed", method("form", text("in", ["XYabc1", "XYabc2"]))),
        ConsentCondition("sms", True, "subscribed", where=_by("sms", "form", TextInTest(("XYabc1", "XYabc2")))),
    ),
    Shape(
        "subscribed to SMS in a shop",
        consent("sms", True, "subscribed", method("integration", text("in", ["shopify"]))),
        ConsentCondition("sms", True, "subscribed", where=_by("sms", "integration", TextInTest(("shopify",)))),
    ),
    Shape(
        "subscribed to email on a page",
        consent("email", True, "subscribed", method("preference_page", text("equals", "example.com/signup"))),
        ConsentCondition(
            "email", True, "subscribed",
            where=_by("email", "preference_page", TextTest("equals", "example.com/signup")),
        ),
    ),
    Shape(
        "subscribed to email at a source of one's own",
        consent("email", True, "subscribed", {"field": "custom_source", "filter": text("equals", "fair")}),
        ConsentCondition(
            "email", True, "subscribed",
            where=(PropertyCondition("email_consent_custom_method_detail", TextTest("equals", "fair")),),
        ),
    ),
    Shape(
        "subscribed to email twice over",
        consent("email", True, "subscribed", {"field": "is_double_opt_in", "filter": truth(value=True)}),
        ConsentCondition(
            "email", True, "subscribed", where=(PropertyCondition("email_double_opt_in", BooleanTest(value=True)),)
        ),
    ),
    Shape(
        "subscribed to SMS with RCS",
        consent("sms", True, "subscribed", {"field": "is_rcs_capable", "filter": truth(value=True)}),
        ConsentCondition(
            "sms", True, "subscribed", where=(PropertyCondition("sms_rcs_capable", BooleanTest(value=True)),)
        ),
    ),
    Shape(
        "subscribed to SMS long ago by a form",
        consent("sms", True, "subscribed", _STATUS_DATE, method("form")),
        ConsentCondition("sms", True, "subscribed", AtLeastAgo(30), _by("sms", "form")),
    ),
    *(
        Shape(
            f"cannot receive email, {subscription}, {field}",
            consent("email", False, subscription, {"field": field, "filter": LAST_30}),
            ConsentCondition("email", False, subscription, where=(PropertyCondition(column, DateTest(InTheLast(30))),)),
        )
        for field, column in _SUPPRESSIONS.items()
        for subscription in ("any", "subscribed", "unsubscribed", "never_subscribed")
    ),
    Shape(
        "cannot receive email, ever bounced",
        consent("email", False, "any", {"field": "bounce_date", "filter": existence("is-set")}),
        ConsentCondition(
            "email", False, where=(PropertyCondition("email_bounced_timestamp", SetTest(is_set=True)),)
        ),
    ),
]  # fmt: skip

PLACES = [
    Shape("on a list", on_list("Wm4nKx"), ListCondition("VIP upload")),
    Shape("not on a list", off_list("Wm4nKx"), ListCondition("VIP upload", is_member=False)),
    *(
        Shape(f"on a list {name}", on_list("Wm4nKx", said), ListCondition("VIP upload", joined=timeframe))
        for name, said, timeframe in _WINDOWS
    ),
    Shape(
        "near a store", distance("less-than", 30), DistanceCondition(True, 30, "miles", PostalCode("02110", "US"))
    ),
    Shape(
        "far from a store",
        distance("greater-than", 12.5, "kilometers", "SW1W", "GBR"),
        DistanceCondition(False, 12.5, "kilometers", PostalCode("SW1W", "GB")),
    ),
    *(
        Shape(f"{'in' if inside else 'outside'} {name}", region(name, inside=inside), RegionCondition(name, inside))
        for name in ("european_union", "united_states")
        for inside in (True, False)
    ),
]  # fmt: skip

PREDICTIONS = [
    *(
        Shape(f"{name} at most", predicted(name, number("less-than-or-equal", 10)), PropertyCondition(name, NumberTest("at most", 10)))
        for name in (
            "average_days_between_orders", "average_order_value", "churn_probability", "historic_clv",
            "historic_number_of_orders", "predicted_clv", "predicted_number_of_orders", "total_clv",
        )
    ),
    *(
        Shape(f"predicted gender {theirs}", predicted("predicted_gender", text(theirs, gender)), PropertyCondition("predicted_gender", TextTest(ours, gender)))
        for theirs, ours in (("equals", "equals"), ("not-equals", "not equals"))
        for gender in ("likely_female", "likely_male", "uncertain")
    ),
    *(
        Shape(
            f"next order {name}",
            predicted("expected_date_of_next_purchase", said),
            PropertyCondition("expected_date_of_next_order", DateTest(timeframe)),
        )
        for name, said, timeframe in _DATES
    ),
]  # fmt: skip

WINDOWS = {
    "HOURS_1": 3_600,
    "DAYS_1": 86_400,
    "DAYS_3": 3 * 86_400,
    "DAYS_5": 5 * 86_400,
    "WEEKS_1": 7 * 86_400,
    "DAYS_30": 30 * 86_400,
    "DAYS_90": 90 * 86_400,
    "DAYS_180": 180 * 86_400,
    "YEARS_1": 365 * 86_400,
}
"""How long a funnel may take from its first step to its last: Klaviyo's words, and seconds."""

_VIEWED_THEN_ORDERED = (FunnelStep("Viewed Product"), FunnelStep("Placed Order"))

FUNNELS = [
    Shape(
        "funnel without a window",
        funnel(LAST_30, None, step("Vp8iBd"), step("Po3gHt")),
        FunnelCondition(_VIEWED_THEN_ORDERED, InTheLast(30)),
    ),
    *(
        Shape(
            f"funnel within {word}",
            funnel(LAST_30, word, step("Vp8iBd"), step("Po3gHt")),
            FunnelCondition(_VIEWED_THEN_ORDERED, InTheLast(30), seconds),
        )
        for word, seconds in WINDOWS.items()
    ),
    *(
        Shape(
            f"funnel {name}",
            funnel(said, "DAYS_3", step("Vp8iBd"), step("Po3gHt")),
            FunnelCondition(_VIEWED_THEN_ORDERED, timeframe, 3 * 86_400),
        )
        # A funnel has no timeframe with an open end but this one.
        for name, said, timeframe in _WINDOWS
        if said["operator"] not in {"before", "after"}
    ),
    Shape(
        "funnel with a step not taken",
        funnel(
            LAST_30,
            "WEEKS_1",
            step("Vc4tXr"),
            step("Vp8iBd", filters=[event_property("Brand", text("equals", "Acme"))]),
            step("Po3gHt", taken=False),
        ),
        FunnelCondition(
            (
                FunnelStep("Clicked SMS"),
                FunnelStep("Viewed Product", (EventProperty("Brand", TextTest("equals", "Acme")),)),
                FunnelStep("Placed Order", is_taken=False),
            ),
            InTheLast(30),
            7 * 86_400,
        ),
    ),
]

SHAPES = [*EVENTS, *PROPERTIES, *CONSENT, *PLACES, *PREDICTIONS, *FUNNELS]
"""Every shape that segkit can say, each written as the schema spells it."""

REPHRASED = [
    Shape(
        "an anniversary in weeks",
        property_("properties['Birthday']", dates("anniversary-next", unit="week", quantity=2)),
        PropertyCondition("Birthday", DateTest(AnniversaryInTheNext(14))),
    ),
    Shape(
        "priority of a channel",
        affinity("sms", "priority", number("equals", 1)),
        PropertyCondition("sms_priority", NumberTest("equals", 1)),
    ),
    Shape(
        "rank of a channel",
        affinity("email", "rank", text("not-equals", "low")),
        PropertyCondition("email_rank", TextTest("not equals", "low")),
    ),
]
"""Shapes that are written back in other words than they were read in, with the columns of `AFFINITY`."""

DRIFTS = [
    Drift(
        "the old beta's words for a property",
        {"type": "profile-attribute", "field": "properties['Gender']", "filter": text("equals", "female")},
        property_("properties['Gender']", text("equals", "female")),
    ),
    Drift(
        "the published document's own example of the phone filter",
        {"type": "profile-property", "field": "phone", "filter": text("phone-country-code-in", ["US", "GB"])},
        property_("phone_number", text("phone-country-code-in", ["US", "GB"])),
    ),
    Drift(
        "the guide's word for a region",
        {"type": "profile-region", "in_region": True, "region_id": "european_union"},
        region("european_union", inside=True),
    ),
    Drift(
        "the events' words for a list of one item",
        metric("Po3gHt", ONCE, EVER, filters=[event_property("Items", items("contains", "Hat"))]),
        metric("Po3gHt", ONCE, EVER, filters=[event_property("Items", items("contains-any", ["Hat"]))]),
    ),
    Drift(
        "the guide's word for double opt-in",
        consent("email", True, "subscribed", {"field": "is_double_optin", "filter": truth(value=False)}),
        consent("email", True, "subscribed", {"field": "is_double_opt_in", "filter": truth(value=False)}),
    ),
    Drift("the guide's SMS subscribers", consent("sms", True, "any"), SMS),
    Drift(
        "a date under the name of a value",
        metric("Vc4tXr", ONCE, dates("before", value=midnight("2026-02-01"))),
        metric("Vc4tXr", ONCE, dates("before", date=midnight("2026-02-01"))),
    ),
    *(
        Drift(
            f"a day written as {written}",
            metric("Vc4tXr", ONCE, dates("after", date=written)),
            metric("Vc4tXr", ONCE, dates("after", date=midnight("2026-02-01"))),
        )
        for written in ("2026-02-01", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00", "2026-02-01T00:00:00.000000+00:00")
    ),
    Drift(
        "a window with its ends reversed",
        metric("Vc4tXr", ONCE, dates("between", start=150, end=91, unit="day")),
        metric("Vc4tXr", ONCE, dates("between", start=91, end=150, unit="day")),
    ),
    Drift(
        "events without the key of their filters",
        {key: value for key, value in metric("Vc4tXr", ONCE, LAST_30).items() if key != "metric_filters"},
        metric("Vc4tXr", ONCE, LAST_30),
    ),
    Drift(
        "events with no filters in a list", metric("Vc4tXr", ONCE, LAST_30, filters=[]), metric("Vc4tXr", ONCE, LAST_30)
    ),
    Drift("consent whose filters are null", consent("sms", True, "subscribed", filters=None), SMS),
    Drift(
        "unsubscribed whose filters are null",
        consent("sms", False, "unsubscribed", filters=None),
        consent("sms", False, "unsubscribed"),
    ),
    Drift("a list whose timeframe is null", {**on_list("Wm4nKx"), "timeframe_filter": None}, on_list("Wm4nKx")),
    Drift("a country of two letters", distance("less-than", 30, country="US"), distance("less-than", 30)),
    Drift(
        "at least once in other words",
        metric("Vc4tXr", number("greater-than-or-equal", 1), LAST_30),
        metric("Vc4tXr", ONCE, LAST_30),
    ),
    Drift(
        "a form whose filter is null",
        consent("sms", True, "subscribed", {**method("form"), "filter": None}),
        consent("sms", True, "subscribed", method("form")),
    ),
    Drift(
        "a funnel without the key of its window",
        {
            key: value
            for key, value in funnel(LAST_30, None, step("Vp8iBd"), step("Po3gHt")).items()
            if key != "completion_window_seconds"
        },
        funnel(LAST_30, None, step("Vp8iBd"), step("Po3gHt")),
    ),
]

CUSTOM_OBJECT = {
    "type": "profile-has-custom-object",
    "object_type_id": "pets",
    "object_type_relationship_id": "owner",
    "filter": number("greater-than-or-equal", 1),
    "filters": [{"property_id": 7, "filter": text("equals", "cat")}],
}
WHATSAPP = {
    "type": "profile-permissions",
    "permission": {
        "reachable_status": "explicitly_reachable",
        "filters": [{"field": "effective_date", "filter": LAST_30}],
    },
    "channel": "whatsapp_marketing",
}

BEYOND_US = [
    Refusal("custom objects", CUSTOM_OBJECT, "custom object"),
    Refusal("WhatsApp permissions", WHATSAPP, "WhatsApp"),
    Refusal("consent to push messages", consent("push", True, "any"), "push"),
    Refusal("no consent to push messages", consent("push", False, "any"), "push"),
    Refusal("priority of a channel", affinity("sms", "priority", number("equals", 1)), "affinity"),
    Refusal("rank of a channel", affinity("sms", "rank", text("equals", "high")), "affinity"),
    Refusal("events to come", metric("Vc4tXr", ONCE, dates("in-the-next", unit="day", quantity=3)), "in-the-next"),
    Refusal(
        "events of today's day in any year",
        metric("Vc4tXr", ONCE, dates("anniversary-last", unit="day", quantity=3)),
        "anniversary-last",
    ),
    Refusal(
        "a moment within a day",
        metric("Vc4tXr", ONCE, dates("after", date="2026-02-01T09:30:00+00:00")),
        "09:30",
    ),
    Refusal("text that is null", property_("properties['Gender']", text("equals", None)), "null"),
    Refusal("a metric of another account", metric("Zz0zZz", ONCE, EVER), "Zz0zZz"),
    Refusal("a country that nobody knows", distance("less-than", 30, country="XXX"), "XXX"),
    Refusal("a list of another account", on_list("Yy1yYy"), "Yy1yYy"),
]
"""Conditions of the published document that segkit has no words, or no data, for."""

UNKNOWN = [
    Refusal("a type that nobody knows", {"type": "profile-mood", "mood": "good"}, "profile-mood"),
    Refusal("months", metric("Vc4tXr", ONCE, dates("in-the-last", unit="month", quantity=3)), "month"),
    Refusal("an operator that nobody knows", property_("properties['Age']", number("about", 18)), "about"),
    Refusal("a region that nobody knows", region("atlantis", inside=True), "atlantis"),
    Refusal("a measurement that nobody knows", metric("Vc4tXr", ONCE, EVER, measurement="unique"), "unique"),
]
"""Conditions that no document publishes."""

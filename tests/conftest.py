"""The tiny shop that examples are told of: eight profiles and two dozen events, made so that every edge matters.

It is looked at from noon of 30 June 2026, UTC, so that today's midnight, now, and the close of the day are three instants.
Phone numbers are from ranges reserved for fiction.
"""

import os
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import doors
import pytest
from hypothesis import HealthCheck, Phase, settings
from people import anybody_in
from reference import PlainShop, Row, members

import segkit as sk
from segkit.definition.conditions import Condition
from segkit.errors import SegkitError, SegkitWarning

settings.register_profile(
    "default",
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def days_ago(days: int) -> datetime:
    """Return the midnight that opened the day so many days before the 30th of June 2026."""
    return datetime(2026, 6, 30, tzinfo=UTC) - timedelta(days=days)


def profile(profile_id: str, **known: Any) -> Row:
    """Return a profile of which nothing is written but what is given."""
    return dict.fromkeys(COLUMNS) | {"profile_id": profile_id} | known


def event(profile_id: str, metric: str, moment: datetime, value: float | None = None, **properties: Any) -> Row:
    """Return an event without properties but those given."""
    row = {"profile_id": profile_id, "metric": metric, "datetime": moment, "value": value}
    return row | dict.fromkeys(("Source", "Items", "Collections", "Gift")) | properties


COLUMNS = (
    "profile_id", "email", "phone_number", "city", "country", "zip", "latitude", "longitude", "sms_consent",
    "sms_consent_timestamp", "email_consent", "email_suppressed", "predicted_clv", "Age", "Gender", "Parent", "Interests",
    "Birthday", "Badge",
)  # fmt: skip

PROFILES = [
    profile(
        "ann", email="ann@example.com", phone_number="+16175550123", city="Boston", country="United States", zip="02110",
        sms_consent="subscribed", sms_consent_timestamp=days_ago(30), email_consent="subscribed", predicted_clv=10.0,
        Age=18.0, Gender="female", Parent=True, Interests=["product launches", "sale alerts"], Birthday=date(2000, 2, 29),
    ),
    profile(
        "bea", email="bea@example.com", phone_number="+14165550123", city="boston", country="US", zip="02139",
        sms_consent="subscribed", sms_consent_timestamp=days_ago(30) - TICK, email_consent="subscribed",
        email_suppressed=True, predicted_clv=10.01, Age=17.0, Gender="Female", Parent=False, Interests=["launches"],
        Birthday=date(1990, 6, 30), Badge="007",
    ),
    profile(
        "cat", phone_number="+491713920001", city="Berlin", country="Germany", latitude=52.52, longitude=13.4,
        sms_consent="unsubscribed", sms_consent_timestamp=days_ago(10), predicted_clv=0.0, Age=18.5, Gender="male",
        Interests=[], Birthday=date(1985, 7, 1), Badge="7",
    ),
    profile(
        "dan", email="dan@example.com", country="USA", zip="96201", sms_consent="never_subscribed",
        email_consent="never_subscribed", Birthday=date(1999, 7, 7),
    ),
    profile(
        "eve", email="eve@example.com", phone_number="+17875550123", city="Null", country="us", zip="10001", latitude=0.0,
        longitude=0.0, email_consent="unsubscribed", email_suppressed=False, Age=65.0, Gender="NA",
        Birthday=date(1999, 6, 23),
    ),
    profile(
        "fay", email="fay@example.com", phone_number="+447700900123", country="United Kingdom", zip="SW1W",
        sms_consent="subscribed",
    ),
    profile(
        "gus", email="gus@example.com", phone_number="+12", zip="02110", sms_consent="unsubscribed",
        sms_consent_timestamp=days_ago(29), email_consent="subscribed", Birthday=date(1970, 12, 31),
    ),
    profile("hal", phone_number="+16175550123", country="Atlantis", sms_consent="subscribed", sms_consent_timestamp=NOON),
]  # fmt: skip

EVENTS = [
    event("ann", "Clicked SMS", days_ago(30)),
    event("bea", "Clicked SMS", days_ago(30) - TICK),
    event("cat", "Clicked SMS", NOON),
    event("dan", "Clicked SMS", NOON + TICK),
    event("fay", "Clicked SMS", days_ago(90) - TICK),
    event("fay", "Clicked SMS", days_ago(150)),
    event("fay", "Clicked SMS", days_ago(150) - TICK),
    event("gus", "Clicked SMS", days_ago(90)),
    event("ann", "Received SMS", NOON - timedelta(hours=24)),
    event("hal", "Received SMS", NOON - timedelta(hours=24) - TICK),
    event("ann", "Placed Order", days_ago(3), 0.1, Source="web", Items=1.0, Collections=["Shoes", "Sale"]),
    event("ann", "Placed Order", days_ago(2), 0.2, Source="pos", Items=3.0, Collections=["Hats"], Gift=True),
    event("bea", "Placed Order", days_ago(400), 19.99, Source="web", Items=3.0, Gift=False),
    event("bea", "Placed Order", days_ago(5), 0.01),
    event("cat", "Placed Order", days_ago(8), 50.0, Source="web", Items=2.0, Collections=[]),
    event("cat", "Placed Order", days_ago(7), -50.0, Source="web"),
    event("dan", "Placed Order", days_ago(6), 33.335),
    event("dan", "Placed Order", days_ago(6), 33.335),
    event("eve", "Placed Order", days_ago(4), None, Source="pos"),
    event("fay", "Placed Order", days_ago(1), 200.0, Source="Web"),
    event("cat", "Consented to Receive SMS", days_ago(700)),
    event("cat", "Unsubscribed from SMS Marketing", days_ago(10)),
    event("gus", "Subscribed to SMS Marketing", days_ago(29) - TICK),
    event("gus", "Unsubscribed from SMS", days_ago(29)),
]

LISTS = [
    {"profile_id": "ann", "list_id": "VIP upload", "joined": days_ago(30)},
    {"profile_id": "bea", "list_id": "VIP upload", "joined": days_ago(30) - TICK},
    {"profile_id": "cat", "list_id": "VIP upload", "joined": None},
    {"profile_id": "dan", "list_id": "VIP upload", "joined": NOON + TICK},
    {"profile_id": "dan", "list_id": "Newsletter", "joined": days_ago(1)},
]

PLACES = [{"country": "GB", "postal_code": "SW1W", "latitude": 51.49, "longitude": -0.15}]

TINY_SHOP = PlainShop(PROFILES, EVENTS, NOON, LISTS, PLACES)

Who = Callable[..., set[str]]


@pytest.fixture(scope="session")
def tiny_rows() -> PlainShop:
    """Return the tiny shop as plain rows."""
    return TINY_SHOP


@pytest.fixture(scope="session")
def tiny_shop() -> sk.Dataset:
    """Return the tiny shop as a Dataset made from frames."""
    return doors.by_frames(TINY_SHOP)


@pytest.fixture(scope="session", params=["reference", "frames", "csv", "parquet"])
def who(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Who:
    """Return a function from a condition to its members' ids, once read slowly and once through each door."""

    def ask(condition: Condition, as_of: datetime = NOON) -> set[str]:
        if request.param == "reference":
            return members(condition, replace(TINY_SHOP, as_of=as_of))
        if as_of not in shops:
            shops[as_of] = build(replace(TINY_SHOP, as_of=as_of))
        column = sk.membership([sk.Segment("asked", condition)], shops[as_of])["asked"]
        return set(column.index[column])

    def build(shop: PlainShop) -> sk.Dataset:
        folder: Path = tmp_path_factory.mktemp(request.param)
        if request.param == "frames":
            return doors.by_frames(shop)
        return doors.by_csv(shop, folder) if request.param == "csv" else doors.by_parquet(shop, folder)

    shops: dict[datetime, sk.Dataset] = {}
    return ask


_said: list[str] = []
"""What segkit raised, warned of and printed during the test that runs."""


def _listen(kind: type[Exception]) -> None:
    plain = kind.__init__

    def heard(self: Exception, *words: object) -> None:
        plain(self, *words)
        _said.append(str(self))

    kind.__init__ = heard  # type: ignore[method-assign]


_listen(SegkitError)
_listen(SegkitWarning)


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Return pytest's own, of which what a test takes out of it is looked through, too."""
    plain = capsys.readouterr

    def readouterr() -> object:
        found = plain()
        _said.extend(found)
        return found

    capsys.readouterr = readouterr  # type: ignore[method-assign, assignment]
    return capsys


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test in which segkit said somebody's number or address, unless it is marked as one that shows people."""
    report = yield
    if call.when == "setup":
        _said.clear()
    elif call.when == "call" and report.passed and item.get_closest_marker("shows_people") is None:
        texts = [*_said, report.capstdout, report.capstderr]
        shown = next((text for text in texts if anybody_in(text)), None)
        if shown is not None:
            report.outcome = "failed"
            report.longrepr = f"A message shows {anybody_in(shown)!r}: {shown[:2000]}"
    return report

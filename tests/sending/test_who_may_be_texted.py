"""Who is in a file to be sent: the slow reading of the rules agrees, and what never happens never happens, on every way to a file.

The shops are generated, each from its seed, which a failure names. Every shop is asked once, and its answers serve all tests.
"""

import csv
import hashlib
import io
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, get_args

import doors
import oracle
import pandas as pd
import pytest
from generated_shops import (
    CONSENTED,
    DAY,
    FAILED,
    FAR,
    HOUR,
    LANDLINES,
    NOT_YET,
    NUMBERS,
    OPTED_OUT,
    RECEIVED,
    TICK,
    YES,
    Person,
    Row,
    Shop,
    begin,
    generated_shop,
)
from reference import PlainShop

import segkit as sk
from segkit.command.build import build
from segkit.errors import FileError
from segkit.sending.member_files import Layout
from segkit.widgets import OverlapExplorer, Tuner

SHOPS, BATCH = 520, 20
BATCHES = [range(first, first + BATCH) for first in range(0, SHOPS, BATCH)]
EXPLORED_EVERY, BUILT_EVERY = 2, 4
"""One shop in so many is explored and built, since an explorer has many controls and a build writes a report as well."""

MEMBERS = sk.Segment("Members", sk.has("Group", equals="in"))
LEFT_OUT = sk.Segment("Left out", sk.has("Left out", equals="yes"))
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
SERVED = oracle.TEXTABLE
Recipients = list[tuple[str, str]]
"""The ids and numbers in a file, in the order of the ids."""


@dataclass(frozen=True)
class Sent:
    """What one way to a file wrote, and what was asked for.

    Attributes:
        way: how the file was made.
        include: the ids that the segment picks; those not created yet may be among them.
        exclude: the ids that the excluded segment picks.
        hours: of smart sending.
        countries: where texts can go to.
        recipients: who is in the file.
    """

    way: str
    include: frozenset[str]
    exclude: frozenset[str]
    hours: int
    countries: frozenset[str]
    recipients: Recipients


@dataclass(frozen=True)
class Answers:
    """A shop and all that segkit says of it.

    Attributes:
        shop: its rows.
        audience: what `reasons` says, of a send and of a look back.
        waterfall: of the send.
        warned: what the audience warned of.
        sent: every file.
        refused: whether an audience that looks back wrote nothing.
    """

    shop: Shop
    audience: dict[bool, dict[str, str]]
    waterfall: pd.DataFrame
    warned: tuple[str, ...]
    sent: tuple[Sent, ...]
    refused: bool


@cache
def answers(seed: int) -> Answers:
    """Return what segkit says of the shop of a seed, on every way to a file."""
    shop = generated_shop(seed)
    included = frozenset(one.name for one in shop.people if one.row["Group"] == "in")
    left_out = frozenset(one.name for one in shop.people if one.row["Left out"] == "yes")
    excluded = left_out if shop.excludes else frozenset()
    countries = SERVED if shop.countries is None else shop.countries
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", sk.SegkitWarning)
        folder = Path(name)
        dataset = loaded(shop, folder)
        caught.clear()
        send = audience(shop, dataset)
        warned = tuple(str(warning.message) for warning in caught)
        back = audience(shop, dataset, looking_back=True)
        sent = [
            Sent(way, included, excluded, shop.hours, countries, of_file(shop, data))
            for way, data in files_of_audience(send, folder)
        ]
        picked = 1 + seed % 60
        above = frozenset(one.name for one in shop.people if one.row["Points"] >= picked)
        apart = included - left_out
        for way, ids, data in [
            *((way, above, data) for way, data in files_of_tuner(dataset, picked, folder)),
            *([("explorer's download", apart, explored(dataset))] if seed % EXPLORED_EVERY == 0 else []),
            *(built(dataset, folder, {"members": included, "left-out": left_out}) if seed % BUILT_EVERY == 0 else []),
        ]:
            sent.append(Sent(way, ids, frozenset(), 24, SERVED, of_file(shop, data)))
        return Answers(
            shop=shop,
            audience={False: send.reasons.to_dict(), True: back.reasons.to_dict()},
            waterfall=send.waterfall,
            warned=warned,
            sent=tuple(sent),
            refused=refuses(back, folder / "back.csv"),
        )


def loaded(shop: Shop, folder: Path) -> sk.Dataset:
    """Load a shop from frames, or from CSV files where its cells are to be text."""
    plain = PlainShop(shop.profiles, shop.events, shop.as_of)
    return doors.by_csv(plain, folder) if shop.is_text else doors.by_frames(plain)


def audience(shop: Shop, dataset: sk.Dataset, *, looking_back: bool = False) -> sk.SmsAudience:
    """Return the audience that a shop's arguments ask for."""
    return sk.audience(
        MEMBERS,
        dataset,
        exclude=[LEFT_OUT] if shop.excludes else [],
        smart_sending_hours=shop.hours,
        looking_back=looking_back,
        **{} if shop.countries is None else {"countries": shop.countries},
    )


def files_of_audience(send: sk.SmsAudience, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what an audience writes in every layout, to a path and as bytes."""
    for layout in LAYOUTS:
        yield f"write_csv {layout}", send.write_csv(folder / f"{layout}.csv", layout=layout).read_bytes()
        yield f"to_bytes {layout}", send.to_bytes(layout=layout)


def files_of_tuner(dataset: sk.Dataset, picked: int, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what a tuner hands to the browser and what it writes, in one of the layouts, with its slider moved to a position."""

    def pointed(*, points: Annotated[int, sk.Range(0, 100)] = 0) -> sk.Segment:
        return sk.Segment("Pointed", sk.has("Points", at_least=points))

    tuner = Tuner(pointed, dataset)
    tuner.value = {"points": picked}
    said, (data,) = tuner._press("download", "")
    assert not said.get("wrong"), said
    yield "tuner's download", data
    layout = LAYOUTS[picked % 3]
    yield f"tuner.write_csv {layout}", tuner.write_csv(folder / "tuned.csv", layout=layout).read_bytes()


def explored(dataset: sk.Dataset) -> bytes:
    """Return the file that the explorer hands to the browser: of the members that are not left out."""
    explorer = OverlapExplorer([MEMBERS, LEFT_OUT], dataset)
    explorer.intersection = [MEMBERS.name]
    return explorer._file()[1]


def built(
    dataset: sk.Dataset, folder: Path, segments: dict[str, frozenset[str]]
) -> list[tuple[str, frozenset[str], bytes]]:
    """Return the files to be sent that a build writes, with the ids that each segment picks."""
    build(dataset, folder / "built", segments=[MEMBERS, LEFT_OUT])
    paths = sorted((folder / "built" / "send").glob("*.csv"))
    assert [path.stem for path in paths] == sorted(segments)
    return [(f"build send/{path.name}", segments[path.stem], path.read_bytes()) for path in paths]


def refuses(back: sk.SmsAudience, path: Path) -> bool:
    """Say whether an audience that looks back writes nothing, in no layout."""
    writes = [
        partial(write, layout=layout) for write in (back.to_bytes, partial(back.write_csv, path)) for layout in LAYOUTS
    ]
    return all(raises_file_error(write) for write in writes) and not path.exists()


def raises_file_error(write: Callable[[], Any]) -> bool:
    """Say whether a call is refused."""
    try:
        write()
    except FileError:
        return True
    return False


def of_file(shop: Shop, data: bytes) -> Recipients:
    """Return the ids and numbers in a file of any layout; each profile has an address of its own, by which it is found."""
    ids = {hashed(one.row["email"]): one.name for one in shop.people}
    numbers = {form: number for number in NUMBERS for form in (hashed(number), hashed(number[1:]))}
    found = []
    for row in csv.DictReader(io.StringIO(data.decode("utf-8"))):
        if "google_email_sha256" in row:
            assert row["google_email_sha256"] == row["meta_email_sha256"]
            assert numbers[row["google_phone_sha256"]] == numbers[row["meta_phone_sha256"]]
            found.append((ids[row["google_email_sha256"]], numbers[row["google_phone_sha256"]]))
        else:
            is_member = "profile_id" in row
            found.append(
                (
                    ids[hashed(row["email" if is_member else "Email"])],
                    row["phone_number" if is_member else "Phone Number"],
                )
            )
            assert not is_member or row["profile_id"] == found[-1][0]
    return sorted(found)


def hashed(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


# The oracle.


@cache
def expected_reasons(
    seed: int,
    include: frozenset[str],
    exclude: frozenset[str],
    hours: int,
    countries: frozenset[str],
    *,
    looking_back: bool,
) -> dict[str, str]:
    """Return what the rules say of the included profiles of a seed's shop."""
    shop = generated_shop(seed)
    rules = oracle.Oracle(shop.profiles, shop.events, shop.as_of, countries, hours, looking_back)
    return rules.reasons(include, exclude)


def by_the_rules(seed: int, one: Sent, *, looking_back: bool = False) -> dict[str, str]:
    """Return what the rules say of whom one way to a file was asked for."""
    return expected_reasons(seed, one.include, one.exclude, one.hours, one.countries, looking_back=looking_back)


by_batch = pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"seeds {seeds[0]} to {seeds[-1]}")


@by_batch
def test_every_file_holds_the_recipients_of_the_rules(seeds: range):
    """On every way to a file, in every layout, exactly those are written whom the rules let through, each with its number."""
    wrong = []
    for seed in seeds:
        said = answers(seed)
        numbers = {row["profile_id"]: oracle.number_of(row) for row in said.shop.profiles}
        for one in said.sent:
            reasons = by_the_rules(seed, one)
            expected = sorted((name, numbers[name]) for name, reason in reasons.items() if reason == "sendable")
            if one.recipients != expected:
                wrong.append(f"seed {seed}, {one.way}: expected {expected}, got {one.recipients}")
    assert not wrong, "\n".join(wrong)


@by_batch
@pytest.mark.parametrize("looking_back", [False, True], ids=["a file to be sent", "looking back"])
def test_every_profile_stops_at_the_step_of_the_rules(seeds: range, *, looking_back: bool):
    """Of each included profile the audience gives the reason that the rules give, and of nobody else."""
    wrong = []
    for seed in seeds:
        said = answers(seed)
        expected, got = by_the_rules(seed, said.sent[0], looking_back=looking_back), said.audience[looking_back]
        wrong += [
            f"seed {seed}, {name}: expected {expected.get(name)!r}, got {got.get(name)!r}"
            for name in sorted(expected.keys() | got.keys())
            if expected.get(name) != got.get(name)
        ]
    assert not wrong, "\n".join(wrong)


@by_batch
def test_waterfalls_are_the_reasons_counted(seeds: range):
    """The waterfall has a row for each step of the page, in its order, with as many profiles as stop there by the rules."""
    wrong = []
    for seed in seeds:
        said = answers(seed)
        reasons = Counter(by_the_rules(seed, said.sent[0]).values())
        got = said.waterfall.set_index("step")["removed"].drop(["included", "sendable"]).to_dict()
        if got != {step: reasons[step] for step in STEPS}:
            wrong.append(f"seed {seed}: expected {dict(reasons)}, got {got}")
        assert list(got) == STEPS
    assert not wrong, "\n".join(wrong)


STEPS = [
    *("excluded", "not subscribed", "no phone", "invalid number", "country not served", "fails", "just texted"),
    *("unsubscribed elsewhere", "same number"),
]


def test_the_shops_reach_every_step():
    """The generated shops are worth asking: each step stops somebody in many of them, and many people are sent to."""
    reached = Counter(reason for seed in range(SHOPS) for reason in set(answers(seed).audience[False].values()))
    assert min(reached[reason] for reason in [*STEPS, "sendable"]) >= 15


# What never happens, in plain words of its own and without the oracle. Whose number a cell holds is known from its making.

LONG_AGO = datetime.min.replace(tzinfo=FAR.tzinfo)


@dataclass(frozen=True)
class Recipient:
    """A person in a file, the shop and what was asked for, and everybody else who has the number that was written."""

    shop: Shop
    sent: Sent
    person: Person
    number: str

    @property
    def same(self) -> list[Person]:
        """Return the others with that number."""
        return [each for each in self.shop.people if each is not self.person and self.number in each.numbers]

    @property
    def everybody(self) -> list[Person]:
        """Return all with that number."""
        return [self.person, *self.same]


def breaches(seeds: range, is_wrong: Callable[[Recipient], bool]) -> list[str]:
    """Return who is in a file and should not be."""
    return [
        f"seed {seed}, {one.way}: {name}"
        for seed in seeds
        for one in answers(seed).sent
        for name, number in one.recipients
        for person in answers(seed).shop.people
        if person.name == name and is_wrong(Recipient(answers(seed).shop, one, person, number))
    ]


def dates_of(shop: Shop, person: Person, metrics: list[str]) -> list[date | datetime]:
    """Return when a person did something, by a metric's names in any case and with blanks around them."""
    names = {metric.lower() for metric in metrics}
    return [
        event["datetime"]
        for event in shop.events
        if event["profile_id"] == person.name and event["metric"].strip().lower() in names
    ]


def end(written: date | datetime) -> datetime:
    """Return when a date is over: of a day without a time its last microsecond."""
    return written if isinstance(written, datetime) else begin(written) + DAY - TICK


def is_known(shop: Shop, moment: datetime) -> bool:
    """Say whether a moment is not after everything that is known."""
    return moment <= shop.newest if shop.as_of is None else moment < FAR


def consent_date(shop: Shop, person: Person) -> datetime:
    """Return when a person said yes last; long ago if nobody knows when."""
    dates = [begin(each) for each in dates_of(shop, person, CONSENTED)]
    dated = person.row.get("sms_consent_timestamp")
    if person.row["sms_consent"] in YES and dated:
        dates.append(begin(dated))
    return max((each for each in dates if is_known(shop, each)), default=LONG_AGO)


def opt_out_dates(shop: Shop, person: Person) -> list[datetime]:
    """Return when a person said no, in the status, in another column or in an event; in the far future if nobody knows when."""
    row, dates = person.row, [end(each) for each in dates_of(shop, person, OPTED_OUT)]
    if row["sms_consent"] not in [*YES, *NOT_YET, "", None]:
        dates.append(end(row["sms_consent_timestamp"]) if row.get("sms_consent_timestamp") else FAR)
    if any(row.get(column) not in [*YES, *NOT_YET, "", None] for column in ("SMS Marketing Consent", "SMS Consent")):
        dates.append(FAR)
    return [each if is_known(shop, each) and each.year > 1970 else FAR for each in dates]


def is_refused(row: Row) -> bool:
    """Say whether Klaviyo says that a profile may not be texted."""
    return row.get("can_receive_sms_marketing") in (False, "false", "no")


@by_batch
def test_nobody_is_sent_to_who_never_subscribed(seeds: range):
    """The status of each recipient is "subscribed", in some case: not blank, not another word, and not one that nobody knows."""
    assert breaches(seeds, lambda each: each.person.row["sms_consent"] not in YES) == []


@by_batch
def test_nobody_is_sent_to_who_opted_out_after_the_consent(seeds: range):
    """No opt-out of a recipient, in whatever column or event, is as new as the consent, be it before `as_of` or after it."""

    def is_wrong(each: Recipient) -> bool:
        yes = consent_date(each.shop, each.person)
        return any(no >= yes for no in opt_out_dates(each.shop, each.person))

    assert breaches(seeds, is_wrong) == []


@by_batch
def test_nobody_is_sent_to_whose_number_opted_out_on_another_profile(seeds: range):
    """Where another profile with the number opted out after the recipient's consent, it subscribed again after that."""

    def is_wrong(each: Recipient) -> bool:
        yes = consent_date(each.shop, each.person)
        return any(
            no >= yes and not (other.row["sms_consent"] in YES and consent_date(each.shop, other) > no)
            for other in each.same
            for no in opt_out_dates(each.shop, other)
        )

    assert breaches(seeds, is_wrong) == []


@by_batch
def test_nobody_is_sent_to_of_whom_klaviyo_says_no(seeds: range):
    """`can_receive_sms_marketing` says no of no recipient, nor of anybody who subscribed with the number."""
    assert (
        breaches(
            seeds,
            lambda each: any(is_refused(one.row) and one.row["sms_consent"] in YES for one in each.everybody),
        )
        == []
    )


@by_batch
def test_nobody_is_sent_to_who_is_excluded(seeds: range):
    """No recipient is in an excluded segment, nor anybody with the number, whenever the profile was created."""
    assert breaches(seeds, lambda each: any(one.name in each.sent.exclude for one in each.everybody)) == []


@by_batch
def test_nobody_is_sent_to_who_was_just_texted(seeds: range):
    """No profile with a recipient's number got a text since so many hours before `as_of` or the newest event."""

    def is_wrong(each: Recipient) -> bool:
        since = min(each.shop.moment, each.shop.newest) - each.sent.hours * HOUR
        texts = [end(received) for one in each.everybody for received in dates_of(each.shop, one, RECEIVED)]
        return each.sent.hours > 0 and any(text >= since for text in texts)

    assert breaches(seeds, is_wrong) == []


@by_batch
def test_nobody_is_sent_to_whose_number_fails(seeds: range):
    """No profile with a recipient's number has an invalid number, twice the same trouble with a device, or five unknown errors.

    Nor has it any trouble with a device in the last 30 days before `as_of`, or before the newest event.
    """

    def is_wrong(each: Recipient) -> bool:
        moments = (each.shop.moment, each.shop.newest)
        return any(fails(each.shop, one, now) for one in each.everybody for now in moments)

    assert breaches(seeds, is_wrong) == []


def fails(shop: Shop, person: Person, now: datetime) -> bool:
    """Say whether texts to a person fail, by what had happened at a moment."""
    names = {metric.lower() for metric in FAILED}
    failures = [
        (event["Failure Type"], event["datetime"])
        for event in shop.events
        if event["profile_id"] == person.name and event["metric"].strip().lower() in names and event["datetime"] <= now
    ]
    kinds = Counter(kind for kind, _ in failures)
    lately = begin(now.date()) - 30 * DAY
    devices = ("Device unreachable", "Device disconnected")
    return (
        kinds["Invalid mobile number"] >= 1
        or kinds["Unknown error"] >= 5
        or any(kinds[device] >= 2 for device in devices)
        or any(kind in devices and moment >= lately for kind, moment in failures)
    )


@by_batch
def test_nobody_is_sent_to_without_a_mobile_number_of_a_served_country(seeds: range):
    """Each recipient's own cell holds the number in the file, which may be a mobile, of a country that texts go to."""

    def is_wrong(each: Recipient) -> bool:
        is_served = NUMBERS[each.number] in each.sent.countries
        return each.person.number != each.number or each.number in LANDLINES or not is_served

    assert breaches(seeds, is_wrong) == []


@by_batch
def test_no_number_is_in_a_file_twice(seeds: range):
    """A file holds each number once, and each profile once."""
    for seed in seeds:
        for one in answers(seed).sent:
            names, numbers = zip(*one.recipients, strict=True) if one.recipients else ((), ())
            assert len(set(names)) == len(names), f"seed {seed}, {one.way}"
            assert len(set(numbers)) == len(numbers), f"seed {seed}, {one.way}"


@by_batch
def test_waterfalls_add_up(seeds: range):
    """From the included to the recipients each step takes away what it says, and what remains are those in the file."""
    for seed in seeds:
        said, table = answers(seed), answers(seed).waterfall
        left = len(said.audience[False])
        assert (table["step"].iloc[0], table["remaining"].iloc[0]) == ("included", left), f"seed {seed}"
        for removed, remaining in zip(table["removed"], table["remaining"], strict=True):
            left -= removed
            assert remaining == left, f"seed {seed}"
        assert [left] * 6 == [len(one.recipients) for one in said.sent[:6]], f"seed {seed}"


@by_batch
def test_waterfalls_say_what_was_checked(seeds: range):
    """Each step says what it was held against, and one whose metric the data lacks that it was not checked, in a warning as well."""
    for seed in seeds:
        said = answers(seed)
        table = said.waterfall.set_index("step")
        assert table["checked_against"].drop("sendable").map(bool).all(), f"seed {seed}"
        metrics = {event["metric"].strip().lower() for event in said.shop.events}
        for step, names in {"fails": FAILED, "just texted": RECEIVED}.items():
            if step == "just texted" and said.shop.hours == 0:
                continue
            is_missing = metrics.isdisjoint(name.lower() for name in names)
            assert ("could find nobody" in table.loc[step, "checked_against"]) == is_missing, f"seed {seed}, {step}"
            assert any(f"{step} (no event" in warning for warning in said.warned) == is_missing, f"seed {seed}, {step}"


@by_batch
def test_a_look_back_writes_nothing(seeds: range):
    """An audience that looks back refuses to write, in every layout."""
    assert [seed for seed in seeds if not answers(seed).refused] == []

"""The latest word of a profile and of a number, and what every check says it was checked against."""

# ruff: noqa: SIM300  # expected == actual, throughout

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit as sk
from segkit import charts, widgets
from segkit.command.build import build
from segkit.definition.conditions import AllOf
from segkit.sending.eligibility import SENDABLE, STEPS

AS_OF = "2026-06-30T12:00:00Z"
EVERYBODY = sk.Segment("Everybody", AllOf(()))
NUMBER, OTHER = "+12125550142", "+16175550143"
TEXTED, FAILED = "Received Text Message", "Failed to Deliver Text Message"
SUBSCRIBED, LEFT = "Subscribed to Text Messaging Marketing", "Unsubscribed from Text Messaging Marketing"

Row = dict[str, Any]


def person(
    profile_id: str, number: str | None = NUMBER, since: str | None = "2026-01-01T08:00:00Z", **known: Any
) -> Row:
    """Return a subscriber who may be texted, but for what is given."""
    ready = {"phone_number": number, "sms_consent": "SUBSCRIBED", "sms_consent_timestamp": since}
    return {"profile_id": profile_id} | ready | known


def event(profile_id: str, metric: str, moment: str, kind: str | None = None) -> Row:
    """Return an event."""
    return {"profile_id": profile_id, "metric": metric, "datetime": moment, "Failure Type": kind}


def shop_of(people: list[Row], events: list[Row] = [], as_of: str = AS_OF, **how: Any) -> sk.Dataset:  # noqa: B006  # only read
    """Return a shop."""
    return sk.Dataset.from_frames(pd.DataFrame(people), pd.DataFrame(events) if events else None, as_of=as_of, **how)


def reasons(people: list[Row], events: list[Row] = [], **how: Any) -> dict[str, str]:  # noqa: B006
    """Return what becomes of everybody."""
    return sk.audience(EVERYBODY, shop_of(people, events, **how)).reasons.to_dict()


@pytest.mark.parametrize("metric", [LEFT, "Unsubscribed from SMS", "unsubscribed from sms marketing "])
@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-01-01T07:59:59Z", SENDABLE),
        ("2026-01-01T08:00:00Z", "not subscribed"),
        ("2026-06-30T12:00:01Z", "not subscribed"),
        ("2026-01-01", "not subscribed"),
        ("2025-12-31", SENDABLE),
    ],
)
def test_an_event_of_an_opt_out_counts_whatever_the_status_says(metric: str, moment: str, reason: str):
    """If it is not older than the consent, also after as_of, and a date without a time lasts to the end of its day."""
    assert {"ann": reason} == reasons([person("ann")], [event("ann", metric, moment)])
    assert {"ann": "not subscribed"} == reasons([person("ann", since=None)], [event("ann", metric, moment)])


def test_somebody_who_subscribed_again_stays():
    """By an event, or by the date of the status, that is newer than the opt-out; a status without a date helps nobody."""
    left = event("ann", LEFT, "2026-03-01T08:00:00Z")
    back = event("ann", SUBSCRIBED, "2026-03-01T08:00:01Z")
    assert {"ann": SENDABLE} == reasons([person("ann")], [left, back])
    assert {"ann": SENDABLE} == reasons([person("ann", since="2026-03-01T08:00:01Z")], [left])
    assert {"ann": "not subscribed"} == reasons([person("ann", since=None)], [left])
    # Also for those who have the number: who came back took the opt-out back.
    assert {"ann": SENDABLE, "bea": "same number"} == reasons([person("ann"), person("bea")], [left, back])


def test_only_a_status_lets_a_text_be_sent():
    """An event of consent makes nobody subscribed whose status says otherwise, and the report counts both disagreements."""
    people = [person("ann", sms_consent="UNSUBSCRIBED"), person("bea", OTHER)]
    events = [event("ann", SUBSCRIBED, "2026-05-01T08:00:00Z"), event("bea", LEFT, "2026-05-01T08:00:00Z")]
    assert {"ann": "not subscribed", "bea": "not subscribed"} == reasons(people, events)
    counts = shop_of(people, events).report.set_index("issue")["count"]
    assert 1 == counts["subscribed, but a newer event withdrew consent"]
    assert 1 == counts["not subscribed, but a newer event gave consent"]


@pytest.mark.parametrize("verdict", [False, "false", "no", "maybe", 0])
def test_the_verdict_of_klaviyo_counts_where_it_is_no_yes(verdict: Any):
    """It stops a subscriber and the number; a yes or nothing leaves the status as it is."""
    people = [person("ann", can_receive_sms_marketing=verdict), person("bea"), person("cat", OTHER)]
    assert {"ann": "not subscribed", "bea": "unsubscribed elsewhere", "cat": SENDABLE} == reasons(people)
    yes = [person("ann", can_receive_sms_marketing=True), person("bea", OTHER, can_receive_sms_marketing=None)]
    assert {"ann": SENDABLE, "bea": SENDABLE} == reasons(yes)
    # Who never subscribed can't receive either, and said nothing about the number.
    never = person("dan", sms_consent="NEVER_SUBSCRIBED", can_receive_sms_marketing=False)
    assert {"dan": "not subscribed", "bea": SENDABLE} == reasons([never, person("bea")])


@pytest.mark.parametrize("header", ["SMS Marketing Consent", "SMS Consent", " sms_consent ", "SMS_CONSENT"])
@pytest.mark.parametrize(
    ("word", "of_ann", "of_bea"),
    [
        ("UNSUBSCRIBED", "not subscribed", "unsubscribed elsewhere"),
        ("STOP", "not subscribed", "unsubscribed elsewhere"),
        ("NEVER_SUBSCRIBED", "not subscribed", SENDABLE),
        ("SUBSCRIBED", SENDABLE, "same number"),
        (None, SENDABLE, "same number"),
    ],
)
def test_of_two_columns_of_one_meaning_the_stricter_counts(header: str, word: str | None, of_ann: str, of_bea: str):
    """Whatever the second is called, and it makes nobody a subscriber whose status is not."""
    people = [person("ann", **{header: word}), person("bea")]
    assert {"ann": of_ann, "bea": of_bea} == reasons(people)
    assert {"ann": "not subscribed"} == reasons([person("ann", sms_consent="never", **{header: "SUBSCRIBED"})])


@pytest.mark.parametrize(
    "word", ["STOP", "OPTED_OUT", "ja", "un-subscribed", "UNSUBSCRIBED.", "\uff35\uff2e\uff33\uff35\uff22", "no"]
)
def test_an_unknown_word_stops_the_number_like_an_opt_out(word: str):
    """Until consent= says what it means; blank and never subscribed stop nobody else."""
    people = [person("ann", sms_consent=word), person("bea")]
    assert {"ann": "not subscribed", "bea": "unsubscribed elsewhere"} == reasons(people)
    assert {"ann": SENDABLE, "bea": "same number"} == reasons(people, consent={word: "subscribed"})
    assert {"ann": "not subscribed", "bea": SENDABLE} == reasons(people, consent={word: "never_subscribed"})
    for known in (" ", None, "NEVER_SUBSCRIBED"):
        assert {"ann": "not subscribed", "bea": SENDABLE} == reasons([person("ann", sms_consent=known), person("bea")])


@pytest.mark.parametrize(
    "written",
    [
        "212-555-0142", "2125550142", "1 (212) 555 0142", "0012125550142", "+1 212-555-0142 (mobile)", "555-0142",
        "212-555-0142 / 617-555-0199", "617-555-0199, 212-555-0142", "+1+12125550142", "+01 2125550142",
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["opt-out", "failure", "text", "exclusion"])
def test_what_happens_under_an_unreadable_number_holds_for_those_that_end_alike(written: str, how: str):
    """An opt-out, a failure, a recent text and an exclusion stop the number, whatever the spelling, and no other number."""
    odd = person(
        "odd", written, sms_consent="UNSUBSCRIBED" if how == "opt-out" else "SUBSCRIBED", Out=how == "exclusion"
    )
    people = [person("ann", Out=False), person("bea", OTHER, Out=False), odd]
    events = {
        "failure": [event("odd", FAILED, "2026-06-20T00:00:01Z", "Invalid mobile number")],
        "text": [event("odd", TEXTED, "2026-06-30T11:00:00Z")],
    }.get(how, [])
    send = sk.audience(EVERYBODY, shop_of(people, events), exclude=sk.Segment("Out", sk.has("Out", equals=True)))
    expected = {"opt-out": "unsubscribed elsewhere", "failure": "fails", "text": "just texted", "exclusion": "excluded"}
    assert send.reasons["ann"] == expected[how]
    assert send.reasons["bea"] == SENDABLE


def test_a_second_number_beside_the_one_that_is_read_counts():
    """A further column of phone numbers, or a second number in a cell, is a number of the profile in both directions."""
    people = [
        person("ann", Phone=OTHER),
        person("bea", OTHER, sms_consent="UNSUBSCRIBED"),
        person("cat", "+12125550199"),
    ]
    assert {"ann": "unsubscribed elsewhere", "bea": "not subscribed", "cat": SENDABLE} == reasons(people)
    people = [person("ann", Phone=OTHER, sms_consent="UNSUBSCRIBED"), person("bea", OTHER), person("cat", NUMBER)]
    assert {"ann": "not subscribed", "bea": "unsubscribed elsewhere", "cat": "unsubscribed elsewhere"} == reasons(
        people
    )


def test_a_consent_dated_in_the_future_has_no_date():
    """It beats no opt-out."""
    people = [
        person("ann", since="2999-01-01T00:00:00Z"),
        person("bea", sms_consent="UNSUBSCRIBED", since="2026-01-01"),
        person("cat", OTHER, since="2999-01-01T00:00:00Z"),
    ]
    assert {"ann": "unsubscribed elsewhere", "bea": "not subscribed", "cat": SENDABLE} == reasons(people)


def test_looking_back_knows_only_what_was_known_then(tmp_path: Path):
    """A send of the past is judged by what was known at its moment, and no file can be made of it."""
    people = [person("ann"), person("bea", OTHER), person("cat", "+12125550199")]
    later = [
        event("ann", LEFT, "2026-06-30T13:00:00Z"),
        event("bea", TEXTED, "2026-06-30T13:00:00Z"),
        event("cat", FAILED, "2026-06-30T13:00:00Z", "Invalid mobile number"),
    ]
    shop = shop_of(people, later)
    back = sk.audience(EVERYBODY, shop, looking_back=True)
    assert dict.fromkeys(["ann", "bea", "cat"], SENDABLE) == back.reasons.to_dict()
    now = {"ann": "not subscribed", "bea": "just texted", "cat": "fails"}
    assert now == sk.audience(EVERYBODY, shop).reasons.to_dict()
    for write in (back.to_bytes, lambda: back.write_csv(tmp_path / "send.csv")):
        with pytest.raises(sk.FileError, match="looking_back"):
            write()
    assert [] == list(tmp_path.iterdir())


def test_looking_back_counts_only_the_consent_events_of_then():
    """What was checked is said as of then: a later opt-out is no event, and its lack is told."""
    shop = shop_of([person("ann")], [event("ann", LEFT, "2026-06-30T13:00:00Z")])
    with pytest.warns(sk.SegkitWarning, match="no opt-out event"):
        back = sk.audience(EVERYBODY, shop, looking_back=True)
    assert "0 consent events" in told_of(back, "not subscribed")
    assert "1 consent event" in told_of(sk.audience(EVERYBODY, shop), "not subscribed")


def told_of(send: sk.SmsAudience, step: str) -> str:
    """Return what a step was checked against."""
    return send.waterfall.set_index("step").loc[step, "checked_against"]


@pytest.mark.parametrize("moment", ["1970-01-01", "1900-01-01T00:00:00Z", "0001-01-01"])
def test_a_placeholder_is_no_date(moment: str):
    """An opt-out that carries one lasts for ever, in a status as in an event; so a consent of any date does not take it back."""
    bea = person("bea", OTHER, sms_consent="UNSUBSCRIBED", since=moment)
    events = [event("ann", LEFT, moment)]
    assert {"ann": "not subscribed", "cat": "unsubscribed elsewhere"} == reasons([person("ann"), person("cat")], events)
    assert "unsubscribed elsewhere" == reasons([bea, person("cat", OTHER)])["cat"]


@pytest.mark.parametrize("moment", ["soon", None, ""])
@pytest.mark.parametrize("as_csv", [False, True], ids=["frame", "csv"])
def test_an_opt_out_whose_date_cannot_be_read_lasts_for_ever(moment: str | None, tmp_path: Path, *, as_csv: bool):
    """It is left out as an event if that was asked for, and yet stops its profile and number; the report counts it."""
    people = [person("ann"), person("bea"), person("cat", OTHER)]
    events = [event("ann", LEFT, moment), event("cat", LEFT, "2025-01-01"), event("cat", TEXTED, moment)]
    if as_csv:
        pd.DataFrame(people).to_csv(tmp_path / "profiles.csv", index=False)
        pd.DataFrame(events).to_csv(tmp_path / "events.csv", index=False)
        shop = sk.load(tmp_path, as_of=AS_OF, unreadable="leave out")
    else:
        shop = shop_of(people, events, unreadable="leave out")
    found = sk.audience(EVERYBODY, shop).reasons.to_dict()
    assert {"ann": "not subscribed", "bea": "unsubscribed elsewhere", "cat": SENDABLE} == found
    counts = shop.report.set_index("issue")["count"]
    assert 1 == counts["opt-outs from texts without a readable date"]


def test_a_metric_that_looks_like_an_opt_out_is_named():
    """A shop's own metric stops no text, and the report says so with its count; those that Klaviyo renamed are known."""
    own = ["SMS Opt-Out", "Do Not Text", "Stopped Texts"]
    events = [event("ann", metric, "2026-06-01") for metric in [*own, own[0], LEFT, "unsubscribed from sms"]]
    report = shop_of([person("ann")], events).report
    named = report[report["issue"] == "looks like an opt-out from texts"]
    assert {"'SMS Opt-Out'": 2, "'Do Not Text'": 1, "'Stopped Texts'": 1} == dict(
        zip(named["examples"], named["count"], strict=True)
    )


def test_a_profile_that_is_not_there_yet_excludes_its_number():
    """Who was created after as_of is no member yet, but whoever is sent a text today would read it; a look back does not know it."""
    people = [person("ann", DNC="no"), person("bea", DNC="yes", created="2026-06-30T13:00:00Z")]
    shop, stop = shop_of(people), sk.Segment("Stop", sk.has("DNC", equals="yes"))
    assert {"ann": "excluded"} == sk.audience(EVERYBODY, shop, exclude=[stop]).reasons.to_dict()
    assert {"ann": SENDABLE} == sk.audience(EVERYBODY, shop, exclude=[stop], looking_back=True).reasons.to_dict()


@pytest.mark.parametrize("as_of", [None, "2026-06-28"])
def test_whoever_came_to_be_excluded_after_the_moment_is_excluded(as_of: str | None):
    """A file to be sent heeds a list, or an event, that is newer than as_of or than the newest event; a look back does not."""
    clicked = [event("bea", "Clicked SMS", "2026-06-28T09:00:00Z")]
    stop = sk.Segment("Stop", sk.in_list("Do not text"))
    lists = pd.DataFrame({"profile_id": ["ann"], "list_id": ["Do not text"], "joined": ["2026-06-29T09:00:00Z"]})
    people = pd.DataFrame([person("ann"), person("bea", OTHER)])
    shop = sk.Dataset.from_frames(people, pd.DataFrame(clicked), lists=lists, as_of=as_of)
    assert {"ann": "excluded", "bea": SENDABLE} == sk.audience(EVERYBODY, shop, exclude=[stop]).reasons.to_dict()
    back = sk.audience(EVERYBODY, shop, exclude=[stop], looking_back=True)
    assert SENDABLE == back.reasons["ann"]
    if as_of is not None:
        opted_out = [*clicked, event("ann", "Opted out of SMS", "2026-06-29T09:00:00Z")]
        shop = sk.Dataset.from_frames(people, pd.DataFrame(opted_out), as_of=as_of)
        stop = sk.Segment("Stop", sk.did("Opted out of SMS"))
        assert "excluded" == sk.audience(EVERYBODY, shop, exclude=[stop]).reasons["ann"]


def test_a_list_joined_ahead_of_the_clock_moves_no_window():
    """What is dated ahead of the clock is no moment to look from, or everybody would be quiet by then."""
    lists = pd.DataFrame({"profile_id": ["ann"], "list_id": ["News"], "joined": ["2190-01-01"]})
    events = pd.DataFrame([event("ann", "Clicked SMS", "2026-06-28T09:00:00Z")])
    shop = sk.Dataset.from_frames(pd.DataFrame([person("ann")]), events, lists=lists)
    quiet = sk.Segment("Quiet", sk.did_not("Clicked SMS", in_last_days=90))
    assert {"ann": SENDABLE} == sk.audience(EVERYBODY, shop, exclude=[quiet]).reasons.to_dict()


@pytest.mark.parametrize("kept", ["Clicked SMS", LEFT])
def test_an_opt_out_that_another_event_of_its_id_pushes_out_counts(kept: str):
    """Left out, as was asked, it is no event, and stops its number all the same; a copy of one that stays does nothing."""
    again = {"Clicked SMS": "2026-03-01T08:00:01Z", LEFT: "2026-03-01T08:00:00Z"}[kept]
    events = [
        event("ann", LEFT, "2026-03-01T08:00:00Z") | {"event_id": "e1"},
        event("ann", kept, again) | {"event_id": "e1"},
    ]
    people = [person("ann"), person("cat", OTHER)]
    shop = shop_of(people, events, unreadable="leave out")
    assert {"ann": "not subscribed", "cat": SENDABLE} == sk.audience(EVERYBODY, shop).reasons.to_dict()
    lost = shop.report["issue"] == "opt-outs from texts left out because another event has the same id"
    assert (kept == "Clicked SMS") == lost.any()
    back = [person("ann", since="2026-05-01"), person("cat", OTHER)]
    found = sk.audience(EVERYBODY, shop_of(back, events, unreadable="leave out")).reasons["ann"]
    assert found == ("not subscribed" if kept == "Clicked SMS" else SENDABLE)


@pytest.mark.parametrize("moment", ["1900-01-01", "1970-01-01"])
def test_events_that_are_all_placeholders_are_no_moment(moment: str):
    """An audience is answered as of the moment that was given."""
    events = [event("ann", FAILED, moment, "Invalid mobile number")]
    assert {"ann": "fails"} == reasons([person("ann")], events)


def test_the_waterfall_counts_the_profiles_that_opted_out():
    """Also those whose number can't be read, and stops others."""
    people = [
        person("ann"),
        person("bea", "(212) 555-0142 (home)", sms_consent="STOP"),
        person("cat", None, since=None),
    ]
    shop = shop_of([*people, person("dan", OTHER, sms_consent="UNSUBSCRIBED")])
    send = sk.audience(EVERYBODY, shop)
    assert "2 profiles that opted out" == told_of(send, "unsubscribed elsewhere")
    assert "unsubscribed elsewhere" == send.reasons["ann"]


def test_the_checks_of_a_shop_are_made_once(tmp_path: Path):
    """A build asks for an audience of every segment, and the Dataset keeps the one answer for all."""
    shop = shop_of([person("ann", City="a"), person("bea", OTHER, City="b")], FULL)
    segments = [sk.Segment(name, sk.has("City", equals=name) | sk.can_receive("sms")) for name in "ab"]
    build(shop, tmp_path / "built", segments=segments)
    assert 1 == (shop.cache.contents["what"] == "eligibility").sum()


FULL = [
    event("ann", TEXTED, "2026-06-01T08:00:00Z"),
    event("ann", FAILED, "2026-01-01T08:00:00Z", "Other"),
    event("ann", SUBSCRIBED, "2026-01-01T08:00:00Z"),
    event("ann", LEFT, "2025-01-01T08:00:00Z"),
]


def test_every_step_says_what_it_was_checked_against():
    """With everything in the data, no step is silent, none says that something is missing, and nothing warns."""
    send = sk.audience(EVERYBODY, shop_of([person("ann")], FULL))
    told = send.waterfall.set_index("step")["checked_against"]
    assert all(told[name] for name, _ in STEPS)
    assert not told.str.contains("not checked").any()
    assert send.coverage_note is None
    assert told["just texted"].startswith("1 received text, of which those since 2026-05-31 08:00 UTC count")
    assert told["fails"] == "1 delivery failure of 1 profile"


COLUMNS = [("sms_consent_timestamp", "not subscribed"), ("phone_number", "no phone"), ("Failure Type", "fails")]


@pytest.mark.parametrize(
    ("lacking", "step", "is_blank"),
    [
        (TEXTED, "just texted", False),
        (FAILED, "fails", False),
        (LEFT, "not subscribed", False),
        *((*column, is_blank) for column in COLUMNS for is_blank in (False, True)),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_check_with_nothing_to_check_is_told_wherever_somebody_looks(
    tmp_path: Path, lacking: str, step: str, *, is_blank: bool
):
    """A missing metric, or a column missing or wholly blank, warns; waterfall, manifest, report, chart, tuner, explorer say it."""

    def left(row: Row) -> Row:
        return {name: None if name == lacking else cell for name, cell in row.items() if is_blank or name != lacking}

    shop = shop_of([left(person("ann"))], [left(each) for each in FULL if each["metric"] != lacking])
    with pytest.warns(sk.SegkitWarning, match=f"could not be made in full.*{step}"):
        send = sk.audience(EVERYBODY, shop)
    told = send.waterfall.set_index("step")["checked_against"]
    assert told[step].startswith("not checked: no ")
    assert send.coverage_note is not None
    send.write_csv(tmp_path / "send.csv")
    manifest = json.loads((tmp_path / "send.csv.manifest.json").read_text(encoding="utf-8"))
    assert told.to_dict() == {one["step"]: one["checked_against"] for one in manifest["waterfall"]}
    with pytest.warns(sk.SegkitWarning, match="could not be made in full"):
        built = build(shop, tmp_path / "built", segments=[EVERYBODY])
    assert send.coverage_note in built.notes
    page = built.files[0].read_text(encoding="utf-8")
    assert "What was checked before anybody may be texted" in page
    assert "not checked: no " in page
    assert step in charts.plot_waterfall(send.waterfall).layout.title.text.replace("<br>", " ")
    assert f"{step} (no " in widgets.Tuner(sk.sms_subscribers, shop).view.value
    assert f"{step} (no " in widgets.OverlapExplorer([EVERYBODY], shop).view.value


def test_a_check_that_was_not_asked_for_is_not_missing():
    """No smart sending and failures by one's own segment need no metric."""
    nobody = sk.Segment("Nobody", ~AllOf(()))
    shop = shop_of([person("ann")], FULL[2:])
    send = sk.audience(EVERYBODY, shop, smart_sending_hours=0, failing=nobody)
    told = send.waterfall.set_index("step")["checked_against"]
    assert send.coverage_note is None
    assert ["not requested: smart_sending_hours=0", "the segment 'Nobody'"] == told[["just texted", "fails"]].tolist()


def test_what_is_handed_out_holds_every_opt_out(tmp_path: Path):
    """Profiles that are loaded again, from a frame or a file of members, stop the numbers that they stopped before."""
    people = [person("ann"), person("bea", sms_consent="STOP"), person("cat", OTHER)]
    shop = shop_of(people)
    expected = {"ann": "unsubscribed elsewhere", "bea": "not subscribed", "cat": SENDABLE}
    path = sk.write_members(EVERYBODY, shop, tmp_path / "members.csv")
    for profiles in (shop.profiles, path):
        again = sk.load(profiles=profiles, as_of=AS_OF)
        assert expected == sk.audience(EVERYBODY, again).reasons.to_dict()
        assert sk.members(sk.Segment("S", sk.has("sms_consent", equals="never_subscribed")), again).index.tolist() == [
            "bea"
        ]

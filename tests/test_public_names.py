"""The names that notebooks, the README and other people's code rely on work as they are written there."""

import ast
import importlib
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import segkit as sk
from segkit.definition.conditions import ConsentCondition
from segkit.moved import HOMES, PUBLIC, RECORDS

PUBLIC_MODULES = ("account", "charts", "widgets")


@pytest.fixture(scope="module")
def shop():
    """A handful of people who have everything that the names below ask about."""
    profiles = pd.DataFrame(
        {
            "profile_id": ["ann", "bea", "cid"],
            "email": ["ann@example.com", None, "cid@example.com"],
            "phone_number": ["+16175550132", "+16175550133", None],
            "email_consent": [None, None, "SUBSCRIBED"],
            "sms_consent": ["SUBSCRIBED", "SUBSCRIBED", "NEVER_SUBSCRIBED"],
            "sms_consent_timestamp": ["2025-01-01T00:00:00Z", "2026-06-25T00:00:00Z", None],
            "country": ["US", "US", "Germany"],
            "zip": ["02110", "90210", "10115"],
            "City": ["Boston", None, "Berlin"],
            "Gender": ["female", "female", None],
            "Interests": [["product launches"], None, ["sales"]],
            "Age": [17.0, 18.0, None],
            "predicted_clv": [9.5, 40.0, None],
            "Birthday": ["2000-07-02", "1999-02-28", None],
        }
    )
    events = pd.DataFrame(
        [
            ("ann", "Clicked SMS", "2026-06-29T10:00:00Z", None, None),
            ("bea", "Placed Order", "2026-03-01T10:00:00Z", 250.0, "web"),
            ("bea", "Subscribed to SMS Marketing", "2025-01-01T00:00:00Z", None, None),
            ("bea", "Opened Email", "2026-06-01T10:00:00Z", None, None),
        ],
        columns=["profile_id", "metric", "datetime", "value", "Source"],
    )
    lists = pd.DataFrame({"profile_id": ["bea"], "list_id": ["VIP upload"], "joined": ["2026-01-01"]})
    return sk.Dataset.from_frames(profiles, events, as_of="2026-06-30", lists=lists)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (sk.did("Clicked SMS", at_least=1, in_last_days=90), ["ann"]),
        (sk.did("Clicked SMS", in_last_hours=48), ["ann"]),
        (sk.did("Clicked SMS", in_last_weeks=1), ["ann"]),
        (sk.did("Placed Order", between_days_ago=(91, 150)), ["bea"]),
        (sk.did("Placed Order", at_least_days_ago=90), ["bea"]),
        (sk.did("Placed Order", before="2026-04-01"), ["bea"]),
        (sk.did("Placed Order", after="2026-03-01"), []),
        (sk.did("Placed Order", between=("2026-03-01", "2026-03-01")), ["bea"]),
        (sk.did("Placed Order"), ["bea"]),
        (sk.did("Placed Order", at_least=1, where={"Source": "web"}), ["bea"]),
        (sk.did_not("Opened Email", in_last_days=60), ["ann", "cid"]),
        (sk.spent("Placed Order", more_than=200, in_last_days=365), ["bea"]),
        (sk.has("Gender", equals="female"), ["ann", "bea"]),
        (sk.has("Interests", contains="product launches"), ["ann"]),
        (sk.has("Age", at_least=18), ["bea"]),
        (sk.has("predicted_clv", at_most=10), ["ann"]),
        (sk.has("Birthday", anniversary_in_next_days=7), ["ann"]),
        (sk.is_set("City"), ["ann", "cid"]),
        (sk.is_not_set("City"), ["bea"]),
        (sk.can_receive("sms"), ["ann", "bea"]),
        (sk.cannot_receive("email"), ["bea"]),
        (sk.can_receive("sms", since_at_least_days_ago=30), ["ann"]),
        (sk.within(30, "miles", of="02110", country="US"), ["ann"]),
        (sk.within(30, "miles", of=(42.36, -71.06)), ["ann"]),
        (sk.beyond(30, "miles", of="02110"), ["bea"]),
        (sk.phone_country("US", "CA"), ["ann", "bea"]),
        (sk.in_region("european_union"), ["cid"]),
        (sk.in_list("VIP upload"), ["bea"]),
    ],
)
def test_phrases_say_what_they_read(shop, condition, expected):
    """Each phrase of the design picks the people it says, as it is written there."""
    assert expected == sk.members(sk.Segment("It", condition), shop).index.tolist()


def test_one_day_of_an_analyst(shop, tmp_path):
    """The functions that take a segment to a file work one after the other, as they are written in the design."""
    vip = sk.Segment("VIP", sk.can_receive("sms") & sk.spent("Placed Order", more_than=200, in_last_days=365))
    engaged = sk.sms_engaged()
    recent = sk.Segment("Recent", sk.did("Placed Order", in_last_days=7))
    who = sk.membership([vip, engaged], shop)
    send = sk.audience([vip], shop, exclude=[recent])

    assert sk.explain(vip).splitlines()[0] == "VIP: profiles that"
    assert sk.sizes(who)["size"].to_dict() == {"VIP": 1, "SMS engaged": 1}
    assert sk.overlap(who).query("segment == 'VIP' and other == 'SMS engaged'")["overlap"].tolist() == [0]
    assert sk.why(vip, shop, profile_id="ann")["is_true"].tolist() == [False, True, False]
    assert sk.sweep(sk.sms_engaged, shop, clicked_days=range(7, 181))["size"].tolist() == [1] * 174
    assert send.profiles.index.tolist() == ["bea"]
    assert send.waterfall["remaining"].iloc[-1] == 1
    assert send.write_csv(tmp_path / "send.csv", layout="klaviyo").exists()
    assert sk.write_members(vip, shop, tmp_path / "vip.csv").exists()


def test_builders_make_what_the_design_lists(shop):
    """Every builder of the design's table can be called by its arguments' names there, and includes SMS consent."""
    segments = [
        sk.sms_subscribers(),
        sk.sms_engaged(clicked_days=90, subscribed_days=30),
        sk.prefers_sms(clicks=1, clicked_days=60, email_days=60),
        sk.sms_vip(approach="big spender", spent=200, orders=3, days=365),
        sk.sms_nearby(radius=30),
        sk.sms_country(countries=["US"]),
        sk.sms_gender(gender="female"),
        sk.sms_property(property="City", value="Boston"),
        sk.sms_budget_shoppers(clv=10),
        sk.sms_preference(topic="product launches"),
        *sk.engagement_tracks(schedule="weekly"),
        sk.sms_delivery_errors(),
        sk.lapsed_customers(),
        sk.former_vip(),
    ]

    for segment in segments:
        consents = [
            part
            for part in getattr(segment.condition, "conditions", [segment.condition])
            if isinstance(part, ConsentCondition)
        ]
        assert any(part.channel == "sms" and part.can_receive for part in consents), segment.name


def test_a_pattern_is_checked_before_it_is_wrapped(shop):
    """What is no pattern by itself is refused, even where brackets around it would make it one."""
    with pytest.raises(sk.DefinitionError, match="not a regular expression"):
        sk.members(sk.Segment("It", sk.has("City", matches="a)|(b")), shop)


def test_a_threshold_of_many_digits_is_compared_in_full(shop):
    """A threshold a hair above a sum takes it in, however long it is."""
    threshold = Decimal("250." + "0" * 40 + "1")

    assert sk.members(sk.Segment("It", sk.spent(fewer_than=threshold, more_than=0)), shop).index.tolist() == ["bea"]


def test_public_modules_are_imported_by_their_public_names():
    """`sk.account` and `from segkit.account import ...` are one, and no file at the top level bears a public name."""
    from segkit.account import pull  # noqa: PLC0415

    files = {path.stem for path in Path(sk.__file__).parent.iterdir() if path.suffix in {"", ".py"}}
    assert files & {*sk.__all__} == set()
    assert pull is sk.account.pull
    assert importlib.import_module("segkit.account.client") is importlib.import_module("segkit.klaviyo.account.client")


@pytest.mark.parametrize("old", sorted(set(HOMES) - {PUBLIC}))
def test_modules_are_found_under_their_old_names(old: str):
    """With a note of the new name, at the line that imports them; a public function stays what it is."""
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=f"has moved to {HOMES[old]};") as told:
        found = importlib.import_module(old)
    assert found is importlib.import_module(HOMES[old])
    assert found.__spec__.name == HOMES[old]
    assert Path(told[0].filename) == Path(__file__) or "importlib" in told[0].filename
    name = old.rpartition(".")[2]
    assert name not in sk.__all__ or callable(getattr(sk, name))


@pytest.mark.parametrize("name", RECORDS)
def test_records_are_found_at_the_top_level_until_they_go(name: str):
    """With a note of their module at the line that asks; they are not listed there, since nobody makes one by hand."""
    with pytest.warns(
        DeprecationWarning, match=f"segkit.{name} is {RECORDS[name]}.{name}: import it from there"
    ) as told:
        found = getattr(sk, name)

    assert found is getattr(importlib.import_module(RECORDS[name]), name)
    assert {one.filename for one in told} == {__file__}
    assert name not in {*sk.__all__, *dir(sk)}


def test_the_stub_lists_what_there_is():
    """Type checkers read in it what is there at run time: each name once where it comes from, and once in its group."""
    stub = ast.parse(Path(sk.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    statements = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    names = [name.name for node in statements for name in node.names]

    assert sorted(names) == sorted([*sk.__all__, *PUBLIC_MODULES]) == sorted(dir(sk))
    assert [name.asname for node in statements for name in node.names if name.asname] == []
    assert len(statements) == len({node.module for node in statements})
    assert all(getattr(sk, name) is not None for name in names)

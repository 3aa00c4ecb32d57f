"""What a record shows of itself in a notebook: all of it, escaped, in the page's own text colour, and never a person."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from people import anybody_in

import segkit as sk
from segkit.drawing.cards import bulleted, card, folded, records
from segkit.drawing.html import element

PEOPLE = pd.DataFrame(
    {
        "profile_id": ["ann", "bea", "cid", "dan"],
        "email": ["ann@mail.example", None, "cid@mail.example", None],
        "phone_number": ["+12125550142", "+12125550143", None, "12"],
        "sms_consent": ["SUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED", "maybe"],
        "predicted_clv": [4.0, 40.0, 7.0, None],
    }
)
EVENTS = pd.DataFrame(
    {
        "profile_id": ["ann", "ann", "bea"],
        "metric": ["Placed <Order>", "Placed <Order>", "Opened Email"],
        "datetime": ["2025-01-31", "2026-06-30", "2026-02-01"],
    }
)
VIP = sk.Segment(
    "VIP & <friends>",
    sk.can_receive("sms") & (sk.did("Clicked SMS") | sk.has("City", equals="<b>")),
    "Thank them first.",
)
CLV = sk.Segment("CLV", sk.has("predicted_clv", at_least=5))


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return four people, of whom one has no number and one a word of consent that nobody knows."""
    return sk.Dataset.from_frames(PEOPLE, EVENTS, as_of="2026-06-30")


def words(html: str) -> str:
    """Return what a page shows."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture(
    scope="module",
    params=["Segment", "Dataset", "SmsAudience", "Distribution", "Recommended", "Agreement", "Difference", "Build"],
)
def record(request: pytest.FixtureRequest, shop: sk.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return one of everything that shows itself."""
    folder: Path = tmp_path_factory.mktemp("build")
    made = {
        "Segment": lambda: VIP,
        "Dataset": lambda: shop,
        "SmsAudience": lambda: sk.audience(CLV, shop),
        "Distribution": lambda: sk.distribution(sk.sms_budget_shoppers, shop, parameter="clv"),
        "Recommended": lambda: sk.recommended(shop),
        "Agreement": lambda: sk.compare_members(CLV, shop, ["ann", "bea"]),
        "Difference": lambda: sk.diff(sk.sms_engaged(), sk.sms_engaged(clicked_days=60)),
        "Build": lambda: sk.build(shop, folder),
    }
    return made[request.param]()


def test_every_record_is_one_whole_piece_in_the_colour_of_the_page(record: Any):
    """Each tag that opens closes, no text has a colour of its own that a dark or a light page would swallow, and nobody is shown."""
    html = record._repr_html_()
    opened = re.findall(r"<(\w+)", html)

    assert {tag: opened.count(tag) for tag in opened} == {tag: html.count(f"</{tag}>") for tag in opened}
    assert set(re.findall(r"(?<![-\w])color:\s*([^;\"]+)", html)) == {"inherit"}
    assert "opacity" not in html
    assert not anybody_in(html)
    assert not re.search("ann|bea|cid", words(html))


def test_a_segment_shows_its_name_and_its_english_as_a_list():
    """The name, what it is for, and each condition as an item; alternatives are a list in the item that opens them."""
    html = VIP._repr_html_()

    assert "<b>VIP &amp; &lt;friends&gt;</b>" in html
    assert words(html) == (
        "VIP & <friends> Thank them first. Profiles that can receive SMS marketing (subscribed) and any of: "
        "did Clicked SMS at least once over all time or have City that is “<b>”"
    )
    assert html.count("<ul") == 2


def test_a_shop_shows_its_metrics_with_first_and_last_day_and_its_report(shop: sk.Dataset):
    """Counts, the moment, each metric with its events and days, and every row of the report, folded."""
    html = shop._repr_html_()
    said = words(html)

    assert said.startswith("Dataset 4 profiles, 3 events of 2 metrics, as of 2026-06-30 23:59:59 UTC")
    assert "Placed <Order> 2 2025-01-31 2026-06-30 Opened Email 1 2026-02-01 2026-02-01" in said
    inside = html[html.index("<details>") : html.index("</details>")]
    assert inside.count("<tr>") == 1 + len(shop.report)
    for told in [*shop.report["issue"], *shop.report["resolution"]]:
        assert " ".join(str(told).split()) in words(inside)


def test_a_shop_shows_its_properties_with_fill_and_values_and_its_lists():
    """For how many each property is set, the commonest values with their counts, spans of numbers and dates; people are masked."""
    people = pd.DataFrame(
        {
            "profile_id": list("abcd"),
            "email": ["quill.zoe@mail.example", None, None, None],
            "Gender": ["female", "female", "male", None],
            "Age": ["18", "30", "40", "50"],
            "Interests": ['["shoes", "hats"]', '["shoes"]', None, None],
            "Contact": ["+12125550142", "shop", None, None],
            "Member": [True, False, True, None],
            "Empty": [None] * 4,
        }
    )
    lists = pd.DataFrame({"profile_id": ["a", "b", "b"], "list_id": "News"})
    said = words(sk.Dataset.from_frames(people, as_of="2026-06-30", lists=lists)._repr_html_())

    assert "email 1 25% such as q••••.•••@••••.•••" in said
    assert "Gender 3 75% female (2), male (1)" in said
    assert "Age 4 100% 18 to 50" in said
    assert "Interests 2 50% shoes (2), hats (1)" in said
    assert "Contact 2 50% shop (1), 1 more" in said
    assert "Member 3 75% true (2), false (1)" in said
    assert "Empty 0 0%" in said
    assert "list profiles News 2" in said


def test_values_that_only_one_profile_has_are_counted_and_not_named():
    """A text that differs from profile to profile may be anybody's, and a thousand postal codes help nobody."""
    people = pd.DataFrame({"profile_id": map(str, range(100)), "Note": [f"note {one}" for one in range(100)]})
    assert "Note 100 100% 100 different values" in words(
        sk.Dataset.from_frames(people, as_of="2026-06-30")._repr_html_()
    )


def test_a_shop_without_events_and_faults_shows_neither():
    """An empty table or a report of nothing is left out."""
    people = pd.DataFrame({"profile_id": ["a"], "Age": [1], "sms_consent": ["subscribed"]})
    events = pd.DataFrame({"profile_id": ["a"], "metric": ["Opened Email"], "datetime": ["2026-06-01T00:00:00Z"]})
    clean = sk.Dataset.from_frames(people, events, as_of="2026-06-30")

    assert clean.report.empty
    assert "<details" not in clean._repr_html_()
    assert ">metric<" not in sk.Dataset.from_frames(people, as_of="2026-06-30")._repr_html_()


def test_an_audience_shows_its_waterfall_and_the_file(shop: sk.Dataset):
    """Each step with whom it stops, the rows that the file will have; looking back, that there is none."""
    send = sk.audience(CLV, shop)
    said = words(send._repr_html_())

    assert said.startswith("1 of 2 included profiles may be texted as of 2026-06-30 23:59:59 UTC")
    for meaning, checked in zip(send.waterfall["meaning"], send.waterfall["checked_against"], strict=True):
        assert meaning in said
        assert checked in said
    assert '.write_csv("send.csv") writes 1 row, with a manifest beside it' in said
    assert "no file can be written" in words(sk.audience(CLV, shop, looking_back=True)._repr_html_())


def test_a_comparison_shows_counts_and_not_whom(shop: sk.Dataset):
    """How many are in both, and by which explanation the others differ."""
    said = words(sk.compare_members(CLV, shop, ["bea", "nobody"])._repr_html_())

    assert "in both 1" in said
    assert "only here 1" in said
    assert "not among the profiles 1 nobody here has the id" in said


def test_numbers_stand_to_the_right_with_their_thousands_apart():
    """So that they can be compared from row to row; a truth is no number."""
    html = records(["name", "size"], [("A", 12_345), ("B", True)])

    assert 'text-align:right">12,345</td>' in html
    assert 'text-align:left">yes</td>' in html


def test_a_number_is_never_a_truth_and_a_list_can_be_a_cell():
    """1.0 and 0.0 are numbers although they equal True and False, NaN is a dash like None, and a list is written out."""
    html = records(["value"], [(1.0,), (0.0,), (1_234.5,), (True,), (False,), (None,), (float("nan"),), (["a"],)])

    cells = [unescape(cell) for cell in re.findall("<td[^>]*>([^<]*)</td>", html)]
    assert cells == ["1", "0", "1,234.5", "yes", "no", "—", "—", "['a']"]
    assert 'text-align:right">1</td>' in html


def test_nothing_is_no_table_no_fold_and_no_list():
    """What is empty is left out, and a card without a second line has none."""
    assert records(["name"], []) == folded("Report", records(["name"], [])) == bulleted("") == ""
    assert card("A", "").count("<div") == 2
    assert card("A", "", element("p", "B")).count("<p>") == 1

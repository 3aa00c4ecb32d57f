"""How tables of analyses show themselves in a notebook, and that they are pandas frames in all other respects."""

import pickle
import re
from html import unescape

import pandas as pd
import pytest

import segkit as sk
from segkit.drawing.frames import LAST_ROWS, MOST_COLUMNS, StyledFrame

PEOPLE = pd.DataFrame(
    {
        "profile_id": ["a", "b", "c"],
        "email": ["quill.zoe@mail.example", None, None],
        "first_name": ["Zoe", None, "Bo"],
        "sms_consent": ["subscribed", "subscribed", None],
        "Age": [17, 18, 40],
    }
)
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
ADULTS = sk.Segment("Adults", sk.has("Age", at_least=18))


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Return the texts of each row of the table that a notebook shows, the header first."""
    rows = re.findall("<tr>(.*?)</tr>", frame._repr_html_(), flags=re.DOTALL)  # type: ignore[operator]
    return [[unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in rows]


def test_words_stand_for_truths_missing_values_and_shares():
    """Yes and no, a dash, percent, thousands and "below" or "above" a threshold; the frame keeps the values."""
    frame = StyledFrame(
        {
            "is_true": [True, False],
            "share": [0.131, float("nan")],
            "size": [12_345, 0],
            "to_threshold": [2.5, -20],
            "jaccard": [0.001, 1.0],
            "when": pd.to_datetime(["2026-06-30 12:00", None]),
        }
    )
    assert cells(frame)[1:] == [
        ["yes", "13%", "12,345", "2.5 below", "<0.01", "2026-06-30 12:00"],
        ["no", "—", "0", "20 above", "1", "—"],
    ]
    assert frame["is_true"].tolist() == [True, False]


def test_text_stands_to_the_left_and_numbers_to_the_right():
    """The header stands over its column, and blanks at the beginning of a line indent all of it."""
    html = StyledFrame({"condition": ["  did"], "size": [3]})._repr_html_()
    assert re.findall("text-align:(left|right)[^>]*>([^<]+)", html) == [
        ("left", "condition"),
        ("right", "size"),
        ("left", "did"),
        ("right", "3"),
    ]
    assert re.findall("padding-left:([^;]+)", html) == ["1.6rem"]


def test_a_long_table_says_how_much_is_left_out():
    """The first and the last rows are shown, with the number of the others between them."""
    shown = cells(StyledFrame({"n": range(1_000)}))
    assert shown[21] == ["… 975 more rows …"]
    assert [row[0] for row in shown[-LAST_ROWS:]] == ["995", "996", "997", "998", "999"]


def test_nobody_is_shown_by_a_table_of_people():
    """Names, addresses and numbers are masked, whatever their column, and a line says so; the cells hold them."""
    found = sk.members(sk.Segment("All", sk.has("Age", at_least=1)), SHOP)
    html = found._repr_html_()  # type: ignore[operator]

    assert "Zoe" not in html
    assert "quill" not in html
    assert "masked on display" in html
    assert found.loc["a", "email"] == "quill.zoe@mail.example"
    called = StyledFrame({"note": ["call +12125550142"]})
    for shown in (found._repr_mimebundle_(), called._repr_mimebundle_()):  # type: ignore[operator]
        assert set(shown) == {"text/html", "text/plain"}
        assert not [text for text in shown.values() if "quill" in text or "Zoe" in text or "+12125550142" in text]


@pytest.mark.parametrize(
    "arrange",
    [
        lambda people: people.head(1).T,
        lambda people: people.T.reset_index(),
        lambda people: people.rename(columns=str.upper),
        lambda people: people.rename(columns={"first_name": "First Name", "ip": "IP Address"}),
        lambda people: people.melt(),
        lambda people: people.rename(columns=str.title).melt(),
        lambda people: people.melt().set_index("value"),
        lambda people: people.reset_index().melt(id_vars="profile_id").set_index(["profile_id", "variable"]),
        lambda people: people.set_index("first_name"),
        lambda people: people.set_index("first_name")[["city"]].T,
        lambda people: people.groupby("city").first(),
        lambda people: StyledFrame(people.groupby("city").agg(list)),
    ],
)
def test_people_are_masked_however_their_table_is_arranged(arrange):
    """A column, a row, a header or a value of a melted table is masked by the name that says what it is, and the cells keep it."""
    people = pd.DataFrame(
        {"profile_id": ["a"], "first_name": ["Zoe"], "ip": ["203.0.113.7"], "phone_number": ["0142"], "city": ["Oslo"]}
    )
    found = sk.members(sk.Segment("Placed", sk.is_set("city")), sk.Dataset.from_frames(people, as_of="2026-06-30"))
    arranged = arrange(found)
    shown = arranged._repr_mimebundle_()

    for text in shown.values():
        assert not [word for word in ("Zoe", "203.0.113.7", "0142") if word in text]
    assert "masked on display" in shown["text/html"]
    assert "Zoe" in arranged.to_string()


def test_a_row_is_not_hidden_by_the_name_of_a_channel_or_by_a_report():
    """Members who prefer email are shown like others, and a report about the column of names shows what was found."""
    assert cells(StyledFrame({"Preferred Channel": ["email", "Phone"], "city": ["Oslo", "Rome"]}))[1:] == [
        ["email", "Oslo"],
        ["Phone", "Rome"],
    ]
    report = StyledFrame({"column": ["first_name"], "issue": ["too long"], "resolution": ["left out"]})
    assert cells(report)[1:] == [["first_name", "too long", "left out"]]


def test_a_single_row_or_column_is_a_plain_series():
    """A table whose columns had a class of their own would not equal a plain frame in `pandas.testing`."""
    assert type(SHOP.profiles["Age"]) is type(SHOP.profiles.iloc[0]) is pd.Series
    pd.testing.assert_frame_equal(SHOP.profiles, pd.DataFrame(SHOP.profiles))


@pytest.mark.parametrize(
    "table",
    [
        lambda: sk.sizes(ADULTS, SHOP),
        lambda: sk.overlap(ADULTS, SHOP),
        lambda: sk.intersections(ADULTS, SHOP),
        lambda: sk.membership(ADULTS, SHOP),
        lambda: sk.members(ADULTS, SHOP),
        lambda: sk.why(ADULTS, SHOP, "a"),
        lambda: sk.sweep(sk.sms_property, SHOP, property="Age", value=[17, 18]),
        lambda: sk.audience(sk.sms_subscribers(), SHOP).waterfall,
        lambda: sk.recommended(SHOP).not_built,
        lambda: SHOP.report,
        lambda: SHOP.profiles,
    ],
)
def test_every_table_is_styled_and_stays_so(table):
    """Whatever an analysis hands out is shown alike, also after columns were picked, rows filtered, or it was pickled."""
    frame = table()
    for made in (frame, frame[frame.columns[:1]], frame.iloc[:1], pickle.loads(pickle.dumps(frame))):
        assert type(made) is StyledFrame
        assert 'class="segkit-card"' in made._repr_html_()


def test_a_table_that_is_wider_than_the_page_is_scrolled():
    """The table alone stands in a box that scrolls, so that a narrow page cuts nothing off and the notes stay in place."""
    found = StyledFrame({"email": ["a@example.com"], "size": [1]})._repr_html_()
    box = found[found.index("overflow-x:auto") : found.index("</table>")]

    assert "<table" in box
    assert "masked on display" in found[found.index("</table>") :]


def test_a_wide_table_and_one_of_several_levels_are_masked_alike():
    """Columns beyond the 40th are counted, and levels are columns, so that no way to arrange people shows one."""
    wide = StyledFrame({f"c{place}": ["+12125550142"] for place in range(MOST_COLUMNS + 2)})
    assert "2 more columns" in wide._repr_html_()
    grouped = StyledFrame({"email": ["quill.zoe@mail.example"], "n": [1]}).set_index(["email", "n"])
    two = StyledFrame([["quill.zoe@mail.example"]], columns=pd.MultiIndex.from_tuples([("a", "b")]))
    for frame in (wide, grouped, two):
        for shown in frame._repr_mimebundle_().values():
            assert "quill" not in shown
            assert "+12125550142" not in shown
    assert "No rows." in StyledFrame({"a": []})._repr_html_()


def test_plain_text_has_the_same_words():
    """Readers without HTML see the same rows, in columns."""
    shown = StyledFrame({"ok": [True, False], "size": [12_345, 7]}, index=pd.Index(["a", "b"], name="segment"))
    assert shown._repr_mimebundle_()["text/plain"].splitlines() == [
        "segment  ok   size",
        "a        yes  12,345",
        "b        no   7",
    ]
    long = StyledFrame({"n": range(1_000)})._repr_mimebundle_()["text/plain"].splitlines()
    assert (len(long), long[21]) == (27, "… 975 more rows …")

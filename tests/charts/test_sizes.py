"""What the chart of sizes says: every segment, its size and its share, and of what."""

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, membership, note, plain, read, texts, trace

import segkit as sk
from segkit.charts import plot_sizes

WHO = membership({"SMS": "111100", "VIP": "110001", "Nobody": "000000"})


def table(size: list[int], names: list[str], base: str = "all profiles", base_size: int = 1_000) -> pd.DataFrame:
    """Return a table of sizes, all of them inside the base."""
    shares = np.array(size) / base_size if base_size else np.nan
    return pd.DataFrame({"size": size, "share": shares, "base": base, "base_size": base_size}, index=names)


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        (table([653], ["SMS engaged"], "SMS subscribers", 2_984), "SMS engaged is 22% of SMS subscribers"),
        (table([500, 600], ["A", "B"]), "B is the largest of 2, 60% of all profiles"),
        (table([1_000, 30, 20], ["SMS", "A", "B"], "SMS"), "A is the largest of 2, 3.0% of SMS"),
        (table([1_000, 30], ["SMS", "A"], "SMS"), "A is 3.0% of SMS"),
        (sk.sizes(WHO, base="SMS"), "50% of SMS are in VIP, the largest of 2"),
        (sk.sizes(WHO, base="Nobody"), "SMS has 4 members, the largest of 2"),
        (table([0, 0], ["A", "B"]), "Nobody is in any of the 2 segments"),
        (table([0], ["A"]), "Nobody is in A"),
        (table([], []), "There is no segment to show"),
    ],
)
def test_the_title_says_the_finding(sizes: pd.DataFrame, sentence: str):
    """It names the largest segment but the base, and its share only as what it is: of the base."""
    assert finding(plot_sizes(sizes)) == sentence


def test_labels_stand_beside_their_bars():
    """Each bar has its size and its share at its end, and an empty segment keeps its row."""
    figure = plot_sizes(table([653, 21, 0], ["SMS engaged", "Sale", "Nobody"], base_size=5_000))
    bars, labels = plain(figure)
    assert bars["x"] == labels["x"] == [653, 21, 0]
    assert bars["y"] == labels["y"] == [0, 1, 2]
    assert labels["text"] == [" 653 · 13%", " 21 · 0.4%", " 0 · 0%"]
    assert [read(name) for name in figure.layout.yaxis.ticktext] == ["SMS engaged", "Sale", "Nobody"]
    assert "Shares are of all profiles (5,000). 1 segment has no members." in note(figure)


def test_rows_stand_from_top_to_bottom_as_in_the_table():
    """The axis runs downwards, half a row beyond the first and the last."""
    assert plot_sizes(table([1, 2, 3], ["A", "B", "C"])).layout.yaxis.range == (2.5, -0.5)


def test_parts_of_a_bar_add_up():
    """Who may be texted, the other members and whom only consent keeps out make up all of the rule, each its own part."""
    sizes = table([653, 240], ["SMS engaged", "Errors"]).assign(sendable=[447, 0], before_consent=[669, 240])
    figure = plot_sizes(sizes)
    parts = [one["x"] for one in plain(figure)[:-1]]
    assert parts == [[447, 0], [206, 240], [16, 0]]
    assert plain(figure)[-1]["x"] == [669, 240]
    assert figure.layout.barmode == "stack"
    assert "447 of its 653 members may be texted." in note(figure)
    for words in ("may be texted", "member who can't be texted", "would be a member, but for SMS consent"):
        assert f"■ {words}" in note(figure)
        assert trace(figure, words) is not None


def test_before_consent_alone_is_a_part_too():
    """Data without an audience still shows whom consent keeps out."""
    *parts, _ = plain(plot_sizes(table([5], ["A"]).assign(before_consent=[7])))
    assert [(part["name"], part["x"]) for part in parts] == [
        ("member", [5]),
        ("would be a member, but for SMS consent", [2]),
    ]


def test_one_part_needs_no_key():
    """Where every bar is one colour, no colour is explained."""
    assert "■" not in note(plot_sizes(table([5], ["A"])))


def test_shares_of_several_bases_each_say_of_what():
    """Tables of two bases may be joined, and then each label names its own base."""
    both = pd.concat([table([5], ["A"], "SMS", 10), table([5], ["B"], "all profiles", 50)])
    figure = plot_sizes(both)
    assert plain(figure)[-1]["text"] == [" 5 · 50% of SMS", " 5 · 10% of all profiles"]
    assert "Shares are of" not in note(figure)


def test_pointing_at_a_bar_tells_all():
    """Name, size, share with its base and the base's size, who may be texted, and who only lacks consent."""
    sizes = table([653], ["SMS <engaged>"], base_size=5_000).assign(sendable=[447], before_consent=[669])
    (told, *_) = plain(plot_sizes(sizes))[0]["hovertext"]
    assert told == (
        "<b>SMS &lt;engaged&gt;</b><br>653 members<br>13% of all profiles (5,000)<br>447 may be texted<br>669 before SMS consent"
    )


def test_a_share_of_an_empty_base_is_a_dash():
    """Nothing is divided by nobody."""
    figure = plot_sizes(sk.sizes(WHO, base="Nobody"))
    assert [text.strip() for text in plain(figure)[-1]["text"]] == ["4 · —", "3 · —", "0 · —"]
    assert not any("nan" in text for text in texts(figure))


def test_of_many_segments_the_title_counts_the_large_ones():
    """How many hold a fifth of the base or more, and which is the largest; where all or none do, the largest is named."""
    names = ["A", "B", "C", "D"]
    assert finding(plot_sizes(table([700, 250, 20, 10], names))) == (
        "2 of 4 segments hold 20% or more of all profiles, most of all A (70%)"
    )
    assert finding(plot_sizes(table([700, 25, 20, 10], names))) == "Only A holds 20% or more of all profiles"
    assert finding(plot_sizes(table([70, 25, 20, 10], names))) == "A is the largest of 4, 7.0% of all profiles"


def test_a_bar_says_how_many_of_its_members_may_be_texted():
    """The label has both numbers where both are known."""
    labels = plot_sizes(table([653], ["SMS engaged"]).assign(sendable=[447])).data[-1].text
    assert list(labels) == [" 447 of 653 · 65%"]

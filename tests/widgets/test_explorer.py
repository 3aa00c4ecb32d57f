"""The overlap explorer: ticks and a pick decide what is counted, drawn and handed on; no browser is needed to know."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.drawing.palette import BLUE, ORANGE
from segkit.widgets import OverlapExplorer

PERSONAL = re.compile(r"[\w.]+@[\w-]+\.\w+|\+\d{8,15}|SYN-\d+")
HOSTILE = "<img src=x onerror=alert(1)> & \"co\" 'n'"

SEGMENTS = [
    sk.sms_subscribers(),
    sk.sms_engaged(),
    sk.sms_vip(spent=200, orders=3),
    sk.sms_country(countries=["US"]),
    sk.Segment("Has e-mail", sk.can_receive("email")),
    sk.Segment("Nobody", sk.can_receive("sms") & sk.cannot_receive("sms")),
]
NAMES = [segment.name for segment in SEGMENTS]


@pytest.fixture(scope="module")
def explorer(sample_shop: sk.Dataset) -> OverlapExplorer:
    """Return an explorer that tests may move, and must put where they need it first."""
    return OverlapExplorer(SEGMENTS, sample_shop)


@pytest.fixture(scope="module")
def ids(sample_shop: sk.Dataset) -> dict[str, set[str]]:
    """Return for each segment the ids of its members."""
    who = sk.membership(SEGMENTS, sample_shop)
    return {name: set(who.index[who[name]]) for name in NAMES}


def at(explorer: OverlapExplorer, chosen: list[str], intersection: list[str] | None = None) -> OverlapExplorer:
    """Return the explorer, moved to a position."""
    explorer.chosen = chosen
    explorer.intersection = intersection
    return explorer


def exactly(ids: dict[str, set[str]], inside: list[str], chosen: list[str], shop: sk.Dataset) -> set[str]:
    """Return who is in these and in no other chosen segment, profile by profile."""
    return {one for one in shop.profile_ids if all((one in ids[name]) == (name in inside) for name in chosen)}


def words(html: str) -> str:
    """Return what a view says, without its markup and without what only shows under a pointer."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<title>.*?</title>", "", html)).split())


def picture(explorer: OverlapExplorer) -> ET.Element:
    """Return the drawing within the live view."""
    return ET.fromstring(re.search(r"<svg.*</svg>", explorer.view.value, re.DOTALL)[0])


def bars(explorer: OverlapExplorer, kind: str = "intersection") -> list[tuple[int, str, float]]:
    """Return number, colour and height of each bar, from the left."""
    groups = [group for group in picture(explorer).findall("g") if group.attrib["class"] == kind]
    drawn = [(group.find("text").text, group.find("rect").attrib) for group in groups]
    return [(int(number.replace(",", "")), bar["fill"], float(bar["height"])) for number, bar in drawn]


POSITIONS = st.lists(st.sampled_from(NAMES), unique=True).flatmap(
    lambda chosen: st.tuples(st.just(chosen), st.lists(st.sampled_from(chosen), unique=True) if chosen else st.just([]))
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=POSITIONS)
def test_members_are_in_exactly_these_segments_and_the_segment_says_so(
    explorer: OverlapExplorer, ids: dict[str, set[str]], sample_shop: sk.Dataset, position: tuple[list[str], list[str]]
):
    """Members, the segment's own membership, the shown size and who may be texted agree with a slow count, for every position."""
    chosen, inside = position
    at(explorer, chosen, inside)
    expected = exactly(ids, inside, chosen, sample_shop)
    who = sk.membership(explorer.segment, sample_shop).iloc[:, 0]

    assert set(explorer.members.index) == expected
    assert set(who.index[who]) == expected
    assert explorer.intersection == tuple(name for name in NAMES if name in inside)
    assert f": {len(expected):,} profile" in repr(explorer)
    if chosen:
        assert f'data-size="{len(expected)}"' in explorer.view.value
        textable = sk.audience(explorer.segment, sample_shop).size
        assert f"· {textable:,} may be texted" in words(explorer.view.value)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from(NAMES), unique=True))
def test_intersections_are_those_of_the_chosen_and_add_up_to_all_profiles(
    explorer: OverlapExplorer, ids: dict[str, set[str]], sample_shop: sk.Dataset, chosen: list[str]
):
    """Sizes are those of a slow count, tables those of the public functions, and none of the chosen is counted too."""
    at(explorer, chosen)
    chosen = explorer.chosen
    counted = Counter(frozenset(name for name in chosen if one in ids[name]) for one in sample_shop.profile_ids)
    rows = explorer.table.to_dict("records")
    who = sk.membership([segment for segment in SEGMENTS if segment.name in chosen], sample_shop)

    assert {frozenset(name for name in chosen if row[name]): row["size"] for row in rows} == counted
    assert explorer.table["size"].sum() == len(sample_shop)
    pd.testing.assert_frame_equal(explorer.table, sk.intersections(who), check_column_type=False)
    pd.testing.assert_frame_equal(explorer.pairs, sk.overlap(who), check_dtype=bool(chosen))


def test_a_profile_that_is_not_there_yet_is_in_no_intersection():
    """Who was created later counts in no size, also not in that of none, and is no member where the segment has none either."""
    people = pd.DataFrame({"profile_id": ["ann", "bea", "cat"], "created": ["2026-01-01", "2026-06-01", "2026-01-01"]})
    events = pd.DataFrame({"profile_id": ["ann"], "metric": ["Bid"], "datetime": ["2026-06-30T00:00:00Z"]})
    shop = sk.Dataset.from_frames(people, events).with_as_of("2026-05-31")
    explorer = OverlapExplorer(
        [sk.Segment("Bidders", sk.did("Bid")), sk.Segment("Others", ~sk.is_set("created"))], shop
    )
    explorer.intersection = []
    who = sk.membership(explorer.segment, shop).iloc[:, 0]

    assert explorer.table["size"].tolist() == [2]
    assert set(explorer.members.index) == set(who.index[who]) == {"ann", "cat"}
    assert repr(explorer).endswith(": 2 profiles")


def test_all_segments_are_chosen_at_first_and_nothing_is_picked(sample_shop: sk.Dataset):
    """What to do with an intersection before one is picked is said, by the properties and by the download."""
    fresh = OverlapExplorer(SEGMENTS, sample_shop)

    assert fresh.chosen == NAMES
    assert fresh.intersection is None
    assert "Click a bar to pick a combination" in words(fresh.view.value)
    for ask in (lambda: fresh.members, lambda: fresh.segment, fresh._file):
        with pytest.raises(sk.DefinitionError, match="Pick a combination first"):
            ask()


def test_ticks_and_the_list_do_what_the_names_do(explorer: OverlapExplorer):
    """A hand at a tick box or at the list moves `chosen` and `intersection`, and the names move the widgets."""
    at(explorer, NAMES)
    ticks, picker, _view, english, _download = explorer.widget.children
    ticks.children[1].value = False
    assert explorer.chosen == [name for name in NAMES if name != "SMS engaged"]

    label, value = next(option for option in picker.options if option[1] == ("Has e-mail",))
    picker.value = value
    assert explorer.intersection == ("Has e-mail",)
    assert label == f"Has e-mail only: {len(explorer.members):,} profiles"
    assert words(english.value) == " ".join(sk.explain(explorer.segment).split())

    explorer.intersection = ["SMS in US", "SMS subscribers"]
    assert picker.value == explorer.intersection == ("SMS subscribers", "SMS in US")
    picker.value = picker.options[0][1]
    assert explorer.intersection is None
    assert english.value == ""


def test_an_intersection_stays_while_all_its_segments_are_chosen(explorer: OverlapExplorer):
    """With another segment ticked it means what its names mean now; without one of its own it is let go."""
    at(explorer, ["SMS subscribers", "SMS engaged"], ["SMS engaged", "SMS subscribers"])
    before = len(explorer.members)
    explorer.chosen = ["SMS subscribers", "SMS engaged", "SMS VIP"]
    assert explorer.intersection == ("SMS subscribers", "SMS engaged")
    assert len(explorer.members) < before

    explorer.chosen = ["SMS subscribers", "SMS VIP"]
    assert explorer.intersection is None


def test_bars_are_sizes_largest_first_and_the_picked_one_is_orange(explorer: OverlapExplorer):
    """Heights are in one scale, and only the picked intersection has its colour, in bar and dots."""
    at(explorer, NAMES[:4])
    sizes = explorer.table.loc[explorer.table["degree"] > 0, "size"].tolist()
    drawn = bars(explorer)
    assert [number for number, _, _ in drawn] == sizes
    assert [height / drawn[0][2] for _, _, height in drawn] == pytest.approx(
        [size / sizes[0] for size in sizes], abs=0.01
    )
    assert {colour for _, colour, _ in drawn} == {BLUE}
    assert ORANGE not in ET.tostring(picture(explorer), encoding="unicode")

    explorer.intersection = NAMES[:2]
    assert [number for number, colour, _ in bars(explorer) if colour == ORANGE] == [len(explorer.members)]
    orange = [dot for dot in picture(explorer).iter("circle") if dot.attrib.get("fill") == ORANGE]
    assert len(orange) == 2


def test_an_empty_segment_stays_visible(explorer: OverlapExplorer):
    """It keeps its row in the picture with a 0, and its row of the pairs, whose shares of nothing are a dash."""
    at(explorer, ["SMS engaged", "Nobody"])
    rows = [text.text for text in picture(explorer).findall("text")]

    assert rows[-2:] == ["0", "Nobody"]
    assert "Nobody 0 —" in words(explorer.view.value)
    at(explorer, ["Nobody"])
    assert bars(explorer) == []
    assert "5,000 of 5,000 profiles are in none of them." in words(explorer.view.value)


def test_the_smallest_are_folded_and_counted(sample_shop: sk.Dataset):
    """Bars, the folded ones and none add up to all profiles, and what is folded is said."""
    few = OverlapExplorer(SEGMENTS, sample_shop, most=3)
    table = few.table[few.table["degree"] > 0]
    rest = bars(few, "rest")
    none = few.table.loc[few.table["degree"] == 0, "size"].sum()

    assert [number for number, _, _ in bars(few)] == table["size"].head(3).tolist()
    assert rest[0][0] == table["size"].iloc[3:].sum()
    assert sum(number for number, _, _ in bars(few) + rest) + none == len(sample_shop)
    assert f"The last bar holds {len(table) - 3} more intersections: {rest[0][0]:,} profiles." in words(few.view.value)
    assert f"{none:,} of 5,000 profiles are in none of them." in words(few.view.value)


def test_a_picked_intersection_is_drawn_even_if_it_would_be_folded_or_holds_nobody(sample_shop: sk.Dataset):
    """It has a bar of its own and an entry in the list, and is no longer counted among the folded."""
    few = OverlapExplorer(SEGMENTS, sample_shop, most=3)
    rest = bars(few, "rest")[0][0]
    smallest = few.table.iloc[-1]
    few.intersection = [name for name in NAMES if smallest[name]]
    assert bars(few)[-1][:2] == (smallest["size"], ORANGE)
    assert bars(few, "rest")[0][0] == rest - smallest["size"]

    few.intersection = ["Nobody"]
    assert bars(few)[-1] == (0, ORANGE, 0.0)
    assert ("Nobody only: 0 profiles", ("Nobody",)) in few._picker.options


def test_one_more_than_most_is_drawn_instead_of_folded(sample_shop: sk.Dataset):
    """A bar for one intersection takes no more room than a bar that says so."""
    assert len(bars(OverlapExplorer(SEGMENTS[:2], sample_shop, most=1))) == 2


def test_pairs_are_shares_of_the_row_in_the_column(explorer: OverlapExplorer, ids: dict[str, set[str]]):
    """The larger segment comes first; each share is of its row's members, and is never rounded to none or to all."""
    at(explorer, ["SMS engaged", "SMS subscribers"])
    subscribers, engaged = ids["SMS subscribers"], ids["SMS engaged"]
    share = f"{len(engaged) / len(subscribers):.0%}"

    told = words(explorer.view.value)
    assert f"SMS subscribers {len(subscribers):,} {share} SMS engaged {len(engaged):,} 100%" in told


def test_shares_next_to_none_and_to_all_are_not_rounded_there():
    """One of a thousand is less than 1%, and all but one are more than 99%."""
    profiles = pd.DataFrame({"profile_id": [str(one) for one in range(1000)], "Age": range(1000)})
    shop = sk.Dataset.from_frames(profiles, as_of="2026-06-30")
    segments = [sk.Segment("All", sk.is_set("Age")), sk.Segment("One", sk.has("Age", equals=1)),
                sk.Segment("Others", sk.has("Age", not_equals=1))]  # fmt: skip
    explorer = OverlapExplorer(segments, shop)
    explorer.intersection = ["All", "One"]
    told = explorer.view.value

    assert "&lt;1%" in told
    assert "&gt;99%" in told
    assert "may be texted" not in told


def test_hostile_names_are_text(sample_shop: sk.Dataset):
    """A name with markup never becomes any, wherever it is shown, and all elements that are opened are closed."""
    explorer = OverlapExplorer([sk.Segment(HOSTILE, sk.can_receive("sms")), sk.sms_engaged()], sample_shop)
    explorer.intersection = [HOSTILE]
    explorer.chosen = [HOSTILE, "SMS engaged"]

    picture(explorer)
    for html in (explorer.view.value, explorer._repr_mimebundle_()["text/html"]):
        reader = HTMLParser()
        elements: list[str] = []
        reader.handle_startendtag = lambda *_: None
        reader.handle_starttag = lambda tag, _, elements=elements: elements.append(tag)
        reader.handle_endtag = lambda tag, elements=elements: elements.remove(tag)
        reader.feed(html)
        assert elements == []
        assert "<img src=x" not in html
        assert "&lt;img" in html
    assert not any(tick.description_allow_html for tick in explorer.widget.children[0].children)


def test_segments_named_like_columns_of_a_table_are_counted(sample_shop: sk.Dataset):
    """A segment may be called size or degree, which tables of intersections use for themselves."""
    explorer = OverlapExplorer(
        [sk.Segment("size", sk.can_receive("sms")), sk.Segment("degree", sk.can_receive("email"))], sample_shop
    )
    explorer.intersection = ["size"]
    who = sk.membership([explorer.segment], sample_shop).iloc[:, 0]

    assert f'data-size="{who.sum()}"' in explorer.view.value


def test_text_takes_the_colour_of_the_theme(explorer: OverlapExplorer):
    """No text has a colour of its own, so that it is readable on white and on black."""
    drawing = picture(at(explorer, NAMES, NAMES[:2]))

    assert drawing.attrib["fill"] == "currentColor"
    assert not any("fill" in text.attrib for text in drawing.iter("text"))
    assert "color:inherit" in explorer.view.value


def test_picture_keeps_its_height_while_intersections_are_picked(explorer: OverlapExplorer):
    """What is under the hand does not jump: only the number of chosen segments makes the picture higher."""
    at(explorer, NAMES)
    boxes = {picture(at(explorer, NAMES, each)).attrib["viewBox"] for each in (None, [], NAMES[:1], NAMES[:3])}

    assert len(boxes) == 1


def test_nothing_chosen_is_said(explorer: OverlapExplorer, sample_shop: sk.Dataset):
    """Without a tick, and without a segment at all, there is a sentence and no picture; everybody is in none."""
    for nothing in (at(explorer, [], []), OverlapExplorer([], sample_shop)):
        nothing.intersection = ()
        assert words(nothing.view.value) == "No segment is chosen."
        assert len(nothing.members) == len(sample_shop)


def test_unknown_names_are_refused_before_anything_moves(explorer: OverlapExplorer, sample_shop: sk.Dataset):
    """A name that no segment has, or that is not chosen, is told with those that there are."""
    at(explorer, NAMES[:2], NAMES[:1])
    with pytest.raises(sk.DefinitionError, match="Did you mean 'SMS VIP'"):
        explorer.chosen = ["SMS engaged", "SMS VIPs"]
    with pytest.raises(sk.DefinitionError, match="intersection can't be 'SMS VIP'"):
        explorer.intersection = ["SMS VIP"]
    with pytest.raises(sk.DefinitionError, match="most"):
        OverlapExplorer(SEGMENTS, sample_shop, most=0)
    with pytest.raises(sk.DefinitionError, match="both named"):
        OverlapExplorer([*SEGMENTS, SEGMENTS[0]], sample_shop)

    assert (explorer.chosen, explorer.intersection) == (NAMES[:2], (NAMES[0],))


def test_one_name_may_stand_alone(explorer: OverlapExplorer):
    """A single text is one name and not its letters."""
    at(explorer, NAMES)
    explorer.intersection = "SMS VIP"
    explorer.chosen = "SMS VIP"

    assert (explorer.chosen, explorer.intersection) == (["SMS VIP"], ("SMS VIP",))


def test_a_long_list_of_intersections_says_what_it_leaves_out():
    """Only the largest can be picked by hand; any other still by its names."""
    properties = [f"p{number}" for number in range(8)]
    rows = [
        {"profile_id": str(one)} | {name: one >> bit & 1 for bit, name in enumerate(properties)} for one in range(256)
    ]
    shop = sk.Dataset.from_frames(pd.DataFrame(rows), as_of="2026-06-30")
    explorer = OverlapExplorer([sk.Segment(name, sk.has(name, equals=1)) for name in properties], shop)
    explorer.intersection = properties

    assert explorer._picker.options[0][0] == "pick one of the 200 largest; 56 more by name"
    assert explorer._picker.value == tuple(properties)
    assert explorer.members.index.tolist() == ["255"]


def test_the_download_is_the_audience_of_the_segment(explorer: OverlapExplorer, sample_shop: sk.Dataset):
    """Only who may be texted is handed over, under the intersection's name, which is never too long for a file's."""
    at(explorer, NAMES[:3], NAMES[:2])
    name, data, said = explorer._file()
    assert said == f"{name}: {sk.audience(explorer.segment, sample_shop).size:,} people."
    assert name == "sms-subscribers-and-sms-engaged-only.csv"
    assert data == sk.audience(explorer.segment, sample_shop).to_bytes()

    at(explorer, NAMES, NAMES)
    assert len(explorer._file()[0]) < 100


def test_files_of_long_names_that_begin_alike_are_told_apart(sample_shop: sk.Dataset):
    """What a file's name has no room for still makes it another one."""
    long = [f"{'Subscribers who clicked ' * 4}in {month}" for month in ("May", "June")]
    explorer = OverlapExplorer([sk.Segment(name, sk.can_receive("sms")) for name in long], sample_shop)
    first, second = (at(explorer, long, [name])._file()[0] for name in long)

    assert first != second


def test_what_the_data_warns_of_is_a_note(sample_shop: sk.Dataset):
    """A segment that is empty because of the data says why in the view, and not in the log."""
    explorer = OverlapExplorer([sk.Segment("Odd", sk.has("Gender", at_least=30))], sample_shop)

    assert "Note:" in words(explorer.view.value)


def test_a_reader_without_a_kernel_sees_the_same_and_no_person(explorer: OverlapExplorer):
    """The bundle holds a plain table of all bars, the view as it stands, its English and one line of text; nobody is named."""
    at(explorer, NAMES, NAMES[:2])
    bundle = explorer._repr_mimebundle_()
    html = bundle["text/html"]

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(explorer)
    assert "\n" not in repr(explorer)
    assert html.startswith("<table>")
    assert words(re.sub(r"<svg.*</svg>", "", explorer.view.value, flags=re.DOTALL)) in words(html)
    assert '<img src="data:image/svg+xml,' in html
    assert f"SMS subscribers and SMS engaged</th><td>{len(explorer.members):,}</td>" in html
    assert "SMS subscribers and SMS engaged only: profiles that" in words(html)
    assert not PERSONAL.search(html + repr(explorer) + str(explorer._picker.options))


def test_a_bar_that_is_pressed_is_picked(explorer: OverlapExplorer):
    """Each column of the picture stands for its combination; a second press lets go of it."""
    at(explorer, NAMES[:3])
    columns = {
        column.attrib["aria-label"]: column.attrib["data-pick"]
        for column in picture(explorer).iter("g")
        if "data-pick" in column.attrib
    }
    for told, rows in columns.items():
        explorer.view._handle_custom_msg({"pick": rows}, [])
        assert explorer._sizes[explorer.intersection] == int(told.split()[-2].replace(",", ""))
        assert all(name in told for name in explorer.intersection)
        explorer.view._handle_custom_msg({"pick": rows}, [])
        assert explorer.intersection is None
    assert len(columns) == len(explorer._sizes) - (() in explorer._sizes)


def test_a_pick_comes_back_with_its_segments(explorer: OverlapExplorer):
    """A cleared tick takes the pick away, and the tick brings it back, unless another was picked or none on purpose."""
    at(explorer, NAMES[:3], NAMES[:2])
    explorer.chosen = NAMES[1:3]
    assert explorer.intersection is None
    explorer.chosen = NAMES[:3]
    assert explorer.intersection == tuple(NAMES[:2])

    explorer.intersection = None
    explorer.chosen = NAMES[1:3]
    explorer.chosen = NAMES[:3]
    assert explorer.intersection is None


def test_what_segments_share_is_said_once(sample_shop: sk.Dataset):
    """A condition that the picked segments have is not said again of those that they are not in; the members are the same."""
    every = [sk.sms_engaged(), sk.sms_vip(), sk.sms_nearby(of="02110"), sk.sms_subscribers()]
    explorer = OverlapExplorer(every, sample_shop)
    explorer.intersection = ["SMS engaged", "SMS subscribers"]

    assert sk.explain(explorer.segment).count("can receive SMS marketing") == 1
    table = sk.membership(every, sample_shop)
    exactly = table["SMS engaged"] & table["SMS subscribers"] & ~table["SMS VIP"] & ~table["SMS near 02110"]
    assert set(explorer.members.index) == set(exactly.index[exactly])
    explorer.intersection = ["SMS engaged"]
    assert len(explorer.members) == 0

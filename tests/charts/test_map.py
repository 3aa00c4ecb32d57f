"""That the map puts people where they are, and says whom it leaves out."""

import json
from math import hypot

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, note, plain, read, trace
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.charts import plot_map
from segkit.charts.map import _EARTH, _from_store, _map_info
from segkit.data.places import KILOMETERS
from segkit.errors import DefinitionError

STORE = (42.36, -71.06)


def places(*points: tuple[float, float, int, int]) -> pd.DataFrame:
    """Return points of latitude, longitude, members and others."""
    return pd.DataFrame(points, columns=["latitude", "longitude", "members", "others"])


def degrees(north: float, east: float) -> tuple[float, float]:
    """Return the point so many miles north and east of the store."""
    mile = 360 / (2 * np.pi * _EARTH["miles"])
    return STORE[0] + north * mile, STORE[1] + east * mile / np.cos(np.radians(STORE[0]))


def test_points_stand_as_far_east_and_north_as_they_are():
    """A point ten miles north stands ten up, one ten miles east ten to the right."""
    table = places((*degrees(10, 0), 3, 0), (*degrees(0, 10), 2, 0))
    dots = trace(plot_map(table, store=STORE, radius=30), "members within")
    assert np.round(dots.x, 1).tolist() == [0, 10]
    assert np.round(dots.y, 1).tolist() == [10, 0]


@given(
    latitude=st.floats(-60, 60), longitude=st.floats(-180, 180), north=st.floats(-0.5, 0.5), east=st.floats(-0.5, 0.5)
)
def test_the_map_is_right_near_the_store(latitude: float, longitude: float, north: float, east: float):
    """Near the store the drawn distance is the great circle's, to a hundredth, across the date line too."""
    points = np.array([latitude + north]), np.array([(longitude + east + 180) % 360 - 180])
    x, y, far = _from_store(*points, (latitude, longitude), _EARTH["miles"])
    assert hypot(x[0], y[0]) == pytest.approx(far[0], rel=0.02, abs=1e-6)


@given(points=st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), min_size=1, max_size=20))
def test_the_radius_is_the_segments_own(points: list[tuple[float, float]]):
    """Who is drawn within is who `sk.within` lets in."""
    people = pd.DataFrame(points, columns=["latitude", "longitude"]).assign(
        profile_id=[f"p{i}" for i in range(len(points))]
    )
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    who = sk.membership(sk.Segment("Near", sk.within(3_000, "kilometers", of=STORE)), shop)["Near"].to_numpy()
    table = people.assign(members=1, others=0)
    info = _map_info(table, STORE, 3_000.0, "kilometers")
    assert [info.is_within(place) for place in info.every] == who.tolist()


def test_the_units_are_those_of_the_conditions():
    """A mile is as long here as in the conditions on distance, and the earth as large."""
    assert _EARTH["kilometers"] / _EARTH["miles"] == pytest.approx(KILOMETERS["miles"])


def test_colours_tell_inside_from_outside():
    """Members within, members beyond and other profiles are three kinds of dots, and their colours are told."""
    table = places((*degrees(10, 0), 3, 4), (*degrees(40, 0), 2, 0))
    figure = plot_map(table, store=STORE, radius=30)
    assert len(trace(figure, "members within").x) == len(trace(figure, "members beyond").x) == 1
    assert len(trace(figure, "other profiles").x) == 1
    assert note(figure) == "■ other profiles  ■ members beyond  ■ members within"


def test_a_dots_area_says_how_many():
    """Four times as many people have a dot twice as wide, and one person a dot that is still seen."""
    table = places((*degrees(10, 0), 400, 0), (*degrees(0, 10), 100, 0), (*degrees(0, 20), 1, 0))
    large, middle, small = trace(plot_map(table, store=STORE, radius=30), "members within").marker.size
    assert large == pytest.approx(2 * middle)
    assert small >= 5


@pytest.mark.parametrize(
    ("north", "east", "told"),
    [
        (18, 0, "18 miles N"),
        (12.7, 12.7, "18 miles NE"),
        (0, -18, "18 miles W"),
        (-18, 0, "18 miles S"),
        (0.1, 0, "at the store"),
    ],
)
def test_pointing_at_a_dot_tells_who_how_far_and_where(north: float, east: float, told: str):
    """Members, distance with its unit, direction, and the others there."""
    table = places((*degrees(north, east), 12, 1))
    (text,) = trace(plot_map(table, store=STORE, radius=30), "members within").hovertext
    assert text == f"<b>12 members, {told}</b><br>1 other profile"


def test_rings_are_labelled_with_the_unit():
    """The radius has a ring, one ring lies inside and one outside it."""
    figure = plot_map(places((*degrees(1, 0), 1, 0)), store=STORE, radius=25, unit="kilometers")
    assert [ring.x1 for ring in figure.layout.shapes] == [12.5, 25, 37.5]
    assert [read(label.text) for label in figure.layout.annotations] == [
        "12.5 kilometers",
        "25 kilometers",
        "37.5 kilometers",
    ]
    assert read(figure.layout.xaxis.title.text) == "kilometers east of the store"


def test_whom_the_map_leaves_out_is_counted():
    """People far away and people of unknown place are told with their numbers, and are in no dot."""
    table = places((*degrees(10, 0), 3, 0), (35.0, -100.0, 1, 2_000), (np.nan, -71.0, 1, 1), (*degrees(5, 5), 0, 0))
    figure = plot_map(table, store=STORE, radius=30)
    assert note(figure).startswith(
        "Not drawn: 1 member and 2,000 other profiles farther than 60 miles away. The location of 1 member and 1 other profile is unknown."
    )
    assert sum(len(one["x"]) for one in plain(figure) if one["name"] != "store") == 1


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (places((*degrees(10, 0), 3, 0), (35.0, -100.0, 1, 0)), "3 of 4 members live within 30 miles of the store"),
        (places((*degrees(10, 0), 3, 0)), "All 3 members live within 30 miles of the store"),
        (places((*degrees(10, 0), 1, 0)), "1 of 1 member lives within 30 miles of the store"),
        (places((*degrees(10, 0), 0, 3)), "There are no members to show"),
    ],
)
def test_the_title_says_the_finding(table: pd.DataFrame, sentence: str):
    """How many members live within the radius, of how many."""
    assert finding(plot_map(table, store=STORE, radius=30)) == sentence


def test_the_map_needs_no_network_and_has_one_scale():
    """There are no tiles, the plane is drawn by plain axes, and east is as long as north."""
    figure = plot_map(places((*degrees(10, 0), 3, 0)), store=STORE, radius=30)
    spec = json.loads(figure.to_json())
    assert {one["type"] for one in spec["data"]} == {"scatter"}
    assert "http" not in figure.to_json()
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.range == figure.layout.yaxis.range


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"radius": 0}, "radius must be more than 0, but it is 0"),
        ({"radius": float("nan")}, "radius must be more than 0"),
        ({"radius": 3, "unit": "mile"}, r"unit can't be 'mile'\. Did you mean 'miles'"),
    ],
)
def test_a_radius_that_is_none_is_refused(settings: dict[str, object], words: str):
    """The error says what a radius and its unit may be."""
    with pytest.raises(DefinitionError, match=words):
        plot_map(places((*degrees(1, 0), 1, 0)), store=STORE, **settings)


def test_a_postal_code_as_the_store_is_refused_with_the_way_to_it():
    """Whoever passes a postal code, one value or an impossible latitude reads what a store is, and where a postal code stands."""
    table = places((*degrees(1, 0), 1, 0))
    for store in ("45202", 45202, (42.36,), (142.0, -71.0)):
        with pytest.raises(
            DefinitionError, match=r"store must be \(latitude, longitude\).*sk.sms_nearby\(radius=30, of=\"02110\"\)"
        ):
            plot_map(table, store=store, radius=30)


def test_without_a_store_the_table_must_know_it():
    """A table made by hand has no store, and neither has a radius alone."""
    table = places((*degrees(1, 0), 1, 0))
    for settings in ({}, {"radius": 30}, {"store": STORE}):
        with pytest.raises(DefinitionError, match=r"plot_map needs store=.*and radius="):
            plot_map(table, **settings)


def test_the_title_names_the_town_of_most_members_within():
    """Where all members live within the radius by rule, the title says in which town most of them do; a few more are named below."""
    towns = ["Boston", "Newton", "Boston", "Far", None]
    table = places(*((*degrees(north, 0), 3, 0) for north in (10, 5, 6, 50, 2))).assign(town=towns)
    figure = plot_map(table, store=STORE, radius=30)
    assert finding(figure) == "12 of 15 members live within 30 miles of the store, 6 of them in Boston"
    assert note(figure).startswith("Then come Newton (3).")
    assert finding(plot_map(table.iloc[:3], store=STORE, radius=30)) == (
        "9 members live within 30 miles of the store, 6 of them in Boston"
    )

"""The tuner: where its controls stand is who is in, who entered and left, and who may be texted; no browser is needed to know."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.parameters import Range
from segkit.widgets import Tuner
from segkit.widgets import tuner as tuner_module

PERSONAL = re.compile(r"[\w.]+@[\w-]+\.\w+|\+\d{8,15}|SYN-\d+")


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return the ids of a segment's members."""
    column = sk.membership(segment, shop)[segment.name]
    return set(column.index[column])


def shown(tuner: Tuner) -> str:
    """Return the words that the live view shows, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", tuner.view.value).split())


@pytest.fixture(scope="module")
def engaged(sample_shop: sk.Dataset) -> Tuner:
    """Return a tuner of the engaged segment that tests may move and must reset."""
    return Tuner(sk.sms_engaged, sample_shop)


POSITIONS = st.fixed_dictionaries({"clicked_days": st.integers(7, 400), "subscribed_days": st.integers(7, 200)})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=POSITIONS)
def test_every_position_says_holds_and_shows_the_same(
    engaged: Tuner, sample_shop: sk.Dataset, position: dict[str, int]
):
    """Segment, size, members, who may be texted, and who entered and left all agree with the public functions."""
    engaged.value = position
    expected = sk.sms_engaged(**position)
    now, start = members(expected, sample_shop), members(sk.sms_engaged(), sample_shop)
    entered, left = len(now - start), len(start - now)

    assert engaged.segment == expected
    assert engaged.size == len(now)
    assert set(engaged.members.index) == now
    assert f'data-size="{len(now)}"' in engaged.view.value
    assert f"{sk.audience(expected, sample_shop).size:,} may be texted" in shown(engaged)
    change = "the same members" if entered == left == 0 else f"{entered:,} joined, {left:,} left"
    assert f"Since you began: {change}." in shown(engaged)
    stopped = sk.audience(expected, sample_shop).waterfall.set_index("step")["removed"].sum()
    assert f"{stopped:,} can't be: " in shown(engaged)
    assert f"{stopped:,}" == f"{len(now) - sk.audience(expected, sample_shop).size:,}"


@pytest.mark.parametrize(
    ("builder", "positions"),
    [
        (sk.prefers_sms, [{"clicks": 2}, {"count_opens": False}, {"email_days": 200, "clicked_days": 300}]),
        (sk.sms_vip, [{"approach": "frequent"}, {"approach": "big spender", "spent": 100}, {"orders": 0, "days": 30}]),
        (sk.sms_nearby, [{"radius": 5}, {"of": (40.75, -73.99)}, {"unit": "kilometers"}]),
        (sk.sms_country, [{"countries": ["CA", "GB"]}, {"countries": ["DE"]}]),
        (sk.sms_budget_shoppers, [{"clv": 100}, {"approach": "bought on sale"}]),
        (sk.sms_preference, [{"topic": "restocks"}]),
        (sk.engagement_tracks, [{"schedule": "monthly"}]),
    ],
)
def test_ready_made_segments_tune(sample_shop: sk.Dataset, builder, positions: list[dict]):
    """Moving any control of any builder gives the segment that the builder gives, and the audience's own number."""
    tuner = Tuner(builder, sample_shop)

    for position in positions:
        tuner.value = position
        made = builder(**tuner.value)
        expected = made[0] if isinstance(made, tuple) else made
        assert tuner.segment == expected
        assert tuner.size == len(members(expected, sample_shop))
        assert f"{sk.audience(expected, sample_shop).size:,} may be texted" in shown(tuner)


def test_a_control_under_the_hand_moves_the_segment(engaged: Tuner):
    """What the browser sends is the parameter, so that a drag and a key do what `tuner.value` does."""
    engaged.reset()
    engaged.view.values = [30, *engaged.view.values[1:]]

    assert engaged.value["clicked_days"] == 30
    assert engaged.segment == sk.sms_engaged(clicked_days=30)
    engaged.reset()
    assert engaged.segment == sk.sms_engaged()


def test_reset_goes_back_to_where_it_started(sample_shop: sk.Dataset):
    """The start is what was given to the tuner, and not the builder's default."""
    tuner = Tuner(sk.sms_engaged, sample_shop, clicked_days=45)
    tuner.value = {"clicked_days": 300, "subscribed_days": 90}
    tuner.reset()

    assert tuner.value == {"clicked_days": 45, "subscribed_days": 30}
    assert "the same members" in shown(tuner)


def test_definition_is_the_call_that_makes_the_segment(sample_shop: sk.Dataset):
    """Evaluated, the text gives the segment at hand, texts and points included."""
    tuner = Tuner(sk.sms_nearby, sample_shop, of=(42.36, -71.06))
    tuner.value = {"radius": 12, "unit": "kilometers"}

    assert eval(tuner.definition(), {"sk": sk}) == tuner.segment


def test_starts_are_the_shops_own(sample_shop: sk.Dataset):
    """Amounts start from the shop's distribution, and a start that is given wins."""
    own = sk.starting_values(sk.sms_vip, sample_shop, rounded=True)

    assert {name: Tuner(sk.sms_vip, sample_shop).value[name] for name in own} == own
    assert Tuner(sk.sms_vip, sample_shop, orders=2).value["orders"] == 2


def test_error_is_shown_and_the_last_good_segment_stays(sample_shop: sk.Dataset):
    """A postal code that nobody knows is told in the view; segment, size, definition and file stay those of the last good one."""
    tuner = Tuner(sk.sms_nearby, sample_shop, radius=20)
    before, size, definition = tuner.segment, tuner.size, tuner.definition()
    tuner.value = {"of": "99999"}

    assert "99999" in shown(tuner)
    assert 'role="alert"' in tuner.view.value
    assert (tuner.segment, tuner.size, tuner.definition()) == (before, size, definition)
    tuner.value = {"of": "10001"}
    assert 'role="alert"' not in tuner.view.value
    assert tuner.segment.name == "SMS near 10001"


def test_a_warning_is_a_note_in_the_view(sample_shop: sk.Dataset):
    """What is true of nobody because of the data is said beside the zero, and not in the log."""
    tuner = Tuner(sk.sms_property, sample_shop, property="Age", value=30)
    tuner.value = {"property": "Gender"}

    assert tuner.size == 0
    assert "Note:" in shown(tuner)


def test_a_note_stays_for_as_long_as_the_segment_deserves_it(sample_shop: sk.Dataset):
    """Another slider moves and the note stays, for a reader without a kernel too; a value that somebody has ends it."""

    def asked(*, topic: str = "Restocks", days: Annotated[int, sk.Range(7, 365)] = 90) -> sk.Segment:
        return sk.Segment("Asked", sk.has("Interests", contains=topic) | sk.did("Clicked SMS", in_last_days=days))

    note = "Note: Nobody has Interests 'Restocks'. Did you mean 'restocks' (1,085)?"
    tuner = Tuner(asked, sample_shop)
    assert note in tuner.view.value
    for days in (91, 120, 121, 90):
        tuner.value = {"days": days}
        assert tuner.view.value.count(note) == 1
    assert note in tuner._repr_mimebundle_()["text/html"]
    assert note in tuner._answers(1)["html"]

    tuner.value = {"topic": "restocks"}
    assert "Note:" not in tuner.view.value
    tuner.value = {"topic": "Restocks"}
    assert note in tuner.view.value


def test_a_start_that_nobody_has_is_a_note_and_no_warning(sample_shop: sk.Dataset):
    """What the tuned segment deserves is said in the view from the first moment."""
    tuner = Tuner(sk.sms_gender, sample_shop, gender="Female")

    assert tuner.size == 0
    assert "Nobody has Gender 'Female'. Did you mean 'female' (1,311)?" in tuner.view.value


def test_a_country_that_is_none_is_shown_as_an_error(sample_shop: sk.Dataset):
    """Two letters of no country make no segment; those of a country without numbers make an empty one, with a note."""
    tuner = Tuner(sk.sms_country, sample_shop)
    tuner.value = {"countries": ["ZZ"]}
    assert 'role="alert"' in tuner.view.value
    assert "ZZ" in shown(tuner)

    tuner.value = {"countries": ["JP"]}
    assert tuner.size == 0
    assert "No phone number in the data is from" in shown(tuner)


def test_a_builder_of_ones_own_tunes(sample_shop: sk.Dataset):
    """Any function with annotated arguments is enough; its window in weeks is pictured in weeks."""

    def quiet(*, weeks: Annotated[int, sk.Range(1, 52)] = 12, loudly: bool = False) -> sk.Segment:
        said = sk.did_not("Clicked SMS", in_last_weeks=weeks)
        return sk.Segment("Quiet", sk.can_receive("sms") & (sk.did("Placed Order") & said if loudly else said))

    tuner = Tuner(quiet, sample_shop)
    tuner.value = {"weeks": 20, "loudly": True}

    assert tuner.segment == quiet(weeks=20, loudly=True)
    assert "Weeks since the last Clicked SMS" in shown(tuner)
    assert ">20 · longest ago" in tuner.view.value
    assert tuner.definition() == "quiet(weeks=20, loudly=True)"


def test_unknown_names_are_refused_before_anything_moves(engaged: Tuner, sample_shop: sk.Dataset):
    """A parameter that the builder does not have is named with the nearest that it has, at the start and later."""
    engaged.reset()
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        Tuner(sk.sms_engaged, sample_shop, click_days=3)
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        engaged.value = {"subscribed_days": 9, "click_days": 3}
    assert engaged.value == {"clicked_days": 90, "subscribed_days": 30}


def test_values_that_can_not_be_move_nothing(engaged: Tuner):
    """Of several values one of which fits no control, none is taken."""
    engaged.reset()
    before = engaged.view.value
    with pytest.raises(sk.DefinitionError, match="subscribed days"):
        engaged.value = {"clicked_days": 9, "subscribed_days": "many"}

    assert engaged.value == {"clicked_days": 90, "subscribed_days": 30}
    assert engaged.view.value == before


def test_parameters_without_a_value_are_asked_for(sample_shop: sk.Dataset):
    """A builder whose property has no default can't be tuned without one."""
    with pytest.raises(sk.DefinitionError, match="property"):
        Tuner(sk.sms_property, sample_shop, value="female")


def test_overlap_with_other_segments_is_shown(sample_shop: sk.Dataset):
    """For each segment to compare with, the members in both are counted."""
    nearby = sk.sms_nearby(radius=30, of="02110")
    tuner = Tuner(sk.sms_engaged, sample_shop, compare=[nearby])
    both = len(members(tuner.segment, sample_shop) & members(nearby, sample_shop))

    assert re.search(rf"also in SMS near 02110\s+{both:,} \({both / tuner.size:.0%} of members\)", shown(tuner))


def test_shares_name_their_base(sample_shop: sk.Dataset):
    """They are of the SMS subscribers, or of a segment that is given."""
    nearby = sk.sms_nearby(radius=30, of="02110")
    size = len(members(nearby, sample_shop))

    assert f"of {len(members(sk.sms_subscribers(), sample_shop)):,} SMS subscribers" in shown(
        Tuner(sk.sms_engaged, sample_shop)
    )
    assert f"of {size:,} SMS near 02110" in shown(Tuner(sk.sms_engaged, sample_shop, base=nearby))


def test_data_without_consent_tunes_and_promises_no_text():
    """A log of orders alone has shares of all profiles, and nobody is said to be textable."""
    orders = pd.DataFrame(
        {"profile_id": list("aabc"), "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 5, 9, 1]}
    )
    shop = sk.Dataset.from_frames(None, orders)

    def spenders(*, spent: Annotated[float, sk.Range(0, 100)] = 5) -> sk.Segment:
        return sk.Segment("Spenders", sk.spent("Placed Order", more_than=spent))

    tuner = Tuner(spenders, shop)
    assert tuner.size == 2
    assert "of 3 all profiles" in shown(tuner)
    assert "may be texted" not in shown(tuner)


def test_a_reader_without_a_kernel_sees_numbers(engaged: Tuner):
    """The bundle holds the live view, static HTML with the settings and the size, and one line of text."""
    engaged.value = {"clicked_days": 120}
    bundle = engaged._repr_mimebundle_()
    engaged.reset()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert '<th scope="row">Clicked SMS in the last … days</th><td>120</td>' in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert bundle["text/plain"].startswith("Tuner: SMS engaged: ")


def test_nobody_is_shown(sample_shop: sk.Dataset):
    """Neither the live view nor the bundle holds an address, a phone number or an id."""
    for builder in (sk.sms_engaged, sk.sms_vip, sk.sms_nearby, sk.sms_country, sk.sms_budget_shoppers):
        tuner = Tuner(builder, sample_shop)
        assert not PERSONAL.search(tuner.view.value)
        assert not PERSONAL.search("".join(map(str, tuner._repr_mimebundle_().values())))


def test_files_are_the_audiences_and_the_members(sample_shop: sk.Dataset, tmp_path):
    """What is written to a path is what the public functions write."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    sent = tuner.write_csv(tmp_path / "send.csv")
    every = tuner.write_members(tmp_path / "members.csv")

    assert len(pd.read_csv(sent)) == sk.audience(tuner.segment, sample_shop).size
    assert len(pd.read_csv(every, dtype=str)) == tuner.size


def test_download_is_the_file_of_the_position_at_the_click(sample_shop: sk.Dataset, tmp_path):
    """The name is the segment's, and the bytes are those that `write_csv` writes at that moment."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    tuner.value = {"clicked_days": 30}
    said, (data,) = tuner._press("download", "")

    assert said["file"] == "sms-engaged.csv"
    assert said["said"] == f"sms-engaged.csv: {sk.audience(tuner.segment, sample_shop).size:,} people."
    assert data == tuner.write_csv(tmp_path / "send.csv").read_bytes()


def test_buttons_write_copy_and_reset(sample_shop: sk.Dataset, tmp_path):
    """A press writes to the path that is typed, hands over the definition, or resets; a path that can't be is told in words."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    said, data = tuner._press("write", str(tmp_path / "send.csv"))
    assert (tmp_path / "send.csv").exists()
    assert f"Wrote {tmp_path / 'send.csv'}" in said["said"]
    assert data == []

    assert tuner._press("write", str(tmp_path / "nowhere" / "send.csv"))[0]["wrong"]

    tuner.value = {"clicked_days": 30}
    assert "sms_engaged(clicked_days=30, subscribed_days=30)" in tuner._press("python", "")[0]["copy"]
    assert sk.Segment.from_yaml(tuner._press("yaml", "")[0]["copy"]) == tuner.segment
    tuner._press("reset", "")
    assert tuner.value["clicked_days"] == 90


OWN = sk.Segment(
    'Back \\ and """ forth',
    sk.can_receive("sms") & sk.has("City", equals='A "town" \\ here')
    | sk.did("Placed Order", at_least=2, after="2026-01-31"),
)


def test_what_is_copied_runs(sample_shop: sk.Dataset):
    """The cell makes the tuned segment, for a builder, one that returns several, a segment of one's own, dates and awkward texts."""
    moved = {
        sk.sms_nearby: {"of": (42.36, -71.06), "radius": 12},
        sk.engagement_tracks: {"schedule": "monthly"},
        sk.sms_country: {"countries": ["CA", "US"]},
    }
    for builder, values in moved.items():
        tuner = Tuner(builder, sample_shop)
        tuner.value = values
        assert run(tuner.to_python()) == tuner.segment
    tuner = Tuner(OWN, sample_shop)
    tuner.value = {"placed_order_times": 3, "placed_order_after": date(2026, 2, 28)}
    assert run(tuner.to_python()) == tuner.segment


def run(cell: str) -> sk.Segment:
    """Return the segment that a cell makes."""
    names: dict = {}
    exec(cell, names)
    return names["segment"]


@pytest.mark.parametrize("name", ["", ".", ".csv", "send", "send.xlsx", ".bashrc", "send.csv.txt"])
def test_the_button_writes_csv_files_alone(sample_shop: sk.Dataset, tmp_path, monkeypatch, name: str):
    """A name with another ending, or none, is refused with the name and an example, and no file appears."""
    monkeypatch.chdir(tmp_path)
    said, _ = Tuner(sk.sms_engaged, sample_shop)._press("write", name)

    assert f"{name!r} does not end in .csv" in said["said"]
    assert not list(tmp_path.iterdir())


def test_the_button_leaves_an_existing_file(sample_shop: sk.Dataset, tmp_path):
    """The file stays as it is, and the page names it and what may be done; after another name, it is written."""
    (tmp_path / "send.csv").write_text("mine", encoding="utf-8")
    tuner = Tuner(sk.sms_engaged, sample_shop)
    said, _ = tuner._press("write", str(tmp_path / "send.csv"))
    tuner._press("write", str(tmp_path / "other.CSV"))

    assert "send.csv' already exists and was not changed. Choose another name" in said["said"]
    assert "replace=True" in said["said"]
    assert (tmp_path / "send.csv").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "other.CSV").exists()


def test_a_segment_is_saved_and_replaced_only_when_asked_twice(sample_shop: sk.Dataset, tmp_path):
    """The folder is read back by `load_segments`; another definition of the same name is replaced at the second press alone."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    folder = tmp_path / "segments"
    first, _ = tuner._press("save", str(folder))
    assert first["said"] == f"Saved {folder / 'sms-engaged.yaml'}."
    assert "holds this segment already" in tuner._press("save", str(folder))[0]["said"]

    before = sk.load_segments(folder)
    tuner.value = {"clicked_days": 30}
    asked, _ = tuner._press("save", str(folder))
    assert "Press again to replace it: changed: did Clicked SMS" in asked["said"]
    assert sk.load_segments(folder) == before == [sk.sms_engaged()]

    tuner._press("save", str(folder))
    assert sk.load_segments(folder) == [sk.sms_engaged(clicked_days=30)]


def test_undo_goes_back_move_by_move(sample_shop: sk.Dataset, monkeypatch):
    """Moves of one control in quick succession are one step, moves of another or after a pause are further steps."""
    clock = iter(range(1_000))
    monkeypatch.setattr(tuner_module.time, "monotonic", lambda: next(clock) / 10)
    tuner = Tuner(sk.sms_engaged, sample_shop)
    for days in (80, 70, 60):
        tuner.view.values = [days, 30]
    tuner.view.values = [60, 90]
    for _ in range(50):
        next(clock)
    tuner.view.values = [60, 120]

    assert [(tuner.undo(), tuner.value["clicked_days"], tuner.value["subscribed_days"]) for _ in range(4)] == [
        (True, 60, 90), (True, 60, 30), (True, 90, 30), (False, 90, 30),
    ]  # fmt: skip


def test_a_pinned_position_is_compared(sample_shop: sk.Dataset):
    """Who joined and left since the pinned position, and who of these may be texted, are those of the public functions."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    tuner.pin()
    tuner.value = {"clicked_days": 120}
    a, b = members(sk.sms_engaged(), sample_shop), members(tuner.segment, sample_shop)
    more = sk.Segment("more", tuner.segment.condition & ~sk.sms_engaged().condition)
    may = sk.audience(more, sample_shop).size

    words = f"A {len(a):,}, B {len(b):,}: {len(b - a):,} more, 0 fewer; of the {len(b - a):,}, {may:,} may be texted."
    assert words in shown(tuner)
    tuner.pin()
    tuner.pin()
    assert tuner.pinned is None
    assert "A 6" not in shown(tuner)


def test_in_the_app_nothing_that_writes_is_offered(sample_shop: sk.Dataset, monkeypatch):
    """A visitor of the app may take the list and the definition, pin, undo and reset; elsewhere a path can be typed as well."""

    def offered() -> list[str]:
        return [one["name"] for one in Tuner(sk.sms_engaged, sample_shop).view.buttons]

    still = [one["name"] for one in Tuner(sk.sms_subscribers, sample_shop).view.buttons]
    assert still == ["download", "python", "yaml", "save", "write"]
    harmless = ["download", "pin", "undo", "reset", "python", "yaml"]
    assert offered() == [*harmless, "save", "write"]
    monkeypatch.setenv("SEGKIT_APP", "1")
    assert offered() == harmless


MINE = sk.Segment(
    "Mine",
    sk.can_receive("sms")
    & (sk.spent("Placed Order", more_than=500, in_last_days=365) | sk.did("Placed Order", at_least=6))
    & ~sk.has("Gender", equals="Female")
    & sk.has("Interests", contains="restocks"),
    "mine",
)


def test_a_segment_of_ones_own_is_tuned(sample_shop: sk.Dataset):
    """Each of its numbers and choices has a control with a sentence, and moving them all gives the same tree with other values."""
    tuner = Tuner(MINE, sample_shop)
    sentences = {one["name"]: f"{one['before']} _ {one['after']}".strip() for one in tuner.view.controls}
    assert sentences == {
        "placed_order_spent": "Spent more than _ in orders",
        "placed_order_days": "Spent in orders in the last _ days",
        "placed_order_times": "Placed Order at least _ times",
        "gender": "Not: Gender is _",
        "interests": "Interests contains _",
    }
    assert tuner.segment == MINE

    tuner.value = {"placed_order_spent": 300, "placed_order_days": 180, "placed_order_times": 4, "gender": "male"}
    assert tuner.segment == sk.Segment(
        "Mine",
        sk.can_receive("sms")
        & (sk.spent("Placed Order", more_than=300, in_last_days=180) | sk.did("Placed Order", at_least=4))
        & ~sk.has("Gender", equals="male")
        & sk.has("Interests", contains="restocks"),
        "mine",
    )
    assert sk.Segment.from_yaml(tuner.segment.to_yaml()) == tuner.segment


def test_values_come_from_the_data_with_counts(sample_shop: sk.Dataset):
    """A text that is compared is chosen among the values that the data has, and one that nobody has is marked."""
    tuner = Tuner(MINE, sample_shop)
    gender = next(one for one in tuner.view.controls if one["name"] == "gender")

    assert [one["label"] for one in gender["options"]] == [
        "female (1,311)", "male (837)", "nonbinary (61)", "Female (nobody)",
    ]  # fmt: skip


def test_a_control_that_the_segment_does_not_use_is_hidden(sample_shop: sk.Dataset):
    """It appears when another choice uses it, and one that the choice leaves unused goes."""
    tuner = Tuner(sk.sms_budget_shoppers, sample_shop)

    def used() -> set[str]:
        return {one["name"] for one in tuner.view.controls if one["used"]}

    assert used() == {"approach", "clv"}
    tuner.value = {"approach": "bought on sale"}
    assert used() == {"approach", "clicked_days", "sale_orders", "full_price_orders", "days", "sale_property"}


def test_no_slider_starts_at_its_end(sample_shop: sk.Dataset):
    """The range of an amount or a count reaches beyond the start, and to what 99.5 % of the shop's people do not exceed."""
    for builder, start in ((sk.sms_vip, {"orders": 137, "spent": 9_000}), (sk.sms_engaged, {"clicked_days": 365})):
        tuner = Tuner(builder, sample_shop, **start)
        for one in tuner.view.controls:
            if one["name"] in start:
                assert one["high"] >= 1.2 * start[one["name"]]
    spent = next(one for one in Tuner(sk.sms_vip, sample_shop).view.controls if one["name"] == "spent")
    over = sk.Segment("over", sk.spent("Placed Order", more_than=spent["high"], in_last_days=365))
    buyers = sk.Segment("buyers", sk.did("Placed Order", in_last_days=365))
    assert len(members(over, sample_shop)) <= 0.005 * len(members(buyers, sample_shop))


HOSTILE = "<img src=x onerror=alert(1)>"


def test_hostile_names_and_texts_are_escaped(sample_shop: sk.Dataset):
    """What is typed, and what a segment or a compared one is called, never becomes markup."""
    other = sk.Segment(HOSTILE, sk.can_receive("sms"))
    tuner = Tuner(sk.sms_preference, sample_shop, topic=HOSTILE, compare=[other], base=other)
    places = [tuner.view.value, tuner._repr_mimebundle_()["text/html"]]
    tuner.value = {"property": HOSTILE}

    for place in [*places, tuner.view.value]:
        assert "<img" not in place
        assert "&lt;img" in place


def test_the_last_of_many_moves_wins(engaged: Tuner, sample_shop: sk.Dataset):
    """After a drag of many moves the view stands at the last, whatever came before."""
    for days in [*range(7, 120), 64]:
        engaged.value = {"clicked_days": days}
    size = int(np.count_nonzero(sk.membership(sk.sms_engaged(clicked_days=64), sample_shop)))

    assert f'data-size="{size}"' in engaged.view.value
    engaged.reset()


NUMBERS = {
    "numpy's": np.int64(90),
    "a quantile": np.quantile([80, 90, 100], 0.5).astype(int),
    "exact": Decimal(90),
    "optional": 90,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_default_that_was_worked_out_is_a_slider(sample_shop: sk.Dataset, name: str):
    """A number of numpy's, a Decimal or one beside None stands at 90 of 7 to 365, with its picture, and moves."""
    tuned = Decimal if name == "exact" else int

    def mine(*, days: Annotated[tuned | None, Range(7, 365)] = NUMBERS[name]) -> sk.Segment:
        return sk.Segment("Mine", sk.did("Clicked SMS", in_last_days=int(days)))

    tuner = Tuner(mine, sample_shop)
    assert tuner.value == {"days": 90}
    assert (tuner.view.controls[0]["low"], tuner.view.controls[0]["high"]) == (7, 365)
    assert "Days since the last Clicked SMS" in tuner.view.value

    tuner.value = {"days": np.int64(30)}
    assert members(tuner.segment, sample_shop) == members(
        sk.Segment("x", sk.did("Clicked SMS", in_last_days=30)), sample_shop
    )


def test_a_threshold_may_be_left_out(sample_shop: sk.Dataset):
    """A parameter that may be None starts as an empty field, and a number that is typed into it moves the segment."""

    def mine(*, days: int | None = None) -> sk.Segment:
        return sk.Segment("Mine", sk.did("Clicked SMS") if days is None else sk.did("Clicked SMS", in_last_days=days))

    tuner = Tuner(mine, sample_shop)
    ever = tuner.size
    tuner.view.values = ["30"]

    assert tuner.value == {"days": 30}
    assert 0 < tuner.size < ever

    tuner.reset()
    assert tuner.size == ever


def test_one_member_is_not_called_members():
    """The line that a tuner prints counts its noun, too."""
    people = pd.DataFrame({"profile_id": ["a", "b"], "Age": [17, 18]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")

    def aged(*, age: int = 18) -> sk.Segment:
        return sk.Segment("Aged", sk.has("Age", at_least=age))

    assert "1 member, 50% of" in repr(Tuner(aged, shop))


def window(nearest: int, farthest: int) -> sk.Segment:
    """Return a segment with a window between two days."""
    return sk.Segment("Window", sk.did("Clicked SMS", between_days_ago=(nearest, farthest)))


NEAR, FAR = "clicked_sms_from_days_ago", "clicked_sms_to_days_ago"


@pytest.mark.parametrize("days", [20, 0])
def test_a_window_of_one_day_is_tuned(sample_shop: sk.Dataset, days: int):
    """Its near end has no next position, so its picture comes from the one before, or from the other end; from 5 days it can be reached."""
    tuner = Tuner(window(days, days), sample_shop)
    assert 'role="alert"' not in tuner.view.value
    assert f'data-size="{tuner.size}"' in tuner.view.value

    tuner.value = {NEAR: 0, FAR: days + 15}
    tuner.value = {NEAR: days + 15}
    assert 'role="alert"' not in tuner.view.value
    assert tuner.segment == window(days + 15, days + 15)
    assert "Days since the last Clicked SMS" in tuner.view.value


def test_a_position_that_can_not_be_shown_is_not_taken(sample_shop: sk.Dataset, monkeypatch):
    """If the view fails, segment, settings and notes all stay those of the position that is shown."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    before = tuner.segment, tuner.definition()

    def fails(*_args: object, **_words: object) -> None:
        raise sk.DataError("The chart can't be made.")

    monkeypatch.setattr(tuner._counting, "view", fails)
    tuner.value = {"clicked_days": 30}

    assert "The chart can't be made." in shown(tuner)
    assert (tuner.segment, tuner.definition()) == before


def test_undo_leaves_an_invalid_position_for_the_last_valid_one(sample_shop: sk.Dataset):
    """From 5 to 20 days by way of 5 to 15 to the invalid 18 to 15, each step is undone, the invalid one first."""
    tuner = Tuner(window(5, 20), sample_shop)
    tuner.view.values = [5, 15]
    tuner.view.values = [18, 15]
    assert 'role="alert"' in tuner.view.value

    steps = [(tuner.undo(), tuner.segment, 'role="alert"' in tuner.view.value) for _ in range(3)]
    assert steps == [(True, window(5, 15), False), (True, window(5, 20), False), (False, window(5, 20), False)]


def test_undo_leaves_an_invalid_position_without_an_earlier_move(sample_shop: sk.Dataset):
    """If the first move makes no segment, undo takes the controls back to the start."""
    tuner = Tuner(window(5, 20), sample_shop)
    tuner.view.values = [30, 20]

    assert (tuner.undo(), tuner.value) == (True, {NEAR: 5, FAR: 20})
    assert not tuner.undo()


def test_a_move_over_an_invalid_position_is_undone(sample_shop: sk.Dataset):
    """A slider that passes an invalid position within a second is one move from where it began."""
    tuner = Tuner(window(5, 20), sample_shop)
    tuner.view.values = [30, 20]
    tuner.view.values = [10, 20]

    assert (tuner.undo(), tuner.segment) == (True, window(5, 20))
    assert not tuner.undo()


def test_a_position_that_is_come_back_to_is_no_step(sample_shop: sk.Dataset):
    """A slider that returns from an invalid position to where it was leaves nothing to undo."""
    tuner = Tuner(window(5, 20), sample_shop)
    tuner.view.values = [30, 20]
    tuner.view.values = [5, 20]

    assert not tuner.undo()


@pytest.mark.parametrize("back", ["undo", "reset"])
def test_a_move_at_once_after_going_back_is_a_step_of_its_own(sample_shop: sk.Dataset, back: str):
    """The same slider may move within a second of undo or reset, and each of the moves is undone."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    tuner.view.values = [60, 30]
    getattr(tuner, back)()
    tuner.view.values = [70, 30]

    assert (tuner.undo(), tuner.value["clicked_days"]) == (True, 90)
    if back == "reset":
        assert (tuner.undo(), tuner.value["clicked_days"]) == (True, 60)


TIERS = {1: 30, 2: 90, 3: 365}


def tiered(*, tier: Annotated[int, sk.Range(1, 4)] = 3) -> sk.Segment:
    """Return a segment by a builder that knows only three values, and raises KeyError for any other."""
    return sk.Segment("Tiered", sk.did("Clicked SMS", in_last_days=TIERS[tier]))


def test_any_error_of_ones_own_builder_is_shown(sample_shop: sk.Dataset):
    """A KeyError takes the place of the number with its name, and the next good position takes its place."""
    tuner = Tuner(tiered, sample_shop)
    assert 'role="alert"' not in tuner.view.value
    tuner.value = {"tier": 4}
    assert "KeyError: 4" in shown(tuner)
    assert 'role="alert"' in tuner.view.value
    assert tuner.segment == tiered(tier=3)
    assert tuner._answers(0) is None

    tuner.value = {"tier": 2}
    assert 'role="alert"' not in tuner.view.value
    assert tuner.segment == tiered(tier=2)


def test_text_that_can_not_be_read_is_told_in_words(sample_shop: sk.Dataset):
    """Typed among numbers, it is named with what the list takes; nothing else fails, and undo leaves it."""
    aged = sk.Segment("Aged", sk.has("Age", is_in=[18, 20]) & sk.did("Clicked SMS", in_last_days=90))
    tuner = Tuner(aged, sample_shop)
    chart = tuner.audience()
    tuner.view.values = [["18", "x"], 90]

    assert "age must be numbers with commas between them, but it is '18, x'." in shown(tuner)
    assert "invalid literal" not in shown(tuner)
    assert "could not convert" not in shown(tuner)
    assert tuner._answers(1) is None
    tuner._rest()
    assert "age must be numbers" in chart._output.outputs[0]["data"]["text/html"]
    assert tuner.segment == aged
    with pytest.raises(sk.DefinitionError, match="age must be numbers"):
        assert tuner.value

    assert tuner.undo()
    assert (tuner.segment, tuner.value["age"], 'role="alert"' in tuner.view.value) == (aged, (18, 20), False)
    assert "layout" in chart._output.outputs[0]["data"]["application/vnd.plotly.v1+json"]


@pytest.mark.parametrize("pin", ["pin", "_press"])
def test_a_pin_from_a_cell_and_from_the_button_reach_every_page(sample_shop: sk.Dataset, pin: str):
    """Answers that compare with another position, or with none, are forgotten after the new view was sent."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    sent: list = []
    tuner.view.send = lambda message, **_: sent.append((message, "segkit-pinned" in tuner.view.value))
    getattr(tuner, pin)(*(["pin", ""] if pin == "_press" else []))
    getattr(tuner, pin)(*(["pin", ""] if pin == "_press" else []))

    assert sent == [({"forget": True}, True), ({"forget": True}, False)]


def test_a_press_is_answered_to_its_own_view(sample_shop: sk.Dataset):
    """All views of a tuner hear the answer, which names the view of the pressed button, so that one press downloads once."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    sent: list = []
    tuner.view.send = lambda message, **_: sent.append(message)
    tuner.view._handle_custom_msg({"press": "download", "text": "", "view": "second", "values": [90, 30]}, [])

    assert [(one["pressed"], one["view"], one["file"]) for one in sent] == [("download", "second", "sms-engaged.csv")]


def test_a_file_that_is_no_segment_is_told_in_words(sample_shop: sk.Dataset, tmp_path):
    """A file in another encoding, and a folder with the name of a file, are named at the press and stay as they are."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    file = tmp_path / "sms-engaged.yaml"
    file.write_bytes("name: Größe".encode("latin-1"))
    said, _ = tuner._press("save", str(tmp_path))
    assert said["wrong"]
    assert "sms-engaged.yaml, byte 9: This is not UTF-8" in said["said"]
    assert file.read_bytes() == "name: Größe".encode("latin-1")

    (tmp_path / "other" / "sms-engaged.yaml").mkdir(parents=True)
    said, _ = tuner._press("save", str(tmp_path / "other"))
    assert said["wrong"]
    assert "sms-engaged.yaml" in said["said"]


@pytest.mark.parametrize(("name", "text"), [("save", "{}"), ("write", "{}/send.csv"), ("write", "{}/send.txt")])
def test_in_the_app_a_message_by_hand_learns_nothing(
    sample_shop: sk.Dataset, tmp_path, monkeypatch, name: str, text: str
):
    """Whether a folder, a file or a segment is there, the answer is the same refusal."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    (tmp_path / "there").mkdir()
    tuner.save(tmp_path / "there")
    monkeypatch.setenv("SEGKIT_APP", "1")

    found, missing = (tuner._press(name, text.format(tmp_path / folder)) for folder in ("there", "nowhere"))
    assert found == missing
    assert "segkit app, which never writes files" in found[0]["said"]


def test_a_list_keeps_its_sentence_when_it_moves(sample_shop: sk.Dataset):
    """The words around a list stay those of its condition, for text, numbers and both."""
    tests = [
        sk.has("City", is_in=["Boston", "Salem, MA"]),
        sk.has("Age", is_in=[18, 20]),
        sk.has("Interests", contains_any_of=["restocks", 3]),
    ]
    for condition, moved in zip(tests, (["Boston"], ["18", "30"], [3, "sales"]), strict=True):
        tuner = Tuner(sk.Segment("Own", condition), sample_shop)
        before = tuner.view.controls[0]["before"]
        tuner.view.values = [moved]
        tuner._rest()
        assert tuner.view.controls[0]["before"] == before
        assert " " in before

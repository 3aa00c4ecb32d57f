"""Segments that name other segments: what is asked is the other's condition, in every place that takes several segments."""

import json
import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from doors import by_frames
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reference import members as plain_members
from strategies import SEEDS, mixed, shops, trees

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf, Condition, Not, SegmentCondition

SCHEMA = json.loads(Path(sk.__file__).with_name("segment.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

VIP = sk.Segment("VIP", sk.did("Placed Order", at_least=2))
VIP_BY_TEXT = sk.Segment("VIP by text", sk.in_segment("VIP") & sk.can_receive("sms"))
REST = sk.Segment("The rest", ~sk.in_segment("VIP by text"))
SET = [REST, VIP_BY_TEXT, VIP]


@pytest.fixture
def shop() -> sk.Dataset:
    """Return three people, of whom two ordered twice, and one of the two can be texted."""
    people = {
        "profile_id": ["ann", "bea", "cleo"],
        "sms_consent": ["SUBSCRIBED", "UNSUBSCRIBED", "SUBSCRIBED"],
        "phone_number": ["+14155550132", "+14155550133", "+14155550134"],
    }
    orders = {"profile_id": ["ann", "ann", "bea", "bea"], "metric": "Placed Order", "datetime": "2026-06-01"}
    return sk.Dataset.from_frames(pd.DataFrame(people), pd.DataFrame(orders), as_of="2026-06-30")


def refused(*segments: sk.Segment) -> str:
    """Return what a set of segments is refused with."""
    with pytest.raises(sk.DefinitionError) as caught:
        sk.resolve_segments(segments)
    return str(caught.value)


@given(shops(), st.lists(trees(), min_size=1, max_size=4), SEEDS)
def test_who_is_in_a_named_segment_is_who_is_in_it(shop, conditions, seed):
    """A condition that names segments is true of a profile exactly where it is with their members in the place of their names."""
    random = mixed(seed, conditions)
    segments: list[sk.Segment] = []
    members: dict[str, set[str]] = {}
    everybody = {row["profile_id"] for row in shop.profiles if plain_members(AllOf(()), replace(shop, profiles=[row]))}
    for number, own in enumerate(conditions):
        known = plain_members(own, shop)
        if not segments:
            condition, expected = own, known
        else:
            other = random.choice(segments).name
            condition, expected = random.choice(
                [
                    (own & sk.in_segment(other), known & members[other]),
                    (own | sk.in_segment(other), known | members[other]),
                    (own & ~sk.in_segment(other), known - members[other]),
                    (~(own | Not(sk.in_segment(other))), everybody - (known | (everybody - members[other]))),
                    (sk.in_segment(other), members[other]),
                ]
            )
        segments.append(sk.Segment(f"S{number}", condition))
        members[f"S{number}"] = expected
    random.shuffle(segments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SegkitWarning)
        table = sk.membership(segments, by_frames(shop))

    assert {name: set(table.index[table[name]]) for name in table} == members


def test_every_question_about_several_segments_knows_them_by_name(shop):
    """Members, sizes, overlap and intersections are those of the set with every name written out."""
    assert sk.membership(SET, shop).sum().to_dict() == {"The rest": 2, "VIP by text": 1, "VIP": 2}
    assert sk.sizes(SET, shop)["size"].to_dict() == {"The rest": 2, "VIP by text": 1, "VIP": 2}
    written_out = sk.resolve_segments(SET)
    assert sk.overlap(SET, shop).equals(sk.overlap(written_out, shop))
    assert sk.intersections(SET, shop).equals(sk.intersections(written_out, shop))


def test_an_audience_knows_what_it_includes_and_excludes_by_name(shop):
    """An included segment may name an excluded one, and the other way round; nobody excluded by a name is texted."""
    texted = sk.Segment("Texted", sk.can_receive("sms") & ~sk.in_segment("VIP"))
    reasons = sk.audience(texted, shop, exclude=iter([VIP])).reasons
    assert reasons.to_dict() == {"cleo": "sendable"}

    all_of_them = sk.Segment("All", sk.can_receive("sms"))
    not_vip = sk.Segment("Not VIP", sk.in_segment("All") & ~sk.did("Placed Order"))
    reasons = sk.audience(all_of_them, shop, exclude=not_vip).reasons
    assert reasons.to_dict() == {"ann": "sendable", "cleo": "excluded"}


def test_a_folder_is_built_with_its_names(shop, tmp_path):
    """Segments that are kept as files name each other, and a build writes the members that they stand for."""
    folder = tmp_path / "segments"
    folder.mkdir()
    for segment in SET:
        (folder / f"{segment.name}.yaml").write_text(segment.to_yaml(), encoding="utf-8")
    built = sk.build(shop, tmp_path / "out", segments=sk.load_segments(folder))

    assert built.sizes["size"].to_dict() == {"The rest": 2, "VIP": 2, "VIP by text": 1}
    assert built.sizes.loc["VIP by text", "before_consent"] == 2


@given(trees(), st.text().filter(str.strip))
def test_a_name_of_any_letters_reads_back(condition, name):
    """Whatever a segment is called, a text that names it says so, and an editor with the schema calls it right."""
    segment = sk.Segment("It", condition & ~sk.in_segment(name))
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment
    VALIDATOR.validate(yaml.safe_load(segment.to_yaml()))


def test_the_text_keeps_the_name():
    """YAML has the name and not the condition that it stands for, and reads back as the same segment."""
    assert "- in segment: VIP\n" in VIP_BY_TEXT.to_yaml()
    assert sk.Segment.from_yaml(VIP_BY_TEXT.to_yaml()) == VIP_BY_TEXT
    assert "in segment: '007'" in sk.Segment("Agents", sk.in_segment("007")).to_yaml()


def test_hash_and_difference_go_by_the_name():
    """A segment that names another stays the same when the other is changed; naming one of another name is a change."""
    by_other = sk.Segment("VIP by text", sk.in_segment("Regulars") & sk.can_receive("sms"))
    assert by_other.hash != VIP_BY_TEXT.hash != sk.resolve_segments(SET)[1].hash
    assert str(sk.diff(VIP_BY_TEXT, by_other)).splitlines()[1:] == [
        "  removed: are in the segment “VIP”",
        "  added: are in the segment “Regulars”",
    ]
    assert not sk.diff(VIP_BY_TEXT, sk.Segment("VIP by text", sk.can_receive("sms") & sk.in_segment("VIP")))


def test_klaviyo_is_given_the_conditions_in_place_of_the_name():
    """Klaviyo's segments can't name segments, so a set is written out; one alone says what to pass."""
    names = {"metric_ids": {"Placed Order": "UWxqMk"}}
    by_hand = sk.Segment("VIP by text", VIP.condition & sk.can_receive("sms"))
    assert sk.to_klaviyo(sk.resolve_segments(SET)[1], **names) == sk.to_klaviyo(by_hand, **names)
    with pytest.raises(sk.DefinitionError, match=r"'VIP by text' refers to the segment 'VIP'.*sk\.resolve_segments"):
        sk.to_klaviyo(VIP_BY_TEXT, **names)


def test_one_segment_alone_says_what_to_pass(shop, tmp_path):
    """Whatever takes one segment refuses a name that it can't know, and takes the segment once it is written out."""
    written_out = sk.resolve_segments(SET)[1]
    asked = [
        lambda one: sk.why(one, shop, profile_id="ann"),
        lambda one: sk.members(one, shop),
        lambda one: sk.membership(one, shop),
        lambda one: sk.sizes(one, shop),
        lambda one: sk.audience(one, shop),
        lambda one: sk.write_members(one, shop, tmp_path / "members.csv"),
    ]
    for ask in asked:
        with pytest.raises(sk.DefinitionError, match=r"no segment with that name was passed.*sk\.resolve_segments"):
            ask(VIP_BY_TEXT)
        ask(written_out)
    assert (
        sk.why(written_out, shop, profile_id="ann")["condition"].iloc[1]
        == "  did Placed Order at least 2 times over all time"
    )


def test_a_bare_condition_that_names_a_segment_is_refused_by_whoever_asks_data(shop):
    """A condition that comes to an engine or a translation by itself is no answer but an error that says what to do."""
    from segkit.engine.engines import engine_of  # noqa: PLC0415
    from segkit.klaviyo.definitions import klaviyo_definition  # noqa: PLC0415

    for condition in (sk.in_segment("VIP"), ~sk.in_segment("VIP"), sk.is_set("phone_number") | sk.in_segment("VIP")):
        for ask in (
            lambda one: engine_of(shop).counts([one]),
            lambda one: engine_of(shop).notes([one]),
            klaviyo_definition,
        ):
            with pytest.raises(sk.DefinitionError, match=r"the segment 'VIP', but only that segment's name is known"):
                ask(condition)


def test_a_name_that_nobody_has_offers_the_near_ones():
    """The error names who asks, what it asks for, what is near and what there is."""
    message = refused(VIP, sk.Segment("Fans", sk.in_segment("VPI")))
    assert "'Fans' refers to the segment 'VPI'" in message
    assert "Did you mean 'VIP'?" in message
    assert "'Fans', 'VIP'" in message


def test_a_circle_is_refused_by_its_names():
    """Segments that name each other, and one that names itself, are refused with the way round."""
    one, other = sk.Segment("A", sk.in_segment("B") | sk.is_set("city")), sk.Segment("B", ~sk.in_segment("A"))
    assert "in a circle: 'A' → 'B' → 'A'." in refused(one, other)
    assert "in a circle: 'A' → 'B' → 'A'." in refused(sk.Segment("C", sk.in_segment("A")), one, other)
    assert "in a circle: 'A' → 'A'." in refused(sk.Segment("A", sk.in_segment("A")))


def test_few_names_never_become_a_condition_without_end():
    """A chain of segments that name the one before twice is refused before it is written out, and so is an endless chain."""
    doubled = [sk.Segment("S0", sk.is_set("city"))]
    for number in range(40):
        before = sk.in_segment(f"S{number}")
        doubled.append(sk.Segment(f"S{number + 1}", AnyOf((before, Not(before)))))
    assert "at most 10,000 are allowed" in refused(*doubled)

    chain = [sk.Segment("S0", sk.is_set("city"))]
    chain += [sk.Segment(f"S{number}", sk.in_segment(f"S{number - 1}")) for number in range(1, 5_000)]
    assert "nested too deep" in refused(*reversed(chain))


def test_what_comes_out_names_nothing():
    """Once names are replaced no reader meets one, however groups are nested."""

    def parts(condition: Condition):
        yield condition
        inner = (condition.condition,) if isinstance(condition, Not) else getattr(condition, "conditions", ())
        for part in inner:
            yield from parts(part)

    found = [part for segment in sk.resolve_segments(SET) for part in parts(segment.condition)]
    assert not any(isinstance(part, SegmentCondition) for part in found)
    assert [segment.name for segment in sk.resolve_segments(SET)] == [segment.name for segment in SET]

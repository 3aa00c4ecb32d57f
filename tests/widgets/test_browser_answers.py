"""What the browser is told to show at each position of a slider is, word for word and bar for bar, what the kernel shows there."""

import re
import xml.etree.ElementTree as ET
from typing import Annotated

import pandas as pd
import pytest

import segkit as sk
from segkit.widgets import Tuner
from segkit.widgets.live import LiveView

BROWSER_ANSWERS = [
    (sk.sms_engaged, {}, ["clicked_days", "subscribed_days"]),
    (sk.prefers_sms, {}, ["clicks", "clicked_days", "email_days"]),
    (sk.sms_vip, {}, ["spent", "orders", "days"]),
    (sk.sms_vip, {"approach": "big spender"}, ["spent", "days"]),
    (sk.sms_nearby, {"of": "02110"}, ["radius"]),
    (sk.sms_budget_shoppers, {}, ["clv"]),
    (sk.sms_budget_shoppers, {"approach": "bought on sale"}, ["clicked_days", "sale_orders", "full_price_orders"]),
    (sk.lapsed_customers, {}, ["orders", "quiet_days"]),
    (sk.former_vip, {}, ["spent", "quiet_days"]),
    (sk.sms_delivery_errors, {}, ["device_failures", "unknown_failures"]),
]


def filled(answers: dict, row: int) -> ET.Element:
    """Fill the slots of a view as the browser does."""
    whole = ET.fromstring(answers["html"])
    slots = {element.attrib["data-slot"]: element for element in whole.iter() if "data-slot" in element.attrib}
    for one in answers["slots"]:
        element = slots[one["slot"]]
        if "pieces" in one:
            runs, text = one["rows"][row]
            text += "".join("".join(one["pieces"][runs[i] : runs[i + 1]]) for i in range(0, len(runs), 2))
        else:
            text = one["prefix"] + one["middles"][row] + one["suffix"]
        if one["attribute"]:
            element.set(one["attribute"], text)
        else:
            element.text = text
    return whole


def plain(view: ET.Element) -> list:
    """Return everything that is shown, with the bars of one colour in order of place."""
    for path in view.iter("path"):
        path.set(
            "d", "".join(sorted(re.findall(r"M[^z]*z", path.attrib["d"]), key=lambda bar: float(bar[1:].split()[0])))
        )
    return [(element.tag, sorted(element.attrib.items()), element.text or "", element.tail) for element in view.iter()]


def told(tuner: Tuner, name: str) -> dict | None:
    """Return what the browser is told of a slider when it asks, by way of the message that it would receive."""
    sent = []
    tuner.view.send = sent.append
    number = list(tuner.value).index(name)
    tuner.view._handle_custom_msg({"control": number}, [])
    assert [message["control"] for message in sent] == [number]
    return sent[0]["answers"]


@pytest.mark.parametrize(
    ("builder", "start", "names"), BROWSER_ANSWERS, ids=lambda value: getattr(value, "__name__", None)
)
def test_the_browser_shows_what_the_kernel_shows(sample_shop: sk.Dataset, builder, start: dict, names: list[str]):
    """At positions over the whole slider every number, the sentence, each bar and the line are those of the kernel's own view."""
    other = sk.sms_nearby(radius=100, of="02110")
    tuner = Tuner(builder, sample_shop, compare=[other], **start)
    for name in names:
        answers = told(tuner, name)
        positions = [answers["low"] + number * answers["step"] for number in range(answers["count"])]
        for row in {0, 1, 5, answers["count"] // 3, answers["count"] - 1} & set(range(answers["count"])):
            tuner.value = {name: positions[row]}
            assert plain(filled(answers, row)) == plain(ET.fromstring(tuner.view.value)), (name, positions[row])
        tuner.reset()


def test_the_browser_compares_with_the_pinned_position_as_the_kernel_does(sample_shop: sk.Dataset):
    """With a position pinned, who joined and left since, and who of these may be texted, are the kernel's at every position."""
    for builder, name in ((sk.sms_engaged, "clicked_days"), (sk.sms_vip, "spent")):
        tuner = Tuner(builder, sample_shop)
        tuner.pin()
        answers = told(tuner, name)
        for row in (0, answers["count"] // 4, answers["count"] - 1):
            tuner.value = {name: answers["low"] + row * answers["step"]}
            shown = filled(answers, row)
            assert plain(shown) == plain(ET.fromstring(tuner.view.value))
            assert "A " in "".join(shown.itertext())


def test_the_browser_moves_a_segment_s_own_numbers(sample_shop: sk.Dataset):
    """A segment from phrases is answered in the browser as a builder is."""
    clicked = sk.did("Clicked SMS", in_last_weeks=12)
    mine = sk.Segment("Mine", sk.can_receive("sms") & (clicked | sk.spent("Placed Order", more_than=500)))
    tuner = Tuner(mine, sample_shop)
    for name in ("clicked_sms_weeks", "placed_order_spent"):
        answers = told(tuner, name)
        for row in (0, answers["count"] // 4, answers["count"] - 1):
            tuner.value = {name: answers["low"] + row * answers["step"]}
            assert plain(filled(answers, row)) == plain(ET.fromstring(tuner.view.value))


def test_a_position_without_a_segment_is_left_to_the_kernel(sample_shop: sk.Dataset):
    """A window whose ends cross makes no segment there, so that the browser is told nothing of that slider."""

    def lately(*, near: Annotated[int, sk.Range(1, 90)] = 10, far: Annotated[int, sk.Range(20, 90)] = 60) -> sk.Segment:
        return sk.Segment("Lately", sk.did("Clicked SMS", between_days_ago=(near, far)))

    tuner = Tuner(lately, sample_shop)
    assert told(tuner, "near") is None
    assert told(Tuner(sk.sms_vip, sample_shop), "approach") is None


def test_a_slider_is_left_to_the_kernel_while_the_view_shows_an_earlier_position(sample_shop: sk.Dataset):
    """Once the controls make no segment, no slider is answered with what the view still shows, until they make one again."""

    def clicked(*, days: Annotated[int, sk.Range(1, 90)] = 60, needs_consent: bool = True) -> sk.Segment:
        if not needs_consent:
            raise ValueError("This needs consent.")
        return sk.Segment("Clicked", sk.did("Clicked SMS", in_last_days=days))

    tuner = Tuner(clicked, sample_shop)
    assert told(tuner, "days") is not None
    tuner.value = {"needs_consent": False}
    assert tuner.segment == clicked()
    assert told(tuner, "days") is None
    tuner.value = {"needs_consent": True}
    assert told(tuner, "days") is not None


def test_answers_name_where_the_other_controls_stand(sample_shop: sk.Dataset):
    """The message says for which positions of all controls it is right, as the browser knows them."""
    tuner = Tuner(sk.sms_nearby, sample_shop, of="02110", radius=20)
    sent = []
    tuner.view.send = sent.append
    tuner.view._handle_custom_msg({"control": 0}, [])
    names, stand = list(tuner.value), sent[0]["stand"]

    assert stand[names.index("radius")] == 20
    assert stand[names.index("of")] == "02110"
    assert stand[names.index("unit")] == "miles"


def test_answers_hold_nobody_and_are_kept_nowhere(sample_shop: sk.Dataset):
    """They are counts and words, go out as a message, and leave nothing in the state that a notebook might save."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    state = set(tuner.view.get_state())
    text = str(told(tuner, "clicked_days"))

    assert not re.search(r"[\w.]+@[\w-]+\.\w+|\+\d{8,15}|SYN-\d+", text)
    assert set(tuner.view.get_state()) == state
    assert isinstance(tuner.view, LiveView)


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_a_threshold_on_what_nobody_has_is_left_to_the_kernel():
    """Without a profile that meets every other condition there is no picture, and no error either."""
    profiles = pd.DataFrame({"profile_id": ["ann"], "sms_consent": ["unsubscribed"], "predicted_clv": [4.0]})
    tuner = Tuner(sk.sms_budget_shoppers, sk.Dataset.from_frames(profiles, as_of="2026-06-30"), clv=10)

    assert tuner._answers(list(tuner.value).index("clv")) is None

"""What a tuner or an explorer holds is freed when it is closed, replaced or deleted, and no answer outlives the Dataset's cache."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from ipywidgets.widgets.widget import _instances

import segkit as sk
from segkit.engine.memory.evaluation import Evaluation
from segkit.widgets import OverlapExplorer, Tuner


def shop() -> sk.Dataset:
    """Return a small shop whose clicks lie one day apart."""
    profiles = pd.DataFrame({"profile_id": [f"p{day}" for day in range(60)], "sms_consent": "subscribed"})
    clicks = pd.DataFrame({"profile_id": profiles["profile_id"], "metric": "Clicked SMS"})
    days = pd.Timestamp("2026-06-30") - pd.to_timedelta(np.arange(60), unit="D")
    return sk.Dataset.from_frames(profiles, clicks.assign(datetime=days), as_of="2026-06-30")


pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

VIEWS: dict[str, Callable[[sk.Dataset], Any]] = {
    "tuner": lambda data: Tuner(sk.sms_engaged, data, compare=[sk.sms_engaged(clicked_days=9)], clicked_days=20),
    "explorer": lambda data: OverlapExplorer([sk.sms_engaged(), sk.sms_subscribers()], data),
}
views = pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)


@pytest.fixture(autouse=True)
def _none_open() -> None:
    ipywidgets.Widget.close_all()
    gc.collect()


@views
def test_a_view_that_nobody_has_is_gone(make):
    """A view that was never shown goes with its last name, and so does every widget of it, however often it is made anew."""
    data = shop()
    before = len(_instances)
    view = make(data)
    first, size = weakref.ref(view), len(_instances)
    for _ in range(3):
        view = make(data)
        gc.collect()
        assert first() is None
        assert len(_instances) == size
    del view
    gc.collect()
    assert len(_instances) == before


@views
@pytest.mark.parametrize("close", [lambda view: view.close(), lambda _: ipywidgets.Widget.close_all()])
def test_a_view_that_is_shown_stays_until_it_is_closed(make, close):
    """A view that stands on a page answers there though nobody else has it, and is freed when it is closed."""
    before = len(_instances)
    view = make(shop())
    view._repr_mimebundle_()
    there = weakref.ref(view)
    del view
    gc.collect()
    assert there() is not None
    close(there())
    gc.collect()
    assert there() is None
    assert len(_instances) == before


def test_a_slider_moves_its_tuner_though_only_the_widget_is_held():
    """Whoever takes the widget, to show it among others, keeps the tuner behind it."""
    widget = Tuner(sk.sms_engaged, shop(), clicked_days=20).widget
    gc.collect()
    (view,) = widget.children
    before = view.value
    view.values = [45, *view.values[1:]]
    assert view.value != before


def test_answers_are_the_caches_alone():
    """What is as long as the data is freed with the cache, though tuners that asked for it are still there."""
    data = shop()
    tuner, explorer = (make(data) for make in VIEWS.values())
    tuner.value = {"clicked_days": 31}
    evaluation = Evaluation(data)
    conditions = [sk.sms_engaged(clicked_days=days).condition for days in (9, 20)] + [sk.sms_subscribers().condition]
    answers = [weakref.ref(evaluation.part(condition)) for condition in conditions]
    data.cache.clear()
    gc.collect()

    assert [answer() for answer in answers] == [None, None, None]
    assert tuner.size == 32
    assert explorer.chosen

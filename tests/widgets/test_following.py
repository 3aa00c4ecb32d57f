"""Charts that follow a tuner: they show the tuner's own position, now and after every move, and never another."""

from typing import Annotated

import pytest

import segkit as sk
from segkit.widgets import Tuner
from segkit.widgets.following import PLOTLY


def drawn(chart) -> dict:
    """Return the figure that the page shows."""
    (output,) = chart._output.outputs
    return output["data"][PLOTLY]


def test_a_sweep_has_all_of_the_tuner_s_values(sample_shop: sk.Dataset):
    """At the tuner's own setting the table has the tuner's size, wherever the other controls stand, before and after a move."""
    tuner = Tuner(sk.sms_engaged, sample_shop, subscribed_days=120)
    chart = tuner.sweep("clicked_days")
    for days in (90, 137, 365):
        tuner.value = {"clicked_days": days}
        table = chart.result.set_index("clicked_days")
        assert table.loc[days, "size"] == tuner.size
        assert f"{tuner.size:,}" in str(drawn(chart)["layout"]["title"])
        expected = sk.sweep(sk.sms_engaged, sample_shop, clicked_days=[7], subscribed_days=120)["size"]
        assert table.loc[7, "size"] == expected.iloc[0]


def test_a_sweep_of_two_has_the_tuner_s_cell(sample_shop: sk.Dataset):
    """The heat map has the tuner's two values among its rows and columns, and few enough of each to be read."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    chart = tuner.sweep("clicked_days", "subscribed_days")
    tuner.value = {"clicked_days": 91, "subscribed_days": 33}
    table = chart.result

    assert table.query("clicked_days == 91 and subscribed_days == 33")["size"].tolist() == [tuner.size]
    assert len(table) <= 64


def test_a_segment_of_ones_own_is_swept_over(sample_shop: sk.Dataset):
    """The parameters are the segment's own numbers, and lists among its values stay as they are."""
    mine = sk.Segment("Mine", sk.phone_country("US", "CA") & sk.spent("Placed Order", more_than=500))
    tuner = Tuner(mine, sample_shop)
    tuner.value = {"countries": ["CA"]}
    table = tuner.sweep().result

    assert table.set_index("placed_order_spent").loc[500, "size"] == tuner.size


def test_an_audience_follows(sample_shop: sk.Dataset):
    """Who may be texted is that of the tuner's segment, with others included and excluded."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    lapsed, vip = sk.lapsed_customers(), sk.sms_vip()
    chart = tuner.audience(include=[vip], exclude=[lapsed])
    tuner.value = {"clicked_days": 30}

    assert chart.result.size == sk.audience([tuner.segment, vip], sample_shop, exclude=[lapsed]).size
    assert f"{chart.result.size:,}" in str(drawn(chart)["layout"]["title"])


def test_a_map_follows(sample_shop: sk.Dataset):
    """The store and the radius are those of the tuner."""
    tuner = Tuner(sk.sms_nearby, sample_shop, of="02110")
    chart = tuner.map()
    tuner.value = {"radius": 12}

    assert chart.result["members"].sum() == tuner.size
    assert "12 miles" in str(drawn(chart)["layout"]["title"])


def test_what_can_not_follow_is_refused(sample_shop: sk.Dataset):
    """A name that is no slider, a third one, a segment without a slider and a map without a store are told in words."""
    tuner = Tuner(sk.sms_gender, sample_shop)
    with pytest.raises(sk.DefinitionError, match="no slider that its segment uses"):
        tuner.sweep()
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        Tuner(sk.sms_engaged, sample_shop).sweep("click_days")
    with pytest.raises(sk.DefinitionError):
        tuner.map()


def test_an_error_takes_the_chart_s_place_and_goes(sample_shop: sk.Dataset):
    """A position at which nothing can be drawn says so, and the next good one draws."""

    def mine(*, is_near: bool = True) -> sk.Segment:
        return sk.Segment("Mine", sk.within(20, "miles", of="02110") if is_near else sk.can_receive("sms"))

    tuner = Tuner(mine, sample_shop)
    chart = tuner.map()
    assert "layout" in drawn(chart)
    tuner.value = {"is_near": False}
    assert 'role="alert"' in chart._output.outputs[0]["data"]["text/html"]
    tuner.value = {"is_near": True}
    assert "layout" in drawn(chart)


def test_a_reader_without_a_kernel_sees_the_figure(sample_shop: sk.Dataset):
    """Beside the live view stands the figure, as other figures are stored."""
    bundle = Tuner(sk.sms_engaged, sample_shop).sweep()._repr_mimebundle_()

    assert PLOTLY in bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_chart_of_ones_own_follows(sample_shop: sk.Dataset):
    """Whatever a function draws of the tuned segment is drawn again after a move."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    chart = tuner.chart(lambda engaged: sk.charts.plot_sizes(sk.sizes([engaged, sk.sms_vip()], sample_shop)))
    tuner.value = {"clicked_days": 300}

    assert str(tuner.size) in str(drawn(chart)["data"]).replace(",", "")


def test_any_error_of_ones_own_function_takes_the_chart_s_place(sample_shop: sk.Dataset):
    """An error that segkit did not raise is shown with its name, and the next good position draws."""
    tuner = Tuner(sk.sms_engaged, sample_shop)
    figures = {90: sk.charts.plot_sizes(sk.sizes([sk.sms_engaged()], sample_shop))}
    chart = tuner.chart(lambda _segment: figures[tuner.value["clicked_days"]])
    tuner.value = {"clicked_days": 30}

    assert "KeyError: 30" in chart._output.outputs[0]["data"]["text/html"]
    tuner.value = {"clicked_days": 90}
    assert "layout" in drawn(chart)


def test_after_a_failed_redraw_no_earlier_answer_is_read(sample_shop: sk.Dataset):
    """While the page shows an error, figure and result raise that error, and a copy of the page shows it too."""

    def mine(*, is_near: bool = True) -> sk.Segment:
        return sk.Segment("Mine", sk.within(20, "miles", of="02110") if is_near else sk.can_receive("sms"))

    tuner = Tuner(mine, sample_shop)
    chart = tuner.map()
    tuner.value = {"is_near": False}
    for read in ("figure", "result"):
        with pytest.raises(sk.DefinitionError, match="distance"):
            getattr(chart, read)
    bundle = chart._repr_mimebundle_()
    assert "distance" in bundle["text/html"]
    assert PLOTLY not in bundle
    tuner.value = {"is_near": True}
    assert chart.result["members"].sum() == tuner.size


def test_no_chart_shows_the_last_valid_segment_of_invalid_controls(sample_shop: sk.Dataset):
    """If the controls make no segment, every chart gives the tuner's own error, and a new chart is refused with it."""

    def mine(*, days: Annotated[int, sk.Range(1, 90)] = 60, needs_consent: bool = True) -> sk.Segment:
        if not needs_consent:
            raise ValueError("This needs consent.")
        return sk.Segment("Mine", sk.did("Clicked SMS", in_last_days=days))

    tuner = Tuner(mine, sample_shop)
    charts = [tuner.sweep("days"), tuner.audience()]
    tuner.value = {"needs_consent": False}
    for chart in charts:
        assert "This needs consent." in chart._output.outputs[0]["data"]["text/html"]
        with pytest.raises(ValueError, match="This needs consent"):
            _ = chart.result
    with pytest.raises(ValueError, match="This needs consent"):
        tuner.audience()
    assert str(tuner.error) == "This needs consent."
    tuner.value = {"needs_consent": True}
    assert charts[1].result.size == sk.audience(tuner.segment, sample_shop).size
    assert tuner.error is None

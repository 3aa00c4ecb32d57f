"""What an analyst who writes a phrase wrongly is told, and what `help` shows of it."""

import inspect

import pandas as pd
import pytest

import segkit as sk


def shop() -> sk.Dataset:
    """Return three people."""
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": list("abc"), "Age": [1, 2, 3]}), as_of="2026-06-30")


def test_a_condition_on_profiles_inside_where_is_told_how_events_are_compared():
    """`where` compares properties of the event; the error shows how, and where a condition on the profile belongs."""
    for condition in (sk.is_set("Coupon"), sk.has("Coupon", equals="x"), sk.can_receive("sms") & sk.is_set("Coupon")):
        for phrase in (sk.did, sk.did_not, sk.step):
            with pytest.raises(sk.DefinitionError, match=r"\{'Coupon': \{\"is_set\": True\}\} or .* with &"):
                phrase("Placed Order", where={"Coupon": condition})
    assert sk.did("Placed Order", where={"Coupon": {"is_set": True}}) is not None


def test_ids_that_were_picked_are_pointed_at_a_list():
    """Whose a row is, is no property; the error shows how people whom somebody picked become a segment, and that works."""
    picked = sk.Segment("Picked", sk.has("profile_id", is_in=["a", "c"]))

    with pytest.raises(
        sk.DataError, match=r"shop = shop\.with_list\(\"Picked\", ids\), and then use sk\.in_list\(\"Picked\"\)"
    ):
        sk.members(picked, shop())
    asked = sk.Segment("Picked", sk.in_list("Picked"))
    assert sk.members(asked, shop().with_list("Picked", ["a", "c"])).index.tolist() == ["a", "c"]


PHRASES = [
    "did", "did_not", "did_in_order", "step", "no_step", "spent", "has", "is_set", "is_not_set", "can_receive", "cannot_receive",
    "within", "beyond", "phone_country", "not_phone_country", "in_region", "not_in_region", "in_list", "not_in_list", "Segment", "explain",
]  # fmt: skip


@pytest.mark.parametrize("name", PHRASES)
def test_help_shows_a_signature_that_can_be_read(name: str):
    """It names what comes back, and does not write out every kind of condition."""
    signature = str(inspect.signature(getattr(sk, name)))

    assert len(signature) < 230
    assert "Union" not in signature
    assert "<class" not in signature


@pytest.mark.parametrize("name", ["load", "audience", "build"])
def test_help_shows_the_short_names_of_what_longer_functions_take(name: str):
    """No module's name stands in the signature."""
    signature = str(inspect.signature(getattr(sk, name)))

    assert "segkit." not in signature
    assert "collections.abc" not in signature


def test_help_names_every_way_to_compare_an_event():
    """The help of `did` names `is_set` of an event property, and the days that a window between two days includes."""
    told = " ".join(str(sk.did.__doc__).split())

    assert '{"is_set": True}' in told
    assert "includes both of its days" in told


def test_a_window_between_two_days_begins_where_the_last_days_end():
    """No day is in both windows or in none, as the help of `did` says."""
    days = pd.date_range("2026-02-01", "2026-06-30", tz="UTC")
    events = pd.DataFrame({"profile_id": [f"p{day:%m%d}" for day in days], "metric": "Placed Order", "datetime": days})
    people = sk.Dataset.from_frames(events[["profile_id"]], events, as_of="2026-06-30")
    recent = sk.Segment("Recent", sk.did("Placed Order", in_last_days=59))
    older = sk.Segment("Older", sk.did("Placed Order", between_days_ago=(60, 120)))
    all_of_them = sk.Segment("All", sk.did("Placed Order", in_last_days=120))

    who = sk.membership([recent, older, all_of_them], people)
    assert not (who["Recent"] & who["Older"]).any()
    assert (who["Recent"] | who["Older"]).equals(who["All"].rename(None))

"""A column that decides an answer and is missing is said: near names at loading, and what an answer lacks when it is asked for."""

import warnings

import pandas as pd
import pytest

import segkit as sk
from segkit.data.validation.near_columns import looks_like
from segkit.errors import DataError, SegkitWarning

DAY = "2026-06-01T00:00:00Z"
ORDERS = pd.DataFrame({"profile_id": ["ann", "bea"], "metric": "Placed Order", "datetime": DAY})
PEOPLE = pd.DataFrame({"profile_id": ["ann", "bea"], "sms_consent": "SUBSCRIBED"})


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


def load(profiles=PEOPLE, events=None, **options):
    """Return the Dataset of frames as of the end of June 2026."""
    return sk.Dataset.from_frames(profiles, events, as_of="2026-06-30", **options)


def offered(shop, table, column):
    """Return what the report says was done about a column that is missing; nothing if it says nothing of it."""
    rows = shop.report.query("table == @table and column == @column and issue == 'no such column'")
    return " ".join(rows["resolution"])


@pytest.mark.parametrize(
    "header",
    ["amount", "Total", "Order Total", "revenue", "total_price", "Price", "orderValue", "amount_paid", "Total Spent"],
)
@pytest.mark.parametrize("amounts", [[100, 5.5], ["100", "5.50"]], ids=["numbers", "text"])
def test_amounts_under_another_name_are_offered(header, amounts):
    """The report offers the column, a sum warns with it, and what it says to pass is right."""
    events = ORDERS.assign(**{header: amounts})
    shop = load(events=events)
    hint = f'\'{header}\' looks like value: pass columns={{"{header}": "value"}}'
    assert hint in offered(shop, "events", "value")
    with pytest.warns(SegkitWarning, match="'Placed Order' has an amount") as told:
        assert who(sk.spent("Placed Order", more_than=50), shop) == set()
    assert hint in str(told[0].message)

    right = load(events=events, columns={header: "value"})
    assert who(sk.spent("Placed Order", more_than=50), right) == {"ann"}
    assert not offered(right, "events", "value")


@pytest.mark.parametrize("header", ["Discount Amount", "Items", "Total Items", "Source", "Tax"])
def test_other_columns_of_events_are_not_offered(header):
    """A number of items is no amount of money."""
    assert looks_like("events", header) is None


def test_amounts_are_numbers():
    """A column that is called like amounts and holds words is not offered, and a sum says that there are none."""
    shop = load(events=ORDERS.assign(total=["large", "small"]))
    assert not offered(shop, "events", "value")
    with pytest.warns(SegkitWarning, match=r"so the sum is 0 for everybody\.$"):
        who(sk.spent("Placed Order", more_than=50), shop)


def test_a_metric_without_amounts_beside_one_that_has_them_warns():
    """Its sum is 0, whatever other metrics have."""
    events = ORDERS.assign(metric=["Placed Order", "Clicked SMS"], value=[5, None])
    shop = load(events=events)
    with pytest.warns(SegkitWarning, match="No event of 'Clicked SMS' has an amount"):
        who(sk.spent("Clicked SMS", at_least=1), shop)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert who(sk.spent("Placed Order", at_least=1), shop) == {"ann"}
        free = load(events=ORDERS.assign(value=0))
        assert who(sk.spent("Placed Order", at_least=1), free) == set()


NUMBER, ADDRESS = "+14155550132", "ann@example.com"
NEAR = {
    "phone_number": (
        {"mobile": NUMBER, "Cell Phone": NUMBER, "telephone": NUMBER, "customer_phone": NUMBER, "SMS Number": NUMBER}
    ),
    "email": {"e-mail": ADDRESS, "mail": ADDRESS, "customer_email": ADDRESS, "EmailAddr": ADDRESS},
    "zip": {"postcode": "02110", "Postal": "02110", "billing_zip": "02110", "zipCode": "02110"},
    "country": {"country_code": "US", "Shipping Country": "US"},
    "sms_consent_timestamp": {"sms_consent_date": DAY, "SMS opted in at": DAY},
    "created": {"signup_date": DAY, "created_at": DAY},
}


@pytest.mark.parametrize(
    ("name", "header", "cell"), [(name, *one) for name, some in NEAR.items() for one in some.items()]
)
def test_near_names_of_profiles_are_offered(name, header, cell):
    """The report says what is missing without the column, and how to name it."""
    done = offered(load(PEOPLE.assign(**{header: cell})), "profiles", name)
    assert f'columns={{"{header}": "{name}"}}' in done
    done = offered(load(PEOPLE.assign(**{header: cell, name: cell})), "profiles", name)
    assert not done


@pytest.mark.parametrize("header", ["Mobile App User", "phone_type", "Last Open", "Shoe Size", "date", "Zip Code"])
def test_other_columns_of_profiles_are_not_offered(header):
    """Neither a custom property nor a spelling that is understood."""
    resolution = load(PEOPLE.assign(**{header: "x"})).report["resolution"]
    assert not resolution.str.contains("looks like").any()


def test_near_names_of_lists_and_places_are_offered():
    """A required column is refused with the near name in the line to be passed; the date of joining is offered."""
    lists = pd.DataFrame({"profile_id": ["ann"], "list_id": "VIP", "added_on": DAY})
    assert '"added_on": "joined"' in offered(load(lists=lists), "lists", "joined")
    with pytest.raises(DataError, match=r'"audience": "list_id"'):
        load(lists=lists.rename(columns={"list_id": "audience"}))
    places = pd.DataFrame({"country": ["CA"], "postcode": ["M5V"], "geo_lat": [43.6], "longitude": [-79.4]})
    with pytest.raises(DataError, match=r'"postcode": "postal_code"') as error:
        load(places=places)
    assert '"geo_lat": "latitude"' in str(error.value)
    with pytest.raises(DataError, match=r"'customer' looks like this column.*\"customer\": \"profile_id\"") as error:
        load(events=ORDERS.rename(columns={"profile_id": "customer", "datetime": "ordered_on"}).assign(created_at=DAY))
    assert '"created_at": "datetime"' in str(error.value)


@pytest.mark.parametrize("header", ["Email", "email", "E-Mail", "Email Address"])
def test_an_email_that_is_the_id_is_an_email_too(header, tmp_path):
    """It can be asked for, and stands in the file for Klaviyo."""
    people = pd.DataFrame({header: ["ann@mail.example"], "Phone": NUMBER, "sms_consent": "SUBSCRIBED"})
    events = pd.DataFrame({header: ["ann@mail.example"], "metric": "Placed Order", "datetime": DAY, "value": 10})
    shop = load(people, events, columns={header: "profile_id"})
    assert who(sk.has("email", equals="ann@mail.example") & sk.spent("Placed Order", equals=10), shop) == {
        "ann@mail.example"
    }
    with pytest.warns(SegkitWarning, match="Some eligibility checks could not be made in full"):
        sk.audience(sk.Segment("All", sk.is_set("email")), shop).write_csv(tmp_path / "all.csv", layout="klaviyo")
    assert "ann@mail.example" in (tmp_path / "all.csv").read_text(encoding="utf-8-sig")


def test_a_column_of_emails_beside_the_id_stays():
    """The id is another header's, and email keeps its own cells; so does a phone number that is the id."""
    people = pd.DataFrame({"Email": ["ann@mail.example"], "email_lower": ["x"], "sms_consent": "SUBSCRIBED"})
    assert "email" in load(people.rename(columns={"email_lower": "id"})).property_names
    phones = pd.DataFrame({"Phone": [NUMBER], "sms_consent": "SUBSCRIBED"})
    assert load(phones, columns={"Phone": "profile_id"}).profiles["phone_number"].tolist() == [NUMBER]


PLACED = pd.DataFrame({
    "profile_id": ["ann", "bea", "cat", "dan"], "zip": ["02110", "02110", None, "02110"],
    "country": [None, "US", None, "Atlantis"], "sms_consent": "SUBSCRIBED",
})  # fmt: skip
NEAR_BOSTON = sk.within(5, "miles", of="02110")


def test_a_postal_code_without_a_country_is_reported():
    """It is nowhere, and the report counts it and names the argument; a country that nobody knows is said."""
    shop = load(PLACED)
    [row] = shop.report.query("issue == 'postal codes without a country'").to_dict("records")
    assert (row["column"], row["count"]) == ("zip", 1)
    assert 'default_country="US"' in row["resolution"]
    assert who(NEAR_BOSTON, shop) == {"bea"}


def test_the_default_country_places_postal_codes():
    """As it does phone numbers; the report counts them."""
    shop = load(PLACED, default_country="US")
    assert who(NEAR_BOSTON, shop) == {"ann", "bea"}
    [row] = shop.report.query("issue == 'postal codes without a country'").to_dict("records")
    assert (row["count"], row["resolution"]) == (1, "looked up in US, the default_country")
    no_country = load(PLACED.drop(columns="country"), default_country="United States")
    assert who(NEAR_BOSTON, no_country) == {"ann", "bea", "dan"}


def test_a_point_of_their_own_needs_no_country():
    """Whoever has latitude and longitude is placed, and not reported."""
    shop = load(PLACED.assign(latitude=[42.36, None, None, None], longitude=[-71.06, None, None, None]))
    assert "postal codes without a country" not in set(shop.report["issue"])
    assert who(NEAR_BOSTON, shop) == {"ann", "bea"}


ASKED = {
    "no place": (sk.within(5, "miles", of="02110"), PEOPLE, "neither zip nor latitude"),
    "no country of codes": (NEAR_BOSTON, PLACED.drop(columns="country"), 'default_country="US"'),
    "no phone number": (sk.phone_country("US"), PEOPLE.assign(mobile=NUMBER), '"mobile": "phone_number"'),
    "no country": (sk.in_region("united_states"), PEOPLE.assign(nation="US"), '"nation": "country"'),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_an_answer_lacks_is_said_when_it_is_asked_for(name):
    """Nobody is in such a segment, and the warning says why and offers what is near."""
    condition, people, hint = ASKED[name]
    with pytest.warns(SegkitWarning, match="The profiles have") as told:
        assert who(condition, load(people)) == set()
    assert any(hint in str(one.message) for one in told)

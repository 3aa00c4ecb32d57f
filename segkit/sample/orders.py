"""Generate each synthetic person's orders, refunds and visits, and a simple forecast. `events` generates texts and emails."""

import json
from dataclasses import dataclass

from segkit.sample.calendar import sale_on, season
from segkit.sample.draw import CLOSE, DAY, DAYS, HOUR, Draw
from segkit.sample.events import Event
from segkit.sample.people import CATEGORIES, Person

_WEEKS_A_MONTH = 4.345
_CLICKS = ("Clicked SMS", "Clicked Email")


def orders_and_visits(person: Person, sent: list[Event], draw: Draw) -> list[Event]:
    """Generate one person's orders, refunds and visits. Some follow clicks among the events in `sent`."""
    clicks = [event.second for event in sent if event.metric in _CLICKS]
    moments = _order_moments(person, clicks, draw)
    events: list[Event] = []
    for rank, second in enumerate(moments):
        order = _order(person, second, draw, is_first=rank == 0)
        events.append(order)
        if draw.chance(0.06):
            events.append(_refund(order, draw))
    return [event for event in events + _visits(person, clicks, draw) if event.second < CLOSE]


def _order_moments(person: Person, clicks: list[int], draw: Draw) -> list[int]:
    """Return the seconds at which an active person orders: once early, then depending on habit, season, sales and clicks."""
    buying = person.buying
    if not buying.monthly:
        return []
    first = person.created
    if not person.first_in_store:
        first += draw.whole(600, 4_000) if draw.chance(0.5) else draw.whole(1, 60) * DAY
    moments = [first]
    weekly = buying.monthly / _WEEKS_A_MONTH
    for day in range(first // DAY + 7, min(person.active_until, CLOSE) // DAY, 7):
        actual = min(day + draw.whole(0, 6), DAYS - 1)
        if draw.chance(weekly * season(actual) * _pull(buying.discounted, actual)):
            moments.append(draw.waking_second(actual, person.place.utc_offset))
    convert = 0.03 + min(buying.monthly, 1) * 0.12
    moments += [click + draw.whole(300, 5_400) for click in clicks if click > first and draw.chance(convert)]
    return sorted(moments)


def _pull(discounted: float, day: int) -> float:
    """Return the factor by which an order is more likely than usual. People who use discounts wait for a sale."""
    if discounted < 0.5:
        return 1.3 if sale_on(day) else 0.9
    return 2.8 if sale_on(day) else 0.15


def _order(person: Person, second: int, draw: Draw, *, is_first: bool) -> Event:
    buying = person.buying
    items = draw.whole(1, buying.most_items)
    # Prices end in 95 cents. A few orders are several times the usual size.
    cents = sum(draw.whole(buying.cheapest, buying.dearest) * 100 + 95 for _ in range(items))
    if draw.chance(0.03):
        items, cents = items * 3, cents * 3
    code, percent = _discount(buying.discounted, second // DAY, draw, is_first=is_first)
    off = cents * percent // 100
    cents -= off
    wanted = [person.category if draw.chance(0.6) else draw.pick(CATEGORIES) for _ in range(min(items, 2))]
    collections = [name for name in CATEGORIES if name in wanted] + (["Sale"] if percent >= 20 else [])
    return Event(
        second,
        "Placed Order",
        cents=cents,
        codes=_list([code] if code else []),
        discount=f"{off / 100:.2f}",
        source=_source(person, draw, is_first=is_first),
        items=str(items),
        collections=_list(collections),
    )


def _list(items: list[str]) -> str:
    return json.dumps(items, separators=(",", ":"))


def _discount(discounted: float, day: int, draw: Draw, *, is_first: bool) -> tuple[str, int]:
    sale = sale_on(day)
    if sale and draw.chance(min(2 * discounted, 0.97)):
        return sale.code, sale.percent
    if is_first and draw.chance(max(0.15, discounted * 0.7)):
        return "WELCOME10", 10
    return ("LOYAL10", 10) if discounted > 0.5 and draw.chance(0.55) else ("", 0)


def _source(person: Person, draw: Draw, *, is_first: bool) -> str:
    if is_first:
        return "pos" if person.first_in_store else draw.weighted(((80, "web"), (20, "app")))
    if person.place.near_store and draw.chance(0.5 if person.first_in_store else 0.08):
        return "pos"
    return draw.weighted(((75, "web"), (25, "app")))


def _refund(order: Event, draw: Draw) -> Event:
    """Return a refund of all or half of an order, some days later."""
    cents = order.cents or 0
    back = cents if draw.chance(0.7) else cents // 2
    second = order.second + draw.whole(2, 30) * DAY + draw.whole(0, 3 * HOUR)
    return Event(second, "Refunded Order", cents=-back, source=order.source)


def _visits(person: Person, clicks: list[int], draw: Draw) -> list[Event]:
    """Generate visits to the site, after clicks or spontaneously. Buyers visit more often, and inactive people hardly ever."""
    seconds = [click + draw.whole(3, 90) for click in clicks if draw.chance(0.6)]
    weekly = 0.02 + min(person.buying.monthly, 1) * 0.12
    for day in range(person.created // DAY, DAYS, 7):
        is_active = day * DAY < person.active_until
        if draw.chance(weekly if is_active else weekly * 0.05):
            second = draw.waking_second(min(day + draw.whole(0, 6), DAYS - 1), person.place.utc_offset)
            seconds.append(max(second, person.created + 60))
    return [Event(second, "Active on Site", source=draw.weighted(((7, "web"), (3, "app")))) for second in seconds]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast for one customer: past and predicted value in cents, and the probability of not coming back."""

    historic_cents: int
    predicted_cents: int
    churn: float


def forecast(events: list[Event]) -> Forecast | None:
    """Forecast the year after the last day from a person's orders and refunds. Return None if there are no orders.

    This is a rule of thumb, not a model. Churn grows with the time since the last order, relative to the person's usual gap between
    orders. The number of predicted orders is the past rate times the probability of coming back.
    """
    orders = sorted(event.second for event in events if event.metric == "Placed Order")
    if not orders:
        return None
    historic = sum(event.cents or 0 for event in events)
    gap = (orders[-1] - orders[0]) / (len(orders) - 1) if len(orders) > 1 else 120 * DAY
    wait = CLOSE - orders[-1]
    churn = min(max(wait / (wait + 2 * max(gap, 14 * DAY)), 0.02), 0.98)
    pace = 365 * DAY * (len(orders) - 0.5) / (CLOSE - orders[0] + 120 * DAY)
    average = max(historic, 0) / len(orders)
    return Forecast(historic, int(average * pace * (1 - churn)), churn)

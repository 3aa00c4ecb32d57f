"""Define the campaigns and sales of the synthetic shop. `events` and `orders` generate how people react to them."""

from dataclasses import dataclass

from segkit.sample.draw import DAYS, day_of

# The theme of each month, its discount code and its discount in percent. Without a code there is no sale.
_THEMES = (
    ("Winter clearance", "WINTER30", 30),
    ("Valentine's gifts", "", 0),
    ("Spring arrivals", "", 0),
    ("Spring sale", "SPRING15", 15),
    ("Mother's Day", "MOM10", 10),
    ("Summer preview", "", 0),
    ("Summer sale", "SUMMER20", 20),
    ("Back to school", "SCHOOL10", 10),
    ("Autumn arrivals", "", 0),
    ("Friends and family", "FRIENDS20", 20),
    ("Black Friday", "BLACKFRIDAY25", 25),
    ("Holiday gifts", "HOLIDAY15", 15),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: the day it is sent (counted from the opening), whether only engaged people get it, and what share of them."""

    name: str
    day: int
    engaged_only: bool
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale: its first and last day, its discount code, and the discount in percent."""

    first_day: int
    last_day: int
    code: str
    percent: int


_MONTHS = tuple((2024 + (index + 6) // 12, (index + 6) % 12 + 1) for index in range(24))


def _texts() -> list[Campaign]:
    campaigns = []
    for year, month in _MONTHS:
        theme, code, _ = _THEMES[month - 1]
        campaigns.append(Campaign(f"{year}-{month:02d} New arrivals", day_of(year, month, 5), engaged_only=True))
        campaigns.append(Campaign(f"{year}-{month:02d} {theme}", day_of(year, month, 19), engaged_only=False))
        if code:
            campaigns.append(Campaign(f"{year}-{month:02d} Last call", day_of(year, month, 27), engaged_only=True))
    # The newest campaign goes to one in four on the last day, so that a smart-sending window of 24 hours affects some engaged people
    # but not all.
    return [*campaigns, Campaign("2026-06 Summer sale preview", DAYS - 1, engaged_only=True, share=0.25)]


def _emails() -> list[Campaign]:
    campaigns = []
    for year, month in _MONTHS:
        theme = _THEMES[month - 1][0]
        campaigns.append(Campaign(f"{year}-{month:02d} Newsletter", day_of(year, month, 3), engaged_only=False))
        campaigns.append(Campaign(f"{year}-{month:02d} {theme}", day_of(year, month, 17), engaged_only=False))
    return campaigns


def _sales() -> list[Sale]:
    return [
        Sale(day_of(year, month, 17), day_of(year, month, 28), code, percent)
        for year, month in _MONTHS
        for _, code, percent in [_THEMES[month - 1]]
        if code
    ]


TEXTS: tuple[Campaign, ...] = tuple(_texts())
EMAILS: tuple[Campaign, ...] = tuple(_emails())
_SALE_ON = {day: sale for sale in _sales() for day in range(sale.first_day, sale.last_day + 1)}


def sale_on(day: int) -> Sale | None:
    """Return the sale on a day, counted from the opening, or None if there is none.

    >>> sale_on(20).code, sale_on(0)
    ('SUMMER20', None)
    """
    return _SALE_ON.get(day)


def season(day: int) -> float:
    """Return the seasonal factor for a day: purchases relative to a usual day."""
    month = _MONTHS[min(day * 24 // DAYS, 23)][1]
    return {11: 1.7, 12: 1.9, 1: 0.7, 2: 0.8}.get(month, 1.0)

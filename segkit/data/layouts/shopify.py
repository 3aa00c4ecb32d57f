"""Convert Shopify's exports of customers and orders. A person is known by the email address or, without one, by the phone number.

The columns of an order are only in its first line; its further lines are items.
"""

from collections import Counter
from typing import Any

import numpy as np

from segkit.data.layouts.rows import size_of, taken, text_column, texts
from segkit.data.properties import Cells, cells_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.tables import Table
from segkit.marks import unmarked

_CONSENTS = {"accepts sms marketing": "sms_consent", "accepts email marketing": "email_consent"}
_CUSTOMERS = {
    "first name": "first_name",
    "last name": "last_name",
    "company": "organization",
    "province": "region",
    "province code": "Province Code",
    "total spent": "Total Spent",
    "total orders": "Total Orders",
}
_KEPT = {
    "financial status": "Financial Status",
    "fulfillment status": "Fulfillment Status",
    "currency": "Currency",
    "subtotal": "Subtotal",
    "shipping": "Shipping",
    "taxes": "Taxes",
    "discount code": "Discount Code",
    "discount amount": "Discount Amount",
    "shipping method": "Shipping Method",
    "refunded amount": "Refunded Amount",
    "payment method": "Payment Method",
    "source": "Source",
    "tags": "Tags",
}
"""The columns of an order that become properties of its events."""
_OF_ITEMS = {
    "lineitem name": "Items",
    "lineitem sku": "SKUs",
    "lineitem price": "Item Prices",
    "lineitem compare at price": "Compare At Prices",
}
"""The columns of items that become lists."""
_MOMENTS = {
    "Placed Order": ("created at",),
    "Fulfilled Order": ("fulfilled at",),
    "Cancelled Order": ("cancelled at", "canceled at"),
}


def customers_profiles(customers: Table, options: LoadOptions, issues: Issues) -> Table:
    """Return customers as profiles, with "yes" and "no" in the columns of consent as "subscribed" and "unsubscribed".

    Shopify does not say whether a "no" was ever a "yes", so it counts as an opt-out. Words that the user mapped are left as they are.
    """
    folded = _lower(customers)
    people = _people(folded)
    lost = sum(one is None for one in people)
    issues.note("customers", "Email", "customers without email and phone", lost, resolution="left out")
    found: Table = {"profile_id": text_column(people)}
    for lower, (header, cells) in folded.items():
        if lower in _CONSENTS:
            found[_CONSENTS[lower]] = cells if options.consent.own else _consent(cells, header, issues)
        else:
            found[_CUSTOMERS.get(lower, header)] = cells
    return _only_known(found, people)


def orders_events(orders: Table, issues: Issues) -> Table:
    """Return an event for each order that was placed, fulfilled or cancelled, with the names of its items as lists."""
    folded = _lower(orders)
    first, items = _items(folded, issues)
    heads = {lower: (header, cells.loaded().take(first)) for lower, (header, cells) in folded.items()}
    people = _people(heads)
    lost = sum(one is None for one in people)
    issues.note("orders", "Email", "orders without email and phone", lost, resolution="left out")
    unused = [header for lower, (header, _) in folded.items() if lower not in _used()]
    issues.note(
        "orders",
        "(file)",
        "columns that are not used",
        len(unused),
        examples=unused,
        resolution="left out of the events",
    )
    order_ids = texts(heads["name"][1])
    own: Table = {"profile_id": text_column(people), "value": heads["total"][1], "Order": heads["name"][1]}
    own |= {name: heads[lower][1] for lower, name in _KEPT.items() if lower in heads}
    own |= items
    return _only_known(*_joined_moments(own, heads, order_ids, people))


def _joined_moments(
    own: Table, heads: dict[str, tuple[str, Cells]], order_ids: list[str | None], people: list[str | None]
) -> tuple[Table, list[str | None]]:
    """Return a row for each moment of each order, and whose it is."""
    rows: list[int] = []
    metrics: list[str | None] = []
    times: list[str | None] = []
    for metric, headers in _MOMENTS.items():
        header = next((one for one in headers if one in heads), None)
        moments = [None] * len(people) if header is None else texts(heads[header][1])
        # An order without a date of creation is kept, so that validation reports it.
        some = [row for row, moment in enumerate(moments) if moment is not None or metric == "Placed Order"]
        rows += some
        metrics += [metric] * len(some)
        times += [moments[row] for row in some]
    found = taken(own, np.array(rows, dtype=np.int64))
    ids = [f"{metric} {order_ids[row]}" for metric, row in zip(metrics, rows, strict=True)]
    found |= {"metric": text_column(metrics), "datetime": text_column(times), "event_id": text_column(ids)}
    return found, [people[row] for row in rows]


def _items(folded: dict[str, tuple[str, Cells]], issues: Issues) -> tuple[Any, Table]:
    """Return the first line of each order, and the columns of items as a list for each order.

    Only the first line of an order has its date. If an order begins again, as in overlapping exports, its later lines count.
    """
    lines: dict[str, list[int]] = {}
    again: dict[str, int] = {}
    names, dates = texts(folded["name"][1]), texts(folded["created at"][1])
    for row, (name, date) in enumerate(zip(names, dates, strict=True)):
        if name is not None:
            if date is not None and name in lines:
                again[name] = again.get(name, 0) + 1
                lines[name] = []
            lines.setdefault(name, []).append(row)
    issues.note("orders", "Name", "lines without an order", names.count(None), resolution="left out")
    issues.note(
        "orders",
        "Name",
        "the same order twice",
        sum(again.values()),
        examples=again,
        resolution="only the later one counted",
    )
    found: Table = {}
    for lower, called in _OF_ITEMS.items():
        if lower in folded:
            items = texts(folded[lower][1])
            found[called] = cells_of(
                [[item for row in rows if (item := items[row]) is not None] for rows in lines.values()]
            )
    return np.array([rows[0] for rows in lines.values()], dtype=np.int64), found


def _used() -> set[str]:
    return {"name", "email", "phone", "total", *_KEPT, *_OF_ITEMS, *(one for some in _MOMENTS.values() for one in some)}


def _lower(table: Table) -> dict[str, tuple[str, Cells]]:
    """Return the columns of a table by their headers in lower case, with blanks instead of hyphens, and each with its own header."""
    return {header.strip().casefold().replace("-", " "): (header, cells) for header, cells in table.items()}


def _people(folded: dict[str, tuple[str, Cells]]) -> list[str | None]:
    """Return the id of the person in each row: the email address in lower case, or else the phone number."""
    size = size_of({name: cells for name, (_, cells) in folded.items()})
    columns = [texts(folded[name][1]) if name in folded else [None] * size for name in ("email", "phone")]
    return [_id(email) or _id(phone) for email, phone in zip(*columns, strict=True)]


def _id(cell: str | None) -> str | None:
    return unmarked(cell).casefold() or None if cell is not None else None


def _consent(cells: Cells, header: str, issues: Issues) -> Cells:
    words = [None if word is None else word.casefold() for word in texts(cells)]
    meant = {"yes": "subscribed", "no": "unsubscribed"}
    counts = Counter(words)
    for word, meaning in meant.items():
        issues.note("customers", header, f"cells with {word!r}", counts[word], resolution=f'read as "{meaning}"')
    return text_column([word if word is None else meant.get(word, word) for word in words])


def _only_known(table: Table, people: list[str | None]) -> Table:
    known = [row for row, person in enumerate(people) if person is not None]
    return table if len(known) == len(people) else taken(table, np.array(known, dtype=np.int64))

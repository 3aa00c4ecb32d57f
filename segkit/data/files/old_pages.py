"""Convert pages from Klaviyo's retired v1 and v2 APIs to the present format, so that old exports still load."""

from collections.abc import Mapping
from typing import Any

_LOCATION = frozenset("address1 address2 city region country zip latitude longitude timezone ip".split())  # noqa: SIM905
_PLAIN = frozenset(
    "email phone_number external_id first_name last_name organization title image created updated".split()  # noqa: SIM905
)


def modern(page: Any, kind: str) -> Any:
    """Convert a page from the v1 or v2 API to the present format, and return any other page unchanged.

    In v1, Klaviyo's fields have names such as "$email", and custom properties are beside them. An event contains its person and the
    name of its metric. The v2 API returned the members of a list or segment as `records`.

    >>> page = {"object": "person", "id": "P1", "$email": "ann@example.com", "Shoe Size": 38}
    >>> modern(page, "profile")["data"][0]["attributes"]
    {'email': 'ann@example.com', 'location': {}, 'properties': {'Shoe Size': 38}}
    """
    if not isinstance(page, Mapping):
        return page
    found = page.get("records", page.get("data"))
    old = [page] if page.get("object") in ("person", "event") else found
    if not isinstance(old, list) or not old or not all(_is_old(one, kind, page) for one in old):
        return page
    if kind == "profile":
        return {"data": [_person(one) for one in old]}
    metrics = {str(one.get("statistic_id")): one.get("event_name") for one in old}
    included = [{"type": "metric", "id": metric, "attributes": {"name": name}} for metric, name in metrics.items()]
    return {"data": [_event(one) for one in old], "included": included}


def _is_old(one: Any, kind: str, page: Mapping[str, Any]) -> bool:
    if not isinstance(one, Mapping) or "attributes" in one or "type" in one:
        return False
    if kind == "event":
        return one.get("object") == "event" and isinstance(one.get("person"), Mapping)
    return one.get("object") == "person" or ("records" in page and "id" in one)


def _person(one: Mapping[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    location: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, value in one.items():
        plain = "external_id" if name == "$id" else name.removeprefix("$")
        if name in ("object", "id") or (name == "$id" and not value):
            continue
        if plain not in _LOCATION | _PLAIN:
            properties[name] = value
        elif name == plain and f"${name}" in one:
            # Klaviyo's field has both names. If their values differ, the plain name is a custom property of the account.
            properties |= {} if value == one[f"${name}"] else {name: value}
        else:
            (location if plain in _LOCATION else attributes)[plain] = value
    return {
        "type": "profile",
        "id": one.get("id"),
        "attributes": {**attributes, "location": location, "properties": properties},
    }


def _event(one: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: one.get(name) for name in ("datetime", "timestamp", "uuid", "event_properties")}
    related = {
        "profile": {"data": {"id": one["person"].get("id")}},
        "metric": {"data": {"id": str(one.get("statistic_id"))}},
    }
    return {"type": "event", "id": one.get("id"), "attributes": kept, "relationships": related}

"""The endpoints that pull and push ask, with their published limits, page sizes and scopes; asking is the client's work.

From Klaviyo's OpenAPI document of revision 2026-07-15 and the official client 25.0 of revision 2026-10-15, which agree in all of this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests an account may make: in one second, and in one minute."""

    in_a_second: int
    in_a_minute: int


EXTRA_SMALL = Limits(1, 15)
MEDIUM = Limits(10, 150)
LARGE = Limits(75, 750)
EXTRA_LARGE = Limits(350, 3_500)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked of an account.

    Attributes:
        title: what Klaviyo's reference calls it.
        group: the attribute of the official client that holds it.
        method: the name of its method there.
        limits: the published limits.
        scopes: what the key must be allowed to do.
        resource: the type of the resources that it answers with.
        is_repeatable: asking twice does no more than asking once, so a request without an answer may be asked again.
        given: arguments that always go with it: the largest page, and an order in which pages don't shift while they are read.
    """

    title: str
    group: str
    method: str
    limits: Limits
    scopes: tuple[str, ...]
    resource: str
    is_repeatable: bool = True
    given: Mapping[str, Any] = field(default_factory=dict)


METRICS = Endpoint("Get Metrics", "Metrics", "get_metrics", MEDIUM, ("metrics:read",), "metric")
EVENTS = Endpoint(
    "Get Events",
    "Events",
    "get_events",
    EXTRA_LARGE,
    ("events:read",),
    "event",
    given={"page_size": 1_000, "include": ["metric"], "sort": "datetime"},
)
PROFILES = Endpoint(
    "Get Profiles",
    "Profiles",
    "get_profiles",
    # The slower limits that hold as soon as predictions are asked for.
    MEDIUM,
    ("profiles:read",),
    "profile",
    given={"page_size": 100, "sort": "id", "additional_fields_profile": ["subscriptions", "predictive_analytics"]},
)
LISTS = Endpoint("Get Lists", "Lists", "get_lists", LARGE, ("lists:read",), "list", given={"page_size": 10})
LIST_MEMBERS = Endpoint(
    "Get Profiles for List",
    "Lists",
    "get_profiles_for_list",
    LARGE,
    ("lists:read", "profiles:read"),
    "profile",
    given={"page_size": 100, "sort": "joined_group_at", "fields_profile": ["joined_group_at"]},
)
SEGMENTS = Endpoint(
    "Get Segments", "Segments", "get_segments", LARGE, ("segments:read",), "segment", given={"page_size": 10}
)
SEGMENT_MEMBERS = Endpoint(
    "Get Profiles for Segment",
    "Segments",
    "get_profiles_for_segment",
    LARGE,
    ("profiles:read", "segments:read"),
    "profile",
    given={"page_size": 100, "sort": "joined_group_at", "fields_profile": ["joined_group_at"]},
)
CREATE_SEGMENT = Endpoint(
    "Create Segment", "Segments", "create_segment", EXTRA_SMALL, ("segments:write",), "segment", is_repeatable=False
)
UPDATE_SEGMENT = Endpoint("Update Segment", "Segments", "update_segment", EXTRA_SMALL, ("segments:write",), "segment")

"""Define the endpoints that `pull` and `push` call, with their published rate limits, page sizes and scopes.

The values come from Klaviyo's OpenAPI document, revision 2026-07-15. The official client 25.0, revision 2026-10-15, has the same values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Rate limits: requests per second and per minute."""

    in_a_second: int
    in_a_minute: int


EXTRA_SMALL = Limits(1, 15)
MEDIUM = Limits(10, 150)
LARGE = Limits(75, 750)
EXTRA_LARGE = Limits(350, 3_500)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of the API.

    Attributes:
        title: the endpoint's name in Klaviyo's reference.
        group: the attribute of the official client that has the method.
        method: the name of the client's method.
        limits: the published rate limits.
        scopes: the scopes that the key needs.
        resource: the type of the resources in the response.
        is_repeatable: whether the request is idempotent, so that it may be retried when no response arrived.
        given: arguments for every request: the largest page size, and a sort order in which pages don't shift while they are read.
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
    # These lower limits apply when predictions are requested.
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

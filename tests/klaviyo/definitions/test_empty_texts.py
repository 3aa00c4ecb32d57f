"""A document of Klaviyo's that looks for nothing in a text is refused, as phrases refuse it, since no text could keep it."""

import json

import pytest

import segkit as sk
from segkit.errors import DefinitionError


def segment_of(kind: str, operator: str, value: object) -> sk.Segment:
    """Read a segment by one property."""
    condition = {"type": "profile-property", "property": "properties['City']"}
    filtered = condition | {"filter": {"type": kind, "operator": operator, "value": value}}
    return sk.from_klaviyo(json.dumps({"condition_groups": [{"conditions": [filtered]}]}), name="Some")


@pytest.mark.parametrize(
    ("kind", "operator", "value"),
    [
        *(("string", operator, "") for operator in ("contains", "not-contains", "starts-with", "ends-with", "regex")),
        *(("string", operator, ["a", ""]) for operator in ("in", "not-in")),
        *(("list", operator, "") for operator in ("contains", "not-contains", "contains-substring")),
        *(("list", operator, [""]) for operator in ("contains-any", "contains-all", "not-contains-all")),
    ],
)
def test_nothing_is_looked_for_in_no_text(kind: str, operator: str, value: object):
    """With its place and what is wanted."""
    with pytest.raises(DefinitionError, match="text that is not empty"):
        segment_of(kind, operator, value)


@pytest.mark.parametrize("operator", ["equals", "not-equals"])
def test_a_text_may_be_empty(operator: str):
    """To be equal to nothing is a question, and it is kept."""
    segment = segment_of("string", operator, "")
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment

"""JSON in any of the shapes that people save: pages, resources one by one, rows in a list or in lines."""

import json

import pytest

import segkit as sk
from segkit.errors import DataError

METRIC = {"type": "metric", "id": "M1", "attributes": {"name": "Placed Order"}}
PROFILES = [
    {"type": "profile", "id": name, "attributes": {"email": f"{name}@example.com", "properties": {"Age": age}}}
    for name, age in (("ann", 18), ("bea", None))
]
EVENTS = [
    {
        "type": "event",
        "id": f"E{number}",
        "attributes": {"datetime": "2026-06-01T00:00:00Z", "event_properties": {"$value": number}},
        "relationships": {
            "profile": {"data": {"type": "profile", "id": "ann"}},
            "metric": {"data": {"type": "metric", "id": "M1"}},
        },
    }
    for number in (1, 2)
]


def lines(*documents):
    """Return documents as JSON Lines, with a blank line behind them."""
    return "\n".join(map(json.dumps, documents)) + "\n\n"


@pytest.mark.parametrize(("name", "text"), [
    ("events.jsonl", lines(METRIC, *EVENTS)),
    ("events.json", lines(METRIC, *EVENTS)),
    ("events.json", json.dumps([METRIC, *EVENTS])),
    ("events.ndjson", lines({"data": EVENTS[:1], "included": [METRIC]}, {"data": EVENTS[1:], "included": [METRIC]})),
    ("events.json", json.dumps({"data": EVENTS, "included": [METRIC]}, indent=2)),
])  # fmt: skip
def test_resources_are_the_same_in_any_wrapping(name, text, tmp_path):
    """Klaviyo's resources load alike from pages, a list of pages, a list of resources, and one in each line."""
    (tmp_path / "profiles.jsonl").write_text(lines(*PROFILES))
    (tmp_path / name).write_text(text)
    shop = sk.load(tmp_path)
    assert shop.profiles["email"].tolist() == ["ann@example.com", "bea@example.com"]
    assert shop.events.metric("Placed Order").units.tolist() == [1, 2]


def test_rows_keep_their_types(tmp_path):
    """A number is a number and a text a text, a name that a row lacks is not set, and parts may differ in their headers."""
    (tmp_path / "profiles-1.jsonl").write_text(
        lines({"profile_id": "ann", "Age": 18, "Tags": ["a"]}, {"profile_id": "bea"})
    )
    (tmp_path / "profiles-2.json").write_text(json.dumps({"id": "cat", "Age": "18", "phone": "+14155550132"}))
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.cells("Age").values == [18, None, "18"]
    assert shop.profiles["phone_number"].tolist()[-1] == "+14155550132"
    (tmp_path / "lists.jsonl").write_text(lines({"profile_id": "ann", "list_id": "VIP"}))
    assert list(sk.load(tmp_path, as_of="2026-06-30").lists) == ["VIP"]


BAD = {
    "a line that is cut": (lines({"profile_id": "ann"}) + '{"profile_id": ', "line 3 is not JSON"),
    "no JSON": ("profile_id,City\n", "it is not JSON, or it is incomplete, in line 1"),
    "rows beside pages": (lines({"profile_id": "ann"}, PROFILES[0]), "both plain rows and pages"),
    "lists in lines": ("[1]\n[2]\n", "neither pages of the Klaviyo API nor rows"),
    "brackets without end": ("[" * 100_000, "nested more than 100 levels deep"),
    "nothing": (" \n", "has no rows"),
    "rows without names": ("[{}, {}]", "has no rows"),
    "Latin letters": ('{"profile_id": "zoë"}'.encode("latin-1"), "not in UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_json_is_refused_in_our_words(name, tmp_path):
    """The error names the file and what is wrong with it."""
    raw, message = BAD[name]
    (tmp_path / "profiles.jsonl").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with pytest.raises(DataError, match=message):
        sk.load(tmp_path)


def test_half_a_character_is_replaced_and_told(tmp_path):
    """A name that was cut within an emoji has a sign in its place, and the rest of the shop loads."""
    (tmp_path / "profiles.jsonl").write_text('{"profile_id": "ann", "Name": "Ann \\ud83d", "Mood": "\\ud83d\\ude00"}\n')
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.profiles.iloc[0].tolist() == ["Ann \ufffd", "😀"]
    assert shop.report.set_index("issue").loc["strings with half a character", "count"] == 1

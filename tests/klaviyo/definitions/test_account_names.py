"""The names of an account's metrics and lists: from pages, from a file, and back into one, the same each time."""

import json

import pytest

from segkit.errors import DataError, FileError
from segkit.klaviyo.account_names import AccountNames

NAMES = AccountNames({"Order1": "Placed Order", "Click1": "Clicked SMS"}, {"Vip001": "VIP Zoë"})


def resource(kind, key, name):
    """Return a resource as the API lists it."""
    return {"type": kind, "id": key, "attributes": {"name": name, "created": "2026-01-05T08:00:00+00:00"}, "links": {}}


METRICS = {"data": [resource("metric", "Order1", "Placed Order"), resource("metric", "Click1", "Clicked SMS")]}
LISTS = {"data": [resource("list", "Vip001", "VIP Zoë")], "links": {"next": None}}


def test_pages_are_read_in_any_order():
    """Metrics and lists are told apart by their type, and pages of other things are passed over."""
    segments = {"data": [resource("segment", "Seg001", "EU")]}
    assert AccountNames.from_pages([LISTS, segments, METRICS]) == NAMES
    assert AccountNames.from_pages([{"data": METRICS["data"][0]}]).metrics == {"Order1": "Placed Order"}


def test_names_come_back_from_the_file_they_were_written_to(tmp_path):
    """What is written is read as the same names."""
    path = NAMES.to_file(tmp_path / "names.json")
    assert path.is_absolute()
    assert AccountNames.from_file(path) == NAMES
    assert AccountNames.from_file(str(path)) == NAMES


def test_the_text_depends_on_the_names_alone():
    """Sorted by id, so that the order of pages doesn't show in a file that is kept under version control."""
    other = AccountNames(dict(reversed(NAMES.metrics.items())), NAMES.lists)
    assert other.as_text() == NAMES.as_text()
    assert json.loads(NAMES.as_text()) == {"metrics": dict(NAMES.metrics), "lists": dict(NAMES.lists)}
    assert "Zoë" in NAMES.as_text()


@pytest.mark.parametrize("content", [METRICS, [METRICS, LISTS], {"metrics": {"Click1": "Clicked SMS"}}])
def test_a_file_may_hold_pages_or_one_table(content, tmp_path):
    """Saved answers of the API are read as they came, with a byte-order mark too, and a table may be left out."""
    path = tmp_path / "names.json"
    path.write_text(json.dumps(content), encoding="utf-8-sig")
    assert AccountNames.from_file(path).metrics["Click1"] == "Clicked SMS"


@pytest.mark.parametrize("content", [
    [], {}, 5, {"metrics": {}}, {"metrics": ["Clicked SMS"]}, {"metrics": {"Click1": 5}}, {"data": []}, {"data": [5]},
    {"data": [{"type": "metric", "id": "Click1"}]}, [resource("segment", "Seg001", "EU")], [METRICS, None],
])  # fmt: skip
def test_what_names_nothing_is_refused(content, tmp_path):
    """A file of another shape is named, and the two shapes that are read are shown."""
    path = tmp_path / "names.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=r"no names of metrics or lists in names\.json"):
        AccountNames.from_file(path)


def test_faults_of_the_file_itself_are_told(tmp_path):
    """No such file, no JSON, and no folder to write into are errors that name the file."""
    with pytest.raises(DataError, match=r"names\.json"):
        AccountNames.from_file(tmp_path / "names.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.json"):
        AccountNames.from_file(tmp_path / "broken.json")
    with pytest.raises(FileError, match="does not exist"):
        NAMES.to_file(tmp_path / "nowhere" / "names.json")

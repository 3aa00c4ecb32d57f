"""Segments in files: a folder is read whole and in order, or refused with everything that is wrong in any of its files."""

import pytest

import segkit as sk
from segkit.definition.text.segment_files import load_segments


def write(path, segment):
    """Write a segment's text as segkit would."""
    path.write_text(segment.to_yaml(), encoding="utf-8")


def test_a_folder_is_read_in_the_order_of_its_file_names(tmp_path):
    """Both endings in any case are read, sorted by name; other files, hidden ones and folders are left alone."""
    every = {"b.yaml": sk.sms_engaged(), "a.yml": sk.sms_subscribers(), "c.YAML": sk.prefers_sms()}
    for name, segment in every.items():
        write(tmp_path / name, segment)
    (tmp_path / "README.md").write_text("Ours.", encoding="utf-8")
    (tmp_path / ".b.yaml").write_text("an editor's own", encoding="utf-8")
    (tmp_path / "old.yaml").mkdir()

    assert load_segments(tmp_path) == [sk.sms_subscribers(), sk.sms_engaged(), sk.prefers_sms()]
    assert load_segments(str(tmp_path)) == load_segments(tmp_path)


def test_a_single_file_is_read_whatever_its_ending(tmp_path):
    """A file that is named is read, also with a byte-order mark and with the line ends of Windows."""
    text = sk.sms_engaged().to_yaml().replace("\n", "\r\n")
    (tmp_path / "engaged.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert load_segments(tmp_path / "engaged.txt") == [sk.sms_engaged()]


def test_every_fault_of_every_file_is_told_at_once(tmp_path):
    """File, line and path lead to each fault; files that are right are not mentioned."""
    write(tmp_path / "fine.yaml", sk.sms_engaged())
    (tmp_path / "one.yaml").write_text("segkit: 1\nname: One\nall of:\n  - did: 7\n  - foo: 1\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("segkit: 1\nname: [\n", encoding="utf-8")
    (tmp_path / "wide.yaml").write_bytes("name: Zoë".encode("latin-1"))
    with pytest.raises(sk.DefinitionError) as caught:
        load_segments(tmp_path)
    lines = str(caught.value).splitlines()

    assert lines[0] == "The text has 4 mistakes, so nothing was read:"
    assert lines[1].startswith("  - one.yaml, line 4, all of/1/did: ")
    assert lines[2].startswith("  - one.yaml, line 5, all of/2/foo: ")
    assert lines[3].startswith("  - two.yaml, line 3: This is not valid YAML")
    assert lines[4].startswith("  - wide.yaml, byte 9: This is not UTF-8")


def test_two_files_of_one_name_are_a_fault(tmp_path):
    """A name stands for one segment, and both files that claim it are named."""
    write(tmp_path / "a.yaml", sk.sms_engaged())
    write(tmp_path / "b.yaml", sk.sms_engaged(clicked_days=60))

    with pytest.raises(sk.DefinitionError, match=r"b\.yaml: Two segments are both named 'SMS engaged'.*a\.yaml"):
        load_segments(tmp_path)


def test_a_folder_without_segments_says_what_it_holds(tmp_path):
    """An empty folder, or one of other files, is named with what it holds and what is looked for."""
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(sk.DefinitionError, match=r"\.yaml or \.yml\. The folder contains: 'notes\.txt'"):
        load_segments(tmp_path)


def test_a_missing_folder_is_looked_for_beside(tmp_path):
    """A folder that does not exist is a fault of the path, with the near spellings beside it."""
    (tmp_path / "segments").mkdir()
    with pytest.raises(sk.DataError, match="Did you mean 'segments'"):
        load_segments(tmp_path / "segmnets")

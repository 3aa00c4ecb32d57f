"""A CSV is read to the letter, however it is cut into blocks, and what could swallow or shift rows is refused with its line."""

import bz2
import codecs
import csv
import gzip
import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files import csv_blocks, csv_files
from segkit.data.files.csv_files import CsvFile, csv_table
from segkit.data.validation.issues import Issues
from segkit.errors import DataError


@pytest.fixture
def small_blocks(monkeypatch):
    """Cut files into blocks of few bytes, so that every place of a file is at the edge of one."""
    monkeypatch.setattr(csv_blocks, "BLOCK", 16)
    monkeypatch.setattr(csv_blocks, "_TAIL", 5)
    monkeypatch.setattr(csv_files, "_HEAD", 16)


def read(raw, name="profiles.csv", **given):
    """Return the rows of a CSV, None where a cell is unset, and what was noted while it was read."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(raw)
        issues = Issues()
        table = csv_table(CsvFile(path, "profiles", issues, **given))
    rows = list(zip(*(cells.values.to_pylist() for cells in table.values()), strict=True))
    return list(table), rows, [(issue.issue, issue.count) for issue in issues.found]


def load(folder, raw, name="profiles.csv", **given):
    """Return the shop of one file of profiles."""
    (folder / name).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return sk.load(folder, as_of="2026-06-30", **given)


def written(cell, *, always):
    """Return a cell as a CSV holds it, in quotation marks where it needs them, or always."""
    return '"' + cell.replace('"', '""') + '"' if always or set(cell) & set('",\r\n') else cell


CELLS = st.text(st.sampled_from('a",\r\n;é \t'), max_size=6)


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    always=st.booleans(),
)
def test_what_a_writer_of_csv_wrote_is_what_is_read(rows, end, always):
    """Cells with quotation marks, commas and line breaks of any kind come back byte by byte, wherever a block ends."""
    rows = [row for row in rows if any(row)] or [["x", "y"]]
    text = end.join(",".join(written(cell, always=always) for cell in row) for row in [["id", "Note"], *rows]) + end
    assert read(text.encode())[1] == [tuple(cell or None for cell in row) for row in rows]


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from('ab",\n'), max_size=40))
def test_no_text_is_read_otherwise_than_to_the_letter(body):
    """Any text below a header is read as a strict reader of rows reads it, or refused where that refuses it."""
    rows = csv.reader(io.StringIO(body, newline=""), strict=True)
    try:
        meant = [
            (row[0] or None, row[1] or None) for row in rows if row and (len(row) == 2 or not any(row[2:]) or row[9])
        ]
    except (csv.Error, IndexError):
        meant = None
    if not meant:
        with pytest.raises(DataError, match=r"quotation mark|have as many cells|has no rows"):
            read(b"id,Note\n" + body.encode())
    else:
        assert read(b"id,Note\n" + body.encode())[1] == meant


@pytest.mark.parametrize("size", [2**20, 2**22, 2**22 + 2**20])
def test_a_line_break_within_a_cell_may_lie_at_any_edge(size, tmp_path):
    """A Windows line break in quotes keeps both of its letters where blocks of Arrow's size or of ours end."""
    before = 'profile_id,Note\na,"'
    for shift in (-1, 0, 1):
        note = "z" * (size + shift - len(before)) + "\r\nsecond line"
        shop = load(tmp_path, f'{before}{note}"\nb,x\n')
        assert shop.profiles["Note"].tolist() == [note, "x"]


def test_a_cell_may_be_as_long_as_it_likes(tmp_path):
    """A page of several megabytes in one cell is a cell, quoted or not."""
    page = "<p>A long page.</p>" * 600_000
    shop = load(tmp_path, f'profile_id,Note\na,{page}\nb,"{page}"\nc,x\n')
    assert shop.profiles["Note"].tolist() == [page, page, "x"]


STRAY = {
    "never closed": ('a,+1,"5 inch\nb,+2,x\n', 2, "never closed"),
    "closed within a later cell": ('z,+0,y\na,+1,"5 inch\nb,+2,a "new" one\n', 3, "closes within a cell"),
    "closed within its own cell": ('a,+1,"Big" Bob\nb,+2,x\n', 2, "closes within a cell"),
    "escaped by a backslash": ('a,+1,"the \\"big\\" one"\nb,+2,x\n', 2, "closes within a cell"),
    "behind cells that are as they should be": ('a,+1,"x\ny"\nb,+2,"5 inch\nc,+3,x\n', 4, "never closed"),
}


@pytest.mark.parametrize("name", STRAY)
def test_a_stray_quotation_mark_is_refused_with_its_line(name, tmp_path):
    """A mark that would make one cell of several rows stops the load, so that nobody's opt-out is swallowed."""
    rows, line, what = STRAY[name]
    with pytest.raises(DataError, match=f"begins in line {line} (is )?{what}"):
        load(tmp_path, "profile_id,phone_number,Note\n" + rows)


def test_a_quotation_mark_inside_an_unquoted_cell_is_a_letter(tmp_path):
    """Inches in a cell without quotes are read as they stand, since nothing can be swallowed by them."""
    shop = load(tmp_path, 'profile_id,Size\na,5" nail\nb,"6"" nail"\n')
    assert shop.profiles["Size"].tolist() == ['5" nail', '6" nail']


def test_a_cell_that_looks_like_swallowed_rows_is_told(tmp_path):
    """Two stray marks in one column make a cell of the rows between, which is valid CSV, so the report points at it."""
    shop = load(
        tmp_path, 'profile_id,phone_number,City,Note\na,,Oslo,"5 inch\nb,,Bergen,6 inch"\nc,,Oslo,"two\nlines"\n'
    )
    told = shop.report[shop.report["issue"].str.contains("may be several rows")]
    assert told[["column", "count"]].to_numpy().tolist() == [["Note", 1]]


PARTED = {
    "semicolons": ('profile_id;City;Note\na;Oslo;"x;y"\n', "profiles.csv", "cells separated by semicolons"),
    "tabs": ("profile_id\tCity\tNote\na\tOslo\tx;y\n", "profiles.csv", "cells separated by tabs"),
    "bars": ("profile_id|City|Note\na|Oslo|x;y\n", "profiles.csv", "cells separated by bars"),
    "a line that says so": ("sep=;\r\nprofile_id;City;Note\r\na;Oslo;x;y\r\n".replace("x;y", '"x;y"'), "profiles.csv", None),
    "tabs in a file of tabs": ("profile_id\tCity\tNote\na\tOslo\tx;y\n", "profiles.tsv", None),
    "tabs in a file of text": ("profile_id\tCity\tNote\na\tOslo\tx;y\n", "profiles.txt", None),
    "commas in a file of text": ("profile_id,City,Note\na,Oslo,x;y\n", "profiles.txt", "cells separated by commas"),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTED)
def test_cells_may_be_parted_by_other_marks(name, tmp_path):
    """What parts the cells is told from the file, and the report says so where its name does not."""
    raw, file, told = PARTED[name]
    shop = load(tmp_path, raw, file)
    assert shop.profiles.iloc[0].tolist() == ["Oslo", "x;y"]
    assert [issue for issue in shop.report["issue"] if issue.startswith("cells")] == ([told] if told else [])


def test_a_mark_in_a_header_is_no_separator(tmp_path):
    """Of two marks that could part a header the one counts that gives all rows as many cells."""
    shop = load(tmp_path, 'profile_id,"Size; EU",City\na,42,Oslo\n')
    assert shop.property_names == ["city", "Size; EU"]
    shop = load(tmp_path, 'profile_id;"Size, EU";City\na;42;Oslo\n')
    assert shop.property_names == ["city", "Size, EU"]


def test_an_unclear_separator_is_asked_for(tmp_path):
    """Where two marks would do, and neither is a comma, the error says how to tell which it is."""
    with pytest.raises(DataError, match=r"may be separated by semicolons or by bars.*sep=;"):
        load(tmp_path, "profile_id;City|Note\na;Oslo|x\n")
    assert load(tmp_path, "sep=;\nprofile_id;City|Note\na;Oslo|x\n").profiles["City|Note"].tolist() == ["Oslo|x"]


TEXTS = {
    "UTF-16": "profile_id,City\na,Ærø\n".encode("utf-16"),
    "UTF-16, the other way round": codecs.BOM_UTF16_BE + "profile_id,City\na,Ærø\n".encode("utf-16-be"),
    "UTF-16 without a mark": "profile_id,City\na,Ærø\n".encode("utf-16-le"),
    "UTF-8 with a mark": "profile_id,City\na,Ærø\n".encode("utf-8-sig"),
    "gzip that does not say so": gzip.compress("profile_id,City\na,Ærø\n".encode()),
    "bzip that does not say so": bz2.compress("profile_id,City\na,Ærø\n".encode()),
    "UTF-16 with quotation marks that call for the slow way": 'profile_id,City,"Size"\na,Ærø,5" x\n'.encode("utf-16"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_bytes_of_a_file_say_how_it_was_written(name, tmp_path):
    """Whatever a file is called, its first bytes tell how it is compressed and encoded."""
    assert load(tmp_path, TEXTS[name]).profiles["city"].tolist() == ["Ærø"]


def test_plain_text_under_the_name_of_a_compressed_file_is_plain_text(tmp_path):
    """A browser that unpacked a file kept its name, which changes nothing."""
    for ending in ("gz", "bz2", "zst"):
        (tmp_path / ending).mkdir()
        assert len(load(tmp_path / ending, "profile_id\na\n", f"profiles.csv.{ending}")) == 1


def test_text_in_another_encoding_is_refused_with_the_choice(tmp_path):
    """The line is named, and either way out works: to save it anew, or to say how it was written."""
    raw = b"profile_id,City\n" + b"x,Oslo\n" * 300_000 + "zoë,Ærø\n".encode("cp1252")
    with pytest.raises(
        DataError, match=r"line 300,002 is not text in UTF-8\. Save it as CSV UTF-8.*encoding=\"cp1252\""
    ):
        read(raw)
    assert read(raw, encoding="cp1252")[1][-1] == ("zoë", "Ærø")
    with pytest.raises(DataError, match="There is no encoding 'ansi'"):
        load(tmp_path, raw, encoding="ansi")
    with pytest.raises(DataError, match="its header is not text in UTF-8"):
        load(tmp_path, "profile_id,Größe\na,1\n".encode("cp1252"))


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_headers_in_the_middle_are_no_rows(mark):
    """Files that were joined byte by byte hold their headers and byte-order marks again, which are left out and told."""
    part = mark + b"id,Note\na,x\n"
    _, rows, noted = read(part * 3)
    assert rows == [("a", "x")] * 3
    assert ("headers in the middle of a file", 2) in noted


def test_a_mark_before_a_row_is_read_past():
    """A byte-order mark before the first row of a part is no letter of its id, whether it is quoted or not."""
    for row in ("b,y", '"b",y'):
        _, rows, _ = read(f"id,Note\na,x\n\ufeff{row}\n".encode())
        assert rows == [("a", "x"), ("b", "y")]


def test_a_header_of_other_columns_in_the_middle_is_refused():
    """Parts whose columns are in another order can't be told apart row by row, so nothing is read."""
    with pytest.raises(DataError, match=r"1 row repeats the headers in a different order.*profiles-1\.csv"):
        read(b"id,Note\na,x\nNote,id\ny,b\n")


@pytest.mark.parametrize("raw", [
    b"profile_id,City,,\na,Oslo,,\nb,Oslo,,\n",
    b",,profile_id,City\n,,a,Oslo\n,,b,Oslo\n",
    b"profile_id,City\na,Oslo,,\nb,Oslo,\n",
    b",profile_id,City\n0,a,Oslo\n1,b,Oslo\n",
])  # fmt: skip
def test_commas_around_a_table_are_nothing(raw, tmp_path):
    """Columns without a header that are empty, or only number the rows, are no columns."""
    shop = load(tmp_path, raw)
    assert (shop.profile_ids.tolist(), shop.property_names) == (["a", "b"], ["city"])


def test_a_column_without_a_header_that_holds_something_is_refused(tmp_path):
    """What stands below no header is neither dropped nor kept under a name that nobody gave."""
    with pytest.raises(DataError, match=r"column 3 has no header but contains 1 cell\. Add a header"):
        load(tmp_path, "profile_id,City,,\na,Oslo,,\nb,Oslo,x,\n")


def test_uneven_rows_are_counted_with_the_first_line(tmp_path):
    """Rows that are too long or too short are refused, with a cell as long as it likes before them."""
    with pytest.raises(
        DataError, match=r"2 rows don't have as many cells as the header, which has 2\. The first such row is in line 3"
    ):
        load(tmp_path, f"profile_id,Note\na,{'x' * 200_000}\nb\nc,d\ne,f,g\n")


def test_a_zip_holds_one_file(tmp_path):
    """An archive of one file is that file, whatever a Mac puts beside it; one of several is refused with their names."""
    path = tmp_path / "profiles.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/people.csv", 'profile_id,Note\na,"two\nlines"\n')
        archive.writestr("__MACOSX/._people.csv", "shadow")
    assert sk.load(tmp_path, as_of="2026-06-30").profiles["Note"].tolist() == ["two\nlines"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.csv", "profile_id\nb\n")
    with pytest.raises(
        DataError, match=r"this archive contains 2 files: 'export/people\.csv', 'more\.csv'\. Unpack it"
    ):
        sk.load(tmp_path, as_of="2026-06-30")

"""What can be wrong with data, and with a question that the data can't answer."""

# Over 250 lines, since the wording of every error of a kind is read, and tested, in one place.

from collections.abc import Iterable
from pathlib import Path
from types import NoneType
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_text, quoted
from segkit.wording import listed, nearest, size_words


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


class DataError(SegkitError, ValueError):
    """The data can't be read as profiles and events without changing an answer silently."""

    @classmethod
    def faults(cls, faults: Iterable[str]) -> Self:
        """Several faults of one load, all at once."""
        every = list(faults)
        head = "The data has a fault" if len(every) == 1 else f"The data has {len(every)} faults"
        lines = "\n".join(f"  - {fault}" for fault in every)
        return cls(f"{head} that would change an answer silently, so nothing was loaded:\n{lines}")

    @classmethod
    def no_file(cls, path: Path) -> Self:
        """A path that was given does not exist."""
        try:
            beside = sorted(found.name for found in path.parent.iterdir()) if path.parent.is_dir() else []
        except OSError:
            beside = []
        if not beside:
            return cls(f"There is no file or folder {quoted(path)}. Check the spelling and the working directory.")
        return cls(
            f"There is no {quoted(path.name)} in {quoted(path.parent)}.{nearest(path.name, beside)} It holds: {listed(beside)}."
        )

    @classmethod
    def not_a_regular_file(cls, path: Path) -> Self:
        """A pipe, a device or a socket was given, which has no end, or waits for somebody to write."""
        return cls(
            f"{quoted(path.name)} can't be read: it is no regular file, but a device or a pipe. Save what comes out of it as a file first."
        )

    @classmethod
    def folder_for_file(cls, path: Path) -> Self:
        """A folder was given where a file belongs."""
        return cls(f"{quoted(path)} is a folder. Give the name of a file in it.")

    @classmethod
    def file_too_large(cls, path: Path, largest: int) -> Self:
        """A file is larger than its kind may be."""
        return cls(
            f"{quoted(path.name)} can't be read: files of its kind may have {size_words(largest)}, and it has more. Check that it is the "
            "right file."
        )

    @classmethod
    def unpacks_too_large(cls, path: Path, largest: int) -> Self:
        """A compressed file holds far more than any data of its size does, or more than is read into memory."""
        return cls(
            f"{quoted(path.name)} can't be read: unpacked it has more than {size_words(largest)}, far more than a file of its size should "
            "hold. If it is yours and right, unpack it and load what comes out."
        )

    @classmethod
    def cells_nested_too_deep(cls, deepest: int) -> Self:
        """A cell holds lists within lists beyond all use."""
        return cls(
            f"A cell holds lists or mappings that are nested more than {deepest} deep. Leave its column out, or make it text first."
        )

    @classmethod
    def no_such_name(cls, given: str) -> Self:
        """A path was given that no file can have."""
        return cls(
            f"There is no file or folder {quoted(given if len(given) <= 80 else given[:79] + '…')}: no file can have this name. "
            "Check the spelling."
        )

    @classmethod
    def no_data_in_folder(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder holds neither profiles nor events."""
        return cls(
            f"The folder {quoted(folder)} holds neither profiles nor events. segkit looks for profiles.* and events.* "
            f"(.csv, .tsv, .parquet, .json, .jsonl, .feather or .xlsx; several parts as events-1.csv, events-2.csv). It holds: "
            f"{listed(found) or 'nothing'}. Files of another name are given one by one: "
            'sk.load(profiles="people.csv", events="log.parquet").'
        )

    @classmethod
    def two_kinds_of_file(cls, stem: str, found: Iterable[str]) -> Self:
        """A folder holds the same table twice."""
        return cls(
            f"The folder holds {stem} in more than one form: {listed(found)}. Reading both would count everything twice. "
            f"Remove one, or name the one to read: sk.load({stem}=...)."
        )

    @classmethod
    def nothing_given(cls) -> Self:
        """`load` was called without anything to load."""
        return cls(
            'Nothing to load. Give a folder, sk.load("sample_data"), or files: sk.load(profiles="p.csv", events="e.csv").'
        )

    @classmethod
    def not_a_pair(cls, option: str, text: str, example: str) -> Self:
        """An option of the command that takes pairs was given something else."""
        return cls(
            f"The option {option} takes pairs such as {example}, and {quoted(text)} is none. Write a pair that holds blanks in quotes, and the "
            "folder of the shop before the options."
        )

    @classmethod
    def pair_twice(cls, option: str, left: str, rights: Iterable[str]) -> Self:
        """An option of the command gives two meanings to one thing."""
        return cls(f"The option {option} gives {quoted(left)} the meanings {listed(rights)}. Leave one of them.")

    @classmethod
    def unknown_format(cls, path: Path) -> Self:
        """A file's ending says no format that segkit reads."""
        return cls(
            f"{quoted(path.name)} is of no format that segkit reads. It reads .csv, .tsv, .txt, .json and .jsonl (also as .csv.gz, "
            ".bz2, .zst or .zip), .parquet, .feather and .xlsx. Save it as one of these, or load it with pandas and use "
            "sk.Dataset.from_frames."
        )

    @classmethod
    def not_a_source(cls, table: str, value: object) -> Self:
        """A table was given as something that is neither a path nor a frame."""
        return cls(
            f"{table} can't be {_a(type(value).__name__)}. Give a path, several paths in a list, or a frame: of pandas, of Polars, or "
            "a table of Arrow. Rows as dictionaries become one by pandas.DataFrame(rows)."
        )

    @classmethod
    def not_a_table_of_arrow(cls, table: str, kind: str) -> Self:
        """An object hands out Arrow data, but no table of columns of UTF-8 text."""
        return cls(
            f"{table} can't be read from this {kind}: what it hands out by Arrow is no table of named columns with text in "
            "UTF-8. Give a frame or a table, such as frame.collect() of a lazy one."
        )

    @classmethod
    def no_excel(cls, path: Path) -> Self:
        """A workbook is to be read, and the package for that is missing."""
        return cls(
            f"{quoted(path.name)} is a workbook, and reading it needs the package openpyxl, which is not installed: "
            "pip install openpyxl. Or save the sheet as CSV UTF-8."
        )

    @classmethod
    def no_parts(cls, path: Path, found: Iterable[str]) -> Self:
        """A folder that was given for a table holds no parts of it."""
        return cls(
            f"The folder {quoted(path.name)} holds no parts of a table: no Parquet file, and no part-* of another format. It "
            f"holds: {listed(found) or 'nothing'}. Give the files one by one in a list."
        )

    @classmethod
    def several_in_archive(cls, path: Path, held: str) -> Self:
        """A zip archive holds not exactly one file."""
        return cls(
            f"{quoted(path.name)} can't be read: segkit reads archives of one file, and it holds {held}. Unpack it."
        )

    @classmethod
    def other_format(cls, path: Path, first: Path) -> Self:
        """Two parts of one table are of different formats."""
        return cls(
            f"{quoted(path.name)} is of another format than {quoted(first.name)}, a part of the same table. Save all parts in one format."
        )

    @classmethod
    def changed_while_read(cls, paths: Iterable[Path]) -> Self:
        """Files were replaced or written to while they were read."""
        names = [path.name for path in paths]
        return cls(
            f"{listed(names)} changed while the data was read, so nothing was loaded: part of it would be from before and part "
            "from after. Load again once whatever writes there has finished."
        )

    @classmethod
    def not_utf8(cls, path: Path, where: str) -> Self:
        """A file of text is in another encoding than it should be."""
        return cls(
            f"{quoted(path.name)} can't be read: {where}. Save it as CSV UTF-8, or say how it was written: sk.load(..., "
            'encoding="cp1252"), or segkit build --encoding cp1252, for a file of a Windows spreadsheet.'
        )

    @classmethod
    def unclear_separator(cls, path: Path, marks: Iterable[str]) -> Self:
        """The cells of a CSV could be parted by one mark or by another."""
        return cls(
            f"{quoted(path.name)} can't be read: its cells may be parted by {' or by '.join(marks)}. Say by which in a line of its "
            "own above the header, such as sep=; or save it as a CSV with commas."
        )

    @classmethod
    def unknown_encoding(cls, encoding: object) -> Self:
        """An encoding was given that nobody knows."""
        return cls(
            f"There is no encoding {quoted(encoding)}. Usual ones are 'utf-8', 'cp1252', 'latin-1' and 'utf-16'."
        )

    @classmethod
    def stored_text_not_utf8(cls, path: Path, column: str) -> Self:
        """A typed file says that a column is text, and it is not."""
        return cls(
            f"{quoted(path.name)} can't be read: the column {quoted(column)} should be text in UTF-8, and some of it is not. Write the file "
            "again with that text as UTF-8; whatever wrote it put text in another encoding there, such as latin-1."
        )

    @classmethod
    def damaged_file(cls, path: Path, reason: str) -> Self:
        """A file can't be read at all, or one of Parquet or Arrow is not as it should be."""
        return cls(
            f"{quoted(path.name)} can't be read: {reason}. Export it once more, or copy it once more from where it came."
        )

    @classmethod
    def unreadable_file(cls, path: Path, reason: str) -> Self:
        """A file is damaged or is not what its ending says."""
        return cls(f"{quoted(path.name)} can't be read: {reason}. Open it in a text editor, or export it once more.")

    @classmethod
    def empty_file(cls, name: str) -> Self:
        """A file has no rows, or not even a header."""
        return cls(
            f"{masked_text(name)} has no rows. Check that the export finished, and that the right file was given."
        )

    @classmethod
    def bad_argument(cls, name: str, value: object, wanted: str) -> Self:
        """An argument of loading is of another kind than it should be."""
        shown = quoted(value) if isinstance(value, (str, int, float, NoneType)) else f"of type {type(value).__name__}"
        return cls(f"{name} must be {wanted}, and it is {shown}. Nothing was loaded.")

    @classmethod
    def no_headers(cls, where: str, covered: Iterable[str]) -> Self:
        """The first row of a table holds cells and no headers."""
        return cls(
            f"{masked_text(where)} has no row of headers: more than a third of the first row looks like cells, {listed(covered)}. Put a row of "
            "headers above it, such as profile_id,email,phone_number, or name the columns while reading: "
            "sk.load(profiles=pandas.read_csv(path, names=[...], dtype=str))."
        )

    @classmethod
    def several_levels(cls, table: str, header: object) -> Self:
        """The headers of a frame have several levels, as those of a pivot have."""
        return cls(
            f"{table}: headers have several levels, such as {quoted(header)}, and a column needs one name. Join them first: "
            'frame.columns = ["_".join(map(str, header)) for header in frame.columns].'
        )

    @classmethod
    def metrics_without_names(cls, ids: Iterable[str]) -> Self:
        """A connector's table of events names metrics by id only."""
        sentence = (
            f"events: the metrics are known by their ids {listed(ids, most=3)}, not by their names. Add them from the "
            'connector\'s table of metrics: events["metric"] = [names[one["metric"]["data"]["id"]] for one in '
            'events["relationships"]], where names = {id: attributes["name"]} of its rows.'
        )
        return cls.faults([sentence])

    @classmethod
    def no_as_of(cls) -> Self:
        """Nothing in the data says when it was taken."""
        return cls(
            "The data has no event and no dated column, so nothing says from which moment to look at it. "
            'Give the moment: sk.load(..., as_of="2026-06-30").'
        )

    @classmethod
    def bad_as_of(cls, value: object, reason: str = "") -> Self:
        """`as_of` can't be read as an instant, or lies where nobody looks from."""
        return cls(
            f"as_of can't be {quoted(value)}{reason}. Give a date, which means the close of that day in UTC ('2026-06-30'), or an instant "
            "('2026-06-30T12:00:00Z', or a datetime; without an offset it is taken as UTC)."
        )

    @classmethod
    def unknown_zone(cls, column: str, zone: str) -> Self:
        """A typed column of times names a zone that is none."""
        return cls(
            f"The times of column {quoted(column)} are in the time zone {quoted(zone)}, which is no name of the IANA database ('America/New_York', "
            "'UTC') and no offset ('+02:00'). Write the column again with its right zone, or converted to UTC."
        )

    @classmethod
    def unknown_metric(cls, name: str, known: Iterable[str]) -> Self:
        """A condition names a metric that the data does not have."""
        known = sorted(known)
        return cls(
            f"No event in the data has the metric {quoted(name)}.{nearest(name, known)} The data has: {listed(known, most=30)}."
        )

    @classmethod
    def unknown_property(cls, name: str, known: Iterable[str], of: str = "profiles") -> Self:
        """A condition names a property that the data does not have."""
        if name == "profile_id" and of == "profiles":
            return cls(
                "'profile_id' says whose a row is, and is no property. For people whom you picked, make a list of them: "
                'shop = shop.with_list("Picked", ids), and then sk.in_list("Picked").'
            )
        known = sorted(known)
        return cls(
            f"The {of} have no property {quoted(name)}.{nearest(name, known)} Names are case-sensitive. "
            f"The properties are: {listed(known, most=40) or 'none'}."
        )

    @classmethod
    def unknown_list(cls, name: str, known: Iterable[str]) -> Self:
        """A condition names a list that the data does not have."""
        known = sorted(known)
        if not known:
            return cls(
                f"The data has no lists, so nothing says who is on {quoted(name)}. Put a lists.csv with profile_id, list_id and "
                "joined beside the profiles, or pass lists= to load."
            )
        return cls(
            f"There is no list {quoted(name)} in the data.{nearest(name, known)} The lists are: {listed(known, most=30)}."
        )

    @classmethod
    def unknown_profile(cls, profile_id: object, example: str) -> Self:
        """A profile id was asked for that the data does not have."""
        return cls(
            f"No profile has the id {quoted(profile_id)}. Ids are text and case-sensitive, such as {quoted(example)}."
        )

    @classmethod
    def unknown_postal_code(cls, postal_code: str, country: str, known: Iterable[str]) -> Self:
        """A distance is asked from a postal code that no table places."""
        known = list(known)
        if not known:
            return cls(
                f"segkit has no postal codes of {quoted(country)}, so {quoted(postal_code)} can't be placed. US codes come with it; for "
                "other countries put a places.csv with country, postal_code, latitude and longitude beside the profiles, "
                "or give the point itself: of=(42.36, -71.06)."
            )
        return cls(
            f"The postal code {quoted(postal_code)} of {quoted(country)} has no known point.{nearest(postal_code, known)} "
            "Give a neighbouring code, or the point itself: of=(42.36, -71.06)."
        )

    @classmethod
    def no_names(cls, what: str) -> Self:
        """A file or pages that should name metrics and lists do not."""
        return cls(
            f"{what} names neither metrics nor lists of an account. Give pages of Get Metrics or Get Lists as they come, or "
            'a file such as {"metrics": {ID: NAME}, "lists": {ID: NAME}}.'
        )

    @classmethod
    def amounts_too_large(cls, metric: str) -> Self:
        """Amounts leave the range in which whole numbers of 64 bits are exact."""
        return cls(
            f"The values of {quoted(metric)} are too large or too fine to be summed exactly in 64 bits. Look for a slipped column, "
            "or load them in a larger unit."
        )

    @classmethod
    def no_ids_to_add_by(cls, method: str, headers: Iterable[str]) -> Self:
        """A frame is to be added that does not say whose its rows are."""
        return cls(
            f"{method} can't tell whose the rows of the frame are: no column is called 'profile_id', and neither is its index. The columns are "
            f"{listed(headers, most=40) or 'none'}. Rename the one that holds the ids, or name the index: frame.rename_axis('profile_id')."
        )

    @classmethod
    def decides_who_is_sent_to(cls, names: Iterable[str]) -> Self:
        """A column is to be added that says who may be written to."""
        names = list(names)
        return cls(
            f"with_properties can't set {listed(names)}: who may be written to is worked out from phone numbers, countries and consent together, "
            "once, when the data is loaded. Put the column into the profiles and load them: sk.load(..., profiles=frame). To have it as a "
            f"property beside the loaded one, give it a name of its own, such as {quoted(f'{names[0]} (mine)')}."
        )

    @classmethod
    def nothing_to_add(cls, method: str) -> Self:
        """What is to be added to a shop is empty."""
        what = "no id" if method == "with_list" else "no column beside profile_id, or no row"
        return cls(f"{method} was given {what}, so there is nothing to add. Check how it was picked.")

    @classmethod
    def series_without_name(cls, method: str) -> Self:
        """A Series is to become a property, and has no name."""
        return cls(
            f"{method} was given a Series without a name, so its property would have none. Name it: series.rename('Spent')."
        )

    @classmethod
    def flags_instead_of_ids(cls) -> Self:
        """A Series of True and False was given where ids belong."""
        return cls(
            "with_list was given True and False instead of ids. If they say who is to be on it, give the ids of those: "
            "series.index[series]."
        )

    @classmethod
    def saved_shop_damaged(cls, path: Path, reason: str) -> Self:
        """A saved shop is not whole, or not as it was written."""
        return cls(
            f"{quoted(path.name)} of the saved shop in {quoted(_saved_in(path))} can't be used: {reason}. Nothing is taken from a shop that is "
            "not whole. Save it again from where it came, sk.load(...).save(folder), or copy the whole folder once more."
        )

    @classmethod
    def not_of_the_saved_shop(cls, path: Path) -> Self:
        """The folder of a saved shop holds a file that nobody saved there."""
        return cls(
            f"{quoted(path.name)} in {quoted(path.parent)} does not belong to the saved shop that this folder holds. Move it elsewhere; if it is "
            "newer data, load where that lies and save the shop again."
        )

    @classmethod
    def saved_by_another_version(cls, folder: Path, version: object, number: object) -> Self:
        """A saved shop has another version than this segkit reads."""
        return cls(
            f"The shop in {quoted(folder)} was saved by segkit {version}, whose saved shops have the version {quoted(number)} and are not read by this "
            "one. Save it again from where it came: sk.load(...).save(folder)."
        )

    @classmethod
    def folder_not_entered(cls, folder: Path) -> Self:
        """The system lets nobody but its owner into a folder."""
        return cls(
            f"{quoted(folder)} can't be looked into: the system doesn't let you, as with a saved shop of somebody else's, which is its owner's "
            "alone. Ask its owner, or save a shop of your own."
        )

    @classmethod
    def inside_a_saved_shop(cls, folder: Path) -> Self:
        """The folder of a saved shop's files was given instead of the shop's."""
        return cls(f"This is the inside of a saved shop. Give the folder of the shop: sk.load({quoted(folder)}).")

    @classmethod
    def saved_shop_is_read(cls, names: Iterable[str]) -> Self:
        """A saved shop is to be loaded with arguments that say how data is read."""
        return cls(
            f"A saved shop is loaded as it was read, so {listed(names)} can't be given with it. Load it without, only as_of may be given; or load where it came "
            "from with them, and save that."
        )

    @classmethod
    def property_not_saved(cls, name: str, kind: str) -> Self:
        """A property holds values that no file of a saved shop can hold."""
        return cls(
            f"The shop was not saved: the property {quoted(name)} holds values of type {kind}, which can't be written. Load without it, or make it "
            "text first: frame[name].astype(str)."
        )


def _saved_in(path: Path) -> Path:
    """Return the folder of a saved shop that a file belongs to."""
    above = [folder for folder in path.parents if folder.name == "saved-tables"]
    return above[0].parent if above else path.parent

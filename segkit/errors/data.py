"""Define the errors of loading data and of questions that the data can't answer."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import NoneType
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_path, masked_text, quoted
from segkit.wording import listed, nearest, size_words


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


class DataError(SegkitError, ValueError):
    """The data can't be loaded, or can't answer a question, without silently changing the result."""

    @classmethod
    def issues(cls, issues: Iterable[str]) -> Self:
        """All issues found in one load."""
        every = list(issues)
        head = "The data has an issue" if len(every) == 1 else f"The data has {len(every)} issues"
        lines = "\n".join(f"  - {issue}" for issue in every)
        return cls(f"{head} that would silently give wrong results, so nothing was loaded:\n{lines}")

    @classmethod
    def no_file(cls, path: Path) -> Self:
        """A path does not exist."""
        try:
            beside = sorted(found.name for found in path.parent.iterdir()) if path.parent.is_dir() else []
        except OSError:
            beside = []
        if not beside:
            return cls(f"There is no file or folder {quoted(path)}. Check the spelling and the working directory.")
        return cls(
            f"There is no {quoted(path.name)} in {quoted(path.parent)}.{nearest(path.name, beside)} The folder contains: {listed(beside)}."
        )

    @classmethod
    def not_a_regular_file(cls, path: Path) -> Self:
        """A path is a pipe, a device or a socket, which may be endless or wait for a writer."""
        return cls(
            f"{quoted(path.name)} can't be read: it is a device or a pipe, not a regular file. Save its output to a file first."
        )

    @classmethod
    def folder_for_file(cls, path: Path) -> Self:
        """A path is a folder, not a file."""
        return cls(f"{quoted(path)} is a folder. Pass the path of a file in it.")

    @classmethod
    def file_too_large(cls, path: Path, largest: int) -> Self:
        """A file is larger than the limit for its kind."""
        return cls(
            f"{quoted(path.name)} can't be read: it is larger than {size_words(largest)}, the limit for this kind of file. Check that it is "
            "the right file."
        )

    @classmethod
    def unpacks_too_large(cls, path: Path, largest: int) -> Self:
        """A compressed file expands to far more than expected, or to more than fits into memory."""
        return cls(
            f"{quoted(path.name)} can't be read: it decompresses to more than {size_words(largest)}, far more than expected for a file of "
            "its size. If you trust the file, unpack it and load the unpacked file."
        )

    @classmethod
    def cells_nested_too_deep(cls, deepest: int) -> Self:
        """A cell has lists or mappings nested too deep."""
        return cls(
            f"A cell has lists or mappings that are nested more than {deepest} levels deep. Leave the column out, or convert it to text first."
        )

    @classmethod
    def no_such_name(cls, given: str) -> Self:
        """No file can have this path."""
        return cls(
            f"There is no file or folder {quoted(given if len(given) <= 80 else given[:79] + '…')}: no file can have this name. "
            "Check the spelling."
        )

    @classmethod
    def no_data_in_folder(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder has neither profiles nor events."""
        return cls(
            f"The folder {quoted(folder)} has neither profiles nor events. segkit looks for profiles.* and events.* "
            f"(.csv, .tsv, .parquet, .json, .jsonl, .feather or .xlsx; several parts as events-1.csv, events-2.csv). The folder "
            f"contains: {listed(found) or 'nothing'}. Pass files with other names one by one: "
            'sk.load(profiles="people.csv", events="log.parquet").'
        )

    @classmethod
    def two_kinds_of_file(cls, stem: str, found: Iterable[str]) -> Self:
        """A folder contains the same table in two formats."""
        return cls(
            f"The folder has {stem} in more than one format: {listed(found)}. Reading both would count everything twice. "
            f"Remove one, or pass the file to read: sk.load({stem}=...)."
        )

    @classmethod
    def nothing_given(cls) -> Self:
        """`load` was called without anything to load."""
        return cls(
            'There is nothing to load. Pass a folder, sk.load("sample_data"), or files, sk.load(profiles="p.csv", events="e.csv").'
        )

    @classmethod
    def not_a_pair(cls, option: str, text: str, example: str) -> Self:
        """The value of a command option is not a pair."""
        return cls(
            f"The option {option} takes pairs such as {example}, but got {quoted(text)}. Quote a pair that contains spaces, and put the "
            "shop's folder before the options."
        )

    @classmethod
    def not_a_place(cls, text: str) -> Self:
        """The value of --near is neither a postal code nor a point."""
        return cls(
            f"The option --near takes a postal code, such as 02110, or a latitude and longitude, as in --near 42.36,-71.06, but got "
            f"{quoted(text)}."
        )

    @classmethod
    def pair_twice(cls, option: str, left: str, rights: Iterable[str]) -> Self:
        """A command option defines the same thing twice."""
        return cls(f"The option {option} defines {quoted(left)} more than once, as {listed(rights)}. Keep one.")

    @classmethod
    def no_notebook(cls, command: str, path: Path, notebooks: Iterable[Path]) -> Self:
        """The folder or notebook that a command should open does not exist."""
        found = [str(notebook) for notebook in notebooks]
        if not found:
            return cls(
                f'There is no folder or notebook {quoted(path)}. Pass the folder with your notebooks. "segkit {command} ." opens the current folder.'
            )
        return cls(
            f"There is no folder or notebook {quoted(path)}.{nearest(path.name, found)} The notebooks are: {listed(found, most=30)}. "
            f'To open one, run "segkit {command} {masked_path(found[0])}".'
        )

    @classmethod
    def one_folder_at_a_time(cls, command: str, folders: Iterable[str]) -> Self:
        """Several folders or notebooks were passed to a command that opens one."""
        return cls(
            f"segkit {command} opens one folder or notebook, but got {listed(folders)}. Write the value of an option after a space or "
            "an equals sign, such as --port 8911 or --port=8911."
        )

    @classmethod
    def unknown_format(cls, path: Path) -> Self:
        """A file has an extension that segkit can't read."""
        return cls(
            f"{quoted(path.name)} is not in a format that segkit reads. It reads .csv, .tsv, .txt, .json and .jsonl (also as .csv.gz, "
            ".bz2, .zst or .zip), .parquet, .feather and .xlsx. Save it as one of these, or load it with pandas and use "
            "sk.Dataset.from_frames."
        )

    @classmethod
    def not_a_source(cls, table: str, value: object) -> Self:
        """A table is neither a path nor a frame."""
        return cls(
            f"{table} can't be {_a(type(value).__name__)}. Pass a path, a list of paths, a pandas or Polars frame, or an Arrow table. Convert "
            "a list of dictionaries with pandas.DataFrame(rows)."
        )

    @classmethod
    def not_a_table_of_arrow(cls, table: str, kind: str) -> Self:
        """An object exports Arrow data that is not a table of named columns with UTF-8 text."""
        return cls(
            f"{table} can't be read from this {kind}: its Arrow data is not a table of named columns with text in UTF-8. Pass a frame or "
            "a table. Collect a lazy frame first: frame.collect()."
        )

    @classmethod
    def no_excel(cls, path: Path) -> Self:
        """The package for reading workbooks is missing."""
        return cls(
            f"{quoted(path.name)} is an Excel workbook. To read it, install openpyxl (pip install openpyxl), or save the sheet as CSV "
            "UTF-8."
        )

    @classmethod
    def no_parts(cls, path: Path, found: Iterable[str]) -> Self:
        """A folder that was passed as a table has no parts of a table."""
        return cls(
            f"The folder {quoted(path.name)} has no parts of a table: no Parquet file, and no part-* file in another format. The folder "
            f"contains: {listed(found) or 'nothing'}. Pass the files in a list."
        )

    @classmethod
    def several_in_archive(cls, path: Path, held: str) -> Self:
        """A zip archive does not have exactly one file."""
        return cls(
            f"{quoted(path.name)} can't be read: segkit only reads archives that contain one file, but this archive contains {held}. Unpack it first."
        )

    @classmethod
    def other_format(cls, path: Path, first: Path) -> Self:
        """Two parts of one table have different formats."""
        return cls(
            f"{quoted(path.name)} is in a different format from {quoted(first.name)}, which is part of the same table. Save all parts in one "
            "format."
        )

    @classmethod
    def changed_while_read(cls, paths: Iterable[Path]) -> Self:
        """Files changed while segkit was reading them."""
        names = [path.name for path in paths]
        return cls(
            f"{listed(names)} changed while segkit was reading the data, so nothing was loaded: the result would mix old and new data. "
            "Load again when the other program has finished writing."
        )

    @classmethod
    def not_utf8(cls, path: Path, where: str) -> Self:
        """A text file is in an unexpected encoding."""
        return cls(
            f"{quoted(path.name)} can't be read: {where}. Save it as CSV UTF-8, or pass its encoding. For a file from a spreadsheet on Windows, "
            'pass sk.load(..., encoding="cp1252"), or segkit build --encoding cp1252.'
        )

    @classmethod
    def unclear_separator(cls, path: Path, marks: Iterable[str]) -> Self:
        """The separator of a CSV is ambiguous."""
        return cls(
            f"{quoted(path.name)} can't be read: its cells may be separated by {' or by '.join(marks)}. Above the header, add a line that "
            'names the separator, such as "sep=;", or save the file as a CSV with commas.'
        )

    @classmethod
    def unknown_encoding(cls, encoding: object) -> Self:
        """There is no encoding with this name."""
        return cls(
            f"There is no encoding {quoted(encoding)}. Common encodings are 'utf-8', 'cp1252', 'latin-1' and 'utf-16'."
        )

    @classmethod
    def stored_text_not_utf8(cls, path: Path, column: str) -> Self:
        """A text column of a typed file is not in UTF-8."""
        return cls(
            f"{quoted(path.name)} can't be read: the column {quoted(column)} should be text in UTF-8, but some of its text is not. The program that "
            "wrote the file used a different encoding, such as latin-1. Write the file again with UTF-8 text."
        )

    @classmethod
    def damaged_file(cls, path: Path, reason: str) -> Self:
        """A file can't be read at all, or a Parquet or Arrow file is damaged."""
        return cls(f"{quoted(path.name)} can't be read: {reason}. Export it again, or copy it again from its source.")

    @classmethod
    def unreadable_file(cls, path: Path, reason: str) -> Self:
        """A file is damaged, or its content does not fit its extension."""
        return cls(f"{quoted(path.name)} can't be read: {reason}. Open the file in a text editor, or export it again.")

    @classmethod
    def empty_file(cls, name: str) -> Self:
        """A file has no rows, or not even a header."""
        return cls(f"{masked_text(name)} has no rows. Check that the export finished, and that this is the right file.")

    @classmethod
    def bad_argument(cls, name: str, value: object, wanted: str) -> Self:
        """An argument of `load` has a wrong type or value."""
        shown = quoted(value) if isinstance(value, (str, int, float, NoneType)) else f"of type {type(value).__name__}"
        return cls(f"{name} must be {wanted}, but it is {shown}.")

    @classmethod
    def bad_consent(cls, problems: Iterable[str]) -> Self:
        """The argument `consent` maps words in a way that can't be used."""
        every = list(problems)
        lines = "\n".join(f"  - {problem}" for problem in every)
        mistakes = "a mistake" if len(every) == 1 else f"{len(every)} mistakes"
        return cls(f"The argument consent has {mistakes}, so nothing was loaded:\n{lines}")

    @classmethod
    def no_headers(cls, where: str, covered: Iterable[str]) -> Self:
        """The first row of a table looks like data, not headers."""
        return cls(
            f"{masked_text(where)} has no header row: more than a third of the first row looks like data, {listed(covered)}. Add a header "
            "row above it, such as profile_id,email,phone_number, or pass the names when you read the file: "
            "sk.load(profiles=pandas.read_csv(path, names=[...], dtype=str))."
        )

    @classmethod
    def several_levels(cls, table: str, header: object) -> Self:
        """The headers of a frame have several levels, as after a pivot."""
        return cls(
            f"{table}: the headers have several levels, such as {quoted(header)}, but a column needs one name. Join the levels first: "
            'frame.columns = ["_".join(map(str, header)) for header in frame.columns].'
        )

    @classmethod
    def metrics_without_names(cls, ids: Iterable[str]) -> Self:
        """A connector's table of events has the ids of the metrics but not their names."""
        sentence = (
            f"events: the metrics have ids ({listed(ids, most=3)}) but no names. Add the names from the connector's table of metrics: "
            'events["metric"] = [names[one["metric"]["data"]["id"]] for one in events["relationships"]], where names maps each id in '
            'that table to its attributes["name"].'
        )
        return cls.issues([sentence])

    @classmethod
    def no_as_of(cls) -> Self:
        """Nothing in the data shows when it was exported."""
        return cls(
            "The data has no events and no column of dates, so segkit can't tell when it was exported. "
            'Pass the date: sk.load(..., as_of="2026-06-30").'
        )

    @classmethod
    def bad_as_of(cls, value: object, reason: str = "") -> Self:
        """`as_of` can't be read as an instant, or is out of range."""
        return cls(
            f"as_of can't be {quoted(value)}{reason}. Pass a date, which means the end of that day in UTC ('2026-06-30'), or an instant "
            "('2026-06-30T12:00:00Z', or a datetime). An instant without an offset is treated as UTC."
        )

    @classmethod
    def unknown_zone(cls, column: str, zone: str) -> Self:
        """A typed column of times has an unknown time zone."""
        return cls(
            f"The times in the column {quoted(column)} are in the time zone {quoted(zone)}, which is neither an IANA time zone name "
            "('America/New_York', 'UTC') nor a UTC offset ('+02:00'). Write the column again with the right zone, or convert it to UTC."
        )

    @classmethod
    def unknown_metric(cls, name: str, known: Iterable[str], spellings: Iterable[str] = ()) -> Self:
        """A condition uses a metric that the data does not have. A similar name may also be another spelling of a known one."""
        known = sorted(known)
        near = nearest(name, [*known, *spellings])
        return cls(
            f"No event in the data has the metric {quoted(name)}.{near} The metrics in the data are: {listed(known, most=30)}."
        )

    @classmethod
    def unknown_property(cls, name: str, known: Iterable[str], of: str = "profiles") -> Self:
        """A condition uses a property that the data does not have."""
        if name == "profile_id" and of == "profiles":
            return cls(
                "'profile_id' identifies the profile and is not a property. To select people by id, put the ids in a list: "
                'shop = shop.with_list("Picked", ids), and then use sk.in_list("Picked").'
            )
        known = sorted(known)
        return cls(
            f"The {of} have no property {quoted(name)}.{nearest(name, known)} Names are case-sensitive. "
            f"The properties are: {listed(known, most=40) or 'none'}."
        )

    @classmethod
    def unknown_list(cls, name: str, known: Iterable[str]) -> Self:
        """A condition uses a list that the data does not have."""
        known = sorted(known)
        if not known:
            return cls(
                f"The data has no lists, so the members of {quoted(name)} are unknown. Put a lists.csv with the columns profile_id, list_id "
                "and joined next to the profiles, or pass lists= to sk.load."
            )
        return cls(
            f"There is no list {quoted(name)} in the data.{nearest(name, known)} The lists are: {listed(known, most=30)}."
        )

    @classmethod
    def metric_not_in_layout(cls, name: str, source: str, metrics: Iterable[str]) -> Self:
        """A condition uses a metric that the layout of the data never contains."""
        return cls(
            f"{source} has no events of {quoted(name)}, so whom a condition on it matches is unknown. The metrics in its layout are: "
            f"{listed(sorted(metrics), most=8)}. Add the events from elsewhere: sk.load(folder, layout=..., events=...), with the "
            "columns profile_id, metric, datetime and value."
        )

    @classmethod
    def lists_not_in_layout(cls, name: str, source: str) -> Self:
        """A condition uses a list, and the layout of the data never contains the members of lists."""
        return cls(
            f"{source} does not include the members of lists, so segkit can't tell who is on {quoted(name)}. Pass them yourself: "
            "sk.load(folder, layout=..., lists=table), where the table has the columns profile_id, list_id and joined."
        )

    @classmethod
    def no_table_of_layout(cls, folder: Path, source: str, wanted: Iterable[str], found: Iterable[str]) -> Self:
        """A folder lacks the tables of a layout."""
        return cls(
            f"{masked_path(folder)} has no table of {source} with profiles or events. segkit looks for files named "
            f"{listed(list(wanted), most=30)}, and found: {listed(sorted(found), most=20) or 'none'}. Rename the files, or pass another "
            "layout=."
        )

    @classmethod
    def lacking_in_layout(cls, table: str, columns: Iterable[str], present: Iterable[str]) -> Self:
        """A table of a layout lacks columns."""
        return cls(
            f"{masked_text(table)} has no column {listed(list(columns))}. Its columns are: {listed(list(present), most=40)}. Export it "
            "with all of its columns, or check that layout= names the connector that wrote it."
        )

    @classmethod
    def unknown_profile(cls, profile_id: object, example: str) -> Self:
        """No profile in the data has this id."""
        return cls(
            f"No profile has the id {quoted(profile_id)}. Ids are case-sensitive text, such as {quoted(example)}."
        )

    @classmethod
    def unknown_postal_code(cls, postal_code: str, country: str, known: Iterable[str]) -> Self:
        """The location of a postal code is unknown."""
        known = list(known)
        if not known:
            return cls(
                f"segkit has no postal codes for {quoted(country)}, only for 'US', so it can't locate {quoted(postal_code)}. Put a places.csv "
                "with the columns country, postal_code, latitude and longitude next to the profiles, or pass the coordinates: "
                "of=(42.36, -71.06), or --near 42.36,-71.06 on the command line."
            )
        return cls(
            f"The location of the postal code {quoted(postal_code)} in {quoted(country)} is unknown.{nearest(postal_code, known)} "
            "Pass a nearby postal code, or the coordinates: of=(42.36, -71.06), or --near 42.36,-71.06 on the command line."
        )

    @classmethod
    def no_names(cls, what: str) -> Self:
        """A file or some pages contain the names of neither metrics nor lists."""
        return cls(
            f"There are no names of metrics or lists in {what}. Pass unmodified pages of Get Metrics or Get Lists, or a file such as "
            '{"metrics": {ID: NAME}, "lists": {ID: NAME}}.'
        )

    @classmethod
    def amounts_too_large(cls, metric: str) -> Self:
        """Amounts can't be summed exactly as 64-bit integers."""
        return cls(
            f"The amounts of {quoted(metric)} are too large, or have too many decimals, to be summed exactly in 64 bits. Check that no cells "
            "have moved into the wrong column, or load the amounts in a larger unit."
        )

    @classmethod
    def no_ids_to_add_by(cls, method: str, headers: Iterable[str]) -> Self:
        """A frame to be added has no profile ids."""
        return cls(
            f"{method} can't tell which profiles the rows of the frame belong to: neither a column nor the index is named 'profile_id'. The "
            f"columns are: {listed(headers, most=40) or 'none'}. Rename the column with the ids, or name the index: "
            "frame.rename_axis('profile_id')."
        )

    @classmethod
    def decides_who_is_sent_to(cls, names: Iterable[str]) -> Self:
        """A column to be added would decide who may be texted."""
        names = list(names)
        return cls(
            f"with_properties can't set {listed(names)}: who may be texted is decided from phone numbers, countries and consent together, "
            "once, when the data is loaded. Add the column to the profiles and load them: sk.load(..., profiles=frame). To add the column as "
            f"a separate property, rename it, for example to {quoted(f'{names[0]} (mine)')}."
        )

    @classmethod
    def nothing_to_add(cls, method: str) -> Self:
        """The data to be added to a shop is empty."""
        what = "no ids" if method == "with_list" else "a frame without rows, or without columns besides profile_id"
        return cls(f"{method} got {what}, so there is nothing to add. Check how the data was selected.")

    @classmethod
    def series_without_name(cls, method: str) -> Self:
        """A Series to be added as a property has no name."""
        return cls(
            f"{method} got a Series without a name, so the property would have no name. Name it: series.rename('Spent')."
        )

    @classmethod
    def flags_instead_of_ids(cls) -> Self:
        """A Series of True and False was passed instead of ids."""
        return cls(
            "with_list needs ids, but got True and False. If True marks the members of the list, pass their ids: series.index[series]."
        )

    @classmethod
    def saved_shop_damaged(cls, path: Path, reason: str) -> Self:
        """A saved shop is incomplete or damaged."""
        return cls(
            f"{quoted(path.name)} of the saved shop in {quoted(_saved_in(path))} can't be used: {reason}. segkit does not load a shop that is "
            "incomplete or damaged. Save it again from the original data, sk.load(...).save(folder), or copy the whole folder again."
        )

    @classmethod
    def not_of_the_saved_shop(cls, path: Path) -> Self:
        """The folder of a saved shop has a file that does not belong to it."""
        return cls(
            f"{quoted(path.name)} in {quoted(path.parent)} does not belong to the saved shop in this folder. Move it elsewhere. If it is "
            "newer data, load the new data from there and save the shop again."
        )

    @classmethod
    def saved_by_another_version(cls, folder: Path, version: object, number: object) -> Self:
        """A saved shop has a version that this segkit can't read."""
        return cls(
            f"The shop in {quoted(folder)} was saved by segkit {version} in version {quoted(number)} of the format, which this version of segkit "
            "can't read. Save the shop again from the original data: sk.load(...).save(folder)."
        )

    @classmethod
    def folder_not_entered(cls, folder: Path) -> Self:
        """Only its owner may read a folder."""
        return cls(
            f"{quoted(folder)} can't be read: you don't have permission. Only its owner can read a saved shop. Ask the owner, or save a shop of "
            "your own."
        )

    @classmethod
    def inside_a_saved_shop(cls, folder: Path) -> Self:
        """A folder inside a saved shop was passed instead of the shop's folder."""
        return cls(f"This folder is inside a saved shop. Pass the folder of the shop: sk.load({quoted(folder)}).")

    @classmethod
    def saved_shop_is_read(cls, names: Iterable[str]) -> Self:
        """Arguments that control how data is read don't apply to a saved shop."""
        return cls(
            f"A saved shop is loaded exactly as it was saved, so it accepts only as_of, not {listed(names)}. Leave these arguments out, or load "
            "the original data with them and save it again."
        )

    @classmethod
    def not_a_saved_shop(cls, folder: Path) -> Self:
        """A folder to connect to is not a saved shop."""
        return cls(
            f"{quoted(folder)} is not a saved shop, but sk.connect opens only saved shops. Save one first, "
            "sk.load(folder).save(another_folder), and then open it: sk.connect(another_folder)."
        )

    @classmethod
    def needs_loading(cls, what: str, folder: Path) -> Self:
        """A function needs the whole shop in memory, but got a connected shop."""
        return cls(f"{what} needs the whole shop in memory. Load it: shop = sk.load({quoted(folder)}).")

    @classmethod
    def values_without_readings(cls, name: str) -> Self:
        """The values of a property are saved without their readings."""
        return cls(
            f"Nearly every event has a different value of {quoted(name)}, as with an id, so a saved shop has no list of its values, and SQL "
            "can't test it. To use it in a condition, load the shop: sk.load(folder)."
        )

    @classmethod
    def connection_closed(cls, folder: Path) -> Self:
        """A connected shop was closed."""
        return cls(f"The connection to {quoted(folder)} is closed. Open it again: shop = sk.connect({quoted(folder)}).")

    @classmethod
    def database_out_of_memory(cls, folder: Path) -> Self:
        """DuckDB ran out of memory or of room for temporary files."""
        return cls(
            f"DuckDB ran out of memory, or of disk space for temporary files, while answering a question about {quoted(folder)}. Close other "
            "notebooks, ask about fewer segments at once, or use a machine with more memory."
        )

    @classmethod
    def database_failed(cls, folder: Path, kind: str, reason: str, database: str = "DuckDB") -> Self:
        """The database failed for a reason that segkit does not know."""
        first = reason.strip().splitlines()[0] if reason.strip() else "no reason"
        return cls(
            f"{database} could not answer this question about {quoted(folder)}: {kind}, {masked_text(first)}. To answer it in memory, load the shop: "
            f"sk.load({quoted(folder)})."
        )

    @classmethod
    def spark_lost(cls, folder: Path) -> Self:
        """A Spark session was stopped, or can't be reached."""
        return cls(
            f"The Spark session that reads {quoted(folder)} was stopped or can't be reached. Start a new one, and connect again: "
            f"shop = sk.connect({quoted(folder)}, spark=session)."
        )

    @classmethod
    def spark_setting(cls, name: str, value: str) -> Self:
        """A setting of a Spark session changes what statements mean."""
        return cls(
            f"The Spark session has {name} set to another value than {value}, which changes what text in a statement means. Set it, and ask "
            f'again: session.conf.set("{name}", "{value}").'
        )

    @classmethod
    def no_such_table(cls, name: str, known: Sequence[str]) -> Self:
        """A table was given under a name that no table of the saved shop has."""
        return cls(f"The saved shop has no table {quoted(name)}. Pass tables under these names: {', '.join(known)}.")

    @classmethod
    def other_table(
        cls, name: str, missing: Sequence[str], wrong: Sequence[str], wanted: str, rows: tuple[int, int]
    ) -> Self:
        """A table that was given differs from that of the saved shop."""
        faults = [f"lacks the columns {', '.join(missing)}"] if missing else []
        faults += [f"has columns of a wrong type ({', '.join(wrong)})"] if wrong else []
        faults += [f"has {rows[0]:,} rows instead of {rows[1]:,}"] if rows[0] != rows[1] else []
        return cls(
            f"The table given as {quoted(name)} {', '.join(faults)}. It must have the content of the saved shop's table, with these columns: "
            f"{wanted}. Load the folder's files into it again, or leave it out to read the files."
        )

    @classmethod
    def property_not_saved(cls, name: str, kind: str) -> Self:
        """A property has values that can't be saved."""
        return cls(
            f"The shop was not saved: the property {quoted(name)} has values of type {kind}, which can't be saved. Load the data without this "
            "property, or convert it to text first: frame[name].astype(str)."
        )


def _saved_in(path: Path) -> Path:
    """Return the folder of the saved shop that a file belongs to."""
    above = [folder for folder in path.parents if folder.name == "saved-tables"]
    return above[0].parent if above else path.parent

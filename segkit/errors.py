"""Every error that segkit raises on purpose, built by named constructors so that its wording lives and is tested in one place.

Each message names the thing, its value, the choices and the next step. A value stands in it as `quoted` writes it, never by `!r`,
so that no message shows a phone number or an address. Nothing else of segkit is imported here.
"""

# Over 250 lines, since the wording of every error is read, and tested, in one place.

import inspect
import re
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Self

from segkit.masking import masked_path, masked_text, quoted


class SegkitError(Exception):
    """Anything that segkit raises on purpose. What was given is repeated, but not hundreds of letters of it without a blank."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_LONG_WORD.sub(_shortened, message))


_LONG_WORD = re.compile(r"\d{61,}|[^\s/\\]{301,}")
"""A number or another word that is longer than anybody reads; paths have slashes."""


def _shortened(found: re.Match[str]) -> str:
    word = found.group()
    kind = "digits" if word.isdecimal() else "letters"
    return f"{word[:40]}… ({len(word):,} {kind})"


class SegkitWarning(UserWarning):
    """Something that was answered, and that the analyst should know before trusting the answer."""


def warn(message: str) -> None:
    """Warn of something at the line that called segkit, however deep inside segkit it was found."""
    # From Python 3.12 on, `skip_file_prefixes` does this.
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, SegkitWarning, stacklevel=level - 1 if frame is None else level)


_PACKAGE = __name__.partition(".")[0]


def listed(names: Iterable[object], *, most: int = 12) -> str:
    """Return names as a readable list, saying how many were left out.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    every = [quoted(name) for name in names]
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most:,} more"


_UNITS: dict[str, list[str]] = {
    "mi": ["miles"],
    "km": ["kilometers"],
    "kms": ["kilometers"],
    "meter": [],
    "meters": [],
    "metres": [],
}
"""Units by what they mean: "km" looks like no other word, and "meters" too much like "kilometers"."""


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the beginning of a sentence that offers the near spellings, or nothing."""
    if not isinstance(name, str):
        return ""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    folded = name.casefold()
    near = get_close_matches(folded, by_folded, n=3, cutoff=0.6)
    if set(by_folded) == {"miles", "kilometers"}:
        near = _UNITS.get(folded, near)
    return f" Did you mean {' or '.join(quoted(by_folded[folded]) for folded in near)}?" if near else ""


_BUILDER = (
    "def lapsed(*, days: Annotated[int, Range(7, 365)] = 90): "
    'return sk.Segment("Lapsed", sk.did_not("Placed Order", in_last_days=days))'
)


class DefinitionError(SegkitError, ValueError):
    """What a segment says is not well formed."""

    @classmethod
    def condition_as_truth(cls) -> Self:
        """`and`, `or`, `not`, `if` or a chained comparison asked a condition whether it is true."""
        return cls(
            "A condition is neither true nor false by itself, so it can't stand beside `and`, `or`, `not` or `if`. "
            "Write `a & b` for both, `a | b` for either and `~a` for the opposite, with brackets around each part: "
            '(sk.did("Clicked SMS") & sk.can_receive("sms")).'
        )

    @classmethod
    def not_a_condition(cls, value: object, where: str) -> Self:
        """Something else stands where a condition belongs."""
        return cls(
            f"{where} needs a condition, and {quoted(value)} is {type(value).__name__}. "
            "Conditions are made by phrases such as sk.did(...), sk.has(...) and sk.can_receive(...), or taken from a "
            "segment with segment.condition."
        )

    @classmethod
    def not_a_segment(cls, value: object) -> Self:
        """Something else stands where a segment belongs."""
        return cls(
            f"Expected a segment, and {quoted(value)} is {type(value).__name__}. "
            'Give a condition a name first: sk.Segment("VIP", condition).'
        )

    @classmethod
    def nameless_segment(cls, name: object) -> Self:
        """A segment's name is no text, or empty."""
        return cls(
            f'A segment\'s name must be text that is not blank, and {quoted(name)} is not. Try sk.Segment("VIP", ...).'
        )

    @classmethod
    def half_a_character(cls, what: str, value: str) -> Self:
        """A text holds half an emoji, which no file takes."""
        return cls(
            f"{what} can't hold half a character, and {quoted(value)} does: it was cut within an emoji or another such sign. Write the whole "
            "sign, or leave it out."
        )

    @classmethod
    def one_name_twice(cls, name: str) -> Self:
        """Two segments of one table have the same name."""
        return cls(
            f"Two segments are both named {quoted(name)}, and a membership table has one column for each name. "
            "Give one of them another name: sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def reserved_name(cls, name: str, table: str) -> Self:
        """A segment has the name of a column of the table that is to be made."""
        return cls(
            f"A segment named {quoted(name)} would hide the column {quoted(name)} of the table of {table}. Give it another name: "
            "sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def unknown_word(cls, phrase: str, word: str, choices: Iterable[str]) -> Self:
        """A phrase or builder was given a keyword that it does not know."""
        choices = sorted(choices)
        return cls(
            f"{phrase} has no argument {quoted(word)}.{nearest(word, choices)} Its arguments are: {listed(choices, most=40)}."
        )

    @classmethod
    def missing_word(cls, phrase: str, choices: Iterable[str]) -> Self:
        """A phrase was given nothing to compare with."""
        return cls(f"{phrase} needs at least one of: {listed(choices, most=40)}.")

    @classmethod
    def words_clash(cls, phrase: str, words: Iterable[str]) -> Self:
        """Two keywords were given of which only one makes sense."""
        return cls(f"{phrase} takes one of {listed(words)} at a time. Join two conditions with & to say both.")

    @classmethod
    def bad_value(cls, what: str, value: object, wanted: str) -> Self:
        """A value is not of the kind or in the range that its place needs."""
        return cls(f"{what} must be {wanted}, and {quoted(value)} is not.")

    @classmethod
    def unknown_choice(cls, what: str, value: object, choices: Iterable[object]) -> Self:
        """A value is not among the few that its place allows."""
        choices = list(choices)
        near = nearest(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
        return cls(f"{what} can't be {quoted(value)}.{near} The choices are: {listed(choices, most=40)}.")

    @classmethod
    def no_country(cls, what: str, written: object, meant: str | None, countries: Iterable[str]) -> Self:
        """What stands for a country is not two letters, or no country has them."""
        near = f" Did you mean {quoted(meant)}?" if meant else ""
        if not (isinstance(written, str) and len(written) == 2 and written.isalpha() and written.isascii()):
            return cls(f"{what} must be two letters of ISO 3166, such as 'US', and {quoted(written)} is not.{near}")
        first = written[0].upper()
        alike = sorted(country for country in countries if country.startswith(first))
        return cls(
            f"{what} can't be {quoted(written)}: no country has these two letters (ISO 3166).{near} Those that begin with {first} "
            f"are {listed(alike, most=30)}. Write a country's two letters, such as 'US', 'GB' or 'DE'."
        )

    @classmethod
    def bad_funnel(cls, steps: int, taken: int, fewest: int, most: int) -> Self:
        """A funnel is too short or too long, or none of its steps is taken."""
        found = f"{steps} {'step' if steps == 1 else 'steps'}, {taken} of them taken"
        return cls(
            f"A funnel has {fewest} to {most} steps, at least one of them taken, and this one has {found}. For one event write "
            "sk.did(...) or sk.did_not(...); a longer path is two funnels joined with &."
        )

    @classmethod
    def reversed_window(cls, word: str, first: object, second: object) -> Self:
        """A window ends before it begins."""
        # Two amounts, numbers of days or dates, to be copied.
        early, late = repr(first), repr(second)
        return cls(
            f"{word}=({early}, {late}) runs backwards: the first of the two must not be greater than the second. "
            f"Write {word}=({late}, {early})."
        )

    @classmethod
    def bad_pattern(cls, pattern: str, reason: str) -> Self:
        """A regular expression is not RE2."""
        return cls(
            f"The pattern {quoted(pattern)} is no regular expression that RE2 takes: {masked_text(reason)}. "
            "RE2 has no look-around and no back-references, and the pattern must match the whole value."
        )

    @classmethod
    def too_many_conditions(cls, size: int, limit: int) -> Self:
        """The normal form of a condition would be larger than allowed."""
        return cls(
            f"Written as groups joined by AND, each of conditions joined by OR, this would take {size:,} conditions, more "
            f"than the {limit:,} allowed. Nesting AND inside OR multiplies them: split the segment, or move an OR outwards."
        )

    @classmethod
    def no_klaviyo_definition(cls, why: str) -> Self:
        """A document from Klaviyo holds no definition of a segment."""
        return cls(
            f"This holds no definition of a segment: {why}. Give what the Segments API answers, a create request, the "
            "definition itself with its condition_groups, or what Klaviyo shows when .json is added to the address of a "
            "segment's definition."
        )

    @classmethod
    def several_klaviyo_definitions(cls, names: Iterable[object]) -> Self:
        """One segment was asked for, and the document holds several."""
        return cls(
            f"This holds several segments: {listed(names)}. Read them all with segments_from_klaviyo(page), or give one of them."
        )

    @classmethod
    def klaviyo_unread(cls, gaps: Iterable[str]) -> Self:
        """Conditions of a document that segkit can't say, all at once."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        return cls(f"Klaviyo's document has {counted(len(every), 'thing')} that segkit can't read:\n{lines}")

    @classmethod
    def klaviyo_unsaid(cls, segment: str, gaps: Iterable[str]) -> Self:
        """What Klaviyo can't say of a segment, all at once."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        return cls(
            f"{quoted(segment)} can't be written for Klaviyo, for {counted(len(every), 'reason')}, each with what is nearest:\n{lines}"
        )

    @classmethod
    def not_pushed(cls, reasons: Iterable[str]) -> Self:
        """Segments that were to be pushed can't be said in Klaviyo, all at once."""
        every = list(reasons)
        return cls(f"Nothing was sent, since {counted(len(every), 'segment')} can't be:\n" + "\n".join(every))

    @classmethod
    def beyond_segkit(cls, what: str, why: str) -> Self:
        """A condition of Klaviyo's that segkit has no words or no data for."""
        return cls(f"{what} can't be read: {why}.")

    @classmethod
    def beyond_klaviyo(cls, what: str, nearest_thing: str) -> Self:
        """Something that Klaviyo's definitions have no words for, and the nearest that they have."""
        return cls(f"Klaviyo has no {what}. Nearest: {nearest_thing}.")

    @classmethod
    def unnamed_id(cls, kind: str, key: str) -> Self:
        """A document names a metric or list by an id that no table explains."""
        return cls(
            f"The {kind} {quoted(key)} has no name here. Add it: {kind}_names={{{quoted(key)}: NAME}}, or give the account's names=."
        )

    @classmethod
    def no_id(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """A metric or list has no id in the account."""
        known = sorted(known)
        return cls(
            f"The {kind} {quoted(name)} has no id here.{nearest(name, known)} Add it: {kind}_ids={{{quoted(name)}: ID}}, or give the "
            f"account's names=. Known are: {listed(known) or 'none'}."
        )

    @classmethod
    def one_name_of_several(cls, kind: str, name: str, ids: Iterable[str], argument: str) -> Self:
        """Several metrics or lists of an account have one name."""
        return cls(
            f"The name {quoted(name)} stands for more than one {kind}: {listed(sorted(ids))}. Say which is meant with "
            f"{kind}_{argument}=, and give the others names of their own."
        )

    @classmethod
    def unreadable_text(cls, faults: Iterable[str]) -> Self:
        """Several faults of segments as text, all at once."""
        every = list(faults)
        head = "A segment's text has a fault" if len(every) == 1 else f"Segments' text has {len(every)} faults"
        lines = "\n".join(f"  - {fault}" for fault in every)
        return cls(f"{head}, so nothing was read:\n{lines}")

    @classmethod
    def not_yaml(cls, reason: str) -> Self:
        """A text is no YAML at all."""
        return cls(
            f"This is not YAML: {masked_text(reason)}. Check the indentation, the colons and the quotes around here."
        )

    @classmethod
    def empty_text(cls) -> Self:
        """A text has nothing in it but comments."""
        return cls("Nothing is written here. A segment begins with segkit: 1, a name and a condition.")

    @classmethod
    def text_too_long(cls, size: int, most: int) -> Self:
        """A text is longer than any segment."""
        return cls(
            f"This has {size:,} letters, and a segment's text has at most {most:,}. Check that it is the right file."
        )

    @classmethod
    def half_in_text(cls) -> Self:
        """A text holds half an emoji somewhere."""
        return cls(
            "The text holds half a character: it was cut within an emoji or another such sign. Write the whole sign."
        )

    @classmethod
    def nested_too_deep(cls) -> Self:
        """A condition has so many brackets that reading, writing or evaluating it would not end well."""
        return cls("The conditions are nested too deep, over 50 groups within groups. Write fewer groups.")

    @classmethod
    def not_plain(cls, given: str) -> Self:
        """An anchor, an alias or a tag stands in a text."""
        return cls(
            f"{quoted(given)} is an anchor, an alias or a tag, and a segment's text has none, so that it reads alike everywhere. "
            "Write out what it stands for, or quote it if it is text."
        )

    @classmethod
    def key_twice(cls, key: str) -> Self:
        """One mapping has one key twice."""
        return cls(
            f"{quoted(key)} stands here twice, and the first would be lost. Write two conditions, each after a dash."
        )

    @classmethod
    def two_readings(cls, word: str) -> Self:
        """A word without quotes is read differently by YAML's versions."""
        return cls(
            f"{quoted(word)} without quotes is one thing to some readers of YAML and another to others. Put text in quotes, "
            f'"{word}"; write truths as true or false, and numbers in plain digits.'
        )

    @classmethod
    def unquoted(cls, key: str, value: object) -> Self:
        """A number, truth or date without quotes stands where text belongs."""
        if value is None:
            return cls(f"{key} needs text, and nothing stands there. Write the text after the colon.")
        if isinstance(value, (list, dict)):
            return cls(f"{key} needs one text, and several things stand there. Write a single text after the colon.")
        kind = {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "a date")
        shown = (
            str(value).lower()
            if isinstance(value, bool)
            else quoted(value)
            if isinstance(value, (int, float))
            else str(value)
        )
        return cls(f'{key} needs text, and {shown} without quotes is {kind}. Put it in quotes: {key}: "{shown}".')

    @classmethod
    def unknown_key(cls, key: str, known: Iterable[str]) -> Self:
        """A mapping has a key that nothing reads."""
        known = list(known)
        return cls(
            f"Nothing here is called {quoted(key)}.{nearest(key, known)} What may stand here: {listed(known, most=50)}."
        )

    @classmethod
    def not_one_key(cls, what: str, given: Iterable[str], known: Iterable[str]) -> Self:
        """None, or more than one, of several keys is given where exactly one belongs."""
        given = list(given)
        has = f"this one has {listed(given)}" if given else "here is none"
        return cls(
            f"{what} has exactly one of {listed(known, most=40)}, and {has}. "
            "To say two things, write two conditions under all of, each after a dash."
        )

    @classmethod
    def not_a_mapping(cls, value: object) -> Self:
        """Something else stands where a condition's keys belong."""
        return cls(
            f"A condition such as can receive: sms belongs here, a key with a colon and a value, and {quoted(value)} is none."
        )

    @classmethod
    def bad_timeframe(cls, key: str, value: object, forms: Iterable[str]) -> Self:
        """The words of a timeframe say none."""
        forms = list(forms)
        near = nearest(value, forms) if isinstance(value, str) else ""
        return cls(f"{key} can't be {quoted(value)}.{near} It takes words such as these: {listed(forms, most=40)}.")

    @classmethod
    def unknown_form(cls, version: object, known: int) -> Self:
        """The text is of a form that this version does not know."""
        return cls(
            f"segkit: {quoted(version)} is no form that this version reads; it reads segkit: {known}. "
            "Begin the file with that line, or install the version of segkit that wrote it."
        )

    @classmethod
    def not_as_text(cls, name: str, reason: str) -> Self:
        """A segment built by hand holds what its text would not give back."""
        return cls(
            f"The segment {quoted(name)} can't be written as text, since it would not read back the same: {reason} "
            "Build it with the phrases, such as sk.did(...) and sk.has(...), which check what they are given."
        )

    @classmethod
    def no_segment_files(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder of segments holds none."""
        return cls(
            f"The folder {quoted(folder)} holds no segments: no file ends in .yaml or .yml. It holds: "
            f'{listed(found) or "nothing"}. Write one: Path("segments/vip.yaml").write_text(segment.to_yaml(), encoding="utf-8").'
        )

    @classmethod
    def not_a_builder(cls, value: object) -> Self:
        """A segment, a condition or anything else that can't be called stands where a builder belongs."""
        name = getattr(value, "name", None)
        what = f"the segment {quoted(name)}" if isinstance(name, str) else f"of type {type(value).__name__}"
        return cls(
            f"A builder is a function whose arguments are the numbers to move, and this is {what}, which has none. Write one that "
            f"makes it: {_BUILDER}. For one segment as it is: sk.sizes(sk.membership(segment, shop))."
        )

    @classmethod
    def phrase_as_builder(cls, phrase: str) -> Self:
        """A phrase, which makes conditions, stands where a builder belongs."""
        return cls(
            f"sk.{phrase} makes a condition, and a builder makes a segment. Write one that uses it, with an argument for each number "
            f"to move: {_BUILDER}."
        )

    @classmethod
    def not_made_a_segment(cls, builder: object, made: object) -> Self:
        """A builder returned something else than a segment."""
        advice = 'Return a segment: return sk.Segment("Clickers", condition).'
        if made is None:
            advice = f"Is its `return` missing? {advice}"
        elif isinstance(made, list):
            advice = "Return one of them, in a builder of your own: def first(*, days=30): return tracks(days=days)[0]."
        what = "nothing" if made is None else f"{type(made).__name__}, which is no segment"
        return cls(f"The builder {quoted(getattr(builder, '__name__', builder))} returned {what}. {advice}")

    @classmethod
    def not_a_dataset(cls, value: object) -> Self:
        """Something else stands where a shop belongs."""
        return cls(
            f"Expected a Dataset, the shop that sk.load returns, and got {type(value).__name__}. Load one first: "
            'shop = sk.load("sample_data"); it comes after the segments: sk.membership(segments, shop).'
        )

    @classmethod
    def not_a_membership_table(cls, function: str, value: object) -> Self:
        """Something else stands where a membership table belongs."""
        return cls(
            f"sk.{function} takes a membership table, and got {type(value).__name__}. Make one first: "
            f"sk.{function}(sk.membership(segments, shop))."
        )

    @classmethod
    def not_flags(cls, column: object, example: object) -> Self:
        """A column of a membership table holds something else than True and False."""
        return cls(
            f"The column {quoted(column)} of the membership table holds {quoted(example)}, and only True, False, 1 and 0 say whether somebody is a "
            "member. Drop the column, or compare it: table[column] == value."
        )

    @classmethod
    def no_signature(cls, builder: object, problem: str) -> Self:
        """A function can't be used as a builder."""
        return cls(
            f"{quoted(getattr(builder, '__name__', builder))} can't be used as a builder: {problem}. A builder is a function of "
            "keyword arguments with defaults that returns a Segment: "
            "def lapsed(*, days: Annotated[int, Range(7, 365)] = 90) -> Segment."
        )


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


_LONGEST_SHOWN = 60
"""Letters of a file name that an error repeats."""


class FileError(SegkitError, OSError):
    """A file can't be written as asked."""

    @classmethod
    def unknown_layout(cls, layout: object, choices: Iterable[str]) -> Self:
        """A layout that does not exist was asked for."""
        choices = list(choices)
        near = nearest(layout, choices) if isinstance(layout, str) else ""
        return cls(f"There is no file layout {quoted(layout)}.{near} The layouts are: {listed(choices)}.")

    @classmethod
    def not_to_be_sent(cls, moment: object) -> Self:
        """A file to be sent was asked of an audience that looks back."""
        return cls(
            f"This audience looks back: it knows only what was known at {moment:%Y-%m-%d %H:%M} UTC, so nothing may be sent to it. "
            "Leave looking_back out: sk.audience(segment, dataset=shop) knows everything in the data."
        )

    @classmethod
    def no_folder(cls, path: Path) -> Self:
        """The folder to write into does not exist."""
        return cls(
            f"{quoted(path)} can't be written: the folder {quoted(path.parent)} does not exist. Create it first."
        )

    @classmethod
    def not_a_folder(cls, path: Path) -> Self:
        """A folder is to be made where a file stands."""
        return cls(
            f"{quoted(path)} can't be written into: it, or a folder above it, is a file. Give the name of a folder."
        )

    @classmethod
    def is_folder(cls, path: Path) -> Self:
        """A file is to be written where a folder stands."""
        return cls(f"{quoted(path)} is a folder. Give the name of a file, such as {quoted(path / 'vip.csv')}.")

    @classmethod
    def not_a_file(cls, path: Path) -> Self:
        """A pipe, a device or a socket stands where a file is to be written."""
        return cls(
            f"{quoted(path)} is a pipe, a device or a socket, which can't be replaced by a file. Give the name of a file, such as "
            "'vip.csv'."
        )

    @classmethod
    def bad_name(cls, path: Path, why: str) -> Self:
        """A path that the system can't have."""
        shown = path.name if len(path.name) <= _LONGEST_SHOWN else f"{path.name[:_LONGEST_SHOWN]}..."
        return cls(
            f"{quoted(shown)} can't be written: its name, or that of a folder above it, is {why}. Give another, such as 'vip.csv'."
        )

    @classmethod
    def busy(cls, folder: Path) -> Self:
        """Another writer does not come to its end."""
        return cls(
            f"{quoted(folder)} can't be written into: another program is replacing files there and does not come to its end. Nothing "
            "was changed. Run the same again, or write into another folder."
        )

    @classmethod
    def one_folder_for_two(cls, folder: Path, names: Iterable[str]) -> Self:
        """Two folders of a build are one by way of a link, so that the files of one would replace those of the other."""
        return cls(
            f"In {quoted(folder)}, {listed(names)} lead to the same folder, so lists that may be sent to would be mixed with others. "
            "Remove the links, or build into another folder."
        )

    @classmethod
    def exists(cls, path: Path) -> Self:
        """A file is there already, and nobody said that it may be replaced."""
        return cls(
            f"{quoted(path)} already exists and was not changed. Choose another name or folder, or, in Python, pass replace=True to "
            "replace it."
        )

    @classmethod
    def not_csv(cls, path: str) -> Self:
        """A member file is to be written under a name that no spreadsheet or importer takes for a CSV."""
        return cls(f"{quoted(path)} does not end in .csv. Give the name of a CSV file, such as 'vip.csv'.")

    @classmethod
    def in_app(cls) -> Self:
        """A page of `segkit app` asks to write on its host."""
        return cls(
            "This page is served by segkit app, which writes nothing on its host. Use the download button, or run the notebook in "
            "JupyterLab: segkit lab."
        )

    @classmethod
    def not_written(cls, path: Path, reason: str) -> Self:
        """The system refused to write: no permission, a full disk, a file that another program holds open."""
        return cls(
            f"{quoted(path)} can't be written: {masked_text(reason)}. Nothing was changed. Check that there is room, that the folder may be "
            "written to, and that no other program has the file open."
        )


class AccountError(SegkitError, RuntimeError):
    """A live account gives no answer, or not the one that is needed. No message shows a key or a person.

    Attributes:
        is_refusal: the account understood the request and calls it wrong.
    """

    is_refusal = False

    @classmethod
    def no_key(cls, variable: str) -> Self:
        """No key is given, and the environment has none."""
        return cls(
            f"There is no key to the account. Make a private key in Klaviyo (Settings > API keys) and put it into the "
            f"environment variable {variable}."
        )

    @classmethod
    def bad_key(cls, variable: str) -> Self:
        """A key has blanks or other characters inside that no key has."""
        return cls(
            f"The key in {variable} has blanks, line ends or other characters that no key has, so it was not sent. Copy it once "
            "more from Klaviyo (Settings > API keys)."
        )

    @classmethod
    def unencrypted(cls, host: str) -> Self:
        """A key would go over the network in the clear."""
        return cls(
            f"The host {quoted(host)} would get the key unencrypted. Use https://, or http:// on this machine only: "
            "'http://127.0.0.1:8000'."
        )

    @classmethod
    def key_refused(cls, request: str) -> Self:
        """The account does not know the key."""
        return cls(
            f"{request}: Klaviyo does not accept the key (401). It must be a private key that has not been deleted; check it under "
            "Settings > API keys."
        )

    @classmethod
    def not_allowed(cls, request: str, scopes: Iterable[str]) -> Self:
        """The key lacks a scope."""
        return cls(
            f"{request}: the key is not allowed to do this (403). It needs {listed(scopes)}: make a key with that access under "
            "Settings > API keys."
        )

    @classmethod
    def too_fast(cls, request: str, seconds: float | None) -> Self:
        """The account's limits are used up for longer than is waited."""
        wait = f" It asks for a wait of {seconds:,.0f} seconds." if seconds is not None else ""
        return cls(
            f"{request}: Klaviyo turns requests away for coming too fast (429), and waiting did not help.{wait} Other programs may "
            "use the same account; run the same again later."
        )

    @classmethod
    def server_fault(cls, request: str, status: int) -> Self:
        """The server failed again and again."""
        return cls(
            f"{request}: Klaviyo's server has a fault ({status}). Run the same again later; status.klaviyo.com says what is known."
        )

    @classmethod
    def too_slow(cls, request: str, seconds: float) -> Self:
        """An answer that keeps coming and does not end."""
        return cls(
            f"{request}: the answer was not whole after {seconds:,.0f} seconds, so it was given up. Check the network, and run the same "
            "again; if this stays, something between here and Klaviyo holds answers back."
        )

    @classmethod
    def too_large(cls, request: str, size: int) -> Self:
        """An answer that is larger than any page is."""
        return cls(
            f"{request}: the answer is larger than {size / 2**20:,.0f} MiB, more than a page should be, so it was given up. Check that "
            "nothing between here and Klaviyo changes answers, such as a proxy, and run the same again; if this stays, report it with "
            "the name of the request."
        )

    @classmethod
    def unreachable(cls, request: str, fault: str) -> Self:
        """No connection held until an answer was whole."""
        return cls(
            f"{request}: there was no whole answer from Klaviyo, the connection failed ({fault}). Check the network, and run the "
            "same again."
        )

    @classmethod
    def refused(cls, request: str, status: int, reason: str) -> Self:
        """The account says that the request is wrong."""
        why = f" Klaviyo says: {masked_text(reason).rstrip('.')}." if reason else ""
        error = cls(
            f"{request}: Klaviyo refuses this request ({status}).{why} Check the names and ids that were given."
        )
        error.is_refusal = True
        return error

    @classmethod
    def stale_cursor(cls, folder: Path, refusal: str) -> Self:
        """The place where an unfinished pull stopped is refused."""
        return cls(
            f"The unfinished pull in {quoted(folder)} can't go on where it stopped. {refusal} If that was long ago, start again with "
            "restart=True (--restart)."
        )

    @classmethod
    def no_document(cls, request: str) -> Self:
        """An answer came that is no JSON document."""
        return cls(
            f"{request}: the answer is no JSON document, again and again. Something between here and Klaviyo may have changed it, such "
            "as a proxy that asks for a login; run the same again from another network."
        )

    @classmethod
    def broken_page(cls, request: str, page: int, fault: str) -> Self:
        """A page of an answer has not the documented shape."""
        return cls(
            f"{request}, page {page:,}: {fault}, so it was not kept. The pages before it are kept; run the same again, and if this "
            "stays, report it with the name of the request and the number of the page."
        )

    @classmethod
    def damaged_page(cls, path: Path) -> Self:
        """A page that was kept earlier can't be read back."""
        return cls(
            f"{str(Path(masked_path(path.parent), path.name))!r} is damaged, so the pull can't go on from it. Start it again with restart=True (--restart)."
        )

    @classmethod
    def other_pull(cls, folder: Path, unfinished: str, asked: str) -> Self:
        """A folder holds the pages of an unfinished pull of something else."""
        return cls(
            f"{quoted(folder)} holds an unfinished pull of something else: {unfinished}; this one asks for {asked}. Ask for the same to "
            "go on with it, give another folder, or drop it with restart=True (--restart)."
        )

    @classmethod
    def other_account(cls, folder: Path) -> Self:
        """A folder holds the pages of an unfinished pull from another account."""
        return cls(
            f"{quoted(folder)} holds an unfinished pull from another account: none of its metrics is in this one. Set the key of that "
            "account, give another folder, or drop it with restart=True (--restart)."
        )

    @classmethod
    def already_running(cls, folder: Path) -> Self:
        """Another process is pulling into the folder."""
        return cls(f"Another pull into {quoted(folder)} is running. Wait for it, or give another folder.")

    @classmethod
    def folder_in_use(cls, folder: Path, names: Iterable[str]) -> Self:
        """A folder holds tables that would stand beside the pulled ones."""
        return cls(
            f"{quoted(folder)} already holds {listed(names)}, which this pull would not replace, so the shop would be two shops. Move "
            "them away, or give another folder."
        )

    @classmethod
    def no_such_segment(cls, segment_id: str) -> Self:
        """An id was given that no segment of the account has."""
        return cls(
            f"The account has no segment of the id {quoted(segment_id)}, so nothing was sent. The id stands in the address of the "
            "segment's page; without it, the segment is found by its name."
        )

    @classmethod
    def several_of_a_name(cls, name: str, ids: Iterable[str]) -> Self:
        """The account has several segments of the name that is to be updated."""
        return cls(
            f"The account has several segments named {quoted(name)}, so nothing was sent. Say which is meant with update= (--update), one "
            f"of {listed(ids)}, or rename the others."
        )

    @classmethod
    def too_many_changes(cls, count: int, most: int) -> Self:
        """One push would take more requests of a kind than Klaviyo allows in a day."""
        return cls(
            f"This push would take {count:,} requests of one kind, and Klaviyo takes {most:,} a day. Nothing was sent. Push fewer "
            "segments at once, and the rest tomorrow."
        )

    @classmethod
    def push_stopped(cls, reason: str, done: Iterable[str], left: Iterable[str]) -> Self:
        """The account refused one of several requests."""
        return cls(
            f"{reason} The push stopped there. Done: {listed(done, most=200) or 'nothing'}. Not done: "
            f"{listed(left, most=200)}. Run the same again: what is done stays as it is."
        )

    @classmethod
    def unknown_name(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """A metric or segment was asked for that the account does not have."""
        known = sorted(set(known))
        return cls(
            f"The account has no {kind} {quoted(name)}.{nearest(name, known)} Its {kind}s are: {listed(known, most=40) or 'none'}."
        )


def missing_extra(package: str, extra: str) -> ImportError:
    """Return the error for a package that only an extra brings, with the line that installs it."""
    return ImportError(f'This needs {package}, which is not installed. Run: pip install "sms-segkit[{extra}]"')


def size_words(size: int) -> str:
    """Return a number of bytes as a person says it.

    >>> size_words(2**20), size_words(3 * 2**30)
    ('1 MB', '3 GB')
    """
    return f"{size >> 30:,} GB" if size >= 2**30 else f"{size >> 20:,} MB"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "metric"), counted(2_500, "metric")
    ('1 metric', '2,500 metrics')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"

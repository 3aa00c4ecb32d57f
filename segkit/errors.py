"""Every error that segkit raises on purpose, built by named constructors so that its wording lives and is tested in one place.

Each message names the thing, its value, the choices and the next step. Nothing else of segkit is imported here.
"""

# Over 250 lines, since the wording of every error is read, and tested, in one place.

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Self


class SegkitError(Exception):
    """Anything that segkit raises on purpose."""


class SegkitWarning(UserWarning):
    """Something that was answered, and that the analyst should know before trusting the answer."""


def listed(names: Iterable[object], *, most: int = 12) -> str:
    """Return names as a readable list, saying how many were left out.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    every = [repr(name) for name in names]
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most:,} more"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the beginning of a sentence that offers the near spellings, or nothing."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(repr(by_folded[folded]) for folded in near)}?" if near else ""


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
            f"{where} needs a condition, and {value!r} is {type(value).__name__}. "
            "Conditions are made by phrases such as sk.did(...), sk.has(...) and sk.can_receive(...), or taken from a "
            "segment with segment.condition."
        )

    @classmethod
    def not_a_segment(cls, value: object) -> Self:
        """Something else stands where a segment belongs."""
        return cls(
            f"Expected a segment, and {value!r} is {type(value).__name__}. "
            'Give a condition a name first: sk.Segment("VIP", condition).'
        )

    @classmethod
    def nameless_segment(cls, name: object) -> Self:
        """A segment's name is no text, or empty."""
        return cls(
            f'A segment\'s name must be text that is not blank, and {name!r} is not. Try sk.Segment("VIP", ...).'
        )

    @classmethod
    def one_name_twice(cls, name: str) -> Self:
        """Two segments of one table have the same name."""
        return cls(
            f"Two segments are both named {name!r}, and a membership table has one column for each name. "
            "Give one of them another name: sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def reserved_name(cls, name: str, table: str) -> Self:
        """A segment has the name of a column of the table that is to be made."""
        return cls(
            f"A segment named {name!r} would hide the column {name!r} of the table of {table}. Give it another name: "
            "sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def unknown_word(cls, phrase: str, word: str, choices: Iterable[str]) -> Self:
        """A phrase or builder was given a keyword that it does not know."""
        choices = sorted(choices)
        return cls(
            f"{phrase} has no argument {word!r}.{nearest(word, choices)} Its arguments are: {listed(choices, most=40)}."
        )

    @classmethod
    def missing_word(cls, phrase: str, choices: Iterable[str]) -> Self:
        """A phrase was given nothing to hold against."""
        return cls(f"{phrase} needs at least one of: {listed(choices, most=40)}.")

    @classmethod
    def words_clash(cls, phrase: str, words: Iterable[str]) -> Self:
        """Two keywords were given of which only one makes sense."""
        return cls(f"{phrase} takes one of {listed(words)} at a time. Join two conditions with & to say both.")

    @classmethod
    def bad_value(cls, what: str, value: object, wanted: str) -> Self:
        """A value is not of the kind or in the range that its place needs."""
        return cls(f"{what} must be {wanted}, and {value!r} is not.")

    @classmethod
    def unknown_choice(cls, what: str, value: object, choices: Iterable[object]) -> Self:
        """A value is not among the few that its place allows."""
        choices = list(choices)
        near = nearest(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
        return cls(f"{what} can't be {value!r}.{near} The choices are: {listed(choices, most=40)}.")

    @classmethod
    def reversed_window(cls, word: str, first: object, second: object) -> Self:
        """A window ends before it begins."""
        return cls(
            f"{word}=({first!r}, {second!r}) runs backwards: the first of the two must not be greater than the second. "
            f"Write {word}=({second!r}, {first!r})."
        )

    @classmethod
    def bad_pattern(cls, pattern: str, reason: str) -> Self:
        """A regular expression is not RE2."""
        return cls(
            f"The pattern {pattern!r} is no regular expression that RE2 takes: {reason}. "
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
    def no_signature(cls, builder: object, problem: str) -> Self:
        """A function can't be used as a builder."""
        return cls(
            f"{getattr(builder, '__name__', builder)!r} can't be used as a builder: {problem}. A builder is a function of "
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
        beside = sorted(found.name for found in path.parent.iterdir()) if path.parent.is_dir() else []
        if not beside:
            return cls(f"There is no file or folder {str(path)!r}. Check the spelling and the working directory.")
        return cls(
            f"There is no {path.name!r} in {str(path.parent)!r}.{nearest(path.name, beside)} It holds: {listed(beside)}."
        )

    @classmethod
    def no_data_in_folder(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder holds neither profiles nor events."""
        return cls(
            f"The folder {str(folder)!r} holds neither profiles nor events. segkit looks for profiles.* and events.* "
            f"(.csv, .csv.gz, .parquet or .json; several parts as events-1.csv, events-2.csv). It holds: "
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
    def unknown_format(cls, path: Path) -> Self:
        """A file's ending says no format that segkit reads."""
        return cls(
            f"{path.name!r} is of no format that segkit reads. It reads .csv, .csv.gz (also .bz2, .zst), .parquet, and "
            ".json pages of the Klaviyo API. Save it as one of these, or load it with pandas and use sk.Dataset.from_frames."
        )

    @classmethod
    def unreadable_file(cls, path: Path, reason: str) -> Self:
        """A file is damaged or is not what its ending says."""
        return cls(f"{path.name!r} can't be read: {reason}. Open it in a text editor, or export it once more.")

    @classmethod
    def empty_file(cls, name: str) -> Self:
        """A file has no rows, or not even a header."""
        return cls(f"{name} has no rows. Check that the export finished, and that the right file was given.")

    @classmethod
    def no_as_of(cls) -> Self:
        """Nothing in the data says when it was taken."""
        return cls(
            "The data has no event and no dated column, so nothing says from which moment to look at it. "
            'Give the moment: sk.load(..., as_of="2026-06-30").'
        )

    @classmethod
    def bad_as_of(cls, value: object) -> Self:
        """`as_of` can't be read as an instant."""
        return cls(
            f"as_of can't be {value!r}. Give a date, which means the close of that day in UTC ('2026-06-30'), or an instant "
            "('2026-06-30T12:00:00Z', or a datetime; without an offset it is taken as UTC)."
        )

    @classmethod
    def unknown_metric(cls, name: str, known: Iterable[str]) -> Self:
        """A condition names a metric that the data does not have."""
        known = sorted(known)
        return cls(
            f"No event in the data has the metric {name!r}.{nearest(name, known)} The data has: {listed(known, most=30)}."
        )

    @classmethod
    def unknown_property(cls, name: str, known: Iterable[str], of: str = "profiles") -> Self:
        """A condition names a property that the data does not have."""
        known = sorted(known)
        return cls(
            f"The {of} have no property {name!r}.{nearest(name, known)} Names are case-sensitive. "
            f"The properties are: {listed(known, most=40) or 'none'}."
        )

    @classmethod
    def failures_without_type(cls) -> Self:
        """Failed deliveries are recorded without the property that says why."""
        return cls(
            "The data has failed deliveries, but no event property 'Failure Type', so nothing says which numbers fail for good. "
            "Bring that property, or say who is known to fail: sk.audience(..., failing=segment)."
        )

    @classmethod
    def unknown_list(cls, name: str, known: Iterable[str]) -> Self:
        """A condition names a list that the data does not have."""
        known = sorted(known)
        if not known:
            return cls(
                f"The data has no lists, so nothing says who is on {name!r}. Put a lists.csv with profile_id, list_id and "
                "joined beside the profiles, or pass lists= to load."
            )
        return cls(
            f"There is no list {name!r} in the data.{nearest(name, known)} The lists are: {listed(known, most=30)}."
        )

    @classmethod
    def unknown_profile(cls, profile_id: object, example: str) -> Self:
        """A profile id was asked for that the data does not have."""
        return cls(f"No profile has the id {profile_id!r}. Ids are text and case-sensitive, such as {example!r}.")

    @classmethod
    def unknown_postal_code(cls, postal_code: str, country: str, known: Iterable[str]) -> Self:
        """A distance is asked from a postal code that no table places."""
        known = list(known)
        if not known:
            return cls(
                f"segkit has no postal codes of {country!r}, so {postal_code!r} can't be placed. US codes come with it; for "
                "other countries put a places.csv with country, postal_code, latitude and longitude beside the profiles, "
                "or give the point itself: of=(42.36, -71.06)."
            )
        return cls(
            f"The postal code {postal_code!r} of {country!r} has no known point.{nearest(postal_code, known)} "
            "Give a neighbouring code, or the point itself: of=(42.36, -71.06)."
        )

    @classmethod
    def amounts_too_large(cls, metric: str) -> Self:
        """Amounts leave the range in which whole numbers of 64 bits are exact."""
        return cls(
            f"The values of {metric!r} are too large or too fine to be summed exactly in 64 bits. Look for a slipped column, "
            "or load them in a larger unit."
        )


class FileError(SegkitError, OSError):
    """A file can't be written as asked."""

    @classmethod
    def unknown_layout(cls, layout: object, choices: Iterable[str]) -> Self:
        """A layout that does not exist was asked for."""
        choices = list(choices)
        near = nearest(layout, choices) if isinstance(layout, str) else ""
        return cls(f"There is no file layout {layout!r}.{near} The layouts are: {listed(choices)}.")

    @classmethod
    def no_folder(cls, path: Path) -> Self:
        """The folder to write into does not exist."""
        return cls(f"{str(path)!r} can't be written: the folder {str(path.parent)!r} does not exist. Create it first.")

    @classmethod
    def not_a_folder(cls, path: Path) -> Self:
        """A folder is to be made where a file stands."""
        return cls(
            f"{str(path)!r} can't be written into: it, or a folder above it, is a file. Give the name of a folder."
        )

    @classmethod
    def is_folder(cls, path: Path) -> Self:
        """A file is to be written where a folder stands."""
        return cls(f"{str(path)!r} is a folder. Give the name of a file, such as {str(path / 'vip.csv')!r}.")

    @classmethod
    def not_written(cls, path: Path, reason: str) -> Self:
        """The system refused to write: no permission, a full disk, a file that another program holds open."""
        return cls(
            f"{str(path)!r} can't be written: {reason}. Nothing was changed. Check that there is room, that the folder may be "
            "written to, and that no other program has the file open."
        )


def missing_extra(package: str, extra: str) -> ImportError:
    """Return the error for a package that only an extra brings, with the line that installs it."""
    return ImportError(f'This needs {package}, which is not installed. Run: pip install "sms-segkit[{extra}]"')


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "metric"), counted(2_500, "metric")
    ('1 metric', '2,500 metrics')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"

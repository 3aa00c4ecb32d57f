"""Define the errors of definitions: segments, conditions, phrases, builders, YAML texts and Klaviyo documents."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_text, quoted
from segkit.wording import counted, listed, nearest, shortened

_BUILDER = (
    "def lapsed(*, days: Annotated[int, Range(7, 365)] = 90): "
    'return sk.Segment("Lapsed", sk.did_not("Placed Order", in_last_days=days))'
)


class DefinitionError(SegkitError, ValueError):
    """The definition of a segment is not valid."""

    @classmethod
    def condition_as_truth(cls) -> Self:
        """A condition was used as a truth value, by `and`, `or`, `not`, `if` or a chained comparison."""
        return cls(
            "A condition is neither true nor false by itself, so it can't be used with `and`, `or`, `not` or `if`. "
            "Write `a & b` for both, `a | b` for either and `~a` for the opposite, with brackets around each part: "
            '(sk.did("Clicked SMS") & sk.can_receive("sms")).'
        )

    @classmethod
    def segment_as_truth(cls) -> Self:
        """A segment was used as a truth value, by `and`, `or`, `not` or `if`."""
        return cls(
            "A segment is neither true nor false, so it can't be used with `and`, `or`, `not` or `if`. Write `vip & engaged` for the members "
            "of both, `vip | engaged` for the members of either and `~vip` for everybody else."
        )

    @classmethod
    def not_a_condition(cls, value: object, where: str) -> Self:
        """A value is not a condition."""
        return cls(
            f"{where} needs a condition, and {_short(value)} is of type {type(value).__name__}. "
            "Make a condition with a phrase such as sk.did(...), sk.has(...) or sk.can_receive(...), or take that of a segment: "
            "segment.condition."
        )

    @classmethod
    def condition_in_where(cls, name: object) -> Self:
        """A condition on profiles stands where the property of an event is compared."""
        return cls(
            f"where compares {quoted(name)} of the event itself, and a condition such as sk.is_set(...) or sk.has(...) asks about the "
            f'profile. Write a value, where={{{quoted(name)}: "web"}}, or a comparison, where={{{quoted(name)}: {{"is_set": True}}}} or '
            f'where={{{quoted(name)}: {{"at_least": 2}}}}; join a condition on the profile with &.'
        )

    @classmethod
    def not_a_segment(cls, value: object) -> Self:
        """A value is not a segment."""
        return cls(
            f"Expected a segment, and {_short(value)} is of type {type(value).__name__}. "
            'Give a condition a name first: sk.Segment("VIP", condition).'
        )

    @classmethod
    def nameless_segment(cls, name: object) -> Self:
        """The name of a segment is not text, or is blank."""
        return cls(
            f'A segment\'s name must be text that is not blank, and {quoted(name)} is not. Try sk.Segment("VIP", ...).'
        )

    @classmethod
    def half_a_character(cls, what: str, value: str) -> Self:
        """A text has half a character, such as half an emoji, which can't be written to a file."""
        return cls(
            f"{what} can't contain half a character, and {quoted(value)} does: an emoji or a similar character was cut in two. Write the whole "
            "character, or leave it out."
        )

    @classmethod
    def one_name_twice(cls, name: str) -> Self:
        """Two segments of one table have the same name."""
        return cls(
            f"Two segments are both named {quoted(name)}, and a membership table has one column for each name. "
            "Give one of them another name: sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def unknown_segment(cls, name: str, asked_by: str, known: Iterable[str]) -> Self:
        """A segment refers to another one that was not passed."""
        known = sorted(known)
        return cls(
            f"The segment {quoted(asked_by)} is defined by the segment {quoted(name)}, and no segment with that name was passed."
            f"{nearest(name, known)} The segments are: {listed(known, most=40)}. Pass both, as in sk.membership([engaged, vip], shop). If a "
            "function takes one segment, pass one of those that sk.resolve_segments([engaged, vip]) returns."
        )

    @classmethod
    def unresolved_segment(cls, name: str) -> Self:
        """A condition that refers to a segment was evaluated or translated without that segment."""
        return cls(
            f"This condition is defined by the segment {quoted(name)}, and only its name is known here. Make a segment of the condition "
            f"and pass both to sk.resolve_segments([...]), which replaces the name by the condition of {quoted(name)}."
        )

    @classmethod
    def circle_of_segments(cls, names: Iterable[str]) -> Self:
        """Segments refer to each other in a circle, or one refers to itself."""
        return cls(
            f"These segments are defined by each other in a circle: {' → '.join(map(quoted, names))}. Write out the condition of one of "
            "them in place of sk.in_segment(...)."
        )

    @classmethod
    def too_many_written_out(cls, name: str, size: int, most: int) -> Self:
        """With the conditions of the segments that it refers to, a segment has too many conditions."""
        return cls(
            f"The segment {quoted(name)} would have {size:,} conditions, including those of the segments that it is defined by, and at most "
            f"{most:,} are allowed. Use each segment only once."
        )

    @classmethod
    def reserved_name(cls, name: str, table: str) -> Self:
        """A segment has the name of a column of the resulting table."""
        return cls(
            f"A segment named {quoted(name)} would hide the column {quoted(name)} of the table of {table}. Give it another name: "
            "sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def unknown_word(cls, phrase: str, word: str, choices: Iterable[str]) -> Self:
        """A phrase or builder does not have this keyword argument."""
        choices = sorted(choices)
        return cls(
            f"{phrase} has no argument {quoted(word)}.{nearest(word, choices)} Its arguments are: {listed(choices, most=40)}."
        )

    @classmethod
    def missing_word(cls, phrase: str, choices: Iterable[str]) -> Self:
        """A phrase needs an argument to compare with."""
        return cls(f"{phrase} needs at least one of: {listed(choices, most=40)}.")

    @classmethod
    def words_clash(cls, phrase: str, words: Iterable[str]) -> Self:
        """Only one of two keyword arguments may be given."""
        return cls(f"{phrase} takes one of {listed(words)} at a time. For both, join two conditions with &.")

    @classmethod
    def bad_value(cls, what: str, value: object, wanted: str) -> Self:
        """A value has a wrong type, or is out of range."""
        return cls(f"{what} must be {wanted}, and {quoted(value)} is not.")

    @classmethod
    def unknown_choice(cls, what: str, value: object, choices: Iterable[object]) -> Self:
        """A value is not one of the choices."""
        choices = list(choices)
        near = nearest(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
        return cls(f"{what} can't be {quoted(value)}.{near} The choices are: {listed(choices, most=40)}.")

    @classmethod
    def no_country(cls, what: str, written: object, meant: str | None, countries: Iterable[str]) -> Self:
        """A country code is not two letters, or no country has it."""
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
        """A funnel has too few or too many steps, or none of its steps is taken."""
        found = f"{steps} {'step' if steps == 1 else 'steps'}, {taken} of them taken"
        return cls(
            f"A funnel has {fewest} to {most} steps, at least one of them taken, and this one has {found}. For one event write "
            "sk.did(...) or sk.did_not(...); a longer path is two funnels joined with &."
        )

    @classmethod
    def reversed_window(cls, word: str, first: object, second: object) -> Self:
        """A window ends before it begins."""
        # Not masked: these are two amounts, numbers of days or dates, to be copied.
        early, late = repr(first), repr(second)
        return cls(
            f"{word}=({early}, {late}) runs backwards: the first of the two must not be greater than the second. "
            f"Write {word}=({late}, {early})."
        )

    @classmethod
    def bad_pattern(cls, pattern: str, reason: str) -> Self:
        """A pattern is not a valid regular expression of RE2."""
        return cls(
            f"The pattern {quoted(pattern)} is not a regular expression that RE2 accepts: {masked_text(reason)}. "
            "RE2 has no look-around and no back-references, and the pattern must match the whole value."
        )

    @classmethod
    def too_many_conditions(cls, size: int, limit: int) -> Self:
        """The normal form of a condition would have too many conditions."""
        return cls(
            f"Written as OR groups joined by AND, this would take {size:,} conditions, more than the {limit:,} allowed. An AND inside an OR "
            "multiplies them: split the segment, or move an OR outwards."
        )

    @classmethod
    def no_klaviyo_definition(cls, why: str) -> Self:
        """A Klaviyo document has no definition of a segment."""
        return cls(
            f"This document has no definition of a segment: {why}. Give a response of the Segments API, a create request, the "
            "definition itself with its condition_groups, or the response when .json is added to the URL of a segment's "
            "definition."
        )

    @classmethod
    def several_klaviyo_definitions(cls, names: Iterable[object]) -> Self:
        """A Klaviyo document has several segments instead of one."""
        return cls(
            f"This document has several segments: {listed(names)}. Read them all with segments_from_klaviyo(page), or give only one of them."
        )

    @classmethod
    def klaviyo_unread(cls, gaps: Iterable[str]) -> Self:
        """All conditions in a Klaviyo document that segkit can't express."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        return cls(f"Klaviyo's document has {counted(len(every), 'thing')} that segkit can't read:\n{lines}")

    @classmethod
    def klaviyo_unsaid(cls, segment: str, gaps: Iterable[str]) -> Self:
        """Everything in a segment that Klaviyo can't express."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        return cls(
            f"{quoted(segment)} can't be written for Klaviyo, for {counted(len(every), 'reason')}, each with the nearest alternative:\n{lines}"
        )

    @classmethod
    def not_pushed(cls, reasons: Iterable[str]) -> Self:
        """All segments of a push that Klaviyo can't express."""
        every = list(reasons)
        return cls(f"Nothing was sent, since {counted(len(every), 'segment')} can't be sent:\n" + "\n".join(every))

    @classmethod
    def update_of_several(cls, count: int) -> Self:
        """An id to update was passed with several segments."""
        return cls(
            f"update= (--update) is the id of one segment in the account, but {count:,} segments were passed. Pass one segment, or leave "
            "update out: each segment is then found by its name."
        )

    @classmethod
    def beyond_segkit(cls, what: str, why: str) -> Self:
        """Klaviyo has a condition that segkit can't express, or has no data for."""
        return cls(f"{what} can't be read: {why}.")

    @classmethod
    def beyond_klaviyo(cls, what: str, nearest_thing: str) -> Self:
        """Klaviyo can't express something; the message names the nearest alternative."""
        return cls(f"Klaviyo has no {what}. Nearest: {nearest_thing}.")

    @classmethod
    def unnamed_id(cls, kind: str, key: str) -> Self:
        """A document has an id of a metric or list whose name is unknown."""
        return cls(
            f"The name of the {kind} {quoted(key)} is unknown. Pass it, {kind}_names={{{quoted(key)}: NAME}}, or all names of the "
            "account: names=sk.AccountNames.from_file(path)."
        )

    @classmethod
    def no_id(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """The id of a metric or list is unknown."""
        known = sorted(known)
        return cls(
            f"The id of the {kind} {quoted(name)} is unknown.{nearest(name, known)} Pass it, {kind}_ids={{{quoted(name)}: ID}}, or all "
            f"names of the account: names=sk.AccountNames.from_file(path). Known names: {listed(known) or 'none'}."
        )

    @classmethod
    def one_name_of_several(cls, kind: str, name: str, ids: Iterable[str], argument: str) -> Self:
        """Several metrics or lists of an account have the same name."""
        return cls(
            f"The name {quoted(name)} belongs to more than one {kind}: {listed(sorted(ids))}. Choose one with "
            f"{kind}_{argument}=, and give the others different names."
        )

    @classmethod
    def unreadable_text(cls, faults: Iterable[str]) -> Self:
        """All faults in the text of segments."""
        every = list(faults)
        head = (
            "The text of a segment has a fault"
            if len(every) == 1
            else f"The text of the segments has {len(every)} faults"
        )
        lines = "\n".join(f"  - {fault}" for fault in every)
        return cls(f"{head}, so nothing was read:\n{lines}")

    @classmethod
    def not_yaml(cls, reason: str) -> Self:
        """A text is not YAML."""
        return cls(
            f"This is not YAML: {masked_text(reason)}. Check the indentation, the colons and the quotes around here."
        )

    @classmethod
    def empty_text(cls) -> Self:
        """A text is empty, or has only comments."""
        return cls("Nothing is written here. A segment begins with segkit: 1, a name and a condition.")

    @classmethod
    def text_too_long(cls, size: int, most: int) -> Self:
        """A text is too long for a segment."""
        return cls(
            f"This text has {size:,} characters, and that of a segment has at most {most:,}. Check that it is the right file."
        )

    @classmethod
    def half_in_text(cls) -> Self:
        """A text has half a character, such as half an emoji, somewhere."""
        return cls(
            "The text contains half a character: an emoji or a similar character was cut in two. Write the whole character."
        )

    @classmethod
    def nested_too_deep(cls) -> Self:
        """A condition has too many groups within groups to be read, written or evaluated."""
        return cls("The conditions are nested too deep: more than 50 groups within each other. Write fewer groups.")

    @classmethod
    def not_plain(cls, given: str) -> Self:
        """A text has an anchor, an alias or a tag of YAML."""
        return cls(
            f"{quoted(given)} is an anchor, an alias or a tag, which segments don't allow, so that every YAML reader reads them alike. "
            "Write out what it stands for, or quote it if it is text."
        )

    @classmethod
    def key_twice(cls, key: str) -> Self:
        """A mapping has the same key twice."""
        return cls(
            f"{quoted(key)} is here twice, and the first would be lost. Write two conditions, each after a dash."
        )

    @classmethod
    def two_readings(cls, word: str) -> Self:
        """The versions of YAML read a word without quotes differently."""
        return cls(
            f"YAML readers disagree about what {quoted(word)} without quotes means. Put text in quotes, "
            f'"{masked_text(word)}"; write booleans as true or false, and numbers in plain digits.'
        )

    @classmethod
    def unquoted(cls, key: str, value: object) -> Self:
        """A number, boolean or date without quotes is in the place of text."""
        if value is None:
            return cls(f"{key} needs text, but it is empty. Write the text after the colon.")
        if isinstance(value, (list, dict)):
            return cls(f"{key} needs one text, but it has several parts. Write a single text after the colon.")
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
        """A mapping has an unknown key."""
        known = list(known)
        return cls(f"There is no key {quoted(key)} here.{nearest(key, known)} The keys are: {listed(known, most=50)}.")

    @classmethod
    def not_one_key(cls, what: str, given: Iterable[str], known: Iterable[str]) -> Self:
        """A mapping has none, or more than one, of several keys instead of exactly one."""
        given = list(given)
        has = f"this one has {listed(given)}" if given else "this one has none of them"
        return cls(
            f"{what} has exactly one of {listed(known, most=40)}, and {has}. "
            "For two conditions, write both under all of, each after a dash."
        )

    @classmethod
    def not_a_mapping(cls, value: object) -> Self:
        """A condition in a text is not a mapping."""
        return cls(
            f"A condition belongs here, a key with a colon and a value such as can receive: sms, and {quoted(value)} is not one."
        )

    @classmethod
    def bad_timeframe(cls, key: str, value: object, forms: Iterable[str]) -> Self:
        """A text is not a timeframe."""
        forms = list(forms)
        near = nearest(value, forms) if isinstance(value, str) else ""
        return cls(f"{key} can't be {quoted(value)}.{near} It takes timeframes such as: {listed(forms, most=40)}.")

    @classmethod
    def unknown_form(cls, version: object, known: int) -> Self:
        """The text has a format version that this segkit can't read."""
        return cls(
            f"This version of segkit can't read the format segkit: {quoted(version)}; it reads segkit: {known}. "
            "Begin the file with that line, or install the version of segkit that wrote it."
        )

    @classmethod
    def not_as_text(cls, name: str, reason: str) -> Self:
        """A segment that was built without phrases would read back differently from text."""
        return cls(
            f"The segment {quoted(name)} can't be written as text, since it would not read back the same: {reason} "
            "Build it with phrases such as sk.did(...) and sk.has(...), which check their arguments."
        )

    @classmethod
    def no_segment_files(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder has no segments."""
        return cls(
            f"The folder {quoted(folder)} has no segments: no file ends in .yaml or .yml. It holds: "
            f'{listed(found) or "nothing"}. Write one: Path("segments/vip.yaml").write_text(segment.to_yaml(), encoding="utf-8").'
        )

    @classmethod
    def not_a_builder(cls, value: object) -> Self:
        """A value, such as a segment or a condition, is not a builder."""
        name = getattr(value, "name", None)
        what = f"the segment {quoted(name)}" if isinstance(name, str) else f"of type {type(value).__name__}"
        return cls(
            f"A builder is a function with an argument for each number to vary, and this is {what}, which has no arguments. Write a "
            f"function: {_BUILDER}. For one segment as it is: sk.sizes(sk.membership(segment, shop))."
        )

    @classmethod
    def phrase_as_builder(cls, phrase: str) -> Self:
        """A phrase makes conditions, so it is not a builder."""
        return cls(
            f"sk.{phrase} makes a condition, and a builder makes a segment. Write a builder that uses it, with an argument for each number "
            f"to vary: {_BUILDER}."
        )

    @classmethod
    def not_made_a_segment(cls, builder: object, made: object) -> Self:
        """A builder did not return a segment."""
        advice = 'Return a segment: return sk.Segment("Clickers", condition).'
        if made is None:
            advice = f"Is its `return` missing? {advice}"
        elif isinstance(made, list):
            advice = "Write a builder that returns one of them: def first(*, days=30): return tracks(days=days)[0]."
        what = "nothing" if made is None else f"{type(made).__name__}, which is not a segment"
        return cls(f"The builder {quoted(getattr(builder, '__name__', builder))} returned {what}. {advice}")

    @classmethod
    def swapped(cls, call: str) -> Self:
        """The shop stands first, where what is asked of it belongs."""
        return cls(f"The shop stands first here, and it comes second: write {call}.")

    @classmethod
    def not_a_dataset(cls, value: object) -> Self:
        """A value is not a shop."""
        return cls(
            f"Expected a Dataset, the shop that sk.load returns, and got {type(value).__name__}. Load one first: "
            'shop = sk.load("sample_data"); it comes after the segments: sk.membership(segments, shop).'
        )

    @classmethod
    def not_a_membership_table(cls, function: str, value: object) -> Self:
        """A value is not a membership table."""
        return cls(
            f"sk.{function} takes segments and a shop, or a membership table, and got only {type(value).__name__}. Pass the shop too: "
            f"sk.{function}(segments, shop), which is the same as sk.{function}(sk.membership(segments, shop))."
        )

    @classmethod
    def table_and_data(cls, function: str) -> Self:
        """Both a membership table and a shop were given."""
        return cls(
            f"sk.{function} takes a membership table without a shop, since the table already has the members. Write "
            f"sk.{function}(table) or sk.{function}(segments, shop)."
        )

    @classmethod
    def not_flags(cls, column: object, example: object) -> Self:
        """A column of a membership table has values other than True and False."""
        return cls(
            f"The column {quoted(column)} of the membership table contains {quoted(example)}, and membership is only True, False, 1 or 0. Drop the "
            "column, or compare it: table[column] == value."
        )

    @classmethod
    def no_signature(cls, builder: object, problem: str) -> Self:
        """A function can't be used as a builder."""
        return cls(
            f"{quoted(getattr(builder, '__name__', builder))} can't be used as a builder: {problem}. A builder is a function of "
            "keyword arguments with defaults that returns a Segment: "
            "def lapsed(*, days: Annotated[int, Range(7, 365)] = 90) -> Segment."
        )


def _short(value: object) -> str:
    """Return a value as an error shows it: a segment by its name, and a long value shortened."""
    name = getattr(value, "name", None)
    return quoted(name) if isinstance(name, str) else shortened(quoted(value), 200)

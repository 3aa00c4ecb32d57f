"""What can be wrong with a definition: a segment, a phrase, a builder, a text or a document of Klaviyo's."""

# Over 250 lines, since the wording of every error of a kind is read, and tested, in one place.

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
    def segment_as_truth(cls) -> Self:
        """`and`, `or`, `not` or `if` asked a segment whether it is true."""
        return cls(
            "A segment is neither true nor false, so it can't stand beside `and`, `or`, `not` or `if`. Write `vip & engaged` for who is "
            "in both, `vip | engaged` for who is in either and `~vip` for everybody else."
        )

    @classmethod
    def not_a_condition(cls, value: object, where: str) -> Self:
        """Something else stands where a condition belongs."""
        return cls(
            f"{where} needs a condition, and {_short(value)} is {type(value).__name__}. "
            "Conditions are made by phrases such as sk.did(...), sk.has(...) and sk.can_receive(...), or taken from a "
            "segment with segment.condition."
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
        """Something else stands where a segment belongs."""
        return cls(
            f"Expected a segment, and {_short(value)} is {type(value).__name__}. "
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
    def unknown_segment(cls, name: str, asked_by: str, known: Iterable[str]) -> Self:
        """A segment names another that was not passed."""
        known = sorted(known)
        return cls(
            f"The segment {quoted(asked_by)} is defined by the segment {quoted(name)}, and there is none of that name here."
            f"{nearest(name, known)} Segments here: {listed(known, most=40)}. Pass both, as in sk.membership([engaged, vip], shop); to "
            "what takes one segment, pass one of those that sk.resolve_segments([engaged, vip]) returns."
        )

    @classmethod
    def unresolved_segment(cls, name: str) -> Self:
        """A condition that names a segment was asked of data or translated by itself."""
        return cls(
            f"This condition is defined by the segment {quoted(name)}, and only its name is known here. Make a segment of the condition "
            f"and pass both through sk.resolve_segments([...]), which puts the condition of {quoted(name)} in place of its name."
        )

    @classmethod
    def circle_of_segments(cls, names: Iterable[str]) -> Self:
        """Segments are defined by each other, or one by itself."""
        return cls(
            f"These segments are defined by each other in a circle: {' → '.join(map(quoted, names))}. Write out the condition of one of "
            "them in place of sk.in_segment(...)."
        )

    @classmethod
    def too_many_written_out(cls, name: str, size: int, most: int) -> Self:
        """A segment names others that name others, so often that its condition is too long."""
        return cls(
            f"The segment {quoted(name)} would have {size:,} conditions with those of the segments that it is defined by, and {most:,} "
            "are the most. Name each segment once."
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
            f'"{masked_text(word)}"; write truths as true or false, and numbers in plain digits.'
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
    def swapped(cls, call: str) -> Self:
        """The shop stands first, where what is asked of it belongs."""
        return cls(f"The shop stands first here, and it comes second: write {call}.")

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
            f"sk.{function} takes segments and a shop, or a membership table, and got {type(value).__name__} alone. Say of which shop: "
            f"sk.{function}(segments, shop), which is sk.{function}(sk.membership(segments, shop))."
        )

    @classmethod
    def table_and_data(cls, function: str) -> Self:
        """A membership table stands beside data, which it was made from."""
        return cls(
            f"sk.{function} takes a membership table alone, since it says already who is in, and got a shop beside it: "
            f"sk.{function}(table), or sk.{function}(segments, shop)."
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


def _short(value: object) -> str:
    """Return a value as an error quotes it; a segment by its name, and anything long by its beginning."""
    name = getattr(value, "name", None)
    return quoted(name) if isinstance(name, str) else shortened(quoted(value), 200)

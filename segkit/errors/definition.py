"""Define the errors of definitions: segments, conditions, phrases, builders, YAML texts and Klaviyo documents."""

from collections.abc import Iterable
from datetime import datetime
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
            "Write `a & b` for both, `a | b` for either and `~a` for the opposite, with brackets around parts that belong together: "
            '(sk.did("Clicked SMS") | sk.did("Opened Email")) & sk.can_receive("sms").'
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
            f"{where} needs a condition, but got {_short(value)}, which is of type {type(value).__name__}. "
            "Make a condition with a phrase such as sk.did(...), sk.has(...) or sk.can_receive(...), or use a segment's condition: "
            "segment.condition."
        )

    @classmethod
    def condition_in_where(cls, name: object) -> Self:
        """A condition on profiles was passed where the property of an event is compared."""
        return cls(
            f"In where=, {quoted(name)} is a property of the event, but conditions such as sk.is_set(...) and sk.has(...) test the "
            f'profile. Pass a value, where={{{quoted(name)}: "web"}}, or a comparison, where={{{quoted(name)}: {{"is_set": True}}}} or '
            f'where={{{quoted(name)}: {{"at_least": 2}}}}. To test the profile as well, join a second condition with &.'
        )

    @classmethod
    def not_a_segment(cls, value: object) -> Self:
        """A value is not a segment."""
        return cls(
            f"Expected a segment, but got {_short(value)}, which is of type {type(value).__name__}. "
            'To make a segment of a condition, give it a name: sk.Segment("VIP", condition).'
        )

    @classmethod
    def nameless_segment(cls, name: object) -> Self:
        """The name of a segment is not text, or is blank."""
        return cls(
            f'A segment\'s name must be text that is not blank, but it is {quoted(name)}. Pass a name: sk.Segment("VIP", ...).'
        )

    @classmethod
    def half_a_character(cls, what: str, value: str) -> Self:
        """A text has half a character, such as half an emoji, which can't be written to a file."""
        return cls(
            f"{what} contains half a character: in {quoted(value)}, an emoji or a similar character was cut in two. Write the whole character, "
            "or leave it out."
        )

    @classmethod
    def one_name_twice(cls, name: str) -> Self:
        """Two segments of one table have the same name."""
        return cls(
            f"Two segments are both named {quoted(name)}, but a membership table has one column for each name. "
            "Give one of them a different name: sk.Segment(NEW_NAME, segment.condition)."
        )

    @classmethod
    def unknown_segment(cls, name: str, asked_by: str, known: Iterable[str]) -> Self:
        """A segment refers to another one that was not passed."""
        known = sorted(known)
        return cls(
            f"The segment {quoted(asked_by)} refers to the segment {quoted(name)}, but no segment with that name was passed."
            f"{nearest(name, known)} The segments are: {listed(known, most=40)}. Pass both, as in sk.membership([engaged, vip], shop). If a "
            "function takes only one segment, pass one of the segments that sk.resolve_segments([engaged, vip]) returns."
        )

    @classmethod
    def unresolved_segment(cls, name: str) -> Self:
        """A condition that refers to a segment was evaluated or translated without that segment."""
        return cls(
            f"This condition refers to the segment {quoted(name)}, but only that segment's name is known here. Make a segment of this "
            f"condition, and pass it together with the segment {quoted(name)} to sk.resolve_segments([...]), which replaces the name with that "
            "segment's condition."
        )

    @classmethod
    def circle_of_segments(cls, names: Iterable[str]) -> Self:
        """Segments refer to each other in a circle, or one refers to itself."""
        return cls(
            f"These segments refer to each other in a circle: {' → '.join(map(quoted, names))}. In one of them, write out a "
            "condition instead of sk.in_segment(...)."
        )

    @classmethod
    def too_many_written_out(cls, name: str, size: int, most: int) -> Self:
        """With the conditions of the segments that it refers to, a segment has too many conditions."""
        return cls(
            f"The segment {quoted(name)} would have {size:,} conditions, including the conditions of the segments that it refers to, but at "
            f"most {most:,} are allowed. Refer to each segment only once."
        )

    @classmethod
    def reserved_name(cls, name: str, table: str) -> Self:
        """A segment has the name of a column of the resulting table."""
        return cls(
            f"A segment named {quoted(name)} would hide the column {quoted(name)} in the table that {table} returns. Give the segment a "
            "different name: sk.Segment(NEW_NAME, segment.condition)."
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
        """A phrase needs at least one of several arguments, such as a comparison."""
        return cls(f"{phrase} needs one or more of: {listed(choices, most=40)}.")

    @classmethod
    def missing(cls, phrase: str, *needed: str) -> Self:
        """A phrase, builder or key needs all of these arguments or keys."""
        return cls(f"{phrase} needs {' and '.join(needed)}.")

    @classmethod
    def positional(cls, function: str, value: object, names: Iterable[str]) -> Self:
        """A builder was called with a positional argument."""
        names = list(names)
        example = f" Write the argument's name before the value, as in {function}({names[0]}=...)." if names else ""
        return cls(
            f"{function} takes only keyword arguments, but got {quoted(value)} without a name.{example} Its arguments are: "
            f"{listed(names, most=40) or 'none'}."
        )

    @classmethod
    def words_clash(cls, phrase: str, words: Iterable[str]) -> Self:
        """Only one of several keyword arguments may be passed."""
        return cls(f"{phrase} accepts only one of: {listed(words)}. To use both, join two conditions with &.")

    @classmethod
    def no_amount_to_rank(cls, condition: object) -> Self:
        """A condition has no amount to rank profiles by."""
        return cls(
            f"top needs one condition with an amount to rank profiles by, but got {_short(condition)}. Pass a count or sum of events, "
            'sk.top(sk.spent("Placed Order", more_than=0, in_last_days=365), shop, share=0.1), or a number of the profile, '
            'sk.top(sk.has("predicted_clv", at_least=0), shop, share=0.1). Join other conditions with & afterwards.'
        )

    @classmethod
    def nobody_to_rank(cls, share: object) -> Self:
        """No profile has an amount, so profiles can't be ranked."""
        return cls(
            f"top(..., share={quoted(share)}) found no profile to rank: no profile has such an event, or a number in that property. Check "
            "the name, the timeframe and `where`."
        )

    @classmethod
    def sendable_of_a_table(cls) -> Self:
        """A membership table was passed to find out who may be texted, but it has no phone numbers."""
        return cls(
            "A membership table can't show who may be texted. Pass the segments and the shop: sk.sizes(segments, shop, sendable=True)."
        )

    @classmethod
    def store_is_no_point(cls, store: object) -> Self:
        """The store of a map is not a latitude and a longitude."""
        return cls(
            f"store must be (latitude, longitude), such as (42.36, -71.06), but it is {quoted(store)}. If the segment has a postal code, leave "
            'store out and the map uses that: charts.plot_map(sk.places(sk.sms_nearby(radius=30, of="02110"), shop)).'
        )

    @classmethod
    def map_without_store(cls) -> Self:
        """A map needs a store and a radius, but the table does not have them and they were not passed."""
        return cls(
            "plot_map needs store=(latitude, longitude) and radius=..., because this table does not come from a segment with one "
            'distance condition. For such a segment, both are known: charts.plot_map(sk.places(sk.sms_nearby(radius=30, of="02110"), shop)).'
        )

    @classmethod
    def bad_value(cls, what: str, value: object, wanted: str) -> Self:
        """A value has a wrong type, or is out of range."""
        return cls(f"{what} must be {wanted}, but it is {quoted(value)}.")

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
            return cls(
                f"{what} must be a country's two letters (ISO 3166), such as 'US', but it is {quoted(written)}.{near}"
            )
        first = written[0].upper()
        alike = sorted(country for country in countries if country.startswith(first))
        codes = f" Codes that begin with {first}: {listed(alike, most=30)}." if alike else ""
        return cls(
            f"{what} can't be {quoted(written)}, which is not an ISO 3166 country code.{near}{codes} Write a country's two letters, such as "
            "'US', 'GB' or 'DE'."
        )

    @classmethod
    def bad_funnel(cls, steps: int, taken: int, fewest: int, most: int) -> Self:
        """A funnel has too few or too many steps, or only steps that must not be taken."""
        return cls(
            f"A funnel needs {fewest} to {most} steps, and at least one of them must be a step that profiles take (sk.step). This funnel has "
            f"{counted(taken, 'step')} that profiles take and {counted(steps - taken, 'step')} that they don't take (sk.no_step). For one event, "
            "write sk.did(...) or sk.did_not(...). For a longer path, join two funnels with &."
        )

    @classmethod
    def settings_of_segment(cls, name: str, settings: Iterable[str], call: str) -> Self:
        """Settings were passed with a segment, which has none."""
        return cls(
            f"{listed(settings)} can't be set: {quoted(name)} is a segment, and its conditions are fixed. Pass a builder instead, as in {call}."
        )

    @classmethod
    def reversed_window(cls, word: str, first: object, second: object) -> Self:
        """A window ends before it begins."""
        # Not masked: these are two amounts, numbers of days or dates, to be copied.
        early, late = repr(first), repr(second)
        return cls(
            f"{word}=({early}, {late}) is the wrong way round: the first value must not be greater than the second. "
            f"Write {word}=({late}, {early})."
        )

    @classmethod
    def bad_pattern(cls, pattern: str, reason: str) -> Self:
        """A pattern is not a valid regular expression of RE2."""
        return cls(
            f"The pattern {quoted(pattern)} is not a regular expression that RE2 accepts: {masked_text(reason)}. "
            "RE2 supports neither look-around nor back-references. The pattern must match the whole value."
        )

    @classmethod
    def pattern_differs(cls, pattern: str, part: str) -> Self:
        """A pattern may mean something else in Spark, which has Java's regular expressions."""
        return cls(
            f"The pattern {quoted(pattern)} has a part, beginning with {quoted(part)}, that Spark may read differently than RE2. Use plain "
            "characters, groups, simple classes and repetitions, or answer the question with DuckDB or in memory: sk.connect(folder) or sk.load(folder)."
        )

    @classmethod
    def too_many_conditions(cls, size: int, limit: int) -> Self:
        """The normal form of a condition would have too many conditions."""
        return cls(
            f"Written as OR groups joined by AND, this would take {size:,} conditions, but at most {limit:,} are allowed. An AND inside an OR "
            "multiplies the conditions. Split the segment, or rewrite it with AND outside and OR inside."
        )

    @classmethod
    def no_klaviyo_definition(cls, why: str) -> Self:
        """A Klaviyo document has no definition of a segment."""
        return cls(
            f"This document has no definition of a segment: {why}. Pass a response of the Segments API, a create request, a definition "
            "with its condition_groups, or the JSON that Klaviyo returns when you append .json to the URL of a segment's definition."
        )

    @classmethod
    def several_klaviyo_definitions(cls, names: Iterable[object]) -> Self:
        """A Klaviyo document has several segments instead of one."""
        return cls(
            f"This document has several segments: {listed(names)}. Read them all with segments_from_klaviyo(page), or pass only one of them."
        )

    @classmethod
    def klaviyo_unread(cls, gaps: Iterable[str]) -> Self:
        """All conditions in a Klaviyo document that segkit can't express."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        return cls(f"segkit can't read {counted(len(every), 'part')} of Klaviyo's document:\n{lines}")

    @classmethod
    def klaviyo_unsaid(cls, segment: str, gaps: Iterable[str]) -> Self:
        """The parts of a segment that Klaviyo can't express."""
        every = list(gaps)
        lines = "\n".join(f"  - {gap}" for gap in every)
        reasons = "1 reason" if len(every) == 1 else f"{len(every):,} reasons, each with what to do"
        return cls(f"{quoted(segment)} can't be written as a Klaviyo definition, for {reasons}:\n{lines}")

    @classmethod
    def not_pushed(cls, reasons: Iterable[str]) -> Self:
        """Segments in a push that Klaviyo can't express."""
        every = list(reasons)
        return cls(
            f"Nothing was sent, because {counted(len(every), 'segment')} can't be written for Klaviyo:\n"
            + "\n".join(every)
        )

    @classmethod
    def update_of_several(cls, count: int) -> Self:
        """An id to update was passed with several segments."""
        return cls(
            f"update= (--update) takes the id of one segment in the account, but {count:,} segments were passed. Pass one segment, or leave "
            "update out: each segment is then found by its name."
        )

    @classmethod
    def beyond_segkit(cls, what: str, why: str) -> Self:
        """Klaviyo has a condition that segkit can't express, or has no data for."""
        return cls(f"{what} can't be read: {why}.")

    @classmethod
    def beyond_klaviyo(cls, what: str, nearest_thing: str) -> Self:
        """Klaviyo can't express something; the message names the nearest alternative."""
        return cls(f"Klaviyo has no {what}. Nearest alternative: {nearest_thing}.")

    @classmethod
    def unnamed_id(cls, kind: str, key: str) -> Self:
        """A document has an id of a metric or list whose name is unknown."""
        return cls(
            f"The name of the {kind} with the id {quoted(key)} is unknown. Pass the name, {kind}_names={{{quoted(key)}: NAME}}, or all names "
            "in the account, names=sk.AccountNames.from_file(path)."
        )

    @classmethod
    def no_id(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """The id of a metric or list is unknown."""
        known = sorted(known)
        return cls(
            f"The id of the {kind} named {quoted(name)} is unknown.{nearest(name, known)} Pass the id with {kind}_ids={{{quoted(name)}: ID}}, "
            f"or the whole account's names with names=sk.AccountNames.from_file(path). Known names: {listed(known) or 'none'}."
        )

    @classmethod
    def one_name_of_several(cls, kind: str, name: str, ids: Iterable[str], argument: str) -> Self:
        """Several metrics or lists of an account have the same name."""
        choice = (
            f"Pass the one to use: {kind}_ids={{{quoted(name)}: ID}}"
            if argument == "ids"
            else f"Pass a different name for each: {kind}_names={{ID: NAME, ...}}"
        )
        return cls(f"More than one {kind} is named {quoted(name)}: {listed(sorted(ids))}. {choice}.")

    @classmethod
    def unreadable_text(cls, faults: Iterable[str]) -> Self:
        """All mistakes in the text of one or more segments."""
        every = list(faults)
        lines = "\n".join(f"  - {fault}" for fault in every)
        return cls(f"The text has {counted(len(every), 'mistake')}, so nothing was read:\n{lines}")

    @classmethod
    def not_yaml(cls, reason: str) -> Self:
        """A text is not YAML."""
        return cls(
            f"This is not valid YAML: {masked_text(reason)}. Check the indentation, colons and quotes near this line."
        )

    @classmethod
    def empty_text(cls) -> Self:
        """A text is empty, or has only comments."""
        return cls("The text is empty. A segment needs the line segkit: 1, a name and a condition.")

    @classmethod
    def text_too_long(cls, size: int, most: int) -> Self:
        """A text is too long for a segment."""
        return cls(
            f"This text has {size:,} characters, but the text of a segment has at most {most:,}. Check that it is the right file."
        )

    @classmethod
    def half_in_text(cls) -> Self:
        """A text contains half a character, such as half an emoji."""
        return cls(
            "The text contains half a character: an emoji or a similar character was cut in two. Write the whole character."
        )

    @classmethod
    def nested_too_deep(cls) -> Self:
        """A condition has too many groups within groups to be read, written or evaluated."""
        return cls("The conditions are nested too deep: more than 50 levels of groups. Use fewer levels of groups.")

    @classmethod
    def not_plain(cls, given: str) -> Self:
        """A text has an anchor, an alias or a tag of YAML."""
        return cls(
            f"{quoted(given)} is a YAML anchor, alias or tag. Segments can't contain these, because not all YAML readers treat them alike. "
            "Replace it with the value that it refers to or, if it is meant as text, put it in quotes."
        )

    @classmethod
    def key_twice(cls, key: str) -> Self:
        """A mapping has the same key twice."""
        return cls(
            f"{quoted(key)} appears twice here, so the first value would be lost. Write two conditions, each after a dash."
        )

    @classmethod
    def two_readings(cls, word: str) -> Self:
        """The versions of YAML read a word without quotes differently."""
        return cls(
            f"YAML readers disagree about what {quoted(word)} without quotes means. If it is text, put it in quotes: "
            f'"{masked_text(word)}". Write booleans as true or false, and numbers in plain digits.'
        )

    @classmethod
    def unquoted(cls, key: str, value: object) -> Self:
        """A value that must be text is a number, boolean or date without quotes."""
        if value is None:
            return cls(f"{key} needs text, but it is empty. Write the text after the colon.")
        if isinstance(value, (list, dict)):
            return cls(f"{key} needs text, but it has a list or a mapping. Write one value after the colon.")
        kind = {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "a date")
        shown = (
            str(value).lower()
            if isinstance(value, bool)
            else quoted(value)
            if isinstance(value, (int, float))
            else str(value)
        )
        return cls(f'{key} needs text, but {shown} without quotes is {kind}. Put it in quotes: {key}: "{shown}".')

    @classmethod
    def unknown_key(cls, key: str, known: Iterable[str]) -> Self:
        """A mapping has an unknown key."""
        known = list(known)
        return cls(f"There is no key {quoted(key)} here.{nearest(key, known)} The keys are: {listed(known, most=50)}.")

    @classmethod
    def not_one_key(cls, what: str, given: Iterable[str], known: Iterable[str]) -> Self:
        """A mapping must have exactly one of several keys, but has none or several."""
        given = list(given)
        has = listed(given) if given else "none"
        return cls(
            f"{what} must have exactly one of {listed(known, most=40)}, but this one has {has}. "
            'To combine two conditions, write them under the key "all of:", each after a dash.'
        )

    @classmethod
    def not_a_mapping(cls, value: object) -> Self:
        """A condition in a text is not a mapping."""
        return cls(
            f"A condition is missing here. Write a key, a colon and a value, such as can receive: sms, instead of {quoted(value)}."
        )

    @classmethod
    def bad_timeframe(cls, key: str, value: object, forms: Iterable[str]) -> Self:
        """A text is not a timeframe."""
        forms = list(forms)
        near = nearest(value, forms) if isinstance(value, str) else ""
        return cls(f"{key} can't be {quoted(value)}.{near} Write a timeframe such as: {listed(forms, most=40)}.")

    @classmethod
    def unknown_form(cls, version: object, known: int) -> Self:
        """The text has a format version that this segkit can't read."""
        return cls(
            f"This version of segkit reads only the format segkit: {known}, but the text has segkit: {quoted(version)}. "
            f"Begin the text with segkit: {known}, or install the version of segkit that wrote it."
        )

    @classmethod
    def not_as_text(cls, name: str, reason: str) -> Self:
        """A segment that was built without phrases would read back differently from text."""
        return cls(
            f"The segment {quoted(name)} can't be written as text, because reading the text would give a different segment: {reason} "
            "Build it with phrases such as sk.did(...) and sk.has(...), which check their arguments."
        )

    @classmethod
    def no_segment_files(cls, folder: Path, found: Iterable[str]) -> Self:
        """A folder has no segments."""
        return cls(
            f"The folder {quoted(folder)} has no segments: no file ends in .yaml or .yml. The folder contains: "
            f'{listed(found) or "nothing"}. To write one: Path("segments/vip.yaml").write_text(segment.to_yaml(), encoding="utf-8").'
        )

    @classmethod
    def not_a_builder(cls, value: object) -> Self:
        """A value, such as a segment or a condition, is not a builder."""
        name = getattr(value, "name", None)
        what = f"the segment {quoted(name)}" if isinstance(name, str) else f"a value of type {type(value).__name__}"
        return cls(
            f"Expected a builder (a function with one argument per number to vary), but got {what}. Write a function: {_BUILDER}. To count "
            "one segment as it is: sk.sizes(sk.membership(segment, shop))."
        )

    @classmethod
    def phrase_as_builder(cls, phrase: str) -> Self:
        """A phrase makes conditions, so it is not a builder."""
        return cls(
            f"sk.{phrase} makes a condition, but a builder makes a segment. Write a builder that uses sk.{phrase}, with an argument for each "
            f"number to vary: {_BUILDER}."
        )

    @classmethod
    def not_made_a_segment(cls, builder: object, made: object) -> Self:
        """A builder did not return a segment."""
        advice = 'Return a segment: return sk.Segment("Clickers", condition).'
        if made is None:
            advice = f"Is its `return` missing? {advice}"
        elif isinstance(made, list):
            advice = "Write a builder that returns one segment of the list: def first(*, days=30): return tracks(days=days)[0]."
        what = "nothing" if made is None else f"a value of type {type(made).__name__}, which is not a segment"
        return cls(f"The builder {quoted(getattr(builder, '__name__', builder))} returned {what}. {advice}")

    @classmethod
    def nothing_picked(cls) -> Self:
        """An explorer was asked for the members of the picked combination, but none is picked."""
        return cls(
            "Pick a combination first: click its bar, choose it from the list, or set "
            "explorer.intersection = explorer.chosen[:1]."
        )

    @classmethod
    def not_movable(cls, name: str) -> Self:
        """A tuner can't be swept, because its segment uses none of its sliders."""
        return cls(
            f"The tuner of {quoted(name)} has no slider that its segment uses, so there is nothing to sweep over."
        )

    @classmethod
    def swapped(cls, call: str) -> Self:
        """The shop was passed as the first argument."""
        return cls(f"The shop must be the second argument, not the first. Write {call}.")

    @classmethod
    def no_control_arm(cls, control: object, arms: Iterable[str]) -> Self:
        """The arm of a split that is not to be texted is not among its arms."""
        every = list(arms)
        return cls(
            f"No arm is named {quoted(control)}, so it is not known which arm is not texted.{nearest(control, every)} The arms are: {listed(every)}. "
            "Pass the arm to hold out as control=, or pass control=None if every arm is texted."
        )

    @classmethod
    def not_the_audiences_shop(cls, own: tuple[int, datetime], given: tuple[int, datetime]) -> Self:
        """An audience was passed with a shop that it was not made from. Each shop is described by its number of profiles and its `as_of`."""
        first, second = (
            f"{counted(size, 'profile')} as of {as_of:%Y-%m-%d %H:%M:%S} UTC" for size, as_of in (own, given)
        )
        return cls(
            f"The audience was made with a different shop ({first}) from the shop passed here ({second}). Its recipients are rows of its own shop, "
            "so they can't be found in a different one, even if the same files were loaded again. Pass the audience's own shop, or make the audience again: "
            "sk.audience(segments, shop)."
        )

    @classmethod
    def not_a_dataset(cls, value: object) -> Self:
        """A value is not a shop."""
        return cls(
            f"Expected a Dataset, the shop that sk.load returns, but got a value of type {type(value).__name__}. Load a shop first, "
            'shop = sk.load("sample_data"), and pass it after the segments: sk.membership(segments, shop).'
        )

    @classmethod
    def not_connected(cls, value: object) -> Self:
        """A value is not a connected shop."""
        return cls(
            f"Expected the connected shop that sk.connect returns, but got a value of type {type(value).__name__}. SQL reads the tables of a saved shop, so "
            "save the shop and connect to it: shop = sk.connect(shop.save(folder))."
        )

    @classmethod
    def not_a_spark_session(cls, value: object) -> Self:
        """A value is not a Spark session."""
        return cls(
            f"Expected a Spark session as `spark`, but got a value of type {type(value).__name__}. Make one: "
            "session = pyspark.sql.SparkSession.builder.getOrCreate()."
        )

    @classmethod
    def tables_without_spark(cls) -> Self:
        """Tables of a Spark session were given without the session."""
        return cls(
            "The argument tables names tables of a Spark session. Pass the session, too: sk.connect(folder, spark=session, tables=tables)."
        )

    @classmethod
    def not_a_membership_table(cls, function: str, value: object) -> Self:
        """A value is not a membership table."""
        return cls(
            f"sk.{function} takes segments and a shop, or a membership table, but got only a value of type {type(value).__name__}. Pass the shop too: "
            f"sk.{function}(segments, shop), which is the same as sk.{function}(sk.membership(segments, shop))."
        )

    @classmethod
    def table_and_data(cls, function: str) -> Self:
        """Both a membership table and a shop were passed."""
        return cls(
            f"sk.{function} takes a membership table without a shop, since the table already has the members. Write "
            f"sk.{function}(table) or sk.{function}(segments, shop)."
        )

    @classmethod
    def not_flags(cls, column: object, example: object) -> Self:
        """A column of a membership table has values other than True and False."""
        return cls(
            f"The column {quoted(column)} of the membership table contains {quoted(example)}, but membership can only be True, False, 1 or "
            "0. Drop the column, or replace it with a comparison: table[column] == value."
        )

    @classmethod
    def no_signature(cls, builder: object, problem: str) -> Self:
        """A function can't be used as a builder."""
        return cls(
            f"{quoted(getattr(builder, '__name__', builder))} can't be used as a builder: {problem}. A builder is a function that takes "
            "keyword arguments with defaults and returns a Segment: "
            "def lapsed(*, days: Annotated[int, Range(7, 365)] = 90) -> Segment."
        )


def _short(value: object) -> str:
    """Return a value as an error shows it: a segment by its name, and a long value shortened."""
    name = getattr(value, "name", None)
    return quoted(name) if isinstance(name, str) else shortened(quoted(value), 200)

"""Report how changed definitions affect a shop's segments, as Markdown for a pull request: `segkit compare`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segkit.analysis.clauses import in_words, parts_of_all
from segkit.analysis.truth import Flags, atoms_of, truth
from segkit.definition.conditions import Condition
from segkit.definition.difference import diff
from segkit.definition.segment import Segment, resolve_segments
from segkit.engine.engines import engine_of
from segkit.engine.memory.dataset import Dataset
from segkit.engine.protocol import COUNT, Engine, warn_about_answers
from segkit.sending.eligibility import Eligibility
from segkit.wording import counted


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two sets of definitions.

    Attributes:
        markdown: the text.
        is_changed: whether any segment was added, removed or defined differently.
    """

    markdown: str
    is_changed: bool


def compare(before: Iterable[Segment], after: Iterable[Segment], shop: Dataset) -> Comparison:
    """Compare two sets of segments by name: what changed in words, who enters and leaves and why, and how many may be texted.

    Args:
        before: the segments as they are.
        after: the segments as they are proposed.
        shop: the data in which members are counted. The text contains only counts, and names nobody.

    Raises:
        DefinitionError: two segments of one set have the same name, or refer to one that is missing.
        DataError: a segment names something that the data does not have.
    """
    old, new = ({one.name: one for one in resolve_segments(list(some))} for some in (before, after))
    engine, eligibility = engine_of(shop), Eligibility.usual(shop)
    lines = ["## Segments", "", f"As of {shop.as_of:%Y-%m-%d %H:%M} UTC, {counted(len(shop), 'profile')}.", ""]
    changed = 0
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        section = list(_section(name, one, other, engine, eligibility))
        changed += bool(section)
        lines += section
    if not changed:
        lines.append(f"No change in {counted(len(new), 'definition')}.")
    same = sum(1 for name in new if name in old and not diff(old[name], new[name]))
    if changed and same:
        lines.append(f"{counted(same, 'other definition')} unchanged.")
    return Comparison("\n".join(lines).rstrip() + "\n", bool(changed))


def _section(
    name: str, one: Segment | None, other: Segment | None, engine: Engine, eligibility: Eligibility | None
) -> Iterator[str]:
    """Yield the lines about a segment, or none if its conditions have not changed."""
    if one is None or other is None:
        segment = one if other is None else other
        assert segment is not None  # a name is in one of the two sets
        warn_about_answers(engine, [segment.condition])
        (size,) = engine.counts([segment.condition])
        texted = _sendable(segment.condition, engine, eligibility)
        yield from (
            f"### {_escaped(name)}: {'added' if one is None else 'removed'}",
            "",
            f"{counted(size, 'member')}{texted}.",
            "",
        )
        return
    difference = diff(one, other)
    if not difference:
        return
    warn_about_answers(engine, [one.condition, other.condition])
    before, after, entering, leaving = _moved(one.condition, other.condition, engine)
    yield from (f"### {_escaped(name)}", "", *(f"- {_escaped(line)}" for line in map(str, difference.changes)), "")
    yield "| | before | after | |"
    yield "| --- | ---: | ---: | ---: |"
    yield f"| members | {before:,} | {after:,} | {after - before:+,} |"
    if eligibility is not None:
        sizes = [eligibility.size(engine, segment.condition) for segment in (one, other)]
        yield f"| may be texted | {sizes[0]:,} | {sizes[1]:,} | {sizes[1] - sizes[0]:+,} |"
    yield ""
    for words, causes in (("enter", entering), ("leave", leaving)):
        total = sum(causes.values())
        yield f"{counted(total, 'profile')} {words if total != 1 else words + 's'}{':' if causes else '.'}"
        yield from (
            f"- {count:,}: {_escaped(cause)}"
            for cause, count in sorted(causes.items(), key=lambda item: (-item[1], item[0]))
        )
        yield ""


def _sendable(condition: Condition, engine: Engine, eligibility: Eligibility | None) -> str:
    return "" if eligibility is None else f", {eligibility.size(engine, condition):,} of them may be texted"


def _moved(one: Condition, other: Condition, engine: Engine) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Return the sizes before and after, and how many enter and leave by cause, from one query."""
    atoms = atoms_of([one, other])
    cube = engine.cube(atoms)
    counts = cube[COUNT].to_numpy()
    holds = {atom: cube[place].to_numpy(dtype=bool) for place, atom in enumerate(atoms)}
    was, now = (truth(condition, holds, len(counts)) for condition in (one, other))
    entering = _causes(one, holds, counts, now & ~was, "no longer needed: ")
    leaving = _causes(other, holds, counts, was & ~now, "not met: ")
    return int(counts[was].sum()), int(counts[now].sum()), entering, leaving


def _causes(
    condition: Condition, holds: dict[Condition, Flags], counts: Flags, moved: Flags, words: str
) -> dict[str, int]:
    """Return, for each part of the definition that excludes them, how many of the profiles that moved fail it."""
    parts = parts_of_all(condition)
    fails = [~truth(part, holds, len(counts)) for part in parts]
    found: dict[str, int] = {}
    for cell in moved.nonzero()[0].tolist():
        failed = [part for part, flags in zip(parts, fails, strict=True) if flags[cell]]
        cause = words + in_words(failed[0]) if len(failed) == 1 else f"{words}several conditions"
        found[cause] = found.get(cause, 0) + int(counts[cell])
    return found


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    flat = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|" else letter for letter in flat)

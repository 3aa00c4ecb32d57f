"""From Klaviyo and back: every shape and spelling is read as meant, and what is written keeps its members and is read as itself."""

import json
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from itertools import count

import doors
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from klaviyo.definitions.documents import BEYOND_US, DRIFTS, REPHRASED, SHAPES, UNKNOWN, Drift, Refusal, Shape
from klaviyo.definitions.spelled import (
    AFFINITY,
    LIST_IDS,
    LISTS,
    METRIC_IDS,
    METRICS,
    REQUESTS,
    SMS,
    Json,
    definition,
    request,
)
from openapi_client.models.segment_create_query import SegmentCreateQuery
from reference import PlainShop
from strategies import SEEDS, atom, mixed, shops, trees

import segkit as sk
from segkit.definition import algebra
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    DateTest,
    LengthTest,
    ListTest,
    Not,
    NumberTest,
    PropertyCondition,
    SetTest,
    TextInTest,
    TextTest,
)
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions import from_klaviyo, to_klaviyo

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


def read(document: Json) -> Condition:
    """Return what a definition or a request says, in the account that the documents are of."""
    return from_klaviyo(
        document, metric_names=METRICS, list_names=LISTS, channel_affinity=AFFINITY, name="asked"
    ).condition


def written(condition: Condition) -> Json:
    """Return the request that creates a segment of a condition."""
    return to_klaviyo(sk.Segment("asked", condition), metric_ids=METRIC_IDS, list_ids=LIST_IDS)


def definition_of(document: Json) -> Json:
    """Return the definition in a create request."""
    return document["data"]["attributes"]["definition"]


def refusal_of(condition: Condition) -> str:
    """Return why Klaviyo can't say a condition, or nothing if it can."""
    try:
        written(condition)
    except DefinitionError as error:
        return str(error)
    return ""


def named(row: Shape | Drift | Refusal) -> str:
    """Return the name of a row, for pytest's report."""
    return row.name


@pytest.mark.parametrize("shape", [*SHAPES, *REPHRASED], ids=named)
def test_a_shape_reads_as_meant(shape: Shape):
    """Every condition of Klaviyo's that segkit can say is read as what it means."""
    assert read(definition([shape.document])) == shape.says


@pytest.mark.parametrize("shape", SHAPES, ids=named)
def test_a_shape_is_written_as_it_was_read(shape: Shape):
    """What was read is written in the very words of the schema."""
    assert definition_of(written(shape.says)) == definition([shape.document])


@pytest.mark.parametrize("shape", REPHRASED, ids=named)
def test_other_words_say_the_same_again(shape: Shape):
    """What is written in other words than it was read in is read as the same condition."""
    document = written(shape.says)

    assert definition_of(document) != definition([shape.document])
    assert read(document) == shape.says
    REQUESTS.validate(document)


@pytest.mark.parametrize("drift", DRIFTS, ids=named)
def test_a_drifted_spelling_reads_like_the_right_one(drift: Drift):
    """What the guide, the old beta and live payloads spell otherwise is the same condition, and is written in the schema's words."""
    assert read(definition([drift.drifted])) == read(definition([drift.document]))
    assert definition_of(written(read(definition([drift.drifted])))) == definition([drift.document])


@pytest.mark.parametrize("refusal", [*BEYOND_US, *UNKNOWN], ids=named)
def test_what_cannot_be_said_is_refused_with_its_place(refusal: Refusal):
    """A condition that segkit has no words for is named by its group and number, and the reason by what is in the document."""
    with pytest.raises(DefinitionError) as error:
        from_klaviyo(definition([SMS], [SMS, refusal.document]), metric_names=METRICS, list_names=LISTS)

    [line] = [line for line in str(error.value).splitlines() if "condition group" in line]
    assert "condition group 2, condition 2" in line
    assert refusal.reason in line


def test_all_that_cannot_be_said_is_told_at_once():
    """One error names every condition that can't be read, each at its own place, and none that can."""
    refused = [*BEYOND_US, *UNKNOWN]
    groups = [[SMS, refusal.document] for refusal in refused]
    with pytest.raises(DefinitionError) as error:
        from_klaviyo(definition(*groups), metric_names=METRICS, list_names=LISTS)

    lines = [line for line in str(error.value).splitlines() if "condition group" in line]
    assert len(lines) == len(refused)
    for number, (line, refusal) in enumerate(zip(lines, refused, strict=True), start=1):
        assert f"condition group {number}, condition 2:" in line
        assert refusal.reason in line


@given(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=12, unique_by=lambda shape: shape.name), st.randoms())
def test_a_document_is_written_as_it_was_read(shapes: list[Shape], random):
    """Groups of conditions come back as they were, in their order."""
    groups: list[list[Json]] = []
    for shape in shapes:
        if not groups or random.random() < 0.5:
            groups.append([])
        groups[-1].append(shape.document)
    document = request("asked", *groups)

    assert written(read(document)) == document


KINDS = {
    "Town": (TextTest, TextInTest),
    "city": (TextTest, TextInTest),
    "Age": (NumberTest,),
    "Score": (NumberTest,),
    "predicted_clv": (NumberTest,),
    "Parent": (BooleanTest,),
    "Interests": (ListTest, LengthTest),
    "created": (DateTest,),
}
"""The properties of a generated shop that hold values of one kind only, and the tests of that kind."""


def is_of_its_kind(condition: Condition) -> bool:
    """Say whether a property is asked for the kind of value that it holds; whether one is set can be asked of all."""
    if not isinstance(condition, PropertyCondition):
        return True
    return isinstance(condition.test, (SetTest, *KINDS.get(condition.property, ())))


@st.composite
def sayable(draw: st.DrawFn, depth: int = 2, *, is_negated: bool = False) -> Condition:
    """Return trees of atoms that Klaviyo can say, with and without "not".

    Inside "not", properties are asked for their own kind of value: in Klaviyo, where the kind is chosen with the condition, no
    profile of another kind is on either side, while segkit's complement takes it in.
    """
    kind = draw(st.sampled_from([None, AllOf, AnyOf, Not])) if depth else None
    if kind is None:
        random = mixed(draw(SEEDS), depth)
        drawn = (atom(random) for _ in count())
        return next(one for one in drawn if not refusal_of(one) and (is_of_its_kind(one) or not is_negated))
    if kind is Not:
        return Not(draw(sayable(depth - 1, is_negated=True)))
    return kind(tuple(draw(sayable(depth - 1, is_negated=is_negated)) for _ in range(draw(st.integers(1, 3)))))


Kept = tuple[list[Condition], int]


@st.composite
def written_ones(draw: st.DrawFn) -> Kept:
    """Return conditions that Klaviyo can say, trees and atoms and the "not" of atoms, and how many were drawn in all."""
    random = mixed(draw(SEEDS), "atoms")
    atoms = [atom(random) for _ in range(30)]
    drawn = [
        *draw(st.lists(sayable(), max_size=8)),
        *atoms,
        *(Not(one) for one in atoms if is_of_its_kind(one)),
    ]
    return [one for one in drawn if not refusal_of(one)], len(drawn)


@given(shops(), written_ones())
def test_what_is_written_keeps_its_members(shop: PlainShop, kept: Kept):
    """A condition that went to Klaviyo and back has the members that it had."""
    conditions, drawn = kept
    event(f"{100 * len(conditions) // drawn // 10}0 % can be said")
    there_and_back = [read(written(condition)) for condition in conditions]
    segments = [sk.Segment(str(place), one) for place, one in enumerate([*conditions, *there_and_back])]
    table = sk.membership(segments, doors.by_frames(shop))
    changed = [
        condition
        for place, condition in enumerate(conditions)
        if not (table[str(place)] == table[str(place + len(conditions))]).all()
    ]

    assert changed == []


@given(written_ones())
def test_what_is_written_is_taken(kept: Kept):
    """What is written passes the schema, goes unharmed through the official client, and is JSON."""
    for condition in kept[0]:
        document = written(condition)
        REQUESTS.validate(document)
        sent = SegmentCreateQuery.from_dict(document).to_dict()
        # The client writes out that the segment has no star.
        assert sent["data"]["attributes"].pop("is_starred") is False
        assert sent == document == json.loads(json.dumps(document, allow_nan=False))


@given(written_ones())
def test_what_is_written_is_read_and_written_as_itself(kept: Kept):
    """One trip makes a document that later trips don't change."""
    for condition in kept[0]:
        document = written(condition)
        assert written(read(document)) == document


def test_a_good_share_of_what_is_generated_can_be_said():
    """The laws above are held against documents: a good share of generated atoms and trees can be said."""
    random = mixed(b"share", "of atoms")
    atoms = Counter(not refusal_of(atom(random)) for _ in range(2_000))
    whole: Counter[bool] = Counter()

    @given(sayable())
    def count_trees(tree: Condition) -> None:
        whole[not refusal_of(tree)] += 1

    count_trees()

    assert atoms[True] > 2_000 / 3
    assert whole[True] > whole[False]


def gaps_of(refusal: str) -> set[str]:
    """Return the gaps that a refusal tells, each with its place, but for those of the whole."""
    return {line for line in refusal.splitlines()[1:] if not line.startswith("  - the whole")}


@given(trees())
def test_a_refusal_names_every_gap(tree: Condition):
    """What Klaviyo can't say of a tree are the gaps of its atoms, all at once and no others."""
    with suppress(DefinitionError):
        parts = {part for group in algebra.condition_groups(tree, limit=10_000) for part in group}
        told = gaps_of(refusal_of(tree))

        assert told == {gap for part in parts for gap in gaps_of(refusal_of(part))}


def test_too_many_conditions_do_not_hide_the_other_gaps():
    """A segment that is too long and holds what Klaviyo can't say is told both."""
    long = AnyOf(tuple(sk.is_set(f"property {number}") for number in range(algebra.CONDITION_LIMIT)))
    told = refusal_of(long & sk.within(30, of=(42.36, -71.06)))

    assert "but at most 100 are allowed" in told
    assert "the point 42.36, -71.06" in told


def test_idle_groups_are_not_written():
    """A group that another makes idle is left out, so that an OR of ANDs of the same few stays small."""
    clicked, ordered = sk.did("Clicked SMS"), sk.did("Placed Order")
    groups = definition_of(written((clicked & ordered) | (ordered & clicked)))["condition_groups"]

    assert [len(group["conditions"]) for group in groups] == [1, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sk.did("Consented to Receive SMS"), sk.did("Subscribed to SMS Marketing")),
        (sk.spent(more_than=Decimal("0.3")), sk.spent(more_than=0.3)),
        (sk.has("City", equals="Boston"), sk.has("city", equals="Boston")),
        (sk.did("Clicked SMS", more_than=0), sk.did("Clicked SMS", at_least=1)),
    ],
)
def test_what_is_written_alike_is_written_once(one: Condition, other: Condition):
    """Conditions that segkit spells in two ways and Klaviyo in one are one there, in a group and over groups."""
    alone = definition_of(written(one))

    assert definition_of(written(one | other)) == alone
    assert definition_of(written(one & other)) == alone
    assert definition_of(written(one & (other | sk.is_set("zip")))) == alone

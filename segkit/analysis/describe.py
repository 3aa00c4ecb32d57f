"""Compare a segment's members with the rest of the profiles: orders, interest in texts, and properties."""

from math import isnan, nan
from typing import NamedTuple

import pandas as pd

from segkit.analysis.property_values import HasValue, property_values
from segkit.analysis.starting import amount_at
from segkit.analysis.worth import DAYS, ORDERED, worth_of
from segkit.builders import sms_engaged
from segkit.definition.conditions import AllOf, Condition, Not
from segkit.definition.measures import Number
from segkit.definition.parameters import Range
from segkit.definition.phrases import did
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import EVERYBODY, Engine, warn_about_answers
from segkit.errors import DataError, DefinitionError
from segkit.sending.eligibility import Eligibility
from segkit.wording import counted, listed

_MEDIAN_STEP = Range(0, 1_000, step=0.01)


class _Row(NamedTuple):
    about: str
    value: str
    members: float = nan
    rest: float = nan
    members_share: float = nan
    rest_share: float = nan


class _Groups(NamedTuple):
    """The members and the rest, as conditions and as numbers of profiles."""

    engine: Engine
    members: Condition
    rest: Condition
    sizes: tuple[int, int]

    def shares(self, about: str, value: str, members: float, rest: float) -> _Row:
        of_members, of_rest = (
            found / size if size else nan for found, size in zip((members, rest), self.sizes, strict=True)
        )
        return _Row(about, value, members, rest, of_members, of_rest)


def describe(segment: Segment, dataset: Data, *, base: Segment | None = None, most: int = 10) -> pd.DataFrame:
    """Return a table that compares the members of a segment with the rest: their orders, their interest in texts, and their properties.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        base: the segment that the rest is taken from; None means all profiles. All members count, whether they are in the base or not.
        most: the largest number of values of properties to show. They are those whose share differs most between members and rest, among
            the 20 most common values of each property.

    Returns:
        A row for each comparison. `about` and `value` say what is compared, `members` and `rest` have the number of profiles, the sum or
        the median, and `members_share` and `rest_share` have the share of the members and of the rest, from 0 to 1. The rows are:
        the profiles; those who may be texted; those in `sk.sms_engaged`; those with an order in the last 365 days; these orders; their
        revenue, in the shop's own currency; orders and spend per head, over all profiles, and spend per order, rounded to hundredths; the median of each
        property with numbers, over the profiles that have it; values of the other properties; and what is not shown. NaN means that
        there is no such number, for example because the data lacks SMS consent or orders, or because a group is empty.

    Raises:
        DefinitionError: an argument is not a segment, or `most` is not a whole number of 0 or more.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: see `sk.membership`.

    >>> from segkit import Dataset, has
    >>> people = {"profile_id": list("abcd"), "Age": [18, 20, 40, 50], "City": ["Bonn", "Bonn", "Bonn", "Ulm"]}
    >>> table = describe(Segment("Young", has("Age", at_most=30)), Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30"))
    >>> table[table["about"] == "Age"][["value", "members", "rest"]].to_numpy().tolist()
    [['median', 18.0, 40.0]]
    >>> table[table["value"] == "Bonn"][["members_share", "rest_share"]].to_numpy().tolist()
    [[1.0, 0.5]]
    """
    check_order(segment, "sk.describe(segment, shop)")
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise DefinitionError.bad_value("most", most, "a whole number of 0 or more")
    here = one_segment(segment).condition
    among = EVERYBODY if base is None else one_segment(base).condition
    engine = engine_of(dataset)
    rest = AllOf((among, Not(here)))
    in_here, in_rest = engine.counts([here, rest])
    warn_about_answers(engine, [here, among])
    groups = _Groups(engine, here, rest, (in_here, in_rest))
    rows = [
        _Row("profiles", "", in_here, in_rest),
        _may_be_texted(groups, dataset),
        _matching(groups, "SMS engaged", "", sms_engaged().condition),
        *_orders(groups),
        *_properties(groups, dataset, most),
    ]
    return StyledFrame(rows, columns=list(_Row._fields))


def _may_be_texted(groups: _Groups, dataset: Data) -> _Row:
    eligibility = Eligibility.usual(dataset)
    if eligibility is None:
        return _Row("may be texted", "no SMS consent in the data")
    found = (eligibility.size(groups.engine, one) for one in (groups.members, groups.rest))
    return groups.shares("may be texted", "", *found)


def _matching(groups: _Groups, about: str, value: str, condition: Condition) -> _Row:
    """Return how many match a condition. If the data lacks what the condition needs, the row says so."""
    notes = groups.engine.notes([condition])
    try:
        found = groups.engine.counts([AllOf((condition, one)) for one in (groups.members, groups.rest)])
    except DataError as error:
        return _Row(about, str(error))
    return groups.shares(about, " ".join(notes) or value, *found)


def _orders(groups: _Groups) -> list[_Row]:
    lately = f"in the last {DAYS} days"
    if ORDERED not in groups.engine.names().metrics:
        return [_Row("orders", f"no {ORDERED} in the data")]
    members, rest = (worth_of(one, groups.engine) for one in (groups.members, groups.rest))
    in_members, in_rest = groups.sizes
    return [
        _matching(groups, "ordered", lately, did(ORDERED, in_last_days=DAYS)),
        _Row("orders", lately, members.orders, rest.orders),
        _Row("revenue", lately, members.revenue, rest.revenue),
        _Row("orders per head", lately, _ratio(members.orders, in_members), _ratio(rest.orders, in_rest)),
        _Row("spend per head", lately, _ratio(members.revenue, in_members), _ratio(rest.revenue, in_rest)),
        _Row("spend per order", lately, _ratio(members.revenue, members.orders), _ratio(rest.revenue, rest.orders)),
    ]


def _ratio(amount: float, count: int) -> float:
    return round(amount / count, 2) if count else nan


def _properties(groups: _Groups, dataset: Data, most: int) -> list[_Row]:
    """Return the medians of numbers, the values that differ most, and a row that counts what is not shown."""
    found = property_values(dataset, groups.engine.names().properties)
    medians = [
        _Row(name, "median", *(_median(groups.engine, name, one) for one in groups[1:3])) for name in found.numbers
    ]
    values = sorted(_values(groups, found.values), key=lambda row: -_difference(row))
    rest = [f"{counted(len(values) - most, 'more value')} that differ less"] if len(values) > most else []
    rest += [f"{counted(len(found.others), 'property', 'properties')}: {listed(found.others)}"] if found.others else []
    return [*medians, *values[:most], *(_Row("not shown", one) for one in rest)]


def _values(groups: _Groups, values: list[HasValue]) -> list[_Row]:
    pairs = [AllOf((one.condition, group)) for one in values for group in (groups.members, groups.rest)]
    counts = groups.engine.counts(pairs) if pairs else []
    return [
        groups.shares(one.property, one.value, *both)
        for one, both in zip(values, zip(counts[::2], counts[1::2], strict=True), strict=True)
    ]


def _difference(row: _Row) -> float:
    difference = abs(row.members_share - row.rest_share)
    return 0 if isnan(difference) else difference


def _median(engine: Engine, name: str, among: Condition) -> float:
    """Return the lower median of a property over the profiles that have it, rounded to hundredths; NaN if none has."""
    found = amount_at(engine, Number(name), among=among, quantile=0.5, span=_MEDIAN_STEP)
    return nan if found is None else found

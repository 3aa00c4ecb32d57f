"""Build the segments of Klaviyo's guide, with thresholds and choices from a shop's data, and say why some can't be built."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit import builders
from segkit.analysis.starting import starting_values
from segkit.builders.purchases import ORDERED
from segkit.data.properties import UNSET
from segkit.data.validation.issues import is_personal
from segkit.definition.algebra import each_metric, event_properties, without_consent
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    ConsentCondition,
    DistanceCondition,
    EventProperty,
    EventTests,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    Not,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
    SegmentCondition,
    SomethingTest,
)
from segkit.definition.measures import EventCount
from segkit.definition.segment import Segment
from segkit.drawing.cards import card, folded, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.connected import in_memory
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.errors import DefinitionError
from segkit.masking import quoted
from segkit.vocabulary import PROFILE_COLUMNS, canonical_metric
from segkit.wording import counted

Place = str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Recommended:
    """The segments that a shop's data supports, and why others can't be built.

    Attributes:
        segments: the segments that the data supports.
        not_built: a row for each segment that the data does not support: `segment`, `reason`.
    """

    segments: tuple[Segment, ...]
    not_built: pd.DataFrame

    def _repr_html_(self) -> str:
        built, missing = counted(len(self.segments), "segment"), self.not_built.to_numpy().tolist()
        return card(
            f"Recommended: {built}",
            "",
            records(["segment", "what it is for"], ((one.name, one.description) for one in self.segments)),
            folded(f"Not built: {counted(len(missing), 'segment')}", records(["segment", "reason"], missing)),
        )


def recommended(dataset: Dataset, *, near: Place | None = None, country: str = "US") -> Recommended:
    """Return the eight segment types of Klaviyo's SMS guide, the sending tracks and the usual exclusions, if the data supports them.

    Thresholds are quantiles of the shop's data. The country, gender, topic and place are the most common ones in the data, except
    names and values that look like a person's phone number or address.

    Args:
        dataset: the profiles and events.
        near: the store for the segment by distance, as a postal code or (latitude, longitude); None means the most common postal code.
        country: the two-letter country of the postal code.

    >>> orders = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5]})
    >>> [segment.name for segment in recommended(Dataset.from_frames(None, orders)).segments]
    ['SMS VIP', 'Lapsed customers', 'Former VIP']
    """
    in_memory(dataset)
    built: list[Segment] = []
    missing: list[tuple[str, str]] = []
    for name, make in _types(dataset, near, country):
        segments = make()
        if isinstance(segments, str):
            missing.append((name, segments))
            continue
        for segment in segments:
            reasons = list(dict.fromkeys(_lacking(segment.condition, dataset)))
            if without_consent(segment.condition) == AllOf(()) and not dataset.has_property("sms_consent"):
                reasons.append("no sms_consent in the profiles")
            if reasons:
                missing.append((segment.name, "; ".join(reasons)))
            else:
                built.append(segment)
    return Recommended(tuple(built), StyledFrame(missing, columns=["segment", "reason"]))


def _types(
    dataset: Dataset, near: Place | None, country: str
) -> Iterator[tuple[str, Callable[[], tuple[Segment, ...] | str]]]:
    """Yield the name of each type in the guide, and a function that returns its segments or the reason why there are none."""
    vip = starting_values(builders.sms_vip, dataset, rounded=True)
    former = starting_values(builders.former_vip, dataset, rounded=True)
    yield "SMS subscribers", lambda: (builders.sms_subscribers(),)
    yield "SMS engaged", lambda: (builders.sms_engaged(),)
    yield "Prefers SMS", lambda: (builders.prefers_sms(),)
    yield "SMS VIP", lambda: (builders.sms_vip(**vip),)  # type: ignore[arg-type]  # orders are whole
    yield "SMS near", lambda: _near(dataset, near, country) or "no profile has a postal code with a known location"
    yield (
        "SMS by phone country",
        lambda: (
            tuple(builders.sms_country(countries=[code]) for code in _commonest(dataset.phones.countries, 1))
            or "no profile has a valid phone number"
        ),
    )
    yield "SMS by gender", lambda: _genders(dataset) or "no property named Gender, and no predicted_gender"
    yield "SMS budget shoppers", lambda: (builders.sms_budget_shoppers(),)
    yield "SMS budget shoppers (bought on sale)", lambda: _bought_on_sale(dataset)
    yield (
        "SMS preference",
        lambda: (
            _preference(dataset) or "no custom property holds lists or is named for interests, topics or preferences"
        ),
    )
    yield "Engagement tracks", builders.engagement_tracks
    yield "SMS delivery errors", lambda: (builders.sms_delivery_errors(),)
    yield "Lapsed customers", lambda: (builders.lapsed_customers(),)
    yield "Former VIP", lambda: (builders.former_vip(**former),)  # type: ignore[arg-type]


def _near(dataset: Dataset, near: Place | None, country: str) -> tuple[Segment, ...]:
    if near is not None:
        return (builders.sms_nearby(of=near, country=country),)
    if not dataset.has_property("zip"):
        return ()
    codes = dataset.cells("zip").values
    together = pc.binary_join_element_wise(dataset.countries, pc.cast(codes, pa.string()).combine_chunks(), " ")
    for found in _commonest(together, 20):
        its_country, _, code = found.partition(" ")
        if dataset.postal_points.point(code, its_country) is not None:
            return (builders.sms_nearby(of=code, country=its_country),)
    return ()


def _genders(dataset: Dataset) -> tuple[Segment, ...]:
    stated = next((name for name in dataset.property_names if name.casefold() == "gender"), None)
    if stated is not None:
        values = dataset.cells(stated).values
        texts = values if not isinstance(values, list) else pa.array(values)
        found = [value for value in _commonest(texts, 2) if not is_personal("", value)]
        return tuple(builders.sms_gender(gender=value, property=stated) for value in found)
    if dataset.has_property("predicted_gender"):
        return tuple(builders.sms_gender(gender=gender, approach="predicted") for gender in ("female", "male"))
    return ()


def _preference(dataset: Dataset) -> tuple[Segment, ...]:
    custom = [name for name in dataset.property_names if name not in PROFILE_COLUMNS and not is_personal("", name)]
    words = ("interest", "preference", "topic")
    named = [name for name in custom if any(word in name.casefold() for word in words)]
    for name in named or custom:
        lists = dataset.column(name).lists
        if lists.readable.any():
            codes = dataset.column(name).codes
            items = pd.Series([items for code in codes if code != UNSET for items in lists.values[code]], dtype=object)
            texts = items[items.map(lambda item: isinstance(item, str))]
            topic = next((text for text in texts.value_counts().index if not is_personal("", text)), None)
            if topic is not None:
                return (builders.sms_preference(topic=topic, property=name),)
    for name in named:
        values = dataset.cells(name).values
        for value in _commonest(values, 1) if not isinstance(values, list) else ():
            if not is_personal("", value):
                return (builders.sms_preference(topic=value, property=name),)
    return ()


MOST_ON_SALE = 0.8
"""If more orders than this have a discount, it doesn't show who waits for a sale (docs/decisions/0007-bought-mostly-on-sale.md)."""

_DISCOUNTS = re.compile(
    "discount|coupon|promo|voucher|rebate|markdown|saving|reduction|rabatt|remise|(?<!whole)sale(?!s)", re.IGNORECASE
)


def _bought_on_sale(dataset: Dataset) -> tuple[Segment, ...] | str:
    """Return the segment for the discount property that most orders have, or the reason if there is none, or if nearly all orders have it."""
    evaluation = Evaluation(dataset)
    orders = evaluation.measured(EventCount(ORDERED))[0].sum() if ORDERED in dataset.events.metrics else 0
    if not orders:
        return f"no event of the metric {quoted(ORDERED)}"
    shares: dict[str, float] = {}
    for name in filter(_DISCOUNTS.search, dataset.events.properties):
        if is_personal("", name):
            continue
        discounted = EventCount(ORDERED, where=(EventProperty(name, SomethingTest(holds=True)),))
        shares[name] = evaluation.measured(discounted)[0].sum() / orders
    telling = {name: share for name, share in shares.items() if 0 < share <= MOST_ON_SALE}
    if not telling:
        return _no_sale(shares)
    chosen = max(telling, key=telling.__getitem__)
    return (builders.sms_budget_shoppers(approach="bought on sale", sale_property=chosen),)


def _no_sale(shares: dict[str, float]) -> str:
    """Say why no property with a name like "discount" distinguishes orders."""
    idle = [quoted(name) for name, share in shares.items() if not share]
    # Round down above 99 %, so that 100 % means all orders.
    everywhere = [(name, f"{min(share, 0.99) if share < 1 else 1:.0%}") for name, share in shares.items() if share]
    reasons = []
    if everywhere:
        (first, share), *others = everywhere
        found = " and ".join(
            [
                f"{quoted(first)} holds something in {share} of orders",
                *(f"{quoted(name)} in {of}" for name, of in others),
            ]
        )
        reasons.append(f"{found}, so {'they say' if others else 'it says'} nothing about who waits for a sale")
    if idle:
        reasons.append(f"{' and '.join(idle)} {'hold' if len(idle) > 1 else 'holds'} nothing in any order")
    return "; ".join(reasons) or "no event property has a name like discount, coupon or sale"


def _commonest(values: pa.Array | pa.ChunkedArray, most: int) -> list[str]:
    """Return the most common values that are set. Ties are in alphabetical order."""
    counts = Counter(str(value) for value in values.to_pylist() if value is not None)
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]]


def _lacking(condition: Condition, dataset: Dataset) -> Iterator[str]:
    """Yield what a condition needs but the data lacks. One alternative of "any of" is enough. SMS consent is not checked here."""
    match condition:
        case AllOf(conditions):
            for part in conditions:
                yield from _lacking(part, dataset)
        case AnyOf(conditions):
            every = [list(_lacking(part, dataset)) for part in conditions]
            if every and all(every):
                yield from (reason for reasons in every for reason in reasons)
        case Not(inner):
            yield from _lacking(inner, dataset)
        case MetricCondition(metric=metrics, where=where) | LastEventCondition(metric=metrics, where=where):
            for metric in each_metric(metrics):
                yield from _lacking_of_events(metric, where, dataset)
        case FunnelCondition(steps):
            for step in steps:
                yield from _lacking_of_events(step.metric, step.where, dataset)
        case PropertyCondition(name):
            if not dataset.has_property(name):
                yield f"no property {quoted(name)} in the profiles"
        case ConsentCondition(channel, status_date=status_date, where=where):
            if channel == "email" and not dataset.has_property("email"):
                yield "no email in the profiles"
            if status_date is not None and not dataset.has_property(f"{channel}_consent_timestamp"):
                yield f"no {channel}_consent_timestamp in the profiles"
            for clause in where:
                yield from _lacking(clause, dataset)
        case ListCondition(name):
            if name not in dataset.lists:
                yield f"no list {quoted(name)}"
        case PhoneCountryCondition():
            if dataset.phones.countries.null_count == len(dataset):
                yield "no profile has a valid phone number"
        case DistanceCondition():
            if not np.isfinite(dataset.points[0]).any():
                yield "no profile has a known location"
        case RegionCondition():
            if not dataset.has_property("country"):
                yield "no country in the profiles"
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case _:
            assert_never(condition)


def _lacking_of_events(metric: str, where: EventTests, dataset: Dataset) -> Iterator[str]:
    if canonical_metric(metric) not in dataset.events.metrics:
        yield f"no event of the metric {quoted(metric)}"
    for clause in event_properties(where):
        if clause.property not in dataset.events.properties:
            yield f"no event property {quoted(clause.property)}"

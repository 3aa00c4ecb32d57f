"""Compute the counts that a tuner shows for one setting of its controls."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from segkit.analysis.distribution import bars_of, quantity_at
from segkit.analysis.worth import has_worth, worth_of
from segkit.builders import sms_subscribers
from segkit.definition.conditions import Condition
from segkit.definition.explain import explain
from segkit.definition.segment import Segment, one_segment
from segkit.engine.engines import Data, engine_of
from segkit.engine.protocol import warn_about_answers
from segkit.engine.thresholds.quantity import Quantity
from segkit.sending.eligibility import Eligibility
from segkit.widgets.browser_answers import Shop
from segkit.widgets.histogram import rule_words
from segkit.widgets.settings import Settings
from segkit.widgets.view import Overlap, Pinned, TunerView


class Counting:
    """Counts the members of the tuned segment, and compares them with the base and with other segments.

    Args:
        dataset: the profiles and events.
        settings: the parameters.
        start: the segment before any control is moved.
        compare: segments whose overlap with the tuned segment is shown.
        base: the segment whose size is the base of all shares; None means the SMS subscribers, or all profiles if the data has no consent.

    Attributes:
        base: the segment whose size is the base of all shares; None for all profiles.
        base_name: its name.
        base_size: its number of profiles.
    """

    def __init__(
        self, dataset: Data, settings: Settings, start: Segment, compare: Sequence[Segment], base: Segment | None
    ) -> None:
        self._dataset, self._engine, self._settings = dataset, engine_of(dataset), settings
        self._start, self._compare = start, compare
        self._has_worth = has_worth(self._engine)
        self._pictured: str | None = None
        warn_about_answers(self._engine, [segment.condition for segment in compare])
        self.base: Segment | None = None
        self.base_name, self.base_size = "all profiles", len(dataset)
        if base is not None or Eligibility.usual(dataset) is not None:
            self.base = sms_subscribers() if base is None else one_segment(base)
            self.base_name = self.base.name
            (self.base_size,) = self._engine.counts([self.base.condition])
            warn_about_answers(self._engine, [self.base.condition])

    def shop(self, pinned: Segment | None) -> Shop:
        """Return what the counts are compared with."""
        others = tuple(segment.condition for segment in self._compare)
        return Shop(
            self.base_name, self.base_size, self._start.condition, others, Eligibility.usual(self._dataset),
            None if pinned is None else pinned.condition, self._has_worth,
        )  # fmt: skip

    def view(
        self, segment: Segment, values: Mapping[str, Any], *, moved: str | None, pinned: Segment | None
    ) -> TunerView:
        """Return what the tuner shows, without notes.

        Args:
            segment: the segment.
            values: the parameters that it was made from.
            moved: the control that moved, whose histogram is shown; None for the one that is shown already.
            pinned: the segment at the pinned position; None if none is pinned.
        """
        here, shop = segment.condition, self.shop(pinned)
        quantity = self._shown_quantity(moved, values)
        bars = None if quantity is None else bars_of(quantity, self._engine)
        rules = [] if quantity is None else [here & quantity.rule]
        size, start, kept, *more = self._engine.counts(
            [here, shop.start, here & shop.start, *rules, *(here & other for other in shop.others)]
        )
        shared = more[len(rules) :]
        reasons, sendable = ((), None) if shop.eligibility is None else shop.eligibility.waterfall(self._engine, here)
        required = quantity is not None and quantity.is_required
        return TunerView(
            english=explain(segment),
            size=size,
            base=shop.base,
            base_size=shop.base_size,
            sendable=sendable,
            entered=size - kept,
            left=start - kept,
            distribution=None if bars is None else bars.distribution(),
            as_of=self._engine.as_of,
            rule=rule_words(more[0], size, is_required=required) if rules else "",
            reasons=tuple(int(one) for one in reasons),
            worth=worth_of(here, self._engine) if shop.has_worth else None,
            pinned=None if shop.pinned is None else self._compared(shop.pinned, here, shop.eligibility),
            overlaps=tuple(Overlap(other.name, both) for other, both in zip(self._compare, shared, strict=True)),
        )

    @contextmanager
    def same_picture_after(self) -> Iterator[None]:
        """Show afterwards the histogram that was shown before."""
        pictured = self._pictured
        yield
        self._pictured = pictured

    def _shown_quantity(self, moved: str | None, values: Mapping[str, Any]) -> Quantity | None:
        """Return what the histogram shows: the quantity of the control that moved, else the one that was shown, else any."""
        for name in filter(None, (moved, self._pictured, *self._settings.controls)):
            quantity = quantity_at(self._settings.builder, parameter=name, values=values)
            if quantity is not None:
                self._pictured = name
                return quantity
        return None

    def _compared(self, pinned: Condition, here: Condition, eligibility: Eligibility | None) -> Pinned:
        before, now, both = self._engine.counts([pinned, here, here & pinned])
        sendable = None if eligibility is None else eligibility.size(self._engine, here & ~pinned)
        return Pinned(before, now - both, before - both, sendable)

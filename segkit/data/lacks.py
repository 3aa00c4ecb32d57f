"""Describe what the layout of some data never contains, so that a question about it is refused instead of answered with nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from segkit.errors import DataError
from segkit.vocabulary import STANDARD_METRICS


@dataclass(frozen=True, slots=True)
class Lacks:
    """What the layout of the data never contains.

    Attributes:
        source: who writes the layout, such as "Airbyte"; empty if the data has no layout.
        has_lists: whether the layout has the members of lists.
        metrics: the only metrics that the layout contains, by their canonical names; None if it contains all metrics of the account.
    """

    source: str = ""
    has_lists: bool = True
    metrics: frozenset[str] | None = None

    def check_metric(self, metric: str) -> None:
        """Refuse a metric without events that the layout never contains.

        Args:
            metric: a canonical name.

        Raises:
            DataError: the layout does not contain the metric.

        >>> Lacks("Stitch", metrics=frozenset({"Clicked SMS"})).check_metric("Clicked SMS")
        """
        if self.metrics is not None and metric in STANDARD_METRICS and metric not in self.metrics:
            raise DataError.metric_not_in_layout(metric, self.source, self.metrics)

    def check_list(self, name: str) -> None:
        """Refuse a list if the layout does not contain the members of lists.

        Raises:
            DataError: the layout has no members of lists.
        """
        if not self.has_lists:
            raise DataError.lists_not_in_layout(name, self.source)

    def described(self) -> dict[str, Any]:
        """Return the record as it is written to a manifest."""
        metrics = None if self.metrics is None else sorted(self.metrics)
        return {"source": self.source, "has_lists": self.has_lists, "metrics": metrics}

    @classmethod
    def of(cls, said: Mapping[str, Any] | None) -> Self:
        """Read the record from a manifest, which has none if the data has no layout."""
        if said is None:
            return cls()
        metrics = said["metrics"]
        return cls(said["source"], said["has_lists"], None if metrics is None else frozenset(metrics))


NOTHING_LACKS = Lacks()
"""The record of data without a layout."""

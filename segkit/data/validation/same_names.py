"""Report metrics from different integrations with the same name. Klaviyo separates them, but segkit combines their events."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.coded import texts_of
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.issues import Issues
from segkit.masking import masked_text, quoted
from segkit.wording import counted

INTEGRATION = "metric_integration"
"""The property that events from API pages get if two metrics have the same name."""

_SOURCES = ("metric_id", INTEGRATION, "integration_id", "integration", "integration_name")
_FEW_PAIRS = 2**22


def note_same_names(
    events: Mapping[str, Cells], metrics: npt.NDArray[Any], names: Sequence[str], issues: Issues
) -> None:
    """Note each name that metrics with several ids or integrations share, with the number of events of each metric.

    The old and the new name of a metric that Klaviyo renamed have different ids but are the same metric, so they are not noted.

    Args:
        events: the table, with canonical column names.
        metrics: the index of each event's metric as written, or -1 for none.
        names: the name of each index.
        issues: where issues are noted.
    """
    folded = {header.strip().casefold().replace(" ", "_"): header for header in events}
    header = next((folded[source] for source in _SOURCES if source in folded), None)
    if header is None:
        return
    codes, values = _coded(events[header])
    pairs = metrics.astype(np.int64) * (len(values) + 1) + codes
    pairs = pairs[(metrics >= 0) & (codes >= 0)]
    if len(names) * (len(values) + 1) < _FEW_PAIRS:
        counts = np.bincount(pairs)
        found = np.flatnonzero(counts)
        counts = counts[found]
    else:
        found, counts = np.unique(pairs, return_counts=True)
    number_of, code_of = np.divmod(found, len(values) + 1)
    for number in np.flatnonzero(np.bincount(number_of) > 1):
        mine = number_of == number
        parts = [
            f"{masked_text(str(values[int(code)]))} ({counted(int(count), 'event')})"
            for code, count in zip(code_of[mine], counts[mine], strict=True)
        ]
        issues.note(
            "events",
            "metric",
            f"{len(parts)} metrics are named {quoted(names[int(number)])}",
            int(counts[mine].sum()),
            examples=parts,
            resolution=f"counted together, although Klaviyo keeps them apart. To separate them, use where={ {masked_text(header): masked_text(str(values[int(code_of[mine][0])]))} }",
        )


def _coded(cells: Cells) -> tuple[npt.NDArray[np.int32], list[Any]]:
    if cells.is_text:
        codes, texts = texts_of(cells)
        return codes, texts.to_pylist()
    column = PropertyColumn(cells.loaded())
    values = column.distinct
    return column.codes, values if isinstance(values, list) else values.to_pylist()

"""How a member file writes the cells of one column, for tests."""

from collections.abc import Sequence

import numpy as np

from segkit.data.properties import Cells
from segkit.engine.memory.engine import _batch
from segkit.sending.member_cells import Texts


def texts_of(cells: Cells, pieces: Sequence[Sequence[int]] | None = None) -> list[str | None]:
    """Return the texts of a column, of all rows or of some, a batch at a time."""
    every = [range(len(cells))] if pieces is None else pieces
    batches = [_batch(np.array(rows, dtype=np.int64), {"name": cells}) for rows in every]
    texts = Texts(batches[0].schema.field("name"), lambda: (batch.column(0) for batch in batches))
    return [text for batch in batches for text in texts.of(batch.column(0)).to_pylist()]

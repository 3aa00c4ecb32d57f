"""The picture within a tuner's view: the quantity that a threshold is compared with, and who lies on either side of it."""

from html import escape
from math import inf
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.analysis.distribution import Distribution
from segkit.wording import counted

MEMBER, OTHER = "#0072B2", "#9a9a9a"
"""Okabe-Ito blue and a grey, both readable on white and on black."""

WIDTH, HEIGHT, FLOOR = 560, 150, 118

Heights: TypeAlias = npt.NDArray[np.int64]


class Frame(NamedTuple):
    """The part of a histogram that stays while its threshold moves: where each bar stands, and how tall it is.

    Attributes:
        starts: where the bars begin, in the quantity's unit.
        ends: where they end; infinite in the bar that holds whatever is beyond.
        totals: profiles in each bar, on both sides of the threshold.
        reach: how far the slider goes, so that its line has room at every position.
    """

    starts: npt.NDArray[np.float64]
    ends: npt.NDArray[np.float64]
    totals: Heights
    reach: float

    @property
    def drawn_ends(self) -> npt.NDArray[np.float64]:
        """Where bars end in the picture: the one without an end is as wide as the others."""
        open_ends = np.isinf(self.ends)
        widths = (self.ends - self.starts)[~open_ends]
        return np.where(open_ends, self.starts + (widths.min() if len(widths) else 1.0), self.ends)

    @property
    def low(self) -> float:
        """Where the picture begins."""
        return min(float(self.starts.min()), 0.0)

    @property
    def high(self) -> float:
        """Where the picture ends; a threshold farther out stands at its edge."""
        return max(float(self.drawn_ends.max()), self.reach)

    @property
    def scale(self) -> float:
        """Points of the picture for one profile: the tallest bar that has an end fills it.

        The bar without an end may hold half the shop, and is cut off.
        """
        return (FLOOR - 14) / max(int(self.totals[~np.isinf(self.ends)].max(initial=0)), 1)

    def at(self, value: float) -> float:
        """Return where a value stands from the left, no farther than the picture's ends."""
        return min(max((value - self.low) * WIDTH / (self.high - self.low), 0), WIDTH)

    def path(self, heights: Heights) -> list[str]:
        """Return a drawing of each bar, as tall as its number of profiles; an empty text where that is 0."""
        tall = np.minimum(heights * self.scale, np.divide(heights * FLOOR, np.maximum(self.totals, 1)))
        per_unit = WIDTH / (self.high - self.low)
        lefts = (self.starts - self.low) * per_unit
        widths = np.maximum((self.drawn_ends - self.starts) * per_unit - 1, 1)
        return [
            f"M{left:.1f} {FLOOR}v-{height:.1f}h{width:.1f}V{FLOOR}z" if height else ""
            for left, width, height in zip(lefts.tolist(), widths.tolist(), tall.tolist(), strict=True)
        ]


def frame_of(distribution: Distribution) -> tuple[Frame, Heights]:
    """Return a distribution's frame, and how many profiles of each bar are on the member side."""
    table = distribution.table
    starts, first, bar = np.unique(table["from_value"].to_numpy(), return_index=True, return_inverse=True)
    profiles, is_in = table["profiles"].to_numpy(), table["is_in"].to_numpy()
    totals = np.bincount(bar, weights=profiles).astype(np.int64)
    inside = np.bincount(bar, weights=profiles * is_in).astype(np.int64)
    return Frame(starts, table["to_value"].to_numpy()[first], totals, distribution.end), inside


def label_of(distribution: Distribution, inside: int, total: int) -> str:
    """Return what stands below a histogram: how many are on the member side."""
    without = f"; {distribution.without:,} have none" if distribution.without else ""
    return f"{distribution.quantity}: {inside:,} of {total:,} on the member side{without}"


def line_at(frame: Frame, threshold: float) -> str:
    """Return where the line of a threshold is moved to."""
    return f"translate({frame.at(threshold):.1f} 0)"


def words_at(frame: Frame, threshold: float) -> str:
    """Return where the words at the line stand: left of it in the right half."""
    return "translate(-10 0)" if frame.at(threshold) > WIDTH / 2 else "translate(0 0)"


def anchor_at(frame: Frame, threshold: float) -> str:
    """Return at which end the words at the line are held."""
    return "end" if frame.at(threshold) > WIDTH / 2 else "start"


def histogram_html(distribution: Distribution, *, hover: bool) -> str:
    """Return the picture: bars in two colours and the threshold as a line; only the slots change while it moves.

    Without `hover` bars say nothing of their own.
    """
    if distribution.table.empty:
        return f"<div>{escape(distribution.quantity)}: nobody has any</div>"
    frame, inside = frame_of(distribution)
    threshold = distribution.threshold
    label = escape(label_of(distribution, int(inside.sum()), int(frame.totals.sum())))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;max-width:{WIDTH}px" role="img" '
        f'data-slot="picture" aria-label="{label}">'
        f"{_bars(frame, hover=hover)}"
        f'<path data-slot="bars" fill="{MEMBER}" pointer-events="none" d="{"".join(frame.path(inside))}"/>'
        f'<g data-slot="line" transform="{line_at(frame, threshold)}">'
        f'<line x1="0" x2="0" y1="4" y2="{FLOOR}" stroke="#E69F00" stroke-width="2"/>'
        f'<text data-slot="threshold" x="5" y="13" font-size="12" text-anchor="{anchor_at(frame, threshold)}" '
        f'transform="{words_at(frame, threshold)}" fill="currentColor">{threshold:,g}</text></g>'
        f'<line x1="0" x2="{WIDTH}" y1="{FLOOR}" y2="{FLOOR}" stroke="currentColor" stroke-opacity=".4"/>'
        f'<text x="0" y="{FLOOR + 14}" font-size="11" fill="currentColor" fill-opacity=".75">{frame.low:,g}</text>'
        f'<text x="{WIDTH}" y="{FLOOR + 14}" font-size="11" text-anchor="end" fill="currentColor" fill-opacity=".75">'
        f"{_far_end(frame)}</text>"
        f'<text data-slot="label" x="{WIDTH / 2}" y="{FLOOR + 28}" font-size="12" text-anchor="middle" fill="currentColor">'
        f"{label}</text></svg>"
    )


def _bars(frame: Frame, *, hover: bool) -> str:
    """Draw every bar at its full height in grey; those on the member side are drawn over it."""
    drawn = zip(frame.path(frame.totals), frame.totals.tolist(), frame.starts, frame.ends, strict=True)
    bars = []
    for path, profiles, start, end in drawn:
        upto = "and more" if end == inf else f"to {end:g}"
        told = f"<title>{counted(profiles, 'profile')}, {start:g} {upto}</title>" if hover else ""
        bars.append(f'<path fill="{OTHER}" d="{path}">{told}</path>')
    return "".join(bars)


def _far_end(frame: Frame) -> str:
    """Return what stands below the far end: from where on the bar without an end is, and how many it holds."""
    beyond = np.flatnonzero(np.isinf(frame.ends))
    if not len(beyond):
        return _rounded(frame.high)
    profiles = int(frame.totals[beyond[0]])
    cut = ", bar cut off" if profiles * frame.scale > FLOOR else ""
    return f"{_rounded(frame.starts[beyond[0]])} and more: {counted(profiles, 'profile')}{cut}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,g}"

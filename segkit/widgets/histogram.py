"""Draw the histogram in a tuner's view: the quantity that a threshold is compared with, and the profiles on either side of it."""

from typing import NamedTuple

import numpy as np

from segkit.analysis.distribution import Distribution
from segkit.drawing.html import Markup, element, picture, pieces
from segkit.drawing.palette import BLUE, FAINT, GREY, INK, ORANGE
from segkit.drawing.tables import Bins, Counts
from segkit.wording import brief, counted, number

WIDTH, HEIGHT, FLOOR, LEFT = 560, 166, 118, 34
_TOP, _LINE = 14, 14
_NICE = (1, 2, 5, 10)


class Frame(NamedTuple):
    """The part of a histogram that stays the same while its threshold moves: the position and the height of each bar.

    Attributes:
        bins: the bars.
        reach: the end of the slider's range, so that the line fits into the chart at every position.
    """

    bins: Bins
    reach: float

    @property
    def totals(self) -> Counts:
        """Profiles in each bar, on both sides of the threshold."""
        return self.bins.totals

    @property
    def low(self) -> float:
        """The value at the left end of the chart."""
        return min(float(self.bins.starts.min()), 0.0)

    @property
    def high(self) -> float:
        """The value at the right end of the chart; a larger threshold is drawn there."""
        return max(float(self.bins.drawn[1].max()), self.reach)

    @property
    def tallest(self) -> int:
        """The number of profiles in the tallest bar, without the open-ended one. This bar has the full height of the chart.

        The open-ended bar may contain half of all profiles, so it is cut off.
        """
        return max(int(self.totals[~np.isinf(self.bins.ends)].max(initial=0)), 1)

    @property
    def scale(self) -> float:
        """Height of one profile, in units of the SVG."""
        return (FLOOR - _TOP) / self.tallest

    def at(self, value: float) -> float:
        """Return the horizontal position of a value, limited to the chart."""
        return LEFT + min(max((value - self.low) * self.per_unit, 0), WIDTH - LEFT)

    @property
    def per_unit(self) -> float:
        """Width of one unit of the quantity, in units of the SVG."""
        return (WIDTH - LEFT) / (self.high - self.low)

    def path(self, heights: Counts) -> list[str]:
        """Return an SVG path for each bar, whose height is its number of profiles; an empty text for 0."""
        tall = np.minimum(heights * self.scale, np.divide(heights * FLOOR, np.maximum(self.totals, 1)))
        starts, ends = self.bins.drawn
        lefts = LEFT + (starts - self.low) * self.per_unit
        widths = np.maximum((ends - starts) * self.per_unit - 1, 1)
        return [
            f"M{left:.1f} {FLOOR}v-{height:.1f}h{width:.1f}V{FLOOR}z" if height else ""
            for left, width, height in zip(lefts.tolist(), widths.tolist(), tall.tolist(), strict=True)
        ]


def frame_of(distribution: Distribution) -> tuple[Frame, Counts]:
    """Return a distribution's frame, and the number of profiles in each bar on the member side."""
    bins = Bins.of(distribution.table)
    return Frame(bins, distribution.end), bins.inside


def label_of(distribution: Distribution, inside: int, total: int) -> str:
    """Return the text below a histogram: how many profiles are on the member side."""
    without = f"; {distribution.without:,} have none" if distribution.without else ""
    return f"{distribution.quantity}: {inside:,} of {total:,} on the member side{without}"


def line_at(frame: Frame, threshold: float) -> str:
    """Return the SVG transform of the threshold's line."""
    return f"translate({frame.at(threshold):.1f} 0)"


def words_at(frame: Frame, threshold: float) -> str:
    """Return the SVG transform of the label at the line, which is left of the line in the right half of the chart."""
    return "translate(-10 0)" if frame.at(threshold) > WIDTH / 2 else "translate(0 0)"


def anchor_at(frame: Frame, threshold: float) -> str:
    """Return the SVG text anchor of the label at the line."""
    return "end" if frame.at(threshold) > WIDTH / 2 else "start"


def histogram_html(distribution: Distribution, *, live: bool) -> Markup:
    """Return the histogram: bars in two colours, and the threshold as a line. Only the slots change while the threshold moves.

    If it is not live, it is an image.
    """
    if distribution.table.empty:
        return element("div", f"{distribution.quantity}: nobody has any")
    frame, inside = frame_of(distribution)
    at, label = distribution.threshold, label_of(distribution, int(inside.sum()), int(frame.totals.sum()))
    members = element("path", data_slot="bars", fill=BLUE, pointer_events="none", d="".join(frame.path(inside)))
    line = element(
        "g",
        element("line", x1=0, x2=0, y1=4, y2=FLOOR, stroke=ORANGE, stroke_width=2),
        _text(
            f"{at:,g}", 5, 13, data_slot="threshold", text_anchor=anchor_at(frame, at), transform=words_at(frame, at)
        ),
        data_slot="line",
        transform=line_at(frame, at),
    )
    floor = element("line", x1=LEFT, x2=WIDTH, y1=FLOOR, y2=FLOOR, stroke=INK, stroke_opacity=".4")
    far = _text(_far_end(frame), WIDTH, FLOOR + 2 * _LINE, text_anchor="end")
    below = _text(label, WIDTH / 2, FLOOR + 3 * _LINE + 2, data_slot="label", text_anchor="middle")
    return picture(
        _bars(frame, distribution.quantity), members, line, floor, _ticks(frame), far, below,
        width=WIDTH, height=HEIGHT, label=label, style="max-width:100%;height:auto", live=live, data_slot="picture",
    )  # fmt: skip


def _ticks(frame: Frame) -> Markup:
    """Draw the axis of profiles at the left and the axis of the quantity below, which leaves out the open-ended bar."""
    ends = frame.bins.starts[np.isinf(frame.bins.ends)]
    last = float(ends.min()) if len(ends) else frame.high
    drawn = []
    for held in filter(float.is_integer, _round_values(0, frame.tallest, 3)[1:]):
        y = FLOOR - held * frame.scale
        drawn += [
            element("line", x1=LEFT, x2=WIDTH, y1=y, y2=y, stroke=FAINT),
            _text(brief(held), LEFT - 5, y + 4, text_anchor="end"),
        ]
    drawn += [
        _text(number(at), frame.at(at), FLOOR + _LINE, text_anchor="middle") for at in _round_values(frame.low, last, 8)
    ]
    return pieces(*drawn)


def _round_values(low: float, high: float, most: int) -> list[float]:
    """Return evenly spaced round values from one number to another, about `most` of them.

    >>> _round_values(0, 365, 5), _round_values(0, 139, 2), _round_values(0, 1, 2)
    ([0.0, 100.0, 200.0, 300.0], [0.0, 100.0], [0.0, 0.5, 1.0])
    """
    least = (high - low) / most or 1.0
    power = 10 ** np.floor(np.log10(least))
    step = next(power * nice for nice in _NICE if power * nice >= least * (1 - 1e-9))
    return [float(step * one) for one in range(int(np.ceil(low / step)), int(np.floor(high / step + 1e-9)) + 1)]


def _text(text: str, x: float, y: float, **attributes: object) -> Markup:
    return element("text", text, x=x, y=y, font_size=12, fill=INK, **attributes)


def _bars(frame: Frame, quantity: str) -> Markup:
    """Draw every bar at its full height in grey; profiles on the member side are drawn over it."""
    drawn = zip(frame.path(frame.totals), frame.totals.tolist(), frame.bins.words, strict=True)
    titled = ((path, f"{counted(held, 'profile')}, {quantity}: {words}") for path, held, words in drawn)
    return pieces(*(element("path", element("title", title), fill=GREY, d=path) for path, title in titled))


def _far_end(frame: Frame) -> str:
    """Return the label of the open-ended bar: where it begins, and its number of profiles; empty if there is no such bar."""
    beyond = np.flatnonzero(np.isinf(frame.bins.ends))
    if not len(beyond):
        return ""
    held = int(frame.totals[beyond[0]])
    cut = ", bar cut off" if held * frame.scale > FLOOR else ""
    return f"{number(frame.bins.starts[beyond[0]])} and more: {counted(held, 'profile')}{cut}"

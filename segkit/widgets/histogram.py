"""Draw the histogram in a tuner's view: the quantity that a threshold is compared with, and the profiles on either side of it.

`charts/distribution.py` draws it for `plot_distribution`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segkit.analysis.distribution import Distribution
from segkit.drawing.html import Markup, element, picture, pieces
from segkit.drawing.palette import BLUE, FAINT, GREY, INK, ORANGE, PAPER
from segkit.drawing.tables import Bins, Counts, Numbers
from segkit.wording import brief, counted, number, percent, profiles

WIDTH, HEIGHT, FLOOR, LEFT = 560, 206, 154, 40
_TOP, _LINE, _TITLE = 44, 15, 15
_NICE = (1, 2, 5, 10)
_OUTLIER, _OVER = 3.0, 12
"""A bar at least `_OUTLIER` times as tall as the second tallest bar is cut off, `_OVER` above the chart's full height."""
_WEEK = 7


@dataclass(frozen=True)
class Frame:
    """The part of a histogram that stays the same while its threshold moves: the position and the height of each bar.

    Attributes:
        bins: the bars.
        reach: the end of the slider's range, so that the line fits into the chart at every position.
        unit: the number of days in the slider's unit if the quantity is in days, else 1. The axis is in the slider's unit.
        sides: the names for the profiles with the smallest amounts and for the profiles with the largest amounts.
    """

    bins: Bins
    reach: float
    unit: int = 1
    sides: tuple[str, str] = ("lowest", "top")

    @property
    def totals(self) -> Counts:
        """Profiles in each bar, on both sides of the threshold."""
        return self.bins.totals

    @cached_property
    def drawn(self) -> tuple[Numbers, Numbers]:
        """The bin edges for drawing."""
        return self.bins.drawn

    @cached_property
    def low(self) -> float:
        """The value at the left end of the chart."""
        return min(float(self.bins.starts.min()), 0.0)

    @cached_property
    def high(self) -> float:
        """The value at the right end of the chart. A larger threshold is drawn at this end."""
        return max(float(self.drawn[1].max()), self.reach)

    @cached_property
    def tallest(self) -> int:
        """The number of profiles in a bar with the chart's full height. Taller bars are cut off and labelled with their number.

        The open-ended bar is ignored, since it may contain half of all profiles. So is a bar several times as tall as all
        others, so that the others remain visible.
        """
        closed = np.sort(self.totals[~np.isinf(self.bins.ends)])[::-1]
        second = int(closed[1]) if len(closed) > 1 else 0
        first = int(closed[0]) if len(closed) else 0
        return max(min(first, int(_OUTLIER * second)) if second else first, 1)

    @property
    def cut_off(self) -> list[int]:
        """The indexes of the bars that are cut off."""
        return np.flatnonzero(self.totals * self.scale > FLOOR - _TOP + 1e-9).tolist()

    @cached_property
    def scale(self) -> float:
        """Height of one profile, in units of the SVG."""
        return (FLOOR - _TOP) / self.tallest

    def at(self, value: float) -> float:
        """Return the horizontal position of a value, limited to the chart."""
        return LEFT + min(max((value - self.low) * self.per_unit, 0), WIDTH - LEFT)

    @cached_property
    def per_unit(self) -> float:
        """Width of one unit of the quantity, in units of the SVG."""
        return (WIDTH - LEFT) / (self.high - self.low)

    def path(self, heights: Counts) -> list[str]:
        """Return an SVG path for each bar, whose height is its number of profiles; an empty text for 0."""
        full = FLOOR - _TOP + _OVER
        tall = np.minimum(heights * self.scale, np.divide(heights * full, np.maximum(self.totals, 1)))
        starts, ends = self.drawn
        lefts = LEFT + (starts - self.low) * self.per_unit
        widths = np.maximum((ends - starts) * self.per_unit - 1, 1)
        return [
            f"M{left:.1f} {FLOOR}v-{height:.1f}h{width:.1f}V{FLOOR}z" if height else ""
            for left, width, height in zip(lefts.tolist(), widths.tolist(), tall.tolist(), strict=True)
        ]


def frame_of(distribution: Distribution) -> tuple[Frame, Counts]:
    """Return a distribution's frame, and the number of profiles in each bar on the member side."""
    bins = Bins.of(distribution.table)
    words = distribution.quantity
    sides = ("lowest", "top")
    if words.startswith(("days since", "days back")):
        sides = ("latest", "longest ago")
    elif words.endswith(" away"):
        sides = ("nearest", "farthest")
    return Frame(bins, distribution.end, distribution.unit_days, sides), bins.inside


def title_of(distribution: Distribution) -> str:
    """Return the title: the quantity, in the slider's unit.

    >>> import pandas as pd
    >>> title_of(Distribution(pd.DataFrame(), "days since the last Clicked SMS", 140.0, 0, "", unit_days=7))
    'Weeks since the last Clicked SMS'
    """
    words = distribution.quantity
    if distribution.unit_days == _WEEK:
        words = words.replace("days", "weeks", 1)
    # The name of a property stays as it is.
    return words if "_" in words.split(" ")[0] else words[:1].upper() + words[1:]


def rule_words(members: int, size: int, *, is_required: bool) -> str:
    """Return the text below a histogram: how many members qualify through the condition that contains the threshold.

    >>> rule_words(561, 653, is_required=False), rule_words(653, 653, is_required=True)
    ('561 of the 653 members meet this rule', 'All 653 members meet this rule')
    """
    if not size:
        return "Nobody comes in"
    if is_required:
        return f"All {size:,} members meet this rule" if size > 1 else "The 1 member meets this rule"
    return f"{members:,} of the {counted(size, 'member')} {'meets' if members == 1 else 'meet'} this rule"


def at_words(frame: Frame, threshold: float, inside: Counts) -> str:
    """Return the label at the line: the threshold in the slider's unit, and the share of profiles on the members' side of it."""
    share, side = _side(frame, inside)
    return number(round(threshold / frame.unit, 6)) + (f" · {side} {percent(share)}" if side else "")


def _side(frame: Frame, inside: Counts) -> tuple[float, str]:
    """Return the share of profiles on the members' side of the threshold, and that side's name; an empty name if members are at neither end."""
    totals = frame.totals
    every, held = int(totals.sum()), int(inside.sum())
    if not 0 < held < every:
        return 0.0, ""
    places = np.arange(len(totals))
    is_low = (inside * places).sum() / held < ((totals - inside) * places).sum() / (every - held)
    first, last = np.flatnonzero(inside)[[0, -1]]
    is_end = not totals[:first].any() if is_low else not totals[last + 1 :].any()
    return held / every, frame.sides[0 if is_low else 1] if is_end else ""


def line_at(frame: Frame, threshold: float) -> str:
    """Return the SVG transform of the threshold's line."""
    return f"translate({frame.at(threshold):.1f} 0)"


def words_at(frame: Frame, threshold: float) -> str:
    """Return the SVG transform of the label at the line, which is left of the line in the right half of the chart."""
    return "translate(-10 0)" if frame.at(threshold) > WIDTH / 2 else "translate(0 0)"


def anchor_at(frame: Frame, threshold: float) -> str:
    """Return the SVG text anchor of the label at the line."""
    return "end" if frame.at(threshold) > WIDTH / 2 else "start"


def histogram_html(distribution: Distribution, rule: str, *, live: bool) -> Markup:
    """Return the histogram: bars in two colours, and the threshold as a line. Only the slots change while the threshold moves.

    Args:
        distribution: the bars and the threshold.
        rule: text with the number of members who qualify through the condition that contains the threshold.
        live: whether the page is live; if not, the histogram is an image.
    """
    title = title_of(distribution)
    if distribution.table.empty:
        return element("div", f"{title}: nobody has any")
    frame, inside = frame_of(distribution)
    at = distribution.threshold
    members = element("path", data_slot="bars", fill=BLUE, pointer_events="none", d="".join(frame.path(inside)))
    line = element(
        "g",
        element("line", x1=0, x2=0, y1=_TITLE + 8, y2=FLOOR, stroke=ORANGE, stroke_width=2),
        _text(
            at_words(frame, at, inside), 5, _TITLE + 19,
            data_slot="threshold", text_anchor=anchor_at(frame, at), transform=words_at(frame, at), font_weight=600,
        ),
        data_slot="line",
        transform=line_at(frame, at),
    )  # fmt: skip
    floor = element("line", x1=LEFT, x2=WIDTH, y1=FLOOR, y2=FLOOR, stroke=INK, stroke_opacity=".4")
    among = f"Bars: the {profiles(int(frame.totals.sum()))} that meet every other condition"
    if distribution.without:
        among += f"; {distribution.without:,} more have none"
    below = [
        _text(rule, LEFT, FLOOR + 2 * _LINE + 4, data_slot="rule", font_weight=600),
        _text(among, LEFT, FLOOR + 3 * _LINE + 4, opacity=".8"),
    ]
    head = _text(title, LEFT, _TITLE - 3, font_weight=600)
    return picture(
        head, _bars(frame, title), members, *_cut_words(frame), line, floor, _ticks(frame), *below,
        width=WIDTH, height=HEIGHT, label=picture_words(title, rule), live=live, data_slot="picture",
        style="width:100%;max-width:40rem;height:auto;display:block",
    )  # fmt: skip


def picture_words(title: str, rule: str) -> str:
    """Return the label of the picture for a screen reader."""
    return f"{title}: {rule}"


def _cut_words(frame: Frame) -> list[Markup]:
    """Return a mark and the number of profiles for each bar that is cut off."""
    starts, ends = frame.drawn
    found = []
    for place in frame.cut_off:
        middle = frame.at(float(starts[place] + ends[place]) / 2)
        anchor = "start" if middle < LEFT + 40 else "end" if middle > WIDTH - 60 else "middle"
        x = {"start": LEFT, "end": WIDTH, "middle": middle}[anchor]
        is_open = bool(np.isinf(frame.bins.ends[place]))
        beyond = f"{number(round(float(starts[place]) / frame.unit, 2))} and more: " if is_open else ""
        words = f"{beyond}{int(frame.totals[place]):,}"
        found += [
            element("path", d=f"M{middle - 9:.1f} {_TOP + 8}l18 -7", fill="none", stroke=PAPER, stroke_width=3),
            _text(words, x, _TOP - _OVER - 3, text_anchor=anchor, opacity=".8"),
        ]
    return found


def _ticks(frame: Frame) -> Markup:
    """Draw the axis of profiles at the left and the axis of the quantity below, which leaves out the open-ended bar."""
    ends = frame.bins.starts[np.isinf(frame.bins.ends)]
    last = float(ends.min()) if len(ends) else frame.high
    drawn = []
    for held in _few_counts(frame.tallest):
        y = FLOOR - held * frame.scale
        drawn += [
            element("line", x1=LEFT, x2=WIDTH, y1=y, y2=y, stroke=FAINT),
            _text(brief(held), LEFT - 5, y + 4, text_anchor="end"),
        ]
    values = [value * frame.unit for value in _round_values(frame.low / frame.unit, last / frame.unit, 4)]
    drawn += [_text(number(at / frame.unit), frame.at(at), FLOOR + _LINE, text_anchor="middle") for at in values]
    if len(ends) and frame.at(last) - frame.at(values[-1]) > 6 * _LINE:
        drawn.append(_text(f"{number(round(last / frame.unit, 2))}+", frame.at(last), FLOOR + _LINE, text_anchor="end"))
    return pieces(*drawn)


def _few_counts(most: int) -> list[float]:
    """Return two to four round numbers up to `most`; only one if `most` is less than 2.

    >>> _few_counts(89), _few_counts(130), _few_counts(5), _few_counts(1)
    ([20.0, 40.0, 60.0, 80.0], [50.0, 100.0], [2.0, 4.0], [1.0])
    """
    every = ([one for one in _round_values(0, most, parts)[1:] if one.is_integer()] for parts in range(2, 7))
    return next((found for found in every if len(found) > 1), [float(most)])


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


def _bars(frame: Frame, title: str) -> Markup:
    """Draw every bar at its full height in grey; profiles on the member side are drawn over it."""
    drawn = zip(frame.path(frame.totals), frame.totals.tolist(), frame.bins.words, strict=True)
    titled = ((path, f"{counted(held, 'profile')}, {title}: {_in_days(words, frame)}") for path, held, words in drawn)
    return pieces(*(element("path", element("title", title), fill=GREY, d=path) for path, title in titled))


def _in_days(words: str, frame: Frame) -> str:
    return f"{words} days" if frame.unit > 1 else words

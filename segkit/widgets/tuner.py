"""Tune a segment's numbers, dates and choices with controls in a notebook, and see its definition, its size and who may be texted."""

import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from segkit.definition.parameters import made_by
from segkit.definition.segment import Segment, distinct_segments
from segkit.engine.engines import Data, engine_of
from segkit.engine.membership import members
from segkit.engine.order import check_order
from segkit.errors import DefinitionError, SegkitWarning
from segkit.files import make_folder, write_text
from segkit.sending.audience import audience, write_members
from segkit.sending.eligibility import Eligibility
from segkit.sending.member_files import Layout
from segkit.widgets import actions
from segkit.widgets.browser_answers import answers
from segkit.widgets.closing import Closable, weakly
from segkit.widgets.counting import Counting
from segkit.widgets.following import Following, following_audience, following_map, following_sweep
from segkit.widgets.live import LiveView
from segkit.widgets.python_text import call_of, cell_of
from segkit.widgets.settings import Settings
from segkit.widgets.view import TunerView, error_html, error_words, static_html, tuner_html
from segkit.wording import counted, percent

_ONE_MOVE = 1.0
"""Moves of a control that follow each other within this many seconds are undone together."""

_NOTHING_MOVED: tuple[str | None, float] = (None, 0.0)


class Tuner(Closable):
    """Moves the numbers, dates and choices of a segment, and shows who is in it and how many may be texted.

    Any segment can be tuned, whether it was written with phrases or read from YAML or Klaviyo. Each number, date and choice in it gets a
    control, and `tuner.segment` is the same segment with new values. For a builder, each parameter gets a control. The ranges of sliders
    and the values of choices come from the shop's data. Controls that the segment does not use are hidden.

    Numbers, text and chart are updated together, so that they always agree. If the controls do not form a valid segment, the view says
    why, and the last valid segment stays. Moves are not throttled: the widgets send one move at a time, and the last move wins. Only the Dataset
    caches answers, and `close()` frees everything else.

    Args:
        builder: a segment, or a function that takes keyword arguments and returns a segment, which may be your own. Pass arguments
            without a default in `start`.
        dataset: the profiles and events.
        compare: segments to compare with the tuned segment by their overlap.
        base: the segment whose size is the base of all shares; None means the SMS subscribers, or all profiles if the data has no consent.
        price: the cost of one text, to show the cost of a send; None shows no cost until a price is typed.
        **start: starting values of parameters. Other parameters start from the shop's data, or from their defaults.

    Raises:
        DefinitionError: the builder has no parameter with a given name, or a parameter has no value.
        DataError: see `sk.membership`.
    """

    def __init__(
        self,
        builder: Callable[..., Segment] | Segment,
        dataset: Data,
        *,
        compare: Iterable[Segment] = (),
        base: Segment | None = None,
        price: float | None = None,
        **start: Any,
    ) -> None:
        check_order(builder, "Tuner(builder, shop)")
        self.dataset = dataset
        self._engine = engine_of(dataset)
        self._settings = settings = Settings(builder, dataset, start)
        self._segment, self._made_from = made_by(settings.builder, settings.start), settings.start
        self._counting = Counting(dataset, settings, self._segment, distinct_segments(compare), base)
        self._pinned: Segment | None = None
        self._past: list[dict[str, Any]] = []
        self._moved_last = _NOTHING_MOVED
        self._is_valid = True
        self._error: Exception | None = None
        self.asked_to_replace: tuple[Path, Segment] | None = None
        self._notes: tuple[str, ...] = ()
        eligibility = Eligibility.usual(self.dataset)
        # Checks that could not be made stay the same at every position, and so does this note.
        self._unchecked = () if eligibility is None or eligibility.note is None else (eligibility.note,)
        shown = settings.shown(settings.start)
        self.view = LiveView(
            settings.specs(settings.start), shown, actions.buttons(is_movable=bool(settings.controls)),
            answers=weakly(self._answers), pressed=weakly(self._press), rested=weakly(self._rest),
        )  # fmt: skip
        self.view.price = price
        self.view.observe(weakly(self._change), names="values")
        self._followers: list[Callable[[], object]] = []
        self._opens(ipywidgets.VBox([self.view]))
        self._refresh()

    @property
    def segment(self) -> Segment:
        """The segment at the controls' position; if they make none, the last valid segment."""
        return self._segment

    @property
    def error(self) -> Exception | None:
        """The error that the view shows, since the controls do not form a valid segment; None if they do."""
        return self._error

    @property
    def size(self) -> int:
        """The number of profiles in the segment."""
        (size,) = self._engine.counts([self._segment.condition])
        return size

    @property
    def members(self) -> pd.DataFrame:
        """The profiles in the segment, with a column for each property and `profile_id` as the index.

        Contains personal data: take care where you show it.
        """
        with warnings.catch_warnings():
            # The view already shows these warnings.
            warnings.simplefilter("ignore", SegkitWarning)
            return members(self._segment, self.dataset)

    @property
    def value(self) -> dict[str, Any]:
        """The values of the parameters by name. Setting it moves the named controls and leaves the others.

        Raises:
            DefinitionError: what was typed into a control can't be read, such as text among numbers.
        """
        return self._settings.read(self.view.values)

    @value.setter
    def value(self, values: Mapping[str, Any]) -> None:
        for name in values:
            if name not in self._settings.controls:
                raise DefinitionError.unknown_word("This tuner", name, self._settings.controls)
        self._move_to({**self.value, **values})

    def reset(self) -> None:
        """Set every parameter back to its starting value."""
        self._moved_last = _NOTHING_MOVED
        self._move_to(self._settings.start)
        self._moved_last = _NOTHING_MOVED

    def undo(self) -> bool:
        """Undo the last move; return whether there was one.

        If the controls do not form a valid segment, it goes back to the last position at which they did.
        """
        if self._is_valid and not self._past:
            return False
        before = self._past.pop() if self._is_valid else self._made_from
        past, self._past = self._past, []
        self._move_to(before)
        self._past, self._moved_last = past, _NOTHING_MOVED
        return True

    def pin(self) -> None:
        """Pin the current position as A, to compare it with later positions. If it is already pinned, unpin it."""
        is_here = self._pinned is not None and self._pinned.condition == self._segment.condition
        self._pinned = None if is_here else self._segment
        self._refresh()
        self.view.forget()

    @property
    def pinned(self) -> Segment | None:
        """The segment at the pinned position; None if none is pinned."""
        return self._pinned

    def sweep(self, *names: str) -> Following:
        """Return a chart of the sizes along one or two named sliders, with every other parameter at the tuner's value.

        Without names, it uses the first slider that the segment uses. The chart follows the tuner: it is drawn again when the controls
        stop moving. Its `result` is the table of `sk.sweep`.

        Raises:
            DefinitionError: a name is not a slider of the tuner, there are more than two, or the segment uses no slider.
        """
        return following_sweep(self, self._settings, names)

    def audience(self, *, include: Iterable[Segment] = (), exclude: Iterable[Segment] = ()) -> Following:
        """Return a chart of who may be texted and why the others may not, which follows the tuner.

        Its `result` is the `SmsAudience` of the tuned segment and `include`, without `exclude`.
        """
        return following_audience(self, include, exclude)

    def map(self, *, among: Segment | None = None) -> Following:
        """Return a map, which follows the tuner, of the members around the store in the segment's distance condition.

        Args:
            among: the segment that other profiles are taken from; None means the tuner's base, or all profiles.

        Raises:
            DefinitionError: the segment has no condition on a distance.
        """
        return following_map(self, among if among is not None else self.base)

    def chart(self, draw: Callable[[Segment], Any]) -> Following:
        """Return any chart that follows the tuner.

        Args:
            draw: takes the tuned segment and returns a plotly figure.
        """
        return Following(self, lambda tuner: (draw(tuner.segment), None))

    def follow(self, then: Callable[[], object]) -> None:
        """Call a function whenever the controls have come to rest."""
        self._followers.append(then)

    def save(self, folder: str | Path = actions.SEGMENTS, *, replace: bool = False) -> Path:
        """Write the segment as YAML into a folder of segments, which `sk.load_segments` reads; return the absolute path.

        Args:
            folder: the folder, which is created if it does not exist.
            replace: whether to replace a file of the same name.

        Raises:
            FileError: the file exists and `replace` is False, or the system refuses to write.
            DefinitionError: as `Segment.to_yaml`.
        """
        text = self._segment.to_yaml()
        make_folder(Path(folder))
        return write_text(actions.saved_path(self._segment, folder), text, replace=replace)

    def write_csv(self, path: str | Path, *, layout: Layout = "klaviyo", replace: bool = False) -> Path:
        """Write the members who may be texted, as `SmsAudience.write_csv` does; return the absolute path."""
        return audience(self._segment, self.dataset).write_csv(path, layout=layout, replace=replace)

    def write_members(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write all members, including those who may not be texted, as `sk.write_members` does; return the absolute path."""
        return write_members(self._segment, self.dataset, path, replace=replace)

    def definition(self) -> str:
        """Return the expression that makes `segment`; see `to_python`."""
        return call_of(self._settings.given, self._made_from, self._segment)

    def to_python(self) -> str:
        """Return a cell that makes `segment` and runs on its own, if the builder is one of segkit's or a segment was tuned."""
        return cell_of(self._settings.given, self._made_from, self._segment)

    def __repr__(self) -> str:
        share = percent(self.size / max(self._counting.base_size, 1))
        return f"Tuner: {self._segment.name}: {counted(self.size, 'member')}, {share} of {self._counting.base_name}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Return the live widget, and the same view as static HTML for readers without a kernel."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        used = [spec for spec in self.view.controls if spec["used"]]
        settings = [(spec["label"], str(self._made_from[spec["name"]])) for spec in used]
        bundle["text/html"] = static_html(self._view(), settings, self._segment.name)
        bundle["text/plain"] = repr(self)
        return bundle

    @property
    def base(self) -> Segment | None:
        """The segment whose size is the base of all shares; None for all profiles."""
        return self._counting.base

    def _move_to(self, values: Mapping[str, Any]) -> None:
        """Move all controls to the values of the parameters."""
        shown = self._settings.shown(values)
        self.view.controls = self._settings_specs(values)
        self.view.values = shown
        self._rest()

    def _settings_specs(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the description of the controls, or the one that is shown if the values make no segment."""
        try:
            return self._settings.specs(values)
        except Exception:  # noqa: BLE001  # the analyst's own builder may raise any error, and the view shows it
            return list(self.view.controls)

    def _change(self, change: Any) -> None:
        """Follow a move of the controls."""
        names = list(self._settings.controls)
        pairs = zip(names, change["old"], change["new"], strict=True)
        moved = next((name for name, old, new in reversed(list(pairs)) if old != new), None)
        before, now = self._made_from, time.monotonic()
        is_same = self._moved_last[0] == moved and now - self._moved_last[1] < _ONE_MOVE
        self._is_valid = self._refresh(moved)
        if self._is_valid:
            self._moved_last = moved, now
            if not is_same and self._made_from != before:
                self._past.append(before)
        if moved is not None and self._settings.controls[moved].span is None:
            self.view.controls = self._settings_specs(self._made_from)

    def _refresh(self, moved: str | None = None) -> bool:
        """Show the segment at the controls' position; return whether they make one."""
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", SegkitWarning)
                values = self.value
                segment = made_by(self._settings.builder, values)
                self._engine.counts([segment.condition])
                view = self._counting.view(segment, values, moved=moved, pinned=self._pinned)
            # Ask for the segment's notes at every position, since a cached answer gives no warnings.
            notes = [*(str(warning.message) for warning in caught), *self._engine.notes([segment.condition])]
            notes = list(dict.fromkeys([*notes, *self._unchecked]))
            html = tuner_html(view._replace(notes=tuple(notes)))
        except Exception as error:  # noqa: BLE001  # the analyst's own builder may raise any error
            self.view.value = error_html(error_words(error))
            self._error = error
            return False
        # A position counts only if all of it can be shown.
        self._segment, self._made_from, self._notes, self._error = segment, values, tuple(notes), None
        self.view.value = html
        return True

    def _rest(self) -> None:
        """Update what can wait until a control stops moving: the text of the controls, and the charts that follow."""
        self.view.controls = self._settings_specs(self._made_from)
        for follow in self._followers:
            follow()

    def _view(self, moved: str | None = None) -> TunerView:
        """Return what is shown; if a control moved, with the histogram of that control."""
        view = self._counting.view(self._segment, self._made_from, moved=moved, pinned=self._pinned)
        return view._replace(notes=self._notes)

    def _answers(self, number: int) -> dict[str, Any] | None:
        """Return what the view shows at every position of a slider, for the browser; None if the kernel has to answer."""
        name = list(self._settings.controls)[number]
        found = answers(
            self._engine, self._settings, name,
            controls=self.view.values, values=self._made_from, shop=self._counting.shop(self._pinned),
        )  # fmt: skip
        if found is None:
            return None
        with self._counting.same_picture_after():
            return {**found, "html": tuner_html(self._view(name))}

    def _press(self, name: str, text: str) -> actions.Said:
        return actions.press(self, name, text)

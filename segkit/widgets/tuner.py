"""Tune a builder's parameters with controls in a notebook, and see the segment's definition, its size and who may be texted."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from segkit.analysis.distribution import Distribution, distribution_at
from segkit.analysis.starting import starting_values
from segkit.builders import sms_subscribers
from segkit.definition.explain import explain
from segkit.definition.parameters import made_by, parameters
from segkit.definition.segment import Segment, distinct_segments, one_segment
from segkit.definition.value_words import plain
from segkit.drawing.html import element
from segkit.engine.engines import Data, engine_of
from segkit.engine.membership import members
from segkit.engine.order import check_order
from segkit.engine.protocol import warn_about_answers
from segkit.errors import DefinitionError, FileError, SegkitError, SegkitWarning
from segkit.files import in_app
from segkit.sending.audience import audience, write_members
from segkit.sending.eligibility import Eligibility
from segkit.sending.file_names import file_name
from segkit.sending.member_files import Layout
from segkit.widgets.browser_answers import Shop, answers
from segkit.widgets.closing import Closable, weakly
from segkit.widgets.controls import control_for, label
from segkit.widgets.download import DownloadButton
from segkit.widgets.live import LiveView
from segkit.widgets.view import Overlap, TunerView, error_html, static_html, tuner_html
from segkit.wording import counted, percent


class Tuner(Closable):
    """Moves a builder's parameters, and shows how many profiles are in, how many entered and left, and how many may be texted.

    Numbers, text and chart are updated as one piece, so that they always agree. If the controls make no segment, the view says why, and
    the last valid segment stays. Moves are not throttled: the widgets send one move at a time, and the last one wins. Answers are
    cached only in the Dataset, and `close()` frees everything else.

    Args:
        builder: a function that takes keyword arguments and returns a segment; it may be your own. Give arguments without a default
            in `start`.
        dataset: the profiles and events.
        compare: segments whose overlap with the tuned segment is shown.
        base: the segment that shares refer to; None means the SMS subscribers or, if the data has no consent, all profiles.
        **start: starting values of parameters; other parameters start from the shop's own distribution, or from their default.

    Raises:
        DefinitionError: the builder does not have a named parameter, or a parameter has no value.
        DataError: as `sk.membership`.
    """

    def __init__(
        self,
        builder: Callable[..., Segment],
        dataset: Data,
        *,
        compare: Iterable[Segment] = (),
        base: Segment | None = None,
        **start: Any,
    ) -> None:
        check_order(builder, "Tuner(builder, shop)")
        parameters(builder)
        self._builder = builder
        self._dataset = dataset
        self._compare = distinct_segments(compare)
        self._engine = engine_of(dataset)
        self._start = self._starting_point(start)
        # Before the controls, since the builder's error about a starting value is clearer than theirs.
        self._segment, self._made_from = made_by(builder, self._start), self._start
        self._controls = {name: control_for(_parameter(builder, name), value) for name, value in self._start.items()}
        self._moved = next((name for name in self._start if self._distribution(name, self._start) is not None), None)
        self._notes: tuple[str, ...] = ()
        eligibility = Eligibility.usual(self._dataset)
        # A note about eligibility checks that could not be made stays, whatever moves.
        self._unchecked = () if eligibility is None or eligibility.note is None else (eligibility.note,)
        self._first = self._segment
        self._base, self._base_size = self._counted_against(base)
        self.view = LiveView([control.widget for control in self._controls.values()], weakly(self._answers))
        self._is_quiet = False
        for name, control in self._controls.items():
            control.widget.observe(weakly(self._refresh, name), names="value")
        self._message = ipywidgets.HTML()
        controls = [control.widget for control in self._controls.values()]
        self._opens(ipywidgets.VBox([*controls, self.view, self._buttons(), self._message]))
        self._refresh(self._moved)

    @property
    def segment(self) -> Segment:
        """The segment at the controls' position; if they make none, the last valid segment."""
        return self._segment

    @property
    def size(self) -> int:
        """The number of profiles in the segment."""
        (size,) = self._engine.counts([self._segment.condition])
        return size

    @property
    def members(self) -> pd.DataFrame:
        """The profiles in the segment, with a column for each property; index `profile_id`.

        Contains personal data: take care where you show it.
        """
        with warnings.catch_warnings():
            # The view already shows these warnings.
            warnings.simplefilter("ignore", SegkitWarning)
            return members(self._segment, self._dataset)

    @property
    def value(self) -> dict[str, Any]:
        """The values of the parameters by name. Setting it moves the named controls and leaves the others."""
        return {name: control.value for name, control in self._controls.items()}

    @value.setter
    def value(self, values: Mapping[str, Any]) -> None:
        for name in values:
            if name not in self._controls:
                raise DefinitionError.unknown_word("This tuner", name, self._controls)
        before = {name: self._controls[name].value for name in values}
        self._is_quiet = True
        try:
            self._move(values)
        except DefinitionError:
            self._move(before)
            raise
        finally:
            self._is_quiet = False
        self._refresh(next(reversed(list(values)), self._moved))

    def _move(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self._controls[name].move_to(value)

    def reset(self) -> None:
        """Set every parameter back to its starting value."""
        self.value = self._start

    def write_csv(self, path: str | Path, *, layout: Layout = "klaviyo", replace: bool = False) -> Path:
        """Write the members who may be texted, as `SmsAudience.write_csv` does; return the absolute path."""
        return audience(self._segment, self._dataset).write_csv(path, layout=layout, replace=replace)

    def write_members(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write all members, including those who may not be texted, as `sk.write_members` does; return the absolute path."""
        return write_members(self._segment, self._dataset, path, replace=replace)

    def definition(self) -> str:
        """Return the call that makes `segment`, to paste into a cell."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in self._made_from.items())
        return f"{getattr(self._builder, '__name__', 'builder')}({arguments})"

    def __repr__(self) -> str:
        return f"Tuner: {self.definition()}: {counted(self.size, 'member')}, {percent(self.size / max(self._base_size, 1))} of {self._base}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """Return the live widget, and the same view as static HTML for readers without a kernel."""
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(include=include, exclude=exclude) or {})
        settings = [(label(self._controls[name].parameter), str(value)) for name, value in self._made_from.items()]
        view = self._position(self._moved)._replace(notes=self._notes)
        bundle["text/html"] = static_html(view, settings, self._segment.name)
        bundle["text/plain"] = repr(self)
        return bundle

    def _counted_against(self, base: Segment | None) -> tuple[str, int]:
        """Return the name of the segment that shares refer to, and its size."""
        warn_about_answers(self._engine, [segment.condition for segment in self._compare])
        if base is None and Eligibility.usual(self._dataset) is None:
            return "all profiles", len(self._dataset)
        segment = sms_subscribers() if base is None else one_segment(base)
        (size,) = self._engine.counts([segment.condition])
        warn_about_answers(self._engine, [segment.condition])
        return segment.name, size

    @property
    def _shop(self) -> Shop:
        """What the counts are compared with."""
        others = tuple(segment.condition for segment in self._compare)
        return Shop(self._base, self._base_size, self._first.condition, others, Eligibility.usual(self._dataset))

    def _starting_point(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known = parameters(self._builder)
        names = [parameter.name for parameter in known]
        for name in given:
            if name not in names:
                raise DefinitionError.unknown_word(getattr(self._builder, "__name__", "the builder"), name, names)
        defaults = {parameter.name: parameter.default for parameter in known if not parameter.is_required}
        start = {**defaults, **starting_values(self._builder, self._dataset, rounded=True), **given}
        lacking = [name for name in names if name not in start]
        if lacking:
            raise DefinitionError.missing(
                f"Tuner({getattr(self._builder, '__name__', 'builder')})", *map(repr, lacking)
            )
        return {name: plain(start[name]) for name in names}

    def _distribution(self, name: str, values: Mapping[str, Any]) -> Distribution | None:
        return distribution_at(self._engine, self._builder, parameter=name, values=values)

    def _refresh(self, moved: str | None, _change: Any = None) -> None:
        if self._is_quiet:
            return
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", SegkitWarning)
                values = self.value
                segment = made_by(self._builder, values)
                self._engine.counts([segment.condition])
                self._segment, self._made_from = segment, values
                view = self._position(moved)
            # Ask for the segment's notes at every position, since a cached answer gives no warnings.
            notes = [*(str(warning.message) for warning in caught), *self._engine.notes([segment.condition])]
            self._notes = tuple(dict.fromkeys([*notes, *self._unchecked]))
            self.view.value = tuner_html(view._replace(notes=self._notes))
        except (SegkitError, TypeError, ValueError) as error:
            self.view.value = error_html(str(error))

    def _position(self, moved: str | None) -> TunerView:
        shown = None
        for name in (moved, self._moved, *self._controls):
            if name is not None and shown is None:
                shown = self._distribution(name, self._made_from)
                self._moved = name if shown is not None else self._moved
        return self._view(shown)

    def _view(self, shown: Distribution | None) -> TunerView:
        here, shop = self._segment.condition, self._shop
        size, start, kept, *shared = self._engine.counts(
            [here, shop.start, here & shop.start, *(here & other for other in shop.others)]
        )
        return TunerView(
            english=explain(self._segment),
            size=size,
            base=shop.base,
            base_size=shop.base_size,
            sendable=None if shop.eligibility is None else shop.eligibility.waterfall(self._engine, here)[1],
            entered=size - kept,
            left=start - kept,
            distribution=shown,
            overlaps=tuple(Overlap(segment.name, both) for segment, both in zip(self._compare, shared, strict=True)),
        )

    def _answers(self, number: int) -> dict[str, Any] | None:
        """Return what the view shows at every position of a slider, for the browser; None if the kernel has to answer."""
        name, control = list(self._controls.items())[number]
        positions = control.positions
        if self.value != self._made_from:
            return None
        every = answers(
            self._engine,
            self._builder,
            parameter=control.parameter,
            positions=positions,
            values=self._made_from,
            shop=self._shop,
        )
        if every is None:
            return None
        slider = control.widget
        html = tuner_html(self._view(self._distribution(name, self._made_from))._replace(notes=self._notes))
        return {"low": slider.min, "step": slider.step, "count": len(positions), "html": html, "slots": every}

    def _buttons(self) -> Any:
        download = DownloadButton(weakly(self._file), description="Download to send")
        copy = ipywidgets.Button(description="Show definition")
        reset = ipywidgets.Button(description="Reset")
        copy.on_click(weakly(self._say_definition))
        reset.on_click(weakly(self._reset_by))
        # `segkit app` never writes files on its host, so its pages offer no path.
        path = [] if in_app() else self._path()
        return ipywidgets.HBox([download, *path, copy, reset], layout=ipywidgets.Layout(flex_flow="row wrap"))

    def _path(self) -> list[Any]:
        path = ipywidgets.Text(placeholder="or a path, such as vip.csv", layout=ipywidgets.Layout(width="14rem"))
        write = ipywidgets.Button(description="Write to path")
        write.on_click(weakly(self._say_written, path))
        return [path, write]

    def _say_definition(self, _button: Any) -> None:
        self._say(self.definition)

    def _reset_by(self, _button: Any) -> None:
        self.reset()

    def _say_written(self, path: Any, _button: Any) -> None:
        self._say(lambda: f"Wrote {self._written(path.value.strip())}")

    def _written(self, path: str) -> Path:
        if Path(path).suffix.casefold() != ".csv":
            raise FileError.not_csv(path)
        return self.write_csv(path)

    def _file(self) -> tuple[str, bytes]:
        with warnings.catch_warnings():
            # The view already shows these warnings.
            warnings.simplefilter("ignore", SegkitWarning)
            send = audience(self._segment, self._dataset)
        return file_name(self._segment.name), send.to_bytes(layout="klaviyo")

    def _say(self, work: Callable[[], str]) -> None:
        try:
            self._message.value = element("code", work())
        except (SegkitError, OSError) as error:
            self._message.value = error_html(str(error))


def _parameter(builder: Callable[..., Segment], name: str) -> Any:
    return next(parameter for parameter in parameters(builder) if parameter.name == name)

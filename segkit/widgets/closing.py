"""Views that can be closed: what they hold is freed with them, though ipywidgets itself keeps every widget until it is closed."""

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets


class Closable:
    """A view that is closed by `close`, or by itself once nobody has it any more and it was never shown."""

    def _opens(self, box: ipywidgets.Box) -> None:
        """Say which widget the view is shown as."""
        self._box = box
        # Only by a weak reference, since what is to be called later is kept, and the box keeps a view that is shown.
        weakref.finalize(self, _close, weakref.ref(box)).atexit = False

    @property
    def widget(self) -> Any:
        """The widget to be shown, alone or among others; from then on the view stays until it is closed."""
        self._box.shows = self
        return self._box

    def close(self) -> None:
        """Take the view off every page and free what it holds; it can't be shown again."""
        _close(weakref.ref(self._box))


def weakly(method: Callable[..., Any], *first: Any) -> Callable[..., Any]:
    """Return what calls an object's method with some arguments first, without keeping the object; None once it is gone."""
    held = weakref.WeakMethod(method)

    def call(*others: Any) -> Any:
        found = held()
        return None if found is None else found(*first, *others)

    return call


def _close(box: "weakref.ref[ipywidgets.Box]") -> None:
    found = box()
    for widget in [] if found is None else list(_widgets_of(found)):
        widget.close()
    if found is not None:
        found.shows = None


def _widgets_of(box: ipywidgets.Box) -> Iterator[ipywidgets.Widget]:
    """Yield a widget and all that it is made of, layouts and styles included."""
    waiting, seen = [box], set[int]()
    while waiting:
        widget = waiting.pop()
        if id(widget) in seen:
            continue
        seen.add(id(widget))
        yield widget
        for name in widget.keys:
            value = getattr(widget, name)
            parts = value if isinstance(value, (list, tuple)) else [value]
            waiting.extend(part for part in parts if isinstance(part, ipywidgets.Widget))

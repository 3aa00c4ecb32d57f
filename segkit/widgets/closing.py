"""Close views and free their memory, since ipywidgets keeps every widget alive until it is closed."""

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets


class Closable:
    """A view that can be closed with `close`. A view that was never shown is closed when it is garbage-collected."""

    def _opens(self, box: ipywidgets.Box) -> None:
        """Set the widget that shows the view."""
        self._box = box
        # Use a weak reference: `finalize` keeps its arguments alive, and the box of a shown view keeps the view alive.
        weakref.finalize(self, _close, weakref.ref(box)).atexit = False

    @property
    def widget(self) -> Any:
        """The widget to show, alone or in a layout. Reading it keeps the view alive until it is closed."""
        self._box.shows = self
        return self._box

    def close(self) -> None:
        """Remove the view from every page and free its memory. It can't be shown again."""
        _close(weakref.ref(self._box))


def weakly(method: Callable[..., Any], *first: Any) -> Callable[..., Any]:
    """Return a function that calls a method with `first` and then its own arguments, without keeping the method's object alive.

    After the object is gone, the function returns None.
    """
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
    """Yield a widget and all widgets in it, including layouts and styles."""
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

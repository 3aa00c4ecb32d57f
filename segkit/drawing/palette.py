"""The colours of everything that is drawn. They are the same on a light and on a dark page; text takes the page's own colour."""

from typing import Final

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
VERMILION: Final = "#D55E00"
"""Of the colours that Okabe and Ito chose for every kind of colour vision: what is there, what to look at, a third thing, an error."""

PALE_BLUE: Final = "#74ADD1"
GREY: Final = "#8F99A3"
"""What is there but falls short; what is not in it."""

FAINT: Final = "rgba(128,128,128,.25)"
STRIPE: Final = "rgba(128,128,128,.1)"
"""Lines and dots that only guide the eye, and every other row."""

NOTHING: Final = "rgba(0,0,0,0)"

INK: Final = "currentColor"
"""The colour of the page's own text, whatever its theme."""

STRONGEST: Final = 0.7
"""How much of the blue there is in the strongest cell of a heat map, so that the page's own text is legible on it in any theme."""


def faded(colour: str, part: float) -> str:
    """Return a colour through which as much of the page is seen as is missing to 1.

    >>> faded(BLUE, 0.7)
    'rgba(0,114,178,0.7)'
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part:g})"

"""Define the colours of charts, widgets and the report. They are the same on light and dark pages, but text has the page's colour."""

from typing import Final

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
VERMILION: Final = "#D55E00"
"""For members, highlights, a third series and errors. People with any colour vision can distinguish these colours, which are from Okabe and Ito's palette."""

PALE_BLUE: Final = "#74ADD1"
GREY: Final = "#8F99A3"
"""For members who can't be texted, and for profiles that are not members."""

FAINT: Final = "rgba(128,128,128,.25)"
STRIPE: Final = "rgba(128,128,128,.1)"
"""For grid lines and background dots, and for the background of every other row."""

NOTHING: Final = "rgba(0,0,0,0)"

INK: Final = "currentColor"
"""The colour of the page's text, in any theme."""

PAPER: Final = "var(--jp-layout-color0,Canvas)"
"""The colour of the page's background, in any theme."""

STRONGEST: Final = 0.7
"""The opacity of the strongest cell of a heat map, low enough for the page's text to be readable on it in any theme."""


def faded(colour: str, part: float) -> str:
    """Return a colour with the opacity `part`, 0 to 1.

    >>> faded(BLUE, 0.7)
    'rgba(0,114,178,0.7)'
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part:g})"

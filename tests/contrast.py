"""How well one colour is read upon others, as the contrast rule of the web has it."""

import re
from functools import reduce

READABLE = 4.5
"""The contrast that text needs; 3 is enough for what is drawn."""

PAGES = {
    "JupyterLab light": ("#ffffff", "rgba(0,0,0,.87)"),
    "JupyterLab dark": ("#111111", "rgba(255,255,255,.87)"),
    "a report in light": ("#ffffff", "#1b2127"),
    "a report in dark": ("#14181c", "#e7eaed"),
}
"""The ground of a page and its text."""

Solid = tuple[float, float, float]


def contrast(ink: str, *grounds: str) -> float:
    """Return the contrast, 1 to 21, of a colour upon others that lie upon each other, the lowest first."""
    ground = reduce(_upon, grounds, (0.0, 0.0, 0.0))
    low, high = sorted([_luminance(ground), _luminance(_upon(ground, ink))])
    return (high + 0.05) / (low + 0.05)


def _upon(ground: Solid, colour: str) -> Solid:
    if colour.startswith("#"):
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        part = 1.0
    else:
        red, green, blue, part = map(float, re.findall(r"[\d.]+", colour))
    return tuple(part * new + (1 - part) * old for new, old in zip((red, green, blue), ground, strict=True))


def _luminance(colour: Solid) -> float:
    parts = (value / 255 for value in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

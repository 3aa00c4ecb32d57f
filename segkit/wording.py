"""Format numbers, names and lists of names for charts and messages. `drawing.html` turns text into markup."""

from collections.abc import Iterable
from difflib import get_close_matches
from math import isnan

from segkit.masking import quoted


def shortened(text: object, letters: int = 40) -> str:
    """Return text of at most `letters` characters, cut in the middle, since names often differ at the end.

    >>> shortened("Engaged with SMS in the last ninety days (weekly)", 25)
    'Engaged with SM…(weekly)'
    """
    flat = " ".join(str(text).split())
    if len(flat) <= letters:
        return flat
    tail = (letters - 1) * 2 // 5
    return f"{flat[: letters - 1 - tail].rstrip()}…{flat[-tail:].lstrip()}"


def joined(words: Iterable[object], *, most: int = 3, by: str = "and") -> str:
    """Join words as in a sentence. After the first few, give only the number of the rest.

    >>> joined(["VIP"]), joined(["VIP", "SMS"], by="or"), joined(["a", "b", "c", "d", "e"])
    ('VIP', 'VIP or SMS', 'a, b, c and 2 more')
    """
    every = [shortened(word) for word in words]
    if len(every) > most + 1:
        every = [*every[:most], f"{len(every) - most:,} more"]
    return f" {by} ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def percent(share: float, *, digits: int = 2) -> str:
    """Return a share in percent to two digits (or one), or a dash for NaN. Only an exact 0 or 1 becomes 0% or 100%.

    >>> [percent(share) for share in (0, 0.0001, 0.042, 0.123, 0.9999, 1, float("nan"))]
    ['0%', '<0.1%', '4.2%', '12%', '>99%', '100%', '—']
    >>> percent(0.004, digits=1), percent(0.042, digits=1)
    ('<1%', '4%')
    """
    if isnan(share):
        return "—"
    if share in {0, 1}:
        return f"{share:.0%}"
    if share > 0.99:
        return ">99%"
    decimals = 1 if digits > 1 and share < 0.0995 else 0
    least: float = 0.01 / 10**decimals
    return f"<{least:.{decimals}%}" if share < least else f"{share:.{decimals}%}"


def likeness(jaccard: float) -> str:
    """Return a Jaccard index to two decimals, or a dash for NaN. Only an exact 0 or 1 becomes 0 or 1.

    >>> [likeness(jaccard) for jaccard in (0, 0.001, 0.5, 0.999, 1, float("nan"))]
    ['0', '<0.01', '0.50', '>0.99', '1', '—']
    """
    if isnan(jaccard) or jaccard in {0, 1}:
        return number(jaccard)
    return "<0.01" if jaccard < 0.01 else ">0.99" if jaccard > 0.99 else f"{jaccard:.2f}"


def number(value: float) -> str:
    """Return a number with thousands separators and without trailing zeros, or a dash for NaN.

    >>> [number(value) for value in (2984, 2984.0, 0.125, float("nan"))]
    ['2,984', '2,984', '0.125', '—']
    """
    if isnan(value):
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def points(share: float) -> str:
    """Return a difference between two shares in percentage points, to two digits, or a dash for NaN.

    >>> [points(share) for share in (0.0123, -0.5, float("nan"))]
    ['+1.2 points', '-50 points', '—']
    """
    return "—" if isnan(share) else f"{100 * share:+.2g} points"


def brief(value: float, *, decimals: int = 1) -> str:
    """Return a count in few characters, such as "12k", for places with little room, or a dash for NaN.

    >>> [brief(value) for value in (653, 2984, 12345, 999_499, 1_234_567, float("nan"))]
    ['653', '3.0k', '12k', '999k', '1.2M', '—']
    >>> brief(2984, decimals=0)
    '3k'
    """
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # A number that would be rounded up to 1,000 of a unit is written in the next unit.
        if value >= unit * 0.9995:
            return f"{value / unit:.{decimals if value < 9.95 * unit else 0}f}{letter}"
    return number(value)


def profiles(count: int) -> str:
    """Return a number of profiles with its noun.

    >>> profiles(1), profiles(2984)
    ('1 profile', '2,984 profiles')
    """
    return counted(count, "profile")


def are(count: int) -> str:
    """Return the verb after a number.

    >>> are(1), are(0)
    ('is', 'are')
    """
    return "is" if count == 1 else "are"


def listed(names: Iterable[object], *, most: int = 12) -> str:
    """Return quoted names separated by commas. After the first `most` names, only the number of the others follows.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    every = [quoted(name) for name in names]
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most:,} more"


_UNITS: dict[str, list[str]] = {
    "mi": ["miles"],
    "km": ["kilometers"],
    "kms": ["kilometers"],
    "meter": [],
    "meters": [],
    "metres": [],
}
"""Suggestions for units, since similar spelling does not help: "km" resembles no unit, but "meters" resembles "kilometers"."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the sentence " Did you mean ...?" with the most similar known names, or "" if there are none."""
    if not isinstance(name, str):
        return ""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    folded = name.casefold()
    near = get_close_matches(folded, by_folded, n=3, cutoff=0.6)
    if set(by_folded) == {"miles", "kilometers"}:
        near = _UNITS.get(folded, near)
    return f" Did you mean {' or '.join(quoted(by_folded[folded]) for folded in near)}?" if near else ""


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "metric"), counted(2_500, "metric")
    ('1 metric', '2,500 metrics')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def size_words(size: int) -> str:
    """Return a number of bytes in whole MB or GB, rounded down.

    >>> size_words(2**20), size_words(3 * 2**30)
    ('1 MB', '3 GB')
    """
    return f"{size >> 30:,} GB" if size >= 2**30 else f"{size >> 20:,} MB"

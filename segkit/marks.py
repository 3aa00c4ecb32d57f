"""Strip the marks that spreadsheets and web pages leave around text: blanks, zero-width characters, an apostrophe, ="..."."""

import re

_JOINERS = "\u200c\u200d"
_WITHOUT_WIDTH = "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_BLANKS = "\\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
AROUND = f"{_BLANKS}{_JOINERS}{_WITHOUT_WIDTH}"
"""The characters to strip from both ends of a text, for use inside the brackets of a regular expression in Python or Arrow."""

_ENDS = re.compile(rf"\A[{AROUND}]+|[{AROUND}]+\Z")
# A joiner has a meaning inside emoji and in scripts such as Persian, but never next to ASCII.
_INSIDE = re.compile(rf"[{_WITHOUT_WIDTH}]|(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])")
MARKED = rf"^[{AROUND}'=]|[{AROUND}]$|[{_JOINERS}{_WITHOUT_WIDTH}]"
"""A regular expression for Arrow that matches texts that may have a mark."""


def unmarked(text: str) -> str:
    """Remove the marks that a spreadsheet or a web page left around text.

    >>> unmarked("\u00a0'02110 "), unmarked('="02110"')
    ('02110', '02110')
    """
    before = None
    while text != before:
        before = text
        text = _INSIDE.sub("", _ENDS.sub("", text))
        if len(text) > len('="') and text.startswith('="') and text.endswith('"'):
            text = text[2:-1].replace('""', '"')
        if text.startswith("'"):
            text = text[1:].removesuffix("'")
    return text

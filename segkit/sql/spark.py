"""Write a statement in Spark's dialect so that it means there what it means in DuckDB.

Nothing in it depends on the session's time zone, on its ANSI mode, or on which type TIMESTAMP stands for.
"""

import re

from sqlglot import exp

from segkit.errors import DefinitionError
from segkit.sql.values import MATCHED
from segkit.sql.words import text

_WIDE = "DECIMAL(38, 0)"
"""What holds every sum and square of integers of 64 bits. A sum of BIGINT could overflow."""

_PART = re.compile(
    r"(?P<class>\[\^?(?:[^\\\[\]&]|\\[dDwW]|\\[^\w\s])+\]|\\[wW])"
    r"|[^\\*+?{}()\[\]|]|\\[dDsSAz]|\\[^\w\s]|\((?:\?:|(?!\?))|[)*+?|]|\{\d+(?:,\d*)?\}"
)
"""What RE2 and Java read alike, after `_REWRITTEN`."""

_REWRITTEN = {"$": r"\z", r"\s": r"[\t\n\f\r ]", r"\S": r"[^\t\n\f\r ]"}
_SAME_LETTER = {"k": "\u212a", "s": "\u017f"}
_FLAGS = re.compile(r"\(\?([is]+)\)")


def in_spark(statement: exp.Expr, *, pretty: bool = False) -> str:
    r"""Return a statement in Spark's dialect.

    Raises:
        DefinitionError: a regular expression may mean something else in Java, which Spark uses, than in RE2.

    >>> from segkit.sql.words import column
    >>> in_spark(exp.Sum(this=column("units")))
    'SUM(CAST(units AS DECIMAL(38, 0)))'
    >>> print(in_spark(text("${spark.app.name}")))
    '\u0024{spark.app.name}'
    """
    written = statement.copy().transform(_in_spark, copy=False).sql("spark", pretty=pretty)
    # Before it reads a statement, Spark replaces "${name}" by a setting, also in literals, where alone it can be.
    return written.replace("${", r"\u0024{")


def _in_spark(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.Sum():
            node.set("this", exp.cast(node.this, _WIDE))
        case exp.DataType() if node.this == exp.DataType.Type.TIMESTAMPTZ:
            return exp.DataType.build("TIMESTAMPLTZ")
        case exp.DataType() if node.this == exp.DataType.Type.INT128:
            return exp.DataType.build(_WIDE)
        case exp.RegexpLike():
            first, last = MATCHED
            pattern = node.expression.name.removeprefix(first).removesuffix(last)
            node.set("expression", text(java_pattern(pattern)))
        case exp.Cast() if isinstance(node.this, exp.Concat) and node.to.this == exp.DataType.Type.BIGINT:
            # The digits after "0x" are hexadecimal.
            digits = node.this.expressions[1]
            node.set("this", exp.func("CONV", digits, exp.Literal.number(16), exp.Literal.number(10)))
    return node


def java_pattern(pattern: str) -> str:
    r"""Return a pattern of RE2 as one of Java's that matches the same whole values.

    Raises:
        DefinitionError: the pattern has a construct that Java may read differently.

    >>> print(java_pattern("B.*n|it's"), java_pattern("(?i)bo"))
    \A(?d)(?:B.*n|it's)\z \A(?d)(?:[bB][oO])\z
    """
    flags = _FLAGS.match(pattern)
    letters = flags.group(1) if flags else ""
    place, found = flags.end() if flags else 0, []
    while place < len(pattern):
        part = _PART.match(pattern, place)
        if part is None or ("i" in letters and not _has_one_case(part)):
            raise DefinitionError.pattern_differs(pattern, pattern[place])
        one = part.group()
        found.append(_of_both_cases(one) if "i" in letters and one.isalpha() else _REWRITTEN.get(one, one))
        place = part.end()
    # With "d", only a line feed ends a line, as in RE2.
    return rf"\A(?d{'s' * ('s' in letters)})(?:{''.join(found)})\z"


def _has_one_case(part: re.Match[str]) -> bool:
    """Whether it is known which other letters a part matches when case is ignored: Java knows others than RE2 for some letters."""
    return part.group().isascii() and part["class"] is None


def _of_both_cases(letter: str) -> str:
    """Return a class with a letter in both cases, and with the sign for kelvin or the long s, which RE2 takes for the same letter."""
    return f"[{letter.lower()}{letter.upper()}{_SAME_LETTER.get(letter.lower(), '')}]"

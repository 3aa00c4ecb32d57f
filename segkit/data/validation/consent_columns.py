"""Find columns and metrics that look like SMS consent or opt-outs but have an unknown name, and note them in the report.

They are only suggestions, and are never used without the user's mapping.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.consent import ConsentWords, suggested
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.columns import plain_text, presentable, truthy
from segkit.data.validation.issues import EXAMPLES, Issues
from segkit.masking import masked_text, quoted
from segkit.vocabulary import STANDARD_METRICS

MOST_WORDS = 6
"""A column with more distinct values than this does not contain consent words."""

_TEXTS = re.compile(r"sms|\btexts?\b|\btext(message|ing)")
_AGREES = re.compile(r"accept|consent|\bopt(s|ed)?\b|optin|optedin|subscri|marketing|permission|agree")
_REFUSES = re.compile(r"\bopt(s|ed)? ?out|optout|optedout|unsubscri|suppress|\bstop|block|revoke|withdr|decline")
_DO_NOT_TEXT = re.compile(r"\bdnc\b|\b(do not|dont|no) ?(sms|text|contact|message)")
_ABOUT_IT = re.compile(
    r"transactional|timestamp|\b(date|time|at|on|method|detail|source|updated|count|id|ip|url|version)\b"
)
"""Words in the headers of columns about the circumstances of consent, such as its date."""


def looks_like_consent(header: str) -> bool:
    """Return whether a header looks like consent to texts.

    >>> [looks_like_consent(header) for header in ("Accepts SMS Marketing", "textConsent", "sms_consent_date", "context")]
    [True, True, False, False]
    """
    folded = _folded(header)
    said = _TEXTS.search(folded) and _AGREES.search(folded)
    return bool(said) and not _ABOUT_IT.search(folded) and not looks_like_opt_out(header)


def looks_like_opt_out(header: str) -> bool:
    """Return whether a header looks like an opt-out from texts, or a flag that forbids them.

    >>> [looks_like_opt_out(header) for header in ("Do Not Text", "sms_opt_out_date", "DNC", "Do Not Email")]
    [True, True, True, False]
    """
    folded = _folded(header)
    said = _DO_NOT_TEXT.search(folded) or (_TEXTS.search(folded) and _REFUSES.search(folded))
    return bool(said) and "transactional" not in folded


def _folded(header: str) -> str:
    """Split a header into its words, in lower case and separated by blanks."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header.replace("'", ""))
    return re.sub(r"[\W_]+", " ", apart).strip().casefold()


def note_missing_consent(custom: Mapping[str, Cells], consent: ConsentWords, issues: Issues) -> None:
    """Note that the SMS consent column is missing, and suggest the argument that maps a similar column."""
    found = {header: _words(cells) for header, cells in custom.items() if looks_like_consent(header)}
    resolution = "nobody counts as subscribed to SMS, so nobody may be texted"
    if found:
        header = next((header for header, words in found.items() if words), next(iter(found)))
        unknown = [word for word in found[header] if not consent.knows(word)]
        words = f", {suggested(unknown)}" if unknown else ""
        resolution += (
            f". {quoted(header)} looks like this column: pass columns={ {masked_text(header): 'sms_consent'} }{words}"
        )
    issues.note("profiles", "sms_consent", "no such column", 1, examples=found, resolution=resolution)


def note_opt_outs(custom: Mapping[str, Cells], issues: Issues) -> None:
    """Note columns that look like an opt-out from texts, and how many profiles have a value other than "no" in them."""
    for header, cells in custom.items():
        if looks_like_opt_out(header):
            column = PropertyColumn(cells)
            issues.note(
                "profiles",
                header,
                "looks like an opt-out from texts",
                int(column.rows(truthy(column)).sum()),
                resolution="kept as a property, but does not stop texts. To exclude these profiles, use exclude= in sk.audience",
            )


def note_opt_out_metrics(names: Sequence[str], metrics: npt.NDArray[Any], issues: Issues) -> None:
    """Note metrics that look like an opt-out from texts but are not Klaviyo's, and how many events they have.

    Args:
        names: the canonical names of metrics, which may repeat.
        metrics: the index of each event's metric in `names`, or -1 for none.
        issues: where issues are noted.
    """
    own = [name for name in dict.fromkeys(names) if name not in STANDARD_METRICS and looks_like_opt_out(name)]
    for name in own:
        numbers = [number for number, other in enumerate(names) if other == name]
        issues.note(
            "events",
            "metric",
            "looks like an opt-out from texts",
            int(np.isin(metrics, numbers).sum()),
            examples=[name],
            resolution="kept as a metric, but does not stop texts. To exclude these profiles, use exclude= in sk.audience",
        )


def _words(cells: Cells) -> list[str]:
    """Return the most frequent words in a column, or none if there are many, or some that must not be shown."""
    column = PropertyColumn(cells)
    if not 0 < len(column.distinct) <= MOST_WORDS:
        return []
    counts = np.bincount(column.codes[column.codes >= 0])
    words = [plain_text(column.distinct[int(code)]) for code in np.argsort(-counts, kind="stable")]
    return words[:EXAMPLES] if presentable(words) == words else []

"""Read phone numbers and SMS consent from all columns that contain them, including additional columns with the same meaning.

`segkit.sending.eligibility` uses the result to decide who may be texted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit import vocabulary as schema
from segkit.data.consent import NOT_SAID, UNSUBSCRIBED, ConsentWords, Status, codes_of_words, strictest
from segkit.data.instants import Flags, dates_among
from segkit.data.phone_endings import NONE as NO_ENDINGS
from segkit.data.phone_endings import PhoneEndings, may_hold_others
from segkit.data.phones import LOST, Phones, normalise
from segkit.data.places import country_code, country_codes
from segkit.data.properties import Cells
from segkit.data.validation.columns import Place, as_text, examples_of
from segkit.data.validation.issues import Issues
from segkit.errors import DataError

_NEVER_TEXTED = "kept as written, never texted"


@dataclass(frozen=True, slots=True)
class SmsRecords:
    """What the profiles say about texting, apart from `sms_consent` and `phone_number`.

    Eligibility checks use it. Segments don't: they follow Klaviyo, which looks only at the standard columns.

    Attributes:
        is_date: a mask of the profiles that have a date without a time as their consent timestamp.
        further: the strictest consent in other columns that mean the same as `sms_consent`. An unknown word counts as an opt-out, and a profile
            without any value is `NOT_SAID`.
        endings: the last digits of numbers that can't be parsed, and of additional numbers in a cell with more than one.
        further_rows: the rows that have a number in another column of phone numbers.
        further_numbers: these numbers in E.164.
        undated_opt_outs: the rows with an opt-out event that was left out because its date is unreadable.
    """

    is_date: Flags
    further: Status
    endings: PhoneEndings
    further_rows: npt.NDArray[np.int64]
    further_numbers: pa.Array
    undated_opt_outs: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


def read_sms_columns(
    known: dict[str, pa.Array],
    profiles: Mapping[str, Cells],
    default_country: str | None,
    consent: ConsentWords,
    issues: Issues,
) -> tuple[Phones, SmsRecords]:
    """Convert the phone numbers to E.164 in place, and read all other columns of phone numbers or SMS consent.

    Args:
        known: the known columns of the profiles. "phone_number" is replaced.
        profiles: all columns as they were loaded.
        default_country: the country for numbers without a country code if the profile has no country.
        consent: the words that are accepted as consent.
        issues: where issues are noted.

    Raises:
        DataError: `default_country` is not a country.
    """
    size = len(next(iter(profiles.values())))
    countries = _countries(known, size, default_country)
    phones, endings = _phones(known, countries, issues)
    rows, numbers = [np.zeros(0, dtype=np.int64)], [pa.array([], pa.string())]
    for place, cells in _others(profiles, "phone_number", issues):
        found = normalise(cells, countries)
        rows.append(np.flatnonzero(_flags(pc.is_valid(found.numbers))))
        numbers.append(found.numbers.drop_null())
        endings = endings.joined(_unread(cells, found))
        _note_problems(place, cells, found)
    said = [
        _words(place, words, known.get("sms_consent"), consent)
        for place, words in _others(profiles, "sms_consent", issues)
    ]
    dates = profiles["sms_consent_timestamp"].loaded() if "sms_consent_timestamp" in profiles else None
    is_date = None if dates is None else dates_among(dates.values)
    return phones, SmsRecords(
        np.zeros(size, dtype=bool) if is_date is None else is_date,
        strictest(said, size),
        endings,
        np.concatenate(rows),
        pa.concat_arrays(numbers),
    )


def _others(profiles: Mapping[str, Cells], meaning: str, issues: Issues) -> Iterator[tuple[Place, pa.Array]]:
    """Yield the other columns with the same meaning, as text."""
    for name, cells in profiles.items():
        if name not in schema.PROFILE_COLUMNS and schema.canonical_name("profiles", name) == meaning:
            place = Place("profiles", name, issues)
            yield place, as_text(cells.loaded(), place)


def _words(place: Place, words: pa.Array, status: pa.Array | None, consent: ConsentWords) -> Status:
    found, is_unknown = consent.read(words)
    codes = codes_of_words(found)
    codes[is_unknown] = UNSUBSCRIBED
    codes[~_flags(pc.not_equal(pc.utf8_trim_whitespace(words), ""))] = NOT_SAID
    if status is not None:
        differs = (codes != NOT_SAID) & (codes != codes_of_words(status))
        place.note("differs from sms_consent", differs, resolution="the stricter of the two counts when texts are sent")
    return codes


def _countries(known: Mapping[str, pa.Array], size: int, default_country: str | None) -> pa.Array:
    countries = country_codes(known["country"]) if "country" in known else pa.nulls(size, pa.string())
    if default_country is None:
        return countries
    code = country_code(default_country)
    if code is None:
        raise DataError.bad_argument("default_country", default_country, "a country's two letters, such as 'US'")
    return pc.fill_null(countries, code)


def _phones(known: dict[str, pa.Array], countries: pa.Array, issues: Issues) -> tuple[Phones, PhoneEndings]:
    if "phone_number" not in known:
        return normalise(pa.nulls(len(countries), pa.string())), NO_ENDINGS
    written = known["phone_number"]
    phones = normalise(written, countries)
    place = Place("profiles", "phone_number", issues)
    mended = _flags(phones.mended)
    place.note("not in E.164", mended, examples=examples_of(written, mended), resolution="converted to E.164")
    _note_problems(place, written, phones)
    known["phone_number"] = pc.coalesce(phones.numbers, written)
    return phones, _unread(written, phones)


def _note_problems(place: Place, written: pa.Array, phones: Phones) -> None:
    for problem in phones.problems.unique().drop_null().to_pylist():
        has_problem = _flags(pc.equal(phones.problems, problem))
        resolution = _NEVER_TEXTED + (
            "" if problem in LOST else "; an opt-out for it also stops numbers with the same last digits"
        )
        place.note(problem, has_problem, examples=examples_of(written, has_problem), resolution=resolution)


def _unread(written: pa.Array, phones: Phones) -> PhoneEndings:
    """Return the endings of numbers that can't be parsed, and of cells that may contain further numbers."""
    unread = _flags(pc.invert(pc.is_in(phones.problems, value_set=pa.array([None, *LOST], pa.string()))))
    # A cell that is already E.164 contains no further number.
    mended = np.flatnonzero(_flags(phones.mended))
    some = pa.array(mended)
    unread[mended] = may_hold_others(written.take(some), phones.numbers.take(some))
    return PhoneEndings.of(written, np.flatnonzero(unread))


def _flags(column: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False))

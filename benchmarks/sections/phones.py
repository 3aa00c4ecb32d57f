"""Time parsing phone numbers: by column with segkit, and one by one with `phonenumbers`. The results must be the same in every cell.

The numbers are generated from the examples that `phonenumbers` has for each region, and are never stored.
"""

import random
from collections.abc import Callable

import phonenumbers
import pyarrow as pa
from bench import Bench
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from timing import Record, digest, timed

MOST = 50_000
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)[::4]
"""A quarter of all regions, about sixty."""

Row = tuple[str | None, str | None, str | None]
KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed line",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed line or mobile",
}
SPELLINGS: tuple[Callable[[phonenumbers.PhoneNumber], str], ...] = (
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.E164),
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.RFC3966),
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL).replace(" ", "."),
    lambda number: f"{number.national_number}",
    lambda number: f" {phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)} ext. 12",
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.E164)[:-2],
)


def measure(bench: Bench) -> Record:
    """Read a clean column and a messy one."""
    record = Record("phones")
    if "segkit" not in bench.words:
        return record
    from segkit.data.phones import normalise  # noqa: PLC0415  # a run for another peer alone shall not import segkit

    count = min(MOST, bench.profiles)
    numbers, regions = _numbers(count)
    clean = [phonenumbers.format_number(number, PhoneNumberFormat.E164) for number in numbers]
    dice = random.Random(5)
    messy = [dice.choice(SPELLINGS)(number) for number in numbers]
    for _ in range(bench.rounds):
        for task, texts, homes in (("clean", clean, [None] * count), ("messy", messy, regions)):
            cells, countries = pa.array(texts, pa.string()), pa.array(homes, pa.string())
            seconds, read = timed(lambda cells=cells, countries=countries: normalise(cells, countries))
            name = f"{count:,} phone numbers, {task}"
            rows = list(zip(*(part.to_pylist() for part in (read.numbers, read.countries, read.kinds)), strict=True))
            record.add(name, "once", "segkit", seconds, {"rows": digest(rows)})
            seconds, rows = timed(lambda texts=texts, homes=homes: list(map(_one, texts, homes)))
            record.add(name, "once", "phonenumbers", seconds, {"rows": digest(rows)})
    return record


def _numbers(count: int) -> tuple[list[phonenumbers.PhoneNumber], list[str]]:
    """Make numbers near the examples: the last four digits anew, so that some are valid and some are not."""
    dice = random.Random(3)
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    found = [(region, phonenumbers.example_number_for_type(region, kind)) for region in REGIONS for kind in kinds]
    examples = [(region, number) for region, number in found if number is not None]
    numbers, regions = [], []
    for _ in range(count):
        region, example = dice.choice(examples)
        national = example.national_number // 10_000 * 10_000 + dice.randrange(10_000)
        zeros = {"italian_leading_zero": example.italian_leading_zero}
        numbers.append(phonenumbers.PhoneNumber(example.country_code, national, **zeros))
        regions.append(region)
    return numbers, regions


def _one(text: str, region: str | None) -> Row:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None, None, None
    if not phonenumbers.is_valid_number(number):
        return None, None, None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    kind = KINDS.get(phonenumbers.number_type(number), "other")
    return written, phonenumbers.region_code_for_number(number), kind

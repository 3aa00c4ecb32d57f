"""Split an audience at random into arms, such as a hold-out: the public function `split`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit.data.phone_patterns import E164
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.cards import card, paragraphs, records
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Engine, Picked, Some, warn_about_answers
from segkit.errors import DefinitionError, FileError
from segkit.errors.analysis import AnalysisError
from segkit.files import make_folder
from segkit.sending.arm_sizes import arm_counts, checked_shares
from segkit.sending.audience import SmsAudience
from segkit.sending.file_names import file_names
from segkit.sending.member_files import Layout, check_files
from segkit.wording import percent

CONTROL = "hold out"
CALL = 'sk.split(audience, shop, {"text": 0.9, "hold out": 0.1}, key="spring")'


@dataclass(frozen=True, slots=True)
class Split:
    """People split into arms at random.

    Attributes:
        arms: the arm of each person, with `profile_id` as the index.
        table: a row for each arm: `arm`, `share` (as wanted), `people` (phone numbers, or profiles without a number) and `profiles`.
        strata: a row for each stratum and arm: the columns of `by`, `arm` and `people`. A property with one of the last two names
            has " (property)" after its name.
        shares: the planned share of each arm.
        key: the key of the hash.
        control: the name of the arm that is not texted; None if every arm is texted.
        as_of: the moment at which people were chosen, in UTC.
    """

    arms: pd.Series
    table: pd.DataFrame
    strata: pd.DataFrame
    shares: Mapping[str, float]
    key: str
    control: str | None
    as_of: datetime
    _audience: SmsAudience | None = field(repr=False, compare=False)

    def __repr__(self) -> str:
        parts = ", ".join(
            f"{arm} {count:,}" for arm, count in zip(self.table["arm"], self.table["people"], strict=True)
        )
        return f"Split {self.key!r}: {parts}"

    def _repr_html_(self) -> str:
        rows = [
            (row["arm"], percent(row["share"]), int(row["people"]), int(row["profiles"]))
            for row in self.table.to_dict("records")
        ]
        notes = ["Every arm is texted." if self.control is None else f"The arm {self.control!r} is not texted."]
        notes.append("Nobody's arm depends on anything but the key and the phone number, and no number is in two arms.")
        return card(
            repr(self),
            f"as of {self.as_of:%Y-%m-%d %H:%M:%S} UTC",
            records(["arm", "share", "people", "profiles"], rows),
            paragraphs(notes),
        )

    def write(self, folder: str | Path, *, layout: Layout = "klaviyo", replace: bool = False) -> dict[str, Path]:
        """Write a file for each arm, with a manifest next to it, and return the path of each arm's file.

        The files are named after the key and the arm. If two arms would have the same file name, the second gets a number. Nothing is
        written if one of the files exists and `replace` is False.

        The control arm's file is a log of the people held out, with every column, and its manifest says that it must not be used to send.
        Keep it, since the measurement needs it.

        Args:
            folder: the folder, which is created if it does not exist.
            layout: the layout for the other arms (see `SmsAudience.write_csv`).
            replace: whether to replace existing files.

        Raises:
            FileError: see `SmsAudience.write_csv`. Also raised if a segment was split, since its members' eligibility was not checked.
        """
        if self._audience is None:
            raise FileError.split_not_checked()
        place = Path(folder).expanduser()
        make_folder(place)
        rows = np.flatnonzero(self._audience._recipients.values)  # noqa: SLF001  # of the same wing
        arms = self.arms.to_numpy()
        names = file_names(f"{self.key} {arm}" for arm in self.shares)
        paths = {arm: place / name for arm, name in zip(self.shares, names.values(), strict=True)}
        check_files(paths.values(), layout, replace=replace)
        for arm, path in paths.items():
            flags = np.zeros(len(self._audience._recipients.values), dtype=bool)  # noqa: SLF001
            flags[rows[arms == arm]] = True
            is_control = arm == self.control
            self._audience.write_part(
                path,
                Picked(flags),
                layout="members" if is_control else layout,
                purpose=f"the arm {arm!r} of the split {self.key!r}: "
                + ("held out, not to be sent to" if is_control else "to be sent to"),
                replace=replace,
            )
        return {arm: path.resolve() for arm, path in paths.items()}


def split(
    audience_or_segment: SmsAudience | Segment,
    dataset: Data,
    arms: Mapping[str, float],
    *,
    key: str,
    by: Sequence[str] = (),
    control: str | None = CONTROL,
) -> Split:
    """Split people at random into arms, such as 90 % to text and 10 % to hold out.

    Each stratum is sorted by a keyed hash of the phone number (SHA-256) and then cut into arms. The arms have the planned numbers of
    people, to the nearest whole number in total and within one in each stratum. The same key gives the same arms again. As people come
    and go, only people next to a cut can change arms. Profiles that share a number are in the same arm.

    Args:
        audience_or_segment: an audience, to split its recipients, or a segment, to split its members for analysis only.
        dataset: the profiles and events. For an audience, this must be the shop that the audience was made with.
        arms: the share of each arm. The shares add up to 1.
        key: text that makes this split different from others. Use a new key for each test, so that different people are held out.
        by: properties that define strata by their values, such as ["country"]. The arms have the same shares in each stratum.
            A name that is repeated counts once.
        control: the name of the arm that is not texted. None means that every arm is texted, as in a test of two messages without
            a hold-out.

    Raises:
        DefinitionError: an argument has the wrong form, `control` is not one of the arms, or the audience was made with a different shop.
        AnalysisError: an arm would have nobody.
        DataError: the profiles have no such property.

    >>> from segkit import Dataset, did
    >>> orders = pd.DataFrame({"profile_id": [f"p{n}" for n in range(1003)], "metric": "Placed Order", "datetime": "2026-06-01"})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> split(Segment("Buyers", did("Placed Order")), shop, {"text": 0.9, "hold out": 0.1}, key="spring")
    Split 'spring': text 903, hold out 100
    """
    check_order(audience_or_segment, CALL)
    shares = checked_shares(arms)
    if control is not None and control not in shares:
        raise DefinitionError.no_control_arm(control, shares)
    if not isinstance(key, str) or not key:
        raise DefinitionError.bad_value("key", key, "a text, such as 'spring'")
    if isinstance(by, str) or not isinstance(by, Sequence) or not all(isinstance(name, str) for name in by):
        raise DefinitionError.bad_value("by", by, "a list of names of properties")
    engine, among, audience = _people(audience_or_segment, dataset)
    by = list(dict.fromkeys(by))
    people, places = _table(engine, among, by), _places(by)
    people["rank"] = [hashlib.sha256(f"{key}\0{unit}".encode()).digest() for unit in people["unit"]]
    people["arm"] = _assigned(people, places, shares, key)
    table = _counted(people, shares)
    strata = (
        people.drop_duplicates("unit")
        .groupby([*places, "arm"], sort=True, observed=True)
        .size()
        .rename("people")
        .reset_index()
        .set_axis([*_headers(by), "arm", "people"], axis=1)
    )
    return Split(
        arms=pd.Series(people["arm"].to_numpy(), index=pd.Index(people["profile_id"], name="profile_id"), name="arm"),
        table=table,
        strata=StyledFrame(strata),
        shares={name: float(share) for name, share in shares.items()},
        key=key,
        control=control,
        as_of=engine.as_of,
        _audience=audience,
    )


def _people(given: SmsAudience | Segment, dataset: Data) -> tuple[Engine, Some, SmsAudience | None]:
    """Return the engine, the people to split, and the audience."""
    engine = engine_of(dataset)
    if isinstance(given, SmsAudience):
        # The recipients are row numbers in the audience's own shop.
        own = given._dataset  # noqa: SLF001  # of the same wing
        if dataset != own:
            raise DefinitionError.not_the_audiences_shop((len(own), own.as_of), (len(dataset), dataset.as_of))
        return given._engine, given._recipients, given  # noqa: SLF001
    condition = one_segment(given).condition
    warn_about_answers(engine, [condition])
    return engine, condition, None


def _table(engine: Engine, among: Some, by: Sequence[str]) -> pd.DataFrame:
    """Return a row for each person: `profile_id`, `unit` (the phone number or, without one, the id), and the columns `_places(by)`."""
    known = engine.names().properties
    columns = dict.fromkeys([*(["phone_number"] if "phone_number" in known else []), *by])
    found = pa.Table.from_batches(engine.rows(among, list(columns))).to_pandas()
    units = found["profile_id"]
    if "phone_number" in columns:
        # A cell that is not a number, such as "n/a", does not make two profiles one person.
        phones = found["phone_number"].astype(object)
        is_number = phones.fillna("").str.fullmatch(E164).astype(bool)
        units = phones.where(is_number, units)
    people = pd.DataFrame({"profile_id": found["profile_id"], "unit": units})
    for place, name in zip(_places(by), by, strict=True):
        people[place] = found[name].astype(object).map(_stratum)
        # Profiles that share a number are one unit, in the stratum of the first profile.
        people[place] = people.groupby("unit")[place].transform("first")
    return people


def _places(by: Sequence[str]) -> list[str]:
    """Return the columns of the strata, which are named by position, since a property can have any name, such as "rank"."""
    return [f"stratum {place}" for place in range(len(by))]


def _headers(by: Sequence[str]) -> list[str]:
    """Return a name for the column of each property that no other column has.

    >>> _headers(["city", "arm", "arm (property)"])
    ['city', 'arm (property) (property)', 'arm (property)']
    """
    found = list(by)
    for place, name in enumerate(by):
        while name in ("arm", "people") or name in [*found[:place], *found[place + 1 :]]:
            name = f"{name} (property)"  # noqa: PLW2901
        found[place] = name
    return found


def _stratum(value: object) -> str:
    return "not set" if value is None or value != value else str(value)  # noqa: PLR0124  # NaN is unequal to itself


def _assigned(people: pd.DataFrame, strata: list[str], shares: Mapping[str, Fraction], key: str) -> pd.Series:
    """Return the arm of each person."""
    units = people.drop_duplicates("unit").sort_values([*strata, "rank"], kind="stable")
    sizes = units.groupby(strata, sort=True).size().tolist() if strata else [len(units)]
    counts = arm_counts(sizes, shares)
    empty = [name for place, name in enumerate(shares) if not sum(row[place] for row in counts)]
    if empty:
        raise AnalysisError.empty_arm(empty[0], float(shares[empty[0]]), len(units), key)
    names = [name for row in counts for name, count in zip(shares, row, strict=True) for _ in range(count)]
    return people["unit"].map(dict(zip(units["unit"], names, strict=True)))


def _counted(people: pd.DataFrame, shares: Mapping[str, Fraction]) -> pd.DataFrame:
    profiles, units = people["arm"].value_counts(), people.drop_duplicates("unit")["arm"].value_counts()
    rows = [(name, float(share), int(units.get(name, 0)), int(profiles.get(name, 0))) for name, share in shares.items()]
    return StyledFrame(rows, columns=["arm", "share", "people", "profiles"])

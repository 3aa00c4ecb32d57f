"""Wherever somebody's number or address comes from, no message, report, repr, log or page that segkit writes shows it."""

import contextlib
import io
import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from people import ADDRESSES, NUMBERS, shown_of

import segkit as sk
from segkit import vocabulary as schema
from segkit.analysis.agreement import compare_members
from segkit.command.cli import main

THREES = (
    ("07700 900142", "1614960142", "quill.zoe@mail.example"),
    ("1.2125550142e10", "٢١٢٥٥٥٠١٤٢", '"quill zoe"@mail.example'),
)
"""As many people as a row of the report shows examples; all ways to write them are tried where they are masked."""

PLACED = (*NUMBERS[-8::2], *NUMBERS[5:8], *ADDRESSES[:4])
"""People who are put everywhere else."""

FILE_NAMES = ("+12125550142", "0171 3920 0142", "quill.zoe@mail.example", "o'quill+zoe@mail.example")
"""People whom a file can be named for."""


class Said:
    """Everything that was said while something was tried."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def trying(self, action: Callable[[], Any]) -> Any:
        """Call something, keep what it prints, warns and raises, down to the causes of an error, and return what it returns."""
        out = io.StringIO()
        result = None
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
        ):
            warnings.simplefilter("always")
            try:
                result = action()
            except (sk.SegkitError, SystemExit) as error:
                self.texts += map(str, _chain(error))
        self.texts += [out.getvalue(), *(str(warning.message) for warning in caught)]
        return result

    def keep(self, *shown: Any) -> None:
        """Keep what things say of themselves."""
        for one in shown:
            self.texts.append(one.to_csv() if isinstance(one, pd.DataFrame) else str(one))
            self.texts += [repr(one)] + ([one._repr_html_() or ""] if hasattr(one, "_repr_html_") else [])

    def check(self, *people: str) -> None:
        """Fail if anything shows one of the people, naming the text."""
        for text in self.texts:
            for person in people:
                found = shown_of(person, text)
                assert found is None, f"{found!r} of {person!r} in {text[:3000]!r}"
        assert any(self.texts), "nothing was said, so nothing was tried"


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)


def people(**columns: Any) -> pd.DataFrame:
    """Return six profiles with columns besides."""
    rows = {
        "profile_id": [f"p{number}" for number in range(6)],
        "phone_number": [f"+1212555010{number}" for number in range(6)],
        "sms_consent": ["SUBSCRIBED"] * 6,
        "country": ["US"] * 6,
    }
    return pd.DataFrame({**rows, **columns})


def events(**columns: Any) -> pd.DataFrame:
    """Return six orders with columns besides."""
    rows = {
        "profile_id": [f"p{number}" for number in range(6)],
        "metric": ["Placed Order"] * 6,
        "datetime": ["2026-06-01T10:00:00Z"] * 6,
        "value": [f"{number}.50" for number in range(6)],
    }
    return pd.DataFrame({**rows, **columns})


def load(said: Said, *tables: pd.DataFrame, **options: Any) -> sk.Dataset | None:
    """Load tables, first strictly and then as leniently as can be, keep both reports, and return the second."""
    for unreadable in ("raise", "leave out"):
        shop = said.trying(
            lambda how=unreadable: sk.Dataset.from_frames(
                *tables, **{"unreadable": how, "as_of": "2026-06-30", **options}
            )
        )
        if shop is not None:
            said.keep(shop, shop.report)
    return shop


def ask(said: Said, shop: sk.Dataset, person: str, name: str) -> None:
    """Ask a shop about a property in every way, for what nobody has and for the person, and keep all that is said."""
    for condition in (
        lambda: sk.has(name, equals="nobody"),
        lambda: sk.has(name, equals=person),
        lambda: sk.has(name, equals=[person, "x"]),
        lambda: sk.has(name, contains=person),
        lambda: sk.has(name, at_least=3),
        lambda: sk.has(name, in_last_days=3),
        lambda: sk.has(name, matches=f"({person}"),
        lambda: sk.has(name + "x", equals="nobody"),
        lambda: sk.in_list(person),
        lambda: sk.did(person),
        lambda: sk.did("Placed Order", where={person: "x"}),
        lambda: sk.did("Placed Order", where={"Source": person}),
    ):
        table = said.trying(lambda ask=condition: sk.membership(sk.Segment("asked", ask()), shop))
        if table is not None:
            said.keep(
                said.trying(lambda ask=condition: sk.why(sk.Segment("asked", ask()), shop, profile_id="p3"))[
                    "evidence"
                ].to_frame()
            )


@pytest.mark.parametrize("three", THREES)
def test_no_cell_of_a_profile_is_shown(three):
    """Numbers and addresses that slipped into every column of profiles, beside cells as they should be and alone."""
    said = Said()
    others = [*schema.PROFILE_COLUMNS, "Note", "consent_to_texts", "dnc", "Mobile", "_fivetran_deleted"]
    columns = {name: [*people().get(name, ["x"] * 6)[:3], *three] for name in others}
    assert load(said, people(**columns), events()) is not None
    without = {name: [*three, *three] for name in others if name not in people()}
    load(
        said,
        people(**{**without, "profile_id": [*three, *three]}).drop(columns=["phone_number", "sms_consent", "country"]),
        events(),
    )
    load(said, people(sms_consent=[*three, *three], **{"sms_consent ": ["x", *three, "x", "y"]}))
    said.check(*three)


@pytest.mark.parametrize("three", THREES)
def test_no_cell_of_an_event_is_shown(three):
    """Numbers and addresses that slipped into every column of events, beside cells as they should be, and alone into each."""
    said = Said()
    others = [
        "profile_id",
        "metric",
        "datetime",
        "value",
        "event_id",
        "Source",
        "metric_id",
        "currency",
        "_fivetran_active",
    ]
    whole = {name: list(events().get(name, [f"e{number}" for number in range(6)])) for name in others}
    slipped = {name: [*whole[name][:3], *three] for name in others}
    shops = [
        load(said, people(), events(**columns))
        for columns in [slipped, *({**whole, name: [*three, *three]} for name in others)]
    ]
    assert shops[0] is not None
    load(said, people(), events(**slipped), add_profiles_of_events=True)
    load(said, events(**slipped).drop(columns="metric"))
    said.check(*three)


@pytest.mark.parametrize("three", THREES)
def test_no_cell_of_a_list_or_place_is_shown(three):
    """Numbers and addresses that slipped into every column of lists and of places."""
    said = Said()
    lists = {
        "profile_id": ["p0", "p1", "p2", *three],
        "list_id": ["VIP"] * 3 + [*three],
        "joined": ["2026-06-01"] * 3 + [*three],
    }
    places = {
        "country": ["US", *three],
        "postal_code": [*three, "02110"],
        "latitude": [*three, "42"],
        "longitude": [-71] * 4,
    }
    load(said, people(), events(), lists=pd.DataFrame(lists), places=pd.DataFrame(places))
    load(said, people(), events(), lists=pd.DataFrame({"profile_id": three, "list_id": three}))
    said.check(*three)


@pytest.mark.parametrize("person", PLACED)
def test_no_name_is_shown(person):
    """Properties of profiles and events, metrics and lists that are named for somebody, and conditions that name or ask for them."""
    said = Said()
    other = f"{person} other"
    profiles = people(
        **{
            person: list("aabbcc"),
            other: [person, person, "x", "1", "2", None],
            "Gender": [person] * 6,
            "Interests": [[person]] * 6,
        }
    )
    happened = events(
        metric=["Placed Order"] * 4 + [person] * 2, **{person: list("aabbcc"), "discount " + person: [5] * 6}
    )
    shop = load(said, profiles, happened, lists=pd.DataFrame({"profile_id": ["p0"], "list_id": [person]}))
    assert shop is not None
    for name in (person, other, "Gender", "Interests", "absent"):
        ask(said, shop, person, name)
    for wrong in (
        lambda: shop.row_of(person),
        lambda: shop.with_as_of(person),
        lambda: sk.load(person.replace("/", "")),
        lambda: sk.Segment(" ", person),
        lambda: sk.Segment(person, person),
        lambda: sk.phone_country(person),
        lambda: sk.in_region(person),
        lambda: sk.within(3, of=person, country=person),
        lambda: sk.has(person),
        lambda: sk.did(person, at_least=person),
        lambda: sk.can_receive(person),
        lambda: sk.did(person, in_last_days=person),
        lambda: sk.membership([sk.Segment(person, sk.is_set(person))] * 2, shop),
        lambda: (
            sk.audience(
                sk.Segment(person, sk.is_set(person)), shop, failing=sk.Segment(person, sk.did(person))
            ).waterfall
        ),
        lambda: sk.Dataset.from_frames(people(), events(), as_of=person),
        lambda: sk.Dataset.from_frames(people(), columns={person: person}),
        lambda: sk.Dataset.from_frames(people(), consent={person: person}),
        lambda: sk.Dataset.from_frames(people(), default_country=person),
        lambda: compare_members(sk.Segment("x", sk.is_set("Gender")), shop, [person]),
        lambda: sk.to_klaviyo(sk.Segment(person, sk.did(person) & sk.in_list(person))),
        lambda: sk.from_klaviyo({person: 1}),
        lambda: sk.from_klaviyo(person),
        lambda: sk.from_klaviyo(
            {
                "condition_groups": [
                    {
                        "conditions": [
                            {"type": person},
                            {
                                "type": "profile-property",
                                "property": person,
                                "filter": {"type": person, "operator": person, "value": person},
                            },
                        ]
                    }
                ]
            }
        ),
        lambda: sk.Segment.from_yaml(
            f"segkit: 1\nname: {json.dumps(person)}\nhas: {json.dumps(person)}\n{json.dumps(person)}: 1\n"
        ),
        lambda: sk.Segment.from_yaml(
            f"segkit: 1\nname: x\ncondition:\n  has: {json.dumps(person)}\n  when: {json.dumps(person)}\n  at least: {json.dumps(person)}\n"
        ),
        lambda: sk.Segment.from_yaml(f"segkit: 1\nname: x\nname: {person}\ncondition: [{person}"),
        lambda: sk.Segment.from_yaml(f"segkit: 1\nname: x\ncondition: {{has: {person}, equals: &{person} y}}"),
    ):
        said.keep(said.trying(wrong))
    said.check(person)


@pytest.mark.parametrize("person", PLACED)
def test_no_header_that_is_a_cell_is_shown(person, tmp_path):
    """A file without headers, doubled headers, and a few headers that are cells, as a CSV, a frame, Parquet and JSON."""
    said = Said()
    row = ["id1", person, "quillson", "2026-06-01"]
    for headers in (
        row,
        [*row, person],
        [person, person, "quillson"],
        ["profile_id", person, person],
        [person, "email", "x", "y"],
    ):
        frame = pd.DataFrame([["x"] * len(headers)] * 2, columns=headers)
        load(said, frame)
        load(said, frame, columns={headers[0]: "profile_id"})
        load(said, people(), frame)
        frame.to_csv(tmp_path / "profiles.csv", index=False)
        said.trying(lambda: sk.load(tmp_path, as_of="2026-06-30"))
        said.keep(said.trying(lambda: sk.check_import(tmp_path / "profiles.csv")))
    said.check(person)
    assert not any("quillson" in text for text in said.texts), "a header beside those that look like cells is a cell"


@pytest.mark.parametrize("person", FILE_NAMES)
def test_no_name_of_a_file_is_shown(person, tmp_path):
    """Files, folders, sheets and segments in YAML that are named for somebody: read, missed, written and built."""
    said = Said()
    home = tmp_path / person
    home.mkdir()
    people(**{person: "x"}).to_csv(home / "profiles.csv", index=False)
    events().to_csv(home / "events.csv", index=False)
    (home / f"events {person}.xls").write_text("x")
    (home / f"profiles {person}.csv").write_text("x")
    (home / f"{person}.yaml").write_text("segkit: 1\nname: [")
    (home / f"{person}.json").write_text("{")
    (home / f"{person}.csv").write_text('a,b\n1,2,3\n"x\n')
    (home / f"{person}.parquet").write_text("x")
    shop = said.trying(lambda: sk.load(home, as_of="2026-06-30"))
    said.keep(shop, shop.report)
    segment = sk.Segment(person, sk.is_set("country"))
    for wrong in (
        *(lambda path=path: sk.load(profiles=path) for path in sorted(home.iterdir())),
        lambda: sk.load(home / "absent" / person), lambda: sk.load_segments(home), lambda: sk.load_segments(home / person),
        lambda: sk.AccountNames.from_file(home / f"{person}.json"), lambda: sk.check_import(home / person),
        lambda: sk.write_members(segment, shop, home), lambda: sk.write_members(segment, shop, home / "no" / "x.csv"),
        lambda: sk.write_members(segment, shop, home / "profiles.csv"), lambda: sk.write_members(segment, shop, home / "x.txt"),
        lambda: main(["build", str(home), "--out", str(home / "build")]), lambda: main(["build", str(home / "absent"), "--out", "x"]),
        lambda: main(["push", str(home / f"{person}.yaml"), "--dry-run"]),
    ):  # fmt: skip
        said.trying(wrong)
    said.texts.append((home / "build" / "report.html").read_text(encoding="utf-8"))
    said.check(person)


@pytest.mark.parametrize("person", PLACED[1:4])
def test_no_report_shows_anybody(person, tmp_path):
    """Everything that `segkit build` prints and writes to be read, of a shop with somebody in every place at once."""
    said = Said()
    columns = {name: [person] * 2 + [None] * 4 for name in schema.PROFILE_COLUMNS if name not in people()}
    people(**columns, Gender=[person] * 6, Interests=[json.dumps([person])] * 6, **{person: "x"}).to_csv(
        tmp_path / "profiles.csv", index=False
    )
    events(metric=["Placed Order"] * 5 + [person], **{f"discount {person}": "x"}).to_csv(
        tmp_path / "events.csv", index=False
    )
    said.trying(lambda: main(["build", str(tmp_path), "--out", str(tmp_path / "build"), "--leave-out-unreadable"]))
    report = tmp_path / "build" / "report.html"
    assert report.exists(), said.texts
    said.texts += [report.read_text(encoding="utf-8"), (tmp_path / "build" / "sizes.csv").read_text(encoding="utf-8")]
    said.check(person)

"""The main job: what `segkit build` leaves behind, on all the real input there is."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pandas as pd
import pytest

import segkit as sk
from segkit.command.cli import main
from segkit.engine.memory.evaluation import Evaluation
from segkit.sending.file_names import file_name

SAMPLES = Path(__file__).parents[2] / "sample_data"
SHOPS = ["", "klaviyo_export", "klaviyo_pages"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sample shop, built once: its Dataset, what build returned, and the folder."""
    out = tmp_path_factory.mktemp("built")
    shop = sk.load(SAMPLES)
    return shop, sk.build(shop, out), out


def rows_of(path):
    """Return a CSV's rows by header."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_segment_type_of_the_guide_is_built(built):
    """The sample shop's data supports all eight types, the three tracks, and the standing exclusions and win-backs."""
    _, result, _ = built

    assert len(result.not_built) == 0
    assert {
        "SMS subscribers",
        "SMS engaged",
        "Prefers SMS",
        "SMS VIP",
        "SMS near 02110",
        "SMS in US",
        "SMS female (stated)",
        "SMS budget shoppers (predicted CLV)",
        "SMS budget shoppers (bought on sale)",
        "Track A (weekly)",
        "Track B (weekly)",
        "Track C (weekly)",
        "SMS delivery errors",
        "Lapsed customers",
        "Former VIP",
    } <= set(result.sizes.index)


def test_files_hold_what_the_sizes_say(built):
    """Each members file has as many rows as the segment has members, each send file as many as may be texted."""
    _, result, out = built

    for name, row in result.sizes.iterrows():
        file = file_name(name)
        assert len(rows_of(out / "members" / file)) == row["size"]
        assert len(rows_of(out / "send" / file)) == row["sendable"]


def test_send_files_hold_only_subscribers_with_one_valid_number_each(built):
    """Read back from the disk, every row is of a subscribed profile, in E.164, and no number stands twice."""
    shop, _, out = built
    subscribed = set(shop.profiles.query("sms_consent == 'subscribed'")["phone_number"])

    for path in (out / "send").glob("*.csv"):
        numbers = [row["Phone Number"] for row in rows_of(path)]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= subscribed
        assert all(number.startswith("+") and number[1:].isdigit() for number in numbers)


def test_manifests_hold_the_sum_of_their_file(built):
    """Each CSV has a manifest beside it, whose SHA-256 and number of rows are the file's, and which shows nobody."""
    _, _, out = built
    paths = [*(out / "send").glob("*.csv"), *(out / "members").glob("*.csv")]

    assert paths
    for path in paths:
        text = path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8")
        manifest = json.loads(text)
        assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert manifest["rows"] == len(rows_of(path))
        assert "@example" not in text


def test_size_before_consent_is_never_smaller(built):
    """A rule without its consent picks at least the segment's members, and more is never sent to than are in."""
    _, result, _ = built

    assert (result.sizes["before_consent"] >= result.sizes["size"]).all()
    assert (result.sizes["size"] >= result.sizes["sendable"]).all()


def test_same_shop_gives_the_same_bytes(built, tmp_path):
    """A second build writes every file again to the byte."""
    shop, result, out = built
    again = sk.build(shop, tmp_path)

    assert [path.relative_to(out.resolve()) for path in result.files] == [
        path.relative_to(tmp_path) for path in again.files
    ]
    assert [path.read_bytes() for path in result.files] == [path.read_bytes() for path in again.files]


def test_the_command_reads_files_of_another_encoding(tmp_path, capsys):
    """--encoding says how they were written; without it the refusal names the option."""
    people = "profile_id,City,sms_consent\nzoë,Ærø,SUBSCRIBED\n"
    (tmp_path / "profiles.csv").write_bytes(people.encode("cp1252"))
    words = ["build", str(tmp_path), "--out", str(tmp_path / "out"), "--as-of", "2026-06-30"]
    assert main(words) == 2
    assert "--encoding cp1252" in capsys.readouterr().err
    assert main([*words, "--encoding", "cp1252"]) == 0
    assert rows_of(tmp_path / "out" / "members" / "sms-subscribers.csv")[0]["city"] == "Ærø"


def test_no_consent_is_said_once(tmp_path):
    """The notes of a build say a thing once, what matters most first."""
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "City": ["Oslo"]}), as_of="2026-06-30")
    notes = sk.build(shop, tmp_path / "built", segments=[sk.Segment("Placed", sk.is_set("City"))]).notes
    assert [note for note in notes if "no SMS consent" in note] == [notes[0]]


def test_no_consent_means_no_file_to_send_to(tmp_path, capsys):
    """CDNOW has no consent: nothing is written for sending, the page says so, and the rules' picks are there to look at."""
    code = main(["build", str(SAMPLES / "cdnow"), "--out", str(tmp_path)])
    printed = capsys.readouterr().out

    assert code == 0
    assert not (tmp_path / "send").exists()
    assert "nobody may be texted" in printed
    assert len(rows_of(tmp_path / "members" / "sms-vip.csv")) > 500
    lead = "1,053 profiles match {}; nobody may be texted until SMS consent is in the data"
    assert f"<h1>{lead.format('<bdi>SMS VIP</bdi>')}</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert printed.index(lead.format("SMS VIP")) < printed.index("Segments")


def in_words_of_its_own(folder):
    """Write a shop whose consent is yes and no, and whose ids are headed "customer"."""
    (folder / "profiles.csv").write_text(
        "customer,phone_number,sms_consent\na,+16175550132,yes\nb,+16175550133,no\n", encoding="utf-8"
    )
    orders = "".join(f"{who},Placed Order,2026-06-0{day}T00:00:00Z,900\n" for who in "ab" for day in range(1, 8))
    (folder / "events.csv").write_text(f"profile_id,metric,datetime,value\n{orders}", encoding="utf-8")
    return folder


def test_command_takes_the_shops_own_headers_and_words(tmp_path, capsys):
    """With `--columns` and `--consent`, given once or several times, who said yes may be texted."""
    shop = in_words_of_its_own(tmp_path)
    out = tmp_path / "out"
    arguments = ["--columns", "customer=profile_id", "--consent", "yes=subscribed", "--consent", "no=unsubscribed"]
    code = main(["build", str(shop), *arguments, "--out", str(out)])

    assert code == 0
    assert "unknown consent word" not in capsys.readouterr().out
    assert [row["Phone Number"] for row in rows_of(out / "send" / "sms-subscribers.csv")] == ["+16175550132"]


def test_nobody_subscribed_leads_with_who_would_match(tmp_path, capsys):
    """Words that nobody knows subscribe nobody: page and output lead with who would match, and the report resolves it."""
    shop = in_words_of_its_own(tmp_path)
    code = main(["build", str(shop), "--columns", "customer=profile_id", "--out", str(tmp_path / "out")])
    printed = capsys.readouterr().out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")

    assert code == 0
    assert "2 profiles match SMS in US; nobody may be texted, since nobody in the data is subscribed to SMS." in printed
    assert "<h1>2 profiles match <bdi>SMS in US</bdi>; nobody may be texted" in page
    assert "To map your words, pass consent={'yes': 'subscribed', 'no': 'unsubscribed'}" in printed


def test_a_build_with_subscribers_has_no_such_lead(built):
    """Where somebody may be texted, the finding leads."""
    _, result, _ = built
    assert result.lead == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--consent", "yes"], "--consent takes pairs such as yes=subscribed, but got 'yes'"),
        (
            ["--columns", "=profile_id"],
            "--columns takes pairs such as customer=profile_id, but got '=profile_id'",
        ),
        (["--consent", "yes=sure"], "'yes' can't mean 'sure'. The choices are: 'subscribed'"),
        (
            ["--consent", "a=subscribed", "a=unsubscribed"],
            "--consent defines 'a' more than once, as 'subscribed', 'unsubscribed'",
        ),
        (["--columns", "custmer=profile_id"], "Did you mean 'customer'"),
    ],
)
def test_bad_pairs_are_said_in_words(arguments, said, tmp_path, capsys):
    """A slip in `--columns` or `--consent` ends with exit code 2 and names what was given and what is wanted."""
    shop = in_words_of_its_own(tmp_path)
    code = main(["build", str(shop), *arguments, "--out", str(tmp_path / "out")])

    assert code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_of_an_earlier_build_do_not_linger(tmp_path):
    """A list that the new build does not write is removed, lest it be sent to; a file of the analyst's own stays."""
    shop = sk.load(SAMPLES / "klaviyo_export")
    sk.build(shop, tmp_path, near="10001")
    (tmp_path / "send" / "my own.csv").write_text("mine\n", encoding="utf-8")
    assert (tmp_path / "send" / "sms-near-10001.csv").exists()
    sk.build(shop, tmp_path, near="02110")

    assert not (tmp_path / "send" / "sms-near-10001.csv").exists()
    assert not (tmp_path / "send" / "sms-near-10001.csv.manifest.json").exists()
    assert (tmp_path / "send" / "my own.csv").exists()


@pytest.mark.parametrize("shop", SHOPS)
def test_command_builds_all_real_input(shop, tmp_path, capsys):
    """`segkit build` finishes on the sample shop and on Klaviyo's own shapes, prints the data report and names the report."""
    code = main(["build", str(SAMPLES / shop), "--out", str(tmp_path)])
    printed = capsys.readouterr().out

    assert code == 0
    assert "Data report" in printed
    assert "SMS subscribers" in printed
    assert (tmp_path / "report.html").stat().st_size > 5_000
    assert len(list((tmp_path / "send").glob("*.csv"))) > 10


def test_the_last_line_is_a_link_to_the_report(built, tmp_path, capsys):
    """A terminal can open it, also where the folder's name holds a blank."""
    main(["build", str(SAMPLES / "klaviyo_export"), "--out", str(tmp_path / "my build")])
    last = capsys.readouterr().out.splitlines()[-1]

    assert last.startswith("Open the report: file://")
    assert Path(url2pathname(urlparse(last.removeprefix("Open the report: ")).path)).samefile(
        tmp_path / "my build" / "report.html"
    )


def test_output_says_members_and_may_be_texted(tmp_path, capsys):
    """The table of segments has the two words for the two numbers, and no third."""
    main(["build", str(SAMPLES), "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    row = next(line for line in printed.splitlines() if line.strip().startswith("SMS engaged"))

    assert re.search(
        r"segment +members +of all profiles +may be texted +members without the consent condition", printed
    )
    assert row.split()[2:] == ["653", "13%", "447", "669"]
    assert re.search("sendable|sent to|before consent", printed) is None


@pytest.mark.parametrize("near", [["--near", "42.36,-71.06"], ["--near=42.36,-71.06"], ["--near", "42.36, -71.06"]])
def test_a_place_may_be_a_point(near, tmp_path, capsys):
    """Latitude and longitude pick those who the same point picks in Python."""
    assert main(["build", str(SAMPLES), *near, "--out", str(tmp_path)]) == 0
    expected = sk.members(sk.sms_nearby(of=(42.36, -71.06)), sk.load(SAMPLES)).index.tolist()
    assert [row["profile_id"] for row in rows_of(tmp_path / "members" / "sms-near-42-36-71-06.csv")] == expected


def test_a_place_may_lie_in_the_south(tmp_path, capsys):
    """A latitude below zero is no option."""
    assert main(["build", str(SAMPLES), "--near", "-33.86,151.21", "--out", str(tmp_path)]) == 0
    assert "SMS near -33.86, 151.21" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("near", "told"),
    [
        ("London", "Pass a nearby postal code, or the coordinates: of=(42.36, -71.06), or --near 42.36,-71.06"),
        (
            "1,2,x",
            "--near takes a postal code, such as 02110, or a latitude and longitude, as in --near 42.36,-71.06",
        ),
        ("91,0", "latitude"),
    ],
)
def test_a_place_that_is_none_leads_to_one_that_is(near, told, tmp_path, capsys):
    """The message shows how a place is written on the command line, and nothing is written."""
    assert main(["build", str(SAMPLES), "--near", near, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_command_builds_the_segments_of_a_folder(tmp_path, capsys):
    """With `--segments` those of the folder are built in place of the guide's, and everything else is as ever."""
    (tmp_path / "segments").mkdir()
    for name, segment in {"b": sk.sms_engaged(), "a": sk.sms_engaged(clicked_days=30)}.items():
        text = sk.Segment(f"Engaged {name}", segment.condition).to_yaml()
        (tmp_path / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    code = main(["build", str(SAMPLES), "--segments", str(tmp_path / "segments"), "--out", str(out)])

    assert code == 0
    assert [row["segment"] for row in rows_of(out / "sizes.csv")] == ["Engaged a", "Engaged b"]
    assert sorted(path.name for path in (out / "send").glob("*.csv")) == ["engaged-a.csv", "engaged-b.csv"]
    assert "Not built" not in capsys.readouterr().out
    assert sk.build(sk.load(SAMPLES), tmp_path / "again", segments=[sk.sms_engaged()]).sizes.index.tolist() == [
        "SMS engaged"
    ]


def test_a_chosen_segment_is_built_as_the_recommended_one_is(built, tmp_path):
    """The same segment from a file has the same members, byte for byte."""
    shop, _, out = built
    engaged = sk.Segment.from_yaml(sk.sms_engaged().to_yaml())
    sk.build(shop, tmp_path, segments=[engaged])

    for part in ("members", "send"):
        assert (tmp_path / part / "sms-engaged.csv").read_bytes() == (out / part / "sms-engaged.csv").read_bytes()


@pytest.mark.parametrize(("text", "said"), [
    ("segkit: 1\nname: It\ndid: 7\n", "it.yaml, line 3, did"),
    ('segkit: 1\nname: It\nhas: Shoe size\nequals: "7"\n', "no property 'Shoe size'"),
])  # fmt: skip
def test_bad_segments_are_said_in_words_and_leave_nothing(text, said, tmp_path, capsys):
    """A slip in a file, or a property that the shop has not, ends with exit code 2 before anything is written."""
    (tmp_path / "it.yaml").write_text(text, encoding="utf-8")
    code = main(["build", str(SAMPLES), "--segments", str(tmp_path / "it.yaml"), "--out", str(tmp_path / "out")])

    assert code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_bad_input_is_said_in_words_and_leaves_nothing(tmp_path, capsys):
    """A folder without data ends with exit code 2 and a message that names what is looked for, and nothing is written."""
    (tmp_path / "shop").mkdir()
    code = main(["build", str(tmp_path / "shop"), "--out", str(tmp_path / "out")])

    assert code == 2
    assert "profiles.*" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_ends_in_order_every_time(tmp_path):
    """Refused right after reading, with Arrow's threads still warm, the command ends with its own exit code and not by a crash."""
    (tmp_path / "profiles.csv").write_text("customer,Phone\na,n/a\n", encoding="utf-8")
    (tmp_path / "events.csv").write_text("profile_id,metric,datetime\na,Placed Order,soon\n", encoding="utf-8")
    command = [sys.executable, "-m", "segkit.command.cli", "build", str(tmp_path), "--out", str(tmp_path / "out")]
    codes = [subprocess.run(command, capture_output=True, check=False).returncode for _ in range(8)]

    assert codes == [2] * 8


def test_a_reader_that_leaves_stops_no_build(tmp_path):
    """With its output cut off, as by `head`, the command still writes every file, and says nothing of the pipe."""
    command = [
        sys.executable,
        "-m",
        "segkit.command.cli",
        "build",
        str(SAMPLES / "klaviyo_export"),
        "--out",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as build:
        build.stdout.close()
        complaint = build.stderr.read()

    assert (build.returncode, complaint) == (0, b"")
    assert (tmp_path / "report.html").exists()


def test_unknown_place_leaves_nothing(tmp_path):
    """A store that no table places is an error before anything is written."""
    shop = sk.load(SAMPLES / "klaviyo_export")

    with pytest.raises(sk.DataError, match="99999"):
        sk.build(shop, tmp_path / "out", near="99999")
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file_is_refused(tmp_path):
    """The folder to write into can't be a file."""
    (tmp_path / "out").write_text("", encoding="utf-8")

    with pytest.raises(sk.FileError, match="is a file"):
        sk.build(sk.load(SAMPLES / "klaviyo_export"), tmp_path / "out")


def test_sample_command_writes_a_shop_that_loads(tmp_path, capsys):
    """`segkit sample` writes the very shop that is shipped."""
    code = main(["sample", str(tmp_path)])

    assert code == 0
    assert (tmp_path / "profiles.csv").read_bytes() == (SAMPLES / "profiles.csv").read_bytes()
    assert "segkit build" in capsys.readouterr().out


def test_recommended_says_what_a_shop_lacks():
    """On CDNOW, each type that can't be had is named with what the data lacks, and the purchase types are built."""
    plan = sk.recommended(sk.load(SAMPLES / "cdnow"))

    assert [segment.name for segment in plan.segments] == ["SMS VIP", "Lapsed customers", "Former VIP"]
    assert isinstance(plan.not_built, pd.DataFrame)
    assert plan.not_built.set_index("segment")["reason"]["SMS engaged"].count("Clicked SMS") == 1


def test_a_build_evaluates_a_condition_once_and_a_moved_limit_twice(tmp_path, monkeypatch):
    """A condition is evaluated once; one whose limit differs from an earlier condition's, which is one comparison, at most twice."""
    counts = Counter()
    evaluated = Evaluation._evaluated

    def counting(self, condition):
        counts[condition] += 1
        return evaluated(self, condition)

    monkeypatch.setattr(Evaluation, "_evaluated", counting)
    sk.build(sk.load(SAMPLES), tmp_path)

    assert len(counts) > 40
    assert max(counts.values()) == 2
    assert sum(counts.values()) < 1.2 * len(counts)

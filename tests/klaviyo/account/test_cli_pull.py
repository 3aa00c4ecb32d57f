"""`segkit pull` brings an account down, says in plain text how far it came, and shows the key to nobody."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from klaviyo.account.server import KEY, Fault, Server, sample_content

import segkit as sk
from segkit.command.cli import main
from segkit.klaviyo.account import client

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(monkeypatch):
    """Return the shipped pages as the account of the key in the environment."""
    content, included = sample_content()
    with Server(content, included=included, page_size=13) as running:
        monkeypatch.setattr(client, "HOST", running.url)
        monkeypatch.setenv(client.KEY_VARIABLE, KEY)
        yield running


def test_a_pulled_folder_is_a_shop(server, tmp_path, capsys):
    """The files are named with their rows, the next step is said, and the folder loads."""
    folder = tmp_path / "shop"
    assert main(["pull", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert f"Wrote {folder / 'profiles.parquet'} (24 rows)" in out
    assert f"Wrote {folder / 'events.parquet'} (61 rows)" in out
    assert re.search(r"^Consent as of \d{4}-\d\d-\d\d \d\d:\d\d UTC$", out, re.MULTILINE)
    assert out.endswith(f"Next: segkit build {folder} --out build\n")
    assert err.splitlines() == [
        "Metrics: 13 metrics",
        "Lists: 2 lists",
        "Events: 61 events",
        "Profiles: 24 profiles",
        "Members of Newsletter: 13 profiles",
        "Members of VIP upload: 2 profiles",
    ]
    assert len(sk.load(folder)) == 24


def test_every_option_reaches_the_account(server, tmp_path, capsys):
    """Metrics, a first day, segments and the members of some come; lists can be left out."""
    words = ["--metrics", "Placed Order", "Clicked SMS", "--since", "2026-01-01", "--no-lists", "--segments"]
    assert main(["pull", str(tmp_path), *words, "--members-of", "Segment 3", "--restart"]) == 0
    assert {request.query["filter"] for request in server.asked("/api/events")} == {
        f'equals(metric_id,"{metric}"),greater-or-equal(datetime,2026-01-01T00:00:00Z)'
        for metric in ("OrdPla", "SmsClk")
    }
    assert not server.asked("/api/lists/LstAaa/profiles")
    assert len(json.loads((tmp_path / "segments.json").read_text(encoding="utf-8"))["data"]) == 7
    assert len(pd.read_parquet(tmp_path / "segment_members.parquet")) == 11
    assert "Members of Segment 3: 11 profiles" in capsys.readouterr().err


def test_a_bar_where_somebody_watches(server, tmp_path, monkeypatch):
    """On a terminal, a bar counts what has come."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["pull", str(tmp_path)]) == 0
    assert "\rProfiles: 24 profiles [" in terminal.getvalue()


def test_a_refusal_is_a_message_and_a_code(server, tmp_path, capsys):
    """An account that refuses is one line and the exit code 2; the same command goes on afterwards."""
    server.fail("/api/profiles", Fault(403))
    assert main(["pull", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "segkit: Get Profiles: the key is not allowed to do this (403). It needs the scope 'profiles:read'" in err
    assert "Traceback" not in err
    assert main(["pull", str(tmp_path)]) == 0
    assert len(server.asked("/api/events")) == 5


def test_profiles_fetched_again_are_a_line_of_the_output(server, tmp_path, capsys):
    """When a resumed pull drops profiles that may be old, it says so before the files."""
    server.fail("/api/lists/Lstaaa/profiles", Fault(403))
    assert main(["pull", str(tmp_path)]) == 2
    (tmp_path / ".pull" / "profiles" / "begun").write_text("2026-06-01T12:00:00+00:00")
    capsys.readouterr()
    assert main(["pull", str(tmp_path)]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("The unfinished pull began to download its profiles on 2026-06-01 at 12:00 UTC")


def test_the_key_is_shown_to_nobody(server, tmp_path, capsys):
    """Whatever goes wrong, what is printed has no key."""
    body = json.dumps({"errors": [{"detail": f"odd key {KEY}"}]}).encode()
    for status in (400, 401, 403, 404):
        server.fail("/api/metrics", Fault(status, body))
        assert main(["pull", str(tmp_path)]) == 2
    main(["pull", str(tmp_path), "--metrics", "nothing"])
    written = capsys.readouterr()
    assert "(401)" in written.err
    assert KEY not in written.out + written.err


def test_without_a_key_the_variable_is_named(tmp_path):
    """As a program of its own, without a key, it says what to do, and leaves nothing behind."""
    words = [sys.executable, "-m", "segkit.command.cli", "pull", str(tmp_path / "shop")]
    without_key = {name: text for name, text in os.environ.items() if name != client.KEY_VARIABLE}
    ran = subprocess.run(words, cwd=ROOT, env=without_key, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("segkit: There is no API key for the account.")
    assert "KLAVIYO_API_KEY" in ran.stderr
    assert not (tmp_path / "shop").exists()

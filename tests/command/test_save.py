"""`segkit save` writes what `shop.save` writes, reads files with the options of `segkit build`, and leaves nothing behind on failure."""

import pandas as pd
import pytest

import segkit as sk
from segkit.command.cli import main

PROFILES = "customer,sms_consent,Shoe size\n1,yes,38\n2,no,41\n"
EVENTS = "customer,metric,datetime\n1,Placed Order,2026-06-01T12:00:00Z\n"
OPTIONS = ["--columns", "customer=profile_id", "--consent", "yes=subscribed", "no=unsubscribed"]


@pytest.fixture
def shop(tmp_path):
    """A folder whose headers and consent words are the shop's own."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "profiles.csv").write_text(PROFILES)
    (folder / "events.csv").write_text(EVENTS)
    return folder


def test_a_saved_shop_answers_like_its_source(shop, tmp_path, capsys):
    """Answers and report are those of the folder loaded with the same options, and the next command is printed."""
    assert main(["save", str(shop), *OPTIONS, "--out", str(tmp_path / "saved")]) == 0
    saved = sk.load(tmp_path / "saved")
    loaded = sk.load(shop, columns={"customer": "profile_id"}, consent={"yes": "subscribed", "no": "unsubscribed"})

    segments = [sk.sms_subscribers(), sk.Segment("Buyers", sk.did("Placed Order"))]
    pd.testing.assert_frame_equal(sk.membership(segments, saved), sk.membership(segments, loaded))
    pd.testing.assert_frame_equal(saved.report, loaded.report)
    assert f"Next: segkit build {tmp_path / 'saved'} --out build" in capsys.readouterr().out


def test_a_shop_that_cannot_be_read_is_not_saved(shop, tmp_path, capsys):
    """A column of ids that is not found is an error, and no folder appears."""
    assert main(["save", str(shop), "--out", str(tmp_path / "saved")]) == 2
    assert "profile_id" in capsys.readouterr().err
    assert not (tmp_path / "saved").exists()


def test_a_folder_with_other_files_is_not_replaced(shop, tmp_path, capsys):
    """Files that are not a saved shop's stay as they are."""
    assert main(["save", str(shop), *OPTIONS, "--out", str(shop)]) == 2
    assert (shop / "profiles.csv").read_text() == PROFILES
    assert "profiles.csv" in capsys.readouterr().err

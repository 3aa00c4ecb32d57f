"""`segkit compare`: what changed in words, who enters and leaves by cause, and the exit code for CI."""

from pathlib import Path

import pytest

import segkit as sk
from segkit.command.cli import main
from segkit.command.compare import compare

SAMPLES = Path(__file__).parents[2] / "sample_data"
pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(SAMPLES)


def engaged(days: int, **more: sk.Condition) -> sk.Segment:
    """Return a segment with two conditions and, in `more`, further ones."""
    parts = sk.can_receive("sms") & sk.did("Clicked SMS", in_last_days=days)
    for one in more.values():
        parts &= one
    return sk.Segment("Engaged <weekly>", parts)


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return a segment's members."""
    column = sk.membership(segment, shop)[segment.name]
    return set(column.index[column])


def test_counts_are_those_of_membership(shop: sk.Dataset):
    """Members and those who may be texted, before and after, and who enters and leaves, with the condition that does it."""
    one, other = engaged(30), engaged(90, city=sk.is_set("city"))
    text = compare([one], [other], shop).markdown
    was, now = members(one, shop), members(other, shop)
    texted = [sk.audience(segment, shop).size for segment in (one, other)]

    assert f"| members | {len(was):,} | {len(now):,} | {len(now) - len(was):+,} |" in text
    assert f"| may be texted | {texted[0]:,} | {texted[1]:,} | {texted[1] - texted[0]:+,} |" in text
    assert f"{len(now - was):,} profiles enter:\n- {len(now - was):,}: no longer needed: did Clicked SMS" in text
    assert f"{len(was - now):,} profiles leave:\n- {len(was - now):,}: not met: have city that is set" in text
    assert "in the last 30 days → in the last 90 days" in text


def test_names_stay_text(shop: sk.Dataset):
    """Marks of Markdown in a name are escaped."""
    text = compare([engaged(30)], [engaged(60)], shop).markdown

    assert r"### Engaged \<weekly\>" in text


def test_added_and_removed_segments_have_their_sizes(shop: sk.Dataset):
    """And those that did not change are only counted."""
    old, new, same = sk.Segment("Old", sk.can_receive("sms")), sk.Segment("New", sk.did("Placed Order")), engaged(30)
    found = compare([old, same], [same, new], shop)

    assert found.is_changed
    assert f"### Old: removed\n\n{len(members(old, shop)):,} members" in found.markdown
    assert f"### New: added\n\n{len(members(new, shop)):,} members" in found.markdown
    assert "1 other definition unchanged." in found.markdown


def test_the_exit_code_tells_whether_anything_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """0 for the same meaning in another order, 1 for a change, 2 for an error."""
    parts = sk.can_receive("sms"), sk.did("Placed Order", in_last_days=30)
    texts = {
        "one": sk.Segment("Buyers", parts[0] & parts[1]),
        "turned": sk.Segment("Buyers", parts[1] & parts[0]),
        "other": sk.Segment("Buyers", parts[0]),
    }
    for name, segment in texts.items():
        (tmp_path / f"{name}.yaml").write_text(segment.to_yaml(), encoding="utf-8")
    run = [str(tmp_path / "one.yaml"), "--shop", str(SAMPLES)]

    assert main(["compare", str(tmp_path / "turned.yaml"), *run]) == 0
    assert "No change in 1 definition." in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "other.yaml"), *run]) == 1
    assert "### Buyers" in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "none.yaml"), *run]) == 2

"""What the README shows runs, its figures were measured, and its links lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import segkit as sk

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_python_in_the_readme_runs(tmp_path):
    """The README's Python runs as it stands, from the project's folder."""
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data", target_is_directory=True)
    code = "\n".join(blocks)
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert blocks
    assert run.returncode == 0, run.stderr
    assert "VIP: profiles that" in run.stdout
    assert (tmp_path / "vip.csv").exists()


def test_figures_of_speed_are_those_that_were_measured():
    """Each number of milliseconds or seconds in the README stands in the table of measurements, at a million profiles."""
    table = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    measured = dict(re.findall(r"^\| ([^|]+) \| [^|]+ \| ([\d.,]+) \| [^|]+ \|$", table, flags=re.MULTILINE))
    later, first = measured["engaged: days, later"], measured["engaged: days, first"]
    seconds = float(measured["load parquet"].replace(",", "")) / 1_000

    assert f"a slider's next position takes {later} ms, and its first move {first} ms" in README
    assert f"eight segments, each with every profile, take {measured['membership of 8 segments, later']} ms" in README
    assert f"loading Parquet takes {seconds:.1f} s" in README


def test_links_of_the_readme_lead_somewhere():
    """Each file exists, and each part of a page is a heading of it."""
    links = re.findall(r"\]\(([^):]+)\)", README)

    assert len(links) > 15
    for link in links:
        file, _, part = link.partition("#")
        assert (ROOT / file).exists(), link
        text = (ROOT / file).read_text(encoding="utf-8") if part else ""
        headings = [
            re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-")
            for one in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        ]
        assert not part or part in headings, link


def test_the_readme_gives_the_two_lines():
    """The line that runs the main job and the line that passes the tests stand in the README and in CI."""
    assert "python3 start.py\n" in README
    assert "python3 start.py test\n" in README
    assert "python3 start.py test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_import_brings_no_chart_and_no_widget():
    """`import segkit` imports neither plotly nor ipywidgets, so that a script pays for neither."""
    code = "import sys, segkit; print([name for name in ('plotly', 'ipywidgets', 'IPython') if name in sys.modules])"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)

    assert run.stdout.strip() == "[]"


def test_every_public_name_is_there_and_documented():
    """Every name in `__all__` exists and has a docstring, and nothing is listed twice."""
    assert len(sk.__all__) == len(set(sk.__all__))
    assert [name for name in sk.__all__ if name != "Condition" and not (getattr(sk, name).__doc__ or "").strip()] == []

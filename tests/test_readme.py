"""What the README shows runs, and what the package offers is named in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import segkit as sk
from segkit.definition.conditions import KINDS

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


def test_phrases_in_the_readme_are_conditions():
    """Every phrase in the README's table of words builds a condition."""
    phrases = [
        phrase
        for row in re.findall(r"^\| .*`sk\..*$", README, flags=re.MULTILINE)
        for phrase in re.findall(r"`(sk\..*?)`", row)
    ]

    assert len(phrases) > 10
    assert all(isinstance(eval(phrase, {"sk": sk}), KINDS) for phrase in phrases)


def test_every_builder_is_named_in_the_readme():
    """No ready-made segment exists that the README does not mention."""
    assert [name for name in sk.builders.__all__ if f"`{name}`" not in README] == []


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

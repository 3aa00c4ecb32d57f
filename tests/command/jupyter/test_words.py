"""What is written after `segkit lab` and `segkit app` is parted into what to open and the options of the program."""

import pytest

from segkit.command.cli import main
from segkit.command.jupyter.words import folder_and_options
from segkit.errors import DataError

FLAGS = {"no-browser", "allow-root"}


@pytest.fixture(autouse=True)
def _workplace(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_sms_engaged.ipynb").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "folder", "options"),
    [
        ([], "notebooks", []),
        (["--port", "8911"], "notebooks", ["--port", "8911"]),
        (["--port=8911"], "notebooks", ["--port=8911"]),
        (["--no-browser", "notebooks"], "notebooks", ["--no-browser"]),
        (["--port=8911", "notebooks"], "notebooks", ["--port=8911"]),
        (["notebooks/03_sms_engaged.ipynb", "--ip", "0.0.0.0"], "notebooks/03_sms_engaged.ipynb", ["--ip", "0.0.0.0"]),
        (["--ServerApp.token=", "notebooks"], "notebooks", ["--ServerApp.token="]),
    ],
)
def test_a_word_after_an_option_is_its_value(words, folder, options):
    """Unless the option takes none, or has it behind an equals sign; what is left is the folder."""
    assert folder_and_options("lab", words, FLAGS) == (folder, options)


@pytest.mark.parametrize("command", ["lab", "app"])
def test_a_missing_notebook_names_those_that_are_there(command, capsys):
    """The command ends with code 2, the notebooks, the near name and the line that opens one."""
    pytest.importorskip("jupyterlab")
    assert main([command, "sms_engaged"]) == 2
    told = capsys.readouterr().err
    assert "There is no folder or notebook 'sms_engaged'." in told
    assert f'To open one, run "segkit {command} notebooks/03_sms_engaged.ipynb".' in told


def test_without_notebooks_the_folder_is_asked_for(tmp_path, monkeypatch):
    """Where the default folder is missing and no notebook is near, the message asks for a folder."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(DataError, match=r'"segkit lab \." opens the current folder'):
        folder_and_options("lab", [], FLAGS)


def test_one_folder_at_a_time():
    """Two words that belong to no option are refused by name."""
    with pytest.raises(DataError, match="opens one folder or notebook, but got 'notebooks', '8911'"):
        folder_and_options("lab", ["notebooks", "8911"], FLAGS)

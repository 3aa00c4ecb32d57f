"""The download button: bytes are built on the click, sent once, and kept nowhere."""

from collections.abc import Callable

import pytest

from segkit.errors import FileError
from segkit.widgets.download import DownloadButton


@pytest.fixture
def button():
    """Return a function that makes a button which remembers what it sent to the browser, and clicks it."""

    def clicked(build: Callable[[], tuple[str, bytes, str]]) -> tuple[DownloadButton, list]:
        made = DownloadButton(build)
        sent: list = []
        made.send = lambda content, buffers=None: sent.append((content, buffers))
        made._handle_custom_msg({"kind": "build", "view": "second"}, [])
        return made, sent

    return clicked


def test_a_click_sends_name_and_bytes(button):
    """The browser gets the very bytes, with the name of the file, what to say about it and the view that was clicked."""
    _, sent = button(lambda: ("vip.csv", b"Email\r\n", "vip.csv: 0 people."))

    assert sent == [({"name": "vip.csv", "said": "vip.csv: 0 people.", "view": "second"}, [b"Email\r\n"])]


def test_nothing_is_built_before_the_click():
    """To show the button costs no file."""
    built = []
    DownloadButton(lambda: built.append(1) or ("a", b"", ""))

    assert not built


def test_bytes_are_no_state(button):
    """What is kept with a notebook holds neither the name nor the bytes."""
    made, _ = button(lambda: ("secret-name.csv", b"secret-bytes", "secret"))

    assert "secret" not in str({name: value for name, value in made.get_state().items() if name != "_esm"})


@pytest.mark.parametrize("error", [FileError("There is no folder."), RuntimeError("There is no folder.")])
def test_an_error_stands_beside_the_button(button, error: Exception):
    """Whatever goes wrong is told where it was asked for, nothing is sent, and the next good click clears it."""
    answers = [error, ("vip.csv", b"", "")]

    def build() -> tuple[str, bytes, str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    made, sent = button(build)
    assert made.message == "There is no folder."
    assert not sent

    made._handle_custom_msg({"kind": "build"}, [])
    assert made.message == ""
    assert len(sent) == 1

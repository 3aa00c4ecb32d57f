"""JupyterLab starts without a log: one address that opens the notebook, and how to stop."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from segkit.command.jupyter.address import ready

HINT = "The server is listening on all interfaces, so any hostname or IP of this machine will work."


def server(url, file=""):
    """A server with only what the message reads."""
    return SimpleNamespace(connect_url=url, file_to_run=file)


def test_the_address_opens_the_notebook():
    """The page of the notebook that was asked for comes before the token, its name escaped."""
    told = ready(
        server("http://localhost:8888/lab?token=abc\n    http://127.0.0.1:8888/lab?token=abc", "/x/01 my.ipynb")
    )
    assert "    http://localhost:8888/lab/tree/01%20my.ipynb?token=abc\n" in told
    assert told.count("http") == 1
    assert told.endswith("To stop it, press Ctrl-C here twice. Notebooks are saved in their tabs.")


def test_a_server_for_others_says_so():
    """Jupyter's own sentence about all interfaces is kept, and a folder has no page of its own."""
    told = ready(server(f"http://vm:8888/lab\n    http://127.0.0.1:8888/lab\n{HINT}"))
    assert "    http://vm:8888/lab\n" in told
    assert HINT in told


def test_the_log_is_the_address_and_how_to_stop(tmp_path):
    """The real server prints these lines and nothing else; a number after --port is the port."""
    pytest.importorskip("jupyterlab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (tmp_path / "one.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    homes = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "segkit.command.cli", "lab", str(tmp_path / "one.ipynb"), "--port", port]
    with subprocess.Popen(
        [*command, "--no-browser", "--allow-root"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **homes},
    ) as process:
        end = threading.Timer(180, process.kill)
        end.start()
        lines = []
        with contextlib.closing(process.stdout):
            for line in process.stdout:
                lines.append(line.strip())
                if line.startswith("To stop it"):
                    break
            # Jupyter's handler of SIGTERM does not wake an idle event loop, so a server that has just started may not stop.
            process.kill()
        end.cancel()

    assert lines[0] == "JupyterLab is ready. Open this address if no browser opens:"
    assert re.fullmatch(rf"http://localhost:{port}/lab/tree/one\.ipynb\?token=\w+", lines[2])
    assert lines[-1].startswith("To stop it, press Ctrl-C here twice.")
    assert len(lines) == 5

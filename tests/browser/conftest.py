"""A real browser on a real server: JupyterLab and the app, each started once on loopback, on a copy of the notebooks."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    """Chromium of the system, headless; without one the tests are skipped here and fail in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium, so the browser tests could not run: apt-get install chromium")
        pytest.skip("no Chromium on this machine; install it to run the browser tests")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """A copy of the notebooks with the sample data beside it, so that running them leaves nothing in the project."""
    folder = tmp_path_factory.mktemp("workplace")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    return folder


@pytest.fixture(scope="session")
def serve(workplace):
    """Start a command of segkit's on a free port of loopback, and stop it at the end."""
    running = []

    def start(command, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            f"JUPYTER{name}": str(workplace / name.lower()) for name in ("LAB_SETTINGS_DIR", "_CONFIG_DIR", "_DATA_DIR")
        }
        scratch = workplace / f"{command}_tmp"
        scratch.mkdir(exist_ok=True)
        log = (workplace / f"{command}.log").open("wb")
        arguments = [
            sys.executable,
            "-m",
            "segkit.command.cli",
            command,
            str(workplace / "notebooks"),
            "--no-browser",
            f"--port={port}",
        ]
        process = subprocess.Popen(
            [*arguments, *options],
            env={**os.environ, **settings, "PYTHONWARNINGS": "ignore", "TMPDIR": str(scratch)},
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        running.append((process, log))
        wait_for(f"http://127.0.0.1:{port}/", process, workplace / f"{command}.log")
        return f"http://127.0.0.1:{port}"

    yield start
    for process, log in running:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # Jupyter's handler of SIGTERM does not wake an idle event loop
            process.kill()
            process.wait()
        log.close()


def wait_for(url, process, log):
    """Wait until a server answers, and say what it printed if it never does."""
    for _ in range(120):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"The server did not come up:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture
def page(browser, request):
    """A fresh page that keeps what it asks of the outside, and leaves a screenshot behind."""
    page = browser.new_page(viewport={"width": 1200, "height": 1600}, accept_downloads=True)
    page.outside = []
    page.on("request", lambda asked: None if is_inside(asked.url) else page.outside.append(asked.url))
    yield page
    shots = Path(os.environ.get("SEGKIT_SCREENSHOTS", ROOT / "build" / "screenshots"))
    shots.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=shots / f"{request.node.name}.png")
    page.close()


def is_inside(url):
    """Whether an address is the test's own server or the page itself."""
    return url.startswith(("http://127.0.0.1", "http://localhost", "ws://127.0.0.1", "data:", "blob:"))

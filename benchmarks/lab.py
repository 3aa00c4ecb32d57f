"""Start a real JupyterLab, on the loopback address only, and a real Chromium for the benchmarks, and stop both at the end."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
KERNEL_IS_IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder in JupyterLab on a free port, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [
        "lab",
        str(folder),
        "--no-browser",
        f"--port={port}",
        "--ServerApp.token=",
        "--allow-root",
        "--expose-app-in-browser",
    ]
    # Without Python's compiled files, which this variable turns off, each kernel would take longer to import segkit.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [sys.executable, "-m", "segkit.command.cli", *arguments],
        env={**environment, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            except OSError:
                time.sleep(0.5)
            else:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, headless."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        sys.exit("This needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook and wait for its kernel."""
    page.goto(address)
    page.wait_for_selector(".jp-Notebook", timeout=90_000)
    page.wait_for_function(KERNEL_IS_IDLE, timeout=120_000)


def run_all(page: Page) -> None:
    """Run all cells of the open notebook. The page stores the time of this request as `window.begun`."""
    page.evaluate(
        "() => { window.begun = performance.now(); window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
    )

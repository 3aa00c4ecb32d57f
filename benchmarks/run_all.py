"""Measure how long a notebook takes to be drawn after "run all", how much its page receives, and which other hosts it asks.

    python benchmarks/run_all.py                     every notebook, in a real JupyterLab, on the sample shop
    python benchmarks/run_all.py 01                  notebooks whose names begin with 01

Needs an installed Chromium and the extras "notebooks" and "tests". Prints a line per notebook; asserts nothing. Times are counted from
"run all" in a kernel that is ready, until every cell has run and until the page's last change. In a new environment, the first
notebook also waits for Python to compile what it imports.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from lab import browser, open_notebook, run_all, serving
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
QUIET = 1_500
"""The page counts as drawn after this many milliseconds without a change, once all cells have run."""
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
WATCH = """() => {
  const prompts = () => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(one => one.textContent);
  window.changed = performance.now();
  new MutationObserver(() => {
    window.changed = performance.now();
    if (!window.ran && prompts().every(text => /\\[\\d+\\]/.test(text))) window.ran = window.changed;
  }).observe(document.querySelector('.jp-Notebook'), {subtree: true, childList: true, characterData: true});
}"""
DONE = f"() => window.ran && performance.now() - window.changed > {QUIET}"
POLL = 100
"""Milliseconds between checks whether the page is drawn. Checking at every frame would take processor time from the kernel."""


class Traffic:
    """Records how many bytes a page receives, and which addresses outside this machine it requests."""

    def __init__(self, page: Page) -> None:
        self.received, self.outside = 0, []
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        page.on("response", self._response)

    def _frame(self, payload: str | bytes) -> None:
        self.received += len(payload)

    def _response(self, response: object) -> None:
        self.received += int(response.headers.get("content-length") or 0)
        if not response.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            self.outside.append(response.url)


def main(beginning: str = "") -> None:
    """Measure each notebook whose name starts with `beginning` once, and print a line for it."""
    print(f"{'notebook':36} {'run after':>10} {'drawn after':>12} {'received':>10}   outside")
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("notebooks", "sample_data"):
            shutil.copytree(ROOT / name, Path(temporary) / name)
        folder = Path(temporary) / "notebooks"
        with serving(folder) as address, browser() as chromium:
            for path in sorted(folder.glob(f"{beginning}*.ipynb")):
                page = chromium.new_page(viewport={"width": 1200, "height": 20_000})
                traffic = Traffic(page)
                open_notebook(page, f"{address}/lab/workspaces/{path.stem}/tree/{path.name}")
                page.evaluate(CLEAR)
                before = traffic.received
                page.evaluate(WATCH)
                run_all(page)
                page.wait_for_function(DONE, timeout=300_000, polling=POLL)
                ran, drawn = page.evaluate("() => [window.ran - window.begun, window.changed - window.begun]")
                received = (traffic.received - before) / 1e6
                print(
                    f"{path.stem:36} {ran / 1000:8.1f} s {drawn / 1000:10.1f} s {received:7.2f} MB   "
                    f"{', '.join(traffic.outside) or 'nobody'}",
                    flush=True,
                )
                page.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

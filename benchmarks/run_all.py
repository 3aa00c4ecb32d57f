"""How long a notebook takes to be drawn after "run all", how much the page receives for it, and whom it asks.

    python benchmarks/run_all.py                     every notebook, in a real JupyterLab, on the sample shop

Needs Chromium of the system and the extras "notebooks" and "tests". Prints a line each; asserts nothing.
"""

import shutil
import tempfile
from pathlib import Path

from lab import browser, open_notebook, run_all, serving
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
QUIET = 1_500
"""So many milliseconds without a change of the page, with no cell left to run, and it counts as drawn."""
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
WATCH = """() => {
  window.changed = performance.now();
  new MutationObserver(() => { window.changed = performance.now(); })
    .observe(document.querySelector('.jp-Notebook'), {subtree: true, childList: true, characterData: true});
}"""
DONE = f"""() => {{
  const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(one => one.textContent);
  return prompts.length && prompts.every(text => /\\[\\d+\\]/.test(text)) && performance.now() - window.changed > {QUIET};
}}"""


class Traffic:
    """What a page receives, and which addresses outside it asks."""

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


def main() -> None:
    """Measure each notebook once and print a line for it."""
    print(f"{'notebook':36} {'drawn after':>12} {'received':>10}   outside")
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("notebooks", "sample_data"):
            shutil.copytree(ROOT / name, Path(temporary) / name)
        folder = Path(temporary) / "notebooks"
        with serving(folder) as address, browser() as chromium:
            for path in sorted(folder.glob("*.ipynb")):
                page = chromium.new_page(viewport={"width": 1200, "height": 20_000})
                traffic = Traffic(page)
                open_notebook(page, f"{address}/lab/workspaces/{path.stem}/tree/{path.name}")
                page.evaluate(CLEAR)
                before = traffic.received
                page.evaluate(WATCH)
                run_all(page)
                page.wait_for_function(DONE, timeout=300_000)
                drawn = page.evaluate("() => window.changed - window.begun") / 1000
                print(
                    f"{path.stem:36} {drawn:10.1f} s {(traffic.received - before) / 1e6:7.2f} MB   {traffic.outside or 'nobody'}"
                )
                page.close()


if __name__ == "__main__":
    main()

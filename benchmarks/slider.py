"""Measure in a real JupyterLab how long a slider's move takes to be seen: from the key or the mouse to the page's last change.

    python benchmarks/slider.py                      the sample shop
    python benchmarks/slider.py --profiles 1000000   a generated shop, 20 events per profile

Needs an installed Chromium and the extras "notebooks" and "tests". Prints medians and 95th percentiles; asserts nothing.
"""

import argparse
import tempfile
from pathlib import Path

import nbformat
from generate import write_shop
from lab import browser, open_notebook, run_all, serving
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[1]
TUNERS = {
    "engaged, clicked_days": ("sms_engaged", "", "Clicked SMS in the last"),
    "VIP, spent": ("sms_vip", 'approach="big spender"', "Spent more than"),
    "VIP, days": ("sms_vip", 'approach="big spender"', "Spent in orders in the last"),
    "near, radius": ("sms_nearby", 'of="02110"', "Live less than"),
    "prefers, email_days": ("prefers_sms", "", "Email in the last"),
    "lapsed, quiet_days": ("lapsed_customers", "", "No Placed Order in the last"),
}
"""Each tuner: builder, arguments, and the slider to move, by its sentence. The browser answers all of them."""
_KNOB = 16
"""The width of a slider's handle in pixels."""
WATCH = """() => {
  window.changes = []; window.keys = [];
  new MutationObserver(() => window.changes.push(performance.now()))
    .observe(document.querySelector('.segkit-told'), {subtree: true, childList: true, characterData: true, attributes: true});
  document.addEventListener('keydown', () => window.keys.push(performance.now()), true);
  document.addEventListener('mousemove', () => { window.lastMove = performance.now(); }, true);
}"""


def notebook(path: Path, shop: Path, builder: str, arguments: str) -> None:
    """Write a notebook with one tuner."""
    cells = [
        "import segkit as sk\nfrom segkit import widgets",
        f"shop = sk.load({str(shop)!r})",
        f"widgets.Tuner(sk.{builder}, shop, {arguments})",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


def open_tuner(page: Page, address: str) -> None:
    """Open the notebook, run it, and wait until the tuner no longer changes."""
    open_notebook(page, address)
    run_all(page)
    page.wait_for_selector(".segkit-live [data-size]", timeout=600_000)
    page.wait_for_timeout(3_000)
    page.evaluate(WATCH)


def handle(page: Page, slider: str) -> Locator:
    """Return the slider whose sentence contains a text."""
    return page.locator(".segkit-control", has_text=slider).locator(".segkit-slider").first


def moves(page: Page, slider: str, count: int) -> list[float]:
    """Press a key `count` times, waiting after each, and return the milliseconds from each press to the page's last change."""
    found = []
    handle(page, slider).focus()
    for number in range(count + 3):
        page.evaluate("() => { window.changes = []; window.keys = []; }")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(350)
        settled = page.evaluate("() => window.changes.length ? window.changes.at(-1) - window.keys[0] : null")
        if settled is not None and number >= 3:
            found.append(settled)
    return found


def drags(page: Page, slider: str, count: int) -> list[float]:
    """Drag the slider to and fro, and return the milliseconds from each drag's last mouse move to the page's last change."""
    found = []
    for number in range(count):
        box = handle(page, slider).bounding_box()
        assert box is not None
        part = handle(page, slider).evaluate("one => (one.value - one.min) / (one.max - one.min)")
        x, y = box["x"] + _KNOB / 2 + (box["width"] - _KNOB) * part, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(x + (step if number % 2 == 0 else -step) * 2, y)
            page.wait_for_timeout(20)
        page.mouse.up()
        page.wait_for_timeout(600)
        found.append(page.evaluate("() => window.changes.at(-1) - window.lastMove"))
    return found


def shown(milliseconds: list[float]) -> str:
    """Return the median and the 95th percentile as text."""
    ordered = sorted(milliseconds)
    if not ordered:
        return "nothing changed"
    return f"median {ordered[len(ordered) // 2]:6.1f} ms   p95 {ordered[int(0.95 * (len(ordered) - 1))]:6.1f} ms   n {len(ordered)}"


def main() -> None:
    """Measure the tuners on one shop and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--profiles", type=int, default=0, help="0: the sample shop")
    parser.add_argument("--moves", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shop = ROOT / "sample_data"
        if given.profiles:
            shop = folder / "shop"
            write_shop(shop, profiles=given.profiles)
        for number, (builder, arguments, _) in enumerate(TUNERS.values()):
            notebook(folder / f"{number}.ipynb", shop, builder, arguments)
        with serving(folder) as address, browser() as chromium:
            for number, (name, (_, _, slider)) in enumerate(TUNERS.items()):
                page = chromium.new_page(viewport={"width": 1200, "height": 1200})
                open_tuner(page, f"{address}/lab/workspaces/{number}/tree/{number}.ipynb")
                print(f"{name:24} key   {shown(moves(page, slider, given.moves))}", flush=True)
                print(f"{name:24} drag  {shown(drags(page, slider, 6))}", flush=True)
                page.close()


if __name__ == "__main__":
    main()

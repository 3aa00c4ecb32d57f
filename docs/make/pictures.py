"""Film a tuner that is moved in a real JupyterLab, as docs/tuner.gif, and picture the top of a report, as docs/report.png.

    python docs/make/pictures.py

Needs an installed Chromium and the extras "notebooks", "tests" and "pictures". The page is light, since most readers' pages are.
"""

import io
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from lab import browser, open_notebook, run_all, serving  # noqa: E402  # lies with the benchmarks

import segkit as sk  # noqa: E402

CODE = f"""import segkit as sk
from segkit import widgets
shop = sk.load({str(ROOT / "sample_data")!r})
widgets.Tuner(sk.sms_engaged, shop)"""
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
PAGE = {"width": 1180, "height": 1000}
WIDTH = 860
"""Pixels of the picture."""
TO = (0.34, 0.55, 0.16, 0.25)
"""Where the handle is dragged to, one after the other, as a share of its track."""
STEPS, MILLISECONDS, PAUSE = 9, 90, 900
COLOURS = 64
REPORT = {"width": 1060, "height": 953}


def main() -> None:
    """Make both pictures."""
    _tuner()
    _report()


def _report() -> None:
    """Build the sample shop and write a picture of the beginning of its report."""
    with tempfile.TemporaryDirectory() as folder, browser() as chromium, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sk.build(sk.load(ROOT / "sample_data"), folder, title="Segments of sample_data")
        page = chromium.new_page(viewport=REPORT, color_scheme="light", device_scale_factor=1.5)
        page.goto((Path(folder) / "report.html").as_uri())
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(ROOT / "docs" / "report.png", optimize=True)


def _tuner() -> None:
    """Film a tuner and write the animated picture."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [nbformat.v4.new_code_cell(CODE)]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), Path(folder) / "tuner.ipynb"
        )
        with serving(Path(folder)) as address, browser() as chromium:
            page = chromium.new_page(viewport=PAGE, color_scheme="light", device_scale_factor=1.5)
            open_notebook(page, f"{address}/lab/tree/tuner.ipynb")
            # Only the notebook, as wide as the page.
            page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
            run_all(page)
            page.wait_for_selector(".jp-OutputArea [data-size]", timeout=60_000)
            page.wait_for_timeout(2_000)
            frames = _frames(page)
    _write(frames, ROOT / "docs" / "tuner.gif")


def _frames(page) -> list[tuple[Image.Image, int]]:  # noqa: ANN001  # playwright's page
    """Drag the first slider, and return pictures of the tuner, each with how long it is shown."""
    output = page.locator(".jp-OutputArea-output", has=page.locator(".segkit-slider")).first
    output.scroll_into_view_if_needed()
    slider = output.locator(".segkit-slider").first
    track = slider.bounding_box()
    low, high, value = (float(slider.evaluate(f"slider => slider.{name}")) for name in ("min", "max", "value"))

    def shot() -> Image.Image:
        return Image.open(io.BytesIO(output.screenshot())).convert("RGB")

    frames = [(shot(), PAUSE)]
    at, height = track["x"] + (value - low) / (high - low) * track["width"], track["y"] + track["height"] / 2
    page.mouse.move(at, height)
    page.mouse.down()
    for share in TO:
        start, end = at, track["x"] + share * track["width"]
        for step in range(1, STEPS + 1):
            at = start + (end - start) * step / STEPS
            page.mouse.move(at, height)
            page.wait_for_timeout(120)
            frames.append((shot(), MILLISECONDS))
        frames[-1] = (frames[-1][0], PAUSE)
    page.mouse.up()
    return frames


def _write(frames: list[tuple[Image.Image, int]], path: Path) -> None:
    """Write an animated picture of one palette, so that only what moves takes room."""
    small = [
        picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
        for picture, _ in frames
    ]
    palette = small[0].quantize(COLOURS, dither=Image.Dither.NONE)
    pictures = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    durations = [duration for _, duration in frames]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True)
    print(f"{path.relative_to(ROOT)}: {len(pictures)} pictures, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

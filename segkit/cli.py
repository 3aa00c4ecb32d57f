"""The command `segkit`: thin, it reads its arguments, calls the public functions and prints."""

import argparse
import importlib.util
import runpy
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from segkit.build import Build, build
from segkit.data.dataset import Dataset
from segkit.data.load import load
from segkit.data.sample import write_sample
from segkit.errors import SegkitError, SegkitWarning, counted, missing_extra
from segkit.segment import Segment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, or 2 with a message where something was wrong with what was asked."""
    parser = _parser()
    given, others = parser.parse_known_args(arguments)
    if others and given.run not in {_lab, _app}:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    given.others = others
    try:
        code: int = given.run(given)
    except (SegkitError, ImportError) as error:
        print(f"segkit: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="segkit", description="SMS segments: say them, see them, send to them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    lab = commands.add_parser("lab", help="open JupyterLab on the notebooks; options of JupyterLab's own are handed on")
    lab.add_argument("folder", nargs="?", default="notebooks", help="a folder or a notebook (notebooks)")
    lab.set_defaults(run=_lab)

    app = commands.add_parser(
        "app", help="serve the notebooks as pages for colleagues; options of Voilà's own are handed on"
    )
    app.add_argument("folder", nargs="?", default="notebooks", help="a folder or a notebook (notebooks)")
    app.set_defaults(run=_app)

    builds = commands.add_parser("build", help="write every segment that a shop's data supports, and a report")
    builds.add_argument("folder", help="the shop: a folder with profiles.* and events.*")
    builds.add_argument("--out", required=True, help="the folder to write into")
    builds.add_argument("--as-of", help="look from this date (its close) or instant; the newest event otherwise")
    builds.add_argument("--near", help="postal code of the store; the commonest in the data otherwise")
    builds.add_argument("--country", default="US", help="country of that postal code, two letters (US)")
    builds.add_argument(
        "--default-country", help="of phone numbers that name none, if the profile has no country either"
    )
    builds.add_argument("--leave-out-unreadable", action="store_true", help="load without unreadable dates and amounts")
    builds.set_defaults(run=_build)

    sample = commands.add_parser("sample", help="write the synthetic sample shop into a folder")
    sample.add_argument("folder", help="the folder to write into")
    sample.set_defaults(run=_sample)
    return parser


def _lab(given: argparse.Namespace) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise missing_extra("JupyterLab", "notebooks")
    return _run_module("jupyterlab", given.folder, *given.others)


def _app(given: argparse.Namespace) -> int:
    if importlib.util.find_spec("voila") is None:
        raise missing_extra("Voilà", "notebooks")
    return _run_module("voila", given.folder, *given.others)


def _run_module(name: str, *words: str) -> int:
    """Become another program within this process, so that whoever stops this one stops that one."""
    sys.argv = [name, *words]
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


def _sample(given: argparse.Namespace) -> int:
    write_sample(given.folder)
    print(f"Wrote a synthetic shop into {Path(given.folder).resolve()}. Next: segkit build {given.folder} --out build")
    return 0


def _build(given: argparse.Namespace) -> int:
    begun = time.perf_counter()
    dataset = load(
        given.folder,
        as_of=given.as_of,
        default_country=given.default_country,
        unreadable="leave out" if given.leave_out_unreadable else "raise",
    )
    _print_data(dataset)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SegkitWarning)
        title = f"Segments of {Path(given.folder).resolve().name}"
        built = build(dataset, given.out, title=title, near=given.near, country=given.country, progress=_progress)
    _print_build(built)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"Note: {message}")
    print(f"\nWrote {counted(len(built.files), 'file')} in {time.perf_counter() - begun:.1f} s. Open {built.files[0]}")
    return 0


def _progress(segments: Iterable[Segment]) -> Iterator[Segment]:
    # A bar where somebody watches, and nothing in a log.
    yield from tqdm(list(segments), desc="Writing", unit=" segments", disable=not sys.stderr.isatty(), leave=False)


def _print_data(dataset: Dataset) -> None:
    print(dataset)
    if len(dataset.report):
        print("\nData report")
        print(_table(dataset.report))


def _print_build(built: Build) -> None:
    print("\nSegments")
    table = built.sizes[["size", "share", "before_consent", "sendable"]].reset_index()
    table["share"] = table["share"].map("{:.1%}".format)
    for column in ("size", "before_consent", "sendable"):
        table[column] = table[column].map("{:,}".format)
    print(_table(table.rename(columns={"share": "of all profiles", "before_consent": "before consent"})))
    if len(built.not_built):
        print("\nNot built")
        print(_table(built.not_built))
    for note in built.notes:
        print(f"\n{note}")


def _table(frame: pd.DataFrame) -> str:
    """Return a frame as lines of text, numbers to the right, whatever the width of the window."""
    texts = frame.astype(str).replace("", "-")
    is_number = [frame[name].astype(str).str.fullmatch(r"[\d,.%]+").all() for name in frame.columns]
    widths = [max(len(name), *texts[name].str.len()) for name in texts.columns]
    rows = [list(texts.columns), *texts.to_numpy().tolist()]
    return "\n".join(
        "  "
        + "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number, strict=True)
        ).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())

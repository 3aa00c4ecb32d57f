"""Implement the `segkit` command line: parse arguments, call the public functions and print results."""

import argparse
import contextlib
import functools
import importlib
import importlib.util
import io
import os
import runpy
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, get_args

import pandas as pd
from tqdm import tqdm

from segkit.analysis.recommended import Place
from segkit.command.build import Build, build
from segkit.command.compare import compare
from segkit.command.jupyter.pages import add_pages, leave_out
from segkit.command.jupyter.words import HELP, NOTEBOOKS, folder_and_options
from segkit.data.consent import CONSENTS
from segkit.data.layouts.records import LAYOUTS
from segkit.definition.segment import Segment
from segkit.definition.text.segment_files import load_segments
from segkit.engine.load import load
from segkit.engine.memory.dataset import Dataset
from segkit.engine.sql_text import Dialect
from segkit.errors import DataError, DefinitionError, SegkitError, SegkitWarning, missing_extra
from segkit.files import APP
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.push import push
from segkit.klaviyo.account_names import AccountNames
from segkit.masking import masked_path, masked_text
from segkit.sample import write_sample
from segkit.wording import counted, percent

_JUPYTER_SETTINGS = Path(__file__).with_name("jupyter")
"""Settings that keep JupyterLab from requesting news from its servers, since segkit only connects to the user's Klaviyo account."""

# Render each cell when it has finished. If all cells are rendered at the end, some pages have no tuner: ipywidgets 8.1.9 waits two
# seconds for a widget, and never draws a widget that arrives in the last tenth of a second.
_VOILA_OPTIONS = ("--template=segkit", "--progressive_rendering=True")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0; 1 if `compare` found a change; or 2 after printing the message of one of segkit's errors."""
    _print_anywhere()
    parser = _parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    given, others = parser.parse_known_args(_joined(words))
    if others and given.run not in {_lab, _app}:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    given.words = words[1:]
    try:
        code: int = given.run(given)
    except (SegkitError, ImportError) as error:
        print(f"segkit: {error}", file=sys.stderr)
        return 2
    return code


def _joined(words: Sequence[str]) -> list[str]:
    """Join "--near" and a negative latitude with "=", since argparse would read the latitude as an option."""
    joined: list[str] = []
    for word in words:
        if joined[-1:] == ["--near"] and word[:1] == "-" and word[1:2].isdigit():
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _print_anywhere() -> None:
    """Escape characters that the console can't encode, so that printing them does not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Parser(argparse.ArgumentParser):
    """A parser whose error messages mask phone numbers and addresses."""

    def error(self, message: str) -> NoReturn:
        super().error(masked_text(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="segkit", description="Define SMS segments, see who is in them, and write the files to send to."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open JupyterLab with the notebooks",
        epilog="All options of JupyterLab work, such as --no-browser, --port 8911 or --ip 0.0.0.0; --help-all lists them.",
    )
    lab.add_argument("folder", nargs="?", default=NOTEBOOKS, help="a folder or a notebook (notebooks)")
    lab.set_defaults(run=_lab)

    app = commands.add_parser(
        "app",
        help="serve the notebooks as pages for colleagues",
        epilog="All options of Voilà work, such as --no-browser, --port 8911 or --Voila.ip=0.0.0.0; --help-all lists them. "
        "Pages can be opened on this machine only, unless you pass an address that others can reach.",
    )
    app.add_argument("folder", nargs="?", default=NOTEBOOKS, help="a folder or a notebook (notebooks)")
    app.set_defaults(run=_app)

    builds = commands.add_parser("build", help="write every segment that a shop's data supports, and a report")
    builds.add_argument("folder", help="the shop: a folder with profiles.* and events.*")
    builds.add_argument("--out", required=True, help="the folder to write into; an earlier build is replaced")
    builds.add_argument("--segments", help="build the segments in this YAML file, or folder of YAML files, instead")
    builds.add_argument(
        "--near",
        metavar="PLACE",
        help="the store: a postal code, or latitude and longitude as in 42.36,-71.06 (default: the most frequent postal code)",
    )
    builds.add_argument("--country", default="US", help="country of that postal code, two letters (US)")
    _add_loading(builds)
    builds.set_defaults(run=_build)

    saves = commands.add_parser(
        "save",
        help="load a shop and save it, so that it opens without being validated again",
        epilog="The saved shop contains personal data; only the owner of its files can read them. The shop is loaded into memory.",
    )
    saves.add_argument("folder", help="the shop: a folder with profiles.* and events.*")
    saves.add_argument("--out", required=True, help="the folder to write into; an earlier saved shop is replaced")
    _add_loading(saves)
    saves.set_defaults(run=_save)

    compares = commands.add_parser(
        "compare",
        help="report how changed definitions affect a shop, as Markdown",
        epilog="Exit code 0 if no definition changed, 1 if one did, 2 after an error.",
    )
    compares.add_argument("before", help="the current segments: a YAML file, or a folder of YAML files")
    compares.add_argument("after", help="the proposed segments, as a file or folder in the same way")
    compares.add_argument(
        "--shop", required=True, help="the shop: a folder with profiles.* and events.*, or a saved shop"
    )
    compares.add_argument("--as-of", help="evaluate as of the end of this date, or as of an instant")
    compares.set_defaults(run=_compare)

    pulls = commands.add_parser("pull", help="download a Klaviyo account into a folder; its key is in KLAVIYO_API_KEY")
    pulls.add_argument("folder", help="the folder to write into; an interrupted pull is resumed")
    pulls.add_argument("--metrics", nargs="+", metavar="NAME", help="only events of these metrics")
    pulls.add_argument("--since", metavar="DATE", help="only events from this day on (UTC)")
    pulls.add_argument("--no-lists", action="store_true", help="leave out the members of lists")
    pulls.add_argument("--segments", action="store_true", help="download the definitions of the segments, too")
    pulls.add_argument(
        "--members-of", nargs="+", default=[], metavar="NAME", help="download the members of these segments, too"
    )
    pulls.add_argument("--restart", action="store_true", help="discard an interrupted pull and start over")
    pulls.set_defaults(run=_pull)

    pushes = commands.add_parser(
        "push", help="create or update segments in a Klaviyo account; its key is in KLAVIYO_API_KEY"
    )
    pushes.add_argument("files", nargs="+", metavar="FILE", help="a YAML file with a segment, or a folder of them")
    pushes.add_argument("--names", help="JSON file with the ids of metrics and lists (default: read from the account)")
    pushes.add_argument("--dry-run", action="store_true", help="show the requests and send none")
    pushes.add_argument(
        "--update", metavar="ID", help="update the segment with this id (default: the segment with the same name)"
    )
    pushes.set_defaults(run=_push)

    _add_preset(commands)

    _add_sample(commands)
    return parser


def _add_loading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a folder is loaded; `_loaded` reads them."""
    parser.add_argument(
        "--as-of", help="evaluate as of the end of this date, or as of an instant (default: the newest event)"
    )
    parser.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        default=[],
        metavar="HEADER=NAME",
        help="your headers and segkit's names for them, such as customer=profile_id",
    )
    parser.add_argument(
        "--consent",
        nargs="+",
        action="extend",
        default=[],
        metavar="WORD=MEANING",
        help=f"your words for consent, such as yes=subscribed; the meanings are {', '.join(CONSENTS)}",
    )
    parser.add_argument(
        "--default-country",
        help="country of phone numbers without a country code, if the profile has no country either",
    )
    parser.add_argument("--encoding", help="encoding of CSV files that are neither UTF-8 nor UTF-16, such as cp1252")
    parser.add_argument("--layout", choices=LAYOUTS, help="the connector or shop that wrote the folder's tables")
    parser.add_argument("--leave-out-unreadable", action="store_true", help="load without unreadable dates and amounts")
    parser.add_argument(
        "--add-profiles-of-events", action="store_true", help="add a profile for each id that occurs only in events"
    )
    order = parser.add_mutually_exclusive_group()
    order.add_argument(
        "--day-first", action="store_const", const=True, default=None, dest="day_first", help="06/07/2026 is 6 July"
    )
    order.add_argument(
        "--month-first", action="store_const", const=False, dest="day_first", help="06/07/2026 is 7 June"
    )


def _add_sample(commands: "argparse._SubParsersAction[_Parser]") -> None:
    sample = commands.add_parser("sample", help="write the synthetic sample shop into a folder")
    sample.add_argument("folder", help="the folder to write into; existing files are not replaced")
    sample.set_defaults(run=_sample)


def _add_preset(commands: "argparse._SubParsersAction[_Parser]") -> None:
    presets = commands.add_parser(
        "preset",
        help="print SQL views that turn a connector's tables in a warehouse into tables that segkit loads",
        epilog="The views have the columns of profiles, events and lists. Export them, and load their folder with sk.load.",
    )
    presets.add_argument("layout", help="the connector that wrote the tables: fivetran")
    presets.add_argument("--dialect", required=True, choices=get_args(Dialect), help="the database")
    presets.add_argument("--schema", default="klaviyo", help="the schema of the connector's tables (klaviyo)")
    presets.add_argument("--into", help="the schema in which the views are created (default: the session's)")
    presets.add_argument(
        "--properties",
        nargs="+",
        default=[],
        metavar="NAME",
        help="columns custom_NAME that become properties of profiles",
    )
    presets.add_argument(
        "--event-properties",
        nargs="+",
        default=[],
        metavar="NAME",
        help="columns property_NAME that become properties of events",
    )
    presets.add_argument(
        "--without",
        nargs="+",
        default=[],
        metavar="TABLE.COLUMN",
        help="columns that your tables lack, such as person.latitude",
    )
    presets.set_defaults(run=_preset)


def _lab(given: argparse.Namespace) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise missing_extra("JupyterLab", "notebooks")
    from jupyterlab.labapp import LabApp  # noqa: PLC0415  # optional

    folder, options = folder_and_options("lab", given.words, {*LabApp.flags, *HELP})
    _prepend_path("JUPYTER_CONFIG_PATH")
    # The server's libraries issue warnings that only their authors need. Kernels are separate processes and keep their warnings.
    # JupyterLab imports Voilà if it is installed, which turns these warnings on, so import it first.
    with contextlib.suppress(ImportError):
        importlib.import_module("voila")
    warnings.simplefilter("ignore", DeprecationWarning)
    return _run_module("jupyterlab", folder, *options)


def _app(given: argparse.Namespace) -> int:
    if importlib.util.find_spec("voila") is None:
        raise missing_extra("Voilà", "notebooks")
    from traitlets.config import Config  # noqa: PLC0415  # installed with Voilà, which is optional
    from voila.app import Voila  # noqa: PLC0415

    folder, options = folder_and_options("app", given.words, {*Voila.flags, *HELP})
    _prepend_path("JUPYTER_PATH")
    os.environ[APP] = "1"
    # Neither a JSON file nor a command line option can contain a function.
    served = Path(folder).resolve()
    hook = functools.partial(add_pages, folder=served if served.is_dir() else served.parent)
    settings = Config({"VoilaConfiguration": {"prelaunch_hook": leave_out, "page_config_hook": hook}})
    Voila.launch_instance([folder, *_VOILA_OPTIONS, *options], config=settings)
    return 0


def _prepend_path(variable: str) -> None:
    """Put segkit's Jupyter settings in front of the paths in an environment variable."""
    os.environ[variable] = os.pathsep.join([str(_JUPYTER_SETTINGS), *filter(None, [os.environ.get(variable)])])


def _run_module(name: str, *words: str) -> int:
    """Run another program in this process, so that stopping this process stops it."""
    sys.argv = [name, *words]
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


def _preset(given: argparse.Namespace) -> int:
    if importlib.util.find_spec("sqlglot") is None:
        raise missing_extra("sqlglot", "sql")
    from segkit.sql.presets import LAYOUTS_WITH_VIEWS, preset_text  # noqa: PLC0415  # an extra

    if given.layout not in LAYOUTS_WITH_VIEWS:
        raise DefinitionError.unknown_choice("layout", given.layout, LAYOUTS_WITH_VIEWS)

    _print_line(
        preset_text(
            given.dialect,
            schema=given.schema,
            into=given.into,
            properties=given.properties,
            event_properties=given.event_properties,
            without=given.without,
        )
    )
    return 0


def _sample(given: argparse.Namespace) -> int:
    write_sample(given.folder)
    folder = masked_path(given.folder)
    _print_line(
        f"Wrote a synthetic shop into {masked_path(Path(given.folder).resolve())}. Next: segkit build {folder} --out build"
    )
    return 0


def _pull(given: argparse.Namespace) -> int:
    pulled = pull(
        given.folder,
        metrics=given.metrics,
        since=given.since,
        lists=not given.no_lists,
        segments=given.segments,
        members_of=given.members_of,
        restart=given.restart,
        progress=True,
    )
    for note in pulled.notes:
        _print_line(note)
    for path in pulled.files:
        rows = pulled.rows.get(path.name)
        _print_line(f"Wrote {masked_path(path)}" + (f" ({counted(rows, 'row')})" if rows else ""))
    _print_line(f"Consent as of {pulled.profiles_as_of:%Y-%m-%d %H:%M} UTC")
    _print_line(f"Next: segkit build {masked_path(given.folder)} --out build")
    return 0


def _push(given: argparse.Namespace) -> int:
    segments = [segment for file in given.files for segment in load_segments(file)]
    names = None if given.names is None else AccountNames.from_file(given.names)
    _print_line(push(segments, names=names, update=given.update, dry_run=given.dry_run))
    return 0


def _build(given: argparse.Namespace) -> int:
    begun = time.perf_counter()
    segments = None if given.segments is None else load_segments(given.segments)
    dataset = _loaded(given)
    _print_data(dataset)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SegkitWarning)
        title = f"Segments of {masked_text(Path(given.folder).resolve().name)}"
        built = build(
            dataset,
            given.out,
            title=title,
            near=_place(given.near),
            country=given.country,
            segments=segments,
            progress=_progress,
        )
    _print_build(built, dataset)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        if message not in built.notes:
            _print_line(f"Note: {message}")
    seconds = time.perf_counter() - begun
    _print_line(
        f"\nWrote {counted(len(built.files), 'file')} in {seconds:.1f} s into {masked_path(built.files[0].parent)}"
    )
    _print_line(f"Open the report: {masked_path(built.files[0].resolve().as_uri())}")
    return 0


def _save(given: argparse.Namespace) -> int:
    dataset = _loaded(given)
    _print_data(dataset)
    saved = masked_path(dataset.save(given.out))
    _print_line(f"\nSaved the shop into {saved}. Only the owner of its files can read them.")
    _print_line(f"Next: segkit build {masked_path(given.out)} --out build")
    return 0


def _loaded(given: argparse.Namespace) -> Dataset:
    """Load the folder with the options of `_add_loading`."""
    return load(
        given.folder,
        as_of=given.as_of,
        columns=_pairs("--columns", given.columns, "customer=profile_id"),
        consent=_pairs("--consent", given.consent, "yes=subscribed"),
        default_country=given.default_country,
        unreadable="leave out" if given.leave_out_unreadable else "raise",
        add_profiles_of_events=given.add_profiles_of_events,
        day_first=given.day_first,
        encoding=given.encoding,
        layout=given.layout,
    )


def _compare(given: argparse.Namespace) -> int:
    before, after = load_segments(given.before), load_segments(given.after)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SegkitWarning)
        found = compare(before, after, load(given.shop, as_of=given.as_of))
    _print_line(found.markdown)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        _print_line(f"> Note: {message}")
    return int(found.is_changed)


def _print_line(line: object) -> None:
    """Print a line. Ignore a closed pipe, so that a build that is piped to `head` still writes all its files."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Redirect stdout, since Python flushes it again at exit.
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _pairs(option: str, texts: Sequence[str], example: str) -> dict[str, str]:
    """Parse pairs such as customer=profile_id. Split at the last "=", which headers may contain but our names don't."""
    found: dict[str, str] = {}
    for text in texts:
        left, _, right = text.rpartition("=")
        if not left.strip() or not right.strip():
            raise DataError.not_a_pair(option, text, example)
        if found.setdefault(left, right) != right:
            raise DataError.pair_twice(option, left, [found[left], right])
    return found


def _place(text: str | None) -> Place | None:
    """Return a postal code unchanged, and "42.36,-71.06" as a point."""
    if text is None or "," not in text:
        return text
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        raise DataError.not_a_place(text) from None
    return latitude, longitude


def _progress(segments: Iterable[Segment]) -> Iterator[Segment]:
    # Show a progress bar in a terminal, but nothing in a log.
    yield from tqdm(list(segments), desc="Writing", unit=" segments", disable=not sys.stderr.isatty(), leave=False)


def _print_data(dataset: Dataset) -> None:
    for alarm in dataset.alarms:
        _print_line(f"Alarm: {alarm}\n")
    _print_line(dataset)
    if len(dataset.report):
        _print_line("\nData report")
        _print_line(_table(dataset.report))


_HEADERS = {
    "size": "members",
    "share": "of all profiles",
    "sendable": "may be texted",
    "before_consent": "members without the consent condition",
}


def _print_build(built: Build, dataset: Dataset) -> None:
    if built.lead:
        _print_line(f"\n{built.lead}.")
    _print_line("\nSegments")
    table = built.sizes[["size", "share", "sendable", "before_consent"]].reset_index()
    table["share"] = table["share"].map(percent)
    for column in ("size", "sendable", "before_consent"):
        table[column] = table[column].map("{:,}".format)
    _print_line(_table(table.rename(columns=_HEADERS)))
    if len(built.not_built):
        _print_line("\nNot built")
        _print_line(_table(built.not_built))
    for note in built.notes:
        if note not in dataset.alarms:  # printed at the top
            _print_line(f"\n{note}")


def _table(frame: pd.DataFrame) -> str:
    """Return a frame as lines of text with numbers aligned to the right, without wrapping to the terminal's width."""
    texts = frame.astype(str).replace("", "-")
    is_number = [frame[name].astype(str).str.fullmatch(r"[\d,.%<>—]+").all() for name in frame.columns]
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

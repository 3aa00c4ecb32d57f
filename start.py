"""Install segkit into an environment of its own, and run it: python3 start.py opens JupyterLab.

Needs nothing but Python 3.11 or newer. Everything is installed into the folder .venv beside this file.

    python3 start.py                          open JupyterLab on the quickstart; its options work: --no-browser, --port 8911
    python3 start.py build FOLDER --out DIR   run any command of segkit: build, lab, app, pull, push, sample
    python3 start.py test                     run the tests
    python3 start.py check                    lint, types and the order of the wings, then the tests
    python3 start.py docs                     build the documentation into build/site, and check its links
    python3 start.py fuzz [SECONDS]           try inputs on the readers, guided by the lines that they reach
"""

import contextlib
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
OLDEST = (3, 11)

APP, TESTS, DOCS, FUZZ = "notebooks,klaviyo", "notebooks,spark,tests", "docs,notebooks", "fuzz,tests"
NEEDS = {
    APP: "segkit and JupyterLab: about a minute and 0.8 GB",
    TESTS: "segkit, JupyterLab and what the tests need: about three minutes and 1.9 GB",
    DOCS: "segkit, JupyterLab and what builds the documentation: about a minute and 0.9 GB",
    FUZZ: "segkit and what the fuzzer needs: about two minutes and 1.3 GB",
}
"""What is installed for each set of extras, with time and room on the disk as measured on Linux with two cores."""

LINT = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-m", "mypy"),
    ("-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"),
)


def run(*command: str | Path) -> int:
    """Run a command from the project's folder and return its exit code; interrupted by Ctrl-C, wait until it has stopped."""
    with subprocess.Popen([str(part) for part in command], cwd=HERE) as process:
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
        return process.returncode


def environment(extras: str) -> None:
    """Make .venv if it is not there, and install segkit with extras if they or pyproject.toml changed since."""
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"installed-{extras.replace(',', '-')}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    what, _, cost = NEEDS[extras].partition(": ")
    if PYTHON.exists():
        print(f"Updating {what} in {VENV}: at most {cost} ...", flush=True)
    else:
        print(f"Installing {what}: {cost}, once, in {VENV} ...", flush=True)
    if not PYTHON.exists() and run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit(
            "Python could not make an environment. On Debian and Ubuntu its venv is a package of its own: "
            "sudo apt install python3-venv, then run this again."
        )
    if run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f".[{extras}]"):
        sys.exit("The packages could not be installed; the lines above say why. Check the network and run this again.")
    stamp.write_text(wanted)
    print("Installed.", flush=True)


def lint() -> int:
    """Run the checks that read the code, all of them, and return the first exit code that is not 0."""
    codes = [run(PYTHON, *check) for check in LINT]
    return next((code for code in codes if code), 0)


def main(words: list[str]) -> int:
    """Do what the words ask for and return the exit code."""
    if sys.version_info < OLDEST:
        sys.exit(f"segkit needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {sys.version.split()[0]}.")
    match words:
        case ["-h" | "--help"]:
            print((__doc__ or "").rstrip())
            return 0
        case ["test", *rest]:
            environment(TESTS)
            return run(PYTHON, "-m", "pytest", *rest)
        case ["lint"]:
            environment(TESTS)
            return lint()
        case ["check"]:
            environment(TESTS)
            return lint() or run(PYTHON, "-m", "pytest")
        case ["docs"]:
            environment(DOCS)
            return run(PYTHON, "docs/make/build_site.py")
        case ["fuzz", *rest]:
            environment(FUZZ)
            return run(PYTHON, "-m", "tests.fuzz", *rest)
        case [command, *_] if not command.startswith("-"):
            environment(APP)
            return run(PYTHON, "-m", "segkit.command.cli", *words)
        case _:
            environment(APP)
            return run(PYTHON, "-m", "segkit.command.cli", "lab", "notebooks/01_quickstart.ipynb", *words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

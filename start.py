"""Make segkit's own environment and run it: python3 start.py opens JupyterLab, python3 start.py test passes the tests.

Standard library only, so that it works wherever Python 3.11 or newer does. Everything lands in .venv beside this file.

    python3 start.py                          open JupyterLab on the quickstart
    python3 start.py test                     run the tests
    python3 start.py check                    lint, types and the order of the wings, then the tests
    python3 start.py fuzz [SECONDS]           try inputs on the readers, guided by the lines that they reach
    python3 start.py build FOLDER --out DIR   any other words go to the command segkit
"""

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
OLDEST = (3, 11)

LINT = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-m", "mypy"),
    ("-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"),
)


def run(*command: str | Path) -> int:
    """Run a command from the project's folder and return its exit code."""
    print("+", " ".join(map(str, command)), flush=True)
    return subprocess.run([str(part) for part in command], cwd=HERE, check=False).returncode


def environment(extras: str) -> None:
    """Make .venv if it is not there, and install segkit with extras if they or pyproject.toml changed since."""
    if not PYTHON.exists() and run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit(
            "Python could not make an environment. On Debian and Ubuntu its venv is a package of its own: "
            "sudo apt install python3-venv, then run this again."
        )
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"installed-{extras.replace(',', '-')}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f".[{extras}]"):
        sys.exit("The packages could not be installed; the lines above say why. Check the network and run this again.")
    stamp.write_text(wanted)


def lint() -> int:
    """Run the checks that read the code, all of them, and return the first exit code that is not 0."""
    codes = [run(PYTHON, *check) for check in LINT]
    return next((code for code in codes if code), 0)


def main(words: list[str]) -> int:
    """Do what the words ask for and return the exit code."""
    if sys.version_info < OLDEST:
        sys.exit(f"segkit needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {sys.version.split()[0]}.")
    match words:
        case ["test", *rest]:
            environment("notebooks,tests")
            return run(PYTHON, "-m", "pytest", *rest)
        case ["lint"]:
            environment("notebooks,tests")
            return lint()
        case ["check"]:
            environment("notebooks,tests")
            return lint() or run(PYTHON, "-m", "pytest")
        case ["fuzz", *rest]:
            environment("fuzz,tests")
            return run(PYTHON, "-m", "tests.fuzz", *rest)
        case []:
            environment("notebooks,klaviyo")
            return run(PYTHON, "-m", "segkit.command.cli", "lab", "notebooks/01_quickstart.ipynb")
        case _:
            environment("notebooks,klaviyo")
            return run(PYTHON, "-m", "segkit.command.cli", *words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

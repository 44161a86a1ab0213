"""Make `.venv-colab`: an environment that holds what Colab holds, for `test_colab.py`.

Run by `make test`, or by hand: `python tests/colab_environment.py`. It needs the network
once; the test itself does not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-colab"
STAMP = FOLDER / ".installed"
REQUIREMENTS = ROOT / "tests" / "colab-requirements.txt"
# TensorFlow 2.19 and NumPy 2.0 have builds for these and for none newer.
OLDEST, NEWEST = (3, 11), (3, 12)
QUIET = ["--quiet", "--disable-pip-version-check"]


def python_path() -> Path:
    """Where the environment's Python is."""
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def version_of(python: str) -> tuple[int, int] | None:
    """Ask a Python that can make environments for its version; None when there is none."""
    question = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True)
    except OSError:
        return None
    if answer.returncode:
        return None
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def make_bare_environment() -> None:
    """Make the folder, from a Python at hand or, when all are too new, from one uv fetches."""
    for python in (sys.executable, "python3.12", "python3.11"):
        version = version_of(python)
        if version is not None and OLDEST <= version <= NEWEST:
            subprocess.run([python, "-m", "venv", "--clear", str(FOLDER)], check=True)
            return
    print("no Python 3.11 or 3.12 here: fetching one with uv", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "pip", "install", *QUIET, "uv"], check=True)
        newest = "{}.{}".format(*NEWEST)
        make = [sys.executable, "-m", "uv", "venv", "--quiet", "--seed", "--clear"]
        subprocess.run([*make, "--python", newest, str(FOLDER)], check=True)
    except subprocess.CalledProcessError:
        raise SystemExit(
            "the test of Colab's set-up needs Python 3.11 or 3.12, which TensorFlow 2.19 was built "
            "for: install one beside yours (it needs to be on the PATH as python3.12), then run "
            "this again"
        ) from None


def main() -> None:
    """Make the environment, unless it is there and as new as its list of packages."""
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == REQUIREMENTS.read_text("utf-8"):
        STAMP.touch()
        return
    make_bare_environment()
    pip = [str(python_path()), "-m", "pip", "install", *QUIET]
    subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
    STAMP.write_text(REQUIREMENTS.read_text("utf-8"), encoding="utf-8")
    print(f"{FOLDER.name} holds what Colab holds")


if __name__ == "__main__":
    main()

"""The cell that installs the package in Colab, the same in every chapter."""

import re
from pathlib import Path

from labhelpers.authoring.repository import repository_address

_TEMPLATE = """\
# In Colab, this installs the book's package and keeps those that are there. Elsewhere: nothing.
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import check_output, run

if "google.colab" in sys.modules and not find_spec("labhelpers"):
    source, pip = os.environ.get("LABHELPERS_SOURCE", "{address}"), [sys.executable, "-m", "pip"]
    if not source:
        sys.exit("Upload the labhelpers wheel (Files, on the left), then: %pip install <its name>")
    Path("held.txt").write_bytes(check_output([*pip, "list", "--format=freeze"]))
    run([*pip, "install", "--quiet", "--constraint", "held.txt", source], check=True)
"""
_CELL = re.compile(r"(# %% tags=\[\"setup\"\]\n)(.*?)(?=^# %%|\Z)", re.DOTALL | re.MULTILINE)
_FIRST_CODE = re.compile(r"^# %%(?! \[markdown\])", re.MULTILINE)


def write_setup_code(root: Path) -> str:
    """Writes the code of the setup cell; pyproject.toml may say where the book is published."""
    address = repository_address(root)
    return _TEMPLATE.format(address=f"git+{address}" if address else "").rstrip()


def place_setup_code(text: str, code: str) -> str:
    """Puts the code into a chapter's setup cell; without one, before the first code cell."""
    if _CELL.search(text):
        return _CELL.sub(lambda match: f"{match[1]}{code}\n\n", text, count=1)
    first = _FIRST_CODE.search(text)
    place = first.start() if first else len(text)
    return f'{text[:place]}# %% tags=["setup"]\n{code}\n\n{text[place:]}'
